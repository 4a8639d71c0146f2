//! `pprof-leaks explain`: the rule catalogue, as a list or a page.

use super::args::{ExplainArgs, ExplainFormat};
use super::output::Output;
use super::settings::{is_coloured, width};
use anyhow::{Result, bail};
use pprof_leaks::causes::{entries, entry};
use pprof_leaks::report::{explain_list, explain_page};

/// Runs the command and gives the exit status.
pub(super) fn run(args: &ExplainArgs) -> Result<u8> {
    let output = Output::open(None, &[])?;
    let (width, coloured) = (width(), is_coloured());
    let text = match (&args.rule, args.format) {
        (None, _) => explain_list(entries(), width),
        (Some(id), format) => {
            let Some(entry) = entry(id) else {
                bail!(
                    "explain: there is no rule `{id}`; did you mean `{}`? Without a name all are listed",
                    nearest(id)
                );
            };
            match format {
                ExplainFormat::Terminal => explain_page(entry, width, coloured),
                ExplainFormat::Markdown => entry.page.to_owned(),
            }
        }
    };
    output.write(&text)?;
    Ok(0)
}

/// The id that shares most words with what was typed, and of these the one that begins most like it.
fn nearest(typed: &str) -> &'static str {
    let words: Vec<&str> = typed.split(['-', '_', ' ']).collect();
    let likeness = |id: &str| {
        let shared = id.split('-').filter(|word| words.contains(word)).count();
        let start = id.chars().zip(typed.chars()).take_while(|(a, b)| a == b).count();
        (shared, start)
    };
    entries().iter().map(|entry| entry.id).rev().max_by_key(|id| likeness(id)).unwrap_or("unknown-growth")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_right_is_suggested() {
        assert_eq!(nearest("map-unbounded"), "unbounded-map");
        assert_eq!(nearest("defer"), "defer-in-loop");
        assert_eq!(nearest("timer-not-stoped"), "timer-not-stopped");
    }
}
