//! `pprof-leaks trend`: one process followed through many snapshots.

use super::args::TrendArgs;
use super::output::Output;
use super::report::{and_more, finish};
use super::settings::Settings;
use anyhow::{Context, Result, anyhow, bail};
use jiff::{SignedDuration, Timestamp};
use pprof_leaks::analysis::{follow, share_times_of_rounds};
use pprof_leaks::input::load;
use pprof_leaks::profile::{RawProfile, TimeSource};

/// Runs the command and gives the exit status.
pub(super) fn run(args: &TrendArgs) -> Result<u8> {
    let settings = Settings::of(&args.common)?;
    let inputs: Vec<&String> = args.snapshots.iter().collect();
    let output = Output::open(args.common.output.as_deref(), &inputs)?;
    let (mut profiles, mut failures) = (Vec::new(), Vec::new());
    for location in &args.snapshots {
        let mut loaded = load(location, &settings.fetcher, &settings.limits);
        profiles.append(&mut loaded.profiles);
        failures.append(&mut loaded.failures);
    }
    if let (true, [first, rest @ ..]) = (profiles.is_empty(), failures.as_slice()) {
        bail!("{first}{}", and_more(rest.len()));
    }
    share_times_of_rounds(&mut profiles);
    if let Some(earliest) = earliest(args, latest(&profiles))? {
        profiles.retain(|profile: &RawProfile| profile.taken_at.is_none_or(|t| t.nanos >= earliest));
    }
    finish(follow(profiles, &settings.options), &failures, &output, &args.common, &settings)
}

/// When the latest snapshot was taken. The time of a file says when it was copied, so it counts only where no profile
/// says more.
fn latest(profiles: &[RawProfile]) -> Option<i64> {
    let times = || profiles.iter().filter_map(|profile| profile.taken_at);
    let said = times().filter(|time| time.source != TimeSource::FileTime).map(|time| time.nanos).max();
    said.or_else(|| times().map(|time| time.nanos).max())
}

/// The time before which snapshots are left out, in nanoseconds since the Unix epoch.
fn earliest(args: &TrendArgs, latest: Option<i64>) -> Result<Option<i64>> {
    if let Some(since) = &args.since {
        let time: Timestamp = since
            .parse()
            .map_err(|_| anyhow!("--since: `{since}` is not a time; write it like 2026-11-23T21:00:00Z"))?;
        return Ok(Some(i64::try_from(time.as_nanosecond()).context("--since: the time is out of range")?));
    }
    let Some(last) = &args.last else { return Ok(None) };
    let duration: SignedDuration = last
        .parse()
        .map_err(|_| anyhow!("--last: `{last}` is not a duration; write it like 90s, 30m, 2h or 24h"))?;
    let nanos = i64::try_from(duration.as_nanos()).context("--last: the duration is out of range")?;
    Ok(latest.map(|latest| latest.saturating_sub(nanos)))
}
