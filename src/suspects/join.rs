//! One leak, one suspect: memory and the goroutines that hold it, and sites that grow together, are joined.
//!
//! Two suspects are one where the profile shows it: goroutines that stand in the function that allocated, or were
//! started by it; a companion goroutine a connection; memory in a function that calls the other one each time, with as
//! many objects. Equal pace alone joins nothing: two leaks of one handler have that too.

use super::{Confidence, Evidence, Suspect, Window};
use crate::clusters::{Subject, heap_sums};
use crate::graph::GrowthGraph;
use crate::profile::package_of;
use crate::series::{FunctionId, Names, Track};
use std::cell::LazyCell;
use std::collections::BTreeSet;

/// Two counts are the same if they differ by less than so many standard errors.
const SAME_WITHIN: f64 = 2.0;
/// A count that is not known to a half is equal to anything and says nothing.
const KNOWN_WITHIN: f64 = 0.5;
/// Goroutines are counted exactly, at slightly different moments: companions differ by less than this share.
const COMPANIONS_WITHIN: f64 = 0.1;
/// Stacks that carry this share of a suspect's growth speak for it.
const LEADING: f64 = 0.25;

/// The tracks that suspects point into.
pub struct Tracks<'a> {
    /// Names of frames.
    pub names: &'a Names,
    /// The heap, if it was judged.
    pub heap: Option<(&'a Track, &'a Window)>,
    /// The goroutines, if they were judged.
    pub goroutines: Option<(&'a Track, &'a Window)>,
}

/// Joins suspects that are one leak. The one of own code that says most stays, the others stand in its `joined`.
pub fn join(suspects: Vec<Suspect>, tracks: &Tracks<'_>) -> Vec<Suspect> {
    let traits: Vec<Traits<'_>> = suspects.iter().map(|suspect| Traits::of(suspect, tracks)).collect();
    let graph = LazyCell::new(|| growth_graph(tracks));
    let mut leader: Vec<usize> = (0..suspects.len()).collect();
    for a in 0..suspects.len() {
        for b in 0..a {
            let sure = suspects[a].confidence.max(suspects[b].confidence) >= Confidence::Medium;
            if sure && belong_together(&traits[a], &traits[b], &graph) {
                let (from, to) = (root(&leader, a), root(&leader, b));
                leader[from] = to;
            }
        }
    }
    let mut teams: Vec<(usize, Vec<Suspect>)> = Vec::new();
    for (index, suspect) in suspects.into_iter().enumerate() {
        let team = root(&leader, index);
        match teams.iter_mut().find(|(of, _)| *of == team) {
            Some((_, members)) => members.push(suspect),
            None => teams.push((team, vec![suspect])),
        }
    }
    teams.into_iter().filter_map(|(_, members)| lead(members)).collect()
}

fn root(leader: &[usize], mut index: usize) -> usize {
    while leader[index] != index {
        index = leader[index];
    }
    index
}

/// What the growth of the heap flows through.
fn growth_graph(tracks: &Tracks<'_>) -> GrowthGraph {
    let Some((track, window)) = tracks.heap else { return GrowthGraph::new([]) };
    let stacks = track.rows.iter().enumerate().map(|(row, info)| {
        let (first, last) = (track.cell(window.first(), row), track.cell(window.last(), row));
        let grown = last.inuse_space.saturating_sub(first.inuse_space);
        let stack = track.site(info.site).latest_stack();
        (stack.iter().map(|frame| tracks.names.function_of(*frame)).collect(), grown as f64)
    });
    GrowthGraph::new(stacks)
}

/// What joining asks of a suspect.
struct Traits<'a> {
    suspect: &'a Suspect,
    names: &'a Names,
    /// The functions on every leading stack.
    functions: BTreeSet<FunctionId>,
    /// The functions that started its goroutines.
    creators: Vec<&'a str>,
    /// Objects gained at each stack and size with the standard error, or goroutines gained.
    counts: Vec<(f64, f64)>,
    /// Nothing but the runtime's own bookkeeping.
    is_bookkeeping: bool,
}

impl<'a> Traits<'a> {
    fn of(suspect: &'a Suspect, tracks: &Tracks<'a>) -> Traits<'a> {
        let judged = match suspect.subject {
            Subject::Heap => tracks.heap,
            Subject::Goroutine => tracks.goroutines,
        };
        let mut functions = BTreeSet::new();
        let mut counts = Vec::new();
        if let Some((track, window)) = judged {
            let most = suspect.sites.first().map_or(0.0, |site| site.growth.delta());
            for site in suspect.sites.iter().filter(|site| site.growth.delta() >= LEADING * most) {
                let stack = track.site(site.site).latest_stack();
                functions.extend(stack.iter().map(|frame| tracks.names.function_of(*frame)));
            }
            counts = match suspect.subject {
                Subject::Goroutine => vec![(suspect.growth.delta(), 0.0)],
                Subject::Heap => objects(suspect, track, window),
            };
        }
        let creators = suspect.evidence.iter().filter_map(|evidence| match evidence {
            Evidence::CreatedBy(function, _) => Some(function.as_str()),
            _ => None,
        });
        Traits {
            suspect,
            names: tracks.names,
            functions,
            creators: creators.collect(),
            counts,
            is_bookkeeping: suspect.evidence.contains(&Evidence::RuntimeOwn),
        }
    }

    fn blamed(&self) -> &'a str {
        &self.names.info(self.suspect.blame.function).name
    }

    /// Whether as many were gained here as there.
    fn as_many(&self, other: &Traits<'_>) -> bool {
        self.counts.iter().any(|(a, a_error)| {
            other.counts.iter().any(|(b, b_error)| {
                let known = *a_error <= KNOWN_WITHIN * a && *b_error <= KNOWN_WITHIN * b;
                // Goroutines and memory are seen moments apart.
                let slack = SAME_WITHIN * a_error.hypot(*b_error) + 0.05 * a.min(*b);
                known && *a > 0.0 && *b > 0.0 && (a - b).abs() <= slack
            })
        })
    }
}

/// Objects gained at each stack and size of a heap suspect, with the standard error.
fn objects(suspect: &Suspect, track: &Track, window: &Window) -> Vec<(f64, f64)> {
    let sites: BTreeSet<_> = suspect.sites.iter().map(|site| site.site).collect();
    let rows = sites.into_iter().flat_map(|site| track.rows_of(site));
    rows.map(|row| {
        let tally = heap_sums(track, &[row], window.first(), window.last());
        let gained = tally.after.inuse_objects.saturating_sub(tally.before.inuse_objects);
        (gained as f64, tally.variance.objects.sqrt())
    })
    .collect()
}

fn belong_together(
    a: &Traits<'_>,
    b: &Traits<'_>,
    graph: &LazyCell<GrowthGraph, impl FnOnce() -> GrowthGraph>,
) -> bool {
    match (a.suspect.subject, b.suspect.subject) {
        (Subject::Heap, Subject::Heap) => {
            let (f, g) = (a.suspect.blame.function, b.suspect.blame.function);
            let bookkeeping = a.is_bookkeeping || b.is_bookkeeping;
            // The graph of all stacks comes last: it is built only if it is asked.
            let calls = || graph.dominates(f, g) || graph.dominates(g, f);
            f != g && !bookkeeping && a.as_many(b) && calls()
        }
        (Subject::Goroutine, Subject::Goroutine) => companions(a, b) || companions(b, a),
        (Subject::Heap, Subject::Goroutine) => holds(b, a),
        (Subject::Goroutine, Subject::Heap) => holds(a, b),
    }
}

/// Whether one group of goroutines runs beside the other: code of a library that the other is in as well, or both
/// started by the same function of a library, and as many.
fn companions(a: &Traits<'_>, of: &Traits<'_>) -> bool {
    let (grown, other) = (a.suspect.growth.delta(), of.suspect.growth.delta());
    let as_many = (grown - other).abs() <= COMPANIONS_WITHIN * grown.max(other);
    let package = package_of(a.blamed());
    let in_package = of.functions.iter().any(|f| package_of(&of.names.info(*f).name) == package);
    let one_creator =
        a.creators.iter().any(|c| of.creators.contains(c) && package_of(c) == package && !c.is_empty());
    let moved = a.suspect.growth.first() > 0.0 || grown > 0.0;
    !a.suspect.is_own && moved && as_many && (in_package || one_creator)
}

/// Whether goroutines hold memory: they stand in the function that allocated it, were started by it, or run in the
/// same library with as many objects. The runtime's descriptors of goroutines belong to whichever group grows most.
fn holds(goroutines: &Traits<'_>, heap: &Traits<'_>) -> bool {
    if goroutines.suspect.growth.delta() <= 0.0 || goroutines.suspect.confidence < Confidence::Medium {
        return false;
    }
    if heap.is_bookkeeping {
        return goroutines.as_many(heap);
    }
    let blamed = heap.suspect.blame.function;
    let stands_in = goroutines.functions.contains(&blamed);
    let started_by = goroutines.creators.contains(&heap.blamed());
    let package = package_of(goroutines.blamed());
    let same_library = !goroutines.suspect.is_own
        && heap.functions.iter().any(|f| package_of(&heap.names.info(*f).name) == package);
    stands_in
        || ((started_by || same_library) && goroutines.as_many(heap))
        || (started_by && !goroutines.suspect.is_own && !heap.suspect.is_own)
}

/// Makes one suspect of those that are one leak: goroutines that wait in own code lead, for that is where to mend it,
/// then memory allocated by own code, then what is surest.
fn lead(mut members: Vec<Suspect>) -> Option<Suspect> {
    members.sort_by(|a, b| {
        let place = |s: &Suspect| match (s.is_own, s.subject) {
            (true, Subject::Goroutine) => 0,
            (true, Subject::Heap) => 1,
            (false, Subject::Heap) => 2,
            (false, Subject::Goroutine) => 3,
        };
        let unsure = |s: &Suspect| s.confidence == Confidence::Low;
        unsure(a)
            .cmp(&unsure(b))
            .then(place(a).cmp(&place(b)))
            .then(b.confidence.cmp(&a.confidence))
            .then(b.weight.total_cmp(&a.weight))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    let mut members = members.into_iter();
    let mut first = members.next()?;
    let joined: Vec<Suspect> = members.collect();
    for other in &joined {
        first.confidence = first.confidence.max(other.confidence);
        first.weight += other.weight.max(0.0);
    }
    if first.confidence == Confidence::High {
        first.evidence.retain(|evidence| *evidence != Evidence::TwoSnapshots);
    }
    let sum = |subject: Subject, of: fn(&Suspect) -> f64| -> f64 {
        [&first].into_iter().chain(&joined).filter(|s| s.subject == subject).map(of).sum()
    };
    let bytes = sum(Subject::Heap, |suspect| suspect.live_growth);
    let goroutines = [&first].into_iter().chain(&joined).filter(|s| s.subject == Subject::Goroutine);
    let goroutines = goroutines.map(|s| s.growth.delta()).fold(0.0, f64::max);
    if goroutines > 0.0 && bytes > 0.0 {
        first.evidence.push(Evidence::PinnedBy { goroutines, bytes_each: bytes / goroutines });
    }
    first.joined = joined;
    Some(first)
}
