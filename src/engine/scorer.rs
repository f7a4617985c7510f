//! Scoring one segment: term at a time, exact, and no further than the wanted ranks need.
//!
//! Scores are added up leaf by leaf into one number a document, which costs an addition in an array that fits the cache.
//! Leaves come in the order of their bounds, the most they can be worth: saturation never reaches 1, so a clause's weight
//! bounds it, whatever the documents and segments. Once the leaves to come cannot lift a new document over the last wanted
//! rank, only documents that are still in question are looked up in them (the idea of MaxScore: Turtle and Flood 1995).
//! Stop words, last in order and next to worthless, then cost a few seeks instead of a pass over most documents. What the
//! last wanted rank will score is known best by asking for all of the scores of those that are ahead so far: where the
//! next leaf is long, that is done first.
//!
//! Rejected: tantivy's block-max pruning, whose stored maxima hold for its own statistics only. An inexact bound makes the
//! ranking depend on how documents fell into segments; this one does not, and the sums are taken in the same order in
//! every segment and whether or not anything is pruned.

use std::cell::RefCell;

use tantivy::schema::Field;

use crate::engine::bm25;
use crate::engine::postings::Found;
use crate::engine::segment::Segment;
use crate::engine::terms::Zone;
use crate::query::Clause;

/// A leaf of the plan for documents in one language, looked up in every segment and weighed.
pub(super) struct PreparedLeaf<'p> {
    pub(super) scored: bool,
    /// Way by way.
    pub(super) clauses: Vec<PreparedClause<'p>>,
}

/// A clause in one zone of the documents.
pub(super) struct PreparedClause<'p> {
    pub(super) clause: &'p Clause,
    pub(super) field: Field,
    pub(super) zone: Zone,
    /// By segment.
    pub(super) found: Vec<Option<Found>>,
    pub(super) doc_freq: u64,
    pub(super) idf: f32,
    /// The most that it can be worth.
    pub(super) weight: f32,
}

/// What of the lesser of a whole and its parts counts beside the greater.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tie(pub(super) f32);

impl Tie {
    /// What a way is worth, of which the whole earns one and the parts the other.
    pub(super) fn join(self, [whole, parts]: [f32; 2]) -> f32 {
        whole.max(parts) + self.0 * whole.min(parts)
    }
}

impl<'p> PreparedLeaf<'p> {
    pub(super) fn ways(&self) -> impl Iterator<Item = &[PreparedClause<'p>]> {
        self.clauses.chunk_by(|a, b| a.clause.way == b.clause.way)
    }

    /// The most that the leaf can be worth in any document: the best way counts.
    fn bound(&self, tie: Tie) -> f32 {
        let worth = |way: &[PreparedClause<'_>]| {
            let side = |part: bool| -> f32 {
                way.iter().filter(|clause| clause.clause.part == part).map(|clause| clause.weight).sum()
            };
            tie.join([side(false), side(true)])
        };
        self.ways().map(worth).fold(0.0, f32::max)
    }

    /// How many postings a segment has of it.
    fn postings(&self, segment: usize) -> u64 {
        self.clauses.iter().filter_map(|clause| clause.found[segment].as_ref()).map(Found::postings).sum()
    }

    /// Whether what the clauses earn is simply added up.
    fn is_sum(&self) -> bool {
        let way = self.clauses.first().map(|clause| (clause.clause.way, clause.clause.part));
        self.clauses.iter().all(|clause| Some((clause.clause.way, clause.clause.part)) == way)
    }
}

/// Sums of single-precision numbers are off by less than this factor: bounds must never be too small.
pub(super) const ROUNDING: f32 = 1.000_01;

/// A leaf with so many more postings than documents are wanted is worth knowing first what it could spare.
const PROBED: u64 = 100;

/// The scored leaves in the order of their bounds, with what all from each on can be worth together.
pub(super) struct Order<'l, 'p> {
    leaves: Vec<&'l PreparedLeaf<'p>>,
    rest: Vec<f32>,
    tie: Tie,
}

impl<'l, 'p> Order<'l, 'p> {
    pub(super) fn new(leaves: &'l [PreparedLeaf<'p>], tie: Tie) -> Self {
        let mut bounded: Vec<_> =
            leaves.iter().filter(|leaf| leaf.scored).map(|leaf| (leaf.bound(tie), leaf)).collect();
        bounded.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut rest = vec![0.0; bounded.len() + 1];
        for (index, (bound, _)) in bounded.iter().enumerate().rev() {
            rest[index] = (rest[index + 1] + bound) * ROUNDING;
        }
        Self { leaves: bounded.into_iter().map(|(_, leaf)| leaf).collect(), rest, tie }
    }
}

impl Order<'_, '_> {
    /// The most that all leaves can be worth together.
    pub(super) fn bound(&self) -> f32 {
        self.rest[0]
    }

    /// Adds what the leaves from `from` on are worth in each of `docs` (ascending) to its score.
    fn add_among(&self, scope: Scope<'_>, from: usize, docs: &[u32], scores: &mut [f32]) -> tantivy::Result<()> {
        let mut buffers = Among::default();
        self.leaves[from..].iter().try_for_each(|leaf| buffers.add_leaf(scope, leaf, self.tie, docs, scores))
    }
}

/// What scoring a segment needs besides the leaves.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) segment: &'s Segment,
    pub(super) index: usize,
    pub(super) norms: &'s Norms,
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
        // The best were moved to the front.
        let best = if in_pool.is_some() && self.shown <= self.pool { &mut scores[..self.pool] } else { scores };
        let shown = nth_best(best, self.shown).map(|last| last - self.bonus);
        match (in_pool, shown) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}

/// By document, the length norm of each zone.
pub(super) struct Norms {
    pub(super) body: Vec<f32>,
    pub(super) title: Vec<f32>,
    pub(super) lead: Vec<f32>,
}

impl Norms {
    pub(super) fn of(&self, zone: Zone) -> &[f32] {
        match zone {
            Zone::Body => &self.body,
            Zone::Title => &self.title,
            Zone::Lead => &self.lead,
        }
    }
}

/// Buffers that a thread keeps from query to query.
#[derive(Default)]
struct Scratch {
    /// By document; zero wherever `touched` does not name it.
    scores: Vec<f32>,
    touched: Vec<u32>,
    /// Of the current way, by document: what the whole and the parts earn.
    sides: Vec<[f32; 2]>,
    way_touched: Vec<u32>,
    /// Of the current leaf, by document: what the best way so far is worth.
    best: Vec<f32>,
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
            scratch.sides.resize(size, [0.0; 2]);
            scratch.best.resize(size, 0.0);
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
        let mut floor = 0.0f32;
        for (at, leaf) in order.leaves.iter().enumerate() {
            let rest = order.rest[at];
            // No document has more than what the leaves before this one can be worth.
            let possible = rest < order.rest[0] - rest;
            let last = if possible { self.least_wanted(scope.wanted, best_elsewhere, rest) } else { None };
            floor = floor.max(last.unwrap_or_default());
            if floor <= rest
                && let Some(wanted) = scope.wanted
                && wanted.pool <= self.touched.len()
                && leaf.postings(scope.index) > PROBED * wanted.pool as u64
            {
                floor = floor.max(self.probe(scope, order, at, best_elsewhere, wanted)?);
            }
            if floor > rest {
                return self.score_in_question(scope, order, at, best_elsewhere, floor);
            }
            self.add_leaf(scope, leaf, order.tie)?;
        }
        Ok(self.touched.iter().map(|&doc| (doc, self.scores[doc as usize])).collect())
    }

    /// Adds what `leaf` is worth to every document that it finds.
    fn add_leaf(&mut self, scope: Scope<'_>, leaf: &PreparedLeaf<'_>, tie: Tie) -> tantivy::Result<()> {
        let Self { scores, touched, sides, way_touched, best, leaf_touched, .. } = self;
        let alive = scope.segment.alive();
        let is_dead = |doc: u32| alive.is_some_and(|alive| alive.is_deleted(doc));
        if leaf.is_sum() {
            for clause in &leaf.clauses {
                let Some(found) = &clause.found[scope.index] else { continue };
                let norms = scope.norms.of(clause.zone);
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
        for way in leaf.ways() {
            for clause in way {
                let Some(found) = &clause.found[scope.index] else { continue };
                let norms = scope.norms.of(clause.zone);
                let side = usize::from(clause.clause.part);
                found.each(scope.segment, clause.field, |doc, tf| {
                    let earned = &mut sides[doc as usize];
                    if *earned == [0.0; 2] {
                        if is_dead(doc) {
                            return;
                        }
                        way_touched.push(doc);
                    }
                    earned[side] += clause.weight * bm25::saturation(tf, norms[doc as usize]);
                })?;
            }
            for doc in way_touched.drain(..) {
                let worth = tie.join(std::mem::take(&mut sides[doc as usize]));
                let best = &mut best[doc as usize];
                if *best == 0.0 {
                    leaf_touched.push(doc);
                }
                *best = best.max(worth);
            }
        }
        for doc in leaf_touched.drain(..) {
            let score = &mut scores[doc as usize];
            if *score == 0.0 {
                touched.push(doc);
            }
            *score += std::mem::take(&mut best[doc as usize]);
        }
        Ok(())
    }

    /// The least score with which a document can still be shown, as the best so far tell: what those of the wanted number
    /// will have in the end is asked for at once, from leaf `from` on. 0 where that says nothing.
    fn probe(
        &mut self,
        scope: Scope<'_>,
        order: &Order<'_, '_>,
        from: usize,
        best_elsewhere: &[f32],
        wanted: Wanted,
    ) -> tantivy::Result<f32> {
        let scores = &self.scores;
        let score = |doc: &u32| scores[*doc as usize];
        let mut docs = self.touched.clone();
        docs.select_nth_unstable_by(wanted.pool.saturating_sub(1), |a, b| score(b).total_cmp(&score(a)));
        docs.truncate(wanted.pool);
        docs.sort_unstable();
        let mut totals: Vec<f32> = docs.iter().map(score).collect();
        order.add_among(scope, from, &docs, &mut totals)?;
        totals.extend_from_slice(best_elsewhere);
        Ok(wanted.least(&mut totals).unwrap_or_default())
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
        let mut buffers = Among::default();
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
            buffers.add_leaf(scope, leaf, order.tie, &docs, &mut scores)?;
            self.selection.clear();
            self.selection.extend_from_slice(&scores);
            self.selection.extend_from_slice(best_elsewhere);
            last = scope.wanted.and_then(|wanted| wanted.least(&mut self.selection)).map_or(last, |now| now.max(last));
        }
        Ok(docs.into_iter().zip(scores).collect())
    }

    /// The least score with which a document can still be shown; `None` where it is not above `rest`.
    fn least_wanted(&mut self, wanted: Option<Wanted>, best_elsewhere: &[f32], rest: f32) -> Option<f32> {
        let Self { selection, touched, scores, .. } = self;
        let all = touched.iter().map(|&doc| scores[doc as usize]).chain(best_elsewhere.iter().copied());
        selection.clear();
        selection.extend(all.filter(|&score| score > rest));
        wanted?.least(selection).filter(|&last| last > rest)
    }
}

/// What the scored leaves of `order` are worth in each of the documents `docs` (ascending).
pub(super) fn score_among(scope: Scope<'_>, order: &Order<'_, '_>, docs: &[u32]) -> tantivy::Result<Vec<f32>> {
    let mut scores = vec![0.0; docs.len()];
    order.add_among(scope, 0, docs, &mut scores)?;
    Ok(scores)
}

/// Buffers for scoring a few documents.
#[derive(Default)]
struct Among {
    sides: Vec<[f32; 2]>,
    best: Vec<f32>,
}

impl Among {
    /// Adds what `leaf` is worth in each of `docs` (ascending) to its score: the same sums in the same order as where all
    /// documents are scored.
    fn add_leaf(
        &mut self,
        scope: Scope<'_>,
        leaf: &PreparedLeaf<'_>,
        tie: Tie,
        docs: &[u32],
        scores: &mut [f32],
    ) -> tantivy::Result<()> {
        let Self { sides, best } = self;
        if leaf.is_sum() {
            for clause in &leaf.clauses {
                let Some(found) = &clause.found[scope.index] else { continue };
                let norms = scope.norms.of(clause.zone);
                found.each_among(scope.segment, clause.field, docs, |index, tf| {
                    scores[index] += clause.weight * bm25::saturation(tf, norms[docs[index] as usize]);
                })?;
            }
            return Ok(());
        }
        best.clear();
        best.resize(docs.len(), 0.0);
        for way in leaf.ways() {
            sides.clear();
            sides.resize(docs.len(), [0.0; 2]);
            for clause in way {
                let Some(found) = &clause.found[scope.index] else { continue };
                let norms = scope.norms.of(clause.zone);
                let side = usize::from(clause.clause.part);
                found.each_among(scope.segment, clause.field, docs, |index, tf| {
                    sides[index][side] += clause.weight * bm25::saturation(tf, norms[docs[index] as usize]);
                })?;
            }
            for (best, sides) in best.iter_mut().zip(&*sides) {
                *best = best.max(tie.join(*sides));
            }
        }
        for (score, best) in scores.iter_mut().zip(best) {
            *score += *best;
        }
        Ok(())
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
