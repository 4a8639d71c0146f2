//! The growth graph as DOT, for graphviz: who calls what grew. One graph a kind, cut down to what carries the growth.

use super::SuspectView;
use super::document::{Document, FrameView, SiteView};
use super::functions::Names;
use super::layout::SUSPECTS_ALONE;
use super::units::{percent, signed};
use crate::graph::GrowthGraph;
use crate::profile::{Kind, display_function};
use crate::series::FunctionId;
use crate::suspects::Confidence;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// Functions drawn; a picture of more cannot be read.
const MOST_NODES: usize = 60;
/// Share of all growth of its kind below which a function is left out, as pprof does it.
const LEAST_SHARE: f64 = 0.005;
/// The longest label; names that long say no more in a picture.
const LONGEST_LABEL: usize = 120;

/// Renders the growth of every stack as a graph. Functions that carry little are left out, and their callers lead to
/// their callees. The blamed functions stand out. Of a report that was saved without every site, the stacks of the
/// suspects are drawn, and the title says so.
pub fn dot(document: &Document) -> String {
    let sites = document.known_sites();
    let title = match &document.sites {
        Some(_) => document.headline.clone(),
        None => format!("{}\n{SUSPECTS_ALONE}", document.headline),
    };
    let mut out = String::new();
    let text = &mut out;
    line(text, format_args!("digraph growth {{"));
    line(text, format_args!("  label={};", quoted(&title)));
    line(text, format_args!("  labelloc=t; labeljust=l; rankdir=TB; fontname=\"Helvetica\"; fontsize=14;"));
    line(
        text,
        format_args!("  node [shape=box, style=filled, fillcolor=\"#f6f6f6\", fontname=\"Helvetica\"];"),
    );
    line(text, format_args!("  edge [fontname=\"Helvetica\", fontsize=10];"));
    for kind in Kind::ALL {
        let grown: Vec<&SiteView> = sites
            .iter()
            .copied()
            .filter(|site| site.kind == kind && site.is_asked_for() && site.figures.delta > 0.0)
            .collect();
        if !grown.is_empty() {
            cluster(text, kind, &grown, document);
        }
    }
    line(text, format_args!("}}"));
    out
}

/// The graph of one kind.
fn cluster(text: &mut String, kind: Kind, sites: &[&SiteView], document: &Document) {
    let unit = sites[0].figures.unit;
    let total: f64 = sites.iter().map(|site| site.figures.delta).sum();
    let names = Names::of(sites);
    let whole = GrowthGraph::new(names.stacks(sites, &|_| true));
    let blamed = blamed(document, &names);
    let kept = kept(&whole, total, &blamed);
    let graph = GrowthGraph::new(names.stacks(sites, &|function| kept.contains(&function)));
    let prefix = kind.name();
    line(text, format_args!("  subgraph cluster_{prefix} {{"));
    let label = format!("{prefix}: {} in all that grew", signed(total, unit));
    line(text, format_args!("    label={}; color=\"#bbbbbb\";", quoted(&label)));
    for (function, flat, cum) in graph.functions() {
        let share = cum / total;
        let frame = names.frame(function);
        let mut label = cut(&display_function(&frame.function));
        let position = frame.short_file();
        if !position.is_empty() {
            let _ = write!(label, "\n{}", cut(&position));
        }
        if flat > 0.0 && flat < cum {
            let _ = write!(label, "\n{} here", signed(flat, unit));
        }
        let _ = write!(label, "\n{} ({})", signed(cum, unit), percent(share));
        let size = 10.0 + 14.0 * (flat / total).sqrt();
        let fill = match blamed.get(&function) {
            Some(Confidence::High) => ", fillcolor=\"#f4b6ae\", penwidth=2",
            Some(Confidence::Medium) => ", fillcolor=\"#f8dca6\", penwidth=2",
            Some(Confidence::Low) => ", fillcolor=\"#f3eec3\"",
            None => "",
        };
        line(
            text,
            format_args!("    {prefix}{} [label={}, fontsize={size:.1}{fill}];", function.0, quoted(&label)),
        );
    }
    for (caller, callee, growth) in graph.calls() {
        let width = 1.0 + 4.0 * growth / total;
        let label = quoted(&signed(growth, unit));
        line(
            text,
            format_args!(
                "    {prefix}{} -> {prefix}{} [label={label}, penwidth={width:.1}];",
                caller.0, callee.0
            ),
        );
    }
    line(text, format_args!("  }}"));
}

/// The functions that are drawn: the blamed ones, and of the others those that carry most.
fn kept(graph: &GrowthGraph, total: f64, blamed: &HashMap<FunctionId, Confidence>) -> BTreeSet<FunctionId> {
    let mut ranked: Vec<(FunctionId, f64)> = graph
        .functions()
        .filter(|(_, _, cum)| *cum >= LEAST_SHARE * total)
        .map(|(function, _, cum)| (function, cum))
        .collect();
    let is_blamed = |function: &FunctionId| blamed.contains_key(function);
    ranked.sort_by(|(a, of_a), (b, of_b)| {
        is_blamed(b).cmp(&is_blamed(a)).then(of_b.total_cmp(of_a)).then(a.cmp(b))
    });
    ranked.into_iter().take(MOST_NODES).map(|(function, _)| function).collect()
}

/// The blamed functions with the confidence of their surest suspect.
fn blamed(document: &Document, names: &Names<'_>) -> HashMap<FunctionId, Confidence> {
    let mut blamed = HashMap::new();
    let blames = |suspect: &SuspectView| -> Vec<FrameView> {
        let joined = suspect.joined.iter().map(|joined| joined.blame.clone());
        std::iter::once(suspect.blame.clone()).chain(joined).collect()
    };
    for suspect in &document.suspects {
        for frame in blames(suspect) {
            if let Some(function) = names.id(&frame) {
                let known = blamed.entry(function).or_insert(suspect.confidence);
                *known = suspect.confidence.max(*known);
            }
        }
    }
    blamed
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONGEST_LABEL) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name.to_owned(),
    }
}

/// A quoted string, in which DOT reads a backslash as the start of an escape and a line break as itself.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_label() {
        assert_eq!(quoted("a\"];x\\N"), "\"a\\\"];x\\\\N\"");
        assert_eq!(quoted("a\nb"), "\"a\\nb\"");
        assert_eq!(cut(&"ä".repeat(500)).chars().count(), LONGEST_LABEL + 3);
    }
}
