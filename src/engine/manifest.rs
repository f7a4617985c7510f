//! The manifest: the one file whose replacement is the commit.
//!
//! It names every file of the index with its length and checksum, carries tantivy's meta and the statistics that
//! ranking needs, and is written last, beside its predecessor and then renamed over it. Two lines of JSON: the manifest,
//! and the checksum of the first line.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;
use xxhash_rust::xxh3::xxh3_64;

use crate::engine::EngineError;
use crate::engine::directory::Sum;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::source::INDEX_MARKER;

/// The format that this version reads and writes. Raised whenever an older program could misread the index.
pub const FORMAT: u32 = 3;

/// The manifest's file name; a folder that holds it is an index, which the walk passes over.
pub const FILE_NAME: &str = INDEX_MARKER;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The version of Snotra that wrote it.
    pub(super) snotra: String,
    /// Counts commits.
    pub(super) generation: u64,
    /// [`crate::lang::FINGERPRINT`], in hexadecimal.
    pub(super) analysis: String,
    pub(super) languages: BTreeMap<String, LanguageStats>,
    pub(super) roots: Vec<Root>,
    /// The next free slot in the table of ids.
    pub(super) slots: u64,
    pub(super) files: Vec<FileSum>,
    pub(super) ids: String,
    pub(super) catalog: String,
    /// The user's vocabulary, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vocabulary: Option<String>,
    /// tantivy's meta.
    pub(super) meta: serde_json::Value,
}

/// What ranking needs to know of one language: counts over live documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageStats {
    /// Documents in this language.
    pub documents: u64,
    /// Words in their bodies.
    pub body_words: u64,
    /// Documents that have a title, and the words in those titles.
    pub titled: u64,
    /// Words in their titles.
    pub title_words: u64,
}

/// A file or folder that was given to be indexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Unique in the index; in front of the ids of its documents where `prefixed`.
    pub name: String,
    /// Absolute.
    pub path: PathBuf,
    /// Whether ids made from paths begin with the root's name: decided when the root is first indexed, so that ids stay.
    pub prefixed: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FileSum {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) xxh3: String,
}

impl FileSum {
    pub(super) fn new(name: &str, sum: Sum) -> Self {
        Self { name: name.to_owned(), bytes: sum.bytes, xxh3: format!("{:016x}", sum.xxh3) }
    }

    /// Reads the file in `dir` and compares its checksum; returns its bytes.
    pub(super) fn verify(&self, dir: &Path) -> Result<u64, EngineError> {
        let path = dir.join(&self.name);
        let sum = sum_file(&path).map_err(|error| EngineError::io(&path, error))?;
        if format!("{:016x}", sum.xxh3) != self.xxh3 {
            return Err(EngineError::damaged(&path, "its checksum differs"));
        }
        Ok(sum.bytes)
    }
}

#[derive(Serialize, Deserialize)]
struct Check {
    xxh3: String,
}

impl Manifest {
    /// What is known of the documents in `language`; nothing where there are none.
    pub(super) fn stats(&self, language: &Language) -> LanguageStats {
        self.languages.get(language.code).copied().unwrap_or_default()
    }

    /// The languages that have documents.
    pub(super) fn spoken(&self) -> impl Iterator<Item = &'static Language> {
        LANGUAGES.iter().copied().filter(|language| self.stats(language).documents > 0)
    }

    /// Reads the manifest of the index at `dir`; `None` where there is none.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>, EngineError> {
        let path = dir.join(FILE_NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(EngineError::damaged(&path, "it is not text"));
            }
            Err(error) => return Err(EngineError::io(&path, error)),
        };
        let mut lines = text.lines();
        let (Some(body), Some(check), None, true) = (lines.next(), lines.next(), lines.next(), text.ends_with('\n'))
        else {
            return Err(EngineError::damaged(&path, "it does not have two lines"));
        };
        let check: Check = serde_json::from_str(check).map_err(|_| EngineError::damaged(&path, "its second line"))?;
        if check.xxh3 != format!("{:016x}", xxh3_64(body.as_bytes())) {
            return Err(EngineError::damaged(&path, "its checksum differs"));
        }
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let found: Format = serde_json::from_str(body).map_err(|_| EngineError::damaged(&path, "no format"))?;
        if found.format != FORMAT {
            return Err(EngineError::Format { dir: dir.to_owned(), found: found.format });
        }
        let manifest = serde_json::from_str(body).map_err(|error| EngineError::damaged(&path, error.to_string()))?;
        Ok(Some(manifest))
    }

    /// Replaces the manifest at `dir`: this is the commit.
    pub(super) fn write(&self, dir: &Path) -> Result<(), EngineError> {
        let path = dir.join(FILE_NAME);
        let body = serde_json::to_string(self).expect("a manifest has only string keys");
        let check = Check { xxh3: format!("{:016x}", xxh3_64(body.as_bytes())) };
        let check = serde_json::to_string(&check).expect("a string serialises");
        write_durably(&path, format!("{body}\n{check}\n").as_bytes()).map_err(|error| EngineError::io(&path, error))
    }

    /// The files that this manifest vouches for, relative to the index.
    pub(super) fn file_names(&self) -> HashSet<PathBuf> {
        self.files.iter().map(|file| PathBuf::from(&file.name)).collect()
    }

    /// Refuses the index where a file is missing or has another length than when it was committed.
    pub(super) fn check_lengths(&self, dir: &Path) -> Result<(), EngineError> {
        for file in &self.files {
            let path = dir.join(&file.name);
            match fs::metadata(&path) {
                Ok(metadata) if metadata.len() == file.bytes => {}
                Ok(metadata) => {
                    let cause = format!("it has {} bytes instead of {}", metadata.len(), file.bytes);
                    return Err(EngineError::damaged(&path, cause));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(EngineError::damaged(&path, "it is missing"));
                }
                Err(error) => return Err(EngineError::io(&path, error)),
            }
        }
        Ok(())
    }

    /// Reads every file and compares checksums; the first difference is the error.
    pub(super) fn verify(&self, dir: &Path) -> Result<u64, EngineError> {
        self.check_lengths(dir)?;
        self.files.iter().map(|file| file.verify(dir)).sum()
    }
}

/// Length and checksum of a file, streaming.
pub(super) fn sum_file(path: &Path) -> io::Result<Sum> {
    let mut file = File::open(path)?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(Sum { bytes, xxh3: hash.digest() });
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Writes a new file beside `path`, makes it durable, and renames it into place.
pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    // The rename is durable once the folder is; systems that cannot open a folder need no such step.
    if let Some(Ok(dir)) = path.parent().map(File::open) {
        let _ = dir.sync_all();
    }
    Ok(())
}
