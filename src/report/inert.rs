//! Text from profiles, made harmless: whoever can name a function or a file must not be able to write to a terminal,
//! turn a line around, or fill a report.

/// The longest text that is shown; a real name is a tenth of it, a hostile one a million times it.
const LONGEST: usize = 2000;
/// The longest name within a sentence or a table.
const LONGEST_SHORT: usize = 200;

/// Text that does nothing: no control characters, so no escape sequences and no line breaks; nothing that is
/// invisible or turns the direction of writing; of bounded length.
pub fn inert(text: &str) -> String {
    // Nearly every name, by the thousand in stacks, and written without a look at each character for itself.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte));
    if is_plain && text.len() <= LONGEST {
        return text.to_owned();
    }
    cut(text, LONGEST, |c| if acts(c) { char::REPLACEMENT_CHARACTER } else { c })
}

/// A name as short as a sentence or a table can bear.
pub(super) fn short(name: &str) -> String {
    cut(name, LONGEST_SHORT, |c| c)
}

fn cut(text: &str, longest: usize, each: impl Fn(char) -> char) -> String {
    let mut kept: String = text.chars().take(longest).map(each).collect();
    if text.chars().nth(longest).is_some() {
        kept.push_str("...");
    }
    kept
}

/// Whether a character does something else than being seen: controls, line and paragraph separators, marks of
/// direction, and what has no width at all.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_replaced_and_the_rest_is_kept() {
        assert_eq!(
            inert("a\u{1b}[31m\nb\u{9b}0m\u{202e}c\u{200b}"),
            "a\u{fffd}[31m\u{fffd}b\u{fffd}0m\u{fffd}c\u{fffd}"
        );
        assert_eq!(inert("main.(*Größe[...]).数える"), "main.(*Größe[...]).数える");
        assert_eq!(inert("main.run\u{7f}"), "main.run\u{fffd}");
    }

    #[test]
    fn long_names_end_in_dots_at_a_whole_character() {
        assert_eq!(inert(&"ä".repeat(1 << 20)).chars().count(), LONGEST + 3);
        assert_eq!(short(&"ä".repeat(LONGEST_SHORT)), "ä".repeat(LONGEST_SHORT));
        assert!(short(&"ä".repeat(LONGEST_SHORT + 1)).ends_with("ä..."));
    }
}
