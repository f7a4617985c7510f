//! A report: experiments that were run, as one page to read, to hand on and to print.
//!
//! The page is one file that asks for nothing: no script, no font, no picture from elsewhere, and it says so itself in
//! its content security policy. What is pointed at is named by the browser's own means. Rejected: a template engine
//! (another language for some two hundred lines of markup) and tables that can be sorted (a script, and the order that
//! they come in is part of what they say).

mod canvas;
mod markup;
mod plots;
mod section;
mod topics;
mod versus;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use crate::app::bench::BenchError;
use crate::output::count;
use crate::output::details::Details;
use crate::output::record::Record;
use crate::output::report::markup::Text;
use crate::output::report::plots::Intervals;
use crate::output::report::section::cells;
use crate::output::report::section::heads;
use crate::output::report::versus::Versus;

/// A record of an experiment, and what lies beside it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read from.
    pub path: PathBuf,
    /// The record.
    pub record: Record,
    /// The texts of its topics and what was found, where they are at hand.
    pub details: Option<Details>,
}

/// The page about `sources`: one section for each experiment, in the order given. An experiment of which there is one
/// record shows Snotra against the plain system; of two or more, the first is the baseline of the others.
///
/// # Errors
/// When a record does not say what is needed, or two have nothing in common.
pub fn page(sources: &[Source]) -> Result<String, BenchError> {
    let mut names = BTreeSet::new();
    let mut compared = Vec::new();
    for source in sources {
        let name = source.record.name.as_str();
        let mut alike = sources.iter().filter(|other| other.record.name == name);
        match (alike.next(), alike.next()) {
            _ if !names.insert(name) => {}
            (Some(first), Some(second)) => {
                for now in [second].into_iter().chain(alike) {
                    compared.push(Versus::between(first, now)?);
                }
            }
            _ => compared.push(Versus::within(source)?),
        }
    }
    let mut page = String::new();
    write(&mut page, &compared).expect("memory takes every write");
    Ok(page)
}

const STYLE: &str = include_str!("style.css");

fn write(page: &mut String, compared: &[Versus<'_>]) -> std::fmt::Result {
    let names: Vec<_> = compared.iter().map(|versus| versus.new.source.record.name.as_str()).collect();
    let title = match names.as_slice() {
        [name] => format!("{name}: relevance report"),
        _ => "Relevance report".to_owned(),
    };
    writeln!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
        base-uri 'none'; form-action 'none'\"/>\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
        <meta name=\"color-scheme\" content=\"light dark\"/>\n\
        <meta name=\"referrer\" content=\"no-referrer\"/>\n\
        <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<p class=\"kicker\">Snotra</p>\n\
        <h1>Relevance report</h1>\n<p class=\"lead\">{}</p>\n</header>\n<main>",
        Text(&title),
        Text(&lead(compared)),
    )?;
    if compared.len() > 1 {
        overview(page, compared)?;
    }
    for (number, versus) in (1..).zip(compared) {
        section::write(page, number, versus)?;
    }
    writeln!(page, "</main>\n<footer>\n{}</footer>\n</body>\n</html>", section::reading())
}

fn lead(compared: &[Versus<'_>]) -> String {
    let of = |versus: &Versus<'_>| format!("{} against {}", versus.new.label, versus.baseline.label);
    let sorts: BTreeSet<_> = compared.iter().map(of).collect();
    let sorts: Vec<_> = sorts.into_iter().collect();
    format!("{}: {}.", count(compared.len() as u64, "experiment"), sorts.join("; "))
}

/// Every experiment in one table, by the measure that it puts first.
fn overview(page: &mut String, compared: &[Versus<'_>]) -> std::fmt::Result {
    let intervals = Intervals::of(compared.iter().map(Versus::all));
    writeln!(
        page,
        "<section id=\"overview\" aria-labelledby=\"overview-title\">\n<h2 id=\"overview-title\">Overview</h2>\n\
        <div class=\"wide\" role=\"region\" aria-labelledby=\"overview-table\" tabindex=\"0\">\n<table>\n\
        <caption id=\"overview-table\"><span>Every experiment by its first measure. Figures of different experiments cannot be \
        compared with each other.</span></caption>\n\
        <thead><tr><th scope=\"col\">Experiment</th><th scope=\"col\">Measure</th>{}</tr></thead>\n<tbody>",
        heads(["Baseline", "New"], &intervals),
    )?;
    for (number, versus) in (1..).zip(compared) {
        writeln!(
            page,
            "<tr><th scope=\"row\"><a href=\"#e{number}\">{}</a></th><td>{}</td>{}</tr>",
            Text(&versus.new.source.record.name),
            Text(versus.measures[0]),
            cells(versus.topics.len(), versus.all(), &intervals),
        )?;
    }
    writeln!(page, "</tbody>\n</table>\n</div>\n</section>")
}
