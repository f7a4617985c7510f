//! `snotra completions`.

use crate::cli::Outcome;
use crate::cli::args::Completions;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;

pub(super) fn run(options: &Completions, streams: &mut Streams) -> Result<Outcome, Failure> {
    clap_complete::generate(options.shell, &mut super::command(), "snotra", &mut streams.out);
    Ok(Outcome::Done)
}
