//! The goroutines of one snapshot, by the line where they stand: what they do, for how long, who started them.

use super::NOW;
use super::holders::{LockHolder, holder};
use super::one_snapshot::OneSnapshot;
use super::place::{Place, from_nothing};
use super::waits::Wait;
use crate::clusters::{Blame, Groups};
use crate::profile::{Form, most_first, most_frequent};
use crate::series::{FunctionId, Names, SiteId, Track};
use crate::suspects::SiteGrowth;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// So many goroutines at one line are not there by accident, and have a cause if they increase.
const STANDS_OUT: u64 = 20;
/// Places that are kept; a service has some hundred, most of which hold one goroutine.
const KEPT: usize = 50;
/// Labels and states of a group that are kept.
const LISTED: usize = 5;

/// All goroutines of a snapshot.
#[derive(Debug)]
pub struct Goroutines {
    /// How many there are.
    pub total: u64,
    /// At how many lines they stand.
    pub lines: usize,
    /// The lines with most of them, largest first.
    pub groups: Vec<GoroutineGroup>,
    /// How many do what, most first.
    pub waits: Vec<(Wait, u64)>,
    /// Whether states, waiting times and creators are known.
    pub is_dump: bool,
}

/// The goroutines that stand at one line.
#[derive(Clone, Debug)]
pub struct GoroutineGroup {
    /// Where.
    pub place: Place,
    /// How many.
    pub count: u64,
    /// What most of them do.
    pub wait: Wait,
    /// The states of a dump with counts, most frequent first.
    pub states: Vec<(String, u64)>,
    /// The longest wait in minutes, where a dump says one.
    pub longest_minutes: Option<u64>,
    /// The function that started most of them, where a dump says it, and how many.
    pub created_by: Option<(String, u64)>,
    /// The function that most of them were started in, the root of their stacks.
    pub started_in: Option<FunctionId>,
    /// The labels that most of them carry.
    pub labels: Vec<(String, u64)>,
    /// Who may hold the lock that they wait for.
    pub holder: Option<LockHolder>,
    /// How many of them the garbage collector proved leaked.
    pub proved: u64,
}

/// The goroutines that can never run again.
#[derive(Debug)]
pub struct Proof {
    /// How many there are.
    pub total: u64,
    /// The lines with most of them, largest first, and how many stand there.
    pub groups: Vec<(Place, u64, Wait)>,
}

impl OneSnapshot<'_> {
    /// The places of some groups with how many goroutines stand there, largest first.
    fn places(&self, groups: &Groups, total: u64) -> Vec<(Place, u64)> {
        let mut places: Vec<(Place, u64)> = groups
            .roots()
            .filter_map(|root| {
                let rows = groups
                    .rows(root)
                    .iter()
                    .map(|row| (self.track.rows[*row].site, self.track.goroutines(NOW, *row)));
                let mut sites: Vec<(SiteId, u64)> = rows.filter(|(_, count)| *count > 0).collect();
                sites.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| self.track.by_frames(self.names, a.0, b.0)));
                let count = sites.iter().map(|(_, count)| *count).fold(0, u64::saturating_add);
                let share = count as f64 / total.max(1) as f64;
                let sites = sites
                    .into_iter()
                    .map(|(site, count)| SiteGrowth { site, growth: from_nothing(count as f64) })
                    .collect();
                (count > 0).then(|| (Place::new(groups.get(root).blame, share, sites), count))
            })
            .collect();
        places.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| self.by_name(&a.0, &b.0)));
        places
    }

    fn by_name(&self, a: &Place, b: &Place) -> std::cmp::Ordering {
        let key = |place: &Place| (&self.names.info(place.blame.function).name, place.blame.line);
        key(a).cmp(&key(b))
    }

    /// What the goroutines of a place do, most frequent first.
    fn waits(&self, place: &Place) -> Vec<(Wait, u64)> {
        most_first(place.sites.iter().map(|site| (self.wait(site.site), self.count(site.site))))
    }
}

impl Goroutines {
    pub(super) fn of(track: &Track, names: &Names, groups: &Groups, proof: Option<&Proof>) -> Goroutines {
        let snapshot = OneSnapshot::of(track, names, NOW);
        let all = (0..track.rows.len()).map(|row| track.goroutines(NOW, row));
        let total = all.fold(0, u64::saturating_add);
        let mut places = snapshot.places(groups, total);
        let lines = places.len();
        let waits = most_first(places.iter().flat_map(|(place, _)| snapshot.waits(place)));
        places.truncate(KEPT);
        let group = |(place, count): (Place, u64)| GoroutineGroup::of(&snapshot, place, count, proof);
        Goroutines {
            total,
            lines,
            groups: places.into_iter().map(group).collect(),
            waits,
            is_dump: track.snapshots[NOW].form == Form::Dump,
        }
    }
}

impl Goroutines {
    /// Puts the groups in order, once it is known which come with others.
    pub(super) fn rank(&mut self) {
        self.groups.sort_by_key(|group| Reverse(group.rank()));
    }
}

impl GoroutineGroup {
    fn of(snapshot: &OneSnapshot<'_>, place: Place, count: u64, proof: Option<&Proof>) -> GoroutineGroup {
        let sites = || place.sites.iter().map(|site| site.site);
        let members = || sites().flat_map(|site| snapshot.members(site));
        let wait = snapshot.waits(&place).first().map_or(Wait::Unknown, |(wait, _)| *wait);
        let roots = most_first(sites().filter_map(|site| {
            let root = snapshot.track.latest_stack(site).iter().next_back()?;
            Some((snapshot.names.function_of(root), snapshot.count(site)))
        }));
        let here: BTreeSet<SiteId> = sites().collect();
        let mut labels = most_first(
            snapshot.track.snapshots[NOW]
                .labels
                .iter()
                .filter(|(site, _, _)| here.contains(site))
                .map(|(_, label, count)| (label.clone(), *count)),
        );
        labels.truncate(LISTED);
        let mut states = most_frequent(members().map(|goroutine| goroutine.state.as_str()));
        states.truncate(LISTED);
        let by_proof = proof.map_or(0, |proof| proof.at(place.blame));
        let marked = members().filter(|goroutine| goroutine.leaked).count() as u64;
        GoroutineGroup {
            count,
            wait,
            states,
            longest_minutes: snapshot.longest(sites()),
            created_by: most_frequent(members().filter_map(|g| g.created_by.as_deref())).into_iter().next(),
            started_in: roots.first().map(|(function, _)| *function),
            labels,
            holder: place.heaviest().filter(|_| wait.is_lock()).and_then(|site| holder(snapshot, site)),
            proved: by_proof.max(marked).min(count),
            place,
        }
    }

    /// By which groups are ordered: how many there are. Those that come with others stand behind these, as far as there are
    /// as many.
    fn rank(&self) -> u64 {
        let with = self.place.named.as_ref().and_then(|named| named.comes_with);
        // Twice, so that there is room between two numbers.
        with.map_or(2 * self.count, |(_, others)| (2 * self.count.min(others as u64)).saturating_sub(1))
    }

    /// Whether there are so many that their cause is worth to know.
    pub fn stands_out(&self) -> bool {
        self.count >= STANDS_OUT || self.proved > 0
    }
}

impl Proof {
    pub(super) fn of(track: &Track, names: &Names, groups: &Groups) -> Proof {
        let snapshot = OneSnapshot::of(track, names, NOW);
        let all = (0..track.rows.len()).map(|row| track.goroutines(NOW, row));
        let total = all.fold(0, u64::saturating_add);
        let mut places = snapshot.places(groups, total);
        places.truncate(KEPT);
        let with_wait = |(place, count): (Place, u64)| {
            let wait = snapshot.waits(&place).first().map_or(Wait::Unknown, |(wait, _)| *wait);
            (place, count, wait)
        };
        Proof { total, groups: places.into_iter().map(with_wait).collect() }
    }

    /// How many are proved at a line.
    fn at(&self, blame: Blame) -> u64 {
        let is_there =
            |place: &Place| (place.blame.function, place.blame.line) == (blame.function, blame.line);
        self.groups.iter().filter(|(place, _, _)| is_there(place)).map(|(_, count, _)| count).sum()
    }
}
