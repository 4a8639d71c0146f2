//! The command line: arguments in, a report on standard output, everything else on standard error.

mod args;
mod baseline;
mod collect;
mod compare;
mod config;
mod diff;
mod direct;
mod direct_args;
mod explain;
mod fleet;
mod fleet_args;
#[cfg(feature = "fleet")]
mod fleet_arrow;
mod gate;
mod inspect;
mod inspect_args;
mod live;
mod live_view;
mod logs;
mod manual;
mod messages;
mod output;
mod overview;
mod progress;
mod provenance;
mod pull;
mod pull_args;
mod report;
mod report_args;
mod scheduled;
mod scheduled_args;
mod settings;
mod store;
mod stored;
mod trend;
mod watch;

use args::{Args, BaselineCommand, Command};
use clap::{CommandFactory, FromArgMatches};
use std::process::ExitCode;

/// Runs the command that was typed.
pub(crate) fn main() -> ExitCode {
    let mut program = Args::command();
    let parsed = program.try_get_matches_from_mut(std::env::args_os());
    let parsed = parsed.and_then(|matches| Ok((Args::from_arg_matches(&matches)?, matches)));
    let (args, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return messages::usage(&error),
    };
    if let Err(error) = check_clock(std::time::SystemTime::now()) {
        return messages::failure(&error);
    }
    let command = provenance::command(&program, &matches);
    let Some(named) = args.command else { return ended(direct::run(args.direct, command)) };
    let result = match named {
        Command::Collect(args) => collect::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Pull(args) => pull::run(&args),
        Command::Fleet(args) => fleet::run(&args),
        Command::Store(command) => store::run(&command),
        Command::Config(command) => config::run(&command),
        Command::Diff(args) => diff::run(&args, command),
        Command::Inspect(args) => inspect::run(&args, command),
        Command::Trend(args) => trend::run(&args, command),
        Command::Compare(args) => compare::run(&args, command),
        Command::Report(args) => report::run(&args, command),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Baseline(BaselineCommand::Add(args)) => baseline::add(&args),
    };
    ended(result)
}

/// A clock beyond the year 9999 would end the program wherever it asks for the time.
fn check_clock(now: std::time::SystemTime) -> anyhow::Result<()> {
    let time = jiff::Timestamp::try_from(now);
    time.map(|_| ()).map_err(|error| anyhow::anyhow!("the clock of this machine is wrong ({error}); set it"))
}

fn ended(result: anyhow::Result<u8>) -> ExitCode {
    match result {
        Ok(status) => ExitCode::from(status),
        Err(error) => messages::failure(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::check_clock;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_clock_beyond_the_year_9999_is_refused_with_one_line() {
        let year = Duration::from_secs(365 * 24 * 3600);
        let at = |years: u32| check_clock(SystemTime::UNIX_EPOCH + year * years);
        assert!(at(60).is_ok());
        let line = at(9000).expect_err("too late").to_string();
        assert!(line.starts_with("the clock of this machine is wrong") && !line.contains('\n'), "{line}");
    }
}
