//! What a field's terms look like: several vocabularies share one field, told apart by their first character.
//!
//! Words as they stand in the text, and legal references, bear no mark; they have positions, and phrases are made of
//! them. Everything that only ranking needs is marked. It is counted over the whole text first, and then handed to the
//! engine all at one place, which costs positions nothing. A count is written as a level ([`level`]), since what a term
//! earns hardly differs between thirty and thirty-one occurrences, and each occurrence written costs as much as any word.
//!
//! Rejected: a field for each vocabulary, each of which would scan and analyse the text again; parts of compounds among
//! the words themselves, where they disturb phrases.

/// The first character of a marked term. No scanned word begins with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Space {
    /// A word wherever it is: on its own, or as a part of a compound.
    Word,
    /// The folded key of a word that has one.
    Folded,
    /// A word near the beginning of the text, wherever it is.
    Lead,
    /// The first letters of a word, folded.
    Beginning,
    /// The Nordic key of a word wherever it is.
    Key,
}

impl Space {
    const ALL: [Self; 5] = [Self::Word, Self::Folded, Self::Lead, Self::Beginning, Self::Key];

    /// What the vocabulary of a term is called; that of the words as they stand in the text is `text`.
    pub(super) fn name_of(term: &[u8]) -> &'static str {
        let space = Self::ALL.into_iter().find(|space| term.first() == Some(&(space.mark() as u8)));
        match space {
            None => "text",
            Some(Self::Word) => "word",
            Some(Self::Folded) => "folded",
            Some(Self::Lead) => "lead",
            Some(Self::Beginning) => "beginning",
            Some(Self::Key) => "key",
        }
    }

    /// The character.
    pub(super) fn mark(self) -> char {
        match self {
            Self::Word => '+',
            Self::Folded => '~',
            Self::Lead => '^',
            Self::Beginning => '#',
            Self::Key => '=',
        }
    }

    /// `text` in this vocabulary.
    pub(super) fn term(self, text: &str) -> String {
        let mut term = String::with_capacity(text.len() + 1);
        term.push(self.mark());
        term.push_str(text);
        term
    }
}

/// What each level stands for: exact as long as it matters, then in steps of half an octave.
const LEVELS: [u32; 24] =
    [1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048];

/// The level, from 1, that stands for `count`, which is not 0.
pub(super) fn level(count: u32) -> u32 {
    let above = LEVELS.partition_point(|&value| value < count).min(LEVELS.len() - 1);
    // The nearer of two neighbours, by proportion.
    let below = above.saturating_sub(1);
    let nearer_below = u64::from(LEVELS[below]) * u64::from(LEVELS[above]) > u64::from(count) * u64::from(count);
    1 + if nearer_below { below } else { above } as u32
}

/// The count that `level` stands for.
pub(super) fn count(level: u32) -> u32 {
    LEVELS[(level.max(1) as usize - 1).min(LEVELS.len() - 1)]
}

/// How many words at the beginning of a text of so many are its lead.
pub(super) fn lead(words: usize) -> usize {
    (2.0 * (words as f64).sqrt()).ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_near_what_they_stand_for() {
        for exact in 1..=8 {
            assert_eq!(count(level(exact)), exact);
        }
        for near in 9..2048 {
            let ratio = f64::from(count(level(near))) / f64::from(near);
            assert!((0.83..1.21).contains(&ratio), "{near}: {ratio}");
        }
        assert_eq!(count(level(u32::MAX)), 2048);
        assert_eq!(count(0), 1, "of a damaged index, nothing is asked");
    }

    #[test]
    fn a_lead_is_short() {
        assert_eq!((lead(0), lead(1), lead(100), lead(10_000)), (0, 2, 20, 200));
    }
}
