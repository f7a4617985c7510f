//! From a query as typed to a plan that an engine can carry out: parsing, then analysis for every language.

mod ast;
mod clause;
mod matcher;
pub mod parse;
mod plan;
mod reading;

pub use ast::Node;
pub use clause::Clause;
pub use clause::Origin;
pub use clause::Pattern;
pub use clause::Way;
pub use matcher::Matcher;
pub use matcher::Place;
pub use plan::Across;
pub use plan::Leaf;
pub use plan::LeafKind;
pub use plan::Matching;
pub use plan::Plan;
