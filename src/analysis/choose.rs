//! Which of the given profiles are compared: one a kind and side, in the form that says most.

use super::guess::{names_know_better, order_by_guess};
use super::{COPIED_AT_ONCE, Incomparable};
use std::collections::{BTreeMap, BTreeSet};

use crate::profile::{Form, Heading, Kind, Notice, NoticeCode, RawProfile, TakenAt, TimeSource, stamped};

/// The profiles to compare, in the order they enter the series: of each kind the earliest before, then the latest
/// after. A goroutineleak profile is proof even when only one side has it.
pub(super) fn pairs(
    before: Vec<RawProfile>,
    after: Vec<RawProfile>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<RawProfile>, Incomparable> {
    let kinds = |side: &[RawProfile]| match side {
        [] => "nothing usable".to_owned(),
        side => {
            let names: Vec<&str> =
                Kind::ALL.iter().filter(|k| side.iter().any(|p| p.kind == **k)).map(|k| k.name()).collect();
            format!("a {} profile", names.join(" and "))
        }
    };
    let error = Incomparable::NoCommonKind { before: kinds(&before), after: kinds(&after) };
    let mut chosen: Vec<(Side, RawProfile)> = Vec::new();
    let mut comparable = false;
    let (mut before, mut after) = (before, after);
    for kind in Kind::ALL {
        let (olds, news) = (take_kind(&mut before, kind), take_kind(&mut after, kind));
        match (olds.is_empty(), news.is_empty()) {
            (true, true) => continue,
            (false, false) => {
                comparable = true;
                let form = common_form(&olds, &news);
                chosen.push((Side::Before, pick(olds, form, Side::Before, notices)));
                chosen.push((Side::After, pick(news, form, Side::After, notices)));
            }
            (no_olds, _) => {
                let missing = if no_olds { "before" } else { "after" };
                let only = if no_olds { news } else { olds };
                let profile = pick(only, None, Side::After, notices);
                if kind == Kind::GoroutineLeak {
                    chosen.push((if no_olds { Side::After } else { Side::Before }, profile));
                } else {
                    notices.push(Notice::about(
                        NoticeCode::OneSided,
                        profile.source,
                        format!(
                            "there is no {} profile {missing}, so this one has nothing to be compared with",
                            kind.name()
                        ),
                    ));
                }
            }
        }
    }
    share_times(&mut chosen);
    if comparable { Ok(chosen.into_iter().map(|(_, profile)| profile).collect()) } else { Err(error) }
}

/// Gives profiles that do not say when they were taken the time of one that does, on the same side: the files of a
/// folder are of one round.
fn share_times(chosen: &mut [(Side, RawProfile)]) {
    for side in [Side::Before, Side::After] {
        let own = |p: &RawProfile| p.taken_at.filter(|t| t.source == TimeSource::Profile);
        let Some(time) = chosen.iter().filter(|(s, _)| *s == side).find_map(|(_, p)| own(p)) else {
            continue;
        };
        for (_, profile) in chosen.iter_mut().filter(|(s, p)| *s == side && own(p).is_none()) {
            profile.taken_at = Some(TakenAt { nanos: time.nanos, source: TimeSource::SameRound });
        }
    }
}

/// The snapshots of a series by their places in `found`, their times shared already, kind by kind in order of time, one
/// form a kind: the one with most snapshots, dumps first. Two of one kind and moment that say the same count once.
pub(super) fn series(found: &[Heading], notices: &mut Vec<Notice>) -> Result<Vec<usize>, Incomparable> {
    let time = |index: &usize| found[*index].taken_at.map(|t| t.nanos);
    let mut chosen: Vec<usize> = Vec::new();
    let (mut longest, mut repeated) = (0, 0);
    for kind in Kind::ALL {
        let of_kind = |heading: &&Heading| heading.kind == kind;
        let count = |form: Form| {
            let whole = found.iter().filter(of_kind).filter(|h| h.form == form && !h.is_truncated).count();
            (whole, found.iter().filter(of_kind).filter(|h| h.form == form).count())
        };
        let forms = [Form::Dump, Form::Proto, Form::Text];
        // The first of equals, so a dump wins where there are as many.
        let Some(form) =
            forms.into_iter().rev().max_by_key(|form| count(*form)).filter(|form| count(*form).1 > 0)
        else {
            continue;
        };
        let mut track: Vec<usize> = (0..found.len())
            .filter(|index| found[*index].kind == kind && found[*index].form == form)
            .collect();
        notices.extend(other_rounds(found, &track));
        let given = track.len();
        if track.iter().all(|index| time(index).is_some()) {
            // So that nothing depends on the order of the command line.
            track.sort_by(|a, b| found[*a].source.cmp(&found[*b].source));
            // What only grows while a process lives tells the order where times are the same, and whether two snapshots
            // of one moment are one: a Date header counts whole seconds.
            track.sort_by_key(|index| (time(index), found[*index].age));
            track.dedup_by_key(|index| (time(index), found[*index].age, found[*index].samples));
        } else {
            // One file is one snapshot; a URL gives another one each time.
            let mut files = BTreeSet::new();
            track.retain(|index| {
                let source = found[*index].source.as_str();
                source.contains("://") || files.insert(source)
            });
            notices.extend(order_by_guess(found, &mut track));
        }
        if track.len() < given {
            let again = given - track.len();
            repeated += again;
            notices.push(Notice::new(
                NoticeCode::RepeatedSnapshot,
                format!("{again} {} snapshots were given twice; each counts once", kind.name()),
            ));
        }
        leave_out_cut(found, &mut track, notices);
        longest = longest.max(if kind == Kind::GoroutineLeak { track.len().min(1) } else { track.len() });
        chosen.append(&mut track);
    }
    if longest < 2 {
        let found: Vec<&str> = chosen.iter().map(|index| found[*index].kind.name()).collect();
        let mut found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        match repeated {
            0 => {}
            1 => found.push_str(" (and a second time the same snapshot)"),
            n => found.push_str(&format!(" (and {n} times more the same snapshot)")),
        }
        return Err(Incomparable::TooShort { found });
    }
    Ok(chosen)
}

/// Says so if snapshots of a kind are in another form than those of its track, and of other rounds: one round in two forms
/// is nothing to tell.
fn other_rounds(found: &[Heading], track: &[usize]) -> Option<Notice> {
    let first = &found[*track.first()?];
    let round = |heading: &Heading| {
        let (folder, name) = heading.source.rsplit_once('/').unwrap_or(("", &heading.source));
        let stem = name.split('.').next().unwrap_or(name);
        round_of(&heading.source).unwrap_or_else(|| format!("{folder}/{stem}"))
    };
    // A collector names each snapshot by its own time, so that the names tell of no round.
    let is_stamped =
        |heading: &Heading| stamped(heading.source.rsplit('/').next().unwrap_or_default()).is_some();
    let is_other = |h: &&Heading| h.kind == first.kind && h.form != first.form && !is_stamped(h);
    let mut others: Vec<&Heading> = found.iter().filter(is_other).collect();
    if !others.is_empty() {
        let known: BTreeSet<String> = track.iter().map(|index| round(&found[*index])).collect();
        others.retain(|heading| !known.contains(&round(heading)));
    }
    let example = others.first()?;
    let name = |form: Form| match form {
        Form::Proto => "binary",
        Form::Text => "debug=1",
        Form::Dump => "debug=2",
    };
    Some(Notice::new(
        NoticeCode::ChosenInput,
        format!(
            "{} {} snapshots are left out, {} for example: a series is judged in one form, and there are more, or as many, in \
             the {} form than in the {} form. Take all in one form",
            others.len(),
            first.kind.name(),
            example.source,
            name(first.form),
            name(example.form)
        ),
    ))
}

/// Leaves out dumps that were cut and have a whole one behind them: what is missing would look like growth. Those at the end
/// count as much as they hold, which can show growth and call nothing clean.
fn leave_out_cut(found: &[Heading], track: &mut Vec<usize>, notices: &mut Vec<Notice>) {
    let Some(last_whole) = track.iter().rposition(|index| !found[*index].is_truncated) else { return };
    let is_left_out = |place: usize, index: usize| place < last_whole && found[index].is_truncated;
    let kept: Vec<usize> =
        track.iter().enumerate().filter(|(p, i)| !is_left_out(*p, **i)).map(|(_, i)| *i).collect();
    if kept.len() < 2 || kept.len() == track.len() {
        return;
    }
    let cut = track.iter().enumerate().filter(|(place, index)| is_left_out(*place, **index));
    notices.extend(cut.map(|(_, index)| {
        let message =
            "this dump was cut, and is left out of the series: what is missing would look like growth";
        Notice::about(NoticeCode::ChosenInput, &found[*index].source, message)
    }));
    *track = kept;
}

/// Gives profiles that do not say when they were taken the time of one of the same round that does. Rounds are known
/// by the numbers in the file names: `goroutine-03.txt` and `heap-03.pb.gz` of one folder are one.
pub(crate) fn share_times_of_rounds(found: &mut [Heading]) {
    let own = |h: &Heading| h.taken_at.filter(|t| t.source == TimeSource::Profile);
    if found.iter().all(|h| own(h).is_some()) {
        return;
    }
    let known = |key: fn(&str) -> Option<String>| {
        let mut times: BTreeMap<String, TakenAt> = BTreeMap::new();
        for (key, time) in found.iter().filter_map(|h| Some((key(&h.source)?, own(h)?))) {
            // Of several in a round the latest, whatever their order: by then all of it was taken.
            times.entry(key).and_modify(|t| t.nanos = t.nanos.max(time.nanos)).or_insert(time);
        }
        times
    };
    let (by_name, by_number) = (known(name_without_kind), known(round_of));
    for heading in found.iter_mut().filter(|h| own(h).is_none()) {
        let of = |known: &BTreeMap<String, TakenAt>, key: Option<String>| known.get(&key?).copied();
        let time = of(&by_name, name_without_kind(&heading.source))
            .or_else(|| of(&by_number, round_of(&heading.source)));
        if let Some(time) = time {
            heading.taken_at = Some(TakenAt { nanos: time.nanos, source: TimeSource::SameRound });
        }
    }
    forget_copied_times(found);
}

/// When the latest snapshot was taken, in nanoseconds since the Unix epoch. The time of a file says when it was copied, so
/// it counts only where no profile says more.
pub fn latest_time(headings: &[Heading]) -> Option<i64> {
    let times = || headings.iter().filter_map(|heading| heading.taken_at);
    let said = times().filter(|time| time.source != TimeSource::FileTime).map(|time| time.nanos).max();
    said.or_else(|| times().map(|time| time.nanos).max())
}

/// Files of one kind that were written within a second come from one copy or checkout, and so do those whose order is not
/// that of the profiles: their times say nothing, and their names give the order.
fn forget_copied_times(found: &mut [Heading]) {
    let copied = Kind::ALL.into_iter().any(|kind| {
        let is_of_file = |h: &Heading| h.taken_at.is_some_and(|t| t.source == TimeSource::FileTime);
        let of_files: Vec<usize> =
            (0..found.len()).filter(|i| found[*i].kind == kind && is_of_file(&found[*i])).collect();
        are_copies(of_files.iter().filter_map(|index| found[*index].taken_at))
            || [Form::Dump, Form::Text, Form::Proto].into_iter().any(|form| {
                let of_form = |index: &usize| found[*index].form == form;
                names_know_better(found, &of_files.iter().copied().filter(of_form).collect::<Vec<_>>())
            })
    });
    if copied {
        for heading in found.iter_mut() {
            heading.taken_at = heading.taken_at.filter(|t| t.source != TimeSource::FileTime);
        }
    }
}

/// Whether the times of some files are so close that they were written by one copy or checkout.
fn are_copies(times: impl Iterator<Item = TakenAt>) -> bool {
    let mut times: Vec<i64> =
        times.filter(|t| t.source == TimeSource::FileTime).map(|time| time.nanos).collect();
    times.sort_unstable();
    times.windows(2).any(|pair| pair[1].saturating_sub(pair[0]) < COPIED_AT_ONCE)
}

/// A path without its endings and without the kind of profile in its name, which keeps apart the rounds of
/// `a-heap-01.pb.gz` and `b-heap-01.pb.gz`; `None` without numbers.
fn name_without_kind(source: &str) -> Option<String> {
    let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let kind = ["goroutineleak", "goroutines", "goroutine", "heap", "allocs"]
        .into_iter()
        .find(|k| stem.contains(k))?;
    round_of(source)?;
    Some(format!("{folder}/{}", stem.replacen(kind, "", 1)))
}

/// The folder and the numbers of a file name before its first dot; `None` without numbers.
fn round_of(source: &str) -> Option<String> {
    let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
    let stem = name.split('.').next().unwrap_or(name);
    let numbers: Vec<&str> =
        stem.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    (!numbers.is_empty()).then(|| format!("{folder}/{}", numbers.join("-")))
}

fn take_kind(side: &mut Vec<RawProfile>, kind: Kind) -> Vec<RawProfile> {
    let (taken, rest) = std::mem::take(side).into_iter().partition(|profile| profile.kind == kind);
    *side = rest;
    taken
}

/// The form to compare in, if both sides have one in common. A dump knows each goroutine by its id, unless it was
/// cut; the binary form knows more than the text.
fn common_form(olds: &[RawProfile], news: &[RawProfile]) -> Option<Form> {
    let has = |side: &[RawProfile], form: Form| {
        side.iter().any(|p| p.form == form && !p.notices.iter().any(|n| n.code == NoticeCode::TruncatedDump))
    };
    [Form::Dump, Form::Proto, Form::Text].into_iter().find(|form| has(olds, *form) && has(news, *form))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

fn pick(
    mut profiles: Vec<RawProfile>,
    form: Option<Form>,
    side: Side,
    notices: &mut Vec<Notice>,
) -> RawProfile {
    if let Some(form) = form {
        profiles.retain(|profile| profile.form == form);
    }
    // Stable: profiles without a time keep the order of their names, and so do copies that were made at once.
    let copied = are_copies(profiles.iter().filter_map(|profile| profile.taken_at));
    let said = |time: &TakenAt| !(copied && time.source == TimeSource::FileTime);
    profiles.sort_by_key(|profile| profile.taken_at.filter(said).map(|t| t.nanos));
    let count = profiles.len();
    let index = match side {
        Side::Before => 0,
        Side::After => count - 1,
    };
    let chosen = profiles.swap_remove(index);
    if count > 1 {
        let which = if side == Side::Before { "earliest" } else { "latest" };
        notices.push(Notice::about(
            NoticeCode::ChosenInput,
            &chosen.source,
            format!(
                "of {count} {} snapshots given on this side, only the {which}, this one, is compared",
                chosen.kind.name()
            ),
        ));
    }
    chosen
}

/// Whether no two profiles are known to come from different builds.
pub(super) fn is_one_build<'a>(build_ids: impl Iterator<Item = Option<&'a str>>) -> bool {
    let mut ids = build_ids.flatten();
    let first = ids.next();
    ids.all(|id| Some(id) == first)
}
