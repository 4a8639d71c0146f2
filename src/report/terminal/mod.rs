//! The report for a terminal: readable at 80 columns, with and without colour.

mod fit;
mod short;

pub(super) use fit::{columns, name as fitted, wrap};

use super::document::{Document, FrameView, SiteView, SuspectView, UnjudgedView};
use super::layout::{
    ACCEPTED_TITLE, LEDGER_HEADER, LEDGER_TITLE, LIVES_HEADER, PASSED_OVER_TITLE, STACKS_SHOWN,
    SUSPECTS_HEADER, StackLine, TOTALS_HEADER, UNJUDGED_HEADER, accepted, called_into, callers, change,
    course, excerpt_lines, inputs, joined, ledger_rows, lives, next_steps, not_shown, own_code_first,
    passed_over, routing, stack_lines, summary, suspect_row, totals, unjudged_row,
};
use super::{SourceLinks, sentences, service};
use crate::profile::Owner;
use crate::suspects::{Confidence, Verdict};
use anstyle::{AnsiColor, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use std::fmt::Write;

/// The width from which the suspects' table has all its columns: what six columns of numbers and words take, and 30
/// for a name.
pub(super) const ROOM_FOR_ALL_COLUMNS: usize = 100;

/// Sentences are wrapped at this width even where there is more room: longer lines are hard to follow. Tables and
/// stacks take what there is.
const READABLE: usize = 120;
/// Columns between those of a table.
const GAP: usize = 2;

/// The marks before the lines of a suspect.
const LEGEND: &str = "+ speaks for it, - against it or for caution; in stacks > is the line to open, | your own code, . other code";

/// How the terminal report is laid out.
#[derive(Clone, Debug)]
pub struct TerminalOptions {
    /// Columns. Default 100.
    pub width: usize,
    /// Whether to colour. Default no.
    pub colour: bool,
    /// Suspects shown in full. Default 10.
    pub top: usize,
    /// Whether all is shown that the document has, rather than what fits on a screen. Default no.
    pub details: bool,
    /// The commands that go on from here, where they are others than the one that was typed.
    pub next: Option<Next>,
    /// Whether positions are links to source (OSC 8), and where that is. Default no.
    pub links: Option<SourceLinks>,
}

/// The commands that go on from a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// Judges the same snapshots again.
    pub again: String,
    /// Says after the fix whether it worked.
    pub fixed: String,
}

impl Default for TerminalOptions {
    fn default() -> TerminalOptions {
        TerminalOptions { width: 100, colour: false, top: 10, details: false, next: None, links: None }
    }
}

/// Renders a document for a terminal.
pub fn terminal(document: &Document, options: &TerminalOptions) -> String {
    if options.details { details(document, options) } else { short::short(document, options) }
}

/// All that the document has.
fn details(document: &Document, options: &TerminalOptions) -> String {
    let mut out = Writer::new(options);
    out.head(document);
    out.paragraph("", &document.headline, verdict_style(document.verdict));
    out.blank();
    out.table(&TOTALS_HEADER, totals(document).into_iter().map(|row| row.to_vec()).collect(), 1, &[]);
    if let Some(forecast) = &document.forecast {
        out.blank();
        out.paragraph("", &sentences::forecast(forecast, &document.lives), Style::new());
    }
    if !document.lives.is_empty() {
        out.blank();
        out.table(&LIVES_HEADER, lives(document).into_iter().map(|row| row.to_vec()).collect(), 3, &[]);
    }
    if !document.suspects.is_empty() {
        out.blank();
        out.suspects_table(document);
        if options.top > 0 {
            out.blank();
            out.paragraph("", LEGEND, Style::new().dimmed());
        }
        for suspect in document.suspects.iter().take(options.top) {
            out.suspect(suspect);
        }
        if let Some(sentence) = not_shown(document, options.top) {
            out.blank();
            out.paragraph("", &sentence, Style::new());
        }
    }
    if !document.passed_over.is_empty() {
        out.blank();
        out.paragraph("", PASSED_OVER_TITLE, bold());
        passed_over(document).for_each(|line| out.item("  ", &line));
    }
    if !document.accepted.is_empty() {
        out.blank();
        out.paragraph("", ACCEPTED_TITLE, bold());
        for (id, line) in accepted(document) {
            out.item("  ", &format!("{id}: {line}"));
        }
    }
    for UnjudgedView { title, rows } in &document.unjudged {
        out.blank();
        out.paragraph("", title, bold());
        let rows = rows.iter().map(|row| {
            let (mut cells, position) = unjudged_row(row);
            cells[0] = format!("{}\n{position}", cells[0]);
            cells.to_vec()
        });
        out.table(&UNJUDGED_HEADER, rows.collect(), 1, &[0]);
    }
    if let Some(ledger) = &document.ledger {
        out.blank();
        out.paragraph("", LEDGER_TITLE, bold());
        out.table(&LEDGER_HEADER, ledger_rows(ledger).map(|row| row.to_vec()).collect(), 1, &[]);
        for sentence in &ledger.sentences {
            out.item("  ", sentence);
        }
    }
    if let Some(resolution) = document.further_resolution() {
        out.blank();
        out.paragraph("", &format!("{resolution}."), Style::new());
    }
    if document.further_warnings().next().is_some() {
        out.blank();
        out.paragraph("", "Know before you rely on this", bold());
        for warning in document.further_warnings() {
            let about = warning.source.as_ref().map_or(String::new(), |source| format!("{source}: "));
            out.item("! ", &format!("{about}{} [{}]", warning.message, warning.code.name()));
        }
    }
    out.end(document);
    out.finish()
}

fn bold() -> Style {
    Style::new().bold()
}

fn verdict_style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Leak => AnsiColor::Red,
        Verdict::Suspicious | Verdict::Inconclusive => AnsiColor::Yellow,
        Verdict::Clean => AnsiColor::Green,
    };
    bold().fg_color(Some(colour.into()))
}

fn confidence_style(confidence: Confidence) -> Style {
    match confidence {
        Confidence::High => bold().fg_color(Some(AnsiColor::Red.into())),
        Confidence::Medium => bold().fg_color(Some(AnsiColor::Yellow.into())),
        Confidence::Low => bold(),
    }
}

/// A report in the making.
pub(crate) struct Writer<'a> {
    text: String,
    options: &'a TerminalOptions,
    /// Causes whose advice was given; it is not repeated.
    advised: Vec<String>,
}

impl<'a> Writer<'a> {
    /// An empty report.
    pub(crate) fn new(options: &'a TerminalOptions) -> Writer<'a> {
        Writer { text: String::new(), options, advised: Vec::new() }
    }

    /// The report.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// Which process this is about, if it is known.
    fn head(&mut self, document: &Document) {
        if let Some(line) = service::line(&document.service) {
            self.paragraph("", &line, Style::new().dimmed());
        }
    }

    /// What was compared, and what to do next.
    fn end(&mut self, document: &Document) {
        self.blank();
        self.paragraph("", "Compared", bold());
        for (source, line) in inputs(document) {
            self.item("  ", &format!("{source}: {line}"));
        }
        let steps = next_steps(document);
        if !steps.is_empty() {
            self.blank();
            self.paragraph("", "Next", bold());
            for step in steps {
                self.item("  ", &step);
            }
        }
    }

    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line as it is, indented.
    pub(crate) fn line(&mut self, indent: &str, line: &str, style: Style) {
        let line = line.trim_end();
        // Writing to a String cannot fail.
        let _ = if self.options.colour && style != Style::new() {
            writeln!(self.text, "{indent}{style}{line}{style:#}")
        } else {
            writeln!(self.text, "{indent}{line}")
        };
    }

    /// Text wrapped at the width, every line indented alike.
    pub(crate) fn paragraph(&mut self, indent: &str, text: &str, style: Style) {
        for line in wrap(text, self.options.width.min(READABLE).saturating_sub(indent.len())) {
            self.line(indent, &line, style);
        }
    }

    /// A list item: the mark, and the text wrapped behind it.
    pub(crate) fn item(&mut self, mark: &str, text: &str) {
        self.wrapped(mark, text, self.options.width.min(READABLE));
    }

    fn wrapped(&mut self, mark: &str, text: &str, width: usize) {
        let indent = " ".repeat(mark.len());
        for (index, line) in wrap(text, width.saturating_sub(mark.len())).iter().enumerate() {
            self.line(if index == 0 { mark } else { &indent }, line, Style::new());
        }
    }

    /// A table without lines; columns from `numbers` on are numbers, set to the right. The names in columns `names` are
    /// cut in the middle where the table would be too wide.
    pub(crate) fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>, numbers: usize, names: &[usize]) {
        for line in self.table_lines(header, rows, numbers, names) {
            self.line("", &line, Style::new());
        }
    }

    fn table_lines(
        &self,
        header: &[&str],
        mut rows: Vec<Vec<String>>,
        numbers: usize,
        names: &[usize],
    ) -> Vec<String> {
        if rows.is_empty() {
            return Vec::new();
        }
        let widest = |rows: &[Vec<String>], column: usize| {
            let lines = rows.iter().flat_map(|row| row[column].split('\n')).map(fit::columns);
            lines.max().unwrap_or(0).max(header[column].len())
        };
        let others = (0..header.len()).filter(|column| !names.contains(column));
        let taken: usize = others.map(|column| widest(&rows, column)).sum::<usize>() + GAP * header.len();
        let mut room = self.options.width.saturating_sub(taken);
        // The shortest first: what they leave is for the longer ones.
        let mut by_width: Vec<usize> = names.to_vec();
        by_width.sort_by_key(|column| widest(&rows, *column));
        for (index, column) in by_width.iter().enumerate() {
            let share = room / (by_width.len() - index);
            for row in &mut rows {
                let lines: Vec<String> =
                    row[*column].split('\n').map(|name| fit::name(name, share)).collect();
                row[*column] = lines.join("\n");
            }
            room = room.saturating_sub(widest(&rows, *column));
        }
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.options.width).unwrap_or(u16::MAX));
        table.set_header(header.iter().map(|h| h.to_uppercase()));
        for row in rows {
            table.add_row(row.into_iter().map(Cell::new));
        }
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, GAP as u16));
            if index >= numbers {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string().lines().map(str::to_owned).collect()
    }

    /// The suspects a row each. Where the names would have to be cut for it, before and after are left to the text.
    fn suspects_table(&mut self, document: &Document) {
        let narrow = self.options.width < ROOM_FOR_ALL_COLUMNS;
        let keep = |index: usize| !(narrow && (3..5).contains(&index));
        let header: Vec<&str> =
            SUSPECTS_HEADER.into_iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, h)| h).collect();
        let shown = &document.suspects[..document.suspects.len().min(self.options.top)];
        let rows = shown.iter().map(|suspect| {
            let (mut row, position) = suspect_row(suspect);
            row[2] = format!("{}\n{position}", row[2]);
            row.into_iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, cell)| cell).collect()
        });
        let mut suspects = shown.iter();
        for line in self.table_lines(&header, rows.collect(), 3, &[2]) {
            // The line with a rank is the first of a suspect, and has its confidence.
            let confidence = match line.starts_with(|c: char| c.is_ascii_digit()) {
                true => suspects.next().map(|suspect| suspect.confidence),
                false => None,
            };
            let line = line.trim_end();
            match confidence.filter(|_| self.options.colour) {
                Some(confidence) => {
                    let (word, style) = (confidence.name(), confidence_style(confidence));
                    let line = line.replacen(word, &format!("{style}{word}{style:#}"), 1);
                    self.line("", &line, Style::new());
                }
                None => self.line("", line, Style::new()),
            }
        }
    }

    /// An item with the position of a frame in it, which becomes a link where the terminal follows links.
    pub(super) fn place(&mut self, mark: &str, text: &str, frame: &FrameView, position: &str) {
        let url = self.options.links.as_ref().and_then(|links| links.url(frame));
        let from = self.text.len();
        self.wrapped(mark, text, self.options.width);
        let Some(url) = url else { return };
        if let Some(at) = self.text[from..].rfind(position).filter(|_| !position.contains(' ')) {
            let linked = format!("\u{1b}]8;;{url}\u{1b}\\{position}\u{1b}]8;;\u{1b}\\");
            self.text.replace_range(from + at..from + at + position.len(), &linked);
        }
    }

    fn suspect(&mut self, suspect: &SuspectView) {
        self.blank();
        let title = format!("{}. {}", suspect.rank, suspect.blame.short_function());
        self.paragraph("", &title, confidence_style(suspect.confidence));
        let position = suspect.blame.position();
        if !position.is_empty() {
            self.place("   ", &position, &suspect.blame, &position);
        }
        if let Some(routing) = routing(suspect) {
            self.item("   ", &routing);
        }
        self.item("   ", &format!("{} confidence: {}", suspect.confidence.name(), summary(suspect)));
        if let Some(course) = course(suspect.figures()) {
            self.item("   ", &format!("course {course}"));
        }
        for (speaks_for, sentence) in suspect.findings() {
            self.item(if speaks_for { "   + " } else { "   - " }, sentence);
        }
        if let Some(excerpt) = &suspect.excerpt {
            self.item("   ", &format!("source, {}", excerpt.file));
            for (mark, number, line) in excerpt_lines(excerpt) {
                let style = if mark == '>' { bold() } else { Style::new() };
                let line = fit::start(&line, self.options.width.saturating_sub("   >    51  ".len()));
                self.line("   ", &format!("{mark} {number:>5}  {line}"), style);
            }
        }
        for (joined, sentence) in joined(suspect) {
            self.item("   ", &format!("{sentence}, in {joined}"));
        }
        if let Some(callers) = callers(suspect) {
            self.item("   ", &format!("called by {callers}"));
        }
        self.blank();
        let cause = &suspect.cause;
        self.item(
            "   ",
            &format!("cause: {} ({}, {} confidence)", cause.title, cause.id, cause.certainty.name()),
        );
        for reason in &cause.because {
            self.item("   + ", reason);
        }
        if let Some(runner_up) = &cause.runner_up {
            self.item("   - ", &format!("it could also be {runner_up}"));
        }
        if self.advised.contains(&suspect.advice) {
            self.item("   ", "what to change: as above");
        } else {
            self.item("   ", &format!("what to change: {}", suspect.advice));
            self.item("   ", &format!("more: pprof-leaks explain {}", cause.id));
            self.advised.push(suspect.advice.clone());
        }
        let shown = suspect.sites.iter().filter(|site| site.figures.delta > 0.0);
        let hidden = shown.clone().count().saturating_sub(STACKS_SHOWN);
        for site in shown.take(STACKS_SHOWN) {
            self.blank();
            self.stack(site);
        }
        if hidden > 0 {
            self.item("   ", &format!("({hidden} more stacks; --format json has all)"));
        }
        self.item("   ", &format!("id {}", suspect.fingerprint));
    }

    fn stack(&mut self, site: &SiteView) {
        self.item("   ", &format!("stack{}: {}", own_code_first(&[site]), change(&site.figures)));
        for line in stack_lines(site) {
            match line {
                StackLine::Frame { frame, first_own } => {
                    let mark = match frame.owner {
                        _ if first_own => "   > ",
                        Owner::Own => "   | ",
                        Owner::Dependency | Owner::Std => "   . ",
                    };
                    let position = frame.short_position();
                    let room = self.options.width.saturating_sub(mark.len() + 2 + fit::columns(&position));
                    let line = format!("{}  {position}", fit::name(&frame.short_function(), room));
                    self.place(mark, &line, frame, &position);
                }
                StackLine::Gap(n) => self.item("   . ", &format!("... {n} frames ...")),
            }
        }
        if let Some((done, calls)) = called_into(site) {
            self.item("   ", &format!("{done} {calls}"));
        }
    }
}
