//! The arguments of `pull`, as typed.

use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

const PULL_HELP: &str = "\
For services that a continuous profiler watches already: what it keeps becomes a store as `collect` fills it, which `trend`, `report`, \
`fleet` and every pprof tool read. Of each step the latest heap and goroutine profile of each process is taken, as it was. Steps are \
whole ones of the calendar, and what the store has already is not fetched again: run it from cron with --from twice as long as \
the pause between runs.

Such profilers keep no sizes of objects, and Pyroscope no count of all allocations, so the report says less than one of snapshots that `collect` \
took, and no heap suspect is above medium. Processes are distinguished by the first of the labels pod, service_instance_id, instance and \
hostname that all series of a service have. Where there is none the snapshots are averages over all processes, and say so.

Examples:
  pprof-leaks pull pyroscope http://pyroscope:4040 --query '{service_name=\"shop\"}' --store snapshots
  pprof-leaks pull parca https://parca:7070 --query '{job=\"shop\"}' --from 7d --step 1h --store snapshots
  pprof-leaks fleet snapshots

Exit status: 0 done; 2 the run failed: what was stored before is safe, and another run goes on from there.";

#[derive(Debug, ClapArgs)]
#[command(after_help = PULL_HELP)]
pub(super) struct PullArgs {
    /// What is asked
    #[arg(value_enum, value_name = "PROFILER")]
    pub(super) profiler: ProfilerArg,
    /// Its address, with its path if it has one
    #[arg(value_name = "URL")]
    pub(super) url: String,
    /// Which series: label matchers in braces, as in '{service_name="shop"}'
    #[arg(long, value_name = "SELECTOR")]
    pub(super) query: String,
    /// From when on: a time (RFC 3339, as in 2026-11-23T21:00:00Z), or so long ago (as in 24h, 7d)
    #[arg(long, value_name = "TIME", default_value = "24h")]
    pub(super) from: String,
    /// Until when: the same (default: now)
    #[arg(long, value_name = "TIME")]
    pub(super) to: Option<String>,
    /// One snapshot of each process in so long
    #[arg(long, value_name = "DURATION", default_value = "5m")]
    pub(super) step: String,
    /// The folder of the snapshots
    #[arg(long, value_name = "DIR")]
    pub(super) store: PathBuf,
    /// The job that all belong to (default: their label service_name in Pyroscope, job in Parca)
    #[arg(long, value_name = "NAME")]
    pub(super) job: Option<String>,
    /// The label that tells processes apart (default: the first of those named below that all series of a service have)
    #[arg(long, value_name = "LABEL")]
    pub(super) instance_label: Option<String>,

    /// A header of every request, as in -H 'X-Scope-OrgID: 1', or -H @FILE for a file with one a line, which keeps secrets out of the
    /// list of processes (repeatable)
    #[arg(short = 'H', long = "header", value_name = "HEADER", help_heading = "Requests")]
    pub(super) headers: Vec<String>,
    /// A file with a bearer token
    #[arg(long, value_name = "FILE", help_heading = "Requests")]
    pub(super) bearer_token_file: Option<PathBuf>,
    /// Certificates (PEM) to trust instead of the public authorities
    #[arg(long, value_name = "FILE", help_heading = "Requests")]
    pub(super) ca_file: Option<PathBuf>,
    /// The longest time for one answer
    #[arg(long, value_name = "DURATION", default_value = "60s", help_heading = "Requests")]
    pub(super) timeout: String,
    /// The largest answer
    #[arg(long, value_name = "BYTES", default_value = "128MiB", help_heading = "Requests")]
    pub(super) max_bytes: String,
    /// Processes asked for at the same time
    #[arg(long, value_name = "N", default_value_t = 4, help_heading = "Requests")]
    pub(super) concurrency: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfilerArg {
    /// Grafana Pyroscope
    Pyroscope,
    /// Parca
    Parca,
}
