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
    if let Err(error) = jiff::Timestamp::try_from(std::time::SystemTime::now()) {
        return messages::failure(&anyhow::anyhow!("the clock of this machine is wrong ({error}); set it"));
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

fn ended(result: anyhow::Result<u8>) -> ExitCode {
    match result {
        Ok(status) => ExitCode::from(status),
        Err(error) => messages::failure(&error),
    }
}
