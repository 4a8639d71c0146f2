//! A suspect: a leak with its cause, as it is reported.

use super::Linked;
use crate::diagnose::Cause;
use crate::source::{Excerpt, Routing};
use std::ops::Deref;

/// A leak and why it grows.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// The leak.
    pub leak: Linked,
    /// Why it grows.
    pub cause: Cause,
    /// The source at its place, if it was read.
    pub excerpt: Option<Excerpt>,
    /// Whom it concerns, if the repository of that source says.
    pub routing: Option<Routing>,
}

impl Deref for Suspect {
    type Target = Linked;

    fn deref(&self) -> &Linked {
        &self.leak
    }
}
