//! `pprof-leaks diff`: two sets of snapshots, compared.

use super::args::{DiffArgs, Format};
use super::messages;
use super::output::Output;
use super::settings::Settings;
use anyhow::{Context, Result, bail};
use pprof_leaks::analysis::{Analysis, compare};
use pprof_leaks::input::{InputError, load};
use pprof_leaks::profile::{Notice, NoticeCode, RawProfile};
use pprof_leaks::report::{build_document, json, markdown, terminal};

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &DiffArgs) -> Result<u8> {
    let settings = Settings::of(args)?;
    if args.before == "-" && args.after == "-" {
        bail!("only one of the two can be read from standard input (`-`)");
    }
    for (name, location) in [("BEFORE", &args.before), ("AFTER", &args.after)] {
        if location.is_empty() {
            bail!("{name} has no name; give a file, folder or URL (is a variable of your script empty?)");
        }
    }
    let output = Output::open(args.output.as_deref(), &[&args.before, &args.after])?;
    let mut failures = Vec::new();
    let before = load_side(&args.before, &settings, &mut failures)?;
    let after = load_side(&args.after, &settings, &mut failures)?;
    let mut analysis = match (compare(before, after, &settings.options), failures.as_slice()) {
        (Ok(analysis), _) => analysis,
        (Err(problem), []) => return Err(problem.into()),
        // What was missing may be just what could not be read.
        (Err(problem), [first, rest @ ..]) => bail!("{problem}. Not used: {first}{}", and_more(rest.len())),
    };
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
    output.write(&report)?;
    Ok(status(&analysis, &settings, !failures.is_empty()))
}

fn load_side(location: &str, settings: &Settings, failures: &mut Vec<InputError>) -> Result<Vec<RawProfile>> {
    let mut loaded = load(location, &settings.fetcher, &settings.limits);
    if loaded.profiles.is_empty() {
        // Without any profile on a side there is nothing to compare: the first problem is the run's.
        if let [first, rest @ ..] = loaded.failures.as_slice() {
            bail!("{first}{}", and_more(rest.len()));
        }
    }
    failures.append(&mut loaded.failures);
    Ok(loaded.profiles)
}

fn and_more(files: usize) -> String {
    match files {
        0 => String::new(),
        1 => " (and 1 more file is unusable)".to_owned(),
        n => format!(" (and {n} more files are unusable)"),
    }
}

fn status(analysis: &Analysis, settings: &Settings, some_unusable: bool) -> u8 {
    let surest = analysis.suspects.iter().map(|suspect| suspect.confidence).max();
    match settings.fail_on {
        Some(threshold) if surest.is_some_and(|confidence| confidence >= threshold) => SUSPECT_FOUND,
        _ if some_unusable => SOME_INPUTS_UNUSABLE,
        _ => DONE,
    }
}
