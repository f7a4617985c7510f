//! BM25 with statistics of our own: each language counts its own documents and lengths, live documents only.
//!
//! tantivy's own weight fixes k1 and b, averages lengths over documents that do not have the field, and counts deleted
//! documents; and its block-max pruning rests on those numbers, so that it is not exact under any others. Scores here
//! are therefore computed for every posting. The formula is that of Robertson and Zaragoza, *The Probabilistic Relevance
//! Framework: BM25 and Beyond* (2009), with the idf of Lucene, which is never negative.
//!
//! What is repetition and what is long depends on what is usual. k1 is counted in occurrences, and a text of n words has
//! each about as often as the cube root of n: that is Heaps' law, and the exponent was 0.28 to 0.32 in statutes and help
//! pages. So k1 goes by the cube root of the average length: a word that comes three times says less in statutes than
//! it does in notes. And a length is a few words more than are there ([`GRACE`]), which is nothing to a statute, but a
//! stub of thirty words is not six times as much to the point as a note of two hundred.
//!
//! Rejected, all measured: one k1 and b for all, of which statutes would take more and notes less; no grace, or half of
//! it, which notes pay for; a share of the score for having more of the query's words, or a root taken of what each word
//! earns, which short texts gain by and long ones lose; powers of the idf; less for the modifiers of a compound or for
//! its head, or for its parts where one is missing; a lead that weighs less the more of the text it is.

use crate::engine::manifest::LanguageStats;

/// What can be set in the ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// How slowly repeated words saturate, in bodies of 400 words on average; later in longer ones.
    pub k1: f32,
    /// How much length counts, from 0 to 1, in bodies; less where they are short on average.
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
    /// All there are, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Balanced, Self::Best];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Best => "best",
        }
    }

    /// What it makes of a ranking.
    pub fn of(self, ranking: Ranking) -> Ranking {
        match self {
            Self::Fast => Ranking { gram_weight: 0.0, adjacency: 0.0, ..ranking },
            Self::Balanced => ranking,
            Self::Best => Ranking { reranked: 5 * ranking.reranked, ..ranking },
        }
    }

    /// Whether related languages are searched too.
    pub fn looks_across(self) -> bool {
        self != Self::Fast
    }
}

impl Default for Ranking {
    /// The values that the measurements in `docs/quality.md` support.
    fn default() -> Self {
        Self {
            k1: 1.6,
            b: 0.85,
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

/// The average length of bodies for which [`Ranking::k1`] is said, in words.
const USUAL: f64 = 400.0;
/// So many words every body is taken to have besides its own, as in smoothing by Dirichlet's prior: lengths tell little
/// where texts are short. But no more than half of what they have on average: of single sentences it would leave nothing.
const GRACE: f64 = 100.0;

/// A norm is no more, so that whatever is found is worth something, however the parameters are set.
pub(super) const MOST: f32 = 1e9;

/// What a document's length adds to the denominator: `k1 (1 - b + b length / average)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm {
    fixed: f32,
    per_word: f32,
}

impl Norm {
    pub(super) fn body(ranking: &Ranking, stats: &LanguageStats) -> Self {
        let average = average(stats.body_words, stats.documents);
        Self::new(f64::from(ranking.k1) * libm::cbrt(average / USUAL), ranking.b, average, GRACE.min(average / 2.0))
    }

    pub(super) fn title(ranking: &Ranking, stats: &LanguageStats) -> Self {
        Self::new(f64::from(ranking.title_k1), ranking.title_b, average(stats.title_words, stats.titled), 0.0)
    }

    /// Of lengths that are all longer by `grace`.
    fn new(k1: f64, b: f32, average: f64, grace: f64) -> Self {
        let per_word = k1 * f64::from(b) / (average + grace);
        Self { fixed: (k1 * f64::from(1.0 - b) + per_word * grace) as f32, per_word: per_word as f32 }
    }

    pub(super) fn of(self, words: u64) -> f32 {
        (self.fixed + self.per_word * words as f32).min(MOST)
    }
}

/// How many words documents have on average: one at least, where there are none.
fn average(words: u64, documents: u64) -> f64 {
    (words as f64 / documents.max(1) as f64).max(1.0)
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

    /// The norm of a body of so many words, where they have so many on average.
    fn norm(words: u64, average: u64) -> f32 {
        let stats = LanguageStats { documents: 10, body_words: 10 * average, titled: 10, title_words: 10 * average };
        Norm::body(&Ranking::default(), &stats).of(words)
    }

    fn near(a: f32, b: f32) -> bool {
        (a / b - 1.0).abs() < 1e-5
    }

    #[test]
    fn long_documents_earn_less() {
        assert!(saturation(2, norm(50, 100)) > saturation(2, norm(500, 100)));
        assert!(near(norm(400, 400), Ranking::default().k1), "at the usual length the norm is k1");
    }

    #[test]
    fn what_is_repeated_more_saturates_later() {
        assert!(near(norm(8 * 400, 8 * 400), 2.0 * norm(400, 400)), "eight times the words have each twice");
        assert!(norm(0, 0) > 0.0 && norm(0, 0).is_finite(), "of no words at all, nothing is asked");
    }

    #[test]
    fn lengths_tell_less_where_texts_are_short() {
        let spread = |average: u64| norm(4 * average, average) / norm(average / 4, average);
        assert!(spread(2000) > 1.5 * spread(200), "a hundred words more are much to a short text");
        assert!(near(spread(200), spread(8)), "and half of its length at the most");
        let stats = LanguageStats { documents: 10, body_words: 0, titled: 10, title_words: 50 };
        let Ranking { title_k1, .. } = Ranking::default();
        assert!(near(Norm::title(&Ranking::default(), &stats).of(5), title_k1), "titles have none of this");
    }
}
