//! The frame a person should open first.

use crate::profile::{Kind, Owner, package_of};
use crate::series::{FrameId, FunctionId, Names, SiteId, Track};

/// The blamed frame of a site, as first and as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blame {
    /// The function.
    pub function: FunctionId,
    /// Its line in the latest snapshot, 0 if unknown.
    pub line: u32,
    /// Its line in the first snapshot's build; another one where the code moved.
    pub first_line: u32,
}

/// The leaf-most frame of the user's own code.
///
/// In a stack without any: for goroutines the function they were started with, which says what they are
/// (`net/http.(*persistConn).readLoop`), not what they wait in; for memory the leaf-most frame of a dependency, else
/// of the package at the root, which knows what it allocates for (`net/http.(*Transport).dialConn`, not
/// `bufio.NewReaderSize`). `None` for an empty stack.
pub fn blame(track: &Track, site: SiteId, names: &Names) -> Option<Blame> {
    let stack = track.latest_stack(site);
    let at = blamed_index(stack, names, track.kind)?;
    let (function, line) = (names.function_of(stack[at]), names.line_of(stack[at]));
    let moved_from = track.site(site).has_moved().then(|| names.moved_from(function, line)).flatten();
    Some(Blame { function, line, first_line: moved_from.unwrap_or(line) })
}

fn blamed_index(stack: &[FrameId], names: &Names, kind: Kind) -> Option<usize> {
    let leaf_most = |test: &dyn Fn(FrameId) -> bool| stack.iter().position(|frame| test(*frame));
    if let Some(own) = leaf_most(&|frame| names.info_of(frame).owner == Owner::Own) {
        return Some(own);
    }
    let root = stack.iter().rposition(|frame| !names.info_of(*frame).is_runtime);
    let Some(root) = root else { return if stack.is_empty() { None } else { Some(0) } };
    if kind != Kind::Heap {
        return Some(root);
    }
    let package = package_of(&names.info_of(stack[root]).name);
    leaf_most(&|frame| names.info_of(frame).owner == Owner::Dependency)
        .or_else(|| leaf_most(&|frame| package_of(&names.info_of(frame).name) == package))
        .or(Some(root))
}
