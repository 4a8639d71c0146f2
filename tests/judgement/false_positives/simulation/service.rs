//! Heap profiles of a service that consists of queues, as Go would write them.

use super::{Moment, Observation, Queue, Random, Seen};
use pprof_leaks::profile::{
    Form, Frame, Function, Kind, Location, RawProfile, SampleType, SamplingRate, TakenAt, TimeSource, Unit,
};

/// A service: one allocation site a queue.
pub(crate) struct Service {
    /// Its sites; the function of site i is `main.site<i>`.
    pub(crate) sites: Vec<Queue>,
    /// Seconds between the first and the last snapshot.
    pub(crate) window: f64,
    /// `MemProfileRate`.
    pub(crate) distance: f64,
}

/// What is seen of the objects of one size at one site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<S = Observation> {
    /// The site: its function is `main.site<i>`.
    pub(crate) site: usize,
    /// Bytes an object.
    pub(crate) size: f64,
    /// Its sampled objects.
    pub(crate) seen: S,
}

impl Service {
    /// The snapshots before and after.
    pub(crate) fn snapshots(&self, random: &mut Random) -> [RawProfile; 2] {
        let rows = self.sites.iter().enumerate().map(|(site, queue)| Row {
            site,
            size: queue.size,
            seen: queue.observe(self.window, self.distance, random),
        });
        snapshots(rows, self.sites.len(), self.window, self.distance)
    }

    /// So many snapshots, at equal gaps. `marking` says for how many seconds the collector marks, at a point of the
    /// window from 0 to 1.
    pub(crate) fn series(
        &self,
        points: usize,
        marking: impl Fn(f64) -> f64,
        random: &mut Random,
    ) -> Vec<RawProfile> {
        let moments: Vec<Moment> = (0..points)
            .map(|i| i as f64 / (points - 1) as f64)
            .map(|part| Moment { at: part * self.window, marking: marking(part) })
            .collect();
        let rows = self.sites.iter().enumerate().map(|(site, queue)| Row {
            site,
            size: queue.size,
            seen: queue.follow(&moments, self.distance, random),
        });
        let times: Vec<f64> = moments.iter().map(|moment| moment.at).collect();
        series(rows, self.sites.len(), &times, self.distance)
    }
}

/// Two snapshots of a service with so many sites.
pub(crate) fn snapshots(
    rows: impl IntoIterator<Item = Row>,
    sites: usize,
    window: f64,
    distance: f64,
) -> [RawProfile; 2] {
    let rows = rows.into_iter().map(|Row { site, size, seen }| {
        let Observation { before, after, allocated } = seen;
        Row { site, size, seen: [Seen { live: before, allocated: 0 }, Seen { live: after, allocated }] }
    });
    series(rows, sites, &[0.0, window], distance).try_into().expect("as many as times")
}

/// A snapshot at each time of a service with so many sites.
fn series<S: AsRef<[Seen]>>(
    rows: impl IntoIterator<Item = Row<S>>,
    sites: usize,
    times: &[f64],
    distance: f64,
) -> Vec<RawProfile> {
    // Sampled objects of every row of small ones that were allocated and freed before the first snapshot.
    const HISTORY: u64 = 100;
    let first = empty("at 0", sites, distance);
    let mut profiles: Vec<RawProfile> = times.iter().map(|_| first.clone()).collect();
    for (profile, seconds) in profiles.iter_mut().zip(times) {
        profile.source = format!("at {seconds}");
        let nanos = 1_700_000_000_000_000_000 + (seconds * 1e9) as i64;
        profile.taken_at = Some(TakenAt { nanos, source: TimeSource::Profile });
    }
    for Row { site, size, seen } in rows {
        let seen = seen.as_ref();
        for (profile, now) in profiles.iter_mut().zip(seen) {
            let history = if size < distance { HISTORY } else { 0 };
            let allocated = history + seen[0].live + now.allocated;
            let (alloc_objects, alloc_space) = estimate(allocated, size, distance);
            let (inuse_objects, inuse_space) = estimate(now.live, size, distance);
            let values = [alloc_objects, alloc_space, inuse_objects, inuse_space];
            // Locations: the site's own, then the root's, which all sites share.
            profile.samples.push(&[site as u32 + 1, 0], &values, size as i64, 0);
        }
    }
    profiles
}

/// A profile with the names of all sites and no samples.
fn empty(source: &str, sites: usize, distance: f64) -> RawProfile {
    let column = |name: &str, unit| SampleType { name: name.to_owned(), unit };
    let sample_types = vec![
        column("alloc_objects", Unit::Count),
        column("alloc_space", Unit::Bytes),
        column("inuse_objects", Unit::Count),
        column("inuse_space", Unit::Bytes),
    ];
    let mut profile = RawProfile::new(source, Kind::Heap, Form::Proto, sample_types);
    profile.rate = Some(SamplingRate(distance as i64));
    let file = profile.symbols.strings.push("example/main.go").expect("short");
    let sites = (0..sites).map(|site| format!("main.site{site}"));
    for (index, name) in std::iter::once("main.main".to_owned()).chain(sites).enumerate() {
        let index = index as u32;
        let name = profile.symbols.strings.push(&name).expect("short");
        profile.symbols.functions.push(Function { name, file });
        profile.symbols.frames.push(Frame { function: index, line: 10 + index, inlined: false });
        profile.symbols.locations.push(Location { address: 0, frames: index..index + 1 });
    }
    profile
}

/// What Go writes for `count` sampled objects of one size: `scaleHeapSample` of runtime/pprof/protomem.go.
pub(crate) fn estimate(count: u64, size: f64, distance: f64) -> (i64, i64) {
    let (objects, bytes) = (count as f64, count as f64 * size);
    if count == 0 || distance <= 1.0 {
        return (objects as i64, bytes as i64);
    }
    let scale = 1.0 / (1.0 - (-(bytes / objects) / distance).exp());
    ((objects * scale) as i64, (bytes * scale) as i64)
}
