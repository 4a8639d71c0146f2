//! A track while snapshots are added: which site each of their stacks is.

use super::builder::Granularity;
use super::history::History;
use super::matching::{Matching, Prepared, part, print};
use super::names::{FrameId, Names};
use super::order::arrange;
use super::site_index::SiteIndex;
use super::site_key::{Part, Print, SiteKey};
use super::stacks::{Span, Stacks};
use super::track::{Site, SiteId, Track};
use crate::profile::{Kind, Stack, StackColumn};

/// A track and what is needed to add to it.
pub(super) struct TrackBuilder {
    pub(super) track: Track,
    pub(super) index: SiteIndex,
    pub(super) history: History,
    /// By location of the snapshot whose stacks were taken over: what its frames count in the key of a site, packed, or none.
    parts: Vec<u64>,
    /// Where the frames of a stack are put together.
    scratch: Vec<FrameId>,
    /// By site: its place among the others.
    prints: Vec<Print>,
    /// By site, where lines are no part of its identity.
    seen: Vec<Seen>,
}

/// Which snapshots show a site.
struct Seen {
    first: u32,
    last: u32,
    /// How many leaves are hidden in its stack as first seen.
    hidden_leaves: u32,
}

impl TrackBuilder {
    /// One without snapshots.
    pub(super) fn new(kind: Kind) -> TrackBuilder {
        TrackBuilder {
            track: Track {
                kind,
                snapshots: Vec::new(),
                sites: Vec::new(),
                as_read: Vec::new(),
                stacks: Stacks::default(),
                rows: Vec::new(),
                columns: Vec::new(),
                breaks: Vec::new(),
                repeated: 0,
                thinned: 0,
            },
            index: SiteIndex::default(),
            history: History::default(),
            parts: Vec::new(),
            scratch: Vec::new(),
            prints: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Makes room for a snapshot with so many samples, if it is the first one.
    pub(super) fn reserve(&mut self, samples: usize) {
        if self.track.sites.is_empty() {
            self.track.sites.reserve(samples);
            self.track.rows.reserve(samples);
            self.prints.reserve(samples);
            self.index.reserve(samples);
        }
    }

    /// The site of a heap stack, by the prepared hashes of its locations.
    ///
    /// `read` is where the stack stands among those of the snapshot, if they are to be taken over.
    pub(super) fn heap_site(
        &mut self,
        matching: &Matching<'_>,
        stack: Stack<'_>,
        read: Option<Span>,
    ) -> SiteId {
        if let Some(site) = self.next_site(matching, stack) {
            return site;
        }
        let key = matching.key(stack);
        let Some(site) = self.index.site(key) else {
            let write = || self.track.stacks.add(|frames| matching.write(stack, frames));
            let span = read.unwrap_or_else(write);
            let site = matching.new_site(stack, span, 0);
            return self.add_site(matching, (key, matching.print(stack)), site);
        };
        if matching.granularity == Granularity::Function {
            self.scratch.clear();
            matching.write(stack, &mut self.scratch);
            self.place(matching, site, 0);
        }
        site
    }

    /// The site behind the one found last, if this is its stack: snapshots of one process list their samples in nearly the same
    /// order, and to compare two stacks takes half the time of a key.
    fn next_site(&mut self, matching: &Matching<'_>, stack: Stack<'_>) -> Option<SiteId> {
        let next = self.index.next_site();
        let known = self.track.stacks.as_read(self.track.sites.get(next.0 as usize)?.stack)?;
        matching.is_one_key(stack, known, &self.parts).then(|| self.index.found(next))
    }

    /// Takes over the stacks of the first snapshot as they were read.
    pub(super) fn take_over(&mut self, read: StackColumn, prepared: Prepared) {
        self.track.stacks.take_over(read, prepared.places);
        self.parts = prepared.parts.into_iter().map(Part::or_none).collect();
    }

    /// The site of a goroutine: its stack without the runtime's frames at the leaf, which the text forms hide.
    pub(super) fn goroutine_site(&mut self, matching: &Matching<'_>, stack: Stack<'_>) -> SiteId {
        let names = matching.names;
        self.scratch.clear();
        matching.write(stack, &mut self.scratch);
        let frames = &self.scratch[..];
        let leaves = frames.iter().take_while(|f| names.info_of(**f).is_runtime).count();
        // A stack of nothing but the runtime is kept whole, as Go keeps it.
        let hidden = if leaves == frames.len() { 0 } else { leaves };
        let packed = |frame| {
            let (function, line) = (names.function_of(frame), names.line_of(frame));
            part(matching.hasher, matching.granularity, function, line, 0).packed()
        };
        let key = matching.hasher.key(&frames[hidden..], packed, |_| 1);
        let Some(site) = self.index.site(key) else {
            let print = frames[hidden..].iter().fold(0, |sum: Print, frame| {
                let (function, line) = (names.function_of(*frame), names.line_of(*frame));
                sum.wrapping_add(print(names, matching.granularity, function, line, 0))
            });
            let span = self.track.stacks.add(|all| all.extend_from_slice(frames));
            let site = matching.new_site(stack, span, hidden as u32);
            return self.add_site(matching, (key, print), site);
        };
        let hidden = hidden as u32;
        if matching.granularity == Granularity::Function {
            self.place(matching, site, hidden);
        }
        let known = &mut self.track.sites[site.0 as usize];
        if known.moved_to.is_none() && hidden > known.hidden_leaves {
            // The binary form shows what the goroutine waits in; keep the fuller stack.
            known.hidden_leaves = hidden;
            self.track.stacks.replace(&mut known.stack, &self.scratch);
            if let Some(seen) = self.seen.get_mut(site.0 as usize) {
                seen.hidden_leaves = hidden;
            }
        }
        site
    }

    /// Notes where a known site stands now, with its frames in `scratch`, where lines are no part of its identity. Of several
    /// places in one snapshot the first lines count, so that the order of samples does not.
    fn place(&mut self, matching: &Matching<'_>, site: SiteId, hidden: u32) {
        let now = self.track.columns.len() as u32;
        let seen = &mut self.seen[site.0 as usize];
        let is_new = std::mem::replace(&mut seen.last, now) != now;
        let (known, stacks) = (&mut self.track.sites[site.0 as usize], &mut self.track.stacks);
        let line = |frame: &FrameId| matching.names.line_of(*frame);
        let lines = || self.scratch[hidden as usize..].iter().map(line);
        let lines_at = |span: Span, hidden: u32| {
            stacks.get(span).iter().skip(hidden as usize).map(|frame| matching.names.line_of(frame))
        };
        let latest = known.moved_to.unwrap_or(known.stack);
        if !is_new && !lines().lt(lines_at(latest, known.hidden_leaves)) {
            return;
        }
        if seen.first == now {
            stacks.replace(&mut known.stack, &self.scratch);
            seen.hidden_leaves = hidden;
        } else if lines().eq(lines_at(known.stack, seen.hidden_leaves)) {
            known.moved_to = None;
        } else {
            stacks.replace(known.moved_to.get_or_insert_default(), &self.scratch);
        }
        known.hidden_leaves = if known.moved_to.is_some() { hidden } else { seen.hidden_leaves };
    }

    /// The track, its sites and rows in order.
    pub(super) fn finish(mut self, names: &Names) -> Track {
        arrange(&mut self.track, &self.prints, names);
        self.track
    }

    fn add_site(&mut self, matching: &Matching<'_>, (key, print): (SiteKey, Print), site: Site) -> SiteId {
        if matching.granularity == Granularity::Function {
            let now = self.track.columns.len() as u32;
            self.seen.push(Seen { first: now, last: now, hidden_leaves: site.hidden_leaves });
        }
        self.track.sites.push(site);
        self.prints.push(print);
        self.index.add_site(key)
    }
}
