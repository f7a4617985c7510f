//! The command line: what was typed becomes options, what comes back becomes streams and an exit code.
//!
//! One file a command. Answers go to stdout, everything else to stderr. The exit code is 0 when the work is done, 1 when
//! it is done and there was nothing, 2 after any error, even one that the rest of the work survived; it is decided here
//! and nowhere else. A reader that closes the pipe has seen enough: that is no error.

mod analyze;
mod args;
mod batch;
mod bench;
mod compare;
mod completions;
mod demo;
mod eval;
mod failure;
mod index;
mod inspect;
mod judge;
mod keys;
mod man;
mod pool;
mod progress;
mod remove;
mod report;
mod runs;
mod search;
mod show;
mod streams;
mod vocabulary;

use std::panic::AssertUnwindSafe;
use std::panic::PanicHookInfo;
use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;

use clap::CommandFactory;
use clap::Parser;

use crate::cli::args::Arguments;
use crate::cli::args::Command;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;

/// What a command that did not fail came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Done.
    Done,
    /// Done, and there was nothing to show.
    Nothing,
    /// Done in part; what failed has been said.
    Partial,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers and go to stdout; clap knows which is which.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut streams = Streams::new(&arguments.global);
    std::panic::set_hook(Box::new(remember));
    // A library that meets damaged data may panic. To whoever asked that is an error like any other.
    match catch_unwind(AssertUnwindSafe(|| run(&arguments, &mut streams))).unwrap_or_else(|_| Err(broken())) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Ok(Outcome::Partial) => ExitCode::from(2),
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            streams.failure(&failure);
            ExitCode::from(2)
        }
    }
}

/// What the last panic said.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

fn remember(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(|place| format!(" ({place})")).unwrap_or_default();
    *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) =
        format!("{}{place}", text.unwrap_or("no reason given"));
}

fn broken() -> Failure {
    let last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
    Failure::new(format!("something failed that never should: {last}"))
        .hint("see whether the index is whole: snotra inspect --verify")
        .hint("if it is, please report this with the command that led here")
}

/// The whole command line as clap knows it: for the manual, the completions and the reference.
pub fn command() -> clap::Command {
    Arguments::command()
}

fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Outcome, Failure> {
    let global = &arguments.global;
    let outcome = match &arguments.command {
        Command::Index(options) => index::run(options, global, streams),
        Command::Remove(options) => remove::run(options, global, streams),
        Command::Search(options) => search::run(options, global, streams),
        Command::Batch(options) => batch::run(options, global, streams),
        Command::Eval(options) => eval::run(options, global, streams),
        Command::Compare(options) => compare::run(options, global, streams),
        Command::Pool(options) => pool::run(options, global, streams),
        Command::Judge(options) => judge::run(options, global, streams),
        Command::Bench(options) => bench::run(options, global, streams),
        Command::Report(options) => report::run(options, streams),
        Command::Analyze(options) => analyze::run(options, global, streams),
        Command::Inspect(options) => inspect::run(options, global, streams),
        Command::Show(options) => show::run(options, global, streams),
        Command::Demo(options) => demo::run(options, global, streams),
        Command::Completions(options) => completions::run(options, streams),
        Command::Man => man::run(streams),
    }?;
    streams.flush()?;
    Ok(outcome)
}
