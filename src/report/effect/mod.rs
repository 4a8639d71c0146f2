//! The report on a change: what became of each suspect, and what is new since; resolved once, then one file a format.

mod html;
mod json;
mod markdown;
mod sentences;
mod terminal;

pub use html::effect_html;
pub use json::{EFFECT_SCHEMA, effect_json};
pub use markdown::effect_markdown;
pub use terminal::effect_terminal;

use super::document::{Document, FrameView, InputView, Provenance, SchemaVersion, SiteView, SuspectView};
use super::inert::inert;
use super::json::fields::points;
use super::link_base::{LinkBase, Links};
use super::service::short_build;
use super::units::{moment, percent, signed};
use crate::analysis::{Analysis, Checked, Effects, Kinship, is_swapped};
use crate::clusters::Subject;
use crate::growth::{Effect, Pace, Point};
use crate::profile::Unit;
use crate::suspects::Confidence;
use sentences::{because, grew_before, headline, two_programs};
use serde::Serialize;

/// A report on a change, ready to be rendered; it is the JSON report on it as well.
#[derive(Clone, Debug, Serialize)]
pub struct EffectDocument {
    /// The version of the format.
    pub effect_schema_version: SchemaVersion,
    /// The worst that became of a suspect.
    pub effect: Effect,
    /// That in a sentence.
    pub headline: String,
    /// The first series.
    pub before: SeriesView,
    /// The second one.
    pub after: SeriesView,
    /// The suspects of the first series.
    pub suspects: Vec<EffectView>,
    /// Suspects of the second series that are none of the first.
    #[serde(serialize_with = "json::in_brief")]
    pub new: Vec<SuspectView>,
    /// Suspects of the second series that grew as fast in the first, though it had no suspect there.
    #[serde(serialize_with = "json::in_brief")]
    pub as_before: Vec<SuspectView>,
    /// What the reader must know.
    pub remarks: Vec<String>,
    /// How the report came about.
    pub provenance: Provenance,
}

/// One of the two series.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesView {
    /// Its length in hours, if known.
    pub hours: Option<f64>,
    /// Its verdict, in a sentence.
    pub headline: String,
    /// Its snapshots.
    #[serde(serialize_with = "json::inputs")]
    pub inputs: Vec<InputView>,
}

/// What became of one suspect.
#[derive(Clone, Debug, Serialize)]
pub struct EffectView {
    /// Its stable id.
    pub fingerprint: String,
    /// The word.
    pub effect: Effect,
    /// Why, in a sentence.
    pub because: String,
    /// Where it was.
    #[serde(flatten, serialize_with = "json::place")]
    pub blame: FrameView,
    /// How sure it was before.
    #[serde(rename = "confidence_before")]
    pub confidence: Confidence,
    /// What it was, in a few words.
    #[serde(skip)]
    pub cause: String,
    /// Its place among the suspects of the second series, from 1, if it is still one.
    #[serde(rename = "rank_after")]
    pub again: Option<usize>,
    /// The unit of the paces.
    pub unit: Unit,
    /// Before the change.
    pub before: Option<PaceView>,
    /// After it.
    pub after: Option<PaceView>,
    /// What the blamed function keeps in each snapshot of the first series.
    #[serde(with = "points")]
    pub points_before: Vec<Point>,
    /// The same in the second series; empty where nothing of it is there.
    #[serde(with = "points")]
    pub points_after: Vec<Point>,
}

/// How fast something grows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PaceView {
    /// Growth an hour.
    pub per_hour: f64,
    /// Its 95 % interval.
    pub ci95: (f64, f64),
}

impl From<Pace> for PaceView {
    fn from(pace: Pace) -> PaceView {
        PaceView { per_hour: pace.per_hour, ci95: pace.interval() }
    }
}

impl EffectDocument {
    /// Links to the source, as far as they can be known from the stacks of what is new.
    fn links<'a>(&self, base: Option<&'a LinkBase>) -> Links<'a> {
        let sites: Vec<&SiteView> = self.new.iter().flat_map(|suspect| &suspect.sites).collect();
        Links::of(base, &sites)
    }

    /// What the suspects are called that the first series does not have.
    fn new_title(&self) -> &'static str {
        match self.effect {
            Effect::Inconclusive => "Suspects of the second series",
            _ => "New since",
        }
    }

    /// Both series with their names.
    fn series(&self) -> [(&'static str, &SeriesView); 2] {
        [("before", &self.before), ("after", &self.after)]
    }
}

/// Resolves what a change did. `documents` are those of the two series.
pub fn build_effect_document(
    effects: &Effects,
    [before, after]: [&Analysis; 2],
    [old, new]: [&Document; 2],
) -> EffectDocument {
    let suspects: Vec<EffectView> =
        effects.checked.iter().filter_map(|checked| view(checked, old, effects)).collect();
    let effect = effects.overall(before, after);
    let views = |indices: &[usize]| -> Vec<SuspectView> {
        indices.iter().filter_map(|index| new.suspects.get(*index).cloned()).collect()
    };
    let (new_suspects, as_before) = (views(&effects.new), views(&effects.as_before));
    let [first, second] = [old, new].map(|document| SeriesView {
        inputs: document.inputs.clone(),
        hours: document.hours,
        headline: document.headline.clone(),
    });
    let mut remarks = remarks(effects, [before, after], [old, new], &suspects, !new_suspects.is_empty());
    remarks.extend(as_before.iter().map(grew_before));
    let headline = match &effects.kinship {
        Kinship::TwoPrograms(difference) => two_programs(difference),
        _ => headline(effect, &suspects, &new_suspects, old),
    };
    EffectDocument {
        effect_schema_version: SchemaVersion,
        effect,
        headline: inert(&headline),
        before: first,
        after: second,
        suspects,
        new: new_suspects,
        as_before,
        remarks,
        provenance: old.provenance.clone(),
    }
}

/// What the reader must know.
fn remarks(
    effects: &Effects,
    [before, after]: [&Analysis; 2],
    [old, new]: [&Document; 2],
    suspects: &[EffectView],
    has_new: bool,
) -> Vec<String> {
    let mut remarks = Vec::new();
    if is_swapped(before, after) {
        remarks.push("The second series was taken before the first; are they swapped?".to_owned());
    }
    match &effects.kinship {
        Kinship::OneProgram => {}
        Kinship::Doubtful => remarks.push(
            "No function of your own code is in both series; are they of one program? If not, the words above mean nothing."
                .to_owned(),
        ),
        Kinship::TwoPrograms(_) => remarks.push(
            "Give two series of one program. If they are, say with --own which functions are yours.".to_owned(),
        ),
    }
    if Effects::is_same_build(before, after) {
        remarks.push(
            "Both series are of one build, so the change is not in the second; was it deployed?".to_owned(),
        );
    }
    if let Some(load) = effects.load.filter(|load| !(0.5..=2.0).contains(load)) {
        let load = if load < 10.0 { percent(load) } else { format!("{load:.0} times") };
        remarks.push(format!(
            "The process allocates {load} of what it did before: under another load, rates say less about the change."
        ));
    }
    let missing = suspects.iter().any(|s| s.because.contains("appears nowhere"));
    if missing && has_new {
        remarks.push(
            "A suspect that is new may be one that is gone, under the new name of its function: compare them.".to_owned(),
        );
    }
    for (name, document) in [("before", old), ("after", new)] {
        let of_note = document.warnings.iter().filter(|warning| warning.code.forbids_judgement());
        remarks.extend(of_note.map(|warning| format!("Series {name}: {}", warning.message)));
    }
    remarks
}

fn view(checked: &Checked, old: &Document, effects: &Effects) -> Option<EffectView> {
    let suspect = old.suspects.get(checked.suspect)?;
    let part = checked.telling();
    let unit = match part.subject {
        Subject::Heap => Unit::Bytes,
        Subject::Goroutine => Unit::Count,
    };
    Some(EffectView {
        fingerprint: suspect.fingerprint.clone(),
        effect: checked.effect(),
        because: because(checked, &suspect.blame.short_function(), unit, effects),
        blame: suspect.blame.clone(),
        confidence: suspect.confidence,
        cause: suspect.cause.title.clone(),
        again: checked.again.map(|index| index + 1),
        unit,
        before: part.before.map(Into::into),
        after: part.after.map(Into::into),
        points_before: part.points_before.clone(),
        points_after: part.points_after.clone(),
    })
}

/// A pace with its interval.
fn rate(pace: &PaceView, unit: Unit) -> String {
    let (low, high) = pace.ci95;
    format!("{}/h (95 %: {} to {})", signed(pace.per_hour, unit), signed(low, unit), signed(high, unit))
}

/// A pace with its interval, or a dash.
fn rate_or_dash(pace: Option<&PaceView>, unit: Unit) -> String {
    pace.map_or("-".to_owned(), |pace| rate(pace, unit))
}

/// What a series was, in a line.
fn series_line(series: &SeriesView) -> String {
    let times = || series.inputs.iter().filter_map(|input| input.taken_at);
    let span = times()
        .min()
        .zip(times().max())
        .map_or(String::new(), |(first, last)| format!(", {} to {}", moment(first), moment(last)));
    let mut builds: Vec<String> =
        series.inputs.iter().filter_map(|input| input.build_id.as_ref()).map(|id| short_build(id)).collect();
    builds.sort();
    builds.dedup();
    let builds = match builds.as_slice() {
        [] => String::new(),
        [one] => format!(", build {one}"),
        many => format!(", {} builds", many.len()),
    };
    format!("{} snapshots{span}{builds}. {}", series.inputs.len(), series.headline)
}
