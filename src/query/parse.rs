//! The query language, read leniently: text in, a tree and a list of remarks out.
//!
//! People paste. A stray quote or bracket is repaired, and the repair is said; only the limits refuse. Reading goes in
//! three steps, each linear in the input: tokens, with brackets matched and limits checked; operators that join nothing
//! taken out; then recursive descent, which by then meets at most [`TooMuch::DEPTH`] levels and no token that it cannot
//! use. Juxtaposition binds loosest, so that `lang:sv skat OR afgift` restricts both words; then `OR`, then `AND`, then
//! the signs.
//!
//! Rejected: a parser generator, whose errors end the reading where ours have to go on; tantivy's own query grammar,
//! which nests without a limit and takes any `word:` for a field; `(` as the end of a word, which would tear `6(1)(a)`
//! apart; and lower-case operators, which are words in running text.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use time::Month;

use crate::doc::Date;
use crate::query::ast::Node;
use crate::query::ast::closers;
use crate::query::ast::is_operator;

/// Reads a query. Whatever can be repaired is, with a warning; an empty query is `Node::Any` without children.
///
/// # Errors
///
/// Only when a limit is passed.
pub fn parse(input: &str) -> Result<Parsed, TooMuch> {
    if input.len() > TooMuch::BYTES {
        return Err(TooMuch::Long(input.len()));
    }
    let (tokens, remarks) = Lexer::new(input).read()?;
    let mut parser = Parser { tokens: Vec::with_capacity(tokens.len()), at: 0, remarks };
    parser.take_joined(tokens);
    let root = parser.juxtaposition().unwrap_or(Node::Any(Vec::new()));
    if excludes_only(&root) {
        let message = "a query of only exclusions finds everything else".to_owned();
        parser.remarks.add(WarningKind::Advice, 0..input.len(), message);
    }
    let mut warnings = parser.remarks.warnings;
    warnings.sort_by_key(|warning| warning.span.start);
    Ok(Parsed { root, warnings })
}

/// Reads text that is no query, as in a file of topics: every run without white space is a word, and quotes, signs and
/// operators are text for the analyser. Always a `Node::Any` of words. It has no limits, and what it returns is not in
/// the normal form of [`parse`]: its `Display` need not be read back as the same.
pub fn plain(input: &str) -> Node {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in input.char_indices().chain([(input.len(), ' ')]) {
        match (is_space(c), start) {
            (true, Some(from)) => {
                words.push(Node::Word { text: input[from..at].to_owned(), span: from..at });
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    Node::Any(words)
}

/// A query as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What is searched.
    pub root: Node,
    /// What was repaired or should be known, in the order of the places.
    pub warnings: Vec<Warning>,
}

impl Parsed {
    /// What is searched, in the query language itself, with all brackets written out. Read again it gives the same
    /// tree, save for spans; only a query close to a limit may be over it in this form.
    pub fn interpreted(&self) -> String {
        self.root.to_string()
    }

    /// Takes no repair: the first syntax warning becomes an error. `input` is what was parsed.
    ///
    /// # Errors
    ///
    /// [`BadSyntax`] when there is a warning of the kind [`WarningKind::Syntax`].
    pub fn strict(&self, input: &str) -> Result<(), BadSyntax> {
        match self.warnings.iter().find(|warning| warning.kind == WarningKind::Syntax) {
            Some(warning) => Err(BadSyntax::new(warning, input)),
            None => Ok(()),
        }
    }
}

/// Something about a query that the person who typed it should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Whether something was repaired.
    pub kind: WarningKind,
    /// In words that end without a full stop; columns count characters from 1.
    pub message: String,
    /// The bytes of the input that it is about.
    pub span: Range<usize>,
}

/// What a [`Warning`] means for a strict reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// Something could not be taken as typed; what is searched differs from it.
    Syntax,
    /// The query is searched as typed, but may not do what was hoped.
    Advice,
}

/// A query that a strict reading refuses. It shows as three lines: the message, the query, and carets under the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}\n  {line}\n  {carets}")]
pub struct BadSyntax {
    /// What is wrong, and how a lenient reading takes it.
    pub message: String,
    /// The bytes of the input that it is about.
    pub span: Range<usize>,
    line: String,
    carets: String,
}

impl BadSyntax {
    fn new(warning: &Warning, input: &str) -> Self {
        let span = warning.span.clone();
        // One column for one character: a tab or a line end would move the carets away.
        let line = input.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
        let before = input.char_indices().take_while(|&(at, _)| at < span.start).count();
        let under = input.char_indices().filter(|(at, _)| span.contains(at)).count().max(1);
        let carets = format!("{}{}", " ".repeat(before), "^".repeat(under));
        Self { message: warning.message.clone(), span, line, carets }
    }
}

/// The limit that a query passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// The input has so many bytes.
    #[error("the query has {0} bytes: at most {max} are taken; shorten it", max = TooMuch::BYTES)]
    Long(usize),
    /// Brackets are open inside each other at so many levels.
    #[error("the query has brackets {0} deep: at most {max} levels are taken; take some out", max = TooMuch::DEPTH)]
    Deep(usize),
    /// The input has so many words, phrases and filters.
    #[error(
        "the query has {0} words, phrases and filters: at most {max} are taken; split it into several queries",
        max = TooMuch::CLAUSES
    )]
    Many(usize),
}

impl TooMuch {
    /// The longest input, in bytes.
    pub const BYTES: usize = 4096;
    /// The most brackets open at one place.
    pub const DEPTH: usize = 64;
    /// The most words, phrases, prefixes, fuzzy words and filters together.
    pub const CLAUSES: usize = 256;
}

/// Warnings in the making. Finding a column means counting, so the last count is kept: places come mostly in order.
struct Remarks<'a> {
    input: &'a str,
    warnings: Vec<Warning>,
    counted: (usize, usize),
}

impl Remarks<'_> {
    fn add(&mut self, kind: WarningKind, span: Range<usize>, message: String) {
        self.warnings.push(Warning { kind, message, span });
    }

    /// A syntax warning about `what`, which stands at `span`: the column goes between it and `then`.
    fn repair(&mut self, span: Range<usize>, what: impl fmt::Display, then: &str) {
        let (byte, chars) = if self.counted.0 <= span.start { self.counted } else { (0, 0) };
        let chars = chars + self.input[byte..span.start].chars().count();
        self.counted = (span.start, chars);
        self.add(WarningKind::Syntax, span, format!("{what} at column {} {then}", chars + 1));
    }
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    span: Range<usize>,
}

#[derive(Debug, Clone)]
enum Kind {
    Open,
    Close,
    And,
    Or,
    Not,
    Plus,
    Minus,
    Title,
    /// A leaf of the tree.
    Leaf(Node),
    /// Stands where something was left out with a warning, so that its neighbours do not grow together.
    Nothing,
}

struct Lexer<'a> {
    input: &'a str,
    at: usize,
    tokens: Vec<Token>,
    remarks: Remarks<'a>,
    /// Brackets inside words: where the one that opens at a byte closes.
    inner: HashMap<usize, usize>,
    /// Opening marks of which it is known that nothing closes them any more; without this, looking is quadratic.
    unclosable: Vec<char>,
    /// Where the last word ended.
    word_end: Option<usize>,
}

impl<'a> Lexer<'a> {
    fn new(input: &'a str) -> Self {
        let remarks = Remarks { input, warnings: Vec::new(), counted: (0, 0) };
        let inner = inner_brackets(input);
        Self { input, at: 0, tokens: Vec::new(), remarks, inner, unclosable: Vec::new(), word_end: None }
    }

    fn read(mut self) -> Result<(Vec<Token>, Remarks<'a>), TooMuch> {
        let mut open = Vec::new();
        let mut deepest = 0;
        while let Some(c) = self.peek() {
            let here = self.at..self.at + c.len_utf8();
            match c {
                _ if is_space(c) => self.at = here.end,
                '(' => {
                    open.push(here.clone());
                    deepest = deepest.max(open.len());
                    self.push(Kind::Open, here);
                }
                ')' if open.pop().is_some() => self.push(Kind::Close, here),
                ')' => {
                    self.at = here.end;
                    self.remarks.repair(here, "the bracket", "closes nothing: it is ignored");
                }
                '+' | '-' => self.sign(c, here),
                _ if closers(c).is_some() => self.phrase(c, here),
                _ => self.clause(true),
            }
        }
        if deepest > TooMuch::DEPTH {
            return Err(TooMuch::Deep(deepest));
        }
        let leaves = self.tokens.iter().filter(|token| matches!(token.kind, Kind::Leaf(_))).count();
        if leaves > TooMuch::CLAUSES {
            return Err(TooMuch::Many(leaves));
        }
        for place in open {
            self.remarks.repair(place, "the bracket", "is never closed: it is taken to close at the end");
        }
        Ok((self.tokens, self.remarks))
    }

    fn peek(&self) -> Option<char> {
        self.input[self.at..].chars().next()
    }

    /// Adds a token and goes on behind it.
    fn push(&mut self, kind: Kind, span: Range<usize>) {
        self.at = span.end;
        self.tokens.push(Token { kind, span });
    }

    /// A `+` or `-` outside a word.
    fn sign(&mut self, sign: char, here: Range<usize>) {
        let starts = self.input[..here.start].chars().next_back().is_none_or(|c| is_space(c) || c == '(');
        let next = self.input[here.end..].chars().next();
        if !starts {
            // Glued to a quote or bracket it is a hyphen, as in "grøn"-partiet, and means nothing to the analyser.
            self.at = here.end;
        } else if next.is_none_or(|c| is_space(c) || matches!(c, ')' | '+' | '-')) {
            self.clause(true);
        } else {
            self.push(if sign == '+' { Kind::Plus } else { Kind::Minus }, here);
            if next.is_some_and(|c| c != '(' && closers(c).is_none()) {
                self.clause(false);
            }
        }
    }

    /// A quotation mark outside the value of a filter.
    fn phrase(&mut self, opener: char, here: Range<usize>) {
        let next = self.input[here.end..].chars().next();
        if self.word_end == Some(here.start) && next.is_none_or(|c| is_space(c) || c == ')') {
            self.at = here.end;
            self.remarks.repair(here, "the quote", "was never opened: it is ignored");
            return;
        }
        let Some(text) = self.enclosed(opener) else {
            self.at = here.end;
            self.remarks.repair(here, "the quote", "is never closed: its words are searched one by one");
            return;
        };
        let span = here.start..self.at;
        if text.is_empty() {
            self.remarks.repair(span.clone(), "the phrase", "has no words: it is ignored");
            self.push(Kind::Nothing, span);
        } else {
            self.push(Kind::Leaf(Node::Phrase { text, span: span.clone() }), span);
        }
    }

    /// What stands between the mark here and the one that closes it, its white space made single; goes on behind that.
    fn enclosed(&mut self, opener: char) -> Option<String> {
        if self.unclosable.contains(&opener) {
            return None;
        }
        let rest = &self.input[self.at + opener.len_utf8()..];
        let Some((text, closer)) = rest.char_indices().find_map(|(end, c)| {
            let closes = closers(opener).unwrap_or(&[')']).contains(&c);
            closes.then(|| (&rest[..end], c))
        }) else {
            self.unclosable.push(opener);
            return None;
        };
        self.at += opener.len_utf8() + text.len() + closer.len_utf8();
        Some(single_spaced(text))
    }

    /// A field with its value, an operator or a word. Behind a sign an operator is a word.
    fn clause(&mut self, operators: bool) {
        let start = self.at;
        let field = ["title", "lang", "date", "source"].into_iter().find(|name| {
            let rest = &self.input.as_bytes()[start..];
            rest.get(name.len()) == Some(&b':') && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        });
        let Some(field) = field else {
            let end = self.word_end(start, true);
            let kind = match &self.input[start..end] {
                "AND" if operators => Kind::And,
                "OR" if operators => Kind::Or,
                "NOT" if operators => Kind::Not,
                _ => return self.word(end),
            };
            return self.push(kind, start..end);
        };
        self.at += field.len() + 1;
        if field == "title" {
            return self.title(start);
        }
        let filter = match (field, self.value(field)) {
            (_, None) => None,
            ("lang", Some(code)) => lang(&code),
            ("date", Some(dates)) => self.date(&dates, start),
            (_, Some(name)) => Some(Node::Source(name)),
        };
        let span = start..self.at;
        let Some(filter) = filter else {
            let what = format!("`{}`", shown(&self.input[span.clone()]));
            let then = match field {
                "lang" => "is ignored: a language is a code of two or three letters, as in lang:sv",
                "date" => {
                    "is ignored: a date is written date:2020, date:2020-05, date:2020-05-03, or as a range such as \
                     date:2020..2021, date:..2021-03 or date:2020-01-15.."
                }
                _ => "is ignored: a source needs a name, as in source:NAME or source:\"A LONGER NAME\"",
            };
            self.remarks.repair(span.clone(), what, then);
            return self.push(Kind::Nothing, span);
        };
        self.push(Kind::Leaf(filter), span);
    }

    /// What follows `title:`; a phrase or bracket is left to the next round.
    fn title(&mut self, start: usize) {
        let span = start..self.at;
        match self.peek() {
            Some(c) if !is_space(c) && c != ')' => {
                self.push(Kind::Title, span);
                if c != '(' && closers(c).is_none() {
                    let end = self.word_end(self.at, false);
                    self.word(end);
                }
            }
            _ => {
                let then = "has nothing to look for: it is ignored; write title:word without a space";
                self.remarks.repair(span.clone(), "`title:`", then);
                self.push(Kind::Nothing, span);
            }
        }
    }

    /// The value of a filter: a word, or whatever stands in quotes or brackets. `None` where there is none.
    fn value(&mut self, field: &str) -> Option<String> {
        let start = self.at;
        let opener = self.peek()?;
        let text = if opener == '(' || closers(opener).is_some() {
            self.enclosed(opener).unwrap_or_else(|| {
                self.at = self.input.len();
                let here = start..start + opener.len_utf8();
                let what = if opener == '(' { "the bracket" } else { "the quote" };
                let then = format!("is never closed: all behind it is taken for the value of `{field}:`");
                self.remarks.repair(here.clone(), what, &then);
                single_spaced(&self.input[here.end..])
            })
        } else {
            self.at = self.word_end(start, false);
            self.word_end = Some(self.at);
            self.input[start..self.at].to_owned()
        };
        (!text.is_empty()).then_some(text)
    }

    fn date(&mut self, value: &str, start: usize) -> Option<Node> {
        let (from, to) = match value.split_once("..") {
            None => days(value).map(|(first, last)| (Some(first), Some(last)))?,
            Some(("", "")) => return None,
            Some(("", to)) => (None, Some(days(to)?.1)),
            Some((from, "")) => (Some(days(from)?.0), None),
            Some((from, to)) => {
                let (from, to) = (days(from)?, days(to)?);
                if from.0 > to.1 {
                    let then = "ends before it begins: its ends are swapped";
                    self.remarks.repair(start..self.at, "the range", then);
                    (Some(to.0), Some(from.1))
                } else {
                    (Some(from.0), Some(to.1))
                }
            }
        };
        Some(Node::Date { from, to })
    }

    /// Where the word that begins at `start` ends. Brackets that are balanced within it belong to it, as in `6(1)`, but
    /// an operator may stand right before a bracket.
    fn word_end(&self, start: usize, operators: bool) -> usize {
        let mut at = start;
        while let Some(c) = self.input[at..].chars().next() {
            at = match (c, self.inner.get(&at)) {
                ('(', Some(_)) if operators && is_operator(&self.input[start..at]) => return at,
                ('(', Some(close)) => close + 1,
                ('(' | ')', _) => return at,
                _ if is_space(c) || closers(c).is_some() => return at,
                _ => at + c.len_utf8(),
            };
        }
        at
    }

    /// The word from here to `end`, with what its last characters make of it.
    fn word(&mut self, end: usize) {
        let span = self.at..end;
        let typed = &self.input[span.clone()];
        let (stem, ending) = endings(typed);
        let letters = stem.chars().filter(|c| c.is_alphanumeric()).count();
        let what = format!("`{}`", shown(typed));
        self.word_end = Some(end);
        if stem.is_empty() {
            self.remarks.repair(span.clone(), what, "has no word before it: it is ignored");
            return self.push(Kind::Nothing, span);
        }
        if stem.contains('*') {
            let message = format!("the * in {what} stands for nothing: only the end of a word can be left open");
            self.remarks.add(WarningKind::Advice, span.clone(), message);
        }
        let text = stem.to_owned();
        let word = |text| Node::Word { text, span: span.clone() };
        let node = match ending {
            Ending::None | Ending::Fuzzy(Some(0)) => word(text),
            Ending::Prefix if letters < Node::MIN_PREFIX => {
                let then = "is too short for a prefix: it is searched as a word";
                self.remarks.repair(span.clone(), what, then);
                word(text)
            }
            Ending::Prefix => Node::Prefix { text, span: span.clone() },
            Ending::Fuzzy(asked) => {
                let most = most_edits(letters);
                let distance = asked.unwrap_or(most).min(most);
                if distance == 0 {
                    let then = "is too short for a fuzzy search: it is searched as a word";
                    self.remarks.repair(span.clone(), what, then);
                    word(text)
                } else {
                    if asked.is_some_and(|asked| asked > distance) {
                        let edits = if distance == 1 { "one edit" } else { "two edits" };
                        let then = format!("allows too many edits for its length: {edits} at most are taken");
                        self.remarks.repair(span.clone(), what, &then);
                    }
                    Node::Fuzzy { text, distance, span: span.clone() }
                }
            }
        };
        self.push(Kind::Leaf(node), span);
    }
}

/// What the end of a word asks for.
enum Ending {
    None,
    Prefix,
    Fuzzy(Option<u8>),
}

/// Takes `*`, `~` and `~1` off a word's end, however many there are; the last one counts.
fn endings(typed: &str) -> (&str, Ending) {
    let mut stem = typed;
    let mut ending = Ending::None;
    loop {
        let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        let (rest, found) = if let Some(rest) = stem.strip_suffix('*') {
            (rest, Ending::Prefix)
        } else if let Some(rest) = bare.strip_suffix('~')
            && stem.len() - bare.len() <= 2
        {
            (rest, Ending::Fuzzy(stem[bare.len()..].parse().ok()))
        } else {
            return (stem, ending);
        };
        stem = rest;
        if let Ending::None = ending {
            ending = found;
        }
    }
}

/// The most edits for a word of so many letters and digits: one or two in a short word make another word of it. The
/// steps are those of Elasticsearch's `AUTO` fuzziness.
fn most_edits(letters: usize) -> u8 {
    match letters {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

fn lang(code: &str) -> Option<Node> {
    let fits = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| Node::Lang(code.to_ascii_lowercase()))
}

/// The first and the last day of a year, a month or a day.
fn days(text: &str) -> Option<(Date, Date)> {
    fn number<T: std::str::FromStr>(part: &str, digits: usize) -> Option<T> {
        let fits = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        if fits { part.parse().ok() } else { None }
    }
    let mut parts = text.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let Some(month) = parts.next() else {
        let first = Date::from_calendar_date(year, Month::January, 1).ok()?;
        return Some((first, Date::from_calendar_date(year, Month::December, 31).ok()?));
    };
    let month = Month::try_from(number::<u8>(month, 2)?).ok()?;
    let Some(day) = parts.next() else {
        let first = Date::from_calendar_date(year, month, 1).ok()?;
        return Some((first, Date::from_calendar_date(year, month, month.length(year)).ok()?));
    };
    let day = Date::from_calendar_date(year, month, number(day, 2)?).ok()?;
    Some((day, day))
}

/// Control characters part words like white space does: no term holds one, and no terminal should be shown one.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn single_spaced(text: &str) -> String {
    text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The beginning of `text`, enough to recognise it in a message.
fn shown(text: &str) -> String {
    let text = single_spaced(text);
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The pairs of brackets with neither white space nor a quotation mark between them.
fn inner_brackets(input: &str) -> HashMap<usize, usize> {
    let mut pairs = HashMap::new();
    let mut open = Vec::new();
    for (at, c) in input.char_indices() {
        match c {
            '(' => open.push(at),
            ')' => pairs.extend(open.pop().map(|from| (from, at))),
            _ if is_space(c) || closers(c).is_some() => open.clear(),
            _ => {}
        }
    }
    pairs
}

/// Whether nothing says what to find, only what not.
fn excludes_only(node: &Node) -> bool {
    match node {
        Node::Not(_) => true,
        Node::Title(inner) => excludes_only(inner),
        Node::And(children) | Node::Or(children) | Node::Any(children) => {
            !children.is_empty() && children.iter().all(excludes_only)
        }
        _ => false,
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    remarks: Remarks<'a>,
}

/// A node on its way into its parent.
struct Operand {
    node: Node,
    /// Where the `+` before it stands.
    plus: Option<Range<usize>>,
    span: Range<usize>,
}

impl Parser<'_> {
    /// Takes the lexer's tokens, without the operators that join nothing. Of several in a row one that joins and a
    /// `NOT` at their end are kept. After this every `AND` and `OR` follows an operand, and no operator comes last.
    fn take_joined(&mut self, tokens: Vec<Token>) {
        let mut tokens = tokens.into_iter().peekable();
        let mut run: Vec<Token> = Vec::new();
        while let Some(token) = tokens.next() {
            if !matches!(token.kind, Kind::And | Kind::Or | Kind::Not) {
                self.tokens.push(token);
                continue;
            }
            run.push(token);
            let next = tokens.peek().map(|token| &token.kind);
            if matches!(next, Some(Kind::And | Kind::Or | Kind::Not)) {
                continue;
            }
            let left = self.tokens.last().map(|token| &token.kind);
            let left = matches!(left, Some(Kind::Leaf(_) | Kind::Nothing | Kind::Close));
            let right = !matches!(next, None | Some(Kind::Close));
            let joins = run.iter().find(|token| left && right && !matches!(token.kind, Kind::Not));
            let negates = run.last().filter(|token| right && matches!(token.kind, Kind::Not));
            let kept: Vec<Token> = joins.into_iter().chain(negates).cloned().collect();
            if let ([first, ..], [.., last]) = (&run[..], &run[..])
                && kept.len() < run.len()
            {
                let span = first.span.start..last.span.end;
                let text = |token: &Token| &self.remarks.input[token.span.clone()];
                let (what, then) = match (&kept[..], run.len()) {
                    ([], 1) => (format!("`{}`", text(first)), "has nothing to join: it is ignored".to_owned()),
                    ([], _) => ("the operators".to_owned(), "have nothing to join: they are ignored".to_owned()),
                    (kept, _) => {
                        let kept: Vec<_> = kept.iter().map(text).collect();
                        ("the operators".to_owned(), format!("are read as `{}`", kept.join(" ")))
                    }
                };
                self.remarks.repair(span, what, &then);
            }
            self.tokens.extend(kept);
            run.clear();
        }
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// Goes on behind the next token if it is as wanted, and tells where it stands.
    fn eat(&mut self, wanted: fn(&Kind) -> bool) -> Option<Range<usize>> {
        let token = self.tokens.get(self.at).filter(|token| wanted(&token.kind))?;
        self.at += 1;
        Some(token.span.clone())
    }

    /// Up to the end of the brackets or of the input. Every round takes at least one token.
    fn juxtaposition(&mut self) -> Option<Node> {
        let mut items = Vec::new();
        while !matches!(self.peek(), None | Some(Kind::Close)) {
            items.extend(self.either());
        }
        if items.len() < 2 {
            // Alone it has to match anyway.
            return items.pop().map(|item| item.node);
        }
        self.advise_on_filters(&items);
        Some(Node::Any(
            items.into_iter().map(|item| if item.plus.is_some() { must(item.node) } else { item.node }).collect(),
        ))
    }

    /// Two sources side by side are a likely slip: no document has both. Two languages a document may have.
    fn advise_on_filters(&mut self, items: &[Operand]) {
        let mut sources = items.iter().filter(|item| matches!(item.node, Node::Source(_)));
        if let Some(first) = sources.next()
            && let Some(other) = sources.find(|item| item.node != first.node)
        {
            let (a, b) = (&first.node, &other.node);
            let message = format!("no document passes both {a} and {b}: write ({a} OR {b}) for either");
            self.remarks.add(WarningKind::Advice, other.span.clone(), message);
        }
    }

    fn either(&mut self) -> Option<Operand> {
        self.joined(Self::both, |kind| matches!(kind, Kind::Or), Node::Or)
    }

    fn both(&mut self) -> Option<Operand> {
        self.joined(Self::operand, |kind| matches!(kind, Kind::And), Node::And)
    }

    /// Operands with an operator between them.
    fn joined(
        &mut self,
        operand: fn(&mut Self) -> Option<Operand>,
        operator: fn(&Kind) -> bool,
        join: fn(Vec<Node>) -> Node,
    ) -> Option<Operand> {
        let mut operands = Vec::from_iter(operand(self));
        while self.eat(operator).is_some() {
            operands.extend(operand(self));
        }
        if operands.len() < 2 {
            return operands.pop();
        }
        let span = operands[0].span.start..operands[operands.len() - 1].span.end;
        let pluses: Vec<_> = operands.iter().filter_map(|operand| operand.plus.clone()).collect();
        let node = join(operands.into_iter().map(|operand| operand.node).collect());
        // Beside `AND` it changes nothing.
        if let Node::Or(_) = node {
            for plus in pluses {
                self.remarks.repair(plus, "the `+`", "cannot hold beside `OR`: it is ignored");
            }
        }
        Some(Operand { node, plus: None, span })
    }

    /// A word, phrase, filter or bracket, with what stands before it. `None` where that was left out.
    fn operand(&mut self) -> Option<Operand> {
        let start = self.tokens.get(self.at)?.span.start;
        let not = self.eat(|kind| matches!(kind, Kind::Not)).is_some();
        let mut plus = self.eat(|kind| matches!(kind, Kind::Plus));
        let minus = self.eat(|kind| matches!(kind, Kind::Minus));
        if not && let Some(sign) = plus.take().or(minus.clone()) {
            self.remarks.repair(sign, "the sign", "has no say behind `NOT`: it is ignored");
        }
        let title = self.eat(|kind| matches!(kind, Kind::Title)).is_some();
        let mut node = match self.peek() {
            Some(Kind::Leaf(leaf)) => {
                let leaf = leaf.clone();
                self.at += 1;
                Some(leaf)
            }
            Some(Kind::Open) => self.brackets(),
            // An operand is next where a quotation mark after the sign or field was dropped.
            _ => {
                self.eat(|kind| matches!(kind, Kind::Nothing));
                None
            }
        }?;
        if title {
            node = Node::Title(Box::new(node));
        }
        if not || minus.is_some() {
            node = Node::Not(Box::new(node));
        }
        Some(Operand { node, plus, span: start..self.tokens[self.at - 1].span.end })
    }

    fn brackets(&mut self) -> Option<Node> {
        let open = self.eat(|kind| matches!(kind, Kind::Open))?;
        let empty = matches!(self.peek(), Some(Kind::Close));
        let node = self.juxtaposition();
        let close = self.eat(|kind| matches!(kind, Kind::Close));
        if empty && let Some(close) = close {
            self.remarks.repair(open.start..close.end, "the pair of brackets", "is empty: it is ignored");
        }
        node
    }
}

/// `+` before a node; what restricts anyway needs none.
fn must(node: Node) -> Node {
    if matches!(node, Node::Not(_)) || node.is_filter() { node } else { Node::Must(Box::new(node)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `remarks` has a part of each warning's message, in order; those of advice begin with `advice: `.
    fn check(input: &str, interpreted: &str, remarks: &[&str]) {
        let parsed = parse(input).unwrap();
        assert_eq!(parsed.interpreted(), interpreted, "{input}: {parsed:?}");
        let found: Vec<_> = parsed.warnings.iter().map(|warning| (warning.kind, &*warning.message)).collect();
        assert_eq!(found.len(), remarks.len(), "{input}: {found:?}");
        for ((kind, message), remark) in found.iter().zip(remarks) {
            let (expected, part) = match remark.strip_prefix("advice: ") {
                Some(part) => (WarningKind::Advice, part),
                None => (WarningKind::Syntax, *remark),
            };
            assert!(*kind == expected && message.contains(part), "{input}: {kind:?} {message} has not {remark}");
        }
        assert_same(&parsed.root, &parse(interpreted).unwrap().root, input);
    }

    /// Equal, whatever the spans.
    fn assert_same(a: &Node, b: &Node, input: &str) {
        assert_eq!(without_spans(a), without_spans(b), "{input}");
    }

    fn without_spans(node: &Node) -> Node {
        let span = 0..0;
        let one = |node: &Node| Box::new(without_spans(node));
        let all = |nodes: &[Node]| nodes.iter().map(without_spans).collect();
        match node {
            Node::Word { text, .. } => Node::Word { text: text.clone(), span },
            Node::Phrase { text, .. } => Node::Phrase { text: text.clone(), span },
            Node::Prefix { text, .. } => Node::Prefix { text: text.clone(), span },
            Node::Fuzzy { text, distance, .. } => Node::Fuzzy { text: text.clone(), distance: *distance, span },
            Node::Title(inner) => Node::Title(one(inner)),
            Node::Not(inner) => Node::Not(one(inner)),
            Node::Must(inner) => Node::Must(one(inner)),
            Node::And(children) => Node::And(all(children)),
            Node::Or(children) => Node::Or(all(children)),
            Node::Any(children) => Node::Any(all(children)),
            Node::Lang(_) | Node::Date { .. } | Node::Source(_) => node.clone(),
        }
    }

    #[test]
    fn words_are_kept_as_typed() {
        for text in [
            "",
            "bolagsstämma",
            "kommunernes økonomi næste år",
            "it-bolaget",
            "lov 2018:218 § 3 stk. 2",
            "2016/679 f.eks. EU:s L 123",
            "and or not og eller",
            "And Or Not ANDEN NOTAT ORD",
            "foo:bar https://eksempel.dk/a?b=c:d",
            "C++ 5-6 a+b",
            "artikel 6(1)(a) parti(et)",
            "- – + -- --strict -+5 +-",
            "afgift^2 [moms] {skat}",
            "ca.~2021 ~x",
            "undertitle:skat",
        ] {
            check(text, text, &[]);
        }
        check("  skat\u{a0}\u{0}moms\t\n", "skat moms", &[]);
    }

    #[test]
    fn signs_and_operators() {
        check("skat -bolaget", "skat -bolaget", &[]);
        check("+skat moms", "+skat moms", &[]);
        check("+skat", "skat", &[]);
        check("NOT moms skat", "-moms skat", &[]);
        check("a b AND c", "a (b AND c)", &[]);
        check("a OR b AND c OR d", "a OR (b AND c) OR d", &[]);
        check("(a OR b) AND c", "(a OR b) AND c", &[]);
        check("a AND NOT b", "a AND -b", &[]);
        check("a AND(b OR c)AND NOT(d)", "a AND (b OR c) AND -d", &[]);
        check("lang:sv skatt OR avgift", "lang:sv (skatt OR avgift)", &[]);
        check("((a b)) (c)", "(a b) c", &[]);
        check("+(a b) -(c d) -\"e f\" +title:g", "+(a b) -(c d) -\"e f\" +title:g", &[]);
        check("(+a b) c", "(+a b) c", &[]);
        check("(+a) b", "a b", &[]);
        check("(-a) b", "-a b", &[]);
        check("+(-a) b", "-a b", &[]);
        check("-(-a) b", "-(-a) b", &[]);
        check("+lang:da +skat b", "lang:da +skat b", &[]);
        check("+NOT -AND c", "+NOT -AND c", &[]);
        check("+OR", "(+OR)", &[]);
        check("NOT --a b", "-(--a) b", &[]);
        check("+a AND b", "a AND b", &[]);
        check("\"grøn\"-partiet", "\"grøn\" partiet", &[]);
    }

    #[test]
    fn phrases() {
        check("\"grøn   omstilling\"", "\"grøn omstilling\"", &[]);
        check("”grön omställning” x", "\"grön omställning\" x", &[]);
        check("»den grønne« «den grønne» »den gröna»", "\"den grønne\" \"den grønne\" \"den gröna\"", &[]);
        check("“a b” „c d“ „e f”", "\"a b\" \"c d\" \"e f\"", &[]);
        check("»a \"b c\"«", "“a \"b c\"”", &[]);
        check("»a \"b ”c«", "»a \"b ”c«", &[]);
        check("\"a AND (b\"", "\"a AND (b\"", &[]);
        check("ord\"a b\"ord", "ord \"a b\" ord", &[]);
    }

    #[test]
    fn fields() {
        check("title:budget TITLE:\"ny lov\" title:(a +b)", "title:budget title:\"ny lov\" title:(a +b)", &[]);
        check("title:-x title:NOT title:lang:sv", "title:-x title:NOT title:lang:sv", &[]);
        check("title:bolag* -title:moms~", "title:bolag* -title:moms~1", &[]);
        check("title:AND(b)", "title:AND(b)", &[]);
        check("title:(title:a)", "title:(title:a)", &[]);
        check("Lang:SV skatt", "lang:sv skatt", &[]);
        check("source:\"DI Digital Nyheder\"", "source:\"DI Digital Nyheder\"", &[]);
        check("source:(DI Digital) -source:Kyrkobladet a", "source:\"DI Digital\" -source:Kyrkobladet a", &[]);
        check("source:Bladet(web)", "source:\"Bladet(web)\"", &[]);
        check("source:(a\" b” c« d»)", "source:(a\" b” c« d»)", &[]);
        check("lang:sv lang:da skat", "lang:sv lang:da skat", &[]);
        check("(lang:sv OR lang:da) skat", "(lang:sv OR lang:da) skat", &[]);
    }

    #[test]
    fn dates() {
        for (typed, shown) in [
            ("2020", "2020"),
            ("2020-05", "2020-05"),
            ("2020-05-03", "2020-05-03"),
            ("2020..2021", "2020..2021"),
            ("..2021-03", "..2021-03"),
            ("2020-01-15..", "2020-01-15.."),
            ("2020-01-01..2020-12-31", "2020"),
            ("2020-02-01..2020-02-29", "2020-02"),
            ("2020-02-01..2020-02-28", "2020-02-01..2020-02-28"),
            ("2020-05-01", "2020-05-01"),
            ("2020..2020-05", "2020-01..2020-05"),
            ("\"2020\"", "2020"),
        ] {
            check(&format!("date:{typed}"), &format!("date:{shown}"), &[]);
        }
        for bad in
            ["", "20x0", "2020-13", "2021-02-29", "2020-5", "..", "2020...2021", "2020-2021", "+202", "2020-01-01-01"]
        {
            check(&format!("skat date:{bad}"), "skat", &["at column 6 is ignored: a date is written date:2020, "]);
        }
        check("date:2021..2020-03", "date:2020-03..2021-12", &["the range at column 1 ends before it begins"]);
        let day = |year, month, day| Date::from_calendar_date(year, month, day).ok();
        let dates = Node::Date { from: day(2020, Month::January, 1), to: day(2021, Month::February, 28) };
        assert_eq!(parse("date:2020..2021-02").unwrap().root, dates);
    }

    #[test]
    fn open_words() {
        check("bolag* skatte~ moms~ skatte~1 skatte~2", "bolag* skatte~2 moms~1 skatte~1 skatte~2", &[]);
        check("**fed**", "**fed*", &["advice: the * in `**fed**`"]);
        check("bo*laget", "bo*laget", &["advice: the * in `bo*laget`"]);
        check("moms~0 å*", "moms å", &["`å*` at column 8 is too short for a prefix"]);
        check("§* år~ EU~1", "§ år EU", &["`§*` at column 1", "`år~` at column 4", "`EU~1` at column 8"]);
        check("moms~2 skatter~9", "moms~1 skatter~2", &["at column 1 allows too many", "two edits at most"]);
        check("* skat ~ \"a b\"~2", "skat \"a b\"", &["`*` at column 1", "`~` at column 8", "`~2` at column 15"]);
        check("OR~ x", "(+OR) x", &["too short"]);
    }

    #[test]
    fn stray_marks_are_repaired() {
        let one_by_one = "is never closed: its words are searched one by one";
        check("skat på \"ny lov", "skat på ny lov", &[&format!("the quote at column 9 {one_by_one}")]);
        check("bolaget\" årsstämma", "bolaget årsstämma", &["the quote at column 8 was never opened"]);
        check("”Vi är klara", "Vi är klara", &[&format!("the quote at column 1 {one_by_one}")]);
        check("-\"a b", "-a b", &["the quote at column 2 is never closed"]);
        check("\"\" a \" \"", "a", &["the phrase at column 1 has no words", "the phrase at column 6"]);
        check("-\"\" a", "a", &["the phrase at column 2 has no words"]);
        check("(å (b OR c", "å (b OR c)", &["the bracket at column 1 is never", "the bracket at column 4 is never"]);
        check("å) b", "å b", &["the bracket at column 2 closes nothing"]);
        check("() a (())", "a", &["the pair of brackets at column 1 is empty", "at column 7 is empty"]);
        check("-() a", "a", &["at column 2 is empty"]);
        check("source:\"DI Digital", "source:\"DI Digital\"", &["taken for the value of `source:`"]);
        check("source:(DI Digital", "source:\"DI Digital\"", &["the bracket at column 8 is never closed"]);
    }

    #[test]
    fn idle_operators_are_left_out() {
        check("AND a", "a", &["`AND` at column 1 has nothing to join"]);
        check("a OR", "a", &["`OR` at column 3 has nothing to join"]);
        check("(a NOT) b", "a b", &["`NOT` at column 4 has nothing to join"]);
        check("a AND OR b", "a AND b", &["the operators at column 3 are read as `AND`"]);
        check("a NOT AND b", "a AND b", &["the operators at column 3 are read as `AND`"]);
        check("a AND AND NOT NOT b", "a AND -b", &["the operators at column 3 are read as `AND NOT`"]);
        check("NOT NOT a b", "-a b", &["the operators at column 1 are read as `NOT`"]);
        check("AND OR", "", &["the operators at column 1 have nothing to join: they are ignored"]);
        check("NOT -a b", "-a b", &["the sign at column 5 has no say behind `NOT`"]);
        check("+a OR b", "a OR b", &["the `+` at column 1 cannot hold beside `OR`"]);
        check("a AND * OR b", "a OR b", &["`*` at column 7 has no word before it"]);
        check("a -\" AND b", "a -b", &["never closed", "`AND` at column 6"]);
    }

    #[test]
    fn bad_values_are_left_out() {
        check("lang: sv", "sv", &["`lang:` at column 1 is ignored: a language is a code"]);
        check("lang:sv-SE a", "a", &["`lang:sv-SE` at column 1 is ignored"]);
        check("lang:(sv OR da) a", "a", &["`lang:(sv OR da)` at column 1 is ignored"]);
        check("-lang:x a", "a", &["`lang:x` at column 2 is ignored"]);
        check("source: a", "a", &["`source:` at column 1 is ignored: a source needs a name"]);
        check("source:\"\" a", "a", &["at column 1 is ignored"]);
        check("(title:) title: a", "a", &["`title:` at column 2 has nothing", "`title:` at column 10"]);
    }

    #[test]
    fn queries_without_words() {
        check("lang:sv date:2020", "lang:sv date:2020", &[]);
        check("-moms", "-moms", &["advice: a query of only exclusions finds everything else"]);
        check("-(a b) AND NOT c", "-(a b) AND -c", &["advice: only exclusions"]);
        check("title:(-moms)", "title:(-moms)", &["advice: only exclusions"]);
        check("-moms lang:sv", "-moms lang:sv", &[]);
        assert_eq!(parse(" \n").unwrap().root, Node::Any(Vec::new()));
    }

    #[test]
    fn filters_are_told_from_words() {
        for (query, expected) in [
            ("lang:sv", true),
            ("lang:sv OR lang:da", true),
            ("-lang:sv date:2020", true),
            ("lang:sv OR skat", false),
            ("skat", false),
            ("", false),
        ] {
            assert_eq!(parse(query).unwrap().root.is_filter(), expected, "{query}");
        }
    }

    #[test]
    fn spans_cover_tokens() {
        let Node::Any(items) = parse("år -”ny lag” bolag* title:skått~1").unwrap().root else {
            panic!("no list")
        };
        let expected = Node::Any(vec![
            Node::Word { text: "år".into(), span: 0..3 },
            Node::Not(Box::new(Node::Phrase { text: "ny lag".into(), span: 5..17 })),
            Node::Prefix { text: "bolag".into(), span: 18..24 },
            Node::Title(Box::new(Node::Fuzzy { text: "skått".into(), distance: 1, span: 31..39 })),
        ]);
        assert_eq!(Node::Any(items), expected);
    }

    #[test]
    fn strict_refuses_repairs_and_points_at_them() {
        let shown = |input: &str| parse(input).unwrap().strict(input).map_err(|error| error.to_string());
        let quote = "the quote at column 12 is never closed: its words are searched one by one";
        assert_eq!(shown("ændring\taf \"lov æøå"), Err(format!("{}\n  ændring af \"lov æøå\n             ^", quote)));
        assert_eq!(
            shown("år date:20x0 )"),
            Err("`date:20x0` at column 4 is ignored: a date is written date:2020, date:2020-05, date:2020-05-03, or as \
                 a range such as date:2020..2021, date:..2021-03 or date:2020-01-15..\n  år date:20x0 )\n     ^^^^^^^^^"
                .to_owned())
        );
        for taken in ["-moms", "lang:da lang:sv", "+skat \"ny lov\" (a OR b)", ""] {
            assert_eq!(shown(taken), Ok(()), "{taken}");
        }
    }

    #[test]
    fn limits() {
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        let words = |count: usize| "a ".repeat(count);
        for (input, expected) in [
            ("NOT ".repeat(10_000), Some(TooMuch::Long(40_000))),
            ("(".repeat(10_000), Some(TooMuch::Long(10_000))),
            ("å".repeat(2048), None),
            ("å".repeat(2049), Some(TooMuch::Long(4098))),
            ("(".repeat(4096), Some(TooMuch::Deep(4096))),
            (nested(64), None),
            (nested(65), Some(TooMuch::Deep(65))),
            ("-title:(".repeat(64), None),
            ("-title:(".repeat(65), Some(TooMuch::Deep(65))),
            (words(256), None),
            (words(257), Some(TooMuch::Many(257))),
            ("lang:sv ".repeat(257), Some(TooMuch::Many(257))),
            ("NOT ".repeat(1024), None),
            ("a(".repeat(64), None),
            (")".repeat(4096), None),
            ("\"\"".repeat(2048), None),
            ("“ „ ".repeat(512), None),
            ("-".repeat(4096), None),
            ("*~".repeat(2048), None),
            ("title:\"".repeat(512), None),
        ] {
            assert_eq!(parse(&input).err(), expected, "{}", shown(&input));
        }
        assert_eq!(
            TooMuch::Deep(70).to_string(),
            "the query has brackets 70 deep: at most 64 levels are taken; take some out"
        );
    }

    #[test]
    fn plain_text_has_no_syntax() {
        let Node::Any(words) = plain(" -å \"ny lov\" (OR title:x* \n") else { panic!("no list") };
        let words: Vec<_> = words
            .into_iter()
            .map(|word| match word {
                Node::Word { text, span } => (text, span),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [("-å", 1..4), ("\"ny", 5..8), ("lov\"", 9..13), ("(OR", 14..17), ("title:x*", 18..26)];
        assert_eq!(words, expected.map(|(text, span)| (text.to_owned(), span)));
        assert_eq!(plain(""), Node::Any(Vec::new()));
    }

    /// Queries rich in marks: fragments that mean something, glued or apart, among any characters at all.
    fn queries() -> impl Strategy<Value = String> {
        let fragment = prop_oneof![
            8 => prop::sample::select(vec![
                "AND", "OR", "NOT", "(", ")", "\"", "”", "“", "„", "«", "»", "+", "-", "*", "~", "~1", "~7", "title:",
                "lang:", "lang:sv", "date:", "date:2020", "2020-05", "..", "source:", ":", "a", "ØL", "skat", "årsmöte",
                "§", "6(1)", "\u{0}", "\n", "\u{301}",
            ])
            .prop_map(str::to_owned),
            6 => Just(" ".to_owned()),
            1 => any::<String>(),
        ];
        prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
    }

    fn spans(node: &Node, found: &mut Vec<Range<usize>>) {
        match node {
            Node::Word { span, .. } | Node::Phrase { span, .. } => found.push(span.clone()),
            Node::Prefix { span, .. } | Node::Fuzzy { span, .. } => found.push(span.clone()),
            Node::Title(inner) | Node::Not(inner) | Node::Must(inner) => spans(inner, found),
            Node::And(nodes) | Node::Or(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| spans(node, found)),
            Node::Lang(_) | Node::Date { .. } | Node::Source(_) => {}
        }
    }

    /// What the documentation of [`Node`] promises of a tree.
    fn assert_normal(node: &Node, parent: Option<&Node>) {
        let listed = matches!(parent, Some(Node::Any(_)));
        match node {
            Node::Must(inner) => {
                assert!(listed && !inner.is_filter() && !matches!(**inner, Node::Not(_) | Node::Must(_)));
                assert_normal(inner, Some(node));
            }
            Node::Title(inner) | Node::Not(inner) => assert_normal(inner, Some(node)),
            Node::And(nodes) | Node::Or(nodes) | Node::Any(nodes) => {
                assert!(nodes.len() > 1 || (parent.is_none() && *node == Node::Any(Vec::new())));
                nodes.iter().for_each(|child| assert_normal(child, Some(node)));
            }
            Node::Word { text, .. } | Node::Phrase { text, .. } => assert!(!text.is_empty()),
            Node::Prefix { text, .. } => assert!(text.chars().count() >= Node::MIN_PREFIX),
            Node::Fuzzy { distance, .. } => assert!((1..=2).contains(distance)),
            Node::Date { from, to } => {
                assert!(from.or(*to).is_some() && from.zip(*to).is_none_or(|(from, to)| from <= to));
            }
            Node::Lang(_) | Node::Source(_) => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_interpreted_reads_as_the_same(input in queries()) {
            // `any` may go over a limit; that this is said and nothing else is what the limits' own test is for.
            if let Ok(parsed) = parse(&input) {
                assert_normal(&parsed.root, None);
                let again = parse(&parsed.interpreted()).unwrap();
                prop_assert_eq!(without_spans(&again.root), without_spans(&parsed.root));
                prop_assert_eq!(again.interpreted(), parsed.interpreted());
                // What was repaired once needs no repair again.
                prop_assert_eq!(again.strict(&parsed.interpreted()), Ok(()));
            }
        }

        #[test]
        fn places_are_in_the_input(input in queries()) {
            if let Ok(parsed) = parse(&input) {
                let mut found = Vec::new();
                spans(&parsed.root, &mut found);
                spans(&plain(&input), &mut found);
                found.extend(parsed.warnings.iter().map(|warning| warning.span.clone()));
                prop_assert!(found.iter().all(|span| input.get(span.clone()).is_some()));
                prop_assert!(parsed.warnings.is_sorted_by_key(|warning| warning.span.start));
                let _shown = parsed.strict(&input).map_err(|error| error.to_string());
            }
        }
    }
}
