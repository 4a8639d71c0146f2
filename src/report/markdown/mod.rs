//! The report as GitHub-flavoured markdown, for the incident ticket.

use super::document::{Document, FrameView, SuspectView};
use super::layout::{
    ACCEPTED_TITLE, LEDGER_HEADER, LEDGER_TITLE, LIVES_HEADER, STACKS_SHOWN, SUSPECTS_HEADER, StackLine,
    TOTALS_HEADER, UNJUDGED_HEADER, accepted, called_into, callers, change, excerpt_lines, inputs, joined,
    ledger_rows, lives, sparkline, stack_lines, summary, suspect_row, totals, unjudged_row,
};
use super::sentences;
use crate::suspects::Verdict;
use std::fmt::Write;

/// Renders a document as markdown, with the first `top` suspects in full.
pub fn markdown(document: &Document, top: usize) -> String {
    let mut out = String::new();
    let text = &mut out;
    push(text, format_args!("## {}\n", escape(&document.headline)));
    table(
        text,
        &TOTALS_HEADER,
        1,
        totals(document).into_iter().map(|row| row.map(|cell| escape(&cell)).to_vec()),
    );
    if let Some(forecast) = &document.forecast {
        push(text, format_args!("{}\n", escape(&sentences::forecast(forecast))));
    }
    if !document.lives.is_empty() {
        push(text, format_args!("### Lives of the process\n"));
        table(
            text,
            &LIVES_HEADER,
            3,
            lives(document).into_iter().map(|row| row.map(|cell| escape(&cell)).to_vec()),
        );
    }
    if !document.suspects.is_empty() {
        push(text, format_args!("### Suspects\n"));
        let rows = document.suspects.iter().take(top).map(|suspect| {
            let (row, position) = suspect_row(suspect);
            let mut row = row.map(|cell| escape(&cell));
            row[2] = place(&suspect.blame.short_function(), &position);
            row.to_vec()
        });
        table(text, &SUSPECTS_HEADER, 3, rows);
        for (index, suspect) in document.suspects.iter().take(top).enumerate() {
            let first =
                !document.suspects[..index].iter().any(|earlier| earlier.cause.id == suspect.cause.id);
            self::suspect(text, suspect, first);
        }
        match document.suspects.len().saturating_sub(top) {
            0 => {}
            n => {
                push(text, format_args!("{n} more suspects are not shown; `--top {}` shows them.\n", top + n))
            }
        }
    }
    if !document.accepted.is_empty() {
        push(text, format_args!("### {ACCEPTED_TITLE}\n"));
        for (id, line) in accepted(document) {
            push(text, format_args!("- `{id}`: {}", escape(&line)));
        }
        text.push('\n');
    }
    for (title, rows) in &document.unjudged {
        push(text, format_args!("### {}\n", escape(title)));
        let rows = rows.iter().map(|row| {
            let (cells, position) = unjudged_row(row);
            let mut cells = cells.map(|cell| escape(&cell));
            cells[0] = place(&row.frame.short_function(), &position);
            cells.to_vec()
        });
        table(text, &UNJUDGED_HEADER, 1, rows);
    }
    if let Some(ledger) = &document.ledger {
        push(text, format_args!("### {}\n", escape(LEDGER_TITLE)));
        table(text, &LEDGER_HEADER, 1, ledger_rows(ledger).map(|row| row.map(|cell| escape(&cell)).to_vec()));
        for sentence in &ledger.sentences {
            push(text, format_args!("- {}", escape(sentence)));
        }
        text.push('\n');
    }
    if document.verdict != Verdict::Clean
        && let Some(resolution) = &document.resolution
    {
        push(text, format_args!("{}.\n", escape(resolution)));
    }
    if !document.warnings.is_empty() {
        push(text, format_args!("### Know before you rely on this\n"));
        for warning in &document.warnings {
            let about = warning.source.as_ref().map_or(String::new(), |source| format!("{}: ", code(source)));
            push(text, format_args!("- {about}{} (`{}`)", escape(&warning.message), warning.code.name()));
        }
        text.push('\n');
    }
    push(text, format_args!("### Compared\n"));
    for (source, line) in inputs(document) {
        push(text, format_args!("- {}: {}", code(&source), escape(&line)));
    }
    out
}

/// Writes a line. Writing to a String cannot fail.
fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

fn table(text: &mut String, header: &[&str], numbers: usize, rows: impl Iterator<Item = Vec<String>>) {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let rule: Vec<&str> = (0..header.len()).map(|i| if i >= numbers { "---:" } else { "---" }).collect();
    push(text, format_args!("| {} |", header.join(" | ")));
    push(text, format_args!("| {} |", rule.join(" | ")));
    for row in rows {
        push(text, format_args!("| {} |", row.join(" | ")));
    }
    text.push('\n');
}

/// One suspect in full. The advice is given with the first suspect of its cause.
fn suspect(text: &mut String, suspect: &SuspectView, first_of_its_cause: bool) {
    let blame = place(&suspect.blame.short_function(), &suspect.blame.short_position());
    let confidence = suspect.confidence.name();
    push(text, format_args!("### {}. {blame} ({confidence} confidence)\n", suspect.rank));
    push(text, format_args!("{}\n", escape(&summary(suspect))));
    if let Some(course) = sparkline(&suspect.figures) {
        push(text, format_args!("Course: {course}\n"));
    }
    for (speaks_for, sentence) in &suspect.evidence {
        push(text, format_args!("- {} {}", if *speaks_for { "(+)" } else { "(-)" }, escape(sentence)));
    }
    if let Some(excerpt) = &suspect.excerpt {
        push(text, format_args!("\n{}\n\n```text", code(&excerpt.file)));
        for (mark, number, line) in excerpt_lines(excerpt) {
            push(text, format_args!("{mark} {number:>5}  {}", line.replace('`', "'")));
        }
        push(text, format_args!("```\n"));
    }
    for (place, sentence) in joined(suspect) {
        push(text, format_args!("- {}, in {}", escape(&sentence), code(&place)));
    }
    if let Some(callers) = callers(suspect) {
        push(text, format_args!("- called by {}", escape(&callers)));
    }
    let cause = &suspect.cause;
    let (title, certainty) = (escape(&cause.title), cause.certainty.name());
    push(text, format_args!("\n**Cause: {title}** (`{}`, {certainty} confidence)\n", cause.id));
    for reason in &cause.because {
        push(text, format_args!("- {}", escape(reason)));
    }
    if let Some(runner_up) = &cause.runner_up {
        push(text, format_args!("- it could also be `{runner_up}`"));
    }
    if first_of_its_cause {
        push(text, format_args!("\n**What to change:** {}\n", cause.advice));
    } else {
        push(text, format_args!("\n**What to change:** as above.\n"));
    }
    let shown: Vec<_> = suspect.sites.iter().filter(|site| site.figures.growth.delta() > 0.0).collect();
    if !shown.is_empty() {
        push(
            text,
            format_args!("<details><summary>Stacks, own code first (id {})</summary>\n", suspect.fingerprint),
        );
        for site in shown.iter().take(STACKS_SHOWN) {
            push(text, format_args!("{}\n", escape(&change(&site.figures))));
            push(text, format_args!("```text"));
            for line in stack_lines(site) {
                match line {
                    StackLine::Frame { frame, .. } => push(text, format_args!("{}", fenced(frame))),
                    StackLine::Gap(n) => push(text, format_args!("... {n} frames ...")),
                }
            }
            push(text, format_args!("```\n"));
            if let Some(calls) = called_into(site) {
                push(text, format_args!("Allocated or waiting in {}.\n", code(&calls)));
            }
        }
        if shown.len() > STACKS_SHOWN {
            push(text, format_args!("{} more stacks are in the JSON report.\n", shown.len() - STACKS_SHOWN));
        }
        push(text, format_args!("</details>\n"));
    }
}

/// A frame as a line of a fenced block, which a backtick could close.
fn fenced(frame: &FrameView) -> String {
    format!("{}  {}", frame.function, frame.position()).replace('`', "'")
}

/// A function and its position, both as code.
fn place(function: &str, position: &str) -> String {
    if position.is_empty() { code(function) } else { format!("{} {}", code(function), code(position)) }
}

/// Text as a code span. A bar would end a table cell and a backtick the span, whatever is escaped around them.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

/// Text with everything that markdown or HTML would take for markup escaped, and with no address that GitHub would
/// make a link of.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        match c {
            ':' if text[at..].starts_with("://") => escaped.push_str("\\:"),
            '.' if ends_with_www(&text[..at]) => escaped.push_str("\\."),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '`' | '*' | '_' | '[' | ']' | '|' | '\\' | '#' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // A mention would notify people.
            '@' => escaped.push_str("@\u{200b}"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn ends_with_www(text: &str) -> bool {
    text.len() >= 3 && text.as_bytes()[text.len() - 3..].eq_ignore_ascii_case(b"www")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escape("a|b</details><script>`x`"), "a\\|b&lt;/details&gt;&lt;script&gt;\\`x\\`");
        assert_eq!(code("a|`b`</details>"), "`a\\|'b'</details>`");
        assert_eq!(escape("https://evil WWW.evil a.b c:d"), "https\\://evil WWW\\.evil a.b c:d");
    }
}
