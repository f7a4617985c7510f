//! `snotra eval` from outside: the figures of small runs worked out by hand, the formats, and what it says of files that
//! are not what they should be.

use std::io::Write;

use flate2::write::GzEncoder;
use insta::assert_snapshot;
use ruzstd::encoding::CompressionLevel;
use ruzstd::encoding::compress_to_vec;
use serde_json::Value;
use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;

/// Eight topics of two kinds, each with one relevant document, of grade 2, and one that is not.
fn qrels() -> String {
    topics().map(|topic| format!("{topic} 0 right 2\n{topic} 0 wrong 0\n")).collect()
}

/// A run that has the relevant document at this rank of every topic.
fn run(tag: &str, rank: usize) -> String {
    let line = |topic: &str, at: usize| {
        let doc = if at == rank { "right".to_owned() } else { format!("other-{at}") };
        format!("{topic} Q0 {doc} {at} {} {tag}\n", 100 - at)
    };
    topics().flat_map(|topic| (1..=4).map(move |at| line(topic, at))).collect()
}

fn topics() -> impl Iterator<Item = &'static str> {
    ["da-1", "da-2", "da-3", "da-4", "da-5", "sv-1", "sv-2", "sv-3"].into_iter()
}

/// Judgements, a run that has everything second and one that has it first.
fn sandbox() -> Sandbox {
    Sandbox::with(&[("qrels.txt", &qrels()), ("old.txt", &run("old", 2)), ("new.txt", &run("new", 1))])
}

fn eval(sandbox: &Sandbox, args: &[&str]) -> Ran {
    sandbox.run(&[&["eval", "qrels.txt"], args].concat())
}

#[test]
fn a_table_with_daggers() {
    let ran = eval(&sandbox(), &["old.txt", "new.txt", "--measures", "RR,nDCG@1"]);
    ran.code(0).silent();
    assert_snapshot!(ran.out, @r"
    All 8 topics
    run      RR  nDCG@1
    old  0.5000  0.0000
    new  1.0000† 1.0000†

    RR against old
    run  difference       95 % interval  d       p    Holm  t-test  won/tied/lost  topics that moved most
    new     +0.5000  +0.5000 to +0.5000  –  0.0078  0.0156†      –          8/0/0  da-1 +0.50, da-2 +0.50, da-3 +0.50

    † p < 0.05, ‡ p < 0.01 for a difference from old (paired two-sided randomisation test, Holm-corrected for 2 tests)
    ");
}

#[test]
fn a_run_alone_is_a_table_without_tests() {
    let ran = eval(&sandbox(), &["new.txt", "--measures", "P@2", "--by-prefix", "--per-topic", "--format", "markdown"]);
    ran.code(0).silent().answers("| new | 0.5000 |\n").answers("**sv: 3 topics**").answers("| da-5 | 0.5000 |\n");
    ran.check(!ran.out.contains('†'), "there is nothing to differ from");
}

#[test]
fn the_measures_by_default_are_those_of_the_field() {
    let value = eval(&sandbox(), &["new.txt", "--json"]).code(0).json();
    assert_eq!(value["measures"], json!(["nDCG@10", "AP", "RR", "P@10", "R@100", "R@1000"]));
    assert_eq!(value["baseline"], Value::Null);
    let ran = eval(&sandbox(), &["new.txt", "--json", "--measures", "RBP(p=0.5,rel=1),AP(rel=2)@10"]);
    assert_eq!(ran.code(0).json()["measures"], json!(["RBP(p=0.5,rel=1)", "AP(rel=2)@10"]));
}

#[test]
fn json_has_the_tests() {
    let value =
        eval(&sandbox(), &["old.txt", "new.txt", "--json", "--baseline", "new.txt", "--by-prefix"]).code(0).json();
    assert_eq!(value["baseline"], "new");
    let old = &value["runs"][0];
    assert_eq!((&old["name"], &old["file"]), (&json!("old"), &json!("old.txt")));
    let versus = &old["scores"]["RR"]["versus_baseline"];
    assert_eq!((&versus["difference"], &versus["losses"]), (&json!(-0.5), &json!(8)));
    assert_eq!(versus["randomisation"]["p"], json!(2.0 / 256.0));
    assert_eq!(old["by_prefix"]["sv"]["scores"]["RR"]["versus_baseline"]["randomisation"]["p"], json!(0.25));
    assert_eq!(value["tests"]["corrected_for"], 18);
}

#[test]
fn packed_files_and_standard_input_are_read() {
    let sandbox = sandbox();
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(run("gz", 1).as_bytes()).expect("memory takes every write");
    sandbox.write("packed.txt.gz", gzip.finish().expect("memory takes every write"));
    sandbox.write("packed.run.zst", compress_to_vec(run("zst", 2).as_bytes(), CompressionLevel::Fastest));
    let args = ["eval", "qrels.txt", "packed.txt.gz", "packed.run.zst", "-", "--measures", "RR", "--format", "tsv"];
    let ran = sandbox.run_with(&args, &run("piped", 4), |_| {});
    ran.code(0).silent();
    let values: Vec<Vec<&str>> = ran.out.lines().skip(1).map(|line| line.split('\t').take(5).collect()).collect();
    assert_eq!(
        values,
        [["gz", "all", "all", "RR", "1"], ["zst", "all", "all", "RR", "0.5"], ["piped", "all", "all", "RR", "0.25"]]
    );
    sandbox.run(&["eval", "-", "-"]).refused("standard input can be read once only");
}

#[test]
fn runs_of_one_tag_are_called_by_their_files() {
    let sandbox = sandbox();
    sandbox.write("other/old.txt", run("new", 3));
    let names = |ran: &Ran| -> Vec<Value> {
        ran.code(0).json()["runs"].as_array().expect("runs").iter().map(|run| run["name"].clone()).collect()
    };
    let ran = eval(&sandbox, &["old.txt", "new.txt", "other/old.txt", "--json"]);
    assert_eq!(names(&ran), ["old", "new.txt", "other/old.txt"]);
    assert_eq!(ran.json()["kendall_tau_b"][0]["measures"], json!(["nDCG@10", "AP"]));
    eval(&sandbox, &["old.txt", "old.txt"]).refused("two runs would both be called old.txt");
    eval(&sandbox, &["old.txt", "new.txt", "--baseline", "bm25"])
        .refused("no run is called bm25")
        .says("there are old, new");
}

#[test]
fn missing_topics_count_unless_they_are_left_out() {
    let sandbox = sandbox();
    sandbox.write("half.txt", "da-1 Q0 right 1 9 half\nda-2 Q0 right 1 9 half\nxx-1 Q0 right 1 9 half\n");
    let value = |ran: &Ran| ran.code(0).json()["runs"][0]["scores"]["RR"]["value"].clone();
    let ran = eval(&sandbox, &["half.txt", "--json"]);
    assert_eq!(value(&ran), 0.25);
    ran.says("half answers 2 of 8 judged topics; the others count as zero")
        .says("nobody judged are ignored, 1 of them");
    assert_eq!(ran.json()["runs"][0]["unjudged"], json!(["xx-1"]));
    let ran = eval(&sandbox, &["half.txt", "old.txt", "--json", "--present-only"]);
    assert_eq!(value(&ran), 1.0);
    ran.says("half answers 2 of 8 judged topics; the others are left out");
    assert_eq!(ran.json()["runs"][1]["scores"]["RR"]["versus_baseline"]["topics"], 2);
    eval(&sandbox, &["half.txt", "--quiet"]).code(0).silent();
}

#[test]
fn the_order_of_documents_can_be_chosen() {
    let sandbox = sandbox();
    // Apart beyond what a C float holds, and with ranks that say the opposite.
    sandbox.write("fine.txt", "da-1 Q0 right 2 1.000000001 fine\nda-1 Q0 z 1 1.0 fine\n");
    for (order, expect) in [("score", 0.5), ("double", 1.0), ("rank", 0.5)] {
        let args = ["fine.txt", "--json", "--present-only", "--quiet", "--measures", "RR", "--order", order];
        let ran = eval(&sandbox, &args);
        assert_eq!(ran.code(0).json()["runs"][0]["scores"]["RR"]["value"], expect, "{order}");
    }
    eval(&sandbox, &["fine.txt", "--order", "date"]).refused("known are score, double, rank");
}

#[test]
fn faults_name_the_file_and_the_line() {
    let sandbox = sandbox();
    let check = |file: &str, text: &str, says: &str| {
        sandbox.write(file, text);
        eval(&sandbox, &["old.txt", file]).refused(says);
    };
    check("short.txt", "da-1 Q0 right 1 9 t\n\nda-1 Q0\n", "short.txt: line 3: 2 columns");
    check("nan.txt", "da-1 Q0 right 1 high t\n", "nan.txt: line 1: the score \"high\" is not a number");
    check("twice.txt", "da-1 Q0 a 1 9 t\nda-1 Q0 a 2 8 t\n", "twice.txt: line 2: topic da-1 has document a already");
    check("empty.txt", "\n", "empty.txt: there is no line in the run");
    check("alien.txt", "301 Q0 a 1 9 t\n", "alien.txt: no topic of the run is judged");
    sandbox.write("broken.txt.gz", "no gzip");
    eval(&sandbox, &["broken.txt.gz"]).refused("broken.txt.gz: the text cannot be read: ");
    eval(&sandbox, &["nowhere.txt"]).refused("nowhere.txt: ");
    sandbox
        .run(&["eval", "old.txt", "qrels.txt"])
        .refused("old.txt: line 1: 6 columns")
        .says("the judgements come first");
    eval(&sandbox, &["old.txt", "--measures", "nGCD@10"]).refused("did you mean nDCG?");
    eval(&sandbox, &["old.txt", "--format", "html"]).refused("known are text, json, tsv, markdown, latex");
    eval(&sandbox, &["old.txt", "--format", "tsv", "--json"]).refused("contradict each other");
    sandbox.write("high.txt", "da-1 0 right 7\n");
    sandbox.run(&["eval", "high.txt", "old.txt", "--measures", "ERR"]).refused("high.txt: ERR knows grades up to 4");
}

#[test]
fn of_several_faults_the_first_is_told_and_threads_change_nothing() {
    let sandbox = sandbox();
    sandbox.write("bad.txt", "x\n");
    sandbox.write("worse.txt", "y z\n");
    for threads in ["1", "4"] {
        eval(&sandbox, &["old.txt", "bad.txt", "worse.txt", "--threads", threads]).refused("bad.txt: line 1");
    }
    let with = |threads| eval(&sandbox, &["old.txt", "new.txt", "--json", "--threads", threads]).code(0).out.clone();
    assert_eq!(with("1"), with("3"));
}

#[test]
fn help_lists_every_measure_and_format() {
    let ran = Sandbox::new().run(&["eval", "--help"]);
    ran.code(0);
    for family in snotra::eval::FAMILIES {
        ran.answers(&format!("\n  {}", family.name));
    }
    for format in snotra::output::table::TABLE_FORMATS {
        ran.answers(format.name);
    }
}
