//! The figures of the bundled corpus, held from both sides: a fall is a fault, and a rise has to be recorded, so that
//! the next fall is seen.
//!
//! The corpus is small and its figures compare Snotra with itself of yesterday, with nothing else.

use std::collections::BTreeMap;
use std::fs;

use snotra::app;
use snotra::app::BatchQuery;
use snotra::engine::Ranking;
use snotra::engine::Searcher;
use snotra::eval::Measure;
use snotra::eval::Options;
use snotra::eval::Qrels;
use snotra::eval::Run;
use snotra::eval::Topics;
use snotra::eval::evaluate;
use snotra::lang::Language;
use snotra::output::run::RUN_FORMATS;

use crate::support::Sandbox;
use crate::support::index;
use crate::support::options;
use crate::support::project;

const DEPTH: usize = 100;
const TOLERANCE: f64 = 0.001;

/// nDCG@10 and recall@100 by the topic's kind, which its id begins with, and over all topics.
type Figures = BTreeMap<String, (f64, f64)>;

const ALL: &[(&str, f64, f64)] = &[
    ("all", 0.5273, 0.6877),
    ("da1", 0.1917, 0.1283),
    ("daM", 0.7708, 0.9259),
    ("daQ", 0.6360, 0.9259),
    ("sv1", 0.5859, 0.5000),
    ("svM", 0.5804, 0.6429),
    ("svQ", 0.4027, 1.0000),
];
const OWN_LANGUAGE: &[(&str, f64, f64)] = &[
    ("all", 0.6756, 0.8085),
    ("da1", 0.2463, 0.2222),
    ("daM", 0.8876, 1.0000),
    ("daQ", 0.8030, 1.0000),
    ("sv1", 0.8333, 0.8333),
    ("svM", 0.7143, 0.8571),
    ("svQ", 0.6170, 1.0000),
];

#[test]
fn the_figures_of_the_corpus_are_those_recorded() {
    let run = run();
    let mut faults = Vec::new();
    for (name, constant, expect) in
        [("qrels.txt", "ALL", ALL), ("qrels.own-language.txt", "OWN_LANGUAGE", OWN_LANGUAGE)]
    {
        let figures = figures(&run, name);
        let expected: Figures = expect.iter().map(|&(kind, ndcg, recall)| (kind.to_owned(), (ndcg, recall))).collect();
        let near = |kind: &String, (ndcg, recall): &(f64, f64)| {
            let close = |a: f64, b: f64| (a - b).abs() <= TOLERANCE;
            expected.get(kind).is_some_and(|(a, b)| close(*a, *ndcg) && close(*b, *recall))
        };
        if figures.len() != expected.len() || !figures.iter().all(|(kind, figure)| near(kind, figure)) {
            let lines: String =
                figures.iter().map(|(kind, (a, b))| format!("    (\"{kind}\", {a:.4}, {b:.4}),\n")).collect();
            faults.push(format!(
                "the figures with corpus/{name} have changed; they were {expect:?}\nhelp: if the change is meant, and the \
                 measurements on larger collections support it, record in tests/quality.rs:\nconst {constant}: \
                 &[(&str, f64, f64)] = &[\n{lines}];"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// All topics answered, as the run that `snotra batch --format trec` would write.
fn run() -> Run {
    let sandbox = Sandbox::new();
    let dir = sandbox.path("idx");
    let report = index(&dir, &[project().join("corpus")], &options()).expect("the corpus is indexed");
    assert!(report.problems.is_empty() && report.indexed == 48, "{report:?}");
    let searcher = Searcher::open(&dir, Ranking::default()).expect("it opens");
    let trec = RUN_FORMATS.iter().find(|format| format.name == "trec").expect("it is registered");
    let mut lines = Vec::new();
    for topic in Topics::parse(&read("topics.tsv")).expect("the topics").iter() {
        let lang = topic.lang.as_deref().and_then(Language::by_code);
        let query = BatchQuery { id: topic.id.clone(), text: topic.text.clone(), lang };
        let ranked = app::batch(&searcher, &query, DEPTH, false).expect("the topic is answered");
        (trec.write)(&mut lines, &query, &ranked, "quality").expect("memory takes every write");
    }
    Run::parse(&lines).expect("our own run can be read")
}

fn figures(run: &Run, qrels: &str) -> Figures {
    let measures = ["nDCG@10", "R@100"].map(|name| name.parse::<Measure>().expect("a measure"));
    let qrels = Qrels::parse(&read(qrels)).expect("the judgements");
    let evaluation = evaluate(&qrels, run, &measures, &Options::default()).expect("it can be evaluated");
    let mut sums: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
    for (at, topic) in evaluation.topics.iter().enumerate() {
        let kind = topic.split('-').next().expect("a kind");
        for key in [kind, "all"] {
            let (ndcg, recall, count) = sums.entry(key).or_default();
            *ndcg += evaluation.scores[0].per_topic[at];
            *recall += evaluation.scores[1].per_topic[at];
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(kind, (ndcg, recall, count))| (kind.to_owned(), (ndcg / count, recall / count))).collect()
}

fn read(name: &str) -> Vec<u8> {
    fs::read(project().join("corpus").join(name)).expect("it comes with the corpus")
}
