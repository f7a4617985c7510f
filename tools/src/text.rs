//! Snotra's splitter under the name by which its language rules ask for it.

#[path = "../../src/text/compound.rs"]
mod compound;

pub(crate) use compound::*;
