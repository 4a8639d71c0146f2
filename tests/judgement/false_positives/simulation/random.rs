//! A small seeded generator (xoshiro256++, Blackman and Vigna 2019) and the distributions the queues need.

/// A stream of random numbers; the same seed gives the same stream on every machine and with every toolchain.
pub(crate) struct Random([u64; 4]);

impl Random {
    pub(crate) fn seeded(seed: u64) -> Random {
        // SplitMix64, as the authors of xoshiro advise for seeding.
        let mut state = seed;
        Random([(); 4].map(|()| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut x = state;
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ (x >> 31)
        }))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in (0, 1]: never 0, so that its logarithm is finite.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Uniform on a logarithmic scale.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.uniform())
    }

    /// Poisson. Small means by multiplying uniforms (Knuth), large ones by transformed rejection (Hörmann 1993,
    /// algorithm PTRS); both are exact.
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        if mean < 30.0 {
            let limit = (-mean).exp();
            let (mut count, mut product) = (0, self.uniform());
            while product > limit {
                count += 1;
                product *= self.uniform();
            }
            return count;
        }
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.02483 * b;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        loop {
            let u = self.uniform() - 0.5;
            let v = self.uniform();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
            if us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2.0) {
                return k as u64;
            }
            if k < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let accept = (v * inverse_alpha / (a / (us * us) + b)).ln();
            if accept <= k * mean.ln() - mean - super::bounds::ln_factorial(k) {
                return k as u64;
            }
        }
    }

    /// How many of `trials` succeed, each with probability `p`: by the gaps between successes, which are geometric.
    pub(crate) fn binomial(&mut self, trials: u64, p: f64) -> u64 {
        if p >= 1.0 {
            return trials;
        }
        let ln_failure = (-p).ln_1p();
        let (mut successes, mut position) = (0, 0.0);
        loop {
            position += 1.0 + (self.uniform().ln() / ln_failure).floor();
            if position > trials as f64 {
                return successes;
            }
            successes += 1;
        }
    }
}
