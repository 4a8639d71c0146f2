//! Pipes where a job expects files: opened, they would keep it waiting for ever.

use crate::faults::service::Service;
use crate::faults::stored::{assert_whole, snapshots};
use crate::support::{Run, command, finish};
use std::path::Path;
use std::process::Command;

fn make_pipe(path: &Path) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

/// Runs the binary for a minute at most: what waits for ever is ended, with status 124.
fn in_a_minute(args: &[&str], store: &Path) -> Run {
    let mut timed = Command::new("timeout");
    timed.arg("60").arg(command().get_program()).args(args).arg("--store").arg(store);
    finish(timed.current_dir(env!("CARGO_MANIFEST_DIR")))
}

/// Two rounds of a watch.
fn watched(service: &Service, store: &Path) -> Run {
    let address = service.address();
    in_a_minute(
        &["watch", &address, "--every", "300ms", "--spread", "0s", "--rounds", "2", "--listen", "off"],
        store,
    )
}

#[test]
fn pipes_in_the_place_of_notes_and_of_what_was_reported_keep_no_round_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::good();
    let instance = folder.path().join("pprof").join(service.address());
    for pipe in ["collector.json", "instance.json", "keep.json", ".unfinished-1"] {
        make_pipe(&instance.join(pipe));
    }
    make_pipe(&folder.path().join(".clock.json"));
    make_pipe(&folder.path().join("alerts/alerts.json"));
    let run = watched(&service, folder.path());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let [line] = run.stderr.lines().collect::<Vec<_>>()[..] else { panic!("one line: {}", run.stderr) };
    assert!(
        line.contains("the memory of what was reported is damaged, no file, or of another version"),
        "{line}"
    );
    assert!(snapshots(folder.path()).len() >= 7, "two rounds");
    assert_whole(folder.path());
}

#[test]
fn a_pipe_in_the_place_of_the_lock_is_told_and_snapshots_are_stored_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    make_pipe(&folder.path().join("alerts/.lock"));
    let run = watched(&Service::good(), folder.path());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(
        run.stderr.matches("nothing can be reported: .lock: it is no regular file").count(),
        2,
        "{}",
        run.stderr
    );
    assert!(snapshots(folder.path()).len() >= 7, "two rounds");
}

#[test]
fn pipes_that_options_name_are_told_where_they_would_be_read_in_each_round() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    make_pipe(&pipe);
    let (service, pipe) = (Service::good(), pipe.to_str().expect("UTF-8"));
    let store = folder.path().join("store");
    for option in ["--bearer-token-file", "--ca-file"] {
        let run = in_a_minute(&["collect", &service.address(), option, pipe], &store);
        run.refusal(&[pipe, "it is no regular file"]);
    }
    let run = in_a_minute(&["collect", &service.address(), "--file-sd", pipe], &store);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let [line] = run.stderr.lines().collect::<Vec<_>>()[..] else { panic!("one line: {}", run.stderr) };
    assert!(line.contains(pipe) && line.contains("it cannot be read: it is no regular file"), "{line}");
    assert_eq!(snapshots(&store).len(), 4, "the target that was typed is asked");
}
