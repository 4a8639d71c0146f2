//! The order of snapshots that do not tell when they were taken: as they were given, or as their names have it.

use crate::profile::{Heading, Kind, Notice, NoticeCode, natural_order};
use crate::series::{Series, Track};
use std::cmp::Ordering;

/// Puts the snapshots of one kind and form, in the order given, in the likeliest order, and says that it is a guess.
///
/// Whoever names files one by one means their order; but a shell sorts the names behind a `*` as text, as nobody counts,
/// so there the numbers in the names are meant. Whatever speaks against the one order and not against the other decides
/// before: times as far as they are known, and what only grows while a process lives.
pub(super) fn order_by_guess(found: &[Heading], track: &mut Vec<usize>) -> Option<Notice> {
    let kind = found[*track.first()?].kind;
    if track.len() < 2 {
        return None;
    }
    let given = std::mem::take(track);
    let by_name = in_natural_order(found, &given);
    let orders = if is_sorted_as_text(found, &given) { [&by_name, &given] } else { [&given, &by_name] };
    let falls = |order: &[usize]| order.windows(2).filter(|pair| falls(found, pair)).count();
    // The first of equals.
    let likeliest = if falls(orders[1]) < falls(orders[0]) { orders[1] } else { orders[0] };
    let basis = match *likeliest == by_name {
        true if is_numbered(found, &by_name) => "the numbers in their names",
        true => "their names",
        false => "the order in which they were given",
    };
    *track = likeliest.clone();
    let guessed =
        format!("not all {} snapshots say when they were taken; {basis} stood in for that", kind.name());
    let doubtful = track.windows(2).find(|pair| contradicts(found, pair));
    Some(match doubtful {
        Some(pair) => Notice::new(
            NoticeCode::OrderDoubtful,
            format!(
                "{guessed}, and it may be wrong: {} seems older than {}, unless the process restarted in between. Name the \
                 files one by one in the order in which they were taken",
                found[pair[1]].source, found[pair[0]].source
            ),
        ),
        None => Notice::new(
            NoticeCode::OrderGuessed,
            format!("{guessed}. If it is another order, name the files in it"),
        ),
    })
}

/// Whether the times of files contradict what only grows while a process lives, and the names of the files do not: then
/// they are those of copies.
pub(super) fn names_know_better(found: &[Heading], of_files: &[usize]) -> bool {
    let by_name = in_natural_order(found, of_files);
    let mut by_time = by_name.clone();
    by_time.sort_by_key(|index| found[*index].taken_at.map(|t| t.nanos));
    let ages_fall =
        |order: &[usize]| order.windows(2).filter(|pair| found[pair[1]].age < found[pair[0]].age).count();
    ages_fall(&by_name) < ages_fall(&by_time)
}

/// Says so if what looks like a restart may be a wrong order.
pub(super) fn invented_restart(series: &Series) -> Option<Notice> {
    let is_guessed = |track: &&Track| track.snapshots.iter().any(|snapshot| snapshot.taken_at.is_none());
    let track = series.tracks().iter().filter(is_guessed).find(|track| !track.breaks.is_empty())?;
    Some(Notice::new(
        NoticeCode::OrderDoubtful,
        format!(
            "not all {} snapshots say when they were taken, so what looks like a restart may be a wrong order. Name the files \
             one by one in the order in which they were taken",
            track.kind.name()
        ),
    ))
}

fn in_natural_order(found: &[Heading], indexes: &[usize]) -> Vec<usize> {
    let mut sorted = indexes.to_vec();
    sorted.sort_by(|a, b| natural_order(&found[*a].source, &found[*b].source));
    sorted
}

/// Whether names stand in the order in which a shell sorts them: by their bytes, or, where the locale has it so, by their
/// letters and digits only.
fn is_sorted_as_text(found: &[Heading], given: &[usize]) -> bool {
    let name = |index: &usize| found[*index].source.as_str();
    let alphanumeric = |index: &usize| {
        name(index).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    given.is_sorted_by_key(name) || given.is_sorted_by_key(alphanumeric)
}

/// Whether it is numbers that tell neighbours apart.
fn is_numbered(found: &[Heading], order: &[usize]) -> bool {
    let without_numbers =
        |index: usize| found[index].source.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    order.windows(2).all(|pair| without_numbers(pair[0]) == without_numbers(pair[1]))
}

/// Whether the second of two snapshots seems to be the older one.
fn falls(found: &[Heading], pair: &[usize]) -> bool {
    times(found, pair) == Some(Ordering::Less) || found[pair[1]].age < found[pair[0]].age
}

/// Whether that is more than a hint: the newest goroutine may have ended, and then the newest id falls in one process too.
fn contradicts(found: &[Heading], pair: &[usize]) -> bool {
    let hint = found[pair[0]].kind != Kind::Heap && is_numbered(found, pair);
    falls(found, pair) && (!hint || times(found, pair) == Some(Ordering::Less))
}

/// How the time of the second compares with that of the first.
fn times(found: &[Heading], pair: &[usize]) -> Option<Ordering> {
    let time = |index: usize| found[index].taken_at.map(|t| t.nanos);
    Some(time(pair[1])?.cmp(&time(pair[0])?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Form, TakenAt, TimeSource};

    fn snapshots(kind: Kind, named: &[(&str, i128)]) -> Vec<Heading> {
        let heading = |(source, age): &(&str, i128)| Heading {
            source: (*source).to_owned(),
            kind,
            form: Form::Text,
            taken_at: None,
            build_id: None,
            is_truncated: false,
            age: *age,
            samples: 1,
            mem_stats: None,
            live: None,
        };
        named.iter().map(heading).collect()
    }

    /// The names in the order found, and the code of the notice.
    fn ordered(found: &[Heading]) -> (Vec<&str>, NoticeCode) {
        let mut track: Vec<usize> = (0..found.len()).collect();
        let notice = order_by_guess(found, &mut track).expect("several snapshots");
        (track.into_iter().map(|index| found[index].source.as_str()).collect(), notice.code)
    }

    #[test]
    fn names_given_by_a_shell_count_by_their_numbers() {
        let found = snapshots(Kind::Goroutine, &[("g-10", 0), ("g-11", 0), ("g-9", 0)]);
        assert_eq!(ordered(&found), (vec!["g-9", "g-10", "g-11"], NoticeCode::OrderGuessed));
        // As a locale sorts that passes over dots.
        let found = snapshots(Kind::Goroutine, &[("g-10.txt", 0), ("g-1.txt", 0), ("g-2.txt", 0)]);
        assert_eq!(ordered(&found).0, ["g-1.txt", "g-2.txt", "g-10.txt"]);
    }

    #[test]
    fn names_given_one_by_one_keep_their_order() {
        let found = snapshots(Kind::Goroutine, &[("noon", 0), ("evening", 0), ("midnight", 0)]);
        assert_eq!(ordered(&found), (vec!["noon", "evening", "midnight"], NoticeCode::OrderGuessed));
    }

    #[test]
    fn counters_that_only_grow_decide() {
        let found = snapshots(Kind::Heap, &[("h-9", 10), ("h-11", 30), ("h-10", 20)]);
        assert_eq!(ordered(&found), (vec!["h-9", "h-10", "h-11"], NoticeCode::OrderGuessed));
        let found = snapshots(Kind::Heap, &[("after", 30), ("before", 20)]);
        assert_eq!(ordered(&found), (vec!["after", "before"], NoticeCode::OrderDoubtful));
        let found = snapshots(Kind::Goroutine, &[("g-1", 30), ("g-2", 20)]);
        assert_eq!(ordered(&found).1, NoticeCode::OrderGuessed, "the newest goroutine may have ended");
    }

    #[test]
    fn times_of_copies_are_known_by_the_counters_they_contradict() {
        let mut found = snapshots(Kind::Heap, &[("h-10", 30), ("h-11", 40), ("h-9", 20)]);
        for (heading, seconds) in found.iter_mut().zip(1..) {
            heading.taken_at = Some(TakenAt { nanos: seconds * 5_000_000_000, source: TimeSource::FileTime });
        }
        assert!(names_know_better(&found, &[0, 1, 2]));
        // Where the process restarted, times and names agree.
        found[2] = Heading { age: 5, source: "h-12".to_owned(), ..found[2].clone() };
        assert!(!names_know_better(&found, &[0, 1, 2]));
    }
}
