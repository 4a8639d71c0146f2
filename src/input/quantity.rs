//! Sizes and durations as people write them.

use std::time::Duration;

/// A size with an optional unit; KB and KiB are both 1024, as people who type memory sizes mean it. `None` for
/// anything else.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = parts(text)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1u64,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        _ => return None,
    };
    let bytes = number * factor as f64;
    (bytes.is_finite() && bytes < u64::MAX as f64).then_some(bytes as u64)
}

/// A pace of growth in bytes an hour, as in `12MiB/day`, `1GiB/h` or `5MiB/30m`. `None` for anything else, and for none.
pub fn parse_rate(text: &str) -> Option<f64> {
    let (bytes, time) = text.split_once('/')?;
    let hours = match time.trim() {
        "day" | "d" => 24.0,
        "hour" | "h" => 1.0,
        "minute" | "min" | "m" => 1.0 / 60.0,
        other => parse_duration(other)?.as_secs_f64() / 3600.0,
    };
    let rate = parse_bytes(bytes)? as f64 / hours;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

/// A time with its unit, `90s`, `1.5h` or `14d`, or a sum of them, `1h30m`. `None` for anything else, and beyond a thousand
/// years.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let (mut rest, mut seconds) = (text.trim(), 0.0);
    loop {
        let (number, behind) = parts(rest)?;
        let end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, after) = behind.split_at(end);
        seconds += number
            * match unit {
                "ms" => 0.001,
                "s" => 1.0,
                "m" | "min" => 60.0,
                "h" => 3600.0,
                "d" => 86400.0,
                _ => return None,
            };
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
    }
    (seconds < 1000.0 * 366.0 * 86400.0).then(|| Duration::from_secs_f64(seconds))
}

/// A number that is not negative, and what follows it.
fn parts(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(parse_bytes("10MiB"), Some(10 << 20));
        assert_eq!(parse_bytes("1.5 gb"), Some(3 << 29));
        assert_eq!(parse_bytes("0"), Some(0));
        for wrong in ["", "MiB", "-1", "10 miles", "1e300GiB", "."] {
            assert_eq!(parse_bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rates_are_read_as_people_write_them() {
        let mib = f64::from(1 << 20);
        assert_eq!(parse_rate("12MiB/day"), Some(mib / 2.0));
        assert_eq!(parse_rate("12 MiB / d"), Some(mib / 2.0));
        assert_eq!(parse_rate("1GiB/h"), Some(1024.0 * mib));
        assert_eq!(parse_rate("5MiB/30m"), Some(10.0 * mib));
        assert_eq!(parse_rate("1MiB/min"), Some(60.0 * mib));
        for wrong in ["", "12MiB", "12MiB/", "/day", "12/fortnight", "0/h", "12MiB/0s", "1MiB/h/h"] {
            assert_eq!(parse_rate(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(parse_duration("5m"), Some(Duration::from_secs(300)));
        assert_eq!(parse_duration("14d"), Some(Duration::from_secs(14 * 86400)));
        assert_eq!(parse_duration("1.5 h"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("1d 2h 3min 4s"), Some(Duration::from_secs(93784)));
        for wrong in ["", "5", "-5m", "5 weeks", "99999999999d", "1h30", "1h-30m", "hm"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }
}
