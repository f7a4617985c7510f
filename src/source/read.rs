//! A file as a stream of records, in memory bounded by the largest record, however large the file unpacks.
//!
//! Every limit counts the bytes that were really read. A line over the limit is skipped and the next one read; only a
//! file that yields nothing over gigabytes of unpacked data is given up, because such a file is a bomb. A record that a
//! damaged stream breaks off is not handed on: half an article would look like a whole one.

use std::io::{self, BufRead, Read};

use xxhash_rust::xxh3::Xxh3;

use crate::doc::Problem;
use crate::source::Records;
use crate::source::compress::Compression;
use crate::source::walk::SourceFile;
use crate::source::walk::in_words;

/// One record as it stands in its file, still encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// The line it stands on, from 1; `None` where the file is the record.
    pub line: Option<u64>,
    /// Its bytes, without the line end.
    pub bytes: Vec<u8>,
}

/// The records of `file`, and the problems met between them, in file order.
pub fn read(file: &SourceFile) -> Reader<'_> {
    Reader { file, state: State::Closed, limits: Limits { record: MAX_RECORD, barren: MAX_BARREN } }
}

/// The XXH3 hash (128 bits) of the file's bytes as they lie on disk, packed or not.
pub fn content_hash(file: &SourceFile) -> io::Result<u128> {
    let mut source = file.open()?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(hash.digest128()),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The longest record that is read, in unpacked bytes.
pub const MAX_RECORD: usize = 64 * 1024 * 1024;

/// How many unpacked bytes may pass without a record.
const MAX_BARREN: u64 = 2 * 1024 * 1024 * 1024;

/// The records of one file: see [`read`].
pub struct Reader<'f> {
    file: &'f SourceFile,
    state: State,
    limits: Limits,
}

struct Limits {
    record: usize,
    barren: u64,
}

enum State {
    Closed,
    Lines(Lines),
    Done,
}

struct Lines {
    input: Box<dyn BufRead + Send>,
    /// The number of the line last read.
    line: u64,
    found_any: bool,
    /// Bytes since the last record.
    barren: u64,
}

impl Iterator for Reader<'_> {
    type Item = Result<RawRecord, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Done => None,
            State::Closed => match self.open() {
                Err(problem) => Some(Err(problem)),
                Ok(input) if self.file.format.records == Records::Whole => Some(self.whole(input)),
                Ok(input) => self.next_line(Lines { input, line: 0, found_any: false, barren: 0 }),
            },
            State::Lines(lines) => self.next_line(lines),
        }
    }
}

impl Reader<'_> {
    fn open(&self) -> Result<Box<dyn BufRead + Send>, Problem> {
        let file = self.file.open().map_err(|error| self.problem(None, in_words(&error)))?;
        let mut input = self.file.compression.reader(file);
        let start = input.fill_buf().map_err(|error| self.broken(None, &error))?;
        if start.is_empty() {
            return Err(self.problem(None, "the file is empty".to_owned()));
        }
        if self.file.format.records == Records::Lines
            && (start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF"))
        {
            return Err(Problem {
                hint: Some("save the file as UTF-8".to_owned()),
                ..self.problem(None, format!("{} in UTF-16 is not read", self.file.format.name))
            });
        }
        Ok(input)
    }

    fn whole(&self, mut input: Box<dyn BufRead + Send>) -> Result<RawRecord, Problem> {
        let mut bytes = Vec::new();
        (&mut input)
            .take(self.limits.record as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| self.broken(None, &error))?;
        if bytes.len() > self.limits.record {
            return Err(self.problem(None, format!("the article is longer than {}", size(self.limits.record))));
        }
        Ok(RawRecord { line: None, bytes })
    }

    fn next_line(&mut self, mut lines: Lines) -> Option<Result<RawRecord, Problem>> {
        loop {
            let mut bytes = Vec::new();
            let read = (&mut lines.input).take(self.limits.record as u64 + 1).read_until(b'\n', &mut bytes);
            match read {
                Ok(0) if lines.found_any => return None,
                Ok(0) => return Some(Err(self.problem(None, "the file holds no records".to_owned()))),
                Ok(_) => lines.line += 1,
                Err(error) => return Some(Err(self.broken(Some(lines.line + 1), &error))),
            }
            let line = Some(lines.line);
            if bytes.last() == Some(&b'\n') {
                bytes.pop();
            } else if bytes.len() > self.limits.record {
                return Some(Err(self.skip_line(lines, bytes.len() as u64)));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                lines.barren += bytes.len() as u64 + 1;
                if lines.barren > self.limits.barren {
                    return Some(Err(self.barren(line)));
                }
                continue;
            }
            (lines.found_any, lines.barren) = (true, 0);
            self.state = State::Lines(lines);
            return Some(Ok(RawRecord { line, bytes }));
        }
    }

    /// Goes on to the line after the one that is too long and says so.
    fn skip_line(&mut self, mut lines: Lines, read: u64) -> Problem {
        let line = Some(lines.line);
        lines.barren += read;
        let left = self.limits.barren.saturating_sub(lines.barren);
        match (&mut lines.input).take(left).skip_until(b'\n') {
            Err(error) => return self.broken(line, &error),
            Ok(count) if count as u64 == left => return self.barren(line),
            Ok(count) => lines.barren += count as u64,
        }
        lines.found_any = true;
        self.state = State::Lines(lines);
        self.problem(line, format!("the line is longer than {}", size(self.limits.record)))
    }

    fn barren(&self, line: Option<u64>) -> Problem {
        let limit = size(usize::try_from(self.limits.barren).unwrap_or(usize::MAX));
        self.problem(line, format!("{limit} without a record: the rest of the file is not read"))
    }

    fn broken(&self, line: Option<u64>, error: &io::Error) -> Problem {
        let packed = self.file.compression.name();
        match (self.file.compression, error.kind()) {
            (Compression::None, _) | (_, io::ErrorKind::PermissionDenied) => self.problem(line, in_words(error)),
            (_, kind) => {
                let cause = match kind {
                    io::ErrorKind::UnexpectedEof => format!("the {packed} data is cut off"),
                    _ => format!("the {packed} data is corrupt: {error}"),
                };
                Problem { hint: Some("pack or fetch the file again".to_owned()), ..self.problem(line, cause) }
            }
        }
    }

    fn problem(&self, line: Option<u64>, cause: String) -> Problem {
        Problem::new(&self.file.shown, line, cause)
    }
}

fn size(bytes: usize) -> String {
    const MIB: usize = 1024 * 1024;
    if bytes >= MIB { format!("{} MiB", bytes / MIB) } else { format!("{bytes} bytes") }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use tempfile::TempDir;

    use super::*;
    use crate::source::walk::Entry;
    use crate::source::walk::walk;

    const SMALL: Limits = Limits { record: 20, barren: 100 };

    /// One string a record or problem.
    fn records(name: &str, bytes: &[u8], limits: Limits) -> Vec<String> {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        let Some(Entry::File(file)) = walk(&[folder.path().join(name)]).next() else { panic!("{name} is not met") };
        let line = |line: Option<u64>| line.map_or("-".to_owned(), |line| line.to_string());
        (Reader { limits, ..read(&file) })
            .map(|item| match item {
                Ok(record) => format!("{} {}", line(record.line), String::from_utf8_lossy(&record.bytes)),
                Err(problem) => format!("{}! {}", line(problem.place.line), problem.cause),
            })
            .collect()
    }

    fn check(name: &str, bytes: &[u8], expect: &[&str]) {
        assert_eq!(records(name, bytes, SMALL), expect);
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    #[test]
    fn a_whole_file_is_one_record() {
        check("a.txt", b"en\nto\n", &["- en\nto\n"]);
        check("a.md.gz", &gzip(b"en"), &["- en"]);
        check("a.html.zst", &zstd(b"en"), &["- en"]);
    }

    #[test]
    fn a_line_is_a_record_and_empty_lines_are_none() {
        check("a.jsonl", b"{1}\n\n  \r\n{2}\r\n{3}", &["1 {1}", "4 {2}\r", "5 {3}"]);
        check("a.jsonl.gz", &[gzip(b"{1}\n{"), gzip(b"2}\n")].concat(), &["1 {1}", "2 {2}"]);
        check("a.jsonl.zst", &[zstd(b"{1}\n{"), zstd(b"2}\n")].concat(), &["1 {1}", "2 {2}"]);
    }

    #[test]
    fn empty_files_are_problems() {
        check("a.txt", b"", &["-! the file is empty"]);
        check("a.txt.gz", &gzip(b""), &["-! the file is empty"]);
        check("a.jsonl.zst", &zstd(b""), &["-! the file is empty"]);
        check("a.jsonl", b"\n \n", &["-! the file holds no records"]);
        check("a.jsonl", "\u{FEFF}{1}\n".as_bytes(), &["1 \u{FEFF}{1}"]);
        check("a.jsonl", b"\xFF\xFE{\0}\0", &["-! JSON Lines in UTF-16 is not read"]);
    }

    #[test]
    fn what_is_too_long_is_a_problem_and_the_next_line_is_read() {
        check("a.txt", &[b'x'; 20], &["- xxxxxxxxxxxxxxxxxxxx"]);
        check("a.txt", &[b'x'; 21], &["-! the article is longer than 20 bytes"]);
        let long = [&b"{1}\n"[..], &[b'x'; 40], b"\n{3}\n", &[b'x'; 20], b"\n", &[b'x'; 21]].concat();
        let expect = ["1 {1}", "2! the line is longer than 20 bytes", "3 {3}", "4 xxxxxxxxxxxxxxxxxxxx"];
        let expect = [&expect[..], &["5! the line is longer than 20 bytes"]].concat();
        check("a.jsonl", &long, &expect);
        check("a.jsonl.gz", &gzip(&long), &expect);
    }

    #[test]
    fn a_bomb_is_given_up() {
        let given_up = "! 100 bytes without a record: the rest of the file is not read";
        check("a.jsonl.zst", &zstd(&[b'x'; 5000]), &[&format!("1{given_up}")]);
        check("a.jsonl.gz", &gzip(&[b'\n'; 5000]), &[&format!("101{given_up}")]);
    }

    #[test]
    fn a_damaged_stream_keeps_what_came_before() {
        let mut packed = gzip(b"{1}\n{2}\n{3");
        packed.truncate(packed.len() - 4);
        check("a.jsonl.gz", &packed, &["1 {1}", "2 {2}", "3! the gzip data is cut off"]);
        let broken = [zstd(b"{1}\n"), b"rubbish!".to_vec()].concat();
        let met = records("a.jsonl.zst", &broken, SMALL);
        assert_eq!(met[0], "1 {1}");
        assert!(met[1].starts_with("2! the zstd data is corrupt: "), "{met:?}");
        let met = records("a.txt.gz", b"plain text, never packed", SMALL);
        assert!(met.len() == 1 && met[0].starts_with("-! the gzip data is corrupt: "), "{met:?}");
    }

    #[test]
    fn a_vanished_file_is_a_problem() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("a.txt"), "kort").unwrap();
        let Some(Entry::File(file)) = walk(&[folder.path().to_owned()]).next() else { panic!("no file") };
        assert_eq!(content_hash(&file).unwrap(), xxhash_rust::xxh3::xxh3_128(b"kort"));
        fs::remove_file(&file.path).unwrap();
        let met: Vec<_> = read(&file).collect();
        assert_eq!(met, [Err(Problem::new(&file.shown, None, "no such file or folder"))]);
        assert!(content_hash(&file).is_err());
    }
}
