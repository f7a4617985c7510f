//! One segment of the index, opened for reading: its columns, and postings as the scorer wants them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::Index;
use tantivy::SegmentReader;
use tantivy::Term;
use tantivy::columnar::Column;
use tantivy::columnar::ColumnValues;
use tantivy::columnar::StrColumn;
use tantivy::fastfield::AliveBitSet;
use tantivy::schema::Field;

use crate::engine::manifest::LanguageStats;
use crate::engine::schema::pack;
use crate::lang::LANGUAGES;

type Numbers = Arc<dyn ColumnValues<u64>>;

pub(super) struct Segment {
    pub(super) reader: SegmentReader,
    /// See `Fields::slot`.
    pub(super) slots: Numbers,
    pub(super) langs: Numbers,
    pub(super) days: Column<i64>,
    pub(super) sources: Option<StrColumn>,
    pub(super) body_words: Numbers,
    pub(super) title_words: Numbers,
}

impl Segment {
    pub(super) fn open(reader: SegmentReader) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        let numbers = |name: &str| Ok::<_, tantivy::TantivyError>(columns.u64(name)?.first_or_default_col(0));
        Ok(Self {
            slots: numbers("slot")?,
            langs: numbers("lang")?,
            days: columns.i64("day")?,
            sources: columns.str("source")?,
            body_words: numbers("body_words")?,
            title_words: numbers("title_words")?,
            reader,
        })
    }

    /// How many documents the segment has, deleted ones included.
    pub(super) fn len(&self) -> u32 {
        self.reader.max_doc()
    }

    pub(super) fn alive(&self) -> Option<&AliveBitSet> {
        self.reader.alive_bitset()
    }

    pub(super) fn is_alive(&self, doc: u32) -> bool {
        !self.reader.is_deleted(doc)
    }

    /// The code of a document's language.
    pub(super) fn language(&self, doc: u32) -> &'static str {
        let packed = self.langs.get_val(doc);
        LANGUAGES.iter().map(|language| language.code).find(|code| pack(code) == packed).unwrap_or("und")
    }
}

/// Opens every segment of `index`.
pub(super) fn open_all(index: &Index) -> tantivy::Result<Vec<Segment>> {
    index.searchable_segments()?.iter().map(|segment| Segment::open(SegmentReader::open(segment)?)).collect()
}

/// Counts documents and words by language over all live documents.
pub(super) fn language_stats(index: &Index) -> tantivy::Result<BTreeMap<String, LanguageStats>> {
    let mut stats: BTreeMap<String, LanguageStats> = BTreeMap::new();
    for segment in open_all(index)? {
        for doc in segment.reader.doc_ids_alive() {
            let stats = stats.entry(segment.language(doc).to_owned()).or_default();
            let title_words = segment.title_words.get_val(doc);
            stats.documents += 1;
            stats.body_words += segment.body_words.get_val(doc);
            stats.titled += u64::from(title_words > 0);
            stats.title_words += title_words;
        }
    }
    Ok(stats)
}

/// A term of a field as tantivy addresses it.
pub(super) fn term(field: Field, text: &str) -> Term {
    Term::from_field_text(field, text)
}
