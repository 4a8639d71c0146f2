//! One leak, one suspect: memory and the goroutines that hold it, and sites that grow together, are joined.
//!
//! Two suspects are one where the profile shows it: goroutines that stand in the function that allocated, or were
//! started by it; the goroutines of one connection, as many of each; goroutines of a library that one function calls, with what that
//! allocates; memory in a function that calls the other one each time, with as many objects; as many goroutines as objects
//! all along, of one type or package. Equal pace alone joins nothing: two leaks of one handler have that too.

use super::companions::{COMPANIONS_WITHIN, are_companions, says_why};
use super::entrances::{Entrance, entrances, library};
use super::fingerprint::{identify, of_goroutines};
use super::one_for_one::{OneForOne, one_for_one};
use super::teams::{Pairs, Teams};
use super::traits::{ALLOWED_WITHIN, Traits};
use super::{Candidate, Confidence, Criteria, Evidence, Linked};
use crate::clusters::Subject;
use crate::diagnose::DEFER_RECORD;
use crate::diagnose::symbols::{HTTP_BACKGROUND_READ, HTTP_SERVE};
use crate::growth::theil_sen_correlated;
use crate::profile::{Owner, package_of};
use crate::series::{FunctionId, Granularity, Names, Track, Window};
use std::collections::BTreeSet;

/// Goroutines that keep what their own calls made keep one object each at least; half of that, since some were made
/// before the first snapshot.
const ONE_EACH: f64 = 0.5;
/// A function that makes nearly all calls into a library is the one whose calls its goroutines serve.
const ONLY_CALLER: f64 = 0.9;

/// The tracks that suspects point into.
pub struct Tracks<'a> {
    /// Names of frames.
    pub names: &'a Names,
    /// The heap, if it was judged.
    pub heap: Option<(&'a Track, &'a Window)>,
    /// The goroutines, if they were judged.
    pub goroutines: Option<(&'a Track, &'a Window)>,
}

/// Joins candidates that are one leak. The one of own code that says most leads, the others stand in its `joined`.
/// Lines of one function are kept apart if `granularity` asks for that.
///
/// Where `criteria` leave no more time, the rest stays by itself.
pub fn join(
    mut candidates: Vec<Candidate>,
    tracks: &Tracks<'_>,
    granularity: Granularity,
    criteria: &Criteria,
) -> Vec<Linked> {
    let traits: Vec<Traits<'_>> = candidates.iter().map(|candidate| Traits::of(candidate, tracks)).collect();
    let pairs = Pairs::of(&candidates);
    let mut teams = Teams::of(candidates.len());
    let mut counted: Vec<(usize, OneForOne)> = Vec::new();
    for a in (0..candidates.len()).take_while(|_| !criteria.is_out_of_time()) {
        for b in pairs.with(a).take_while(|b| *b < a) {
            // With the one of the two that leads.
            let as_many = |goroutines: usize, heap: usize| {
                let one_each = hold_one_each(&traits[goroutines], &traits[heap], tracks)?;
                Some((if candidates[goroutines].is_own { goroutines } else { heap }, one_each))
            };
            let by_count = || match (candidates[a].subject, candidates[b].subject) {
                (Subject::Heap, Subject::Goroutine) => as_many(b, a),
                (Subject::Goroutine, Subject::Heap) => as_many(a, b),
                _ => None,
            };
            let shown = belong_together(&traits[a], &traits[b], tracks, granularity);
            let by_count = if shown { None } else { by_count() };
            if shown || by_count.is_some() {
                teams.join(a, b);
            }
            counted.extend(by_count);
        }
    }
    // What a library made for each request goes with one leak of own code, the surest and largest of those it may go with, and joins no two.
    let mut with_own: BTreeSet<usize> =
        (0..candidates.len()).filter(|own| candidates[*own].is_own).map(|own| teams.of_member(own)).collect();
    for made in (0..candidates.len()).filter(|made| !candidates[*made].is_own) {
        if criteria.is_out_of_time() || with_own.contains(&teams.of_member(made)) {
            continue;
        }
        let keepers = pairs.with(made).filter(|own| made_for_each(&traits[made], &traits[*own]));
        let sure_and_large = |own: &usize| (candidates[*own].confidence, candidates[*own].weight);
        let keeper = keepers.max_by(|a, b| {
            let (a, b) = (sure_and_large(a), sure_and_large(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        if let Some(keeper) = keeper {
            teams.join(made, keeper);
            with_own.insert(teams.of_member(keeper));
        }
    }
    for (index, OneForOne { size, objects, error, goroutines }) in counted {
        candidates[index].evidence.push(Evidence::OneForOne { size, objects, error, goroutines });
    }
    let led: Vec<(Candidate, Vec<Candidate>)> =
        teams.split(candidates).into_iter().filter_map(|members| lead(members, tracks)).collect();
    let fingerprints = identify(led.iter().map(|(lead, _)| lead), tracks);
    let linked = |((lead, joined), fingerprint): ((Candidate, Vec<Candidate>), String)| {
        let is_sure = lead.confidence >= Confidence::Medium;
        let goroutines = joined.iter().filter(|part| part.subject == Subject::Goroutine);
        Linked {
            fingerprint,
            aliases: goroutines.map(|part| of_goroutines(part, tracks)).collect(),
            entrances: if is_sure { entrances(&lead, tracks) } else { Vec::new() },
            lead,
            joined,
        }
    };
    led.into_iter().zip(fingerprints).map(linked).collect()
}

fn belong_together(a: &Traits<'_>, b: &Traits<'_>, tracks: &Tracks<'_>, granularity: Granularity) -> bool {
    match (a.candidate.subject, b.candidate.subject) {
        (Subject::Heap, Subject::Heap) => {
            let (f, g) = (a.candidate.blame.function, b.candidate.blame.function);
            let one_function = granularity == Granularity::Function || f != g;
            let calls = b.dominators.contains(&f) || a.dominators.contains(&g);
            let bookkeeping = a.is_bookkeeping || b.is_bookkeeping;
            calls && one_function && !bookkeeping && a.in_step(b)
        }
        (Subject::Goroutine, Subject::Goroutine) => are_companions(a, b, tracks),
        (Subject::Heap, Subject::Goroutine) => holds(b, a),
        (Subject::Goroutine, Subject::Heap) => holds(a, b),
    }
}

/// Whether memory was made by a library for each request, and is kept by own code with what it made for it.
fn made_for_each(library: &Traits<'_>, own: &Traits<'_>) -> bool {
    let are_heap = [library, own].iter().all(|t| t.candidate.subject == Subject::Heap && !t.is_bookkeeping);
    are_heap
        && !library.candidate.is_own
        && own.candidate.is_own
        && library.outermost == own.outermost
        && library.in_step(own)
}

/// Whether goroutines hold memory: they wait in the function that allocated it, or it was made by what that function
/// called; they share code of the program's own with it, as what started them does, and are as many; or they run in
/// the same library and are as many, server and client apart; or one function makes nearly all calls into their library, and may have allocated
/// it for them. What a library makes for each goroutine that it
/// starts, as a server does for each connection, is held by those that hang in own code it called. The runtime's
/// descriptors of goroutines belong to whichever group grows most.
fn holds(goroutines: &Traits<'_>, heap: &Traits<'_>) -> bool {
    if goroutines.candidate.growth.delta() <= 0.0 {
        return false;
    }
    let one_root = !heap.outermost.is_empty() && heap.outermost == goroutines.outermost;
    if goroutines.candidate.is_own
        && !heap.candidate.is_own
        && one_root
        && (goroutines.in_step_within(heap, ALLOWED_WITHIN) || goroutines.may_hold(heap))
    {
        return true;
    }
    if goroutines.candidate.confidence < Confidence::Medium {
        return false;
    }
    if heap.is_bookkeeping {
        return goroutines.in_step(heap);
    }
    let info = |function: &FunctionId| heap.names.info(*function);
    let stands_in = goroutines.functions.contains(&heap.candidate.blame.function);
    let made_below = goroutines.candidate.is_own
        && heap.functions.contains(&goroutines.candidate.blame.function)
        && heap.most() >= ONE_EACH * goroutines.candidate.growth.delta();
    let shares_own =
        heap.functions.iter().any(|f| info(f).owner == Owner::Own && goroutines.functions.contains(f));
    let started_by = goroutines.creators.contains(&heap.blamed());
    let started_above =
        heap.functions.iter().any(|function| goroutines.creators.contains(&info(function).name.as_str()));
    let package = package_of(goroutines.blamed());
    let same_library = !goroutines.candidate.is_own
        // A library that calls own code, as a server does, does not hold what that keeps.
        && !heap.callers.iter().any(|function| package_of(&info(function).name) == package)
        && !HTTP_SERVE.has(goroutines.blamed())
        && heap.functions.iter().any(|function| package_of(&info(function).name) == package);
    // What the server itself makes for each connection, and no handler.
    let is_library = |function: &FunctionId| info(function).owner == Owner::Std;
    let serves = goroutines.functions.iter().any(|function| HTTP_SERVE.has(&info(function).name))
        && one_root
        && heap.outermost.iter().all(|function| HTTP_SERVE.has(&info(function).name))
        && heap.functions.iter().all(is_library)
        && goroutines.may_hold(heap);
    // Made by the one function that calls the library of the goroutines, no more than one object each.
    let calls = |entrance: &Entrance| {
        entrance.share >= ONLY_CALLER && entrance.caller.function == heap.candidate.blame.function
    };
    let by_only_caller =
        goroutines.entrances.iter().any(calls) && !is_contained(heap) && goroutines.may_hold(heap);
    stands_in
        || serves
        || by_only_caller
        || made_below
        || ((started_above || shares_own || same_library) && goroutines.in_step(heap))
        || (started_by && !goroutines.candidate.is_own && !heap.candidate.is_own)
}

/// Whether a container grows with a suspect in the heap, which then holds it, whoever else does.
fn is_contained(heap: &Traits<'_>) -> bool {
    let grows = |evidence: &Evidence| matches!(evidence, Evidence::Climbs(_) | Evidence::Swells { .. });
    heap.candidate.evidence.iter().any(grows)
        || heap.gains.iter().any(|gain| gain.are_tables && gain.is_known())
}

/// Whether goroutines seem to hold one object each, though their stacks do not show it: as many, all along, and own code of
/// one type or package, or a closure written in a function that allocated; or goroutines of a library that the function calls
/// which allocated. In package main everything stands together, so there the package says nothing.
fn hold_one_each(goroutines: &Traits<'_>, heap: &Traits<'_>, tracks: &Tracks<'_>) -> Option<OneForOne> {
    let own = heap.candidate.is_own && !heap.is_bookkeeping;
    if !own || is_contained(heap) || goroutines.candidate.confidence < Confidence::Medium {
        return None;
    }
    let (run, made) = (goroutines.blamed(), heap.blamed());
    let name = |function: &FunctionId| heap.names.info(*function).name.as_str();
    let starts = || heap.functions.iter().any(|function| goroutines.writers.contains(name(function)));
    let one_package = package_of(run) == package_of(made) && package_of(run) != "main";
    let one_type = || !goroutines.receivers.is_disjoint(&heap.receivers);
    let calls_in = || {
        goroutines.entrances.iter().any(|entrance| entrance.caller.function == heap.candidate.blame.function)
    };
    let share_entry = match goroutines.candidate.is_own {
        true => one_package || one_type() || starts(),
        false => calls_in(),
    };
    if !share_entry {
        return None;
    }
    one_for_one(heap.candidate, &goroutines.candidate.growth.points, tracks)
}

/// Counts the growth of other memory of one leak to that of the suspect which leads.
fn add(first: &mut Candidate, other: &Candidate, tracks: &Tracks<'_>) {
    let had_slope = first.growth.slope.is_some();
    first.growth = first.growth.plus(&other.growth);
    first.share = first.share.zip(other.share).map(|(a, b)| (a + b).min(1.0));
    if let Some((_, window)) = tracks.heap.filter(|_| had_slope) {
        let values: Vec<f64> = first.growth.points.iter().map(|point| point.value).collect();
        first.growth.slope = theil_sen_correlated(&window.hours(), &values);
    }
}

/// The one of a leak's candidates that leads, with what the others add to it, and the others: goroutines that wait in own code lead, for that is where to mend it,
/// even where they are less sure than what they hold; then memory allocated by own code, in a function that still runs and
/// whose deferred calls accumulate before what it called; then what is surest.
fn lead(members: Vec<Candidate>, tracks: &Tracks<'_>) -> Option<(Candidate, Vec<Candidate>)> {
    let says_why = says_why(&members, tracks);
    let mut members: Vec<(u8, Candidate)> = says_why.into_iter().zip(members).collect();
    members.sort_by(|(a_says, a), (b_says, b)| {
        let place = |s: &Candidate| match (s.is_own, s.subject) {
            (true, Subject::Goroutine) => 0,
            (true, Subject::Heap) if defers(s, tracks) => 1,
            (true, Subject::Heap) => 2,
            (false, Subject::Goroutine) if HTTP_SERVE.has(&tracks.names.info(s.blame.function).name) => 3,
            (false, Subject::Heap) => 4,
            (false, Subject::Goroutine) => 5,
        };
        let unsure = |s: &Candidate| s.confidence == Confidence::Low && place(s) > 0;
        let name = |s: &Candidate| tracks.names.info(s.blame.function).name.as_str();
        unsure(a)
            .cmp(&unsure(b))
            .then(place(a).cmp(&place(b)))
            .then(b_says.cmp(a_says))
            .then(b.confidence.cmp(&a.confidence))
            .then(b.weight.total_cmp(&a.weight))
            // Of the two ends of a connection within one process the end that opened it.
            .then(library(b, tracks).is_some().cmp(&library(a, tracks).is_some()))
            .then_with(|| name(a).cmp(name(b)))
    });
    let mut members = members.into_iter().map(|(_, member)| member);
    let mut first = members.next()?;
    // Readers ahead that are far fewer than the handlers they belong to tell of the latest requests alone.
    let handlers = first.growth.delta();
    let is_passing = |s: &Candidate| {
        let reads_ahead = s.subject == Subject::Goroutine
            && HTTP_BACKGROUND_READ.has(&tracks.names.info(s.blame.function).name);
        reads_ahead && first.subject == Subject::Goroutine && s.growth.delta() < COMPANIONS_WITHIN * handlers
    };
    let joined: Vec<Candidate> = members.filter(|member| !is_passing(member)).collect();
    if let Some(surest) = joined.iter().max_by_key(|other| other.confidence) {
        be_as_sure(&mut first, surest);
    }
    for other in &joined {
        first.weight += other.weight.max(0.0);
        if (first.subject, other.subject) == (Subject::Heap, Subject::Heap) {
            add(&mut first, other, tracks);
        }
    }
    if first.confidence == Confidence::High {
        first
            .evidence
            .retain(|evidence| !matches!(evidence, Evidence::TwoSnapshots | Evidence::Young { .. }));
    }
    let sum = |subject: Subject, of: fn(&Candidate) -> f64| -> f64 {
        [&first].into_iter().chain(&joined).filter(|s| s.subject == subject).map(of).sum()
    };
    let bytes = sum(Subject::Heap, |candidate| candidate.live_growth);
    let goroutines = [&first].into_iter().chain(&joined).filter(|s| s.subject == Subject::Goroutine);
    let goroutines = goroutines.map(|s| s.growth.delta()).fold(0.0, f64::max);
    // Where only their number says so, that is reported instead.
    let counted = first.evidence.iter().any(|evidence| matches!(evidence, Evidence::OneForOne { .. }));
    if goroutines > 0.0 && bytes > 0.0 && !counted {
        first.evidence.push(Evidence::PinnedBy { goroutines, bytes_each: bytes / goroutines });
    }
    Some((first, joined))
}

/// Makes the candidate that leads a leak as sure as another of its candidates, with the probability of that one.
fn be_as_sure(first: &mut Candidate, other: &Candidate) {
    if other.confidence <= first.confidence {
        return;
    }
    first.confidence = other.confidence;
    first.promise_nothing();
    // What the collector proved has none.
    if let Some(probability) = other.evidence.iter().find(|evidence| evidence.posterior().is_some()) {
        let own = first.evidence.iter_mut().filter(|evidence| evidence.posterior().is_some());
        own.for_each(|own| *own = probability.clone());
    }
}

/// Whether records of deferred calls accumulate directly at the blamed function, which is still running as far as is known.
fn defers(candidate: &Candidate, tracks: &Tracks<'_>) -> bool {
    let Some((heap, window)) = tracks.heap else { return false };
    let blamed = candidate.blame.function;
    let is_blamed = |frame| tracks.names.function_of(frame) == blamed;
    let grows = heap.rows.iter().enumerate().any(|(row, info)| {
        let gained = || {
            let [first, last] = [window.first(), window.last()].map(|s| heap.cell(s, row).inuse_objects);
            last > first
        };
        info.size == DEFER_RECORD && heap.latest_stack(info.site).first().is_some_and(is_blamed) && gained()
    });
    let runs = || {
        let Some((goroutines, last)) = tracks.goroutines else { return true };
        goroutines.rows.iter().enumerate().any(|(row, info)| {
            goroutines.cell(last.last(), row).inuse_objects > 0
                && goroutines.latest_stack(info.site).iter().any(is_blamed)
        })
    };
    grows && runs()
}
