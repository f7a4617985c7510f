//! Runs: what a system retrieved for every topic, in the six columns of TREC.
//!
//! A run keeps what it read, the rows of a topic in the order of the file; what order they stand in for a measure is
//! decided when it is evaluated ([`crate::eval::Order`]), because the two columns that could decide it, rank and
//! score, are often at odds. The second column is not kept and prints as `Q0`; a run has one tag, that of its first
//! line.

use std::fmt;
use std::io::Read;

use crate::eval::EvalError;
use crate::eval::table;
use crate::eval::table::Lines;
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
struct Value {
    rank: u32,
    score: f64,
}

impl Run {
    /// Reads lines of `topic Q0 document rank score tag`, split at white space. Blank lines are skipped.
    ///
    /// # Errors
    ///
    /// A line that is no such line, a (topic, document) pair that occurs twice, or no line at all.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvalError> {
        let text = table::text(bytes)?;
        let mut rows = Table::new();
        let mut tag = None;
        for (line, columns) in Lines::new(text) {
            let [topic, _, doc, rank, score, name] =
                table::columns(line, columns, "6 (topic Q0 document rank score tag)")?;
            let fault = |column, text: &str, wanted| EvalError::Value { line, column, text: text.to_owned(), wanted };
            let rank = rank.parse().map_err(|_| fault("rank", rank, "a whole number from 0"))?;
            let score = match score.parse() {
                Ok(number) if !f64::is_nan(number) => number,
                _ => return Err(fault("score", score, "a number")),
            };
            rows.push(topic, doc, Value { rank, score })?;
            tag.get_or_insert(name);
        }
        let tag = tag.ok_or(EvalError::Empty { what: "run" })?;
        Ok(Self { tag: tag.to_owned(), table: rows.grouped().map_err(|repeated| repeated.in_text(text))? })
    }

    /// Reads to the end, then [parses](Self::parse).
    ///
    /// # Errors
    ///
    /// As [`Run::parse`], or what the reader reports.
    pub fn read(mut reader: impl Read) -> Result<Self, EvalError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(EvalError::Read)?;
        Self::parse(&bytes)
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
        let rows = self.table.topic(topic).map_or(0..0, |topic| self.table.rows(topic));
        rows.map(|row| {
            let Value { rank, score } = self.table.value(row);
            Retrieved { doc: self.table.doc(row), rank, score }
        })
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
