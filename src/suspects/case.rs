//! The evidence about a suspect, with its names resolved, for the rules that name its cause.

use super::join::Tracks;
use super::one_for_one::one_for_one;
use super::{Candidate, Confidence, Evidence, Linked};
use crate::clusters::{Subject, heap_tally};
use crate::diagnose::symbols::{BOUNDED_CACHES, FINALIZERS, HTTP_BACKGROUND_READ};
use crate::diagnose::{
    Case, Cause, Certainty, GoroutinesBeside, HeapSite, SizeGrowth, WaitSite, may_be_table, name_cause,
};
use crate::growth::{Point, Rung, climb};
use crate::profile::{Owner, SamplingRate, display_function, package_of, repository_of};
use crate::series::{Frames, FunctionId, Names, SiteId, Track, Window};
use crate::source::Fact;
use foldhash::{HashMap, HashMapExt};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Stacks looked at, a suspect: those that carry its growth.
pub(super) const STACKS: usize = 64;
/// Groups of goroutines that accumulate looked at, a suspect of the heap: those of most.
const MOST_BESIDE: usize = 64;

/// What all suspects of one analysis have in common.
pub struct Scene<'a> {
    tracks: Tracks<'a>,
    running: Option<BTreeSet<&'a str>>,
    stuck_finalizer: Option<&'a str>,
    /// The stacks at which full tables of maps accumulate.
    tables: Tables,
    /// The functions of own code that put something into a bounded cache.
    caching: BTreeSet<FunctionId>,
    /// The goroutines of all suspects that are more than before, most first: the function, and how many there were.
    accumulating: Vec<(String, Vec<Point>)>,
}

impl<'a> Scene<'a> {
    /// Looks at the last goroutine snapshots, and at which of the suspects are goroutines.
    pub fn new(tracks: Tracks<'a>, leaks: &[Linked]) -> Scene<'a> {
        let mut running = tracks.goroutines.map(|_| BTreeSet::new());
        let mut stuck_finalizer = None;
        if let Some((track, window)) = tracks.goroutines {
            let last_two = &window.snapshots()[window.len().saturating_sub(2)..];
            for (index, row) in track.rows.iter().enumerate() {
                let here = |snapshot: &usize| track.cell(*snapshot, index).inuse_objects > 0;
                if !here(&window.last()) {
                    continue;
                }
                let stack = functions(track.latest_stack(row.site), tracks.names);
                if last_two.iter().all(here) {
                    stuck_finalizer = stuck_finalizer.or(finalizer_of(&stack));
                }
                if let Some(running) = &mut running {
                    running.extend(stack);
                }
            }
        }
        let mut accumulating: Vec<&Candidate> = leaks
            .iter()
            .flat_map(Linked::members)
            .filter(|member| member.subject == Subject::Goroutine && member.growth.delta() > 0.0)
            .collect();
        accumulating.sort_by(|a, b| b.growth.delta().total_cmp(&a.growth.delta()));
        let of = |member: &Candidate| {
            let function = display_function(&tracks.names.info(member.blame.function).name);
            (function, member.growth.points.clone())
        };
        Scene {
            running,
            stuck_finalizer,
            accumulating: accumulating.into_iter().map(of).collect(),
            tables: tracks.heap.map(|heap| Tables::of(heap, tracks.names)).unwrap_or_default(),
            caching: tracks.heap.map(|(heap, _)| caching(heap, tracks.names)).unwrap_or_default(),
            tracks,
        }
    }

    /// Names the cause of a suspect; `facts` are what its source says.
    pub fn cause(&self, suspect: &Linked, facts: Vec<Fact>, without: &[String]) -> Cause {
        let mut cause = name_cause(&Case { without, ..self.case(suspect, facts) });
        if cause.is_general() {
            let named = self
                .beside(suspect)
                .map(|waits| name_cause(&Case { waits, without, ..Case::new(self.running.as_ref()) }));
            let better = named.filter(|other| !other.is_general() && other.certainty >= Certainty::Medium);
            cause = better.max_by_key(|other| other.certainty).unwrap_or(cause);
        }
        if suspect.confidence == Confidence::Low {
            // Whether it leaks at all is not sure, so neither is why.
            cause.certainty = Certainty::Low;
        }
        cause
    }

    fn case<'s>(&'s self, suspect: &'s Linked, facts: Vec<Fact>) -> Case<'s> {
        let mut case = Case {
            stuck_finalizer: self.stuck_finalizer,
            surely_kept: suspect.confidence >= Confidence::Medium,
            facts,
            ..Case::new(self.running.as_ref())
        };
        // Goroutines that surely accumulate are a load of their own: what they do grows with their number.
        let load_explains = suspect.subject == Subject::Heap || suspect.confidence == Confidence::Low;
        for member in suspect.members() {
            for evidence in &member.evidence {
                match evidence {
                    // What was joined to a leak grows with it.
                    Evidence::WithLoad => {
                        case.with_load |= load_explains && std::ptr::eq(member, &suspect.lead)
                    }
                    Evidence::LoadGrows => case.with_load = true,
                    Evidence::Climbs(_) | Evidence::Swells { .. } => case.containers_grow = true,
                    Evidence::Proved(_) => case.proved = true,
                    Evidence::States(states) if !self.runs_beside(suspect, member) => {
                        case.states.extend(states.iter().map(|(state, count)| (state.as_str(), *count)));
                    }
                    _ => {}
                }
            }
            match (member.subject, self.tracks.heap, self.tracks.goroutines) {
                (Subject::Heap, Some((track, window)), _) => {
                    if member.evidence.contains(&Evidence::RuntimeOwn) {
                        continue;
                    }
                    case.heap.extend(member.sites.iter().take(STACKS).map(|site| {
                        self.heap_site(track, window, site.site, track.rows_of(site.site).collect())
                    }));
                    let kept = member.growth.retention.map(|retention| retention.value);
                    case.kept = case.kept.or(kept);
                }
                (Subject::Goroutine, ..) if !self.runs_beside(suspect, member) => {
                    case.waits.extend(self.waits_of(member));
                }
                _ => {}
            }
        }
        // What waits beside a handler says only that the handler has not returned.
        let is_beside =
            |site: &WaitSite<'_>| site.stack.iter().any(|function| HTTP_BACKGROUND_READ.has(function));
        if case.waits.iter().any(|site| !is_beside(site)) {
            case.waits.retain(|site| !is_beside(site));
        }
        if let (Subject::Heap, Some((track, window))) = (suspect.subject, self.tracks.heap) {
            case.tables_beside = self.tables_beside(suspect, track, window);
            case.is_made_to_cache = suspect.lead.sites.first().is_some_and(|site| {
                own_functions(track, self.tracks.names, site.site).any(|of| self.caching.contains(&of))
            });
            if case.waits.is_empty() {
                case.goroutines_beside = self.goroutines_beside(suspect);
                case.more_goroutines_beside = self.accumulating.len().saturating_sub(MOST_BESIDE);
            }
        }
        case
    }

    /// Whether goroutines of the same leak run beside those that lead it, where what they wait in is another question: in other own code,
    /// or in another library.
    fn runs_beside(&self, suspect: &Linked, member: &Candidate) -> bool {
        let is_lead = std::ptr::eq(member, &suspect.lead);
        let both = [suspect.subject, member.subject] == [Subject::Goroutine; 2];
        both && !is_lead && (suspect.is_own || self.works_for(&suspect.lead) != self.works_for(member))
    }

    /// The own function, or the library, that is blamed.
    fn works_for(&self, member: &Candidate) -> &str {
        let function = &self.tracks.names.info(member.blame.function).name;
        if member.is_own { function } else { repository_of(package_of(function)) }
    }

    /// Where the goroutines wait that run beside those that lead, for each own function and each library.
    fn beside<'s>(&'s self, suspect: &'s Linked) -> impl Iterator<Item = Vec<WaitSite<'s>>> {
        let mut waits: BTreeMap<&str, Vec<WaitSite<'_>>> = BTreeMap::new();
        for member in suspect.joined.iter().filter(|member| self.runs_beside(suspect, member)) {
            waits.entry(self.works_for(member)).or_default().extend(self.waits_of(member));
        }
        waits.into_values()
    }

    /// The stacks at which goroutines accumulate.
    fn waits_of<'s>(&'s self, member: &'s Candidate) -> impl Iterator<Item = WaitSite<'s>> {
        let track = self.tracks.goroutines.map(|(track, _)| track);
        let names = self.tracks.names;
        track.into_iter().flat_map(move |track| {
            member.sites.iter().take(STACKS).map(move |site| {
                let frames = track.latest_stack(site.site);
                WaitSite {
                    stack: functions(frames, names),
                    own: own_frame(frames, names),
                    count: site.growth.points.last().map_or(0.0, |point| point.value),
                }
            })
        })
    }

    /// The goroutines that accumulate as other suspects, and whether as many objects stay here.
    fn goroutines_beside(&self, suspect: &Linked) -> Vec<GoroutinesBeside> {
        let beside = |(function, points): &'_ (String, Vec<Point>)| GoroutinesBeside {
            function: function.clone(),
            gained: points.last().map_or(0.0, |last| last.value)
                - points.first().map_or(0.0, |first| first.value),
            as_many: one_for_one(suspect, points, &self.tracks).map(|one| (one.objects, one.error)),
        };
        self.accumulating.iter().take(MOST_BESIDE).map(beside).collect()
    }

    /// The tables of maps that are not a suspect's own, but share a function of own code with its stacks.
    fn tables_beside(&self, suspect: &Linked, track: &Track, window: &Window) -> Vec<HeapSite<'_>> {
        let sites: BTreeSet<SiteId> =
            suspect.members().flat_map(|member| &member.sites).take(STACKS).map(|site| site.site).collect();
        let shared: BTreeSet<FunctionId> =
            sites.iter().flat_map(|site| own_functions(track, self.tracks.names, *site)).collect();
        let tables = |site: SiteId| {
            let rows = track.rows_of(site).filter(|row| may_be_table(track.rows[*row].size));
            self.heap_site(track, window, site, rows.collect())
        };
        self.tables.below(&shared, &sites).into_iter().map(tables).collect()
    }

    fn heap_site(&self, track: &Track, window: &Window, site: SiteId, rows: Vec<usize>) -> HeapSite<'_> {
        let frames = track.latest_stack(site);
        let names = self.tracks.names;
        let own = own_frame(frames, names);
        let rate = track.snapshots[window.last()].rate.unwrap_or(SamplingRate(1));
        let mut rungs = Vec::new();
        let sizes = rows
            .iter()
            .map(|row| {
                let tally = heap_tally(track, &[*row], window.first(), window.last());
                let change = tally.change;
                let size = track.rows[*row].size;
                let allocated = change.allocated.unwrap_or(0);
                rungs.push(Rung { size, before: change.before, after: change.after, allocated });
                SizeGrowth {
                    size,
                    bytes: tally.after.inuse_space.saturating_sub(tally.before.inuse_space) as f64,
                    objects: tally.after.inuse_objects.saturating_sub(tally.before.inuse_objects) as f64,
                    error: tally.variance.objects.sqrt(),
                    sampled: change.after as i64 - change.before as i64,
                    freed: change.freed().unwrap_or(0) as i64,
                    allocated: allocated as i64,
                }
            })
            .collect();
        rungs.sort_by_key(|rung| rung.size);
        HeapSite {
            stack: functions(frames, names),
            own,
            line: own.and_then(|own| frames.iter().nth(own)).map_or(0, |own| names.line_of(own)),
            sizes,
            climbs: climb(&rungs, rate.0).is_some(),
        }
    }
}

/// The stacks at which objects of the sizes that full tables have are live, and were made since the first snapshot.
#[derive(Default)]
struct Tables {
    /// Those that gained most bytes first.
    sites: Vec<SiteId>,
    /// By function of own code: the places in `sites` of the stacks that it is in.
    by_function: HashMap<FunctionId, Vec<usize>>,
}

impl Tables {
    fn of((track, window): (&Track, &Window), names: &Names) -> Tables {
        let mut gained: BTreeMap<SiteId, i64> = BTreeMap::new();
        for row in (0..track.rows.len()).filter(|row| may_be_table(track.rows[*row].size)) {
            let [(made, were), (made_by_now, are)] =
                [window.first(), window.last()].map(|snapshot| track.sampled(snapshot, row));
            if are > 0 && (are > were || made_by_now > made) {
                let bytes = are.saturating_sub(were).saturating_mul(track.rows[row].size);
                let gained = gained.entry(track.rows[row].site).or_default();
                *gained = gained.saturating_add(bytes);
            }
        }
        let mut sites: Vec<(SiteId, i64)> = gained.into_iter().collect();
        sites.sort_by_key(|(site, bytes)| (Reverse(*bytes), *site));
        let sites: Vec<SiteId> = sites.into_iter().map(|(site, _)| site).collect();
        let mut by_function: HashMap<FunctionId, Vec<usize>> = HashMap::new();
        for (place, site) in sites.iter().enumerate() {
            for function in own_functions(track, names, *site) {
                let places = by_function.entry(function).or_default();
                // As many as a suspect is shown with, should all others be its own; recursion names a function twice.
                if places.len() < 2 * STACKS && places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        Tables { sites, by_function }
    }

    /// Those below any of some functions but not among some sites, as many as are looked at: of those that gained most.
    fn below(&self, functions: &BTreeSet<FunctionId>, but: &BTreeSet<SiteId>) -> Vec<SiteId> {
        let places: BTreeSet<usize> = functions
            .iter()
            .filter_map(|function| self.by_function.get(function))
            .flatten()
            .copied()
            .collect();
        let sites = places.into_iter().map(|place| self.sites[place]).filter(|site| !but.contains(site));
        let mut sites: Vec<SiteId> = sites.take(STACKS).collect();
        sites.sort_unstable();
        sites
    }
}

/// The functions of own code that call what puts something into a bounded cache, with whatever is allocated there.
fn caching(track: &Track, names: &Names) -> BTreeSet<FunctionId> {
    let bounded: Vec<bool> = names
        .functions()
        .iter()
        .map(|function| function.owner != Owner::Own && BOUNDED_CACHES.has(&function.name))
        .collect();
    if !bounded.contains(&true) {
        return BTreeSet::new();
    }
    let of = |site: SiteId| {
        let stack = track.latest_stack(site);
        let own = own_frame(stack, names)?;
        let function = |at: usize| stack.iter().nth(at).map(|frame| names.function_of(frame));
        let called = function(own.checked_sub(1)?)?;
        function(own).filter(|_| bounded[called.0 as usize])
    };
    track.sites_as_read().filter_map(of).collect()
}

/// The functions of own code in a stack.
fn own_functions<'a>(
    track: &'a Track,
    names: &'a Names,
    site: SiteId,
) -> impl Iterator<Item = FunctionId> + 'a {
    let own = track.latest_stack(site).iter().filter(|frame| names.info_of(*frame).owner == Owner::Own);
    own.map(|frame| names.function_of(frame))
}

/// The index of the leaf-most own frame.
fn own_frame(stack: Frames<'_>, names: &Names) -> Option<usize> {
    stack.iter().position(|frame| names.info_of(frame).owner == Owner::Own)
}

fn functions<'a>(stack: Frames<'_>, names: &'a Names) -> Vec<&'a str> {
    stack.iter().map(|frame| names.info_of(frame).name.as_str()).collect()
}

/// The function that a finalizer or cleanup is in, if this is the goroutine that runs them.
fn finalizer_of<'a>(stack: &[&'a str]) -> Option<&'a str> {
    let runner = stack.iter().position(|function| FINALIZERS.has(function))?;
    stack[..runner].iter().rev().find(|function| !function.starts_with("runtime.")).copied()
}
