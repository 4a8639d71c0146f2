//! Memory and goroutines that grow one for one: as many objects of one size as goroutines, all along the series.
//!
//! A stack shows neither what a goroutine was handed nor who started it, so a goroutine and what it holds often have no
//! frame in common: `go s.watch()` leaves `watch` alone on its stack. What they have in common is their number.

use super::Candidate;
use super::join::Tracks;
use crate::clusters::heap_tally;
use crate::growth::Point;
use crate::series::Window;
use std::collections::BTreeMap;

/// Over the whole window counts differ by less than so many standard errors: one pair in twenty that is equal is missed.
pub(super) const SAME_WITHIN: f64 = 2.0;
/// On the way there as well; of a dozen points one is beyond two standard errors more often than not.
const ON_THE_WAY_WITHIN: f64 = 3.0;
/// Objects whose number is not known to a quarter (16 samples) are as many as too much else.
const KNOWN_WITHIN: f64 = 0.25;
/// Goroutines and memory are seen moments apart.
pub(super) const MOMENTS_APART: f64 = 0.05;

/// As many objects as goroutines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OneForOne {
    /// Bytes an object, of the size that grew most.
    pub size: i64,
    /// Objects more than before.
    pub objects: f64,
    /// The standard error of that.
    pub error: f64,
    /// Goroutines more than before.
    pub goroutines: f64,
}

/// What was gained up to one moment.
#[derive(Clone, Copy, Debug)]
struct Moment {
    objects: f64,
    goroutines: f64,
    /// The standard error of the difference if they are as many.
    error: f64,
}

/// Whether the objects of the size that grew most in `heap` are as many as the goroutines whose course is `goroutines`,
/// over the window and at each of its snapshots.
pub(super) fn one_for_one(heap: &Candidate, goroutines: &[Point], tracks: &Tracks<'_>) -> Option<OneForOne> {
    let (track, window) = tracks.heap?;
    let mut by_size: BTreeMap<i64, (f64, Vec<usize>)> = BTreeMap::new();
    for row in heap.sites.iter().flat_map(|site| track.rows_of(site.site)) {
        let [before, after] = [window.first(), window.last()].map(|s| track.cell(s, row).inuse_space);
        let of_size = by_size.entry(track.rows[row].size).or_default();
        of_size.0 += after.saturating_sub(before) as f64;
        of_size.1.push(row);
    }
    let (size, (_, rows)) = by_size.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    let base = goroutines.first()?.value;
    let mut moments = Vec::with_capacity(window.len());
    for (index, &snapshot) in window.snapshots().iter().enumerate().skip(1) {
        let Some(there) = at(goroutines, window, index) else { continue };
        let tally = heap_tally(track, &rows, window.first(), snapshot);
        let objects = tally.after.inuse_objects.saturating_sub(tally.before.inuse_objects) as f64;
        let gained = (there - base).max(0.0);
        // Where nothing was sampled the estimate knows no error, so what as many objects would have is asked too.
        let scaling = rows.first().map(|row| track.scaling(snapshot, *row))?;
        let per_object = if size > 0 { scaling.variance(1.0) / (size as f64).powi(2) } else { 0.0 };
        let sampled = gained * track.snapshots[snapshot].rate.map_or(1.0, |rate| rate.probability(size));
        let error = tally.variance.objects.max(per_object * sampled).sqrt();
        moments.push(Moment { objects, goroutines: gained, error });
    }
    let last = *moments.last().filter(|_| agree(&moments))?;
    Some(OneForOne { size, objects: last.objects, error: last.error, goroutines: last.goroutines })
}

/// How many goroutines there were at a snapshot of the heap's window: between the two that are nearest in time.
fn at(goroutines: &[Point], window: &Window, index: usize) -> Option<f64> {
    if index + 1 == window.len() {
        return goroutines.last().map(|point| point.value);
    }
    let Some(time) = window.times()[index] else {
        return (goroutines.len() == window.len()).then(|| goroutines[index].value);
    };
    let known: Vec<(f64, f64)> = goroutines
        .iter()
        .filter_map(|point| Some((point.time?.saturating_sub(time) as f64, point.value)))
        .collect();
    let before = known.iter().rev().find(|(since, _)| *since <= 0.0)?;
    let after = known.iter().find(|(since, _)| *since >= 0.0)?;
    let span = after.0 - before.0;
    let part = if span > 0.0 { -before.0 / span } else { 0.0 };
    Some(before.1 + part * (after.1 - before.1))
}

/// Whether both counts are the same at the end, known well enough to say so, and nowhere apart on the way.
fn agree(moments: &[Moment]) -> bool {
    let Some((last, on_the_way)) = moments.split_last() else { return false };
    let within = |moment: &Moment, errors: f64| {
        let most = errors * moment.error + MOMENTS_APART * moment.goroutines;
        (moment.objects - moment.goroutines).abs() <= most
    };
    last.objects > 0.0
        && last.goroutines > 0.0
        && last.error <= KNOWN_WITHIN * last.objects
        && within(last, SAME_WITHIN)
        && on_the_way.iter().all(|moment| within(moment, ON_THE_WAY_WITHIN))
}

/// The function that a closure is written in: `pool.(*Pool).Run` for `pool.(*Pool).Run.func1.2`. It is what starts a
/// closure that is the outermost function of a goroutine, or what handed it to what does.
pub(super) fn written_in(function: &str) -> Option<&str> {
    let from = function.rfind('/').map_or(0, |slash| slash + 1);
    let is_closure = |at: &usize| {
        let rest = &function[*at + ".func".len()..];
        rest.starts_with(|c: char| c.is_ascii_digit())
    };
    let at = function[from..].match_indices(".func").map(|(at, _)| from + at).find(is_closure)?;
    // A closure of a variable of the package, `pool.glob..func1` or `pool.init.func1`, is written in no function.
    Some(&function[..at]).filter(|name| !name.ends_with(".glob.") && !name.ends_with(".init"))
}

/// The type of a method's receiver with its package: `hub.(*Hub)` for `hub.(*Hub).Join`. Type arguments say nothing.
pub(super) fn receiver(function: &str) -> Option<(&str, &str)> {
    let (package, rest) = (crate::profile::package_of(function), function);
    let rest = rest[package.len()..].strip_prefix('.')?;
    let (first, method) = match rest.strip_prefix("(*") {
        Some(pointer) => pointer.split_once(')')?,
        None => rest.split_once('.')?,
    };
    let is_type =
        first.starts_with(char::is_alphabetic) && !method.trim_start_matches('.').starts_with("func");
    let name = first.split('[').next().unwrap_or(first);
    (is_type && !method.is_empty()).then_some((package, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(counts: &[(f64, f64)], error: f64) -> Vec<Moment> {
        let moment =
            |(objects, goroutines): &(f64, f64)| Moment { objects: *objects, goroutines: *goroutines, error };
        counts.iter().map(moment).collect()
    }

    #[test]
    fn counts_agree_at_the_end_and_on_the_way() {
        let course = [(120.0, 130.0), (260.0, 255.0), (410.0, 370.0), (550.0, 514.0)];
        assert!(agree(&moments(&course, 60.0)));
        // As many at the end, but the goroutines came all at once.
        let burst = [(120.0, 514.0), (260.0, 514.0), (410.0, 514.0), (550.0, 514.0)];
        assert!(!agree(&moments(&burst, 60.0)));
        assert!(!agree(&moments(&[(550.0, 350.0)], 60.0)));
        // A count known to a half is equal to anything.
        assert!(!agree(&moments(&[(550.0, 514.0)], 250.0)));
        assert!(!agree(&[]));
    }

    #[test]
    fn closures_tell_where_they_are_written() {
        assert_eq!(written_in("main.start.func1"), Some("main.start"));
        assert_eq!(written_in("a.b/c.(*P[...]).Run.func2.1"), Some("a.b/c.(*P[...]).Run"));
        assert_eq!(written_in("a.b/c.(*P).functional"), None);
        assert_eq!(written_in("pool.init.func1"), None);
        assert_eq!(written_in("pool.glob..func1"), None);
        assert_eq!(written_in("main.main"), None);
    }

    #[test]
    fn methods_tell_their_type() {
        assert_eq!(receiver("a.b/hub.(*Hub).Join"), Some(("a.b/hub", "Hub")));
        assert_eq!(receiver("main.(*Q[...]).Pop.func1"), Some(("main", "Q")));
        assert_eq!(receiver("main.web.list"), Some(("main", "web")));
        assert_eq!(receiver("main.main.func1"), None);
        assert_eq!(receiver("main.main"), None);
    }

    #[test]
    fn goroutines_are_told_between_their_snapshots() {
        let point = |time, value| Point { time: Some(time), value, standard_error: 0.0 };
        let goroutines = [point(0, 10.0), point(100, 20.0), point(200, 40.0)];
        let window =
            Window::new(vec![0, 1, 2, 3], vec![Some(0), Some(50), Some(150), Some(210)]).expect("not empty");
        let values: Vec<_> = (0..4).map(|index| at(&goroutines, &window, index)).collect();
        assert_eq!(values, [Some(10.0), Some(15.0), Some(30.0), Some(40.0)]);
        let unknown = Window::new(vec![0, 1, 2], vec![None; 3]).expect("not empty");
        assert_eq!(at(&goroutines, &unknown, 1), Some(20.0));
    }
}
