//! An index that is kept between runs, with a note beside it on what it was made from.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde::Serialize;

use crate::app;
use crate::app::IndexOptions;
use crate::app::Progress;
use crate::app::bench::BenchError;
use crate::app::bench::read;
use crate::app::bench::setting::Setting;
use crate::app::bench::setting::SettingValue;
use crate::engine::EngineError;
use crate::engine::MANIFEST;
use crate::engine::Plain;
use crate::engine::Searcher;
use crate::engine::WriterOptions;
use crate::lang::Language;
use crate::lang::Vocabulary;

pub(super) struct Kept<'s> {
    dir: PathBuf,
    note: PathBuf,
    paths: Vec<PathBuf>,
    titles: Option<PathBuf>,
    vocabulary: Vocabulary,
    setting: &'s Setting,
}

/// The index that the plain system makes of the documents of the index at `dir`, or of those in `only`: made where it is
/// not there yet or was made of an earlier state.
pub(super) fn plain(
    dir: &Path,
    from: &Searcher,
    only: Option<&'static Language>,
    writer: WriterOptions,
) -> Result<PathBuf, BenchError> {
    let suffix = only.map(|language| format!("-{}", language.code)).unwrap_or_default();
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(format!(".plain{suffix}"));
    let place = dir.with_file_name(name);
    let note = place.join("of.txt");
    // Counts of documents and words by language: what can be seen of the texts without reading them.
    let state = format!("{:?}", from.inspect()?.languages);
    if fs::read_to_string(&note).is_ok_and(|noted| noted == state) {
        return Ok(place);
    }
    let io = |source| BenchError::Io { path: place.clone(), source };
    if place.exists() {
        fs::remove_dir_all(&place).map_err(io)?;
    }
    Plain::build(&place, from, only, writer)?;
    fs::write(&note, state).map_err(io)?;
    Ok(place)
}

/// What making an index took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Cost {
    pub(super) seconds: f64,
    pub(super) text_bytes: u64,
}

/// The note.
#[derive(Serialize, Deserialize)]
struct Note {
    paths: Vec<PathBuf>,
    titles: Option<PathBuf>,
    options: Vec<(String, SettingValue)>,
    cost: Cost,
}

impl<'s> Kept<'s> {
    pub(super) fn new(
        dir: &Path,
        name: &str,
        paths: Vec<PathBuf>,
        titles: Option<PathBuf>,
        vocabulary: Vocabulary,
        setting: &'s Setting,
    ) -> Self {
        let whole = |path: PathBuf| path.canonicalize().unwrap_or(path);
        let paths = paths.into_iter().map(whole).collect();
        let titles = titles.map(whole);
        Self { dir: dir.join(name), note: dir.join(format!("{name}.json")), paths, titles, vocabulary, setting }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the index, unless it is there and nothing has changed; says what making it took, and whether it was there.
    pub(super) fn bring_up_to_date(
        &self,
        writer: WriterOptions,
        rebuild: bool,
        progress: &dyn Progress,
    ) -> Result<(Cost, bool), BenchError> {
        if let Some(cost) = self.noted().filter(|_| !rebuild) {
            match app::index(&self.dir, &self.sources()?, &self.indexing(writer), progress) {
                // One that was partly made anew is no longer what one run makes, nor is its time.
                Ok(report) if report.problems.is_empty() && report.indexed == 0 && report.removed == 0 => {
                    return Ok((cost, true));
                }
                Ok(_) => {}
                Err(
                    EngineError::Analysis { .. }
                    | EngineError::Format { .. }
                    | EngineError::Damaged { .. }
                    | EngineError::Vocabulary { .. },
                ) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.make(writer, progress).map(|cost| (cost, false))
    }

    /// What the index cost, if it was made from the same paths with the same options.
    fn noted(&self) -> Option<Cost> {
        let note: Note = serde_json::from_slice(&fs::read(&self.note).ok()?).ok()?;
        let same = note.paths == self.paths
            && note.titles == self.titles
            && note.options == self.options()
            && self.dir.join(MANIFEST).exists();
        same.then_some(note.cost)
    }

    fn options(&self) -> Vec<(String, SettingValue)> {
        self.setting.index_options().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn indexing(&self, writer: WriterOptions) -> IndexOptions {
        self.setting.indexing(writer, self.vocabulary.clone())
    }

    /// What is indexed: the files given or, where titles are to be added, copies that have them.
    fn sources(&self) -> Result<Vec<PathBuf>, BenchError> {
        let Some(titles) = &self.titles else { return Ok(self.paths.clone()) };
        let text = String::from_utf8_lossy(&read(titles)?).into_owned();
        let titles: FxHashMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(id, rest)| (id, rest.split('\t').next().unwrap_or_default()))
            .collect();
        let mut copies = Vec::with_capacity(self.paths.len());
        for (number, path) in (1..).zip(&self.paths) {
            let io = |source| BenchError::Io { path: path.clone(), source };
            let bytes = read(path)?;
            let mut copy = Vec::with_capacity(bytes.len() + bytes.len() / 16);
            for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
                let mut record: serde_json::Value = serde_json::from_slice(line)
                    .map_err(|error| io(io::Error::new(io::ErrorKind::InvalidData, error)))?;
                if let Some(title) = record["id"].as_str().and_then(|id| titles.get(id)) {
                    record["title"] = (*title).into();
                }
                serde_json::to_writer(&mut copy, &record).expect("memory takes every write");
                copy.push(b'\n');
            }
            let place = self.dir.with_extension(format!("titled-{number}.jsonl"));
            // The same bytes keep their time, so that the index is known to be up to date.
            if !fs::read(&place).is_ok_and(|there| there == copy) {
                fs::write(&place, copy).map_err(|source| BenchError::Io { path: place.clone(), source })?;
            }
            copies.push(place);
        }
        Ok(copies)
    }

    fn make(&self, writer: WriterOptions, progress: &dyn Progress) -> Result<Cost, BenchError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| BenchError::Io { path, source }
        };
        // Only what is ours is removed; anything else in its place is left for `app::index` to refuse.
        if self.dir.exists() && (self.note.exists() || self.dir.join(MANIFEST).exists()) {
            fs::remove_dir_all(&self.dir).map_err(io(&self.dir))?;
        }
        let report = app::index(&self.dir, &self.sources()?, &self.indexing(writer), progress)?;
        if let Some(problem) = report.problems.first() {
            return Err(BenchError::Corpus(problem.to_string()));
        }
        let cost = Cost { seconds: report.seconds, text_bytes: report.text_bytes };
        let note = Note { paths: self.paths.clone(), titles: self.titles.clone(), options: self.options(), cost };
        let json = serde_json::to_vec(&note).expect("a note has only string keys and finite numbers");
        fs::write(&self.note, json).map_err(io(&self.note))?;
        Ok(cost)
    }
}
