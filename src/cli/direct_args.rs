//! The arguments of `pprof-leaks PLACE...`, the form that needs no command.

use super::report_args::CommonArgs;
use clap::Args as ClapArgs;
use std::path::PathBuf;

/// What is given where no command is.
#[derive(Debug, ClapArgs)]
pub(super) struct DirectArgs {
    /// A live service (HOST:PORT, or a URL with or without /debug/pprof), several of them, one snapshot, two to compare, a folder of
    /// snapshots, or a store
    #[arg(value_name = "PLACE")]
    pub(super) places: Vec<String>,

    #[command(flatten)]
    pub(super) live: LiveArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// How a live service is watched.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Live services")]
pub(super) struct LiveArgs {
    /// How long to watch; it ends sooner when a leak is sure
    #[arg(long = "for", value_name = "DURATION", default_value = "2m")]
    pub(super) time: String,
    /// The time from one snapshot to the next
    #[arg(long, value_name = "DURATION", default_value = "10s")]
    pub(super) every: String,
    /// The folder in which the snapshots are kept, each run in one of its own
    #[arg(long, value_name = "DIR", default_value = "pprof-leaks-snapshots")]
    pub(super) store: PathBuf,
    /// Compare with the snapshots in a folder from before a change: is the leak fixed?
    #[arg(long, value_name = "FOLDER")]
    pub(super) compare: Option<String>,
    /// Do not force a garbage collection before each look at the heap
    #[arg(long)]
    pub(super) no_gc: bool,
}
