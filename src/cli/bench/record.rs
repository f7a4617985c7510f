//! The record of an experiment: all that is needed to have its figures again, and to see where they changed.
//!
//! Values of single topics stand in one line a measure, in the order of the judgements: thousands of topics would
//! otherwise be thousands of lines in every difference. The revision is read from the files of version control, because
//! the program must not depend on having it installed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;

use crate::app::bench::BenchError;
use crate::app::bench::Experiment;
use crate::app::bench::Figures;
use crate::app::bench::Indexed;
use crate::app::bench::Measured;
use crate::app::bench::SettingValue;
use crate::output::json::iso;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) schema: u32,
    pub(super) name: String,
    pub(super) about: String,
    /// The day, in UTC.
    pub(super) date: String,
    /// The version of Snotra.
    pub(super) snotra: String,
    /// The commit that was checked out beneath the experiment; what was changed since is not in it.
    pub(super) revision: Option<String>,
    pub(super) machine: Machine,
    pub(super) index: Index,
    pub(super) search: Search,
    pub(super) measures: Vec<String>,
    pub(super) kinds: BTreeMap<String, String>,
    /// How many judged topics each group has.
    pub(super) topics: BTreeMap<String, usize>,
    pub(super) figures: Figures,
    /// By measure: the value of every judged topic, with blanks between.
    pub(super) per_topic: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Machine {
    pub(super) os: String,
    pub(super) arch: String,
    pub(super) cores: usize,
    /// Whether the program was built for speed.
    pub(super) optimised: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) options: BTreeMap<String, SettingValue>,
    pub(super) documents: BTreeMap<String, u64>,
    pub(super) format: u32,
    pub(super) analysis: String,
    pub(super) text_bytes: u64,
    pub(super) seconds: f64,
    pub(super) bytes: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Search {
    pub(super) options: BTreeMap<String, SettingValue>,
    pub(super) queries: usize,
    pub(super) threads: usize,
    pub(super) seconds: f64,
    pub(super) queries_per_second: f64,
}

const SCHEMA: u32 = 1;

impl Record {
    pub(super) fn new(experiment: &Experiment, indexed: &Indexed, measured: &Measured) -> Self {
        let named = |options: Vec<(&str, SettingValue)>| {
            options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        let row =
            |row: &BTreeMap<String, f64>| row.iter().map(|(name, value)| (name.clone(), round(*value, 4))).collect();
        let values =
            |values: &[f64]| values.iter().map(|value| round(*value, 4).to_string()).collect::<Vec<_>>().join(" ");
        let queries_per_second = measured.answered as f64 / measured.seconds.max(1e-9);
        Self {
            schema: SCHEMA,
            name: experiment.name.clone(),
            about: experiment.about.clone(),
            date: iso(time::OffsetDateTime::now_utc().date()),
            snotra: env!("CARGO_PKG_VERSION").to_owned(),
            revision: revision(experiment.file()),
            machine: Machine {
                os: std::env::consts::OS.to_owned(),
                arch: std::env::consts::ARCH.to_owned(),
                cores: std::thread::available_parallelism().map_or(1, usize::from),
                optimised: !cfg!(debug_assertions),
            },
            index: Index {
                options: named(experiment.setting.index_options()),
                documents: indexed.documents.clone(),
                format: indexed.format,
                analysis: indexed.analysis.clone(),
                text_bytes: indexed.text_bytes,
                seconds: round(indexed.seconds, 2),
                bytes: indexed.bytes.clone(),
            },
            search: Search {
                options: named(experiment.setting.search_options()),
                queries: measured.answered,
                threads: measured.threads,
                seconds: round(measured.seconds, 3),
                queries_per_second: round(queries_per_second, 0),
            },
            measures: experiment.measures.iter().map(ToString::to_string).collect(),
            kinds: experiment.kinds.clone(),
            topics: measured.topics.clone(),
            figures: measured.figures.iter().map(|(group, figures)| (group.clone(), row(figures))).collect(),
            per_topic: (measured.evaluation.scores.iter())
                .map(|scores| (scores.measure.to_string(), values(&scores.per_topic)))
                .collect(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a record has only string keys and finite numbers") + "\n"
    }

    /// What was recorded of `experiment`; `None` where nothing was.
    pub(super) fn read(experiment: &Experiment) -> Result<Option<Self>, BenchError> {
        let path = place(experiment);
        match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(record) => Ok(Some(record)),
                Err(error) => Err(BenchError::Form { path, cause: error.to_string() }),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(BenchError::Io { path, source }),
        }
    }
}

/// Where the record of an experiment lies: in the folder `record` beside that of the experiment.
pub(super) fn place(experiment: &Experiment) -> PathBuf {
    let folder = experiment.file().parent().unwrap_or(Path::new(""));
    // Not by `..`: the experiment's folder may be a link, and `benches/quality/..` reads badly in a message.
    let beside = match (folder.file_name(), folder.parent()) {
        (Some(_), Some(above)) => above.join("record"),
        _ => folder.join("../record"),
    };
    beside.join(format!("{}.json", experiment.name))
}

/// Writes a file and the folders that it needs.
pub(super) fn write(path: &Path, text: &str) -> Result<(), BenchError> {
    let io = |source| BenchError::Io { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    fs::write(path, text).map_err(io)
}

fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

/// The commit that is checked out where `file` lies; `None` where there is no version control or its files are unlike
/// what is expected.
fn revision(file: &Path) -> Option<String> {
    let file = file.canonicalize().ok()?;
    let git = file.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    // In a second working tree it is a file that names the folder, which in turn names the one with the branches.
    let git = match fs::read_to_string(&git) {
        Ok(text) => git.parent()?.join(text.strip_prefix("gitdir: ")?.trim()),
        Err(_) => git,
    };
    let common = fs::read_to_string(git.join("commondir")).map_or_else(|_| git.clone(), |path| git.join(path.trim()));
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(branch) = head.trim().strip_prefix("ref: ") else { return is_commit(head.trim()) };
    if let Ok(commit) = fs::read_to_string(common.join(branch)) {
        return is_commit(commit.trim());
    }
    let packed = fs::read_to_string(common.join("packed-refs")).ok()?;
    let line = packed.lines().find(|line| line.split_once(' ').is_some_and(|(_, name)| name == branch))?;
    is_commit(line.split_once(' ')?.0)
}

fn is_commit(text: &str) -> Option<String> {
    let looks_so = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    looks_so.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_is_read_from_files() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let check = |files: &[(&str, &str)], expect: Option<&str>| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in [("a/b/x.toml", "")].iter().chain(files) {
                write(&folder.path().join(name), text).unwrap();
            }
            assert_eq!(revision(&folder.path().join("a/b/x.toml")).as_deref(), expect, "{files:?}");
        };
        let on_branch = (".git/HEAD", "ref: refs/heads/x/y\n");
        let packed = format!("# pack-refs\n{two} refs/heads/x\n{one} refs/heads/x/y\n");
        check(&[on_branch, (".git/refs/heads/x/y", &format!("{one}\n"))], Some(&one));
        check(&[on_branch, (".git/packed-refs", &packed)], Some(&one));
        check(&[(".git/HEAD", &two)], Some(&two));
        check(&[on_branch], None);
        check(&[(".git/HEAD", "nonsense")], None);
        let tree = [
            ("a/.git", "gitdir: ../main/.git/worktrees/a\n"),
            ("main/.git/worktrees/a/HEAD", "ref: refs/heads/z\n"),
            ("main/.git/worktrees/a/commondir", "../..\n"),
            ("main/.git/refs/heads/z", &two),
        ];
        check(&tree, Some(&two));
    }

    #[test]
    fn numbers_are_rounded_for_good() {
        assert_eq!(round(0.630_92, 4).to_string(), "0.6309");
        assert_eq!(round(1.0, 4).to_string(), "1");
    }
}
