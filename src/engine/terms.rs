//! What the terms of the field that ranking reads look like: several vocabularies share it, told apart by their marks.
//!
//! The words as they stand in bodies and titles, and legal references, are in fields of their own, with positions, for
//! phrases. What only ranking needs is counted over the whole text first and written without positions. A count is
//! written as a level ([`level`]), since what a term earns hardly differs between thirty and thirty-one occurrences, and
//! each occurrence written costs as much as any word.
//!
//! Rejected: a field for each vocabulary, since every field that is opened costs a search, and most hold little; parts of
//! compounds among the words themselves, where they disturb phrases.

/// Where in a document a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Body,
    Title,
    /// The first words of the body.
    Lead,
}

impl Zone {
    const ALL: [Self; 3] = [Self::Body, Self::Title, Self::Lead];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Title => "title",
            Self::Lead => "lead",
        }
    }

    /// The first character of its terms; those of the body, which are the most, need none.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Body => "",
            Self::Title => "!",
            Self::Lead => "^",
        }
    }
}

/// What is known of a word: a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Space {
    /// A word wherever it is: on its own, or as a part of a compound.
    Word,
    /// The folded key of a word that has one.
    Folded,
    /// The first letters of a word, folded.
    Beginning,
    /// The Nordic key of a word wherever it is.
    Key,
}

impl Space {
    const ALL: [Self; 4] = [Self::Word, Self::Folded, Self::Beginning, Self::Key];

    fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Folded => "folded",
            Self::Beginning => "beginning",
            Self::Key => "key",
        }
    }

    fn mark(self) -> char {
        match self {
            Self::Word => '+',
            Self::Folded => '~',
            Self::Beginning => '#',
            Self::Key => '=',
        }
    }

    /// `text` in this vocabulary and zone.
    pub(super) fn term(self, zone: Zone, text: &str) -> String {
        let mut term = String::with_capacity(text.len() + 2);
        term.push_str(zone.mark());
        term.push(self.mark());
        term.push_str(text);
        term
    }
}

/// The zone and the vocabulary of a term, by their names.
pub(super) fn names(term: &[u8]) -> (&'static str, &'static str) {
    let of = |zone: &Zone| term.starts_with(zone.mark().as_bytes());
    // The body's mark begins every term, so it is tried last.
    let zone = Zone::ALL.into_iter().rev().find(of).unwrap_or(Zone::Body);
    let mark = term.get(zone.mark().len()).copied();
    let space = Space::ALL.into_iter().find(|space| mark == Some(space.mark() as u8));
    (zone.name(), space.map_or("unknown", Space::name))
}

/// What each level stands for: exact as long as it matters, then in steps of half an octave.
const LEVELS: [u32; 24] =
    [1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048];

/// So many of them are exact.
const EXACT: usize = 8;

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

/// Whether so many were counted and not estimated.
pub(super) fn is_exact(count: u32) -> bool {
    count <= LEVELS[EXACT - 1]
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
            assert!(is_exact(exact) && !is_exact(exact + 8));
        }
        for near in 9..2048 {
            let ratio = f64::from(count(level(near))) / f64::from(near);
            assert!((0.83..1.21).contains(&ratio), "{near}: {ratio}");
        }
        assert_eq!(count(level(u32::MAX)), 2048);
        assert_eq!(count(0), 1, "of a damaged index, nothing is asked");
    }

    #[test]
    fn terms_are_named() {
        assert_eq!(Space::Word.term(Zone::Title, "støj"), "!+støj");
        for zone in Zone::ALL {
            for space in Space::ALL {
                assert_eq!(names(space.term(zone, "støj").as_bytes()), (zone.name(), space.name()));
            }
        }
    }

    #[test]
    fn a_lead_is_short() {
        assert_eq!((lead(0), lead(1), lead(100), lead(10_000)), (0, 2, 20, 200));
    }
}
