//! The end of every run, and `pprof-leaks report`: the report rendered and written, and the exit status.

use super::args::ReportArgs;
use super::gate::Found;
use super::output::Output;
use super::report_args::Format;
use super::settings::{Rendering, Settings};
use super::stored;
use anyhow::{Context, Result, bail};
use pprof_leaks::pipeline::{Analysis, Outcome};
use pprof_leaks::profile::NoticeCode;
use pprof_leaks::report::{
    Document, NotAReport, brief_json, build_document, dot, html, json, markdown, pprof, read_json, sarif,
    terminal,
};
use pprof_leaks::suspects::Verdict;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// No saved report is larger; what has no end must not be read to it.
const LARGEST: u64 = 256 << 20;

/// Where a report comes from, besides the snapshots.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// The command line that was typed, without secrets.
    pub(super) command: String,
    /// The process that was scraped, if the place of the snapshots says which.
    pub(super) instance: Option<String>,
}

/// Reports an analysis, with the inputs that could not be used, and gives the exit status.
pub(super) fn finish(outcome: Outcome, output: &Output, settings: &Settings, origin: Origin) -> Result<u8> {
    let analysis = settle(outcome, settings)?;
    let document = document_of(&analysis, origin);
    // The process ends with this report, and the kernel takes tens of thousands of stacks back faster than they are freed.
    std::mem::forget(analysis);
    publish(&document, output, &settings.rendering)
}

/// The document on an analysis.
pub(super) fn document_of(analysis: &Analysis, origin: Origin) -> Document {
    let mut document = build_document(analysis);
    document.provenance.command = Some(origin.command);
    document.service.instance = origin.instance.or(document.service.instance);
    document
}

/// Writes a document as it was asked for, opens it where that was asked for, and gives the exit status.
pub(super) fn publish(document: &Document, output: &Output, rendering: &Rendering) -> Result<u8> {
    output.publish(render(document, rendering)?, rendering)?;
    Ok(status(document, rendering))
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
    let output = Output::of(&args.rendering, &[&args.report])?;
    let rendering = Rendering::of(&args.rendering, &[])?;
    let place = Path::new(&args.report);
    let document = if place.is_dir() {
        let full = rendering.format.needs_every_site();
        let (analysis, instance) = stored::judged(place, args.instance.as_deref(), full)?;
        document_of(&analysis, Origin { command, instance: Some(instance) })
    } else if args.instance.is_some() {
        bail!("--instance: {} is a file, not a store", args.report);
    } else {
        saved(&args.report)?
    };
    publish(&document, &output, &rendering)
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
        Format::Json => {
            let written = if rendering.brief { brief_json(document) } else { json(document) };
            written.context("the report cannot be written as JSON")?.into_bytes()
        }
        Format::Html => html(document, &rendering.html).context("the page cannot be written")?.into_bytes(),
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
    rendering.gate.status(Found {
        surest: document.suspects.iter().map(|suspect| suspect.confidence).max(),
        is_clean: document.verdict == Verdict::Clean,
        some_unusable: document.has_warning(NoticeCode::UnusableInput),
    })
}
