//! What a log collector puts before each line: times, hosts, names of containers, quote marks, blanks.

use super::start::Start;
use crate::input::Problem;
use crate::input::text::short;

/// No collector puts more before a line.
const LONGEST: usize = 400;

/// What stands before each line of a profile.
#[derive(Debug)]
pub(super) struct Prefix {
    words: Vec<Word>,
    /// The blanks behind the last word. What comes after them belongs to the line, its indentation too.
    gap: String,
    /// As it stands before the first line.
    first: String,
}

#[derive(Debug, PartialEq)]
enum Word {
    /// The same in each line.
    Same(String),
    /// A date, a time, or both.
    Time,
}

impl Prefix {
    /// What stands before the first line of a profile; `None` if that is too long for any collector.
    pub(super) fn of(before: &str) -> Option<Prefix> {
        if before.len() > LONGEST {
            return None;
        }
        let trimmed = before.trim_end();
        let gap = before[trimmed.len()..].to_owned();
        let mut words: Vec<Word> = trimmed
            .split_whitespace()
            .map(|word| if is_time(word) { Word::Time } else { Word::Same(word.to_owned()) })
            .collect();
        // Without a blank nothing says where a time ends.
        if let (Some(last), true) = (words.last_mut(), gap.is_empty()) {
            *last = Word::Same(trimmed.split_whitespace().next_back().unwrap_or_default().to_owned());
        }
        Some(Prefix { words, gap, first: trimmed.to_owned() })
    }

    /// Whether a line, which may be empty behind it, starts like this.
    pub(super) fn fits_before(&self, line: &str) -> bool {
        self.words.is_empty() || self.behind(line).is_some()
    }

    /// The lines of a text that stand behind it, without it.
    ///
    /// # Errors
    /// If profiles stand behind something else as well: they are of other processes.
    pub(super) fn take_from(&self, text: &str) -> Result<String, Problem> {
        let mut lines = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let own = match self.behind(content) {
                Some(own) => own,
                // Mere blanks may be missing, before an empty line for example.
                None if self.words.is_empty() => content,
                None => match Start::before(content) {
                    Some(other) => return Err(self.mixed_with(other)),
                    None => continue,
                },
            };
            // How syslog writes a tab.
            match own.strip_prefix("#011") {
                Some(rest) => lines.extend(["\t", rest]),
                None => lines.push_str(own),
            }
            lines.push_str(&line[content.len()..]);
        }
        Ok(lines)
    }

    /// What stands behind it in a line. Blanks at the end of a line may be missing.
    fn behind<'t>(&self, line: &'t str) -> Option<&'t str> {
        let mut rest = line;
        for (index, word) in self.words.iter().enumerate() {
            rest = rest.trim_start();
            let end = match word {
                Word::Same(word) if rest.starts_with(word.as_str()) => word.len(),
                Word::Time => rest.find(char::is_whitespace).unwrap_or(rest.len()),
                Word::Same(_) => return None,
            };
            let (this, behind) = rest.split_at(end);
            let is_whole = behind.is_empty() || behind.starts_with(char::is_whitespace);
            let is_glued = index + 1 == self.words.len() && self.gap.is_empty();
            if *word == Word::Time && !is_time(this) || !(is_whole || is_glued) {
                return None;
            }
            rest = behind;
        }
        rest.strip_prefix(self.gap.as_str()).or(rest.trim().is_empty().then_some(""))
    }

    fn mixed_with(&self, other: &str) -> Problem {
        Problem::SeveralProcesses { one: short(&self.first), other: short(other.trim_end()) }
    }
}

/// Whether a word is a date or a time, with or without brackets: `10:00:00.5`, `[2026-03-01T10:00:00Z]`, `1772359200`.
fn is_time(word: &str) -> bool {
    const SHORTEST_NUMBER: usize = 9;
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_of_times = |c: char| c.is_ascii_digit() || "-:.,/+TZ[]()|".contains(c);
    let is_number = digits == word.len();
    digits > 0 && word.chars().all(is_of_times) && (!is_number || digits > SHORTEST_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_names() {
        for time in
            ["10:00:00", "2026-03-01T10:00:00.123Z", "[12.5]", "2026/03/01", "1772359200.25", "1772359200"]
        {
            assert!(is_time(time), "{time}");
        }
        for name in ["web-1", "app[1234]:", "1234", "|", ">", "Mar", "E0301"] {
            assert!(!is_time(name), "{name}");
        }
    }
}
