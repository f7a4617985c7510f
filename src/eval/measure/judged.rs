//! The share of judged documents, as `Judged` of ir_measures.
//!
//! Any document that the qrels name counts, whatever its grade, also a negative one. Where the run has fewer than k
//! documents the divisor is their number, unlike in P@k: a short run is not for that reason less judged.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static JUDGED: Family = Family {
    name: "Judged",
    summary: "the share of the documents retrieved that are judged",
    aliases: &[],
    accepts: &[],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Optional,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let top = ranking.top(params);
    let judged = top.iter().filter(|grade| grade.is_some()).count();
    judged as f64 / top.len().max(1) as f64
}
