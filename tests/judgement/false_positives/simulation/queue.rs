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
    /// Until all are freed at once, every `mean_life` seconds; the first time after this part of it.
    Flushed(f64),
}

impl Lifetime {
    /// The end of the life of an object that arrives at `at`.
    fn end(self, at: f64, mean: f64, random: &mut Random) -> f64 {
        match self {
            Lifetime::Exponential => at + mean * random.exponential(),
            Lifetime::Fixed => at + mean,
            Lifetime::Pareto(shape) => {
                at + mean * (shape - 1.0) / shape * random.uniform().powf(-1.0 / shape)
            }
            Lifetime::Flushed(phase) => (((at / mean) - phase).floor() + 1.0 + phase) * mean,
        }
    }

    /// When an object arrived that is met at `at`, and when its life ends. Of those that arrive at a steady pace in a
    /// mean lifetime as many are met; `None` for one that a flush took.
    fn met(self, at: f64, mean: f64, random: &mut Random) -> Option<(f64, f64)> {
        match self {
            Lifetime::Exponential => {
                Some((at - mean * random.exponential(), at + mean * random.exponential()))
            }
            Lifetime::Fixed | Lifetime::Pareto(_) => {
                // Met lives are longer, in proportion to their length: the tail loses one power.
                let life = match self {
                    Lifetime::Pareto(shape) => {
                        mean * (shape - 1.0) / shape * random.uniform().powf(-1.0 / (shape - 1.0))
                    }
                    _ => mean,
                };
                let age = life * random.uniform();
                Some((at - age, at - age + life))
            }
            Lifetime::Flushed(_) => {
                let arrived = at - mean * random.uniform();
                Some((arrived, self.end(arrived, mean, random))).filter(|(_, end)| *end > at)
            }
        }
    }

    /// The part of a mean lifetime that is lived, on average, within the first `lifetimes` of them; not for flushes.
    fn lived_within(self, lifetimes: f64) -> f64 {
        match self {
            Lifetime::Exponential => -(-lifetimes).exp_m1(),
            Lifetime::Fixed | Lifetime::Flushed(_) => lifetimes.min(1.0),
            Lifetime::Pareto(shape) => {
                let least = (shape - 1.0) / shape;
                if lifetimes <= least {
                    lifetimes
                } else {
                    least + (1.0 - (least / lifetimes).powf(shape - 1.0)) / shape
                }
            }
        }
    }
}

/// How a pace changes over the span of the snapshots, from 0 to 1 of its peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    /// Not at all.
    Steady,
    /// Doubles along a line.
    Doubling,
    /// Day and night: so many periods, beginning this part of one after the depth of the night, which is a quarter
    /// of the day.
    Wave(f64, f64),
    /// Begins with the span and dies away with this time constant, in spans.
    Fading(f64),
    /// Begins after this part of the span.
    From(f64),
    /// Only within a hundredth of the span, after this part of it.
    Moment(f64),
}

impl Pace {
    /// The pace at a point of the span; before it, for what is there when it begins.
    fn at(self, span: f64) -> f64 {
        let on = |condition: bool| f64::from(u8::from(condition));
        match self {
            Pace::Steady => 1.0,
            Pace::Doubling => 0.5 + 0.5 * span.clamp(0.0, 1.0),
            Pace::Wave(periods, phase) => {
                let angle = std::f64::consts::TAU * (periods * span + phase);
                0.25 + 0.375 * (1.0 - angle.cos())
            }
            Pace::Fading(constant) => on(span >= 0.0) * (-span.max(0.0) / constant).exp(),
            Pace::From(start) => on(span >= start),
            Pace::Moment(start) => on(span >= start && span < start + 0.01),
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
    /// How `rate` changes.
    pub(crate) requests: Pace,
    /// How `leak` changes.
    pub(crate) leaking: Pace,
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

/// When a snapshot is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Seconds.
    pub(crate) at: f64,
    /// For so many seconds the collector has marked: what was allocated in them looks live (S40).
    pub(crate) marking: f64,
}

/// What one snapshot says of one site, in sampled objects.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Live.
    pub(crate) live: u64,
    /// Allocated since the first snapshot.
    pub(crate) allocated: u64,
}

impl Queue {
    /// A queue of single objects that live for a time of this law and pace, and no leak.
    pub(crate) fn steady(rate: f64, size: f64, lifetime: Lifetime, mean_life: f64) -> Queue {
        let (requests, leaking) = (Pace::Steady, Pace::Steady);
        Queue { rate, burst: 1, size, lifetime, mean_life, leak: 0.0, requests, leaking }
    }

    /// The probability that an object is sampled at a mean distance of `distance` bytes.
    pub(crate) fn probability(&self, distance: f64) -> f64 {
        if distance <= 1.0 { 1.0 } else { -(-self.size / distance).exp_m1() }
    }

    /// Two snapshots, `window` seconds apart.
    pub(crate) fn observe(&self, window: f64, distance: f64, random: &mut Random) -> Observation {
        let moments = [0.0, window].map(|at| Moment { at, marking: 0.0 });
        let seen = self.follow(&moments, distance, random);
        Observation { before: seen[0].live, after: seen[1].live, allocated: seen[1].allocated }
    }

    /// Snapshots at the given moments, of which there are two or more, in order.
    pub(crate) fn follow(&self, moments: &[Moment], distance: f64, random: &mut Random) -> Vec<Seen> {
        let p = self.probability(distance);
        // A request of one object is sampled or not, so the sampled ones arrive at a lower rate; of a larger one a
        // part is sampled.
        let rate = if self.burst == 1 { self.rate * p } else { self.rate };
        let of_requests = |requests: u64, random: &mut Random| match self.burst {
            1 => requests,
            burst => random.binomial(requests * burst, p),
        };
        let start = moments[0].at;
        let span = moments[moments.len() - 1].at - start;
        let happens = |pace: Pace, at: f64, random: &mut Random| {
            pace == Pace::Steady || random.uniform() <= pace.at((at - start) / span)
        };
        // Requests of the last `ago` seconds whose objects are gone.
        let gone =
            |ago: f64| rate * (ago - self.mean_life * self.lifetime.lived_within(ago / self.mean_life));
        let is_steady = self.requests == Pace::Steady && !matches!(self.lifetime, Lifetime::Flushed(_));

        let mut seen = vec![Seen::default(); moments.len()];
        let stay = |seen: &mut [Seen], from: usize, end: f64, objects: u64| {
            let later = seen.iter_mut().zip(moments).skip(from);
            later.take_while(|(_, moment)| moment.at < end).for_each(|(seen, _)| seen.live += objects);
        };
        for _ in 0..random.poisson(rate * self.mean_life) {
            let Some((arrived, end)) = self.lifetime.met(start, self.mean_life, random) else { continue };
            if happens(self.requests, arrived, random) {
                let objects = of_requests(1, random);
                stay(&mut seen, 0, end, objects);
            }
        }
        if is_steady && moments[0].marking > 0.0 {
            let requests = random.poisson(gone(moments[0].marking));
            seen[0].live += of_requests(requests, random);
        }
        for i in 1..moments.len() {
            let Moment { at, marking } = moments[i];
            let gap = at - moments[i - 1].at;
            let mut allocated = 0;
            if is_steady && self.mean_life < gap {
                // Most are gone before anyone looks: only those that are met are drawn one by one, and the others are
                // an independent Poisson number.
                for _ in 0..random.poisson(rate * self.mean_life) {
                    match self.lifetime.met(at, self.mean_life, random) {
                        Some((arrived, end)) if arrived > at - gap => {
                            let objects = of_requests(1, random);
                            allocated += objects;
                            stay(&mut seen, i, end, objects);
                        }
                        _ => {}
                    }
                }
                let requests = random.poisson(gone(marking));
                let floating = of_requests(requests, random);
                let requests = random.poisson(gone(gap) - gone(marking));
                allocated += floating + of_requests(requests, random);
                seen[i].live += floating;
            } else {
                for _ in 0..random.poisson(rate * gap) {
                    let arrived = at - gap * random.uniform();
                    if !happens(self.requests, arrived, random) {
                        continue;
                    }
                    let objects = of_requests(1, random);
                    allocated += objects;
                    let end = self.lifetime.end(arrived, self.mean_life, random);
                    if end > at {
                        stay(&mut seen, i, end, objects);
                    } else if arrived > at - marking {
                        seen[i].live += objects;
                    }
                }
            }
            for _ in 0..random.poisson(self.leak * p * gap) {
                if self.leaking == Pace::Steady || happens(self.leaking, at - gap * random.uniform(), random)
                {
                    allocated += 1;
                    stay(&mut seen, i, f64::INFINITY, 1);
                }
            }
            seen[i].allocated = seen[i - 1].allocated + allocated;
        }
        seen
    }
}
