//! The page of `snotra report`: whole, well-formed, asking for nothing, and the same every time.

use std::fs;

use serde_json::Value;
use serde_json::json;

use crate::support::Sandbox;
use crate::support::project;

/// Runs the experiments on the sample corpus, and makes the report of their records.
pub(crate) fn report_of_the_corpus(sandbox: &Sandbox) -> String {
    let files = ["corpus", "corpus-own-language"].map(|name| project().join(format!("benches/quality/{name}.toml")));
    let files = files.each_ref().map(|file| file.to_str().expect("a path of ours"));
    sandbox.run(&[&["bench", "--quiet"], files.as_slice()].concat());
    let records = ["corpus", "corpus-own-language"].map(|name| format!("index/bench/{name}.record.json"));
    let [first, second] = records.each_ref().map(String::as_str);
    let ran = sandbox.run(&["report", first, second, "-o", "-"]);
    ran.check(ran.code == Some(0), "the report is made").out.clone()
}

/// A small record of two topics and its details, in which every text of a stranger is `text`.
fn hostile(text: &str) -> (Value, Value) {
    let system = |name: &str, values: &str, mean: f64| {
        json!({
            "name": name, "seconds": 1.0, "queries_per_second": 1.0, "figures": {"all": {"AP": mean}},
            "precision_at_recall": [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.0, 0.0, 0.0], "per_topic": {"AP": values},
        })
    };
    let record = json!({
        "schema": 2, "name": text, "about": text, "date": text, "snotra": text, "revision": text,
        "machine": {"os": text, "arch": text, "cores": 1, "optimised": true},
        "index": {
            "options": {text: text}, "documents": {text: 3}, "format": 1, "analysis": text, "text_bytes": 1, "seconds": 1.0,
            "bytes": {text: 1},
        },
        "search": {"options": {text: text}, "queries": 2, "threads": 1},
        "measures": ["AP"], "kinds": {"x<b>": text}, "topics": "x<b>-1&2 y\"'-2", "groups": [["x<b>-<i>", 1], ["<u>", 1]],
        "systems": [system("<b>new</b>", "0.5 0.25", 0.375), system("<i>\"old", "0.25 1", 0.625)],
        "previous": {
            "date": text, "revision": text, "figures": {"all": {"AP": 0.25}}, "p": {"all": {"AP": 0.004}},
        },
    });
    let document = json!({"id": text, "title": text, "grade": 1, "ranks": {text: 1}});
    let topic = |id: &str| {
        json!({
            "topic": id, "lang": text, "values": {}, "relevant": [document],
            "found": {"<b>new</b>": [document, {"id": text, "title": " ", "grade": null, "ranks": {}}]},
        })
    };
    let details = json!({
        "schema": 1, "name": text, "texts": {"x<b>-1&2": text, "y\"'-2": text},
        "topics": [topic("x<b>-1&2"), topic("y\"'-2")],
    });
    (record, details)
}

/// A report in which every text is one long word.
pub(crate) fn report_of_long_words(sandbox: &Sandbox) -> String {
    let (record, details) = hostile(&"Regelforenklingsarbejdsgruppe".repeat(9));
    sandbox.write("long.record.json", record.to_string());
    sandbox.write("long.details.json", details.to_string());
    let ran = sandbox.run(&["report", "long.record.json", "-o", "-"]);
    ran.check(ran.code == Some(0), "the report is made").out.clone()
}

/// The tags of a page, or what is wrong with how they stand in each other.
fn tags(page: &str) -> Result<Vec<String>, String> {
    let page = page.strip_prefix("<!DOCTYPE html>").ok_or("it does not begin as a page")?;
    let mut open: Vec<&str> = Vec::new();
    let mut seen = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let near = |text: &str| text.chars().take(60).collect::<String>();
        let tag = rest[at + 1..].split_inclusive('>').next().filter(|tag| tag.ends_with('>'));
        let tag = tag.ok_or_else(|| format!("a tag without an end: {}", near(&rest[at..])))?;
        rest = &rest[at + 1 + tag.len()..];
        let tag = &tag[..tag.len() - 1];
        let name = tag.trim_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) || tag.matches('"').count() % 2 != 0 {
            return Err(format!("no tag of ours: {}", near(tag)));
        }
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                return Err(format!("<{tag}> closes what is not open: {open:?}"));
            }
        } else {
            seen.push(tag.to_owned());
            if name == "style" {
                rest = &rest[rest.find("</style>").ok_or("a style without an end")?..];
            }
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
    }
    if open.is_empty() { Ok(seen) } else { Err(format!("left open: {open:?}")) }
}

/// What the page would load, run or lead to.
fn check_that_it_asks_for_nothing(page: &str) {
    let tags = tags(page).unwrap_or_else(|fault| panic!("{fault}"));
    let policy = "content=\"default-src 'none'; style-src 'unsafe-inline'";
    assert!(tags.iter().any(|tag| tag.starts_with("meta ") && tag.contains(policy)), "the page forbids itself to ask");
    for tag in &tags {
        let name = tag.split(' ').next().expect("a name");
        let banned =
            ["script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use", "foreignObject"];
        assert!(!banned.contains(&name), "{tag}");
        for attribute in tag.split('"').step_by(2).skip(1) {
            assert!(![" src=", " action=", " srcset=", " style="].contains(&attribute), "{tag}");
        }
        assert!(
            !tag.contains(" on") || !tag.contains("=\"") || !tag.split(' ').any(|part| part.starts_with("on")),
            "{tag}"
        );
        if let Some((_, target)) = tag.split_once("href=\"") {
            let target = target.split('"').next().expect("an address");
            let id = target.strip_prefix('#').unwrap_or_else(|| panic!("{tag} leads away"));
            assert!(page.contains(&format!(" id=\"{id}\"")), "{tag} leads nowhere");
        }
    }
    let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    for what in ["url(", "@import", "@font-face", "http:", "https:", "//"] {
        assert!(!style.contains(what), "the style has {what}");
    }
}

/// Every name that something else refers to is there once.
fn check_names(page: &str) {
    let values = |attribute: &str| -> Vec<String> {
        let before = format!(" {attribute}=\"");
        let parts = page.split(before.as_str()).skip(1);
        parts.map(|part| part.split('"').next().expect("a value").to_owned()).collect()
    };
    let ids = values("id");
    let mut sorted = ids.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), ids.len(), "a name is given twice: {ids:?}");
    for name in values("aria-labelledby") {
        assert!(ids.contains(&name), "nothing is called {name}");
    }
}

#[test]
fn the_report_of_the_corpus_has_everything() {
    let sandbox = Sandbox::new();
    let page = report_of_the_corpus(&sandbox);
    check_that_it_asks_for_nothing(&page);
    check_names(&page);
    let parts = [
        "<h2 id=\"overview-title\">Overview</h2>",
        "<a href=\"#e1\">corpus</a>",
        "<h2 id=\"e2-title\">corpus-own-language</h2>",
        "By nDCG@10, Snotra stands ",
        "All topics, by every measure",
        "† p &lt; 0.05, ‡ p &lt; 0.01 for the difference",
        "Precision at eleven levels of recall",
        "Every topic by nDCG@10 of plain tantivy and nDCG@10 of Snotra.",
        "The differences by nDCG@10 of all 47 topics sorted by gain.",
        ">By language<",
        ">By query type<",
        "<th scope=\"row\">Swedish</th>",
        "<th scope=\"row\">daQ: a Danish question</th>",
        "R@100 by sort of topic",
        "Lowest values",
        "Largest losses",
        "Largest gains",
        "First by plain tantivy",
        "How it was run",
        "How to read this",
        "@media print",
        "prefers-color-scheme: dark",
    ];
    for part in parts {
        assert!(page.contains(part), "{part:?} is missing");
    }
    // A topic is named where one points at it, in both charts, with its text; and shown with what was found.
    let topic = fs::read_to_string(project().join("corpus/topics.tsv")).expect("topics");
    let text = topic.lines().find_map(|line| line.strip_prefix("svM-06\tsv\t")).expect("a topic").trim().to_owned();
    assert!(page.matches(&format!("<title>svM-06: “{text}” plain tantivy ")).count() >= 2, "{text}");
    let shown = |line: &str| {
        let text = line.split('\t').nth(2).unwrap_or_default().trim();
        page.contains(&format!("<h5 lang=\"sv\">{text}</h5>"))
    };
    assert!(topic.lines().filter(|line| line.contains("\tsv\t")).any(shown), "some Swedish topic is worth a look");
    let again =
        sandbox.run(&["report", "index/bench/corpus.record.json", "index/bench/corpus-own-language.record.json"]);
    again.check(again.code == Some(0) && again.out.is_empty(), "it goes to a file");
    assert!(
        fs::read_to_string(sandbox.path("report.html")).expect("the file") == page,
        "the same records, the same bytes"
    );
}

#[test]
fn what_was_recorded_before_is_shown() {
    let sandbox = Sandbox::new();
    let (mut record, _) = hostile("plain");
    record["previous"]["date"] = json!("2023-04-05");
    record["previous"]["revision"] = json!("0123456789abcdef0123456789abcdef01234567");
    sandbox.write("x.json", record.to_string());
    let page = sandbox.run(&["report", "x.json", "-o", "-"]).out.clone();
    for part in [
        "and what was recorded before</span></caption>",
        "<td class=\"number\">0.2500</td><td class=\"number\">0.3750</td>",
        "+0.1250<span class=\"mark\">‡</span></td><td class=\"number\">0.0040</td>",
        "Before is what was recorded on 2023-04-05 at commit 0123456789;",
    ] {
        assert!(page.contains(part), "{part:?} is missing: {page}");
    }
    // Of two records the older one says what was before, and without a change there is nothing to say.
    sandbox.write("y.json", record.to_string());
    let two = sandbox.run(&["report", "x.json", "y.json", "-o", "-"]);
    two.check(two.code == Some(0) && !two.out.contains("recorded before"), "two records are compared with each other");
    record["previous"] = Value::Null;
    sandbox.write("x.json", record.to_string());
    let ran = sandbox.run(&["report", "x.json", "-o", "-"]);
    ran.check(ran.code == Some(0) && !ran.out.contains("recorded before"), "nothing was before");
}

#[test]
fn a_record_alone_says_what_it_lacks() {
    let sandbox = Sandbox::new();
    let (record, _) = hostile("plain");
    sandbox.write("x.json", record.to_string());
    let ran = sandbox.run(&["report", "x.json", "-o", "new/page.html"]);
    ran.check(ran.code == Some(0) && ran.out.is_empty() && ran.err.contains("new/page.html"), "it says where it is");
    let page = fs::read_to_string(sandbox.path("new/page.html")).expect("the page");
    check_that_it_asks_for_nothing(&page);
    assert!(page.contains("index/bench/plain.record.json"), "how to have the texts");
    assert!(!page.contains("id=\"overview\""), "one experiment needs no overview");
}

#[test]
fn strangers_text_is_only_text() {
    let sandbox = Sandbox::new();
    for text in
        ["</title><script>alert(1)</script>", "\" onload=\"alert(1)", "'><img src=x>", "]]>&lt;\u{202e}\u{1b}[31m"]
    {
        let (record, details) = hostile(text);
        sandbox.write("x.record.json", record.to_string());
        sandbox.write("x.details.json", details.to_string());
        sandbox.write("y.json", record.to_string().replace("0.5 0.25", "0.75 0"));
        for records in [&["x.record.json"][..], &["y.json", "x.record.json"]] {
            let ran = sandbox.run(&[&["report", "-o", "-"], records].concat());
            ran.check(ran.code == Some(0), "anything may be in a record");
            check_that_it_asks_for_nothing(&ran.out);
            check_names(&ran.out);
            let hidden = ran.out.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
            ran.check(hidden.is_none(), "nothing is there that cannot be seen");
        }
    }
}

#[test]
fn two_records_of_one_experiment_are_compared() {
    let sandbox = Sandbox::new();
    let (now, _) = hostile("x");
    let mut before = now.clone();
    before["systems"][0]["per_topic"]["AP"] = "0.25 0.25".into();
    before["systems"][0]["figures"]["all"]["AP"] = 0.25.into();
    before["search"]["options"]["k1"] = 1.into();
    sandbox.write("now.json", now.to_string());
    sandbox.write("before.json", before.to_string());
    let ran = sandbox.run(&["report", "before.json", "now.json", "-o", "-"]);
    ran.check(ran.out.contains("Snotra now stands 0.1250 above Snotra before"), "the first is the baseline");
    ran.check(
        ran.out.contains("<tr class=\"differs\"><th scope=\"row\">k1</th><td>1</td><td>–</td></tr>"),
        "what changed",
    );
    // Of three, each is held against the first; of other topics, on those that both have.
    before["topics"] = "x<b>-1&2 z-3".into();
    before["groups"] = json!([["x<b>-<i>", 1], ["z", 1]]);
    sandbox.write("other.json", before.to_string());
    let ran = sandbox.run(&["report", "now.json", "before.json", "other.json", "-o", "-"]);
    ran.check(ran.out.contains("id=\"e2\"") && !ran.out.contains("id=\"e3\""), "two comparisons");
    ran.check(ran.out.contains("Compared on the 1 topic that both records have; 2 are in one of them only."), "topics");
    check_names(&ran.out);
}

#[test]
fn what_is_no_record_is_refused_by_name() {
    let sandbox = Sandbox::new();
    let (record, details) = hostile("x");
    let changed = |pointer: &str, value: Value| {
        let mut record = record.clone();
        *record.pointer_mut(pointer).expect("it is there") = value;
        record
    };
    let check = |record: &Value, fault: &str| {
        sandbox.write("bad.json", record.to_string());
        let ran = sandbox.run(&["report", "bad.json"]);
        ran.refused("bad.json").says(fault).says("hint: ");
    };
    check(&json!([]), "schema 2");
    check(&changed("/schema", 1.into()), "schema 2");
    check(&changed("/systems", json!([])), "one system only");
    check(&changed("/topics", "".into()), "no topics");
    check(&changed("/groups", json!([["x", 1], ["y", u64::MAX]])), "more than its 2 topics");
    check(&changed("/groups", json!([["x", 1]])), "1 of 2 topics");
    check(&changed("/measures", json!(["XYZ"])), "no measure is called \"XYZ\"");
    check(&changed("/measures", json!([])), "it has no measures");
    for (values, fault) in [("0.5", "1 values for 2 topics"), ("0.5 NaN", "\"NaN\" is no value"), ("1 1e300", "1e300")]
    {
        check(&changed("/systems/0/per_topic/AP", values.into()), fault);
    }
    check(&changed("/systems/1/figures/all/AP", 0.9.into()), "AP of all is 0.9, but its topics come to 0.6250");
    sandbox.run(&["report", "nowhere.json"]).refused("nowhere.json: there is no such file").says("hint: ");
    sandbox.write("no.json", "no");
    sandbox.run(&["report", "no.json"]).refused("no.json").says("hint: ");

    sandbox.write("x.record.json", record.to_string());
    sandbox.write("folder/file", "");
    sandbox.run(&["report", "x.record.json", "-o", "folder"]).refused("folder is a folder").says("folder/report.html");
    sandbox.run(&["report", "x.record.json", "-o", "x.record.json"]).refused("over the record");
    sandbox.run(&["report", "x.record.json", "-o", "folder/file/page"]).refused("folder/file");
    sandbox.write("x.details.json", details.to_string().replace("\"name\":\"x\"", "\"name\":\"y\""));
    sandbox.run(&["report", "x.record.json"]).refused("x.details.json");
    assert!(!sandbox.path("report.html").exists(), "what is refused leaves nothing");
}
