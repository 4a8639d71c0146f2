//! What is learnt about a candidate in the heap by how memory leaves what keeps it.

use super::{Candidate, Confidence, Evidence};
use crate::clusters::Subject;
use crate::diagnose::Outlet;
use crate::judge::policy::{NOT_TAKEN_OUT_TURNS_OVER, TAKEN_OUT_FILLS};
use crate::judge::{Class, Posterior, confidence};

/// Weighs how memory leaves what keeps a candidate. If it does not, that is no store that fills or is flushed, and hardly one whose objects
/// come and go. If it does, a store that fills is likelier: what was high may be medium then.
pub(crate) fn weigh_outlet(candidate: &mut Candidate, outlet: Outlet) {
    let Some(before) = candidate.posterior().copied().filter(|_| candidate.subject == Subject::Heap) else {
        return;
    };
    let is_taken_out = outlet != Outlet::Nothing;
    let after = before.given(&match is_taken_out {
        true => {
            [(Class::Filling, TAKEN_OUT_FILLS), (Class::Flushed, TAKEN_OUT_FILLS), (Class::Turnover, 1.0)]
        }
        false => [(Class::Filling, 0.0), (Class::Flushed, 0.0), (Class::Turnover, NOT_TAKEN_OUT_TURNS_OVER)],
    });
    let word = confidence(&after, candidate.growth.points.len()).unwrap_or(Confidence::Low);
    match (candidate.confidence, outlet) {
        (Confidence::Medium, Outlet::Nothing) if word == Confidence::High && !is_limited(candidate) => {
            candidate.evidence.retain(|evidence| !matches!(evidence, Evidence::Young { .. }));
            settle(candidate, Confidence::High, after, Evidence::Outlet(outlet));
        }
        (Confidence::High, Outlet::InSource | Outlet::MadeToCache) if word < Confidence::High => {
            settle(candidate, Confidence::Medium, after, Evidence::Outlet(outlet));
        }
        (was @ (Confidence::High | Confidence::Medium), Outlet::BoundedCache) => {
            settle(candidate, word.min(was), after, Evidence::Outlet(outlet));
        }
        // When it would be high was promised without knowing of that.
        (Confidence::Medium, Outlet::InSource | Outlet::MadeToCache) => candidate.promise_nothing(),
        _ => {}
    }
}

/// Whether anything else than its probability, or its youth, keeps it from being high: what it is, or that there is too little of it.
fn is_limited(candidate: &Candidate) -> bool {
    let is_little = |evidence: &Evidence| {
        matches!(evidence, Evidence::Material { held: false, .. } | Evidence::Few(_) | Evidence::TwoSnapshots)
    };
    candidate.limit().is_some() || candidate.evidence.iter().any(is_little)
}

fn settle(candidate: &mut Candidate, word: Confidence, after: Posterior, why: Evidence) {
    candidate.confidence = word;
    for evidence in &mut candidate.evidence {
        if let Evidence::Probability { posterior, .. } = evidence {
            *posterior = after;
        }
    }
    candidate.promise_nothing();
    candidate.evidence.push(why);
}
