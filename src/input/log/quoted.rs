//! Text in quotes and with escapes, as loggers and JSON have it.

use super::start::Start;
use crate::input::text::unescape;

/// How a log quotes a profile.
#[derive(Debug)]
pub(super) struct Quotes {
    /// What opens each quoted text: `"log":"`, `msg="`. Empty where there are escapes without quotes.
    opening: String,
}

impl Quotes {
    /// The quotes that are open at the end of `before`.
    pub(super) fn opened_in(before: &str) -> Quotes {
        let Some(quote) = before.match_indices('"').map(|(at, _)| at).rfind(|at| !is_escaped(before, *at))
        else {
            return Quotes { opening: String::new() };
        };
        let name = &before[..quote];
        let is_of_name = |c: char| c.is_alphanumeric() || "_-.@".contains(c);
        let start = match name.trim_end().strip_suffix(':').map(str::trim_end) {
            // `"name": "`
            Some(key) if key.ends_with('"') => key[..key.len() - 1].rfind('"').unwrap_or(quote),
            // `name="`
            _ => match name.strip_suffix('=') {
                Some(name) => name.trim_end_matches(is_of_name).len(),
                None => quote,
            },
        };
        Quotes { opening: before[start..=quote].to_owned() }
    }

    /// What a text quotes like this, each of it a line at least.
    pub(super) fn take_from(&self, text: &str) -> String {
        let mut lines = Vec::with_capacity(text.len());
        if self.opening.is_empty() {
            for line in text.split_inclusive('\n') {
                let before = Start::before(line).unwrap_or_default();
                lines.extend_from_slice(before.as_bytes());
                if !before.is_empty() {
                    lines.push(b'\n');
                }
                unquote(&line[before.len()..], None, &mut lines);
            }
            return super::from_utf8(lines);
        }
        let mut rest = text;
        while let Some(at) = rest.find(&self.opening) {
            let (before, quoted) = rest.split_at(at);
            let is_escaped = is_escaped(before, before.len());
            rest = &quoted[self.opening.len()..];
            if !is_escaped {
                let start = lines.len();
                rest = unquote(rest, Some('"'), &mut lines);
                if !lines[start..].ends_with(b"\n") {
                    lines.push(b'\n');
                }
            }
        }
        super::from_utf8(lines)
    }
}

/// Whether a character at an offset stands behind an odd number of backslashes.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Writes what stands before `close`, or before the end of the text, without its escapes; gives what follows. What is
/// no escape is written as it is.
fn unquote<'t>(text: &'t str, close: Option<char>, lines: &mut Vec<u8>) -> &'t str {
    let mut rest = text;
    loop {
        // A line that ends within quotes was cut.
        let is_special = |c: char| c == '\\' || Some(c) == close || close.is_some() && c == '\n';
        let Some(at) = rest.find(is_special) else {
            lines.extend_from_slice(rest.as_bytes());
            return "";
        };
        lines.extend_from_slice(&rest.as_bytes()[..at]);
        let Some(escape) = rest[at..].strip_prefix('\\') else { return &rest[at + 1..] };
        rest = unescape(escape, lines).unwrap_or_else(|| {
            lines.push(b'\\');
            escape
        });
    }
}
