//! The tree that a query is read into, and its way back to text.
//!
//! The tree says what was asked, not how an index answers it: it knows no terms, no boosts and no languages. It has one
//! normal form, so that equal questions look equal and [`Node`]'s `Display` can be read back: no juxtaposition or
//! operator of a single child, no `Must` outside a juxtaposition, no `Must` round something that restricts anyway.
//! Rejected: occur flags on every clause as in Lucene, where `a OR b AND c` depends on the order of reading; and spans
//! on every node, which nothing asks for: only what is analysed needs its place.

use std::fmt;
use std::ops::Range;

use crate::doc::Date;

/// A query, or a part of one. Spans are byte ranges in the input and lie on character boundaries.
///
/// Words and phrases are text for the analyser, as typed: `2018:218`, `EU:s` and `§` are words, and a word may turn out
/// to hold no term at all, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A word.
    Word {
        /// As typed, without white space.
        text: String,
        /// The whole token.
        span: Range<usize>,
    },
    /// Words that must stand side by side, in this order.
    Phrase {
        /// What stood between the quotes, its white space made single spaces; never empty.
        text: String,
        /// With its quotes.
        span: Range<usize>,
    },
    /// Every word that begins so.
    Prefix {
        /// Without the `*`; at least [`Node::MIN_PREFIX`] letters or digits.
        text: String,
        /// With the `*`.
        span: Range<usize>,
    },
    /// Every word within an edit distance.
    Fuzzy {
        /// Without the `~`.
        text: String,
        /// In edits: 1 or 2.
        distance: u8,
        /// With the `~`.
        span: Range<usize>,
    },
    /// What is inside is looked for in titles only. A filter inside is not changed by it.
    Title(Box<Node>),
    /// Filter: documents in a language, by its code of two or three lower-case letters. Whether an index knows the
    /// language is not checked here.
    Lang(String),
    /// Filter: documents of these days, both included; at least one end is set, and `from` is not after `to`.
    Date {
        /// The first day.
        from: Option<Date>,
        /// The last day.
        to: Option<Date>,
    },
    /// Filter: documents of one publisher, by its name as typed.
    Source(String),
    /// Documents that do not match what is inside. In a juxtaposition it excludes; anywhere else it stands for all
    /// documents but these.
    Not(Box<Node>),
    /// A child of a juxtaposition that has to match. It stands nowhere else.
    Must(Box<Node>),
    /// Documents that match every child; two children at least.
    And(Vec<Node>),
    /// Documents that match some child; two children at least. A filter is a child like any other here.
    Or(Vec<Node>),
    /// Juxtaposition, `a +b -c lang:sv`. Every `Must` child has to match, no `Not` child may, and every child that
    /// [restricts](Node::is_filter) has to let the document pass, without a say in its score. The rest adds to the
    /// score; where there is a rest and no `Must` child, one of it has to match. With neither a rest nor a `Must`
    /// child, all documents that pass are found.
    ///
    /// Without children it is the empty query, which stands at the root only and finds nothing.
    Any(Vec<Node>),
}

impl Node {
    /// The fewest letters or digits that [`Node::Prefix`] takes: with one, half the dictionary would be read.
    pub const MIN_PREFIX: usize = 2;

    /// Whether this only restricts: a filter, or filters put together, as in `(lang:sv OR lang:da)`.
    pub fn is_filter(&self) -> bool {
        match self {
            Self::Lang(_) | Self::Date { .. } | Self::Source(_) => true,
            Self::Not(inner) | Self::Must(inner) | Self::Title(inner) => inner.is_filter(),
            Self::And(children) | Self::Or(children) | Self::Any(children) => {
                !children.is_empty() && children.iter().all(Self::is_filter)
            }
            Self::Word { .. } | Self::Phrase { .. } | Self::Prefix { .. } | Self::Fuzzy { .. } => false,
        }
    }

    /// What of a query any one may match: the word that it is, or the children of a juxtaposition that only add to the
    /// score. Empty where something has to match.
    pub fn optional(&self) -> Vec<&Self> {
        match self {
            Self::Word { .. } => vec![self],
            Self::Any(children) if children.iter().any(|child| matches!(child, Self::Must(_))) => Vec::new(),
            Self::Any(children) => {
                children.iter().filter(|child| !matches!(child, Self::Not(_)) && !child.is_filter()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Writes the node where a sign stands right before it.
    fn write_signed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Behind a sign an operator is a word.
            Self::Word { text, .. } if is_operator(text) => f.write_str(text),
            Self::Word { text, .. } | Self::Prefix { text, .. } | Self::Fuzzy { text, .. }
                if text.starts_with(['+', '-']) =>
            {
                write!(f, "({self})")
            }
            Self::Not(_) | Self::Must(_) => write!(f, "({self})"),
            _ => self.write_child(f),
        }
    }

    /// Writes the node between its siblings: brackets round what has children, needed or not, because people read this.
    fn write_child(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(_) | Self::Or(_) | Self::Any(_) => write!(f, "({self})"),
            _ => write!(f, "{self}"),
        }
    }
}

/// The query language's own form of the node. Of a node that the parser made, it is read back as the same tree, save
/// for spans, and for the limits: brackets that precedence made needless are written out.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, children: &[Self], between: &str| {
            children.iter().enumerate().try_for_each(|(i, child)| {
                if i > 0 {
                    f.write_str(between)?;
                }
                child.write_child(f)
            })
        };
        match self {
            Self::Word { text, .. } if is_operator(text) => write!(f, "(+{text})"),
            Self::Word { text, .. } => f.write_str(text),
            Self::Phrase { text, .. } => write_quoted(f, text),
            Self::Prefix { text, .. } => write!(f, "{text}*"),
            Self::Fuzzy { text, distance, .. } => write!(f, "{text}~{distance}"),
            Self::Title(inner) => match &**inner {
                Self::Word { text, .. } => write!(f, "title:{text}"),
                Self::Phrase { .. } | Self::Prefix { .. } | Self::Fuzzy { .. } => write!(f, "title:{inner}"),
                _ => write!(f, "title:({inner})"),
            },
            Self::Lang(code) => write!(f, "lang:{code}"),
            Self::Date { from, to } => {
                f.write_str("date:")?;
                write_dates(f, *from, *to)
            }
            Self::Source(name) => {
                f.write_str("source:")?;
                if name.contains(|c: char| c.is_whitespace() || "()".contains(c) || closers(c).is_some()) {
                    write_quoted(f, name)
                } else {
                    f.write_str(name)
                }
            }
            Self::Not(inner) => {
                f.write_str("-")?;
                inner.write_signed(f)
            }
            Self::Must(inner) => {
                f.write_str("+")?;
                inner.write_signed(f)
            }
            Self::And(children) => list(f, children, " AND "),
            Self::Or(children) => list(f, children, " OR "),
            Self::Any(children) => list(f, children, " "),
        }
    }
}

/// Whether a word is one of the three operators.
pub(super) fn is_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT")
}

/// What closes a quote that `opener` opens; `None` where `opener` is no quotation mark.
///
/// Danish and Swedish close with the mark they open with, or turn guillemets inwards; Norwegian turns them outwards;
/// and word processors put in English or German marks.
pub(super) fn closers(opener: char) -> Option<&'static [char]> {
    match opener {
        '"' => Some(&['"']),
        '“' | '”' => Some(&['”']),
        '„' => Some(&['“', '”']),
        '»' => Some(&['«', '»']),
        '«' => Some(&['»']),
        _ => None,
    }
}

/// Writes `text` between marks that do not occur in it. It was typed between some, so there are such marks; brackets,
/// the last choice, are what the value of a filter may also stand in.
fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let marks = [('"', '"'), ('“', '”'), ('»', '«'), ('«', '»')];
    let fit = marks.into_iter().find(|&(open, _)| closers(open).is_some_and(|close| !text.contains(close)));
    let (open, close) = fit.unwrap_or(('(', ')'));
    write!(f, "{open}{text}{close}")
}

/// Writes a range as coarsely as it can be said, with the same precision at both ends.
fn write_dates(f: &mut fmt::Formatter<'_>, from: Option<Date>, to: Option<Date>) -> fmt::Result {
    let from_precision = from.map(|day| match (u8::from(day.month()), day.day()) {
        (1, 1) => 1,
        (_, 1) => 2,
        _ => 3,
    });
    let to_precision = to.map(|day| match (u8::from(day.month()), day.day()) {
        (12, 31) => 1,
        (_, last) if last == day.month().length(day.year()) => 2,
        _ => 3,
    });
    let precision = from_precision.max(to_precision).unwrap_or(3);
    let write_day = |f: &mut fmt::Formatter<'_>, day: Date| {
        write!(f, "{:04}", day.year())?;
        if precision > 1 {
            write!(f, "-{:02}", u8::from(day.month()))?;
        }
        if precision > 2 {
            write!(f, "-{:02}", day.day())?;
        }
        Ok(())
    };
    let same = |a: Date, b: Date| {
        a.year() == b.year() && (precision < 2 || a.month() == b.month()) && (precision < 3 || a.day() == b.day())
    };
    match (from, to) {
        (Some(from), Some(to)) if same(from, to) => write_day(f, from),
        _ => {
            from.map_or(Ok(()), |day| write_day(f, day))?;
            f.write_str("..")?;
            to.map_or(Ok(()), |day| write_day(f, day))
        }
    }
}
