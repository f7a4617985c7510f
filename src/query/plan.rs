//! From what was asked to what an index can answer: the plan.
//!
//! A plan has two halves. [`Leaf`]s say what is looked up and what it is worth; [`Matching`] says which documents
//! qualify. They are apart because they are evaluated apart: scores add up over leaves whatever the boolean structure,
//! and the structure is an algebra of document sets whatever the scores.
//!
//! Every word is analysed once for every language of the index, with that language's own steps: a query is never
//! detected, since two words are too few to tell Danish from Swedish by, and a document is only ever searched with the
//! terms of its own language. What a word would mean in a related language is planned from every language that the query
//! could be in; which of these readings are looked up is decided by what the index holds.

use rustc_hash::FxHashSet;

use crate::doc::Date;
use crate::lang::Language;
use crate::lang::Layer;
use crate::lang::Translation;
use crate::lang::Vocabulary;
use crate::lang::is_false_friend;
use crate::lang::translations;
use crate::query::ast::Node;
use crate::text::Analyzer;
use crate::text::Kind;
use crate::text::Part;
use crate::text::Step;
use crate::text::Term;
use crate::text::beginnings;
use crate::text::lowercase;

/// What to look up, and which documents qualify.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Everything that is looked up, in the order of the query.
    pub leaves: Vec<Leaf>,
    /// Which documents qualify.
    pub matching: Matching,
    /// Leaves that are words next to each other in the query, in order: documents that have them so rank a little higher.
    pub adjacent: Vec<(usize, usize)>,
    /// By which the words were analysed, and texts are that are held against them.
    pub vocabulary: Vocabulary,
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

/// One word, phrase or pattern of the query, with all the ways in which the index may hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// As typed.
    pub text: String,
    /// Whether it adds to the score; what is excluded does not.
    pub scored: bool,
    /// What it is worth beside other leaves, from 0 to 1: the words inside a legal reference say little on their own.
    pub weight: f32,
    /// What is looked up for it.
    pub clauses: Vec<Clause>,
    /// What is looked up in the best documents alone, and decides nothing but their order.
    pub likeness: Vec<Clause>,
}

/// One look-up in the fields of one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Whose fields, and by whose rules the term was made.
    pub language: &'static Language,
    /// Whether only titles count.
    pub title_only: bool,
    /// What is looked up.
    pub pattern: Pattern,
    /// How it came from the query.
    pub origin: Origin,
    /// What it is worth beside the leaf's other clauses, from 0 to 1.
    pub weight: f32,
    /// Which way of reading the leaf it belongs to: a document is scored by the best way.
    pub way: Way,
    /// Whether it is a part of what the way looks for: what the parts are worth together stands beside the whole.
    pub part: bool,
}

impl Clause {
    /// Whether it is the word as it is typed, and not a part of it.
    pub fn is_whole(&self) -> bool {
        self.way == Way::Typed && !self.part
    }
}

/// A way of reading a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// As it is typed.
    Typed,
    /// As if its Nordic letters had been left out.
    Folded,
    /// By the Nordic key of what it is in the language with this code.
    Key(&'static str),
    /// By a translation from the language with this code: which of them, the best first.
    Translated(&'static str, u8),
}

impl Way {
    /// The code of the language that the leaf is taken to be in, of ways that lead into another.
    pub fn source(self) -> Option<&'static str> {
        match self {
            Self::Typed | Self::Folded => None,
            Self::Key(code) | Self::Translated(code, _) => Some(code),
        }
    }
}

/// What a clause looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// An indexed term.
    Term(String),
    /// A word with this term, on its own or as a part of a compound.
    Word(String),
    /// A word that begins with these folded letters.
    Beginning(String),
    /// A word with this Nordic key, on its own or as a part of a compound.
    Key(String),
    /// Any term with this folded key.
    Folded {
        /// The key.
        key: String,
        /// Whether the key itself, as a word written without Nordic letters, is looked up too; not where it is the word
        /// that was typed.
        also_plain: bool,
    },
    /// Terms at these distances from the first one's position.
    Phrase(Vec<(u32, String)>),
    /// Any term that begins so; the stem of what was typed counts too, since endings are cut off in the index.
    Prefix {
        /// As typed, in lower case.
        prefix: String,
        /// Its stem.
        stem: String,
    },
    /// Any term within so many edits of what was typed, or within one edit of its stem.
    Fuzzy {
        /// As typed, in lower case.
        word: String,
        /// Its stem.
        stem: String,
        /// How many edits.
        distance: u8,
    },
}

/// How a clause came from the query: a document is scored by the best of each leaf's origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The word.
    Typed,
    /// A part of the word: of a compound, or of what a hyphen joins.
    Part,
    /// The first letters of the word.
    Beginning,
    /// What the word is in another language by the rules of spelling.
    Key,
    /// What the word or a part of it is in another language by the lexicon.
    Translated(Layer),
    /// A legal reference over several words.
    Reference,
    /// A phrase in quotes.
    Phrase,
    /// A prefix with its star.
    Prefix,
    /// A word with its tilde.
    Fuzzy,
    /// The word without its Nordic letters.
    Folded,
    /// The word beside the next one.
    Adjacent,
}

impl Origin {
    /// The name in JSON and in explanations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Part => "part",
            Self::Beginning => "beginning",
            Self::Key => "key",
            Self::Translated(layer) => layer.name(),
            Self::Reference => "reference",
            Self::Phrase => "phrase",
            Self::Prefix => "prefix",
            Self::Fuzzy => "fuzzy",
            Self::Folded => "folded",
            Self::Adjacent => "adjacent",
        }
    }
}

/// A set of documents.
#[derive(Debug, Clone, PartialEq)]
pub enum Matching {
    /// All documents.
    Everything,
    /// Those that a leaf finds.
    Leaf(usize),
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
    /// The plan of `query` for an index that holds `languages` and has this `vocabulary`. With `across` it is also searched
    /// in languages related to the one that it is written in: `query_lang`, or any that it could be in.
    pub fn new(
        query: &Node,
        languages: &[&'static Language],
        vocabulary: &Vocabulary,
        query_lang: Option<&'static Language>,
        across: Across,
    ) -> Self {
        let across = across != Across::Off;
        let mut planner =
            Planner { languages, vocabulary, query_lang, across, leaves: Vec::new(), adjacent: Vec::new() };
        let matching = planner.node(query, Context { scored: true, title_only: false });
        Self { leaves: planner.leaves, matching, adjacent: planner.adjacent, vocabulary: vocabulary.clone() }
    }

    /// Restricts the plan further.
    pub fn restrict(&mut self, filter: Matching) {
        let matching = std::mem::replace(&mut self.matching, Matching::Everything);
        self.matching = match matching {
            Matching::Everything => filter,
            Matching::All(mut all) => {
                all.push(filter);
                Matching::All(all)
            }
            other => Matching::All(vec![other, filter]),
        };
    }
}

/// What a word inside a legal reference is worth beside the reference: *§*, *12* and *a* stand in every statute.
const INSIDE_REFERENCE: f32 = 0.3;
/// The series of references that are mostly cited by their number alone, which has a colon: *(2017:900)* is *SFS 2017:900*.
const CITED_BY_NUMBER: &str = "sfs";
/// What *679* is worth beside *2016/679*: other things bear that number.
const INSIDE_NUMBER: f32 = 0.1;

#[derive(Debug, Clone, Copy)]
struct Context {
    scored: bool,
    title_only: bool,
}

struct Planner<'l> {
    languages: &'l [&'static Language],
    vocabulary: &'l Vocabulary,
    query_lang: Option<&'static Language>,
    across: bool,
    leaves: Vec<Leaf>,
    adjacent: Vec<(usize, usize)>,
}

impl Planner<'_> {
    fn node(&mut self, node: &Node, context: Context) -> Matching {
        match node {
            Node::Word { text, .. } => Matching::Any(self.words(&[text], context)),
            Node::Phrase { text, .. } => Matching::Leaf(self.phrase(text, context)),
            Node::Prefix { text, .. } => Matching::Leaf(self.pattern(text, context, Origin::Prefix, |word, stem| {
                Pattern::Prefix { prefix: word.to_owned(), stem: stem.to_owned() }
            })),
            Node::Fuzzy { text, distance, .. } => {
                let fuzzy = |word: &str, stem: &str| Pattern::Fuzzy {
                    word: word.to_owned(),
                    stem: stem.to_owned(),
                    distance: *distance,
                };
                Matching::Leaf(self.pattern(text, context, Origin::Fuzzy, fuzzy))
            }
            Node::Title(inner) => self.node(inner, Context { title_only: true, ..context }),
            Node::Lang(code) => Matching::Language(code.clone()),
            Node::Date { from, to } => Matching::Dates(*from, *to),
            Node::Source(name) => Matching::Source(name.clone()),
            Node::Not(inner) => Matching::Not(Box::new(self.node(inner, Context { scored: false, ..context }))),
            Node::Must(inner) => self.required(inner, context),
            Node::And(children) => Matching::All(children.iter().map(|child| self.required(child, context)).collect()),
            Node::Or(children) => Matching::Any(children.iter().map(|child| self.node(child, context)).collect()),
            Node::Any(children) => self.juxtaposition(children, context),
        }
    }

    /// What has to match is there as a whole: all the parts of *it-bolaget*, side by side; of a compound, the word or
    /// all its parts.
    fn required(&mut self, node: &Node, context: Context) -> Matching {
        let first = self.leaves.len();
        let matching = self.node(node, context);
        let Node::Word { text, .. } = node else { return matching };
        let several = self.languages.iter().any(|&language| {
            let kind = |kind: Kind| kind == Kind::Part;
            self.vocabulary.analyzer(language).tokens(text).any(|(token, _)| kind(token.kind))
        });
        if several {
            return Matching::Leaf(self.phrase(text, Context { scored: false, ..context }));
        }
        let (parts, whole): (Vec<_>, Vec<_>) =
            self.leaves[first..].iter().flat_map(|leaf| leaf.clauses.clone()).partition(|clause| clause.part);
        if parts.is_empty() {
            return matching;
        }
        let mut leaf = |clauses: Vec<Clause>| {
            let likeness = Vec::new();
            self.leaves.push(Leaf { text: text.clone(), scored: false, weight: 1.0, clauses, likeness });
            Matching::Leaf(self.leaves.len() - 1)
        };
        let mut any = vec![leaf(whole)];
        for parts in parts.chunk_by(|a, b| a.language.code == b.language.code) {
            any.push(Matching::All(parts.iter().map(|part| leaf(vec![part.clone()])).collect()));
        }
        Matching::Any(any)
    }

    fn juxtaposition(&mut self, children: &[Node], context: Context) -> Matching {
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
        let demanded = children_demand(&required);
        if !optional.is_empty() && !demanded {
            required.push(Matching::Any(optional));
        }
        match required.len() {
            0 => Matching::Any(Vec::new()),
            1 => required.swap_remove(0),
            _ => Matching::All(required),
        }
    }

    /// Leaves for words that stand side by side, analysed together so that references over several words are seen.
    fn words(&mut self, texts: &[&str], context: Context) -> Vec<Matching> {
        let first = self.leaves.len();
        let mut joined = String::new();
        let mut ends = Vec::with_capacity(texts.len());
        for text in texts {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(text);
            ends.push(joined.len());
            self.leaves.push(Leaf {
                text: (*text).to_owned(),
                scored: context.scored,
                weight: 1.0,
                clauses: Vec::new(),
                likeness: Vec::new(),
            });
        }
        for &language in self.languages {
            let analyzer = self.vocabulary.analyzer(language);
            let mut part_weight = 1.0;
            for (token, term) in analyzer.tokens(&joined) {
                // The whole comes before its parts. Those of a number with several, as 2016/679, say little.
                if token.kind == Kind::Whole {
                    part_weight = if token.text.contains(char::is_alphabetic) { 1.0 } else { INSIDE_NUMBER };
                }
                let weight = if token.kind == Kind::Part { part_weight } else { 1.0 };
                let title_only = context.title_only;
                let clause = |pattern, origin| {
                    let way = if origin == Origin::Folded { Way::Folded } else { Way::Typed };
                    Clause { language, title_only, pattern, origin, weight, way, part: token.kind == Kind::Part }
                };
                let word = ends.partition_point(|&end| end <= token.span.start);
                if token.kind == Kind::Reference {
                    if token.text.starts_with(CITED_BY_NUMBER) && token.text.contains(':') {
                        self.leaves[first + word].weight = INSIDE_REFERENCE;
                        continue;
                    }
                    let words = first + word..=first + ends.partition_point(|&end| end < token.span.end);
                    self.leaves[words].iter_mut().for_each(|leaf| leaf.weight = INSIDE_REFERENCE);
                    let reference = Pattern::Term(term.text.to_string());
                    self.reference(first, &token.text, clause(reference, Origin::Reference), context);
                    continue;
                }
                let leaf = &mut self.leaves[first + word];
                let origin = if token.kind == Kind::Part { Origin::Part } else { Origin::Typed };
                leaf.clauses.push(clause(Pattern::Word(term.text.to_string()), origin));
                // What a hyphen joins is a part already, and is not taken apart further.
                if token.kind == Kind::Word {
                    let part = |part: &Part| Clause {
                        part: true,
                        ..clause(Pattern::Word(part.text.to_string()), Origin::Part)
                    };
                    leaf.clauses.extend(term.parts.iter().map(part));
                    let beginning = |letters: &str| clause(Pattern::Beginning(letters.to_owned()), Origin::Beginning);
                    if !language.is_common(&token.text) {
                        leaf.likeness.extend(beginnings(&term.surface).map(beginning));
                    }
                }
                let key = term.folded.as_deref().unwrap_or(&term.text).to_owned();
                let folded = Pattern::Folded { key, also_plain: term.folded.is_some() };
                leaf.clauses.push(clause(folded, Origin::Folded));
            }
        }
        // A word that is typed again counts once.
        let mut seen = FxHashSet::default();
        for leaf in &mut self.leaves[first..first + texts.len()] {
            if !seen.insert(lowercase(&leaf.text).into_owned()) {
                leaf.weight = 0.0;
            }
        }
        if self.across {
            self.words_across(first, &joined, &ends, context);
        }
        if context.scored {
            self.adjacent.extend((first..first + texts.len() - 1).map(|word| (word, word + 1)));
        }
        (first..self.leaves.len()).map(Matching::Leaf).collect()
    }

    /// What the words are in the languages related to theirs, by key and by lexicon.
    fn words_across(&mut self, first: usize, joined: &str, ends: &[usize], context: Context) {
        let has_keys = |language: &Language| language.steps.contains(&Step::Key);
        let candidates: Vec<&'static Language> = match self.query_lang {
            Some(language) => vec![language],
            None => self.languages.to_vec(),
        };
        for &to in self.languages.iter().filter(|language| has_keys(language)) {
            for &from in candidates.iter().filter(|from| from.code != to.code && has_keys(from)) {
                let (analyzer, into) = (self.vocabulary.analyzer(from), self.vocabulary.analyzer(to));
                for (token, term) in analyzer.tokens(joined) {
                    if !matches!(token.kind, Kind::Word | Kind::Part) || from.is_common(&token.text) {
                        continue;
                    }
                    let leaf = &mut self.leaves[first + ends.partition_point(|&end| end <= token.span.start)];
                    across(&mut leaf.clauses, from, (to, &into), &term, context.title_only);
                }
            }
        }
    }

    fn reference(&mut self, first: usize, text: &str, clause: Clause, context: Context) {
        match self.leaves[first..].iter_mut().find(|leaf| leaf.text == text) {
            Some(leaf) => leaf.clauses.push(clause),
            None => {
                self.leaves.push(Leaf {
                    text: text.to_owned(),
                    scored: context.scored,
                    weight: 1.0,
                    clauses: vec![clause],
                    likeness: Vec::new(),
                });
            }
        }
    }

    fn phrase(&mut self, text: &str, context: Context) -> usize {
        let clauses = self.languages.iter().filter_map(|&language| {
            let mut terms: Vec<(u32, String)> = Vec::new();
            for (token, term) in self.vocabulary.analyzer(language).tokens(text) {
                if matches!(token.kind, Kind::Word | Kind::Part) {
                    terms.push((token.position, term.text.to_string()));
                }
            }
            let pattern = match terms.len() {
                0 => return None,
                1 => Pattern::Term(terms.swap_remove(0).1),
                _ => Pattern::Phrase(terms),
            };
            Some(Clause {
                language,
                title_only: context.title_only,
                pattern,
                origin: Origin::Phrase,
                weight: 1.0,
                way: Way::Typed,
                part: false,
            })
        });
        let clauses = clauses.collect();
        let likeness = Vec::new();
        self.leaves.push(Leaf { text: text.to_owned(), scored: context.scored, weight: 1.0, clauses, likeness });
        self.leaves.len() - 1
    }

    fn pattern(
        &mut self,
        text: &str,
        context: Context,
        origin: Origin,
        pattern: impl Fn(&str, &str) -> Pattern,
    ) -> usize {
        let word = lowercase(text);
        let clauses = self.languages.iter().map(|&language| {
            let stem = self.vocabulary.analyzer(language).tokens(&word).next().map(|(_, term)| term.text.to_string());
            let pattern = pattern(&word, stem.as_deref().unwrap_or(&word));
            let title_only = context.title_only;
            Clause { language, title_only, pattern, origin, weight: 1.0, way: Way::Typed, part: false }
        });
        let clauses = clauses.collect();
        let likeness = Vec::new();
        self.leaves.push(Leaf { text: text.to_owned(), scored: context.scored, weight: 1.0, clauses, likeness });
        self.leaves.len() - 1
    }
}

/// What a match by key is worth beside one by translation, and beside one by translation where there is one.
const KEY: f32 = 0.8;
const KEY_BESIDE: f32 = 0.5;
/// What a guessed translation is worth beside one that is known.
const INDUCED: f32 = 0.5;
/// How many translations are looked up.
const TRANSLATIONS: usize = 4;

/// The clauses that find in `to` what `term` means in `from`.
fn across(
    clauses: &mut Vec<Clause>,
    from: &'static Language,
    (to, analyzer): (&'static Language, &Analyzer),
    term: &Term,
    title_only: bool,
) {
    let translated = translations(from, to, &term.text);
    let clause =
        |pattern, origin, weight, way, part| Clause { language: to, title_only, pattern, origin, weight, way, part };
    let mut push = |new: Clause| {
        let same = |old: &Clause| {
            old.pattern == new.pattern && old.way == new.way && old.language.code == to.code && old.part == new.part
        };
        if !clauses.iter().any(same) {
            clauses.push(new);
        }
    };
    let key_weight = if translated.is_empty() { KEY } else { KEY_BESIDE };
    if let Some(key) = term.key.as_ref().filter(|_| !is_false_friend(from, to, &term.text)) {
        push(clause(Pattern::Key(key.to_string()), Origin::Key, key_weight, Way::Key(from.code), false));
    }
    for (number, translation) in (0..).zip(translated.iter().take(TRANSLATIONS)) {
        let (way, weight, origin) =
            (Way::Translated(from.code, number), worth(translation), Origin::Translated(translation.layer));
        for (token, term) in analyzer.tokens(&translation.word) {
            let pattern = Pattern::Word(term.text.to_string());
            push(clause(pattern, origin, weight, way, token.kind == Kind::Part));
            for part in &term.parts {
                push(clause(Pattern::Word(part.text.to_string()), origin, weight, way, true));
            }
        }
    }
    // Of a compound, each part by its best translation, or by its key.
    for part in &term.parts {
        let translated = translations(from, to, &part.text);
        let weight = if translated.is_empty() { KEY } else { KEY_BESIDE };
        if let Some(key) = part.key.as_ref().filter(|_| !is_false_friend(from, to, &part.text)) {
            push(clause(Pattern::Key(key.to_string()), Origin::Key, weight, Way::Key(from.code), true));
        }
        for translation in translated.iter().take(2) {
            let (weight, origin) = (worth(translation) * KEY, Origin::Translated(translation.layer));
            push(clause(
                Pattern::Word(analyzer.stem(&translation.word).into_owned()),
                origin,
                weight,
                Way::Key(from.code),
                true,
            ));
        }
    }
}

fn worth(translation: &Translation) -> f32 {
    translation.weight * if translation.layer == Layer::Induced { INDUCED } else { 1.0 }
}

/// Whether something besides filters and exclusions has to match, so that the optional rest only adds to scores.
fn children_demand(required: &[Matching]) -> bool {
    fn demands(matching: &Matching) -> bool {
        match matching {
            Matching::Leaf(_) => true,
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
        let danish = Language::by_code("da").expect("Danish is registered");
        Plan::new(
            &parse::parse(query).expect("a small query").root,
            &[danish],
            &Vocabulary::default(),
            None,
            Across::Off,
        )
    }

    fn show(plan: &Plan) -> String {
        let pattern = |pattern: &Pattern| match pattern {
            Pattern::Term(text) | Pattern::Word(text) => text.clone(),
            Pattern::Folded { key, also_plain } => format!("~{key}{}", if *also_plain { "+" } else { "" }),
            other => format!("{other:?}"),
        };
        let leaf = |leaf: &Leaf| {
            let clauses: Vec<_> = leaf.clauses.iter().map(|clause| pattern(&clause.pattern)).collect();
            format!("{}{}: {}", if leaf.scored { "" } else { "!" }, leaf.text, clauses.join(" "))
        };
        plan.leaves.iter().map(leaf).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn words_have_typed_and_folded_clauses() {
        let plan = plan("Digital rådgivning");
        assert_eq!(show(&plan), "Digital: digital ~digital; rådgivning: rådgivning ~radgivning+");
        assert_eq!(plan.adjacent, [(0, 1)]);
        assert_eq!(plan.matching, Matching::Any(vec![Matching::Leaf(0), Matching::Leaf(1)]));
    }

    #[test]
    fn references_are_leaves_of_their_own() {
        let plan = plan("§ 12 a");
        assert_eq!(plan.leaves.len(), 4);
        assert_eq!(plan.leaves[3].text, "§12a");
        assert_eq!(plan.leaves[3].clauses[0].origin, Origin::Reference);
        let weights: Vec<_> = plan.leaves.iter().map(|leaf| leaf.weight).collect();
        assert_eq!(weights, [INSIDE_REFERENCE, INSIDE_REFERENCE, INSIDE_REFERENCE, 1.0]);
    }

    #[test]
    fn parts_of_numbers_weigh_little_and_parts_of_words_do_not() {
        let weights = |query: &str| -> Vec<f32> {
            let typed = plan(query).leaves.swap_remove(0).clauses.into_iter().filter(|c| c.way == Way::Typed);
            typed.map(|clause| clause.weight).collect()
        };
        assert_eq!(weights("2016/679"), [1.0, INSIDE_NUMBER, INSIDE_NUMBER]);
        assert_eq!(weights("it-bolaget"), [1.0, 1.0, 1.0]);
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
    }
}
