//! Pools: the documents that are still to be judged, because a run has them near the top and the qrels do not.
//!
//! A line is that of qrels without its grade, `topic 0 document`: a pool with a fourth column written in is qrels. The
//! documents of a topic stand in the order of a hash of topic and document. Whoever judges must not be able to tell
//! which run had a document, or how high, since either would sway the judgement; and the order is not drawn, so that
//! the same runs give the same pool, and a pool that has grown has its old documents in their old order.
//!
//! Rejected: sorting by document id, which brings the articles of one publisher together, and mixing the topics: whoever
//! has a question in mind judges more alike.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::Xxh3;

use crate::eval::EvalError;
use crate::eval::Order;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::eval::lines;
use crate::eval::lines::Numbers;
use crate::eval::ranker::Ranker;
use crate::eval::table::Table;

/// Documents to be judged, by topic. Printing and parsing are inverse.
#[derive(Debug, Clone)]
pub struct Pool {
    /// The value is the line that a row was read from; 0 where it was not read.
    table: Table<u32>,
}

/// A document that is to be judged for a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooled<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The document.
    pub doc: &'a str,
    /// The line that it was read from, from 1; 0 where the pool was not read.
    pub line: u32,
}

const COLUMNS: &str = "3 (topic 0 document)";

impl Pool {
    /// Reads lines of `topic iteration document`, split at white space. Blank lines are skipped.
    ///
    /// # Errors
    ///
    /// A line that is no such line, a (topic, document) pair that occurs twice, or no line at all.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvalError> {
        Self::read(bytes)
    }

    /// [Parses](Self::parse) all that the reader holds.
    ///
    /// # Errors
    ///
    /// As [`Pool::parse`], or what the reader reports.
    pub fn read(reader: impl Read) -> Result<Self, EvalError> {
        let mut rows = Table::new();
        let mut numbers = Numbers::default();
        lines::each(reader, |line, text| {
            let [topic, _, doc] = lines::columns(line, text, COLUMNS)?.map(|column| &text[column]);
            numbers.note(rows.len(), line);
            rows.push(topic, doc, u32::try_from(line).unwrap_or(u32::MAX))
        })?;
        match rows.len() {
            0 => Err(EvalError::Empty { what: "pool" }),
            _ => Ok(Self { table: rows.grouped().map_err(|repeated| repeated.in_lines(&numbers))? }),
        }
    }

    /// The topics in order of first appearance.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.table.topics()
    }

    /// The documents of a topic, in order; none for a topic that the pool lacks.
    pub fn documents(&self, topic: &str) -> impl Iterator<Item = &str> {
        self.table.rows_of(topic).map(|row| self.table.doc(row))
    }

    /// Everything, topic by topic.
    pub fn iter(&self) -> impl Iterator<Item = Pooled<'_>> {
        self.table.topics().enumerate().flat_map(move |(number, topic)| {
            let rows = self.table.rows(number);
            rows.map(move |row| Pooled { topic, doc: self.table.doc(row), line: self.table.value(row) })
        })
    }

    /// How many documents are to be judged, each counted for every topic.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is nothing to be judged.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|Pooled { topic, doc, .. }| writeln!(f, "{topic} 0 {doc}"))
    }
}

/// A pool in the making. Runs are added one by one, so that each can be forgotten.
#[derive(Debug)]
pub struct Pooling<'q> {
    qrels: Option<&'q Qrels>,
    depth: usize,
    order: Order,
    topics: Vec<Topic>,
    index: FxHashMap<String, usize>,
}

#[derive(Debug, Default)]
struct Topic {
    name: String,
    open: BTreeSet<(u64, String)>,
    judged: FxHashSet<String>,
}

impl<'q> Pooling<'q> {
    /// A pool of the first `depth` documents of every topic, in `order`, that `qrels` do not judge.
    pub fn new(qrels: Option<&'q Qrels>, depth: usize, order: Order) -> Self {
        Self { qrels, depth, order, topics: Vec::new(), index: FxHashMap::default() }
    }

    /// Adds what `run` has near the top.
    pub fn add(&mut self, run: &Run) {
        let mut ranker = Ranker::default();
        for name in run.topics() {
            let at = *self.index.entry(name.to_owned()).or_insert_with(|| {
                self.topics.push(Topic { name: name.to_owned(), ..Topic::default() });
                self.topics.len() - 1
            });
            let topic = &mut self.topics[at];
            for retrieved in ranker.ranked(run, name, self.order).take(self.depth) {
                let grade = self.qrels.and_then(|qrels| qrels.grade(name, retrieved.doc));
                // A negative grade says that nobody has judged it.
                if grade.is_some_and(|grade| grade >= 0) {
                    topic.judged.insert(retrieved.doc.to_owned());
                } else {
                    topic.open.insert((place(name, retrieved.doc), retrieved.doc.to_owned()));
                }
            }
        }
    }

    /// How many of the documents near the top are judged already, each counted for every topic.
    pub fn judged(&self) -> usize {
        self.topics.iter().map(|topic| topic.judged.len()).sum()
    }

    /// The pool, topics in the order in which the runs had them.
    ///
    /// # Errors
    ///
    /// [`EvalError::TooLarge`].
    pub fn finish(self) -> Result<Pool, EvalError> {
        let mut rows = Table::new();
        for Topic { name, open, .. } in &self.topics {
            for (_, doc) in open {
                rows.push(name, doc, 0)?;
            }
        }
        Ok(Pool { table: rows.grouped().map_err(|repeated| repeated.in_rows())? })
    }
}

/// What a document of a topic is sorted by.
fn place(topic: &str, doc: &str) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(topic.as_bytes());
    hash.update(b"\0");
    hash.update(doc.as_bytes());
    hash.digest()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        match Pool::parse(text.as_bytes()) {
            Ok(pool) => assert_eq!(pool.to_string(), expect),
            Err(error) => assert_eq!(error.to_string(), expect),
        }
    }

    #[test]
    fn reads_lines_of_three_columns() {
        check("7 0 b\n7\tQ0\ta\r\n\n 8 0 a", "7 0 b\n7 0 a\n8 0 a\n");
        check("7 0 b\n8 0 a\n7 0 a\n", "7 0 b\n7 0 a\n8 0 a\n");
        check("\n", "there is no line in the pool");
        check("7 0 a\n\n7 0 a 1\n", "line 3: 4 columns where there should be 3 (topic 0 document)");
        check("7 0 a\n7 0 b\n7 1 a\n", "line 3: topic 7 has document a already, on line 1");
    }

    #[test]
    fn a_line_is_known_by_its_number() {
        let pool = Pool::parse(b"7 0 b\n8 0 a\n\n7 0 a\n").unwrap();
        let lines: Vec<_> = pool.iter().map(|pooled| (pooled.doc, pooled.line)).collect();
        assert_eq!(lines, [("b", 1), ("a", 4), ("a", 2)]);
    }

    fn run(rows: &[(&str, &str)]) -> Run {
        let lines = rows.iter().zip((0..rows.len()).rev()).map(|((topic, doc), score)| {
            format!("{topic} Q0 {doc} 1 {score} t\n") // ranks that say nothing
        });
        Run::parse(lines.collect::<String>().as_bytes()).unwrap()
    }

    fn pooled(qrels: Option<&Qrels>, depth: usize, runs: &[Run]) -> (Vec<String>, usize) {
        let mut pooling = Pooling::new(qrels, depth, Order::Score);
        runs.iter().for_each(|run| pooling.add(run));
        let judged = pooling.judged();
        let mut lines: Vec<_> = pooling.finish().unwrap().to_string().lines().map(str::to_owned).collect();
        lines.sort();
        (lines, judged)
    }

    #[test]
    fn a_pool_is_what_runs_have_near_the_top_and_nobody_judged() {
        let runs = [run(&[("1", "a"), ("1", "b"), ("1", "c"), ("2", "a")]), run(&[("1", "d"), ("1", "a"), ("3", "x")])];
        assert_eq!(
            pooled(None, 2, &runs),
            (["1 0 a", "1 0 b", "1 0 d", "2 0 a", "3 0 x"].map(str::to_owned).into(), 0)
        );
        let qrels = Qrels::parse(b"1 0 a 2\n1 0 b 0\n1 0 d -1\n2 0 a 1\n3 0 y 1\n").unwrap();
        assert_eq!(pooled(Some(&qrels), 2, &runs), (["1 0 d", "3 0 x"].map(str::to_owned).into(), 3));
        assert_eq!(pooled(Some(&qrels), 3, &runs[..1]), (vec!["1 0 c".to_owned()], 3));
    }

    #[test]
    fn the_order_tells_neither_run_nor_rank_and_stays_when_a_pool_grows() {
        let docs: Vec<String> = (0..40).map(|number| format!("d{number:02}")).collect();
        let run_of = |docs: &[String]| {
            let rows: Vec<_> = docs.iter().map(|doc| ("t", doc.as_str())).collect();
            run(&rows)
        };
        let order = |runs: &[Run]| -> Vec<String> {
            let mut pooling = Pooling::new(None, 100, Order::Score);
            runs.iter().for_each(|run| pooling.add(run));
            pooling.finish().unwrap().documents("t").map(str::to_owned).collect()
        };
        let (first, second) = (run_of(&docs[..30]), run_of(&docs[10..]));
        let both = order(&[first.clone(), second.clone()]);
        assert_eq!(both, order(&[second, first.clone()]), "which run comes first makes no difference");
        let old: Vec<_> = both.iter().filter(|doc| docs[..30].contains(doc)).cloned().collect();
        assert_eq!(old, order(&[first]));
        assert_ne!(old, docs[..30], "not in the order of rank");
        // Documents of two topics stand in different orders.
        let other: Vec<_> = docs[..30].iter().map(|doc| place("u", doc)).collect();
        assert!(!other.is_sorted_by_key(|&at| at) && place("t", "d00") != place("u", "d00"));
    }

    proptest! {
        #[test]
        fn print_and_parse_are_inverse(text in "([1-3] 0 [a-dø]{1,2}\n){1,8}") {
            let Ok(pool) = Pool::parse(text.as_bytes()) else { return Ok(()) };
            prop_assert_eq!(Pool::parse(pool.to_string().as_bytes()).unwrap().to_string(), pool.to_string());
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Pool::parse(&bytes);
        }
    }
}
