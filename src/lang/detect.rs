//! Which language a text is in: whatlang proposes, the language's own common words confirm.
//!
//! whatlang restricted to the configured languages tells Danish from Swedish nearly always, but restricted it must
//! answer one of them even for English or Finnish. So the proposal stands only if the text is full of the proposed
//! language's function words: two fifths of running text in Danish and Swedish, an eighth in Dutch, a few per cent of
//! anything else. Tables and lists have fewer, so between the two whatlang must also propose it among all languages.
//! And it falls if a close relative's spellings outnumber its own. What is left is undetermined, which is better than
//! wrong. Nothing else names `whatlang`.
//!
//! Long texts are judged by samples from their beginning, middle and end, so that a quoted paragraph does not decide.

use rustc_hash::FxHashSet;

use crate::lang::Language;
use crate::lang::UND;
use crate::text::Scanner;
use crate::text::lowercase;

/// Detects languages among the configured ones.
#[derive(Debug, Clone)]
pub struct Detector {
    whatlang: whatlang::Detector,
    candidates: Vec<Candidate>,
}

/// What the detector found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detected {
    /// A configured language, or the undetermined one.
    pub language: &'static Language,
    /// From 0 to 1: the share of the text's words that are the language's common words, scaled so that ordinary
    /// running text reaches 1.
    pub confidence: f64,
    /// What the answer rests on.
    pub evidence: Evidence,
}

/// What a language was decided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The record declares it, or the user forces it.
    Declared,
    /// The text itself.
    Statistical,
    /// Nothing sufficed.
    Fallback,
}

#[derive(Debug, Clone)]
struct Candidate {
    language: &'static Language,
    common: FxHashSet<&'static str>,
    rivals: Vec<FxHashSet<&'static str>>,
}

/// Bytes of text judged, in three samples where the text is longer.
const SAMPLE: usize = 1500;
/// A proposal is confirmed at this share of common words; below it, down to [`DOUBTFUL`], by a second opinion.
const CONFIRMED: f64 = 0.16;
const DOUBTFUL: f64 = 0.03;

impl Detector {
    /// A detector that answers one of `languages` or the undetermined language.
    pub fn new(languages: &[&'static Language]) -> Self {
        let candidates: Vec<_> = languages
            .iter()
            .filter(|language| !language.is_undetermined())
            .map(|&language| Candidate {
                language,
                common: language.common_words.iter().copied().collect(),
                rivals: language.rivals.iter().map(|(_, words)| words.iter().copied().collect()).collect(),
            })
            .collect();
        let allowed = candidates.iter().filter_map(|c| whatlang::Lang::from_code(c.language.iso639_3)).collect();
        Self { whatlang: whatlang::Detector::with_allowlist(allowed), candidates }
    }

    /// The language of `text`.
    pub fn detect(&self, text: &str) -> Detected {
        let samples = samples(text);
        let proposed = self.whatlang.detect_lang(&samples).map(|lang| lang.code());
        let candidate = self.candidates.iter().find(|candidate| Some(candidate.language.iso639_3) == proposed);
        let fallback = Detected { language: UND, confidence: 0.0, evidence: Evidence::Fallback };
        let Some(candidate) = candidate else { return fallback };
        // whatlang knows one Norwegian and often takes it for Danish: whose function words are there decides.
        let close = |other: &&Candidate| CLOSE.contains(&other.language.code);
        let close = self.candidates.iter().filter(close).filter(|_| close(&candidate));
        let evidence = close.map(|other| (other, other.evidence(&samples)));
        let best = evidence.reduce(|best, other| if other.1.0 > best.1.0 { other } else { best });
        let (candidate, (share, own, rival)) = best.unwrap_or_else(|| (candidate, candidate.evidence(&samples)));
        let seconded = || whatlang::detect_lang(&samples).map(|lang| lang.code()) == proposed;
        let confirmed = share >= CONFIRMED || (share >= DOUBTFUL && seconded());
        if !confirmed || rival > own {
            return fallback;
        }
        let confidence = (share / (2.0 * CONFIRMED)).min(1.0);
        Detected { language: candidate.language, confidence, evidence: Evidence::Statistical }
    }

    /// The language that `code` declares, if it is a configured one; undetermined otherwise.
    pub fn declared(&self, code: &str) -> Detected {
        let base = code.split(['-', '_']).next().unwrap_or(code);
        let configured = self.candidates.iter().find(|c| c.language.code == base || c.language.iso639_3 == base);
        let language = configured.map_or(UND, |candidate| candidate.language);
        Detected { language, confidence: 1.0, evidence: Evidence::Declared }
    }
}

impl Candidate {
    /// The share of common words, and how many words are spelt as only this language does and as only a rival does.
    fn evidence(&self, text: &str) -> (f64, usize, usize) {
        let (mut words, mut common, mut own) = (0usize, 0usize, 0usize);
        let mut rivals = vec![0usize; self.rivals.len()];
        for token in Scanner::new(text) {
            if !token.text.starts_with(char::is_alphabetic) {
                continue;
            }
            let word = lowercase(&token.text);
            words += 1;
            let is_common = self.common.contains(word.as_ref());
            common += usize::from(is_common);
            for (count, rival) in rivals.iter_mut().zip(&self.rivals) {
                *count += usize::from(!is_common && rival.contains(word.as_ref()));
            }
            own += usize::from(is_common && OWN_SPELLINGS.contains(&word.as_ref()));
        }
        let share = if words == 0 { 0.0 } else { common as f64 / words as f64 };
        (share, own, rivals.into_iter().max().unwrap_or(0))
    }
}

/// Languages so close that whatlang takes one for another.
const CLOSE: [&str; 3] = ["da", "nb", "nn"];

/// Danish common words that Norwegian spells otherwise.
const OWN_SPELLINGS: [&str; 13] =
    ["af", "efter", "hvad", "meget", "nogle", "mellem", "bliver", "blev", "nu", "ud", "op", "være", "ind"];

/// At most [`SAMPLE`] bytes from each of the text's beginning, middle and end.
fn samples(text: &str) -> String {
    if text.len() <= 3 * SAMPLE {
        return text.to_owned();
    }
    let mut samples = String::with_capacity(3 * SAMPLE + 16);
    for start in [0, (text.len() - SAMPLE) / 2, text.len() - SAMPLE] {
        let (start, end) = (text.ceil_char_boundary(start), text.floor_char_boundary(start + SAMPLE));
        samples.push_str(&text[start..end]);
        samples.push('\n');
    }
    samples
}
