//! Rank-biased precision, as `RBP(rel=...)` of ir_measures, which calls `cwl_eval`.
//!
//! (1 - p) times the sum of p^(i - 1) over the ranks i of relevant documents (Moffat and Zobel, TOIS 2008): unjudged
//! documents are not relevant, and no residual is added. A bare `RBP` in ir_measures means graded gains, which none
//! of the tools that it trusts computes; here it means `rel=1`, and `rel` is always printed, so that a printed name
//! means the same there. The default persistence is 0.8, as there (0.9 in the newest trec_eval). A cutoff leaves
//! later ranks out.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static RBP: Family = Family {
    name: "RBP",
    summary: "rank-biased precision: the utility for a reader who goes on to the next document with probability p",
    aliases: &[],
    accepts: &[Param::P, Param::Rel],
    always_printed: &[Param::Rel],
    defaults: Params::BINARY,
    cutoff: Cutoff::Optional,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let (mut sum, mut weight) = (0.0, 1.0 - params.p);
    for &grade in ranking.top(params) {
        if params.is_relevant(grade) {
            sum += weight;
        }
        weight *= params.p;
    }
    sum
}
