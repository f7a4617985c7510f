//! Stdout and stderr, with colours where they are wanted and none where they are not.

use std::io;
use std::io::IsTerminal;
use std::io::Write;

use anstream::AutoStream;
use anstream::ColorChoice;
use anstyle::AnsiColor;
use anstyle::Style;

use crate::cli::args::Color;
use crate::cli::args::Global;
use crate::cli::failure::Failure;
use crate::cli::keys;
use crate::doc::Problem;
use crate::output::sanitize;
use crate::output::text::Layout;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Collects an answer, and writes it in one piece: the streams of `anstream` write to the terminal once a style.
pub(super) struct Out {
    bytes: Vec<u8>,
    choice: ColorChoice,
}

/// An answer that grows beyond this is written as it comes.
const BUFFERED: usize = 1 << 20;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > BUFFERED && bytes.ends_with(b"\n") {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.bytes);
        let mut stream = AutoStream::new(Vec::with_capacity(bytes.len()), self.choice);
        stream.write_all(&bytes)?;
        write_plain(&stream.into_inner())
    }
}

fn write_plain(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// The two streams of a command.
pub(super) struct Streams {
    pub(super) out: Out,
    err: AutoStream<io::Stderr>,
    quiet: bool,
    links: bool,
}

impl Streams {
    pub(super) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
            Color::Auto => ColorChoice::Auto,
        };
        let err = AutoStream::new(io::stderr(), choice);
        let choice = AutoStream::new(io::stdout(), choice).current_choice();
        let links = io::stdout().is_terminal() && choice != ColorChoice::Never;
        Self { out: Out { bytes: Vec::new(), choice }, err, quiet: global.quiet, links }
    }

    /// How wide text for people is laid out: as wide as the terminal, within what reads well.
    pub(super) fn layout(&self) -> Layout {
        let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
        Layout { width: said.or_else(keys::columns).unwrap_or(100).clamp(40, 120), links: self.links }
    }

    /// Something that the user should know, unless she asked for quiet.
    pub(super) fn note(&mut self, text: &str) {
        if !self.quiet {
            let _ = writeln!(self.err, "{text}");
        }
    }

    pub(super) fn warning(&mut self, text: &str) {
        if !self.quiet {
            let _ = writeln!(self.err, "{WARNING}warning:{WARNING:#} {}", sanitize(text));
        }
    }

    /// Something that could not be done while the rest went on.
    pub(super) fn problem(&mut self, problem: &Problem) {
        let _ = writeln!(self.err, "{ERROR}error:{ERROR:#} {}", sanitize(&problem.to_string()));
        if let Some(hint) = &problem.hint {
            let _ = writeln!(self.err, "  {HINT}hint:{HINT:#} {}", sanitize(hint));
        }
    }

    pub(super) fn failure(&mut self, failure: &Failure) {
        let _ = self.out.flush();
        // A message about a query has a caret line, so its line breaks stay.
        let lines: Vec<_> = failure.message.lines().map(keep_columns).collect();
        let _ = writeln!(self.err, "{ERROR}error:{ERROR:#} {}", lines.join("\n"));
        for hint in &failure.hints {
            let _ = writeln!(self.err, "  {HINT}hint:{HINT:#} {}", sanitize(hint));
        }
    }

    /// Writes an answer that has no styles.
    pub(super) fn write_plain(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.flush()?;
        write_plain(bytes)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A line made safe without moving its columns.
fn keep_columns(line: &str) -> String {
    line.chars()
        .map(|c| if c == ' ' { c.to_string() } else { sanitize(c.encode_utf8(&mut [0; 4])).into_owned() })
        .collect()
}
