//! The lives of a process: a series is cut where it restarted or was deployed anew, and growth is judged inside one.

use super::order::{mixed_processes, order_by_counters};
use crate::profile::{Kind, Notice, NoticeCode};
use crate::series::{Break, ENOUGH_TO_JUDGE, Series, Snapshot, Track, Window};

/// So many boundaries between lives are shown, with their times.
const BOUNDARIES_NAMED: usize = 3;

/// One life of the process, as far as snapshots show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Time of its first snapshot, in nanoseconds since the Unix epoch.
    pub from: Option<i64>,
    /// Time of its last snapshot, likewise.
    pub until: Option<i64>,
    /// Why it began: `None` for the first.
    pub began: Option<NoticeCode>,
    /// Live heap in its first and last heap snapshot, in bytes; `None` without heap snapshots.
    pub heap: Option<(i128, i128)>,
    /// Whether it is the one that was judged.
    pub judged: bool,
}

/// A place where one life ends and the next begins.
struct Cut<'a> {
    seen: &'a Break,
    /// The kind that shows it, and the number there of the life that begins.
    life: (Kind, usize),
}

/// The lives of a process beside the one that is judged, as far as they can be looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct OtherLives {
    /// In order.
    pub(super) windows: Vec<Window>,
    /// How many of them come before the one that is judged.
    pub(super) before: usize,
}

/// A series taken apart.
pub(super) struct Split {
    /// The window of each kind in the life that is judged.
    pub(super) windows: Vec<(Kind, Window)>,
    /// Those of each kind in other lives, which tell of the same leaks.
    pub(super) others: Vec<(Kind, OtherLives)>,
    /// All lives, in order; none where processes are mixed.
    pub(super) lives: Vec<Life>,
    /// What forbids to judge.
    pub(super) obstacles: Vec<(Kind, Notice)>,
}

/// Finds the lives of the process, and chooses the one to judge.
pub(super) fn split(series: &Series, notices: &mut Vec<Notice>) -> Split {
    let mut cuts: Vec<Cut<'_>> = Vec::new();
    for track in series.tracks() {
        let numbered = track.breaks.iter().enumerate();
        cuts.extend(numbered.map(|(index, seen)| Cut { seen, life: (track.kind, index + 1) }));
        notices.extend(left_out(track));
    }
    if !cuts.is_empty()
        && let Some(split) = set_back(series, notices).or_else(|| mixed(series))
    {
        return split;
    }
    cuts.sort_by_key(|cut| cut.seen.before);
    cuts.dedup_by(|later, earlier| same_place(earlier, later));

    let count = cuts.len() + 1;
    // The snapshots of each life, for each track.
    let mut members = vec![vec![Vec::new(); series.tracks().len()]; count];
    for (position, track) in series.tracks().iter().enumerate() {
        for (index, snapshot) in track.snapshots.iter().enumerate() {
            let life = cuts.iter().filter(|cut| cut.is_before(track.kind, snapshot)).count();
            members[life][position].push(index);
        }
    }
    let sizes: Vec<usize> =
        members.iter().map(|tracks| tracks.iter().map(Vec::len).max().unwrap_or(0)).collect();
    let judged = (0..count)
        .rev()
        .find(|life| sizes[*life] >= ENOUGH_TO_JUDGE)
        .or_else(|| (0..count).rev().find(|life| sizes[*life] > 1))
        .unwrap_or(count - 1);
    let window_of = |life: usize, position: usize| {
        let (track, kept): (&Track, &Vec<usize>) = (&series.tracks()[position], &members[life][position]);
        let times = kept.iter().map(|i| track.snapshots[*i].taken_at.map(|t| t.nanos)).collect();
        Window::new(kept.clone(), times)
    };
    let kinds = || series.tracks().iter().map(|track| track.kind).enumerate();
    let windows = kinds().filter_map(|(position, kind)| Some((kind, window_of(judged, position)?))).collect();
    let others = kinds().map(|(position, kind)| {
        let seen = (0..count).filter(|life| *life != judged && members[*life][position].len() > 1);
        let before = seen.clone().filter(|life| *life < judged).count();
        (kind, OtherLives { windows: seen.filter_map(|life| window_of(life, position)).collect(), before })
    });
    let others = others.collect();
    let lives = members
        .iter()
        .enumerate()
        .map(|(life, members)| describe(series, members, life, &cuts, life == judged))
        .collect();
    if count > 1 {
        notices.push(Notice::new(
            NoticeCode::SeveralLives,
            format!(
                "the snapshots show {count} lives of the process: {}; growth is judged inside the {} one only",
                boundaries(&cuts),
                if judged == count - 1 { "last" } else { "latest long enough" }
            ),
        ));
    }
    Split { windows, others, lives, obstacles: Vec::new() }
}

/// The windows of a series whose clock was set back: in the order that the allocation counters give, without times.
fn set_back(series: &Series, notices: &mut Vec<Notice>) -> Option<Split> {
    // Among snapshots that were thinned out a restart may look like it.
    let heap = series.track(Kind::Heap).filter(|track| track.thinned == 0)?;
    let (order, fall) = order_by_counters(series, &(0..heap.snapshots.len()).collect::<Vec<_>>())?;
    let time = |track: &Track, index: usize| track.snapshots[index].taken_at.map(|t| t.nanos);
    notices.push(Notice::about(
        NoticeCode::ClockSetBack,
        &heap.snapshots[order[fall]].source,
        format!(
            "the clock was set back: by its allocation counters this snapshot follows {}, by its time it does not. The \
             counters give the order, and there are no rates",
            heap.snapshots[order[fall - 1]].source
        ),
    ));
    // Snapshots of other kinds go with the heap snapshot of their round, which is the one nearest in time.
    let place = |track: &Track, index: usize| {
        let own = time(track, index);
        let distance = |heap_index: usize| Some(own?.abs_diff(time(heap, heap_index)?));
        (0..order.len()).min_by_key(|place| distance(order[*place]).unwrap_or(u64::MAX))
    };
    let windows = series.tracks().iter().filter_map(|track| {
        let mut indexes = order.clone();
        if track.kind != Kind::Heap {
            indexes = (0..track.snapshots.len()).collect();
            indexes.sort_by_key(|index| place(track, *index));
        }
        let unknown = vec![None; indexes.len()];
        Some((track.kind, Window::new(indexes, unknown)?))
    });
    let members: Vec<Vec<usize>> =
        series.tracks().iter().map(|track| (0..track.snapshots.len()).collect()).collect();
    let windows = windows.collect();
    Some(Split {
        windows,
        others: Vec::new(),
        lives: vec![describe(series, &members, 0, &[], true)],
        obstacles: Vec::new(),
    })
}

/// Several processes in one series, of which nothing can be said.
fn mixed(series: &Series) -> Option<Split> {
    let found = series.tracks().iter().find_map(|track| {
        let all: Vec<usize> = (0..track.snapshots.len()).collect();
        Some((track.kind, mixed_processes(series, track.kind, &all)?))
    })?;
    let windows = series.tracks().iter().filter_map(|track| {
        let times = track.snapshots.iter().map(|snapshot| snapshot.taken_at.map(|t| t.nanos)).collect();
        Some((track.kind, Window::new((0..track.snapshots.len()).collect(), times)?))
    });
    Some(Split { windows: windows.collect(), others: Vec::new(), lives: Vec::new(), obstacles: vec![found] })
}

/// What of a track is not judged although it is of the right kind.
fn left_out(track: &Track) -> Vec<Notice> {
    let kind = track.kind.name();
    let mut notices = Vec::new();
    if track.repeated > 0 {
        notices.push(Notice::new(
            NoticeCode::RepeatedSnapshot,
            format!(
                "{} {kind} snapshots repeat the one before them (no garbage collection in between) and were left out",
                track.repeated
            ),
        ));
    }
    if track.thinned > 0 {
        let kept = track.snapshots.len();
        notices.push(Notice::new(
            NoticeCode::ThinnedSeries,
            format!(
                "of {} {kind} snapshots {kept}, spread evenly over the time, enter the statistics; every one was searched for \
                 restarts and deploys",
                kept + track.thinned
            ),
        ));
    }
    notices
}

/// Whether two cuts, found in different kinds, are one: their gaps overlap.
fn same_place(a: &Cut<'_>, b: &Cut<'_>) -> bool {
    match (a.seen.after, a.seen.before, b.seen.after, b.seen.before) {
        (Some(a0), Some(a1), Some(b0), Some(b1)) => a.life.0 != b.life.0 && a0 < b1 && b0 < a1,
        _ => false,
    }
}

/// The boundaries between lives, the first few of them in full.
fn boundaries(cuts: &[Cut<'_>]) -> String {
    let mut named: Vec<String> = cuts.iter().take(BOUNDARIES_NAMED).map(Cut::describe).collect();
    if cuts.len() > BOUNDARIES_NAMED {
        named.push(format!("and {} more", cuts.len() - BOUNDARIES_NAMED));
    }
    named.join(", ")
}

impl Cut<'_> {
    /// What happened, and when.
    fn describe(&self) -> String {
        let what = match self.seen.code {
            NoticeCode::DifferentBuild => "a deploy of another build",
            NoticeCode::PeriodChanged => "another sampling rate",
            NoticeCode::TwoProcesses => "a restart, or another process,",
            _ => "a restart",
        };
        let time = self.seen.before.and_then(|t| jiff::Timestamp::from_nanosecond(i128::from(t)).ok());
        time.map_or(what.to_owned(), |time| format!("{what} before {time:.0}"))
    }

    /// Whether a snapshot belongs to a life after this cut. In the kind where the cut was found that is known; in the
    /// others its time tells.
    fn is_before(&self, kind: Kind, snapshot: &Snapshot) -> bool {
        if kind == self.life.0 {
            return snapshot.life >= self.life.1;
        }
        self.seen.is_before(snapshot.taken_at.map(|t| t.nanos))
    }
}

fn describe(series: &Series, members: &[Vec<usize>], life: usize, cuts: &[Cut<'_>], judged: bool) -> Life {
    let mut times = Vec::new();
    let mut heap = None;
    for (track, own) in series.tracks().iter().zip(members) {
        times.extend(own.iter().filter_map(|i| track.snapshots[*i].taken_at.map(|t| t.nanos)));
        if let (Kind::Heap, Some(first), Some(last)) = (track.kind, own.first(), own.last()) {
            let live = |i: usize| {
                let snapshot = &track.snapshots[i];
                snapshot.columns.inuse_space.map_or(0, |column| snapshot.totals[column])
            };
            heap = Some((live(*first), live(*last)));
        }
    }
    let began = life.checked_sub(1).map(|cut| cuts[cut].seen);
    // Of hundreds of lives the oldest have no snapshots left, but the cuts around them say when they were.
    let ended = cuts.get(life).map(|cut| cut.seen);
    Life {
        from: times.iter().min().copied().or(began.and_then(|b| b.before)),
        until: times.iter().max().copied().or(ended.and_then(|b| b.after)),
        began: began.map(|b| b.code),
        heap,
        judged,
    }
}
