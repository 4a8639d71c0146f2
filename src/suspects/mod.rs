//! From growth to suspects: which groups are leaks, how sure that is and why, in which order, under which id.

mod baseline;
mod case;
mod census;
mod clean;
mod entrances;
mod evidence;
mod fingerprint;
mod goroutines;
mod heap;
mod heap_growth;
mod join;
mod load;
mod one_for_one;
mod spread;
mod traits;
mod verdict;
mod weigh;

pub use baseline::{Accepted, Baseline, BaselineError};
pub use case::Scene;
pub use clean::{Hidden, Resolution};
pub use entrances::Entrance;
pub use evidence::Evidence;
pub use goroutines::{GoroutineJudgement, GoroutineTracks, judge_goroutines};
pub use heap::{HeapJudgement, judge_heap, most_if_uncertain};
pub use join::{Tracks, join};
pub use verdict::Verdict;

use crate::clusters::{Blame, Groups, Level, Subject, Variance};
use crate::diagnose::Cause;
use crate::growth::{Growth, Slope};
pub use crate::judge::Confidence;
use crate::judge::{Posterior, policy};
use crate::profile::Kind;
use crate::series::{Cell, Names, SiteId, Track, Window};
use crate::source::Excerpt;
use foldhash::{HashMap, HashMapExt};

/// One leak, as far as one group of sites tells.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// What grows.
    pub subject: Subject,
    /// How sure it is.
    pub confidence: Confidence,
    /// The frame to open first.
    pub blame: Blame,
    /// Whether that is the user's own code.
    pub is_own: bool,
    /// Growth in the shown sample type.
    pub growth: Growth,
    /// Growth by which suspects are ranked: live bytes, goroutines counted with their smallest stack.
    pub weight: f64,
    /// Growth of live memory in bytes; 0 for goroutines.
    pub live_growth: f64,
    /// What of it is never freed, in bytes an hour, if it is a leak of the heap of which a series shows so much.
    pub kept: Option<Slope>,
    /// Share of all growth of its kind, 0 to 1; `None` where nothing grew.
    pub share: Option<f64>,
    /// What speaks for it and against it, with the numbers.
    pub evidence: Vec<Evidence>,
    /// The stacks that carry the growth, largest first.
    pub sites: Vec<SiteGrowth>,
    /// A stable id, for baselines and for matching tickets.
    pub fingerprint: String,
    /// What is the same leak: the memory that its goroutines hold, companions, sites that grow with it.
    pub joined: Vec<Suspect>,
    /// Where own code calls into the library that its stacks are of; empty for suspects in own code.
    pub entrances: Vec<Entrance>,
    /// Why it grows, once that was looked for.
    pub cause: Option<Cause>,
    /// The source at its place, if it was read.
    pub excerpt: Option<Excerpt>,
}

impl Suspect {
    /// The suspect itself and what was joined to it.
    pub fn members(&self) -> impl Iterator<Item = &Suspect> {
        std::iter::once(self).chain(&self.joined)
    }

    /// What may have happened at its place, as far as it was weighed.
    pub fn posterior(&self) -> Option<&Posterior> {
        self.evidence.iter().find_map(Evidence::posterior)
    }

    /// How many more snapshots, as far apart, would make it high if it goes on so.
    pub fn more_snapshots(&self) -> Option<usize> {
        self.evidence.iter().find_map(|e| match e {
            Evidence::Probability { more, .. } => *more,
            _ => None,
        })
    }

    /// Whether it may well be a leak, and matters: such a place is not clean.
    pub fn is_undecided(&self) -> bool {
        let material = |e: &Evidence| matches!(e, Evidence::Material { held: true, .. });
        let capped =
            |e: &Evidence| matches!(e, Evidence::Offset { .. } | Evidence::TinyBlocks | Evidence::RuntimeOwn);
        let grew = |e: &Evidence| matches!(e, Evidence::Significance { q_value, .. } if *q_value <= Criteria::HIGH_Q);
        let of_pair = self.evidence.contains(&Evidence::TwoSnapshots) && self.evidence.iter().any(grew);
        (of_pair || self.posterior().is_some_and(|posterior| posterior.leak() >= policy::UNDECIDED))
            && self.evidence.iter().any(material)
            && !self.evidence.iter().any(capped)
    }

    /// Whether it would be surer if less growth mattered: it is below the threshold, and nothing else speaks against it.
    pub fn is_below_min_growth(&self) -> bool {
        let below = |e: &Evidence| matches!(e, Evidence::Material { held: false, per_day: Some(rate), min_growth, .. } if rate < min_growth);
        let capped = |e: &Evidence| {
            matches!(
                e,
                Evidence::Offset { .. }
                    | Evidence::TinyBlocks
                    | Evidence::RuntimeOwn
                    | Evidence::UncertainSampling
            )
        };
        self.posterior().is_some_and(|posterior| posterior.leak() >= policy::MEDIUM)
            && self.evidence.iter().any(below)
            && !self.evidence.iter().any(capped)
    }

    /// Whether the garbage collector proved it, whatever was counted.
    pub fn is_proved(&self) -> bool {
        self.evidence.iter().any(|evidence| matches!(evidence, Evidence::Proved(_)))
    }

    /// Whether memory or goroutines are a part of it.
    pub fn has(&self, subject: Subject) -> bool {
        self.members().any(|member| member.subject == subject)
    }
}

/// One stack of a suspect.
#[derive(Clone, Debug)]
pub struct SiteGrowth {
    /// The site in its track.
    pub site: SiteId,
    /// Its growth in the shown sample type.
    pub growth: Growth,
}

/// A column of a heap profile, as shown; the judgement is always on live memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeapMetric {
    /// Bytes live.
    #[default]
    InuseSpace,
    /// Objects live.
    InuseObjects,
    /// Bytes allocated since the start.
    AllocSpace,
    /// Objects allocated since the start.
    AllocObjects,
}

impl HeapMetric {
    /// All of them, in the order Go writes them.
    pub const ALL: [HeapMetric; 4] =
        [HeapMetric::AllocObjects, HeapMetric::AllocSpace, HeapMetric::InuseObjects, HeapMetric::InuseSpace];

    /// Go's name for the column.
    pub fn name(self) -> &'static str {
        match self {
            HeapMetric::InuseSpace => "inuse_space",
            HeapMetric::InuseObjects => "inuse_objects",
            HeapMetric::AllocSpace => "alloc_space",
            HeapMetric::AllocObjects => "alloc_objects",
        }
    }

    /// Whether it counts bytes rather than objects.
    pub fn is_bytes(self) -> bool {
        matches!(self, HeapMetric::InuseSpace | HeapMetric::AllocSpace)
    }

    /// The standard error of its values. Counters of all allocations have one too, but it is not followed.
    fn error(self, variance: Variance) -> f64 {
        match self {
            HeapMetric::InuseSpace => variance.bytes.sqrt(),
            HeapMetric::InuseObjects => variance.objects.sqrt(),
            HeapMetric::AllocSpace | HeapMetric::AllocObjects => 0.0,
        }
    }

    /// Its value in a cell.
    pub fn of(self, cell: &Cell) -> i64 {
        match self {
            HeapMetric::InuseSpace => cell.inuse_space,
            HeapMetric::InuseObjects => cell.inuse_objects,
            HeapMetric::AllocSpace => cell.alloc_space,
            HeapMetric::AllocObjects => cell.alloc_objects,
        }
    }
}

/// Thresholds of the judgement.
#[derive(Clone, Copy, Debug)]
pub struct Criteria {
    /// Growth in bytes a day below which a suspect is not material. Default 10 MiB: what a service of half a
    /// gigabyte survives for a month.
    pub min_growth: f64,
    /// Which column is shown.
    pub metric: HeapMetric,
    /// Whether to say what a leak would have to be to show where much comes and goes, for which some are planted there. That takes as long
    /// as all the rest of a judgement.
    pub plants: bool,
}

impl Default for Criteria {
    fn default() -> Criteria {
        Criteria { min_growth: 10.0 * 1024.0 * 1024.0, metric: HeapMetric::default(), plants: false }
    }
}

impl Criteria {
    /// The false-discovery rate up to which a suspect can be of medium confidence, and is named at all.
    pub const MEDIUM_Q: f64 = 0.05;
    /// The false-discovery rate up to which a suspect can be of high confidence.
    pub const HIGH_Q: f64 = 0.01;
    /// The share of its kind's growth below which a suspect is not material: no one fixes a hundredth first.
    pub const MIN_SHARE: f64 = 0.01;

    fn material(&self, bytes: f64, share: Option<f64>, window: &Window) -> Evidence {
        let per_day = window.days().map(|days| bytes / days);
        let enough = per_day.is_none_or(|rate| rate >= self.min_growth);
        let held = enough && share.is_none_or(|share| share >= Self::MIN_SHARE);
        Evidence::Material { held, per_day, share, min_growth: self.min_growth }
    }
}

/// Puts suspects in the order of the report: surest first, then those in the user's own code, then by weight, then by fingerprint.
pub fn rank(suspects: &mut [Suspect]) {
    suspects.sort_by(|a, b| {
        b.confidence
            .cmp(&a.confidence)
            .then(b.is_own.cmp(&a.is_own))
            .then(b.weight.total_cmp(&a.weight))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
}

/// The growth of some rows of a track taken together, in the shown column.
pub fn group_growth(
    track: &Track,
    names: &Names,
    rows: &[usize],
    window: &Window,
    metric: HeapMetric,
) -> Growth {
    match track.kind {
        Kind::Heap => heap_growth::growth_of(track, rows, metric, window),
        Kind::Goroutine | Kind::GoroutineLeak => goroutines::group_growth(track, names, rows, window),
    }
}

/// The growth of every stack of a track, largest first.
pub fn all_sites(track: &Track, names: &Names, window: &Window, metric: HeapMetric) -> Vec<SiteGrowth> {
    let rows: Vec<usize> = (0..track.rows.len()).collect();
    match track.kind {
        Kind::Heap => heap_growth::site_growths(track, names, &rows, window, metric),
        Kind::Goroutine | Kind::GoroutineLeak => goroutines::site_growths(track, names, &rows, window),
    }
}

/// What became of a group: its confidence, if it is a suspect at all.
type Assessments = Vec<Option<Confidence>>;

/// Chooses the coarsest groups that stand on their own: a group is one suspect unless a part of it is surer than the
/// whole, as the one line that keeps is among busy lines that keep nothing. Then its parts of medium confidence or
/// better are suspects, or, where there are none, its low ones.
fn choose(index: usize, groups: &Groups, assessed: &Assessments, chosen: &mut Vec<usize>) {
    let best = |i: usize| best_below(i, groups, assessed);
    let own = assessed[index];
    let below = groups.parts(index).filter_map(best).max();
    match (own, below) {
        (Some(own), below) if below.is_none_or(|below| below <= own) => chosen.push(index),
        (_, Some(below)) => {
            let least = below.min(Confidence::Medium);
            for part in groups.parts(index).filter(|part| best(*part) >= Some(least)) {
                choose(part, groups, assessed, chosen);
            }
        }
        _ => {}
    }
}

fn best_below(index: usize, groups: &Groups, assessed: &Assessments) -> Option<Confidence> {
    let below = groups.parts(index).filter_map(|part| best_below(part, groups, assessed)).max();
    assessed[index].max(below)
}

/// Those of one function and one line together: what its stacks keep apart, beside others that keep nothing, is one leak.
fn one_a_line(chosen: Vec<usize>, groups: &Groups) -> Vec<Vec<usize>> {
    let mut leaks: Vec<Vec<usize>> = Vec::new();
    let mut places: HashMap<(usize, Blame), usize> = HashMap::new();
    let roots: Vec<usize> = groups.roots().collect();
    for index in chosen {
        let root = roots.partition_point(|root| *root <= index);
        let place = *places.entry((root, groups.get(index).blame)).or_insert(leaks.len());
        match leaks.get_mut(place) {
            Some(leak) => leak.push(index),
            None => leaks.push(vec![index]),
        }
    }
    leaks
}

/// The blame of a chosen group: of the part that grew most, down to the line.
fn heaviest_blame(index: usize, groups: &Groups, weight: &dyn Fn(usize) -> f64) -> Blame {
    let heaviest = groups.parts(index).max_by(|a, b| weight(*a).total_cmp(&weight(*b)).then(b.cmp(a)));
    match heaviest {
        Some(part) if groups.get(index).level < Level::Stack => heaviest_blame(part, groups, weight),
        _ => groups.get(index).blame,
    }
}
