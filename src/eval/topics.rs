//! Topics: the questions that a run answers, one a line, tab-separated.
//!
//! A topic is a line of `id`, `text`, and between the two, where the collection is of several languages, the
//! language's code. The code is checked for its form alone: which languages there are is not known here. Rejected:
//! the SGML of the early TREC tracks (nobody writes new topics in it), and guessing at a header line.

use std::fmt;
use std::io::Read;

use rustc_hash::FxHashMap;

use crate::eval::EvalError;
use crate::eval::lines;
use crate::eval::lines::Lines;
use crate::eval::table;

/// Topics in the order of the file; ids are unique. Printing and parsing are inverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    topics: Vec<Topic>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// What qrels and runs call it: not empty, without white space.
    pub id: String,
    /// The code of its language, where the file states one: two or three small letters.
    pub lang: Option<String>,
    /// The question: not empty, without tabs and line breaks, without white space at its ends.
    pub text: String,
}

const COLUMNS: &str = "2 (id, text) or 3 (id, language, text) with a tab between";

impl Topics {
    /// Reads lines of `id<TAB>text` or `id<TAB>language<TAB>text`. Blank lines are skipped.
    ///
    /// # Errors
    ///
    /// A line that is no such line, an id that occurs twice, or no line at all.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvalError> {
        let mut topics = Vec::new();
        let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
        for (line, row) in Lines::new(lines::text(bytes)?) {
            let columns: Vec<_> = row.split('\t').map(str::trim).collect();
            let (id, lang, text) = match columns[..] {
                [id, text] => (id, None, text),
                [id, lang, text] => (id, Some(lang), text),
                _ => return Err(EvalError::Columns { line, found: columns.len(), columns: COLUMNS }),
            };
            let fault =
                |column, text: &str, wanted| Err(EvalError::Value { line, column, text: text.to_owned(), wanted });
            if table::name("topic", id).is_err() {
                return fault("id", id, "a name without white space");
            }
            if let Some(lang) = lang
                && !(matches!(lang.len(), 2 | 3) && lang.bytes().all(|byte| byte.is_ascii_lowercase()))
            {
                return fault("language", lang, "a code of two or three small letters");
            }
            if text.is_empty() {
                return fault("text", text, "a question");
            }
            if let Some(first) = seen.insert(id, line) {
                return Err(EvalError::DuplicateTopic { line, first, topic: id.to_owned() });
            }
            topics.push(Topic { id: id.to_owned(), lang: lang.map(str::to_owned), text: text.to_owned() });
        }
        match topics.is_empty() {
            true => Err(EvalError::Empty { what: "topics" }),
            false => Ok(Self { topics }),
        }
    }

    /// Reads to the end, then [parses](Self::parse).
    ///
    /// # Errors
    ///
    /// As [`Topics::parse`], or what the reader reports.
    pub fn read(mut reader: impl Read) -> Result<Self, EvalError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(EvalError::Read)?;
        Self::parse(&bytes)
    }

    /// Forgets the topics whose ids `keep` does not hold for.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.topics.retain(|topic| keep(&topic.id));
    }

    /// The topics in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Topic> {
        self.topics.iter()
    }
}

impl<'a> IntoIterator for &'a Topics {
    type Item = &'a Topic;
    type IntoIter = std::slice::Iter<'a, Topic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Topic { id, lang, text } in self {
            match lang {
                Some(lang) => writeln!(f, "{id}\t{lang}\t{text}")?,
                None => writeln!(f, "{id}\t{text}")?,
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
        match Topics::parse(text.as_bytes()) {
            Ok(topics) => assert_eq!(topics.to_string(), expect),
            Err(error) => assert_eq!(error.to_string(), expect),
        }
    }

    #[test]
    fn reads_two_columns_or_three() {
        check("3\ttøj på køl\n", "3\ttøj på køl\n");
        check("3\tda\t tøj \r\n\n4\tsv\tis\n5\tuden sprog", "3\tda\ttøj\n4\tsv\tis\n5\tuden sprog\n");
    }

    #[test]
    fn names_the_line_and_the_fault() {
        check("\n", "there is no line in the topics");
        check("3 tøj\n", &format!("line 1: 1 columns where there should be {COLUMNS}"));
        check("3\ta\tb\tc\n", &format!("line 1: 4 columns where there should be {COLUMNS}"));
        check("3\ta\n\n3\tb\n", "line 3: topic 3 is there already, on line 1");
        check("3\tDansk\ttøj\n", "line 1: the language \"Dansk\" is not a code of two or three small letters");
        check("3\t\ttøj\n", "line 1: the language \"\" is not a code of two or three small letters");
        check("3\t \n", "line 1: the text \"\" is not a question");
        check("a b\ttøj\n", "line 1: the id \"a b\" is not a name without white space");
        check("\ttøj\n", "line 1: the id \"\" is not a name without white space");
    }

    proptest! {
        #[test]
        fn print_and_parse_are_inverse(text in "([1-9]{1,2}\t((da|nno)\t)?[a-zø? ]{0,5}[æ-ö]\r?\n){1,6}") {
            let Ok(topics) = Topics::parse(text.as_bytes()) else { return Ok(()) };
            prop_assert_eq!(Topics::parse(topics.to_string().as_bytes()).unwrap(), topics);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Topics::parse(&bytes);
        }
    }
}
