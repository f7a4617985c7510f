//! Makes and measures what Snotra ships but nobody should write by hand.
//!
//! ```sh
//! cargo run --release --manifest-path tools/Cargo.toml -- overrides
//! cargo run --release --manifest-path tools/Cargo.toml -- conflation --data $SNOTRA_DATA
//! cargo run --release --manifest-path tools/Cargo.toml -- compounds --data $SNOTRA_DATA
//! cargo run --release --manifest-path tools/Cargo.toml -- compounds-eval --data $SNOTRA_DATA
//! echo arbejdsmarkedspolitik | cargo run --release --manifest-path tools/Cargo.toml -- compounds-split da
//! cargo run --release --manifest-path tools/Cargo.toml -- langid --data $SNOTRA_DATA
//! cargo run --release --manifest-path tools/Cargo.toml -- langid-eval --data $SNOTRA_DATA
//! cargo run --release --manifest-path tools/Cargo.toml -- lexicon --data $SNOTRA_DATA
//! cargo run --release --manifest-path tools/Cargo.toml -- lexicon-pack
//! ```
//!
//! The splitter and its rules are Snotra's own source files, read by their path: what learns the tables and what uses
//! them is one code. Rejected: a dependency on the library, which would build an engine in order to count words.

#![allow(clippy::duplicate_mod, reason = "what is private to a module of Snotra's is read once more for the tools")]

mod align;
mod conflation;
mod corpus;
mod eval;
mod induce;
#[allow(dead_code, unused_imports, reason = "Snotra uses all of it, the tools some")]
#[path = "../../src/lang/mod.rs"]
mod lang;
mod langid;
mod langid_eval;
mod learn;
mod learned;
#[path = "../../src/lang/linking.rs"]
mod linking;
#[path = "../../src/lang/pack.rs"]
mod pack;
mod parallel;
#[allow(dead_code, reason = "Snotra uses all of it, the tools some")]
#[path = "../../src/lang/profile.rs"]
mod profile;
#[allow(dead_code, unused_imports, reason = "Snotra uses all of it, the tools some")]
#[path = "../../src/text/mod.rs"]
mod text;

use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::learn::Language;
use crate::text::Overrides;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "snotra-tools overrides                                 make the tables of the lists of overrides
snotra-tools conflation --data DIR [--errors]         measure which forms stems bring together (--pos, --names)
snotra-tools compounds --data DIR [LANGUAGE...]       learn the tables and write them to src/lang
snotra-tools compounds-eval --data DIR [--errors]     measure the splitter against hand-made splits
snotra-tools compounds-split LANGUAGE                 split the words of the standard input
snotra-tools compounds-entry LANGUAGE                 what the table says of the words of the standard input
snotra-tools langid --data DIR                        learn the profile of languages and write it to src/lang
snotra-tools langid-eval --data DIR [--errors]        measure the detection of languages
snotra-tools lexicon --data DIR [--half 0|1] [--out DIR]         learn the lists of the lexicon and pack it into src/lang
snotra-tools lexicon-pack [--out DIR]                            pack the lists as they are
snotra-tools lexicon-topics --data DIR --half 0|1 --out DIR      write the topics that nothing was learned from";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let mut data: Option<PathBuf> = std::env::var_os("SNOTRA_DATA").map(PathBuf::from);
    let (mut names, mut errors) = (Vec::new(), false);
    let (mut half, mut out) = (parallel::Half(None), project().join("src/lang"));
    let (mut names_too, mut pos) = (false, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => data = Some(arguments.next().ok_or(USAGE)?.into()),
            "--errors" => errors = true,
            "--half" => half.0 = Some(arguments.next().ok_or(USAGE)?.parse()?),
            "--out" => out = arguments.next().ok_or(USAGE)?.into(),
            "--names" => names_too = true,
            "--pos" => pos = true,
            _ => names.push(argument),
        }
    }
    if names.is_empty() {
        return Err(USAGE.into());
    }
    let verb = names.remove(0);
    let languages: Vec<&Language> = learn::LANGUAGES
        .iter()
        .filter(|language| names.is_empty() || names.iter().any(|n| n == language.code))
        .collect();
    let data = || data.as_deref().ok_or("no --data, and SNOTRA_DATA is not set");
    match verb.as_str() {
        "overrides" => {
            for code in conflation::LANGUAGES {
                let path = |kind: &str| project().join(format!("src/lang/{code}.overrides.{kind}"));
                let list = std::fs::read_to_string(path("tsv"))?;
                let table = Overrides::table(&list).map_err(|fault| format!("{code}: {fault}"))?;
                std::fs::write(path("bin"), &table)?;
                println!("{code}: {} bytes", table.len());
            }
        }
        "compounds" => {
            for language in languages {
                let table = learn::learn(language, data()?)?;
                let path = project().join(format!("src/lang/{}.compounds.fst", language.code));
                std::fs::write(&path, &table)?;
                println!("{}: {} bytes", language.code, table.len());
            }
        }
        "conflation" => conflation::eval(data()?, errors, names_too, pos)?,
        "compounds-eval" => eval::eval(&languages, data()?, errors)?,
        "compounds-split" => {
            let language = languages.first().ok_or(USAGE)?;
            let splitter = language.splitter(language.shipped()?, true)?;
            let mut words = String::new();
            std::io::stdin().read_to_string(&mut words)?;
            let mut out = std::io::stdout().lock();
            for word in words.split_whitespace() {
                let line = splitter.explain(word).map(|(parts, gain)| {
                    let bases: Vec<&str> = parts.iter().map(|part| part.base.as_str()).collect();
                    format!("{word}\t{}\t{}\t{gain:.1}", eval::joined(word, &parts), bases.join(" "))
                });
                writeln!(out, "{}", line.unwrap_or_else(|| format!("{word}\t{word}")))?;
            }
        }
        "compounds-entry" => {
            let language = languages.first().ok_or(USAGE)?;
            let splitter = language.splitter(language.shipped()?, true)?;
            let mut words = String::new();
            std::io::stdin().read_to_string(&mut words)?;
            for word in words.split_whitespace() {
                println!("{word}\t{:?}", splitter.entry(word));
            }
        }
        "langid" => langid::learn(data()?)?,
        "langid-eval" => langid_eval::eval(data()?, errors)?,
        "lexicon" => {
            let learned = learned::learn(&parallel::bitexts(data()?, half)?, pack::LISTS.hand)?;
            let induced = induce::induce(data()?, pack::LISTS.hand, &learned)?;
            std::fs::write(out.join("lexicon.learned.tsv"), &learned)?;
            std::fs::write(out.join("lexicon.induced.tsv"), &induced)?;
            write_lexicon(&pack::Lists { learned: &learned, induced: &induced, ..pack::LISTS }, &out)?;
        }
        "lexicon-pack" => {
            // One that was learned elsewhere can be packed too.
            let list = |name: &str| {
                let there = out.join(name);
                let path = if there.exists() { there } else { project().join("src/lang").join(name) };
                std::fs::read_to_string(path)
            };
            let (hand, learned) = (list("lexicon.tsv")?, list("lexicon.learned.tsv")?);
            let (induced, false_friends) = (list("lexicon.induced.tsv")?, list("false_friends.tsv")?);
            let lists =
                pack::Lists { hand: &hand, learned: &learned, induced: &induced, false_friends: &false_friends };
            write_lexicon(&lists, &out)?;
        }
        "lexicon-topics" => parallel::held_out(data()?, half, &out)?,
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

/// Packs the lexicon of these lists into a folder.
fn write_lexicon(lists: &pack::Lists<'_>, out: &Path) -> Outcome<()> {
    let packed = pack::pack(lists)?;
    std::fs::write(out.join("lexicon.bin"), &packed)?;
    println!("lexicon: {} bytes", packed.len());
    Ok(())
}

/// The folder of Snotra itself.
fn project() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
