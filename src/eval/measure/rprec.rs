//! Precision at R, as `Rprec` of trec_eval.
//!
//! R is the number of relevant documents of the topic, and the divisor also where the run is shorter. Zero where R
//! is.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static RPREC: Family = Family {
    name: "Rprec",
    summary: "precision at R, the number of relevant documents",
    aliases: &[],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::None,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let relevant = ranking.relevant(params);
    let found = ranking.grades.iter().take(relevant).filter(|&&grade| params.is_relevant(grade)).count();
    found as f64 / relevant.max(1) as f64
}
