//! The first line of a goroutine in a dump: its id, state, wait, marks and labels.

use crate::input::text::{self, Labels, decimal};
use crate::profile::Goroutine;

/// A goroutine and its labels (`None` if they cannot be read), from a line such as
/// `goroutine 7 gp=0xc000 m=nil [chan receive (nil chan) (leaked), 3 minutes, locked to thread] {route: /cart}:`
/// (S22; runtime/traceback.go, `goroutineheader`).
pub(super) fn header(line: &str) -> Option<(Goroutine, Option<Labels>)> {
    let rest = line.trim_end().strip_prefix("goroutine ")?.strip_suffix(':')?;
    let (before, rest) = rest.split_once('[')?;
    let mut words = before.split_ascii_whitespace();
    let id = u64::try_from(decimal(words.next()?)?).ok()?;
    if !words.all(|word| word.contains('=')) {
        return None;
    }
    let (status, labels) = rest.split_once(']')?;
    let labels = match labels.trim_start() {
        "" => Some(Vec::new()),
        labels => text::labels(labels).filter(|(_, rest)| rest.is_empty()).map(|(labels, _)| labels),
    };

    Some((goroutine(id, status), labels))
}

/// What the runtime puts behind a state.
enum Mark {
    Minutes(Option<u64>),
    Locked,
    Bubble,
}

fn mark(text: &str) -> Option<Mark> {
    if let Some(minutes) = text.strip_suffix(" minutes").and_then(decimal) {
        return Some(Mark::Minutes(u64::try_from(minutes).ok()));
    }
    match text {
        "locked to thread" => Some(Mark::Locked),
        _ => text.starts_with("synctest bubble ").then_some(Mark::Bubble),
    }
}

/// The goroutine of a status. Its state ends at the first mark, since it may have commas and parentheses of its own (S23);
/// marks that are not known, as later versions may have some, are passed over behind one that is.
fn goroutine(id: u64, status: &str) -> Goroutine {
    let (mut wait_minutes, mut leaked, mut locked) = (None, false, false);
    let mut behind = status.match_indices(", ").map(|(at, comma)| (at, &status[at + comma.len()..]));
    let first = |text: &str| text.split(", ").next().and_then(mark);
    let end = behind.find(|(_, text)| first(text).is_some());
    let (mut state, marks) = end.map_or((status, ""), |(at, text)| (&status[..at], text));
    for one in marks.split(", ").filter_map(mark) {
        match one {
            Mark::Minutes(minutes) => wait_minutes = minutes,
            Mark::Locked => locked = true,
            Mark::Bubble => {}
        }
    }
    loop {
        if let Some(head) = state.strip_suffix(" (leaked)") {
            leaked = true;
            state = head;
        } else if let Some(head) = state.strip_suffix(" (scan)").or(state.strip_suffix(" (durable)")) {
            state = head;
        } else {
            break;
        }
    }
    Goroutine { id, state: state.to_owned(), wait_minutes, leaked, locked, created_by: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goroutine_of(status: &str) -> Goroutine {
        header(&format!("goroutine 7 [{status}]:")).expect("a header").0
    }

    #[test]
    fn marks_are_read_behind_any_state() {
        let plain = goroutine_of("GC worker (idle)");
        assert_eq!((plain.state.as_str(), plain.leaked), ("GC worker (idle)", false));
        for (status, state) in [
            ("select (durable), synctest bubble 3", "select"),
            ("sync.WaitGroup.Wait (durable), 5 minutes, synctest bubble 12", "sync.WaitGroup.Wait"),
            ("running (scan), locked to thread", "running"),
            ("chan send (nil chan) (leaked) (scan)", "chan send (nil chan)"),
            ("trace reader (blocked), 90 minutes", "trace reader (blocked)"),
            ("some state, with a comma", "some state, with a comma"),
            ("", ""),
        ] {
            assert_eq!(goroutine_of(status).state, state, "{status}");
        }
        assert_eq!(goroutine_of("sleep, 90 minutes, locked to thread").wait_minutes, Some(90));
        let unknown = goroutine_of("chan send, 8 minutes, of tomorrow, locked to thread");
        assert_eq!(
            (unknown.state.as_str(), unknown.wait_minutes, unknown.locked),
            ("chan send", Some(8), true)
        );
        // As GOTRACEBACK=system prints it.
        let (g, _) = header("goroutine 17 gp=0xc560 m=5 mp=0xc561 [syscall, 3 minutes]:").expect("a header");
        assert_eq!((g.id, g.state.as_str(), g.wait_minutes), (17, "syscall", Some(3)));
        let (g, labels) = header("goroutine 17 [select] <a=b>:").expect("a header");
        assert_eq!((g.state.as_str(), labels), ("select", None));
        for other in
            ["goroutine 17 [select]", "goroutine x [select]:", "goroutine 5 said [no]:", "goroutine 5:"]
        {
            assert!(header(other).is_none(), "{other}");
        }
    }
}
