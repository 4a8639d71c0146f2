//! Telling by content what the bytes are, including the things people hand over by mistake.

use super::Problem;

/// The forms that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Proto,
    HeapText,
    GoroutineText,
    GoroutineDump,
}

/// How far into a text the first goroutine of a dump is looked for: a crash log starts with a panic message.
const DUMP_SEARCH: usize = 64 << 10;

/// Opens a terminal's control sequence.
const ESCAPE: u8 = 0x1b;

const WANT_HEAP: &str = "Give /debug/pprof/heap?gc=1 or /debug/pprof/goroutine snapshots";

/// What the bytes are. Only the start is looked at.
pub(super) fn content(bytes: &[u8]) -> Result<Content, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).ok_or(Problem::Empty)?;
    let text = &bytes[start..];
    let starts = |prefix: &str| starts(text, prefix);
    let unsuitable = |what: &str, advice| Err(Problem::Unsuitable { what: what.to_owned(), advice });
    let other_profile = |what: &str, advice| Err(Problem::OtherProfile { what: what.to_owned(), advice });

    if starts("heap profile:") {
        return Ok(Content::HeapText);
    }
    if starts("goroutine profile:") || starts("goroutineleak profile:") {
        return Ok(Content::GoroutineText);
    }
    if starts("threadcreate profile:") {
        return other_profile("a thread creation profile", WANT_HEAP);
    }
    if starts("--- mutex:") || starts("--- contention") {
        return other_profile("a lock contention profile", WANT_HEAP);
    }
    if let Some(problem) = other(bytes, text) {
        return Err(problem);
    }
    if bytes.starts_with(b"go 1.") && bytes[..bytes.len().min(32)].windows(5).any(|w| w == b"trace") {
        return other_profile("an execution trace", WANT_HEAP);
    }
    let head = &text[..text.len().min(512)];
    // A log may be coloured.
    let is_text = head.iter().all(|b| !b.is_ascii_control() || b.is_ascii_whitespace() || *b == ESCAPE);
    if is_text && is_dump(text) {
        return Ok(Content::GoroutineDump);
    }
    // The legacy CPU profile starts with the words 0, 3, 0.
    if bytes.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]) {
        return other_profile("a CPU profile", WANT_HEAP);
    }
    if is_text && head.is_ascii() {
        let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(&line[..line.len().min(60)]).trim().to_owned();
        return Err(Problem::Unsuitable {
            what: format!("text that starts with `{line}`"),
            advice: WANT_HEAP,
        });
    }
    if looks_like_proto(bytes) {
        return Ok(Content::Proto);
    }
    unsuitable("unknown binary data", WANT_HEAP)
}

/// What is known to be no profile that could show a leak, by how it starts.
fn other(bytes: &[u8], text: &[u8]) -> Option<Problem> {
    let starts = |prefix: &str| starts(text, prefix);
    let unsuitable = |what: &str, advice| Some(Problem::Unsuitable { what: what.to_owned(), advice });
    if starts("heap_v2/") || starts("heap_v1/") {
        return Some(Problem::OtherProfile {
            what: "a jemalloc heap dump, which holds addresses without names".to_owned(),
            advice: "Convert it with `jeprof --raw` or serve profile.proto, and give that",
        });
    }
    if starts("404 page not found") {
        return Some(Problem::Refusal {
            what: "a server's answer that it has no such page (`404 page not found`)",
            advice: "Check the URL: a Go service serves profiles below /debug/pprof/ when it imports net/http/pprof. \
                     `curl -f` does not save such answers",
        });
    }
    if starts("Unknown profile") {
        return Some(Problem::Refusal {
            what: "a Go server's answer that it has no such profile (`Unknown profile`)",
            advice: "Check the last part of the URL; goroutineleak needs Go 1.27, or Go 1.26 built with \
                     GOEXPERIMENT=goroutineleakprofile",
        });
    }
    if starts("<!doctype") || starts("<html") || starts("<head") || starts("<?xml") {
        return unsuitable(
            "an HTML or XML page",
            "It may be a login or error page: fetch the profile's own URL, with -H 'Authorization: ...' if it needs one",
        );
    }
    if starts("{") || starts("[{") {
        return unsuitable("JSON", WANT_HEAP);
    }
    if starts("PK\x03\x04") || bytes.get(257..262) == Some(b"ustar") {
        return unsuitable("an archive", "Unpack it and give the folder");
    }
    if text.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return unsuitable("zstd-compressed data", "Decompress it first with `zstd -d`");
    }
    if text.starts_with(b"\x7fELF") {
        return unsuitable("a program, not its profile", WANT_HEAP);
    }
    None
}

/// Whether a text starts with some words, in capitals or not.
fn starts(text: &[u8], prefix: &str) -> bool {
    text.len() >= prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}

/// Whether a line like `goroutine 17 [chan receive]:` stands near the start.
fn is_dump(text: &[u8]) -> bool {
    text[..text.len().min(DUMP_SEARCH)].split(|b| *b == b'\n').any(|line| {
        let Some(rest) = line.strip_prefix(b"goroutine ") else { return false };
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        digits > 0 && rest.get(digits) == Some(&b' ') && rest[digits..].contains(&b'[')
    })
}

/// Whether the first field could open a profile.proto: a field number of the message with its own wire type.
fn looks_like_proto(bytes: &[u8]) -> bool {
    matches!(
        bytes[0],
        // sample_type, sample, mapping, location, function, string_table, period_type, comment (packed), doc_url
        0x0a | 0x12 | 0x1a | 0x22 | 0x2a | 0x32 | 0x5a | 0x6a | 0x7a
        // drop_frames, keep_frames, time, duration, period, comment, default_sample_type
        | 0x38 | 0x40 | 0x48 | 0x50 | 0x60 | 0x68 | 0x70
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_hand_over_by_mistake_is_named() {
        for (bytes, want) in [
            (&b"<!DOCTYPE html><title>Sign in</title>"[..], "HTML"),
            (b"{\"error\":\"no\"}", "JSON"),
            (b"--- mutex:\ncycles/second=1\n", "lock contention"),
            (b"404 page not found\n", "404 page not found"),
            (b"heap_v2/524288\n  t*: 1: 2 [0: 0]\n", "jemalloc"),
            (&[0xde, 0xad, 0xbe, 0xef, 0x00], "unknown binary"),
            (&[0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1], "CPU profile"),
        ] {
            let message = content(bytes).expect_err("refused").to_string();
            assert!(message.contains(want), "{message} should name {want}");
        }
        assert!(matches!(content(b" \n"), Err(Problem::Empty)));
        assert!(matches!(content(b""), Err(Problem::Empty)));
    }

    #[test]
    fn a_crash_log_is_a_dump() {
        assert_eq!(
            content(b"panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n").expect("dump"),
            Content::GoroutineDump
        );
        assert_eq!(content(b"goroutine 7 gp=0x1 m=nil [select]:\n").expect("dump"), Content::GoroutineDump);
        assert_eq!(content(b"goroutine profile: total 3\n").expect("text"), Content::GoroutineText);
    }
}
