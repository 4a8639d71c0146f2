//! Seeded heap profiles of a made service, as Go writes them: for the benches, and for tests that want real sizes.
//!
//! The same size gives the same profiles for ever, so that figures can be compared across versions. The service is a call
//! graph; stacks are walks through it, so they share their roots as real ones do. Counts are Poisson, values are the
//! estimates that Go would write for them, and from snapshot to snapshot counters grow, live objects come and go, a few new
//! rows appear, and one function leaks.

mod program;
mod random;
mod rows;
mod write;

use program::Program;
use rows::Rows;

/// How large a profile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Samples of the first snapshot.
    pub(crate) samples: usize,
    /// Locations on a stack, on average.
    pub(crate) depth: usize,
    /// Call sites of the program.
    pub(crate) locations: usize,
    /// Functions of the program.
    pub(crate) functions: usize,
}

impl Size {
    /// What a service of middling size serves.
    pub(crate) const SMALL: Size =
        Size { name: "small", samples: 3_000, depth: 20, locations: 4_000, functions: 1_800 };
    /// A large service.
    pub(crate) const LARGE: Size =
        Size { name: "large", samples: 60_000, depth: 40, locations: 30_000, functions: 10_000 };
    /// Larger than any that was seen.
    pub(crate) const HUGE: Size =
        Size { name: "huge", samples: 1_000_000, depth: 40, locations: 60_000, functions: 20_000 };
    /// All of them.
    pub(crate) const ALL: [Size; 3] = [Size::SMALL, Size::LARGE, Size::HUGE];
}

/// One process, of which snapshots can be taken.
pub(crate) struct Service {
    program: Program,
    rows: Rows,
    minutes: i64,
}

impl Service {
    /// A process that has just started.
    pub(crate) fn new(size: Size) -> Service {
        let program = Program::new(size);
        Service { rows: Rows::new(size.samples), program, minutes: 0 }
    }

    /// The next snapshot, ten minutes after the one before: the bytes of a gzipped profile.proto.
    pub(crate) fn snapshot(&mut self) -> Vec<u8> {
        self.rows.advance(&self.program);
        self.minutes += 10;
        write::profile(&self.program, &self.rows, self.minutes)
    }
}
