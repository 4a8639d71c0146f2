//! The course of a figure over time as an SVG picture: a line with its 95 % band, axes with units, and marks where the
//! process began a new life.
//!
//! A picture holds numbers and fixed words only, so nothing in it needs escaping.

use super::super::document::LifeView;
use super::super::units::{moment, quantity};
use super::axes::{self, Axes, TOP, WIDTH, Z, elapsed};
use crate::growth::Point;
use crate::profile::{NoticeCode, Unit};
use std::fmt::Write;

/// With more points than these, dots hide the line.
const MOST_DOTS: usize = 64;

/// How high a chart of a suspect is, at a width of 640.
pub(in crate::report) const TALL: f64 = 250.0;
/// How high one of a total is.
pub(in crate::report) const LOW: f64 = 150.0;

/// Draws points in order of time; `None` where there are fewer than two. Where times are not all known, the number of
/// the snapshot takes their place. Lives other than the judged one are drawn fainter.
pub(in crate::report) fn chart(
    points: &[Point],
    unit: Unit,
    lives: &[LifeView],
    height: f64,
) -> Option<String> {
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
    let words = axes::times(axes.from, axes.until, start);
    let mut svg = String::with_capacity(4096);
    let out = &mut svg;
    put(
        out,
        format_args!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" data-unit=\"{}\"{} aria-label=\"{}\">",
            unit.name(),
            // Where times are not known, places stand for them.
            if start.is_some() { "" } else { " data-counted" },
            described(&points, unit)
        ),
    );
    axes.draw(out, unit, &words);
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
        draw_run(out, &axes, class, &points[run.from..run.until], &at[run.from..run.until], unit);
    }
    put(out, format_args!("</svg>"));
    Some(svg)
}

/// Draws two series from the start of each on, so that their slopes can be compared; `None` where neither has two points
/// whose times are known.
pub(in crate::report) fn pair_chart(series: [&[Point]; 2], unit: Unit, height: f64) -> Option<String> {
    let seconds = |points: &[Point]| -> Vec<(Point, f64)> {
        let start = points.first().and_then(|point| point.time);
        let at = |point: &Point| Some(point.time?.saturating_sub(start?) as f64 / 1e9);
        let finite = |p: &&Point| p.value.is_finite() && p.standard_error.is_finite();
        points.iter().filter(finite).filter_map(|p| Some((*p, at(p)?))).collect()
    };
    let series = series.map(|points| Some(seconds(points)).filter(|points| points.len() > 1));
    let drawn: Vec<(Point, f64)> = series.iter().flatten().flatten().copied().collect();
    let (points, mut at): (Vec<Point>, Vec<f64>) = drawn.into_iter().unzip();
    at.sort_by(f64::total_cmp);
    at.last().filter(|last| **last > 0.0)?;
    let axes = Axes::of(&points, &at, height);
    let mut svg = String::with_capacity(4096);
    let out = &mut svg;
    let course = |points: &Option<Vec<(Point, f64)>>| match points.as_deref() {
        Some([(first, _), .., (last, _)]) => {
            format!("from {} to {}", quantity(first.value, unit), quantity(last.value, unit))
        }
        _ => "nothing".to_owned(),
    };
    let [before, after] = series.each_ref().map(course);
    put(
        out,
        format_args!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" data-unit=\"{}\" \
             aria-label=\"Course over both series, of snapshots before: {before}; after: {after}\">",
            unit.name()
        ),
    );
    axes.draw(out, unit, &elapsed(axes.until));
    for (class, points) in [" before", " after"].into_iter().zip(&series) {
        if let Some(points) = points {
            let (points, at): (Vec<Point>, Vec<f64>) = points.iter().copied().unzip();
            draw_run(out, &axes, class, &points, &at, unit);
        }
    }
    put(out, format_args!("</svg>"));
    Some(svg)
}

/// Writing to a String cannot fail.
pub(super) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
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

fn draw_run(out: &mut String, axes: &Axes, class: &str, points: &[Point], at: &[f64], unit: Unit) {
    // The script reads times and values from here: those of the picture are rounded.
    let data: Vec<String> =
        points.iter().zip(at).map(|(p, at)| format!("{},{}", (at * 1e3).round() / 1e3, p.value)).collect();
    put(out, format_args!("<g class=\"series{class}\" data-points=\"{}\">", data.join(" ")));
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
    let dots = if points.len() > MOST_DOTS { &[] } else { points };
    for (index, p) in dots.iter().enumerate() {
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
    put(out, format_args!("</g>"));
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
    fn each_life_is_a_line_of_its_own_with_a_mark_between() {
        let lives = [life(0, 60, false), life(120, 240, true)];
        let svg = chart(&points(&[1.0, 5.0, 2.0, 3.0, 9.0], 60), Unit::Count, &lives, TALL).expect("drawn");
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert_eq!(svg.matches("series other").count(), 1);
        assert!(svg.contains(">deploy</text>"));
    }

    #[test]
    fn two_series_start_at_the_same_place() {
        let (before, mut after) = (points(&[1.0, 5.0, 9.0], 60), points(&[2.0, 2.0], 30));
        for point in &mut after {
            point.time = point.time.map(|time| time + 86_400_000_000_000);
        }
        let svg = pair_chart([&before, &after], Unit::Count, TALL).expect("drawn");
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert!(
            svg.contains("data-points=\"0,1 60,5 120,9\"") && svg.contains("data-points=\"0,2 30,2\""),
            "{svg}"
        );
        assert!(svg.contains(">1 min</text>") || svg.contains(">60 s</text>"), "{svg}");
        let alone = pair_chart([&before, &[]], Unit::Count, TALL).expect("drawn");
        assert_eq!(alone.matches("<polyline").count(), 1);
        assert_eq!(pair_chart([&[], &after[..1]], Unit::Count, TALL), None);
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
