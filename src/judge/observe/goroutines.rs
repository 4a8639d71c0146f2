//! The births and deaths of goroutines in one life of a process, for any rows of its dumps: by their ids, where these are known.

use super::super::observation::{Births, Observation};
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

/// Some goroutines that came to a site.
#[derive(Clone, Copy)]
struct Arrival {
    interval: usize,
    /// Where from; `None` for those that were started.
    from: Option<SiteId>,
    count: f64,
}

impl<'a> GoroutineLife<'a> {
    /// The snapshots of `window`.
    pub fn of(track: &'a Track, window: &Window) -> GoroutineLife<'a> {
        let (places, gaps) = looked_at(window);
        let snapshots: Vec<usize> = places.iter().map(|place| window.snapshots()[*place]).collect();
        let mut arrivals: Option<HashMap<SiteId, Vec<Arrival>>> = Some(HashMap::new());
        for (interval, pair) in places.windows(2).enumerate() {
            for snapshot in &window.snapshots()[pair[0] + 1..=pair[1]] {
                match (&mut arrivals, &track.snapshots[*snapshot].passages) {
                    (Some(arrivals), Some(found)) => found.iter().for_each(|p| note(arrivals, interval, p)),
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
        let Some(arrivals) = &self.arrivals else {
            if let Some(load) = load {
                let first = live[0];
                live.iter_mut().zip(load).for_each(|(n, load)| *n = (*n - first * load).round().max(0.0));
            }
            return Observation::of_levels(&live, &self.gaps);
        };
        let sites: BTreeSet<SiteId> = rows.iter().map(|row| self.track.rows[*row].site).collect();
        let mut births = vec![0.0; self.gaps.len()];
        for arrival in sites.iter().filter_map(|site| arrivals.get(site)).flatten() {
            if arrival.from.is_none_or(|from| !sites.contains(&from)) {
                births[arrival.interval] += arrival.count;
            }
        }
        let mut born = vec![0.0];
        births.iter().for_each(|a| born.push(born[born.len() - 1] + a));
        Observation {
            born_before: None,
            births_are: self.births_are,
            ..Observation::of_counts(&born, &live, &self.gaps)
        }
    }
}

fn note(arrivals: &mut HashMap<SiteId, Vec<Arrival>>, interval: usize, passage: &Passage) {
    if let Some(to) = passage.to {
        let arrival = Arrival { interval, from: passage.from, count: f64::from(passage.count) };
        arrivals.entry(to).or_default().push(arrival);
    }
}
