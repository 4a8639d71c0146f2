//! Residence time by Little's law: how long what is allocated stays, whatever the load.

use super::{mann_kendall, theil_sen};

/// With fewer intervals even a residence that only rises cannot be distinguished from chance (three in a row: p = 1/6).
const LEAST_INTERVALS: usize = 4;
/// A residence that rises at this level is not flat.
const SIGNIFICANT: f64 = 0.05;
/// Residence is flat if its growth is at most this part of that of the live heap (both as logarithms, so that the
/// rest is due to the rate). Load alone leaves it at 0; a leak under steady load puts all growth there, a leak under
/// load that rises along a line from nothing half of it: a quarter lies between.
const FLAT_PART: f64 = 0.25;

/// Whether the live heap grows in step with the rate of allocation while the residence stays flat: load, not a leak.
/// `None` below four usable intervals.
///
/// Flat means both: no significant trend by Mann-Kendall's test, and little growth (Theil-Sen, of the logarithms)
/// against that of the live heap. The plain test is used on purpose: where memory makes it too eager, it is eager to
/// see the residence rise, and so slow to excuse a site: one in ten of rising loads is not excused (sim). One excuse remains that no residence can refute: a leak
/// under load that grows exponentially keeps a flat residence.
pub fn grows_with_load(inuse: &[f64], alloc: &[f64], times_hours: &[f64]) -> Option<bool> {
    let intervals = usable_intervals(inuse, alloc, times_hours)?;
    let times: Vec<f64> = intervals.iter().map(|interval| interval.middle_hours).collect();
    let residences: Vec<f64> = intervals.iter().map(|interval| interval.residence.ln()).collect();
    let live: Vec<f64> = intervals.iter().map(|interval| interval.live.ln()).collect();
    let live_growth = theil_sen(&times, &live)?.per_hour;
    let residence_growth = theil_sen(&times, &residences)?.per_hour;
    let flat =
        mann_kendall(&residences)?.p_value > SIGNIFICANT && residence_growth <= FLAT_PART * live_growth;
    Some(live_growth > 0.0 && flat)
}

/// The intervals in which something was allocated and something lived; `None` if they are too few.
fn usable_intervals(inuse: &[f64], alloc: &[f64], times_hours: &[f64]) -> Option<Vec<Interval>> {
    let count = inuse.len().min(alloc.len()).min(times_hours.len());
    let intervals: Vec<Interval> = (1..count)
        .filter_map(|i| Interval::between(inuse, alloc, times_hours, i))
        .filter(|interval| interval.live > 0.0)
        .collect();
    (intervals.len() >= LEAST_INTERVALS).then_some(intervals)
}

/// What happened between two points.
struct Interval {
    middle_hours: f64,
    /// The mean of the live values at both ends.
    live: f64,
    /// The mean residence W = inuse / (Δalloc/Δt), in hours (Little 1961).
    residence: f64,
}

impl Interval {
    /// The interval that ends with point `end`. `inuse` is live and `alloc` allocated since the start, in the same units. `None` if
    /// nothing was allocated in it, the counter fell or time stood still.
    fn between(inuse: &[f64], alloc: &[f64], times_hours: &[f64], end: usize) -> Option<Interval> {
        let pair = |of: &[f64]| Some((*of.get(end.checked_sub(1)?)?, *of.get(end)?));
        let ((live1, live2), (alloc1, alloc2), (time1, time2)) =
            (pair(inuse)?, pair(alloc)?, pair(times_hours)?);
        let (allocated, hours) = (alloc2 - alloc1, time2 - time1);
        let live = (live1 + live2) / 2.0;
        let residence = live / (allocated / hours);
        (allocated > 0.0 && hours > 0.0 && residence.is_finite()).then_some(Interval {
            middle_hours: f64::midpoint(time1, time2),
            live,
            residence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulate::Random;
    use super::*;
    use proptest::prelude::*;

    fn residence(inuse: &[f64], alloc: &[f64], times_hours: &[f64]) -> Vec<Option<f64>> {
        let interval = |i: usize| Some(Interval::between(inuse, alloc, times_hours, i)?.residence);
        (1..inuse.len()).map(interval).collect()
    }

    #[test]
    fn residence_is_live_over_rate() {
        let got = residence(&[10.0, 10.0, 30.0, 30.0], &[0.0, 40.0, 40.0, 20.0], &[0.0, 2.0, 3.0, 4.0]);
        assert_eq!(got, [Some(0.5), None, None]);
        assert!(residence(&[], &[], &[]).is_empty());
        assert_eq!(residence(&[1.0, 1.0], &[0.0, 1.0], &[5.0, 5.0]), [None]);
    }

    /// A service whose load follows `rate` an hour, whose objects live for a tenth of an hour and `leaked` of which
    /// never die, with a hundredth of noise.
    fn service(random: &mut Random, points: usize, leaked: f64, rate: fn(f64) -> f64) -> [Vec<f64>; 3] {
        let times: Vec<f64> = (0..points).map(|i| i as f64).collect();
        let mut total = 0.0;
        let mut allocated = Vec::new();
        let mut live = Vec::new();
        for time in &times {
            allocated.push(total);
            live.push((0.1 * rate(*time) + leaked * total) * (1.0 + 0.01 * random.normal()));
            total += rate(time + 0.5);
        }
        [live, allocated, times]
    }

    #[test]
    fn a_rising_load_is_load_and_a_leak_under_any_load_is_not() {
        let mut random = Random::new(31);
        let rising: fn(f64) -> f64 = |time| 1000.0 + 300.0 * time;
        let (mut load, mut leak, mut steady) = (0, 0, 0);
        for _ in 0..200 {
            for points in [5, 8, 24] {
                let judge = |[live, allocated, times]: [Vec<f64>; 3]| {
                    i32::from(grows_with_load(&live, &allocated, &times).unwrap())
                };
                load += judge(service(&mut random, points, 0.0, rising));
                leak += judge(service(&mut random, points, 0.2, rising));
                steady += judge(service(&mut random, points, 0.2, |_| 1000.0));
            }
        }
        println!(
            "called load of 600: load {load}, leak under rising load {leak}, leak under steady load {steady}"
        );
        assert!(load >= 510 && leak <= 6 && steady <= 6, "{load} {leak} {steady}");
    }

    #[test]
    fn three_intervals_cannot_say_and_no_growth_is_not_growth_with_load() {
        let line = [0.0, 1.0, 2.0, 3.0, 4.0];
        assert_eq!(grows_with_load(&line[..4], &line[..4], &line[..4]), None);
        assert_eq!(grows_with_load(&[5.0; 5], &line, &line), Some(false));
    }

    proptest! {
        #[test]
        fn anything_is_judged_without_a_panic(points in prop::collection::vec(any::<(f64, f64, f64)>(), 0..20)) {
            let column = |of: fn(&(f64, f64, f64)) -> f64| -> Vec<f64> { points.iter().map(of).collect() };
            let (inuse, alloc, times) = (column(|p| p.0), column(|p| p.1), column(|p| p.2));
            prop_assert_eq!(residence(&inuse, &alloc, &times).len(), points.len().saturating_sub(1));
            grows_with_load(&inuse, &alloc, &times);
        }
    }
}
