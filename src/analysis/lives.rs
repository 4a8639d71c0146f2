//! The lives of a process: a series is cut where it restarted or was deployed anew, and growth is judged inside one.

use super::order::{mixed_processes, order_by_counters};
use crate::profile::{Kind, Notice, NoticeCode};
use crate::series::{Series, Track, concerns_whole_target, obstacle};
use crate::suspects::Window;

/// Snapshots that a life needs to be judged rather than an older one with more.
const ENOUGH: usize = 3;
/// So many boundaries between lives are told, with their times.
const BOUNDARIES_TOLD: usize = 3;

/// One life of the process, as far as snapshots show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Time of its first and last snapshot, in nanoseconds since the Unix epoch.
    pub from: Option<i64>,
    /// Time of its last snapshot.
    pub until: Option<i64>,
    /// Why it began: `None` for the first.
    pub began: Option<NoticeCode>,
    /// Live heap in its first and last heap snapshot, in bytes; `None` without heap snapshots.
    pub heap: Option<(i128, i128)>,
    /// Whether it is the one that was judged.
    pub judged: bool,
}

/// A place where one life ends and the next begins.
struct Cut {
    after: Option<i64>,
    before: Option<i64>,
    index: (Kind, usize),
    code: NoticeCode,
}

/// A series taken apart.
pub(super) struct Split {
    /// The window of each kind in the life that is judged.
    pub(super) windows: Vec<(Kind, Window)>,
    /// All lives, in order; none where processes are mixed.
    pub(super) lives: Vec<Life>,
    /// What forbids to judge.
    pub(super) obstacles: Vec<(Kind, Notice)>,
}

/// Finds the lives of the process, and chooses the one to judge.
pub(super) fn split(series: &Series, notices: &mut Vec<Notice>) -> Split {
    let mut usable: Vec<(Kind, Vec<usize>)> = Vec::new();
    let mut cuts: Vec<Cut> = Vec::new();
    for track in series.tracks() {
        usable.push((track.kind, walk(series, track, &mut cuts, notices)));
    }
    if !cuts.is_empty()
        && let Some(split) = set_back(series, &usable, notices).or_else(|| mixed(series, &usable))
    {
        return split;
    }
    cuts.sort_by_key(|cut| cut.before);
    cuts.dedup_by(|later, earlier| same_place(earlier, later));

    let life_of = |track: &Track, index: usize| {
        let time = track.snapshots[index].taken_at.map(|t| t.nanos);
        cuts.iter().filter(|cut| cut.is_before(track.kind, index, time)).count()
    };
    let count = cuts.len() + 1;
    let sizes: Vec<usize> = (0..count)
        .map(|life| {
            let size = |(kind, indexes): &(Kind, Vec<usize>)| {
                let track = series.track(*kind);
                track.map_or(0, |track| indexes.iter().filter(|i| life_of(track, **i) == life).count())
            };
            usable.iter().map(size).max().unwrap_or(0)
        })
        .collect();
    let judged = (0..count)
        .rev()
        .find(|life| sizes[*life] >= ENOUGH)
        .or_else(|| (0..count).rev().find(|life| sizes[*life] > 1))
        .unwrap_or(count - 1);
    let windows = usable
        .iter()
        .filter_map(|(kind, indexes)| {
            let track = series.track(*kind)?;
            let kept: Vec<usize> = indexes.iter().copied().filter(|i| life_of(track, *i) == judged).collect();
            let times = kept.iter().map(|i| track.snapshots[*i].taken_at.map(|t| t.nanos)).collect();
            Some((*kind, Window::new(kept, times)?))
        })
        .collect();
    let lives =
        (0..count).map(|life| describe(series, &usable, &life_of, life, &cuts, life == judged)).collect();
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
    Split { windows, lives, obstacles: Vec::new() }
}

/// One life whose clock was set back: the counters give the order, and there are no times to be trusted.
fn set_back(series: &Series, usable: &[(Kind, Vec<usize>)], notices: &mut Vec<Notice>) -> Option<Split> {
    let (_, heaps) = usable.iter().find(|(kind, _)| *kind == Kind::Heap)?;
    let (order, fall) = order_by_counters(series, heaps)?;
    let heap = series.track(Kind::Heap)?;
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
    let windows = usable.iter().filter_map(|(kind, indexes)| {
        let track = series.track(*kind)?;
        let mut indexes = if *kind == Kind::Heap { order.clone() } else { indexes.clone() };
        if *kind != Kind::Heap {
            indexes.sort_by_key(|index| place(track, *index));
        }
        let unknown = vec![None; indexes.len()];
        Some((*kind, Window::new(indexes, unknown)?))
    });
    let windows = windows.collect();
    let life = describe(series, usable, &|_, _| 0, 0, &[], true);
    Some(Split { windows, lives: vec![life], obstacles: Vec::new() })
}

/// Several processes in one series, of which nothing can be said.
fn mixed(series: &Series, usable: &[(Kind, Vec<usize>)]) -> Option<Split> {
    let found =
        usable.iter().find_map(|(kind, indexes)| Some((*kind, mixed_processes(series, *kind, indexes)?)))?;
    let windows = usable.iter().filter_map(|(kind, indexes)| {
        let track = series.track(*kind)?;
        let times = indexes.iter().map(|i| track.snapshots[*i].taken_at.map(|t| t.nanos)).collect();
        Some((*kind, Window::new(indexes.clone(), times)?))
    });
    Some(Split { windows: windows.collect(), lives: Vec::new(), obstacles: vec![found] })
}

/// Walks one track in order: leaves out what is no point of a series, and notes the cuts. Gives the usable snapshots.
fn walk(series: &Series, track: &Track, cuts: &mut Vec<Cut>, notices: &mut Vec<Notice>) -> Vec<usize> {
    let mut usable: Vec<usize> = Vec::new();
    let mut repeated = 0;
    for index in 0..track.snapshots.len() {
        if track.snapshots[index].duration_nanos != 0 {
            notices.extend(obstacle(series, track.kind, index, index));
            continue;
        }
        let Some(&previous) = usable.last() else {
            usable.push(index);
            continue;
        };
        match obstacle(series, track.kind, previous, index) {
            Some(notice) if matches!(notice.code, NoticeCode::NoGcBetween | NoticeCode::SameSnapshot) => {
                repeated += 1;
                continue;
            }
            Some(notice)
                if concerns_whole_target(notice.code) || notice.code == NoticeCode::PeriodChanged =>
            {
                let time = |i: usize| track.snapshots[i].taken_at.map(|t| t.nanos);
                cuts.push(Cut {
                    after: time(previous),
                    before: time(index),
                    index: (track.kind, index),
                    code: notice.code,
                });
            }
            Some(notice) => notices.push(notice),
            None => {}
        }
        usable.push(index);
    }
    if repeated > 0 {
        notices.push(Notice::new(
            NoticeCode::RepeatedSnapshot,
            format!(
                "{repeated} {} snapshots repeat the one before them (no garbage collection in between) and were left out",
                track.kind.name()
            ),
        ));
    }
    usable
}

/// The boundaries between lives, the first few of them in full.
fn boundaries(cuts: &[Cut]) -> String {
    let mut told: Vec<String> = cuts.iter().take(BOUNDARIES_TOLD).map(Cut::describe).collect();
    if cuts.len() > BOUNDARIES_TOLD {
        told.push(format!("and {} more", cuts.len() - BOUNDARIES_TOLD));
    }
    told.join(", ")
}

/// Whether two cuts, found in different kinds, are one: their gaps overlap.
fn same_place(a: &Cut, b: &Cut) -> bool {
    match (a.after, a.before, b.after, b.before) {
        (Some(a0), Some(a1), Some(b0), Some(b1)) => a.index.0 != b.index.0 && a0 < b1 && b0 < a1,
        _ => false,
    }
}

impl Cut {
    /// What happened, and when.
    fn describe(&self) -> String {
        let what = match self.code {
            NoticeCode::DifferentBuild => "a deploy of another build",
            NoticeCode::PeriodChanged => "another sampling rate",
            NoticeCode::TwoProcesses => "a restart, or another process,",
            _ => "a restart",
        };
        let time = self.before.and_then(|t| jiff::Timestamp::from_nanosecond(i128::from(t)).ok());
        time.map_or(what.to_owned(), |time| format!("{what} before {time:.0}"))
    }

    /// Whether a snapshot belongs to a life after this cut. In the kind where the cut was found that is its place;
    /// in the others the nearer side, because the snapshots of one round are taken moments apart.
    fn is_before(&self, kind: Kind, index: usize, time: Option<i64>) -> bool {
        if kind == self.index.0 {
            return index >= self.index.1;
        }
        match (self.after, self.before, time) {
            (Some(after), Some(before), Some(time)) => time - after > before - time,
            _ => false,
        }
    }
}

fn describe(
    series: &Series,
    usable: &[(Kind, Vec<usize>)],
    life_of: &dyn Fn(&Track, usize) -> usize,
    life: usize,
    cuts: &[Cut],
    judged: bool,
) -> Life {
    let mut times = Vec::new();
    let mut heap = None;
    for (kind, indexes) in usable {
        let Some(track) = series.track(*kind) else { continue };
        let own: Vec<usize> = indexes.iter().copied().filter(|i| life_of(track, *i) == life).collect();
        times.extend(own.iter().filter_map(|i| track.snapshots[*i].taken_at.map(|t| t.nanos)));
        if let (Kind::Heap, Some(first), Some(last)) = (kind, own.first(), own.last()) {
            let live = |i: usize| {
                let snapshot = &track.snapshots[i];
                snapshot.columns.inuse_space.map_or(0, |column| snapshot.totals[column])
            };
            heap = Some((live(*first), live(*last)));
        }
    }
    Life {
        from: times.iter().min().copied(),
        until: times.iter().max().copied(),
        began: life.checked_sub(1).map(|cut| cuts[cut].code),
        heap,
        judged,
    }
}
