//! The words of the JSON report: each type of the library that is written as one of a few names.

use super::super::document::{SetAside, SuspectKind};
use crate::analysis::{Relation, Wait};
use crate::clusters::Subject;
use crate::diagnose::Certainty;
use crate::growth::{Effect, Shape};
use crate::profile::{Form, Kind, NoticeCode, Owner, TimeSource, Unit};
use crate::suspects::{Confidence, Verdict};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// The longest part of an unknown word that is quoted.
const QUOTED: usize = 40;
/// So many known words are listed where another one stands.
const LISTED: usize = 8;

/// Finds a word among those known.
fn find<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    let found = all.iter().copied().find(|value| word(*value) == text);
    found.ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|value| word(*value)).collect();
        let typed: String = text.chars().take(QUOTED).collect();
        match known.len() {
            ..=LISTED => D::Error::custom(format!("`{typed}` is none of {}", known.join(", "))),
            _ => D::Error::custom(format!("`{typed}` is not known")),
        }
    })
}

/// Makes a type stand in JSON as its word: the name that the type itself gives, or one that is given here.
macro_rules! words {
    ($type:ty, $all:expr, $word:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($word(*self))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                find(deserializer, $all, $word)
            }
        }
    };
    ($type:ident: $($value:ident),+) => {
        words!($type, &[$($type::$value),+], $type::name);
    };
    ($type:ident: $($value:ident = $name:literal),+) => {
        words!($type, &[$($type::$value),+], |value: $type| match value {
            $($type::$value => $name),+
        });
    };
}

words!(Verdict: Leak, Suspicious, Clean, Inconclusive);
words!(Confidence: High, Medium, Low);
words!(Certainty: High, Medium, Low);
words!(Kind: Heap, Goroutine, GoroutineLeak);
words!(Unit: Bytes, Count);
words!(SetAside: Profiler, Filtered);
words!(Shape: Steady, Linear, Accelerating, Plateau, Step, Sawtooth, Receding, Noisy);
words!(Subject: Heap = "heap", Goroutine = "goroutine");
words!(SuspectKind: Heap = "heap", Goroutine = "goroutine", Both = "both");
words!(Form: Proto = "proto", Text = "debug=1", Dump = "debug=2");
words!(Owner: Own = "own", Dependency = "dependency", Std = "std");
words!(
    TimeSource: Profile = "profile", SameRound = "same-round", HttpDate = "http-date", FileName = "file-name",
    FileTime = "file-time"
);
words!(
    Effect: Fixed = "fixed", Better = "better", Unchanged = "unchanged", Worse = "worse", TooEarly = "too-early",
    Inconclusive = "inconclusive"
);
words!(Wait, &Wait::ALL, Wait::name);
words!(Relation: SameFunction, SameType);
words!(NoticeCode, NoticeCode::ALL, NoticeCode::name);
