//! What an engine looks up for a leaf of a plan, in the documents of one language.

use crate::lang::Language;
use crate::lang::Layer;

/// One look-up in the fields of one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Whose fields, and by whose rules the term was made.
    pub language: &'static Language,
    /// Whether only titles count.
    pub title_only: bool,
    /// What is looked up.
    pub pattern: Pattern,
    /// How it came from the query.
    pub origin: Origin,
    /// What it is worth beside the leaf's other clauses, from 0 to 1.
    pub weight: f32,
    /// Which way of reading the leaf it belongs to: a document is scored by the best way.
    pub way: Way,
    /// Which part it is of what the way looks for, if not the whole: what the parts are worth together stands beside the
    /// whole. Several clauses may be one part.
    pub part: Option<u8>,
}

impl Clause {
    /// Whether it is the word as it is typed, and not a part of it.
    pub fn is_whole(&self) -> bool {
        self.way == Way::Typed && self.part.is_none()
    }
}

/// A way of reading a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// As it is typed.
    Typed,
    /// As if its Nordic letters had been left out.
    Folded,
    /// By the Nordic key of what it is in the language with this code.
    Key(&'static str),
    /// By a translation from the language with this code: which of them, the best first.
    Translated(&'static str, u8),
}

impl Way {
    /// The code of the language that the leaf is taken to be in, of ways that lead into another.
    pub fn source(self) -> Option<&'static str> {
        match self {
            Self::Typed | Self::Folded => None,
            Self::Key(code) | Self::Translated(code, _) => Some(code),
        }
    }
}

/// What a clause looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// An indexed term.
    Term(String),
    /// A word with this term, on its own or as a part of a compound.
    Word(String),
    /// A word that begins with these folded letters.
    Beginning(String),
    /// A word with this Nordic key, on its own or as a part of a compound.
    Key(String),
    /// Any term with this folded key.
    Folded {
        /// The key.
        key: String,
        /// Whether the key itself, as a word written without Nordic letters, is looked up too; not where it is the word
        /// that was typed.
        also_plain: bool,
    },
    /// Terms at these distances from the first one's position.
    Phrase(Vec<(u32, String)>),
    /// Any term that begins so; the stem of what was typed counts too, since endings are cut off in the index.
    Prefix {
        /// As typed, in lower case.
        prefix: String,
        /// Its stem.
        stem: String,
    },
    /// Any term within so many edits of what was typed, or within one edit of its stem.
    Fuzzy {
        /// As typed, in lower case.
        word: String,
        /// Its stem.
        stem: String,
        /// How many edits.
        distance: u8,
    },
}

/// How a clause came from the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The word.
    Typed,
    /// A part of the word: of a compound, or of what a hyphen joins.
    Part,
    /// The first letters of the word.
    Beginning,
    /// What the word is in another language by the rules of spelling.
    Key,
    /// What the word or a part of it is in another language by the lexicon.
    Translated(Layer),
    /// A legal reference over several words.
    Reference,
    /// A phrase in quotes.
    Phrase,
    /// A prefix with its star.
    Prefix,
    /// A word with its tilde.
    Fuzzy,
    /// The word without its Nordic letters.
    Folded,
    /// The word beside the next one.
    Adjacent,
}

impl Origin {
    /// The name in JSON and in explanations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Part => "part",
            Self::Beginning => "beginning",
            Self::Key => "key",
            Self::Translated(layer) => layer.name(),
            Self::Reference => "reference",
            Self::Phrase => "phrase",
            Self::Prefix => "prefix",
            Self::Fuzzy => "fuzzy",
            Self::Folded => "folded",
            Self::Adjacent => "adjacent",
        }
    }
}
