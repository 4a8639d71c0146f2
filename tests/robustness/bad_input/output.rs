//! Where the report goes: standard output that is closed or full, and files that can or cannot be written.

use crate::support::{command, pprof_leaks};
use std::process::Stdio;
use std::time::Duration;

const PAIR: [&str; 2] = ["testdata/map-cache/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"];

/// As in `| head -0`.
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for format in ["terminal", "markdown", "json"] {
        let mut child = command()
            .args(["diff", PAIR[0], PAIR[1], "--full", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
    let mut child =
        command().arg("--help").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = command().args(["diff", PAIR[0], PAIR[1]]).stdout(full).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("standard output") && stderr.contains("No space left"), "{stderr}");
    pprof_leaks(["diff", PAIR[0], PAIR[1], "-o", "/dev/full"]).refusal(&["-o /dev/full", "No space left"]);
}

#[test]
fn an_ending_that_stands_for_no_format_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    pprof_leaks(["diff", PAIR[0], PAIR[1], "-o", &path("leak.pdf")]).refusal(&["leak.pdf", "give --format"]);
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0);
    for (name, options) in [("leak.txt", &[][..]), ("leak", &[]), ("leak.pdf", &["--format", "markdown"])] {
        let to = path(name);
        let run = pprof_leaks([&["diff", PAIR[0], PAIR[1], "-o", &to], options].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}");
    }
}

#[test]
fn a_report_file_holds_what_standard_output_would() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.md");
    let out = path.to_str().expect("UTF-8");
    let shown = pprof_leaks(["diff", PAIR[0], PAIR[1], "--format", "markdown"]);
    let run = pprof_leaks(["diff", PAIR[0], PAIR[1], "--format", "markdown", "-o", out]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    assert_eq!(std::fs::read_to_string(&path).expect("written"), shown.stdout);
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 1, "nothing else is left behind");
}

/// Whoever reads the file meanwhile sees the old report or the new one, whole: the new one takes its name at the end.
#[test]
#[cfg(unix)]
fn a_report_file_is_replaced_and_never_rewritten() {
    use std::io::Read;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (path, link) = (folder.path().join("report.md"), folder.path().join("latest.md"));
    std::fs::write(&path, "the report of yesterday").expect("can be written");
    std::os::unix::fs::symlink("report.md", &link).expect("a link");
    let mut open = std::fs::File::open(&path).expect("just written");
    let run = pprof_leaks(["diff", PAIR[0], PAIR[1], "-o", link.to_str().expect("UTF-8")]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let mut old = String::new();
    open.read_to_string(&mut old).expect("still open");
    assert_eq!(old, "the report of yesterday");
    assert!(link.is_symlink(), "a link stays a link");
    assert!(std::fs::read_to_string(&path).expect("replaced").contains("sessionCache"));
}

#[test]
fn a_report_that_could_not_be_written_is_told_before_the_work() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    // The inputs do not exist, and that is not what is reported: the output was looked at first.
    let refused = |out: &str, parts: &[&str]| {
        pprof_leaks(["diff", "missing-1", "missing-2", "-o", out]).refusal(&[&["-o", out], parts].concat());
    };
    refused(&path("no/report.md"), &["does not exist"]);
    refused(&path(""), &["a folder"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let kept = path("kept.md");
        std::fs::write(&kept, "kept").expect("can be written");
        std::fs::set_permissions(&kept, std::fs::Permissions::from_mode(0o444)).expect("my file");
        refused(&kept, &["read-only"]);
        assert_eq!(std::fs::read_to_string(&kept).expect("still there"), "kept");
    }
    #[cfg(target_os = "linux")]
    refused("/proc/report.md", &["cannot be written"]);
}

#[test]
fn the_report_does_not_take_the_place_of_a_snapshot() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let snapshot = folder.path().join("after.pb.gz");
    std::fs::copy(PAIR[1], &snapshot).expect("can be written");
    let after = snapshot.to_str().expect("UTF-8");
    pprof_leaks(["diff", PAIR[0], after, "-o", after]).refusal(&[after, "is the snapshot itself"]);
    assert_eq!(std::fs::read(&snapshot).expect("there"), std::fs::read(PAIR[1]).expect("there"));
}

/// A pipe as the report file, as in `-o >(tee report.md)`.
#[test]
#[cfg(unix)]
fn a_report_can_go_to_a_pipe() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe)
    });
    let run = pprof_leaks(["diff", PAIR[0], PAIR[1], "-o", pipe.to_str().expect("UTF-8")]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    std::thread::sleep(Duration::from_millis(10));
    assert!(reader.join().expect("no panic").expect("read").contains("sessionCache"));
}
