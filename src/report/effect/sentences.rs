//! The sentences of a report on a change: its headline, and why each suspect is what it is.

use super::super::document::{Document, SuspectView};
use super::super::inert::{inert, short};
use super::super::units::{duration, percent, quantity, signed};
use super::{EffectView, rate};
use crate::analysis::{Checked, Difference, Doubt, Effects, PartChange};
use crate::clusters::Subject;
use crate::growth::Effect;
use crate::profile::{Unit, display_function};

/// Why two series cannot be compared.
pub(super) fn two_programs(difference: &Difference) -> String {
    let why = match difference {
        Difference::Functions(functions) => {
            format!("none of the {functions} functions of your own code in the first is in the second")
        }
        Difference::Modules([first, second]) => {
            format!("the first has the code of {first}, and the second that of {second}")
        }
        Difference::Folders([first, second]) => format!(
            "they share no package of your own code but main, and were built in {first} and in {second}"
        ),
    };
    format!("Inconclusive: the two series are of two programs, as it seems: {why}.")
}

/// Why the word is what it is, and what became of parts of which it is not true. `blamed` is the function that is shown.
pub(super) fn because(checked: &Checked, blamed: &str, unit: Unit, effects: &Effects) -> String {
    let telling = checked.telling();
    let mut text = because_of_part(telling, unit, effects);
    if shown(telling) != blamed {
        text = format!("{}: {text}", named(telling));
    }
    for part in checked.parts.iter().skip(1).filter(|part| part.effect != checked.effect()) {
        let word = match part.effect {
            Effect::TooEarly => "too early to tell".to_owned(),
            effect => effect.name().to_owned(),
        };
        text += &format!("; {}: {word}", named(part));
    }
    text
}

/// What a part of a suspect is.
fn named(part: &PartChange) -> String {
    let what = match part.subject {
        Subject::Heap => "the memory of",
        Subject::Goroutine => "the goroutines of",
    };
    format!("{what} {}", shown(part))
}

fn shown(part: &PartChange) -> String {
    short(&display_function(&inert(&part.function)))
}

fn because_of_part(checked: &PartChange, unit: Unit, effects: &Effects) -> String {
    let gone = match checked.is_seen {
        true => "",
        false => "; its function appears nowhere in the second series (removed, renamed, or not called)",
    };
    let left = checked.after.map_or(String::new(), |after| {
        let (_, high) = after.interval();
        format!("{} an hour at most is left (95 %)", quantity(high.max(0.0), unit))
    });
    let text = match (checked.effect, checked.doubt) {
        (Effect::Fixed, _) => format!("the second series would have shown the old rate, and does not: {left}"),
        (Effect::Better, _) if checked.after.is_some_and(|after| after.interval().0 <= 0.0) => {
            format!("it is slower beyond chance; whether it is gone, a longer series will tell: {left}")
        }
        (Effect::Better, _) => "it is slower beyond chance, but goes on".to_owned(),
        (Effect::Unchanged, _) => "it goes on at the same rate".to_owned(),
        (Effect::Worse, _) => "it is faster beyond chance".to_owned(),
        (Effect::Inconclusive, _) => return "the second series is of another program".to_owned(),
        (Effect::TooEarly, Some(Doubt::TooShort(hours))) => format!(
            "growth at the old rate shows after {} only; take the second series at least as long",
            duration(hours)
        ),
        (Effect::TooEarly, Some(Doubt::NoPace)) => {
            "the first series does not show a rate that is surely above 0; take a longer one of the old build".to_owned()
        }
        (Effect::TooEarly, Some(Doubt::NotJudged)) => {
            "the second series holds nothing to judge it by; take heap and goroutine snapshots as in the first"
                .to_owned()
        }
        (Effect::TooEarly, Some(Doubt::Idle)) => format!(
            "the process is idle after the change ({} of the allocations before); take the second series under load",
            percent(effects.load.unwrap_or(0.0))
        ),
        (Effect::TooEarly, doubt) => {
            let long = match doubt {
                Some(Doubt::Unsure(Some(hours))) => format!(" to {} in all", duration(hours)),
                _ => String::new(),
            };
            format!("neither \"gone\" nor \"unchanged\" is beyond chance; go on with the second series{long}")
        }
    };
    format!("{text}{gone}")
}

/// That a suspect of the second series is not new.
pub(super) fn grew_before(suspect: &SuspectView) -> String {
    format!(
        "{} grew as fast in the first series, though no suspect was there; it is not new.",
        suspect.blame.short_function()
    )
}

pub(super) fn headline(
    effect: Effect,
    suspects: &[EffectView],
    new: &[SuspectView],
    old: &Document,
) -> String {
    let fixed: Vec<&EffectView> = suspects.iter().filter(|suspect| suspect.effect == Effect::Fixed).collect();
    let word = match effect {
        Effect::Fixed => "Fixed",
        Effect::Better => "Better",
        Effect::Unchanged if !fixed.is_empty() => "Partly fixed",
        Effect::Unchanged => "Unchanged",
        Effect::Worse => "Worse",
        Effect::TooEarly => "Too early to tell",
        Effect::Inconclusive => "Inconclusive",
    };
    if suspects.is_empty() {
        let new = if new.is_empty() { String::new() } else { format!("; {}", newcomers(new)) };
        return format!(
            "{word}: the first series has no suspect to compare with{new}. The first says: {}",
            old.headline
        );
    }
    let counts: Vec<String> =
        [Effect::Fixed, Effect::Better, Effect::Unchanged, Effect::Worse, Effect::TooEarly]
            .into_iter()
            .map(|effect| (effect, suspects.iter().filter(|s| s.effect == effect).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(effect, count)| match effect {
                Effect::TooEarly => format!("for {count} it is too early to tell"),
                effect => format!("{count} {}", effect.name()),
            })
            .collect();
    let is_it = |suspect: &&EffectView| suspect.effect == effect;
    let all = match suspects.len() {
        1 => String::new(),
        n => format!("; of {n} suspects {}", counts.join(", ")),
    };
    // It is worse for what is new, then, and not for what was there before.
    if effect == Effect::Worse && !suspects.iter().any(|suspect| is_it(&suspect)) {
        let of_old = match suspects.len() {
            1 => format!("; {}", one(&suspects[0])),
            _ => all,
        };
        return format!("{word}: {}{of_old}.", newcomers(new));
    }
    let shown = suspects.iter().find(is_it).unwrap_or(&suspects[0]);
    let rates = match (&shown.before, &shown.after) {
        (Some(before), Some(after)) => format!(
            "{} grew by {} before and by {} after",
            shown.blame.short_function(),
            rate(before, shown.unit),
            rate(after, shown.unit)
        ),
        _ => shown.blame.short_function(),
    };
    let new = match new.len() {
        0 => String::new(),
        1 => "; 1 suspect is new".to_owned(),
        n => format!("; {n} suspects are new"),
    };
    let gone = match fixed.as_slice() {
        [first, ..] if effect == Effect::Unchanged => format!("{} is fixed, ", first.blame.short_function()),
        _ => String::new(),
    };
    format!("{word}: {gone}{rates}{all}{new}.")
}

/// What became of the only suspect of the first series.
fn one(suspect: &EffectView) -> String {
    let who = suspect.blame.short_function();
    match suspect.effect {
        Effect::TooEarly => format!("for {who} it is too early to tell"),
        effect => format!("{who} is {}", effect.name()),
    }
}

/// Names the suspects that are new, the surest of them with its growth.
fn newcomers(new: &[SuspectView]) -> String {
    let Some(surest) = new.iter().max_by_key(|suspect| (suspect.confidence, std::cmp::Reverse(suspect.rank)))
    else {
        return "a suspect is new".to_owned();
    };
    let grown = signed(surest.figures().delta, surest.figures().unit);
    let things = if surest.subject == Subject::Goroutine { " goroutines" } else { "" };
    let pace = match surest.figures().per_hour {
        Some(rate) => format!("{}/h", signed(rate, surest.figures().unit)),
        None => "at an unknown rate".to_owned(),
    };
    let others = match new.len() {
        1 => String::new(),
        2 => "; another one is new".to_owned(),
        n => format!("; {} others are new", n - 1),
    };
    let who = surest.blame.short_function();
    format!("{who} is new ({} confidence, {grown}{things}, {pace}){others}", surest.confidence.name())
}
