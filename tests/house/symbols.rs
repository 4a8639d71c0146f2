//! The sets of library functions are those that recordings show.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use pprof_leaks::diagnose::symbols::{Symbols, sets};
use pprof_leaks::input::{Limits, parse};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn each_set_has_a_recording_that_shows_it_or_says_that_none_does() {
    let mut missing = Vec::new();
    for set in sets().filter(|set| !set.shown_by.is_empty()) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(set.shown_by);
        let inner = folder.join("recording");
        if !shows(if inner.exists() { &inner } else { &folder }, set) {
            missing.push(format!("{}: {}", set.name, set.shown_by));
        }
    }
    assert!(missing.is_empty(), "no profile of these has a function of the set: {missing:#?}");
}

#[test]
fn sets_have_names_of_their_own_and_say_where_they_were_seen() {
    let names: BTreeSet<&str> = sets().map(|set| set.name).collect();
    assert_eq!(names.len(), sets().count());
    for set in sets() {
        assert!(!set.seen_in.is_empty(), "{}", set.name);
        let functions = [set.is, set.starts, set.within, set.ends].concat();
        assert!(!functions.is_empty() && functions.iter().all(|name| name.contains('.')), "{}", set.name);
    }
}

/// Whether some profile of a recording has a function of a set.
fn shows(recording: &Path, set: &Symbols) -> bool {
    let mut folders = vec![recording.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<_> =
            folder.read_dir().expect("a folder").map(|entry| entry.expect("readable").path()).collect();
        // The last ones show most.
        paths.sort();
        for path in paths.into_iter().rev() {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(profile) =
                parse(&std::fs::read(&path).expect("readable"), &path.to_string_lossy(), &Limits::default())
            else {
                continue;
            };
            let count = u32::try_from(profile.symbols.functions.len()).expect("not so many");
            if (0..count).any(|function| set.has(profile.symbols.name(function))) {
                return true;
            }
        }
    }
    false
}
