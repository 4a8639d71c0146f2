//! What `collect` and `watch` have in common: their flags and the configuration file become rounds.

use super::gate::Gate;
use super::scheduled_args::ScheduledArgs;
use super::settings::{VALUES, duration, judging, size};
use anyhow::{Result, anyhow, bail};
use pprof_leaks::alert::{AlertOptions, Metrics, Receiver, ReceiverKind};
use pprof_leaks::collect::{Config, Credentials, Discovery, Job, JobConfig, RoundOptions, Secret, Stop};
use pprof_leaks::input::Limits;
use pprof_leaks::store::{Retention, Store};
use pprof_leaks::watch::{JudgeOptions, Watch, WatchOptions};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whatever hangs, the process ends so long after it was asked to: five seconds are promised, of which a busy machine takes a part.
const LONGEST_GOODBYE: Duration = Duration::from_secs(4);
/// However short the interval is, a judgement may take so long.
const LEAST_FOR_JUDGING: Duration = Duration::from_secs(1);
/// How soon the end of the work is noticed.
const GLANCE: Duration = Duration::from_millis(20);

/// Everything a round needs.
pub(super) struct Prepared {
    pub(super) watch: Watch,
    pub(super) metrics: Arc<Metrics>,
    /// What fails the run.
    pub(super) gate: Gate,
}

/// The configuration file, or none.
pub(super) fn config(args: &ScheduledArgs) -> Result<Config> {
    Ok(args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default())
}

/// Resolves everything; `every` is the time from round to round, `time` that of one round, in the part `spread` of which targets are asked.
pub(super) fn prepare(
    args: &ScheduledArgs,
    config: Config,
    judged: bool,
    every: Duration,
    (time, spread): (Option<Duration>, Duration),
) -> Result<Prepared> {
    let receivers = receivers(args, &config)?;
    let judged = judged || args.fail_on.is_some() || !receivers.is_empty();
    let retention = retention(args, config.retention)?;
    let limits = limits(args)?;
    let round = RoundOptions {
        limits,
        concurrency: args.concurrency.or(config.concurrency).unwrap_or(RoundOptions::default().concurrency),
        time,
        spread,
    };
    if round.concurrency == 0 {
        bail!("--concurrency: with 0 nothing would ever be scraped");
    }
    if !args.tell_again.is_finite() || args.tell_again <= 1.0 {
        bail!("--tell-again: a suspect is reported again when it is so many times larger; give more than 1");
    }
    let folder = args.store.clone().or_else(|| config.store.clone());
    let folder =
        folder.ok_or_else(|| anyhow!("where to? Give --store DIR, or `store` in the configuration file"))?;
    let mut jobs = config.jobs;
    jobs.extend(typed(args)?);
    if jobs.is_empty() {
        bail!("what to scrape? Give targets, as in localhost:6060, or --file-sd, or --config with jobs");
    }
    let analysis = judging(&args.judgement, false, None)?;
    let window = duration("--window", &args.window)?;
    let judge = judged.then_some(JudgeOptions { analysis, limits, window, time: judging_time(every) });
    let store = Store::open(&folder)?;
    let alerts = AlertOptions {
        receivers,
        factor: args.tell_again,
        at_least: args.tell_from,
        unsure_after: duration("--unsure-after", &args.unsure_after)?,
        external_url: args.external_url.clone().map(|url| external(&url)).transpose()?,
        ..AlertOptions::in_store(store.root(), every)
    };
    let metrics = Arc::new(Metrics::default());
    let options = WatchOptions { round, judge, alerts, retention };
    let watch = Watch::new(store, Discovery::new(jobs), options, Arc::clone(&metrics));
    Ok(Prepared { watch, metrics, gate: Gate::on(args.fail_on) })
}

/// How long one judgement may take, where rounds begin after so long: at most half of that, so that no target takes all of it.
fn judging_time(every: Duration) -> Duration {
    (every / 2).max(LEAST_FOR_JUDGING).min(JudgeOptions::default().time)
}

/// The bounds on what targets answer.
fn limits(args: &ScheduledArgs) -> Result<Limits> {
    let default = Limits::of_a_service();
    Ok(Limits {
        inflated_bytes: size("--max-input-bytes", &args.max_input_bytes)?,
        samples: args.max_samples,
        values: default.values.max(args.max_samples.saturating_mul(VALUES)),
        ..default
    })
}

/// The targets given on the command line, if any, as a job.
fn typed(args: &ScheduledArgs) -> Result<Option<JobConfig>> {
    if args.targets.is_empty() && args.file_sd.is_empty() {
        return Ok(None);
    }
    let job = Job {
        name: args.job.clone(),
        headers: args.headers.iter().map(|line| header(line)).collect::<Result<_>>()?,
        credentials: args.bearer_token_file.clone().map(|file| Credentials::Bearer(Secret::File { file })),
        ca_file: args.ca_file.clone(),
        max_bytes: size("--max-bytes", &args.max_bytes)?,
        gc: !args.no_gc,
        max_goroutines: args.max_goroutines,
        ..Job::within(duration("--timeout", &args.timeout)?)
    };
    job.check().map_err(|why| anyhow!("{why}"))?;
    job.check_secrets().map_err(|why| anyhow!("{why}"))?;
    // A typing mistake here is reported at once, not once a round.
    let job = Arc::new(job);
    for target in &args.targets {
        pprof_leaks::collect::Target::new(target, &Default::default(), &job)
            .map_err(|error| anyhow!("{}: {error}", shown(target)))?;
    }
    Ok(Some(JobConfig {
        targets: args.targets.clone(),
        file_sd: args.file_sd.clone(),
        ..JobConfig::new(job)
    }))
}

/// What was typed, unless it may hold a secret.
fn shown(target: &str) -> &str {
    if target.contains(['@', '?', '#']) { "a target" } else { target }
}

/// An address for people, as typed.
fn external(url: &str) -> Result<String> {
    let is_url = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    match is_url && !url.contains(['?', '#', '@']) {
        true => Ok(url.to_owned()),
        false => {
            bail!("--external-url: write it like https://leaks.example.com, without parameters or a login")
        }
    }
}

/// A header as typed.
pub(super) fn header(line: &str) -> Result<(String, Secret)> {
    let (name, value) =
        line.split_once(':').ok_or_else(|| anyhow!("--header: a header looks like 'Name: value'"))?;
    Ok((name.trim().to_owned(), Secret::Plain(value.trim().to_owned())))
}

fn receivers(args: &ScheduledArgs, config: &Config) -> Result<Vec<Receiver>> {
    let typed = |urls: &[String]| urls.iter().cloned().map(Secret::Plain).collect::<Vec<_>>();
    let all = [
        (ReceiverKind::Alertmanager, "--alertmanager", typed(&args.alertmanager)),
        (ReceiverKind::Alertmanager, "alerts.alertmanager", config.alertmanagers.clone()),
        (ReceiverKind::Webhook, "--webhook", typed(&args.webhook)),
        (ReceiverKind::Webhook, "alerts.webhook", config.webhooks.clone()),
    ];
    let mut receivers = Vec::new();
    for (kind, whence, urls) in all {
        for url in urls {
            let url = url.read()?;
            receivers.push(Receiver::new(kind, &url).map_err(|error| anyhow!("{whence}: {error}"))?);
        }
    }
    Ok(receivers)
}

fn retention(args: &ScheduledArgs, mut retention: Retention) -> Result<Retention> {
    if let Some(text) = &args.keep_all {
        retention.all = duration("--keep-all", text)?;
    }
    if let Some(text) = &args.keep_hourly {
        retention.hourly = duration("--keep-hourly", text)?;
    }
    if let Some(text) = &args.max_store {
        retention.bytes = Some(size("--max-store", text)?);
    }
    Ok(retention)
}

/// Does the work on a thread of its own and gives what it gave; `None` if it did not end soon after the process was asked
/// to stop. A second signal ends the process at once.
pub(super) fn until_stopped<T: Send + 'static>(
    work: impl FnOnce(&Stop) -> T + Send + 'static,
) -> Result<Option<T>> {
    let stop = Stop::default();
    for signal in [SIGTERM, SIGINT] {
        // In this order: the first signal finds the flag down.
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, stop.flag())?;
        signal_hook::flag::register(signal, stop.flag())?;
    }
    let wish = stop.clone();
    let thread = std::thread::spawn(move || work(&stop));
    let mut asked: Option<Instant> = None;
    while !thread.is_finished() {
        std::thread::sleep(GLANCE);
        if wish.is_wanted() && asked.get_or_insert_with(Instant::now).elapsed() > LONGEST_GOODBYE {
            return Ok(None);
        }
    }
    match thread.join() {
        Ok(outcome) => Ok(Some(outcome)),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
