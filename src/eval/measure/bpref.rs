//! Binary preference, as `bpref` of trec_eval.
//!
//! How far judged non-relevant documents stand above the relevant ones (Buckley and Voorhees, SIGIR 2004, in the
//! corrected form of trec_eval): each relevant document retrieved adds 1 - min(n, R) / min(N, R), where n is the
//! number of judged non-relevant documents above it, N their number in the qrels, R the number of relevant documents;
//! the sum is divided by R. Unjudged documents are passed over, and so are those of a negative grade, which count
//! neither in n nor in N.

use crate::eval::measure::Aggregate;
use crate::eval::measure::Cutoff;
use crate::eval::measure::Family;
use crate::eval::measure::Param;
use crate::eval::measure::Params;
use crate::eval::measure::Ranking;
use crate::eval::measure::any_grade;

pub(super) static BPREF: Family = Family {
    name: "Bpref",
    summary: "binary preference: how few judged non-relevant documents stand above relevant ones",
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
    if relevant == 0 {
        return 0.0;
    }
    let is_rejected = |grade: i32| grade >= 0 && !params.is_relevant(Some(grade));
    let rejected = ranking.judged.iter().filter(|&&grade| is_rejected(grade)).count();
    let (mut sum, mut above) = (0.0, 0);
    for &grade in ranking.grades {
        if params.is_relevant(grade) {
            sum += match above {
                0 => 1.0,
                _ => 1.0 - above.min(relevant) as f64 / rejected.min(relevant) as f64,
            };
        } else if grade.is_some_and(is_rejected) {
            above += 1;
        }
    }
    sum / relevant as f64
}
