//! The snapshots that are judged together: those of one life of one process, in order of time.

/// Positions in a track, with their times as far as known. At least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    snapshots: Vec<usize>,
    times: Vec<Option<i64>>,
    is_in_rounds: bool,
}

impl Window {
    /// A window over the given positions; `None` for none. `times` are nanoseconds since the Unix epoch, one a
    /// position.
    pub fn new(snapshots: Vec<usize>, times: Vec<Option<i64>>) -> Option<Window> {
        let fits = !snapshots.is_empty() && snapshots.len() == times.len();
        fits.then_some(Window { snapshots, times, is_in_rounds: false })
    }

    /// The same, of snapshots taken at quiet points, one after each round of the same work: times do not count.
    pub fn in_rounds(self) -> Window {
        Window { times: vec![None; self.times.len()], is_in_rounds: true, ..self }
    }

    /// Whether it was taken at quiet points.
    pub fn is_in_rounds(&self) -> bool {
        self.is_in_rounds
    }

    /// The positions in the track.
    pub fn snapshots(&self) -> &[usize] {
        &self.snapshots
    }

    /// The times, one a position.
    pub fn times(&self) -> &[Option<i64>] {
        &self.times
    }

    /// How many snapshots there are.
    #[allow(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.snapshots.len()
    }

    /// The first snapshot.
    pub fn first(&self) -> usize {
        self.snapshots[0]
    }

    /// The last snapshot.
    pub fn last(&self) -> usize {
        self.snapshots[self.snapshots.len() - 1]
    }

    /// Whether there is a difference to be judged.
    pub fn can_be_judged(&self) -> bool {
        self.snapshots.len() > 1
    }

    /// Days between the first and the last snapshot; `None` if unknown or none passed.
    pub fn days(&self) -> Option<f64> {
        let (first, last) = (self.times[0]?, self.times[self.times.len() - 1]?);
        (last > first).then(|| last.saturating_sub(first) as f64 / 8.64e13)
    }

    /// Hours since the first snapshot; where times are not all known, the positions stand in for them, evenly
    /// spaced.
    pub fn hours(&self) -> Vec<f64> {
        let known: Option<Vec<i64>> = self.times.iter().copied().collect();
        match known {
            Some(times) if self.days().is_some() => {
                times.iter().map(|time| time.saturating_sub(times[0]) as f64 / 3.6e12).collect()
            }
            _ => (0..self.len()).map(|index| index as f64).collect(),
        }
    }

    /// So many intervals of `judged`, into which the snapshots were merged, as snapshots.
    pub fn in_snapshots(&self, intervals: usize, judged: usize) -> usize {
        (intervals * self.len().saturating_sub(1)).div_ceil(judged.max(1))
    }

    /// The position in the window from which the last `share` of its time runs: the latest one that is not younger.
    pub fn since(&self, share: f64) -> usize {
        let hours = self.hours();
        let end = hours[hours.len() - 1];
        let start = end * (1.0 - share);
        hours
            .iter()
            .rposition(|hour| *hour <= start + end * 1e-9)
            .unwrap_or(0)
            .min(self.len().saturating_sub(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_part_is_told_by_time_not_by_index() {
        let minutes = |m: i64| Some(m * 60_000_000_000);
        let window = Window::new(vec![3, 4, 5, 6], vec![minutes(0), minutes(1), minutes(2), minutes(60)])
            .expect("not empty");
        assert_eq!((window.first(), window.last(), window.since(0.5)), (3, 6, 2));
        let even = Window::new(vec![0, 1, 2, 3, 4], (0..5).map(minutes).collect()).expect("not empty");
        assert_eq!(even.since(1.0 / 3.0), 2);
        let unknown = Window::new(vec![0, 1, 2, 3, 4], vec![None; 5]).expect("not empty");
        assert_eq!((unknown.since(0.5), unknown.since(1.0 / 3.0)), (2, 2));
        assert_eq!(Window::new(vec![], vec![]), None);
        assert_eq!((even.in_snapshots(3, 4), even.in_snapshots(3, 2), even.in_snapshots(1, 3)), (3, 6, 2));
    }
}
