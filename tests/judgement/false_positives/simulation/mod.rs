//! A simulated service whose truth is known: queues of objects that are allocated, live and die, seen through Go's
//! heap sampling. All of it is seeded, so a run gives the same figures everywhere.

mod bounds;
mod queue;
mod random;
mod service;

pub(crate) use bounds::{least_plausible, most_plausible, poisson_mass, poisson_tail};
pub(crate) use queue::{Lifetime, Moment, Observation, Pace, Queue, Seen};
pub(crate) use random::Random;
pub(crate) use service::{Row, Service, estimate, snapshots};

/// Go's default `MemProfileRate`.
pub(crate) const DEFAULT_RATE: f64 = 524_288.0;
