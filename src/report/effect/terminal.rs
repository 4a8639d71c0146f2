//! The report on a change for a terminal.

use super::super::layout::change;
use super::super::terminal::{TerminalOptions, Writer};
use super::{EffectDocument, rate_or_dash, series_line};
use crate::growth::Effect;
use anstyle::{AnsiColor, Style};

/// Renders a report on a change for a terminal.
pub fn effect_terminal(document: &EffectDocument, options: &TerminalOptions) -> String {
    let mut out = Writer::new(options);
    out.paragraph("", &document.headline, style(document.effect));
    for suspect in &document.suspects {
        out.blank();
        let title = format!("{}: {}", suspect.effect.name(), suspect.blame.short_function());
        out.paragraph("", &title, style(suspect.effect));
        let position = suspect.blame.position();
        if !position.is_empty() {
            out.place("   ", &position, &suspect.blame, &position);
        }
        out.item("   ", &format!("before {}", rate_or_dash(suspect.before.as_ref(), suspect.unit)));
        out.item("   ", &format!("after  {}", rate_or_dash(suspect.after.as_ref(), suspect.unit)));
        out.item("   ", &suspect.because);
        let again =
            suspect.again.map_or(String::new(), |rank| format!(", suspect {rank} of the second series"));
        let confidence = suspect.confidence.name();
        out.item("   ", &format!("{} ({confidence} confidence before){again}", suspect.cause));
        out.item("   ", &format!("id {}", suspect.fingerprint));
    }
    if !document.new.is_empty() {
        out.blank();
        out.paragraph("", document.new_title(), Style::new().bold());
        for suspect in document.new.iter().take(options.top) {
            let place = suspect.blame.place();
            let (cause, confidence) = (&suspect.cause.title, suspect.confidence.name());
            let grown = change(suspect.figures());
            out.item("  ", &format!("{}: {grown}, {confidence} confidence. {cause}", place));
        }
        if document.new.len() > options.top {
            out.item("  ", &format!("and {} more; --top shows them", document.new.len() - options.top));
        }
    }
    if !document.remarks.is_empty() {
        out.blank();
        out.paragraph("", "Know before you rely on this", Style::new().bold());
        for remark in &document.remarks {
            out.item("! ", remark);
        }
    }
    out.blank();
    out.paragraph("", "Compared", Style::new().bold());
    for (name, series) in document.series() {
        out.item("  ", &format!("{name}: {}", series_line(series)));
    }
    out.finish()
}

fn style(effect: Effect) -> Style {
    let colour = match effect {
        Effect::Fixed => AnsiColor::Green,
        Effect::Better | Effect::TooEarly | Effect::Inconclusive => AnsiColor::Yellow,
        Effect::Unchanged | Effect::Worse => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}
