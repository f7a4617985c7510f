//! What is compared: two systems, topic by topic, with the tests of every difference that the page shows.
//!
//! The values of topics come out of the record, so that anyone can make the page again without the collections. Figures
//! that the record has are shown as they stand there: the mean of rounded values may end in another digit. All tests of
//! one comparison are one family for Holm's correction, those of languages and kinds of topics included.
//!
//! A record is a file that anyone may have written, so everything that the rest relies on is seen to here.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::path::Path;

use crate::app::bench::ALL;
use crate::app::bench::BenchError;
use crate::app::bench::Ranker;
use crate::eval::LEVELS;
use crate::eval::Measure;
use crate::eval::Pair;
use crate::eval::Paired;
use crate::eval::holm;
use crate::eval::paired;
use crate::lang::Language;
use crate::output::count;
use crate::output::details::Details;
use crate::output::details::TopicDetails;
use crate::output::record::SystemRecord;
use crate::output::report::Source;

/// A new system held against a baseline.
pub(super) struct Versus<'a> {
    pub(super) baseline: Side<'a>,
    pub(super) new: Side<'a>,
    /// What the record of the new one has besides the two.
    pub(super) others: Vec<Side<'a>>,
    /// The measures that both have; the first is the one that matters most.
    pub(super) measures: Vec<&'a str>,
    /// The topics that both have.
    pub(super) topics: Vec<Topic<'a>>,
    /// How many topics only one of them has.
    pub(super) left_out: usize,
    /// First all topics, then the parts that they fall into.
    pub(super) blocks: Vec<Block>,
    /// How many tests were made.
    pub(super) tests: usize,
}

/// One of the systems.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// What the page calls it.
    pub(super) label: &'a str,
    pub(super) source: &'a Source,
    pub(super) system: &'a SystemRecord,
}

/// A topic, with the value of the first measure.
pub(super) struct Topic<'a> {
    pub(super) id: &'a str,
    /// What it is like, in words; empty where nothing is known.
    pub(super) about: String,
    pub(super) baseline: f64,
    pub(super) new: f64,
}

/// Rows of one sort.
pub(super) struct Block {
    /// What the topics are told apart by; empty for all of them.
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
}

/// Some of the topics.
pub(super) struct Row {
    /// What they have in common.
    pub(super) name: String,
    /// How many they are.
    pub(super) topics: usize,
    /// A cell for each measure.
    pub(super) cells: Vec<Cell>,
}

/// How the two come off by one measure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) baseline: f64,
    pub(super) new: f64,
    /// Where the difference lies.
    pub(super) interval: [f64; 2],
    /// How likely so large a difference is by chance, corrected for all tests.
    pub(super) p: f64,
    /// Topics on which the new one is better, both are alike, and the baseline is better.
    pub(super) wins: usize,
    pub(super) ties: usize,
    pub(super) losses: usize,
}

impl Topic<'_> {
    pub(super) fn gain(&self) -> f64 {
        self.new - self.baseline
    }
}

impl Cell {
    pub(super) fn difference(&self) -> f64 {
        self.new - self.baseline
    }
}

impl<'a> Side<'a> {
    /// What is known of a topic beyond its values.
    pub(super) fn details(&self, topic: &str) -> Option<&'a TopicDetails> {
        let details: &Details = self.source.details.as_ref()?;
        details.topics.iter().find(|details| details.topic == topic)
    }

    /// Precision by recall; `None` where the record has none.
    pub(super) fn curve(&self) -> Option<&'a [f64]> {
        let curve = self.system.precision_at_recall.as_slice();
        (curve.len() == LEVELS && curve.iter().all(|value| (0.0..=1.0).contains(value))).then_some(curve)
    }
}

impl<'a> Versus<'a> {
    /// The two best known systems of one record, Snotra as the new one.
    pub(super) fn within(source: &'a Source) -> Result<Self, BenchError> {
        let sides: Vec<_> =
            source.record.systems.iter().map(|system| Side { label: label(&system.name), source, system }).collect();
        let [new, baseline, others @ ..] = sides.as_slice() else {
            return Err(fault(&source.path, "it has one system only, and nothing to hold it against"));
        };
        Self::of(*baseline, *new, others.to_vec())
    }

    /// The first system of two records.
    pub(super) fn between(before: &'a Source, now: &'a Source) -> Result<Self, BenchError> {
        let side = |label: &'a str, source: &'a Source| {
            let system = source.record.systems.first();
            system.map(|system| Side { label, source, system }).ok_or_else(|| fault(&source.path, "it has no system"))
        };
        let others = now.record.systems.iter().skip(1);
        let others = others.map(|system| Side { label: label(&system.name), source: now, system }).collect();
        Self::of(side("Snotra before", before)?, side("Snotra now", now)?, others)
    }

    fn of(baseline: Side<'a>, new: Side<'a>, others: Vec<Side<'a>>) -> Result<Self, BenchError> {
        let path = &new.source.path;
        let (old_topics, new_topics) = (Judged::of(baseline)?, Judged::of(new)?);
        let places: HashMap<&str, usize> = old_topics.ids.iter().copied().zip(0..).collect();
        let common = new_topics.ids.iter().enumerate().filter_map(|(at, id)| Some([*places.get(id)?, at]));
        let common: Vec<[usize; 2]> = common.collect();
        if common.is_empty() {
            return Err(fault(path, format!("it has no topic in common with {}", baseline.source.path.display())));
        }
        let whole = common.len() == old_topics.ids.len() && common.len() == new_topics.ids.len();
        let measures = new.source.record.measures.iter().map(String::as_str);
        let measures: Vec<_> =
            measures.filter(|name| baseline.source.record.measures.iter().any(|m| m == name)).collect();
        if measures.is_empty() {
            let elsewhere = if std::ptr::eq(baseline.source, new.source) {
                "s".to_owned()
            } else {
                format!(" in common with {}", baseline.source.path.display())
            };
            return Err(fault(path, format!("it has no measure{elsewhere}")));
        }
        let mut values = Vec::new();
        for name in &measures {
            let measure = Measure::parse(name).map_err(|error| fault(path, error.to_string()))?;
            let (old, new) = (old_topics.values(baseline, name)?, new_topics.values(new, name)?);
            let both: [Vec<f64>; 2] =
                [common.iter().map(|[at, _]| old[*at]).collect(), common.iter().map(|[_, at]| new[*at]).collect()];
            values.push((measure, both));
        }
        let topics = common.iter().enumerate().map(|(place, [_, at])| Topic {
            id: new_topics.ids[*at],
            about: new_topics.parts[*at].in_words(&new),
            baseline: values[0].1[0][place],
            new: values[0].1[1][place],
        });
        let topics: Vec<_> = topics.collect();
        let parts: Vec<_> = common.iter().map(|[_, at]| new_topics.parts[*at]).collect();
        let mut blocks = parted(&parts, &new);
        let figures = |group: Option<&str>, name: &str| {
            let of = |side: &Side<'_>| side.system.figures.get(group?)?.get(name).copied();
            if whole { of(&baseline).zip(of(&new)) } else { None }
        };
        let tests = fill(&mut blocks, &measures, &values, figures)
            .map_err(|Misfit { of_new, cause }| fault(if of_new { path } else { &baseline.source.path }, cause))?;
        let blocks = blocks
            .into_iter()
            .map(|(title, rows)| Block { title, rows: rows.into_iter().map(|(_, row)| row).collect() });
        let left_out = old_topics.ids.len() + new_topics.ids.len() - 2 * common.len();
        Ok(Self { baseline, new, others, measures, topics, left_out, blocks: blocks.collect(), tests })
    }

    /// How the two come off on all topics by the first measure.
    pub(super) fn all(&self) -> &Cell {
        &self.blocks[0].rows[0].cells[0]
    }

    /// Whether the two are one system at two times.
    pub(super) fn in_time(&self) -> bool {
        !std::ptr::eq(self.baseline.source, self.new.source)
    }
}

fn fault(path: &Path, cause: impl Into<String>) -> BenchError {
    BenchError::Form { path: path.to_owned(), cause: cause.into() }
}

/// What the page calls a system.
fn label(name: &str) -> &str {
    if name == Ranker::Snotra.name() { "Snotra" } else { name }
}

/// No measure comes to more, not even one that counts documents.
const LARGEST: f64 = 1e9;

/// The judged topics of a record.
struct Judged<'a> {
    ids: Vec<&'a str>,
    parts: Vec<Part<'a>>,
}

/// What a topic is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part<'a> {
    /// As the record calls it.
    group: &'a str,
    kind: Option<&'a str>,
    lang: Option<&'a str>,
}

impl<'a> Judged<'a> {
    fn of(side: Side<'a>) -> Result<Self, BenchError> {
        let (record, path) = (&side.source.record, &side.source.path);
        let ids: Vec<&str> = record.topics.split(' ').filter(|id| !id.is_empty()).collect();
        if ids.is_empty() {
            return Err(fault(path, "it has no topics"));
        }
        let mut parts = Vec::new();
        for (group, number) in &record.groups {
            let rest = &ids[parts.len()..];
            if *number > rest.len() {
                return Err(fault(path, format!("its groups have more than its {}", count(ids.len() as u64, "topic"))));
            }
            parts.extend(rest[..*number].iter().map(|id| Part::of(id, group)));
        }
        if parts.len() < ids.len() {
            return Err(fault(path, format!("its groups have {} of {} topics", parts.len(), ids.len())));
        }
        Ok(Self { ids, parts })
    }

    fn values(&self, side: Side<'_>, measure: &str) -> Result<Vec<f64>, BenchError> {
        let fault = |cause: String| fault(&side.source.path, format!("{measure} of {}: {cause}", side.system.name));
        let line =
            side.system.per_topic.get(measure).ok_or_else(|| fault("the values of topics are missing".into()))?;
        let read = |text: &str| {
            let value = text.parse().ok().filter(|value: &f64| value.abs() <= LARGEST);
            value.ok_or_else(|| fault(format!("{text:?} is no value")))
        };
        let values: Vec<f64> = line.split(' ').filter(|text| !text.is_empty()).map(read).collect::<Result<_, _>>()?;
        if values.len() != self.ids.len() {
            return Err(fault(format!("{} values for {} topics", values.len(), self.ids.len())));
        }
        Ok(values)
    }
}

impl<'a> Part<'a> {
    /// A group is a kind, a language, or both with a hyphen between; the kind is what the id begins with.
    fn of(id: &str, group: &'a str) -> Self {
        if group == ALL {
            return Self { group, kind: None, lang: None };
        }
        let kind = id.split_once('-').map(|(kind, _)| kind);
        match kind.and_then(|kind| group.strip_prefix(kind)) {
            Some("") => Self { group, kind: Some(group), lang: None },
            Some(rest) if rest.starts_with('-') => {
                Self { group, kind: Some(&group[..group.len() - rest.len()]), lang: Some(&rest[1..]) }
            }
            _ => Self { group, kind: None, lang: Some(group) },
        }
    }

    fn in_words(&self, side: &Side<'_>) -> String {
        let kind = self.kind.map(|kind| side.source.record.kinds.get(kind).map_or(kind, String::as_str).to_owned());
        let words: Vec<_> = kind.into_iter().chain(self.lang.map(|lang| language(Some(lang)))).collect();
        words.join(", ")
    }
}

/// The places of the topics of a row, and the group of the record that they are.
struct Places<'a> {
    places: Vec<usize>,
    group: Option<&'a str>,
}

type Rows<'a> = Vec<(Places<'a>, Row)>;

/// The rows of the page, without cells. Parts that would be all topics, or the parts of another block, are left out.
fn parted<'a>(parts: &[Part<'a>], side: &Side<'_>) -> Vec<(&'static str, Rows<'a>)> {
    let row = |name: String, group: Option<&'a str>, holds: &dyn Fn(&Part<'a>) -> bool| {
        let places: Vec<usize> = (0..parts.len()).filter(|&at| holds(&parts[at])).collect();
        let topics = places.len();
        (Places { places, group }, Row { name, topics, cells: Vec::new() })
    };
    let kinds: BTreeSet<_> = parts.iter().map(|part| part.kind).collect();
    let langs: BTreeSet<_> = parts.iter().map(|part| part.lang).collect();
    let both: BTreeSet<_> = parts.iter().map(|part| (part.kind, part.lang, part.group)).collect();
    let mut blocks = vec![("", vec![row("All topics".to_owned(), Some(ALL), &|_| true)])];
    let of_kind = |kind| kind_in_words(kind, side);
    if langs.len() > 1 {
        let rows = langs.iter().map(|&lang| row(language(lang), None, &|part| part.lang == lang));
        blocks.push(("By language", rows.collect()));
    }
    if kinds.len() > 1 {
        let rows = kinds.iter().map(|&kind| row(of_kind(kind), None, &|part| part.kind == kind));
        blocks.push(("By query type", rows.collect()));
    }
    // Where each kind is of one language the kinds are all there is to tell.
    if both.len() > kinds.len().max(langs.len()) {
        let rows = both.iter().map(|&(kind, lang, group)| {
            let name = format!("{}, {}", of_kind(kind), language(lang));
            row(name, Some(group).filter(|group| *group != ALL), &|part| part.group == group)
        });
        blocks.push(("By query type and language", rows.collect()));
    } else {
        for (places, _) in blocks.iter_mut().skip(1).flat_map(|(_, rows)| rows) {
            let groups: BTreeSet<_> = places.places.iter().map(|&at| parts[at].group).collect();
            places.group = groups.first().copied().filter(|group| groups.len() == 1 && *group != ALL);
        }
    }
    blocks
}

fn language(code: Option<&str>) -> String {
    match code {
        None => "no language stated".to_owned(),
        Some(code) => Language::by_code(code).map_or(code, |language| language.name).to_owned(),
    }
}

/// The kind with what the record says of it.
fn kind_in_words(kind: Option<&str>, side: &Side<'_>) -> String {
    let Some(kind) = kind else { return "no type".to_owned() };
    match side.source.record.kinds.get(kind) {
        Some(words) => format!("{kind}: {words}"),
        None => kind.to_owned(),
    }
}

/// A figure of a record that is not what its topics come to.
#[derive(Debug)]
struct Misfit {
    of_new: bool,
    cause: String,
}

/// Fills in the cells, and says how many tests that were. `recorded` are the figures of both systems for a group of the
/// record, by measure.
fn fill(
    blocks: &mut [(&'static str, Rows<'_>)],
    names: &[&str],
    values: &[(Measure, [Vec<f64>; 2])],
    recorded: impl Fn(Option<&str>, &str) -> Option<(f64, f64)>,
) -> Result<usize, Misfit> {
    let mut picked = Vec::new();
    for (places, _) in blocks.iter().flat_map(|(_, rows)| rows) {
        for ((measure, both), name) in values.iter().zip(names) {
            let both = both.each_ref().map(|values| places.places.iter().map(|&at| values[at]).collect::<Vec<_>>());
            // A measure that counts is added up.
            let scale = if measure.aggregate(&[1.0, 1.0]) > 1.5 { both[0].len() as f64 } else { 1.0 };
            let mut figures = both.each_ref().map(|values| measure.aggregate(values));
            if let Some((old, new)) = recorded(places.group, name) {
                for (of_new, (recorded, computed)) in [false, true].into_iter().zip([old, new].into_iter().zip(figures))
                {
                    // So far apart are they at most if both were rounded.
                    if (recorded - computed).abs() > ROUNDING * scale {
                        let group = places.group.unwrap_or(ALL);
                        let cause =
                            format!("its {name} of {group} is {recorded}, but its topics come to {computed:.4}");
                        return Err(Misfit { of_new, cause });
                    }
                }
                figures = [old, new];
            }
            picked.push((figures, scale, both));
        }
    }
    let pairs: Vec<_> = picked.iter().map(|(.., [baseline, system])| Pair { baseline, system }).collect();
    let tested = paired(&pairs);
    let p = holm(&tested.iter().map(|paired| paired.randomisation.p).collect::<Vec<_>>());
    let tests = p.len();
    let mut cells = picked.iter().zip(tested).zip(p).map(|((([baseline, new], scale, _), paired), p)| {
        let interval = paired.interval.map(|end| end * scale);
        let Paired { wins, ties, losses, .. } = paired;
        Cell { baseline: *baseline, new: *new, interval, p, wins, ties, losses }
    });
    for (_, row) in blocks.iter_mut().flat_map(|(_, rows)| rows) {
        row.cells.extend(cells.by_ref().take(names.len()));
    }
    Ok(tests)
}

/// Records have four decimals: both a topic's value and the figure may be off by half of the last.
const ROUNDING: f64 = 1.001e-4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_kind_or_a_language_or_both() {
        let check = |id: &str, group: &str, kind: Option<&str>, lang: Option<&str>| {
            assert_eq!(Part::of(id, group), Part { group, kind, lang }, "{id} in {group}");
        };
        check("bcT-nb-1", "bcT-nb", Some("bcT"), Some("nb"));
        check("bcT-1", "bcT", Some("bcT"), None);
        check("7", "da", None, Some("da"));
        check("da-7", "da", Some("da"), None);
        check("x-7", "zh-hant", None, Some("zh-hant"));
        check("x-7", "xy", None, Some("xy"));
        check("x-7", ALL, None, None);
    }

    fn cells(measure: &str, recorded: Option<(f64, f64)>) -> Result<Vec<Cell>, Misfit> {
        let places = Places { places: vec![0, 1], group: Some(ALL) };
        let row = Row { name: String::new(), topics: 2, cells: Vec::new() };
        let mut blocks = vec![("", vec![(places, row)])];
        let values = vec![(Measure::parse(measure).unwrap(), [vec![1.0, 3.0], vec![2.0, 4.0]])];
        assert_eq!(fill(&mut blocks, &[measure], &values, |_, _| recorded)?, 1);
        Ok(blocks.swap_remove(0).1.swap_remove(0).1.cells)
    }

    #[test]
    fn what_counts_is_added_up_with_its_interval() {
        let check = |measure: &str, values: [f64; 2], interval: [f64; 2]| {
            let cells = cells(measure, None).map_err(|misfit| misfit.cause).unwrap();
            assert_eq!(([cells[0].baseline, cells[0].new], cells[0].interval), (values, interval), "{measure}");
        };
        check("AP", [2.0, 3.0], [1.0, 1.0]);
        check("NumRel", [4.0, 6.0], [2.0, 2.0]);
    }

    #[test]
    fn recorded_figures_are_shown_where_they_fit() {
        let shown = cells("AP", Some((2.0001, 3.0))).map_err(|misfit| misfit.cause).unwrap();
        assert_eq!((shown[0].baseline, shown[0].new), (2.0001, 3.0));
        let misfit = cells("AP", Some((2.0, 3.01))).unwrap_err();
        assert!(misfit.of_new && misfit.cause.contains("its AP of all is 3.01"), "{}", misfit.cause);
    }
}
