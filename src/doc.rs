//! The article as every layer sees it: its identity, its text, where it came from, and what went wrong on the way.
//!
//! These types carry invariants, not formats: nothing here derives serde, because a serialisable type is a promise and
//! promises about bytes live at the edge. A [`Document`] leaves the `source` layer finished: its text is clean, so every
//! offset that a later layer computes refers to one and the same body.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub use time::Date;

/// One article, read and cleaned, ready to be detected, analysed and indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Stable across rebuilds: the record's own id, else made from the path.
    pub id: DocId,
    /// One line without mark-up, NFC; empty where the article has none.
    pub title: String,
    /// The running text: NFC, `\n` line ends, no soft hyphens, no zero-width joiners, no other control characters
    /// than `\n` and `\t`. Every offset (in passages, highlights, tokens) refers to this string.
    pub body: String,
    /// The language code that the record itself declares (`da`, `sv`, `nb` ...), lower-case, unverified.
    pub declared_lang: Option<String>,
    /// The day of publication, where the article states one.
    pub date: Option<Date>,
    /// Who published it: a newsletter, an agency, a web site.
    pub source: Option<String>,
    /// Where it stands on the web.
    pub url: Option<String>,
    /// Where it was read.
    pub place: Place,
    /// The whole text before head lines and debris were cut, where anything was; `None` where the body is all there was.
    pub raw: Option<String>,
    /// How many lines of the raw text are in neither title, metadata nor body.
    pub cut_lines: usize,
}

/// A document's name: never empty, without white space or control characters, so that it can be a TREC column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(Arc<str>);

/// Why a string cannot be a [`DocId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// The id is the empty string.
    #[error("an id cannot be empty")]
    Empty,
    /// The id holds white space or a control character.
    #[error("the id {0:?} holds white space or a control character")]
    Space(String),
    /// The id is longer than [`DocId::MAX_BYTES`].
    #[error("an id of {0} bytes is too long (at most {max})", max = DocId::MAX_BYTES)]
    Long(usize),
}

impl DocId {
    /// The longest id that an index takes.
    pub const MAX_BYTES: usize = 4096;

    /// Checks `id` as a record states it.
    pub fn new(id: &str) -> Result<Self, BadId> {
        if id.is_empty() {
            return Err(BadId::Empty);
        }
        if id.len() > Self::MAX_BYTES {
            return Err(BadId::Long(id.len()));
        }
        if id.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(BadId::Space(id.to_owned()));
        }
        Ok(Self(id.into()))
    }

    /// The id of a file: its path relative to its root, percent-encoded, `/` between the parts on every system,
    /// with the root's name in front where an index has several roots.
    pub fn from_path(root_name: Option<&str>, relative: &Path) -> Self {
        use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
        const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'#').add(b'"').add(b'<').add(b'>').add(b'?');
        let parts = relative.components().filter_map(|component| match component {
            Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        });
        let mut id = String::new();
        for part in root_name.map(Into::into).into_iter().chain(parts) {
            if !id.is_empty() {
                id.push('/');
            }
            for c in part.chars() {
                // White space beyond ASCII (U+00A0, U+2028 ...) would break a TREC column.
                if c.is_whitespace() && !c.is_ascii() {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        id.push_str(percent_encoding::percent_encode_byte(byte));
                    }
                } else {
                    id.extend(utf8_percent_encode(c.encode_utf8(&mut [0; 4]), ENCODED));
                }
            }
        }
        if id.is_empty() {
            id.push('.');
        }
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file, and the line in it (from 1) where a record begins or a fault lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it or the walk found it.
    pub path: PathBuf,
    /// The line, where the file has more than one record or the fault has a place.
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path.display()),
            None => write!(f, "{}", self.path.display()),
        }
    }
}

/// One thing that could not be read. Problems are collected and shown; the work around them goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it lies.
    pub place: Place,
    /// What is wrong, in words that end without a full stop.
    pub cause: String,
    /// What to do about it, where there is something to do.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    pub fn new(path: impl Into<PathBuf>, line: Option<u64>, cause: impl Into<String>) -> Self {
        Self { place: Place { path: path.into(), line }, cause: cause.into(), hint: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.cause)
    }
}
