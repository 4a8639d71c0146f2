//! Judging the live heap between two snapshots.

use super::evidence::Evidence;
use super::fingerprint::fingerprint;
use super::{
    Assessments, Confidence, Criteria, HeapMetric, Node, SiteGrowth, Span, Suspect, choose, flatten,
    heaviest_blame,
};
use crate::clusters::{Group, Level, Subject, Tally, heap_tally};
use crate::growth::{Change, Growth, Point, Test, q_values, resolution, testable};
use crate::series::{Names, Sampling, SiteId, Track};
use std::collections::BTreeMap;

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
/// So many object sizes are told.
const SIZES_TOLD: usize = 3;

/// What the heap snapshots say.
#[derive(Debug)]
pub struct HeapJudgement {
    /// The suspects, unranked.
    pub suspects: Vec<Suspect>,
    /// The whole heap, without what was set aside.
    pub total: Tally,
    /// The p-value of the whole heap's growth.
    pub total_p: f64,
    /// The least growth in bytes that would have been called.
    pub resolution: f64,
}

/// Judges every group of the heap between the snapshots of `span`.
pub fn judge_heap(
    track: &Track,
    names: &Names,
    groups: &[Group],
    span: Span,
    criteria: &Criteria,
) -> HeapJudgement {
    let mut nodes = Vec::new();
    let roots = flatten(groups, &mut nodes);
    let tallies: Vec<Tally> =
        nodes.iter().map(|node| heap_tally(track, &node.group.rows, span.first, span.last)).collect();
    let all_rows: Vec<usize> = groups.iter().flat_map(|group| group.rows.iter().copied()).collect();
    let total = heap_tally(track, &all_rows, span.first, span.last);

    // Tests without the tiny allocator's blocks, and for the groups that have any, once more with them.
    let mut tests: Vec<Test> = tallies.iter().map(|tally| test(&tally.change_without_tiny)).collect();
    let mut with_tiny = vec![None; tallies.len()];
    for (index, tally) in tallies.iter().enumerate() {
        if tally.change != tally.change_without_tiny {
            with_tiny[index] = Some(tests.len());
            tests.push(test(&tally.change));
        }
    }
    let q = q_values(&tests, Criteria::MEDIUM_Q);

    let gross: f64 = roots
        .iter()
        .map(|root| &tallies[*root])
        .filter(|tally| !is_hot(&tally.change))
        .map(|tally| delta(tally).max(0.0))
        .sum();
    let sampling = [span.first, span.last].map(|i| track.snapshots[i].sampling);
    let judge = Judge { criteria, span, gross, certain: sampling == [Sampling::Recovered; 2] };
    let judged: Vec<Option<(Confidence, Vec<Evidence>)>> = tallies
        .iter()
        .enumerate()
        .map(|(i, tally)| {
            let tiny = with_tiny[i].map(|t| (tests[t].p_value, q[t]));
            let judged = judge.assess(tally, (tests[i].p_value, q[i]), tiny)?;
            Some(if names.info(nodes[i].group.blame.function).is_runtime {
                without_own_code(judged)
            } else {
                judged
            })
        })
        .collect();
    let assessed: Assessments =
        judged.iter().map(|j| j.as_ref().map(|(confidence, _)| *confidence)).collect();
    let mut chosen = Vec::new();
    for root in &roots {
        choose(*root, &nodes, &assessed, &mut chosen);
    }

    let weight = |i: usize| if is_hot(&tallies[i].change) { 0.0 } else { delta(&tallies[i]) };
    let suspects = chosen
        .into_iter()
        .filter_map(|index| {
            let (confidence, evidence) = judged[index].clone()?;
            let group = nodes[index].group;
            let tally = &tallies[index];
            let mut growth = growth_of(tally, criteria.metric, span);
            growth.p_value = Some(tests[index].p_value);
            growth.q_value = Some(q[index]);
            let sites = site_growths(track, &group.rows, span, criteria.metric);
            Some(Suspect {
                subject: Subject::Heap,
                confidence,
                blame: heaviest_blame(index, &nodes, &weight),
                growth,
                weight: delta(tally),
                share: judge.share(tally),
                evidence,
                fingerprint: identity(track, names, &nodes[index], &sites),
                sites,
            })
        })
        .collect();

    let rate = track.snapshots[span.last].rate.map_or(1, |rate| rate.0);
    HeapJudgement {
        suspects,
        total_p: total.change.p_value(),
        total,
        resolution: resolution(testable(&tests, Criteria::MEDIUM_Q), Criteria::MEDIUM_Q, rate),
    }
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
fn test(change: &Change) -> Test {
    let p_value = if is_hot(change) { 1.0 } else { change.p_value() };
    Test { p_value, least_p_value: change.least_p_value() }
}

fn delta(tally: &Tally) -> f64 {
    tally.after.inuse_space as f64 - tally.before.inuse_space as f64
}

fn is_hot(change: &Change) -> bool {
    change.retention().is_some_and(|retention| retention.value < HOT_PATH)
}

struct Judge<'a> {
    criteria: &'a Criteria,
    span: Span,
    /// The growth of everything that grew, in bytes.
    gross: f64,
    /// Whether sampled counts were recovered in both snapshots.
    certain: bool,
}

impl Judge<'_> {
    fn share(&self, tally: &Tally) -> Option<f64> {
        (self.gross > 0.0).then(|| (delta(tally) / self.gross).clamp(0.0, 1.0))
    }

    /// The confidence of a group and what led to it; `None` for no suspect. Each argument after the tally is
    /// (p, q): of the test without the tiny allocator, and of the one with it.
    fn assess(
        &self,
        tally: &Tally,
        (p_value, q_value): (f64, f64),
        tiny: Option<(f64, f64)>,
    ) -> Option<(Confidence, Vec<Evidence>)> {
        if delta(tally) <= 0.0 {
            return None;
        }
        let material = self.criteria.material(delta(tally), self.share(tally), &self.span);
        let is_material = matches!(material, Evidence::Material { held: true, .. });
        let sizes: Vec<(i64, i64)> = tally.sizes.iter().copied().take(SIZES_TOLD).collect();
        let sizes = (!sizes.is_empty()).then_some(Evidence::Sizes(sizes));
        let significant = q_value <= Criteria::MEDIUM_Q;
        if let Some(climb) = tally.climb.filter(|_| !significant && is_material) {
            // Growth without sampling error; the question is only whether it goes on. What was not there before may
            // be the buffer of one large request that is being read.
            let goes_on = climb.steps >= CLIMB_STEPS && climb.from > 0;
            let confidence = if goes_on && self.certain { Confidence::Medium } else { Confidence::Low };
            return Some((
                confidence,
                [Evidence::Climbs(climb), material]
                    .into_iter()
                    .chain(sizes)
                    .chain([Evidence::TwoSnapshots])
                    .collect(),
            ));
        }
        let only_tiny = !significant && tiny.is_some_and(|(_, q)| q <= Criteria::MEDIUM_Q);
        let (change, p_value, q_value) = match tiny {
            Some((p, q)) if only_tiny => (&tally.change, p, q),
            _ => (&tally.change_without_tiny, p_value, q_value),
        };
        if !(significant || only_tiny) || is_hot(change) {
            return None;
        }
        let retention = change.retention();
        let retained = retention.is_some_and(|r| r.lower_bound > RETENTION_GATE);
        let mut evidence = vec![
            Evidence::Significance {
                held: true,
                p_value,
                q_value,
                counts: (change.before, change.after),
                turnover: change.allocated.zip(change.freed()),
            },
            Evidence::Retention { held: retained, retention },
            material,
        ];
        evidence.extend(sizes);
        if only_tiny {
            evidence.push(Evidence::TinyBlocks);
        }
        if !self.certain {
            evidence.push(Evidence::UncertainSampling);
        }
        evidence.push(Evidence::TwoSnapshots);
        let medium = significant && retained && is_material && self.certain;
        Some((if medium { Confidence::Medium } else { Confidence::Low }, evidence))
    }
}

/// The growth of a tally in the shown column.
pub(super) fn growth_of(tally: &Tally, metric: HeapMetric, span: Span) -> Growth {
    let variance = match metric {
        HeapMetric::InuseSpace => tally.variance,
        HeapMetric::InuseObjects => tally.object_variance,
        // Counters of all allocations; their error is not followed.
        HeapMetric::AllocSpace | HeapMetric::AllocObjects => [0.0; 3],
    };
    let point = |i: usize, cell| Point {
        time: span.times[i],
        value: metric.of(cell) as f64,
        standard_error: variance[i].sqrt(),
    };
    Growth {
        points: vec![point(0, &tally.before), point(1, &tally.after)],
        delta_error: variance[2].sqrt(),
        p_value: None,
        q_value: None,
        retention: tally.change.retention(),
    }
}

/// The growth of each stack among some rows, largest first; ties in the order of the file.
pub(super) fn site_growths(
    track: &Track,
    among: &[usize],
    span: Span,
    metric: HeapMetric,
) -> Vec<SiteGrowth> {
    let mut rows: BTreeMap<SiteId, Vec<usize>> = BTreeMap::new();
    for &row in among {
        rows.entry(track.rows[row].site).or_default().push(row);
    }
    let mut sites: Vec<(f64, SiteGrowth)> = rows
        .into_iter()
        .map(|(site, rows)| {
            let tally = heap_tally(track, &rows, span.first, span.last);
            (delta(&tally), SiteGrowth { site, growth: growth_of(&tally, metric, span) })
        })
        .collect();
    sites.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    sites.into_iter().map(|(_, site)| site).collect()
}

/// The fingerprint: the blamed function, and below function level the calls from it to the allocation.
fn identity(track: &Track, names: &Names, node: &Node<'_>, sites: &[SiteGrowth]) -> String {
    let blamed = node.group.blame.function;
    let path: Vec<&str> = match sites.first() {
        Some(site) if node.group.level > Level::Function => track
            .site(site.site)
            .latest_stack()
            .iter()
            .map(|frame| names.function_of(*frame))
            .take_while(|function| *function != blamed)
            .map(|function| names.info(function).name.as_str())
            .collect(),
        _ => Vec::new(),
    };
    fingerprint(["heap", names.info(blamed).name.as_str()].into_iter().chain(path))
}
