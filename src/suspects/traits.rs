//! What joining asks of a suspect: the functions on its stacks, and what was gained at each.

use super::case::STACKS;
use super::entrances::{Entrance, entrances};
use super::join::Tracks;
use super::one_for_one::{MOMENTS_APART, SAME_WITHIN, receiver, written_in};
use super::{Candidate, Confidence, Evidence};
use crate::clusters::{Subject, TABLE_SIZES, heap_tally, may_be_entries};
use crate::profile::Owner;
use crate::series::{FunctionId, Names, SiteId, Track, Window};
use std::collections::{BTreeMap, BTreeSet};

/// A count that is not known to a half is equal to anything and says nothing.
const KNOWN_WITHIN: f64 = 0.5;
/// Stacks that carry this share of a suspect's growth speak for it.
const LEADING: f64 = 0.25;
/// Where the stacks show that one holds the other, and the counts only have to allow it.
pub(super) const ALLOWED_WITHIN: f64 = 3.0;

/// What joining asks of a suspect.
pub(super) struct Traits<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) names: &'a Names,
    /// The functions on every leading stack.
    pub(super) functions: BTreeSet<FunctionId>,
    /// Those of them above the blamed one, where that is own code.
    pub(super) callers: BTreeSet<FunctionId>,
    /// The functions through which every leading stack runs.
    pub(super) dominators: BTreeSet<FunctionId>,
    /// The outermost function of every leading stack, the runtime's left out.
    pub(super) outermost: BTreeSet<FunctionId>,
    /// The functions in which those of them are written that are closures.
    pub(super) starters: BTreeSet<&'a str>,
    /// Of goroutines the functions in which closures on their stacks are written.
    pub(super) writers: BTreeSet<&'a str>,
    /// The packages and types of which the blamed function is a method, or own code that its goroutines were started with.
    pub(super) receivers: BTreeSet<(&'a str, &'a str)>,
    /// The functions that started its goroutines.
    pub(super) creators: Vec<&'a str>,
    /// Where own code calls into the library of its goroutines, if it is sure enough to hold memory.
    pub(super) entrances: Vec<Entrance>,
    /// What was gained at each stack and size and at each stack of several sizes; or the goroutines gained.
    pub(super) gains: Vec<Gain>,
    /// Nothing but the runtime's own bookkeeping.
    pub(super) is_bookkeeping: bool,
}

/// Objects or goroutines gained.
#[derive(Clone, Copy)]
pub(super) struct Gain {
    pub(super) count: f64,
    /// The standard error of that.
    pub(super) error: f64,
    /// Whether they have the size of full tables of a map.
    pub(super) are_tables: bool,
}

impl Gain {
    pub(super) fn is_known(&self) -> bool {
        self.count > 0.0 && self.error <= KNOWN_WITHIN * self.count
    }
}

impl<'a> Traits<'a> {
    pub(super) fn of(candidate: &'a Candidate, tracks: &Tracks<'a>) -> Traits<'a> {
        let judged = match candidate.subject {
            Subject::Heap => tracks.heap,
            Subject::Goroutine => tracks.goroutines,
        };
        let (mut functions, mut callers) = (BTreeSet::new(), BTreeSet::new());
        let mut dominators: Option<BTreeSet<FunctionId>> = None;
        let mut outermost = BTreeSet::new();
        let mut gains = Vec::new();
        let mut writers = BTreeSet::new();
        let name = |function: FunctionId| tracks.names.info(function).name.as_str();
        if let Some((track, window)) = judged {
            let is_of_goroutines = candidate.subject == Subject::Goroutine;
            for site in candidate.sites.iter().filter(|_| is_of_goroutines).take(STACKS) {
                let functions =
                    track.latest_stack(site.site).iter().map(|frame| tracks.names.function_of(frame));
                writers.extend(functions.filter_map(|function| written_in(name(function))));
            }
            let most = candidate.sites.first().map_or(0.0, |site| site.growth.delta());
            for site in candidate.sites.iter().filter(|site| site.growth.delta() >= LEADING * most) {
                let stack = track.latest_stack(site.site);
                let here: BTreeSet<_> = stack.iter().map(|frame| tracks.names.function_of(frame)).collect();
                functions.extend(&here);
                let functions = stack.iter().map(|frame| tracks.names.function_of(frame));
                let blamed = candidate.blame.function;
                callers.extend(functions.clone().rev().take_while(|f| candidate.is_own && *f != blamed));
                outermost.extend(functions.rev().find(|function| !tracks.names.info(*function).is_runtime));
                dominators = Some(dominators.map_or(here.clone(), |others| &others & &here));
            }
            gains = match candidate.subject {
                Subject::Goroutine => {
                    vec![Gain { count: candidate.growth.delta(), error: 0.0, are_tables: false }]
                }
                Subject::Heap => self::gains(candidate, track, window),
            };
        }
        let creators = candidate.evidence.iter().filter_map(|evidence| match evidence {
            Evidence::CreatedBy(function, _) => Some(function.as_str()),
            _ => None,
        });
        let is_own = |function: &FunctionId| tracks.names.info(*function).owner == Owner::Own;
        let started_with = outermost.iter().copied().filter(is_own);
        let may_hold = candidate.subject == Subject::Goroutine && candidate.confidence >= Confidence::Medium;
        Traits {
            starters: outermost.iter().filter_map(|function| written_in(name(*function))).collect(),
            writers,
            receivers: started_with
                .chain([candidate.blame.function])
                .filter_map(|f| receiver(name(f)))
                .collect(),
            candidate,
            names: tracks.names,
            functions,
            callers,
            dominators: dominators.unwrap_or_default(),
            outermost,
            creators: creators.collect(),
            entrances: if may_hold { entrances(candidate, tracks) } else { Vec::new() },
            gains,
            is_bookkeeping: candidate.evidence.contains(&Evidence::RuntimeOwn),
        }
    }

    pub(super) fn blamed(&self) -> &'a str {
        &self.names.info(self.candidate.blame.function).name
    }

    /// The most that were gained at one stack.
    pub(super) fn most(&self) -> f64 {
        self.gains.iter().map(|gain| gain.count).fold(0.0, f64::max)
    }

    /// Whether what was gained here and there goes together: as many of both, or tables of a map with its entries.
    pub(super) fn in_step(&self, other: &Traits<'_>) -> bool {
        self.in_step_within(other, SAME_WITHIN)
    }

    /// Whether what was gained there is no more than one each, so that these goroutines may hold all of it.
    pub(super) fn may_hold(&self, heap: &Traits<'_>) -> bool {
        let each = heap.gains.iter().map(|gain| gain.count - ALLOWED_WITHIN * gain.error).fold(0.0, f64::max);
        self.candidate.confidence >= Confidence::Medium && each <= self.candidate.growth.delta()
    }

    /// The same, counts equal within so many standard errors.
    pub(super) fn in_step_within(&self, other: &Traits<'_>, within: f64) -> bool {
        let known = |gain: &&Gain| gain.is_known();
        self.gains.iter().filter(known).any(|a| {
            other.gains.iter().filter(known).any(|b| match (a.are_tables, b.are_tables) {
                (true, false) => may_be_entries(b.count, a.count),
                (false, true) => may_be_entries(a.count, b.count),
                _ => {
                    (a.count - b.count).abs()
                        <= within * a.error.hypot(b.error) + MOMENTS_APART * a.count.min(b.count)
                }
            })
        })
    }
}

/// What a heap suspect gained at each stack and size, at each stack of several sizes, and of each size at several
/// stacks: recursion spreads one line over many.
fn gains(candidate: &Candidate, track: &Track, window: &Window) -> Vec<Gain> {
    let gained = |rows: &[usize]| {
        let tally = heap_tally(track, rows, window.first(), window.last());
        let count = tally.after.inuse_objects.saturating_sub(tally.before.inuse_objects);
        Gain {
            count: count as f64,
            error: tally.variance.objects.sqrt(),
            are_tables: rows.iter().all(|row| TABLE_SIZES.contains(&track.rows[*row].size)),
        }
    };
    let rows_of: BTreeMap<SiteId, Vec<usize>> =
        candidate.sites.iter().map(|site| (site.site, track.rows_of(site.site).collect())).collect();
    let mut rows_of_size: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for row in rows_of.values().flatten() {
        rows_of_size.entry(track.rows[*row].size).or_default().push(*row);
    }
    let single = rows_of.values().flatten().map(|row| gained(&[*row]));
    let several = rows_of.values().chain(rows_of_size.values()).filter(|rows| rows.len() > 1);
    single.chain(several.map(|rows| gained(rows))).collect()
}
