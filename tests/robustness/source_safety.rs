//! Source trees that mean harm are read safely: nothing outside of the folders given, no hang, no panic.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]
#![cfg(unix)]

use pprof_leaks::source::{FactKind, Position, Problem, Reading, Sources};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const KEEPS: &str =
    "package shop\n\nvar all = map[string][]byte{}\n\nfunc Keep(k string, v []byte) {\n\tall[k] = v\n}\n";

fn follow(folder: &Path, function: &str, file: &str, line: u32) -> Reading {
    let mut sources = Sources::open(&[folder.to_owned()], None).expect("the folder is there");
    sources.follow(&[Position { function: function.to_owned(), file: file.to_owned(), line, calls: None }])
}

#[test]
fn files_are_found_by_the_end_of_another_machines_path() {
    let folder = tempfile::tempdir().expect("a folder");
    for package in ["cart", "till"] {
        fs::create_dir_all(folder.path().join("internal").join(package)).expect("can be made");
        let text = KEEPS.replace("package shop", &format!("package {package}"));
        fs::write(folder.path().join("internal").join(package).join("keep.go"), text)
            .expect("can be written");
    }
    for file in ["/build/7/shop/internal/till/keep.go", "example.com/shop@v1.2.3/internal/till/keep.go"] {
        let reading = follow(folder.path(), "example.com/shop/internal/till.Keep", file, 6);
        assert_eq!(reading.problem, None, "{file}");
        assert_eq!(reading.excerpt.expect("it fits").file, "internal/till/keep.go");
        assert!(matches!(reading.facts[0].kind, FactKind::MapEntry(_)), "{:?}", reading.facts);
    }
    // Neither path nor package tells which of the two.
    let reading = follow(folder.path(), "main.Keep", "keep.go", 6);
    assert!(matches!(reading.problem, Some(Problem::NotFound { .. })), "{reading:?}");
}

#[test]
fn source_of_another_build_is_told_and_not_used() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("keep.go"), KEEPS).expect("can be written");
    for (function, line) in [("shop.Keep", 99), ("shop.Other", 6), ("shop.Keep", 3), ("shop.(*T).Keep", 6)] {
        let reading = follow(folder.path(), function, "/src/keep.go", line);
        assert!(matches!(reading.problem, Some(Problem::Differs { .. })), "{function}:{line}: {reading:?}");
        assert!(reading.facts.is_empty() && reading.excerpt.is_none());
    }
}

#[test]
fn a_file_that_calls_something_else_is_another_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("keep.go"), KEEPS).expect("can be written");
    let mut sources = Sources::open(&[folder.path().to_owned()], None).expect("the folder is there");
    let mut follow = |calls: &str| {
        let (function, file) = ("shop.Keep".to_owned(), "/src/keep.go".to_owned());
        sources.follow(&[Position { function, file, line: 6, calls: Some(calls.to_owned()) }])
    };
    assert!(matches!(follow("io.ReadAll").problem, Some(Problem::Differs { .. })));
    for calls in ["shop.Keep", "bytes.growSlice", "runtime.GC"] {
        assert_eq!(follow(calls).problem, None, "{calls}");
    }
}

#[test]
fn errors_elsewhere_in_a_file_do_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        "{KEEPS}\nfunc New() *int {{ return new(7) }}\n\nfunc (r *R[K]) Map[V any](f func(K) V) []V {{ return nil }}\n\n\
         func Pass(v []byte) []byte {{ p := new(len(v)); _ = p; return v }}\n\nfunc Broken( {{ }}}}}} ((\n"
    );
    fs::write(folder.path().join("keep.go"), text.replace('\n', "\r\n")).expect("can be written");
    let reading = follow(folder.path(), "shop.Keep", "keep.go", 6);
    assert!(matches!(reading.facts[0].kind, FactKind::MapEntry(_)), "{reading:?}");
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("secret.go"), KEEPS).expect("can be written");
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("tree");
    fs::create_dir(&inside).expect("can be made");
    fs::write(folder.path().join("above.go"), KEEPS).expect("can be written");
    symlink(outside.path(), inside.join("linked")).expect("can be linked");
    symlink(outside.path().join("secret.go"), inside.join("direct.go")).expect("can be linked");
    symlink(&inside, inside.join("loop")).expect("can be linked");
    for file in
        ["secret.go", "direct.go", "linked/secret.go", "../above.go", "/x/../../above.go", "/etc/passwd", ""]
    {
        let reading = follow(&inside, "shop.Keep", file, 6);
        assert!(matches!(reading.problem, Some(Problem::NotFound { .. })), "{file}: {reading:?}");
    }
}

#[test]
fn imports_lead_nowhere_outside_and_in_no_circle() {
    let outer = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = outer.path().join(path);
        fs::create_dir_all(path.parent().expect("is in a folder")).expect("can be made");
        fs::write(path, text).expect("can be written");
    };
    write("secret/keep.go", &KEEPS.replace("package shop", "package secret"));
    write("tree/go.mod", "module example.com/shop // the shop\n");
    let imports = |package: &str, import: &str, call: &str| {
        format!(
            "package {package}\n\nimport \"{import}\"\n\nfunc Pass(v []byte) []byte {{\n\treturn {call}(v)\n}}\n"
        )
    };
    write("tree/ping/ping.go", &imports("ping", "example.com/shop/pong", "pong.Pass"));
    write("tree/pong/pong.go", &imports("pong", "example.com/shop/ping", "ping.Pass"));
    let main = [
        "package main\n\nimport (\n\t\"example.com/shop/ping\"\n\t\"example.com/shop/../../secret\"\n",
        "\tlinked \"example.com/shop/linked\"\n\tup \"../secret\"\n\tabsolute \"/etc\"\n)\n\nfunc main() {\n",
        "\tv := make([]byte, 9)\n\tv = ping.Pass(v)\n\tsecret.Keep(\"\", v)\n\tlinked.Keep(\"\", v)\n",
        "\tup.Keep(\"\", v)\n\tabsolute.Keep(\"\", v)\n}\n",
    ];
    write("tree/main.go", &main.concat());
    let inside = outer.path().join("tree");
    symlink(outer.path().join("secret"), inside.join("linked")).expect("can be linked");
    let reading = follow(&inside, "main.main", "/build/shop/main.go", 12);
    assert_eq!(reading.problem, None);
    assert!(reading.facts.iter().all(|fact| fact.place.file == "main.go"), "{:?}", reading.facts);
    assert!(
        !reading.facts.iter().any(|fact| matches!(fact.kind, FactKind::MapEntry(_))),
        "{:?}",
        reading.facts
    );
}

#[test]
fn what_no_one_wrote_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let huge = format!("{KEEPS}// {}\n", "x".repeat(10 << 20));
    fs::write(folder.path().join("huge.go"), huge).expect("can be written");
    assert!(matches!(
        follow(folder.path(), "shop.Keep", "huge.go", 6).problem,
        Some(Problem::Differs { .. })
    ));

    let mut bytes = KEEPS.as_bytes().to_vec();
    bytes.extend(b"// \xff\xfe\x00\x80\n");
    fs::write(folder.path().join("bytes.go"), bytes).expect("can be written");
    assert_eq!(follow(folder.path(), "shop.Keep", "bytes.go", 6).problem, None);

    let deep =
        format!("package shop\n\nfunc Deep() {{\n\tx := {}1{}\n}}\n", "(".repeat(50_000), ")".repeat(50_000));
    fs::write(folder.path().join("deep.go"), deep).expect("can be written");
    let _ = follow(folder.path(), "shop.Deep", "deep.go", 4);

    let blocks =
        format!("package shop\n\nfunc Deep() {}\tx := 1\n{}\n", "{\n".repeat(50_000), "}".repeat(50_000));
    fs::write(folder.path().join("blocks.go"), blocks).expect("can be written");
    let reading = follow(folder.path(), "shop.Deep", "blocks.go", 50_003);
    assert!(matches!(reading.problem, Some(Problem::Differs { .. })), "{reading:?}");
    let long = format!(
        "package shop\n\nvar all = map[int]*int{{}}\n\nfunc Long(v *int) {{\n\tw := v\n{}}}\n",
        "\tall[1] = w\n\tw = f(v, w)\n".repeat(5_000)
    );
    fs::write(folder.path().join("long.go"), long).expect("can be written");
    let _ = follow(folder.path(), "shop.Long", "long.go", 6);

    fs::create_dir(folder.path().join("folder.go")).expect("can be made");
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.go")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo is there");
    for file in ["folder.go", "pipe.go"] {
        let reading = follow(folder.path(), "shop.Keep", file, 1);
        assert!(matches!(reading.problem, Some(Problem::NotFound { .. })), "{file}");
    }
    assert!(Sources::open(&[folder.path().join("missing")], None).is_err());
}

#[test]
fn a_long_function_is_read_in_time_that_grows_with_its_length_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let calls: String = (0..4000).map(|number| format!("\tkeep(v, {number})\n")).collect();
    let text = format!(
        "package main\n\nvar all = map[string]string{{}}\n\nfunc f(k string) {{\n\tv := k + k\n{calls}}}\n\n\
         func keep(k string, i int) {{\n\tall[k] = k\n}}\n"
    );
    fs::write(folder.path().join("long.go"), text).expect("can be written");
    let started = std::time::Instant::now();
    let reading = follow(folder.path(), "main.f", "long.go", 6);
    assert!(matches!(reading.facts[0].kind, FactKind::MapEntry(_)), "{reading:?}");
    // A tenth of a second; seventeen before the functions of a file were found once.
    assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
}
