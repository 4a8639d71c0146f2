//! Two heap profiles of a service that consists of queues, as Go would write them.

use super::{Observation, Queue, Random};
use pprof_leaks::profile::{
    Form, Frame, Function, Kind, Location, RawProfile, SampleType, SamplingRate, TakenAt, TimeSource, Unit,
};

/// A service: one allocation site a queue.
pub(crate) struct Service {
    /// Its sites; the function of site i is `main.site<i>`.
    pub(crate) sites: Vec<Queue>,
    /// Seconds between the snapshots.
    pub(crate) window: f64,
    /// `MemProfileRate`.
    pub(crate) distance: f64,
}

/// What is seen of the objects of one size at one site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The site: its function is `main.site<i>`.
    pub(crate) site: usize,
    /// Bytes an object.
    pub(crate) size: f64,
    /// Its sampled objects.
    pub(crate) seen: Observation,
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
}

/// Two snapshots of a service with so many sites.
pub(crate) fn snapshots(
    rows: impl IntoIterator<Item = Row>,
    sites: usize,
    window: f64,
    distance: f64,
) -> [RawProfile; 2] {
    // Sampled objects of every row that were allocated and freed before the first snapshot.
    const HISTORY: u64 = 100;
    let mut before = empty("before", sites, 0.0, distance);
    let mut after = empty("after", sites, window, distance);
    for Row { site, size, seen } in rows {
        let allocated = HISTORY + seen.before;
        for (profile, allocated, live) in
            [(&mut before, allocated, seen.before), (&mut after, allocated + seen.allocated, seen.after)]
        {
            let (alloc_objects, alloc_space) = estimate(allocated, size, distance);
            let (inuse_objects, inuse_space) = estimate(live, size, distance);
            let values = [alloc_objects, alloc_space, inuse_objects, inuse_space];
            // Locations: the site's own, then the root's, which all sites share.
            profile.samples.push(&[site as u32 + 1, 0], &values, size as i64, 0);
        }
    }
    [before, after]
}

/// A profile with the names of all sites and no samples.
fn empty(source: &str, sites: usize, seconds: f64, distance: f64) -> RawProfile {
    let column = |name: &str, unit| SampleType { name: name.to_owned(), unit };
    let sample_types = vec![
        column("alloc_objects", Unit::Count),
        column("alloc_space", Unit::Bytes),
        column("inuse_objects", Unit::Count),
        column("inuse_space", Unit::Bytes),
    ];
    let mut profile = RawProfile::new(source, Kind::Heap, Form::Proto, sample_types);
    profile.rate = Some(SamplingRate(distance as i64));
    let nanos = 1_700_000_000_000_000_000 + (seconds * 1e9) as i64;
    profile.taken_at = Some(TakenAt { nanos, source: TimeSource::Profile });
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
