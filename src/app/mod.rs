//! The verbs: what a user can ask of Snotra, without a word on how it is typed or printed.

mod batch;
pub mod bench;
mod duplicates;
mod index;
mod like;
mod search;
mod suggest;

pub use batch::BatchOptions;
pub use batch::BatchQuery;
pub use batch::Ranked;
pub use batch::batch;
pub use index::IndexOptions;
pub use index::IndexReport;
pub use index::Progress;
pub use index::RemoveReport;
pub use index::index;
pub use index::remove;
pub use like::like;
pub use search::Explanation;
pub use search::Found;
pub use search::FoundHit;
pub use search::Matched;
pub use search::PassageText;
pub use search::QueryFault;
pub use search::SearchError;
pub use search::SearchOptions;
pub use search::search;
pub use suggest::Suggestion;
