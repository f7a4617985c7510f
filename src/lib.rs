//! Full-text search that understands Nordic policy text.
//!
//! An article goes this way: [`source`] reads files and hands over clean [`doc::Document`]s; [`lang`] says which language
//! each is in; that language's analyzer ([`text`]) turns it into terms; [`engine`] keeps them in an index that is whole
//! or absent. A query comes to meet it: [`query`] reads it and makes a plan, with every word analysed for every language;
//! the engine ranks; [`snippet`] picks the sentences that show why; [`output`] prints them. [`app`] strings this together
//! as verbs, [`cli`] is the command line, and [`eval`] measures whether all of it is any good.
//!
//! The central idea is that a language is data: one constant in one file that every part reads ([`lang::LANGUAGES`]).
//!
//! ```
//! use snotra::app::{IndexOptions, Progress, SearchOptions};
//! use snotra::engine::{Ranking, Searcher, WriterOptions};
//!
//! struct Silent;
//! impl Progress for Silent {
//!     fn begin(&self, _files: u64, _bytes: u64) {}
//!     fn file(&self, _bytes: u64) {}
//!     fn committing(&self) {}
//!     fn finish(&self) {}
//! }
//!
//! let dir = tempfile::tempdir()?;
//! let articles = dir.path().join("articles");
//! std::fs::create_dir(&articles)?;
//! let text = "Enklere regler\n\nKommunen arbejder med regelforenkling, så borgerne kan få svar på deres ansøgninger.";
//! std::fs::write(articles.join("a.txt"), text)?;
//!
//! let index = dir.path().join("index");
//! let options = IndexOptions {
//!     writer: WriterOptions { threads: 1, memory: 50_000_000 },
//!     languages: snotra::lang::LANGUAGES.to_vec(),
//!     force: None,
//!     vocabulary: None,
//!     ignore_declared: false,
//!     keep_missing: false,
//!     rebuild: false,
//! };
//! let report = snotra::app::index(&index, &[articles], &options, &Silent)?;
//! assert_eq!(report.indexed, 1);
//!
//! let searcher = Searcher::open(&index, Ranking::default())?;
//! let found = snotra::app::search(&searcher, "regelforenklingen", &SearchOptions { limit: 10, ..Default::default() })?;
//! let passage = &found.hits[0].passages[0];
//! assert_eq!(&passage.text[passage.highlights[0].clone()], "regelforenkling");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Answers go to the streams that the command line owns; nothing else prints. What cannot happen says why it cannot.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod app;
pub mod cli;
pub mod doc;
pub mod engine;
pub mod eval;
pub mod lang;
pub mod output;
pub mod query;
pub mod snippet;
pub mod source;
pub mod text;
