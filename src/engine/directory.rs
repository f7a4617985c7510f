//! The folder of an index as tantivy sees it: only what our manifest vouches for exists.
//!
//! tantivy commits by replacing `meta.json` and deletes what the new one does not name. A commit of ours has more parts
//! (the table of ids, the catalog of files, the statistics), so there must be one moment at which all of them change, and
//! nothing that an older manifest needs may be deleted before it. Hence this directory keeps tantivy's two small
//! administrative files in memory (the manifest carries them), refuses to delete what the last commit names, and sums up
//! every file while it is written, so that the manifest's checksums cost no second reading.
//!
//! Rejected: a fresh folder for each generation (an update would copy the whole index), and tantivy's own `meta.json` as
//! the commit point with our files beside it (a crash between the two leaves them disagreeing).

use std::collections::HashMap;
use std::collections::HashSet;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use tantivy::Directory;
use tantivy::directory::AntiCallToken;
use tantivy::directory::DirectoryLock;
use tantivy::directory::FileHandle;
use tantivy::directory::Lock;
use tantivy::directory::MmapDirectory;
use tantivy::directory::TerminatingWrite;
use tantivy::directory::WatchCallback;
use tantivy::directory::WatchHandle;
use tantivy::directory::WritePtr;
use tantivy::directory::error::DeleteError;
use tantivy::directory::error::LockError;
use tantivy::directory::error::OpenReadError;
use tantivy::directory::error::OpenWriteError;
use xxhash_rust::xxh3::Xxh3;

/// The length and XXH3-64 of one finished file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) bytes: u64,
    pub(super) xxh3: u64,
}

/// See the module's documentation.
#[derive(Debug, Clone)]
pub(super) struct ManifestDirectory {
    files: MmapDirectory,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// `meta.json` and `.managed.json`.
    administrative: HashMap<PathBuf, Vec<u8>>,
    /// What the last commit names.
    committed: HashSet<PathBuf>,
    sums: HashMap<PathBuf, Sum>,
}

const META: &str = "meta.json";

impl ManifestDirectory {
    /// The folder at `path`, with `meta` as tantivy's meta and `committed` as the files that must stay.
    pub(super) fn open(path: &Path, meta: Option<Vec<u8>>, committed: HashSet<PathBuf>) -> tantivy::Result<Self> {
        let files = MmapDirectory::open(path)?;
        let administrative = meta.map(|meta| (PathBuf::from(META), meta)).into_iter().collect();
        let state = State { administrative, committed, sums: HashMap::new() };
        Ok(Self { files, state: Arc::new(Mutex::new(state)) })
    }

    /// tantivy's meta as its last commit left it.
    pub(super) fn meta(&self) -> Vec<u8> {
        self.with(|state| state.administrative.get(Path::new(META)).cloned().unwrap_or_default())
    }

    /// The sum of a file written since this directory was opened.
    pub(super) fn sum(&self, path: &Path) -> Option<Sum> {
        self.with(|state| state.sums.get(path).copied())
    }

    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        read(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn is_administrative(path: &Path) -> bool {
    matches!(path.to_str(), Some(META | ".managed.json"))
}

impl Directory for ManifestDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let keep = self.with(|state| {
            state.sums.remove(path);
            state.committed.contains(path) || state.administrative.remove(path).is_some()
        });
        if keep { Ok(()) } else { self.files.delete(path) }
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        if is_administrative(path) {
            return Ok(self.with(|state| state.administrative.contains_key(path)));
        }
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.files.open_write(path)?.into_inner().map_err(|error| OpenWriteError::IoError {
            io_error: Arc::new(error.into_error()),
            filepath: path.to_owned(),
        })?;
        let writer = SummingWriter { file, bytes: 0, hash: Xxh3::new(), path: path.to_owned(), to: self.clone() };
        Ok(io::BufWriter::with_capacity(64 * 1024, Box::new(writer)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if is_administrative(path) {
            let bytes = self.with(|state| state.administrative.get(path).cloned());
            return bytes.ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()));
        }
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if is_administrative(path) {
            self.with(|state| state.administrative.insert(path.to_owned(), data.to_vec()));
            return Ok(());
        }
        self.files.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.files.sync_directory()
    }

    /// Writers exclude each other by the index's own lock, and readers follow the manifest: tantivy's locks are moot.
    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// Sums up what goes into a file and reports it when the file is finished.
struct SummingWriter {
    file: Box<dyn TerminatingWrite + Send + Sync>,
    bytes: u64,
    hash: Xxh3,
    path: PathBuf,
    to: ManifestDirectory,
}

impl Write for SummingWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let written = self.file.write(data)?;
        self.bytes += written as u64;
        self.hash.update(&data[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for SummingWriter {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.file.terminate_ref(token)?;
        let sum = Sum { bytes: self.bytes, xxh3: self.hash.digest() };
        self.to.with(|state| state.sums.insert(std::mem::take(&mut self.path), sum));
        Ok(())
    }
}
