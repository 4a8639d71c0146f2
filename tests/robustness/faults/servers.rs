//! Servers that hang, drip, reset, answer garbage, refuse, send without end, or lead elsewhere.

use crate::faults::service::{Answer, Service, recorded};
use crate::faults::stored::{assert_whole, snapshots};
use crate::support::{Run, command, finish};
use std::time::{Duration, Instant};

/// What a healthy service leaves: two forms of goroutines, and two of the heap.
const WHOLE: usize = 4;

#[test]
fn each_fault_is_told_and_harms_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let elsewhere = Service::good();
    let there: &'static str =
        Box::leak(format!("Location: http://{}/debug/pprof/heap\r\n", elsewhere.address()).into_boxed_str());
    let good = Service::good();
    let faults = [
        (Service::always(Answer::Silence), "no whole answer in time"),
        (Service::always(Answer::Stall), "no whole answer in time"),
        (Service::always(Answer::Drip), "no whole answer in time"),
        (Service::always(Answer::Reset), "the answer broke off or is no HTTP"),
        (
            Service::always(Answer::Raw(b"220 mail.example.com ESMTP\r\n")),
            "the answer broke off or is no HTTP",
        ),
        (Service::always(Answer::Whole(500, "", Vec::new())), "the server answers 500"),
        (
            Service::always(Answer::Whole(401, "", Vec::new())),
            "the server answers 401; check the credentials",
        ),
        (Service::always(Answer::Whole(404, "", Vec::new())), "404: it serves no such profile"),
        (
            Service::always(Answer::Whole(200, "", Vec::new())),
            "the answer broke off or is no HTTP (it is empty)",
        ),
        (Service::always(Answer::Endless), "the answer is larger than 1048576 bytes"),
        (
            Service::always(Answer::Whole(302, there, Vec::new())),
            "it redirects to http://127.0.0.1, which is not followed",
        ),
        (
            Service::always(Answer::Whole(200, "", b"<html>Please log in</html>".to_vec())),
            "what it answers is no such profile and was set aside: this is an HTML or XML page",
        ),
        (Service::always(Answer::Whole(200, "", vec![0x1f, 0x8b, 8, 0, 1, 2, 3])), "and was set aside"),
    ];
    let started = Instant::now();
    let Run { status, stdout, stderr } = finish(
        command()
            .args(["collect", "--timeout", "3s", "--max-bytes", "1MiB", "-H", "Authorization: Bearer s3cret"])
            .arg("--store")
            .arg(&store)
            .args(faults.iter().map(|(service, _)| service.address()))
            .arg(good.address()),
    );
    assert_eq!((status, stdout.as_str()), (3, ""), "{stderr}");
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
    for (service, said) in &faults {
        let address = service.address();
        let warned = stderr.lines().any(|line| line.contains(&address) && line.contains(said));
        assert!(warned, "{address}: {said}\n{stderr}");
        let own: Vec<_> =
            snapshots(&store).into_iter().filter(|path| path.to_string_lossy().contains(&address)).collect();
        assert!(own.is_empty(), "{own:?}");
    }
    assert_eq!(stderr.lines().count(), faults.len(), "one line a fault: {stderr}");
    assert_eq!(snapshots(&store).len(), WHOLE);
    assert!(!stderr.contains(&good.address()), "{stderr}");
    assert!(!stderr.contains("s3cret"), "{stderr}");
    assert!(elsewhere.requests().is_empty(), "credentials were taken elsewhere");
    assert!(assert_whole(&store).starts_with("4 of 4 snapshots are whole"));
}

#[test]
fn what_is_not_served_is_remembered_and_what_fails_once_is_asked_for_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let flaky = Service::start(move |path| match path {
        // Every second request fails.
        "/debug/pprof/heap?gc=1"
            if calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2) =>
        {
            Answer::Whole(503, "", Vec::new())
        }
        path => recorded(path),
    });
    for _ in 0..2 {
        let run = finish(command().args(["collect", &flaky.address(), "--store"]).arg(folder.path()));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    }
    // The texts of the whole process come at a slower pace.
    assert_eq!(snapshots(folder.path()).len(), WHOLE + WHOLE - 1);
    let asked =
        |path: &str| flaky.requests().iter().filter(|r| r.starts_with(&format!("GET {path} "))).count();
    assert_eq!([asked("/debug/pprof/goroutineleak"), asked("/debug/pprof/heap?gc=1")], [1, 4]);
    let order: Vec<String> =
        flaky.requests().iter().filter_map(|r| Some(r.split(' ').nth(1)?.to_owned())).take(4).collect();
    assert_eq!(
        order.iter().map(|path| path.trim_start_matches("/debug/pprof/")).collect::<Vec<_>>(),
        ["", "goroutine?debug=2", "goroutine", "heap?gc=1"]
    );
}

#[test]
fn a_process_with_many_goroutines_is_not_stopped_to_list_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let busy = Service::good();
    let run = finish(
        command()
            .args(["collect", &busy.address(), "--max-goroutines", "21", "--no-gc", "--store"])
            .arg(folder.path()),
    );
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let paths = busy.requests().join("");
    assert!(!paths.contains("debug=2") && !paths.contains("gc=1"), "{paths}");
}

#[test]
fn redirects_within_a_server_are_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let moved = Service::start(|path| match path.strip_prefix("/old/") {
        Some("heap?gc=1") => Answer::Whole(308, "Location: /debug/pprof/heap?gc=1\r\n", Vec::new()),
        Some(_) => Answer::Whole(404, "", Vec::new()),
        None => recorded(path),
    });
    let run = finish(
        command().args(["collect", &format!("http://{}/old", moved.address()), "--store"]).arg(folder.path()),
    );
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(snapshots(folder.path()).len(), 1);
}

/// Whatever hangs, the process ends soon after it was asked to, with what it has.
#[cfg(unix)]
#[test]
fn a_wish_to_stop_is_granted_within_five_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let (good, hung) = (Service::good(), Service::always(Answer::Stall));
    let mut watch = command()
        .args([
            "watch",
            &hung.address(),
            &good.address(),
            "--every",
            "1h",
            "--spread",
            "0",
            "--listen",
            "off",
            "--store",
        ])
        .arg(folder.path())
        .spawn()
        .expect("it starts");
    let until = Instant::now() + Duration::from_secs(30);
    while snapshots(folder.path()).len() < WHOLE {
        assert!(Instant::now() < until, "nothing is stored");
        std::thread::sleep(Duration::from_millis(20));
    }
    let asked = Instant::now();
    assert!(
        std::process::Command::new("kill").arg(watch.id().to_string()).status().is_ok_and(|s| s.success())
    );
    let status = watch.wait().expect("it ends");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(status.code(), Some(0));
    assert_eq!(snapshots(folder.path()).len(), WHOLE);
    assert_whole(folder.path());
}

/// Runs `watch` over targets for some rounds and gives what it said.
fn watched(targets: &[Service], store: &std::path::Path, options: &[&str]) -> String {
    let Run { status, stderr, .. } = finish(
        command()
            .args(["watch", "--spread", "0s", "--listen", "off", "--no-gc", "--log-level", "warn"])
            .args(options)
            .arg("--store")
            .arg(store)
            .args(targets.iter().map(Service::address)),
    );
    assert_eq!(status, 0, "{stderr}");
    stderr
}

/// How often each was asked for its heap.
fn asked(targets: &[Service]) -> Vec<usize> {
    let heap = |request: &&String| request.starts_with("GET /debug/pprof/heap ");
    targets.iter().map(|service| service.requests().iter().filter(heap).count()).collect()
}

#[test]
fn all_targets_take_turns_where_a_round_has_no_time_for_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let slow = || {
        Service::start(|path| {
            if path == "/debug/pprof/heap" {
                std::thread::sleep(Duration::from_millis(250));
            }
            recorded(path)
        })
    };
    let targets: Vec<Service> = (0..20).map(|_| slow()).collect();
    let said = watched(&targets, folder.path(), &["--concurrency", "2", "--every", "1s", "--rounds", "8"]);
    let asked = asked(&targets);
    assert!(asked.iter().all(|times| *times >= 1), "{asked:?}");
    assert!(asked.iter().max() <= Some(&(asked.iter().min().unwrap_or(&0) + 2)), "{asked:?}");
    assert!(said.contains("there was no time for some targets"), "{said}");
}

#[test]
fn targets_that_hang_keep_no_others_from_being_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut targets: Vec<Service> = (0..64).map(|_| Service::always(Answer::Silence)).collect();
    targets.extend((0..10).map(|_| Service::good()));
    watched(&targets, folder.path(), &["--timeout", "3s", "--every", "4s", "--rounds", "3"]);
    let asked = asked(&targets[64..]);
    assert!(asked.iter().all(|times| *times >= 2), "{asked:?}");
}

/// More connections to `/metrics` than the process may have descriptors: it is back as soon as they are gone.
#[cfg(unix)]
#[test]
fn descriptors_that_run_out_end_neither_the_server_nor_the_rounds() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().expect("a folder");
    let good = Service::good();
    let mut watch = std::process::Command::new("sh")
        .args(["-c", r#"ulimit -n 40 && exec "$0" "$@""#, env!("CARGO_BIN_EXE_pprof-leaks")])
        .args(["watch", &good.address(), "--every", "500ms", "--spread", "0s", "--log-level", "info"])
        .args(["--listen", "127.0.0.1:0", "--store"])
        .arg(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut said = BufReader::new(watch.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let line = said.find(|line| line.contains("metrics are served")).expect("it serves");
    let address =
        line.split("address=").nth(1).and_then(|rest| rest.split(' ').next()).expect("an address").to_owned();
    std::thread::spawn(move || said.for_each(drop));
    let idle: Vec<_> = (0..60).filter_map(|_| std::net::TcpStream::connect(&address).ok()).collect();
    std::thread::sleep(Duration::from_secs(1));
    drop(idle);
    let stored = snapshots(folder.path()).len();
    let until = Instant::now() + Duration::from_secs(10);
    let is_back = || {
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(1))).build().new_agent();
        agent.get(format!("http://{address}/metrics")).call().is_ok()
            && snapshots(folder.path()).len() > stored
    };
    while !is_back() {
        assert!(Instant::now() < until, "it does not come back");
        std::thread::sleep(Duration::from_millis(100));
    }
    watch.kill().expect("killed");
    watch.wait().expect("ended");
}

#[test]
fn pages_that_others_can_reach_are_warned_of_once_and_jitter_is_still_understood() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = Service::good();
    let run = finish(
        command()
            .args(["watch", &good.address(), "--listen", "0.0.0.0:0", "--every", "300ms", "--jitter", "0s"])
            .args(["--rounds", "2", "--store"])
            .arg(folder.path()),
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    let [line] = run.stderr.lines().collect::<Vec<_>>()[..] else { panic!("one line: {}", run.stderr) };
    assert!(line.contains("whoever reaches this address reads the reports and /metrics"), "{line}");
    assert!(snapshots(folder.path()).len() > WHOLE, "two rounds");
}
