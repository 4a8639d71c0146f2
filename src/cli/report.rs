//! The end of every run, and `pprof-leaks report`: the report rendered and written, and the exit status.

use super::args::{Format, ReportArgs};
use super::output::Output;
use super::settings::{Rendering, Settings};
use super::stored;
use anyhow::{Context, Result, bail};
use pprof_leaks::pipeline::{Analysis, Outcome};
use pprof_leaks::profile::NoticeCode;
use pprof_leaks::report::{
    Document, HtmlOptions, NotAReport, build_document, dot, html, json, markdown, pprof, read_json, sarif,
    terminal,
};
use pprof_leaks::suspects::Confidence;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;

/// No saved report is larger; what has no end must not be read to it.
const LARGEST: u64 = 256 << 20;

/// Reports an analysis, with the inputs that could not be used, and gives the exit status.
pub(super) fn finish(outcome: Outcome, output: &Output, settings: &Settings, command: String) -> Result<u8> {
    let analysis = settle(outcome, settings)?;
    let mut document = build_document(&analysis);
    document.provenance.command = Some(command);
    // The process ends with this report, and the kernel takes tens of thousands of stacks back faster than they are freed.
    std::mem::forget(analysis);
    output.write(render(&document, &settings.rendering)?)?;
    Ok(status(&document, &settings.rendering))
}

/// What a run says, or why it says nothing. What could not be used is reported.
pub(super) fn settle((outcome, unusable): Outcome, settings: &Settings) -> Result<Analysis> {
    let analysis = match (outcome, unusable.as_slice()) {
        (Ok(analysis), _) => analysis,
        (Err(problem), []) => return Err(problem.into()),
        // What was missing may be just what could not be read.
        (Err(problem), [first, rest @ ..]) => bail!("{problem}. Not used: {first}{}", and_more(rest.len())),
    };
    for failure in &unusable {
        settings.rendering.verbosity.warn(failure);
    }
    Ok(analysis)
}

/// Writes a saved report anew, or one on what a store holds, and gives the exit status.
pub(super) fn run(args: &ReportArgs, command: String) -> Result<u8> {
    let output = Output::open(args.rendering.output.as_deref(), &[&args.report])?;
    let rendering = Rendering::of(&args.rendering, &[])?;
    let place = Path::new(&args.report);
    let document = if place.is_dir() {
        let full = rendering.format.needs_every_site();
        let analysis = stored::judged(place, args.instance.as_deref(), full)?;
        let mut document = build_document(&analysis);
        document.provenance.command = Some(command);
        document
    } else if args.instance.is_some() {
        bail!("--instance: {} is a file, not a store", args.report);
    } else {
        saved(&args.report)?
    };
    output.write(render(&document, &rendering)?)?;
    Ok(status(&document, &rendering))
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
fn render(document: &Document, rendering: &Rendering) -> Result<Vec<u8>> {
    Ok(match rendering.format {
        Format::Terminal => terminal(document, &rendering.terminal).into_bytes(),
        Format::Markdown => markdown(document, &rendering.markdown).into_bytes(),
        Format::Json => json(document).context("the report cannot be written as JSON")?.into_bytes(),
        Format::Html => {
            html(document, &HtmlOptions::default()).context("the page cannot be written")?.into_bytes()
        }
        Format::Pprof => pprof(document),
        Format::Sarif => sarif(document).context("the report cannot be written as SARIF")?.into_bytes(),
        Format::Dot => dot(document).into_bytes(),
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

fn status(document: &Document, rendering: &Rendering) -> u8 {
    let surest = document.suspects.iter().map(|suspect| suspect.confidence).max();
    exit_status(surest, rendering.fail_on, document.has_warning(NoticeCode::UnusableInput))
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
