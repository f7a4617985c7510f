//! The recorded figures as a page for people. It is made from the records alone, so that anyone can make it again
//! without the collections.

use std::fmt::Write;

use crate::app::bench::ALL;
use crate::app::bench::Experiment;
use crate::app::bench::SettingValue;
use crate::cli::bench::listed;
use crate::cli::bench::record;
use crate::cli::bench::record::Record;
use crate::cli::failure::Failure;

const HEAD: &str = "\
# Quality

What the ranking is worth, by the records in `benches/record`. Generated, do not edit: \
`snotra bench --report docs/quality.md benches/quality/*.toml`.

Each section is an experiment in `benches/quality` and can be had again with the command under its title. Collections \
other than the sample corpus are looked for where `SNOTRA_DATA` points to ([corpus/README.md](../corpus/README.md) says \
what they are and how they were made). Figures of different collections cannot be compared with each other: they differ \
in size, in language and in what counts as relevant. How to read the measures: [evaluation.md](evaluation.md).
";

/// The page about `experiments`, by name: shells disagree about the order of files.
pub(super) fn markdown(experiments: &[Experiment]) -> Result<String, Failure> {
    let mut page = HEAD.to_owned();
    let mut sorted: Vec<_> = experiments.iter().collect();
    sorted.sort_by_key(|experiment| &experiment.name);
    for experiment in sorted {
        let Some(record) = Record::read(experiment)? else {
            let file = experiment.file().display();
            return Err(Failure::new(format!("nothing is recorded of {}", experiment.name))
                .hint(format!("record it: snotra bench --update {file}"))
                .hint(format!("its record would be {}", record::place(experiment).display())));
        };
        section(&mut page, &record).expect("memory takes every write");
    }
    Ok(page)
}

fn section(page: &mut String, record: &Record) -> std::fmt::Result {
    let Record { name, about, .. } = record;
    let options = record.search.options.iter().map(|(name, value)| format!("{name} {}", shown(value)));
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
    writeln!(page, "| topics | | number | {} |", record.measures.join(" | "))?;
    writeln!(page, "|---|---|--:|{}", "--:|".repeat(record.measures.len()))?;
    let mut groups: Vec<_> = record.figures.keys().collect();
    groups.sort_by_key(|group| (*group == ALL, *group));
    for group in groups {
        let kind = group.split('-').next().unwrap_or_default();
        let kind = record.kinds.get(kind).map(String::as_str).unwrap_or_default();
        let number = record.topics.get(group).copied().unwrap_or(0);
        let value = |measure: &String| {
            record.figures[group].get(measure).map_or("–".to_owned(), |value| format!("{value:.4}"))
        };
        let values: Vec<_> = record.measures.iter().map(value).collect();
        writeln!(page, "| {group} | {kind} | {number} | {} |", values.join(" | "))?;
    }
    Ok(())
}

fn shown(value: &SettingValue) -> String {
    match value {
        SettingValue::Flag(true) => "on".to_owned(),
        SettingValue::Flag(false) => "off".to_owned(),
        value => value.to_string(),
    }
}
