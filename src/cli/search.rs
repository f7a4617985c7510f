//! `snotra search`.

use std::time::Instant;

use crate::app;
use crate::app::SearchOptions;
use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::args::Search;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::engine::Searcher;
use crate::output::json;
use crate::output::text;

pub(super) fn run(options: &Search, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let searcher = Searcher::open(&global.index, options.ranking.ranking())?;
    let search_options = SearchOptions {
        limit: options.limit,
        offset: options.offset,
        lang: options.lang,
        query_lang: options.query_lang,
        since: options.since,
        until: options.until,
        source: options.source.clone(),
        sort: options.sort,
        facets: options.facets.clone(),
        strict: options.strict,
        explain: options.explain,
        across: options.across.across(options.ranking.profile),
        suggest: true,
        group: !options.no_group,
        count_all: !global.json,
    };
    let found = match &options.like {
        None => app::search(&searcher, &options.query.join(" "), &search_options)?,
        Some(id) => match app::like(&searcher, id, &search_options)? {
            Some(found) => found,
            None => {
                streams.note(&format!("no document has the id {}", crate::output::sanitize(id)));
                return Ok(Outcome::Nothing);
            }
        },
    };
    let seconds = start.elapsed().as_secs_f64();
    if global.json {
        json::write_line(&mut streams.out, &json::found(&found, options.timing.then_some(seconds)))?;
    } else {
        for warning in &found.warnings {
            streams.warning(warning);
        }
        if !found.warnings.is_empty() {
            streams.note(&format!("searched: {}", crate::output::sanitize(&found.interpreted)));
        }
        if let Some(remark) = text::did_you_mean(&found) {
            streams.note(&remark);
        }
        let layout = streams.layout();
        text::found(&mut streams.out, &found, layout)?;
        if options.timing {
            streams.note(&format!("{:.1} ms", seconds * 1e3));
        }
    }
    Ok(if found.total == 0 { Outcome::Nothing } else { Outcome::Done })
}
