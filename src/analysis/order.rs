//! What the order of time hides: the snapshots of several processes in one series, and a clock that was set back.

use crate::profile::{Kind, Notice, NoticeCode};
use crate::series::{Series, is_one_life};

/// A snapshot is compared with the latest ones of so many lives: those of more instances are taken for restarts, and a
/// process that restarts all the time stays cheap to follow.
const LIVES_COMPARED: usize = 8;
/// So many snapshots have to go on with a life that seemed to be over. One may be a process that was started anew
/// and has caught up with what it was; two, with every counter in its place, are hardly an accident.
const LEAST_RETURNS: usize = 2;
/// And so large a part of all changes from one life to another has to be such a return. Processes that take turns
/// only change to a new life once each; a process that restarts again and again hardly ever goes on with an old one.
const LEAST_RETURN_SHARE: f64 = 0.5;

/// Says so if the snapshots of a kind, in order of time, go back and forth between processes.
pub(super) fn mixed_processes(series: &Series, kind: Kind, snapshots: &[usize]) -> Option<Notice> {
    let track = series.track(kind)?;
    // The latest snapshot of each life, the one seen last at the end.
    let mut lives: Vec<usize> = Vec::new();
    let mut returns = Vec::new();
    let mut changes = 0u32;
    for &index in snapshots {
        let own = lives.iter().rposition(|latest| is_one_life(series, kind, *latest, index));
        let other = lives.last().copied().filter(|_| own != lives.len().checked_sub(1));
        changes += u32::from(other.is_some());
        if let Some(own) = own {
            let own = lives.remove(own);
            returns.extend(other.map(|other| (own, other, index)));
        } else if lives.len() == LIVES_COMPARED {
            lives.remove(0);
        }
        lives.push(index);
    }
    let often =
        returns.len() >= LEAST_RETURNS && returns.len() as f64 > LEAST_RETURN_SHARE * f64::from(changes);
    let (own, other, again) = *returns.first().filter(|_| often)?;
    let name = |index: usize| &track.snapshots[index].source;
    Some(Notice::new(
        NoticeCode::TwoProcesses,
        format!(
            "the snapshots go back and forth between two or more processes: {} goes on with {}, but {}, taken in between, \
             does not. They cannot be judged as one series. Give the snapshots of one process only, and scrape one \
             instance directly, not through a load balancer",
            name(again),
            name(own),
            name(other)
        ),
    ))
}

/// The heap snapshots in the order of their allocation counters, which never fall in one process, if that shows one
/// life where the order of time does not, and time falls only once along them: then the clock was set back there. Also
/// the position of the first snapshot after that.
///
/// If all that came later in time comes first by the counters, it is a young process after an old one instead; a clock
/// that was set back beyond the first snapshot looks the same, and is taken for a restart.
pub(super) fn order_by_counters(series: &Series, in_time: &[usize]) -> Option<(Vec<usize>, usize)> {
    let track = series.track(Kind::Heap)?;
    let mut counted = Vec::with_capacity(in_time.len());
    for &index in in_time {
        let snapshot = &track.snapshots[index];
        counted.push((snapshot.totals[snapshot.columns.alloc_space?], index));
    }
    counted.sort_by_key(|(allocated, _)| *allocated);
    let order: Vec<usize> = counted.into_iter().map(|(_, index)| index).collect();
    let start = in_time.iter().position(|index| Some(index) == order.first())?;
    let is_rotation = in_time[start..].iter().chain(&in_time[..start]).eq(&order);
    let time = |place: usize| track.snapshots[order[place]].taken_at.map(|t| t.nanos);
    let mut falls = (1..order.len()).filter(|place| time(*place) < time(place - 1));
    let (fall, None) = (falls.next()?, falls.next()) else { return None };
    let one_life = || order.windows(2).all(|pair| is_one_life(series, Kind::Heap, pair[0], pair[1]));
    (!is_rotation && one_life()).then_some((order, fall))
}
