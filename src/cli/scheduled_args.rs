//! The arguments of the scheduled job and of its store, as typed.

use super::gate::confidence;
use super::report_args::JudgementArgs;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use pprof_leaks::input::Limits;
use pprof_leaks::suspects::Confidence;
use std::path::PathBuf;

const COLLECT_HELP: &str = "\
A target is HOST:PORT, or a URL of the service, of its /debug/pprof, or of one profile. Each answer becomes a file that \
every pprof tool can open, STORE/JOB/INSTANCE/KIND/TIME.pb.gz; `pprof-leaks trend STORE/JOB/INSTANCE` judges them.

Examples:
  pprof-leaks collect localhost:6060 --store snapshots
  pprof-leaks collect --file-sd 'targets/*.json' --store /var/lib/pprof-leaks
  pprof-leaks collect --config /etc/pprof-leaks.toml --fail-on high

Exit status: 0 done; 1 a suspect at or above --fail-on; 2 nothing could be stored; 3 some targets could not be scraped.";

#[derive(Debug, ClapArgs)]
#[command(after_help = COLLECT_HELP)]
pub(super) struct CollectArgs {
    #[command(flatten)]
    pub(super) scheduled: ScheduledArgs,
    /// Judge each instance after the round, as watch does; --fail-on, --alertmanager and --webhook imply it
    #[arg(long)]
    pub(super) judge: bool,
}

const WATCH_HELP: &str = "\
In each round every target is asked once, a new one at once and from then on at its own moment of the interval. An instance with new snapshots \
is judged as soon as they are there, as `pprof-leaks trend STORE/JOB/INSTANCE --last 24h` judges it. A suspect of high confidence is reported once, \
again when it has doubled, and once when it is gone: as a warning in the log, as a report file in \
STORE/reports, and to the receivers. The address of --listen serves a page with all processes, and their reports. SIGTERM ends it within five seconds; what was reported is remembered.

Examples:
  pprof-leaks watch localhost:6060 --store snapshots --every 1m
  pprof-leaks watch --config /etc/pprof-leaks.toml --alertmanager http://alertmanager:9093

Exit status: 0 stopped; 1 stopped, and the last round saw a suspect at or above --fail-on; 2 the run failed.";

#[derive(Debug, ClapArgs)]
#[command(after_help = WATCH_HELP)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    pub(super) scheduled: ScheduledArgs,
    /// The time from round to round (default: 5m)
    #[arg(long, value_name = "DURATION", help_heading = "Schedule")]
    pub(super) every: Option<String>,
    /// The part of the interval over which targets are asked from the second round on, each at its own moment by a hash of its name; 0s asks all
    /// at once (default: nine tenths)
    #[arg(long, value_name = "DURATION", alias = "jitter", help_heading = "Schedule")]
    pub(super) spread: Option<String>,
    /// Where the page of all processes, their reports, /metrics and /healthz are served; without a host on loopback, `off` for nowhere
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464", help_heading = "Alerts")]
    pub(super) listen: String,
    /// End after so many rounds
    #[arg(long, value_name = "N", help_heading = "Schedule")]
    pub(super) rounds: Option<u64>,
}

/// What both have.
#[derive(Debug, ClapArgs)]
pub(super) struct ScheduledArgs {
    /// The processes to scrape
    #[arg(value_name = "TARGET")]
    pub(super) targets: Vec<String>,
    /// The folder of the snapshots
    #[arg(long, value_name = "DIR", help_heading = "Store")]
    pub(super) store: Option<PathBuf>,
    /// Jobs with credentials, certificates, bounds and receivers (TOML); flags win
    #[arg(long, value_name = "FILE", help_heading = "Targets")]
    pub(super) config: Option<PathBuf>,
    /// Files of targets as Prometheus' file_sd has them (JSON or YAML), read again each round; a * in the name stands for
    /// any text (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Targets")]
    pub(super) file_sd: Vec<PathBuf>,
    /// The job that the targets given here belong to
    #[arg(long, value_name = "NAME", default_value = "pprof", help_heading = "Targets")]
    pub(super) job: String,

    /// A header of every request, as in -H 'X-Scope-OrgID: 1'; keep secrets in the configuration file, out of the list of
    /// processes (repeatable)
    #[arg(short = 'H', long = "header", value_name = "HEADER", help_heading = "Requests")]
    pub(super) headers: Vec<String>,
    /// A file with a bearer token, read again each round
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
    /// The largest answer that is read, after inflating; a larger one is stored and not judged
    #[arg(long, value_name = "BYTES", default_value = "64MiB", help_heading = "Requests")]
    pub(super) max_input_bytes: String,
    /// The most samples of an answer that is read
    #[arg(long, value_name = "N", default_value_t = Limits::of_a_service().samples, help_heading = "Requests")]
    pub(super) max_samples: usize,
    /// Do not force a garbage collection before the heap is looked at
    #[arg(long, help_heading = "Requests")]
    pub(super) no_gc: bool,
    /// From so many goroutines on do not list them one by one, which stops the process meanwhile
    #[arg(long, value_name = "N", default_value_t = 10_000, help_heading = "Requests")]
    pub(super) max_goroutines: u64,
    /// Targets scraped at the same time (default: 32)
    #[arg(long, value_name = "N", help_heading = "Requests")]
    pub(super) concurrency: Option<usize>,

    /// Keep all snapshots for so long (default: 48h)
    #[arg(long, value_name = "DURATION", help_heading = "Store")]
    pub(super) keep_all: Option<String>,
    /// Keep one snapshot an hour for so long (default: 14d)
    #[arg(long, value_name = "DURATION", help_heading = "Store")]
    pub(super) keep_hourly: Option<String>,
    /// The largest size of the store (default: 10GiB)
    #[arg(long, value_name = "BYTES", help_heading = "Store")]
    pub(super) max_store: Option<String>,

    /// Judge the snapshots of this time before the latest
    #[arg(long, value_name = "DURATION", default_value = "24h", help_heading = "Judgement")]
    pub(super) window: String,
    #[command(flatten)]
    pub(super) judgement: JudgementArgs,
    /// Exit with status 1 if a suspect is at least this sure
    #[arg(long, value_parser = confidence(), value_name = "CONFIDENCE", help_heading = "Judgement")]
    pub(super) fail_on: Option<Confidence>,

    /// An Alertmanager to notify, by its root URL (repeatable)
    #[arg(long, value_name = "URL", help_heading = "Alerts")]
    pub(super) alertmanager: Vec<String>,
    /// A URL that is sent each piece of news as JSON (repeatable)
    #[arg(long, value_name = "URL", help_heading = "Alerts")]
    pub(super) webhook: Vec<String>,
    /// Report a suspect again when it is so many times larger
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0, help_heading = "Alerts")]
    pub(super) tell_again: f64,
    /// The least confidence that is reported
    #[arg(long, value_parser = confidence(), value_name = "CONFIDENCE", default_value = Confidence::High.name(), help_heading = "Alerts")]
    pub(super) tell_from: Confidence,
    /// Report what is less than high only when so much of one life of the process was seen, and when it lasts while a quarter
    /// more is seen: after a deploy, caches warm up
    #[arg(long, value_name = "DURATION", default_value = "30m", help_heading = "Alerts")]
    pub(super) unsure_after: String,
    /// The address at which people reach the pages of watch, for links in alerts, as in https://leaks.example.com
    #[arg(long, value_name = "URL", help_heading = "Alerts")]
    pub(super) external_url: Option<String>,

    /// How much is logged, to standard error (default: warn, on a terminal info)
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Log")]
    pub(super) log_level: Option<LogLevel>,
    /// How it is logged
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text, help_heading = "Log")]
    pub(super) log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// One object a line
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogLevel {
    /// What went wrong, and new suspects
    Warn,
    /// One line a round as well
    Info,
    /// One line a target as well
    Debug,
}

const STORE_HELP: &str = "\
Examples:
  pprof-leaks store ls snapshots
  pprof-leaks store verify snapshots
  pprof-leaks store prune snapshots --keep-all 24h --max-store 2GiB";

#[derive(Debug, Subcommand)]
#[command(after_help = STORE_HELP)]
pub(super) enum StoreCommand {
    /// List the instances, with the number of their snapshots, size and times.
    #[command(visible_alias = "list")]
    Ls {
        /// The folder of the store
        store: PathBuf,
    },
    /// Read every snapshot, and list those that are not whole. Exit status 3 if any is not.
    Verify {
        /// The folder of the store
        store: PathBuf,
    },
    /// Remove snapshots that have had their time. The latest of each kind and what open suspects were reported on stay.
    Prune {
        /// The folder of the store
        store: PathBuf,
        /// Keep all snapshots for so long
        #[arg(long, value_name = "DURATION", default_value = "48h")]
        keep_all: String,
        /// Keep one snapshot an hour for so long
        #[arg(long, value_name = "DURATION", default_value = "14d")]
        keep_hourly: String,
        /// The largest size of the store
        #[arg(long, value_name = "BYTES", default_value = "10GiB")]
        max_store: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Read a configuration with all files that it names, and say what would be scraped; nothing is sent.
    Check {
        /// The file
        file: PathBuf,
    },
}
