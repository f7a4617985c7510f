//! Answering a plan: what was looked up is scored segment by segment, the best are put in order, and read on demand.
//!
//! The order is by score, then by document id: the same on every machine and for every number of threads and segments.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;
use tantivy::Index;
use tantivy::TantivyDocument;
use tantivy::columnar::ColumnValues;
use tantivy::schema::Field;
use tantivy::schema::Value;

use crate::doc::Date;
use crate::engine::EngineError;
use crate::engine::adjacency;
use crate::engine::adjacency::Pair;
use crate::engine::bm25;
use crate::engine::bm25::Norm;
use crate::engine::bm25::Ranking;
use crate::engine::directory::ManifestDirectory;
use crate::engine::ids::IdTable;
use crate::engine::manifest::Manifest;
use crate::engine::matching;
use crate::engine::prepare::Prepared;
use crate::engine::prepare::PreparedLanguage;
use crate::engine::prepare::Weigher;
use crate::engine::schema;
use crate::engine::schema::Fields;
use crate::engine::scorer;
use crate::engine::scorer::Norms;
use crate::engine::scorer::Order;
use crate::engine::scorer::PreparedLeaf;
use crate::engine::scorer::ROUNDING;
use crate::engine::scorer::Scope;
use crate::engine::scorer::Tie;
use crate::engine::scorer::Wanted;
use crate::engine::segment;
use crate::engine::segment::Segment;
use crate::engine::terms::Zone;
use crate::engine::tokenizer;
use crate::engine::vocabulary;
use crate::engine::writer;
use crate::lang::ForeignPassage;
use crate::lang::LANGUAGES;
use crate::lang::Language;
use crate::lang::Vocabulary;
use crate::query::Matching;
use crate::query::Origin;
use crate::query::Pattern;
use crate::query::Plan;
use crate::query::Way;

/// An index opened for reading: one committed state of it, whatever a writer does meanwhile.
pub struct Searcher {
    dir: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) vocabulary: Vocabulary,
    pub(super) fields: Fields,
    pub(super) segments: Vec<Segment>,
    ids: IdTable,
    ranking: Ranking,
    /// For each segment, the length norm of every document's body and title.
    norms: Vec<Norms>,
}

/// In which order hits come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first, the undated last; equal days by relevance.
    Date,
}

/// One document found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Finite, not negative.
    pub score: f32,
    /// Whether it was among the best that were looked at again.
    refined: bool,
    address: Address,
}

impl Hit {
    pub(super) fn new(segment: usize, doc: u32, score: f32) -> Self {
        Self { score, refined: false, address: Address { segment: segment as u32, doc } }
    }
}

/// Where a document stands in the index as opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Address {
    segment: u32,
    doc: u32,
}

/// What a search finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Hits {
    /// The best, in order, from the asked-for offset on.
    pub hits: Vec<Hit>,
    /// How many documents qualify, if `exact`; otherwise how many of them were scored.
    pub total: u64,
    /// See `total`.
    pub exact: bool,
    /// Counts by value for every facet that was asked for.
    pub facets: BTreeMap<Facet, Vec<(String, u64)>>,
    /// By language, what scores were multiplied by, where that is not 1.
    scales: BTreeMap<&'static str, f32>,
}

impl Hits {
    /// What the scores of documents in the language called `code` were multiplied by, to be put beside others.
    pub fn scale(&self, code: &str) -> f32 {
        self.scales.get(code).copied().unwrap_or(1.0)
    }
}

/// A property by which all qualifying documents can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// The year of publication.
    Year,
    /// The publisher.
    Source,
    /// The language.
    Lang,
}

impl Facet {
    /// The name in options and output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Source => "source",
            Self::Lang => "lang",
        }
    }
}

/// A document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The id.
    pub id: String,
    /// Its language.
    pub language: &'static Language,
    /// Its passages in other languages, in the order of the text.
    pub passages: Vec<ForeignPassage>,
    /// See [`crate::doc::Document`] for this and the following.
    pub title: String,
    /// The text that offsets refer to.
    pub body: String,
    /// The day of publication.
    pub date: Option<Date>,
    /// The publisher.
    pub source: Option<String>,
    /// The place on the web.
    pub url: Option<String>,
    /// The file.
    pub path: String,
    /// The line in the file where the record begins, for files of several records.
    pub line: Option<u64>,
    /// The text before anything was cut.
    pub raw: Option<String>,
    /// How many lines were cut.
    pub cut_lines: u64,
}

/// What one clause contributed to one document's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The leaf, by its index in the plan.
    pub leaf: usize,
    /// What was looked up.
    pub pattern: Pattern,
    /// How it came from the query.
    pub origin: Origin,
    /// `body`, `title` or `lead`.
    pub field: &'static str,
    /// The leaf that it stands beside, where that is what is worth something.
    pub beside: Option<usize>,
    /// How often it occurs there, or about how often.
    pub frequency: u32,
    /// Whether `frequency` is exact.
    pub exact: bool,
    /// Live documents of the language that have it in that field.
    pub doc_freq: u64,
    /// What it is worth in this document.
    pub score: f32,
    /// Whether it counts: of a leaf's ways only the best does.
    pub counts: bool,
    way: Way,
    part: bool,
}

impl Searcher {
    /// Opens the index at `dir`.
    ///
    /// # Errors
    /// Where there is none, or where it is damaged or made by another format or analysis.
    pub fn open(dir: &Path, ranking: Ranking) -> Result<Self, EngineError> {
        // A writer may replace the index between two of our steps: then what it removed is looked for again.
        let mut attempts = 0;
        loop {
            let manifest = Manifest::read(dir)?.ok_or_else(|| EngineError::Missing(dir.to_owned()))?;
            let generation = manifest.generation;
            match Self::open_manifest(dir, manifest, ranking) {
                Err(EngineError::Damaged { .. } | EngineError::Io { .. } | EngineError::Tantivy(_))
                    if attempts < 5 && Manifest::read(dir)?.is_some_and(|now| now.generation != generation) =>
                {
                    attempts += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn open_manifest(dir: &Path, manifest: Manifest, ranking: Ranking) -> Result<Self, EngineError> {
        let vocabulary = vocabulary::of(dir, &manifest)?;
        writer::check_analysis(dir, &manifest, &vocabulary)?;
        manifest.check_lengths(dir)?;
        let meta = serde_json::to_vec(&manifest.meta).expect("it was read as JSON");
        let directory = ManifestDirectory::open(dir, Some(meta), manifest.file_names())?;
        let mut index = Index::open(directory)?;
        index.set_tokenizers(tokenizer::manager(&vocabulary));
        let segments = segment::open_all(&index)?;
        let ids = IdTable::open(dir, &manifest.ids)?;
        let norms = segments.iter().map(|segment| norms(segment, &manifest, &ranking)).collect();
        let (_, fields) = schema::schema();
        Ok(Self { dir: dir.to_owned(), manifest, vocabulary, fields, segments, ids, ranking, norms })
    }

    /// The languages that have documents here.
    pub fn languages(&self) -> Vec<&'static Language> {
        self.manifest.spoken().collect()
    }

    /// The vocabulary by which words are analysed here.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The idf of a term that a single document in `language` has.
    pub fn highest_idf(&self, language: &Language) -> f32 {
        bm25::idf(self.manifest.stats(language).documents, 1)
    }

    /// The idf of a term that so many documents in `language` have.
    pub fn idf(&self, language: &Language, doc_freq: u64) -> f32 {
        bm25::idf(self.manifest.stats(language).documents, doc_freq)
    }

    /// Looks everything in `plan` up and weighs it. `query_lang` is the language in which the query is written, where
    /// that is known: documents in others weigh less.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn prepare<'p>(
        &'p self,
        plan: &'p Plan,
        query_lang: Option<&'static Language>,
    ) -> Result<Prepared<'p>, EngineError> {
        let weigher = Weigher {
            segments: &self.segments,
            fields: &self.fields,
            manifest: &self.manifest,
            ranking: &self.ranking,
            query_lang,
        };
        Prepared::new(plan, weigher)
    }

    /// Answers a prepared plan: the hits from `offset` on, at most `limit`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(&self, prepared: &Prepared<'_>, query: &Request) -> Result<Hits, EngineError> {
        let plan = prepared.plan;
        let wanted = query.offset.saturating_add(query.limit);
        let pool = wanted.max(self.ranking.reranked);
        // It takes a place until it is left out.
        let spare = usize::from(query.without.is_some());
        let prunable = !query.exhaustive && query.sort == Sort::Relevance && query.facets.is_empty();
        let any_leaf = matching::is_any_scored_leaf(plan);
        let mut facets = FacetCounts::new(&query.facets);
        let mut total = 0;
        let mut count = |segment: &Segment, scored: &[(u32, f32)]| {
            total += scored.len() as u64;
            if !query.facets.is_empty() {
                scored.iter().for_each(|&(doc, _)| facets.count(segment, doc));
            }
        };
        // Each language's documents are ranked for themselves: what a score of one says, one of another does not.
        let mut lists: Vec<Vec<Hit>> = Vec::new();
        let asked = |ranked: &Ranked<'_>| !query.foreign_only || !ranked.prepared.is_own();
        let mut rankings = self.rankings(plan, prepared.own())?;
        let told = self.told(plan, prepared.own());
        if any_leaf {
            let mut rank = |ranked: &Ranked<'_>| {
                let wanted = prunable.then_some(Wanted {
                    shown: wanted.saturating_add(spare),
                    pool: pool.saturating_add(spare),
                    bonus: ranked.bonus,
                });
                let mut candidates: Vec<Hit> = Vec::new();
                let mut best_scores: Vec<f32> = Vec::new();
                for (index, segment) in self.segments.iter().enumerate() {
                    let scope = Scope { segment, index, norms: &self.norms[index], wanted };
                    let mut scored = scorer::score(scope, &ranked.order, &best_scores)?;
                    query.leave_out(index, &mut scored);
                    count(segment, &scored);
                    candidates.extend(scored.into_iter().map(|(doc, score)| Hit::new(index, doc, score)));
                    if prunable && index + 1 < self.segments.len() {
                        candidates = keep_best(candidates, pool);
                        best_scores.clear();
                        best_scores.extend(candidates.iter().map(|hit| hit.score));
                    }
                }
                self.ranked(ranked, candidates, query)
            };
            rankings.retain(asked);
            for ranked in &rankings {
                lists.push(rank(ranked)?);
            }
            // The languages that the query may be in came first: what they find decides whether any other is asked.
            let own = lists.len();
            let hopeless =
                |kept: f32| prunable && told.is_hopeless(kept, &lists[..own], wanted, self.ranking.foreign_weight);
            if !(prepared.is_told() && hopeless(0.0)) {
                let others = self.rankings(plan, prepared.others()?)?;
                let hopeless: Vec<bool> = others.iter().map(|ranked| hopeless(ranked.kept_at_most())).collect();
                for (ranked, hopeless) in others.iter().zip(hopeless) {
                    lists.push(if hopeless { Vec::new() } else { rank(ranked)? });
                }
                rankings.extend(others);
            }
        } else {
            rankings.extend(self.rankings(plan, prepared.others()?)?);
            let languages: Vec<_> = prepared.languages()?.collect();
            let mut candidates: Vec<Hit> = Vec::new();
            for (index, segment) in self.segments.iter().enumerate() {
                let scope = Scope { segment, index, norms: &self.norms[index], wanted: None };
                let mut scored = Vec::new();
                for ranked in &rankings {
                    scored.extend(scorer::score(scope, &ranked.order, &[])?);
                }
                let mut qualifying = matching::qualifying(segment, index, &plan.matching, &languages, scored)?;
                if query.foreign_only {
                    let left_out = |code: &str| rankings.iter().any(|ranked| ranked.code() == code && !asked(ranked));
                    qualifying.retain(|&(doc, _)| !left_out(segment.language(doc)));
                }
                query.leave_out(index, &mut qualifying);
                count(segment, &qualifying);
                candidates.extend(qualifying.into_iter().map(|(doc, score)| Hit::new(index, doc, score)));
            }
            rankings.retain(asked);
            for ranked in &rankings {
                let (of_language, others) = candidates.into_iter().partition(|hit| self.language(hit) == ranked.code());
                candidates = others;
                lists.push(self.ranked(ranked, of_language, query)?);
            }
            // What only filters ask for is in any language.
            lists.push(candidates);
        }
        let scales = self.balance(&mut lists, &rankings, &told)?;
        let mut best: Vec<Hit> = lists.into_iter().flatten().collect();
        match query.sort {
            Sort::Relevance => best.sort_by(|a, b| self.order(a, b)),
            Sort::Date => best.sort_by(|a, b| self.day(b).cmp(&self.day(a)).then_with(|| self.order(a, b))),
        }
        best.truncate(wanted);
        best.drain(..query.offset.min(best.len()));
        Ok(Hits { hits: best, total, exact: !(prunable && any_leaf), facets: facets.finish(), scales })
    }

    /// The best of one language's `candidates`, as many as can be shown, with their final scores; by date, all of them.
    fn ranked(&self, ranked: &Ranked<'_>, candidates: Vec<Hit>, query: &Request) -> Result<Vec<Hit>, EngineError> {
        if query.sort == Sort::Date {
            return Ok(candidates);
        }
        let wanted = query.offset.saturating_add(query.limit);
        let pool = wanted.max(self.ranking.reranked);
        let mut best = keep_best(candidates, pool);
        best.sort_by(|a, b| self.order(a, b));
        best.truncate(pool);
        if ranked.bonus > 0.0 {
            let reranked = best.len().min(self.ranking.reranked);
            self.refine(ranked, &mut best[..reranked], wanted)?;
            best[..reranked].sort_by(|a, b| self.order(a, b));
        }
        best.truncate(wanted);
        Ok(best)
    }

    fn rankings<'l>(&self, plan: &Plan, languages: &'l [PreparedLanguage]) -> Result<Vec<Ranked<'l>>, EngineError> {
        languages.iter().map(|language| Ranked::new(self, plan, language)).collect()
    }

    /// What each leaf tells: how rare it is in the languages that the query may be in. Their function words tell nothing.
    fn told(&self, plan: &Plan, own: &[PreparedLanguage]) -> Told {
        let mut told = Told { rarities: Vec::with_capacity(plan.leaves.len()), all: 0.0, known: 0.0 };
        for (at, leaf) in plan.leaves.iter().enumerate() {
            let found = || own.iter().flat_map(|language| &language.leaves[at].clauses);
            let typed = found().filter(|clause| clause.clause.is_whole()).map(|clause| clause.idf).reduce(f32::max);
            let unknown = || own.iter().map(|language| self.highest_idf(language.language)).fold(0.0, f32::max);
            let silent = !leaf.scored || own.iter().any(|language| language.language.is_common(&leaf.text));
            let rarity = if silent { 0.0 } else { leaf.weight * typed.unwrap_or_else(unknown) };
            told.rarities.push(rarity);
            told.all += rarity;
            if found().any(|clause| clause.clause.way.source().is_none()) {
                told.known += rarity;
            }
        }
        told
    }

    /// How much of what the query tells the best of `list` has.
    fn covered(&self, ranked: &Ranked<'_>, list: &[Hit], told: &Told) -> Result<f32, EngineError> {
        let Some(Hit { address: Address { segment: index, doc }, .. }) = list.first() else { return Ok(0.0) };
        let index = *index as usize;
        let scope = Scope { segment: &self.segments[index], index, norms: &self.norms[index], wanted: None };
        let mut covered = 0.0;
        for (leaf, rarity) in ranked.prepared.leaves.iter().zip(&told.rarities).filter(|(_, rarity)| **rarity > 0.0) {
            let order = Order::new(std::slice::from_ref(leaf), self.tie());
            if scorer::score_among(scope, &order, &[*doc])?[0] > 0.0 {
                covered += rarity;
            }
        }
        Ok(covered)
    }

    /// Makes the lists of several languages one scale: those of the languages that the query may be in keep their scores,
    /// the best of any other becomes a share of the best of theirs. Scores of two languages rest on different statistics,
    /// and what was found by translation is worth less than what was asked for; but more than that where it has words that
    /// no document has in the language of the query. A language that is less likely keeps as much as that lets it.
    /// Returns what it multiplied by, by language.
    fn balance(
        &self,
        lists: &mut [Vec<Hit>],
        rankings: &[Ranked<'_>],
        told: &Told,
    ) -> Result<BTreeMap<&'static str, f32>, EngineError> {
        let mut scales = BTreeMap::new();
        let own = lists.iter().zip(rankings).filter(|(_, ranked)| ranked.prepared.is_own());
        let own = own.map(|(list, _)| top(list)).fold(0.0, f32::max);
        if own == 0.0 {
            return Ok(scales);
        }
        let foreign =
            lists.iter_mut().zip(rankings).filter(|(list, ranked)| !ranked.prepared.is_own() && !list.is_empty());
        for (list, ranked) in foreign {
            // Where every word is known, nothing can have more.
            let covered = if told.known < told.all { self.covered(ranked, list, told)? } else { told.all };
            let share = told.share(covered, self.ranking.foreign_weight);
            let scale = ranked.kept().max(share * own / top(list).max(f32::MIN_POSITIVE));
            list.iter_mut().for_each(|hit| hit.score *= scale);
            scales.insert(ranked.code(), scale);
        }
        Ok(scales)
    }

    /// How many documents qualify for `matching`, of the prepared plan's leaves, whatever they score.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn count(&self, prepared: &Prepared<'_>, matching: &Matching) -> Result<u64, EngineError> {
        let languages: Vec<_> = prepared.languages()?.collect();
        let mut total = 0;
        for (index, segment) in self.segments.iter().enumerate() {
            total += matching::qualifying(segment, index, matching, &languages, Vec::new())?.len() as u64;
        }
        Ok(total)
    }

    /// The code of the language of a hit.
    pub fn language(&self, hit: &Hit) -> &'static str {
        self.segments[hit.address.segment as usize].language(hit.address.doc)
    }

    /// How many words the body of a hit has.
    pub fn body_words(&self, hit: &Hit) -> u64 {
        self.segments[hit.address.segment as usize].body_words.get_val(hit.address.doc)
    }

    /// The id of a hit.
    pub fn id(&self, hit: &Hit) -> &str {
        self.id_at(hit.address)
    }

    /// The stored document of a hit.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn stored(&self, hit: &Hit) -> Result<Stored, EngineError> {
        let segment = &self.segments[hit.address.segment as usize];
        let store = segment.reader.get_store_reader(1).map_err(|error| EngineError::io(&self.dir, error))?;
        let document: TantivyDocument = store.get(hit.address.doc)?;
        let language = Language::by_code(segment.language(hit.address.doc)).expect("a segment names registered codes");
        let fields = self.fields.of(language);
        let text = |field: Field| {
            let value = document.get_first(field);
            value.and_then(|value| value.as_str().map(str::to_owned)).filter(|text| !text.is_empty())
        };
        let number = |field: Field| document.get_first(field).and_then(|value| value.as_u64()).unwrap_or(0);
        let body = text(fields.body).unwrap_or_default();
        Ok(Stored {
            id: self.id(hit).to_owned(),
            language,
            passages: text(self.fields.passages)
                .map_or_else(Vec::new, |stored| schema::decode_passages(&stored, &body)),
            title: text(fields.title).unwrap_or_default(),
            body,
            date: self.day(hit).and_then(|day| Date::from_julian_day(day as i32).ok()),
            source: text(self.fields.source),
            url: text(self.fields.url),
            path: text(self.fields.path).unwrap_or_default(),
            line: Some(number(self.fields.line)).filter(|&line| line > 0),
            raw: text(self.fields.raw),
            cut_lines: number(self.fields.cut_lines),
        })
    }

    /// Hands every live document to `each`, in the order of the index.
    ///
    /// # Errors
    /// When the index cannot be read; the first that `each` returns.
    pub fn each_stored(&self, mut each: impl FnMut(Stored) -> Result<(), EngineError>) -> Result<(), EngineError> {
        for (index, segment) in self.segments.iter().enumerate() {
            for doc in segment.reader.doc_ids_alive() {
                each(self.stored(&Hit::new(index, doc, 0.0))?)?;
            }
        }
        Ok(())
    }

    /// The document with this id.
    pub fn find(&self, id: &str) -> Option<Hit> {
        self.find_all([id]).remove(id)
    }

    /// The documents with these ids, each by its id, in one pass over the index; those that it lacks are left out.
    pub fn find_all<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> FxHashMap<&'i str, Hit> {
        let mut wanted: FxHashSet<&'i str> = ids.into_iter().collect();
        let mut found = FxHashMap::default();
        for (index, segment) in self.segments.iter().enumerate() {
            for doc in segment.reader.doc_ids_alive() {
                if wanted.is_empty() {
                    return found;
                }
                if let Some(id) = wanted.take(self.ids.get(segment.slots.get_val(doc))) {
                    found.insert(id, Hit::new(index, doc, 0.0));
                }
            }
        }
        found
    }

    /// What every clause of the plan contributes to the score of `hit`, before that is scaled ([`Hits::scale`]); clauses
    /// that are not in the document are left out, and so is what only has to be there.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn explain(&self, prepared: &Prepared<'_>, hit: &Hit) -> Result<Vec<Contribution>, EngineError> {
        let language = prepared.language(self.language(hit))?;
        self.contributions(language.map(|language| language.leaves.as_slice()).unwrap_or_default(), hit)
    }

    /// What was added to the score of `hit`, before that is scaled, because it is among the best that are looked at again:
    /// for words that begin alike, and for words side by side.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn explain_refined(&self, prepared: &Prepared<'_>, hit: &Hit) -> Result<Vec<Contribution>, EngineError> {
        let language = prepared.language(self.language(hit))?.filter(|_| hit.refined);
        let Some(PreparedLanguage { language, leaves, likeness, .. }) = language else { return Ok(Vec::new()) };
        let mut contributions = self.contributions(likeness, hit)?;
        let Address { segment: index, doc } = hit.address;
        let (segment, body) = (&self.segments[index as usize], self.fields.of(language).body);
        for pair in adjacency::pairs(&self.segments, body, prepared.plan, leaves, self.ranking.adjacency)? {
            pair.each_bonus(segment, index as usize, &[doc], |_, frequency, score| {
                contributions.push(Contribution {
                    leaf: pair.leaves.0,
                    beside: Some(pair.leaves.1),
                    pattern: Pattern::Phrase((0..).zip(pair.words.clone()).collect()),
                    origin: Origin::Adjacent,
                    field: Zone::Body.name(),
                    frequency,
                    exact: true,
                    doc_freq: pair.doc_freq,
                    score,
                    counts: true,
                    way: Way::Typed,
                    part: false,
                });
            })?;
        }
        Ok(contributions)
    }

    /// What the clauses of the scored among `leaves` contribute to `hit`.
    fn contributions(&self, leaves: &[PreparedLeaf], hit: &Hit) -> Result<Vec<Contribution>, EngineError> {
        let Address { segment: index, doc } = hit.address;
        let segment = &self.segments[index as usize];
        let mut contributions = Vec::new();
        for (leaf, prepared) in leaves.iter().enumerate().filter(|(_, prepared)| prepared.scored) {
            let first = contributions.len();
            for clause in &prepared.clauses {
                let Some(found) = &clause.found[index as usize] else { continue };
                let frequency = found.frequency(segment, clause.field, doc)?;
                if frequency == 0 {
                    continue;
                }
                let norm = self.norms[index as usize].of(clause.zone, doc);
                contributions.push(Contribution {
                    leaf,
                    beside: None,
                    pattern: clause.clause.pattern.clone(),
                    origin: clause.clause.origin,
                    field: clause.zone.name(),
                    frequency,
                    exact: found.is_exact(frequency),
                    doc_freq: clause.doc_freq,
                    score: clause.worth(frequency, norm),
                    counts: true,
                    way: clause.clause.way,
                    part: clause.clause.part.is_some(),
                });
            }
            keep_best_way(&mut contributions[first..], self.tie());
        }
        Ok(contributions)
    }

    /// Reads every file of the index at `dir` and compares checksums; returns the bytes read. Nothing of the index is
    /// opened, since what is damaged could be more than opening bears.
    ///
    /// # Errors
    /// Where there is no index; the first file that differs.
    pub fn verify(dir: &Path) -> Result<u64, EngineError> {
        loop {
            let manifest = Manifest::read(dir)?.ok_or_else(|| EngineError::Missing(dir.to_owned()))?;
            match manifest.verify(dir) {
                // A writer has replaced it meanwhile.
                Err(_) if Manifest::read(dir)?.is_some_and(|now| now.generation != manifest.generation) => {}
                outcome => return outcome,
            }
        }
    }

    fn tie(&self) -> Tie {
        Tie(self.ranking.part_tie)
    }

    fn order(&self, a: &Hit, b: &Hit) -> Ordering {
        b.score.total_cmp(&a.score).then_with(|| self.id_at(a.address).cmp(self.id_at(b.address)))
    }

    fn id_at(&self, address: Address) -> &str {
        self.ids.get(self.segments[address.segment as usize].slots.get_val(address.doc))
    }

    fn day(&self, hit: &Hit) -> Option<i64> {
        self.segments[hit.address.segment as usize].days.first(hit.address.doc)
    }

    /// Adds to the score of the best documents what is too dear to be asked of all: words that begin alike, and words that
    /// are neighbours in the query and in the body. `hits` that this could not lift among the first `wanted` are left as
    /// they are.
    fn refine(&self, ranked: &Ranked<'_>, hits: &mut [Hit], wanted: usize) -> Result<(), EngineError> {
        let Ranked { pairs, likeness, bonus, .. } = ranked;
        self.lift(hits, wanted, *bonus, |scope, docs| Ok(scorer::score_among(scope, likeness, docs)?))?;
        if pairs.is_empty() {
            return Ok(());
        }
        // Positions are dearest: fewer are in question now.
        let of_pairs = pairs.iter().map(|pair| pair.worth).sum();
        self.lift(hits, wanted, of_pairs, |scope, docs| {
            let mut bonuses = vec![0.0; docs.len()];
            for pair in pairs {
                pair.each_bonus(scope.segment, scope.index, docs, |at, _, bonus| bonuses[at] += bonus)?;
            }
            Ok(bonuses)
        })
    }

    /// Adds the bonuses of documents (ascending) to those of `hits` that may still come among the first `wanted`, where a
    /// bonus and all that come after it are worth `most` together.
    fn lift(
        &self,
        hits: &mut [Hit],
        wanted: usize,
        most: f32,
        bonuses: impl Fn(Scope<'_>, &[u32]) -> Result<Vec<f32>, EngineError>,
    ) -> Result<(), EngineError> {
        let mut scores: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
        let last = scorer::nth_best(&mut scores, wanted).unwrap_or(0.0);
        let may_come = |hit: &Hit| (hit.score + most) * ROUNDING >= last;
        let mut order: Vec<usize> = (0..hits.len()).filter(|&at| may_come(&hits[at])).collect();
        order.sort_by_key(|&at| hits[at].address);
        for (index, segment) in self.segments.iter().enumerate() {
            let here = |at: &usize| hits[*at].address.segment as usize == index;
            let run: Vec<usize> = order.iter().copied().filter(here).collect();
            if run.is_empty() {
                continue;
            }
            let docs: Vec<u32> = run.iter().map(|&at| hits[at].address.doc).collect();
            let scope = Scope { segment, index, norms: &self.norms[index], wanted: None };
            for (at, bonus) in run.into_iter().zip(bonuses(scope, &docs)?) {
                hits[at].score += bonus;
                hits[at].refined = true;
            }
        }
        Ok(())
    }
}

/// What the words of a query tell.
struct Told {
    /// By leaf.
    rarities: Vec<f32>,
    /// Their sum.
    all: f32,
    /// That of the leaves that some document has in a language that the query may be in.
    known: f32,
}

impl Told {
    /// By so much at most something is worth more for having words that are not known.
    const MOST_MORE: f32 = 16.0;

    /// What the best in another language is worth beside the best own one, where it has so much of `all`: at least `share`.
    fn share(&self, covered: f32, share: f32) -> f32 {
        let more = covered / self.known.max(f32::MIN_POSITIVE);
        (share * (more * more).clamp(1.0, Self::MOST_MORE)).min(1.0)
    }

    /// Whether no document in another language that keeps at most so much of its scores can be among the first `wanted`,
    /// given these lists of the languages that the query may be in.
    fn is_hopeless(&self, kept: f32, own: &[Vec<Hit>], wanted: usize, share: f32) -> bool {
        let best = own.iter().map(|list| top(list)).fold(0.0, f32::max);
        let most = kept.max(self.share(self.all, share) * best) * ROUNDING;
        best > 0.0 && own.iter().flatten().filter(|hit| hit.score > most).count() >= wanted
    }
}

fn top(list: &[Hit]) -> f32 {
    list.iter().map(|hit| hit.score).fold(0.0, f32::max)
}

/// The `count` best of `candidates` and all that score as the last of them, in no order: ties are decided by id later.
fn keep_best(mut candidates: Vec<Hit>, count: usize) -> Vec<Hit> {
    if candidates.len() > count {
        let mut scores: Vec<f32> = candidates.iter().map(|hit| hit.score).collect();
        let (_, last, _) = scores.select_nth_unstable_by(count.saturating_sub(1), |a, b| b.total_cmp(a));
        let last = *last;
        candidates.retain(|hit| hit.score >= last);
    }
    candidates
}

/// What is asked of [`Searcher::search`] besides the plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// How many hits are left out at the top.
    pub offset: usize,
    /// How many hits are wanted at most.
    pub limit: usize,
    /// The order.
    pub sort: Sort,
    /// What to count.
    pub facets: Vec<Facet>,
    /// Whether documents in languages that the query may be in are left out.
    pub foreign_only: bool,
    /// Whether all that qualifies is scored and counted. The hits and their scores are the same either way.
    pub exhaustive: bool,
    /// A document that is neither found nor counted.
    pub without: Option<Hit>,
}

impl Request {
    fn leave_out(&self, segment: usize, scored: &mut Vec<(u32, f32)>) {
        if let Some(Hit { address, .. }) = &self.without
            && address.segment as usize == segment
        {
            scored.retain(|&(doc, _)| doc != address.doc);
        }
    }
}

/// What ranking the documents of one language needs.
struct Ranked<'l> {
    prepared: &'l PreparedLanguage,
    order: Order<'l>,
    likeness: Order<'l>,
    pairs: Vec<Pair>,
    /// The most that likeness and pairs can be worth.
    bonus: f32,
}

impl<'l> Ranked<'l> {
    fn code(&self) -> &'static str {
        self.prepared.language.code
    }

    /// How much a language that is less likely keeps of its scores. These tell something of the language too: the root of
    /// the root is what was measured to be best.
    fn kept(&self) -> f32 {
        self.prepared.likely.sqrt().sqrt()
    }

    /// The most that a document keeps.
    fn kept_at_most(&self) -> f32 {
        self.kept() * (self.order.bound() + self.bonus)
    }

    fn new(searcher: &Searcher, plan: &Plan, language: &'l PreparedLanguage) -> Result<Self, EngineError> {
        let ranking = &searcher.ranking;
        let body = searcher.fields.of(language.language).body;
        let pairs = adjacency::pairs(&searcher.segments, body, plan, &language.leaves, ranking.adjacency)?;
        let likeness = Order::new(&language.likeness, searcher.tie());
        let bonus = pairs.iter().map(|pair| pair.worth).sum::<f32>() + likeness.bound();
        let order = Order::new(&language.leaves, searcher.tie());
        Ok(Self { prepared: language, order, likeness, pairs, bonus })
    }
}

/// The length norms of a segment's documents.
fn norms(segment: &Segment, manifest: &Manifest, ranking: &Ranking) -> Norms {
    let by_language: Vec<_> = LANGUAGES
        .iter()
        .map(|language| {
            let stats = manifest.stats(language);
            (schema::pack(language.code), Norm::body(ranking, &stats), Norm::title(ranking, &stats))
        })
        .collect();
    let column = |column: &dyn ColumnValues<u64>| {
        let mut values = vec![0; segment.len() as usize];
        column.get_range(0, &mut values);
        values
    };
    let (langs, body_words, title_words) =
        (column(&*segment.langs), column(&*segment.body_words), column(&*segment.title_words));
    let (mut body, mut title) = (Vec::with_capacity(langs.len()), Vec::with_capacity(langs.len()));
    for ((lang, body_words), title_words) in langs.into_iter().zip(body_words).zip(title_words) {
        let found = by_language.iter().find(|(packed, ..)| *packed == lang);
        let (_, body_norm, title_norm) = found.unwrap_or(&by_language[by_language.len() - 1]);
        body.push(body_norm.of(body_words));
        title.push(title_norm.of(title_words));
    }
    Norms { body, title, lead: ranking.lead_k1.min(bm25::MOST) }
}

/// Leaves of a leaf's contributions what its score is made of: those of the best way, and of a whole and its parts the
/// lesser's share.
fn keep_best_way(contributions: &mut [Contribution], tie: Tie) {
    let sides = |contributions: &[Contribution], way: Way| -> [f32; 2] {
        [false, true].map(|part| {
            let of_side = contributions.iter().filter(|c| c.way == way && c.part == part);
            of_side.map(|c| c.score).sum()
        })
    };
    let ways = contributions.iter().map(|c| c.way).collect::<BTreeSet<_>>().into_iter();
    let worths = ways.map(|way| (way, sides(contributions, way)));
    // Of equal ways the first.
    let best = worths.reduce(|best, other| if tie.join(other.1) > tie.join(best.1) { other } else { best });
    let Some((way, [whole, parts])) = best else { return };
    for contribution in contributions {
        contribution.counts &= contribution.way == way;
        let lesser = contribution.part != (parts > whole);
        if contribution.counts && lesser {
            contribution.score *= tie.0;
        }
    }
}

struct FacetCounts {
    counts: BTreeMap<Facet, BTreeMap<String, u64>>,
}

impl FacetCounts {
    fn new(facets: &[Facet]) -> Self {
        Self { counts: facets.iter().map(|&facet| (facet, BTreeMap::new())).collect() }
    }

    fn count(&mut self, segment: &Segment, doc: u32) {
        for (facet, counts) in &mut self.counts {
            let value = match facet {
                Facet::Year => segment.year(doc),
                Facet::Source => segment.source(doc),
                Facet::Lang => segment.language(doc).to_owned(),
            };
            *counts.entry(value).or_default() += 1;
        }
    }

    /// Years newest first, everything else most first; the unknown value (an empty string) last.
    fn finish(self) -> BTreeMap<Facet, Vec<(String, u64)>> {
        let order = |facet: Facet, counts: BTreeMap<String, u64>| {
            let mut counts: Vec<_> = counts.into_iter().collect();
            counts.sort_by(|(a, count_a), (b, count_b)| {
                let unknown = a.is_empty().cmp(&b.is_empty());
                let known = if facet == Facet::Year { b.cmp(a) } else { count_b.cmp(count_a).then_with(|| a.cmp(b)) };
                unknown.then(known)
            });
            (facet, counts)
        };
        self.counts.into_iter().map(|(facet, counts)| order(facet, counts)).collect()
    }
}
