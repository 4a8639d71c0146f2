//! What fails a run, and the exit statuses.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use pprof_leaks::suspects::Confidence;

const DONE: u8 = 0;
const SUSPECT_FOUND: u8 = 1;
const SOME_INPUTS_UNUSABLE: u8 = 3;
const COULD_NOT_TELL: u8 = 4;

/// What fails a run, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    High,
    Medium,
    Low,
    Inconclusive,
}

/// The names of confidences, for options that take nothing else.
pub(super) fn confidence() -> impl TypedValueParser<Value = Confidence> {
    PossibleValuesParser::new([Confidence::High, Confidence::Medium, Confidence::Low].map(Confidence::name))
        .map(|name| match name.as_str() {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            _ => Confidence::Low,
        })
}

/// What decides on the exit status.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gate {
    pub(super) fail_on: Option<FailOn>,
    /// Whether a leak of a stated size has to be ruled out.
    pub(super) must_detect: bool,
}

/// What a run found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) surest: Option<Confidence>,
    pub(super) is_clean: bool,
    pub(super) some_unusable: bool,
}

impl Gate {
    /// Fails on a suspect that is at least so sure.
    pub(super) fn on(confidence: Option<Confidence>) -> Gate {
        let fail_on = confidence.map(|confidence| match confidence {
            Confidence::High => FailOn::High,
            Confidence::Medium => FailOn::Medium,
            Confidence::Low => FailOn::Low,
        });
        Gate { fail_on, must_detect: false }
    }

    /// The exit status of a run that has ended well.
    pub(super) fn status(self, found: Found) -> u8 {
        // Whoever asks for a leak means one that the verdict speaks of.
        let fail_on = self.fail_on.or(self.must_detect.then_some(FailOn::Medium));
        let at_least = |threshold: Confidence| found.surest.is_some_and(|surest| surest >= threshold);
        let fails = match fail_on {
            Some(FailOn::High) => at_least(Confidence::High),
            Some(FailOn::Medium) => at_least(Confidence::Medium),
            Some(FailOn::Low) => at_least(Confidence::Low),
            Some(FailOn::Inconclusive) => !found.is_clean,
            None => false,
        };
        match found {
            _ if fails => SUSPECT_FOUND,
            Found { is_clean: false, .. } if self.must_detect => COULD_NOT_TELL,
            Found { some_unusable: true, .. } => SOME_INPUTS_UNUSABLE,
            _ => DONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(surest: Option<Confidence>, is_clean: bool) -> Found {
        Found { surest, is_clean, some_unusable: false }
    }

    #[test]
    fn a_gate_that_must_detect_has_three_exits() {
        let gate = Gate { fail_on: None, must_detect: true };
        let statuses = [
            found(Some(Confidence::High), false),
            found(Some(Confidence::Medium), false),
            found(Some(Confidence::Low), false),
            found(None, false),
            found(Some(Confidence::Low), true),
        ]
        .map(|found| gate.status(found));
        assert_eq!(statuses, [1, 1, 4, 4, 0]);
        let strict = Gate { fail_on: Some(FailOn::Inconclusive), must_detect: true };
        assert_eq!(strict.status(found(None, false)), 1, "what was asked for wins");
        let only_sure = Gate { fail_on: Some(FailOn::High), must_detect: true };
        assert_eq!(only_sure.status(found(Some(Confidence::Medium), false)), 4, "not clean, and not sure");
    }

    #[test]
    fn a_suspect_wins_over_inputs_that_could_not_be_used() {
        let some_unusable = Found { some_unusable: true, ..found(Some(Confidence::High), false) };
        assert_eq!(Gate::on(Some(Confidence::Medium)).status(some_unusable), 1);
        assert_eq!(Gate::default().status(some_unusable), 3);
        assert_eq!(Gate::default().status(found(Some(Confidence::High), false)), 0);
    }
}
