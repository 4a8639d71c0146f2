//! What could not be delivered yet, in order and bounded.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// One message that waits for its receiver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// The name of the receiver.
    pub(super) receiver: String,
    /// The JSON to send.
    pub(super) body: serde_json::Value,
    /// In how many rounds the receiver has refused it.
    #[serde(default)]
    pub(super) refused: u32,
}

/// A message that was refused in so many rounds, an hour as a rule, is dropped: it really is malformed.
const MOST_REFUSALS: u32 = 12;

/// The messages that wait.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Outbox {
    waiting: VecDeque<Waiting>,
    /// How many had to be dropped and were not yet reported, by receiver.
    dropped: BTreeMap<String, u64>,
}

impl Outbox {
    /// Adds a message; of more than `most` the oldest are dropped and counted. Gives how many.
    pub(super) fn push(&mut self, message: Waiting, most: usize) -> u64 {
        self.waiting.push_back(message);
        let mut dropped = 0;
        while self.waiting.len() > most.max(1) {
            let Some(oldest) = self.waiting.pop_front() else { break };
            *self.dropped.entry(oldest.receiver).or_default() += 1;
            dropped += 1;
        }
        dropped
    }

    /// The messages for one receiver, oldest first.
    pub(super) fn of(&self, receiver: &str) -> Vec<serde_json::Value> {
        self.waiting.iter().filter(|w| w.receiver == receiver).map(|w| w.body.clone()).collect()
    }

    /// Removes the `count` messages for a receiver from the one at `place` on: they were delivered.
    pub(super) fn delivered(&mut self, receiver: &str, place: usize, count: usize) {
        let mut own = 0..;
        self.waiting.retain(|waiting| {
            let place_of = (waiting.receiver == receiver).then(|| own.next()).flatten();
            !place_of.is_some_and(|at| (place..place + count).contains(&at))
        });
    }

    /// The receiver has refused its `count` messages from the one at `place` on. Those refused too often are dropped and counted; gives
    /// how many.
    pub(super) fn refused(&mut self, receiver: &str, place: usize, count: usize) -> u64 {
        let own = self.waiting.iter_mut().filter(|waiting| waiting.receiver == receiver);
        own.skip(place).take(count).for_each(|waiting| waiting.refused += 1);
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.receiver != receiver || waiting.refused < MOST_REFUSALS);
        let dropped = (before - self.waiting.len()) as u64;
        if dropped > 0 {
            *self.dropped.entry(receiver.to_owned()).or_default() += dropped;
        }
        dropped
    }

    /// How many for this receiver were dropped since it last heard of that.
    pub(super) fn dropped(&self, receiver: &str) -> u64 {
        self.dropped.get(receiver).copied().unwrap_or(0)
    }

    /// The receiver knows how many were dropped.
    pub(super) fn told_dropped(&mut self, receiver: &str) {
        self.dropped.remove(receiver);
    }

    /// How many wait for a receiver.
    pub(super) fn len(&self, receiver: &str) -> usize {
        self.waiting.iter().filter(|waiting| waiting.receiver == receiver).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_are_counted() {
        let mut outbox = Outbox::default();
        let message = |receiver: &str, n: i32| Waiting {
            receiver: receiver.into(),
            body: serde_json::json!(n),
            refused: 0,
        };
        for n in 0..5 {
            outbox.push(message("a", n), 4);
        }
        outbox.push(message("b", 9), 4);
        assert_eq!(outbox.of("a"), [2, 3, 4]);
        assert_eq!((outbox.dropped("a"), outbox.dropped("b"), outbox.len("b")), (2, 0, 1));
        outbox.delivered("a", 0, 2);
        outbox.told_dropped("a");
        assert_eq!((outbox.of("a"), outbox.dropped("a")), (vec![serde_json::json!(4)], 0));
        let dropped: Vec<u64> = (0..MOST_REFUSALS).map(|_| outbox.refused("a", 0, 1)).collect();
        assert_eq!((dropped.iter().sum::<u64>(), dropped.last()), (1, Some(&1)));
        assert_eq!((outbox.len("a"), outbox.len("b"), outbox.dropped("a")), (0, 1, 1));
    }
}
