//! Word counts of a collection of statutes, and the hand-written lists.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::Outcome;

/// What a collection says of its words.
#[derive(Default)]
pub(crate) struct Counts {
    /// How often each word occurs. What a document repeats counts [`OFTEN`] times: a mistake is repeated too.
    pub(crate) words: FxHashMap<String, u32>,
    /// How often each string stands before a hyphen that promises a second half: *land-* in *land- og skovbrug*.
    pub(crate) firsts: FxHashMap<String, u32>,
}

/// The occurrences in one document that count.
const OFTEN: u32 = 4;

#[derive(Deserialize)]
struct Doc<'d> {
    #[serde(borrow)]
    lang: Cow<'d, str>,
    #[serde(borrow)]
    text: Cow<'d, str>,
}

/// Counts the words of the documents of `folder` that are in one of the languages `codes`.
pub(crate) fn count(folder: &Path, codes: &[&str]) -> Outcome<Counts> {
    let mut counts = Counts::default();
    each_text(folder, codes, |text| counts.add(&text))?;
    Ok(counts)
}

/// The file at `path`, unpacked.
pub(crate) fn unpacked(path: &Path) -> Outcome<impl BufRead + use<>> {
    let file = BufReader::new(File::open(path).map_err(|error| format!("{}: {error}", path.display()))?);
    Ok(BufReader::with_capacity(1 << 20, ruzstd::decoding::StreamingDecoder::new(file)?))
}

/// Hands the text of every document of `folder` that is in one of the languages `codes` to `each`.
fn each_text(folder: &Path, codes: &[&str], mut each: impl FnMut(Cow<'_, str>)) -> Outcome<()> {
    for line in unpacked(&folder.join("docs.jsonl.zst"))?.lines() {
        let line = line?;
        let doc: Doc = serde_json::from_str(&line)?;
        if codes.contains(&doc.lang.as_ref()) {
            each(doc.text);
        }
    }
    Ok(())
}

/// Texts of the documents of `folder` in one of the languages `codes`, about `bytes` of them, from all over.
pub(crate) fn sample(folder: &Path, codes: &[&str], bytes: usize) -> Outcome<Vec<String>> {
    let mut texts = Vec::new();
    each_text(folder, codes, |text| texts.push(text.into_owned()))?;
    let total: usize = texts.iter().map(String::len).sum();
    let every = (total / bytes.max(1)).max(1);
    let mut kept: Vec<String> = texts.into_iter().step_by(every).collect();
    kept.shrink_to_fit();
    Ok(kept)
}

impl Counts {
    fn add(&mut self, text: &str) {
        let text: String = text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200d}' | '\u{200c}')).collect();
        let text = text.to_lowercase();
        let mut rest = text.as_str();
        let mut here: FxHashMap<&str, u32> = FxHashMap::default();
        let mut after_cut = false;
        while let Some(start) = rest.find(char::is_alphanumeric) {
            rest = &rest[start..];
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            let word = &rest[..end];
            rest = &rest[end..];
            if word.chars().all(is_ours) {
                let cut = rest.strip_prefix('-').is_some_and(|rest| rest.starts_with([' ', ',']));
                // What follows a cut is *and*, or the second half of a word broken at a line's end.
                if cut {
                    increase(&mut self.firsts, word, 1);
                } else if !after_cut {
                    *here.entry(word).or_default() += 1;
                }
                after_cut = cut;
            }
        }
        for (word, count) in here {
            increase(&mut self.words, word, count.min(OFTEN));
        }
    }
}

fn increase(counts: &mut FxHashMap<String, u32>, word: &str, by: u32) {
    match counts.get_mut(word) {
        Some(count) => *count += by,
        None => drop(counts.insert(word.to_owned(), by)),
    }
}

fn is_ours(c: char) -> bool {
    c.is_ascii_lowercase() || "æøåäöéü".contains(c)
}

/// The words of one column of a lexicon, those of letters only.
pub(crate) fn column(list: &str, column: usize) -> impl Iterator<Item = &str> {
    lines(list)
        .filter_map(move |line| line.split('\t').nth(column))
        .flat_map(|cell| cell.split('|'))
        .map(str::trim)
        .filter(|word| !word.is_empty() && word.chars().all(is_ours))
}

/// The lines of a list without comments and empty ones.
pub(crate) fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of `counts` in one order everywhere.
pub(crate) fn sorted(counts: &FxHashMap<String, u32>) -> BTreeMap<&str, u32> {
    counts.iter().map(|(word, &count)| (word.as_str(), count)).collect()
}
