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
/// The part of the interval at its end in which nobody's moment lies.
const REST: u32 = 10;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &WatchArgs) -> Result<u8> {
    let config = config(&args.scheduled)?;
    let every = match &args.every {
        Some(text) => duration("--every", text)?,
        None => config.every.unwrap_or(DEFAULT_INTERVAL),
    };
    let most = every - every / REST;
    let spread = match args.spread.as_deref() {
        None => most,
        Some("0" | "0s" | "0ms" | "0m" | "0h") => Duration::ZERO,
        Some(text) => duration("--spread", text)?,
    };
    if spread > most {
        bail!(
            "--spread: give at most nine tenths of the time from round to round; the last ones asked need some of it"
        );
    }
    let Prepared { watch, metrics, gate } =
        prepare(&args.scheduled, config, true, every, (Some(every), spread))?;
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
    let schedule = Schedule::new(Instant::now(), every);
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
        if stop.is_wanted() {
            // It was cut short, and has judged some only.
            all.surest = all.surest.max(report.surest);
            break;
        }
        if report.judged > 0 {
            all.surest = report.surest;
        }
    }
    all.is_stopped = stop.is_wanted();
    all
}
