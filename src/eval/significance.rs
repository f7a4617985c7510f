//! Whether two systems differ: paired tests over topics, as IR papers report them.
//!
//! Every comparison gets two p-values. That of the **randomisation test** (Fisher's; Smucker, Allan and Carterette,
//! CIKM 2007) decides: it assumes nothing about how the values are distributed, and theirs are far from normal. That
//! of the **t-test** stands beside it because everyone knows it; on fifty topics the two rarely disagree. With many
//! comparisons some would come out by chance, so [`holm`] corrects them together. The interval of the mean difference
//! is the percentile bootstrap's (Efron and Tibshirani 1993, chapter 13), the effect size Cohen's d of the differences.
//!
//! All comparisons of a table are computed in one go, because random numbers are the same for all: signs and resamples
//! are drawn once and used for every run and measure, eight at a time. They come from a fixed seed, so that a figure is
//! the same tomorrow, on another machine, and with another number of threads.
//!
//! Rejected: Wilcoxon's and the sign test (they test something else than the mean that the table shows), BCa intervals
//! (a jackknife more for digits that nobody reads), and a crate for Student's t, which takes thirty lines here.

mod bootstrap;
mod random;
mod randomisation;
mod student;

pub use crate::eval::significance::bootstrap::CONFIDENCE;
pub use crate::eval::significance::bootstrap::RESAMPLES;
pub use crate::eval::significance::randomisation::PERMUTATIONS;

/// Compares systems with their baselines: one answer for each pair, in order.
pub fn paired(pairs: &[Pair<'_>]) -> Vec<Paired> {
    let differences: Vec<_> = pairs.iter().map(Pair::differences).collect();
    let tested = randomisation::p_values(&differences);
    let intervals = bootstrap::intervals(&differences);
    let parts = differences.iter().zip(tested).zip(intervals);
    parts
        .map(|((Differences { values, .. }, randomisation), interval)| {
            let moments = Moments::of(values);
            let count = |holds: fn(&f64) -> bool| values.iter().filter(|value| holds(value)).count();
            Paired {
                topics: values.len(),
                difference: moments.mean,
                interval,
                effect_size: moments.deviation.map(|deviation| moments.mean / deviation),
                wins: count(|&value| value > 0.0),
                ties: count(|&value| value == 0.0),
                losses: count(|&value| value < 0.0),
                randomisation,
                t_test: moments.t_test(values.len()),
            }
        })
        .collect()
}

/// The values of two systems, topic by topic, all finite. What one has more than the other is ignored.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// What is compared with.
    pub baseline: &'a [f64],
    /// What is compared.
    pub system: &'a [f64],
}

/// How a system differs from its baseline. Differences are the system's value less the baseline's.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// How many topics both have.
    pub topics: usize,
    /// The mean difference; 0 without topics.
    pub difference: f64,
    /// Where the mean difference lies with [`CONFIDENCE`].
    pub interval: [f64; 2],
    /// Cohen's d_z: the mean difference in standard deviations of the differences. `None` where they do not vary.
    pub effect_size: Option<f64>,
    /// Topics on which the system has the higher value.
    pub wins: usize,
    /// Topics on which the two differ by no more than rounding.
    pub ties: usize,
    /// Topics on which the baseline has the higher value.
    pub losses: usize,
    /// The paired two-sided randomisation test.
    pub randomisation: Randomisation,
    /// The paired two-sided t-test; `None` where the differences do not vary.
    pub t_test: Option<TTest>,
}

/// How likely so large a mean difference is, in either direction, if on every topic the two values came from the two
/// systems by the toss of a coin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Randomisation {
    /// The share of the assignments of signs, above 0 and up to 1. Where they are drawn and not counted, (b + 1) /
    /// ([`PERMUTATIONS`] + 1), in which b is how many were as large (Davison and Hinkley 1997, section 4.2).
    pub p: f64,
    /// Whether all assignments were counted.
    pub exact: bool,
}

/// How likely so large a mean difference is if the differences were drawn from a normal distribution around zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TTest {
    /// The statistic.
    pub t: f64,
    /// The degrees of freedom.
    pub degrees: usize,
    /// The two-sided p-value.
    pub p: f64,
}

/// Corrects the p-values of tests that are reported together (Holm 1979): the result may be held against the same
/// level, and the chance that any true hypothesis is rejected stays below it. In the order given.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![0.0; p.len()];
    let mut least: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        least = least.max((p[at] * (p.len() - rank) as f64).min(1.0));
        corrected[at] = least;
    }
    corrected
}

/// Kendall's tau-b (Kendall 1945) of two measures of the same systems: 1 where they rank them alike, -1 where one
/// ranks them the other way round. `None` where one of them makes no difference between the systems.
pub fn kendall(a: &[f64], b: &[f64]) -> Option<f64> {
    let compared = |values: &[f64], i: usize, j: usize| {
        let tolerance = ROUNDING * values[i].abs().max(values[j].abs());
        i64::from(values[i] - values[j] > tolerance) - i64::from(values[j] - values[i] > tolerance)
    };
    let (mut agreement, mut untied_a, mut untied_b) = (0, 0, 0);
    for i in 0..a.len().min(b.len()) {
        for j in 0..i {
            let (by_a, by_b) = (compared(a, i, j), compared(b, i, j));
            agreement += by_a * by_b;
            untied_a += by_a * by_a;
            untied_b += by_b * by_b;
        }
    }
    let scale = libm::sqrt(untied_a as f64 * untied_b as f64);
    (scale > 0.0).then(|| (agreement as f64 / scale).clamp(-1.0, 1.0))
}

/// Values apart by less than this share of the largest are the same value, rounded in different ways: a measure adds
/// up some thousand terms. Without it 0.3 - 0.2 and 0.2 - 0.1 would not tie.
const ROUNDING: f64 = 1e-12;

/// The differences of a pair, with exact zeros where they tie.
struct Differences {
    values: Vec<f64>,
    /// How far apart two values may be by rounding.
    tolerance: f64,
}

impl Pair<'_> {
    fn differences(&self) -> Differences {
        let both = || self.system.iter().zip(self.baseline);
        let largest = both().map(|(system, baseline)| system.abs().max(baseline.abs())).fold(0.0, f64::max);
        let tolerance = ROUNDING * largest;
        let difference = |(system, baseline): (&f64, &f64)| {
            let difference = system - baseline;
            if difference.abs() <= tolerance { 0.0 } else { difference }
        };
        Differences { values: both().map(difference).collect(), tolerance }
    }
}

struct Moments {
    mean: f64,
    /// The standard deviation of the sample; `None` if there is none beyond rounding.
    deviation: Option<f64>,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let deviation = libm::sqrt(squares / values.len().saturating_sub(1).max(1) as f64);
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        Self { mean, deviation: Some(deviation).filter(|&deviation| deviation > ROUNDING * largest) }
    }

    fn t_test(&self, topics: usize) -> Option<TTest> {
        let t = self.mean / self.deviation? * libm::sqrt(topics as f64);
        let degrees = topics - 1;
        Some(TTest { t, degrees, p: student::two_sided(t, degrees as f64) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(baseline: &[f64], system: &[f64]) -> Paired {
        paired(&[Pair { baseline, system }]).remove(0)
    }

    #[test]
    fn wins_ties_and_losses_see_through_rounding() {
        let compared = one(&[0.1 + 0.2, 0.5, 0.5, 0.0], &[0.3, 0.75, 0.25, 0.0]);
        assert_eq!((compared.wins, compared.ties, compared.losses), (1, 2, 1));
        assert_eq!((compared.topics, compared.difference, compared.randomisation.p), (4, 0.0, 1.0));
    }

    #[test]
    fn few_topics_are_counted_out() {
        // Of the four assignments of signs, the two that are all alike reach the mean.
        let compared = one(&[0.0, 0.0], &[0.5, 0.25]);
        assert_eq!(compared.randomisation, Randomisation { p: 0.5, exact: true });
        // 0.2 - 0.1 and 0.3 - 0.2 differ in their last bits; all eight signs of (+, +, -) reach a tenth.
        let compared = one(&[0.1, 0.2, 0.9], &[0.2, 0.3, 0.8]);
        assert_eq!(compared.randomisation, Randomisation { p: 1.0, exact: true });
        assert_eq!((compared.wins, compared.losses), (2, 1));
    }

    #[test]
    fn what_does_not_vary_has_no_t() {
        for (baseline, system) in
            [(&[][..], &[][..]), (&[0.5], &[0.75]), (&[0.5; 4], &[0.5; 4]), (&[0.1; 3], &[0.4; 3])]
        {
            let compared = one(baseline, system);
            assert_eq!((compared.t_test, compared.effect_size), (None, None), "{baseline:?}");
            assert_eq!(compared.interval, [compared.difference; 2], "{baseline:?}");
        }
    }

    #[test]
    fn comparisons_do_not_depend_on_their_company() {
        let values = |topics: usize, factor: usize| -> Vec<f64> {
            (0..topics).map(|topic| (topic * factor % 97) as f64 / 97.0).collect()
        };
        let columns: Vec<_> = (0..19).map(|at| (values(40 + 17 * at, 31), values(40 + 17 * at, 37 + at))).collect();
        let pairs: Vec<_> = columns.iter().map(|(baseline, system)| Pair { baseline, system }).collect();
        let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        let together = threads(1).install(|| paired(&pairs));
        assert_eq!(threads(3).install(|| paired(&pairs)), together);
        for (pair, expect) in pairs.iter().zip(&together) {
            assert_eq!(&one(pair.baseline, pair.system), expect);
        }
    }

    #[test]
    fn holm_corrects_in_steps() {
        let check = |p: &[f64], expect: &[f64]| assert_eq!(holm(p), expect);
        check(&[], &[]);
        check(&[0.25], &[0.25]);
        check(&[0.5, 0.0625, 0.125], &[0.5, 0.1875, 0.25]);
        check(&[0.25, 0.25, 0.3125], &[0.75, 0.75, 0.75]);
        check(&[0.75, 0.625], &[1.0, 1.0]);
    }

    #[test]
    fn kendall_counts_pairs() {
        let check = |a: &[f64], b: &[f64], expect: Option<f64>| assert_eq!(kendall(a, b), expect);
        check(&[1.0, 2.0, 3.0], &[0.1, 0.2, 0.3], Some(1.0));
        check(&[1.0, 2.0, 3.0], &[0.3, 0.2, 0.1], Some(-1.0));
        check(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 4.0, 3.0], Some(4.0 / 6.0));
        check(&[0.1 + 0.2, 0.3, 0.0, 0.0], &[2.0, 2.0, 1.0, 1.0], Some(1.0));
        check(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0], None);
        check(&[], &[], None);
    }
}
