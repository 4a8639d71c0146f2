//! The growth graph: functions under one root, edges weighted by the growth that flows through them, and dominators.
//!
//! A function dominates another when every growing stack that leads to the second runs through the first.

use crate::series::FunctionId;
use foldhash::{HashMap, HashSet};
use petgraph::Direction;
use petgraph::algo::dominators::{Dominators, simple_fast};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// The growth of a set of stacks, finished when constructed.
#[derive(Debug)]
pub struct GrowthGraph {
    /// Functions, and `None` for the root. Edges run from caller to callee and carry growth.
    graph: DiGraph<Option<FunctionId>, f64>,
    nodes: HashMap<FunctionId, NodeIndex>,
    dominators: Dominators<NodeIndex>,
    /// The growth that ends in a function, by node.
    flat: Vec<f64>,
    /// The growth that ends in the functions that one dominates, by node.
    retained: Vec<f64>,
}

impl GrowthGraph {
    /// Builds the graph of stacks, each leaf first with its growth. Those that did not grow take no part. A function
    /// that calls itself counts once a stack, at its place nearest to the leaf.
    pub fn new(stacks: impl IntoIterator<Item = (Vec<FunctionId>, f64)>) -> GrowthGraph {
        let mut graph = DiGraph::new();
        let root = graph.add_node(None);
        let mut nodes: HashMap<FunctionId, NodeIndex> = HashMap::default();
        let mut edges: HashMap<(NodeIndex, NodeIndex), f64> = HashMap::default();
        let mut flat = vec![0.0];
        for (stack, growth) in stacks.into_iter().filter(|(_, growth)| *growth > 0.0) {
            let mut seen = HashSet::default();
            let mut path: Vec<NodeIndex> = Vec::with_capacity(stack.len() + 1);
            for function in stack.into_iter().filter(|function| seen.insert(*function)) {
                path.push(*nodes.entry(function).or_insert_with(|| {
                    flat.push(0.0);
                    graph.add_node(Some(function))
                }));
            }
            if let Some(leaf) = path.first() {
                flat[leaf.index()] += growth;
            }
            path.push(root);
            for pair in path.windows(2) {
                *edges.entry((pair[1], pair[0])).or_insert(0.0) += growth;
            }
        }
        let mut edges: Vec<_> = edges.into_iter().collect();
        edges.sort_by_key(|((from, to), _)| (*from, *to));
        for ((from, to), growth) in edges {
            graph.add_edge(from, to, growth);
        }
        let dominators = simple_fast(&graph, root);
        let retained = retained(root, &dominators, &flat);
        GrowthGraph { graph, nodes, dominators, flat, retained }
    }

    /// Whether every growing stack that leads to `callee` runs through `caller`. A function dominates itself.
    pub fn dominates(&self, caller: FunctionId, callee: FunctionId) -> bool {
        let (Some(caller), Some(callee)) = (self.nodes.get(&caller), self.nodes.get(&callee)) else {
            return false;
        };
        self.dominators.dominators(*callee).is_some_and(|mut chain| chain.any(|node| node == *caller))
    }

    /// The growth that ends in functions which a function dominates: what would go if it were never called.
    pub fn retained(&self, function: FunctionId) -> f64 {
        self.nodes.get(&function).map_or(0.0, |node| self.retained[node.index()])
    }

    /// The functions that every growing stack to one runs through, from the root to the function itself, each with the
    /// growth it retains. Empty where it does not grow.
    pub fn dominator_path(&self, function: FunctionId) -> Vec<(FunctionId, f64)> {
        let Some(node) = self.nodes.get(&function) else { return Vec::new() };
        let chain = self.dominators.dominators(*node).into_iter().flatten();
        let mut path: Vec<FunctionId> = chain.filter_map(|node| self.graph[node]).collect();
        path.reverse();
        path.into_iter().map(|function| (function, self.retained(function))).collect()
    }

    /// All functions, each with the growth that ends in it and the growth of all stacks that it is part of, in the order
    /// in which the stacks show them.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, f64, f64)> {
        self.graph.node_indices().filter_map(|node| {
            let incoming = self.graph.edges_directed(node, Direction::Incoming);
            Some((self.graph[node]?, self.flat[node.index()], incoming.map(|edge| *edge.weight()).sum()))
        })
    }

    /// All calls: caller, callee, and the growth that comes through.
    pub fn calls(&self) -> impl Iterator<Item = (FunctionId, FunctionId, f64)> {
        self.graph
            .edge_references()
            .filter_map(|edge| Some((self.graph[edge.source()]?, self.graph[edge.target()]?, *edge.weight())))
    }

    /// The functions that call one, with the share of its growth that comes through each, largest first.
    pub fn callers(&self, function: FunctionId) -> Vec<(FunctionId, f64)> {
        let Some(node) = self.nodes.get(&function) else { return Vec::new() };
        let incoming = || self.graph.edges_directed(*node, Direction::Incoming);
        let total: f64 = incoming().map(|edge| *edge.weight()).sum();
        let mut callers: Vec<(FunctionId, f64)> =
            incoming().filter_map(|edge| Some((self.graph[edge.source()]?, edge.weight() / total))).collect();
        callers.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        callers
    }
}

/// What each node retains, once for all of them: a deep stack is a chain of dominators as long.
fn retained(root: NodeIndex, dominators: &Dominators<NodeIndex>, flat: &[f64]) -> Vec<f64> {
    let above = |node: NodeIndex| dominators.immediate_dominator(node);
    let mut dominated: Vec<Vec<NodeIndex>> = vec![Vec::new(); flat.len()];
    for node in (0..flat.len()).map(NodeIndex::new) {
        if let Some(above) = above(node) {
            dominated[above.index()].push(node);
        }
    }
    let (mut from_the_root, mut next) = (vec![root], 0);
    while let Some(node) = from_the_root.get(next).copied() {
        from_the_root.append(&mut dominated[node.index()]);
        next += 1;
    }
    let mut retained = flat.to_vec();
    for node in from_the_root.into_iter().rev() {
        if let Some(above) = above(node) {
            retained[above.index()] += retained[node.index()];
        }
    }
    retained
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(stacks: &[(&[u32], f64)]) -> GrowthGraph {
        GrowthGraph::new(stacks.iter().map(|(s, g)| (s.iter().map(|f| FunctionId(*f)).collect(), *g)))
    }

    #[test]
    fn dominators_and_retained_growth_follow_the_stacks() {
        // 1 calls 2 and 3, both call 4; 5 calls 3 as well.
        let graph = graph(&[(&[4, 2, 1], 10.0), (&[4, 3, 1], 5.0), (&[3, 5], 1.0)]);
        let dominates = |a, b| graph.dominates(FunctionId(a), FunctionId(b));
        assert!(dominates(1, 2) && dominates(4, 4));
        assert!(!dominates(1, 4), "4 is reached through 5 and 3 as well");
        assert!(!dominates(2, 4) && !dominates(9, 4));
        assert_eq!([4, 3, 2, 1, 9].map(|f| graph.retained(FunctionId(f))), [15.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(
            graph.dominator_path(FunctionId(2)),
            [(FunctionId(1), 10.0), (FunctionId(2), 10.0)]
                .map(|(function, _)| (function, graph.retained(function)))
        );
        let of = |f| {
            graph
                .functions()
                .find(|(function, _, _)| *function == FunctionId(f))
                .map(|(_, flat, cum)| (flat, cum))
        };
        assert_eq!([of(4), of(3), of(1)], [Some((15.0, 15.0)), Some((1.0, 6.0)), Some((0.0, 15.0))]);
        assert_eq!(graph.calls().map(|(_, _, growth)| growth).sum::<f64>(), 31.0);
        assert_eq!(graph.callers(FunctionId(4)), [(FunctionId(2), 10.0 / 15.0), (FunctionId(3), 5.0 / 15.0)]);
    }

    #[test]
    fn recursion_and_what_shrinks_change_nothing() {
        let graph = graph(&[(&[7, 6, 7, 6, 1], 8.0), (&[2, 1], -3.0)]);
        assert!(graph.dominates(FunctionId(1), FunctionId(7)));
        assert_eq!(graph.retained(FunctionId(1)), 8.0);
        assert!(graph.callers(FunctionId(2)).is_empty());
    }
}
