//! Passwords, tokens and header values: read when they are used, and never shown.

use crate::files;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The largest file that is taken for a secret; real ones have a few kilobytes at most.
const LARGEST: u64 = 64 << 10;

/// A secret, in the configuration itself or in a file, which may change at any time.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a text, or a table with a file, as in { file = \"/run/secrets/token\" }")]
pub enum Secret {
    /// The secret itself.
    Plain(String),
    /// The file that holds it; a line break at its end is not part of it.
    File {
        /// Its path.
        file: PathBuf,
    },
}

/// Why a secret cannot be used, without the secret.
#[derive(Debug, Error)]
#[error("{}: the secret cannot be read there: {reason}", path.display())]
pub struct SecretError {
    path: PathBuf,
    reason: String,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Plain(_) => f.write_str("(secret)"),
            Secret::File { file } => write!(f, "(secret in {})", file.display()),
        }
    }
}

impl Secret {
    /// The secret as it is now.
    ///
    /// # Errors
    /// If its file cannot be read, is empty, or far too large.
    pub fn read(&self) -> Result<String, SecretError> {
        let path = match self {
            Secret::Plain(text) => return Ok(text.clone()),
            Secret::File { file } => file,
        };
        let failed = |reason: String| SecretError { path: path.clone(), reason };
        let file = files::open(path).map_err(|error| failed(error.to_string()))?;
        let size = file.metadata().map_err(|error| failed(error.to_string()))?.len();
        if size > LARGEST {
            return Err(failed(format!("the file has {size} bytes, which no secret has")));
        }
        let text = std::io::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(failed("the file is empty".to_owned())),
            secret => Ok(secret.to_owned()),
        }
    }

    /// The same with a relative path taken from a folder.
    #[must_use]
    pub(crate) fn beside(self, folder: &Path) -> Secret {
        match self {
            Secret::File { file } => Secret::File { file: folder.join(file) },
            plain => plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_anew_and_never_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        let secret = Secret::File { file: file.clone() };
        assert!(secret.read().is_err());
        std::fs::write(&file, "s3cret\n").expect("written");
        assert_eq!(secret.read().expect("there"), "s3cret");
        std::fs::write(&file, "rotated").expect("written");
        assert_eq!(secret.read().expect("there"), "rotated");
        std::fs::write(&file, "\n").expect("written");
        assert!(secret.read().is_err(), "an empty secret is a mistake");
        assert!(!format!("{:?}", Secret::Plain("s3cret".into())).contains("s3cret"));
    }
}
