//! What rules read out of the facts that the source gives: where a value is kept, what bounds that, what takes out of it.

use super::Certainty;
use super::case::Case;
use super::left_out::Part;
use super::rule::{Shown, alone};
use crate::source::{Channel, Container, Fact, FactKind, Scope};

/// Names of callbacks and of those who are notified.
const LISTENERS: [&str; 9] =
    ["listener", "subscriber", "observer", "handler", "callback", "watcher", "hook", "subs", "waiters"];

/// The place and the statement of a fact.
pub(super) fn quoted(fact: &Fact) -> String {
    format!("{}:{} `{}`", fact.place.file, fact.place.line, fact.statement)
}

/// How sure it is that a value stays where it is stored: a goroutine that waits holds what it made, and where that is
/// stored besides does not matter then.
pub(super) fn stored(case: &Case<'_>) -> Certainty {
    alone(case, Certainty::High)
}

/// `ticker.C` and what `time.Tick` returns.
pub(super) fn is_timer_channel(channel: &Channel) -> bool {
    channel.expression.ends_with(".C") || channel.expression.starts_with("time.Tick(")
}

/// Whether a receive waits for the end of a context.
pub(super) fn is_done(channel: &Channel) -> bool {
    channel.expression.ends_with(".Done()")
}

/// Whether a receive waits for a time to pass.
pub(super) fn is_pause(channel: &Channel) -> bool {
    channel.expression.starts_with("time.After(")
}

/// Whether a container holds callbacks or channels: then it is a list of listeners.
pub(super) fn listens(container: &Container, case: &Case<'_>) -> bool {
    let declared = container.declared.as_deref().unwrap_or_default();
    let element = declared.rsplit(']').next().unwrap_or(declared).trim_start_matches(['*', '(']);
    let name = container.expression.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let of_functions = element.starts_with("func(") || declared.contains("]func(");
    let of_channels = element.starts_with("chan ") || declared.contains("]chan ");
    (of_functions && !case.lacks(Part::ListsOfFunctions))
        || (of_channels && !case.lacks(Part::ListsOfChannels))
        || !case.lacks(Part::NamesOfListeners) && LISTENERS.iter().any(|listener| name.contains(listener))
}

/// A value that is kept in a container.
pub(super) fn kept(fact: &Fact, container: &Container, case: &Case<'_>) -> Option<Shown> {
    let declared = container.declared.as_deref().unwrap_or_default();
    let declared = if declared.is_empty() { String::new() } else { format!(" ({declared})") };
    let because =
        format!("{} keeps it in {}{declared}{}", quoted(fact), container.expression, limits(container));
    Some(Shown { certainty: stored(case).min(surest(container, case)), because })
}

/// A value that is handed to a method of a type, or to a function.
pub(super) fn handed(fact: &Fact, case: &Case<'_>, takes: fn(&str, &str, &str) -> bool) -> Option<Shown> {
    let FactKind::PassedTo { callee, receiver_type, container } = &fact.kind else { return None };
    let method = callee.rsplit('.').next().unwrap_or(callee);
    let receiver = receiver_type.as_deref().unwrap_or_default().trim_start_matches('*');
    if !takes(callee, receiver, method) {
        return None;
    }
    let (limits, most) = match container {
        Some(container) => (limits(container), surest(container, case)),
        None => (String::new(), Certainty::High),
    };
    let because = format!("{} hands it to {callee}{limits}", quoted(fact));
    Some(Shown { certainty: stored(case).min(most), because })
}

/// How sure a container can be what keeps the memory, for what the source shows.
pub(super) fn surest(container: &Container, case: &Case<'_>) -> Certainty {
    match container {
        _ if case.lacks(Part::Surest) => Certainty::High,
        // What takes out may do so well. A parameter is another's container, and a variable ends with its function.
        Container { scope: Scope::Parameter | Scope::Local, .. } if !case.lacks(Part::Scope) => {
            Certainty::Medium
        }
        Container { shrinks, .. } if !shrinks.is_empty() && !case.lacks(Part::Shrinks) => Certainty::Medium,
        _ => Certainty::High,
    }
}

/// What the source shows that takes out of a container.
pub(super) fn limits(container: &Container) -> String {
    match container.shrinks.first() {
        None => ", and nothing in its package takes anything out of it".to_owned(),
        Some(place) => format!(
            "; {}:{} takes out of it; whether enough, the source does not say",
            place.file, place.line
        ),
    }
}

/// A part of a value that is kept keeps all of it; `copy` would keep the part alone.
///
/// Goroutines that wait keep what is on their stacks; no copy would end their wait.
pub(super) fn part_of_a_whole(case: &Case<'_>, of_strings: bool, copy: &str) -> Option<Shown> {
    if !case.waits.is_empty() {
        return None;
    }
    let facts = || case.facts.iter();
    let parts = || facts().filter(|fact| is_part(fact, of_strings));
    let cut_of = |kept: &Fact| parts().find(|fact| Some(&fact.place) == kept.cut.as_ref());
    let kept_parts = facts().filter(|kept| kept.kind.keeps() && !keeps_all(case, kept));
    let known = kept_parts.filter_map(|kept| Some((cut_of(kept)?, kept)));
    let (fact, kept) = known.min_by_key(|(_, kept)| !kept.kind.takes_any_number())?;
    let FactKind::Sliced { of, .. } = &fact.kind else { return None };
    // A conversion is no call that returns something.
    let made_by = of.as_deref().filter(|of| !["string", "[]byte"].contains(of));
    let whole = made_by.map_or("the whole".to_owned(), |of| format!("all that {of} returned"));
    let copy = if points_to_element(fact) { "a copy of the element" } else { copy };
    let what = format!(
        "{} takes a part, which {} keeps, and with it {whole}; {copy} keeps the part alone",
        quoted(fact),
        quoted(kept)
    );
    Some(Shown { certainty: Certainty::High, because: what })
}

/// Whether the source cuts a part out of what is made: of a string, or of a slice.
pub(super) fn cuts_a_part(case: &Case<'_>, of_strings: bool) -> bool {
    case.facts.iter().any(|fact| is_part(fact, of_strings))
}

fn is_part(fact: &Fact, of_strings: bool) -> bool {
    matches!(fact.kind, FactKind::Sliced { is_string, .. } if is_string == of_strings)
}

/// Whether a part is an element that something points to, `&items[i]`.
pub(super) fn points_to_element(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Sliced { .. }) && fact.statement.starts_with('&')
}

/// Whether a value keeps several parts of a whole in fields of its own, `r.head` and `r.body`: these may be all of it.
fn keeps_all(case: &Case<'_>, kept: &Fact) -> bool {
    let owner = |fact: &Fact| match &fact.kind {
        FactKind::Stored { container, .. } => Some(container.expression.rsplit_once('.')?.0.to_owned()),
        _ => None,
    };
    let Some(of) = owner(kept) else { return false };
    case.facts.iter().any(|other| other.cut != kept.cut && owner(other).as_ref() == Some(&of))
}

/// Evidence that tests make up.
#[cfg(test)]
pub(super) mod made {
    use super::*;
    use crate::source::Place;

    pub(crate) fn container() -> Container {
        Container {
            expression: "t.log".to_owned(),
            scope: Scope::Field,
            declared: Some("[]string".to_owned()),
            shrinks: Vec::new(),
        }
    }

    pub(crate) fn fact(kind: FactKind) -> Fact {
        Fact { place: place(3), statement: "s".to_owned(), kind, cut: None }
    }

    pub(crate) fn place(line: u32) -> Place {
        Place { file: "p.go".to_owned(), line }
    }
}
