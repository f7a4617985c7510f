//! Our analyzers in tantivy's clothes: the words of body and title with their positions, then what ranking needs of them.
//!
//! One pass serves both: while the words go by, a [`Counter`] counts them. A document's fields are filled one after the
//! other by one thread, and the last of them, for which there is no text, hands over what the thread has counted.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;
use tantivy::tokenizer::TokenizerManager;

use crate::engine::counter::Counter;
use crate::engine::schema::Role;
use crate::engine::schema::tokenizer_name;
use crate::engine::terms::Zone;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::text::Kind;
use crate::text::Scanner;

/// A manager that knows the tokenizers of every registered language, as they are with `vocabulary`.
pub(super) fn manager(vocabulary: &Vocabulary) -> TokenizerManager {
    let manager = TokenizerManager::default();
    for &language in LANGUAGES {
        for role in Role::ALL {
            let tokenizer = LanguageTokenizer { language, role, vocabulary: vocabulary.clone() };
            manager.register(&tokenizer_name(language, role), tokenizer);
        }
    }
    manager
}

#[derive(Clone)]
struct LanguageTokenizer {
    language: &'static Language,
    role: Role,
    vocabulary: Vocabulary,
}

impl Tokenizer for LanguageTokenizer {
    type TokenStream<'a> = LanguageTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LanguageTokenStream<'a> {
        let counter = counter(self.language, &self.vocabulary);
        let token = Token { position: 0, ..Token::default() };
        let zone = match self.role {
            Role::Body => Zone::Body,
            Role::Title => Zone::Title,
            Role::Ranked => return LanguageTokenStream::Counted(Counted { counter, token, next: 0, left: 0 }),
        };
        if zone == Zone::Body {
            counter.borrow_mut().begin();
        }
        LanguageTokenStream::Words(Words { counter, zone, scanner: Scanner::new(text), token })
    }
}

/// The calling thread's counter for `language` as it is with `vocabulary`.
fn counter(language: &'static Language, vocabulary: &Vocabulary) -> Rc<RefCell<Counter>> {
    thread_local! {
        static COUNTERS: RefCell<FxHashMap<&'static str, Rc<RefCell<Counter>>>> = RefCell::default();
    }
    let analyzer = vocabulary.analyzer(language);
    COUNTERS.with_borrow_mut(|counters| {
        let kept = counters.get(language.code).filter(|counter| counter.borrow().goes_by(&analyzer));
        if let Some(counter) = kept {
            return Rc::clone(counter);
        }
        let counter = Rc::new(RefCell::new(Counter::new(language, analyzer)));
        counters.insert(language.code, Rc::clone(&counter));
        counter
    })
}

enum LanguageTokenStream<'a> {
    Words(Words<'a>),
    Counted(Counted),
}

impl TokenStream for LanguageTokenStream<'_> {
    fn advance(&mut self) -> bool {
        match self {
            Self::Words(words) => words.advance(),
            Self::Counted(counted) => counted.advance(),
        }
    }

    fn token(&self) -> &Token {
        match self {
            Self::Words(Words { token, .. }) | Self::Counted(Counted { token, .. }) => token,
        }
    }

    fn token_mut(&mut self) -> &mut Token {
        match self {
            Self::Words(Words { token, .. }) | Self::Counted(Counted { token, .. }) => token,
        }
    }
}

/// The words of a text, which are counted as they go by.
struct Words<'a> {
    counter: Rc<RefCell<Counter>>,
    zone: Zone,
    scanner: Scanner<'a>,
    token: Token,
}

impl Words<'_> {
    fn advance(&mut self) -> bool {
        let mut counter = self.counter.borrow_mut();
        let Some(token) = self.scanner.next() else {
            counter.finish(self.zone);
            return false;
        };
        self.token.text.clear();
        self.token.text.push_str(match token.kind {
            Kind::Reference => &token.text,
            _ => counter.add(&token.text),
        });
        self.token.position = token.position as usize;
        (self.token.offset_from, self.token.offset_to) = (token.span.start, token.span.end);
        true
    }
}

/// What the calling thread has counted of a document: a term counted to a level comes that many times.
struct Counted {
    counter: Rc<RefCell<Counter>>,
    token: Token,
    /// Which term comes next.
    next: usize,
    /// How often the last one is still to come.
    left: u32,
}

impl Counted {
    fn advance(&mut self) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return true;
        }
        let counter = self.counter.borrow();
        let Some((zone, name, level)) = counter.counted(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(zone.mark());
        self.token.text.push_str(name);
        self.next += 1;
        self.left = level - 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All terms that a Danish body leaves, sorted.
    fn terms(vocabulary: &str, text: &str) -> Vec<String> {
        let vocabulary = Vocabulary::parse(vocabulary).expect("a good vocabulary");
        let language = Language::by_code("da").expect("Danish is registered");
        let mut terms = Vec::new();
        for (role, text) in [(Role::Body, text), (Role::Ranked, "")] {
            let mut tokenizer = LanguageTokenizer { language, role, vocabulary: vocabulary.clone() };
            tokenizer.token_stream(text).process(&mut |token| terms.push(token.text.clone()));
        }
        terms.sort();
        terms
    }

    #[test]
    fn words_have_the_terms_that_the_analyzer_gives_them() {
        let language = Language::by_code("da").expect("Danish is registered");
        let text = "Bøgerne, BØGERNE og bøgerne: børns it-systemer i EU's § 12, Aarhus";
        let mut tokenizer = LanguageTokenizer { language, role: Role::Body, vocabulary: Vocabulary::default() };
        let expected: Vec<_> = language
            .analyzer()
            .tokens(text)
            .map(|(token, term)| (term.text.to_string(), token.position as usize))
            .collect();
        // The second time all of them are remembered.
        for _ in 0..2 {
            let mut met = Vec::new();
            tokenizer.token_stream(text).process(&mut |token| met.push((token.text.clone(), token.position)));
            assert_eq!(met, expected);
        }
    }

    #[test]
    fn a_word_means_the_same_in_capitals() {
        let lower = terms("", "borgerservicen borgerservicen borgerservicen");
        for text in ["borgerservicen Borgerservicen BORGERSERVICEN", "BORGERSERVICEN Borgerservicen borgerservicen"] {
            let fresh = std::thread::scope(|scope| scope.spawn(|| terms("", text)).join());
            assert_eq!(fresh.expect("it does not panic"), lower);
        }
    }

    #[test]
    fn what_words_mean_in_one_index_they_do_not_mean_in_another() {
        let text = "borgerne og nemkontoen";
        let ways = ["", "da whole nemkonto", "da lemma borgerne mus\nda split nem+kontoen"];
        // On threads of their own they cannot have met.
        let apart: Vec<_> =
            ways.iter().map(|way| std::thread::scope(|scope| scope.spawn(|| terms(way, text)).join())).collect();
        let apart: Vec<_> = apart.into_iter().map(|terms| terms.expect("it does not panic")).collect();
        assert!(apart[0] != apart[1] && apart[1] != apart[2]);
        for at in [0, 1, 2, 1, 0, 2] {
            assert_eq!(terms(ways[at], text), apart[at], "{}", ways[at]);
        }
    }
}
