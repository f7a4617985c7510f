//! From what was asked to what an index can answer: the plan.
//!
//! A plan has two halves. [`Leaf`]s say what is looked up and what it is worth; [`Matching`] says which documents
//! qualify. They are apart because they are evaluated apart: scores add up over leaves whatever the boolean structure,
//! and the structure is an algebra of document sets whatever the scores.
//!
//! The plan itself is the same for every language. What its leaves are in one (the query is never detected, since two
//! words are too few to tell Danish from Swedish by, and a document is only ever searched with the terms of its own
//! language) is made where it is looked up: see `reading`.

use rustc_hash::FxHashSet;

use crate::doc::Date;
use crate::lang::Vocabulary;
use crate::query::ast::Node;
use crate::text::Kind;
use crate::text::Scanner;
use crate::text::lowercase;

/// What to look up, and which documents qualify.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Everything that is looked up, in the order of the query.
    pub leaves: Vec<Leaf>,
    /// Which documents qualify.
    pub matching: Matching,
    /// Which of them have all of the query, where any of it is enough to qualify.
    pub with_all: Option<Matching>,
    /// Leaves that are words next to each other in the query, in order: documents that have them so rank a little higher.
    pub adjacent: Vec<(usize, usize)>,
    /// By which the words are analysed, and texts are that are held against them.
    pub vocabulary: Vocabulary,
    /// Whether it is also looked up in languages related to the query's.
    pub(super) across: bool,
    pub(super) runs: Vec<Run>,
}

/// Whether a query is also searched in languages related to its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Across {
    /// Yes: what is found there comes behind.
    #[default]
    On,
    /// No.
    Off,
    /// Only there.
    Only,
}

/// One word, phrase or pattern of the query.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// As typed.
    pub text: String,
    /// What it is.
    pub kind: LeafKind,
    /// Whether it adds to the score; what is excluded does not.
    pub scored: bool,
    /// Whether only titles count.
    pub title_only: bool,
    /// What it is worth beside other leaves, from 0 to 1: the words inside a legal reference say little on their own.
    pub weight: f32,
    /// Whether words that begin alike speak for a document, among the best.
    pub likeness: bool,
}

/// What a leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// What stands between two blanks: a word, a joined word, a number.
    Word,
    /// A legal reference.
    Reference,
    /// A phrase in quotes.
    Phrase,
    /// A prefix with its star.
    Prefix,
    /// A word with its tilde: how many edits.
    Fuzzy(u8),
}

/// Words that stand side by side. They are analysed together, so that references over several words are seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// The leaf of the first word.
    pub(super) first: usize,
    pub(super) text: String,
    /// Where each word ends.
    ends: Vec<usize>,
}

impl Run {
    /// The leaf of the word that has the byte `at` of the text.
    pub(super) fn leaf_at(&self, at: usize) -> usize {
        self.first + self.ends.partition_point(|&end| end <= at)
    }

    /// The leaf of the word that ends a stretch at `end`.
    fn leaf_to(&self, end: usize) -> usize {
        self.first + self.ends.partition_point(|&other| other < end)
    }
}

/// A set of documents.
#[derive(Debug, Clone, PartialEq)]
pub enum Matching {
    /// All documents.
    Everything,
    /// Those that a leaf finds.
    Leaf(usize),
    /// Those that have a word as a whole, or all its parts.
    Whole(usize),
    /// Those in a language.
    Language(String),
    /// Those of certain days, both ends included.
    Dates(Option<Date>, Option<Date>),
    /// Those of a publisher.
    Source(String),
    /// Those in all of these.
    All(Vec<Matching>),
    /// Those in any of these.
    Any(Vec<Matching>),
    /// Those not in this.
    Not(Box<Matching>),
}

impl Plan {
    /// The plan of `query`, whose words are analysed by `vocabulary`.
    pub fn new(query: &Node, vocabulary: &Vocabulary, across: Across) -> Self {
        let mut planner = Planner::default();
        let context = Context { scored: true, title_only: false };
        let (required, optional) = match query {
            Node::Any(children) => planner.juxtaposition(children, context),
            Node::Word { text, .. } => (Vec::new(), planner.words(&[text], context)),
            other => (vec![planner.node(other, context)], Vec::new()),
        };
        let with_all = (!optional.is_empty() && !demand(&required)).then(|| {
            let all = optional.iter().filter_map(|matching| planner.whole(matching.clone()));
            Matching::All(required.iter().cloned().chain(all).collect())
        });
        let Planner { leaves, adjacent, runs } = planner;
        let matching = put_together(required, optional);
        let (vocabulary, across) = (vocabulary.clone(), across != Across::Off);
        Self { leaves, matching, with_all, adjacent, vocabulary, across, runs }
    }

    /// Restricts the plan further.
    pub fn restrict(&mut self, filter: &Matching) {
        for matching in std::iter::once(&mut self.matching).chain(&mut self.with_all) {
            *matching = match std::mem::replace(matching, Matching::Everything) {
                Matching::Everything => filter.clone(),
                Matching::All(mut all) => {
                    all.push(filter.clone());
                    Matching::All(all)
                }
                other => Matching::All(vec![other, filter.clone()]),
            };
        }
    }
}

/// What a word inside a legal reference is worth beside the reference: *§*, *12* and *a* stand in every statute.
const INSIDE_REFERENCE: f32 = 0.3;
/// The series of references that are mostly cited by their number alone, which has a colon: *(2017:900)* is *SFS 2017:900*.
const CITED_BY_NUMBER: &str = "sfs";

#[derive(Debug, Clone, Copy)]
struct Context {
    scored: bool,
    title_only: bool,
}

#[derive(Default)]
struct Planner {
    leaves: Vec<Leaf>,
    adjacent: Vec<(usize, usize)>,
    runs: Vec<Run>,
}

impl Planner {
    fn node(&mut self, node: &Node, context: Context) -> Matching {
        match node {
            Node::Word { text, .. } => Matching::Any(self.words(&[text], context)),
            Node::Phrase { text, .. } => Matching::Leaf(self.leaf(text, LeafKind::Phrase, context)),
            Node::Prefix { text, .. } => Matching::Leaf(self.leaf(text, LeafKind::Prefix, context)),
            Node::Fuzzy { text, distance, .. } => Matching::Leaf(self.leaf(text, LeafKind::Fuzzy(*distance), context)),
            Node::Title(inner) => self.node(inner, Context { title_only: true, ..context }),
            Node::Lang(code) => Matching::Language(code.clone()),
            Node::Date { from, to } => Matching::Dates(*from, *to),
            Node::Source(name) => Matching::Source(name.clone()),
            Node::Not(inner) => Matching::Not(Box::new(self.node(inner, Context { scored: false, ..context }))),
            Node::Must(inner) => self.required(inner, context),
            Node::And(children) => Matching::All(children.iter().map(|child| self.required(child, context)).collect()),
            Node::Or(children) => Matching::Any(children.iter().map(|child| self.node(child, context)).collect()),
            Node::Any(children) => {
                let (required, optional) = self.juxtaposition(children, context);
                put_together(required, optional)
            }
        }
    }

    /// What has to match is there as a whole: all the parts of *it-bolaget*, side by side; of a compound, the word or
    /// all its parts.
    fn required(&mut self, node: &Node, context: Context) -> Matching {
        let Node::Word { text, .. } = node else { return self.node(node, context) };
        let words = self.words(&[text], context);
        if Scanner::new(text).any(|token| token.kind == Kind::Part) {
            return Matching::Leaf(self.leaf(text, LeafKind::Phrase, Context { scored: false, ..context }));
        }
        Matching::Any(words.into_iter().map(|word| self.whole(word.clone()).unwrap_or(word)).collect())
    }

    /// What has all of `matching`, something that counts by itself; `None` of what others have with it: a reference has
    /// its words, and a word that is typed again is there once.
    fn whole(&self, matching: Matching) -> Option<Matching> {
        let Matching::Leaf(at) = matching else { return Some(matching) };
        match &self.leaves[at] {
            Leaf { kind: LeafKind::Word, weight, .. } => (*weight > 0.0).then_some(Matching::Whole(at)),
            Leaf { kind: LeafKind::Reference, .. } => None,
            _ => Some(matching),
        }
    }

    /// What has to match of juxtaposed nodes, and what only adds to the score.
    fn juxtaposition(&mut self, children: &[Node], context: Context) -> (Vec<Matching>, Vec<Matching>) {
        let (mut required, mut optional) = (Vec::new(), Vec::new());
        let mut children = children.iter().peekable();
        while let Some(child) = children.next() {
            match child {
                Node::Word { text, .. } => {
                    let mut texts = vec![text.as_str()];
                    while let Some(Node::Word { text, .. }) = children.peek() {
                        texts.push(text);
                        children.next();
                    }
                    optional.extend(self.words(&texts, context));
                }
                Node::Must(_) | Node::Not(_) => required.push(self.node(child, context)),
                _ if child.is_filter() => required.push(self.node(child, context)),
                _ => optional.push(self.node(child, context)),
            }
        }
        (required, optional)
    }

    /// Leaves for words that stand side by side, and for the references in them.
    fn words(&mut self, texts: &[&str], context: Context) -> Vec<Matching> {
        let mut run = Run { first: self.leaves.len(), text: String::new(), ends: Vec::with_capacity(texts.len()) };
        // A word that is typed again counts once.
        let mut seen = FxHashSet::default();
        for &text in texts {
            if !run.text.is_empty() {
                run.text.push(' ');
            }
            run.text.push_str(text);
            run.ends.push(run.text.len());
            self.leaf(text, LeafKind::Word, context);
        }
        for token in Scanner::new(&run.text).filter(|token| token.kind == Kind::Reference) {
            let word = run.leaf_at(token.span.start);
            if is_cited_by_number(&token.text) {
                self.leaves[word].weight = INSIDE_REFERENCE;
                continue;
            }
            self.leaves[word..=run.leaf_to(token.span.end)].iter_mut().for_each(|leaf| leaf.weight = INSIDE_REFERENCE);
            if !self.leaves[run.first..].iter().any(|leaf| leaf.text == token.text) {
                self.leaf(&token.text, LeafKind::Reference, context);
            }
        }
        for leaf in &mut self.leaves[run.first..run.first + texts.len()] {
            if !seen.insert(lowercase(&leaf.text).into_owned()) {
                leaf.weight = 0.0;
            }
        }
        if context.scored {
            self.adjacent.extend((run.first..run.first + texts.len() - 1).map(|word| (word, word + 1)));
        }
        let leaves = run.first..self.leaves.len();
        self.runs.push(run);
        leaves.map(Matching::Leaf).collect()
    }

    fn leaf(&mut self, text: &str, kind: LeafKind, context: Context) -> usize {
        let Context { scored, title_only } = context;
        self.leaves.push(Leaf { text: text.to_owned(), kind, scored, title_only, weight: 1.0, likeness: true });
        self.leaves.len() - 1
    }
}

/// Whether a reference that begins so is mostly cited by the number in it alone, which is a word of its own.
pub(super) fn is_cited_by_number(reference: &str) -> bool {
    reference.starts_with(CITED_BY_NUMBER) && reference.contains(':')
}

/// The documents that have all that is required, and some of what is optional where nothing demands to match.
fn put_together(mut required: Vec<Matching>, optional: Vec<Matching>) -> Matching {
    if !optional.is_empty() && !demand(&required) {
        required.push(Matching::Any(optional));
    }
    match required.len() {
        0 => Matching::Any(Vec::new()),
        1 => required.swap_remove(0),
        _ => Matching::All(required),
    }
}

/// Whether something besides filters and exclusions has to match, so that the optional rest only adds to scores.
fn demand(required: &[Matching]) -> bool {
    fn demands(matching: &Matching) -> bool {
        match matching {
            Matching::Leaf(_) | Matching::Whole(_) => true,
            Matching::All(inner) | Matching::Any(inner) => inner.iter().any(demands),
            _ => false,
        }
    }
    required.iter().any(demands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    fn plan(query: &str) -> Plan {
        Plan::new(&parse::parse(query).expect("a small query").root, &Vocabulary::default(), Across::Off)
    }

    #[test]
    fn words_are_leaves_side_by_side() {
        let plan = plan("Digital rådgivning");
        let leaves: Vec<_> = plan.leaves.iter().map(|leaf| (leaf.text.as_str(), leaf.kind)).collect();
        assert_eq!(leaves, [("Digital", LeafKind::Word), ("rådgivning", LeafKind::Word)]);
        assert_eq!(plan.adjacent, [(0, 1)]);
        assert_eq!(plan.matching, Matching::Any(vec![Matching::Leaf(0), Matching::Leaf(1)]));
        assert_eq!(plan.with_all, Some(Matching::All(vec![Matching::Whole(0), Matching::Whole(1)])));
    }

    #[test]
    fn references_are_leaves_of_their_own() {
        let plan = plan("§ 12 a");
        assert_eq!(plan.leaves.len(), 4);
        assert_eq!((plan.leaves[3].text.as_str(), plan.leaves[3].kind), ("§12a", LeafKind::Reference));
        let weights: Vec<_> = plan.leaves.iter().map(|leaf| leaf.weight).collect();
        assert_eq!(weights, [INSIDE_REFERENCE, INSIDE_REFERENCE, INSIDE_REFERENCE, 1.0]);
    }

    #[test]
    fn a_word_that_is_typed_again_counts_once() {
        let plan = plan("Børn og andre børn");
        let weights: Vec<_> = plan.leaves.iter().map(|leaf| leaf.weight).collect();
        assert_eq!(weights, [1.0, 1.0, 1.0, 0.0]);
        assert_eq!(plan.with_all, Some(Matching::All((0..3).map(Matching::Whole).collect())));
    }

    #[test]
    fn the_number_of_a_statute_is_what_it_is_with_its_series() {
        let plan = plan("SFS 2017:900");
        let weights: Vec<_> = plan.leaves.iter().map(|leaf| (leaf.text.as_str(), leaf.weight)).collect();
        assert_eq!(weights, [("SFS", INSIDE_REFERENCE), ("2017:900", 1.0)]);
    }

    #[test]
    fn musts_and_exclusions() {
        let plan = plan("+it-bolaget -kommune regler lang:sv");
        let not = |leaf| Matching::Not(Box::new(leaf));
        let Matching::All(all) = &plan.matching else { panic!("{:?}", plan.matching) };
        assert_eq!(all[0], Matching::Leaf(1), "the parts side by side");
        assert_eq!(all[1], not(Matching::Any(vec![Matching::Leaf(2)])));
        assert_eq!(all[2], Matching::Language("sv".to_owned()));
        assert_eq!(all.len(), 3, "with a must, the rest only adds to scores");
        assert!(plan.leaves[0].scored && !plan.leaves[1].scored && !plan.leaves[2].scored && plan.leaves[3].scored);
        assert_eq!(plan.with_all, None, "what has to match has to match all the same");
    }

    #[test]
    fn a_restriction_holds_for_what_has_all_of_it_too() {
        let mut plan = plan("regler -kommune");
        plan.restrict(&Matching::Language("sv".to_owned()));
        for matching in [Some(plan.matching), plan.with_all] {
            let Some(Matching::All(all)) = matching else { panic!("{matching:?}") };
            assert_eq!((all.len(), all.last()), (3, Some(&Matching::Language("sv".to_owned()))));
        }
    }
}
