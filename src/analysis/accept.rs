//! Suspects that a baseline accepts, taken out of the judgement.

use super::Analysis;
use crate::profile::{Notice, NoticeCode};
use crate::suspects::{Accepted, Baseline, Confidence, Suspect, Verdict};
use jiff::civil::Date;

impl Analysis {
    /// Moves the suspects that a baseline accepts on a day to [`Analysis::accepted`]. They no longer count for the
    /// verdict. Entries that are expired or match nothing are told.
    pub fn accept(&mut self, baseline: &Baseline, today: Date) {
        for entry in &baseline.accepted {
            // What leads a suspect depends on what was given; its parts keep their ids.
            let is_it = |fingerprint: &str| fingerprint == entry.fingerprint;
            let holds = |suspect: &Suspect| suspect.members().any(|member| is_it(&member.fingerprint));
            let found = self.suspects.iter().position(holds);
            match found {
                Some(_) if entry.is_expired(today) => self.notices.push(Notice::new(
                    NoticeCode::BaselineExpired,
                    format!(
                        "the baseline accepted {} until {} only: look at it again, fix it or renew the entry",
                        entry.fingerprint,
                        entry.expires.map_or(String::new(), |day| day.to_string())
                    ),
                )),
                Some(at) => self.accepted.push((self.suspects.remove(at), Accepted::clone(entry))),
                // Two entries may accept parts of one suspect.
                None if self.accepted.iter().any(|(suspect, _)| holds(suspect)) => {}
                None => self.notices.push(Notice::new(
                    NoticeCode::BaselineUnused,
                    format!("the baseline accepts {}, which is no suspect here; remove the entry once it is fixed", entry.fingerprint),
                )),
            }
        }
        let surest = self.suspects.iter().map(|suspect| suspect.confidence).max();
        self.verdict = match (surest, self.verdict) {
            (Some(Confidence::High), _) => Verdict::Leak,
            (Some(Confidence::Medium), _) => Verdict::Suspicious,
            // There was data enough to show what is accepted.
            (_, Verdict::Leak | Verdict::Suspicious) => Verdict::Clean,
            (_, verdict) => verdict,
        };
        self.notices.sort();
        self.notices.dedup();
    }
}
