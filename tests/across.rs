//! One query, several languages: what is found in the neighbours' articles, and in which order.

use serde_json::Value;

use crate::support::Sandbox;

const ARTICLES: &str = r#"{"id":"da-1","lang":"da","text":"Kommunen vil gøre sagsbehandlingen kortere, så borgerne får svar på deres ansøgninger om tilskud inden jul."}
{"id":"da-2","lang":"da","text":"Havnen får en ny mole, og fiskerne glæder sig til at lægge til i læ for vestenvinden."}
{"id":"sv-1","lang":"sv","text":"Kommunen vill göra handläggningen kortare, så att medborgarna får svar på sina ansökningar om bidrag före jul."}
{"id":"sv-2","lang":"sv","text":"Hamnen får en ny pir och regelförenklingsarbetet kan börja, lovar ministern fiskarna."}
{"id":"nb-1","lang":"nb","text":"Kommunen vil gjøre saksbehandlingen kortere, slik at innbyggerne får svar på søknadene om tilskudd før jul."}
"#;

fn indexed() -> Sandbox {
    let sandbox = Sandbox::with(&[("articles.jsonl", ARTICLES)]);
    sandbox.run(&["index", "-q", "articles.jsonl"]).code(0);
    sandbox
}

/// The text of the first highlight in the hit called `id`.
fn highlighted(answer: &Value, id: &str) -> String {
    let hit = answer["hits"].as_array().into_iter().flatten().find(|hit| hit["id"] == id).expect("it is found");
    let passage = &hit["passages"][0];
    let place = |at: usize| passage["highlights"][0][at].as_u64().expect("a place") as usize;
    let text: Vec<char> = passage["text"].as_str().expect("a text").chars().collect();
    text[place(0)..place(1)].iter().collect()
}

#[test]
fn the_own_language_comes_first_and_its_neighbours_after() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "--json", "--query-lang", "da", "sagsbehandling"]);
    let answer = ran.code(0).json();
    let hits = ran.hits();
    ran.check(hits[0] == "da-1", "the article in the language of the query is first");
    ran.check(hits.contains(&"nb-1".to_owned()) && hits.contains(&"sv-1".to_owned()), "its neighbours are found");
    ran.check(!hits.contains(&"da-2".to_owned()) && !hits.contains(&"sv-2".to_owned()), "nothing else is");
    let score = |at: usize| answer["hits"][at]["score"].as_f64().expect("a score");
    ran.check(score(1) <= 0.26 * score(0), "the neighbours come clearly after");
    ran.check(highlighted(&answer, "sv-1") == "handläggningen", "a translation is highlighted");
    ran.check(highlighted(&answer, "nb-1") == "saksbehandlingen", "a cognate is highlighted");
}

#[test]
fn neighbours_are_left_out_or_all_that_is_asked_for() {
    let sandbox = indexed();
    let found = |args: &[&str]| sandbox.run(&[&["search", "--json", "--query-lang", "da"], args].concat()).hits();
    for off in [&["--no-across"][..], &["--across", "off"]] {
        let hits = found(&[off, &["sagsbehandling"]].concat());
        // *behandling* is a Norwegian word too, and found as it is typed.
        assert!(hits[0] == "da-1" && !hits.contains(&"sv-1".to_owned()), "{off:?}: {hits:?}");
    }
    let mut only = found(&["--across", "only", "sagsbehandling"]);
    only.sort();
    assert_eq!(only, ["nb-1", "sv-1"]);
    sandbox.run(&["search", "--no-across", "--query-lang", "da", "regelforenkling"]).code(1);
}

#[test]
fn a_word_is_found_inside_a_neighbours_compound() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "--json", "regelforenkling"]);
    ran.code(0).check(ran.hits() == ["sv-2"], "the Swedish compound");
    let answer = ran.json();
    let origins: Vec<_> = answer["hits"][0]["matched"].as_array().into_iter().flatten().collect();
    ran.check(origins.iter().any(|matched| matched["origin"] == "key"), "by its key");
}

#[test]
fn batches_and_searches_look_across_alike() {
    let sandbox = indexed();
    sandbox.write("topics.tsv", "q1\tda\tsagsbehandling\nq2\tda\tregelforenkling\n");
    let own = sandbox.run(&["batch", "topics.tsv", "--format", "trec", "--no-across"]);
    let both = sandbox.run(&["batch", "topics.tsv", "--format", "trec"]);
    let only = sandbox.run(&["batch", "topics.tsv", "--format", "trec", "--across", "only"]);
    let documents = |out: &str| {
        let mut documents: Vec<String> =
            out.lines().map(|line| line.split(' ').step_by(2).take(2).collect::<Vec<_>>().join(" ")).collect();
        documents.sort();
        documents
    };
    let mut joined = [documents(&own.out), documents(&only.out)].concat();
    joined.sort();
    joined.dedup();
    assert_eq!(documents(&both.out), joined, "both are the one and the other");
    assert!(!own.out.contains("sv-1") && both.out.contains("sv-1"), "{}{}", own.out, both.out);
}

#[test]
fn a_profile_is_what_it_says() {
    let sandbox = indexed();
    sandbox
        .write("topics.tsv", "q1\tda\tkortere sagsbehandling\nq2\tda\tborgernes ansøgning\nq3\tsv\tregelförenkling\n");
    let run = |args: &[&str]| {
        let ran = sandbox.run(&[&["batch", "topics.tsv", "--format", "trec"], args].concat());
        ran.code(0).silent().check(!ran.out.is_empty(), "something is found");
        ran.out
    };
    let fast = run(&["--profile", "fast"]);
    assert_eq!(fast, run(&["--gram-weight", "0", "--adjacency", "0", "--no-across"]));
    assert_ne!(fast, run(&[]));
    assert_eq!(run(&["--profile", "balanced"]), run(&[]));
    assert_eq!(run(&["--profile", "best"]), run(&[]), "of a few articles, all are looked at again either way");
    let across = run(&["--profile", "fast", "--across", "on"]);
    assert_eq!(across, run(&["--gram-weight", "0", "--adjacency", "0"]), "what is asked for goes before the profile");
    sandbox.run(&["search", "--profile", "slow", "x"]).refused("known are fast, balanced, best");
}
