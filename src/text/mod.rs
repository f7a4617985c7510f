//! Words out of text: a scanner that finds tokens, and steps that turn a token into the term that is indexed.
//!
//! The index, the query, the highlighter and `snotra analyze` all go through one [`Analyzer`], so that they cannot
//! disagree. This module knows no engine and no language: a language hands it a list of [`Step`] values.

mod analyzer;
mod beginnings;
mod compound;
mod fold;
mod length;
mod lowercase;
mod near;
mod nordic;
mod overrides;
mod own;
mod scan;
mod spelling;
mod stem;

pub use analyzer::Analyzer;
pub use analyzer::BadSteps;
pub use analyzer::Part;
pub use analyzer::Step;
pub use analyzer::Term;
pub use beginnings::beginnings;
pub use compound::CompoundPart;
pub use compound::Compounds;
pub use compound::Entry;
pub use compound::Link;
pub use compound::Linking;
pub use compound::Splitter;
pub use fold::fold;
pub use fold::folded;
pub use length::count_words;
pub use lowercase::lowercase;
pub use near::Near;
pub use nordic::nordic_key;
pub use overrides::Overrides;
pub use own::OwnWords;
pub use own::is_one_word;
pub use scan::Kind;
pub use scan::Scanner;
pub use scan::Token;
pub use spelling::Spelling;
pub use stem::Snowball;
