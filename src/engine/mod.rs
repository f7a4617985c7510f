//! The engine: an index on disk that is whole or absent, and exact ranking over it. Nothing else names tantivy.

mod bm25;
mod catalog;
mod directory;
mod error;
mod ids;
mod manifest;
mod matching;
mod postings;
mod schema;
mod searcher;
mod segment;
mod tokenizer;
mod writer;

pub use bm25::Ranking;
pub use catalog::FileKey;
pub use catalog::FileState;
pub use error::EngineError;
pub use manifest::FILE_NAME as MANIFEST;
pub use manifest::FORMAT;
pub use manifest::LanguageStats;
pub use manifest::Root;
pub use searcher::Contribution;
pub use searcher::Facet;
pub use searcher::Hit;
pub use searcher::Hits;
pub use searcher::Inspection;
pub use searcher::Prepared;
pub use searcher::Request;
pub use searcher::Searcher;
pub use searcher::Sort;
pub use searcher::Stored;
pub use writer::Added;
pub use writer::Writer;
pub use writer::WriterOptions;
