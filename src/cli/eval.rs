//! `snotra eval`: runs against judgements, and against each other.
//!
//! Runs are read side by side, and each is forgotten once its values are known: twenty runs of five million lines need
//! no more memory than there are threads to read them.

use std::error::Error;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;

use crate::cli::Outcome;
use crate::cli::args::Eval;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::index::all_threads;
use crate::cli::streams::Streams;
use crate::eval::Comparison;
use crate::eval::EvalError;
use crate::eval::Evaluation;
use crate::eval::Options;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::eval::System;
use crate::eval::evaluate;
use crate::output::table::JSON;
use crate::output::table::Report;
use crate::output::table::TABLE_FORMATS;
use crate::source;

pub(super) fn run(options: &Eval, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let format = match (options.format, global.json) {
        (Some(format), true) if format.name != JSON.name => {
            return Err(Failure::new(format!("--json and --format {} contradict each other", format.name)));
        }
        (_, true) => &JSON,
        (Some(format), false) => format,
        (None, false) => &TABLE_FORMATS[0],
    };
    let inputs = [&options.qrels].into_iter().chain(&options.runs);
    if inputs.filter(|path| is_stdin(path)).count() > 1 {
        return Err(Failure::new("standard input can be read once only: give `-` for one file"));
    }
    let qrels = Qrels::read(open(&options.qrels)?).map_err(|error| fault(&options.qrels, error))?;
    let how = Options { order: options.order, present_only: options.present_only };
    let evaluated = |path: &PathBuf| -> Result<(String, Evaluation), Failure> {
        let run = Run::read(open(path)?).map_err(|error| fault(path, error))?;
        let evaluation = evaluate(&qrels, &run, &options.measures.0, &how).map_err(|error| match error {
            EvalError::Grade { .. } => fault(&options.qrels, error),
            _ => fault(path, error),
        })?;
        Ok((run.tag().to_owned(), evaluation))
    };
    let threads = options.threads.map_or_else(all_threads, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure::new(format!("threads could not be started: {error}")))?;
    // Collected twice, so that of several faults the one in the first run is told.
    let runs: Vec<Result<_, _>> = pool.install(|| options.runs.par_iter().map(evaluated).collect());
    let runs: Vec<(String, Evaluation)> = runs.into_iter().collect::<Result<_, _>>()?;

    let tags: Vec<_> = runs.iter().map(|(tag, _)| tag.as_str()).collect();
    let names = names(&tags, &options.runs)?;
    let files: Vec<_> = options.runs.iter().map(|path| shown(path)).collect();
    let baseline = match &options.baseline {
        None => 0,
        Some(wanted) => find(wanted, &names, &tags, &files)?,
    };
    for (name, (_, evaluation)) in names.iter().zip(&runs) {
        tell(name, evaluation, options.present_only, streams);
    }
    let systems = names.into_iter().zip(runs).map(|(name, (_, evaluation))| System { name, evaluation }).collect();
    let comparison = pool.install(|| Comparison::new(systems, baseline, options.by_prefix));
    let report =
        Report { comparison: &comparison, files: &files, per_topic: options.per_topic, verbose: global.verbose };
    (format.write)(&mut streams.out, &report)?;
    Ok(Outcome::Done)
}

/// What to call each run: by its tag, by its file's name where tags repeat, by its path where these do too.
fn names(tags: &[&str], paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let files = paths.iter().map(|path| path.file_name().map_or_else(|| shown(path), |name| shown(Path::new(name))));
    let files: Vec<String> = files.collect();
    let once = |name: &str, names: &mut dyn Iterator<Item = &str>| names.filter(|other| *other == name).count() == 1;
    let name = |at: usize| -> String {
        match () {
            () if once(tags[at], &mut tags.iter().copied()) => tags[at].to_owned(),
            () if once(&files[at], &mut files.iter().map(String::as_str)) => files[at].clone(),
            () => shown(&paths[at]),
        }
    };
    let names: Vec<_> = (0..tags.len()).map(name).collect();
    match (0..names.len()).find(|&at| names[..at].contains(&names[at])) {
        Some(at) => Err(Failure::new(format!("two runs would both be called {}", names[at]))
            .hint("give each run once, or another name to one of the files")),
        None => Ok(names),
    }
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

/// Says which topics do not count as one might think.
fn tell(name: &str, evaluation: &Evaluation, present_only: bool, streams: &mut Streams) {
    let Evaluation { topics, missing, unjudged, .. } = evaluation;
    if !missing.is_empty() {
        let judged = topics.len() + if present_only { missing.len() } else { 0 };
        let counted = if present_only { "are left out" } else { "count as zero (see --present-only)" };
        let answered = judged - missing.len();
        streams.warning(&format!("{name} answers {answered} of {judged} judged topics; the others {counted}"));
    }
    if !unjudged.is_empty() {
        streams.note(&format!("{name}: topics that nobody judged are ignored, {} of them", unjudged.len()));
    }
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    match source::open(path) {
        Ok(reader) => Ok(Box::new(reader)),
        Err(error) => Err(Failure::new(format!("{}: {error}", shown(path)))),
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

fn fault(path: &Path, error: EvalError) -> Failure {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    let failure = Failure::new(format!("{}: {error}{cause}", shown(path)));
    match error {
        EvalError::Columns { .. } => failure.hint("the judgements come first, then the runs"),
        EvalError::Disjoint { .. } => failure.hint("the ids of topics must be the same in both, letter by letter"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_called_by_what_tells_them_apart() {
        let check = |runs: &[(&str, &str)], expect: Result<&[&str], &str>| {
            let tags: Vec<_> = runs.iter().map(|(tag, _)| *tag).collect();
            let paths: Vec<_> = runs.iter().map(|(_, path)| PathBuf::from(path)).collect();
            match (names(&tags, &paths), expect) {
                (Ok(names), Ok(expect)) => assert_eq!(names, expect),
                (Err(failure), Err(expect)) => assert_eq!(failure.message, expect),
                (names, expect) => panic!("{names:?}, expected {expect:?}"),
            }
        };
        check(&[("a", "x/1.txt"), ("b", "x/1.txt")], Ok(&["a", "b"]));
        check(&[("a", "x/1.txt"), ("a", "x/2.txt"), ("b", "-")], Ok(&["1.txt", "2.txt", "b"]));
        check(&[("a", "x/1.txt"), ("a", "y/1.txt")], Ok(&["x/1.txt", "y/1.txt"]));
        check(&[("a", "x/1.txt"), ("a", "-")], Ok(&["1.txt", "standard input"]));
        check(&[("a", "1.txt"), ("a", "1.txt")], Err("two runs would both be called 1.txt"));
        check(&[("2.txt", "1.txt"), ("a", "2.txt"), ("a", "3.txt")], Err("two runs would both be called 2.txt"));
    }

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
