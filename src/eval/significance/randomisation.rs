//! The paired two-sided randomisation test: flip the signs of the differences, see how often the sum is as far from
//! zero as it was.
//!
//! **Few topics: counted.** The signs of n differences have 2^n assignments, but every sum is one of the left half's
//! 2^(n/2) sums and one of the right half's, and with both sorted the pairs that reach a threshold are counted in one
//! pass (the halving of Horowitz and Sahni, J. ACM 21, 1974). So thirty topics cost no more than a sort of 32,768
//! numbers. Topics without a difference double everything and are left out.
//!
//! **Many topics: drawn.** 5,000 topics, 19 runs, six measures and 100,000 assignments are 57 thousand million signed
//! terms. Eight topics at a time have only 256 sums, which are tabled and then looked up by a byte of random bits; and
//! the bits are drawn once for all comparisons, which stand side by side in rows of eight, so that one look-up adds for
//! eight of them. The sums are of whole numbers, the differences in units of which their sizes add up to 2^30: half the
//! memory of doubles and twice as many in a register. How far such a sum can be from the true one is known, so
//! it decides all assignments but the few that come as near to the threshold, ties above all; these are summed again as
//! they should be. Rejected: a matrix product of signs and differences (eight times the additions), the sums in double
//! precision (twice the time for the same figures), and in single or fixed precision alone (ties would be lost).

use rayon::iter::IntoParallelIterator;
use rayon::iter::ParallelIterator;

use crate::eval::significance::Differences;
use crate::eval::significance::Randomisation;
use crate::eval::significance::random;

/// How many assignments of signs are drawn where there are too many to count.
pub const PERMUTATIONS: usize = 100_000;

/// The p-value of each column of differences.
pub(super) fn p_values(columns: &[Differences]) -> Vec<Randomisation> {
    let columns: Vec<_> = columns.iter().map(Column::of).collect();
    let mut drawn: Vec<usize> = (0..columns.len()).filter(|&at| columns[at].differences.len() > COUNTED).collect();
    // Columns of like length share a tile, so that few rows are padding.
    drawn.sort_by_key(|&at| std::cmp::Reverse(columns[at].differences.len()));
    let tiles: Vec<_> =
        drawn.chunks(LANES).map(|tile| Tile::of(tile.iter().map(|&at| &columns[at]).collect())).collect();
    let mut tested: Vec<_> = columns
        .iter()
        .map(|column| Randomisation {
            p: if column.differences.len() > COUNTED { 1.0 } else { column.counted() },
            exact: true,
        })
        .collect();
    for (&at, reached) in drawn.iter().zip(reached(&tiles).into_iter().flatten()) {
        tested[at] = Randomisation { p: (reached + 1) as f64 / (PERMUTATIONS + 1) as f64, exact: false };
    }
    tested
}

/// Up to so many differences are counted out.
const COUNTED: usize = 30;
/// So many columns are summed side by side.
const LANES: usize = 8;
/// So many topics are looked up at once: one a bit of a byte.
const BLOCK: usize = 8;
/// So many assignments are worked on at a time: the sums fit into a core's cache, and making the tables costs little
/// beside reading them.
const CHUNK: usize = 5_000;
const SEED: u64 = 0x5157_4e5f_7369_676e;

/// One topic's, or one block's, value for each column of a tile, in the column's units.
type Row = [i32; LANES];
/// So many units the sizes of a column's differences add up to, but for their rounding: a sum never overflows.
const UNITS: f64 = (1 << 30) as f64;

struct Column {
    /// Those that are not zero.
    differences: Vec<f64>,
    /// How far from zero a sum must be to count.
    least: f64,
}

impl Column {
    fn of(column: &Differences) -> Self {
        let differences: Vec<_> = column.values.iter().copied().filter(|&difference| difference != 0.0).collect();
        let sum: f64 = differences.iter().sum();
        // Each term may be off by the rounding of its two values; a sum that would tie but for that counts as a tie.
        let least = sum.abs() - column.tolerance * differences.len() as f64;
        Self { differences, least }
    }

    fn counted(&self) -> f64 {
        if self.least <= 0.0 {
            return 1.0;
        }
        let (left, right) = self.differences.split_at(self.differences.len() / 2);
        let (left, right) = (sorted_sums(left), sorted_sums(right));
        let mut reached: u64 = 0;
        let mut first = right.len();
        for sum in left {
            while first > 0 && sum + right[first - 1] >= self.least {
                first -= 1;
            }
            reached += (right.len() - first) as u64;
        }
        // With all signs turned a sum is as far below zero: the other side holds as many.
        (2 * reached) as f64 / (1_u64 << self.differences.len()) as f64
    }

    /// Whether one assignment of signs reaches the threshold; `bits` are those of 64 topics at a time.
    fn is_reached(&self, bits: impl Fn(usize) -> u64) -> bool {
        let mut sum = 0.0;
        for (at, differences) in self.differences.chunks(BYTES * BLOCK).enumerate() {
            let word = bits(at);
            for (bit, difference) in differences.iter().enumerate() {
                // The highest bit of a double is its sign.
                sum += f64::from_bits(difference.to_bits() ^ (!word >> bit << 63));
            }
        }
        sum.abs() >= self.least
    }
}

/// The sums under all assignments of signs, ascending.
fn sorted_sums(differences: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for difference in differences {
        sums = sums.iter().flat_map(|sum| [sum - difference, sum + difference]).collect();
    }
    sums.sort_unstable_by(f64::total_cmp);
    sums
}

/// Columns that are summed side by side.
struct Tile<'c> {
    columns: Vec<&'c Column>,
    /// A row a topic, in whole pairs of blocks; what a column lacks is zero, which no sign changes.
    rows: Vec<Row>,
    /// Sums from here on may reach the column's threshold.
    maybe: Row,
    /// Sums from here on do.
    surely: Row,
}

impl<'c> Tile<'c> {
    fn of(columns: Vec<&'c Column>) -> Self {
        let longest = columns.iter().map(|column| column.differences.len()).max().unwrap_or(0);
        let rows = vec![[0; LANES]; longest.next_multiple_of(2 * BLOCK)];
        // What is so for lanes without a column.
        let mut tile = Self { columns, rows, maybe: [i32::MAX; LANES], surely: [i32::MAX; LANES] };
        for (lane, column) in tile.columns.iter().enumerate() {
            let differences = &column.differences;
            let unit = differences.iter().map(|difference| difference.abs()).sum::<f64>() / UNITS;
            tile.maybe[lane] = 0;
            if !unit.is_normal() {
                continue;
            }
            for (row, difference) in tile.rows.iter_mut().zip(differences) {
                row[lane] = (difference / unit).round() as i32;
            }
            // Each term is off by half a unit at most, and the true sum by much less than that times their number.
            let (least, off) = (column.least / unit, differences.len() as f64);
            tile.maybe[lane] = (least - off - 2.0).max(0.0) as i32;
            tile.surely[lane] = (least + off + 2.0).max(0.0) as i32;
        }
        tile
    }

    /// How often each lane reaches its threshold under the signs in `bits`: the word for the first 64 topics for every
    /// assignment of a chunk, then that for the next.
    fn reached(&self, bits: &[Vec<u64>]) -> [u32; LANES] {
        let mut sums = vec![[0; LANES]; CHUNK];
        let mut tables = [[[0; LANES]; 1 << BLOCK]; 2];
        // Two blocks at a time, so that a sum is loaded and stored half as often.
        for (at, blocks) in self.rows.chunks_exact(2 * BLOCK).enumerate() {
            let (first, second) = blocks.split_at(BLOCK);
            fill(&mut tables[0], first);
            fill(&mut tables[1], second);
            let shift = at % (BYTES / 2) * 16;
            for (sum, word) in sums.iter_mut().zip(&bits[at / (BYTES / 2)]) {
                let word = word >> shift;
                let first = &tables[0][usize::from(word as u8)];
                let second = &tables[1][usize::from((word >> 8) as u8)];
                for lane in 0..LANES {
                    sum[lane] += first[lane] + second[lane];
                }
            }
        }
        let mut reached = [0; LANES];
        for (at, sum) in sums.iter().enumerate() {
            for lane in 0..LANES {
                let size = sum[lane].abs();
                let is_reached = size >= self.surely[lane]
                    || size >= self.maybe[lane]
                        && self.columns.get(lane).is_some_and(|column| column.is_reached(|word| bits[word][at]));
                reached[lane] += u32::from(is_reached);
            }
        }
        reached
    }
}

/// Bytes of a random number.
const BYTES: usize = 8;

/// The block's sum under each of the 256 assignments: a bit that is set makes its topic's sign positive.
fn fill(table: &mut [Row; 1 << BLOCK], block: &[Row]) {
    table[0] = [0; LANES];
    for (bit, row) in block.iter().enumerate() {
        let (done, rest) = table.split_at_mut(1 << bit);
        for (minus, plus) in done.iter_mut().zip(rest) {
            for lane in 0..LANES {
                plus[lane] = minus[lane] + row[lane];
                minus[lane] -= row[lane];
            }
        }
    }
}

/// How many of the drawn assignments reach the threshold, for each lane of each tile.
fn reached(tiles: &[Tile<'_>]) -> Vec<[u32; LANES]> {
    let topics = tiles.iter().map(|tile| tile.rows.len()).max().unwrap_or(0);
    let words = topics.div_ceil(BYTES * BLOCK);
    let chunk = |chunk: usize| -> Vec<[u32; LANES]> {
        // Numbered so that a comparison meets the same signs in whatever company.
        let draw = |word: usize, at: usize| random::number(SEED, (word * PERMUTATIONS + chunk * CHUNK + at) as u64);
        let bits: Vec<Vec<u64>> = (0..words).map(|word| (0..CHUNK).map(|at| draw(word, at)).collect()).collect();
        tiles.iter().map(|tile| tile.reached(&bits)).collect()
    };
    let add = |mut a: Vec<[u32; LANES]>, b: Vec<[u32; LANES]>| {
        for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
            *a += b;
        }
        a
    };
    (0..PERMUTATIONS / CHUNK).into_par_iter().map(chunk).reduce(|| vec![[0; LANES]; tiles.len()], add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64]) -> Differences {
        Differences { values: values.to_vec(), tolerance: 1e-12 }
    }

    fn by_enumeration(values: &[f64]) -> f64 {
        let sum = |signs: u32| -> f64 {
            values.iter().enumerate().map(|(at, value)| if signs >> at & 1 == 1 { *value } else { -value }).sum()
        };
        let observed = sum(u32::MAX).abs();
        let reached = (0..1 << values.len()).filter(|&signs| sum(signs).abs() >= observed - 1e-9).count();
        reached as f64 / f64::from(1 << values.len())
    }

    #[test]
    fn the_pieces_are_whole() {
        assert_eq!(PERMUTATIONS % CHUNK, 0);
    }

    #[test]
    fn counting_is_enumeration() {
        let check = |values: &[f64]| assert_eq!(p_values(&[column(values)])[0].p, by_enumeration(values), "{values:?}");
        check(&[]);
        check(&[0.0, 0.0]);
        check(&[0.3]);
        check(&[0.1, 0.2, 0.3, -0.6]);
        check(&[0.1, 0.2, 0.3, -0.1, 0.4, 0.4, 0.0, 0.7]);
        check(&[1.0; 12]);
        check(&[0.25, -0.5, 0.125, 0.75, 0.5, 0.5, -0.25, 1.0, 0.5, 0.25, -0.125]);
    }

    #[test]
    fn tables_hold_every_sum() {
        let block: Vec<Row> = (0..BLOCK).map(|topic| std::array::from_fn(|lane| (lane as i32 + 1) << topic)).collect();
        let mut table = [[-1; LANES]; 256];
        fill(&mut table, &block);
        for (bits, row) in (0..).zip(&table) {
            // A bit that is set adds 2^bit, one that is not takes it away.
            assert_eq!(row, &std::array::from_fn(|lane| (lane as i32 + 1) * (2 * bits - 255)));
        }
    }

    #[test]
    fn whole_numbers_decide_as_doubles_do() {
        let mut columns = vec![
            // Many ties, of which doubles must tell some apart.
            vec![0.1; 150],
            (0..97).map(|at| [0.1, -0.2, 0.3, 0.4 + 1e-9, -0.4][at % 5]).collect(),
            (0..64).map(|at| if at == 40 { 1e-9 } else { 1.0 / f64::from(at + 1) - 0.03 }).collect(),
            // Nothing that units could be made of.
            vec![1e-310; 40],
            (0..40).map(|at| if at % 2 == 0 { 1e308 } else { -1e308 }).collect(),
        ];
        columns
            .extend((0..LANES).map(|more| (0..31 + 9 * more).map(|at| ((at * 37 + more) % 19) as f64 - 8.5).collect()));
        let columns: Vec<_> = columns.iter().map(|values| Column::of(&column(values))).collect();
        for tile in columns.chunks(LANES) {
            let bits: Vec<Vec<u64>> = (0..4)
                .map(|word| (0..CHUNK).map(|at| random::number(7, (word * CHUNK + at) as u64)).collect())
                .collect();
            let reached = Tile::of(tile.iter().collect()).reached(&bits);
            for (column, reached) in tile.iter().zip(reached) {
                let expect = (0..CHUNK).filter(|&at| column.is_reached(|word| bits[word][at])).count();
                assert_eq!(reached as usize, expect);
            }
        }
    }

    #[test]
    fn drawing_comes_near_counting() {
        // 2^31 assignments of 31 equal signs are binomial: at least 21 of a kind.
        let values: Vec<_> = (0..31).map(|at| if at < 10 { -0.1 } else { 0.1 }).collect();
        let tested = p_values(&[column(&values), column(&values[..12]), column(&[0.5; 31])]);
        assert!(!tested[0].exact && tested[1].exact);
        assert!((tested[0].p - 0.070_755).abs() < 0.003, "{:?}", tested[0]);
        assert_eq!(tested[2].p, 1.0 / 100_001.0);
    }
}
