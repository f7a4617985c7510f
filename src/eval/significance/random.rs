//! Random numbers that anyone can make again: SplitMix64.
//!
//! The state of SplitMix64 is a counter, so the number at any place is had without those before it, and the work can
//! be cut into pieces for threads without changing a figure. Rejected: `rand`, whose generators may change with a
//! version, and generators that must be stepped.

/// The `at`-th number of the stream `seed` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014, with the mixing constants of Java's SplittableRandom and of splitmix64.c).
pub(super) fn number(seed: u64, at: u64) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = seed.wrapping_add(GOLDEN.wrapping_mul(at.wrapping_add(1)));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn the_stream_is_the_published_one() {
        // What splitmix64.c (Vigna 2015, public domain) gives first for this seed.
        let expect = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        for (at, expect) in (0..).zip(expect) {
            assert_eq!(number(1_234_567, at), expect);
        }
    }
}
