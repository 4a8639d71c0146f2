//! Escapes as Go and JSON write them in quoted text.

/// Reads the escape that `text` holds behind its backslash: adds what it stands for, and gives what follows it. `None` if
/// it is none.
///
/// Bytes, because `\xff` stands for a byte of a text that is not UTF-8.
pub(in crate::input) fn unescape<'t>(text: &'t str, bytes: &mut Vec<u8>) -> Option<&'t str> {
    let c = text.chars().next()?;
    let mut rest = &text[c.len_utf8()..];
    let mut code = |digits: usize| {
        let (code, after) = rest.split_at_checked(digits)?;
        rest = after;
        u32::from_str_radix(code, 16).ok()
    };
    let c = match c {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' | '"' | '\'' | '/' => c,
        'x' => {
            bytes.push(u8::try_from(code(2)?).ok()?);
            return Some(rest);
        }
        'u' => {
            let first = code(4)?;
            match char::from_u32(first) {
                Some(c) => c,
                // JSON writes what does not fit 16 bits as two of them.
                None => {
                    let second = rest.strip_prefix("\\u").and_then(|second| second.split_at_checked(4));
                    let (second, after) = second
                        .and_then(|(code, after)| Some((u16::from_str_radix(code, 16).ok()?, after)))?;
                    rest = after;
                    char::decode_utf16([first as u16, second]).next()?.ok()?
                }
            }
        }
        'U' => char::from_u32(code(8)?)?,
        _ => return None,
    };
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_go_and_json_are_read_and_others_are_not() {
        for (text, want, left) in [
            ("n rest", "\n", " rest"),
            ("x41", "A", ""),
            ("u00e4\\n", "ä", "\\n"),
            ("ud83d\\ude00!", "😀", "!"),
            ("U0001f600", "😀", ""),
            ("/x", "/", "x"),
        ] {
            let mut bytes = Vec::new();
            assert_eq!(unescape(text, &mut bytes), Some(left), "{text}");
            assert_eq!(bytes, want.as_bytes(), "{text}");
        }
        for text in ["", "q", "x4", "u00", "uä00", "ud83d", "ud83d\\n", "ud83d\\u0041", "U00110000"] {
            assert_eq!(unescape(text, &mut Vec::new()), None, "{text}");
        }
    }
}
