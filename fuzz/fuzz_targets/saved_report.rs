//! A saved JSON report: what can be read can be written in every format, and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::report::{
    HtmlOptions, MarkdownOptions, TerminalOptions, dot, html, json, markdown, pprof, read_json, sarif, terminal,
};

fuzz_target!(|text: &str| {
    let Ok(document) = read_json(text) else { return };
    let options = TerminalOptions::default();
    terminal(&document, &options);
    markdown(&document, &MarkdownOptions::default());
    let _ = sarif(&document);
    let _ = html(&document, &HtmlOptions::default());
    dot(&document);
    pprof(&document);
    let again = json(&document).expect("what was JSON is JSON again");
    read_json(&again).expect("what was written can be read");
});
