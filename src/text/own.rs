//! What a user says of the words of one language: forms with the lemma that each stands for, words that stay whole, and
//! words with the parts that they are split into. It goes before what is shipped with the language.
//!
//! A lemma is not a term. It goes on through the steps like any word, so that a form and its lemma have one term however
//! the stemmer treats the lemma; only a form that is its own lemma is a term as it stands. Rejected: the lemma as the
//! term, as in the shipped lists: *rådgivningen* would be *rådgivning* where the word itself is stemmed otherwise, and
//! users cannot be asked to know stems. Rejected too: the shipped lists' tables of automata, which must be made first;
//! these lists are short, and a look-up happens once a distinct word.

use std::collections::BTreeMap;

use crate::text::fold::fold;
use crate::text::scan::Kind;
use crate::text::scan::Scanner;

/// A user's entries for one language. All words are in lower case.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OwnWords {
    lemmas: BTreeMap<Box<str>, Box<str>>,
    /// The parts with `+` between them; none where the word stays whole.
    splits: BTreeMap<Box<str>, Option<Box<str>>>,
    /// By the key of forms that are typed without their Nordic letters: such a form, or none where it could be several.
    keys: BTreeMap<Box<str>, Option<Box<str>>>,
}

impl OwnWords {
    /// Says that `form` stands for `lemma`.
    pub fn add_lemma(&mut self, form: &str, lemma: &str) {
        self.lemmas.insert(form.into(), lemma.into());
        let key = fold(form);
        if key != form {
            let known = self.keys.entry(key.as_ref().into()).or_insert_with(|| Some(form.into()));
            if known.as_ref().is_some_and(|other| self.lemmas.get(other).is_some_and(|other| **other != *lemma)) {
                *known = None;
            }
        }
    }

    /// Says that `word` has these parts, with `+` between them; with none, that it stays whole.
    pub fn add_split(&mut self, word: &str, parts: Option<&str>) {
        self.splits.insert(word.into(), parts.map(Into::into));
    }

    /// The lemma of a form.
    pub fn lemma(&self, form: &str) -> Option<&str> {
        self.lemmas.get(form).map(AsRef::as_ref)
    }

    /// Whether `word` is its own lemma.
    pub fn is_final(&self, word: &str) -> bool {
        self.lemma(word) == Some(word)
    }

    /// The form that is meant by one without its Nordic letters. None where that could be several, or where `key` is
    /// itself a form.
    pub fn by_key(&self, key: &str) -> Option<&str> {
        self.keys.get(key)?.as_deref().filter(|_| !self.lemmas.contains_key(key))
    }

    /// What is said of the parts of a word: `Some(None)` where it stays whole.
    pub fn split(&self, word: &str) -> Option<Option<&str>> {
        self.splits.get(word).map(Option::as_deref)
    }

    /// The forms with their lemmas, sorted.
    pub fn lemmas(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lemmas.iter().map(|(form, lemma)| (&**form, &**lemma))
    }

    /// The words with their parts, if any, sorted.
    pub fn splits(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.splits.iter().map(|(word, parts)| (&**word, parts.as_deref()))
    }
}

/// Whether `text` is one word to the analysis, so that something can be said of it: *it-system* is several.
pub fn is_one_word(text: &str) -> bool {
    if !text.starts_with(char::is_alphanumeric) {
        return false;
    }
    let mut tokens = Scanner::new(text);
    let one = tokens.next().is_some_and(|token| token.kind == Kind::Word && token.text == text);
    one && tokens.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::OwnWords;
    use super::is_one_word;

    #[test]
    fn a_form_is_known_without_its_letters_where_that_is_one_word() {
        let mut own = OwnWords::default();
        for (form, lemma) in [("bøger", "bog"), ("böger", "bog"), ("mål", "mål"), ("måle", "mål"), ("mäle", "mäle")]
        {
            own.add_lemma(form, lemma);
        }
        own.add_lemma("mal", "male");
        assert_eq!(own.by_key("boger"), Some("bøger"));
        assert_eq!(own.by_key("mal"), None, "it is a form of its own");
        assert_eq!(own.by_key("male"), None, "it is two");
        assert_eq!(own.by_key("bog"), None);
        assert!(own.is_final("mål") && !own.is_final("måle") && !own.is_final("bog"));
    }

    #[test]
    fn what_is_one_word() {
        let check = |text: &str, expect: bool| assert_eq!(is_one_word(text), expect, "{text}");
        check("nemkonto", true);
        check("covid19", true);
        for other in ["it-system", "borger.dk", "digital post", "§", "eu's", "", "-", "(bog)", "§ 12", "1.000"] {
            check(other, false);
        }
    }
}
