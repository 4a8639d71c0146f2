//! The end of every run: the analysis rendered and written, and the exit status.

use super::args::{CommonArgs, Format};
use super::baseline::today;
use super::messages;
use super::output::Output;
use super::settings::Settings;
use anyhow::{Context, Result, bail};
use pprof_leaks::analysis::{Analysis, Incomparable};
use pprof_leaks::input::InputError;
use pprof_leaks::profile::{Notice, NoticeCode};
use pprof_leaks::report::{build_document, json, markdown, terminal};
use pprof_leaks::suspects::Confidence;

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;

/// Reports an analysis, with the inputs that could not be used, and gives the exit status.
pub(super) fn finish(
    outcome: Result<Analysis, Incomparable>,
    failures: &[InputError],
    output: &Output,
    args: &CommonArgs,
    settings: &Settings,
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
    let document = build_document(&analysis, settings.options.criteria.metric);
    let report = match args.format {
        Format::Terminal => terminal(&document, &settings.terminal),
        Format::Markdown => markdown(&document, args.top),
        Format::Json => json(&document).context("the report cannot be written as JSON")?,
    };
    output.write(&report)?;
    Ok(status(&analysis, settings, !failures.is_empty()))
}

/// How many more files are unusable, behind the first.
pub(super) fn and_more(files: usize) -> String {
    match files {
        0 => String::new(),
        1 => " (and 1 more file is unusable)".to_owned(),
        n => format!(" (and {n} more files are unusable)"),
    }
}

fn status(analysis: &Analysis, settings: &Settings, some_unusable: bool) -> u8 {
    let surest = analysis.suspects.iter().map(|suspect| suspect.confidence).max();
    exit_status(surest, settings.fail_on, some_unusable)
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
