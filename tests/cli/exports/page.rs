//! The page: it needs nothing else, lets nothing in, and stays small. `.ci/page` opens these pages in a browser; they
//! are kept for it where `PPROF_LEAKS_PAGES` names a folder.

use crate::support::{Profile, pprof_leaks};
use base64::Engine;
use pprof_leaks::report::{HtmlOptions, LinkBase, MarkdownOptions, html, markdown, read_json};
use sha2::{Digest, Sha256};
use std::path::Path;

/// A page of its own name, from a run with these arguments.
fn page(name: &str, args: &[&str]) -> String {
    let run = pprof_leaks([args, &["--format", "html"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{args:?}");
    if let Some(folder) = std::env::var_os("PPROF_LEAKS_PAGES") {
        let path = Path::new(&folder).join(format!("{name}.html"));
        std::fs::write(path, &run.stdout).expect("the folder can be written");
    }
    run.stdout
}

fn diff(name: &str, pair: [&Profile; 2]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|side| folder.path().join(side));
    pair.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    page(name, &["diff", before, after, "--top", "50"])
}

/// What stands between two texts, the first time.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let from = page.find(start).unwrap_or_else(|| panic!("{start} is missing")) + start.len();
    &page[from..from + page[from..].find(end).expect("it ends")]
}

#[test]
fn the_policy_lets_through_the_style_and_the_script_of_the_page_alone() {
    holds_to_its_policy(&page(
        "series",
        &["trend", "testdata/two-leaks", "--source", "testdata/programs", "--memory-limit", "1GiB"],
    ));
    holds_to_its_policy(&page("fixed", &["compare", "testdata/map-cache", "testdata/map-cache-fixed"]));
}

fn holds_to_its_policy(page: &str) {
    let policy = between(page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for (directive, start, end) in
        [("style-src", "<style>", "</style>"), ("script-src", "<script>", "</script>")]
    {
        let hash =
            base64::engine::general_purpose::STANDARD.encode(Sha256::digest(between(page, start, end)));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    // What the policy would keep from working must not be there to begin with.
    let (_, body) = page.split_once("<body>").expect("a body");
    for never in [" style=", " onclick=", "javascript:", "http:", "https:", " src=", "@import", "url("] {
        assert!(!body.contains(never), "{never}");
    }
}

#[test]
fn a_fleet_has_a_section_a_service() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (who, kind, program) in [
        ("shop/a:6060", "heap", "map-cache"),
        ("shop/b:6060", "heap", "map-cache"),
        ("mail/a:6060", "goroutine", "blocked-goroutine"),
        ("mail/b:6060", "goroutine", "blocked-goroutine"),
        ("blog/a:6060", "heap", "map-cache-fixed"),
    ] {
        let to = folder.path().join(who).join(kind);
        std::fs::create_dir_all(&to).expect("a folder");
        for number in 1..=8 {
            let from = format!("testdata/{program}/{kind}-{number:02}.pb.gz");
            std::fs::copy(from, to.join(format!("20261124T{number:02}0000-000Z.pb.gz"))).expect("a copy");
        }
    }
    let store = folder.path().to_str().expect("UTF-8");
    let fleet = page("fleet", &["fleet", store, "--memory-limit", "512MiB"]);
    holds_to_its_policy(&fleet);
    let services = between(&fleet, "<section id=\"services\"", "</section>");
    assert_eq!(services.matches("<tr class=").count(), 3, "{services}");
    let shop = between(&fleet, ">shop: suspicious</h2>", "</section>");
    for there in [
        "<span class=\"function\">main.(*sessionCache).open</span>",
        "In 2 of 2 instances",
        "Until it is fixed, restart each instance every",
        "<h3>What to change</h3>",
        "<th scope=\"col\" class=\"n\">heap, median</th>",
    ] {
        assert!(shop.contains(there), "{there} in {shop}");
    }
    let blog = between(&fleet, ">blog: ", "</section>");
    assert!(blog.contains("<p class=\"none\">") && !blog.contains("restart"), "{blog}");
    assert!(fleet.len() < 100_000, "{} bytes", fleet.len());
}

#[test]
fn lives_goroutines_the_ledger_and_what_was_not_judged_have_their_places() {
    let lives = page("lives", &["trend", "testdata/deploy"]);
    assert!(lives.contains(">deploy</text>") && lives.contains("id=\"lives\""));
    let goroutines =
        page("goroutines", &["trend", "testdata/blocked-goroutine", "--source", "testdata/programs"]);
    assert!(goroutines.contains("id=\"goroutines\"") && goroutines.contains("chan receive"), "states");
    assert!(goroutines.contains("id=\"ledger\""));
    let clean = page("clean", &["trend", "testdata/map-cache-fixed"]);
    assert!(clean.contains("<p class=\"none\">None."), "no suspects");
    let unjudged =
        page("unjudged", &["diff", "testdata/map-cache/heap-08.pb.gz", "testdata/two-leaks/heap-08.pb.gz"]);
    assert!(unjudged.contains("Largest differences"));
}

#[test]
fn a_change_has_a_page_with_both_rates_and_one_chart_of_both_series() {
    let fixed = page("fixed", &["compare", "testdata/map-cache", "testdata/map-cache-fixed"]);
    for part in [
        "<header class=\"top clean\">",
        "<h1>main.(*sessionCache).open grew by +3.3 GiB/h",
        "<dt>Before, per hour</dt><dd>+3.3 GiB/h (95 %: +2.6 GiB to +4.0 GiB)</dd>",
        "<dt>After, per hour</dt><dd>+64.3 MiB/h (95 %:",
        "189.1 MiB an hour at most is left",
    ] {
        assert!(fixed.contains(part), "{part}");
    }
    assert_eq!(fixed.matches("<svg class=\"chart\"").count(), 1);
    assert_eq!(fixed.matches("<polyline").count(), 2);
    assert_eq!(fixed.matches("<td>before</td>").count(), 17);
    let worse = page("worse", &["compare", "testdata/two-leaks", "testdata/map-cache"]);
    assert!(worse.contains("<header class=\"top leak\">") && worse.contains("New since"));
    assert!(
        worse.contains("id=\"n1\"") && worse.contains("Delete entries when they are done with"),
        "what to change"
    );
    assert_eq!(worse.matches("badge\">fixed</span>").count(), 2, "both leaks of the first program are gone");
}

#[test]
fn positions_lead_to_the_source_where_there_is_a_base_for_links() {
    let args = ["trend", "testdata/two-leaks", "--source", "testdata/programs", "--format", "json", "--full"];
    let document = read_json(&pprof_leaks(args).stdout).expect("a report");
    let link_base = LinkBase::new("https://git.example/shop/blob/abc").ok();
    let page = html(&document, &HtmlOptions { link_base: link_base.clone() }).expect("a page");
    let link = "<a href=\"https://git.example/shop/blob/abc/two-leaks.go#L51\">";
    assert!(page.matches(link).count() >= 3, "the place, a stack, a row");
    let to_go = page
        .split("href=\"https")
        .filter(|rest| rest.split('"').next().is_some_and(|l| l.contains("malloc.go")));
    assert_eq!(to_go.count(), 0, "the standard library is not in the repository");
    let ticket = markdown(&document, &MarkdownOptions { link_base, ..MarkdownOptions::default() });
    let link =
        "`main.(*pageCache).page` [`two-leaks.go:51`](https://git.example/shop/blob/abc/two-leaks.go#L51)";
    assert_eq!(ticket.matches(link).count(), 2, "{ticket}");
}

#[test]
fn lines_of_source_show_what_they_and_their_calls_hold() {
    let args = ["trend", "testdata/two-leaks", "--source", "testdata/programs"];
    let report = pprof_leaks([&args[..], &["--format", "json", "--full"]].concat()).json();
    let suspect = &report["suspects"][0];
    let [line] = suspect["source"]["values"].as_array().expect("a list").as_slice() else {
        panic!("one line allocates: {:#}", suspect["source"])
    };
    assert_eq!(line["line"], 51);
    // All stacks of that line, of which there is one.
    assert_eq!(line["last"], suspect["growth"]["heap"]["last"]);
    let page = pprof_leaks([&args[..], &["--format", "html"]].concat()).stdout;
    assert!(
        page.contains("<span class=\"held\"><span title=\"1.0 MiB -&gt; 49.2 MiB\">+48.2 MiB</span></span>")
            || page.contains(
                "<span class=\"held\"><span title=\"1.0 MiB -&#62; 49.2 MiB\">+48.2 MiB</span></span>"
            ),
        "the line's growth"
    );
    let ticket = pprof_leaks([&args[..], &["--format", "markdown"]].concat()).stdout;
    assert!(ticket.contains(">    51  +48.2 MiB  "), "{ticket}");
    assert!(ticket.contains("\n     52             "), "{ticket}");
}

#[test]
fn a_page_of_thousands_of_sites_stays_below_five_megabytes() {
    let [mut before, mut after] = [Profile::heap(), Profile::heap()];
    after.at(3600);
    for n in 0..6000i64 {
        let names: Vec<String> = (0..24)
            .map(|level| {
                format!(
                    "example.com/shop/service{}.(*Handler{}).serve{level}",
                    (n >> (level / 6)) % 97,
                    n % 211
                )
            })
            .collect();
        let leaf = format!("example.com/shop/store.(*Table{n}).insert");
        let stack: Vec<&str> = std::iter::once(leaf.as_str())
            .chain(names.iter().map(String::as_str))
            .chain(["main.main"])
            .collect();
        before.row(&stack, 512, 40, 20 + n % 7);
        after.row(&stack, 512, 90, 20 + n % 11);
    }
    let stack = ["example.com/shop/cache.(*Cache).put", "example.com/shop/cache.(*Cache).fill", "main.main"];
    before.row(&stack, 512, 10, 10);
    after.row(&stack, 512, 3000, 3000);
    let page = diff("large", [&before, &after]);
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert_eq!(
        page.matches("<tr class=\"more\" data-node").count() + page.matches("<tr data-node").count(),
        5000
    );
    assert!(page.contains("1001 sites with smaller changes"), "the rest is counted");
}

const NAMES: [&str; 7] = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"><img src=x onerror=alert(1)>",
    "{{ css }}{% raw %}",
    "\u{1b}[31mred\u{202e}\u{200b}",
    "first\nsecond\u{2028}third",
    "'-alert(1)-'",
];

#[test]
fn no_name_becomes_markup_or_script() {
    let [mut before, mut after] = [Profile::heap(), Profile::heap()];
    after.at(600);
    let long = "x".repeat(1 << 20);
    for (n, name) in NAMES.iter().copied().chain([long.as_str()]).enumerate() {
        let function = format!("main.{name}");
        let stack = ["strings.Clone", function.as_str(), name, "main.main"];
        let more = 60 + n as i64;
        before.row(&stack, 1024, 1, 1);
        after.row(&stack, 1024, more, more);
        for profile in [&mut before, &mut after] {
            let file = profile.string(&format!("/src/{name}.go"));
            let own = profile.proto.function.len() - 2;
            profile.proto.function[own].filename = file;
        }
    }
    let page = diff("hostile", [&before, &after]);
    assert!(page.len() < 500_000, "{} bytes", page.len());
    assert!(page.matches("<details class=\"suspect").count() >= NAMES.len());
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<img").count() + page.matches("<!--").count(), 0);
    let acts = |c: char| {
        c != '\n' && c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
    };
    assert_eq!(page.chars().find(|c| acts(*c)), None);
}
