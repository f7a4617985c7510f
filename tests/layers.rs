//! The layers, held by reading the source: a module imports from the rows below it and from itself, never sideways or
//! up, and a crate that is confined to one place is named nowhere else. So every layer could become a crate unchanged.
//!
//! Plain text is scanned, not syntax: imports stand one on a line, and `crate::` says where each leads.

use std::fs;
use std::path::Path;

use crate::support::files_below;
use crate::support::project;

/// The rows, lowest first.
const ROWS: &[&[&str]] = &[
    &["doc", "text"],
    &["lang", "source", "eval"],
    &["query", "snippet"],
    &["engine"],
    &["app"],
    &["output"],
    &["cli", "server"],
];

/// Crates that only these files or folders of `src` may name.
const CONFINED: &[(&str, &[&str])] = &[
    ("anstream", &["output/", "cli/"]),
    ("anstyle", &["output/", "cli/"]),
    ("chardetng", &["source/decode.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("console", &["cli/keys.rs"]),
    ("dom_smoothie", &["source/html.rs"]),
    ("flate2", &["source/"]),
    ("fst", &["text/compound.rs", "text/overrides.rs"]),
    ("ignore", &["source/walk.rs"]),
    ("indicatif", &["cli/progress.rs"]),
    ("levenshtein_automata", &["text/near.rs"]),
    ("memchr", &["eval/"]),
    ("plotters", &["output/report/"]),
    ("plotters_backend", &["output/report/"]),
    ("pulldown_cmark", &["source/markdown.rs"]),
    ("rust_stemmers", &["text/stem.rs"]),
    ("ruzstd", &["source/"]),
    ("tantivy", &["engine/"]),
    ("toml_edit", &["app/bench/"]),
    ("whatlang", &["lang/detect.rs"]),
];

#[test]
fn every_module_keeps_to_its_row() {
    let src = project().join("src");
    let mut faults = Vec::new();
    for file in files_below(&src).iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let name = file.strip_prefix(&src).expect("it is below").to_string_lossy().replace('\\', "/");
        faults.extend(scan(&name, &fs::read_to_string(file).expect("source is text")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_language_file_is_registered() {
    let folder = project().join("src/lang");
    let registry = fs::read_to_string(folder.join("mod.rs")).expect("the registry");
    let (_, list) = registry.split_once("LANGUAGES: ").expect("the list");
    let list = &list[..list.find(';').expect("its end")];
    for file in files_below(&folder) {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let others = ["mod", "detect", "lexicon", "linking", "pack", "passages", "profile", "vocabulary"];
        let Some(code) = name.strip_suffix(".rs").filter(|code| !others.contains(code)) else { continue };
        let registered = list.contains(&format!("&{code}::"));
        assert!(registered, "src/lang/{name} is not in LANGUAGES\nhelp: add a line for it in src/lang/mod.rs");
    }
}

/// What is wrong in the file called `name` (relative to `src`) with this `text`.
fn scan(name: &str, text: &str) -> Vec<String> {
    let path: Vec<_> = name.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_matches('/').split('/').collect();
    let own = path[0];
    let is_root = name == "lib.rs" || name == "main.rs";
    let mut faults = Vec::new();
    let mut fault = |line: usize, what: String, help: &str| {
        faults.push(format!("src/{name}:{line}: {what}\n  help: {help}"));
    };
    let row = row_of(own);
    if row.is_none() && !is_root {
        fault(1, format!("the module `{own}` is in no row"), "add it to ROWS in tests/layers.rs");
    }
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        if code.contains("crate::{") {
            fault(number, "a grouped import hides what it imports".to_owned(), "write one `use crate::...;` a line");
        }
        for target in paths(code, path.len()) {
            let (Some(from), Some(to)) = (row, row_of(target)) else { continue };
            if target != own && to >= from {
                let way = if to == from { "sideways" } else { "upwards" };
                let help = "move what is needed to a lower row, or hand it in as an argument";
                fault(number, format!("`{own}` (row {from}) imports {way} from `{target}` (row {to})"), help);
            }
        }
        for (name_of_crate, homes) in CONFINED {
            let at_home = homes.iter().any(|home| name.starts_with(home));
            if !at_home && names_crate(code, name_of_crate) {
                let help = format!("use what {} offers, or add to it", homes.join(" or "));
                fault(number, format!("the crate `{name_of_crate}` is named outside its place"), &help);
            }
        }
    }
    faults
}

fn row_of(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// The modules that `code` names from the crate's root: by `crate::`, or by as many `super::` as its file lies deep.
fn paths(code: &str, depth: usize) -> Vec<&str> {
    let climb = "super::".repeat(depth);
    let mut found = Vec::new();
    for prefix in ["crate::", climb.as_str()] {
        for (at, _) in code.match_indices(prefix) {
            let name = &code[at + prefix.len()..];
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            if !continues_a_name(code, at) {
                found.push(&name[..end]);
            }
        }
    }
    found
}

/// Whether `code` names the crate: `use tantivy;` or `tantivy::...`, but not `engine::tantivy::` or `my_tantivy::`.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let inner = continues_a_name(code, at) || before.ends_with("::") && before.trim() != "use ::";
        let imported = before.trim_end().ends_with("use") && after.trim_start().starts_with([';', ' ']);
        !inner && (after.starts_with("::") || imported)
    })
}

fn continues_a_name(code: &str, at: usize) -> bool {
    code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[test]
fn the_scanner_catches_what_it_should() {
    let check = |name: &str, text: &str, expect: Option<&str>| {
        let faults = scan(name, text);
        match expect {
            None => assert!(faults.is_empty(), "{text}: {faults:?}"),
            Some(expect) => {
                assert_eq!(faults.len(), 1, "{text}: {faults:?}");
                assert!(faults[0].contains(expect) && faults[0].contains("help: "), "{text}: {}", faults[0]);
            }
        }
    };
    check("query/plan.rs", "use crate::lang::Language;\nuse crate::query::Node;", None);
    check(
        "query/plan.rs",
        "\nuse crate::engine::Searcher;",
        Some("src/query/plan.rs:2: `query` (row 2) imports upwards"),
    );
    check("lang/mod.rs", "let x = crate::source::clean(text);", Some("sideways from `source`"));
    check("text/fold.rs", "pub(in crate::cli) fn x() {}", Some("upwards from `cli`"));
    check("snippet.rs", "use super::engine::Searcher;", Some("upwards from `engine`"));
    check("source/txt.rs", "use super::super::lang::UND;", Some("sideways from `lang`"));
    check("source/txt.rs", "use super::clean::clean;", None);
    check("app/mod.rs", "//! see [`crate::cli::main`]\nlet a = 1; // crate::cli", None);
    check("app/mod.rs", "use crate::{doc::Date, cli::main};", Some("grouped"));
    check("app/mod.rs", "use tantivy::Index;", Some("`tantivy` is named outside"));
    check("app/mod.rs", "use tantivy;", Some("`tantivy` is named outside"));
    check("app/mod.rs", "use ::tantivy::Index;", Some("`tantivy` is named outside"));
    check("engine/schema.rs", "fn a() -> tantivy::Result<()> { my_tantivy::x() }", None);
    check("source/html.rs", "use pulldown_cmark::Parser;", Some("`pulldown_cmark`"));
    check("lang/mod.rs", "whatlang::detect(text)", Some("`whatlang`"));
    check("helpers/mod.rs", "", Some("is in no row"));
    check("main.rs", "snotra::cli::main()", None);
    assert!(Path::new(&project().join("src/lib.rs")).exists(), "the scan reads the real source");
}
