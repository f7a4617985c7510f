//! Which documents of a segment qualify: an algebra of bit sets.
//!
//! The usual query, words of which any may match, needs none of it: what the scorer finds is what qualifies.

use crate::engine::EngineError;
use crate::engine::prepare::PreparedLanguage;
use crate::engine::schema::pack;
use crate::engine::scorer::PreparedClause;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::segment::Segment;
use crate::query::Matching;
use crate::query::Plan;

/// The live documents of a segment that qualify for `matching`, with their scores, in ascending order. `scored` are those
/// leaf found.
pub(super) fn qualifying(
    segment: &Segment,
    index: usize,
    matching: &Matching,
    languages: &[&PreparedLanguage],
    scored: Vec<(u32, f32)>,
) -> Result<Vec<(u32, f32)>, EngineError> {
    let set = Evaluation { segment, index, languages }.set(matching)?;
    let mut qualifying: Vec<(u32, f32)> =
        set.iter().filter(|&doc| segment.is_alive(doc)).map(|doc| (doc, 0.0)).collect();
    for (doc, score) in scored {
        if let Ok(at) = qualifying.binary_search_by_key(&doc, |&(doc, _)| doc) {
            qualifying[at].1 = score;
        }
    }
    Ok(qualifying)
}

/// Whether all that some scored leaf finds qualifies, as in the usual query.
pub(super) fn is_any_scored_leaf(plan: &Plan) -> bool {
    let is_leaf = |matching: &Matching| matches!(matching, Matching::Leaf(leaf) if plan.leaves[*leaf].scored);
    match &plan.matching {
        Matching::Any(any) => any.len() == plan.leaves.len() && any.iter().all(is_leaf),
        leaf => plan.leaves.len() == 1 && is_leaf(leaf),
    }
}

struct Evaluation<'e> {
    segment: &'e Segment,
    index: usize,
    languages: &'e [&'e PreparedLanguage],
}

impl Evaluation<'_> {
    fn set(&self, matching: &Matching) -> Result<BitSet, EngineError> {
        let size = self.segment.len();
        let filter = |keep: &dyn Fn(u32) -> bool| {
            let mut set = BitSet::new(size);
            (0..size).filter(|&doc| keep(doc)).for_each(|doc| set.insert(doc));
            set
        };
        Ok(match matching {
            Matching::Everything => BitSet::full(size),
            Matching::Leaf(leaf) => self.found(self.leaves(*leaf).flat_map(|leaf| &leaf.clauses))?,
            Matching::Whole(leaf) => self.whole(*leaf)?,
            Matching::Language(code) => {
                let packed = pack(code);
                filter(&|doc| self.segment.langs.get_val(doc) == packed || self.segment.has_passage(doc, packed))
            }
            Matching::Dates(from, to) => {
                let day = |date: &Option<crate::doc::Date>| date.map(|date| i64::from(date.to_julian_day()));
                let (from, to) = (day(from).unwrap_or(i64::MIN), day(to).unwrap_or(i64::MAX));
                filter(&|doc| self.segment.days.first(doc).is_some_and(|day| (from..=to).contains(&day)))
            }
            Matching::Source(name) => {
                let wanted = name.to_lowercase();
                filter(&|doc| self.segment.source(doc).to_lowercase() == wanted)
            }
            Matching::All(all) => {
                let mut set = BitSet::full(size);
                for matching in all {
                    if set.is_empty() {
                        break;
                    }
                    set.intersect(&self.set(matching)?);
                }
                set
            }
            Matching::Any(any) => {
                let mut set = BitSet::new(size);
                for matching in any {
                    set.unite(&self.set(matching)?);
                }
                set
            }
            Matching::Not(inner) => {
                let mut set = self.set(inner)?;
                set.invert();
                set
            }
        })
    }

    /// What a leaf is in each language.
    fn leaves(&self, leaf: usize) -> impl Iterator<Item = &PreparedLeaf> {
        self.languages.iter().map(move |language| &language.leaves[leaf])
    }

    /// Those that have some of `clauses`.
    fn found<'c>(&self, clauses: impl Iterator<Item = &'c PreparedClause>) -> Result<BitSet, EngineError> {
        let mut set = BitSet::new(self.segment.len());
        for clause in clauses {
            if let Some(found) = &clause.found[self.index] {
                found.each(self.segment, clause.field, |doc, _| set.insert(doc))?;
            }
        }
        Ok(set)
    }

    /// Those that have a leaf as a whole, or all the parts of one way of reading it.
    fn whole(&self, leaf: usize) -> Result<BitSet, EngineError> {
        let mut set = BitSet::new(self.segment.len());
        for leaf in self.leaves(leaf) {
            for way in leaf.ways() {
                let part = |number: Option<u8>| way.iter().filter(move |clause| clause.clause.part == number);
                set.unite(&self.found(part(None))?);
                let numbers = leaf.parts.iter().filter(|(of, _)| *of == way[0].clause.way).map(|&(_, number)| number);
                let mut all: Option<BitSet> = None;
                for number in numbers {
                    let some = self.found(part(Some(number)))?;
                    match &mut all {
                        Some(all) => all.intersect(&some),
                        None => all = Some(some),
                    }
                }
                all.iter().for_each(|all| set.unite(all));
            }
        }
        Ok(set)
    }
}

/// A set of documents of one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BitSet {
    words: Vec<u64>,
    size: u32,
}

impl BitSet {
    fn new(size: u32) -> Self {
        Self { words: vec![0; size.div_ceil(64) as usize], size }
    }

    fn full(size: u32) -> Self {
        let mut set = Self::new(size);
        set.invert();
        set
    }

    fn insert(&mut self, doc: u32) {
        self.words[(doc / 64) as usize] |= 1 << (doc % 64);
    }

    fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    fn intersect(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let spare = self.words.len() as u32 * 64 - self.size;
        if let Some(last) = self.words.last_mut() {
            *last &= u64::MAX >> spare;
        }
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        (0..self.size).filter(|doc| self.words[(doc / 64) as usize] >> (doc % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::BitSet;

    #[test]
    fn sets() {
        let mut odd = BitSet::new(70);
        (0..70).filter(|doc| doc % 2 == 1).for_each(|doc| odd.insert(doc));
        let mut even = odd.clone();
        even.invert();
        assert_eq!(even.iter().collect::<Vec<_>>(), (0..70).step_by(2).collect::<Vec<_>>());
        even.unite(&odd);
        assert_eq!(even, BitSet::full(70));
        even.intersect(&odd);
        assert_eq!(even, odd);
        assert_eq!(BitSet::full(0).iter().count(), 0);
    }
}
