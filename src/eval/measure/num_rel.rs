//! The number of relevant documents, as `num_rel` of trec_eval.
//!
//! Retrieved or not; summed over the topics. A topic that the run lacks counts as zero, as with every measure: so in
//! trec_eval 9 and ir_measures, while the newest trec_eval counts its relevant documents.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static NUM_REL: Family = Family {
    name: "NumRel",
    summary: "the number of relevant documents in the qrels, summed",
    aliases: &[],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::None,
    aggregate: Aggregate::Sum,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    ranking.relevant(params) as f64
}
