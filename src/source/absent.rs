//! The reader of a build without the `source` feature: it says so.

use super::Heuristic;
use super::facts::{Position, Reading, Routing};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why source cannot be read.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The reader was left out of this build.
    #[error("--source: this build reads no source; build it with the `source` feature")]
    Absent,
}

/// Source folders.
#[derive(Debug)]
pub struct Sources(());

impl Sources {
    /// Always fails.
    ///
    /// # Errors
    /// Always: the reader was left out of this build.
    pub fn open(_folders: &[PathBuf], _goroot: Option<&Path>) -> Result<Sources, SourceError> {
        Err(SourceError::Absent)
    }

    /// Leaves out nothing that there is.
    pub fn leave_out(&mut self, _heuristics: &[Heuristic]) {}

    /// Nothing is known.
    pub fn routing(&mut self, _position: &Position) -> Option<Routing> {
        None
    }

    /// Nothing is known.
    pub fn follow(&mut self, _stack: &[Position]) -> Reading {
        Reading::default()
    }
}
