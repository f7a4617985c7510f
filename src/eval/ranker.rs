//! A topic as measures see it: the grades of the documents in the order that counts.
//!
//! Runs come sorted as a rule, so the sort is adaptive, and ties are ordered by document id only once everything else
//! is in place: few ids are read, where comparing whole rows would read them for every tie on the way. Grades are found
//! by the hashes of ids in a table of the topic's judgements, of which there are tens or hundreds, so that it stays in
//! the nearest cache.

use std::cmp::Ordering;

use crate::eval::Order;
use crate::eval::Qrels;
use crate::eval::Retrieved;
use crate::eval::Run;
use crate::eval::run::Value;
use crate::eval::slots::Slots;

/// Ranks topics one after the other in the same memory.
#[derive(Debug, Default)]
pub(super) struct Ranker {
    places: Vec<Place>,
    judgements: Slots,
    grades: Vec<Option<i32>>,
}

impl Ranker {
    /// What `run` retrieved for `topic`, in `order`.
    pub(super) fn ranked<'r>(
        &mut self,
        run: &'r Run,
        topic: &str,
        order: Order,
    ) -> impl ExactSizeIterator<Item = Retrieved<'r>> {
        self.rank(run, topic, order);
        self.places.iter().map(|place| run.at(place.row as usize))
    }

    /// The grades of what `run` retrieved for `topic`, in `order`; `None` where `qrels` do not name the document.
    pub(super) fn grades(&mut self, qrels: &Qrels, run: &Run, topic: &str, order: Order) -> &[Option<i32>] {
        self.rank(run, topic, order);
        let (judged, retrieved) = (qrels.table(), run.table());
        let judgements = judged.rows_of(topic);
        // Sparse, so that most documents meet an empty place at once.
        self.judgements.clear(4 * judgements.len());
        for row in judgements {
            self.judgements.insert(judged.hash(row), row, |_| false);
        }
        self.grades.clear();
        self.grades.extend(self.places.iter().map(|place| {
            let row = place.row as usize;
            let is_it = |judgement: usize| judged.id(judgement) == retrieved.id(row);
            self.judgements.find(retrieved.hash(row), is_it).map(|judgement| judged.value(judgement))
        }));
        &self.grades
    }

    fn rank(&mut self, run: &Run, topic: &str, order: Order) {
        self.places.clear();
        self.places.extend(run.table().rows_of(topic).map(|row| Place::of(run, row, order)));
        rank(run, &mut self.places, order);
    }
}

/// A row, with what decides where it stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    row: u32,
    rank: u32,
    score: f64,
}

impl Place {
    fn of(run: &Run, row: usize, order: Order) -> Self {
        let Value { rank, score } = run.table().value(row);
        let score = match order {
            Order::DoubleScore => score,
            Order::Score | Order::Rank => f64::from(score as f32),
        };
        Self { row: row as u32, rank, score }
    }
}

/// Sorts the rows of a topic. Document ids are unique within it, so the order is total.
fn rank(run: &Run, places: &mut [Place], order: Order) {
    // No score is NaN, so `Equal` stands for equality alone; -0 equals 0, as in C.
    let by_score = |a: &Place, b: &Place| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal);
    match order {
        Order::Score | Order::DoubleScore => sort(run, places, by_score),
        Order::Rank => sort(run, places, |a, b| a.rank.cmp(&b.rank).then_with(|| by_score(a, b))),
    }
}

fn sort(run: &Run, places: &mut [Place], compare: impl Fn(&Place, &Place) -> Ordering) {
    places.sort_by(&compare);
    for ties in places.chunk_by_mut(|a, b| compare(a, b) == Ordering::Equal).filter(|ties| ties.len() > 1) {
        ties.sort_unstable_by(|a, b| run.table().id(b.row as usize).cmp(run.table().id(a.row as usize)));
    }
}
