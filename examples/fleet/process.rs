//! A process in the making: what comes, stays and goes at each of its places, as the model of docs/judging.md has it.

use fastrand::Rng;
use std::f64::consts::TAU;

/// The load of all services swings by this part of its mean, once a day.
const WAVE: f64 = 0.5;

/// A stack at one size, and what it does in a service.
pub(crate) struct Place {
    /// The number of the sample in the recording.
    pub(crate) sample: usize,
    /// Bytes an object.
    pub(crate) size: i64,
    /// Sampled births an hour, at the mean load.
    pub(crate) pace: f64,
    /// The mean lifetime in hours.
    pub(crate) lifetime: f64,
    /// Made once, when the process starts, and kept.
    pub(crate) at_start: u64,
    /// A cache keeps so many, and then no more.
    pub(crate) cache: f64,
}

/// A place in one life of one process.
#[derive(Clone, Copy, Default)]
pub(crate) struct State {
    /// All that were born.
    pub(crate) born: u64,
    /// Those alive that will die.
    mortal: u64,
    /// Those that will not.
    kept: u64,
}

impl State {
    /// A process that has just started.
    pub(crate) fn new(place: &Place) -> State {
        State { born: place.at_start, mortal: 0, kept: place.at_start }
    }

    /// How many are alive.
    pub(crate) fn live(&self) -> u64 {
        self.mortal + self.kept
    }

    /// Some hours go by; `leaks` is how many are born in each of them and kept for ever, at the mean load.
    pub(crate) fn pass(&mut self, place: &Place, hours: f64, load: f64, leaks: f64, dice: &mut Rng) {
        let births = poisson(dice, place.pace * load * hours);
        let leaked = poisson(dice, leaks * load * hours);
        let cached = if (self.kept as f64) < place.cache { births } else { 0 };
        let lifetimes = hours / place.lifetime;
        // Of those there before, and of those born evenly in between.
        let old = some_of(dice, self.mortal, (-lifetimes).exp());
        let new = some_of(dice, births - cached, -(-lifetimes).exp_m1() / lifetimes);
        self.born += births + leaked;
        self.mortal = old + new;
        self.kept += leaked + cached;
    }
}

/// The load at an hour of the day, for all services the same; 1 on average.
pub(crate) fn load(hour: f64) -> f64 {
    1.0 + WAVE * (hour / 24.0 * TAU).sin()
}

/// Each of so many with this probability.
fn some_of(dice: &mut Rng, count: u64, probability: f64) -> u64 {
    (0..count).filter(|_| dice.f64() < probability).count() as u64
}

/// Events of a Poisson process: those whose waits add up to no more than the mean.
fn poisson(dice: &mut Rng, mean: f64) -> u64 {
    let wait = |dice: &mut Rng| -(1.0 - dice.f64()).ln();
    let (mut count, mut waited) = (0, wait(dice));
    while waited < mean {
        count += 1;
        waited += wait(dice);
    }
    count
}
