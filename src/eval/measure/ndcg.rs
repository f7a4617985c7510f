//! Normalised discounted cumulative gain, as `ndcg` and `ndcg_cut` of trec_eval; with `dcg='exp-log2'` as
//! `gdeval.pl`.
//!
//! The gain of the document at rank i is divided by log2(i + 1); the sum is divided by that of the best possible
//! order of all judged documents (Järvelin and Kekäläinen, TOIS 2002). The gain is the grade; with `dcg='exp-log2'`
//! it is 2^grade - 1 (Burges et al., ICML 2005). Unjudged documents and negative grades gain nothing, also in the
//! best order. Zero where no judgement is above 0. The exponential gain is defined here to grade 53, the last that is
//! exact; gdeval itself stops at 4.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Dcg;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;

pub(super) static NDCG: Family = Family {
    name: "nDCG",
    summary: "normalised discounted cumulative gain, over graded judgements",
    aliases: &[],
    accepts: &[Param::Dcg],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Optional,
    aggregate: Aggregate::Mean,
    max_grade,
    score,
};

fn max_grade(params: &Params) -> Option<i32> {
    (params.dcg == Dcg::ExpLog2).then_some(f64::MANTISSA_DIGITS as i32)
}

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let best = dcg(params, ranking.judged.iter().take(params.depth()).copied());
    match best > 0.0 {
        true => dcg(params, ranking.top(params).iter().map(|grade| grade.unwrap_or(0))) / best,
        false => 0.0,
    }
}

fn dcg(params: &Params, grades: impl Iterator<Item = i32>) -> f64 {
    let gain = |grade: i32| match params.dcg {
        Dcg::Log2 => f64::from(grade),
        Dcg::ExpLog2 => ((1u64 << grade.min(f64::MANTISSA_DIGITS as i32)) - 1) as f64,
    };
    let gained = grades.enumerate().filter(|&(_, grade)| grade > 0);
    gained.map(|(index, grade)| gain(grade) / libm::log2((index + 2) as f64)).sum()
}
