//! The recorded figures as a page for people. It is made from the records alone, so that anyone can make it again
//! without the collections.

use std::fmt::Write;

use crate::app::bench::ALL;
use crate::app::bench::Experiment;
use crate::app::bench::Figures;
use crate::cli::failure::Failure;
use crate::output::listed;
use crate::output::record;
use crate::output::record::Previous;
use crate::output::record::Record;
use crate::output::record::in_words;
use crate::output::record::short;
use crate::output::significance::mark;

const HEAD: &str = "\
# Quality

What the ranking is worth, by the records in `benches/record`. Generated, do not edit: \
`snotra bench --report docs/quality.md benches/quality/*.toml`.

Each section is an experiment in `benches/quality` and can be had again with the command under its title. Collections \
other than the sample corpus are looked for where `SNOTRA_DATA` points to ([corpus/README.md](../corpus/README.md) says \
what they are and how they were made). Figures of different collections cannot be compared with each other: they differ \
in size, in language and in what counts as relevant. How to read the measures: [evaluation.md](evaluation.md).

*Plain tantivy* is what the engine's library does by itself: its tokenizer, a Snowball stemmer, title and body in one \
field, its BM25. † p < 0.05, ‡ p < 0.01 for the difference (paired two-sided randomisation test, Holm-corrected over \
the tests of a section against one system).
";

/// The page about `experiments`, by name: shells disagree about the order of files.
pub(super) fn markdown(experiments: &[Experiment]) -> Result<String, Failure> {
    let mut page = HEAD.to_owned();
    let mut sorted: Vec<_> = experiments.iter().collect();
    sorted.sort_by_key(|experiment| &experiment.name);
    for experiment in sorted {
        let place = record::place(experiment);
        let Some(record) = Record::read(&place)? else {
            let file = experiment.file().display();
            return Err(Failure::new(format!("nothing is recorded of {}", experiment.name))
                .hint(format!("record it: snotra bench --update {file}"))
                .hint(format!("its record would be {}", place.display())));
        };
        section(&mut page, &record).expect("memory takes every write");
    }
    Ok(page)
}

fn section(page: &mut String, record: &Record) -> std::fmt::Result {
    let Record { name, about, .. } = record;
    let options = record.search.options.iter().map(|(name, value)| format!("{name} {}", in_words(value)));
    let options: Vec<_> = options.collect();
    writeln!(page, "\n## {name}\n\n{about}\n\n```sh\nsnotra bench benches/quality/{name}.toml\n```\n")?;
    writeln!(
        page,
        "{}. Recorded {} by Snotra {}, with {}.\n",
        listed(&record.index.documents),
        record.date,
        record.snotra,
        options.join(", ")
    )?;
    let before = record.previous.as_ref();
    let columns: Vec<_> = record.measures.iter().map(|measure| columns(measure, before.is_some())).collect();
    writeln!(page, "| topics | | number | {} |", columns.join(" | "))?;
    let width = if before.is_some() { 5 } else { 3 };
    writeln!(page, "|---|---|--:|{}", "--:|".repeat(width * record.measures.len()))?;
    let numbers = record.topics_by_group();
    let mut groups: Vec<_> = record.figures().keys().collect();
    groups.sort_by_key(|group| (*group != ALL, *group));
    for group in groups {
        let kind = group.split('-').next().unwrap_or_default();
        let kind = record.kinds.get(kind).map(String::as_str).unwrap_or_default();
        let number = numbers.get(group.as_str()).copied().unwrap_or(0);
        let values: Vec<_> = record.measures.iter().map(|measure| cells(record, group, measure)).collect();
        writeln!(page, "| {group} | {kind} | {number} | {} |", values.join(" | "))?;
    }
    if let Some(Previous { date, revision, .. }) = before {
        let revision = revision.as_deref().map(|revision| format!(", {}", short(revision))).unwrap_or_default();
        writeln!(page, "\n*Before* is what was recorded on {date}{revision}.")?;
    }
    Ok(())
}

fn columns(measure: &str, before: bool) -> String {
    let change = if before { " | before | change" } else { "" };
    format!("{measure} | plain tantivy | gain{change}")
}

/// The value, that of the plain system and the difference; and the same for what was recorded before.
fn cells(record: &Record, group: &str, measure: &str) -> String {
    let of = |figures: &Figures| figures.get(group).and_then(|row| row.get(measure)).copied();
    let value = of(record.figures());
    let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
    let versus = |figures: &Figures, p: &Figures| {
        let difference = value.zip(of(figures)).map(|(now, other)| now - other);
        let difference = difference.map_or("–".to_owned(), |difference| format!("{difference:+.4}"));
        format!("{} | {difference}{}", number(of(figures)), of(p).map_or("", mark))
    };
    let mut cells = number(value);
    let plain = record.systems.get(1).map(|plain| (&plain.figures, &plain.p));
    let before = record.previous.as_ref().map(|before| (&before.figures, &before.p));
    for (figures, p) in plain.into_iter().chain(before) {
        cells.push_str(" | ");
        cells.push_str(&versus(figures, p));
    }
    cells
}
