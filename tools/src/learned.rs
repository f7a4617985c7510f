//! The learned layer of the lexicon: pairs of words that parallel texts align, whole words and parts of compounds.
//!
//! Sentences are aligned twice, once with their words as they are and once with compounds in parts: *varekøb* and
//! *artikelinköp* are a pair, and so are *køb* and *inköp*. A pair counts that was aligned at least [`FEWEST`] times and
//! has at least [`SHARE`] of its word's alignments; a word keeps its best [`MOST`]. Words are stems here; what is written
//! is the shortest common form of each, which has the same stem, so that the list can be read.

use std::collections::BTreeMap;
use std::fmt::Write;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::Outcome;
use crate::align;
use crate::corpus;
use crate::lang::Language;
use crate::parallel::Bitext;
use crate::parallel::LANGUAGES;
use crate::parallel::PAIRS;
use crate::text::Kind;
use crate::text::Splitter;
use crate::text::Step;
use crate::text::lowercase;
use crate::text::nordic_key;

const FEWEST: u32 = 2;
/// Long words are compounds, which are many and each of them rare; their parts are pairs of their own.
const FEWEST_LONG: u32 = 3;
const LONG: usize = 10;
const SHARE: f32 = 0.1;
const MOST: usize = 4;
/// Longer sentences are most likely not sentences.
const LONGEST: usize = 80;
/// A form is common if it has this share of the commonest form's occurrences.
const COMMON: f32 = 0.25;

const HEAD: &str =
    "# Learned: two languages, a word of each, the weight from the first to the second, and back, and how often they were
# aligned. Made by tools/ from the help pages of Microsoft Dynamics 365 Business Central (CC BY 4.0) and sentences of Tatoeba (CC BY 2.0 FR): NOTICE.
";

/// One side: words by number, and the forms in which they occur.
pub(crate) struct Words {
    language: &'static Language,
    splitter: Option<Splitter>,
    numbers: FxHashMap<String, u32>,
    stems: Vec<String>,
    forms: Vec<FxHashMap<String, u32>>,
}

impl Words {
    pub(crate) fn new(code: &str) -> Outcome<Self> {
        let language = Language::by_code(code).ok_or("not a registered language")?;
        let compounds = language.steps.iter().find_map(|step| match step {
            Step::Split(compounds) => Some(*compounds),
            _ => None,
        });
        let splitter = compounds.map(Splitter::new).transpose()?;
        Ok(Self { language, splitter, numbers: FxHashMap::default(), stems: Vec::new(), forms: Vec::new() })
    }

    pub(crate) fn len(&self) -> usize {
        self.stems.len()
    }

    pub(crate) fn stem(&self, number: u32) -> &str {
        &self.stems[number as usize]
    }

    pub(crate) fn find(&self, stem: &str) -> Option<u32> {
        self.numbers.get(stem).copied()
    }

    fn number(&mut self, word: &str) -> u32 {
        let stem = self.language.analyzer().stem(word).into_owned();
        let next = self.stems.len() as u32;
        let number = *self.numbers.entry(stem).or_insert_with_key(|stem| {
            self.stems.push(stem.clone());
            self.forms.push(FxHashMap::default());
            next
        });
        match self.forms[number as usize].get_mut(word) {
            Some(count) => *count += 1,
            None => drop(self.forms[number as usize].insert(word.to_owned(), 1)),
        }
        number
    }

    /// The words of a text; with `parts`, of compounds their parts.
    pub(crate) fn read(&mut self, text: &str, parts: bool) -> Vec<u32> {
        let analyzer = self.language.analyzer();
        let mut words = Vec::new();
        for (token, _) in analyzer.tokens(text) {
            if !matches!(token.kind, Kind::Word | Kind::Part) || !token.text.chars().all(char::is_alphabetic) {
                continue;
            }
            let word = lowercase(&token.text).into_owned();
            let split =
                self.splitter.as_ref().filter(|_| parts).map_or_else(Vec::new, |splitter| splitter.split(&word));
            if split.is_empty() {
                words.push(self.number(&word));
            }
            for part in split {
                words.push(self.number(&part.base));
            }
        }
        words
    }

    /// The form that stands for a word.
    pub(crate) fn form(&self, number: u32) -> &str {
        let forms = &self.forms[number as usize];
        let most = forms.values().max().copied().unwrap_or(0) as f32;
        let common = forms.iter().filter(|(_, count)| **count as f32 >= COMMON * most).map(|(form, _)| form.as_str());
        common.min_by_key(|form| (form.chars().count(), *form)).unwrap_or(&self.stems[number as usize])
    }

    pub(crate) fn is_wanted(&self, number: u32) -> bool {
        let forms = &self.forms[number as usize];
        self.stems[number as usize].chars().count() >= 2 && !forms.keys().any(|form| self.language.is_common(form))
    }
}

/// The pairs of a hand-written list, by stem.
pub(crate) fn hand_pairs(list: &str, from: usize, to: usize) -> FxHashSet<(String, String)> {
    let mut pairs = FxHashSet::default();
    let [one, two] = [from, to].map(|column| Language::by_code(LANGUAGES[column]));
    let Some((one, two)) = one.zip(two) else { return pairs };
    for line in corpus::lines(list) {
        for a in corpus::column(line, from) {
            let a = one.analyzer().stem(a).into_owned();
            pairs.extend(corpus::column(line, to).map(|b| (a.clone(), two.analyzer().stem(b).into_owned())));
        }
    }
    pairs
}

/// The stems of `from` for which the lists have a word of `to`.
pub(crate) fn known(learned: &str, hand: &str, from: usize, to: usize) -> Outcome<FxHashSet<String>> {
    let mut stems: FxHashSet<String> = hand_pairs(hand, from, to).into_iter().map(|(stem, _)| stem).collect();
    let language = Language::by_code(LANGUAGES[from]).ok_or("not a registered language")?;
    for (a, b) in PAIRS {
        let name = format!("{}-{}", LANGUAGES[a], LANGUAGES[b]);
        for (one, two, there, back) in corpus::lines(learned).filter_map(|line| row(line, &name)) {
            let word = match (a, b) {
                pair if pair == (from, to) && there > 0.0 => one,
                pair if pair == (to, from) && back > 0.0 => two,
                _ => continue,
            };
            stems.insert(language.analyzer().stem(word).into_owned());
        }
    }
    Ok(stems)
}

/// What a word is called in the other language, and how much of it.
type Shares = BTreeMap<u32, BTreeMap<u32, (f32, u32)>>;

/// The learned list.
pub(crate) fn learn(bitexts: &[Bitext; 3], hand: &str) -> Outcome<String> {
    let mut list = HEAD.to_owned();
    for (bitext, (from, to)) in bitexts.iter().zip(PAIRS) {
        let (mut a, mut b) = (Words::new(LANGUAGES[from])?, Words::new(LANGUAGES[to])?);
        let listed = hand_pairs(hand, from, to);
        let (mut there, mut back) = (Shares::new(), Shares::new());
        for parts in [false, true] {
            let mut pairs: Vec<align::Pair> =
                bitext.iter().map(|(one, two)| (a.read(one, parts), b.read(two, parts))).collect();
            pairs.retain(|(a, b)| (1..=LONGEST).contains(&a.len()) && (1..=LONGEST).contains(&b.len()));
            let [keys, others] = [&a, &b]
                .map(|words| (0..words.stems.len() as u32).map(|n| nordic_key(words.form(n))).collect::<Vec<_>>());
            let likely = |one: u32, two: u32| {
                keys[one as usize] == others[two as usize]
                    || listed.contains(&(a.stems[one as usize].clone(), b.stems[two as usize].clone()))
            };
            let links = align::links(&pairs, likely);
            add(&mut there, links.iter().map(|(&(one, two), &count)| (one, two, count)));
            add(&mut back, links.iter().map(|(&(one, two), &count)| (two, one, count)));
        }
        let mut rows: BTreeMap<(&str, &str), (f32, f32, u32)> = BTreeMap::new();
        for (shares, words, others, turned) in [(&there, &a, &b, false), (&back, &b, &a, true)] {
            for (&word, shares) in shares.iter().filter(|(word, _)| words.is_wanted(**word)) {
                let mut best: Vec<(u32, f32, u32)> = shares
                    .iter()
                    .filter(|(_, (share, count))| *share >= SHARE && *count >= FEWEST)
                    .map(|(&other, &(share, count))| (other, share, count))
                    .collect();
                best.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| others.form(a.0).cmp(others.form(b.0))));
                best.truncate(MOST);
                let first = best.first().map_or(1.0, |(_, share, _)| *share);
                let form = words.form(word);
                let key = nordic_key(form);
                // Where all have the word's own key, they are found by it.
                if best.iter().all(|(other, ..)| nordic_key(others.form(*other)) == key) {
                    continue;
                }
                for (other, share, count) in best.into_iter().filter(|(other, ..)| others.is_wanted(*other)) {
                    let weight = (100.0 * share / first).round() / 100.0;
                    if turned {
                        let row = rows.entry((others.form(other), form)).or_default();
                        (row.1, row.2) = (weight, row.2.max(count));
                    } else {
                        let row = rows.entry((form, others.form(other))).or_default();
                        (row.0, row.2) = (weight, row.2.max(count));
                    }
                }
            }
        }
        let rare = |one: &str, two: &str| one.chars().count().min(two.chars().count()) >= LONG;
        rows.retain(|(one, two), (_, _, count)| *count >= FEWEST_LONG || !rare(one, two));
        for ((one, two), (there, back, count)) in &rows {
            writeln!(list, "{}-{}\t{one}\t{two}\t{there}\t{back}\t{count}", LANGUAGES[from], LANGUAGES[to])?;
        }
        eprintln!("{}-{}: {} learned pairs", LANGUAGES[from], LANGUAGES[to], rows.len());
    }
    Ok(list)
}

/// Adds to `shares` what part of each word's links each other word has; the greater of old and new counts.
fn add(shares: &mut Shares, links: impl Iterator<Item = (u32, u32, u32)> + Clone) {
    let mut totals: FxHashMap<u32, u32> = FxHashMap::default();
    for (word, _, count) in links.clone() {
        *totals.entry(word).or_default() += count;
    }
    for (word, other, count) in links {
        let share = count as f32 / totals[&word] as f32;
        let old = shares.entry(word).or_default().entry(other).or_default();
        *old = (old.0.max(share), old.1.max(count));
    }
}

/// The words and weights of a line, if it is about these two languages.
fn row<'l>(line: &'l str, name: &str) -> Option<(&'l str, &'l str, f32, f32)> {
    let mut cells = line.strip_prefix(name)?.split('\t').skip(1);
    Some((cells.next()?, cells.next()?, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?))
}
