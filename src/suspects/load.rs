//! The load of a process as its heap profiles tell it: how much it has allocated, apart from what is being judged.

use super::Window;
use crate::growth::grows_with_load;
use crate::series::{FunctionId, Names, Track};

/// The heap of the process whose goroutines are judged.
pub struct Load<'a> {
    /// The heap's track.
    pub track: &'a Track,
    /// Its snapshots.
    pub window: &'a Window,
}

impl Load<'_> {
    /// Whether goroutines, so many at each snapshot of their window, grow as the rest of the process allocates; what the function
    /// that they are blamed on calls takes no part, for goroutines that pile up allocate more the more they are. False where that
    /// cannot be told.
    ///
    /// More requests at once are more goroutines, and more is allocated for them. A leak under a steady load grows while the rest of
    /// the process allocates as before, and one under a rising load grows faster than it (Little's law, as for sites of the heap).
    pub(super) fn explains(
        &self,
        goroutines: &[f64],
        window: &Window,
        blamed: FunctionId,
        names: &Names,
    ) -> bool {
        let Some(heap) = self.snapshots_beside(window) else { return false };
        let is_own = |site| self.track.stack(site).find(|frame| names.function_of(frame) == blamed).is_some();
        let rest: Vec<usize> =
            (0..self.track.rows.len()).filter(|row| !is_own(self.track.rows[*row].site)).collect();
        let allocated_at =
            |snapshot: &usize| rest.iter().map(|row| self.track.bytes(*snapshot, *row).0 as f64).sum::<f64>();
        let allocated: Vec<f64> = heap.iter().map(allocated_at).collect();
        grows_with_load(goroutines, &allocated, &window.hours()) == Some(true)
    }

    /// The snapshot of the heap that was taken with each one of the window: nearest in time, each at most once. `None` if there are
    /// none such, or allocations are not counted.
    fn snapshots_beside(&self, window: &Window) -> Option<Vec<usize>> {
        let times: Vec<i64> = self.window.times().iter().copied().collect::<Option<_>>()?;
        let nearest = |time: &Option<i64>| {
            let time = (*time)?;
            (0..times.len()).min_by_key(|index| times[*index].abs_diff(time))
        };
        let places: Vec<usize> = window.times().iter().map(nearest).collect::<Option<_>>()?;
        let counts = |place: &usize| {
            let snapshot = self.window.snapshots()[*place];
            self.track.snapshots[snapshot].columns.alloc_space.map(|_| snapshot)
        };
        let in_order = places.windows(2).all(|pair| pair[0] < pair[1]);
        in_order.then(|| places.iter().map(counts).collect::<Option<_>>())?
    }
}
