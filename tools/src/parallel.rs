//! Parallel texts, sentence by sentence: the help pages of `bchelp`, of which each is there in three languages, and the
//! sentences of the `xling-tatoeba` views, which their judgements link.
//!
//! The sentences of a page are matched by dynamic programming over runs of one or two sentences on either side, as
//! W. Gale and K. Church do ("A Program for Aligning Sentences in Bilingual Corpora", Computational Linguistics 19,
//! 1993). What speaks for a match is the cosine of the Nordic keys of the words, the rarer the heavier, and, less, that
//! the lengths agree: related languages share so many keys that lengths alone, Gale and Church's only evidence, would be
//! a waste.
//!
//! A half of the material can be left out, so that what was learned can be tested on it: pages by their number, over all
//! languages; sentences by the group that is linked directly or by way of others, over all views.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::Path;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::Outcome;
use crate::corpus;
use crate::text::Scanner;
use crate::text::lowercase;
use crate::text::nordic_key;

/// The languages, in the order of the columns of the lexicon.
pub(crate) const LANGUAGES: [&str; 3] = ["da", "sv", "nb"];
/// The pairs of them.
pub(crate) const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (2, 1)];

/// Texts in two languages that say the same, most of them a sentence.
pub(crate) type Bitext = Vec<(String, String)>;

/// Half of the material, or all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Half(pub(crate) Option<u64>);

impl Half {
    fn has(self, name: &str) -> bool {
        self.0.is_none_or(|half| xxh3_64(name.as_bytes()) & 1 == half)
    }
}

#[derive(Deserialize)]
struct Doc {
    id: String,
    text: String,
}

/// The pages, by number: in each language title, description and text.
type Pages = BTreeMap<String, [[String; 3]; 3]>;

/// The parallel texts of each of [`PAIRS`].
pub(crate) fn bitexts(data: &Path, half: Half) -> Outcome<[Bitext; 3]> {
    let pages = pages(data)?;
    let groups = Groups::read(data)?;
    let mut bitexts: [Bitext; 3] = Default::default();
    for (bitext, (from, to)) in bitexts.iter_mut().zip(PAIRS) {
        for page in pages.iter().filter(|(number, _)| half.has(number)).map(|(_, page)| page) {
            for (a, b) in page[from].iter().zip(&page[to]).take(2) {
                if !a.is_empty() && !b.is_empty() {
                    bitext.push((a.clone(), b.clone()));
                }
            }
        }
        let texts = pages.iter().filter(|(number, _)| half.has(number));
        bitext.extend(align(texts.map(|(_, page)| (page[from][2].as_str(), page[to][2].as_str()))));
        let pages = bitext.len();
        let (a, b) = (LANGUAGES[from], LANGUAGES[to]);
        let mut pairs = BTreeSet::new();
        for (topic, document) in groups.links.iter().filter(|((lang, text), _)| half.has(groups.name(lang, text))) {
            match (topic.0.as_str(), document.0.as_str()) {
                (one, two) if (one, two) == (a, b) => drop(pairs.insert((&topic.1, &document.1))),
                (one, two) if (one, two) == (b, a) => drop(pairs.insert((&document.1, &topic.1))),
                _ => {}
            }
        }
        bitext.extend(pairs.into_iter().map(|(a, b)| (a.clone(), b.clone())));
        eprintln!("{a}-{b}: {pages} pairs of sentences from pages, {} others", bitext.len() - pages);
    }
    Ok(bitexts)
}

fn pages(data: &Path) -> Outcome<Pages> {
    let mut pages = Pages::new();
    let place = |id: &str| {
        let (lang, number) = id.strip_prefix("bc-")?.split_once('-')?;
        Some((LANGUAGES.iter().position(|code| *code == lang)?, number.to_owned()))
    };
    for line in corpus::unpacked(&data.join("bchelp/docs.jsonl.zst"))?.lines() {
        let doc: Doc = serde_json::from_str(&line?)?;
        if let Some((column, number)) = place(&doc.id) {
            pages.entry(number).or_default()[column][2] = doc.text;
        }
    }
    for line in corpus::unpacked(&data.join("bchelp/titles.tsv.zst"))?.lines() {
        let line = line?;
        let mut cells = line.split('\t');
        if let Some((column, number)) = cells.next().and_then(place) {
            let page = pages.entry(number).or_default();
            for (part, cell) in cells.take(2).enumerate() {
                page[column][part] = cell.to_owned();
            }
        }
    }
    Ok(pages)
}

/// A sentence with its language.
type Tagged = (String, String);

/// Sentences that are linked, directly or by way of others.
struct Groups {
    links: Vec<(Tagged, Tagged)>,
    /// The least sentence of each sentence's group.
    names: FxHashMap<Tagged, String>,
}

impl Groups {
    fn read(data: &Path) -> Outcome<Self> {
        let mut links = Vec::new();
        for (from, to) in PAIRS.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
            let (from, to) = (LANGUAGES[from], LANGUAGES[to]);
            let folder = data.join(format!("xling-tatoeba-{from}-{to}"));
            let mut documents: FxHashMap<String, String> = FxHashMap::default();
            for line in corpus::unpacked(&folder.join("docs.jsonl.zst"))?.lines() {
                let doc: Doc = serde_json::from_str(&line?)?;
                documents.insert(doc.id, doc.text);
            }
            let topics = std::fs::read_to_string(folder.join("queries.tsv"))?;
            let topics: FxHashMap<&str, &str> = topics.lines().filter_map(topic).collect();
            for line in std::fs::read_to_string(folder.join("qrels.txt"))?.lines() {
                let mut cells = line.split_whitespace();
                let (topic, document) = (cells.next().unwrap_or_default(), cells.nth(1).unwrap_or_default());
                if let Some((topic, document)) = topics.get(topic).zip(documents.get(document)) {
                    links.push(((from.to_owned(), (*topic).to_owned()), (to.to_owned(), document.clone())));
                }
            }
        }
        // Union-find: each sentence's place, and the place that stands for its group.
        let mut places: FxHashMap<&Tagged, usize> = FxHashMap::default();
        let mut roots: Vec<usize> = Vec::new();
        let mut sentences: Vec<&Tagged> = Vec::new();
        for (a, b) in &links {
            let mut root = |sentence| {
                let mut place = *places.entry(sentence).or_insert_with(|| {
                    roots.push(roots.len());
                    sentences.push(sentence);
                    roots.len() - 1
                });
                while roots[place] != place {
                    place = roots[place];
                }
                place
            };
            let (a, b) = (root(a), root(b));
            roots[a.max(b)] = a.min(b);
        }
        let mut least: FxHashMap<usize, &str> = FxHashMap::default();
        let root = |mut place: usize| {
            while roots[place] != place {
                place = roots[place];
            }
            place
        };
        for (place, (_, text)) in sentences.iter().enumerate() {
            let least = least.entry(root(place)).or_insert(text);
            *least = (*least).min(text);
        }
        let name = |(place, sentence): (usize, &&Tagged)| ((*sentence).clone(), least[&root(place)].to_owned());
        let names = sentences.iter().enumerate().map(name).collect();
        Ok(Self { links, names })
    }

    fn name(&self, lang: &str, text: &str) -> &str {
        self.names.get(&(lang.to_owned(), text.to_owned())).map_or("", String::as_str)
    }
}

fn topic(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.splitn(3, '\t');
    Some((cells.next()?, cells.nth(1)?))
}

/// Writes the topics and judgements of the views that belong to the other half into `out`, a folder a view.
pub(crate) fn held_out(data: &Path, half: Half, out: &Path) -> Outcome<()> {
    let groups = Groups::read(data)?;
    for (from, to) in PAIRS.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
        let (from, to) = (LANGUAGES[from], LANGUAGES[to]);
        for collection in ["bchelp", "tatoeba"] {
            let view = format!("xling-{collection}-{from}-{to}");
            let topics = std::fs::read_to_string(data.join(&view).join("queries.tsv"))?;
            let learned = |line: &&str| match topic(line) {
                Some((id, _)) if collection == "bchelp" => half.has(id.rsplit('-').next().unwrap_or_default()),
                Some((_, text)) => half.has(groups.name(from, text)),
                None => true,
            };
            let kept: Vec<&str> = topics.lines().filter(|line| !learned(line)).collect();
            let ids: BTreeSet<&str> = kept.iter().filter_map(|line| topic(line)).map(|(id, _)| id).collect();
            let qrels = std::fs::read_to_string(data.join(&view).join("qrels.txt"))?;
            let judged = |line: &&str| line.split_whitespace().next().is_some_and(|id| ids.contains(id));
            let qrels: Vec<&str> = qrels.lines().filter(judged).collect();
            let folder = out.join(&view);
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join("queries.tsv"), kept.join("\n") + "\n")?;
            std::fs::write(folder.join("qrels.txt"), qrels.join("\n") + "\n")?;
            println!("{view}: {} topics", kept.len());
        }
    }
    Ok(())
}

/// What a match must reach to be better than none.
const FLOOR: f32 = 0.25;
/// How much of the evidence is that the lengths agree.
const LENGTHS: f32 = 0.25;
/// What taking two sentences together costs.
const TOGETHER: f32 = 0.05;
/// How far from the diagonal the path may stray, in sentences and as a share of them all.
const BAND: (usize, f32) = (15, 0.1);

/// A sentence as the alignment sees it.
struct Sentence<'t> {
    text: &'t str,
    length: f32,
    /// Keys and their weights, in the order of the keys.
    keys: Vec<(u32, f32)>,
    norm: f32,
}

/// Matches the sentences of pages.
fn align<'p>(pages: impl Iterator<Item = (&'p str, &'p str)>) -> Bitext {
    let pages: Vec<[Vec<&str>; 2]> = pages.map(|(a, b)| [sentences(a), sentences(b)]).collect();
    let mut ids: FxHashMap<String, u32> = FxHashMap::default();
    let mut frequencies: Vec<f32> = Vec::new();
    let mut total = 0.0;
    let mut read = |text: &str| {
        let keys = Scanner::new(text).map(|token| nordic_key(&lowercase(&token.text)));
        let keys: BTreeSet<u32> = keys
            .map(|key| {
                let next = ids.len() as u32;
                *ids.entry(key).or_insert(next)
            })
            .collect();
        frequencies.resize(ids.len(), 0.0);
        keys.iter().for_each(|&key| frequencies[key as usize] += 1.0);
        total += 1.0;
        keys
    };
    let keys: Vec<[Vec<BTreeSet<u32>>; 2]> =
        pages.iter().map(|sides| [0, 1].map(|side| sides[side].iter().map(|text| read(text)).collect())).collect();
    let sentence = |text: &&'p str, keys: &BTreeSet<u32>| {
        let keys: Vec<(u32, f32)> =
            keys.iter().map(|&key| (key, (1.0 + total / frequencies[key as usize]).ln())).collect();
        let norm = keys.iter().map(|(_, weight)| weight * weight).sum();
        Sentence { text, length: text.chars().count() as f32, keys, norm }
    };
    let mut bitext = Bitext::new();
    for (texts, keys) in pages.iter().zip(&keys) {
        let side = |side: usize| -> Vec<Sentence> {
            texts[side].iter().zip(&keys[side]).map(|(text, keys)| sentence(text, keys)).collect()
        };
        align_page(&side(0), &side(1), &mut bitext);
    }
    bitext
}

fn dot(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += a[i].1 * b[j].1;
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}

const MOVES: [(usize, usize); 5] = [(1, 1), (1, 0), (0, 1), (2, 1), (1, 2)];

fn align_page(a: &[Sentence], b: &[Sentence], bitext: &mut Bitext) {
    let (n, m) = (a.len(), b.len());
    let width = m + 1;
    let mut best = vec![f32::NEG_INFINITY; (n + 1) * width];
    let mut came = vec![0_u8; best.len()];
    let mut dots = vec![f32::NAN; n * m];
    best[0] = 0.0;
    let band = BAND.0.max((BAND.1 * n.max(m) as f32) as usize) + n.abs_diff(m);
    let mut product = |i: usize, j: usize| {
        let kept = &mut dots[i * m + j];
        if kept.is_nan() {
            *kept = dot(&a[i].keys, &b[j].keys);
        }
        *kept
    };
    for i in 0..=n {
        for j in 0..=m {
            if i == 0 && j == 0 || (i * m).abs_diff(j * n) > band * n.max(m) {
                continue;
            }
            for (number, (up, left)) in (0..).zip(MOVES) {
                let (Some(from), Some(to)) = (i.checked_sub(up), j.checked_sub(left)) else { continue };
                let mut score = best[from * width + to];
                if up > 0 && left > 0 {
                    let together = (from..i).flat_map(|i| (to..j).map(move |j| (i, j)));
                    let shared: f32 = together.map(|(i, j)| product(i, j)).sum();
                    let norm = |run: &[Sentence]| match run {
                        [one, two] => one.norm + two.norm + 2.0 * dot(&one.keys, &two.keys),
                        _ => run[0].norm,
                    };
                    let length = |run: &[Sentence]| run.iter().map(|sentence| sentence.length).sum::<f32>();
                    let (one, two) = (&a[from..i], &b[to..j]);
                    let cosine = shared / (norm(one) * norm(two)).sqrt().max(1e-6);
                    let lengths = length(one).min(length(two)) / length(one).max(length(two)).max(1.0);
                    let cost = if up + left > 2 { TOGETHER } else { 0.0 };
                    let likeness = (1.0 - LENGTHS) * cosine + LENGTHS * lengths - FLOOR - cost;
                    score += likeness * (length(one) + length(two));
                }
                if score > best[i * width + j] {
                    best[i * width + j] = score;
                    came[i * width + j] = number;
                }
            }
        }
    }
    let (mut i, mut j) = (n, m);
    let mut found = Vec::new();
    while i > 0 || j > 0 {
        if best[i * width + j] == f32::NEG_INFINITY {
            return;
        }
        let (up, left) = MOVES[usize::from(came[i * width + j])];
        let gain = best[i * width + j] - best[(i - up) * width + j - left];
        (i, j) = (i - up, j - left);
        if up > 0 && left > 0 && gain > 0.0 {
            let join = |run: &[Sentence]| run.iter().map(|sentence| sentence.text).collect::<Vec<_>>().join(" ");
            found.push((join(&a[i..i + up]), join(&b[j..j + left])));
        }
    }
    bitext.extend(found.into_iter().rev());
}

/// The sentences of a text: its lines, cut behind a full stop and the like where a capital follows.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut start = 0;
        for (at, _) in line.match_indices(['.', '!', '?', ':']) {
            let rest = &line[at + 1..];
            let begins = rest.trim_start().starts_with(|c: char| c.is_uppercase());
            if rest.starts_with(' ') && begins {
                found.push(&line[start..=at]);
                start = at + 1;
            }
        }
        found.push(&line[start..]);
    }
    found.retain(|sentence| sentence.chars().filter(|c| c.is_alphabetic()).count() >= 3);
    found
}
