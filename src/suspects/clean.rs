//! What must hold before a process is called clean: nothing that grew may well leak, and how large a leak would have shown is said.

use super::heap::HeapScene;
use super::{Candidate, Confidence, Criteria};
use crate::clusters::{Blame, Groups, Tally, heap_tally};
use crate::judge::policy::{BEYOND_ERROR, CLEAN, EXPLAINS, LEAST_SHARE, MEDIUM, PLANTED_PLACES, SURELY_ENDS};
use crate::judge::{Class, Observation, Posterior, Prior, Sizes, detectable, may_keep, shows_from, weigh};

/// The least leak that would have been called with a probability of 95 %, over the time looked at: in bytes or goroutines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// At a place where little comes and goes.
    pub quiet: f64,
    /// At the one where a leak would be hidden best; `None` where that was not looked for, or is none.
    pub busy: Option<Hidden>,
}

/// What would be hidden at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hidden {
    /// The place.
    pub blame: Blame,
    /// The least that would have shown; `None` for no size that was tried.
    pub least: Option<f64>,
}

impl Resolution {
    /// What would have shown: at a quiet place, and at those of some groups where most passed, by what was seen there. `unit` is what
    /// one object more says of the leak.
    pub(super) fn of(
        groups: &Groups,
        mut passed: Vec<(usize, f64)>,
        seen: impl Fn(usize) -> Observation,
        prior: &Prior,
        least_share: f64,
        unit: f64,
    ) -> Resolution {
        passed.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let quiet = detectable(prior.places) * unit;
        let hidden = passed
            .into_iter()
            .take(PLANTED_PLACES)
            .map(|(group, _)| Hidden {
                blame: groups.get(group).blame,
                least: shows_from(&seen(group), prior, least_share).map(|count| count * unit),
            })
            .filter(|hidden| hidden.least.is_none_or(|least| least > quiet));
        let size = |hidden: &Hidden| hidden.least.unwrap_or(f64::INFINITY);
        Resolution { quiet, busy: hidden.max_by(|a, b| size(a).total_cmp(&size(b))) }
    }
}

/// Whether it is said what would have shown: not of a pair, nor beside a suspect.
pub(super) fn is_said(criteria: &Criteria, intervals: usize, candidates: &[Candidate]) -> bool {
    criteria.plants && intervals > 1 && !candidates.iter().any(|s| s.confidence > Confidence::Low)
}

/// What of the heap would have shown.
pub(super) fn resolution(scene: &HeapScene<'_>, candidates: &[Candidate]) -> Resolution {
    let life = scene.scale.life();
    let is_said = is_said(scene.criteria, scene.scale.intervals(), candidates);
    let roots = scene.groups.roots().filter(|_| is_said).map(|root| (root, scene.passed(root)));
    let seen = |root: usize| life.observation(&life.counts(scene.groups.rows(root), Sizes::All));
    let prior = scene.scale.prior(scene.scale.places());
    Resolution::of(scene.groups, roots.collect(), seen, &prior, LEAST_SHARE, life.rate() as f64)
}

/// The function that carries most of what the heap grew by, and how much; `None` where it is spread.
pub(super) fn carrier(scene: &HeapScene<'_>, total: &Tally) -> Option<(Blame, f64)> {
    let delta = total.delta();
    let roots = scene.groups.roots().map(|root| (scene.groups.get(root).blame, scene.delta(root)));
    roots.filter(|(_, grown)| *grown >= EXPLAINS * delta).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Whether most of what the heap grew by was allocated where the profile has no stack.
pub(super) fn is_stackless(scene: &HeapScene<'_>, total: &Tally) -> bool {
    let rows = scene.groups.stackless_rows();
    let grown = heap_tally(scene.track, rows, scene.window.first(), scene.window.last()).delta();
    grown > 0.0 && grown >= EXPLAINS * total.delta()
}

/// Whether the whole heap may well leak: by the model, or because it grew beyond its sampling error and by more than a leak has to, and
/// nothing that ends explains that. Sizes that grow under few objects show here and in no count.
pub(super) fn total_grows(scene: &HeapScene<'_>, total: &Tally) -> bool {
    let whole = whole(scene);
    let delta = total.delta();
    let least = detectable(scene.scale.places()) * scene.scale.life().rate() as f64;
    let beyond = delta >= least && delta > BEYOND_ERROR * total.variance.bytes.sqrt();
    let ends =
        [Class::Full, Class::Filling, Class::Flushed].map(|class| whole.of_class(class)).iter().sum::<f64>();
    whole.leak() >= MEDIUM || (beyond && (ends < SURELY_ENDS || may_leak(scene, delta)))
}

/// Whether a place that carries most of what the heap grew by may be a leak after all.
fn may_leak(scene: &HeapScene<'_>, delta: f64) -> bool {
    scene.groups.roots().filter(|root| scene.delta(*root) >= EXPLAINS * delta).any(|root| {
        let rows = scene.groups.rows(root);
        let counts = scene.scale.life().counts(rows, Sizes::All);
        let weighed = scene.scale.weigh(rows, &counts, LEAST_SHARE, 0.0);
        weighed.is_some_and(|weighed| weighed.posterior.leak() >= CLEAN)
    })
}

/// What may have happened to the whole heap.
fn whole(scene: &HeapScene<'_>) -> Posterior {
    let life = scene.scale.life();
    let seen = life.observation(&life.counts(scene.groups.all_rows(), Sizes::All));
    // It is one place, and as likely to leak as the service is.
    let prior = scene.scale.prior(1.0);
    match may_keep(&seen, LEAST_SHARE) {
        true => Posterior::of(&weigh(&seen, LEAST_SHARE, f64::NEG_INFINITY).log, &prior),
        false => Posterior::of(&[0.0; Class::ALL.len()], &Prior { places: f64::MAX, ..prior }),
    }
}
