//! The options that reports and judgements of all commands share, as typed.

use super::gate::FailOn;
use clap::{Args as ClapArgs, ValueEnum};
use pprof_leaks::input::Limits;
use std::path::{Path, PathBuf};

/// How a report is written.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Report")]
pub(super) struct RenderArgs {
    /// How the report is written (default: by the ending of the file of -o, else terminal)
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the report to a file: .md, .html, .json, .sarif, .dot and .pb.gz choose the format
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// With --format json: only verdict, places, rates, causes and advice, in at most 4 KB, for programs and agents
    #[arg(long)]
    pub(super) brief: bool,
    /// The whole report on the terminal: evidence, stacks, memory ledger, inputs
    #[arg(long)]
    pub(super) details: bool,
    /// Open the page in the browser (HTML; without -o in a file that is named)
    #[arg(long)]
    pub(super) open: bool,
    /// Whether the terminal report is coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    pub(super) color: Colour,
    /// Suspects shown in full
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        allow_negative_numbers = true,
        hide_short_help = true
    )]
    pub(super) top: usize,
    /// The most bytes of a markdown report; suspects that do not fit are left out from the end (GitHub takes 65,536
    /// characters)
    #[arg(
        long,
        value_name = "BYTES",
        default_value = "60000",
        allow_negative_numbers = true,
        hide_short_help = true
    )]
    pub(super) max_bytes: String,
    /// Where the source of this build is read in a browser, for links from HTML and markdown, as in
    /// https://github.com/acme/shop/blob/COMMIT
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub(super) link_base: Option<String>,
    /// Exit with status 1 if a suspect is at least this sure; `inconclusive`: unless the verdict is clean
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub(super) fail_on: Option<FailOn>,
    /// Only errors on standard error: no warnings, no progress
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say on standard error what was read and how long it took
    #[arg(short, long)]
    pub(super) verbose: bool,
}

impl RenderArgs {
    /// The file to write, if no format is asked for and its ending stands for none.
    pub(super) fn of_unknown_ending(&self) -> Option<&Path> {
        let file = self.output.as_deref().filter(|_| self.format.is_none() && !self.open)?;
        (Format::by_ending(file).is_none() && !Format::is_text(file)).then_some(file)
    }

    /// The format that was asked for, by name or by the ending of the file.
    pub(super) fn format(&self) -> Format {
        let by_ending = || Format::by_ending(self.output.as_deref()?);
        let by_default = if self.open { Format::Html } else { Format::Terminal };
        self.format.or_else(by_ending).unwrap_or(by_default)
    }
}

/// The options that all judgements have.
#[derive(Debug, ClapArgs)]
pub(super) struct CommonArgs {
    #[command(flatten)]
    pub(super) rendering: RenderArgs,
    /// Include the growth of every site, not only the suspects' (in JSON)
    #[arg(long, hide_short_help = true, help_heading = "Report")]
    pub(super) full: bool,

    /// The smallest leak that has to be ruled out before anything is called clean, as in 12MiB/day or 1GiB/h. Exit status: 1 a suspect
    /// of medium confidence (or as --fail-on says), 0 none, 4 it could not be seen
    #[arg(long, value_name = "RATE", help_heading = "Judgement")]
    pub(super) must_detect: Option<String>,

    /// Do not read the source of the working directory, which is read where it is the module of the program
    #[arg(long, help_heading = "Judgement", conflicts_with = "source")]
    pub(super) no_source: bool,

    #[command(flatten)]
    pub(super) judgement: JudgementArgs,

    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

/// How inputs are fetched, and the bounds on what is read.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Inputs")]
pub(super) struct ReadingArgs {
    /// A header to send to URLs, as in -H 'Authorization: Bearer ...', or -H @FILE for a file with one a line, which keeps secrets out of
    /// the list of processes (repeatable)
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    pub(super) headers: Vec<String>,
    /// Seconds after which a URL is given up
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        allow_negative_numbers = true,
        hide_short_help = true
    )]
    pub(super) timeout: u64,
    /// The largest input after inflating
    #[arg(
        long,
        value_name = "BYTES",
        default_value = "1GiB",
        allow_negative_numbers = true,
        hide_short_help = true
    )]
    pub(super) max_input_bytes: String,
    /// The most samples of an input
    #[arg(long, value_name = "N", default_value_t = Limits::default().samples, hide_short_help = true)]
    pub(super) max_samples: usize,
    /// The most frames on one stack
    #[arg(long, value_name = "N", default_value_t = Limits::default().depth, hide_short_help = true)]
    pub(super) max_depth: usize,
    /// The longest name, path or label
    #[arg(
        long,
        value_name = "BYTES",
        default_value = "16MiB",
        allow_negative_numbers = true,
        hide_short_help = true
    )]
    pub(super) max_string_bytes: String,
}

/// How growth is judged.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Judgement")]
pub(super) struct JudgementArgs {
    /// Growth a day below which a suspect does not matter
    #[arg(long, value_name = "BYTES", default_value = "10MiB", allow_negative_numbers = true)]
    pub(super) min_growth: String,
    /// The memory limit of the process (as GOMEMLIMIT has it), to say when the live heap reaches it
    #[arg(long, value_name = "BYTES")]
    pub(super) memory_limit: Option<String>,
    /// The heap column to show: inuse_space, inuse_objects, alloc_space or alloc_objects; the judgement is always on
    /// live memory
    #[arg(long, value_name = "TYPE", default_value = "inuse_space", hide_short_help = true)]
    pub(super) sample_type: String,
    /// How sites are summed into suspects: all lines of a function, single lines, or single call paths by address
    #[arg(long, value_enum, default_value_t = GranularityArg::Function, hide_short_help = true)]
    pub(super) granularity: GranularityArg,
    /// Keep only stacks with a function or file that matches
    #[arg(long, value_name = "REGEX")]
    pub(super) focus: Option<String>,
    /// Leave out stacks with a function or file that matches
    #[arg(long, value_name = "REGEX")]
    pub(super) ignore: Option<String>,

    /// The user's own code, which is blamed first: functions or files that match (default: known by file paths)
    #[arg(long, value_name = "REGEX")]
    pub(super) own: Option<String>,
    /// A folder with the Go source of the running build, to read what the blamed lines do (repeatable; default: the working
    /// directory, where it is the module of the program)
    #[arg(long, value_name = "DIR")]
    pub(super) source: Vec<PathBuf>,
    /// Go's own source, for frames of the standard library (the folder that `go env GOROOT` prints)
    #[arg(long, value_name = "DIR", requires = "source", hide_short_help = true)]
    pub(super) goroot: Option<PathBuf>,

    /// Accepted suspects by fingerprint (TOML); they are listed at the end and do not count
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables and text for people
    Terminal,
    /// For the incident ticket
    Markdown,
    /// For other programs; follows a published schema
    Json,
    /// One page for the browser, which needs nothing else
    Html,
    /// Growth as a profile for `go tool pprof` (binary: use -o FILE)
    Pprof,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// The growth graph, for graphviz
    Dot,
}

impl Format {
    /// The format that the ending of a file stands for, if it does.
    fn by_ending(file: &Path) -> Option<Format> {
        let name = file.file_name()?.to_string_lossy().to_ascii_lowercase();
        let endings = [
            (".md", Format::Markdown),
            (".markdown", Format::Markdown),
            (".html", Format::Html),
            (".htm", Format::Html),
            (".json", Format::Json),
            (".sarif", Format::Sarif),
            (".dot", Format::Dot),
            (".gv", Format::Dot),
            (".pb.gz", Format::Pprof),
            (".pprof", Format::Pprof),
        ];
        endings.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| format)
    }

    /// Whether a file of this name is to hold text, as far as its ending says.
    fn is_text(file: &Path) -> bool {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        ending.is_none_or(|ending| ["txt", "text", "log", "out"].contains(&ending.as_str()))
    }

    /// Whether it is a page or bytes that a terminal cannot show.
    pub(super) fn is_for_a_file(self) -> bool {
        matches!(self, Format::Html | Format::Pprof)
    }

    /// Whether only one series is written in it, no comparison and no overview of several.
    pub(super) fn is_of_one_series(self) -> bool {
        match self {
            Format::Terminal | Format::Markdown | Format::Json | Format::Html => false,
            Format::Pprof | Format::Sarif | Format::Dot => true,
        }
    }

    /// Whether it tells of every site, not only of the suspects'.
    pub(super) fn needs_every_site(self) -> bool {
        matches!(self, Format::Html | Format::Pprof | Format::Dot)
    }

    /// Whether it tells the SHA-256 of the inputs.
    pub(super) fn tells_digests(self) -> bool {
        matches!(self, Format::Markdown | Format::Json | Format::Html)
    }

    /// Whether it tells of every site where `--full` asks for it.
    pub(super) fn can_tell_every_site(self) -> bool {
        self.needs_every_site() || matches!(self, Format::Json)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR says no; elsewhere if CLICOLOR_FORCE says yes
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum GranularityArg {
    Function,
    Line,
    Address,
}
