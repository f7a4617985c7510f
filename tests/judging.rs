//! `snotra pool` and `snotra judge` from outside: from runs to judgements, and what happens to answers on the way.

use std::fs;

use serde_json::json;

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
