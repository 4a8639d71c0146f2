//! The server of a profiler: what every profiler answers, and how it is asked.

use super::ProfileType;
use super::selector::Selector;
use super::steps::Span;
use crate::collect::client::{Client, Sent};
use crate::collect::scrape::BACKOFF;
use crate::collect::{Failure, Stop, Target};
use crate::input::proto;
use backon::BackoffBuilder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The labels of a series.
pub(super) type Labels = BTreeMap<String, String>;

/// Which profiles are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// The one that stands for a moment that [`Profiler::moments`] gave.
    Moment(i64),
    /// All of a time, added up.
    All(Span),
}

/// A continuous profiler.
pub(super) trait Profiler: Sync {
    /// The label by which it knows a service.
    fn job_label(&self) -> &'static str;

    /// Whether it keeps what was allocated since the start of the process, not only since the profile before.
    fn counts_allocations(&self) -> bool;

    /// The ids of the types of profiles that it has in a time.
    fn types(&self, span: Span) -> Result<Vec<String>, Failure>;

    /// The labels of all series of a type in a time; those called `names` at least.
    fn label_sets(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        names: &[&str],
    ) -> Result<Vec<Labels>, Failure>;

    /// When there are profiles, in milliseconds since the Unix epoch. To the second is enough for those of one process; to be
    /// counted, those of many are given `one_by_one`.
    fn moments(
        &self,
        of: &ProfileType,
        selector: &Selector,
        span: Span,
        one_by_one: bool,
    ) -> Result<Vec<i64>, Failure>;

    /// The profile of a moment, or the sum of all of a time; `None` where there is none.
    fn profile(
        &self,
        of: &ProfileType,
        selector: &Selector,
        when: When,
    ) -> Result<Option<proto::Profile>, Failure>;
}

/// A server that is asked in plain HTTP, with its credentials and bounds.
pub(super) struct Server<'a> {
    client: Client,
    target: &'a Target,
    stop: &'a Stop,
}

impl<'a> Server<'a> {
    pub(super) fn new(target: &'a Target, connections: usize, stop: &'a Stop) -> Result<Server<'a>, Failure> {
        Ok(Server { client: Client::new(&target.job, connections)?, target, stop })
    }

    /// The most bytes of an answer.
    pub(super) fn max_bytes(&self) -> u64 {
        self.target.job.max_bytes
    }

    /// Asks, again in a moment where that may help, and gives the whole answer.
    pub(super) fn ask(&self, path: &str, sent: Option<Sent<'_>>) -> Result<Vec<u8>, Failure> {
        let mut pauses = BACKOFF.build();
        loop {
            if self.stop.is_wanted() {
                return Err(Failure::Stopped);
            }
            let mut answer = Vec::new();
            let mut take = |part: &[u8]| {
                answer.extend_from_slice(part);
                Ok(())
            };
            let failure = match self.client.ask(self.target, path, sent, self.stop, &mut take) {
                Ok(()) => return Ok(answer),
                Err(Failure::NotServed) => {
                    return Err(Failure::Strange("404: it has no such interface".to_owned()));
                }
                Err(failure) => failure,
            };
            match pauses.next().filter(|_| failure.may_pass()) {
                Some(pause) if self.stop.pause(pause) => {}
                _ => return Err(failure),
            }
        }
    }

    /// The same where the answer is JSON.
    pub(super) fn ask_json<T: DeserializeOwned>(
        &self,
        path: &str,
        sent: Option<Sent<'_>>,
    ) -> Result<T, Failure> {
        let answer = self.ask(path, sent)?;
        serde_json::from_slice(&answer).map_err(|error| {
            Failure::Strange(format!("this JSON was not expected ({})", short(&error.to_string())))
        })
    }
}

/// The labels of a series as both profilers write them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LabelSet {
    labels: Vec<Label>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Label {
    name: String,
    value: String,
}

impl LabelSet {
    pub(super) fn labels(self) -> Labels {
        self.labels.into_iter().map(|label| (label.name, label.value)).collect()
    }
}

/// What is quoted of a server, in characters.
const LONGEST: usize = 160;

/// The beginning of what a server says.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
