//! Full-text search that understands Nordic policy text.
#![deny(missing_docs, unreachable_pub)]

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
