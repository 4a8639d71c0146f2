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
        _ => {}
    }
}

/// Whether anything else than its probability, or its youth, keeps it from being high.
fn is_limited(suspect: &Candidate) -> bool {
    suspect.evidence.iter().any(|evidence| {
        matches!(
            evidence,
            Evidence::Material { held: false, .. }
                | Evidence::Spread { .. }
                | Evidence::BusyPlace
                | Evidence::Few(_)
                | Evidence::TinyBlocks
                | Evidence::RuntimeOwn
                | Evidence::UncertainSampling
                | Evidence::TwoSnapshots
                | Evidence::Offset { .. }
                | Evidence::WithLoad
                | Evidence::LoadGrows
        )
    })
}

fn settle(suspect: &mut Candidate, word: Confidence, after: Posterior, why: Evidence) {
    suspect.confidence = word;
    for evidence in &mut suspect.evidence {
        if let Evidence::Probability { posterior, more, .. } = evidence {
            // Time is not what it lacks.
            (*posterior, *more) = (after, None);
        }
    }
    suspect.evidence.push(why);
}
