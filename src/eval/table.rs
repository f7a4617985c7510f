//! The store behind qrels and runs: rows of (topic, document, value), grouped by topic.
//!
//! A run of 5,000 topics by 1,000 documents is 5 million rows, and twenty of them are compared at a time, so a row
//! costs its document id, four bytes for where the id ends, four for the id's hash, and its value: all ids lie in one
//! string, topics are interned, and no row allocates. The hash is computed as the row is read, with the id at hand:
//! looking for documents that occur twice, and for judgements, then passes over hashes and reads an id only where it
//! is the one. Documents are not interned: most ids of a run occur once or twice, and a look-up a row in a table of all
//! costs more time than the repeated bytes cost space.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::eval::EvalError;
use crate::eval::lines::Numbers;
use crate::eval::slots;
use crate::eval::slots::Slots;

/// Rows grouped by topic; topics in order of first appearance, rows of a topic in the order given.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table<T> {
    /// Every document id, row after row.
    docs: Vec<u8>,
    rows: Vec<Row<T>>,
    /// Consecutive rows of one topic. Once grouped, block i is topic i.
    blocks: Vec<Block>,
    names: Vec<String>,
    index: FxHashMap<String, u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Row<T> {
    /// Where the row's id ends in the string of all.
    end: u32,
    /// The hash of the id.
    hash: u32,
    value: T,
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
        Self { docs: Vec::new(), rows: Vec::new(), blocks: Vec::new(), names: Vec::new(), index: FxHashMap::default() }
    }

    /// A table without rows, in the memory of this one.
    pub(super) fn emptied(mut self) -> Self {
        self.docs.clear();
        self.rows.clear();
        self.blocks.clear();
        self.names.clear();
        self.index.clear();
        self
    }

    /// Adds a row. [`Table::grouped`] must follow before anything is read.
    pub(super) fn push(&mut self, topic: &str, doc: &str, value: T) -> Result<(), EvalError> {
        let end = self.rows.len() as u32;
        match self.blocks.last() {
            Some(block) if self.names[block.topic as usize] == topic => {}
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
                self.blocks.push(Block { topic, end });
            }
        }
        self.push_on(doc, 0..doc.len(), value)
    }

    /// Adds a row of the same topic as the last. The document is at `doc` of `text`.
    #[inline]
    pub(super) fn push_on(&mut self, text: &str, doc: Range<usize>, value: T) -> Result<(), EvalError> {
        let id = &text[doc.clone()];
        // Copying a little too much, but always as much, needs no call.
        match text.as_bytes()[doc.start..].first_chunk::<16>() {
            Some(chunk) if id.len() <= chunk.len() => {
                let end = self.docs.len() + id.len();
                self.docs.extend_from_slice(chunk);
                self.docs.truncate(end);
            }
            _ => self.docs.extend_from_slice(id.as_bytes()),
        }
        // An id is never empty, so row numbers fit wherever offsets do.
        let end = u32::try_from(self.docs.len()).map_err(|_| EvalError::TooLarge)?;
        self.rows.push(Row { end, hash: slots::hash(id), value });
        if let Some(block) = self.blocks.last_mut() {
            block.end = self.rows.len() as u32;
        }
        Ok(())
    }

    /// Brings the rows of each topic together, and gives the table back if they are distinct, else a pair that occurs
    /// twice.
    pub(super) fn grouped(mut self) -> Result<Self, Repeated> {
        let mut start = 0;
        let mut blocks: Vec<(u32, Range<u32>)> = self
            .blocks
            .iter()
            .map(|block| (block.topic, std::mem::replace(&mut start, block.end)..block.end))
            .collect();
        blocks.sort_by_key(|(topic, _)| *topic);
        let mut seen = Slots::default();
        for of_topic in blocks.chunk_by(|a, b| a.0 == b.0) {
            seen.clear(of_topic.iter().map(|(_, rows)| rows.len()).sum());
            for row in of_topic.iter().flat_map(|(_, rows)| rows.clone()).map(|row| row as usize) {
                if let Some(first) = seen.insert(self.hash(row), row, |other| self.id(other) == self.id(row)) {
                    let topic = self.names[of_topic[0].0 as usize].clone();
                    return Err(Repeated { topic, doc: self.doc(row).to_owned(), first, row });
                }
            }
        }
        if blocks.len() > self.names.len() {
            self = self.rearranged(blocks.into_iter().flat_map(|(topic, rows)| rows.map(move |row| (topic, row))));
        }
        Ok(self)
    }

    /// The same rows, sorted by document id within each topic.
    pub(super) fn sorted_by_doc(self) -> Self {
        let mut order = Vec::with_capacity(self.rows.len());
        for topic in 0..self.names.len() {
            let start = order.len();
            order.extend(self.rows(topic).map(|row| (topic as u32, row as u32)));
            order[start..].sort_unstable_by(|a, b| self.id(a.1 as usize).cmp(self.id(b.1 as usize)));
        }
        self.rearranged(order.into_iter())
    }

    fn rearranged(&self, rows: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut new = Self {
            docs: Vec::with_capacity(self.docs.len()),
            rows: Vec::with_capacity(self.rows.len()),
            blocks: Vec::with_capacity(self.names.len()),
            names: self.names.clone(),
            index: self.index.clone(),
        };
        for (topic, row) in rows {
            new.docs.extend_from_slice(self.id(row as usize));
            new.rows.push(Row { end: new.docs.len() as u32, ..self.rows[row as usize] });
            let end = new.rows.len() as u32;
            match new.blocks.last_mut() {
                Some(block) if block.topic == topic => block.end = end,
                _ => new.blocks.push(Block { topic, end }),
            }
        }
        new
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
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
    pub(super) fn rows(&self, topic: usize) -> Range<usize> {
        let start = topic.checked_sub(1).map_or(0, |before| self.blocks[before].end);
        start as usize..self.blocks[topic].end as usize
    }

    /// The rows of a topic by its name; none for one that is not there.
    pub(super) fn rows_of(&self, topic: &str) -> Range<usize> {
        self.topic(topic).map_or(0..0, |topic| self.rows(topic))
    }

    /// The document of a row.
    pub(super) fn doc(&self, row: usize) -> &str {
        std::str::from_utf8(self.id(row)).expect("the bytes of a text between two white spaces")
    }

    /// The document of a row as bytes, which have the same order.
    pub(super) fn id(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.rows[before].end);
        &self.docs[start as usize..self.rows[row].end as usize]
    }

    /// The hash of a row's document.
    pub(super) fn hash(&self, row: usize) -> u32 {
        self.rows[row].hash
    }

    /// The value of a row.
    pub(super) fn value(&self, row: usize) -> T {
        self.rows[row].value
    }
}

/// A (topic, document) pair that occurs twice.
pub(super) struct Repeated {
    topic: String,
    doc: String,
    /// Where it is first, and where it is again, counted in the rows as they were added.
    first: usize,
    row: usize,
}

impl Repeated {
    /// The error for rows that came from lines.
    pub(super) fn in_lines(self, numbers: &Numbers) -> EvalError {
        let Self { topic, doc, first, row } = self;
        EvalError::DuplicateDocument { line: numbers.line(row), first: numbers.line(first), topic, doc }
    }

    /// The error for rows that came from no text.
    pub(super) fn in_rows(self) -> EvalError {
        EvalError::RepeatedDocument { topic: self.topic, doc: self.doc }
    }
}

/// Checks that `text` can be a column.
pub(super) fn name<'a>(what: &'static str, text: &'a str) -> Result<&'a str, EvalError> {
    match text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}') {
        true => Err(EvalError::Name { what, text: text.to_owned() }),
        false => Ok(text),
    }
}
