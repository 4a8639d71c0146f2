//! How often to restart the instances of a service until its leaks are fixed, where their memory limit is known.

use super::answer::{FleetSuspect, Restart, ShownBy};
use super::pool::JobPool;
use super::suspects::ill;
use crate::clusters::Subject;
use crate::judge::policy::{HELD_BY_A_GOROUTINE, RESTART_EARLY};
use crate::suspects::Confidence;

/// Hours that people plan with; a suggestion is the longest of them that fits.
const PLANNED: [f64; 12] = [0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0, 72.0, 168.0];

/// The suggestion: a part of the time in which the first instance reaches its limit.
pub(super) fn restart(pool: &JobPool, suspects: &[FleetSuspect]) -> Option<Restart> {
    let sure = suspects.iter().filter(|suspect| suspect.confidence >= Confidence::Medium);
    let mut paces = vec![0.0; pool.instances.len()];
    for suspect in sure {
        for (instance, pace) in paces_of(pool, suspect) {
            paces[instance] += pace;
        }
    }
    let reached = pool.instances.iter().zip(paces).filter(|(_, pace)| *pace > 0.0);
    let reached = reached.filter_map(|(one, pace)| {
        let memory = one.memory?;
        // What was seen to leak is gone after a restart, and all else that it holds is not.
        let hours = memory.seen_hours + (memory.limit - memory.live) / pace;
        (hours.is_finite() && hours > 0.0).then_some((one, memory.limit, hours))
    });
    let (one, limit, after_hours) = reached.min_by(|a, b| a.2.total_cmp(&b.2))?;
    let every_hours = planned(after_hours * RESTART_EARLY);
    Some(Restart { every_hours, instance: one.name.clone(), after_hours, limit })
}

/// What a suspect keeps an hour in each instance, in bytes: with 95 % confidence no more.
fn paces_of(pool: &JobPool, suspect: &FleetSuspect) -> Vec<(usize, f64)> {
    let all = pool.instances.len();
    let bytes = if suspect.kind == Subject::Goroutine { HELD_BY_A_GOROUTINE } else { 1.0 };
    match pool.units.get(&(suspect.kind, suspect.fingerprint.clone())) {
        // What no instance shows by itself is in each of them as it is on average.
        _ if suspect.shown_by == ShownBy::Together => {
            (0..all).map(|instance| (instance, suspect.per_hour_each * bytes)).collect()
        }
        Some(unit) => {
            let (ill, rates) = (ill(unit, &unit.by_instance(None), all), unit.rates().into_iter());
            let of_ill = rates.filter(|(instance, _)| ill.contains(instance));
            of_ill.map(|(instance, rates)| (instance, rates.most * bytes)).collect()
        }
        None => Vec::new(),
    }
}

/// The longest time to plan with that is no longer; whole weeks beyond one.
fn planned(hours: f64) -> f64 {
    const WEEK: f64 = PLANNED[PLANNED.len() - 1];
    if hours >= WEEK {
        return (hours / WEEK).floor() * WEEK;
    }
    PLANNED.into_iter().rev().find(|planned| *planned <= hours).unwrap_or(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_is_a_time_that_people_plan_with() {
        assert_eq!([0.2, 0.9, 5.9, 13.0, 30.0, 167.0].map(planned), [0.2, 0.5, 4.0, 12.0, 24.0, 72.0]);
        assert_eq!([168.0, 400.0].map(planned), [168.0, 336.0]);
    }
}
