//! Articles that quote another language: found by either, and shown as what they are.

use serde_json::Value;
use serde_json::json;

use crate::support::Sandbox;

const SWEDISH: &str = "Åtta kommuner delar sedan i våras på en tjänst som läser igenom alla blanketter. Den som har \
    uppdraget börjar med att fylla i dem själv, och det brukar räcka för att hitta felen. De flesta frågor som ställs har \
    kommunen redan svaret på, och resten är det ingen som minns varför man ställer.";
const DANISH: &str = "Vi havde et skema på elleve sider, som alle skulle udfylde, før de kunne få en plads i børnehaven. \
    Da vi spurgte, hvem der læste svarene, var der ingen, der rakte hånden op. Nu er skemaet på en halv side, og vi får \
    de samme oplysninger, som vi altid har brugt. Ærligt talt burde vi have gjort det for længe siden.";

/// A Swedish article with a Danish quotation, one article in each language alone, all detected.
fn sandbox() -> Sandbox {
    let mixed = format!("{SWEDISH}\n\n»{DANISH}«\n\n{SWEDISH}\n");
    let sandbox = Sandbox::with(&[
        ("docs/mixed.txt", &mixed),
        ("docs/swedish.txt", &format!("{SWEDISH}\n\nSå slutar berättelsen om blanketterna.\n")),
        ("docs/danish.txt", &format!("{DANISH}\n\nSådan endte fortællingen om skemaerne.\n")),
    ]);
    sandbox.run(&["index", "--index", "idx", "docs"]).code(0);
    sandbox
}

fn hits(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let mut ids = sandbox.run(&[&["search", "--index", "idx", "--json", "--no-group"], args].concat()).hits();
    ids.sort();
    ids
}

#[test]
fn a_filter_by_language_finds_passages_too() {
    let sandbox = sandbox();
    for (query, expected) in [
        ("lang:da", vec!["danish.txt", "mixed.txt"]),
        ("lang:sv", vec!["mixed.txt", "swedish.txt"]),
        ("lang:sv lang:da", vec!["mixed.txt"]),
        ("lang:sv -lang:da", vec!["swedish.txt"]),
        ("NOT lang:sv", vec!["danish.txt"]),
        ("lang:en", vec![]),
        ("skema lang:da", vec!["danish.txt", "mixed.txt"]),
    ] {
        assert_eq!(hits(&sandbox, &[query]), expected, "{query}");
    }
    assert_eq!(hits(&sandbox, &["--lang", "da", "lang:sv"]), ["mixed.txt"]);
    sandbox.run(&["search", "--index", "idx", "lang:sv lang:da"]).code(0).silent();
}

#[test]
fn both_languages_are_shown_with_their_places() {
    let sandbox = sandbox();
    let text = sandbox.run(&["search", "--index", "idx", "--no-group", "blanketter lang:sv"]);
    text.code(0).answers("    Swedish, partly Danish · ").answers("    Swedish · ");
    sandbox.run(&["show", "--index", "idx", "mixed.txt"]).code(0).answers(" · Swedish, partly Danish");
    let alone = sandbox.run(&["show", "--index", "idx", "swedish.txt"]);
    alone.code(0).answers(" · Swedish").check(!alone.out.contains("partly"), "it is in one language");

    let shown = sandbox.run(&["show", "--index", "idx", "--json", "mixed.txt"]).json();
    assert_eq!(shown["lang"], "sv");
    let passages = shown["lang_passages"].as_array().expect("a list");
    assert_eq!(passages.len(), 1, "{shown}");
    assert_eq!(passages[0]["lang"], "da");
    let at = |end: &str| passages[0][end].as_u64().expect("a number") as usize;
    let chars: Vec<char> = shown["text"].as_str().expect("a text").chars().collect();
    let passage: String = chars[at("start")..at("end")].iter().collect();
    assert_eq!(passage, format!("»{DANISH}«"));

    let answer = sandbox.run(&["search", "--index", "idx", "--json", "--no-group", "lang:sv"]).json();
    for hit in answer["hits"].as_array().expect("hits") {
        let expected = if hit["id"] == "mixed.txt" { shown["lang_passages"].clone() } else { json!([]) };
        assert_eq!(hit["lang_passages"], expected, "{hit}");
    }
}

#[test]
fn counts_are_by_main_language() {
    let sandbox = sandbox();
    let answer = sandbox.run(&["search", "--index", "idx", "--json", "--facets", "lang", "lang:da"]).json();
    assert_eq!(answer["facets"]["lang"], json!([{"value": "da", "count": 1}, {"value": "sv", "count": 1}]));
    let inspected = sandbox.run(&["inspect", "--index", "idx", "--json"]).json();
    let documents = |code: &str| inspected["languages"][code]["documents"].clone();
    assert_eq!((documents("da"), documents("sv")), (json!(1), json!(2)));
    assert_eq!(inspected["mixed"], json!({"da": 1}));
    let text = sandbox.run(&["inspect", "--index", "idx"]);
    text.code(0).answers("partly da");
}

#[test]
fn passages_follow_the_languages_that_are_asked_for() {
    for (args, expected) in [
        (&["--languages", "sv,fi"][..], json!({})),
        (&["--force-lang", "sv"], json!({})),
        (&["--languages", "sv,da"], json!({"da": 1})),
    ] {
        let sandbox = sandbox();
        sandbox.run(&[&["index", "--index", "idx", "--rebuild"], args].concat()).code(0);
        let inspected = sandbox.run(&["inspect", "--index", "idx", "--json"]).json();
        assert_eq!(inspected["mixed"], expected, "{args:?}");
    }
}

#[test]
fn passages_go_with_the_document() {
    let sandbox = sandbox();
    let mixed = |sandbox: &Sandbox| -> Value {
        sandbox.run(&["index", "--index", "idx"]).code(0);
        sandbox.run(&["inspect", "--index", "idx", "--json"]).json()["mixed"].clone()
    };
    sandbox.write("docs/mixed.txt", format!("{SWEDISH}\n\n{SWEDISH}\n"));
    assert_eq!(mixed(&sandbox), json!({}));
    sandbox.write("docs/danish.txt", format!("{DANISH}\n\n{SWEDISH}\n\n{DANISH}\n"));
    assert_eq!(mixed(&sandbox), json!({"sv": 1}));
    // A declared language is believed, and what contradicts it is a passage.
    let declared = json!({"id": "declared", "lang": "sv", "text": format!("{SWEDISH} {DANISH}")});
    sandbox.write("docs/more.jsonl", format!("{declared}\n"));
    assert_eq!(mixed(&sandbox), json!({"da": 1, "sv": 1}));
}
