//! `snotra remove`.

use serde_json::json;

use crate::app;
use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::args::Remove;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::engine::WriterOptions;
use crate::output::count;
use crate::output::json;

pub(super) fn run(options: &Remove, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let report = app::remove(&global.index, &options.targets, WriterOptions { threads: 1, memory: 50_000_000 })?;
    if global.json {
        let value = json!({"schema": json::SCHEMA, "removed": report.removed, "unknown": report.unknown});
        json::write_line(&mut streams.out, &value)?;
    }
    for unknown in &report.unknown {
        streams.warning(&format!("{unknown} is not in the index, neither as a path nor as an id"));
    }
    streams.note(&format!("{} removed", count(report.removed, "document")));
    Ok(if report.removed == 0 && !report.unknown.is_empty() { Outcome::Nothing } else { Outcome::Done })
}
