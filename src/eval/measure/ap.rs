//! Average precision, as `map` and `map_cut` of trec_eval.
//!
//! The mean of the precision at each relevant document, over all relevant documents of the topic, retrieved or not:
//! also with a cutoff the divisor is all of them, not the number that the cutoff has room for. Zero without relevant
//! documents.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static AP: Family = Family {
    name: "AP",
    summary: "average precision: the mean precision at each relevant document",
    aliases: &[("MAP", Params::BINARY)],
    accepts: &[Param::Rel],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Optional,
    aggregate: Aggregate::Mean,
    max_grade: any_grade,
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let relevant = ranking.relevant(params);
    if relevant == 0 {
        return 0.0;
    }
    let (mut sum, mut found) = (0.0, 0.0);
    for (index, &grade) in ranking.top(params).iter().enumerate() {
        if params.is_relevant(grade) {
            found += 1.0;
            sum += found / (index + 1) as f64;
        }
    }
    sum / relevant as f64
}
