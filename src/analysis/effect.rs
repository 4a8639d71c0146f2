//! Did the fix work? The suspects of one series, looked for in a second one that was taken after a change.

use super::pace::{Place, Side};
use super::{Analysis, Kinship, Options, kinship};
use crate::clusters::Subject;
use crate::growth::{self, Effect, Pace, Point, resolution};
use crate::judge::policy::HELD_BY_A_GOROUTINE;
use crate::profile::Kind;
use crate::suspects::{Confidence, Criteria, Suspect};
use std::collections::BTreeSet;

/// A process that allocates less than this part of what it did is idle, and an idle process leaks nothing.
const IDLE: f64 = 0.1;

/// What a change did.
#[derive(Clone, Debug)]
pub struct Effects {
    /// The suspects of the first series, in its order.
    pub checked: Vec<Checked>,
    /// Suspects of the second series that the first did not have, by their place there.
    pub new: Vec<usize>,
    /// Suspects of the second series that grew as fast in the first, though it had no suspect there.
    pub as_before: Vec<usize>,
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
    /// Its parts, each followed on its own: the one that says what became of the suspect first, then in its order.
    pub parts: Vec<PartChange>,
}

/// What became of one part of a suspect: its memory, or its goroutines, at one function.
#[derive(Clone, Debug)]
pub struct PartChange {
    /// Memory or goroutines.
    pub subject: Subject,
    /// The function that it is blamed on.
    pub function: String,
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

impl Checked {
    /// The part that says what became of the suspect.
    pub fn telling(&self) -> &PartChange {
        &self.parts[0]
    }

    /// What became of the suspect: the worst that is known of a part. Where all that is known is that parts are fixed, so
    /// is the suspect, unless another part surely grows on.
    pub fn effect(&self) -> Effect {
        self.telling().effect
    }
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
    /// Neither "gone" nor "unchanged" is beyond chance. A second series of so many hours would show that it is gone, if it is.
    Unsure(Option<f64>),
}

/// Looks for the suspects of `before` in `after`.
///
/// Each part of a suspect is followed at the function that it is blamed on, whose lines and stacks are summed in both series alike:
/// a repair moves lines, and a group that was chosen because it grew would be compared with its own past. Suspects are
/// the same by their fingerprints. What the second series could have shown follows from its length: see
/// [`growth::effect`]. Where both were analysed with [`Options::places`], the judgement says how fast a place grows as well as its slope.
pub fn effects(before: &Analysis, after: &Analysis, options: &Options) -> Effects {
    let load =
        load(before).zip(load(after)).map(|(before, after)| after / before).filter(|load| load.is_finite());
    let sides = [before, after].map(|analysis| Side::of(analysis, options));
    let kinship = kinship(before, after);
    let compared = Compared { sides: &sides, load, options };
    let mut checked: Vec<Checked> = before
        .suspects
        .iter()
        .enumerate()
        .map(|(suspect, old)| Checked {
            suspect,
            again: after.suspects.iter().position(|new| is_same(old, new)),
            parts: compared.parts(old),
        })
        .collect();
    if let Kinship::TwoPrograms(_) = kinship {
        for part in checked.iter_mut().flat_map(|checked| &mut checked.parts) {
            (part.effect, part.doubt) = (Effect::Inconclusive, Some(Doubt::OtherProgram));
        }
    }
    let of_old = |new: &Suspect| {
        let function = sides[1].function_of(new);
        let is_it = |part: &PartChange| part.subject == new.subject && part.function == function;
        before.suspects.iter().any(|old| is_same(old, new))
            || checked.iter().flat_map(|checked| &checked.parts).any(is_it)
    };
    let others = after.suspects.iter().enumerate().filter(|(_, new)| !of_old(new));
    let (as_before, new): (Vec<_>, Vec<_>) = others.partition(|(_, new)| compared.grew_before(new));
    let [as_before, new] = [as_before, new].map(|of| of.into_iter().map(|(index, _)| index).collect());
    Effects { checked, new, as_before, load, kinship }
}

/// Whether two suspects are one, by their ids.
fn is_same(old: &Suspect, new: &Suspect) -> bool {
    old.answers_to(&new.fingerprint) || new.answers_to(&old.fingerprint)
}

/// Two series beside each other.
struct Compared<'a, 'b> {
    sides: &'b [Side<'a>; 2],
    load: Option<f64>,
    options: &'b Options,
}

impl Compared<'_, '_> {
    /// The parts of a suspect of the first series, the one that says what became of it first.
    fn parts(&self, suspect: &Suspect) -> Vec<PartChange> {
        let mut places: Vec<(Subject, &str)> =
            suspect.members().map(|part| (part.subject, self.sides[0].function_of(part))).collect();
        let mut seen = BTreeSet::new();
        places.retain(|(subject, function)| seen.insert((*subject == Subject::Heap, *function)));
        let mut parts: Vec<PartChange> =
            places.into_iter().map(|(subject, function)| self.check(subject, function)).collect();
        let telling = telling(&parts);
        parts[..=telling].rotate_right(1);
        parts
    }

    /// Whether a suspect of the second series that the first did not have grew there as fast.
    fn grew_before(&self, new: &Suspect) -> bool {
        let change = self.check(new.subject, self.sides[1].function_of(new));
        let kept_pace = change.before.zip(change.after).is_some_and(|(before, after)| {
            before.interval().0 > 0.0 && after.less(&before).interval().0 <= 0.0
        });
        kept_pace && change.effect != Effect::Worse
    }

    /// What became of what a function keeps: by its paces in the two series.
    fn check(&self, subject: Subject, function: &str) -> PartChange {
        let [first, second] = self.sides;
        let old = first.place(subject, function);
        let new = second.place(subject, function);
        let hours = second.hours(subject);
        let before = old.as_ref().and_then(Place::pace);
        // What is not there does not grow, but for the one sample that chance may have withheld.
        let step = old.as_ref().map_or(1.0, |place| place.step);
        let vanished = hours.map(|hours| Pace { per_hour: 0.0, error: step / hours });
        let after = new.as_ref().map_or(vanished, Place::pace_left);
        let negligible = match subject {
            Subject::Heap => self.options.criteria.min_growth / 24.0,
            Subject::Goroutine => self.options.criteria.min_growth / 24.0 / HELD_BY_A_GOROUTINE,
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
                    Effect::TooEarly => {
                        (effect, Some(Doubt::Unsure(growth::hours_to_show(&before, &after, hours))))
                    }
                    Effect::Fixed | Effect::Better if self.load.is_some_and(|load| load < IDLE) => {
                        (Effect::TooEarly, Some(Doubt::Idle))
                    }
                    effect => (effect, None),
                }
            }
            _ => (Effect::TooEarly, Some(Doubt::NotJudged)),
        };
        let is_seen = new.is_some();
        let function = function.to_owned();
        let [points_before, points_after] =
            [old, new].map(|place| place.map_or_else(Vec::new, |place| place.points));
        PartChange { subject, function, before, after, points_before, points_after, is_seen, effect, doubt }
    }
}

/// The part that says what became of a suspect: the worst that is known, or the first if nothing is. That one part is gone
/// says nothing while another surely grows.
fn telling(parts: &[PartChange]) -> usize {
    let worst = [Effect::Worse, Effect::Unchanged, Effect::Better]
        .into_iter()
        .find_map(|effect| parts.iter().position(|part| part.effect == effect));
    let grows = |part: &PartChange| part.after.is_some_and(|after| after.interval().0 > 0.0);
    let undecided = parts.iter().position(|part| part.effect == Effect::TooEarly && grows(part));
    let fixed = || parts.iter().position(|part| part.effect == Effect::Fixed);
    worst.or(undecided).or_else(fixed).unwrap_or(0)
}

/// Bytes that the whole process allocates an hour.
fn load(analysis: &Analysis) -> Option<f64> {
    let track = analysis.series.track(Kind::Heap)?;
    let window = analysis.window(Kind::Heap)?;
    let [first, last] = [window.first(), window.last()].map(|index| &track.snapshots[index]);
    let allocated = last.totals[last.columns.alloc_space?] - first.totals[first.columns.alloc_space?];
    Some(allocated as f64 / (window.days()? * 24.0))
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
        let has = |effect: &Effect| counting.iter().any(|checked| checked.effect() == *effect);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn part(effect: Effect, after: f64) -> PartChange {
        let pace = |per_hour| Some(Pace { per_hour, error: 1.0 });
        PartChange {
            subject: Subject::Heap,
            function: "main.keep".to_owned(),
            before: pace(50.0),
            after: pace(after),
            points_before: Vec::new(),
            points_after: Vec::new(),
            is_seen: true,
            effect,
            doubt: None,
        }
    }

    #[test]
    fn what_is_known_of_a_part_says_what_became_of_the_suspect() {
        let says = |parts: &[(Effect, f64)]| {
            let parts: Vec<_> = parts.iter().map(|(effect, after)| part(*effect, *after)).collect();
            telling(&parts)
        };
        use Effect::{Better, Fixed, TooEarly, Unchanged, Worse};
        assert_eq!(says(&[(TooEarly, 0.5), (Fixed, 0.0)]), 1, "the memory is noisy, the goroutines are gone");
        assert_eq!(says(&[(TooEarly, 30.0), (Fixed, 0.0)]), 0, "the memory still grows");
        assert_eq!(says(&[(Fixed, 0.0), (Unchanged, 50.0)]), 1, "half of it is no repair");
        assert_eq!(says(&[(Better, 9.0), (Unchanged, 50.0), (Worse, 99.0)]), 2);
        assert_eq!(says(&[(TooEarly, 0.5), (TooEarly, 0.5)]), 0);
    }
}
