//! Nothing is kept: the deaths are those of lifetimes with one mean, or echo the births of long ago.

use super::super::grid::Grid;
use super::super::observation::Births;
use super::super::policy::{LONG_LIVED, LONG_LIVED_EXCESS, LONG_LIVED_SLACK};
use super::super::process::{Process, Turnover, clumped};
use crate::growth::{ln_add, ln_negative_binomial, ln_sum, negative_binomial_at_most};

/// ln likelihood of all deaths.
pub(in super::super) fn ln_likelihood(process: &Process<'_>, grid: &Grid) -> f64 {
    let mut logs = Vec::with_capacity(grid.alone.len() * grid.clumps.len());
    for (turnover, ln_lifetime) in &grid.alone {
        let ln_before = ln_lifetime + ln_died_before(process, turnover);
        for (clump, ln_clump) in &grid.clumps {
            let mut state = process.begin(turnover, *clump, 0.0);
            for k in 0..process.seen.len() {
                state = process.advance(&state, k, turnover, *clump, 0.0);
            }
            logs.push(state.log + ln_before + ln_clump);
        }
    }
    let one_mean = ln_sum(logs.iter().copied());
    match long_lived(process, grid) {
        Some(long) => ln_add(one_mean + (-LONG_LIVED).ln_1p(), long + LONG_LIVED.ln()),
        None => one_mean,
    }
}

/// ln P that no more died before the first snapshot than did, if what is born there turns over; 0 where the births before are not counted.
///
/// The age A of the process is the time in which its births would come at the pace of the first half. Of what was born evenly in it, and lives
/// for a mean of W, the part 1 - W/A (1 - e^(-A/W)) is dead at its end. A place that has lost nothing since the process started is not one
/// where objects come and go.
fn ln_died_before(process: &Process<'_>, turnover: &Turnover) -> f64 {
    let seen = process.seen;
    let counted = seen.born_before.filter(|born| *born > 0.0 && seen.births_are == Births::All);
    let Some(born) = counted else { return 0.0 };
    let lifetimes = born / process.pace / turnover.lifetime;
    let dead = 1.0 - -(-lifetimes).exp_m1() / lifetimes;
    let mean = dead * (born - process.kept_at_start(turnover)).max(0.0);
    let died = (born - seen.start).max(0.0);
    negative_binomial_at_most(died, mean, process.shape).max(f64::MIN_POSITIVE).ln()
}

/// ln likelihood if lifetimes are longer than the time looked at: deaths come at the pace of the births of long ago, whatever
/// is born now; `None` if they cannot be. That pace is the early one of births times a gamma of mean 1, and is learned from the deaths.
fn long_lived(process: &Process<'_>, grid: &Grid) -> Option<f64> {
    let seen = process.seen;
    let deaths: f64 = seen.deaths.iter().sum();
    // Who lives so long and was born long ago is there at the start.
    if seen.start <= 0.0 || deaths > LONG_LIVED_EXCESS * seen.start + LONG_LIVED_SLACK {
        return None;
    }
    let of_clump = |(clump, ln_clump): &(f64, f64)| {
        let kept = kept_its_pace(process, deaths, *clump);
        let echo = |shape: f64| ln_echo(process, *clump, shape);
        ln_clump + ln_add(kept.ln() + echo(process.steady_shape), (1.0 - kept).ln() + echo(process.shape))
    };
    let logs: Vec<f64> = grid.clumps.iter().map(of_clump).collect();
    Some(ln_sum(logs) - process.ln_choose_all())
}

/// ln likelihood of deaths at a pace that is the early one of births times a gamma of this shape, without ln C(n, d).
fn ln_echo(process: &Process<'_>, clump: f64, prior: f64) -> f64 {
    let (mut shape, mut time, mut log) = (prior, prior / process.pace, 0.0);
    for (d, gap) in process.seen.deaths.iter().zip(&process.seen.gaps) {
        let mean = shape / time * gap;
        log += ln_negative_binomial(*d, mean, clumped(shape, clump, mean));
        shape += d / clump;
        time += gap / clump;
    }
    log
}

/// The probability that births came at the pace of today when those were born that die now.
///
/// These are the first of the objects there at the start, so the pace changed, if it did, while the rest of them were born. Where it is
/// steady for a time s it changes in the time b beside that with probability b / (b + s): no time is the natural one for changes (Jeffreys'
/// prior of their rate). Whether it is steady at all, and not just about to change, the second half of the births says, given the first.
fn kept_its_pace(process: &Process<'_>, deaths: f64, clump: f64) -> f64 {
    let seen = process.seen;
    let half = seen.len().div_ceil(2);
    let later: f64 = seen.births[half..].iter().sum();
    let mean = process.pace * seen.gaps[half..].iter().sum::<f64>();
    let ln_later = |shape: f64| ln_negative_binomial(later, mean, clumped(shape, clump, mean));
    let steady = 1.0 / (1.0 + (ln_later(process.shape) - ln_later(process.steady_shape)).exp());
    let span = seen.span();
    let between = (seen.start - deaths).max(0.0) / ((process.pace + deaths / span) / 2.0);
    let between = between.max(span / seen.len() as f64);
    steady * 2.0 * span / (between + 2.0 * span)
}

#[cfg(test)]
mod tests {
    use super::super::super::observation::Observation;
    use super::super::super::policy::LEAST_SHARE;
    use super::*;

    fn observed(births: &[f64], deaths: &[f64]) -> Observation {
        Observation {
            start: 0.0,
            births: births.to_vec(),
            deaths: deaths.to_vec(),
            gaps: vec![1.0; births.len()],
            born_before: None,
            births_are: Births::All,
        }
    }

    fn ln(a: &[f64], d: &[f64], start: f64) -> f64 {
        let seen = Observation { start, ..observed(a, d) };
        let process = Process::of(&seen);
        ln_likelihood(&process, &Grid::of(&process, LEAST_SHARE))
    }

    /// The values of the reference implementation in Python, before the weights of next to nothing were left out.
    #[test]
    fn golden_values() {
        let churn = [5.0, 4.0, 6.0, 5.0, 5.0, 4.0, 6.0, 5.0, 3.0, 7.0, 5.0, 5.0, 4.0, 6.0, 5.0];
        let long = [2.0, 1.0, 3.0, 2.0, 2.0, 1.0, 3.0, 2.0, 3.0, 1.0, 2.0, 2.0, 1.0, 3.0, 2.0];
        let few = [1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0];
        // Births whose pace is known to be steady were no possibility there.
        for (value, expected, within) in [
            (ln(&[5.0; 15], &churn, 5.0), -108.61, 0.3),
            (ln(&[2.0; 15], &long, 40.0), -121.19, 0.3),
            (ln(&few, &[0.0; 15], 3.0), -9.71, 0.7),
        ] {
            // Births that are bunched are a possibility here, and were none there.
            assert!((value - expected).abs() < within, "{value} {expected}");
        }
    }

    #[test]
    fn a_steady_pace_was_the_same_before_unless_there_was_time_for_it_to_change() {
        let kept = |births: [f64; 8], start: f64| {
            let seen = Observation { start, ..observed(&births, &[3.0; 8]) };
            kept_its_pace(&Process::of(&seen), 24.0, 1.0)
        };
        let steady = [9.0, 10.0, 8.0, 9.0, 10.0, 9.0, 8.0, 9.0];
        let (at_once, long_after) = (kept(steady, 24.0), kept(steady, 2400.0));
        let rising = kept([2.0, 4.0, 8.0, 12.0, 18.0, 25.0, 30.0, 35.0], 24.0);
        assert!(at_once > 0.5 && long_after < 0.1 && rising < 0.1, "{at_once} {long_after} {rising}");
    }

    #[test]
    fn a_straight_rise_is_no_echo_of_the_births_of_long_ago() {
        // Two thirds of ten births an interval are kept; the deaths are as many as the objects there at the start.
        let (births, deaths) = ([10.0; 16], [3.0, 4.0, 3.0, 3.0].repeat(4));
        let ln_echo = |start: f64| {
            let seen = Observation { start, ..observed(&births, &deaths) };
            let process = Process::of(&seen);
            long_lived(&process, &Grid::of(&process, LEAST_SHARE)).expect("they were there")
                + process.ln_choose_all()
        };
        assert!(ln_echo(52.0) < ln_echo(5000.0) - 1.0, "{} {}", ln_echo(52.0), ln_echo(5000.0));
    }

    #[test]
    fn a_place_that_has_lost_nothing_since_the_start_does_not_turn_over() {
        // One born in each of 210 intervals, of which `live` are there before the last ten.
        let chance = |live: f64, lifetime: f64| {
            let born: Vec<f64> = (0..=10).map(|k| 200.0 + f64::from(k)).collect();
            let seen = Observation::of_counts(&born, &[live; 11], &[1.0; 10]);
            let process = Process::of(&seen);
            let turnover = process.turnover(lifetime);
            ln_died_before(&process, &turnover).exp()
        };
        let (as_expected, none_died, too_young_to_die) =
            (chance(20.0, 20.0), chance(200.0, 60.0), chance(200.0, 100_000.0));
        assert!(as_expected > 0.3, "{as_expected}");
        assert!(none_died < 0.01, "{none_died}");
        assert!(too_young_to_die > 0.8, "{too_young_to_die}");
    }
}
