//! The report on a change as one page, in the frame and the style of the report's.

use super::super::document::SuspectView;
use super::super::html::chart::{TALL, chart, pair_chart};
use super::super::html::{Assets, HtmlOptions, headline, parts, spans};
use super::super::layout::{capital, change, input_line, per_hour, summary as suspect_summary};
use super::super::link_base::Links;
use super::super::units::{duration, signed};
use super::{EffectDocument, EffectView, PaceView, SeriesView, rate_or_dash, series_line};
use crate::growth::Effect;
use askama::Template;

/// Suspects that are open from the start.
const OPEN_CARDS: usize = 3;
/// Snapshots shown before the reader asks for all.
const INPUTS_SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "effect.html")]
struct Page<'a> {
    document: &'a EffectDocument,
    assets: Assets,
    class: &'static str,
    headline: String,
    series: Vec<(String, &'a SeriesView, String)>,
    suspects: Vec<Card<'a>>,
    new_title: &'static str,
    new: Vec<New<'a>>,
    inputs: Vec<Input<'a>>,
}

/// A suspect of the first series.
struct Card<'a> {
    suspect: &'a EffectView,
    class: &'static str,
    function: String,
    position: String,
    link: Option<String>,
    because: String,
    before: String,
    after: String,
    facts: Vec<(&'static str, String)>,
    chart: Option<String>,
}

/// A suspect that the first series does not have.
struct New<'a> {
    suspect: &'a SuspectView,
    class: &'static str,
    function: String,
    position: String,
    link: Option<String>,
    change: String,
    per_hour: String,
    summary: String,
    chart: Option<String>,
}

struct Input<'a> {
    series: &'static str,
    source: &'a str,
    what: String,
    sha256: &'a str,
}

/// Renders a report on a change as a page.
///
/// # Errors
/// If a value cannot be written as text, which each can.
pub fn effect_html(document: &EffectDocument, options: &HtmlOptions) -> Result<String, std::fmt::Error> {
    let links = document.links(options.link_base.as_ref());
    let series = document.series();
    let page = Page {
        document,
        assets: Assets::new(),
        class: class(document.effect),
        headline: headline(&document.headline, document.effect.name()),
        series: series.map(|(name, series)| (capital(name), series, length(series))).into(),
        suspects: document.suspects.iter().map(|suspect| card(suspect, &links)).collect(),
        new_title: document.new_title(),
        new: document.new.iter().map(|suspect| new_card(suspect, &links)).collect(),
        inputs: series
            .iter()
            .flat_map(|(name, series)| series.inputs.iter().map(move |input| (*name, input)))
            .map(|(series, input)| Input {
                series,
                source: &input.source,
                what: input_line(input),
                sha256: input.sha256.as_deref().unwrap_or_default(),
            })
            .collect(),
    };
    page.render().map_err(|_| std::fmt::Error)
}

/// The colour of an effect, as a word of the style: those of verdicts.
fn class(effect: Effect) -> &'static str {
    match effect {
        Effect::Fixed => "clean",
        Effect::Better | Effect::TooEarly => "suspicious",
        Effect::Unchanged | Effect::Worse => "leak",
        Effect::Inconclusive => "inconclusive",
    }
}

fn card<'a>(suspect: &'a EffectView, links: &Links<'_>) -> Card<'a> {
    let unit = suspect.unit;
    let brief = |pace: Option<&PaceView>| {
        pace.map_or("-".to_owned(), |pace| format!("{}/h", signed(pace.per_hour, unit)))
    };
    let again = match suspect.again {
        Some(rank) => format!("suspect {rank}"),
        None => "no suspect".to_owned(),
    };
    Card {
        suspect,
        class: class(suspect.effect),
        function: suspect.blame.short_function(),
        position: suspect.blame.position(),
        link: links.to(&suspect.blame),
        because: format!("{}.", capital(&suspect.because)),
        before: brief(suspect.before.as_ref()),
        after: brief(suspect.after.as_ref()),
        facts: vec![
            ("Before, per hour", rate_or_dash(suspect.before.as_ref(), unit)),
            ("After, per hour", rate_or_dash(suspect.after.as_ref(), unit)),
            ("Confidence before", suspect.confidence.name().to_owned()),
            ("In the second series", again),
        ],
        chart: pair_chart([&suspect.points_before, &suspect.points_after], unit, TALL),
    }
}

fn new_card<'a>(suspect: &'a SuspectView, links: &Links<'_>) -> New<'a> {
    New {
        suspect,
        class: suspect.confidence.name(),
        function: suspect.blame.short_function(),
        position: suspect.blame.position(),
        link: links.to(&suspect.blame),
        change: change(suspect.figures()),
        per_hour: per_hour(suspect.figures()),
        summary: capital(&suspect_summary(suspect)),
        chart: chart(&suspect.figures().points, suspect.figures().unit, &[], TALL),
    }
}

/// How long a series is, and what was read of it; its verdict stands above.
fn length(series: &SeriesView) -> String {
    let line = series_line(series);
    let line = line.strip_suffix(&series.headline).unwrap_or(&line).trim_end_matches(['.', ' ']);
    match series.hours {
        Some(hours) => format!("{}: {line}", duration(hours)),
        None => line.to_owned(),
    }
}
