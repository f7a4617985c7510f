//! What an index holds, for `snotra inspect`.

use std::collections::BTreeMap;

use crate::engine::EngineError;
use crate::engine::Searcher;
use crate::engine::manifest::LanguageStats;
use crate::engine::manifest::Root;
use crate::engine::terms;
use crate::engine::terms::Zone;

/// Counts for `snotra inspect`.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// Live documents and words by language.
    pub languages: BTreeMap<String, LanguageStats>,
    /// Live documents with passages in a language other than their own, by that language.
    pub mixed: BTreeMap<&'static str, u64>,
    /// Live documents by year (`""`: undated), and by source (`""`: none).
    pub years: BTreeMap<String, u64>,
    /// See `years`.
    pub sources: BTreeMap<String, u64>,
    /// Entries of the user's vocabulary by language.
    pub vocabulary: BTreeMap<&'static str, u64>,
    /// Lines cut as head lines or debris, over all documents.
    pub cut_lines: u64,
    /// The roots.
    pub roots: Vec<Root>,
    /// Bytes of the index by kind of file.
    pub bytes: BTreeMap<String, u64>,
    /// Segments.
    pub segments: usize,
    /// The format, the program that wrote it, the commit's number and the analysis stamp.
    pub format: u32,
    /// See `format`.
    pub written_by: String,
    /// See `format`.
    pub generation: u64,
    /// See `format`.
    pub analysis: String,
}

/// By the name of a zone (`body`, `title`, `lead`) and of a kind (`text` for the words with their positions).
pub type TermsByKind = BTreeMap<(&'static str, &'static str), Terms>;

/// The terms of one kind, over all segments and languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Distinct terms, those of every segment and field counted for themselves.
    pub distinct: u64,
    /// Pairs of a term and a document.
    pub postings: u64,
    /// Bytes of the postings, and of their positions.
    pub bytes: u64,
    /// See `bytes`.
    pub position_bytes: u64,
}

impl Searcher {
    /// What the index holds.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn inspect(&self) -> Result<Inspection, EngineError> {
        let mut years: BTreeMap<String, u64> = BTreeMap::new();
        let mut sources: BTreeMap<String, u64> = BTreeMap::new();
        let mut mixed: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut cut_lines = 0;
        for segment in &self.segments {
            let cut = segment.reader.fast_fields().u64("cut_lines")?.first_or_default_col(0);
            for doc in segment.reader.doc_ids_alive() {
                *years.entry(segment.year(doc)).or_default() += 1;
                *sources.entry(segment.source(doc)).or_default() += 1;
                segment.passage_languages(doc).for_each(|code| *mixed.entry(code).or_default() += 1);
                cut_lines += cut.get_val(doc);
            }
        }
        let mut bytes: BTreeMap<String, u64> = BTreeMap::new();
        for file in &self.manifest.files {
            let kind = match file.name.split_once('-') {
                Some((kind @ ("ids" | "catalog" | "vocabulary"), _)) => kind,
                _ => file.name.rsplit('.').next().unwrap_or_default(),
            };
            *bytes.entry(kind.to_owned()).or_default() += file.bytes;
        }
        Ok(Inspection {
            languages: self.manifest.languages.clone(),
            mixed,
            years,
            sources,
            vocabulary: self.vocabulary.counts(),
            cut_lines,
            roots: self.manifest.roots.clone(),
            bytes,
            segments: self.segments.len(),
            format: self.manifest.format,
            written_by: self.manifest.snotra.clone(),
            generation: self.manifest.generation,
            analysis: self.manifest.analysis.clone(),
        })
    }

    /// What the terms cost, by zone and kind: reads all dictionaries, but no postings.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn terms(&self) -> Result<TermsByKind, EngineError> {
        let mut kinds = TermsByKind::new();
        for segment in &self.segments {
            for fields in &self.fields.languages {
                let texts = [(fields.body, Some(Zone::Body)), (fields.title, Some(Zone::Title))];
                for (field, of_text) in texts.into_iter().chain([(fields.ranked, None)]) {
                    let index = segment.reader.inverted_index(field)?;
                    let mut stream = index.terms().stream().map_err(tantivy::TantivyError::from)?;
                    while stream.advance() {
                        let name = of_text.map_or_else(|| terms::names(stream.key()), |zone| (zone.name(), "text"));
                        let counted = kinds.entry(name).or_default();
                        let info = stream.value();
                        counted.distinct += 1;
                        counted.postings += u64::from(info.doc_freq);
                        counted.bytes += info.postings_range.len() as u64;
                        counted.position_bytes += info.positions_range.len() as u64;
                    }
                }
            }
        }
        Ok(kinds)
    }
}
