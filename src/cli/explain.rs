//! `pprof-leaks explain`: the rule catalogue, or one page of it.

use super::args::{ExplainArgs, ExplainFormat};
use super::output::Output;
use super::report_args::Colour;
use super::settings::{is_coloured, width};
use anyhow::{Result, anyhow};
use pprof_leaks::diagnose::{Entry, entries, entry};
use pprof_leaks::report::{explain_list, explain_model, explain_page, explain_policy, explain_table};

/// Ids less alike than this (Jaro and Winkler's measure, from 0 to 1) are not what was meant.
const ALIKE: f64 = 0.75;

/// Runs the command and gives the exit status.
pub(super) fn run(args: &ExplainArgs) -> Result<u8> {
    let rule = args.rule.as_deref().map(find).transpose()?;
    let (width, coloured) = (width(), is_coloured(Colour::Auto, false));
    if args.policy {
        Output::Stdout.write(&match args.format {
            ExplainFormat::Terminal => explain_policy(width, coloured),
            ExplainFormat::Markdown => explain_model(),
        })?;
        return Ok(0);
    }
    let text = match (rule, args.format) {
        (None, ExplainFormat::Terminal) => explain_list(width, coloured),
        (None, ExplainFormat::Markdown) => explain_table(None),
        (Some(entry), ExplainFormat::Terminal) => explain_page(entry, width, coloured),
        (Some(entry), ExplainFormat::Markdown) => entry.page.to_owned(),
    };
    Output::Stdout.write(&text)?;
    Ok(0)
}

fn find(typed: &str) -> Result<&'static Entry> {
    let id = typed.trim().to_ascii_lowercase();
    entry(&id).ok_or_else(|| {
        let meant = match nearest(&id) {
            Some(id) => format!("did you mean `{id}`? "),
            None => String::new(),
        };
        anyhow!("there is no rule `{typed}`; {meant}`pprof-leaks explain` lists all rules")
    })
}

/// The id that is most like what was typed, or that has it inside.
fn nearest(typed: &str) -> Option<&'static str> {
    let alike = |entry: &&Entry| match typed {
        "" => 0.0,
        // The one that has the least besides.
        part if entry.id.contains(part) => 1.0 + part.len() as f64 / entry.id.len() as f64,
        typed => strsim::jaro_winkler(typed, entry.id),
    };
    let scored = entries().iter().map(|entry| (alike(entry), entry.id));
    // Of equally good ones the first.
    let best =
        scored.fold((ALIKE, None), |best, (score, id)| if score > best.0 { (score, Some(id)) } else { best });
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_id_is_the_one_that_was_meant() {
        for (typed, meant) in [
            ("unbouded-map", Some("unbounded-map")),
            ("unbounded_map", Some("unbounded-map")),
            ("map", Some("unbounded-map")),
            ("defer-loop", Some("defer-in-loop")),
            ("subslice", Some("retained-subslice")),
            ("http-body", Some("http-body-not-closed")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
        assert_eq!(find(" Unbounded-Map ").expect("case does not matter").id, "unbounded-map");
    }
}
