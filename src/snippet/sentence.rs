//! Where a text may be cut: lines, sentences, and the clauses of a sentence too long to show whole.
//!
//! Whether a sentence ends at a given full stop is decided from a few dozen bytes on either side of it and never from
//! where the reading began, so a stretch out of the middle of a statute of five megabytes is cut exactly as it would be
//! had the whole been read. A trained splitter (Punkt, a neural one) was rejected: it needs a model a language, and
//! what it gets wrong nobody can mend with a line in a table. Unicode's own sentence rules (UAX #29) were rejected
//! because they know no abbreviations and end a sentence after `f.eks.` and before the month of `den 3. August`.

use std::ops::Range;

/// How two neighbouring pieces are parted, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// A space within a clause: a last resort.
    Word,
    /// A comma or a dash.
    Comma,
    /// A semicolon, a colon, or before a mark such as `2)`.
    Clause,
    /// The end of a sentence.
    Sentence,
    /// The end of a line that does not run on.
    Line,
    /// An empty line.
    Blank,
}

/// What the line that a piece belongs to looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Running text.
    Prose,
    /// An entry of a list or a row of a table.
    Item,
    /// A heading, or any short line that is no sentence.
    Heading,
}

/// A stretch of text that is shown whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Bytes in the body, without outer white space and stray punctuation; never empty.
    pub(super) span: Range<usize>,
    /// What it is part of.
    pub(super) kind: Kind,
    /// How it is parted from what stands before it.
    pub(super) before: Gap,
    /// How it is parted from what follows.
    pub(super) after: Gap,
    /// Characters from where the reading began to the piece.
    pub(super) offset: usize,
    /// Its length in characters.
    pub(super) chars: usize,
    /// From 0 (running words) to 1 (digits, symbols or capitals throughout).
    pub(super) noise: f64,
}

/// Cuts `body[range]` into pieces of at most `longest` characters, in order. `range` lies on char boundaries; where it
/// begins within a line, the first piece counts as cut off, and so does the last where it ends within one.
pub(super) fn pieces(body: &str, range: Range<usize>, longest: usize) -> Vec<Piece> {
    let mut cutter = Cutter { body, longest: longest.max(1), counted: range.start, chars: 0, out: Vec::new() };
    let mut at = range.start;
    let mut gap = Gap::Line;
    if at > 0 && !body[..at].ends_with('\n') {
        gap = Gap::Word;
        let word = body[at..range.end].find(char::is_whitespace).unwrap_or(0);
        if !body[..at].ends_with(char::is_whitespace) {
            at += word;
        }
    }
    while at < range.end {
        let end = running_line(body, at, range.end);
        let line = &body[at..end];
        if line.trim().is_empty() {
            gap = gap.max(Gap::Blank);
        } else {
            let kind = if gap == Gap::Word { Kind::Prose } else { kind_of(line) };
            cutter.line(at..end, kind, gap);
            let whole = end == body.len() || body[end..].starts_with('\n');
            gap = if whole { Gap::Line } else { Gap::Word };
        }
        at = end + 1;
    }
    let mut out = cutter.out;
    for i in 1..out.len() {
        out[i - 1].after = out[i].before;
    }
    if let Some(last) = out.last_mut() {
        last.after = gap.min(Gap::Line);
    }
    out
}

/// Whether a text ends as a sentence does.
pub(super) fn stops(text: &str) -> bool {
    let tail = text.trim_end().trim_end_matches(CLOSERS);
    tail.ends_with(['.', '!', '?', '…'])
}

/// Whether a text ends with a word that wants another clause.
pub(super) fn hands_over(text: &str) -> bool {
    matches!(word_before(text, text.len()), "og" | "eller" | "och" | "samt" | "and" | "or")
}

/// The way through one stretch of text.
struct Cutter<'a> {
    body: &'a str,
    longest: usize,
    /// The byte up to which `chars` has been counted.
    counted: usize,
    chars: usize,
    out: Vec<Piece>,
}

impl Cutter<'_> {
    /// Cuts a line into sentences.
    fn line(&mut self, line: Range<usize>, kind: Kind, mut gap: Gap) {
        let mut start = line.start;
        for (i, byte) in self.body[line.clone()].bytes().enumerate() {
            if !matches!(byte, b'.' | b'!' | b'?') {
                continue;
            }
            if let Some(end) = sentence_end(self.body, line.start + i).map(|end| end.min(line.end))
                && end > start
            {
                gap = self.sentence(start..end, kind, gap, Gap::Sentence);
                start = end;
            }
        }
        self.sentence(start..line.end, kind, gap, Gap::Sentence);
    }

    /// Takes a sentence whole or cuts it into clauses; returns the gap before whatever follows it.
    fn sentence(&mut self, span: Range<usize>, kind: Kind, gap: Gap, next: Gap) -> Gap {
        let body = self.body;
        let text = &body[span.clone()];
        if text.len() <= self.longest || text.chars().nth(self.longest).is_none() {
            return if self.push(span, kind, gap) { next } else { gap };
        }
        let mut start = span.start;
        let mut gap = gap;
        for (i, c) in text.char_indices() {
            let at = span.start + i;
            let Some((end, strength)) = clause_end(body, at, c) else { continue };
            if end > start && end < span.end {
                gap = self.clause(start..end, kind, gap, strength);
                start = end;
            }
        }
        self.clause(start..span.end, kind, gap, next)
    }

    /// Takes a clause whole or cuts it between words, and a word of absurd length anywhere.
    fn clause(&mut self, span: Range<usize>, kind: Kind, mut gap: Gap, next: Gap) -> Gap {
        let body = self.body;
        let text = &body[span.clone()];
        if text.len() <= self.longest || text.chars().nth(self.longest).is_none() {
            return if self.push(span, kind, gap) { next } else { gap };
        }
        let target = (self.longest / 6).max(1);
        let (mut start, mut length) = (span.start, 0);
        for (i, c) in text.char_indices() {
            let at = span.start + i;
            let loose = c.is_whitespace() && (length >= 2 * target || parts_words(body, at));
            if (length >= target && loose) || length >= self.longest {
                if self.push(start..at, kind, gap) {
                    gap = Gap::Word;
                }
                (start, length) = (at, 0);
            }
            length += 1;
        }
        if self.push(start..span.end, kind, gap) { next } else { gap }
    }

    /// Adds a piece without its outer white space and stray punctuation, if anything is left of it.
    fn push(&mut self, span: Range<usize>, kind: Kind, before: Gap) -> bool {
        let text = &self.body[span.clone()];
        let cut = text.trim_start_matches(|c: char| c.is_whitespace() || ",;:.!?)]}>*•·-|…".contains(c));
        let start = span.end - cut.len();
        let cut = cut.trim_end_matches(|c: char| c.is_whitespace() || ",;|".contains(c));
        if cut.is_empty() {
            return false;
        }
        self.chars += self.body[self.counted..start].chars().count();
        let offset = self.chars;
        let (chars, noise) = measure(cut);
        self.counted = start + cut.len();
        self.chars += chars;
        self.out.push(Piece { span: start..self.counted, kind, before, after: Gap::Sentence, offset, chars, noise });
        true
    }
}

/// The number of characters, and how little they look like words.
fn measure(text: &str) -> (usize, f64) {
    let (mut all, mut ink, mut letters, mut capitals, mut digits) = (0_usize, 0_u32, 0_u32, 0_u32, 0_u32);
    let (mut words, mut names, mut within) = (0_u32, 0_u32, false);
    for c in text.chars() {
        all += 1;
        if c.is_whitespace() {
            within = false;
            continue;
        }
        ink += 1;
        if !within && c.is_alphabetic() {
            within = true;
            words += 1;
            names += u32::from(c.is_uppercase());
        }
        if c.is_ascii_lowercase() {
            letters += 1;
            continue;
        }
        letters += u32::from(c.is_alphabetic());
        capitals += u32::from(c.is_uppercase());
        digits += u32::from(c.is_numeric());
    }
    let share = |part: u32, of: u32| f64::from(part) / f64::from(of.max(1));
    let symbols = share(ink.saturating_sub(letters + digits), ink);
    let shouting = if letters >= 8 { (share(capitals, letters) - 0.3) / 0.4 } else { 0.0 };
    let listing = if words >= 5 { (share(names, words) - 0.4) / 0.4 } else { 0.0 };
    let noise = ((share(digits, ink) - 0.1) / 0.25).max((symbols - 0.1) / 0.2).max(shouting).max(listing);
    (all, noise.clamp(0.0, 1.0))
}

/// The end of the line that begins at `at`, read on over breaks within a sentence; at most `limit`.
fn running_line(body: &str, at: usize, limit: usize) -> usize {
    let mut end = at;
    loop {
        end += body[end..limit].find('\n').unwrap_or(limit - end);
        if end == limit || !runs_on(body, end) {
            return end;
        }
        end += 1;
    }
}

/// The widest line that counts as wrapped by hand, and how far any look around a line break goes.
const WRAP: usize = 110;

/// Whether the sentence goes on over the line break at `at`.
fn runs_on(body: &str, at: usize) -> bool {
    let above = line_before(body, at);
    let Some(below) = line_after(body, at) else { return false };
    let (Some(last), Some(first)) = (above.trim_end().chars().last(), below.trim_start().chars().next()) else {
        return false;
    };
    if ".!?:;|".contains(last) || has_marker(below) || above.contains('\t') || below.contains('\t') {
        return false;
    }
    if first.is_lowercase() && (last == ',' || above.len() >= 40) {
        return true;
    }
    // Wrapped by hand at a fixed width: no line had room for the first word of the next.
    let head = &body[..at - above.len()];
    let lines = [
        head.strip_suffix('\n').map_or("", |head| line_before(body, head.len())),
        above,
        below,
        line_after(body, at + 1 + below.len()).unwrap_or(""),
    ];
    let widest = lines.iter().map(|line| line.trim().len()).max().unwrap_or(0);
    let mut tried = 0;
    (50..=WRAP).contains(&widest)
        && lines.windows(2).all(|pair| {
            let (upper, lower) = (pair[0].trim(), pair[1].trim());
            if upper.is_empty() || lower.is_empty() || upper.ends_with(['.', '!', '?', ':', ';']) {
                return true;
            }
            tried += 1;
            upper.len() + 1 + lower.split_whitespace().next().map_or(0, str::len) > widest
        })
        && tried >= 2
}

/// The line that ends at `end`; of a long line its end, which is what matters.
fn line_before(body: &str, end: usize) -> &str {
    let low = body.floor_char_boundary(end.saturating_sub(4 * WRAP));
    &body[body[low..end].rfind('\n').map_or(low, |i| low + i + 1)..end]
}

/// The beginning of the line after the line break at `at`.
fn line_after(body: &str, at: usize) -> Option<&str> {
    let rest = body.get(at + 1..)?;
    let rest = &rest[..rest.floor_char_boundary(4 * WRAP)];
    Some(&rest[..rest.find('\n').unwrap_or(rest.len())])
}

/// What a line is. One of more than [`HEADING`] characters is never a heading.
fn kind_of(line: &str) -> Kind {
    const HEADING: usize = 90;
    let text = line.trim();
    let stops = stops(text) && !text.ends_with("...");
    let short = text.len() <= HEADING || text.chars().nth(HEADING).is_none();
    if text.contains('\t') || text.matches('|').take(2).count() == 2 {
        return Kind::Item;
    }
    if stops && is_mark_alone(text) {
        return Kind::Heading;
    }
    if has_marker(text) {
        return if stops && text.len() >= 60 { Kind::Prose } else { Kind::Item };
    }
    if short && !stops && !text.ends_with(',') { Kind::Heading } else { Kind::Prose }
}

/// Whether a line is nothing but a section mark such as `§ 2.`
fn is_mark_alone(text: &str) -> bool {
    text.len() <= 12 && !text.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 4)
}

/// Whether a line begins as an entry of a list does.
fn has_marker(line: &str) -> bool {
    let text = line.trim_start();
    let mut chars = text.chars();
    match chars.next() {
        Some('-' | '*' | '•' | '·' | '–' | '>') => chars.next().is_some_and(char::is_whitespace),
        Some(c) if c.is_ascii_digit() || c.is_alphabetic() => {
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = text.len() - rest.len();
            let rest = if digits == 0 { chars.as_str() } else { rest };
            digits <= 3
                && rest.starts_with(['.', ')'])
                && rest[1..].starts_with([' ', '\t'])
                && !(digits > 0 && rest.starts_with('.') && is_month(rest[1..].trim_start()))
        }
        _ => false,
    }
}

const CLOSERS: [char; 11] = ['"', '”', '“', '»', '«', '’', '\'', ')', ']', '}', '›'];
const OPENERS: [char; 16] = ['"', '”', '“', '„', '»', '«', '‘', '’', '\'', '(', '[', '{', '–', '—', '-', '§'];

/// Where the sentence ends whose last mark is the byte at `at` (a full stop, an exclamation or question mark): after
/// closing quotes and brackets. `None` where it goes on.
fn sentence_end(body: &str, at: usize) -> Option<usize> {
    let mut end = at + 1;
    let rest = &body[end..];
    if rest.starts_with(['.', '!', '?', '…']) {
        return None;
    }
    end += rest.len() - rest.trim_start_matches(CLOSERS).len();
    let rest = &body[end..];
    let Some(next) = rest.chars().next() else { return Some(end) };
    if !next.is_whitespace() {
        return None;
    }
    let following = rest.trim_start().trim_start_matches(|c: char| OPENERS.contains(&c) || c == ' ');
    let Some(first) = following.chars().next() else { return Some(end) };
    if first.is_lowercase() {
        return None;
    }
    if body.as_bytes()[at] != b'.' {
        return Some(end);
    }
    if body[..at].ends_with('.') {
        return None;
    }
    if opens_subsection(following) {
        return Some(end);
    }
    let word = word_before(body, at);
    let goes_on = if let Some(mark) = Mark::read(word) {
        match mark {
            Mark::Letter => true,
            Mark::Number => is_month(following) || begins_sentence(body, at - word.len()),
            Mark::Roman => begins_sentence(body, at - word.len()),
        }
    } else if is_closing(word) {
        first.is_numeric()
    } else {
        is_abbreviation(word) || (first.is_numeric() && !enumerates(following) && word.chars().count() < 4)
    };
    (!goes_on).then_some(end)
}

/// The word that ends at `at`, without quotes and brackets before it; at most 24 bytes.
fn word_before(body: &str, at: usize) -> &str {
    let text = &body[body.ceil_char_boundary(at.saturating_sub(24))..at];
    let word = text.rfind(|c: char| c.is_whitespace() || c == '/').map_or(text, |i| {
        let next = i + text[i..].chars().next().map_or(0, char::len_utf8);
        &text[next..]
    });
    word.trim_start_matches(OPENERS)
}

/// A number or letter, as it stands before a full stop.
enum Mark {
    Letter,
    Number,
    Roman,
}

impl Mark {
    fn read(word: &str) -> Option<Self> {
        let mut chars = word.chars();
        let first = chars.next()?;
        let single = chars.next().is_none();
        if single && first.is_alphabetic() {
            return Some(Self::Letter);
        }
        // A year is never an ordinal, and `2.1` numbers a section as `2` does.
        if first.is_ascii_digit() && word.len() < 4 && word.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Some(Self::Number);
        }
        word.chars().all(|c| "IVXLC".contains(c)).then_some(Self::Roman)
    }
}

/// Whether the number that starts at `at` opens its sentence, alone or after a word such as `§`, `Stk.` or `Kapitel`:
/// then it belongs to what follows.
fn begins_sentence(body: &str, at: usize) -> bool {
    let opens = |head: &str| {
        let text = head.trim_end_matches([' ', '\t', '\u{a0}']);
        if text.is_empty() || text.ends_with('\n') {
            return true;
        }
        let stop = text.trim_end_matches(CLOSERS);
        if stop.ends_with('.') {
            let word = word_before(stop, stop.len() - 1);
            return !(is_abbreviation(word) || is_closing(word) && word.len() < 4);
        }
        stop.ends_with([':', ';', '!', '?'])
    };
    let head = &body[..at];
    if opens(head) {
        return true;
    }
    let text = head.trim_end_matches([' ', '\u{a0}']);
    let word = word_before(text, text.len());
    let word = if word.is_empty() && text.ends_with('§') { "§" } else { word };
    let capital = word.chars().next().is_some_and(char::is_uppercase) && is_reference(word);
    let head = text[..text.len() - word.len()].trim_end_matches('§');
    capital && head.trim_end().ends_with('.') || (capital || word == "§") && opens(head)
}

/// Whether `text` begins as a subsection of a statute does: `Stk. 2`.
fn opens_subsection(text: &str) -> bool {
    text.split_once('.').is_some_and(|(word, rest)| {
        let number = rest.trim_start_matches([' ', '\u{a0}']);
        word.starts_with(char::is_uppercase) && is_reference(word) && number.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether the word (without its last full stop) is cut short, in any of the languages.
fn is_abbreviation(word: &str) -> bool {
    if let Some((head, tail)) = word.split_once('.') {
        // `f.eks` and `d.v.s`, but not `borger.dk`.
        return head.chars().count() <= 2 && tail.chars().all(|c| c.is_alphabetic() || c == '.')
            || tail.contains('.') && word.split('.').all(|part| part.chars().count() <= 2);
    }
    // `KL.` and `FN.` end a sentence, and so does `kWh.`
    if word.chars().skip(1).any(char::is_uppercase) {
        return false;
    }
    let lower = word.to_lowercase();
    if ABBREVIATIONS.binary_search(&lower.as_str()).is_ok() {
        return true;
    }
    // Whatever is short and has no vowel.
    let count = word.chars().count();
    (2..=4).contains(&count)
        && word.chars().all(char::is_alphabetic)
        && !lower.contains(['a', 'e', 'i', 'o', 'u', 'y', 'æ', 'ø', 'å', 'ä', 'ö', 'é', 'ü'])
}

/// Whether the word is cut short but often the last of its sentence, so that a capital after it decides.
fn is_closing(word: &str) -> bool {
    CLOSING.binary_search(&word.to_lowercase().as_str()).is_ok()
}

/// Whether `text` begins with the name of a month, in old or new spelling.
fn is_month(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    end <= 10 && MONTHS.binary_search(&text[..end].to_lowercase().as_str()).is_ok()
}

/// Whether the word names a part of a statute and is followed by that part's number.
fn is_reference(word: &str) -> bool {
    REFERENCES.binary_search(&word.trim_end_matches('.').to_lowercase().as_str()).is_ok()
}

/// Words that want another after them. This table and the next three are sorted.
const ABBREVIATIONS: &[&str] = &[
    "adm", "adr", "afd", "afg", "afs", "alm", "ang", "ank", "ansv", "anv", "artt", "ass", "avd", "avs", "bekg", "bem",
    "bet", "bil", "ca", "cand", "chr", "cirk", "dept", "dir", "dok", "egl", "eks", "ekskl", "eksp", "eng", "enl",
    "etabl", "evt", "excl", "exkl", "fam", "fig", "fil", "fmd", "forb", "fork", "forts", "førstn", "gl", "henh",
    "henv", "iflg", "ifm", "ifr", "ift", "incl", "ing", "inkl", "insp", "inst", "int", "jan", "jur", "kand", "kap",
    "kgl", "kl", "komm", "lic", "litr", "litra", "mag", "maks", "medd", "medl", "mods", "odont", "opg", "oplysn",
    "oppl", "ordf", "overs", "pga", "phil", "pol", "prof", "prop", "red", "ref", "regl", "resp", "sek", "sekt", "skr",
    "sml", "stk", "stud", "särsk", "teol", "tidl", "tilf", "udd", "udg", "udk", "univ", "uppl", "utg", "vedk", "vedr",
    "vejl", "vol", "årg", "årh",
];

/// Words cut short that may end a sentence.
const CLOSING: &[&str] = &[
    "d.d", "d.s", "dkk", "e.kr", "e.l", "e.m", "el.l", "etc", "f.kr", "f.m", "kr", "m.fl", "m.m", "m.v", "mfl", "mia",
    "mill", "mio", "mkr", "mm", "mv", "o.a", "o.d", "o.dyl", "o.l", "o.lign", "o.m.a", "o.s.v", "osv", "pct", "proc",
];

/// The months, some as older texts inflect them.
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "april", "aprilis", "august", "augusti", "december", "decembris", "desember", "februar", "februari", "februarii",
    "januar", "januari", "januarii", "juli", "julii", "juni", "junii", "mai", "maj", "maji", "mars", "martii", "marts",
    "november", "october", "oktober", "september",
];

/// Words that stand before a number when a text refers to a place in another.
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "afsnit", "art", "artikel", "artikkel", "avd", "avdeling", "avdelning", "bilag", "bilaga", "jf", "jfr", "kap",
    "kapitel", "kapittel", "ledd", "litra", "mom", "nr", "p", "pkt", "pt", "punkt", "punktum", "s", "st", "stk",
    "styckena", "stycket", "§", "§§",
];

/// Whether `text` begins with the mark of an enumeration: `2)`, `b)`, `12 a)`.
fn enumerates(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    let rest = rest.strip_prefix(' ').filter(|_| digits > 0).unwrap_or(rest);
    let rest = match rest.chars().next() {
        Some(c) if c.is_alphabetic() => &rest[c.len_utf8()..],
        Some(_) if digits > 0 => rest,
        _ => return false,
    };
    digits <= 2 && rest.starts_with(')') && rest[1..].starts_with(char::is_whitespace)
}

/// Where the clause ends, if the character at `at` ends one, and how well it may be cut there.
fn clause_end(body: &str, at: usize, c: char) -> Option<(usize, Gap)> {
    let end = at + c.len_utf8();
    if !matches!(c, ',' | ';' | ':' | '–' | '—' | ' ') {
        return None;
    }
    let rest = &body[end..];
    if c == ' ' {
        let listed = body[..at].ends_with([':', ';', ',', '.']);
        let joined = hands_over(&body[..at]);
        return ((listed || joined) && enumerates(rest)).then_some((end, Gap::Clause));
    }
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let next = rest.trim_start();
    match c {
        ';' | ':' => Some((end, Gap::Clause)),
        '–' | '—' => {
            (body[..at].ends_with(' ') && !next.starts_with(|c: char| c.is_numeric())).then_some((at, Gap::Comma))
        }
        _ => {
            let word = &next[..next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len())];
            (!word.is_empty() && !is_reference(word)).then_some((end, Gap::Comma))
        }
    }
}

/// Whether the white space at `at` stands between two plain words, so that neither a number and its noun nor a mark and
/// its number come apart.
fn parts_words(body: &str, at: usize) -> bool {
    let left = word_before(body, at);
    let right = body[at..].trim_start();
    let plain = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    plain(left.chars().last()) && plain(right.chars().next()) && left.chars().count() > 1 && !is_reference(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` has a bar wherever a piece begins after the first.
    fn check(longest: usize, text: &str) {
        let body = text.replace('|', "");
        let mut found = String::new();
        let mut at = 0;
        for (i, piece) in pieces(&body, 0..body.len(), longest).iter().enumerate() {
            found += &body[at..piece.span.start];
            found += if i > 0 { "|" } else { "" };
            found += &body[piece.span.clone()];
            at = piece.span.end;
        }
        found += &body[at..];
        assert_eq!(found, text);
    }

    #[test]
    fn sentences() {
        for text in [
            "Rådet mødtes. |Det gik godt! |Gik det godt? |Ja.",
            "Hun sagde: ”Vi er klar.” |Han tav.",
            "”Skal vi i gang?” spurgte hun. |”Nej.” |»Jo!« |(Sådan endte det.) |Slut.",
            "Det er f.eks. Odense, bl.a. Vejle, dvs. Jylland m.fl. byer.",
            "Vi har t.ex. Malmö, d.v.s. Skåne, m.m. |Resten, t.o.m. Lund, är med.",
            "Det koster 3 mio. kr. om året, osv. |Ingen ved hvorfor.",
            "Brug 91 pct. af tiden, ca. 40 timer, inkl. Frokost, evt. Mere.",
            "Prop. 2019/20:12 och bet. KU3, jfr SOU 1998, s. 30.",
            "Dr. Ib Holm og hr. A. P. Bro kom. |De gik kl. 12.",
            "Den 30. september og den 3. August, 17. Maj 1898.",
            "Se § 12. |Loven gælder. |Jf. § 3. |Stk. 2. Ministeren bestemmer.",
            "§ 12. Ministeren bestemmer. |Stk. 2. Rådet høres, jf. stk. 1. |Stk. 3. Intet.",
            "Det er i alt 1.000.000 kr., siger Borger.dk og nr. 606. |Tallet vokser.",
            "Det skete i 2020. |Året efter gik det bedre. |Fra 2 til 10. |De vandt.",
            "Følgende gælder: 1) Den er ny. |2) Den er hel. |3) Den er min.",
            "Takster, afgifter el.lign. |Stk. 3. Intet.",
            "Det kostede 3 mio. 200 tusind kroner, siger hun... Men ingen ved det.",
            "Han tøvede ... Men så kom FN. |Og KL. |Og 3 kWh. |Stk. 2. Nej.",
            "Kapitel 2. Straf. |Kap. 3. Tilsyn. |II. Almindelige regler. |Bilag 1. Takster.",
        ] {
            check(1000, text);
        }
    }

    #[test]
    fn lines() {
        for text in [
            "En overskrift\n|Et afsnit.\n\n|Et til.",
            "- et\n- |to\n- |tre",
            "Det gælder disse:\n|1. Vand\n|2. El",
            // A sentence runs on over a line break.
            "Rådet har i flere omgange drøftet, om sagen,\nder er gammel, kan lukkes.",
            "Denne linje er brudt ved en fast bredde, som i et brev fra før\n\
             Internettet kom, og den næste er brudt på samme måde, så at man\n\
             Må læse videre.",
        ] {
            check(1000, text);
        }
    }

    #[test]
    fn long_sentences_come_apart_at_clauses_and_words() {
        check(30, "Den, |der efter § 2, stk. 3, nr. 4, |har ret; |som er ny.");
        check(40, "Der gives støtte til: |a) kor, |b) orkestre med mange unge medlemmer.");
        check(60, "Et meget langt |led uden et |eneste komma |som fylder |mere end de 60 tegn |der er plads |til.");
        check(10, "xxxxxxxxxx|xxxxxxxxxx|xxx");
    }

    #[test]
    fn kinds_and_noise() {
        for (line, kind) in [
            ("Ny bro over sundet", Kind::Heading),
            ("12 §", Kind::Heading),
            ("§ 12.", Kind::Heading),
            ("Broen er åben for biler, cykler og alle andre.", Kind::Prose),
            ("– Vi har ventet længe på den bro, og nu er den her endelig, siger hun.", Kind::Prose),
            ("2. Borger og teknologi", Kind::Item),
            ("Navn\tBeløb\tÅr", Kind::Item),
        ] {
            assert_eq!(kind_of(line), kind, "{line}");
        }
        assert!(measure("Rådet mødtes i maj for at drøfte den nye bro.").1 < 0.01);
        for noisy in
            ["DET ER FORBUDT AT RYGE HER", "2019 143 000 1 546 202", "Navn Nej Lager Kunde Pris Dato", "a-b: c.d; (e)"]
        {
            assert!(measure(noisy).1 > 0.4, "{noisy}: {}", measure(noisy).1);
        }
    }

    #[test]
    fn tables_are_sorted() {
        for table in [ABBREVIATIONS, CLOSING, MONTHS, REFERENCES] {
            assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
        }
    }
}
