//! The causes of suspects, named once they are known: by their source, where it can be read.

use super::taken::tracks;
use super::{Analysis, Options, Taken};
use crate::clusters::Blame;
use crate::diagnose::Cause;
use crate::profile::{Notice, NoticeCode, Owner, import_folder, package_of, readable};
use crate::series::{Frames, FunctionInfo, Names, Series};
use crate::source::{AtHand, Excerpt, Fact, Position, Problem, Routing, Sources};
use crate::suspects::{Linked, Scene, Suspect, Tracks, weigh_outlet};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::Path;

/// Stacks of one suspect that source is read for: those that grew most.
const STACKS_READ: usize = 3;
/// Own frames of one stack that a value is followed through.
const FRAMES_READ: usize = 8;

/// Names the causes of suspects, by the source behind them where there is some, and weighs how memory leaves what keeps
/// them. Source that is not there or differs from the running build is reported in a notice, and done without.
pub(crate) fn name_causes(
    leaks: Vec<Linked>,
    taken: &Taken,
    options: &Options,
    notices: &mut Vec<Notice>,
) -> Vec<Suspect> {
    let mut suspects = name_all(leaks, taken.tracks(), &taken.series, options, notices);
    for Suspect { leak, cause, .. } in &mut suspects {
        if let Some(outlet) = cause.outlet {
            weigh_outlet(&mut leak.lead, outlet);
        }
    }
    // What source has made surer comes first; the order is else that of the leaks.
    suspects.sort_by_key(|suspect| Reverse(suspect.confidence));
    suspects
}

/// The causes of suspects of any tracks, in their order.
pub(super) fn name_all(
    leaks: Vec<Linked>,
    tracks: Tracks<'_>,
    series: &Series,
    options: &Options,
    notices: &mut Vec<Notice>,
) -> Vec<Suspect> {
    let scene = Scene::new(tracks, &leaks);
    let is_given = options.source.is_some();
    let sources = options.source.clone().or_else(|| {
        let module = at_hand(series, &leaks, options)?;
        let sources = module.sources()?;
        notices.push(about_source(module));
        Some(sources)
    });
    // A lock is only broken where another thread panicked, and then there is no report.
    let mut sources = sources.as_ref().and_then(|sources| sources.lock().ok());
    let mut named = |leak: Linked| {
        let mut read = match &mut sources {
            Some(sources) => read(&leak, series, sources),
            None => Read::default(),
        };
        // Source that was not asked for need not be there, so its absence is not reported.
        read.problems.retain(|problem| is_given || !matches!(problem, Problem::NotFound { .. }));
        notices.extend(read.problems.into_iter().map(notice));
        Suspect {
            cause: scene.cause(&leak, read.facts, &options.without),
            excerpt: read.excerpt,
            routing: read.routing,
            leak,
        }
    };
    leaks.into_iter().take_while(|_| !options.criteria.is_out_of_time()).map(&mut named).collect()
}

/// The causes of the suspects of an analysis, named once more by other options: with source or without, or with something
/// left out. All else about them is as it was.
pub fn causes_by(analysis: &Analysis, options: &Options) -> Vec<Cause> {
    let leaks: Vec<Linked> = analysis.suspects.iter().map(|suspect| suspect.leak.clone()).collect();
    let tracks = tracks(&analysis.series, &analysis.windows);
    let suspects = name_all(leaks, tracks, &analysis.series, options, &mut Vec::new());
    suspects.into_iter().map(|suspect| suspect.cause).collect()
}

/// The module of the working directory, if there is anything to read for and it is that of the program: by the import path of its
/// package main, else by the folder that this was built in, or by the other packages of the user's.
fn at_hand<'a>(series: &Series, leaks: &[Linked], options: &'a Options) -> Option<&'a AtHand> {
    let module = options.at_hand.as_deref().filter(|_| !leaks.is_empty())?;
    let own = || series.names.functions().iter().filter(|info| info.owner == Owner::Own);
    let is_main = |info: &&FunctionInfo| package_of(&info.name) == "main" && !info.file.is_empty();
    let is_inside = |info: &FunctionInfo| Path::new(&info.file).starts_with(module.folder());
    let homes: Vec<&str> = own().filter(is_main).filter_map(|info| import_folder(&info.file)).collect();
    let is_of = match homes.is_empty() {
        _ if own().filter(is_main).any(is_inside) => true,
        false => homes.iter().any(|home| module.has(home)),
        true => own().any(|info| module.has(&readable(package_of(&info.name)))),
    };
    is_of.then_some(module)
}

fn about_source(module: &AtHand) -> Notice {
    Notice::new(
        NoticeCode::SourceAtHand,
        format!(
            "the source in {} was read, as the program is of its module {}; --no-source leaves it",
            module.folder().display(),
            module.module()
        ),
    )
}

/// What the source says of a suspect.
#[derive(Default)]
struct Read {
    facts: Vec<Fact>,
    excerpt: Option<Excerpt>,
    routing: Option<Routing>,
    problems: Vec<Problem>,
}

/// Reads the source behind a suspect.
fn read(suspect: &Linked, series: &Series, sources: &mut Sources) -> Read {
    let Read { mut facts, mut excerpt, mut problems, .. } = Read::default();
    for stack in positions(suspect, series) {
        let reading = sources.follow(&stack);
        for fact in reading.facts {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        excerpt = excerpt.or(reading.excerpt);
        problems.extend(reading.problem);
    }
    // Of the calls into a library those that leave something open; most of them are as they should be.
    for entrance in &suspect.entrances {
        let reading = sources.follow(&[position(entrance.caller, &series.names)]);
        if reading.facts.iter().any(|fact| fact.kind.leaves_open()) {
            excerpt = excerpt.or(reading.excerpt);
            facts.extend(reading.facts.into_iter().filter(|fact| fact.kind.leaves_open()));
        }
    }
    // What differs from the running build has other lines.
    let is_read = excerpt.is_some() && problems.is_empty();
    let routing = if is_read { sources.routing(&position(suspect.blame, &series.names)) } else { None };
    Read { facts, excerpt, routing, problems }
}

/// The leading stacks of a suspect and of what was joined to it, own frames only.
fn positions(suspect: &Linked, series: &Series) -> Vec<Vec<Position>> {
    let mut stacks: Vec<Vec<Position>> = Vec::new();
    for member in suspect.members() {
        let Some(track) = member.subject.track(series) else { continue };
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
