//! The declared experiments: every one can be read, the one on the bundled corpus still comes out as recorded, and what
//! is recorded, expected and published is the same.
//!
//! The other collections are not part of the project. Their figures are held by `snotra bench` where they are at hand.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::Sandbox;
use crate::support::project;

/// The experiments by path, sorted.
fn experiments() -> Vec<PathBuf> {
    let folder = fs::read_dir(project().join("benches/quality")).expect("the experiments");
    let files = folder.map(|entry| entry.expect("it can be read").path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "toml")).collect();
    files.sort();
    files
}

fn arguments<'a>(options: &[&'a str], files: &'a [PathBuf]) -> Vec<&'a str> {
    options.iter().copied().chain(files.iter().map(|file| file.to_str().expect("a path of ours"))).collect()
}

#[test]
fn the_figures_of_the_corpus_are_those_recorded() {
    let files: Vec<_> = experiments().into_iter().filter(|file| name(file).starts_with("corpus")).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&arguments(&["bench", "--quiet"], &files));
    ran.check(
        ran.code == Some(0),
        "the figures of the corpus have changed, for better or worse\nhelp: if that is meant, and the measurements on larger \
         collections support it, record it: just quality-record",
    );
    // On the index that is there now, the same comes out.
    let again = sandbox.run(&arguments(&["bench", "--quiet"], &files));
    again.check(again.code == Some(0) && again.out.contains("index reused"), "the index is used again");
}

#[test]
fn every_experiment_is_run_or_says_what_it_lacks() {
    let sandbox = Sandbox::new();
    let files = experiments();
    let elsewhere: Vec<_> = files.into_iter().filter(|file| !name(file).starts_with("corpus")).collect();
    let ran = sandbox.run_with(&arguments(&["bench"], &elsewhere), "", |command| {
        command.env_remove("SNOTRA_DATA");
    });
    ran.check(ran.code == Some(0), "what is skipped is no fault");
    let skipped = ran.out.matches("skipped, SNOTRA_DATA is not set").count();
    ran.check(skipped == elsewhere.len() && skipped >= 8, "each says so");
}

#[test]
fn records_and_expectations_agree() {
    let mut faults = Vec::new();
    for file in experiments() {
        let text = fs::read_to_string(&file).expect("the experiment");
        let expected: toml_edit::DocumentMut = text.parse().expect("it is TOML");
        let path = project().join("benches/record").join(format!("{}.json", name(&file)));
        let record =
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}\nhelp: just quality-record", path.display()));
        let record: Value = serde_json::from_slice(&record).expect("it is JSON");
        let counts = &record["index"]["documents"];
        for (group, figures) in record["systems"][0]["figures"].as_object().expect("figures") {
            for (measure, value) in figures.as_object().expect("values") {
                let expect = expected["expected"].get(group).and_then(|row| row.get(measure)?.as_float());
                if expect != value.as_f64() {
                    faults.push(format!("{}: {group} {measure}: {expect:?} expected, {value} recorded", name(&file)));
                }
            }
        }
        let documents = expected["corpus"]["documents"].as_inline_table().expect("counts");
        let same = documents.iter().all(|(code, count)| count.as_integer() == counts[code].as_i64());
        if !same || documents.len() != counts.as_object().map_or(0, |counts| counts.len()) {
            faults.push(format!("{}: {documents} expected, {counts} recorded", name(&file)));
        }
    }
    assert!(faults.is_empty(), "{}\nhelp: just quality-record", faults.join("\n"));
}

#[test]
fn the_published_figures_are_the_recorded_ones() {
    let ran = Sandbox::new().run(&arguments(&["bench", "--report", "-"], &experiments()));
    ran.check(ran.code == Some(0), "the page is made");
    let page = fs::read_to_string(project().join("docs/quality.md")).expect("the page");
    assert_eq!(page, ran.out, "docs/quality.md is not what the records say\nhelp: just quality-record");
}

#[test]
fn a_change_is_reported_until_it_is_recorded() {
    let sandbox = Sandbox::with(&[
        ("x/docs/a.txt", "Cykelstier\n\nKommunen anlægger en cykelsti langs åen, og borgerne er glade for det.\n"),
        ("x/docs/b.txt", "Skolegård\n\nSkolen får en ny gård, og eleverne har selv tegnet den sammen med en lærer.\n"),
        ("x/topics.tsv", "K-1\tda\tcykelsti\nK-2\tda\tgård\n"),
        ("x/qrels.txt", "K-1 0 a.txt 1\nK-2 0 b.txt 1\n"),
        (
            "x/quality/small.toml",
            "about = \"Two articles\"\ntopics = \"../topics.tsv\"\nqrels = \"../qrels.txt\"\nmeasures = [\"RR\"]\n\
             tolerance = 0.001\n[corpus]\npaths = [\"../docs\"]\ndocuments = { da = 3 } # too many\n\
             [index]\nforce_language = \"da\"\n[grid]\nk1 = [0.5]\nforce_language = [\"sv\"]\n",
        ),
    ]);
    let bench = |options: &[&str]| sandbox.run(&[&["bench"], options, &["x/quality/small.toml"]].concat());
    let ran = bench(&[]);
    ran.check(
        ran.code == Some(2) && ran.err.contains("small indexes 2 documents (da 2) instead of"),
        "counts come first",
    );
    ran.check(!ran.out.contains("RR"), "figures of another index are not shown");
    let ran = bench(&["--update"]);
    ran.check(ran.code == Some(0), "it is recorded");
    let text = fs::read_to_string(sandbox.path("x/quality/small.toml")).expect("the experiment");
    assert!(text.contains("documents = { da = 2 } # too many\n"), "{text}");
    assert!(text.ends_with("\n[expected]\nK-da = { RR = 1.0000 }\nall = { RR = 1.0000 }\n"), "{text}");
    let record = fs::read_to_string(sandbox.path("x/record/small.json")).expect("the record");
    let record: Value = serde_json::from_str(&record).expect("it is JSON");
    assert_eq!(record["systems"][0]["per_topic"]["RR"], "1 1");
    let ran = bench(&[]);
    ran.check(ran.code == Some(0) && ran.out.contains("index reused"), "what is recorded is expected");
    for (value, word) in [("0.5", "ROSE"), ("1.5", "FELL")] {
        sandbox.write("x/quality/small.toml", text.replace("all = { RR = 1.0000", &format!("all = {{ RR = {value}")));
        let ran = bench(&[]);
        ran.check(ran.code == Some(2) && ran.out.contains(word), "a change is a fault in either direction");
        ran.check(ran.err.contains("snotra bench --update"), "and the way out is named");
    }
    sandbox.write("x/quality/small.toml", &text);
    let ran = bench(&["--grid"]);
    ran.check(ran.code == Some(0) && ran.out.contains("k1=0.5") && ran.out.contains("force_language=sv"), "the grid");
    // A change of the articles makes the index anew.
    sandbox
        .write("x/docs/c.txt", "Vandløb\n\nÅen løber over sine bredder hver vinter, og kommunen graver den dybere.\n");
    let ran = bench(&[]);
    ran.check(ran.code == Some(2) && ran.err.contains("da 3"), "the new article is seen");
}

fn name(file: &std::path::Path) -> String {
    file.file_stem().expect("a name").to_string_lossy().into_owned()
}
