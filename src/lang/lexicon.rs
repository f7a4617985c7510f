//! The translation lexicon: what a word of one Scandinavian language is called in another, where no rule of spelling says
//! it (*sagsbehandling*, *handläggning*, *saksbehandling*).
//!
//! It has three layers, each a readable list: `lexicon.tsv` was written by hand, `lexicon.learned.tsv` was learned from
//! parallel texts, `lexicon.induced.tsv` from statutes that are not parallel; `false_friends.tsv` lists what looks alike
//! and is not. `tools/` makes the learned lists, and packs all of them into `lexicon.bin`, which alone is shipped. It is
//! looked up by the stem of a word where it lies: nothing is read, stemmed or unpacked at the start, since a search in a
//! process of its own translates a handful of words and must not pay for twenty thousand.
//!
//! The file (integers little-endian): [`MAGIC`]; for each of [`COLUMNS`] three numbers of four bytes, of its entries, of
//! the bytes of its endings, and of the bytes of its entries; then for each the endings (how many bytes of the stem go,
//! how long what comes is, what comes), the place of every [`BLOCK`]th entry (four bytes each), and the entries. These
//! stand in the order of their stems, as a dictionary prints them: how many bytes are as in the stem before and how many
//! follow (half a byte each; [`LONG`] is a byte more), these; the number of the ending that makes the word of the stem,
//! or [`EXPLICIT`], a length and the word; then how many words it means in the other two languages (half a byte each),
//! and these: see [`Link`].
//!
//! Rejected: the lists as they are, parsed at the start (ten milliseconds, and the learned ones are larger than all
//! other data together); an `fst` of stems with a store of words beside it, which is a third larger, since the stems say
//! nearly all of the words; deflating the whole, which costs two milliseconds to undo.

use std::cmp::Ordering;
use std::sync::OnceLock;

use crate::lang::Language;

const PACKED: &[u8] = include_bytes!("lexicon.bin");
/// The languages of the lexicon, in the order of the columns of the hand-written list.
pub(crate) const COLUMNS: [&str; 3] = ["da", "sv", "nb"];
pub(crate) const MAGIC: [u8; 4] = *b"snl2";
/// So many entries stand between two whose stem is written out.
pub(crate) const BLOCK: usize = 32;
/// In place of an ending: the word is written out.
pub(crate) const EXPLICIT: u8 = 255;
/// Instead of the number of bytes that follow: it stands in the next byte.
pub(crate) const LONG: u8 = 15;
/// Weights are held in so many steps.
pub(crate) const WEIGHTS: u8 = 63;

/// Where a translation is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The list written by hand.
    Hand,
    /// Learned from parallel texts.
    Learned,
    /// Guessed from texts that are not parallel.
    Induced,
}

impl Layer {
    /// The name in explanations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hand => "lexicon",
            Self::Learned => "learned lexicon",
            Self::Induced => "induced lexicon",
        }
    }
}

/// A word that means what another means.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// The word, in lower case; some are several words.
    pub word: String,
    /// How good it is, from 0 to 1: in its layer the best has 1.
    pub weight: f32,
    /// Where it is from.
    pub layer: Layer,
}

/// The words of `to` that mean what the words of `from` with the stem `stem` mean: those written by hand first, then the
/// learned, then the induced, in each layer the best first.
pub fn translations(from: &Language, to: &Language, stem: &str) -> Vec<Translation> {
    let mut found: Vec<Translation> = Vec::new();
    let (Some(lexicon), Some(from), Some(to)) = (lexicon(), column(from), column(to)) else { return found };
    for link in lexicon.links(from, to, stem) {
        let (Some(layer), Some(word)) = (link.layer(), lexicon.columns[to].word(link.entry)) else { continue };
        match found.iter_mut().find(|other| other.word == word) {
            Some(other) if other.layer == layer => other.weight = other.weight.max(link.weight()),
            Some(other) if other.layer < layer => {}
            Some(other) => *other = Translation { word, weight: link.weight(), layer },
            None => found.push(Translation { word, weight: link.weight(), layer }),
        }
    }
    found.sort_by(|a, b| a.layer.cmp(&b.layer).then(b.weight.total_cmp(&a.weight)));
    found
}

/// Whether a word of `from` with the stem `stem` looks like a word of `to` that means something else: then its Nordic
/// key is no evidence there.
pub fn is_false_friend(from: &Language, to: &Language, stem: &str) -> bool {
    let (Some(lexicon), Some(from), Some(to)) = (lexicon(), column(from), column(to)) else { return false };
    lexicon.links(from, to, stem).iter().any(|link| link.is_false_friend())
}

fn column(language: &Language) -> Option<usize> {
    // Nynorsk is near enough to Bokmål.
    let code = if language.code == "nn" { "nb" } else { language.code };
    COLUMNS.iter().position(|column| *column == code)
}

fn lexicon() -> Option<&'static Lexicon<'static>> {
    static LEXICON: OnceLock<Option<Lexicon<'static>>> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::open(PACKED)).as_ref()
}

/// The packed lexicon. Whatever is wrong with it is as if it were not there.
struct Lexicon<'b> {
    columns: [Column<'b>; 3],
}

/// The entries of one language.
struct Column<'b> {
    endings: Vec<(usize, &'b str)>,
    /// Where each block of entries begins.
    blocks: Vec<usize>,
    entries: &'b [u8],
}

/// From one entry to one of another language. Two bytes say which, below [`Link::ENTRIES`], and in the upper two bits of
/// what kind the link is; [`Link::OTHER`] has its layer (two bits) and weight (six) in a third byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) entry: u16,
    /// Layer and weight; 0 for false friends.
    pub(crate) tag: u8,
}

impl Link {
    /// So many entries can be told apart.
    pub(crate) const ENTRIES: u16 = 1 << 14;
    /// Kinds: the best by hand, the best that was learned, another, none but a false friend.
    pub(crate) const HAND: u16 = 0;
    pub(crate) const LEARNED: u16 = 1;
    pub(crate) const OTHER: u16 = 2;
    pub(crate) const FALSE_FRIEND: u16 = 3;

    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let both = u16::from_le_bytes(bytes.take(2)?.try_into().ok()?);
        let tag = match both / Self::ENTRIES {
            Self::HAND => WEIGHTS,
            Self::LEARNED => 1 << 6 | WEIGHTS,
            Self::OTHER => bytes.byte()?,
            Self::FALSE_FRIEND.. => 0,
        };
        Some(Self { entry: both % Self::ENTRIES, tag })
    }

    fn layer(self) -> Option<Layer> {
        match self.tag >> 6 {
            _ if self.is_false_friend() => None,
            0 => Some(Layer::Hand),
            1 => Some(Layer::Learned),
            2 => Some(Layer::Induced),
            _ => None,
        }
    }

    fn weight(self) -> f32 {
        f32::from(self.tag & WEIGHTS) / f32::from(WEIGHTS)
    }

    fn is_false_friend(self) -> bool {
        self.tag == 0
    }
}

impl<'b> Lexicon<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let mut rest = Bytes(bytes);
        if rest.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let mut sizes = [[0; 3]; 3];
        for size in sizes.iter_mut().flatten() {
            *size = rest.long()?;
        }
        let mut column = |[count, endings, entries]: [usize; 3]| {
            let mut list = Bytes(rest.take(endings)?);
            let mut endings = Vec::new();
            while !list.0.is_empty() {
                let (cut, length) = (list.byte()?, list.byte()?);
                endings.push((usize::from(cut), std::str::from_utf8(list.take(usize::from(length))?).ok()?));
            }
            let blocks = (0..count.div_ceil(BLOCK)).map(|_| rest.long()).collect::<Option<_>>()?;
            Some(Column { endings, blocks, entries: rest.take(entries)? })
        };
        Some(Self { columns: [column(sizes[0])?, column(sizes[1])?, column(sizes[2])?] })
    }

    /// The links to the column `to` of all entries of the column `from` that have this stem.
    fn links(&self, from: usize, to: usize, stem: &str) -> Vec<Link> {
        let mut found = Vec::new();
        if from == to {
            return found;
        }
        let column = &self.columns[from];
        let head = |&block: &usize| Entries::new(column.entries.get(block..).unwrap_or_default()).next();
        let before = |block: &usize| head(block).is_some_and(|entry| entry.stem.as_str() < stem);
        // The entries of one stem may begin at the end of a block and go on in the next.
        let block = column.blocks.partition_point(before).saturating_sub(1);
        let Some(&start) = column.blocks.get(block) else { return found };
        for entry in Entries::new(column.entries.get(start..).unwrap_or_default()) {
            match entry.stem.as_str().cmp(stem) {
                Ordering::Less => {}
                Ordering::Equal => found.extend(entry.links(from, to)),
                Ordering::Greater => break,
            }
        }
        found
    }
}

impl Column<'_> {
    fn word(&self, number: u16) -> Option<String> {
        let number = usize::from(number);
        let start = *self.blocks.get(number / BLOCK)?;
        let entry = Entries::new(self.entries.get(start..)?).nth(number % BLOCK)?;
        if let Some(word) = entry.explicit {
            return Some(word.to_owned());
        }
        let &(cut, added) = self.endings.get(usize::from(entry.ending))?;
        Some(format!("{}{added}", entry.stem.get(..entry.stem.len().checked_sub(cut)?)?))
    }
}

/// One word of one language.
struct Entry<'b> {
    stem: String,
    ending: u8,
    explicit: Option<&'b str>,
    /// How many links go to each of the other languages, and these.
    counts: [usize; 2],
    links: Bytes<'b>,
}

impl Entry<'_> {
    fn links(&self, from: usize, to: usize) -> impl Iterator<Item = Link> {
        let place = other(from, to);
        let mut bytes = Bytes(self.links.0);
        let links = (0..self.counts.iter().sum()).map_while(move |_| Link::read(&mut bytes));
        links.skip(if place == 0 { 0 } else { self.counts[0] }).take(self.counts[place])
    }
}

/// The entries from the beginning of a block on.
struct Entries<'b> {
    rest: Bytes<'b>,
    stem: Vec<u8>,
}

impl<'b> Entries<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self { rest: Bytes(bytes), stem: Vec::new() }
    }
}

impl<'b> Iterator for Entries<'b> {
    type Item = Entry<'b>;

    fn next(&mut self) -> Option<Entry<'b>> {
        let head = self.rest.byte()?;
        let length = if head & 15 == LONG { self.rest.byte()? } else { head & 15 };
        self.stem.truncate(usize::from(head >> 4));
        self.stem.extend_from_slice(self.rest.take(usize::from(length))?);
        let stem = std::str::from_utf8(&self.stem).ok()?.to_owned();
        let ending = self.rest.byte()?;
        let explicit = match ending {
            EXPLICIT => {
                let length = self.rest.byte()?;
                Some(std::str::from_utf8(self.rest.take(usize::from(length))?).ok()?)
            }
            _ => None,
        };
        let counts = self.rest.byte()?;
        let counts = [usize::from(counts >> 4), usize::from(counts & 15)];
        let links = Bytes(self.rest.0);
        for _ in 0..counts[0] + counts[1] {
            Link::read(&mut self.rest)?;
        }
        Some(Entry { stem, ending, explicit, counts, links })
    }
}

/// What is still to be read.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn long(&mut self) -> Option<usize> {
        let bytes: [u8; 4] = self.take(4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    }
}

/// The place of the language `to` among the two that are not `from`.
pub(crate) fn other(from: usize, to: usize) -> usize {
    if to > from { to - 1 } else { to }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::pack;

    fn language(code: &str) -> &'static Language {
        Language::by_code(code).expect("registered")
    }

    fn words(from: &str, to: &str, word: &str) -> Vec<String> {
        let from = language(from);
        let stem = from.analyzer().stem(word).into_owned();
        translations(from, language(to), &stem).into_iter().map(|translation| translation.word).collect()
    }

    #[test]
    fn the_packed_lexicon_is_what_the_lists_say() {
        let packed = pack::pack(&pack::LISTS).expect("good lists");
        let help = "cargo run --release --manifest-path tools/Cargo.toml -- lexicon-pack";
        assert!(packed == PACKED, "src/lang/lexicon.bin is not what the lists make now\nhelp: {help}");
        assert!(packed.len() < 500_000, "{} bytes", packed.len());
    }

    #[test]
    fn words_are_translated() {
        assert_eq!(words("da", "sv", "sagsbehandling")[0], "handläggning");
        assert_eq!(words("sv", "da", "handläggning")[0], "sagsbehandling");
        assert!(words("nb", "sv", "sykehus").contains(&"sjukhus".to_owned()));
        assert_eq!(words("nn", "sv", "sykehus"), words("nb", "sv", "sykehus"));
        assert!(words("da", "da", "sagsbehandling").is_empty());
        assert!(words("da", "fi", "sagsbehandling").is_empty());
        assert!(words("da", "sv", "\u{10ffff}").is_empty() && words("da", "sv", "").is_empty());
    }

    #[test]
    fn false_friends_are_known_from_both_sides() {
        let check = |from: &str, to: &str, word: &str, expect: bool| {
            let from = language(from);
            assert_eq!(is_false_friend(from, language(to), &from.analyzer().stem(word)), expect, "{word}");
        };
        check("da", "sv", "rolig", true);
        check("sv", "nb", "rolig", true);
        check("da", "sv", "kommune", false);
    }

    #[test]
    fn every_link_leads_to_a_word() {
        let lexicon = lexicon().expect("it opens");
        for (from, column) in lexicon.columns.iter().enumerate() {
            let (mut last, mut count) = (String::new(), 0);
            for entry in Entries::new(column.entries) {
                assert!(entry.stem >= last, "{} stands behind {last}", entry.stem);
                for to in (0..3).filter(|&to| to != from) {
                    for link in entry.links(from, to) {
                        assert!(lexicon.columns[to].word(link.entry).is_some(), "{}", entry.stem);
                    }
                }
                last = entry.stem;
                count += 1;
            }
            assert_eq!(column.blocks.len(), usize::div_ceil(count, BLOCK));
        }
    }

    proptest::proptest! {
        #[test]
        fn a_broken_file_is_an_empty_one(at in 0..PACKED.len(), byte in 0..=255u8, stem in "[a-zåæø]{0,6}") {
            let mut broken = PACKED.to_vec();
            broken[at] = byte;
            if let Some(lexicon) = Lexicon::open(&broken) {
                for link in lexicon.links(0, 1, &stem) {
                    let _ = lexicon.columns[1].word(link.entry);
                }
            }
        }
    }
}
