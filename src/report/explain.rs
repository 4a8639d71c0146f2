//! The rule catalogue for people: the list of causes, and the page of one, for a terminal and as markdown.

use super::terminal::wrap;
use crate::diagnose::{Entry, entries};
use crate::judge::policy::{NUMBERS, Number};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// Spaces in front of what stands below a heading.
const INDENT: &str = "  ";
/// Spaces for a tab in code.
const TAB: &str = "    ";

/// All rules by family, for a terminal: id, title, and what it means.
pub fn explain_list(width: usize, coloured: bool) -> String {
    let mut page = Page { text: String::new(), width, coloured };
    let widest = entries().iter().map(|entry| entry.id.len()).max().unwrap_or_default();
    let behind = INDENT.len() + widest + 2;
    let mut family = "";
    for entry in entries() {
        if entry.family != family {
            family = entry.family;
            page.heading(family);
        }
        page.hanging(&format!("{INDENT}{:widest$}  ", entry.id), behind, entry.title);
        page.hanging(&" ".repeat(behind), behind, &meaning(entry));
    }
    page.text.push('\n');
    page.hanging(
        "",
        0,
        "pprof-leaks explain RULE shows how a rule is recognised, with an example and its repair.",
    );
    page.text
}

/// A column of the table of rules beyond those that all have: its heading, and what it says of a rule.
pub type RuleColumn<'a> = (&'a str, &'a dyn Fn(&Entry) -> String);

/// All rules as a table in markdown, with a further column if one is given.
pub fn explain_table(further: Option<RuleColumn<'_>>) -> String {
    let mut table = String::new();
    let mut row = |cells: [&str; 3], further: Option<&str>| {
        let further = further.map(|cell| format!(" {cell} |")).unwrap_or_default();
        let _ = writeln!(table, "| {} |{further}", cells.join(" | "));
    };
    row(["rule", "cause", "what it means"], further.map(|(heading, _)| heading));
    row(["---"; 3], further.map(|_| "---"));
    for entry in entries() {
        let cell = further.map(|(_, tell)| tell(entry));
        row([&format!("`{}`", entry.id), entry.title, &meaning(entry)], cell.as_deref());
    }
    table
}

/// The numbers of the judgement, for a terminal: name, value, and why.
pub fn explain_policy(width: usize, coloured: bool) -> String {
    let mut page = Page { text: String::new(), width, coloured };
    page.heading("The numbers of the judgement");
    for number in NUMBERS {
        page.hanging(INDENT, INDENT.len(), &format!("{} = {}", number.name, number.value));
        let indent = INDENT.repeat(2);
        page.hanging(&indent, indent.len(), &reason(number));
    }
    page.text.push('\n');
    page.hanging("", 0, "docs/judging.md explains the model; --format markdown prints that page.");
    page.text
}

/// How it is judged, as markdown: the model, and its numbers.
pub fn explain_model() -> String {
    let mut page = include_str!("../judge/model.md").to_owned();
    page.push_str("| number | value | why | held by |\n| --- | --- | --- | --- |\n");
    for number in NUMBERS {
        let Number { name, value, calibrated_by, .. } = number;
        let _ = writeln!(page, "| `{name}` | {value} | {} | {calibrated_by} |", reason(number));
    }
    page
}

fn reason(number: &Number) -> String {
    number.reason.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// What a cause means, and whether that was ever seen.
fn meaning(entry: &Entry) -> String {
    format!("{}{}", entry.summary, if entry.unverified { " (Unverified.)" } else { "" })
}

/// The page of one rule, for a terminal.
pub fn explain_page(entry: &Entry, width: usize, coloured: bool) -> String {
    let mut page = Page { text: String::new(), width, coloured };
    page.styled(&format!("{} ({})", entry.title, entry.id), Style::new().bold());
    page.text.push('\n');
    page.hanging(INDENT, INDENT.len(), entry.advice);
    if let Some(caveat) = entry.caveat {
        page.text.push('\n');
        page.hanging(INDENT, INDENT.len(), &format!("Unverified: {}", one_line(caveat)));
    }
    page.heading("What happens");
    page.hanging(INDENT, INDENT.len(), entry.summary);
    page.text.push('\n');
    page.prose(entry.what_happens);
    page.heading("How it is recognised");
    page.prose(entry.recognised);
    page.heading("What looks like it but is not");
    page.prose(entry.look_alike);
    for (case, advice) in &entry.special {
        page.heading(&format!("Advice for {case}"));
        page.hanging(INDENT, INDENT.len(), advice);
    }
    page.heading("Before");
    page.code(entry.before);
    page.heading("After");
    page.code(entry.after);
    page.heading("References");
    for link in &entry.references {
        let (text, address) = parts(link);
        page.hanging(&format!("{INDENT}- "), INDENT.len() + 2, &format!("{text}: {address}"));
    }
    page.text
}

/// A page in the making.
struct Page {
    text: String,
    width: usize,
    coloured: bool,
}

impl Page {
    /// A heading, with an empty line above it unless it comes first.
    fn heading(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.styled(title, Style::new().bold());
    }

    fn styled(&mut self, line: &str, style: Style) {
        let style = if self.coloured { style } else { Style::new() };
        let _ = writeln!(self.text, "{style}{line}{style:#}");
    }

    /// Text wrapped behind a mark, at most as wide as the terminal.
    fn hanging(&mut self, mark: &str, behind: usize, text: &str) {
        for (index, line) in wrap(text, self.width.saturating_sub(behind)).iter().enumerate() {
            let start = if index == 0 { mark } else { &" ".repeat(behind) };
            let _ = writeln!(self.text, "{start}{line}");
        }
    }

    /// Paragraphs and lists.
    fn prose(&mut self, text: &str) {
        for (index, paragraph) in text.split("\n\n").enumerate() {
            if index > 0 {
                self.text.push('\n');
            }
            match paragraph.strip_prefix("- ") {
                Some(list) => {
                    for item in list.split("\n- ") {
                        self.hanging(&format!("{INDENT}- "), INDENT.len() + 2, &one_line(item));
                    }
                }
                None => self.hanging(INDENT, INDENT.len(), &one_line(paragraph)),
            }
        }
    }

    /// Go code. It is never wrapped: what is broken cannot be copied.
    fn code(&mut self, code: &str) {
        for line in code.lines() {
            match line {
                "" => self.text.push('\n'),
                line => {
                    self.styled(&format!("{TAB}{}", line.replace('\t', TAB)), AnsiColor::Cyan.on_default())
                }
            }
        }
    }
}

/// Wrapped lines as one.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The text and the address of a markdown link.
fn parts(link: &str) -> (&str, &str) {
    let inside = link.strip_prefix('[').and_then(|rest| rest.strip_suffix(')'));
    inside.and_then(|inside| inside.split_once("](")).unwrap_or((link, ""))
}
