//! Weighing a plan: every clause is looked up in every zone of its language's documents, and given the weight that rarity
//! and the zone make of it.

use crate::engine::EngineError;
use crate::engine::Ranking;
use crate::engine::bm25;
use crate::engine::manifest::LanguageStats;
use crate::engine::postings;
use crate::engine::schema::Fields;
use crate::engine::scorer::PreparedClause;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::segment::Segment;
use crate::engine::terms::Zone;
use crate::lang::Detector;
use crate::lang::Language;
use crate::query::Clause;
use crate::query::Leaf;
use crate::query::Origin;
use crate::query::Plan;
use crate::query::Way;

/// What weighing needs to know of an index.
pub(super) struct Weigher<'i> {
    pub(super) segments: &'i [Segment],
    pub(super) fields: &'i Fields,
    pub(super) stats: &'i dyn Fn(&Language) -> LanguageStats,
    pub(super) ranking: &'i Ranking,
    /// The language that the query is known to be in.
    pub(super) query_lang: Option<&'static Language>,
}

/// A plan for the documents of one language.
pub(super) struct PreparedLanguage<'p> {
    pub(super) language: &'static Language,
    /// Every leaf of the plan; without clauses where no document in this language has it.
    pub(super) leaves: Vec<PreparedLeaf<'p>>,
    /// What decides the order of the best alone, by leaf.
    pub(super) likeness: Vec<PreparedLeaf<'p>>,
    /// How well the query is in this language, from 0 to 1 for the best.
    pub(super) likely: f32,
}

impl<'p> PreparedLanguage<'p> {
    /// That of `language` among `all`, begun where it is not there yet.
    fn of<'a>(all: &'a mut Vec<Self>, language: &'static Language, plan: &Plan) -> &'a mut Self {
        let at = all.iter().position(|other| other.language.code == language.code).unwrap_or_else(|| {
            let empty = || {
                let leaf = |leaf: &Leaf| PreparedLeaf { scored: leaf.scored, clauses: Vec::new() };
                plan.leaves.iter().map(leaf).collect()
            };
            all.push(Self { language, leaves: empty(), likeness: empty(), likely: 1.0 });
            all.len() - 1
        });
        &mut all[at]
    }

    /// Makes what was not asked for in this language worth less.
    fn doubt(&mut self) {
        let clauses = self.leaves.iter_mut().flat_map(|leaf| &mut leaf.clauses);
        for clause in clauses.filter(|clause| matches!(clause.clause.origin, Origin::Key | Origin::Translated(_))) {
            clause.weight *= DOUBTFUL;
        }
    }
}

/// In this share of a language's documents, a word is common in it.
const COMMON: f64 = 0.2;
/// What a function word says for its language, beside a word of that rarity.
const FUNCTION_WORD: f32 = 3.0;
/// What it says for a language that the query is detected to be in it, as a share of what all its words say.
const DETECTED: f32 = 0.3;
/// First letters that more documents have say nothing.
const COMMON_BEGINNING: f64 = 0.3;
/// Among fewer documents, a share tells nothing: in a single one, every word is common.
const ENOUGH_TO_TELL: u64 = 100;
/// A query is taken to be in every language that it is nearly as likely to be in as in the likeliest.
pub(super) const NEARLY: f32 = 0.9;
/// What a key or a translation is worth in documents of a language that the query itself may be in, where its language is
/// not known: it says what the query would mean if it were in another.
const DOUBTFUL: f32 = 0.25;
/// By how much less the lead is worth where all documents have a title, which says the same.
const TITLED: f32 = 0.4;

impl Weigher<'_> {
    /// Looks everything in `plan` up and weighs it, language by language.
    pub(super) fn plan<'p>(&self, plan: &'p Plan) -> Result<Vec<PreparedLanguage<'p>>, EngineError> {
        let mut languages: Vec<PreparedLanguage<'p>> = Vec::new();
        for (at, leaf) in plan.leaves.iter().enumerate() {
            let mut clauses = Vec::with_capacity(3 * leaf.clauses.len());
            for clause in &leaf.clauses {
                self.clause(clause, leaf.weight, &mut clauses)?;
            }
            if let Some(common) = self.idf_where_common(&clauses) {
                for clause in clauses.iter_mut().filter(|clause| clause.idf > common) {
                    clause.weight *= common / clause.idf;
                    clause.idf = common;
                }
            }
            clauses.sort_by_key(|clause| clause.clause.way);
            let mut likeness = Vec::with_capacity(2 * leaf.likeness.len());
            for clause in leaf.likeness.iter().filter(|_| self.ranking.gram_weight > 0.0) {
                self.clause(clause, leaf.weight * self.ranking.gram_weight, &mut likeness)?;
            }
            likeness.retain(|clause| !self.is_common_beginning(clause));
            for clause in clauses {
                PreparedLanguage::of(&mut languages, clause.clause.language, plan).leaves[at].clauses.push(clause);
            }
            for clause in likeness {
                PreparedLanguage::of(&mut languages, clause.clause.language, plan).likeness[at].clauses.push(clause);
            }
        }
        self.judge(plan, &mut languages);
        if self.query_lang.is_none() {
            languages.iter_mut().filter(|language| language.likely >= NEARLY).for_each(PreparedLanguage::doubt);
        }
        Ok(languages)
    }

    /// Says how well each language's documents know the words of the query: as well as its own would. A word that is
    /// there counts by its rarity, and a function word of a language counts for it.
    fn judge(&self, plan: &Plan, languages: &mut [PreparedLanguage<'_>]) {
        if let Some(language) = self.query_lang {
            for other in languages {
                other.likely = if other.language.code == language.code { 1.0 } else { 0.0 };
            }
            return;
        }
        for language in &mut *languages {
            language.likely = 0.0;
        }
        let mut all = 0.0;
        for (at, leaf) in plan.leaves.iter().enumerate().filter(|(_, leaf)| leaf.scored) {
            let typed = |language: &PreparedLanguage<'_>| {
                let clauses = language.leaves[at].clauses.iter();
                let typed = clauses.filter(|clause| clause.clause.way == Way::Typed && !clause.clause.part);
                typed.map(|clause| clause.idf).fold(0.0, f32::max)
            };
            let rarest = languages.iter().map(typed).fold(0.0, f32::max);
            for language in &mut *languages {
                let common = if language.language.is_common(&leaf.text) { FUNCTION_WORD } else { 0.0 };
                language.likely += if typed(language) > 0.0 { rarest } else { 0.0 } + common;
            }
            all += rarest;
        }
        // The letters and endings of several words tell more than one word does.
        let text: Vec<_> = plan.leaves.iter().filter(|leaf| leaf.scored).map(|leaf| leaf.text.as_str()).collect();
        let codes: Vec<_> = languages.iter().map(|language| language.language).collect();
        let detected = Detector::new(&codes).detect(&text.join(" "));
        for language in &mut *languages {
            let said = language.language.code == detected.language.code;
            language.likely += if said { DETECTED * detected.confidence as f32 * all } else { 0.0 };
        }
        let most = languages.iter().map(|language| language.likely).fold(0.0, f32::max);
        for language in languages {
            language.likely /= most.max(f32::MIN_POSITIVE);
        }
    }

    fn is_common_beginning(&self, clause: &PreparedClause<'_>) -> bool {
        let documents = (self.stats)(clause.clause.language).documents;
        documents >= ENOUGH_TO_TELL && clause.doc_freq as f64 > COMMON_BEGINNING * documents as f64
    }

    fn clause<'p>(
        &self,
        clause: &'p Clause,
        leaf_weight: f32,
        clauses: &mut Vec<PreparedClause<'p>>,
    ) -> Result<(), EngineError> {
        let stats = (self.stats)(clause.language);
        let fields = self.fields.of(clause.language);
        let mut weight = leaf_weight * clause.weight;
        if clause.way == Way::Folded {
            weight *= self.ranking.folded_weight;
        }
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
            if weight > 0.0 {
                clauses.push(PreparedClause { clause, field, zone, found, doc_freq, idf, weight });
            }
        }
        Ok(())
    }

    /// The idf of a word in the language in which it is common, if there is one. A function word of one language may be
    /// rare in another (Danish *for* in Swedish text) and tells no more there, unless the query is known to be in that
    /// other language. Of a word in parts it is not asked.
    fn idf_where_common(&self, clauses: &[PreparedClause<'_>]) -> Option<f32> {
        if clauses.iter().any(|clause| clause.clause.part) {
            return None;
        }
        let typed = clauses.iter().filter(|clause| clause.clause.origin == Origin::Typed && clause.zone == Zone::Body);
        let is_common = |clause: &&PreparedClause<'_>| {
            let documents = (self.stats)(clause.clause.language).documents;
            documents >= ENOUGH_TO_TELL
                && clause.doc_freq as f64 >= COMMON * documents as f64
                && self.query_lang.is_none_or(|language| language.code == clause.clause.language.code)
        };
        typed.filter(is_common).map(|clause| clause.idf).reduce(f32::min)
    }
}
