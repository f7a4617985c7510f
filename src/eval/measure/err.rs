//! Expected reciprocal rank, as `gdeval.pl` of the TREC web track, which ir_measures calls.
//!
//! The reader goes down the list and stops at a document of grade g with the probability (2^g - 1) / 2^4; the value
//! is the expected reciprocal of the rank where this happens (Chapelle, Metzler, Zhang and Grinspan, CIKM 2009). The
//! highest grade is always 4, whatever the highest in the qrels, so that values can be compared across collections; a
//! grade above it is an error, as in gdeval. Unjudged documents and negative grades stop nobody. The order of ties is
//! that of all measures.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;

const MAX_GRADE: i32 = 4;

pub(super) static ERR: Family = Family {
    name: "ERR",
    summary: "expected reciprocal rank of the document that satisfies the reader, for grades up to 4",
    aliases: &[],
    accepts: &[],
    always_printed: &[],
    defaults: Params::BINARY,
    cutoff: Cutoff::Optional,
    aggregate: Aggregate::Mean,
    max_grade: |_| Some(MAX_GRADE),
    score,
};

fn score(params: &Params, ranking: &Ranking<'_>) -> f64 {
    let (mut sum, mut reads_on) = (0.0, 1.0);
    for (index, &grade) in ranking.top(params).iter().enumerate() {
        if let Some(grade @ 1..=MAX_GRADE) = grade {
            let stops = f64::from((1 << grade) - 1) / f64::from(1 << MAX_GRADE);
            sum += reads_on * stops / (index + 1) as f64;
            reads_on *= 1.0 - stops;
        }
    }
    sum
}
