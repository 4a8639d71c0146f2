//! The falls of a series that its errors cannot explain.

/// A fall counts from this many standard errors of the difference on: noise shows one in seven hundred pairs, and a
/// series is at most a few hundred points long.
const SIGNIFICANT: f64 = 3.0;
/// Two points have no turning point between them.
const LEAST_POINTS: usize = 3;

/// The significant falls of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Falls {
    /// How many.
    pub count: usize,
    /// The deepest, from the highest point before it to its lowest, in units of the values; 0 if there is none.
    pub largest: f64,
}

/// The falls from the highest value since the last fall that are beyond three standard errors of the difference,
/// whether between neighbours or over several points; a fall ends with a rise just as significant. `None` below
/// three points; points that are not finite are left out.
///
/// The errors of the points are taken as independent, which overstates that of the difference (what lives in both was
/// sampled once), so a fall that counts is one.
pub fn falls(values: &[f64], errors: &[f64]) -> Option<Falls> {
    let points = values.iter().copied().zip(errors.iter().copied());
    let (values, errors): (Vec<f64>, Vec<f64>) =
        points.filter(|(value, error)| value.is_finite() && error.is_finite()).unzip();
    if values.len() < LEAST_POINTS {
        return None;
    }
    let falls = legs(&values, |from, to| noise_of(&errors, from, to)).into_iter().filter(|leg| !leg.rises);
    Some(falls.fold(Falls::default(), |found, leg| Falls {
        count: found.count + 1,
        largest: found.largest.max(values[leg.from] - values[leg.to]),
    }))
}

/// A way from one turning point to the next, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leg {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) rises: bool,
}

/// Three standard errors of the difference of two points.
pub(super) fn noise_of(errors: &[f64], from: usize, to: usize) -> f64 {
    SIGNIFICANT * errors[from].hypot(errors[to])
}

/// The rises and falls between turning points, each larger than `turn` says for its two ends. Ways that are smaller
/// belong to the leg around them; the last leg is reported as far as it goes.
pub(super) fn legs(values: &[f64], turn: impl Fn(usize, usize) -> f64) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    let (mut lowest, mut highest) = (0, 0);
    for at in 1..values.len() {
        match legs.last_mut() {
            // The leg goes on.
            Some(leg) if (values[at] > values[leg.to]) == leg.rises && values[at] != values[leg.to] => {
                leg.to = at
            }
            // Or turns.
            Some(leg) if (values[at] - values[leg.to]).abs() > turn(leg.to, at) => {
                let next = Leg { from: leg.to, to: at, rises: !leg.rises };
                legs.push(next);
            }
            Some(_) => {}
            None => {
                if values[at] - values[lowest] > turn(lowest, at) {
                    legs.push(Leg { from: lowest, to: at, rises: true });
                } else if values[highest] - values[at] > turn(highest, at) {
                    legs.push(Leg { from: highest, to: at, rises: false });
                }
                lowest = if values[at] <= values[lowest] { at } else { lowest };
                highest = if values[at] >= values[highest] { at } else { highest };
            }
        }
    }
    legs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn falls_count_between_neighbours_and_over_several_points() {
        let exact = [0.0; 8];
        let found = falls(&[1.0, 5.0, 2.0, 6.0, 5.0, 4.0, 1.0, 9.0], &exact);
        assert_eq!(found, Some(Falls { count: 2, largest: 5.0 }));
        let slow: Vec<f64> = (0..10).map(|i| 100.0 - 3.0 * f64::from(i)).collect();
        assert_eq!(falls(&slow, &[2.0; 10]), Some(Falls { count: 1, largest: 27.0 }));
    }

    #[test]
    fn falls_within_the_errors_are_none() {
        assert_eq!(falls(&[10.0, 7.0, 10.0, 7.0], &[1.0; 4]), Some(Falls::default()));
        assert_eq!(falls(&[1.0, 2.0, 3.0], &[0.0; 3]), Some(Falls::default()));
        assert_eq!(falls(&[2.0, 1.0], &[0.0; 2]), None);
        assert_eq!(falls(&[2.0, f64::NAN, 1.0], &[0.0; 3]), None);
    }

    proptest! {
        #[test]
        fn a_fall_is_never_deeper_than_the_range_and_growth_has_none(
            values in prop::collection::vec(-1e6..1e6, 3..40),
            error in 0.0..1e5,
        ) {
            let errors = vec![error; values.len()];
            let found = falls(&values, &errors).unwrap();
            let most = values.iter().copied().fold(f64::MIN, f64::max);
            let least = values.iter().copied().fold(f64::MAX, f64::min);
            prop_assert!(found.largest <= most - least);
            prop_assert_eq!(found.count == 0, found.largest == 0.0);
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(falls(&sorted, &errors).unwrap().count, 0);
        }
    }
}
