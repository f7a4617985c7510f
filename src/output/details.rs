//! What a record leaves out because it belongs to others: the texts of topics, and what was found for those worth a
//! look. It lies beside the indexes, where version control does not see it, and the report reads it where it is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

use crate::app::bench::BenchError;
use crate::app::bench::Measured;
use crate::engine::EngineError;
use crate::engine::Searcher;
use crate::eval::Evaluation;

/// The topics of an experiment with their texts, and some of them with what was found: JSON, schema 1.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Details {
    /// The version of this form.
    pub schema: u32,
    /// The experiment.
    pub name: String,
    /// The text of every topic, by id.
    pub texts: BTreeMap<String, String>,
    /// The topics worth a look: those that went worst, and those on which the systems differ most.
    pub topics: Vec<TopicDetails>,
}

/// One topic worth a look.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TopicDetails {
    /// Its id.
    pub topic: String,
    /// The language that it states.
    pub lang: Option<String>,
    /// By system: the value of the first measure.
    pub values: BTreeMap<String, f64>,
    /// Relevant documents, the best first, at most [`SHOWN`].
    pub relevant: Vec<DocumentDetails>,
    /// By system: what it put first, at most [`SHOWN`].
    pub found: BTreeMap<String, Vec<DocumentDetails>>,
}

/// A document of a topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DocumentDetails {
    /// Its id.
    pub id: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// How relevant it is; `None` where nobody judged it.
    pub grade: Option<i32>,
    /// By system: its rank from 1; systems that did not find it are left out.
    pub ranks: BTreeMap<String, u32>,
}

/// How many documents are listed.
pub const SHOWN: usize = 5;
/// How many topics of each sort are looked at.
const LOOKED_AT: usize = 20;
const SCHEMA: u32 = 1;

impl Details {
    /// Looks at what the systems, each with its name, found; titles come from `searcher`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn new(name: &str, searcher: &Searcher, measured: &[(&str, &Measured)]) -> Result<Self, EngineError> {
        let (_, ours) = measured[0];
        let mut details = Self { schema: SCHEMA, name: name.to_owned(), texts: BTreeMap::new(), topics: Vec::new() };
        details.texts.extend(ours.topics.iter().map(|topic| (topic.id.clone(), topic.text.clone())));
        for at in worth_a_look(&ours.evaluation, measured.get(1).map(|(_, other)| &other.evaluation)) {
            details.topics.push(topic(at, searcher, measured)?);
        }
        Ok(details)
    }

    /// The details in a file, which must be those of the experiment called `name`; `None` where there is no file.
    ///
    /// # Errors
    /// When the file cannot be read, or has no details of this schema and experiment.
    pub fn read(path: &Path, name: &str) -> Result<Option<Self>, BenchError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BenchError::Io { path: path.to_owned(), source }),
        };
        let form = |cause: String| BenchError::Form { path: path.to_owned(), cause };
        let details: Self = serde_json::from_slice(&bytes).map_err(|error| form(error.to_string()))?;
        if details.schema != SCHEMA || details.name != name {
            return Err(form(format!("it has no details of schema {SCHEMA} of {name}: run the experiment again")));
        }
        Ok(Some(details))
    }

    /// As it is written.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("details have only string keys and finite numbers") + "\n"
    }
}

/// The places of the topics with the lowest values, and of those that differ most either way, without repetition.
fn worth_a_look(ours: &Evaluation, other: Option<&Evaluation>) -> Vec<usize> {
    let Some(values) = ours.scores.first().map(|scores| &scores.per_topic) else { return Vec::new() };
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut chosen: Vec<usize> = order.iter().copied().take(LOOKED_AT).collect();
    if let Some(others) = other.and_then(|other| other.scores.first()).map(|scores| &scores.per_topic) {
        let gain = |at: usize| values[at] - others.get(at).copied().unwrap_or(0.0);
        order.sort_by(|&a, &b| gain(b).total_cmp(&gain(a)));
        let ends = order.iter().take(LOOKED_AT).chain(order.iter().rev().take(LOOKED_AT));
        chosen.extend(ends.filter(|&&at| gain(at) != 0.0));
    }
    let mut seen = std::collections::BTreeSet::new();
    chosen.retain(|&at| seen.insert(at));
    chosen
}

fn topic(at: usize, searcher: &Searcher, measured: &[(&str, &Measured)]) -> Result<TopicDetails, EngineError> {
    let (_, ours) = measured[0];
    let id = &ours.evaluation.topics[at];
    let document = |doc: &str| -> Result<DocumentDetails, EngineError> {
        let title = match searcher.find(doc) {
            Some(hit) => searcher.stored(&hit)?.title,
            None => String::new(),
        };
        let rank = |(name, system): &(&str, &Measured)| {
            let found = system.run.retrieved(id).find(|retrieved| retrieved.doc == doc)?;
            Some(((*name).to_owned(), found.rank))
        };
        let ranks = measured.iter().filter_map(rank).collect();
        Ok(DocumentDetails { id: doc.to_owned(), title, grade: ours.qrels.grade(id, doc), ranks })
    };
    let mut relevant: Vec<_> = ours.qrels.judgements(id).filter(|judgement| judgement.grade > 0).collect();
    relevant.sort_by_key(|judgement| -judgement.grade);
    let mut found = BTreeMap::new();
    for (name, system) in measured {
        let mut best: Vec<_> = system.run.retrieved(id).collect();
        best.sort_by_key(|retrieved| retrieved.rank);
        let best = best.into_iter().take(SHOWN).map(|retrieved| document(retrieved.doc)).collect::<Result<_, _>>()?;
        found.insert((*name).to_owned(), best);
    }
    let value = |(name, system): &(&str, &Measured)| {
        Some(((*name).to_owned(), *system.evaluation.scores.first()?.per_topic.get(at)?))
    };
    Ok(TopicDetails {
        topic: id.clone(),
        lang: ours.topics.iter().find(|topic| topic.id == *id).and_then(|topic| topic.lang.clone()),
        values: measured.iter().filter_map(value).collect(),
        relevant: relevant.iter().take(SHOWN).map(|judgement| document(judgement.doc)).collect::<Result<_, _>>()?,
        found,
    })
}
