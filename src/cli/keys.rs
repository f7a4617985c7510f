//! Keys, as they are pressed on a terminal or come from a pipe.
//!
//! The terminal is read by `console`, which the progress bar brings along anyway. From a pipe every character is a key
//! and white space is none, so that a script can write a key a line or all in one.

use std::io;
use std::io::Bytes;
use std::io::IsTerminal;
use std::io::Read;
use std::io::StdinLock;

use console::Key;
use console::Term;

/// Where keys come from.
pub(super) enum Keys {
    Terminal(Term),
    Piped(Bytes<StdinLock<'static>>),
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    /// A letter, digit or sign.
    Char(char),
    /// Something else, such as an arrow.
    Other,
    /// There is nothing more to come.
    End,
}

impl Keys {
    /// Those of the terminal if standard input is one, else standard input.
    pub(super) fn new() -> Self {
        // What is not attached to a terminal itself would say of every key that it is unknown.
        let term = [Term::stdout(), Term::stderr()].into_iter().find(Term::is_term);
        match term.filter(|_| io::stdin().is_terminal()) {
            Some(term) => Self::Terminal(term),
            None => Self::Piped(io::stdin().lock().bytes()),
        }
    }

    /// Rows and columns of the terminal; `None` without one.
    pub(super) fn size(&self) -> Option<(usize, usize)> {
        match self {
            Self::Terminal(term) => term.size_checked().map(|(rows, columns)| (rows.into(), columns.into())),
            Self::Piped(_) => None,
        }
    }

    /// Waits for the next.
    pub(super) fn next(&mut self) -> io::Result<Pressed> {
        match self {
            Self::Terminal(term) => match term.read_key() {
                // Control-D.
                Ok(Key::Char('\u{4}')) => Ok(Pressed::End),
                Ok(Key::Char(c)) => Ok(Pressed::Char(c)),
                Ok(_) => Ok(Pressed::Other),
                // The terminal is gone.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Pressed::End),
                Err(error) => Err(error),
            },
            Self::Piped(bytes) => loop {
                match bytes.next().transpose()? {
                    None => return Ok(Pressed::End),
                    Some(byte) if byte.is_ascii_whitespace() => {}
                    Some(byte) if byte.is_ascii_graphic() => return Ok(Pressed::Char(byte.into())),
                    // Of a character of several bytes, the first stands for all.
                    Some(0x80..=0xbf) => {}
                    Some(_) => return Ok(Pressed::Other),
                }
            },
        }
    }
}

/// How wide the terminal is that stdout goes to, if it goes to one.
pub(super) fn columns() -> Option<usize> {
    Term::stdout().size_checked().map(|(_, columns)| columns.into())
}
