//! `pprof-leaks trend`: one process followed through many snapshots.

use super::args::TrendArgs;
use super::output::Output;
use super::progress::Progress;
use super::report::{and_more, finish};
use super::settings::{Settings, duration};
use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use pprof_leaks::analysis::{Analysis, Incomparable, follow_unread, latest_time, share_times_of_rounds};
use pprof_leaks::input::{InputError, Limits, Survey, Unread, survey};
use pprof_leaks::profile::Heading;
use pprof_leaks::store::{Instance, Store};
use std::path::Path;
use std::time::Instant;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &TrendArgs, command: String) -> Result<u8> {
    let mut settings = Settings::of(&args.common)?;
    settings.options.rounds = args.rounds;
    let limits = Limits { inputs: args.max_inputs, ..settings.limits };
    let inputs: Vec<&String> = args.snapshots.iter().collect();
    let output = Output::open(args.common.rendering.output.as_deref(), &inputs)?;
    let mut failures = Vec::new();
    let earliest = |headings: &[Heading]| earliest(args, latest_time(headings));
    let analysis = follow(&args.snapshots, &earliest, &limits, &settings, &mut failures)?;
    finish(analysis, &failures, &output, &settings, command)
}

/// Follows one process through the snapshots at some locations, those before what `earliest` says left out.
pub(super) fn follow(
    locations: &[String],
    earliest: &dyn Fn(&[Heading]) -> Result<Option<i64>>,
    limits: &Limits,
    settings: &Settings,
    failures: &mut Vec<InputError>,
) -> Result<Result<Analysis, Incomparable>> {
    for folder in locations {
        refuse_store(Path::new(folder))?;
    }
    let started = Instant::now();
    let mut progress = Progress::new(settings.rendering.verbosity);
    let survey = survey(locations, &settings.fetcher, limits, &mut |done, all| {
        progress.show("looking at", done, all);
    });
    let Survey { found, failures: unusable } = survey;
    if let (true, [first, rest @ ..]) = (found.is_empty(), unusable.as_slice()) {
        bail!("{first}{}", and_more(rest.len()));
    }
    failures.extend(unusable);
    let (mut headings, mut unread): (Vec<Heading>, Vec<Unread>) = found.into_iter().unzip();
    share_times_of_rounds(&mut headings);
    if let Some(earliest) = earliest(&headings)? {
        let (kept, of_kept) = headings
            .into_iter()
            .zip(unread)
            .filter(|(heading, _)| heading.taken_at.is_none_or(|t| t.nanos >= earliest))
            .unzip();
        (headings, unread) = (kept, of_kept);
        if headings.is_empty() {
            bail!(
                "--since or --last leaves no snapshot; the latest of those given is older. Choose an earlier time"
            );
        }
    }
    let count = headings.len();
    let mut show = |done, all| progress.show("reading", done, all);
    let (analysis, damaged) = follow_unread(headings, unread, &settings.options, limits, &mut show);
    failures.extend(damaged);
    drop(progress);
    let seconds = started.elapsed().as_secs_f64();
    settings.rendering.verbosity.detail(&format!("snapshots read and judged: {count}, in {seconds:.1} s"));
    Ok(analysis)
}

/// A whole store is many processes, and a series is of one.
fn refuse_store(folder: &Path) -> Result<()> {
    let Ok(store) = Store::existing(folder) else { return Ok(()) };
    let instances = store.instances().unwrap_or_default();
    let has_some = |instance: &&Instance| store.snapshots(instance).is_ok_and(|found| !found.is_empty());
    match instances.iter().find(has_some) {
        Some(instance) => bail!(
            "{}: this is a store of {} instances, and a series is of one process; give its folder, as in {} \
             (`pprof-leaks store ls` lists them)",
            folder.display(),
            instances.len(),
            store.folder(instance).display()
        ),
        None => Ok(()),
    }
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
    let nanos = i64::try_from(duration("--last", last)?.as_nanos())
        .context("--last: the duration is out of range")?;
    Ok(latest.map(|latest| latest.saturating_sub(nanos)))
}
