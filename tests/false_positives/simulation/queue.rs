//! One allocation site as an M/G/∞ queue: objects arrive by a Poisson process, each lives for its own time, and a
//! snapshot sees the sampled ones.
//!
//! Go samples every object of size S by itself with probability p = 1 − exp(−S/R), so the sampled objects of a queue
//! with arrival rate λ are a queue with rate λp; only they are simulated. `walking_the_bytes` in false_positives.rs
//! holds this against a sampler that counts down bytes as Go's does.

use super::Random;

/// How long objects live; the mean is a parameter of the queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lifetime {
    /// Memoryless.
    Exponential,
    /// All the same: a fixed time to live.
    Fixed,
    /// Heavy-tailed: Pareto with the given shape, at or below 2 without variance.
    Pareto(f64),
}

impl Lifetime {
    /// A lifetime with mean 1.
    fn draw(self, random: &mut Random) -> f64 {
        match self {
            Lifetime::Exponential => random.exponential(),
            Lifetime::Fixed => 1.0,
            Lifetime::Pareto(shape) => (shape - 1.0) / shape * random.uniform().powf(-1.0 / shape),
        }
    }

    /// What is left of the life of an object met at a random moment: the density is the survival function.
    fn draw_residual(self, random: &mut Random) -> f64 {
        match self {
            Lifetime::Exponential => random.exponential(),
            Lifetime::Fixed => random.uniform(),
            Lifetime::Pareto(shape) => {
                let least = (shape - 1.0) / shape;
                // Below the least lifetime everything survives; above, the tail loses one power.
                if random.uniform() <= least {
                    least * random.uniform()
                } else {
                    least * random.uniform().powf(-1.0 / (shape - 1.0))
                }
            }
        }
    }
}

/// An allocation site in equilibrium, and what it leaks besides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queue {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Objects that a request allocates together and that die together.
    pub(crate) burst: u64,
    /// Bytes an object.
    pub(crate) size: f64,
    /// The law of the lifetimes.
    pub(crate) lifetime: Lifetime,
    /// Their mean, in seconds.
    pub(crate) mean_life: f64,
    /// Objects leaked a second, one by one.
    pub(crate) leak: f64,
}

/// What two snapshots say of one site, in sampled objects.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Observation {
    /// Live in the first.
    pub(crate) before: u64,
    /// Live in the second.
    pub(crate) after: u64,
    /// Allocated in between.
    pub(crate) allocated: u64,
}

impl Queue {
    /// The probability that an object is sampled at a mean distance of `distance` bytes.
    pub(crate) fn probability(&self, distance: f64) -> f64 {
        if distance <= 1.0 { 1.0 } else { -(-self.size / distance).exp_m1() }
    }

    /// Two snapshots, `window` seconds apart.
    pub(crate) fn observe(&self, window: f64, distance: f64, random: &mut Random) -> Observation {
        let p = self.probability(distance);
        // A request of one object is sampled or not, so the sampled ones arrive at a lower rate; of a larger one a
        // part is sampled.
        let rate = if self.burst == 1 { self.rate * p } else { self.rate };
        let sampled = |random: &mut Random| if self.burst == 1 { 1 } else { random.binomial(self.burst, p) };
        let mut seen = Observation::default();
        for _ in 0..random.poisson(rate * self.mean_life) {
            let objects = sampled(random);
            seen.before += objects;
            if self.mean_life * self.lifetime.draw_residual(random) > window {
                seen.after += objects;
            }
        }
        for _ in 0..random.poisson(rate * window) {
            let objects = sampled(random);
            let age = window * random.uniform();
            seen.allocated += objects;
            if self.mean_life * self.lifetime.draw(random) > age {
                seen.after += objects;
            }
        }
        let leaked = random.poisson(self.leak * p * window);
        seen.allocated += leaked;
        seen.after += leaked;
        seen
    }
}
