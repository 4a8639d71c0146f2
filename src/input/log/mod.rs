//! Texts as logs, terminals and mail hold them become what Go wrote, before any reader of profiles sees them.
//!
//! Each step is linear, and no more than one copy of the text is made at a time.

mod announced;
mod prefix;
mod quoted;
mod start;

pub(super) use start::{TextForm, starts_here};

use super::Problem;
use start::{Place, Start};

/// A log line may quote one that quotes one in turn: a container's log of a program that logs JSON, shipped as JSON.
const NESTED: usize = 4;

/// Says in which order the bytes of UTF-16 stand.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Opens a terminal's control sequence.
const ESCAPE: char = '\x1b';

/// A profile in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'t> {
    pub(super) form: TextForm,
    /// From its first line on.
    pub(super) text: &'t str,
    /// Where that is.
    pub(super) at: usize,
}

/// A text in which a profile starts at the start of a line.
#[derive(Debug)]
pub(super) struct Text {
    text: String,
    /// Where the profile starts, if there is one.
    start: Option<(usize, TextForm)>,
}

impl Text {
    /// Reads bytes as text, and takes away what was put around a profile in it: a byte order mark, colours, quotes with
    /// escapes, what stands before each line.
    ///
    /// # Errors
    /// If the lines of several processes are mixed.
    pub(super) fn of(bytes: Vec<u8>) -> Result<Text, Problem> {
        let mut text = decode(bytes);
        if text.contains(ESCAPE) {
            text = anstream::adapter::strip_str(&text).to_string();
        }
        for _ in 0..NESTED {
            let Some(found) = Start::find(&text) else { break };
            text = match found.place {
                Place::Line => {
                    if is_double_spaced(&text[found.at..]) {
                        text.replace_range(found.at.., &single_spaced(&text[found.at..]));
                    }
                    return Ok(Text { start: Some((found.at, found.form)), text });
                }
                Place::Quoted(quotes) => quotes.take_from(&text),
                Place::Behind(prefix) => prefix.take_from(&text)?,
                Place::Announced(announced) => announced.take_from(&text),
            };
        }
        Ok(Text { text, start: None })
    }

    /// The text from the start of the profile on, if there is one.
    pub(super) fn profile(&self) -> Option<Part<'_>> {
        self.start.map(|(at, form)| Part { form, text: &self.text[at..], at })
    }

    /// The same where several profiles follow each other: each by itself, but for dumps, of which no line tells where one
    /// ends.
    pub(super) fn profiles(&self) -> Vec<Part<'_>> {
        let mut starts: Vec<(usize, TextForm)> = start::first_lines(&self.text).collect();
        starts.dedup_by(|next, before| next.1 == TextForm::Dump && before.1 == TextForm::Dump);
        let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([self.text.len()]);
        let part = |((at, form), end): (&(usize, TextForm), usize)| Part {
            form: *form,
            text: &self.text[*at..end],
            at: *at,
        };
        starts.iter().zip(ends).map(part).collect()
    }

    /// The whole text.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// How many lines stand before an offset.
    pub(super) fn lines_before(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count()
    }
}

/// Whether a profile has an empty line behind each of its lines, as mail programs and viewers of logs put there. What Go
/// writes has none behind the header of a goroutine or of a profile that has anything.
fn is_double_spaced(text: &str) -> bool {
    const LOOKED_AT: usize = 16;
    let lines: Vec<&str> = text.lines().take(LOOKED_AT).collect();
    let is_blank = |line: &&str| line.trim().is_empty();
    let between = lines.iter().skip(1).step_by(2);
    lines.len() > 4
        && between.clone().all(is_blank)
        && lines.iter().step_by(2).filter(|l| !is_blank(l)).count() > 2
}

/// A text without the line behind each line, where that is empty.
fn single_spaced(text: &str) -> String {
    let mut single = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        single.push_str(line);
        lines.next_if(|next| next.trim().is_empty());
    }
    single
}

/// Bytes as text: in UTF-16 where they are, as what PowerShell writes is, else in UTF-8. What is neither becomes replacement
/// characters.
fn decode(mut bytes: Vec<u8>) -> String {
    if let Some(join) = utf_16(&bytes) {
        let units = bytes.chunks_exact(2).map(|pair| join([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        return text.skip_while(|c| *c == BYTE_ORDER_MARK).collect();
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    from_utf8(bytes)
}

/// How the bytes of a text in UTF-16 become characters; `None` if it is in none. Where a text does not say so, it shows in
/// the zeros of its first ones.
pub(super) fn utf_16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    const LOOKED_AT: usize = 16;
    let orders: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];
    let first = bytes.first_chunk().copied()?;
    let marked = orders.into_iter().find(|join| u32::from(join(first)) == u32::from(BYTE_ORDER_MARK));
    let shows = |join: &fn([u8; 2]) -> u16| {
        let mut pairs = bytes.chunks_exact(2).take(LOOKED_AT);
        let is_plain = |pair: &[u8]| matches!(join([pair[0], pair[1]]), 0x20..0x7f | 0x09 | 0x0a | 0x0d);
        bytes.len() > LOOKED_AT && pairs.all(is_plain)
    };
    marked.or_else(|| orders.into_iter().find(shows))
}

fn from_utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|other| String::from_utf8_lossy(other.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A dump, the start of a heap text and that of a goroutine text.
    const PLAIN: [&str; 3] = [
        "goroutine 1 gp=0xc000 m=nil [chan receive, 5 minutes] {route: /cart, \"k 2\": \"a \\\"b\\\"\"}:\nmain.f({0x1, 0x2})\n\t/srv/my app/main.go:7 +0x1d\n\ngoroutine 22 [select]:\nmain.g(...)\n\tC:/x/main.go:9\n",
        "heap profile: 1: 48 [2: 96] @ heap/1048576\n1: 48 [2: 96] @ 0x4a21f3 0x4b\n#\t0x4a21f2\tmain.f+0x2\t/srv/main.go:7\n",
        "goroutine profile: total 2\n2 @ 0x4a21f3 0x4b\n# labels: {\"a\":\"b\"}\n#\t0x4a21f2\tmain.f+0x2\t/srv/main.go:7\n",
    ];

    fn profile_in(text: &[u8]) -> String {
        let text = Text::of(text.to_vec()).expect("one process");
        text.profile().expect("a profile").text.to_owned()
    }

    /// Each line behind what `prefix` gives for its number.
    fn behind(text: &str, prefix: impl Fn(usize) -> String) -> String {
        text.lines().enumerate().map(|(number, line)| format!("{}{line}\n", prefix(number))).collect()
    }

    #[test]
    fn what_stands_before_each_line_is_taken_away() {
        type Before = fn(usize) -> String;
        let collectors: &[(&str, Before)] = &[
            ("kubectl logs --timestamps", |n| format!("2026-03-01T10:00:0{n}.1234567{n}Z ")),
            ("a node's log", |n| format!("2026-03-01T10:00:00.{}+01:00 stderr F ", 1 + n * 77)),
            ("kubectl logs --prefix", |_| "[pod/web-5d8/app] ".to_owned()),
            ("syslog", |n| format!("Mar  1 10:00:{n:02} host-7 app[1234]: ")),
            ("docker compose", |_| "web-1    | ".to_owned()),
            ("a log library", |n| format!("[2026/03/01 10:00:{n:02}.5] ERROR ")),
            ("klog", |n| format!("E0301 10:00:0{n}.123456    1234 main.go:12] ")),
            ("mail", |_| "> > ".to_owned()),
            ("GitHub Actions", |n| format!("test\tgo test\t2026-03-01T10:00:0{n}.1234567Z ")),
            ("markdown", |_| "    ".to_owned()),
            ("no blank", |_| "web|".to_owned()),
        ];
        for (name, before) in collectors {
            for plain in PLAIN {
                let text = behind(plain, before);
                assert_eq!(profile_in(text.as_bytes()), plain, "{name}");
                let trimmed: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
                assert_eq!(profile_in(trimmed.as_bytes()), plain, "{name}, trimmed");
                let later = format!("{}{text}", behind("starting\nlistening\n", |_| "x ".to_owned()));
                assert_eq!(profile_in(later.as_bytes()), plain, "{name}, behind other lines");
            }
        }
    }

    #[test]
    fn lines_of_other_programs_are_passed_over_and_two_dumps_of_two_are_refused() {
        let plain = PLAIN[0];
        let (web, database) = (behind(plain, |_| "web-1 | ".to_owned()), "db-1  | checkpoint complete\n");
        let mixed: String = web.lines().flat_map(|line| [line, "\n", database]).collect();
        assert_eq!(profile_in(mixed.as_bytes()), plain);
        let two = format!("{web}{}", behind(plain, |_| "web-2 | ".to_owned()));
        let problem = Text::of(two.into_bytes()).expect_err("two processes").to_string();
        assert!(problem.contains("`web-1 |`") && problem.contains("`web-2 |`"), "{problem}");
    }

    #[test]
    fn what_a_log_quotes_is_taken_out_of_its_quotes() {
        let json = |text: &str| serde_json::to_string(text).expect("a string");
        for plain in PLAIN {
            let lines = |form: &dyn Fn(&str) -> String| plain.lines().map(form).collect::<String>();
            let docker =
                lines(&|line| format!("{{\"log\":{},\"stream\":\"stderr\"}}\n", json(&format!("{line}\n"))));
            let journal = lines(&|line| format!("{{ \"_PID\" : \"7\", \"MESSAGE\" : {} }}\n", json(line)));
            let cloud = format!(
                "[\n{}]\n",
                lines(&|line| format!("  {{\n    \"textPayload\": {}\n  }},\n", json(line)))
            );
            let logger =
                format!("{{\"level\":\"info\"}}\n{{\"level\":\"error\",\"stack\":{}}}\n", json(plain));
            let docker_of_logger = format!("{{\"log\":{}}}\n", json(&logger));
            let dockerd =
                format!("time=\"now\" level=info msg={}\n", json(&format!("=== BEGIN ===\n{plain}")));
            let bare =
                format!("stack: {}\n", plain.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t"));
            for text in [&docker, &journal, &cloud, &logger, &docker_of_logger, &dockerd, &bare] {
                let read = profile_in(text.as_bytes());
                assert_eq!(read.trim_end(), plain.trim_end(), "{text}");
            }
        }
    }

    #[test]
    fn marks_colours_and_wide_characters_are_taken_away() {
        for plain in PLAIN {
            let wide = |units: Vec<[u8; 2]>| units.concat();
            let little: Vec<[u8; 2]> =
                "\u{feff}".encode_utf16().chain(plain.encode_utf16()).map(u16::to_le_bytes).collect();
            let big: Vec<[u8; 2]> =
                "\u{feff}".encode_utf16().chain(plain.encode_utf16()).map(u16::to_be_bytes).collect();
            let unmarked =
                [u16::to_le_bytes, u16::to_be_bytes].map(|of| plain.encode_utf16().map(of).collect());
            for text in unmarked.map(wide) {
                assert_eq!(profile_in(&text), plain);
            }
            let coloured = behind(plain, |_| "\x1b[36mweb-1 |\x1b[0m ".to_owned());
            for text in
                [wide(little), wide(big), format!("\u{feff}{plain}").into_bytes(), coloured.into_bytes()]
            {
                assert_eq!(profile_in(&text), plain);
            }
        }
    }

    #[test]
    fn words_before_headers_are_taken_away_and_lines_of_other_things_stay() {
        let read = "goroutine 5 [chan send]:\nmain.f(0x1)\n\t/srv/main.go:7 +0x1d\n";
        for (text, want) in [
            (format!("leaked: {read}\nok\n"), format!("{read}\nok\n")),
            // The goroutine that wrote the dump is running.
            (
                format!("<pre>{}\n{read}", read.replace("5 [chan send]", "1 [running]")),
                format!("{}\n{read}", read.replace("5 [chan send]", "1 [running]")),
            ),
            // A line that is logged meanwhile, and the stack of a panic.
            (
                format!(
                    "leaked: {read}10:00:00 panic: goroutine 7 [running]:\nmain.g()\n\t/srv/main.go:9 +0x1d\nend\n"
                ),
                format!(
                    "{read}10:00:00 panic: goroutine 7 [running]:\nmain.g()\n\t/srv/main.go:9 +0x1d\nend\n"
                ),
            ),
        ] {
            assert_eq!(profile_in(text.as_bytes()), want);
        }
    }

    #[test]
    fn empty_lines_between_all_lines_are_taken_away_and_others_stay() {
        for plain in PLAIN {
            assert_eq!(profile_in(plain.replace('\n', "\n\n").as_bytes()), plain);
            let prefixed = behind(&plain.replace('\n', "\n\n"), |_| "> ".to_owned());
            assert_eq!(profile_in(prefixed.as_bytes()), plain);
        }
        let nothing =
            "heap profile: 0: 0 [0: 0] @ heap/1048576\n\n# runtime.MemStats\n# Alloc = 9\n# Sys = 12\n";
        assert_eq!(profile_in(nothing.as_bytes()), nothing);
    }

    #[test]
    fn what_only_speaks_of_a_goroutine_is_no_profile() {
        for text in [
            "see goroutine 7 [running]: it hangs\nor not\n",
            "http: panic serving 10.0.0.1:80: goroutine 7 [running]:\nmain.main()\n",
            "10:00:00 panic: goroutine 7 [running]:\nmain.f()\n\t/srv/main.go:7 +0x1d\n10:00:01 served\n",
            "{\"msg\":\"goroutine 7 [running]\"}\n",
            "the heap profile: 7 MiB\n",
        ] {
            assert_eq!(
                Text::of(text.into()).expect("nothing mixed").profile().map(|part| part.text),
                None,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(parts in prop::collection::vec(prop::sample::select(&[
            "goroutine 1 [select]:", "\\n", "\n", "\"", "\"log\":\"", "msg=\"", "\\", "\\u00", "\\ud83d", "é", "> ",
            "web-1 | ", "10:00:00 ", "\t", "heap profile: 1: 2 [3: 4] @ heap/2", "goroutine profile: total 1", "\x1b[3",
        ][..]), 0..24)) {
            let _ = Text::of(parts.concat().into_bytes());
        }
    }
}
