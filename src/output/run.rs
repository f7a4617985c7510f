//! Formats of a batch's answers: one constant and one line in [`RUN_FORMATS`] each.

use std::io;
use std::io::Write;

use serde::Serialize;

use crate::app::BatchQuery;
use crate::app::Ranked;

/// Every format, by name.
pub static RUN_FORMATS: &[RunFormat] = &[JSONL, TREC, TSV];

/// How the answer to one query of a batch is written.
#[derive(Debug, Clone, Copy)]
pub struct RunFormat {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Writes one answer; the last argument is the run's tag.
    pub write: fn(&mut dyn Write, &BatchQuery, &[Ranked<'_>], &str) -> io::Result<()>,
}

const JSONL: RunFormat = RunFormat { name: "jsonl", write: write_jsonl };
const TREC: RunFormat = RunFormat { name: "trec", write: write_trec };
const TSV: RunFormat = RunFormat { name: "tsv", write: write_tsv };

fn write_jsonl(out: &mut dyn Write, query: &BatchQuery, ranked: &[Ranked<'_>], tag: &str) -> io::Result<()> {
    #[derive(Serialize)]
    struct Answer<'a> {
        schema: u32,
        id: &'a str,
        tag: &'a str,
        hits: Vec<Hit<'a>>,
    }
    #[derive(Serialize)]
    struct Hit<'a> {
        rank: usize,
        id: &'a str,
        score: f32,
    }
    let hits = ranked.iter().zip(1..).map(|(hit, rank)| Hit { rank, id: hit.id, score: hit.score }).collect();
    serde_json::to_writer(&mut *out, &Answer { schema: 1, id: &query.id, tag, hits })?;
    out.write_all(b"\n")
}

/// Scores strictly decrease, ties being lowered by the least step of single precision: an evaluator sorts by score and
/// breaks ties in an order of its own, and must not see another ranking than the one we made.
fn write_trec(out: &mut dyn Write, query: &BatchQuery, ranked: &[Ranked<'_>], tag: &str) -> io::Result<()> {
    let mut last = f32::INFINITY;
    for (hit, rank) in ranked.iter().zip(1..) {
        let score = if hit.score < last { hit.score } else { last.next_down() };
        writeln!(out, "{} Q0 {} {rank} {score} {tag}", query.id, hit.id)?;
        last = score;
    }
    Ok(())
}

fn write_tsv(out: &mut dyn Write, query: &BatchQuery, ranked: &[Ranked<'_>], _tag: &str) -> io::Result<()> {
    for (hit, rank) in ranked.iter().zip(1..) {
        writeln!(out, "{}\t{rank}\t{}\t{}", query.id, hit.id, hit.score)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trec_scores_strictly_decrease_in_single_precision() {
        let query = BatchQuery { id: "q1".to_owned(), text: String::new(), lang: None };
        let ranked: Vec<_> = [2.5, 2.5, 2.5, 1.0].iter().map(|&score| Ranked { id: "d", score }).collect();
        let mut out = Vec::new();
        write_trec(&mut out, &query, &ranked, "t").expect("written to memory");
        let text = String::from_utf8(out).expect("text");
        let scores: Vec<f32> =
            text.lines().map(|line| line.split(' ').nth(4).expect("a score").parse().expect("a number")).collect();
        assert!(scores.windows(2).all(|pair| pair[0] > pair[1]), "{scores:?}");
        assert_eq!(text.lines().next(), Some("q1 Q0 d 1 2.5 t"));
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = RUN_FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RUN_FORMATS.len());
    }
}
