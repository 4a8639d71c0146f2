//! What the fuzz targets share: bounds, the invariants of what was read and reported, and profiles made of bytes.

mod made;
pub mod profiler;
#[path = "../../tests/support/otlp.rs"]
pub mod otlp;

pub use made::Made;

use pprof_leaks::input::{Limits, Problem, parse, parse_heading};
use pprof_leaks::pipeline::{Analysis, Options, compare, follow};
use pprof_leaks::profile::{Heading, NoticeCode, RawProfile};
use pprof_leaks::report::{
    MarkdownOptions, TerminalOptions, build_document, json, markdown, read_json, terminal,
};

/// Bounds that a fuzzer can reach, so that passing them is tested too.
fn limits() -> Limits {
    Limits {
        inflated_bytes: 1 << 20,
        samples: 5000,
        values: 20_000,
        symbols: 5000,
        stack_entries: 100_000,
        label_bytes: 1 << 18,
        sample_types: 16,
        ..Limits::default()
    }
}

/// Reads a profile and checks that every index in it points somewhere.
pub fn read(bytes: &[u8]) -> Result<RawProfile, Problem> {
    let profile = parse(bytes, "input", &limits())?;
    let symbols = &profile.symbols;
    assert!(!profile.sample_types.is_empty());
    assert_eq!(profile.samples.width(), profile.sample_types.len());
    assert!(profile.samples.len() <= limits().samples);
    assert!(profile.samples.stack_entries() <= limits().stack_entries);
    assert!(profile.goroutines.is_empty() || profile.goroutines.len() == profile.samples.len());
    for sample in profile.samples.iter() {
        assert!((sample.label_set as usize) < profile.label_sets.len());
        assert!(sample.size >= 0);
        for location in sample.stack.iter() {
            assert!(!symbols.frames_of(location).is_empty());
            for frame in symbols.frames_of(location) {
                let _ = (symbols.name(frame.function), symbols.file(frame.function));
            }
        }
    }
    let heading = parse_heading(bytes, "input", &limits()).expect("it was read whole");
    if profile.notices.iter().all(|notice| notice.code != NoticeCode::Overflow) {
        assert_eq!(heading, Heading::of(&profile));
    }
    Ok(profile)
}

/// Compares the first and the last of some profiles, follows them all as a series, and renders both answers in every
/// format.
pub fn report(mut profiles: Vec<RawProfile>, options: &Options, terminal_options: &TerminalOptions) {
    if let Ok(analysis) = follow(profiles.clone(), options) {
        render(&analysis, terminal_options);
    }
    if profiles.len() < 2 {
        return;
    }
    let after = profiles.split_off(profiles.len() - 1);
    profiles.truncate(1);
    if let Ok(analysis) = compare(profiles, after, options) {
        render(&analysis, terminal_options);
    }
}

fn render(analysis: &Analysis, terminal_options: &TerminalOptions) {
    let markdown_options = MarkdownOptions { top: terminal_options.top, ..MarkdownOptions::default() };
    let document = build_document(analysis);
    let saved = json(&document).expect("every figure has a JSON form");
    let read = read_json(&saved).expect("what was saved can be read");
    assert!(json(&read).is_ok_and(|again| again == saved), "and comes out as it was");
    for text in [terminal(&document, terminal_options), markdown(&document, &markdown_options)] {
        let does_something = |c: char| c.is_control() && c != '\n';
        assert!(
            terminal_options.colour || !text.contains(does_something),
            "names from a profile reach the report as control characters"
        );
    }
}
