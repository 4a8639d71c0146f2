//! Seeded random series for the tests: sampled live counts as a service without a leak, or with one, shows them.

/// SplitMix64 (Steele, Lea and Flood 2014): small, seeded, the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in (0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Standard normal (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Poisson, by counting exponential gaps.
    pub(crate) fn poisson(&mut self, mean: f64) -> f64 {
        let mut count = 0.0;
        let mut left = mean - self.exponential();
        while left > 0.0 {
            count += 1.0;
            left -= self.exponential();
        }
        count
    }
}

/// How long objects live; all with mean 1.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lifetime {
    Exponential,
    Fixed,
    /// Pareto with exponent 2.5: finite variance, but some live for very long.
    HeavyTailed,
}

impl Lifetime {
    fn draw(self, random: &mut Random) -> f64 {
        match self {
            Lifetime::Exponential => random.exponential(),
            Lifetime::Fixed => 1.0,
            Lifetime::HeavyTailed => 0.6 * random.uniform().powf(-0.4),
        }
    }
}

/// The live counts of an M/G/∞ queue (`mean_live` objects on average, living `lifetime` points on average) at
/// `points` times one unit apart, after a warm-up of thirty lifetimes.
pub(super) fn live_counts(
    random: &mut Random,
    law: Lifetime,
    mean_live: f64,
    lifetime: f64,
    points: usize,
) -> Vec<f64> {
    let mut counts = vec![0.0; points];
    let mut now = -30.0 * lifetime;
    loop {
        now += random.exponential() * lifetime / mean_live;
        if now > points as f64 {
            return counts;
        }
        let end = now + lifetime * law.draw(random);
        for (at, count) in counts.iter_mut().enumerate() {
            if now <= at as f64 && (at as f64) < end {
                *count += 1.0;
            }
        }
    }
}
