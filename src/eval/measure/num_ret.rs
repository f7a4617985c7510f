//! The number of documents retrieved, as `num_ret` of trec_eval; with `rel` the relevant ones, as `num_rel_ret`.
//!
//! Summed over the topics.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static NUM_RET: Family = Family {
    name: "NumRet",
    summary: "the number of documents retrieved, summed; with rel, of relevant ones",
    aliases: &[("NumRelRet", Params::BINARY)],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params { rel: None, ..Params::BINARY },
    cutoff: Cutoff::None,
    aggregate: Aggregate::Sum,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    match params.rel {
        Some(_) => ranking.relevant_retrieved(params) as f64,
        None => ranking.grades.len() as f64,
    }
}
