//! The report on a change as markdown, for the pull request that claims the fix.

use super::super::layout::{capital, change};
use super::super::markdown::escape::{cell, code, escape, prose};
use super::super::markdown::{MarkdownOptions, how_made, input_row, linked_cell, push, table};
use super::{EffectDocument, rate_or_dash, series_line};

/// Snapshots listed a series; of more, the first and the last.
const INPUTS_LISTED: usize = 20;

/// Renders a report on a change as markdown. Of suspects that are new only `options.top` are reported, and what would
/// be longer than `options.max_bytes` loses the list of its snapshots, and then rows from the end.
pub fn effect_markdown(document: &EffectDocument, options: &MarkdownOptions) -> String {
    let all = document.suspects.len().max(document.new.len());
    let rows = std::iter::successors(Some(all), |rows| (*rows > 0).then_some(rows / 2));
    let shorter = rows.map(|rows| (rows, false));
    let mut texts =
        [(all, true)].into_iter().chain(shorter).map(|(rows, inputs)| text(document, options, rows, inputs));
    let fits = |text: &String| text.len() <= options.max_bytes;
    texts.find(fits).unwrap_or_else(|| {
        let kept: String = document.headline.chars().take(options.max_bytes / 8).collect();
        format!("## {}\n", escape(&kept))
    })
}

fn text(document: &EffectDocument, options: &MarkdownOptions, rows: usize, with_inputs: bool) -> String {
    let mut text = String::new();
    let links = document.links(options.link_base.as_ref());
    push(&mut text, format_args!("## {}\n", escape(&document.headline)));
    const HEADER: [&str; 5] = ["effect", "where", "before", "after", "id"];
    let suspects = document.suspects.iter().take(rows).map(|suspect| {
        vec![
            format!("**{}**", suspect.effect.name()),
            linked_cell(&suspect.blame, &links),
            cell(&rate_or_dash(suspect.before.as_ref(), suspect.unit)),
            cell(&rate_or_dash(suspect.after.as_ref(), suspect.unit)),
            format!("`{}`", suspect.fingerprint),
        ]
    });
    table(&mut text, &HEADER, 2..4, suspects);
    for suspect in document.suspects.iter().take(rows) {
        push(
            &mut text,
            format_args!("- {}: {}", code(&suspect.blame.short_function()), prose(&suspect.because)),
        );
    }
    if document.suspects.len() > rows {
        push(&mut text, format_args!("- {} more; the JSON report has all", document.suspects.len() - rows));
    }
    if !document.suspects.is_empty() {
        text.push('\n');
    }
    let shown = rows.min(options.top);
    if !document.new.is_empty() {
        push(&mut text, format_args!("### {}\n", document.new_title()));
        let new = document.new.iter().take(shown).map(|suspect| {
            vec![
                suspect.confidence.name().to_owned(),
                linked_cell(&suspect.blame, &links),
                cell(&change(suspect.figures())),
                cell(&suspect.cause.title),
            ]
        });
        table(&mut text, &["confidence", "where", "change", "cause"], 2..3, new);
        if document.new.len() > shown {
            push(&mut text, format_args!("{} more are in the JSON report.\n", document.new.len() - shown));
        }
    }
    if !document.remarks.is_empty() {
        push(&mut text, format_args!("### Know before you rely on this\n"));
        for remark in &document.remarks {
            push(&mut text, format_args!("- {}", prose(remark)));
        }
        text.push('\n');
    }
    how_made(&mut text, &document.provenance);
    for (name, series) in document.series() {
        push(&mut text, format_args!("- {}: {}", capital(name), escape(&series_line(series))));
    }
    text.push('\n');
    if with_inputs {
        inputs(&mut text, document);
    }
    text
}

fn inputs(text: &mut String, document: &EffectDocument) {
    push(text, format_args!("<details><summary>The snapshots, with SHA-256</summary>\n"));
    for (_, series) in document.series() {
        let half = INPUTS_LISTED / 2;
        let count = series.inputs.len();
        let listed = series
            .inputs
            .iter()
            .enumerate()
            .filter(|(index, _)| count <= INPUTS_LISTED || *index < half || *index >= count - half);
        let rows = listed.map(|(_, input)| input_row(input));
        table(text, &["input", "what", "SHA-256"], 3..3, rows);
        if count > INPUTS_LISTED {
            push(text, format_args!("{} more in between.\n", count - INPUTS_LISTED));
        }
    }
    push(text, format_args!("</details>"));
}
