//! The rows of the page's long tables: every site, and the groups of goroutines.

use super::super::document::{Document, FrameView, SiteView};
use super::super::link_base::Links;
use super::super::units::{percent, quantity, signed};
use crate::profile::{Kind, Owner};
use std::collections::HashMap;

/// Groups of goroutines listed; a service has few places where goroutines wait.
const MOST_CROWDS: usize = 300;

/// One site. Figures are there twice: for people, and to sort by.
pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) function: String,
    pub(super) position: String,
    pub(super) link: Option<String>,
    pub(super) leaf: String,
    pub(super) before: (String, f64),
    pub(super) after: (String, f64),
    pub(super) change: (String, f64),
    pub(super) kept: (String, f64),
    /// The node of the flame graph in which it ends; -1 if it has no frames.
    pub(super) node: i32,
}

/// Every site that was asked for and has anything, largest change first.
pub(super) fn rows(sites: &[SiteView], end: &dyn Fn(usize) -> Option<i32>, links: &Links<'_>) -> Vec<Row> {
    let mut order: Vec<usize> =
        (0..sites.len()).filter(|index| sites[*index].is_asked_for() && is_there(&sites[*index])).collect();
    // Bytes and goroutines have no common measure: kinds stand one after the other.
    let delta = |index: usize| sites[index].figures.delta;
    order.sort_by(|a, b| {
        sites[*a].kind.cmp(&sites[*b].kind).then(delta(*b).abs().total_cmp(&delta(*a).abs()))
    });
    order.into_iter().map(|index| row(&sites[index], end(index).unwrap_or(-1), links)).collect()
}

/// What was freed again before the first snapshot, or never counted, is no news.
fn is_there(site: &SiteView) -> bool {
    site.figures.first != 0.0 || site.figures.last != 0.0
}

fn row(site: &SiteView, node: i32, links: &Links<'_>) -> Row {
    let (growth, unit) = (&site.figures, site.figures.unit);
    let place = place(site);
    // What recedes keeps nothing, and how much less than nothing says nothing.
    let kept = growth.retention.filter(|kept| *kept >= 0.0);
    Row {
        kind: site.kind.name(),
        function: place.map_or_else(|| "(no stack)".to_owned(), FrameView::short_function),
        position: place.map_or_else(String::new, FrameView::short_position),
        link: place.and_then(|place| links.to(place)),
        leaf: site
            .stack
            .first()
            .filter(|leaf| !place.is_some_and(|place| std::ptr::eq(place, *leaf)))
            .map_or_else(String::new, |f| f.short_function()),
        before: (quantity(growth.first, unit), growth.first),
        after: (quantity(growth.last, unit), growth.last),
        change: (signed(growth.delta, unit), growth.delta),
        kept: (kept.map_or_else(String::new, percent), kept.unwrap_or(-1e9)),
        node,
    }
}

/// The frame to name a site by: the leaf-most of the user's own code, else the leaf.
fn place(site: &SiteView) -> Option<&FrameView> {
    site.stack.iter().find(|frame| frame.owner == Owner::Own).or(site.stack.first())
}

/// Goroutines that stand at one place and wait for one thing.
pub(super) struct Crowd {
    pub(super) function: String,
    pub(super) position: String,
    pub(super) link: Option<String>,
    /// The rank of the suspect it is a part of.
    pub(super) suspect: Option<usize>,
    pub(super) waits_in: String,
    pub(super) states: String,
    pub(super) longest: (String, i64),
    pub(super) created_by: String,
    pub(super) leaked: u64,
    pub(super) before: (String, f64),
    pub(super) after: (String, f64),
    pub(super) change: (String, f64),
}

/// The groups of goroutines, largest change first, then largest.
pub(super) fn crowds(sites: &[SiteView], document: &Document, links: &Links<'_>) -> Vec<Crowd> {
    let ranks: HashMap<&str, usize> =
        document.suspects.iter().map(|suspect| (suspect.fingerprint.as_str(), suspect.rank)).collect();
    let kind = match sites.iter().any(|site| site.kind == Kind::Goroutine) {
        true => Kind::Goroutine,
        false => Kind::GoroutineLeak,
    };
    let mut groups: Vec<&SiteView> =
        sites.iter().filter(|site| site.kind == kind && site.is_asked_for() && is_there(site)).collect();
    let key = |site: &SiteView| (site.figures.delta, site.figures.last);
    groups.sort_by(|a, b| key(b).0.total_cmp(&key(a).0).then(key(b).1.total_cmp(&key(a).1)));
    groups.truncate(MOST_CROWDS);
    groups.into_iter().map(|site| crowd(site, &ranks, links)).collect()
}

fn crowd(site: &SiteView, ranks: &HashMap<&str, usize>, links: &Links<'_>) -> Crowd {
    let (growth, unit) = (&site.figures, site.figures.unit);
    let detail = site.detail.as_ref();
    let waits = detail.and_then(|detail| detail.waits.as_ref());
    let counted = |list: &[(String, u64)]| match list {
        [(one, _)] => one.clone(),
        several => several.iter().map(|(one, n)| format!("{one} ({n})")).collect::<Vec<_>>().join(", "),
    };
    let place = place(site);
    let longest = waits.and_then(|waits| waits.longest_minutes);
    Crowd {
        function: place.map_or_else(|| "(no stack)".to_owned(), FrameView::short_function),
        position: place.map_or_else(String::new, FrameView::short_position),
        link: place.and_then(|place| links.to(place)),
        suspect: detail.and_then(|detail| ranks.get(detail.suspect.as_deref()?).copied()),
        waits_in: waits_in(site),
        states: waits.map_or_else(String::new, |waits| counted(&waits.states)),
        longest: (
            longest.map_or_else(String::new, |minutes| format!("{minutes} min")),
            longest.map_or(-1, |m| m as i64),
        ),
        created_by: waits.map_or_else(String::new, |waits| counted(&waits.created_by)),
        leaked: waits.map_or(0, |waits| waits.leaked),
        before: (quantity(growth.first, unit), growth.first),
        after: (quantity(growth.last, unit), growth.last),
        change: (signed(growth.delta, unit), growth.delta),
    }
}

/// What a goroutine called last that is not the scheduler's: `chan receive` has `runtime.chanrecv1`.
fn waits_in(site: &SiteView) -> String {
    let own = site.stack.iter().position(|frame| frame.owner == Owner::Own).unwrap_or(site.stack.len());
    site.stack[..own].last().map_or_else(String::new, FrameView::short_function)
}
