//! Fields whose form in JSON is not their natural one, and what is refused or made harmless where they are read.
//!
//! A file from outside can hold anything, so every text is made inert again and every number is bounded.

use super::super::inert::inert;
use super::super::units::rfc3339;
use crate::growth::Point;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};
use std::collections::BTreeMap;

/// Sums beyond this are no process's; below it, differences cannot overflow.
const LARGEST_SUM: i128 = 1 << 100;
/// The longest id.
const LONGEST_ID: usize = 64;
/// Hexadecimal digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 16;

/// What is wrong, in a few words.
type Wrong = &'static str;

/// A value that holds texts.
pub(in crate::report) trait Texts {
    /// Changes or refuses each of them.
    fn each(&mut self, change: &dyn Fn(&mut String) -> Result<(), Wrong>) -> Result<(), Wrong>;
}

impl Texts for String {
    fn each(&mut self, change: &dyn Fn(&mut String) -> Result<(), Wrong>) -> Result<(), Wrong> {
        change(self)
    }
}

impl<T: Texts> Texts for Option<T> {
    fn each(&mut self, change: &dyn Fn(&mut String) -> Result<(), Wrong>) -> Result<(), Wrong> {
        self.iter_mut().try_for_each(|one| one.each(change))
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn each(&mut self, change: &dyn Fn(&mut String) -> Result<(), Wrong>) -> Result<(), Wrong> {
        self.iter_mut().try_for_each(|one| one.each(change))
    }
}

impl Texts for (String, u64) {
    fn each(&mut self, change: &dyn Fn(&mut String) -> Result<(), Wrong>) -> Result<(), Wrong> {
        change(&mut self.0)
    }
}

/// The texts of a map are its keys.
impl<T> Texts for BTreeMap<String, T> {
    fn each(&mut self, change: &dyn Fn(&mut String) -> Result<(), Wrong>) -> Result<(), Wrong> {
        let changed = std::mem::take(self).into_iter().map(|(mut key, value)| {
            change(&mut key)?;
            Ok((key, value))
        });
        *self = changed.collect::<Result<_, Wrong>>()?;
        Ok(())
    }
}

fn read<'de, D: Deserializer<'de>, T: Deserialize<'de> + Texts>(
    deserializer: D,
    change: &dyn Fn(&mut String) -> Result<(), Wrong>,
) -> Result<T, D::Error> {
    let mut value = T::deserialize(deserializer)?;
    value.each(change).map_err(D::Error::custom)?;
    Ok(value)
}

/// Text as the builder of documents leaves it; what it made inert stays as it is.
pub(in crate::report) fn text<'de, D: Deserializer<'de>, T: Deserialize<'de> + Texts>(
    deserializer: D,
) -> Result<T, D::Error> {
    read(deserializer, &|text| {
        *text = inert(text);
        Ok(())
    })
}

/// Text of several lines.
pub(in crate::report) fn lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read(deserializer, &|text: &mut String| {
        *text = text.split('\n').map(inert).collect::<Vec<_>>().join("\n");
        Ok(())
    })
}

/// An id: what other formats may use as a name without a second look.
pub(in crate::report) fn id<'de, D: Deserializer<'de>, T: Deserialize<'de> + Texts>(
    deserializer: D,
) -> Result<T, D::Error> {
    let fits = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() || byte == b'-';
    read(deserializer, &|text| of_bytes(text, fits))
}

/// A digest in hexadecimal.
pub(in crate::report) fn digest<'de, D: Deserializer<'de>, T: Deserialize<'de> + Texts>(
    deserializer: D,
) -> Result<T, D::Error> {
    read(deserializer, &|text| of_bytes(text, |byte| byte.is_ascii_hexdigit()))
}

/// The id of a suspect.
pub(in crate::report) fn fingerprint<'de, D: Deserializer<'de>, T: Deserialize<'de> + Texts>(
    deserializer: D,
) -> Result<T, D::Error> {
    read(deserializer, &|text| {
        of_bytes(text, |byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            .ok()
            .filter(|()| text.len() == FINGERPRINT_DIGITS)
            .ok_or("one of its fingerprints is not 16 hexadecimal digits")
    })
}

fn of_bytes(text: &str, fits: impl Fn(u8) -> bool) -> Result<(), Wrong> {
    match text.len() {
        1..=LONGEST_ID if text.bytes().all(fits) => Ok(()),
        _ => Err("one of its ids is none"),
    }
}

/// A sum of values as large as a process can have.
pub(in crate::report) fn sum<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
    let value = i128::deserialize(deserializer)?;
    let fits = (-LARGEST_SUM..=LARGEST_SUM).contains(&value);
    fits.then_some(value).ok_or_else(|| D::Error::custom("one of its totals is out of range"))
}

/// A sum that may be unknown.
pub(in crate::report) fn known_sum<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i128>, D::Error> {
    /// A sum on its own.
    #[derive(Deserialize)]
    struct Sum(#[serde(deserialize_with = "sum")] i128);
    Ok(Option::<Sum>::deserialize(deserializer)?.map(|sum| sum.0))
}

fn nanos(text: &str) -> Result<i64, Wrong> {
    let time = text.parse::<jiff::Timestamp>().map_err(|_| "one of its times is none")?;
    i64::try_from(time.as_nanosecond()).map_err(|_| "one of its times is out of range")
}

/// A moment, in nanoseconds since the Unix epoch: in JSON as RFC 3339 has it.
pub(in crate::report) mod time {
    use super::*;

    pub(in crate::report) fn serialize<S: Serializer>(
        time: &Option<i64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time.and_then(rfc3339) {
            Some(text) => serializer.serialize_some(&text),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::report) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<i64>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.as_deref().map(nanos).transpose().map_err(D::Error::custom)
    }
}

/// The points of a series: in JSON a time, a value and a standard error each.
pub(in crate::report) mod points {
    use super::*;

    pub(in crate::report) fn serialize<S: Serializer>(
        points: &[Point],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(points.iter().map(|p| (p.time.and_then(rfc3339), p.value, p.standard_error)))
    }

    pub(in crate::report) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Point>, D::Error> {
        let point = |(time, value, standard_error): (Option<String>, f64, f64)| {
            let time = time.as_deref().map(nanos).transpose()?;
            Ok(Point { time, value, standard_error })
        };
        let points = Vec::<(Option<String>, f64, f64)>::deserialize(deserializer)?;
        points.into_iter().map(point).collect::<Result<_, Wrong>>().map_err(D::Error::custom)
    }
}
