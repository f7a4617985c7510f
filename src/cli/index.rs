//! `snotra index`.

use crate::app;
use crate::app::IndexOptions;
use crate::app::IndexReport;
use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::args::Index;
use crate::cli::args::Machine;
use crate::cli::failure::Failure;
use crate::cli::progress::Bar;
use crate::cli::streams::Streams;
use crate::cli::vocabulary;
use crate::engine::WriterOptions;
use crate::lang::LANGUAGES;
use crate::lang::Vocabulary;
use crate::output::count;
use crate::output::json;
use crate::output::sanitize;

pub(super) fn run(options: &Index, global: &Global, streams: &mut Streams) -> Result<Outcome, Failure> {
    if options.paths.is_empty() && !global.index.join(crate::engine::MANIFEST).exists() {
        return Err(Failure::new("there is nothing to index").hint("name files or folders: snotra index PATH..."));
    }
    let languages = if options.languages.is_empty() { LANGUAGES.to_vec() } else { options.languages.clone() };
    let vocabulary = match &options.vocabulary {
        Some(path) => Some(vocabulary::read(path, streams)?),
        None => options.no_vocabulary.then(Vocabulary::default),
    };
    let index_options = IndexOptions {
        writer: writer_options(&options.machine),
        languages,
        force: options.force_lang,
        vocabulary,
        ignore_declared: options.ignore_declared_lang,
        keep_missing: options.keep_missing,
        rebuild: options.rebuild,
    };
    let bar = Bar::new(global);
    let report = app::index(&global.index, &options.paths, &index_options, &bar)?;
    if global.json {
        json::write_line(&mut streams.out, &json::report(&report))?;
    }
    tell(&report, global, streams);
    Ok(if report.problems.is_empty() { Outcome::Done } else { Outcome::Partial })
}

pub(super) fn writer_options(machine: &Machine) -> WriterOptions {
    let threads = machine.threads.map_or_else(all_threads, usize::from);
    // tantivy refuses less than 15 MB a thread.
    let threads = threads.min(machine.memory as usize / 16).max(1);
    WriterOptions { threads, memory: machine.memory as usize * 1_000_000 }
}

pub(super) fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |threads| threads.get().min(16))
}

/// The summary of a run, for people.
pub(super) fn tell(report: &IndexReport, global: &Global, streams: &mut Streams) {
    for problem in &report.problems {
        streams.problem(problem);
    }
    for warning in &report.warnings {
        streams.warning(&warning.to_string());
    }
    let languages: Vec<_> = report.languages.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let mut lines = vec![format!(
        "{} indexed{}",
        count(report.indexed, "document"),
        if languages.is_empty() { String::new() } else { format!(" ({})", languages.join(", ")) }
    )];
    for (number, noun, what) in [
        (report.unchanged, "document", " as before, in files that changed"),
        (report.duplicates, "duplicate", " passed over"),
        (report.removed, "document", " removed"),
        (report.files_unchanged, "file", " unchanged, not read again"),
        (report.links, "link", " not followed"),
        (report.problems.len() as u64, "problem", " (see above)"),
    ] {
        if number > 0 {
            lines.push(format!("{}{what}", count(number, noun)));
        }
    }
    let entries: Vec<_> = report.vocabulary.iter().map(|(code, count)| format!("{code} {count}")).collect();
    if !entries.is_empty() {
        lines.push(format!("analysed with the vocabulary of the index ({})", entries.join(", ")));
    }
    if !report.skipped.is_empty() {
        let name = |extension: &String| match extension.as_str() {
            "" => "without extension".to_owned(),
            extension => format!(".{}", sanitize(extension)),
        };
        let skipped: Vec<_> = report.skipped.iter().map(|(extension, n)| format!("{n} {}", name(extension))).collect();
        lines.push(format!("skipped, no known format: {}", skipped.join(", ")));
        if report.skipped.contains_key("pdf") || report.skipped.contains_key("docx") {
            lines.push("PDF and Word documents cannot be read yet".to_owned());
        }
    }
    let megabytes = report.text_bytes as f64 / 1e6;
    let rate = megabytes / report.seconds.max(1e-9);
    lines.push(format!(
        "{} read, {megabytes:.1} MB of text in {:.1} s ({rate:.1} MB/s)",
        count(report.files_read, "file"),
        report.seconds
    ));
    if global.verbose {
        lines.push(format!("the index is at {}", global.index.display()));
    }
    for line in lines {
        streams.note(&line);
    }
}
