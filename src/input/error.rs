//! What can be wrong with an input, worded for the person who gave it: what it is, and what to do.

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
    #[error(
        "it is larger than {limit} bytes when inflated; if that is really a profile, raise --max-input-bytes"
    )]
    TooLarge {
        /// The limit that was passed.
        limit: u64,
    },
    /// A valid profile with more of something than allowed.
    #[error("it has more than {limit} {what}, more than any real profile; it looks damaged or hostile")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit that was passed.
        limit: usize,
    },
    /// Something else altogether.
    #[error("this is {what}, not a heap or goroutine profile. {advice}")]
    Unsuitable {
        /// What it looks like.
        what: String,
        /// What to do.
        advice: &'static str,
    },
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
    /// The operating system says no.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A folder that holds no profile.
    #[error("the folder holds no heap or goroutine profile{0}")]
    EmptyFolder(String),
    /// An HTTP server that did not deliver.
    #[error("{0}")]
    Http(String),
}

impl Problem {
    pub(super) fn malformed(what: impl Into<String>) -> Problem {
        Problem::Malformed(what.into())
    }

    /// Attaches the name of the input.
    pub fn of(self, input: impl Into<String>) -> InputError {
        InputError { input: input.into(), problem: self }
    }
}
