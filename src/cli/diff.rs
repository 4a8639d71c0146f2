//! `pprof-leaks diff`: two sets of snapshots, compared.

use super::args::{DiffArgs, Format};
use super::messages;
use super::settings::Settings;
use anyhow::{Context, Result, bail};
use pprof_leaks::analysis::{Analysis, compare};
use pprof_leaks::input::{InputError, load};
use pprof_leaks::profile::{Notice, NoticeCode, RawProfile};
use pprof_leaks::report::{build_document, json, markdown, terminal};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &DiffArgs) -> Result<u8> {
    let settings = Settings::of(args)?;
    if args.before == "-" && args.after == "-" {
        bail!("only one of the two can be read from standard input (`-`)");
    }
    if let Some(path) = &args.output {
        check_writable(path)?;
    }
    let mut failures = Vec::new();
    let before = load_side(&args.before, &settings, &mut failures)?;
    let after = load_side(&args.after, &settings, &mut failures)?;
    let mut analysis = compare(before, after, &settings.options)?;
    for failure in &failures {
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
    Ok(status(&analysis, &settings, !failures.is_empty()))
}

fn load_side(location: &str, settings: &Settings, failures: &mut Vec<InputError>) -> Result<Vec<RawProfile>> {
    let mut loaded = load(location, &settings.fetcher, &settings.limits);
    if loaded.profiles.is_empty() {
        // Without any profile on a side there is nothing to compare: the first problem is the run's.
        if let Some(first) = loaded.failures.drain(..).next() {
            return Err(anyhow::Error::msg(first.to_string()));
        }
    }
    failures.append(&mut loaded.failures);
    Ok(loaded.profiles)
}

/// Fails before the long work when the report could not be written after it.
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
