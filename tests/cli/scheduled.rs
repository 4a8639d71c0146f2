//! The scheduled job's configuration and its store, as the command line shows them.

use crate::support::{command, finish, pprof_leaks};
use std::path::{Path, PathBuf};

/// A store with the snapshots of a recording, as a collector would have named them.
fn store(folder: &Path) -> PathBuf {
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/map-cache");
    let instance = folder.join("shop/shop-1:6060");
    for kind in ["heap", "goroutine"] {
        std::fs::create_dir_all(instance.join(kind)).expect("a folder");
        for round in 1..=8 {
            let from = recording.join(format!("{kind}-0{round}.pb.gz"));
            let to = instance.join(kind).join(format!("20261124T0248{round:02}-000Z.pb.gz"));
            std::fs::copy(from, to).expect("copied");
        }
    }
    instance
}

#[test]
fn the_folder_of_an_instance_is_judged_and_a_whole_store_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let instance = store(folder.path());
    let trend = pprof_leaks(["trend".as_ref(), instance.as_os_str()]);
    assert_eq!((trend.status, trend.stderr.as_str()), (0, ""));
    assert!(
        trend.stdout.contains("\nSuspicious: memory allocated in main.(*sessionCache).open"),
        "{}",
        trend.stdout
    );
    let whole = pprof_leaks(["trend".as_ref(), folder.path().as_os_str()]);
    assert!(
        whole.stdout.contains("\nSuspicious: memory allocated in"),
        "a store of one process is a series: {}",
        whole.stdout
    );
    let second = folder.path().join("shop/shop-2:6060/heap");
    std::fs::create_dir_all(&second).expect("a folder");
    let one = instance.join("heap/20261124T024801-000Z.pb.gz");
    std::fs::copy(one, second.join("20261124T024801-000Z.pb.gz")).expect("copied");
    let whole = pprof_leaks(["trend".as_ref(), folder.path().as_os_str()]);
    whole.refusal(&["this is a store of 2 instances", "shop/shop-1:6060"]);
    let overview = pprof_leaks([folder.path().as_os_str()]);
    assert_eq!(overview.status, 3, "one could not be judged");
    let line = overview.stdout.lines().find(|line| line.contains("shop-1:6060")).expect("a row");
    assert!(
        line.starts_with("suspicious") && line.contains("main.(*sessionCache).open (medium)"),
        "{}",
        overview.stdout
    );
    assert!(overview.stdout.contains("! shop/shop-2:6060: not judged"), "{}", overview.stdout);
}

#[test]
fn a_store_is_listed_checked_and_thinned() {
    let folder = tempfile::tempdir().expect("a folder");
    let instance = store(folder.path());
    let run = |args: &[&str]| finish(command().arg("store").args(args).arg(folder.path()));
    let listed = run(&["ls"]);
    assert!(listed.stdout.contains("shop/shop-1:6060         16"), "{}", listed.stdout);
    assert!(listed.stdout.contains("2026-11-24 02:48:01 UTC  2026-11-24 02:48:08 UTC"), "{}", listed.stdout);
    assert!(run(&["verify"]).stdout.starts_with("16 of 16 snapshots are whole"));
    let damaged = instance.join("heap/20261124T024803-000Z.pb.gz");
    let bytes = std::fs::read(&damaged).expect("there");
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).expect("written");
    let verified = run(&["verify"]);
    assert_eq!(verified.status, 3);
    assert!(verified.stdout.contains("024803-000Z.pb.gz: the gzip data is cut short"), "{}", verified.stdout);
    let doubted = run(&["prune"]);
    assert!(doubted.status == 0 && doubted.stdout.starts_with("removed 0 snapshots"), "{}", doubted.stdout);
    let [warning] = doubted.warnings()[..] else { panic!("one line: {}", doubted.stderr) };
    assert!(warning.contains("If it is right, run this again in a day"), "{warning}");
    let pruned = run(&["prune", "--keep-all", "1s", "--keep-hourly", "1s"]);
    assert!(
        pruned.stdout.starts_with("removed 14 snapshots"),
        "the latest of each kind stays: {}",
        pruned.stdout
    );
}

#[test]
fn a_configuration_is_checked_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pprof-leaks.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).expect("written");
        pprof_leaks(["config".as_ref(), "check".as_ref(), file.as_os_str()])
    };
    let job = "[[job]]\nname = \"shop\"\ntargets = [\"https://ann:s3cret@shop:6060\"]\n";
    let fine = check(&format!("{job}[alerts]\nwebhook = [\"https://hooks.example.com/s3cret\"]\n"));
    assert_eq!((fine.status, fine.stderr.as_str()), (0, ""));
    assert!(
        fine.stdout.contains("job shop: 1 targets\n  shop:6060  https://shop:6060/debug/pprof\n"),
        "{}",
        fine.stdout
    );
    assert!(fine.stdout.contains("notifies webhook hooks.example.com\n") && !fine.stdout.contains("s3cret"));
    for (text, said) in [
        (
            format!("{job}bearer_token = {{ file = \"missing\" }}\n"),
            "missing: the secret cannot be read there",
        ),
        (format!("{job}ca_file = \"missing\"\n"), "missing: No such file"),
        (format!("{job}gc = \"no\"\n"), "line 4: invalid type"),
        ("[[job]]\nname = \"shop\"\ntargets = [\"shop:port\"]\n".to_owned(), "this is no usable target"),
        (
            "[[job]]\nname = \"shop\"\nfile_sd = [\"missing.json\"]\n".to_owned(),
            "missing.json: it cannot be read",
        ),
    ] {
        check(&text).refusal(&["pprof-leaks.toml", said]);
    }
}

#[test]
fn what_is_missing_or_mistyped_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().display().to_string();
    for (args, said) in [
        (vec!["collect", "localhost:1"], "where to? Give --store DIR"),
        (vec!["collect", "--store", &store], "what to scrape?"),
        (vec!["collect", "localhost:port", "--store", &store], "localhost:port: this is no usable target"),
        (
            vec!["collect", "http://h/debug/pprof/heap?token=s3cret", "--store", &store],
            "`token` would not be sent",
        ),
        (vec!["watch", "localhost:1", "--store", &store, "--every", "5"], "--every: `5` is not a duration"),
        (
            vec!["watch", "localhost:1", "--store", &store, "--every", "5s", "--spread", "5s"],
            "--spread: give at most nine tenths",
        ),
        (
            vec!["watch", "localhost:1", "--store", &store, "--webhook", "hooks/s3cret"],
            "--webhook: this is not a usable URL",
        ),
        (vec!["collect", "localhost:1", "--store", "/dev/null/store"], "a store is a folder"),
    ] {
        let run = pprof_leaks(&args);
        let line = run.refusal(&[said]);
        assert!(!line.contains("s3cret"), "{line}");
    }
    let nobody = pprof_leaks(["collect", "127.0.0.1:1", "--store", &store]);
    assert_eq!((nobody.status, nobody.stdout.as_str()), (2, ""));
    assert!(
        nobody.stderr.ends_with("nothing could be stored of 1 targets; the lines above say why\n"),
        "{}",
        nobody.stderr
    );
}
