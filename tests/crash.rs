//! Never lose, never lie: an index is whole or absent, damage is never silent, and readers never notice a writer.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use snotra::engine::MANIFEST;
use snotra::engine::Ranking;
use snotra::engine::Searcher;
use snotra::engine::Writer;

use crate::support::Answers;
use crate::support::Rng;
use crate::support::Sandbox;
use crate::support::files_below;
use crate::support::index;
use crate::support::made;
use crate::support::options;

/// Two states of one folder, and what an index of each answers.
struct States {
    sandbox: Sandbox,
    files: [BTreeMap<String, String>; 2],
    answers: [Answers; 2],
}

impl States {
    fn new(documents: usize) -> Self {
        let sandbox = Sandbox::new();
        let mut rng = Rng(2024);
        let mut files = [BTreeMap::new(), BTreeMap::new()];
        for number in 0..documents {
            let name = format!("docs/{}/{number}.md", number % 7);
            let (old, new) = (made(&mut rng).as_markdown(), made(&mut rng).as_markdown());
            // A third stays, a third changes, and of the last third each state has its own half.
            match number % 6 {
                0 | 1 => files.iter_mut().for_each(|state| drop(state.insert(name.clone(), old.clone()))),
                2 | 3 => {
                    files[0].insert(name.clone(), old);
                    files[1].insert(name, new);
                }
                half => drop(files[half - 4].insert(name, old)),
            }
        }
        let mut states = Self { sandbox, files, answers: Default::default() };
        for state in [0, 1] {
            states.put(state);
            let name = format!("reference-{state}");
            let docs = [states.sandbox.path("docs")];
            index(&states.sandbox.path(&name), &docs, &options()).expect("it is indexed");
            states.answers[state] = states.sandbox.answers(&name);
        }
        states
    }

    /// Brings the folder into a state; files that are in it already are not touched.
    fn put(&self, state: usize) {
        let (from, to) = (&self.files[1 - state], &self.files[state]);
        for name in from.keys().filter(|name| !to.contains_key(*name)) {
            let _ = fs::remove_file(self.sandbox.path(name));
        }
        for (name, text) in to {
            if fs::read_to_string(self.sandbox.path(name)).ok().as_ref() != Some(text) {
                self.sandbox.write(name, text);
            }
        }
    }

    /// Which state the index called `index` answers from.
    #[track_caller]
    fn of(&self, index: &str) -> usize {
        let now = self.sandbox.answers(index);
        let state = self.answers.iter().position(|answers| *answers == now);
        state.unwrap_or_else(|| panic!("the index answers from neither state: {now:?}"))
    }
}

/// How often something is done: as often as the variable `name` says, for a longer look.
fn times(name: &str, usually: usize) -> usize {
    std::env::var(name).ok().and_then(|times| times.parse().ok()).unwrap_or(usually)
}

fn kills() -> usize {
    times("SNOTRA_KILLS", 40)
}

#[cfg(unix)]
#[test]
fn a_killed_run_leaves_the_old_index_or_the_new_one() {
    let states = States::new(300);
    let sandbox = &states.sandbox;
    let dir = sandbox.path("idx");
    let args = ["index", "docs", "--index", "idx", "--threads", "2"];
    states.put(0);
    sandbox.run(&args).code(0);
    states.put(1);
    let start = Instant::now();
    sandbox.run(&args).code(0);
    let whole = start.elapsed();
    let (mut current, mut rng) = (1, Rng(99));
    let mut outcomes = [0, 0];
    for kill in 0..kills() {
        let target = 1 - current;
        states.put(target);
        let mut child = sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        thread::sleep(whole.mul_f64(1.2 * (rng.next() >> 11) as f64 / (1u64 << 53) as f64));
        child.kill().expect("it is killed, or has ended");
        child.wait().expect("it has ended");
        let after = states.of("idx");
        outcomes[usize::from(after == target)] += 1;
        sandbox.run(&["inspect", "--verify", "--index", "idx"]).code(0);
        let next = sandbox.run(&args);
        next.code(0).check(states.of("idx") == target, &format!("kill {kill}: the next run should succeed"));
        current = target;
    }
    let stale = files_below(&dir).len();
    assert!(stale < 40, "{stale} files: what killed runs left behind should be cleared away");
    assert!(kills() < 20 || outcomes[0] > 0, "no run was killed before its commit: {outcomes:?}");
}

#[cfg(unix)]
#[test]
fn a_killed_first_run_leaves_no_index_or_a_whole_one() {
    let states = States::new(120);
    let sandbox = &states.sandbox;
    states.put(0);
    let mut rng = Rng(3);
    for kill in 0..kills().div_ceil(4) {
        let name = format!("idx-{kill}");
        let args = ["index", "docs", "--index", &name];
        let mut child = sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        thread::sleep(Duration::from_micros(rng.below(120_000) as u64));
        child.kill().expect("it is killed, or has ended");
        child.wait().expect("it has ended");
        let ran = sandbox.run(&["search", "kommunen", "--index", &name]);
        if ran.code != Some(0) {
            ran.refused("there is no index at");
        }
        sandbox.run(&args).code(0);
        assert_eq!(states.of(&name), 0);
    }
}

/// A small index with every kind of file in it, deletions included, and its files.
fn small() -> (Sandbox, PathBuf, Vec<PathBuf>) {
    let sandbox = Sandbox::new();
    let mut rng = Rng(5);
    for number in 0..40 {
        sandbox.write(&format!("docs/{number}.md"), made(&mut rng).as_markdown());
    }
    sandbox.run(&["index", "docs", "--quiet"]).code(0);
    sandbox.remove("docs/7.md");
    sandbox.write("docs/8.md", made(&mut rng).as_markdown());
    sandbox.run(&["index", "docs", "--quiet"]).code(0);
    let dir = sandbox.path("index/default");
    let mut files = files_below(&dir);
    // The lock is empty and belongs to no state of the index.
    files.retain(|file| !file.ends_with(".snotra-lock"));
    let kinds: Vec<_> = files.iter().filter_map(|file| file.extension()).collect();
    assert!(files.len() > 8 && kinds.iter().any(|kind| *kind == "del"), "deletions should be among {files:?}");
    (sandbox, dir, files)
}

#[test]
fn a_file_cut_short_lengthened_or_gone_is_named() {
    let (sandbox, _, files) = small();
    let commands: &[&[&str]] = &[&["search", "kommunen"], &["batch"], &["inspect", "--verify"], &["show", "1.md"]];
    for file in files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let is_manifest = name == MANIFEST;
        let bytes = fs::read(&file).expect("it is there");
        let mut damages = vec![
            ("half of it", Some(bytes[..bytes.len() / 2].to_vec())),
            ("nothing of it", Some(Vec::new())),
            ("all but its last byte", Some(bytes[..bytes.len() - 1].to_vec())),
            ("a byte more", Some([&bytes[..], b"\n"].concat())),
            ("a page more", Some([&bytes[..], &[0; 4096]].concat())),
        ];
        damages.push(("gone", None));
        for (how, damaged) in damages {
            match damaged {
                Some(damaged) => fs::write(&file, damaged).expect("it is written"),
                None => fs::remove_file(&file).expect("it is removed"),
            }
            for args in commands {
                let ran = sandbox.run_with(args, "q\tkommunen\n", |_| {});
                ran.check(ran.code == Some(2) && !ran.err.contains("panicked"), &format!("{name}, {how}: exit code 2"));
                let named =
                    ran.err.contains(&name) || is_manifest && how == "gone" && ran.err.contains("there is no index at");
                ran.check(
                    named && ran.err.contains("hint: "),
                    &format!("{name}, {how}: it should be named, with a way out"),
                );
            }
        }
        fs::write(&file, bytes).expect("it is written");
    }
    sandbox.run(&["inspect", "--verify"]).code(0);
}

#[test]
fn a_single_flipped_bit_is_found_and_harms_nobody() {
    let (sandbox, dir, files) = small();
    let mut rng = Rng(11);
    let mut faults = Vec::new();
    for at in 0..times("SNOTRA_FLIPS", 300) {
        let file = &files[at % files.len()];
        let mut bytes = fs::read(file).expect("it is there");
        let byte = rng.below(bytes.len());
        let bit = 1u8 << rng.below(8);
        bytes[byte] ^= bit;
        fs::write(file, &bytes).expect("it is written");
        let place = format!("{} byte {byte} bit {bit:#x}", file.strip_prefix(&dir).expect("below").display());
        let ran = sandbox.run(&["inspect", "--verify"]);
        if ran.code != Some(2) || ran.err.contains("panicked") {
            faults.push(format!("{place}: verify ended with {:?}: {}", ran.code, ran.err));
        }
        let queries = ["kommunen reglerne", "\"digital post\" tilsyn*", "møde~ lang:da date:2018.."];
        let ran = sandbox.run(&["search", "--facets", "year,source,lang", queries[at % 3]]);
        if ran.code.is_none() || ran.err.contains("panicked") {
            faults.push(format!("{place}: {:?} ended with {:?}: {}", queries[at % 3], ran.code, ran.err));
        }
        bytes[byte] ^= bit;
        fs::write(file, &bytes).expect("it is written");
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_update_never_covers_damage_up() {
    let (sandbox, dir, files) = small();
    let names: Vec<_> = files.iter().filter_map(|file| file.file_name()).collect();
    let committed: Vec<_> = files.iter().map(|file| fs::read(file).expect("it is there")).collect();
    sandbox.write("docs/new.md", made(&mut Rng(77)).as_markdown());
    index(&sandbox.path("fresh"), &[sandbox.path("docs")], &options()).expect("it is indexed");
    let expect = sandbox.answers("fresh");
    let mut rng = Rng(13);
    for at in 0..times("SNOTRA_FLIPS", 120) {
        fs::remove_dir_all(&dir).expect("it was there");
        fs::create_dir(&dir).expect("it is made");
        let damaged = at % files.len();
        let byte = rng.below(committed[damaged].len());
        let bit = 1u8 << rng.below(8);
        for (number, (file, bytes)) in files.iter().zip(&committed).enumerate() {
            let mut bytes = bytes.clone();
            if number == damaged {
                bytes[byte] ^= bit;
            }
            fs::write(file, bytes).expect("it is written");
        }
        let ran = sandbox.run(&["index", "docs", "--threads", "1"]);
        let place = format!("{:?} byte {byte} bit {bit:#x}", names[damaged]);
        ran.check(matches!(ran.code, Some(0 | 2)) && !ran.err.contains("panicked"), &format!("{place}: it fell over"));
        let verified = sandbox.run(&["inspect", "--verify"]);
        verified.check(matches!(verified.code, Some(0 | 2)), &format!("{place}: verifying fell over"));
        if verified.code == Some(0) {
            ran.check(
                sandbox.answers("index/default") == expect,
                &format!("{place}: the damage has become part of a sound index"),
            );
        }
    }
}

/// Says that it is done when it goes.
struct Finish<'d>(&'d AtomicBool);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn readers_see_one_commit_or_the_next_and_nothing_between() {
    let states = States::new(60);
    let dir = states.sandbox.path("idx");
    let docs = [states.sandbox.path("docs")];
    states.put(0);
    index(&dir, &docs, &options()).expect("it is indexed");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = [0, 0];
                    while !done.load(Ordering::Relaxed) {
                        let searcher = Searcher::open(&dir, Ranking::default()).expect("a reader never fails");
                        let now = states.sandbox.answers_of(&searcher);
                        let state = states.answers.iter().position(|answers| *answers == now);
                        seen[state.expect("the answers are those of a committed state")] += 1;
                    }
                    seen
                })
            })
            .collect();
        // Also where the writer fails: the readers would go on for ever, and nobody would see why.
        let finish = Finish(&done);
        for run in 1..=20 {
            states.put(run % 2);
            index(&dir, &docs, &options()).expect("a writer never fails for readers");
        }
        drop(finish);
        for reader in readers {
            let seen = reader.join().expect("a reader never fails");
            assert!(seen[0] + seen[1] > 3, "the readers should have read: {seen:?}");
        }
    });
}

#[test]
fn of_two_writers_the_second_is_told_at_once() {
    let states = States::new(12);
    let sandbox = &states.sandbox;
    states.put(0);
    sandbox.run(&["index", "docs"]).code(0);
    let dir = sandbox.path("index/default");
    let writer = Writer::open(&dir, options().writer, None, false).expect("nobody else writes");
    let start = Instant::now();
    for args in [&["index", "docs"][..], &["index", "--rebuild"], &["remove", "1.md"]] {
        let ran = sandbox.run(args);
        ran.refused("another process is writing to the index at index/default");
        ran.says("hint: wait until it is done, or use another folder with --index DIR");
    }
    assert!(start.elapsed() < Duration::from_secs(10), "a second writer does not wait");
    sandbox.run(&["search", "kommunen"]).code(0);
    drop(writer);
    sandbox.run(&["index", "docs"]).code(0);
}

#[test]
fn a_race_of_writers_has_a_winner_and_an_index() {
    let states = States::new(60);
    let sandbox = &states.sandbox;
    states.put(0);
    for race in 0..5 {
        let name = format!("idx-{race}");
        let args = ["index", "docs", "--index", &name];
        let spawn = || sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let outputs = [spawn(), spawn(), spawn()].map(|child| child.wait_with_output().expect("it ends"));
        let mut winners = 0;
        for output in outputs {
            let err = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => winners += 1,
                Some(2) => assert!(err.contains("another process is writing to the index"), "{err}"),
                code => panic!("{code:?}: {err}"),
            }
        }
        assert!(winners > 0, "somebody should win");
        assert_eq!(states.of(&name), 0);
        sandbox.run(&["inspect", "--verify", "--index", &name]).code(0);
    }
}
