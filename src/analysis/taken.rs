//! The snapshots of a process side by side, and which of them are judged.

use super::ledger::Ledger;
use super::lives::{Life, OtherLives};
use crate::profile::{Kind, Notice};
use crate::series::{Series, Track, Window, concerns_whole_target};
use crate::suspects::Tracks;

/// Snapshots taken in, before anything is judged.
pub(crate) struct Taken {
    /// The snapshots side by side.
    pub(crate) series: Series,
    /// Those of each kind that are to be judged.
    pub(crate) windows: Vec<(Kind, Window)>,
    /// All lives of the process, in order; none for a pair.
    pub(crate) lives: Vec<Life>,
    /// The windows of lives that are not judged, which tell of the same leaks.
    pub(super) others: Vec<(Kind, OtherLives)>,
    /// What forbids to judge.
    pub(super) obstacles: Vec<(Kind, Notice)>,
    /// Whether anybody asked about the heap.
    pub(super) heap_given: bool,
    /// Where the memory of the whole process went.
    pub(crate) ledger: Option<Ledger>,
    /// What was noticed so far.
    pub(super) notices: Vec<Notice>,
}

impl Taken {
    /// Whether something forbids to judge a kind.
    pub(super) fn is_blocked(&self, kind: Kind) -> bool {
        self.obstacles.iter().any(|(k, notice)| *k == kind || concerns_whole_target(notice.code))
    }

    /// The window of a kind, if it can be judged.
    pub(super) fn window(&self, kind: Kind) -> Option<&Window> {
        // What a goroutineleak profile proves it proves alone.
        let is_enough = |window: &Window| window.can_be_judged() || kind == Kind::GoroutineLeak;
        let (_, window) = self.windows.iter().find(|(k, _)| *k == kind && !self.is_blocked(kind))?;
        is_enough(window).then_some(window)
    }

    /// Whether a single snapshot of a kind is all there is of the life that is judged.
    pub(super) fn is_single(&self, kind: Kind) -> bool {
        self.windows.iter().any(|(k, window)| *k == kind && !window.can_be_judged())
    }

    /// The track of a kind with its window, if it can be judged.
    pub(super) fn judged(&self, kind: Kind) -> Option<(&Track, &Window)> {
        self.series.track(kind).zip(self.window(kind))
    }

    /// The windows of a kind in other lives, and how many of them come before the one that is judged.
    pub(super) fn other_lives(&self, kind: Kind) -> (&[Window], usize) {
        let found = self.others.iter().find(|(k, _)| *k == kind).map(|(_, lives)| lives);
        found.map_or((&[][..], 0), |lives| (&lives.windows[..], lives.before))
    }

    /// The tracks that suspects are looked up in.
    pub(super) fn tracks(&self) -> Tracks<'_> {
        tracks(&self.series, &self.windows)
    }

    /// What forbids to judge some of the kinds.
    pub(crate) fn obstacles(&self) -> impl Iterator<Item = &Notice> {
        self.obstacles.iter().map(|(_, notice)| notice)
    }

    /// What was noticed while the snapshots were taken in, and what stands out of them as they are.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        super::remarks::about_snapshots(self)
    }
}

/// The tracks of a series with what is judged of them.
pub(super) fn tracks<'a>(series: &'a Series, windows: &'a [(Kind, Window)]) -> Tracks<'a> {
    let of = |kind: Kind| {
        let window = windows.iter().find(|(k, _)| *k == kind).map(|(_, window)| window);
        series.track(kind).zip(window)
    };
    Tracks {
        names: &series.names,
        heap: of(Kind::Heap),
        goroutines: of(Kind::Goroutine).or_else(|| of(Kind::GoroutineLeak)),
    }
}
