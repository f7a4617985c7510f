//! Runs, judgements and topics as files: how they are read, what runs are called, and what is wrong with which.

use std::error::Error;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::eval::EvalError;
use crate::eval::Evaluation;
use crate::eval::Measure;
use crate::eval::Options;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::eval::evaluate;
use crate::source;

/// What to say of a file that is of another kind than is wanted, where the judgements stand before the runs.
pub(super) const JUDGEMENTS_FIRST: &str = "the judgements come first, then the runs";

/// The same of a file of topics.
pub(super) const TOPICS: &str = "topics are lines of `id<TAB>text` or `id<TAB>lang<TAB>text`";

/// What `read` makes of a file, which may be packed, or standard input (`-`). `hint` is for a file of another kind.
pub(super) fn read<T>(
    path: &Path,
    hint: &str,
    read: impl FnOnce(Box<dyn Read + Send>) -> Result<T, EvalError>,
) -> Result<T, Failure> {
    read(open(path)?).map_err(|error| match error {
        EvalError::Columns { .. } => fault(path, error).hint(hint),
        _ => fault(path, error),
    })
}

/// The run at `path`, read into the memory of another if there is one, and what it comes to against judgements that
/// were read from their path.
pub(super) fn evaluated(
    (qrels_path, qrels): (&Path, &Qrels),
    path: &Path,
    memory: Option<Run>,
    measures: &[Measure],
    how: &Options,
) -> Result<(Run, Evaluation), Failure> {
    let run = read(path, JUDGEMENTS_FIRST, |reader| match memory {
        Some(run) => run.replaced(reader),
        None => Run::read(reader),
    })?;
    match evaluate(qrels, &run, measures, how) {
        Ok(evaluation) => Ok((run, evaluation)),
        Err(error @ EvalError::Grade { .. }) => Err(fault(qrels_path, error)),
        Err(error) => Err(fault(path, error)),
    }
}

/// Refuses to read standard input for more than one of `paths`.
pub(super) fn check_stdin<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<(), Failure> {
    match paths.into_iter().filter(|path| is_stdin(path)).count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::new("standard input can be read once only: give `-` for one file")),
    }
}

/// What to call each run: by its tag, by its file's name where tags repeat, by its path where these do too.
pub(super) fn names(tags: &[&str], paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
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

/// Says which topics do not count as one might think.
pub(super) fn tell(name: &str, evaluation: &Evaluation, present_only: bool, streams: &mut Streams) {
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

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

pub(super) fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

fn fault(path: &Path, error: EvalError) -> Failure {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    let failure = Failure::new(format!("{}: {error}{cause}", shown(path)));
    match error {
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
}
