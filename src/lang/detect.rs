//! Which language a text is in: whatlang proposes, a profile of our own decides.
//!
//! whatlang knows scripts and the far away languages well, takes Danish, Bokmål and Swedish for each other in one
//! sentence of ten, and has no Nynorsk. So its proposal among the configured languages is evidence beside the words and
//! letters of the text, and [`Profile`] says what each is worth. A text in no script that a configured language is
//! written in ends the matter at once.
//!
//! Choosing among the configured languages is not enough: restricted to them, any detector answers one of them for Dutch
//! or Icelandic too. The profile therefore knows every registered language, configured or not, and a class of others,
//! and the likeliest must stand out twice: from the second ([`MARGIN`]), and by its evidence for each word
//! ([`EVIDENCE`]), which names, numbers and unknown languages do not have. What is left is undetermined, which is
//! better than wrong. Nothing else names `whatlang`.
//!
//! Long texts are judged by samples from their beginning, middle and end, so that a quoted paragraph does not decide;
//! [`Detector::passages`] finds it.
//!
//! Rejected: whatlang among all its languages, which loses one Danish sentence in seven to a language that nobody
//! configured; lists of function words for each language with a rule for each pair of relatives, which was what
//! stood here first: it told documents apart, but sentences often had no word of the lists.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::lang::UND;
use crate::lang::profile::Profile;
use crate::lang::profile::proposal;

/// Detects languages among the configured ones.
#[derive(Debug, Clone)]
pub struct Detector {
    whatlang: whatlang::Detector,
    pub(super) profile: Profile<'static>,
    pub(super) configured: Vec<&'static Language>,
}

/// What the detector found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detected {
    /// A configured language, or the undetermined one.
    pub language: &'static Language,
    /// From 0 to 1: how likely it is this language rather than the second likeliest. Long texts come near to 1.
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

/// Bytes of text judged, in three samples where the text is longer.
const SAMPLE: usize = 1500;
/// Nats by which the likeliest language must be ahead of the second.
const MARGIN: f32 = 0.1;
/// Nats that each word must speak for it on average.
const EVIDENCE: f32 = 0.2;
/// Nats by which it must be ahead in a text of less than [`SHORT`] words.
const CLEAR: f32 = 3.0;
/// Nats by which it must be ahead in a text of [`SHORT`] words: a short sentence as often as a name.
const LIKELY: f32 = 1.0;
/// More words than these are a sentence, which gets its language, while a name or a headline may go without.
const SHORT: u32 = 3;

/// What the words and letters of `text` say for each registered language, in nats over "none that we know". Of a few
/// words they say little, and what they say is not rounded to an answer.
pub fn evidence(text: &str) -> impl Iterator<Item = (&'static Language, f32)> {
    let profile = Profile::shipped();
    let nats: Vec<_> = profile.nats(&profile.scores(text)).collect();
    let of = move |language: &'static Language| {
        profile.index(language.code).and_then(|index| nats.get(index)).map(|&(_, nats)| (language, nats))
    };
    LANGUAGES.iter().copied().filter_map(of)
}

/// The likeliest language of a text by the profile.
struct Verdict {
    /// Its place in the profile; none if the likeliest is no language that the profile knows.
    index: Option<usize>,
    /// Nats by which it is ahead of the second.
    margin: f32,
    /// Nats for each word.
    evidence: f32,
    words: u32,
}

impl Detector {
    /// A detector that answers one of `languages` or the undetermined language.
    pub fn new(languages: &[&'static Language]) -> Self {
        let configured: Vec<_> = languages.iter().copied().filter(|language| !language.is_undetermined()).collect();
        let allowed = configured.iter().filter_map(|language| whatlang::Lang::from_code(language.iso639_3)).collect();
        let whatlang = whatlang::Detector::with_allowlist(allowed);
        Self { whatlang, profile: Profile::shipped(), configured }
    }

    /// The language of `text`.
    pub fn detect(&self, text: &str) -> Detected {
        let samples = samples(text);
        match self.whatlang.detect_lang(&samples) {
            Some(proposed) => self.answer(&self.verdict(&samples, Some(proposed.code()))),
            None => Detected { language: UND, confidence: 0.0, evidence: Evidence::Fallback },
        }
    }

    /// What whatlang alone would say of `text`, by the language's ISO 639-3 code: what detection is measured against.
    pub fn proposal(&self, text: &str) -> Option<&'static str> {
        self.whatlang.detect_lang(&samples(text)).map(|lang| lang.code())
    }

    /// The language that `code` declares, if it is a configured one; undetermined otherwise.
    pub fn declared(&self, code: &str) -> Detected {
        let base = code.split(['-', '_']).next().unwrap_or(code);
        let configured = self.configured.iter().find(|language| language.code == base || language.iso639_3 == base);
        Detected { language: configured.unwrap_or(&UND), confidence: 1.0, evidence: Evidence::Declared }
    }

    fn verdict(&self, text: &str, proposed: Option<&str>) -> Verdict {
        let mut scores = self.profile.scores(text);
        if let Some(code) = proposed {
            self.profile.add(proposal(code), &mut scores);
        }
        // "None of them" is the reference, at zero.
        let (mut index, mut most, mut second) = (None, 0.0, f32::MIN);
        for (language, nats) in self.profile.nats(&scores) {
            if nats > most {
                (index, most, second) = (Some(language), nats, most);
            } else {
                second = second.max(nats);
            }
        }
        Verdict { index, margin: most - second, evidence: most / scores.words.max(1) as f32, words: scores.words }
    }

    fn answer(&self, verdict: &Verdict) -> Detected {
        let needed = match verdict.words.cmp(&SHORT) {
            Ordering::Less => CLEAR,
            Ordering::Equal => LIKELY,
            Ordering::Greater => MARGIN,
        };
        let clear = verdict.margin >= needed && verdict.evidence >= EVIDENCE;
        let index = verdict.index.filter(|_| clear);
        let language =
            index.and_then(|index| self.configured.iter().find(|l| self.profile.index(l.code) == Some(index)));
        let Some(language) = language else {
            return Detected { language: UND, confidence: 0.0, evidence: Evidence::Fallback };
        };
        let confidence = 1.0 / (1.0 + f64::from(-verdict.margin).exp());
        Detected { language, confidence, evidence: Evidence::Statistical }
    }
}

/// At most [`SAMPLE`] bytes from each of the text's beginning, middle and end.
fn samples(text: &str) -> Cow<'_, str> {
    if text.len() <= 3 * SAMPLE {
        return Cow::Borrowed(text);
    }
    let mut samples = String::with_capacity(3 * SAMPLE + 16);
    for start in [0, (text.len() - SAMPLE) / 2, text.len() - SAMPLE] {
        let (start, end) = (text.ceil_char_boundary(start), text.floor_char_boundary(start + SAMPLE));
        samples.push_str(&text[start..end]);
        samples.push('\n');
    }
    Cow::Owned(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        Detector::new(LANGUAGES).detect(text).language.code
    }

    fn configured(codes: &[&str]) -> Detector {
        let languages: Vec<_> = codes.iter().filter_map(|code| Language::by_code(code)).collect();
        Detector::new(&languages)
    }

    #[test]
    fn everyday_sentences_are_told_apart() {
        for (language, text) in [
            ("da", "Jeg ved ikke, hvad vi skal spise i aften, men det bliver nok noget med kartofler."),
            ("sv", "Jag vet inte vad vi ska äta i kväll, men det blir nog något med potatis."),
            ("nb", "Jeg vet ikke hva vi skal spise i kveld, men det blir nok noe med poteter."),
            ("nn", "Eg veit ikkje kva vi skal ete i kveld, men det blir nok noko med poteter."),
            ("fi", "En tiedä, mitä syömme tänä iltana, mutta varmaan jotain perunoiden kanssa."),
            ("en", "I do not know what we will eat tonight, but it will probably have potatoes in it."),
        ] {
            assert_eq!(code(text), language, "{text}");
        }
    }

    #[test]
    fn other_languages_are_undetermined() {
        for text in [
            "Ich weiß nicht, was wir heute Abend essen, aber wahrscheinlich gibt es etwas mit Kartoffeln.",
            "Ik weet niet wat we vanavond eten, maar het wordt waarschijnlijk iets met aardappelen.",
            "Ég veit ekki hvað við borðum í kvöld en það verður líklega eitthvað með kartöflum.",
            "Eg veit ikki, hvat vit skulu eta í kvøld, men tað verður helst okkurt við eplum.",
            "Ma ei tea, mida me täna õhtul sööme, aga ilmselt on see midagi kartulitega.",
            "Je ne sais pas ce que nous allons manger ce soir, mais il y aura sans doute des pommes de terre.",
            "Nie wiem, co zjemy dziś wieczorem, ale pewnie będzie to coś z ziemniakami.",
            "Я не знаю, что мы будем есть сегодня вечером, но, наверное, что-нибудь с картошкой.",
            "今夜何を食べるかわかりませんが、おそらくじゃがいもを使ったものになるでしょう。",
        ] {
            assert_eq!(code(text), "und", "{text}");
        }
    }

    #[test]
    fn what_says_nothing_is_undetermined() {
        for text in
            ["", "   \n", "12 345 | 67,8 % | 2019", "1 2 3 4 5 6 7 8 9", "§ 12", "Ribe", "- - -", "\u{0}\u{fffd}"]
        {
            let detected = Detector::new(LANGUAGES).detect(text);
            assert_eq!((detected.language.code, detected.evidence), ("und", Evidence::Fallback), "{text:?}");
        }
    }

    #[test]
    fn a_language_that_is_not_configured_is_undetermined() {
        let detector = configured(&["da", "sv"]);
        for language in LANGUAGES {
            for sample in language.samples {
                let expected = if ["da", "sv"].contains(&language.code) { language.code } else { "und" };
                assert_eq!(detector.detect(sample).language.code, expected, "{sample}");
            }
        }
        assert_eq!(configured(&[]).detect(LANGUAGES[0].samples[0]).language.code, "und");
    }

    #[test]
    fn case_does_not_matter() {
        for language in LANGUAGES {
            for sample in language.samples {
                assert_eq!(code(&sample.to_uppercase()), language.code, "{sample}");
            }
        }
    }

    #[test]
    fn a_quotation_does_not_decide() {
        let [danish, swedish] = ["da", "sv"].map(|code| Language::by_code(code).expect("registered").samples.join(" "));
        let text = format!("{swedish}\n{}", format!("{danish}\n").repeat(20));
        assert_eq!(code(&text), "da");
    }

    #[test]
    fn samples_end_between_characters() {
        for length in 4490..4520 {
            let text = format!("{}{}", "x".repeat(length % 7), "æøå".repeat(length / 6));
            assert!(samples(&text).len() <= 3 * SAMPLE + 3);
        }
    }
}
