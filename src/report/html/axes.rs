//! The scales of a chart: where a value and a time are drawn, and the words beside them.

use super::super::units::{count, duration, quantity};
use super::chart::put;
use crate::growth::Point;
use crate::profile::Unit;

pub(super) const WIDTH: f64 = 640.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 16.0;
pub(super) const TOP: f64 = 22.0;
const BOTTOM: f64 = 28.0;
/// Standard errors on each side of a 95 % interval.
pub(super) const Z: f64 = 1.96;

/// The two scales.
pub(super) struct Axes {
    pub(super) from: f64,
    pub(super) until: f64,
    pub(super) low: f64,
    high: f64,
    /// Where the scale of time runs.
    pub(super) bottom: f64,
}

impl Axes {
    pub(super) fn of(points: &[Point], at: &[f64], height: f64) -> Axes {
        let reach = |side: f64| points.iter().map(move |p| p.value + side * Z * p.standard_error);
        let high = reach(1.0).fold(0.0, f64::max);
        let low = points.iter().map(|p| p.value).fold(0.0, f64::min);
        let high = if high > low { high } else { low + 1.0 };
        Axes {
            from: at[0],
            until: at[at.len() - 1].max(at[0] + 1e-9),
            low,
            high: high + (high - low) * 0.04,
            bottom: height - BOTTOM,
        }
    }

    pub(super) fn x(&self, at: f64) -> f64 {
        LEFT + (at - self.from) / (self.until - self.from) * (WIDTH - LEFT - RIGHT)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - TOP)
    }

    /// Draws the scales, that of time with these words at their places.
    pub(super) fn draw(&self, out: &mut String, unit: Unit, times: &[(f64, String)]) {
        put(out, format_args!("<g class=\"axis\">"));
        let step = step(self.high - self.low, unit);
        let mut value = (self.low / step).ceil() * step;
        while value <= self.high {
            let y = self.y(value);
            put(
                out,
                format_args!(
                    "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                     <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    WIDTH - RIGHT,
                    LEFT - 8.0,
                    y + 4.0,
                    label(value, unit)
                ),
            );
            value += step;
        }
        let bottom = self.bottom + 18.0;
        let anchor = |x: f64| {
            if x > WIDTH - RIGHT - 50.0 {
                "end"
            } else if x < LEFT + 30.0 {
                "start"
            } else {
                "middle"
            }
        };
        for (at, text) in times {
            let x = self.x(*at);
            put(
                out,
                format_args!(
                    "<text x=\"{x:.1}\" y=\"{bottom:.1}\" text-anchor=\"{}\">{text}</text>",
                    anchor(x)
                ),
            );
        }
        put(out, format_args!("</g>"));
    }
}

/// The distance of lines on the scale of values: about four of them, at round numbers of the unit that is shown.
fn step(range: f64, unit: Unit) -> f64 {
    let base = match unit {
        Unit::Bytes => 1024f64.powf((range.max(1.0).ln() / 1024f64.ln()).floor().max(0.0)),
        Unit::Count => 1.0,
    };
    let rough = range / base / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| rough <= step * power * 1.001);
    let step = round.unwrap_or(10.0) * power * base;
    match unit {
        Unit::Count => step.max(1.0),
        Unit::Bytes => step.max(1.0),
    }
}

/// A value on its scale, without a decimal that says nothing.
fn label(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Bytes => quantity(value, unit).replace(".0 ", " "),
        Unit::Count => count(value),
    }
}

/// Steps of time that people count in, in seconds.
const TIME_STEPS: [f64; 20] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10800.0,
    21600.0, 43200.0, 86400.0, 172_800.0, 604_800.0,
];

/// Where the scale of time has words, and which: three or four round moments in UTC, else the numbers of the snapshots.
pub(super) fn times(from: f64, until: f64, start: Option<i64>) -> Vec<(f64, String)> {
    let range = until - from;
    let Some(start) = start else {
        let step = (range / 4.0).ceil().max(1.0);
        let places = (0..).map(|n| from + f64::from(n) * step).take_while(|at| *at <= until);
        return places.map(|at| (at, format!("snapshot {at:.0}"))).collect();
    };
    let start = start as f64 / 1e9;
    let step = time_step(range);
    let form = match step {
        step if step < 60.0 => "%H:%M:%S",
        step if step < 86_400.0 && range < 86_400.0 => "%H:%M",
        step if step < 86_400.0 => "%b %d %H:%M",
        _ => "%b %d",
    };
    let mut places = Vec::new();
    let mut at = (start / step).ceil() * step;
    while at <= start + until && places.len() < 8 {
        if let Ok(time) = jiff::Timestamp::from_second(at as i64) {
            places.push((at - start, time.strftime(form).to_string()));
        }
        at += step;
    }
    places
}

/// Where the scale of a time that begins with a series has words, and which.
pub(super) fn elapsed(until: f64) -> Vec<(f64, String)> {
    let step = time_step(until);
    let places = (0..8).map(|n| f64::from(n) * step).take_while(|at| *at <= until);
    places.map(|at| (at, if at > 0.0 { duration(at / 3600.0) } else { "start".to_owned() })).collect()
}

/// The distance of words on a scale of so many seconds: three or four of them.
fn time_step(range: f64) -> f64 {
    TIME_STEPS.into_iter().find(|step| range / step <= 4.5).unwrap_or((range / 4.0).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_round_numbers() {
        assert_eq!(step(50.0 * 1048576.0, Unit::Bytes), 20.0 * 1048576.0);
        assert_eq!(step(1000.0, Unit::Bytes), 500.0);
        assert_eq!(step(3.0, Unit::Count), 1.0);
        assert_eq!(step(1278.0, Unit::Count), 500.0);
        assert_eq!(label(20.0 * 1048576.0, Unit::Bytes), "20 MiB");
        let times = times(0.0, 49.0, Some(1_767_225_611_000_000_000));
        let words: Vec<&str> = times.iter().map(|(_, word)| word.as_str()).collect();
        assert_eq!(words, ["00:00:15", "00:00:30", "00:00:45", "00:01:00"]);
    }
}
