//! One query, answered for a person: ranked articles, with the passages that show why.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::app::duplicates;
use crate::app::suggest;
use crate::app::suggest::Suggestion;
use crate::doc::Date;
use crate::engine::Contribution;
use crate::engine::EngineError;
use crate::engine::Facet;
use crate::engine::Hit;
use crate::engine::Hits;
use crate::engine::Prepared;
use crate::engine::Request;
use crate::engine::Searcher;
use crate::engine::Sort;
use crate::engine::Stored;
use crate::lang::Language;
use crate::query::Across;
use crate::query::Matcher;
use crate::query::Matching;
use crate::query::Node;
use crate::query::Pattern;
use crate::query::Place;
use crate::query::Plan;
use crate::query::parse;
use crate::query::parse::BadSyntax;
use crate::query::parse::TooMuch;
use crate::snippet;
use crate::source::clean;

/// What to search, and what to show of it.
#[derive(Debug, Clone, Default)]
pub struct SearchOptions {
    /// How many hits, and how many to leave out before them.
    pub limit: usize,
    /// See `limit`.
    pub offset: usize,
    /// Only documents in this language, or with a passage in it.
    pub lang: Option<&'static Language>,
    /// The language that the query is written in: others weigh less, none is left out.
    pub query_lang: Option<&'static Language>,
    /// Only documents of these days, both included.
    pub since: Option<Date>,
    /// See `since`.
    pub until: Option<Date>,
    /// Only documents of this publisher.
    pub source: Option<String>,
    /// The order.
    pub sort: Sort,
    /// What to count.
    pub facets: Vec<Facet>,
    /// Whether a fault in the query is an error rather than repaired.
    pub strict: bool,
    /// Whether to say what every clause contributed.
    pub explain: bool,
    /// Whether to look in related languages too, by key and lexicon.
    pub across: Across,
    /// Whether to look for words near those that no document has, and to search them where nothing else is found.
    pub suggest: bool,
    /// Whether articles that say the same are one hit.
    pub group: bool,
    /// Whether to count, beside all that any of the words finds, what has all of them.
    pub count_all: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The query as given; empty where articles like another one were asked for.
    pub query: String,
    /// The id of the article that others like it were asked for.
    pub like: Option<String>,
    /// What was searched, in the query language.
    pub interpreted: String,
    /// What had to be repaired or is worth knowing.
    pub warnings: Vec<String>,
    /// Words that no document has, with the nearest that some have.
    pub suggestions: Vec<Suggestion>,
    /// The query with the first suggestion for every such word; absent where that would find nothing either.
    pub suggested: Option<String>,
    /// Whether it is the suggested query that is answered here, since the one given finds nothing.
    pub corrected: bool,
    /// How many documents qualify: exact.
    pub total: u64,
    /// What `total` counts, where that was to be found out and not all of them have all that was asked for.
    pub loose: Option<Loose>,
    /// The languages that the query was taken to be in.
    pub query_lang: QueryLang,
    /// The hits asked for, best first.
    pub hits: Vec<FoundHit>,
    /// Counts by value.
    pub facets: BTreeMap<Facet, Vec<(String, u64)>>,
}

/// What a total counts: documents that have any of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loose {
    /// Any of several words; otherwise the word or a part of it.
    pub several: bool,
    /// How many have all of them, or the word with all its parts, where that can be counted.
    pub with_all: Option<u64>,
}

/// The language of a query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueryLang {
    /// What it was said to be.
    pub given: Option<&'static Language>,
    /// What it was taken to be in: one language, or several where it could be in each. Empty where nothing tells.
    pub taken: Vec<&'static Language>,
    /// How well it is in each language in which some word of it is known, from 0 to 1 for the best.
    pub likely: Vec<(&'static Language, f32)>,
}

impl QueryLang {
    pub(super) fn new(given: Option<&'static Language>, prepared: &Prepared<'_>) -> Self {
        let likely: Vec<_> = prepared.likely().collect();
        let guessed = likely.iter().filter(|(.., taken)| *taken).map(|(language, ..)| *language);
        Self {
            given,
            taken: given.map_or_else(|| guessed.collect(), |language| vec![language]),
            likely: likely.iter().map(|&(language, likely, _)| (language, likely)).collect(),
        }
    }
}

/// One article found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundHit {
    /// From 1.
    pub rank: usize,
    /// Finite.
    pub score: f32,
    /// The article.
    pub document: Stored,
    /// Bytes of the title that match.
    pub title_highlights: Vec<std::ops::Range<usize>>,
    /// The passages that show best why it was found.
    pub passages: Vec<PassageText>,
    /// Which words of the query are in it.
    pub matched: Vec<Matched>,
    /// What every clause contributed, where that was asked for: what counts adds up to the score.
    pub explanation: Vec<Explanation>,
    /// What that was multiplied by, because the article is in another language than the query.
    pub scale: f32,
    /// Articles that say the same and rank lower, best first.
    pub duplicates: Vec<Stored>,
}

/// A passage with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct PassageText {
    /// The slice of the body.
    pub text: String,
    /// Characters of the body before it, and up to its end.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// The line of the body where it begins, from 1.
    pub line: usize,
    /// What matches, in bytes of `text`.
    pub highlights: Vec<std::ops::Range<usize>>,
    /// Whether it begins, and whether it ends, in the middle of a sentence.
    pub cut: (bool, bool),
}

/// A word of the query that is in a document, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// As typed.
    pub term: String,
    /// How the document has it: see [`crate::query::Origin`].
    pub origin: &'static str,
}

/// One clause's part in a score, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The word of the query.
    pub leaf: String,
    /// What was looked up for it.
    pub term: String,
    /// How it came from the query.
    pub origin: &'static str,
    /// `body` or `title`.
    pub field: &'static str,
    /// How often it is there, or about how often.
    pub frequency: u32,
    /// Whether `frequency` is exact.
    pub exact: bool,
    /// How many documents of the language have it there.
    pub doc_freq: u64,
    /// What it is worth, scaled as the hit's score is.
    pub score: f32,
    /// Whether it is part of the sum.
    pub counts: bool,
}

/// Why a query could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query itself.
    #[error(transparent)]
    Query(#[from] QueryFault),
    /// The index.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What is wrong with a query.
#[derive(Debug, thiserror::Error)]
pub enum QueryFault {
    /// It passes a limit.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// It has a fault, and faults were to be errors.
    #[error("{0}")]
    Syntax(Box<BadSyntax>),
}

/// Answers `query`.
///
/// # Errors
/// When the query passes a limit or, if strict, has a fault; when the index cannot be read.
pub fn search(searcher: &Searcher, query: &str, options: &SearchOptions) -> Result<Found, SearchError> {
    let cleaned = clean(query);
    let parsed = parse::parse(&cleaned).map_err(QueryFault::from)?;
    if options.strict {
        parsed.strict(&cleaned).map_err(|fault| QueryFault::Syntax(Box::new(fault)))?;
    }
    let mut warnings: Vec<String> = parsed.warnings.iter().map(|warning| warning.message.clone()).collect();
    let plan = planned(searcher, &parsed.root, options);
    check_languages(&plan.matching, &mut warnings);
    let prepared = searcher.prepare(&plan, options.query_lang)?;
    let mut answer = Answer::new(searcher, &prepared, options, None)?;
    let mut suggestions = Vec::new();
    if options.suggest {
        suggestions = suggest::suggestions(searcher, &parsed.root, &prepared, options)?;
    }
    let mut suggested = suggest::corrected(&parsed.root, &suggestions);
    let corrected = suggested.as_ref().filter(|_| answer.total == 0).map(|root| {
        let mut plan = planned(searcher, root, options);
        suggest::weaken(&mut plan, &suggestions);
        plan
    });
    let corrected = corrected.as_ref().map(|plan| searcher.prepare(plan, options.query_lang)).transpose()?;
    let mut answered = &prepared;
    if let Some(corrected) = &corrected {
        let other = Answer::new(searcher, corrected, options, None)?;
        if other.total > 0 {
            (answer, answered) = (other, corrected);
        } else {
            suggested = None;
        }
    }
    let loose = loose(searcher, &parsed.root, answered, options, answer.total)?;
    Ok(Found {
        query: query.to_owned(),
        like: None,
        interpreted: parsed.interpreted(),
        warnings,
        suggestions,
        corrected: corrected.is_some() && suggested.is_some(),
        suggested: suggested.map(|root| root.to_string()),
        total: answer.total,
        loose,
        query_lang: QueryLang::new(options.query_lang, answered),
        hits: answer.hits,
        facets: answer.facets,
    })
}

/// What the `total` documents have of what was asked; `None` where each has all, or where it was not to be counted.
fn loose(
    searcher: &Searcher,
    root: &Node,
    prepared: &Prepared<'_>,
    options: &SearchOptions,
    total: u64,
) -> Result<Option<Loose>, EngineError> {
    let Some(all) = prepared.plan().with_all.as_ref().filter(|_| total > 0 && options.count_all) else {
        return Ok(None);
    };
    let several = root.optional().len() > 1;
    if !(several || prepared.is_in_parts()?) {
        return Ok(None);
    }
    // What is in other languages alone is not counted apart.
    if options.across == Across::Only {
        return Ok(Some(Loose { several, with_all: None }));
    }
    let with_all = searcher.count(prepared, all)?;
    Ok((with_all < total).then_some(Loose { several, with_all: Some(with_all) }))
}

/// A document as the answer to a plan would show it, but without rank, score and explanation; and where the whole text
/// matches.
pub(super) fn present(
    searcher: &Searcher,
    prepared: &Prepared<'_>,
    hit: &Hit,
) -> Result<(FoundHit, Vec<std::ops::Range<usize>>), EngineError> {
    let mut presenter = Presenter { searcher, prepared, asked: HashMap::new() };
    let shown = presenter.present(searcher.stored(hit)?, &searcher.explain(prepared, hit)?)?;
    let places = presenter.asked(shown.document.language)?.matcher.places(&shown.document.body);
    Ok((shown, merged(places)))
}

/// The plan of a query with the restrictions of the options.
pub(super) fn planned(searcher: &Searcher, root: &Node, options: &SearchOptions) -> Plan {
    let mut plan = Plan::new(root, searcher.vocabulary(), options.across);
    restrict(&mut plan, options);
    plan
}

/// What one plan finds.
pub(super) struct Answer {
    pub(super) total: u64,
    pub(super) hits: Vec<FoundHit>,
    pub(super) facets: BTreeMap<Facet, Vec<(String, u64)>>,
}

impl Answer {
    /// The answer to a plan, but for the document `without`.
    pub(super) fn new(
        searcher: &Searcher,
        prepared: &Prepared<'_>,
        options: &SearchOptions,
        without: Option<Hit>,
    ) -> Result<Self, EngineError> {
        let mut request = Request {
            offset: options.offset,
            limit: options.limit,
            sort: options.sort,
            facets: options.facets.clone(),
            exhaustive: true,
            foreign_only: options.across == Across::Only,
            without,
        };
        let (found, shown) = if options.group {
            grouped(searcher, prepared, &mut request)?
        } else {
            let found = searcher.search(prepared, &request)?;
            let alone = |hit: &Hit| Ok((hit.clone(), searcher.stored(hit)?, Vec::new()));
            let shown = found.hits.iter().map(alone).collect::<Result<_, EngineError>>()?;
            (found, shown)
        };
        let mut presenter = Presenter { searcher, prepared, asked: HashMap::new() };
        let mut hits = Vec::with_capacity(shown.len());
        for (index, (hit, document, duplicates)) in shown.into_iter().enumerate() {
            let mut contributions = searcher.explain(prepared, &hit)?;
            let mut shown = presenter.present(document, &contributions)?;
            shown.rank = options.offset + index + 1;
            shown.score = hit.score;
            shown.duplicates = duplicates;
            if options.explain {
                shown.scale = found.scale(shown.document.language.code);
                contributions.extend(searcher.explain_refined(prepared, &hit)?);
                shown.explanation = explained(prepared.plan(), contributions, shown.scale);
            }
            hits.push(shown);
        }
        Ok(Self { total: found.total, hits, facets: found.facets })
    }
}

/// What is shown of a hit: itself, its document, and those that say the same.
type Shown = Vec<(Hit, Stored, Vec<Stored>)>;

/// Answers `request`, whose offset and limit count groups.
fn grouped(searcher: &Searcher, prepared: &Prepared<'_>, request: &mut Request) -> Result<(Hits, Shown), EngineError> {
    let offset = std::mem::take(&mut request.offset);
    let wanted = offset.saturating_add(request.limit);
    request.limit = wanted.saturating_add(duplicates::LOOKED_AHEAD);
    loop {
        let found = searcher.search(prepared, request)?;
        let groups = duplicates::groups(searcher, &found.hits, wanted)?;
        if groups.len() >= wanted || found.hits.len() < request.limit {
            let shown = groups.into_iter().skip(offset).map(|group| (group.hit, group.document, group.others));
            return Ok((found, shown.collect()));
        }
        // So many say the same that there are too few groups.
        request.limit = request.limit.saturating_mul(2);
    }
}

fn restrict(plan: &mut Plan, options: &SearchOptions) {
    if let Some(language) = options.lang {
        plan.restrict(&Matching::Language(language.code.to_owned()));
    }
    if options.since.is_some() || options.until.is_some() {
        plan.restrict(&Matching::Dates(options.since, options.until));
    }
    if let Some(source) = &options.source {
        plan.restrict(&Matching::Source(source.clone()));
    }
}

fn check_languages(matching: &Matching, warnings: &mut Vec<String>) {
    match matching {
        Matching::Language(code) if Language::by_code(code).is_none() => {
            let known: Vec<_> = crate::lang::LANGUAGES.iter().map(|language| language.code).collect();
            warnings.push(format!("no document can be in the language {code:?}: known are {}", known.join(", ")));
        }
        Matching::All(inner) | Matching::Any(inner) => {
            inner.iter().for_each(|matching| check_languages(matching, warnings));
        }
        Matching::Not(inner) => check_languages(inner, warnings),
        _ => {}
    }
}

/// A word below this share of the highest idf is a common one: with 12,000 documents, one that every third has.
const COMMON: f32 = 0.12;

/// What a slight match weighs beside others of its word: it is marked only where there is nothing better.
const SLIGHT: f32 = 0.05;

struct Presenter<'p> {
    searcher: &'p Searcher,
    prepared: &'p Prepared<'p>,
    asked: HashMap<&'static str, Asked<'p>>,
}

/// What was asked for in documents in one language.
struct Asked<'p> {
    matcher: Matcher<'p>,
    /// What each leaf weighs where it stands, by how rare it is.
    weights: Vec<f32>,
}

impl<'p> Presenter<'p> {
    fn asked(&mut self, language: &'static Language) -> Result<&mut Asked<'p>, EngineError> {
        let entry = match self.asked.entry(language.code) {
            Entry::Occupied(entry) => return Ok(entry.into_mut()),
            Entry::Vacant(entry) => entry,
        };
        let mut rarities = vec![0.0f32; self.prepared.plan().leaves.len()];
        self.prepared.clauses(language)?.for_each(|(leaf, _, rarity)| rarities[leaf] = rarities[leaf].max(rarity));
        // Of a word that most documents have, nobody wants to see where it stands.
        let common = COMMON * self.searcher.highest_idf(language);
        let weight = |rarity: f32| if rarity < common { 0.1 * rarity.max(0.01) } else { rarity };
        let clauses = self.prepared.clauses(language)?.map(|(leaf, clause, _)| (leaf, clause));
        let matcher = Matcher::new(language, &self.prepared.plan().vocabulary, clauses);
        Ok(entry.insert(Asked { matcher, weights: rarities.into_iter().map(weight).collect() }))
    }

    fn present(&mut self, document: Stored, contributions: &[Contribution]) -> Result<FoundHit, EngineError> {
        let Asked { matcher, weights } = self.asked(document.language)?;
        let matches: Vec<snippet::Match> = matcher
            .places(&document.body)
            .into_iter()
            .map(|Place { span, leaf, slight }| {
                let weight = if slight { SLIGHT * weights[leaf] } else { weights[leaf] };
                snippet::Match { span, term: leaf, weight }
            })
            .collect();
        let passages = snippet::passages(&document.body, &matches, &snippet::Limits::default());
        let passages = passages.into_iter().map(|passage| passage_text(&document.body, passage)).collect();
        let title_highlights = merged(matcher.places(&document.title));
        let mut matched: Vec<Matched> = Vec::new();
        for contribution in contributions.iter().filter(|contribution| contribution.counts) {
            let one = Matched {
                term: self.prepared.plan().leaves[contribution.leaf].text.clone(),
                origin: contribution.origin.name(),
            };
            if !matched.contains(&one) {
                matched.push(one);
            }
        }
        Ok(FoundHit {
            rank: 0,
            score: 0.0,
            document,
            title_highlights,
            passages,
            matched,
            explanation: Vec::new(),
            scale: 1.0,
            duplicates: Vec::new(),
        })
    }
}

/// The stretches that places cover, the slight ones only where there are no others; what touches is one.
fn merged(mut places: Vec<Place>) -> Vec<std::ops::Range<usize>> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    if places.iter().any(|place| !place.slight) {
        places.retain(|place| !place.slight);
    }
    for place in places {
        match ranges.last_mut() {
            Some(last) if place.span.start <= last.end => last.end = last.end.max(place.span.end),
            _ => ranges.push(place.span),
        }
    }
    ranges
}

fn passage_text(body: &str, passage: snippet::Passage) -> PassageText {
    let start = body[..passage.span.start].chars().count();
    let text = body[passage.span.clone()].to_owned();
    let from = passage.span.start;
    PassageText {
        end: start + text.chars().count(),
        start,
        line: passage.line,
        highlights: passage.highlights.iter().map(|range| range.start - from..range.end - from).collect(),
        cut: (passage.cut_start, passage.cut_end),
        text,
    }
}

/// Contributions in words, leaf by leaf, with what is worth something beside another leaf at the end. What several clauses
/// say alike stands once, as the one that counts.
fn explained(plan: &Plan, mut contributions: Vec<Contribution>, scale: f32) -> Vec<Explanation> {
    contributions.sort_by_key(|contribution| (contribution.beside.is_some(), contribution.leaf));
    let mut explained: Vec<(usize, Explanation)> = Vec::new();
    for contribution in &contributions {
        let new = explanation(plan, contribution, scale);
        let same = |(leaf, old): &&mut (usize, Explanation)| {
            *leaf == contribution.leaf && old.term == new.term && old.origin == new.origin && old.field == new.field
        };
        match explained.iter_mut().find(same) {
            // The same word as a whole and as a part of what is looked for.
            Some((_, old)) if old.counts && new.counts => old.score += new.score,
            Some((_, old)) if new.counts || (!old.counts && new.score > old.score) => *old = new,
            Some(_) => {}
            None => explained.push((contribution.leaf, new)),
        }
    }
    explained.into_iter().map(|(_, explanation)| explanation).collect()
}

pub(super) fn explanation(plan: &Plan, contribution: &Contribution, scale: f32) -> Explanation {
    let term = match &contribution.pattern {
        Pattern::Term(text) | Pattern::Word(text) | Pattern::Folded { key: text, .. } | Pattern::Key(text) => {
            text.clone()
        }
        Pattern::Beginning(letters) => format!("{letters}…"),
        Pattern::Phrase(terms) => {
            let terms: Vec<_> = terms.iter().map(|(_, text)| text.as_str()).collect();
            format!("\"{}\"", terms.join(" "))
        }
        Pattern::Prefix { prefix, .. } => format!("{prefix}*"),
        Pattern::Fuzzy { word, distance, .. } => format!("{word}~{distance}"),
    };
    let leaves = std::iter::once(contribution.leaf).chain(contribution.beside);
    let leaves: Vec<_> = leaves.map(|leaf| plan.leaves[leaf].text.as_str()).collect();
    Explanation {
        leaf: leaves.join(" "),
        term,
        origin: contribution.origin.name(),
        field: contribution.field,
        frequency: contribution.frequency,
        exact: contribution.exact,
        doc_freq: contribution.doc_freq,
        score: scale * contribution.score,
        counts: contribution.counts,
    }
}
