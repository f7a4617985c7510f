//! The file that declares an experiment: TOML, read strictly, and written back with its comments where figures change.
//!
//! ```toml
//! about = "Letters to a newspaper"
//! topics = "$LETTERS/topics.tsv"        # paths begin at this file's folder, or with a variable
//! qrels = "$LETTERS/qrels.txt"
//! only = ["T"]                          # kinds of topics, where not all are asked
//! measures = ["nDCG@10", "R@100"]
//! tolerance = 0.0005                    # a figure farther from the expected one is reported
//!
//! [kinds]                               # what the parts of the topics' ids before the hyphen mean
//! T = "titles"
//!
//! [corpus]
//! paths = ["$LETTERS/docs.jsonl.zst"]
//! titles = "$LETTERS/titles.tsv"        # id, tab, title: given to the records of the .jsonl files above
//! vocabulary = "words.tsv"              # what `snotra index --vocabulary` is given
//! index = "letters"                     # experiments that name the same index share it
//! documents = { da = 310, sv = 12 }
//!
//! [index]                               # options of indexing and of searching that are not the program's own
//! languages = "da,sv"
//! [search]
//! query_language = false
//!
//! [grid]                                # values to try, option by option
//! k1 = [0.9, 1.2]
//!
//! [expected]
//! all = { "nDCG@10" = 0.5000, "R@100" = 0.9000 }
//! T-da = { "nDCG@10" = 0.5000, "R@100" = 0.9000 }
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use toml_edit::DocumentMut;
use toml_edit::InlineTable;
use toml_edit::Item;
use toml_edit::Table;
use toml_edit::TomlError;
use toml_edit::Value;

use crate::app;
use crate::app::bench::BenchError;
use crate::app::bench::setting::Setting;
use crate::app::bench::setting::SettingValue;
use crate::doc::Problem;
use crate::eval::Evaluation;
use crate::eval::Measure;
use crate::eval::Scores;
use crate::eval::Topics;
use crate::lang::Vocabulary;

/// The group of all topics.
pub const ALL: &str = "all";

/// Figures by group of topics, then by measure. The groups are [`ALL`], and each kind of topic in each language
/// (`T-da`): the kind is what stands before the first hyphen of a topic's id.
pub type Figures = BTreeMap<String, BTreeMap<String, f64>>;

/// What to measure, and what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The file's name without its extension.
    pub name: String,
    /// One line on what it measures.
    pub about: String,
    /// What kinds of topics there are, in words.
    pub kinds: BTreeMap<String, String>,
    /// The measures.
    pub measures: Vec<Measure>,
    /// How far a figure may be from what is expected.
    pub tolerance: f64,
    /// How many documents the index should hold, by language.
    pub documents: BTreeMap<String, u64>,
    /// What is chosen about indexing and searching.
    pub setting: Setting,
    /// What figures are expected.
    pub expected: Figures,
    file: PathBuf,
    corpus: Vec<String>,
    titles: Option<String>,
    vocabulary: Option<String>,
    index: String,
    topics: String,
    qrels: String,
    only: Vec<String>,
    grid: BTreeMap<String, Vec<SettingValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    about: String,
    topics: String,
    qrels: String,
    #[serde(default)]
    only: Vec<String>,
    measures: Vec<String>,
    tolerance: f64,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
    corpus: Corpus,
    #[serde(default)]
    index: BTreeMap<String, SettingValue>,
    #[serde(default)]
    search: BTreeMap<String, SettingValue>,
    #[serde(default)]
    grid: BTreeMap<String, Vec<SettingValue>>,
    #[serde(default)]
    expected: Figures,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    paths: Vec<String>,
    titles: Option<String>,
    vocabulary: Option<String>,
    index: Option<String>,
    #[serde(default)]
    documents: BTreeMap<String, u64>,
}

impl Experiment {
    /// Reads the experiment in `file`.
    ///
    /// # Errors
    /// When it cannot be read, or is not an experiment.
    pub fn read(file: &Path) -> Result<Self, BenchError> {
        let text = fs::read_to_string(file).map_err(|source| BenchError::Io { path: file.to_owned(), source })?;
        Self::parse(file, &text).map_err(|cause| BenchError::Form { path: file.to_owned(), cause })
    }

    fn parse(file: &Path, text: &str) -> Result<Self, String> {
        let form: Form = toml_edit::de::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let index = form.corpus.index.unwrap_or_else(|| name.clone());
        if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(format!("the index {index:?} is not named with letters, digits and hyphens alone"));
        }
        let measures: Result<Vec<Measure>, _> = form.measures.iter().map(|name| Measure::parse(name)).collect();
        let measures = measures.map_err(|error| error.to_string())?;
        if measures.is_empty() {
            return Err("there is no measure in `measures`".to_owned());
        }
        if !(form.tolerance >= 0.0 && form.tolerance.is_finite()) {
            return Err("tolerance is a number from 0 up".to_owned());
        }
        let mut setting = Setting::default();
        let tables = [("index", &form.index), ("search", &form.search)];
        let known = [Setting::index_names().collect::<Vec<_>>(), Setting::search_names().collect()];
        for ((table, options), known) in tables.into_iter().zip(known) {
            // A profile sets several options, of which each may be set otherwise.
            let (first, others): (Vec<_>, Vec<_>) = options.iter().partition(|(name, _)| *name == Setting::PROFILE);
            for (name, value) in first.into_iter().chain(others) {
                if !known.contains(&name.as_str()) {
                    return Err(format!("[{table}] has no option {name}, only {}", known.join(", ")));
                }
                setting.set(name, value)?;
            }
        }
        let experiment = Self {
            name,
            about: form.about,
            kinds: form.kinds,
            measures,
            tolerance: form.tolerance,
            documents: form.corpus.documents,
            setting,
            expected: form.expected,
            file: file.to_owned(),
            corpus: form.corpus.paths,
            titles: form.corpus.titles,
            vocabulary: form.corpus.vocabulary,
            index,
            topics: form.topics,
            qrels: form.qrels,
            only: form.only,
            grid: form.grid,
        };
        // A value that cannot be is better told now than after an hour.
        experiment.try_variants(false)?;
        Ok(experiment)
    }

    /// The environment variables that its paths need and that are not set.
    pub fn unset_variables(&self) -> Vec<String> {
        let paths = self.corpus.iter().chain(&self.titles).chain(&self.vocabulary).chain([&self.topics, &self.qrels]);
        let mut unset: Vec<_> = paths.filter_map(|path| self.resolve(path).err()).collect();
        unset.sort();
        unset.dedup();
        unset
    }

    /// Where the experiment is declared.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The setting as declared, then one for each value of the grid: option by option, or, with `cross`, all their
    /// combinations. What is the same as declared is left out. Each is named by its options.
    pub fn variants(&self, cross: bool) -> Vec<(String, Setting)> {
        self.try_variants(cross).expect("every value of the grid was tried when the experiment was read")
    }

    fn try_variants(&self, cross: bool) -> Result<Vec<(String, Setting)>, String> {
        let mut variants = vec![(String::new(), self.setting.clone())];
        for (name, values) in &self.grid {
            let from = if cross { variants.len() } else { 1 };
            for base in 0..from {
                for value in values {
                    let (label, mut setting) = variants[base].clone();
                    setting.set(name, value)?;
                    if setting != variants[base].1 {
                        let label = [label, format!("{name}={value}")].join(" ").trim().to_owned();
                        variants.push((label, setting));
                    }
                }
            }
        }
        variants[0].0 = "as declared".to_owned();
        Ok(variants)
    }

    /// What the index for `setting` is called: by the experiment, and by what `setting` indexes otherwise.
    pub(super) fn index_name(&self, setting: &Setting) -> String {
        let declared = self.setting.index_options();
        let changed = setting.index_options().into_iter().filter(|option| !declared.contains(option));
        changed.fold(self.index.clone(), |name, (option, value)| format!("{name}+{option}={value}"))
    }

    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, BenchError> {
        self.corpus.iter().map(|path| self.resolve(path).map_err(BenchError::Unset)).collect()
    }

    pub(super) fn titles(&self) -> Result<Option<PathBuf>, BenchError> {
        self.titles.as_ref().map(|path| self.resolve(path).map_err(BenchError::Unset)).transpose()
    }

    pub(super) fn vocabulary(&self) -> Result<Vocabulary, BenchError> {
        let Some(path) = &self.vocabulary else { return Ok(Vocabulary::default()) };
        app::vocabulary(&self.resolve(path).map_err(BenchError::Unset)?)
            .map_err(|faults| BenchError::Vocabulary(faults.first().map(Problem::to_string).unwrap_or_default()))
    }

    /// Whether a topic is asked.
    pub(super) fn asks(&self, topic: &str) -> bool {
        let kind = topic.split_once('-').map_or("", |(kind, _)| kind);
        self.only.is_empty() || self.only.iter().any(|only| only == kind)
    }

    pub(super) fn topics(&self) -> Result<PathBuf, BenchError> {
        self.resolve(&self.topics).map_err(BenchError::Unset)
    }

    pub(super) fn qrels(&self) -> Result<PathBuf, BenchError> {
        self.resolve(&self.qrels).map_err(BenchError::Unset)
    }

    /// A path of the experiment, or the variable at its beginning that is not set.
    fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        let Some(rest) = path.strip_prefix('$') else {
            return Ok(self.file.parent().unwrap_or(Path::new("")).join(path));
        };
        let (variable, rest) = rest.split_once('/').unwrap_or((rest, ""));
        match std::env::var_os(variable).filter(|value| !value.is_empty()) {
            Some(value) => Ok(Path::new(&value).join(rest)),
            None => Err(variable.to_owned()),
        }
    }

    /// Writes what was measured into the file, as what is expected from now on. All else stays as it is.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn record(&self, documents: &BTreeMap<String, u64>, figures: &Figures) -> Result<(), BenchError> {
        let io = |source| BenchError::Io { path: self.file.clone(), source };
        let text = fs::read_to_string(&self.file).map_err(io)?;
        let text = recorded(&text, documents, figures, &self.measures)
            .map_err(|cause| BenchError::Form { path: self.file.clone(), cause })?;
        fs::write(&self.file, text).map_err(io)
    }
}

/// The experiment `text` with other expectations.
fn recorded(
    text: &str,
    documents: &BTreeMap<String, u64>,
    figures: &Figures,
    measures: &[Measure],
) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: TomlError| error.to_string())?;
    let mut counts = InlineTable::new();
    counts.extend(documents.iter().map(|(code, count)| (code.as_str(), Value::from(count.cast_signed()))));
    put(&mut document["corpus"]["documents"], counts.into());
    if !document.contains_table("expected") {
        document["expected"] = Item::Table(Table::new());
        document.set_trailing("");
    }
    let expected = document["expected"].as_table_mut().ok_or("[expected] is not a table of its own")?;
    expected.retain(|group, _| figures.contains_key(group));
    for (group, values) in figures {
        let mut row = InlineTable::new();
        for (measure, value) in measures.iter().filter_map(|measure| values.get_key_value(&measure.to_string())) {
            // As text, so that it keeps its four decimals.
            let value: Result<Value, TomlError> = format!("{value:.4}").parse();
            row.insert(measure, value.map_err(|error| error.to_string())?);
        }
        put(expected.entry(group).or_insert(Item::None), row.into());
    }
    Ok(document.to_string())
}

/// Replaces a value and keeps the comment behind it.
fn put(item: &mut Item, mut value: Value) {
    if let Some(before) = item.as_value() {
        *value.decor_mut() = before.decor().clone();
    }
    *item = Item::Value(value);
}

/// Which topics each group has, by their places in `judged`: [`ALL`], and each kind of topic in each language.
pub(super) fn groups(judged: &[String], topics: &Topics) -> BTreeMap<String, Vec<usize>> {
    let languages: FxHashMap<&str, Option<&str>> =
        topics.iter().map(|topic| (topic.id.as_str(), topic.lang.as_deref())).collect();
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, topic) in judged.iter().enumerate() {
        let kind = topic.split_once('-').map(|(kind, _)| kind);
        let language = languages.get(topic.as_str()).copied().flatten();
        let parts: Vec<_> = kind.into_iter().chain(language).collect();
        groups.entry(ALL.to_owned()).or_default().push(at);
        if !parts.is_empty() {
            groups.entry(parts.join("-")).or_default().push(at);
        }
    }
    groups
}

/// What each measure makes of the topics at `places`.
pub(super) fn figures(evaluation: &Evaluation, places: &[usize]) -> BTreeMap<String, f64> {
    let figure = |scores: &Scores| {
        let values: Vec<_> = places.iter().map(|&at| scores.per_topic[at]).collect();
        (scores.measure.to_string(), scores.measure.aggregate(&values))
    };
    evaluation.scores.iter().map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Letters.\nabout = \"letters\"\ntopics = \"t.tsv\"\nqrels = \"$SNOTRA_NO_SUCH/q.txt\"\n\
        measures = [\"nDCG@10\"]\ntolerance = 0.001\n\n[corpus]\npaths = [\"a\", \"b\"]\ndocuments = { da = 1 } # few\n\n\
        [search]\nb = 0.5\n\n[grid]\nadjacency = [0, 0.1]\nb = [0.5, 0.25]\n\n\
        # What was measured.\n[expected]\nall = { \"nDCG@10\" = 0.1 } # low\nold = { \"nDCG@10\" = 0.2 }\n";

    fn parse(text: &str) -> Result<Experiment, String> {
        Experiment::parse(Path::new("somewhere/letters.toml"), text)
    }

    #[test]
    fn a_file_is_read() {
        let experiment = parse(TEXT).unwrap();
        assert_eq!((experiment.name.as_str(), experiment.index.as_str()), ("letters", "letters"));
        assert_eq!(experiment.setting.ranking.b, 0.5);
        assert_eq!(experiment.expected[ALL]["nDCG@10"], 0.1);
        assert_eq!(experiment.paths().unwrap(), [Path::new("somewhere/a"), Path::new("somewhere/b")]);
        assert_eq!(experiment.unset_variables(), ["SNOTRA_NO_SUCH"]);
        assert!(matches!(experiment.qrels(), Err(BenchError::Unset(name)) if name == "SNOTRA_NO_SUCH"));
    }

    #[test]
    fn faults_are_named() {
        let check = |from: &str, to: &str, expect: &str| {
            assert!(TEXT.contains(from), "{from}");
            let error = parse(&TEXT.replace(from, to)).expect_err(to);
            assert!(error.contains(expect), "{error}");
        };
        check("about = \"letters\"", "", "missing field `about`");
        check("about", "abuot", "line 2");
        check("[search]\nb", "[search]\nlanguages", "[search] has no option languages, only k1");
        check("[search]\nb = 0.5", "[search]\nb = 5", "b is a number from 0 to 1");
        check("[0.5, 0.25]", "[0.5, 2.5]", "b is a number from 0 to 1");
        check("[\"nDCG@10\"]", "[\"nGCD@10\"]", "no measure is called");
        check("[\"nDCG@10\"]", "[]", "there is no measure");
        check("tolerance = 0.001", "tolerance = -1", "tolerance");
        check("documents =", "index = \"../x\"\ndocuments =", "not named with letters");
    }

    #[test]
    fn the_grid_is_one_option_at_a_time_or_crossed() {
        let names = |cross| parse(TEXT).unwrap().variants(cross).into_iter().map(|(name, _)| name);
        assert_eq!(names(false).collect::<Vec<_>>(), ["as declared", "adjacency=0", "adjacency=0.1", "b=0.25"]);
        assert_eq!(
            names(true).collect::<Vec<_>>(),
            ["as declared", "adjacency=0", "adjacency=0.1", "b=0.25", "adjacency=0 b=0.25", "adjacency=0.1 b=0.25"]
        );
    }

    #[test]
    fn an_index_of_another_kind_has_another_name() {
        let experiment = parse(&TEXT.replace("b = [", "ignore_declared_language = [true]\nb = [")).unwrap();
        let name = |(_, setting): (String, Setting)| experiment.index_name(&setting);
        let names: Vec<_> = experiment.variants(false).into_iter().map(name).collect();
        assert_eq!(names.iter().filter(|name| *name == "letters").count(), 4);
        assert_eq!(names.last().unwrap(), "letters+ignore_declared_language=true");
    }

    #[test]
    fn what_is_recorded_leaves_the_rest_as_it_is() {
        let documents = BTreeMap::from([("da".to_owned(), 2), ("sv".to_owned(), 3)]);
        let row = |value| BTreeMap::from([("nDCG@10".to_owned(), value)]);
        let figures = BTreeMap::from([(ALL.to_owned(), row(0.25)), ("T-da".to_owned(), row(1.0))]);
        let measures = parse(TEXT).unwrap().measures;
        let text = recorded(TEXT, &documents, &figures, &measures).unwrap();
        let (kept, _) = TEXT.split_once("all =").unwrap();
        let expect = kept.replace("{ da = 1 }", "{ da = 2, sv = 3 }")
            + "all = { \"nDCG@10\" = 0.2500 } # low\nT-da = { \"nDCG@10\" = 1.0000 }\n";
        assert_eq!(text, expect);
        assert_eq!(parse(&text).unwrap().expected, figures);
        let (before, _) = TEXT.split_once("# What").unwrap();
        let text = recorded(before, &documents, &figures, &measures).unwrap();
        assert!(
            text.ends_with("\n[expected]\nT-da = { \"nDCG@10\" = 1.0000 }\nall = { \"nDCG@10\" = 0.2500 }\n"),
            "{text}"
        );
    }

    #[test]
    fn topics_are_grouped_by_kind_and_language() {
        let topics = Topics::parse("T-1\tda\tx\nT-2\tsv\tx\n3\tda\tx\nK-4\tx\n5\tx\n".as_bytes()).unwrap();
        let measure: Measure = "RR".parse().unwrap();
        let per_topic = vec![1.0, 0.5, 0.25, 0.0, 0.0];
        let ids = ["T-1", "T-2", "3", "K-4", "5"];
        let evaluation = Evaluation {
            topics: ids.map(str::to_owned).to_vec(),
            scores: vec![Scores { measure, per_topic, aggregate: 0.35 }],
            missing: Vec::new(),
            unjudged: Vec::new(),
        };
        let groups = groups(&evaluation.topics, &topics);
        let shown: Vec<_> = (groups.iter())
            .map(|(group, places)| (group.as_str(), figures(&evaluation, places)["RR"], places.len()))
            .collect();
        assert_eq!(shown, [("K", 0.0, 1), ("T-da", 1.0, 1), ("T-sv", 0.5, 1), ("all", 0.35, 5), ("da", 0.25, 1)]);
    }
}
