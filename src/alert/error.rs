//! Why what was reported cannot be kept, and what to do about it.

use crate::store::has_no_descriptors;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why the memory of what was reported cannot be kept.
#[derive(Debug, Error)]
#[error("{}: {problem}; what was reported cannot be kept there. {}", path.display(), advice(problem))]
pub struct AlertError {
    pub(super) path: PathBuf,
    #[source]
    pub(super) problem: io::Error,
}

/// What to do about it.
fn advice(problem: &io::Error) -> &'static str {
    match has_no_descriptors(problem) {
        true => "Raise the limits of this process (ulimit -n), or ask fewer at once with --concurrency",
        false => "Check the disk, and who may write there",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_advised_fits_what_was_refused() {
        let said = |number: i32| {
            let problem = io::Error::from_raw_os_error(number);
            AlertError { path: PathBuf::from("alerts.json"), problem }.to_string()
        };
        let (too_many_open, no_space) = (said(24), said(28));
        assert!(too_many_open.contains("ulimit -n") && !too_many_open.contains("disk"), "{too_many_open}");
        assert!(no_space.contains("Check the disk") && !no_space.contains("ulimit"), "{no_space}");
    }
}
