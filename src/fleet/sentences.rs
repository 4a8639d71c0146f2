//! What the answers say, in sentences that every format shows.

use super::answer::{AgeView, FleetSuspect, JobAnswer, Quantiles, Restart, ShownBy, Since};
use crate::profile::{Unit, display_function};
use crate::report::{Together, inert, moment, quantity, signed};
use crate::suspects::{Confidence, Verdict};

/// So many characters of a build id are shown.
const BUILD: usize = 12;
/// A p-value below which two builds differ beyond chance.
const BEYOND_CHANCE: f64 = 0.01;
/// Which build a leak came with is as good as certain from here on.
const CERTAIN: f64 = 0.95;

/// The service in a line, without its name.
pub(super) fn job(answer: &JobAnswer) -> String {
    let part = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
    let alone = [
        part(answer.alone.leak, "leak"),
        part(answer.alone.suspicious, "suspicious"),
        part(answer.alone.inconclusive, "inconclusive"),
        part(answer.alone.clean, "clean"),
    ];
    let alone: Vec<String> = alone.into_iter().flatten().collect();
    let over = answer.hours.map_or(String::new(), |hours| format!(" over {}", time(hours)));
    let mut text = format!(
        "{} judged (by themselves {}), {}{over}",
        many(answer.instances, "instance"),
        if alone.is_empty() { "none".to_owned() } else { alone.join(", ") },
        many(usize::try_from(answer.snapshots).unwrap_or(usize::MAX), "snapshot"),
    );
    // Where there is no heap profile nothing is known of the heap.
    if answer.heap_per_hour != 0.0 || answer.by_age.iter().any(|age| age.heap.is_some()) {
        text.push_str(&format!(", live heap {}/h in all", signed(answer.heap_per_hour, Unit::Bytes)));
    }
    if answer.builds.len() > 1 {
        text.push_str(&format!(", {} builds", answer.builds.len()));
    }
    text
}

/// What an overview says of a service; `report` is where the report on the fleet is, from there.
pub fn together(answer: &JobAnswer, report: Option<String>) -> Together {
    let suspect = |suspect: &FleetSuspect| {
        let (rate, spread) = brief(suspect);
        let cause =
            suspect.cause.as_ref().map_or(String::new(), |cause| format!(": {}", inert(&cause.title)));
        format!(
            "all together: {}, {} confidence, {rate}, {spread}{cause}",
            place(suspect),
            suspect.confidence.name()
        )
    };
    let worth_it = answer.suspects.iter().filter(|suspect| suspect.confidence > Confidence::Low);
    let mut sentences: Vec<String> = worth_it.map(suspect).collect();
    if sentences.is_empty() {
        sentences.push(format!("all together: {}", answer.verdict.name()));
    }
    let surest = answer.suspects.iter().map(|suspect| suspect.confidence).max();
    Together { verdict: answer.verdict, surest, sentences, report }
}

/// What stands above the table of what processes hold by their age.
pub(super) const AGES_TITLE: &str =
    "What processes hold at an age, counted from the first snapshot of a life";
/// Its header; all but the first column are numbers.
pub(super) const AGES_HEADER: [&str; 6] =
    ["age", "lives", "heap, median", "heap, 90 %", "goroutines, median", "goroutines, 90 %"];

/// Its rows.
pub(super) fn ages(answer: &JobAnswer) -> Vec<[String; 6]> {
    let cell =
        |value: Option<i64>, unit: Unit| value.map_or("-".to_owned(), |value| quantity(value as f64, unit));
    let row = |age: &AgeView| {
        let (heap, goroutines) = (age.heap, age.goroutines);
        let lives = |of: Option<Quantiles>| of.map_or(0, |of| of.lives);
        [
            time(f64::from(age.minutes) / 60.0),
            quantity(lives(heap).max(lives(goroutines)) as f64, Unit::Count),
            cell(heap.map(|of| of.median), Unit::Bytes),
            cell(heap.map(|of| of.p90), Unit::Bytes),
            cell(goroutines.map(|of| of.median), Unit::Count),
            cell(goroutines.map(|of| of.p90), Unit::Count),
        ]
    };
    answer.by_age.iter().map(row).collect()
}

/// How often to restart the instances until what leaks is fixed.
pub(super) fn restart(restart: &Restart) -> String {
    format!(
        "until it is fixed, restart each instance every {}: at its pace {} may fill its memory limit of {} after {} of its life",
        time(restart.every_hours).replace(".0 ", " "),
        inert(&restart.instance),
        quantity(restart.limit, Unit::Bytes),
        time(restart.after_hours)
    )
}

/// The function to blame.
pub(super) fn function(suspect: &FleetSuspect) -> String {
    inert(&display_function(&suspect.function))
}

/// The name of its file, and the line; empty where neither is known.
pub(super) fn position(suspect: &FleetSuspect) -> String {
    let file = inert(suspect.file.rsplit(['/', '\\']).next().unwrap_or_default());
    match (file.as_str(), suspect.line) {
        ("", _) => String::new(),
        (file, 0) => file.to_owned(),
        (file, line) => format!("{file}:{line}"),
    }
}

/// Function and position.
pub(super) fn place(suspect: &FleetSuspect) -> String {
    format!("{} {}", function(suspect), position(suspect)).trim_end().to_owned()
}

/// How much of it there is and where, in two or three words each.
pub(super) fn brief(suspect: &FleetSuspect) -> (String, String) {
    let spread = match (suspect.shown_by, suspect.affected) {
        _ if suspect.of < 2 => String::new(),
        (ShownBy::Instances, Some(affected)) => format!("in {affected} of {}", suspect.of),
        _ => format!("{} together", suspect.of),
    };
    (rate(suspect.per_hour, suspect.unit), spread)
}

/// What is said of a suspect below its place, a sentence each.
pub(super) fn of_suspect(suspect: &FleetSuspect) -> Vec<String> {
    let mut sentences = vec![growth(suspect)];
    sentences.extend(spread(suspect));
    sentences.extend(suspect.since.as_ref().map(since));
    sentences.extend(worst(suspect));
    sentences.extend(limit(suspect));
    sentences
}

/// What must be known of a service besides.
pub(super) fn notes(answer: &JobAnswer) -> impl Iterator<Item = String> {
    answer.notes.iter().map(|note| inert(note)).chain(unjudged(answer))
}

/// How much of it there is.
fn growth(suspect: &FleetSuspect) -> String {
    match suspect.of {
        1 => rate(suspect.per_hour, suspect.unit),
        _ => format!(
            "{} in all, {} in each that leaks",
            rate(suspect.per_hour, suspect.unit),
            rate(suspect.per_hour_each, suspect.unit)
        ),
    }
}

/// What is kept an hour.
fn rate(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Count if value < 10.0 => format!("+{value:.2} goroutines/h"),
        Unit::Count => format!("{} goroutines/h", signed(value, unit)),
        Unit::Bytes => format!("{}/h", signed(value, unit)),
    }
}

/// In which instances it is; `None` where there is one.
fn spread(suspect: &FleetSuspect) -> Option<String> {
    let of = suspect.of;
    if of < 2 {
        return None;
    }
    let least = suspect.affected_at_least;
    let bound =
        if least > 0 { format!("at least {least} with 95 % confidence") } else { "no sure bound".to_owned() };
    Some(match (suspect.shown_by, suspect.affected) {
        (ShownBy::Together, _) => {
            format!("{of} instances together show it, none by itself ({bound} of {of})")
        }
        (_, Some(affected)) => format!("in {affected} of {of} instances ({bound})"),
        (_, None) => format!("{bound} of {of} instances"),
    })
}

/// With which build it came.
fn since(since: &Since) -> String {
    let build = |id: &str| match id {
        "" => "an unnamed build".to_owned(),
        id => format!("build {}", inert(&id.chars().take(BUILD).collect::<String>())),
    };
    let Some(before) = &since.not_in else {
        return "in the first build that was seen already".to_owned();
    };
    let day = since.from.map_or(String::new(), |from| format!(", first seen {}", moment(from)));
    let sure = match since.probability {
        p if p >= CERTAIN => String::new(),
        p => format!(" (probability {:.0} %)", 100.0 * p),
    };
    let mut text = format!("since {}{day}{sure}; not in {}", build(&since.build), build(before));
    if let Some(p) = since.p_value {
        let differ = if p < BEYOND_CHANCE { "differ beyond chance" } else { "do not differ beyond chance" };
        let when = if since.side_by_side { ", alive at the same time" } else { "" };
        text.push_str(&format!("; the instances of both{when} {differ} (p = {})", short(p)));
    }
    text
}

/// The instance that keeps most.
fn worst(suspect: &FleetSuspect) -> Option<String> {
    let worst = suspect.worst.as_ref().filter(|_| suspect.of > 1)?;
    let rate = quantity(worst.per_hour, suspect.unit);
    Some(format!("worst: {}, {rate}/h", inert(&worst.instance)))
}

/// When the first instance reaches its limit.
fn limit(suspect: &FleetSuspect) -> Option<String> {
    suspect.hours_to_limit.map(|hours| {
        format!("the first instance may reach the memory limit {} after its last snapshot", time(hours))
    })
}

/// What a clean or undecided service says.
pub(super) fn nothing(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "Nothing leaks that would have shown.",
        _ => "Too little was seen to tell.",
    }
}

/// The instances that could not be judged, in a line.
fn unjudged(answer: &JobAnswer) -> Option<String> {
    let first = answer.unjudged.first()?;
    Some(match answer.unjudged_count {
        1 => format!("{} was not judged: {}", inert(&first.instance), inert(&first.why)),
        n => format!(
            "{n} instances were not judged; the first is {}: {}",
            inert(&first.instance),
            inert(&first.why)
        ),
    })
}

fn many(count: usize, what: &str) -> String {
    let number = quantity(count as f64, Unit::Count);
    if count == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn time(hours: f64) -> String {
    match hours {
        h if h < 2.0 => format!("{:.0} min", h * 60.0),
        h if h < 48.0 => format!("{h:.1} h"),
        h => format!("{:.1} d", h / 24.0),
    }
}

fn short(p: f64) -> String {
    if p < 1e-4 { format!("{p:.0e}") } else { format!("{p:.4}") }
}
