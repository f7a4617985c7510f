//! `snotra pool`: what several runs have near the top and nobody has judged.

use std::fs;
use std::path::Path;

use crate::cli::Outcome;
use crate::cli::args;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::runs;
use crate::cli::streams::Streams;
use crate::eval::EvalError;
use crate::eval::Pool;
use crate::eval::Pooling;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::output::count;
use crate::output::json;

const HINT: &str = "runs are named first, judgements follow --qrels";

pub(super) fn run(options: &args::Pool, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    let inputs = || options.runs.iter().chain(&options.qrels);
    runs::check_stdin(inputs())?;
    let output = options.output.as_deref().filter(|path| path.as_os_str() != "-");
    if let Some(output) = output {
        if let Some(input) = inputs().find(|input| is_same(input, output)) {
            return Err(Failure::new(format!(
                "{} is read here, so the pool cannot be written to it",
                runs::shown(input)
            ))
            .hint("give another file to --output"));
        }
        check_replaceable(output)?;
    }
    let qrels = options.qrels.as_deref().map(|path| runs::read(path, HINT, Qrels::read));
    let qrels = qrels.transpose()?;
    let mut pooling = Pooling::new(qrels.as_ref(), options.depth as usize, options.order);
    for path in &options.runs {
        pooling.add(&runs::read(path, HINT, Run::read)?);
    }
    let judged = pooling.judged();
    let pool = pooling.finish().map_err(|error| Failure::new(error.to_string()))?;
    if let (Some(output), false) = (output, pool.is_empty()) {
        fs::write(output, pool.to_string())
            .map_err(|error| Failure::new(format!("{}: {error}", runs::shown(output))))?;
    }
    if global.json {
        json::write_line(&mut streams.out, &json::pool(&pool, judged))?;
    } else if output.is_none() {
        streams.write_plain(pool.to_string().as_bytes())?;
    }
    let runs = count(options.runs.len() as u64, "run");
    let depth = options.depth;
    if pool.is_empty() {
        let kept = output.map_or_else(String::new, |output| format!("; {} is not written", runs::shown(output)));
        streams.note(&format!("nothing to judge: all of the first {depth} of {runs} is judged ({judged}){kept}"));
        return Ok(Outcome::Nothing);
    }
    streams.note(&format!(
        "{} to judge for {}, from the first {depth} of {runs}; {judged} judged already",
        count(pool.len() as u64, "document"),
        count(pool.topics().count() as u64, "topic"),
    ));
    Ok(Outcome::Done)
}

/// Refuses to write a pool over a file that is none: judgements are dear.
fn check_replaceable(output: &Path) -> Result<(), Failure> {
    let Ok(bytes) = fs::read(output) else { return Ok(()) };
    match Pool::parse(&bytes) {
        Ok(_) | Err(EvalError::Empty { .. }) => Ok(()),
        Err(error) => Err(Failure::new(format!("{} is there already and is no pool: {error}", runs::shown(output)))
            .hint("give another file to --output")),
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
