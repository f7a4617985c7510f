//! Changing an index: what was read replaces what was there, and one commit makes all of it visible.
//!
//! The writer works file by file, so that an update reads only what changed: [`Writer::begin_file`] puts the file's old
//! documents up for replacement, [`Writer::add`] confirms or replaces them one by one, [`Writer::finish_file`] removes
//! those that did not come again. Nothing of it is visible, and nothing that a reader uses is touched, before
//! [`Writer::commit`].

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use tantivy::Index;
use tantivy::IndexSettings;
use tantivy::IndexWriter;
use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::merge_policy::NoMergePolicy;
use xxhash_rust::xxh3::Xxh3;

use crate::doc::DocId;
use crate::doc::Document;
use crate::engine::EngineError;
use crate::engine::catalog;
use crate::engine::catalog::Catalog;
use crate::engine::catalog::Entry;
use crate::engine::catalog::FileKey;
use crate::engine::catalog::FileState;
use crate::engine::catalog::Version;
use crate::engine::directory::ManifestDirectory;
use crate::engine::ids;
use crate::engine::ids::IdTable;
use crate::engine::manifest;
use crate::engine::manifest::FILE_NAME;
use crate::engine::manifest::FORMAT;
use crate::engine::manifest::FileSum;
use crate::engine::manifest::Manifest;
use crate::engine::manifest::Root;
use crate::engine::queue::Queue;
use crate::engine::queue::Queued;
use crate::engine::schema;
use crate::engine::schema::Fields;
use crate::engine::segment;
use crate::engine::tokenizer;
use crate::engine::vocabulary;
use crate::lang;
use crate::lang::ForeignPassage;
use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::text::count_words;

/// How much of the machine indexing may use.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// Threads that build postings.
    pub threads: usize,
    /// Bytes that all of them together may fill before they write a segment.
    pub memory: usize,
}

/// How many words a document has, counted where the work is shared among threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    body: u32,
    title: u32,
}

impl Lengths {
    /// Counts the words of `document`.
    pub fn of(document: &Document) -> Self {
        Self { body: count_words(&document.body), title: count_words(&document.title) }
    }
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is new or has changed.
    Indexed,
    /// It is in the index already, from the same file, and has not changed.
    Unchanged,
    /// The same id with the same content was read elsewhere before.
    Duplicate,
    /// The same id with other content was read elsewhere before: the first stays.
    Clash {
        /// Where the first one stands.
        first: PathBuf,
    },
}

/// An index opened for writing. Only one can be open at a time, by any process.
pub struct Writer {
    dir: PathBuf,
    _lock: File,
    previous: Option<Manifest>,
    roots: Vec<Root>,
    catalog: Catalog,
    known: HashMap<DocId, Known>,
    /// The id in each slot; empty where the document is gone.
    ids: Vec<String>,
    current: Option<Current>,
    /// Files that will be begun before the commit.
    awaited: HashSet<FileKey>,
    directory: ManifestDirectory,
    index: Index,
    writer: IndexWriter<Queued>,
    queue: Queue,
    fields: Fields,
    vocabulary: Vocabulary,
    /// Whether all of the index is written anew.
    whole: bool,
    rebuild: bool,
    changed: bool,
}

#[derive(Debug, Clone)]
struct Known {
    version: Version,
    file: FileKey,
}

/// The file being read.
struct Current {
    key: FileKey,
    state: FileState,
    /// Its documents from the last time that have not come again yet.
    stale: HashSet<u64>,
    documents: Vec<Version>,
}

const LOCK: &str = ".snotra-lock";

impl Writer {
    /// Opens the index at `dir`, or begins one there. With `rebuild`, what is there is read for its roots at most and
    /// replaced as a whole by the next commit. Without a `vocabulary` the index keeps the one that it has.
    ///
    /// # Errors
    /// Where the folder holds something else, where another writer is at work, and where the index is damaged, of another
    /// format or analysis or of another vocabulary and `rebuild` is not asked for.
    pub fn open(
        dir: &Path,
        options: WriterOptions,
        vocabulary: Option<Vocabulary>,
        rebuild: bool,
    ) -> Result<Self, EngineError> {
        let fresh = !dir.join(FILE_NAME).exists();
        if fresh && is_occupied(dir)? {
            return Err(EngineError::Occupied(dir.to_owned()));
        }
        fs::create_dir_all(dir).map_err(|error| EngineError::io(dir, error))?;
        let lock = lock(dir)?;
        let previous = match Manifest::read(dir) {
            Ok(Some(manifest)) => Some(manifest),
            Ok(None) => None,
            Err(EngineError::Damaged { .. } | EngineError::Format { .. }) if rebuild => None,
            Err(error) => return Err(error),
        };
        let roots = previous.as_ref().map(|manifest| manifest.roots.clone()).unwrap_or_default();
        let kept = previous.as_ref().filter(|_| !rebuild);
        let vocabulary = vocabulary::choose(dir, previous.as_ref(), vocabulary, rebuild)?;
        if let Some(manifest) = kept {
            check_analysis(dir, manifest, &vocabulary)?;
            manifest.check_lengths(dir)?;
        }
        let mut committed = previous.as_ref().map(Manifest::file_names).unwrap_or_default();
        collect_garbage(dir, &committed);
        let meta = kept.map(|manifest| serde_json::to_vec_pretty(&manifest.meta).expect("it was read as JSON"));
        committed.insert(PathBuf::from(FILE_NAME));
        let directory = ManifestDirectory::open(dir, meta, committed)?;
        let (schema, fields) = schema::schema();
        let mut index = if kept.is_some() {
            Index::open(directory.clone())?
        } else {
            Index::create(directory.clone(), schema, IndexSettings::default())?
        };
        index.set_tokenizers(tokenizer::manager(&vocabulary));
        let writer = index.writer_with_num_threads(options.threads.max(1), options.memory)?;
        let whole = kept.is_none();
        if whole {
            // Merged once at the end, into one segment: each more costs every query a look-up a word.
            writer.set_merge_policy(Box::new(NoMergePolicy));
        }
        let (catalog, ids) = match kept {
            Some(manifest) => (catalog::read(&dir.join(&manifest.catalog))?, read_ids(dir, manifest)?),
            None => (Catalog::new(), Vec::new()),
        };
        let known = known(&catalog, &ids);
        Ok(Self {
            dir: dir.to_owned(),
            _lock: lock,
            previous,
            roots,
            catalog,
            known,
            ids,
            current: None,
            awaited: HashSet::new(),
            directory,
            index,
            writer,
            queue: Queue::default(),
            fields,
            vocabulary,
            whole,
            rebuild,
            changed: rebuild,
        })
    }

    /// The files and folders that this index was given, in the order in which they came.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// The vocabulary by which words are analysed.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The root at `path` (absolute), made known to the index if it is new. `alone` says that no other root is given
    /// with it; the only root of an index needs no prefix in its ids.
    pub fn root(&mut self, path: &Path, alone: bool) -> Root {
        if let Some(root) = self.roots.iter().find(|root| root.path == path) {
            return root.clone();
        }
        let base = path.file_name().map_or_else(|| "root".to_owned(), |name| name.to_string_lossy().into_owned());
        let mut name = base.clone();
        let mut count = 1;
        while self.roots.iter().any(|root| root.name == name) {
            count += 1;
            name = format!("{base}-{count}");
        }
        let root = Root { name, path: path.to_owned(), prefixed: !alone || !self.roots.is_empty() };
        self.roots.push(root.clone());
        self.changed = true;
        root
    }

    /// The file as it was last read, and whether everything in it was taken.
    pub fn file(&self, key: &FileKey) -> Option<(&FileState, bool)> {
        self.catalog.get(key).map(|entry| (&entry.state, !entry.incomplete))
    }

    /// The files known under the root called `root`.
    pub fn files(&self, root: &str) -> Vec<FileKey> {
        self.catalog.keys().filter(|key| key.root == root).cloned().collect()
    }

    /// Notes that a file was touched but holds what it held.
    pub fn touch_file(&mut self, key: &FileKey, state: FileState) {
        if let Some(entry) = self.catalog.get_mut(key).filter(|entry| entry.state != state) {
            entry.state = state;
            self.changed = true;
        }
    }

    /// Says which files will be begun: a document that one of them held the last time goes to whichever file has it
    /// first now, so that it may move between them.
    pub fn await_files(&mut self, files: impl IntoIterator<Item = FileKey>) {
        self.awaited.extend(files);
    }

    /// Begins to read a file that is new or has changed.
    pub fn begin_file(&mut self, key: FileKey, state: FileState) {
        self.awaited.remove(&key);
        let old = self.catalog.remove(&key);
        let stale = old.into_iter().flat_map(|entry| entry.documents).map(|version| version.slot).collect();
        self.current = Some(Current { key, state, stale, documents: Vec::new() });
        self.changed = true;
    }

    /// Takes a document of the file that was begun. It is in `language`, but for its `passages` in others.
    ///
    /// # Errors
    /// When the engine fails; the writer is of no use then.
    pub fn add(
        &mut self,
        document: Document,
        language: &'static Language,
        passages: &[ForeignPassage],
        lengths: Lengths,
    ) -> Result<Added, EngineError> {
        let current = self.current.as_mut().expect("a file was begun before a document of it is added");
        let hash = content_hash(&document, language, passages);
        if let Some(known) = self.known.get(&document.id) {
            let ours_again = known.file == current.key && current.stale.contains(&known.version.slot);
            match (ours_again, known.version.hash == hash) {
                (true, true) => {
                    current.stale.remove(&known.version.slot);
                    current.documents.push(known.version);
                    return Ok(Added::Unchanged);
                }
                (true, false) => {
                    let slot = known.version.slot;
                    current.stale.remove(&slot);
                    self.forget_slot(slot);
                }
                (false, _) if self.awaited.contains(&known.file) => {
                    let slot = known.version.slot;
                    if let Some(entry) = self.catalog.get_mut(&known.file) {
                        entry.documents.retain(|version| version.slot != slot);
                    }
                    self.forget_slot(slot);
                }
                (false, true) => return Ok(Added::Duplicate),
                (false, false) => return Ok(Added::Clash { first: self.path_of(&known.file) }),
            }
        }
        let version = Version { slot: self.ids.len() as u64, hash };
        self.ids.push(document.id.as_str().to_owned());
        let current = self.current.as_mut().expect("it was there above");
        current.documents.push(version);
        self.known.insert(document.id.clone(), Known { version, file: current.key.clone() });
        let fields = self.fields.of(language);
        let mut stored = TantivyDocument::new();
        stored.add_u64(self.fields.slot, version.slot);
        stored.add_u64(self.fields.lang, schema::pack(language.code));
        if !passages.is_empty() {
            stored.add_text(self.fields.passages, schema::encode_passages(passages));
            let codes: BTreeSet<_> = passages.iter().map(|passage| passage.language.code).collect();
            for code in codes {
                stored.add_u64(self.fields.passage_langs, schema::pack(code));
            }
        }
        stored.add_u64(self.fields.body_words, lengths.body.into());
        stored.add_u64(self.fields.title_words, lengths.title.into());
        stored.add_text(fields.title, &document.title);
        stored.add_text(fields.body, &document.body);
        // What was noted of both is written where this stands for it.
        stored.add_text(fields.ranked, "");
        if let Some(date) = document.date {
            stored.add_i64(self.fields.day, date.to_julian_day().into());
        }
        if let Some(source) = &document.source {
            stored.add_text(self.fields.source, source);
        }
        if let Some(url) = &document.url {
            stored.add_text(self.fields.url, url);
        }
        if let Some(raw) = &document.raw {
            stored.add_text(self.fields.raw, raw);
        }
        stored.add_text(self.fields.path, document.place.path.to_string_lossy());
        stored.add_u64(self.fields.line, document.place.line.unwrap_or(0));
        stored.add_u64(self.fields.cut_lines, document.cut_lines as u64);
        let bytes = document.title.len() + document.body.len() + document.raw.as_ref().map_or(0, String::len);
        self.writer.add_document(self.queue.enter(stored, bytes))?;
        Ok(Added::Indexed)
    }

    /// Ends the file that was begun: what it held before and does not hold now is removed. `incomplete` where something
    /// in it was refused. Returns how many documents were removed.
    pub fn finish_file(&mut self, incomplete: bool) -> usize {
        let Some(current) = self.current.take() else { return 0 };
        let removed = current.stale.len();
        for slot in current.stale {
            self.forget_document(slot);
        }
        let entry = Entry { state: current.state, documents: current.documents, incomplete };
        self.catalog.insert(current.key, entry);
        removed
    }

    /// Removes a file and its documents; returns how many there were.
    pub fn remove_file(&mut self, key: &FileKey) -> usize {
        let Some(entry) = self.catalog.remove(key) else { return 0 };
        for version in &entry.documents {
            self.forget_document(version.slot);
        }
        self.changed = true;
        entry.documents.len()
    }

    /// Removes one document by its id; false where the index has none.
    pub fn remove_id(&mut self, id: &str) -> bool {
        let Ok(id) = DocId::new(id) else { return false };
        let Some(known) = self.known.remove(&id) else { return false };
        if let Some(entry) = self.catalog.get_mut(&known.file) {
            entry.documents.retain(|version| version.slot != known.version.slot);
        }
        self.forget_slot(known.version.slot);
        self.changed = true;
        true
    }

    /// Forgets a root, whose files should have been removed before.
    pub fn remove_root(&mut self, name: &str) {
        self.roots.retain(|root| root.name != name);
        self.changed = true;
    }

    /// Makes everything since the writer was opened visible at once. Returns false where nothing had changed.
    ///
    /// # Errors
    /// When writing fails; the index is then as it was before.
    pub fn commit(mut self) -> Result<bool, EngineError> {
        if !self.changed && self.previous.is_some() {
            return Ok(false);
        }
        self.writer.commit()?;
        let segments = self.index.searchable_segment_ids()?;
        if self.whole && segments.len() > 1 {
            self.writer.merge(&segments).wait()?;
        }
        self.writer.wait_merging_threads()?;
        let generation = self.previous.as_ref().map_or(0, |manifest| manifest.generation) + 1;
        let mut files = Vec::new();
        // tantivy lists every file that a segment may have; those that it never wrote have no sum.
        let sum = |path: &PathBuf| sum(path, &self.directory, self.previous.as_ref());
        files.extend(self.index.load_metas()?.list_segment_files().iter().filter_map(sum));
        let ids_name = format!("ids-{generation}.bin");
        let catalog_name = format!("catalog-{generation}.jsonl");
        let vocabulary_name = (!self.vocabulary.is_empty()).then(|| vocabulary::file_name(generation));
        let mut beside = vec![
            (&ids_name, ids::encode(self.ids.iter().map(String::as_str))),
            (&catalog_name, catalog::encode(&self.catalog)),
        ];
        beside.extend(vocabulary_name.as_ref().map(|name| (name, self.vocabulary.text().into())));
        for (name, bytes) in beside {
            let path = self.dir.join(name);
            manifest::write_durably(&path, &bytes).map_err(|error| EngineError::io(&path, error))?;
            let sum = manifest::sum_file(&path).map_err(|error| EngineError::io(&path, error))?;
            files.push(FileSum::new(name, sum));
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        // What this commit replaces was read to make its successor: damage must not live on there under a new checksum.
        let replaced = |file: &&FileSum| files.binary_search_by(|other| other.name.cmp(&file.name)).is_err();
        let previous = self.previous.iter().filter(|_| !self.rebuild).flat_map(|manifest| &manifest.files);
        previous.filter(replaced).try_for_each(|file| file.verify(&self.dir).map(drop))?;
        let meta = self.directory.meta();
        let manifest = Manifest {
            format: FORMAT,
            snotra: env!("CARGO_PKG_VERSION").to_owned(),
            generation,
            analysis: stamp(&self.vocabulary),
            languages: segment::language_stats(&self.index)?,
            roots: self.roots,
            slots: self.ids.len() as u64,
            files,
            ids: ids_name,
            catalog: catalog_name,
            vocabulary: vocabulary_name,
            meta: serde_json::from_slice(&meta).expect("tantivy writes JSON"),
        };
        manifest.write(&self.dir)?;
        collect_garbage(&self.dir, &manifest.file_names());
        Ok(true)
    }

    fn path_of(&self, file: &FileKey) -> PathBuf {
        let root = self.roots.iter().find(|root| root.name == file.root);
        let path = root.map_or_else(|| PathBuf::from(&file.root), |root| root.path.clone());
        if file.path.is_empty() { path } else { path.join(&file.path) }
    }

    fn forget_document(&mut self, slot: u64) {
        if let Ok(id) = DocId::new(&self.ids[slot as usize]) {
            self.known.remove(&id);
        }
        self.forget_slot(slot);
    }

    fn forget_slot(&mut self, slot: u64) {
        self.ids[slot as usize].clear();
        self.writer.delete_term(Term::from_field_u64(self.fields.slot, slot));
    }
}

/// The checksum of a segment's file: summed while it was written, or carried over from the last commit.
fn sum(path: &Path, directory: &ManifestDirectory, previous: Option<&Manifest>) -> Option<FileSum> {
    let name = path.to_string_lossy();
    if let Some(sum) = directory.sum(path) {
        return Some(FileSum::new(&name, sum));
    }
    previous?.files.iter().find(|file| file.name == name).cloned()
}

/// This version's analysis stamp for an index with `vocabulary`.
pub(super) fn stamp(vocabulary: &Vocabulary) -> String {
    let shipped = lang::FINGERPRINT;
    if vocabulary.is_empty() {
        format!("{shipped:016x}")
    } else {
        format!("{shipped:016x}-{:016x}", vocabulary.fingerprint())
    }
}

/// Refuses an index that another analysis made; `vocabulary` is its own.
pub(super) fn check_analysis(dir: &Path, manifest: &Manifest, vocabulary: &Vocabulary) -> Result<(), EngineError> {
    let expected = stamp(vocabulary);
    if manifest.analysis == expected {
        return Ok(());
    }
    Err(EngineError::Analysis { dir: dir.to_owned(), found: manifest.analysis.clone(), expected })
}

fn content_hash(document: &Document, language: &Language, passages: &[ForeignPassage]) -> u64 {
    let mut hash = Xxh3::new();
    let date = document.date.map(|date| date.to_julian_day().to_string()).unwrap_or_default();
    for part in [
        &document.title,
        &document.body,
        language.code,
        &date,
        document.source.as_deref().unwrap_or_default(),
        document.url.as_deref().unwrap_or_default(),
        &schema::encode_passages(passages),
    ] {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.digest()
}

fn known(catalog: &Catalog, ids: &[String]) -> HashMap<DocId, Known> {
    let mut known = HashMap::new();
    for (file, entry) in catalog {
        for &version in &entry.documents {
            if let Some(Ok(id)) = ids.get(version.slot as usize).map(|id| DocId::new(id)) {
                known.insert(id, Known { version, file: file.clone() });
            }
        }
    }
    known
}

fn read_ids(dir: &Path, manifest: &Manifest) -> Result<Vec<String>, EngineError> {
    let table = IdTable::open(dir, &manifest.ids)?;
    Ok((0..manifest.slots).map(|slot| table.get(slot).to_owned()).collect())
}

fn is_occupied(dir: &Path) -> Result<bool, EngineError> {
    match fs::read_dir(dir) {
        Ok(entries) => Ok(entries.flatten().any(|entry| !is_ours(&entry.file_name().to_string_lossy()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(EngineError::io(dir, error)),
    }
}

/// Whether a file of this name is one that an index may leave behind when its first commit is cut short.
fn is_ours(name: &str) -> bool {
    let segment =
        name.split('.').next().is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit()));
    segment
        || name == LOCK
        || name == FILE_NAME
        || name.starts_with("ids-")
        || name.starts_with("catalog-")
        || vocabulary::is_file_name(name)
        || name == "snotra-manifest.new"
        || name.starts_with(".tmp")
}

fn lock(dir: &Path) -> Result<File, EngineError> {
    let path = dir.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let mut file = file.map_err(|error| EngineError::io(&path, error))?;
    match file.try_lock() {
        Ok(()) => {
            // For the message that others get; nothing depends on it.
            let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let holder = fs::read_to_string(&path).ok().and_then(|id| id.parse().ok());
            Err(EngineError::Busy { dir: dir.to_owned(), holder })
        }
        Err(TryLockError::Error(error)) => Err(EngineError::io(&path, error)),
    }
}

/// Removes what an index left behind and no manifest names. What cannot be removed now (a reader may hold it, on some
/// systems) goes with a later commit.
fn collect_garbage(dir: &Path, named: &HashSet<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let stays = text == LOCK || text == FILE_NAME || named.contains(Path::new(&name));
        if !stays && is_ours(&text) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
