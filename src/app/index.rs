//! Indexing: walk, read, detect, add, commit; and the second time only what has changed.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use rayon::iter::IntoParallelIterator;
use rayon::iter::ParallelIterator;

use crate::doc::Place;
use crate::doc::Problem;
use crate::engine::Added;
use crate::engine::EngineError;
use crate::engine::FileKey;
use crate::engine::FileState;
use crate::engine::Lengths;
use crate::engine::Root;
use crate::engine::Writer;
use crate::engine::WriterOptions;
use crate::lang::Detector;
use crate::lang::ForeignPassage;
use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::source;
use crate::source::Entry;
use crate::source::Parsed;
use crate::source::RawRecord;
use crate::source::Records;
use crate::source::SkipReason;
use crate::source::SourceFile;

/// How to index.
#[derive(Debug, Clone)]
pub struct IndexOptions {
    /// Threads and memory.
    pub writer: WriterOptions,
    /// The languages that detection may answer.
    pub languages: Vec<&'static Language>,
    /// Every document is in this language, whatever it says.
    pub force: Option<&'static Language>,
    /// What the user says of words; none: what the index has is kept.
    pub vocabulary: Option<Vocabulary>,
    /// Detect even where a record declares its language.
    pub ignore_declared: bool,
    /// Keep documents whose files are gone.
    pub keep_missing: bool,
    /// Start from nothing, from the roots that the index remembers.
    pub rebuild: bool,
}

/// What an indexing run did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexReport {
    /// Documents of this run by language: read and taken, whether new or as before.
    pub languages: BTreeMap<&'static str, u64>,
    /// Documents that are new or have changed.
    pub indexed: u64,
    /// Documents in files that were read again and hold them as before.
    pub unchanged: u64,
    /// Documents whose id and content were there already.
    pub duplicates: u64,
    /// Documents that are gone.
    pub removed: u64,
    /// Files read, and files that were as before and not read.
    pub files_read: u64,
    /// See `files_read`.
    pub files_unchanged: u64,
    /// Entries of the vocabulary that the index has, by language.
    pub vocabulary: BTreeMap<&'static str, u64>,
    /// Files in no known format, by extension.
    pub skipped: BTreeMap<String, u64>,
    /// Symbolic links, not followed.
    pub links: u64,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What was read, but not in full.
    pub warnings: Vec<Problem>,
    /// Bytes of text in the documents read.
    pub text_bytes: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// Is told how far an indexing run has come.
pub trait Progress: Sync {
    /// So many files of so many bytes are to be looked at.
    fn begin(&self, files: u64, bytes: u64);
    /// One more file is done.
    fn file(&self, bytes: u64);
    /// Everything is read; what follows is the commit.
    fn committing(&self);
    /// The work is over, well or badly.
    fn finish(&self);
}

/// Brings the index at `dir` up to date with the files and folders at `paths`; with none, with the roots it knows.
///
/// # Errors
/// When the index cannot be written; what is wrong with single files stands in the report.
pub fn index(
    dir: &Path,
    paths: &[PathBuf],
    options: &IndexOptions,
    progress: &dyn Progress,
) -> Result<IndexReport, EngineError> {
    let start = Instant::now();
    let writer = Writer::open(dir, options.writer, options.vocabulary.clone(), options.rebuild)?;
    if options.rebuild && paths.is_empty() && writer.roots().is_empty() {
        return Err(EngineError::Rootless(dir.to_owned()));
    }
    let report = IndexReport { vocabulary: writer.vocabulary().counts(), ..IndexReport::default() };
    let mut run = Run { writer, detector: Detector::new(&options.languages), options, progress, report };
    // Parsing keeps to as many threads as the postings.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.writer.threads.max(1)).build();
    let outcome = match pool {
        Ok(pool) => pool.install(|| run.files(paths)),
        Err(_) => run.files(paths),
    };
    progress.committing();
    let outcome = outcome.and_then(|()| {
        let Run { writer, report, .. } = run;
        // Where no path was there, an empty index would only hide that.
        if !writer.roots().is_empty() {
            writer.commit()?;
        }
        Ok(report)
    });
    progress.finish();
    let mut report = outcome?;
    report.seconds = start.elapsed().as_secs_f64();
    Ok(report)
}

/// What a removal did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoveReport {
    /// Documents removed.
    pub removed: u64,
    /// What of the asked-for was not in the index.
    pub unknown: Vec<String>,
}

/// Forgets files, folders and documents: each of `targets` is a path or a document's id.
///
/// # Errors
/// When the index cannot be written.
pub fn remove(dir: &Path, targets: &[String], options: WriterOptions) -> Result<RemoveReport, EngineError> {
    if !dir.join(crate::engine::MANIFEST).exists() {
        return Err(EngineError::Missing(dir.to_owned()));
    }
    let mut writer = Writer::open(dir, options, None, false)?;
    let mut report = RemoveReport::default();
    for target in targets {
        if target.is_empty() {
            report.unknown.push(target.clone());
            continue;
        }
        if writer.remove_id(target) {
            report.removed += 1;
            continue;
        }
        let path = std::path::absolute(target).unwrap_or_else(|_| PathBuf::from(target));
        let path = path.canonicalize().unwrap_or(path);
        let mut known = false;
        for root in writer.roots().to_vec() {
            for key in writer.files(&root.name) {
                if place_of(&root, &key).starts_with(&path) {
                    known = true;
                    report.removed += writer.remove_file(&key) as u64;
                }
            }
            if root.path.starts_with(&path) {
                known = true;
                writer.remove_root(&root.name);
            }
        }
        if !known {
            report.unknown.push(target.clone());
        }
    }
    writer.commit()?;
    Ok(report)
}

struct Run<'r> {
    writer: Writer,
    detector: Detector,
    options: &'r IndexOptions,
    progress: &'r dyn Progress,
    report: IndexReport,
}

/// A file to be read, with what is known of it.
struct Todo {
    file: SourceFile,
    key: FileKey,
    state: FileState,
}

/// One record, parsed, with its languages and lengths.
type Prepared = Result<(Parsed, &'static Language, Vec<ForeignPassage>, Lengths), Problem>;

/// Files and records are read and parsed in batches of about so many bytes.
const BATCH_BYTES: usize = 2 << 20;
/// A file below this size is read and parsed as one task.
const SMALL_FILE: u64 = 1 << 20;

impl Run<'_> {
    fn files(&mut self, paths: &[PathBuf]) -> Result<(), EngineError> {
        let (paths, scopes) = self.scopes(paths);
        let entries: Vec<Entry> = source::walk(&paths).collect();
        let size = |entry: &Entry| if let Entry::File(file) = entry { Some(file.size) } else { None };
        let sizes: Vec<u64> = entries.iter().filter_map(size).collect();
        self.progress.begin(sizes.len() as u64, sizes.iter().sum());
        let mut met = HashSet::new();
        let mut todo = Vec::new();
        let mut faulty = Vec::new();
        for entry in entries {
            match entry {
                Entry::File(file) => self.plan_file(file, &mut met, &mut todo),
                Entry::Skipped(skipped) => match skipped.reason {
                    SkipReason::Extension(extension) => *self.report.skipped.entry(extension).or_default() += 1,
                    SkipReason::Link => self.report.links += 1,
                },
                Entry::Problem(problem) => {
                    faulty.push(problem.place.path.clone());
                    self.report.problems.push(problem);
                }
            }
        }
        if !self.options.keep_missing {
            self.remove_vanished(&scopes, &met, &faulty);
        }
        self.read(todo)
    }

    /// The paths to walk, as given and as they really are. A path inside a known root is a part of that root; any other
    /// becomes a root.
    fn scopes(&mut self, paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<PathBuf>) {
        if paths.is_empty() {
            let roots: Vec<_> = self.writer.roots().iter().map(|root| root.path.clone()).collect();
            return (roots.clone(), roots);
        }
        let mut found = (Vec::new(), Vec::new());
        for path in paths {
            match path.canonicalize() {
                Ok(real) => {
                    if self.root_around(&real).is_none() {
                        self.writer.root(&real, paths.len() == 1);
                    }
                    if !found.1.contains(&real) {
                        found.0.push(path.clone());
                        found.1.push(real);
                    }
                }
                Err(error) => {
                    let cause = if error.kind() == std::io::ErrorKind::NotFound {
                        "there is no such file or folder".to_owned()
                    } else {
                        error.to_string()
                    };
                    self.report.problems.push(Problem::new(path, None, cause));
                }
            }
        }
        found
    }

    /// The innermost root that `path` lies in: a root inside another keeps its files, whichever of the two is named.
    fn root_around(&self, path: &Path) -> Option<Root> {
        let around = self.writer.roots().iter().filter(|root| path.starts_with(&root.path));
        around.max_by_key(|root| root.path.as_os_str().len()).cloned()
    }

    /// Decides whether a file has to be read.
    fn plan_file(&mut self, mut file: SourceFile, met: &mut HashSet<FileKey>, todo: &mut Vec<Todo>) {
        let Some(root) = self.root_around(&file.path) else { return };
        file.root_name = root.prefixed.then(|| root.name.as_str().into());
        let mut path = String::new();
        if let Ok(relative) = file.path.strip_prefix(&root.path)
            && !relative.as_os_str().is_empty()
        {
            let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            path = parts.join("/");
            file.relative = relative.to_owned();
        }
        let key = FileKey { root: root.name.clone(), path };
        met.insert(key.clone());
        let mtime = (file.mtime_ns != 0).then_some(file.mtime_ns);
        let known = self.writer.file(&key).filter(|(_, complete)| *complete).map(|(state, _)| state.clone());
        let same_times = |state: &FileState| state.size == file.size && state.mtime == mtime && mtime.is_some();
        if known.as_ref().is_some_and(same_times) {
            self.report.files_unchanged += 1;
            self.progress.file(file.size);
            return;
        }
        let hash = match source::content_hash(&file) {
            Ok(hash) => hash,
            Err(error) => {
                self.report.problems.push(Problem::new(&file.shown, None, error.to_string()));
                self.progress.file(file.size);
                return;
            }
        };
        let state = FileState { size: file.size, mtime, hash };
        if known.is_some_and(|known| known.hash == hash) {
            self.writer.touch_file(&key, state);
            self.report.files_unchanged += 1;
            self.progress.file(file.size);
            return;
        }
        todo.push(Todo { file, key, state });
    }

    /// Removes files that lay under the roots of this run and are there no more. A part of a root that could not be
    /// read has not vanished.
    fn remove_vanished(&mut self, scopes: &[PathBuf], met: &HashSet<FileKey>, faulty: &[PathBuf]) {
        let faulty: Vec<_> = faulty.iter().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone())).collect();
        for root in self.writer.roots().to_vec() {
            let named: Vec<_> = scopes.iter().filter(|scope| scope.starts_with(&root.path)).collect();
            for key in self.writer.files(&root.name) {
                let place = place_of(&root, &key);
                let below = |path: &PathBuf| place.starts_with(path);
                if named.iter().any(|scope| below(scope)) && !met.contains(&key) && !faulty.iter().any(below) {
                    self.report.removed += self.writer.remove_file(&key) as u64;
                }
            }
        }
    }

    fn read(&mut self, todo: Vec<Todo>) -> Result<(), EngineError> {
        self.writer.await_files(todo.iter().map(|todo| todo.key.clone()));
        let mut batch = Vec::new();
        let mut bytes = 0;
        for todo in todo {
            if todo.file.size < SMALL_FILE && todo.file.format.records == Records::Whole {
                bytes += todo.file.size as usize;
                batch.push(todo);
                if bytes >= BATCH_BYTES || batch.len() >= 1024 {
                    self.read_small(std::mem::take(&mut batch))?;
                    bytes = 0;
                }
            } else {
                // In order: which of two documents with one id is the first must not depend on their files' sizes.
                self.read_small(std::mem::take(&mut batch))?;
                bytes = 0;
                self.read_large(&todo)?;
            }
        }
        self.read_small(batch)
    }

    /// Reads files side by side, each as a whole, and adds what they hold in order.
    fn read_small(&mut self, batch: Vec<Todo>) -> Result<(), EngineError> {
        let read: Vec<(Todo, Vec<Prepared>)> = batch
            .into_par_iter()
            .map(|todo| {
                let records = source::read(&todo.file);
                let prepared = records.map(|record| self.prepare(record?, &todo.file)).collect();
                (todo, prepared)
            })
            .collect();
        for (todo, prepared) in read {
            self.writer.begin_file(todo.key.clone(), todo.state.clone());
            let complete = self.add(prepared, &todo.file)?;
            self.finish_file(&todo, complete);
        }
        Ok(())
    }

    /// Reads one file record by record, parsing batches of records side by side.
    fn read_large(&mut self, todo: &Todo) -> Result<(), EngineError> {
        self.writer.begin_file(todo.key.clone(), todo.state.clone());
        let mut complete = true;
        let mut records = source::read(&todo.file).peekable();
        while records.peek().is_some() {
            let mut batch = Vec::new();
            let mut bytes = 0;
            for record in records.by_ref() {
                bytes += record.as_ref().map_or(0, |record| record.bytes.len());
                batch.push(record);
                if bytes >= BATCH_BYTES {
                    break;
                }
            }
            let prepared = batch.into_par_iter().map(|record| self.prepare(record?, &todo.file)).collect();
            complete &= self.add(prepared, &todo.file)?;
        }
        self.finish_file(todo, complete);
        Ok(())
    }

    fn finish_file(&mut self, todo: &Todo, complete: bool) {
        self.report.removed += self.writer.finish_file(!complete) as u64;
        self.report.files_read += 1;
        self.progress.file(todo.file.size);
    }

    /// Parses a record and finds its languages.
    fn prepare(&self, record: RawRecord, file: &SourceFile) -> Prepared {
        let mut parsed = source::parse(&record, file)?;
        // Whoever searches may stand in another folder than whoever indexes.
        parsed.document.place.path.clone_from(&file.path);
        let document = &parsed.document;
        let declared = document.declared_lang.as_deref().filter(|_| !self.options.ignore_declared);
        let language = match (self.options.force, declared) {
            (Some(forced), _) => forced,
            (None, Some(code)) => self.detector.declared(code).language,
            (None, None) if document.body.is_empty() => self.detector.detect(&document.title).language,
            (None, None) => self.detector.detect(&document.body).language,
        };
        // Whoever forces a language says that there is no other.
        let passages = match self.options.force {
            Some(_) => Vec::new(),
            None => self.detector.passages(&document.body, language),
        };
        let lengths = Lengths::of(document);
        Ok((parsed, language, passages, lengths))
    }

    /// Adds documents in order; false where something was refused.
    fn add(&mut self, prepared: Vec<Prepared>, file: &SourceFile) -> Result<bool, EngineError> {
        let mut complete = true;
        for prepared in prepared {
            let (parsed, language, passages, lengths) = match prepared {
                Ok(prepared) => prepared,
                Err(problem) => {
                    complete = false;
                    self.report.problems.push(problem);
                    continue;
                }
            };
            self.report.warnings.extend(parsed.warnings);
            self.report.text_bytes += (parsed.document.body.len() + parsed.document.title.len()) as u64;
            let id = parsed.document.id.clone();
            let line = parsed.document.place.line;
            match self.writer.add(parsed.document, language, &passages, lengths)? {
                Added::Indexed => self.report.indexed += 1,
                Added::Unchanged => self.report.unchanged += 1,
                Added::Duplicate => {
                    complete = false;
                    self.report.duplicates += 1;
                    continue;
                }
                Added::Clash { first } => {
                    complete = false;
                    let cause =
                        format!("the id {id} stands for other text in {} already, which stays", first.display());
                    self.report.problems.push(Problem {
                        place: Place { path: file.shown.clone(), line },
                        cause,
                        hint: Some("give one of the two another id".to_owned()),
                    });
                    continue;
                }
            }
            *self.report.languages.entry(language.code).or_default() += 1;
        }
        Ok(complete)
    }
}

fn place_of(root: &Root, key: &FileKey) -> PathBuf {
    if key.path.is_empty() { root.path.clone() } else { root.path.join(&key.path) }
}
