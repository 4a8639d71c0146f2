//! The course of a figure over time as an SVG picture: a line with its 95 % band, axes with units, and marks where the
//! process began a new life.
//!
//! A picture holds numbers and fixed words only, so nothing in it needs escaping.

use super::super::document::LifeView;
use super::super::units::{count, moment, quantity};
use crate::growth::Point;
use crate::profile::{NoticeCode, Unit};
use std::fmt::Write;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 28.0;
/// Standard errors on each side of a 95 % interval.
const Z: f64 = 1.96;
/// With more points than these, dots hide the line.
const MOST_DOTS: usize = 64;

/// How high a chart of a suspect is, at a width of 640.
pub(super) const TALL: f64 = 250.0;
/// How high one of a total is.
pub(super) const LOW: f64 = 150.0;

/// Draws points in order of time; `None` where there are fewer than two. Where times are not all known, the number of
/// the snapshot takes their place. Lives other than the judged one are drawn fainter.
pub(super) fn chart(points: &[Point], unit: Unit, lives: &[LifeView], height: f64) -> Option<String> {
    let finite = |p: &&Point| p.value.is_finite() && p.standard_error.is_finite();
    let points: Vec<Point> = points.iter().filter(finite).copied().collect();
    if points.len() < 2 {
        return None;
    }
    let times: Option<Vec<i64>> = points.iter().map(|p| p.time).collect();
    let times = times.filter(|times| times.last() > times.first());
    let at: Vec<f64> = match &times {
        Some(times) => times.iter().map(|time| (time - times[0]) as f64 / 1e9).collect(),
        None => (0..points.len()).map(|index| index as f64 + 1.0).collect(),
    };
    let start = times.as_ref().map(|times| times[0]);
    let axes = Axes::of(&points, &at, height);
    let mut svg = String::with_capacity(4096);
    let out = &mut svg;
    put(
        out,
        format_args!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
            described(&points, unit)
        ),
    );
    axes.draw(out, unit, start);
    let runs = runs(&at, start, lives);
    for mark in marks(start, lives).filter(|mark| mark.at > axes.from && mark.at < axes.until) {
        let x = axes.x(mark.at);
        put(
            out,
            format_args!(
                "<g class=\"mark\"><line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>",
                axes.bottom,
                x,
                TOP - 7.0,
                mark.word
            ),
        );
    }
    for run in &runs {
        let class = if run.judged { "" } else { " other" };
        put(out, format_args!("<g class=\"series{class}\">"));
        draw_run(out, &axes, &points[run.from..run.until], &at[run.from..run.until], unit);
        put(out, format_args!("</g>"));
    }
    put(out, format_args!("</svg>"));
    Some(svg)
}

/// Writing to a String cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn described(points: &[Point], unit: Unit) -> String {
    let (first, last) = (&points[0], &points[points.len() - 1]);
    let span = match (first.time, last.time) {
        (Some(from), Some(until)) => format!(" from {} to {}", moment(from), moment(until)),
        _ => String::new(),
    };
    format!(
        "Course over {} snapshots{span}: from {} to {}",
        points.len(),
        quantity(first.value, unit),
        quantity(last.value, unit)
    )
}

fn draw_run(out: &mut String, axes: &Axes, points: &[Point], at: &[f64], unit: Unit) {
    let place = |index: usize, value: f64| format!("{:.1},{:.1}", axes.x(at[index]), axes.y(value));
    if points.iter().any(|p| p.standard_error > 0.0) {
        let edge = |side: f64| {
            move |(index, p): (usize, &Point)| (index, (p.value + side * Z * p.standard_error).max(axes.low))
        };
        let upper = points.iter().enumerate().map(edge(1.0));
        let lower = points.iter().enumerate().rev().map(edge(-1.0));
        let band: Vec<String> = upper.chain(lower).map(|(index, value)| place(index, value)).collect();
        put(out, format_args!("<polygon class=\"band\" points=\"{}\"/>", band.join(" ")));
    }
    let line: Vec<String> = points.iter().enumerate().map(|(index, p)| place(index, p.value)).collect();
    put(out, format_args!("<polyline class=\"line\" points=\"{}\"/>", line.join(" ")));
    if points.len() > MOST_DOTS {
        return;
    }
    for (index, p) in points.iter().enumerate() {
        let when = p.time.map_or(String::new(), |time| format!("{}: ", moment(time)));
        let error = match Z * p.standard_error {
            half if half > 0.0 => format!(" ± {}", quantity(half, unit)),
            _ => String::new(),
        };
        put(
            out,
            format_args!(
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"><title>{when}{}{error}</title></circle>",
                axes.x(at[index]),
                axes.y(p.value),
                quantity(p.value, unit)
            ),
        );
    }
}

/// Points of one life, drawn as one line.
struct Run {
    from: usize,
    until: usize,
    judged: bool,
}

/// The life in which a moment falls: the one that ends soonest after it. The snapshots of one round are taken moments
/// apart, so nearness decides.
fn life_at(time: i64, lives: &[LifeView]) -> Option<usize> {
    let distance = |life: &LifeView| {
        let (from, until) = (life.from?, life.until?);
        Some(if time < from { from.abs_diff(time) } else { time.saturating_sub(until).max(0).unsigned_abs() })
    };
    (0..lives.len()).filter_map(|life| Some((distance(&lives[life])?, life))).min().map(|(_, life)| life)
}

fn runs(at: &[f64], start: Option<i64>, lives: &[LifeView]) -> Vec<Run> {
    let life = |index: usize| {
        let start = start.filter(|_| lives.len() > 1)?;
        life_at(start.saturating_add((at[index] * 1e9) as i64), lives)
    };
    let mut runs: Vec<Run> = Vec::new();
    let mut current = None;
    for index in 0..at.len() {
        let of = life(index);
        if index == 0 || of != current {
            let judged = of.is_none_or(|life| lives[life].judged);
            runs.push(Run { from: index, until: index, judged });
            current = of;
        }
        if let Some(run) = runs.last_mut() {
            run.until = index + 1;
        }
    }
    runs
}

/// Where a life began.
struct Mark {
    at: f64,
    word: &'static str,
}

fn marks(start: Option<i64>, lives: &[LifeView]) -> impl Iterator<Item = Mark> {
    lives.windows(2).filter_map(move |pair| {
        let (ended, began) = (pair[0].until?, pair[1].from?);
        let word = match pair[1].began {
            Some(NoticeCode::DifferentBuild) => "deploy",
            _ => "restart",
        };
        let middle = ended.saturating_add(began.saturating_sub(ended) / 2);
        Some(Mark { at: middle.saturating_sub(start?) as f64 / 1e9, word })
    })
}

/// The two scales.
struct Axes {
    from: f64,
    until: f64,
    low: f64,
    high: f64,
    /// Where the scale of time runs.
    bottom: f64,
}

impl Axes {
    fn of(points: &[Point], at: &[f64], height: f64) -> Axes {
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

    fn x(&self, at: f64) -> f64 {
        LEFT + (at - self.from) / (self.until - self.from) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - TOP)
    }

    fn draw(&self, out: &mut String, unit: Unit, start: Option<i64>) {
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
        let times = times(self.from, self.until, start);
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
            let x = self.x(at);
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
fn times(from: f64, until: f64, start: Option<i64>) -> Vec<(f64, String)> {
    let range = until - from;
    let Some(start) = start else {
        let step = (range / 4.0).ceil().max(1.0);
        let places = (0..).map(|n| from + f64::from(n) * step).take_while(|at| *at <= until);
        return places.map(|at| (at, format!("snapshot {at:.0}"))).collect();
    };
    let start = start as f64 / 1e9;
    let step = TIME_STEPS.into_iter().find(|step| range / step <= 4.5).unwrap_or((range / 4.0).max(1.0));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[f64], seconds: i64) -> Vec<Point> {
        let point = |(index, value): (usize, &f64)| Point {
            time: Some(1_767_225_600_000_000_000 + index as i64 * seconds * 1_000_000_000),
            value: *value,
            standard_error: 1.0,
        };
        values.iter().enumerate().map(point).collect()
    }

    fn life(from: i64, until: i64, judged: bool) -> LifeView {
        let time = |seconds: i64| Some(1_767_225_600_000_000_000 + seconds * 1_000_000_000);
        LifeView {
            from: time(from),
            until: time(until),
            began: Some(NoticeCode::DifferentBuild),
            heap_first: None,
            heap_last: None,
            judged,
        }
    }

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

    #[test]
    fn each_life_is_a_line_of_its_own_with_a_mark_between() {
        let lives = [life(0, 60, false), life(120, 240, true)];
        let svg = chart(&points(&[1.0, 5.0, 2.0, 3.0, 9.0], 60), Unit::Count, &lives, TALL).expect("drawn");
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert_eq!(svg.matches("series other").count(), 1);
        assert!(svg.contains(">deploy</text>"));
    }

    #[test]
    fn odd_series_are_drawn_or_left_out_never_broken() {
        assert_eq!(chart(&points(&[1.0], 60), Unit::Bytes, &[], TALL), None);
        for values in [&[0.0, 0.0][..], &[5.0, 5.0], &[1e300, 0.0], &[-4.0, 2.0], &[f64::NAN, 1.0, 2.0]] {
            for seconds in [0, 1, 100_000_000] {
                let svg = chart(&points(values, seconds), Unit::Bytes, &[], LOW).expect("drawn");
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                assert!(svg.len() < 20_000);
            }
        }
    }
}
