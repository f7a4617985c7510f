//! The text that qrels, runs and topics are read from: lines of columns with white space between.
//!
//! Files are read in pieces of whole lines that stay in the processor's cache, because twenty runs of five million
//! lines are five gigabytes: each piece is checked for UTF-8, taken apart and forgotten. So faults are found in the
//! order of the lines, and nothing but what the rows hold is ever kept. Rejected: reading a file whole (the pages
//! that it fills cost as much time as finding its lines), and mapping it (needs `unsafe`, and fits no standard input).

use std::io::ErrorKind;
use std::io::Read;
use std::ops::Range;

use crate::eval::EvalError;

/// So many bytes are read at a time; more where a line is longer. It is more than a buffered reader holds, which then
/// stands aside.
const PIECE: usize = 256 * 1024;

/// Hands all text of `reader` to `each`, in pieces of whole lines, with the number of the piece's first line. `each`
/// says how many lines it found. Byte order marks at the start are dropped.
pub(super) fn pieces(
    mut reader: impl Read,
    mut each: impl FnMut(usize, &str) -> Result<usize, EvalError>,
) -> Result<(), EvalError> {
    let mut buffer = vec![0; PIECE];
    let (mut held, mut line) = (0, 1);
    let mut first = true;
    loop {
        let read = match reader.read(&mut buffer[held..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.map_err(EvalError::Read)?,
        };
        let filled = held + read;
        // What was held has no line feed.
        let whole = match memchr::memrchr(b'\n', &buffer[held..filled]) {
            _ if read == 0 => filled,
            Some(at) => held + at + 1,
            None => 0,
        };
        if whole > 0 {
            let (text, fault) = valid(&buffer[..whole]);
            let text = if std::mem::take(&mut first) { text.trim_start_matches('\u{feff}') } else { text };
            line += each(line, text)?;
            if fault {
                return Err(EvalError::Utf8 { line });
            }
        }
        if read == 0 {
            return Ok(());
        }
        buffer.copy_within(whole..filled, 0);
        held = filled - whole;
        if held == buffer.len() {
            buffer.resize(2 * held, 0);
        }
    }
}

/// Hands each line of `reader` that is not blank to `each`, with its number.
pub(super) fn each(
    reader: impl Read,
    mut each: impl FnMut(usize, &str) -> Result<(), EvalError>,
) -> Result<(), EvalError> {
    pieces(reader, |first, piece| {
        let mut lines = 0;
        for (line, text) in (first..).zip(piece.split_terminator('\n')) {
            lines += 1;
            if !is_blank(text) {
                each(line, text)?;
            }
        }
        Ok(lines)
    })
}

/// The lines up to the first that is not UTF-8, and whether there is one.
fn valid(bytes: &[u8]) -> (&str, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => {
            let lines = memchr::memrchr(b'\n', &bytes[..error.valid_up_to()]).map_or(0, |at| at + 1);
            (std::str::from_utf8(&bytes[..lines]).unwrap_or_default(), true)
        }
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
        self.lines.find(|(_, line)| !is_blank(line)).map(|(index, line)| (index + 1, line))
    }
}

/// Whether nothing stands on a line.
pub(super) fn is_blank(line: &str) -> bool {
    line.trim_ascii().is_empty()
}

/// `bytes` as text, or the line that is not.
pub(super) fn text(bytes: &[u8]) -> Result<&str, EvalError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        EvalError::Utf8 { line: 1 + before.iter().filter(|&&byte| byte == b'\n').count() }
    })
}

/// Splits a line at white space into exactly `N` columns: where they stand.
pub(super) fn columns<const N: usize>(
    number: usize,
    line: &str,
    columns: &'static str,
) -> Result<[Range<usize>; N], EvalError> {
    let bytes = line.as_bytes();
    let mut row = [const { 0..0 }; N];
    let (mut found, mut at) = (0, 0);
    loop {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let end = at + bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        if end == at {
            break;
        }
        if let Some(column) = row.get_mut(found) {
            *column = at..end;
        }
        found += 1;
        at = end;
    }
    if found == N { Ok(row) } else { Err(EvalError::Columns { line: number, found, columns }) }
}

/// Which of the 64 bytes from `start` on are a space or below, the first in the lowest bit. `None` where the text ends
/// before.
#[inline]
pub(super) fn stops(bytes: &[u8], start: usize) -> Option<u64> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const UP: u64 = 0x5f5f_5f5f_5f5f_5f5f;
    /// Moves the high bits of all bytes into the highest.
    const GATHER: u64 = 0x0002_0408_1020_4081;
    let window: &[u8; 64] = bytes.get(start..)?.first_chunk()?;
    let (words, _) = window.as_chunks::<8>();
    let mut stops = 0;
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte becomes set if the byte is above a space; none carries into the next.
        let above = ((word & !HIGH) + UP) | word;
        stops |= ((!above & HIGH).wrapping_mul(GATHER) >> 56) << (8 * at);
    }
    Some(stops)
}

/// The line numbers of rows: where they do not simply count on.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// A row, and its line.
    jumps: Vec<(usize, usize)>,
}

impl Numbers {
    /// Notes the line of the next row.
    pub(super) fn note(&mut self, row: usize, line: usize) {
        if self.line(row) != line {
            self.jumps.push((row, line));
        }
    }

    /// The line of a row, from what was noted up to it.
    pub(super) fn line(&self, row: usize) -> usize {
        match self.jumps[..self.jumps.partition_point(|jump| jump.0 <= row)].last() {
            Some((from, line)) => line + (row - from),
            None => row + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(1).min(buffer.len());
            self.0.read(&mut buffer[..count])
        }
    }

    fn joined(reader: impl Read) -> (String, Result<(), EvalError>) {
        let mut text = String::new();
        let read = pieces(reader, |line, piece| {
            assert_eq!(line, 1 + text.matches('\n').count());
            text.push_str(piece);
            Ok(piece.matches('\n').count())
        });
        (text, read)
    }

    #[test]
    fn pieces_are_all_of_it() {
        let long = format!("{}\n", "æ".repeat(PIECE));
        let check = |text: &str, expect: &str| {
            for (joined, read) in [joined(text.as_bytes()), joined(Slow(text.as_bytes()))] {
                assert!(joined == expect && read.is_ok(), "{joined:?}");
            }
        };
        check("", "");
        check("a\n\nb", "a\n\nb");
        check("\u{feff}\u{feff}a\n\u{feff}b\n", "a\n\u{feff}b\n");
        check(&format!("{long}b\n{long}c"), &format!("{long}b\n{long}c"));
    }

    #[test]
    fn lines_before_a_fault_are_read() {
        let text = b"a\nb\n\xc3 c\nd\n";
        for (text, read) in [joined(&text[..]), joined(Slow(text))] {
            assert_eq!(text, "a\nb\n");
            assert_eq!(read.unwrap_err().to_string(), "line 3: not UTF-8 text");
        }
    }

    #[test]
    fn lines_are_numbered() {
        let mut numbers = Numbers::default();
        let lines = [1, 2, 5, 6, 8];
        (0..).zip(lines).for_each(|(row, line)| numbers.note(row, line));
        assert_eq!(std::array::from_fn(|row| numbers.line(row)), lines);
        assert_eq!(numbers.jumps.len(), 2);
    }

    proptest! {
        #[test]
        fn stops_are_spaces_and_below(bytes in proptest::collection::vec(0u8..=255, 0..90), start in 0usize..40) {
            let window = bytes.get(start..start + 64);
            let expect = window.map(|window| window.iter().rev().fold(0, |bits, &byte| bits << 1 | u64::from(byte <= b' ')));
            prop_assert_eq!(stops(&bytes, start), expect);
        }

        #[test]
        fn columns_are_what_the_standard_library_splits(line in "[ \t\r\u{b}aæ]{0,12}") {
            let expect: Vec<&str> = line.split_ascii_whitespace().collect();
            match columns::<3>(1, &line, "3") {
                Ok(columns) => prop_assert_eq!(columns.map(|column| &line[column]).to_vec(), expect),
                Err(error) => prop_assert_eq!(
                    error.to_string(),
                    format!("line 1: {} columns where there should be 3", expect.len())
                ),
            }
        }
    }
}
