//! `snotra show`.

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::args::Show;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::engine::Ranking;
use crate::engine::Searcher;
use crate::output::json;
use crate::output::text;

pub(super) fn run(options: &Show, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let searcher = Searcher::open(&global.index, Ranking::default())?;
    let Some(hit) = searcher.find(&options.id) else {
        streams.note(&format!("no document has the id {}", crate::output::sanitize(&options.id)));
        return Ok(Outcome::Nothing);
    };
    let document = searcher.stored(&hit)?;
    if global.json {
        json::write_line(&mut streams.out, &json::document(&document, options.raw))?;
    } else {
        text::document(&mut streams.out, &document, options.raw)?;
    }
    Ok(Outcome::Done)
}
