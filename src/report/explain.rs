//! The rule catalogue for the terminal: a list, and a page a rule.

use super::terminal::wrap;
use crate::causes::Entry;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// All rules, a line or two each.
pub fn explain_list(entries: &[Entry], width: usize) -> String {
    let longest = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
    let mut text =
        String::from("Causes that pprof-leaks names; `pprof-leaks explain RULE` tells more of one.\n\n");
    for entry in entries {
        let mark = if entry.unverified { " (unverified: never more than low)" } else { "" };
        let room = width.saturating_sub(longest + 2);
        for (index, line) in wrap(&format!("{}{mark}", entry.title), room).into_iter().enumerate() {
            let id = if index == 0 { entry.id } else { "" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{id:longest$}  {line}");
        }
    }
    text
}

/// The page of a rule: headings bold, code indented, text wrapped.
pub fn explain_page(entry: &Entry, width: usize, coloured: bool) -> String {
    let plain = Style::new();
    let heading = if coloured { plain.bold() } else { plain };
    let code = if coloured { plain.fg_color(Some(AnsiColor::Cyan.into())) } else { plain };
    let mut text = format!("{heading}{}{heading:#}  [{}]\n", entry.title, entry.id);
    let mut paragraph: Vec<&str> = Vec::new();
    let mut in_code = false;
    let flush = |text: &mut String, paragraph: &mut Vec<&str>| {
        for line in wrap(&paragraph.join(" "), width) {
            let _ = writeln!(text, "{}", line.trim_end());
        }
        paragraph.clear();
    };
    for line in entry.page.lines().skip(1) {
        let quoted = line.strip_prefix("> ").unwrap_or(line);
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            let _ = writeln!(text, "    {code}{}{code:#}", line.replace('\t', "    "));
        } else if let Some(title) = line.strip_prefix("## ") {
            flush(&mut text, &mut paragraph);
            let _ = writeln!(text, "{heading}{title}{heading:#}");
        } else if line.is_empty() || line.starts_with("- ") {
            if !paragraph.is_empty() {
                flush(&mut text, &mut paragraph);
            }
            if line.is_empty() {
                if !text.ends_with("\n\n") {
                    text.push('\n');
                }
            } else {
                paragraph.push(line);
            }
        } else {
            paragraph.push(quoted);
        }
    }
    if !paragraph.is_empty() {
        flush(&mut text, &mut paragraph);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::entries;

    #[test]
    fn pages_fit_the_width_and_lose_nothing() {
        for entry in entries() {
            let text = explain_page(entry, 80, false);
            let mut in_reference = false;
            for line in text.lines() {
                in_reference |= line == "References";
                let is_code = line.starts_with("    ");
                assert!(in_reference || is_code || line.chars().count() <= 80, "{}: {line}", entry.id);
            }
            for word in entry.what_happens.split_whitespace() {
                assert!(text.contains(word), "{}: {word}", entry.id);
            }
        }
    }
}
