//! The wish to stop, shared by all threads, and pauses that it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How soon a pause notices the wish.
const GLANCE: Duration = Duration::from_millis(50);

/// Whether to stop. Clones share one answer; a signal handler may set it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// The flag itself, for a signal handler.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }

    /// Whether to stop.
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Asks all to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Waits, but not after a wish to stop. Says whether the time has passed.
    pub fn pause(&self, duration: Duration) -> bool {
        let end = Instant::now() + duration;
        loop {
            if self.is_wanted() {
                return false;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(GLANCE));
        }
    }
}
