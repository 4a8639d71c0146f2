//! Pictures that GitHub and GitLab draw from text: the path of a growth, and its course over time.

use super::super::document::{Figures, FrameView, SiteView, SuspectView};
use super::super::units::percent;
use crate::profile::{Owner, Unit};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Stacks drawn into one picture.
const STACKS: usize = 3;
/// Frames drawn a stack; the middle of a deeper one is left out.
const FRAMES: usize = 7;
/// Points drawn of a course.
const POINTS: usize = 32;
/// Characters of a name in a box.
const LONGEST_LABEL: usize = 60;
/// How a chart starts: the line in a red that shows on a white page and on a dark one alike. Mermaid's own colour for
/// it is next to white. All else keeps the theme of the page.
const COLOURS: &str =
    "%%{init: {\"themeVariables\": {\"xyChart\": {\"plotColorPalette\": \"#e0443e\"}}}}%%\n";
/// Gaps that differ by more than this part from even ones are drawn at even times instead.
const UNEVEN: f64 = 0.1;

/// The calls that lead to the growth of a suspect, as a flowchart from the first of your own functions to the allocation
/// or the wait, with the share of the growth that takes each call; `None` where no stack has two frames.
pub(super) fn path(suspect: &SuspectView) -> Option<String> {
    let sites: Vec<&SiteView> =
        suspect.sites.iter().filter(|site| site.kind == suspect.sites[0].kind).take(STACKS).collect();
    let grown = |site: &SiteView| site.figures.delta.max(0.0);
    let total: f64 = sites.iter().map(|site| grown(site)).sum();
    if total <= 0.0 {
        return None;
    }
    let mut nodes: Vec<&FrameView> = Vec::new();
    let mut calls: BTreeMap<(usize, usize), (f64, bool)> = BTreeMap::new();
    for site in &sites {
        let mut caller: Option<usize> = None;
        let mut gap = false;
        for step in steps(site) {
            let Some(frame) = step else {
                gap = true;
                continue;
            };
            let known = nodes.iter().position(|node| node.function == frame.function);
            let node = known.unwrap_or(nodes.len());
            if known.is_none() {
                nodes.push(frame);
            }
            if let Some(caller) = caller.filter(|caller| *caller != node) {
                let call = calls.entry((caller, node)).or_insert((0.0, false));
                call.0 += grown(site);
                call.1 |= gap;
            }
            (caller, gap) = (Some(node), false);
        }
    }
    if calls.is_empty() {
        return None;
    }
    let mut text = String::from("flowchart TD\n");
    for (index, frame) in nodes.iter().enumerate() {
        let position = match (frame.function == suspect.blame.function, frame.owner) {
            (true, _) => suspect.blame.short_position(),
            (_, Owner::Own) => frame.short_position(),
            _ => String::new(),
        };
        let position = if position.is_empty() { position } else { format!("<br/>{}", label(&position)) };
        push(&mut text, format_args!("    n{index}[\"{}{position}\"]", label(&frame.short_function())));
    }
    for ((caller, callee), (growth, gap)) in &calls {
        let arrow = if *gap { "-.->" } else { "-->" };
        push(
            &mut text,
            format_args!("    n{caller} {arrow}|\"{}\"| n{callee}", label(&percent(growth / total))),
        );
    }
    if let Some(blamed) = nodes.iter().position(|node| node.function == suspect.blame.function) {
        push(&mut text, format_args!("    style n{blamed} stroke:#d1242f,stroke-width:3px"));
    }
    Some(text)
}

/// The frames of a stack from the root to the leaf, `None` for those left out. What calls the first function of your own
/// is a server's loop or a library's, the same for every request.
fn steps(site: &SiteView) -> Vec<Option<&FrameView>> {
    let own = site.stack.iter().rposition(|frame| frame.owner == Owner::Own);
    let frames: Vec<&FrameView> =
        site.stack[..own.map_or(site.stack.len(), |own| own + 1)].iter().rev().collect();
    if frames.len() <= FRAMES {
        return frames.into_iter().map(Some).collect();
    }
    // The beginning, and the end of the stack, where the growth is.
    let tail = frames.len() - (FRAMES - 1);
    std::iter::once(Some(frames[0])).chain([None]).chain(frames[tail..].iter().copied().map(Some)).collect()
}

/// The course of a series as a chart; `None` for two snapshots, or where times are not known.
pub(super) fn course(suspect: &SuspectView) -> Option<String> {
    let figures = suspect.figures();
    let hours = figures.hours().filter(|_| figures.points.len() > 2)?;
    let start = figures.points[0].time?;
    let known: Option<Vec<(f64, f64)>> = figures
        .points
        .iter()
        .map(|point| Some((point.time?.saturating_sub(start) as f64 / 3.6e12, point.value)))
        .collect();
    let values = at_even_times(&known?, hours);
    let (unit, scale) = scale(figures, &values);
    let (time, length) = match hours * 3600.0 {
        s if s < 120.0 => ("seconds", s),
        s if s < 7200.0 => ("minutes", s / 60.0),
        s if s < 172_800.0 => ("hours", hours),
        _ => ("days", hours / 24.0),
    };
    let scaled: Vec<f64> = values.iter().map(|value| value / scale).collect();
    let lowest = scaled.iter().copied().fold(f64::INFINITY, f64::min).min(0.0);
    let highest = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !(length.is_finite() && lowest.is_finite() && highest.is_finite()) || highest - lowest > 1e12 {
        return None;
    }
    let highest = if highest > lowest { highest } else { lowest + 1.0 };
    let line: Vec<String> = scaled.iter().map(|value| format!("{value:.2}")).collect();
    let mut text = format!("{COLOURS}xychart-beta\n");
    push(&mut text, format_args!("    title \"{}\"", plain(&suspect.blame.short_function())));
    push(&mut text, format_args!("    x-axis \"{time}\" 0 --> {length:.2}"));
    push(&mut text, format_args!("    y-axis \"{unit}\" {lowest:.2} --> {highest:.2}"));
    push(&mut text, format_args!("    line [{}]", line.join(", ")));
    Some(text)
}

/// The values at times an even step apart, which is all that the chart can draw: the points themselves where they are,
/// else read off the line between them.
fn at_even_times(points: &[(f64, f64)], hours: f64) -> Vec<f64> {
    let step = hours / (points.len() - 1) as f64;
    let is_even = points
        .iter()
        .enumerate()
        .all(|(index, (time, _))| (time - index as f64 * step).abs() <= UNEVEN * step);
    if is_even && points.len() <= POINTS {
        return points.iter().map(|(_, value)| *value).collect();
    }
    (0..POINTS)
        .map(|index| {
            let time = hours * index as f64 / (POINTS - 1) as f64;
            let next = points.partition_point(|(at, _)| *at < time).clamp(1, points.len() - 1);
            let ((t0, v0), (t1, v1)) = (points[next - 1], points[next]);
            if t1 > t0 { v0 + (v1 - v0) * ((time - t0) / (t1 - t0)).clamp(0.0, 1.0) } else { v1 }
        })
        .collect()
}

/// The unit in which values are drawn, and how much one of it is.
fn scale(figures: &Figures, values: &[f64]) -> (&'static str, f64) {
    if figures.unit == Unit::Count {
        return ("count", 1.0);
    }
    let highest = values.iter().copied().map(f64::abs).fold(0.0, f64::max);
    let units = [("bytes", 1.0), ("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0)];
    units.into_iter().rev().find(|(_, size)| highest >= *size).unwrap_or(units[0])
}

/// Text within the quotes of a label: what Mermaid could take for more is written as the number of its character.
fn label(text: &str) -> String {
    let mut label = String::new();
    for c in shortened(text).chars() {
        match c {
            c if c.is_alphanumeric() || " ._/()*,-+:=[]".contains(c) => label.push(c),
            // Writing to a String cannot fail.
            c => drop(write!(label, "#{};", u32::from(c))),
        }
    }
    label
}

/// Text within the quotes of a chart, where characters have no numbers.
fn plain(text: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || " ._/()*,-+:".contains(c) { c } else { '?' };
    shortened(text).chars().map(kept).collect()
}

/// The end of a long name tells more than its beginning.
fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST_LABEL {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(length - (LONGEST_LABEL - 3)).collect();
    format!("...{tail}")
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(label("a\"]; b --> c %%{init}%%"), "a#34;]#59; b --#62; c #37;#37;#123;init#125;#37;#37;");
        assert_eq!(label("`x`<b>"), "#96;x#96;#60;b#62;");
        assert_eq!(plain("main.\"x\"\u{fffd}"), "main.?x??");
        assert!(label(&"x".repeat(1000)).len() <= LONGEST_LABEL);
    }

    #[test]
    fn uneven_times_are_drawn_at_even_ones() {
        assert_eq!(at_even_times(&[(0.0, 1.0), (1.0, 5.0), (2.0, 6.0)], 2.0), [1.0, 5.0, 6.0]);
        let values = at_even_times(&[(0.0, 0.0), (9.0, 9.0), (10.0, 20.0)], 10.0);
        assert_eq!((values.len(), values[0], values[POINTS - 1]), (POINTS, 0.0, 20.0));
        assert!((values[15] - 10.0 * 15.0 / 31.0).abs() < 1e-9);
    }
}
