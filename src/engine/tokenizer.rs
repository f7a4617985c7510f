//! Our analyzers in tantivy's clothes: the words of body and title with their positions, then what ranking needs of them,
//! counted.
//!
//! One pass of the analyzer serves both. While the words go by, only how often each distinct one came is noted; what it
//! means for ranking (its parts, its folded key, its first letters) is looked up once a word, as numbers, and added up
//! in an array. A document's fields are filled one after the other by one thread, and the last of them, for which there
//! is no text, hands over what the thread has counted.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;
use tantivy::tokenizer::TokenizerManager;

use crate::engine::schema::Role;
use crate::engine::schema::tokenizer_name;
use crate::engine::terms;
use crate::engine::terms::Space;
use crate::engine::terms::Zone;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::text::Analyzer;
use crate::text::Kind;
use crate::text::Scanner;
use crate::text::Term;
use crate::text::beginnings;

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
        let counter = counter(self.language.code);
        let token = Token { position: 0, ..Token::default() };
        let zone = match self.role {
            Role::Body => Zone::Body,
            Role::Title => Zone::Title,
            Role::Ranked => return LanguageTokenStream::Counted(Counted { counter, token, written: 0 }),
        };
        let analyzer = self.vocabulary.analyzer(self.language);
        if zone == Zone::Body {
            analyzer.tidy();
            counter.borrow_mut().begin(&analyzer);
        }
        LanguageTokenStream::Words(Words {
            language: self.language,
            analyzer,
            counter,
            zone,
            scanner: Scanner::new(text),
            token,
        })
    }
}

/// The calling thread's counter for the language called `code`.
fn counter(code: &'static str) -> Rc<RefCell<Counter>> {
    thread_local! {
        static COUNTERS: RefCell<FxHashMap<&'static str, Rc<RefCell<Counter>>>> = RefCell::default();
    }
    COUNTERS.with_borrow_mut(|counters| Rc::clone(counters.entry(code).or_default()))
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
    language: &'static Language,
    analyzer: Rc<Analyzer>,
    counter: Rc<RefCell<Counter>>,
    zone: Zone,
    scanner: Scanner<'a>,
    token: Token,
}

impl Words<'_> {
    fn advance(&mut self) -> bool {
        let Some(token) = self.scanner.next() else {
            self.counter.borrow_mut().finish(self.zone);
            return false;
        };
        let term = self.analyzer.term(&token);
        if token.kind != Kind::Reference {
            self.counter.borrow_mut().add(&term, self.language);
        }
        self.token.text.clear();
        self.token.text.push_str(&term.text);
        self.token.position = token.position as usize;
        (self.token.offset_from, self.token.offset_to) = (token.span.start, token.span.end);
        true
    }
}

/// What the calling thread has counted of a document: a term counted to a level comes that many times.
struct Counted {
    counter: Rc<RefCell<Counter>>,
    token: Token,
    /// How often the last term came.
    written: u32,
}

impl Counted {
    fn advance(&mut self) -> bool {
        let mut counter = self.counter.borrow_mut();
        let Some(&Ready { id, zone, level }) = counter.ready.last() else { return false };
        if self.written == 0 {
            self.token.text.clear();
            self.token.text.push_str(zone.mark());
            self.token.text.push_str(&counter.names[id as usize]);
        }
        self.written += 1;
        if self.written == level {
            counter.ready.pop();
            self.written = 0;
        }
        true
    }
}

/// Counts the terms of one document, and remembers what the words of all documents so far mean for ranking.
#[derive(Default)]
struct Counter {
    /// The analyzer's generation that `words` refer to.
    generation: u64,
    /// By the number of the word.
    words: Vec<Word>,
    /// The distinct words of the present text, by their numbers, in the order in which they came.
    seen: Vec<u32>,
    /// The first words of the present text, by their numbers: as many as the lead of a very long one would have.
    first: Vec<u32>,
    length: usize,
    ids: FxHashMap<Rc<str>, u32>,
    /// By id: the term, without the mark of its zone.
    names: Vec<Rc<str>>,
    /// By id.
    counts: Vec<u32>,
    /// What is to be written.
    ready: Vec<Ready>,
}

/// What a word means for ranking, and how often the present text has it.
#[derive(Default, Clone)]
struct Word {
    count: u32,
    /// Its terms by id, those of the word and its parts first; empty where the word was not looked up yet.
    terms: Box<[u32]>,
    /// How many those of the word and its parts are.
    words: u32,
}

/// A term of the present document.
struct Ready {
    id: u32,
    zone: Zone,
    level: u32,
}

/// Texts longer than that have the lead of one of this length.
const LONGEST: usize = 1 << 20;

impl Counter {
    fn begin(&mut self, analyzer: &Analyzer) {
        // A document may have been left in the middle, by an error or a panic.
        for &number in &self.seen {
            if let Some(word) = self.words.get_mut(number as usize) {
                word.count = 0;
            }
        }
        self.seen.clear();
        self.first.clear();
        self.ready.clear();
        self.length = 0;
        if self.generation != analyzer.generation() {
            *self = Self { generation: analyzer.generation(), ..Self::default() };
        }
    }

    fn add(&mut self, term: &Term, language: &Language) {
        let number = term.number as usize;
        if self.words.len() <= number {
            self.words.resize_with(number + 1, Word::default);
        }
        if self.words[number].terms.is_empty() {
            self.words[number] = self.meaning(term, language.is_common(&term.surface));
        }
        let word = &mut self.words[number];
        if word.count == 0 {
            self.seen.push(term.number);
        }
        word.count += 1;
        self.length += 1;
        if self.first.len() < terms::lead(LONGEST) {
            self.first.push(term.number);
        }
    }

    /// What a word stands for in ranking: a function word for nothing but itself.
    fn meaning(&mut self, term: &Term, is_common: bool) -> Word {
        let parts = term.parts.iter().map(|part| &part.text);
        let mut ids: Vec<u32> =
            std::iter::once(&term.text).chain(parts).map(|word| self.id(Space::Word, word)).collect();
        let words = ids.len() as u32;
        ids.extend(term.folded.as_deref().map(|key| self.id(Space::Folded, key)));
        if is_common {
            return Word { count: 0, terms: ids.into(), words };
        }
        ids.extend(beginnings(&term.surface).map(|letters| self.id(Space::Beginning, letters)));
        let keys = std::iter::once(&term.key).chain(term.parts.iter().map(|part| &part.key));
        ids.extend(keys.flatten().map(|key| self.id(Space::Key, key)));
        Word { count: 0, terms: ids.into(), words }
    }

    fn id(&mut self, space: Space, text: &str) -> u32 {
        let name = space.term(Zone::Body, text);
        if let Some(&id) = self.ids.get(name.as_str()) {
            return id;
        }
        let (id, name) = (self.names.len() as u32, Rc::<str>::from(name));
        self.names.push(Rc::clone(&name));
        self.counts.push(0);
        self.ids.insert(name, id);
        id
    }

    /// Adds up the terms of the present text, which is the whole of `zone`.
    fn finish(&mut self, zone: Zone) {
        let Self { words, seen, first, length, counts, ready, .. } = self;
        let mut sums = Sums { counts, ready };
        for number in seen.drain(..) {
            let word = &mut words[number as usize];
            word.terms.iter().for_each(|&id| sums.add(zone, id, word.count));
            word.count = 0;
        }
        sums.close();
        if zone == Zone::Body {
            for &number in first.iter().take(terms::lead(*length)) {
                let word = &words[number as usize];
                word.terms[..word.words as usize].iter().for_each(|&id| sums.add(Zone::Lead, id, 1));
            }
            sums.close();
        }
        first.clear();
        *length = 0;
    }
}

/// What is being added up of one zone.
struct Sums<'c> {
    counts: &'c mut [u32],
    ready: &'c mut Vec<Ready>,
}

impl Sums<'_> {
    fn add(&mut self, zone: Zone, id: u32, count: u32) {
        let sum = &mut self.counts[id as usize];
        if *sum == 0 {
            self.ready.push(Ready { id, zone, level: 0 });
        }
        *sum += count;
    }

    /// Ends a zone: what it came to becomes levels.
    fn close(&mut self) {
        for Ready { id, level, .. } in self.ready.iter_mut().rev().take_while(|ready| ready.level == 0) {
            *level = terms::level(std::mem::take(&mut self.counts[*id as usize]));
        }
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
