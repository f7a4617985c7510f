//! The store behind qrels and runs: rows of (topic, document, value), grouped by topic, and the text they are read
//! from.
//!
//! A run of 5,000 topics by 1,000 documents is 5 million rows, and twenty of them are compared at a time, so a row
//! costs its document id, four bytes for where the id ends, and its value: all ids lie in one string, topics are
//! interned, and no row allocates. Documents are not interned: most ids of a run occur once or twice, and a hash
//! look-up a row costs more time than the repeated bytes cost space.

use rustc_hash::FxHashMap;

use crate::eval::EvalError;

/// Rows grouped by topic; topics in order of first appearance, rows of a topic in the order given.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table<T> {
    /// Every document id, row after row.
    docs: String,
    /// Where each row's id ends in `docs`.
    ends: Vec<u32>,
    values: Vec<T>,
    /// Consecutive rows of one topic. Once grouped, block i is topic i.
    blocks: Vec<Block>,
    names: Vec<String>,
    index: FxHashMap<String, u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Block {
    topic: u32,
    /// One past the block's last row.
    end: u32,
}

impl<T: Copy> Table<T> {
    /// A table without rows.
    pub(super) fn new() -> Self {
        Self {
            docs: String::new(),
            ends: Vec::new(),
            values: Vec::new(),
            blocks: Vec::new(),
            names: Vec::new(),
            index: FxHashMap::default(),
        }
    }

    /// Adds a row. [`Table::grouped`] must follow before anything is read.
    pub(super) fn push(&mut self, topic: &str, doc: &str, value: T) -> Result<(), EvalError> {
        self.docs.push_str(doc);
        // An id is never empty, so row numbers fit wherever offsets do.
        let end = u32::try_from(self.docs.len()).map_err(|_| EvalError::TooLarge)?;
        self.ends.push(end);
        self.values.push(value);
        let rows = self.ends.len() as u32;
        match self.blocks.last_mut() {
            Some(block) if self.names[block.topic as usize] == topic => block.end = rows,
            _ => {
                let next = self.names.len() as u32;
                let topic = match self.index.get(topic) {
                    Some(&known) => known,
                    None => {
                        self.names.push(topic.to_owned());
                        self.index.insert(topic.to_owned(), next);
                        next
                    }
                };
                self.blocks.push(Block { topic, end: rows });
            }
        }
        Ok(())
    }

    /// Brings the rows of each topic together, and gives the rows back if they are distinct, else a pair that occurs
    /// twice.
    pub(super) fn grouped(mut self) -> Result<Self, Repeated> {
        if self.blocks.len() > self.names.len() {
            let mut start = 0;
            let mut blocks: Vec<_> = self
                .blocks
                .iter()
                .map(|block| (block.topic, std::mem::replace(&mut start, block.end)..block.end))
                .collect();
            blocks.sort_by_key(|(topic, _)| *topic);
            self = self.rearranged(blocks.into_iter().flat_map(|(topic, rows)| rows.map(move |row| (topic, row))));
        }
        self.docs.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.values.shrink_to_fit();
        let mut seen = rustc_hash::FxHashSet::default();
        for topic in 0..self.names.len() {
            seen.clear();
            for row in self.rows(topic) {
                if !seen.insert(self.doc(row)) {
                    return Err(Repeated { topic: self.names[topic].clone(), doc: self.doc(row).to_owned() });
                }
            }
        }
        Ok(self)
    }

    /// The same rows, sorted by document id within each topic.
    pub(super) fn sorted_by_doc(self) -> Self {
        let mut order = Vec::with_capacity(self.ends.len());
        for topic in 0..self.names.len() {
            let start = order.len();
            order.extend(self.rows(topic).map(|row| (topic as u32, row as u32)));
            order[start..].sort_unstable_by(|a, b| self.doc(a.1 as usize).cmp(self.doc(b.1 as usize)));
        }
        self.rearranged(order.into_iter())
    }

    fn rearranged(&self, rows: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut new = Self {
            docs: String::with_capacity(self.docs.len()),
            ends: Vec::with_capacity(self.ends.len()),
            values: Vec::with_capacity(self.values.len()),
            blocks: Vec::with_capacity(self.names.len()),
            names: self.names.clone(),
            index: self.index.clone(),
        };
        for (topic, row) in rows {
            new.docs.push_str(self.doc(row as usize));
            new.ends.push(new.docs.len() as u32);
            new.values.push(self.values[row as usize]);
            let end = new.ends.len() as u32;
            match new.blocks.last_mut() {
                Some(block) if block.topic == topic => block.end = end,
                _ => new.blocks.push(Block { topic, end }),
            }
        }
        new
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The topics in order of first appearance.
    pub(super) fn topics(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The number of a topic.
    pub(super) fn topic(&self, name: &str) -> Option<usize> {
        self.index.get(name).map(|&topic| topic as usize)
    }

    /// The rows of a topic.
    pub(super) fn rows(&self, topic: usize) -> std::ops::Range<usize> {
        let start = topic.checked_sub(1).map_or(0, |before| self.blocks[before].end);
        start as usize..self.blocks[topic].end as usize
    }

    /// The document of a row.
    pub(super) fn doc(&self, row: usize) -> &str {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.docs[start as usize..self.ends[row] as usize]
    }

    /// The value of a row.
    pub(super) fn value(&self, row: usize) -> T {
        self.values[row]
    }
}

/// A (topic, document) pair that occurs twice.
pub(super) struct Repeated {
    /// The topic.
    pub(super) topic: String,
    /// The document.
    pub(super) doc: String,
}

impl Repeated {
    /// The error for rows that came from `text`: looks the two lines up again.
    pub(super) fn in_text(self, text: &str) -> EvalError {
        let mut lines = Lines::new(text)
            .filter(|(_, line)| {
                let mut fields = line.split_ascii_whitespace();
                // Both formats have the topic first and the document third.
                fields.next() == Some(&self.topic) && fields.nth(1) == Some(&self.doc)
            })
            .map(|(number, _)| number);
        let first = lines.next().unwrap_or(0);
        EvalError::DuplicateDocument { line: lines.next().unwrap_or(first), first, topic: self.topic, doc: self.doc }
    }

    /// The error for rows that came from no text.
    pub(super) fn in_rows(self) -> EvalError {
        EvalError::RepeatedDocument { topic: self.topic, doc: self.doc }
    }
}

/// The lines that are not blank, with their numbers from 1. Byte order marks at the start are dropped.
pub(super) struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Split<'a, char>>,
}

impl<'a> Lines<'a> {
    /// The lines of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { lines: text.trim_start_matches('\u{feff}').split('\n').enumerate() }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.lines.find(|(_, line)| !line.trim_ascii().is_empty()).map(|(index, line)| (index + 1, line))
    }
}

/// `bytes` as text, or the line that is not.
pub(super) fn text(bytes: &[u8]) -> Result<&str, EvalError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        EvalError::Utf8 { line: 1 + before.iter().filter(|&&byte| byte == b'\n').count() }
    })
}

/// Splits a line at white space into exactly `N` columns.
pub(super) fn columns<'a, const N: usize>(
    number: usize,
    line: &'a str,
    columns: &'static str,
) -> Result<[&'a str; N], EvalError> {
    let mut fields = line.split_ascii_whitespace();
    let mut row = [""; N];
    for (found, cell) in row.iter_mut().enumerate() {
        let Some(field) = fields.next() else { return Err(EvalError::Columns { line: number, found, columns }) };
        *cell = field;
    }
    match fields.count() {
        0 => Ok(row),
        more => Err(EvalError::Columns { line: number, found: N + more, columns }),
    }
}

/// Checks that `text` can be a column.
pub(super) fn name<'a>(what: &'static str, text: &'a str) -> Result<&'a str, EvalError> {
    match text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}') {
        true => Err(EvalError::Name { what, text: text.to_owned() }),
        false => Ok(text),
    }
}
