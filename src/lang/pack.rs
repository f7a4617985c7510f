//! Makes `lexicon.bin` of the readable lists, with the stemmers as they are now. The tests and `tools/` compile this
//! file, Snotra itself does not: see [`crate::lang::lexicon`] for the format and the reasons.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::lang::Language;
use crate::lang::lexicon::BLOCK;
use crate::lang::lexicon::COLUMNS;
use crate::lang::lexicon::EXPLICIT;
use crate::lang::lexicon::LONG;
use crate::lang::lexicon::Layer;
use crate::lang::lexicon::Link;
use crate::lang::lexicon::MAGIC;
use crate::lang::lexicon::WEIGHTS;
use crate::lang::lexicon::other;
use crate::text::lowercase;
use crate::text::nordic_key;

/// The readable lists. Empty lines and those that begin with `#` do not count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lists<'l> {
    /// Danish, Swedish, Bokmål, with tabs between; in each cell the commonest word first, with `|` between.
    pub(crate) hand: &'l str,
    /// Two languages (`da-sv`), a word of each, the weight from the first to the second, and back; 0 is none.
    pub(crate) learned: &'l str,
    /// The same.
    pub(crate) induced: &'l str,
    /// Language, word, language, word, remarks.
    pub(crate) false_friends: &'l str,
}

/// The lists in the repository.
pub(crate) const LISTS: Lists<'static> = Lists {
    hand: include_str!("lexicon.tsv"),
    learned: include_str!("lexicon.learned.tsv"),
    induced: include_str!("lexicon.induced.tsv"),
    false_friends: include_str!("false_friends.tsv"),
};

/// What the first, second, third and further word of a cell is worth.
const RANKS: [f32; 4] = [1.0, 0.8, 0.6, 0.5];
/// The most translations of one word into one language: half a byte counts them.
const MOST: usize = 15;

/// A word of the language of one column.
type Word = (usize, String);
/// From each word to those that mean the same, with layer and weight; no weight for false friends.
type Links = BTreeMap<Word, BTreeMap<Word, Option<(Layer, f32)>>>;

/// The packed lexicon.
///
/// # Errors
/// The first line that is not as it should be, or what is too much for the format.
pub(crate) fn pack(lists: &Lists<'_>) -> Result<Vec<u8>, String> {
    let mut links = Links::new();
    hand(lists.hand, &mut links);
    weighted(lists.learned, Layer::Learned, &mut links)?;
    weighted(lists.induced, Layer::Induced, &mut links)?;
    false_friends(lists.false_friends, &mut links)?;
    write(&links)
}

fn lines(list: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(list.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn hand(list: &str, links: &mut Links) {
    for (_, line) in lines(list) {
        let cells: Vec<Vec<String>> =
            line.split('\t').map(|cell| cell.split('|').map(|word| lowercase(word).into_owned()).collect()).collect();
        for (from, cell) in cells.iter().enumerate().take(COLUMNS.len()) {
            for (to, others) in cells.iter().enumerate().take(COLUMNS.len()).filter(|&(to, _)| to != from) {
                for (rank, word) in cell.iter().enumerate() {
                    for (place, translation) in others.iter().enumerate() {
                        let weight = RANKS[rank.min(3)] * RANKS[place.min(3)];
                        add(links, (from, word), (to, translation), Layer::Hand, weight);
                    }
                }
            }
        }
    }
}

fn weighted(list: &str, layer: Layer, links: &mut Links) -> Result<(), String> {
    for (number, line) in lines(list) {
        let fault = || format!("{}: line {number}: not two languages, two words, two weights", layer.name());
        let mut cells = line.split('\t');
        let mut cell = || cells.next().ok_or_else(fault);
        let (from, to) = cell()?.split_once('-').ok_or_else(fault)?;
        let from = (column(from).ok_or_else(fault)?, cell()?);
        let to = (column(to).ok_or_else(fault)?, cell()?);
        let there: f32 = cell()?.parse().map_err(|_| fault())?;
        let back: f32 = cell()?.parse().map_err(|_| fault())?;
        for (from, to, weight) in [(from, to, there), (to, from, back)] {
            if weight > 0.0 {
                add(links, from, to, layer, weight);
            }
        }
    }
    Ok(())
}

fn false_friends(list: &str, links: &mut Links) -> Result<(), String> {
    for (number, line) in lines(list) {
        let cells: Vec<&str> = line.split('\t').collect();
        let pair = match cells[..] {
            [a, one, b, two, ..] => column(a).zip(column(b)).map(|(a, b)| ((a, one), (b, two))),
            _ => None,
        };
        let (one, two) = pair.ok_or_else(|| format!("false friends: line {number}: not a language, a word, twice"))?;
        // Those whose keys differ are not confused.
        if nordic_key(one.1) != nordic_key(two.1) {
            continue;
        }
        for (from, to) in [(one, two), (two, one)] {
            let (from, to) = (owned(from), owned(to));
            let link = links.entry(from).or_default().entry(to).or_default();
            // Hand-written translations are right; what a machine learned of a false friend is not.
            if link.is_none_or(|(layer, _)| layer != Layer::Hand) {
                *link = None;
            }
        }
    }
    Ok(())
}

fn owned((column, word): (usize, &str)) -> Word {
    (column, word.to_owned())
}

fn add(links: &mut Links, from: (usize, &str), to: (usize, &str), layer: Layer, weight: f32) {
    if from.1.is_empty() || to.1.is_empty() {
        return;
    }
    let link = links.entry(owned(from)).or_default().entry(owned(to)).or_insert(Some((layer, weight)));
    if let Some((other, best)) = link
        && *other == layer
    {
        *best = best.max(weight);
    }
}

fn column(code: &str) -> Option<usize> {
    COLUMNS.iter().position(|column| *column == code)
}

/// The stem by which a word is looked up. Several words are never looked up.
fn stem(column: usize, word: &str) -> Result<String, String> {
    let code = COLUMNS[column];
    let language = Language::by_code(code).ok_or_else(|| format!("the language {code} is not registered"))?;
    Ok(if word.contains(' ') { word.to_owned() } else { language.analyzer().stem(word).into_owned() })
}

fn write(links: &Links) -> Result<Vec<u8>, String> {
    // The words of each column in the order of their stems; the place is the number.
    let mut words: [BTreeSet<(String, &str)>; 3] = Default::default();
    for (from, targets) in links {
        for (column, word) in std::iter::once(from).chain(targets.keys()) {
            words[*column].insert((stem(*column, word)?, word));
        }
    }
    let mut numbers: BTreeMap<(usize, &str), u16> = BTreeMap::new();
    for (column, words) in words.iter().enumerate() {
        for (number, (_, word)) in words.iter().enumerate() {
            let number = u16::try_from(number).ok().filter(|number| *number < Link::ENTRIES);
            let number = number.ok_or("more words than a link can tell apart")?;
            numbers.insert((column, word), number);
        }
    }
    let (mut head, mut body) = (MAGIC.to_vec(), Vec::new());
    for (column, words) in words.iter().enumerate() {
        let endings = endings(words);
        let mut list = Vec::new();
        for (cut, added) in &endings {
            list.push(*cut);
            string(&mut list, added)?;
        }
        let (mut blocks, mut entries) = (Vec::new(), Vec::new());
        let mut last = "";
        for (number, (stem, word)) in words.iter().enumerate() {
            if number % BLOCK == 0 {
                blocks.extend(long(entries.len())?);
                last = "";
            }
            // Half a byte tells how many; a letter is not cut in two.
            let shared = (0..=shared(last, stem).min(15)).rev().find(|&at| stem.is_char_boundary(at)).unwrap_or(0);
            let rest = &stem[shared..];
            let length = u8::try_from(rest.len()).map_err(|_| format!("{stem} is too long"))?;
            entries.push((shared as u8) << 4 | length.min(LONG));
            if length >= LONG {
                entries.push(length);
            }
            entries.extend(rest.bytes());
            last = stem;
            let ending = ending(stem, word);
            match endings.iter().position(|other| *other == ending) {
                Some(place) => entries.push(place as u8),
                None => {
                    entries.push(EXPLICIT);
                    string(&mut entries, word)?;
                }
            }
            let mut lists: [Vec<Link>; 2] = Default::default();
            for ((to, word), link) in links.get(&(column, (*word).to_owned())).into_iter().flatten() {
                let entry = numbers[&(*to, word.as_str())];
                let tag = link.map_or(0, |(layer, weight)| tag(layer, weight));
                lists[other(column, *to)].push(Link { entry, tag });
            }
            for list in &mut lists {
                // By layer, the best first.
                list.sort_by_key(|link| (link.tag >> 6, !link.tag, link.entry));
                list.truncate(MOST);
            }
            entries.push((lists[0].len() << 4 | lists[1].len()) as u8);
            for link in lists.iter().flatten() {
                let kind = match link.tag {
                    0 => Link::FALSE_FRIEND,
                    WEIGHTS => Link::HAND,
                    LEARNED => Link::LEARNED,
                    _ => Link::OTHER,
                };
                entries.extend((kind * Link::ENTRIES + link.entry).to_le_bytes());
                if kind == Link::OTHER {
                    entries.push(link.tag);
                }
            }
        }
        for size in [words.len(), list.len(), entries.len()] {
            head.extend(long(size)?);
        }
        body.extend(list.into_iter().chain(blocks).chain(entries));
    }
    head.append(&mut body);
    Ok(head)
}

/// The tag of the best that was learned.
const LEARNED: u8 = 1 << 6 | WEIGHTS;

fn tag(layer: Layer, weight: f32) -> u8 {
    let layer = match layer {
        Layer::Hand => 0,
        Layer::Learned => 1,
        Layer::Induced => 2,
    };
    layer << 6 | (weight * f32::from(WEIGHTS)).round().clamp(1.0, f32::from(WEIGHTS)) as u8
}

/// What makes a word of its stem: how many bytes go, and what comes.
fn ending<'w>(stem: &str, word: &'w str) -> (u8, &'w str) {
    let shared = shared(stem, word);
    ((stem.len() - shared) as u8, &word[shared..])
}

/// The commonest endings, as many as a byte can number.
fn endings<'w>(words: &BTreeSet<(String, &'w str)>) -> Vec<(u8, &'w str)> {
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for (stem, word) in words {
        *counts.entry(ending(stem, word)).or_default() += 1;
    }
    let mut endings: Vec<_> = counts.into_iter().collect();
    endings.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    endings.truncate(usize::from(EXPLICIT));
    endings.into_iter().map(|(ending, _)| ending).collect()
}

/// How many bytes two strings have in common at their beginning, by whole letters.
fn shared(a: &str, b: &str) -> usize {
    let letters = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    letters.map(|(letter, _)| letter.len_utf8()).sum()
}

fn string(bytes: &mut Vec<u8>, text: &str) -> Result<(), String> {
    bytes.push(u8::try_from(text.len()).map_err(|_| format!("{text} is too long"))?);
    bytes.extend(text.bytes());
    Ok(())
}

fn long(number: usize) -> Result<[u8; 4], String> {
    u32::try_from(number).map(u32::to_le_bytes).map_err(|_| "the lexicon is too large".to_owned())
}
