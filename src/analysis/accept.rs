//! Suspects that a baseline accepts, taken out of the judgement.

use super::Options;
use crate::profile::{Notice, NoticeCode};
use crate::suspects::{Accepted, Suspect, Verdict};

/// What is left once a baseline was looked at.
pub(crate) struct Acceptance {
    /// The suspects that it does not accept.
    pub(crate) suspects: Vec<Suspect>,
    /// Those that it does, with its entry.
    pub(crate) accepted: Vec<(Suspect, Accepted)>,
    /// The verdict on the former.
    pub(crate) verdict: Verdict,
}

/// Takes out the suspects that the baseline accepts today; they do not count for the verdict, which is that of the rest. Entries that are expired
/// or match nothing are reported.
pub(crate) fn accept(
    mut suspects: Vec<Suspect>,
    verdict: Verdict,
    options: &Options,
    notices: &mut Vec<Notice>,
) -> Acceptance {
    let mut accepted: Vec<(Suspect, Accepted)> = Vec::new();
    let today = (options.today)();
    for entry in options.baseline.iter().flat_map(|baseline| &baseline.accepted) {
        let holds = |suspect: &Suspect| suspect.answers_to(&entry.fingerprint);
        match suspects.iter().position(holds) {
            Some(_) if entry.is_expired(today) => notices.push(Notice::new(
                NoticeCode::BaselineExpired,
                format!(
                    "the baseline accepted {} until {} only: look at it again, fix it or renew the entry",
                    entry.fingerprint,
                    entry.expires.map_or(String::new(), |day| day.to_string())
                ),
            )),
            Some(at) => accepted.push((suspects.remove(at), entry.clone())),
            // Two entries may accept parts of one suspect.
            None if accepted.iter().any(|(suspect, _)| holds(suspect)) => {}
            None => notices.push(Notice::new(
                NoticeCode::BaselineUnused,
                format!(
                    "the baseline accepts {}, which is no suspect here; remove the entry once it is fixed",
                    entry.fingerprint
                ),
            )),
        }
    }
    // There was data enough to show what is accepted; and source may have made a suspect surer.
    let surest = suspects.iter().map(|suspect| suspect.confidence).max();
    let verdict = Verdict::of(surest, verdict != Verdict::Inconclusive);
    Acceptance { suspects, accepted, verdict }
}
