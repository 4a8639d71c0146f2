//! Telling by content what the bytes are, including the things people hand over by mistake.

use super::text::short;
use super::{Problem, log, otlp};

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Proto,
    /// OpenTelemetry's profiles in protobuf.
    Otlp,
    /// And in JSON.
    OtlpJson,
    /// A profile may stand in it, if only behind any length of a log.
    Text,
}

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
    if otlp::is_json(text) {
        return Ok(Content::OtlpJson);
    }
    let head = &text[..text.len().min(512)];
    // A log may be coloured.
    let is_text = head.iter().all(|b| !b.is_ascii_control() || b.is_ascii_whitespace() || *b == ESCAPE);
    if is_text || log::utf_16(bytes).is_some() {
        return Ok(Content::Text);
    }
    // The legacy CPU profile starts with the words 0, 3, 0.
    if bytes.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]) {
        return other_profile("a CPU profile", WANT_HEAP);
    }
    if otlp::is_message(bytes) {
        return Ok(Content::Otlp);
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

/// Why a text is refused in which no profile starts.
pub(super) fn no_profile(text: &str) -> Problem {
    let text = text.trim_start();
    if text.is_empty() {
        return Problem::Empty;
    }
    let what = match text.starts_with('{') || text.starts_with('[') {
        true => "JSON".to_owned(),
        false => {
            let line = short(text.lines().next().unwrap_or_default());
            format!("text that starts with `{}`", line.trim())
        }
    };
    Problem::Unsuitable { what, advice: WANT_HEAP }
}

/// Whether a text starts with some words, in capitals or not.
fn starts(text: &[u8], prefix: &str) -> bool {
    text.len() >= prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
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
    fn text_is_told_from_protobuf_by_its_control_characters() {
        let wide: Vec<u8> = "\u{feff}goroutine".encode_utf16().flat_map(u16::to_le_bytes).collect();
        // Its first byte could open a profile.proto.
        let unmarked: Vec<u8> = "heap profile: 1: 48".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for text in
            [&b"panic: boom\n"[..], b"\x1b[31mweb |\x1b[0m x\n", b"2026-03-01 \xe9\n", &wide, &unmarked]
        {
            assert_eq!(content(text).expect("text"), Content::Text);
        }
        assert_eq!(content(b"\x0a\x04\x08\x01\x10\x02").expect("protobuf"), Content::Proto);
    }

    #[test]
    fn messages_of_opentelemetry_are_told_from_profile_proto_and_from_other_json() {
        for (bytes, want) in [
            (&b"\x0a\x03\x12\x01\x0a"[..], Content::Otlp),
            (b"\x0a\x82\x01\x0a\x00\x12", Content::Otlp),
            (b"\x12\x05\x0a\x00\x2a\x01a", Content::Otlp),
            (b"\x12\x07\x0a\x02\x01\x02\x12\x01\x05", Content::Proto),
            (b"\x0a\x00\x0a\x04\x08\x01\x10\x02", Content::Proto),
            (b"{\"resourceProfiles\":[]}", Content::OtlpJson),
            (b" {\n \"dictionary\": {}}", Content::OtlpJson),
            (b"{\"resourceLogs\":[]}", Content::Text),
            (b"{\"log\":\"resourceProfiles\"}", Content::Text),
        ] {
            assert_eq!(content(bytes).expect("known"), want, "{bytes:?}");
        }
    }

    #[test]
    fn a_text_without_a_profile_is_named() {
        for (text, want) in
            [("{\"error\":\"no\"}", "this is JSON"), ("\nhello \u{1}\nworld", "text that starts with `hello")]
        {
            let message = no_profile(text).to_string();
            assert!(message.contains(want), "{message} should name {want}");
        }
        assert!(matches!(no_profile(" \n"), Problem::Empty));
    }
}
