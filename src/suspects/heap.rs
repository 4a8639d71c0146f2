//! Judging the live heap between two snapshots.

use super::assess::{
    CONTAINER_KEEPS, Judge, TestFigures, delta, dispersion, is_hot, keeps_no_objects, larger,
};
use super::busy::{assess_busy, assess_within_chance, leading_place};
use super::evidence::Evidence;
use super::heap_growth::{growth_of, site_growths, total_growth};
use super::offset::Losses;
use super::{Assessments, Confidence, Criteria, HeapMetric, Suspect, Window, choose, heaviest_blame};
use crate::clusters::{Blame, Groups, Subject, Sums, Tally, heap_sums, heap_tally, sum_up};
use crate::growth::{
    Change, Growth, PValues, Test, dispersed_p_value, is_surely_sampled, q_values, resolution, testable,
};
use crate::profile::{Owner, SamplingRate};
use crate::series::{Names, Sampling, Track};
use foldhash::{HashMap, HashMapExt};
use std::num::NonZeroU32;

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
        briefs[index] =
            Brief { delta, is_hot: is_hot(&sums.counts(true), kept_bytes), keeps, ..Brief::default() };
    };
    for root in groups.roots() {
        sum_up(track, groups, root, (window.first(), window.last()), &mut each);
    }
    let mut append = |more: Vec<(usize, Test)>, place: fn(&mut Brief) -> &mut Option<NonZeroU32>| {
        for (index, test) in more {
            *place(&mut briefs[index]) = NonZeroU32::new(tests.len() as u32);
            tests.push(test);
        }
    };
    append(tests_with_tiny, |brief| &mut brief.with_tiny);
    append(tests_of_sizes, |brief| &mut brief.by_size);
    let q = q_values(&tests, Criteria::MEDIUM_Q);

    // What hot paths seem to gain is garbage for the most part: no leak has to stand beside it to matter, but it is told.
    let gross_of = |with_hot: bool| {
        let briefs = groups.roots().map(|root| &briefs[root]).filter(|brief| with_hot || !brief.is_hot);
        briefs.map(|brief| brief.delta.max(0.0)).sum::<f64>()
    };
    let (gross, all_growth) = (gross_of(false), gross_of(true));
    let sampling = [window.first(), window.last()].map(|i| track.snapshots[i].sampling);
    let judge = Judge { track, criteria, window, gross, certain: sampling == [Sampling::Recovered; 2] };
    let figures_of = |index: usize| {
        let of = |test: usize| (tests[test].p_value, q[test]);
        let of_more = |place: Option<NonZeroU32>| place.map(|test| of(test.get() as usize));
        let Brief { with_tiny, by_size, .. } = briefs[index];
        TestFigures { all: of(index), tiny: of_more(with_tiny), sizes: of_more(by_size) }
    };
    let rows_of = |leak: &[usize]| {
        let mut rows: Vec<usize> = leak.iter().flat_map(|index| groups.rows(*index)).copied().collect();
        rows.sort_unstable();
        rows
    };
    let mut assessed: Assessments = vec![None; groups.len()];
    let mut judged: HashMap<usize, (Confidence, Vec<Evidence>)> = HashMap::new();
    for (i, _) in briefs.iter().enumerate().filter(|(_, brief)| brief.delta > 0.0) {
        let figures = figures_of(i);
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
        let sure = groups.all_parts(root).filter(|part| assessed[*part] > Some(Confidence::Low));
        let sure: Vec<usize> = sure.collect();
        if sure.is_empty() {
            continue;
        }
        let losses = Losses::of(&judge, groups, root);
        for part in sure {
            let share = losses.offset(&judge, groups, root, part, briefs[part].delta);
            let Some((share, (confidence, evidence))) = share.zip(judged.get_mut(&part)) else { continue };
            (assessed[part], *confidence) = (Some(Confidence::Low), Confidence::Low);
            evidence.push(Evidence::Offset { share });
        }
    }
    let mut chosen = Vec::new();
    for root in groups.roots() {
        choose(root, groups, &assessed, &mut chosen);
    }

    let weight = |i: usize| if briefs[i].is_hot { 0.0 } else { briefs[i].delta };
    let suspect = |leak: &[usize], (confidence, evidence): (Confidence, Vec<Evidence>)| {
        let rows = rows_of(leak);
        let delta: f64 = leak.iter().map(|index| briefs[*index].delta).sum();
        let mut growth = growth_of(track, &rows, criteria.metric, window);
        growth.p_value = leak.iter().map(|index| tests[*index].p_value).reduce(f64::min);
        growth.q_value = leak.iter().map(|index| q[*index]).reduce(f64::min);
        if let Some(course) = judge.course(&rows, false, false) {
            growth.slope = course.slope.filter(|_| criteria.metric == HeapMetric::InuseSpace);
            growth.shape = course.shape;
        }
        let sites = site_growths(track, names, &rows, window, criteria.metric);
        let blame = heaviest_blame(leak[0], groups, &weight);
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
            share: (all_growth > 0.0).then(|| (delta / all_growth).clamp(0.0, 1.0)),
            evidence,
            // Given when it is known what is joined.
            fingerprint: String::new(),
            sites,
        }
    };
    let mut suspects: Vec<Suspect> = one_a_line(chosen, groups)
        .into_iter()
        .filter_map(|leak| {
            let found = match leak[..] {
                [index] => judged.remove(&index)?,
                _ => {
                    let figures = TestFigures::strongest(leak.iter().map(|index| figures_of(*index)))?;
                    let parts: Vec<_> = leak.iter().filter_map(|index| judged.get(index)).collect();
                    judge.assess_together(&rows_of(&leak), &figures, &parts)?
                }
            };
            Some(suspect(&leak, found))
        })
        .collect();

    let rate = track.snapshots[window.last()].rate.map_or(1, |rate| rate.0);
    let resolution = resolution(testable(&tests, Criteria::MEDIUM_Q), Criteria::MEDIUM_Q, rate);
    let total_grows = match judge.course(groups.all_rows(), true, false) {
        Some(course) => course.wants_explanation(),
        None => total.change.p_value() <= Criteria::MEDIUM_Q,
    };
    // Of one object that was replaced by a larger one, counts tell nothing.
    let climbs = |suspect: &Suspect| {
        suspect.weight >= resolution && suspect.evidence.iter().any(|e| matches!(e, Evidence::Climbs(_)))
    };
    let total_grows = total_grows
        || bytes_grow(track, names, groups, &briefs, window, resolution)
        || (window.len() < 3 && suspects.iter().any(climbs));
    let explained = suspects.iter().any(|suspect| suspect.confidence >= Confidence::Medium);
    if total_grows && !explained {
        let lead_of = |places: &[usize]| leading_place(places, &|index| briefs[index].delta, delta(&total));
        let busy: Vec<usize> = (0..groups.len()).filter(|index| briefs[*index].is_hot).collect();
        let is_told = |index: &usize| {
            suspects.iter().any(|suspect| suspect.blame.function == groups.get(*index).blame.function)
        };
        let untold = lead_of(&busy).filter(|index| !is_told(index)).and_then(|index| {
            Some(suspect(&[index], assess_busy(&judge, groups.rows(index), &tally(index), busy.len())?))
        });
        suspects.extend(untold);
        // What grew by more than would have been called anywhere was not, because its counts swing in a series.
        if suspects.is_empty() && window.len() > 2 {
            let beyond = |index: &usize| briefs[*index].delta >= resolution;
            let large: Vec<usize> = (0..groups.len()).filter(beyond).collect();
            suspects.extend(lead_of(&large).map(|index| {
                let figures = figures_of(index).all;
                suspect(&[index], assess_within_chance(&judge, groups.rows(index), &tally(index), figures))
            }));
        }
    }
    HeapJudgement {
        suspects,
        total_growth: total_growth(track, groups.all_rows(), &total, window),
        total_grows,
        total,
        resolution,
    }
}

/// Those of one function and one line together: what its stacks keep apart, beside others that keep nothing, is one leak.
fn one_a_line(chosen: Vec<usize>, groups: &Groups) -> Vec<Vec<usize>> {
    let mut leaks: Vec<Vec<usize>> = Vec::new();
    let mut places: HashMap<(usize, Blame), usize> = HashMap::new();
    let roots: Vec<usize> = groups.roots().collect();
    for index in chosen {
        let root = roots.partition_point(|root| *root <= index);
        let place = *places.entry((root, groups.get(index).blame)).or_insert(leaks.len());
        match leaks.get_mut(place) {
            Some(leak) => leak.push(index),
            None => leaks.push(vec![index]),
        }
    }
    leaks
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

/// What is remembered of a group that need not be a suspect: there are tens of thousands of them.
#[derive(Clone, Copy, Default)]
struct Brief {
    /// The growth in live bytes.
    delta: f64,
    is_hot: bool,
    /// Enough of the bytes it allocates for containers that grow.
    keeps: bool,
    /// Where its test with the blocks of the tiny allocator stands, if it has any: never first, before those of all groups.
    with_tiny: Option<NonZeroU32>,
    /// Where its test of sizes stands, if there is one.
    by_size: Option<NonZeroU32>,
}
