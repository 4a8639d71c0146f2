//! Reads the page of a rule.
//!
//! A page has a fixed form, so that reports can take the parts they need from it: `# Title`, the advice as a quotation,
//! perhaps a line `Unverified: ...`, and the sections of [`SECTIONS`] in that order. The first section starts with a
//! paragraph of one sentence that says what the cause means. Before the code there may be sections `Advice for ...`, each a
//! quotation: what to change in a special case.

use super::RuleId;

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
    /// What to change in special cases, each with its name.
    pub special: Vec<(&'static str, &'static str)>,
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
/// What the heading of an advice for a special case starts with; the case follows.
const SPECIAL: &str = "Advice for ";
/// The section in front of which these stand.
const BEHIND_SPECIAL: &str = SECTIONS[3];

impl Entry {
    /// A page of another form, as it is.
    pub(super) fn unreadable(rule: RuleId, family: &'static str, page: &'static str) -> Entry {
        let (id, empty) = (rule.name(), "");
        let special = Vec::new();
        Entry {
            id,
            family,
            title: id,
            advice: empty,
            special,
            summary: empty,
            what_happens: empty,
            recognised: empty,
            look_alike: empty,
            before: empty,
            after: empty,
            references: Vec::new(),
            unverified: true,
            caveat: None,
            page,
        }
    }

    /// What to change in a special case.
    pub(super) fn advice_for(&self, case: &str) -> Option<&'static str> {
        self.special.iter().find(|(name, _)| *name == case).map(|(_, advice)| *advice)
    }
}

/// Reads one page, or tells what is wrong with its form.
pub(super) fn read(rule: RuleId, family: &'static str, page: &'static str) -> Result<Entry, String> {
    let mut parts = page.split("\n## ");
    let (title, advice, caveat) = read_head(parts.next().unwrap_or_default().trim())?;
    let (mut bodies, mut special) = (Vec::with_capacity(SECTIONS.len()), Vec::new());
    for part in parts {
        let (heading, body) = part.split_once('\n').map(|(h, body)| (h, body.trim())).unwrap_or((part, ""));
        let next = SECTIONS.get(bodies.len()).copied().unwrap_or("the end");
        match heading.strip_prefix(SPECIAL) {
            Some(case) if next == BEHIND_SPECIAL => special.push((case, quotation(body)?)),
            _ if heading != next => return Err(format!("`## {heading}` stands where `## {next}` has to be")),
            _ if body.is_empty() => return Err(format!("`## {heading}` is empty")),
            _ => bodies.push(body),
        }
    }
    let [what_happens, recognised, look_alike, before, after, references] = bodies[..] else {
        return Err(format!("`## {}` is missing", SECTIONS[bodies.len()]));
    };
    let (summary, what_happens) =
        what_happens.split_once("\n\n").ok_or("what happens is not a sentence and an explanation")?;
    if summary.contains('\n') || !summary.ends_with('.') {
        return Err("the first paragraph of what happens is not one sentence on one line".to_owned());
    }
    Ok(Entry {
        id: rule.name(),
        family,
        title,
        advice,
        special,
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

/// The title, the advice, and why the rule is unverified.
fn read_head(head: &'static str) -> Result<(&'static str, &'static str, Option<&'static str>), String> {
    let (title, rest) = head.split_once('\n').ok_or("there is no advice")?;
    let title = title.strip_prefix("# ").ok_or("the first line is not `# Title`")?;
    let mut paragraphs = rest.trim().split("\n\n");
    let advice = quotation(paragraphs.next().unwrap_or_default())?;
    let caveat = match paragraphs.next() {
        None => None,
        Some(text) => Some(text.strip_prefix("Unverified: ").ok_or("text between advice and first section")?),
    };
    if paragraphs.next().is_some() {
        return Err("text between advice and first section".to_owned());
    }
    Ok((title, advice, caveat))
}

/// The text of a quotation, on one line.
fn quotation(text: &'static str) -> Result<&'static str, String> {
    let lines = text.lines().map(|line| line.strip_prefix("> ").ok_or("the advice is not a quotation"));
    let lines: Vec<&str> = lines.collect::<Result<_, _>>()?;
    if lines.is_empty() {
        return Err("there is no advice".to_owned());
    }
    // Read once a run and used as long as it lasts: leaked on purpose, so that all fields can be handed around alike.
    Ok(lines.join(" ").leak())
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

    #[test]
    fn pages_of_another_form_are_refused() {
        let good = "# A title\n\n> Advice.\n\n## What happens\n\na.\n\nb\n\n## How it is recognised\n\nb\n\n\
                    ## What looks like it but is not\n\nc\n\n## Before\n\n```go\nx\n```\n\n## After\n\n```go\ny\n```\n\n\
                    ## References\n\n- [text](https://go.dev)\n";
        assert!(read(RuleId::UnboundedMap, "", good).is_ok());
        let special = good.replace("## Before", "## Advice for x\n\n> Do\n> this.\n\n## Before").leak();
        let entry = read(RuleId::UnboundedMap, "", special).expect("well-formed");
        assert_eq!(entry.advice_for("x"), Some("Do this."));
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
            ("## Before", "## Advice for x\n\ny\n\n## Before", "quotation"),
            ("## After", "## Advice for x\n\n> y\n\n## After", "`## Advice for x` stands where"),
            ("\n## References\n\n- [text](https://go.dev)\n", "", "`## References` is missing"),
            ("- [text](https://go.dev)", "see go.dev", "see go.dev"),
        ] {
            let page = good.replace(from, to).leak();
            let said = read(RuleId::UnboundedMap, "", page).expect_err(to);
            assert!(said.contains(problem), "{said}");
        }
    }
}
