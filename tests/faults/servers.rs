//! Servers that hang, drip, reset, answer garbage, refuse, send without end, or lead elsewhere.

use crate::service::{Answer, Service, recorded};
use crate::stored::{assert_whole, snapshots};
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
        let told = stderr.lines().any(|line| line.contains(&address) && line.contains(said));
        assert!(told, "{address}: {said}\n{stderr}");
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
            "--jitter",
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
