//! Inputs that were read wrongly or brought the program down once, found by fuzzing or made by hand: `testdata/regressions/`.
//! Each is refused in one line or read, compared and followed, whatever else is wrong with it.

use pprof_leaks::input::{Limits, parse};
use pprof_leaks::pipeline::{Options, compare, follow};
use pprof_leaks::report::{MarkdownOptions, TerminalOptions, build_document, json, markdown, terminal};
use std::path::Path;

#[test]
fn what_was_found_once_does_no_harm_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/regressions");
    let mut count = 0;
    for entry in folder.read_dir().expect("the folder is there") {
        let path = entry.expect("can be listed").path();
        let bytes = std::fs::read(&path).expect("can be read");
        count += 1;
        let profile = match parse(&bytes, "input", &Limits::default()) {
            Ok(profile) => profile,
            Err(problem) => {
                let text = problem.to_string();
                assert!(!text.contains('\n') && text.len() < 500, "{}: {text}", path.display());
                continue;
            }
        };
        let options = Options::default();
        let analyses = [
            compare(vec![profile.clone()], vec![profile.clone()], &options),
            follow(vec![profile.clone(), profile], &options),
        ];
        for analysis in analyses.into_iter().flatten() {
            let document = build_document(&analysis);
            terminal(&document, &TerminalOptions::default());
            markdown(&document, &MarkdownOptions::default());
            json(&document).expect("every figure has a JSON form");
        }
    }
    assert!(count > 0, "no regressions in {}", folder.display());
}
