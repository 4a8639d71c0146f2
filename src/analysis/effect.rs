//! Did the fix work? The suspects of one series, looked for in a second one that was taken after a change.

use super::{Analysis, Kinship, Options, kinship};
use crate::clusters::{Groups, Subject, groups, heap_tally};
use crate::growth::{self, Effect, Growth, Pace, Point, resolution, theil_sen_correlated};
use crate::judge::policy::HELD_BY_A_GOROUTINE;
use crate::profile::{Kind, SamplingRate};
use crate::series::{Track, Window};
use crate::suspects::{Confidence, Criteria, HeapMetric, Suspect, group_growth};

/// Fewer points have a slope whose interval covers less than it says.
const LEAST_FOR_SLOPE: usize = 5;
/// A process that allocates less than this part of what it did is idle, and an idle process leaks nothing.
const IDLE: f64 = 0.1;

/// What a change did.
#[derive(Clone, Debug)]
pub struct Effects {
    /// The suspects of the first series, in its order.
    pub checked: Vec<Checked>,
    /// Suspects of the second series that the first did not have, by their place there.
    pub new: Vec<usize>,
    /// How much the process allocates after the change, as a part of what it did before; `None` if that is not known.
    pub load: Option<f64>,
    /// Whether the two series are of one program.
    pub kinship: Kinship,
}

/// A suspect before and after.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its place among the suspects of the first series.
    pub suspect: usize,
    /// Its place among those of the second, if it is still one.
    pub again: Option<usize>,
    /// The pace before; `None` where that series has no times.
    pub before: Option<Pace>,
    /// The pace after; `None` where the second series cannot be judged.
    pub after: Option<Pace>,
    /// What the blamed function keeps in each snapshot of the first series.
    pub points_before: Vec<Point>,
    /// The same in the second series; empty where nothing of it is there.
    pub points_after: Vec<Point>,
    /// Whether anything of the blamed function is in the second series.
    pub is_seen: bool,
    /// What became of it.
    pub effect: Effect,
    /// Why it is too early to tell.
    pub doubt: Option<Doubt>,
}

/// Why it cannot be said what became of a suspect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Doubt {
    /// The first series shows no pace that is surely above 0.
    NoPace,
    /// The second series has no snapshots of the kind, or they cannot be judged.
    NotJudged,
    /// The second series would not have shown the old pace; it takes so many hours.
    TooShort(f64),
    /// The process is idle.
    Idle,
    /// The second series is of another program.
    OtherProgram,
    /// Neither "gone" nor "unchanged" is beyond chance.
    Unsure,
}

/// The growth of one function in one series.
struct Place {
    pace: Option<Pace>,
    /// What it keeps in each snapshot.
    points: Vec<Point>,
    /// The unit in which its growth comes: bytes a sampled object, or one goroutine.
    step: f64,
    /// Steps of a container that is replaced by bigger ones are seen one by one.
    climbs: bool,
}

/// Looks for the suspects of `before` in `after`.
///
/// A suspect is followed at the function that it is blamed on, whose lines and stacks are summed in both series alike:
/// a repair moves lines, and a group that was chosen because it grew would be compared with its own past. Suspects are
/// the same by their fingerprints. What the second series could have shown follows from its length: see
/// [`growth::effect`].
pub fn effects(before: &Analysis, after: &Analysis, options: &Options) -> Effects {
    let load =
        load(before).zip(load(after)).map(|(before, after)| after / before).filter(|load| load.is_finite());
    let sides = [before, after].map(|analysis| Side::of(analysis, options));
    let kinship = kinship(before, after);
    let mut checked: Vec<Checked> = before
        .suspects
        .iter()
        .enumerate()
        .map(|(index, suspect)| {
            let again = after.suspects.iter().position(|other| other.fingerprint == suspect.fingerprint);
            check(index, suspect, again, &sides, load, options)
        })
        .collect();
    if let Kinship::TwoPrograms(_) = kinship {
        for checked in &mut checked {
            (checked.effect, checked.doubt) = (Effect::Inconclusive, Some(Doubt::OtherProgram));
        }
    }
    let known = |suspect: &Suspect| before.suspects.iter().any(|old| old.fingerprint == suspect.fingerprint);
    let new = after.suspects.iter().enumerate().filter(|(_, suspect)| !known(suspect));
    Effects { checked, new: new.map(|(index, _)| index).collect(), load, kinship }
}

fn check(
    index: usize,
    suspect: &Suspect,
    again: Option<usize>,
    sides: &[Side<'_>; 2],
    load: Option<f64>,
    options: &Options,
) -> Checked {
    let [first, second] = sides;
    let function = first.function_of(suspect);
    let old = first.place(suspect.subject, function);
    let new = second.place(suspect.subject, function);
    let hours = second.hours(suspect.subject);
    let before = old.as_ref().and_then(|place| place.pace);
    // What is not there does not grow, but for the one sample that chance may have withheld.
    let step = old.as_ref().map_or(1.0, |place| place.step);
    let vanished = hours.map(|hours| Pace { per_hour: 0.0, error: step / hours });
    let after = new.as_ref().map_or(vanished, |place| place.pace);
    let negligible = match suspect.subject {
        Subject::Heap => options.criteria.min_growth / 24.0,
        Subject::Goroutine => options.criteria.min_growth / 24.0 / HELD_BY_A_GOROUTINE,
    };
    let detectable = match &old {
        Some(place) if place.climbs => place.step,
        _ => resolution(first.analysis.suspects.len(), Criteria::MEDIUM_Q, step.ceil() as i64),
    };
    let (effect, doubt) = match (before, after, hours) {
        (Some(before), ..) if before.interval().0 <= 0.0 => (Effect::TooEarly, Some(Doubt::NoPace)),
        (None, ..) => (Effect::TooEarly, Some(Doubt::NoPace)),
        (Some(before), Some(after), Some(hours)) => {
            let effect = growth::effect(&before, &after, hours, detectable, negligible);
            match effect {
                Effect::TooEarly if before.per_hour * hours < detectable => {
                    (effect, Some(Doubt::TooShort(detectable / before.per_hour)))
                }
                Effect::TooEarly => (effect, Some(Doubt::Unsure)),
                Effect::Fixed | Effect::Better if load.is_some_and(|load| load < IDLE) => {
                    (Effect::TooEarly, Some(Doubt::Idle))
                }
                effect => (effect, None),
            }
        }
        _ => (Effect::TooEarly, Some(Doubt::NotJudged)),
    };
    let is_seen = new.is_some();
    let [points_before, points_after] =
        [old, new].map(|place| place.map_or_else(Vec::new, |place| place.points));
    Checked { suspect: index, again, before, after, points_before, points_after, is_seen, effect, doubt }
}

/// Bytes that the whole process allocates an hour.
fn load(analysis: &Analysis) -> Option<f64> {
    let track = analysis.series.track(Kind::Heap)?;
    let window = window(analysis, Kind::Heap)?;
    let [first, last] = [window.first(), window.last()].map(|index| &track.snapshots[index]);
    let allocated = last.totals[last.columns.alloc_space?] - first.totals[first.columns.alloc_space?];
    Some(allocated as f64 / (window.days()? * 24.0))
}

fn window(analysis: &Analysis, kind: Kind) -> Option<&Window> {
    analysis.windows.iter().find(|(k, _)| *k == kind).map(|(_, window)| window)
}

/// One of the two series, its rows grouped by blamed function.
struct Side<'a> {
    analysis: &'a Analysis,
    groups: Vec<(Kind, Groups)>,
}

impl<'a> Side<'a> {
    fn of(analysis: &'a Analysis, options: &Options) -> Side<'a> {
        let grouped = |(kind, _): &(Kind, Window)| {
            let track = analysis.series.track(*kind)?;
            Some((*kind, groups(track, &analysis.series.names, options.sites.granularity)))
        };
        Side { analysis, groups: analysis.windows.iter().filter_map(grouped).collect() }
    }

    /// The snapshots that tell of a subject, if they can be judged.
    fn judged(&self, subject: Subject) -> Option<(&'a Track, &'a Window)> {
        let of = |kind: Kind| self.analysis.series.track(kind).zip(window(self.analysis, kind));
        if self.analysis.is_obstructed() {
            return None;
        }
        match subject {
            Subject::Heap => self.analysis.heap.as_ref().and_then(|_| of(Kind::Heap)),
            Subject::Goroutine => of(Kind::Goroutine).or_else(|| of(Kind::GoroutineLeak)),
        }
        .filter(|(_, window)| window.can_be_judged())
    }

    fn hours(&self, subject: Subject) -> Option<f64> {
        Some(self.judged(subject)?.1.days()? * 24.0)
    }

    /// The name of the function under which a suspect's largest stack is grouped.
    fn function_of(&self, suspect: &Suspect) -> &'a str {
        let names = &self.analysis.series.names;
        let blame = suspect.sites.first().zip(self.judged(suspect.subject)).and_then(|(site, (track, _))| {
            let groups = self.groups_of(track.kind)?;
            let holds =
                |group: &usize| groups.rows(*group).iter().any(|row| track.rows[*row].site == site.site);
            groups.roots().find(holds).map(|group| groups.get(group).blame)
        });
        &names.info(blame.map_or(suspect.blame.function, |blame| blame.function)).name
    }

    fn groups_of(&self, kind: Kind) -> Option<&Groups> {
        self.groups.iter().find(|(k, _)| *k == kind).map(|(_, groups)| groups)
    }

    /// What a function keeps, and how fast that grows; `None` if it keeps nothing here.
    fn place(&self, subject: Subject, function: &str) -> Option<Place> {
        let (track, window) = self.judged(subject)?;
        let names = &self.analysis.series.names;
        let groups = self.groups_of(track.kind)?;
        let of_it = |group: &usize| names.info(groups.get(*group).blame.function).name == function;
        let rows: Vec<usize> =
            groups.roots().filter(of_it).flat_map(|group| groups.rows(group)).copied().collect();
        if rows.is_empty() {
            return None;
        }
        let growth = group_growth(track, names, &rows, window, HeapMetric::InuseSpace);
        if subject == Subject::Goroutine {
            // Counts are exact, and what comes and goes by chance is at most all that were there.
            let error = (growth.first() + growth.last()).sqrt();
            let pace = pace(&growth, window, error);
            return Some(Place { pace, points: growth.points, step: 1.0, climbs: false });
        }
        let tally = heap_tally(track, &rows, window.first(), window.last());
        let rate = track.snapshots[window.last()].rate.unwrap_or(SamplingRate(1)).0.max(1) as f64;
        let gained = tally.change.after as f64 - tally.change.before as f64;
        let (step, climbs) = match tally.climb {
            Some(climb) => ((climb.to - climb.from) as f64 / climb.steps.max(1) as f64, true),
            None if gained >= 1.0 => ((growth.delta() / gained).max(rate), false),
            None => (rate, false),
        };
        let pace = pace(&growth, window, growth.delta_error.max(step));
        Some(Place { pace, points: growth.points, step, climbs })
    }
}

/// The pace over a window: that which single points move least where there are points enough, else from end to end.
/// `error` is the standard error of the difference between the ends.
fn pace(growth: &Growth, window: &Window, error: f64) -> Option<Pace> {
    let hours = growth.hours()?;
    let end_to_end = Pace { per_hour: growth.delta() / hours, error: error / hours };
    if growth.points.len() < LEAST_FOR_SLOPE {
        return Some(end_to_end);
    }
    let values: Vec<f64> = growth.points.iter().map(|point| point.value).collect();
    let slope = theil_sen_correlated(&window.hours(), &values);
    Some(slope.map_or(end_to_end, |slope| Pace {
        per_hour: slope.per_hour,
        // Half of a 95 % interval is two standard errors. The sampling error is the least there can be.
        error: ((slope.high - slope.low) / 4.0).max(end_to_end.error),
    }))
}

impl Effects {
    /// The worst that became of a suspect of medium confidence or better; of any, if there is none such. A new one of
    /// medium confidence or better is worse. Two programs cannot be compared.
    pub fn overall(&self, before: &Analysis, after: &Analysis) -> Effect {
        if let Kinship::TwoPrograms(_) = self.kinship {
            return Effect::Inconclusive;
        }
        let is_new = self.new.iter().any(|new| after.suspects[*new].confidence > Confidence::Low);
        let is_sure = |checked: &&Checked| before.suspects[checked.suspect].confidence > Confidence::Low;
        let sure: Vec<&Checked> = self.checked.iter().filter(is_sure).collect();
        let counting = if sure.is_empty() { self.checked.iter().collect() } else { sure };
        let has = |effect: &Effect| counting.iter().any(|checked| checked.effect == *effect);
        match [Effect::Worse, Effect::Unchanged, Effect::TooEarly, Effect::Better].into_iter().find(has) {
            _ if is_new => Effect::Worse,
            Some(effect) => effect,
            None if self.checked.is_empty() => Effect::TooEarly,
            None => Effect::Fixed,
        }
    }

    /// Whether both series are of one build, so that the change is not in the second.
    pub fn is_same_build(before: &Analysis, after: &Analysis) -> bool {
        let build = |analysis: &Analysis| {
            let track = analysis.series.tracks().first()?;
            track.snapshots.last()?.build_id.clone()
        };
        build(before).is_some_and(|id| build(after) == Some(id))
    }
}

/// Whether the second series was taken before the first.
pub fn is_swapped(before: &Analysis, after: &Analysis) -> bool {
    let times = |analysis: &Analysis| {
        let tracks = analysis.series.tracks().iter();
        tracks.flat_map(|track| track.snapshots.iter().filter_map(|s| s.taken_at)).map(|t| t.nanos).collect()
    };
    let [before, after]: [Vec<i64>; 2] = [times(before), times(after)];
    let ends = before.iter().min().zip(after.iter().max());
    !after.is_empty() && ends.is_some_and(|(first, last)| last < first)
}
