//! What a stated probability and a word are worth: services with a leak and a store that fills, of which only time tells the one
//! from the other.

use crate::false_positives::series::{judged_late, leak, null};
use crate::false_positives::services::site_of;
use crate::false_positives::simulation::{Pace, Random, least_plausible};
use pprof_leaks::suspects::Suspect;

/// Probabilities are distinguished by these bounds.
const BOUNDS: [f64; 6] = [0.3, 0.5, 0.65, 0.8, 0.9, 0.97];

/// How often what is stated is so.
#[derive(Default)]
struct Calibration {
    /// By word, low to high: called, and leaking.
    words: [[u64; 2]; 3],
    /// By stated probability: how often, leaking, and the sum of what is stated.
    stated: [(u64, u64, f64); BOUNDS.len()],
}

impl Calibration {
    /// Of so many services that have just started, each with a leak and a store that fills as `filling` says: the course of its pace for
    /// a number of intervals, and how many times as many objects as the leak it takes in at its first pace.
    fn of(services: usize, seed: u64, filling: impl Fn(usize, &mut Random) -> (Pace, f64)) -> Calibration {
        Calibration::of_late(services, seed, 0, filling)
    }

    /// The same of services that had run for up to so many intervals before their first snapshot.
    fn of_late(
        services: usize,
        seed: u64,
        longest: usize,
        filling: impl Fn(usize, &mut Random) -> (Pace, f64),
    ) -> Calibration {
        let mut random = Random::seeded(seed);
        let mut all = Calibration::default();
        for service in 0..services {
            let points = [6, 8, 12, 24][service % 4];
            let before = if longest == 0 { 0 } else { random.between(1.0, longest as f64) as usize };
            let samples = random.between(8.0, 60.0) * (before + points) as f64 / points as f64;
            let (fading, times) = filling(before + points - 1, &mut random);
            let queues = (0..40)
                .map(|i| match i {
                    0 => leak(samples, 4096.0, Pace::Steady),
                    1 => leak(times * samples, 4096.0, fading),
                    _ => null(2 + i, &mut random),
                })
                .collect();
            let analysis = judged_late(queues, before, points, |_| 0.1, &mut random);
            analysis.suspects.iter().for_each(|suspect| all.add(suspect, site_of(suspect, &analysis) == 0));
        }
        all.print();
        all
    }

    fn add(&mut self, suspect: &Suspect, leaks: bool) {
        let [called, leaking] = &mut self.words[suspect.confidence as usize];
        *called += 1;
        *leaking += u64::from(leaks);
        let stated = suspect.posterior().map_or(0.0, |posterior| posterior.leak());
        if let Some(bin) = BOUNDS.iter().rposition(|least| stated >= *least) {
            let (count, leaking, sum) = &mut self.stated[bin];
            *count += 1;
            *leaking += u64::from(leaks);
            *sum += stated;
        }
    }

    /// Of what is called high and medium such shares leak at least, but for chance. Gives how many leaks are high.
    #[track_caller]
    fn assert_words(&self, high_share: f64, medium_share: f64) -> u64 {
        let [_, [medium, medium_leak], [high, high_leak]] = self.words;
        assert!(high_leak >= least_plausible(high, high_share, 1e-3), "{high_leak} of {high} at high leak");
        assert!(
            medium_leak >= least_plausible(medium, medium_share, 1e-3),
            "{medium_leak} of {medium} at medium leak"
        );
        high_leak
    }

    fn print(&self) {
        println!("called low, medium, high, and of these leaking: {:?}", self.words);
        for (least, (count, leaking, sum)) in
            BOUNDS.iter().zip(self.stated).filter(|(_, (count, ..))| *count > 0)
        {
            let count_of = count as f64;
            println!(
                "stated {least} and more of {count}, {:.2} on average: {:.2} leak",
                sum / count_of,
                leaking as f64 / count_of
            );
        }
    }
}

/// Stores that fill for about as long as was looked, five times as fast as the leak at first: of what is called high eight in ten leak, of
/// what is called medium four. Nothing else is called so but those stores.
#[test]
fn words_hold_what_they_promise() {
    let all = Calibration::of(300, 45, |_, random| (Pace::Fading(random.between(0.1, 1.0)), 5.0));
    all.assert_words(0.85, 0.4);
}

/// Stores that fill as the model expects it of them: half are full within one interval, one in ten after nine of them, and so on.
#[test]
fn a_stated_probability_is_a_frequency() {
    Calibration::of(300, 48, as_expected).assert_words(0.87, 0.5);
}

/// How a store fills for so many intervals: half are full within one, one in ten after nine, and all take in as much.
fn as_expected(intervals: usize, random: &mut Random) -> (Pace, f64) {
    let chance = random.uniform();
    let constant = chance / (1.0 - chance) / intervals as f64;
    (Pace::Fading(constant), 1.0 / (constant * -(-1.0 / constant).exp_m1()))
}

/// The same counts from the start of the process: stores that fill as the model expects it are mostly full in services that have run for
/// long, and what grows there leaks.
#[test]
fn a_stated_probability_is_a_frequency_in_services_that_have_run_for_long() {
    let high_leak = Calibration::of_late(300, 51, 60, as_expected).assert_words(0.87, 0.5);
    // Of as many services that have just started 170 are.
    assert!(high_leak > 180, "{high_leak} of 300 leaks are high");
}
