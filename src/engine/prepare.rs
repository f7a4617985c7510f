//! Weighing a plan: every clause is looked up in every zone of its language's documents, and given the weight that rarity
//! and the zone make of it.

use std::collections::BTreeMap;

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
use crate::lang;
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
    /// How likely the query is in this language, beside the likeliest.
    pub(super) likely: f32,
}

/// How likely a query is in each language, beside the likeliest.
struct Likely(Vec<(&'static Language, f32)>);

impl Likely {
    fn of(&self, code: &str) -> f32 {
        self.0.iter().find(|(language, _)| language.code == code).map_or(0.0, |(_, likely)| *likely)
    }

    /// Whether the query may be in the language called `code`.
    fn is_own(&self, code: &str) -> bool {
        self.of(code) >= NEARLY
    }

    /// The languages that the query may be in.
    fn own(&self) -> impl Iterator<Item = &'static Language> {
        self.0.iter().map(|(language, _)| *language).filter(|language| self.is_own(language.code))
    }
}

impl<'p> PreparedLanguage<'p> {
    /// Whether the query may be in this language.
    pub(super) fn is_own(&self) -> bool {
        self.likely >= NEARLY
    }

    /// That of `language` among `all`, begun where it is not there yet.
    fn of<'a>(all: &'a mut Vec<Self>, language: &'static Language, plan: &Plan, likely: &Likely) -> &'a mut Self {
        let at = all.iter().position(|other| other.language.code == language.code).unwrap_or_else(|| {
            let empty = || {
                let leaf = |leaf: &Leaf| PreparedLeaf { scored: leaf.scored, clauses: Vec::new() };
                plan.leaves.iter().map(leaf).collect()
            };
            all.push(Self { language, leaves: empty(), likeness: empty(), likely: likely.of(language.code) });
            all.len() - 1
        });
        &mut all[at]
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
/// By how much less the lead is worth where all documents have a title, which says the same.
const TITLED: f32 = 0.4;

impl Weigher<'_> {
    /// Looks everything in `plan` up and weighs it, language by language. As typed first: that tells which languages the
    /// query may be in, and only from these it is taken to related ones.
    pub(super) fn plan<'p>(&self, plan: &'p Plan) -> Result<Vec<PreparedLanguage<'p>>, EngineError> {
        let mut looked_up = Vec::with_capacity(plan.leaves.len());
        for leaf in &plan.leaves {
            let mut clauses = Vec::with_capacity(3 * leaf.clauses.len());
            for clause in leaf.clauses.iter().filter(|clause| clause.way.source().is_none()) {
                self.clause(clause, leaf.weight, &mut clauses)?;
            }
            looked_up.push(clauses);
        }
        let likely = self.judge(plan, &looked_up);
        let mut languages: Vec<PreparedLanguage<'p>> = Vec::new();
        for (at, (leaf, mut clauses)) in plan.leaves.iter().zip(looked_up).enumerate() {
            self.across(leaf, &likely, &mut clauses)?;
            if let Some(common) = self.idf_where_common(&clauses) {
                for clause in clauses.iter_mut().filter(|clause| clause.idf > common) {
                    clause.weight *= common / clause.idf;
                    clause.idf = common;
                }
            }
            clauses.sort_by_key(|clause| clause.clause.way);
            let mut likeness = Vec::with_capacity(2 * leaf.likeness.len());
            for clause in &leaf.likeness {
                self.clause(clause, leaf.weight * self.ranking.gram_weight, &mut likeness)?;
            }
            likeness.retain(|clause| !self.is_common_beginning(clause));
            for clause in clauses {
                let language = PreparedLanguage::of(&mut languages, clause.clause.language, plan, &likely);
                language.leaves[at].clauses.push(clause);
            }
            for clause in likeness {
                let language = PreparedLanguage::of(&mut languages, clause.clause.language, plan, &likely);
                language.likeness[at].clauses.push(clause);
            }
        }
        Ok(languages)
    }

    /// Looks up what `leaf` is in related languages. Where the query may be in a document's own language, and that
    /// knows the word as it is typed, what it would mean as a word of another is not asked.
    fn across<'p>(
        &self,
        leaf: &'p Leaf,
        likely: &Likely,
        clauses: &mut Vec<PreparedClause<'p>>,
    ) -> Result<(), EngineError> {
        if likely.own().any(|language| language.is_common(&leaf.text)) {
            return Ok(());
        }
        let known: Vec<_> = clauses
            .iter()
            .filter(|clause| clause.clause.is_whole())
            .map(|clause| clause.clause.language.code)
            .collect();
        for clause in &leaf.clauses {
            let Some(source) = clause.way.source() else { continue };
            let code = clause.language.code;
            let may_be_from = self.query_lang.is_some() || likely.is_own(source);
            if may_be_from && !(likely.is_own(code) && known.contains(&code)) {
                self.clause(clause, leaf.weight, clauses)?;
            }
        }
        Ok(())
    }

    /// How likely the query is in each language: by its letters and words, and by how many documents of the language
    /// have its words as they are typed.
    fn judge(&self, plan: &Plan, looked_up: &[Vec<PreparedClause<'_>>]) -> Likely {
        let clauses = plan.leaves.iter().flat_map(|leaf| &leaf.clauses);
        let languages: BTreeMap<_, _> = clauses.map(|clause| (clause.language.code, clause.language)).collect();
        if let Some(known) = self.query_lang {
            let likely = |language: &'static Language| if language.code == known.code { 1.0 } else { 0.0 };
            return Likely(languages.into_values().map(|language| (language, likely(language))).collect());
        }
        let scored = || plan.leaves.iter().zip(looked_up).filter(|(leaf, _)| leaf.scored);
        let text: Vec<_> = scored().map(|(leaf, _)| leaf.text.as_str()).collect();
        let letters: Vec<_> = lang::evidence(&text.join(" ")).collect();
        let nats = |language: &'static Language| {
            let letters = letters.iter().find(|(other, _)| other.code == language.code).map_or(0.0, |(_, nats)| *nats);
            let words = scored().map(|(_, clauses)| libm::logf(SELDOM + self.share(clauses, language)));
            LETTERS * letters + WORDS * words.sum::<f32>()
        };
        let nats: Vec<_> = languages.into_values().map(|language| (language, nats(language))).collect();
        let most = nats.iter().map(|(_, nats)| *nats).fold(f32::MIN, f32::max);
        Likely(nats.into_iter().map(|(language, nats)| (language, libm::expf(nats - most))).collect())
    }

    /// In what share of the documents in `language` a word is found as it is typed; without its Nordic letters counts
    /// half.
    fn share(&self, clauses: &[PreparedClause<'_>], language: &Language) -> f32 {
        let stats = (self.stats)(language);
        let whole = clauses.iter().filter(|clause| clause.clause.language.code == language.code && !clause.clause.part);
        let shares = whole.map(|clause| {
            let documents = if clause.zone == Zone::Title { stats.titled } else { stats.documents };
            let share = clause.doc_freq as f32 / documents.max(1) as f32;
            if clause.clause.way == Way::Folded { 0.5 * share } else { share }
        });
        shares.fold(0.0, f32::max)
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
        if clause.part {
            weight *= self.ranking.part_weight;
        }
        // What is worth nothing need not be looked up.
        if weight == 0.0 {
            return Ok(());
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
