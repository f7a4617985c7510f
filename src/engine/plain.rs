//! What tantivy does by itself: the system that every experiment is held against.
//!
//! Built as somebody would who knows tantivy and has a Snowball stemmer: its tokenizer, lower case, the stemmer of each
//! document's language, title and body in one field, its own BM25 with its own constants and pruning. It takes its
//! documents from an index of ours, so that both systems rank the same texts; where only one language is searched, only
//! documents in that language are taken. Rejected: tantivy's own stemmers, which would be another variable (a newer
//! Snowball) and a feature that nothing else needs; a field a language, which is already more than its examples do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tantivy::Index;
use tantivy::ReloadPolicy;
use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::BooleanQuery;
use tantivy::query::Occur;
use tantivy::query::Query;
use tantivy::query::TermQuery;
use tantivy::schema::FAST;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;
use tantivy::tokenizer::LowerCaser;
use tantivy::tokenizer::RemoveLongFilter;
use tantivy::tokenizer::SimpleTokenizer;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::tokenizer::TokenizerManager;
use tantivy::tokenizer::WhitespaceTokenizer;

use crate::engine::EngineError;
use crate::engine::Searcher;
use crate::engine::WriterOptions;
use crate::lang::Language;
use crate::text::Snowball;
use crate::text::Step;

/// An index as tantivy makes it, opened for reading.
pub struct Plain {
    searcher: tantivy::Searcher,
    text: Field,
    /// By segment, then by document.
    ids: Vec<Vec<String>>,
    languages: Vec<&'static Language>,
}

impl Plain {
    /// Makes the index at `dir`, which must not exist, of the documents of `from`: of those in `only`, if it is given.
    ///
    /// # Errors
    /// When an index cannot be read or written.
    pub fn build(
        dir: &Path,
        from: &Searcher,
        only: Option<&'static Language>,
        options: WriterOptions,
    ) -> Result<(), EngineError> {
        fs::create_dir_all(dir).map_err(|error| EngineError::io(dir, error))?;
        let (schema, id, text) = schema();
        let mut index = Index::create_in_dir(dir, schema)?;
        index.set_tokenizers(tokenizers());
        // One thread: its scores depend on how documents fall into segments.
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, options.memory)?;
        let mut analyzer = words();
        from.each_stored(|document| {
            if only.is_some_and(|only| only.code != document.language.code) {
                return Ok(());
            }
            let mut row = TantivyDocument::new();
            row.add_text(id, &document.id);
            let both = [document.title.as_str(), &document.body];
            row.add_text(text, both.map(|part| stemmed(&mut analyzer, document.language, part).join(" ")).join(" "));
            writer.add_document(row)?;
            Ok(())
        })?;
        writer.commit()?;
        Ok(writer.wait_merging_threads()?)
    }

    /// Opens what was built at `dir`. `languages` are those whose stemmers a query passes if its own is not known.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(dir: &Path, languages: Vec<&'static Language>) -> Result<Self, EngineError> {
        let index = Index::open_in_dir(dir)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let searcher = reader.try_into()?.searcher();
        let mut ids = Vec::new();
        for segment in searcher.segment_readers() {
            let column = segment.fast_fields().str("id")?;
            let column = column.ok_or_else(|| EngineError::io(dir, std::io::ErrorKind::InvalidData.into()))?;
            let mut of_segment = Vec::with_capacity(segment.max_doc() as usize);
            for doc in 0..segment.max_doc() {
                let mut id = String::new();
                if let Some(ord) = column.ords().first(doc) {
                    column.ord_to_str(ord, &mut id).map_err(|error| EngineError::io(dir, error))?;
                }
                of_segment.push(id);
            }
            ids.push(of_segment);
        }
        let (_, _, text) = schema();
        Ok(Self { searcher, text, ids, languages })
    }

    /// The best `depth` documents for the words of `query`, any of which may match, with their scores. It passes the
    /// stemmer of `lang`, or of every language if that is not known.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(
        &self,
        query: &str,
        lang: Option<&'static Language>,
        depth: usize,
    ) -> Result<Vec<(&str, f32)>, EngineError> {
        let mut analyzer = words();
        let languages = lang.map_or_else(|| self.languages.clone(), |lang| vec![lang]);
        let terms: BTreeSet<String> =
            languages.iter().flat_map(|language| stemmed(&mut analyzer, language, query)).collect();
        let clause = |term: String| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(self.text, &term);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
        };
        let query = BooleanQuery::new(terms.into_iter().map(clause).collect());
        let found = self.searcher.search(&query, &TopDocs::with_limit(depth).order_by_score())?;
        let hit = |(score, address): (f32, tantivy::DocAddress)| {
            (self.ids[address.segment_ord as usize][address.doc_id as usize].as_str(), score)
        };
        Ok(found.into_iter().map(hit).collect())
    }
}

fn schema() -> (Schema, Field, Field) {
    let mut schema = Schema::builder();
    let indexing =
        TextFieldIndexing::default().set_tokenizer("spaces").set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let id = schema.add_text_field("id", STRING | FAST);
    (schema.build(), id, text)
}

/// Words arrive stemmed, with blanks between.
fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register("spaces", TextAnalyzer::builder(WhitespaceTokenizer::default()).build());
    manager
}

fn words() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(RemoveLongFilter::limit(40)).filter(LowerCaser).build()
}

fn stemmed(analyzer: &mut TextAnalyzer, language: &Language, text: &str) -> Vec<String> {
    let stemmer = language.steps.iter().find_map(|step| match step {
        Step::Stem(snowball) => Some(*snowball),
        _ => None,
    });
    let stem = |word: &str| stemmer.map_or_else(|| word.to_owned(), |snowball: Snowball| snowball.stem(word).into());
    let mut words = Vec::new();
    let mut stream = analyzer.token_stream(text);
    stream.process(&mut |token| words.push(stem(&token.text)));
    words
}
