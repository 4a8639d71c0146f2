//! The arguments of `fleet`, as typed.

use super::report_args::{JudgementArgs, RenderArgs};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use std::path::PathBuf;

const FLEET_HELP: &str = "\
A store has the snapshots of each process as JOB/INSTANCE/KIND/TIME.pb.gz, as `collect --store` and `watch` write them. Each \
instance is judged as `trend STORE/JOB/INSTANCE` does it, on all cores, and what they say is pooled by job: a leak too small for \
any process shows in many, one in a few of them is not drowned by the others, and the build that brought it is named. With \
--memory-limit a service that leaks has a restart interval until it is fixed. What an instance says is kept beside its snapshots, \
and not computed again as long as they stay the same.

Examples:
  pprof-leaks fleet /var/lib/pprof-leaks
  pprof-leaks fleet store-eu/ store-us/ --since 7d --job '^shop' -o fleet.html
  pprof-leaks fleet evidence /var/lib/pprof-leaks | pprof-leaks fleet pool | pprof-leaks fleet report -

Exit status: 0 done; 1 a suspect at or above --fail-on; 2 the run failed, nothing on standard output; 3 the report is complete but \
some inputs were unusable (1 wins over 3).";

#[derive(Debug, ClapArgs)]
#[command(after_help = FLEET_HELP, args_conflicts_with_subcommands = true)]
pub(super) struct FleetArgs {
    #[command(subcommand)]
    pub(super) step: Option<FleetStep>,
    #[command(flatten)]
    pub(super) all: FleetAllArgs,
}

#[derive(Debug, ClapArgs)]
pub(super) struct FleetAllArgs {
    /// Stores of snapshots
    #[arg(value_name = "STORE", required = true)]
    pub(super) stores: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) chosen: ChosenArgs,
    #[command(flatten)]
    pub(super) rendering: RenderArgs,
    #[command(flatten)]
    pub(super) judgement: JudgementArgs,
}

/// What of the stores is judged.
#[derive(Debug, ClapArgs)]
pub(super) struct ChosenArgs {
    /// Only snapshots taken in this time before the latest one of all (as in 24h, 7d)
    #[arg(long, value_name = "DURATION")]
    pub(super) since: Option<String>,
    /// Only services whose name matches
    #[arg(long, value_name = "REGEX")]
    pub(super) job: Option<String>,
    /// Judge every instance anew, and keep nothing beside the snapshots
    #[arg(long)]
    pub(super) anew: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum FleetStep {
    /// The first step, for other engines: the snapshots of instances become rows of evidence on standard output.
    Evidence(Box<EvidenceArgs>),
    /// The second step: rows of evidence on standard input, sorted by job, instance and seq, become an answer a job.
    Pool(PoolArgs),
    /// The last step: answers become the report.
    Report(FleetReportArgs),
}

#[derive(Debug, ClapArgs)]
pub(super) struct EvidenceArgs {
    /// Stores of snapshots; without any, snapshots are read from standard input as Arrow IPC
    #[arg(value_name = "STORE")]
    pub(super) stores: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) chosen: ChosenArgs,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Rows::default())]
    pub(super) rows: Rows,
    #[command(flatten)]
    pub(super) judgement: JudgementArgs,
}

#[derive(Debug, ClapArgs)]
pub(super) struct PoolArgs {
    /// How rows are read, and answers written
    #[arg(long, value_enum, default_value_t = Rows::default())]
    pub(super) rows: Rows,
    /// Growth a day, of all instances together, below which a suspect does not matter
    #[arg(long, value_name = "BYTES", default_value = "10MiB", allow_negative_numbers = true)]
    pub(super) min_growth: String,
}

#[derive(Debug, ClapArgs)]
pub(super) struct FleetReportArgs {
    /// A file of answers, one JSON object a line, as `fleet pool` writes them; `-` for standard input
    #[arg(value_name = "FILE")]
    pub(super) answers: String,
    #[command(flatten)]
    pub(super) rendering: RenderArgs,
}

/// The form of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Rows {
    /// One JSON object a line
    #[default]
    Json,
    /// An Arrow IPC stream (where the program was built with the feature `fleet`)
    Arrow,
}
