//! Word alignment: which word of a sentence is which of its translation.
//!
//! IBM model 1 (P. Brown, S. Della Pietra, V. Della Pietra and R. Mercer, "The Mathematics of Statistical Machine
//! Translation", Computational Linguistics 19, 1993) with a prior that prefers words at like places, and with a sparse
//! Dirichlet prior on translations, as C. Dyer, V. Chahuneau and N. Smith have it in "A Simple, Fast, and Effective
//! Reparameterization of IBM Model 2" (NAACL 2013). Each direction is aligned for itself, and what both agree on counts:
//! fewer links than by any of the heuristics that grow them, and the ones to trust. Rejected: growing them (more words,
//! and too many of them wrong); models 3 to 5, which are about the order of words.

use rustc_hash::FxHashMap;

/// A sentence and its translation, as numbers of words.
pub(crate) type Pair = (Vec<u32>, Vec<u32>);

const ROUNDS: usize = 6;
/// How strongly like places are preferred.
const DIAGONAL: f64 = 4.0;
/// The share of words that translate nothing.
const NULL: f64 = 0.08;
/// The concentration of the Dirichlet prior.
const SPARSE: f64 = 0.01;

/// How often each word was aligned with each other in both directions. `likely` says what is presumed to translate each
/// other before anything is seen, because it looks alike or was listed.
pub(crate) fn links(pairs: &[Pair], likely: impl Fn(u32, u32) -> bool) -> FxHashMap<(u32, u32), u32> {
    let there = viterbi(pairs.iter().map(|(a, b)| (a.as_slice(), b.as_slice())), &likely);
    let back = viterbi(pairs.iter().map(|(a, b)| (b.as_slice(), a.as_slice())), |b, a| likely(a, b));
    let mut links: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for ((pair, there), back) in pairs.iter().zip(&there).zip(&back) {
        for (j, i) in there.iter().enumerate().filter_map(|(j, i)| Some((j, (*i)?))) {
            if back[i] == Some(j) {
                *links.entry((pair.0[i], pair.1[j])).or_default() += 1;
            }
        }
    }
    links
}

/// For each word of the second sentence of each pair the place of the word in the first that it is likeliest to be from.
fn viterbi<'p>(
    pairs: impl Iterator<Item = (&'p [u32], &'p [u32])> + Clone,
    likely: impl Fn(u32, u32) -> bool,
) -> Vec<Vec<Option<usize>>> {
    // Every pair of words that meet has a number, and every place where they meet names it, so that a round is a walk
    // over arrays. The word that translates nothing has the number 0, the others theirs plus one.
    let mut numbers: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    let mut sources: Vec<u32> = Vec::new();
    let mut table: Vec<f64> = Vec::new();
    let mut places: Vec<u32> = Vec::new();
    for (from, to) in pairs.clone() {
        for &target in to {
            for source in std::iter::once(0).chain(from.iter().map(|source| source + 1)) {
                let number = *numbers.entry((source, target)).or_insert_with(|| {
                    sources.push(source);
                    table.push(if source > 0 && likely(source - 1, target) { 10.0 } else { 1.0 });
                    sources.len() as u32 - 1
                });
                places.push(number);
            }
        }
    }
    drop(numbers);
    let words = sources.iter().max().map_or(0, |&most| most as usize + 1);
    for round in 0..ROUNDS {
        let mut counts = vec![0.0; table.len()];
        walk(pairs.clone(), &places, |weights, places| {
            let total: f64 = weights.iter().zip(places).map(|(weight, &place)| weight * table[place as usize]).sum();
            for (weight, &place) in weights.iter().zip(places) {
                counts[place as usize] += weight * table[place as usize] / total;
            }
        });
        let (mut totals, mut kinds) = (vec![0.0; words], vec![0.0; words]);
        for (&source, count) in sources.iter().zip(&counts) {
            totals[source as usize] += count;
            kinds[source as usize] += 1.0;
        }
        // The last round is without the prior on translations: it would make rare words too sure.
        let sparse = round + 1 < ROUNDS;
        for ((entry, &source), count) in table.iter_mut().zip(&sources).zip(&counts) {
            let (total, kinds) = (totals[source as usize], kinds[source as usize]);
            *entry =
                if sparse { (digamma(count + SPARSE) - digamma(total + SPARSE * kinds)).exp() } else { count / total };
            *entry = entry.max(1e-12);
        }
    }
    let mut best = Vec::new();
    walk(pairs.clone(), &places, |weights, places| {
        let scores = weights.iter().zip(places).map(|(weight, &place)| weight * table[place as usize]);
        let (place, _) = scores.enumerate().fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
        best.push(place.checked_sub(1));
    });
    let mut rest = best.into_iter();
    pairs.map(|(_, to)| rest.by_ref().take(to.len()).collect()).collect()
}

/// Calls `each` for each word of the second sentences, with how likely its place makes each source, none first, and the
/// numbers of the pairs.
fn walk<'p>(pairs: impl Iterator<Item = (&'p [u32], &'p [u32])>, places: &[u32], mut each: impl FnMut(&[f64], &[u32])) {
    let mut rest = places;
    let mut weights = Vec::new();
    for (from, to) in pairs {
        for j in 0..to.len() {
            let (places, behind) = rest.split_at(from.len() + 1);
            rest = behind;
            weights.clear();
            weights.push(NULL);
            let place = (j as f64 + 0.5) / to.len() as f64;
            weights.extend((0..from.len()).map(|i| {
                let other = (i as f64 + 0.5) / from.len() as f64;
                (-DIAGONAL * (place - other).abs()).exp()
            }));
            let total: f64 = weights[1..].iter().sum();
            weights[1..].iter_mut().for_each(|weight| *weight *= (1.0 - NULL) / total);
            each(&weights, places);
        }
    }
}

/// The derivative of the logarithm of the gamma function: by recurrence to where the asymptotic series is exact enough.
fn digamma(mut x: f64) -> f64 {
    let mut result = 0.0;
    while x < 6.0 {
        result -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    result + x.ln() - 0.5 / x - square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_go_together_are_linked() {
        // 0 is 10, 1 is 11, 2 is 12, in any order.
        let pairs = [(vec![0, 1], vec![10, 11]), (vec![1, 2], vec![12, 11]), (vec![2, 0], vec![12, 10])];
        let links = links(&pairs, |_, _| false);
        let mut links: Vec<_> = links.into_iter().collect();
        links.sort_unstable();
        assert_eq!(links, [((0, 10), 2), ((1, 11), 2), ((2, 12), 2)]);
    }

    #[test]
    fn digamma_is_right() {
        assert!((digamma(1.0) + 0.577_215_664_9).abs() < 1e-8);
        assert!((digamma(0.01) + 100.560_885_5).abs() < 1e-5);
    }
}
