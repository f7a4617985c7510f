//! The vocabulary that an index keeps: a text file that the manifest names, and a part of the stamp.
//!
//! The words of every article were analysed by it when they were indexed, so it is as old as the index and changes with
//! a rebuild only. It is in the stamp of the analysis so that a program that does not know of vocabularies refuses the
//! index instead of analysing queries otherwise; an index without one has the stamp that it always had. Rejected: the
//! entries in the manifest, which every opening reads and nobody could look into; the path of the user's file, which
//! may have changed or gone.

use std::fs;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::engine::EngineError;
use crate::engine::manifest::FILE_NAME;
use crate::engine::manifest::Manifest;
use crate::lang::Vocabulary;

/// The vocabulary of the index at `dir`. Asks nothing else of the index, so that words can be looked at that an index of
/// another version holds.
///
/// # Errors
/// Where there is no index, and where what is read of it is damaged.
pub fn vocabulary(dir: &Path) -> Result<Vocabulary, EngineError> {
    of(dir, &Manifest::read(dir)?.ok_or_else(|| EngineError::Missing(dir.to_owned()))?)
}

/// The vocabulary that `manifest`, of the index at `dir`, names.
pub(super) fn of(dir: &Path, manifest: &Manifest) -> Result<Vocabulary, EngineError> {
    let Some(name) = &manifest.vocabulary else { return Ok(Vocabulary::default()) };
    let path = dir.join(name);
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => EngineError::damaged(&path, "it is missing"),
        _ => EngineError::io(&path, error),
    })?;
    let sum = format!("{:016x}", xxh3_64(&bytes));
    if !manifest.files.iter().any(|file| file.name == *name && file.xxh3 == sum) {
        return Err(EngineError::damaged(&path, "its checksum differs"));
    }
    let text = String::from_utf8(bytes).map_err(|_| EngineError::damaged(&path, "it is not text"))?;
    Vocabulary::parse(&text).map_err(|faults| {
        let first = faults.first().map(|fault| format!("line {}: {}", fault.line, fault.cause));
        EngineError::damaged(&path, first.unwrap_or_default())
    })
}

/// The vocabulary for what is to be written at `dir`, where `previous` is: the `given` one or, where none is given, that
/// of `previous`. A rebuild takes either; an update cannot have another than the index has.
///
/// # Errors
/// See above; and where a rebuild is to keep one that cannot be read any more.
pub(super) fn choose(
    dir: &Path,
    previous: Option<&Manifest>,
    given: Option<Vocabulary>,
    rebuild: bool,
) -> Result<Vocabulary, EngineError> {
    match (given, previous) {
        (Some(given), Some(manifest)) if !rebuild && of(dir, manifest)? != given => {
            let built = match (&manifest.vocabulary, given.is_empty()) {
                (None, _) => "without a vocabulary",
                (Some(_), true) => "with a vocabulary",
                (Some(_), false) => "with another vocabulary",
            };
            Err(EngineError::Vocabulary { dir: dir.to_owned(), built })
        }
        (Some(given), _) => Ok(given),
        (None, Some(manifest)) if rebuild => of(dir, manifest).map_err(|_| EngineError::VocabularyLost(dir.to_owned())),
        (None, Some(manifest)) => of(dir, manifest),
        // A manifest that cannot be read may have named one; without any, a first run was cut short.
        (None, None) if rebuild && dir.join(FILE_NAME).exists() && has_file(dir) => {
            Err(EngineError::VocabularyLost(dir.to_owned()))
        }
        (None, None) => Ok(Vocabulary::default()),
    }
}

/// What it is called in the commit of this number.
pub(super) fn file_name(generation: u64) -> String {
    format!("{BEGINNING}{generation}{ENDING}")
}

const BEGINNING: &str = "vocabulary-";
const ENDING: &str = ".tsv";

/// Whether a file is called as [`file_name`] calls them, and so not as a user calls hers.
pub(super) fn is_file_name(name: &str) -> bool {
    let number = name.strip_prefix(BEGINNING).and_then(|rest| rest.strip_suffix(ENDING));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether there is such a file.
fn has_file(dir: &Path) -> bool {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).any(|name| is_file_name(&name.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::file_name;
    use super::is_file_name;

    #[test]
    fn names_of_ours_are_told_from_those_of_users() {
        assert!(is_file_name(&file_name(1)) && is_file_name(&file_name(u64::MAX)));
        for other in
            ["vocabulary-.tsv", "vocabulary-da.tsv", "vocabulary.tsv", "vocabulary-1.txt", "my-vocabulary-1.tsv"]
        {
            assert!(!is_file_name(other), "{other}");
        }
    }
}
