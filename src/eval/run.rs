//! Runs: what a system retrieved for every topic, in the six columns of TREC.
//!
//! A run keeps what it read, the rows of a topic in the order of the file; what order they stand in for a measure is
//! decided when it is evaluated ([`crate::eval::Order`]), because the two columns that could decide it, rank and
//! score, are often at odds. The second column is not kept and prints as `Q0`; a run has one tag, that of its first
//! line.

use std::fmt;
use std::io::Read;
use std::ops::Range;

use crate::eval::EvalError;
use crate::eval::lines;
use crate::eval::lines::Numbers;
use crate::eval::number;
use crate::eval::table;
use crate::eval::table::Table;

/// Retrieved documents by topic.
///
/// Printing and parsing are inverse: topics in order of first appearance, the rows of a topic in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    tag: String,
    table: Table<Value>,
}

/// One row of a topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retrieved<'a> {
    /// The document.
    pub doc: &'a str,
    /// Where the system says that it stands; mostly from 1, in some runs from 0.
    pub rank: u32,
    /// The system's score: the higher the better, never NaN.
    pub score: f64,
}

/// The two numbers of a row, packed: a run of millions of rows is mostly this.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, packed(4))]
pub(super) struct Value {
    /// [`Retrieved::rank`].
    pub(super) rank: u32,
    /// [`Retrieved::score`].
    pub(super) score: f64,
}

impl Run {
    /// Reads lines of `topic Q0 document rank score tag`, split at white space. Blank lines are skipped.
    ///
    /// # Errors
    ///
    /// A line that is no such line, a (topic, document) pair that occurs twice, or no line at all.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvalError> {
        Self::read(bytes)
    }

    /// [Parses](Self::parse) all that the reader holds.
    ///
    /// # Errors
    ///
    /// As [`Run::parse`], or what the reader reports.
    pub fn read(reader: impl Read) -> Result<Self, EvalError> {
        Self::read_into(Table::new(), reader)
    }

    /// [Reads](Self::read) a run into the memory of this one, which is forgotten: the system has to clear every page that
    /// it hands out, which for a run of millions of rows takes as long as finding its lines.
    ///
    /// # Errors
    ///
    /// As [`Run::read`].
    pub fn replaced(self, reader: impl Read) -> Result<Self, EvalError> {
        Self::read_into(self.table.emptied(), reader)
    }

    fn read_into(rows: Table<Value>, reader: impl Read) -> Result<Self, EvalError> {
        let mut reading = Reading { rows, numbers: Numbers::default(), tag: None, usual: None };
        lines::pieces(reader, |line, piece| reading.piece(line, piece))?;
        let Reading { rows, numbers, tag, .. } = reading;
        let tag = tag.ok_or(EvalError::Empty { what: "run" })?;
        Ok(Self { tag, table: rows.grouped().map_err(|repeated| repeated.in_lines(&numbers))? })
    }

    /// A run that comes from no text: (topic, row).
    ///
    /// # Errors
    ///
    /// A name that cannot be a column, a score that is NaN, a pair that occurs twice, or no row at all.
    pub fn from_rows<'a>(
        tag: &str,
        rows: impl IntoIterator<Item = (&'a str, Retrieved<'a>)>,
    ) -> Result<Self, EvalError> {
        let mut table = Table::new();
        for (topic, Retrieved { doc, rank, score }) in rows {
            if score.is_nan() {
                return Err(EvalError::Score { topic: topic.to_owned(), doc: doc.to_owned() });
            }
            table.push(table::name("topic", topic)?, table::name("document id", doc)?, Value { rank, score })?;
        }
        if table.len() == 0 {
            return Err(EvalError::Empty { what: "run" });
        }
        let tag = table::name("tag", tag)?.to_owned();
        Ok(Self { tag, table: table.grouped().map_err(|repeated| repeated.in_rows())? })
    }

    /// The name that the system gave the run.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The topics in order of first appearance.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.table.topics()
    }

    /// Whether the run has any document for a topic.
    pub fn has_topic(&self, topic: &str) -> bool {
        self.table.topic(topic).is_some()
    }

    /// The rows of a topic in the order given; none for a topic that the run lacks.
    pub fn retrieved(&self, topic: &str) -> impl Iterator<Item = Retrieved<'_>> {
        self.table.rows_of(topic).map(|row| self.at(row))
    }

    /// A row by its number in [`Run::table`].
    pub(super) fn at(&self, row: usize) -> Retrieved<'_> {
        let Value { rank, score } = self.table.value(row);
        Retrieved { doc: self.table.doc(row), rank, score }
    }

    /// The rows themselves.
    pub(super) fn table(&self) -> &Table<Value> {
        &self.table
    }
}

/// A run that is being read.
struct Reading {
    rows: Table<Value>,
    numbers: Numbers,
    tag: Option<String>,
    usual: Option<Usual>,
}

impl Reading {
    /// Adds the rows of a piece that begins with the line of this number, and says how many lines it has.
    fn piece(&mut self, first: usize, piece: &str) -> Result<usize, EvalError> {
        let (mut line, mut at) = (first, 0);
        while at < piece.len() {
            match self.usual.as_ref().and_then(|usual| usual.row(piece, at)) {
                Some((doc, value, end)) => {
                    self.numbers.note(self.rows.len(), line);
                    self.rows.push_on(piece, doc, value)?;
                    at = end;
                }
                None => {
                    let length = memchr::memchr(b'\n', &piece.as_bytes()[at..]).unwrap_or(piece.len() - at);
                    self.line(line, &piece[at..at + length])?;
                    at += length + 1;
                }
            }
            line += 1;
        }
        Ok(line - first)
    }

    /// Adds a row from any line, and remembers what may be the same on the next.
    fn line(&mut self, line: usize, text: &str) -> Result<(), EvalError> {
        if lines::is_blank(text) {
            return Ok(());
        }
        let columns = lines::columns(line, text, "6 (topic Q0 document rank score tag)")?;
        let usual = Usual {
            before: text.as_bytes()[..columns[2].start].to_owned(),
            after: [&text.as_bytes()[columns[4].end..], b"\n"].concat(),
        };
        let [topic, _, doc, rank, score, tag] = columns.each_ref().map(|column| &text[column.clone()]);
        let fault = |column, text: &str, wanted| Err(EvalError::Value { line, column, text: text.to_owned(), wanted });
        let Some(rank_number) = number::whole(rank.as_bytes()) else {
            return fault("rank", rank, "a whole number from 0");
        };
        let Some(score_number) = number::score(text.as_bytes(), columns[4].clone()) else {
            return fault("score", score, "a number");
        };
        self.numbers.note(self.rows.len(), line);
        self.rows.push(topic, doc, Value { rank: rank_number, score: score_number })?;
        self.tag.get_or_insert_with(|| tag.to_owned());
        self.usual = Some(usual);
        Ok(())
    }
}

/// What a line has in common with the one before, byte for byte, as all lines of a topic but the first have: then
/// neither the topic nor the end of the line need be looked for.
struct Usual {
    /// From the start of the line to the document: the topic, another column, and white space.
    before: Vec<u8>,
    /// From the end of the score: white space, the tag, and the line feed.
    after: Vec<u8>,
}

impl Usual {
    /// The document and the numbers of the line that begins at `start`, and where the next line begins. `None` also for
    /// many a line that is a row, but never a row that another reader would read otherwise.
    fn row(&self, text: &str, start: usize) -> Option<(Range<usize>, Value, usize)> {
        let bytes = text.as_bytes();
        let doc = start + self.before.len();
        if !same(bytes.get(start..doc)?, &self.before) {
            return None;
        }
        let mut stops = lines::stops(bytes, doc)?;
        let mut from = doc;
        let mut field = || {
            let end = doc + stops.trailing_zeros() as usize;
            stops &= stops.wrapping_sub(1);
            let field = from..end;
            from = end + 1;
            // Two spaces would make a field empty; what is below a space is not all white.
            (!field.is_empty() && matches!(bytes.get(end), Some(b' ' | b'\t'))).then_some(field)
        };
        let (doc, rank, score) = (field()?, field()?, field()?);
        let end = score.end + self.after.len();
        if !same(bytes.get(score.end..end)?, &self.after) {
            return None;
        }
        let value = Value { rank: number::whole(&bytes[rank])?, score: number::score(bytes, score)? };
        Some((doc, value, end))
    }
}

/// Whether two slices of one length are equal: without a call for the lengths that most have.
fn same(a: &[u8], b: &[u8]) -> bool {
    match (a.first_chunk::<8>(), b.first_chunk::<8>(), a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a_first), Some(b_first), Some(a_last), Some(b_last)) if a.len() <= 16 => {
            a_first == b_first && a_last == b_last
        }
        _ => a == b,
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for topic in self.topics() {
            for Retrieved { doc, rank, score } in self.retrieved(topic) {
                // The debug form of a float is the shortest that reads back the same.
                writeln!(f, "{topic} Q0 {doc} {rank} {score:?} {}", self.tag)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        match Run::parse(text.as_bytes()) {
            Ok(run) => assert_eq!(run.to_string(), expect),
            Err(error) => assert_eq!(error.to_string(), expect),
        }
    }

    #[test]
    fn reads_what_trec_eval_reads() {
        check("7 Q0 b 1 2 snot\n7 Q0 a 2 1.5 snot\n", "7 Q0 b 1 2.0 snot\n7 Q0 a 2 1.5 snot\n");
        check("7\tQ0\tb\t0\t-3e-7\ttag\r\n\n 9 x b 1 1e300 other", "7 Q0 b 0 -3e-7 tag\n9 Q0 b 1 1e300 tag\n");
        check("2 Q0 a 1 9 t\n1 Q0 a 1 8 t\n2 Q0 b 2 7 t\n", "2 Q0 a 1 9.0 t\n2 Q0 b 2 7.0 t\n1 Q0 a 1 8.0 t\n");
        check("1 Q0 a 1 inf t\n1 Q0 b 2 -inf t\n", "1 Q0 a 1 inf t\n1 Q0 b 2 -inf t\n");
    }

    #[test]
    fn names_the_line_and_the_fault() {
        check("", "there is no line in the run");
        check("\r\n", "there is no line in the run");
        check("1 Q0 a 1 9\n", "line 1: 5 columns where there should be 6 (topic Q0 document rank score tag)");
        check("\n1 Q0 a 1 9 t u v\n", "line 2: 8 columns where there should be 6 (topic Q0 document rank score tag)");
        check("1 Q0 a one 9 t\n", "line 1: the rank \"one\" is not a whole number from 0");
        check("1 Q0 a -1 9 t\n", "line 1: the rank \"-1\" is not a whole number from 0");
        check("1 Q0 a 1 9,5 t\n", "line 1: the score \"9,5\" is not a number");
        check("1 Q0 a 1 nan t\n", "line 1: the score \"nan\" is not a number");
        check(
            "1 Q0 a 1 9 t\n1 Q0 b 2 8 t\n2 Q0 a 1 9 t\n1 Q0 a 3 7 t\n",
            "line 4: topic 1 has document a already, on line 1",
        );
        let error = Run::parse(b"1 Q0 a 1 9 t\n1 Q0 \xc3 2 8 t\n").unwrap_err();
        assert_eq!(error.to_string(), "line 2: not UTF-8 text");
    }

    #[test]
    fn rows_are_checked() {
        let row = |doc, score| ("1", Retrieved { doc, rank: 1, score });
        let error = |tag, rows: &[_]| Run::from_rows(tag, rows.iter().copied()).unwrap_err().to_string();
        assert_eq!(error("t", &[]), "there is no line in the run");
        assert_eq!(
            error("t u", &[row("a", 1.0)]),
            "the tag \"t u\" cannot be a column: it is empty or holds white space"
        );
        assert_eq!(error("t", &[row("a", 1.0), row("a", 2.0)]), "topic 1 has document a twice");
        assert_eq!(error("t", &[row("a", f64::NAN)]), "topic 1 gives document a a score that is not a number");
    }

    fn rows() -> impl Strategy<Value = Vec<((String, String), (u32, f64))>> {
        let names = ("[1-4æ]{1,2}", "[a-cØ#]{1,3}");
        let numbers = (any::<u32>(), any::<f64>());
        proptest::collection::btree_map(names, numbers, 1..40).prop_map(Vec::from_iter).prop_shuffle()
    }

    proptest! {
        #[test]
        fn print_and_parse_are_inverse(rows in rows()) {
            let rows = rows.iter().filter(|(_, (_, score))| !score.is_nan());
            let rows = rows.map(|((topic, doc), (rank, score))| {
                (topic.as_str(), Retrieved { doc, rank: *rank, score: *score })
            });
            let Ok(run) = Run::from_rows("snotra", rows) else { return Ok(()) };
            prop_assert_eq!(Run::parse(run.to_string().as_bytes()).unwrap(), run);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Run::parse(&bytes);
        }
    }
}
