//! Goroutines that run beside others: several for each connection, request or client, and as many of each.

use super::Candidate;
use super::entrances::library;
use super::join::Tracks;
use super::one_for_one::{MOMENTS_APART, receiver};
use super::traits::Traits;
use crate::clusters::Subject;
use crate::diagnose::symbols::{HTTP_BACKGROUND_READ, HTTP_SERVE, NETWORK_WAIT, Symbols, WAITGROUP};
use crate::growth::Growth;
use crate::profile::package_of;
use crate::series::FunctionId;
use std::collections::{BTreeMap, BTreeSet};

/// Goroutines are counted exactly, at slightly different moments: companions differ by less than this share.
pub(super) const COMPANIONS_WITHIN: f64 = 0.1;
/// Counts of a few are equal by accident.
const A_FEW: f64 = 8.0;
/// More goroutines than this are not started at one place by each of a group, but by some.
const MOST_STARTED: f64 = 16.0;

/// Whether two groups of goroutines are one leak.
pub(super) fn are_companions(a: &Traits<'_>, b: &Traits<'_>, tracks: &Tracks<'_>) -> bool {
    companions(a, b) || companions(b, a) || one_of_each(a, b, tracks)
}

/// Whether one group of goroutines runs beside the other: code of a library that the other is in as well, or both
/// started by the same function of a library, and as many.
fn companions(a: &Traits<'_>, of: &Traits<'_>) -> bool {
    let (grown, other) = (a.candidate.growth.delta(), of.candidate.growth.delta());
    let as_many = (grown - other).abs() <= COMPANIONS_WITHIN * grown.max(other);
    let package = package_of(a.blamed());
    let in_package = of.functions.iter().any(|f| package_of(&of.names.info(*f).name) == package);
    let one_creator =
        a.creators.iter().any(|c| of.creators.contains(c) && package_of(c) == package && !c.is_empty());
    let moved = a.candidate.growth.first() > 0.0 || grown > 0.0;
    let name = |function: &FunctionId| of.names.info(*function).name.as_str();
    // A server reads ahead on the connection of each handler that runs, and stops when the client has gone.
    let reads_ahead = HTTP_BACKGROUND_READ.has(a.blamed())
        && grown <= other
        && of.outermost.iter().any(|f| HTTP_SERVE.has(name(f)));
    if reads_ahead {
        return true;
    }
    moved && as_many && (!a.candidate.is_own && (in_package || one_creator) || started_there(a, of))
}

/// Whether goroutines run a closure that is written in a function on the stacks of the others, or in the same one: a handler that waits and
/// what it started beside it, whoever's code that is.
fn started_there(a: &Traits<'_>, of: &Traits<'_>) -> bool {
    are_on_stacks(&a.starters, of) || a.starters.intersection(&of.starters).any(|function| !is_main(function))
}

/// Whether each connection, request or client has one of both: as many all along, and methods of one type, or one was started
/// within the other, or one is a library's, which the other uses. Equal counts alone say nothing: two leaks of one handler have them.
fn one_of_each(a: &Traits<'_>, b: &Traits<'_>, tracks: &Tracks<'_>) -> bool {
    let one_type = || !a.receivers.is_disjoint(&b.receivers);
    // What own code is called to blame for where it calls in is not taken away from there.
    let uses = |user: &Candidate, used: &Candidate| {
        !used.is_own && (!user.is_own || library(used, tracks).is_none())
    };
    let (first, second) = (a.candidate, b.candidate);
    let as_many = || in_lockstep(&first.growth, &second.growth, 1.0);
    started_by_each(a, b)
        || started_by_each(b, a)
        || as_many() && (one_type() || uses(first, second) || uses(second, first))
}

/// Whether each goroutine of one group has started so many of the other, and runs on.
fn started_by_each(started: &Traits<'_>, by: &Traits<'_>) -> bool {
    let (of, each) = (&started.candidate.growth, &by.candidate.growth);
    let times = (of.delta() / each.delta().max(1.0)).round();
    (1.0..=MOST_STARTED).contains(&times)
        && in_lockstep(of, each, times)
        && are_on_stacks(&started.writers, by)
}

/// Whether one group gained so many times as many goroutines as the other, at the end and all along.
fn in_lockstep(a: &Growth, b: &Growth, times: f64) -> bool {
    let (most, least) = (a.delta().max(times * b.delta()), a.delta().min(b.delta()));
    let gained = |growth: &Growth, at: usize| growth.points[at].value - growth.first();
    let apart = |at: usize| (gained(a, at) - times * gained(b, at)).abs();
    least >= A_FEW
        && a.points.len() == b.points.len()
        && (0..a.points.len()).all(|at| apart(at) <= MOMENTS_APART * most)
}

/// Whether any of the functions that closures are written in is on the stacks of a group, which waits while they run.
fn are_on_stacks(writers: &BTreeSet<&str>, of: &Traits<'_>) -> bool {
    let name = |function: &FunctionId| of.names.info(*function).name.as_str();
    !writers.is_empty()
        && of.functions.iter().map(name).any(|function| writers.contains(function) && !is_main(function))
}

/// Where everything is written that is written anywhere.
fn is_main(function: &str) -> bool {
    package_of(function) == "main" && function.ends_with(".main")
}

/// How well each candidate of one leak shows why its goroutines do not end: who waits for the peer of a connection best, if it is a
/// method of a type that others are blamed for as well, and not what that calls; and who waits for other goroutines least.
pub(super) fn says_why(members: &[Candidate], tracks: &Tracks<'_>) -> Vec<u8> {
    let of_type = |member: &Candidate| {
        let of = receiver(&tracks.names.info(member.blame.function).name);
        of.filter(|_| member.subject == Subject::Goroutine)
    };
    let mut types: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    members.iter().filter_map(of_type).for_each(|of| *types.entry(of).or_default() += 1);
    let says = |member: &Candidate| {
        let goroutines = tracks.goroutines.filter(|_| member.subject == Subject::Goroutine);
        let Some(((track, _), site)) = goroutines.zip(member.sites.first()) else { return 0 };
        let waits_in = |set: &Symbols| {
            track.latest_stack(site.site).iter().any(|frame| set.has(&tracks.names.info_of(frame).name))
        };
        let shares_type = of_type(member).is_some_and(|of| types[&of] > 1);
        match (waits_in(&NETWORK_WAIT), waits_in(&WAITGROUP)) {
            (true, _) if shares_type => 2,
            (false, true) => 0,
            _ => 1,
        }
    };
    match members {
        // Nobody asks it of one alone.
        [_] => vec![0],
        _ => members.iter().map(says).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::Point;

    fn counts(values: &[f64]) -> Growth {
        let point = |value: &f64| Point { time: None, value: *value, standard_error: 0.0 };
        Growth {
            points: values.iter().map(point).collect(),
            delta_error: 0.0,
            p_value: None,
            q_value: None,
            slope: None,
            shape: None,
            retention: None,
        }
    }

    #[test]
    fn as_many_all_along_is_in_lockstep() {
        let readers = counts(&[12.0, 80.0, 150.0, 232.0]);
        assert!(in_lockstep(&readers, &counts(&[10.0, 78.0, 150.0, 230.0]), 1.0));
        // As many in the end, but they came at another time.
        assert!(!in_lockstep(&readers, &counts(&[12.0, 20.0, 40.0, 232.0]), 1.0));
        assert!(!in_lockstep(&readers, &counts(&[12.0, 90.0, 170.0, 262.0]), 1.0));
        assert!(!in_lockstep(&counts(&[0.0, 3.0, 5.0]), &counts(&[0.0, 3.0, 5.0]), 1.0));
        // Four for each.
        assert!(in_lockstep(&counts(&[0.0, 272.0, 552.0, 880.0]), &readers, 4.0));
    }
}
