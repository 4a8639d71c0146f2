//! The causes of suspects, named once they are known, and named again where their source can be read.

use super::Analysis;
use crate::clusters::{Blame, Subject};
use crate::profile::{Kind, Notice, NoticeCode, Owner};
use crate::series::{Frames, Names, Series, Window};
use crate::source::{Fact, Position, Problem, Reading};
use crate::suspects::{Scene, Suspect, Tracks};
use std::collections::BTreeSet;

/// Stacks of one suspect that source is read for: those that grew most.
const STACKS_READ: usize = 3;
/// Own frames of one stack that a value is followed through.
const FRAMES_READ: usize = 8;

/// The tracks of a series that were judged.
pub(super) fn tracks<'a>(series: &'a Series, windows: &'a [(Kind, Window)]) -> Tracks<'a> {
    let judged = |kind: Kind| {
        let window = windows.iter().find(|(k, _)| *k == kind).map(|(_, window)| window);
        series.track(kind).zip(window)
    };
    Tracks {
        names: &series.names,
        heap: judged(Kind::Heap),
        goroutines: judged(Kind::Goroutine).or_else(|| judged(Kind::GoroutineLeak)),
    }
}

impl Analysis {
    /// Reads the source behind the suspects and names their causes anew. `follow` gives what the source says about a
    /// stack of own frames, leaf-most first.
    ///
    /// Source that is not there or differs from the running build is told in a notice, and done without.
    pub fn read_source(&mut self, follow: &mut dyn FnMut(&[Position]) -> Reading) {
        let tracks = tracks(&self.series, &self.windows);
        let scene = Scene::new(tracks, &self.suspects);
        for suspect in &mut self.suspects {
            let mut facts: Vec<Fact> = Vec::new();
            let mut excerpt = None;
            for stack in positions(suspect, &self.series) {
                let reading = follow(&stack);
                for fact in reading.facts {
                    if !facts.contains(&fact) {
                        facts.push(fact);
                    }
                }
                excerpt = excerpt.or(reading.excerpt);
                self.notices.extend(reading.problem.map(notice));
            }
            // Of the calls into a library those that leave something open; most of them are as they should be.
            for entrance in &suspect.entrances {
                let reading = follow(&[position(entrance.caller, &self.series.names)]);
                if reading.facts.iter().any(|fact| fact.kind.leaves_open()) {
                    excerpt = excerpt.or(reading.excerpt);
                    facts.extend(reading.facts.into_iter().filter(|fact| fact.kind.leaves_open()));
                }
            }
            suspect.cause = Some(scene.cause(suspect, facts));
            suspect.excerpt = excerpt;
        }
        self.notices.sort();
        self.notices.dedup();
    }
}

/// The leading stacks of a suspect and of what was joined to it, own frames only.
fn positions(suspect: &Suspect, series: &Series) -> Vec<Vec<Position>> {
    let mut stacks: Vec<Vec<Position>> = Vec::new();
    for member in suspect.members() {
        let track = match member.subject {
            Subject::Heap => series.track(Kind::Heap),
            Subject::Goroutine => series.track(Kind::Goroutine).or_else(|| series.track(Kind::GoroutineLeak)),
        };
        let Some(track) = track else { continue };
        for site in member.sites.iter().filter(|site| site.growth.delta() > 0.0).take(STACKS_READ) {
            let own = own_frames(track.latest_stack(site.site), &series.names);
            if !own.is_empty() && !stacks.contains(&own) {
                stacks.push(own);
            }
        }
    }
    stacks
}

fn position(blame: Blame, names: &Names) -> Position {
    let info = names.info(blame.function);
    Position { function: info.name.clone(), file: info.file.clone(), line: blame.line, calls: None }
}

fn own_frames(stack: Frames<'_>, names: &Names) -> Vec<Position> {
    // A function that calls itself counts once, at its place nearest to the leaf.
    let mut seen = BTreeSet::new();
    let mut own: Vec<Position> = Vec::new();
    let mut below: Option<String> = None;
    for frame in stack.iter() {
        let info = names.info_of(frame);
        let calls = below.take();
        if info.owner != Owner::Own {
            below = Some(info.name.clone());
        } else if own.len() < FRAMES_READ && seen.insert(names.function_of(frame)) {
            let (function, file, line) = (info.name.clone(), info.file.clone(), names.line_of(frame));
            own.push(Position { function, file, line, calls });
        }
    }
    own
}

fn notice(problem: Problem) -> Notice {
    match problem {
        Problem::NotFound { file } => Notice::new(
            NoticeCode::SourceNotFound,
            format!("{file} is not below the folders given with --source, so causes are named without it"),
        ),
        Problem::Differs { file, why } => Notice::new(
            NoticeCode::SourceDiffers,
            format!(
                "{file}: the source differs from the running build ({why}), so causes are named without it; check out the commit that runs"
            ),
        ),
    }
}
