//! Judging: a pool, gone through document by document, with every answer on disk before the next question.
//!
//! What is judged is what the file of answers says, so that whoever stops goes on from there. Nothing here knows keys or
//! screens. Documents come in the order of the pool; only what was taken back is asked again at once.

mod answers;

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::app::FoundHit;
use crate::app::search;
use crate::app::search::SearchError;
use crate::app::topic;
use crate::engine::Hit;
use crate::engine::Searcher;
use crate::eval::Pool;
use crate::eval::Topic;
use crate::eval::Topics;

pub use crate::app::judge::answers::Answers;
pub use crate::app::judge::answers::AnswersError;

/// A pool on its way to judgements.
pub struct Judging<'a> {
    searcher: &'a Searcher,
    answers: Answers,
    cases: Vec<Case<'a>>,
    states: Vec<State>,
    missing: Vec<Missing>,
    /// The case in question.
    at: Option<usize>,
    /// Cases that were answered or skipped, the last one last.
    history: Vec<usize>,
}

/// A document to be judged for a topic.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// What it is judged for.
    pub topic: &'a Topic,
    /// The document.
    pub doc: &'a str,
    hit: Hit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Skipped,
    Judged,
}

/// A document of the pool that the index lacks and nobody has judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The line of the pool.
    pub line: u32,
    /// Its topic.
    pub topic: String,
    /// Its id.
    pub doc: String,
}

/// How far it has come. Documents that the index lacks do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Documents that are judged, whenever that was.
    pub judged: usize,
    /// Documents that were passed over and not judged since.
    pub skipped: usize,
    /// All documents.
    pub total: usize,
}

/// What one sees of a document to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewed {
    /// As a search would show it; its rank and score are zero.
    pub hit: FoundHit,
    /// Bytes of the whole text that match, disjoint and in order.
    pub body_highlights: Vec<Range<usize>>,
}

/// A topic of the pool that the topics lack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: there is no topic {topic}")]
pub struct UnknownTopic {
    /// The line of the pool.
    pub line: u32,
    /// The topic.
    pub topic: String,
}

impl<'a> Judging<'a> {
    /// Everything in `pool` that `answers` do not have yet, to be looked up in the index.
    ///
    /// # Errors
    /// When the pool has a topic that `topics` lack.
    pub fn new(
        pool: &'a Pool,
        topics: &'a Topics,
        searcher: &'a Searcher,
        answers: Answers,
    ) -> Result<Self, UnknownTopic> {
        let known: FxHashMap<&str, &Topic> = topics.iter().map(|topic| (topic.id.as_str(), topic)).collect();
        let hits = searcher.find_all(pool.iter().map(|pooled| pooled.doc));
        let (mut cases, mut states, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for pooled in pool.iter() {
            let judged = answers.grade(pooled.topic, pooled.doc).is_some();
            let Some(topic) = known.get(pooled.topic).copied() else {
                return Err(UnknownTopic { line: pooled.line, topic: pooled.topic.to_owned() });
            };
            match hits.get(pooled.doc) {
                Some(hit) => {
                    cases.push(Case { topic, doc: pooled.doc, hit: hit.clone() });
                    states.push(if judged { State::Judged } else { State::Open });
                }
                None if judged => {}
                None => missing.push(Missing {
                    line: pooled.line,
                    topic: pooled.topic.to_owned(),
                    doc: pooled.doc.to_owned(),
                }),
            }
        }
        let places: FxHashMap<(&str, &str), usize> =
            cases.iter().map(|case| (case.topic.id.as_str(), case.doc)).zip(0..).collect();
        let history = answers.in_order().filter_map(|pair| places.get(&pair).copied()).collect();
        let mut judging = Self { searcher, answers, cases, states, missing, at: None, history };
        judging.at = judging.next_open();
        Ok(judging)
    }

    /// What the index lacks.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// What is to be judged now; `None` when there is nothing left but what was skipped.
    pub fn current(&self) -> Option<&Case<'a>> {
        self.at.map(|at| &self.cases[at])
    }

    /// What there is to see of a document.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn view(&self, case: &Case<'_>, syntax: bool) -> Result<Viewed, SearchError> {
        let plan = topic::plan(self.searcher, case.topic, syntax)?;
        let prepared = self.searcher.prepare(&plan, topic::language(case.topic))?;
        let (hit, body_highlights) = search::present(self.searcher, &prepared, &case.hit)?;
        Ok(Viewed { hit, body_highlights })
    }

    /// How far it has come.
    pub fn standing(&self) -> Standing {
        let count = |state: State| self.states.iter().filter(|known| **known == state).count();
        Standing { judged: count(State::Judged), skipped: count(State::Skipped), total: self.cases.len() }
    }

    /// Keeps the grade of the document in question, and goes on.
    ///
    /// # Errors
    /// When it cannot be kept; the document is in question still.
    pub fn grade(&mut self, grade: i32) -> Result<(), AnswersError> {
        if let Some(at) = self.at {
            let case = &self.cases[at];
            self.answers.keep(&case.topic.id, case.doc, grade)?;
            self.leave(at, State::Judged);
        }
        Ok(())
    }

    /// Passes over the document in question: it will be asked again another time.
    pub fn skip(&mut self) {
        if let Some(at) = self.at {
            self.leave(at, State::Skipped);
        }
    }

    /// Goes back to the document that was answered or skipped last, and takes its grade back; says which grade that
    /// was. `None` if there is none.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing has changed.
    pub fn undo(&mut self) -> Result<Option<Undone>, AnswersError> {
        let Some(&at) = self.history.last() else { return Ok(None) };
        let case = &self.cases[at];
        let grade = match self.states[at] {
            State::Judged => self.answers.take_back(&case.topic.id, case.doc)?,
            State::Skipped | State::Open => None,
        };
        self.history.pop();
        self.states[at] = State::Open;
        self.at = Some(at);
        Ok(Some(Undone { grade }))
    }

    fn leave(&mut self, at: usize, state: State) {
        self.states[at] = state;
        self.history.push(at);
        self.at = self.next_open();
    }

    fn next_open(&self) -> Option<usize> {
        self.states.iter().position(|state| *state == State::Open)
    }
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// The grade; `None` where the document had been skipped.
    pub grade: Option<i32>,
}
