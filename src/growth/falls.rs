//! The rises and falls of a series that its errors cannot explain.

/// A fall counts from this many standard errors of the difference on: noise shows one in seven hundred pairs, and a
/// series is at most a few hundred points long.
const SIGNIFICANT: f64 = 3.0;

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
