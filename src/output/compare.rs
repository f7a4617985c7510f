//! What moved between two runs, topic by topic: text for people, JSON for programs.
//!
//! The documents of a topic have letters, because the words' worth is a table with a column for each of two of them,
//! and titles do not fit into columns.

use std::io;
use std::io::Write;

use anstyle::AnsiColor;
use anstyle::Style;
use serde_json::Value;
use serde_json::json;

use crate::app::Compared;
use crate::app::Duel;
use crate::app::DuelWord;
use crate::app::Side;
use crate::app::Worth;
use crate::eval::Measure;
use crate::eval::Paired;
use crate::eval::Placed;
use crate::output::count;
use crate::output::json;
use crate::output::json::iso;
use crate::output::json::shortest;
use crate::output::sanitize;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const UP: Style = AnsiColor::Green.on_default();
const DOWN: Style = AnsiColor::Red.on_default();

/// Two runs, and what moved between them.
#[derive(Debug, Clone, Copy)]
pub struct Comparing<'a> {
    /// What was measured.
    pub measure: Measure,
    /// The first run.
    pub before: Measured<'a>,
    /// The second.
    pub after: Measured<'a>,
    /// How they differ.
    pub paired: &'a Paired,
    /// The topics to show.
    pub topics: &'a [Compared],
    /// Explain every passing, not only the first of a topic. JSON always does.
    pub verbose: bool,
}

/// A run and its value.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Where it was read from.
    pub file: &'a str,
    /// Its value over all topics.
    pub value: f64,
}

/// So many words of a query are shown.
const WORDS: usize = 6;

/// Text for people.
///
/// # Errors
/// When writing fails.
pub fn text(out: &mut dyn Write, comparing: &Comparing<'_>) -> io::Result<()> {
    for compared in comparing.topics {
        write_topic(out, comparing, compared)?;
        writeln!(out)?;
    }
    let Comparing { measure, before, after, paired, .. } = comparing;
    writeln!(
        out,
        "{BOLD}{measure}: {} {:.4}, {} {:.4}, mean difference {:+.4}{BOLD:#}",
        sanitize(before.name),
        before.value,
        sanitize(after.name),
        after.value,
        paired.difference,
    )?;
    writeln!(
        out,
        "{}: {} won, {} tied, {} lost; p = {} (paired two-sided randomisation test)",
        count(paired.topics as u64, "topic"),
        paired.wins,
        paired.ties,
        paired.losses,
        p_value(paired.randomisation.p),
    )?;
    let placed = || comparing.topics.iter().flat_map(|topic| topic.shift.relevant.iter().chain(&topic.shift.others));
    if placed().any(|placed| placed.grade.is_none() || placed.before.is_none() || placed.after.is_none()) {
        writeln!(out, "{DIM}– for a rank: not in the run; for a grade: not judged{DIM:#}")?;
    }
    Ok(())
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

fn write_topic(out: &mut dyn Write, comparing: &Comparing<'_>, compared: &Compared) -> io::Result<()> {
    let shift = &compared.shift;
    let difference = shift.after - shift.before;
    let style = if difference > 0.0 { UP } else { DOWN };
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}  {} {:.4} → {:.4} {style}({difference:+.4}){style:#}",
        sanitize(&shift.topic),
        comparing.measure,
        shift.before,
        shift.after,
    )?;
    if let Some(query) = &compared.query {
        writeln!(out, "{BOLD}{}{BOLD:#}", sanitize(query))?;
    }
    let placed: Vec<&Placed> = shift.relevant.iter().chain(&shift.others).collect();
    if !placed.is_empty() {
        writeln!(out, "{DIM}     before  after  grade{DIM:#}")?;
    }
    for (at, placed) in placed.iter().enumerate() {
        write_placed(out, letter(at), placed, compared)?;
    }
    let mut rest = Vec::new();
    if shift.more_relevant > 0 {
        rest.push(format!("{} that moved less", count(shift.more_relevant as u64, "relevant document")));
    }
    if shift.more_others > 0 {
        rest.push(format!("{} that passed or were passed", count(shift.more_others as u64, "document")));
    }
    if !rest.is_empty() {
        writeln!(out, "{DIM}     and {}{DIM:#}", rest.join(", "))?;
    }
    if shift.not_found > 0 {
        let many = count(shift.not_found as u64, "relevant document");
        writeln!(out, "{DIM}     in neither run: {many}{DIM:#}")?;
    }
    let shown = if comparing.verbose { usize::MAX } else { 1 };
    for duel in compared.duels.iter().take(shown) {
        let place = |side: &Side| placed.iter().position(|placed| placed.doc == side.doc);
        if let (Some(relevant), Some(other)) = (place(&duel.relevant), place(&duel.other)) {
            write_duel(out, duel, placed[relevant], [letter(relevant), letter(other)])?;
        }
    }
    Ok(())
}

/// What a document is called within its topic. No topic lists more than there are letters.
fn letter(at: usize) -> char {
    char::from(b'A' + (at % 26) as u8)
}

fn write_placed(out: &mut dyn Write, letter: char, placed: &Placed, compared: &Compared) -> io::Result<()> {
    let rank = |rank: Option<usize>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    let grade = placed.grade.map_or_else(|| "–".to_owned(), |grade| grade.to_string());
    let (style, arrow) = match () {
        () if placed.before == placed.after => (DIM, "="),
        () if placed.rose() => (UP, "↑"),
        () => (DOWN, "↓"),
    };
    let (before, after) = (rank(placed.before), rank(placed.after));
    write!(out, "  {letter} {before:>8} {after:>6} {grade:>6}  {style}{arrow}{style:#} ")?;
    match compared.documents.get(&placed.doc).filter(|about| !about.title.is_empty()) {
        Some(about) => writeln!(out, "{}  {DIM}{}{DIM:#}", sanitize(&about.title), sanitize(&placed.doc)),
        None => writeln!(out, "{}", sanitize(&placed.doc)),
    }
}

fn write_duel(out: &mut dyn Write, duel: &Duel, placed: &Placed, letters: [char; 2]) -> io::Result<()> {
    let [relevant, other] = letters;
    let (winner, loser) = if placed.rose() { (relevant, other) } else { (other, relevant) };
    writeln!(out, "  {winner} passed {loser}: what the words are worth to each in the index")?;
    let mut rows: Vec<[String; 5]> = Vec::new();
    let mut row = |label: &str, numbers: [f32; 2], notes: [String; 2]| {
        let ([relevant, other], [relevant_note, other_note]) = (numbers.map(number), notes);
        rows.push([sanitize(label).into_owned(), relevant, relevant_note, other, other_note]);
    };
    for DuelWord { word, relevant, other } in duel.words.iter().take(WORDS) {
        let sides = [relevant, other].map(Option::as_ref);
        let note = |worth: &Worth| format!("{}, {}", worth.origins.join("+"), worth.fields.join("+"));
        row(word, sides.map(score), sides.map(|worth| worth.map(note).unwrap_or_default()));
    }
    let rest = duel.words.get(WORDS..).unwrap_or_default();
    if !rest.is_empty() {
        let sums = [
            rest.iter().map(|word| score(word.relevant.as_ref())).sum(),
            rest.iter().map(|word| score(word.other.as_ref())).sum(),
        ];
        row(&count(rest.len() as u64, "other word"), sums, Default::default());
    }
    let sides = [&duel.relevant, &duel.other];
    for (label, worth) in [
        ("words side by side", sides.map(|side| side.side_by_side)),
        ("words that begin alike", sides.map(|side| side.beginnings)),
    ] {
        if worth.iter().any(|&worth| worth > 0.0) {
            row(label, worth, Default::default());
        }
    }
    let rank = |side: &Side| side.rank.map_or_else(|| "no rank".to_owned(), |rank| format!("rank {rank}"));
    row("sum", sides.map(|side| side.score), sides.map(rank));
    let widths: [usize; 5] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let [word_width, number_width, note_width, ..] = widths;
    let first = word_width + 2 + number_width;
    let between = note_width + 3 + widths[3];
    writeln!(out, "{DIM}    {relevant:>first$}{other:>between$}{DIM:#}")?;
    for [word, number, note, other, other_note] in rows {
        let [_, _, _, other_width, _] = widths;
        let line = format!(
            "{word:word_width$}  {number:>number_width$} {note:note_width$}  {other:>other_width$} {other_note}"
        );
        writeln!(out, "    {}", line.trim_end())?;
    }
    let place = |side: &Side| side.rank.unwrap_or(usize::MAX);
    let (ahead, behind) = if placed.rose() { (sides[0], sides[1]) } else { (sides[1], sides[0]) };
    if place(ahead) >= place(behind) {
        writeln!(
            out,
            "  {DIM}The index as asked here does not have {winner} before {loser}, so this does not say why: the second run \
             comes from other options or another index.{DIM:#}"
        )?;
    }
    Ok(())
}

fn number(score: f32) -> String {
    if score == 0.0 { "–".to_owned() } else { format!("{score:.3}") }
}

fn score(worth: Option<&Worth>) -> f32 {
    worth.map_or(0.0, |worth| worth.score)
}

/// JSON for programs.
pub fn value(comparing: &Comparing<'_>) -> Value {
    let Comparing { measure, before, after, paired, topics, .. } = comparing;
    let run = |run: &Measured<'_>| json!({"name": run.name, "file": run.file, "value": run.value});
    json!({
        "schema": json::SCHEMA,
        "measure": measure.to_string(),
        "before": run(before),
        "after": run(after),
        "topics": paired.topics,
        "difference": paired.difference,
        "interval": paired.interval,
        "wins": paired.wins,
        "ties": paired.ties,
        "losses": paired.losses,
        "randomisation": {"p": paired.randomisation.p, "exact": paired.randomisation.exact},
        "moved": topics.iter().map(topic).collect::<Vec<_>>(),
    })
}

fn topic(compared: &Compared) -> Value {
    let shift = &compared.shift;
    let document = |placed: &Placed| {
        let about = compared.documents.get(&placed.doc);
        json!({
            "id": placed.doc,
            "grade": placed.grade,
            "before": placed.before,
            "after": placed.after,
            "title": about.map(|about| about.title.as_str()).filter(|title| !title.is_empty()),
            "date": about.and_then(|about| about.date).map(iso),
            "source": about.and_then(|about| about.source.as_deref()),
        })
    };
    json!({
        "topic": shift.topic,
        "query": compared.query,
        "before": shift.before,
        "after": shift.after,
        "relevant": shift.relevant.iter().map(document).collect::<Vec<_>>(),
        "others": shift.others.iter().map(document).collect::<Vec<_>>(),
        "more_relevant": shift.more_relevant,
        "more_others": shift.more_others,
        "not_found": shift.not_found,
        "passings": shift.passings.iter().map(|passing| {
            let duel = compared.duels.iter().find(|duel| duel.relevant.doc == passing.relevant.doc);
            json!({
                "relevant": passing.relevant.doc,
                "other": passing.other.doc,
                "explained": duel.map(explained),
            })
        }).collect::<Vec<_>>(),
    })
}

fn explained(duel: &Duel) -> Value {
    let side = |side: &Side| {
        json!({
            "rank": side.rank, "score": shortest(side.score), "side_by_side": shortest(side.side_by_side),
            "beginnings": shortest(side.beginnings),
        })
    };
    let worth = |worth: &Option<Worth>| {
        worth.as_ref().map(|worth| {
            json!({
                "score": shortest(worth.score), "origins": worth.origins, "fields": worth.fields, "terms": worth.terms,
            })
        })
    };
    let word =
        |word: &DuelWord| json!({"word": word.word, "relevant": worth(&word.relevant), "other": worth(&word.other)});
    json!({
        "relevant": side(&duel.relevant),
        "other": side(&duel.other),
        "words": duel.words.iter().map(word).collect::<Vec<_>>(),
    })
}
