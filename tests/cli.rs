//! The binary from outside: what every command answers, where it says it, and how it ends.
//!
//! Answers go to stdout and everything else to stderr; the exit code is 0 when the work is done, 1 when it is done and
//! there was nothing, 2 after any error.

use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;
use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::ids;
use crate::support::project;

const HARBOUR: &str = "Støjen fra havnen 🚢 skal måles

12. maj 2023 | Ravnborg Tidende

Kommunen vil måle støjen fra havnen hver nat 🌙. Færgerne larmer, og beboerne på Ålegade sover dårligt.

Økonomiudvalget har sat 300.000 kroner af til målere 🎤 på tre hustage. Støjen måles i et år.
";

const SCHOOL: &str = "---
title: Skolens tag er tæt igen
date: 2021-08-03
lang: da
source: Åmosens Blad
url: https://blad.example/tag
---

# Skolens tag er tæt igen

Håndværkerne har skiftet taget på skolen, og eleverne slipper for spande på gangen.

Kommunen betaler for taget.
";

const RECORDS: &str = r#"{"id":"r-1","title":"Bullret mäts","text":"Kommunen mäter bullret från hamnen i Näsby.","lang":"sv","date":"2022-02-01","source":"Näsby Nytt"}
{"id":"r-2","text":"Kommunen lukker genbrugspladsen om søndagen, og det er borgerne trætte af."}
"#;

/// A folder with five articles, indexed.
fn indexed() -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("nyt/havn.txt", HARBOUR),
        ("nyt/skole.md", SCHOOL),
        ("nyt/poster.jsonl", RECORDS),
        (
            "nyt/net.html",
            "<html lang=\"da\"><head><title>Bredbånd på øen</title></head><body><article><h1>Bredbånd på øen</h1>\
             <p>Øens beboere får fibernet til foråret, siger borgmesteren, og kommunen graver selv.</p></article></body></html>",
        ),
    ]);
    sandbox.run(&["index", "nyt"]).code(0);
    sandbox
}

// --- index ---

#[test]
fn index_reports_on_stderr_and_in_json_on_stdout() {
    let sandbox = Sandbox::with(&[("nyt/havn.txt", HARBOUR), ("nyt/skole.md", SCHOOL), ("nyt/kort.pdf", "%PDF")]);
    let ran = sandbox.run(&["index", "nyt"]);
    ran.code(0).check(ran.out.is_empty(), "a report is no answer");
    ran.says("2 documents indexed (da 2)\n").says("skipped, no known format: 1 .pdf\n").says("2 files read");
    let ran = sandbox.run(&["index", "--quiet"]);
    ran.code(0).silent();
    let ran = sandbox.run(&["index", "nyt", "--json"]);
    let report = ran.code(0).json();
    ran.check(keys(&report) == REPORT, "the fields of a report are a promise");
    ran.check(report["files"] == json!({"read": 0, "unchanged": 2}), "nothing had to be read again");
    ran.check(report["skipped"] == json!({"pdf": 1}), "skipped files are counted by extension");
    ran.check(report["seconds"].is_f64(), "the time is a number");
}

const REPORT: &[&str] = &[
    "schema",
    "languages",
    "indexed",
    "unchanged",
    "duplicates",
    "removed",
    "files",
    "vocabulary",
    "skipped",
    "links",
    "problems",
    "warnings",
    "text_bytes",
    "seconds",
];

#[test]
fn index_takes_what_can_be_read_and_names_what_cannot() {
    let sandbox = Sandbox::with(&[
        ("nyt/havn.txt", HARBOUR),
        ("nyt/tom.txt", " \n"),
        ("nyt/bad.jsonl", "{\"text\":\"Godt nyt om broen.\"}\n{\"text\":7}\n\n[1]\n"),
    ]);
    let ran = sandbox.run(&["index", "nyt"]);
    ran.code(2).says("2 documents indexed");
    ran.says("error: nyt/bad.jsonl:2: the field \"text\" is a number, not a string\n");
    ran.says("hint: put it in quotation marks: \"text\": \"7\"");
    ran.says("error: nyt/bad.jsonl:4: not a JSON object\n").says("error: nyt/tom.txt: no text\n");
    sandbox.run(&["search", "havnen"]).code(0);
    sandbox.run(&["search", "broen"]).code(0);
    let ran = sandbox.run(&["index", "--json", "-q"]);
    let report = ran.code(2).json();
    let problems = report["problems"].as_array().expect("a list");
    ran.check(problems.len() == 3, "what was refused is read again and said again");
    for problem in problems {
        ran.check(keys(problem) == ["path", "line", "cause", "hint"], "the fields of a problem");
    }
    ran.check(problems.iter().any(|p| p["line"].is_null() && p["hint"].is_null()), "unknown values are null");
}

#[test]
fn index_refuses_what_makes_no_sense() {
    let sandbox = Sandbox::with(&[("nyt/havn.txt", HARBOUR), ("andet/brev.doc", "x")]);
    sandbox
        .run(&["index"])
        .refused("error: there is nothing to index\n  hint: name files or folders: snotra index PATH...");
    let ran = sandbox.run(&["index", "intet"]);
    ran.refused("error: intet: there is no such file or folder");
    let ran = sandbox.run(&["index", "nyt", "--index", "andet"]);
    ran.refused("andet is not empty and is not an index").says("hint: name an empty or a new folder with --index DIR");
    sandbox.run(&["index", "nyt", "--languages", "da,xx"]).refused("known are da, sv, nb, nn, fi, en, und");
    sandbox.run(&["index", "nyt", "--force-lang", "xx"]).refused("known are da, sv, nb, nn, fi, en, und");
    sandbox.run(&["index", "nyt", "--force-lang", "da", "--languages", "sv"]).refused("cannot be used with");
    sandbox.run(&["index", "nyt", "--threads", "0"]).refused("0 is not in 1..=256");
    sandbox.run(&["index", "nyt", "--memory", "1"]).refused("1 is not in 16..=65536");
    sandbox.run(&["index", "andet/brev.doc"]).refused("no format has this file name extension");
    assert!(
        fs::read(sandbox.path("andet/brev.doc")).is_ok_and(|text| text == b"x"),
        "a stranger's folder is untouched"
    );
}

#[test]
fn index_obeys_what_is_said_about_languages() {
    let lang = |options: &[&str]| {
        let sandbox = Sandbox::with(&[("nyt/poster.jsonl", RECORDS), ("nyt/havn.txt", HARBOUR)]);
        sandbox.run(&[&["index", "nyt"], options].concat()).code(0);
        ["r-1", "havn.txt"].map(|id| sandbox.run(&["show", id, "--json"]).json()["lang"].clone())
    };
    assert_eq!(lang(&[]), ["sv", "da"]);
    assert_eq!(lang(&["--languages", "da"]), ["und", "da"]);
    assert_eq!(lang(&["--languages", "sv"]), ["sv", "und"]);
    assert_eq!(lang(&["--force-lang", "sv"]), ["sv", "sv"]);
    assert_eq!(lang(&["--ignore-declared-lang"])[1], "da");
}

// --- search ---

const ANSWER: &[&str] = &[
    "schema",
    "query",
    "interpreted",
    "query_lang",
    "warnings",
    "total",
    "hits",
    "facets",
    "suggestions",
    "suggested",
    "corrected",
    "like",
];
const HIT: &[&str] = &[
    "rank",
    "id",
    "score",
    "title",
    "title_highlights",
    "date",
    "lang",
    "lang_passages",
    "source",
    "path",
    "url",
    "passages",
    "matched",
    "duplicates",
];
const PASSAGE: &[&str] = &["text", "start", "end", "line", "highlights"];
const EXPLANATION: &[&str] = &["leaf", "term", "origin", "field", "frequency", "doc_freq", "score", "counts"];

#[test]
fn search_in_json_keeps_its_promises() {
    let sandbox = indexed();
    for query in ["kommunen", "støjen hustage", "maalere larmer", "\"tre hustage\"", "beboer* fibernt~", "Ålegade 🎤"]
    {
        let ran = sandbox.run(&["search", "--json", "--explain", "--timing", "--facets", "year,source,lang", query]);
        let answer = ran.code(0).silent().json();
        ran.check(keys(&answer) == [ANSWER, &["timing"]].concat(), "the fields of an answer");
        ran.check(answer["query"] == query && answer["schema"] == 1, "what was asked is said");
        ran.check(answer["timing"]["seconds"].is_f64(), "the time is a number");
        let hits = answer["hits"].as_array().expect("a list");
        ran.check(answer["total"] == json!({"value": hits.len(), "exact": true}), "all are shown, and counted");
        for (at, hit) in hits.iter().enumerate() {
            ran.check(keys(hit) == [HIT, &["explanation", "scale"]].concat(), "the fields of a hit");
            ran.check(hit["rank"] == at + 1, "ranks count from 1");
            check_passages(&sandbox, &ran, hit);
            let explanation = hit["explanation"].as_array().expect("a list");
            ran.check(explanation.iter().all(|part| keys(part) == EXPLANATION), "the fields of an explanation");
        }
        let scores: Vec<_> = hits.iter().map(|hit| hit["score"].as_f64().expect("a number")).collect();
        ran.check(scores.is_sorted_by(|a, b| a >= b), "best first");
    }
}

/// The passages are slices of the text that `show` prints, by characters, and the highlights lie inside.
fn check_passages(sandbox: &Sandbox, ran: &Ran, hit: &Value) {
    let shown = sandbox.run(&["show", "--json", hit["id"].as_str().expect("an id")]).json();
    let body: Vec<char> = shown["text"].as_str().expect("a text").chars().collect();
    let passages = hit["passages"].as_array().expect("a list");
    ran.check(!passages.is_empty(), "every hit shows why it was found");
    for passage in passages {
        ran.check(keys(passage) == PASSAGE, "the fields of a passage");
        let number = |value: &Value| value.as_u64().expect("a number") as usize;
        let (start, end) = (number(&passage["start"]), number(&passage["end"]));
        let text = passage["text"].as_str().expect("a text");
        ran.check(body[start..end].iter().collect::<String>() == text, "body[start..end] is the passage");
        let line = 1 + body[..start].iter().filter(|&&c| c == '\n').count();
        ran.check(number(&passage["line"]) == line, "the line is that where the passage begins");
        check_highlights(ran, text, &passage["highlights"]);
    }
    check_highlights(ran, hit["title"].as_str().unwrap_or_default(), &hit["title_highlights"]);
}

fn check_highlights(ran: &Ran, text: &str, highlights: &Value) {
    let mut last = 0;
    for range in highlights.as_array().expect("a list") {
        let at = |end: usize| range[end].as_u64().expect("a number") as usize;
        let (from, to) = (at(0), at(1));
        ran.check(
            last <= from && from < to && to <= text.chars().count(),
            "highlights are sorted, disjoint and inside",
        );
        let marked: String = text.chars().skip(from).take(to - from).collect();
        ran.check(marked.trim() == marked, "a highlight is words");
        last = to;
    }
}

#[test]
fn highlights_stand_on_the_words_behind_wide_letters_and_emoji() {
    let sandbox = indexed();
    let check = |query: &str, id: &str, expect: &[&str]| {
        let ran = sandbox.run(&["search", "--json", query]);
        let answer = ran.code(0).json();
        let hit = answer["hits"].as_array().expect("hits").iter().find(|hit| hit["id"] == id);
        let hit = hit.unwrap_or_else(|| ran.fail("it should be found"));
        let mut marked = Vec::new();
        for passage in hit["passages"].as_array().expect("passages") {
            let text: Vec<char> = passage["text"].as_str().expect("a text").chars().collect();
            for range in passage["highlights"].as_array().expect("highlights") {
                let at = |end: usize| range[end].as_u64().expect("a number") as usize;
                marked.push(text[at(0)..at(1)].iter().collect::<String>());
            }
        }
        marked.sort();
        marked.dedup();
        ran.check(marked == expect, &format!("marked is {marked:?}, expected {expect:?}"));
    };
    check("hustage", "havn.txt", &["hustage"]);
    check("faergerne", "havn.txt", &["Færgerne"]);
    check("larme", "havn.txt", &["larmer"]);
    check("nat larme", "havn.txt", &["larmer", "nat"]);
    check("\"målere på tre\"", "havn.txt", &["målere", "på", "tre"]);
    check("håndværk*", "skole.md", &["Håndværkerne"]);
}

#[test]
fn search_says_null_where_nothing_is_known() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "--json", "genbrugspladsen"]);
    let answer = ran.code(0).json();
    let hit = &answer["hits"][0];
    for name in ["title", "date", "source", "url"] {
        ran.check(hit.get(name).is_some_and(Value::is_null), &format!("{name} should be there and null"));
    }
    let ran = sandbox.run(&["search", "--json", "taget"]);
    let answer = ran.code(0).json();
    let hit = &answer["hits"][0];
    ran.check(hit["date"] == "2021-08-03" && hit["url"] == "https://blad.example/tag", "what is known is said");
    ran.check(hit["source"] == "Åmosens Blad", "what is known is said");
    let path = std::path::Path::new(hit["path"].as_str().expect("a path"));
    ran.check(path.ends_with("nyt/skole.md") && path.exists(), "the path leads to the file from anywhere");
}

#[test]
fn search_filters_counts_and_sorts() {
    let sandbox = indexed();
    let check = |options: &[&str], expect: &[&str]| {
        let ran = sandbox.run(&[&["search", "--json"], options].concat());
        // What was found is found, even if nothing of it is shown.
        ran.code(i32::from(ran.json()["total"]["value"] == 0));
        ran.check(ran.hits() == expect, &format!("expected {expect:?}"));
    };
    check(&["kommunen", "--lang", "sv"], &["r-1"]);
    check(&["kommunen", "--since", "2022-01-01", "--until", "2022-12-31"], &["r-1"]);
    check(&["kommunen", "--since", "2023-05-12"], &["havn.txt"]);
    check(&["kommunen", "--until", "2021-08-03"], &["skole.md"]);
    check(&["kommunen", "--source", "Åmosens Blad"], &["skole.md"]);
    check(&["kommunen", "date:2021"], &["skole.md"]);
    check(&["--sort", "date", "kommunen", "-n", "3"], &["havn.txt", "r-1", "skole.md"]);
    check(&["--sort", "date", "kommunen", "-n", "1", "--offset", "1"], &["r-1"]);
    check(&["kommunen", "--offset", "50"], &[]);
    check(&["findesikke"], &[]);
    let ran = sandbox.run(&["search", "--json", "kommunen", "--facets", "year,lang,source", "-n", "1"]);
    let answer = ran.code(0).json();
    ran.check(answer["total"]["value"] == 5, "the total counts what is not shown");
    ran.check(
        answer["facets"]["year"]
            == json!([
                {"value": "2023", "count": 1}, {"value": "2022", "count": 1}, {"value": "2021", "count": 1},
                {"value": null, "count": 2},
            ]),
        "years, newest first, the unknown last",
    );
    ran.check(answer["facets"]["lang"][0] == json!({"value": "da", "count": 4}), "languages, most first");
}

#[test]
fn search_for_people_shows_where_it_stands() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "larmer"]);
    ran.code(0).silent();
    assert_snapshot!(ran.out, @r"
 1. Støjen fra havnen 🚢 skal måles
    2023-05-12 · Ravnborg Tidende · Danish · nyt/havn.txt:5
    Kommunen vil måle støjen fra havnen hver nat 🌙. Færgerne larmer, og beboerne på Ålegade sover
    dårligt.

1 article
");
    let ran = sandbox.run(&["search", "findesikke"]);
    ran.code(1).silent();
    assert_eq!(ran.out, "Nothing found.\n");
    let ran = sandbox.run(&["search", "kommunen", "-n", "2", "--offset", "1", "--facets", "lang"]);
    ran.code(0).answers("Languages: da 4, sv 1\n").answers("2–3 of 5 articles\n");
    let ran = sandbox.run(&["search", "larmer", "--explain", "--timing"]);
    ran.code(0).answers("larme in the body, typed: once, in 1 document").says(" ms\n");
}

#[test]
fn the_language_of_a_query_is_said() {
    let sandbox = Sandbox::with(&[
        ("nyt/da.txt", "Havnen\n\nKommunen vil måle støjen fra havnen hver nat, siger borgmesteren til avisen.\n"),
        ("nyt/sv.txt", "Hamnen\n\nKommunen vill mäta bullret från hamnen varje natt, säger borgmästaren.\n"),
    ]);
    sandbox.run(&["index", "-q", "nyt"]).code(0);
    let lang = |args: &[&str]| sandbox.run(&[&["search", "--json"], args].concat()).json()["query_lang"].clone();
    let guessed = lang(&["støjen fra havnen"]);
    assert_eq!((&guessed["given"], &guessed["taken"]), (&Value::Null, &json!(["da"])));
    assert_eq!(guessed["likely"]["da"], 1.0);
    let both = lang(&["kommunen"]);
    assert_eq!((&both["given"], &both["taken"]), (&Value::Null, &json!(["da", "sv"])));
    let given = lang(&["--query-lang", "sv", "kommunen"]);
    assert_eq!(given, json!({"given": "sv", "taken": ["sv"], "likely": {"sv": 1.0}}));
    assert_eq!(lang(&["--like", "da.txt"])["given"], "da");
    assert_eq!(lang(&["lang:sv"]), json!({"given": null, "taken": [], "likely": {}}));
}

#[test]
fn a_total_says_what_it_counts() {
    let sandbox = Sandbox::with(&[
        ("nyt/a.txt", "Støj\n\nKommunen måler støj fra havnen hver nat i et år.\n"),
        ("nyt/b.txt", "Havnen\n\nHavnen får en ny kaj, og kommunen betaler for den.\n"),
        ("nyt/c.txt", "Skolen\n\nSkolen får et nyt tag, og kommunen betaler for det.\n"),
        ("nyt/d.txt", "Regler\n\nRegelforenklingen er i gang, siger ministeren til avisen.\n"),
        ("nyt/e.txt", "Regel\n\nEn regel om hegn er fjernet fra de regler, som gælder i byen.\n"),
    ]);
    sandbox.run(&["index", "-q", "nyt", "--force-lang", "da"]).code(0);
    let check = |query: &str, expect: &str| {
        let ran = sandbox.run(&["search", "-n", "9", "--", query]);
        ran.code(0).check(ran.out.ends_with(&format!("\n{expect}\n")), &format!("expected {expect:?}"));
    };
    check("kommunen", "3 articles");
    check("kommunen havnen", "3 articles with any of the words, 2 with all");
    check("støj havnen tag", "3 articles with any of the words, none with all");
    check("kommunen betaler -tag", "2 articles with any of the words, 1 with all");
    check("kommunen betaler lang:da", "3 articles with any of the words, 2 with all");
    check("nyt tag", "2 articles with any of the words, 1 with all");
    check("støj nat", "1 article");
    check("regelforenkling", "2 articles with the word or a part of it, 1 with all of it");
    check("regelforenkling lang:da", "2 articles with the word or a part of it, 1 with all of it");
    // Where the query itself says what has to match, the total is of that.
    for query in ["kommunen AND havnen", "+kommunen +havnen støj", "\"kommunen betaler\""] {
        check(query, "2 articles");
    }
    check("havnen OR tag", "3 articles");
    let ran = sandbox.run(&["search", "-n", "1", "kommunen havnen"]);
    ran.code(0).answers("\n1–1 of 3 articles with any of the words, 2 with all\n");
}

#[test]
fn the_head_of_a_hit_fits_and_has_what_show_wants() {
    let sandbox = Sandbox::new();
    let address = "https://example.org/samling/love-og-regler/2023/05/12/bekendtgoerelse-om-stoej-fra-havne";
    let record = |id: &str, url: &str| {
        let text = "§ 1. Formål\\n\\nReglerne skal give ro for støj fra havne om natten, siger udvalget.";
        format!("{{\"id\": \"{id}\", \"source\": \"{address}\", {url}\"text\": \"{text} {id}\"}}\n")
    };
    let lines = record("regel-12", "") + &record("regel-13", &format!("\"url\": \"{address}\", "));
    sandbox.write("nyt/en/mappe/med/et/meget/langt/navn/og/flere/mapper/under/sig/regler.jsonl", lines);
    sandbox.run(&["index", "-q", "nyt", "--force-lang", "da"]).code(0);
    let ran = sandbox.run_with(&["search", "--no-group", "støj"], "", |command| {
        command.env("COLUMNS", "72");
    });
    ran.code(0).check(ran.out.lines().all(|line| line.chars().count() <= 72), "no line is wider than the terminal");
    // How the text begins stands for a title; the id is there to be copied.
    ran.answers(". § 1. Formål – Reglerne skal give ro for støj fra havne om natten, …\n");
    for id in ["regel-12", "regel-13"] {
        ran.answers(&format!(" · {id} · "));
    }
    ran.answers(" · nyt/en/").answers("ler.jsonl:1\n").answers(" · https://");
    let long = "nyt/en/mappe/med/et/meget/langt/navn/og/flere/mapper/under/sig/havn.txt";
    sandbox.write(long, "Støj fra havnen\n\nKommunen måler støj fra havnen hver nat i et år.\n");
    sandbox.run(&["index", "-q", "nyt", "--force-lang", "da"]).code(0);
    // This path ends in the id, which therefore stays whole.
    let id = long.strip_prefix("nyt/").expect("it is in that folder");
    let wide = sandbox.run(&["search", "--no-group", "kommunen"]);
    wide.code(0).answers(&format!("{id}:3\n"));
}

#[test]
fn search_repairs_a_query_and_says_so() {
    let sandbox = indexed();
    let check = |query: &str, warning: &str, searched: &str| {
        let ran = sandbox.run(&["search", query]);
        ran.check(ran.code != Some(2), "a repair is no error");
        ran.says(&format!("warning: {warning}\n")).says(&format!("searched: {searched}\n"));
        let ran = sandbox.run(&["search", "--json", query]);
        let answer = ran.silent().json();
        ran.check(answer["interpreted"] == searched, "the JSON says what was searched");
        ran.check(answer["warnings"] == json!([warning]), "the JSON says why");
        sandbox.run(&["search", "--quiet", query]).silent();
    };
    check("\"støjen", "the quote at column 1 is never closed: its words are searched one by one", "støjen");
    check("støj (havn", "the bracket at column 6 is never closed: it is taken to close at the end", "støj havn");
    check("støj)", "the bracket at column 5 closes nothing: it is ignored", "støj");
    let ran = sandbox.run(&["search", "lang:xx støjen"]);
    ran.code(1).says("no document can be in the language \"xx\": known are da, sv, nb, nn, fi, en, und");
}

#[test]
fn search_when_strict_points_at_the_fault() {
    let sandbox = indexed();
    let ran = sandbox.run(&["search", "--strict", "støj 🚢 (havn"]);
    ran.refused("");
    assert_snapshot!(ran.err, @r"
error: the bracket at column 8 is never closed: it is taken to close at the end
  støj 🚢 (havn
         ^
  hint: without --strict, what is meant is searched, with a warning
");
    sandbox.run(&["search", "--strict", "(støj OR havn) -skole"]).code(0).silent();
}

#[test]
fn search_refuses_what_makes_no_sense() {
    let sandbox = indexed();
    let check = |options: &[&str], expect: &str| {
        sandbox.run(&[&["search"], options].concat()).refused(expect);
    };
    check(&[], "the following required arguments were not provided");
    check(&["x", "--frobnicate"], "unexpected argument '--frobnicate'");
    check(&["x", "--since", "2020-13-01"], "write it as 2024-05-31");
    check(&["x", "--until", "i går"], "write it as 2024-05-31");
    check(&["x", "--lang", "tlh"], "known are da, sv, nb, nn, fi, en, und");
    check(&["x", "--query-lang", "tlh"], "known are da, sv, nb, nn, fi, en, und");
    check(&["x", "--sort", "length"], "known are relevance, date");
    check(&["x", "--facets", "year,mood"], "known are year, source, lang");
    check(&["x", "-n", "many"], "invalid value 'many'");
    check(&["x", "--k1", "-1"], "");
    check(&["x", "--b", "1.5"], "a number from 0 to 1");
    check(&["x", "--color", "red"], "[possible values: auto, always, never]");
    check(&[&"(".repeat(65)], "at most 64 levels are taken");
    check(&[&"ord ".repeat(257)], "at most 256 are taken; split it into several queries");
    check(&[&"a".repeat(5000)], "the query has 5000 bytes: at most 4096 are taken; shorten it");
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let sandbox = indexed();
    let esc = '\u{1b}';
    sandbox.run(&["search", "larmer"]).check_colour(false, esc);
    sandbox.run(&["search", "larmer", "--color", "always"]).check_colour(true, esc);
    sandbox.run(&["search", "larmer", "--color", "never"]).check_colour(false, esc);
    let no_color = sandbox.run_with(&["search", "larmer"], "", |command| {
        command.env("NO_COLOR", "1");
    });
    no_color.check_colour(false, esc);
    sandbox.run(&["search", "larmer", "--json", "--color", "always"]).check_colour(false, esc);
    let ran = sandbox.run(&["search", "\"larmer", "--color", "always"]);
    ran.code(0).check(ran.err.contains(esc), "warnings are coloured as well");
}

impl Ran {
    #[track_caller]
    fn check_colour(&self, expect: bool, esc: char) {
        self.code(0).check(self.out.contains(esc) == expect, &format!("colour: {expect}"));
    }
}

#[test]
fn text_from_strangers_cannot_command_the_terminal() {
    let hostile = "Skiltet \u{1b}]52;c;b25kdA==\u{7} på \u{202e}torvet\u{9b}31m er væk og kommer ikke igen.";
    let record = json!({"id": "ond", "title": "T\u{1b}[2Jitel", "text": hostile, "source": "\u{1b}[31mRød", "url": "https://x.example/\u{1b}"});
    let sandbox = Sandbox::with(&[("nyt/ond.jsonl", &format!("{record}\n"))]);
    sandbox.run(&["index", "nyt"]).code(0);
    for args in [
        &["search", "torvet"][..],
        &["show", "ond"],
        &["show", "ond", "--raw"],
        &["inspect"],
        &["search", "x\u{1b}[2J\""],
    ] {
        let ran = sandbox.run(args);
        let bad = |c: char| (c.is_control() && c != '\n' && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c);
        ran.check(!ran.out.contains(bad) && !ran.err.contains(bad), "no control character may get through");
    }
}

// --- no index, and other indexes ---

#[test]
fn without_an_index_every_command_says_how_to_make_one() {
    let sandbox = Sandbox::new();
    for args in [&["search", "x"][..], &["batch"], &["inspect"], &["show", "x"], &["remove", "x"]] {
        let ran = sandbox.run(args);
        ran.refused(
            "error: there is no index at index/default\n  hint: make one: snotra index PATH... --index index/default\n",
        );
        let ran = sandbox.run(&[args, &["--index", "hist og her"]].concat());
        ran.refused("there is no index at hist og her");
        ran.check(!sandbox.path("hist og her").exists(), "asking makes no folder");
    }
}

#[test]
fn an_index_may_be_named_by_the_environment() {
    let sandbox = Sandbox::with(&[("nyt/havn.txt", HARBOUR)]);
    let elsewhere = |args: &[&str]| {
        sandbox.run_with(args, "", |command| {
            command.env("SNOTRA_INDEX", "elsewhere");
        })
    };
    elsewhere(&["index", "nyt"]).code(0);
    assert!(!sandbox.path("index").exists());
    elsewhere(&["search", "larmer"]).code(0);
    sandbox.run(&["search", "larmer", "--index", "elsewhere"]).code(0);
    elsewhere(&["search", "larmer", "--index", "nowhere"]).code(2);
}

// --- batch ---

#[test]
fn batch_answers_in_the_order_of_the_queries() {
    let sandbox = indexed();
    let mut queries = String::from("\u{feff}");
    for number in 0..600 {
        queries.push_str(&match number % 3 {
            0 => format!("q{number}\tstøjen fra havnen\n"),
            1 => format!("q{number}\tda\tkommunen\r\n"),
            _ => format!("{}\n\n", json!({"id": format!("q{number}"), "text": "taget", "lang": "sv"})),
        });
    }
    sandbox.write("queries.tsv", &queries);
    let ran = sandbox.run(&["batch", "queries.tsv", "--threads", "2"]);
    let answers = ran.code(0).silent().json_lines();
    ran.check(answers.len() == 600, "an answer a query");
    for (number, answer) in answers.iter().enumerate() {
        ran.check(keys(answer) == ["schema", "id", "tag", "hits"], "the fields of an answer");
        ran.check(answer["id"] == format!("q{number}"), "the order is that of the queries");
        ran.check(answer["tag"] == "snotra", "the run has its name");
        let hits = answer["hits"].as_array().expect("a list");
        ran.check(hits.iter().all(|hit| keys(hit) == ["rank", "id", "score"]), "the fields of a hit");
        ran.check(hits.iter().zip(1..).all(|(hit, rank)| hit["rank"] == rank), "ranks count from 1");
    }
    let piped = sandbox.run_with(&["batch", "-", "--threads", "1"], &queries, |_| {});
    piped.code(0).check(piped.out == ran.out, "stdin and a file, one thread and two: the same");
}

#[test]
fn batch_ranks_like_search() {
    let sandbox = indexed();
    for text in ["kommunen", "støjen fra havnen", "beboerne i kommunen"] {
        let one = sandbox.run(&["search", "--json", text]);
        let many = sandbox.run_with(&["batch"], &format!("q\t{text}\n"), |_| {});
        let answer = many.code(0).json();
        many.check(ids(&answer) == one.hits(), "the same documents in the same order");
        // One prints the number in single precision, the other in double.
        let scores = |answer: &Value| -> Vec<f32> {
            let hits = answer["hits"].as_array().expect("hits").iter();
            hits.map(|hit| hit["score"].as_f64().expect("a number") as f32).collect()
        };
        many.check(scores(&answer) == scores(&one.json()), "the same scores");
    }
}

#[test]
fn batch_says_which_lines_it_cannot_read_and_answers_the_rest() {
    let sandbox = indexed();
    let queries = "q1\tstøjen\nen linje\nq1\tigen\n{\"id\":\"q2\"}\nq 3\tx\nq4\tDansk\tx\na\tb\tc\td\n{\"id\":\"q5\",\"text\":\"taget\"}\n";
    let ran = sandbox.run_with(&["batch"], queries, |_| {});
    let answers = ran.code(2).json_lines();
    let answered: Vec<_> = answers.iter().map(|answer| answer["id"].as_str().expect("an id")).collect();
    ran.check(answered == ["q1", "q5"], "what can be read is answered");
    ran.says("error: standard input:2: 1 columns, where `id<TAB>text` or `id<TAB>lang<TAB>text` is expected\n");
    ran.says("error: standard input:3: the id q1 stands on line 1 already\n");
    ran.says("error: standard input:4: not a query: missing field `text`");
    ran.says("error: standard input:5: the id \"q 3\" is empty or holds white space\n");
    ran.says("error: standard input:6: \"Dansk\" is not a language code\n");
    ran.says("error: standard input:7: 4 columns");
    sandbox.write("q.tsv", "a\n");
    sandbox.run(&["batch", "q.tsv", "--quiet"]).refused("error: q.tsv:1: 1 columns");
    sandbox.run(&["batch", "nowhere.tsv"]).refused("error: nowhere.tsv: ");
    sandbox.run_with(&["batch"], "", |_| {}).code(1);
    sandbox.run_with(&["batch"], "q\tfindesikke\n", |_| {}).code(1);
    sandbox.run(&["batch", "--format", "xml"]).refused("known are jsonl, trec, tsv");
    sandbox.run(&["batch", "--tag", "to ord"]).refused("a run's name is one word");
}

#[test]
fn batch_ends_where_its_input_cannot_be_read() {
    let ran = indexed().run(&["batch", "."]);
    ran.code(2).check(ran.err.contains("reading failed") || ran.err.contains("error:"), "the failure is said");
}

#[test]
fn batch_survives_bytes_that_are_no_text() {
    let sandbox = indexed();
    sandbox.write("q.tsv", b"q1\tst\xf8jen\nq2\ttaget\n");
    let ran = sandbox.run(&["batch", "q.tsv"]);
    ran.code(2).says("error: q.tsv:1: it is not UTF-8\n").check(ran.json()["id"] == "q2", "the rest is answered");
    sandbox.write("q.tsv", format!("q1\t{}\nq2\ttaget\n", "a".repeat(2 << 20)));
    let ran = sandbox.run(&["batch", "q.tsv"]);
    ran.code(2).says("error: q.tsv:1: the line is longer than 1048576 bytes\n");
    ran.check(ran.json()["id"] == "q2", "the rest is answered");
}

#[test]
fn batch_writes_runs_that_every_evaluator_ranks_alike() {
    let sandbox = Sandbox::new();
    // Equal texts, so equal scores.
    let records: String = (0..40)
        .map(|n| format!("{}\n", json!({"id": format!("d{n:02}"), "lang": "da", "text": "En måge på broen."})))
        .collect();
    sandbox.write("ens.jsonl", records);
    sandbox.run(&["index", "ens.jsonl"]).code(0);
    let ran =
        sandbox.run_with(&["batch", "--format", "trec", "--tag", "t1", "--depth", "30"], "q1\tmåge broen\n", |_| {});
    ran.code(0).check(ran.out.lines().count() == 30, "no deeper than asked");
    let mut last = f32::INFINITY;
    for (rank, line) in (1..).zip(ran.out.lines()) {
        let columns: Vec<_> = line.split(' ').collect();
        let [topic, q0, id, shown_rank, score, tag] = columns[..] else { ran.fail("six columns") };
        ran.check((topic, q0, tag) == ("q1", "Q0", "t1"), "the fixed columns");
        ran.check(shown_rank == rank.to_string() && id == format!("d{:02}", rank - 1), "ties are in the order of ids");
        let score: f32 = score.parse().expect("a number");
        ran.check(score < last, "scores strictly decrease in single precision");
        last = score;
    }
    let ran = sandbox.run_with(&["batch", "--format", "tsv", "--depth", "2"], "q1\tmåge\n", |_| {});
    let first: Vec<_> = ran.code(0).out.lines().next().expect("a line").split('\t').collect();
    ran.check(first[..3] == ["q1", "1", "d00"] && first.len() == 4, "four columns");
}

#[test]
fn batch_reads_syntax_only_when_asked() {
    let sandbox = indexed();
    let queries = "q1\ttaget -kommunen\nq2\t\"støjen fra\" lang:sv\n";
    let plain = sandbox.run_with(&["batch"], queries, |_| {}).code(0).json_lines();
    assert!(ids(&plain[0]).contains(&"r-1".to_owned()), "plainly, `-kommunen` is a word");
    let ran = sandbox.run_with(&["batch", "--syntax"], queries, |_| {});
    let syntax = ran.code(1).json_lines();
    ran.check(ids(&syntax[0]).is_empty() && ids(&syntax[1]).is_empty(), "as queries both find nothing");
    let ran = sandbox.run_with(&["batch", "--syntax"], &format!("q1\t{}\nq2\ttaget\n", "(".repeat(70)), |_| {});
    ran.code(2).says("error: standard input:1: the query has brackets 70 deep");
    ran.check(ran.json()["id"] == "q2", "the rest is answered");
}

// --- eval ---

const QRELS: &str = "t1 0 a 2\nt1 0 b 1\nt2 0 c 1\n";
const RUN: &str = "t1 Q0 b 1 2.0 one\nt1 Q0 a 2 1.0 one\n";

#[test]
fn eval_counts_what_the_judgements_say() {
    let sandbox =
        Sandbox::with(&[("q.txt", QRELS), ("1.txt", RUN), ("2.txt", "t1 Q0 a 1 2.0 two\nt2 Q0 c 1 2.0 two\n")]);
    let ran =
        sandbox.run(&["eval", "q.txt", "1.txt", "2.txt", "--json", "--measures", "nDCG@10,RR,R@100", "--per-topic"]);
    let report = ran.code(0).json();
    // By hand: gains 1 and 2 on ranks 1 and 2, where 2 and 1 would be best.
    let ndcg = (1.0 + 2.0 / 3f64.log2()) / (2.0 + 1.0 / 3f64.log2());
    let near = |value: &Value, expect: f64| value.as_f64().is_some_and(|value| (value - expect).abs() < 1e-9);
    let (one, two) = (&report["runs"][0], &report["runs"][1]);
    ran.check(near(&one["per_topic"]["nDCG@10"]["t1"], ndcg), "nDCG of a topic");
    ran.check(near(&one["scores"]["nDCG@10"]["value"], ndcg / 2.0), "a topic that is missing counts as zero");
    ran.check(near(&two["scores"]["RR"]["value"], 1.0) && near(&two["scores"]["R@100"]["value"], 0.75), "the others");
    ran.check(one["missing"] == json!(["t2"]) && one["name"] == "one", "what is missing is said");
    ran.says("one answers 1 of 2 judged topics; the others count as zero (see --present-only)");
    let ran = sandbox.run(&["eval", "q.txt", "1.txt", "--json", "--present-only", "-q"]);
    ran.code(0).silent().check(near(&ran.json()["runs"][0]["scores"]["nDCG@10"]["value"], ndcg), "left out when asked");
    sandbox.run(&["eval", "q.txt", "1.txt", "2.txt"]).code(0).answers("nDCG@10").answers("0.4299").answers("0.8801");
}

#[test]
fn eval_takes_what_batch_writes() {
    let sandbox = indexed();
    sandbox.write("q.txt", "t1 0 havn.txt 1\nt2 0 skole.md 1\n");
    let run = sandbox.run_with(&["batch", "--format", "trec"], "t1\thustage\nt2\tspande\n", |_| {});
    let ran = sandbox.run_with(&["eval", "q.txt", "-", "--json"], &run.code(0).out, |_| {});
    let report = ran.code(0).silent().json();
    ran.check(report["runs"][0]["scores"]["RR"]["value"] == 1.0, "both topics have one answer, and it is right");
}

#[test]
fn eval_refuses_what_makes_no_sense() {
    let sandbox = Sandbox::with(&[
        ("q.txt", QRELS),
        ("1.txt", RUN),
        ("other.txt", "x 0 a 1\n"),
        ("bad.txt", "t1 0 a good\n"),
        ("empty.txt", ""),
    ]);
    let check = |args: &[&str], expect: &str| {
        sandbox.run(&[&["eval"], args].concat()).refused(expect);
    };
    check(&["1.txt", "q.txt"], "error: 1.txt: line 1: 6 columns where there should be 4");
    check(&["1.txt", "q.txt"], "hint: the judgements come first, then the runs");
    check(&["bad.txt", "1.txt"], "error: bad.txt: line 1: ");
    check(&["empty.txt", "1.txt"], "error: empty.txt: ");
    check(&["other.txt", "1.txt"], "error: 1.txt: no topic of the run is judged");
    check(&["nowhere.txt", "1.txt"], "error: nowhere.txt: ");
    check(&["q.txt", "1.txt", "nowhere.txt"], "error: nowhere.txt: ");
    check(&["q.txt", "1.txt", "--measures", "Fun@3"], "no measure is called \"Fun\"; there are ");
    check(&["q.txt", "1.txt", "--baseline", "best"], "no run is called best");
    check(&["q.txt", "1.txt", "1.txt"], "two runs would both be called 1.txt");
    check(&["-", "-"], "standard input can be read once only");
    check(&["q.txt"], "required arguments");
    check(&["q.txt", "1.txt", "--order", "luck"], "invalid value 'luck'");
}

// --- analyze ---

#[test]
fn analyze_shows_every_step() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["analyze", "Æblerne 🍏 i it-haverne, jf. § 12 a", "--lang", "da", "--json"]);
    let answer = ran.code(0).silent().json();
    ran.check(keys(&answer) == ["schema", "text", "lang", "tokens"], "the fields of an analysis");
    let text: Vec<char> = answer["text"].as_str().expect("a text").chars().collect();
    let tokens = answer["tokens"].as_array().expect("a list");
    for token in tokens {
        ran.check(keys(token) == ["text", "position", "kind", "start", "end", "steps"], "the fields of a token");
        let at = |name: &str| token[name].as_u64().expect("a number") as usize;
        ran.check(at("start") < at("end") && at("end") <= text.len(), "offsets lie in the text");
        if token["kind"] == "word" {
            let slice: String = text[at("start")..at("end")].iter().collect();
            ran.check(token["text"] == slice.as_str(), "a word is a slice of the text, by characters");
        }
    }
    ran.check(tokens[0]["text"] == "Æblerne", "the first word");
    ran.check(tokens[0]["steps"][0] == json!({"step": "lowercase", "text": "æblerne"}), "the first step");
    let ran = sandbox.run(&["analyze", "Æblerne er modne"]);
    ran.code(0).says("analysed as ").answers("position").answers("Æblerne").answers("æblerne");
    sandbox.run(&["analyze", "🍏 !"]).code(1);
    sandbox.run(&["analyze", "x", "--lang", "xx"]).refused("known are da, sv, nb, nn, fi, en, und");
    sandbox.run(&["analyze"]).refused("required arguments");
}

// --- inspect, show, remove ---

#[test]
fn inspect_counts_and_verifies() {
    let sandbox = indexed();
    let ran = sandbox.run(&["inspect", "--json", "--verify"]);
    let inspection = ran.code(0).silent().json();
    let fields = [
        "schema",
        "documents",
        "languages",
        "mixed",
        "years",
        "sources",
        "vocabulary",
        "cut_lines",
        "roots",
        "bytes",
        "terms",
        "segments",
        "format",
        "written_by",
        "generation",
        "analysis",
        "verified_bytes",
    ];
    ran.check(keys(&inspection) == fields, "the fields of an inspection");
    ran.check(inspection["documents"] == 5 && inspection["languages"]["da"]["documents"] == 4, "documents");
    ran.check(inspection["years"] == json!({"": 2, "2021": 1, "2022": 1, "2023": 1}), "years");
    ran.check(inspection["sources"]["Näsby Nytt"] == 1, "sources");
    ran.check(inspection["roots"][0]["name"] == "nyt", "roots");
    let total: u64 = inspection["bytes"].as_object().expect("kinds").values().filter_map(Value::as_u64).sum();
    ran.check(inspection["verified_bytes"] == total, "every byte is verified");
    let ran = sandbox.run(&["inspect", "--json"]);
    ran.code(0).check(ran.json()["verified_bytes"].is_null(), "null where it was not asked for");
    let ran = sandbox.run(&["inspect", "--verify"]);
    ran.code(0).answers("5 documents\n").answers("Verified: ").answers("Format 3, ");
    let ran = sandbox.run(&["inspect", "--terms", "--json"]);
    let terms = ran.code(0).silent().json()["terms"].clone();
    let of = |zone: &str, kind: &str| {
        let rows = terms.as_array().into_iter().flatten();
        rows.filter(|row| row["zone"] == zone && row["kind"] == kind)
            .filter_map(|row| row["postings"].as_u64())
            .sum::<u64>()
    };
    ran.check(of("body", "text") > of("title", "text") && of("title", "text") > 0, "words with their positions");
    ran.check(of("body", "word") >= of("lead", "word") && of("lead", "word") > 0, "words of the beginnings are words");
    ran.check(of("body", "beginning") > 0 && of("body", "key") > 0, "what else ranking reads");
    let ran = sandbox.run(&["inspect", "--terms"]);
    ran.code(0).answers("\n  title text ");
}

#[test]
fn show_prints_what_is_indexed_and_what_it_came_from() {
    let sandbox = indexed();
    let ran = sandbox.run(&["show", "havn.txt", "--json", "--raw"]);
    let document = ran.code(0).silent().json();
    let fields = [
        "schema",
        "id",
        "title",
        "date",
        "lang",
        "lang_passages",
        "source",
        "path",
        "line",
        "url",
        "cut_lines",
        "text",
        "raw",
    ];
    ran.check(keys(&document) == fields, "the fields of a document");
    ran.check(document["title"] == "Støjen fra havnen 🚢 skal måles" && document["date"] == "2023-05-12", "the head");
    ran.check(document["text"].as_str().is_some_and(|text| text.starts_with("Kommunen vil")), "the body");
    ran.check(document["raw"].as_str().is_some_and(|raw| raw.contains("12. maj 2023 |")), "the raw text");
    let ran = sandbox.run(&["show", "havn.txt", "--raw"]);
    ran.code(0).check(ran.out == HARBOUR, "raw is what was read");
    let ran = sandbox.run(&["show", "r-2", "--json"]);
    let document = ran.code(0).json();
    ran.check(document["line"] == 2 && document["title"].is_null(), "a record knows its line");
    sandbox.run(&["show", "skole.md"]).code(0).answers("Skolens tag er tæt igen\n").answers("skole.md · 2021-08-03");
    let ran = sandbox.run(&["show", "nix"]);
    ran.code(1).says("no document has the id nix").check(ran.out.is_empty(), "no answer");
    sandbox.run(&["show"]).refused("required arguments");
}

#[test]
fn remove_takes_paths_and_ids() {
    let sandbox = indexed();
    let ran = sandbox.run(&["remove", "r-1", "nyt/havn.txt", "ukendt", "--json"]);
    let report = ran.code(0).json();
    ran.check(keys(&report) == ["schema", "removed", "unknown"], "the fields of a report");
    ran.check(report["removed"] == 2 && report["unknown"] == json!(["ukendt"]), "what was done");
    ran.says("warning: ukendt is not in the index, neither as a path nor as an id\n");
    sandbox.run(&["search", "larmer"]).code(1);
    sandbox.run(&["search", "bullret"]).code(1);
    sandbox.run(&["search", "genbrugspladsen"]).code(0);
    sandbox.run(&["remove", "ukendt"]).code(1);
    sandbox.run(&["remove"]).refused("required arguments");
    sandbox.run(&["remove", "nyt"]).code(0).says("3 documents removed");
    let ran = sandbox.run(&["inspect", "--json"]);
    ran.check(ran.json()["documents"] == 0 && ran.json()["roots"] == json!([]), "nothing is left");
    sandbox.run(&["search", "kommunen"]).code(1);
}

// --- demo, completions, man, help ---

#[test]
fn demo_goes_from_nothing_to_answers() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["demo"]);
    ran.code(0).answers("$ snotra search --index index/demo -n 3 Digital Post\n").says("Go on with your own articles:");
    sandbox.run(&["search", "--index", "index/demo", "regelforenkling"]).code(0);
    sandbox.run(&["demo", "findesslettikke"]).code(1);
    // One that an older version left is made anew.
    let manifest = sandbox.path("index/demo/snotra-manifest.json");
    let now = std::fs::read_to_string(&manifest).expect("it is there");
    let older = now.lines().next().expect("a first line").replacen("\"format\":3", "\"format\":2", 1);
    let sum = xxhash_rust::xxh3::xxh3_64(older.as_bytes());
    std::fs::write(&manifest, format!("{older}\n{{\"xxh3\":\"{sum:016x}\"}}\n")).expect("it can be written");
    sandbox.run(&["search", "--index", "index/demo", "regelforenkling"]).refused("has format 2");
    sandbox.run(&["demo"]).code(0);
    let ran = sandbox.run(&["demo", "regelforenkling", "--json", "--quiet"]);
    let answer = ran.code(0).silent().json();
    ran.check(keys(&answer) == ANSWER, "the same JSON as that of search");
}

#[test]
fn completions_know_the_commands() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = sandbox.run(&["completions", shell]);
        ran.code(0).silent().answers("snotra").answers("analyze").answers("keep-missing");
    }
    sandbox.run(&["completions", "tcsh"]).refused("invalid value 'tcsh'");
    sandbox.run(&["completions"]).refused("required arguments");
}

const COMMANDS: &[&str] = &[
    "index",
    "remove",
    "search",
    "batch",
    "bench",
    "report",
    "eval",
    "compare",
    "pool",
    "judge",
    "analyze",
    "inspect",
    "show",
    "demo",
    "completions",
    "man",
];

#[test]
fn the_manual_has_every_command() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["man"]);
    ran.code(0).silent().check(ran.out.starts_with(".ie ") || ran.out.starts_with(".TH "), "it is roff");
    ran.answers(".TH snotra 1").answers(".SH SEARCH").answers(".SH BATCH").answers("regelforenkling");
    for line in ran.out.lines().filter(|line| line.starts_with('.')) {
        ran.check(line[1..].starts_with(|c: char| c.is_ascii_alphabetic()), &format!("{line:?} is no request"));
    }
}

#[test]
fn every_command_teaches_by_example() {
    let sandbox = Sandbox::new();
    let whole = sandbox.run(&["--help"]);
    whole.code(0).silent().answers("Exit codes: 0 done, 1 done and nothing found, 2 an error");
    for command in COMMANDS {
        whole.answers(&format!("\n  {command} "));
        let ran = sandbox.run(&[command, "--help"]);
        ran.code(0).silent().answers("Example").answers(&format!("  snotra {command}"));
    }
    let listed = whole.out.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
    let listed: Vec<_> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    whole.check(listed.iter().all(|name| COMMANDS.contains(name)), "COMMANDS in tests/cli.rs should name all");
}

#[test]
fn version_names_the_format_of_the_index() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["--version"]);
    let expect = format!("snotra {} (index format {})\n", env!("CARGO_PKG_VERSION"), snotra::engine::FORMAT);
    ran.code(0).silent().check(ran.out == expect, &format!("expected {expect:?}"));
}

#[test]
fn what_cannot_be_typed_is_refused_with_the_way_to_help() {
    let sandbox = Sandbox::new();
    sandbox.run(&["fnd"]).refused("unrecognized subcommand 'fnd'").says("For more information, try '--help'.");
    sandbox.run(&["serch", "x"]).refused("'search'");
    sandbox.run(&["man", "--frobnicate"]).refused("unexpected argument '--frobnicate'");
    sandbox.run(&["inspect", "extra"]).refused("unexpected argument 'extra'");
    sandbox.run(&["demo", "--limit", "3"]).refused("unexpected argument '--limit'");
    sandbox.run(&["--frobnicate"]).refused("unexpected argument '--frobnicate'");
    sandbox.run(&[]).code(2).check(true, "").says("Usage: snotra [OPTIONS] <COMMAND>");
}

// --- pipes ---

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let sandbox = Sandbox::new();
    // More than a pipe holds, so that the writer meets the closed end.
    let records: String = (0..3000)
        .map(|n| format!("{}\n", json!({"id": format!("d{n}"), "lang": "da", "text": "En måge på broen. ".repeat(3)})))
        .collect();
    sandbox.write("mange.jsonl", records);
    sandbox.run(&["index", "mange.jsonl"]).code(0);
    let queries: String = (0..50).map(|n| format!("q{n}\tmåge\n")).collect();
    sandbox.write("q.tsv", queries);
    let searches: &[&[&str]] = &[
        &["search", "måge", "-n", "3000"],
        &["search", "måge", "-n", "3000", "--json"],
        &["batch", "q.tsv"],
        &["batch", "q.tsv", "--format", "trec"],
    ];
    for args in searches {
        let mut child = sandbox.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut first = [0];
        let mut out = child.stdout.take().expect("it is piped");
        out.read_exact(&mut first).expect("it writes something");
        drop(out);
        let output = child.wait_with_output().expect("it ends");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(0) && err.is_empty(), "{args:?}: {:?}\n{err}", output.status);
    }
}

#[test]
fn batch_answers_before_the_next_question() {
    let sandbox = indexed();
    let mut child =
        sandbox.command(&["batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdin.take());
    let mut line = String::new();
    let read = BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it can be read");
    assert_eq!(read, 0, "nothing was asked");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

// --- the reference ---

#[test]
fn every_field_stands_in_the_reference() {
    let reference = fs::read_to_string(project().join("docs/json.md")).expect("the reference of JSON");
    let sandbox = indexed();
    let check = |command: &str, value: &Value| {
        let section = reference.split("\n## ").find(|section| section.starts_with(&format!("`snotra {command}`")));
        let section = section.unwrap_or_else(|| panic!("docs/json.md has no section on snotra {command}"));
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            for (name, inner) in value.as_object().into_iter().flatten() {
                let named = section.contains(&format!("`{name}`"));
                assert!(named, "docs/json.md has no {name} under snotra {command}\nhelp: add it there");
                // Objects in lists have fields; in other objects the names are values.
                rest.extend(inner.as_array().and_then(|list| list.first()));
            }
        }
    };
    check("search", &sandbox.run(&["search", "--json", "--explain", "--timing", "støjen"]).json());
    check("batch", &sandbox.run_with(&["batch"], "q\tstøjen\n", |_| {}).json());
    check("show", &sandbox.run(&["show", "--json", "--raw", "havn.txt"]).json());
    check("inspect", &sandbox.run(&["inspect", "--json"]).json());
    check("analyze", &sandbox.run(&["analyze", "--json", "Støjen fra havnen"]).json());
    check("remove", &sandbox.run(&["remove", "--json", "r-1"]).json());
    sandbox.write("nyt/tom.txt", "");
    check("index", &sandbox.run(&["index", "--json"]).json());
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}
