//! The report on one snapshot for a terminal: as much of it as fits on one screen, or all of it.

use super::super::document::{ExcerptView, FrameView};
use super::super::layout::{excerpt_lines, input_line};
use super::super::terminal::{TerminalOptions, Writer, columns, fitted};
use super::super::units::{count, percent};
use super::sentences::{
    IT_GROWS, MORE_COME, all_waits, called_from, cause, churn, comes_with, does, doing, first_sentence,
    freed, heap_total, held_by_goroutines, lock_holder, sizes, with_error,
};
use super::steps::{identity, program};
use super::views::{GroupView, IfItGrows, InspectionDocument, MemoryPlaceView, ProvedView, StackView};
use crate::profile::Owner;
use anstyle::{AnsiColor, Style};

/// Lines of a terminal that nobody has enlarged.
const SCREEN: usize = 24;
/// Frames of a stack that are shown.
const FRAMES: usize = 12;

/// How much is written.
#[derive(Clone, Copy)]
struct Extent {
    /// Lines of goroutines that are explained.
    goroutines: usize,
    /// Functions whose memory is explained.
    memory: usize,
    /// Places of each kind that have a line.
    rows: usize,
    /// Warnings, and sentences on what cannot be shown, each.
    notes: usize,
    /// Whether causes are named without their evidence, and advice is its first sentence.
    is_brief: bool,
    /// Whether stacks, source and labels are shown as well.
    details: bool,
}

/// From the most that may fit on a screen to the least.
const EXTENTS: [Extent; 14] = [
    extent([3, 3], 8, 2, false),
    extent([2, 2], 6, 2, false),
    extent([2, 2], 4, 2, false),
    extent([1, 1], 5, 2, false),
    extent([1, 1], 3, 1, false),
    extent([1, 1], 3, 1, true),
    extent([1, 1], 2, 1, true),
    extent([1, 1], 1, 0, true),
    extent([1, 0], 3, 1, true),
    extent([1, 0], 2, 0, true),
    extent([1, 0], 1, 0, true),
    extent([0, 0], 4, 1, true),
    extent([0, 0], 2, 1, true),
    extent([0, 0], 1, 0, true),
];

const fn extent([goroutines, memory]: [usize; 2], rows: usize, notes: usize, is_brief: bool) -> Extent {
    Extent { goroutines, memory, rows, notes, is_brief, details: false }
}

/// Renders a report on one snapshot for a terminal: on one screen, or with `options.details` all of it, `options.top` places of each kind.
pub fn inspection_terminal(document: &InspectionDocument, options: &TerminalOptions) -> String {
    let TerminalOptions { top, details, .. } = *options;
    if details {
        let all =
            Extent { goroutines: top, memory: top, rows: top, notes: usize::MAX, is_brief: false, details };
        return text(document, options, all);
    }
    let with_top = |extent: Extent| Extent { rows: extent.rows.min(top), ..extent };
    let mut texts = EXTENTS.into_iter().map(|extent| text(document, options, with_top(extent)));
    let last = texts.next_back().unwrap_or_default();
    texts.find(|text| text.lines().count() <= SCREEN).unwrap_or(last)
}

fn text(document: &InspectionDocument, options: &TerminalOptions, extent: Extent) -> String {
    let mut report = Report {
        out: Writer::new(options),
        width: options.width,
        extent,
        advised: Vec::new(),
        left_out: false,
    };
    report.head(document);
    report.proof(document);
    report.goroutines(document);
    report.memory(document);
    report.foot(document);
    report.out.finish()
}

/// A report in the making.
struct Report<'a> {
    out: Writer<'a>,
    width: usize,
    extent: Extent,
    /// Advice that was given; it is not repeated.
    advised: Vec<String>,
    /// Whether there is more than is shown.
    left_out: bool,
}

impl Report<'_> {
    fn head(&mut self, document: &InspectionDocument) {
        for sentence in &document.headline {
            let style = match sentence.starts_with("Leak") {
                true => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
                false => Style::new().bold(),
            };
            self.out.paragraph("", sentence, style);
        }
        if !self.extent.details {
            self.out.item("", &identity(document));
            return;
        }
        if let Some(known) = &document.program {
            self.out.item("", &program(known));
        }
        for input in &document.inputs {
            self.out.item("", &format!("{}: {}", input.source, input_line(input)));
        }
    }

    fn proof(&mut self, document: &InspectionDocument) {
        let Some(proof) = document.proof.as_ref().filter(|proof| !proof.groups.is_empty()) else { return };
        let all = || document.goroutines.iter().flat_map(|goroutines| &goroutines.groups);
        let is_explained = |group: &ProvedView| all().any(|other| other.blame == group.blame);
        // Goroutines at the same lines are explained among all of them.
        if !self.extent.details && proof.groups.iter().take(self.extent.goroutines).all(is_explained) {
            self.left_out |= proof.groups.len() > self.extent.goroutines;
            return;
        }
        self.title(&format!("Proved leaked: {}", count(proof.total as f64)));
        for group in proof.groups.iter().take(self.extent.rows) {
            let number = format!("{:>7}", count(group.count as f64));
            self.row(&number, "", &group.blame, &does(group.wait, group.count));
            self.stack(&group.stack);
        }
        self.more(proof.groups.len(), self.extent.rows);
    }

    fn goroutines(&mut self, document: &InspectionDocument) {
        let Some(goroutines) = &document.goroutines else { return };
        let waits = all_waits(goroutines);
        let waits =
            if self.extent.is_brief || waits.is_empty() { String::new() } else { format!("; {waits}") };
        let (total, lines) = (count(goroutines.total as f64), count(goroutines.lines as f64));
        self.title(&format!("Goroutines: {total} at {lines} lines{waits}"));
        for (index, group) in goroutines.groups.iter().take(self.extent.rows).enumerate() {
            let is_full =
                index < self.extent.goroutines && (group.if_it_grows.is_some() || self.extent.details);
            let what = if is_full { String::new() } else { does(group.wait, group.count) };
            self.row(
                &format!("{:>7}", count(group.count as f64)),
                &percent(group.share),
                &group.blame,
                &what,
            );
            if is_full {
                self.group(group);
            }
        }
        self.more(goroutines.groups.len(), self.extent.rows);
    }

    fn group(&mut self, group: &GroupView) {
        let doing = doing(group);
        if !doing.is_empty() {
            self.out.item(INDENT, &doing);
        }
        if group.proved > 0 {
            self.out.item(INDENT, &format!("{} of them are proved leaked", count(group.proved as f64)));
        }
        let sentences = [called_from(&group.called_from), lock_holder(group)];
        sentences.into_iter().flatten().for_each(|sentence| self.out.item(INDENT, &sentence));
        match comes_with(group) {
            Some(sentence) => self.out.item(INDENT, &sentence),
            None => self.cause(group.if_it_grows.as_ref(), group.proved > 0, MORE_COME),
        }
        if self.extent.details {
            if !group.labels.is_empty() {
                let labels: Vec<String> = group
                    .labels
                    .iter()
                    .map(|(label, number)| format!("{label} ({})", count(*number as f64)))
                    .collect();
                self.out.item(INDENT, &format!("labels {}", labels.join(", ")));
            }
            self.source(group.source.as_ref());
        }
        self.stack(&group.stack);
    }

    fn memory(&mut self, document: &InspectionDocument) {
        let Some(memory) = &document.memory else { return };
        self.title(&format!("Heap: {}", heap_total(memory)));
        for (index, place) in memory.places.iter().take(self.extent.rows).enumerate() {
            self.row(&format!("{:>20}", with_error(place)), &percent(place.share), &place.blame, "");
            if index < self.extent.memory && (place.if_it_grows.is_some() || self.extent.details) {
                self.memory_place(place, index == 0);
            }
        }
        self.more(memory.places.len(), self.extent.rows);
        if let Some(sentence) = churn(memory, if self.extent.is_brief { 2 } else { 3 }) {
            self.out.item("  ", &sentence);
        }
    }

    fn memory_place(&mut self, place: &MemoryPlaceView, is_first: bool) {
        let of_line = match place.line_share < 0.995 && place.blame.line > 0 {
            true => format!(", {} of it at this line", percent(place.line_share)),
            false => String::new(),
        };
        // The headline has it of the first one.
        let freed = freed(place).filter(|_| !is_first || self.extent.details);
        let freed = freed.map_or(String::new(), |freed| format!("; {freed}"));
        self.out.item(INDENT, &format!("{}{of_line}{freed}", sizes(place)));
        if let Some(sentence) = called_from(&place.called_from) {
            self.out.item(INDENT, &sentence);
        }
        match held_by_goroutines(place) {
            Some(sentence) => self.out.item(INDENT, &sentence),
            None => self.cause(place.if_it_grows.as_ref(), false, IT_GROWS),
        }
        if self.extent.details {
            self.source(place.source.as_ref());
        }
        self.stack(&place.stack);
    }

    fn foot(&mut self, document: &InspectionDocument) {
        let warnings = &document.warnings;
        if !warnings.is_empty() && self.extent.notes > 0 {
            self.out.blank();
        }
        for warning in warnings.iter().take(self.extent.notes) {
            let about = warning.source.as_ref().map_or(String::new(), |source| format!("{source}: "));
            self.out.item("! ", &format!("{about}{} [{}]", warning.message, warning.code.name()));
        }
        self.left_out |= warnings.len() > self.extent.notes || document.cannot_show.len() > self.extent.notes;
        self.out.blank();
        for sentence in document.cannot_show.iter().take(self.extent.notes) {
            self.out.item("", sentence);
        }
        let widest = document.next.iter().map(|step| columns(&step.why)).max().unwrap_or(0);
        for step in &document.next {
            for (index, command) in step.commands.iter().enumerate() {
                let why = if index == 0 { step.why.as_str() } else { "" };
                self.out.item(&format!("{why:<widest$}  "), command);
            }
        }
        if !self.extent.details {
            let more = if self.left_out { "places, warnings, " } else { "" };
            self.out.item("", &format!("`--details` shows the rest: {more}stacks, source"));
        }
    }

    fn title(&mut self, title: &str) {
        self.out.blank();
        self.out.paragraph("", title, Style::new().bold());
    }

    /// A line a place: how much, its share, the function, the position, and as far as it fits what is done there.
    fn row(&mut self, much: &str, share: &str, frame: &FrameView, what: &str) {
        let position = frame.short_position();
        let mark = format!("{much}  {share:>4}  ");
        let room = self.width.saturating_sub(columns(&mark) + 2 + columns(&position));
        let mut line = format!("{}  {position}", fitted(&frame.short_function(), room)).trim_end().to_owned();
        if columns(&mark) + columns(&line) + columns(what) + 2 <= self.width && !what.is_empty() {
            line = format!("{line}  {what}");
        }
        self.out.place(&mark, &line, frame, &position);
    }

    fn cause(&mut self, cause_if: Option<&IfItGrows>, proved: bool, subject: &str) {
        let Some(known) = cause_if else { return };
        if known.because.is_empty() && !self.extent.details {
            // That nothing is known helps nobody in a hurry.
            return;
        }
        let lead = cause(known, proved, subject);
        match known.because.first().filter(|_| !self.extent.is_brief) {
            Some(because) => self.out.item(INDENT, &format!("{lead}: {because}")),
            None => self.out.item(INDENT, &lead),
        }
        if self.extent.details {
            known
                .because
                .iter()
                .skip(1)
                .for_each(|because| self.out.item(INDENT, &format!("also: {because}")));
            if let Some(other) = &known.runner_up {
                self.out.item(INDENT, &format!("it could also be {other}"));
            }
        }
        if self.advised.contains(&known.advice) {
            return;
        }
        let advice = if self.extent.is_brief { first_sentence(&known.advice) } else { &known.advice };
        self.out.item(INDENT, &format!("Fix: {advice}"));
        self.advised.push(known.advice.clone());
    }

    fn source(&mut self, excerpt: Option<&ExcerptView>) {
        let Some(excerpt) = excerpt else { return };
        self.out.item(INDENT, &format!("source, {}", excerpt.file));
        for (mark, number, line) in excerpt_lines(excerpt) {
            self.out.line(INDENT, &format!("{mark} {number:>5}  {line}"), Style::new());
        }
    }

    /// One stack, from its leaf.
    fn stack(&mut self, stack: &StackView) {
        if !self.extent.details || stack.frames.is_empty() {
            return;
        }
        let others = match stack.others {
            0 => String::new(),
            1 => " (and 1 more)".to_owned(),
            others => format!(" (and {} more)", count(others as f64)),
        };
        self.out.item(INDENT, &format!("stack{others}:"));
        for frame in stack.frames.iter().take(FRAMES) {
            let mark = if frame.owner == Owner::Own { "       | " } else { "       . " };
            let position = frame.short_position();
            let room = self.width.saturating_sub(mark.len() + 2 + columns(&position));
            let line = format!("{}  {position}", fitted(&frame.short_function(), room));
            self.out.place(mark, line.trim_end(), frame, &position);
        }
        if stack.frames.len() > FRAMES {
            self.out.item("       . ", &format!("... {} more frames ...", stack.frames.len() - FRAMES));
        }
    }

    /// Notes that places were left out.
    fn more(&mut self, all: usize, shown: usize) {
        self.left_out |= all > shown;
        if all > shown && self.extent.details {
            self.out.item("", &format!("... {} more: --top N, or --format json", all - shown));
        }
    }
}

/// How far what is said of a place stands to the right.
const INDENT: &str = "     ";
