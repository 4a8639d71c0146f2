//! How far a simulated rate may stray from the true one: exact tails of the binomial and the Poisson distribution.

/// ln k!, by Stirling's series (DLMF 5.11.1) above 20.
pub(crate) fn ln_factorial(k: f64) -> f64 {
    if k < 20.0 {
        return (1..=k as u64).map(|i| (i as f64).ln()).sum();
    }
    let x = k + 1.0;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3))
}

/// P(Poisson(mean) = k).
pub(crate) fn poisson_mass(k: u64, mean: f64) -> f64 {
    (k as f64 * mean.ln() - mean - ln_factorial(k as f64)).exp()
}

/// P(Poisson(mean) ≥ k).
pub(crate) fn poisson_tail(k: u64, mean: f64) -> f64 {
    1.0 - (0..k).map(|i| poisson_mass(i, mean)).sum::<f64>()
}

fn binomial_mass(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    let choose = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    (choose + k * p.ln() + (n - k) * (-p).ln_1p()).exp()
}

/// The most hits in `runs` that an event of probability `p` gives, except with probability `doubt`: the least c with
/// P(Binomial(runs, p) > c) ≤ doubt.
pub(crate) fn most_plausible(runs: u64, p: f64, doubt: f64) -> u64 {
    let mut tail = 0.0;
    let (mean, deviation) = (runs as f64 * p, (runs as f64 * p * (1.0 - p)).sqrt());
    // Beyond twenty standard deviations nothing adds to the tail.
    (0..=runs.min((mean + 20.0 * deviation) as u64 + 60))
        .rev()
        .find(|k| {
            tail += binomial_mass(*k, runs, p);
            tail > doubt
        })
        .unwrap_or(0)
}

/// The fewest hits in `runs` that an event of probability `p` gives, except with probability `doubt`.
pub(crate) fn least_plausible(runs: u64, p: f64, doubt: f64) -> u64 {
    runs - most_plausible(runs, 1.0 - p, doubt)
}
