//! From the snapshots of one life to observations: a builder for the heap and one for goroutines.

mod goroutines;
mod heap;

pub use goroutines::GoroutineLife;
pub use heap::{Counts, HeapLife, Sizes};

use super::policy::MOST_INTERVALS;
use crate::series::Window;

/// The snapshots of a window that are looked at, all of them or so many that there are not too many intervals, and the hours
/// between them. What happened between two of them adds up.
fn looked_at(window: &Window) -> (Vec<usize>, Vec<f64>) {
    let (count, hours) = (window.len(), window.hours());
    let intervals = (count - 1).min(MOST_INTERVALS);
    let places: Vec<usize> = match intervals {
        0 => vec![0],
        _ => (0..=intervals).map(|i| (i * (count - 1) + intervals / 2) / intervals).collect(),
    };
    let gaps: Vec<f64> = places.windows(2).map(|pair| hours[pair[1]] - hours[pair[0]]).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
    // Snapshots of one moment have some time between them all the same.
    let least = if mean > 0.0 { mean / SHORTEST_GAP } else { 1.0 };
    let gaps = gaps.into_iter().map(|gap| gap.max(least)).collect();
    (places, gaps)
}

/// The shortest time between two snapshots, as a part of the mean.
const SHORTEST_GAP: f64 = 100.0;
