//! How Snotra grows: passages of statutes, ten thousand, a hundred thousand, a million; the time that a query takes, beside
//! plain tantivy.
//!
//! Statutes are cut into passages of some hundred words. Real text comes first; where more is wanted than there is, it is
//! repeated under other ids, and the report says how often. Indexing is measured as a process; queries are timed one by one
//! in this process, on one thread, by Snotra and by tantivy in turn, since what is wanted is how slow the slowest of a
//! hundred are. tantivy is what [`snotra::engine::Plain`] makes of the same documents: stop words kept, one field, its own
//! pruning.

use std::fs;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use snotra::app::BatchOptions;
use snotra::app::BatchQuery;
use snotra::app::batch;
use snotra::engine::Plain;
use snotra::engine::Ranking;
use snotra::engine::Searcher;
use snotra::engine::WriterOptions;
use snotra::lang::Language;

use crate::LANGUAGES;
use crate::components;
use crate::support::Outcome;
use crate::support::machine;
use crate::support::measure;

const SNOTRA: &str = env!("CARGO_BIN_EXE_snotra");
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// A passage ends with the paragraph in which it comes to so many words.
const WORDS: usize = 100;
const QUERIES: usize = 400;
/// Of each query the best time counts: what else the machine does is left out.
const ROUNDS: usize = 4;
const DEPTH: usize = 10;
const MEMORY: usize = 400_000_000;

/// Prints the table. `quick` stops at ten thousand passages.
pub(crate) fn run(quick: bool) -> Outcome<()> {
    let Some(data) = std::env::var_os("SNOTRA_DATA").map(PathBuf::from) else {
        println!("SNOTRA_DATA names no collections: nothing to cut into passages");
        return Ok(());
    };
    let scratch = tempfile::tempdir()?;
    let passages = passages(&data)?;
    let queries = queries(&data)?;
    println!("Snotra {}, {}.", env!("CARGO_PKG_VERSION"), machine()?);
    println!(
        "{} passages of statutes, {} queries to depth {DEPTH}, one thread; ms, each query's best of {ROUNDS} rounds.",
        passages.len(),
        queries.len()
    );
    println!(
        "\n| passages | text, MB | repeats | index, s of processor | index, MB | plain, MB | p50 | p99 | plain p50 | plain p99 | p50 ratio | p99 ratio |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for size in SIZES.into_iter().take(if quick { 1 } else { SIZES.len() }) {
        let dir = scratch.path().join(size.to_string());
        fs::create_dir(&dir)?;
        measure_size(&dir, size, &passages, &queries)?;
        fs::remove_dir_all(&dir)?;
    }
    Ok(())
}

fn measure_size(dir: &Path, size: usize, passages: &[Passage], queries: &[BatchQuery]) -> Outcome<()> {
    let file = dir.join("passages.jsonl");
    let bytes = write(&file, size, passages)?;
    let index = dir.join("index");
    let mut command = Command::new(SNOTRA);
    command.args(["index", "--quiet", "--threads", "2", "--memory", &(MEMORY / 1_000_000).to_string(), "--index"]);
    command.arg(&index).arg(&file);
    let indexing = measure(command, &dir.join("report"), &[0])?;
    fs::remove_file(&file)?;
    let searcher = Searcher::open(&index, Ranking::default())?;
    let plain_dir = dir.join("plain");
    Plain::build(&plain_dir, &searcher, None, WriterOptions { threads: 1, memory: MEMORY })?;
    let plain = Plain::open(&plain_dir, searcher.languages())?;
    let options = BatchOptions { depth: DEPTH, ..BatchOptions::default() };
    let mut ours = vec![f64::INFINITY; queries.len()];
    let mut theirs = ours.clone();
    for _ in 0..ROUNDS {
        for (at, query) in queries.iter().enumerate() {
            let start = Instant::now();
            let found = batch(&searcher, query, &options)?.len();
            ours[at] = ours[at].min(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            let other = plain.search(&query.text, query.lang, DEPTH)?.len();
            theirs[at] = theirs[at].min(start.elapsed().as_secs_f64() * 1e3);
            if found == 0 && other > 0 {
                return Err(format!("{} finds nothing: not the same task", query.text).into());
            }
        }
    }
    let [our_median, our_most] = [0.5, 0.99].map(|share| quantile(&mut ours, share));
    let [their_median, their_most] = [0.5, 0.99].map(|share| quantile(&mut theirs, share));
    println!(
        "| {size} | {:.0} | {:.1} | {:.1} | {:.0} | {:.0} | {our_median:.2} | {our_most:.2} | {their_median:.2} | \
         {their_most:.2} | {:.2} | {:.2} |",
        bytes as f64 / 1e6,
        size as f64 / passages.len() as f64,
        indexing.processor,
        folder_size(&index)? as f64 / 1e6,
        folder_size(&plain_dir)? as f64 / 1e6,
        our_median / their_median,
        our_most / their_most,
    );
    Ok(())
}

/// The time that so great a share of all times does not pass.
fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1]
}

struct Passage {
    lang: &'static str,
    text: String,
}

/// The statutes in passages, the two languages mixed as their numbers are.
fn passages(data: &Path) -> Outcome<Vec<Passage>> {
    let mut passages: Vec<(f64, Passage)> = Vec::new();
    for lang in LANGUAGES {
        let first = passages.len();
        for line in BufReader::new(snotra::source::open(&data.join(format!("law-{lang}/docs.jsonl.zst")))?).lines() {
            let record: serde_json::Value = serde_json::from_str(&line?)?;
            let (mut text, mut words) = (String::new(), 0);
            for paragraph in record["text"].as_str().unwrap_or_default().lines() {
                text.push_str(paragraph);
                text.push('\n');
                words += paragraph.split_whitespace().count();
                if words >= WORDS {
                    passages.push((0.0, Passage { lang, text: std::mem::take(&mut text) }));
                    words = 0;
                }
            }
            if words > 0 {
                passages.push((0.0, Passage { lang, text }));
            }
        }
        let count = (passages.len() - first) as f64;
        for (number, (place, _)) in passages[first..].iter_mut().enumerate() {
            // Spread over the whole, so that a beginning has both languages and all years.
            *place = (number as f64 * 0.618_033_988_749_894_9).fract() + number as f64 / count * 1e-9;
        }
    }
    passages.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    Ok(passages.into_iter().map(|(_, passage)| passage).collect())
}

/// The titles of statutes, evenly over both languages.
fn queries(data: &Path) -> Outcome<Vec<BatchQuery>> {
    let mut all = Vec::new();
    for lang in LANGUAGES {
        let file = File::open(data.join(format!("law-{lang}/queries.tsv")))?;
        for line in BufReader::new(file).lines() {
            let line = line?;
            let mut columns = line.split('\t');
            let (Some(id), Some(lang), Some(text)) = (columns.next(), columns.next(), columns.next()) else { continue };
            all.push(BatchQuery { id: id.to_owned(), text: text.to_owned(), lang: Language::by_code(lang) });
        }
    }
    let step = (all.len() / QUERIES).max(1);
    Ok(all.into_iter().step_by(step).take(QUERIES).collect())
}

/// Writes `size` passages as JSON Lines; returns the bytes of text.
fn write(file: &Path, size: usize, passages: &[Passage]) -> Outcome<u64> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut bytes = 0;
    for (number, passage) in passages.iter().cycle().take(size).enumerate() {
        let record = serde_json::json!({"id": number.to_string(), "lang": passage.lang, "text": passage.text});
        serde_json::to_writer(&mut out, &record)?;
        out.write_all(b"\n")?;
        bytes += passage.text.len() as u64;
    }
    out.flush()?;
    Ok(bytes)
}

fn folder_size(dir: &Path) -> Outcome<u64> {
    Ok(components(dir)?.values().sum())
}
