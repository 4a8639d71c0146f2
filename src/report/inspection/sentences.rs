//! The sentences of a report on one snapshot, for all formats. None of them says that anything grows: one snapshot does not
//! show it. Only what the garbage collector proved is called a leak.

use super::super::document::FrameView;
use super::super::units::{count, counted, percent, quantity};
use super::views::{
    GroupView, HeldByView, HolderView, IfItGrows, InspectionDocument, MemoryPlaceView, MemoryView, ProofView,
    WaitsView,
};
use crate::analysis::{Relation, Wait};
use crate::diagnose::Certainty;
use crate::profile::{Owner, Unit, display_function};

/// Below this share of all, the largest group is one among many.
const STANDS_OUT: f64 = 0.1;
/// Fewer goroutines at one line are what any service has.
const MANY: u64 = 20;
/// So many sampled objects make an estimate that is worth its digits.
const WELL_SAMPLED: u64 = 10;
/// What has freed less than this share has freed nearly nothing.
const NOTHING_FREED: f64 = 0.02;

/// What stands out, a sentence for each kind.
pub(super) fn headline(document: &InspectionDocument) -> Vec<String> {
    let proof = document.proof.as_ref();
    let marked = document
        .goroutines
        .as_ref()
        .map_or(0, |goroutines| goroutines.groups.iter().map(|group| group.proved).sum());
    let mut sentences: Vec<String> = Vec::new();
    sentences.extend(proof.map(proved));
    if proof.is_none() && marked > 0 {
        sentences.push(format!(
            "Leak, proved by the garbage collector: {} can never run again.",
            counted(marked, "goroutine")
        ));
    }
    // What is proved need not be said twice.
    let proved_at = proof.and_then(|proof| proof.groups.first()).map(|group| &group.blame);
    let is_said =
        |all: &&WaitsView| proved_at.is_some() && all.groups.first().map(|group| &group.blame) == proved_at;
    sentences.extend(document.goroutines.as_ref().filter(|all| !is_said(all)).map(largest_group));
    sentences.extend(document.memory.as_ref().map(largest_place));
    sentences
}

fn proved(proof: &ProofView) -> String {
    let Some(first) = proof.groups.first() else {
        return "The garbage collector found no goroutine that can never run again.".to_owned();
    };
    let of_them = match first.count == proof.total {
        true => if proof.total == 1 { "it" } else { "all of them" }.to_owned(),
        false => format!("{} of them", count(first.count as f64)),
    };
    format!(
        "Leak, proved by the garbage collector: {} can never run again; {of_them} {} {}.",
        counted(proof.total, "goroutine"),
        does(first.wait, first.count),
        at(&first.blame)
    )
}

fn largest_group(goroutines: &WaitsView) -> String {
    let total = counted(goroutines.total, "goroutine");
    match goroutines.groups.first() {
        Some(first) if first.count >= MANY && first.share >= STANDS_OUT => {
            let of_all = match first.count == goroutines.total {
                true => format!("All {total}"),
                false => format!("{} of {total}", count(first.count as f64)),
            };
            let longest = first
                .longest_minutes
                .map_or(String::new(), |minutes| format!(", the longest for {}", age(minutes)));
            format!("{of_all} {} {}{longest}.", does(first.wait, first.count), at(&first.blame))
        }
        Some(first) => format!(
            "{total} at {}, none of which stands out: at most {} are at one line.",
            counted(goroutines.lines as u64, "line"),
            count(first.count as f64)
        ),
        None => format!("{total}, and no stack of theirs to look at."),
    }
}

fn largest_place(memory: &MemoryView) -> String {
    let total = bytes(memory.bytes as f64);
    let Some(first) = memory.places.first() else {
        return "The heap profile shows no live memory: nothing that is live was sampled.".to_owned();
    };
    let few = if let Some(sampled) = first.sampled.filter(|sampled| *sampled < WELL_SAMPLED) {
        format!(" (a rough estimate, from {})", counted(sampled, "sampled object"))
    } else {
        String::new()
    };
    let freed = freed(first).map_or(String::new(), |freed| format!("; {freed}"));
    format!(
        "{} of {total} of live memory ({}) was allocated {}{few}{freed}.",
        bytes(first.bytes),
        percent(first.share),
        at(&first.blame)
    )
}

/// How much of what was allocated at a place was freed again.
pub(super) fn freed(place: &MemoryPlaceView) -> Option<String> {
    let (allocated, freed) = place.allocated_bytes.zip(place.freed_share)?;
    Some(match freed {
        freed if freed < NOTHING_FREED => "nearly nothing allocated there was freed so far".to_owned(),
        freed => format!("{} of the {} allocated there so far was freed", percent(freed), bytes(allocated)),
    })
}

/// What goroutines do, behind their number.
pub(super) fn does(wait: Wait, number: u64) -> String {
    let one = number == 1;
    let waits = if one { "waits" } else { "wait" };
    match wait {
        Wait::Lock => format!("{waits} for a lock"),
        Wait::ReadLock => format!("{waits} for a lock to read"),
        Wait::Send => format!("{waits} to send on a channel"),
        Wait::Receive => format!("{waits} to receive from a channel"),
        Wait::Nothing => format!("{waits} for ever on a nil channel or an empty select"),
        Wait::Select => format!("{waits} in a select"),
        Wait::WaitGroup => format!("{waits} for a WaitGroup"),
        Wait::Cond => format!("{waits} for a Cond"),
        Wait::Network => format!("{waits} for the network"),
        Wait::Sleep => if one { "sleeps" } else { "sleep" }.to_owned(),
        Wait::Syscall => if one { "is in a system call" } else { "are in a system call" }.to_owned(),
        Wait::Runs => if one { "runs" } else { "run" }.to_owned(),
        Wait::Unknown => if one { "is" } else { "are" }.to_owned(),
    }
}

/// What most goroutines of a snapshot do, with their numbers.
pub(super) fn all_waits(goroutines: &WaitsView) -> String {
    let known = goroutines.waits.iter().filter(|(wait, _)| *wait != Wait::Unknown);
    let named: Vec<String> = known
        .take(4)
        .map(|(wait, number)| format!("{} {}", count(*number as f64), does(*wait, *number)))
        .collect();
    named.join(", ")
}

/// What the goroutines of a group do, for how long, and where they come from.
pub(super) fn doing(group: &GroupView) -> String {
    let mut parts = vec![does(group.wait, group.count)];
    if group.wait == Wait::Unknown {
        parts.clear();
    }
    if let Some(minutes) = group.longest_minutes {
        let longest = if group.count == 1 { "for" } else { "the longest for" };
        parts.push(format!("{longest} {}", age(minutes)));
    }
    match (&group.created_by, &group.started_in) {
        (Some((creator, number)), _) => {
            let most =
                if *number < group.count { format!(" ({})", count(*number as f64)) } else { String::new() };
            parts.push(format!("started by {}{most}", display_function(creator)));
        }
        (None, Some(root)) if *root != group.blame.function => {
            parts.push(format!("started in {}", display_function(root)));
        }
        _ => {}
    }
    if group.holds_bytes > 0.0 {
        parts.push(format!("probably holding {}", bytes(group.holds_bytes)));
    }
    parts.join(", ")
}

/// Who may hold the lock that a group waits for; `None` where it waits for none.
pub(super) fn lock_holder(group: &GroupView) -> Option<String> {
    if !group.wait.is_lock() {
        return None;
    }
    let Some(holder) = &group.lock_holder else {
        return Some(
            "No goroutine in this profile is past that Lock: it is held elsewhere, or was left locked on return.".to_owned(),
        );
    };
    let held = match holder.relation {
        Relation::SameFunction => "Probably held",
        Relation::SameType => "Perhaps held",
    };
    Some(format!("{held} by {}.", held_by(holder)))
}

/// Who holds a lock, and what they do meanwhile.
pub(in crate::report) fn held_by(holder: &HolderView) -> String {
    let who = match holder.count {
        1 => "the goroutine".to_owned(),
        number => format!("one of {} goroutines", count(number as f64)),
    };
    let does = match holder.wait {
        Wait::Unknown => "is".to_owned(),
        wait => does(wait, 1),
    };
    let inside = match holder.inside == holder.frame {
        true => String::new(),
        false => format!(" in {}", holder.inside.place()),
    };
    let longest = holder.longest_minutes.map_or(String::new(), |minutes| format!(" for {}", age(minutes)));
    format!("{who} at {} that {does}{inside}{longest}", holder.frame.place())
}

/// The cause that a place has, or would have if it grows.
pub(super) fn cause(cause: &IfItGrows, proved: bool, subject: &str) -> String {
    let lead_in = if proved { String::new() } else { format!("If {subject}, ") };
    if cause.because.is_empty() {
        return match proved {
            true => format!("No rule names the cause ({})", cause.cause),
            false => format!("{lead_in}its cause does not show in the profile ({})", cause.cause),
        };
    }
    let sure = match (proved, cause.certainty) {
        (true, Certainty::High) => "Cause:",
        (true, Certainty::Medium) => "Probable cause:",
        (true, Certainty::Low) => "Possible cause:",
        (false, Certainty::High) => "the cause is",
        (false, Certainty::Medium) => "the cause is probably",
        (false, Certainty::Low) => "the cause is perhaps",
    };
    format!("{lead_in}{sure} \"{}\" ({})", cause.title, cause.cause)
}

/// Which goroutines a group runs beside.
pub(super) fn comes_with(group: &GroupView) -> Option<String> {
    let others = group.comes_with.as_ref()?;
    Some(format!("they come with {} and have their cause", those(others)))
}

/// Goroutines that are shown elsewhere.
fn those(others: &HeldByView) -> String {
    match others.count {
        1 => format!("the goroutine {}", at(&others.blame)),
        number => format!("the {} goroutines {}", count(number as f64), at(&others.blame)),
    }
}

/// Who seems to hold the memory of a place.
pub(super) fn held_by_goroutines(place: &MemoryPlaceView) -> Option<String> {
    let held = place.held_by.as_ref()?;
    Some(format!("Probably held by {}: it is free when they end", those(held)))
}

/// The start of an advice: its first sentence, and the next one where that is only an introduction.
pub(super) fn first_sentence(advice: &str) -> &str {
    const INTRODUCTION: usize = 50;
    let mut ends = advice.match_indices(". ").map(|(at, _)| at + 1);
    ends.find(|end| *end > INTRODUCTION).map_or(advice, |end| &advice[..end])
}

/// What is assumed of goroutines.
pub(super) const MORE_COME: &str = "their number grows";
/// What is assumed of memory.
pub(super) const IT_GROWS: &str = "this grows";

/// The number of the objects of a place and their sizes.
pub(super) fn sizes(place: &MemoryPlaceView) -> String {
    let objects = if place.objects.round() == 1.0 {
        "1 object".to_owned()
    } else {
        format!("{} objects", count(place.objects))
    };
    match place.sizes.as_slice() {
        [only] if only.size > 0 => format!("{objects} of {}", bytes(only.size as f64)),
        several => {
            let known = several.iter().filter(|held| held.size > 0).take(2);
            let named: Vec<String> = known
                .map(|held| format!("{} of {}", count(held.objects.max(1.0)), bytes(held.size as f64)))
                .collect();
            let among = if named.is_empty() {
                String::new()
            } else {
                format!(", among them {}", named.join(" and "))
            };
            format!("{objects}{among}")
        }
    }
}

/// Live bytes with their error, where that is not small.
pub(super) fn with_error(place: &MemoryPlaceView) -> String {
    match place.bytes_error >= 0.1 * place.bytes {
        true => format!("{} ± {}", bytes(place.bytes), bytes(place.bytes_error)),
        false => bytes(place.bytes),
    }
}

/// What is allocated and freed again, in one sentence; `None` without any.
pub(super) fn churn(memory: &MemoryView, most: usize) -> Option<String> {
    let named: Vec<String> = memory
        .churn
        .iter()
        .take(most)
        .map(|churn| format!("{} {}", display_function(&churn.blame.function), bytes(churn.allocated_bytes)))
        .collect();
    (!named.is_empty()).then(|| format!("Churn, 90 % and more of it freed: {}", named.join(", ")))
}

/// The heap as a whole.
pub(super) fn heap_total(memory: &MemoryView) -> String {
    let objects = memory.objects.map_or(String::new(), |objects| {
        format!(" in {}", counted(u64::try_from(objects).unwrap_or(0), "object"))
    });
    let allocated = memory
        .allocated_bytes
        .map_or(String::new(), |all| format!("; {} allocated so far", bytes(all as f64)));
    let process = memory
        .process_bytes
        .map_or(String::new(), |all| format!("; the Go process holds {}", bytes(all as f64)));
    format!("{} live{objects}{allocated}{process}", bytes(memory.bytes as f64))
}

/// Where something is, within a sentence: a line of own code by its position, anything else by its function.
pub(super) fn at(frame: &FrameView) -> String {
    match frame.short_position() {
        position if frame.owner == Owner::Own && frame.line > 0 && !position.is_empty() => {
            format!("at {position}")
        }
        _ => format!("in {}", frame.short_function()),
    }
}

/// Where own code calls into a library.
pub(super) fn called_from(callers: &[(FrameView, f64)]) -> Option<String> {
    let named: Vec<String> = callers
        .iter()
        .take(2)
        .map(|(frame, share)| format!("{} ({})", frame.place(), percent(*share)))
        .collect();
    (!named.is_empty()).then(|| format!("your code calls in from {}", named.join(", ")))
}

/// A time of waiting: `40 minutes`, `30 hours`, `8 days`.
pub(super) fn age(minutes: u64) -> String {
    match minutes {
        ..120 => counted(minutes, "minute"),
        120..2880 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1440, "day"),
    }
}

pub(super) fn bytes(value: f64) -> String {
    quantity(value, Unit::Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_the_unit_people_think_in() {
        assert_eq!(
            [age(1), age(119), age(120), age(2879), age(11_600)],
            ["1 minute", "119 minutes", "2 hours", "47 hours", "8 days"]
        );
    }

    #[test]
    fn a_short_advice_says_what_to_do() {
        let advice =
            "The wait is inside a library. Give the call a context that ends, and a timeout. See its page.";
        assert_eq!(first_sentence(advice), &advice[..advice.len() - " See its page.".len()]);
        assert_eq!(first_sentence("Bound it."), "Bound it.");
    }

    #[test]
    fn one_goroutine_waits_and_two_wait() {
        assert_eq!([does(Wait::Lock, 1), does(Wait::Lock, 2)], ["waits for a lock", "wait for a lock"]);
        assert_eq!(
            [does(Wait::Syscall, 1), does(Wait::Syscall, 0)],
            ["is in a system call", "are in a system call"]
        );
    }
}
