//! The precision-recall curve: interpolated precision at eleven levels of recall, as trec_eval has it
//! (`iprec_at_recall`).

use crate::eval::Options;
use crate::eval::Qrels;
use crate::eval::Run;
use crate::eval::ranker::Ranker;

/// How many levels of recall there are: 0, 0.1, ... 1.
pub const LEVELS: usize = 11;

/// The mean over the topics of the best precision at any rank from which on recall reaches each level. Documents of
/// grade 1 and higher are relevant; topics count as in [`crate::eval::evaluate`].
pub fn precision_at_recall(qrels: &Qrels, run: &Run, options: &Options) -> [f64; LEVELS] {
    let mut sums = [0.0; LEVELS];
    let mut topics = 0;
    let mut ranker = Ranker::default();
    for topic in qrels.topics() {
        if options.present_only && !run.has_topic(topic) {
            continue;
        }
        topics += 1;
        let relevant = qrels.judgements(topic).filter(|judgement| judgement.grade > 0).count();
        // The precision at each relevant document, then the best from each on.
        let mut precisions = Vec::with_capacity(relevant);
        for (rank, grade) in (1..).zip(ranker.grades(qrels, run, topic, options.order)) {
            if grade.is_some_and(|grade| grade > 0) {
                precisions.push((precisions.len() + 1) as f64 / f64::from(rank));
            }
        }
        for at in (1..precisions.len()).rev() {
            precisions[at - 1] = f64::max(precisions[at - 1], precisions[at]);
        }
        for (level, sum) in sums.iter_mut().enumerate() {
            // trec_eval rounds the number of documents needed like this.
            let needed = (level as f64 / 10.0 * relevant as f64 + 0.9) as usize;
            *sum += precisions.get(needed.max(1) - 1).copied().unwrap_or(0.0);
        }
    }
    sums.map(|sum| sum / f64::from(topics.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_precision_from_each_level_on() {
        let qrels = Qrels::parse("1 0 a 1\n1 0 b 2\n1 0 c 0\n2 0 a 1\n".as_bytes()).unwrap();
        // Relevant at ranks 2 and 3: precisions 1/2 and 2/3, so 2/3 everywhere; topic 2 is not answered.
        let run = Run::parse("1 Q0 c 1 9 t\n1 Q0 a 2 8 t\n1 Q0 b 3 7 t\n".as_bytes()).unwrap();
        let curve = precision_at_recall(&qrels, &run, &Options::default());
        assert!(curve.iter().all(|value| (value - 1.0 / 3.0).abs() < 1e-12), "{curve:?}");
        let present_only = Options { present_only: true, ..Options::default() };
        assert!((precision_at_recall(&qrels, &run, &present_only)[10] - 2.0 / 3.0).abs() < 1e-12);
        // Relevant at rank 1 only, of two: full recall is not reached.
        let run = Run::parse("1 Q0 a 1 9 t\n".as_bytes()).unwrap();
        let curve = precision_at_recall(&qrels, &run, &present_only);
        assert_eq!((curve[5], curve[6], curve[10]), (1.0, 0.0, 0.0));
    }
}
