//! stub

/// Data.
#[derive(Debug, PartialEq, Eq)]
pub struct Compounds {
    /// x
    pub table: &'static [u8],
}

/// Splits.
#[derive(Debug)]
pub struct Splitter;

/// A part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompoundPart {
    /// Bytes.
    pub start: usize,
    /// Bytes.
    pub end: usize,
    /// Base.
    pub base: String,
}

impl Splitter {
    /// x
    ///
    /// # Errors
    /// x
    pub fn new(_: &'static Compounds) -> Result<Self, String> {
        Ok(Self)
    }
    /// x
    pub fn split(&self, _: &str) -> Vec<CompoundPart> {
        Vec::new()
    }
}
