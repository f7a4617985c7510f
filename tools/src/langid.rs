//! Learns the profile by which Snotra tells its languages apart.
//!
//! Multinomial logistic regression over words, 3-grams and 4-grams, on single sentences. What it reads: statutes in
//! Danish, Swedish, Bokmål and Nynorsk; parallel help pages and everyday sentences in Danish, Swedish and Bokmål;
//! questions in Bokmål; lists of common words of our own, from which "sentences" are drawn (a bag of words is all that the
//! model sees of one). There is little everyday Nynorsk to be had, so Bokmål is also read as if spelt in Nynorsk, word by
//! word and ending by ending, which tells the model that the matter of a text decides nothing. Every source counts by its
//! share and not by its size. A quarter of the documents, by their ids, is left out and used by `langid-eval` only.
//!
//! The same sources give the same table: random choices are drawn from one seeded generator.
//!
//! Rejected: Snowball's Norwegian word list, which has both written languages in it. Nynorsk lost more than Bokmål won.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::io::BufRead;
use std::path::Path;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::Outcome;
use crate::corpus;
use crate::lang::Detector;
use crate::lang::LANGUAGES;
use crate::profile::CODE;
use crate::profile::Feature;
use crate::profile::MARK;
use crate::profile::Profile;
use crate::profile::WIDTH;
use crate::profile::features;
use crate::profile::proposal;
use crate::project;

/// Slots of the table.
const SLOTS: usize = 124_000;
/// Sentences of one source at most.
const ENOUGH: usize = 24_000;
/// A feature is taken in if it occurs in so many sentences.
const SEEN: u32 = 3;
/// Passes over the sentences.
const PASSES: usize = 8;
/// The passes before the weights have settled; the mean of those after the others is the result.
const UNSETTLED: usize = 4;
/// The share of features that are left out at random when a sentence is learnt from, so that none is relied on alone.
const DROPPED: f32 = 0.5;
const RATE: f32 = 0.2;
/// How strongly weights are drawn to zero.
const DECAY: f32 = 1e-6;

/// How much a language counts beside the others. Nynorsk is written by an eighth of Norwegians, and with as much weight as
/// Bokmål every name would be Nynorsk half the time. Danish and Swedish have no questions to learn from, and without more
/// weight what they share with Bokmål would count for Bokmål. English is quoted in Nordic texts, where a sentence or the
/// name of a program must not decide.
fn prior(code: &str) -> f32 {
    match code {
        "da" => 1.35,
        "sv" => 1.25,
        "nn" => 0.65,
        "en" => 0.7,
        _ => 1.0,
    }
}

/// Older statutes are left out: Norwegian was still written much as Danish, and both with *aa*.
const MODERN: u32 = 1960;
/// How far naive Bayes is believed at the start, and how far it is believed that a feature is a language's own rather than
/// one that an unknown language has too.
const START: f32 = 0.3;
const OTHERS: f32 = 0.5;
/// The weight that naive Bayes takes each feature to have been seen with in every language. The less, the more is a
/// rare word believed.
const SMOOTHING: f32 = 0.3;

/// A document of a collection.
#[derive(Deserialize)]
pub(crate) struct Doc {
    pub(crate) id: String,
    pub(crate) lang: String,
    pub(crate) text: String,
}

impl Doc {
    /// Whether the document is left out of learning.
    pub(crate) fn is_held_out(&self) -> bool {
        let sum = self.id.bytes().fold(5381u32, |sum, byte| sum.wrapping_mul(33) ^ u32::from(byte));
        (sum >> 5) % 4 == 0
    }
}

impl Doc {
    /// Whether this is a statute from before [`MODERN`], by the year in its id.
    fn is_old(&self) -> bool {
        let year = self.id.split('-').find(|part| part.len() == 4).and_then(|year| year.parse().ok());
        year.is_some_and(|year: u32| year < MODERN)
    }
}

/// The documents of a collection.
pub(crate) fn docs(folder: &Path) -> Outcome<Vec<Doc>> {
    corpus::unpacked(&folder.join("docs.jsonl.zst"))?.lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

/// One example.
struct Sentence {
    class: usize,
    text: String,
    /// What whatlang proposes.
    proposed: Option<&'static str>,
    weight: f32,
}

/// A small generator of random numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (((self.next() >> 32) * end as u64) >> 32) as usize
    }

    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// Learns from the collections in `data` and writes `src/lang/profile.bin`.
pub(crate) fn learn(data: &Path) -> Outcome<()> {
    let codes: Vec<&str> = LANGUAGES.iter().filter(|l| !l.is_undetermined()).map(|l| l.code).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let sentences = gather(data, &codes, &mut random)?;
    let (chosen, start) = choose(&sentences, codes.len() + 1);
    println!("{} sentences, {} features", sentences.len(), chosen.iter().filter(|feature| feature.is_some()).count());
    let weights = regress(&sentences, &chosen, codes.len(), start, &mut random);
    let table = table(&codes, &chosen, &weights);
    std::fs::write(project().join("src/lang/profile.bin"), &table)?;
    println!("{} bytes", table.len());
    Ok(())
}

/// All examples. A class is a language's place in `codes`, or their number for any other language.
fn gather(data: &Path, codes: &[&str], random: &mut Random) -> Outcome<Vec<Sentence>> {
    let class = |code: &str| codes.iter().position(|&own| own == code).unwrap_or(codes.len());
    let mut sources: BTreeMap<(usize, &str), (f32, Vec<String>)> = BTreeMap::new();
    let mut add = |class: usize, source: &'static str, share: f32, sentences: Vec<String>| {
        let (_, all) = sources.entry((class, source)).or_insert((share, Vec::new()));
        all.extend(sentences);
    };
    let pairs = list("langid/respell.tsv")?;
    let pairs: Vec<(&str, &str)> = lines(&pairs).filter_map(|line| line.split_once('\t')).collect();
    let nynorsk = |sentences: &[String]| sentences.iter().map(|sentence| respell(sentence, &pairs)).collect::<Vec<_>>();
    for folder in ["law-da", "law-sv", "law-nb"] {
        let docs = docs(&data.join(folder))?;
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        docs.iter().for_each(|doc| *counts.entry(&doc.lang).or_default() += 1);
        for doc in docs.iter().filter(|doc| !doc.is_held_out() && !doc.is_old()) {
            let most = 2 * ENOUGH / counts[doc.lang.as_str()] + 1;
            add(class(&doc.lang), "law", 0.4, some(split(&doc.text), most, random));
        }
    }
    for doc in docs(&data.join("bchelp"))?.iter().filter(|doc| !doc.is_held_out()) {
        let sentences = some(split(&doc.text), 60, random);
        if doc.lang == "nb" {
            add(class("nn"), "help", 0.15, nynorsk(&sentences));
        }
        add(class(&doc.lang), "help", 0.25, sentences);
    }
    for (code, other) in [("da", "sv"), ("sv", "da"), ("nb", "da"), ("nb", "sv"), ("da", "nb"), ("sv", "nb")] {
        let mut sentences = Vec::new();
        for line in std::fs::read_to_string(data.join(format!("xling-tatoeba-{code}-{other}/queries.tsv")))?.lines() {
            sentences.extend(line.split('\t').nth(2).map(str::to_owned));
        }
        for doc in docs(&data.join(format!("xling-tatoeba-{other}-{code}")))? {
            sentences.push(doc.text);
        }
        if code == "nb" {
            add(class("nn"), "everyday", 0.15, nynorsk(&sentences));
        }
        add(class(code), "everyday", 0.35, sentences);
    }
    for (code, folder) in [("da", "danish"), ("sv", "swedish"), ("fi", "finnish")] {
        let text = std::fs::read_to_string(data.join(format!("morph/snowball-{folder}.tsv")))?;
        let words: Vec<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
        add(class(code), "words", if code == "fi" { 0.6 } else { 0.15 }, flat_bags(&words, 8_000, random));
    }
    for (column, code) in ["da", "sv", "nb"].into_iter().enumerate() {
        let text = list("lexicon-a.tsv")? + &list("lexicon-b.tsv")?;
        let cells = lines(&text).filter_map(|line| line.split('\t').nth(column)).flat_map(|cell| cell.split('|'));
        let words: Vec<&str> = cells.collect();
        let bags = flat_bags(&words, 8_000, random);
        if code == "nb" {
            add(class("nn"), "lexicon", 0.1, nynorsk(&bags));
        }
        add(class(code), "lexicon", 0.15, bags);
    }
    for code in ["da", "sv", "nb", "nn"] {
        let text = list(&format!("{code}.forms.tsv"))?;
        let cells = lines(&text).filter_map(|line| line.split('\t').nth(1));
        let words: Vec<&str> = cells.flat_map(str::split_whitespace).collect();
        add(class(code), "forms", 0.05, flat_bags(&words, 16_000, random));
    }
    let questions = questions(&data.join("norquad"))?;
    add(class("nn"), "questions", 0.04, nynorsk(&questions));
    add(class("nb"), "questions", 0.1, questions);
    let mut english = Vec::new();
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/cli.md",
        "docs/evaluation.md",
        "docs/json.md",
        "docs/query.md",
        "docs/performance.md",
    ] {
        english.extend(split(&std::fs::read_to_string(project().join(name))?).into_iter().map(str::to_owned));
    }
    add(class("en"), "docs", 0.5, english);
    let text = list("langid/everyday.tsv")?;
    for (column, code) in ["da", "sv", "nb", "nn"].into_iter().enumerate() {
        let cells = lines(&text).filter_map(|line| line.split('\t').nth(column));
        let words: Vec<&str> = cells.flat_map(str::split_whitespace).collect();
        add(class(code), "parallel", 0.3, bags(&words, 12_000, random));
    }
    let text = list("langid/news.tsv")?;
    for (column, code) in ["da", "sv", "nb", "nn"].into_iter().enumerate() {
        let cells = lines(&text).filter_map(|line| line.split('\t').nth(column));
        let words: Vec<&str> = cells.flat_map(str::split_whitespace).collect();
        add(class(code), "news", 0.3, flat_bags(&words, 12_000, random));
    }
    for code in ["nn", "en", "fi"] {
        let text = list(&format!("langid/{code}.txt"))?;
        let words: Vec<&str> = lines(&text).flat_map(str::split_whitespace).collect();
        add(class(code), "list", if code == "nn" { 0.2 } else { 0.5 }, bags(&words, 12_000, random));
    }
    let text = list("langid/other.txt")?;
    for line in lines(&text) {
        let (code, words) = line.split_once(':').ok_or("other.txt: a line without a language")?;
        let words: Vec<&str> = words.split_whitespace().collect();
        let (source, share) = match code {
            "de" => ("german", 0.25),
            "nl" => ("dutch", 0.25),
            "is" => ("icelandic", 0.25),
            "fo" => ("faroese", 0.25),
            "et" => ("estonian", 0.35),
            _ => ("others", 0.5),
        };
        add(class(code), source, share, bags(&words, words.len() * 20, random));
    }
    let detector = Detector::new(LANGUAGES);
    let mut all = Vec::new();
    for ((class, source), (share, mut sentences)) in sources {
        // Names of programs, quotations and what was never translated.
        if codes.get(class).is_some_and(|code| !["en", "fi"].contains(code)) {
            sentences.retain(|text| !["eng", "fin"].contains(&detector.proposal(text).unwrap_or_default()));
        }
        random.shuffle(&mut sentences);
        sentences.truncate(ENOUGH);
        println!("{:3} {source:9} {:6} sentences", codes.get(class).unwrap_or(&"-"), sentences.len());
        let prior = codes.get(class).map_or(1.0, |code| prior(code));
        let weight = share * prior * 20_000.0 / sentences.len() as f32;
        let proposed = |text: &str| detector.proposal(text);
        all.extend(sentences.into_iter().map(|text| Sentence { class, proposed: proposed(&text), text, weight }));
    }
    Ok(all)
}

/// The questions about passages of a collection that are not left out of learning.
fn questions(folder: &Path) -> Outcome<Vec<String>> {
    let learnt: HashSet<String> =
        docs(folder)?.into_iter().filter(|doc| !doc.is_held_out()).map(|doc| doc.id).collect();
    let about = std::fs::read_to_string(folder.join("qrels.txt"))?;
    let about: HashSet<&str> = about
        .lines()
        .filter_map(|line| {
            let mut columns = line.split_whitespace();
            let (question, passage) = (columns.next()?, columns.nth(1)?);
            learnt.contains(passage).then_some(question)
        })
        .collect();
    let text = std::fs::read_to_string(folder.join("queries.tsv"))?;
    let rows = text.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let (question, text) = (columns.next()?, columns.nth(1)?);
        about.contains(question).then(|| text.to_owned())
    });
    Ok(rows.collect())
}

pub(crate) fn list(name: &str) -> Outcome<String> {
    Ok(std::fs::read_to_string(project().join("tools/data").join(name))?)
}

/// The lines of a list without comments and empty ones.
pub(crate) fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The sentences of a text, roughly, that have some words.
fn split(text: &str) -> Vec<&str> {
    let ends = text.split_inclusive(['\n', '.', '?', '!']).scan(0, |at, part| {
        let start = *at;
        *at += part.len();
        Some((start, *at))
    });
    let mut sentences = Vec::new();
    let mut start = None;
    for (from, to) in ends {
        let begin = *start.get_or_insert(from);
        let line_ends = text[from..to].ends_with('\n');
        if line_ends || (to - begin > 40 && text[to..].starts_with(' ')) {
            sentences.push(text[begin..to].trim());
            start = None;
        }
    }
    sentences
        .retain(|s| (20..600).contains(&s.len()) && s.chars().filter(|c| c.is_alphabetic()).count() * 3 > s.len() * 2);
    sentences
}

/// At most `most` of the sentences.
fn some(mut sentences: Vec<&str>, most: usize, random: &mut Random) -> Vec<String> {
    random.shuffle(&mut sentences);
    sentences.truncate(most);
    sentences.into_iter().map(str::to_owned).collect()
}

/// Texts of words drawn from a list, the first ones most often.
fn bags(words: &[&str], count: usize, random: &mut Random) -> Vec<String> {
    let mut sums: Vec<f32> = Vec::new();
    let mut sum = 0.0;
    for rank in 0..words.len() {
        sum += 1.0 / (rank as f32 + 15.0);
        sums.push(sum);
    }
    let mut bag = |length: usize| {
        let mut drawn = || {
            let at = random.unit() * sum;
            words[sums.partition_point(|&upto| upto <= at).min(words.len() - 1)]
        };
        (0..length).map(|_| drawn()).collect::<Vec<_>>().join(" ")
    };
    (0..count).map(|number| bag(2 + number % 12)).collect()
}

/// Texts of words drawn from a list, all equally often.
fn flat_bags(words: &[&str], count: usize, random: &mut Random) -> Vec<String> {
    let mut bag = |length: usize| (0..length).map(|_| words[random.below(words.len())]).collect::<Vec<_>>().join(" ");
    (0..count).map(|number| bag(2 + number % 12)).collect()
}

/// Bokmål with Nynorsk's spelling where a pair says so.
fn respell(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut respelt = String::with_capacity(text.len());
    let is_border = |c: char| !c.is_alphabetic();
    for piece in text.split_inclusive(is_border) {
        let word = piece.trim_end_matches(is_border);
        let low = word.to_lowercase();
        let new = pairs.iter().find_map(|(from, to)| match from.strip_prefix('-') {
            None => (low == *from).then(|| (*to).to_owned()),
            Some(ending) => {
                let stem = low.strip_suffix(ending).filter(|stem| stem.chars().count() > 2)?;
                Some(format!("{stem}{}", &to[1..]))
            }
        });
        let new = new.unwrap_or(low);
        respelt.push_str(&match new.strip_prefix("hv") {
            Some(rest) => format!("kv{rest}"),
            None => new,
        });
        respelt.push_str(&piece[word.len()..]);
    }
    respelt
}

/// For each slot the feature that tells the classes apart best (by the G statistic of its counts), and the weights to
/// start from: what naive Bayes says of it, damped. Regression alone hardly moves the weight of a word that it sees three
/// times, however clear it is (S. Wang and C. Manning, Baselines and bigrams, ACL 2012, mix the two likewise).
fn choose(sentences: &[Sentence], classes: usize) -> (Vec<Option<u64>>, Vec<f32>) {
    let mut counts: FxHashMap<u64, (u32, Vec<f32>)> = FxHashMap::default();
    let mut totals = vec![0.0f32; classes];
    for sentence in sentences {
        let mut hashes = Vec::new();
        features(&sentence.text, |feature| hashes.push(feature.hash));
        hashes.extend(sentence.proposed.map(|code| proposal(code).hash));
        totals[sentence.class] += sentence.weight * hashes.len() as f32;
        hashes.sort_unstable();
        hashes.dedup();
        for hash in hashes {
            let (seen, by_class) = counts.entry(hash).or_insert_with(|| (0, vec![0.0; classes]));
            *seen += 1;
            by_class[sentence.class] += sentence.weight;
        }
    }
    let mut best: Vec<Option<(f32, u64)>> = vec![None; SLOTS];
    for (&hash, (seen, by_class)) in &counts {
        if *seen < SEEN {
            continue;
        }
        let shares: Vec<f32> = by_class.iter().zip(&totals).map(|(count, total)| count / total).collect();
        let mean = shares.iter().sum::<f32>() / classes as f32;
        let told: f32 = shares.iter().filter(|share| **share > 0.0).map(|share| share * (share / mean).ln()).sum();
        let slot = &mut best[Profile::slot(hash, SLOTS).0];
        if slot.is_none_or(|other| (told, hash) > other) {
            *slot = Some((told, hash));
        }
    }
    let mean_total = totals.iter().sum::<f32>() / classes as f32;
    let mut start = vec![0.0; SLOTS * classes];
    for (slot, row) in best.iter().zip(start.chunks_exact_mut(classes)) {
        let Some((_, hash)) = slot else { continue };
        let (_, by_class) = &counts[hash];
        let logs =
            by_class.iter().zip(&totals).map(|(count, total)| (count / total * mean_total / SMOOTHING + 1.0).ln());
        let logs: Vec<f32> = logs.collect();
        let mean = logs.iter().sum::<f32>() / classes as f32;
        for (weight, log) in row.iter_mut().zip(&logs) {
            *weight = START * (log - mean);
        }
        // The few words that there are of other languages say nothing of those that they lack.
        let most = logs[..classes - 1].iter().copied().fold(f32::MIN, f32::max) - mean;
        let other = &mut row[classes - 1];
        *other = other.max(START * OTHERS * most);
    }
    (best.into_iter().map(|slot| slot.map(|(_, hash)| hash)).collect(), start)
}

/// The weights of the chosen features, over the class of other languages, beginning with `weights`.
fn regress(
    sentences: &[Sentence],
    chosen: &[Option<u64>],
    languages: usize,
    mut weights: Vec<f32>,
    random: &mut Random,
) -> Vec<f32> {
    let classes = languages + 1;
    let mut rows: Vec<(usize, f32, Vec<u32>)> = Vec::new();
    for sentence in sentences {
        let mut slots = Vec::new();
        let mut add = |feature: Feature| {
            let (slot, _) = Profile::slot(feature.hash, SLOTS);
            if chosen[slot] == Some(feature.hash) {
                slots.push(slot as u32);
            }
        };
        features(&sentence.text, &mut add);
        if let Some(code) = sentence.proposed {
            add(proposal(code));
        }
        rows.push((sentence.class, sentence.weight, slots));
    }
    let mut squares = vec![1e-3f32; SLOTS * classes];
    let mut settled = vec![0.0f32; weights.len()];
    for pass in 0..PASSES {
        random.shuffle(&mut rows);
        let (mut loss, mut total) = (0.0, 0.0);
        for (class, weight, slots) in &rows {
            let kept: Vec<usize> =
                slots.iter().filter(|_| random.unit() >= DROPPED).map(|&slot| slot as usize * classes).collect();
            let mut sums = vec![0.0f32; classes];
            for &slot in &kept {
                for (sum, value) in sums.iter_mut().zip(&weights[slot..slot + classes]) {
                    *sum += value / (1.0 - DROPPED);
                }
            }
            let most = sums.iter().copied().fold(f32::MIN, f32::max);
            let norm: f32 = sums.iter().map(|sum| (sum - most).exp()).sum();
            loss -= weight * (sums[*class] - most - norm.ln());
            total += weight;
            let gradient: Vec<f32> = (0..classes)
                .map(|c| weight * ((sums[c] - most).exp() / norm - f32::from(u8::from(c == *class))))
                .collect();
            if gradient[*class].abs() < 1e-4 {
                continue;
            }
            for &slot in &kept {
                for (c, gradient) in gradient.iter().enumerate() {
                    let (value, square) = (&mut weights[slot + c], &mut squares[slot + c]);
                    let gradient = gradient + DECAY * *value;
                    *square += gradient * gradient;
                    *value -= RATE * gradient / square.sqrt();
                }
            }
        }
        if pass >= UNSETTLED {
            settled.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += weight);
        }
        println!("pass {}: loss {:.4}", pass + 1, loss / total);
    }
    settled.iter().map(|sum| sum / (PASSES - UNSETTLED) as f32).collect()
}

/// The table as it is shipped.
fn table(codes: &[&str], chosen: &[Option<u64>], weights: &[f32]) -> Vec<u8> {
    let classes = codes.len() + 1;
    let rows: Vec<Vec<f32>> =
        weights.chunks_exact(classes).map(|row| row.iter().map(|w| w - row[codes.len()]).collect()).collect();
    let mut sizes: Vec<f32> = rows.iter().flatten().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f32::total_cmp);
    let unit = sizes[sizes.len() * 999 / 1000] / 127.0;
    let mut table = vec![codes.len() as u8];
    for code in codes {
        table.extend(format!("{code:CODE$}").bytes());
    }
    table.extend(unit.to_le_bytes());
    for (feature, row) in chosen.iter().zip(&rows) {
        let start = table.len();
        table.extend(feature.map_or([0; MARK], |hash| Profile::slot(hash, SLOTS).1));
        table.extend(row[..codes.len()].iter().map(|weight| (weight / unit).round().clamp(-127.0, 127.0) as i8 as u8));
        table.resize(start + WIDTH, 0);
    }
    table
}
