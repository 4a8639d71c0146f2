//! The births and deaths of goroutines in one life of a process, for any rows of its dumps: by their ids, where these are known.

use super::super::observation::{Births, Observation};
use super::super::policy::{LEAST_TO_SETTLE, LEAST_TROUGHS, LEAST_WAVES, SHORTEST_WAVE};
use super::super::weight::{Weight, any_look};
use super::looked_at;
use crate::series::{Passage, SiteId, Track, Window};
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeSet;

/// The dumps of one life, ready to be asked for any rows.
pub struct GoroutineLife<'a> {
    track: &'a Track,
    snapshots: Vec<usize>,
    gaps: Vec<f64>,
    births_are: Births,
    /// By site: in which interval so many came to it, and where from. `None` where ids are not known throughout.
    arrivals: Option<HashMap<SiteId, Vec<Arrival>>>,
}

/// Some goroutines that came to a site, or were new there and stayed.
#[derive(Clone, Copy)]
struct Arrival {
    interval: usize,
    /// Whether they came with the last snapshot of the interval.
    is_last: bool,
    /// Where from; `None` for those that were started.
    from: Option<SiteId>,
    /// Whether they had been started between the two snapshots before.
    were_new: bool,
    count: f64,
}

impl<'a> GoroutineLife<'a> {
    /// The snapshots of `window`.
    pub fn of(track: &'a Track, window: &Window) -> GoroutineLife<'a> {
        let (places, gaps) = looked_at(window);
        let snapshots: Vec<usize> = places.iter().map(|place| window.snapshots()[*place]).collect();
        let mut arrivals: Option<HashMap<SiteId, Vec<Arrival>>> = Some(HashMap::new());
        for (interval, pair) in places.windows(2).enumerate() {
            for place in pair[0] + 1..=pair[1] {
                let at = (interval, place == pair[1]);
                match (&mut arrivals, &track.snapshots[window.snapshots()[place]].passages) {
                    (Some(arrivals), Some(found)) => found.iter().for_each(|p| note(arrivals, at, p)),
                    _ => arrivals = None,
                }
            }
        }
        let births_are = match snapshots.len() == window.len() {
            true => Births::Survivors,
            // Who came and went between two of those looked at is counted among the births.
            false => Births::All,
        };
        GoroutineLife { track, snapshots, gaps, arrivals, births_are }
    }

    /// How many intervals there are.
    pub fn intervals(&self) -> usize {
        self.gaps.len()
    }

    /// Whether ids tell who stayed.
    pub fn knows_ids(&self) -> bool {
        self.arrivals.is_some()
    }

    /// The goroutines of some rows at each snapshot.
    pub fn live(&self, rows: &[usize]) -> Vec<f64> {
        let at = |snapshot: &usize| {
            rows.iter().map(|row| self.track.goroutines(*snapshot, *row)).sum::<u64>() as f64
        };
        self.snapshots.iter().map(at).collect()
    }

    /// What the dumps show of some rows. Where ids are not known, `load` is how much of the first count is explained at each
    /// snapshot by the traffic alone.
    pub fn observation(&self, rows: &[usize], load: Option<&[f64]>) -> Observation {
        let mut live = self.live(rows);
        let Some(came) = self.came_to(rows) else {
            if let Some(load) = load {
                let first = live[0];
                live.iter_mut().zip(load).for_each(|(n, load)| *n = (*n - first * load).round().max(0.0));
            }
            return Observation::of_levels(&live, &self.gaps);
        };
        let mut births = vec![0.0; self.gaps.len()];
        for (arrival, _) in came.iter().filter(|(_, is_from_elsewhere)| *is_from_elsewhere) {
            births[arrival.interval] += arrival.count;
        }
        self.of_births(&births, &live, 0)
    }

    /// The same of those that two dumps in a row have seen, whose births are their second sight; `None` where ids are not known or there
    /// are too few dumps. What ends within moments, whatever the traffic, hides that others never end; it is not among these. Of
    /// those that are new in the last dump so many are counted as stayed of the new ones before: whether it goes on is known of them
    /// alone.
    fn settled(&self, rows: &[usize]) -> Option<Observation> {
        let came = self.came_to(rows).filter(|_| self.intervals() >= LEAST_TO_SETTLE)?;
        let last = self.gaps.len() - 1;
        let mut live = self.live(rows);
        let mut births = vec![0.0; self.gaps.len()];
        let (mut new_before, mut new_last) = (0.0, 0.0);
        for (Arrival { interval, is_last, from, count, .. }, _) in came {
            if from.is_some() {
                births[*interval] += count;
                continue;
            }
            match *is_last && *interval == last {
                true => new_last += count,
                false => new_before += count,
            }
            live[interval + 1] -= if *is_last { *count } else { 0.0 };
        }
        let stay: f64 = births.iter().sum::<f64>() / f64::max(new_before, 1.0);
        let expected = (new_last * stay.min(1.0)).round();
        births[last] += expected;
        live[last + 1] += expected;
        // Of the first dump it is not known who had just been started.
        Some(self.of_births(&births, &live, 1))
    }

    /// Weighs some rows, of which `seen` is the observation, in both ways that they can be looked at.
    pub fn weigh(
        &self,
        rows: &[usize],
        seen: &Observation,
        weigh: impl Fn(&Observation) -> Weight,
    ) -> Weight {
        let plain = weigh(seen);
        any_look(plain, self.other_look(rows, seen, &weigh).into_iter())
    }

    /// The other way to look at some rows: by ids at those that have settled, by counts at the troughs of their waves.
    fn other_look(
        &self,
        rows: &[usize],
        seen: &Observation,
        weigh: impl Fn(&Observation) -> Weight,
    ) -> Option<Weight> {
        if seen.births_are != Births::Net {
            return self.settled(rows).map(|settled| weigh(&settled));
        }
        if seen.deaths.iter().sum::<f64>() < LEAST_WAVES * seen.all_births() {
            return None;
        }
        let longest = (seen.len() + 1) / LEAST_TROUGHS;
        let mut looks = (SHORTEST_WAVE..=longest).map(|length| weigh(&seen.troughs(length)));
        let troughs = any_look(looks.next()?, looks);
        // These are the same intervals, several together.
        let (intervals, lasted, hours) = (seen.len(), seen.len() as f64, seen.span());
        Some(Weight { intervals, lasted, hours, ..troughs })
    }

    /// What came to some rows, and whether from elsewhere: without those that went from one of the rows to another, unless they were new
    /// there. `None` where ids are not known.
    fn came_to(&self, rows: &[usize]) -> Option<Vec<(&Arrival, bool)>> {
        let arrivals = self.arrivals.as_ref()?;
        let sites: BTreeSet<SiteId> = rows.iter().map(|row| self.track.rows[*row].site).collect();
        let is_from_elsewhere = |arrival: &Arrival| arrival.from.is_none_or(|from| !sites.contains(&from));
        let came = sites.iter().filter_map(|site| arrivals.get(site)).flatten();
        let came = came.map(|arrival| (arrival, is_from_elsewhere(arrival)));
        Some(came.filter(|(arrival, is_from_elsewhere)| *is_from_elsewhere || arrival.were_new).collect())
    }

    /// An observation from the interval `first` on.
    fn of_births(&self, births: &[f64], live: &[f64], first: usize) -> Observation {
        let mut born = vec![0.0];
        births[first..].iter().for_each(|a| born.push(born[born.len() - 1] + a));
        Observation {
            born_before: None,
            births_are: self.births_are,
            ..Observation::of_counts(&born, &live[first..], &self.gaps[first..])
        }
    }
}

fn note(arrivals: &mut HashMap<SiteId, Vec<Arrival>>, (interval, is_last): (usize, bool), passage: &Passage) {
    if let Some(to) = passage.to {
        let Passage { from, were_new, count, .. } = *passage;
        let arrival = Arrival { interval, is_last, from, were_new, count: f64::from(count) };
        arrivals.entry(to).or_default().push(arrival);
    }
}
