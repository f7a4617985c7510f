//! `snotra judge`: asks for a grade for every document of a pool.
//!
//! The conversation goes to stdout: it is what the command is for. What it leaves behind is the file of answers.

use std::io::Write;
use std::path::Path;

use crate::app::judge::Answers;
use crate::app::judge::AnswersError;
use crate::app::judge::Judging;
use crate::app::judge::Missing;
use crate::app::judge::Standing;
use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::keys::Keys;
use crate::cli::keys::Pressed;
use crate::cli::runs;
use crate::cli::streams::Streams;
use crate::doc::Problem;
use crate::engine::Ranking;
use crate::engine::Searcher;
use crate::eval::Pool;
use crate::eval::Topics;
use crate::output::count;
use crate::output::judging;
use crate::output::judging::GRADES;
use crate::output::text;
use crate::output::text::Layout;

/// So many documents that the index lacks are named.
const NAMED: usize = 10;

pub(super) fn run(options: &args::Judge, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    if global.json {
        return Err(Failure::new("judging is a conversation and has no JSON").hint("the grades are in --output"));
    }
    for path in [&options.pool, &options.topics, &options.output] {
        if runs::is_stdin(path) {
            return Err(Failure::new("the keys come from standard input, so no file can").hint("name a file, not `-`"));
        }
    }
    let pool = runs::read(&options.pool, "a pool is what `snotra pool` writes", Pool::read)?;
    let topics = runs::read(&options.topics, runs::TOPICS, Topics::read)?;
    check_plain(&options.output)?;
    let searcher = Searcher::open(&global.index, Ranking::default())?;
    let answers = Answers::open(&options.output)?;
    let mut judging = Judging::new(&pool, &topics, &searcher, answers).map_err(|unknown| {
        Failure::new(format!("{}: {unknown} in {}", options.pool.display(), options.topics.display()))
            .hint("give the topics that the runs of the pool were made from")
    })?;
    if judging.standing().total == 0 && !judging.missing().is_empty() {
        return Err(Failure::new(format!("the index at {} has none of these documents", global.index.display()))
            .hint("give the index that the runs of the pool come from: --index DIR"));
    }
    tell_missing(judging.missing(), &options.pool, global, streams);
    let left = |Standing { judged, total, .. }: Standing| count((total - judged) as u64, "document");
    let start = judging.standing();
    let output = options.output.display();
    if judging.current().is_some() {
        streams.note(&format!("{} to judge, {} judged already; grades go to {output}", left(start), start.judged));
        converse(&mut judging, options.syntax, streams)?;
        let end = judging.standing();
        match end.judged == end.total {
            true => streams.note(&format!("all {} are judged: {output}", end.total)),
            false => streams.note(&format!("{} left to judge; the same command goes on from here", left(end))),
        }
    } else {
        streams.note(&format!("nothing is left to judge: the grades are in {output}"));
    }
    Ok(match () {
        () if !judging.missing().is_empty() => Outcome::Partial,
        () if start.judged == start.total => Outcome::Nothing,
        () => Outcome::Done,
    })
}

/// Asks until everything is judged or skipped, or whoever judges has had enough.
fn converse(judging: &mut Judging<'_>, syntax: bool, streams: &mut Streams) -> Result<(), Failure> {
    let mut keys = Keys::new();
    judging::help(&mut streams.out)?;
    while let Some(case) = judging.current().cloned() {
        let viewed = judging.view(&case, syntax)?;
        let layout = layout(&keys, streams);
        judging::question(&mut streams.out, &case, judging.standing(), &viewed, layout)?;
        let lines = text::lines(&viewed.hit.document.body, &viewed.body_highlights, layout.width);
        let mut page = lines.as_slice();
        let mut begun = false;
        loop {
            judging::prompt(&mut streams.out, if begun { page.len() } else { 0 })?;
            streams.flush()?;
            let pressed = keys.next().map_err(|error| Failure::new(format!("no key can be read: {error}")))?;
            let Pressed::Char(key) = pressed else {
                writeln!(streams.out)?;
                if pressed == Pressed::End {
                    return Ok(());
                }
                continue;
            };
            match key {
                '0'..='9' => {
                    let typed = |grade: i32| grade.to_string() == key.to_string();
                    let Some((grade, name, _)) = GRADES.iter().find(|(grade, ..)| typed(*grade)) else {
                        writeln!(streams.out, "{key}: grades are 0 to 3")?;
                        continue;
                    };
                    judging.grade(*grade)?;
                    writeln!(streams.out, "{grade}, {name}")?;
                    break;
                }
                's' => {
                    judging.skip();
                    writeln!(streams.out, "skipped")?;
                    break;
                }
                'u' => match judging.undo()? {
                    Some(undone) => {
                        let was = undone.grade.map_or_else(|| "skipped".to_owned(), |grade| grade.to_string());
                        writeln!(streams.out, "undone (it was {was})")?;
                        break;
                    }
                    None => writeln!(streams.out, "nothing to undo")?,
                },
                't' | ' ' => {
                    writeln!(streams.out)?;
                    if page.is_empty() {
                        page = &lines;
                    }
                    begun = true;
                    // A line more for the prompt, and one that was there before.
                    let rows = keys.size().map_or(usize::MAX, |(rows, _)| rows.saturating_sub(2).max(5));
                    let (now, rest) = page.split_at(rows.min(page.len()));
                    for line in now {
                        writeln!(streams.out, "{line}")?;
                    }
                    page = rest;
                }
                'q' => {
                    writeln!(streams.out, "quit")?;
                    return Ok(());
                }
                '?' | 'h' => {
                    writeln!(streams.out)?;
                    judging::help(&mut streams.out)?;
                }
                _ => writeln!(streams.out, "{}: no such key, see ?", key.escape_default())?,
            }
        }
    }
    Ok(())
}

/// As wide as the terminal, within what reads well, unless the environment says how wide.
fn layout(keys: &Keys, streams: &Streams) -> Layout {
    let layout = streams.layout();
    match keys.size() {
        Some((_, columns)) if std::env::var_os("COLUMNS").is_none() => {
            Layout { width: columns.clamp(40, 100), ..layout }
        }
        _ => layout,
    }
}

fn tell_missing(missing: &[Missing], pool: &Path, global: &Global, streams: &mut Streams) {
    for Missing { line, topic, doc } in missing.iter().take(NAMED) {
        let cause = format!("the index at {} has no document {doc} (topic {topic}): skipped", global.index.display());
        streams.problem(&Problem::new(pool, Some((*line).into()), cause));
    }
    if let Some(more @ 1..) = missing.len().checked_sub(NAMED) {
        streams.warning(&format!("it lacks {more} more, which are skipped too"));
    }
}

/// Refuses to write packed judgements: they are written anew with every answer.
fn check_plain(output: &Path) -> Result<(), Failure> {
    match output.extension().and_then(|extension| extension.to_str()) {
        Some("gz" | "zst") => Err(Failure::new(format!("{}: grades are written as plain text", output.display()))
            .hint("unpack it, and name the unpacked file")),
        _ => Ok(()),
    }
}

impl From<AnswersError> for Failure {
    fn from(error: AnswersError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            AnswersError::Io { .. } => failure.hint("the grades given before are kept"),
            AnswersError::Form { .. } => failure.hint("--output names judgements, to which the new ones are added"),
        }
    }
}
