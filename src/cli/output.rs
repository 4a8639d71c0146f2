//! The end of every run: the report rendered and written whole, and the exit status.

use super::args::{CommonArgs, Format};
use super::messages;
use super::settings::Settings;
use anyhow::{Context, Result, bail};
use pprof_leaks::analysis::Analysis;
use pprof_leaks::input::InputError;
use pprof_leaks::profile::{Notice, NoticeCode};
use pprof_leaks::report::{build_document, json, markdown, terminal};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;

/// Fails before the long work when the report could not be written after it.
pub(super) fn check(args: &CommonArgs) -> Result<()> {
    args.output.as_deref().map_or(Ok(()), check_writable)
}

/// Reports an analysis, with the inputs that could not be used, and gives the exit status.
pub(super) fn finish(
    mut analysis: Analysis,
    failures: &[InputError],
    args: &CommonArgs,
    settings: &Settings,
) -> Result<u8> {
    for failure in failures {
        messages::unusable(failure);
        let message = format!("not used: {}", failure.problem);
        analysis.notices.push(Notice::about(NoticeCode::UnusableInput, &failure.input, message));
    }
    let document = build_document(&analysis, settings.options.criteria.metric);
    let report = match args.format {
        Format::Terminal => terminal(&document, &settings.terminal),
        Format::Markdown => markdown(&document, args.top),
        Format::Json => json(&document).context("the report cannot be written as JSON")?,
    };
    write(&report, args.output.as_deref())?;
    Ok(status(&analysis, settings, !failures.is_empty()))
}

fn check_writable(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        bail!("-o {}: this is a folder; name a file in it", path.display());
    }
    if !folder.is_dir() {
        bail!("-o {}: the folder {} does not exist", path.display(), folder.display());
    }
    Ok(())
}

/// Writes the report whole or not at all: beside its place first, then into it.
fn write(report: &str, output: Option<&Path>) -> Result<()> {
    let Some(path) = output else {
        let mut stdout = std::io::stdout().lock();
        return match stdout.write_all(report.as_bytes()).and_then(|()| stdout.flush()) {
            // The reader has seen enough, as in `| head`.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result.context("standard output cannot be written"),
        };
    };
    let problem = || format!("-o {}: the report cannot be written", path.display());
    // A pipe or a device has no place beside it.
    if path.exists() && !path.is_file() {
        return std::fs::write(path, report).with_context(problem);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(report.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.with_context(problem)
}

fn status(analysis: &Analysis, settings: &Settings, some_unusable: bool) -> u8 {
    let surest = analysis.suspects.iter().map(|suspect| suspect.confidence).max();
    match settings.fail_on {
        Some(threshold) if surest.is_some_and(|confidence| confidence >= threshold) => SUSPECT_FOUND,
        _ if some_unusable => SOME_INPUTS_UNUSABLE,
        _ => DONE,
    }
}
