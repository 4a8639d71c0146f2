//! From arguments as typed to the library's options, every value checked: the only file that knows both.

use super::gate::Gate;
use super::messages::Verbosity;
use super::report_args::{
    Colour, CommonArgs, Format, GranularityArg, JudgementArgs, ReadingArgs, RenderArgs,
};
use anyhow::{Result, anyhow, bail};
use pprof_leaks::input::{Fetcher, Limits, parse_bytes, parse_duration, parse_rate};
use pprof_leaks::pipeline::Options;
use pprof_leaks::report::{HtmlOptions, LinkBase, MarkdownOptions, SourceLinks, TerminalOptions};
use pprof_leaks::series::{Granularity, SiteOptions};
use pprof_leaks::source::{AtHand, Sources};
use pprof_leaks::suspects::{Criteria, HeapMetric};
use regex::Regex;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Columns where nothing says how wide the output is.
const DEFAULT_WIDTH: usize = 100;

/// Everything a report needs, resolved.
pub(super) struct Settings {
    pub(super) options: Options,
    pub(super) limits: Limits,
    pub(super) fetcher: Fetcher,
    pub(super) rendering: Rendering,
}

impl Settings {
    pub(super) fn of(args: &CommonArgs) -> Result<Settings> {
        let format = args.rendering.format();
        let full = format.needs_every_site() || (args.full && format.can_tell_every_site());
        let mut options = judging(&args.judgement, full, args.rendering.output.as_deref())?;
        // Somebody reads the report; a scheduled round that finds nothing writes none.
        options.criteria.plants = true;
        options.criteria.must_detect = args.must_detect.as_deref().map(rate).transpose()?;
        if !args.no_source && args.judgement.source.is_empty() {
            let here = std::env::current_dir().ok();
            options.at_hand = here.and_then(|here| AtHand::around(&here)).map(Arc::new);
        }
        let mut rendering = Rendering::of(&args.rendering, &args.judgement.source)?;
        rendering.gate.must_detect = args.must_detect.is_some();
        Ok(Settings {
            options,
            limits: limits(&args.reading, format.tells_digests())?,
            fetcher: fetcher(&args.reading)?,
            rendering,
        })
    }
}

/// The bounds on what is read.
fn limits(args: &ReadingArgs, digests: bool) -> Result<Limits> {
    let string_bytes = size("--max-string-bytes", &args.max_string_bytes)?;
    Ok(Limits {
        inflated_bytes: size("--max-input-bytes", &args.max_input_bytes)?,
        samples: args.max_samples,
        depth: args.max_depth,
        string_bytes: usize::try_from(string_bytes).unwrap_or(usize::MAX),
        digests,
        values: Limits::default().values.max(args.max_samples.saturating_mul(VALUES)),
        ..Limits::default()
    })
}

fn fetcher(args: &ReadingArgs) -> Result<Fetcher> {
    if args.timeout == 0 {
        bail!("--timeout: 0 seconds would give up on every URL at once");
    }
    Fetcher::new(&headers(&args.headers)?, Duration::from_secs(args.timeout))
        .map_err(|error| anyhow!("--header: {error}"))
}

/// Headers as they were typed, and those in files that were named with `@`, one a line, as curl reads them.
pub(super) fn headers(typed: &[String]) -> Result<Vec<String>> {
    let mut headers = Vec::new();
    for header in typed {
        let Some(file) = header.strip_prefix('@') else {
            headers.push(header.clone());
            continue;
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| anyhow!("--header: {file} cannot be read ({error}); it has a header a line"))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        headers.extend(lines.map(str::to_owned));
    }
    Ok(headers)
}

/// What growth is judged by, resolved. `output` is the file that the report goes to, which must not be the baseline.
pub(super) fn judging(args: &JudgementArgs, full: bool, output: Option<&Path>) -> Result<Options> {
    Ok(Options {
        sites: SiteOptions {
            granularity: match args.granularity {
                GranularityArg::Function => Granularity::Function,
                GranularityArg::Line => Granularity::Line,
                GranularityArg::Address => Granularity::Address,
            },
            focus: pattern("--focus", args.focus.as_deref())?,
            ignore: pattern("--ignore", args.ignore.as_deref())?,
            own: pattern("--own", args.own.as_deref())?,
        },
        criteria: Criteria {
            min_growth: size("--min-growth", &args.min_growth)? as f64,
            metric: metric(&args.sample_type)?,
            ..Criteria::default()
        },
        memory_limit: args.memory_limit.as_deref().map(memory_limit).transpose()?,
        full,
        baseline: args.baseline.as_deref().map(|path| super::baseline::read(path, output)).transpose()?,
        source: match args.source.as_slice() {
            [] => None,
            folders => Some(Arc::new(Mutex::new(Sources::open(folders, args.goroot.as_deref())?))),
        },
        ..Options::default()
    })
}

/// Values that samples have where more of them are allowed; real profiles have four at most.
pub(super) const VALUES: usize = 8;

/// The runtime of Go alone takes more before `main` runs, so a smaller limit is a number whose unit was forgotten.
const LEAST_MEMORY_LIMIT: u64 = 1 << 20;

fn memory_limit(text: &str) -> Result<f64> {
    let bytes = size("--memory-limit", text)?;
    if bytes < LEAST_MEMORY_LIMIT {
        bail!(
            "--memory-limit: `{text}` is less than any Go process takes; write it with its unit, like 512MiB"
        );
    }
    Ok(bytes as f64)
}

/// A size as typed behind a flag.
pub(super) fn size(flag: &str, text: &str) -> Result<u64> {
    parse_bytes(text)
        .ok_or_else(|| anyhow!("{flag}: `{text}` is not a size; write it like 10MiB, 512KiB or 1000000"))
}

fn rate(text: &str) -> Result<f64> {
    parse_rate(text)
        .ok_or_else(|| anyhow!("--must-detect: `{text}` is not a rate; write it like 12MiB/day or 1GiB/h"))
}

/// A time as typed behind a flag; none is no time.
pub(super) fn duration(flag: &str, text: &str) -> Result<Duration> {
    parse_duration(text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| anyhow!("{flag}: `{text}` is not a duration; write it like 90s, 5m, 48h or 14d"))
}

pub(super) fn pattern(flag: &str, text: Option<&str>) -> Result<Option<Regex>> {
    text.map(|text| {
        Regex::new(text).map_err(|error| {
            anyhow!("{flag}: `{text}` is not a regular expression: {}", what_is_wrong(&error))
        })
    })
    .transpose()
}

/// The last line of the message; those before it draw a picture of the expression.
fn what_is_wrong(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

fn metric(name: &str) -> Result<HeapMetric> {
    HeapMetric::ALL.into_iter().find(|metric| metric.name() == name).ok_or_else(|| {
        let names = HeapMetric::ALL.map(HeapMetric::name).join(", ");
        anyhow!("--sample-type: there is no `{name}`; choose one of {names}")
    })
}

/// Bytes that hold a verdict and a word on what was cut.
const LEAST_BYTES: u64 = 2000;

/// How a report is written, and what the run says besides.
pub(super) struct Rendering {
    pub(super) format: Format,
    /// Whether only the most important is written, as JSON.
    pub(super) brief: bool,
    pub(super) terminal: TerminalOptions,
    pub(super) markdown: MarkdownOptions,
    pub(super) html: HtmlOptions,
    /// What fails the run.
    pub(super) gate: Gate,
    /// Whether the page is opened in the browser.
    pub(super) open: bool,
    pub(super) verbosity: Verbosity,
}

impl Rendering {
    /// Refuses what only a report on one series has.
    pub(super) fn refuse_brief(&self, of: &str) -> Result<()> {
        match self.brief {
            true => bail!("--brief: {of} has no brief form; leave it out"),
            false => Ok(()),
        }
    }

    /// `sources` are folders in which links to source may lead.
    pub(super) fn of(args: &RenderArgs, sources: &[PathBuf]) -> Result<Rendering> {
        if let Some(file) = args.of_unknown_ending() {
            bail!(
                "-o {}: no report ends so; name a file that ends in .md, .html, .json, .sarif, .dot, .pb.gz or .txt, or give --format",
                file.display()
            );
        }
        let format = args.format();
        if format.is_for_a_file() && args.output.is_none() && !args.open && std::io::stdout().is_terminal() {
            match format {
                Format::Pprof => bail!(
                    "--format pprof: a profile is no text for a terminal; name a file with -o growth.pb.gz"
                ),
                _ => bail!(
                    "--format html: a page is no text for a terminal; name a file with -o leak.html, or give --open"
                ),
            }
        }
        if args.open && format != Format::Html {
            bail!(
                "--open: only a page opens in the browser; give --format html, or a file that ends in .html"
            );
        }
        if args.brief && format != Format::Json {
            bail!("--brief: only JSON has a brief form; give --format json, or a file that ends in .json");
        }
        let text = &args.max_bytes;
        let max_bytes = parse_bytes(text)
            .filter(|bytes| *bytes >= LEAST_BYTES)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .ok_or_else(|| {
                anyhow!("--max-bytes: `{text}` is no size of {LEAST_BYTES} or more; write it like 60000")
            })?;
        let link_base = args.link_base.as_deref().map(LinkBase::new).transpose();
        let link_base = link_base.map_err(|error| anyhow!("--link-base: {error}"))?;
        let to_file = args.output.is_some();
        Ok(Rendering {
            format,
            brief: args.brief,
            terminal: TerminalOptions {
                width: if to_file { asked_width().unwrap_or(DEFAULT_WIDTH) } else { width() },
                colour: is_coloured(args.color, to_file),
                top: args.top,
                details: args.details,
                next: None,
                links: (!to_file && follows_links()).then(|| SourceLinks::new(sources)),
            },
            markdown: MarkdownOptions { top: args.top, max_bytes, link_base: link_base.clone() },
            html: HtmlOptions { link_base },
            gate: Gate { fail_on: args.fail_on, must_detect: false },
            open: args.open,
            verbosity: match (args.quiet, args.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, true) => Verbosity::Verbose,
                _ => Verbosity::Normal,
            },
        })
    }
}

/// The columns of standard output: of its terminal, else as the environment says.
pub(super) fn width() -> usize {
    let stdout = std::io::stdout();
    let measured = if stdout.is_terminal() { terminal_size::terminal_size_of(&stdout) } else { None };
    let measured = measured.map(|(width, _)| usize::from(width.0).clamp(40, 250));
    measured.or_else(asked_width).unwrap_or(DEFAULT_WIDTH)
}

/// The columns of the terminal that standard error is, if it is one.
pub(super) fn width_of_stderr() -> Option<usize> {
    let stderr = std::io::stderr();
    let measured = if stderr.is_terminal() { terminal_size::terminal_size_of(&stderr) } else { None };
    measured.map(|(width, _)| usize::from(width.0))
}

fn asked_width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok()?.parse::<usize>().ok()?;
    Some(columns.clamp(40, 250))
}

/// Whether standard output is a terminal that is known to follow links.
fn follows_links() -> bool {
    std::io::stdout().is_terminal() && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

/// Whether what is written is coloured: as asked, else on a terminal; NO_COLOR and CLICOLOR_FORCE are heard where nothing was asked.
pub(super) fn is_coloured(asked: Colour, to_file: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match asked {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if is_set("NO_COLOR") => false,
        Colour::Auto => !to_file && (std::io::stdout().is_terminal() || is_set("CLICOLOR_FORCE")),
    }
}
