//! A series taken in snapshot by snapshot: what is known of all of them first, then each one's contents in turn.

use super::{Analysis, Incomparable, Options, choose, judge, lives};
use crate::profile::{Heading, Notice, RawProfile, TakenAt};
use crate::series::SeriesBuilder;

/// Follows one process through its snapshots in memory that does not grow with their number.
///
/// Which snapshots belong to the series, and in which order, can only be told when the times of all are known; their
/// contents are needed one at a time. So the headings of all come first.
pub struct Follower<'a> {
    options: &'a Options,
    builder: SeriesBuilder,
    order: Vec<usize>,
    /// Of all snapshots found.
    times: Vec<Option<TakenAt>>,
    notices: Vec<Notice>,
}

impl<'a> Follower<'a> {
    /// A follower of the snapshots found, in any order.
    ///
    /// # Errors
    /// If no two snapshots are of one kind.
    pub fn new(mut found: Vec<Heading>, options: &'a Options) -> Result<Follower<'a>, Incomparable> {
        let mut notices = Vec::new();
        let order = choose::series(&mut found, &mut notices)?;
        let one_build = choose::is_one_build(order.iter().map(|index| found[*index].build_id.as_deref()));
        Ok(Follower {
            options,
            builder: SeriesBuilder::new(options.sites.clone(), one_build),
            order,
            times: found.iter().map(|heading| heading.taken_at).collect(),
            notices,
        })
    }

    /// The snapshots to be added, by their places among the headings, in the order in which that is to be done.
    pub fn order(&self) -> Vec<usize> {
        self.order.clone()
    }

    /// Adds the snapshot whose heading has the place `index`.
    pub fn add(&mut self, index: usize, mut profile: RawProfile) {
        if let Some(taken_at) = self.times.get(index) {
            profile.taken_at = *taken_at;
        }
        self.notices.append(&mut profile.notices);
        self.notices.extend(self.builder.follow(profile));
    }

    /// What the snapshots say.
    pub fn finish(self) -> Analysis {
        let Follower { options, builder, mut notices, .. } = self;
        let series = builder.finish();
        let (windows, lives) = lives::split(&series, &mut notices);
        judge(series, windows, lives, Vec::new(), notices, options)
    }
}
