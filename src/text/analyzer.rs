//! The analyzer: a list of steps applied to every token, with the results remembered per distinct word.
//!
//! A text of a million words has some ten thousand distinct ones, so the steps run once a distinct word and the rest is
//! a look-up; that is what pays for stemming, overrides and folding together. Steps are values rather than trait
//! objects: there are few kinds, `snotra analyze` shows each, and a language that lists them reads as data.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use crate::text::compound::CompoundPart;
use crate::text::compound::Compounds;
use crate::text::compound::Splitter;
use crate::text::fold::fold;
use crate::text::lowercase::lowercase;
use crate::text::nordic::nordic_key;
use crate::text::overrides::Overrides;
use crate::text::overrides::beginning;
use crate::text::own::OwnWords;
use crate::text::scan::Kind;
use crate::text::scan::Scanner;
use crate::text::scan::Token;
use crate::text::stem::Snowball;

/// One step of an analysis, in the order in which a language lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Full Unicode lower case.
    Lowercase,
    /// Lemmas that a user gives, which go on through the other steps. In no language's list: [`Analyzer::with`] adds it.
    Lemma,
    /// Stems given by hand: a table made by [`Overrides::table`]. What it finds skips the stemmer.
    Override(&'static [u8]),
    /// A Snowball stemmer.
    Stem(Snowball),
    /// The parts of a compound beside the term, each with the term that it has as a word of its own.
    Split(&'static Compounds),
    /// The folded key beside the term: what is typed without the Nordic letters.
    Fold,
    /// The Nordic key of the word and of its parts: what its relatives have in the other Scandinavian languages.
    Key,
}

impl Step {
    /// The step's name as `snotra analyze` prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lowercase => "lowercase",
            Self::Lemma => "lemma",
            Self::Override(_) => "override",
            Self::Stem(_) => "stem",
            Self::Split(_) => "split",
            Self::Fold => "fold",
            Self::Key => "key",
        }
    }
}

/// Why a list of steps makes no analyzer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSteps {
    /// A step stands where it cannot work.
    #[error("the step {0} must not stand behind {1}")]
    Order(&'static str, &'static str),
    /// A table of overrides does not open.
    #[error("the table of overrides is faulty: {0}")]
    Overrides(String),
    /// The data of the splitter is faulty.
    #[error("the splitter cannot be made: {0}")]
    Compounds(String),
}

/// What becomes of one word: the term that is indexed, what stands beside it, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The term, as the last step that changes it leaves it.
    pub text: Box<str>,
    /// The folded key of a word that has letters to fold, where it is not the term itself.
    pub folded: Option<Box<str>>,
    /// The parts of a compound; none where the word is not split.
    pub parts: Box<[Part]>,
    /// The word in lower case, folded: not stemmed.
    pub surface: Box<str>,
    /// The Nordic key, in languages that have one.
    pub key: Option<Box<str>>,
}

/// A part of a compound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Bytes of the word in lower case.
    pub span: Range<usize>,
    /// The term that the part has as a word of its own.
    pub text: Box<str>,
    /// Its Nordic key, in languages that have one.
    pub key: Option<Box<str>>,
}

/// Turns text into terms, the same for index, query, highlights and `snotra analyze`.
#[derive(Debug)]
pub struct Analyzer {
    steps: Cow<'static, [Step]>,
    own: Option<Arc<OwnWords>>,
    /// How forms begin that begin otherwise than the term that they have by a user's lemma, by that term.
    own_beginnings: OnceCell<BTreeMap<String, BTreeSet<String>>>,
    overrides: Option<Overrides>,
    splitter: Option<Splitter>,
    seen: RefCell<HashMap<Box<str>, Rc<Term>, FxBuildHasher>>,
}

/// At this many distinct words the memory is emptied: some 20 MB.
const MOST_REMEMBERED: usize = 120_000;

impl Analyzer {
    /// Checks the order of `steps` and opens their tables.
    ///
    /// # Errors
    /// [`BadSteps`]: lower case must come first, then lemmas, overrides, the stemmer, the splitter, folding, keys.
    pub fn new(steps: &'static [Step]) -> Result<Self, BadSteps> {
        let rank = |step: &Step| match step {
            Step::Lowercase => 0,
            Step::Lemma => 1,
            Step::Override(_) => 2,
            Step::Stem(_) => 3,
            Step::Split(_) => 4,
            Step::Fold => 5,
            Step::Key => 6,
        };
        for pair in steps.windows(2) {
            if rank(&pair[0]) >= rank(&pair[1]) {
                return Err(BadSteps::Order(pair[1].name(), pair[0].name()));
            }
        }
        let table = steps.iter().find_map(|step| match step {
            Step::Override(table) => Some(*table),
            _ => None,
        });
        let overrides = table.map(Overrides::new).transpose().map_err(BadSteps::Overrides)?;
        let compounds = steps.iter().find_map(|step| match step {
            Step::Split(compounds) => Some(*compounds),
            _ => None,
        });
        let splitter = compounds.map(Splitter::new).transpose().map_err(BadSteps::Compounds)?;
        Ok(Self {
            steps: Cow::Borrowed(steps),
            own: None,
            own_beginnings: OnceCell::new(),
            overrides,
            splitter,
            seen: RefCell::default(),
        })
    }

    /// An analyzer that has `steps` and obeys what a user says of words before what they say.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(steps: &'static [Step], own: Arc<OwnWords>) -> Result<Self, BadSteps> {
        let mut analyzer = Self::new(steps)?;
        if own.lemmas().next().is_some() {
            let at = steps.iter().take_while(|&&step| step == Step::Lowercase).count();
            analyzer.steps.to_mut().insert(at, Step::Lemma);
        }
        analyzer.own = Some(own);
        Ok(analyzer)
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How those words begin, folded, that have the term or the folded key `stem` and begin otherwise than it does.
    pub fn irregular_beginnings<'s>(&'s self, stem: &str) -> impl Iterator<Item = &'s str> + use<'s> {
        let own = self.own.as_ref().map(|own| self.own_beginnings.get_or_init(|| self.beginnings_of(own)));
        let own = own.and_then(|own| own.get(stem)).into_iter().flatten().map(String::as_str);
        let shipped = self.overrides.as_ref().map(|overrides| overrides.beginnings(stem)).into_iter().flatten();
        own.chain(shipped.map(|begins| -> &'s str { begins }))
    }

    fn beginnings_of(&self, own: &OwnWords) -> BTreeMap<String, BTreeSet<String>> {
        let mut beginnings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (form, _) in own.lemmas() {
            let (term, begins) = (self.stem(form), beginning(form));
            if begins != beginning(&term) {
                for term in [fold(&term).into_owned(), term.into_owned()] {
                    beginnings.entry(term).or_default().insert(begins.clone());
                }
            }
        }
        beginnings
    }

    /// The tokens of `text` with their terms, in the scanner's order.
    pub fn tokens<'s>(&'s self, text: &'s str) -> impl Iterator<Item = (Token<'s>, Rc<Term>)> {
        Scanner::new(text).map(|token| {
            let term = self.term(&token);
            (token, term)
        })
    }

    /// The term of one token. A legal reference is lower case already and takes part in no other step.
    pub fn term(&self, token: &Token<'_>) -> Rc<Term> {
        if token.kind == Kind::Reference {
            let text: Box<str> = token.text.as_ref().into();
            return Rc::new(Term { surface: text.clone(), text, folded: None, parts: Box::default(), key: None });
        }
        if let Some(term) = self.seen.borrow().get(token.text.as_ref()) {
            return Rc::clone(term);
        }
        let term = Rc::new(self.analyze(&lowercase(&token.text)));
        let mut seen = self.seen.borrow_mut();
        if seen.len() >= MOST_REMEMBERED {
            seen.clear();
        }
        seen.insert(token.text.as_ref().into(), Rc::clone(&term));
        term
    }

    /// The term of a word in lower case, worked out anew.
    pub fn analyze(&self, word: &str) -> Term {
        let text = self.stem(word);
        let folded = self.folded(word, &text);
        Term { text: text.into(), folded, parts: self.parts(word), surface: fold(word).into(), key: self.key(word) }
    }

    /// The folded key of a lower-case `word` with this `term`, where it is another: the folded stem of what the word is
    /// without its Nordic letters, so that one key comes of both. It is not the folded term: a stemmer may cut *nyttar*
    /// where it leaves *nyttår*.
    fn folded(&self, word: &str, term: &str) -> Option<Box<str>> {
        if !self.steps.contains(&Step::Fold) {
            return None;
        }
        let plain = fold(word);
        let key = match self.own.as_ref().and_then(|own| own.by_key(&plain)) {
            Some(form) if self.listed(&plain).is_none() => self.stem(form),
            _ if self.lemma(&plain).is_some() => self.stem(&plain),
            _ => {
                let meant = self.overrides.as_ref().and_then(|overrides| overrides.by_key(&plain));
                meant.map_or_else(|| self.stem(&plain), Cow::Borrowed)
            }
        };
        let key = fold(&key);
        (key != term).then(|| key.into())
    }

    /// The parts of a lower-case `word`.
    fn parts(&self, word: &str) -> Box<[Part]> {
        let Some(splitter) = &self.splitter else { return Box::default() };
        let own = self.own.as_ref().and_then(|own| splitter.split_by(word, |form| own.split(form)));
        let parts = own.unwrap_or_else(|| splitter.split(word));
        let part = |part: CompoundPart| {
            let (text, key) = (self.stem(&part.base).into(), self.key(&part.base));
            Part { span: part.start..part.end, text, key }
        };
        parts.into_iter().map(part).collect()
    }

    /// The Nordic key of a lower-case `word`, if it is one and the language has them.
    fn key(&self, word: &str) -> Option<Box<str>> {
        let has_one = self.steps.contains(&Step::Key) && word.starts_with(char::is_alphabetic);
        has_one.then(|| nordic_key(word).into())
    }

    /// The lemma that a user gives a lower-case `word`.
    fn lemma(&self, word: &str) -> Option<&str> {
        self.own.as_ref()?.lemma(word)
    }

    /// Whether a user says that a lower-case `word` is a term as it stands.
    fn is_final(&self, word: &str) -> bool {
        self.own.as_ref().is_some_and(|own| own.is_final(word))
    }

    /// The stem that a list gives a lower-case `word`.
    fn listed(&self, word: &str) -> Option<&'static str> {
        self.overrides.as_ref()?.get(word)
    }

    /// The stem of a lower-case `word`.
    pub fn stem<'w>(&'w self, word: &'w str) -> Cow<'w, str> {
        let word = self.lemma(word).unwrap_or(word);
        if self.is_final(word) {
            return Cow::Borrowed(word);
        }
        if let Some(stem) = self.listed(word) {
            return Cow::Borrowed(stem);
        }
        let stemmer = self.steps.iter().find_map(|step| match step {
            Step::Stem(snowball) => Some(*snowball),
            _ => None,
        });
        stemmer.map_or(Cow::Borrowed(word), |snowball| snowball.stem(word))
    }

    /// Runs the steps on one word, calling `each` with what every step makes of it: of a compound, its parts.
    pub fn each_step(&self, word: &str, mut each: impl FnMut(Step, &str)) {
        let lower = lowercase(word);
        let mut word = Cow::Borrowed(word);
        let mut stemmed = false;
        for &step in &*self.steps {
            let next = match step {
                Step::Lowercase => lower.clone().into_owned(),
                Step::Lemma => {
                    let lemma = self.lemma(&word).unwrap_or(&word).to_owned();
                    stemmed = self.is_final(&lemma);
                    lemma
                }
                Step::Override(_) if stemmed => word.into_owned(),
                Step::Override(_) => match self.listed(&word) {
                    Some(stem) => {
                        stemmed = true;
                        stem.to_owned()
                    }
                    None => word.into_owned(),
                },
                Step::Stem(_) if stemmed => word.into_owned(),
                Step::Stem(snowball) => snowball.stem(&word).into_owned(),
                Step::Split(_) => {
                    let parts: Vec<_> = self.parts(&lower).into_iter().map(|part| part.text).collect();
                    each(step, &parts.join("+"));
                    continue;
                }
                Step::Fold => self.folded(&lower, &word).map_or_else(|| word.into_owned(), String::from),
                Step::Key => {
                    each(step, self.key(&lower).as_deref().unwrap_or_default());
                    continue;
                }
            };
            each(step, &next);
            word = Cow::Owned(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Danish with this list of overrides.
    fn steps(list: &str) -> &'static [Step] {
        let table = Overrides::table(list).expect("a good list").leak();
        let steps = [Step::Lowercase, Step::Override(table), Step::Stem(Snowball::Danish), Step::Fold];
        Vec::from(steps).leak()
    }

    fn analyzer(list: &str) -> Analyzer {
        Analyzer::new(steps(list)).expect("a good order")
    }

    /// The same, with a user's lemmas.
    fn with_lemmas(list: &str, lemmas: &[(&str, &str)]) -> Analyzer {
        let mut own = OwnWords::default();
        lemmas.iter().for_each(|(form, lemma)| own.add_lemma(form, lemma));
        Analyzer::with(steps(list), Arc::new(own)).expect("a good order")
    }

    #[test]
    fn terms_and_keys() {
        let analyzer = analyzer("bog\tbog bøger");
        let terms: Vec<String> = analyzer
            .tokens("Bøger om rådgivningen, § 12")
            .map(|(_, term)| match &term.folded {
                Some(key) => format!("{}~{key}", term.text),
                None => term.text.to_string(),
            })
            .collect();
        assert_eq!(terms, ["bog", "om", "rådgivning~radgivning", "§", "§12", "12"]);
    }

    #[test]
    fn irregular_forms_have_the_key_of_their_stem() {
        let analyzer = analyzer("bog\tbog bøger\nlægge\tlægge lægger lagde");
        let check = |word: &str, text: &str, folded: Option<&str>| {
            let (_, term) = analyzer.tokens(word).next().expect("a word");
            assert_eq!((&*term.text, term.folded.as_deref()), (text, folded), "{word}");
        };
        check("bøger", "bog", None);
        check("boger", "bog", None);
        check("lægger", "lægge", Some("lagge"));
        check("lagde", "lægge", Some("lagge"));
        check("laegger", "laeg", Some("lagge"));
        check("lagger", "lag", Some("lagge"));
    }

    #[test]
    fn a_lemma_goes_on_and_one_of_its_own_stays() {
        let lemmas = [("gæssene", "gås"), ("rådene", "rådgivningen"), ("borgerne", "borgerne"), ("børn", "borgerne")];
        let analyzer = with_lemmas("fugl\tgås", &lemmas);
        let check = |word: &str, text: &str, folded: Option<&str>| {
            let (_, term) = analyzer.tokens(word).next().expect("a word");
            assert_eq!((&*term.text, term.folded.as_deref()), (text, folded), "{word}");
            let mut steps = Vec::new();
            analyzer.each_step(word, |step, result| steps.push((step.name(), result.to_owned())));
            assert_eq!(steps[1].0, "lemma", "{word}");
            assert_eq!((steps[3].0, steps[3].1.as_str()), ("stem", text), "{word}");
        };
        check("Gæssene", "fugl", None);
        check("gaessene", "gaes", Some("fugl"));
        check("rådene", "rådgivning", Some("radgivning"));
        check("rådgivningen", "rådgivning", Some("radgivning"));
        check("raadene", "raad", Some("radgivning"));
        check("Borgerne", "borgerne", None);
        check("børn", "borgerne", None);
        check("borgernes", "borg", None);
        let begin = |term: &str| analyzer.irregular_beginnings(term).collect::<Vec<_>>();
        assert_eq!(begin("fugl"), ["gas", "gas"], "by the user's list, and by the shipped one");
        assert!(begin("rådgivning").is_empty());
    }

    #[test]
    fn a_wrong_order_is_refused() {
        const WRONG: &[Step] = &[Step::Stem(Snowball::Danish), Step::Lowercase];
        assert_eq!(Analyzer::new(WRONG).unwrap_err(), BadSteps::Order("lowercase", "stem"));
    }
}
