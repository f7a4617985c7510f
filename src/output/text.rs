//! Text for people: what matched is marked as it stands, and every hit says where it comes from.
//!
//! Styles are written always; the stream that the text goes to removes them where they are not wanted.

use std::io;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use anstyle::AnsiColor;
use anstyle::Style;

use crate::app::Explanation;
use crate::app::Found;
use crate::app::FoundHit;
use crate::app::Loose;
use crate::app::PassageText;
use crate::engine::Facet;
use crate::engine::Inspection;
use crate::engine::Stored;
use crate::engine::Terms;
use crate::engine::TermsByKind;
use crate::output::count;
use crate::output::json::iso;
use crate::output::sanitize;
use crate::query::Origin;

const TITLE: Style = Style::new().bold();
const MATCH: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How text is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Columns to break lines at.
    pub width: usize,
    /// Whether the terminal understands links.
    pub links: bool,
}

/// The answer to a query.
///
/// # Errors
/// When writing fails.
pub fn found(out: &mut dyn Write, found: &Found, layout: Layout) -> io::Result<()> {
    for hit in &found.hits {
        write_hit(out, hit, layout)?;
        writeln!(out)?;
    }
    for (facet, counts) in &found.facets {
        let shown: Vec<_> = counts.iter().map(|(value, count)| format!("{} {count}", facet_value(value))).collect();
        writeln!(out, "{TITLE}{}{TITLE:#}: {}", facet_label(*facet), shown.join(", "))?;
    }
    let articles =
        |number: u64| format!("{}{}", count(number, "article"), found.loose.map_or_else(String::new, of_them));
    let shown: usize = found.hits.iter().map(|hit| 1 + hit.duplicates.len()).sum();
    let summary = match (found.hits.first(), found.hits.last()) {
        _ if found.total == 0 => "Nothing found.".to_owned(),
        (Some(first), Some(last)) if found.total > shown as u64 => {
            format!("{}–{} of {}", first.rank, last.rank, articles(found.total))
        }
        (Some(_), _) => articles(found.total),
        (None, _) => format!("{}, none of them this far down", articles(found.total)),
    };
    writeln!(out, "{DIM}{summary}{DIM:#}")
}

/// What a total counts.
fn of_them(loose: Loose) -> String {
    let (some, all) = match loose.several {
        true => ("any of the words", "all"),
        false => ("the word or a part of it", "all of it"),
    };
    match loose.with_all {
        None => format!(" with {some}"),
        Some(0) => format!(" with {some}, none with {all}"),
        Some(number) => format!(" with {some}, {number} with {all}"),
    }
}

/// What is to be said of words that no document has, if there are any: what is shown instead, or what to ask instead.
pub fn did_you_mean(found: &Found) -> Option<String> {
    let list = |words: &[String]| sanitize(&words.join(", ")).into_owned();
    if found.corrected {
        let (unknown, shown): (Vec<_>, Vec<_>) = found
            .suggestions
            .iter()
            .map(|suggestion| (suggestion.term.clone(), suggestion.alternatives[0].clone()))
            .unzip();
        return Some(format!("nothing has {}; showing {}", list(&unknown), list(&shown)));
    }
    let query = found.suggested.as_ref()?;
    let others = found.suggestions.iter().filter(|suggestion| suggestion.alternatives.len() > 1);
    let others =
        others.map(|suggestion| format!(" (near {}: {})", sanitize(&suggestion.term), list(&suggestion.alternatives)));
    Some(format!("did you mean {}?{}", sanitize(query), others.collect::<String>()))
}

fn facet_label(facet: Facet) -> &'static str {
    match facet {
        Facet::Year => "Years",
        Facet::Source => "Sources",
        Facet::Lang => "Languages",
    }
}

fn facet_value(value: &str) -> String {
    if value.is_empty() { "(none)".to_owned() } else { sanitize(value).into_owned() }
}

fn write_hit(out: &mut dyn Write, hit: &FoundHit, layout: Layout) -> io::Result<()> {
    let margin = hit.rank.to_string().len().max(2) + 2;
    write!(out, "{:>width$}. ", hit.rank, width = margin - 2)?;
    write_article(out, hit, margin, layout)?;
    for document in &hit.duplicates {
        let title = if document.title.is_empty() { &document.id } else { &document.title };
        let mut about = vec![flowing(title, 0..title.len())];
        about.extend(document.source.as_deref().map(|source| elided(source, layout.width / 2, 0)));
        about.extend(document.date.map(iso));
        writeln!(out, "{:margin$}{DIM}also: {}{DIM:#}", "", sanitize(&about.join(" · ")))?;
    }
    let mut leaf = "";
    for part in &hit.explanation {
        if part.leaf != leaf {
            writeln!(out, "{:margin$}{DIM}{}{DIM:#}", "", sanitize(&part.leaf))?;
            leaf = &part.leaf;
        }
        let beside = part.origin == Origin::Adjacent.name();
        let aside = if part.counts { "" } else { " (not counted: another origin is worth more)" };
        writeln!(
            out,
            "{:margin$}{DIM}  {:+.3}  {} in the {}, {}: {}, {}in {}{aside}{DIM:#}",
            "",
            part.score,
            sanitize(&part.term),
            part.field,
            if beside { "side by side" } else { part.origin },
            times(part),
            if beside { "the rarer " } else { "" },
            count(part.doc_freq, "document"),
        )?;
    }
    if !hit.explanation.is_empty() {
        let scaled = match hit.scale {
            1.0 => String::new(),
            scale => format!(", all of it times {scale:.3}: another language than the query's comes behind"),
        };
        writeln!(out, "{:margin$}{DIM}= {:.3}{scaled}{DIM:#}", "", hit.score)?;
    }
    Ok(())
}

/// How often something is in an article.
fn times(part: &Explanation) -> String {
    match part.frequency {
        1 => "once".to_owned(),
        frequency if part.exact => format!("{frequency} times"),
        frequency => format!("about {frequency} times"),
    }
}

/// An article as a search shows it, but without its rank.
///
/// # Errors
/// When writing fails.
pub fn article(out: &mut dyn Write, hit: &FoundHit, layout: Layout) -> io::Result<()> {
    write_article(out, hit, 0, layout)
}

/// Title, what is known about it, and passages; the title's line has its margin already. The id, for `snotra show`, is
/// said where the place does not end in it.
fn write_article(out: &mut dyn Write, hit: &FoundHit, margin: usize, layout: Layout) -> io::Result<()> {
    let document = &hit.document;
    if document.title.is_empty() {
        let room = layout.width.saturating_sub(margin);
        let opening = opening(&document.body, room).unwrap_or_else(|| elided(&sanitize(&document.id), room, 0));
        writeln!(out, "{TITLE}{opening}{TITLE:#}")?;
    } else {
        writeln!(out, "{TITLE}{}{TITLE:#}", marked(&document.title, &hit.title_highlights, TITLE))?;
    }
    let (target, shown, behind) = place(hit);
    let id = sanitize(&document.id);
    let in_place = shown.ends_with(&*id);
    let mut about = Vec::new();
    about.extend(document.date.map(iso));
    about.push(languages(document));
    about.extend((!in_place).then(|| id.clone().into_owned()));
    let taken: usize = about.iter().map(|part| width(part) + width(SEPARATOR)).sum();
    let mut room = layout.width.saturating_sub(margin + taken);
    let whole = shown + &behind;
    if let Some(source) = document.source.as_deref().map(sanitize) {
        // What the place does not need is the publisher's, and half at least.
        room = room.saturating_sub(width(SEPARATOR));
        let publisher = elided(&source, room.saturating_sub(width(&whole)).max(room / 2).max(LEAST), 0);
        room = room.saturating_sub(width(&publisher));
        about.insert(usize::from(document.date.is_some()), publisher);
    }
    let kept = width(&behind) + if in_place { width(&id) } else { 0 };
    about.push(link(&target, &elided(&whole, room.max(LEAST), kept), layout));
    writeln!(out, "{:margin$}{DIM}{}{DIM:#}", "", about.join(SEPARATOR))?;
    for passage in &hit.passages {
        write_passage(out, passage, margin, layout.width)?;
    }
    Ok(())
}

/// `Swedish`, or `Swedish, partly Danish` where it has passages in another language.
fn languages(document: &Stored) -> String {
    let mut names = vec![document.language.name];
    for passage in &document.passages {
        if !names.contains(&passage.language.name) {
            names.push(passage.language.name);
        }
    }
    match names.split_first() {
        Some((main, [others @ .., last])) if !others.is_empty() => {
            format!("{main}, partly {} and {last}", others.join(", "))
        }
        _ => names.join(", partly "),
    }
}

/// A whole text with `highlights` marked, in lines of at most `width` columns.
pub fn lines(text: &str, highlights: &[Range<usize>], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let inside = highlights.iter().filter(|range| range.start < end && range.end > start);
        let inside: Vec<_> = inside.map(|range| range.start.max(start) - start..range.end.min(end) - start).collect();
        lines.extend(wrapped(&marked(line, &inside, Style::new()), 0, width));
        start = end + 1;
    }
    lines
}

const SEPARATOR: &str = " · ";
/// However little room there is, so much of a publisher and of a place is shown.
const LEAST: usize = 16;

fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` in at most `room` columns: what is too much is left out in its middle. Its last `kept` characters stay however
/// little room there is.
fn elided(text: &str, room: usize, kept: usize) -> String {
    let length = width(text);
    if length <= room {
        return text.to_owned();
    }
    let tail = kept.max(room / 2).min(length);
    let head = room.saturating_sub(tail + 1);
    let (head, tail): (String, String) =
        (text.chars().take(head).collect(), text.chars().skip(length - tail).collect());
    if tail.len() == text.len() { tail } else { format!("{head}…{tail}") }
}

/// How `body` begins, in at most `room` columns, for a title that is missing; `None` where there is no text.
fn opening(body: &str, room: usize) -> Option<String> {
    let body = body.trim();
    // Enough for so many columns, whatever the letters.
    let begin = &body[..body.floor_char_boundary(4 * room)];
    let flat = sanitize(&flowing(begin, 0..begin.len())).into_owned();
    let (mut line, mut cut) = (String::new(), begin.len() < body.len());
    for word in flat.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) + width(" …") > room {
            cut = true;
            break;
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    if cut {
        line.push_str(" …");
    }
    (!flat.is_empty()).then(|| elided(&line, room, 0))
}

/// Where the article is: its address on the web, else its file. The target of a link, what is shown of it, and what stands
/// behind that: the line of the first passage.
fn place(hit: &FoundHit) -> (String, String, String) {
    let document = &hit.document;
    if let Some(url) = &document.url {
        return (url.clone(), sanitize(url).into_owned(), String::new());
    }
    let path = Path::new(&document.path);
    let here = std::env::current_dir().unwrap_or_default();
    let near = path.strip_prefix(here).unwrap_or(path).to_string_lossy();
    let line = line_in_file(hit).map(|line| format!(":{line}")).unwrap_or_default();
    (format!("file://{}", path.display()), sanitize(&near).into_owned(), line)
}

/// The line of the file that the reader should look at: that of the record, or in plain text that of the passage.
fn line_in_file(hit: &FoundHit) -> Option<u64> {
    let document = &hit.document;
    if document.line.is_some() {
        return document.line;
    }
    let name = document.path.to_lowercase();
    let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
    if !name.ends_with(".txt") {
        return None;
    }
    let before = match &document.raw {
        Some(raw) => raw[..raw.find(&document.body)?].matches('\n').count() as u64,
        None => 0,
    };
    Some(before + hit.passages.first()?.line as u64)
}

fn link(target: &str, shown: &str, layout: Layout) -> String {
    if !layout.links {
        return shown.to_owned();
    }
    let target: String = target
        .bytes()
        .map(|byte| match byte {
            b'!'..=b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("\u{1b}]8;;{target}\u{1b}\\{shown}\u{1b}]8;;\u{1b}\\")
}

fn write_passage(out: &mut dyn Write, passage: &PassageText, margin: usize, width: usize) -> io::Result<()> {
    let text = marked(&passage.text, &passage.highlights, Style::new());
    let (before, after) = (if passage.cut.0 { "… " } else { "" }, if passage.cut.1 { " …" } else { "" });
    for line in wrapped(&format!("{before}{text}{after}"), margin, width) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// `text` in lines that begin with a margin and end before `width`; at least one.
fn wrapped(text: &str, margin: usize, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut column = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = visible_length(word);
        if column + 1 + length > width && column > 0 {
            lines.push(String::new());
            column = 0;
        }
        let Some(line) = lines.last_mut() else { continue };
        match column {
            0 => line.push_str(&" ".repeat(margin)),
            _ => line.push(' '),
        }
        line.push_str(word);
        column = if column == 0 { margin } else { column + 1 } + length;
    }
    lines
}

fn visible_length(word: &str) -> usize {
    anstream::adapter::strip_str(word).to_string().chars().count()
}

/// `text` on one line, with `highlights` marked. The marks never run over a space, so that lines may break anywhere.
fn marked(text: &str, highlights: &[Range<usize>], around: Style) -> String {
    let mut shown = String::new();
    let mut at = 0;
    for range in highlights {
        shown.push_str(&sanitize(&flowing(text, at..range.start)));
        for (index, word) in text[range.clone()].split_whitespace().enumerate() {
            if index > 0 {
                shown.push(' ');
            }
            shown.push_str(&format!("{around:#}{MATCH}{}{MATCH:#}{around}", sanitize(word)));
        }
        at = range.end;
    }
    shown.push_str(&sanitize(&flowing(text, at..text.len())));
    shown
}

/// The stretch `of` a text, for one line: a space where a paragraph ends, and a dash where it does so without a full stop,
/// as a heading does. What stands before and after the stretch decides that too: a break may be all that is in it.
fn flowing(text: &str, of: Range<usize>) -> String {
    let mut flowing = String::with_capacity(of.len());
    let mut at = of.start;
    for (number, paragraph) in text[of].split("\n\n").enumerate() {
        if number > 0 {
            let open = text[..at].trim_end().ends_with(char::is_alphanumeric);
            at += "\n\n".len();
            let dash = open && !text[at..].trim().is_empty() && !flowing.ends_with("– ");
            flowing.push_str(if dash { " – " } else { " " });
        }
        flowing.push_str(paragraph);
        at += paragraph.len();
    }
    flowing
}

/// A stored document; its text with its line breaks, or with `raw` as it was before anything was cut.
///
/// # Errors
/// When writing fails.
pub fn document(out: &mut dyn Write, document: &Stored, raw: bool) -> io::Result<()> {
    if !raw {
        if !document.title.is_empty() {
            writeln!(out, "{TITLE}{}{TITLE:#}", sanitize(&document.title))?;
        }
        let mut about = vec![document.id.clone()];
        about.extend(document.date.map(iso));
        about.extend(document.source.clone());
        about.push(languages(document));
        about.extend(document.url.clone());
        writeln!(out, "{DIM}{}{DIM:#}\n", sanitize(&about.join(" · ")))?;
    }
    let text = if raw { document.raw.as_deref().unwrap_or(&document.body) } else { &document.body };
    for line in text.lines() {
        writeln!(out, "{}", sanitize(line))?;
    }
    Ok(())
}

/// What an index holds.
///
/// # Errors
/// When writing fails.
pub fn inspection(
    out: &mut dyn Write,
    inspection: &Inspection,
    terms: Option<&TermsByKind>,
    verified: Option<u64>,
) -> io::Result<()> {
    let total: u64 = inspection.languages.values().map(|stats| stats.documents).sum();
    writeln!(out, "{TITLE}{}{TITLE:#}", count(total, "document"))?;
    for (code, stats) in &inspection.languages {
        writeln!(out, "  {code:<4} {:>9} documents {:>12} words", stats.documents, stats.body_words)?;
    }
    for (code, documents) in &inspection.mixed {
        writeln!(out, "  partly {code:<4} {documents:>2} in another language")?;
    }
    for (label, counts) in [("Years", &inspection.years), ("Sources", &inspection.sources)] {
        writeln!(out, "{TITLE}{label}{TITLE:#}")?;
        for (value, count) in counts {
            writeln!(out, "  {:<30} {count:>9}", facet_value(value))?;
        }
    }
    writeln!(out, "{TITLE}Roots{TITLE:#}")?;
    for root in &inspection.roots {
        writeln!(out, "  {}", sanitize(&root.path.to_string_lossy()))?;
    }
    let bytes: u64 = inspection.bytes.values().sum();
    writeln!(out, "{TITLE}{bytes} bytes in {} segments{TITLE:#}", inspection.segments)?;
    for (kind, bytes) in &inspection.bytes {
        writeln!(out, "  {kind:<10} {bytes:>14}")?;
    }
    if let Some(terms) = terms {
        writeln!(out, "{TITLE}Terms                 distinct     postings        bytes    positions{TITLE:#}")?;
        for ((zone, kind), Terms { distinct, postings, bytes, position_bytes }) in terms {
            writeln!(out, "  {zone:<5} {kind:<9} {distinct:>12} {postings:>12} {bytes:>12} {position_bytes:>12}")?;
        }
    }
    if !inspection.vocabulary.is_empty() {
        let entries: Vec<_> = inspection.vocabulary.iter().map(|(code, count)| format!("{code} {count}")).collect();
        writeln!(out, "Entries of the vocabulary: {}", entries.join(", "))?;
    }
    writeln!(out, "Lines cut as head lines or debris: {}", inspection.cut_lines)?;
    writeln!(
        out,
        "Format {}, analysis {}, commit {}, written by snotra {}",
        inspection.format,
        inspection.analysis,
        inspection.generation,
        sanitize(&inspection.written_by)
    )?;
    if let Some(bytes) = verified {
        writeln!(out, "Verified: {bytes} bytes, all as they were committed")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_of_a_passage_stay_apart_beside_a_mark() {
        let check = |text: &str, words: &[&str], expect: &str| {
            let place = |word: &&str| {
                let start = text.find(word).expect("it is there");
                start..start + word.len()
            };
            let places: Vec<_> = words.iter().map(place).collect();
            assert_eq!(anstream::adapter::strip_str(&marked(text, &places, TITLE)).to_string(), expect, "{words:?}");
        };
        let heading = "§ 4. Oplysningspligt\n\nDen skal svare.";
        for words in [&[][..], &["Oplysningspligt"], &["Den"], &["Oplysningspligt", "Den"]] {
            check(heading, words, "§ 4. Oplysningspligt – Den skal svare.");
        }
        let sentence = "Der er pligt.\n\nDen skal svare.\nStraks.";
        for words in [&[][..], &["pligt"], &["pligt."], &["Den"], &["pligt.", "Den"], &["svare."]] {
            check(sentence, words, "Der er pligt. Den skal svare. Straks.");
        }
        check("Pligt\n\n\n\nDen", &["Pligt", "Den"], "Pligt – Den");
    }

    #[test]
    fn what_is_too_long_is_shortened_in_its_middle() {
        let check = |text: &str, room: usize, kept: usize, expect: &str| assert_eq!(elided(text, room, kept), expect);
        check("da/støj.txt", 11, 0, "da/støj.txt");
        check("avis/da/støj.txt", 11, 0, "avis/…j.txt");
        check("avis/2023/da/støj.txt:12", 16, 14, "a…da/støj.txt:12");
        check("avis/2023/da/støj.txt:12", 8, 14, "…da/støj.txt:12");
        check("støj.txt:12", 8, 11, "støj.txt:12");
        check("æøå", 1, 0, "…");
    }

    #[test]
    fn a_text_without_a_title_shows_how_it_begins() {
        let check = |body: &str, room: usize, expect: &str| assert_eq!(opening(body, room).as_deref(), Some(expect));
        let body = "§ 1. Formål\n\nLoven skal sikre ro om natten.\n";
        check(body, 80, "§ 1. Formål – Loven skal sikre ro om natten.");
        check(body, 24, "§ 1. Formål – Loven …");
        check("Ro om natten.\n", 80, "Ro om natten.");
        check("Donaudampfschifffahrtsgesellschaft", 12, "Donau…schaft");
        assert_eq!(opening(" \n", 80), None);
    }

    #[test]
    fn a_whole_text_keeps_its_lines_and_its_marks() {
        let text = "Støj fra havnen\n\nStøjen måles i\net år.";
        let at = |word: &str| text.find(word).expect("it is there");
        let highlights = [0..5, at("havnen")..at("havnen") + 6, at("i\n")..at(" år")];
        let plain = |line: &String| anstream::adapter::strip_str(line).to_string();
        let shown = lines(text, &highlights, 12);
        assert_eq!(
            shown.iter().map(plain).collect::<Vec<_>>(),
            ["Støj fra", "havnen", "", "Støjen måles", "i", "et år."]
        );
        let marked = |word: &str| format!("{MATCH}{word}{MATCH:#}");
        for (line, word) in [(0, "Støj"), (1, "havnen"), (4, "i"), (5, "et")] {
            assert!(shown[line].contains(&marked(word)), "{shown:?}");
        }
        assert!(!shown[3].contains('\u{1b}'), "{shown:?}");
    }
}
