//! One process: the steps of it that are not in the store yet, one snapshot of each kind.

use super::columns::{Columns, join};
use super::series::Process;
use super::server::{Profiler, When};
use super::steps::{Span, joined};
use super::{ProfileType, PullError, Pulled, Steps, Wanted};
use crate::collect::{Card, Failure, Target};
use crate::store::{Ending, Store};
use prost::Message;
use std::collections::BTreeSet;

/// So much time is asked about at once, in milliseconds: the list of its moments stays small.
const STRETCH: i64 = 6 * 3_600_000;

/// Pulls what is missing of a process.
pub(super) fn pull_one(
    profiler: &dyn Profiler,
    process: &Process,
    wanted: &[Wanted],
    steps: &Steps,
    store: &Store,
    target: &Target,
) -> Result<Pulled, PullError> {
    let mut pulled = Pulled::default();
    for of in wanted {
        let mut pull = Pull { profiler, process, of, store, pulled: &mut pulled };
        pull.missing(steps).map_err(|failure| PullError::Failed {
            what: format!("{} of {}", of.kind.name(), process.instance),
            failure,
        })?;
    }
    if pulled.snapshots > 0 {
        let card = Card {
            job: process.instance.job().to_owned(),
            instance: process.instance.name().to_owned(),
            address: target.address.to_string(),
            labels: process.labels.clone(),
        };
        card.keep(store, &process.instance);
    }
    Ok(pulled)
}

/// The snapshots of one kind of a process.
struct Pull<'a> {
    profiler: &'a dyn Profiler,
    process: &'a Process,
    of: &'a Wanted,
    store: &'a Store,
    pulled: &'a mut Pulled,
}

impl Pull<'_> {
    fn missing(&mut self, steps: &Steps) -> Result<(), Failure> {
        let there = self.store.snapshots(&self.process.instance)?;
        let there = there.iter().filter(|entry| entry.kind == self.of.kind);
        let there: BTreeSet<i64> = there.map(|entry| entry.nanos.div_euclid(1_000_000)).collect();
        let is_there = |step: &Span| there.range(step.start..=step.end).any(|millis| step.has(*millis));
        let (known, missing): (Vec<Span>, Vec<Span>) = steps.each().partition(is_there);
        self.pulled.there += known.len();
        // To be counted, the profiles of many processes are listed to the millisecond.
        let stretch = if self.process.is_merged { 0 } else { STRETCH };
        for (all, steps) in joined(&missing, stretch) {
            let moments = self.profiler.moments(
                &self.of.types[0],
                &self.process.selector,
                all,
                self.process.is_merged,
            )?;
            let moments: BTreeSet<i64> = moments.into_iter().collect();
            for step in steps {
                let in_step = moments.range(step.start..=step.end).filter(|millis| step.has(**millis));
                let stored = match (self.process.is_merged, in_step.clone().next_back()) {
                    (_, None) => false,
                    (false, Some(last)) => self.store(When::Moment(*last), *last, None)?,
                    (true, Some(_)) => self.store(When::All(step), step.end, Some(in_step.count() as u64))?,
                };
                self.pulled.empty += usize::from(!stored);
            }
        }
        Ok(())
    }

    /// Stores one snapshot; says whether there is one.
    fn store(&mut self, when: When, millis: i64, sum_of: Option<u64>) -> Result<bool, Failure> {
        let mut parts = Vec::with_capacity(self.of.types.len());
        // Counters of several processes are no counter.
        let is_told = |of: &&ProfileType| sum_of.is_none() || !of.column.starts_with("alloc");
        for of in self.of.types.iter().filter(is_told) {
            match self.profiler.profile(of, &self.process.selector, when)? {
                Some(profile) => parts.push((of, profile)),
                None => return Ok(false),
            }
        }
        let profile = join(&Columns { millis, sum_of, parts: &parts })?;
        if profile.sample.is_empty() {
            return Ok(false);
        }
        let mut writing = self.store.begin(&self.process.instance, self.of.kind, Ending::Proto)?;
        writing.write(&profile.encode_to_vec())?;
        let stored = writing.commit(profile.time_nanos)?;
        self.pulled.snapshots += 1;
        self.pulled.bytes += stored.bytes;
        Ok(true)
    }
}
