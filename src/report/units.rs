//! Numbers as people read them: bytes, counts, rates, times, probabilities.

use crate::profile::Unit;

/// A quantity with its unit: `12.3 MiB`, `1,234`.
pub fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Bytes => bytes(value),
        Unit::Count => count(value),
    }
}

/// A quantity with its sign.
pub(crate) fn signed(value: f64, unit: Unit) -> String {
    let sign = if value < 0.0 { "-" } else { "+" };
    format!("{sign}{}", quantity(value.abs(), unit))
}

fn bytes(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let mut value = value.abs();
    for unit in ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] {
        // Switching a little early keeps 1023.96 from being printed as 1024.0.
        if value < 1023.95 || unit == "PiB" {
            let digits = if unit == "B" { 0 } else { 1 };
            return format!("{sign}{value:.digits$} {unit}");
        }
        value /= 1024.0;
    }
    String::new()
}

/// A count with thousands separated.
pub(super) fn count(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if value < 0.0 && digits != "0" {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share between 0 and 1 as a percentage.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent.abs() {
        p if p > 0.0 && p < 1.0 => "<1 %".to_owned(),
        _ => format!("{percent:.0} %"),
    }
}

/// A probability with its name, never rounded to nothing: `p = 0.02`, `q < 1e-99`.
pub(super) fn probability(name: &str, p: f64) -> String {
    match p {
        p if p >= 0.01 => format!("{name} = {p:.2}"),
        p if p >= 0.0001 => format!("{name} = {p:.4}"),
        p if p < 1e-99 => format!("{name} < 1e-99"),
        p => format!("{name} = {p:.0e}"),
    }
}

/// A span of time. Two minutes and a half are not two: below ten minutes there is a decimal, where it is not 0.
pub(super) fn duration(hours: f64) -> String {
    let seconds = hours * 3600.0;
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s.round() < 120.0 => format!("{s:.0} s"),
        s if s < 570.0 => format!("{:.1} min", s / 60.0).replace(".0 ", " "),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} d", s / 86_400.0),
    }
}

/// So many of a thing: `1 hour`, `30 hours`.
pub(super) fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", count(number as f64))
}

/// A moment in UTC, to the second.
pub fn moment(nanos: i64) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(nanos)) {
        Ok(timestamp) => timestamp.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => "unknown time".to_owned(),
    }
}

/// A moment in RFC 3339, to the nanosecond.
pub(super) fn rfc3339(nanos: i64) -> Option<String> {
    jiff::Timestamp::from_nanosecond(i128::from(nanos)).ok().map(|timestamp| timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_well() {
        assert_eq!(quantity(1536.0, Unit::Bytes), "1.5 KiB");
        assert_eq!(quantity(1_048_575.0, Unit::Bytes), "1.0 MiB");
        assert_eq!(quantity(7.0, Unit::Bytes), "7 B");
        assert_eq!(signed(-1536.0, Unit::Bytes), "-1.5 KiB");
        assert_eq!(signed(1_234_567.0, Unit::Count), "+1,234,567");
        assert_eq!(quantity(100.0, Unit::Count), "100");
        assert_eq!(quantity(-0.2, Unit::Count), "0");
    }

    #[test]
    fn probabilities_and_times_read_well() {
        assert_eq!(probability("p", 0.5), "p = 0.50");
        assert_eq!(probability("p", 0.0012), "p = 0.0012");
        assert_eq!(probability("q", 3e-12), "q = 3e-12");
        assert_eq!(probability("q", 0.0), "q < 1e-99");
        assert_eq!([percent(0.974), percent(0.004), percent(0.0)], ["97 %", "<1 %", "0 %"]);
        assert_eq!([duration(49.0 / 3600.0), duration(3.0), duration(72.0)], ["49 s", "3.0 h", "3.0 d"]);
        let of_seconds = |seconds: f64| duration(seconds / 3600.0);
        assert_eq!([of_seconds(119.6), of_seconds(121.0), of_seconds(150.0)], ["2 min", "2 min", "2.5 min"]);
        assert_eq!(
            [of_seconds(569.0), of_seconds(571.0), of_seconds(900.0)],
            ["9.5 min", "10 min", "15 min"]
        );
        assert_eq!(moment(0), "1970-01-01 00:00:00 UTC");
    }
}
