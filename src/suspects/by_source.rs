//! What the source of a program says of a suspect in its heap: whether anything is taken out again of what keeps it.

use super::{Candidate, Confidence, Evidence};
use crate::clusters::Subject;
use crate::judge::policy::{NOT_TAKEN_OUT_TURNS_OVER, TAKEN_OUT_FILLS};
use crate::judge::{Class, Posterior, confidence};

/// Weighs that source shows in what a suspect is kept, and whether it shows anything that takes out of it. If not, it is no store that
/// fills or is flushed, and hardly one whose objects come and go. If so, a store that fills is likelier: what was high may be medium then.
pub(crate) fn weigh_source(suspect: &mut Candidate, is_taken_out: bool) {
    let Some(before) = suspect.posterior().copied().filter(|_| suspect.subject == Subject::Heap) else {
        return;
    };
    let after = before.given(&match is_taken_out {
        true => {
            [(Class::Filling, TAKEN_OUT_FILLS), (Class::Flushed, TAKEN_OUT_FILLS), (Class::Turnover, 1.0)]
        }
        false => [(Class::Filling, 0.0), (Class::Flushed, 0.0), (Class::Turnover, NOT_TAKEN_OUT_TURNS_OVER)],
    });
    let is_high = confidence(&after, suspect.growth.points.len()) == Some(Confidence::High);
    match (suspect.confidence, is_taken_out) {
        (Confidence::Medium, false) if is_high && !is_limited(suspect) => {
            suspect.evidence.retain(|evidence| !matches!(evidence, Evidence::Young { .. }));
            settle(suspect, Confidence::High, after, Evidence::NothingFrees);
        }
        (Confidence::High, true) if !is_high => {
            settle(suspect, Confidence::Medium, after, Evidence::SomethingFrees);
        }
        // When it would be high was promised without knowing of that.
        (Confidence::Medium, true) => promise_nothing(suspect),
        _ => {}
    }
}

/// Whether anything else than its probability, or its youth, keeps it from being high: what it is, or that there is too little of it.
fn is_limited(suspect: &Candidate) -> bool {
    let is_little = |evidence: &Evidence| {
        matches!(evidence, Evidence::Material { held: false, .. } | Evidence::Few(_) | Evidence::TwoSnapshots)
    };
    suspect.limit().is_some() || suspect.evidence.iter().any(is_little)
}

fn settle(suspect: &mut Candidate, word: Confidence, after: Posterior, why: Evidence) {
    suspect.confidence = word;
    for evidence in &mut suspect.evidence {
        if let Evidence::Probability { posterior, .. } = evidence {
            *posterior = after;
        }
    }
    promise_nothing(suspect);
    suspect.evidence.push(why);
}

/// Takes back how many more snapshots would make it high.
fn promise_nothing(suspect: &mut Candidate) {
    for evidence in &mut suspect.evidence {
        if let Evidence::Probability { more, .. } = evidence {
            *more = None;
        }
    }
}
