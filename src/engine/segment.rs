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

use crate::doc::Date;
use crate::engine::manifest::LanguageStats;
use crate::engine::schema::unpack;

type Numbers = Arc<dyn ColumnValues<u64>>;

pub(super) struct Segment {
    pub(super) reader: SegmentReader,
    /// See `Fields::slot`.
    pub(super) slots: Numbers,
    pub(super) langs: Numbers,
    /// See `Fields::passage_langs`; none where no document has such a passage.
    passage_langs: Option<Column<u64>>,
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
            passage_langs: columns.column_opt("passage_langs")?,
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

    /// Whether a document has a passage in the language packed as `packed`, which is not its own.
    pub(super) fn has_passage(&self, doc: u32, packed: u64) -> bool {
        self.passage_langs.as_ref().is_some_and(|langs| langs.values_for_doc(doc).any(|lang| lang == packed))
    }

    /// The codes of the languages that passages of a document are in, if not in its own.
    pub(super) fn passage_languages(&self, doc: u32) -> impl Iterator<Item = &'static str> {
        self.passage_langs.iter().flat_map(move |langs| langs.values_for_doc(doc)).filter_map(unpack)
    }

    /// The code of a document's language.
    pub(super) fn language(&self, doc: u32) -> &'static str {
        unpack(self.langs.get_val(doc)).unwrap_or("und")
    }

    /// The year of a document's publication; empty where it has no date.
    pub(super) fn year(&self, doc: u32) -> String {
        let day = self.days.first(doc).and_then(|day| Date::from_julian_day(day as i32).ok());
        day.map(|date| format!("{:04}", date.year())).unwrap_or_default()
    }

    /// The publisher of a document; empty where none is known.
    pub(super) fn source(&self, doc: u32) -> String {
        let mut source = String::new();
        if let Some(column) = &self.sources
            && let Some(ord) = column.ords().first(doc)
        {
            // An ordinal that the column itself gave is in its dictionary.
            let _ = column.ord_to_str(ord, &mut source);
        }
        source
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
