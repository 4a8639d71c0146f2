//! `kill -9` at any moment, and several collectors at once.

use crate::faults::service::{Answer, Service};
use crate::faults::stored::{Seen, assert_whole, snapshots};
use crate::support::{Profile, Server, command, finish};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
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

/// A service that keeps as much more in each heap profile, five minutes after the one before.
fn leaking() -> Service {
    let number = AtomicI64::new(0);
    Service::start(move |path| {
        if path != "/debug/pprof/heap" {
            return Answer::Whole(404, "", Vec::new());
        }
        let number = number.fetch_add(1, Ordering::Relaxed);
        let mut profile = Profile::heap();
        profile.at(300 * number);
        profile.row(&["main.keep", "main.main"], 4096, 100 * (number + 1), 100 * (number + 1));
        Answer::Whole(200, "", profile.gzipped())
    })
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_second_watch_takes_over_from_one_that_was_killed_and_tells_nothing_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let hook = Server::hearing(move |_, body| {
        let news: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        log.lock().expect("no test thread panics here").push(news["event"].to_string());
        crate::support::Answer::Whole("200 OK", String::new(), Vec::new())
    });
    let service = leaking();
    let watch = |log: &Path| -> Child {
        command()
            .args([
                "watch",
                &service.address(),
                "--webhook",
                &hook.url("/"),
                "--every",
                "400ms",
                "--spread",
                "0s",
            ])
            .args(["--no-gc", "--listen", "off", "--store"])
            .arg(folder.path().join("store"))
            .stderr(std::fs::File::create(log).expect("made"))
            .spawn()
            .expect("it starts")
    };
    let events = |event: &str| {
        told.lock().expect("no test thread panics here").iter().filter(|told| told.contains(event)).count()
    };
    let mut first = watch(&folder.path().join("first.log"));
    wait_until("the leak is not told", || events("new") > 0);
    let second_log = folder.path().join("second.log");
    let mut second = watch(&second_log);
    let said = || std::fs::read_to_string(&second_log).expect("there");
    wait_until("the second does not see the first", || said().contains("this one only collects"));
    first.kill().expect("killed");
    first.wait().expect("ended");
    // What is worse since then is told by the second one.
    let before = events("worse");
    wait_until("the second does not take over", || events("worse") > before);
    second.kill().expect("killed");
    second.wait().expect("ended");
    assert_eq!(events("new"), 1);
}
