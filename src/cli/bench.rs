//! `snotra bench`: declared experiments, run and held against what was recorded.
//!
//! Every run leaves its record beside the indexes, where version control does not look. Only `--update` writes where it
//! does: expectations and record together, from an index made by this very program, so that the two cannot disagree.

mod record;
mod report;

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;

use anstyle::AnsiColor;
use anstyle::Style;

use crate::app::bench::BenchError;
use crate::app::bench::Experiment;
use crate::app::bench::Indexed;
use crate::app::bench::Measured;
use crate::app::bench::Setting;
use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::args::Global;
use crate::cli::args::Grid;
use crate::cli::bench::record::Record;
use crate::cli::failure::Failure;
use crate::cli::failure::with_causes;
use crate::cli::index::all_threads;
use crate::cli::index::writer_options;
use crate::cli::progress::Bar;
use crate::cli::streams::Streams;
use crate::eval::Comparison;
use crate::eval::System;
use crate::output::count;
use crate::output::json;
use crate::output::table::JSON;
use crate::output::table::Report;
use crate::output::table::TABLE_FORMATS;

/// Where indexes and the records of ordinary runs are kept.
const KEPT: &str = "index/bench";

pub(super) fn run(options: &args::Bench, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let experiments: Result<Vec<_>, _> = options.files.iter().map(|file| Experiment::read(file)).collect();
    let experiments = experiments?;
    if let Some(first) = (1..experiments.len()).find(|&at| experiments[..at].iter().any(|e| e.name == experiments[at].name))
    {
        return Err(Failure::new(format!("two experiments are called {}", experiments[first].name))
            .hint("an experiment is called by its file's name, and so is its record"));
    }
    if let Some(path) = &options.report {
        return write_report(path, &experiments, streams);
    }
    let threads = options.machine.threads.map_or_else(all_threads, usize::from);
    let rebuild = options.rebuild || options.update;
    let mut bench = app_bench(options, threads, rebuild)?;
    let mut faults = Vec::new();
    for experiment in &experiments {
        let unset = experiment.unset_variables();
        if !unset.is_empty() {
            skip(experiment, &unset, global, streams)?;
            continue;
        }
        let outcome = match options.grid {
            Some(how) => grid(&mut bench, experiment, how, options.by_prefix, global, streams),
            None => check(&mut bench, experiment, options.update, global, streams),
        };
        // The others are run all the same: an hour of work is not lost to one bad file.
        match outcome {
            Ok(None) => {}
            Ok(Some(fault)) => faults.push(fault),
            Err(failure) if failure.is_broken_pipe() => return Err(failure),
            Err(failure) => {
                streams.failure(&Failure { message: format!("{}: {}", experiment.name, failure.message), ..failure });
                faults.push(format!("{} failed", experiment.name));
            }
        }
    }
    if faults.is_empty() {
        return Ok(Outcome::Done);
    }
    streams.failure(
        &Failure::new(faults.join("; "))
            .hint("if that is meant, and the measurements support it, record it: snotra bench --update FILE..."),
    );
    Ok(Outcome::Partial)
}
