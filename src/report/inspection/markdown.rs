//! The report on one snapshot as markdown, for a ticket.

use super::super::document::ExcerptView;
use super::super::layout::{capital, excerpt_lines};
use super::super::markdown::escape::{cell, code, escape, fence, prose};
use super::super::markdown::{
    MarkdownOptions, how_made, input_row, place as place_of, place_cell, push, table, warnings,
};
use super::super::units::{count, percent};
use super::sentences::{
    IT_GROWS, MORE_COME, all_waits, called_from, cause, churn, comes_with, does, doing, freed, heap_total,
    held_by_goroutines, lock_holder, sizes, with_error,
};
use super::steps::program;
use super::views::{GroupView, IfItGrows, InspectionDocument, MemoryPlaceView, StackView};

/// Places with a row of their own.
const ROWS: usize = 15;
/// Frames of a stack that are shown.
const FRAMES: usize = 20;

/// Renders a report on one snapshot as markdown. `options.top` places of each kind are explained; what would be longer than
/// `options.max_bytes` explains fewer, and has fewer rows.
pub fn inspection_markdown(document: &InspectionDocument, options: &MarkdownOptions) -> String {
    let full = std::iter::successors(Some(options.top), |full| (*full > 0).then_some(full / 2));
    let extents = full.map(|full| (full, ROWS)).chain([(0, 5), (0, 1)]);
    let mut texts = extents.map(|(full, rows)| text(document, full, rows));
    texts.find(|text| text.len() <= options.max_bytes).unwrap_or_else(|| {
        let kept: String = document.headline.join(" ").chars().take(options.max_bytes / 8).collect();
        format!("## {}\n", escape(&kept))
    })
}

fn text(document: &InspectionDocument, full: usize, rows: usize) -> String {
    let mut text = String::new();
    for (index, sentence) in document.headline.iter().enumerate() {
        match index {
            0 => push(&mut text, format_args!("## {}\n", escape(sentence))),
            _ => push(&mut text, format_args!("**{}**\n", cell(sentence))),
        }
    }
    if let Some(known) = &document.program {
        push(&mut text, format_args!("Program: {}\n", escape(&program(known))));
    }
    proof(&mut text, document, rows);
    goroutines(&mut text, document, full, rows);
    memory(&mut text, document, full, rows);
    warnings(&mut text, document.warnings.iter());
    push(&mut text, format_args!("### Next\n"));
    for sentence in &document.cannot_show {
        push(&mut text, format_args!("- {}", prose(sentence)));
    }
    for step in &document.next {
        let commands: Vec<String> = step.commands.iter().map(|command| code(command)).collect();
        push(&mut text, format_args!("- {} {}", escape(&capital(&step.why)), commands.join(", then ")));
    }
    text.push('\n');
    how_made(&mut text, &document.provenance);
    table(&mut text, &["input", "what", "SHA-256"], 3..3, document.inputs.iter().map(input_row));
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn proof(text: &mut String, document: &InspectionDocument, rows: usize) {
    let Some(proof) = &document.proof else { return };
    if !proof.groups.is_empty() {
        push(text, format_args!("### Proved leaked: {}\n", count(proof.total as f64)));
    }
    let row = |group: &super::ProvedView| {
        let place = place_cell(&group.blame);
        vec![count(group.count as f64), place, cell(&does(group.wait, group.count))]
    };
    table(text, &["goroutines", "where", "what"], 0..1, proof.groups.iter().take(rows).map(row));
}

fn goroutines(text: &mut String, document: &InspectionDocument, full: usize, rows: usize) {
    let Some(goroutines) = &document.goroutines else { return };
    let (total, lines) = (count(goroutines.total as f64), count(goroutines.lines as f64));
    push(text, format_args!("### Goroutines: {total} at {lines} lines\n"));
    let waits = all_waits(goroutines);
    if !waits.is_empty() {
        push(text, format_args!("{}\n", escape(&format!("{waits}."))));
    }
    let row = |group: &GroupView| {
        let place = place_cell(&group.blame);
        vec![count(group.count as f64), percent(group.share), place, cell(&doing(group))]
    };
    table(
        text,
        &["goroutines", "share", "where", "what"],
        0..2,
        goroutines.groups.iter().take(rows).map(row),
    );
    let explained = goroutines.groups.iter().filter(|group| group.if_it_grows.is_some());
    for group in explained.take(full) {
        push(text, format_args!("#### {}\n", place_of(&group.blame)));
        push(text, format_args!("- {}", escape(&capital(&doing(group)))));
        if group.proved > 0 {
            push(text, format_args!("- {} of them are proved leaked", count(group.proved as f64)));
        }
        for sentence in [called_from(&group.called_from), lock_holder(group)].into_iter().flatten() {
            push(text, format_args!("- {}", escape(&capital(&sentence))));
        }
        match comes_with(group) {
            Some(sentence) => push(text, format_args!("- {}\n", escape(&capital(&sentence)))),
            None => explain(text, group.if_it_grows.as_ref(), group.proved > 0, MORE_COME),
        }
        quote(text, group.source.as_ref());
        stack(text, &group.stack);
    }
}

fn memory(text: &mut String, document: &InspectionDocument, full: usize, rows: usize) {
    let Some(memory) = &document.memory else { return };
    push(text, format_args!("### Heap: {}\n", escape(&heap_total(memory))));
    let row = |place: &MemoryPlaceView| {
        let where_it_is = place_cell(&place.blame);
        let freed = place.freed_share.map_or("-".to_owned(), percent);
        vec![with_error(place), percent(place.share), where_it_is, cell(&sizes(place)), freed]
    };
    table(
        text,
        &["live", "share", "where", "objects", "freed so far"],
        0..2,
        memory.places.iter().take(rows).map(row),
    );
    if let Some(sentence) = churn(memory, 3) {
        push(text, format_args!("{}\n", escape(&sentence)));
    }
    let explained = memory.places.iter().filter(|place| place.if_it_grows.is_some());
    for place in explained.take(full) {
        push(text, format_args!("#### {}\n", place_of(&place.blame)));
        let freed = freed(place).map_or(String::new(), |freed| format!("; {freed}"));
        push(text, format_args!("- {}{}", escape(&sizes(place)), cell(&freed)));
        if let Some(sentence) = called_from(&place.called_from) {
            push(text, format_args!("- {}", escape(&capital(&sentence))));
        }
        match held_by_goroutines(place) {
            Some(sentence) => push(text, format_args!("- {}\n", escape(&sentence))),
            None => explain(text, place.if_it_grows.as_ref(), false, IT_GROWS),
        }
        quote(text, place.source.as_ref());
        stack(text, &place.stack);
    }
}

fn explain(text: &mut String, known: Option<&IfItGrows>, proved: bool, subject: &str) {
    let Some(known) = known else { return };
    push(text, format_args!("- {}", escape(&cause(known, proved, subject))));
    for because in &known.because {
        push(text, format_args!("  - {}", prose(because)));
    }
    push(text, format_args!("- Fix: {}\n", known.advice));
}

fn quote(text: &mut String, excerpt: Option<&ExcerptView>) {
    let Some(excerpt) = excerpt else { return };
    let lines: Vec<String> =
        excerpt_lines(excerpt).map(|(mark, number, line)| format!("{mark} {number:>5}  {line}")).collect();
    push(text, format_args!("{}\n\n{}", code(&excerpt.file), fence("text", &lines.join("\n"))));
}

fn stack(text: &mut String, stack: &StackView) {
    if stack.frames.is_empty() {
        return;
    }
    let frame = |frame: &super::super::document::FrameView| {
        format!("{} {}", frame.short_function(), frame.position())
    };
    let lines: Vec<String> = stack.frames.iter().take(FRAMES).map(frame).collect();
    push(
        text,
        format_args!(
            "<details><summary>A stack, from its leaf</summary>\n\n{}\n</details>\n",
            fence("text", &lines.join("\n"))
        ),
    );
}
