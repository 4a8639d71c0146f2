//! The sentences of a report as a whole: the verdict, the time to the limit, what would have been seen.

use super::document::{DetectableView, Document, ForecastView, LifeView, SuspectView};
use super::inert::inert;
use super::units::{count, duration, percent, quantity};
use crate::analysis::Analysis;
use crate::clusters::Subject;
use crate::profile::{NoticeCode, Unit, readable};
use crate::suspects::{Evidence, Resolution, Verdict};

/// The verdict in a sentence that a manager can read.
pub(super) fn headline(document: &Document, analysis: &Analysis) -> String {
    let span = |hours: Option<f64>| hours.map_or(String::new(), |hours| format!(" in {}", duration(hours)));
    let within = span(document.hours);
    let within_of = |suspect: &SuspectView| span(suspect.figures().hours().or(document.hours));
    match document.verdict {
        Verdict::Leak | Verdict::Suspicious => {
            let Some(top) = document.suspects.first() else { return String::new() };
            let certain = document.verdict == Verdict::Leak;
            let word = if certain { "Leak" } else { "Suspicious" };
            let others = document.suspects.iter().filter(|s| s.confidence == top.confidence).count() - 1;
            let others = match others {
                0 => String::new(),
                1 => "; one more suspect is as sure".to_owned(),
                n => format!("; {n} more suspects are as sure"),
            };
            let pair = top.figures().points.len() == 2;
            let doubt = if certain || !pair { "" } else { " Later snapshots will show whether it goes on." };
            let (what, within) = (what_grew(top, analysis), within_of(top));
            format!(
                "{word}: {what}{within}{}{}{others}.{doubt}",
                rate(top, analysis),
                share(top) + &with_goroutines(top)
            )
        }
        Verdict::Clean => clean(document, analysis, &within),
        Verdict::Inconclusive => {
            let of = |code: NoticeCode| analysis.notices.iter().find(|notice| notice.code == code);
            let reason = analysis
                .notices
                .iter()
                .find(|notice| notice.code.forbids_judgement())
                .or_else(|| REASONS.into_iter().find_map(of));
            match (reason, document.suspects.first()) {
                (Some(notice), Some(top)) if !notice.code.forbids_judgement() => format!(
                    "Inconclusive: {}{}{}{}, but with low confidence: {}.",
                    what_grew(top, analysis),
                    within_of(top),
                    rate(top, analysis),
                    share(top),
                    notice.message.trim_end_matches('.')
                ),
                (Some(notice), _) => format!("Inconclusive: {}.", notice.message.trim_end_matches('.')),
                (None, _) => "Inconclusive: there is not enough data to say.".to_owned(),
            }
        }
    }
}

/// That nothing leaks, and down to which pace: whoever reads the first word has to read that with it.
fn clean(document: &Document, analysis: &Analysis, within: &str) -> String {
    let (but, other) = match document.accepted.len() {
        0 => (String::new(), ""),
        1 => (" but for one accepted suspect".to_owned(), "other "),
        n => (format!(" but for {n} accepted suspects"), "other "),
    };
    let Some(detectable) = &document.detectable else {
        return format!("Clean{but}: no {other}leak stands out of chance{within}.");
    };
    let size = quantity(detectable.bytes, Unit::Bytes);
    let Some(rate) = detectable.per_hour else {
        return format!(
            "Clean{but}: no {other}leak stands out of chance{within}. One of {size} or more at one place would have shown."
        );
    };
    let is_early = rate * 24.0 > analysis.min_growth;
    let (so_far, slower) = match is_early {
        true => (" so far", " A slower one takes longer to show."),
        false => ("", ""),
    };
    let hidden = hidden(analysis, document.hours).map_or(String::new(), |(place, least)| match least {
        Some(least) => format!("; at {place}, where more comes and goes, none of {least} or more"),
        None => format!("; at {place} so much comes and goes that none would show"),
    });
    let rate = quantity(rate, Unit::Bytes);
    format!(
        "Clean{so_far}{but}: no {other}leak of {rate} an hour or more ({size}{within}) at one place{hidden}.{slower}"
    )
}

/// Why a pair that was judged is inconclusive. What caps the confidence of all comes before what no suspect explains:
/// a third snapshot of the same sort would not help.
const REASONS: [NoticeCode; 11] = [
    NoticeCode::FilteredOut,
    NoticeCode::BelowMinGrowth,
    NoticeCode::TruncatedDump,
    NoticeCode::OrderDoubtful,
    NoticeCode::TooFewSamples,
    NoticeCode::TooShort,
    NoticeCode::MergedEstimates,
    NoticeCode::UnknownSampling,
    NoticeCode::NoAllocCounters,
    NoticeCode::UnexplainedGrowth,
    NoticeCode::OneSided,
];

fn what_grew(suspect: &SuspectView, analysis: &Analysis) -> String {
    let figures = suspect.figures();
    let who = suspect.blame.short_function();
    match suspect.subject {
        Subject::Heap => {
            let grown = quantity(figures.delta, figures.unit);
            let things = if figures.unit == Unit::Count { " objects" } else { "" };
            format!("memory allocated in {who} and kept grew by {grown}{things}")
        }
        Subject::Goroutine => {
            let (first, last) = (count(figures.first), count(figures.last));
            let memory = suspect.growth.heap.as_ref().filter(|figures| figures.unit == Unit::Bytes);
            let held = memory.map_or(0.0, |figures| figures.delta);
            if figures.delta > 0.0 && held > 0.0 {
                let held = quantity(held, Unit::Bytes);
                // That their number is the same does not show it.
                let by_count = |evidence: &Evidence| matches!(evidence, Evidence::OneForOne { .. });
                let same = analysis.suspects.iter().find(|same| same.fingerprint == suspect.fingerprint);
                let hold = match same.is_some_and(|same| same.evidence.iter().any(by_count)) {
                    true => "seem to hold",
                    false => "hold",
                };
                format!("goroutines accumulate in {who}, from {first} to {last}, and {hold} {held} more")
            } else if figures.delta > 0.0 {
                format!("goroutines accumulate in {who}, from {first} to {last}")
            } else {
                format!("{last} goroutines in {who} can never end")
            }
        }
    }
}

fn rate(suspect: &SuspectView, analysis: &Analysis) -> String {
    let figures = suspect.figures();
    let (rate, time) = match analysis.is_in_rounds() {
        true => (Some(figures.delta / (figures.points.len().max(2) - 1) as f64), "a round"),
        false => (figures.per_hour, "an hour"),
    };
    match rate {
        Some(rate) if rate > 0.0 => {
            let things = match (suspect.subject, figures.unit) {
                (Subject::Goroutine, _) => " goroutines",
                (Subject::Heap, Unit::Count) => " objects",
                (Subject::Heap, Unit::Bytes) => "",
            };
            format!(" ({}{things} {time})", quantity(rate, figures.unit))
        }
        _ => String::new(),
    }
}

fn share(suspect: &SuspectView) -> String {
    match (suspect.subject, suspect.share) {
        (Subject::Heap, Some(share)) => format!(", {} of all heap growth", percent(share)),
        _ => String::new(),
    }
}

/// The goroutines that grew with memory; of a leak that goroutines lead, they are the first that is said.
fn with_goroutines(suspect: &SuspectView) -> String {
    let more = suspect.more_goroutines().map(|joined| joined.figures.delta).fold(0.0, f64::max);
    match suspect.subject {
        Subject::Heap if more > 0.0 => format!(", and goroutines by {}", count(more)),
        _ => String::new(),
    }
}

/// Beyond so many hours, a year, a pace that was measured for minutes or days tells of no date.
const FORESEEABLE_HOURS: f64 = 366.0 * 24.0;

/// When the live heap reaches the limit: that of the process that lives now, at the pace of the life that was judged.
pub(super) fn forecast(forecast: &ForecastView, lives: &[LifeView]) -> String {
    let (limit, now) = (quantity(forecast.limit, Unit::Bytes), quantity(forecast.now, Unit::Bytes));
    let is_former = lives.last().is_some_and(|life| !life.judged);
    let pace = if is_former { "At the pace of the life that was judged" } else { "At this pace" };
    let caveat = "With GOGC=100 the collector lets the heap double between collections, so trouble begins at half the limit";
    match forecast.hours_ci95 {
        _ if forecast.now >= forecast.limit => {
            format!("The live heap, {now}, is over the memory limit of {limit} already.")
        }
        Some((earliest_hours, _)) if earliest_hours > FORESEEABLE_HOURS => {
            format!("{pace} the live heap, now {now}, fills the memory limit of {limit} in more than a year.")
        }
        Some((earliest_hours, Some(latest))) if latest > FORESEEABLE_HOURS => {
            format!(
                "{pace} the live heap, now {now}, fills the memory limit of {limit} in {} at the earliest, or in more than a \
             year (95 %). {caveat}.",
                duration(earliest_hours)
            )
        }
        Some((earliest_hours, Some(latest))) => format!(
            "{pace} the live heap, now {now}, fills the memory limit of {limit} in {} to {} (95 %). {caveat}.",
            duration(earliest_hours),
            duration(latest)
        ),
        Some((earliest_hours, None)) => format!(
            "{pace} the live heap, now {now}, fills the memory limit of {limit} in {} at the earliest, or never: the \
             pace may be none. {caveat}.",
            duration(earliest_hours)
        ),
        None => {
            format!(
                "The live heap, now {now}, does not grow steadily towards the memory limit of {limit}, so no \
             time is given."
            )
        }
    }
}

/// What a leak of memory would have had to reach to be called.
pub(super) fn detectable(analysis: &Analysis, hours: Option<f64>) -> Option<DetectableView> {
    // Where nothing was left to judge, nothing would have shown; and of how many objects each one counted speaks has to be known.
    let is_unknown =
        [NoticeCode::FilteredOut, NoticeCode::UnknownSampling].iter().any(|c| analysis.has_notice(*c));
    let heap = analysis.heap.as_ref().filter(|_| !is_unknown)?;
    let bytes = heap.resolution.quiet;
    let hours = hours.filter(|hours| *hours > 0.0 && !analysis.is_in_rounds());
    Some(DetectableView { bytes, per_hour: hours.map(|hours| bytes / hours) })
}

/// Where a leak of memory would be hidden best, and what it would have had to reach there; nothing for no size that was tried.
fn hidden(analysis: &Analysis, hours: Option<f64>) -> Option<(String, Option<String>)> {
    place_and_size(analysis, analysis.heap.as_ref()?.resolution, hours, Unit::Bytes)
}

fn place_and_size(
    analysis: &Analysis,
    resolution: Resolution,
    hours: Option<f64>,
    unit: Unit,
) -> Option<(String, Option<String>)> {
    let hidden = resolution.busy?;
    let place = inert(&readable(&analysis.series.names.info(hidden.blame.function).name));
    Some((place, hidden.least.map(|least| size(least, unit, hours))))
}

/// A size, and what that is an hour.
fn size(least: f64, unit: Unit, hours: Option<f64>) -> String {
    let rate = hours.map_or(String::new(), |h| format!(" ({} an hour)", quantity(least / h, unit)));
    format!("{}{rate}", quantity(least, unit))
}

/// What a leak would have had to reach to be called, in a sentence.
pub(super) fn resolution(
    analysis: &Analysis,
    detectable: Option<&DetectableView>,
    hours: Option<f64>,
) -> Option<String> {
    let bytes = size(detectable?.bytes, Unit::Bytes, hours);
    let mut text = format!("A leak of {bytes} or more at one place would have shown");
    let said = |(place, least): (String, Option<String>)| match least {
        Some(least) => format!("at {place}, where more comes and goes, one of {least}"),
        None => format!("at {place} so much comes and goes that no leak would have"),
    };
    if let Some(hidden) = hidden(analysis, hours) {
        text.push_str(&format!("; {}", said(hidden)));
    }
    // Two snapshots show by name alone which goroutines stay.
    if let Some(goroutines) = analysis.goroutines.filter(|_| is_series(analysis)) {
        let quiet = size(goroutines.quiet.ceil(), Unit::Count, hours);
        text.push_str(&format!("; of goroutines {quiet} in one place"));
        if let Some(hidden) = place_and_size(analysis, goroutines, hours, Unit::Count) {
            text.push_str(&format!(", and {}", said(hidden)));
        }
    }
    Some(text)
}

/// Whether more than two snapshots were judged.
fn is_series(analysis: &Analysis) -> bool {
    analysis.windows.iter().any(|(_, window)| window.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecasts_are_of_the_process_that_lives_and_end_at_a_year() {
        let of = |hours_ci95| ForecastView { limit: 4e9, now: 1e9, unit: Unit::Bytes, hours_ci95 };
        let said = |earliest_hours: f64, latest_hours: Option<f64>, lives: &[LifeView]| {
            let hours_ci95 = Some((earliest_hours, latest_hours));
            forecast(&of(hours_ci95), lives)
        };
        assert!(said(1e6, Some(2e7), &[]).ends_with("in more than a year."));
        assert!(
            said(48.0, Some(2e7), &[]).contains("in 2.0 d at the earliest, or in more than a year (95 %)")
        );
        assert!(said(3.0, Some(4.0), &[]).starts_with("At this pace"));
        let life = |judged: bool| LifeView {
            from: None,
            until: None,
            began: None,
            heap_first: None,
            heap_last: None,
            judged,
        };
        assert!(
            said(3.0, None, &[life(true), life(false)])
                .starts_with("At the pace of the life that was judged")
        );
        assert!(said(3.0, None, &[life(false), life(true)]).starts_with("At this pace"));
        let none = forecast(&of(None), &[]);
        assert!(none.contains("does not grow steadily") && none.ends_with("no time is given."), "{none}");
    }
}
