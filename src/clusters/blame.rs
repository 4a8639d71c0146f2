//! The frame a person should open first.

use crate::profile::Owner;
use crate::series::{FrameId, FunctionId, Names, Site};

/// The blamed frame of a site, as first and as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blame {
    /// The function.
    pub function: FunctionId,
    /// Its line in the latest snapshot, 0 if unknown.
    pub line: u32,
    /// Its line in the first snapshot; another one where the code moved between builds.
    pub first_line: u32,
}

/// The leaf-most frame of the user's own code; in a stack without any, of a dependency; else the leaf-most frame
/// above the runtime. `None` for an empty stack.
pub fn blame(site: &Site, names: &Names) -> Option<Blame> {
    let stack = site.latest_stack();
    let at = blamed_index(stack, names)?;
    let first = blamed_index(&site.stack, names).map_or(0, |i| names.line_of(site.stack[i]));
    Some(Blame { function: names.function_of(stack[at]), line: names.line_of(stack[at]), first_line: first })
}

fn blamed_index(stack: &[FrameId], names: &Names) -> Option<usize> {
    let owned_by = |owner: Owner| stack.iter().position(|frame| names.info_of(*frame).owner == owner);
    let above_runtime = || stack.iter().position(|frame| !names.info_of(*frame).is_runtime);
    owned_by(Owner::Own)
        .or_else(|| owned_by(Owner::Dependency))
        .or_else(above_runtime)
        .or(if stack.is_empty() { None } else { Some(0) })
}
