//! The time in the name of a stored snapshot, `20261124T024807-123Z`: UTC to the millisecond, in order as text.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How much of the name is the date and the time to the second.
const SECONDS: usize = "20261124T024807".len();
/// And how much is the whole of it.
const WHOLE: usize = "20261124T024807-123Z".len();

/// The name of a moment in nanoseconds since the Unix epoch; `None` outside the years that fit.
pub fn stamp(nanos: i64) -> Option<String> {
    let time = Timestamp::from_nanosecond(i128::from(nanos)).ok()?;
    Some(format!("{}-{:03}Z", time.strftime("%Y%m%dT%H%M%S"), nanos.rem_euclid(1_000_000_000) / 1_000_000))
}

/// The moment that a file name starts with, in nanoseconds since the Unix epoch, and the rest of the name.
pub fn stamped(name: &str) -> Option<(i64, &str)> {
    let (stamp, rest) = name.split_at_checked(WHOLE)?;
    let millis = stamp[SECONDS..].strip_prefix('-')?.strip_suffix('Z')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(millis) || !digits(&stamp[..8]) || !digits(&stamp[9..SECONDS]) {
        return None;
    }
    let seconds = DateTime::strptime("%Y%m%dT%H%M%S", &stamp[..SECONDS]).ok()?;
    let time = TimeZone::UTC.to_timestamp(seconds).ok()?;
    let nanos = i64::try_from(time.as_nanosecond()).ok()?;
    Some((nanos.checked_add(millis.parse::<i64>().ok()? * 1_000_000)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_time_and_are_in_its_order() {
        let nanos = 1_795_488_487_123_000_000;
        let name = stamp(nanos).expect("in range");
        assert_eq!(name, "20261124T024807-123Z");
        assert_eq!(stamped(&format!("{name}.pb.gz")), Some((nanos, ".pb.gz")));
        assert!(stamp(nanos + 1_000_000) > stamp(nanos));
        assert_eq!(stamp(0).as_deref(), Some("19700101T000000-000Z"));
    }

    #[test]
    fn other_names_tell_none() {
        for name in
            ["", "heap-01.pb.gz", "20261324T024807-123Z.gz", "20261124T024807-12äZ.gz", "2026112äT024807-12Z"]
        {
            assert_eq!(stamped(name), None, "{name}");
        }
    }
}
