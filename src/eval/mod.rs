//! Evaluation: what a run is worth against human judgements, figure for figure as `trec_eval` has it.
//!
//! Three text formats come in ([`Topics`], [`Qrels`], [`Run`]), a list of [`Measure`]s is asked, and [`evaluate`]
//! answers with one value a topic and one for all; [`Comparison`] holds the answers of several runs against each other.
//! Conventions, chosen once and the same for every measure:
//!
//! - **Order.** A run is ranked by score, not by its rank column ([`Order::Score`]): descending, the score taken as a
//!   C `float`, ties by document id descending, byte by byte. So do trec_eval 9 and all that is built upon it.
//! - **Topics.** The qrels decide. A judged topic missing from the run scores zero in every measure (`trec_eval -c`),
//!   also in `NumRel`; [`Options::present_only`] leaves it out, which is the bare default of `trec_eval`. Topics that
//!   only the run has are ignored.
//! - **Documents.** Unjudged documents are not relevant. A negative grade says that a document was in the pool but
//!   not judged: no gain, no relevance, and neither for nor against in Bpref.
//! - **Aggregates.** The mean over the topics, but the sum for counts (`NumRel`, `NumRet`).
//!
//! Where `trec_eval` lacks a measure the implementation that `ir_measures` calls is followed, and the measure's own
//! file says which. Logarithms come from `libm`, so that the same input gives the same bits on every machine.
//! Rejected: linking trec_eval (C, and its behaviour is undefined for a topic that has only negative grades), and
//! reading ranks as they stand (ties would then depend on how the writer of the run sorted).

mod comparison;
mod curve;
mod lines;
mod measure;
mod number;
mod pool;
mod qrels;
mod ranker;
mod run;
mod shift;
mod significance;
mod slots;
mod table;
mod topics;

use std::io;

use crate::eval::measure::Ranking;
use crate::eval::ranker::Ranker;

pub use crate::eval::comparison::Cell;
pub use crate::eval::comparison::Comparison;
pub use crate::eval::comparison::Correlation;
pub use crate::eval::comparison::Moved;
pub use crate::eval::comparison::Row;
pub use crate::eval::comparison::Section;
pub use crate::eval::comparison::System;
pub use crate::eval::comparison::Versus;
pub use crate::eval::curve::LEVELS;
pub use crate::eval::curve::precision_at_recall;
pub use crate::eval::measure::FAMILIES;
pub use crate::eval::measure::Family;
pub use crate::eval::measure::Measure;
pub use crate::eval::pool::Pool;
pub use crate::eval::pool::Pooled;
pub use crate::eval::pool::Pooling;
pub use crate::eval::qrels::Judgement;
pub use crate::eval::qrels::Qrels;
pub use crate::eval::run::Retrieved;
pub use crate::eval::run::Run;
pub use crate::eval::shift::Evaluated;
pub use crate::eval::shift::LISTED;
pub use crate::eval::shift::Passing;
pub use crate::eval::shift::Placed;
pub use crate::eval::shift::Shifts;
pub use crate::eval::shift::TopicShift;
pub use crate::eval::significance::CONFIDENCE;
pub use crate::eval::significance::PERMUTATIONS;
pub use crate::eval::significance::Pair;
pub use crate::eval::significance::Paired;
pub use crate::eval::significance::RESAMPLES;
pub use crate::eval::significance::Randomisation;
pub use crate::eval::significance::TTest;
pub use crate::eval::significance::holm;
pub use crate::eval::significance::kendall;
pub use crate::eval::significance::paired;
pub use crate::eval::topics::Topic;
pub use crate::eval::topics::Topics;

/// Scores `run` by every one of `measures` against `qrels`.
///
/// # Errors
///
/// [`EvalError::Disjoint`] if the run answers no judged topic, and [`EvalError::Grade`] if a judgement is higher than a
/// measure is defined for.
pub fn evaluate(qrels: &Qrels, run: &Run, measures: &[Measure], options: &Options) -> Result<Evaluation, EvalError> {
    for measure in measures {
        check_grades(qrels, measure)?;
    }
    let mut evaluation = Evaluation {
        topics: Vec::new(),
        scores: measures.iter().map(|&measure| Scores { measure, per_topic: Vec::new(), aggregate: 0.0 }).collect(),
        missing: Vec::new(),
        unjudged: run.topics().filter(|topic| !qrels.has_topic(topic)).map(str::to_owned).collect(),
    };
    let (mut ranker, mut judged) = (Ranker::default(), Vec::new());
    for topic in qrels.topics() {
        let present = run.has_topic(topic);
        if !present {
            evaluation.missing.push(topic.to_owned());
            if options.present_only {
                continue;
            }
        }
        evaluation.topics.push(topic.to_owned());
        judged.clear();
        judged.extend(qrels.judgements(topic).map(|judgement| judgement.grade));
        judged.sort_unstable_by(|a, b| b.cmp(a));
        let ranking = Ranking { grades: ranker.grades(qrels, run, topic, options.order), judged: &judged };
        for scores in &mut evaluation.scores {
            scores.per_topic.push(if present { scores.measure.score(&ranking) } else { 0.0 });
        }
    }
    if let (Some(first_in_run), true) = (run.topics().next(), run.topics().count() == evaluation.unjudged.len()) {
        let first_in_qrels = qrels.topics().next().unwrap_or_default();
        return Err(EvalError::Disjoint { run: first_in_run.to_owned(), qrels: first_in_qrels.to_owned() });
    }
    for scores in &mut evaluation.scores {
        scores.aggregate = scores.measure.aggregate(&scores.per_topic);
    }
    Ok(evaluation)
}

/// How a run is read and which topics count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// What decides the order of the documents.
    pub order: Order,
    /// Leave judged topics that the run lacks out of the figures, instead of counting them as zero.
    pub present_only: bool,
}

/// What decides the order of a topic's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The score as a C `float`, descending, then the document id, descending: trec_eval 9, pytrec_eval,
    /// ir_measures. Two scores that differ only beyond some seven digits tie.
    #[default]
    Score,
    /// The same with the score as a C `double`, as the newest trec_eval has it.
    DoubleScore,
    /// The rank column, ascending; equal ranks as in [`Order::Score`].
    Rank,
}

/// The values of a run: a topic, a measure, all.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The topics that count, in the order of the qrels.
    pub topics: Vec<String>,
    /// One entry for each measure asked, in the order asked.
    pub scores: Vec<Scores>,
    /// Judged topics that the run lacks, in the order of the qrels.
    pub missing: Vec<String>,
    /// Topics of the run that nobody judged, in the order of the run: ignored.
    pub unjudged: Vec<String>,
}

/// The values of one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// The measure.
    pub measure: Measure,
    /// One value for each of [`Evaluation::topics`].
    pub per_topic: Vec<f64>,
    /// The mean over these topics, or the sum where the measure counts.
    pub aggregate: f64,
}

/// Why an evaluation cannot be had. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// The bytes could not be read.
    #[error("the text cannot be read")]
    Read(#[source] io::Error),
    /// A line is not UTF-8.
    #[error("line {line}: not UTF-8 text")]
    Utf8 {
        /// The line.
        line: usize,
    },
    /// A line has too few or too many columns.
    #[error("line {line}: {found} columns where there should be {columns}")]
    Columns {
        /// The line.
        line: usize,
        /// How many columns it has.
        found: usize,
        /// What it should have.
        columns: &'static str,
    },
    /// A column does not hold what it should.
    #[error("line {line}: the {column} {text:?} is not {wanted}")]
    Value {
        /// The line.
        line: usize,
        /// The name of the column.
        column: &'static str,
        /// What it holds.
        text: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// Two lines are about the same document of a topic.
    #[error("line {line}: topic {topic} has document {doc} already, on line {first}")]
    DuplicateDocument {
        /// The second line.
        line: usize,
        /// The first line.
        first: usize,
        /// The topic.
        topic: String,
        /// The document.
        doc: String,
    },
    /// Two lines state the same topic.
    #[error("line {line}: topic {topic} is there already, on line {first}")]
    DuplicateTopic {
        /// The second line.
        line: usize,
        /// The first line.
        first: usize,
        /// The topic.
        topic: String,
    },
    /// Two rows that were not read from text are about the same document of a topic.
    #[error("topic {topic} has document {doc} twice")]
    RepeatedDocument {
        /// The topic.
        topic: String,
        /// The document.
        doc: String,
    },
    /// A name that was not read from text cannot be a column.
    #[error("the {what} {text:?} cannot be a column: it is empty or holds white space")]
    Name {
        /// What it names.
        what: &'static str,
        /// The name.
        text: String,
    },
    /// A score that was not read from text has no place in an order.
    #[error("topic {topic} gives document {doc} a score that is not a number")]
    Score {
        /// The topic.
        topic: String,
        /// The document.
        doc: String,
    },
    /// There is nothing but blank lines.
    #[error("there is no line in the {what}")]
    Empty {
        /// What is empty.
        what: &'static str,
    },
    /// The document ids are more than can be addressed.
    #[error("the document ids add up to more than 4 GiB: split the file by topic")]
    TooLarge,
    /// Run and qrels share no topic.
    #[error("no topic of the run is judged: the run begins with topic {run}, the qrels with topic {qrels}")]
    Disjoint {
        /// The first topic of the run.
        run: String,
        /// The first topic of the qrels.
        qrels: String,
    },
    /// A judgement is higher than a measure is defined for.
    #[error("{measure} knows grades up to {max}, but topic {topic} grades document {doc} {grade}")]
    Grade {
        /// The measure.
        measure: Measure,
        /// The highest grade that it knows.
        max: i32,
        /// The topic.
        topic: String,
        /// The document.
        doc: String,
        /// Its grade.
        grade: i32,
    },
    /// No measure has this name.
    #[error("no measure is called {name:?}{}; there are {known}", suggestion(*nearest))]
    UnknownMeasure {
        /// The name as given.
        name: String,
        /// The known name that comes closest, if any comes close.
        nearest: Option<&'static str>,
        /// All known names.
        known: String,
    },
    /// The name is known, but not what follows it.
    #[error("the measure {text:?} cannot be read: {cause}")]
    BadMeasure {
        /// The measure as given.
        text: String,
        /// What is wrong.
        cause: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default()
}

fn check_grades(qrels: &Qrels, measure: &Measure) -> Result<(), EvalError> {
    let Some(max) = measure.max_grade() else { return Ok(()) };
    for topic in qrels.topics() {
        if let Some(judgement) = qrels.judgements(topic).find(|judgement| judgement.grade > max) {
            return Err(EvalError::Grade {
                measure: *measure,
                max,
                topic: topic.to_owned(),
                doc: judgement.doc.to_owned(),
                grade: judgement.grade,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QRELS: &str = "1 0 a 1\n1 0 b 0\n2 0 a 2\n3 0 c -1\n";
    const RUN: &str = "9 Q0 a 1 5 t\n1 Q0 b 1 2 t\n1 Q0 a 2 2 t\n3 Q0 c 1 1 t\n";

    fn values(qrels: &str, run: &str, measure: &str, options: Options) -> Result<(Vec<f64>, f64), EvalError> {
        let (qrels, run) = (Qrels::parse(qrels.as_bytes())?, Run::parse(run.as_bytes())?);
        let mut evaluation = evaluate(&qrels, &run, &[measure.parse()?], &options)?;
        let scores = evaluation.scores.remove(0);
        Ok((scores.per_topic, scores.aggregate))
    }

    #[track_caller]
    fn check(run: &str, measure: &str, order: Order, present_only: bool, per_topic: &[f64], aggregate: f64) {
        let (values, total) = values(QRELS, run, measure, Options { order, present_only }).unwrap();
        assert_eq!(values, per_topic, "{measure}");
        assert_eq!(total, aggregate, "{measure}");
    }

    #[test]
    fn missing_topics_count_as_zero_or_not_at_all() {
        check(RUN, "RR", Order::Score, false, &[0.5, 0.0, 0.0], 0.5 / 3.0);
        check(RUN, "RR", Order::Score, true, &[0.5, 0.0], 0.25);
        check(RUN, "NumRel", Order::Score, false, &[1.0, 0.0, 0.0], 1.0);
    }

    #[test]
    fn a_topic_with_negative_grades_alone_scores_zero() {
        for name in ["AP", "nDCG", "nDCG@5", "Bpref", "ERR", "Rprec", "R@5", "NumRel", "RBP", "Success@5"] {
            let (per_topic, _) = values(QRELS, RUN, name, Options::default()).unwrap();
            assert_eq!(per_topic[2], 0.0, "{name}");
            assert!(per_topic.iter().all(|value| value.is_sign_positive()), "{name} prints as -0");
        }
        check(RUN, "Judged", Order::Score, true, &[1.0, 1.0], 1.0);
    }

    #[test]
    fn the_topics_left_out_are_named() {
        let (qrels, run) = (Qrels::parse(QRELS.as_bytes()).unwrap(), Run::parse(RUN.as_bytes()).unwrap());
        let evaluation = evaluate(&qrels, &run, &[], &Options { present_only: true, ..Options::default() }).unwrap();
        assert_eq!(evaluation.topics, ["1", "3"]);
        assert_eq!(evaluation.missing, ["2"]);
        assert_eq!(evaluation.unjudged, ["9"]);
    }

    #[test]
    fn orders_differ_in_what_ties() {
        // Equal as floats, not as doubles; the rank column says the opposite of the score.
        let run = "1 Q0 b 1 1.0 t\n1 Q0 a 2 1.000000001 t\n2 Q0 b 1 5 t\n2 Q0 a 2 7 t\n";
        check(run, "RR", Order::Score, true, &[0.5, 1.0], 0.75);
        check(run, "RR", Order::DoubleScore, true, &[1.0, 1.0], 1.0);
        check(run, "RR", Order::Rank, true, &[0.5, 0.5], 0.5);
        // Ids tie byte by byte: small letters stand after capitals, and so before them in descending order.
        check("1 Q0 B 1 1 t\n1 Q0 a 2 1 t\n", "RR", Order::Score, true, &[1.0], 1.0);
        check("1 Q0 b 1 0 t\n1 Q0 a 2 -0.0 t\n", "RR", Order::DoubleScore, true, &[0.5], 0.5);
    }

    #[test]
    fn faults_name_the_place() {
        let error = |qrels: &str, run: &str, measure: &str| {
            values(qrels, run, measure, Options::default()).unwrap_err().to_string()
        };
        assert_eq!(
            error(QRELS, "301 Q0 a 1 5 t\n", "AP"),
            "no topic of the run is judged: the run begins with topic 301, the qrels with topic 1"
        );
        assert_eq!(
            error("1 0 a 4\n1 0 b 5\n", "1 Q0 a 1 5 t\n", "ERR@20"),
            "ERR@20 knows grades up to 4, but topic 1 grades document b 5"
        );
        assert_eq!(
            error("1 0 a 54\n", "1 Q0 a 1 5 t\n", "nDCG(dcg='exp-log2')"),
            "nDCG(dcg='exp-log2') knows grades up to 53, but topic 1 grades document a 54"
        );
    }
}
