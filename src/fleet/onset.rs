//! With which build a leak came: the builds of a service compared, those that were alive at the same time above all.

use super::answer::Since;
use super::place::FleetPlace;
use super::pool::{Build, JobPool};
use super::suspects::together;
use crate::clusters::Subject;
use crate::growth::{larger, ln_sum};
use crate::judge::{OfBuild, Prior, came_with, policy};
use std::collections::BTreeMap;

/// Which build brought a suspect; `None` where only one was seen.
pub(super) fn since(pool: &JobPool, subject: Subject, unit: &FleetPlace, prior: &Prior) -> Option<Since> {
    let builds = pool.builds_of(unit);
    if builds.len() < 2 {
        return None;
    }
    let of_build = |(build, _): &(&String, &Build)| OfBuild {
        each: unit.by_instance(Some(build)),
        together: together(pool, subject, unit, prior, Some(build)).map(|(log, _)| log),
    };
    let of_builds: Vec<OfBuild> = builds.iter().map(of_build).collect();
    // A leak is in all builds, or came with a later one and is in all that follow.
    let later = ((1.0 - policy::IN_ALL_LIVES) / (builds.len() - 1) as f64).ln();
    let ln_first = |first: usize| if first == 0 { policy::IN_ALL_LIVES.ln() } else { later };
    let scores = came_with(&of_builds, pool.instances.len(), prior);
    let absent = absent(&builds, subject, unit);
    let of_first = |(first, log): (usize, f64)| log + ln_first(first) + absent[first..].iter().sum::<f64>();
    let scores: Vec<f64> = scores.into_iter().enumerate().map(of_first).collect();
    let all = ln_sum(scores.iter().copied());
    let first = (0..builds.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))?;
    let before = first.checked_sub(1);
    let rates = |build: &str| net_rates(unit, build);
    let pair = before.map(|before| (rates(builds[before].0), rates(builds[first].0)));
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len().max(1) as f64;
    Some(Since {
        build: builds[first].0.clone(),
        from: builds[first].1.from,
        probability: (scores[first] - all).exp(),
        not_in: before.map(|before| builds[before].0.clone()),
        per_hour_each: pair.as_ref().map(|(old, new)| (mean(old), mean(new))),
        p_value: pair.as_ref().and_then(|(old, new)| larger(old, new)),
        side_by_side: before.is_some_and(|before| overlap(builds[before].1, builds[first].1)),
    })
}

/// Of each build, ln P that nothing is born at a place in all of its lives, if what allocates there is in it: births are a Poisson process of the
/// pace that the other builds show. 0 where something is born.
fn absent(builds: &[(&String, &Build)], subject: Subject, unit: &FleetPlace) -> Vec<f64> {
    let hours = |build: &Build| build.hours.get(&subject).copied().unwrap_or(0.0);
    let allocates = |name: &str| unit.own.iter().any(|own| own.build == name);
    let seen: f64 = builds.iter().filter(|(name, _)| allocates(name)).map(|(_, build)| hours(build)).sum();
    let pace = unit.own.iter().map(|own| own.births).sum::<f64>() / seen.max(f64::MIN_POSITIVE);
    builds.iter().map(|(name, build)| if allocates(name) { 0.0 } else { -pace * hours(build) }).collect()
}

/// What each instance gained an hour in its lives of a build.
fn net_rates(unit: &FleetPlace, build: &str) -> Vec<f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for own in unit.own.iter().filter(|own| own.build == build) {
        let sum = sums.entry(own.instance).or_default();
        *sum = (sum.0 + own.net, sum.1 + own.hours);
    }
    sums.into_values().filter(|(_, hours)| *hours > 0.0).map(|(net, hours)| net / hours).collect()
}

fn overlap(a: &Build, b: &Build) -> bool {
    a.until.zip(b.from).is_some_and(|(until, from)| from < until)
}
