//! A little more for documents in which neighbours in the query are neighbours in the body.
//!
//! Only a few hundred of the best are looked at, since positions cost more than anything else in a query, and of these
//! only those that the bonus could lift among the wanted.

use tantivy::DocSet;
use tantivy::TERMINATED;
use tantivy::postings::Postings;
use tantivy::postings::SegmentPostings;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;

use crate::engine::bm25;
use crate::engine::postings::Found;
use crate::engine::scorer::PreparedClause;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::segment::Segment;
use crate::query::Origin;
use crate::query::Plan;

/// Two terms of one body field that stand side by side in the query.
pub(super) struct Pair<'l, 'p> {
    first: &'l PreparedClause<'p>,
    second: &'l PreparedClause<'p>,
    /// The most that the pair is worth.
    pub(super) worth: f32,
}

/// A pair worth less, of two words that nearly every document has, is not looked for.
const LEAST_WORTH: f32 = 0.05;

/// The pairs of `plan`, each worth `share` of the rarer term.
pub(super) fn pairs<'l, 'p>(plan: &Plan, leaves: &'l [PreparedLeaf<'p>], share: f32) -> Vec<Pair<'l, 'p>> {
    let mut pairs = Vec::new();
    for &(first, second) in &plan.adjacent {
        let mut seen: Vec<Field> = Vec::new();
        // Of a word in parts, its last part stands beside the next word, and its first beside the one before.
        for a in leaves[first].clauses.iter().rev().filter(|clause| is_exact(clause)) {
            if seen.contains(&a.field) {
                continue;
            }
            seen.push(a.field);
            // The whole comes before its parts and shares the position of the first.
            let b = leaves[second].clauses.iter().find(|clause| is_exact(clause) && clause.field == a.field);
            let Some(b) = b else { continue };
            let worth = share * a.idf.min(b.idf);
            if worth >= LEAST_WORTH {
                pairs.push(Pair { first: a, second: b, worth });
            }
        }
    }
    pairs
}

fn is_exact(clause: &PreparedClause<'_>) -> bool {
    clause.clause.origin == Origin::Typed && !clause.in_title
}

impl Pair<'_, '_> {
    /// Calls `bonus` with the index of each of `docs` (ascending) in which the pair stands side by side, and with what
    /// that is worth.
    pub(super) fn each_bonus(
        &self,
        segment: &Segment,
        index: usize,
        docs: &[u32],
        mut bonus: impl FnMut(usize, f32),
    ) -> tantivy::Result<()> {
        let (Some(Found::Term(a)), Some(Found::Term(b))) = (&self.first.found[index], &self.second.found[index]) else {
            return Ok(());
        };
        let inverted = segment.reader.inverted_index(self.first.field)?;
        let mut a = inverted.read_postings_from_terminfo(a, IndexRecordOption::WithFreqsAndPositions)?;
        let mut b = inverted.read_postings_from_terminfo(b, IndexRecordOption::WithFreqsAndPositions)?;
        let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
        for (at, &doc) in docs.iter().enumerate() {
            if seek(&mut a, doc) != doc || seek(&mut b, doc) != doc {
                if a.doc() == TERMINATED || b.doc() == TERMINATED {
                    break;
                }
                continue;
            }
            a.positions(&mut firsts);
            b.positions(&mut seconds);
            let together = firsts.iter().filter(|position| seconds.binary_search(&(**position + 1)).is_ok()).count();
            if together > 0 {
                bonus(at, self.worth * bm25::saturation(together as u32, 1.0));
            }
        }
        Ok(())
    }
}

fn seek(postings: &mut SegmentPostings, doc: u32) -> u32 {
    let now = postings.doc();
    if now < doc { postings.seek(doc) } else { now }
}
