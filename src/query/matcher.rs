//! Where a text matches a plan: the same analysis and the same patterns as the look-up, so that what is highlighted is
//! what was found.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::query::clause::Clause;
use crate::query::clause::Pattern;
use crate::text::Analyzer;
use crate::text::Near;
use crate::text::Scanner;
use crate::text::Term;
use crate::text::Token;
use crate::text::folded;
use crate::text::lowercase;

/// Finds the places in texts of one language that what was looked up for a plan's leaves matches.
pub struct Matcher<'p> {
    analyzer: Rc<Analyzer>,
    terms: FxHashMap<&'p str, Vec<usize>>,
    /// Terms that count as parts of compounds too; and whether they are parts of what was asked for.
    parts: FxHashMap<&'p str, Vec<(usize, bool)>>,
    keys: FxHashMap<&'p str, Vec<usize>>,
    /// Nordic keys, and the same of them.
    nordic: FxHashMap<&'p str, Vec<(usize, bool)>>,
    others: Vec<(usize, Other<'p>)>,
    beginnings: Beginnings,
    /// For each word met, where in it which leaves match: most words of a text come again.
    seen: FxHashMap<String, Rc<[Place]>>,
}

enum Other<'p> {
    Phrase(&'p [(u32, String)]),
    Prefix(&'p str, &'p str),
    Near(Near),
}

/// What the words that may match contain: stems and keys keep the beginning of a word or of a part of it, so that most
/// words of a text can be passed over without analysing them.
#[derive(Default)]
struct Beginnings {
    known: FxHashSet<Beginning>,
    /// By the last bits of a first letter, those of the second letters that some beginning goes on with: most letters of
    /// a text are past with this.
    second: [u32; 32],
    /// Some pattern admits any beginning.
    any: bool,
}

/// The first letters of a folded word; fewer where it has no more.
type Beginning = [char; 3];

impl Beginnings {
    fn add(&mut self, pattern: &Pattern, analyzer: &Analyzer) {
        match pattern {
            Pattern::Term(text) | Pattern::Word(text) | Pattern::Folded { key: text, .. } => {
                self.add_word(text, analyzer);
            }
            Pattern::Phrase(terms) => terms.iter().for_each(|(_, text)| self.add_word(text, analyzer)),
            Pattern::Prefix { prefix, stem } => {
                [prefix, stem].into_iter().for_each(|text| self.add_word(text, analyzer))
            }
            // A key begins with other letters than its word.
            Pattern::Fuzzy { .. } | Pattern::Key(_) => self.any = true,
            Pattern::Beginning(_) => {}
        }
    }

    fn add_word(&mut self, text: &str, analyzer: &Analyzer) {
        // Irregular forms begin as they like.
        for word in std::iter::once(text).chain(analyzer.irregular_beginnings(text)) {
            let beginning @ [first, second, ..] = beginning(word);
            self.known.insert(beginning);
            self.second[last_bits(first)] |= if second == '\0' { u32::MAX } else { 1 << last_bits(second) };
        }
    }

    fn admit(&self, word: &str) -> bool {
        let known = |[a, b, c]: Beginning| {
            self.second[last_bits(a)] & 1 << last_bits(b) != 0
                && [[a, b, c], [a, b, '\0'], [a, '\0', '\0']].iter().any(|beginning| self.known.contains(beginning))
        };
        let mut last = Beginning::default();
        let any = |letter: char| {
            last = [last[1], last[2], letter];
            last[0] != '\0' && known(last)
        };
        let letters = word.chars().flat_map(char::to_lowercase);
        let ascii = word.bytes().map(|byte| char::from(byte.to_ascii_lowercase()));
        self.any
            || match word.is_ascii() {
                true => folded(ascii).chain(['\0'; 2]).any(any),
                false => folded(letters).chain(['\0'; 2]).any(any),
            }
    }
}

fn last_bits(letter: char) -> usize {
    letter as usize % 32
}

fn beginning(word: &str) -> Beginning {
    let mut letters = folded(word.chars().flat_map(char::to_lowercase));
    std::array::from_fn(|_| letters.next().unwrap_or('\0'))
}

/// One place that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Bytes in the text.
    pub span: std::ops::Range<usize>,
    /// The leaf that matches there.
    pub leaf: usize,
    /// Whether it is a short part that two compounds share, one of the query and one of the text, and nothing else of it:
    /// *synspunkt* and *fjernsyn*.
    pub slight: bool,
}

/// A part with fewer letters in common is shared by chance as often as not.
const SHORT_PART: usize = 4;

impl<'p> Matcher<'p> {
    /// A matcher for texts in `language`, whose words are analysed by `vocabulary`, by `clauses`, each with its leaf.
    pub fn new(
        language: &'static Language,
        vocabulary: &Vocabulary,
        clauses: impl Iterator<Item = (usize, &'p Clause)>,
    ) -> Self {
        let mut matcher = Self {
            analyzer: vocabulary.analyzer(language),
            terms: FxHashMap::default(),
            parts: FxHashMap::default(),
            keys: FxHashMap::default(),
            nordic: FxHashMap::default(),
            others: Vec::new(),
            beginnings: Beginnings::default(),
            seen: FxHashMap::default(),
        };
        for (leaf, clause) in clauses {
            let is_part = clause.part.is_some();
            matcher.beginnings.add(&clause.pattern, &matcher.analyzer);
            match &clause.pattern {
                Pattern::Term(text) => matcher.terms.entry(text).or_default().push(leaf),
                Pattern::Word(text) => {
                    matcher.terms.entry(text).or_default().push(leaf);
                    matcher.parts.entry(text).or_default().push((leaf, is_part));
                }
                Pattern::Folded { key, .. } => matcher.keys.entry(key).or_default().push(leaf),
                Pattern::Key(key) => matcher.nordic.entry(key).or_default().push((leaf, is_part)),
                // Decides the order alone.
                Pattern::Beginning(_) => {}
                Pattern::Phrase(terms) => matcher.others.push((leaf, Other::Phrase(terms))),
                Pattern::Prefix { prefix, stem } => matcher.others.push((leaf, Other::Prefix(prefix, stem))),
                Pattern::Fuzzy { word, stem, distance } => {
                    matcher.others.push((leaf, Other::Near(Near::new(word, stem, *distance))));
                }
            }
        }
        matcher
    }

    /// The places in `text`, by where they begin.
    pub fn places(&mut self, text: &str) -> Vec<Place> {
        let mut places = Vec::new();
        for token in Scanner::new(text).filter(|token| self.beginnings.admit(&token.text)) {
            let inside = match self.seen.get(token.text.as_ref()) {
                Some(inside) => Rc::clone(inside),
                None => {
                    let inside = self.inside(&token);
                    self.seen.insert(token.text.to_string(), Rc::clone(&inside));
                    inside
                }
            };
            // Where the text is not what is scanned (a number without its blanks), the token is marked as a whole.
            let exact = text[token.span.clone()].len() == token.text.len();
            places.extend(inside.iter().map(|place| {
                let start = token.span.start;
                let whole = !exact || place.span.len() == token.text.len();
                let span = if whole { token.span.clone() } else { start + place.span.start..start + place.span.end };
                Place { span, ..place.clone() }
            }));
        }
        let phrases = self.others.iter().any(|(_, other)| matches!(other, Other::Phrase(_)));
        if phrases {
            self.phrases(text, &mut places);
        }
        places.sort_by_key(|place| (place.span.start, place.span.end, place.leaf, place.slight));
        places.dedup_by(|next, kept| next.span == kept.span && next.leaf == kept.leaf);
        places
    }

    /// The places within a token, from its beginning: the whole of it, or a part of a compound where the whole does not
    /// match.
    fn inside(&self, token: &Token<'_>) -> Rc<[Place]> {
        let term = self.analyzer.term(token);
        let Term { text, folded, parts, key: nordic, .. } = term.as_ref();
        let mut leaves: Vec<usize> = self.terms.get(text.as_ref()).cloned().unwrap_or_default();
        let key = folded.as_deref().unwrap_or(text);
        leaves.extend(self.keys.get(key).into_iter().flatten());
        let by_key = nordic.iter().filter_map(|key| self.nordic.get(key.as_ref())).flatten();
        leaves.extend(by_key.map(|&(leaf, _)| leaf));
        leaves.extend(self.others.iter().filter(|(_, other)| other.accepts(text)).map(|&(leaf, _)| leaf));
        leaves.sort_unstable();
        leaves.dedup();
        let whole = 0..token.text.len();
        // Small letters may take other bytes than capitals do; then nobody knows where a part stands.
        let same_bytes = lowercase(&token.text).len() == token.text.len();
        let of_whole = leaves.iter().map(|&leaf| Place { span: whole.clone(), leaf, slight: false });
        let mut places: Vec<Place> = of_whole.collect();
        let first = places.len();
        for part in parts {
            let inside = part.span.clone();
            let fits =
                same_bytes && token.text.is_char_boundary(inside.start) && token.text.is_char_boundary(inside.end);
            let span = if fits { inside } else { whole.clone() };
            let by_key = part.key.iter().filter_map(|key| self.nordic.get(key.as_ref())).flatten();
            let of_part = self.parts.get(part.text.as_ref()).into_iter().flatten().chain(by_key);
            let of_part = of_part.filter(|(leaf, _)| !leaves.contains(leaf));
            // An *s* that joins is none of its letters; an *e* may be, and makes *dyre* what one would mark.
            let short = token.text[span.clone()].trim_end_matches('s').chars().count() < SHORT_PART;
            places.extend(of_part.map(|&(leaf, part)| Place { span: span.clone(), leaf, slight: short && part }));
        }
        // With another part of the same word it is no chance.
        for at in first..places.len() {
            let Place { span, leaf, .. } = &places[at];
            let another = places[first..].iter().any(|other| other.leaf == *leaf && other.span != *span);
            places[at].slight &= !another;
        }
        places.into()
    }

    fn phrases(&self, text: &str, places: &mut Vec<Place>) {
        let mut at: FxHashMap<(u32, Box<str>), std::ops::Range<usize>> = FxHashMap::default();
        let wanted = |term: &str| {
            self.others.iter().any(|(_, other)| match other {
                Other::Phrase(terms) => terms.iter().any(|(_, text)| text == term),
                _ => false,
            })
        };
        for (token, term) in self.analyzer.tokens(text) {
            if wanted(&term.text) {
                at.insert((token.position, term.text.clone()), token.span);
            }
        }
        for (leaf, other) in &self.others {
            let Other::Phrase(terms) = other else { continue };
            let (base, first) = &terms[0];
            for (start, _) in at.keys().filter(|(_, term)| **term == **first) {
                let spans: Option<Vec<_>> =
                    terms.iter().map(|(offset, term)| at.get(&(start + offset - base, term.as_str().into()))).collect();
                let spans = spans.into_iter().flatten();
                places.extend(spans.map(|span| Place { span: span.clone(), leaf: *leaf, slight: false }));
            }
        }
    }
}

impl Other<'_> {
    /// Whether a single term matches; phrases take more than one.
    fn accepts(&self, term: &str) -> bool {
        match self {
            Self::Phrase(_) => false,
            Self::Prefix(prefix, stem) => term.starts_with(prefix) || (term == *stem && !stem.starts_with(prefix)),
            Self::Near(near) => near.accepts(term.as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Across;
    use crate::query::Node;
    use crate::query::Plan;
    use crate::query::parse;

    /// The places in a Danish text that the scored leaves of a query match.
    fn places(query: &Node, text: &str) -> Vec<Place> {
        let danish = Language::by_code("da").expect("Danish is registered");
        let plan = Plan::new(query, &Vocabulary::default(), Across::Off);
        let clauses = plan.typed(danish);
        let scored = clauses.iter().enumerate().filter(|(leaf, _)| plan.leaves[*leaf].scored);
        let each = scored.flat_map(|(leaf, clauses)| clauses.iter().map(move |clause| (leaf, clause)));
        Matcher::new(danish, &plan.vocabulary, each).places(text)
    }

    fn check(query: &str, text: &str, expect: &[&str]) {
        let places = places(&parse::parse(query).expect("a small query").root, text);
        assert_eq!(places.iter().map(|place| &text[place.span.clone()]).collect::<Vec<_>>(), expect, "{query}");
    }

    #[test]
    fn inflected_folded_and_joined_words() {
        check("regel", "Reglerne og en regels regler", &["Reglerne", "regels", "regler"]);
        check("raadgivning", "rådgivningen", &["rådgivningen"]);
        check("bolaget", "it-bolagets", &["bolagets"]);
        check("kommune", "it-kommunen", &["kommunen"]);
        check("EU", "EU's", &["EU's"]);
    }

    #[test]
    fn a_short_part_that_two_compounds_share_is_slight() {
        let slight = |query: &str, text: &str| -> Vec<(String, bool)> {
            let places = places(&parse::plain(query), text);
            places.iter().map(|place| (text[place.span.clone()].to_owned(), place.slight)).collect()
        };
        let check = |query: &str, text: &str, expect: &[(&str, bool)]| {
            let expect: Vec<_> = expect.iter().map(|&(word, slight)| (word.to_owned(), slight)).collect();
            assert_eq!(slight(query, text), expect, "{query}: {text}");
        };
        check("vejvedligeholdelse", "søvejsregler", &[("vejs", true)]);
        check("dyrehold", "dyrevelfærd", &[("dyre", false)]);
        check("vejvedligeholdelse", "vedligeholdelseskonto", &[("vedligeholdelses", false)]);
        // The part itself was asked for, the word stands alone, or more than one part is there.
        check("vej", "søvejsregler", &[("vejs", false)]);
        check("vejvedligeholdelse", "vej", &[("vej", false)]);
        check("vejvedligeholdelse", "vejvedligeholdelseskonto", &[("vej", false), ("vedligeholdelses", false)]);
    }

    #[test]
    fn phrases_prefixes_and_fuzzy_words() {
        check("\"digital post\"", "Digital Post er post, ikke digital", &["Digital", "Post"]);
        check("digitaliser*", "digitaliseringen", &["digitaliseringen"]);
        check("kommnue~", "kommunen", &["kommunen"]);
        check("-post digital", "digital post", &["digital"]);
    }

    #[test]
    fn references() {
        check("§ 12 a", "efter § 12 a, stk. 2", &["§", "§ 12 a", "12", "a"]);
    }

    proptest::proptest! {
        #[test]
        fn no_word_is_passed_over_that_matches(word in "[a-zæøåäöA-Ø0-9-]{1,12}") {
            let words = Scanner::new(&word).count();
            let places = places(&parse::plain(&word), &word);
            proptest::prop_assert!(words == 0 || !places.is_empty());
        }
    }
}
