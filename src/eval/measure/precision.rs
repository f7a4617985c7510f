//! Precision, as `P` of trec_eval.
//!
//! The divisor is k, also where the run has fewer documents.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static P: Family = Family {
    name: "P",
    summary: "precision: the share of the first k documents that are relevant",
    aliases: &[("Precision", Params::BINARY)],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Required,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    ranking.relevant_retrieved(params) as f64 / params.depth() as f64
}
