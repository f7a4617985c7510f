//! The stemming step: the Snowball algorithms, by way of `rust_stemmers`, which nothing else in the crate names.
//!
//! A stemmer here is a value of ours, so that a language description never depends on a library's enum.

use std::borrow::Cow;

use rust_stemmers::Algorithm;
use rust_stemmers::Stemmer;

/// A Snowball stemmer, described at <https://snowballstem.org/algorithms/>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Snowball {
    /// The Danish stemmer.
    Danish,
    /// The Swedish stemmer.
    Swedish,
    /// The Norwegian stemmer, made for Bokmål.
    Norwegian,
    /// The Finnish stemmer.
    Finnish,
    /// The English stemmer, also known as Porter 2.
    English,
}

impl Snowball {
    /// The stem of a lower-case `word`.
    pub fn stem(self, word: &str) -> Cow<'_, str> {
        let algorithm = match self {
            Self::Danish => Algorithm::Danish,
            Self::Swedish => Algorithm::Swedish,
            Self::Norwegian => Algorithm::Norwegian,
            Self::Finnish => Algorithm::Finnish,
            Self::English => Algorithm::English,
        };
        Stemmer::create(algorithm).stem(word)
    }
}

#[cfg(test)]
mod tests {
    use super::Snowball;

    #[test]
    fn stems() {
        let check = |snowball: Snowball, word: &str, stem: &str| assert_eq!(snowball.stem(word), stem);
        check(Snowball::Danish, "digitaliseringsstrategier", "digitaliseringsstrategi");
        check(Snowball::Danish, "borgerne", "borg");
        check(Snowball::Swedish, "medborgarna", "medborg");
        check(Snowball::Swedish, "förenklingen", "förenkling");
    }
}
