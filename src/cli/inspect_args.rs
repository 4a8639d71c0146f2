//! The arguments of `inspect` as typed.

use super::report_args::CommonArgs;
use clap::Args as ClapArgs;

const INSPECT_HELP: &str = "\
Give one snapshot, or one of each kind: a heap profile, a goroutine profile or dump, a goroutineleak profile, or a folder that \
holds them. It says who allocated what is live, what goroutines wait for and for how long, who may hold the lock that \
they wait for, and which cause it would be if it grows. Whether it grows, one snapshot does not show; the report ends \
with what to take next.

Examples:
  pprof-leaks inspect goroutine.txt
  pprof-leaks inspect heap.pb.gz goroutine.txt --source . --format markdown -o ticket.md
  pprof-leaks inspect 'http://localhost:6060/debug/pprof/goroutine?debug=2' --details

Exit status: 0 done; 2 the run failed, nothing on standard output; 3 the report is complete but some inputs were \
unusable.";

#[derive(Debug, ClapArgs)]
#[command(
    after_help = INSPECT_HELP,
    mut_arg("top", |arg| arg.help("Places of each kind that are shown")),
    // These concern growth.
    mut_arg("fail_on", |arg| arg.hide(true)),
    mut_arg("full", |arg| arg.hide(true)),
    mut_arg("min_growth", |arg| arg.hide(true)),
    mut_arg("memory_limit", |arg| arg.hide(true)),
    mut_arg("sample_type", |arg| arg.hide(true)),
    mut_arg("baseline", |arg| arg.hide(true))
)]
pub(super) struct InspectArgs {
    /// The snapshot, one of each kind at most, or a folder of them
    #[arg(required = true, value_name = "FILE")]
    pub(super) snapshots: Vec<String>,

    #[command(flatten)]
    pub(super) common: CommonArgs,
}
