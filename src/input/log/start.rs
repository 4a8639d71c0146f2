//! Where in a text a profile starts: at the start of a line, in quotes, or behind what stands before each line.

use super::announced::Announced;
use super::prefix::Prefix;
use super::quoted::Quotes;
use regex::{Match, Regex};
use std::sync::LazyLock;

/// The text forms of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::input) enum TextForm {
    /// Heap, `debug=1`.
    Heap,
    /// Goroutines, `debug=1`.
    Goroutines,
    /// Goroutines, `debug=2`.
    Dump,
}

/// Where a profile starts.
#[derive(Debug)]
pub(super) struct Start {
    /// The offset in the text.
    pub(super) at: usize,
    pub(super) form: TextForm,
    pub(super) place: Place,
}

/// What stands around a profile.
#[derive(Debug)]
pub(super) enum Place {
    /// Nothing: it starts with a line.
    Line,
    /// It is quoted, with escapes.
    Quoted(Quotes),
    /// Each of its lines stands behind something.
    Behind(Prefix),
    /// Only headers of goroutines stand behind something.
    Announced(Announced),
}

/// So many lines behind the first one show whether what stands before it stands before the others: lines of another program
/// may come first.
const LOOKED_AT: usize = 30;

/// How the first lines of profiles start.
static FIRST_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        goroutine\ \d+\ [^\[\n]{0,200}\[ |
        (?i: goroutine(?:leak)?\ profile:\ total\ ) |
        (?i: heap\ profile:[\ \t]*-?\d+: )",
    )
    .ok()
});

/// All places that look like the first words of a profile, wherever they stand in a line.
fn first_words(text: &str) -> impl Iterator<Item = Match<'_>> {
    FIRST_WORDS.iter().flat_map(move |words| words.find_iter(text))
}

impl TextForm {
    /// The form of a profile with these first words.
    fn of(words: &str) -> TextForm {
        if words.starts_with(['h', 'H']) {
            TextForm::Heap
        } else if words.ends_with('[') {
            TextForm::Dump
        } else {
            TextForm::Goroutines
        }
    }
}

/// The offsets of all first lines of profiles, each goroutine of a dump one, and their forms.
pub(super) fn first_lines(text: &str) -> impl Iterator<Item = (usize, TextForm)> {
    let starts_a_line = |at: usize| at == 0 || text.as_bytes()[at - 1] == b'\n';
    first_words(text)
        .filter(move |words| starts_a_line(words.start()))
        .map(|words| (words.start(), TextForm::of(words.as_str())))
}

/// Whether a profile starts with a line.
pub(in crate::input) fn starts_here(line: &str) -> bool {
    first_words(line).next().is_some_and(|words| words.start() == 0)
}

impl Start {
    /// The first start of a profile at the start of a line, or else the first one elsewhere.
    pub(super) fn find(text: &str) -> Option<Start> {
        let mut elsewhere = None;
        let (mut line_start, mut seen) = (0, 0);
        let mut looked_at = None;
        for words in first_words(text) {
            let (at, form) = (words.start(), TextForm::of(words.as_str()));
            if let Some(end) = text[seen..at].rfind('\n') {
                line_start = seen + end + 1;
            }
            seen = at;
            if at == line_start {
                return Some(Start { at, form, place: Place::Line });
            }
            // A line may be as long as the text and hold thousands: the first one shows how it is wrapped.
            if elsewhere.is_none() && looked_at.replace(line_start) != Some(line_start) {
                let place = place(&text[line_start..at], &text[at..], words.len(), form);
                elsewhere = place.map(|place| Start { at, form, place });
                // The goroutines below it may start with a line: it is the first one of theirs.
                if matches!(&elsewhere, Some(Start { place: Place::Announced(_), .. })) {
                    return elsewhere;
                }
            }
        }
        elsewhere
    }

    /// What stands before the start of a profile in a line, if there is one.
    pub(super) fn before(line: &str) -> Option<&str> {
        first_words(line).next().map(|found| &line[..found.start()])
    }
}

/// What stands around a profile of which the first line starts with so many bytes of `text`, and has `before` before it.
fn place(before: &str, text: &str, words: usize, form: TextForm) -> Option<Place> {
    let line = text.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let end = match form {
        TextForm::Dump => end_of_header(line, words)?,
        TextForm::Goroutines | TextForm::Heap => {
            words + line[words..].find(['"', '\\']).unwrap_or(line.len() - words)
        }
    };
    let after = &line[end..];
    // What is quoted again has a backslash more before each escape.
    let escape = after.strip_prefix('\\').map(|escape| escape.trim_start_matches('\\'));
    if after.starts_with('"') || escape.is_some_and(|escape| escape.starts_with(['n', 'r', '"'])) {
        return Some(Place::Quoted(Quotes::opened_in(before)));
    }
    let prefix = Prefix::of(before)?;
    let below = text[line.len()..].split('\n').nth(1).unwrap_or_default();
    if form == TextForm::Dump
        && !before.trim().is_empty()
        && !prefix.fits_before(below)
        && let Some(announced) = Announced::of(text)
    {
        return Some(Place::Announced(announced));
    }
    let mut next = text[line.len()..].split('\n').skip(1).take(LOOKED_AT);
    (after.trim().is_empty() && next.any(|line| prefix.fits_before(line))).then_some(Place::Behind(prefix))
}

/// Where the header of a goroutine ends that starts with so many bytes: behind `[chan receive]:`, or behind the labels
/// that may stand before the colon.
pub(super) fn end_of_header(line: &str, words: usize) -> Option<usize> {
    let state = words + line[words..].find(']')? + 1;
    let end = match line[state..].starts_with(" {") {
        true => state + line[state..].find("}:")? + 1,
        false => state,
    };
    line[end..].starts_with(':').then_some(end + 1)
}
