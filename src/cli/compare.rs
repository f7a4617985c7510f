//! `snotra compare`: what moved between two runs, and why.

use std::path::Path;

use crate::app;
use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::args::DEFAULT_INDEX;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::runs;
use crate::cli::runs::JUDGEMENTS_FIRST;
use crate::cli::streams::Streams;
use crate::engine::Searcher;
use crate::eval::Evaluated;
use crate::eval::Evaluation;
use crate::eval::Options;
use crate::eval::Qrels;
use crate::eval::Shifts;
use crate::eval::Topics;
use crate::output::compare;
use crate::output::compare::Comparing;
use crate::output::compare::Measured;
use crate::output::count;
use crate::output::json;

pub(super) fn run(options: &args::Compare, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let paths = [options.before.clone(), options.after.clone()];
    runs::check_stdin([&options.qrels].into_iter().chain(&paths).chain(&options.topics))?;
    let topics = options.topics.as_deref().map(|path| runs::read(path, runs::TOPICS, Topics::read)).transpose()?;
    let qrels = runs::read(&options.qrels, JUDGEMENTS_FIRST, Qrels::read)?;
    let how = Options { order: options.order, present_only: options.present_only };
    let evaluated = |path: &Path| runs::evaluated((&options.qrels, &qrels), path, None, &[options.measure], &how);
    let ((before, before_values), (after, after_values)) = (evaluated(&paths[0])?, evaluated(&paths[1])?);
    let names = runs::names(&[before.tag(), after.tag()], &paths)?;
    for (name, evaluation) in names.iter().zip([&before_values, &after_values]) {
        runs::tell(name, evaluation, options.present_only, streams);
    }
    let shifts = Shifts::new(
        &qrels,
        Evaluated { run: &before, evaluation: &before_values },
        Evaluated { run: &after, evaluation: &after_values },
        options.order,
        options.limit,
    );
    let searcher = open(options, global, streams)?;
    let compared = app::compare(&shifts, topics.as_ref(), searcher.as_ref(), options.syntax)?;
    tell(&compared, options, global, searcher.is_some(), streams);
    let files = paths.each_ref().map(|path| runs::shown(path));
    let measured = |at: usize, evaluation: &Evaluation| Measured {
        name: &names[at],
        file: &files[at],
        value: evaluation.scores.first().map_or(0.0, |scores| scores.aggregate),
    };
    let comparing = Comparing {
        measure: options.measure,
        before: measured(0, &before_values),
        after: measured(1, &after_values),
        paired: &shifts.paired,
        topics: &compared,
        verbose: global.verbose,
    };
    if global.json {
        json::write_line(&mut streams.out, &compare::value(&comparing))?;
    } else {
        compare::text(&mut streams.out, &comparing)?;
    }
    Ok(if shifts.paired.wins + shifts.paired.losses == 0 { Outcome::Nothing } else { Outcome::Done })
}

/// The index; `None` where none was asked for and that of the default place is not there or cannot be used.
fn open(options: &args::Compare, global: &Global, streams: &mut Streams) -> Result<Option<Searcher>, Failure> {
    match Searcher::open(&global.index, options.ranking.ranking()) {
        Ok(searcher) => Ok(Some(searcher)),
        Err(_) if global.index == Path::new(DEFAULT_INDEX) && !global.index.exists() => Ok(None),
        Err(error) if global.index == Path::new(DEFAULT_INDEX) => {
            streams.warning(&format!("without titles and explanations: {error}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Says what is not shown, and what would have to be given to see it.
fn tell(compared: &[app::Compared], options: &args::Compare, global: &Global, has_index: bool, streams: &mut Streams) {
    if compared.is_empty() {
        return;
    }
    let lacking = match (options.topics.is_some(), has_index) {
        (false, false) => Some("give --topics FILE for the queries, and --index DIR too for titles and explanations"),
        (false, true) => Some("give --topics FILE for the queries, and for what each word is worth"),
        (true, false) => Some("give --index DIR for titles, and for what each word is worth"),
        (true, true) => None,
    };
    if let Some(lacking) = lacking {
        streams.note(lacking);
    }
    if let Some(path) = &options.topics {
        let unknown: Vec<_> = compared.iter().filter(|compared| compared.query.is_none()).collect();
        if let Some(first) = unknown.first() {
            let many = count(unknown.len() as u64, "topic");
            streams.warning(&format!("{} lacks {many} of these: {}", runs::shown(path), first.shift.topic));
        }
    }
    let listed = |compared: &app::Compared| compared.shift.relevant.len() + compared.shift.others.len();
    let all: usize = compared.iter().map(listed).sum();
    let known: usize = compared.iter().map(|compared| compared.documents.len()).sum();
    if has_index && known < all {
        streams.warning(&format!(
            "the index at {} lacks {} of the {} shown: do the runs come from it?",
            global.index.display(),
            all - known,
            count(all as u64, "document"),
        ));
    }
}
