//! What is known of one suspect when its cause is looked for: stacks, sizes, waits, and what the source says.

use super::RuleId;
use super::left_out::{Part, recogniser};
use super::rule::{A_GOOD_PART, MOST};
use super::symbols::Symbols;
use crate::source::Fact;
use std::collections::BTreeSet;

/// The evidence about one suspect, names resolved.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The memory that grows, empty for goroutines alone.
    pub heap: Vec<HeapSite<'a>>,
    /// Full tables of maps that accumulate elsewhere, on stacks that share code of the program's own with these.
    pub tables_beside: Vec<HeapSite<'a>>,
    /// What grows most is allocated below a function of the program's own that also puts something into a bounded cache.
    pub is_made_to_cache: bool,
    /// The goroutines that accumulate as suspects of their own, most first; empty for suspects with goroutines.
    pub goroutines_beside: Vec<GoroutinesBeside>,
    /// How many more there are.
    pub more_goroutines_beside: usize,
    /// The share of newly allocated objects that stayed, map tables that split taken for moved; `None` if unknown.
    pub kept: Option<f64>,
    /// What grows is surely a leak, and not only worth a look.
    pub surely_kept: bool,
    /// One object was replaced by bigger ones, or several became larger.
    pub containers_grow: bool,
    /// It grows as the load does, and objects live no longer than before.
    pub with_load: bool,
    /// The goroutines that accumulate, empty for memory alone.
    pub waits: Vec<WaitSite<'a>>,
    /// The garbage collector proved that nothing can wake some of them.
    pub proved: bool,
    /// What the goroutines wait in, with counts, from a dump; empty for other forms.
    pub states: Vec<(&'a str, u64)>,
    /// The functions on the stacks of all live goroutines in the last goroutine snapshot; `None` if there is none.
    pub running: Option<&'a BTreeSet<&'a str>>,
    /// The function in which a finalizer or cleanup has been running for the last two goroutine snapshots.
    pub stuck_finalizer: Option<&'a str>,
    /// What the source says, if it was given.
    pub facts: Vec<Fact>,
    /// What is left out when its cause is named, to measure what that is worth: rules by their ids, recognisers as
    /// [`super::parts`] calls them, kinds of facts by their names. Otherwise nothing.
    pub without: &'a [String],
}

/// One stack whose memory grows.
#[derive(Clone, Debug)]
pub struct HeapSite<'a> {
    /// Functions, leaf first.
    pub stack: Vec<&'a str>,
    /// The index of the leaf-most own function in the stack.
    pub own: Option<usize>,
    /// Its line.
    pub line: u32,
    /// What was live at each object size.
    pub sizes: Vec<SizeGrowth>,
    /// A single object at this stack was replaced by bigger ones.
    pub climbs: bool,
}

/// The growth of the objects of one size at one stack.
#[derive(Clone, Copy, Debug, Default)]
pub struct SizeGrowth {
    /// Bytes an object.
    pub size: i64,
    /// Growth in live bytes.
    pub bytes: f64,
    /// Growth in live objects.
    pub objects: f64,
    /// The standard error of that.
    pub error: f64,
    /// Growth in really sampled live objects.
    pub sampled: i64,
    /// Really sampled objects that were freed in between.
    pub freed: i64,
    /// Really sampled objects that were allocated in between.
    pub allocated: i64,
}

/// One stack at which goroutines accumulate.
#[derive(Clone, Debug)]
pub struct WaitSite<'a> {
    /// Functions, leaf first.
    pub stack: Vec<&'a str>,
    /// The index of the leaf-most own function in the stack.
    pub own: Option<usize>,
    /// How many stand there in the last snapshot.
    pub count: f64,
}

/// Goroutines that accumulate elsewhere, and may hold what is kept here.
#[derive(Clone, Debug)]
pub struct GoroutinesBeside {
    /// The function that is blamed, as people say it.
    pub function: String,
    /// How many more there are.
    pub gained: f64,
    /// If as many objects stay here as goroutines accumulate there: how many, and the standard error of that.
    pub as_many: Option<(f64, f64)>,
}

impl HeapSite<'_> {
    /// Its growth in live bytes.
    pub fn bytes(&self) -> f64 {
        self.sizes.iter().map(|size| size.bytes).sum()
    }

    /// Its growth in sampled objects.
    pub fn sampled(&self) -> i64 {
        self.sizes.iter().map(|size| size.sampled).fold(0, i64::saturating_add)
    }

    /// The functions that own code called, down to the leaf; all, where there is none of it.
    pub fn called(&self) -> &[&str] {
        &self.stack[..self.own.unwrap_or(self.stack.len())]
    }

    /// Whether own code called one of a set, down to the leaf.
    pub fn calls(&self, set: &Symbols) -> bool {
        self.called().iter().any(|function| set.has(function))
    }

    /// Whether own code allocates directly: the runtime's functions below are left out of profiles.
    pub fn is_direct(&self) -> bool {
        self.own == Some(0)
    }
}

impl<'a> WaitSite<'a> {
    /// The function that its goroutines wait in, the runtime's left out, and where on the stack.
    pub fn waits_in(&self) -> Option<(usize, &'a str)> {
        self.stack.iter().copied().enumerate().find(|(_, function)| !function.starts_with("runtime."))
    }
}

impl<'a> Case<'a> {
    /// A case without any evidence yet.
    pub fn new(running: Option<&'a BTreeSet<&'a str>>) -> Case<'a> {
        Case {
            heap: Vec::new(),
            tables_beside: Vec::new(),
            is_made_to_cache: false,
            goroutines_beside: Vec::new(),
            more_goroutines_beside: 0,
            kept: None,
            surely_kept: false,
            containers_grow: false,
            with_load: false,
            waits: Vec::new(),
            proved: false,
            states: Vec::new(),
            running,
            stuck_finalizer: None,
            facts: Vec::new(),
            without: &[],
        }
    }

    /// Whether a part is left out.
    pub(super) fn lacks(&self, part: Part) -> bool {
        self.lacks_named(part.name())
    }

    /// Whether a recogniser is left out: the one at a place of a list or table.
    pub(super) fn lacks_recogniser(&self, id: RuleId, list: &str, at: usize) -> bool {
        // Reports leave nothing out, and need no names.
        !self.without.is_empty() && self.lacks_named(&recogniser(id, list, at))
    }

    /// Whether what has this name is left out: a rule, a kind of facts, or anything in [`super::parts`].
    pub(super) fn lacks_named(&self, name: &str) -> bool {
        self.without.iter().any(|left_out| left_out == name)
    }

    /// The same without the evidence that is left out.
    pub(super) fn reduced(&self) -> Case<'a> {
        let mut case = self.clone();
        case.facts.retain(|fact| !self.lacks_named(&fact.kind.name()));
        case.kept = case.kept.filter(|_| !self.lacks(Part::Kept));
        case.surely_kept &= !self.lacks(Part::SurelyKept);
        case.containers_grow &= !self.lacks(Part::ContainersGrow);
        case.with_load &= !self.lacks(Part::WithLoad);
        case.running = case.running.filter(|_| !self.lacks(Part::Running));
        case.stuck_finalizer = case.stuck_finalizer.filter(|_| !self.lacks(Part::StuckFinalizer));
        if self.lacks(Part::TablesBeside) {
            case.tables_beside.clear();
        }
        if self.lacks(Part::GoroutinesBeside) {
            case.goroutines_beside.clear();
        }
        if self.lacks(Part::States) {
            case.states.clear();
        }
        if self.lacks(Part::Climbs) {
            case.heap.iter_mut().for_each(|site| site.climbs = false);
        }
        case
    }

    /// Growth in bytes of all stacks that grew.
    pub fn heap_growth(&self) -> f64 {
        self.heap.iter().map(|site| site.bytes().max(0.0)).sum()
    }

    /// Sampled objects gained at stacks that call a function for which `test` holds, below own code.
    pub fn sampled_under(&self, test: impl Fn(&str) -> bool) -> i64 {
        let under = |site: &&HeapSite<'_>| site.called().iter().any(|function| test(function));
        self.heap.iter().filter(under).map(HeapSite::sampled).fold(0, i64::saturating_add)
    }

    /// The mean size in bytes of what was gained at stacks that call a function for which `test` holds, if that is a good
    /// part of all.
    pub fn mean_size_under(&self, test: impl Fn(&str) -> bool) -> Option<f64> {
        let under = |site: &&HeapSite<'_>| site.called().iter().any(|function| test(function));
        let sizes = || {
            let sizes = self.heap.iter().filter(under).flat_map(|site| &site.sizes);
            sizes.filter(|size| size.bytes > 0.0)
        };
        let (bytes, objects) =
            (sizes().map(|s| s.bytes).sum::<f64>(), sizes().map(|s| s.objects).sum::<f64>());
        (objects > 0.0 && bytes >= A_GOOD_PART * self.heap_growth()).then_some(bytes / objects)
    }

    /// The share of the waiting goroutines that stand where `test` holds.
    pub fn share_standing(&self, test: impl Fn(&WaitSite<'a>) -> bool) -> f64 {
        let all: f64 = self.waits.iter().map(|site| site.count).sum();
        let there = self.waits.iter().filter(|site| test(site));
        if all > 0.0 { there.map(|site| site.count).sum::<f64>() / all } else { 0.0 }
    }

    /// The share of the waiting goroutines with a function on their stacks for which `test` holds.
    pub fn share_waiting(&self, test: impl Fn(&str) -> bool) -> f64 {
        self.share_standing(|site| site.stack.iter().any(|function| test(function)))
    }

    /// Whether most of the waiting goroutines have a function of a set on their stacks.
    pub fn most_wait_in(&self, set: &Symbols) -> bool {
        self.share_waiting(|function| set.has(function)) > MOST
    }

    /// The share of the goroutines of the last dump in a state for which `test` holds.
    pub fn share_in_state(&self, test: impl Fn(&str) -> bool) -> f64 {
        let all: u64 = self.states.iter().map(|(_, count)| count).sum();
        let with: u64 = self.states.iter().filter(|(state, _)| test(state)).map(|(_, count)| count).sum();
        if all > 0 { with as f64 / all as f64 } else { 0.0 }
    }
}

/// Whether two counts are equal within two standard errors of their difference, and known well enough to say so.
pub(super) fn agree(a: &SizeGrowth, b: &SizeGrowth) -> bool {
    let error = a.error.hypot(b.error);
    a.objects > 0.0 && (a.objects - b.objects).abs() <= 2.0 * error && a.error <= 0.5 * a.objects
}

#[cfg(test)]
impl<'a> HeapSite<'a> {
    /// A stack that keeps objects of some sizes.
    pub(super) fn made(stack: &[&'a str], own: Option<usize>, sizes: &[SizeGrowth]) -> HeapSite<'a> {
        HeapSite { stack: stack.to_vec(), own, line: 7, sizes: sizes.to_vec(), climbs: false }
    }
}

#[cfg(test)]
impl SizeGrowth {
    /// So many objects, all of them kept.
    pub(super) fn kept(size: i64, objects: f64, sampled: i64) -> SizeGrowth {
        let bytes = objects * size as f64;
        SizeGrowth { size, bytes, objects, error: 0.1 * objects, sampled, freed: 0, allocated: sampled }
    }
}

#[cfg(test)]
impl<'a> Case<'a> {
    /// A hundred goroutines that wait at one stack, and nothing else.
    pub(super) fn waiting(stack: &[&'a str], own: Option<usize>) -> Case<'a> {
        let site = WaitSite { stack: stack.to_vec(), own, count: 100.0 };
        Case { waits: vec![site], ..Case::new(None) }
    }

    /// Memory that stays, and nothing else.
    pub(super) fn of_heap(heap: Vec<HeapSite<'a>>) -> Case<'a> {
        Case { heap, kept: Some(1.0), ..Case::new(None) }
    }
}
