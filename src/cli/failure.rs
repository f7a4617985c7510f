//! Errors as the user meets them: one message, its causes, and what to do.

use std::error::Error;
use std::io;

use crate::app::QueryFault;
use crate::app::SearchError;
use crate::engine::EngineError;

/// Why a command came to nothing.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) hints: Vec<String>,
    broken_pipe: bool,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), broken_pipe: false }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(super) fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let hints = error.hint().into_iter().collect();
        Self { message: with_causes(&error), hints, broken_pipe: false }
    }
}

impl From<SearchError> for Failure {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Engine(error) => error.into(),
            SearchError::Query(fault @ QueryFault::TooMuch(_)) => Self::new(fault.to_string()),
            SearchError::Query(fault) => {
                Self::new(fault.to_string()).hint("without --strict, what is meant is searched, with a warning")
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { message: format!("writing the answer failed: {error}"), hints: Vec::new(), broken_pipe }
    }
}
