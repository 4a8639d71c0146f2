//! What is looked at when no suspect explains why the heap grows: busy places that keep a small part of what they allocate, and
//! the place that leads the growth within chance.
//!
//! A busy place takes no part in the judgement of groups, because garbage that the collector had not yet seen follows
//! any leak there (S40). Where no leak is found, though, and the heap goes on growing, one of them is the leak.

use super::assess::{Judge, delta, dispersion, is_retained};
use super::evidence::Evidence;
use super::{Confidence, Criteria};
use crate::clusters::Tally;
use crate::growth::dispersed_p_value;

/// A place explains why the heap grows if this share of the growth is its own.
const EXPLAINS: f64 = 0.5;
/// A part of a function stands for it if it carries this share of its growth.
const NEARLY_ALL: f64 = 0.8;

/// Of some places the one that explains why the heap grew by `grown` bytes: the narrowest that carries nearly as much of it as
/// any. `grown_by` tells by how much a place grew.
pub(super) fn leading_place(places: &[usize], grown_by: &dyn Fn(usize) -> f64, grown: f64) -> Option<usize> {
    let most = places.iter().map(|index| grown_by(*index)).fold(0.0, f64::max);
    // Parents stand before their parts.
    places.iter().copied().rfind(|index| {
        let here = grown_by(*index);
        here >= EXPLAINS * grown && here >= NEARLY_ALL * most && here > 0.0
    })
}

/// The evidence on a place that leads the growth of the heap but does not stand out of chance, where nothing else is to be
/// told: in a series because its counts swing as much between the snapshots. Always low.
pub(super) fn assess_within_chance(
    judge: &Judge<'_>,
    rows: &[usize],
    tally: &Tally,
    figures: (f64, f64),
) -> (Confidence, Vec<Evidence>) {
    let retention = tally.kept.retention();
    let mut evidence = vec![
        Evidence::significance(false, figures, &tally.change_without_tiny),
        Evidence::Retention { held: is_retained(&tally.kept), retention, size: None },
        judge.criteria.material(delta(tally), judge.share(delta(tally)), judge.window),
    ];
    evidence.extend(judge.course(rows, false, false).iter().flat_map(|course| course.evidence(false)));
    (Confidence::Low, evidence)
}

/// The confidence of a busy place that keeps next to nothing, where nothing else explains that the heap grows; `among`
/// so many it was picked. What it seems to gain may be garbage not yet collected, so it is never high, and of two
/// snapshots low.
pub(super) fn assess_busy(
    judge: &Judge<'_>,
    rows: &[usize],
    tally: &Tally,
    among: usize,
) -> Option<(Confidence, Vec<Evidence>)> {
    let change = &tally.change_without_tiny;
    let p_value = dispersed_p_value(change, dispersion(judge.track, rows, judge.window, false));
    let q_value = (p_value * among as f64).min(1.0);
    if q_value > Criteria::MEDIUM_Q {
        return None;
    }
    let material = judge.criteria.material(delta(tally), judge.share(delta(tally)), judge.window);
    let is_material = matches!(material, Evidence::Material { held: true, .. });
    let mut evidence = vec![
        Evidence::significance(true, (p_value, q_value), change),
        Evidence::Retention { held: false, retention: change.retention(), size: None },
        material,
        Evidence::BusyPlace,
    ];
    let course = judge.course(rows, false, false);
    evidence.extend(course.iter().flat_map(|course| course.evidence(false)));
    let confidence = match course {
        Some(course) if !course.is_with_load(false) => course.confidence(q_value, true),
        _ => Confidence::Low,
    };
    let possible = is_material && judge.certain && judge.window.len() >= 3;
    Some((if possible { confidence.min(Confidence::Medium) } else { Confidence::Low }, evidence))
}
