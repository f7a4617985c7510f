//! Our analyzers in tantivy's clothes: first the words of a text with their positions, then what ranking needs of them,
//! counted.
//!
//! One pass of the analyzer serves both. While the words go by, only how often each distinct one came is noted; what it
//! means for ranking (its parts, its folded key, its first letters) is looked up once a word, as numbers, and added up
//! in an array.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;
use tantivy::tokenizer::TokenizerManager;

use crate::engine::schema::tokenizer_name;
use crate::engine::terms;
use crate::engine::terms::Space;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::text::Analyzer;
use crate::text::Kind;
use crate::text::Scanner;
use crate::text::Term;
use crate::text::beginnings;

/// A manager that knows every registered language's tokenizer.
pub(super) fn manager() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for &language in LANGUAGES {
        manager.register(&tokenizer_name(language), LanguageTokenizer { language });
    }
    manager
}

#[derive(Clone)]
struct LanguageTokenizer {
    language: &'static Language,
}

impl Tokenizer for LanguageTokenizer {
    type TokenStream<'a> = LanguageTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LanguageTokenStream<'a> {
        let analyzer = self.language.analyzer();
        analyzer.tidy();
        let counter = counter(self.language.code);
        counter.borrow_mut().begin(&analyzer);
        LanguageTokenStream {
            analyzer,
            counter,
            scanner: Scanner::new(text),
            token: Token::default(),
            counted: false,
            written: 0,
        }
    }
}

/// The calling thread's counter for the language called `code`.
fn counter(code: &'static str) -> Rc<RefCell<Counter>> {
    thread_local! {
        static COUNTERS: RefCell<FxHashMap<&'static str, Rc<RefCell<Counter>>>> = RefCell::default();
    }
    COUNTERS.with_borrow_mut(|counters| Rc::clone(counters.entry(code).or_default()))
}

struct LanguageTokenStream<'a> {
    analyzer: Rc<Analyzer>,
    counter: Rc<RefCell<Counter>>,
    scanner: Scanner<'a>,
    token: Token,
    /// Whether the words are all through.
    counted: bool,
    /// How often the last of the counted terms was written.
    written: u32,
}

impl TokenStream for LanguageTokenStream<'_> {
    fn advance(&mut self) -> bool {
        if !self.counted {
            if let Some(token) = self.scanner.next() {
                let term = self.analyzer.term(&token);
                if token.kind != Kind::Reference {
                    self.counter.borrow_mut().add(&term);
                }
                self.token.text.clear();
                self.token.text.push_str(&term.text);
                self.token.position = token.position as usize;
                (self.token.offset_from, self.token.offset_to) = (token.span.start, token.span.end);
                return true;
            }
            self.counted = true;
            self.counter.borrow_mut().finish();
            (self.token.position, self.token.offset_from, self.token.offset_to) = (0, 0, 0);
        }
        // A term counted to a level is written that many times.
        let mut counter = self.counter.borrow_mut();
        let Some(&(id, level)) = counter.ready.last() else { return false };
        if self.written == 0 {
            self.token.text.clear();
            self.token.text.push_str(&counter.names[id as usize]);
        }
        self.written += 1;
        if self.written == level {
            counter.ready.pop();
            self.written = 0;
        }
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Counts the terms of one text, and remembers what the words of all texts so far mean for ranking.
#[derive(Default)]
struct Counter {
    /// The analyzer's generation that `words` refer to.
    generation: u32,
    /// By the number of the word.
    words: Vec<Word>,
    /// The distinct words of this text, by their numbers, in the order in which they came.
    seen: Vec<u32>,
    /// The first words of this text, by their numbers: as many as the lead of a very long one would have.
    first: Vec<u32>,
    length: usize,
    ids: FxHashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
    /// By id.
    counts: Vec<u32>,
    /// What is to be written: ids with levels.
    ready: Vec<(u32, u32)>,
}

/// What a word means for ranking, and how often the present text has it.
#[derive(Default, Clone)]
struct Word {
    count: u32,
    /// Its terms in the whole text and in the lead, by id; empty where the word was not looked up yet.
    terms: Box<[u32]>,
    lead: Box<[u32]>,
}

/// Texts longer than that have the lead of one of this length.
const LONGEST: usize = 1 << 20;

impl Counter {
    fn begin(&mut self, analyzer: &Analyzer) {
        // A text may have been left in the middle, by an error or a panic.
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

    fn add(&mut self, term: &Term) {
        let number = term.number as usize;
        if self.words.len() <= number {
            self.words.resize_with(number + 1, Word::default);
        }
        if self.words[number].terms.is_empty() {
            let (terms, lead) = self.meaning(term);
            self.words[number] = Word { count: 0, terms, lead };
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

    /// The terms that a word stands for in ranking: everywhere, and in the lead.
    fn meaning(&mut self, term: &Term) -> (Box<[u32]>, Box<[u32]>) {
        let parts = term.parts.iter().map(|part| part.text.as_ref());
        let words: Vec<&str> = std::iter::once(term.text.as_ref()).chain(parts).collect();
        let lead = words.iter().map(|word| self.id(Space::Lead, word)).collect();
        let mut all: Vec<u32> = words.iter().map(|word| self.id(Space::Word, word)).collect();
        all.extend(term.folded.as_deref().map(|key| self.id(Space::Folded, key)));
        all.extend(beginnings(&term.surface).map(|letters| self.id(Space::Beginning, letters)).collect::<Vec<_>>());
        let keys = std::iter::once(&term.key).chain(term.parts.iter().map(|part| &part.key));
        all.extend(keys.flatten().map(|key| self.id(Space::Key, key)).collect::<Vec<_>>());
        (all.into(), lead)
    }

    fn id(&mut self, space: Space, text: &str) -> u32 {
        let name = space.term(text);
        if let Some(&id) = self.ids.get(name.as_str()) {
            return id;
        }
        let id = self.names.len() as u32;
        self.names.push(name.clone().into());
        self.counts.push(0);
        self.ids.insert(name.into(), id);
        id
    }

    /// Adds the words' terms up.
    fn finish(&mut self) {
        let Self { words, seen, first, counts, ready, .. } = self;
        let mut add = |id: u32, count: u32| {
            let sum = &mut counts[id as usize];
            if *sum == 0 {
                ready.push((id, 0));
            }
            *sum += count;
        };
        for number in seen.drain(..) {
            let word = &mut words[number as usize];
            word.terms.iter().for_each(|&id| add(id, word.count));
            word.count = 0;
        }
        for &number in first.iter().take(terms::lead(self.length)) {
            words[number as usize].lead.iter().for_each(|&id| add(id, 1));
        }
        for (id, level) in ready {
            *level = terms::level(std::mem::take(&mut counts[*id as usize]));
        }
    }
}
