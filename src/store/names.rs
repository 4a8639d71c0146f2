//! Names of jobs and instances as parts of paths: safe on any file system, and to be read back.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use thiserror::Error;

/// The longest part of a path, in bytes; file systems take 255.
const LONGEST: usize = 200;
/// Folders beside those of the jobs that belong to others.
const RESERVED: [&str; 2] = ["alerts", "reports"];

/// Whose snapshots: one process of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance {
    job: String,
    name: String,
}

/// A name that cannot be the name of a folder.
#[derive(Debug, Error)]
pub enum InstanceError {
    /// Nothing.
    #[error("the name of a job or an instance is empty")]
    Empty,
    /// Too much.
    #[error("the name `{0}...` of a job or an instance is too long")]
    TooLong(String),
    /// Characters that no name has.
    #[error("the name of a job or an instance holds control characters")]
    Control,
}

impl Instance {
    /// An instance of a job.
    ///
    /// # Errors
    /// If a name is empty, too long, or holds control characters.
    pub fn new(job: &str, name: &str) -> Result<Instance, InstanceError> {
        for text in [job, name] {
            if text.is_empty() {
                return Err(InstanceError::Empty);
            }
            if text.contains(char::is_control) {
                return Err(InstanceError::Control);
            }
            if part(text).len() > LONGEST {
                return Err(InstanceError::TooLong(text.chars().take(40).collect()));
            }
        }
        Ok(Instance { job: job.to_owned(), name: name.to_owned() })
    }

    /// The service.
    pub fn job(&self) -> &str {
        &self.job
    }

    /// The process of it, `host:port` as a rule.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its folder below that of the store, or of anything else that is kept by instance.
    pub fn path(&self) -> PathBuf {
        let job = part(&self.job);
        // Nobody's job is called so by chance, and if it is, one letter is written as its number.
        let job = match RESERVED.contains(&job.as_str()) {
            true => format!("%{:02x}{}", job.as_bytes()[0], &job[1..]),
            false => job,
        };
        PathBuf::from(job).join(part(&self.name))
    }

    /// The instance whose folder this is, if a store made it.
    pub(super) fn of_path(job: &str, name: &str) -> Option<Instance> {
        let instance = Instance::new(&plain(job)?, &plain(name)?).ok()?;
        (instance.path().as_os_str() == PathBuf::from(job).join(name).as_os_str()).then_some(instance)
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.job, self.name)
    }
}

/// A name as one part of a path, that leads nowhere else and is not hidden: all but letters, digits and a few marks is
/// written by its number, as in a URL.
fn part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || b"-_:".contains(&byte) || (byte == b'.' && at > 0) {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02x}"));
        }
    }
    part
}

/// The name that a part of a path was made from, if it was made from one.
fn plain(part: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(part).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_lead_nowhere_else() {
        let path = |job, name| Instance::new(job, name).expect("a name").path().display().to_string();
        assert_eq!(path("shop", "shop-1.eu:6060"), "shop/shop-1.eu:6060");
        assert_eq!(path("../..", "a/b"), "%2e.%2f../a%2fb");
        assert_eq!(path("alerts", ".."), "%61lerts/%2e.");
        for (job, name) in [("", "a"), ("a", ""), ("a", "b\nc"), ("a", &*"/".repeat(100))] {
            assert!(Instance::new(job, name).is_err(), "{job:?} {name:?}");
        }
    }

    proptest! {
        #[test]
        fn names_are_read_back_and_differ_where_the_names_do(job in "\\PC{1,20}", name in "\\PC{1,20}") {
            let instance = Instance::new(&job, &name).expect("short and without controls");
            let path = instance.path();
            let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
            prop_assert_eq!(parts.len(), 2);
            prop_assert!(parts.iter().all(|part| !part.starts_with('.')));
            prop_assert_eq!(Instance::of_path(parts[0], parts[1]), Some(instance));
        }
    }
}
