//! `snotra report`: records of experiments become a page.
//!
//! What lies beside a fresh record, the texts of topics and what was found, is taken along without being asked for:
//! whoever has it wants to read it. The page is made before anything is written, so that a fault leaves an earlier one as
//! it was.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::app::bench::BenchError;
use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::output::count;
use crate::output::details::Details;
use crate::output::record;
use crate::output::record::Record;
use crate::output::report;
use crate::output::report::Source;

pub(super) fn run(options: &args::Report, streams: &mut Streams) -> Result<Outcome, Failure> {
    let to = &options.output;
    let to_stdout = to == Path::new("-");
    if to.is_dir() {
        return Err(Failure::new(format!("{} is a folder", to.display()))
            .hint(format!("name a file in it: -o {}", to.join("report.html").display())));
    }
    let same = |path: &PathBuf| {
        !to_stdout && path.canonicalize().is_ok_and(|path| to.canonicalize().is_ok_and(|to| to == path))
    };
    if let Some(path) = options.records.iter().find(|path| same(path)) {
        return Err(Failure::new(format!("the report would be written over the record {}", path.display())));
    }
    let sources: Result<Vec<_>, _> = options.records.iter().map(|path| source(path)).collect();
    let page = report::page(&sources?).map_err(again)?;
    if to_stdout {
        streams.write_plain(page.as_bytes())?;
    } else {
        record::write(to, &page)?;
        let number = count(options.records.len() as u64, "record");
        streams.note(&format!("{}: a report of {number}", to.display()));
    }
    streams.out.flush()?;
    Ok(Outcome::Done)
}

fn source(path: &Path) -> Result<Source, Failure> {
    let record = Record::read(path)
        .map_err(again)?
        .ok_or_else(|| Failure::new(format!("{}: there is no such file", path.display())).hint(FROM_BENCH))?;
    let details = match details_beside(path) {
        Some(beside) => Details::read(&beside, &record.name).map_err(again)?,
        None => None,
    };
    Ok(Source { path: path.to_owned(), record, details })
}

const FROM_BENCH: &str = "a record is what `snotra bench` leaves in index/bench/NAME.record.json";

/// `x.details.json` beside `x.record.json`.
fn details_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_suffix(".record.json")?;
    Some(path.with_file_name(format!("{name}.details.json")))
}

fn again(error: BenchError) -> Failure {
    let form = matches!(error, BenchError::Form { .. });
    let failure = Failure::from(error);
    if form { failure.hint(FROM_BENCH) } else { failure }
}
