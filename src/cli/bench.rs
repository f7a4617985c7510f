//! `snotra bench`: declared experiments, run and held against what was recorded.
//!
//! Every run leaves its record beside the indexes, where version control does not look. Only `--update` writes where it
//! does: expectations and record together, from an index made by this very program, so that the two cannot disagree.

mod report;

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::io::Write;
use std::path::Path;

use anstyle::AnsiColor;
use anstyle::Style;
use serde_json::Value;
use serde_json::json;

use crate::app;
use crate::app::bench::ALL;
use crate::app::bench::BenchError;
use crate::app::bench::Experiment;
use crate::app::bench::Figures;
use crate::app::bench::Indexed;
use crate::app::bench::Measured;
use crate::app::bench::Ranker;
use crate::app::bench::Setting;
use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::args::Global;
use crate::cli::args::Grid;
use crate::cli::failure::Failure;
use crate::cli::index::all_threads;
use crate::cli::index::writer_options;
use crate::cli::progress::Bar;
use crate::cli::streams::Streams;
use crate::engine::Searcher;
use crate::eval::Comparison;
use crate::eval::System;
use crate::output::count;
use crate::output::details::Details;
use crate::output::json;
use crate::output::listed;
use crate::output::record;
use crate::output::record::Previous;
use crate::output::record::Record;
use crate::output::table;
use crate::output::table::TABLE_FORMATS;

/// Where indexes and the records of ordinary runs are kept.
const KEPT: &str = "index/bench";

pub(super) fn run(options: &args::Bench, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let experiments: Result<Vec<_>, _> = options.files.iter().map(|file| Experiment::read(file)).collect();
    let experiments = experiments?;
    for (at, Experiment { name, .. }) in experiments.iter().enumerate() {
        if experiments[..at].iter().any(|other| other.name == *name) {
            return Err(Failure::new(format!("two experiments are called {name}"))
                .hint("an experiment is called by its file's name, and so is its record"));
        }
    }
    if let Some(path) = &options.report {
        let text = report::markdown(&experiments)?;
        if path == Path::new("-") {
            streams.write_plain(text.as_bytes())?;
        } else {
            record::write(path, &text)?;
        }
        return Ok(Outcome::Done);
    }
    let threads = options.machine.threads.map_or_else(all_threads, usize::from);
    let writer = writer_options(&options.machine);
    let rebuild = options.rebuild || options.update;
    let mut bench = app::bench::Bench::new(KEPT.into(), writer, threads, rebuild)?;
    let mut faults = Vec::new();
    for experiment in &experiments {
        let unset = experiment.unset_variables();
        if !unset.is_empty() {
            skip(experiment, &unset, global, streams)?;
            continue;
        }
        let outcome = match options.grid {
            Some(how) => grid(&mut bench, experiment, how == Grid::Cross, options.by_prefix, global, streams),
            None => check(&mut bench, experiment, options.update, global, streams),
        };
        streams.flush()?;
        // The others are run all the same: an hour's work is not lost to one bad file.
        match outcome {
            Ok(None) => {}
            Ok(Some(fault)) => faults.push(fault),
            Err(failure) if failure.is_broken_pipe() => return Err(failure),
            Err(mut failure) => {
                failure.message = format!("{}: {}", experiment.name, failure.message);
                streams.failure(&failure);
                faults.push(format!("{} failed", experiment.name));
            }
        }
    }
    if faults.is_empty() {
        return Ok(Outcome::Done);
    }
    let hint = "if a change is meant, and the measurements support it, record it: snotra bench --update FILE...";
    streams.failure(&Failure::new(faults.join("; ")).hint(hint));
    Ok(Outcome::Partial)
}

fn skip(experiment: &Experiment, unset: &[String], global: &Global, streams: &mut Streams) -> io::Result<()> {
    let name = &experiment.name;
    if global.json {
        return json::write_line(
            &mut streams.out,
            &json!({"schema": 1, "name": name, "status": "skipped", "unset": unset}),
        );
    }
    writeln!(streams.out, "{BOLD}{name}{BOLD:#}: skipped, {} is not set\n", unset.join(" and "))
}

/// Runs an experiment and holds it against what is expected; says in a few words what differs.
fn check(
    bench: &mut app::bench::Bench,
    experiment: &Experiment,
    update: bool,
    global: &Global,
    streams: &mut Streams,
) -> Result<Option<String>, Failure> {
    let name = &experiment.name;
    let indexed = bench.index(experiment, &experiment.setting, &Bar::new(global))?;
    if indexed.documents != experiment.documents && !update {
        // Figures of another index mean nothing, so none are computed.
        let (expected, got) = (listed(&experiment.documents), listed(&indexed.documents));
        if global.json {
            let answer = json!({
                "schema": 1, "name": name, "status": "documents",
                "documents": indexed.documents, "expected_documents": experiment.documents,
            });
            json::write_line(&mut streams.out, &answer)?;
        } else {
            writeln!(streams.out, "{BOLD}{name}{BOLD:#}: {}", experiment.about)?;
            writeln!(
                streams.out,
                "  documents expected: {expected}\n  documents indexed:  {CHANGED}{got}{CHANGED:#}\n"
            )?;
        }
        return Ok(Some(format!("{name} indexes {got} instead of {expected}")));
    }
    let measured = bench.search(experiment, &experiment.setting, &indexed)?;
    let plain = Setting { system: Ranker::Plain, ..experiment.setting.clone() };
    let plain = bench.search(experiment, &plain, &indexed)?;
    let systems = [(Ranker::Snotra.name(), &measured), (Ranker::Plain.name(), &plain)];
    let rows = rows(experiment, &measured.figures);
    let place = record::place(experiment);
    // One of an earlier schema is no obstacle to a new one.
    let before = Record::read(&place).unwrap_or(None);
    let record = Record::new(experiment, &indexed, &systems, before);
    record::write(&Path::new(KEPT).join(format!("{name}.record.json")), &record.to_json())?;
    let searcher = Searcher::open(&indexed.dir, experiment.setting.ranking)?;
    let details = Details::new(name, &searcher, &systems)?;
    record::write(&Path::new(KEPT).join(format!("{name}.details.json")), &details.to_json())?;
    if update {
        experiment.record(&indexed.documents, &measured.figures)?;
        record::write(&place, &record.to_json())?;
    }
    if global.json {
        json::write_line(&mut streams.out, &answer(&record, &indexed, &rows, update))?;
    } else {
        write_table(&mut streams.out, experiment, &indexed, &record, &rows)?;
    }
    Ok(if update { None } else { summary(name, &rows) })
}

/// A figure beside what was expected.
#[derive(Debug, PartialEq)]
struct Row {
    group: String,
    measure: String,
    /// `None` where nothing was recorded.
    expected: Option<f64>,
    /// `None` where there are no such topics or measures any more.
    got: Option<f64>,
    change: Option<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Rose,
    Fell,
    New,
    Gone,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// What is recorded has four decimals, so that even a tolerance of zero cannot be closer.
const ROUNDING: f64 = 0.5e-4;

/// All figures, those of all topics first, with the measures in the experiment's order.
fn rows(experiment: &Experiment, figures: &Figures) -> Vec<Row> {
    let mut groups: Vec<&String> = figures.keys().chain(experiment.expected.keys()).collect();
    groups.sort_by_key(|group| (*group != ALL, *group));
    groups.dedup();
    let mut rows = Vec::new();
    for group in groups {
        let mut measures: Vec<_> = experiment.measures.iter().map(ToString::to_string).collect();
        let gone = experiment.expected.get(group).into_iter().flat_map(BTreeMap::keys);
        let gone: Vec<_> = gone.filter(|measure| !measures.contains(measure)).cloned().collect();
        measures.extend(gone);
        for measure in measures {
            let value = |figures: &Figures| figures.get(group)?.get(&measure).copied();
            let (expected, got) = (value(&experiment.expected), value(figures));
            let change = match (expected, got) {
                (None, None) => continue,
                (None, Some(_)) => Some(Change::New),
                (Some(_), None) => Some(Change::Gone),
                (Some(expected), Some(got)) if (got - expected).abs() <= experiment.tolerance + ROUNDING => None,
                (Some(expected), Some(got)) => Some(if got > expected { Change::Rose } else { Change::Fell }),
            };
            rows.push(Row { group: group.clone(), measure, expected, got, change });
        }
    }
    rows
}

/// What has changed in an experiment, in a few words; `None` where nothing has.
fn summary(name: &str, rows: &[Row]) -> Option<String> {
    let number = |change| (change, rows.iter().filter(|row| row.change == Some(change)).count() as u64);
    let changes = [Change::Fell, Change::Rose, Change::New, Change::Gone].map(number);
    let parts: Vec<_> =
        changes.iter().filter(|(_, n)| *n > 0).map(|(change, n)| format!("{n} {}", change.word())).collect();
    (!parts.is_empty()).then(|| format!("{name}: figures {}", parts.join(", ")))
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// A rise is no better than a fall until somebody has looked at it.
const CHANGED: Style = AnsiColor::Yellow.on_default().bold();

fn write_table(
    out: &mut dyn Write,
    experiment: &Experiment,
    indexed: &Indexed,
    record: &Record,
    rows: &[Row],
) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}: {}", experiment.name, experiment.about)?;
    let index = if indexed.reused { "index reused" } else { "indexed" };
    let ours = &record.systems[0];
    writeln!(
        out,
        "{DIM}{}; {index} ({:.1} s); {} on {}, {:.0} a second{DIM:#}",
        listed(&indexed.documents),
        indexed.seconds,
        count(record.search.queries as u64, "topic"),
        count(record.search.threads as u64, "thread"),
        ours.queries_per_second,
    )?;
    let width = rows.iter().map(|row| row.group.chars().count()).max().unwrap_or(0).max("topics".len());
    let of_measure = rows.iter().map(|row| row.measure.chars().count()).max().unwrap_or(0).max("measure".len());
    writeln!(
        out,
        "{DIM}{:width$}  number  {:of_measure$}   plain  expected     got  difference       p{DIM:#}",
        "topics", "measure"
    )?;
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    let numbers = record.topics_by_group();
    for Row { group, measure, expected, got, change } in rows {
        let number = numbers.get(group.as_str()).copied().unwrap_or(0);
        let value = |figures: &Figures| figures.get(group).and_then(|row| row.get(measure)).copied();
        let plain = shown(record.systems.get(1).and_then(|plain| value(&plain.figures)));
        let difference = expected.zip(*got).map(|(expected, got)| got - expected);
        // What stood in the record is what was expected, unless somebody wrote an expectation by hand.
        let of_expected = |before: &&Previous| value(&before.figures) == *expected;
        let p = difference.filter(|difference| difference.abs() > ROUNDING).and(record.previous.as_ref());
        let p = shown(p.filter(of_expected).and_then(|before| value(&before.p)));
        let difference = difference.map_or_else(|| "–".to_owned(), |difference| format!("{difference:+.4}"));
        let mark =
            change.map_or_else(String::new, |change| format!("  {CHANGED}{}{CHANGED:#}", change.word().to_uppercase()));
        let (expected, got) = (shown(*expected), shown(*got));
        writeln!(
            out,
            "{group:width$}  {number:>6}  {measure:of_measure$}  {plain:>6}  {expected:>8}  {got:>6}  {difference:>10}  \
            {p:>6}{mark}"
        )?;
    }
    writeln!(out)
}

fn answer(record: &Record, indexed: &Indexed, rows: &[Row], update: bool) -> Value {
    let changed = rows.iter().any(|row| row.change.is_some());
    let numbers = record.topics_by_group();
    let plain = |group: &str, measure: &str| record.systems.get(1)?.figures.get(group)?.get(measure);
    let row = |Row { group, measure, expected, got, change }: &Row| {
        json!({
            "topics": group, "number": numbers.get(group.as_str()).copied().unwrap_or(0), "measure": measure,
            "plain": plain(group, measure), "expected": expected, "got": got, "change": change.map(Change::word),
        })
    };
    json!({
        "schema": 1,
        "name": record.name,
        "status": if update { "recorded" } else if changed { "changed" } else { "as expected" },
        "documents": indexed.documents,
        "index_seconds": indexed.seconds,
        "index_reused": indexed.reused,
        "search_seconds": record.systems[0].seconds,
        "topics": record.search.queries,
        "threads": record.search.threads,
        "figures": rows.iter().map(row).collect::<Vec<_>>(),
    })
}

/// Runs every setting of an experiment's grid, and compares them with the one declared.
fn grid(
    bench: &mut app::bench::Bench,
    experiment: &Experiment,
    cross: bool,
    by_prefix: bool,
    global: &Global,
    streams: &mut Streams,
) -> Result<Option<String>, Failure> {
    let mut variants = experiment.variants(cross);
    if variants.len() == 1 {
        streams.note(&format!("{}: there is nothing in [grid] to try", experiment.name));
        return Ok(None);
    }
    let plain = Setting { system: Ranker::Plain, ..experiment.setting.clone() };
    variants.push((Ranker::Plain.name().to_owned(), plain));
    let mut systems = Vec::new();
    for (name, setting) in variants {
        streams.note(&format!("{}: {name}", experiment.name));
        systems.push(System { name, evaluation: variant(bench, experiment, &setting, global)?.evaluation });
    }
    let files = vec![experiment.file().display().to_string(); systems.len()];
    let comparison = Comparison::new(systems, 0, by_prefix);
    let report = table::Report { comparison: &comparison, files: &files, per_topic: false, verbose: global.verbose };
    if !global.json {
        writeln!(streams.out, "{BOLD}{}{BOLD:#}: {}", experiment.name, experiment.about)?;
    }
    let format = if global.json { &table::JSON } else { &TABLE_FORMATS[0] };
    (format.write)(&mut streams.out, &report)?;
    if !global.json {
        writeln!(streams.out)?;
    }
    Ok(None)
}

fn variant(
    bench: &mut app::bench::Bench,
    experiment: &Experiment,
    setting: &Setting,
    global: &Global,
) -> Result<Measured, BenchError> {
    let indexed = bench.index(experiment, setting, &Bar::new(global))?;
    bench.search(experiment, setting, &indexed)
}

impl From<BenchError> for Failure {
    fn from(error: BenchError) -> Self {
        if let BenchError::Engine(error) = error {
            return error.into();
        }
        let causes = std::iter::successors(Some(&error as &dyn Error), |&error| error.source());
        let causes: Vec<_> = causes.map(ToString::to_string).collect();
        Self::new(causes.join(": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(values: &[(&str, &str, f64)]) -> Figures {
        let mut figures = Figures::new();
        for (group, measure, value) in values {
            figures.entry((*group).to_owned()).or_default().insert((*measure).to_owned(), *value);
        }
        figures
    }

    #[test]
    fn every_change_beyond_the_tolerance_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.toml");
        let text = "about = \"x\"\ntopics = \"t\"\nqrels = \"q\"\nmeasures = [\"RR\"]\ntolerance = 0.001\n\
            [corpus]\npaths = [\"a\"]\n[expected]\n\
            A-da = { RR = 0.5, AP = 0.5 }\nall = { RR = 0.5 }\nB-da = { RR = 0.5 }\nC-da = { RR = 0.5 }\n";
        std::fs::write(&file, text).unwrap();
        let experiment = Experiment::read(&file).unwrap();
        let got = [("all", "RR", 0.501), ("A-da", "RR", 0.5012), ("B-da", "RR", 0.4988), ("D-da", "RR", 0.5)];
        let rows = rows(&experiment, &figures(&got));
        let shown: Vec<_> =
            rows.iter().map(|row| (row.group.as_str(), row.measure.as_str(), row.change.map(Change::word))).collect();
        let expect = [
            ("all", "RR", None),
            ("A-da", "RR", Some("rose")),
            ("A-da", "AP", Some("gone")),
            ("B-da", "RR", Some("fell")),
            ("C-da", "RR", Some("gone")),
            ("D-da", "RR", Some("new")),
        ];
        assert_eq!(shown, expect);
        assert_eq!(summary("x", &rows).unwrap(), "x: figures 1 fell, 1 rose, 1 new, 2 gone");
        assert_eq!(summary("x", &rows[..1]), None);
    }
}
