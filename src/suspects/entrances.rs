//! Where the program's own code calls into a library whose connections accumulate: their stacks hold nothing of its own.

use super::Candidate;
use super::join::Tracks;
use crate::clusters::Blame;
use crate::diagnose::symbols::{self, Symbols};
use crate::profile::{Owner, package_of};
use crate::series::FunctionInfo;
use std::collections::BTreeMap;

/// So many places are shown.
const SHOWN: usize = 4;

/// A place where own code calls into the library.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entrance {
    /// The frame of own code that calls.
    pub caller: Blame,
    /// Its share of the calls, by the sampled allocations below them.
    pub share: f64,
}

/// A library that does its work on goroutines of its own.
pub(super) struct Library {
    /// The functions that accumulate.
    accumulates: &'static Symbols,
    /// The functions by which it is entered.
    entered_by: &'static Symbols,
}

/// What is more special comes first.
static LIBRARIES: [Library; 4] = [
    Library { accumulates: &symbols::HTTP_CLIENT, entered_by: &symbols::HTTP_CLIENT_CALLS },
    Library { accumulates: &symbols::SQL, entered_by: &symbols::SQL_CALLS },
    Library { accumulates: &symbols::GRPC_STREAM, entered_by: &symbols::GRPC_STREAM_CALLS },
    Library { accumulates: &symbols::GRPC_CLIENT, entered_by: &symbols::GRPC_CLIENT_CALLS },
];

/// The library that a suspect is in, if that is one of these and not own code.
pub(super) fn library(candidate: &Candidate, tracks: &Tracks<'_>) -> Option<&'static Library> {
    let name = &tracks.names.info(candidate.blame.function).name;
    LIBRARIES.iter().find(|library| !candidate.is_own && library.accumulates.has(name))
}

/// How a library is entered.
enum Door<'a> {
    /// By functions that are known.
    Known(&'static Library),
    /// By any function of its package.
    Package(&'a str),
}

impl<'a> Door<'a> {
    /// That of the library that a suspect is in. `None` for suspects in own code, and for most of the standard library,
    /// which own code calls everywhere.
    fn of(candidate: &Candidate, tracks: &Tracks<'a>) -> Option<Door<'a>> {
        if let Some(library) = library(candidate, tracks) {
            return Some(Door::Known(library));
        }
        let blamed = tracks.names.info(candidate.blame.function);
        let package = package_of(&blamed.name);
        let is_library = blamed.owner == Owner::Dependency || package == symbols::COMMAND_PACKAGE;
        (is_library && !candidate.is_own).then_some(Door::Package(package))
    }

    fn is_entered_by(&self, info: &FunctionInfo) -> bool {
        match self {
            Door::Known(library) => library.entered_by.has(&info.name),
            Door::Package(package) => package_of(&info.name) == *package,
        }
    }
}

/// The places where own code called into the library that a suspect is in, between the snapshots that were judged, most
/// calls first. Empty for suspects in own code, and where no heap was judged.
pub(super) fn entrances(candidate: &Candidate, tracks: &Tracks<'_>) -> Vec<Entrance> {
    let Some((door, (track, window))) = Door::of(candidate, tracks).zip(tracks.heap) else {
        return Vec::new();
    };
    let entered: Vec<bool> = tracks.names.functions().iter().map(|info| door.is_entered_by(info)).collect();
    let mut calls: BTreeMap<Blame, u64> = BTreeMap::new();
    for (row, info) in track.rows.iter().enumerate() {
        let allocated = |snapshot: usize| track.sampled(snapshot, row).0;
        let new = allocated(window.last()).saturating_sub(allocated(window.first()));
        if new <= 0 {
            continue;
        }
        let stack = track.latest_stack(info.site);
        // From the root on: the last own frame before the library is entered.
        let mut caller = None;
        let enters = stack.iter().rev().any(|frame| {
            let is_own = tracks.names.info_of(frame).owner == Owner::Own;
            caller = if is_own { Some(frame) } else { caller };
            entered[tracks.names.function_of(frame).0 as usize]
        });
        if let Some(frame) = caller.filter(|_| enters) {
            let (function, line) = (tracks.names.function_of(frame), tracks.names.line_of(frame));
            let sum = calls.entry(Blame { function, line, first_line: line }).or_default();
            *sum = sum.saturating_add(u64::try_from(new).unwrap_or(0));
        }
    }
    let all: f64 = calls.values().map(|calls| *calls as f64).sum();
    let share = |(caller, calls): (Blame, u64)| Entrance { caller, share: calls as f64 / all };
    let mut entrances: Vec<Entrance> = calls.into_iter().map(share).collect();
    entrances.sort_by(|a, b| b.share.total_cmp(&a.share));
    entrances.truncate(SHOWN);
    entrances
}
