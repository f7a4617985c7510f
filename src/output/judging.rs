//! What whoever judges sees: the question, the article, and what the keys do.
//!
//! Neither rank nor score nor run is shown: they would sway the judgement.

use std::io;
use std::io::Write;

use anstyle::AnsiColor;
use anstyle::Style;

use crate::app::judge::Case;
use crate::app::judge::Standing;
use crate::app::judge::Viewed;
use crate::output::sanitize;
use crate::output::text;
use crate::output::text::Layout;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ASKED: Style = AnsiColor::Cyan.on_default().bold();

/// A grade, what it is called, and when it is given.
pub type Grade = (i32, &'static str, &'static str);

/// The grades, the lowest first.
pub const GRADES: &[Grade] = &[
    (0, "not relevant", "not relevant, though it may share words with the question"),
    (1, "in passing", "mentions it in passing, with some information"),
    (2, "in part", "a substantial part is about it"),
    (3, "answers it", "is about it and answers the question"),
];

/// A document and what it is to be judged for.
///
/// # Errors
/// When writing fails.
pub fn question(
    out: &mut dyn Write,
    case: &Case<'_>,
    standing: Standing,
    viewed: &Viewed,
    layout: Layout,
) -> io::Result<()> {
    let place = format!("{} of {} ", standing.judged + standing.skipped + 1, standing.total);
    let topic = format!(" {}", sanitize(&case.topic.id));
    let rule = layout.width.saturating_sub(place.chars().count() + topic.chars().count());
    writeln!(out, "\n{DIM}{place}{}{topic}{DIM:#}", "─".repeat(rule.max(2)))?;
    writeln!(out, "{ASKED}{}{ASKED:#}\n", sanitize(&case.topic.text))?;
    text::article(out, &viewed.hit, layout)?;
    writeln!(out)
}

/// What may be pressed, in a line that waits for it.
///
/// # Errors
/// When writing fails.
pub fn prompt(out: &mut dyn Write, rest: usize) -> io::Result<()> {
    let text = if rest > 0 { format!("t more text ({rest} lines)") } else { "t text".to_owned() };
    write!(out, "{DIM}0 1 2 3 grade · s skip · u undo · {text} · q quit · ? help ›{DIM:#} ")
}

/// What the keys do.
///
/// # Errors
/// When writing fails.
pub fn help(out: &mut dyn Write) -> io::Result<()> {
    for (grade, _, meaning) in GRADES {
        writeln!(out, "  {BOLD}{grade}{BOLD:#}  {meaning}")?;
    }
    for (key, meaning) in [
        ("s", "skip: it is asked again another time"),
        ("u", "undo: go back to the last document and take its grade back"),
        ("t", "the whole text, a page at a time; space does the same"),
        ("q", "quit: every grade is kept, and the same command goes on from here"),
        ("?", "this"),
    ] {
        writeln!(out, "  {BOLD}{key}{BOLD:#}  {meaning}")?;
    }
    Ok(())
}
