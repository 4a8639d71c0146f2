//! One suspect in markdown: what to change first, then why, then the proof.

use super::super::document::{FrameView, SiteView, SuspectView};
use super::super::inert::short;
use super::super::layout::{
    STACKS_SHOWN, StackLine, called_into, callers, capital, change, course, excerpt_lines, joined,
    line_changes, own_code_first, routing, stack_lines, summary,
};
use super::super::link_base::Links;
use super::escape::{code, escape, fence, prose};
use super::{linked, mermaid, push};

/// A suspect in full. The advice is given with the first suspect of a cause; `told_at` is its rank, if that was before.
pub(super) fn suspect(suspect: &SuspectView, told_at: Option<usize>, links: &Links<'_>) -> String {
    let mut out = String::new();
    let text = &mut out;
    let blame = linked(&suspect.blame, links);
    let confidence = suspect.confidence.name();
    push(text, format_args!("### {}. {blame} ({confidence} confidence)\n", suspect.rank));
    push(text, format_args!("{}\n", escape(&capital(&summary(suspect)))));
    if let Some(routing) = routing(suspect) {
        push(text, format_args!("{}.\n", escape(&capital(&routing))));
    }
    cause(text, suspect, told_at);
    evidence(text, suspect);
    if let Some(excerpt) = &suspect.excerpt {
        let unit = suspect.figures().unit;
        let held: Vec<Option<String>> = line_changes(excerpt, unit).map(|held| Some(held?.0)).collect();
        // The column of what each line holds is as wide as its widest entry, and not there where no line holds anything.
        let width = held.iter().flatten().map(String::len).max().map_or(0, |widest| widest + 2);
        let lines: Vec<String> = excerpt_lines(excerpt)
            .zip(&held)
            .map(|((mark, number, line), held)| {
                format!("{mark} {number:>5}{:>width$}  {line}", held.as_deref().unwrap_or_default())
            })
            .collect();
        push(text, format_args!("The line in {}:\n", code(&excerpt.file)));
        push(text, format_args!("{}", fence("text", &lines.join("\n"))));
    }
    if let Some(course) = mermaid::course(suspect) {
        push(text, format_args!("Over time:\n\n{}", fence("mermaid", &course)));
    }
    if let Some(path) = mermaid::path(suspect) {
        push(text, format_args!("<details><summary>Where the growth comes from</summary>\n"));
        push(text, format_args!("{}", fence("mermaid", &path)));
        push(text, format_args!("</details>\n"));
    }
    stacks(text, suspect);
    out
}

/// Why it grows, and what to change, with an example.
fn cause(text: &mut String, suspect: &SuspectView, told_at: Option<usize>) {
    let cause = &suspect.cause;
    let (title, certainty) = (escape(&cause.title), cause.certainty.name());
    push(text, format_args!("**Cause: {title}** (`{}`, {certainty} confidence)\n", cause.id));
    for reason in &cause.because {
        push(text, format_args!("- {}", prose(reason)));
    }
    if let Some(runner_up) = &cause.runner_up {
        push(text, format_args!("- it could also be `{runner_up}`"));
    }
    if !cause.because.is_empty() || cause.runner_up.is_some() {
        text.push('\n');
    }
    if let Some(rank) = told_at {
        push(text, format_args!("**What to change:** as for suspect {rank}.\n"));
        return;
    }
    push(text, format_args!("**What to change:** {}\n", prose(&suspect.advice)));
    if let Some(example) = &cause.example {
        push(text, format_args!("<details><summary>An example of the mistake, and its repair</summary>\n"));
        push(text, format_args!("{}", fence("go", &example.before)));
        push(text, format_args!("becomes\n\n{}", fence("go", &example.after)));
        push(text, format_args!("</details>\n"));
    }
}

/// The numbers and signs that speak for it and against it.
fn evidence(text: &mut String, suspect: &SuspectView) {
    push(text, format_args!("**Evidence** (+ for, - against)\n"));
    for (speaks_for, sentence) in suspect.findings() {
        push(text, format_args!("- ({}) {}", if speaks_for { '+' } else { '-' }, prose(sentence)));
    }
    if let Some(course) = course(suspect.figures()) {
        push(text, format_args!("- course: {}", escape(&course)));
    }
    for (place, sentence) in joined(suspect) {
        push(text, format_args!("- {}, in {}", escape(&sentence), code(&place)));
    }
    if let Some(callers) = callers(suspect) {
        push(text, format_args!("- called by {}", escape(&callers)));
    }
    push(text, format_args!("- id `{}`\n", suspect.fingerprint));
}

/// The stacks that carry it, folded.
fn stacks(text: &mut String, suspect: &SuspectView) {
    let shown: Vec<&SiteView> = suspect.sites.iter().filter(|site| site.figures.delta > 0.0).collect();
    if shown.is_empty() {
        return;
    }
    push(text, format_args!("<details><summary>Stacks{}</summary>\n", own_code_first(&shown)));
    for site in shown.iter().take(STACKS_SHOWN) {
        push(text, format_args!("{}\n", escape(&change(&site.figures))));
        let lines: Vec<String> = stack_lines(site)
            .into_iter()
            .map(|line| match line {
                StackLine::Frame { frame, .. } => frame_line(frame),
                StackLine::Gap(n) => format!("... {n} frames ..."),
            })
            .collect();
        push(text, format_args!("{}", fence("text", &lines.join("\n"))));
        if let Some((done, calls)) = called_into(site) {
            push(text, format_args!("{} {}.\n", capital(done), code(&calls)));
        }
    }
    if shown.len() > STACKS_SHOWN {
        push(text, format_args!("{} more stacks are in the JSON report.\n", shown.len() - STACKS_SHOWN));
    }
    push(text, format_args!("</details>\n"));
}

fn frame_line(frame: &FrameView) -> String {
    let position = frame.position();
    // The end of a position, with the line, is what matters.
    let position = if short(&position) == position { position } else { frame.short_position() };
    format!("{}  {position}", short(&frame.function))
}
