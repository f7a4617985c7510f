//! `--explain`: what counts adds up to the score that is shown, nothing is said twice, and an estimate is called one.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use crate::support::Sandbox;
use crate::support::project;

/// Queries of every kind over the sample articles, in Danish and Swedish.
const QUERIES: &[&str] = &[
    "digital post",
    "sagsbehandling i kommunen",
    "handläggningstid",
    "hemtjanst",
    "regelforenkling for virksomheder",
    "\"digital post\" borgere",
    "+kommune støj fra vindmøller",
    "it-system AND kommun",
    "digitaliser* vand~ title:budget",
    "§ 12 a forvaltningsloven",
];

fn corpus() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(&["index", "-q", &project().join("corpus").to_string_lossy()]).code(0);
    sandbox
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn what_counts_adds_up_to_the_score() {
    let sandbox = corpus();
    let (mut scaled, mut origins) = (0, BTreeSet::new());
    for query in QUERIES {
        for options in [&["--across", "on"][..], &["--query-lang", "da"], &["--sort", "date"]] {
            let search =
                [&["search", "--json", "--explain", "-n", "200", "--no-group"], options, &["--", query]].concat();
            let ran = sandbox.run(&search);
            let answer = ran.code(0).json();
            for hit in answer["hits"].as_array().expect("hits") {
                let score = number(&hit["score"]);
                let explanation = hit["explanation"].as_array().expect("an explanation");
                let counted: Vec<_> = explanation.iter().filter(|part| part["counts"] == true).collect();
                let sum: f64 = counted.iter().map(|part| number(&part["score"])).sum();
                ran.check((sum - score).abs() < 1e-4 * score.max(1.0), &format!("{sum} is not {score}: {hit}"));
                scaled += u32::from(hit["scale"] != json!(1.0));
                origins.extend(counted.iter().map(|part| part["origin"].as_str().expect("a name").to_owned()));
            }
        }
    }
    assert!(scaled > 0, "no hit is in a language that the query is not in");
    for origin in ["typed", "part", "phrase", "prefix", "beginning", "adjacent"] {
        assert!(origins.contains(origin), "nothing counted as {origin}: {origins:?}");
    }
}

#[test]
fn the_lines_for_people_add_up_too() {
    let sandbox = corpus();
    for query in QUERIES {
        let ran = sandbox.run(&["search", "--explain", "-n", "40", "--", query]);
        let (mut sum, mut lines) = (0.0, 0);
        for line in ran.code(0).out.lines().map(str::trim_start) {
            let amount = |line: &str| line.split([' ', ',']).next().and_then(|word| word.parse::<f64>().ok());
            if let Some(amount) = line.starts_with('+').then(|| amount(line)).flatten() {
                if !line.contains("(not counted") {
                    (sum, lines) = (sum + amount, lines + 1);
                }
            } else if let Some(total) = line.strip_prefix("= ").and_then(amount) {
                let rounded = 0.0005 * f64::from(lines + 1);
                ran.check((sum - total).abs() <= rounded + 1e-6, &format!("{sum} is not {total}"));
                (sum, lines) = (0.0, 0);
            }
        }
        ran.check(lines == 0, "every explanation ends with its sum");
    }
}

#[test]
fn a_related_language_is_said_to_be_scaled() {
    let sandbox = corpus();
    let ran = sandbox.run(&["search", "--explain", "-n", "40", "--query-lang", "da", "sagsbehandling"]);
    let scaled: Vec<_> = ran.code(0).out.lines().filter(|line| line.contains("all of it times 0.")).collect();
    ran.check(!scaled.is_empty(), "what Swedish articles are multiplied by is said");
}

#[test]
fn no_line_is_said_twice() {
    let sandbox = corpus();
    for query in QUERIES {
        let ran = sandbox.run(&["search", "--json", "--explain", "-n", "200", "--", query]);
        for hit in ran.code(0).json()["hits"].as_array().expect("hits") {
            let mut seen = BTreeSet::new();
            for part in hit["explanation"].as_array().expect("an explanation") {
                let line = ["leaf", "term", "origin", "field"].map(|name| part[name].to_string());
                ran.check(seen.insert(line.clone()), &format!("{line:?} is there twice"));
            }
        }
    }
}

#[test]
fn estimates_are_called_so() {
    let sandbox = Sandbox::new();
    sandbox.write("nyt/havn.txt", format!("Havnen\n\n{}\n", "Her er en støjende havn, som larmer. ".repeat(60)));
    sandbox
        .write("nyt/skov.txt", "Skoven\n\nI skoven er der larm fra sav og lastbil hele dagen, og det er støjende.\n");
    sandbox.write("nyt/by.txt", "Byen\n\nI byen er der ro, siger borgmesteren til avisen.\n");
    sandbox.run(&["index", "-q", "nyt"]).code(0);
    let ran = sandbox.run(&["search", "--explain", "støjende havn"]);
    ran.code(0).answers("støje in the body, typed: about 64 times, in 2 documents\n");
    ran.answers("støje in the body, typed: once, in 2 documents\n");
    ran.answers("havn… in the title, beginning: once, in 1 document\n");
    // What stands side by side is counted in the text itself.
    ran.answers("    støjende havn\n")
        .answers("\"støje havn\" in the body, side by side: 60 times, the rarer in 1 document\n");
}
