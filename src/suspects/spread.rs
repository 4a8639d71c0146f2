//! Growth that no single place explains: many places below one function that grow a little each, or a busy place that keeps a
//! small part of what it allocates.

use super::evidence::Evidence;
use super::heap::{HeapScene, Judged};
use super::weigh::{About, Weighed};
use super::{Candidate, Confidence};
use crate::clusters::{Blame, heap_tally};
use crate::judge::policy::{CARRIES, LEAST_RISE, LEAST_SHARE_ALONE, SPREAD};
use crate::judge::{Class, Counts, Sizes, may_keep, weigh};
use crate::profile::Owner;
use crate::series::{FunctionId, SiteId};
use std::collections::{BTreeMap, BTreeSet};

/// A function and all that is allocated below it.
struct Node {
    function: FunctionId,
    rows: Vec<usize>,
    counts: Counts,
    /// How many stacks below it rose.
    stacks: usize,
    /// By how far its frame stands from the leaf, on average.
    height: f64,
}

/// The function below which the growth comes together, if it is not one place that grows: the deepest that carries it. The stacks of
/// suspects are left out.
pub(super) fn spread(scene: &HeapScene<'_>, known: &[Candidate]) -> Option<Candidate> {
    if scene.scale.intervals() < 2 || scene.scale.lives.len() > 1 {
        return None;
    }
    let nodes = nodes(scene, known);
    let prior = scene.scale.prior(scene.scale.places().max(nodes.len() as f64) / SPREAD);
    let judged: Vec<(&Node, Weighed)> = nodes
        .iter()
        .filter_map(|node| {
            let seen = scene.scale.life().observation(&node.counts);
            let weight = may_keep(&seen, LEAST_SHARE_ALONE).then(|| weigh(&seen, LEAST_SHARE_ALONE, 0.0))?;
            Some((node, Weighed::of(weight.log, prior, weight, About::All)))
        })
        .collect();
    let best = judged.iter().map(|(_, weighed)| weighed.posterior.leak()).fold(0.0, f64::max);
    // As sure as the best, within what chance does to either.
    let sure =
        |weighed: &Weighed| weighed.posterior.leak() >= best / 2.0 && weighed.posterior.best() == Class::Leak;
    let most = judged.iter().filter(|(_, w)| sure(w)).map(|(node, _)| node.counts.rise()).fold(0.0, f64::max);
    let (node, weighed) = judged
        .into_iter()
        .filter(|(node, weighed)| sure(weighed) && node.counts.rise() >= CARRIES * most)
        .min_by(|(a, _), (b, _)| a.height.total_cmp(&b.height))?;
    let tally = heap_tally(scene.track, &node.rows, scene.window.first(), scene.window.last());
    let p_value = tally.change_without_tiny.p_value();
    let q_value = (p_value * nodes.len() as f64).min(1.0);
    let root = scene.groups.roots().find(|root| scene.groups.rows(*root).contains(&node.rows[0]))?;
    let mut judged = scene.decide(weighed, &node.rows, (p_value, q_value), root)?;
    // Which of the nested functions it is stays open.
    judged.confidence = judged.confidence.min(Confidence::Medium);
    judged.evidence.push(Evidence::Spread { stacks: node.stacks });
    let blame = blame_of(scene, node)?;
    Some(scene.candidate_of(&node.rows, blame, judged, (Some(p_value), Some(q_value))))
}

/// Every function on any stack that may hold, with what is allocated below it.
fn nodes(scene: &HeapScene<'_>, known: &[Candidate]) -> Vec<Node> {
    let taken: BTreeSet<SiteId> = known
        .iter()
        .filter(|candidate| candidate.confidence >= Confidence::Medium)
        .flat_map(|candidate| candidate.sites.iter().map(|site| site.site))
        .collect();
    let mut nodes: BTreeMap<FunctionId, (Node, f64)> = BTreeMap::new();
    let stacks = (0..scene.groups.len()).filter(|group| scene.groups.parts(*group).next().is_none());
    for stack in stacks {
        let rows = scene.groups.rows(stack);
        let site = scene.track.rows[rows[0]].site;
        if taken.contains(&site) {
            continue;
        }
        let counts = scene.scale.life().counts(rows, Sizes::All);
        if counts.births() <= 0.0 && counts.rise() <= 0.0 {
            continue;
        }
        let functions = scene.track.latest_stack(site).iter().map(|frame| scene.names.function_of(frame));
        let is_runtime = |function: &FunctionId| scene.names.info(*function).is_runtime;
        // The outermost function is the root of everything that its goroutine does, and says nothing of where to look.
        let outermost = functions.clone().rev().find(|function| !is_runtime(function));
        let mut seen = BTreeSet::new();
        for (height, function) in functions.enumerate() {
            if is_runtime(&function) || Some(function) == outermost || !seen.insert(function) {
                continue;
            }
            let new = || {
                (Node { function, rows: Vec::new(), counts: Counts::default(), stacks: 0, height: 0.0 }, 0.0)
            };
            let (node, stacks) = nodes.entry(function).or_insert_with(new);
            node.rows.extend(rows);
            node.counts.add(&counts);
            node.stacks += usize::from(counts.rise() >= 1.0);
            node.height += height as f64;
            *stacks += 1.0;
        }
    }
    let nodes = nodes.into_values().map(|(mut node, stacks)| {
        node.rows.sort_unstable();
        node.height /= stacks;
        node
    });
    nodes.filter(|node| node.stacks > 1 && node.counts.rise() >= LEAST_RISE).collect()
}

/// The function, at the line from which most that rose was called.
fn blame_of(scene: &HeapScene<'_>, node: &Node) -> Option<Blame> {
    let line_of = |row: &usize| {
        let stack = scene.track.latest_stack(scene.track.rows[*row].site);
        let frame = stack.iter().find(|frame| scene.names.function_of(*frame) == node.function)?;
        Some(scene.names.line_of(frame))
    };
    let mut lines: BTreeMap<u32, i64> = BTreeMap::new();
    for row in &node.rows {
        let live = |snapshot: usize| scene.track.bytes(snapshot, *row).1;
        let grown = live(scene.window.last()).saturating_sub(live(scene.window.first()));
        let sum = lines.entry(line_of(row)?).or_insert(0);
        *sum = sum.saturating_add(grown);
    }
    let (line, _) = lines.into_iter().max_by_key(|(line, grown)| (*grown, std::cmp::Reverse(*line)))?;
    Some(Blame { function: node.function, line, first_line: line })
}

/// The busy place that explains why the heap of a series grows, where nothing else does: the narrowest that carries nearly as much of the growth as
/// any. What it seems to gain may be garbage not yet collected, so it is never high.
pub(super) fn busy_place(scene: &HeapScene<'_>, known: &[Candidate]) -> Option<Candidate> {
    // In two snapshots what was not yet collected looks like what stays.
    if scene.scale.intervals() < 2 {
        return None;
    }
    let is_known = |index: &usize| {
        let function = scene.groups.get(*index).blame.function;
        known.iter().any(|candidate| {
            candidate.blame.function == function && candidate.confidence >= Confidence::Medium
        })
    };
    let is_own =
        |index: &usize| scene.names.info(scene.groups.get(*index).blame.function).owner != Owner::Std;
    let busy = (0..scene.groups.len()).filter(|index| scene.is_hot(*index) && scene.delta(*index) > 0.0);
    let busy: Vec<usize> = busy.filter(is_own).filter(|index| !is_known(index)).collect();
    let judged = busy.into_iter().filter_map(|index| {
        let counts = scene.scale.life().counts(scene.groups.rows(index), Sizes::All);
        let judged: Judged = scene.judge(index, &counts, LEAST_SHARE_ALONE, 0.0)?;
        Some((index, judged))
    });
    let key = |judged: &Judged| judged.weighed.posterior.leak();
    let (index, mut judged) = judged.max_by(|(_, a), (_, b)| key(a).total_cmp(&key(b)))?;
    judged.confidence = judged.confidence.min(Confidence::Medium);
    judged.evidence.push(Evidence::BusyPlace);
    Some(scene.candidate(&[index], judged))
}
