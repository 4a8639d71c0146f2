//! The head of a report: which process it is about, which build, and when.

use super::document::ServiceView;
use super::inert::inert;
use crate::analysis::Analysis;
use crate::series::Program;

/// Digits of a build id that are shown.
const BUILD_DIGITS: usize = 12;

/// What the snapshots say of their process.
pub(super) fn view(analysis: &Analysis) -> ServiceView {
    let snapshots = || analysis.series.tracks().iter().flat_map(|track| &track.snapshots);
    let times = || snapshots().filter_map(|snapshot| Some(snapshot.taken_at?.nanos));
    let builds =
        snapshots().filter_map(|s| Some((s.taken_at.map(|time| time.nanos), s.build_id.as_deref()?)));
    ServiceView {
        program: Program::of(&analysis.series).map(|program| inert(&program.name)),
        instance: host_of(snapshots().map(|snapshot| snapshot.source.as_str())),
        build_id: builds.max_by_key(|(time, _)| *time).map(|(_, id)| inert(id)),
        from: times().min(),
        until: times().max(),
    }
}

/// The host and port of a source that is a URL.
pub(super) fn host(source: &str) -> Option<&str> {
    let (_, rest) = source.split_once("://")?;
    rest.split('/').next().filter(|host| !host.is_empty())
}

/// As many digits of a build id as are enough to know it again.
pub(super) fn short_build(id: &str) -> String {
    id.chars().take(BUILD_DIGITS).collect()
}

/// The host and port that all inputs were fetched from, if they were.
fn host_of<'a>(mut sources: impl Iterator<Item = &'a str>) -> Option<String> {
    let first = host(sources.next()?)?;
    sources.all(|source| host(source) == Some(first)).then(|| inert(first))
}

/// The head in one line, if anything is known: `shop at localhost:6060, build cf15b283a0d1, 2026-11-23 21:33 to 21:34 UTC`.
pub(super) fn line(service: &ServiceView) -> Option<String> {
    let who = match (&service.program, &service.instance) {
        (Some(program), Some(instance)) => Some(format!("{program} at {instance}")),
        (Some(one), None) | (None, Some(one)) => Some(one.clone()),
        (None, None) => None,
    };
    let build = service.build_id.as_ref().map(|id| format!("build {}", short_build(id)));
    let parts: Vec<String> = [who, build, span(service)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// From when to when, to the minute; what does not change is written once.
fn span(service: &ServiceView) -> Option<String> {
    let at = |nanos: i64, form: &str| {
        let time = jiff::Timestamp::from_nanosecond(i128::from(nanos)).ok()?;
        Some(time.strftime(form).to_string())
    };
    let (from, until) = (service.from?, service.until?);
    let (day, time) = ("%Y-%m-%d", "%H:%M");
    let [from_day, until_day] = [at(from, day)?, at(until, day)?];
    let [from_time, until_time] = [at(from, time)?, at(until, time)?];
    Some(match (from_day == until_day, from_time == until_time) {
        (true, true) => format!("{from_day} {from_time} UTC"),
        (true, false) => format!("{from_day} {from_time} to {until_time} UTC"),
        (false, _) => format!("{from_day} {from_time} to {until_day} {until_time} UTC"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_names_what_is_known_and_repeats_nothing() {
        let second = 1_000_000_000;
        let mut service = ServiceView::default();
        assert_eq!(line(&service), None);
        service.program = Some("shop".into());
        service.from = Some(1_764_000_000 * second);
        service.until = Some(1_764_000_100 * second);
        assert_eq!(line(&service).as_deref(), Some("shop, 2025-11-24 16:00 to 16:01 UTC"));
        service.instance = Some("10.0.0.7:6060".into());
        service.build_id = Some("0123456789abcdef".into());
        service.until = Some(1_764_100_000 * second);
        let long = "shop at 10.0.0.7:6060, build 0123456789ab, 2025-11-24 16:00 to 2025-11-25 19:46 UTC";
        assert_eq!(line(&service).as_deref(), Some(long));
    }

    #[test]
    fn a_host_is_named_where_all_came_from_it() {
        let host = |sources: &[&str]| host_of(sources.iter().copied());
        assert_eq!(host(&["http://a:1/x", "http://a:1/y?gc=1"]).as_deref(), Some("a:1"));
        assert_eq!(host(&["http://a:1/x", "http://b:1/x"]), None);
        assert_eq!(host(&["heap.pb.gz", "http://b:1/x"]), None);
        assert_eq!(host(&[]), None);
    }
}
