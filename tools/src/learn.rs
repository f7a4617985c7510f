//! Learns what compounds are made of from the words of a collection, by Viterbi training.
//!
//! Each word is either one unit or a row of units: modifiers, in the forms that they take before another word, and a
//! head. To begin with, every word is a unit, and a string is the likelier as a modifier the more distinct words it
//! begins whose rest is a word too. Then, a few times over: all words are split by the very code that Snotra splits
//! with; those that stay whole are the units of the next round; what they are worth as modifiers and heads is counted
//! anew. Distinct words are counted, not their occurrences, for one common compound must not make a part. How often a
//! word occurs speaks for its being whole.
//!
//! The forms of one word (*styrelse*, *styrelsens*) stand together: they are worth the same as heads, and the majority
//! decides whether they are whole.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::Outcome;
use crate::corpus;
use crate::linking;
use crate::text::Compounds;
use crate::text::Entry;
use crate::text::Linking;
use crate::text::Splitter;

/// A language whose table is learned here.
pub(crate) struct Language {
    pub(crate) code: &'static str,
    /// The collection, and the languages of its documents that count.
    pub(crate) folder: &'static str,
    pub(crate) codes: &'static [&'static str],
    /// Its column in the lexicons.
    column: usize,
    linking: Linking,
    never: &'static str,
    force: &'static str,
    /// Short words that may be parts.
    parts: &'static str,
    /// Words with all their forms.
    forms: &'static [&'static str],
}

const LEXICONS: &[&str] = &[include_str!("../data/lexicon-a.tsv"), include_str!("../data/lexicon-b.tsv")];
/// Words of one part, mostly, with the forms that they take before another.
const EVERYDAY: &str = include_str!("../data/everyday.tsv");

pub(crate) const LANGUAGES: &[Language] = &[
    Language {
        code: "da",
        folder: "law-da",
        codes: &["da"],
        column: 0,
        linking: linking::DANISH,
        never: include_str!("../../src/lang/da.never.txt"),
        force: include_str!("../../src/lang/da.force.tsv"),
        parts: include_str!("../data/da.parts.txt"),
        forms: &[include_str!("../data/da.forms.tsv")],
    },
    Language {
        code: "sv",
        folder: "law-sv",
        codes: &["sv"],
        column: 1,
        linking: linking::SWEDISH,
        never: include_str!("../../src/lang/sv.never.txt"),
        force: include_str!("../../src/lang/sv.force.tsv"),
        parts: include_str!("../data/sv.parts.txt"),
        forms: &[include_str!("../data/sv.forms.tsv")],
    },
    Language {
        code: "nb",
        folder: "law-nb",
        codes: &["nb", "nn"],
        column: 2,
        linking: linking::NORWEGIAN,
        never: include_str!("../../src/lang/nb.never.txt"),
        force: include_str!("../../src/lang/nb.force.tsv"),
        parts: include_str!("../data/nb.parts.txt"),
        forms: &[include_str!("../data/nb.forms.tsv"), include_str!("../data/nn.forms.tsv")],
    },
];

impl Language {
    /// The table that is in the repository.
    pub(crate) fn shipped(&self) -> Outcome<Vec<u8>> {
        Ok(std::fs::read(crate::project().join(format!("src/lang/{}.compounds.fst", self.code)))?)
    }

    /// A splitter with this table, with or without the lists. It is never freed: there are a few a run.
    pub(crate) fn splitter(&self, table: Vec<u8>, lists: bool) -> Outcome<Splitter> {
        let list = |list| if lists { list } else { "" };
        let compounds = Box::leak(Box::new(Compounds {
            table: table.leak(),
            never: list(self.never),
            force: list(self.force),
            linking: self.linking,
        }));
        Ok(Splitter::new(compounds)?)
    }

    pub(crate) fn is_particle(&self, string: &str) -> bool {
        self.linking.particles.contains(&string)
    }

    /// Whether `string` is nothing but derivation and inflection.
    fn is_ending(&self, string: &str) -> bool {
        let endings = self.linking.endings;
        let long = |stem: &str| endings.contains(&stem) && (stem.len() > 3 || ["hed", "het", "lig"].contains(&stem));
        endings.contains(&string)
            || self.linking.inflections.iter().filter_map(|ending| string.strip_suffix(ending)).any(long)
    }

    /// The word without its inflection: what its forms have in common.
    fn stem<'w>(&self, word: &'w str) -> &'w str {
        let long_enough = |stem: &&str| stem.chars().count() >= 3 && stem.contains(is_vowel);
        let stems = self.linking.inflections.iter().filter_map(|ending| word.strip_suffix(ending));
        let stem = stems.filter(long_enough).min_by_key(|stem| stem.len()).unwrap_or(word);
        let mut ends = stem.chars().rev();
        match (ends.next(), ends.next()) {
            (Some(last), Some(before)) if last == before && !is_vowel(last) => &stem[..stem.len() - last.len_utf8()],
            _ => stem,
        }
    }
}

fn is_vowel(c: char) -> bool {
    "aeiouyæøåäöéü".contains(c)
}

/// The fewest occurrences of a word that counts.
const FEWEST: u32 = 2;
/// What a word of a lexicon is worth in occurrences.
const LEXICON: u32 = 20;
/// What an irregular form of a word on the lists is worth.
const FORM: u32 = 2;
const ROUNDS: usize = 6;
/// How much of the logarithm of its occurrences speaks for a word's being whole.
const FREQUENCY: f32 = 1.4;
/// What a unit is worth as a modifier or head that was never seen as one, for the logarithm of its occurrences.
const UNSEEN: f32 = 0.05;
/// The fewest occurrences of a part that no list has.
const FEWEST_OF_PART: u32 = 8;
/// The same for a word of five letters or less: halves of words broken at a line's end are mostly short.
const FEWEST_OF_SHORT: u32 = 40;

struct Word {
    text: String,
    count: u32,
    group: usize,
}

/// What one round knows.
struct Model {
    /// The words that are units.
    units: FxHashSet<String>,
    modifiers: FxHashMap<String, f32>,
    /// By group.
    heads: Vec<f32>,
}

struct Learner<'l> {
    language: &'l Language,
    words: Vec<Word>,
    groups: Vec<u32>,
    /// The link and the base of each modifier that is not the word itself.
    forms: FxHashMap<String, (u8, String)>,
    parts: FxHashSet<&'static str>,
    lexicon: FxHashSet<&'static str>,
    firsts: FxHashMap<String, u32>,
}

/// The table of `language`.
pub(crate) fn learn(language: &Language, data: &Path) -> Outcome<Vec<u8>> {
    let counts = corpus::count(&data.join(language.folder), language.codes)?;
    let learner = Learner::new(language, counts);
    let mut model = learner.begin();
    for round in 0..ROUNDS {
        let splitter = language.splitter(learner.table(&model)?, true)?;
        model = learner.next(&splitter);
        eprintln!("{}: round {round}: {} of {} words are units", language.code, model.units.len(), learner.words.len());
    }
    learner.table(&model)
}

impl<'l> Learner<'l> {
    fn new(language: &'l Language, mut counts: corpus::Counts) -> Self {
        let everyday = corpus::column(EVERYDAY, language.column);
        let mut lexicon: FxHashSet<&str> = everyday.collect();
        let short = lexicon.iter().copied().filter(|word| word.chars().count() == 3);
        let parts: FxHashSet<&str> = corpus::lines(language.parts).chain(short).collect();
        for list in LEXICONS {
            lexicon.extend(corpus::column(list, language.column));
        }
        let corpus = counts.words.clone();
        let mut lemmas: FxHashMap<&str, &str> = FxHashMap::default();
        for (lemma, forms) in
            language.forms.iter().flat_map(|list| corpus::lines(list)).filter_map(|l| l.split_once('\t'))
        {
            lexicon.insert(lemma);
            lemmas.insert(lemma, lemma);
            for form in forms.split(' ') {
                lemmas.entry(form).or_insert(lemma);
                let regular = form.strip_prefix(lemma).is_some_and(|e| language.linking.inflections.contains(&e));
                if !regular {
                    *counts.words.entry(form.to_owned()).or_default() += FORM;
                }
            }
        }
        for word in lexicon.iter().chain(&parts) {
            *counts.words.entry((*word).to_owned()).or_default() += LEXICON;
        }
        let mut ids: FxHashMap<String, usize> = FxHashMap::default();
        let (mut words, mut groups) = (Vec::new(), Vec::new());
        for (text, count) in corpus::sorted(&counts.words) {
            let length = text.chars().count();
            if count < FEWEST || !(2..=40).contains(&length) || !text.contains(is_vowel) {
                continue;
            }
            let group = *ids.entry(language.stem(lemmas.get(text).unwrap_or(&text)).to_owned()).or_insert(groups.len());
            if group == groups.len() {
                groups.push(0);
            }
            groups[group] += corpus.get(text).copied().unwrap_or(0);
            words.push(Word { text: text.to_owned(), count, group });
        }
        let mut learner =
            Self { language, words, groups, forms: FxHashMap::default(), parts, lexicon, firsts: counts.firsts };
        learner.find_forms();
        learner
    }

    /// Gives each string that may be a modifier its link. The word itself is preferred unless another is much commoner.
    fn find_forms(&mut self) {
        let counts: FxHashMap<&str, u32> = self.words.iter().map(|word| (word.text.as_str(), word.count)).collect();
        let mut forms: FxHashMap<String, (u8, String)> = FxHashMap::default();
        for word in self.words.iter().filter(|word| word.count >= 5 && self.may_be_part(&word.text)) {
            for (number, link) in (0u8..).zip(self.language.linking.links).skip(1) {
                let Some(form) = link.apply(&word.text).filter(|form| self.may_be_part(form)) else { continue };
                let own = counts.get(form.as_str()).copied().unwrap_or(0);
                let other = forms.get(&form).map_or(0, |(_, base)| counts[base.as_str()]);
                if word.count > 2 * own && word.count > other {
                    forms.insert(form, (number, word.text.clone()));
                }
            }
        }
        self.forms = forms;
    }

    /// Whether `string` can be a part at all. Very short ones must be on the list.
    fn may_be_part(&self, string: &str) -> bool {
        !self.language.is_particle(string)
            && !string.strip_suffix('s').is_some_and(|stem| self.language.is_particle(stem))
            && string.contains(is_vowel)
            && (self.parts.contains(string) || !self.language.is_ending(string))
            && (string.chars().count() >= 3 || self.parts.contains(string))
    }

    fn may_be_head(&self, string: &str) -> bool {
        self.may_be_part(string)
            && !self.language.linking.endings.contains(&string)
            && (string.chars().count() >= 4 || self.parts.contains(string) || self.lexicon.contains(string))
    }

    fn begin(&self) -> Model {
        let groups: FxHashMap<&str, usize> = self
            .words
            .iter()
            .filter(|word| word.count >= 5 && self.may_be_part(&word.text))
            .map(|word| (word.text.as_str(), word.group))
            .collect();
        let mut model = Model {
            units: self.words.iter().map(|word| word.text.clone()).collect(),
            modifiers: FxHashMap::default(),
            heads: vec![0.0; self.groups.len()],
        };
        for word in &self.words {
            for (at, _) in word.text.char_indices().skip(2) {
                let (modifier, head) = word.text.split_at(at);
                let Some(&group) = groups.get(head).filter(|_| self.may_be_head(head)) else { continue };
                if groups.contains_key(modifier) || self.forms.contains_key(modifier) {
                    *model.modifiers.entry(modifier.to_owned()).or_default() += 1.0;
                    model.heads[group] += 1.0;
                }
            }
        }
        model
    }

    /// Splits all words and counts.
    fn next(&self, splitter: &Splitter) -> Model {
        let splits: Vec<_> = self.words.iter().map(|word| splitter.split(&word.text)).collect();
        let mut votes = vec![0.0; self.groups.len()];
        for (word, parts) in self.words.iter().zip(&splits) {
            let weight = (word.count as f32).sqrt();
            votes[word.group] += if parts.is_empty() { weight } else { -weight };
        }
        let by_text: FxHashMap<&str, usize> = self.words.iter().map(|word| (word.text.as_str(), word.group)).collect();
        let by_stem: FxHashMap<&str, usize> =
            self.words.iter().map(|word| (self.language.stem(&word.text), word.group)).collect();
        let mut model =
            Model { units: FxHashSet::default(), modifiers: FxHashMap::default(), heads: vec![0.0; self.groups.len()] };
        for (word, parts) in self.words.iter().zip(&splits) {
            let whole = votes[word.group] >= 0.0;
            if whole {
                model.units.insert(word.text.clone());
            }
            let Some((head, modifiers)) = parts.split_last().filter(|_| !whole) else { continue };
            for part in modifiers {
                *model.modifiers.entry(word.text[part.start..part.end].to_owned()).or_default() += 1.0;
            }
            let head = &word.text[head.start..];
            if let Some(&group) = by_text.get(head).or_else(|| by_stem.get(self.language.stem(head))) {
                model.heads[group] += 1.0;
            }
        }
        model
    }

    fn table(&self, model: &Model) -> Outcome<Vec<u8>> {
        let modifiers = model.modifiers.values().sum::<f32>();
        let heads = model.heads.iter().sum::<f32>();
        let cost = |share: f32, all: f32| steps(-(share / (all + 1.0)).ln());
        let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
        let listed = |text: &str| if self.parts.contains(text) { 3.0 } else { 0.0 };
        let known = |text: &str| if self.lexicon.contains(text) { 1.0 } else { 0.0 };
        for word in self.words.iter().filter(|word| model.units.contains(&word.text)) {
            let text = word.text.as_str();
            let mut entry = Entry::default();
            let group = self.groups[word.group];
            entry.whole = Some(steps(FREQUENCY * (1.0 + group as f32).ln()));
            let unseen = UNSEEN * (1.0 + word.count as f32).ln() + listed(text) + known(text);
            let fewest = if text.chars().count() < 6 { FEWEST_OF_SHORT } else { FEWEST_OF_PART };
            let usual = word.count >= fewest || self.lexicon.contains(text);
            if usual && self.may_be_part(text) {
                let seen = model.modifiers.get(text).copied().unwrap_or(0.0);
                let first = self.firsts.get(text).copied().unwrap_or(0).min(3) as f32;
                entry.modifier = Some(cost(seen + unseen + first, modifiers));
            }
            let seen = model.heads[word.group];
            if usual && self.may_be_head(text) && (group as f32 >= seen / 2.0 || self.lexicon.contains(text)) {
                entry.head = Some(cost(seen + unseen, heads));
            }
            entries.insert(text, entry);
        }
        for (form, (link, base)) in &self.forms {
            let seen = model.modifiers.get(form).copied().unwrap_or(0.0);
            let first = self.firsts.get(form).copied().unwrap_or(0).min(3) as f32;
            let seen = seen + first + listed(form);
            if seen >= 1.0 && model.units.contains(base) {
                let entry = entries.entry(form).or_default();
                entry.modifier = Some(cost(seen, modifiers));
                entry.link = *link;
            }
        }
        let mut builder = fst::MapBuilder::memory();
        for (text, entry) in entries {
            builder.insert(text, entry.pack())?;
        }
        Ok(builder.into_inner()?)
    }
}

/// A cost in the table's steps.
fn steps(cost: f32) -> u8 {
    (cost / Entry::STEP).round().clamp(0.0, f32::from(Entry::MOST)) as u8
}
