//! A store filled from continuous profilers: what is pulled, what is said of it, and what happens when they refuse.
//!
//! The servers here speak the interfaces as their published definitions have them; no real server was asked.

#[cfg(test)]
mod profilers;
#[cfg(test)]
mod tests {
    use crate::pull::profilers::{MINUTE, START, answer_of_pyroscope, parca, pyroscope, recorded, refusal};
    use crate::support::{Answer, Run, Server, command, finish, plain, pprof_leaks};
    use pprof_leaks::input::proto::Profile;
    use prost::Message;
    use std::net::TcpListener;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tempfile::TempDir;

    const LEAK: &str = "main.(*sessionCache).open";

    fn time(minutes: i64) -> String {
        jiff::Timestamp::from_millisecond(START + minutes * MINUTE).expect("a time").to_string()
    }

    /// Pulls eight minutes in steps of one.
    fn pulled(profiler: &str, url: &str, store: &Path, more: &[&str]) -> Run {
        let (from, to) = (time(0), time(8));
        let mut pull = command();
        pull.args(["pull", profiler, url, "--from", &from, "--to", &to, "--step", "1m", "--store"])
            .arg(store);
        if !more.contains(&"--query") {
            pull.args(["--query", "{}"]);
        }
        finish(pull.args(more))
    }

    fn folder() -> TempDir {
        tempfile::tempdir().expect("a folder")
    }

    /// The files of a store that have no other name at some moment, by their paths.
    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in folder.read_dir().expect("a folder").flatten() {
            match entry.file_type().expect("known").is_dir() {
                true => files.extend(self::files(&entry.path())),
                false => files.push(entry.path()),
            }
        }
        files.sort();
        files
    }

    fn snapshots(folder: &Path) -> Vec<PathBuf> {
        files(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "gz")).collect()
    }

    fn two_pods(job: &'static str) -> Vec<crate::pull::profilers::Kept> {
        let mut kept = recorded("map-cache", &[(job, "shop"), ("pod", "shop-1")], 0);
        kept.extend(recorded("map-cache", &[(job, "shop"), ("pod", "shop-2")], 345));
        kept
    }

    fn codes(report: &serde_json::Value) -> Vec<&str> {
        let warnings = report["warnings"].as_array().expect("a list");
        warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
    }

    fn asked(server: &Server, what: &str) -> usize {
        server.requests().iter().filter(|request| request.contains(&what.to_lowercase())).count()
    }

    #[test]
    fn the_latest_profile_of_each_step_and_process_is_stored_and_judged() {
        let server = pyroscope(two_pods("service_name"));
        let store = folder();
        let run = pulled("pyroscope", &server.url("/pyroscope"), store.path(), &[]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.starts_with("stored 32 snapshots of 2 processes ("), "{}", run.stdout);
        let files = snapshots(store.path());
        assert_eq!(files.len(), 32);
        // The one of 20 s past the minute gives way to that of 50 s, found to the second.
        let name = "shop/shop-1/heap/20260101T000050-000Z.pb.gz";
        assert!(files.contains(&store.path().join(name)), "{files:?}");
        assert!(
            files.contains(&store.path().join("shop/shop-2/heap/20260101T000051-000Z.pb.gz")),
            "{files:?}"
        );

        let trend = pprof_leaks([
            "trend".as_ref(),
            store.path().join("shop/shop-1").as_os_str(),
            "--format=json".as_ref(),
        ]);
        let report = trend.json();
        let suspect = &report["suspects"][0];
        assert_eq!(suspect["blame"]["function"], LEAK, "{report:#}");
        assert_ne!(suspect["confidence"], "high");
        assert!(codes(&report).contains(&"unknown-sampling"), "{:?}", codes(&report));
        assert!(codes(&report).contains(&"no-alloc-counters"), "{:?}", codes(&report));
        let fleet = pprof_leaks(["fleet".as_ref(), store.path().as_os_str()]);
        assert_eq!(fleet.status, 0, "{}", fleet.stderr);
        assert!(fleet.stdout.starts_with("1 service of 2 instances"), "{}", fleet.stdout);
        assert!(fleet.stdout.contains(LEAK), "{}", fleet.stdout);
        let one = pprof_leaks([
            "report".as_ref(),
            store.path().as_os_str(),
            "--instance=shop/shop-2".as_ref(),
            "--format=json".as_ref(),
        ]);
        assert_eq!(one.json()["suspects"][0]["blame"]["function"], LEAK);
    }

    #[test]
    fn both_profilers_give_the_same_and_parca_counts_allocations() {
        let (one, other) = (folder(), folder());
        let server = pyroscope(recorded("map-cache", &[("service_name", "shop"), ("pod", "a")], 0));
        assert_eq!(pulled("pyroscope", &server.url("/pyroscope/"), one.path(), &[]).status, 0);
        let server = parca(recorded("map-cache", &[("job", "shop"), ("instance", "a")], 0));
        let run = pulled("parca", &server.url(""), other.path(), &["--query", "{job=\"shop\"}"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let names = |folder: &TempDir| {
            let files = snapshots(folder.path()).into_iter();
            files.map(|path| path.strip_prefix(folder.path()).expect("inside").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&one).len(), 16);
        assert_eq!(names(&one), names(&other));
        for (name, is_same) in [("goroutine", true), ("heap", false)] {
            let file = format!("shop/a/{name}/20260101T000450-000Z.pb.gz");
            let read = |folder: &TempDir| std::fs::read(folder.path().join(&file)).expect("a file");
            assert_eq!(read(&one) == read(&other), is_same, "{name}");
        }
        let report = |folder: &TempDir| {
            let instance = folder.path().join("shop/a");
            pprof_leaks(["trend".as_ref(), instance.as_os_str(), "--format=json".as_ref()]).json()
        };
        let (one, other) = (report(&one), report(&other));
        assert_eq!(one["suspects"][0]["blame"], other["suspects"][0]["blame"]);
        assert!(codes(&one).contains(&"no-alloc-counters") && !codes(&other).contains(&"no-alloc-counters"));
        assert_eq!(one["totals"]["heap"], other["totals"]["heap"]);
    }

    #[test]
    fn what_is_there_is_not_fetched_again() {
        let server = pyroscope(two_pods("service_name"));
        let (url, store) = (server.url("/pyroscope"), folder());
        let pull = |to: i64| {
            let (from, to) = (time(0), time(to));
            let args = [
                "pull",
                "pyroscope",
                &url,
                "--query={}",
                "--step=1m",
                "--from",
                &from,
                "--to",
                &to,
                "--store",
            ];
            finish(command().args(args).arg(store.path()))
        };
        assert!(pull(4).stdout.starts_with("stored 16 snapshots of 2 processes"));
        let before = asked(&server, "SelectMergeProfile");
        let again = pull(8);
        assert!(
            again.stdout.contains("stored 16 snapshots") && again.stdout.contains("16 were there already"),
            "{}",
            again.stdout
        );
        assert_eq!(asked(&server, "SelectMergeProfile"), 2 * before);
        let last = pull(8);
        assert!(
            last.stdout.contains("stored 0 snapshots of 2 processes (0 B); 32 were there already"),
            "{}",
            last.stdout
        );
        assert_eq!(asked(&server, "SelectMergeProfile"), 2 * before);
    }

    #[test]
    fn processes_that_nothing_tells_apart_are_averaged_and_the_report_says_so() {
        for (profiler, job, path) in [("pyroscope", "service_name", "/pyroscope"), ("parca", "job", "")] {
            // Three processes that do the same, a few milliseconds apart.
            let kept = || {
                [0, 7, 1003].into_iter().flat_map(|offset| recorded("map-cache", &[(job, "shop")], offset))
            };
            let server = match profiler {
                "parca" => parca(kept().collect()),
                _ => pyroscope(kept().collect()),
            };
            let store = folder();
            let run = pulled(profiler, &server.url(path), store.path(), &[]);
            assert_eq!(run.status, 0, "{}", run.stderr);
            assert!(
                run.warnings()[0].contains("no label tells the processes of shop apart"),
                "{}",
                run.stderr
            );
            let instance = store.path().join("shop/all-processes");
            let file = instance.join("goroutine/20260101T000300-000Z.pb.gz");
            let bytes = std::fs::read(file).expect("a file");
            let profile = Profile::decode(plain(&bytes).as_slice()).expect("a profile");
            let count = |profile: &Profile| profile.sample.iter().map(|s| s.value[0]).sum::<i64>();
            let one = crate::support::read("map-cache/goroutine-03.pb.gz");
            assert_eq!(count(&profile), count(&one), "the average of six that are the same");
            let report =
                pprof_leaks(["trend".as_ref(), instance.as_os_str(), "--format=json".as_ref()]).json();
            assert!(codes(&report).contains(&"merged-processes"), "{:?}", codes(&report));
            assert!(codes(&report).contains(&"merged-estimates"), "{:?}", codes(&report));
            for suspect in report["suspects"].as_array().expect("a list") {
                assert_ne!(suspect["confidence"], "high");
            }
        }
    }

    #[test]
    fn averaged_goroutines_are_never_sure() {
        let cases: [(&[(&str, &str)], &str); 2] =
            [(&[("service_name", "shop")], "all-processes"), (&[("pod", "a")], "a")];
        for (labels, name) in cases {
            let server = pyroscope(recorded("blocked-goroutine", labels, 0));
            let store = folder();
            let more = ["--job", "shop"];
            assert_eq!(pulled("pyroscope", &server.url("/pyroscope"), store.path(), &more).status, 0);
            let instance = store.path().join("shop").join(name);
            let report =
                pprof_leaks(["trend".as_ref(), instance.as_os_str(), "--format=json".as_ref()]).json();
            let suspect = &report["suspects"][0];
            assert_eq!(suspect["subject"], "goroutine");
            assert_eq!(suspect["confidence"], "medium");
            let is_merged = name == "all-processes";
            assert_eq!(codes(&report).contains(&"merged-processes"), is_merged);
            let said = suspect.to_string();
            assert_eq!(said.contains("the sampled counts are not known"), is_merged, "{suspect:#}");
        }
    }

    #[test]
    fn labels_and_jobs_can_be_named() {
        let labels = [("service_name", "shop"), ("node", "n1"), ("pod", "shop-1")];
        let server = pyroscope(recorded("map-cache", &labels, 0));
        let store = folder();
        let more = ["--instance-label", "node", "--job", "till", "-H", "X-Scope-OrgID: 7"];
        let run = pulled("pyroscope", &server.url("/pyroscope"), store.path(), &more);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(store.path().join("till/n1/heap").is_dir());
        assert!(server.requests().iter().all(|request| request.contains("x-scope-orgid: 7")));
        let listed = pprof_leaks(["store".as_ref(), "verify".as_ref(), store.path().as_os_str()]);
        assert!(listed.stdout.starts_with("16 of 16 snapshots are whole"), "{}", listed.stdout);
    }

    #[test]
    fn another_run_goes_on_where_one_failed() {
        let kept = recorded("map-cache", &[("service_name", "shop"), ("pod", "a")], 0);
        let count = AtomicUsize::new(0);
        let server = Server::hearing(move |path, body| {
            let is_profile = path.ends_with("SelectMergeProfile");
            match is_profile && count.fetch_add(1, Ordering::Relaxed) == 7 {
                true => refusal("400 Bad Request", "the query hit a limit"),
                false => answer_of_pyroscope(&kept, path, body),
            }
        });
        let store = folder();
        let run = pulled("pyroscope", &server.url("/pyroscope"), store.path(), &[]);
        run.refusal(&["/pyroscope: heap of shop/a: the server answers 400: the query hit a limit"]);
        let there = files(store.path());
        assert_eq!(there.len(), 3, "each of them whole, and nothing else: {there:?}");
        let run = pulled("pyroscope", &server.url("/pyroscope"), store.path(), &[]);
        assert!(
            run.stdout.contains("stored 13 snapshots") && run.stdout.contains("3 were there already"),
            "{}",
            run.stdout
        );
    }

    #[test]
    fn refusals_are_one_line_and_nothing_is_stored() {
        let answers: [(Answer, &str); 7] = [
            (
                Answer::Whole("404 Not Found", String::new(), b"<html>".to_vec()),
                "404: it has no such interface; is this the address",
            ),
            (Answer::Whole("200 OK", String::new(), b"<html>".to_vec()), "this JSON was not expected"),
            (Answer::Whole("401 Unauthorized", String::new(), Vec::new()), "401; check the credentials"),
            (
                refusal("400 Bad Request", "bad\u{1b}[31m selector"),
                "the server answers 400: bad[31m selector",
            ),
            (
                Answer::Whole(
                    "302 Found",
                    "Location: https://login.example.com/?s=s3cret\r\n".into(),
                    Vec::new(),
                ),
                "redirects to https://login.example.com",
            ),
            (
                Answer::Whole("200 OK", String::new(), b"{}".to_vec()),
                "it keeps no heap or goroutine profiles in this time",
            ),
            (Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec()), "the answer broke off"),
        ];
        for (answer, said) in answers {
            for profiler in ["pyroscope", "parca"] {
                let server = Server::start(answer.clone());
                let store = folder();
                let url = server.url("/x").replace("http://", "http://ann:s3cret@");
                let run = pulled(profiler, &url, store.path(), &["-H", "X-Key: s3cret"]);
                let line = run.refusal(&[said]);
                assert!(!line.contains("s3cret"), "{line}");
                assert_eq!(files(store.path()), [] as [PathBuf; 0]);
            }
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        drop(listener);
        pulled("parca", &url, folder().path(), &[]).refusal(&["no connection"]);
        let silent = Server::start(Answer::Silence);
        pulled("parca", &silent.url(""), folder().path(), &["--timeout", "300ms"]).refusal(&["in time"]);
        let server = pyroscope(two_pods("service_name"));
        let run = pulled(
            "pyroscope",
            &server.url("/pyroscope"),
            folder().path(),
            &["--query", "{service_name=\"x\"}"],
        );
        run.refusal(&["no heap or goroutine profiles match {service_name=\"x\"}"]);
        pulled("pyroscope", &server.url("/pyroscope"), folder().path(), &["--max-bytes", "1KiB"])
            .refusal(&["larger than 1024 bytes"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused_before_anything_is_sent() {
        let server = pyroscope(Vec::new());
        let (url, store) = (server.url("/pyroscope"), folder());
        let pull = |more: &[&str]| {
            let mut pull = command();
            pull.args(["pull", "pyroscope", &url, "--store"]).arg(store.path().join("new"));
            finish(pull.args(more))
        };
        pull(&["--query", "memory:inuse_space"]).refusal(&["--query: write label matchers in braces"]);
        pull(&["--query={}", "--from=1h", "--to=2h"]).refusal(&["--from: it has to be before --to"]);
        pull(&["--query={}", "--from=yesterday"]).refusal(&["--from: `yesterday` is no time"]);
        pull(&["--query={}", "--step=10ms"]).refusal(&["--step: give a second or more"]);
        pull(&["--query={}", "--from=1m", "--step=1h"]).refusal(&["no whole step between --from and --to"]);
        pull(&["--query={}", "--from=366d", "--step=1s"]).refusal(&["--step: these would be"]);
        pull(&["--query={}", "--concurrency=0"]).refusal(&["--concurrency"]);
        pull(&["--query={}", "-H", "X Y: s3cret"]).refusal(&["this is no name of a header"]);
        assert_eq!(server.requests(), [] as [String; 0]);
        assert!(!store.path().join("new").exists());
    }
}
