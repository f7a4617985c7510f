//! What a reviewer would otherwise have to say again and again.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use crate::support::files_below;
use crate::support::project;

/// The longest file, in lines without its tests, that one can still keep in mind.
const LONGEST: usize = 1000;

/// The source files by their path from the project, with their text.
fn sources() -> Vec<(String, String)> {
    let files = files_below(&project().join("src"));
    let files = files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.map(|file| (shown(&file), fs::read_to_string(file).expect("source is text"))).collect()
}

fn shown(file: &std::path::Path) -> String {
    file.strip_prefix(project()).expect("it is below").to_string_lossy().replace('\\', "/")
}

/// The part of a file that is not its tests, line by line with numbers.
fn product<'t>(name: &str, text: &'t str) -> impl Iterator<Item = (usize, &'t str)> + use<'t> {
    let all_tests = name.ends_with("/tests.rs");
    let is_code = move |line: &&str| !all_tests && line.trim() != "#[cfg(test)]";
    // A test module ends its file; a `mod tests;` in another file is one line more.
    (1..).zip(text.lines().take_while(is_code))
}

#[test]
fn every_file_says_what_it_is() {
    for (name, text) in sources() {
        assert!(text.starts_with("//!"), "{name}:1: a file begins with `//!`\nhelp: say what it is and why it is so");
    }
}

#[test]
fn the_product_neither_panics_by_habit_nor_prints() {
    let banned = [
        (".unwrap()", "return an error, or `expect` with the reason why it cannot fail"),
        ("println!(", "write to a stream of src/cli/streams.rs"),
        ("print!(", "write to a stream of src/cli/streams.rs"),
        ("dbg!(", "take it out"),
        ("todo!(", "do it, or return an error"),
        ("unimplemented!(", "do it, or return an error"),
    ];
    let mut faults = Vec::new();
    for (name, text) in sources() {
        for (number, line) in product(&name, &text) {
            let code = line.split_once("//").map_or(line, |(code, _)| code);
            for (what, help) in banned.iter().filter(|(what, _)| code.contains(what)) {
                faults.push(format!("{name}:{number}: {what}\n  help: {help}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_is_too_long_to_keep_in_mind() {
    for (name, text) in sources() {
        let lines = product(&name, &text).count();
        assert!(lines <= LONGEST, "{name} has {lines} lines without its tests\nhelp: split it");
    }
}

#[test]
fn the_architecture_names_what_exists() {
    let Ok(text) = fs::read_to_string(project().join("ARCHITECTURE.md")) else { return };
    let all = sources();
    let words: HashSet<&str> =
        all.iter().flat_map(|(_, text)| text.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(prose(&text)) {
        for name in quoted(&line) {
            if let Some(what) = missing(name, &words) {
                faults.push(format!("ARCHITECTURE.md:{number}: `{name}`: {what}\n  help: name what is there now"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The lines, those inside code blocks empty.
fn prose(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut keep = |line: &str| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        if inside || fence { String::new() } else { line.to_owned() }
    };
    text.lines().map(&mut keep).collect()
}

fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Why a quoted name does not exist; `None` where it does or is no name of ours.
fn missing(name: &str, words: &HashSet<&str>) -> Option<String> {
    let is_path = name.contains('/') || name.ends_with(".rs") || name.ends_with(".md");
    if is_path && name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)) {
        let places = [project().join(name), project().join("src").join(name)];
        let made_later = ["index/", "target/"].iter().any(|folder| name.starts_with(folder));
        return (!made_later && !places.iter().any(|place| place.exists())).then(|| "no such file".to_owned());
    }
    let parts: Vec<_> = name.trim_end_matches("()").split("::").collect();
    let is_ident = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mixed_case =
        |part: &str| part.starts_with(|c: char| c.is_ascii_uppercase()) && part.chars().any(|c| c.is_ascii_lowercase());
    if !parts.iter().all(is_ident) || (parts.len() == 1 && !mixed_case(parts[0])) {
        return None;
    }
    let lost: Vec<_> = parts.into_iter().filter(|part| !words.contains(part)).collect();
    (!lost.is_empty()).then(|| format!("{} is nowhere in src", lost.join(", ")))
}

#[test]
fn the_reader_of_the_architecture_can_fail() {
    let words = HashSet::from(["Searcher", "engine", "open"]);
    let check = |name: &str, expect: bool| assert_eq!(missing(name, &words).is_some(), expect, "{name}");
    check("Searcher", false);
    check("engine::Searcher", false);
    check("Searcher::open()", false);
    check("Finder", true);
    check("engine::Finder", true);
    check("src/lib.rs", false);
    check("engine/mod.rs", false);
    check("src/nowhere.rs", true);
    check("und", false);
    check("--rebuild", false);
    assert_eq!(quoted("a `b` and `c::d`."), ["b", "c::d"]);
    assert_eq!(prose("a\n```\n`X`\n```\nb"), ["a", "", "", "", "b"]);
}

/// The files that belong to the project: not what is built, and not what version control or an editor keeps.
fn tracked() -> Vec<PathBuf> {
    let top = fs::read_dir(project()).expect("the project").map(|entry| entry.expect("it can be read").path());
    let mut files = Vec::new();
    for path in top {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        match name.as_str() {
            ".git" | "target" | "index" | "Cargo.lock" => {}
            _ if path.is_dir() => files.extend(files_below(&path)),
            _ => files.push(path),
        }
    }
    files
}

#[test]
fn no_file_names_the_machine_that_it_was_written_on() {
    // In two pieces, so that this file passes too.
    let homes = [("/ho", "me/"), ("/ro", "ot/"), ("/Us", "ers/"), ("C:\\Us", "ers"), ("/wo", "rk/"), ("/m", "nt/")];
    let homes: Vec<_> = homes.iter().map(|(a, b)| format!("{a}{b}")).collect();
    let mut faults = Vec::new();
    for file in tracked() {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            let starts = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-/~".contains(c));
            for home in &homes {
                if line.match_indices(home.as_str()).any(|(at, _)| starts(at)) {
                    faults.push(format!(
                        "{}:{number}: an absolute path ({home})\n  help: make it relative",
                        shown(&file)
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
