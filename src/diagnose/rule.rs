//! What a rule consists of besides its page, and the thresholds that rules share.

use super::Certainty;
use super::case::Case;
use super::left_out::Part;
use crate::source::Fact;

/// Below so many sampled objects no count says anything (docs/statistics.md: one sample stands for 512 KiB).
pub(super) const ENOUGH: i64 = 10;
/// So many sampled objects below a function that only this cause calls are no accident.
pub(super) const SOME: i64 = 2;
/// A cause explains a suspect if this share of its bytes shows it.
pub(super) const A_GOOD_PART: f64 = 0.3;
/// More than this share of a group has to show what a rule looks for; a few of any group are caught on their way.
pub(super) const MOST: f64 = 0.5;

/// What a recogniser makes out: how sure it is, and what led to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) certainty: Certainty,
    pub(super) because: String,
}

/// What a recogniser makes out, as it is written there.
pub(super) fn shown(certainty: Certainty, because: impl Into<String>) -> Option<Shown> {
    Some(Shown { certainty, because: because.into() })
}

/// Looks at a case as a whole.
pub(super) type Recogniser = fn(&Case<'_>) -> Option<Shown>;
/// Looks at one thing that the source says.
pub(super) type FactRecogniser = fn(&Fact, &Case<'_>) -> Option<Shown>;

/// A case for which the page has an advice of its own: its name there, and when it is one.
pub(super) type SpecialCase = (&'static str, fn(&Case<'_>) -> bool);

/// The recognisers of a rule, by what they look at. Those that are rows stand in tables.
pub(super) struct Rule {
    /// What goroutines wait in.
    pub(super) waits: &'static [Recogniser],
    /// What was allocated; never called without memory.
    pub(super) memory: &'static [Recogniser],
    /// What was allocated beside it; the same.
    pub(super) hints: &'static [Recogniser],
    /// Single facts of the source.
    pub(super) facts: &'static [FactRecogniser],
    /// Several facts together.
    pub(super) source: &'static [Recogniser],
    /// The special cases; the first that fits counts.
    pub(super) advice: &'static [SpecialCase],
}

impl Rule {
    /// A rule whose recognisers all are rows of tables.
    pub(super) const ROWS: Rule =
        Rule { waits: &[], memory: &[], hints: &[], facts: &[], source: &[], advice: &[] };
}

/// A rule that speaks about memory alone is less sure where goroutines that wait explain it as well.
pub(super) fn alone(case: &Case<'_>, certainty: Certainty) -> Certainty {
    if case.waits.is_empty() || case.lacks(Part::WaitsLowerMemory) { certainty } else { Certainty::Low }
}

/// How sure so many sampled objects make a rule.
pub(super) fn by_count(sampled: i64) -> Certainty {
    if sampled >= ENOUGH { Certainty::High } else { Certainty::Medium }
}
