//! Passages of a text in another language than the text's own: a page of Danish quoted in a Swedish article.
//!
//! Nearly every text is in one language, and reading all of it once more to see that would cost as much as detection
//! many times over. So a text is probed: a few words every so often ([`STRIDE`]). Where a probe speaks for another language,
//! the sentences around it are read one by one, and the passage is the run of them that speaks most for that language
//! over the text's own; it ends where what follows takes back more than [`DROP`].
//!
//! A passage that is found must be as long as a quotation that somebody would look for ([`LEAST_WORDS`]), speak clearly
//! ([`CERTAIN`], [`PER_WORD`]) and be in that language by all that [`Detector::detect`] knows. Short ones are left out,
//! for titles, names and menus in English stand in every second web page. What is in no configured language is never a
//! passage: it is as often a table as a quotation.
//!
//! Rejected: detection by paragraphs. Some texts break every line, others have no breaks at all; and a paragraph is
//! judged without its neighbours, which makes a Norwegian paragraph of many a Danish one.

use std::collections::BTreeSet;
use std::ops::Range;
use std::ops::RangeInclusive;

use crate::lang::Detector;
use crate::lang::Language;
use crate::lang::profile::MOST;
use crate::lang::profile::Scores;
use crate::lang::profile::features;

/// A stretch of a text in another language than the text as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignPassage {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// Never the undetermined language.
    pub language: &'static Language,
}

/// Bytes from the beginning of one probe to the next: a [`SHARE`]th of the text within these bounds. In a long text a
/// short quotation matters less.
const STRIDE: RangeInclusive<usize> = 256..=1024;
/// See [`STRIDE`].
const SHARE: usize = 32;
/// Bytes of a probe: some nine words.
const PROBE: usize = 56;
/// Nats by which a language must be ahead in a probe, which is read no further then.
const ENOUGH: f32 = 4.0;
/// Fewest words of a passage.
const LEAST_WORDS: u32 = 40;
/// Nats that end a passage when it is behind its best so far by as many.
const DROP: f32 = 8.0;
/// Nats by which a passage's language must be ahead of the text's.
const CERTAIN: f32 = 20.0;
/// The same for each word of the passage.
const PER_WORD: f32 = 0.5;
/// Different function words of its language that a passage has: markup and menus have fewer.
const COMMON: usize = 5;
/// Bytes of a sentence at least, and at most: what has no full stop is cut.
const UNIT: Range<usize> = 40..400;

impl Detector {
    /// The passages of `text` that are in another configured language than `main`, in which the text as a whole is; in
    /// its order. A text in one language has none.
    pub fn passages(&self, text: &str, main: &Language) -> Vec<ForeignPassage> {
        let mut passages = Vec::new();
        // What is no longer than two probes and the way between them has no room for two languages.
        if text.len() < STRIDE.start() + PROBE {
            return passages;
        }
        let stride = (text.len() / SHARE).clamp(*STRIDE.start(), *STRIDE.end());
        let own = self.profile.index(main.code);
        let enough = self.profile.in_units(ENOUGH);
        let search = Search { detector: self, text, stride, own, languages: self.by_place(), enough };
        // Up to here it was read.
        let mut read = 0;
        let mut at = 0;
        while at < text.len() {
            let Some(place) = search.probe(at) else {
                at += stride;
                continue;
            };
            let begin = read.max(search.line_start(at));
            let (found, end) = search.around(begin, at, place);
            passages.extend(found);
            read = end;
            // Of a passage that ends before the probe, the probe is no part.
            at = if read > at { read.max(at + stride) } else { at };
        }
        passages
    }

    /// The configured languages by their places in the profile.
    fn by_place(&self) -> [Option<&'static Language>; MOST] {
        let mut languages = [None; MOST];
        for language in &self.configured {
            if let Some(place) = self.profile.index(language.code) {
                languages[place] = Some(*language);
            }
        }
        languages
    }
}

struct Search<'t> {
    detector: &'t Detector,
    text: &'t str,
    stride: usize,
    /// The place of the text's own language in the profile; none if it is undetermined.
    own: Option<usize>,
    languages: [Option<&'static Language>; MOST],
    /// [`ENOUGH`] in units of the profile.
    enough: i32,
}

impl Search<'_> {
    /// The language that the words at `at` speak for, if it is another than the text's own.
    fn probe(&self, at: usize) -> Option<usize> {
        let start = self.text.ceil_char_boundary(at);
        let end = self.text.floor_char_boundary((at + PROBE).min(self.text.len()));
        let words = self.text.get(start..end)?;
        // A word that is cut in two is none.
        let words = if at == 0 { words } else { words.split_once(' ')?.1 };
        let mut scores = Scores::default();
        for word in words.split(' ') {
            features(word, |feature| self.detector.profile.add(feature, &mut scores));
            // After each word, so without a detour over nats.
            let units = self.detector.profile.units(&scores);
            let own = self.own.map_or(0, |own| units[own].max(0));
            let mut best = None;
            let mut most = own - self.enough;
            for (place, &value) in units.iter().enumerate() {
                if value > most && Some(place) != self.own && self.languages[place].is_some() {
                    (best, most) = (Some(place), value);
                }
            }
            if best.is_none() || most > own + self.enough {
                return best;
            }
        }
        None
    }

    /// The passage in the language at `place` that begins behind `begin` and has `at` in it or behind it, if there is
    /// one; and the end of what was read.
    fn around(&self, begin: usize, at: usize, place: usize) -> (Option<ForeignPassage>, usize) {
        let mut sum = 0.0;
        let mut start = begin;
        let mut best = (0.0, begin..begin);
        let mut end = begin;
        while end < self.text.len() {
            let unit = self.unit(end);
            let nats = self.nats(&self.detector.profile.scores(&self.text[unit.clone()]));
            sum += nats[place] - self.own_of(&nats);
            end = unit.end;
            if sum > best.0 {
                best = (sum, start..end);
            }
            if sum <= 0.0 && best.0 < DROP {
                // Nothing of what was read helps what follows.
                (sum, start, best) = (0.0, end, (0.0, end..end));
                if end > at + PROBE {
                    break;
                }
            } else if sum <= best.0 - DROP {
                break;
            }
        }
        let passage = self.certain(best.1);
        // What lies between the passage and the end of the reading may begin the next one.
        let read = passage.as_ref().map_or(end, |passage: &ForeignPassage| passage.span.end);
        (passage, read)
    }

    /// The passage at `span` if it is one beyond doubt.
    fn certain(&self, span: Range<usize>) -> Option<ForeignPassage> {
        let text = &self.text[span.clone()];
        let scores = self.detector.profile.scores(text);
        let nats = self.nats(&scores);
        let (place, most) = self.best_other(&nats)?;
        let lead = most - self.own_of(&nats);
        if scores.words < LEAST_WORDS || lead < CERTAIN || lead < PER_WORD * scores.words as f32 {
            return None;
        }
        let language = self.languages[place]?;
        let words = || text.split(|c: char| !c.is_alphanumeric());
        let common: BTreeSet<_> = words().filter(|word| language.is_common(word)).collect();
        if common.len() < COMMON || self.detector.detect(text).language.code != language.code {
            return None;
        }
        let start = span.start + (text.len() - text.trim_start().len());
        Some(ForeignPassage { span: start..span.start + text.trim_end().len(), language })
    }

    fn nats(&self, scores: &Scores) -> [f32; MOST] {
        let mut nats = [0.0; MOST];
        for (place, value) in self.detector.profile.nats(scores) {
            nats[place] = value;
        }
        nats
    }

    /// What speaks for the text's own language, or for none that is known.
    fn own_of(&self, nats: &[f32; MOST]) -> f32 {
        self.own.map_or(0.0, |own| nats[own].max(0.0))
    }

    /// The likeliest configured language but the text's own.
    fn best_other(&self, nats: &[f32; MOST]) -> Option<(usize, f32)> {
        let others = (0..MOST).filter(|&place| Some(place) != self.own && self.languages[place].is_some());
        others.map(|place| (place, nats[place])).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The beginning of the line that has `at`, or of a sentence near it: the probe before it spoke for the text's own
    /// language.
    fn line_start(&self, at: usize) -> usize {
        let first = self.text.floor_char_boundary(at.saturating_sub(2 * self.stride));
        let before = &self.text[first..self.text.floor_char_boundary(at)];
        match before.rfind('\n') {
            _ if first == 0 => 0,
            Some(line) if before.len() - line > self.stride => first + line + 1,
            _ => first + before.find(['.', '\n']).map_or(0, |stop| stop + 1),
        }
    }

    /// The sentence or line that begins at `start`.
    fn unit(&self, start: usize) -> Range<usize> {
        let rest = &self.text.as_bytes()[start..];
        let mut stop = false;
        let mut space = 0;
        for (length, &byte) in rest.iter().enumerate() {
            if byte == b'\n' {
                return start..start + length + 1;
            }
            if byte == b' ' {
                if stop && length >= UNIT.start {
                    return start..start + length + 1;
                }
                space = length + 1;
            }
            // Quotes and brackets behind a full stop belong to the sentence.
            stop = matches!(byte, b'.' | b'!' | b'?') || stop && !(byte.is_ascii_alphanumeric() || byte == b' ');
            if length >= UNIT.end {
                let end = if space > 0 { space } else { length };
                return start..self.text.ceil_char_boundary(start + end);
            }
        }
        start..self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lang::LANGUAGES;
    use crate::lang::UND;

    const SWEDISH: &str = "Nämnden har i flera år försökt få ordning på sina riktlinjer. Nu har den fått hjälp av en \
        grannkommun, som gick igenom alla dokument och strök dem som ingen längre kunde förklara. Arbetet tog ett halvår \
        och kostade mindre än väntat, säger ordföranden, som inte vill kalla det för en reform.";
    const DANISH: &str = "Vi begyndte med de breve, som folk ringer om. Når en borger ikke forstår, hvad der står i et \
        brev, så er det ikke borgeren, der er noget galt med. Derfor læste vi dem op for hinanden, og hver gang en af \
        os gik i stå, skrev vi sætningen om. Det lyder enkelt, men det tog os næsten to år at blive færdige.";

    fn language(code: &str) -> &'static Language {
        Language::by_code(code).expect("it is registered")
    }

    fn found<'t>(text: &'t str, main: &str) -> Vec<(&'static str, &'t str)> {
        let passages = Detector::new(LANGUAGES).passages(text, language(main));
        passages.into_iter().map(|passage| (passage.language.code, &text[passage.span])).collect()
    }

    #[test]
    fn a_quotation_is_found_from_end_to_end() {
        let around = [SWEDISH; 3].join("\n\n");
        for quotation in
            [DANISH.to_owned(), format!("»{DANISH}«"), DANISH.replace(", ", ",\n"), [DANISH; 9].join("\n\n")]
        {
            let text = format!("{around}\n\n{quotation}\n\n{around}");
            assert_eq!(found(&text, "sv"), [("da", quotation.as_str())]);
            let text = format!("{quotation}\n\n{around}");
            assert_eq!(found(&text, "sv"), [("da", quotation.as_str())]);
            let text = format!("{around}\n\n{quotation}");
            assert_eq!(found(&text, "sv"), [("da", quotation.as_str())]);
        }
        let text = format!("{around} {DANISH} {around}");
        assert_eq!(found(&text, "sv"), [("da", DANISH)], "without a line break");
    }

    #[test]
    fn every_language_is_found_in_every_other() {
        for main in LANGUAGES.iter().filter(|language| !language.is_undetermined()) {
            let around = main.samples.join(" ").repeat(4);
            assert_eq!(found(&around, main.code), [], "{}", main.code);
            for other in LANGUAGES.iter().filter(|other| !other.is_undetermined() && other.code != main.code) {
                let quotation = [other.samples.join(" "), other.samples.join(" ")].join(" ");
                let text = format!("{around}\n{quotation}\n{around}");
                assert_eq!(found(&text, main.code), [(other.code, quotation.as_str())], "in {}", main.code);
            }
        }
    }

    #[test]
    fn what_is_short_or_no_prose_is_no_passage() {
        let around = [SWEDISH; 2].join("\n");
        let quotation = &DANISH[..DANISH.find(" Derfor").expect("it is there")];
        for inside in [
            quotation,
            "The Joint Committee on the Simplification of Administrative Procedures",
            &"padding-left: 1cm; border-top: none; align: center; ".repeat(30),
            &"Fig. 12 | 13,5 | 14,2 | 2019 | ".repeat(30),
            &UND.samples.join(" ").repeat(3),
        ] {
            assert_eq!(found(&format!("{around}\n{inside}\n{around}"), "sv"), [], "{inside}");
        }
        assert_eq!(found("", "sv"), []);
    }

    #[test]
    fn only_configured_languages_are_found() {
        let text = format!("{SWEDISH}\n{DANISH}\n{SWEDISH}");
        for (configured, expected) in [(["sv", "da"], 1), (["sv", "nb"], 0), (["sv", "sv"], 0)] {
            let detector = Detector::new(&configured.map(language));
            assert_eq!(detector.passages(&text, language("sv")).len(), expected, "{configured:?}");
        }
        // A text whose language is not known may have passages in one that is.
        let german = UND.samples.join(" ").repeat(3);
        assert_eq!(found(&format!("{german}\n{DANISH}\n{german}"), "und"), [("da", DANISH)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn passages_are_in_order_and_whole(
            parts in prop::collection::vec(prop_oneof![
                Just(SWEDISH.to_owned()), Just(DANISH.to_owned()), any::<String>(), Just("\n".to_owned()),
                Just("x".repeat(900)), Just("æ 山.".repeat(100)),
            ], 0..12),
            main in prop::sample::select(LANGUAGES),
        ) {
            let text = parts.concat();
            let mut last = 0;
            for passage in Detector::new(LANGUAGES).passages(&text, main) {
                prop_assert!(passage.span.start >= last && passage.language.code != main.code);
                let shown = &text[passage.span.clone()];
                prop_assert!(!shown.is_empty() && shown.trim() == shown);
                last = passage.span.end;
            }
        }
    }
}
