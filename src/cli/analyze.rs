//! `snotra analyze`.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use crate::cli::Outcome;
use crate::cli::args::Analyze;
use crate::cli::args::DEFAULT_INDEX;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::cli::vocabulary;
use crate::engine;
use crate::engine::EngineError;
use crate::lang::Detector;
use crate::lang::LANGUAGES;
use crate::lang::Vocabulary;
use crate::output::json;
use crate::output::sanitize;
use crate::source::clean;
use crate::text::Kind;
use crate::text::Scanner;
use crate::text::Step;

pub(super) fn run(options: &Analyze, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let text = options.text.join(" ");
    let text = clean(&text);
    let language = options.lang.unwrap_or_else(|| Detector::new(LANGUAGES).detect(&text).language);
    let vocabulary = match &options.vocabulary {
        Some(path) => vocabulary::read(path, streams)?,
        None => of_index(global)?,
    };
    let analyzer = vocabulary.analyzer(language);
    let mut rows = Vec::new();
    for token in Scanner::new(&text) {
        let mut steps: Vec<(Step, String)> = Vec::new();
        if token.kind != Kind::Reference {
            analyzer.each_step(&token.text, |step, result| steps.push((step, result.to_owned())));
        }
        rows.push((token, steps));
    }
    let chars = |byte: usize| text[..byte].chars().count();
    let kind = |kind: Kind| match kind {
        Kind::Word => "word",
        Kind::Whole => "whole",
        Kind::Part => "part",
        Kind::Reference => "reference",
    };
    if global.json {
        let tokens = rows.iter().map(|(token, steps)| {
            let steps: Vec<_> = steps.iter().map(|(step, text)| json!({"step": step.name(), "text": text})).collect();
            json!({
                "text": token.text, "position": token.position, "kind": kind(token.kind),
                "start": chars(token.span.start), "end": chars(token.span.end), "steps": steps,
            })
        });
        let tokens: Vec<_> = tokens.collect();
        json::write_line(
            &mut streams.out,
            &json!({"schema": json::SCHEMA, "text": text, "lang": language.code, "tokens": tokens}),
        )?;
    } else {
        let with = match &options.vocabulary {
            _ if vocabulary.is_empty() => String::new(),
            Some(path) => format!(", with the vocabulary {}", path.display()),
            None => format!(", with the vocabulary of the index at {}", global.index.display()),
        };
        streams.note(&format!("analysed as {}{}", language.name, sanitize(&with)));
        let mut table = vec![vec!["position".to_owned(), "offsets".to_owned(), "kind".to_owned(), "token".to_owned()]];
        table[0].extend(analyzer.steps().iter().map(|step| step.name().to_owned()));
        for (token, steps) in &rows {
            let offsets = format!("{}-{}", chars(token.span.start), chars(token.span.end));
            let mut row =
                vec![token.position.to_string(), offsets, kind(token.kind).to_owned(), token.text.to_string()];
            row.extend(steps.iter().map(|(_, text)| text.clone()));
            table.push(row);
        }
        write_table(&mut streams.out, &table)?;
    }
    Ok(if rows.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

/// The vocabulary of the index. Nobody needs an index to analyse a text, unless she names one.
fn of_index(global: &Global) -> Result<Vocabulary, Failure> {
    match engine::vocabulary(&global.index) {
        Err(EngineError::Missing(dir)) if dir == Path::new(DEFAULT_INDEX) => Ok(Vocabulary::default()),
        vocabulary => Ok(vocabulary?),
    }
}

fn write_table(out: &mut dyn Write, rows: &[Vec<String>]) -> std::io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let line: String = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}  ")).collect();
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
