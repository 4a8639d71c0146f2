//! Answers made to cost as much as can be, under the memory limit of the Kubernetes manifest.

use crate::faults::service::{Answer, Service, recorded};
use crate::faults::stored::snapshots;
use crate::support::{Profile, Run, command, finish, gzip};
use pprof_leaks::input::proto;
use prost::Message;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The limit of deploy/kubernetes/deployment.yaml in KiB, as `ulimit -v` takes it. It counts address space, which is more than memory.
const LIMIT: &str = "1048576";

/// A service that serves these heap profiles, one after the other.
fn serving(profiles: Vec<Vec<u8>>) -> Service {
    let number = AtomicUsize::new(0);
    Service::start(move |path| match path {
        "/debug/pprof/heap" => {
            let number = number.fetch_add(1, Ordering::Relaxed) % profiles.len();
            Answer::Whole(200, "", profiles[number].clone())
        }
        _ => Answer::Whole(404, "", Vec::new()),
    })
}

/// A profile of so many samples, all the same: some hundred kilobytes that inflate to as many times more.
fn bomb(number: i64, samples: usize) -> Vec<u8> {
    let mut profile = Profile::heap();
    profile.at(60 * number);
    profile.row(&["main.leak", "main.main"], 64, 1 + number, 1 + number);
    let one = proto::Profile { sample: std::mem::take(&mut profile.proto.sample), ..Default::default() };
    let mut bytes = profile.proto.encode_to_vec();
    bytes.extend(one.encode_to_vec().repeat(samples));
    gzip(&bytes)
}

/// A profile in which objects of so many places and sizes grow.
fn wide(number: i64, rows: i64) -> Vec<u8> {
    let mut profile = Profile::heap();
    profile.at(60 * number);
    for row in 0..rows {
        let function = format!("example.com/app.leak{}", row / 8);
        let live = 3 + 40 * number;
        profile.row(&[&function, "main.main"], 9472 - 16 * (row % 8), 2 * live, live);
    }
    profile.gzipped()
}

#[test]
fn a_target_made_to_cost_much_ends_neither_the_watch_nor_the_round_of_its_neighbours() {
    let folder = tempfile::tempdir().expect("a folder");
    let bombs = serving(vec![bomb(0, 3_000_000)]);
    let wides = serving((0..4).map(|number| wide(number, 8_000)).collect());
    let good = Service::start(recorded);
    let mut watch = std::process::Command::new("sh");
    watch
        .args(["-c", r#"ulimit -v "$0" && exec "$@""#, LIMIT])
        .arg(command().get_program())
        .args([
            "watch",
            &bombs.address(),
            &wides.address(),
            &good.address(),
            "--every",
            "4s",
            "--rounds",
            "4",
        ])
        .args(["--spread", "0s", "--listen", "off", "--no-gc", "--log-level", "info", "--store"])
        .arg(folder.path());
    let Run { status, stderr, .. } = finish(&mut watch);
    assert_eq!(status, 0, "{stderr}");
    assert!(stderr.contains("stored, but too large to be judged"), "{stderr}");
    let of = |service: &Service| {
        let own = |path: &&std::path::PathBuf| {
            path.to_string_lossy().contains(&service.address()) && path.to_string_lossy().contains("heap")
        };
        snapshots(folder.path()).iter().filter(own).count()
    };
    assert_eq!([of(&bombs), of(&wides)], [4, 4], "{stderr}");
    assert!(of(&good) >= 4, "{stderr}");
}
