//! Looking a plan up and weighing it: every clause gets the weight that rarity and the zone make of it.
//!
//! As typed first: that tells which languages the query may be in, and only from these it is taken to related ones. What
//! documents in another language have of it is looked up when it is asked for: where only the best are wanted of a query
//! whose language is known, that is seldom, since its own language mostly fills the first ranks.

use std::cell::Cell;
use std::cell::OnceCell;
use std::rc::Rc;

use crate::engine::EngineError;
use crate::engine::Ranking;
use crate::engine::bm25;
use crate::engine::manifest::Manifest;
use crate::engine::postings;
use crate::engine::schema::Fields;
use crate::engine::scorer::PreparedClause;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::segment::Segment;
use crate::engine::terms::Zone;
use crate::lang;
use crate::lang::Language;
use crate::query::Clause;
use crate::query::Leaf;
use crate::query::Origin;
use crate::query::Plan;
use crate::query::Way;

/// A plan looked up in one index.
pub struct Prepared<'p> {
    pub(super) plan: &'p Plan,
    weigher: Weigher<'p>,
    likely: Likely,
    /// The languages in which something of it is known, of those that the query was compared with.
    known: Vec<&'static Language>,
    /// By leaf, the idf of its word in the language in which it is common, if there is one.
    common: Vec<Option<f32>>,
    /// The languages that the query may be in.
    own: Vec<PreparedLanguage>,
    /// Of others, what was looked up to know that they are others.
    begun: Cell<Vec<PreparedLanguage>>,
    others: OnceCell<Vec<PreparedLanguage>>,
}

/// What looking up and weighing needs to know of an index and of a query.
pub(super) struct Weigher<'i> {
    pub(super) segments: &'i [Segment],
    pub(super) fields: &'i Fields,
    pub(super) manifest: &'i Manifest,
    pub(super) ranking: &'i Ranking,
    /// The language that the query is known to be in.
    pub(super) query_lang: Option<&'static Language>,
}

/// A plan for the documents of one language.
pub(super) struct PreparedLanguage {
    pub(super) language: &'static Language,
    /// Every leaf of the plan; without clauses where no document in this language has it.
    pub(super) leaves: Vec<PreparedLeaf>,
    /// What decides the order of the best alone, by leaf.
    pub(super) likeness: Vec<PreparedLeaf>,
    /// How likely the query is in this language, beside the likeliest.
    pub(super) likely: f32,
}

/// How likely a query is in each language, beside the likeliest.
struct Likely(Vec<(&'static Language, f32)>);

impl<'p> Prepared<'p> {
    pub(super) fn new(plan: &'p Plan, weigher: Weigher<'p>) -> Result<Self, EngineError> {
        let languages = weigher
            .manifest
            .spoken()
            .filter(|language| weigher.query_lang.is_none_or(|query_lang| query_lang.code == language.code));
        let mut typed = languages.map(|language| weigher.typed(plan, language)).collect::<Result<Vec<_>, _>>()?;
        let likely = weigher.judge(plan, &typed);
        let common = (0..plan.leaves.len()).map(|leaf| weigher.idf_where_common(&typed, leaf)).collect();
        typed.iter_mut().for_each(|language| language.likely = likely.of(language.language.code));
        let (mut own, begun): (Vec<_>, Vec<_>) = typed.into_iter().partition(PreparedLanguage::is_own);
        let mut prepared = Self {
            plan,
            weigher,
            likely,
            known: Vec::new(),
            common,
            own: Vec::new(),
            begun: Cell::default(),
            others: OnceCell::new(),
        };
        own.iter_mut().try_for_each(|language| prepared.finish(language))?;
        own.retain(PreparedLanguage::has_something);
        let known = own.iter().chain(&begun).filter(|language| language.has_something());
        prepared.known = known.map(|language| language.language).collect();
        prepared.begun.set(begun);
        prepared.own = own;
        Ok(prepared)
    }

    /// The plan.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// How well the query is in each language in which something of it is known, from 0 to 1 for the best; and whether it
    /// is taken to be in it. Where its language is known, that one alone.
    pub fn likely(&self) -> impl Iterator<Item = (&'static Language, f32, bool)> {
        self.known.iter().map(|&language| {
            let likely = self.likely.of(language.code);
            (language, likely, likely >= NEARLY)
        })
    }

    /// The languages that the query may be in, in which something of it is known.
    pub(super) fn own(&self) -> &[PreparedLanguage] {
        &self.own
    }

    /// The other languages in which something of it is known; looked up when they are first asked for.
    pub(super) fn others(&self) -> Result<&[PreparedLanguage], EngineError> {
        if let Some(others) = self.others.get() {
            return Ok(others);
        }
        let mut others = self.begun.take();
        if let Some(query_lang) = self.weigher.query_lang {
            for language in self.weigher.manifest.spoken().filter(|language| language.code != query_lang.code) {
                others.push(self.weigher.typed(self.plan, language)?);
            }
        }
        others.iter_mut().try_for_each(|language| self.finish(language))?;
        others.retain(PreparedLanguage::has_something);
        Ok(self.others.get_or_init(|| others))
    }

    /// Whether the query's language is known, so that it is in none of the others.
    pub(super) fn is_told(&self) -> bool {
        self.weigher.query_lang.is_some()
    }

    /// All languages in which something of it is known.
    pub(super) fn languages(&self) -> Result<impl Iterator<Item = &PreparedLanguage>, EngineError> {
        Ok(self.own.iter().chain(self.others()?))
    }

    /// That of the language called `code`.
    pub(super) fn language(&self, code: &str) -> Result<Option<&PreparedLanguage>, EngineError> {
        let is_it = |language: &&PreparedLanguage| language.language.code == code;
        match self.own.iter().find(is_it) {
            Some(own) => Ok(Some(own)),
            None => Ok(self.others()?.iter().find(is_it)),
        }
    }

    /// What some document in `language` has of what adds to scores: each clause with its leaf and its rarity (idf) there.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn clauses(&self, language: &Language) -> Result<impl Iterator<Item = (usize, &Clause, f32)>, EngineError> {
        let leaves = self.language(language.code)?.into_iter().flat_map(|language| language.leaves.iter().enumerate());
        let scored = leaves.filter(|(_, leaf)| leaf.scored);
        Ok(scored.flat_map(|(at, leaf)| {
            let in_each_zone = leaf.clauses.chunk_by(|a, b| Rc::ptr_eq(&a.clause, &b.clause));
            in_each_zone.map(move |zones| {
                let rarity = zones.iter().map(|clause| clause.idf).fold(0.0, f32::max);
                (at, &*zones[0].clause, rarity)
            })
        }))
    }

    /// Whether something of it may be found in parts alone.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn is_in_parts(&self) -> Result<bool, EngineError> {
        Ok(self.languages()?.any(|language| language.leaves.iter().any(|leaf| !leaf.parts.is_empty())))
    }

    /// Looks up what is still to be known of a language: what the query means there, and what decides the order of the
    /// best.
    fn finish(&self, language: &mut PreparedLanguage) -> Result<(), EngineError> {
        self.take_across(language)?;
        for (leaf, common) in language.leaves.iter_mut().zip(&self.common) {
            let Some(common) = *common else { continue };
            for clause in leaf.clauses.iter_mut().filter(|clause| clause.idf > common) {
                clause.weight *= common / clause.idf;
                clause.idf = common;
            }
        }
        language.leaves.iter_mut().for_each(|leaf| leaf.clauses.sort_by_key(|clause| clause.clause.way));
        let beginnings = self.plan.beginnings(language.language);
        for ((leaf, likeness), beginnings) in self.plan.leaves.iter().zip(&mut language.likeness).zip(beginnings) {
            for beginning in beginnings {
                self.weigher.clause(beginning, leaf.weight * self.weigher.ranking.gram_weight, likeness)?;
            }
            likeness.clauses.retain(|clause| !self.weigher.is_common_beginning(clause));
        }
        Ok(())
    }

    /// Looks up what the query means in `to` in languages that it may be in. Where it may be in this one too, and that
    /// knows a word as it is typed, what the word would mean coming from another is not asked.
    fn take_across(&self, to: &mut PreparedLanguage) -> Result<(), EngineError> {
        let is_understood = |(leaf, prepared): (&Leaf, &PreparedLeaf)| {
            let is_known = to.is_own() && prepared.clauses.iter().any(|clause| clause.clause.is_whole());
            is_known || self.likely.own().any(|language| language.is_common(&leaf.text))
        };
        let understood: Vec<bool> = self.plan.leaves.iter().zip(&to.leaves).map(is_understood).collect();
        for from in self.likely.own().filter(|from| from.code != to.language.code) {
            let across = self.plan.across(from, to.language);
            for (at, clauses) in across.into_iter().enumerate().filter(|(at, _)| !understood[*at]) {
                for clause in clauses {
                    self.weigher.clause(clause, self.plan.leaves[at].weight, &mut to.leaves[at])?;
                }
            }
        }
        Ok(())
    }
}

impl Likely {
    fn of(&self, code: &str) -> f32 {
        self.0.iter().find(|(language, _)| language.code == code).map_or(0.0, |(_, likely)| *likely)
    }

    /// The languages that the query may be in.
    fn own(&self) -> impl Iterator<Item = &'static Language> {
        self.0.iter().filter(|(_, likely)| *likely >= NEARLY).map(|(language, _)| *language)
    }
}

impl PreparedLanguage {
    /// Whether the query may be in this language.
    pub(super) fn is_own(&self) -> bool {
        self.likely >= NEARLY
    }

    fn has_something(&self) -> bool {
        self.leaves.iter().any(|leaf| !leaf.clauses.is_empty())
    }
}

/// In this share of a language's documents, a word is common in it.
const COMMON: f64 = 0.2;
/// A query may be in every language that is at least so likely, beside the likeliest.
const NEARLY: f32 = 0.35;
/// What the letters of a query count for, which are judged as if each said something of its own; and its words.
const LETTERS: f32 = 0.3;
const WORDS: f32 = 0.5;
/// In this share of a language's documents, any word may be found by chance.
const SELDOM: f32 = 0.000_03;
/// First letters that more documents have say nothing.
const COMMON_BEGINNING: f64 = 0.3;
/// Among fewer documents, a share tells nothing: in a single one, every word is common.
const ENOUGH_TO_TELL: u64 = 100;
/// What weighs less could come to nothing where it is found, and would not be told from what is not there.
const LEAST_WEIGHT: f32 = 1e-20;
/// By how much less the lead is worth where all documents have a title, which says the same.
const TITLED: f32 = 0.4;

impl Weigher<'_> {
    /// Looks up what is typed in the documents in `language`.
    fn typed(&self, plan: &Plan, language: &'static Language) -> Result<PreparedLanguage, EngineError> {
        let empty = || plan.leaves.iter().map(|leaf| PreparedLeaf::new(leaf.scored)).collect::<Vec<_>>();
        let mut leaves = empty();
        for ((leaf, prepared), clauses) in plan.leaves.iter().zip(&mut leaves).zip(plan.typed(language)) {
            for clause in clauses {
                self.clause(clause, leaf.weight, prepared)?;
            }
        }
        Ok(PreparedLanguage { language, leaves, likeness: empty(), likely: 0.0 })
    }

    /// How likely the query is in each language: by its letters and words, and by how many documents of the language
    /// have its words as they are `typed`.
    fn judge(&self, plan: &Plan, typed: &[PreparedLanguage]) -> Likely {
        if let Some(known) = self.query_lang {
            return Likely(vec![(known, 1.0)]);
        }
        let scored = || plan.leaves.iter().enumerate().filter(|(_, leaf)| leaf.scored);
        let text: Vec<_> = scored().map(|(_, leaf)| leaf.text.as_str()).collect();
        let letters: Vec<_> = lang::evidence(&text.join(" ")).collect();
        let nats = |prepared: &PreparedLanguage| {
            let language = prepared.language;
            let letters = letters.iter().find(|(other, _)| other.code == language.code).map_or(0.0, |(_, nats)| *nats);
            let words = scored().map(|(at, _)| libm::logf(SELDOM + self.share(&prepared.leaves[at], language)));
            LETTERS * letters + WORDS * words.sum::<f32>()
        };
        let nats: Vec<_> = typed.iter().map(|prepared| (prepared.language, nats(prepared))).collect();
        let most = nats.iter().map(|(_, nats)| *nats).fold(f32::MIN, f32::max);
        Likely(nats.into_iter().map(|(language, nats)| (language, libm::expf(nats - most))).collect())
    }

    /// In what share of the documents in `language` a word is found as it is typed; without its Nordic letters counts
    /// half.
    fn share(&self, leaf: &PreparedLeaf, language: &Language) -> f32 {
        let stats = self.manifest.stats(language);
        let whole = leaf.clauses.iter().filter(|clause| clause.clause.part.is_none());
        let shares = whole.map(|clause| {
            let documents = if clause.zone == Zone::Title { stats.titled } else { stats.documents };
            let share = clause.doc_freq as f32 / documents.max(1) as f32;
            if clause.clause.way == Way::Folded { 0.5 * share } else { share }
        });
        shares.fold(0.0, f32::max)
    }

    fn is_common_beginning(&self, clause: &PreparedClause) -> bool {
        let documents = self.manifest.stats(clause.clause.language).documents;
        documents >= ENOUGH_TO_TELL && clause.doc_freq as f64 > COMMON_BEGINNING * documents as f64
    }

    /// Looks one clause up in every zone, and notes it in `leaf` where it is found.
    fn clause(&self, clause: Clause, leaf_weight: f32, leaf: &mut PreparedLeaf) -> Result<(), EngineError> {
        let stats = self.manifest.stats(clause.language);
        let fields = self.fields.of(clause.language);
        let mut weight = leaf_weight * clause.weight;
        if clause.way == Way::Folded {
            weight *= self.ranking.folded_weight;
        }
        if let Some(number) = clause.part {
            leaf.note_part(clause.way, number);
            weight *= self.ranking.part_weight;
        }
        // What is worth nothing need not be looked up.
        if weight == 0.0 {
            return Ok(());
        }
        let clause = Rc::new(clause);
        let (mut body_idf, mut in_bodies) = (f32::INFINITY, false);
        for zone in [Zone::Body, Zone::Title, Zone::Lead] {
            let Some(field) = postings::field(fields, zone, &clause.pattern) else { continue };
            let documents = if zone == Zone::Title { stats.titled } else { stats.documents };
            // What is nowhere in the bodies is not near their beginnings.
            let nowhere = zone == Zone::Lead && !in_bodies;
            if documents == 0 || nowhere || (clause.title_only && zone != Zone::Title) {
                continue;
            }
            let zone_weight = match zone {
                Zone::Body => 1.0,
                Zone::Title => self.ranking.title_weight,
                Zone::Lead => self.ranking.lead_weight * (1.0 - TITLED * stats.titled as f32 / stats.documents as f32),
            };
            let mut doc_freq = 0;
            let mut found = Vec::with_capacity(self.segments.len());
            for segment in self.segments {
                let here = postings::find(segment, field, zone, &clause.pattern)?;
                if let Some(here) = &here {
                    doc_freq += here.doc_freq(segment, field)?;
                }
                found.push(here);
            }
            if doc_freq == 0 {
                continue;
            }
            in_bodies |= zone == Zone::Body;
            let idf = match zone {
                // How rare a word is in leads says less than how rare it is in texts.
                Zone::Lead => body_idf,
                // Few titles have a function word, and it says no more there than in the text.
                Zone::Body | Zone::Title => bm25::idf(documents, doc_freq).min(body_idf),
            };
            body_idf = idf;
            let weight = weight * idf * zone_weight;
            if weight > LEAST_WEIGHT {
                let clause = Rc::clone(&clause);
                leaf.clauses.push(PreparedClause { clause, field, zone, found, doc_freq, idf, weight });
            }
        }
        Ok(())
    }

    /// The idf of a leaf's word in the language in which it is common, if there is one. A function word of one language may
    /// be rare in another (Danish *for* in Swedish text) and tells no more there, unless the query is known to be in that
    /// other language. Of a word in parts it is not asked.
    fn idf_where_common(&self, typed: &[PreparedLanguage], leaf: usize) -> Option<f32> {
        let clauses = || typed.iter().flat_map(|language| &language.leaves[leaf].clauses);
        if clauses().any(|clause| clause.clause.part.is_some()) {
            return None;
        }
        let in_bodies = clauses().filter(|clause| clause.clause.origin == Origin::Typed && clause.zone == Zone::Body);
        let is_common = |clause: &&PreparedClause| {
            let documents = self.manifest.stats(clause.clause.language).documents;
            documents >= ENOUGH_TO_TELL && clause.doc_freq as f64 >= COMMON * documents as f64
        };
        in_bodies.filter(is_common).map(|clause| clause.idf).reduce(f32::min)
    }
}
