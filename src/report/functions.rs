//! The functions of a report's sites as numbers, from which a growth graph is made.

use super::document::{FrameView, SiteView};
use crate::series::FunctionId;
use std::collections::HashMap;

/// The functions of some sites, numbered in the order in which they are met.
pub(super) struct Names<'a> {
    frames: Vec<&'a FrameView>,
    ids: HashMap<(&'a str, &'a str), FunctionId>,
}

impl<'a> Names<'a> {
    pub(super) fn of(sites: &[&'a SiteView]) -> Names<'a> {
        let mut names = Names { frames: Vec::new(), ids: HashMap::new() };
        for frame in sites.iter().flat_map(|site| &site.stack) {
            let next = FunctionId(names.frames.len() as u32);
            let key = (frame.function.as_str(), frame.file.as_str());
            if *names.ids.entry(key).or_insert(next) == next {
                names.frames.push(frame);
            }
        }
        names
    }

    /// A frame of the function.
    pub(super) fn frame(&self, function: FunctionId) -> &'a FrameView {
        self.frames[function.0 as usize]
    }

    /// The stacks as functions, those kept alone, each with its growth.
    pub(super) fn stacks(
        &self,
        sites: &[&SiteView],
        keep: &dyn Fn(FunctionId) -> bool,
    ) -> Vec<(Vec<FunctionId>, f64)> {
        let id = |frame: &FrameView| self.ids.get(&(frame.function.as_str(), frame.file.as_str())).copied();
        sites
            .iter()
            .map(|site| {
                let stack = site.stack.iter().filter_map(id).filter(|function| keep(*function)).collect();
                (stack, site.figures.delta)
            })
            .collect()
    }

    /// The number of the function of a frame, if it is among them.
    pub(super) fn id(&self, frame: &FrameView) -> Option<FunctionId> {
        self.ids.get(&(frame.function.as_str(), frame.file.as_str())).copied()
    }
}
