//! The report as GitHub-flavoured markdown, for the incident ticket: GitHub, GitLab, Jira, or pasted into a chat.

pub(super) mod escape;
mod mermaid;
mod suspect;

use super::document::{Document, FrameView, InputView, Provenance, UnjudgedView, Warning};
use super::layout::{
    ACCEPTED_TITLE, LEDGER_HEADER, LEDGER_TITLE, LIVES_HEADER, TOTALS_HEADER, UNJUDGED_HEADER, accepted,
    change, input_line, ledger_rows, lives, not_shown, per_hour, totals, unjudged_row,
};
use super::link_base::{LinkBase, Links};
use super::units::count;
use super::{sentences, service};
use escape::{cell, code, code_cell, escape, prose};
use std::fmt::Write;
use suspect::suspect;

/// Inputs listed; of more, the first and the last.
const INPUTS_LISTED: usize = 40;

/// How the markdown report is laid out.
#[derive(Clone, Debug)]
pub struct MarkdownOptions {
    /// Suspects shown in full. Default 10.
    pub top: usize,
    /// The most bytes. Default 60,000: GitHub takes 65,536 characters in an issue or a comment.
    pub max_bytes: usize,
    /// Where the source is read in a browser, if positions are to lead there.
    pub link_base: Option<LinkBase>,
}

impl Default for MarkdownOptions {
    fn default() -> MarkdownOptions {
        MarkdownOptions { top: 10, max_bytes: 60_000, link_base: None }
    }
}

/// What of a document is in the report, so that it keeps within its bytes.
#[derive(Clone, Copy)]
struct Extent {
    /// Suspects shown in full.
    full: usize,
    /// Rows of the table of suspects.
    rows: usize,
    /// Tables of what is no suspect, and the list of inputs.
    annexes: bool,
}

/// Renders a document as markdown. Where it would be longer than `options.max_bytes`, suspects are left out from the
/// end, whole, and after them what else can be; the text says what was.
pub fn markdown(document: &Document, options: &MarkdownOptions) -> String {
    let wanted = document.suspects.len().min(options.top);
    let parts = Parts::of(document, wanted, &Links::of(options.link_base.as_ref(), &document.known_sites()));
    let extents = (0..=wanted).rev().map(|full| Extent { full, rows: wanted, annexes: true }).chain(
        std::iter::successors(Some(wanted), |rows| (*rows > 0).then_some(rows / 2)).map(|rows| Extent {
            full: 0,
            rows,
            annexes: false,
        }),
    );
    let fits = |text: &String| text.len() <= options.max_bytes;
    let mut texts = extents.map(|extent| parts.text(document, extent, options));
    texts.find(fits).unwrap_or_else(|| {
        let kept: String = document.headline.chars().take(options.max_bytes / 8).collect();
        format!("## {}\n", escape(&kept))
    })
}

/// The parts of a report, rendered one by one.
struct Parts {
    head: String,
    rows: Vec<Vec<String>>,
    suspects: Vec<String>,
    annexes: String,
    notes: String,
    provenance: [String; 2],
}

impl Parts {
    fn of(document: &Document, wanted: usize, links: &Links<'_>) -> Parts {
        let shown = &document.suspects[..wanted];
        Parts {
            head: head(document),
            rows: shown
                .iter()
                .map(|suspect| {
                    vec![
                        suspect.rank.to_string(),
                        suspect.confidence.name().to_owned(),
                        linked_cell(&suspect.blame, links),
                        cell(&change(suspect.figures())),
                        cell(&per_hour(suspect.figures())),
                        cell(&suspect.cause.title),
                    ]
                })
                .collect(),
            suspects: shown
                .iter()
                .enumerate()
                .map(|(index, one)| {
                    let first = shown[..index].iter().find(|earlier| earlier.advice == one.advice);
                    suspect(one, first.map(|earlier| earlier.rank), links)
                })
                .collect(),
            annexes: annexes(document),
            notes: notes(document),
            provenance: provenance(document),
        }
    }

    fn text(&self, document: &Document, extent: Extent, options: &MarkdownOptions) -> String {
        let mut text = self.head.clone();
        if extent.rows > 0 {
            push(&mut text, format_args!("### Suspects\n"));
            const HEADER: [&str; 6] = ["#", "confidence", "where", "change", "per hour", "cause"];
            let numbers = 3..5;
            table(&mut text, &HEADER, numbers, self.rows[..extent.rows].iter().cloned());
        }
        text.extend(self.suspects[..extent.full].iter().map(String::as_str));
        if let Some(note) = cut(document, extent, options) {
            push(&mut text, format_args!("{note}\n"));
        }
        if extent.annexes {
            text.push_str(&self.annexes);
        }
        text.push_str(&self.notes);
        let [command, inputs] = &self.provenance;
        text.push_str(command);
        if extent.annexes {
            text.push_str(inputs);
        }
        text
    }
}

/// What is not shown, and how to see it.
fn cut(document: &Document, extent: Extent, options: &MarkdownOptions) -> Option<String> {
    let wanted = document.suspects.len().min(options.top);
    let mut sentences = Vec::new();
    if extent.full < wanted {
        sentences.push(format!(
            "To keep within {} bytes (`--max-bytes`), {} not shown in full{}; the JSON report has all.",
            count(options.max_bytes as f64),
            match wanted - extent.full {
                1 => format!("suspect {wanted} is"),
                _ => format!("suspects {} to {wanted} are", extent.full + 1),
            },
            if extent.annexes { "" } else { ", and the tables and the list of inputs are left out" },
        ));
    }
    sentences.extend(not_shown(document, wanted));
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The verdict, the totals and the forecast.
fn head(document: &Document) -> String {
    let mut text = String::new();
    push(&mut text, format_args!("## {}\n", escape(&document.headline)));
    if let Some(line) = service::line(&document.service) {
        push(&mut text, format_args!("{}\n", escape(&line)));
    }
    let rows = totals(document).into_iter().map(|row| row.map(|text| cell(&text)).to_vec());
    table(&mut text, &TOTALS_HEADER, 1..5, rows);
    if let Some(forecast) = &document.forecast {
        push(&mut text, format_args!("{}\n", escape(&sentences::forecast(forecast, &document.lives))));
    }
    text
}

/// What is no suspect: the lives of the process, what a baseline accepts, what could not be judged, the ledger.
fn annexes(document: &Document) -> String {
    let mut text = String::new();
    if !document.lives.is_empty() {
        push(&mut text, format_args!("### Lives of the process\n"));
        let rows = lives(document).into_iter().map(|row| row.map(|text| cell(&text)).to_vec());
        table(&mut text, &LIVES_HEADER, 3..5, rows);
    }
    if !document.accepted.is_empty() {
        push(&mut text, format_args!("### {ACCEPTED_TITLE}\n"));
        for (id, line) in accepted(document) {
            push(&mut text, format_args!("- `{id}`: {}", escape(&line)));
        }
        text.push('\n');
    }
    for UnjudgedView { title, rows } in &document.unjudged {
        push(&mut text, format_args!("### {}\n", escape(title)));
        let rows = rows.iter().map(|row| {
            let (cells, _) = unjudged_row(row);
            let mut cells = cells.map(|text| cell(&text));
            cells[0] = place_cell(&row.frame);
            cells.to_vec()
        });
        table(&mut text, &UNJUDGED_HEADER, 1..4, rows);
    }
    if let Some(ledger) = &document.ledger {
        push(&mut text, format_args!("### {}\n", escape(LEDGER_TITLE)));
        let rows = ledger_rows(ledger).map(|row| row.map(|text| cell(&text)).to_vec());
        table(&mut text, &LEDGER_HEADER, 1..4, rows);
        for sentence in &ledger.sentences {
            push(&mut text, format_args!("- {}", escape(sentence)));
        }
        text.push('\n');
    }
    text
}

/// What would have been seen, and what to know.
fn notes(document: &Document) -> String {
    let mut text = String::new();
    if let Some(resolution) = document.further_resolution() {
        push(&mut text, format_args!("{}.\n", escape(resolution)));
    }
    warnings(&mut text, document.further_warnings());
    text
}

/// What the reader must know.
pub(super) fn warnings<'a>(text: &mut String, warnings: impl Iterator<Item = &'a Warning>) {
    let mut warnings = warnings.peekable();
    if warnings.peek().is_none() {
        return;
    }
    push(text, format_args!("### Know before you rely on this\n"));
    for warning in warnings {
        let about = warning.source.as_ref().map_or(String::new(), |source| format!("{}: ", code(source)));
        push(text, format_args!("- {about}{} (`{}`)", prose(&warning.message), warning.code.name()));
    }
    text.push('\n');
}

/// By which version and command a report came about.
pub(super) fn how_made(text: &mut String, provenance: &Provenance) {
    push(text, format_args!("### How this was made\n"));
    let line = provenance.command.as_ref().map_or(String::new(), |line| format!(": {}", code(line)));
    push(text, format_args!("pprof-leaks {}{line}\n", escape(&provenance.version)));
}

/// How to check the report: the command, and the inputs with their hashes.
fn provenance(document: &Document) -> [String; 2] {
    let mut command = String::new();
    how_made(&mut command, &document.provenance);
    let mut inputs = String::new();
    let rows: Vec<Vec<String>> = match document.inputs.as_slice() {
        few if few.len() <= INPUTS_LISTED => few.iter().map(input_row).collect(),
        many => {
            let half = INPUTS_LISTED / 2;
            let gap = vec![format!("... {} more ...", many.len() - 2 * half), String::new(), String::new()];
            let (first, last) = (&many[..half], &many[many.len() - half..]);
            first.iter().map(input_row).chain([gap]).chain(last.iter().map(input_row)).collect()
        }
    };
    if !rows.is_empty() {
        let heading = match document.inputs.len() {
            1 => "1 snapshot".to_owned(),
            n => format!("{n} snapshots"),
        };
        push(&mut inputs, format_args!("<details><summary>{heading}, with SHA-256</summary>\n"));
        table(&mut inputs, &["input", "what", "SHA-256"], 3..3, rows.into_iter());
        push(&mut inputs, format_args!("</details>"));
    }
    [command, inputs]
}

pub(super) fn input_row(input: &InputView) -> Vec<String> {
    let digest = input.sha256.as_deref().map_or("-".to_owned(), code_cell);
    vec![code_cell(&input.source), cell(&input_line(input)), digest]
}

/// Writes a line. Writing to a String cannot fail.
pub(super) fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

/// A table, the columns in `numbers` set to the right; nothing without rows.
pub(super) fn table(
    text: &mut String,
    header: &[&str],
    numbers: std::ops::Range<usize>,
    rows: impl Iterator<Item = Vec<String>>,
) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let rule: Vec<&str> =
        (0..header.len()).map(|i| if numbers.contains(&i) { "---:" } else { "---" }).collect();
    push(text, format_args!("| {} |", header.join(" | ")));
    push(text, format_args!("| {} |", rule.join(" | ")));
    for row in rows {
        push(text, format_args!("| {} |", row.join(" | ")));
    }
    text.push('\n');
}

/// A frame's function and position, both as code.
pub(super) fn place(frame: &FrameView) -> String {
    match frame.short_position() {
        position if position.is_empty() => code(&frame.short_function()),
        position => format!("{} {}", code(&frame.short_function()), code(&position)),
    }
}

/// A frame's function and position, which leads to its line of source if that can be.
pub(super) fn linked(frame: &FrameView, links: &Links<'_>) -> String {
    match (links.to(frame), frame.short_position()) {
        (Some(link), position) if !position.is_empty() => {
            format!("{} [{}]({link})", code(&frame.short_function()), code(&position))
        }
        _ => place(frame),
    }
}

/// The same in a table's cell.
pub(super) fn linked_cell(frame: &FrameView, links: &Links<'_>) -> String {
    linked(frame, links).replace('|', "\\|")
}

/// A frame's function and position in a table's cell.
pub(super) fn place_cell(frame: &FrameView) -> String {
    place(frame).replace('|', "\\|")
}
