//! The words of the JSON report: each type of the library that is written as one of a few names.

use super::super::document::SetAside;
use crate::clusters::Subject;
use crate::diagnose::Certainty;
use crate::growth::Shape;
use crate::profile::{Form, Kind, NoticeCode, Owner, TimeSource, Unit};
use crate::suspects::{Confidence, Verdict};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A value of a small set, written as its name.
pub(super) trait Named: Copy + 'static {
    /// Every value there is.
    const ALL: &'static [Self];

    /// Its name.
    fn word(self) -> &'static str;
}

/// A value as its name.
pub(super) struct Word<T>(pub(super) T);

impl<T: Named> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, T: Named> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Word<T>, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let found = T::ALL.iter().copied().find(|value| value.word() == text);
        found.map(Word).ok_or_else(|| {
            let known: Vec<&str> = T::ALL.iter().map(|value| value.word()).collect();
            let typed: String = text.chars().take(40).collect();
            match known.len() {
                ..=8 => D::Error::custom(format!("`{typed}` is none of {}", known.join(", "))),
                _ => D::Error::custom(format!("`{typed}` is not known")),
            }
        })
    }
}

/// Names that the type itself has, or that are given here.
macro_rules! named {
    ($type:ty, by name: $($value:expr),+) => {
        impl Named for $type {
            const ALL: &'static [$type] = &[$($value),+];
            fn word(self) -> &'static str {
                self.name()
            }
        }
    };
    ($type:ty, $($value:pat => $expression:expr, $word:literal);+) => {
        impl Named for $type {
            const ALL: &'static [$type] = &[$($expression),+];
            fn word(self) -> &'static str {
                match self {
                    $($value => $word),+
                }
            }
        }
    };
}

named!(Verdict, by name: Verdict::Leak, Verdict::Suspicious, Verdict::Clean, Verdict::Inconclusive);
named!(Confidence, by name: Confidence::High, Confidence::Medium, Confidence::Low);
named!(Certainty, by name: Certainty::High, Certainty::Medium, Certainty::Low);
named!(Kind, by name: Kind::Heap, Kind::Goroutine, Kind::GoroutineLeak);
named!(Unit, by name: Unit::Bytes, Unit::Count);
named!(SetAside, by name: SetAside::Profiler, SetAside::Filtered);
named!(
    Shape, by name: Shape::Steady, Shape::Linear, Shape::Accelerating, Shape::Plateau, Shape::Step,
    Shape::Sawtooth, Shape::Receding, Shape::Noisy
);
named!(Subject, Subject::Heap => Subject::Heap, "heap"; Subject::Goroutine => Subject::Goroutine, "goroutine");
named!(
    Form, Form::Proto => Form::Proto, "proto"; Form::Text => Form::Text, "debug=1";
    Form::Dump => Form::Dump, "debug=2"
);
named!(
    TimeSource, TimeSource::Profile => TimeSource::Profile, "profile";
    TimeSource::SameRound => TimeSource::SameRound, "same-round";
    TimeSource::HttpDate => TimeSource::HttpDate, "http-date";
    TimeSource::FileName => TimeSource::FileName, "file-name";
    TimeSource::FileTime => TimeSource::FileTime, "file-time"
);
named!(
    Owner, Owner::Own => Owner::Own, "own"; Owner::Dependency => Owner::Dependency, "dependency";
    Owner::Std => Owner::Std, "std"
);

impl Named for NoticeCode {
    const ALL: &'static [NoticeCode] = NoticeCode::ALL;
    fn word(self) -> &'static str {
        self.name()
    }
}
