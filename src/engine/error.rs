//! What can go wrong between us and an index on disk.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::engine::manifest::FORMAT;

/// Every failure of the engine. The messages name the place; hints stand in [`EngineError::hint`].
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no index at the place.
    #[error("there is no index at {}", .0.display())]
    Missing(PathBuf),
    /// The folder holds other things than an index, so nothing may be written into it.
    #[error("{} is not empty and is not an index", .0.display())]
    Occupied(PathBuf),
    /// The index is to be built again from what it was given, and does not know that any more.
    #[error("the index at {} no longer says what it was made from", .0.display())]
    Rootless(PathBuf),
    /// Another process is writing to the index.
    #[error("another process is writing to the index at {}{}", .dir.display(), .holder.as_ref().map(|id| format!(" (process {id})")).unwrap_or_default())]
    Busy {
        /// The index.
        dir: PathBuf,
        /// The number of the process that holds the lock, where it can be read.
        holder: Option<u32>,
    },
    /// A file of the index is not what the manifest says.
    #[error("the index is damaged: {}: {cause}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What differs.
        cause: String,
    },
    /// The index has another format.
    #[error("the index at {} has format {found}, this version reads format {FORMAT}", .dir.display())]
    Format {
        /// The index.
        dir: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The index was analysed by other rules than this version's.
    #[error("the index at {} was built with another analysis ({found}, now {expected})", .dir.display())]
    Analysis {
        /// The index.
        dir: PathBuf,
        /// The stamp in the index.
        found: String,
        /// This version's stamp.
        expected: String,
    },
    /// An index is to be brought up to date with another vocabulary than it was built with.
    #[error("the index at {} was built {built}", .dir.display())]
    Vocabulary {
        /// The index.
        dir: PathBuf,
        /// With which, in words.
        built: &'static str,
    },
    /// An index is to be built again with the vocabulary that it had, which cannot be read any more.
    #[error("the index at {} had a vocabulary, which cannot be read any more", .0.display())]
    VocabularyLost(PathBuf),
    /// Reading or writing a file failed.
    #[error("{}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// tantivy failed.
    #[error("the index engine failed")]
    Tantivy(#[from] tantivy::TantivyError),
}

impl EngineError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub(super) fn damaged(path: &Path, cause: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), cause: cause.into() }
    }

    /// The way out, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing(dir) => Some(format!("make one: snotra index PATH... --index {}", dir.display())),
            Self::Occupied(_) => Some("name an empty or a new folder with --index DIR".to_owned()),
            Self::Rootless(_) => Some("name its files and folders: snotra index --rebuild PATH...".to_owned()),
            Self::Busy { .. } => Some("wait until it is done, or use another folder with --index DIR".to_owned()),
            Self::Damaged { .. } | Self::Format { .. } | Self::Analysis { .. } => {
                Some("build it again from its articles: snotra index --rebuild".to_owned())
            }
            Self::Vocabulary { .. } => Some(
                "articles are analysed when they are indexed: add --rebuild to index them all anew, or leave the \
                 option out to keep what the index has"
                    .to_owned(),
            ),
            Self::VocabularyLost(_) => Some("name its file with --vocabulary FILE, or say --no-vocabulary".to_owned()),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("the disk is full; the index is as it was before".to_owned())
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("check who may read and write there".to_owned())
            }
            Self::Io { .. } | Self::Tantivy(_) => None,
        }
    }
}

impl From<tantivy::directory::error::OpenDirectoryError> for EngineError {
    fn from(error: tantivy::directory::error::OpenDirectoryError) -> Self {
        Self::Tantivy(error.into())
    }
}

impl From<tantivy::directory::error::OpenReadError> for EngineError {
    fn from(error: tantivy::directory::error::OpenReadError) -> Self {
        Self::Tantivy(error.into())
    }
}
