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
}

/// The messages that wait.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Outbox {
    waiting: VecDeque<Waiting>,
    /// How many had to be dropped and were not yet told of, by receiver.
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

    /// Removes the oldest `count` messages for a receiver: they were delivered.
    pub(super) fn delivered(&mut self, receiver: &str, count: usize) {
        let mut left = count;
        self.waiting.retain(|waiting| {
            let is_done = left > 0 && waiting.receiver == receiver;
            left -= usize::from(is_done);
            !is_done
        });
    }

    /// How many for this receiver were dropped since it was last told.
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
        let message =
            |receiver: &str, n: i32| Waiting { receiver: receiver.into(), body: serde_json::json!(n) };
        for n in 0..5 {
            outbox.push(message("a", n), 4);
        }
        outbox.push(message("b", 9), 4);
        assert_eq!(outbox.of("a"), [2, 3, 4]);
        assert_eq!((outbox.dropped("a"), outbox.dropped("b"), outbox.len("b")), (2, 0, 1));
        outbox.delivered("a", 2);
        outbox.told_dropped("a");
        assert_eq!((outbox.of("a"), outbox.dropped("a")), (vec![serde_json::json!(4)], 0));
    }
}
