//! The command line as a report tells it: complete enough to run again, without secrets, and without what only
//! concerns the form of the report.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use pprof_leaks::input::without_secrets;
use pprof_leaks::report::{inert, shell_word};

/// Options that change nothing in what is judged, so that a report says the same in every format.
const FORM_ONLY: [&str; 12] = [
    "format",
    "output",
    "details",
    "open",
    "color",
    "top",
    "full",
    "max_bytes",
    "fail_on",
    "quiet",
    "verbose",
    "link_base",
];

/// The command line that gave these matches, its options in the order of the help.
pub(super) fn command(program: &Command, matches: &ArgMatches) -> String {
    let mut words = vec![program.get_name().to_owned()];
    let (mut level, mut matches) = (program, matches);
    while let Some((name, below)) = matches.subcommand() {
        let Some(subcommand) = level.find_subcommand(name) else { break };
        words.push(name.to_owned());
        (level, matches) = (subcommand, below);
    }
    let given = |arg: &&Arg| {
        let id = arg.get_id().as_str();
        matches.value_source(id) == Some(ValueSource::CommandLine) && !FORM_ONLY.contains(&id)
    };
    // Options before what is positional, which needs no `--` then.
    let (options, positionals): (Vec<&Arg>, Vec<&Arg>) =
        level.get_arguments().filter(given).partition(|arg| arg.get_long().is_some());
    for arg in options.into_iter().chain(positionals) {
        let id = arg.get_id().as_str();
        let flag = arg.get_long().map(|long| format!("--{long}"));
        if matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Count) {
            words.extend(flag);
            continue;
        }
        for value in matches.get_raw(id).into_iter().flatten() {
            words.extend(flag.clone());
            let value = shown(id, flag.is_some(), &value.to_string_lossy());
            words.push(shell_word(&value).into_owned());
        }
    }
    inert(&words.join(" "))
}

/// A value without what is secret in it.
fn shown(id: &str, is_option: bool, value: &str) -> String {
    if id == "headers" && !value.starts_with('@') {
        let name = value.split(':').next().unwrap_or_default();
        return format!("{name}: ...");
    }
    match value.split_once("://") {
        // The path of a webhook is its secret.
        Some((scheme, rest)) if is_option => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("{scheme}://{}/...", host.rsplit('@').next().unwrap_or_default())
        }
        _ => without_secrets(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::Args;
    use super::*;
    use clap::CommandFactory;

    fn written(line: &[&str]) -> String {
        let matches = Args::command().try_get_matches_from(line).expect("a command line");
        command(&Args::command(), &matches)
    }

    #[test]
    fn what_is_judged_is_told_and_how_it_is_written_is_not() {
        let line = [
            "pprof-leaks",
            "diff",
            "a b",
            "c",
            "--format=json",
            "-otmp",
            "--top",
            "3",
            "--min-growth",
            "5MiB",
        ];
        assert_eq!(written(&line), "pprof-leaks diff --min-growth 5MiB 'a b' c");
        assert_eq!(written(&["pprof-leaks", "trend", "it's", "--full"]), "pprof-leaks trend 'it'\\''s'");
    }

    #[test]
    fn secrets_are_not_told() {
        let url = "https://ann:s3cret@app/debug/pprof/heap?gc=1&token=abc";
        let line = ["pprof-leaks", "diff", "a", url, "-HAuthorization: Bearer s3cret"];
        assert_eq!(
            written(&line),
            "pprof-leaks diff --header 'Authorization: ...' a 'https://app/debug/pprof/heap?gc=1'"
        );
        assert_eq!(shown("notify", true, "https://u:p@hooks/T/B/s3cret"), "https://hooks/...");
    }
}
