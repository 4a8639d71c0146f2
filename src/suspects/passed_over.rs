//! What else of the heap grew, and why it is no suspect: the first question of everyone who sees that the heap grew by more than
//! the suspects did.

use super::Candidate;
use super::heap::HeapScene;
use crate::clusters::{Blame, heap_tally};
use crate::judge::policy::LEAST_SHARE;
use crate::judge::{Class, Sizes};
use crate::series::SiteId;
use std::collections::BTreeSet;

/// The share of all growth from which on a place is worth a line: of less, nobody asks.
const WORTH_A_LINE: f64 = 0.05;
/// So many are named.
const NAMED: usize = 3;
/// Growth below so many standard errors of its sampling is no growth.
const ERRORS: f64 = 2.0;
/// Of a place that keeps more of what came it is not said that most goes again.
const CHURN_KEEPS: f64 = 0.5;

/// A place that grew and is no suspect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PassedOver {
    /// The place.
    pub blame: Blame,
    /// By how many live bytes it grew.
    pub delta: f64,
    /// Why it is no suspect.
    pub why: Why,
}

/// Why a place that grew is no suspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Most of what it allocates is freed again, so far.
    Churn,
    /// It grew and then stopped: a warm-up, a step, a store that is full.
    Stopped,
    /// It is freed at once from time to time.
    Flushed,
    /// What came there stayed, and was too little to tell whether it goes on.
    TooLittle,
    /// A part of what came there is there still, and grows on: a leak beside what turns over, or objects that live for longer than was looked at.
    PartStays,
}

/// The places with most of the growth that no suspect has, largest first.
pub(super) fn passed_over(scene: &HeapScene<'_>, candidates: &[Candidate]) -> Vec<PassedOver> {
    let suspected: BTreeSet<SiteId> =
        candidates.iter().flat_map(|candidate| &candidate.sites).map(|site| site.site).collect();
    let least = WORTH_A_LINE * scene.gross_growth();
    let mut risen: Vec<usize> =
        scene.groups.roots().filter(|root| scene.delta(*root) > 0.0 && scene.delta(*root) >= least).collect();
    risen.sort_by(|a, b| scene.delta(*b).total_cmp(&scene.delta(*a)));
    let is_free = |root: &usize| {
        let rows = scene.groups.rows(*root);
        !rows.iter().any(|row| suspected.contains(&scene.track.rows[*row].site))
    };
    risen.into_iter().filter(is_free).take(NAMED).filter_map(|root| one(scene, root)).collect()
}

fn one(scene: &HeapScene<'_>, root: usize) -> Option<PassedOver> {
    let rows = scene.groups.rows(root);
    let window = scene.window;
    let tally = heap_tally(scene.track, rows, window.first(), window.last());
    let delta = scene.delta(root);
    if delta < ERRORS * tally.variance.bytes.sqrt() {
        return None;
    }
    let (blame, is_pair) = (scene.groups.get(root).blame, scene.scale.intervals() < 2);
    let why = match scene.is_hot(root) {
        true => Why::Churn,
        // Two snapshots do not show that it has stopped.
        false if is_pair => return None,
        false => {
            let counts = scene.scale.life().counts(rows, Sizes::All);
            let weighed = scene.scale.weigh(rows, &counts, LEAST_SHARE, 0.0);
            let keeps = |least: f64| tally.change.kept_share().is_some_and(|share| share > least);
            // A leak goes on to the end.
            let middle = window.snapshots()[window.since(0.5)];
            let later = heap_tally(scene.track, rows, middle, window.last()).change;
            let goes_on = later.after > later.before;
            match weighed.map_or(Class::Turnover, |weighed| weighed.posterior.best()) {
                Class::Turnover if goes_on && keeps(LEAST_SHARE) && !keeps(CHURN_KEEPS) => Why::PartStays,
                Class::Turnover if !keeps(CHURN_KEEPS) => Why::Churn,
                Class::Full => Why::Stopped,
                Class::Flushed => Why::Flushed,
                _ if !goes_on => Why::Stopped,
                Class::Turnover | Class::Leak | Class::Filling => Why::TooLittle,
            }
        }
    };
    Some(PassedOver { blame, delta, why })
}
