//! A place in the code that holds memory or goroutines, and its cause on the assumption that they increase.

use crate::clusters::{Blame, Subject};
use crate::diagnose::Cause;
use crate::growth::{Growth, Point};
use crate::profile::Owner;
use crate::series::{Names, SiteId};
use crate::source::Excerpt;
use crate::suspects::{Candidate, Confidence, Entrance, Evidence, SiteGrowth, Suspect};

/// A place and its stacks.
#[derive(Clone, Debug)]
pub struct Place {
    /// The frame to open first.
    pub blame: Blame,
    /// Its part of all that is live or waits, from 0 to 1.
    pub share: f64,
    /// The stacks, the heaviest first.
    pub sites: Vec<SiteGrowth>,
    /// What it would be if it grows; `None` where it is too small to ask.
    pub named: Option<Named>,
}

/// What a place would be if it grows.
#[derive(Clone, Debug)]
pub struct Named {
    /// The cause.
    pub cause: Cause,
    /// The source at its line, if it was read.
    pub excerpt: Option<Excerpt>,
    /// Where own code calls in, if the place is in a library.
    pub entrances: Vec<Entrance>,
    /// Of memory: the goroutines that seem to hold it, and how many they are.
    pub held_by: Option<(Blame, f64)>,
    /// Of goroutines: others that they come with, one for one, and how many these are.
    pub comes_with: Option<(Blame, f64)>,
    /// Of goroutines: the live bytes that they seem to hold.
    pub holds: f64,
}

impl Place {
    pub(super) fn new(blame: Blame, share: f64, sites: Vec<SiteGrowth>) -> Place {
        Place { blame, share, sites, named: None }
    }

    /// The heaviest stack.
    pub fn heaviest(&self) -> Option<SiteId> {
        self.sites.first().map(|site| site.site)
    }

    /// The place as if all of it came since the start and went on coming; `states` is what its goroutines do, as a dump
    /// has it.
    pub(super) fn as_candidate(
        &self,
        subject: Subject,
        growth: Growth,
        states: &[(String, u64)],
        names: &Names,
    ) -> Candidate {
        let bytes = if subject == Subject::Heap { growth.last() } else { 0.0 };
        Candidate {
            subject,
            // The rules ask whether it surely grows; that is the assumption.
            confidence: Confidence::Medium,
            blame: self.blame,
            is_own: names.info(self.blame.function).owner == Owner::Own,
            known_by: self.blame.function,
            weight: growth.last(),
            live_growth: bytes,
            growth,
            kept: None,
            share: Some(self.share),
            evidence: if states.is_empty() { Vec::new() } else { vec![Evidence::States(states.to_vec())] },
            sites: self.sites.clone(),
        }
    }

    /// Takes what it would be from the suspect that it is a part of.
    pub(super) fn name_by(&mut self, subject: Subject, suspects: &[Suspect]) {
        let is_here = |candidate: &Candidate| candidate.subject == subject && candidate.blame == self.blame;
        let Some(suspect) = suspects.iter().find(|suspect| suspect.members().any(is_here)) else { return };
        let leads = is_here(&suspect.lead);
        let goroutines = suspect.members().filter(|member| member.subject == Subject::Goroutine);
        let most = goroutines.max_by(|a, b| a.growth.last().total_cmp(&b.growth.last()));
        let memory = suspect.members().filter(|member| member.subject == Subject::Heap);
        self.named = Some(Named {
            cause: suspect.cause.clone(),
            excerpt: suspect.excerpt.clone().filter(|_| leads),
            entrances: if leads { suspect.entrances.clone() } else { Vec::new() },
            comes_with: (subject == Subject::Goroutine && !leads && suspect.lead.subject == subject)
                .then(|| (suspect.lead.blame, suspect.lead.growth.last())),
            held_by: most.filter(|_| subject == Subject::Heap).map(|held| (held.blame, held.growth.last())),
            holds: match subject {
                Subject::Heap => 0.0,
                Subject::Goroutine if leads => memory.map(|held| held.live_growth).sum(),
                Subject::Goroutine => 0.0,
            },
        });
    }
}

/// A count that rose from nothing.
pub(super) fn from_nothing(value: f64) -> Growth {
    let point = |value| Point { time: None, value, standard_error: 0.0 };
    Growth {
        points: vec![point(0.0), point(value)],
        delta_error: 0.0,
        p_value: None,
        q_value: None,
        slope: None,
        shape: None,
        retention: None,
    }
}
