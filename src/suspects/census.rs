//! Who stands where in the dumps: which goroutines stayed, what they wait for, who started them.

use super::evidence::Evidence;
use crate::clusters::members_between;
use crate::diagnose::symbols::{ACCEPT, HTTP_BACKGROUND_READ, HTTP_CLIENT_WRITER, NETWORK_WAIT, SLEEP};
use crate::growth::Change;
use crate::judge::policy::{PERSISTENT, TURNED_OVER};
use crate::profile::{Goroutine, most_first, most_frequent};
use crate::series::{Names, SiteId, Track, Window};
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeSet;

/// Waits that nothing can end, or that a healthy service is never found in for long: a sender whose receiver is gone,
/// and channels that can never be ready. A receiver or a select may be a parked worker, so it is not among them.
const DEAD_WAITS: [&str; 4] =
    ["chan send", "chan send (nil chan)", "chan receive (nil chan)", "select (no cases)"];
/// So many labels are listed.
const LABELS_LISTED: usize = 5;

/// Who stands where in the two snapshots.
pub(super) struct Census<'a> {
    window: &'a Window,
    names: &'a Names,
    pub(super) stayed: Option<HashMap<SiteId, u64>>,
    /// The same from the middle of a series on, with the snapshot that is.
    pub(super) stayed_since_middle: Option<(usize, HashMap<SiteId, u64>)>,
    members: HashMap<SiteId, Vec<&'a Goroutine>>,
}

/// The figures of one group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) change: Change,
    /// Of those before, how many stayed; `None` unless both snapshots are dumps.
    pub(super) stayed: Option<u64>,
    /// Of those in the middle of a series, how many stayed, and how many there were.
    pub(super) stayed_since_middle: Option<(u64, u64)>,
    /// Marked `(leaked)` in the last dump.
    pub(super) marked: u64,
    /// In the last dump, waiting for what never comes.
    pub(super) dead: u64,
    /// In the last snapshot, waiting for what comes by itself.
    pub(super) passing: u64,
    /// In the last snapshot, waiting for the network.
    pub(super) network: u64,
}

impl Figures {
    pub(super) fn delta(&self) -> f64 {
        self.change.after as f64 - self.change.before as f64
    }

    /// Of those there before, or half-way if most of these have gone, how many stayed of how many.
    pub(super) fn who_stayed(&self) -> Option<(bool, u64, u64)> {
        let first = self.stayed.map(|stayed| (false, stayed, self.change.before));
        let gone = |(_, stayed, of): &(bool, u64, u64)| (*stayed as f64) < TURNED_OVER * *of as f64;
        let middle = self.stayed_since_middle.map(|(stayed, of)| (true, stayed, of));
        middle
            .filter(|_| first.as_ref().is_some_and(|first| first.2 == 0 || gone(first)))
            .or(first)
            .filter(|(_, _, of)| *of > 0)
    }

    /// Whether nearly all stayed, and wait for what never comes.
    pub(super) fn is_persistent(&self) -> bool {
        let stayed = self.stayed.zip(Some(self.change.before)).filter(|(_, of)| *of > 0);
        stayed.is_some_and(|(stayed, of)| stayed as f64 >= PERSISTENT * of as f64)
            && self.dead as f64 >= PERSISTENT * self.change.after as f64
    }
}

impl<'a> Census<'a> {
    pub(super) fn take(track: &'a Track, names: &'a Names, window: &'a Window) -> Census<'a> {
        let last = &track.snapshots[window.last()].members;
        let mut members: HashMap<SiteId, Vec<&Goroutine>> = HashMap::with_capacity(last.len().min(1 << 10));
        for member in last {
            members.entry(member.site).or_default().push(&member.goroutine);
        }
        let since = |first: usize| members_between(track, first, window.last());
        // Of most dumps between the first and the last the goroutines are no longer known.
        let inner = window.snapshots().iter().enumerate().skip(1).take(window.len().saturating_sub(2));
        let middle = inner
            .filter(|(_, snapshot)| !track.snapshots[**snapshot].members.is_empty())
            .min_by_key(|(at, _)| (2 * at).abs_diff(window.len()))
            .map(|(_, snapshot)| *snapshot);
        Census {
            window,
            names,
            stayed: since(window.first()),
            stayed_since_middle: middle.and_then(|middle| Some((middle, since(middle)?))),
            members,
        }
    }

    /// Whether the goroutines of a site are those of connections, whose number follows that of the peers. One that accepts is a listener's.
    pub(super) fn is_connection(&self, track: &Track, site: SiteId) -> bool {
        let mut stack = track.latest_stack(site).iter().map(|frame| self.names.info_of(frame).name.as_str());
        let root = stack.clone().next_back().unwrap_or("");
        // One companion runs beside each, whatever it waits in, so their number is that of the connections.
        let is_companion = HTTP_CLIENT_WRITER.has(root) || HTTP_BACKGROUND_READ.has(root);
        let waits = NETWORK_WAIT.has(self.leaf_of(track, site)) && !stack.any(|name| ACCEPT.has(name));
        waits || is_companion
    }

    /// The leaf above the runtime: what the goroutines of a site wait in.
    pub(super) fn leaf_of(&self, track: &Track, site: SiteId) -> &str {
        let leaf = track.latest_stack(site).iter().nth(track.site(site).hidden_leaves as usize);
        leaf.map_or("", |frame| self.names.info_of(frame).name.as_str())
    }

    pub(super) fn count(&self, track: &Track, rows: &[usize]) -> Figures {
        let mut counts = Figures {
            stayed: self.stayed.as_ref().map(|_| 0),
            stayed_since_middle: self.stayed_since_middle.as_ref().map(|_| (0, 0)),
            ..Figures::default()
        };
        for &row in rows {
            let change = &mut counts.change;
            let here = track.goroutines(self.window.last(), row);
            change.before = change.before.saturating_add(track.goroutines(self.window.first(), row));
            change.after = change.after.saturating_add(here);
            let site = track.rows[row].site;
            // A wait that ends by itself: such a group may be a busy moment, unless the same goroutines are seen again.
            if SLEEP.has(self.leaf_of(track, site)) {
                counts.passing += here;
            } else if self.is_connection(track, site) {
                counts.network += here;
            }
            if let (Some(sum), Some(stayed)) = (&mut counts.stayed, &self.stayed) {
                *sum += stayed.get(&site).copied().unwrap_or(0);
            }
            if let (Some((sum, of)), Some((middle, stayed))) =
                (&mut counts.stayed_since_middle, &self.stayed_since_middle)
            {
                *sum += stayed.get(&site).copied().unwrap_or(0);
                *of = of.saturating_add(track.goroutines(*middle, row));
            }
            for goroutine in self.members.get(&site).into_iter().flatten() {
                counts.marked += u64::from(goroutine.leaked);
                counts.dead += u64::from(DEAD_WAITS.contains(&goroutine.state.as_str()));
            }
        }
        counts.change.allocated = counts.stayed.map(|stayed| counts.change.after.saturating_sub(stayed));
        counts
    }

    /// Adds what the last dump shows of a group: states, longest wait, creators.
    pub(super) fn describe(&self, rows: &[usize], track: &Track, evidence: &mut Vec<Evidence>) {
        let sites: BTreeSet<SiteId> = rows.iter().map(|row| track.rows[*row].site).collect();
        let members = || sites.iter().filter_map(|site| self.members.get(site)).flatten();
        let states = most_frequent(members().map(|g| g.state.as_str()));
        if !states.is_empty() {
            evidence.push(Evidence::States(states));
        }
        let labelled = track.snapshots[self.window.last()].labels.iter();
        let of_these = labelled.filter(|(site, _, _)| sites.contains(site));
        let labels = most_first(of_these.map(|(_, label, count)| (label, *count))).into_iter();
        let labels: Vec<(String, u64)> =
            labels.take(LABELS_LISTED).map(|(label, count)| (label.clone(), count)).collect();
        if !labels.is_empty() {
            evidence.push(Evidence::Labels(labels));
        }
        if let Some(minutes) = members().filter_map(|g| g.wait_minutes).max() {
            evidence.push(Evidence::LongestWait(minutes));
        }
        let creators = most_frequent(members().filter_map(|g| g.created_by.as_deref()));
        if let Some((creator, count)) = creators.into_iter().next() {
            evidence.push(Evidence::CreatedBy(creator, count));
        }
    }
}
