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

/// Finds the blamed frames of sites.
pub struct Blamer<'a> {
    names: &'a Names,
    /// By frame, in a byte each: most frames of all stacks are looked at for nothing else.
    owners: Vec<Owner>,
}

impl<'a> Blamer<'a> {
    /// One for the sites of a series.
    pub fn of(names: &'a Names) -> Blamer<'a> {
        Blamer { names, owners: names.frames().map(|frame| names.info_of(frame).owner).collect() }
    }

    /// The leaf-most frame of the user's own code.
    ///
    /// In a stack without any: for goroutines the function they were started with, which says what they are
    /// (`net/http.(*persistConn).readLoop`), not what they wait in; for memory the leaf-most frame of a dependency, else
    /// of the package at the root, which knows what it allocates for (`net/http.(*Transport).dialConn`, not
    /// `bufio.NewReaderSize`). `None` for an empty stack.
    pub fn blame(&self, track: &Track, site: SiteId) -> Option<Blame> {
        let frame = self.frame(track.latest_stack(site), track.kind)?;
        let (function, line) = (self.names.function_of(frame), self.names.line_of(frame));
        let moved_from =
            track.site(site).has_moved().then(|| self.names.moved_from(function, line)).flatten();
        Some(Blame { function, line, first_line: moved_from.unwrap_or(line) })
    }

    fn frame(&self, stack: Frames<'_>, kind: Kind) -> Option<FrameId> {
        let info = |frame: FrameId| self.names.info_of(frame);
        let owned_by = |owner: Owner| stack.find(|frame| self.owners[frame.0 as usize] == owner);
        if let Some(own) = owned_by(Owner::Own) {
            return Some(own);
        }
        let Some(root) = stack.iter().rfind(|frame| !info(*frame).is_runtime) else {
            return stack.first();
        };
        if kind != Kind::Heap {
            return Some(root);
        }
        let package = package_of(&info(root).name);
        owned_by(Owner::Dependency).or_else(|| stack.find(|frame| package_of(&info(frame).name) == package))
    }
}
