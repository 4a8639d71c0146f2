//! The pages of the rule catalogue, read once from the markdown files that hold them.

use std::sync::OnceLock;

/// One rule's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stable id: `unbounded-map`.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What to change, in a sentence or two; lines may be broken.
    pub advice: &'static str,
    /// Real programs could not be made to show it; never above low.
    pub unverified: bool,
    /// What happens, for someone who never met it.
    pub what_happens: &'static str,
    /// The evidence that it is told by.
    pub recognised: &'static str,
    /// What looks like it and is none.
    pub look_alike: &'static str,
    /// Go code with the mistake.
    pub before: &'static str,
    /// The same code mended.
    pub after: &'static str,
    /// Where to read on, a line each.
    pub references: &'static str,
    /// The whole page as markdown.
    pub page: &'static str,
}

macro_rules! pages {
    ($($id:literal),* $(,)?) => {
        [$(($id, include_str!(concat!("catalogue/", $id, ".md")))),*]
    };
}

/// The pages by id: the four classic causes first, then other goroutines, resources, and what is none of these.
const PAGES: [(&str, &str); 33] = pages![
    "unbounded-map",
    "unbounded-slice",
    "unbounded-queue",
    "unbounded-sync-map",
    "retained-subslice",
    "retained-substring",
    "retained-reference",
    "goroutine-blocked-send",
    "goroutine-blocked-receive",
    "goroutine-blocked-select",
    "defer-in-loop",
    "goroutine-nil-channel",
    "goroutine-blocked-lock",
    "goroutine-waitgroup",
    "goroutine-cond",
    "goroutine-growing",
    "http-body-not-closed",
    "http-transport-per-request",
    "http-no-timeout",
    "context-not-cancelled",
    "timer-not-stopped",
    "file-not-closed",
    "sql-rows-not-closed",
    "sql-open-per-request",
    "grpc-conn-not-closed",
    "finalizer-stuck",
    "finalizer-cycle",
    "listener-not-removed",
    "metric-cardinality",
    "pool-oversized-buffers",
    "map-never-shrinks",
    "growth-with-load",
    "unknown-growth",
];

/// All rules, the classic causes first.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| PAGES.iter().map(|(id, page)| read(id, page)).collect())
}

/// The rule of an id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.id == id)
}

/// Reads a page; what is missing is left empty, and the test below fails for it.
fn read(id: &'static str, page: &'static str) -> Entry {
    let section = |heading: &str| -> &'static str {
        let start = format!("\n## {heading}\n");
        let body = page.find(&start).map_or("", |at| &page[at + start.len()..]);
        body.find("\n## ").map_or(body, |end| &body[..end]).trim()
    };
    let code = |heading: &str| -> &'static str {
        section(heading).trim_start_matches("```go").trim_end_matches("```").trim_matches('\n')
    };
    let head = page.find("\n## ").map_or(page, |end| &page[..end]);
    let quote = head.find("\n> ").map_or("", |at| &head[at + 3..]);
    let quote = quote.find("\n\n").map_or(quote, |end| &quote[..end]);
    Entry {
        id,
        title: page.lines().next().unwrap_or_default().trim_start_matches("# ").trim(),
        advice: unquoted(quote),
        unverified: head.contains("\nUnverified: "),
        what_happens: section("What happens"),
        recognised: section("How it is recognised"),
        look_alike: section("What looks like it but is not"),
        before: code("Before"),
        after: code("After"),
        references: section("References"),
        page,
    }
}

/// A quoted paragraph as one line. A page is read once and lives as long as the program.
fn unquoted(quote: &str) -> &'static str {
    let lines: Vec<&str> = quote.lines().map(|line| line.trim_start_matches('>').trim()).collect();
    lines.join(" ").trim().to_owned().leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_whole() {
        for entry in entries() {
            let parts = [
                entry.title,
                entry.advice,
                entry.what_happens,
                entry.recognised,
                entry.look_alike,
                entry.before,
                entry.after,
                entry.references,
            ];
            for part in parts {
                assert!(!part.is_empty(), "{}: a section is missing", entry.id);
                assert!(!part.contains('\t') || part == entry.before || part == entry.after, "{}", entry.id);
            }
            assert!(entry.page.starts_with("# "), "{}", entry.id);
            assert!(entry.title.len() <= 60, "{}: the title is long: {}", entry.id, entry.title);
            assert!(!entry.advice.contains('>'), "{}: {}", entry.id, entry.advice);
            assert!(!entry.before.contains("```") && !entry.after.contains("```"), "{}", entry.id);
        }
    }

    #[test]
    fn only_what_no_program_could_show_is_unverified() {
        let unverified: Vec<&str> = entries().iter().filter(|e| e.unverified).map(|e| e.id).collect();
        assert_eq!(unverified, ["grpc-conn-not-closed", "metric-cardinality"]);
        assert_eq!(entry("unbounded-map").map(|entry| entry.id), Some("unbounded-map"));
        assert_eq!(entry("unbounded"), None);
    }
}
