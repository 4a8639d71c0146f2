//! One suspect on the page: what its summary and its parts hold.

use super::super::document::{Document, ExcerptView, FrameView, SiteView, SuspectView};
use super::super::functions::Names;
use super::super::layout::{
    STACKS_SHOWN, StackLine, called_into, callers, capital, change, excerpt_lines, joined, line_changes,
    own_code_first, per_hour, routing, stack_lines,
};
use super::super::link_base::Links;
use super::super::units::{percent, probability, quantity, signed};
use super::chart::{TALL, chart};
use crate::clusters::Subject;
use crate::graph::GrowthGraph;
use crate::profile::{Kind, Owner, Unit};

/// Suspects whose path is looked for; the graph of a large heap takes a while.
const PATHS: usize = 50;
/// Functions shown of a path, from each end.
const PATH_ENDS: usize = 8;

/// A suspect, ready for the template.
pub(super) struct Card<'a> {
    pub(super) suspect: &'a SuspectView,
    pub(super) confidence: &'static str,
    pub(super) function: String,
    pub(super) position: String,
    pub(super) link: Option<String>,
    /// Whom it concerns.
    pub(super) routing: Option<String>,
    pub(super) change: String,
    pub(super) per_hour: String,
    pub(super) chart: Option<String>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) excerpt: Vec<Quoted>,
    /// Whether any of these lines holds anything.
    pub(super) is_held: bool,
    pub(super) joined: Vec<(String, String)>,
    pub(super) callers: Option<String>,
    pub(super) path: Vec<Step>,
    pub(super) own_code_first: &'static str,
    pub(super) stacks: Vec<Stack>,
    pub(super) more_stacks: usize,
}

/// A function that all growth of a suspect runs through.
pub(super) struct Step {
    pub(super) function: String,
    pub(super) owner: &'static str,
    pub(super) retained: String,
    /// Of all growth of its kind, in hundredths.
    pub(super) share: f64,
    pub(super) percent: String,
    /// A place where so many functions are left out.
    pub(super) gap: usize,
}

/// A line of source.
pub(super) struct Quoted {
    pub(super) marked: bool,
    pub(super) number: u32,
    /// How what the line holds has changed, and from what to what.
    pub(super) held: Option<(String, String)>,
    pub(super) line: String,
}

/// A line of a stack: a frame, or what stands for those left out.
pub(super) struct Line {
    pub(super) own: bool,
    pub(super) function: String,
    pub(super) position: String,
    pub(super) link: Option<String>,
}

/// One stack of a suspect.
pub(super) struct Stack {
    pub(super) change: String,
    pub(super) lines: Vec<Line>,
    pub(super) called_into: Option<(String, String)>,
}

/// The cards of all suspects.
pub(super) fn cards<'a>(document: &'a Document, sites: &[SiteView], links: &Links<'_>) -> Vec<Card<'a>> {
    let graphs = Kind::ALL.map(|kind| Graph::of(kind, sites));
    let graph = |suspect: &SuspectView| {
        let fits = |graph: &&Graph<'_>| match suspect.subject {
            Subject::Heap => graph.kind == Kind::Heap,
            Subject::Goroutine => graph.kind != Kind::Heap,
        };
        graphs.iter().flatten().find(fits)
    };
    document
        .suspects
        .iter()
        .enumerate()
        .map(|(index, suspect)| {
            let path = match graph(suspect).filter(|_| index < PATHS) {
                Some(graph) => graph.path(&suspect.blame),
                None => Vec::new(),
            };
            card(suspect, path, document, links)
        })
        .collect()
}

fn card<'a>(suspect: &'a SuspectView, path: Vec<Step>, document: &Document, links: &Links<'_>) -> Card<'a> {
    let points = match suspect.history.as_slice() {
        [] => &suspect.figures().points,
        history => history,
    };
    let shown: Vec<&SiteView> = suspect.sites.iter().filter(|site| site.figures.delta > 0.0).collect();
    Card {
        suspect,
        confidence: suspect.confidence.name(),
        function: suspect.blame.short_function(),
        position: suspect.blame.position(),
        link: links.to(&suspect.blame),
        routing: routing(suspect).map(|routing| capital(&routing)),
        change: change(suspect.figures()),
        per_hour: per_hour(suspect.figures()),
        chart: chart(points, suspect.figures().unit, &document.lives, TALL),
        facts: facts(suspect),
        excerpt: suspect
            .excerpt
            .as_ref()
            .map_or_else(Vec::new, |excerpt| quoted(excerpt, suspect.figures().unit)),
        is_held: suspect.excerpt.as_ref().is_some_and(|excerpt| !excerpt.values.is_empty()),
        joined: joined(suspect).collect(),
        callers: callers(suspect),
        path,
        own_code_first: own_code_first(&shown),
        stacks: shown.iter().take(STACKS_SHOWN).map(|site| stack(site, links)).collect(),
        more_stacks: shown.len().saturating_sub(STACKS_SHOWN),
    }
}

/// Text in which every second part stood between backticks.
pub(crate) fn spans(text: &str) -> Vec<(bool, &str)> {
    text.split('`').enumerate().map(|(index, part)| (index % 2 == 1, part)).collect()
}

fn facts(suspect: &SuspectView) -> Vec<(&'static str, String)> {
    let growth = suspect.figures();
    let unit = growth.unit;
    let interval = |[low, high]: [f64; 2]| format!("{} to {}", signed(low, unit), signed(high, unit));
    let mut facts = vec![
        ("Before", quantity(growth.first, unit)),
        ("After", quantity(growth.last, unit)),
        ("Change", signed(growth.delta, unit)),
    ];
    if growth.delta_error > 0.0 {
        facts.push(("95 % interval", interval(growth.delta_ci95)));
    }
    facts.push(("Per hour", per_hour(suspect.figures())));
    facts.extend(growth.shape.map(|shape| ("Shape", shape.name().to_owned())));
    facts.extend(growth.retention.zip(growth.retention_ci95).map(|(kept, [low, high])| {
        (
            "Still there of what was allocated",
            format!("{} ({} to {})", percent(kept), percent(low), percent(high)),
        )
    }));
    let kind =
        if suspect.subject == Subject::Heap { "Share of heap growth" } else { "Share of goroutine growth" };
    facts.extend(suspect.share.map(|share| (kind, percent(share))));
    let chance: Vec<String> = [("p", growth.p_value), ("q", growth.q_value)]
        .into_iter()
        .filter_map(|(n, p)| Some(probability(n, p?)))
        .collect();
    if !chance.is_empty() {
        facts.push(("Chance", chance.join(", ")));
    }
    facts
}

fn quoted(excerpt: &ExcerptView, unit: Unit) -> Vec<Quoted> {
    // What all lines are indented by says nothing, and takes the room of a narrow screen.
    let spaces = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let indent = excerpt.lines.iter().filter(|line| !line.trim().is_empty()).map(spaces).min().unwrap_or(0);
    let lines = excerpt_lines(excerpt).zip(line_changes(excerpt, unit));
    let quoted = |((mark, number, line), held): ((char, u32, String), _)| Quoted {
        marked: mark == '>',
        number,
        held,
        line: line.get(indent..).unwrap_or_default().to_owned(),
    };
    lines.map(quoted).collect()
}

fn stack(site: &SiteView, links: &Links<'_>) -> Stack {
    let line = |line: StackLine<'_>| match line {
        StackLine::Frame { frame, first_own } => Line {
            own: first_own,
            function: frame.function.clone(),
            position: frame.position(),
            link: links.to(frame),
        },
        StackLine::Gap(n) => {
            Line { own: false, function: format!("... {n} frames ..."), position: String::new(), link: None }
        }
    };
    Stack {
        change: change(&site.figures),
        lines: stack_lines(site).into_iter().map(line).collect(),
        called_into: called_into(site).map(|(done, calls)| (capital(done), calls)),
    }
}

/// The growth of one kind as a graph.
struct Graph<'a> {
    kind: Kind,
    unit: Unit,
    total: f64,
    names: Names<'a>,
    graph: GrowthGraph,
}

impl<'a> Graph<'a> {
    fn of(kind: Kind, sites: &'a [SiteView]) -> Option<Graph<'a>> {
        let grown: Vec<&SiteView> = sites
            .iter()
            .filter(|site| site.kind == kind && site.is_asked_for() && site.figures.delta > 0.0)
            .collect();
        let unit = grown.first()?.figures.unit;
        let names = Names::of(&grown);
        let graph = GrowthGraph::new(names.stacks(&grown, &|_| true));
        let total = grown.iter().map(|site| site.figures.delta).sum();
        Some(Graph { kind, unit, total, names, graph })
    }

    /// The functions that all growth of a function runs through, from the root.
    fn path(&self, blame: &FrameView) -> Vec<Step> {
        let Some(function) = self.names.id(blame) else { return Vec::new() };
        let path = self.graph.dominator_path(function);
        let left_out = path.len().saturating_sub(2 * PATH_ENDS);
        let mut steps = Vec::new();
        for (index, (function, retained)) in path.into_iter().enumerate() {
            if left_out > 0 && (PATH_ENDS..PATH_ENDS + left_out).contains(&index) {
                if index == PATH_ENDS {
                    steps.push(Step::gap(left_out));
                }
                continue;
            }
            let frame = self.names.frame(function);
            steps.push(Step {
                function: frame.short_function(),
                owner: owner(frame),
                retained: signed(retained, self.unit),
                share: (100.0 * retained / self.total).clamp(0.0, 100.0),
                percent: percent(retained / self.total),
                gap: 0,
            });
        }
        steps
    }
}

impl Step {
    fn gap(left_out: usize) -> Step {
        Step {
            function: String::new(),
            owner: "std",
            retained: String::new(),
            share: 0.0,
            percent: String::new(),
            gap: left_out,
        }
    }
}

/// Whose code a frame is, as a word of the style.
pub(super) fn owner(frame: &FrameView) -> &'static str {
    match frame.owner {
        Owner::Own => "own",
        Owner::Dependency => "dependency",
        Owner::Std => "std",
    }
}
