//! The induced layer of the lexicon: guesses from texts that are not parallel, the statutes of three countries.
//!
//! Words that mean the same stand among words that mean the same. A word's vector has a dimension for each anchor, a
//! pair of words known to mean the same because the hand-written list says so or because they have one Nordic key; its
//! values say how much oftener the word stands near the anchor than chance would have it (positive pointwise mutual
//! information). So vectors of two languages can be compared as they are, after R. Rapp ("Automatic Identification of
//! Word Translations from Unrelated English and German Corpora", ACL 1999). Likeness of the keys' letters is added,
//! since related languages share roots where they do not share words, and only mutual neighbours are kept, and only
//! words of which the other layers know nothing.
//!
//! Rejected: truncated singular vectors of each language, mapped on each other by the anchors. They need a linear algebra
//! library or a slow one of our own, and where a few thousand anchors are at hand, the anchors are dimensions enough.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::Outcome;
use crate::corpus;
use crate::learned::Words;
use crate::learned::hand_pairs;
use crate::learned::known;
use crate::parallel::LANGUAGES;
use crate::parallel::PAIRS;
use crate::text::nordic_key;

const FOLDERS: [(&str, &[&str]); 3] = [("law-da", &["da"]), ("law-sv", &["sv"]), ("law-nb", &["nb"])];
/// So many words of each collection are read, from documents all over it.
const TOKENS: usize = 5_000_000;
/// The fewest occurrences of a word that is translated.
const FEWEST: u32 = 40;
/// How far apart words stand near each other.
const WINDOW: usize = 4;
/// The anchors that say most of a word.
const DIMENSIONS: usize = 120;
/// What likeness of letters counts for beside likeness of use.
const LETTERS: f32 = 0.35;
/// What the best guess must reach.
const LEAST: f32 = 0.42;
const HEAD: &str =
    "# Induced: two languages, a word of each, the weight from the first to the second, and back. Made by tools/ from
# the statutes of Denmark, Sweden and Norway (NOTICE). About half of these are right.
";

/// The words of a collection in their order; documents are parted by `u32::MAX`.
struct Side {
    words: Words,
    counts: Vec<u32>,
    tokens: Vec<u32>,
    keys: Vec<String>,
}

impl Side {
    fn read(data: &Path, column: usize) -> Outcome<Self> {
        let mut words = Words::new(LANGUAGES[column])?;
        let (folder, codes) = FOLDERS[column];
        let mut tokens = Vec::new();
        for text in corpus::sample(&data.join(folder), codes, TOKENS * 8)? {
            tokens.extend(words.read(&text, false));
            tokens.push(u32::MAX);
        }
        let mut counts = vec![0; words.len()];
        tokens.iter().filter(|&&token| token != u32::MAX).for_each(|&token| counts[token as usize] += 1);
        let keys = (0..words.len() as u32).map(|number| nordic_key(words.form(number))).collect();
        Ok(Self { words, counts, tokens, keys })
    }

    /// Words that are common enough and say something.
    fn vocabulary(&self) -> Vec<u32> {
        let wanted = |number: &u32| {
            self.counts[*number as usize] >= FEWEST
                && self.words.is_wanted(*number)
                && self.words.form(*number).chars().count() >= 4
        };
        (0..self.words.len() as u32).filter(wanted).collect()
    }

    /// The vectors of the words of `vocabulary`: dimensions and values, of length one.
    fn vectors(&self, vocabulary: &[u32], anchors: &FxHashMap<u32, u32>) -> FxHashMap<u32, Vec<(u32, f32)>> {
        let wanted: FxHashSet<u32> = vocabulary.iter().copied().collect();
        let mut near: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut dimensions: FxHashMap<u32, f64> = FxHashMap::default();
        let mut totals: FxHashMap<u32, f64> = FxHashMap::default();
        for (at, token) in self.tokens.iter().enumerate().filter(|(_, token)| wanted.contains(token)) {
            let around = &self.tokens[at.saturating_sub(WINDOW)..(at + WINDOW + 1).min(self.tokens.len())];
            for other in around.iter().filter(|other| *other != token) {
                if let Some(&dimension) = anchors.get(other) {
                    *near.entry((*token, dimension)).or_default() += 1;
                }
            }
        }
        for (&(word, dimension), &count) in &near {
            *dimensions.entry(dimension).or_default() += f64::from(count);
            *totals.entry(word).or_default() += f64::from(count);
        }
        // Rare anchors look more telling than they are: smoothed as by O. Levy, Y. Goldberg and I. Dagan (2015).
        let all: f64 = dimensions.values().map(|count| count.powf(0.75)).sum();
        let mut vectors: FxHashMap<u32, Vec<(u32, f32)>> = FxHashMap::default();
        for (&(word, dimension), &count) in near.iter().filter(|(_, count)| **count >= 2) {
            let chance = totals[&word] * dimensions[&dimension].powf(0.75) / all;
            let information = (f64::from(count) / chance).ln() as f32;
            if information > 0.0 {
                vectors.entry(word).or_default().push((dimension, information));
            }
        }
        for vector in vectors.values_mut() {
            vector.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            vector.truncate(DIMENSIONS);
            let length = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
            vector.iter_mut().for_each(|(_, value)| *value /= length);
        }
        vectors
    }
}

/// The induced list for words that neither `hand` nor `learned` knows.
pub(crate) fn induce(data: &Path, hand: &str, learned: &str) -> Outcome<String> {
    let sides = [Side::read(data, 0)?, Side::read(data, 1)?, Side::read(data, 2)?];
    let mut list = HEAD.to_owned();
    for (from, to) in PAIRS {
        let (a, b) = (&sides[from], &sides[to]);
        let listed = hand_pairs(hand, from, to);
        // A fifth of the hand-written words is kept back, to see how often the guess is right.
        let mut keys_of: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for (n, word) in a.vocabulary().into_iter().map(|n| (n, a.keys[n as usize].as_str())) {
            keys_of.entry(word).and_modify(|old| old.0 = u32::MAX).or_insert((n, u32::MAX));
        }
        let mut twice = BTreeSet::new();
        for (n, word) in b.vocabulary().into_iter().map(|n| (n, b.keys[n as usize].as_str())) {
            if let Some(old) = keys_of.get_mut(word) {
                if old.1 != u32::MAX {
                    twice.insert(word);
                }
                old.1 = n;
            }
        }
        let mut pairs: BTreeSet<(u32, u32)> = keys_of
            .iter()
            .filter(|(key, (one, two))| *one != u32::MAX && *two != u32::MAX && key.len() >= 5 && !twice.contains(*key))
            .map(|(_, pair)| *pair)
            .collect();
        let mut tests: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut kept_back: FxHashSet<&str> = FxHashSet::default();
        for (one, two) in &listed {
            let (Some(n), Some(m)) = (a.words.find(one), b.words.find(two)) else { continue };
            if xxhash_rust::xxh3::xxh3_64(one.as_bytes()).is_multiple_of(5) {
                if a.keys[n as usize] != b.keys[m as usize] {
                    tests.entry(n).or_default().insert(m);
                    kept_back.extend([one.as_str(), two.as_str()]);
                }
            } else {
                pairs.insert((n, m));
            }
        }
        let (mut left, mut right) = (FxHashMap::default(), FxHashMap::default());
        for (dimension, &(one, two)) in (0..).zip(&pairs) {
            left.entry(one).or_insert(dimension);
            right.entry(two).or_insert(dimension);
        }
        // An anchor that stands for several pairs has the first one's dimension on either side.
        let (known_a, known_b) = (known(learned, hand, from, to)?, known(learned, hand, to, from)?);
        let keys: [FxHashSet<&str>; 2] =
            [a, b].map(|side| side.vocabulary().into_iter().map(|n| side.keys[n as usize].as_str()).collect());
        let wanted = |side: &Side, known: &FxHashSet<String>, others: &FxHashSet<&str>| -> Vec<u32> {
            let new = |n: &u32| {
                let stem = side.words.stem(*n);
                kept_back.contains(stem) || !known.contains(stem) && !others.contains(side.keys[*n as usize].as_str())
            };
            side.vocabulary().into_iter().filter(new).collect()
        };
        let (ours, theirs) = (wanted(a, &known_a, &keys[1]), wanted(b, &known_b, &keys[0]));
        let (one, two) = (a.vectors(&a.vocabulary(), &left), b.vectors(&b.vocabulary(), &right));
        let forth = neighbours((a, &one, &ours), (b, &two, &b.vocabulary()));
        let back = neighbours((b, &two, &theirs), (a, &one, &a.vocabulary()));
        let best_back = neighbours((b, &two, &b.vocabulary()), (a, &one, &a.vocabulary()));
        let best_forth = neighbours((a, &one, &a.vocabulary()), (b, &two, &b.vocabulary()));
        let mutual = |found: &BTreeMap<u32, Vec<(u32, f32)>>, n: u32, m: u32| {
            found.get(&n).is_some_and(|best| best.iter().take(2).any(|(other, _)| *other == m))
        };
        let (mut asked, mut answered, mut right_ones) = (0, 0, 0);
        for (n, meant) in &tests {
            asked += usize::from(one.contains_key(n));
            let Some((m, _)) = forth.get(n).and_then(|best| best.first()) else { continue };
            if mutual(&best_back, *m, *n) {
                answered += 1;
                right_ones += usize::from(meant.contains(m));
            }
        }
        eprintln!(
            "{}-{}: {} anchors; of {asked} listed words kept back {answered} have a guess, {right_ones} the listed one",
            LANGUAGES[from],
            LANGUAGES[to],
            pairs.len()
        );
        let mut rows: BTreeMap<(&str, &str), (f32, f32)> = BTreeMap::new();
        for (found, others, turned) in [(&forth, &best_back, false), (&back, &best_forth, true)] {
            for (&n, best) in found {
                let (side, other) = if turned { (b, a) } else { (a, b) };
                if kept_back.contains(side.words.stem(n)) {
                    continue;
                }
                let first = best.first().map_or(1.0, |(_, score)| *score);
                for &(m, score) in best.iter().filter(|(m, _)| mutual(others, *m, n)) {
                    let weight = (100.0 * score / first).round() / 100.0;
                    let pair = (side.words.form(n), other.words.form(m));
                    if turned {
                        rows.entry((pair.1, pair.0)).or_default().1 = weight;
                    } else {
                        rows.entry(pair).or_default().0 = weight;
                    }
                }
            }
        }
        for ((one, two), (there, back)) in &rows {
            writeln!(list, "{}-{}\t{one}\t{two}\t{there}\t{back}", LANGUAGES[from], LANGUAGES[to])?;
        }
        eprintln!("{}-{}: {} induced pairs", LANGUAGES[from], LANGUAGES[to], rows.len());
    }
    Ok(list)
}

type Vectors = FxHashMap<u32, Vec<(u32, f32)>>;

/// For each of our words the three of theirs that are most like it, if the first is like enough.
fn neighbours(ours: (&Side, &Vectors, &[u32]), theirs: (&Side, &Vectors, &[u32])) -> BTreeMap<u32, Vec<(u32, f32)>> {
    let mut index: FxHashMap<u32, Vec<(u32, f32)>> = FxHashMap::default();
    for &m in theirs.2 {
        for &(dimension, value) in theirs.1.get(&m).into_iter().flatten() {
            index.entry(dimension).or_default().push((m, value));
        }
    }
    let letters: FxHashMap<u32, BTreeSet<[char; 2]>> =
        theirs.2.iter().map(|&m| (m, pairs_of_letters(&theirs.0.keys[m as usize]))).collect();
    let mut scores = vec![0.0_f32; theirs.0.words.len()];
    let mut found = BTreeMap::new();
    for &n in ours.2 {
        let mut touched = Vec::new();
        for &(dimension, value) in ours.1.get(&n).into_iter().flatten() {
            for &(m, other) in index.get(&dimension).into_iter().flatten() {
                if scores[m as usize] == 0.0 {
                    touched.push(m);
                }
                scores[m as usize] += value * other;
            }
        }
        let own = pairs_of_letters(&ours.0.keys[n as usize]);
        let mut best: Vec<(u32, f32)> = Vec::new();
        for m in touched {
            let use_ = std::mem::take(&mut scores[m as usize]);
            if use_ < 0.12 {
                continue;
            }
            let others = &letters[&m];
            let shared = own.intersection(others).count() as f32;
            let score = use_ + LETTERS * 2.0 * shared / (own.len() + others.len()).max(1) as f32;
            best.push((m, score));
        }
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(3);
        if best.first().is_some_and(|(_, score)| *score >= LEAST) {
            found.insert(n, best);
        }
    }
    found
}

fn pairs_of_letters(key: &str) -> BTreeSet<[char; 2]> {
    let letters: Vec<char> = std::iter::once('^').chain(key.chars()).chain(std::iter::once('$')).collect();
    letters.windows(2).map(|pair| [pair[0], pair[1]]).collect()
}
