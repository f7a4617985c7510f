//! A user's own words: what a text file says of the words of each language, and the analyzers that obey it.
//!
//! ```text
//! # A language, what is said, and of which word. Blanks or tabs between.
//! da  whole  nemkonto
//! da  split  digital+post+løsning
//! da  lemma  bøgernes  bog
//! ```
//!
//! `whole`: the word is never split. `split`: it has these parts. Both hold for its inflected forms. `lemma`: the form
//! stands for the lemma and is found with it; one that is its own lemma is not stemmed. The order of the lines means
//! nothing, so two that contradict each other are faults: which one holds should not depend on where it stands.
//!
//! An index keeps its vocabulary, in the one form that two files have if they say the same. A vocabulary is one for all
//! languages, because it is one file for whoever keeps it. It is handed on as a value: analyzers remember words, and what
//! one index has them remember must not reach another, so they are kept by vocabulary and go with it.
//!
//! Rejected: three files, or one a language, which are three things to name and to lose; the lists' own form
//! (`da.overrides.tsv` and its like), which has no room for the language and names stems; TOML, in which every word has
//! quotes; warnings for lines that cannot be used, since an index that lacks some of them looks like one that has them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::Weak;

use xxhash_rust::xxh3::xxh3_64;

use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::text::Analyzer;
use crate::text::OwnWords;
use crate::text::Step;
use crate::text::is_one_word;
use crate::text::lowercase;

/// A user's own words, in any languages. Cheap to clone; the default has none.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary(Option<Arc<Entries>>);

#[derive(Debug)]
struct Entries {
    /// Those that have any.
    languages: Vec<(&'static Language, Arc<OwnWords>)>,
    text: String,
}

/// A line that a vocabulary cannot have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: u64,
    /// What is wrong with it, in words that end without a full stop.
    pub cause: String,
    /// What to do about it.
    pub hint: String,
}

impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Vocabulary {
    /// Reads clean text.
    ///
    /// # Errors
    /// Every line that cannot be used.
    pub fn parse(text: &str) -> Result<Self, Vec<BadLine>> {
        let mut reader = Reader::default();
        let mut faults = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default();
            let cells: Vec<&str> = line.split_whitespace().collect();
            if !cells.is_empty()
                && let Err(Fault { cause, hint }) = reader.line(number, &cells)
            {
                faults.push(BadLine { line: number, cause, hint });
            }
        }
        faults.extend(reader.lemmas_of_lemmas());
        if faults.is_empty() {
            return Ok(reader.finish());
        }
        faults.sort_by_key(|fault| fault.line);
        Err(faults)
    }

    /// The entries as text that [`Self::parse`] reads: in the same words for all vocabularies that say the same.
    pub fn text(&self) -> &str {
        self.0.as_ref().map_or("", |entries| &entries.text)
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many entries each language has, by its code.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let languages = self.0.iter().flat_map(|entries| &entries.languages);
        languages.map(|(language, own)| (language.code, (own.lemmas().count() + own.splits().count()) as u64)).collect()
    }

    /// A number that is another one for other entries.
    pub fn fingerprint(&self) -> u64 {
        xxh3_64(self.text().as_bytes())
    }

    /// The calling thread's analyzer for `language`, which obeys these entries.
    pub fn analyzer(&self, language: &'static Language) -> Rc<Analyzer> {
        type Kept = (Weak<Entries>, &'static str, Rc<Analyzer>);
        thread_local! {
            static ANALYZERS: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
        }
        let of_language = |entries: &&Arc<Entries>| entries.own(language).is_some();
        let Some(entries) = self.0.as_ref().filter(of_language) else { return language.analyzer() };
        ANALYZERS.with_borrow_mut(|kept| {
            let same = |(of, code, _): &&Kept| of.as_ptr() == Arc::as_ptr(entries) && *code == language.code;
            if let Some((.., analyzer)) = kept.iter().find(same) {
                return Rc::clone(analyzer);
            }
            kept.retain(|(of, ..)| of.strong_count() > 0);
            let own = entries.own(language).cloned().unwrap_or_default();
            let analyzer = Analyzer::with(language.steps, own).expect("a test builds every registered language's");
            let analyzer = Rc::new(analyzer);
            kept.push((Arc::downgrade(entries), language.code, Rc::clone(&analyzer)));
            analyzer
        })
    }
}

impl Entries {
    fn own(&self, language: &Language) -> Option<&Arc<OwnWords>> {
        self.languages.iter().find(|(of, _)| of.code == language.code).map(|(_, own)| own)
    }
}

/// What is wrong with a line, and what to do.
struct Fault {
    cause: String,
    hint: String,
}

fn fault<T>(cause: impl Into<String>, hint: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { cause: cause.into(), hint: hint.into() })
}

const FORMS: &str = "write a line as one of: da whole nemkonto, da split digital+post, da lemma bøger bog";

/// The lines so far.
#[derive(Default)]
struct Reader {
    words: BTreeMap<&'static str, OwnWords>,
    /// Where a word was said to be whole or split, and where it was given a lemma.
    split_at: HashMap<(&'static str, String), u64>,
    lemma_at: HashMap<(&'static str, String), u64>,
}

impl Reader {
    fn line(&mut self, number: u64, cells: &[&str]) -> Result<(), Fault> {
        let &[code, what, ref words @ ..] = cells else {
            return fault("a line says a language, what is so, and of which word", FORMS);
        };
        let Some(language) = Language::by_code(code) else {
            let known: Vec<_> = LANGUAGES.iter().map(|language| language.code).collect();
            return fault(format!("no language is called {code:?}"), format!("known are {}", known.join(", ")));
        };
        let words: Vec<_> = words.iter().map(|word| lowercase(word).into_owned()).collect();
        match (what, words.as_slice()) {
            ("whole", [word]) if word.contains('+') => {
                fault("a word that stays whole has no parts", format!("write {code} whole {}", word.replace('+', "")))
            }
            ("whole", [word]) => self.split(number, language, word, None),
            ("split", [parts]) => self.split(number, language, &parts.replace('+', ""), Some(parts)),
            ("lemma", [form, lemma]) => self.lemma(number, language, form, lemma),
            ("whole" | "split", _) => fault(format!("{what} takes one word, not {}", words.len()), FORMS),
            ("lemma", _) => fault(format!("lemma takes two words, a form and its lemma, not {}", words.len()), FORMS),
            _ => fault(format!("{what:?} says nothing of a word"), FORMS),
        }
    }

    fn split(
        &mut self,
        number: u64,
        language: &'static Language,
        word: &str,
        parts: Option<&str>,
    ) -> Result<(), Fault> {
        if !language.steps.iter().any(|step| matches!(step, Step::Split(_))) {
            return fault(
                format!("{} words are never split", language.name),
                "leave the line out; a lemma can be given",
            );
        }
        check(word)?;
        if let Some(parts) = parts {
            if !parts.contains('+') {
                return fault(
                    format!("{word} has no parts"),
                    format!("put + between them, or write {} whole {word}", language.code),
                );
            }
            if parts.split('+').any(str::is_empty) {
                return fault(format!("a part of {parts} is empty"), "put one + between two parts and none elsewhere");
            }
        }
        let words = self.words.entry(language.code).or_default();
        let line = *self.split_at.entry((language.code, word.to_owned())).or_insert(number);
        match words.split(word) {
            Some(other) if other != parts => {
                let said = |parts: Option<&str>| parts.map_or("whole".to_owned(), |parts| format!("split as {parts}"));
                fault(
                    format!("{word} is {} here and {} on line {line}", said(parts), said(other)),
                    "leave one of the two lines out",
                )
            }
            _ => {
                words.add_split(word, parts);
                Ok(())
            }
        }
    }

    fn lemma(&mut self, number: u64, language: &'static Language, form: &str, lemma: &str) -> Result<(), Fault> {
        check(form)?;
        check(lemma)?;
        let words = self.words.entry(language.code).or_default();
        let line = *self.lemma_at.entry((language.code, form.to_owned())).or_insert(number);
        match words.lemma(form) {
            Some(other) if other != lemma => fault(
                format!("{form} has the lemma {lemma} here and {other} on line {line}"),
                "leave one of the two lines out",
            ),
            _ => {
                words.add_lemma(form, lemma);
                Ok(())
            }
        }
    }

    /// The lines whose lemma has itself another one.
    fn lemmas_of_lemmas(&self) -> Vec<BadLine> {
        let mut faults = Vec::new();
        for (&code, words) in &self.words {
            for (form, lemma) in words.lemmas() {
                let Some(next) = words.lemma(lemma).filter(|_| !words.is_final(lemma)) else { continue };
                let line = |word: &str| self.lemma_at[&(code, word.to_owned())];
                let cause =
                    format!("{form} has the lemma {lemma}, which has itself the lemma {next} on line {}", line(lemma));
                let hint = if next == form {
                    "leave one of the two lines out".to_owned()
                } else {
                    format!("write {code} lemma {form} {next}")
                };
                faults.push(BadLine { line: line(form), cause, hint });
            }
        }
        faults
    }

    fn finish(mut self) -> Vocabulary {
        let mut entries = Entries { languages: Vec::new(), text: String::new() };
        for &language in LANGUAGES {
            let Some(own) = self.words.remove(language.code) else { continue };
            let code = language.code;
            for (form, lemma) in own.lemmas() {
                entries.text.push_str(&format!("{code}\tlemma\t{form}\t{lemma}\n"));
            }
            for (word, parts) in own.splits() {
                let line = parts.map_or_else(|| format!("whole\t{word}"), |parts| format!("split\t{parts}"));
                entries.text.push_str(&format!("{code}\t{line}\n"));
            }
            entries.languages.push((language, Arc::new(own)));
        }
        Vocabulary((!entries.languages.is_empty()).then(|| Arc::new(entries)))
    }
}

fn check(word: &str) -> Result<(), Fault> {
    if is_one_word(word) {
        return Ok(());
    }
    let hint = "a word is letters and digits; what a hyphen or a dot joins is several, and each can have a line";
    fault(format!("{word:?} is not one word"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vocabulary {
        Vocabulary::parse(text).expect("a good vocabulary")
    }

    fn danish() -> &'static Language {
        Language::by_code("da").expect("Danish is registered")
    }

    /// The term, the folded key and the parts of a Danish word.
    fn analysed(vocabulary: &Vocabulary, word: &str) -> String {
        let analyzer = vocabulary.analyzer(danish());
        let (_, term) = analyzer.tokens(word).next().expect("a word");
        let parts: Vec<_> = term.parts.iter().map(|part| part.text.as_ref()).collect();
        [term.text.as_ref(), term.folded.as_deref().unwrap_or("-"), &parts.join("+")].join(" ")
    }

    #[test]
    fn one_text_for_all_that_say_the_same() {
        let text =
            "# Mine.\n\nsv\twhole\tkaka # no cake\n  da split  Digital+Post\r\nda lemma\tØer ø\nda whole nemkonto\n";
        let vocabulary = parse(text);
        let normal = "da\tlemma\tøer\tø\nda\tsplit\tdigital+post\nda\twhole\tnemkonto\nsv\twhole\tkaka\n";
        assert_eq!(vocabulary.text(), normal);
        assert_eq!(parse(normal), vocabulary);
        assert_eq!(parse(&[normal, normal].concat()), vocabulary);
        assert_eq!(parse(normal).fingerprint(), vocabulary.fingerprint());
        assert_eq!(vocabulary.counts(), BTreeMap::from([("da", 3), ("sv", 1)]));
        for none in ["", "# nothing\n", "\n\n"] {
            assert!(parse(none).is_empty() && parse(none) == Vocabulary::default());
        }
    }

    #[test]
    fn words_are_analysed_as_it_says() {
        let vocabulary = parse(
            "da whole arbejdsmarked\nda split rege+ringen\nda lemma knoldene kartoflen\nda lemma borgerne borgerne\n",
        );
        let check = |word: &str, shipped: &str, own: &str| {
            assert_eq!(analysed(&Vocabulary::default(), word), shipped, "{word}");
            assert_eq!(analysed(&vocabulary, word), own, "{word}");
        };
        check("Arbejdsmarkedets", "arbejdsmarked - arbejde+marked", "arbejdsmarked - ");
        check("regeringen", "regering - ", "regering - reg+ring");
        check("knoldene", "knold - ", "kartoffel - ");
        check("kartoflerne", "kartoffel - ", "kartoffel - ");
        check("borgerne", "borger - ", "borgerne - ");
        check("borgeren", "borger - ", "borger - ");
    }

    #[test]
    fn what_one_vocabulary_remembers_reaches_no_other() {
        let of = |lemma: &str| parse(&format!("da lemma knoldene {lemma}"));
        let (one, other) = (of("mus"), of("and"));
        for _ in 0..2 {
            assert_eq!(analysed(&one, "knoldene"), "mus - ");
            assert_eq!(analysed(&other, "knoldene"), "and - ");
            assert_eq!(analysed(&Vocabulary::default(), "knoldene"), "knold - ");
        }
        // A new one may lie where an old one was.
        for lemma in ["is", "by", "ko", "to"] {
            assert_eq!(analysed(&of(lemma), "knoldene"), format!("{lemma} - "));
        }
        // Languages without entries have the analyzer that all share.
        let swedish = Language::by_code("sv").expect("Swedish is registered");
        assert!(Rc::ptr_eq(&one.analyzer(swedish), &swedish.analyzer()));
    }

    #[test]
    fn every_fault_has_its_line_and_a_way_out() {
        let check = |text: &str, expect: &[(u64, &str, &str)]| {
            let faults = Vocabulary::parse(text).expect_err(text);
            assert_eq!(faults.len(), expect.len(), "{faults:?}");
            for (fault, (line, cause, hint)) in faults.iter().zip(expect) {
                assert_eq!(fault.line, *line, "{fault:?}");
                assert!(fault.cause.contains(cause) && fault.hint.contains(hint), "{fault:?}");
            }
        };
        check("dk whole x\nda whole x\n\nda", &[(1, "\"dk\"", "known are da, sv"), (4, "a line says", "da whole")]);
        check("da keep x", &[(1, "\"keep\" says nothing", "da split digital+post")]);
        check("da whole nem konto", &[(1, "whole takes one word, not 2", "")]);
        check("da whole nem+konto", &[(1, "no parts", "write da whole nemkonto")]);
        check("da whole", &[(1, "one word, not 0", "")]);
        check("da lemma mus", &[(1, "two words, a form and its lemma, not 1", "")]);
        check("da split nemkonto", &[(1, "nemkonto has no parts", "da whole nemkonto")]);
        check("da split nem+", &[(1, "a part of nem+ is empty", "one +")]);
        check("da split nem++konto", &[(1, "is empty", "one +")]);
        check("da split it-+system", &[(1, "\"it-system\" is not one word", "several")]);
        check("da lemma borger.dk borger", &[(1, "\"borger.dk\" is not one word", "several")]);
        check("fi whole sana\nen split key+word", &[(1, "Finnish words are never", ""), (2, "English", "lemma")]);
        check("da whole Ab\nda split a+b", &[(2, "ab is split as a+b here and whole on line 1", "one of the two")]);
        check("da split ab+c\nda split a+bc", &[(2, "split as a+bc here and split as ab+c on line 1", "")]);
        check("da lemma a b\nda lemma a c", &[(2, "a has the lemma c here and b on line 1", "one of the two")]);
        check("da lemma a b\nda lemma b c", &[(1, "b, which has itself the lemma c on line 2", "da lemma a c")]);
        check("da lemma a b\nda lemma b a", &[(1, "on line 2", "one of"), (2, "on line 1", "one of")]);
        parse("da lemma a b\nda lemma b b\nsv lemma a c\nfi lemma a b\nund lemma a b\n");
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_can_be_read_again(text in "((da|sv|fi|x)\t(whole|split|lemma)\t[a-cæø+]{1,5}( [a-cø]{1,2})?\n){0,6}") {
            if let Ok(vocabulary) = Vocabulary::parse(&text) {
                proptest::prop_assert_eq!(&parse(vocabulary.text()), &vocabulary);
            }
        }
    }
}
