//! Recall, as `recall` of trec_eval.
//!
//! Zero without relevant documents.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static R: Family = Family {
    name: "R",
    summary: "recall: the share of the relevant documents that are among the first k",
    aliases: &[("Recall", Params::BINARY)],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Required,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    ranking.relevant_retrieved(params) as f64 / ranking.relevant(params).max(1) as f64
}
