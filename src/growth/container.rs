//! Containers: one object that is replaced by a bigger one, again and again.
//!
//! A slice that is appended to, or a buffer or table that grows, is one live object, so its count says nothing. Its
//! sizes do: the old one is freed, a bigger one takes its place, and no smaller one is allocated any more.

/// One object size at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Bytes an object.
    pub size: i64,
    /// Sampled objects live in the first snapshot.
    pub before: u64,
    /// Sampled objects live in the second snapshot.
    pub after: u64,
    /// Sampled objects allocated in between.
    pub allocated: u64,
}

/// A container that climbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Climb {
    /// Its size in the first snapshot, 0 if it was not there or too small to be sure of.
    pub from: i64,
    /// Its size in the second snapshot.
    pub to: i64,
    /// How many times it was replaced by a bigger one.
    pub steps: usize,
}

/// Objects of six times the sampling rate and more are sampled with probability 0.9975, so their sizes and counts
/// are read as exact (statistics.md, "Containers need their own test").
const SURELY_SAMPLED: i64 = 6;

/// Growth that goes up by more than this in one step is not a container growing: Go's append grows by 1.25 to 2,
/// `bytes.Buffer` by 2, rounding to a size class adds an eighth; one step may be missed, and 4 · 1.125 < 5.
const LARGEST_STEP: i64 = 5;

/// Growth by less than a fifth is no container growing: append adds a quarter at least. Tables that are loaded anew in
/// sizes that vary by chance come in ascending order often enough (two replacements: once in six), but rarely with
/// such gaps.
const SMALLEST_STEP: (i64, i64) = (6, 5);

/// Whether every object of `size` bytes is as good as surely sampled at a `rate` in bytes.
fn is_surely_sampled(size: i64, rate: i64) -> bool {
    size >= rate.max(1).saturating_mul(SURELY_SAMPLED)
}

/// Recognises a single container that only grew, from the sizes at one site in ascending order. `rate` is the
/// sampling rate in bytes.
///
/// Only objects large enough to be surely sampled are looked at. There is at most one live in each snapshot, every
/// one allocated in between is bigger than the first, each size was allocated once, and all but the last are gone.
/// A buffer that is reset and filled again allocates its small sizes again, and so is not a climb.
pub fn climb(rungs: &[Rung], rate: i64) -> Option<Climb> {
    let mut from = 0i64;
    let mut to = 0;
    let mut steps = 0usize;
    let mut previous = 0i64;
    for rung in rungs.iter().filter(|rung| is_surely_sampled(rung.size, rate)) {
        match (rung.before, rung.after, rung.allocated) {
            (0, 0, 0) => continue,
            // The one from before, gone now.
            (1, 0, 0) if from == 0 && steps == 0 => from = rung.size,
            // A size it passed through.
            (0, 0, 1) if to == 0 => steps += 1,
            // The one that is left.
            (0, 1, 1) if to == 0 => {
                steps += 1;
                to = rung.size;
            }
            _ => return None,
        }
        let least = previous.saturating_mul(SMALLEST_STEP.0) / SMALLEST_STEP.1;
        if previous > 0 && !(least..=previous.saturating_mul(LARGEST_STEP)).contains(&rung.size) {
            return None;
        }
        previous = rung.size;
    }
    if from == 0 {
        // The first one seen replaced nothing.
        steps = steps.saturating_sub(1);
    }
    (to > 0 && steps > 0).then_some(Climb { from, to, steps })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: i64 = 1 << 20;

    fn rung(size: i64, before: u64, after: u64, allocated: u64) -> Rung {
        Rung { size, before, after, allocated }
    }

    #[test]
    fn an_appended_slice_climbs() {
        let rungs =
            [rung(MIB, 0, 0, 0), rung(8 * MIB, 1, 0, 0), rung(10 * MIB, 0, 0, 1), rung(13 * MIB, 0, 1, 1)];
        assert_eq!(climb(&rungs, MIB / 2), Some(Climb { from: 8 * MIB, to: 13 * MIB, steps: 2 }));
    }

    #[test]
    fn a_buffer_that_is_filled_again_does_not_climb() {
        let rungs = [rung(8 * MIB, 1, 0, 1), rung(10 * MIB, 0, 0, 1), rung(13 * MIB, 0, 1, 1)];
        assert_eq!(climb(&rungs, MIB / 2), None);
        let shrunk = [rung(8 * MIB, 0, 1, 1), rung(13 * MIB, 1, 0, 0)];
        assert_eq!(climb(&shrunk, MIB / 2), None);
    }

    #[test]
    fn a_single_object_that_appears_replaces_nothing() {
        assert_eq!(climb(&[rung(8 * MIB, 0, 1, 1)], MIB / 2), None);
        let grown = [rung(8 * MIB, 0, 0, 1), rung(10 * MIB, 0, 1, 1)];
        assert_eq!(climb(&grown, MIB / 2), Some(Climb { from: 0, to: 10 * MIB, steps: 1 }));
    }

    #[test]
    fn a_table_that_is_loaded_anew_slightly_larger_does_not_climb() {
        let rungs = [rung(20 * MIB, 1, 0, 0), rung(21 * MIB, 0, 0, 1), rung(23 * MIB, 0, 1, 1)];
        assert_eq!(climb(&rungs, MIB / 2), None);
    }

    #[test]
    fn several_live_objects_or_small_ones_are_left_to_the_counts() {
        assert_eq!(climb(&[rung(8 * MIB, 3, 4, 1)], MIB / 2), None);
        assert_eq!(climb(&[rung(MIB, 1, 0, 0), rung(2 * MIB, 0, 1, 1)], MIB / 2), None);
        assert_eq!(climb(&[rung(8 * MIB, 1, 0, 0), rung(80 * MIB, 0, 1, 1)], MIB / 2), None);
    }
}
