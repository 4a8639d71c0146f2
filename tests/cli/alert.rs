//! Being notified: to receivers that are there, away, back or hostile, across restarts and sudden ends.

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use pprof_leaks::alert::{
        AlertOptions, Alerts, Judged, Metrics, NewsKind, Outcome, Pages, Patience, Receiver, ReceiverKind,
        Report, RoundDone, Server, Target,
    };
    use pprof_leaks::input::{Limits, parse};
    use pprof_leaks::pipeline::{Options, compare, follow};
    use pprof_leaks::profile::RawProfile;
    use pprof_leaks::report::{Document, build_document, markdown};
    use pprof_leaks::suspects::{Confidence, Criteria};
    use serde_json::Value;
    use std::collections::{BTreeMap, BTreeSet};
    use std::io::{ErrorKind, Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::path::Path;
    use std::process::Command;
    use std::sync::{Arc, Mutex};
    use std::thread::JoinHandle;
    use std::time::{Duration, Instant};

    const INTERVAL: Duration = Duration::from_secs(60);

    /// A server that keeps the bodies it is sent, until it is dropped: then the port is closed.
    struct Inbox {
        http: Arc<tiny_http::Server>,
        bodies: Arc<Mutex<Vec<Value>>>,
        thread: Option<JoinHandle<()>>,
    }

    impl Inbox {
        /// On any free port, or where an earlier one was; it gives every request this status.
        fn open(address: Option<SocketAddr>, status: u16) -> Inbox {
            let address = address.unwrap_or_else(|| "127.0.0.1:0".parse().expect("an address"));
            // The port of one that was just dropped is free a moment later.
            let until = Instant::now() + Duration::from_secs(5);
            let http = loop {
                match tiny_http::Server::http(address) {
                    Ok(http) => break Arc::new(http),
                    Err(error) => assert!(Instant::now() < until, "{error}"),
                }
                std::thread::sleep(Duration::from_millis(20));
            };
            let bodies = Arc::new(Mutex::new(Vec::new()));
            let (listener, log) = (Arc::clone(&http), Arc::clone(&bodies));
            let thread = std::thread::spawn(move || {
                for mut request in listener.incoming_requests() {
                    // A sender that is killed leaves half a message, which no receiver takes.
                    let Ok(body) = serde_json::from_reader(request.as_reader()) else { continue };
                    log.lock().expect("no thread panics here").push(body);
                    let _ = request.respond(tiny_http::Response::empty(status));
                }
            });
            Inbox { http, bodies, thread: Some(thread) }
        }

        fn address(&self) -> SocketAddr {
            self.http.server_addr().to_ip().expect("bound")
        }

        fn count(&self) -> usize {
            self.bodies.lock().expect("no thread panics here").len()
        }

        fn bodies(&self) -> Vec<Value> {
            std::mem::take(&mut self.bodies.lock().expect("no thread panics here"))
        }
    }

    impl Drop for Inbox {
        fn drop(&mut self) {
            self.http.unblock();
            if let Some(thread) = self.thread.take() {
                thread.join().expect("it answered to the end");
            }
        }
    }

    fn profile(path: &str) -> RawProfile {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path);
        let bytes = std::fs::read(file).expect("the recording is there");
        parse(&bytes, path, &Limits::default()).expect("a profile")
    }

    /// The first `n` heap snapshots of a recording, judged as if five minutes lay between them: in less memory is not high so soon.
    fn judged(program: &str, n: usize) -> Document {
        // Less than a minute was recorded, in which nothing is clean by itself.
        let criteria = Criteria { must_detect: Some(f64::INFINITY), ..Criteria::default() };
        let options = Options { criteria, ..Options::default() };
        let minutes_apart = |i: usize| {
            let mut profile = profile(&format!("{program}/heap-{i:02}.pb.gz"));
            if let Some(taken_at) = &mut profile.taken_at {
                taken_at.nanos = i as i64 * 300_000_000_000;
            }
            profile
        };
        let profiles = (1..=n).map(minutes_apart).collect();
        let analysis = follow(profiles, &options).expect("comparable");
        build_document(&analysis)
    }

    fn target() -> Target {
        let labels = BTreeMap::from([("team".to_owned(), "checkout".to_owned())]);
        Target { job: "shop".into(), instance: "shop-1:6060".into(), labels }
    }

    fn options(folder: &Path, receivers: Vec<Receiver>) -> AlertOptions {
        let patience = Patience { attempts: 2, pause: Duration::from_millis(10), ..Patience::default() };
        AlertOptions {
            receivers,
            patience,
            absences: 1,
            at_least: Confidence::Medium,
            unsure_after: Duration::ZERO,
            lasting: 1.0,
            ..AlertOptions::in_store(folder, INTERVAL)
        }
    }

    fn receiver(kind: ReceiverKind, address: SocketAddr) -> Receiver {
        let path = if kind == ReceiverKind::Webhook { "/hook/s3cret?token=s3cret" } else { "" };
        Receiver::new(kind, &format!("http://{address}{path}")).expect("a URL")
    }

    fn open(options: AlertOptions) -> Alerts {
        let (alerts, warning) = Alerts::open(options).expect("readable");
        assert_eq!(warning, None);
        alerts
    }

    fn round(alerts: &mut Alerts, document: &Document) -> Outcome {
        let target = target();
        let report = || Report {
            markdown: markdown(document, &pprof_leaks::report::MarkdownOptions::default()),
            page: Some("<p>the page</p>".to_owned()),
        };
        let mut telling = alerts.begin(Timestamp::now());
        alerts.take_in(&Judged { target: &target, document, span: INTERVAL, report: &report }, &mut telling);
        alerts.end(telling, Some(&[target]), &|| false).expect("the folder can be written")
    }

    fn kinds(outcome: &Outcome) -> Vec<NewsKind> {
        outcome.news.iter().map(|news| news.kind).collect()
    }

    #[test]
    fn a_leak_is_told_when_it_is_seen_when_it_is_surer_and_when_it_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (hook, manager) = (Inbox::open(None, 200), Inbox::open(None, 200));
        let receivers = vec![
            receiver(ReceiverKind::Webhook, hook.address()),
            receiver(ReceiverKind::Alertmanager, manager.address()),
        ];
        let mut alerts = open(options(folder.path(), receivers.clone()));
        let early = judged("map-cache", 2);
        let outcome = round(&mut alerts, &early);
        assert_eq!((kinds(&outcome), outcome.warnings.len()), (vec![NewsKind::New], 0));
        let news = hook.bodies();
        assert_eq!(news.len(), 1);
        assert_eq!((&news[0]["event"], &news[0]["suspect"]["confidence"]), (&"new".into(), &"medium".into()));
        assert_eq!(news[0]["target"]["labels"]["team"], "checkout");
        let report =
            std::fs::read_to_string(news[0]["report"].as_str().expect("a path")).expect("the report");
        assert!(report.starts_with("## Suspicious"), "{report}");
        let alert = &manager.bodies()[0][0];
        assert_eq!(alert["labels"]["function"], "main.(*sessionCache).open");
        assert_eq!(alert["labels"]["alertname"], "PprofLeakSuspect");
        assert_eq!(alert["annotations"]["report"], news[0]["report"]);
        let ends: Timestamp = alert["endsAt"].as_str().expect("a time").parse().expect("RFC 3339");
        assert!(ends > Timestamp::now());

        // The same again: the webhook hears nothing, Alertmanager that it still fires. A restart changes nothing.
        drop(alerts);
        let mut alerts = open(options(folder.path(), receivers));
        assert_eq!(kinds(&round(&mut alerts, &early)), []);
        assert_eq!((hook.bodies().len(), manager.bodies().len()), (0, 1));

        let late = judged("map-cache", 8);
        assert_eq!(late.suspects[0].confidence.name(), "high");
        let outcome = round(&mut alerts, &late);
        assert_eq!(outcome.news[0].kind, NewsKind::Worse);
        assert_eq!(hook.bodies()[0]["suspect"]["confidence"], "high");
        // To Alertmanager another confidence is another alert: the old one ends.
        let sent = manager.bodies().remove(0);
        let of = |confidence: &str| {
            let alerts = sent.as_array().expect("alerts").iter();
            let id = &alert["labels"]["fingerprint"];
            let mut of = alerts
                .filter(|a| a["labels"]["confidence"] == confidence && a["labels"]["fingerprint"] == *id)
                .map(|a| a["endsAt"].as_str().expect("a time").parse::<Timestamp>().expect("RFC 3339"));
            of.next().expect("it is there")
        };
        assert!(of("medium") <= Timestamp::now() && of("high") > Timestamp::now());

        let open_before = alerts.open_suspects().count();
        let outcome = round(&mut alerts, &judged("map-cache-fixed", 8));
        let resolved = kinds(&outcome).iter().filter(|kind| **kind == NewsKind::Resolved).count();
        assert_eq!((resolved, alerts.open_suspects().count()), (open_before, 0));
        assert!(hook.bodies().iter().all(|body| body["event"] == "resolved" && body["report"].is_null()));
        assert_eq!(kinds(&round(&mut alerts, &judged("map-cache-fixed", 8))), []);
        assert_eq!(hook.bodies().len(), 0);
    }

    #[test]
    fn a_receiver_that_was_away_is_told_when_it_is_back_and_its_secrets_are_nowhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let hook = Inbox::open(None, 200);
        let address = hook.address();
        drop(hook);
        let receivers =
            vec![receiver(ReceiverKind::Webhook, address), receiver(ReceiverKind::Alertmanager, address)];
        let mut alerts = open(options(folder.path(), receivers.clone()));
        let outcome = round(&mut alerts, &judged("map-cache", 2));
        assert_eq!(outcome.warnings.len(), 2, "{:?}", outcome.warnings);
        assert!(
            outcome.warnings[0].ends_with("no connection; 1 messages wait for it"),
            "{:?}",
            outcome.warnings
        );
        assert_eq!(outcome.undelivered[&format!("webhook {address}")], 1);
        let metrics = Metrics::default();
        metrics.reported(&outcome);
        let memory = std::fs::read_to_string(folder.path().join("alerts/alerts.json")).expect("the memory");
        for text in [format!("{outcome:?} {receivers:?}"), metrics.text(), memory] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        drop(alerts);

        // Resolved while everything was away, and restarted in between: both are reported, in order.
        let mut alerts = open(options(folder.path(), receivers.clone()));
        round(&mut alerts, &judged("map-cache-fixed", 8));
        let hook = Inbox::open(Some(address), 503);
        let outcome = round(&mut alerts, &judged("map-cache-fixed", 8));
        assert!(outcome.warnings[0].contains("it answers 503; 2 messages wait"), "{:?}", outcome.warnings);
        drop(hook);
        let hook = Inbox::open(Some(address), 200);
        let outcome = round(&mut alerts, &judged("map-cache-fixed", 8));
        assert_eq!(outcome.warnings, [""; 0]);
        let bodies = hook.bodies();
        let events: Vec<&Value> = bodies.iter().filter(|b| b.is_object()).map(|b| &b["event"]).collect();
        assert_eq!(events, ["new", "resolved"]);
        // Alertmanager hears the end of what it may have heard of before.
        assert!(bodies.iter().any(|body| body[0]["labels"]["alertname"] == "PprofLeakSuspect"));
    }

    #[test]
    fn too_many_messages_drop_the_oldest_and_that_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let hook = Inbox::open(None, 200);
        let address = hook.address();
        drop(hook);
        let mut small = options(folder.path(), vec![receiver(ReceiverKind::Webhook, address)]);
        small.most_waiting = 1;
        let mut alerts = open(small);
        round(&mut alerts, &judged("map-cache", 2));
        assert_eq!(round(&mut alerts, &judged("map-cache-fixed", 8)).dropped, 1);
        let hook = Inbox::open(Some(address), 200);
        let outcome = round(&mut alerts, &judged("map-cache-fixed", 8));
        let bodies = hook.bodies();
        assert_eq!((bodies.len(), &bodies[0]["dropped_before"]), (1, &1.into()));
        assert!(outcome.warnings[0].contains("1 messages were dropped"), "{:?}", outcome.warnings);
    }

    #[test]
    fn a_broken_memory_is_set_aside_and_the_round_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let alerts_folder = folder.path().join("alerts");
        std::fs::create_dir(&alerts_folder).expect("a folder");
        for broken in ["", "{\"version\":1", "{\"version\":99,\"state\":{}}", "\0\0\0"] {
            std::fs::write(alerts_folder.join("alerts.json"), broken).expect("writable");
            let (mut alerts, warning) = Alerts::open(options(folder.path(), Vec::new())).expect("goes on");
            assert!(warning.expect("a warning").contains("alerts.json.broken-"));
            assert_eq!(kinds(&round(&mut alerts, &judged("map-cache", 2))), [NewsKind::New]);
        }
    }

    #[test]
    fn a_target_that_is_gone_and_one_that_cannot_be_judged_differ() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut alerts = open(options(folder.path(), Vec::new()));
        round(&mut alerts, &judged("map-cache", 2));
        let before = profile("map-cache/heap-01.pb.gz");
        let analysis = compare(vec![before], vec![profile("map-cache/heap-01.pb.gz")], &Options::default());
        let same = build_document(&analysis.expect("comparable"));
        assert_eq!((same.verdict.name(), kinds(&round(&mut alerts, &same))), ("inconclusive", vec![]));
        let mut without_judgement = |known: Option<&[Target]>| {
            let telling = alerts.begin(Timestamp::now());
            kinds(&alerts.end(telling, known, &|| false).expect("writable"))
        };
        assert_eq!(without_judgement(Some(&[target()])), []);
        assert_eq!(without_judgement(None), [], "a list of targets that cannot be read ends no suspect");
        assert_eq!(without_judgement(Some(&[])), [NewsKind::Resolved]);
    }

    const CHILD: &str = "PPROF_LEAKS_TEST_ROUNDS_IN";

    /// Not a test by itself: the process that the next one ends again and again.
    #[test]
    fn child_that_tells_rounds_for_ever() {
        let Ok(text) = std::env::var(CHILD) else { return };
        let (folder, address) = text.split_once('|').expect("folder|address");
        let receivers = vec![receiver(ReceiverKind::Webhook, address.parse().expect("an address"))];
        let mut alerts = open(options(Path::new(folder), receivers));
        let (leaking, repaired) = (judged("map-cache", 2), judged("map-cache-fixed", 8));
        loop {
            // Whatever was reported last before the end, the other one is news.
            let is_open = alerts.open_suspects().count() > 0;
            round(&mut alerts, if is_open { &repaired } else { &leaking });
        }
    }

    /// Killed at any moment, the memory is whole, and what is reported alternates: nothing is lost, and what is reported twice
    /// has the same id.
    #[test]
    fn kill_9_between_and_within_rounds_loses_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let hook = Inbox::open(None, 200);
        for kill in 0..25u64 {
            let mut child = Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "alert::tests::child_that_tells_rounds_for_ever"])
                .env(CHILD, format!("{}|{}", folder.path().display(), hook.address()))
                .stdout(std::process::Stdio::null())
                .spawn()
                .expect("it starts");
            // Once it tells, at another moment each time; however slow the machine is.
            let (count, until) = (hook.count(), Instant::now() + Duration::from_secs(60));
            while hook.count() == count {
                assert!(Instant::now() < until, "the child tells nothing");
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(kill * 3));
            child.kill().expect("killed");
            child.wait().expect("ended");
            open(options(folder.path(), Vec::new()));
        }
        let mut sent: Vec<(Value, Value)> =
            hook.bodies().into_iter().map(|body| (body["event"].clone(), body["id"].clone())).collect();
        // What a child sent that was killed then may be read after what the next one sent.
        let mut known = BTreeSet::new();
        sent.retain(|(event, id)| known.insert(format!("{event} {id}")));
        assert!(sent.len() >= 25, "only {} were sent", sent.len());
        for pair in sent.windows(2) {
            assert_ne!(pair[0].0, pair[1].0, "one is missing between {pair:?}");
        }
    }

    /// Whatever a receiver, or a proxy before it, answers for a while, the first thing it hears when it is back is the oldest news.
    #[test]
    fn no_answer_but_a_lasting_refusal_loses_news() {
        let early = judged("map-cache", 2);
        for status in [302u16, 400, 405, 503] {
            let folder = tempfile::tempdir().expect("a folder");
            let away = Inbox::open(None, status);
            let address = away.address();
            let hook = receiver(ReceiverKind::Webhook, address);
            let mut alerts = open(options(folder.path(), vec![hook]));
            let outcome = round(&mut alerts, &early);
            assert_eq!((outcome.dropped, outcome.undelivered.values().sum::<usize>()), (0, 1), "{status}");
            drop(away);
            let back = Inbox::open(Some(address), 200);
            let outcome = round(&mut alerts, &early);
            assert_eq!(outcome.undelivered.values().sum::<usize>(), 0, "{status}");
            assert_eq!(back.bodies()[0]["event"], "new", "{status}");
        }
    }

    fn pages() -> Arc<Pages> {
        Arc::new(Pages::new(Path::new("nowhere")))
    }

    #[test]
    fn alerts_link_to_the_page_of_the_report_and_the_overview_does_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let manager = Inbox::open(None, 200);
        let receivers = vec![receiver(ReceiverKind::Alertmanager, manager.address())];
        let external_url = Some("https://leaks.example.com/".to_owned());
        let mut alerts = open(AlertOptions { external_url, ..options(folder.path(), receivers) });
        let document = judged("map-cache", 8);
        round(&mut alerts, &document);
        let alert = &manager.bodies()[0][0];
        let link = alert["generatorURL"].as_str().expect("a link");
        assert_eq!(alert["annotations"]["report"], link);
        let path = link.strip_prefix("https://leaks.example.com").expect("below the address");
        let pages = Arc::new(Pages::new(&folder.path().join("reports")));
        let (_, open) = alerts.open_suspects().next().expect("an open suspect");
        assert_eq!(open.confidence, "high");
        pages.judged(&target(), &document, alerts.report_of(&target()));
        let server =
            Server::start(":0", Arc::new(Metrics::default()), Arc::clone(&pages), INTERVAL).expect("a port");
        let get = |path: &str| {
            let mut answer =
                ureq::get(format!("http://{}{path}", server.address())).call().expect("an answer");
            assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
            answer.body_mut().read_to_string().expect("text")
        };
        assert_eq!(get(path), "<p>the page</p>");
        let overview = get("/");
        assert!(overview.contains("main.(*sessionCache).open") && overview.contains(path), "{overview}");
        pages.retain(&[]);
        assert!(!get("/").contains("sessionCache"), "a process that is no target any more is not shown");
    }

    #[test]
    fn what_is_less_than_high_is_reported_only_once_enough_of_a_life_was_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let hook = Inbox::open(None, 200);
        let receivers = vec![receiver(ReceiverKind::Webhook, hook.address())];
        let early = judged("map-cache", 2);
        assert_eq!(early.verdict.name(), "suspicious");
        let defaults =
            AlertOptions { receivers: receivers.clone(), ..AlertOptions::in_store(folder.path(), INTERVAL) };
        round(&mut open(defaults.clone()), &early);
        let asked = AlertOptions { at_least: Confidence::Medium, ..defaults };
        round(&mut open(asked.clone()), &early);
        assert_eq!(hook.bodies().len(), 0, "a cache that warms up looks the same");
        let asked = AlertOptions { unsure_after: INTERVAL, ..asked };
        round(&mut open(asked.clone()), &early);
        assert_eq!(hook.bodies().len(), 0, "it has to last");
        round(&mut open(AlertOptions { lasting: 1.0, ..asked }), &early);
        assert_eq!(hook.bodies().len(), 1);
    }

    #[test]
    fn metrics_and_health_are_served_on_loopback() {
        let metrics = Arc::new(Metrics::default());
        let server = Server::start(":0", Arc::clone(&metrics), pages(), INTERVAL).expect("a free port");
        let address = server.address();
        assert!(address.ip().is_loopback());
        let get = |path: &str| {
            let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
            let mut answer = agent.get(format!("http://{address}{path}")).call().expect("an answer");
            let form = answer.headers()["content-type"].to_str().expect("text").to_owned();
            (answer.status().as_u16(), form, answer.body_mut().read_to_string().expect("text"))
        };
        let (status, form, text) = get("/metrics");
        assert_eq!(status, 200);
        assert!(form.starts_with("application/openmetrics-text"), "{form}");
        assert!(text.contains("pprof_leaks_build_info{version=") && text.ends_with("# EOF\n"), "{text}");
        assert_eq!((get("/healthz").0, get("/else").0), (200, 404));
        let ended = RoundDone { unix_seconds: 1.0, skipped: 2, late: 1, unjudged: 0, store_bytes: 0 };
        metrics.round_done(&ended, &[]);
        let (status, _, text) = get("/healthz");
        assert_eq!(status, 200);
        assert!(text.starts_with("ok\nin the last round there was no time for 2 of"), "{text}");
        let taken =
            Server::start(&address.to_string(), metrics, pages(), INTERVAL).err().expect("taken").to_string();
        assert!(taken.contains("choose another address or port"), "{taken}");
    }

    /// Opens a connection and sends these bytes.
    fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).expect("connected");
        stream.write_all(bytes).expect("sent");
        stream
    }

    #[test]
    fn no_client_keeps_others_from_being_answered_or_the_server_from_ending() {
        let server = Server::start(":0", Arc::new(Metrics::default()), pages(), Duration::from_millis(100))
            .expect("a free port");
        let address = server.address();
        let get = || {
            let agent = ureq::Agent::config_builder().http_status_as_error(false);
            let agent = agent.timeout_global(Some(Duration::from_secs(2))).build().new_agent();
            agent.get(format!("http://{address}/healthz")).call().expect("an answer").status().as_u16()
        };
        let pipelined = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2000);
        let rude: [&[u8]; 4] = [
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
            b"POST /metrics HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
            b"GET /metr",
            pipelined.as_bytes(),
        ];
        let held: Vec<TcpStream> = rude.iter().map(|bytes| send(address, bytes)).collect();
        assert_eq!(get(), 200);
        // A head without an end is cut off.
        let mut endless = send(address, b"GET / HTTP/1.1\r\nX: ");
        let _ = endless.write_all(&[b'a'; 65_536]);
        endless.set_read_timeout(Some(Duration::from_secs(2))).expect("a socket");
        let mut answer = [0; 12];
        match endless.read_exact(&mut answer) {
            Ok(()) => assert_eq!(&answer, b"HTTP/1.1 431"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
        // No round in three intervals.
        std::thread::sleep(Duration::from_millis(350));
        assert_eq!(get(), 503);
        let asked = Instant::now();
        drop(server);
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        drop(held);
    }

    #[test]
    fn a_probe_is_answered_at_once_however_many_half_requests_are_open() {
        let server =
            Server::start(":0", Arc::new(Metrics::default()), pages(), INTERVAL).expect("a free port");
        let address = server.address();
        let held: Vec<TcpStream> = (0..300).map(|_| send(address, b"GET /metr")).collect();
        let asked = Instant::now();
        for path in ["/healthz", "/metrics"] {
            let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(3)));
            let answer = agent.build().new_agent().get(format!("http://{address}{path}")).call();
            assert_eq!(answer.expect("an answer").status(), 200, "{path}");
        }
        // A liveness probe of Kubernetes waits for one second.
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        drop(held);
    }
}
