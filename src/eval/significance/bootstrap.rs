//! Intervals of the mean difference: the percentile bootstrap (Efron and Tibshirani 1993, chapter 13).
//!
//! A resample is how often each topic was drawn, and its mean a product of these counts with the differences. Columns
//! of the same topics share the counts and stand side by side in rows of eight; topics are taken in blocks whose rows
//! stay in the nearest cache while all resamples of a piece pass over them.

use rayon::iter::IntoParallelIterator;
use rayon::iter::ParallelIterator;

use crate::eval::significance::Differences;
use crate::eval::significance::random;

/// How many resamples of the topics are drawn.
pub const RESAMPLES: usize = 10_000;

/// The share of such intervals that hold the true mean.
pub const CONFIDENCE: f64 = 0.95;

/// The interval of each column's mean.
pub(super) fn intervals(columns: &[Differences]) -> Vec<[f64; 2]> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&at| columns[at].values.len());
    let mut intervals = vec![[0.0; 2]; columns.len()];
    for alike in order.chunk_by(|&a, &b| columns[a].values.len() == columns[b].values.len()) {
        let values: Vec<&[f64]> = alike.iter().map(|&at| columns[at].values.as_slice()).collect();
        for (&at, mut means) in alike.iter().zip(means(&values)) {
            means.sort_unstable_by(f64::total_cmp);
            intervals[at] = [quantile(&means, (1.0 - CONFIDENCE) / 2.0), quantile(&means, (1.0 + CONFIDENCE) / 2.0)];
        }
    }
    intervals
}

/// So many columns are summed side by side.
const LANES: usize = 8;
/// So many topics at a time.
const BLOCK: usize = 256;
/// So many resamples at a time.
const CHUNK: usize = 50;
const SEED: u64 = 0x5157_4e5f_626f_6f74;

/// The means of every resample, for each of `columns`, which are of one length.
fn means(columns: &[&[f64]]) -> Vec<Vec<f64>> {
    let topics = columns.first().map_or(0, |column| column.len());
    let tiles: Vec<Vec<[f64; LANES]>> = columns
        .chunks(LANES)
        .map(|tile| {
            let row = |topic: usize| std::array::from_fn(|lane| tile.get(lane).map_or(0.0, |column| column[topic]));
            (0..topics).map(row).collect()
        })
        .collect();
    let chunk = |chunk: usize| -> Vec<Vec<[f64; LANES]>> {
        let counts: Vec<_> = (0..CHUNK).map(|at| counts(chunk * CHUNK + at, topics)).collect();
        tiles.iter().map(|tile| sums(tile, &counts)).collect()
    };
    let chunks: Vec<_> = (0..RESAMPLES / CHUNK).into_par_iter().map(chunk).collect();
    let column = |at: usize| {
        let sums = chunks.iter().flat_map(|tiles| tiles[at / LANES].iter().map(|sums| sums[at % LANES]));
        sums.map(|sum| sum / topics.max(1) as f64).collect()
    };
    (0..columns.len()).map(column).collect()
}

/// How often each topic is in a resample: numbers, because they are multiplied with.
fn counts(resample: usize, topics: usize) -> Vec<f64> {
    let mut counts = vec![0.0; topics];
    for at in 0..topics {
        let number = random::number(SEED, (resample * topics + at) as u64);
        // The high part of the product is even but for a share of topics / 2^64 (Lemire, ACM TOMACS 29, 2019).
        counts[((u128::from(number) * topics as u128) >> 64) as usize] += 1.0;
    }
    counts
}

fn sums<'c>(tile: &[[f64; LANES]], counts: &'c [Vec<f64>]) -> Vec<[f64; LANES]> {
    let mut sums = vec![[0.0; LANES]; counts.len()];
    for (block, rows) in tile.chunks(BLOCK).enumerate() {
        // Two resamples at a time: each row is loaded once for both, and one addition need not wait for the other.
        for (sums, counts) in sums.chunks_mut(2).zip(counts.chunks(2)) {
            let of_block = |counts: &'c Vec<f64>| &counts[block * BLOCK..];
            match (sums, counts) {
                ([first, second], [of_first, of_second]) => {
                    let (mut a, mut b) = (*first, *second);
                    for ((row, times_a), times_b) in rows.iter().zip(of_block(of_first)).zip(of_block(of_second)) {
                        for lane in 0..LANES {
                            a[lane] += times_a * row[lane];
                            b[lane] += times_b * row[lane];
                        }
                    }
                    (*first, *second) = (a, b);
                }
                (sums, counts) => {
                    for (sum, counts) in sums.iter_mut().zip(counts) {
                        for (row, times) in rows.iter().zip(of_block(counts)) {
                            for lane in 0..LANES {
                                sum[lane] += times * row[lane];
                            }
                        }
                    }
                }
            }
        }
    }
    sums
}

/// The quantile of sorted values, between two of them in proportion (type 7 of Hyndman and Fan 1996, the default of
/// R and NumPy).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_whole() {
        assert_eq!(RESAMPLES % CHUNK, 0);
    }

    #[test]
    fn quantiles_lie_between_values() {
        let check = |sorted: &[f64], share: f64, expect: f64| assert_eq!(quantile(sorted, share), expect);
        check(&[1.0, 2.0, 4.0], 0.0, 1.0);
        check(&[1.0, 2.0, 4.0], 0.75, 3.0);
        check(&[1.0, 2.0, 4.0], 1.0, 4.0);
        check(&[7.0], 0.5, 7.0);
    }

    #[test]
    fn resamples_are_of_the_same_size_and_fair() {
        let mut total = vec![0.0; 3];
        for resample in 0..3000 {
            let counts = counts(resample, 3);
            assert_eq!(counts.iter().sum::<f64>(), 3.0);
            total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
        assert!(total.iter().all(|total| (total - 3000.0).abs() < 200.0), "{total:?}");
    }

    #[test]
    fn sums_are_over_all_blocks() {
        let topics = 2 * BLOCK + 3;
        let tile: Vec<_> = (0..topics).map(|topic| std::array::from_fn(|lane| (topic * (lane + 1)) as f64)).collect();
        let (once, last) = (vec![1.0; topics], (0..topics).map(|at| f64::from(at == topics - 1)).collect());
        let sums = sums(&tile, &[once, last]);
        let all = topics * (topics - 1) / 2;
        assert_eq!(sums[0], std::array::from_fn(|lane| (all * (lane + 1)) as f64));
        assert_eq!(sums[1], std::array::from_fn(|lane| ((topics - 1) * (lane + 1)) as f64));
    }
}
