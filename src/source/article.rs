//! A plain article as it came off the web, split by its shape into title, date, source, body and debris.
//!
//! Copied and scraped text carries what stood around it: a title that comes twice, a line with date and newsletter,
//! a closing *×* or an invitation to log in. A list of such phrases would know only the sites that it was made from, so
//! lines are judged by shape: how long they are, how they end, what stands before them. A trained boilerplate model was
//! rejected because it needs mark-up, which is gone here, and because nobody could tell why it cut a line.
//!
//! The only words that the rules know are closed classes: words that label a date or a byline, that close a letter,
//! that open a fact box or a list of sources, and a few abbreviations. All but the labels of dates *protect* text.
//!
//! Two things always hold. The body is one contiguous piece of the text, trimmed at both ends, so that sub-headings,
//! lists and blank lines inside it stay as they were. And doubt keeps: what is cut is short, stands at an edge of an
//! article that has whole sentences, and is counted.

use super::date;
use crate::doc::Date;

/// An article's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shaped {
    /// The headline, without a Markdown `#`; `None` where the text begins with a paragraph.
    pub(super) title: Option<String>,
    /// The day that stands in a line of its own before the first paragraph; never one out of running text.
    pub(super) date: Option<Date>,
    /// The publisher whose name shares that line.
    pub(super) source: Option<String>,
    /// A contiguous slice of the text, trimmed.
    pub(super) body: String,
    /// Lines with text that are in neither title, date line nor body. A repeated title is still the title.
    pub(super) cut_lines: usize,
}

/// Splits `text`: clean, with `\n` line ends.
pub(super) fn shape(text: &str) -> Shaped {
    let lines = lines(text);
    let head = Head::read(&lines);
    let body = lines.get(head.end..).unwrap_or_default();
    let cut = debris(body);
    let body = match (body.first(), body[..body.len() - cut].last()) {
        (Some(first), Some(last)) => &text[first.start..last.start + last.text.len()],
        _ => "",
    };
    Shaped {
        title: head.title.map(str::to_owned),
        date: head.date,
        source: head.source.map(str::to_owned),
        body: body.to_owned(),
        cut_lines: head.cut + cut,
    }
}

/// The body without the debris after its last sentence, trimmed, and how many lines with text that debris has.
///
/// For text whose title and date are known from elsewhere, such as the main part of a web page.
pub(super) fn trim_tail(body: &str) -> (&str, usize) {
    let lines = lines(body);
    let cut = debris(&lines);
    match (lines.first(), lines[..lines.len() - cut].last()) {
        (Some(first), Some(last)) => (&body[first.start..last.start + last.text.len()], cut),
        _ => ("", cut),
    }
}

/// Most lines, and most of the body's bytes (one in so many), that can be debris at the end.
const MOST_LINES: usize = 6;
const MOST_SHARE: usize = 3;

/// Stands before a date; whole words, and stems of what has many forms: of publication, of a change after it.
const DATE_WORDS: &[&str] = &["den", "kl", "on", "last", "dato", "datum", "date", "skrevet", "skriven", "posted"];
const PUBLICATION_STEMS: &[&str] = &["publicer", "publiser", "publish", "offentliggj", "udgivet", "utgiven"];
const CHANGE_STEMS: &[&str] = &[
    "opdater", "uppdater", "oppdater", "update", "ændret", "ändrad", "endret", "rettet", "senest", "senast", "sidst",
    "sist",
];
/// Stands before the name of whoever wrote.
const BYLINES: &[&str] = &["af", "av", "by", "fra", "från", "tekst", "text", "foto", "photo"];
/// Opens the close of a letter, or a block that belongs to the article though it has no sentences.
const KEPT_OPENINGS: &[&str] = &["mvh", "fakta", "kilde", "källa", "källor", "kjelde", "note", "noter", "fotnot"];
/// Closes a letter: *venlig hilsen*, *med vänlig hälsning*, *på bestyrelsens vegne*.
const CLOSINGS: &[&str] = &["hilse", "hilsn", "hälsn", "helsing", "vegne", "vägnar"];
/// Ends a headline with a full stop that does not end a sentence.
const ABBREVIATIONS: &[&str] =
    &["kr.", "pct.", "mio.", "mia.", "mv.", "m.v.", "m.m.", "m.fl.", "osv.", "etc.", "milj.", "tkr.", "bl.a.", "t.ex."];

/// A line with text.
struct Line<'t> {
    /// Where `text` begins, in bytes.
    start: usize,
    /// The line without white space around it.
    text: &'t str,
    /// A blank line, or the text's beginning, stands before it.
    gap: bool,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let (mut found, mut at, mut gap) = (Vec::new(), 0, true);
    for line in text.split('\n') {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            gap = true;
        } else {
            found.push(Line { start: at + line.len() - line.trim_start().len(), text: trimmed, gap });
            gap = false;
        }
        at += line.len() + 1;
    }
    found
}

#[derive(Default)]
struct Head<'t> {
    title: Option<&'t str>,
    date: Option<Date>,
    source: Option<&'t str>,
    /// The body's first line.
    end: usize,
    cut: usize,
}

impl<'t> Head<'t> {
    fn read(lines: &[Line<'t>]) -> Self {
        let mut head = Head::default();
        let start = menu(lines);
        let (mut at, mut cut, mut beside, mut updated) = (0, 0, None, false);
        while let Some(line) = lines.get(at) {
            if let Some(found) = DateLine::read(line.text) {
                if head.date.is_none() || (updated && !found.updated) {
                    (head.date, updated) = (Some(found.date), found.updated);
                }
                beside = beside.or(found.beside);
            } else if at < start || head.title.is_some() && is_publication_note(line.text) {
                cut += 1;
            } else if let Some(title) = head.title {
                let rule = line.text.len() > 2 && line.text.chars().all(|c| c == '=' || c == '-') && !line.gap;
                if !(rule || is_same(title, line.text)) {
                    break;
                }
            } else if let Some(title) = title_at(lines, at) {
                head.title = Some(title);
            } else {
                break;
            }
            at += 1;
        }
        // A text that is nothing but a head is a body.
        if at >= lines.len() {
            return Head { date: head.date, ..Head::default() };
        }
        match (head.title, beside) {
            (Some(_), Some(beside)) => head.source = beside.is_source().then_some(beside.text),
            (None, Some(beside)) if has_prose(&lines[at..]) => head.title = Some(beside.text),
            (None, Some(_)) => return Head { date: head.date, ..Head::default() },
            _ => {}
        }
        if head.date.is_none() && head.title.is_some() {
            // The date may stand under a byline or a deck, which are body; then it is read where it stands.
            let short = lines[at..].iter().take(4).take_while(|line| line.text.chars().count() <= 80);
            head.date = short.filter_map(|line| DateLine::read(line.text)).find(|d| d.beside.is_none()).map(|d| d.date);
        }
        (head.end, head.cut) = (at, cut);
        head
    }
}

/// How many lines stand before the headline: section names, menus, a path of links, signs.
fn menu(lines: &[Line<'_>]) -> usize {
    let is_entry = |line: &&Line<'_>| {
        let kind = Kind::of(line.text);
        matches!(kind, Kind::Word | Kind::Control | Kind::Symbol) && line.text.chars().count() <= 30
    };
    let is_path = |line: &Line<'_>| {
        [" > ", " › ", " » "].iter().any(|sign| {
            let parts: Vec<_> = line.text.split(sign).collect();
            parts.len() > 1 && parts.iter().all(|part| (1..=6).contains(&part.split_whitespace().count()))
        })
    };
    // A headline that comes twice marks its own place; what stands before it is no part of the article.
    let dated = |line: &Line<'_>| DateLine::read(line.text).is_some();
    let twice = (1..lines.len().min(12)).find(|&at| {
        let next = lines[at + 1..].iter().find(|line| !dated(line));
        lines[at].text.split_whitespace().count() > 2 && next.is_some_and(|next| is_same(next.text, lines[at].text))
    });
    if let Some(at) = twice
        && lines[..at].iter().all(|line| is_entry(&line) || is_path(line) || dated(line))
        && has_prose(&lines[at + 1..])
    {
        return at;
    }
    let paths = lines.iter().take_while(|line| is_path(line) || Kind::of(line.text) == Kind::Symbol).count();
    let entries = lines[paths..].iter().take(12).take_while(is_entry).take_while(|l| words(l.text) <= 2).count();
    let end = if entries >= 3 { paths + entries } else { paths };
    let headline = lines.get(end).filter(|line| end == paths || line.gap && words(line.text) > 2);
    if end > 0 && headline.is_some() && title_at(lines, end).is_some() { end } else { 0 }
}

/// The headline, if line `at` is one: short, no item of a list, no running sentence, with running text to follow.
fn title_at<'t>(lines: &[Line<'t>], at: usize) -> Option<&'t str> {
    let (line, below) = (&lines[at], &lines[at + 1..]);
    if !has_prose(below) {
        return None;
    }
    let bare = line.text.trim_start_matches('#').trim_start();
    let marked = bare.len() < line.text.len();
    let title = if marked { bare.trim_end_matches('#').trim_end() } else { bare };
    // A page's own title is the headline with the site's name behind it.
    if let Some(next) = below.first()
        && let Some(site) = title.strip_prefix(next.text)
        && words(next.text) > 1
        && [" | ", " - ", " – "].iter().any(|sign| site.starts_with(sign))
    {
        return title_at(lines, at + 1);
    }
    let length = title.chars().count();
    if length > 200 || !title.chars().any(char::is_alphabetic) {
        return None;
    }
    let again = below.iter().find(|line| DateLine::read(line.text).is_none());
    if marked || again.is_some_and(|line| is_same(title, line.text)) {
        return Some(title);
    }
    let runs_on = below.first().filter(|next| DateLine::read(next.text).is_none()).is_some_and(|next| {
        let full = |line: &Line<'_>| (45..=100).contains(&line.text.chars().count()) && !ends_sentence(line.text);
        let wrapped = || full(line) && below.iter().take(2).filter(|line| !line.gap && full(line)).count() == 2;
        !next.gap && (next.text.starts_with(char::is_lowercase) || wrapped())
    });
    let several = length > 120 && has_inner_stop(title);
    let ends_badly = match title.trim_end_matches(CLOSERS).chars().next_back() {
        Some('.') => !ABBREVIATIONS.iter().any(|short| title.ends_with(short)) && !title.ends_with("..."),
        Some(',' | ';' | ':') => true,
        _ => false,
    };
    // News headlines quote with a dash.
    let item = is_item(title.strip_prefix("– ").unwrap_or(title));
    (!runs_on && !several && !ends_badly && !item && !is_division(title)).then_some(title)
}

/// A line of the head that tells a date, and perhaps who published.
struct DateLine<'t> {
    date: Date,
    /// It tells of a change and not of the publication.
    updated: bool,
    beside: Option<Beside<'t>>,
}

/// What stands after the date in its line.
#[derive(Clone, Copy)]
struct Beside<'t> {
    text: &'t str,
    /// Set off with a stroke or a dot, as sections are.
    piped: bool,
}

impl Beside<'_> {
    /// A section stands behind a stroke as well, so there only a name of several capitals is a publisher's.
    fn is_source(&self) -> bool {
        let capitals = self.text.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).count();
        !self.piped || (capitals > 1 && capitals == words(self.text))
    }
}

impl<'t> DateLine<'t> {
    fn read(line: &'t str) -> Option<Self> {
        if line.chars().count() > 100 {
            return None;
        }
        let (date, range) = date::find(line)?;
        let spelled = line[range.clone()].chars().any(char::is_alphabetic);
        let (before, after) = (&line[..range.start], &line[range.end..]);
        let label = before.trim_matches(is_separator);
        let set_off = before.trim_end().ends_with(is_separator);
        let labelled = label.split_whitespace().all(is_date_label);
        if !labelled && !((is_byline(label) || set_off) && words(label) <= 5 && label.starts_with(char::is_uppercase)) {
            return None;
        }
        let rest = after.trim().trim_end_matches('.');
        let text = rest.trim_matches(is_separator);
        let piped = rest.starts_with(['|', '·', '•']);
        let separate = rest.starts_with(is_separator);
        let is_note = is_date_label(text) || is_byline(text) || text.starts_with(|c: char| c.is_ascii_digit());
        let is_name = text.starts_with(char::is_uppercase)
            && words(text) <= 5
            && text.chars().count() <= 50
            && !text.ends_with(['.', '!', '?', ':', ','])
            && (separate || !spelled);
        if text.is_empty() || (is_note && words(text) <= 6) || is_name {
            let updated = starts_with_any(label, CHANGE_STEMS);
            let beside = (is_name && !is_note).then_some(Beside { text, piped });
            return Some(Self { date, updated, beside });
        }
        None
    }
}

/// Whether the first word of `text` labels a date.
fn is_date_label(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    DATE_WORDS.contains(&first.trim_end_matches(['.', ':']))
        || [PUBLICATION_STEMS, CHANGE_STEMS].iter().any(|stems| starts_with_any(&first, stems))
}

fn is_byline(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    BYLINES.contains(&first.trim_end_matches(':'))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '|' | '·' | '•' | '-' | '–' | '—' | ',' | '/' | '(' | ')' | '[' | ']' | ':')
}

/// *Published by the editors*: a date line without its date.
fn is_publication_note(line: &str) -> bool {
    words(line) <= 5 && !ends_closed(line) && starts_with_any(line, PUBLICATION_STEMS)
}

/// How many of the last lines are debris.
fn debris(lines: &[Line<'_>]) -> usize {
    let kinds: Vec<Kind> = lines.iter().map(|line| Kind::of(line.text)).collect();
    let mut long = 0;
    let tail = kinds.iter().rev().take_while(|kind| {
        long += usize::from(**kind == Kind::Long);
        **kind != Kind::Kept && long <= 1
    });
    let first = lines.len() - tail.count();
    let Some(before) = first.checked_sub(1).filter(|_| has_sentence(&lines[..first])) else { return 0 };
    let inner = longest_run(&kinds[..first]);
    let introduced = lines[before].text.ends_with(':') || is_kept_opening(lines[before].text);
    let signed = kinds.get(first) == Some(&Kind::Name) || is_signature(lines[before].text);
    // A text that has lists without marks elsewhere may end in one; a symbol alone on its line is none even there.
    let start = if introduced || signed || inner > 2 {
        (first..lines.len()).find(|&at| kinds[at] == Kind::Symbol).unwrap_or(lines.len())
    } else {
        first
    };
    let is_debris = |at: &usize| {
        let (block, last) = (&kinds[*at..], &lines[lines.len() - 1]);
        // Without a blank line before it a single line may be a label of what is above, where the text has such lines.
        let prose = || lines[..*at].iter().all(|line| ends_closed(line.text));
        let parted = lines[*at].gap
            || kinds[*at] == Kind::Symbol
            || ends_sentence(lines[at - 1].text) && (block.len() > 1 || *at > 4 && prose());
        let bytes = last.start + last.text.len() - lines[*at].start;
        let body = lines[*at].start - lines[0].start;
        let joined = lines.get(at + 1).is_some_and(|next| !next.gap);
        parted && block.len() <= MOST_LINES && bytes * MOST_SHARE <= body && is_block(block, joined, inner)
    };
    (start..lines.len()).find(is_debris).map_or(0, |at| lines.len() - at)
}

/// Whether a block of lines at the very end can be debris. `joined`: its second line stands directly under the first.
fn is_block(block: &[Kind], joined: bool, inner: usize) -> bool {
    let controls = block.iter().filter(|kind| matches!(kind, Kind::Symbol | Kind::Control)).count();
    let opens = match block[0] {
        Kind::Symbol | Kind::Control => true,
        // One word may be a signature or a place. Two in a row are a menu.
        Kind::Word => controls > 1 && joined || controls > 0 && block.get(1) == Some(&Kind::Word),
        Kind::Short => controls > 0 && joined,
        Kind::Name | Kind::Medium | Kind::Long | Kind::Kept => false,
    };
    // A sentence without its full stop is debris only under a heading that no article would have in front of it.
    let long = block.iter().position(|kind| matches!(kind, Kind::Medium | Kind::Long));
    let fits = long.is_none_or(|at| {
        let enough = if block[at] == Kind::Medium { block.len() > 2 } else { at > 1 };
        enough && inner < 2 && matches!(block[0], Kind::Symbol | Kind::Control)
    });
    opens && controls > 0 && fits
}

/// The longest run of lines without sentences between paragraphs: 1 for sub-headings, more for lists without marks.
fn longest_run(kinds: &[Kind]) -> usize {
    let inside = kinds.iter().skip_while(|kind| kind.is_loose());
    inside.fold((0, 0), |(run, most), kind| if kind.is_loose() { (run + 1, most.max(run + 1)) } else { (0, most) }).1
}

/// What a line looks like, seen from the end of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text: it ends like a sentence, or is an item, a number, a name, a source, a line of verse.
    Kept,
    /// A sign alone: `×`, `|`.
    Symbol,
    /// Two or three words of which only the first need have a capital, or words with an arrow.
    Control,
    /// One word.
    Word,
    /// Two words with capitals, a person's name as likely as not.
    Name,
    /// Up to six words, or twelve that a label leads.
    Short,
    /// Up to twelve words.
    Medium,
    /// Up to 25 words.
    Long,
}

impl Kind {
    fn of(line: &str) -> Self {
        if !line.chars().any(char::is_alphanumeric) {
            // A row of dots or dashes stands for words left out, a bracket for code.
            let sign = line.chars().count() <= 2 && !line.contains(['.', '{', '}', '(', ')', '[', ']', '`', ';']);
            return if sign { Self::Symbol } else { Self::Kept };
        }
        let text = line.trim_matches(|c: char| ARROWS.contains(&c) || c.is_whitespace());
        let arrow = text.len() < line.len() && !line.starts_with(['>', '+', '»']);
        let (count, length) = (words(text), text.chars().count());
        if is_item(line) || ends_closed(text) || !text.starts_with(char::is_uppercase) || is_kept_opening(text) {
            return Self::Kept;
        }
        if count > 6 || length > 50 {
            // *See also: a headline*; a label of one word, as in *Source: someone*, is text.
            let led = text.split_whitespace().skip(1).take(2).any(|word| word.ends_with(':'));
            return match (count, length) {
                (..=25, ..=160) if has_inner_stop(text) => Self::Kept,
                (..=12, ..=90) if led => Self::Short,
                (..=12, ..=90) => Self::Medium,
                (..=25, ..=160) => Self::Long,
                _ => Self::Kept,
            };
        }
        let parts: Vec<&str> = text.split_whitespace().collect();
        let named = has_name(text);
        let ends_open = parts.last().is_some_and(|word| BYLINES.contains(&&*word.to_lowercase()));
        let labelled = parts[0].ends_with(':') && count > 1;
        let shouted = text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase) && length > 1;
        let figures = text.contains(|c: char| c.is_ascii_digit() || matches!(c, ',' | '@' | '|' | '\t'));
        match count {
            _ if figures || labelled || ends_open || shouted || text.contains("://") => Self::Kept,
            _ if named && count == 2 => Self::Name,
            _ if named => Self::Kept,
            _ if arrow => Self::Control,
            1 => Self::Word,
            2..=3 if length <= 30 => Self::Control,
            _ => Self::Short,
        }
    }

    fn is_loose(self) -> bool {
        matches!(self, Self::Word | Self::Control | Self::Name | Self::Short)
    }
}

const ARROWS: [char; 14] = ['»', '›', '>', '→', '↗', '⟶', '↓', '↑', '▼', '▾', '▸', '×', '✕', '+'];
const CLOSERS: [char; 10] = ['"', '\'', '”', '’', '“', '»', '«', ')', ']', '*'];

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn starts_with_any(text: &str, stems: &[&str]) -> bool {
    let text = text.to_lowercase();
    stems.iter().any(|stem| text.starts_with(stem))
}

/// Equal but for case, spaces and a last full stop.
fn is_same(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let text = text.trim_start_matches('#').trim_end_matches(['.', ':', ' ']).to_lowercase();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    plain(a) == plain(b)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(CLOSERS).ends_with(['.', '!', '?', '…'])
}

/// Two words with capitals follow each other.
fn has_name(text: &str) -> bool {
    let capitals = text.split_whitespace().map(|word| word.starts_with(char::is_uppercase));
    capitals.clone().zip(capitals.skip(1)).any(|(one, next)| one && next)
}

/// A short line with a name: under it stand titles, places and offices that are no debris.
fn is_signature(text: &str) -> bool {
    words(text) <= 6 && !ends_sentence(text) && !is_item(text) && has_name(text)
}

/// Ends like text: a sentence, a quotation, a bracket, a clause that goes on.
fn ends_closed(text: &str) -> bool {
    !text.ends_with(|c: char| c.is_alphanumeric())
}

fn has_inner_stop(text: &str) -> bool {
    let ends = |word: &str| word.chars().count() > 3 && ends_sentence(word);
    let mut parts = text.split_whitespace().peekable();
    std::iter::from_fn(|| parts.next().map(|word| (word, parts.peek().copied())))
        .any(|(word, next)| ends(word) && next.is_some_and(|next| next.starts_with(char::is_uppercase)))
}

fn has_sentence(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| words(line.text) > 3 && ends_sentence(line.text))
}

/// Running text follows, even if its end is missing.
fn has_prose(lines: &[Line<'_>]) -> bool {
    has_sentence(lines) || lines.iter().any(|line| words(line.text) > 15)
}

/// `- one`, `1. one`, `a) one`, `§ 1`, `1 §`, `| one |`, `> one`.
fn is_item(text: &str) -> bool {
    let mut parts = text.split_whitespace();
    let first = parts.next().unwrap_or_default();
    let number = first.trim_start_matches('(').trim_end_matches(['.', ')']);
    let counted = number.len() < first.len()
        && (number.chars().all(|c| c.is_ascii_digit() || c == '.') || number.chars().count() == 1);
    let marked = matches!(first, "-" | "*" | "+" | "–" | "—" | "•" | "◦" | "‣" | "▪" | "o" | "·");
    marked
        || counted
        || text.starts_with(['§', '|', '>', '•'])
        || parts.next().is_some_and(|word| word.starts_with('§'))
}

/// `Kapitel 2. On something`: a numbered part of a work is not its headline.
fn is_division(text: &str) -> bool {
    let mut parts = text.split_whitespace();
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let number = |word: &str| {
        let word = word.trim_end_matches(['.', ':']);
        !word.is_empty() && word.len() < 4 && word.chars().all(|c| c.is_ascii_digit() || "IVX".contains(c))
    };
    let named = first.starts_with(char::is_alphabetic) && number(second);
    let headed = parts.next().is_none_or(|word| word.starts_with(char::is_uppercase));
    named && headed && (second.ends_with(['.', ':']) || first.ends_with('.'))
        || number(first) && (second.to_lowercase().starts_with("kap") || second.starts_with("avd"))
}

/// The words under such a line belong to the article.
fn is_kept_opening(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split_whitespace().map(|word| word.trim_end_matches([':', ',']));
    let opened = parts.clone().next().is_some_and(|first| KEPT_OPENINGS.iter().any(|stem| first.starts_with(stem)));
    opened || words(&text) <= 5 && parts.any(|word| CLOSINGS.iter().any(|stem| word.starts_with(stem)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: &str = "Havnen i Nordby har fået en ny kran, og den kan løfte dobbelt så meget som den gamle. \
                         Færgen lægger til tre gange om dagen, og fiskerne lander deres fangst om natten.";
    const LAST: &str = "Byrådet ser på regnskabet igen til foråret. Indtil da er broen åben for alle, der vil over.";
    const SWEDISH: &str = "Kommunen har byggt en ny brygga vid sjön, och den är redan full av båtar. Avgiften är \
                           densamma som förra året, men kön har vuxit till fyra år och blir längre.";

    fn day(year: i32, month: u8, day: u8) -> Option<Date> {
        Date::from_calendar_date(year, month.try_into().unwrap(), day).ok()
    }

    fn check(text: &str, title: Option<&str>, date: Option<Date>, source: Option<&str>, body: &str, cut_lines: usize) {
        let expect = Shaped {
            title: title.map(str::to_owned),
            date,
            source: source.map(str::to_owned),
            body: body.to_owned(),
            cut_lines,
        };
        assert_eq!(shape(text), expect, "{text}");
    }

    /// An article whose body is two paragraphs and `end`, all of which must stay.
    fn keeps(end: &str) {
        let body = format!("{FIRST}\n\n{LAST}\n\n{end}");
        check(&format!("En kran til Nordby\n\n{body}\n"), Some("En kran til Nordby"), None, None, &body, 0);
        assert_eq!(trim_tail(&body), (&*body, 0));
    }

    /// An article of which `end` is debris.
    fn cuts(end: &str, lines: usize) {
        let body = format!("{FIRST}\n\nNy bro\n\n{LAST}");
        let text = format!("{body}\n\n{end}\n");
        check(&format!("En kran til Nordby\n\n{text}"), Some("En kran til Nordby"), None, None, &body, lines);
        assert_eq!(trim_tail(&text), (&*body, lines));
    }

    #[test]
    fn title_that_comes_twice() {
        let body = format!("{FIRST}\n \nNy bro\n{LAST}");
        let title = "Havnen viser, at små øer kan løfte tungt";
        check(&format!("{title}\n\n{title}\n\n{body}"), Some(title), None, None, &body, 0);
        check(&format!("{title}\n\n4. maj 2022\n\n{title}.\n\n{body}"), Some(title), day(2022, 5, 4), None, &body, 0);
    }

    #[test]
    fn paragraphs_that_begin_with_the_title_or_a_date() {
        let body = format!("Om lidt er vi der. {FIRST}\nDen 4. maj 2022 åbnede broen for cyklister. {LAST}”");
        check(&format!("Om lidt\n\nOm lidt\n\n{body}"), Some("Om lidt"), None, None, &body, 0);
        let dated = format!("Den 4. maj 2022 åbnede broen for cyklister. {LAST}");
        check(&format!("Broen\n\n{dated}"), Some("Broen"), None, None, &dated, 0);
    }

    #[test]
    fn date_above_the_headline_and_controls_below_the_text() {
        let list = "Broen har tre dele:\n\n  1. En rampe\n  2. Et dæk uden rækværk\n\n";
        let body = format!("{FIRST}\n\n{list}{LAST}");
        let text = format!("04. maj 2022\n\nHavnefogeden: Mere plads til alle\n\n{body}\n\n×\n\nLuk menu");
        check(&text, Some("Havnefogeden: Mere plads til alle"), day(2022, 5, 4), None, &body, 2);
    }

    #[test]
    fn section_beside_the_date_and_an_invitation_without_full_stop() {
        let body = format!("{SWEDISH}\n\nMer plats vid vattnet\n\n{SWEDISH}\n\n{SWEDISH}");
        let invitation = "Håll kontakten\n\nFå mer ut av sjön med Bryggan\n\nBryggan är ditt brev om allt som rör \
                          båtar, vatten och Roslagen 24";
        let text = format!("Kön till bryggan växer\n\nmaj 4, 2022 | Notiser\n\n{body}\n\n{invitation}");
        check(&text, Some("Kön till bryggan växer"), day(2022, 5, 4), None, &body, 3);
    }

    #[test]
    fn newsletter_beside_the_date() {
        let body = format!("{FIRST}\n\n1) Kranen\n\n{LAST}");
        let title = "4 ting fra havnedagen 2022 - en kort status";
        let text = format!("04.05.22 Ø Havn Nyt\n\n{title}\n\n{body}\n\nMere læsning");
        check(&text, Some(title), day(2022, 5, 4), Some("Ø Havn Nyt"), &body, 1);
    }

    #[test]
    fn date_lines() {
        for (line, date, source) in [
            ("Publiceret 4. maj 2022", day(2022, 5, 4), None),
            ("Publicerad: 4 maj 2022 kl. 08.15", day(2022, 5, 4), None),
            ("Tirsdag den 4. maj 2022", day(2022, 5, 4), None),
            ("4/5 2022 – Kysten", day(2022, 5, 4), Some("Kysten")),
            ("4. maj 2022 | Ø Havn", day(2022, 5, 4), Some("Ø Havn")),
            ("4. maj 2022 | Ny havn", day(2022, 5, 4), None),
            ("Nyhed | 4. maj 2022", day(2022, 5, 4), None),
            ("Af Ane Krog, 4. maj 2022", day(2022, 5, 4), None),
            ("2022-05-04 10:15 · 4 min.", day(2022, 5, 4), None),
            ("Senast uppdaterad 5 juni 2023\nPublicerad 4 maj 2022", day(2022, 5, 4), None),
            ("Opdateret 4. maj 2022", day(2022, 5, 4), None),
            ("Publiceret 4. maj 2022, opdateret 5. juni 2023", day(2022, 5, 4), None),
            ("04.05.22 Online Havn", day(2022, 5, 4), Some("Online Havn")),
        ] {
            check(&format!("Broen er åben\n{line}\n\n{FIRST}"), Some("Broen er åben"), date, source, FIRST, 0);
            check(&format!("{line}\n\nBroen er åben\n\n{FIRST}"), Some("Broen er åben"), date, source, FIRST, 0);
        }
    }

    #[test]
    fn dates_that_belong_to_the_text() {
        for line in
            ["Den 4. maj 2022 lukkede broen", "Referat 4. maj 2022", "Klimaet 4. maj 2022", "4 maj 2022 i Nordby"]
        {
            check(&format!("{line}\n\n{FIRST}"), Some(line), None, None, FIRST, 0);
        }
        let deck = format!("Ane Krog\n4. maj 2022\n\n{FIRST}");
        check(&format!("Broen er åben\n\n{deck}"), Some("Broen er åben"), day(2022, 5, 4), None, &deck, 0);
        let late = format!("{FIRST}\n\n4. maj 2022\n\n{LAST}");
        check(&format!("Broen er åben\n\n{late}"), Some("Broen er åben"), None, None, &late, 0);
    }

    #[test]
    fn headlines() {
        for (line, title) in [
            ("# Broen er åben", Some("Broen er åben")),
            ("Hvem ejer broen?", Some("Hvem ejer broen?")),
            ("»Broen er åben!«", Some("»Broen er åben!«")),
            ("– Vi bygger selv broen", Some("– Vi bygger selv broen")),
            ("Ny bro til 40 mio. kr.", Some("Ny bro til 40 mio. kr.")),
            ("16 broer på et år", Some("16 broer på et år")),
            ("Broen er åben for alle.", None),
            ("Kære naboer,", None),
            ("Broen har tre dele:", None),
            ("- Broen", None),
            ("§ 2. Om broer", None),
            ("2 § Om broer", None),
            ("Kapitel 2. Om broer", None),
        ] {
            let body = if title.is_some() { FIRST.to_owned() } else { format!("{line}\n\n{FIRST}") };
            check(&format!("{line}\n\n{FIRST}"), title, None, None, &body, 0);
        }
        let wrapped = "Havnen i Nordby har fået en ny kran, og den\nkan løfte dobbelt så meget som den gamle.";
        check(wrapped, None, None, None, wrapped, 0);
        check(FIRST, None, None, None, FIRST, 0);
        check(
            &format!("Broen er åben | Ø Havn\n\nBroen er åben\n\n{FIRST}"),
            Some("Broen er åben"),
            None,
            None,
            FIRST,
            0,
        );
    }

    #[test]
    fn menus_above_the_headline() {
        let menu = "Forside\nNyheder\nOm os";
        check(&format!("{menu}\n\nBroen er åben\n\n{FIRST}"), Some("Broen er åben"), None, None, FIRST, 3);
        check(
            &format!("Ø Havn > Nyt > Broer\n\nBroen er åben\n\n{FIRST}"),
            Some("Broen er åben"),
            None,
            None,
            FIRST,
            1,
        );
        let twice = "Broen er åben\n4. maj 2022\nBroen er åben";
        check(&format!("Nyheder\n{twice}\n\n{FIRST}"), Some("Broen er åben"), day(2022, 5, 4), None, FIRST, 1);
        let names = format!("Ane Krog\nBo Lind\nIda Dam\n\nBroen er åben\n\n{FIRST}");
        assert_eq!(shape(&names).cut_lines, 0);
    }

    #[test]
    fn debris() {
        cuts("×", 1);
        cuts("Luk menu", 1);
        cuts("Lignende artikler\nDel på Havnenettet\nSkriv til os her på havnen", 3);
        cuts("Del\n\nMail\n\nPrint\n\nFlere artikler", 4);
        cuts("Mail\nDel på Havnenettet\nFlere artikler", 3);
        cuts("Se også: Færgen der kom for sent\nDel på Havnenettet\nPrint", 3);
        cuts("Luk menu\n\nSkriv dig op og hør først om alle nye broer i byen\n\n×", 3);
        cuts("×\n\nNy bro på vej\n\nTil toppen", 3);
        cuts("Flere artikler »", 1);
        cuts("Luk menu\nStøt Havnenettet", 2);
        // What stands between text and debris stays.
        let signed = format!("{FIRST}\n\n{LAST}\n\nMette");
        assert_eq!(trim_tail(&format!("{signed}\n\nLuk menu\n")), (&*signed, 1));
        let listed = format!("{FIRST}\n\n{LAST}\n\n- en rampe\n- et dæk");
        assert_eq!(trim_tail(&format!("{listed}\n\nLuk menu\n×")), (&*listed, 2));
    }

    #[test]
    fn real_endings() {
        for end in [
            "- punkt et\n- punkt to",
            "1. Borgere\n2. Naboer",
            "De tre øer er:\n\nFanø\nMandø\nLille Fanø med",
            "Ane Krog",
            "Ane Krog\nHavnefoged i Nordby",
            "Mette",
            "Af Ane Krog, havnefoged",
            "Skrevet af\nAne Krog",
            "Venlig hilsen\nMette",
            "Med vänlig hälsning\n\nKommunens brygga",
            "Det var alt.",
            "»Vi ses på broen«",
            "– Vi ses på broen",
            "(Nordby Avis)",
            "Så sejler vi ud over havet igen,\nog hjem gennem natten",
            "Nu lægger vi båden ved broen\nOg natten er stille og lang\nVi venter på vinden i nat\nOg hører en sang",
            "§ 3. Loven træder i kraft straks.\n\nGivet i Nordby, den 4. maj 2022\n\nUnder vor hånd og \
             segl\n\nANE R.\n\n/ Bo Lind",
            "Nordby den 4 maj 2022\n\nPå rådets vägnar\n\nANE KROG\n\nBo Lind\n(Havneministeriet)",
            "Fakta om broen\n\nÅbnet i foråret\nBygget af træ\nFri for biler",
            "Kilder\n\nHavnens arkiv\nØens museum",
            "Den sidste aften gik hun ned til kajen for at se, om båden var kommet, men der var \
             ingen, og så gik hun hjem og",
            "Vejen frem nu\n\nByrådet vil bygge endnu en bro, men først skal der findes penge til rampen og til",
            "Tal om broen\n\nLængde 40 meter\nBredde 4 meter",
            "| Bro | Længde |\n| Nord | 40 |",
            "Tlf. 11 22 33 44",
            "– – –",
            "Mere læsning\nEt brev\nEn bog til\nTo film om\nFem gode råd\nSyv nye broer\nTi gamle både",
        ] {
            keeps(end);
        }
    }

    #[test]
    fn texts_of_another_kind_stay_whole() {
        for text in [
            "",
            "Luk menu",
            "4. maj 2022",
            "Broen er åben for alle.",
            "hammer\nsøm\nSav\nLille skrue",
            "Mel\n\nTo æg\n\nLidt salt\n\n×",
            "Jeg går en tur\nLangs den lange kaj\n\nHavet er gråt\nOg dagen er ny",
        ] {
            let date = date::parse(text);
            check(text, None, date, None, text, 0);
        }
        check("Broen\n\nDen er åben for alle.", Some("Broen"), None, None, "Den er åben for alle.", 0);
        // Lists without marks elsewhere: the last one is a list, too.
        let listed = format!(
            "{FIRST}\n\nDelene\n\nEn rampe\nEt dæk af træ\nEt rækværk\n\n{LAST}\n\nFarverne\n\nLidt blå\nMeget hvid"
        );
        check(&format!("Broen\n\n{listed}"), Some("Broen"), None, None, &listed, 0);
    }

    fn any_line() -> impl Strategy<Value = String> {
        let sample = [
            "",
            "",
            " ",
            "×",
            "Luk menu",
            "Broen er åben",
            "Ane Krog",
            "4. maj 2022",
            "04.05.22 Ø Havn",
            "- en rampe",
            FIRST,
            LAST,
            "Skriv dig op og hør først om alle nye broer",
            "Fakta",
            "# Bro",
            "====",
            "De er:",
            "Forside > Nyt",
            "Print",
        ];
        prop_oneof![8 => proptest::sample::select(sample.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,40}"]
    }

    fn filled(text: &str) -> usize {
        text.split('\n').filter(|line| !line.trim().is_empty()).count()
    }

    proptest! {
        #[test]
        fn the_body_is_a_slice_and_every_line_is_accounted_for(parts in prop::collection::vec(any_line(), 0..24)) {
            let text = parts.join("\n");
            let shaped = shape(&text);
            prop_assert!(text.contains(&shaped.body));
            prop_assert_eq!(shaped.body.trim(), &shaped.body);
            prop_assert!(filled(&shaped.body) + shaped.cut_lines <= filled(&text));
            prop_assert_eq!(shaped.body.is_empty(), text.trim().is_empty());
            let again = shape(&shaped.body);
            prop_assert!(shaped.body.contains(&again.body));
            let (body, cut) = trim_tail(&text);
            prop_assert!(text.trim_start().starts_with(body));
            prop_assert!(cut <= MOST_LINES);
            prop_assert_eq!(filled(body) + cut, filled(&text));
        }

        #[test]
        fn no_text_panics(text in "(\\PC|\n){0,200}") {
            let shaped = shape(&text);
            prop_assert!(text.contains(&shaped.body));
        }
    }
}
