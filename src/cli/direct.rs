//! `pprof-leaks PLACE...`: what is given decides what is done.

use super::args::{Args, CompareArgs, DiffArgs, TrendArgs};
use super::direct_args::DirectArgs;
use super::inspect_args::InspectArgs;
use super::output::Output;
use super::report_args::CommonArgs;
use super::settings::Settings;
use super::trend::{Looked, Trend};
use super::{compare, diff, inspect, live, overview};
use anyhow::{Result, bail};
use clap::CommandFactory;
use pprof_leaks::input::{Limits, Named, named, without_secrets};
use pprof_leaks::store::Store;
use std::path::Path;

/// Words less alike than this (Jaro and Winkler's measure, from 0 to 1) are not what was meant.
const ALIKE: f64 = 0.8;

/// What a place is, as far as it decides what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Service,
    Snapshot,
    Folder,
    Store,
    /// The folder of a job in a store, as a run against live services makes one.
    Job,
}

/// Does what the places call for, and gives the exit status.
pub(super) fn run(args: DirectArgs, command: String) -> Result<u8> {
    let places = args.places.iter().map(|text| place(text)).collect::<Result<Vec<_>>>()?;
    let DirectArgs { places: mut given, live: live_args, common } = args;
    let is = |wanted: Place| places.iter().filter(|place| **place == wanted).count();
    if is(Place::Service) > 0 && is(Place::Service) < places.len() {
        bail!(
            "a live service and snapshots are given together; `pprof-leaks trend` judges them as one series, and \
             `pprof-leaks HOST:PORT --compare FOLDER` compares what the service does now with what it did"
        );
    }
    match places.as_slice() {
        [] => bail!(
            "what to look at? Give a live service, as in localhost:6060, or snapshots; `pprof-leaks --help` has examples"
        ),
        [Place::Service, ..] => live::run(&live_args, common, &given, command),
        [Place::Snapshot] if !Path::new(&given[0]).is_file() => {
            inspect::run(&InspectArgs { snapshots: given, common }, command)
        }
        [Place::Store] => {
            let settings = Settings::of(&common)?;
            let output = Output::of(&common.rendering, &[])?;
            overview::store(Path::new(&given[0]), &output, &settings, &command)
        }
        [Place::Job] => {
            let settings = Settings::of(&common)?;
            let output = Output::of(&common.rendering, &[])?;
            overview::job(Path::new(&given[0]), &output, &settings, &command)
        }
        [Place::Snapshot, Place::Snapshot] => {
            let (Some(after), Some(before)) = (given.pop(), given.pop()) else {
                bail!("two snapshots are needed")
            };
            diff::run(&DiffArgs { before, after, common }, command)
        }
        _ if is(Place::Store) + is(Place::Job) > 0 => {
            bail!(
                "a store is given together with other places; give the store alone, or the folders of instances in it"
            )
        }
        [Place::Folder, Place::Folder] => two_folders(given, common, command),
        _ => {
            let max_inputs = Limits::default().inputs;
            let args =
                TrendArgs { snapshots: given, since: None, last: None, rounds: false, max_inputs, common };
            let trend = Trend::of(&args)?;
            match places.as_slice() {
                // A log may hold several snapshots, as a folder does.
                [Place::Folder | Place::Snapshot] if trend.is_one_round() => {
                    drop(trend);
                    let TrendArgs { snapshots, common, .. } = args;
                    inspect::run(&InspectArgs { snapshots, common }, command)
                }
                _ => trend.report(command),
            }
        }
    }
}

/// Two folders are what was before a change and what was after it: of one round of snapshots each two points of one process, else two runs.
/// Where one has what the other lacks, as the folders of two kinds do, they are one series.
fn two_folders(given: Vec<String>, common: CommonArgs, command: String) -> Result<u8> {
    let settings = Settings::of(&common)?;
    let looked = |place: &String| Looked::at(std::slice::from_ref(place), &settings.limits, &settings);
    let [before, after] = [looked(&given[0])?, looked(&given[1])?];
    let max_inputs = Limits::default().inputs;
    if before.kinds().is_disjoint(&after.kinds()) {
        let args = TrendArgs { snapshots: given, since: None, last: None, rounds: false, max_inputs, common };
        return Trend::of(&args)?.report(command);
    }
    let are_points = before.is_one_round() && after.is_one_round();
    drop((before, after));
    let mut given = given.into_iter();
    let (Some(before), Some(after)) = (given.next(), given.next()) else { bail!("two folders are needed") };
    match are_points {
        true => diff::run(&DiffArgs { before, after, common }, command),
        false => compare::run(&CompareArgs { before, after, max_inputs, common }, command),
    }
}

fn place(text: &str) -> Result<Place> {
    match named(text) {
        Named::Service => return Ok(Place::Service),
        Named::Url | Named::StandardInput => return Ok(Place::Snapshot),
        Named::Path => {}
    }
    let path = Path::new(text);
    if path.is_dir() {
        let is_store = Store::existing(path).is_ok_and(|store| store.has_snapshots());
        return Ok(match is_store {
            true => Place::Store,
            false if Store::of_job(path).is_some() => Place::Job,
            false => Place::Folder,
        });
    }
    if path.exists() {
        return Ok(Place::Snapshot);
    }
    let meant = match nearest_command(text) {
        Some(name) => format!("did you mean `pprof-leaks {name}`?"),
        None => "check the path. A live service is written HOST:PORT, as in localhost:6060".to_owned(),
    };
    bail!("{}: there is no such command, file or folder; {meant}", without_secrets(text))
}

/// The command that was meant by a word, if one is alike.
fn nearest_command(typed: &str) -> Option<String> {
    let typed = typed.to_ascii_lowercase();
    // What others call it.
    match typed.as_str() {
        "check" | "analyze" | "analyse" | "scan" => return Some("trend".to_owned()),
        "show" | "view" => return Some("report".to_owned()),
        _ => {}
    }
    let names = Args::command().get_subcommands().map(|one| one.get_name().to_owned()).collect::<Vec<_>>();
    let likeness = |name: &String| strsim::jaro_winkler(name, &typed);
    names
        .into_iter()
        .filter(|name| likeness(name) >= ALIKE)
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_command_is_recognised() {
        let meant = |typed: &str| nearest_command(typed);
        assert_eq!(meant("dif").as_deref(), Some("diff"));
        assert_eq!(meant("trends").as_deref(), Some("trend"));
        assert_eq!(meant("scan").as_deref(), Some("trend"));
        assert_eq!(meant("heap.pb.gz"), None);
        assert_eq!(meant("shop"), None);
    }
}
