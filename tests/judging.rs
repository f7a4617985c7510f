//! `snotra pool` and `snotra judge` from outside: from runs to judgements, and what happens to answers on the way.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;

/// Two runs over two topics, of which each knows a document that the other lacks.
fn runs() -> Sandbox {
    let run = |tag: &str, docs: &[(&str, &str)]| -> String {
        let line = |(at, (topic, doc)): (usize, &(&str, &str))| format!("{topic} Q0 {doc} 1 {} {tag}\n", 100 - at);
        docs.iter().enumerate().map(line).collect()
    };
    Sandbox::with(&[
        ("a.run", &run("a", &[("t1", "havn.txt"), ("t1", "skole.txt"), ("t1", "skov.txt"), ("t2", "skole.txt")])),
        ("b.run", &run("b", &[("t1", "skole.txt"), ("t1", "gone.txt"), ("t3", "havn.txt")])),
        ("qrels.txt", "t1 0 havn.txt 3\nt1 0 skov.txt -1\nt2 0 havn.txt 0\n"),
    ])
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn a_pool_is_what_nobody_has_judged() {
    let sandbox = runs();
    let ran = sandbox.run(&["pool", "a.run", "b.run"]);
    ran.code(0).says("6 documents to judge for 3 topics, from the first 20 of 2 runs; 0 judged already");
    let all = ["t1 0 gone.txt", "t1 0 havn.txt", "t1 0 skole.txt", "t1 0 skov.txt", "t2 0 skole.txt", "t3 0 havn.txt"];
    assert_eq!(sorted(&ran.out), all);

    let ran = sandbox.run(&["pool", "b.run", "a.run", "--qrels", "qrels.txt", "--depth", "2", "-o", "pool.txt"]);
    ran.code(0).check(ran.out.is_empty(), "the pool is in the file");
    ran.says("4 documents to judge for 3 topics, from the first 2 of 2 runs; 1 judged already");
    let pool = fs::read_to_string(sandbox.path("pool.txt")).expect("written");
    assert_eq!(sorted(&pool), ["t1 0 gone.txt", "t1 0 skole.txt", "t2 0 skole.txt", "t3 0 havn.txt"]);
}

#[test]
fn a_pool_tells_neither_run_nor_rank() {
    let sandbox = runs();
    let docs: Vec<String> = (0..30).map(|number| format!("doc-{number:02}")).collect();
    let run = |docs: &mut dyn Iterator<Item = &String>| -> String {
        docs.zip(1..).map(|(doc, rank)| format!("t Q0 {doc} {rank} {} t\n", 100 - rank)).collect()
    };
    sandbox.write("up.run", run(&mut docs.iter()));
    sandbox.write("down.run", run(&mut docs.iter().rev()));
    let pool = |args: &[&str]| sandbox.run(&[&["pool", "--depth", "30"], args].concat()).code(0).out.clone();
    let up = pool(&["up.run"]);
    assert_eq!(up, pool(&["down.run"]), "the rank makes no difference");
    assert_eq!(up, pool(&["down.run", "up.run"]), "nor who had it");
    let ranks: Vec<_> = up.lines().map(|line| &line["t 0 ".len()..]).collect();
    assert!(!ranks.is_sorted() && !ranks.iter().rev().is_sorted());
}

#[test]
fn nothing_to_judge_is_said_and_leaves_files_alone() {
    let sandbox = runs();
    sandbox.write("all.txt", "t1 0 havn.txt 1\nt2 0 skole.txt 0\n");
    let args = ["pool", "a.run", "--qrels", "all.txt", "--depth", "1"];
    let ran = sandbox.run(&args);
    ran.code(1).check(ran.out.is_empty(), "there is no line").says("nothing to judge: all of the first 1 of 1 run");
    sandbox.write("pool.txt", "t9 0 old.txt\n");
    sandbox.run(&[&args[..], &["-o", "pool.txt"]].concat()).code(1).says("pool.txt is not written");
    assert_eq!(fs::read_to_string(sandbox.path("pool.txt")).expect("it is there"), "t9 0 old.txt\n");
    let value = sandbox.run(&[&args[..], &["--json", "-q"]].concat()).code(1).silent().json();
    assert_eq!(value, json!({"schema": 1, "unjudged": 0, "judged": 2, "topics": []}));
}

#[test]
fn a_pool_overwrites_pools_only() {
    let sandbox = runs();
    let before = fs::read_to_string(sandbox.path("qrels.txt")).expect("it is there");
    sandbox.run(&["pool", "a.run", "-o", "qrels.txt"]).refused("qrels.txt is there already and is no pool: line 1");
    sandbox.run(&["pool", "a.run", "--qrels", "qrels.txt", "-o", "./qrels.txt"]).refused("qrels.txt is read here");
    assert_eq!(fs::read_to_string(sandbox.path("qrels.txt")).expect("it is there"), before);
    for _ in 0..2 {
        sandbox.run(&["pool", "a.run", "-o", "pool.txt"]).code(0);
    }
}

#[test]
fn pools_of_what_is_no_run_are_refused() {
    let sandbox = runs();
    sandbox.run(&["pool", "qrels.txt"]).refused("qrels.txt: line 1: 4 columns where there should be 6").says("--qrels");
    sandbox.run(&["pool", "a.run", "--qrels", "b.run"]).refused("b.run: line 1: 6 columns where there should be 4");
    sandbox.run(&["pool", "nowhere.run"]).refused("nowhere.run: ");
    sandbox.run(&["pool", "-", "-"]).refused("standard input can be read once only");
    sandbox.run(&["pool", "a.run", "-o", "no/pool.txt"]).refused("no/pool.txt: ");
    sandbox.run(&["pool", "a.run", "--depth", "0"]).refused("--depth");
    let piped = sandbox.run_with(&["pool", "-", "-q"], "t1 Q0 x 1 1 t\n", |_| {});
    piped.code(0).silent().check(piped.out == "t1 0 x\n", "read from standard input");
}

const TOPICS: &str = "t1\tda\tstøj fra havnen\nt2\tda\tskolens tag\nt3\tda\tmøder\n";
const POOL: &str = "t1 0 skole.txt\nt1 0 havn.txt\nt2 0 skole.txt\nt3 0 havn.txt\n";

/// An index of two articles, and four questions about them.
fn pooled() -> Sandbox {
    let sandbox = Sandbox::with(&[
        (
            "articles/havn.txt",
            "Larm ved vandet\n\n12. maj 2023\n\nFærgerne larmer hver nat. Støjen fra havnen skal måles.\n\nEt \u{1b}[31mrødt\u{1b}[0m skilt hænger der nu.\n",
        ),
        ("articles/skole.txt", "Skolen\n\nSkolens tag er tæt igen, og spandene er ryddet af vejen.\n"),
        ("topics.tsv", TOPICS),
        ("pool.txt", POOL),
    ]);
    sandbox.run(&["index", "articles", "-q"]).code(0);
    sandbox
}

const JUDGE: &[&str] = &["judge", "pool.txt", "--topics", "topics.tsv", "-o", "qrels.txt"];

fn judge(sandbox: &Sandbox, keys: &str) -> Ran {
    sandbox.run_with(JUDGE, keys, |_| {})
}

fn read(sandbox: &Sandbox, file: &str) -> String {
    fs::read_to_string(sandbox.path(file)).unwrap_or_default()
}

#[test]
fn a_pool_is_judged_key_by_key() {
    let sandbox = pooled();
    let ran = judge(&sandbox, "0\n3\n2 1");
    ran.code(0).says("4 documents to judge, 0 judged already; grades go to qrels.txt");
    ran.says("all 4 are judged: qrels.txt");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 skole.txt 0\nt1 0 havn.txt 3\nt2 0 skole.txt 2\nt3 0 havn.txt 1\n");
    for shown in
        ["1 of 4 ──", "4 of 4 ──", "støj fra havnen\n\nLarm ved vandet\n2023-05-12 · Danish · articles/havn.txt:"]
    {
        ran.answers(shown);
    }
    ran.answers("Støjen fra havnen skal måles.").check(!ran.out.contains('\u{1b}'), "no colours in a pipe");
    let again = judge(&sandbox, "3");
    again
        .code(1)
        .check(again.out.is_empty(), "nothing is asked")
        .says("nothing is left to judge: the grades are in qrels.txt");
    sandbox.write("a.run", "t1 Q0 havn.txt 1 1 a\n");
    let value = sandbox.run(&["eval", "qrels.txt", "a.run", "--measures", "RR", "--json", "-q"]).code(0).json();
    assert_eq!(value["runs"][0]["scores"]["RR"]["value"], 1.0 / 3.0);
}

#[test]
fn matches_are_marked_as_a_search_marks_them() {
    let sandbox = pooled();
    let ran = sandbox.run_with(&[JUDGE, &["--color", "always"]].concat(), "sq", |_| {});
    let marked = |word: &str| format!("\u{1b}[33m{word}\u{1b}[0m");
    ran.code(0).answers(&marked("Støjen")).answers(&marked("havnen"));
    let plain = sandbox.run_with(&[JUDGE, &["--color", "always"]].concat(), "stq", |command| {
        command.env("COLUMNS", "40");
    });
    plain.code(0).answers("[31mrødt").check(!plain.out.contains("\u{1b}[31m"), "articles command no terminal");
    let longest = plain.out.lines().skip_while(|line| !line.contains("rødt")).map(|line| line.chars().count()).next();
    assert!(longest.is_some_and(|longest| longest <= 40));
}

#[test]
fn what_was_left_is_asked_again_and_nothing_else() {
    let sandbox = pooled();
    sandbox.write("qrels.txt", "t1 0 havn.txt 3\nt2 0 skole.txt -1\nt9 0 other.txt 1");
    let ran = judge(&sandbox, "sq");
    ran.code(0).says("3 documents to judge, 1 judged already").says("3 documents left to judge");
    ran.answers("2 of 4 ──").answers("3 of 4 ──").check(!ran.out.contains("Larm ved vandet"), "it is judged");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 havn.txt 3\nt2 0 skole.txt -1\nt9 0 other.txt 1");
    // An end of the keys is like q.
    let ran = judge(&sandbox, "s2");
    ran.code(0).says("2 documents left to judge; the same command goes on from here");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 havn.txt 3\nt9 0 other.txt 1\nt2 0 skole.txt 2\n");
}

#[test]
fn the_last_answer_can_be_undone_today_and_tomorrow() {
    let sandbox = pooled();
    judge(&sandbox, "u1su").code(0).answers("nothing to undo").answers("undone (it was skipped)");
    judge(&sandbox, "3u2q").code(0).answers("undone (it was 3)").says("2 documents left");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 skole.txt 1\nt1 0 havn.txt 2\n");
    let ran = judge(&sandbox, "uu0");
    ran.code(0).answers("undone (it was 2)").answers("undone (it was 1)");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 skole.txt 0\n");
}

#[test]
fn help_text_and_slips_ask_again() {
    let sandbox = pooled();
    let ran = judge(&sandbox, "s?tx7æ\n3q");
    ran.code(0)
        .answers("x: no such key, see ?")
        .answers("7: grades are 0 to 3")
        .answers("a substantial part is about it");
    ran.answers("Færgerne larmer hver nat. Støjen fra havnen skal måles.\n\nEt [31mrødt[0m skilt hænger der nu.\n");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 havn.txt 3\n");
}

#[test]
fn an_answer_is_on_disk_before_the_next_question() {
    let sandbox = pooled();
    let mut child = sandbox.command(JUDGE).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let child = child.as_mut().expect("the binary starts");
    child.stdin.as_mut().expect("it is piped").write_all(b"2").expect("it reads");
    let mut seen = String::new();
    let out = child.stdout.as_mut().expect("it is piped");
    while !seen.contains("2 of 4") {
        let mut bytes = [0; 256];
        let read = out.read(&mut bytes).expect("it writes");
        assert!(read > 0, "it ended after {seen}");
        seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(read(&sandbox, "qrels.txt"), "t1 0 skole.txt 2\n");
    judge(&sandbox, "q").code(0).answers("2 of 4 ──").says("3 documents to judge, 1 judged already");
}

#[test]
fn documents_that_the_index_lacks_are_reported_and_skipped() {
    let sandbox = pooled();
    sandbox.write("pool.txt", "t1 0 gone.txt\nt1 0 havn.txt\nt2 0 lost.txt\n");
    sandbox.write("qrels.txt", "t2 0 lost.txt 0\n");
    let says = "error: pool.txt:1: the index at index/default has no document gone.txt (topic t1): skipped";
    judge(&sandbox, "3").code(2).says(says).answers("1 of 1 ──");
    let again = judge(&sandbox, "");
    again.code(2).says(says).check(!again.err.contains("lost.txt"), "it is judged");
    let many: String = (0..15).map(|at| format!("t1 0 no-{at}\n")).collect();
    sandbox.write("pool.txt", &many);
    judge(&sandbox, "3").refused("the index at index/default has none of these documents").says("--index DIR");
    sandbox.write("pool.txt", format!("{many}t2 0 skole.txt\n"));
    judge(&sandbox, "3").code(2).says("it lacks 5 more").says("all 1 are judged");
}

#[test]
fn what_cannot_be_judged_is_refused_before_the_first_question() {
    let sandbox = pooled();
    let refused = |file: &str, text: &str, says: &str| {
        let before = fs::read(sandbox.path(file)).ok();
        sandbox.write(file, text);
        let ran = judge(&sandbox, "3333");
        ran.refused(says);
        match before {
            Some(before) => sandbox.write(file, before),
            None => sandbox.remove(file),
        }
        ran
    };
    refused("pool.txt", "t1 0 havn.txt 3\n", "pool.txt: line 1: 4 columns where there should be 3").says("snotra pool");
    refused("pool.txt", "", "pool.txt: there is no line in the pool");
    refused("pool.txt", "t1 0 havn.txt\n\nt7 0 havn.txt\n", "pool.txt: line 3: there is no topic t7 in topics.tsv")
        .says("give the topics that the runs of the pool were made from");
    refused("topics.tsv", "t1 havn\n", "topics.tsv: line 1: 1 columns").says("topics are lines of");
    refused("qrels.txt", "t1 0 havn.txt\n", "qrels.txt: line 1: 3 columns").says("--output names judgements");
    let with = |args: &[&str]| sandbox.run_with(&[&JUDGE[..4], args].concat(), "3333", |_| {});
    with(&["-o", "no/qrels.txt"]).refused("no/qrels.txt: ");
    with(&["-o", "qrels.txt.gz"]).refused("grades are written as plain text");
    with(&["-o", "-"]).refused("the keys come from standard input");
    with(&["-o", "qrels.txt", "--json"]).refused("has no JSON");
    with(&["-o", "qrels.txt", "--index", "nowhere"]).refused("there is no index at nowhere");
    with(&[]).refused("--output");
    with(&["-o", "pool.txt"]).refused("pool.txt: line 1: 3 columns");
    assert_eq!(read(&sandbox, "pool.txt"), POOL);
    assert!(!sandbox.path("qrels.txt").exists());
}
