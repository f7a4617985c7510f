//! What a change did: the topics that moved most between two runs, with their queries, the titles of the documents that
//! changed places, and what each word of the query is worth to them.
//!
//! The runs may be of any engine and any age; what words are worth is asked of one index with one set of options, as
//! they are today. So every pair of documents comes with its ranks in that index: where they disagree with the second
//! run, the explanation is of something else than the change.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::app::search::Explanation;
use crate::app::search::SearchError;
use crate::app::search::explanation;
use crate::app::topic;
use crate::doc::Date;
use crate::engine::Hit;
use crate::engine::Hits;
use crate::engine::Prepared;
use crate::engine::Request;
use crate::engine::Searcher;
use crate::eval::Passing;
use crate::eval::Shifts;
use crate::eval::Topic;
use crate::eval::TopicShift;
use crate::eval::Topics;
use crate::query::Origin;
use crate::query::Plan;

/// A topic that moved, and what can be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What moved.
    pub shift: TopicShift,
    /// What was asked, where the topics say so.
    pub query: Option<String>,
    /// Those of its documents that the index has.
    pub documents: BTreeMap<String, About>,
    /// Of every passing of two documents that the index has, why, where the query is known.
    pub duels: Vec<Duel>,
}

/// What a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its title, empty where it has none.
    pub title: String,
    /// The day of publication.
    pub date: Option<Date>,
    /// The publisher.
    pub source: Option<String>,
}

/// Two documents, of which one passed the other, before the index as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Duel {
    /// The one that is worth more.
    pub relevant: Side,
    /// The one that is worth less.
    pub other: Side,
    /// The words of the query that one of them has; what makes most difference first.
    pub words: Vec<DuelWord>,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The document.
    pub doc: String,
    /// Its rank in the index, from 1; `None` far down, or where it is not found.
    pub rank: Option<usize>,
    /// Its score there.
    pub score: f32,
    /// What of that is for words side by side.
    pub side_by_side: f32,
    /// What of that is for words that begin alike.
    pub beginnings: f32,
}

/// A word of the query, and what it is worth to the two.
#[derive(Debug, Clone, PartialEq)]
pub struct DuelWord {
    /// As typed.
    pub word: String,
    /// To the one that is worth more; `None` where that lacks it.
    pub relevant: Option<Worth>,
    /// To the one that is worth less.
    pub other: Option<Worth>,
}

/// What a word is worth to a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Worth {
    /// The sum of what it contributes.
    pub score: f32,
    /// How it came from the query: see [`crate::query::Origin`].
    pub origins: Vec<&'static str>,
    /// Where it is: `title`, `body`.
    pub fields: Vec<&'static str>,
    /// What was looked up.
    pub terms: Vec<String>,
}

/// So far down a document's rank is looked for.
const DEPTH: usize = 1000;

/// Says of every topic of `shifts` what `topics` and the index know. The topics' texts are plain words unless `syntax`
/// says that they are queries.
///
/// # Errors
/// When a query passes a limit, or the index cannot be read.
pub fn compare(
    shifts: &Shifts,
    topics: Option<&Topics>,
    searcher: Option<&Searcher>,
    syntax: bool,
) -> Result<Vec<Compared>, SearchError> {
    let named: FxHashMap<&str, &Topic> = topics.into_iter().flatten().map(|topic| (topic.id.as_str(), topic)).collect();
    let docs = shifts.topics.iter().flat_map(|shift| shift.relevant.iter().chain(&shift.others));
    let hits = searcher.map(|searcher| searcher.find_all(docs.map(|placed| placed.doc.as_str()))).unwrap_or_default();
    let compared = shifts.topics.iter().map(|shift| {
        let topic = named.get(shift.topic.as_str()).copied();
        let mut compared = Compared {
            shift: shift.clone(),
            query: topic.map(|topic| topic.text.clone()),
            documents: BTreeMap::new(),
            duels: Vec::new(),
        };
        let Some(searcher) = searcher else { return Ok(compared) };
        for placed in shift.relevant.iter().chain(&shift.others) {
            if let Some(hit) = hits.get(placed.doc.as_str()) {
                let stored = searcher.stored(hit)?;
                let about = About { title: stored.title, date: stored.date, source: stored.source };
                compared.documents.insert(placed.doc.clone(), about);
            }
        }
        if let Some(topic) = topic {
            compared.duels = duels(searcher, topic, syntax, &shift.passings, &hits)?;
        }
        Ok(compared)
    });
    compared.collect()
}

fn duels(
    searcher: &Searcher,
    topic: &Topic,
    syntax: bool,
    passings: &[Passing],
    hits: &FxHashMap<&str, Hit>,
) -> Result<Vec<Duel>, SearchError> {
    let plan = topic::plan(searcher, topic, syntax)?;
    let prepared = searcher.prepare(&plan, topic::language(topic))?;
    let found = searcher.search(&prepared, &Request { limit: DEPTH, ..Request::default() })?;
    let asked = Asked { searcher, plan: &plan, prepared: &prepared, found: &found };
    let mut duels = Vec::new();
    for passing in passings {
        let (relevant, other) = (&passing.relevant.doc, &passing.other.doc);
        if let (Some(relevant_hit), Some(other_hit)) = (hits.get(relevant.as_str()), hits.get(other.as_str())) {
            let (relevant, mut relevant_words) = asked.side(relevant, relevant_hit)?;
            let (other, mut other_words) = asked.side(other, other_hit)?;
            let word = |(leaf, text): (usize, &String)| {
                let (relevant, other) = (relevant_words.remove(&leaf), other_words.remove(&leaf));
                (relevant.is_some() || other.is_some()).then(|| DuelWord { word: text.clone(), relevant, other })
            };
            let texts = plan.leaves.iter().map(|leaf| &leaf.text);
            let mut words: Vec<_> = texts.enumerate().filter_map(word).collect();
            words.sort_by(|a, b| b.difference().abs().total_cmp(&a.difference().abs()));
            duels.push(Duel { relevant, other, words });
        }
    }
    Ok(duels)
}

impl DuelWord {
    /// What the word is worth more to the one than to the other.
    pub fn difference(&self) -> f32 {
        let score = |worth: &Option<Worth>| worth.as_ref().map_or(0.0, |worth| worth.score);
        score(&self.relevant) - score(&self.other)
    }
}

/// A query that was put to the index.
struct Asked<'a> {
    searcher: &'a Searcher,
    plan: &'a Plan,
    prepared: &'a Prepared<'a>,
    found: &'a Hits,
}

impl Asked<'_> {
    /// A document, and what each leaf of the plan is worth to it.
    fn side(&self, doc: &str, hit: &Hit) -> Result<(Side, BTreeMap<usize, Worth>), SearchError> {
        let place = self.found.hits.iter().position(|hit| self.searcher.id(hit) == doc);
        let hit = place.map_or(hit, |at| &self.found.hits[at]);
        let scale = self.found.scale(self.searcher.language(hit));
        let contributions = self.searcher.explain(self.prepared, hit)?;
        let mut words: BTreeMap<usize, Worth> = BTreeMap::new();
        for contribution in contributions.iter().filter(|contribution| contribution.counts) {
            words.entry(contribution.leaf).or_default().add(explanation(self.plan, contribution, scale));
        }
        let sum: f32 = words.values().map(|worth| worth.score).sum();
        let refined = self.searcher.explain_refined(self.prepared, hit)?;
        let of = |origin: Origin| -> f32 {
            let of_origin = refined.iter().filter(|contribution| contribution.origin == origin && contribution.counts);
            scale * of_origin.map(|contribution| contribution.score).sum::<f32>()
        };
        let side = Side {
            doc: doc.to_owned(),
            rank: place.map(|at| at + 1),
            score: place.map_or(sum, |at| self.found.hits[at].score),
            side_by_side: of(Origin::Adjacent),
            beginnings: of(Origin::Beginning),
        };
        Ok((side, words))
    }
}

impl Worth {
    fn add(&mut self, explanation: Explanation) {
        let Explanation { term, origin, field, score, .. } = explanation;
        self.score += score;
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
        if !self.fields.contains(&field) {
            self.fields.push(field);
        }
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }
}
