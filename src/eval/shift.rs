//! What moved from one run to another: the topics that differ most, the relevant documents that rose or fell in each,
//! and what they overtook or were overtaken by.
//!
//! A table of means says whether a change helped; this says what it did. A topic has hundreds of documents that changed
//! places, nearly all of them far down, so a move counts by what it is worth to a reader: the grade, times how much the
//! two ranks differ in the discount of DCG (Järvelin and Kekäläinen 2002), whatever the measure. What is overtaken is
//! told only where it is worth less than what overtakes it: two documents of one grade may stand either way.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::eval::Evaluation;
use crate::eval::Order;
use crate::eval::Pair;
use crate::eval::Paired;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::eval::paired;
use crate::eval::ranker::Ranker;

/// How two runs differ by one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Shifts {
    /// The difference over all topics, and its test.
    pub paired: Paired,
    /// The topics that differ most, the most first.
    pub topics: Vec<TopicShift>,
}

/// A topic on which two runs differ.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicShift {
    /// The topic.
    pub topic: String,
    /// What the first run is worth on it.
    pub before: f64,
    /// What the second is.
    pub after: f64,
    /// The relevant documents whose move counts most, up to [`LISTED`], the most first.
    pub relevant: Vec<Placed>,
    /// Documents worth less that one of these passed or was passed by, up to [`LISTED`], the highest first.
    pub others: Vec<Placed>,
    /// How many relevant documents moved and are not listed.
    pub more_relevant: usize,
    /// How many others there are that are not listed.
    pub more_others: usize,
    /// How many relevant documents neither run has.
    pub not_found: usize,
    /// For each listed relevant document that has one, the other that stood or stands highest.
    pub passings: Vec<Passing>,
}

/// Where a document stands in two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The document.
    pub doc: String,
    /// Its grade; `None` where the qrels do not name it.
    pub grade: Option<i32>,
    /// Its rank in the first run, from 1.
    pub before: Option<usize>,
    /// Its rank in the second run.
    pub after: Option<usize>,
}

/// Two documents that changed sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// The one that is worth more.
    pub relevant: Placed,
    /// The one that is worth less.
    pub other: Placed,
}

/// How many documents of a kind are listed for a topic.
pub const LISTED: usize = 5;

/// A run, and what it came to by one measure.
#[derive(Debug, Clone, Copy)]
pub struct Evaluated<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its values; those of the first measure count.
    pub evaluation: &'a Evaluation,
}

impl<'a> Evaluated<'a> {
    fn values(self) -> FxHashMap<&'a str, f64> {
        let scores = self.evaluation.scores.first().map_or(&[][..], |scores| &scores.per_topic);
        self.evaluation.topics.iter().map(String::as_str).zip(scores.iter().copied()).collect()
    }
}

impl Shifts {
    /// What moved from `before` to `after`, both evaluated against `qrels` by the same measure and in this `order`; of
    /// the topics, the `limit` that moved most. A topic that one of the evaluations leaves out is left out.
    pub fn new(qrels: &Qrels, before: Evaluated<'_>, after: Evaluated<'_>, order: Order, limit: usize) -> Self {
        let (old, new) = (before.values(), after.values());
        let both: Vec<_> =
            qrels.topics().filter_map(|topic| Some((topic, *old.get(topic)?, *new.get(topic)?))).collect();
        let (baseline, system): (Vec<_>, Vec<_>) = both.iter().map(|&(_, old, new)| (old, new)).unzip();
        let paired = paired(&[Pair { baseline: &baseline, system: &system }]).remove(0);
        let mut moved: Vec<_> = both;
        moved.sort_by(|(_, old_a, new_a), (_, old_b, new_b)| (new_b - old_b).abs().total_cmp(&(new_a - old_a).abs()));
        moved.truncate(limit.min(paired.wins + paired.losses));
        let topics = moved.into_iter().map(|(topic, old, new)| {
            let placements = Placements::new(qrels, topic, [before.run, after.run], order);
            TopicShift { before: old, after: new, ..placements.shift(topic) }
        });
        Self { topics: topics.collect(), paired }
    }
}

impl Placed {
    /// What a move of a document is worth, relevant or not.
    fn weight(&self) -> f64 {
        let discount = |rank: Option<usize>| rank.map_or(0.0, |rank| 1.0 / libm::log2(1.0 + rank as f64));
        f64::from(gain(self.grade)) * (discount(self.before) - discount(self.after)).abs()
    }

    /// Whether it stands higher in the second run.
    pub fn rose(&self) -> bool {
        is_above(self.after, self.before)
    }

    /// Whether this document rose past `other`, or fell behind it.
    fn passed(&self, other: &Self) -> bool {
        match self.rose() {
            true => is_above(other.before, self.before) && is_above(self.after, other.after),
            false => is_above(self.before, other.before) && is_above(other.after, self.after),
        }
    }

    /// The higher of the two ranks.
    fn best(&self) -> usize {
        self.before.into_iter().chain(self.after).min().unwrap_or(usize::MAX)
    }
}

/// Whether one rank is higher than another, that of a document that is not there being the lowest.
fn is_above(rank: Option<usize>, other: Option<usize>) -> bool {
    rank.unwrap_or(usize::MAX) < other.unwrap_or(usize::MAX)
}

fn gain(grade: Option<i32>) -> i32 {
    grade.unwrap_or(0).max(0)
}

/// All documents of a topic that the qrels or one of the runs name.
struct Placements {
    placed: Vec<Placed>,
}

impl Placements {
    fn new(qrels: &Qrels, topic: &str, runs: [&Run; 2], order: Order) -> Self {
        let mut index: FxHashMap<&str, usize> = FxHashMap::default();
        let mut placed: Vec<Placed> = Vec::new();
        for judgement in qrels.judgements(topic) {
            index.insert(judgement.doc, placed.len());
            placed.push(Placed {
                doc: judgement.doc.to_owned(),
                grade: Some(judgement.grade),
                before: None,
                after: None,
            });
        }
        let mut ranker = Ranker::default();
        for (which, run) in runs.into_iter().enumerate() {
            for (retrieved, rank) in ranker.ranked(run, topic, order).zip(1..) {
                let at = *index.entry(retrieved.doc).or_insert_with(|| {
                    placed.push(Placed { doc: retrieved.doc.to_owned(), grade: None, before: None, after: None });
                    placed.len() - 1
                });
                match which {
                    0 => placed[at].before = Some(rank),
                    _ => placed[at].after = Some(rank),
                }
            }
        }
        Self { placed }
    }

    /// The documents of the topic that matter; its values are left at zero.
    fn shift(&self, topic: &str) -> TopicShift {
        let is_found = |placed: &&Placed| placed.before.is_some() || placed.after.is_some();
        let relevant = || self.placed.iter().filter(|placed| gain(placed.grade) > 0);
        let not_found = relevant().filter(|placed| !is_found(placed)).count();
        let mut moved: Vec<&Placed> = relevant().filter(|placed| placed.before != placed.after).collect();
        moved.sort_by(|a, b| b.weight().total_cmp(&a.weight()).then_with(|| a.doc.cmp(&b.doc)));
        let more_relevant = moved.len().saturating_sub(LISTED);
        moved.truncate(LISTED);

        let by_rank = |a: &&Placed, b: &&Placed| a.best().cmp(&b.best()).then_with(|| a.doc.cmp(&b.doc));
        let mut passings = Vec::new();
        let mut partners: Vec<&Placed> = Vec::new();
        let mut others: FxHashMap<&str, &Placed> = FxHashMap::default();
        for relevant in &moved {
            let passed = self.placed.iter().filter(is_found);
            let passed = passed.filter(|other| gain(other.grade) < gain(relevant.grade));
            let passed: Vec<_> = passed.filter(|other| relevant.passed(other)).collect();
            let front = |placed: &Placed| if relevant.rose() { placed.before } else { placed.after };
            // The other was above in that run, so it has a rank there.
            if let Some(other) = passed.iter().copied().min_by_key(|other| front(other)) {
                passings.push(Passing { relevant: (*relevant).clone(), other: other.clone() });
                partners.push(other);
            }
            others.extend(passed.into_iter().map(|other| (other.doc.as_str(), other)));
        }
        for relevant in &moved {
            others.remove(relevant.doc.as_str());
        }
        let mut others: Vec<&Placed> = others.into_values().collect();
        // What the passings name is listed before all else.
        let is_partner = |placed: &Placed| partners.iter().any(|partner| partner.doc == placed.doc);
        others.sort_by(|a, b| match (is_partner(a), is_partner(b)) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => by_rank(a, b),
        });
        let more_others = others.len().saturating_sub(LISTED);
        others.truncate(LISTED);
        others.sort_by(by_rank);
        TopicShift {
            topic: topic.to_owned(),
            before: 0.0,
            after: 0.0,
            relevant: moved.into_iter().cloned().collect(),
            others: others.into_iter().cloned().collect(),
            more_relevant,
            more_others,
            not_found,
            passings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Options;
    use crate::eval::evaluate;

    const QRELS: &str = "1 0 a 3\n1 0 b 1\n1 0 c 0\n1 0 gone 2\n2 0 a 1\n3 0 a 1\n4 0 a 1\n";

    /// A run of these topics, each with its documents in order.
    fn run(topics: &[(&str, &str)]) -> Run {
        let lines = topics.iter().flat_map(|(topic, docs)| {
            docs.split(' ').zip(1..).map(move |(doc, rank)| format!("{topic} Q0 {doc} {rank} {} t\n", 100 - rank))
        });
        Run::parse(lines.collect::<String>().as_bytes()).unwrap()
    }

    fn shifts(before: &[(&str, &str)], after: &[(&str, &str)], limit: usize, present_only: bool) -> Shifts {
        let qrels = Qrels::parse(QRELS.as_bytes()).unwrap();
        let options = Options { present_only, ..Options::default() };
        let runs = [run(before), run(after)];
        let measures = ["RR".parse().unwrap()];
        let values = runs.each_ref().map(|run| evaluate(&qrels, run, &measures, &options).unwrap());
        let evaluated = |at: usize| Evaluated { run: &runs[at], evaluation: &values[at] };
        Shifts::new(&qrels, evaluated(0), evaluated(1), options.order, limit)
    }

    fn shown(placed: &[Placed]) -> Vec<String> {
        let rank = |rank: Option<usize>| rank.map_or("-".to_owned(), |rank| rank.to_string());
        placed.iter().map(|placed| format!("{} {}>{}", placed.doc, rank(placed.before), rank(placed.after))).collect()
    }

    #[test]
    fn the_topics_that_moved_most_come_first() {
        let before = [("1", "a"), ("2", "x a"), ("3", "a"), ("4", "x a")];
        let after = [("1", "a"), ("2", "a x"), ("3", "x y z a"), ("4", "x y a")];
        let shifts_of = |limit| shifts(&before, &after, limit, false);
        let topics: Vec<_> = shifts_of(9).topics.iter().map(|shift| shift.topic.clone()).collect();
        assert_eq!(topics, ["3", "2", "4"]);
        assert_eq!(shifts_of(2).topics.len(), 2);
        let Paired { topics, wins, ties, losses, .. } = shifts_of(0).paired;
        assert_eq!((topics, wins, ties, losses), (4, 1, 1, 2));
        let first = &shifts_of(1).topics[0];
        assert_eq!((first.before, first.after), (1.0, 0.25));
    }

    #[test]
    fn topics_that_one_run_lacks_count_as_zero_or_not_at_all() {
        let (before, after) = ([("1", "a"), ("2", "a")], [("2", "x a"), ("3", "a")]);
        assert_eq!(shifts(&before, &after, 9, false).paired.topics, 4);
        let common = shifts(&before, &after, 9, true);
        assert_eq!((common.paired.topics, common.topics[0].topic.as_str()), (1, "2"));
        let lost = &shifts(&before, &after, 9, false).topics[0];
        assert_eq!(shown(&lost.relevant), ["a 1>-"]);
        assert!(lost.others.is_empty() && lost.passings.is_empty(), "nobody passed it");
    }

    #[test]
    fn what_passed_is_told_where_it_is_worth_less() {
        let shifts = shifts(&[("1", "a b x c y")], &[("1", "x y b c a")], 1, false);
        let shift = &shifts.topics[0];
        // The document of grade 3 fell the most; b fell by one, and x and y passed it too.
        assert_eq!(shown(&shift.relevant), ["a 1>5", "b 2>3"]);
        assert_eq!(shown(&shift.others), ["x 3>1", "y 5>2", "c 4>4"]);
        assert_eq!((shift.not_found, shift.more_relevant, shift.more_others), (1, 0, 0));
        let passings: Vec<_> =
            shift.passings.iter().map(|passing| (passing.relevant.doc.as_str(), passing.other.doc.as_str())).collect();
        assert_eq!(passings, [("a", "x"), ("b", "x")]);
        assert!(!shift.relevant[0].rose());
    }

    #[test]
    fn what_was_passed_is_told_from_where_it_was() {
        let shift = &shifts(&[("1", "x y a")], &[("1", "a x y")], 1, false).topics[0];
        assert_eq!(shown(&shift.others), ["x 1>2", "y 2>3"]);
        assert!(shift.relevant[0].rose());
        assert_eq!(shift.passings[0].other.doc, "x");
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        let many = "p q r s t u v w a";
        let shift = &shifts(&[("1", "a")], &[("1", many)], 1, false).topics[0];
        assert_eq!((shift.others.len(), shift.more_others), (LISTED, 3));
        assert_eq!(shown(&shift.others)[0], "p ->1");
    }
}
