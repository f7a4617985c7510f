//! Counts what ranking needs of a document while its words go by.
//!
//! Only how often each distinct word comes is noted at first. What a word means for ranking (its parts, its folded key,
//! its first letters) is worked out once a distinct word and remembered as numbers; at the end of a text these are
//! added up in an array. A text has one distinct word in some ten, so this is much less than analysing every word.
//!
//! Nearly every word of a collection passes here, and what is dear then is not work but waiting for memory: so all that
//! is remembered lies in a few arrays, in the order in which it was first met, which begins with what is frequent.

use std::rc::Rc;

use crate::engine::interner::Interner;
use crate::engine::terms;
use crate::engine::terms::Space;
use crate::engine::terms::Zone;
use crate::lang::Language;
use crate::text::Analyzer;
use crate::text::beginnings;
use crate::text::lowercase;

/// Counts the terms of one document, and remembers what the words of all documents so far mean for ranking.
pub(super) struct Counter {
    language: &'static Language,
    analyzer: Rc<Analyzer>,
    /// The distinct words, as they stand in the texts.
    texts: Interner,
    /// By the number of the word.
    words: Vec<Word>,
    /// What the words mean: a run of ids for each.
    meanings: Vec<u32>,
    /// By id: the term, without the mark of its zone.
    names: Interner,
    /// By id: how often the present text has it, while that is added up.
    counts: Vec<u32>,
    /// The distinct words of the present text, by their numbers, in the order in which they came.
    seen: Vec<u32>,
    /// The first words of the present text, by their numbers: as many as the lead of a very long one would have.
    first: Vec<u32>,
    length: usize,
    ready: Vec<Ready>,
}

/// What a word means for ranking, and how often the present text has it.
#[derive(Clone, Copy)]
struct Word {
    count: u32,
    /// Where in the meanings its ids begin: that of its own term, those of its parts, the others.
    start: u32,
    /// Where those of the word and its parts end.
    words_end: u32,
    end: u32,
    /// How long its own term is, where it is the beginning of the word, as stems mostly are.
    stem: Option<u32>,
}

/// A term of the present document.
struct Ready {
    id: u32,
    zone: Zone,
    level: u32,
}

/// Texts longer than that have the lead of one of this length.
const LONGEST: usize = 1 << 20;

/// At this many distinct words the memory is emptied: some 30 MB. Text that goes on bringing new words gains little.
const MOST_REMEMBERED: usize = 250_000;

impl Counter {
    pub(super) fn new(language: &'static Language, analyzer: Rc<Analyzer>) -> Self {
        Self {
            language,
            analyzer,
            texts: Interner::default(),
            words: Vec::new(),
            meanings: Vec::new(),
            names: Interner::default(),
            counts: Vec::new(),
            seen: Vec::new(),
            first: Vec::new(),
            length: 0,
            ready: Vec::new(),
        }
    }

    /// Whether words mean what they mean to `analyzer`.
    pub(super) fn goes_by(&self, analyzer: &Rc<Analyzer>) -> bool {
        Rc::ptr_eq(&self.analyzer, analyzer)
    }

    /// Begins a document.
    pub(super) fn begin(&mut self) {
        if self.words.len() >= MOST_REMEMBERED {
            *self = Self::new(self.language, Rc::clone(&self.analyzer));
        }
        // A document may have been left in the middle, by an error or a panic.
        for number in self.seen.drain(..) {
            self.words[number as usize].count = 0;
        }
        self.first.clear();
        self.ready.clear();
        self.length = 0;
    }

    /// Counts a word of the present text; returns its term.
    pub(super) fn add<'t>(&'t mut self, text: &'t str) -> &'t str {
        let number = match self.texts.find(text) {
            Some(number) => number,
            None => self.learn(text),
        };
        let word = &mut self.words[number as usize];
        if word.count == 0 {
            self.seen.push(number);
        }
        word.count += 1;
        self.length += 1;
        if self.first.len() < terms::lead(LONGEST) {
            self.first.push(number);
        }
        match word.stem {
            Some(length) => &text[..length as usize],
            None => own_term(&self.names, &self.meanings, word),
        }
    }

    /// Remembers a word that is new, and returns its number.
    fn learn(&mut self, text: &str) -> u32 {
        let lower = lowercase(text);
        let known = self.texts.find(&lower).map(|number| self.words[number as usize]);
        // It means what it means in lower case.
        let mut word = known.map_or_else(|| self.meaning(&lower), |word| Word { count: 0, ..word });
        let term = own_term(&self.names, &self.meanings, &word);
        word.stem = text.starts_with(term).then_some(term.len() as u32);
        self.words.push(word);
        self.texts.insert(text)
    }

    /// What a word in lower case stands for in ranking: a function word for nothing but itself.
    fn meaning(&mut self, lower: &str) -> Word {
        let term = self.analyzer.analyze(lower);
        let start = self.meanings.len() as u32;
        for word in std::iter::once(&term.text).chain(term.parts.iter().map(|part| &part.text)) {
            self.mean(Space::Word, word);
        }
        let words_end = self.meanings.len() as u32;
        if let Some(key) = &term.folded {
            self.mean(Space::Folded, key);
        }
        if !self.language.is_common(&term.surface) {
            for letters in beginnings(&term.surface) {
                self.mean(Space::Beginning, letters);
            }
            for key in std::iter::once(&term.key).chain(term.parts.iter().map(|part| &part.key)).flatten() {
                self.mean(Space::Key, key);
            }
        }
        let end = self.meanings.len() as u32;
        Word { count: 0, start, words_end, end, stem: None }
    }

    /// The word that is being learnt means this.
    fn mean(&mut self, space: Space, text: &str) {
        let id = self.names.insert(&space.term(Zone::Body, text));
        self.counts.resize(self.names.len(), 0);
        self.meanings.push(id);
    }

    /// Adds up the terms of the present text, which is the whole of `zone`.
    pub(super) fn finish(&mut self, zone: Zone) {
        let Self { words, meanings, counts, seen, first, length, ready, .. } = self;
        let mut sums = Sums::new(zone, counts, ready);
        for number in seen.drain(..) {
            let word = &mut words[number as usize];
            sums.add(&meanings[word.start as usize..word.end as usize], std::mem::take(&mut word.count));
        }
        sums.close();
        if zone == Zone::Body {
            let mut sums = Sums::new(Zone::Lead, counts, ready);
            for &number in first.iter().take(terms::lead(*length)) {
                let word = &words[number as usize];
                sums.add(&meanings[word.start as usize..word.words_end as usize], 1);
            }
            sums.close();
        }
        first.clear();
        *length = 0;
    }

    /// The term at `place` among all that were counted of the document: its zone, its name without the zone's mark, and
    /// its level.
    pub(super) fn counted(&self, place: usize) -> Option<(Zone, &str, u32)> {
        self.ready.get(place).map(|ready| (ready.zone, self.names.get(ready.id), ready.level))
    }
}

/// The term that a word itself has.
fn own_term<'n>(names: &'n Interner, meanings: &[u32], word: &Word) -> &'n str {
    // Behind the mark of its space.
    &names.get(meanings[word.start as usize])[1..]
}

/// What is being added up of one zone.
struct Sums<'c> {
    zone: Zone,
    counts: &'c mut [u32],
    ready: &'c mut Vec<Ready>,
    /// Where in `ready` the terms of this zone begin.
    start: usize,
}

impl<'c> Sums<'c> {
    fn new(zone: Zone, counts: &'c mut [u32], ready: &'c mut Vec<Ready>) -> Self {
        let start = ready.len();
        Self { zone, counts, ready, start }
    }

    fn add(&mut self, ids: &[u32], count: u32) {
        for &id in ids {
            let sum = &mut self.counts[id as usize];
            if *sum == 0 {
                self.ready.push(Ready { id, zone: self.zone, level: 0 });
            }
            *sum += count;
        }
    }

    /// Ends the zone: what it came to becomes levels.
    fn close(self) {
        for Ready { id, level, .. } in &mut self.ready[self.start..] {
            *level = terms::level(std::mem::take(&mut self.counts[*id as usize]));
        }
    }
}
