//! `snotra inspect`.

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::args::Inspect;
use crate::cli::failure::Failure;
use crate::cli::streams::Streams;
use crate::engine::Ranking;
use crate::engine::Searcher;
use crate::output::json;
use crate::output::text;

pub(super) fn run(options: &Inspect, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let verified = if options.verify { Some(Searcher::verify(&global.index)?) } else { None };
    let searcher = Searcher::open(&global.index, Ranking::default())?;
    let inspection = searcher.inspect()?;
    let terms = if options.terms { Some(searcher.terms()?) } else { None };
    if global.json {
        json::write_line(&mut streams.out, &json::inspection(&inspection, terms.as_ref(), verified))?;
    } else {
        text::inspection(&mut streams.out, &inspection, terms.as_ref(), verified)?;
    }
    Ok(Outcome::Done)
}
