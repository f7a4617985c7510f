//! Our measures against the tools that IR researchers trust, on random qrels and runs.
//!
//! `vectors/make_eval_vectors.py` made the cases and says which tool gave which value. They hold ties of every kind,
//! unjudged documents, negative grades, topics without relevant documents, topics that only the qrels or only the run
//! has, and scores that a C `float` cannot tell apart.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;

use flate2::read::GzDecoder;
use serde_json::Value;
use snotra::eval::Evaluation;
use snotra::eval::Measure;
use snotra::eval::Options;
use snotra::eval::Order;
use snotra::eval::Qrels;
use snotra::eval::Run;
use snotra::eval::evaluate;

const TOLERANCE: f64 = 1e-6;
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/eval.jsonl.gz");

#[test]
fn agrees_with_trec_eval_and_its_like() {
    let (mut cases, mut largest) = (0, BTreeMap::<String, (f64, usize)>::new());
    for line in BufReader::new(GzDecoder::new(File::open(VECTORS).unwrap())).lines() {
        cases += 1;
        let case: Value = serde_json::from_str(&line.unwrap()).unwrap();
        for (name, difference) in differences(&case, cases) {
            let (most, rows) = largest.entry(name).or_default();
            *most = worse(*most, difference);
            *rows += 1;
        }
    }
    assert!(cases >= 2000, "only {cases} cases: make the vectors again with make_eval_vectors.py");
    let apart: Vec<_> = largest.iter().filter(|(_, (most, _))| most.is_nan() || *most > TOLERANCE).collect();
    assert!(apart.is_empty(), "measures apart by more than {TOLERANCE}, with the number of rows seen: {apart:#?}");
    for family in snotra::eval::FAMILIES {
        let rows = largest.iter().filter(|(name, _)| Measure::parse(name).unwrap().family().name == family.name);
        let rows: usize = rows.map(|(_, (_, rows))| rows).sum();
        assert!(rows >= 100, "{} is in {rows} cases only: give make_eval_vectors.py a line for it", family.name);
    }
}

/// How far each measure of a case is apart, at most, over its topics and both aggregates.
fn differences(case: &Value, number: usize) -> Vec<(String, f64)> {
    let lines = |key: &str| case[key].as_str().unwrap().lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let qrels: String = lines("qrels").map(|row| format!("{} 0 {} {}\n", row[0], row[1], row[2])).collect();
    let order = if case["order"] == "rank" { Order::Rank } else { Order::Score };
    // The rank column matters in few cases and is left out of the others: any number does.
    let row = |row: Vec<&str>| match row[..] {
        [topic, doc, score] => format!("{topic} Q0 {doc} 0 {score} t\n"),
        _ => format!("{} Q0 {} {} {} t\n", row[0], row[1], row[2], row[3]),
    };
    let run: String = lines("run").map(row).collect();
    let (qrels, run) = (Qrels::parse(qrels.as_bytes()).unwrap(), Run::parse(run.as_bytes()).unwrap());

    let expect = case["expect"].as_object().unwrap();
    let measures: Vec<Measure> = expect.keys().map(|name| name.parse().unwrap()).collect();
    let evaluate = |present_only| evaluate(&qrels, &run, &measures, &Options { order, present_only }).unwrap();
    let (all, present): (Evaluation, Evaluation) = (evaluate(false), evaluate(true));
    let mut differences = Vec::new();
    for (index, (name, values)) in expect.iter().enumerate() {
        assert_eq!(&measures[index].to_string(), name, "the name is canonical");
        let ours = &all.scores[index];
        let ours = ours.per_topic.iter().chain([&ours.aggregate, &present.scores[index].aggregate]);
        let theirs: Vec<f64> = values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
        assert_eq!(theirs.len(), all.topics.len() + 2, "case {number}");
        let apart = ours.zip(&theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, worse);
        differences.push((name.clone(), apart));
    }
    differences
}

/// The larger of two differences; `f64::max` would pass over a NaN.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}
