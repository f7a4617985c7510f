//! The record of an experiment: all that is needed to have its figures again, and to see where they changed.
//!
//! Values of single topics stand in one line a measure, in the order of the judgements: thousands of topics would
//! otherwise be thousands of lines in every difference. Tests of significance are recorded with the figures, since they
//! cannot be had again from rounded values. The revision is read from the files of version control, because the program
//! must not depend on having it installed. What must not be published with the figures, the texts of topics and the
//! titles of documents, is a file of its own ([`crate::output::details`]), kept where the indexes are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde::Serialize;

use crate::app::bench::ALL;
use crate::app::bench::BenchError;
use crate::app::bench::Experiment;
use crate::app::bench::Figures;
use crate::app::bench::Indexed;
use crate::app::bench::Measured;
use crate::app::bench::SettingValue;
use crate::eval::Pair;
use crate::eval::holm;
use crate::eval::paired;
use crate::output::json::iso;

/// An experiment that was run: JSON, schema 2.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The version of this form.
    pub schema: u32,
    /// What the experiment is called, and one line on what it measures.
    pub name: String,
    /// See `name`.
    pub about: String,
    /// The day, in UTC.
    pub date: String,
    /// The version of Snotra.
    pub snotra: String,
    /// The commit that was checked out beneath the experiment; what was changed since is not in it.
    pub revision: Option<String>,
    /// Where it was run.
    pub machine: Machine,
    /// The index that was searched.
    pub index: Index,
    /// The options of searching, and what searching took.
    pub search: Search,
    /// The measures, the first being the one that matters most.
    pub measures: Vec<String>,
    /// What the kinds of topics are, in words.
    pub kinds: BTreeMap<String, String>,
    /// The judged topics, with blanks between.
    pub topics: String,
    /// The group of every topic, in their order: a group and how many topics in a row belong to it.
    pub groups: Vec<(String, usize)>,
    /// What the systems came to, Snotra first.
    pub systems: Vec<SystemRecord>,
    /// What was recorded before this, if it was otherwise.
    pub previous: Option<Previous>,
}

/// The machine of a [`Record`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// The operating system and the kind of processor.
    pub os: String,
    /// See `os`.
    pub arch: String,
    /// How many threads run at a time.
    pub cores: usize,
    /// Whether the program was built for speed.
    pub optimised: bool,
}

/// The index of a [`Record`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Index {
    /// How it was made.
    pub options: BTreeMap<String, SettingValue>,
    /// Documents by language.
    pub documents: BTreeMap<String, u64>,
    /// The number of its format, and the stamp of the analysis.
    pub format: u32,
    /// See `format`.
    pub analysis: String,
    /// Bytes of text that were read.
    pub text_bytes: u64,
    /// How long it took to make, in seconds.
    pub seconds: f64,
    /// Bytes by kind of file.
    pub bytes: BTreeMap<String, u64>,
}

/// The search of a [`Record`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Search {
    /// How topics were answered.
    pub options: BTreeMap<String, SettingValue>,
    /// How many there were.
    pub queries: usize,
    /// How many threads answered them.
    pub threads: usize,
}

/// One system in a [`Record`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SystemRecord {
    /// What it is called.
    pub name: String,
    /// How long all topics took together, in seconds.
    pub seconds: f64,
    /// Topics a second.
    pub queries_per_second: f64,
    /// By group and measure.
    pub figures: Figures,
    /// Of a system that Snotra is compared with: by group and measure, how likely so large a difference is by chance
    /// (paired two-sided randomisation test, Holm-corrected over all of this record's tests against the system).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub p: Figures,
    /// Interpolated precision at recall 0, 0.1, ... 1.
    pub precision_at_recall: Vec<f64>,
    /// By measure: the value of every judged topic, with blanks between.
    pub per_topic: BTreeMap<String, String>,
}

/// What was recorded before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Previous {
    /// The day.
    pub date: String,
    /// The commit.
    pub revision: Option<String>,
    /// Snotra's figures then.
    pub figures: Figures,
    /// As in [`SystemRecord::p`], of the difference between then and now.
    pub p: Figures,
}

const SCHEMA: u32 = 2;

impl Record {
    /// The record of what came out: the first of `measured` is Snotra's, each with the name of its system. `before` is
    /// what was recorded last.
    pub fn new(
        experiment: &Experiment,
        indexed: &Indexed,
        measured: &[(&str, &Measured)],
        before: Option<Self>,
    ) -> Self {
        let (_, ours) = measured[0];
        let named = |options: Vec<(&str, SettingValue)>| {
            options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        let topics = ours.evaluation.topics.join(" ");
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
                queries: ours.topics.iter().len(),
                threads: ours.threads,
            },
            measures: experiment.measures.iter().map(ToString::to_string).collect(),
            kinds: experiment.kinds.clone(),
            groups: groups_in_order(ours),
            systems: measured.iter().map(|(name, system)| SystemRecord::new(name, system, ours)).collect(),
            previous: before.and_then(|before| Previous::of(before, &topics, ours)),
            topics,
        }
    }

    /// As it is written.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a record has only string keys and finite numbers") + "\n"
    }

    /// The record in a file; `None` where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read, or is no record of this schema.
    pub fn read(path: &Path) -> Result<Option<Self>, BenchError> {
        let form = |cause: String| BenchError::Form { path: path.to_owned(), cause };
        match fs::read(path) {
            Ok(bytes) => {
                let value: serde_json::Value =
                    serde_json::from_slice(&bytes).map_err(|error| form(error.to_string()))?;
                let schema = value.get("schema").and_then(serde_json::Value::as_u64);
                if schema != Some(SCHEMA.into()) {
                    return Err(form(format!("it is not a record of schema {SCHEMA}: run the experiment again")));
                }
                serde_json::from_value(value).map(Some).map_err(|error| form(error.to_string()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(BenchError::Io { path: path.to_owned(), source }),
        }
    }

    /// Snotra's figures.
    pub fn figures(&self) -> &Figures {
        static NONE: Figures = Figures::new();
        self.systems.first().map_or(&NONE, |system| &system.figures)
    }

    /// How many judged topics each group has, [`crate::app::bench::ALL`] included.
    pub fn topics_by_group(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for (group, number) in &self.groups {
            *counts.entry(group.as_str()).or_default() += number;
            if group != ALL {
                *counts.entry(ALL).or_default() += number;
            }
        }
        counts
    }
}

impl SystemRecord {
    fn new(name: &str, measured: &Measured, ours: &Measured) -> Self {
        let values =
            |values: &[f64]| values.iter().map(|value| round(*value, 4).to_string()).collect::<Vec<_>>().join(" ");
        let per_measure = |of: &Measured| -> Vec<(String, Vec<f64>)> {
            of.evaluation.scores.iter().map(|scores| (scores.measure.to_string(), scores.per_topic.clone())).collect()
        };
        let itself = std::ptr::eq(measured, ours);
        Self {
            name: name.to_owned(),
            seconds: round(measured.seconds, 3),
            queries_per_second: round(measured.topics.iter().len() as f64 / measured.seconds.max(1e-9), 0),
            figures: rounded(&measured.figures),
            p: if itself { Figures::new() } else { tested(&per_measure(measured), ours) },
            precision_at_recall: measured.curve.iter().map(|value| round(*value, 4)).collect(),
            per_topic: (measured.evaluation.scores.iter())
                .map(|scores| (scores.measure.to_string(), values(&scores.per_topic)))
                .collect(),
        }
    }
}

impl Previous {
    /// What was recorded before, beside what is now: the record itself if its values were others, else what stood
    /// before it. `None` where nothing comparable did.
    fn of(before: Record, topics: &str, ours: &Measured) -> Option<Self> {
        let Record { date, revision, mut systems, previous, topics: topics_before, .. } = before;
        if systems.is_empty() || topics_before != topics {
            return None;
        }
        let then = systems.swap_remove(0);
        let now = SystemRecord::new("", ours, ours);
        if then.per_topic == now.per_topic {
            return previous;
        }
        let measures = ours.evaluation.scores.iter().map(|scores| scores.measure.to_string());
        let values = |measure: String| {
            let line = then.per_topic.get(&measure)?;
            let values: Result<Vec<f64>, _> = line.split(' ').map(str::parse).collect();
            Some((measure, values.ok()?))
        };
        let values: Vec<_> = measures.filter_map(values).collect();
        Some(Self { date, revision, figures: then.figures, p: tested(&values, ours) })
    }
}

/// The p-values of the differences between a system, given by its values for each measure, and ours: by group and
/// measure, corrected together.
fn tested(baseline: &[(String, Vec<f64>)], ours: &Measured) -> Figures {
    let mut names = Vec::new();
    let mut values: Vec<[Vec<f64>; 2]> = Vec::new();
    for (group, places) in &ours.groups {
        for scores in &ours.evaluation.scores {
            let measure = scores.measure.to_string();
            let Some((_, baseline)) = baseline.iter().find(|(name, _)| *name == measure) else { continue };
            let pick = |values: &[f64]| places.iter().filter_map(|&at| values.get(at).copied()).collect();
            values.push([pick(baseline), pick(&scores.per_topic)]);
            names.push((group.clone(), measure));
        }
    }
    let pairs: Vec<_> = values.iter().map(|[baseline, system]| Pair { baseline, system }).collect();
    let p: Vec<_> = paired(&pairs).into_iter().map(|paired| paired.randomisation.p).collect();
    let mut figures = Figures::new();
    for ((group, measure), p) in names.into_iter().zip(holm(&p)) {
        figures.entry(group).or_default().insert(measure, round(p, 5));
    }
    figures
}

fn rounded(figures: &Figures) -> Figures {
    let row = |row: &BTreeMap<String, f64>| row.iter().map(|(name, value)| (name.clone(), round(*value, 4))).collect();
    figures.iter().map(|(group, figures)| (group.clone(), row(figures))).collect()
}

/// The group of each topic, neighbours of one group together.
fn groups_in_order(measured: &Measured) -> Vec<(String, usize)> {
    let mut of: FxHashMap<usize, &str> = FxHashMap::default();
    for (group, places) in measured.groups.iter().filter(|(group, _)| *group != ALL) {
        of.extend(places.iter().map(|&at| (at, group.as_str())));
    }
    let mut groups: Vec<(String, usize)> = Vec::new();
    for at in 0..measured.evaluation.topics.len() {
        let group = of.get(&at).copied().unwrap_or(ALL);
        match groups.last_mut() {
            Some((last, number)) if last == group => *number += 1,
            _ => groups.push((group.to_owned(), 1)),
        }
    }
    groups
}

/// Where the record of an experiment lies: in the folder `record` beside that of the experiment.
pub fn place(experiment: &Experiment) -> PathBuf {
    let folder = experiment.file().parent().unwrap_or(Path::new(""));
    // Not by `..`: the experiment's folder may be a link, and `benches/quality/..` reads badly in a message.
    let beside = match (folder.file_name(), folder.parent()) {
        (Some(_), Some(above)) => above.join("record"),
        _ => folder.join("../record"),
    };
    beside.join(format!("{}.json", experiment.name))
}

/// Writes a file and the folders that it needs.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), BenchError> {
    let io = |source| BenchError::Io { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    fs::write(path, text).map_err(io)
}

/// The value of an option as people read it.
pub fn in_words(value: &SettingValue) -> String {
    match value {
        SettingValue::Flag(true) => "on".to_owned(),
        SettingValue::Flag(false) => "off".to_owned(),
        value => value.to_string(),
    }
}

/// As much of a commit's name as tells it from all others.
pub fn short(revision: &str) -> &str {
    revision.get(..10).unwrap_or(revision)
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
