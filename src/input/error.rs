//! What can be wrong with an input, worded for the person who gave it: what it is, and what to do.

use std::io::{Error as IoError, ErrorKind};
use thiserror::Error;

/// An input and what is wrong with it.
#[derive(Debug, Error)]
#[error("{input}: {problem}")]
pub struct InputError {
    /// The input as the user named it, without secrets.
    pub input: String,
    /// What is wrong with it.
    #[source]
    pub problem: Problem,
}

/// What is wrong with an input.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing in it.
    #[error("the input is empty; was the download interrupted? Fetch the profile again")]
    Empty,
    /// Gzip that ends too early.
    #[error("the gzip data is cut short; the download or copy was interrupted. Fetch the profile again")]
    TruncatedGzip,
    /// Gzip that is damaged.
    #[error("the gzip data is damaged ({0}). Fetch the profile again")]
    BadGzip(String),
    /// More bytes than allowed.
    #[error("it is larger than {} when inflated; if that is really a profile, raise --max-input-bytes", size(*limit))]
    TooLarge {
        /// The limit that was passed.
        limit: u64,
    },
    /// A valid profile with more of something than allowed.
    #[error(
        "it has more than {limit} {what}, more than any real profile: it looks damaged or hostile. Fetch it again, or \
         check what wrote it{}",
        raise(what)
    )]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit that was passed.
        limit: usize,
    },
    /// A profile of something that shows no leak.
    #[error("this is {what}, not a heap or goroutine profile. {advice}")]
    OtherProfile {
        /// What it is.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// What a server answers when it has no profile to give; it was saved in the place of one.
    #[error("this is {what}, not a profile. {advice}")]
    Refusal {
        /// What it is.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Something else altogether.
    #[error("this is {what}, not a heap or goroutine profile. {advice}")]
    Unsuitable {
        /// What it looks like.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// A link where a store has files only.
    #[error("this is a link, which a store has none of, so it was not followed; copy the snapshot there")]
    Link,
    /// A profile.proto that contradicts itself.
    #[error("the profile is malformed: {0}. Fetch it again, or check what wrote it")]
    Malformed(String),
    /// A text profile with a line that makes no sense.
    #[error("line {line} of the text profile is malformed: {what}. Fetch it again, or save it unchanged")]
    MalformedText {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Several profiles in one file.
    #[error("these are several profiles joined into one file; give each file by itself")]
    Concatenated,
    /// A log in which lines of several processes are mixed.
    #[error(
        "profiles of several processes stand in this log, one behind `{one}` and one behind `{other}`; give the lines of \
         each process in a file of its own"
    )]
    SeveralProcesses {
        /// What stands before the lines of one.
        one: String,
        /// And of another.
        other: String,
    },
    /// OTLP profiles of several resources.
    #[error(
        "it holds profiles of several processes, as their resources differ; give those of each process in a file of its own"
    )]
    SeveralResources,
    /// The operating system says no.
    #[error("{}", why_unreadable(.0))]
    Io(#[from] IoError),
    /// A file that was one thing at first and then another.
    #[error("it changed while it was in use; give files that nothing writes to any more")]
    Changed,
    /// More inputs than allowed.
    #[error(
        "here the number of inputs passes {limit}; give fewer of them, every tenth for example, or raise --max-inputs"
    )]
    TooManyInputs {
        /// The limit that was passed.
        limit: usize,
    },
    /// A folder that holds no profile.
    #[error(
        "the folder holds no heap or goroutine profile{0}; save one in it with \
         curl -so heap.pb.gz 'http://HOST:PORT/debug/pprof/heap?gc=1'"
    )]
    EmptyFolder(String),
    /// An HTTP server that did not deliver.
    #[error("{0}")]
    Http(String),
}

impl Problem {
    /// Whether it may well be a profile, only one with more in it than is read.
    pub fn is_about_limits(&self) -> bool {
        matches!(self, Problem::TooLarge { .. } | Problem::TooMany { .. })
    }

    /// The same in a text of which this was only the part behind so many lines.
    pub(super) fn further_down(self, lines: usize) -> Problem {
        match self {
            Problem::MalformedText { line, what } => Problem::MalformedText { line: line + lines, what },
            other => other,
        }
    }

    pub(super) fn malformed(what: impl Into<String>) -> Problem {
        Problem::Malformed(what.into())
    }

    /// Attaches the name of the input.
    pub fn of(self, input: impl Into<String>) -> InputError {
        InputError { input: input.into(), problem: self }
    }
}

/// The option that raises a limit, where there is one.
fn raise(what: &str) -> String {
    let option = match what {
        "samples" => "--max-samples",
        "frames on one stack" => "--max-depth",
        "bytes in one string" => "--max-string-bytes",
        _ => return String::new(),
    };
    format!("; if that is really a profile, raise {option}")
}

/// A limit as people write it: `1 GiB`, `1000 bytes`.
fn size(bytes: u64) -> String {
    [(30, "GiB"), (20, "MiB"), (10, "KiB")]
        .into_iter()
        .find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift)
        .map_or(format!("{bytes} bytes"), |(shift, unit)| format!("{} {unit}", bytes >> shift))
}

fn why_unreadable(error: &IoError) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder; check the path".to_owned(),
        ErrorKind::PermissionDenied => {
            "it cannot be read: permission denied; run as a user who may read it, or copy it".to_owned()
        }
        ErrorKind::NotADirectory => {
            "it cannot be read: a part of the path before the last is not a folder; check the path".to_owned()
        }
        _ => format!("it cannot be read: {}; check the file and the disk it is on", reason(error)),
    }
}

/// What the operating system says, without the number that only programmers know.
pub(super) fn reason(error: &IoError) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_in_the_unit_they_were_given_in() {
        assert_eq!([size(1 << 30), size(512 << 20), size(3 << 10)], ["1 GiB", "512 MiB", "3 KiB"]);
        assert_eq!([size(1000), size(0)], ["1000 bytes", "0 bytes"]);
    }

    #[test]
    fn the_system_is_quoted_without_its_numbers() {
        assert_eq!(reason(&IoError::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(reason(&IoError::other("broke off")), "broke off");
    }
}
