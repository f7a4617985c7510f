//! `snotra compare` from outside: what moved, what passed it, and what the words are worth.

use insta::assert_snapshot;
use serde_json::Value;
use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;

const QRELS: &str = "t1 0 havn.txt 2\nt1 0 skov.txt 0\nt1 0 gone.txt 1\nt2 0 skole.txt 1\nt3 0 skov.txt 1\n";
const TOPICS: &str = "t1\tda\tstøj fra færgerne\nt2\tda\tskolens tag\nt3\tda\traadyr i skoven\n";

/// In the first run the harbour stands before the wood, in the second behind it and behind a document that no index has.
fn sandbox() -> Sandbox {
    let run = |tag: &str, topics: [&str; 3]| -> String {
        let line = |topic: usize, rank: usize, doc: &str| format!("t{topic} Q0 {doc} {rank} {} {tag}\n", 10 - rank);
        let lines = topics
            .into_iter()
            .zip(1..)
            .flat_map(|(docs, topic)| docs.split(' ').zip(1..).map(move |(doc, rank)| line(topic, rank, doc)));
        lines.collect()
    };
    Sandbox::with(&[
        ("articles/havn.txt", "Støj fra havnen\n\nFærgerne larmer hver nat. Støj fra færgerne skal måles.\n"),
        ("articles/skov.txt", "Rådyr i skoven\n\nDer er ro i skoven, uden støj, og rådyr ses hver dag.\n"),
        ("articles/skole.txt", "Skolen\n\nSkolens tag er tæt igen, og spandene er ryddet af vejen.\n"),
        ("qrels.txt", QRELS),
        ("topics.tsv", TOPICS),
        ("old.run", &run("old", ["havn.txt skov.txt", "skole.txt", "havn.txt skov.txt"])),
        ("new.run", &run("new", ["skov.txt lost.txt havn.txt", "skole.txt", "skov.txt havn.txt"])),
    ])
}

fn indexed() -> Sandbox {
    let sandbox = sandbox();
    sandbox.run(&["index", "articles", "-q"]).code(0);
    sandbox
}

fn compare(sandbox: &Sandbox, args: &[&str]) -> Ran {
    sandbox.run(&[&["compare", "qrels.txt", "old.run", "new.run", "--measure", "RR"], args].concat())
}

#[test]
fn runs_alone_show_ids_and_what_to_give_for_more() {
    let ran = compare(&sandbox(), &[]);
    ran.code(0).says("give --topics FILE for the queries, and --index DIR too for titles and explanations");
    assert_snapshot!(ran.out, @r"
    t1  RR 1.0000 → 0.3333 (-0.6667)
         before  after  grade
      A        1      3      2  ↓ havn.txt
      B        2      1      0  ↑ skov.txt
      C        –      2      –  ↑ lost.txt
         in neither run: 1 relevant document

    t3  RR 0.5000 → 1.0000 (+0.5000)
         before  after  grade
      A        2      1      1  ↑ skov.txt
      B        1      2      –  ↓ havn.txt

    RR: old 0.8333, new 0.7778, mean difference -0.0556
    3 topics: 1 won, 1 tied, 1 lost; p = 1.0000 (paired two-sided randomisation test)
    – for a rank: not in the run; for a grade: not judged
    ");
}

#[test]
fn with_topics_and_index_there_are_queries_titles_and_what_words_are_worth() {
    let ran = compare(&indexed(), &["--topics", "topics.tsv"]);
    ran.code(0).answers("støj fra færgerne\n").answers("↓ Støj fra havnen  havn.txt\n");
    ran.answers("  B passed A: what the words are worth to each in the index\n");
    ran.says("lacks 1 of the 5 documents shown");
    // The index has the harbour first, as the old run had: it cannot say why the new one has not.
    ran.answers("The index as asked here does not have B before A, so this does not say why");
    let line = |start: &str| -> Vec<&str> {
        let line = ran.out.lines().find(|line| line.starts_with(&format!("    {start}")));
        line.unwrap_or_else(|| ran.fail(start)).split_whitespace().collect()
    };
    let faerge = line("færgerne");
    assert_eq!((faerge.len(), faerge[2], faerge[4]), (5, "typed,", "–"));
    assert!(faerge[3].starts_with("body"), "{faerge:?}");
    let raadyr = line("raadyr");
    assert_eq!(raadyr[2], "folded,", "{raadyr:?}");
    assert!(raadyr[3].contains("body") && raadyr[3].contains("title"), "{raadyr:?}");
    assert_eq!(line("sum").iter().filter(|word| **word == "rank").count(), 2);
    ran.answers("words side by side").answers("words that begin alike");
}

#[test]
fn json_explains_every_passing() {
    let sandbox = indexed();
    let ran = compare(&sandbox, &["--topics", "topics.tsv", "--json", "-q"]);
    let value = ran.code(0).silent().json();
    assert_eq!((&value["schema"], &value["measure"], &value["topics"]), (&json!(1), &json!("RR"), &json!(3)));
    assert_eq!(value["before"], json!({"name": "old", "file": "old.run", "value": 2.5 / 3.0}));
    assert_eq!((&value["wins"], &value["ties"], &value["losses"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(value["randomisation"], json!({"p": 1.0, "exact": true}));
    let first = &value["moved"][0];
    assert_eq!((&first["topic"], &first["query"]), (&json!("t1"), &json!("støj fra færgerne")));
    let harbour = json!({
        "id": "havn.txt", "grade": 2, "before": 1, "after": 3, "title": "Støj fra havnen", "date": null, "source": null,
    });
    assert_eq!(first["relevant"], json!([harbour]));
    assert_eq!(first["others"][1]["id"], "lost.txt");
    assert_eq!((&first["others"][1]["grade"], &first["others"][1]["title"]), (&Value::Null, &Value::Null));
    assert_eq!((&first["not_found"], &first["more_others"]), (&json!(1), &json!(0)));
    let passing = &first["passings"][0];
    assert_eq!((&passing["relevant"], &passing["other"]), (&json!("havn.txt"), &json!("skov.txt")));
    let explained = &passing["explained"];
    assert_eq!((&explained["relevant"]["rank"], &explained["other"]["rank"]), (&json!(1), &json!(2)));
    let word = explained["words"].as_array().expect("words").iter().find(|word| word["word"] == "færgerne");
    let worth = &word.expect("a word")["relevant"];
    assert_eq!((&worth["origins"], &worth["fields"][0]), (&json!(["typed"]), &json!("body")));
    let sum: f64 = explained["words"]
        .as_array()
        .expect("words")
        .iter()
        .filter_map(|word| word["relevant"]["score"].as_f64())
        .sum();
    let (score, bonus) = (&explained["relevant"]["score"], &explained["relevant"]["side_by_side"]);
    let alike = explained["relevant"]["beginnings"].as_f64().expect("words that begin alike");
    let rest = score.as_f64().expect("a score") - bonus.as_f64().expect("a bonus") - alike - sum;
    assert!(rest.abs() < 1e-5 && bonus.as_f64() > Some(0.0) && alike > 0.0, "{explained}");

    let bare = compare(&sandbox, &["--json", "-q"]).code(0).json();
    assert_eq!(
        (&bare["moved"][0]["query"], &bare["moved"][0]["passings"][0]["explained"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn as_many_topics_as_wanted() {
    let sandbox = sandbox();
    let ran = compare(&sandbox, &["-n", "1", "-q"]);
    ran.code(0).silent().check(!ran.out.contains("t3"), "one topic");
    let ran = compare(&sandbox, &["-n", "0"]);
    ran.code(0).silent().check(ran.out.starts_with("RR: old"), "the summary alone");
    sandbox.write("copy.run", std::fs::read(sandbox.path("old.run")).expect("it is there"));
    let ran = sandbox.run(&["compare", "qrels.txt", "old.run", "copy.run"]);
    ran.code(1).answers("nDCG@10: old.run ").answers("0 won, 3 tied, 0 lost");
}

#[test]
fn what_cannot_be_compared_says_why() {
    let sandbox = sandbox();
    compare(&sandbox, &["--index", "nowhere"]).refused("there is no index at nowhere").says("make one");
    compare(&sandbox, &["--topics", "qrels.txt"]).refused("qrels.txt: line 1: 1 columns").says("topics are lines of");
    sandbox.write("few.tsv", "t3\traadyr\n");
    compare(&sandbox, &["--topics", "few.tsv"]).code(0).says("few.tsv lacks 1 topic of these: t1");
    sandbox
        .run(&["compare", "old.run", "qrels.txt", "new.run"])
        .refused("old.run: line 1: 6 columns")
        .says("the judgements come first");
    sandbox.run(&["compare", "qrels.txt", "old.run"]).refused("<AFTER>");
    sandbox.run(&["compare", "qrels.txt", "old.run", "new.run", "--measure", "nGCD"]).refused("did you mean nDCG?");
    sandbox.run(&["compare", "qrels.txt", "-", "-"]).refused("standard input can be read once only");
    sandbox.write("alien.run", "x Q0 a 1 1 t\n");
    sandbox.run(&["compare", "qrels.txt", "old.run", "alien.run"]).refused("alien.run: no topic of the run is judged");
    sandbox.write("index/default/snotra-manifest.json", "broken");
    compare(&sandbox, &[]).code(0).says("without titles and explanations: ");
    compare(&sandbox, &["--topics", "topics.tsv", "--index", "./index/default"]).refused("snotra-manifest.json");
}
