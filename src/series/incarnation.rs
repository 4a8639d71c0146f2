//! Whether two snapshots can be judged against each other: one life of one process, with a garbage collection
//! between them.

use super::{Cell, Frames, Names, Series, Track};
use crate::profile::{Difference, Kind, Notice, NoticeCode, Owner, TimeSource, package_of};
use foldhash::{HashMap, HashMapExt, HashSet};

/// Falling counters make up at least this share of all movement after a plain restart; when as much rises as
/// falls, two processes (or two lives of different length) are behind the snapshots.
const RESTART_SHARE: f64 = 0.9;

type Check = fn(&Track, &Names, usize, usize) -> Option<Notice>;

/// What keeps snapshots `first` and `last` of a kind from being judged; `None` if nothing does. What concerns one kind
/// alone is known by [`concerns_whole_target`] being false for its code.
pub fn obstacle(series: &Series, kind: Kind, first: usize, last: usize) -> Option<Notice> {
    obstacle_in(series.track(kind)?, &series.names, first, last)
}

/// [`obstacle`] in a series that is still being built.
pub(super) fn obstacle_in(track: &Track, names: &Names, first: usize, last: usize) -> Option<Notice> {
    let checks: [Check; 7] = [
        delta_profile,
        swapped_order,
        different_build,
        another_program,
        period_changed,
        same_data,
        another_process,
    ];
    // The first finding explains the later ones: swapped snapshots seem to restart, another build is another process.
    checks.iter().find_map(|check| check(track, names, first, last))
}

/// Whether nothing speaks against `later` being the same life of the same process as `earlier`, whatever the clock
/// says.
pub fn is_one_life(series: &Series, kind: Kind, earlier: usize, later: usize) -> bool {
    let checks: [Check; 4] = [another_program, different_build, period_changed, another_process];
    series
        .track(kind)
        .is_some_and(|track| checks.iter().all(|check| check(track, &series.names, earlier, later).is_none()))
}

/// Whether an obstacle found in one kind forbids judging the others too: it is about the process, not the file.
pub fn concerns_whole_target(code: NoticeCode) -> bool {
    matches!(
        code,
        NoticeCode::Restart
            | NoticeCode::TwoProcesses
            | NoticeCode::DifferentBuild
            | NoticeCode::SwappedOrder
    )
}

fn delta_profile(track: &Track, _: &Names, first: usize, last: usize) -> Option<Notice> {
    let snapshot = [first, last].into_iter().map(|i| &track.snapshots[i]).find(|s| s.is_difference())?;
    let message = match snapshot.difference? {
        Difference::Over(nanos) => format!(
            "this is a difference over {:.0} s (fetched with ?seconds=...), not a snapshot, so it cannot be compared; fetch \
             /debug/pprof/{}{} instead",
            nanos as f64 / 1e9,
            track.kind.name(),
            if track.kind == Kind::Heap { "?gc=1" } else { "" },
        ),
        Difference::OfProfiles | Difference::OfAllocations => "this has negative values, so it is the difference of two \
             profiles (`go tool pprof -diff_base` writes such), not a snapshot, and cannot be compared; give the two profiles \
             that it was made from"
            .to_owned(),
    };
    Some(Notice::about(NoticeCode::DeltaProfile, &snapshot.source, message))
}

/// So many functions a program has at least of which none is in another one.
const LEAST_FUNCTIONS: usize = 6;

/// Snapshots of two programs: of two files, or with no function in common. What is in the standard library or in package main
/// all programs have.
fn another_program(track: &Track, names: &Names, first: usize, last: usize) -> Option<Notice> {
    let (before, after) = (&track.snapshots[first], &track.snapshots[last]);
    let why = match (&before.program, &after.program) {
        (Some(a), Some(b)) if a != b => format!("{a} and {b}"),
        (Some(_), Some(_)) => return None,
        _ if has_nothing_in_common(track, names, first, last) => {
            format!("{} and {} have no function of their own in common", before.source, after.source)
        }
        _ => return None,
    };
    Some(Notice::new(
        NoticeCode::TwoProcesses,
        format!(
            "the snapshots come from two programs ({why}), so they are set side by side, not judged. Take all snapshots from \
             one running process"
        ),
    ))
}

/// Whether two snapshots have functions enough to know a program by, and none that is in both.
fn has_nothing_in_common(track: &Track, names: &Names, first: usize, last: usize) -> bool {
    let is_live = |snapshot: usize, row: usize| track.cell(snapshot, row) != Cell::default();
    let mut own = [HashSet::default(), HashSet::default()];
    for (index, row) in track.rows.iter().enumerate() {
        let is_in = [first, last].map(|snapshot| is_live(snapshot, index));
        for frame in track.stack(row.site).iter().filter(|_| is_in.contains(&true)) {
            let info = names.info_of(frame);
            if info.owner == Owner::Std || package_of(&info.name) == "main" || info.file.is_empty() {
                continue;
            }
            if is_in == [true, true] {
                return false;
            }
            let side = usize::from(is_in[1]);
            own[side].insert(names.function_of(frame));
            if own[1 - side].contains(&names.function_of(frame)) {
                return false;
            }
        }
    }
    own.iter().all(|functions| functions.len() >= LEAST_FUNCTIONS)
}

fn swapped_order(track: &Track, _: &Names, first: usize, last: usize) -> Option<Notice> {
    let (before, after) = (&track.snapshots[first], &track.snapshots[last]);
    let (a, b) = (before.taken_at?, after.taken_at?);
    // A file's time says when it was copied, not when the profile was taken.
    if a.source == TimeSource::FileTime || b.source == TimeSource::FileTime || b.nanos >= a.nanos {
        return None;
    }
    Some(Notice::new(
        NoticeCode::SwappedOrder,
        format!(
            "{} was taken {:.0} s before {}, so the order is swapped; give the older snapshot first: \
             pprof-leaks diff {} {}",
            after.source,
            a.nanos.saturating_sub(b.nanos) as f64 / 1e9,
            before.source,
            after.source,
            before.source
        ),
    ))
}

fn different_build(track: &Track, _: &Names, first: usize, last: usize) -> Option<Notice> {
    let (before, after) = (&track.snapshots[first], &track.snapshots[last]);
    let (a, b) = (before.build_id.as_ref()?, after.build_id.as_ref()?);
    let short = |id: &str| id.chars().take(12).collect::<String>();
    (a != b).then(|| {
        Notice::new(
            NoticeCode::DifferentBuild,
            format!(
                "the snapshots come from different builds ({} and {}), so from two processes: they are set side by side, \
                 not judged. Take both snapshots from one running process",
                short(a),
                short(b)
            ),
        )
    })
}

fn period_changed(track: &Track, _: &Names, first: usize, last: usize) -> Option<Notice> {
    let (a, b) = (track.snapshots[first].rate?, track.snapshots[last].rate?);
    (a != b).then(|| {
        Notice::new(
            NoticeCode::PeriodChanged,
            format!(
                "the sampling rate (runtime.MemProfileRate) changed from {} to {} bytes between the snapshots, so their \
                 estimates cannot be subtracted; set it once, at the start of main, and take both again",
                a.0, b.0
            ),
        )
    })
}

/// Both snapshots show the same figures: the same file, or one garbage-collection cycle (S8). The goroutines of a
/// service at rest may well be the same twice, and what a goroutineleak profile proves it proves alone.
fn same_data(track: &Track, _: &Names, first: usize, last: usize) -> Option<Notice> {
    let same = || (0..track.rows.len()).all(|row| track.cell(first, row) == track.cell(last, row));
    if first == last || track.kind == Kind::GoroutineLeak || !same() {
        return None;
    }
    let time = |i: usize| track.snapshots[i].taken_at.map(|t| t.nanos);
    Some(match (time(first), time(last)) {
        (Some(a), Some(b)) if a == b => Notice::new(
            NoticeCode::SameSnapshot,
            format!(
                "both inputs are the same {} snapshot, so there is nothing to compare; take a second one later",
                track.kind.name()
            ),
        ),
        _ if track.kind == Kind::Goroutine => return None,
        _ => Notice::new(
            NoticeCode::NoGcBetween,
            "the heap snapshots are identical: no garbage collection completed between them, so there is nothing to \
             compare. Fetch /debug/pprof/heap?gc=1, or wait for collections between the snapshots",
        ),
    })
}

fn another_process(track: &Track, names: &Names, first: usize, last: usize) -> Option<Notice> {
    match track.kind {
        Kind::Heap => counters_that_fall(track, names, first, last),
        Kind::Goroutine | Kind::GoroutineLeak => goroutine_ids(track, first, last),
    }
}

/// Allocation counters of one process never fall (S13).
fn counters_that_fall(track: &Track, names: &Names, first: usize, last: usize) -> Option<Notice> {
    let (mut fallen, mut risen) = (0i128, 0i128);
    let mut largest: Option<(i64, usize)> = None;
    for row in 0..track.rows.len() {
        let allocated = |snapshot: usize| track.sampled(snapshot, row).0;
        let change = allocated(last).saturating_sub(allocated(first));
        if change < 0 {
            fallen -= i128::from(change);
            if largest.is_none_or(|(most, _)| change < most) {
                largest = Some((change, row));
            }
        } else {
            risen += i128::from(change);
        }
    }
    let (_, row) = largest?;
    let example = example(track.stack(track.rows[row].site), names);
    Some(if fallen as f64 >= RESTART_SHARE * (fallen + risen) as f64 {
        Notice::new(
            NoticeCode::Restart,
            format!(
                "allocation counters fell between the snapshots (at {example}, for example), so the process restarted; \
                 what was live before is gone. Take both snapshots from one life of the process"
            ),
        )
    } else {
        Notice::new(
            NoticeCode::TwoProcesses,
            format!(
                "allocation counters fell at some sites (at {example}, for example) and rose at others: the snapshots come \
                 from two processes behind one address, or the process restarted in between. Scrape one instance directly, \
                 not through a load balancer, and take both snapshots from one life of it"
            ),
        )
    })
}

/// Ids are handed to processors in batches of 16 (`_GoidCacheBatch` in Go's runtime/proc.go), so with 256 of them a new
/// goroutine may have an id this much lower than another's.
const ID_SLACK: u64 = 16 * 256;
/// A processor that slept keeps what is left of its batch, however old, so a few goroutines may be older still by their
/// ids than they are. Of another process more than this share are.
const OUT_OF_ORDER: f64 = 0.25;
/// And at least so many.
const LEAST_OUT_OF_ORDER: usize = 3;

/// A name for a site that people know: of their own code, if any; not so long that it hides the sentence around it.
fn example(stack: Frames<'_>, names: &Names) -> String {
    const LONGEST: usize = 100;
    let own = stack.iter().find(|frame| names.info_of(*frame).owner == Owner::Own);
    let Some(frame) = own.or(stack.first()) else { return "an empty stack".to_owned() };
    let name = &names.info_of(frame).name;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name.clone(),
    }
}

/// Goroutine ids are never reused within a process, and rise but for [`ID_SLACK`]: a goroutine of the second dump either is
/// in the first as well or has a newer id. That the newest ones of the first have ended says nothing.
fn goroutine_ids(track: &Track, first: usize, last: usize) -> Option<Notice> {
    let (before, after) = (&track.snapshots[first].members, &track.snapshots[last].members);
    let newest = |members: &[super::Member]| members.iter().map(|m| m.goroutine.id).max();
    let known: HashSet<u64> = before.iter().map(|member| member.goroutine.id).collect();
    let newest = newest(before)?;
    let is_old = |m: &&super::Member| {
        m.goroutine.id.saturating_add(ID_SLACK) < newest && !known.contains(&m.goroutine.id)
    };
    // Those that are missing where the first dump was cut are no news in the second.
    let is_cut = |index: usize| track.snapshots[index].is_truncated;
    let old = if is_cut(first) { 0 } else { after.iter().filter(is_old).count() };
    if old >= LEAST_OUT_OF_ORDER && old as f64 > OUT_OF_ORDER * after.len() as f64 {
        return Some(Notice::new(
            NoticeCode::Restart,
            "goroutine ids start again in the second dump, so the process restarted or it is another process; \
             take both snapshots from one life of one process",
        ));
    }
    let mut creators = HashMap::with_capacity(before.len());
    // Of a goroutine at which a dump was cut, who started it may be what is missing.
    let is_told = |m: &super::Member, dump: usize| m.goroutine.created_by.is_some() || !is_cut(dump);
    for member in before.iter().filter(|member| is_told(member, first)) {
        creators.insert(member.goroutine.id, &member.goroutine.created_by);
    }
    let differs = |m: &&super::Member| {
        is_told(m, last) && creators.get(&m.goroutine.id).is_some_and(|c| **c != m.goroutine.created_by)
    };
    after.iter().find(differs).map(|member| {
        Notice::new(
            NoticeCode::TwoProcesses,
            format!(
                "goroutine {} was started by different functions in the two dumps, so they come from two processes; \
                 scrape one instance directly, not through a load balancer",
                member.goroutine.id
            ),
        )
    })
}
