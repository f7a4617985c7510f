//! What the leaves of a plan are in one language: the clauses that are looked up in its documents.
//!
//! Each language has its own steps of analysis. What a word would mean in a related language is read from any language
//! that the query may be in; which of these readings are looked up is decided by what the index holds.

use crate::lang::Language;
use crate::lang::Layer;
use crate::lang::Translation;
use crate::lang::is_false_friend;
use crate::lang::translations;
use crate::query::clause::Clause;
use crate::query::clause::Origin;
use crate::query::clause::Pattern;
use crate::query::clause::Way;
use crate::query::plan::Leaf;
use crate::query::plan::LeafKind;
use crate::query::plan::Plan;
use crate::query::plan::is_cited_by_number;
use crate::text::Analyzer;
use crate::text::Kind;
use crate::text::Step;
use crate::text::Term;
use crate::text::beginnings;
use crate::text::lowercase;

/// What *679* is worth beside *2016/679*: other things bear that number.
const INSIDE_NUMBER: f32 = 0.1;

impl Plan {
    /// By leaf, what is looked up of it as it is typed, in documents in `language`.
    pub fn typed(&self, language: &'static Language) -> Vec<Vec<Clause>> {
        let analyzer = self.vocabulary.analyzer(language);
        let pattern = |leaf: &Leaf| {
            let pattern = pattern(leaf, &analyzer);
            pattern.map(|(pattern, origin)| clause(language, leaf, pattern, origin)).into_iter().collect()
        };
        let mut clauses: Vec<Vec<Clause>> = self.leaves.iter().map(pattern).collect();
        for run in &self.runs {
            let mut part_weight = 1.0;
            for (token, term) in analyzer.tokens(&run.text) {
                if token.kind == Kind::Reference {
                    let is_it = |leaf: &Leaf| leaf.text == token.text && !is_cited_by_number(&token.text);
                    if let Some(at) = self.leaves[run.first..].iter().position(is_it) {
                        let (leaf, reference) = (&self.leaves[run.first + at], Pattern::Term(term.text.to_string()));
                        clauses[run.first + at].push(clause(language, leaf, reference, Origin::Reference));
                    }
                    continue;
                }
                // The whole comes before its parts. Those of a number with several, as 2016/679, say little.
                if token.kind == Kind::Whole {
                    part_weight = if token.text.contains(char::is_alphabetic) { 1.0 } else { INSIDE_NUMBER };
                }
                let at = run.leaf_at(token.span.start);
                let (leaf, clauses) = (&self.leaves[at], &mut clauses[at]);
                let (origin, weight, part) = match token.kind {
                    Kind::Part => (Origin::Part, part_weight, Some(parts(clauses))),
                    _ => (Origin::Typed, 1.0, None),
                };
                let word = clause(language, leaf, Pattern::Word(term.text.to_string()), origin);
                clauses.push(Clause { weight, part, ..word });
                // What a hyphen joins is a part already, and is not taken apart further.
                if token.kind == Kind::Word {
                    for (number, part) in (parts(clauses)..).zip(&term.parts) {
                        let word = Pattern::Word(part.text.to_string());
                        clauses.push(Clause { part: Some(number), ..clause(language, leaf, word, Origin::Part) });
                    }
                }
                let key = term.folded.as_deref().unwrap_or(&term.text).to_owned();
                let folded = Pattern::Folded { key, also_plain: term.folded.is_some() };
                let folded = clause(language, leaf, folded, Origin::Folded);
                clauses.push(Clause { weight, part, way: Way::Folded, ..folded });
            }
        }
        clauses
    }

    /// By leaf, the first letters of its word, which decide nothing but the order of the best documents in `language`.
    pub fn beginnings(&self, language: &'static Language) -> Vec<Vec<Clause>> {
        let mut clauses = vec![Vec::new(); self.leaves.len()];
        for run in &self.runs {
            for (token, term) in self.vocabulary.analyzer(language).tokens(&run.text) {
                let at = run.leaf_at(token.span.start);
                if token.kind == Kind::Word && self.leaves[at].likeness && !language.is_common(&token.text) {
                    let letters = |letters: &str| Pattern::Beginning(letters.to_owned());
                    let clause = |pattern: Pattern| clause(language, &self.leaves[at], pattern, Origin::Beginning);
                    clauses[at].extend(beginnings(&term.surface).map(letters).map(clause));
                }
            }
        }
        clauses
    }

    /// By leaf, what is looked up in documents in `to` if the query is in `from`, a related language: by key and by
    /// lexicon.
    pub fn across(&self, from: &'static Language, to: &'static Language) -> Vec<Vec<Clause>> {
        let mut clauses = vec![Vec::new(); self.leaves.len()];
        let has_keys = |language: &Language| language.steps.contains(&Step::Key);
        if !self.across || from.code == to.code || !has_keys(from) || !has_keys(to) {
            return clauses;
        }
        let (analyzer, into) = (self.vocabulary.analyzer(from), self.vocabulary.analyzer(to));
        for run in &self.runs {
            for (token, term) in analyzer.tokens(&run.text) {
                if matches!(token.kind, Kind::Word | Kind::Part) && !from.is_common(&token.text) {
                    let at = run.leaf_at(token.span.start);
                    let (leaf, clauses) = (&self.leaves[at], &mut clauses[at]);
                    let part = (token.kind == Kind::Part).then(|| parts(clauses));
                    across(clauses, from, (to, &into), &term, (leaf.title_only, part));
                }
            }
        }
        clauses
    }
}

/// What a leaf that is no word and no reference looks up.
fn pattern(leaf: &Leaf, analyzer: &Analyzer) -> Option<(Pattern, Origin)> {
    let word = || lowercase(&leaf.text).into_owned();
    let stem =
        |word: &str| analyzer.tokens(word).next().map_or_else(|| word.to_owned(), |(_, term)| term.text.to_string());
    match leaf.kind {
        LeafKind::Word | LeafKind::Reference => None,
        LeafKind::Phrase => {
            let words = analyzer.tokens(&leaf.text).filter(|(token, _)| matches!(token.kind, Kind::Word | Kind::Part));
            let mut terms: Vec<(u32, String)> =
                words.map(|(token, term)| (token.position, term.text.to_string())).collect();
            let pattern = match terms.len() {
                0 => return None,
                1 => Pattern::Term(terms.swap_remove(0).1),
                _ => Pattern::Phrase(terms),
            };
            Some((pattern, Origin::Phrase))
        }
        LeafKind::Prefix => Some((Pattern::Prefix { stem: stem(&word()), prefix: word() }, Origin::Prefix)),
        LeafKind::Fuzzy(distance) => {
            Some((Pattern::Fuzzy { stem: stem(&word()), word: word(), distance }, Origin::Fuzzy))
        }
    }
}

fn clause(language: &'static Language, leaf: &Leaf, pattern: Pattern, origin: Origin) -> Clause {
    Clause { language, title_only: leaf.title_only, pattern, origin, weight: 1.0, way: Way::Typed, part: None }
}

/// The number of the next part of a word with these clauses.
fn parts(clauses: &[Clause]) -> u8 {
    clauses.iter().filter_map(|clause| clause.part).max().map_or(0, |last| last.saturating_add(1))
}

/// What a match by key is worth beside one by translation, and beside one by translation where there is one.
const KEY: f32 = 0.8;
const KEY_BESIDE: f32 = 0.5;
/// What a guessed translation is worth beside one that is known.
const INDUCED: f32 = 0.5;
/// How many translations are looked up.
const TRANSLATIONS: usize = 4;

/// The clauses that find in `to` what `term` means in `from`; of a part of a joined word, all of them are that part.
fn across(
    clauses: &mut Vec<Clause>,
    from: &'static Language,
    (to, analyzer): (&'static Language, &Analyzer),
    term: &Term,
    (title_only, joined): (bool, Option<u8>),
) {
    let translated = translations(from, to, &term.text);
    let clause = |pattern, origin, weight, way, part: Option<u8>| {
        let part = joined.or(part);
        Clause { language: to, title_only, pattern, origin, weight, way, part }
    };
    let mut push = |new: Clause| {
        let same =
            |old: &Clause| old.pattern == new.pattern && old.way == new.way && old.part.is_some() == new.part.is_some();
        if !clauses.iter().any(same) {
            clauses.push(new);
        }
    };
    let key_weight = if translated.is_empty() { KEY } else { KEY_BESIDE };
    if let Some(key) = term.key.as_ref().filter(|_| !is_false_friend(from, to, &term.text)) {
        push(clause(Pattern::Key(key.to_string()), Origin::Key, key_weight, Way::Key(from.code), None));
    }
    for (number, translation) in (0..).zip(translated.iter().take(TRANSLATIONS)) {
        let (way, weight, origin) =
            (Way::Translated(from.code, number), worth(translation), Origin::Translated(translation.layer));
        let mut numbers = 0..;
        for (token, term) in analyzer.tokens(&translation.word) {
            let part = if token.kind == Kind::Part { numbers.next() } else { None };
            push(clause(Pattern::Word(term.text.to_string()), origin, weight, way, part));
            for part in &term.parts {
                push(clause(Pattern::Word(part.text.to_string()), origin, weight, way, numbers.next()));
            }
        }
    }
    // Of a compound, each part by its best translations, or by its key.
    for (number, part) in (0..).zip(&term.parts) {
        let translated = translations(from, to, &part.text);
        let weight = if translated.is_empty() { KEY } else { KEY_BESIDE };
        if let Some(key) = part.key.as_ref().filter(|_| !is_false_friend(from, to, &part.text)) {
            push(clause(Pattern::Key(key.to_string()), Origin::Key, weight, Way::Key(from.code), Some(number)));
        }
        for translation in translated.iter().take(2) {
            let (weight, origin) = (worth(translation) * KEY, Origin::Translated(translation.layer));
            push(clause(
                Pattern::Word(analyzer.stem(&translation.word).into_owned()),
                origin,
                weight,
                Way::Key(from.code),
                Some(number),
            ));
        }
    }
}

fn worth(translation: &Translation) -> f32 {
    translation.weight * if translation.layer == Layer::Induced { INDUCED } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Vocabulary;
    use crate::query::Across;
    use crate::query::parse;

    fn typed(query: &str) -> (Plan, Vec<Vec<Clause>>) {
        let danish = Language::by_code("da").expect("Danish is registered");
        let plan = Plan::new(&parse::parse(query).expect("a small query").root, &Vocabulary::default(), Across::Off);
        let clauses = plan.typed(danish);
        (plan, clauses)
    }

    #[test]
    fn words_have_typed_and_folded_clauses() {
        let show = |clause: &Clause| match &clause.pattern {
            Pattern::Term(text) | Pattern::Word(text) => text.clone(),
            Pattern::Folded { key, also_plain } => format!("~{key}{}", if *also_plain { "+" } else { "" }),
            other => format!("{other:?}"),
        };
        let (_, clauses) = typed("Digital rådgivning");
        let shown: Vec<Vec<_>> = clauses.iter().map(|clauses| clauses.iter().map(show).collect()).collect();
        assert_eq!(shown, [["digital", "~digital"], ["rådgivning", "~radgivning+"]]);
    }

    #[test]
    fn a_reference_is_looked_up_beside_its_words() {
        let (plan, clauses) = typed("§ 12 a");
        let at = plan.leaves.iter().position(|leaf| leaf.text == "§12a").expect("the reference is a leaf");
        assert_eq!(clauses[at].iter().map(|clause| clause.origin).collect::<Vec<_>>(), [Origin::Reference]);
    }

    #[test]
    fn parts_of_numbers_weigh_little_and_parts_of_words_do_not() {
        let weights = |query: &str| -> Vec<(f32, Option<u8>)> {
            let typed = typed(query).1.swap_remove(0).into_iter().filter(|clause| clause.way == Way::Typed);
            typed.map(|clause| (clause.weight, clause.part)).collect()
        };
        assert_eq!(weights("2016/679"), [(1.0, None), (INSIDE_NUMBER, Some(0)), (INSIDE_NUMBER, Some(1))]);
        assert_eq!(weights("it-bolaget"), [(1.0, None), (1.0, Some(0)), (1.0, Some(1))]);
    }

    #[test]
    fn what_a_compound_means_elsewhere_is_known_part_by_part() {
        let [danish, swedish] = ["da", "sv"].map(|code| Language::by_code(code).expect("both are registered"));
        let query = parse::plain("sagsbehandlingstid");
        let plan = Plan::new(&query, &Vocabulary::default(), Across::On);
        let clauses = plan.across(danish, swedish).swap_remove(0);
        assert!(clauses.iter().all(|clause| clause.language.code == "sv" && clause.way.source() == Some("da")));
        let by_part = |number| clauses.iter().any(|clause| clause.way == Way::Key("da") && clause.part == Some(number));
        assert!(by_part(0) && by_part(1), "{clauses:?}");
        assert!(Plan::new(&query, &Vocabulary::default(), Across::Off).across(danish, swedish)[0].is_empty());
    }
}
