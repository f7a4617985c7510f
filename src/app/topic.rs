//! A topic as a query, asked the way `batch` asks it.

use crate::app::search::QueryFault;
use crate::app::search::SearchError;
use crate::engine::Searcher;
use crate::eval::Topic;
use crate::lang::Language;
use crate::query::Across;
use crate::query::Plan;
use crate::query::parse;
use crate::source::clean;

/// The plan of `topic`, in related languages too. Its text is plain words unless `syntax` says that it is a query.
pub(super) fn plan(searcher: &Searcher, topic: &Topic, syntax: bool) -> Result<Plan, SearchError> {
    let text = clean(&topic.text);
    let root = if syntax { parse::parse(&text).map_err(QueryFault::from)?.root } else { parse::plain(&text) };
    Ok(Plan::new(&root, searcher.vocabulary(), Across::On))
}

/// The language that `topic` is written in, where it says so and the language is known here.
pub(super) fn language(topic: &Topic) -> Option<&'static Language> {
    topic.lang.as_deref().and_then(Language::by_code)
}
