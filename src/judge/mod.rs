//! The judgement: one probabilistic model of births and deaths, in four ideas.
//!
//! 1. [`Observation`]: numbers only. Births, deaths and live ones of a site between snapshots.
//! 2. The hypotheses, one file each in `hypotheses/`: what may have happened, as a likelihood of the deaths given the births.
//! 3. [`policy`]: every number, with its reason and the test that calibrates it.
//! 4. [`Posterior`] and [`Confidence`]: from evidence to probabilities, and from these to a word.
//!
//! Pure functions over slices that know nothing of Go. docs/judging.md explains the model.

mod container;
mod decide;
mod grid;
mod hypotheses;
mod observation;
mod observe;
mod planted;
pub mod policy;
mod pooled;
mod posterior;
mod process;
mod weight;

pub use container::{Birth, Container, weigh_container, weigh_swelling};
pub use decide::{
    Confidence, SoFar, as_lasting, confidence, detectable, lasted_by_minutes, more_snapshots, worth_weighing,
};
pub use hypotheses::Class;
pub use observation::{Births, Observation, moves, rise};
pub use observe::{Counts, GoroutineLife, HeapLife, Sizes};
pub use planted::{rate_that_shows, shows_from};
pub use pooled::{
    Cohort, Logs, OfBuild, Overlay, affected, at_least, came_with, either, lead, over_instances,
};
pub use posterior::{Posterior, Prior, over_lives, with_prior};
pub use weight::{Estimate, Weight, may_keep, weigh, weigh_place, weigh_rise};
