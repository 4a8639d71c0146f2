//! The exact upper tail of the fair binomial distribution, for any number of trials.

use super::special::ln_gamma;

/// Trials beyond which both counts are scaled down, which only weakens the evidence; keeps the continued fraction
/// below some ten thousand steps.
const MOST_TRIALS: u64 = 1_000_000_000;

/// P(X ≥ `successes`) for X ~ Binomial(`trials`, ½), relative error below 1e-9.
///
/// Computed as the regularised incomplete beta function I½(k, n−k+1) (DLMF 8.17.5), by the continued fraction of
/// DLMF 8.17.22.
pub fn upper_tail_half(successes: u64, trials: u64) -> f64 {
    if successes == 0 {
        return 1.0;
    }
    if successes > trials {
        return 0.0;
    }
    let (k, n) = if trials > MOST_TRIALS {
        let scale = MOST_TRIALS as f64 / trials as f64;
        ((successes as f64 * scale).floor(), MOST_TRIALS as f64)
    } else {
        (successes as f64, trials as f64)
    };
    let (a, b) = (k, n - k + 1.0);
    if a > b { lower_beta(a, b) } else { 1.0 - lower_beta(b, a) }.clamp(0.0, 1.0)
}

/// I½(a, b) for a ≥ b, where the fraction converges fast.
fn lower_beta(a: f64, b: f64) -> f64 {
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) - (a + b) * std::f64::consts::LN_2;
    front.exp() * continued_fraction(a, b) / a
}

/// The continued fraction of the incomplete beta function at x = ½, by Lentz's method.
fn continued_fraction(a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |v: f64| if v.abs() < TINY { TINY } else { v };
    let x = 0.5;
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for step in 1..=100_000u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let factor = d * c;
        h *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plain sum, exact for few trials.
    fn summed(k: u64, n: u64) -> f64 {
        let mut choose = 1.0;
        let mut total = 0.0;
        for i in 0..=n {
            if i >= k {
                total += choose;
            }
            choose *= (n - i) as f64 / (i + 1) as f64;
        }
        total / 2f64.powi(n as i32)
    }

    #[test]
    fn agrees_with_the_plain_sum() {
        for n in 1..=60 {
            for k in 0..=n {
                let (want, got) = (summed(k, n), upper_tail_half(k, n));
                assert!((got / want - 1.0).abs() < 1e-9, "P(X >= {k}), n = {n}: {got} is not {want}");
            }
        }
    }

    #[test]
    fn k_new_and_none_freed_is_two_to_the_minus_k() {
        for k in [1, 10, 40, 500] {
            assert!((upper_tail_half(k, k) / 0.5f64.powi(k as i32) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn stays_a_probability_for_huge_counts() {
        assert!((upper_tail_half(500_000_000, 1_000_000_000) - 0.5).abs() < 1e-4);
        let p = upper_tail_half(1 << 61, 1 << 62);
        assert!((p - 0.5).abs() < 1e-3, "{p}");
        assert_eq!(upper_tail_half(u64::MAX, u64::MAX), 0.0);
    }
}
