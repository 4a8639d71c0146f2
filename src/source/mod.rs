//! Reads the Go source behind the frames of a profile: what is done with the value that is allocated there.

mod facts;

pub use facts::{
    Channel, Container, Excerpt, Fact, FactKind, Place, Position, Problem, Reading, Released, Scope,
};
