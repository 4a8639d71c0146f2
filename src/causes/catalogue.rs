//! The pages of the rule catalogue, read once from the files in `catalogue/`.
//!
//! A page has a fixed form, so that reports can take the parts they need from it: `# Title`, the advice as a quotation,
//! perhaps a line `Unverified: ...`, and the sections of [`SECTIONS`] in that order. The first section starts with a
//! paragraph of one sentence that says what the cause means.

use std::sync::OnceLock;

/// One rule of the catalogue, for people. All text is markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stable id: `unbounded-map`.
    pub id: &'static str,
    /// The group of rules it is listed with.
    pub family: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What to change, in a sentence or two on one line.
    pub advice: &'static str,
    /// What it means, a sentence on one line; the first paragraph of what happens.
    pub summary: &'static str,
    /// What goes wrong and why memory stays, from its second paragraph on. Lines are wrapped, as in the following
    /// fields.
    pub what_happens: &'static str,
    /// Which evidence leads to the name, and what it cannot tell.
    pub recognised: &'static str,
    /// What has the same evidence and is no leak.
    pub look_alike: &'static str,
    /// Go code with the mistake, without package clause and imports.
    pub before: &'static str,
    /// The same code without it.
    pub after: &'static str,
    /// Where more is said, as markdown links.
    pub references: Vec<&'static str>,
    /// Whether no real program has shown the evidence yet; such a cause is never more than a guess.
    pub unverified: bool,
    /// Why it is unverified.
    pub caveat: Option<&'static str>,
    /// The whole page.
    pub page: &'static str,
}

/// The headings of a page, in order.
const SECTIONS: [&str; 6] = [
    "What happens",
    "How it is recognised",
    "What looks like it but is not",
    "Before",
    "After",
    "References",
];

/// A rule's id and its page.
type Page = (&'static str, &'static str);

macro_rules! pages {
    ($($id:literal),* $(,)?) => {
        &[$(($id, include_str!(concat!("catalogue/", $id, ".md")))),*]
    };
}

/// All pages in the order in which they are listed: the four classic causes first.
const FAMILIES: [(&str, &[Page]); 8] = [
    (
        "Containers that only grow",
        pages!["unbounded-map", "unbounded-slice", "unbounded-queue", "unbounded-sync-map"],
    ),
    (
        "References that keep more than they need",
        pages!["retained-subslice", "retained-substring", "retained-reference"],
    ),
    (
        "Goroutines that never end",
        pages![
            "goroutine-blocked-send",
            "goroutine-blocked-receive",
            "goroutine-blocked-select",
            "goroutine-nil-channel",
            "goroutine-blocked-lock",
            "goroutine-waitgroup",
            "goroutine-cond",
            "goroutine-growing",
        ],
    ),
    ("Deferred calls that pile up", pages!["defer-in-loop"]),
    ("HTTP", pages!["http-body-not-closed", "http-transport-per-request", "http-no-timeout"]),
    (
        "Things that are never given back",
        pages![
            "context-not-cancelled",
            "timer-not-stopped",
            "file-not-closed",
            "sql-rows-not-closed",
            "sql-open-per-request",
            "grpc-conn-not-closed",
        ],
    ),
    (
        "Other ways to keep memory",
        pages![
            "finalizer-stuck",
            "finalizer-cycle",
            "listener-not-removed",
            "metric-cardinality",
            "pool-oversized-buffers",
            "map-never-shrinks",
        ],
    ),
    ("Where no cause can be named", pages!["growth-with-load", "unknown-growth"]),
];

/// All rules, in the order in which they are listed.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let pages = FAMILIES.iter().flat_map(|(family, pages)| pages.iter().map(|page| (*family, *page)));
        // A page that is not well-formed is left out; a test reads all of them.
        pages.filter_map(|(family, (id, page))| read(id, family, page).ok()).collect()
    })
}

/// The rule of an id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.id == id)
}

/// Reads one page, or tells what is wrong with its form.
fn read(id: &'static str, family: &'static str, page: &'static str) -> Result<Entry, String> {
    let (head, mut rest) = split_at_heading(page, SECTIONS[0])?;
    let mut bodies = Vec::with_capacity(SECTIONS.len());
    for next in &SECTIONS[1..] {
        let (body, after) = split_at_heading(rest, next)?;
        bodies.push(body);
        rest = after;
    }
    bodies.push(rest.trim());
    if let Some(body) = bodies.iter().position(|body| body.is_empty()) {
        return Err(format!("`## {}` is empty", SECTIONS[body]));
    }
    let (title, advice, caveat) = read_head(head)?;
    let [what_happens, recognised, look_alike, before, after, references] = bodies[..] else {
        return Err("a section is missing".to_owned());
    };
    let (summary, what_happens) =
        what_happens.split_once("\n\n").ok_or("what happens is not a sentence and an explanation")?;
    if summary.contains('\n') || !summary.ends_with('.') {
        return Err("the first paragraph of what happens is not one sentence on one line".to_owned());
    }
    Ok(Entry {
        id,
        family,
        title,
        advice,
        summary,
        what_happens,
        recognised,
        look_alike,
        before: code(before)?,
        after: code(after)?,
        references: references.lines().map(reference).collect::<Result<_, _>>()?,
        unverified: caveat.is_some(),
        caveat,
        page,
    })
}

/// What stands before and after a heading, which has to be there.
fn split_at_heading(text: &'static str, heading: &str) -> Result<(&'static str, &'static str), String> {
    let (before, after) = text
        .split_once(&format!("\n## {heading}\n"))
        .ok_or_else(|| format!("`## {heading}` is missing, or not in its place"))?;
    match before.lines().find(|line| line.starts_with("## ")) {
        Some(other) => Err(format!("`{other}` is no heading of a page, or not in its place")),
        None => Ok((before.trim(), after)),
    }
}

/// The title, the advice, and why the rule is unverified.
fn read_head(head: &'static str) -> Result<(&'static str, &'static str, Option<&'static str>), String> {
    let (title, rest) = head.split_once('\n').ok_or("there is no advice")?;
    let title = title.strip_prefix("# ").ok_or("the first line is not `# Title`")?;
    let mut paragraphs = rest.trim().split("\n\n");
    let advice: Vec<&str> = paragraphs
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.strip_prefix("> ").ok_or("the advice is not a quotation"))
        .collect::<Result<_, _>>()?;
    if advice.is_empty() {
        return Err("there is no advice".to_owned());
    }
    let caveat = match paragraphs.next() {
        None => None,
        Some(text) => Some(text.strip_prefix("Unverified: ").ok_or("text between advice and first section")?),
    };
    if paragraphs.next().is_some() {
        return Err("text between advice and first section".to_owned());
    }
    // Read once a run and used as long as it lasts: leaked on purpose, so that all fields can be handed around alike.
    Ok((title, advice.join(" ").leak(), caveat))
}

/// The inside of a block of Go, which has to be all of the section.
fn code(section: &'static str) -> Result<&'static str, String> {
    section
        .strip_prefix("```go\n")
        .and_then(|rest| rest.strip_suffix("\n```"))
        .filter(|code| !code.contains("```"))
        .ok_or_else(|| "a section of code is not one block of Go".to_owned())
}

/// One line of the references.
fn reference(line: &'static str) -> Result<&'static str, String> {
    line.strip_prefix("- ")
        .filter(|link| link.starts_with('[') && link.contains("](https://"))
        .ok_or_else(|| format!("`{line}` is not `- [text](https://...)`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn pages() -> impl Iterator<Item = Page> {
        FAMILIES.iter().flat_map(|(_, pages)| pages.iter().copied())
    }

    #[test]
    fn every_page_is_well_formed() {
        let problems: Vec<String> = pages()
            .filter_map(|(id, page)| read(id, "", page).err().map(|problem| format!("{id}.md: {problem}")))
            .collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert_eq!(entries().len(), pages().count());
    }

    #[test]
    fn every_file_is_a_rule_and_ids_are_unique() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/causes/catalogue");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|file| {
                file.expect("readable").file_name().to_string_lossy().trim_end_matches(".md").to_owned()
            })
            .collect();
        let ids: BTreeSet<String> = pages().map(|(id, _)| id.to_owned()).collect();
        assert_eq!(files, ids);
        assert_eq!(pages().count(), ids.len());
    }

    #[test]
    fn titles_and_advice_fit_into_reports() {
        for entry in entries() {
            let id = entry.id;
            assert!((10..=60).contains(&entry.title.chars().count()), "{id}: {}", entry.title);
            assert!(!entry.title.ends_with('.'), "{id}: {}", entry.title);
            assert!(
                (60..=330).contains(&entry.advice.chars().count()),
                "{id}: {}",
                entry.advice.chars().count()
            );
            assert!(entry.advice.ends_with('.') && !entry.advice.contains('\n'), "{id}: {}", entry.advice);
            assert!(entry.before != entry.after, "{id}");
            let widest = entry.page.lines().map(|line| line.chars().count()).max().unwrap_or_default();
            assert!(widest <= 122, "{id}: a line of {widest}");
        }
    }

    #[test]
    fn every_rule_was_shown_by_a_program() {
        let unverified: Vec<&str> =
            entries().iter().filter(|entry| entry.unverified).map(|entry| entry.id).collect();
        assert!(unverified.is_empty(), "{unverified:?}");
    }

    #[test]
    fn pages_of_another_form_are_refused() {
        let good = "# A title\n\n> Advice.\n\n## What happens\n\na.\n\nb\n\n## How it is recognised\n\nb\n\n\
                    ## What looks like it but is not\n\nc\n\n## Before\n\n```go\nx\n```\n\n## After\n\n```go\ny\n```\n\n\
                    ## References\n\n- [text](https://go.dev)\n";
        assert!(read("x", "", good).is_ok());
        for (from, to, problem) in [
            ("a.\n\nb", "a.", "a sentence and an explanation"),
            ("a.\n\nb", "a\na.\n\nb", "one sentence on one line"),
            ("# A title", "A title", "# Title"),
            ("> Advice.", "Advice.", "quotation"),
            ("> Advice.", "> Advice.\n\nMore.", "between"),
            ("\n\nc\n", "\n\n", "`## What looks like it but is not` is empty"),
            ("## Before", "## Earlier", "## Before"),
            ("## What happens", "## Surprise\n\n## What happens", "## Surprise"),
            ("```go\nx", "```\nx", "one block of Go"),
            ("- [text](https://go.dev)", "see go.dev", "see go.dev"),
        ] {
            let page = good.replace(from, to).leak();
            let told = read("x", "", page).expect_err(to);
            assert!(told.contains(problem), "{told}");
        }
    }
}
