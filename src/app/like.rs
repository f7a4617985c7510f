//! More like this: the articles that are about what one article is about.
//!
//! What an article is about is read off its words: those that it uses often and others seldom (tf-idf, with the
//! frequencies of its own language). Some two dozen of them are a query like any other, so filters, order, facets,
//! highlights and explanations come with it, and so do related languages, by the keys and the lexicon of the plan. That is
//! also why it is an option of `snotra search` and no command of its own: it would have to repeat all the others.
//!
//! Rejected: the whole article as a query, a thousand look-ups whose stop words outweigh its subject; and vectors stored
//! for each article, which every index would have to hold for what few ask of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::app::Found;
use crate::app::Loose;
use crate::app::QueryLang;
use crate::app::SearchError;
use crate::app::SearchOptions;
use crate::app::search::Answer;
use crate::app::search::planned;
use crate::engine::EngineError;
use crate::engine::Searcher;
use crate::engine::Stored;
use crate::query::Node;
use crate::text::Kind;
use crate::text::lowercase;

/// So many words say what an article is about.
const WORDS: usize = 25;
/// So many of an article's most frequent words are looked up.
const LOOKED_UP: usize = 500;
/// Shorter words are mostly function words.
const FEWEST_LETTERS: usize = 3;
/// How often a word of the title counts.
const IN_TITLE: usize = 3;

/// A word that says what an article is about.
#[derive(Debug, Clone, PartialEq)]
struct Telling {
    /// Its most frequent form.
    text: String,
    /// What it is worth by how often it is there, from 0 to 1.
    weight: f32,
}

/// The articles most like the one called `id`, without itself; `None` where there is none of that name.
///
/// # Errors
/// When the index cannot be read.
pub fn like(searcher: &Searcher, id: &str, options: &SearchOptions) -> Result<Option<Found>, SearchError> {
    let Some(hit) = searcher.find(id) else { return Ok(None) };
    let document = searcher.stored(&hit)?;
    let words = telling(searcher, &document)?;
    let word = |word: &Telling| Node::Word { text: word.text.clone(), span: 0..0 };
    let root = Node::Any(words.iter().map(word).collect());
    let known = Some(document.language).filter(|language| !language.is_undetermined());
    let options = SearchOptions { query_lang: options.query_lang.or(known), ..options.clone() };
    let mut plan = planned(searcher, &root, &options);
    // The words come from all over the article: which stand side by side here says nothing.
    plan.adjacent.clear();
    for leaf in &mut plan.leaves {
        leaf.likeness = false;
        leaf.weight *= words.iter().find(|word| word.text == leaf.text).map_or(1.0, |word| word.weight);
    }
    let prepared = searcher.prepare(&plan, options.query_lang)?;
    let answer = Answer::new(searcher, &prepared, &options, Some(hit))?;
    Ok(Some(Found {
        query: String::new(),
        like: Some(document.id),
        interpreted: root.to_string(),
        warnings: Vec::new(),
        suggestions: Vec::new(),
        suggested: None,
        corrected: false,
        total: answer.total,
        loose: Some(Loose { several: true, with_all: None }),
        query_lang: QueryLang::new(options.query_lang, &prepared),
        hits: answer.hits,
        facets: answer.facets,
    }))
}

/// The words that tell most about `document`, best first.
fn telling(searcher: &Searcher, document: &Stored) -> Result<Vec<Telling>, EngineError> {
    let language = document.language;
    let analyzer = searcher.vocabulary().analyzer(language);
    let mut stems: BTreeMap<Box<str>, BTreeMap<String, usize>> = BTreeMap::new();
    for (text, times) in [(&document.title, IN_TITLE), (&document.body, 1)] {
        for (token, term) in analyzer.tokens(text) {
            let letters = token.text.chars().all(char::is_alphabetic) && token.kind == Kind::Word;
            if letters && token.text.chars().count() >= FEWEST_LETTERS && !language.is_common(&token.text) {
                let forms = stems.entry(term.text.clone()).or_default();
                *forms.entry(lowercase(&token.text).into_owned()).or_default() += times;
            }
        }
    }
    let mut counted: Vec<(usize, &str, &BTreeMap<String, usize>)> =
        stems.iter().map(|(stem, forms)| (forms.values().sum(), stem.as_ref(), forms)).collect();
    // The sort is stable: equally frequent words stay in the order of the alphabet.
    counted.sort_by_key(|&(count, ..)| Reverse(count));
    counted.truncate(LOOKED_UP);
    let mut ranked = Vec::new();
    for (count, stem, forms) in counted {
        let doc_freq = searcher.doc_freq(language, stem)?;
        // What no other article has finds nothing.
        if doc_freq < 2 {
            continue;
        }
        let weight = 1.0 + libm::log(count as f64) as f32;
        let form = forms.iter().rev().max_by_key(|&(_, count)| count);
        let text = form.map_or(stem, |(form, _)| form).to_owned();
        ranked.push((weight * searcher.idf(language, doc_freq), Telling { text, weight }));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.truncate(WORDS);
    let most = ranked.iter().map(|(_, word)| word.weight).fold(1.0, f32::max);
    Ok(ranked.into_iter().map(|(_, word)| Telling { weight: word.weight / most, ..word }).collect())
}
