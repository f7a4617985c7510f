//! Several systems side by side: the table of their values, and what each differs in from the baseline.
//!
//! Only values by topic come in, no run: so a run can be forgotten as soon as it is evaluated. Systems are compared on
//! the topics that both have, which are all unless topics that a run lacks were left out
//! ([`crate::eval::Options::present_only`]). All tests of a table are one family for Holm's correction, those of its
//! sections included: whoever looks at more figures finds more by chance.

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::eval::Evaluation;
use crate::eval::Measure;
use crate::eval::Pair;
use crate::eval::Paired;
use crate::eval::holm;
use crate::eval::kendall;
use crate::eval::paired;

/// The values of several systems, and their differences from one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What was asked.
    pub measures: Vec<Measure>,
    /// The systems in the order given.
    pub systems: Vec<System>,
    /// Which of them the others are compared with.
    pub baseline: usize,
    /// First all topics, then one section for each kind of topic, if asked.
    pub sections: Vec<Section>,
    /// How alike any two measures rank the systems; empty for fewer than three systems.
    pub correlations: Vec<Correlation>,
    /// How many tests [`Versus::p_holm`] was corrected for.
    pub tests: usize,
}

/// A system and what it came to.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// What it is called.
    pub name: String,
    /// Its values. All systems of a comparison are evaluated by the same measures and qrels.
    pub evaluation: Evaluation,
}

/// The part of a table that is about some of the topics.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// What the ids of its topics begin with; `None` for all topics.
    pub prefix: Option<String>,
    /// A row for each system.
    pub rows: Vec<Row>,
}

/// One system in a section.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// How many topics count.
    pub topics: usize,
    /// A cell for each measure.
    pub cells: Vec<Cell>,
}

/// One system by one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The mean over the topics, or the sum where the measure counts.
    pub value: f64,
    /// `None` for the baseline, and where the two have no topic in common.
    pub versus: Option<Versus>,
}

/// How a system differs from the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Versus {
    /// The tests.
    pub paired: Paired,
    /// The p-value of the randomisation test, corrected for all tests of the table.
    pub p_holm: f64,
    /// The p-value of the t-test, corrected likewise.
    pub t_holm: Option<f64>,
    /// The topics that differ most, up to five, the most first.
    pub moved: Vec<Moved>,
}

/// A topic on which two systems differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The topic.
    pub topic: String,
    /// The value of the baseline.
    pub baseline: f64,
    /// The value of the system.
    pub value: f64,
}

/// How alike two measures rank the systems.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// The two, by their places in [`Comparison::measures`].
    pub measures: [usize; 2],
    /// Kendall's tau-b; `None` where a measure makes no difference.
    pub tau: Option<f64>,
}

impl Comparison {
    /// Compares `systems` with that at `baseline` (the last, if there are not so many); with `by_prefix` also for each
    /// kind of topic: the kind of `da1-07` is `da1`, that of an id without a hyphen is empty.
    pub fn new(systems: Vec<System>, baseline: usize, by_prefix: bool) -> Self {
        let baseline = baseline.min(systems.len().saturating_sub(1));
        let measures: Vec<Measure> = systems
            .first()
            .map_or_else(Vec::new, |system| system.evaluation.scores.iter().map(|scores| scores.measure).collect());
        let mut prefixes = vec![None];
        if by_prefix {
            let mut seen = FxHashSet::default();
            let topics = systems.iter().flat_map(|system| &system.evaluation.topics);
            prefixes.extend(topics.map(|topic| prefix(topic)).filter(|prefix| seen.insert(*prefix)).map(Some));
        }
        let prefixes: Vec<_> = prefixes.into_iter().map(|prefix| prefix.map(str::to_owned)).collect();
        let mut sections: Vec<_> = prefixes.into_iter().map(|prefix| section(&systems, &measures, prefix)).collect();
        let tests = fill(&mut sections, &systems, baseline);
        let mut correlations = Vec::new();
        if let (3.., Some(all)) = (systems.len(), sections.first()) {
            let values = |at: usize| all.rows.iter().map(|row| row.cells[at].value).collect::<Vec<_>>();
            for first in 0..measures.len() {
                for second in first + 1..measures.len() {
                    let tau = kendall(&values(first), &values(second));
                    correlations.push(Correlation { measures: [first, second], tau });
                }
            }
        }
        Self { measures, systems, baseline, sections, correlations, tests }
    }
}

/// How many topics are named that moved.
const MOVED: usize = 5;

fn prefix(topic: &str) -> &str {
    topic.split_once('-').map_or("", |(prefix, _)| prefix)
}

/// The values of a section, without differences.
fn section(systems: &[System], measures: &[Measure], wanted: Option<String>) -> Section {
    let row = |system: &System| {
        let topics = &system.evaluation.topics;
        let counts = |topic: &str| wanted.as_ref().is_none_or(|wanted| wanted == prefix(topic));
        let places: Vec<_> = (0..topics.len()).filter(|&at| counts(&topics[at])).collect();
        let cells = measures.iter().zip(&system.evaluation.scores).map(|(measure, scores)| {
            let values: Vec<_> = places.iter().map(|&at| scores.per_topic[at]).collect();
            Cell { value: measure.aggregate(&values), versus: None }
        });
        Row { topics: places.len(), cells: cells.collect() }
    };
    let rows = systems.iter().map(row).collect();
    Section { prefix: wanted, rows }
}

/// Fills in the differences, and says how many tests there are.
fn fill(sections: &mut [Section], systems: &[System], baseline: usize) -> usize {
    let Some(base) = systems.get(baseline).map(|system| &system.evaluation) else { return 0 };
    let places: FxHashMap<&str, usize> = base.topics.iter().map(String::as_str).zip(0..).collect();
    // Where (section, row, measure) each pair of values belongs, and its topics.
    let mut compared = Vec::new();
    for (section, Section { prefix: wanted, .. }) in sections.iter().enumerate() {
        for (row, System { evaluation, .. }) in systems.iter().enumerate().filter(|(row, _)| *row != baseline) {
            let counts = |topic: &str| wanted.as_ref().is_none_or(|wanted| wanted == prefix(topic));
            let topics = evaluation.topics.iter().enumerate().filter(|(_, topic)| counts(topic));
            let common: Vec<_> = topics.filter_map(|(at, topic)| Some((at, *places.get(topic.as_str())?))).collect();
            for (cell, (scores, base)) in evaluation.scores.iter().zip(&base.scores).enumerate() {
                if !common.is_empty() {
                    let (values, base): (Vec<_>, Vec<_>) =
                        common.iter().map(|&(at, base_at)| (scores.per_topic[at], base.per_topic[base_at])).unzip();
                    compared.push(([section, row, cell], common.clone(), values, base));
                }
            }
        }
    }
    let pairs: Vec<_> = compared.iter().map(|(_, _, system, baseline)| Pair { baseline, system }).collect();
    let paired = paired(&pairs);
    let corrected = holm(&paired.iter().map(|paired| paired.randomisation.p).collect::<Vec<_>>());
    let t_tests: Vec<_> = paired.iter().filter_map(|paired| paired.t_test).map(|test| test.p).collect();
    let mut t_corrected = holm(&t_tests).into_iter();
    for (((place, common, values, base), paired), p_holm) in compared.iter().zip(paired).zip(corrected) {
        let &[section, row, cell] = place;
        let topics = &systems[row].evaluation.topics;
        let mut order: Vec<usize> = (0..common.len()).collect();
        let size = |at: usize| (values[at] - base[at]).abs();
        order.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
        let moved = order.into_iter().take(MOVED.min(paired.wins + paired.losses)).map(|at| Moved {
            topic: topics[common[at].0].clone(),
            baseline: base[at],
            value: values[at],
        });
        let moved = moved.collect();
        let t_holm = paired.t_test.and_then(|_| t_corrected.next());
        sections[section].rows[row].cells[cell].versus = Some(Versus { paired, p_holm, t_holm, moved });
    }
    compared.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Scores;

    fn system(name: &str, values: &[(&str, f64, f64)]) -> System {
        let scores = |measure: &str, value: fn(&(&str, f64, f64)) -> f64| {
            let per_topic: Vec<_> = values.iter().map(value).collect();
            let measure: Measure = measure.parse().unwrap();
            Scores { measure, aggregate: measure.aggregate(&per_topic), per_topic }
        };
        let evaluation = Evaluation {
            topics: values.iter().map(|(topic, _, _)| (*topic).to_owned()).collect(),
            scores: vec![scores("RR", |row| row.1), scores("NumRel", |row| row.2)],
            missing: Vec::new(),
            unjudged: Vec::new(),
        };
        System { name: name.to_owned(), evaluation }
    }

    fn three() -> Vec<System> {
        vec![
            system("a", &[("x-1", 0.5, 1.0), ("x-2", 0.25, 2.0), ("y-1", 1.0, 3.0), ("9", 0.0, 4.0)]),
            system("b", &[("x-1", 1.0, 1.0), ("x-2", 0.5, 2.0), ("y-1", 0.0, 3.0), ("9", 0.0, 4.0)]),
            system("c", &[("y-1", 0.5, 3.0), ("x-2", 0.25, 2.0)]),
        ]
    }

    fn versus(comparison: &Comparison, section: usize, row: usize) -> &Versus {
        comparison.sections[section].rows[row].cells[0].versus.as_ref().unwrap()
    }

    #[test]
    fn sections_are_by_prefix_in_order_of_appearance() {
        let comparison = Comparison::new(three(), 0, true);
        let prefixes: Vec<_> = comparison.sections.iter().map(|section| section.prefix.as_deref()).collect();
        assert_eq!(prefixes, [None, Some("x"), Some("y"), Some("")]);
        let values: Vec<Vec<_>> = comparison
            .sections
            .iter()
            .map(|section| {
                section.rows.iter().map(|row| (row.topics, row.cells[0].value, row.cells[1].value)).collect()
            })
            .collect();
        assert_eq!(values[0], [(4, 0.4375, 10.0), (4, 0.375, 10.0), (2, 0.375, 5.0)]);
        assert_eq!(values[1], [(2, 0.375, 3.0), (2, 0.75, 3.0), (1, 0.25, 2.0)]);
        assert_eq!(values[3], [(1, 0.0, 4.0), (1, 0.0, 4.0), (0, 0.0, 0.0)]);
        assert_eq!(Comparison::new(three(), 0, false).sections.len(), 1);
    }

    #[test]
    fn systems_are_compared_on_common_topics() {
        let comparison = Comparison::new(three(), 0, true);
        assert!(comparison.sections[0].rows[0].cells[0].versus.is_none(), "the baseline with itself");
        assert!(comparison.sections[3].rows[2].cells[0].versus.is_none(), "no topic in common");
        let all = versus(&comparison, 0, 2);
        assert_eq!((all.paired.topics, all.paired.difference, all.paired.losses), (2, -0.25, 1));
        assert_eq!(versus(&comparison, 1, 1).paired.difference, 0.375);
        // Two measures of two systems in all, x, y, and of one system in the last.
        assert_eq!(comparison.tests, 2 * (3 * 2 + 1));
        for last in [2, 9] {
            assert_eq!(versus(&Comparison::new(three(), last, false), 0, 0).paired.difference, 0.25);
        }
    }

    #[test]
    fn the_topics_that_moved_are_named() {
        let comparison = Comparison::new(three(), 0, false);
        let moved: Vec<_> =
            versus(&comparison, 0, 1).moved.iter().map(|moved| (moved.topic.as_str(), moved.value)).collect();
        assert_eq!(moved, [("y-1", 0.0), ("x-1", 1.0), ("x-2", 0.5)]);
    }

    #[test]
    fn measures_are_correlated_over_three_systems() {
        let comparison = Comparison::new(three(), 0, false);
        assert_eq!(comparison.correlations.len(), 1);
        assert_eq!(comparison.correlations[0].measures, [0, 1]);
        assert!(comparison.correlations[0].tau.is_some_and(|tau| tau > 0.0));
        assert!(Comparison::new(three()[..2].to_vec(), 0, false).correlations.is_empty());
    }

    #[test]
    fn nothing_is_compared_with_nothing() {
        let alone = Comparison::new(three()[..1].to_vec(), 0, true);
        assert_eq!((alone.tests, alone.sections.len()), (0, 4));
        assert_eq!(Comparison::new(Vec::new(), 0, true).sections.len(), 1);
    }
}
