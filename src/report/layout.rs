//! What the tables and lists of a report hold, once for all formats; a format adds only punctuation.

use super::LedgerView;
use super::document::{
    CallerView, Document, ExcerptView, Figures, FrameView, InputView, LifeView, RowView, SiteView,
    SuspectView, TotalView,
};
use super::service::short_build;
use super::units::{moment, percent, quantity, signed};
use crate::clusters::Subject;
use crate::profile::{Form, Kind, NoticeCode, Owner, TimeSource, Unit};
use crate::suspects::Verdict;

/// Stacks printed a suspect; the JSON report has all.
pub(super) const STACKS_SHOWN: usize = 3;
/// Frames printed a stack; deeper ones lose their middle.
const FRAMES_SHOWN: usize = 14;

/// What is said where stacks are shown of a report that was saved without all of them.
pub(super) const SUSPECTS_ALONE: &str =
    "Only the stacks of the suspects are here: the report was saved without --full, which keeps every stack.";

/// A change with its standard error, if it has one.
pub(super) fn change(figures: &Figures) -> String {
    let change = signed(figures.delta, figures.unit);
    match figures.delta_error {
        error if error > 0.0 => format!("{change} ± {}", quantity(error, figures.unit)),
        _ => change,
    }
}

/// Growth an hour; a dash where times are unknown.
pub(super) fn per_hour(figures: &Figures) -> String {
    figures.per_hour.map_or("-".to_owned(), |rate| format!("{}/h", signed(rate, figures.unit)))
}

pub(super) const TOTALS_HEADER: [&str; 5] = ["total", "before", "after", "change", "per hour"];

/// The sums at the top: the shown heap column, goroutines.
pub(super) fn totals(document: &Document) -> Vec<[String; 5]> {
    document.shown_totals().map(|total| total_row(total, total.hours.or(document.hours))).collect()
}

fn total_row(total: &TotalView, hours: Option<f64>) -> [String; 5] {
    let name = match total.kind {
        Kind::Heap => format!("heap {}", total.sample_type),
        Kind::Goroutine => "goroutines".to_owned(),
        Kind::GoroutineLeak => "goroutines proved leaked".to_owned(),
    };
    let (first, last) = (total.first as f64, total.last as f64);
    let rate = hours.map_or("-".to_owned(), |h| format!("{}/h", signed((last - first) / h, total.unit)));
    [name, quantity(first, total.unit), quantity(last, total.unit), signed(last - first, total.unit), rate]
}

pub(super) const SUSPECTS_HEADER: [&str; 7] =
    ["#", "confidence", "blame", "before", "after", "change", "per hour"];

/// A row a suspect. The blame is a function and a position, which formats set apart.
pub(super) fn suspect_row(suspect: &SuspectView) -> ([String; 7], String) {
    let figures = suspect.figures();
    let row = [
        suspect.rank.to_string(),
        suspect.confidence.name().to_owned(),
        suspect.blame.short_function(),
        quantity(figures.first, figures.unit),
        quantity(figures.last, figures.unit),
        change(figures),
        per_hour(figures),
    ];
    (row, suspect.blame.short_position())
}

pub(super) const UNJUDGED_HEADER: [&str; 4] = ["where", "before", "after", "change"];

/// A row of a table that judges nothing, and the position of its frame.
pub(super) fn unjudged_row(row: &RowView) -> ([String; 4], String) {
    let figures = &row.figures;
    let cells = [
        row.frame.short_function(),
        quantity(figures.first, figures.unit),
        quantity(figures.last, figures.unit),
        signed(figures.delta, figures.unit),
    ];
    (cells, row.frame.short_position())
}

pub(super) const LEDGER_TITLE: &str = "Memory ledger (shown, not judged)";
pub(super) const LEDGER_HEADER: [&str; 4] = ["memory", "before", "after", "change"];

/// The rows of the memory ledger.
pub(super) fn ledger_rows(ledger: &LedgerView) -> impl Iterator<Item = [String; 4]> {
    ledger.rows.iter().map(|row| {
        let bytes = |value: i64| quantity(value as f64, Unit::Bytes);
        [row.label.clone(), bytes(row.first), bytes(row.last), signed(row.delta as f64, Unit::Bytes)]
    })
}

/// One line of numbers for a suspect.
pub fn summary(suspect: &SuspectView) -> String {
    let figures = suspect.figures();
    let kind = if suspect.subject == Subject::Heap { "heap growth" } else { "goroutine growth" };
    let share = suspect.share.map_or(String::new(), |share| format!(", {} of all {kind}", percent(share)));
    let what = match (suspect.subject, figures.unit) {
        (Subject::Heap, Unit::Bytes) => "memory",
        (Subject::Heap, Unit::Count) => "objects",
        (Subject::Goroutine, _) => "goroutines",
    };
    let [low, high] = figures.delta_ci95;
    let interval = match figures.delta_error {
        error if error > 0.0 => {
            format!(" (95 %: {} to {})", signed(low, figures.unit), signed(high, figures.unit))
        }
        _ => String::new(),
    };
    let rate = figures.per_hour.map_or(String::new(), |_| format!(", {}", per_hour(figures)));
    let pace = figures.slope.filter(|_| !rate.is_empty()).map_or(String::new(), |slope| {
        let [pace, low, high] = slope.map(|rate| signed(rate, figures.unit));
        format!("; median pace {pace}/h (95 %: {low}/h to {high}/h)")
    });
    format!(
        "{what} {} -> {}, {}{interval}{rate}{pace}{share}",
        quantity(figures.first, figures.unit),
        quantity(figures.last, figures.unit),
        signed(figures.delta, figures.unit),
    )
}

pub(super) const PASSED_OVER_TITLE: &str = "Grew too, and is no suspect";

/// What else of the heap grew, and why it is no suspect, a line each.
pub(super) fn passed_over(document: &Document) -> impl Iterator<Item = String> {
    document
        .passed_over
        .iter()
        .map(|place| format!("{}: {}, {}", place.blame.place(), signed(place.delta, Unit::Bytes), place.why))
}

pub(super) const ACCEPTED_TITLE: &str = "Accepted by the baseline";

/// One line a suspect that a baseline accepts: its id, and what it is.
pub(super) fn accepted(document: &Document) -> impl Iterator<Item = (String, String)> {
    document.accepted.iter().map(|accepted| {
        let until = accepted.expires.as_ref().map_or(String::new(), |day| format!(", until {day}"));
        let grown = signed(accepted.figures.delta, accepted.figures.unit);
        let (who, place) = (accepted.blame.short_function(), accepted.confidence.name());
        (
            accepted.fingerprint.clone(),
            format!("{who} ({place} confidence, {grown}): {} ({}{until})", accepted.reason, accepted.owner),
        )
    })
}

/// Digits of a commit that are shown.
const COMMIT_DIGITS: usize = 12;
/// Characters of a moment that are its day.
const DAY: usize = 10;

/// Whom a suspect concerns: the owners of its file, and the last change of its line.
pub(super) fn routing(suspect: &SuspectView) -> Option<String> {
    let routing = suspect.routing.as_ref()?;
    let change = routing.last_change.as_ref().map(|change| {
        let commit: String = change.commit.chars().take(COMMIT_DIGITS).collect();
        let day: String =
            change.written.map_or(String::new(), |nanos| moment(nanos).chars().take(DAY).collect());
        format!("last changed {day} by {} in {commit} ({})", change.author, change.summary)
    });
    let owners = (!routing.owners.is_empty()).then(|| format!("owned by {}", routing.owners.join(", ")));
    let parts: Vec<String> = [owners, change].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The lines of an excerpt: a mark at those of the statement, the number, the line.
pub(super) fn excerpt_lines(excerpt: &ExcerptView) -> impl Iterator<Item = (char, u32, String)> {
    let (from, to) = excerpt.statement;
    excerpt.lines.iter().zip(excerpt.first_line..).map(move |(line, number)| {
        let mark = if (from..=to).contains(&number) { '>' } else { ' ' };
        (mark, number, line.clone())
    })
}

/// What each line of an excerpt holds, if it holds anything: how that changed, and from what to what.
pub(super) fn line_changes(
    excerpt: &ExcerptView,
    unit: Unit,
) -> impl Iterator<Item = Option<(String, String)>> {
    let numbers = (0..excerpt.lines.len()).zip(excerpt.first_line..).map(|(_, number)| number);
    numbers.map(move |number| {
        let held = excerpt.values.iter().find(|value| value.line == number)?;
        let course = format!("{} -> {}", quantity(held.first, unit), quantity(held.last, unit));
        Some((signed(held.last - held.first, unit), course))
    })
}

/// What was joined to a suspect: where, and how it grew. Memory that a suspect of memory holds is a part of its own
/// figures.
pub(super) fn joined(suspect: &SuspectView) -> impl Iterator<Item = (String, String)> {
    suspect.joined.iter().map(|joined| {
        let figures = &joined.figures;
        let what = match (joined.subject, figures.unit) {
            (Subject::Heap, Unit::Bytes) => "memory",
            (Subject::Heap, Unit::Count) => "objects",
            (Subject::Goroutine, _) => "goroutines",
        };
        let part = (suspect.subject, joined.subject) == (Subject::Heap, Subject::Heap);
        let lead_in = if part { "of that" } else { "with it" };
        let (first, last) = (figures.first, figures.last);
        let grown = format!(
            "{lead_in}: {what} {} -> {}",
            quantity(first, figures.unit),
            quantity(last, figures.unit)
        );
        (joined.blame.place(), format!("{grown}, {}", change(figures)))
    })
}

/// Who calls the blamed function, with shares, if more than one does.
pub(super) fn callers(suspect: &SuspectView) -> Option<String> {
    let caller = |caller: &CallerView| format!("{} ({})", caller.short_function(), percent(caller.share));
    (suspect.callers.len() > 1).then(|| suspect.callers.iter().map(caller).collect::<Vec<_>>().join(", "))
}

/// A line of a printed stack.
pub(super) enum StackLine<'a> {
    /// A frame; the first of the user's own code is marked.
    Frame { frame: &'a FrameView, first_own: bool },
    /// So many frames left out.
    Gap(usize),
}

/// A stack as people want to read it: from the user's own leaf-most frame rootwards; what it called into comes
/// separately, from [`called_into`]. A stack without any own code is shown from its leaf.
pub(super) fn stack_lines(site: &SiteView) -> Vec<StackLine<'_>> {
    let own = site.stack.iter().position(|frame| frame.owner == Owner::Own);
    let shown = &site.stack[own.unwrap_or(0)..];
    let line = |(index, frame)| StackLine::Frame { frame, first_own: index == 0 && own.is_some() };
    if shown.len() <= FRAMES_SHOWN {
        return shown.iter().enumerate().map(line).collect();
    }
    let tail = FRAMES_SHOWN / 3;
    let head = FRAMES_SHOWN - tail;
    let mut lines: Vec<StackLine<'_>> = shown[..head].iter().enumerate().map(line).collect();
    lines.push(StackLine::Gap(shown.len() - head - tail));
    let rest = &shown[shown.len() - tail..];
    lines.extend(rest.iter().map(|frame| StackLine::Frame { frame, first_own: false }));
    lines
}

/// The end of the title of some stacks: where there is own code in one of them, that it comes first.
pub(super) fn own_code_first(sites: &[&SiteView]) -> &'static str {
    let has_own = |site: &&SiteView| site.stack.iter().any(|frame| frame.owner == Owner::Own);
    if sites.iter().any(has_own) { ", own code first" } else { "" }
}

/// What is done by the calls below the user's own code, and the calls, from it to the leaf: `allocated by` and
/// `os.ReadFile > os.readFileContents`.
pub(super) fn called_into(site: &SiteView) -> Option<(&'static str, String)> {
    let own = site.stack.iter().position(|frame| frame.owner == Owner::Own).filter(|own| *own > 0)?;
    let below: Vec<String> = site.stack[..own].iter().rev().map(FrameView::short_function).collect();
    let cut = below.len().saturating_sub(6);
    let shown = if cut == 0 {
        below.join(" > ")
    } else {
        format!("{} > ... > {}", below[..3].join(" > "), below[below.len() - 3..].join(" > "))
    };
    let done = if site.kind == Kind::Heap { "allocated by" } else { "waiting in" };
    Some((done, shown))
}

pub(super) const LIVES_HEADER: [&str; 5] = ["life", "from", "until", "live heap", "per hour"];

/// A row a life of the process.
pub(super) fn lives(document: &Document) -> Vec<[String; 5]> {
    let time = |nanos: Option<i64>| nanos.map_or("unknown".to_owned(), moment);
    let row = |(index, life): (usize, &LifeView)| {
        let began = match life.began {
            Some(NoticeCode::DifferentBuild) => " (new build)",
            Some(_) => " (restart)",
            None => "",
        };
        let judged = if life.judged { ", judged" } else { "" };
        let heap_of_life = life.heap_first.zip(life.heap_last);
        let heap = heap_of_life.map_or("-".to_owned(), |(first, last)| {
            format!("{} -> {}", quantity(first as f64, Unit::Bytes), quantity(last as f64, Unit::Bytes))
        });
        let hours = life.from.zip(life.until).map(|(from, until)| until.saturating_sub(from) as f64 / 3.6e12);
        // Snapshots of the same figures are of one collection and count once: there was only one.
        let rate = heap_of_life
            .filter(|(first, last)| first != last)
            .zip(hours.filter(|hours| *hours > 0.0))
            .map_or("-".to_owned(), |((first, last), hours)| {
                format!("{}/h", signed((last - first) as f64 / hours, Unit::Bytes))
            });
        [format!("{}{began}{judged}", index + 1), time(life.from), time(life.until), heap, rate]
    };
    document.lives.iter().enumerate().map(row).collect()
}

/// Points drawn in a sparkline; more are thinned evenly.
const SPARKS: usize = 40;

/// The course of a series as a row of bars from its lowest to its highest value; `None` for two snapshots.
fn sparkline(figures: &Figures) -> Option<String> {
    sparks(&figures.points.iter().map(|point| point.value).collect::<Vec<_>>())
}

/// Values as a row of bars from the lowest to the highest, many of them thinned evenly; `None` for fewer than three.
pub fn sparks(all: &[f64]) -> Option<String> {
    if all.len() < 3 {
        return None;
    }
    let drawn = all.len().min(SPARKS);
    let values: Vec<f64> = (0..drawn).map(|i| all[i * (all.len() - 1) / (drawn - 1)]).collect();
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let bar = |value: f64| match highest > lowest {
        true => BARS[((value - lowest) / (highest - lowest) * 7.0).round() as usize],
        false => BARS[0],
    };
    Some(values.into_iter().map(bar).collect())
}

/// How a series went: its bars, its ends, its shape; `None` for two snapshots.
pub(super) fn course(figures: &Figures) -> Option<String> {
    let shape = figures.shape.map_or(String::new(), |shape| format!(", {}", shape.name()));
    let [first, last] = [figures.first, figures.last].map(|value| quantity(value, figures.unit));
    Some(format!("{} {first} to {last} in {} snapshots{shape}", sparkline(figures)?, figures.points.len()))
}

/// How many suspects `--top` leaves out, and how to see them; `None` if it leaves out none.
pub(super) fn not_shown(document: &Document, shown: usize) -> Option<String> {
    let all = document.suspects.len();
    match all.saturating_sub(shown) {
        0 => None,
        1 => Some(format!("1 more suspect is not shown; `--top {all}` shows it.")),
        n => Some(format!("{n} more suspects are not shown; `--top {all}` shows them.")),
    }
}

/// A sentence with a capital at its start.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What to do next, a sentence each.
pub(super) fn next_steps(document: &Document) -> Vec<String> {
    let Some(top) = document.suspects.first() else { return Vec::new() };
    if !matches!(document.verdict, Verdict::Leak | Verdict::Suspicious) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if document.verdict == Verdict::Suspicious && top.figures().points.len() == 2 {
        steps.push(
            "Take a third snapshot after as long again, and give all to `pprof-leaks trend`: it distinguishes a leak from a cache \
             that fills."
                .to_owned(),
        );
    }
    if lacks_source(document) {
        steps.push(
            "With `--source DIR`, the source of this build, the line is quoted and the cause surer."
                .to_owned(),
        );
    }
    steps.push("For the ticket: `--format markdown -o ticket.md`.".to_owned());
    if document.verdict == Verdict::Leak {
        steps.push("After the fix: `pprof-leaks compare BEFORE AFTER` says whether it worked.".to_owned());
    }
    steps
}

/// Whether no source was given. Where it was and does not fit, a warning says what to do.
pub(super) fn lacks_source(document: &Document) -> bool {
    let was_read = document.suspects.iter().any(|suspect| suspect.excerpt.is_some());
    let misfits = [NoticeCode::SourceNotFound, NoticeCode::SourceDiffers];
    !was_read && !misfits.into_iter().any(|code| document.has_warning(code))
}

/// So many inputs of a kind are listed one by one; of more, the first and the last.
const INPUTS_LISTED: usize = 4;

/// The inputs, a line each: its source, and what it is.
pub(super) fn inputs(document: &Document) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        let of_kind: Vec<&InputView> = document.inputs.iter().filter(|input| input.kind == kind).collect();
        let line = |input: &InputView| (input.source.clone(), input_line(input));
        match of_kind.as_slice() {
            [first, middle @ .., last] if of_kind.len() > INPUTS_LISTED => {
                lines.push(line(first));
                lines
                    .push((format!("... {} more ...", middle.len()), format!("{}, in between", kind.name())));
                lines.push(line(last));
            }
            few => lines.extend(few.iter().copied().map(line)),
        }
    }
    lines
}

/// One line about an input.
pub(super) fn input_line(input: &InputView) -> String {
    let build = match &input.build_id {
        Some(id) => format!(", build {}", short_build(id)),
        None => String::new(),
    };
    let life = match input.incarnation {
        Some(life) if life > 1 => format!(", life {life}"),
        _ => String::new(),
    };
    format!("{}, {}{build}{life}", kind_and_form(input), taken(input))
}

/// What an input is: its kind, and its form where that is text.
pub(super) fn kind_and_form(input: &InputView) -> String {
    let form = match input.form {
        Form::Proto => "",
        Form::Text => " (debug=1)",
        Form::Dump => " (debug=2)",
    };
    format!("{}{form}", input.kind.name())
}

/// When an input was taken, and how that is known.
pub(super) fn taken(input: &InputView) -> String {
    match (input.taken_at, input.time_source) {
        (Some(nanos), Some(TimeSource::Profile | TimeSource::SameRound) | None) => moment(nanos),
        (Some(nanos), Some(TimeSource::HttpDate)) => format!("{} by the server's clock", moment(nanos)),
        (Some(nanos), Some(TimeSource::FileName)) => format!("{} by the file's name", moment(nanos)),
        (Some(nanos), Some(TimeSource::FileTime)) => format!("{} by the file's time", moment(nanos)),
        (None, _) => "time unknown".to_owned(),
    }
}
