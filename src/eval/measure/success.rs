//! Success, as `success` of trec_eval.
//!
//! 1 if any of the first k documents is relevant, else 0.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static SUCCESS: Family = Family {
    name: "Success",
    summary: "whether any of the first k documents is relevant",
    aliases: &[],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Required,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    f64::from(u8::from(ranking.relevant_retrieved(params) > 0))
}
