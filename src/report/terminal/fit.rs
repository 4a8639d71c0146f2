//! Text made to fit: wrapped at spaces, or cut in its middle, so that the end of a name stays.

use unicode_width::UnicodeWidthChar;

/// What stands for the part that was cut out.
const CUT: &str = "...";
/// No name is cut to less; a terminal that narrow wraps by itself.
const LEAST: usize = 20;
/// The end of a name, where the function is, gets this part of the room.
const TAIL: f64 = 0.7;

/// Columns that a text takes.
pub(in super::super) fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// A name in at most `width` columns: its middle is left out where it is longer.
pub(in super::super) fn name(text: &str, width: usize) -> String {
    let width = width.max(LEAST);
    if columns(text) <= width {
        return text.to_owned();
    }
    let room = width - CUT.len();
    let tail = (room as f64 * TAIL) as usize;
    let start: String = taken(text.chars(), room - tail).collect();
    let end: Vec<char> = taken(text.chars().rev(), tail).collect();
    format!("{start}{CUT}{}", end.into_iter().rev().collect::<String>())
}

/// The start of a line of source in at most `width` columns.
pub(super) fn start(text: &str, width: usize) -> String {
    let width = width.max(LEAST);
    if columns(text) <= width {
        return text.to_owned();
    }
    let kept: String = taken(text.chars(), width - CUT.len()).collect();
    format!("{kept}{CUT}")
}

/// The first characters that fit into `width` columns.
fn taken(chars: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    chars.take_while(move |c| {
        used += c.width().unwrap_or(0);
        used <= width
    })
}

/// Breaks text at spaces so that no line is wider than `width`; a longer word stands alone.
pub(in super::super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && columns(&line) + 1 + columns(word) > width.max(LEAST) {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_at_the_end_of_a_name_stays() {
        assert_eq!(name("main.(*sessionCache).open", 40), "main.(*sessionCache).open");
        let cut = name("github.com/acme/shop/internal/storage/cart.(*sessionCache).open", 40);
        assert_eq!(cut, "github.com/a...cart.(*sessionCache).open");
        assert_eq!(columns(&cut), 40);
    }

    #[test]
    fn lines_of_source_keep_their_start() {
        assert_eq!(start("a := b", 20), "a := b");
        assert_eq!(start("entry := &note{reader: reader}", 20), "entry := &note{re...");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("数え"), 4);
        assert!(columns(&name(&"数".repeat(50), 41)) <= 41);
        assert_eq!(wrap("数数数数数 数数数数数 数", 20), ["数数数数数", "数数数数数 数"]);
    }
}
