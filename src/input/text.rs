//! What the three text forms share: lines, numbers, labels, and the `@ 0x...` records of `debug=1`.

mod builder;
mod escapes;

pub(super) use builder::Builder;
pub(super) use escapes::unescape;

use super::Problem;
use crate::profile::{Notice, NoticeCode};

/// A line of a text profile that makes no sense.
pub(super) fn malformed(line: usize, what: impl Into<String>) -> Problem {
    Problem::MalformedText { line, what: what.into() }
}

/// The notice that stacks carry addresses only.
pub(super) fn no_symbols(source: &str) -> Notice {
    Notice::about(
        NoticeCode::NoSymbols,
        source,
        "stacks carry addresses but no function names; growth is shown by address. \
         Save the profile from a running Go service (debug=0), which names its own functions",
    )
}

/// One line of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    /// The line without its end.
    pub(super) text: &'a str,
    /// Whether it has an end. Only the last line may have none: the file is cut there, or an editor took it away.
    pub(super) ended: bool,
}

/// The lines of a text, with `\n` or `\r\n` line ends.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').enumerate().map(|(index, line)| Line {
        number: index + 1,
        text: line.trim_end_matches(['\n', '\r']),
        ended: line.ends_with(['\n', '\r']),
    })
}

/// A decimal number, with a sign only if it is negative.
pub(super) fn decimal(digits: &str) -> Option<i64> {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    unsigned.starts_with(|c: char| c.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A hexadecimal number with its `0x`.
pub(super) fn hex(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x")?;
    digits
        .starts_with(|c: char| c.is_ascii_hexdigit())
        .then(|| u64::from_str_radix(digits, 16).ok())
        .flatten()
}

/// A source position, `file:line`. The file may hold colons of its own.
pub(super) fn place(text: &str) -> Option<(&str, u32)> {
    let (file, line) = text.rsplit_once(':')?;
    let line = decimal(line)?;
    Some((file, u32::try_from(line).unwrap_or(0)))
}

/// A goroutine's labels, as (key, value) pairs.
pub(super) type Labels = Vec<(String, String)>;

/// A goroutine's labels at the start of `text`, and what follows them: `{"k":"v", "k 2":"v"}` in `debug=1`, and
/// since Go 1.27 `{k: v, "k 2": v}` in `debug=2`, where only what needs quotes has them.
pub(super) fn labels(text: &str) -> Option<(Labels, &str)> {
    let mut rest = text.strip_prefix('{')?;
    let mut labels = Vec::new();
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((labels, rest));
    }
    loop {
        let (key, after) = label_text(rest)?;
        let after = after.strip_prefix(':')?;
        let (value, after) = label_text(after.strip_prefix(' ').unwrap_or(after))?;
        labels.push((key, value));
        match after.strip_prefix(", ") {
            Some(after) => rest = after,
            None => return Some((labels, after.strip_prefix('}')?)),
        }
    }
}

/// A key or a value, quoted or not, and what follows it.
fn label_text(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([':', ',', '}'])?;
        return Some((text[..end].to_owned(), &text[end..]));
    };
    // Bytes, because `\xff` stands for a byte of a text that is not UTF-8.
    let mut bytes = Vec::new();
    let mut rest = quoted;
    loop {
        let end = rest.find(['"', '\\'])?;
        bytes.extend_from_slice(&rest.as_bytes()[..end]);
        match rest[end..].strip_prefix('\\') {
            Some(escape) => rest = unescape(escape, &mut bytes)?,
            None => return Some((String::from_utf8_lossy(&bytes).into_owned(), &rest[end + 1..])),
        }
    }
}

/// The stack of one `debug=1` record: the return addresses behind its `@`, and the calls that Go lists below in
/// comment lines. The two do not correspond one to one: the calls include inlined ones, and leave out leaf frames
/// of the runtime (S6, S20).
#[derive(Default)]
pub(super) struct Stack<'a> {
    addresses: Vec<u64>,
    calls: Vec<Call<'a>>,
    /// The address of the last call.
    last: u64,
    /// Where the stacks with calls before this one start: in `runtime.goexit`, as a rule.
    outermost: Option<u64>,
    /// Whether some call of the text has no file: then none has.
    without_files: bool,
}

enum Call<'a> {
    /// Its place is missing where a page or a tool left the last column out.
    Named {
        function: &'a str,
        place: Option<(&'a str, u32)>,
    },
    Bare(u64),
}

impl<'a> Stack<'a> {
    /// Starts a new stack with the text behind `@`.
    pub(super) fn start(&mut self, addresses: &str, line: Line<'_>) -> Result<(), Problem> {
        if !self.calls.is_empty() {
            self.outermost = self.addresses.last().copied();
        }
        self.addresses.clear();
        self.calls.clear();
        for address in addresses.split_ascii_whitespace() {
            let address = hex(address)
                .ok_or_else(|| malformed(line.number, format!("`{}` is no address", short(address))))?;
            self.addresses.push(address);
        }
        Ok(())
    }

    /// Adds a call if the comment, given without its `#`, is one: `\t0x4e2524\tmain.f+0x24\tmain.go:51`.
    pub(super) fn comment(&mut self, comment: &'a str, line: Line<'_>) -> Result<(), Problem> {
        let comment = comment.trim();
        if !comment.starts_with("0x") {
            return Ok(());
        }
        let (address, call) = call(comment)
            .filter(|(_, call)| line.ended || self.is_whole(call))
            .ok_or_else(|| malformed(line.number, "it names no function, file and line"))?;
        self.without_files |= matches!(call, Call::Named { place: None, .. });
        self.last = address;
        self.calls.push(call);
        Ok(())
    }

    /// Whether a call is all that there was where the file ends in the middle of its line. One without a name is legal, but not
    /// there.
    fn is_whole(&self, call: &Call<'_>) -> bool {
        match call {
            Call::Named { place, .. } => place.is_some() || self.without_files,
            Call::Bare(_) => false,
        }
    }

    /// Whether a stack that the file ends with is cut short there. Go lists calls down to the last or, because it
    /// hides `runtime.goexit`, to the last but one of the addresses; none where that is all there is.
    pub(super) fn is_cut(&self, last_line: Line<'_>, builder: &Builder<'_>) -> bool {
        if self.calls.is_empty() && self.addresses.iter().eq(&self.outermost) {
            return false;
        }
        if self.calls.is_empty() {
            return !last_line.ended || builder.has_names();
        }
        let mut outermost = self.addresses.iter().rev().take(2);
        !self.addresses.is_empty() && !outermost.any(|a| a.wrapping_sub(1) == self.last)
    }

    /// Appends the stack to the sample that `builder` holds: the calls by name where Go lists them, else the
    /// addresses.
    pub(super) fn write(&self, builder: &mut Builder<'_>) -> Result<(), Problem> {
        for call in &self.calls {
            match *call {
                Call::Named { function, place } => {
                    let (file, line) = place.unwrap_or_default();
                    builder.call(function, file, line)?;
                }
                Call::Bare(address) => builder.address(address)?,
            }
        }
        if self.calls.is_empty() {
            for address in &self.addresses {
                // They are return addresses; one less lies within the call (S31).
                builder.address(address.saturating_sub(1))?;
            }
        }
        Ok(())
    }
}

fn call(comment: &str) -> Option<(u64, Call<'_>)> {
    let (address, rest) = comment.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((comment, ""));
    let address = hex(address)?;
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Some((address, Call::Bare(address)));
    }
    // Names and paths may hold spaces. Where an editor made spaces of the tabs, the first offset ends the name.
    let (function, position) = match rest.split_once('\t') {
        Some((function, position)) => (without_offset(function)?, position),
        None => (rest.match_indices("+0x").find_map(|(at, _)| {
            let (offset, position) = rest[at + 3..].split_once(' ')?;
            is_hex(offset).then_some((&rest[..at], position))
        }))
        .or_else(|| Some((without_offset(rest)?, "")))?,
    };
    let place = match position.trim() {
        "" => None,
        position => Some(place(position)?),
    };
    Some((address, Call::Named { function, place }))
}

/// The name before an offset, `main.f+0x24`.
fn without_offset(function: &str) -> Option<&str> {
    let (function, offset) = function.trim_end().rsplit_once("+0x")?;
    is_hex(offset).then_some(function)
}

fn is_hex(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The start of a text that goes into a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// What the tests of the text readers share.
#[cfg(test)]
pub(super) mod testing {
    use crate::profile::RawProfile;
    use proptest::prelude::*;

    /// The stack of a sample as `function file:line`, leaf first.
    pub(in crate::input) fn stack(profile: &RawProfile, sample: usize) -> Vec<String> {
        let symbols = &profile.symbols;
        let frames = profile.samples.get(sample).stack.iter().flat_map(|l| symbols.frames_of(l));
        frames
            .map(|f| format!("{} {}:{}", symbols.name(f.function), symbols.file(f.function), f.line))
            .collect()
    }

    /// Texts made of such fragments in any order, and of any characters.
    pub(in crate::input) fn plausible(fragments: &'static [&'static str]) -> impl Strategy<Value = String> {
        let fragment = prop_oneof![
            12 => prop::sample::select(fragments).prop_map(str::to_owned),
            3 => prop::sample::select(&["\n", "\n\n", "\r\n", " ", "\t", ":", "@", "(", ")", "[", "]", "{", "}", "\"", "\\"][..]).prop_map(str::to_owned),
            1 => any::<i64>().prop_map(|n| n.to_string()),
            1 => any::<u64>().prop_map(|n| format!("{n:#x}")),
            1 => ".{0,8}",
        ];
        prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_signs_that_go_prints() {
        assert_eq!(
            ["7", "-7", "+7", "", "-", "9223372036854775808"].map(decimal),
            [Some(7), Some(-7), None, None, None, None]
        );
        assert_eq!(
            ["0x1f", "0x", "1f", "0x+1", "0x10000000000000000"].map(hex),
            [Some(31), None, None, None, None]
        );
    }

    #[test]
    fn names_and_paths_may_hold_spaces_plus_signs_and_colons() {
        for (comment, want) in [
            (
                "0x4e2ade\tmain.keep[...]+0x1e\texample.com/probe/main.go:28",
                ("main.keep[...]", "example.com/probe/main.go", 28),
            ),
            (
                "0x1\tmain.F[go.shape.struct { A int }]+0x0\t\tC:/my app+0x2 v1/a.go:3",
                ("main.F[go.shape.struct { A int }]", "C:/my app+0x2 v1/a.go", 3),
            ),
            ("0x1   a/b+0x1c.(*T).f+0xa  /srv/my app/a.go:3", ("a/b+0x1c.(*T).f", "/srv/my app/a.go", 3)),
            ("0x1\tmain._Cfunc_f+0x39\t:0", ("main._Cfunc_f", "", 0)),
        ] {
            let Some((_, Call::Named { function, place: Some((file, line)) })) = call(comment) else {
                panic!("{comment}")
            };
            assert_eq!((function, file, line), want);
        }
        assert!(matches!(call("0x4e2ade"), Some((0x4e2ade, Call::Bare(0x4e2ade)))));
        for without in
            ["0x4e2ade\tmain.keep+0x1e", "0x4e2ade    main.keep+0x1e", "0x4e2ade\tmain.keep+0x1e\t"]
        {
            assert!(matches!(call(without), Some((_, Call::Named { function: "main.keep", place: None }))));
        }
        for cut in [
            "0x4e2ade\tmain.keep",
            "0x4e2ade\tmain.keep+0x1e\texample.com/ma",
            "0x4e2ade\tmain.keep+0x1e\tmain.go:",
        ] {
            assert!(call(cut).is_none(), "{cut}");
        }
    }

    #[test]
    fn labels_are_read_in_both_spellings() {
        let want = |pairs: &[(&str, &str)]| -> Labels {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let strange = [
            ("empty", ""),
            ("k-1", "v-1"),
            ("odd \"key\"\t", "wert: ä, \u{1}\u{fffd}}]:\n😀"),
            ("route", "/cart"),
        ];
        for text in [
            r#"{"empty":"", "k-1":"v-1", "odd \"key\"\t":"wert: ä, \x01\xff}]:\n😀", "route":"/cart"} rest"#,
            r#"{empty: , "k-1": "v-1", "odd \"key\"\t": "wert: \u00e4, \x01\xff}]:\n\U0001f600", route: /cart} rest"#,
        ] {
            assert_eq!(labels(text), Some((want(&strange), " rest")));
        }
        assert_eq!(labels("{}"), Some((vec![], "")));
        assert_eq!(labels("{: }:"), Some((want(&[("", "")]), ":")));
        for broken in [
            "",
            "{",
            "{a",
            "{a: b",
            r#"{"a":"b"#,
            r#"{"a":"\"}"#,
            r#"{"a":"\q"}"#,
            r#"{"a":"\uä00"}"#,
            "{a: b c: d}",
        ] {
            assert_eq!(labels(broken).map(|(l, _)| l.len()), None, "{broken}");
        }
    }
}
