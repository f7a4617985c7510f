//! From a query as typed to a plan that an engine can carry out: parsing, then analysis for every language.

mod ast;
mod matcher;
pub mod parse;
mod plan;

pub use ast::Node;
pub use matcher::Matcher;
pub use matcher::Place;
pub use plan::Across;
pub use plan::Clause;
pub use plan::Leaf;
pub use plan::Matching;
pub use plan::Origin;
pub use plan::Pattern;
pub use plan::Plan;
pub use plan::Way;
