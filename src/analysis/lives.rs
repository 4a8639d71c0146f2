//! The lives of a process: a series is cut where it restarted or was deployed anew, and growth is judged inside one.

use crate::profile::{Kind, Notice, NoticeCode};
use crate::series::{Series, Track, concerns_whole_target, obstacle};
use crate::suspects::Window;

/// Snapshots that a life needs to be judged rather than an older one with more.
const ENOUGH: usize = 3;

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

/// The window of each kind in the life that is judged, and all lives.
pub(super) fn split(series: &Series, notices: &mut Vec<Notice>) -> (Vec<(Kind, Window)>, Vec<Life>) {
    let mut usable: Vec<(Kind, Vec<usize>)> = Vec::new();
    let mut cuts: Vec<Cut> = Vec::new();
    for track in series.tracks() {
        usable.push((track.kind, walk(series, track, &mut cuts, notices)));
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
                "the snapshots show {count} lives of the process, which restarted or was deployed anew in between; growth is \
                 judged inside the {} one only",
                if judged == count - 1 { "last" } else { "latest long enough" }
            ),
        ));
    }
    (windows, lives)
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

/// Whether two cuts, found in different kinds, are one: their gaps overlap.
fn same_place(a: &Cut, b: &Cut) -> bool {
    match (a.after, a.before, b.after, b.before) {
        (Some(a0), Some(a1), Some(b0), Some(b1)) => a.index.0 != b.index.0 && a0 < b1 && b0 < a1,
        _ => false,
    }
}

impl Cut {
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
