//! The stacks of a report as a tree, which the page draws as a flame graph: before, after, and what grew.

use super::super::document::{FrameView, SiteView};
use super::card::owner;
use crate::profile::{Kind, display_function};
use serde::Serialize;
use std::collections::HashMap;

/// Nodes of a tree. The smallest ones beyond that, which could be seen in no picture, end at their callers.
const MOST_NODES: usize = 20_000;

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
    values: [Vec<i64>; 3],
    /// The node in which each site of the report ends, in their order; -1 for sites of other kinds.
    #[serde(skip)]
    pub(super) ends: Vec<i32>,
}

/// The trees of all kinds that are there.
pub(super) fn flames(sites: &[SiteView]) -> Vec<Flame<'_>> {
    Kind::ALL
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
            let figures = &site.figures;
            let values = [figures.first, figures.last, figures.delta.max(0.0)];
            for (column, value) in self.values.iter_mut().zip(values) {
                column[node as usize] += value;
            }
        }
        self.prune(&mut ends);
        let Builder { functions, parents, nodes, values, .. } = self;
        // Whole bytes and goroutines, which take half the room.
        let values = values.map(|column| column.into_iter().map(|value| value.round() as i64).collect());
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

    /// Takes away the smallest nodes of a tree that is too large; their values go to their callers, so that sums stay.
    fn prune(&mut self, ends: &mut [i32]) {
        let size = self.nodes.len();
        if size <= MOST_NODES {
            return;
        }
        // The largest share of each node in one of the three pictures.
        let mut shares = vec![0f64; size];
        for column in &self.values {
            let mut totals = column.clone();
            for node in (0..size).rev() {
                if let Ok(caller) = usize::try_from(self.parents[node]) {
                    totals[caller] += totals[node];
                }
            }
            let roots = (0..size).filter(|node| self.parents[*node] < 0);
            let whole = roots.map(|node| totals[node].abs()).sum::<f64>().max(1.0);
            for (share, total) in shares.iter_mut().zip(totals) {
                *share = share.max(total / whole);
            }
        }
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]).then(a.cmp(b)));
        let mut stays = vec![false; size];
        order.into_iter().take(MOST_NODES).for_each(|node| stays[node] = true);

        let old = std::mem::take(&mut self.nodes);
        let parents = std::mem::take(&mut self.parents);
        let values = std::mem::take(&mut self.values);
        let functions = std::mem::take(&mut self.functions);
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        // Where each old node is now: itself, or the nearest caller that stays.
        let mut places: Vec<i32> = Vec::with_capacity(size);
        for node in 0..size {
            let caller = usize::try_from(parents[node]).map_or(-1, |caller| places[caller]);
            let is_root = parents[node] < 0;
            if is_root || (caller >= 0 && stays[node]) {
                places.push(self.nodes.len() as i32);
                let next = self.functions.len() as u32;
                let number = *numbers.entry(old[node]).or_insert(next);
                if number == next {
                    self.functions.push(functions[old[node] as usize].clone());
                }
                self.nodes.push(number);
                self.parents.push(caller);
                self.values.iter_mut().for_each(|column| column.push(0.0));
            } else {
                places.push(caller);
            }
            let place = places[node] as usize;
            self.values.iter_mut().zip(&values).for_each(|(column, own)| column[place] += own[node]);
        }
        for end in ends.iter_mut() {
            *end = usize::try_from(*end).map_or(-1, |node| places[node]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_that_is_too_large_loses_its_smallest_parts_and_no_value() {
        let mut builder = Builder::default();
        let size = 3 * MOST_NODES;
        builder.functions = vec![("main.f".to_owned(), "", "own"); 10];
        builder.nodes = (0..size).map(|node| (node % 10) as u32).collect();
        builder.parents = (0..size).map(|node| if node == 0 { -1 } else { (node - 1) as i32 / 2 }).collect();
        builder.values = [0, 1, 2].map(|n| (0..size).map(|node| ((node * 7 + n) % 13) as f64).collect());
        let sums = |values: &[Vec<f64>; 3]| values.each_ref().map(|column| column.iter().sum::<f64>());
        let before = sums(&builder.values);
        let mut ends: Vec<i32> = (0..size as i32).collect();
        builder.prune(&mut ends);
        assert_eq!(builder.nodes.len(), MOST_NODES);
        assert_eq!(sums(&builder.values), before);
        assert!(builder.parents.iter().enumerate().all(|(node, caller)| *caller < node as i32));
        assert!(ends.iter().all(|end| (0..MOST_NODES as i32).contains(end)));
    }
}
