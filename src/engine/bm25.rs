//! BM25 with statistics of our own: each language counts its own documents and lengths, live documents only.
//!
//! tantivy's own weight fixes k1 and b, averages lengths over documents that do not have the field, and counts deleted
//! documents; and its block-max pruning rests on those numbers, so that it is not exact under any others. Scores here
//! are therefore computed for every posting. The formula is that of Robertson and Zaragoza, *The Probabilistic Relevance
//! Framework: BM25 and Beyond* (2009), with the idf of Lucene, which is never negative.

use crate::engine::manifest::LanguageStats;

/// What can be set in the ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// How slowly repeated words saturate, in bodies.
    pub k1: f32,
    /// How much length counts, from 0 to 1, in bodies.
    pub b: f32,
    /// The same two for titles, which are short and rarely repeat a word.
    pub title_k1: f32,
    /// See `title_k1`.
    pub title_b: f32,
    /// What a match in the title is worth beside one in the body.
    pub title_weight: f32,
    /// What a match near the beginning of the text is worth beside one anywhere in it, where documents have no titles.
    pub lead_weight: f32,
    /// How slowly repeated words saturate near the beginning, whatever its length.
    pub lead_k1: f32,
    /// What the parts of a compound are worth beside the same words on their own.
    pub part_weight: f32,
    /// What of the lesser of a compound and its parts counts beside the greater.
    pub part_tie: f32,
    /// What the first letters of words are worth beside the words.
    pub gram_weight: f32,
    /// What a match without the Nordic letters is worth beside an exact one.
    pub folded_weight: f32,
    /// What two words of the query next to each other are worth, as a share of the rarer one's weight.
    pub adjacency: f32,
    /// What a match in another language than the query's is worth, where the query's is given.
    pub foreign_weight: f32,
    /// How many of the best are looked at again for words that begin alike and words side by side.
    pub reranked: usize,
}

/// How much a search may cost for the sake of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Words, their parts, titles and beginnings alone.
    Fast,
    /// As [`Ranking::default`] has it.
    #[default]
    Balanced,
    /// Five times as many of the best are looked at again.
    Best,
}

impl Profile {
    /// What it makes of the ranking.
    pub fn ranking(self) -> Ranking {
        let balanced = Ranking::default();
        match self {
            Self::Fast => Ranking { gram_weight: 0.0, adjacency: 0.0, ..balanced },
            Self::Balanced => balanced,
            Self::Best => Ranking { reranked: 5 * balanced.reranked, ..balanced },
        }
    }
}

impl Default for Ranking {
    /// The values that the measurements in `docs/quality.md` support.
    fn default() -> Self {
        Self {
            k1: 1.6,
            b: 0.75,
            title_k1: 1.2,
            title_b: 0.75,
            title_weight: 1.0,
            lead_weight: 0.7,
            lead_k1: 1.2,
            part_weight: 1.0,
            part_tie: 0.2,
            gram_weight: 0.3,
            folded_weight: 0.3,
            adjacency: 0.2,
            foreign_weight: 0.25,
            reranked: 200,
        }
    }
}

/// The inverse document frequency of a term in `df` of `documents`; the logarithm is computed in software, so that every
/// machine ranks alike.
pub(super) fn idf(documents: u64, df: u64) -> f32 {
    // A statistic may lag behind the postings (a language's count and a term's); it must not make the idf negative.
    let df = df.min(documents) as f64;
    libm::log(1.0 + (documents as f64 - df + 0.5) / (df + 0.5)) as f32
}

/// What a document's length adds to the denominator: `k1 (1 - b + b length / average)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm {
    fixed: f32,
    per_word: f32,
}

impl Norm {
    pub(super) fn body(ranking: &Ranking, stats: &LanguageStats) -> Self {
        Self::new(ranking.k1, ranking.b, stats.body_words, stats.documents)
    }

    pub(super) fn title(ranking: &Ranking, stats: &LanguageStats) -> Self {
        Self::new(ranking.title_k1, ranking.title_b, stats.title_words, stats.titled)
    }

    fn new(k1: f32, b: f32, words: u64, documents: u64) -> Self {
        let average = words as f64 / documents.max(1) as f64;
        Self { fixed: k1 * (1.0 - b), per_word: (f64::from(k1 * b) / average.max(1e-9)) as f32 }
    }

    pub(super) fn of(self, words: u64) -> f32 {
        self.fixed + self.per_word * words as f32
    }
}

/// The share of its weight that a term earns by occurring `tf` times: from 0 to 1.
pub(super) fn saturation(tf: u32, norm: f32) -> f32 {
    let tf = tf as f32;
    tf / (tf + norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idf_falls_and_stays_positive() {
        assert!(idf(1000, 1) > idf(1000, 10));
        assert!(idf(1000, 1000) > 0.0);
        assert!(idf(10, 20) > 0.0, "a lagging count is clamped");
    }

    #[test]
    fn long_documents_earn_less() {
        let stats = LanguageStats { documents: 10, body_words: 1000, titled: 0, title_words: 0 };
        let norm = Norm::body(&Ranking::default(), &stats);
        assert!(saturation(2, norm.of(50)) > saturation(2, norm.of(500)));
        assert!((norm.of(100) - Ranking::default().k1).abs() < 1e-6, "at the average length the norm is k1");
    }
}
