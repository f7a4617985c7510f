//! Words that are spelt nearly as one that no document has: what a slip of the fingers may have been meant to be.
//!
//! The index holds stems, which nobody types. So a term of the dictionaries that is near the beginning of the word is
//! followed to a few documents, and of the forms that stand in them the one nearest to the word is what is offered:
//! *kommnuen* is near the stem *kommun*, and of *kommune*, *kommunen* and *kommunerne* the second was meant.
//!
//! The outcome is the same for every division into segments: the documents that are looked into are the shortest, and of
//! equally long ones the first by id.
//!
//! Rejected: the forms of all words in the index beside their stems, which is a dictionary three times as large for a
//! question that is rarely asked; and the typed ending behind the near stem, which makes words that do not exist.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::schema::Field;

use crate::engine::EngineError;
use crate::engine::postings;
use crate::engine::prepare::Prepared;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::searcher::Hit;
use crate::engine::searcher::Searcher;
use crate::engine::terms::Zone;
use crate::lang::Language;
use crate::query::Leaf;
use crate::query::Pattern;
use crate::query::Way;
use crate::text::Kind;
use crate::text::Spelling;
use crate::text::lowercase;

/// A word that some document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearWord {
    /// As it stands there; in lower case if it stands so anywhere that was looked.
    pub text: String,
    /// How far it is from the word that was asked for, in parts of [`Spelling::EDIT`].
    pub distance: u32,
    /// How many documents have it in some form.
    pub doc_freq: u64,
}

/// A stem near the word.
struct Stem {
    /// How far, and how many letters of the word are left for its ending.
    near: (u32, usize),
    doc_freq: u64,
    text: String,
    language: &'static Language,
}

/// So many of the nearest stems are counted, and so many followed to documents.
const COUNTED: usize = 200;
const FOLLOWED: usize = 24;
/// In so many documents the forms of a stem are looked for.
const LOOKED_INTO: usize = 8;
/// What is farther than the nearest by more than this is not what was meant.
const BEYOND_NEAREST: u32 = Spelling::EDIT / 2;
/// What an ending too many counts for.
const ENDING: u32 = Spelling::EDIT / 2;

impl Prepared<'_> {
    /// Whether some document has the leaf, in whatever way: as a whole, or in all its parts.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn knows(&self, leaf: usize) -> Result<bool, EngineError> {
        Ok(self.languages()?.any(|language| {
            let PreparedLeaf { clauses, parts, .. } = &language.leaves[leaf];
            let typed = || clauses.iter().map(|clause| &clause.clause).filter(|clause| clause.way == Way::Typed);
            let is_there = |number: u8| typed().any(|clause| clause.part == Some(number));
            let mut parts = parts.iter().filter(|(way, _)| *way == Way::Typed).peekable();
            let all_parts = parts.peek().is_some() && parts.all(|&(_, number)| is_there(number));
            all_parts || clauses.iter().any(|clause| clause.clause.part.is_none())
        }))
    }

    /// Whether some document has one of the leaves that are `asked` for.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn knows_any(&self, asked: impl Fn(&Leaf) -> bool) -> Result<bool, EngineError> {
        for (at, _) in self.plan.leaves.iter().enumerate().filter(|(_, leaf)| asked(leaf)) {
            if self.knows(at)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Searcher {
    /// The words of the index that are nearest to `word` without being it, at most `most`: by how near, then by how many
    /// documents have them. Function words are none.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn nearest(&self, word: &str, most: usize) -> Result<Vec<NearWord>, EngineError> {
        let wanted = Spelling::new(word);
        let mut words: Vec<NearWord> = Vec::new();
        for stem in self.near_stems(&wanted)? {
            let Some((distance, text)) = self.nearest_form(&stem, &wanted)? else { continue };
            match words.iter_mut().find(|word| lowercase(&word.text) == lowercase(&text)) {
                // In another language.
                Some(same) => {
                    same.doc_freq += stem.doc_freq;
                    if lowercase(&text) == text {
                        same.text = text;
                    }
                }
                None => words.push(NearWord { text, distance, doc_freq: stem.doc_freq }),
            }
        }
        words.sort_by(|a, b| {
            a.distance.cmp(&b.distance).then(b.doc_freq.cmp(&a.doc_freq)).then_with(|| a.text.cmp(&b.text))
        });
        let nearest = words.first().map_or(0, |word| word.distance);
        words.retain(|word| word.distance <= nearest + BEYOND_NEAREST);
        words.truncate(most);
        Ok(words)
    }

    /// The stems nearest to `wanted`, best first.
    fn near_stems(&self, wanted: &Spelling) -> Result<Vec<Stem>, EngineError> {
        let mut stems = Vec::new();
        for language in self.languages() {
            let mut near: BTreeMap<String, (u32, usize)> = BTreeMap::new();
            for (_, field) in self.text_fields(language) {
                for segment in &self.segments {
                    let index = segment.reader.inverted_index(field)?;
                    for beginning in wanted.beginnings() {
                        let beginning = beginning.to_string();
                        let stream = index.terms().range().ge(&beginning).into_stream();
                        let mut stream = stream.map_err(tantivy::TantivyError::from)?;
                        while stream.advance() && stream.key().starts_with(beginning.as_bytes()) {
                            let Ok(text) = std::str::from_utf8(stream.key()) else { continue };
                            let is_word = text.chars().all(char::is_alphabetic) && !language.is_common(text);
                            // Letters are two bytes at most in the languages at hand, and an edit adds one letter.
                            if !is_word || text.len() > 2 * (wanted.len() + 2) || near.contains_key(text) {
                                continue;
                            }
                            if let Some(distance) = wanted.distance_of_stem(&Spelling::new(text)) {
                                near.insert(text.to_owned(), distance);
                            }
                        }
                    }
                }
            }
            stems.extend(near.into_iter().map(|(text, near)| Stem { near, doc_freq: 0, text, language }));
        }
        stems.sort_by(|a, b| a.near.cmp(&b.near).then_with(|| a.text.cmp(&b.text)));
        stems.truncate(COUNTED);
        for stem in &mut stems {
            stem.doc_freq = self.doc_freq(stem.language, &stem.text)?;
        }
        // A deleted document may be all that has it.
        stems.retain(|stem| stem.doc_freq > 0);
        stems.sort_by_key(|stem| (stem.near, Reverse(stem.doc_freq)));
        stems.truncate(FOLLOWED);
        Ok(stems)
    }

    /// How many live documents in `language` have the indexed term `text` in the body, or in the title if those are more.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn doc_freq(&self, language: &'static Language, text: &str) -> Result<u64, EngineError> {
        let pattern = Pattern::Term(text.to_owned());
        let mut most = 0;
        for (zone, field) in self.text_fields(language) {
            let mut doc_freq = 0;
            for segment in &self.segments {
                if let Some(found) = postings::find(segment, field, zone, &pattern)? {
                    doc_freq += found.doc_freq(segment, field)?;
                }
            }
            most = doc_freq.max(most);
        }
        Ok(most)
    }

    fn text_fields(&self, language: &Language) -> [(Zone, Field); 2] {
        let fields = self.fields.of(language);
        [(Zone::Body, fields.body), (Zone::Title, fields.title)]
    }

    /// The form of `stem` that is nearest to `wanted`, of equally near ones the most frequent; `None` where all that are
    /// seen are too far.
    fn nearest_form(&self, stem: &Stem, wanted: &Spelling) -> Result<Option<(u32, String)>, EngineError> {
        /// How often a form stands in capitals and not.
        #[derive(Default)]
        struct Form {
            lower: usize,
            other: usize,
            text: String,
        }
        let mut forms: BTreeMap<String, Form> = BTreeMap::new();
        let analyzer = self.vocabulary().analyzer(stem.language);
        for hit in self.shortest(stem)? {
            let document = self.stored(&hit)?;
            for text in [&document.title, &document.body] {
                let tokens = analyzer.tokens(text).filter(|(token, _)| token.kind == Kind::Word);
                for (token, _) in tokens.filter(|(_, term)| *term.text == *stem.text) {
                    let lower = lowercase(&token.text);
                    let form = forms.entry(lower.clone().into_owned()).or_default();
                    if lower == token.text {
                        form.lower += 1;
                    } else {
                        form.other += 1;
                        form.text = token.text.into_owned();
                    }
                }
            }
        }
        // Where the word was meant without an ending, documents may have it with endings only.
        let of_stem = wanted.distance(&Spelling::new(&stem.text)).map(|distance| distance + ENDING);
        let of_stem = of_stem.filter(|&distance| distance <= wanted.allowance());
        let distances = forms.into_iter().filter_map(|(lower, form)| {
            let distance = wanted.distance(&Spelling::new(&lower)).or(of_stem)?;
            let text = if form.lower > 0 { lower } else { form.text };
            Some((distance, Reverse(form.lower + form.other), text))
        });
        Ok(distances.min().map(|(distance, _, text)| (distance, text)))
    }

    /// The shortest documents that have `stem`.
    fn shortest(&self, stem: &Stem) -> Result<Vec<Hit>, EngineError> {
        let mut hits: Vec<(u64, Hit)> = Vec::new();
        let keep_shortest = |hits: &mut Vec<(u64, Hit)>| {
            hits.sort_by(|(length_a, a), (length_b, b)| {
                length_a.cmp(length_b).then_with(|| self.id(a).cmp(self.id(b)))
            });
            hits.dedup_by(|(_, a), (_, b)| a == b);
            hits.truncate(LOOKED_INTO);
        };
        for (index, segment) in self.segments.iter().enumerate() {
            for (zone, field) in self.text_fields(stem.language) {
                let pattern = Pattern::Term(stem.text.clone());
                let Some(found) = postings::find(segment, field, zone, &pattern)? else { continue };
                found.each(segment, field, |doc, _| {
                    if segment.is_alive(doc) {
                        hits.push((segment.body_words.get_val(doc), Hit::new(index, doc, 0.0)));
                    }
                    if hits.len() > 32 * LOOKED_INTO {
                        keep_shortest(&mut hits);
                    }
                })?;
            }
        }
        keep_shortest(&mut hits);
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }
}
