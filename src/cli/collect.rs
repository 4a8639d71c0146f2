//! `pprof-leaks collect`: one round.

use super::gate::Found;
use super::logs;
use super::scheduled::{Prepared, config, prepare, until_stopped};
use super::scheduled_args::CollectArgs;
use anyhow::{Result, bail};
use std::time::Duration;

/// Another round is expected after so long as a rule: alerts outlive it a few times.
const USUAL_INTERVAL: Duration = Duration::from_secs(300);

/// Runs the command and gives the exit status.
pub(super) fn run(args: &CollectArgs) -> Result<u8> {
    let args_config = config(&args.scheduled)?;
    let every = args_config.every.unwrap_or(USUAL_INTERVAL);
    let Prepared { mut watch, gate, .. } =
        prepare(&args.scheduled, args_config, args.judge, every, (None, Duration::ZERO))?;
    logs::start(args.scheduled.log_format, args.scheduled.log_level);
    let Some(report) = until_stopped(move |stop| watch.round(stop))? else {
        bail!("stopped before the round was over; what was stored is safe");
    };
    if let Some(why) = report.round.broken_off {
        bail!("{why}");
    }
    if report.targets == 0 {
        bail!("there is no target: no list of targets could be read, or all are empty");
    }
    if report.round.snapshots == 0 {
        bail!("nothing could be stored of {} targets; the lines above say why", report.targets);
    }
    if let Some(why) = report.not_told {
        bail!("{why}");
    }
    let some_unusable = report.round.failed + report.round.skipped + report.round.late + report.problems > 0;
    Ok(gate.status(Found { surest: report.surest, is_clean: true, some_unusable }))
}
