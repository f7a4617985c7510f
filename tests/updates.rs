//! An index brought up to date answers like one built from nothing, bit for bit, whatever happened to the files.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;
use std::time::SystemTime;

use serde_json::Value;
use serde_json::json;
use snotra::app;
use snotra::app::IndexOptions;
use snotra::app::IndexReport;
use snotra::engine::WriterOptions;

use crate::support::Made;
use crate::support::Rng;
use crate::support::Sandbox;
use crate::support::index;
use crate::support::made;
use crate::support::options;

/// Histories to go through, and runs in each.
const HISTORIES: u64 = 10;
const RUNS: usize = 6;

#[test]
fn an_updated_index_equals_a_fresh_one() {
    for seed in 0..HISTORIES {
        let sandbox = Sandbox::new();
        let mut history = History::new(&sandbox, seed);
        for run in 0..RUNS {
            history.change();
            let fresh = format!("fresh-{run}");
            let machine = history.machine();
            let done = history.index("updated", &machine);
            history.index(&fresh, &options());
            assert!(done.problems.is_empty() && done.duplicates == 0, "seed {seed}, run {run}: {done:?}");
            assert_same(&sandbox, "updated", &fresh, &format!("seed {seed}, run {run}, after {:?}", history.log));
        }
    }
}

#[test]
fn threads_and_memory_do_not_change_an_answer() {
    let sandbox = Sandbox::new();
    let mut rng = Rng(7);
    for number in 0..400 {
        sandbox.write(&format!("docs/{}/{number}.md", number % 5), made(&mut rng).as_markdown());
    }
    let mut reference: Option<String> = None;
    for (threads, memory) in [(1, 500), (1, 16), (2, 40), (4, 70), (4, 400)] {
        let name = format!("index-{threads}-{memory}");
        let writer = WriterOptions { threads, memory: memory * 1_000_000 };
        let options = IndexOptions { writer, ..options() };
        index(&sandbox.path(&name), &[sandbox.path("docs")], &options).expect("it is indexed");
        match &reference {
            Some(reference) => assert_same(&sandbox, &name, reference, &format!("{threads} threads, {memory} MB")),
            None => reference = Some(name),
        }
    }
}

#[track_caller]
fn assert_same(sandbox: &Sandbox, one: &str, other: &str, context: &str) {
    let (one, other) = (sandbox.answers(one), sandbox.answers(other));
    for (query, answer) in &one {
        assert!(*answer == other[query], "{query}: {context}\n{answer}\n{}", other[query]);
    }
}

/// A folder of articles that changes by chance.
struct History<'s> {
    sandbox: &'s Sandbox,
    rng: Rng,
    /// The files: one article, or records with their ids.
    files: BTreeMap<String, Vec<(String, Made)>>,
    made: usize,
    log: Vec<String>,
}

impl<'s> History<'s> {
    fn new(sandbox: &'s Sandbox, seed: u64) -> Self {
        let mut history = Self { sandbox, rng: Rng(seed), files: BTreeMap::new(), made: 0, log: Vec::new() };
        (0..12).for_each(|_| history.add());
        history
    }

    fn index(&self, dir: &str, options: &IndexOptions) -> IndexReport {
        index(&self.sandbox.path(dir), &[self.sandbox.path("docs")], options).expect("it is indexed")
    }

    fn machine(&mut self) -> IndexOptions {
        let threads = 1 + self.rng.below(3);
        IndexOptions { writer: WriterOptions { threads, memory: threads * 20_000_000 }, ..options() }
    }

    /// A few changes, of every kind.
    fn change(&mut self) {
        self.log.clear();
        for _ in 0..1 + self.rng.below(6) {
            let name = self.any();
            match self.rng.below(8) {
                0 => self.add(),
                1 => self.rename(&name),
                2 => {
                    self.files.remove(&name);
                    self.sandbox.remove(&format!("docs/{name}"));
                    self.log.push(format!("removed {name}"));
                }
                3 => {
                    let bytes = fs::read(self.sandbox.path(&format!("docs/{name}"))).expect("it is there");
                    self.sandbox.write(&format!("docs/{name}"), bytes);
                    self.log.push(format!("touched {name}"));
                }
                4 | 5 => self.move_record(),
                _ => self.edit(&name),
            }
        }
        if self.files.is_empty() {
            self.add();
        }
    }

    fn any(&mut self) -> String {
        if self.files.is_empty() {
            self.add();
        }
        let at = self.rng.below(self.files.len());
        self.files.keys().nth(at).expect("there is one").clone()
    }

    fn new_name(&mut self) -> (String, usize) {
        self.made += 1;
        let folder = ["", "a/", "b/", "b/æøå/"][self.rng.below(4)];
        let kind = self.rng.below(3);
        (format!("{folder}{}.{}", self.made, ["txt", "md", "jsonl"][kind]), kind)
    }

    fn add(&mut self) {
        let (name, kind) = self.new_name();
        let count = if kind == 2 { 1 + self.rng.below(5) } else { 1 };
        let records = (0..count).map(|_| self.record()).collect();
        self.files.insert(name.clone(), records);
        self.write(&name);
        self.log.push(format!("added {name}"));
    }

    fn record(&mut self) -> (String, Made) {
        self.made += 1;
        (format!("rec-{}", self.made), made(&mut self.rng))
    }

    fn edit(&mut self, name: &str) {
        let record = self.record();
        let choice = self.rng.below(4);
        let records = self.files.get_mut(name).expect("it is there");
        let at = choice % records.len();
        match (name.ends_with(".jsonl"), choice) {
            (true, 0) => records.push(record),
            (true, 1) if records.len() > 1 => drop(records.remove(at)),
            (true, 2) => records.rotate_left(1),
            _ => records[at].1 = record.1,
        }
        self.write(name);
        self.log.push(format!("edited {name} ({choice})"));
    }

    /// Moves a record from one file of records to another.
    fn move_record(&mut self) {
        let of_records = |(name, _): (&String, _)| name.ends_with(".jsonl").then(|| name.clone());
        let names: Vec<_> = self.files.iter().filter_map(of_records).collect();
        let several: Vec<_> = names.iter().filter(|name| self.files[*name].len() > 1).cloned().collect();
        if several.is_empty() {
            return;
        }
        let (from, to) = (&self.rng.pick(&several).clone(), self.rng.pick(&names).clone());
        let record = self.files.get_mut(from).and_then(Vec::pop).expect("it has several");
        self.files.get_mut(&to).expect("it is there").push(record);
        self.write(from);
        self.write(&to);
        self.log.push(format!("moved a record from {from} to {to}"));
    }

    fn rename(&mut self, name: &str) {
        let (new, _) = self.new_name();
        let extension = name.rsplit('.').next().expect("an extension");
        let new = format!("{}.{extension}", new.rsplit_once('.').expect("an extension").0);
        let records = self.files.remove(name).expect("it is there");
        self.sandbox.remove(&format!("docs/{name}"));
        self.files.insert(new.clone(), records);
        self.write(&new);
        self.log.push(format!("renamed {name} to {new}"));
    }

    fn write(&self, name: &str) {
        let records = &self.files[name];
        let text = match name.rsplit('.').next() {
            Some("txt") => records[0].1.as_text(),
            Some("md") => records[0].1.as_markdown(),
            _ => records.iter().map(|(id, made)| format!("{}\n", made.as_record(id))).collect(),
        };
        self.sandbox.write(&format!("docs/{name}"), text);
    }
}

// --- what a run reads, and what it forgets ---

/// A folder with three articles, indexed.
fn three() -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("docs/a.txt", "Broen ved Ravnborg\n\nBroen er lukket for tung trafik, og det skal den være til jul.\n"),
        ("docs/b.txt", "Møllen ved åen\n\nMøllen maler igen, og det kan høres i hele byen.\n"),
        ("docs/sub/c.txt", "Tårnet på bakken\n\nTårnet er malet rødt, og det er ikke alle glade for.\n"),
    ]);
    report(&sandbox, &["docs"], 0);
    sandbox
}

fn report(sandbox: &Sandbox, args: &[&str], code: i32) -> Value {
    sandbox.run(&[&["index", "--json"], args].concat()).code(code).json()
}

/// Indexed, unchanged, duplicates, removed; files read and not read.
fn counts(report: &Value) -> [u64; 6] {
    let number = |value: &Value| value.as_u64().expect("a number");
    let files = &report["files"];
    [
        number(&report["indexed"]),
        number(&report["unchanged"]),
        number(&report["duplicates"]),
        number(&report["removed"]),
        number(&files["read"]),
        number(&files["unchanged"]),
    ]
}

fn found(sandbox: &Sandbox, query: &str) -> Vec<String> {
    let ran = sandbox.run(&["search", "--json", query]);
    ran.check(ran.code != Some(2), "it is answered");
    ran.hits()
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let sandbox = three();
    assert_eq!(counts(&report(&sandbox, &["docs"], 0)), [0, 0, 0, 0, 0, 3]);
    let generation = |sandbox: &Sandbox| sandbox.run(&["inspect", "--json"]).json()["generation"].clone();
    let before = generation(&sandbox);
    report(&sandbox, &["docs"], 0);
    assert_eq!(generation(&sandbox), before, "a run without changes commits nothing");
    sandbox.write("docs/b.txt", "Møllen ved åen\n\nMøllen er solgt til en bager.\n");
    assert_eq!(counts(&report(&sandbox, &["docs"], 0)), [1, 0, 0, 0, 1, 2]);
    assert_eq!(found(&sandbox, "bager"), ["b.txt"]);
    assert!(found(&sandbox, "høres").is_empty(), "the old text is gone");
    sandbox.write("docs/d.md", "# Nyt\n\nGadelamperne lyser nu hele natten.\n");
    assert_eq!(counts(&report(&sandbox, &[], 0)), [1, 0, 0, 0, 1, 3], "the roots are remembered");
}

#[test]
fn a_new_time_alone_is_no_change() {
    let sandbox = three();
    let before = sandbox.run(&["inspect", "--json"]).json()["documents"].clone();
    for name in ["docs/a.txt", "docs/b.txt"] {
        let file = fs::File::options().write(true).open(sandbox.path(name)).expect("it is there");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("its time can be set");
    }
    assert_eq!(counts(&report(&sandbox, &["docs"], 0)), [0, 0, 0, 0, 0, 3]);
    assert_eq!(counts(&report(&sandbox, &["docs"], 0)), [0, 0, 0, 0, 0, 3]);
    assert_eq!(sandbox.run(&["inspect", "--json"]).json()["documents"], before);
}

#[test]
fn a_change_of_equal_length_is_a_change() {
    let sandbox = three();
    let text = fs::read_to_string(sandbox.path("docs/b.txt")).expect("it is there");
    sandbox.write("docs/b.txt", text.replace("byen", "egnen").replace("hele", "hel"));
    report(&sandbox, &["docs"], 0);
    assert_eq!(found(&sandbox, "egnen"), ["b.txt"]);
}

#[test]
fn only_under_a_root_that_is_named_can_a_file_vanish() {
    let sandbox = three();
    sandbox.write("andet/d.txt", "Havnen sander til\n\nHavnen skal renses, og det bliver ikke billigt.\n");
    report(&sandbox, &["andet"], 0);
    sandbox.remove("docs/a.txt");
    sandbox.remove("andet/d.txt");
    sandbox.write("andet/e.txt", "Kajen revner\n\nKajen har en revne, som man kan stikke en fod i.\n");
    assert_eq!(counts(&report(&sandbox, &["andet"], 0)), [1, 0, 0, 1, 1, 0]);
    assert_eq!(found(&sandbox, "broen"), ["a.txt"], "docs was not named");
    assert!(found(&sandbox, "renses").is_empty());
    assert_eq!(found(&sandbox, "revne"), ["andet/e.txt"], "a second root has its name in front");
    assert_eq!(report(&sandbox, &["--keep-missing"], 0)["removed"], 0);
    assert_eq!(found(&sandbox, "broen"), ["a.txt"]);
    assert_eq!(report(&sandbox, &[], 0)["removed"], 1);
    assert!(found(&sandbox, "broen").is_empty());
}

#[test]
fn a_root_that_is_gone_is_a_problem_and_keeps_its_articles() {
    let sandbox = three();
    fs::rename(sandbox.path("docs"), sandbox.path("væk")).expect("it is renamed");
    let ran = sandbox.run(&["index"]);
    ran.code(2).says("docs: ");
    assert_eq!(found(&sandbox, "broen"), ["a.txt"], "a disk that is not mounted is no deletion");
}

#[test]
fn removing_by_path_and_by_id() {
    let sandbox = three();
    sandbox.write("docs/r.jsonl", "{\"id\":\"r-1\",\"text\":\"Uret på rådhuset går igen.\"}\n{\"id\":\"r-2\",\"text\":\"Uret på stationen er gået i stå.\"}\n");
    report(&sandbox, &["docs"], 0);
    sandbox.run(&["remove", "r-1"]).code(0).says("1 document");
    assert_eq!(found(&sandbox, "uret"), ["r-2"]);
    sandbox.run(&["remove", "docs/sub"]).code(0).says("1 document");
    assert!(found(&sandbox, "tårnet").is_empty());
    sandbox.run(&["remove", "docs/a.txt"]).code(0).says("1 document");
    assert!(found(&sandbox, "broen").is_empty());
    assert_eq!(found(&sandbox, "møllen"), ["b.txt"]);
    sandbox.run(&["inspect", "--verify"]).code(0);
}

#[test]
fn one_id_for_two_texts_is_a_clash_and_the_first_stays() {
    let sandbox = Sandbox::with(&[
        ("docs/a.jsonl", "{\"id\":\"x\",\"text\":\"Svanerne er vendt tilbage til søen.\"}\n"),
        (
            "docs/b.jsonl",
            "{\"id\":\"y\",\"text\":\"Ællingerne er små.\"}\n{\"id\":\"x\",\"text\":\"Gæssene er fløjet.\"}\n",
        ),
    ]);
    let ran = sandbox.run(&["index", "docs"]);
    ran.code(2)
        .says("error: docs/b.jsonl:2: the id x stands for other text in ")
        .says("docs/a.jsonl already, which stays");
    ran.says("hint: give one of the two another id").says("2 documents indexed");
    assert_eq!(found(&sandbox, "svanerne"), ["x"]);
    assert!(found(&sandbox, "gæssene").is_empty());
    sandbox.run(&["index", "docs"]).code(2).says("docs/b.jsonl:2: the id x");
    sandbox.write("docs/a.jsonl", "{\"id\":\"z\",\"text\":\"Svanerne er vendt tilbage til søen.\"}\n");
    assert_eq!(counts(&report(&sandbox, &["docs"], 0))[0], 2, "the clash is over");
    assert_eq!(found(&sandbox, "gæssene"), ["x"]);
    assert_eq!(found(&sandbox, "svanerne"), ["z"]);
}

#[test]
fn one_id_for_one_text_twice_is_a_duplicate() {
    let record = "{\"id\":\"x\",\"text\":\"Svanerne er vendt tilbage til søen.\"}\n";
    let sandbox = Sandbox::with(&[("docs/a.jsonl", record), ("docs/b.jsonl", record)]);
    assert_eq!(counts(&report(&sandbox, &["docs"], 0)), [1, 0, 1, 0, 2, 0]);
    assert_eq!(found(&sandbox, "svanerne"), ["x"]);
    sandbox.remove("docs/a.jsonl");
    report(&sandbox, &["docs"], 0);
    assert_eq!(found(&sandbox, "svanerne"), ["x"], "what is left of two stays findable");
}

#[test]
fn a_record_may_move_to_another_file() {
    let line = |id: &str, text: &str| format!("{}\n", json!({"id": id, "text": text, "lang": "da"}));
    let (moving, a, b) =
        (line("m", "Storken har bygget rede."), line("a", "Viben kom i marts."), line("b", "Lærken synger."));
    for (from, to) in [("a", "b"), ("b", "a")] {
        for edited in [false, true] {
            let sandbox = Sandbox::with(&[("docs/a.jsonl", &a), ("docs/b.jsonl", &b)]);
            let other = |name: &str| if name == "a" { a.clone() } else { b.clone() };
            sandbox.write(&format!("docs/{from}.jsonl"), other(from) + &moving);
            report(&sandbox, &["docs"], 0);
            sandbox.write(&format!("docs/{from}.jsonl"), other(from));
            let moved = if edited { line("m", "Storken har bygget rede på skorstenen.") } else { moving.clone() };
            sandbox.write(&format!("docs/{to}.jsonl"), other(to) + &moved);
            let ran = sandbox.run(&["index", "docs"]);
            let context = format!("moved from {from} to {to}, edited: {edited}");
            ran.check(found(&sandbox, "storken") == ["m"], &format!("{context}: it should be found"));
            ran.check(ran.code == Some(0), &format!("{context}: it is no clash"));
            if edited {
                ran.check(found(&sandbox, "skorstenen") == ["m"], &format!("{context}: the new text is found"));
            }
        }
    }
}

#[test]
fn rebuilding_starts_from_nothing_with_the_roots_that_are_known() {
    let sandbox = three();
    let before = sandbox.answers("index/default");
    assert_eq!(counts(&report(&sandbox, &["--rebuild"], 0)), [3, 0, 0, 0, 3, 0]);
    assert_eq!(sandbox.answers("index/default"), before);
    let damage = |name: &str| {
        let dir = sandbox.path("index/default");
        let file = crate::support::files_below(&dir).into_iter().find(|file| file.to_string_lossy().ends_with(name));
        fs::write(file.expect("there is one"), b"noise").expect("it is written");
    };
    damage(".store");
    sandbox.run(&["search", "broen"]).code(2).says("hint: build it again from its articles: snotra index --rebuild");
    sandbox.run(&["index", "--rebuild"]).code(0).says("3 documents indexed");
    assert_eq!(sandbox.answers("index/default"), before);
}

#[test]
fn rebuilding_without_a_readable_manifest_never_ends_in_an_empty_index() {
    let sandbox = three();
    let manifest = sandbox.path("index/default").join(snotra::engine::MANIFEST);
    let bytes = fs::read(&manifest).expect("it is there");
    fs::write(&manifest, &bytes[..bytes.len() / 2]).expect("it is written");
    let ran = sandbox.run(&["index", "--rebuild"]);
    let empty = ran.code == Some(0) && found(&sandbox, "broen").is_empty();
    ran.check(!empty, "the roots are lost, and so the paths must be asked for");
    sandbox.run(&["index", "--rebuild", "docs"]).code(0).says("3 documents indexed");
    assert_eq!(found(&sandbox, "broen"), ["a.txt"]);
}

#[test]
fn a_root_inside_another_keeps_its_files() {
    let sandbox = three();
    report(&sandbox, &["docs/sub"], 0);
    assert_eq!(found(&sandbox, "tårnet").len(), 1, "one file is one document");
    report(&sandbox, &["docs"], 0);
    report(&sandbox, &[], 0);
    assert_eq!(found(&sandbox, "tårnet").len(), 1, "whichever of the two is named");
    sandbox.write("docs/sub/c.txt", "Tårnet på bakken\n\nTårnet er revet ned, og udsigten er den samme.\n");
    report(&sandbox, &["docs"], 0);
    report(&sandbox, &["docs/sub"], 0);
    assert_eq!(found(&sandbox, "udsigten").len(), 1);
    assert!(found(&sandbox, "rødt").is_empty());
}

#[test]
fn the_library_says_what_was_not_there_to_remove() {
    let sandbox = three();
    let dir = sandbox.path("index/default");
    let targets = ["b.txt".to_owned(), "intet".to_owned()];
    let report = app::remove(&dir, &targets, options().writer).expect("it is removed");
    assert_eq!((report.removed, report.unknown), (1, vec!["intet".to_owned()]));
}

/// A folder or file inside an indexed folder is a part of it, whichever is named, and in whatever order.
#[test]
fn a_path_inside_a_root_is_a_part_of_it() {
    let sandbox = Sandbox::new();
    sandbox.write("alt/et.txt", "Kommunen bygger en ny skole ved havnen, siger borgmesteren i dag.");
    sandbox.write("alt/del/to.txt", "Kommunen river en gammel skole ved stationen, siger borgmesteren.");
    let ids = || {
        let found = sandbox.run(&["search", "--json", "kommunen"]).json();
        let ids = found["hits"].as_array().expect("hits").iter().map(|hit| hit["id"].to_string());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    let both = ["\"del/to.txt\"", "\"et.txt\""];
    for paths in [&["alt"][..], &["alt/del"], &["alt"], &["alt/del/to.txt"], &["alt"], &[]] {
        let mut arguments = vec!["index"];
        arguments.extend(paths);
        sandbox.run(&arguments).code(0);
        assert_eq!(ids(), both, "after snotra index {paths:?}");
    }
    sandbox.write("alt/del/to.txt", "Kommunen river ingenting mere ved stationen, siger den nye borgmester.");
    sandbox.run(&["index", "alt/del"]).code(0);
    assert_eq!(sandbox.run(&["search", "--json", "ingenting"]).json()["total"]["value"], 1);
    sandbox.remove("alt/del/to.txt");
    sandbox.run(&["index", "alt/del"]).code(0);
    assert_eq!(ids(), both[1..]);
}

#[test]
fn an_empty_name_removes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("alt/et.txt", "Kommunen bygger en ny skole ved havnen, siger borgmesteren i dag.");
    sandbox.run(&["index", "alt"]).code(0);
    sandbox.run(&["remove", ""]).code(1);
    sandbox.run(&["search", "skole"]).code(0);
}
