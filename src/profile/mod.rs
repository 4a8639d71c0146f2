//! The model of one profile: symbols, stacks and samples as columns, and what the user must know about them.
//!
//! Every reader in [`crate::input`] fills a [`RawProfile`]; everything to the right of it in the pipeline reads
//! only this. A profile is self-contained, so files can be read in parallel, and nothing in it is a per-sample
//! allocation: stacks and values live in flat columns behind `u32` indexes.

mod goroutine;
mod heading;
mod kind;
mod mem_stats;
mod names;
mod natural;
mod notice;
mod raw;
mod samples;
mod sampling;
mod stacks;
mod stamp;
mod symbols;

pub use goroutine::Goroutine;
pub(crate) use goroutine::{most_first, most_frequent};
pub use heading::Heading;
pub use kind::{Form, HeapColumns, Kind, SampleType, Unit};
pub use mem_stats::MemStats;
pub use names::{
    Owner, display_function, fold_type_arguments, import_folder, is_remote, owner, package_of, readable,
    repository_of,
};
pub use natural::natural_order;
pub use notice::{Notice, NoticeCode};
pub use raw::{Difference, OF_MANY, RawProfile, TakenAt, TimeSource};
pub use samples::{Sample, Samples};
pub use sampling::{Fit, SamplingRate, Scaling};
pub use stacks::Stack;
pub(crate) use stacks::StackColumn;
pub use stamp::{stamp, stamped};
pub use symbols::{Frame, Function, Location, Strings, Symbols};
