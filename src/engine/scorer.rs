//! Scoring one segment: term at a time, exact, and no further than the wanted ranks need.
//!
//! Scores are added up leaf by leaf into one number a document, which costs an addition in an array that fits the cache.
//! Leaves come in the order of their bounds, the most they can be worth: saturation never reaches 1, so a clause's weight
//! bounds it, whatever the documents and segments. Once the leaves to come cannot lift a new document over the last wanted
//! rank, only documents that are still in question are looked up in them (the idea of MaxScore: Turtle and Flood 1995).
//! Stop words, last in order and next to worthless, then cost a few seeks instead of a pass over most documents.
//!
//! Rejected: tantivy's block-max pruning, whose stored maxima hold for its own statistics only. An inexact bound makes the
//! ranking depend on how documents fell into segments; this one does not, and the sums are taken in the same order in
//! every segment and whether or not anything is pruned.

use std::cell::RefCell;

use tantivy::schema::Field;

use crate::engine::bm25;
use crate::engine::postings::Found;
use crate::engine::segment::Segment;
use crate::query::Clause;
use crate::query::Origin;

/// A leaf of the plan, looked up in every segment and weighed.
pub(super) struct PreparedLeaf<'p> {
    pub(super) scored: bool,
    pub(super) clauses: Vec<PreparedClause<'p>>,
}

/// A clause in one field.
pub(super) struct PreparedClause<'p> {
    pub(super) clause: &'p Clause,
    pub(super) field: Field,
    pub(super) in_title: bool,
    /// By segment.
    pub(super) found: Vec<Option<Found>>,
    pub(super) doc_freq: u64,
    pub(super) idf: f32,
    /// The most that it can be worth.
    pub(super) weight: f32,
}

impl PreparedClause<'_> {
    fn is_folded(&self) -> bool {
        self.clause.origin == Origin::Folded
    }
}

impl PreparedLeaf<'_> {
    /// The most that the leaf can be worth in any document: a document is in one language, and the best origin counts.
    fn bound(&self) -> f32 {
        let sum = |language: &str, folded: bool| -> f32 {
            let same = |c: &&PreparedClause<'_>| c.clause.language.code == language && c.is_folded() == folded;
            self.clauses.iter().filter(same).map(|clause| clause.weight).sum()
        };
        self.clauses.iter().map(|clause| sum(clause.clause.language.code, clause.is_folded())).fold(0.0, f32::max)
    }

    fn has_one_origin(&self) -> bool {
        self.clauses.windows(2).all(|pair| pair[0].is_folded() == pair[1].is_folded())
    }
}

/// Sums of single-precision numbers are off by less than this factor: bounds must never be too small.
const ROUNDING: f32 = 1.000_01;

/// The scored leaves in the order of their bounds, with what all from each on can be worth together.
pub(super) struct Order<'l, 'p> {
    leaves: Vec<&'l PreparedLeaf<'p>>,
    rest: Vec<f32>,
}

impl<'l, 'p> Order<'l, 'p> {
    pub(super) fn new(leaves: &'l [PreparedLeaf<'p>]) -> Self {
        let mut bounded: Vec<_> = leaves.iter().filter(|leaf| leaf.scored).map(|leaf| (leaf.bound(), leaf)).collect();
        bounded.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut rest = vec![0.0; bounded.len() + 1];
        for (index, (bound, _)) in bounded.iter().enumerate().rev() {
            rest[index] = (rest[index + 1] + bound) * ROUNDING;
        }
        Self { leaves: bounded.into_iter().map(|(_, leaf)| leaf).collect(), rest }
    }
}

/// What scoring a segment needs besides the leaves.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) segment: &'s Segment,
    pub(super) index: usize,
    /// Length norms by document, in bodies and in titles.
    pub(super) body_norms: &'s [f32],
    pub(super) title_norms: &'s [f32],
    /// Which documents need a score; `None`: all that match do.
    pub(super) wanted: Option<Wanted>,
}

/// Which ranks are asked for: nothing below them needs a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wanted {
    /// How many hits are shown in the end.
    pub(super) shown: usize,
    /// How many of the best may earn a bonus before that.
    pub(super) pool: usize,
    /// The most that the bonus can be.
    pub(super) bonus: f32,
}

impl Wanted {
    /// The least score with which a document can still be shown, given the scores (or lower bounds of them) of others,
    /// which are reordered; `None` while there are too few.
    fn least(self, scores: &mut [f32]) -> Option<f32> {
        let in_pool = nth_best(scores, self.pool);
        let shown = nth_best(scores, self.shown).map(|last| last - self.bonus);
        match (in_pool, shown) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}

impl<'s> Scope<'s> {
    fn norms(&self, clause: &PreparedClause<'_>) -> &'s [f32] {
        if clause.in_title { self.title_norms } else { self.body_norms }
    }
}

/// Buffers that a thread keeps from query to query.
#[derive(Default)]
struct Scratch {
    /// By document; zero wherever `touched` does not name it.
    scores: Vec<f32>,
    touched: Vec<u32>,
    /// Of the current leaf, by document: what the typed and the folded origin earn.
    origins: Vec<[f32; 2]>,
    leaf_touched: Vec<u32>,
    /// For finding the last wanted score.
    selection: Vec<f32>,
}

/// Scores the live documents that match some leaf: (document, score), in no order. With `wanted`, documents that cannot be
/// among so many best, given that others already score `best_elsewhere`, may be missing; the scores of the rest are exact.
pub(super) fn score(
    scope: Scope<'_>,
    order: &Order<'_, '_>,
    best_elsewhere: &[f32],
) -> tantivy::Result<Vec<(u32, f32)>> {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    SCRATCH.with_borrow_mut(|scratch| {
        let size = scope.segment.len() as usize;
        if scratch.scores.len() < size {
            scratch.scores.resize(size, 0.0);
            scratch.origins.resize(size, [0.0; 2]);
        }
        let outcome = scratch.score(scope, order, best_elsewhere);
        for doc in scratch.touched.drain(..) {
            scratch.scores[doc as usize] = 0.0;
        }
        outcome
    })
}

impl Scratch {
    fn score(
        &mut self,
        scope: Scope<'_>,
        order: &Order<'_, '_>,
        best_elsewhere: &[f32],
    ) -> tantivy::Result<Vec<(u32, f32)>> {
        for (at, leaf) in order.leaves.iter().enumerate() {
            // No document has more than what the leaves before this one can be worth.
            let possible = order.rest[at] < order.rest[0] - order.rest[at];
            if possible
                && let Some(last) = self.least_wanted(scope.wanted, best_elsewhere)
                && order.rest[at] < last
            {
                return self.score_in_question(scope, order, at, best_elsewhere, last);
            }
            self.add_leaf(scope, leaf)?;
        }
        Ok(self.touched.iter().map(|&doc| (doc, self.scores[doc as usize])).collect())
    }

    /// Adds what `leaf` is worth to every document that it finds.
    fn add_leaf(&mut self, scope: Scope<'_>, leaf: &PreparedLeaf<'_>) -> tantivy::Result<()> {
        let Self { scores, touched, origins, leaf_touched, .. } = self;
        let alive = scope.segment.alive();
        let is_dead = |doc: u32| alive.is_some_and(|alive| alive.is_deleted(doc));
        if leaf.has_one_origin() {
            for clause in &leaf.clauses {
                let Some(found) = &clause.found[scope.index] else { continue };
                let norms = scope.norms(clause);
                found.each(scope.segment, clause.field, |doc, tf| {
                    let score = &mut scores[doc as usize];
                    if *score == 0.0 {
                        if is_dead(doc) {
                            return;
                        }
                        touched.push(doc);
                    }
                    *score += clause.weight * bm25::saturation(tf, norms[doc as usize]);
                })?;
            }
            return Ok(());
        }
        for clause in &leaf.clauses {
            let Some(found) = &clause.found[scope.index] else { continue };
            let norms = scope.norms(clause);
            let origin = usize::from(clause.is_folded());
            found.each(scope.segment, clause.field, |doc, tf| {
                let earned = &mut origins[doc as usize];
                if *earned == [0.0; 2] {
                    if is_dead(doc) {
                        return;
                    }
                    leaf_touched.push(doc);
                }
                earned[origin] += clause.weight * bm25::saturation(tf, norms[doc as usize]);
            })?;
        }
        for doc in leaf_touched.drain(..) {
            let [typed, folded] = std::mem::take(&mut origins[doc as usize]);
            let score = &mut scores[doc as usize];
            if *score == 0.0 {
                touched.push(doc);
            }
            *score += typed.max(folded);
        }
        Ok(())
    }

    /// Goes on from leaf `from` with the documents that can still be among the wanted.
    fn score_in_question(
        &mut self,
        scope: Scope<'_>,
        order: &Order<'_, '_>,
        from: usize,
        best_elsewhere: &[f32],
        mut last: f32,
    ) -> tantivy::Result<Vec<(u32, f32)>> {
        let may_reach = |score: f32, rest: f32, last: f32| (score + rest) * ROUNDING >= last;
        let in_question = |&doc: &u32| may_reach(self.scores[doc as usize], order.rest[from], last);
        let mut docs: Vec<u32> = self.touched.iter().copied().filter(in_question).collect();
        // Postings came in order, so these are a few ascending runs, which the stable sort merges.
        docs.sort();
        let mut scores: Vec<f32> = docs.iter().map(|&doc| self.scores[doc as usize]).collect();
        let mut earned: Vec<[f32; 2]> = Vec::new();
        for (at, leaf) in order.leaves.iter().enumerate().skip(from) {
            let rest = order.rest[at];
            let mut kept = 0;
            for index in 0..docs.len() {
                if may_reach(scores[index], rest, last) {
                    (docs[kept], scores[kept]) = (docs[index], scores[index]);
                    kept += 1;
                }
            }
            docs.truncate(kept);
            scores.truncate(kept);
            let one_origin = leaf.has_one_origin();
            earned.clear();
            earned.resize(kept, [0.0; 2]);
            for clause in &leaf.clauses {
                let Some(found) = &clause.found[scope.index] else { continue };
                let norms = scope.norms(clause);
                let origin = usize::from(clause.is_folded());
                found.each_among(scope.segment, clause.field, &docs, |index, tf| {
                    let worth = clause.weight * bm25::saturation(tf, norms[docs[index] as usize]);
                    if one_origin {
                        scores[index] += worth;
                    } else {
                        earned[index][origin] += worth;
                    }
                })?;
            }
            if !one_origin {
                for (score, [typed, folded]) in scores.iter_mut().zip(&earned) {
                    *score += typed.max(*folded);
                }
            }
            self.selection.clear();
            self.selection.extend_from_slice(&scores);
            self.selection.extend_from_slice(best_elsewhere);
            last = scope.wanted.and_then(|wanted| wanted.least(&mut self.selection)).map_or(last, |now| now.max(last));
        }
        Ok(docs.into_iter().zip(scores).collect())
    }

    fn least_wanted(&mut self, wanted: Option<Wanted>, best_elsewhere: &[f32]) -> Option<f32> {
        let wanted = wanted?;
        let Self { selection, touched, scores, .. } = self;
        if touched.len() + best_elsewhere.len() < wanted.shown {
            return None;
        }
        selection.clear();
        selection.extend(touched.iter().map(|&doc| scores[doc as usize]));
        selection.extend_from_slice(best_elsewhere);
        wanted.least(selection)
    }
}

/// The `nth` best of `scores`, from 1, which are reordered; `None` where there are fewer.
fn nth_best(scores: &mut [f32], nth: usize) -> Option<f32> {
    if nth == 0 || nth > scores.len() {
        return None;
    }
    let (_, nth, _) = scores.select_nth_unstable_by(nth - 1, |a, b| b.total_cmp(a));
    Some(*nth)
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn the_least_score_that_is_shown() {
        let check = |shown: usize, pool: usize, bonus: f32, expect: Option<f32>| {
            assert_eq!(Wanted { shown, pool, bonus }.least(&mut [1.0, 4.0, 3.0, 2.0]), expect);
        };
        check(1, 3, 0.5, Some(3.5));
        check(1, 3, 9.0, Some(2.0));
        check(5, 5, 0.0, None);
        check(0, 0, 0.0, None);
    }
}
