//! Our tests of significance against SciPy and statsmodels.
//!
//! `vectors/make_significance_vectors.py` made the cases and says which tool gave which figure. Where we draw and the
//! vectors count, or both draw, the two may be as far apart as chance allows: some five standard errors.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;

use flate2::read::GzDecoder;
use serde_json::Value;
use snotra::eval::PERMUTATIONS;
use snotra::eval::Pair;
use snotra::eval::Paired;
use snotra::eval::holm;
use snotra::eval::kendall;
use snotra::eval::paired;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/significance.jsonl.gz");

/// How far figures may be apart and how often each must be seen. Figures that are drawn are measured in standard
/// errors; the t-test's p relative to its size.
const LIMITS: &[(&str, f64, usize)] = &[
    ("t", 1e-12, 600),
    ("t_p", 1e-10, 600),
    ("d_z", 1e-12, 600),
    ("p counted", 1e-12, 700),
    ("p drawn", 5.0, 60),
    ("interval", 0.14, 7),
    ("holm", 1e-12, 60),
    ("tau", 1e-12, 80),
];

#[test]
fn agrees_with_scipy() {
    let cases: Vec<Value> = BufReader::new(GzDecoder::new(File::open(VECTORS).unwrap()))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let mut seen = BTreeMap::<&str, Vec<f64>>::new();
    let compared = paired_cases(&cases);
    let mut compared = compared.iter();
    for case in &cases {
        let differences = match case["kind"].as_str().unwrap() {
            "paired" => differences(case, compared.next().unwrap()),
            "holm" => {
                let ours = holm(&numbers(&case["p"]));
                assert_eq!(ours.len(), numbers(&case["holm"]).len());
                ours.iter().zip(numbers(&case["holm"])).map(|(ours, theirs)| ("holm", (ours - theirs).abs())).collect()
            }
            _ => {
                let tau = kendall(&numbers(&case["a"]), &numbers(&case["b"]));
                same_or_both_missing("tau", tau, &case["tau"], |ours, theirs| (ours - theirs).abs())
            }
        };
        for (name, difference) in differences {
            seen.entry(name).or_default().push(difference);
        }
    }
    for &(name, limit, least) in LIMITS {
        let seen = &seen[name];
        let worst = seen.iter().copied().fold(0.0, |a: f64, b| if b.is_nan() || b > a { b } else { a });
        assert!(worst <= limit, "{name} is apart by {worst}");
        assert!(seen.len() >= least, "{name} is in {} cases only: make the vectors again", seen.len());
    }
}

/// Our figures for all cases of pairs, in one go as a table does.
fn paired_cases(cases: &[Value]) -> Vec<Paired> {
    let cases = cases.iter().filter(|case| case["kind"] == "paired");
    let values: Vec<_> = cases.map(|case| (numbers(&case["baseline"]), numbers(&case["system"]))).collect();
    let pairs: Vec<_> = values.iter().map(|(baseline, system)| Pair { baseline, system }).collect();
    paired(&pairs)
}

/// How far each figure of a pair is apart.
fn differences(case: &Value, ours: &Paired) -> Vec<(&'static str, f64)> {
    let absolute = |ours: f64, theirs: f64| (ours - theirs).abs();
    let relative = |ours: f64, theirs: f64| (ours - theirs).abs() / theirs.abs().max(f64::MIN_POSITIVE);
    let scaled = |ours: f64, theirs: f64| (ours - theirs).abs() / theirs.abs().max(1.0);
    let mut differences = same_or_both_missing("t", ours.t_test.map(|test| test.t), &case["t"], scaled);
    differences.extend(same_or_both_missing("t_p", ours.t_test.map(|test| test.p), &case["t_p"], relative));
    differences.extend(same_or_both_missing("d_z", ours.effect_size, &case["d_z"], scaled));
    if let Some(p) = case["p"].as_f64() {
        differences.push(if ours.randomisation.exact {
            ("p counted", absolute(ours.randomisation.p, p))
        } else {
            let draws = PERMUTATIONS as f64;
            let error = (p * (1.0 - p) / draws).sqrt() + 1.0 / draws;
            ("p drawn", absolute(ours.randomisation.p, p) / error)
        });
    }
    if let Some(interval) = case["interval"].as_array() {
        let (t, difference) = (case["t"].as_f64().unwrap(), ours.difference);
        let error = (difference / t).abs();
        for (ours, theirs) in ours.interval.iter().zip(interval) {
            differences.push(("interval", absolute(*ours, theirs.as_f64().unwrap()) / error));
        }
    }
    differences
}

fn same_or_both_missing(
    name: &'static str,
    ours: Option<f64>,
    theirs: &Value,
    apart: impl Fn(f64, f64) -> f64,
) -> Vec<(&'static str, f64)> {
    match (ours, theirs.as_f64()) {
        (Some(ours), Some(theirs)) => vec![(name, apart(ours, theirs))],
        (None, None) => Vec::new(),
        (ours, theirs) => panic!("{name} is {ours:?} here and {theirs:?} there"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}
