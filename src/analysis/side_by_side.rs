//! Growth that is shown without a judgement: what differs most, and every site.

use super::{Options, Taken, Unjudged};
use crate::clusters::groups;
use crate::profile::Kind;
use crate::series::{Series, Window};
use crate::suspects::{SiteGrowth, all_sites, group_growth};

/// For the kinds that cannot be judged, the functions that differ most.
pub(crate) fn set_side_by_side(taken: &Taken, options: &Options) -> Vec<(Kind, Vec<Unjudged>)> {
    taken
        .windows
        .iter()
        .filter(|(kind, window)| taken.is_blocked(*kind) && window.can_be_judged())
        .map(|(kind, window)| (*kind, differences(&taken.series, *kind, window, options)))
        .collect()
}

/// The functions that differ most between two snapshots that cannot be judged.
fn differences(series: &Series, kind: Kind, window: &Window, options: &Options) -> Vec<Unjudged> {
    let Some(track) = series.track(kind) else { return Vec::new() };
    let groups = groups(track, &series.names, options.sites.granularity);
    let mut rows: Vec<Unjudged> = groups
        .roots()
        .map(|group| Unjudged {
            blame: groups.get(group).blame,
            growth: group_growth(track, &series.names, groups.rows(group), window, options.criteria.metric),
        })
        .filter(|unjudged| unjudged.growth.delta() != 0.0)
        .collect();
    rows.sort_by(|a, b| b.growth.delta().abs().total_cmp(&a.growth.delta().abs()));
    rows
}

/// The growth of every site, if that is asked for.
pub(crate) fn every_site(taken: &Taken, options: &Options) -> Vec<(Kind, Vec<SiteGrowth>)> {
    let of = |(kind, window): &(Kind, Window)| {
        let track = taken.series.track(*kind)?;
        Some((*kind, all_sites(track, &taken.series.names, window, options.criteria.metric)))
    };
    taken.windows.iter().filter(|_| options.full).filter_map(of).collect()
}
