//! Who may hold the lock that goroutines wait for, or makes the call that they share, as far as stacks show it.
//!
//! A profile does not say which lock it is. Who took it in the same function and has not returned stands further down in that
//! function; who took it in another method of the same type may be anybody there who waits for something else.

use super::super::Analysis;
use super::one_snapshot::OneSnapshot;
use super::waits::{Wait, is_waiting_room};
use crate::clusters::{Blame, Subject};
use crate::diagnose::symbols::SINGLEFLIGHT;
use crate::profile::Owner;
use crate::series::{FrameId, FunctionId, Names, SiteId};
use crate::suspects::Linked;

/// Goroutines that may hold a lock, or that make the call which others share.
#[derive(Clone, Debug, PartialEq)]
pub struct LockHolder {
    /// The function and the line at which they are in it.
    pub frame: Blame,
    /// Their deepest frame that is no part of the runtime, in which they wait or run.
    pub inside: Blame,
    /// How many there are.
    pub count: u64,
    /// What they do meanwhile.
    pub wait: Wait,
    /// For how many minutes at most, where a dump says it.
    pub longest_minutes: Option<u64>,
    /// Why they may.
    pub relation: Relation,
}

/// What makes goroutines likely holders of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// They are in the same function, past the line that takes it.
    SameFunction,
    /// They are in another method of the same type.
    SameType,
}

impl Relation {
    /// The word used in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Relation::SameFunction => "past-the-lock",
            Relation::SameType => "same-type",
        }
    }
}

/// A site whose goroutines may be those.
struct Likely {
    site: SiteId,
    frame: Blame,
    relation: Relation,
    wait: Wait,
}

/// What goroutines wait for that another one has to end.
#[derive(Clone, Debug, PartialEq)]
pub enum Awaited {
    /// A lock.
    Lock {
        /// They only want to read what it guards, so that several may hold it.
        is_shared: bool,
        /// Who may hold it; `None` if nobody is past it, as far as stacks show.
        holder: Option<LockHolder>,
    },
    /// A call that they share, and who makes it.
    Call(LockHolder),
}

/// What most goroutines of a suspect wait for, as the last snapshot shows it; `None` if that is nothing that another one has.
pub fn awaited(suspect: &Linked, analysis: &Analysis) -> Option<Awaited> {
    let waiting = suspect.members().find(|member| member.subject == Subject::Goroutine)?;
    let track = waiting.subject.track(&analysis.series)?;
    let last = analysis.window(track.kind)?.last();
    let snapshot = OneSnapshot::of(track, &analysis.series.names, last);
    let site = waiting.sites.iter().map(|site| site.site).max_by_key(|site| snapshot.count(*site))?;
    match snapshot.wait(site) {
        wait @ (Wait::Lock | Wait::ReadLock) => {
            Some(Awaited::Lock { is_shared: wait == Wait::ReadLock, holder: holder(&snapshot, site) })
        }
        Wait::WaitGroup => caller(&snapshot, site).map(Awaited::Call),
        _ => None,
    }
}

/// Who may hold the lock that the goroutines of a site wait for.
pub(super) fn holder(snapshot: &OneSnapshot<'_>, waiting: SiteId) -> Option<LockHolder> {
    let (taker, line) = takes_lock(snapshot, waiting)?;
    likeliest(snapshot, |site| as_holder(snapshot, site, taker, line))
}

/// Who makes the call that the goroutines of a site wait for and share with it: it was asked for by the same function, and
/// waits for something else.
fn caller(snapshot: &OneSnapshot<'_>, waiting: SiteId) -> Option<LockHolder> {
    let names = snapshot.names;
    let is_shared = |frame: &FrameId| SINGLEFLIGHT.has(&names.info_of(*frame).name);
    let asks = |site: SiteId| {
        let above = snapshot.track.latest_stack(site).iter().skip_while(|frame| !is_shared(frame));
        above.skip_while(is_shared).map(|frame| names.function_of(frame)).next()
    };
    outside(snapshot, waiting).filter(is_shared)?;
    let asked_by = asks(waiting)?;
    let calls = |site: SiteId| -> Option<Likely> {
        let inside = outside(snapshot, site).filter(|frame| !is_shared(frame))?;
        let mut called = snapshot.track.latest_stack(site).iter().take_while(|frame| !is_shared(frame));
        let own = called.find(|frame| names.info_of(*frame).owner == Owner::Own);
        let frame = blame(names, own.unwrap_or(inside));
        (asks(site) == Some(asked_by)).then(|| Likely {
            site,
            frame,
            relation: Relation::SameFunction,
            wait: snapshot.wait(site),
        })
    };
    likeliest(snapshot, calls)
}

/// The likeliest of the sites where goroutines stand, with all that stand and wait as those do.
fn likeliest(snapshot: &OneSnapshot<'_>, as_likely: impl Fn(SiteId) -> Option<Likely>) -> Option<LockHolder> {
    let sites = snapshot.track.sites_as_read().filter(|site| snapshot.count(*site) > 0);
    let mut likely: Vec<Likely> = sites.filter_map(as_likely).collect();
    likely.sort_by_key(|one| {
        let longest = snapshot.longest(std::iter::once(one.site)).unwrap_or(0);
        (one.relation, std::cmp::Reverse(longest), std::cmp::Reverse(snapshot.count(one.site)), one.frame)
    });
    let first = likely.first()?;
    let same = || {
        likely
            .iter()
            .filter(|one| (one.relation, one.frame, one.wait) == (first.relation, first.frame, first.wait))
    };
    Some(LockHolder {
        frame: first.frame,
        inside: outside(snapshot, first.site).map_or(first.frame, |frame| blame(snapshot.names, frame)),
        count: same().map(|one| snapshot.count(one.site)).fold(0, u64::saturating_add),
        wait: first.wait,
        longest_minutes: snapshot.longest(same().map(|one| one.site)),
        relation: first.relation,
    })
}

/// The function that takes the lock, and at which line: the first one that is not of the runtime or of package sync.
fn takes_lock(snapshot: &OneSnapshot<'_>, site: SiteId) -> Option<(FunctionId, u32)> {
    let taker = outside(snapshot, site)?;
    Some((snapshot.names.function_of(taker), snapshot.names.line_of(taker)))
}

/// The deepest frame of a site that is not of the runtime.
fn outside(snapshot: &OneSnapshot<'_>, site: SiteId) -> Option<FrameId> {
    let is_outside = |frame: FrameId| !is_waiting_room(&snapshot.names.info_of(frame).name);
    snapshot.track.latest_stack(site).find(is_outside)
}

fn blame(names: &Names, frame: FrameId) -> Blame {
    let (function, line) = (names.function_of(frame), names.line_of(frame));
    Blame { function, line, first_line: line }
}

/// Whether the goroutines of a site may hold the lock that `taker` takes at `line`.
fn as_holder(snapshot: &OneSnapshot<'_>, site: SiteId, taker: FunctionId, line: u32) -> Option<Likely> {
    let names = snapshot.names;
    let wait = snapshot.wait(site);
    let waits_in = outside(snapshot, site).map(|frame| names.function_of(frame));
    let is_of_type =
        |function: FunctionId| receiver(names, function).is_some_and(|of| receiver(names, taker) == Some(of));
    // Who waits for a lock of the same function or type more likely waits for this one than holds it.
    if wait.is_lock() && waits_in.is_some_and(|function| function == taker || is_of_type(function)) {
        return None;
    }
    let frames = || snapshot.track.latest_stack(site).iter();
    let likely = |frame: FrameId, relation| Some(Likely { site, frame: blame(names, frame), relation, wait });
    let mut in_taker = frames().filter(|frame| names.function_of(*frame) == taker);
    if let Some(frame) = in_taker.find(|frame| names.line_of(*frame) > line && line > 0) {
        return likely(frame, Relation::SameFunction);
    }
    // A loop that waits for work or time holds no lock, as a rule.
    if matches!(wait, Wait::Select | Wait::Sleep | Wait::Cond | Wait::Receive | Wait::Unknown) {
        return None;
    }
    let of_type = frames().find(|frame| {
        let function = names.function_of(*frame);
        function != taker && is_of_type(function)
    })?;
    likely(of_type, Relation::SameType)
}

/// The type that a function is a method of, with its package; `None` for a plain function.
fn receiver(names: &Names, function: FunctionId) -> Option<&str> {
    let name = &names.info(function).name;
    let end = name.find(").").filter(|_| name.contains("(*"))?;
    Some(&name[..end])
}
