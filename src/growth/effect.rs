//! Whether a change of the program changed the pace of a growth: two paces with their errors, and what the second series
//! could have shown.

use super::change::Z_TWO_SIDED;

/// Paces this close (either is at most this many times the other) are the same for whoever has to act, however sure
/// the difference is: two runs of one program under one load differ by as much.
const ALIKE: f64 = 1.25;
/// What is left must surely be less than this part of the old pace. Where the second series is just long enough to show
/// the old pace (six samples expected) and none is seen, the bound stands at a third.
const LEFT: f64 = 0.5;

/// A pace an hour with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// The estimate.
    pub per_hour: f64,
    /// Its standard error.
    pub error: f64,
}

impl Pace {
    /// The two-sided 95 % interval.
    pub fn interval(&self) -> (f64, f64) {
        let reach = Z_TWO_SIDED * self.error;
        (self.per_hour - reach, self.per_hour + reach)
    }

    /// `self` less `other`, of independent series.
    pub fn less(&self, other: &Pace) -> Pace {
        Pace { per_hour: self.per_hour - other.per_hour, error: self.error.hypot(other.error) }
    }
}

/// What became of a growth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing of it is left, as far as the second series can tell, and it could have seen it.
    Fixed,
    /// Slower beyond chance, and not gone.
    Better,
    /// The same beyond doubt.
    Unchanged,
    /// Faster beyond chance.
    Worse,
    /// The second series is too short to tell.
    TooEarly,
    /// The two series cannot be compared.
    Inconclusive,
}

impl Effect {
    /// The word used in reports and in the JSON schema.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Fixed => "fixed",
            Effect::Better => "better",
            Effect::Unchanged => "unchanged",
            Effect::Worse => "worse",
            Effect::TooEarly => "too early",
            Effect::Inconclusive => "inconclusive",
        }
    }
}

/// Compares the pace of a growth before a change with that after it.
///
/// `hours` is the length of the second series, `detectable` the least growth that it would have called (see
/// [`super::resolution`]; in the units of the paces), and `negligible` a pace that does not matter. The two series are
/// independent samples, so the variances of the paces add up, and the difference is judged by its normal 95 % interval:
/// where it holds neither 0 nor the old pace, neither "unchanged" nor "fixed" is said. A series in which the old
/// pace would have gone unseen proves nothing by showing nothing; it can only show that it became worse.
pub fn effect(before: &Pace, after: &Pace, hours: f64, detectable: f64, negligible: f64) -> Effect {
    let known = [before.per_hour, before.error, after.per_hour, after.error, hours, detectable];
    let (old_low, _) = before.interval();
    if known.iter().any(|number| !number.is_finite()) || old_low <= 0.0 {
        return Effect::TooEarly;
    }
    let (low, high) = after.less(before).interval();
    let (left_low, left_high) = after.interval();
    if low > 0.0 && after.per_hour > before.per_hour * ALIKE {
        return Effect::Worse;
    }
    if before.per_hour * hours < detectable {
        return Effect::TooEarly;
    }
    let is_gone = left_low <= 0.0 || left_high <= negligible;
    match high < 0.0 {
        true if is_gone && left_high <= before.per_hour * LEFT => Effect::Fixed,
        true if after.per_hour < before.per_hour / ALIKE => Effect::Better,
        false if left_low <= 0.0 => Effect::TooEarly,
        _ => Effect::Unchanged,
    }
}

/// How many hours a second series takes to show that a growth is gone, if it is, where one of `hours` does not yet: the error of its
/// pace falls as it gets longer, in proportion at least. `None` if it surely is not gone, or the first series is what lacks.
pub fn hours_to_show(before: &Pace, after: &Pace, hours: f64) -> Option<f64> {
    let may_be_gone = after.interval().0 <= 0.0;
    let needed = hours * Z_TWO_SIDED * after.error / (before.per_hour * LEFT);
    (may_be_gone && needed > hours && needed.is_finite()).then_some(needed)
}

#[cfg(test)]
mod tests {
    use super::super::simulate::Random;
    use super::*;

    fn pace(per_hour: f64, error: f64) -> Pace {
        Pace { per_hour, error }
    }

    /// In units of samples: six expected ones are the least that shows.
    fn of(before: Pace, after: Pace, hours: f64) -> Effect {
        effect(&before, &after, hours, 6.0, 0.1)
    }

    #[test]
    fn the_words_mean_what_people_take_them_for() {
        let old = pace(40.0, 6.0);
        assert_eq!(of(old, pace(0.0, 1.0), 1.0), Effect::Fixed);
        assert_eq!(of(old, pace(-5.0, 2.0), 1.0), Effect::Fixed);
        assert_eq!(of(old, pace(12.0, 3.0), 1.0), Effect::Better);
        assert_eq!(of(old, pace(38.0, 6.0), 1.0), Effect::Unchanged);
        assert_eq!(of(old, pace(80.0, 9.0), 1.0), Effect::Worse);
        assert_eq!(of(old, pace(0.0, 10.0), 0.1), Effect::TooEarly, "four samples expected, none seen");
        assert_eq!(of(old, pace(25.0, 20.0), 1.0), Effect::TooEarly, "may be gone and may be unchanged");
        assert_eq!(of(old, pace(300.0, 50.0), 0.1), Effect::Worse, "worse shows at once");
        assert_eq!(
            of(pace(5.0, 6.0), pace(0.0, 1.0), 9.0),
            Effect::TooEarly,
            "there was no pace to compare with"
        );
        assert_eq!(of(old, pace(f64::NAN, 1.0), 1.0), Effect::TooEarly);
    }

    #[test]
    fn a_small_difference_that_is_sure_is_no_news_and_a_small_rest_no_leak() {
        assert_eq!(of(pace(1000.0, 1.0), pace(1100.0, 1.0), 1.0), Effect::Unchanged);
        assert_eq!(of(pace(1000.0, 1.0), pace(900.0, 1.0), 1.0), Effect::Unchanged);
        assert_eq!(of(pace(1000.0, 1.0), pace(0.05, 0.01), 1.0), Effect::Fixed);
        assert_eq!(of(pace(1000.0, 1.0), pace(5.0, 0.01), 1.0), Effect::Better);
    }

    /// Samples arrive by chance: how often each word is said of what really happened, at several lengths.
    #[test]
    fn chance_makes_no_leak_look_fixed_and_no_repair_look_unchanged() {
        let mut random = Random::new(20_261_125);
        let runs = 4000;
        for (expected, left) in [(8.0, 1.0), (20.0, 1.0), (60.0, 1.0), (8.0, 0.0), (20.0, 0.0), (60.0, 0.0)] {
            let mut counts = [0u32; 5];
            for _ in 0..runs {
                let count = |mean: f64, random: &mut Random| {
                    let samples = if mean > 0.0 { random.poisson(mean) } else { 0.0 };
                    // One sample is the least error that a count can have.
                    pace(samples, samples.sqrt().max(1.0))
                };
                let (old, new) = (count(expected, &mut random), count(expected * left, &mut random));
                counts[of(old, new, 1.0) as usize] += 1;
            }
            let share = |effect: Effect| f64::from(counts[effect as usize]) / f64::from(runs);
            let changed = share(Effect::Better) + share(Effect::Worse) + share(Effect::Fixed);
            match left {
                0.0 => {
                    assert!(share(Effect::Unchanged) + share(Effect::Worse) == 0.0, "{expected}: {counts:?}");
                    assert!(
                        share(Effect::Fixed) > if expected > 10.0 { 0.95 } else { 0.6 },
                        "{expected}: {counts:?}"
                    );
                }
                _ => {
                    assert!(share(Effect::Fixed) < 0.01, "{expected}: {counts:?}");
                    assert!(changed < 0.07, "{expected}: {counts:?}");
                }
            }
        }
    }
}
