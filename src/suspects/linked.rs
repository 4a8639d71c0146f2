//! Candidates that are one leak.

use super::{Candidate, Entrance};
use crate::clusters::Subject;
use std::ops::Deref;

/// One leak with all its parts. What is asked of it as a whole is asked of the part that leads.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The part that is reported: where to mend it.
    pub lead: Candidate,
    /// What is the same leak: the memory that its goroutines hold, companions, sites that grow with it.
    pub joined: Vec<Candidate>,
    /// A stable id, for baselines and for matching tickets.
    pub fingerprint: String,
    /// The ids that goroutines among its parts have on their own.
    pub aliases: Vec<String>,
    /// Where own code calls into the library that its stacks are of; empty for suspects in own code.
    pub entrances: Vec<Entrance>,
}

impl Deref for Linked {
    type Target = Candidate;

    fn deref(&self) -> &Candidate {
        &self.lead
    }
}

impl Linked {
    /// The part that leads, and what was joined to it.
    pub fn members(&self) -> impl Iterator<Item = &Candidate> {
        std::iter::once(&self.lead).chain(&self.joined)
    }

    /// Whether memory or goroutines are a part of it.
    pub fn has(&self, subject: Subject) -> bool {
        self.members().any(|member| member.subject == subject)
    }

    /// Whether it is known by an id. What leads depends on what was given; goroutines among its parts keep their ids.
    pub fn answers_to(&self, fingerprint: &str) -> bool {
        self.fingerprint == fingerprint || self.aliases.iter().any(|alias| alias == fingerprint)
    }
}

/// Puts leaks in the order of the report: surest first, then those in the user's own code, then by weight, then by fingerprint.
pub fn rank(leaks: &mut [Linked]) {
    leaks.sort_by(|a, b| {
        b.confidence
            .cmp(&a.confidence)
            .then(b.is_own.cmp(&a.is_own))
            .then(b.weight.total_cmp(&a.weight))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
}
