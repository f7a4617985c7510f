//! Qrels: who judged which document relevant for which topic, in the four columns of TREC.
//!
//! Judgements are a set, so they are kept sorted by document id: a single look-up is a binary search among the
//! judgements of one topic and costs no table ([`crate::eval::ranker`] has one while it looks a thousand up). The second
//! column (the iteration) is not kept: no measure reads it, and it prints as `0`.

use std::cmp::Ordering;
use std::fmt;
use std::io::Read;

use crate::eval::EvalError;
use crate::eval::lines;
use crate::eval::lines::Numbers;
use crate::eval::table;
use crate::eval::table::Table;

/// Judgements by topic.
///
/// Printing and parsing are inverse: topics in order of first appearance, documents sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Qrels {
    table: Table<i32>,
}

/// One judgement of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// The document.
    pub doc: &'a str,
    /// From 1: relevant, the more the better. 0: not relevant. Negative: in the pool, but not judged.
    pub grade: i32,
}

impl Qrels {
    /// Reads lines of `topic iteration document grade`, split at white space. Blank lines are skipped.
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
    /// As [`Qrels::parse`], or what the reader reports.
    pub fn read(reader: impl Read) -> Result<Self, EvalError> {
        let mut rows = Table::new();
        let mut numbers = Numbers::default();
        lines::each(reader, |line, text| {
            let columns = lines::columns(line, text, "4 (topic iteration document grade)")?;
            let [topic, _, doc, grade] = columns.map(|column| &text[column]);
            let value = grade.parse().map_err(|_| EvalError::Value {
                line,
                column: "grade",
                text: grade.to_owned(),
                wanted: "a whole number",
            })?;
            numbers.note(rows.len(), line);
            rows.push(topic, doc, value)
        })?;
        Self::from_table(rows.grouped().map_err(|repeated| repeated.in_lines(&numbers))?)
    }

    /// Judgements that come from no text: (topic, document, grade).
    ///
    /// # Errors
    ///
    /// A name that cannot be a column, a pair that occurs twice, or no row at all.
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str, i32)>) -> Result<Self, EvalError> {
        let mut table = Table::new();
        for (topic, doc, grade) in rows {
            table.push(table::name("topic", topic)?, table::name("document id", doc)?, grade)?;
        }
        Self::from_table(table.grouped().map_err(|repeated| repeated.in_rows())?)
    }

    /// The judgements of those topics whose ids `keep` holds for.
    ///
    /// # Errors
    ///
    /// When none is left.
    pub fn restricted(&self, keep: impl Fn(&str) -> bool) -> Result<Self, EvalError> {
        let topics = self.topics().filter(|topic| keep(topic));
        Self::from_rows(
            topics.flat_map(|topic| self.judgements(topic).map(move |Judgement { doc, grade }| (topic, doc, grade))),
        )
    }

    fn from_table(table: Table<i32>) -> Result<Self, EvalError> {
        match table.len() {
            0 => Err(EvalError::Empty { what: "qrels" }),
            _ => Ok(Self { table: table.sorted_by_doc() }),
        }
    }

    /// The judged topics in order of first appearance.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.table.topics()
    }

    /// Whether a topic is judged.
    pub fn has_topic(&self, topic: &str) -> bool {
        self.table.topic(topic).is_some()
    }

    /// The judgements of a topic, sorted by document id byte by byte; none for a topic that is not judged.
    pub fn judgements(&self, topic: &str) -> impl Iterator<Item = Judgement<'_>> {
        self.table.rows_of(topic).map(|row| Judgement { doc: self.table.doc(row), grade: self.table.value(row) })
    }

    /// The grade of a document; `None` where the qrels do not name it.
    pub fn grade(&self, topic: &str, doc: &str) -> Option<i32> {
        let rows = self.table.rows_of(topic);
        let (mut low, mut high) = (rows.start, rows.end);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.table.doc(middle).cmp(doc) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(self.table.value(middle)),
            }
        }
        None
    }

    /// The rows themselves.
    pub(super) fn table(&self) -> &Table<i32> {
        &self.table
    }
}

impl fmt::Display for Qrels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for topic in self.topics() {
            for Judgement { doc, grade } in self.judgements(topic) {
                writeln!(f, "{topic} 0 {doc} {grade}")?;
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
        match Qrels::parse(text.as_bytes()) {
            Ok(qrels) => assert_eq!(qrels.to_string(), expect),
            Err(error) => assert_eq!(error.to_string(), expect),
        }
    }

    #[test]
    fn reads_what_trec_eval_reads() {
        check("7 0 b 1\n7 0 a 0\n", "7 0 a 0\n7 0 b 1\n");
        check("\u{feff}7\t0\tb  -2\r\n\r\n  9 1 b 12", "7 0 b -2\n9 0 b 12\n");
        check("2 0 a 1\n1 0 a 0\n2 0 b 3\n", "2 0 a 1\n2 0 b 3\n1 0 a 0\n");
    }

    #[test]
    fn names_the_line_and_the_fault() {
        check("", "there is no line in the qrels");
        check("\n \n", "there is no line in the qrels");
        check("1 0 a 1\n\n1 0 b\n", "line 3: 3 columns where there should be 4 (topic iteration document grade)");
        check("1 0 a 1 x\n", "line 1: 5 columns where there should be 4 (topic iteration document grade)");
        check("1 0 a 0.5\n", "line 1: the grade \"0.5\" is not a whole number");
        check("1 0 a 1\n2 0 a 1\n\n1 0 a 0\n1 0 a 0\n", "line 4: topic 1 has document a already, on line 1");
        let error = Qrels::parse(b"1 0 a 1\n1 0 \xff 1\n").unwrap_err();
        assert_eq!(error.to_string(), "line 2: not UTF-8 text");
    }

    #[test]
    fn looks_up_within_the_topic() {
        let qrels = Qrels::parse(b"1 0 b 2\n1 0 d 0\n1 0 a 1\n2 0 c 3\n").unwrap();
        for (topic, doc, grade) in [
            ("1", "a", Some(1)),
            ("1", "b", Some(2)),
            ("1", "c", None),
            ("1", "d", Some(0)),
            ("2", "a", None),
            ("3", "a", None),
        ] {
            assert_eq!(qrels.grade(topic, doc), grade, "{topic} {doc}");
        }
    }

    #[test]
    fn rows_are_checked() {
        let error = |rows: &[(&str, &str, i32)]| Qrels::from_rows(rows.iter().copied()).unwrap_err().to_string();
        assert_eq!(
            error(&[("1", "a b", 1)]),
            "the document id \"a b\" cannot be a column: it is empty or holds white space"
        );
        assert_eq!(error(&[("", "a", 1)]), "the topic \"\" cannot be a column: it is empty or holds white space");
        assert_eq!(error(&[("1", "a", 1), ("2", "a", 1), ("1", "a", 2)]), "topic 1 has document a twice");
        assert_eq!(error(&[]), "there is no line in the qrels");
    }

    fn rows() -> impl Strategy<Value = Vec<((String, String), i32)>> {
        let names = ("[1-4æ]{1,2}", "[a-cØ#]{1,3}");
        proptest::collection::btree_map(names, -3..9i32, 1..40).prop_map(Vec::from_iter).prop_shuffle()
    }

    proptest! {
        #[test]
        fn print_and_parse_are_inverse(rows in rows()) {
            let rows = rows.iter().map(|((topic, doc), grade)| (topic.as_str(), doc.as_str(), *grade));
            let qrels = Qrels::from_rows(rows).unwrap();
            prop_assert_eq!(Qrels::parse(qrels.to_string().as_bytes()).unwrap(), qrels);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Qrels::parse(&bytes);
        }
    }
}
