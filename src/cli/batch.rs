//! `snotra batch`.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::io::BufRead;
use std::io::BufReader;

use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;
use serde::Deserialize;

use crate::app;
use crate::app::BatchOptions;
use crate::app::BatchQuery;
use crate::cli::Outcome;
use crate::cli::args::Batch;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::index::all_threads;
use crate::cli::streams::Streams;
use crate::doc::Problem;
use crate::engine::Searcher;
use crate::lang::Language;

/// So many queries are answered side by side before their answers are written.
const CHUNK: usize = 256;
/// A longer line is no query.
const LONGEST_LINE: usize = 1 << 20;

pub(super) fn run(options: &Batch, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let searcher = Searcher::open(&global.index, options.ranking.ranking())?;
    let from_stdin = options.file.as_os_str() == "-";
    let input: Box<dyn BufRead> = if from_stdin {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(&options.file);
        let file = file.map_err(|error| Failure::new(format!("{}: {error}", options.file.display())))?;
        Box::new(BufReader::new(file))
    };
    let shown = if from_stdin { "standard input".into() } else { options.file.clone() };
    let threads = options.threads.map_or_else(all_threads, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure::new(format!("threads could not be started: {error}")))?;
    let mut reader = Reader { input, number: 0, ids: HashMap::new(), done: false };
    let how = BatchOptions {
        depth: options.depth,
        syntax: options.syntax,
        across: options.across.across(options.ranking.profile),
        lang: options.lang,
    };
    let (mut faults, mut found) = (false, false);
    while !reader.done {
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK {
            match reader.next() {
                Some(Ok(query)) => chunk.push((reader.number, query)),
                Some(Err(cause)) => {
                    faults = true;
                    let line = Some(reader.number).filter(|&line| line > 0);
                    streams.problem(&Problem::new(&shown, line, cause));
                }
                None => break,
            }
        }
        let answer = |(line, query): &(u64, BatchQuery)| {
            let ranked = app::batch(&searcher, query, &how);
            let mut bytes = Vec::new();
            let ranked = match ranked {
                Ok(ranked) => ranked,
                Err(error) => return Err((*line, Failure::from(error).message)),
            };
            (options.format.write)(&mut bytes, query, &ranked, &options.tag).expect("memory takes every write");
            Ok((bytes, !ranked.is_empty()))
        };
        let answers: Vec<Result<_, _>> = pool.install(|| chunk.par_iter().map(answer).collect());
        let mut written = Vec::new();
        for answer in answers {
            match answer {
                Ok((bytes, any)) => {
                    found |= any;
                    written.extend_from_slice(&bytes);
                }
                Err((line, cause)) => {
                    faults = true;
                    streams.problem(&Problem::new(&shown, Some(line), cause));
                }
            }
        }
        // A program at the other end may be waiting for these answers before it asks on.
        streams.write_plain(&written)?;
    }
    Ok(match (faults, found) {
        (true, _) => Outcome::Partial,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::Nothing,
    })
}

struct Reader {
    input: Box<dyn BufRead>,
    number: u64,
    /// The line on which each id was used.
    ids: HashMap<String, u64>,
    done: bool,
}

impl Reader {
    /// The next query, or what is wrong with its line; empty lines are passed over.
    fn next(&mut self) -> Option<Result<BatchQuery, String>> {
        while !self.done {
            let mut bytes = Vec::new();
            let read = io::Read::take(&mut self.input, LONGEST_LINE as u64).read_until(b'\n', &mut bytes);
            match read {
                Ok(0) => {
                    self.done = true;
                    return None;
                }
                Ok(_) => self.number += 1,
                Err(error) => {
                    self.done = true;
                    return Some(Err(format!("reading failed: {error}")));
                }
            }
            if bytes.len() == LONGEST_LINE && !bytes.ends_with(b"\n") {
                if let Err(error) = self.input.skip_until(b'\n') {
                    self.done = true;
                    return Some(Err(format!("reading failed: {error}")));
                }
                return Some(Err(format!("the line is longer than {LONGEST_LINE} bytes")));
            }
            let bytes = if self.number == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) } else { &bytes };
            let Ok(line) = std::str::from_utf8(bytes) else { return Some(Err("it is not UTF-8".to_owned())) };
            let line = line.trim_end_matches(['\n', '\r']);
            if line.trim().is_empty() {
                continue;
            }
            let query = parse(line).and_then(|query| match self.ids.get(&query.id) {
                Some(before) => Err(format!("the id {} stands on line {before} already", query.id)),
                None => {
                    self.ids.insert(query.id.clone(), self.number);
                    Ok(query)
                }
            });
            return Some(query);
        }
        None
    }
}

fn parse(line: &str) -> Result<BatchQuery, String> {
    #[derive(Deserialize)]
    struct Json {
        id: String,
        text: String,
        #[serde(default)]
        lang: Option<String>,
    }
    let (id, lang, text) = if line.starts_with('{') {
        let Json { id, text, lang } = serde_json::from_str(line).map_err(|error| format!("not a query: {error}"))?;
        (id, lang, text)
    } else {
        let columns: Vec<_> = line.split('\t').collect();
        match columns[..] {
            [id, text] => (id.to_owned(), None, text.to_owned()),
            [id, lang, text] => (id.to_owned(), Some(lang.to_owned()), text.to_owned()),
            _ => {
                let count = columns.len();
                return Err(format!("{count} columns, where `id<TAB>text` or `id<TAB>lang<TAB>text` is expected"));
            }
        }
    };
    if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("the id {id:?} is empty or holds white space"));
    }
    let lang = lang.filter(|code| !code.is_empty());
    if let Some(code) = lang.as_deref().filter(|code| !is_code(code)) {
        return Err(format!("{code:?} is not a language code"));
    }
    // A language that Snotra does not know is nothing that a query could be weighed by.
    Ok(BatchQuery { id, text, lang: lang.as_deref().and_then(Language::by_code) })
}

fn is_code(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn lines() {
        let check = |line: &str, expect: Result<(&str, Option<&str>, &str), &str>| match (parse(line), expect) {
            (Ok(query), Ok((id, lang, text))) => {
                assert_eq!((query.id.as_str(), query.lang.map(|l| l.code), query.text.as_str()), (id, lang, text));
            }
            (Err(error), Err(expect)) => assert!(error.contains(expect), "{error}"),
            (got, expect) => panic!("{line}: {got:?}, expected {expect:?}"),
        };
        check("q1\tDigital Post", Ok(("q1", None, "Digital Post")));
        check("q1\tda\tDigital Post", Ok(("q1", Some("da"), "Digital Post")));
        check("q1\tis\tDigital Post", Ok(("q1", None, "Digital Post")));
        check(r#"{"id":"q","text":"a\tb","lang":"sv"}"#, Ok(("q", Some("sv"), "a\tb")));
        check("q1", Err("1 columns"));
        check("q 1\ttext", Err("white space"));
        check("q\tDansk\ttext", Err("not a language code"));
        check(r#"{"id":"q"}"#, Err("missing field `text`"));
    }
}
