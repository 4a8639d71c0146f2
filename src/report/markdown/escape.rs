//! Text as markdown: whoever can name a function must not be able to write a ticket.

/// Text with everything that markdown or HTML would take for markup escaped, and with nothing that GitHub or GitLab
/// would make a link, a mention or a formula of.
pub(in super::super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    if starts_a_block(text) {
        escaped.push('\\');
    }
    escape_onto(&mut escaped, text);
    escaped
}

/// A sentence in which backticks stand around names: these become code, and all else text.
pub(crate) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) || pieces.len() == 1 {
        return escape(text);
    }
    let piece = |(index, piece): (usize, &&str)| match (index % 2, piece.is_empty()) {
        (1, false) => code(piece),
        (0, _) if index == 0 => escape(piece),
        _ => cell(piece),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Text for a table's cell, where no block can start.
pub(in super::super) fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    escape_onto(&mut escaped, text);
    escaped
}

fn escape_onto(escaped: &mut String, text: &str) {
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = text[at + c.len_utf8()..].chars().next();
        match c {
            ':' if text[at..].starts_with("://") => escaped.push_str("\\:"),
            '.' if ends_with_www(&text[..at]) => escaped.push_str("\\."),
            '<' => escaped.push_str("&lt;"),
            // An arrow is no markup, and reads better where nobody renders it.
            '>' if before == Some('-') => escaped.push('>'),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // Formulas are found before anything is unescaped.
            '$' => escaped.push_str("&#36;"),
            // Within a word it marks nothing.
            '_' if [before, after].iter().all(|c| c.is_some_and(char::is_alphanumeric)) => escaped.push('_'),
            '`' | '*' | '_' | '[' | ']' | '|' | '\\' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // Mentions, issues and merge requests are found after everything is unescaped, and would notify people.
            '#' | '!' if after.is_some_and(|c| c.is_ascii_digit()) => {
                escaped.push('\\');
                escaped.push(c);
                escaped.push('\u{200b}');
            }
            '#' => escaped.push_str("\\#"),
            '@' => escaped.push_str("@\u{200b}"),
            c => escaped.push(c),
        }
        before = Some(c);
    }
}

/// Whether a line that starts so would be a list, a heading's rule, or a quotation.
fn starts_a_block(text: &str) -> bool {
    let marker = text.split(' ').next().unwrap_or_default();
    matches!(marker, "-" | "+") || text.starts_with("---") || text.starts_with('=')
}

fn ends_with_www(text: &str) -> bool {
    text.len() >= 3 && text.as_bytes()[text.len() - 3..].eq_ignore_ascii_case(b"www")
}

/// Text as a code span: as it is, between more backticks than it has in a row.
pub(in super::super) fn code(text: &str) -> String {
    let text = match text.trim() {
        "" => "?",
        _ => text,
    };
    let ticks = "`".repeat(longest_run(text) + 1);
    // A space on both sides is taken away again; one alone, or backticks, would not stay.
    let padding = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{ticks}{padding}{text}{padding}{ticks}")
}

/// A code span for a table's cell, where a bar ends the cell even within code.
pub(in super::super) fn code_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Lines as a fenced block, between more backticks than they have in a row.
pub(in super::super) fn fence(language: &str, lines: &str) -> String {
    let ticks = "`".repeat((longest_run(lines) + 1).max(3));
    let lines = lines.trim_end_matches('\n');
    format!("{ticks}{language}\n{lines}\n{ticks}\n")
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escape("a|b</details><script>`x`"), "a\\|b&lt;/details&gt;&lt;script&gt;\\`x\\`");
        assert_eq!(escape("https://evil WWW.evil a.b c:d"), "https\\://evil WWW\\.evil a.b c:d");
        assert_eq!(escape("- x"), "\\- x");
        assert_eq!(escape("#1 !2 #x $y$"), "\\#\u{200b}1 \\!\u{200b}2 \\#x &#36;y&#36;");
    }

    #[test]
    fn ordinary_names_and_numbers_read_as_they_are() {
        for plain in
            ["heap inuse_space", "512.2 KiB -> 46.6 MiB", "+46.1 MiB (95 %: 80 % to 100 %)", "main.open"]
        {
            assert_eq!(escape(plain), plain);
        }
        assert_eq!(escape("main.(*T).open"), "main.(\\*T).open");
    }

    #[test]
    fn names_in_a_sentence_become_code_whatever_they_hold() {
        assert_eq!(prose("a `b|*` c*"), "a `b|*` c\\*");
        assert_eq!(prose("a `b c"), "a \\`b c");
        assert_eq!(prose("`<b>` x"), "`<b>` x");
    }

    #[test]
    fn code_keeps_its_backticks_inside() {
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(code("`x``"), "``` `x`` ```");
        assert_eq!(code_cell("a|b"), "`a\\|b`");
        assert_eq!(fence("text", "a ``` b"), "````text\na ``` b\n````\n");
    }
}
