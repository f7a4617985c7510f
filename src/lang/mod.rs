//! The registry of languages: a language is data, one constant in one file, one line here.
//!
//! A [`Language`] is named by its own code and never by a library's enum, since no two libraries know the same
//! languages. Everything that depends on languages (schema, analysis, detection, benches, the contract tests) iterates
//! [`LANGUAGES`].

mod da;
mod detect;
mod en;
mod fi;
pub(crate) mod lexicon;
mod linking;
mod nb;
mod nn;
#[cfg(test)]
mod pack;
mod passages;
mod profile;
mod sv;
mod und;
mod vocabulary;

pub use detect::Detected;
pub use detect::Detector;
pub use detect::Evidence;
pub use detect::evidence;
pub use lexicon::Layer;
pub use lexicon::Translation;
pub use lexicon::is_false_friend;
pub use lexicon::translations;
pub use passages::ForeignPassage;
pub use vocabulary::BadLine;
pub use vocabulary::Vocabulary;

use std::cell::RefCell;
use std::rc::Rc;

use crate::text::Analyzer;
use crate::text::Step;
use crate::text::lowercase;

/// Every language that an index can hold, the unknown one last.
pub static LANGUAGES: &[&Language] =
    &[&da::DANISH, &sv::SWEDISH, &nb::BOKMAL, &nn::NYNORSK, &fi::FINNISH, &en::ENGLISH, &und::UNDETERMINED];

/// The language of text in no configured language: lower-cased and folded, not stemmed.
pub static UND: &Language = &und::UNDETERMINED;

/// One language, described once for every reader of the description.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1 where there is one, else ISO 639-3; `und` for undetermined.
    pub code: &'static str,
    /// ISO 639-3, the name under which whatlang may know it.
    pub iso639_3: &'static str,
    /// Its name in English.
    pub name: &'static str,
    /// Raised whenever the analysis of the same word changes, so that old indexes are refused.
    pub version: u32,
    /// The analysis, in order.
    pub steps: &'static [Step],
    /// The commonest function words, lower-case: what a text of this language is full of.
    pub common_words: &'static [&'static str],
    /// Three sentences of everyday policy text, for tests and benches.
    pub samples: [&'static str; 3],
}

impl Language {
    /// The language with this code, if it is registered.
    pub fn by_code(code: &str) -> Option<&'static Language> {
        LANGUAGES.iter().copied().find(|language| language.code == code)
    }

    /// The calling thread's analyzer for this language, without anybody's [`Vocabulary`]. It remembers words, so a thread
    /// keeps it.
    pub fn analyzer(&'static self) -> Rc<Analyzer> {
        thread_local! {
            static ANALYZERS: RefCell<Vec<(&'static str, Rc<Analyzer>)>> = const { RefCell::new(Vec::new()) };
        }
        ANALYZERS.with_borrow_mut(|analyzers| {
            if let Some((_, analyzer)) = analyzers.iter().find(|(code, _)| *code == self.code) {
                return Rc::clone(analyzer);
            }
            let analyzer = Analyzer::new(self.steps).expect("a test builds every registered language's analyzer");
            let analyzer = Rc::new(analyzer);
            analyzers.push((self.code, Rc::clone(&analyzer)));
            analyzer
        })
    }

    /// Whether `word` is one of the function words that a text is full of.
    pub fn is_common(&self, word: &str) -> bool {
        self.common_words.contains(&lowercase(word).as_ref())
    }

    /// Whether this is the language of text whose language is not known.
    pub fn is_undetermined(&self) -> bool {
        self.code == UND.code
    }
}

/// A number that changes when any registered language analyses its samples differently: it is stamped into an index. It is
/// held against the samples by a test, and not when an index is opened, since that would read most of the tables that a
/// search never needs.
pub const FINGERPRINT: u64 = 0x31e9_e05e_6f64_c148;

#[cfg(test)]
fn fingerprint() -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for language in LANGUAGES {
        hash.update(language.code.as_bytes());
        hash.update(&language.version.to_le_bytes());
        let analyzer = language.analyzer();
        for sample in language.samples {
            for (token, term) in analyzer.tokens(sample) {
                hash.update(&token.position.to_le_bytes());
                hash.update(term.text.as_bytes());
                hash.update(term.folded.as_deref().unwrap_or_default().as_bytes());
            }
        }
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Compounds;
    use crate::text::Overrides;
    use crate::text::Splitter;

    #[test]
    fn the_tables_of_overrides_are_what_their_lists_make() {
        for language in LANGUAGES {
            let path = format!("{}/src/lang/{}.overrides.tsv", env!("CARGO_MANIFEST_DIR"), language.code);
            let shipped = language.steps.iter().find_map(|step| match step {
                Step::Override(table) => Some(table.to_vec()),
                _ => None,
            });
            let list = std::fs::read_to_string(&path).ok();
            let made = list.map(|list| Overrides::table(&list).unwrap_or_else(|fault| panic!("{path}: {fault}")));
            let help = "help: cargo run --release --manifest-path tools/Cargo.toml -- overrides";
            assert!(made == shipped, "src/lang/{}.overrides.bin is not made of its list\n{help}", language.code);
        }
    }

    #[test]
    fn the_fingerprint_is_that_of_the_samples() {
        let now = fingerprint();
        assert_eq!(now, FINGERPRINT, "the analysis has changed: FINGERPRINT is to be {now:#018x}");
    }

    #[test]
    fn every_language_keeps_the_contract() {
        for language in LANGUAGES {
            let code = language.code;
            let help = format!("help: see src/lang/{code}.rs");
            assert!((2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase()), "code; {help}");
            assert_eq!(language.iso639_3.len(), 3, "iso639_3; {help}");
            assert!(Analyzer::new(language.steps).is_ok(), "steps; {help}");
            assert!(std::ptr::eq(Language::by_code(code).expect(&help), *language), "unique code; {help}");
            for sample in language.samples {
                assert!(sample.chars().count() > 40, "samples are sentences; {help}");
                let analyzer = language.analyzer();
                assert!(analyzer.tokens(sample).count() > 5, "samples have words; {help}");
                let detected = Detector::new(LANGUAGES).detect(sample);
                assert_eq!(detected.language.code, code, "samples are detected: {sample}; {help}");
            }
        }
    }

    fn check_compounds(compounds: &'static Compounds, words: &[(&str, &str)]) {
        let splitter = Splitter::new(compounds).expect("good lists");
        for &(word, expect) in words {
            let parts = splitter.split(word);
            let shown = parts.iter().map(|part| &word[part.start..part.end]).collect::<Vec<_>>().join("+");
            assert_eq!(shown, if expect.contains('+') { expect } else { "" }, "{word}");
        }
    }

    #[test]
    fn danish_compounds() {
        check_compounds(
            &da::COMPOUNDS,
            &[
                ("arbejdsmarkedspolitik", "arbejds+markeds+politik"),
                ("arealstørrelser", "areal+størrelser"),
                ("dataoverensstemmelse", "data+overensstemmelse"),
                ("demokratisk", "demokratisk"),
                ("indkomstår", "indkomst+år"),
                ("informationer", "informationer"),
                ("kontrakten", "kontrakten"),
                ("regeringen", "regeringen"),
            ],
        );
    }

    #[test]
    fn swedish_compounds() {
        check_compounds(
            &sv::COMPOUNDS,
            &[
                ("arbetsmarknadspolitiken", "arbets+marknads+politiken"),
                ("demokratiska", "demokratiska"),
                ("regeringen", "regeringen"),
                ("tullagen", "tul+lagen"),
            ],
        );
    }

    #[test]
    fn norwegian_compounds() {
        check_compounds(
            &nb::COMPOUNDS,
            &[
                ("arbeidsmarkedspolitikken", "arbeids+markeds+politikken"),
                ("inntektsår", "inntekts+år"),
                ("regjeringen", "regjeringen"),
                ("vannivået", "van+nivået"),
            ],
        );
    }
}
