//! The end of every run, and `pprof-leaks report`: the report rendered and written, and the exit status.

use super::args::{Format, RenderArgs, ReportArgs};
use super::baseline::today;
use super::messages;
use super::output::Output;
use super::settings::{Settings, check_place, confidence, terminal};
use anyhow::{Context, Result, bail};
use pprof_leaks::analysis::{Analysis, Incomparable};
use pprof_leaks::input::InputError;
use pprof_leaks::profile::{Notice, NoticeCode};
use pprof_leaks::report::{
    Document, NotAReport, build_document, dot, json, markdown, pprof, read_json, sarif,
};
use pprof_leaks::suspects::Confidence;
use std::fs::File;
use std::io::Read;

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;

/// No saved report is larger; what has no end must not be read to it.
const LARGEST: u64 = 256 << 20;

/// Reports an analysis, with the inputs that could not be used, and gives the exit status.
pub(super) fn finish(
    outcome: Result<Analysis, Incomparable>,
    failures: &[InputError],
    output: &Output,
    args: &RenderArgs,
    settings: &Settings,
    command: String,
) -> Result<u8> {
    let mut analysis = match (outcome, failures) {
        (Ok(analysis), _) => analysis,
        (Err(problem), []) => return Err(problem.into()),
        // What was missing may be just what could not be read.
        (Err(problem), [first, rest @ ..]) => bail!("{problem}. Not used: {first}{}", and_more(rest.len())),
    };
    for failure in failures {
        messages::unusable(failure);
        let message = format!("not used: {}", failure.problem);
        analysis.notices.push(Notice::about(NoticeCode::UnusableInput, &failure.input, message));
    }
    if let Some(Ok(mut sources)) = settings.sources.as_ref().map(std::sync::Mutex::lock) {
        analysis.read_source(&mut |stack| sources.follow(stack));
    }
    if let Some(baseline) = &settings.baseline {
        analysis.accept(baseline, today());
    }
    let mut document = build_document(&analysis, settings.options.criteria.metric);
    document.provenance.command = Some(command);
    // The process ends with this report, and the kernel takes tens of thousands of stacks back faster than they are freed.
    std::mem::forget(analysis);
    output.write(render(&document, args)?)?;
    Ok(status(&document, args, !failures.is_empty()))
}

/// Writes a saved report anew, and gives the exit status.
pub(super) fn run(args: &ReportArgs) -> Result<u8> {
    check_place(&args.rendering)?;
    let output = Output::open(args.rendering.output.as_deref(), &[&args.report])?;
    let document = saved(&args.report)?;
    output.write(render(&document, &args.rendering)?)?;
    Ok(status(&document, &args.rendering, document.has_warning(NoticeCode::UnusableInput)))
}

/// Reads a saved report from a file, or from standard input for `-`.
pub(super) fn saved(place: &str) -> Result<Document> {
    let (name, text) = match place {
        "-" => ("standard input", bounded(std::io::stdin().lock())),
        path => (path, File::open(path).map_err(Into::into).and_then(bounded)),
    };
    let document = text.and_then(|text| Ok(read_json(&text)?));
    document.with_context(|| name.to_owned())
}

fn bounded(reader: impl Read) -> Result<String> {
    let mut bytes = Vec::new();
    reader.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        bail!("it is larger than {} MiB, which no report is", LARGEST >> 20);
    }
    String::from_utf8(bytes).map_err(|_| NotAReport::NotJson("it is not text".to_owned()).into())
}

/// A document in the chosen format.
fn render(document: &Document, args: &RenderArgs) -> Result<Vec<u8>> {
    Ok(match args.format {
        Format::Terminal => pprof_leaks::report::terminal(document, &terminal(args)).into_bytes(),
        Format::Markdown => markdown(document, args.top).into_bytes(),
        Format::Json => json(document).context("the report cannot be written as JSON")?.into_bytes(),
        Format::Pprof => pprof(document)?,
        Format::Sarif => sarif(document).context("the report cannot be written as SARIF")?.into_bytes(),
        Format::Dot => dot(document)?.into_bytes(),
    })
}

/// How many more files are unusable, behind the first.
pub(super) fn and_more(files: usize) -> String {
    match files {
        0 => String::new(),
        1 => " (and 1 more file is unusable)".to_owned(),
        n => format!(" (and {n} more files are unusable)"),
    }
}

fn status(document: &Document, args: &RenderArgs, some_unusable: bool) -> u8 {
    let surest = document.suspects.iter().map(|suspect| suspect.confidence).max();
    exit_status(surest, args.fail_on.map(confidence), some_unusable)
}

/// The exit status of a run that has ended well; `surest` is the confidence of the surest suspect.
pub(super) fn exit_status(
    surest: Option<Confidence>,
    fail_on: Option<Confidence>,
    some_unusable: bool,
) -> u8 {
    match fail_on {
        Some(threshold) if surest.is_some_and(|confidence| confidence >= threshold) => SUSPECT_FOUND,
        _ if some_unusable => SOME_INPUTS_UNUSABLE,
        _ => DONE,
    }
}
