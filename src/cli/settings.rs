//! From arguments as typed to the library's options, every value checked: the only file that knows both.

use super::args::{CommonArgs, FailOn, Format, GranularityArg, RenderArgs};
use anyhow::{Result, anyhow, bail};
use pprof_leaks::analysis::Options;
use pprof_leaks::input::{Fetcher, Limits};
use pprof_leaks::report::TerminalOptions;
use pprof_leaks::series::{Granularity, SiteOptions};
use pprof_leaks::source::Sources;
use pprof_leaks::suspects::{Baseline, Confidence, Criteria, HeapMetric};
use regex::Regex;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

/// Columns where nothing says how wide the output is.
const DEFAULT_WIDTH: usize = 100;

/// Everything a report needs, resolved.
pub(super) struct Settings {
    pub(super) options: Options,
    pub(super) limits: Limits,
    pub(super) fetcher: Fetcher,
    /// The source to read, if any was given.
    pub(super) sources: Option<Mutex<Sources>>,
    /// What was accepted, if a baseline was given.
    pub(super) baseline: Option<Baseline>,
}

impl Settings {
    pub(super) fn of(args: &CommonArgs) -> Result<Settings> {
        check_place(&args.rendering)?;
        let bytes = |flag: &str, text: &str| {
            parse_bytes(text).ok_or_else(|| {
                anyhow!("{flag}: `{text}` is not a size; write it like 10MiB, 512KiB or 1000000")
            })
        };
        let options = Options {
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
                min_growth: bytes("--min-growth", &args.min_growth)? as f64,
                metric: metric(&args.sample_type)?,
            },
            memory_limit: match &args.memory_limit {
                Some(limit) => Some(bytes("--memory-limit", limit)? as f64),
                None => None,
            },
            full: args.full || args.rendering.format.needs_every_site(),
        };
        let inflated_bytes = bytes("--max-input-bytes", &args.max_input_bytes)?;
        let string_bytes = bytes("--max-string-bytes", &args.max_string_bytes)?;
        if args.timeout == 0 {
            bail!("--timeout: 0 seconds would give up on every URL at once");
        }
        Ok(Settings {
            options,
            limits: Limits {
                inflated_bytes,
                samples: args.max_samples,
                depth: args.max_depth,
                string_bytes: usize::try_from(string_bytes).unwrap_or(usize::MAX),
                values: Limits::default().values.max(args.max_samples.saturating_mul(VALUES)),
                ..Limits::default()
            },
            fetcher: Fetcher::new(&args.headers, Duration::from_secs(args.timeout))
                .map_err(|error| anyhow!("--header: {error}"))?,
            baseline: args
                .baseline
                .as_deref()
                .map(|path| super::baseline::read(path, args.rendering.output.as_deref()))
                .transpose()?,
            sources: match args.source.as_slice() {
                [] => None,
                folders => Some(Mutex::new(Sources::open(folders, args.goroot.as_deref())?)),
            },
        })
    }
}

/// Values that samples have where more of them are allowed; real profiles have four at most.
const VALUES: usize = 8;

/// Fails where the report would be unreadable in the place it goes to.
pub(super) fn check_place(args: &RenderArgs) -> Result<()> {
    if args.format == Format::Pprof && args.output.is_none() && std::io::stdout().is_terminal() {
        bail!("--format pprof: a profile is no text for a terminal; name a file with -o growth.pb.gz");
    }
    Ok(())
}

fn pattern(flag: &str, text: Option<&str>) -> Result<Option<Regex>> {
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

/// A size with an optional unit; KB and KiB are both 1024, as people who type memory sizes mean it.
fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1u64,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        _ => return None,
    };
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    (bytes.is_finite() && bytes < u64::MAX as f64).then_some(bytes as u64)
}

/// The confidence from which on a suspect fails the run.
pub(super) fn threshold(args: &RenderArgs) -> Option<Confidence> {
    args.fail_on.map(|fail_on| match fail_on {
        FailOn::High => Confidence::High,
        FailOn::Medium => Confidence::Medium,
        FailOn::Low => Confidence::Low,
    })
}

/// How the report looks in the terminal it goes to.
pub(super) fn terminal(args: &RenderArgs) -> TerminalOptions {
    let to_file = args.output.is_some();
    TerminalOptions {
        width: if to_file { asked_width().unwrap_or(DEFAULT_WIDTH) } else { width() },
        colour: !to_file && is_coloured(),
        top: args.top,
    }
}

/// The columns of standard output: of its terminal, else as the environment says.
pub(super) fn width() -> usize {
    let stdout = std::io::stdout();
    let measured = if stdout.is_terminal() { terminal_size::terminal_size_of(&stdout) } else { None };
    let measured = measured.map(|(width, _)| usize::from(width.0).clamp(40, 250));
    measured.or_else(asked_width).unwrap_or(DEFAULT_WIDTH)
}

fn asked_width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok()?.parse::<usize>().ok()?;
    Some(columns.clamp(40, 250))
}

/// Whether standard output is a terminal that wants colour.
pub(super) fn is_coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stdout().is_terminal() && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(parse_bytes("10MiB"), Some(10 << 20));
        assert_eq!(parse_bytes("1.5 gb"), Some(3 << 29));
        assert_eq!(parse_bytes("0"), Some(0));
        for wrong in ["", "MiB", "-1", "10 miles", "1e300GiB", "."] {
            assert_eq!(parse_bytes(wrong), None, "{wrong}");
        }
    }
}
