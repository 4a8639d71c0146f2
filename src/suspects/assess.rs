//! The confidence of one group of the heap: what its counts, sizes and course say.

use super::course::{Course, Figures, LEAST_FOR_HIGH, LaterPart};
use super::evidence::Evidence;
use super::{Confidence, Criteria, Window};
use crate::clusters::{Sums, Tally, heap_level, heap_tally, swelling};
use crate::growth::{Change, dispersed_p_value, overdispersion};
use crate::series::Track;

/// Medium asks for more than half of the newly allocated objects to stay, by the one-sided 95 % bound: on real
/// bursty services without a leak that took false hits at p ≤ 0.01 from 4.8 % to 0 of 2,355 (statistics.md).
pub(super) const RETENTION_GATE: f64 = 0.5;
/// A container must have been replaced at least this often, which doubles it: once may be a buffer that met a larger
/// message, and of two replacements by tables of varying size one in six comes in ascending order (of three, one in
/// twelve, and fewer with the gaps that a climb asks for).
const CLIMB_STEPS: usize = 3;
/// So many sizes in a row have to ascend in the last half of a series.
const LEAST_LATE: usize = 3;
/// Containers that only grow keep a fifth at least of the bytes they allocate, because append grows by a quarter; the
/// rest of the gate is left to rounding and to sampling.
pub(super) const CONTAINER_KEEPS: f64 = 0.15;
/// So many object sizes are told.
const SIZES_TOLD: usize = 3;
/// A site that keeps less of what it allocates is a hot path: what it seems to gain is garbage that the collector
/// had not yet seen, which follows any leak (S40). It is no suspect, however large.
const HOT_PATH: f64 = 0.1;

/// What all groups are judged with.
pub(super) struct Judge<'a> {
    pub(super) track: &'a Track,
    pub(super) criteria: &'a Criteria,
    pub(super) window: &'a Window,
    /// The growth of everything that grew and is no hot path, in bytes.
    pub(super) gross: f64,
    /// Whether sampled counts were recovered in both snapshots.
    pub(super) certain: bool,
}

impl Judge<'_> {
    /// The share of a group that grew by `delta` bytes in all that grew.
    pub(super) fn share(&self, delta: f64) -> Option<f64> {
        (self.gross > 0.0).then(|| (delta / self.gross).clamp(0.0, 1.0))
    }

    /// How the rows of a group moved; `None` for two snapshots. `tiny` says whether blocks of the tiny allocator count,
    /// `swells` whether containers grow: they allocate more the larger they are, so the load cannot be told.
    pub(super) fn course(&self, rows: &[usize], tiny: bool, swells: bool) -> Option<Course> {
        if self.window.len() < 3 {
            return None;
        }
        let levels: Vec<_> =
            self.window.snapshots().iter().map(|snapshot| heap_level(self.track, rows, *snapshot)).collect();
        let counted = self.track.snapshots[self.window.last()].columns.alloc_space.is_some();
        let figures = Figures {
            window: self.window,
            values: levels.iter().map(|level| level.cell.inuse_space as f64).collect(),
            errors: levels.iter().map(|level| level.variance.bytes.sqrt()).collect(),
            allocated: (counted && !swells)
                .then(|| levels.iter().map(|level| level.cell.alloc_space as f64).collect()),
        };
        self.follow(rows, tiny, &figures)
    }

    /// How one object moved that had these sizes.
    fn course_along(&self, rows: &[usize], sizes: &[i64]) -> Option<Course> {
        let figures = Figures {
            window: self.window,
            values: sizes.iter().map(|size| *size as f64).collect(),
            errors: vec![0.0; sizes.len()],
            allocated: None,
        };
        self.follow(rows, false, &figures)
    }

    fn follow(&self, rows: &[usize], tiny: bool, figures: &Figures<'_>) -> Option<Course> {
        let factor = dispersion(self.track, rows, self.window, tiny);
        let since = |position: usize| {
            let part = heap_tally(self.track, rows, self.window.snapshots()[position], self.window.last());
            LaterPart {
                p_value: dispersed_p_value(&part.counts(tiny), factor).min(larger(&part).unwrap_or(1.0)),
                retained: is_retained(&part.kept) || retained_size(&part).is_some(),
                swells: swelling(self.track, rows, &self.window.snapshots()[position..], LEAST_LATE)
                    .is_some(),
                climbs: part.climb.is_some() || (part.splits_tables() && is_retained(&part.kept)),
            }
        };
        Course::follow(figures, &since)
    }

    /// The confidence of several groups as one and what led to it. What was found of its `parts` alone holds for them together.
    pub(super) fn assess_together(
        &self,
        rows: &[usize],
        tests: &TestFigures,
        parts: &[&(Confidence, Vec<Evidence>)],
    ) -> Option<(Confidence, Vec<Evidence>)> {
        let tally = heap_tally(self.track, rows, self.window.first(), self.window.last());
        let (confidence, mut evidence) = self.assess(rows, &tally, tests)?;
        let mut found_before = parts.iter().flat_map(|(_, evidence)| evidence);
        evidence.extend(found_before.find(|evidence| matches!(evidence, Evidence::Offset { .. })).cloned());
        let surest = parts.iter().map(|(confidence, _)| *confidence).max()?;
        Some((confidence.min(surest), evidence))
    }

    /// The confidence of a group that grew and what led to it; `None` for no suspect.
    pub(super) fn assess(
        &self,
        rows: &[usize],
        tally: &Tally,
        tests: &TestFigures,
    ) -> Option<(Confidence, Vec<Evidence>)> {
        let material = self.criteria.material(delta(tally), self.share(delta(tally)), self.window);
        let is_material = matches!(material, Evidence::Material { held: true, .. });
        let sizes: Vec<(i64, i64)> = tally.sizes.iter().copied().take(SIZES_TOLD).collect();
        let sizes = (!sizes.is_empty()).then_some(Evidence::Sizes(sizes));
        let by_count = is_called(tests.all);
        let swells = tests.sizes.filter(|sizes| is_called(*sizes));
        let significant = by_count || swells.is_some();
        let least = if self.window.len() < 3 { 2 } else { LEAST_FOR_HIGH };
        let alone =
            swelling(self.track, rows, self.window.snapshots(), least).filter(|_| tally.climb.is_none());
        let climb = tally.climb.or(alone.as_ref().map(|alone| alone.climb));
        if let Some(climb) = climb.filter(|_| !significant && is_material) {
            // Growth without sampling error; the question is only whether it goes on. What was not there before may
            // be the buffer of one large request that is being read.
            let climbed = climb.steps >= CLIMB_STEPS && climb.from > 0;
            let mut evidence = vec![Evidence::Climbs(climb), material];
            evidence.extend(sizes);
            let course = match alone {
                // The one that it has just replaced says nothing.
                Some(alone) => self.course_along(rows, &alone.along),
                None => self.course(rows, false, true),
            };
            let confidence = match course {
                Some(course) => {
                    evidence.extend(course.evidence(climbed));
                    // Sizes without sampling error need no q-value; steps enough need no retention.
                    course.confidence(0.0, climbed)
                }
                None => {
                    evidence.push(Evidence::TwoSnapshots);
                    if climbed { Confidence::Medium } else { Confidence::Low }
                }
            };
            return Some((if self.certain { confidence } else { Confidence::Low }, evidence));
        }
        let only_tiny = !significant && tests.tiny.is_some_and(is_called);
        let (change, kept, (p_value, q_value)) = match (tests.tiny, swells) {
            (Some(tiny), _) if only_tiny => (&tally.change, &tally.change, tiny),
            (_, Some(sizes)) if !by_count => (&tally.change_without_tiny, &tally.kept, sizes),
            _ => (&tally.change_without_tiny, &tally.kept, tests.all),
        };
        if !(significant || only_tiny)
            || (swells.is_none() && (keeps_no_objects(change) || is_hot(&tally.change, tally.kept_bytes())))
        {
            return None;
        }
        let size = retained_size(tally).filter(|_| !only_tiny && swells.is_none());
        let retention = size.map_or(*kept, |(_, change)| change).retention();
        // Containers are replaced as they grow, and what replaced them counts as kept.
        let retained = is_retained(kept) || size.is_some() || swells.is_some();
        let mut evidence: Vec<Evidence> = swells
            .zip(tally.kept_bytes())
            .map(|((p_value, q_value), kept)| Evidence::Swells { p_value, q_value, kept })
            .into_iter()
            .collect();
        evidence.extend([
            Evidence::significance(by_count || only_tiny, (p_value, q_value), change),
            Evidence::Retention { held: retained, retention, size: size.map(|(size, _)| size) },
            material,
        ]);
        evidence.extend(sizes);
        if only_tiny {
            evidence.push(Evidence::TinyBlocks);
        }
        if !self.certain {
            evidence.push(Evidence::UncertainSampling);
        }
        let possible = significant && is_material && self.certain;
        let confidence = match self.course(rows, only_tiny, swells.is_some()) {
            Some(course) => {
                evidence.extend(course.evidence(retained));
                course.confidence(q_value, retained)
            }
            None => {
                evidence.push(Evidence::TwoSnapshots);
                if retained { Confidence::Medium } else { Confidence::Low }
            }
        };
        Some((if possible { confidence } else { Confidence::Low }, evidence))
    }
}

pub(super) fn is_retained(change: &Change) -> bool {
    change.retention().is_some_and(|retention| retention.lower_bound > RETENTION_GATE)
}

/// The one size that carries the growth, where most of its objects stay though most of all objects do not.
fn retained_size(tally: &Tally) -> Option<(i64, Change)> {
    tally.leading.filter(|(_, change)| !is_retained(&tally.kept) && is_retained(change))
}

/// A hot path keeps nothing, neither of the objects nor of the bytes it allocates.
pub(super) fn is_hot(change: &Change, kept_bytes: Option<f64>) -> bool {
    keeps_no_objects(change) && kept_bytes.is_none_or(|kept| kept < CONTAINER_KEEPS)
}

pub(super) fn keeps_no_objects(change: &Change) -> bool {
    change.kept_share().is_some_and(|share| share < HOT_PATH)
}

/// The p-value of containers that grow: their objects became larger, and enough of the bytes stayed.
pub(super) fn larger(tally: &Tally) -> Option<f64> {
    tally
        .larger
        .filter(|_| delta(tally) > 0.0 && tally.kept_bytes().is_some_and(|kept| kept >= CONTAINER_KEEPS))
}

/// The tests of a group, each as (p, q).
pub(super) struct TestFigures {
    /// The test of counts without blocks of the tiny allocator.
    pub(super) all: (f64, f64),
    /// The one with them, if there are any.
    pub(super) tiny: Option<(f64, f64)>,
    /// The test of sizes, where containers seem to grow.
    pub(super) sizes: Option<(f64, f64)>,
}

impl TestFigures {
    /// Of several groups that are judged as one, each test of the one that passed it best; `None` for no group.
    pub(super) fn strongest(figures: impl Iterator<Item = TestFigures> + Clone) -> Option<TestFigures> {
        let best = |of: fn(TestFigures) -> Option<(f64, f64)>| {
            figures.clone().filter_map(of).min_by(|a, b| a.0.total_cmp(&b.0))
        };
        Some(TestFigures { all: best(|f| Some(f.all))?, tiny: best(|f| f.tiny), sizes: best(|f| f.sizes) })
    }

    /// Whether any of them is significant at the rate that medium asks for.
    pub(super) fn any_called(&self) -> bool {
        [Some(self.all), self.tiny, self.sizes].into_iter().flatten().any(is_called)
    }
}

fn is_called((_, q_value): (f64, f64)) -> bool {
    q_value <= Criteria::MEDIUM_Q
}

/// How far the counts of a group swing beyond those of objects that come and go one by one; 1 where the window is too
/// short to tell.
pub(super) fn dispersion(track: &Track, rows: &[usize], window: &Window, with_tiny: bool) -> f64 {
    if window.len() < 3 {
        return 1.0;
    }
    let hours = window.hours();
    let gaps: Vec<f64> = hours.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let pairs = window.snapshots().windows(2);
    let changes: Vec<Change> =
        pairs.map(|pair| Sums::of(track, rows, pair[0], pair[1]).counts(with_tiny)).collect();
    overdispersion(&changes, &gaps).unwrap_or(1.0)
}

pub(super) fn delta(tally: &Tally) -> f64 {
    tally.after.inuse_space as f64 - tally.before.inuse_space as f64
}
