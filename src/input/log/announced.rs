//! Dumps whose headers stand behind words that the lines below them lack: what a test prints of each goroutine that it
//! left, and the first line behind the opening of a page, a cell or a message.

use super::start::{Start, end_of_header, starts_here};
use crate::input::goroutine_dump::{is_call, is_position};

/// The calls of a goroutine are passed over in search of the next one, up to so many lines.
const LOOKED_AT: usize = 100;

/// A dump with words before a header.
#[derive(Debug)]
pub(super) struct Announced {
    /// What stands before the calls.
    indent: String,
}

impl Announced {
    /// The dump of which the first header has words before it and stands at the start of `text`.
    ///
    /// A logger may print the stack of the very goroutine that logs, which is running, behind its words as well. It is of a dump
    /// only if the next goroutine follows it.
    pub(super) fn of(text: &str) -> Option<Announced> {
        let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
        let header = lines.next()?;
        let state = header.find('[')? + 1;
        if !header[end_of_header(header, state)?..].trim().is_empty() {
            return None;
        }
        let call = lines.next()?;
        let (own, position) = (call.trim_start(), lines.next()?);
        if !is_call(own) || !is_position(position.trim()) {
            return None;
        }
        let indent = call[..call.len() - own.len()].to_owned();
        let mut rest = lines.take(LOOKED_AT).skip_while(|line| {
            let line = line.trim();
            is_call(line) || is_position(line) || line.starts_with("created by ") || line.starts_with("...")
        });
        let is_next = |line: &str| Start::before(line).is_some();
        let mut is_followed = || {
            let next = rest.find(|line| !line.trim().is_empty());
            next.is_some_and(is_next)
        };
        (!header[state..].starts_with("running") || is_followed()).then_some(Announced { indent })
    }

    /// The text without such words and without the indentation of calls.
    pub(super) fn take_from(&self, text: &str) -> String {
        let mut lines = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let (line, behind) = rest.split_at(rest.find('\n').map_or(rest.len(), |at| at + 1));
            let before = Start::before(line).unwrap_or_default();
            let own = match line.strip_prefix(self.indent.as_str()) {
                Some(own) if before.is_empty() || starts_here(own) => own,
                _ if !before.is_empty() && Announced::of(&rest[before.len()..]).is_some() => {
                    &line[before.len()..]
                }
                _ => line,
            };
            lines.push_str(own);
            rest = behind;
        }
        lines
    }
}
