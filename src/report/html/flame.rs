//! The stacks of a report as a tree, which the page draws as a flame graph: before, after, and what grew.

use super::super::document::{FrameView, SiteView};
use super::card::owner;
use crate::profile::{Kind, display_function};
use serde::Serialize;
use std::collections::HashMap;

/// A part of the whole that is too small to be seen in any picture; such stacks end at their caller.
const LEAST_SHARE: f64 = 1.0 / 20_000.0;

/// The stacks of one kind.
#[derive(Serialize)]
pub(super) struct Flame<'a> {
    kind: &'static str,
    unit: &'static str,
    /// Name, file and owner of each function.
    functions: Vec<(String, &'a str, &'static str)>,
    /// The node that called each node; -1 at the root. Callers stand before their callees.
    parents: Vec<i32>,
    /// The function of each node.
    nodes: Vec<u32>,
    /// What ends in each node: before, after, and the sum of what grew.
    values: [Vec<f64>; 3],
    /// The node in which each site of the report ends, in their order; -1 for sites of other kinds.
    #[serde(skip)]
    pub(super) ends: Vec<i32>,
}

/// The trees of all kinds that are there.
pub(super) fn flames(sites: &[SiteView]) -> Vec<Flame<'_>> {
    [Kind::Heap, Kind::Goroutine, Kind::GoroutineLeak]
        .into_iter()
        .filter(|kind| sites.iter().any(|site| site.kind == *kind && site.is_asked_for()))
        .map(|kind| Builder::default().build(kind, sites))
        .collect()
}

#[derive(Default)]
struct Builder<'a> {
    functions: Vec<(String, &'a str, &'static str)>,
    ids: HashMap<(&'a str, &'a str), u32>,
    parents: Vec<i32>,
    nodes: Vec<u32>,
    values: [Vec<f64>; 3],
    children: HashMap<(i32, u32), i32>,
}

impl<'a> Builder<'a> {
    fn build(mut self, kind: Kind, sites: &'a [SiteView]) -> Flame<'a> {
        let mut unit = "count";
        let mut ends = vec![-1; sites.len()];
        for (index, site) in sites.iter().enumerate().filter(|(_, s)| s.kind == kind && s.is_asked_for()) {
            unit = site.figures.unit.name();
            let node = self.place(&site.stack);
            ends[index] = node;
            if node < 0 {
                continue;
            }
            let growth = &site.figures.growth;
            let values = [growth.first(), growth.last(), growth.delta().max(0.0)];
            for (column, value) in self.values.iter_mut().zip(values) {
                column[node as usize] += value;
            }
        }
        self.prune(&mut ends);
        let Builder { functions, parents, nodes, values, .. } = self;
        Flame { kind: kind.name(), unit, functions, parents, nodes, values, ends }
    }

    /// The node of a stack, root first. A function that calls itself directly stands there once.
    fn place(&mut self, stack: &'a [FrameView]) -> i32 {
        let mut node = -1;
        let mut caller = None;
        for frame in stack.iter().rev() {
            let function = self.function(frame);
            if caller == Some(function) {
                continue;
            }
            caller = Some(function);
            let next = self.nodes.len() as i32;
            let child = *self.children.entry((node, function)).or_insert(next);
            if child == next {
                self.parents.push(node);
                self.nodes.push(function);
                self.values.iter_mut().for_each(|column| column.push(0.0));
            }
            node = child;
        }
        node
    }

    fn function(&mut self, frame: &'a FrameView) -> u32 {
        let next = self.functions.len() as u32;
        let id = *self.ids.entry((&frame.function, &frame.file)).or_insert(next);
        if id == next {
            self.functions.push((display_function(&frame.function), &frame.file, owner(frame)));
        }
        id
    }

    /// Takes away what no picture shows; its values go to the caller, so that all sums stay.
    fn prune(&mut self, ends: &mut [i32]) {
        let mut totals = self.values.clone();
        for node in (0..self.nodes.len()).rev() {
            if let Ok(parent) = usize::try_from(self.parents[node]) {
                totals.iter_mut().for_each(|column| column[parent] += column[node]);
            }
        }
        let roots = |column: &Vec<f64>| -> f64 {
            (0..column.len()).filter(|node| self.parents[*node] < 0).map(|node| column[node].abs()).sum()
        };
        let least: Vec<f64> = totals.iter().map(|column| roots(column) * LEAST_SHARE).collect();
        let mut kept: Vec<i32> = Vec::with_capacity(self.nodes.len());
        let (mut parents, mut nodes, mut values) =
            (Vec::new(), Vec::new(), [Vec::new(), Vec::new(), Vec::new()]);
        for node in 0..self.nodes.len() {
            let parent = usize::try_from(self.parents[node]).map_or(-1, |parent| kept[parent]);
            let seen = totals.iter().zip(&least).any(|(column, least)| column[node] > *least);
            if self.parents[node] >= 0 && !seen {
                for (column, own) in values.iter_mut().zip(&self.values) {
                    let column: &mut Vec<f64> = column;
                    if let Some(value) = usize::try_from(parent).ok().and_then(|p| column.get_mut(p)) {
                        *value += own[node];
                    }
                }
                kept.push(parent);
                continue;
            }
            kept.push(nodes.len() as i32);
            parents.push(parent);
            nodes.push(self.nodes[node]);
            values.iter_mut().zip(&self.values).for_each(|(column, own)| column.push(own[node]));
        }
        for end in ends.iter_mut() {
            *end = usize::try_from(*end).map_or(-1, |node| kept[node]);
        }
        (self.parents, self.nodes, self.values) = (parents, nodes, values);
    }
}
