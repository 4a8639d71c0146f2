//! The report on one snapshot: what is live or waits where, what it would be if it grows, and what to take next; resolved
//! once, then one file a format.

mod build;
mod json;
mod markdown;
mod sentences;
mod steps;
mod terminal;
mod views;

pub use build::build_inspection_document;
pub use json::{INSPECTION_SCHEMA, inspection_json};
pub use markdown::inspection_markdown;
pub(super) use sentences::held_by;
pub use terminal::inspection_terminal;
pub use views::{
    ChurnView, GroupView, HeldByView, HolderView, IfItGrows, InspectionDocument, MemoryPlaceView, MemoryView,
    ProgramView, ProofView, ProvedView, SizeView, StackView, StepView, WaitsView,
};
