//! From what the user names (a file, a folder, a URL, `-`) to profiles.

use super::address::without_secrets;
use super::in_order::in_order;
use super::service::{self, Asked, Named, goroutines_on, named};
use super::source;
use super::{
    Fetcher, Headings, InputError, Limits, Problem, headings, parse, parse_all, parse_file, parse_heading,
    the_only,
};
use crate::profile::{Form, Heading, Kind, RawProfile, TakenAt, TimeSource, natural_order, stamped};
use std::fs::File;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// More threads read no faster from one disk, and each holds a profile in memory.
const MOST_READERS: usize = 8;

/// The profiles found at one location, and what could not be used there.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every profile, folders in name order.
    pub profiles: Vec<RawProfile>,
    /// Every file that was meant to be a profile and could not be read.
    pub failures: Vec<InputError>,
}

/// What was found at some locations, without the contents.
#[derive(Debug, Default)]
pub struct Survey {
    /// Every profile, in the order of the locations, folders in name order.
    pub found: Vec<(Heading, Unread)>,
    /// Every file that was meant to be a profile and could not be read.
    pub failures: Vec<InputError>,
}

/// A profile whose heading is known, to be read when it is needed.
#[derive(Clone, Debug)]
pub struct Unread {
    kind: Kind,
    form: Form,
    contents: Contents,
}

#[derive(Clone, Debug)]
enum Contents {
    File(PathBuf),
    /// The bytes of a file that somebody else has read, under its name.
    Bytes(String, Arc<[u8]>),
    /// What cannot be read a second time: a URL would give another snapshot, standard input none.
    Held(Box<RawProfile>),
}

/// One input, before it is read.
#[derive(Debug)]
enum Place {
    Stdin,
    Url(String),
    /// A profile of a live service, by its base.
    OfService(String, Asked),
    File(PathBuf),
    /// A file that the user did not name, only the folder.
    InFolder(PathBuf),
}

/// What became of an input.
enum Outcome<T> {
    /// Several, where they stand in one log.
    Read(Vec<T>),
    Failed(InputError),
    /// A file beside the snapshots that is none and does not claim to be.
    Foreign,
}

/// Reads everything at `location`: one profile, or all those directly in a folder.
///
/// Bad files in a folder do not lose the others; each is kept as a failure.
pub fn load(location: &str, fetcher: &Fetcher, limits: &Limits) -> Loaded {
    let read = |place: &Place| read_place(place, fetcher, limits);
    let mut profiles = Vec::new();
    let failures = visit(&[location], limits, &mut |_, _| {}, read, |profile| profiles.push(profile));
    Loaded { profiles, failures }
}

/// Looks at everything at some locations, as [`load`] does, and keeps the headings only. `progress` is called with
/// the number of inputs that are done and of all.
pub fn survey(
    locations: &[impl AsRef<str>],
    fetcher: &Fetcher,
    limits: &Limits,
    progress: &mut dyn FnMut(usize, usize),
) -> Survey {
    let held = |profile: RawProfile| (Heading::of(&profile), Contents::Held(Box::new(profile)));
    let look = |place: &Place| match place {
        Place::File(path) | Place::InFolder(path) => Ok(match look_at_file(path, limits)? {
            Headings::One(heading) => vec![(heading, Contents::File(path.clone()))],
            Headings::Of(profiles) => profiles.into_iter().map(held).collect(),
        }),
        place => Ok(read_place(place, fetcher, limits)?.into_iter().map(held).collect()),
    };
    let mut found = Vec::new();
    let mut build_id: Option<Arc<str>> = None;
    let failures = visit(locations, limits, progress, look, |(mut heading, contents)| {
        if heading.build_id == build_id {
            heading.build_id.clone_from(&build_id);
        }
        build_id.clone_from(&heading.build_id);
        let unread = Unread { kind: heading.kind, form: heading.form, contents };
        found.push((heading, unread));
    });
    Survey { found, failures }
}

/// Looks at the bytes of files that somebody else has read, each with its path, as [`survey`] does at files.
pub fn survey_bytes(files: Vec<(String, Vec<u8>)>, limits: &Limits) -> Survey {
    let mut survey = Survey::default();
    for (name, bytes) in files {
        match parse_heading(&bytes, &name, limits) {
            Ok(mut heading) => {
                heading.taken_at = heading.taken_at.or_else(|| time_in(Path::new(&name)));
                let (kind, form) = (heading.kind, heading.form);
                let contents = Contents::Bytes(name, bytes.into());
                survey.found.push((heading, Unread { kind, form, contents }));
            }
            Err(problem) => survey.failures.push(problem.of(name)),
        }
    }
    survey
}

/// Reads profiles, several at a time, and gives them to `done` one by one in their order, until it breaks off.
pub fn read_each(
    unread: Vec<&Unread>,
    limits: &Limits,
    done: impl FnMut(Result<RawProfile, InputError>) -> ControlFlow<()>,
) {
    in_order(unread, MOST_READERS, |one| one.read(limits), done);
}

impl Unread {
    /// The file whose heading this is.
    pub fn file(heading: &Heading) -> Unread {
        let contents = Contents::File(PathBuf::from(&heading.source));
        Unread { kind: heading.kind, form: heading.form, contents }
    }

    /// Looks at its heading once more.
    ///
    /// # Errors
    /// If it cannot be read any more.
    pub fn look(&self, limits: &Limits) -> Result<Heading, InputError> {
        match &self.contents {
            Contents::Held(profile) => Ok(Heading::of(profile)),
            Contents::Bytes(name, bytes) => {
                let mut heading =
                    parse_heading(bytes, name, limits).map_err(|problem| problem.of(name.clone()))?;
                heading.taken_at = heading.taken_at.or_else(|| time_in(Path::new(name)));
                Ok(heading)
            }
            Contents::File(path) => match look_at_file(path, limits) {
                Ok(Headings::One(heading)) => Ok(heading),
                Ok(Headings::Of(_)) => Err(Problem::Changed.of(path.display().to_string())),
                Err(problem) => Err(problem.of(path.display().to_string())),
            },
        }
    }

    fn read(&self, limits: &Limits) -> Result<RawProfile, InputError> {
        let path = match &self.contents {
            Contents::Held(profile) => return Ok(RawProfile::clone(profile)),
            Contents::Bytes(name, bytes) => {
                let mut profile = parse(bytes, name, limits).map_err(|problem| problem.of(name.clone()))?;
                profile.taken_at = profile.taken_at.or_else(|| time_in(Path::new(name)));
                return Ok(profile);
            }
            Contents::File(path) => path,
        };
        match read_file(path, limits).and_then(the_only) {
            Ok(profile) if (profile.kind, profile.form) == (self.kind, self.form) => Ok(profile),
            Ok(_) => Err(Problem::Changed.of(path.display().to_string())),
            Err(problem) => Err(problem.of(path.display().to_string())),
        }
    }
}

/// Reads every input at the locations with `read` and gives each result to `keep`; gives what could not be read.
fn visit<T: Send>(
    locations: &[impl AsRef<str>],
    limits: &Limits,
    progress: &mut dyn FnMut(usize, usize),
    read: impl Fn(&Place) -> Result<Vec<T>, Problem> + Sync,
    mut keep: impl FnMut(T),
) -> Vec<InputError> {
    let mut inputs = Vec::new();
    for (index, location) in locations.iter().enumerate() {
        inputs.extend(places_at(location.as_ref()).into_iter().map(|place| (index, place)));
        if inputs.len() > limits.inputs {
            let name = without_secrets(location.as_ref());
            return vec![Problem::TooManyInputs { limit: limits.inputs }.of(name)];
        }
    }
    let mut failures = Vec::new();
    let mut useless: Vec<(bool, usize)> = vec![(true, 0); locations.len()];
    let (count, mut finished) = (inputs.len(), 0);
    in_order(
        inputs,
        MOST_READERS,
        |(index, place)| match place {
            Ok(place) => (index, outcome(&place, read(&place))),
            Err(error) => (index, Outcome::Failed(error)),
        },
        |(index, outcome)| {
            finished += 1;
            progress(finished, count);
            let (nothing, foreign) = &mut useless[index];
            *nothing &= matches!(outcome, Outcome::Foreign);
            match outcome {
                // On this thread: what stays would lie scattered among what each reading takes and gives back, and memory
                // in pieces grows with every input.
                Outcome::Read(results) => results.into_iter().for_each(&mut keep),
                Outcome::Failed(error) => failures.push((index, error)),
                Outcome::Foreign => *foreign += 1,
            }
            ControlFlow::Continue(())
        },
    );
    for (index, (_, foreign)) in useless.into_iter().enumerate().filter(|(_, (nothing, _))| *nothing) {
        failures.push((index, empty_folder(Path::new(locations[index].as_ref()), foreign)));
    }
    failures.sort_by_key(|(index, _)| *index);
    failures.into_iter().map(|(_, error)| error).collect()
}

/// The inputs at a location: none for an empty folder, an error for one that cannot be listed.
fn places_at(location: &str) -> Vec<Result<Place, InputError>> {
    let path = Path::new(location);
    match named(location) {
        Named::StandardInput => return vec![Ok(Place::Stdin)],
        Named::Url => return vec![Ok(Place::Url(service::url(location)))],
        Named::Service => {
            let of = |asked| Ok(Place::OfService(service::base(location), asked));
            return Asked::ALL.map(of).into();
        }
        Named::Path => {}
    }
    if path.is_dir() {
        match places_in(path) {
            Ok(places) => places,
            Err(error) => vec![Err(Problem::Io(error).of(path.display().to_string()))],
        }
    } else {
        vec![Ok(Place::File(path.to_owned()))]
    }
}

/// What a result means for the place it is of.
fn outcome<T>(place: &Place, result: Result<Vec<T>, Problem>) -> Outcome<T> {
    let problem = match result {
        Ok(result) => return Outcome::Read(result),
        Err(problem) => problem,
    };
    match (place, &problem) {
        // Other kinds of profile, notes and binaries may lie beside the snapshots.
        (Place::InFolder(_), Problem::OtherProfile { .. }) => Outcome::Foreign,
        (Place::InFolder(path), Problem::Unsuitable { .. }) if !claims_to_be_a_snapshot(path) => {
            Outcome::Foreign
        }
        _ => Outcome::Failed(problem.of(name_of(place))),
    }
}

fn name_of(place: &Place) -> String {
    match place {
        Place::Stdin => "standard input".to_owned(),
        Place::Url(url) => without_secrets(url),
        Place::OfService(base, asked) => without_secrets(&format!("{base}/{}", asked.path(None))),
        Place::File(path) => without_secrets(&path.display().to_string()),
        Place::InFolder(path) => path.display().to_string(),
    }
}

/// Why a folder is of no use in which nothing but `foreign` other files was found.
fn empty_folder(folder: &Path, foreign: usize) -> InputError {
    let mut also = match foreign {
        0 => String::new(),
        1 => ", only one other file".to_owned(),
        n => format!(", only {n} other files"),
    };
    if has_folders(folder) {
        also.push_str("; the folders in it are not searched, so give one of them");
    }
    Problem::EmptyFolder(also).of(folder.display().to_string())
}

/// The visible files in a folder, by name with numbers as numbers, and those in its folders of one kind of snapshot, as a store has them. Links
/// that lead nowhere are among them, so that they are reported; pipes and devices are not. A store has no links, and whoever can write to
/// one shall not have others read what lies elsewhere.
fn places_in(folder: &Path) -> std::io::Result<Vec<Result<Place, InputError>>> {
    let mut places: Vec<_> =
        files_directly_in(folder)?.into_iter().map(|file| Ok(Place::InFolder(file))).collect();
    for kind in Kind::ALL.map(Kind::name) {
        let of_kind = folder.join(kind);
        if !of_kind.is_dir() {
            continue;
        }
        places.extend(files_directly_in(&of_kind)?.into_iter().map(|file| match file.is_symlink() {
            true => Err(Problem::Link.of(file.display().to_string())),
            false => Ok(Place::InFolder(file)),
        }));
    }
    Ok(places)
}

fn files_directly_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.path().metadata().map_or(true, |metadata| metadata.is_file()) {
            // Not `./heap.pb.gz` for what lies here.
            let is_here = folder == Path::new(".");
            files.push(if is_here { PathBuf::from(entry.file_name()) } else { entry.path() });
        }
    }
    // Their order is that of the snapshots, where nothing tells when they were taken.
    files.sort_by(|a, b| natural_order(&a.to_string_lossy(), &b.to_string_lossy()).then_with(|| a.cmp(b)));
    Ok(files)
}

fn has_folders(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|e| e.path().is_dir())))
}

/// Whether somebody meant this file to be a snapshot, by its name. What it is, its bytes tell; the name only decides
/// whether it is passed over in silence when they are no profile: `curl -so goroutine.pb.gz` saves error pages too.
fn claims_to_be_a_snapshot(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let starts = ["heap", "allocs", "goroutine"].iter().any(|kind| name.starts_with(kind));
    ends(&[".gz", ".pb", ".pprof", ".prof", ".heap"]) || starts && (ends(&[".txt"]) || !name.contains('.'))
}

fn read_file(path: &Path, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let name = path.display().to_string();
    let (mut profiles, time) = match open(path, limits)? {
        (Opened::File(file), time) => (parse_file(file, &name, limits)?, time),
        (Opened::Bytes(bytes), time) => (parse_all(&bytes, &name, limits)?, time),
    };
    // Of several nobody knows to which one it belongs.
    if let [profile] = profiles.as_mut_slice() {
        profile.taken_at = profile.taken_at.or(time);
    }
    Ok(profiles)
}

fn look_at_file(path: &Path, limits: &Limits) -> Result<Headings, Problem> {
    let name = path.display().to_string();
    let (mut found, time) = match open(path, limits)? {
        (Opened::File(file), time) => (headings(&mut source::file(file), &name, limits)?, time),
        (Opened::Bytes(bytes), time) => (headings(&mut Cursor::new(bytes), &name, limits)?, time),
    };
    if let Headings::One(heading) = &mut found {
        heading.taken_at = heading.taken_at.or(time);
    }
    Ok(found)
}

/// A file to be read.
enum Opened {
    File(File),
    /// Of a pipe or a device, which cannot be read twice.
    Bytes(Vec<u8>),
}

/// Opens a file, and says when it was written by its name or its modification time, in case it does not tell.
fn open(path: &Path, limits: &Limits) -> Result<(Opened, Option<TakenAt>), Problem> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() > limits.inflated_bytes {
        return Err(Problem::TooLarge { limit: limits.inflated_bytes });
    }
    let by_name = time_in(path);
    let by_time = || {
        let age = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(TakenAt { nanos: i64::try_from(age.as_nanos()).ok()?, source: TimeSource::FileTime })
    };
    // What the system makes up while it is read, as below /proc, says that it is empty.
    let opened = match metadata.is_file() && metadata.len() > 0 {
        true => Opened::File(file),
        false => Opened::Bytes(read_bounded(file, limits)?),
    };
    Ok((opened, by_name.or_else(by_time)))
}

/// The time in the name of a file.
fn time_in(path: &Path) -> Option<TakenAt> {
    let (nanos, _) = path.file_name().and_then(|name| name.to_str()).and_then(stamped)?;
    Some(TakenAt { nanos, source: TimeSource::FileName })
}

/// Reads the profile at a place.
fn read_place(place: &Place, fetcher: &Fetcher, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let name = name_of(place);
    match place {
        Place::Url(url) => read_url(url, &name, fetcher, limits),
        Place::OfService(base, asked) => {
            // Where there is no index, nobody knows how many goroutines there are.
            let index =
                matches!(asked, Asked::Goroutines).then(|| fetcher.get(&format!("{base}/"), limits).ok());
            let goroutines = index.flatten().and_then(|answer| goroutines_on(&answer.bytes));
            read_url(&format!("{base}/{}", asked.path(goroutines)), &name, fetcher, limits)
        }
        Place::File(path) | Place::InFolder(path) => read_file(path, limits),
        Place::Stdin => parse_all(&read_bounded(std::io::stdin().lock(), limits)?, &name, limits),
    }
}

fn read_url(url: &str, name: &str, fetcher: &Fetcher, limits: &Limits) -> Result<Vec<RawProfile>, Problem> {
    let scheme = url.split("://").next().unwrap_or_default();
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(Problem::Http(
            "only http and https URLs can be fetched; save it, and give the file".into(),
        ));
    }
    let answer = fetcher.get(url, limits)?;
    let mut profiles = parse_all(&answer.bytes, name, limits)?;
    let date = answer.date.map(|nanos| TakenAt { nanos, source: TimeSource::HttpDate });
    if let [profile] = profiles.as_mut_slice() {
        profile.taken_at = profile.taken_at.or(date);
    }
    Ok(profiles)
}

/// Reads to the end.
fn read_bounded(reader: impl Read, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    reader.take(limits.inflated_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits.inflated_bytes {
        return Err(Problem::TooLarge { limit: limits.inflated_bytes });
    }
    Ok(bytes)
}
