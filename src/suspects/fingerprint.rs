//! The stable id of a suspect.

use super::{Candidate, Tracks};
use crate::clusters::Subject;
use crate::series::FunctionId;
use std::collections::BTreeMap;

/// The ids of leaks, by the candidates that lead them: the blamed function, and where it is blamed for several of memory,
/// the calls from it to the allocation as well. At which level a leak stood out takes no part, since that is a matter of
/// chance.
pub(super) fn identify<'a>(
    leads: impl Iterator<Item = &'a Candidate> + Clone,
    tracks: &Tracks<'_>,
) -> Vec<String> {
    let mut times: BTreeMap<FunctionId, usize> = BTreeMap::new();
    for lead in leads.clone().filter(|lead| lead.subject == Subject::Heap) {
        *times.entry(lead.known_by).or_default() += 1;
    }
    let path = |lead: &Candidate| match (lead.sites.first(), tracks.heap) {
        (Some(site), Some((track, _))) if times[&lead.known_by] > 1 => track
            .latest_stack(site.site)
            .iter()
            .map(|frame| tracks.names.function_of(frame))
            .take_while(|function| *function != lead.known_by)
            .map(|function| tracks.names.info(function).name.as_str())
            .collect(),
        _ => Vec::new(),
    };
    leads
        .map(|lead| match lead.subject {
            Subject::Heap => {
                let blamed = tracks.names.info(lead.known_by).name.as_str();
                place_id(Subject::Heap, blamed, path(lead).into_iter())
            }
            Subject::Goroutine => of_goroutines(lead, tracks),
        })
        .collect()
}

/// The id of a place that is the same in all processes and builds: that of a suspect there, should it be one. `path` are the calls from the
/// blamed function to the allocation, leaf first, where there are several.
pub fn place_id<'a>(subject: Subject, blamed: &'a str, path: impl Iterator<Item = &'a str>) -> String {
    let kind = match subject {
        Subject::Heap => "heap",
        Subject::Goroutine => "goroutine",
    };
    fingerprint([kind, blamed].into_iter().chain(path))
}

/// The id of goroutines, whatever they are joined to.
pub(super) fn of_goroutines(candidate: &Candidate, tracks: &Tracks<'_>) -> String {
    place_id(Subject::Goroutine, &tracks.names.info(candidate.known_by).name, std::iter::empty())
}

/// Hashes the parts of an identity to 16 hexadecimal digits (64-bit FNV-1a). The parts are function names; lines,
/// addresses, hosts, times and the numbers of closures take no part, so that the id survives them.
fn fingerprint<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in parts {
        without_closure_numbers(part).bytes().for_each(&mut take);
        take(0);
    }
    format!("{hash:016x}")
}

/// `main.run.func2.1` and `main.run.func3` are both `main.run.func`: closures are numbered in source order, and a
/// new one shifts the others.
fn without_closure_numbers(function: &str) -> String {
    let mut kept = Vec::new();
    for segment in function.split('.') {
        let segment = segment.split("-range").next().unwrap_or(segment);
        let bare = segment.trim_end_matches(|c: char| c.is_ascii_digit());
        match bare {
            "" if !segment.is_empty() && !kept.is_empty() => {}
            "func" | "gowrap" | "deferwrap" => kept.push(bare),
            _ => kept.push(segment),
        }
    }
    kept.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_keep_their_id_when_they_are_renumbered() {
        assert_eq!(without_closure_numbers("main.run.func2.1"), "main.run.func");
        assert_eq!(without_closure_numbers("main.run.func12-range1"), "main.run.func");
        assert_eq!(without_closure_numbers("main.(*T2).Put.gowrap3"), "main.(*T2).Put.gowrap");
        assert_eq!(without_closure_numbers("example.com/v2.F"), "example.com/v2.F");
        let id = |name: &str| fingerprint(["heap", name].into_iter());
        assert_eq!(id("main.run.func1"), id("main.run.func2"));
        assert_ne!(id("main.run"), id("main.walk"));
    }
}
