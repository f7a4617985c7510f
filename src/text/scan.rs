//! The scanner: text in, tokens out, with the connections inside words kept.
//!
//! A word is a run of letters, digits and combining marks. What Nordic policy text needs beyond that is an account of
//! what joins such runs: *it-bolaget* must be found whole and as *bolaget*, *EU:s* is *EU*, *2016/679* and *§ 12 a* are
//! one thing to a lawyer and several to everybody else. So a cluster of joined runs gives its whole and its parts, on
//! positions that leave phrases intact: the whole shares the position of its first part, and a legal reference that
//! spans several words ([`Kind::Reference`]) shares the position of its first word.
//!
//! Rejected: the word breaks of UAX #29, which keep *2016/679* apart, *EU:s* and *f.eks* together and *it-bolaget*
//! apart, and whose tables cost more time than everything else in the analysis.

use std::borrow::Cow;
use std::ops::Range;

/// One token: where it stands, and the text that the analysis steps start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'t> {
    /// Bytes in the scanned text, on character boundaries.
    pub span: Range<usize>,
    /// What goes into the first analysis step: mostly the spanned text itself.
    pub text: Cow<'t, str>,
    /// Counts words from 0; a whole or a reference shares the position of its first part.
    pub position: u32,
    /// What the token is.
    pub kind: Kind,
}

/// What a token is in relation to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A word on its own.
    Word,
    /// Several joined runs taken as one word: *it-bolaget*, *2016/679*.
    Whole,
    /// A run inside a whole.
    Part,
    /// A legal reference over several words, joined without spaces: *§12a*, *sfs2018:218*, *l123*.
    Reference,
}

/// An iterator over the tokens of a text, in the order of their positions, wholes and references first.
#[derive(Debug, Clone)]
pub struct Scanner<'t> {
    text: &'t str,
    at: usize,
    position: u32,
    /// Tokens of the cluster just read, last first.
    pending: Vec<Token<'t>>,
    /// The last three basic words, in a ring: what a reference may look back on.
    recent: [Recent; 3],
    /// Where in the ring the next word goes.
    next_recent: usize,
}

/// A basic word that a later reference may begin with.
#[derive(Debug, Clone, Default)]
struct Recent {
    span: Range<usize>,
    position: u32,
    /// A section sign or number that already belongs to a reference begins no other.
    used: bool,
}

/// Longer clusters (addresses, hashes, ruler lines) give their parts only.
const LONGEST_WHOLE: usize = 48;

/// Words that name a series of numbered documents: with the number behind them they are one thing.
const DESIGNATORS: [&str; 22] = [
    "bek", "bet", "bkg", "com", "ds", "dir", "eec", "ef", "eg", "eu", "eøf", "eöf", "kom", "lbk", "lov", "nr", "prop",
    "sfs", "skr", "sou", "tfs", "vej",
];

impl<'t> Scanner<'t> {
    /// Scans `text` from its beginning. The text should be clean (NFC, no soft hyphens): spans refer to it as it is.
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, position: 0, pending: Vec::new(), recent: Default::default(), next_recent: 0 }
    }

    /// Reads the next cluster into `pending`; false at the end of the text.
    fn read_cluster(&mut self) -> bool {
        let Some(start) = self.next_word_start() else { return false };
        let first_end = self.run_end(start);
        let mut runs = Runs::new(start..first_end);
        if self.text[start..].starts_with('§') {
            self.push_word(start..first_end, Cow::Borrowed("§"));
        } else {
            while let Some(run) = self.joined_run(runs.end()) {
                runs.push(run);
            }
            self.push_cluster(&runs);
        }
        self.at = runs.end();
        self.pending.reverse();
        true
    }

    fn next_word_start(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte < 0x80 {
                if byte.is_ascii_alphanumeric() {
                    return Some(at);
                }
                at += 1;
            } else {
                let c = char_at(self.text, at);
                if is_word(c) || c == '§' {
                    return Some(at);
                }
                at += c.len_utf8();
            }
        }
        None
    }

    /// The end of the run of word characters (or section signs) that begins at `start`.
    fn run_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let section = self.text[start..].starts_with('§');
        let mut at = start;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte < 0x80 {
                if section || !byte.is_ascii_alphanumeric() {
                    break;
                }
                at += 1;
            } else {
                let c = char_at(self.text, at);
                if section != (c == '§') || !(section || is_word(c) || is_mark(c)) {
                    break;
                }
                at += c.len_utf8();
            }
        }
        at
    }

    /// The run that a connector at `end` joins to what stands before it, if it does.
    fn joined_run(&self, end: usize) -> Option<Range<usize>> {
        let connector = self.text[end..].chars().next()?;
        let start = end + connector.len_utf8();
        let next = self.text[start..].chars().next()?;
        let previous = self.text[..end].chars().next_back()?;
        let digits = previous.is_ascii_digit() && next.is_ascii_digit();
        let joins = match connector {
            '-' | '\u{2010}' | '\u{2011}' | '\'' | '’' => true,
            '.' => digits || (previous.is_alphabetic() && next.is_alphabetic()),
            ',' | '/' => digits,
            ':' => digits || (next.is_alphabetic() && is_ending(&self.text[start..self.run_end(start)])),
            '_' | '&' => true,
            _ => false,
        };
        (joins && next.is_alphanumeric()).then(|| start..self.run_end(start))
    }

    fn push_cluster(&mut self, runs: &Runs) {
        let whole = runs.start()..runs.end();
        // A genitive or definite ending behind a colon or apostrophe (EU:s, pc'er) belongs to the span, not to the word.
        let mut count = runs.len();
        while count > 1 && self.is_ending_run(runs, count - 1) {
            count -= 1;
        }
        let runs = &runs.as_slice()[..count];
        let [first, .., last] = runs else {
            let text = &self.text[runs[0].clone()];
            return self.push_word(whole, Cow::Borrowed(text));
        };
        let text = &self.text[first.start..last.end];
        if let Some(number) = thousands(text) {
            return self.push_word(whole, Cow::Owned(number));
        }
        let decimal = runs.len() == 2 && self.text.as_bytes()[first.end] == b',';
        if decimal {
            return self.push_word(whole, Cow::Borrowed(text));
        }
        if text.len() <= LONGEST_WHOLE {
            let joined = if text.contains(['\u{2010}', '\u{2011}', '’']) {
                Cow::Owned(text.replace(['\u{2010}', '\u{2011}'], "-").replace('’', "'"))
            } else {
                Cow::Borrowed(text)
            };
            self.push_references(&whole, &joined);
            self.pending.push(Token { span: whole.clone(), text: joined, position: self.position, kind: Kind::Whole });
        }
        let cluster_position = self.position;
        for run in runs {
            let text = Cow::Borrowed(&self.text[run.clone()]);
            self.pending.push(Token { span: run.clone(), text, position: self.position, kind: Kind::Part });
            self.position += 1;
        }
        self.remember(whole, cluster_position, false);
    }

    fn is_ending_run(&self, runs: &Runs, index: usize) -> bool {
        let run = &runs.as_slice()[index];
        let connector = self.text[..run.start].chars().next_back();
        matches!(connector, Some(':' | '\'' | '’')) && is_ending(&self.text[run.clone()])
    }

    fn push_word(&mut self, span: Range<usize>, text: Cow<'t, str>) {
        let used = self.push_references(&span, &text);
        self.pending.push(Token { span: span.clone(), text, position: self.position, kind: Kind::Word });
        self.remember(span, self.position, used);
        self.position += 1;
    }

    /// The word `back` words before the one being read, which is not remembered yet.
    fn recent(&mut self, back: usize) -> &mut Recent {
        &mut self.recent[(self.next_recent + 3 - back) % 3]
    }

    fn remember(&mut self, span: Range<usize>, position: u32, used: bool) {
        self.recent[self.next_recent] = Recent { span, position, used };
        self.next_recent = (self.next_recent + 1) % 3;
    }

    /// Emits the references that end with the word at `span` (not yet remembered); true where the word is used up.
    fn push_references(&mut self, span: &Range<usize>, text: &str) -> bool {
        let first = text.as_bytes().first().copied().unwrap_or_default();
        if text == "§" {
            return self.push_swedish_section(span);
        }
        if text.len() == 1 && first.is_ascii_lowercase() && first != b'i' {
            return self.push_section_with_letter(span, text);
        }
        if !first.is_ascii_digit() {
            return false;
        }
        let (latest, before) = (self.recent(1).clone(), self.recent(2).clone());
        if self.follows(&latest, span) && !latest.used {
            let designator = &self.text[latest.span.clone()];
            if designator.starts_with('§') {
                // `§ 12` waits for a letter; the letter's rule replaces it by `§ 12 a`.
                let letter_follows = self.letter_follows(span.end);
                if !letter_follows {
                    self.push_reference(latest.position, latest.span.start..span.end, format!("§{text}"));
                }
                self.recent(1).used = true;
                return !letter_follows;
            }
            if is_designator(designator) {
                let lower = designator.to_lowercase();
                self.push_reference(latest.position, latest.span.start..span.end, format!("{lower}{text}"));
                // `LBK nr 1433` is lbk1433 as well as nr1433.
                if lower == "nr" && self.follows(&before, &latest.span) {
                    let series = &self.text[before.span.clone()];
                    if is_designator(series) && !series.eq_ignore_ascii_case("nr") {
                        let joined = format!("{}{text}", series.to_lowercase());
                        self.push_reference(before.position, before.span.start..span.end, joined);
                    }
                }
            }
        }
        false
    }

    /// `12 §` and `12 a §`, as Swedish law writes them.
    fn push_swedish_section(&mut self, sign: &Range<usize>) -> bool {
        let (latest, before) = (self.recent(1).clone(), self.recent(2).clone());
        let is_number = |recent: &Recent| {
            let text = &self.text[recent.span.clone()];
            !recent.used && text.starts_with(|c: char| c.is_ascii_digit())
        };
        if !self.follows(&latest, sign) {
            return false;
        }
        if is_number(&latest) {
            let joined = format!("§{}", &self.text[latest.span.clone()]);
            self.push_reference(latest.position, latest.span.start..sign.end, joined);
            return true;
        }
        let letter = &self.text[latest.span.clone()];
        if letter.len() == 1 && letter.as_bytes()[0].is_ascii_lowercase() && is_number(&before) {
            let joined = format!("§{}{letter}", &self.text[before.span.clone()]);
            self.push_reference(before.position, before.span.start..sign.end, joined);
            return true;
        }
        false
    }

    /// `§ 12 a`, as Danish and Norwegian law writes it.
    fn push_section_with_letter(&mut self, letter: &Range<usize>, text: &str) -> bool {
        let (number, sign) = (self.recent(1).clone(), self.recent(2).clone());
        let fits = self.text[sign.span.clone()].starts_with('§')
            && self.follows(&sign, &number.span)
            && self.follows(&number, letter)
            && self.text[number.span.clone()].starts_with(|c: char| c.is_ascii_digit());
        if fits {
            let joined = format!("§{}{text}", &self.text[number.span.clone()]);
            self.push_reference(sign.position, sign.span.start..letter.end, joined);
            self.recent(1).used = true;
        }
        fits
    }

    fn letter_follows(&self, end: usize) -> bool {
        let bytes = self.text.as_bytes();
        bytes.get(end) == Some(&b' ')
            && bytes.get(end + 1).is_some_and(|&b| b.is_ascii_lowercase() && b != b'i')
            && !self.text[end + 2..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '-')
    }

    /// Whether `next` stands right behind `word`, with nothing but a space, a full stop or brackets between.
    fn follows(&self, word: &Recent, next: &Range<usize>) -> bool {
        !word.span.is_empty()
            && word.span.end <= next.start
            && next.start - word.span.end <= 3
            && self.text[word.span.end..next.start].bytes().all(|b| matches!(b, b' ' | b'.' | b')' | b'('))
    }

    fn push_reference(&mut self, position: u32, span: Range<usize>, joined: String) {
        self.pending.push(Token { span, text: Cow::Owned(joined), position, kind: Kind::Reference });
    }
}

impl<'t> Iterator for Scanner<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        if self.pending.is_empty() && !self.read_cluster() {
            return None;
        }
        self.pending.pop()
    }
}

/// The runs of one cluster; almost always one, so nothing is allocated for it.
struct Runs {
    first: [Range<usize>; 1],
    more: Vec<Range<usize>>,
}

impl Runs {
    fn new(first: Range<usize>) -> Self {
        Self { first: [first], more: Vec::new() }
    }

    fn push(&mut self, run: Range<usize>) {
        if self.more.is_empty() {
            self.more.push(self.first[0].clone());
        }
        self.more.push(run);
    }

    fn as_slice(&self) -> &[Range<usize>] {
        if self.more.is_empty() { &self.first } else { &self.more }
    }

    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn start(&self) -> usize {
        self.first[0].start
    }

    fn end(&self) -> usize {
        self.as_slice()[self.len() - 1].end
    }
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().expect("`at` is inside the text and on a character boundary")
}

/// Letters and digits; those of Nordic text without a look into the tables.
fn is_word(c: char) -> bool {
    match c {
        'À'..='ɏ' => c != '×' && c != '÷',
        _ => c.is_alphanumeric(),
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Endings that Danish, Norwegian and Swedish write behind a colon or an apostrophe: EU:s, tv:n, it'en, pc'erne.
fn is_ending(run: &str) -> bool {
    matches!(
        run,
        "s" | "n" | "t" | "a" | "e" | "en" | "et" | "er" | "ar" | "or" | "erne" | "arna" | "erna" | "ns" | "ens"
    )
}

fn is_designator(word: &str) -> bool {
    let mut chars = word.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return c.is_ascii_uppercase();
    }
    word.len() <= 5 && DESIGNATORS.contains(&word.to_lowercase().as_str())
}

/// `1.000.000` is the number 1000000; `03.08.2021` and `2.1` are not grouped numbers.
fn thousands(text: &str) -> Option<String> {
    let mut groups = text.split('.');
    let head = groups.next()?;
    let is_number = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let grouped = (1..=3).contains(&head.len())
        && is_number(head)
        && text.len() > head.len()
        && groups.all(|group| group.len() == 3 && is_number(group));
    grouped.then(|| text.replace('.', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens as `text@position`, wholes in brackets, references in braces, parts with a dot in front.
    fn scan(text: &str) -> String {
        let show = |token: Token<'_>| {
            let text = match token.kind {
                Kind::Word => token.text.to_string(),
                Kind::Whole => format!("[{}]", token.text),
                Kind::Part => format!(".{}", token.text),
                Kind::Reference => format!("{{{}}}", token.text),
            };
            format!("{text}@{}", token.position)
        };
        Scanner::new(text).map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_and_clusters() {
        let check = |input: &str, expect: &str| assert_eq!(scan(input), expect, "{input}");
        check("", "");
        check("Æbler, øl & åer!", "Æbler@0 øl@1 åer@2");
        check("nye it-bolaget her", "nye@0 [it-bolaget]@1 .it@1 .bolaget@2 her@3");
        check("EU:s regler", "EU@0 regler@1");
        check("KL's og KL’s pc'er", "KL@0 og@1 KL@2 pc@3");
        check("f.eks. Borger.dk", "[f.eks]@0 .f@0 .eks@1 [Borger.dk]@2 .Borger@2 .dk@3");
        check("slut.Og", "[slut.Og]@0 .slut@0 .Og@1");
        check("og/eller", "og@0 eller@1");
        check("1.000.000 kr. og 1,5 pct.", "1000000@0 kr@1 og@2 1,5@3 pct@4");
        check("messe’21", "[messe'21]@0 .messe@0 .21@1");
        check("– ”citat” –", "citat@0");
        check("8-9. marts", "[8-9]@0 .8@0 .9@1 marts@2");
        check("Note:Her", "Note@0 Her@1");
    }

    #[test]
    fn legal_references() {
        let check = |input: &str, expect: &str| assert_eq!(scan(input), expect, "{input}");
        check("§ 12", "§@0 {§12}@0 12@1");
        check("efter § 12 a, stk. 2", "efter@0 §@1 12@2 {§12a}@1 a@3 stk@4 2@5");
        check("§ 12 i lov", "§@0 {§12}@0 12@1 i@2 lov@3");
        check("12 a § lagen", "12@0 a@1 {§12a}@0 §@2 lagen@3");
        check("3 kap. 4 § 2 st", "3@0 kap@1 4@2 {§4}@2 §@3 2@4 st@5");
        check("§ 3-12", "§@0 {§3-12}@0 [3-12]@1 .3@1 .12@2");
        check("SFS 2018:218", "SFS@0 {sfs2018:218}@0 [2018:218]@1 .2018@1 .218@2");
        check("(EU) 2016/679", "EU@0 {eu2016/679}@0 [2016/679]@1 .2016@1 .679@2");
        check("LBK nr. 1433", "LBK@0 nr@1 {nr1433}@1 {lbk1433}@0 1433@2");
        check("L 123", "L@0 {l123}@0 123@1");
        check("nr. nr. 25", "nr@0 nr@1 {nr25}@1 25@2");
        check("prop. 2021/22:45", "prop@0 {prop2021/22:45}@0 [2021/22:45]@1 .2021@1 .22@2 .45@3");
        check("året 2020 a", "året@0 2020@1 a@2");
    }

    #[test]
    fn spans_cover_endings() {
        let tokens: Vec<_> = Scanner::new("se EU:s it-regler").collect();
        assert_eq!(tokens[1].span, 3..7);
        assert_eq!(tokens[2].span, 8..17);
    }

    proptest::proptest! {
        #[test]
        fn any_text_scans(text in "\\PC{0,80}|[a-zåäö§0-9 .:/'-]{0,60}|((nr|LBK|L|§|SFS|a|12|3)[ .]{1,2}){0,12}") {
            let mut position = 0;
            let mut references = std::collections::HashMap::new();
            for token in Scanner::new(&text) {
                let spanned = &text[token.span.clone()];
                proptest::prop_assert!(!spanned.is_empty() && !token.text.is_empty());
                proptest::prop_assert!(token.kind == Kind::Reference || token.position >= position);
                if token.kind != Kind::Reference {
                    position = token.position;
                } else if let Some(before) = references.insert(token.text.to_string(), token.position) {
                    // Postings need the positions of one term in order.
                    proptest::prop_assert!(before < token.position, "{} twice", token.text);
                }
            }
        }
    }
}
