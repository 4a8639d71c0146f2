//! What may have happened at a site: one file a hypothesis, each a pure function from what was seen to a likelihood.
//!
//! To add one: a variant of [`Class`], a file here with its likelihood and tests, its prior in `policy.rs` and a line in
//! `Prior::odds`. docs/judging.md goes through it step by step.

pub(super) mod filling;
pub(super) mod flush;
pub(super) mod full;
pub(super) mod leak;
pub(super) mod turnover;

/// What may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What is born dies again, whatever the load: nothing is kept.
    Turnover,
    /// A share of what is born is never freed, still so at the end, and does not end with it.
    Leak,
    /// The same, but it will end: a cache, a pool or a table that is not full yet.
    Filling,
    /// It ended: a warm-up, a step, a cache that is full.
    Full,
    /// All is kept until some of it is freed at once: a sawtooth.
    Flushed,
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 5] = [Class::Turnover, Class::Leak, Class::Filling, Class::Full, Class::Flushed];

    /// Its word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Class::Turnover => "turnover",
            Class::Leak => "leak",
            Class::Filling => "filling",
            Class::Full => "full",
            Class::Flushed => "flushed",
        }
    }
}
