//! Did you mean: for each word of a query that no document has, the nearest words that some have.
//!
//! They are offered beside an answer, whatever it is, and searched only where the query as typed finds nothing: a word
//! that is rare, foreign or new may well be meant as it stands. What is searched then is the query with the first
//! suggestion for each word, at a low weight, so that the words which are known decide the order.
//!
//! Rejected: searching the suggestions beside the word whenever it is unknown, which buries the hits of the other words
//! under those of a guess; and suggestions in batches, whose runs must not depend on what else is in an index.

use std::collections::BTreeMap;

use crate::app::SearchOptions;
use crate::engine::EngineError;
use crate::engine::Prepared;
use crate::engine::Searcher;
use crate::query::Across;
use crate::query::Node;
use crate::query::Plan;
use crate::query::parse;
use crate::text::Kind;
use crate::text::Scanner;
use crate::text::Token;

/// A word that no document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// As typed.
    pub term: String,
    /// Words that some document has, the nearest first; never empty.
    pub alternatives: Vec<String>,
}

/// What a suggested word is worth beside a typed one.
const CORRECTED: f32 = 0.3;
/// So many words are offered for one.
const ALTERNATIVES: usize = 3;
/// Fewer letters could be anything.
const FEWEST_LETTERS: usize = 3;
/// In a query with more unknown words, it is not the spelling that is wrong.
const MOST_WORDS: usize = 8;

/// Suggestions for the words of `root` that no document has, where there are any, in the order of the query.
pub(super) fn suggestions(
    searcher: &Searcher,
    root: &Node,
    prepared: &Prepared<'_>,
    options: &SearchOptions,
) -> Result<Vec<Suggestion>, EngineError> {
    let mut unknown: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    each_text(root, &mut |text| texts.push(text));
    for text in texts {
        if prepared.knows_any(|leaf| leaf.text == text)? {
            continue;
        }
        for token in words(text) {
            if unknown.len() < MOST_WORDS
                && !unknown.contains(&token.text.clone().into_owned())
                && !knows(searcher, &token.text, options)?
            {
                unknown.push(token.text.into_owned());
            }
        }
    }
    let mut suggestions = Vec::new();
    for term in unknown {
        let near = searcher.nearest(&term, ALTERNATIVES)?;
        if !near.is_empty() {
            suggestions.push(Suggestion { term, alternatives: near.into_iter().map(|word| word.text).collect() });
        }
    }
    Ok(suggestions)
}

/// Whether some document has `word`, anywhere: in the query it may stand where only titles count, or in a phrase.
fn knows(searcher: &Searcher, word: &str, options: &SearchOptions) -> Result<bool, EngineError> {
    let plan = Plan::new(&parse::plain(word), searcher.vocabulary(), Across::On);
    let prepared = searcher.prepare(&plan, options.query_lang)?;
    prepared.knows_any(|_| true)
}

/// `root` with the first suggestion in the place of every word that has one; `None` where none has.
pub(super) fn corrected(root: &Node, suggestions: &[Suggestion]) -> Option<Node> {
    if suggestions.is_empty() {
        return None;
    }
    let first = suggestions.iter().map(|suggestion| (suggestion.term.as_str(), suggestion.alternatives[0].as_str()));
    let mut root = root.clone();
    replace(&mut root, &first.collect());
    Some(root)
}

/// Lowers what the words of a corrected plan are worth that were put into it.
pub(super) fn weaken(plan: &mut Plan, suggestions: &[Suggestion]) {
    let is_new = |word: &str| suggestions.iter().any(|suggestion| suggestion.alternatives[0] == word);
    for leaf in plan.leaves.iter_mut().filter(|leaf| words(&leaf.text).any(|token| is_new(&token.text))) {
        leaf.weight *= CORRECTED;
    }
}

/// The words in `text` that could be misspelt.
fn words(text: &str) -> impl Iterator<Item = Token<'_>> {
    Scanner::new(text).filter(|token| {
        let is_word = token.kind == Kind::Word && token.text.chars().all(char::is_alphabetic);
        is_word && token.text.chars().count() >= FEWEST_LETTERS
    })
}

/// Calls `each` with the text of every word and phrase that is looked for. What is excluded, or left open by a star or a
/// tilde, is meant as it stands.
fn each_text<'n>(node: &'n Node, each: &mut impl FnMut(&'n str)) {
    match node {
        Node::Word { text, .. } | Node::Phrase { text, .. } => each(text),
        Node::Title(inner) | Node::Must(inner) => each_text(inner, each),
        Node::And(children) | Node::Or(children) | Node::Any(children) => {
            children.iter().for_each(|child| each_text(child, each));
        }
        Node::Not(_)
        | Node::Prefix { .. }
        | Node::Fuzzy { .. }
        | Node::Lang(_)
        | Node::Date { .. }
        | Node::Source(_) => {}
    }
}

fn replace(node: &mut Node, by: &BTreeMap<&str, &str>) {
    match node {
        Node::Word { text, .. } | Node::Phrase { text, .. } => {
            let mut new = String::with_capacity(text.len());
            let mut at = 0;
            for token in words(text) {
                if let Some(word) = by.get(token.text.as_ref()) {
                    new.push_str(&text[at..token.span.start]);
                    new.push_str(word);
                    at = token.span.end;
                }
            }
            new.push_str(&text[at..]);
            *text = new;
        }
        Node::Title(inner) | Node::Must(inner) => replace(inner, by),
        Node::And(children) | Node::Or(children) | Node::Any(children) => {
            children.iter_mut().for_each(|child| replace(child, by));
        }
        Node::Not(_)
        | Node::Prefix { .. }
        | Node::Fuzzy { .. }
        | Node::Lang(_)
        | Node::Date { .. }
        | Node::Source(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Vocabulary;

    fn suggestion(term: &str, alternatives: &[&str]) -> Suggestion {
        Suggestion { term: term.to_owned(), alternatives: alternatives.iter().map(|&word| word.to_owned()).collect() }
    }

    #[test]
    fn only_what_is_unknown_is_replaced() {
        let check = |query: &str, expect: &str| {
            let root = parse::parse(query).expect("a small query").root;
            let suggestions = [suggestion("kommnuen", &["kommunen", "kommuner"]), suggestion("skta", &["skat"])];
            let corrected = corrected(&root, &suggestions).expect("there are suggestions");
            assert_eq!(corrected.to_string(), expect, "{query}");
        };
        check("kommnuen", "kommunen");
        check("regler +kommnuen, -skta lang:da", "regler +kommunen, -skta lang:da");
        check("\"i kommnuen nu\" OR title:skta", "\"i kommunen nu\" OR title:skat");
        check("kommnuen* skta~ kommnuens", "kommnuen* skta~1 kommnuens");
        let root = parse::parse("skta").expect("a small query").root;
        assert_eq!(corrected(&root, &[]), None);
    }

    #[test]
    fn what_is_put_in_is_worth_less() {
        let root = parse::parse("regler kommunen").expect("a small query").root;
        let mut plan = Plan::new(&root, &Vocabulary::default(), Across::Off);
        weaken(&mut plan, &[suggestion("kommnuen", &["kommunen", "regler"])]);
        let weights: Vec<_> = plan.leaves.iter().map(|leaf| leaf.weight).collect();
        assert_eq!(weights, [1.0, CORRECTED]);
    }

    #[test]
    fn numbers_and_short_words_are_left_alone() {
        let words = |text: &str| words(text).map(|token| token.text.into_owned()).collect::<Vec<_>>();
        assert_eq!(words("§ 12 a om støj, covid19 x it-bolaget"), ["støj"]);
    }
}
