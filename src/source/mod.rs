//! Reads the Go source behind the frames of a profile: what is done with the value that is allocated there.

#[cfg(feature = "source")]
mod acquire;
mod at_hand;
#[cfg(feature = "source")]
mod calls;
#[cfg(feature = "source")]
mod carried;
#[cfg(feature = "source")]
mod code_owners;
#[cfg(feature = "source")]
mod contexts;
#[cfg(feature = "source")]
mod declared;
mod facts;
#[cfg(feature = "source")]
mod flow;
#[cfg(feature = "source")]
mod handed;
mod heuristics;
#[cfg(feature = "source")]
mod history;
#[cfg(feature = "source")]
mod parse;
#[cfg(feature = "source")]
mod reach;
#[cfg(feature = "source")]
mod reader;
#[cfg(not(feature = "source"))]
#[path = "absent.rs"]
mod reader;
#[cfg(feature = "source")]
mod scopes;
#[cfg(feature = "source")]
mod shrinks;
#[cfg(all(test, feature = "source"))]
mod tests;
#[cfg(feature = "source")]
mod tree;
mod types;
#[cfg(feature = "source")]
mod values;
#[cfg(feature = "source")]
mod waits;

pub use at_hand::AtHand;
pub use facts::{
    Change, Channel, Container, Excerpt, Fact, FactKind, Place, Position, Problem, Reading, Released,
    Routing, Scope,
};
pub use heuristics::Heuristic;
pub use reader::{SourceError, Sources};
