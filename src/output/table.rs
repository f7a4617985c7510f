//! Formats of an evaluation: one constant and one line in [`TABLE_FORMATS`] each.
//!
//! JSON holds everything, TSV a row for every figure. Text, Markdown and LaTeX show the same sheets, each in its own
//! mark-up: values with four decimals, as `trec_eval` prints them, and a dagger where a run differs from the baseline.

use std::borrow::Cow;
use std::io;
use std::io::Write;

use anstyle::Style;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::eval::CONFIDENCE;
use crate::eval::Comparison;
use crate::eval::PERMUTATIONS;
use crate::eval::RESAMPLES;
use crate::eval::Row;
use crate::eval::Section;
use crate::eval::System;
use crate::eval::Versus;
use crate::output::json;
use crate::output::sanitize;
use crate::output::significance::legend;
use crate::output::significance::mark;
use crate::output::significance::p_value;

/// Every format, by name; the first is the default.
pub static TABLE_FORMATS: &[TableFormat] = &[TEXT, JSON, TSV, MARKDOWN, LATEX];

/// How an evaluation is written.
#[derive(Debug, Clone, Copy)]
pub struct TableFormat {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Writes all of it.
    pub write: fn(&mut dyn Write, &Report<'_>) -> io::Result<()>,
}

/// The format for programs.
pub const JSON: TableFormat = TableFormat { name: "json", write: write_json };

/// An evaluation, and how much of it to show.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The figures.
    pub comparison: &'a Comparison,
    /// Where each system's run was read from.
    pub files: &'a [String],
    /// Show the value of every topic.
    pub per_topic: bool,
    /// Show the tests of every measure, and how the measures agree. JSON and TSV always do.
    pub verbose: bool,
}

const TEXT: TableFormat = TableFormat { name: "text", write: write_text };
const TSV: TableFormat = TableFormat { name: "tsv", write: write_tsv };
const MARKDOWN: TableFormat = TableFormat { name: "markdown", write: write_markdown };
const LATEX: TableFormat = TableFormat { name: "latex", write: write_latex };

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// What stands for all topics where a topic or a kind of topic could stand, as in `trec_eval`.
const ALL: &str = "all";

fn write_text(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    // The measure named first is the one that matters most; the tests of the others are a question away.
    let sheets = sheets(report, if report.verbose { usize::MAX } else { 1 });
    for (number, sheet) in sheets.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{BOLD}{}{BOLD:#}", sanitize(&sheet.title))?;
        let head = sheet.head.iter().map(|text| Shown::text(text.clone())).collect();
        let lines: Vec<&Vec<Shown>> = [&head].into_iter().chain(&sheet.rows).collect();
        let length = |column: usize, line: &Vec<Shown>| sanitize(&line[column].text).chars().count();
        let widths: Vec<_> = (0..sheet.head.len())
            .map(|column| lines.iter().map(|line| length(column, line)).max().unwrap_or(0))
            .collect();
        for (number, line) in lines.iter().enumerate() {
            let mut text = String::new();
            for (column, (shown, &width)) in line.iter().zip(&widths).enumerate() {
                let pad = " ".repeat(width - length(column, line));
                let cell = sanitize(&shown.text);
                let cell = if shown.best { format!("{BOLD}{cell}{BOLD:#}") } else { cell.into_owned() };
                let right = sheet.rows.first().is_some_and(|row| row[column].number);
                // A column of numbers keeps a place for the marks, so that the digits stand below each other.
                let mark = match (right, shown.mark) {
                    (true, "") => " ",
                    (_, mark) => mark,
                };
                text.push_str(&if right { format!("{pad}{cell}{mark} ") } else { format!("{cell}{pad}  ") });
            }
            match number {
                0 => writeln!(out, "{DIM}{}{DIM:#}", text.trim_end())?,
                _ => writeln!(out, "{}", text.trim_end())?,
            }
        }
    }
    for note in notes(report) {
        writeln!(out, "\n{DIM}{}{DIM:#}", sanitize(&note))?;
    }
    Ok(())
}

fn write_markdown(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for sheet in sheets(report, if report.verbose { usize::MAX } else { 0 }) {
        writeln!(out, "**{}**\n", escaped(&sheet.title, MARKDOWN_SPECIAL))?;
        let head: Vec<_> = sheet.head.iter().map(|text| escaped(text, MARKDOWN_SPECIAL)).collect();
        writeln!(out, "| {} |", head.join(" | "))?;
        let rules = (0..head.len()).map(|column| if sheet.is_number(column) { "--:" } else { ":--" });
        writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        for row in &sheet.rows {
            let cells = row.iter().map(|Shown { text, mark, best, .. }| {
                let text = escaped(text, MARKDOWN_SPECIAL);
                if *best { format!("**{text}**{mark}") } else { format!("{text}{mark}") }
            });
            writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
        }
        writeln!(out)?;
    }
    for note in notes(report) {
        writeln!(out, "{}", escaped(&note, MARKDOWN_SPECIAL))?;
    }
    Ok(())
}

const MARKDOWN_SPECIAL: &[(char, &str)] = &[
    ('\\', "\\\\"),
    ('|', "\\|"),
    ('*', "\\*"),
    ('_', "\\_"),
    ('`', "\\`"),
    ('<', "&lt;"),
    ('&', "&amp;"),
    ('[', "\\["),
    (']', "\\]"),
];

/// For the package booktabs.
fn write_latex(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for sheet in sheets(report, if report.verbose { usize::MAX } else { 0 }) {
        writeln!(out, "% {}", sanitize(&sheet.title))?;
        let columns: String = (0..sheet.head.len()).map(|at| if sheet.is_number(at) { 'r' } else { 'l' }).collect();
        writeln!(out, "\\begin{{tabular}}{{{columns}}}\n\\toprule")?;
        let head: Vec<_> = sheet.head.iter().map(|text| escaped(text, LATEX_SPECIAL)).collect();
        writeln!(out, "{} \\\\\n\\midrule", head.join(" & "))?;
        for row in &sheet.rows {
            let cells = row.iter().map(|Shown { text, mark, best, .. }| {
                let text = escaped(text, LATEX_SPECIAL);
                let mark = escaped(mark, LATEX_SPECIAL);
                if *best { format!("\\textbf{{{text}}}{mark}") } else { format!("{text}{mark}") }
            });
            writeln!(out, "{} \\\\", cells.collect::<Vec<_>>().join(" & "))?;
        }
        writeln!(out, "\\bottomrule\n\\end{{tabular}}\n")?;
    }
    for note in notes(report) {
        writeln!(out, "% {}", sanitize(&note))?;
    }
    Ok(())
}

const LATEX_SPECIAL: &[(char, &str)] = &[
    ('\\', "\\textbackslash{}"),
    ('&', "\\&"),
    ('%', "\\%"),
    ('$', "\\$"),
    ('#', "\\#"),
    ('_', "\\_"),
    ('{', "\\{"),
    ('}', "\\}"),
    ('~', "\\textasciitilde{}"),
    ('^', "\\textasciicircum{}"),
    ('<', "$<$"),
    ('†', "$^{\\dagger}$"),
    ('‡', "$^{\\ddagger}$"),
];

/// `text` on one line, with `special` characters written as the format wants them.
fn escaped(text: &str, special: &[(char, &str)]) -> String {
    let written = |c: char| special.iter().find(|(known, _)| *known == c).map(|(_, written)| *written);
    sanitize(text).chars().map(|c| written(c).map_or_else(|| Cow::Owned(c.to_string()), Cow::Borrowed)).collect()
}

/// A table to be shown.
struct Sheet {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<Shown>>,
}

/// A cell to be shown.
struct Shown {
    text: String,
    mark: &'static str,
    best: bool,
    /// Stands to the right.
    number: bool,
}

impl Sheet {
    fn is_number(&self, column: usize) -> bool {
        self.rows.first().is_some_and(|row| row[column].number)
    }
}

impl Shown {
    fn text(text: String) -> Self {
        Self { text, mark: "", best: false, number: false }
    }

    fn number(text: String) -> Self {
        Self { number: true, ..Self::text(text) }
    }
}

/// The values; then the tests of the first `tested` measures; then the topics.
fn sheets(report: &Report<'_>, tested: usize) -> Vec<Sheet> {
    let Comparison { measures, systems, sections, correlations, .. } = report.comparison;
    let names: Vec<_> = measures.iter().map(ToString::to_string).collect();
    let mut sheets: Vec<_> = sections.iter().map(|section| values(report.comparison, section, &names)).collect();
    if systems.len() > 1 {
        sheets
            .extend((0..measures.len().min(tested)).map(|measure| tests(report.comparison, measure, &names[measure])));
    }
    if report.verbose && !correlations.is_empty() {
        let row = |measures: [usize; 2], tau: Option<f64>| {
            let pair = measures.map(|measure| Shown::text(names[measure].clone()));
            let tau = tau.map_or_else(|| "–".to_owned(), |tau| format!("{tau:.4}"));
            pair.into_iter().chain([Shown::number(tau)]).collect()
        };
        sheets.push(Sheet {
            title: "How alike two measures rank the runs".to_owned(),
            head: ["measure", "measure", "Kendall's tau-b"].map(str::to_owned).to_vec(),
            rows: correlations.iter().map(|correlation| row(correlation.measures, correlation.tau)).collect(),
        });
    }
    if report.per_topic {
        sheets.push(topics(report.comparison, &names));
    }
    sheets
}

fn values(comparison: &Comparison, section: &Section, names: &[String]) -> Sheet {
    let counts: Vec<_> = section.rows.iter().map(|row| row.topics).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    let count = if most == 1 { "1 topic".to_owned() } else { format!("{most} topics") };
    let title = match section.prefix.as_deref() {
        None if most > 1 => format!("All {count}"),
        None => count,
        Some("") => format!("Topics of no kind: {count}"),
        Some(prefix) => format!("{prefix}: {count}"),
    };
    let unequal = counts.iter().any(|&count| count != most);
    let mut head = vec!["run".to_owned()];
    head.extend(unequal.then(|| "topics".to_owned()));
    head.extend(names.iter().cloned());
    let best = |measure: usize| {
        let values = section.rows.iter().map(|row| row.cells[measure].value);
        values.fold(f64::NEG_INFINITY, f64::max)
    };
    let row = |(system, row): (&System, &Row)| {
        let mut cells = vec![Shown::text(system.name.clone())];
        cells.extend(unequal.then(|| Shown::number(row.topics.to_string())));
        cells.extend(row.cells.iter().enumerate().map(|(measure, cell)| {
            let best = section.rows.len() > 1 && cell.value == best(measure);
            let mark = cell.versus.as_ref().map_or("", |versus| mark(versus.p_holm));
            Shown { mark, best, ..Shown::number(format!("{:.4}", cell.value)) }
        }));
        cells
    };
    Sheet { title, head, rows: comparison.systems.iter().zip(&section.rows).map(row).collect() }
}

/// How every other system differs from the baseline by one measure, over all topics.
fn tests(comparison: &Comparison, measure: usize, name: &str) -> Sheet {
    let row = |(system, row): (&System, &Row)| {
        let versus = row.cells[measure].versus.as_ref()?;
        let paired = &versus.paired;
        let [low, high] = paired.interval;
        let moved: Vec<_> = versus
            .moved
            .iter()
            .take(3)
            .map(|moved| format!("{} {:+.2}", moved.topic, moved.value - moved.baseline))
            .collect();
        Some(vec![
            Shown::text(system.name.clone()),
            Shown::number(format!("{:+.4}", paired.difference)),
            Shown::number(format!("{low:+.4} to {high:+.4}")),
            Shown::number(paired.effect_size.map_or_else(|| "–".to_owned(), |effect| format!("{effect:.2}"))),
            Shown::number(p_value(paired.randomisation.p)),
            Shown { mark: mark(versus.p_holm), ..Shown::number(p_value(versus.p_holm)) },
            Shown::number(paired.t_test.map_or_else(|| "–".to_owned(), |test| p_value(test.p))),
            Shown::number(format!("{}/{}/{}", paired.wins, paired.ties, paired.losses)),
            Shown::text(moved.join(", ")),
        ])
    };
    let interval = format!("{:.0} % interval", CONFIDENCE * 100.0);
    let head = ["run", "difference", &interval, "d", "p", "Holm", "t-test", "won/tied/lost", "topics that moved most"];
    Sheet {
        title: format!("{name} against {}", comparison.systems[comparison.baseline].name),
        head: head.map(str::to_owned).to_vec(),
        rows: comparison.systems.iter().zip(&comparison.sections[0].rows).filter_map(row).collect(),
    }
}

fn topics(comparison: &Comparison, names: &[String]) -> Sheet {
    let several = comparison.systems.len() > 1;
    let mut head = vec!["topic".to_owned()];
    head.extend(several.then(|| "run".to_owned()));
    head.extend(names.iter().cloned());
    let rows = by_topic(comparison).into_iter().map(|(topic, system, values)| {
        let mut cells = vec![Shown::text(topic.to_owned())];
        cells.extend(several.then(|| Shown::text(system.name.clone())));
        cells.extend(values.into_iter().map(|value| Shown::number(format!("{value:.4}"))));
        cells
    });
    Sheet { title: "Topic by topic".to_owned(), head, rows: rows.collect() }
}

/// The values of every topic: all systems of a topic together, topics as the baseline has them and then any others.
fn by_topic(comparison: &Comparison) -> Vec<(&str, &System, Vec<f64>)> {
    let mut places = std::collections::HashMap::new();
    let others = comparison.systems.iter().flat_map(|system| &system.evaluation.topics);
    let baseline = comparison.systems.get(comparison.baseline).map(|system| &system.evaluation.topics);
    for topic in baseline.into_iter().flatten().chain(others) {
        let next = places.len();
        places.entry(topic.as_str()).or_insert(next);
    }
    let mut rows: Vec<_> = comparison
        .systems
        .iter()
        .flat_map(|system| {
            let evaluation = &system.evaluation;
            evaluation.topics.iter().enumerate().map(move |(at, topic)| {
                let values = evaluation.scores.iter().map(|scores| scores.per_topic[at]).collect();
                (topic.as_str(), system, values)
            })
        })
        .collect();
    rows.sort_by_key(|(topic, _, _)| places[topic]);
    rows
}

/// What the marks mean.
fn notes(report: &Report<'_>) -> Vec<String> {
    let Comparison { systems, baseline, tests, .. } = report.comparison;
    if *tests == 0 {
        return Vec::new();
    }
    let tests = if *tests == 1 { "one test".to_owned() } else { format!("{tests} tests") };
    vec![format!(
        "{} for a difference from {} (paired two-sided randomisation test, Holm-corrected for {tests})",
        legend(),
        systems[*baseline].name,
    )]
}

/// A row for each figure; a column that does not apply is empty.
fn write_tsv(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let Comparison { measures, systems, sections, .. } = report.comparison;
    let head = "run\tgroup\ttopic\tmeasure\tvalue\tdifference\tlow\thigh\td_z\tp\tp_holm\tt\tt_p\tt_p_holm\twins\tties\tlosses";
    writeln!(out, "{head}")?;
    for section in sections {
        for (system, row) in systems.iter().zip(&section.rows) {
            for (measure, cell) in measures.iter().zip(&row.cells) {
                let group = section.prefix.as_deref().unwrap_or(ALL);
                write!(out, "{}\t{group}\t{ALL}\t{measure}\t{}", system.name, cell.value)?;
                match &cell.versus {
                    None => writeln!(out, "{}", "\t".repeat(12))?,
                    Some(Versus { paired, p_holm, t_holm, .. }) => {
                        let or_empty = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
                        let t_test = paired.t_test;
                        writeln!(
                            out,
                            "\t{}\t{}\t{}\t{}\t{}\t{p_holm}\t{}\t{}\t{}\t{}\t{}\t{}",
                            paired.difference,
                            paired.interval[0],
                            paired.interval[1],
                            or_empty(paired.effect_size),
                            paired.randomisation.p,
                            or_empty(t_test.map(|test| test.t)),
                            or_empty(t_test.map(|test| test.p)),
                            or_empty(*t_holm),
                            paired.wins,
                            paired.ties,
                            paired.losses,
                        )?;
                    }
                }
            }
        }
    }
    if report.per_topic {
        for (topic, system, values) in by_topic(report.comparison) {
            for (measure, value) in measures.iter().zip(values) {
                writeln!(out, "{}\t{ALL}\t{topic}\t{measure}\t{value}{}", system.name, "\t".repeat(12))?;
            }
        }
    }
    Ok(())
}

fn write_json(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let comparison = report.comparison;
    let names: Vec<_> = comparison.measures.iter().map(ToString::to_string).collect();
    let runs = comparison.systems.iter().enumerate().map(|(at, system)| {
        let evaluation = &system.evaluation;
        let groups: Map<_, _> = comparison
            .sections
            .iter()
            .filter_map(|section| Some((section.prefix.clone()?, row(&section.rows[at], &names))))
            .collect();
        let mut value = json!({"name": system.name, "file": report.files.get(at)});
        let all = row(&comparison.sections[0].rows[at], &names);
        value["topics"] = all["topics"].clone();
        value["missing"] = json!(evaluation.missing);
        value["unjudged"] = json!(evaluation.unjudged);
        value["scores"] = all["scores"].clone();
        if comparison.sections.len() > 1 {
            value["by_prefix"] = Value::Object(groups);
        }
        if report.per_topic {
            let values = |per_topic: &[f64]| -> Map<_, _> {
                evaluation.topics.iter().cloned().zip(per_topic.iter().map(|&value| value.into())).collect()
            };
            let measures = names.iter().zip(&evaluation.scores);
            let measures = measures.map(|(name, scores)| (name.clone(), values(&scores.per_topic).into()));
            value["per_topic"] = Value::Object(measures.collect());
        }
        value
    });
    let correlations = comparison.correlations.iter().map(
        |correlation| json!({"measures": correlation.measures.map(|measure| &names[measure]), "tau": correlation.tau}),
    );
    let value = json!({
        "schema": json::SCHEMA,
        "measures": names,
        "baseline": (comparison.systems.len() > 1).then(|| &comparison.systems[comparison.baseline].name),
        "runs": runs.collect::<Vec<_>>(),
        "kendall_tau_b": correlations.collect::<Vec<_>>(),
        "tests": {
            "corrected_for": comparison.tests, "correction": "Holm", "permutations": PERMUTATIONS,
            "resamples": RESAMPLES, "confidence": CONFIDENCE,
        },
    });
    json::write_line(out, &value)
}

fn row(row: &Row, names: &[String]) -> Value {
    let cells = names.iter().zip(&row.cells);
    let cells: Map<_, _> = cells
        .map(|(name, cell)| {
            (name.clone(), json!({"value": cell.value, "versus_baseline": cell.versus.as_ref().map(versus)}))
        })
        .collect();
    json!({"topics": row.topics, "scores": cells})
}

fn versus(versus: &Versus) -> Value {
    let paired = &versus.paired;
    let moved = versus
        .moved
        .iter()
        .map(|moved| json!({"topic": moved.topic, "baseline": moved.baseline, "value": moved.value}));
    json!({
        "topics": paired.topics,
        "difference": paired.difference,
        "interval": paired.interval,
        "effect_size": paired.effect_size,
        "wins": paired.wins,
        "ties": paired.ties,
        "losses": paired.losses,
        "randomisation": {
            "p": paired.randomisation.p, "p_holm": versus.p_holm, "exact": paired.randomisation.exact,
        },
        "t_test": paired.t_test.map(|test| {
            json!({"t": test.t, "degrees": test.degrees, "p": test.p, "p_holm": versus.t_holm})
        }),
        "moved": moved.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Options;
    use crate::eval::Qrels;
    use crate::eval::Run;
    use crate::eval::evaluate;

    /// Twelve topics with one relevant document each, which a run has at the ranks given; 0: not at all.
    fn comparison(runs: &[(&str, [usize; 12])]) -> Comparison {
        let topic = |at: usize| format!("{}-{at:02}", if at < 6 { "da" } else { "sv" });
        let qrels: String = (0..12).map(|at| format!("{} 0 right 1\n", topic(at))).collect();
        let qrels = Qrels::parse(qrels.as_bytes()).unwrap();
        let systems = runs.iter().map(|(name, ranks)| {
            let lines = ranks.iter().enumerate().flat_map(|(at, &right)| {
                (1..=4).map(move |rank| {
                    let doc = if rank == right { "right".to_owned() } else { format!("wrong{rank}") };
                    format!("{} Q0 {doc} {rank} {} t\n", topic(at), 9 - rank)
                })
            });
            let run = Run::parse(lines.collect::<String>().as_bytes()).unwrap();
            let measures = ["RR", "Success@1"].map(|name| name.parse().unwrap());
            let evaluation = evaluate(&qrels, &run, &measures, &Options::default()).unwrap();
            System { name: (*name).to_owned(), evaluation }
        });
        Comparison::new(systems.collect(), 0, true)
    }

    fn two() -> Comparison {
        comparison(&[("base_1", [2; 12]), ("new|<1>", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2])])
    }

    fn written(format: &TableFormat, comparison: &Comparison, per_topic: bool, verbose: bool) -> String {
        let files: Vec<_> = comparison.systems.iter().map(|system| format!("runs/{}", system.name)).collect();
        let mut bytes = Vec::new();
        (format.write)(&mut bytes, &Report { comparison, files: &files, per_topic, verbose }).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[track_caller]
    fn check(format: &TableFormat, holds: &[&str]) {
        let text = written(format, &two(), true, true);
        for line in holds {
            assert!(text.lines().any(|known| known == *line), "no line {line:?} in\n{text}");
        }
    }

    #[test]
    fn every_format_shows_the_values_and_the_marks() {
        let plain = |text: &str| text.replace("\u{1b}[1m", "").replace("\u{1b}[2m", "").replace("\u{1b}[0m", "");
        let text = plain(&written(&TEXT, &two(), true, true));
        for line in [
            "All 12 topics",
            "run          RR  Success@1",
            "base_1   0.5000     0.0000",
            "new|<1>  0.9583‡    0.9167‡",
            "da: 6 topics",
            "RR against base_1",
            "new|<1>     +0.4583  +0.3750 to +0.5000  3.18  0.0010  0.0059‡ <0.0001         11/1/0  da-00 +0.50, da-01 +0.50, da-02 +0.50",
            "sv-11  new|<1>  0.5000     0.0000",
        ] {
            assert!(text.lines().any(|known| known == line), "no line {line:?} in\n{text}");
        }
        check(
            &MARKDOWN,
            &["| run | RR | Success@1 |", "| :-- | --: | --: |", "| new\\|&lt;1> | **0.9583**‡ | **0.9167**‡ |"],
        );
        check(
            &LATEX,
            &[
                "\\begin{tabular}{lrr}",
                "base\\_1 & 0.5000 & 0.0000 \\\\",
                "new|$<$1> & \\textbf{0.9583}$^{\\ddagger}$ & \\textbf{0.9167}$^{\\ddagger}$ \\\\",
            ],
        );
        check(
            &TSV,
            &[
                "base_1\tall\tall\tRR\t0.5\t\t\t\t\t\t\t\t\t\t\t\t",
                "base_1\tall\tsv-11\tRR\t0.5\t\t\t\t\t\t\t\t\t\t\t\t",
            ],
        );
    }

    #[test]
    fn rows_of_tsv_are_as_long_as_their_head() {
        let text = written(&TSV, &two(), true, false);
        assert!(text.lines().all(|line| line.split('\t').count() == 17), "{text}");
        // Two runs and two measures, for all topics, for da and sv, and for each topic.
        assert_eq!(text.lines().count(), 1 + 4 * (3 + 12));
    }

    #[test]
    fn json_holds_everything() {
        let value: Value = serde_json::from_str(&written(&JSON, &two(), true, false)).unwrap();
        assert_eq!((&value["baseline"], &value["tests"]["corrected_for"]), (&json!("base_1"), &json!(6)));
        let run = &value["runs"][1];
        assert_eq!(
            (&run["name"], &run["file"], &run["topics"]),
            (&json!("new|<1>"), &json!("runs/new|<1>"), &json!(12))
        );
        assert_eq!(value["runs"][0]["scores"]["RR"], json!({"value": 0.5, "versus_baseline": null}));
        let versus = &run["scores"]["RR"]["versus_baseline"];
        assert_eq!((&versus["wins"], &versus["ties"], &versus["losses"]), (&json!(11), &json!(1), &json!(0)));
        // Two of the 2^11 assignments of signs are so one-sided; six tests are corrected for.
        assert_eq!(versus["randomisation"]["p"], json!(2.0 / 2048.0));
        assert_eq!(versus["t_test"]["degrees"], json!(11));
        assert_eq!(run["by_prefix"]["sv"]["scores"]["Success@1"]["value"], json!(5.0 / 6.0));
        assert_eq!(run["per_topic"]["RR"]["sv-11"], json!(0.5));
    }

    #[test]
    fn a_run_alone_has_nothing_to_differ_from() {
        let alone = comparison(&[("base", [1; 12])]);
        let value: Value = serde_json::from_str(&written(&JSON, &alone, false, false)).unwrap();
        assert_eq!(value["baseline"], Value::Null);
        for format in TABLE_FORMATS {
            let text = written(format, &alone, true, true);
            assert!(!text.contains('†') && !text.contains("against"), "{text}");
        }
    }

    #[test]
    fn agreement_of_measures_is_shown_when_asked() {
        let three = comparison(&[("a", [2; 12]), ("b", [1; 12]), ("c", [0; 12])]);
        assert!(written(&MARKDOWN, &three, false, true).contains("| RR | Success@1 | 0.8165 |"));
        assert!(!written(&MARKDOWN, &three, false, false).contains("tau-b"));
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = TABLE_FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE_FORMATS.len());
    }
}
