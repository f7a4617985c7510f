//! Reciprocal rank, as `recip_rank` of trec_eval; with a cutoff as the evaluation of MS MARCO, but with ties in
//! trec_eval's order.
//!
//! One divided by the rank of the first relevant document; zero where none is retrieved down to the cutoff.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static RR: Family = Family {
    name: "RR",
    summary: "the reciprocal rank of the first relevant document",
    aliases: &[("MRR", Params::BINARY)],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Optional,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let first = ranking.top(params).iter().position(|&grade| params.is_relevant(grade));
    first.map_or(0.0, |index| 1.0 / (index + 1) as f64)
}
