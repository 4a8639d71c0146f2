//! `pprof-leaks watch`: rounds on a schedule, until it is asked to stop.

use super::gate::Found;
use super::logs;
use super::scheduled::{Prepared, config, prepare, until_stopped};
use super::scheduled_args::WatchArgs;
use super::settings::duration;
use anyhow::{Result, bail};
use pprof_leaks::alert::Server;
use pprof_leaks::collect::{Schedule, Stop};
use pprof_leaks::suspects::Confidence;
use pprof_leaks::watch::Watch;
use std::time::{Duration, Instant};
use tracing::{info, warn};

const DEFAULT_INTERVAL: Duration = Duration::from_secs(300);
/// The part of the interval by which a round may begin late.
const JITTER: u32 = 10;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &WatchArgs) -> Result<u8> {
    let config = config(&args.scheduled)?;
    let every = match &args.every {
        Some(text) => duration("--every", text)?,
        None => config.every.unwrap_or(DEFAULT_INTERVAL),
    };
    let jitter = match args.jitter.as_deref() {
        None => every / JITTER,
        Some("0" | "0s" | "0ms" | "0m" | "0h") => Duration::ZERO,
        Some(text) => duration("--jitter", text)?,
    };
    if jitter >= every {
        bail!("--jitter: it has to be shorter than the time from round to round");
    }
    let Prepared { watch, metrics, gate } = prepare(&args.scheduled, config, true, every, Some(every))?;
    logs::start(args.scheduled.log_format, args.scheduled.log_level);
    let server = match args.listen.as_str() {
        "off" => None,
        address => Some(Server::start(address, metrics, watch.pages(), every)?),
    };
    if let Some(address) = server.as_ref().map(Server::address) {
        info!(%address, "pages and metrics are served");
        if !address.ip().is_loopback() {
            warn!(
                %address,
                "whoever reaches this address reads the reports and /metrics, which name functions and files of the services; let only \
                 those reach it who may read them"
            );
        }
    }
    let schedule = Schedule::new(Instant::now(), every, jitter);
    let rounds = args.rounds.unwrap_or(u64::MAX);
    let done = until_stopped(move |stop| go_round(watch, schedule, rounds, stop))?;
    drop(server);
    let Some(Done { surest, stored, is_stopped }) = done else { return Ok(0) };
    if !stored && !is_stopped {
        bail!("nothing could be stored in any round; the lines above say why");
    }
    Ok(gate.status(Found { surest, is_clean: true, some_unusable: false }))
}

/// What all rounds came to.
#[derive(Default)]
struct Done {
    /// The surest suspect of the last round.
    surest: Option<Confidence>,
    /// Whether any snapshot was stored.
    stored: bool,
    /// Whether it was asked to stop.
    is_stopped: bool,
}

/// Makes rounds, until it is asked to stop.
fn go_round(mut watch: Watch, mut schedule: Schedule, rounds: u64, stop: &Stop) -> Done {
    let mut all = Done::default();
    for _ in 0..rounds {
        let (beginning, missed) = schedule.next(Instant::now());
        if missed > 0 {
            warn!(
                missed,
                "a round took longer than the interval; give a longer one with --every, or fewer targets"
            );
        }
        if !stop.pause(beginning.saturating_duration_since(Instant::now())) {
            break;
        }
        let report = watch.round(stop);
        all.stored |= report.round.snapshots > 0;
        // A round that was cut short has judged nothing.
        if report.judged > 0 {
            all.surest = report.surest;
        }
        if stop.is_wanted() {
            break;
        }
    }
    all.is_stopped = stop.is_wanted();
    all
}
