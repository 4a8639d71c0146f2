//! `pprof-leaks compare`: did the fix work?

use super::args::CompareArgs;
use super::gate::Found;
use super::output::Output;
use super::report::settle;
use super::report_args::Format;
use super::settings::{Rendering, Settings};
use super::trend::Looked;
use anyhow::{Context, Result, bail};
use pprof_leaks::analysis::{Analysis, effects};
use pprof_leaks::growth::Effect;
use pprof_leaks::input::Limits;
use pprof_leaks::pipeline::Since;
use pprof_leaks::profile::NoticeCode;
use pprof_leaks::report::{
    EffectDocument, build_document, build_effect_document, effect_html, effect_json, effect_markdown,
    effect_terminal,
};

/// Runs the command and gives the exit status.
pub(super) fn run(args: &CompareArgs, command: String) -> Result<u8> {
    let mut settings = Settings::of(&args.common)?;
    // A comparison shows suspects alone, in whatever format.
    settings.options.full = false;
    // What became of a suspect is judged at its place, whatever the second series says of that.
    settings.options.places = true;
    if settings.rendering.format.is_of_one_series() {
        bail!("--format: a comparison of two series is written as terminal, markdown, html or json");
    }
    settings.rendering.refuse_brief("a comparison of two series")?;
    let limits = Limits { inputs: args.max_inputs, ..settings.limits };
    for (name, location) in [("BEFORE_SERIES", &args.before), ("AFTER_SERIES", &args.after)] {
        if location.is_empty() {
            bail!("{name} has no name; give a folder of snapshots (is a variable of your script empty?)");
        }
    }
    let output = Output::of(&args.common.rendering, &[&args.before, &args.after])?;
    let series = |location: &String| -> Result<Analysis> {
        let found = Looked::at(std::slice::from_ref(location), &limits, &settings)?;
        settle(found.follow(Since::Ever, &limits, &settings), &settings).with_context(|| location.clone())
    };
    let (before, after) = (series(&args.before)?, series(&args.after)?);
    let [old, new] = [&before, &after].map(build_document);
    let effects = effects(&before, &after, &settings.options);
    let mut document = build_effect_document(&effects, [&before, &after], [&old, &new]);
    document.provenance.command = Some(command);
    output.publish(render(&document, &settings.rendering)?, &settings.rendering)?;
    // A suspect that goes on, was overlooked before, or is new.
    let goes_on = |effect: Effect| matches!(effect, Effect::Unchanged | Effect::Worse);
    let old = document.suspects.iter().filter(|s| goes_on(s.effect)).map(|suspect| suspect.confidence);
    let others = document.as_before.iter().chain(&document.new).map(|suspect| suspect.confidence);
    let surest = old.chain(others).max();
    let some_unusable = [&before, &after].iter().any(|series| series.has_notice(NoticeCode::UnusableInput));
    // Clean is what is known to be fixed.
    let is_clean = surest.is_none() && !document.suspects.iter().any(|s| s.effect == Effect::TooEarly);
    Ok(settings.rendering.gate.status(Found { surest, is_clean, some_unusable }))
}

fn render(document: &EffectDocument, rendering: &Rendering) -> Result<String> {
    Ok(match rendering.format {
        Format::Json => effect_json(document).context("the report cannot be written as JSON")?,
        Format::Markdown => effect_markdown(document, &rendering.markdown),
        Format::Html => effect_html(document, &rendering.html).context("the page cannot be written")?,
        Format::Terminal | Format::Pprof | Format::Sarif | Format::Dot => {
            effect_terminal(document, &rendering.terminal)
        }
    })
}
