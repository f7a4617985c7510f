//! How far one spelling is from another: what a slip of the fingers costs, and how little a missing dot or ring.
//!
//! Edits are counted as by Damerau and Levenshtein, two neighbouring letters swapped being one edit, in the form that
//! never edits a letter twice (optimal string alignment). A Nordic letter and what is typed in its place (*å*, *aa*, *a*;
//! *ä*, *æ*, *ae*, *e*; *ö*, *ø*, *oe*, *o*) are a quarter of an edit apart, and so are a pair and its single letter: a
//! pair is read as the letter that it stands for before anything is compared.
//!
//! Rejected: the automaton of [`crate::text::Near`], whose edits all cost the same, and which accepts or refuses a term
//! as a whole, where here a stem is held against the beginning of an inflected word.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word as its spelling is compared: lower-case letters, pairs that stand for a Nordic letter made that letter, and
/// the two alphabets' letters made one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    letters: Vec<char>,
}

impl Spelling {
    /// What an edit costs.
    pub const EDIT: u32 = 4;
    /// What a letter in the place of its Nordic relative costs.
    const RELATED: u32 = 1;

    /// The spelling of `word`, in any case.
    pub fn new(word: &str) -> Self {
        let mut letters: Vec<char> = Vec::with_capacity(word.len());
        for c in word.chars().flat_map(char::to_lowercase) {
            let letter = match c {
                'ä' => 'æ',
                'ö' => 'ø',
                'å' | 'æ' | 'ø' => c,
                _ if c.is_ascii() => c,
                _ => c.nfd().find(|&c| !is_combining_mark(c)).unwrap_or(c),
            };
            let pair = match (letters.last(), letter) {
                (Some('a'), 'a') => 'å',
                (Some('a'), 'e') => 'æ',
                (Some('o'), 'e') => 'ø',
                _ => {
                    letters.push(letter);
                    continue;
                }
            };
            if let Some(last) = letters.last_mut() {
                *last = pair;
            }
        }
        Self { letters }
    }

    /// How much a word that was meant may differ from this one: an edit up to four letters, two beyond.
    pub fn allowance(&self) -> u32 {
        if self.letters.len() <= 4 { Self::EDIT } else { 2 * Self::EDIT }
    }

    /// How many letters it has.
    pub fn len(&self) -> usize {
        self.letters.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// The letters with which a word may begin that is near: the first and the second of this one, since the first may be
    /// one too many or swapped with the second, and their relatives. That the first letter is another one altogether is
    /// rare, and to look for it is to read the whole dictionary.
    pub fn beginnings(&self) -> Vec<char> {
        let related = |letter: char| -> &'static [char] {
            match letter {
                'a' => &['å', 'ä', 'æ'],
                'e' => &['ä', 'æ'],
                'o' => &['ö', 'ø'],
                'å' => &['a'],
                'æ' => &['a', 'e', 'ä'],
                'ø' => &['o', 'ö'],
                _ => &[],
            }
        };
        let first = self.letters.iter().take(2);
        let mut all: Vec<char> =
            first.flat_map(|&letter| [letter].into_iter().chain(related(letter).to_vec())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How far `other` is from this; `None` where it is farther than the allowance.
    pub fn distance(&self, other: &Self) -> Option<u32> {
        let distances = self.to_beginnings(other)?;
        distances.last().copied().filter(|&distance| distance <= self.allowance())
    }

    /// How far `stem` is from that beginning of this word which is nearest to it, and how many letters then are left for
    /// an ending: at most half the word, and at most five. `None` where it is farther than the allowance.
    pub fn distance_of_stem(&self, stem: &Self) -> Option<(u32, usize)> {
        let distances = self.to_beginnings(stem)?;
        let length = self.letters.len();
        let ending = LONGEST_ENDING.min(length / 2);
        let beginnings = (length - ending..=length).map(|end| (distances[end], length - end));
        beginnings.min().filter(|&(distance, _)| distance <= self.allowance())
    }

    /// How far `other` is from every beginning of this word, the empty one first; `None` where all are farther than the
    /// allowance.
    fn to_beginnings(&self, other: &Self) -> Option<Vec<u32>> {
        let (word, allowance) = (&self.letters, self.allowance());
        let mut before: Vec<u32> = Vec::new();
        let mut last: Vec<u32> = (0..=word.len() as u32).map(|at| at * Self::EDIT).collect();
        for (row, &letter) in other.letters.iter().enumerate() {
            let mut next = Vec::with_capacity(last.len());
            next.push(last[0] + Self::EDIT);
            for (at, &own) in word.iter().enumerate() {
                let mut least = last[at] + substitution(own, letter);
                least = least.min(last[at + 1] + Self::EDIT).min(next[at] + Self::EDIT);
                if row > 0 && at > 0 && own == other.letters[row - 1] && word[at - 1] == letter {
                    least = least.min(before[at - 1] + Self::EDIT);
                }
                next.push(least);
            }
            // A swap reaches back over one row, so two must be too far.
            let least = |row: &[u32]| row.iter().copied().min().unwrap_or(0);
            if least(&next) > allowance && least(&last) > allowance {
                return None;
            }
            before = std::mem::replace(&mut last, next);
        }
        Some(last)
    }
}

/// The longest ending that is taken off a word to find its stem, in letters: *kommun-ernes*.
const LONGEST_ENDING: usize = 5;

fn substitution(a: char, b: char) -> u32 {
    match (a.min(b), a.max(b)) {
        (a, b) if a == b => 0,
        ('a', 'å' | 'æ') | ('e', 'æ') | ('o', 'ø') => Spelling::RELATED,
        _ => Spelling::EDIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &str, b: &str) -> Option<u32> {
        Spelling::new(a).distance(&Spelling::new(b))
    }

    #[test]
    fn slips_are_edits() {
        let check = |a: &str, b: &str, edits: u32| assert_eq!(distance(a, b), Some(edits * Spelling::EDIT), "{a} {b}");
        check("kommunen", "kommunen", 0);
        check("kommnuen", "kommunen", 1);
        check("komunen", "kommunen", 1);
        check("kommmunen", "kommunen", 1);
        check("okmmunen", "kommunen", 1);
        check("kimmunen", "kommunen", 1);
        check("komunnen", "kommunen", 2);
        check("skta", "skat", 1);
        assert_eq!(distance("skta", "skatte"), None, "short words allow one edit");
        assert_eq!(distance("kommunen", "kommission"), None);
        assert_eq!(distance("", ""), Some(0));
        assert_eq!(distance("", "vand"), None);
    }

    #[test]
    fn missing_dots_and_rings_cost_little() {
        for (a, b) in [("lege", "læge"), ("lage", "läge"), ("stod", "stöd"), ("boger", "bøger"), ("rad", "råd")] {
            assert_eq!(distance(a, b), Some(Spelling::RELATED), "{a} {b}");
            assert_eq!(distance(b, a), Some(Spelling::RELATED), "{b} {a}");
        }
        for (a, b) in [("laege", "læge"), ("læge", "läge"), ("stoed", "stöd"), ("Raad", "råd"), ("idé", "ide")] {
            assert_eq!(distance(a, b), Some(0), "{a} {b}");
        }
        assert_eq!(distance("raad", "rad"), Some(Spelling::RELATED));
    }

    #[test]
    fn stems_are_held_against_beginnings() {
        let stem = |word: &str, stem: &str| Spelling::new(word).distance_of_stem(&Spelling::new(stem));
        assert_eq!(stem("kommnuen", "kommun"), Some((Spelling::EDIT, 2)));
        assert_eq!(stem("kommunernees", "kommun"), Some((Spelling::EDIT, 5)), "the ending is too long as it is");
        assert_eq!(stem("bøgher", "bog"), Some((Spelling::RELATED, 3)));
        assert_eq!(stem("kommunen", "k"), None, "the ending would be longer than the rest");
        assert_eq!(stem("kommunen", "skole"), None);
    }

    #[test]
    fn near_words_begin_alike() {
        assert_eq!(Spelling::new("åben").beginnings(), ['a', 'b', 'å']);
        assert_eq!(Spelling::new("x").beginnings(), ['x']);
        assert!(Spelling::new("").is_empty() && Spelling::new("").beginnings().is_empty());
    }

    proptest::proptest! {
        #[test]
        fn a_distance_has_no_direction(a in "[a-eåäæ]{5,8}", b in "[a-eåäæ]{5,8}") {
            let (a, b) = (Spelling::new(&a), Spelling::new(&b));
            if a.allowance() == b.allowance() {
                proptest::prop_assert_eq!(a.distance(&b), b.distance(&a));
            }
        }

        #[test]
        fn any_text_has_a_spelling(word in "\\PC{0,20}") {
            let spelling = Spelling::new(&word);
            proptest::prop_assert_eq!(spelling.distance(&spelling), Some(0));
            proptest::prop_assert!(spelling.len() <= 3 * word.chars().count());
        }
    }
}
