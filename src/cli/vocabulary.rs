//! The file behind `--vocabulary`, for the commands that take it.

use std::path::Path;

use crate::app;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::lang::Vocabulary;
use crate::output::count;

/// So many faults are shown: a file that is no vocabulary has one a line.
const SHOWN: usize = 10;

/// The vocabulary in the file at `path`; what is wrong with it is said before the failure.
pub(super) fn read(path: &Path, streams: &mut Streams) -> Result<Vocabulary, Failure> {
    app::vocabulary(path).map_err(|faults| {
        faults.iter().take(SHOWN).for_each(|fault| streams.problem(fault));
        let more = if faults.len() > SHOWN { format!(", of which the first {SHOWN} are shown") } else { String::new() };
        let faults = count(faults.len() as u64, "fault");
        Failure::new(format!("the vocabulary has {faults}{more}; nothing was done"))
    })
}
