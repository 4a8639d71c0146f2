//! `pprof-leaks inspect`: one snapshot, explained by itself.

use super::gate::{Found, Gate};
use super::inspect_args::InspectArgs;
use super::output::Output;
use super::report::and_more;
use super::report_args::Format;
use super::settings::{Rendering, Settings};
use anyhow::{Context, Result, bail};
use pprof_leaks::input::load;
use pprof_leaks::pipeline::inspect;
use pprof_leaks::report::{
    InspectionDocument, build_inspection_document, inspection_json, inspection_markdown, inspection_terminal,
};

/// Runs the command and gives the exit status.
pub(super) fn run(args: &InspectArgs, command: String) -> Result<u8> {
    let common = &args.common;
    let judges = common.rendering.fail_on.is_some()
        || common.must_detect.is_some()
        || common.judgement.baseline.is_some();
    if judges {
        bail!(
            "--fail-on, --must-detect and --baseline judge growth, which one snapshot does not show; compare two of them"
        );
    }
    let settings = Settings::of(common)?;
    if !matches!(settings.rendering.format, Format::Terminal | Format::Markdown | Format::Json) {
        bail!("--format: a report on one snapshot is written as terminal, markdown or json");
    }
    settings.rendering.refuse_brief("a report on one snapshot")?;
    if args.snapshots.iter().any(String::is_empty) {
        bail!("a snapshot has no name; give a file, folder or URL (is a variable of your script empty?)");
    }
    if args.snapshots.iter().filter(|location| *location == "-").count() > 1 {
        bail!("standard input (`-`) can be read once only");
    }
    let output = Output::of(&common.rendering, &args.snapshots.iter().collect::<Vec<_>>())?;
    let (mut profiles, mut unusable) = (Vec::new(), Vec::new());
    for location in &args.snapshots {
        let mut loaded = load(location, &settings.fetcher, &settings.limits);
        profiles.append(&mut loaded.profiles);
        unusable.append(&mut loaded.failures);
    }
    if let ([], [first, rest @ ..]) = (profiles.as_slice(), unusable.as_slice()) {
        bail!("{first}{}", and_more(rest.len()));
    }
    for failure in &unusable {
        settings.rendering.verbosity.warn(failure);
    }
    let inspection = inspect(profiles, &unusable, &settings.options)?;
    let mut document = build_inspection_document(&inspection);
    document.provenance.command = Some(command);
    output.write(render(&document, &settings.rendering)?)?;
    let some_unusable = !unusable.is_empty();
    Ok(Gate::default().status(Found { surest: None, is_clean: false, some_unusable }))
}

fn render(document: &InspectionDocument, rendering: &Rendering) -> Result<String> {
    Ok(match rendering.format {
        Format::Json => inspection_json(document).context("the report cannot be written as JSON")?,
        Format::Markdown => inspection_markdown(document, &rendering.markdown),
        _ => inspection_terminal(document, &rendering.terminal),
    })
}
