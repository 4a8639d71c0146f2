//! The commands and their arguments as typed; nothing is looked up or checked here beyond their form.

use super::direct_args::DirectArgs;
use super::fleet_args::FleetArgs;
use super::inspect_args::InspectArgs;
use super::pull_args::PullArgs;
use super::report_args::{CommonArgs, RenderArgs};
use super::scheduled_args::{CollectArgs, ConfigCommand, StoreCommand, WatchArgs};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use pprof_leaks::input::Limits;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  pprof-leaks localhost:6060                     watch a live service for two minutes
  pprof-leaks heap.pb.gz                         what one snapshot shows
  pprof-leaks before.pb.gz after.pb.gz           what grew in between
  pprof-leaks snapshots/ --source . -o leak.md   a series, as a report for the ticket
  pprof-leaks compare before-fix/ after-fix/     did the fix work?
  pprof-leaks explain unbounded-map              what a cause means

Exit status: 0 done; 1 a suspect at or above --fail-on; 2 the run failed, nothing on standard output; 3 the report is \
complete but some inputs were unusable (1 wins over 3); 4 with --must-detect: such a leak could have been missed.

`pprof-leaks COMMAND --help` has the options of a command, and examples.";

#[derive(Debug, Parser)]
#[command(
    name = "pprof-leaks",
    version,
    about = "Finds memory leaks in heap and goroutine profiles of Go services: what leaks, how sure that is, and what to change",
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) direct: DirectArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Explain one snapshot by itself: what is live or waits where, and what it would be if it grows.
    Inspect(Box<InspectArgs>),
    /// Compare two snapshots of one process: which sites grew, how sure that is, whether it matters.
    Diff(Box<DiffArgs>),
    /// Follow one process through many snapshots: which sites grow and keep growing.
    Trend(Box<TrendArgs>),
    /// Did the fix work? Compare two series of one service, from before and after a change: what became of each suspect.
    Compare(Box<CompareArgs>),
    /// Scrape targets once into a store, for cron, systemd timers and CronJobs.
    Collect(Box<CollectArgs>),
    /// Scrape targets on a schedule, judge them after each round, and report suspects.
    Watch(Box<WatchArgs>),
    /// Fill a store from a continuous profiler, Pyroscope or Parca.
    Pull(Box<PullArgs>),
    /// Judge a whole fleet: which services leak, in how many processes, since which build.
    Fleet(Box<FleetArgs>),
    /// List, check or thin a store of snapshots.
    #[command(subcommand)]
    Store(StoreCommand),
    /// Check a configuration file of collect and watch.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write a saved JSON report in another format, without the snapshots; or judge what a store holds.
    Report(ReportArgs),
    /// Explain a cause: what happens, how it is recognised, what looks like it, and an example with its repair.
    Explain(ExplainArgs),
    /// Keep a list of suspects that are accepted, for a reason and until a day.
    #[command(subcommand, after_help = BASELINE_HELP)]
    Baseline(BaselineCommand),
    /// Write the completions of a shell.
    Completions(CompletionsArgs),
    /// Write a page of the manual.
    Man(ManArgs),
}

const COMPARE_HELP: &str = "\
Take the second series from the repaired build, under the same load and at least as long as it says. Each suspect \
of the first series is looked for in the second, by its id and its function, and is

  fixed      the second series would have shown the old rate, and shows none
  better     slower beyond chance, but not gone
  unchanged  the same rate
  worse      faster beyond chance
  too early  the second series could not have shown it yet; the report says how long it takes

Two series of two programs are inconclusive.

Exit status: 0 done; 1 with --fail-on, when a suspect that is at least this sure is unchanged, worse or new; 2 the \
run failed, nothing on standard output; 3 the report is complete but some inputs were unusable (1 wins over 3).

Examples:
  pprof-leaks compare snapshots-v1.41/ snapshots-v1.42/
  pprof-leaks compare before/ after/ --format markdown -o pull-request.md
  pprof-leaks compare before/ after/ --fail-on medium";

#[derive(Debug, ClapArgs)]
#[command(after_help = COMPARE_HELP)]
pub(super) struct CompareArgs {
    /// The folder of snapshots from before the change
    #[arg(value_name = "BEFORE_SERIES")]
    pub(super) before: String,
    /// The folder of snapshots from after it
    #[arg(value_name = "AFTER_SERIES")]
    pub(super) after: String,
    /// The most inputs of a series
    #[arg(long, value_name = "N", default_value_t = Limits::default().inputs)]
    pub(super) max_inputs: usize,

    #[command(flatten)]
    pub(super) common: CommonArgs,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  pprof-leaks completions bash > ~/.local/share/bash-completion/completions/pprof-leaks
  pprof-leaks completions zsh > \"${fpath[1]}/_pprof-leaks\"
  pprof-leaks completions fish > ~/.config/fish/completions/pprof-leaks.fish";

#[derive(Debug, ClapArgs)]
#[command(after_help = COMPLETIONS_HELP)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

const MAN_HELP: &str = "\
Examples:
  pprof-leaks man | man -l -
  pprof-leaks man trend > pprof-leaks-trend.1";

#[derive(Debug, ClapArgs)]
#[command(after_help = MAN_HELP)]
pub(super) struct ManArgs {
    /// The command that the page is about; without one, the program
    pub(super) command: Option<String>,
}

const BASELINE_HELP: &str = "\
Example:
  pprof-leaks trend snapshots/ --format json -o report.json
  pprof-leaks baseline add accepted.toml report.json --fingerprint 5637013b6ce43951 \\
      --reason 'the index is filled once' --owner ann --expires 2027-01-31
  pprof-leaks trend snapshots/ --baseline accepted.toml";

#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Accept suspects of a saved JSON report; the file is made if it is not there, and keeps what is in it. An entry that
    /// is there already is renewed.
    Add(BaselineAddArgs),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = BASELINE_HELP)]
pub(super) struct BaselineAddArgs {
    /// The baseline file
    pub(super) file: PathBuf,
    /// A report saved with --format json
    pub(super) report: PathBuf,
    /// The suspect to accept, by its id (repeatable)
    #[arg(long, value_name = "ID", required_unless_present = "all")]
    pub(super) fingerprint: Vec<String>,
    /// Accept all suspects of the report
    #[arg(long, conflicts_with = "fingerprint")]
    pub(super) all: bool,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// Who answers for that
    #[arg(long, value_name = "WHO")]
    pub(super) owner: String,
    /// The last day on which it is accepted, as in 2027-01-31 (default: for ever)
    #[arg(long, value_name = "DAY")]
    pub(super) expires: Option<String>,
}

const EXPLAIN_HELP: &str = "\
Examples:
  pprof-leaks explain
  pprof-leaks explain unbounded-map
  pprof-leaks explain defer-in-loop --format markdown
  pprof-leaks explain --policy";

#[derive(Debug, ClapArgs)]
#[command(after_help = EXPLAIN_HELP)]
pub(super) struct ExplainArgs {
    /// The id of a rule, as reports give it; without one, all rules are listed
    pub(super) rule: Option<String>,
    /// Explain how it is judged instead: every number, with its reason and the test that holds it
    #[arg(long, conflicts_with = "rule")]
    pub(super) policy: bool,
    /// How the page is written
    #[arg(long, value_enum, default_value_t = ExplainFormat::Terminal)]
    pub(super) format: ExplainFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// Text for people
    Terminal,
    /// The page as it is kept
    Markdown,
}

const DIFF_HELP: &str = "\
Give files, http(s) URLs, `-` for standard input, or folders that hold heap and goroutine snapshots \
together. Profiles are recognised by content: profile.proto (gzipped or not), heap and goroutine text \
(debug=1), goroutine dumps (debug=2), goroutineleak profiles, OpenTelemetry's profiles (OTLP).

Two snapshots prove growth, not that it goes on: a heap-only diff never says more than \"suspicious\". \
Goroutines that the garbage collector proved leaked (goroutineleak) can be a \"leak\".

Examples:
  pprof-leaks diff before.pb.gz after.pb.gz
  pprof-leaks diff before/ after/ --format markdown -o ticket.md
  pprof-leaks diff before.pb.gz 'http://localhost:6060/debug/pprof/heap?gc=1'

Exit status: 0 done; 1 a suspect at or above --fail-on; 2 the run failed, nothing on standard output; \
3 the report is complete but some inputs were unusable (1 wins over 3).";

#[derive(Debug, ClapArgs)]
#[command(after_help = DIFF_HELP)]
pub(super) struct DiffArgs {
    /// The snapshot, or folder of snapshots, taken first
    pub(super) before: String,
    /// The snapshot, or folder of snapshots, taken later
    pub(super) after: String,

    #[command(flatten)]
    pub(super) common: CommonArgs,
}

const TREND_HELP: &str = "\
Give any number of snapshots of one process, heap and goroutine together, in any order, or folders that \
hold them. Each snapshot's own time counts; restarts and deploys are recognised, and all lives of the \
process are judged together. Of thousands of snapshots 256 of a kind, spread evenly over the time, \
enter the statistics; all are searched for restarts and deploys.

From six snapshots on a leak can be called a leak: a share of what is allocated at one place is never \
freed, still so at the end, and no cache, step, sawtooth or load explains it as well.

Examples:
  pprof-leaks trend snapshots/
  pprof-leaks trend heap-*.pb.gz goroutine-*.txt --format markdown -o ticket.md
  pprof-leaks trend snapshots/ --last 2h --fail-on high

Exit status: 0 done; 1 a suspect at or above --fail-on; 2 the run failed, nothing on standard output; \
3 the report is complete but some inputs were unusable (1 wins over 3).";

#[derive(Debug, ClapArgs)]
#[command(after_help = TREND_HELP)]
pub(super) struct TrendArgs {
    /// Snapshots, or folders of snapshots
    #[arg(required = true)]
    pub(super) snapshots: Vec<String>,
    /// Only snapshots taken at or after this time (RFC 3339, as in 2026-11-23T21:00:00Z)
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<String>,
    /// Only snapshots taken in this time before the latest one (as in 90s, 30m, 1h30m, 1d)
    #[arg(long, value_name = "DURATION", conflicts_with = "since")]
    pub(super) last: Option<String>,
    /// Snapshots were taken at quiet points, one after each round of the same work: growth is that of a round, and times do not count
    #[arg(long)]
    pub(super) rounds: bool,
    /// The most inputs, those in folders counted one by one
    #[arg(long, value_name = "N", default_value_t = Limits::default().inputs)]
    pub(super) max_inputs: usize,

    #[command(flatten)]
    pub(super) common: CommonArgs,
}

const REPORT_HELP: &str = "\
A saved report comes out as the run that saved it would have written it, byte for byte. Saved with --full it has \
every site, for the flame graph of the page. Of a store, as `collect` and `watch` fill it, the last 24 hours of one instance are judged.

Examples:
  pprof-leaks trend snapshots/ --full --format json -o report.json
  pprof-leaks report report.json
  pprof-leaks report report.json --format markdown -o ticket.md
  pprof-leaks report /var/lib/pprof-leaks --instance shop/10.0.0.7:6060";

#[derive(Debug, ClapArgs)]
#[command(after_help = REPORT_HELP)]
pub(super) struct ReportArgs {
    /// A report saved with --format json, `-` for standard input, or a store of snapshots
    #[arg(value_name = "FILE|STORE")]
    pub(super) report: String,
    /// Which instance of the store, as `pprof-leaks store ls` names it (needless where there is only one)
    #[arg(long, value_name = "JOB/NAME")]
    pub(super) instance: Option<String>,

    #[command(flatten)]
    pub(super) rendering: RenderArgs,
}
