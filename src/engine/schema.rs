//! The schema, made from the language registry: three indexed fields a language, and columns that all documents share.
//!
//! A document's text goes into the fields of its own language alone, so that every language keeps its own statistics.
//! Body and title hold the words with their positions; a third field, which is given no text, holds what ranking reads
//! ([`crate::engine::terms`]), noted while the other two are filled. A document's length is a column of its own that
//! counts words, and tantivy's field norms are switched off.

use tantivy::schema::FAST;
use tantivy::schema::Field;
use tantivy::schema::INDEXED;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::STORED;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;

use crate::lang::ForeignPassage;
use crate::lang::LANGUAGES;
use crate::lang::Language;

/// The fields by their roles.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// In the order of [`LANGUAGES`].
    pub(super) languages: Vec<LanguageFields>,
    /// A number that names this version of the document in the table of ids; deletes go by it.
    pub(super) slot: Field,
    /// The language's code, packed by [`pack`].
    pub(super) lang: Field,
    /// Days since the Common Era began, where the document has a date.
    pub(super) day: Field,
    pub(super) source: Field,
    /// Words in the body and in the title.
    pub(super) body_words: Field,
    pub(super) title_words: Field,
    pub(super) url: Field,
    /// The file as the walk shows it, and the line in it (0 for none).
    pub(super) path: Field,
    pub(super) line: Field,
    pub(super) raw: Field,
    pub(super) cut_lines: Field,
    /// The languages of passages in another language than the document's, packed; each once. Most documents have none.
    pub(super) passage_langs: Field,
    /// Where these passages are: see [`encode_passages`].
    pub(super) passages: Field,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct LanguageFields {
    pub(super) body: Field,
    pub(super) title: Field,
    /// What ranking reads of both. It comes after them, since a document's fields are filled in this order.
    pub(super) ranked: Field,
}

impl Fields {
    /// The fields of `language`.
    pub(super) fn of(&self, language: &Language) -> LanguageFields {
        let index = LANGUAGES.iter().position(|other| other.code == language.code);
        self.languages[index.expect("only registered languages reach the engine")]
    }
}

/// The schema of every index, and the fields in it.
pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let languages = LANGUAGES
        .iter()
        .map(|language| {
            let indexed = |role: Role, option: IndexRecordOption| {
                let name = tokenizer_name(language, role);
                let indexing = TextFieldIndexing::default().set_tokenizer(&name).set_fieldnorms(false);
                TextOptions::default().set_indexing_options(indexing.set_index_option(option))
            };
            let mut text = |role: Role| {
                let options = indexed(role, IndexRecordOption::WithFreqsAndPositions).set_stored();
                schema.add_text_field(&format!("{}_{}", role.name(), language.code), options)
            };
            let (body, title) = (text(Role::Body), text(Role::Title));
            let name = format!("{}_{}", Role::Ranked.name(), language.code);
            let ranked = schema.add_text_field(&name, indexed(Role::Ranked, IndexRecordOption::WithFreqs));
            LanguageFields { body, title, ranked }
        })
        .collect();
    let fields = Fields {
        languages,
        slot: schema.add_u64_field("slot", FAST | INDEXED),
        lang: schema.add_u64_field("lang", FAST),
        day: schema.add_i64_field("day", FAST),
        source: schema.add_text_field("source", STRING | FAST | STORED),
        body_words: schema.add_u64_field("body_words", FAST),
        title_words: schema.add_u64_field("title_words", FAST),
        url: schema.add_text_field("url", STORED),
        path: schema.add_text_field("path", STORED),
        line: schema.add_u64_field("line", STORED),
        raw: schema.add_text_field("raw", STORED),
        cut_lines: schema.add_u64_field("cut_lines", STORED | FAST),
        passage_langs: schema.add_u64_field("passage_langs", FAST),
        passages: schema.add_text_field("passages", STORED),
    };
    (schema.build(), fields)
}

/// What a field of a language is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Body,
    Title,
    Ranked,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Body, Self::Title, Self::Ranked];

    fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Title => "title",
            Self::Ranked => "ranked",
        }
    }
}

/// The name under which the tokenizer of a language's field is registered.
pub(super) fn tokenizer_name(language: &Language, role: Role) -> String {
    format!("snotra_{}_{}", role.name(), language.code)
}

/// A language code as a number, for a column that needs no dictionary.
pub(super) fn pack(code: &str) -> u64 {
    code.bytes().fold(0, |packed, byte| packed << 8 | u64::from(byte))
}

/// The code that [`pack`] made a number of, if a registered language has it.
pub(super) fn unpack(packed: u64) -> Option<&'static str> {
    LANGUAGES.iter().map(|language| language.code).find(|code| pack(code) == packed)
}

/// Passages as they are stored: a language's code and two offsets in bytes for each, one a line.
pub(super) fn encode_passages(passages: &[ForeignPassage]) -> String {
    let line =
        |passage: &ForeignPassage| format!("{} {} {}\n", passage.language.code, passage.span.start, passage.span.end);
    passages.iter().map(line).collect()
}

/// The passages of `body` that [`encode_passages`] wrote; what is no part of it, or not in its order, is left out.
pub(super) fn decode_passages(stored: &str, body: &str) -> Vec<ForeignPassage> {
    let mut last = 0;
    let passage = |line: &str| {
        let mut parts = line.split(' ');
        let language = Language::by_code(parts.next()?)?;
        let (start, end) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        body.get(last..start)?;
        body.get(start..end)?;
        last = end;
        Some(ForeignPassage { span: start..end, language })
    };
    stored.lines().filter_map(passage).collect()
}
