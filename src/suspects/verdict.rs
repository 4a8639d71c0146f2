//! The one word at the top of a report.

use super::Confidence;

/// What the run says as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A suspect of high confidence.
    Leak,
    /// The best suspect is of medium confidence.
    Suspicious,
    /// Enough data, and nothing above low.
    Clean,
    /// Not enough data to say.
    Inconclusive,
}

impl Verdict {
    /// The verdict of the surest suspect; `judged` says whether there was data that could have shown a leak.
    pub fn of(surest: Option<Confidence>, judged: bool) -> Verdict {
        match surest {
            Some(Confidence::High) => Verdict::Leak,
            Some(Confidence::Medium) => Verdict::Suspicious,
            _ if judged => Verdict::Clean,
            _ => Verdict::Inconclusive,
        }
    }

    /// The word used in reports and in the JSON schema.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Leak => "leak",
            Verdict::Suspicious => "suspicious",
            Verdict::Clean => "clean",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}
