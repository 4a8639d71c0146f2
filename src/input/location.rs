//! From what the user names (a file, a folder, a URL, `-`) to profiles.

use super::{Fetcher, InputError, Limits, Problem, parse};
use crate::profile::{RawProfile, TakenAt, TimeSource};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The profiles found at one location, and what could not be used there.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every profile, folders in name order.
    pub profiles: Vec<RawProfile>,
    /// Every file that was meant to be a profile and could not be read.
    pub failures: Vec<InputError>,
}

/// Reads everything at `location`: one profile, or all those directly in a folder.
///
/// Bad files in a folder do not lose the others; each is kept as a failure.
pub fn load(location: &str, fetcher: &Fetcher, limits: &Limits) -> Loaded {
    let mut loaded = Loaded::default();
    if location == "-" {
        loaded.add(
            "standard input",
            read_stdin(limits).and_then(|bytes| parse(&bytes, "standard input", limits)),
        );
    } else if let Some((scheme, _)) = location.split_once("://") {
        let name = without_secrets(location);
        let result = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => read_url(location, &name, fetcher, limits),
            _ => Err(Problem::Http(
                "only http and https URLs can be fetched; save it, and give the file".into(),
            )),
        };
        loaded.add(&name, result);
    } else {
        let path = Path::new(location);
        if path.is_dir() {
            loaded.add_folder(path, limits);
        } else {
            loaded.add(location, read_file(path, limits));
        }
    }
    loaded
}

impl Loaded {
    fn add(&mut self, name: &str, result: Result<RawProfile, Problem>) {
        match result {
            Ok(profile) => self.profiles.push(profile),
            Err(problem) => self.failures.push(problem.of(name)),
        }
    }

    fn add_folder(&mut self, folder: &Path, limits: &Limits) {
        let name = folder.display().to_string();
        let files = match files_in(folder) {
            Ok(files) => files,
            Err(error) => return self.failures.push(Problem::Io(error).of(name)),
        };
        let mut foreign = 0;
        for file in &files {
            match read_file(file, limits) {
                // Other kinds of profile, notes and binaries may lie beside the snapshots.
                Err(Problem::OtherProfile { .. }) => foreign += 1,
                Err(Problem::Unsuitable { .. }) if !claims_to_be_a_snapshot(file) => foreign += 1,
                result => self.add(&file.display().to_string(), result),
            }
        }
        if self.profiles.is_empty() && self.failures.is_empty() {
            let mut also = match foreign {
                0 => String::new(),
                1 => ", only one other file".to_owned(),
                n => format!(", only {n} other files"),
            };
            if has_folders(folder) {
                also.push_str("; the folders in it are not searched, so give one of them");
            }
            self.failures.push(Problem::EmptyFolder(also).of(name));
        }
    }
}

/// The visible files directly in a folder, by name. Links that lead nowhere are among them, so that they are told;
/// pipes and devices are not.
fn files_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.path().metadata().map_or(true, |metadata| metadata.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort();
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

fn read_file(path: &Path, limits: &Limits) -> Result<RawProfile, Problem> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() > limits.inflated_bytes {
        return Err(Problem::TooLarge { limit: limits.inflated_bytes });
    }
    let bytes = read_bounded(file, limits)?;
    let mut profile = parse(&bytes, &path.display().to_string(), limits)?;
    if profile.taken_at.is_none() {
        profile.taken_at = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .and_then(|age| i64::try_from(age.as_nanos()).ok())
            .map(|nanos| TakenAt { nanos, source: TimeSource::FileTime });
    }
    Ok(profile)
}

fn read_stdin(limits: &Limits) -> Result<Vec<u8>, Problem> {
    read_bounded(std::io::stdin().lock(), limits)
}

fn read_url(url: &str, name: &str, fetcher: &Fetcher, limits: &Limits) -> Result<RawProfile, Problem> {
    let answer = fetcher.get(url, limits)?;
    let mut profile = parse(&answer.bytes, name, limits)?;
    profile.taken_at =
        profile.taken_at.or(answer.date.map(|nanos| TakenAt { nanos, source: TimeSource::HttpDate }));
    Ok(profile)
}

fn read_bounded(reader: impl Read, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    reader.take(limits.inflated_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits.inflated_bytes {
        return Err(Problem::TooLarge { limit: limits.inflated_bytes });
    }
    Ok(bytes)
}

/// A URL without user, password, query values and fragment, fit for reports and tickets.
fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if rest.contains('@') {
        // The end of a password with a slash in it, perhaps, which should have been escaped.
        return format!("{scheme}://...");
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let known = |pair: &&str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        ["gc", "debug", "seconds"].contains(&key)
            && value.len() <= 6
            && value.bytes().all(|b| b.is_ascii_digit())
    };
    let query: Vec<&str> = query.split('&').filter(known).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{scheme}://{host}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_reach_reports() {
        assert_eq!(
            without_secrets("https://ann:s3cret@app:6060/debug/pprof/heap?gc=1&token=abc"),
            "https://app:6060/debug/pprof/heap?gc=1"
        );
        assert_eq!(without_secrets("http://[::1]:6060"), "http://[::1]:6060");
        assert_eq!(without_secrets("http://u:p@h?token=x"), "http://h");
        assert_eq!(without_secrets("http://ann:s3/cr?et@h/x?token=y"), "http://...");
        assert_eq!(without_secrets("http://h/x#token=y"), "http://h/x");
        assert_eq!(without_secrets("http://h/x?debug=1&debug=s3cret"), "http://h/x?debug=1");
    }
}
