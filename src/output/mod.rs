//! What users see: text for people, JSON and run formats for programs.
//!
//! Wire formats live here and nowhere else: a field name in this module is a promise. Text that comes from documents
//! goes through [`sanitize`] before it can reach a terminal.

pub mod compare;
mod count;
pub mod details;
pub mod json;
pub mod judging;
pub mod record;
pub mod report;
pub mod run;
mod sanitize;
pub mod significance;
pub mod table;
pub mod text;

pub use count::count;
pub use count::listed;
pub use sanitize::sanitize;
