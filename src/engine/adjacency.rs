//! A little more for documents in which neighbours in the query are neighbours in the body.
//!
//! Only a few hundred of the best are looked at, since positions cost more than anything else in a query, and of these
//! only those that the bonus could lift among the wanted.

use tantivy::DocSet;
use tantivy::TERMINATED;
use tantivy::postings::Postings;
use tantivy::postings::SegmentPostings;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;

use crate::engine::bm25;
use crate::engine::scorer::PreparedClause;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::segment::Segment;
use crate::engine::segment::term;
use crate::engine::terms::Zone;
use crate::query::Pattern;
use crate::query::Plan;
use crate::query::Way;

/// Two terms of one body field that stand side by side in the query.
pub(super) struct Pair {
    field: Field,
    /// The two leaves of the plan, and their terms.
    pub(super) leaves: (usize, usize),
    pub(super) words: [String; 2],
    /// How many documents have the rarer term, which says what the pair is worth.
    pub(super) doc_freq: u64,
    /// By segment: both terms, where it has both.
    terms: Vec<Option<[TermInfo; 2]>>,
    /// The most that the pair is worth.
    pub(super) worth: f32,
}

/// A pair worth less, of two words that nearly every document has, is not looked for.
const LEAST_WORTH: f32 = 0.05;

/// The pairs of `plan` in a body `field`, to whose language the `leaves` belong; each worth `share` of the rarer term.
pub(super) fn pairs(
    segments: &[Segment],
    field: Field,
    plan: &Plan,
    leaves: &[PreparedLeaf],
    share: f32,
) -> tantivy::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for &(first, second) in &plan.adjacent {
        // Of a word in parts, its last part stands beside the next word, and its first beside the one before. The whole
        // comes before its parts and shares the position of the first.
        let a = leaves[first].clauses.iter().rev().find_map(exact);
        let b = leaves[second].clauses.iter().find_map(exact);
        let (Some((a, text)), Some((b, other))) = (a, b) else { continue };
        let worth = share * a.idf.min(b.idf);
        if worth < LEAST_WORTH {
            continue;
        }
        let mut terms = Vec::with_capacity(segments.len());
        for segment in segments {
            let index = segment.reader.inverted_index(field)?;
            let info = |text: &str| index.get_term_info(&term(field, text));
            terms.push(info(text)?.zip(info(other)?).map(<[TermInfo; 2]>::from));
        }
        let words = [text, other].map(str::to_owned);
        let doc_freq = a.doc_freq.min(b.doc_freq);
        pairs.push(Pair { field, leaves: (first, second), words, doc_freq, terms, worth });
    }
    Ok(pairs)
}

/// A clause that stands for a word of the text as it is written, and its term.
fn exact(clause: &PreparedClause) -> Option<(&PreparedClause, &str)> {
    let Pattern::Word(text) = &clause.clause.pattern else { return None };
    let exact = clause.clause.way == Way::Typed && clause.zone == Zone::Body;
    exact.then_some((clause, text))
}

impl Pair {
    /// Calls `bonus` with the index of each of `docs` (ascending) in which the pair stands side by side, with how often it
    /// does, and with what that is worth.
    pub(super) fn each_bonus(
        &self,
        segment: &Segment,
        index: usize,
        docs: &[u32],
        mut bonus: impl FnMut(usize, u32, f32),
    ) -> tantivy::Result<()> {
        let Some([a, b]) = &self.terms[index] else { return Ok(()) };
        let inverted = segment.reader.inverted_index(self.field)?;
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
                let together = together as u32;
                bonus(at, together, self.worth * bm25::saturation(together, 1.0));
            }
        }
        Ok(())
    }
}

fn seek(postings: &mut SegmentPostings, doc: u32) -> u32 {
    let now = postings.doc();
    if now < doc { postings.seek(doc) } else { now }
}
