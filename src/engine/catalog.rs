//! The catalog: which files were read, as they were then, and which documents came out of each.
//!
//! Only updates need it, so a search never opens it. One JSON line a file: a person can read it, and a million
//! documents in a few files stay a few lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

use crate::engine::EngineError;

/// A file within its root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileKey {
    /// The name of the root.
    pub root: String,
    /// The path relative to the root, `/` between its parts; empty where the root is the file.
    pub path: String,
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// Bytes on disk.
    pub size: u64,
    /// Nanoseconds since 1970, where the system knows.
    pub mtime: Option<i64>,
    /// XXH3-128 of the bytes on disk.
    pub hash: u128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) state: FileState,
    pub(super) documents: Vec<Version>,
    /// Something in the file was refused, so that it is read again in every run.
    pub(super) incomplete: bool,
}

/// One document as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) slot: u64,
    pub(super) hash: u64,
}

pub(super) type Catalog = BTreeMap<FileKey, Entry>;

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    key: FileKey,
    size: u64,
    mtime: Option<i64>,
    hash: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
    documents: Vec<(u64, String)>,
}

/// The catalog as bytes.
pub(super) fn encode(catalog: &Catalog) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, entry) in catalog {
        let line = Line {
            key: key.clone(),
            size: entry.state.size,
            mtime: entry.state.mtime,
            hash: format!("{:032x}", entry.state.hash),
            incomplete: entry.incomplete,
            documents: entry.documents.iter().map(|v| (v.slot, format!("{:016x}", v.hash))).collect(),
        };
        serde_json::to_writer(&mut bytes, &line).expect("a line has only string keys and goes to memory");
        bytes.push(b'\n');
    }
    bytes
}

/// Reads what [`encode`] wrote.
pub(super) fn read(path: &Path) -> Result<Catalog, EngineError> {
    let text = fs::read_to_string(path).map_err(|error| EngineError::io(path, error))?;
    let mut catalog = Catalog::new();
    for (index, line) in text.lines().enumerate() {
        let fault = || EngineError::damaged(path, format!("line {} does not read", index + 1));
        let line: Line = serde_json::from_str(line).map_err(|_| fault())?;
        let hash = u128::from_str_radix(&line.hash, 16).map_err(|_| fault())?;
        let documents = line
            .documents
            .into_iter()
            .map(|(slot, hash)| Ok(Version { slot, hash: u64::from_str_radix(&hash, 16).map_err(|_| fault())? }))
            .collect::<Result<_, EngineError>>()?;
        let state = FileState { size: line.size, mtime: line.mtime, hash };
        catalog.insert(line.key, Entry { state, documents, incomplete: line.incomplete });
    }
    Ok(catalog)
}
