//! Functions of mathematics that the likelihoods are made of: gamma, incomplete beta, sums of logarithms.

/// Below this, the argument of [`ln_gamma`] is shifted up: from here on the four terms of the series are right to 12 digits.
const STIRLING_FROM: f64 = 10.0;
/// ½ ln 2π.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;
/// ln 2⁵⁴: a summand that is smaller than another by this factor is less than half its last digit.
const NO_DIGIT: f64 = 37.5;
/// A product of so many factors takes less time than two gamma functions, and stays within range for any argument met here.
const FEW_STEPS: f64 = 12.0;
/// A product of so many fractions takes less time than six gamma functions.
const MANY_DRAWS: f64 = 48.0;
/// Steps of the continued fraction at most; it takes about √max(a, b) of them.
const MOST_STEPS: usize = 500;
/// Where a step of the continued fraction changes nothing any more.
const CONVERGED: f64 = 1e-12;
/// In place of a zero that would be divided by; a product that is smaller has lost digits.
const TINIEST: f64 = 1e-300;

/// The least shape of a negative binomial distribution.
const LEAST_SHAPE: f64 = 1e-6;

/// ln Γ(x) for x > 0, by Stirling's series with the argument shifted up (Abramowitz and Stegun 6.1.41).
pub fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < STIRLING_FROM {
        product *= x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + HALF_LN_TWO_PI + series - f64::ln(product)
}

/// ln Γ(x + n)/Γ(x), the rising factorial, for n ≥ 0. Of few whole steps it is their product.
fn ln_rising(x: f64, n: f64) -> f64 {
    if n > FEW_STEPS || !is_whole(n) {
        return ln_gamma(x + n) - ln_gamma(x);
    }
    (0..n as u32).map(|i| x + f64::from(i)).product::<f64>().ln()
}

/// ln of what a beta-binomial with the parameters `a` and `b` gives one order of `x` draws of one kind and `y` of the other:
/// ln Γ(a + x)/Γ(a) + ln Γ(b + y)/Γ(b) - ln Γ(a + b + x + y)/Γ(a + b). Of not too many whole draws it is a product of fractions.
pub fn ln_of_draws(a: f64, x: f64, b: f64, y: f64) -> f64 {
    if x + y <= MANY_DRAWS && is_whole(x) && is_whole(y) {
        let of = |from: f64, among: f64, count: f64| -> f64 {
            (0..count as u32).map(f64::from).map(|i| (from + i) / (among + i)).product()
        };
        let product = of(a, a + b, x) * of(b, a + b + x, y);
        if product > TINIEST {
            return product.ln();
        }
    }
    ln_rising(a, x) + ln_rising(b, y) - ln_rising(a + b, x + y)
}

/// Whether a number that a `u32` has room for is whole; faster than what is left behind the point.
fn is_whole(x: f64) -> bool {
    f64::from(x as u32) == x
}

/// ln C(n, k), also between whole numbers.
pub fn ln_choose(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma((n - k).max(0.0) + 1.0)
}

/// ln(eᵃ + eᵇ).
pub fn ln_add(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    // What is smaller by so much changes no digit of the sum.
    if low < high - NO_DIGIT || low == f64::NEG_INFINITY {
        high
    } else {
        high + (1.0 + (low - high).exp()).ln()
    }
}

/// ln Σ eˣ; −∞ for none.
pub fn ln_sum(values: impl IntoIterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().into_iter().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + values.into_iter().map(|x| (x - most).exp()).sum::<f64>().ln()
}

/// The regularised incomplete beta function Iₓ(a, b), by Lentz's continued fraction (Abramowitz and Stegun 26.5.8).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < TINIEST { TINIEST } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..MOST_STEPS {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < CONVERGED {
            break;
        }
    }
    value
}

/// P(X ≤ count) of a negative binomial variable with this mean whose gamma has this shape.
pub fn negative_binomial_at_most(count: f64, mean: f64, shape: f64) -> f64 {
    incomplete_beta(shape, count + 1.0, shape / (shape + mean))
}

/// ln P(X = count) of the same variable.
pub fn ln_negative_binomial(count: f64, mean: f64, shape: f64) -> f64 {
    let shape = shape.max(LEAST_SHAPE);
    ln_gamma(count + shape) - ln_gamma(shape) - ln_gamma(count + 1.0)
        + shape * (shape / (shape + mean)).ln()
        + count * (mean / (shape + mean)).max(f64::MIN_POSITIVE).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1.0)
    }

    #[test]
    fn the_probabilities_of_counts_add_up_to_that_of_no_more() {
        for (mean, shape) in [(0.3, 8.0), (12.0, 1.5), (40.0, 100.0)] {
            let sum: f64 = (0..=20).map(|x| ln_negative_binomial(f64::from(x), mean, shape).exp()).sum();
            assert!(close(sum, negative_binomial_at_most(20.0, mean, shape)), "{mean} {shape}: {sum}");
        }
        assert!(close(ln_negative_binomial(0.0, 0.0, 8.0), 0.0));
    }

    #[test]
    fn gamma_is_that_of_factorials_and_of_halves() {
        assert!(close(ln_gamma(1.0), 0.0) && close(ln_gamma(2.0), 0.0));
        assert!(close(ln_gamma(11.0), 3_628_800f64.ln()));
        assert!(close(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln()));
        assert!(close(ln_gamma(1e-6), 13.815_509_980_749_4));
        assert!(close(ln_choose(10.0, 3.0), 120f64.ln()));
        for (x, n) in [(0.3, 0.0), (2.5, 7.0), (1e-5, 3.0), (40.0, 12.0)] {
            assert!(close(ln_rising(x, n), ln_gamma(x + n) - ln_gamma(x)), "{x} {n}");
        }
    }

    #[test]
    fn draws_are_a_product_of_fractions_or_of_gamma_functions() {
        for (a, x, b, y) in [
            (0.3, 0.0, 2.0, 0.0),
            (0.3, 5.0, 2.0, 7.0),
            (1e-9, 30.0, 1e-9, 18.0),
            (1e6, 40.0, 3e6, 8.0),
            (2.5, 300.0, 0.1, 4.0),
            (2.5, 1.5, 0.1, 4.25),
        ] {
            let by_gamma = ln_gamma(a + x) - ln_gamma(a) + ln_gamma(b + y) - ln_gamma(b) + ln_gamma(a + b)
                - ln_gamma(a + b + x + y);
            // Gamma functions of large arguments have lost digits by their difference.
            assert!(
                (ln_of_draws(a, x, b, y) - by_gamma).abs() < 1e-6 * by_gamma.abs().max(1.0),
                "{a} {x} {b} {y}"
            );
        }
        assert_eq!(ln_add(f64::NEG_INFINITY, f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert!(close(ln_add(3.0, 1.0), (3f64.exp() + 1f64.exp()).ln()));
        assert_eq!(ln_add(-700.0, -740.0), -700.0);
    }

    #[test]
    fn the_incomplete_beta_is_the_tail_of_the_binomial() {
        // P(Binomial(10, 0.3) ≥ 4) = I₀.₃(4, 7).
        let tail: f64 = (4..=10)
            .map(|k| {
                (ln_choose(10.0, k as f64) + k as f64 * 0.3f64.ln() + (10 - k) as f64 * 0.7f64.ln()).exp()
            })
            .sum();
        assert!(close(incomplete_beta(4.0, 7.0, 0.3), tail));
        assert!(close(incomplete_beta(2.0, 5.0, 0.4) + incomplete_beta(5.0, 2.0, 0.6), 1.0));
        assert_eq!(incomplete_beta(2.0, 3.0, 0.0), 0.0);
    }

    #[test]
    fn sums_of_logarithms_neither_overflow_nor_lose_the_small_one() {
        assert!(close(ln_add(1000.0, 1000.0), 1000.0 + 2f64.ln()));
        assert_eq!(ln_add(f64::NEG_INFINITY, 3.0), 3.0);
        assert_eq!(ln_sum([]), f64::NEG_INFINITY);
        assert!(close(ln_sum([-1000.0, -1000.0, -1000.0]), -1000.0 + 3f64.ln()));
    }

    #[test]
    fn the_negative_binomial_of_a_large_shape_is_poisson() {
        let poisson: f64 =
            (0..=3).map(|k| (-2.0 + k as f64 * 2f64.ln() - ln_gamma(k as f64 + 1.0)).exp()).sum();
        assert!((negative_binomial_at_most(3.0, 2.0, 1e7) - poisson).abs() < 1e-5);
    }
}
