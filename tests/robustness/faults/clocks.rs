//! Clocks that jump.

use crate::faults::service::Service;
use crate::faults::stored::{Seen, assert_whole, snapshots};
use crate::support::{command, finish, pprof_leaks};

#[test]
fn a_clock_that_was_ahead_loses_nothing_and_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::good();
    let collect = || finish(command().args(["collect", &service.address(), "--store"]).arg(folder.path()));
    assert_eq!(collect().status, 0);
    // As if the clock had stood four years later, for the files and for what the collector remembers.
    for path in snapshots(folder.path()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (_, rest) = name.split_at("2026".len());
        std::fs::rename(&path, path.with_file_name(format!("2099{rest}"))).expect("renamed");
    }
    let memory = folder.path().join(format!("pprof/{}/collector.json", service.address()));
    let mut content: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&memory).expect("there")).expect("JSON");
    let future = 4_100_000_000_000_000_000_i64;
    content["mem_stats_at"] = future.into();
    content["missing"]["heap?gc=1"] = future.into();
    std::fs::write(&memory, content.to_string()).expect("written");
    let mut seen = Seen::default();
    assert_eq!(seen.look(folder.path()), 4);
    let run = collect();
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(seen.look(folder.path()), 4, "what is remembered from the future binds nobody");
    let prune = pprof_leaks(["store".as_ref(), "prune".as_ref(), folder.path().as_os_str()]);
    assert!(prune.stdout.starts_with("removed 0 snapshots"), "{}", prune.stdout);
    seen.look(folder.path());
    assert_whole(folder.path());
}
