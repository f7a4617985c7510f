//! From files to documents: the walk, the reading, and the registry of formats.
//!
//! Three steps, so that the caller decides what runs where: [`walk`] names the files in a fixed order, [`read`] streams
//! one file's records in order, and [`parse`] turns one record into a [`Document`] without touching the disk, so on any
//! thread. Nothing that a file holds stops the work: each fault is a [`Problem`] with its place, and everything around
//! it is read.
//!
//! A format is one file with one [`Format`] and one line in [`FORMATS`]. It knows mark-up, not files: decoding,
//! decompression, limits, ids and the cleaning of what it returns are the same for all and are done here. Rejected: a
//! trait with an object a format, which would be the same table with more words.

mod article;
mod clean;
mod compress;
pub mod date;
mod decode;
mod html;
mod jsonl;
mod layout;
mod markdown;
mod read;
mod txt;
mod walk;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use encoding_rs::Encoding;

use crate::doc::Date;
use crate::doc::DocId;
use crate::doc::Document;
use crate::doc::Place;
use crate::doc::Problem;

pub use clean::clean;
pub use compress::{Compression, open};
pub use read::{MAX_RECORD, RawRecord, Reader, content_hash, read};
pub use walk::{Entry, INDEX_MARKER, SkipReason, Skipped, SourceFile, walk};

/// Every format that is read, in the order in which they are listed to the user.
pub static FORMATS: &[Format] = &[txt::FORMAT, markdown::FORMAT, html::FORMAT, jsonl::FORMAT];

/// A file format: how a record's text becomes an article.
#[derive(Debug)]
pub struct Format {
    /// What it is called.
    pub name: &'static str,
    /// The extensions of its files, lower-case, without the dot.
    pub extensions: &'static [&'static str],
    /// What one record is.
    pub records: Records,
    /// Finds the encoding that the bytes themselves name, where the format has a way to name one.
    charset: Option<Charset>,
    /// Reads one record's text, decoded but not clean.
    parse: fn(&str) -> Result<Article, Fault>,
}

type Charset = fn(&[u8]) -> Option<&'static Encoding>;

/// What one record of a format is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Records {
    /// The whole file.
    Whole,
    /// Each line.
    Lines,
}

/// A document, and what in it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The article, finished.
    pub document: Document,
    /// Faults that cost less than the article: a date in no known form, a broken byte.
    pub warnings: Vec<Problem>,
}

/// Reads one record of `file`. The same record always gives the same document.
pub fn parse(record: &RawRecord, file: &SourceFile) -> Result<Parsed, Problem> {
    let problem = |fault: Fault| Problem { hint: fault.hint, ..Problem::new(&file.shown, record.line, fault.cause) };
    let declared = file.format.charset.and_then(|charset| charset(&record.bytes));
    let Some(decoded) = decode::decode(&record.bytes, declared) else {
        return Err(problem(Fault::new("it looks like binary data, not like text")));
    };
    // The parsers of mark-up are other people's, and a panic in one must cost one article and not the run.
    let article = catch_unwind(AssertUnwindSafe(|| (file.format.parse)(&decoded.text)))
        .unwrap_or_else(|_| Err(Fault::new(format!("the reader for {} failed on it", file.format.name))))
        .map_err(problem)?;
    let title = clean::one_line(&article.title);
    let body = clean_string(article.body);
    if title.is_empty() && body.trim().is_empty() {
        return Err(problem(Fault::new("no text")));
    }
    let id = match &article.id {
        Some(id) => DocId::new(id).map_err(|error| problem(Fault::new(error.to_string())))?,
        None => id_from_place(record, file),
    };
    let damaged =
        decoded.damaged.map(|encoding| Fault::new(format!("some bytes are not valid {encoding} and show as \u{FFFD}")));
    let warnings = damaged.into_iter().chain(article.warnings).map(problem).collect();
    let document = Document {
        id,
        title,
        body,
        declared_lang: article.lang.and_then(|lang| primary_subtag(&lang)),
        date: article.date,
        source: article.source.map(|source| clean::one_line(&source)).filter(|source| !source.is_empty()),
        url: article.url.map(|url| clean::one_line(&url)).filter(|url| !url.is_empty()),
        place: Place { path: file.shown.clone(), line: record.line },
        raw: article.raw.map(clean_string),
        cut_lines: article.cut_lines,
    };
    Ok(Parsed { document, warnings })
}

/// The clean text of a file that is no article but says something about them: a list that a user keeps. What its bytes
/// do not give away whole is a fault, since nobody would see what was lost.
///
/// # Errors
/// When it cannot be read, is too long, or is no text.
pub fn text(path: &Path) -> Result<String, Problem> {
    let fault = |cause: String| Problem::new(path, None, cause);
    let mut bytes = Vec::new();
    open(path)
        .and_then(|input| input.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| fault(walk::in_words(&error)))?;
    if bytes.len() > MAX_RECORD {
        return Err(fault(format!("it is longer than {} MB", MAX_RECORD >> 20)));
    }
    let decoded =
        decode::decode(&bytes, None).ok_or_else(|| fault("it looks like binary data, not like text".into()))?;
    if let Some(encoding) = decoded.damaged {
        let hint = Some("save the file as UTF-8".to_owned());
        return Err(Problem { hint, ..fault(format!("some bytes are not valid {encoding}")) });
    }
    Ok(clean(&decoded.text).into_owned())
}

/// What a format finds in one record. Texts need not be clean.
#[derive(Debug, Default)]
struct Article {
    id: Option<String>,
    title: String,
    body: String,
    lang: Option<String>,
    date: Option<Date>,
    source: Option<String>,
    url: Option<String>,
    raw: Option<String>,
    cut_lines: usize,
    warnings: Vec<Fault>,
}

impl Article {
    /// Takes the lines around the body that only their shape gives away (a date line under the title, *log in to read
    /// more* at the end) out of it. A date or source that is stated elsewhere stays.
    fn shaped(self) -> Self {
        let text = format!("{}\n\n{}", clean::one_line(&self.title), clean(&self.body));
        let text = text.trim();
        let shaped = article::shape(text);
        let title = shaped.title.unwrap_or_default();
        // Where the shape shows another title than the one that is stated, only the tail can be trusted.
        if !self.title.is_empty() && !clean::is_same_line(&title, &self.title) {
            let body = clean(&self.body);
            let (kept, cut_lines) = article::trim_tail(&body);
            let (kept, raw) = (kept.to_owned(), (cut_lines > 0).then(|| body.to_string()));
            return Self { body: kept, raw, cut_lines, ..self };
        }
        Self {
            title,
            date: self.date.or(shaped.date),
            source: self.source.or(shaped.source),
            raw: (shaped.body != self.body.trim()).then(|| text.to_owned()),
            body: shaped.body,
            cut_lines: shaped.cut_lines,
            ..self
        }
    }
}

/// What is wrong with a record, without its place.
#[derive(Debug)]
struct Fault {
    cause: String,
    hint: Option<String>,
}

impl Fault {
    fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), hint: None }
    }
}

impl Format {
    /// The format and the compression of a file with this name, whatever the case of its extensions.
    fn of(path: &Path) -> Option<(&'static Self, Compression)> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let (rest, last) = name.rsplit_once('.')?;
        let (extension, compression) = match Compression::of_extension(last) {
            Some(compression) => (rest.rsplit_once('.')?.1, compression),
            None => (last, Compression::None),
        };
        let format = FORMATS.iter().find(|format| format.extensions.contains(&extension))?;
        Some((format, compression))
    }
}

/// All extensions that are read, for messages: `.txt, .md ...`.
fn known_extensions() -> String {
    let all: Vec<_> = FORMATS.iter().flat_map(|format| format.extensions).map(|name| format!(".{name}")).collect();
    all.join(", ")
}

/// The day that a metadata field states, or why it states none.
fn date_field(field: &str, text: &str) -> Result<Date, Fault> {
    date::parse(text).ok_or_else(|| Fault {
        hint: Some("write it as 2024-05-31".to_owned()),
        ..Fault::new(format!("the {field:?} {text:?} is not a date that can be read"))
    })
}

fn id_from_place(record: &RawRecord, file: &SourceFile) -> DocId {
    let of_file = DocId::from_path(file.root_name.as_deref(), &file.relative);
    let Some(line) = record.line else { return of_file };
    // Only a path near the limit could become too long, and it then still names the file.
    DocId::new(&format!("{of_file}#{line}")).unwrap_or(of_file)
}

/// `da` for `da`, `da-DK` and `DA_dk`.
fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase();
    (!primary.is_empty() && primary.chars().all(char::is_alphabetic)).then_some(primary)
}

/// [`clean()`] for text that is owned: without a copy where it is clean already.
fn clean_string(text: String) -> String {
    match clean(&text) {
        std::borrow::Cow::Borrowed(_) => text,
        std::borrow::Cow::Owned(clean) => clean,
    }
}

#[cfg(test)]
mod tests;
