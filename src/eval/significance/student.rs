//! Student's t-distribution, by the regularised incomplete beta function.
//!
//! Logarithms and gammas come from `libm`. A statistics crate was rejected: for this one function it would bring
//! distributions and matrices by the dozen, and be harder to hold against other tools.

/// The chance that a t of `degrees` degrees of freedom is as far from zero as `t` (DLMF 8.17.2; Abramowitz and Stegun
/// 26.7.1).
pub(super) fn two_sided(t: f64, degrees: f64) -> f64 {
    let ratio = t * t / degrees;
    if ratio.is_infinite() {
        return 0.0;
    }
    // I_x(degrees/2, 1/2) for x = 1 / (1 + ratio), without rounding x and 1 - x to the same double.
    let (a, b) = (degrees / 2.0, 0.5);
    let (x, rest) = (1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
    if rest == 0.0 {
        return 1.0;
    }
    let log_x = -libm::log1p(ratio);
    let log_rest = libm::log(ratio) + log_x;
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = libm::exp(a * log_x + b * log_rest - log_beta);
    // Each of the two fractions converges quickly on its side of the mean.
    let p = if x < (a + 1.0) / (a + b + 2.0) {
        front / a * fraction(a, b, x)
    } else {
        1.0 - front / b * fraction(b, a, rest)
    };
    p.clamp(0.0, 1.0)
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), from the front by the modified Lentz method
/// (Thompson and Barnett, J. Comput. Phys. 64, 1986).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    /// The steps needed grow with the root of the larger parameter; so many are enough for any number of topics.
    const STEPS: u32 = 100_000;
    let not_zero = |x: f64| if x.abs() < TINY { TINY } else { x };
    let mut c = 1.0;
    let mut d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / not_zero(1.0 + coefficient * d);
            c = not_zero(1.0 + coefficient / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[track_caller]
    fn check(t: f64, degrees: f64, expect: f64) {
        let p = two_sided(t, degrees);
        assert!((p - expect).abs() <= 1e-12 * expect, "{p} for {expect}");
    }

    #[test]
    fn agrees_with_closed_forms() {
        for t in [-30.0, -2.0, -0.01, 0.001, 0.5, 1.0, 1.7, 12.0, 1e4] {
            let size = f64::abs(t);
            // Of one degree of freedom it is Cauchy's, and of two and four algebraic.
            check(t, 1.0, 2.0 / std::f64::consts::PI * libm::atan(1.0 / size));
            let tail = 2.0 / (2.0 + t * t + size * libm::sqrt(2.0 + t * t));
            check(t, 2.0, tail);
            let r = 4.0 / (4.0 + t * t);
            let s = libm::sqrt(1.0 - r);
            // 1 - s (1 + r / 2), written so that it does not cancel.
            check(t, 4.0, r * r * (3.0 + r) / (4.0 * (1.0 + s * (1.0 + r / 2.0))));
        }
    }

    #[test]
    fn the_ends_are_no_exception() {
        check(0.0, 7.0, 1.0);
        check(1e-200, 7.0, 1.0);
        check(1e200, 7.0, 0.0);
        check(f64::INFINITY, 7.0, 0.0);
        assert!(two_sided(40.0, 4999.0) < 1e-300);
    }
}
