//! Senders whose receiver is gone.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::library_waits::{Blocked, in_library};
use crate::diagnose::rule::{Rule, Shown, shown};
use crate::diagnose::source_reading::quoted;
use crate::diagnose::symbols::CHANNEL_SEND;
use crate::source::{Fact, FactKind};

const SEND: Blocked = Blocked { frames: &CHANNEL_SEND, state: "chan send" };

pub(super) const RULE: Rule = Rule {
    waits: &[waits_to_send],
    facts: &[handed_over, sends],
    advice: &[("a wait inside a library", in_library)],
    ..Rule::ROWS
};

fn waits_to_send(case: &Case<'_>) -> Option<Shown> {
    let why =
        ": nobody receives, or too seldom; or it is a semaphore, and those who hold it do not release it";
    SEND.shown(case, "to send on a channel", why)
}

/// What is sent to a channel without room waits with its sender.
fn handed_over(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::Sent(channel) = &fact.kind else { return None };
    if !case.waits.is_empty() || channel.capacity.as_deref() != Some("0") {
        return None;
    }
    shown(
        Certainty::Low,
        format!(
            "{} sends it to {}, which has no room: until somebody receives it, the sender waits and keeps it; a goroutine \
             profile would show",
            quoted(fact),
            channel.expression
        ),
    )
}

fn sends(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::WaitsToSend(channel) = &fact.kind else { return None };
    if case.waits.is_empty() || channel.never_made {
        return None;
    }
    let room = match channel.capacity.as_deref() {
        Some("0") => ", which has no room".to_owned(),
        Some(capacity) => format!(", which has room for {capacity}"),
        None => String::new(),
    };
    shown(Certainty::Medium, format!("{} sends to {}{room}", quoted(fact), channel.expression))
}
