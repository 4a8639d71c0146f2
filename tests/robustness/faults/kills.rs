//! `kill -9` at any moment, and several collectors at once.

use crate::faults::service::Service;
use crate::faults::stored::{Seen, assert_whole, snapshots};
use crate::support::{command, finish};
use std::process::Stdio;
use std::time::{Duration, Instant};

const KILLS: u64 = 200;

#[test]
fn kill_9_during_writes_loses_nothing_and_the_next_round_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::good();
    let mut seen = Seen::default();
    let mut without_news = 0;
    for kill in 0..KILLS {
        let mut watch = command()
            .args([
                "watch",
                &service.address(),
                "--every",
                "20ms",
                "--spread",
                "0",
                "--listen",
                "off",
                "--store",
            ])
            .arg(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // Once it writes, at another moment each time; however slow the machine is.
        let (before, until) = (snapshots(folder.path()).len(), Instant::now() + Duration::from_secs(60));
        while snapshots(folder.path()).len() == before {
            assert!(Instant::now() < until, "nothing is stored");
            std::thread::sleep(Duration::from_micros(500));
        }
        std::thread::sleep(Duration::from_micros(kill * 137 % 20_000));
        watch.kill().expect("killed");
        watch.wait().expect("ended");
        without_news += usize::from(seen.look(folder.path()) == 0);
    }
    assert_eq!(without_news, 0);
    let verified = assert_whole(folder.path());
    assert!(verified.contains("unfinished file"), "none was killed while it wrote: {verified}");
    let run = finish(command().args(["collect", &service.address(), "--store"]).arg(folder.path()));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(seen.look(folder.path()) >= 3);
    assert_whole(folder.path());
}

#[test]
fn collectors_that_share_a_store_do_each_other_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::good();
    let start = || {
        command()
            .args(["collect", &service.address(), "--judge", "--store"])
            .arg(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts")
    };
    for _ in 0..3 {
        let collectors = [start(), start(), start(), start()];
        for collector in collectors {
            let output = collector.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    // The heap's text is fetched by those who do not know yet that another has it.
    let count = snapshots(folder.path()).len();
    assert!((37..=48).contains(&count), "{count}");
    assert_whole(folder.path());
}
