//! Judging the live heap between two snapshots.

use super::busy::{assess_busy, busy_place};
use super::course::{Course, Figures, LaterPart};
use super::evidence::Evidence;
use super::heap_growth::{growth_of, site_growths, total_growth};
use super::offset::offset;
use super::{Assessments, Confidence, Criteria, HeapMetric, Suspect, Window, choose, heaviest_blame};
use crate::clusters::{Groups, Subject, Sums, Tally, heap_level, heap_sums, heap_tally, sum_up};
use crate::growth::{
    Change, Growth, PValues, Test, dispersed_p_value, is_surely_sampled, overdispersion, q_values,
    resolution, testable,
};
use crate::profile::{Owner, SamplingRate};
use crate::series::{Names, Sampling, Track};
use foldhash::{HashMap, HashMapExt};

/// A site that keeps less of what it allocates is a hot path: what it seems to gain is garbage that the collector
/// had not yet seen, which follows any leak (S40). It is no suspect, however large.
const HOT_PATH: f64 = 0.1;
/// Medium asks for more than half of the newly allocated objects to stay, by the one-sided 95 % bound: on real
/// bursty services without a leak that took false hits at p ≤ 0.01 from 4.8 % to 0 of 2,355 (statistics.md).
const RETENTION_GATE: f64 = 0.5;
/// A container must have been replaced at least this often, which doubles it: once may be a buffer that met a larger
/// message, and of two replacements by tables of varying size one in six comes in ascending order (of three, one in
/// twelve, and fewer with the gaps that a climb asks for).
const CLIMB_STEPS: usize = 3;
/// Containers that only grow keep a fifth at least of the bytes they allocate, because append grows by a quarter; the
/// rest of the gate is left to rounding and to sampling.
const CONTAINER_KEEPS: f64 = 0.15;
/// So many object sizes are told.
const SIZES_TOLD: usize = 3;

/// What the heap snapshots say.
#[derive(Debug)]
pub struct HeapJudgement {
    /// The suspects, unranked.
    pub suspects: Vec<Suspect>,
    /// The whole heap, without what was set aside.
    pub total: Tally,
    /// The growth of the whole heap in live bytes, without what was set aside.
    pub total_growth: Growth,
    /// Whether the whole heap grew by more than chance; in a series, whether that goes on and is not the load.
    pub total_grows: bool,
    /// The least growth in bytes that would have been called.
    pub resolution: f64,
}

/// Judges every group of the heap between the snapshots of `window`.
pub fn judge_heap(
    track: &Track,
    names: &Names,
    groups: &Groups,
    window: &Window,
    criteria: &Criteria,
) -> HeapJudgement {
    let tally = |i: usize| heap_tally(track, groups.rows(i), window.first(), window.last());
    let total = heap_sums(track, groups.all_rows(), window.first(), window.last());

    let mut p_values = PValues::default();
    // Some groups are tested more than once; room for that saves a copy of all.
    let mut tests = Vec::with_capacity(groups.len() + groups.len() / 2);
    tests.resize(groups.len(), Test { p_value: 1.0, least_p_value: 1.0 });
    let mut briefs = vec![Brief::default(); groups.len()];
    let (mut tests_with_tiny, mut tests_of_sizes) = (Vec::new(), Vec::new());
    // What is not significant anyway needs no widening.
    let widened = |test: Test, rows: &[usize], sums: &Sums, with_tiny: bool| {
        if test.p_value > Criteria::MEDIUM_Q {
            return test;
        }
        let factor = dispersion(track, rows, window, with_tiny);
        Test { p_value: dispersed_p_value(&sums.counts(with_tiny), factor), ..test }
    };
    let mut each = |index: usize, sums: &Sums| {
        let rows = groups.rows(index);
        let plain = test(&sums.counts(false), &mut p_values);
        tests[index] = widened(plain, rows, sums, false);
        // Tests without the tiny allocator's blocks, and for the groups that have any, once more with them.
        if sums.counts(true) != sums.counts(false) {
            let with_tiny = test(&sums.counts(true), &mut p_values);
            tests_with_tiny.push((index, widened(with_tiny, rows, sums, true)));
        }
        let (kept_bytes, delta) = (sums.kept_bytes(), sums.delta());
        let keeps = kept_bytes.is_some_and(|kept| kept >= CONTAINER_KEEPS);
        // And of single stacks whose objects became larger, once more by their sizes.
        let is_grown_stack = rows.len() > 1 && keeps && delta > 0.0 && groups.parts(index).next().is_none();
        if is_grown_stack && let Some(p_value) = larger(&tally(index)) {
            let least_p_value = p_value.min(sums.counts(true).least_p_value());
            tests_of_sizes.push((index, Test { p_value, least_p_value }));
        }
        briefs[index] = Brief { delta, is_hot: is_hot(&sums.counts(true), kept_bytes), keeps };
    };
    for root in groups.roots() {
        sum_up(track, groups, root, (window.first(), window.last()), &mut each);
    }
    let mut append = |more: Vec<(usize, Test)>| {
        let place = |(index, test): (usize, Test)| {
            tests.push(test);
            (index, tests.len() - 1)
        };
        more.into_iter().map(place).collect::<HashMap<usize, usize>>()
    };
    let (with_tiny, by_size) = (append(tests_with_tiny), append(tests_of_sizes));
    let q = q_values(&tests, Criteria::MEDIUM_Q);

    let gross: f64 = groups
        .roots()
        .map(|root| &briefs[root])
        .filter(|brief| !brief.is_hot)
        .map(|brief| brief.delta.max(0.0))
        .sum();
    let sampling = [window.first(), window.last()].map(|i| track.snapshots[i].sampling);
    let judge = Judge { track, criteria, window, gross, certain: sampling == [Sampling::Recovered; 2] };
    let mut assessed: Assessments = vec![None; groups.len()];
    let mut judged: HashMap<usize, (Confidence, Vec<Evidence>)> = HashMap::new();
    for (i, _) in briefs.iter().enumerate().filter(|(_, brief)| brief.delta > 0.0) {
        let of = |t: usize| (tests[t].p_value, q[t]);
        let of_more = |places: &HashMap<usize, usize>| places.get(&i).map(|t| of(*t));
        let figures = TestFigures { all: of(i), tiny: of_more(&with_tiny), sizes: of_more(&by_size) };
        if !figures.any_called() && !may_climb(track, groups.rows(i), window) {
            continue;
        }
        let Some(mut found) = judge.assess(groups.rows(i), &tally(i), &figures) else { continue };
        if names.info(groups.get(i).blame.function).is_runtime {
            found = without_own_code(found);
        }
        assessed[i] = Some(found.0);
        judged.insert(i, found);
    }
    for root in groups.roots() {
        for part in groups.all_parts(root) {
            if assessed[part] <= Some(Confidence::Low) {
                continue;
            }
            let Some(share) = offset(&judge, groups, root, part, briefs[part].delta) else { continue };
            assessed[part] = Some(Confidence::Low);
            if let Some((confidence, evidence)) = judged.get_mut(&part) {
                *confidence = Confidence::Low;
                evidence.push(Evidence::Offset { share });
            }
        }
    }
    let mut chosen = Vec::new();
    for root in groups.roots() {
        choose(root, groups, &assessed, &mut chosen);
    }

    let weight = |i: usize| if briefs[i].is_hot { 0.0 } else { briefs[i].delta };
    let suspect = |index: usize, (confidence, evidence): (Confidence, Vec<Evidence>)| {
        let rows = groups.rows(index);
        let delta = briefs[index].delta;
        let mut growth = growth_of(track, rows, criteria.metric, window);
        growth.p_value = Some(tests[index].p_value);
        growth.q_value = Some(q[index]);
        if let Some(course) = judge.course(rows, false, false) {
            growth.slope = course.slope.filter(|_| criteria.metric == HeapMetric::InuseSpace);
            growth.shape = course.shape;
        }
        let sites = site_growths(track, names, rows, window, criteria.metric);
        let blame = heaviest_blame(index, groups, &weight);
        Suspect {
            subject: Subject::Heap,
            confidence,
            is_own: names.info(blame.function).owner == Owner::Own,
            blame,
            growth,
            weight: delta,
            live_growth: delta,
            joined: Vec::new(),
            entrances: Vec::new(),
            cause: None,
            excerpt: None,
            share: judge.share(delta),
            evidence,
            // Given when it is known what is joined.
            fingerprint: String::new(),
            sites,
        }
    };
    let mut suspects: Vec<Suspect> =
        chosen.into_iter().filter_map(|index| Some(suspect(index, judged.remove(&index)?))).collect();

    let rate = track.snapshots[window.last()].rate.map_or(1, |rate| rate.0);
    let resolution = resolution(testable(&tests, Criteria::MEDIUM_Q), Criteria::MEDIUM_Q, rate);
    let total_grows = match judge.course(groups.all_rows(), true, false) {
        Some(course) => course.wants_explanation(),
        None => total.change.p_value() <= Criteria::MEDIUM_Q,
    };
    let total_grows = total_grows || bytes_grow(track, names, groups, &briefs, window, resolution);
    let explained = suspects.iter().any(|suspect| suspect.confidence >= Confidence::Medium);
    if total_grows && !explained {
        let busy: Vec<usize> = (0..groups.len()).filter(|index| briefs[*index].is_hot).collect();
        let most = busy_place(&busy, &|index| briefs[index].delta, delta(&total));
        suspects.extend(most.and_then(|index| {
            Some(suspect(index, assess_busy(&judge, groups.rows(index), &tally(index), busy.len())?))
        }));
    }
    HeapJudgement {
        suspects,
        total_growth: total_growth(track, groups.all_rows(), &total, window),
        total_grows,
        total,
        resolution,
    }
}

/// Whether the bytes that functions keep grow, beyond three standard errors and beyond what would have been called at
/// one place; in a series, in the last half too. Sizes that grow under few objects show here and in no count.
fn bytes_grow(
    track: &Track,
    names: &Names,
    groups: &Groups,
    briefs: &[Brief],
    window: &Window,
    resolution: f64,
) -> bool {
    let kept = groups.roots().filter(|root| {
        let is_runtime = names.info(groups.get(*root).blame.function).is_runtime;
        !is_runtime && briefs[*root].keeps
    });
    let rows: Vec<usize> = kept.flat_map(|root| groups.rows(root)).copied().collect();
    let grows = |from: usize, least: f64| {
        let tally = heap_sums(track, &rows, from, window.last());
        delta(&tally) > 3.0 * tally.variance.bytes.sqrt() && delta(&tally) >= least
    };
    let late = |share: f64| window.snapshots()[window.since(share)];
    grows(window.first(), resolution)
        && (window.len() < 3 || (grows(late(0.5), resolution) && grows(late(1.0 / 3.0), f64::MIN_POSITIVE)))
}

/// A stack with no frame above the runtime is its own bookkeeping: goroutine and thread descriptors, which are kept
/// for reuse and follow the number of goroutines. Never more than low by itself.
fn without_own_code((_, mut evidence): (Confidence, Vec<Evidence>)) -> (Confidence, Vec<Evidence>) {
    evidence.push(Evidence::RuntimeOwn);
    (Confidence::Low, evidence)
}

/// The hypothesis of a group. A hot path can be no suspect, so it is no discovery either: its counts swing with the
/// collector (S40), and a hundred of them called significant would raise the false-discovery threshold for every
/// other site a hundredfold. A p-value that is raised stays valid.
fn test(change: &Change, p_values: &mut PValues) -> Test {
    let p_value = if keeps_no_objects(change) { 1.0 } else { p_values.of(change) };
    Test { p_value, least_p_value: change.least_p_value() }
}

/// Whether any object is so large that it may be a container that [`climb`](crate::growth::climb) knows.
fn may_climb(track: &Track, rows: &[usize], window: &Window) -> bool {
    let rate = track.snapshots[window.last()].rate.unwrap_or(SamplingRate(1));
    rows.iter().any(|row| is_surely_sampled(track.rows[*row].size, rate.0))
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

fn is_retained(change: &Change) -> bool {
    change.retention().is_some_and(|retention| retention.lower_bound > RETENTION_GATE)
}

/// The one size that carries the growth, where most of its objects stay though most of all objects do not.
fn retained_size(tally: &Tally) -> Option<(i64, Change)> {
    tally.leading.filter(|(_, change)| !is_retained(&tally.kept) && is_retained(change))
}

/// A hot path keeps nothing, neither of the objects nor of the bytes it allocates.
fn is_hot(change: &Change, kept_bytes: Option<f64>) -> bool {
    keeps_no_objects(change) && kept_bytes.is_none_or(|kept| kept < CONTAINER_KEEPS)
}

fn keeps_no_objects(change: &Change) -> bool {
    change.kept_share().is_some_and(|share| share < HOT_PATH)
}

/// The p-value of containers that grow: their objects became larger, and enough of the bytes stayed.
fn larger(tally: &Tally) -> Option<f64> {
    tally
        .larger
        .filter(|_| delta(tally) > 0.0 && tally.kept_bytes().is_some_and(|kept| kept >= CONTAINER_KEEPS))
}

/// The tests of a group, each as (p, q).
struct TestFigures {
    /// The test of counts without blocks of the tiny allocator.
    all: (f64, f64),
    /// The one with them, if there are any.
    tiny: Option<(f64, f64)>,
    /// The test of sizes, where containers seem to grow.
    sizes: Option<(f64, f64)>,
}

impl TestFigures {
    /// Whether any of them is significant at the rate that medium asks for.
    fn any_called(&self) -> bool {
        [Some(self.all), self.tiny, self.sizes].into_iter().flatten().any(is_called)
    }
}

fn is_called((_, q_value): (f64, f64)) -> bool {
    q_value <= Criteria::MEDIUM_Q
}

/// What is remembered of a group that need not be a suspect: there are tens of thousands of them.
#[derive(Clone, Copy, Default)]
struct Brief {
    /// The growth in live bytes.
    delta: f64,
    is_hot: bool,
    /// Enough of the bytes it allocates for containers that grow.
    keeps: bool,
}

/// What all groups are judged with.
pub(super) struct Judge<'a> {
    pub(super) track: &'a Track,
    pub(super) criteria: &'a Criteria,
    pub(super) window: &'a Window,
    /// The growth of everything that grew, in bytes.
    gross: f64,
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
        let factor = dispersion(self.track, rows, self.window, tiny);
        let since = |position: usize| {
            let part = heap_tally(self.track, rows, self.window.snapshots()[position], self.window.last());
            LaterPart {
                p_value: dispersed_p_value(&part.counts(tiny), factor).min(larger(&part).unwrap_or(1.0)),
                retained: is_retained(&part.kept) || retained_size(&part).is_some(),
                climbs: part.climb.is_some() || (part.splits_tables() && is_retained(&part.kept)),
            }
        };
        Course::follow(&figures, &since)
    }

    /// The confidence of a group that grew and what led to it; `None` for no suspect.
    fn assess(
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
        if let Some(climb) = tally.climb.filter(|_| !significant && is_material) {
            // Growth without sampling error; the question is only whether it goes on. What was not there before may
            // be the buffer of one large request that is being read.
            let climbed = climb.steps >= CLIMB_STEPS && climb.from > 0;
            let mut evidence = vec![Evidence::Climbs(climb), material];
            evidence.extend(sizes);
            let confidence = match self.course(rows, false, true) {
                Some(course) => {
                    evidence.extend(course.evidence());
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
            Evidence::Significance {
                held: by_count || only_tiny,
                p_value,
                q_value,
                counts: (change.before, change.after),
                turnover: change.allocated.zip(change.freed()),
            },
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
                evidence.extend(course.evidence());
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
