//! `snotra eval`: runs against judgements, and against each other.
//!
//! Runs are read side by side, and each is forgotten once its values are known, and its memory is the next one's: twenty
//! runs of five million lines need no more than there are threads to read them.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;

use crate::cli::Outcome;
use crate::cli::args::Eval;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::index::all_threads;
use crate::cli::runs;
use crate::cli::runs::JUDGEMENTS_FIRST;
use crate::cli::streams::Streams;
use crate::eval::Comparison;
use crate::eval::Evaluation;
use crate::eval::Options;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::eval::System;
use crate::output::table::JSON;
use crate::output::table::Report;
use crate::output::table::TABLE_FORMATS;

pub(super) fn run(options: &Eval, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let format = match (options.format, global.json) {
        (Some(format), true) if format.name != JSON.name => {
            return Err(Failure::new(format!("--json and --format {} contradict each other", format.name)));
        }
        (_, true) => &JSON,
        (Some(format), false) => format,
        (None, false) => &TABLE_FORMATS[0],
    };
    runs::check_stdin([&options.qrels].into_iter().chain(&options.runs))?;
    let qrels = runs::read(&options.qrels, JUDGEMENTS_FIRST, Qrels::read)?;
    let how = Options { order: options.order, present_only: options.present_only };
    // Runs that are not needed any more, but for their memory.
    let spare = Mutex::new(Vec::<Run>::new());
    let spare = || spare.lock().unwrap_or_else(PoisonError::into_inner);
    let evaluated = |path: &PathBuf| -> Result<(String, Evaluation), Failure> {
        let memory = spare().pop();
        let (run, evaluation) = runs::evaluated((&options.qrels, &qrels), path, memory, &options.measures.0, &how)?;
        let tag = run.tag().to_owned();
        spare().push(run);
        Ok((tag, evaluation))
    };
    let threads = options.threads.map_or_else(all_threads, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure::new(format!("threads could not be started: {error}")))?;
    // Collected twice, so that of several faults the one in the first run is told.
    let runs: Vec<Result<_, _>> = pool.install(|| options.runs.par_iter().map(evaluated).collect());
    let runs: Vec<(String, Evaluation)> = runs.into_iter().collect::<Result<_, _>>()?;

    let tags: Vec<_> = runs.iter().map(|(tag, _)| tag.as_str()).collect();
    let names = runs::names(&tags, &options.runs)?;
    let files: Vec<_> = options.runs.iter().map(|path| runs::shown(path)).collect();
    let baseline = match &options.baseline {
        None => 0,
        Some(wanted) => find(wanted, &names, &tags, &files)?,
    };
    for (name, (_, evaluation)) in names.iter().zip(&runs) {
        runs::tell(name, evaluation, options.present_only, streams);
    }
    let systems = names.into_iter().zip(runs).map(|(name, (_, evaluation))| System { name, evaluation }).collect();
    let comparison = pool.install(|| Comparison::new(systems, baseline, options.by_prefix));
    let report =
        Report { comparison: &comparison, files: &files, per_topic: options.per_topic, verbose: global.verbose };
    (format.write)(&mut streams.out, &report)?;
    Ok(Outcome::Done)
}

/// The run that is meant by what it is called, or by its tag or path, where only one has it.
fn find(wanted: &str, names: &[String], tags: &[&str], files: &[String]) -> Result<usize, Failure> {
    let places = |holds: &dyn Fn(usize) -> bool| (0..names.len()).filter(|&at| holds(at)).collect::<Vec<_>>();
    let ways = [
        places(&|at| names[at] == wanted),
        places(&|at| files[at] == wanted),
        places(&|at| Path::new(&files[at]).file_name().is_some_and(|name| name == wanted)),
        places(&|at| tags[at] == wanted),
    ];
    match ways.iter().find(|found| !found.is_empty()).map(Vec::as_slice) {
        Some([at]) => Ok(*at),
        Some(_) => Err(Failure::new(format!("several runs are called {wanted}, so none can be the baseline"))
            .hint(format!("they are told apart as {}", names.join(", ")))),
        None => Err(Failure::new(format!("no run is called {wanted}, so it cannot be the baseline"))
            .hint(format!("there are {}", names.join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_is_found_by_any_of_its_names() {
        let (names, tags) = (["1.txt", "x/2.txt", "y/2.txt", "c"].map(str::to_owned), ["a", "a", "a", "c"]);
        let files = ["x/1.txt", "x/2.txt", "y/2.txt", "x/3.txt"].map(str::to_owned);
        let check = |wanted: &str, expect: Result<usize, &str>| match (find(wanted, &names, &tags, &files), expect) {
            (Ok(at), Ok(expect)) => assert_eq!(at, expect, "{wanted}"),
            (Err(failure), Err(expect)) => assert!(failure.message.contains(expect), "{failure:?}"),
            (found, expect) => panic!("{wanted}: {found:?}, expected {expect:?}"),
        };
        check("1.txt", Ok(0));
        check("x/1.txt", Ok(0));
        check("y/2.txt", Ok(2));
        check("c", Ok(3));
        check("3.txt", Ok(3));
        check("a", Err("several runs are called a"));
        check("2.txt", Err("several runs are called 2.txt"));
        check("d", Err("no run is called d"));
    }
}
