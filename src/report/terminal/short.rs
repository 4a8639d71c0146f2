//! The answer that fits on a screen: what leaks, where, how fast, why, what to change, what else grew, and how to go on.

use super::super::document::{Document, ExcerptView, SuspectView};
use super::super::layout::{course, excerpt_lines, lacks_source, passed_over, per_hour, routing};
use super::super::units::{counted, duration, quantity, signed};
use super::super::{inert, sentences};
use super::{Writer, confidence_style, fit, verdict_style, wrap};
use crate::clusters::Subject;
use crate::profile::{NoticeCode, Unit};
use crate::suspects::Verdict;
use anstyle::Style;

/// Lines of each part, so that all of it fits on a screen of 24 at 100 columns.
mod lines {
    pub(super) const HEADLINE: usize = 4;
    pub(super) const CAUSE: usize = 3;
    pub(super) const FIX: usize = 3;
    pub(super) const OTHERS: usize = 3;
    pub(super) const NOTE: usize = 2;
}
/// What stands before the parts of the first suspect.
const INDENT: &str = "  ";
/// The width of their names.
const NAME: usize = 7;
/// What stands at the end of a text that is cut.
const ELLIPSIS: &str = " ...";
/// Of the whole heap's growth so much may be without a word.
const UNEXPLAINED: f64 = 0.1;

/// Renders the answer.
pub(super) fn short(document: &Document, options: &super::TerminalOptions) -> String {
    let mut out = Writer::new(options);
    out.head(document);
    out.clipped("", &document.headline, lines::HEADLINE, verdict_style(document.verdict));
    let alarms = matches!(document.verdict, Verdict::Leak | Verdict::Suspicious);
    let first = document.suspects.first();
    if let Some(first) = first.filter(|_| options.top > 0) {
        out.blank();
        out.first(first, document, alarms);
    }
    out.others(document, options.top);
    out.notes(document);
    out.next(document, options, alarms);
    out.finish()
}

impl Writer<'_> {
    /// Text of at most so many lines.
    fn clipped(&mut self, indent: &str, text: &str, most: usize, style: Style) {
        for line in self.at_most(text, indent.len(), most) {
            self.line(indent, &line, style);
        }
    }

    /// A named part: its name, and the text of at most so many lines beside it.
    fn part(&mut self, name: &str, text: &str, most: usize) {
        for (index, line) in self.at_most(text, INDENT.len() + NAME, most).iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            self.line("", &format!("{INDENT}{name:<NAME$}{line}"), Style::new());
        }
    }

    /// The width of lines behind an indent.
    fn width_behind(&self, indent: usize) -> usize {
        self.options.width.min(super::READABLE).saturating_sub(indent)
    }

    /// Text in lines behind an indent; of more than so many, the last ends in an ellipsis.
    fn at_most(&self, text: &str, indent: usize, most: usize) -> Vec<String> {
        let width = self.width_behind(indent);
        let mut lines = wrap(text, width);
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                while fit::columns(last) + ELLIPSIS.len() > width
                    && let Some((rest, _)) = last.rsplit_once(' ')
                {
                    last.truncate(rest.len());
                }
                last.push_str(ELLIPSIS);
            }
        }
        lines
    }

    /// The first suspect: where it is, how it went, why, and what to change.
    fn first(&mut self, suspect: &SuspectView, document: &Document, alarms: bool) {
        let figures = suspect.figures();
        let title = format!("{}  ({} confidence)", suspect.blame.short_function(), suspect.confidence.name());
        self.clipped(INDENT, &title, 1, confidence_style(suspect.confidence));
        let position = suspect.blame.position();
        let indent = INDENT.len() + NAME;
        if !position.is_empty() {
            let shown = fit::name(&position, self.options.width.saturating_sub(indent));
            self.place(&format!("{INDENT}{:<NAME$}", "where"), &shown, &suspect.blame, &shown);
        }
        if let Some(statement) = suspect.excerpt.as_ref().and_then(statement) {
            let line = fit::start(&statement, self.options.width.saturating_sub(indent));
            self.line("", &format!("{INDENT}{:<NAME$}{line}", "line"), Style::new().bold());
        }
        let grown = course(figures).unwrap_or_else(|| {
            let [before, after] = [figures.first, figures.last].map(|value| quantity(value, figures.unit));
            format!("{before} to {after}")
        });
        let rate = figures.per_hour.map_or(String::new(), |_| format!(", {}", per_hour(figures)));
        self.part("growth", &format!("{grown}{rate}"), 1);
        if let Some(beside) = beside(suspect) {
            self.part("with", &beside, lines::NOTE);
        }
        if let Some(forecast) = &document.forecast {
            self.part("limit", &sentences::forecast(forecast, &document.lives), lines::NOTE);
        }
        if let Some(routing) = routing(suspect) {
            self.part("who", &routing, 1);
        }
        // What stopped, or may be a store that fills, is not mended yet.
        if !alarms {
            return;
        }
        // As many reasons as there is room for, one at least.
        let mut cause = suspect.cause.title.clone();
        for (at, reason) in suspect.cause.because.iter().enumerate() {
            let longer = format!("{cause}{} {reason}", if at == 0 { ":" } else { ";" });
            if at > 0 && wrap(&longer, self.width_behind(indent)).len() > lines::CAUSE {
                break;
            }
            cause = longer;
        }
        self.part("cause", &cause, lines::CAUSE);
        self.part("fix", &suspect.advice, lines::FIX);
        if let Some(surer) = surer(suspect, document) {
            self.part("surer", &surer, 1);
        }
        self.part("more", &format!("pprof-leaks explain {}", suspect.cause.id), 1);
    }

    /// What else grew: further suspects in a line each, and what is none.
    fn others(&mut self, document: &Document, top: usize) {
        let shown = document.suspects.len().min(top);
        let rest = document.suspects.get(1.min(shown)..).unwrap_or_default();
        let mut all: Vec<String> = rest.iter().take(lines::OTHERS).map(other).collect();
        if rest.len() > all.len() {
            all.push(format!("and {} more suspects", rest.len() - all.len()));
        }
        let room = (lines::OTHERS + 1).saturating_sub(all.len());
        all.extend(passed_over(document).take(room));
        all.extend(whole_heap(document));
        for (index, line) in all.iter().enumerate() {
            if index == 0 {
                self.blank();
            }
            self.part(if index == 0 { "also" } else { "" }, line, 1);
        }
        for accepted in &document.accepted {
            let (who, grown) = (accepted.blame.short_function(), signed(accepted.delta, accepted.unit));
            self.part("", &format!("{who}: {grown}, accepted by the baseline: {}", accepted.reason), 1);
        }
    }

    /// What the reader must know, as far as the headline does not say it.
    fn notes(&mut self, document: &Document) {
        let mut news: Vec<_> = document.further_warnings().collect();
        // What is missing comes first.
        news.sort_by_key(|warning| warning.code != NoticeCode::UnusableInput);
        let Some(first) = news.first() else { return };
        self.blank();
        let about = first.source.as_ref().map_or(String::new(), |source| format!("{source}: "));
        self.part("note", &format!("{about}{}", first.message), lines::NOTE);
        match news.len() - 1 {
            0 => {}
            1 => self.part("", "and one more note; --details has it", 1),
            more => self.part("", &format!("and {more} more notes; --details has them"), 1),
        }
    }

    /// The commands that go on from here.
    fn next(&mut self, document: &Document, options: &super::TerminalOptions, alarms: bool) {
        let typed = document.provenance.command.as_deref();
        let again = options.next.as_ref().map(|next| next.again.as_str()).or(typed);
        let Some(again) = again else { return };
        self.blank();
        self.command("details", &format!("{again} --details"));
        if alarms {
            self.command("ticket", &format!("{again} -o leak.md"));
            let fixed =
                options.next.as_ref().map_or("pprof-leaks compare BEFORE AFTER", |next| next.fixed.as_str());
            self.command("fixed?", fixed);
        }
    }

    /// A command stays on one line, so that it can be copied.
    fn command(&mut self, name: &str, command: &str) {
        self.line("", &format!("{INDENT}{name:<9}{}", inert(command)), Style::new());
    }
}

/// A further suspect in a line.
fn other(suspect: &SuspectView) -> String {
    let figures = suspect.figures();
    let rate = figures.per_hour.map_or(String::new(), |_| format!(", {}", per_hour(figures)));
    let grown = signed(figures.delta, figures.unit);
    let kind = if figures.unit == Unit::Count { " goroutines" } else { "" };
    format!("{}: {grown}{kind}{rate}, {} confidence", suspect.blame.place(), suspect.confidence.name())
}

/// The goroutines of the same leak that run beside those of a suspect: one each of a connection's, for example.
fn beside(suspect: &SuspectView) -> Option<String> {
    const NAMED: usize = 3;
    let mut all = suspect.more_goroutines().filter(|_| suspect.subject == Subject::Goroutine);
    let named: Vec<String> = all
        .by_ref()
        .take(NAMED)
        .map(|other| {
            format!("{} in {}", signed(other.figures.delta, other.figures.unit), other.blame.short_function())
        })
        .collect();
    let more = all.count();
    let rest = if more > 0 { format!(" and {}", counted(more as u64, "more place")) } else { String::new() };
    (!named.is_empty()).then(|| format!("{}{rest}", named.join(", ")))
}

/// What would make a suspect high: so many more snapshots, and in which time; of memory its source.
fn surer(suspect: &SuspectView, document: &Document) -> Option<String> {
    let (more, figures) = (suspect.more_snapshots?, suspect.figures());
    let intervals = figures.points.len().checked_sub(1).filter(|intervals| *intervals > 0)?;
    let time = figures
        .hours()
        .map_or(String::new(), |hours| format!(" ({})", duration(hours / intervals as f64 * more as f64)));
    let may_settle = suspect.subject == Subject::Heap && lacks_source(document);
    let source = if may_settle { ", or --source DIR" } else { "" };
    Some(format!("{}{time} if it goes on so{source}", counted(more as u64, "more snapshot")))
}

/// What is left of the whole heap's growth, where that is much and nothing was said of it.
fn whole_heap(document: &Document) -> Option<String> {
    let total = document.shown_totals().find(|total| total.unit == Unit::Bytes)?;
    let whole = total.delta as f64;
    let held = document.suspects.iter().filter_map(|suspect| suspect.growth.heap.as_ref());
    let said: f64 = held
        .filter(|figures| figures.unit == Unit::Bytes)
        .map(|figures| figures.delta)
        .sum::<f64>()
        + document.passed_over.iter().map(|place| place.delta).sum::<f64>()
        + document.accepted.iter().filter(|one| one.unit == Unit::Bytes).map(|one| one.delta).sum::<f64>();
    let [first, last] = [total.first, total.last].map(|value| quantity(value as f64, total.unit));
    let rest = whole - said;
    let has_said = !document.suspects.is_empty() || !document.passed_over.is_empty();
    Some(match has_said && whole > 0.0 && rest > UNEXPLAINED * whole {
        true => format!(
            "whole heap {first} -> {last}; the other {} is spread, or may be chance",
            quantity(rest, total.unit)
        ),
        false => format!("whole heap {first} -> {last}"),
    })
}

/// The blamed statement with its line, on one line.
fn statement(excerpt: &ExcerptView) -> Option<String> {
    let marked: Vec<(char, u32, String)> = excerpt_lines(excerpt).filter(|(mark, ..)| *mark == '>').collect();
    let (_, number, _) = marked.first()?;
    let text: Vec<&str> = marked.iter().map(|(_, _, line)| line.trim()).collect();
    Some(format!("{number}: {}", text.join(" ")))
}
