//! Two sets of snapshots, one taken before the other.

use super::{COPIED_AT_ONCE, Incomparable, Options, Taken, choose, ledger};
use crate::profile::{Heading, Kind, Notice, RawProfile, TimeSource};
use crate::series::{Series, SeriesBuilder, Window, concerns_whole_target, obstacle};

/// Sets the snapshots taken before beside those taken after.
///
/// # Errors
/// If no kind of profile is given on both sides.
pub(crate) fn pair(
    before: Vec<RawProfile>,
    after: Vec<RawProfile>,
    options: &Options,
) -> Result<Taken, Incomparable> {
    let mut notices = Vec::new();
    let heap_given = before.iter().chain(&after).any(|profile| profile.kind == Kind::Heap);
    // Of all that were given: what tells of the process is rarely the form that is compared.
    let [firsts, lasts] = [&before, &after].map(|side| {
        let telling = side.iter().filter(|profile| profile.mem_stats.is_some());
        ledger::records(&telling.map(Heading::of).collect::<Vec<_>>())
    });
    let pairs = choose::pairs(before, after, &mut notices)?;
    let series = build(pairs, options, &mut notices);
    // The order is the user's, and what stands between the two is said, not cut away.
    let windows = pair_windows(&series);
    let obstacles: Vec<(Kind, Notice)> = windows
        .iter()
        .filter_map(|(kind, window)| {
            obstacle(&series, *kind, window.first(), window.last()).map(|notice| (*kind, notice))
        })
        .collect();
    let one_life = !obstacles.iter().any(|(_, notice)| concerns_whole_target(notice.code));
    Ok(Taken {
        series,
        windows,
        lives: Vec::new(),
        others: Vec::new(),
        obstacles,
        heap_given,
        ledger: ledger::of_pair(&firsts, &lasts).filter(|_| one_life),
        notices,
    })
}

fn build(profiles: Vec<RawProfile>, options: &Options, notices: &mut Vec<Notice>) -> Series {
    let one_build = choose::is_one_build(profiles.iter().map(|profile| profile.build_id.as_deref()));
    let mut builder = SeriesBuilder::new(options.sites.clone(), one_build);
    for profile in profiles {
        notices.extend(profile.notices.iter().cloned());
        builder.add(profile);
    }
    builder.finish()
}

/// The pairs to compare, in the order given: the first and the last snapshot of every kind.
fn pair_windows(series: &Series) -> Vec<(Kind, Window)> {
    series
        .tracks()
        .iter()
        .filter_map(|track| {
            let times: Vec<_> = track.snapshots.iter().map(|snapshot| snapshot.taken_at).collect();
            // A file's time says when it was copied. Where that contradicts the order given, or where the files were
            // written all at once, it says nothing of the profiles.
            let outside = times.iter().flatten().any(|t| t.source == TimeSource::FileTime);
            let contradicts = times.windows(2).any(
                |pair| matches!(pair, [Some(a), Some(b)] if b.nanos.saturating_sub(a.nanos) < COPIED_AT_ONCE),
            );
            let times = match outside && contradicts {
                true => vec![None; times.len()],
                false => times.iter().map(|t| t.map(|t| t.nanos)).collect(),
            };
            Some((track.kind, Window::new((0..track.snapshots.len()).collect(), times)?))
        })
        .collect()
}
