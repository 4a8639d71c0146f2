//! `pprof-leaks pull`: snapshots from a continuous profiler.

use super::messages::Verbosity;
use super::output::Output;
use super::progress::Progress;
use super::pull_args::{ProfilerArg, PullArgs};
use super::scheduled::{header, until_stopped};
use super::settings::{duration, headers, size};
use anyhow::{Result, anyhow, bail};
use jiff::Timestamp;
use pprof_leaks::collect::{
    Credentials, Job, ProfilerKind, PullOptions, Pulled, Secret, Selector, Steps, Target, pull,
};
use pprof_leaks::input::parse_duration;
use pprof_leaks::profile::Unit;
use pprof_leaks::report::{inert, quantity, shell_word};
use pprof_leaks::store::Store;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// So many jobs are named in a warning.
const NAMED: usize = 5;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &PullArgs) -> Result<u8> {
    let options = options(args)?;
    let target = target(args)?;
    let store = Store::open(&args.store)?;
    if target.exposes_credentials() {
        Verbosity::Normal.warn(&format!(
            "{}: credentials are sent over plain HTTP, where others may read them; use https",
            target.address
        ));
    }
    let pulled = until_stopped(move |stop| {
        let progress = Mutex::new(Progress::of("process", Verbosity::Normal));
        let done = |done, all| {
            progress.lock().unwrap_or_else(PoisonError::into_inner).show("pulled", done, all);
        };
        pull(&target, &options, &store, stop, &done).map_err(|error| anyhow!("{}: {error}", target.address))
    })?;
    let Some(pulled) = pulled else { bail!("stopped before all was pulled; what was stored is safe") };
    let pulled = pulled?;
    for job in pulled.merged.iter().take(NAMED) {
        Verbosity::Normal.warn(&format!(
            "no label tells the processes of {} apart, so each snapshot is the average of all; name one with --instance-label if \
             there is one",
            inert(job)
        ));
    }
    Output::Stdout.write(said(&pulled, &args.store))?;
    Ok(0)
}

/// What was done, and what to do next.
fn said(pulled: &Pulled, store: &Path) -> String {
    let of = match pulled.processes {
        1 => "1 process".to_owned(),
        n => format!("{n} processes"),
    };
    let mut text = format!(
        "stored {} snapshots of {of} ({})",
        pulled.snapshots,
        quantity(pulled.bytes as f64, Unit::Bytes)
    );
    if pulled.there > 0 {
        text.push_str(&format!("; {} were there already", pulled.there));
    }
    if pulled.empty > 0 {
        text.push_str(&format!("; for {} steps there is none", pulled.empty));
    }
    let store = store.display().to_string();
    let store = shell_word(&store);
    format!("{text}\njudge them with `pprof-leaks fleet {store}`\n")
}

fn options(args: &PullArgs) -> Result<PullOptions> {
    if args.concurrency == 0 {
        bail!("--concurrency: with 0 nothing would ever be pulled");
    }
    let now = Timestamp::now().as_millisecond();
    let to = args.to.as_deref().map_or(Ok(now), |text| time("--to", text, now))?;
    let from = time("--from", &args.from, now)?;
    if from >= to {
        bail!("--from: it has to be before --to");
    }
    Ok(PullOptions {
        profiler: match args.profiler {
            ProfilerArg::Pyroscope => ProfilerKind::Pyroscope,
            ProfilerArg::Parca => ProfilerKind::Parca,
        },
        selector: Selector::parse(&args.query).map_err(|error| anyhow!("--query: {error}"))?,
        steps: Steps::between(from, to, duration("--step", &args.step)?)?,
        job: args.job.clone(),
        instance_label: args.instance_label.clone(),
        concurrency: args.concurrency,
    })
}

/// A time as typed behind a flag, in milliseconds since the Unix epoch.
fn time(flag: &str, text: &str, now: i64) -> Result<i64> {
    if let Some(ago) = parse_duration(text) {
        return Ok(now - i64::try_from(ago.as_millis())?);
    }
    let time: Result<Timestamp, _> = text.parse();
    match time {
        Ok(time) => Ok(time.as_millisecond()),
        Err(_) => {
            bail!("{flag}: `{text}` is no time; write it like 2026-11-23T21:00:00Z, or 24h for so long ago")
        }
    }
}

/// The server, with what it is sent.
fn target(args: &PullArgs) -> Result<Target> {
    let job = Job {
        headers: headers(&args.headers)?.iter().map(|line| header(line)).collect::<Result<_>>()?,
        credentials: args.bearer_token_file.clone().map(|file| Credentials::Bearer(Secret::File { file })),
        ca_file: args.ca_file.clone(),
        max_bytes: size("--max-bytes", &args.max_bytes)?,
        ..Job::within(duration("--timeout", &args.timeout)?)
    };
    job.check().map_err(|why| anyhow!("{why}"))?;
    job.check_secrets().map_err(|why| anyhow!("{why}"))?;
    // Its interface lies below the address as it is given.
    let labels = BTreeMap::from([("__pprof_path__".to_owned(), "/".to_owned())]);
    Target::new(&args.url, &labels, &Arc::new(job)).map_err(|error| anyhow!("URL: {error}"))
}
