//! `pprof-leaks fleet`: many processes of many services, all at once or in the steps that other engines call.

use super::fleet_args::{
    ChosenArgs, EvidenceArgs, FleetAllArgs, FleetArgs, FleetReportArgs, FleetStep, PoolArgs, Rows,
};
use super::gate::Found;
use super::messages::Verbosity;
use super::output::Output;
use super::progress::Progress;
use super::report_args::Format;
use super::settings::{Rendering, duration, judging, pattern, size};
use anyhow::{Context, Result, bail};
use pprof_leaks::fleet::{
    FleetOptions, FleetReport, JobAnswer, Pool, Row, Work, each_evidence, fleet, fleet_html, fleet_markdown,
    fleet_terminal,
};
use pprof_leaks::input::Limits;
use pprof_leaks::pipeline::Options;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::time::Instant;

/// No line of rows or answers is longer: what has no end must not be read to it.
const LONGEST_LINE: u64 = 256 << 20;
/// What stands before the reason where a step cannot go on.
pub(super) const WRITING: &str = "standard output cannot be written";

/// Runs the command and gives the exit status.
pub(super) fn run(args: &FleetArgs) -> Result<u8> {
    match &args.step {
        None => all(&args.all),
        Some(FleetStep::Evidence(args)) => evidence(args),
        Some(FleetStep::Pool(args)) => pool(args),
        Some(FleetStep::Report(args)) => report(args),
    }
}

/// Both steps and the report.
fn all(args: &FleetAllArgs) -> Result<u8> {
    let output = Output::of(&args.rendering, &[])?;
    let rendering = Rendering::of(&args.rendering, &[])?;
    check(rendering.format)?;
    let options = options(&args.chosen, judging(&args.judgement, false, args.rendering.output.as_deref())?)?;
    let started = Instant::now();
    let mut progress = Progress::of("instance", rendering.verbosity);
    let outcome = fleet(&args.stores, &options, &mut |done, all| progress.show("judged", done, all));
    drop(progress);
    let (report, work) = outcome?;
    let seconds = started.elapsed().as_secs_f64();
    rendering.verbosity.detail(&format!(
        "{} instances, {} of them known from before; {} snapshots, {} rows of evidence, in {seconds:.1} s",
        work.instances, work.known, work.snapshots, work.rows
    ));
    warn(&work, rendering.verbosity);
    publish(&report, &output, &rendering, !work.problems.is_empty())
}

/// Says what could not be listed.
pub(super) fn warn(work: &Work, verbosity: Verbosity) {
    for problem in &work.problems {
        verbosity.warn(&format!("not judged: {problem}"));
    }
}

/// What is judged, and how.
fn options(args: &ChosenArgs, analysis: Options) -> Result<FleetOptions> {
    let since = args.since.as_deref().map(|since| duration("--since", since)).transpose()?;
    let job = pattern("--job", args.job.as_deref())?;
    Ok(FleetOptions { analysis, limits: Limits::of_a_service(), since, job, anew: args.anew })
}

fn check(format: Format) -> Result<()> {
    if format.is_of_one_series() {
        bail!(
            "--format: a fleet is written as terminal, markdown, json or html; for the other formats give the folder of one \
             instance to `trend`"
        );
    }
    Ok(())
}

/// Writes the report, and gives the exit status.
fn publish(report: &FleetReport, output: &Output, rendering: &Rendering, is_partial: bool) -> Result<u8> {
    let text = match rendering.format {
        Format::Markdown => fleet_markdown(report, rendering.markdown.top),
        Format::Html => fleet_html(report, rendering.markdown.top).context("the page cannot be written")?,
        Format::Json => report.json().context("the report cannot be written as JSON")?,
        Format::Terminal | Format::Pprof | Format::Sarif | Format::Dot => {
            fleet_terminal(report, &rendering.terminal)
        }
    };
    output.publish(text, rendering)?;
    let some_unusable = is_partial || report.is_partial();
    Ok(rendering.gate.status(Found { surest: report.surest(), is_clean: report.is_clean(), some_unusable }))
}

/// The first step.
fn evidence(args: &EvidenceArgs) -> Result<u8> {
    let options = options(&args.chosen, judging(&args.judgement, false, None)?)?;
    if args.stores.is_empty() && options.since.is_some() {
        bail!("--since: which snapshot is the latest of all is known of stores only; send those that count");
    }
    if args.rows == Rows::Arrow {
        return arrow(Step::Evidence(&args.stores, &options));
    }
    if args.stores.is_empty() {
        bail!("give stores of snapshots, or `--rows arrow` and the snapshots on standard input");
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut progress = Progress::of("instance", Verbosity::Normal);
    let work = each_evidence(
        &args.stores,
        &options,
        &mut |done, all| progress.show("judged", done, all),
        &mut |rows| rows.iter().try_for_each(|row| line(&mut out, row)).context(WRITING),
    );
    drop(progress);
    warn(&work?, Verbosity::Normal);
    out.flush().context(WRITING)?;
    Ok(0)
}

/// The second step.
fn pool(args: &PoolArgs) -> Result<u8> {
    let mut pool = Pool::new(size("--min-growth", &args.min_growth)? as f64);
    if args.rows == Rows::Arrow {
        return arrow(Step::Pool(&mut pool));
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut write = |answer: Option<JobAnswer>| match answer {
        Some(answer) => line(&mut out, &answer).context(WRITING),
        None => Ok(()),
    };
    each_line(std::io::stdin().lock(), &mut |number, text| {
        let row: Row = serde_json::from_str(text)
            .with_context(|| format!("standard input, line {number}: this is no row of evidence"))?;
        write(pool.add(&row).with_context(|| format!("standard input, line {number}"))?)
    })?;
    write(pool.finish())?;
    out.flush().context(WRITING)?;
    Ok(0)
}

/// A step with Arrow on standard input and output.
#[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "there is none without Arrow"))]
enum Step<'a> {
    Evidence(&'a [PathBuf], &'a FleetOptions),
    Pool(&'a mut Pool),
}

#[cfg(feature = "fleet")]
fn arrow(step: Step<'_>) -> Result<u8> {
    match step {
        Step::Evidence(stores, options) => super::fleet_arrow::evidence(stores, options),
        Step::Pool(pool) => super::fleet_arrow::pool(pool),
    }
}

#[cfg(not(feature = "fleet"))]
fn arrow(_: Step<'_>) -> Result<u8> {
    bail!(
        "--rows arrow: this program was built without Arrow (`--features fleet` has it); give `--rows json`"
    )
}

/// The last step.
fn report(args: &FleetReportArgs) -> Result<u8> {
    let output = Output::of(&args.rendering, &[&args.answers])?;
    let rendering = Rendering::of(&args.rendering, &[])?;
    check(rendering.format)?;
    let (name, reader): (&str, Box<dyn Read>) = match args.answers.as_str() {
        "-" => ("standard input", Box::new(std::io::stdin().lock())),
        path => (path, Box::new(File::open(path).with_context(|| path.to_owned())?)),
    };
    let mut jobs: Vec<JobAnswer> = Vec::new();
    each_line(reader, &mut |number, text| {
        let answer = serde_json::from_str(text);
        jobs.push(
            answer.with_context(|| format!("{name}, line {number}: this is no answer of `fleet pool`"))?,
        );
        Ok(())
    })?;
    if jobs.is_empty() {
        bail!("{name}: there are no answers in it; `pprof-leaks fleet pool` writes them");
    }
    publish(&FleetReport::of(jobs), &output, &rendering, false)
}

/// Calls `each` with every line that holds anything, and its number.
fn each_line(reader: impl Read, each: &mut dyn FnMut(usize, &str) -> Result<()>) -> Result<()> {
    let mut reader = BufReader::new(reader);
    let mut text = String::new();
    for number in 1.. {
        text.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_line(&mut text);
        if read.with_context(|| format!("line {number} cannot be read"))? == 0 {
            break;
        }
        if !text.trim().is_empty() {
            each(number, text.trim_end())?;
        }
    }
    Ok(())
}

fn line(out: &mut impl Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
