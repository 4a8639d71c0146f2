//! The frame a person should open first.

use crate::profile::{Kind, Owner, package_of};
use crate::series::{FrameId, Frames, FunctionId, Names, SiteId, Track};

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
    let frame = blamed_frame(stack, names, track.kind)?;
    let (function, line) = (names.function_of(frame), names.line_of(frame));
    let moved_from = track.site(site).has_moved().then(|| names.moved_from(function, line)).flatten();
    Some(Blame { function, line, first_line: moved_from.unwrap_or(line) })
}

fn blamed_frame(stack: Frames<'_>, names: &Names, kind: Kind) -> Option<FrameId> {
    let owned_by = |owner: Owner| stack.iter().find(|frame| names.info_of(*frame).owner == owner);
    if let Some(own) = owned_by(Owner::Own) {
        return Some(own);
    }
    let Some(root) = stack.iter().rfind(|frame| !names.info_of(*frame).is_runtime) else {
        return stack.first();
    };
    if kind != Kind::Heap {
        return Some(root);
    }
    let package = package_of(&names.info_of(root).name);
    owned_by(Owner::Dependency)
        .or_else(|| stack.iter().find(|frame| package_of(&names.info_of(*frame).name) == package))
}
