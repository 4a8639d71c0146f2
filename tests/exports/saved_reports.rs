//! A report saved in full comes out in the formats that tell of every site as the run itself would have written it.

use crate::support::pprof_leaks;
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
fn a_report_without_every_site_says_how_to_save_one_that_has_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let saved = folder.path().join("saved.json");
    let report = written(&["trend", "testdata/two-leaks", "--format", "json"], folder.path());
    std::fs::write(&saved, report).expect("can be written");
    for format in EVERY_SITE {
        let output = folder.path().join("out");
        let run = pprof_leaks([
            "report",
            saved.to_str().expect("UTF-8"),
            "--format",
            format,
            "-o",
            output.to_str().expect("UTF-8"),
        ]);
        run.refusal(&["every site", "--full"]);
        assert!(!output.exists());
    }
}
