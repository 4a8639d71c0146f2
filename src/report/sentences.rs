//! The sentences of a report: the verdict, the evidence, what would have been seen.

use super::document::{Document, ForecastView, LifeView, SuspectView};
use super::inert::inert;
use super::units::{count, duration, percent, probability, quantity, signed};
use crate::analysis::Analysis;
use crate::clusters::Subject;
use crate::judge::{Class, policy};
use crate::profile::{NoticeCode, Unit, readable};
use crate::suspects::{Criteria, Evidence, Resolution, Verdict};

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
            format!("{word}: {what}{within}{}{}{others}.{doubt}", rate(top, analysis), share(top))
        }
        Verdict::Clean => match &document.resolution {
            Some(resolution) => {
                // The rest stands below.
                let first = resolution.split("; ").next().unwrap_or_default();
                format!("Clean: no leak stands out of chance{within}. {first}.")
            }
            None => format!("Clean: no leak stands out of chance{within}."),
        },
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

/// Why a pair that was judged is inconclusive. What caps the confidence of all comes before what no suspect explains:
/// a third snapshot of the same sort would not help.
const REASONS: [NoticeCode; 10] = [
    NoticeCode::FilteredOut,
    NoticeCode::BelowMinGrowth,
    NoticeCode::TruncatedDump,
    NoticeCode::OrderDoubtful,
    NoticeCode::TooFewSamples,
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
                format!("goroutines pile up in {who}, from {first} to {last}, and {hold} {held} more")
            } else if figures.delta > 0.0 {
                format!("goroutines pile up in {who}, from {first} to {last}")
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
             time is told."
            )
        }
    }
}

/// What a leak would have had to reach to be called.
pub(super) fn resolution(analysis: &Analysis, hours: Option<f64>) -> Option<String> {
    // Where nothing was left to judge, nothing would have shown.
    let heap = analysis.heap.as_ref().filter(|_| !analysis.has_notice(NoticeCode::FilteredOut))?;
    let size = |least: f64, unit: Unit| {
        let rate = hours.map_or(String::new(), |h| format!(" ({} an hour)", quantity(least / h, unit)));
        format!("{}{rate}", quantity(least, unit))
    };
    let bytes = size(heap.resolution.quiet, Unit::Bytes);
    let mut text = format!("A leak of {bytes} or more at one place would have shown");
    let hidden = |resolution: &Resolution, unit: Unit| {
        resolution.busy.map(|hidden| {
            let place = inert(&readable(&analysis.series.names.info(hidden.blame.function).name));
            match hidden.least {
                Some(least) => format!("at {place}, where more comes and goes, one of {}", size(least, unit)),
                None => format!("at {place} so much comes and goes that no leak would have"),
            }
        })
    };
    if let Some(hidden) = hidden(&heap.resolution, Unit::Bytes) {
        text.push_str(&format!("; {hidden}"));
    }
    // Two snapshots show by name alone which goroutines stay.
    if let Some(goroutines) = analysis.goroutines.filter(|_| is_series(analysis)) {
        text.push_str(&format!(
            "; of goroutines {} in one place",
            size(goroutines.quiet.ceil(), Unit::Count)
        ));
        if let Some(hidden) = hidden(&goroutines, Unit::Count) {
            text.push_str(&format!(", and {hidden}"));
        }
    }
    Some(text)
}

/// Whether more than two snapshots were judged.
fn is_series(analysis: &Analysis) -> bool {
    analysis.windows.iter().any(|(_, window)| window.len() > 2)
}

/// What is less likely is left out.
const LIKELY: f64 = 0.05;

/// A probability in per cent that is never rounded to certainty.
fn certain_percent(share: f64) -> String {
    match share {
        share if share > 0.995 => "more than 99 %".to_owned(),
        share => percent(share),
    }
}

fn class_words(class: Class) -> &'static str {
    match class {
        Class::Leak => "a leak",
        Class::Filling => "a store that is not full yet",
        Class::Full => "growth that has ended",
        Class::Flushed => "a store that is flushed from time to time",
        Class::Turnover => "objects that come and go",
    }
}

/// One finding: whether it speaks for the suspect, and the sentence.
pub(super) fn evidence(evidence: &Evidence, subject: Subject) -> (bool, String) {
    match evidence {
        Evidence::Probability { posterior, lives, more } => {
            let leak = posterior.leak();
            let over = if *lives > 1 { format!(" over {lives} lives of the process") } else { String::new() };
            let rest: Vec<String> = [Class::Filling, Class::Full, Class::Flushed, Class::Turnover]
                .into_iter()
                .filter(|class| posterior.of_class(*class) >= LIKELY)
                .map(|class| format!("{} {}", class_words(class), percent(posterior.of_class(class))))
                .collect();
            let rest = if rest.is_empty() { String::new() } else { format!("; else {}", rest.join(", ")) };
            let more = match more {
                None => String::new(),
                Some(1) => ". One more snapshot, as far apart, could make it high".to_owned(),
                Some(more) => format!(". {more} more snapshots, as far apart, could make it high"),
            };
            let text = format!("a leak with a probability of {}{over}{rest}{more}", certain_percent(leak));
            (leak >= policy::MEDIUM, text)
        }
        Evidence::Kept { share, size } => {
            let what = size.map_or("what it allocates".to_owned(), |size| {
                format!("the objects of {} that it allocates", quantity(size as f64, Unit::Bytes))
            });
            let text = format!(
                "if it leaks, {} of {what} is never freed (95 %: {} to {})",
                percent(share.mean),
                percent(share.low),
                percent(share.high)
            );
            (share.low > 0.0, text)
        }
        Evidence::Significance { p_value, q_value, counts, turnover } => {
            let held = &(*q_value <= Criteria::MEDIUM_Q);
            let things = if subject == Subject::Heap { "sampled objects" } else { "goroutines" };
            let turnover = turnover
                .map_or(String::new(), |(new, freed)| format!(" ({} new, {} freed)", count(new as f64), count(freed as f64)));
            let verdict = if *held { "beyond chance" } else { "within chance" };
            let text = format!(
                "{} -> {} {things}{turnover}: {verdict}, {}, {}",
                count(counts.0 as f64),
                count(counts.1 as f64),
                probability("p", *p_value),
                probability("q", *q_value)
            );
            (*held, text)
        }
        Evidence::Material { held, per_day, share, min_growth } => {
            let cost = if subject == Subject::Heap { "" } else { " in stacks alone" };
            let rate = per_day
                .map_or("at an unknown rate".to_owned(), |r| format!("{} a day{cost}", quantity(r, Unit::Bytes)));
            let text = if *held {
                format!("it matters: {rate}")
            } else {
                let share = share.map_or(String::new(), |s| format!(", {} of all growth of its kind", percent(s)));
                let least = quantity(*min_growth, Unit::Bytes);
                format!("too little to matter: {rate}{share} (--min-growth is {least} a day)")
            };
            (*held, text)
        }
        Evidence::Climbs(climb) => {
            let from = match climb.from {
                0 => "nothing".to_owned(),
                from => quantity(from as f64, Unit::Bytes),
            };
            let steps = match climb.steps {
                1 => "once".to_owned(),
                n => format!("{n} times"),
            };
            (
                true,
                format!(
                    "one object (a slice, buffer or table) was replaced by a bigger one {steps}, from {from} to {}; \
                     objects this large have no sampling error",
                    quantity(climb.to as f64, Unit::Bytes)
                ),
            )
        }
        Evidence::Swells { p_value, kept } => (
            true,
            format!(
                "the live objects (slices, buffers or tables) became larger beyond chance, {}, and {} of the bytes \
                 allocated for it stayed",
                probability("p", *p_value),
                percent(*kept)
            ),
        ),
        Evidence::Sizes(sizes) => {
            let list: Vec<String> = sizes
                .iter()
                .map(|(size, growth)| {
                    format!("{} ({})", quantity(*size as f64, Unit::Bytes), signed(*growth as f64, Unit::Bytes))
                })
                .collect();
            (true, format!("object sizes that grew most: {}", list.join(", ")))
        }
        Evidence::Spread { stacks } => (
            true,
            format!("{stacks} stacks below this function grow a little each; it is the deepest that carries the growth"),
        ),
        Evidence::BusyPlace => (
            false,
            "a busy place that keeps next to nothing may only seem to grow, with garbage that was not yet collected; but \
             nothing else that grew explains the heap"
                .to_owned(),
        ),
        Evidence::TinyBlocks => (
            false,
            "only 16-byte blocks grew, which several tiny objects may share: another site may be what keeps them".to_owned(),
        ),
        Evidence::RuntimeOwn => (
            false,
            "this is the runtime's own bookkeeping (descriptors of goroutines and threads), which is kept for reuse: \
             it follows the number of goroutines"
                .to_owned(),
        ),
        Evidence::PinnedBy { goroutines, bytes_each } => (
            true,
            format!(
                "{} more goroutines hold the memory that grew, {} each",
                count(*goroutines),
                quantity(*bytes_each, Unit::Bytes)
            ),
        ),
        Evidence::OneForOne { size, objects, error, goroutines } => (
            true,
            format!(
                "as many objects came as goroutines, snapshot by snapshot: {} ± {} of {} and {}, so each seems to hold one",
                count(*objects),
                count(*error),
                quantity(*size as f64, Unit::Bytes),
                count(*goroutines)
            ),
        ),
        Evidence::UncertainSampling => {
            (false, "the sampled counts are not known, so chance is not computed exactly".to_owned())
        }
        Evidence::TwoSnapshots => {
            (false, "two snapshots show growth, not that it goes on; take a third after as long again".to_owned())
        }
        Evidence::Offset { share } => {
            let share = percent(share.min(1.0));
            (false, format!("other stacks of the same function lost {share} of that, and as a whole it does not go on: old values replaced by new ones that other callers make"))
        }
        Evidence::WithLoad => (
            false,
            "it grows as the load does: more is allocated, and what is allocated lives no longer than before".to_owned(),
        ),
        Evidence::LoadGrows => (
            false,
            "the rest of the program allocates faster in the same measure: it may be the load that grows; compare snapshots \
             taken at the same load, or two goroutine?debug=2 dumps, which tell whether they are the same ones"
                .to_owned(),
        ),
        Evidence::NetworkWait => (
            false,
            "they wait for the network: the number of connections may follow that of the peers".to_owned(),
        ),
        Evidence::Proved(n) => {
            (true, format!("the garbage collector proved that {} goroutines of this function can never run again", count(*n as f64)))
        }
        Evidence::Stayed { of_middle, stayed, of } => {
            let held = *stayed * 2 >= *of;
            let when = if *of_middle { "half-way" } else { "before" };
            (held, format!("of the {} there {when}, {} are still at the same place", count(*of as f64), count(*stayed as f64)))
        }
        Evidence::PassingWait => (
            false,
            "most of them sleep, which ends by itself, so this may be a busy moment; compare goroutine?debug=2 dumps, which \
             tell whether they are the same ones"
                .to_owned(),
        ),
        Evidence::States(states) => {
            let list: Vec<String> =
                states.iter().take(3).map(|(state, n)| format!("{} in `{state}`", count(*n as f64))).collect();
            (true, format!("they wait: {}", list.join(", ")))
        }
        Evidence::Labels(labels) => {
            let list: Vec<String> = labels.iter().map(|(label, n)| format!("{} `{label}`", count(*n as f64))).collect();
            (true, format!("they are labelled: {}", list.join(", ")))
        }
        Evidence::LongestWait(minutes) => (true, format!("the longest wait is {} min", count(*minutes as f64))),
        Evidence::CreatedBy(function, n) => (true, format!("{} of them were started by {function}", count(*n as f64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecasts_are_of_the_process_that_lives_and_end_at_a_year() {
        let of = |hours_ci95| ForecastView { limit: 4e9, now: 1e9, unit: Unit::Bytes, hours_ci95 };
        let told = |earliest_hours: f64, latest_hours: Option<f64>, lives: &[LifeView]| {
            let hours_ci95 = Some((earliest_hours, latest_hours));
            forecast(&of(hours_ci95), lives)
        };
        assert!(told(1e6, Some(2e7), &[]).ends_with("in more than a year."));
        assert!(
            told(48.0, Some(2e7), &[]).contains("in 2.0 d at the earliest, or in more than a year (95 %)")
        );
        assert!(told(3.0, Some(4.0), &[]).starts_with("At this pace"));
        let life = |judged: bool| LifeView {
            from: None,
            until: None,
            began: None,
            heap_first: None,
            heap_last: None,
            judged,
        };
        assert!(
            told(3.0, None, &[life(true), life(false)])
                .starts_with("At the pace of the life that was judged")
        );
        assert!(told(3.0, None, &[life(false), life(true)]).starts_with("At this pace"));
        let none = forecast(&of(None), &[]);
        assert!(none.contains("does not grow steadily") && none.ends_with("no time is told."), "{none}");
    }
}
