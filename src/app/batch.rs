//! Many queries, answered for a program: ids and scores, nothing read that is not asked for.

use crate::app::search::QueryFault;
use crate::app::search::SearchError;
use crate::engine::Request;
use crate::engine::Searcher;
use crate::lang::Language;
use crate::query::Across;
use crate::query::Matching;
use crate::query::Plan;
use crate::query::parse;
use crate::source::clean;

/// One query of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchQuery {
    /// Its name in the output.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// The language it is written in, where that is known; it never filters.
    pub lang: Option<&'static Language>,
}

/// One document in a batch's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked<'s> {
    /// The document's id.
    pub id: &'s str,
    /// Its score.
    pub score: f32,
}

/// How a batch is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchOptions {
    /// How many documents for each query.
    pub depth: usize,
    /// Whether texts are queries, with phrases and fields, rather than plain words.
    pub syntax: bool,
    /// Whether to look in related languages too, by key and lexicon.
    pub across: Across,
    /// Only documents in this language, or with a passage in it.
    pub lang: Option<&'static Language>,
}

/// The best documents for `query`.
///
/// # Errors
/// When the query passes a limit, or the index cannot be read.
pub fn batch<'s>(
    searcher: &'s Searcher,
    query: &BatchQuery,
    options: &BatchOptions,
) -> Result<Vec<Ranked<'s>>, SearchError> {
    let text = clean(&query.text);
    let root = if options.syntax { parse::parse(&text).map_err(QueryFault::from)?.root } else { parse::plain(&text) };
    let mut plan = Plan::new(&root, searcher.vocabulary(), options.across);
    if let Some(language) = options.lang {
        plan.restrict(&Matching::Language(language.code.to_owned()));
    }
    let prepared = searcher.prepare(&plan, query.lang)?;
    let foreign_only = options.across == Across::Only;
    let request = Request { limit: options.depth, foreign_only, ..Request::default() };
    let found = searcher.search(&prepared, &request)?;
    let ranked = |hit| (searcher.id(hit), hit.score);
    Ok(found.hits.iter().map(ranked).map(|(id, score)| Ranked { id, score }).collect())
}
