//! A series taken in snapshot by snapshot: what is known of all of them first, then each one's contents in turn.

use super::{Incomparable, Options, Taken, choose, guess, ledger, lives};
use crate::profile::{Heading, Kind, Notice, RawProfile, TakenAt};
use crate::series::SeriesBuilder;

/// Follows one process through its snapshots in memory that does not grow with their number.
///
/// Which snapshots belong to the series, and in which order, can only be known when the times of all are known; their
/// contents are needed one at a time. So the headings of all come first.
pub(crate) struct Follower<'a> {
    options: &'a Options,
    builder: SeriesBuilder,
    order: Vec<usize>,
    /// Of all snapshots found.
    times: Vec<Option<TakenAt>>,
    records: Vec<ledger::Record>,
    notices: Vec<Notice>,
}

impl<'a> Follower<'a> {
    /// A follower of the snapshots found, in any order.
    ///
    /// # Errors
    /// If no two snapshots are of one kind.
    pub(crate) fn new(mut found: Vec<Heading>, options: &'a Options) -> Result<Follower<'a>, Incomparable> {
        let mut notices = Vec::new();
        choose::share_times_of_rounds(&mut found);
        let records = ledger::records(&found);
        let order = choose::series(&found, &mut notices)?;
        Ok(Follower {
            options,
            // Growth is judged inside one life, so of one build: lines tell sites apart, even where others moved them.
            builder: SeriesBuilder::new(options.sites.clone(), true),
            order,
            times: found.iter().map(|heading| heading.taken_at).collect(),
            records,
            notices,
        })
    }

    /// The snapshots to be added, by their places among the headings, in the order in which that is to be done.
    pub(crate) fn order(&self) -> Vec<usize> {
        self.order.clone()
    }

    /// Adds the snapshot whose heading has the place `index`.
    pub(crate) fn add(&mut self, index: usize, mut profile: RawProfile) {
        if let Some(taken_at) = self.times.get(index) {
            profile.taken_at = *taken_at;
        }
        self.notices.extend(profile.notices.iter().cloned());
        self.notices.extend(self.builder.follow(profile));
    }

    /// The snapshots side by side.
    pub(crate) fn finish(self) -> Taken {
        let Follower { options, builder, records, mut notices, .. } = self;
        let series = builder.finish();
        let lives::Split { mut windows, mut others, lives, obstacles } = lives::split(&series, &mut notices);
        if options.rounds {
            let of_others = others.iter_mut().flat_map(|(_, others)| &mut others.windows);
            for window in windows.iter_mut().map(|(_, window)| window).chain(of_others) {
                *window = window.clone().in_rounds();
            }
        }
        notices.extend(guess::invented_restart(&series));
        let heap_given = series.track(Kind::Heap).is_some();
        let ledger = ledger::of_series(records, &lives);
        Taken { series, windows, lives, others, obstacles, heap_given, ledger, notices }
    }
}
