//! Scoring one segment: term at a time, exact, and no further than the wanted ranks need.
//!
//! Scores are added up leaf by leaf into one number a document, which costs an addition in an array that fits the cache.
//! Leaves come in the order of their bounds, the most they can be worth: saturation never reaches 1, so a clause's weight
//! bounds it, whatever the documents and segments. Once the leaves to come cannot lift a new document over the last wanted
//! rank, only documents that are still in question are looked up in them (the idea of MaxScore: Turtle and Flood 1995).
//! Stop words, last in order and next to worthless, then cost a few seeks instead of a pass over most documents. What the
//! last wanted rank will score is known best by asking for all of the scores of those that are ahead so far: where much is
//! left to read, that is done first.
//!
//! A leaf is read in windows of documents, all its clauses in one before any in the next, so that what is being added up
//! stays in the processor's cache however large the segment is. Nor does any jump there depend on a sum: guessing it wrong
//! while waiting for memory was most of the time of a query on a million documents.
//!
//! Rejected: tantivy's block-max pruning, whose stored maxima hold for its own statistics only. An inexact bound makes the
//! ranking depend on how documents fell into segments; this one does not, and the sums are taken in the same order in
//! every segment and whether or not anything is pruned.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use tantivy::schema::Field;

use crate::engine::bm25;
use crate::engine::postings;
use crate::engine::postings::Cursor;
use crate::engine::postings::Found;
use crate::engine::segment::Segment;
use crate::engine::terms::Zone;
use crate::query::Clause;
use crate::query::Way;

/// A leaf of the plan for documents in one language, looked up in every segment and weighed.
pub(super) struct PreparedLeaf {
    pub(super) scored: bool,
    /// What is in some document, way by way.
    pub(super) clauses: Vec<PreparedClause>,
    /// The parts of each way, whether or not they are in some document.
    pub(super) parts: Vec<(Way, u8)>,
}

/// A clause in one zone of the documents.
pub(super) struct PreparedClause {
    pub(super) clause: Rc<Clause>,
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

impl PreparedLeaf {
    pub(super) fn new(scored: bool) -> Self {
        Self { scored, clauses: Vec::new(), parts: Vec::new() }
    }

    pub(super) fn note_part(&mut self, way: Way, number: u8) {
        if !self.parts.contains(&(way, number)) {
            self.parts.push((way, number));
        }
    }

    pub(super) fn ways(&self) -> impl Iterator<Item = &[PreparedClause]> {
        self.clauses.chunk_by(|a, b| a.clause.way == b.clause.way)
    }

    /// The most that the leaf can be worth in any document: the best way counts.
    fn bound(&self, tie: Tie) -> f32 {
        let worth = |way: &[PreparedClause]| {
            let side = |part: bool| -> f32 {
                way.iter().filter(|clause| clause.is_part() == part).map(|clause| clause.weight).sum()
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
        let way = self.clauses.first().map(|clause| (clause.clause.way, clause.is_part()));
        self.clauses.iter().all(|clause| Some((clause.clause.way, clause.is_part())) == way)
    }
}

impl PreparedClause {
    /// What it is worth in a document that has it so often, and whose length norm this is.
    pub(super) fn worth(&self, frequency: u32, norm: f32) -> f32 {
        self.weight * bm25::saturation(frequency, norm)
    }

    fn is_part(&self) -> bool {
        self.clause.part.is_some()
    }
}

/// Sums of single-precision numbers are off by less than this factor: bounds must never be too small.
pub(super) const ROUNDING: f32 = 1.000_1;

/// Looking a document up costs as much as reading so many postings: where it is one of few, for each of which a block is
/// unpacked, and where it is one of many.
const LOOK_UP: u64 = 12;
const LOOK_UP_AMONG_MANY: u64 = 2;

/// What is being added up for so many documents, some hundred kilobytes, stays in the cache.
const WINDOW: usize = 1 << 13;

/// The scored leaves in the order of their bounds, with what all from each on can be worth together.
pub(super) struct Order<'l> {
    leaves: Vec<&'l PreparedLeaf>,
    rest: Vec<f32>,
    tie: Tie,
}

impl<'l> Order<'l> {
    pub(super) fn new(leaves: &'l [PreparedLeaf], tie: Tie) -> Self {
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

impl Order<'_> {
    /// The most that all leaves can be worth together.
    pub(super) fn bound(&self) -> f32 {
        self.rest[0]
    }

    /// Adds what the leaves from `from` on are worth in each of `docs` (ascending) to its score.
    fn add_among(&self, scope: Scope<'_>, from: usize, docs: &[u32], scores: &mut [f32]) -> tantivy::Result<()> {
        let mut buffers = Among::default();
        self.leaves[from..].iter().try_for_each(|leaf| buffers.add_leaf(scope, leaf, self.tie, docs, scores))
    }

    /// How many look-ups it is to look `docs` documents up in some of the leaves.
    fn look_ups(&self, leaves: Range<usize>, docs: usize) -> u64 {
        let clauses: usize = self.leaves[leaves].iter().map(|leaf| leaf.clauses.len()).sum();
        (docs as u64).saturating_mul(clauses as u64)
    }

    /// The least score with which a document can still be shown, as the best of those `scored` before leaf `from` tell:
    /// what those of the wanted number will have in the end is asked for at once. 0 where that says nothing.
    fn probe(
        &self,
        scope: Scope<'_>,
        from: usize,
        scored: impl Iterator<Item = (u32, f32)>,
        best_elsewhere: &[f32],
    ) -> tantivy::Result<f32> {
        let mut best: Vec<(u32, f32)> = scored.collect();
        let Some(wanted) = scope.wanted.filter(|wanted| (1..=best.len()).contains(&wanted.pool)) else {
            return Ok(0.0);
        };
        best.select_nth_unstable_by(wanted.pool - 1, |(_, a), (_, b)| b.total_cmp(a));
        best.truncate(wanted.pool);
        best.sort_unstable_by_key(|&(doc, _)| doc);
        let (docs, mut totals): (Vec<u32>, Vec<f32>) = best.into_iter().unzip();
        self.add_among(scope, from, &docs, &mut totals)?;
        totals.extend_from_slice(best_elsewhere);
        Ok(wanted.least(&mut totals).unwrap_or_default())
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

impl Scope<'_> {
    /// Calls `each` with every further live document before `end` that `clause` finds, and with what it is worth there.
    fn each_worth(self, clause: &PreparedClause, cursor: &mut Cursor, end: u32, mut each: impl FnMut(u32, f32)) {
        let (marked, alive) = (cursor.is_marked(), self.segment.alive());
        while let Some((docs, notes)) = cursor.next_before(end) {
            for (&doc, &note) in docs.iter().zip(notes) {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    let norm = self.norms.of(clause.zone, doc);
                    each(doc, clause.worth(postings::frequency(note, marked), norm));
                }
            }
        }
    }
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

/// By document, the length norm of each zone; near the beginning it is the same for all.
pub(super) struct Norms {
    pub(super) body: Vec<f32>,
    pub(super) title: Vec<f32>,
    pub(super) lead: f32,
}

impl Norms {
    pub(super) fn of(&self, zone: Zone, doc: u32) -> f32 {
        match zone {
            Zone::Body => self.body[doc as usize],
            Zone::Title => self.title[doc as usize],
            Zone::Lead => self.lead,
        }
    }
}

/// Buffers that a thread keeps from query to query.
#[derive(Default)]
struct Scratch {
    /// By document; zero wherever `touched` does not name it.
    scores: Vec<f32>,
    touched: Noted,
    window: Window,
    /// For finding the last wanted score.
    selection: Vec<f32>,
}

/// What is being added up for the documents of a window, from its first on; zero between two windows.
#[derive(Default)]
struct Window {
    /// Of the current way: what the whole and the parts earn.
    sides: Vec<[f32; 2]>,
    way_touched: Noted,
    /// What the best way so far is worth.
    best: Vec<f32>,
    leaf_touched: Noted,
}

/// Documents, each noted once, in an array with room for all of them: what a document is found for is never worth nothing,
/// by which it is seen that it was noted.
#[derive(Default)]
struct Noted {
    docs: Vec<u32>,
    count: usize,
}

impl Noted {
    /// Makes room for documents below `size`.
    fn make_room(&mut self, size: usize) {
        if self.docs.len() <= size {
            self.docs.resize(size + 1, 0);
        }
    }

    /// For noting many: what is counted meanwhile need not be written to memory.
    fn open(&mut self) -> Noting<'_> {
        Noting { docs: &mut self.docs, count: self.count, counted: &mut self.count }
    }

    fn as_slice(&self) -> &[u32] {
        &self.docs[..self.count]
    }

    fn clear(&mut self) {
        self.count = 0;
    }
}

/// Documents that are being noted.
struct Noting<'n> {
    docs: &'n mut [u32],
    count: usize,
    counted: &'n mut usize,
}

impl Noting<'_> {
    fn note(&mut self, doc: u32, is_new: bool) {
        self.docs[self.count] = doc;
        self.count += usize::from(is_new);
    }
}

impl Drop for Noting<'_> {
    fn drop(&mut self) {
        *self.counted = self.count;
    }
}

/// Scores the live documents that match some leaf: (document, score), in no order. With `wanted`, documents that cannot be
/// among so many best, given that others already score `best_elsewhere`, may be missing; the scores of the rest are exact.
pub(super) fn score(scope: Scope<'_>, order: &Order<'_>, best_elsewhere: &[f32]) -> tantivy::Result<Vec<(u32, f32)>> {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    SCRATCH.with_borrow_mut(|scratch| {
        let size = scope.segment.len() as usize;
        if scratch.scores.len() < size {
            scratch.scores.resize(size, 0.0);
            scratch.touched.make_room(size);
        }
        scratch.window.make_room();
        let outcome = scratch.score(scope, order, best_elsewhere);
        for &doc in scratch.touched.as_slice() {
            scratch.scores[doc as usize] = 0.0;
        }
        scratch.touched.clear();
        outcome
    })
}

impl Scratch {
    fn score(
        &mut self,
        scope: Scope<'_>,
        order: &Order<'_>,
        best_elsewhere: &[f32],
    ) -> tantivy::Result<Vec<(u32, f32)>> {
        let mut floor = 0.0f32;
        for (at, leaf) in order.leaves.iter().enumerate() {
            let rest = order.rest[at];
            let postings = leaf.postings(scope.index);
            // No document has more than what the leaves before this one can be worth; and asking takes time too.
            let possible = rest < order.rest[0] - rest && postings > self.touched.count as u64 / 2;
            let last = if possible { self.least_wanted(scope.wanted, best_elsewhere, rest) } else { None };
            floor = floor.max(last.unwrap_or_default());
            if floor <= rest
                && let Some(wanted) = scope.wanted
                && wanted.pool <= self.touched.count
                && postings > order.look_ups(at..order.leaves.len(), wanted.pool).saturating_mul(LOOK_UP)
            {
                floor = floor.max(order.probe(scope, at, self.scored(), best_elsewhere)?);
            }
            if floor > rest {
                let in_question = self.in_question(rest, floor).count();
                // Where so much is in question still that looking it up would cost more than reading the leaf, that is read.
                if LOOK_UP_AMONG_MANY * order.look_ups(at..at + 1, in_question) <= postings {
                    return self.score_in_question(scope, order, at, best_elsewhere, floor);
                }
            }
            self.add_leaf(scope, leaf, order.tie)?;
        }
        Ok(self.scored().collect())
    }

    /// The documents that were found so far, with their scores.
    fn scored(&self) -> impl Iterator<Item = (u32, f32)> {
        self.touched.as_slice().iter().map(|&doc| (doc, self.scores[doc as usize]))
    }

    /// Those of them that can still score `last` where there are so much as `rest` to come.
    fn in_question(&self, rest: f32, last: f32) -> impl Iterator<Item = (u32, f32)> {
        self.scored().filter(move |&(_, score)| may_reach(score, rest, last))
    }

    /// Adds what `leaf` is worth to every document that it finds.
    fn add_leaf(&mut self, scope: Scope<'_>, leaf: &PreparedLeaf, tie: Tie) -> tantivy::Result<()> {
        let mut clauses = Vec::with_capacity(leaf.clauses.len());
        for clause in &leaf.clauses {
            if let Some(found) = &clause.found[scope.index] {
                clauses.push((clause, found.cursor(scope.segment, clause.field)?));
            }
        }
        let is_sum = leaf.is_sum();
        for first in (0..scope.segment.len()).step_by(WINDOW) {
            if is_sum {
                self.add_clauses(scope, &mut clauses, first);
            } else {
                self.add_ways(scope, &mut clauses, tie, first);
            }
        }
        Ok(())
    }

    /// Adds what `clauses` earn in the window of documents from `first` on.
    fn add_clauses(&mut self, scope: Scope<'_>, clauses: &mut [(&PreparedClause, Cursor)], first: u32) {
        let mut touched = self.touched.open();
        for (clause, cursor) in clauses {
            scope.each_worth(clause, cursor, first + WINDOW as u32, |doc, worth| {
                let score = &mut self.scores[doc as usize];
                touched.note(doc, *score == 0.0);
                *score += worth;
            });
        }
    }

    /// Adds what the best way of `clauses`, which come way by way, earns in the window of documents from `first` on.
    fn add_ways(&mut self, scope: Scope<'_>, clauses: &mut [(&PreparedClause, Cursor)], tie: Tie, first: u32) {
        let Self { scores, touched, window: Window { sides, way_touched, best, leaf_touched }, .. } = self;
        let place = |doc: u32| (doc - first) as usize;
        let mut of_leaf = leaf_touched.open();
        for way in clauses.chunk_by_mut(|(a, _), (b, _)| a.clause.way == b.clause.way) {
            let mut of_way = way_touched.open();
            for (clause, cursor) in way {
                let side = usize::from(clause.is_part());
                scope.each_worth(clause, cursor, first + WINDOW as u32, |doc, worth| {
                    let earned = &mut sides[place(doc)];
                    of_way.note(doc, earned[0] + earned[1] == 0.0);
                    earned[side] += worth;
                });
            }
            drop(of_way);
            for &doc in way_touched.as_slice() {
                let best = &mut best[place(doc)];
                of_leaf.note(doc, *best == 0.0);
                *best = best.max(tie.join(std::mem::take(&mut sides[place(doc)])));
            }
            way_touched.clear();
        }
        drop(of_leaf);
        let mut touched = touched.open();
        for &doc in leaf_touched.as_slice() {
            let score = &mut scores[doc as usize];
            touched.note(doc, *score == 0.0);
            *score += std::mem::take(&mut best[place(doc)]);
        }
        leaf_touched.clear();
    }

    /// Goes on from leaf `from` with the documents that can still be among the wanted.
    fn score_in_question(
        &mut self,
        scope: Scope<'_>,
        order: &Order<'_>,
        from: usize,
        best_elsewhere: &[f32],
        mut last: f32,
    ) -> tantivy::Result<Vec<(u32, f32)>> {
        let mut found: Vec<(u32, f32)> = self.in_question(order.rest[from], last).collect();
        if scope.wanted.is_some_and(|wanted| found.len() > 8 * wanted.pool) {
            last = last.max(order.probe(scope, from, found.iter().copied(), best_elsewhere)?);
            found.retain(|&(_, score)| may_reach(score, order.rest[from], last));
        }
        // Postings came in order within each window, so these are ascending runs, which the stable sort merges.
        found.sort_by_key(|&(doc, _)| doc);
        let (mut docs, mut scores): (Vec<u32>, Vec<f32>) = found.into_iter().unzip();
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
        let wanted = wanted?;
        let Self { selection, touched, scores, .. } = self;
        selection.clear();
        selection.resize(touched.count + best_elsewhere.len(), 0.0);
        let mut count = 0;
        let all = touched.as_slice().iter().map(|&doc| scores[doc as usize]).chain(best_elsewhere.iter().copied());
        for score in all {
            selection[count] = score;
            count += usize::from(score > rest);
        }
        wanted.least(&mut selection[..count]).filter(|&last| last > rest)
    }
}

impl Window {
    fn make_room(&mut self) {
        self.sides.resize(WINDOW, [0.0; 2]);
        self.best.resize(WINDOW, 0.0);
        self.way_touched.make_room(WINDOW);
        self.leaf_touched.make_room(WINDOW);
    }
}

/// Whether a document with this score can come to `last`, where the leaves to come are worth `rest` at most.
fn may_reach(score: f32, rest: f32, last: f32) -> bool {
    (score + rest) * ROUNDING >= last
}

/// What the scored leaves of `order` are worth in each of the documents `docs` (ascending).
pub(super) fn score_among(scope: Scope<'_>, order: &Order<'_>, docs: &[u32]) -> tantivy::Result<Vec<f32>> {
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
        leaf: &PreparedLeaf,
        tie: Tie,
        docs: &[u32],
        scores: &mut [f32],
    ) -> tantivy::Result<()> {
        let Self { sides, best } = self;
        if leaf.is_sum() {
            for clause in &leaf.clauses {
                let Some(found) = &clause.found[scope.index] else { continue };
                found.each_among(scope.segment, clause.field, docs, |index, tf| {
                    scores[index] += clause.worth(tf, scope.norms.of(clause.zone, docs[index]));
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
                let side = usize::from(clause.is_part());
                found.each_among(scope.segment, clause.field, docs, |index, tf| {
                    let norm = scope.norms.of(clause.zone, docs[index]);
                    sides[index][side] += clause.worth(tf, norm);
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
pub(super) fn nth_best(scores: &mut [f32], nth: usize) -> Option<f32> {
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
