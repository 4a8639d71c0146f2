//! One snapshot of goroutines: how many stand at each site, and what they do there.

use super::waits::Wait;
use crate::profile::{Goroutine, most_frequent};
use crate::series::{Names, SiteId, Track};
use foldhash::{HashMap, HashMapExt};

/// What a snapshot says of each site.
pub(super) struct OneSnapshot<'a> {
    pub(super) track: &'a Track,
    pub(super) names: &'a Names,
    /// The index of the snapshot in its track.
    at: usize,
    members: HashMap<SiteId, Vec<&'a Goroutine>>,
}

impl<'a> OneSnapshot<'a> {
    pub(super) fn of(track: &'a Track, names: &'a Names, at: usize) -> OneSnapshot<'a> {
        let mut members: HashMap<SiteId, Vec<&Goroutine>> = HashMap::new();
        for member in &track.snapshots[at].members {
            members.entry(member.site).or_default().push(&member.goroutine);
        }
        OneSnapshot { track, names, at, members }
    }

    /// The goroutines at a site, where they are known one by one.
    pub(super) fn members(&self, site: SiteId) -> &[&'a Goroutine] {
        self.members.get(&site).map_or(&[], Vec::as_slice)
    }

    /// How many goroutines stand at a site.
    pub(super) fn count(&self, site: SiteId) -> u64 {
        self.track.rows_of(site).map(|row| self.track.goroutines(self.at, row)).fold(0, u64::saturating_add)
    }

    /// What most goroutines at a site do.
    pub(super) fn wait(&self, site: SiteId) -> Wait {
        let stack =
            || self.track.latest_stack(site).iter().map(|frame| self.names.info_of(frame).name.as_str());
        let states = most_frequent(self.members(site).iter().map(|goroutine| goroutine.state.as_str()));
        Wait::of(stack(), states.first().map(|(state, _)| state.as_str()))
    }

    /// The longest wait at some sites, in minutes.
    pub(super) fn longest(&self, sites: impl Iterator<Item = SiteId>) -> Option<u64> {
        sites.flat_map(|site| self.members(site)).filter_map(|goroutine| goroutine.wait_minutes).max()
    }
}
