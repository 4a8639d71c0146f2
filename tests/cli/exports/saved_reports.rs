//! A report saved in full comes out in the formats that show every site as the run itself would have written it, and one
//! that was saved without as far as it goes.

use crate::support::{plain, pprof_leaks};
use pprof_leaks::input::proto;
use prost::Message;
use std::path::Path;

const EVERY_SITE: [&str; 3] = ["pprof", "dot", "html"];

fn written(args: &[&str], folder: &Path) -> Vec<u8> {
    let path = folder.join("written");
    let run = pprof_leaks([args, &["-o", path.to_str().expect("UTF-8")]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{args:?}");
    std::fs::read(&path).expect("it was written")
}

#[test]
fn formats_of_every_site_come_out_of_a_full_report_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let saved = folder.path().join("saved.json");
    for program in ["testdata/two-leaks", "testdata/blocked-goroutine", "testdata/restart"] {
        let full = ["trend", program, "--format", "json", "--full"];
        std::fs::write(&saved, written(&full, folder.path())).expect("can be written");
        let saved = saved.to_str().expect("UTF-8");
        for format in EVERY_SITE {
            let direct = written(&["trend", program, "--format", format], folder.path());
            let again = written(&["report", saved, "--format", format], folder.path());
            assert!(direct == again, "{program} as {format}");
        }
    }
}

#[test]
fn a_report_without_every_site_comes_out_in_every_format_and_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let saved = folder.path().join("saved.json");
    for program in ["testdata/two-leaks", "testdata/blocked-goroutine"] {
        let report = written(&["trend", program, "--format", "json"], folder.path());
        std::fs::write(&saved, report).expect("can be written");
        let of =
            |format| written(&["report", saved.to_str().expect("UTF-8"), "--format", format], folder.path());
        let page = String::from_utf8(of("html")).expect("UTF-8");
        assert!(page.contains("saved without <code>--full</code>"), "{program}");
        assert!(page.contains("id=\"s1\"") && page.contains("<svg class=\"chart\""), "{program}");
        for part in [
            "id=\"flame\"",
            "id=\"goroutines\"",
            "id=\"sites\"",
            "href=\"#sites\"",
            "flame graph and the JSON",
        ] {
            assert!(!page.contains(part), "{program}: {part}");
        }
        let dot = String::from_utf8(of("dot")).expect("UTF-8");
        assert!(dot.contains("saved without --full") && dot.contains("main.("), "{program}: {dot}");
        let profile = proto::Profile::decode(plain(&of("pprof")).as_slice()).expect("a profile");
        let text = |index: i64| profile.string_table[usize::try_from(index).expect("an index")].as_str();
        assert!(profile.comment.iter().any(|comment| text(*comment).contains("saved without --full")));
        let report: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&saved).expect("saved")).expect("JSON");
        let delta: f64 = report["suspects"]
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|suspect| suspect["sites"].as_array().expect("a list"))
            .map(|site| site["growth"]["delta"].as_f64().expect("a number").round())
            .sum();
        let sum: i64 = profile.sample.iter().flat_map(|sample| &sample.value).sum();
        assert!((sum as f64 - delta).abs() < 1.0, "{program}: {sum} and {delta}");
        assert!(profile.sample.iter().all(|sample| sample.label.iter().any(|l| text(l.key) == "cause")));
    }
}
