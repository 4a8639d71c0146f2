//! Seeded heap profiles of a made service, as Go writes them: for the benches, and for tests that want real sizes.
//!
//! The same shape gives the same profiles for ever, so that figures can be compared across versions. The service is a call
//! graph; stacks are walks through it, so they share their roots as real ones do. Counts are Poisson, values are the
//! estimates that Go would write for them, and from snapshot to snapshot counters grow, live objects come and go, a few new
//! rows appear, and something leaks.

mod program;
mod random;
mod rows;
mod write;

use program::Program;
use rows::Rows;

/// How large a profile is, what it holds, and what of it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
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
    pub(crate) leak: Leak,
    pub(crate) content: Content,
}

/// What is never freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leak {
    /// What one function allocates, slowly.
    OneFunction,
    /// What so many functions allocate.
    Functions(usize),
    /// All that is allocated anywhere.
    Everything,
}

/// What the samples are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Objects, as Go writes them: a sample for each object size at a stack.
    Objects,
    /// Objects, as stores of profiles hand them out: one sample for each stack, its sizes added up.
    MergedObjects,
    /// Goroutines, some fifty at each stack.
    Goroutines,
}

impl Shape {
    /// What a service of middling size serves.
    pub(crate) const SMALL: Shape = Shape {
        name: "small",
        samples: 3_000,
        depth: 20,
        locations: 4_000,
        functions: 1_800,
        leak: Leak::OneFunction,
        content: Content::Objects,
    };
    /// A large service.
    pub(crate) const LARGE: Shape = Shape {
        name: "large",
        samples: 60_000,
        depth: 40,
        locations: 30_000,
        functions: 10_000,
        ..Shape::SMALL
    };
    /// Larger than any that was seen.
    pub(crate) const HUGE: Shape =
        Shape { name: "huge", samples: 1_000_000, locations: 60_000, functions: 20_000, ..Shape::LARGE };
    /// A large service that leaks nearly everywhere.
    const LEAKS: Shape = Shape { name: "leaks", leak: Leak::Functions(600), ..Shape::LARGE };
    /// A large service of which nothing is ever freed.
    const GROWING: Shape = Shape { name: "growing", leak: Leak::Everything, ..Shape::LARGE };
    /// The large service, from a store of profiles, with its leaks.
    const MERGED: Shape = Shape { name: "merged", content: Content::MergedObjects, ..Shape::LEAKS };
    /// Deep recursion, beyond what Go records by default (128, runtime/mprof.go).
    const DEEP: Shape = Shape { name: "deep", samples: 6_000, depth: 500, ..Shape::LARGE };
    /// A million goroutines.
    const GOROUTINES: Shape =
        Shape { name: "goroutines", samples: 20_000, content: Content::Goroutines, ..Shape::LARGE };
    /// All of them.
    pub(crate) const ALL: [Shape; 8] = [
        Shape::SMALL,
        Shape::LARGE,
        Shape::HUGE,
        Shape::LEAKS,
        Shape::GROWING,
        Shape::MERGED,
        Shape::DEEP,
        Shape::GOROUTINES,
    ];
}

/// One process, of which snapshots can be taken.
pub(crate) struct Service {
    program: Program,
    rows: Rows,
    content: Content,
    minutes: i64,
}

impl Service {
    /// A process that has just started.
    pub(crate) fn new(shape: Shape) -> Service {
        let program = Program::new(shape);
        Service { rows: Rows::new(shape.samples), program, content: shape.content, minutes: 0 }
    }

    /// The next snapshot, ten minutes after the one before: the bytes of a gzipped profile.proto.
    pub(crate) fn snapshot(&mut self) -> Vec<u8> {
        self.rows.advance(&self.program);
        self.minutes += 10;
        write::profile(&self.program, &self.rows, self.content, self.minutes)
    }
}
