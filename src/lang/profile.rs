//! The profile: what every word and every three or four letters in a row say for each language, learnt beforehand.
//!
//! A linear model. A text's score in a language is the sum of the weights of its features, in nats over the reference
//! class "no language that we know"; words are features, and so are the 3- and 4-grams inside words with their borders.
//! Between close relatives function words and endings decide (*af/av/av*, *ikke/ikkje*, *-erne/-ene/-ane*), and a
//! model that weighs them beats any count of common trigrams.
//!
//! The table is a hash table without probing: a slot keeps the one feature that tells most of all that fall into it,
//! marked by 16 more bits of its hash, so a look-up is one read, and what a full table must leave out is what matters
//! least. The weights are a byte each.
//!
//! Rejected: naive Bayes alone, which counts twice over what words and their n-grams say alike; an `fst`, whose look-up
//! walks a word's letters one at a time. `tools/` learns the table.

/// The weights of the registered languages, as `tools/` writes them.
static TABLE: &[u8] = include_bytes!("profile.bin");

/// The most languages that a profile can have.
pub(super) const MOST: usize = WIDTH - MARK;
/// Bytes of a slot: a mark and a weight for each language. Wide enough for the registered languages; a seventh one makes
/// it wider.
pub(super) const WIDTH: usize = 8;
/// Bytes of a mark.
pub(super) const MARK: usize = 2;
/// Bytes of a language's code, with spaces behind it.
pub(super) const CODE: usize = 3;

/// A table of weights, read where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile<'t> {
    /// Codes of languages, [`CODE`] bytes each, in the order of the weights.
    codes: &'t [u8],
    /// Nats in one unit of weight.
    unit: f32,
    slots: &'t [[u8; WIDTH]],
}

/// What a text says for each language of the profile.
#[derive(Debug, Clone, Default)]
pub(super) struct Scores {
    /// Sums of weights, the language's behind as many places as a mark has bytes.
    sums: [i32; WIDTH],
    /// How many words the text has.
    pub(super) words: u32,
}

/// One observation in a text: its hash, and whether it is a whole word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Feature {
    pub(super) hash: u64,
    pub(super) is_word: bool,
}

impl Profile<'static> {
    /// The profile of the registered languages.
    pub(super) fn shipped() -> Self {
        Self::read(TABLE).expect("a test reads the shipped table")
    }
}

impl<'t> Profile<'t> {
    /// Reads a table: the number of languages, their codes, the unit, the slots.
    pub(super) fn read(table: &'t [u8]) -> Option<Self> {
        let (&languages, rest) = table.split_first()?;
        let (codes, rest) = rest.split_at_checked(CODE * usize::from(languages))?;
        let (unit, slots) = rest.split_first_chunk::<4>()?;
        let (slots, rest) = slots.as_chunks();
        let whole = usize::from(languages) <= MOST && rest.is_empty() && !slots.is_empty();
        whole.then(|| Self { codes, unit: f32::from_le_bytes(*unit), slots })
    }

    /// Where the language with this code stands in the scores.
    pub(super) fn index(&self, code: &str) -> Option<usize> {
        self.codes.chunks_exact(CODE).position(|own| own.trim_ascii_end() == code.as_bytes())
    }

    /// The slot that a feature falls into, and its mark there.
    pub(super) fn slot(hash: u64, slots: usize) -> (usize, [u8; MARK]) {
        ((((hash >> 32) * slots as u64) >> 32) as usize, ((hash >> 16) as u16).to_le_bytes())
    }

    /// What `text` says.
    pub(super) fn scores(&self, text: &str) -> Scores {
        let mut scores = Scores::default();
        features(text, |feature| self.add(feature, &mut scores));
        scores
    }

    /// Adds what a feature says. There is no branch here, since none could be predicted: a slot that has another feature
    /// adds zeros, and the mark's bytes are added up too where nobody looks.
    #[inline]
    pub(super) fn add(&self, feature: Feature, scores: &mut Scores) {
        let (slot, mark) = Self::slot(feature.hash, self.slots.len());
        let slot = &self.slots[slot];
        let mask = if [slot[0], slot[1]] == mark { 0xff } else { 0 };
        for (sum, &weight) in scores.sums.iter_mut().zip(slot) {
            *sum += i32::from((weight & mask) as i8);
        }
        scores.words += u32::from(feature.is_word);
    }

    /// The scores by the places of the languages, in units of the table; the reference is at zero.
    pub(super) fn units<'s>(&self, scores: &'s Scores) -> &'s [i32] {
        &scores.sums[MARK..MARK + self.codes.len() / CODE]
    }

    /// Nats in units of the table.
    pub(super) fn in_units(&self, nats: f32) -> i32 {
        (nats / self.unit) as i32
    }

    /// The languages by their places, and the scores in nats over "no language that we know".
    pub(super) fn nats(&self, scores: &Scores) -> impl Iterator<Item = (usize, f32)> {
        self.units(scores).iter().map(|&sum| sum as f32 * self.unit).enumerate()
    }
}

/// What whatlang proposes, as a feature.
pub(super) fn proposal(code: &str) -> Feature {
    let key = code.bytes().fold(3, |key, byte| key << 8 | u64::from(byte));
    Feature { hash: spread(key), is_word: false }
}

/// The border of a word.
const BORDER: u8 = 0;
/// Any letter that is not in Latin-1.
const FOREIGN: u8 = 59;
/// Longer runs of letters are no words; only their n-grams are looked up.
const LONGEST: u32 = 30;

/// Calls `visit` with the features of `text`, in its order.
#[inline]
pub(super) fn features(text: &str, mut visit: impl FnMut(Feature)) {
    let mut run = Run::default();
    let mut rest = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = rest.first() {
        let (letter, length) = if byte < 0x80 {
            (ASCII[usize::from(byte)], 1)
        } else if let [0xc3, second, ..] = *rest {
            (latin1(second), 2)
        } else {
            let c = text[at..].chars().next().unwrap_or_default();
            (if c.is_alphabetic() { FOREIGN } else { BORDER }, c.len_utf8())
        };
        run.push(letter, &mut visit);
        rest = rest.get(length..).unwrap_or_default();
        at += length;
    }
    run.push(BORDER, &mut visit);
}

/// The word being read.
#[derive(Debug, Default)]
struct Run {
    /// Its last letters, six bits each, the border before it included.
    window: u32,
    letters: u32,
    hash: u64,
}

impl Run {
    #[inline]
    fn push(&mut self, letter: u8, visit: &mut impl FnMut(Feature)) {
        if letter == BORDER && self.letters == 0 {
            return;
        }
        self.window = self.window << 6 | u32::from(letter);
        if self.letters >= 1 {
            visit(Feature { hash: spread(u64::from(self.window & 0x3_ffff) | 1 << 30), is_word: false });
        }
        if self.letters >= 2 {
            visit(Feature { hash: spread(u64::from(self.window & 0xff_ffff) | 2 << 30), is_word: false });
        }
        if letter == BORDER {
            if self.letters <= LONGEST {
                visit(Feature { hash: spread(self.hash), is_word: true });
            }
            *self = Self::default();
        } else {
            self.letters += 1;
            self.hash = (self.hash.rotate_left(7) ^ u64::from(letter)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        }
    }
}

/// Fibonacci hashing: the upper half depends on every bit.
#[inline]
fn spread(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Letters as numbers from 1, without case; everything else borders words.
static ASCII: [u8; 128] = {
    let mut table = [BORDER; 128];
    let mut letter = 0;
    while letter < 26 {
        table[(b'a' + letter) as usize] = 1 + letter;
        table[(b'A' + letter) as usize] = 1 + letter;
        letter += 1;
    }
    table
};

/// The letters of Latin-1's upper half by their second byte; `×` and `÷` are none, and `ß` and `ÿ` share a number.
fn latin1(second: u8) -> u8 {
    match second & 0x1f {
        0x17 => BORDER,
        letter => 27 + letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::LANGUAGES;

    fn hashes(text: &str) -> Vec<Feature> {
        let mut all = Vec::new();
        features(text, |feature| all.push(feature));
        all
    }

    #[test]
    fn the_shipped_table_has_every_registered_language() {
        let profile = Profile::read(TABLE).expect("it is whole");
        for language in LANGUAGES.iter().filter(|language| !language.is_undetermined()) {
            let help = "relearn src/lang/profile.bin: see docs/languages.md";
            assert!(profile.index(language.code).is_some(), "{}\nhelp: {help}", language.code);
        }
        assert!(TABLE.len() < 1_000_000);
    }

    #[test]
    fn a_broken_table_is_none() {
        for length in [0, 1, 5, 18, 22, 23, 29, TABLE.len() - 1] {
            assert!(Profile::read(&TABLE[..length]).is_none(), "{length} bytes");
        }
        assert!(Profile::read(&[255; 800]).is_none());
    }

    #[test]
    fn words_have_borders_and_no_case() {
        // ^et, et$, ^et$ and the word.
        assert_eq!(hashes("et").len(), 4);
        assert_eq!(hashes("ET"), hashes("et"));
        assert_eq!(hashes("Ål ÆRLIG"), hashes("ål ærlig"));
        assert_eq!(hashes("et hus"), [hashes("et"), hashes("hus")].concat());
        assert_eq!(hashes(" 12, et -- hus 3×4\n"), hashes("et hus"));
        assert_ne!(hashes("al"), hashes("ål"));
        let words = |text: &str| hashes(text).iter().filter(|feature| feature.is_word).count();
        assert_eq!(words("Пётр и 山"), 3);
        assert_eq!(words(&"x".repeat(1000)), 0);
    }
}
