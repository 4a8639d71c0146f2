//! Snapshots fetched from a server that answers well, badly, slowly or not at all; and what stays secret.

#[cfg(test)]
#[cfg(test)]
mod tests {
    use crate::support::{
        Answer, Run, Server, command, finish, gzip, heap_pair, plain, pprof_leaks, recording,
    };
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    const GOOD: &str = "testdata/map-cache/heap-01.pb.gz";
    const PATH: &str = "/debug/pprof/heap?gc=1";

    fn profile() -> Vec<u8> {
        std::fs::read(recording("map-cache/heap-08.pb.gz")).expect("the recording is there")
    }

    fn fetched(server: &Server, options: &[&str]) -> Run {
        pprof_leaks([&["diff", GOOD, &server.url(PATH)], options].concat())
    }

    /// The line that tells why a server's answer is no use. The URL is named in it.
    fn refused(answer: Answer, options: &[&str], parts: &[&str]) -> Duration {
        let server = Server::start(answer);
        let start = Instant::now();
        let run = fetched(&server, options);
        run.refusal(&[&[server.url(PATH).as_str()], parts].concat());
        start.elapsed()
    }

    fn status(line: &'static str, body: &str) -> Answer {
        Answer::Whole(line, String::new(), body.into())
    }

    #[test]
    fn a_profile_is_fetched_and_named_by_its_url() {
        let server = Server::with_body(profile());
        let run = fetched(&server, &["--format", "json"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let report = run.json();
        assert_eq!(report["verdict"], "suspicious");
        assert_eq!(report["inputs"][1]["source"], server.url(PATH));
        assert_eq!(report["inputs"][1]["time_source"], "profile");
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(requests[0].starts_with("get /debug/pprof/heap?gc=1 http/1.1\r\n"), "{}", requests[0]);
        assert!(requests[0].contains("user-agent: pprof-leaks/"), "{}", requests[0]);
    }

    #[test]
    fn both_snapshots_may_come_from_servers_and_the_scheme_may_be_in_capitals() {
        let [before, after] = heap_pair("main.leak").map(|profile| Server::with_body(profile.gzipped()));
        let urls = [before.url(PATH), after.url(PATH).replace("http", "HTTP")];
        let run = pprof_leaks(["diff", &urls[0], &urls[1], "--format=json"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert_eq!(run.json()["suspects"][0]["blame"]["function"], "main.leak");
    }

    #[test]
    fn chunked_answers_are_put_together() {
        let mut raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_vec();
        for chunk in profile().chunks(1000) {
            raw.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
            raw.extend(chunk);
            raw.extend(b"\r\n");
        }
        raw.extend(b"0\r\n\r\n");
        let server = Server::start(Answer::Raw(raw));
        let run = fetched(&server, &["--format", "json"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert_eq!(run.json()["verdict"], "suspicious");
    }

    /// Proxies compress what they pass on, and a profile is gzip already.
    #[test]
    fn a_proxy_that_compresses_once_more_does_no_harm() {
        let headers = "Content-Encoding: gzip\r\n".to_owned();
        let server = Server::start(Answer::Whole("200 OK", headers, gzip(&profile())));
        let run = fetched(&server, &["--format", "json"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert_eq!(run.json()["verdict"], "suspicious");
    }

    /// A text profile has no time of its own, and other producers write none either.
    #[test]
    fn the_servers_clock_dates_what_has_no_time() {
        let text = ["heap-01.txt.gz", "heap-08.txt.gz"].map(|name| {
            plain(&std::fs::read(recording(&format!("map-cache/{name}"))).expect("the recording is there"))
        });
        let timeless = heap_pair("main.leak").map(|mut profile| {
            profile.proto.time_nanos = 0;
            profile.gzipped()
        });
        for [before, after] in [text, timeless] {
            let dated =
                |date: &str, body| Server::start(Answer::Whole("200 OK", format!("Date: {date}\r\n"), body));
            let first = dated("Thu, 01 Jan 2026 00:00:00 GMT", before);
            let last = dated("Thu, 01 Jan 2026 01:00:00 GMT", after);
            let run = pprof_leaks(["diff", &first.url(PATH), &last.url(PATH), "--format=json"]);
            let report = run.json();
            assert_eq!(report["inputs"][0]["time_source"], "http-date");
            assert_eq!(report["inputs"][1]["taken_at"], "2026-01-01T01:00:00Z");
            let growth = &report["suspects"][0]["growth"]["heap"];
            assert_eq!(growth["per_hour"], growth["delta"]);
            let warnings = report["warnings"].as_array().expect("a list");
            let codes: Vec<&str> = warnings.iter().filter_map(|w| w["code"].as_str()).collect();
            assert_eq!(codes, ["time-from-outside"]);
        }
        // A date that is none, and one long before the other's profile, are no reason to fail.
        for date in ["yesterday", "Mon, 01 Jan 1900 00:00:00 GMT"] {
            let [before, after] = heap_pair("main.leak").map(|mut profile| {
                profile.proto.time_nanos = i64::from(profile.proto.sample.len() > 9);
                Server::start(Answer::Whole("200 OK", format!("Date: {date}\r\n"), profile.gzipped()))
            });
            let run = pprof_leaks(["diff", &before.url(PATH), &after.url(PATH), "--format=json"]);
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{date}");
            run.json();
        }
    }

    #[test]
    fn refusals_of_the_server_come_with_what_to_do() {
        refused(
            status("404 Not Found", "404 page not found\n"),
            &[],
            &["404", "check the path", "/debug/pprof/"],
        );
        refused(status("401 Unauthorized", ""), &[], &["401", "-H 'Authorization: ...'"]);
        refused(status("403 Forbidden", ""), &[], &["403", "-H 'Authorization: ...'"]);
        refused(status("500 Internal Server Error", "boom"), &[], &["500", "the service's own log"]);
        refused(status("503 Service Unavailable", ""), &[], &["503", "try again"]);
        refused(status("429 Too Many Requests", ""), &[], &["429", "try again"]);
        refused(status("204 No Content", ""), &[], &["is empty"]);
        refused(status("200 OK", ""), &[], &["is empty"]);
        refused(
            status("200 OK", "<!DOCTYPE html><title>Sign in</title>"),
            &[],
            &["HTML", "-H 'Authorization"],
        );
        refused(status("200 OK", "Unknown profile\n"), &[], &["Unknown profile"]);
        let missing = Server::start(status("404 Not Found", "Unknown profile\n"));
        pprof_leaks(["diff", GOOD, &missing.url("/debug/pprof/goroutineleak")]).refusal(&["404", "Go 1.27"]);
    }

    #[test]
    fn a_redirect_is_not_followed_and_takes_no_header_along() {
        let elsewhere = Server::with_body(profile());
        for code in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
            let answer =
                Answer::Whole(code, format!("Location: {}\r\n", elsewhere.url("/login")), Vec::new());
            let options = ["-H", "Authorization: Bearer s3cret"];
            refused(answer, &options, &[&code[..3], "redirects", "final URL"]);
        }
        assert_eq!(elsewhere.requests(), [""; 0]);
    }

    #[test]
    fn a_server_that_is_not_there_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}{PATH}", listener.local_addr().expect("bound"));
        drop(listener);
        let run = pprof_leaks(["diff", GOOD, &url]);
        run.refusal(&[&url, "Connection refused", "is the service running"]);
        // RFC 2606 keeps this name from ever being one. A resolver without a network may not even say that.
        let url = "http://nowhere.invalid/debug/pprof/heap";
        let run = pprof_leaks(["diff", GOOD, url]);
        let line = run.refusal(&[url]);
        assert!(["host name is not known", "in time"].iter().any(|reason| line.contains(reason)), "{line}");
        for url in ["http://", "http://[::1/heap", "http://local host/heap", "http://127.0.0.1:99999/heap"] {
            pprof_leaks(["diff", GOOD, url]).refusal(&[url, "not a usable URL", "http://HOST:PORT/"]);
        }
    }

    #[test]
    fn a_server_that_says_nothing_is_given_up() {
        let took = refused(Answer::Silence, &["--timeout", "1"], &["in time", "--timeout"]);
        assert!(took < Duration::from_secs(20), "{took:?}");
    }

    /// No single read is slow; the whole is.
    #[test]
    fn a_server_that_drips_for_ever_is_given_up() {
        let took = refused(Answer::Drip, &["--timeout", "2"], &["in time", "--timeout"]);
        assert!(took < Duration::from_secs(20), "{took:?}");
    }

    #[test]
    fn an_answer_that_breaks_off_is_told() {
        let head =
            |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        let body = profile();
        let cut = [head(body.len()), body[..body.len() / 2].to_vec()].concat();
        refused(Answer::Raw(cut), &[], &["broke off", "again"]);
        // Without a length the gzip data tells.
        let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), body[..body.len() / 2].to_vec()].concat();
        refused(Answer::Raw(endless), &[], &["cut short", "again"]);
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\nabc".to_vec();
        refused(Answer::Raw(chunked), &[], &["broke off", "again"]);
        refused(Answer::Raw(Vec::new()), &[], &["without an answer", "port"]);
        refused(Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-".to_vec()), &[], &["without an answer", "again"]);
        refused(Answer::Raw(b"SSH-2.0-OpenSSH_9.7\r\n".to_vec()), &[], &["not HTTP", "port"]);
        refused(Answer::Raw(b"\x15\x03\x01\0\x02\x02\x16".to_vec()), &[], &["not HTTP", "https"]);
    }

    #[test]
    fn an_answer_that_breaks_off_once_is_asked_for_again() {
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::answering(move |_| {
            let body = profile();
            match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => {
                    let head =
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
                    Answer::Raw([head, body[..body.len() / 2].to_vec()].concat())
                }
                _ => Answer::Whole("200 OK", String::new(), body),
            }
        });
        let run = pprof_leaks(["diff", GOOD, &server.url(PATH)]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert_eq!(server.requests().len(), 2);
    }

    #[test]
    fn an_answer_beyond_the_limit_is_refused() {
        let limit = ["--max-input-bytes", "1MiB"];
        let large = vec![0x12; 2 << 20];
        refused(
            Answer::Whole("200 OK", String::new(), large.clone()),
            &limit,
            &["1 MiB", "--max-input-bytes"],
        );
        let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), large.clone()].concat();
        refused(Answer::Raw(endless), &limit, &["1 MiB", "--max-input-bytes"]);
        refused(Answer::Whole("200 OK", String::new(), gzip(&large)), &limit, &["1 MiB"]);
    }

    #[test]
    fn headers_are_sent_and_wrong_ones_are_told_without_their_value() {
        let server = Server::with_body(profile());
        let run = fetched(&server, &["-H", "Authorization: Bearer s3cret", "--header", "X-Team:  cart "]);
        assert_eq!(run.status, 0);
        let request = &server.requests()[0];
        assert!(request.contains("authorization: bearer s3cret\r\n"), "{request}");
        assert!(request.contains("x-team: cart\r\n"), "{request}");
        for header in ["s3cret", "X Y: s3cret", "X: s3cret\u{1}", ": s3cret", "X: s3cret\nHost: other"] {
            let run = fetched(&server, &["-H", header]);
            assert!(!run.refusal(&["--header"]).contains("s3cret"), "{}", run.stderr);
        }
        assert_eq!(server.requests().len(), 1, "nothing more was sent");
    }

    #[test]
    fn headers_are_read_from_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("headers");
        std::fs::write(&file, "# of the proxy\nAuthorization: Bearer s3cret\n\nX-Team: cart\n")
            .expect("written");
        let server = Server::with_body(profile());
        let run = fetched(&server, &["-H", &format!("@{}", file.display())]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let request = &server.requests()[0];
        assert!(request.contains("authorization: bearer s3cret\r\n"), "{request}");
        assert!(request.contains("x-team: cart\r\n") && !request.contains("proxy"), "{request}");
    }

    #[test]
    fn secrets_in_a_url_reach_the_server_and_nobody_else() {
        let server = Server::with_body(profile());
        let secret = |port: u16| {
            format!(
                "http://ann:s3cret@127.0.0.1:{port}/debug/pprof/heap?gc=1&token=s3cret&debug=s3cret#s3cret"
            )
        };
        let url = secret(server.port());
        for format in ["terminal", "markdown", "json"] {
            let run = pprof_leaks(["diff", GOOD, &url, "--format", format, "--full"]);
            assert_eq!(run.status, 0, "{}", run.stderr);
            assert!(run.stdout.contains(&server.url(PATH)), "{}", run.stdout);
            for secret in ["s3cret", "ann:", "czNjcmV0"] {
                assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{secret} in {format}");
            }
        }
        let request = &server.requests()[0];
        assert!(request.contains("token=s3cret"), "{request}");
        // `ann:s3cret` in base64.
        assert!(request.contains("authorization: basic yw5uonmzy3jlda=="), "{request}");
        let unwilling = Server::start(status("403 Forbidden", "no, s3cret"));
        let unreachable = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("bound");
        for url in [
            secret(unwilling.port()),
            secret(unreachable.port()),
            "http://ann:s3/cret@127.0.0.1/heap".to_owned(),
            "http://ann:s3cret@local host/".to_owned(),
            "http://ann:s3cret@nowhere.invalid/heap?token=s3cret".to_owned(),
        ] {
            let run = pprof_leaks(["diff", GOOD, &url]);
            let line = run.refusal(&["http://"]);
            assert!(!line.contains("cret") && !line.contains("ann:"), "{line}");
        }
    }

    /// The proxy of the environment may have a password too.
    #[test]
    fn the_password_of_a_proxy_stays_secret() {
        let closed = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("bound");
        for proxy in [format!("http://ann:s3cret@{closed}"), "http://ann:s3cret@local host".to_owned()] {
            let run = finish(command().env("http_proxy", proxy).args([
                "diff",
                GOOD,
                "http://nowhere.invalid/debug/pprof/heap",
            ]));
            let line = run.refusal(&["http://nowhere.invalid/debug/pprof/heap"]);
            assert!(!line.contains("s3cret"), "{line}");
        }
    }
}
