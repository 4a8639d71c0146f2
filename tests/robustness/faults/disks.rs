//! Disks that are full or read-only. A small file system of its own needs a right to mount, which root has.

use crate::faults::service::Service;
use crate::faults::stored::{Seen, assert_whole};
use crate::support::{command, finish, pprof_leaks};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A file system in memory, unmounted at the end.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// `None`, with a word on it, where this user may not mount.
    fn of_size(size: &str) -> Option<Disk> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], folder.path());
        if !mounted {
            eprintln!("SKIPPED: this user may not mount a small file system, so the disk is not tried");
            // A checker is root, or has no business to pass.
            assert!(std::env::var_os("CI").is_none(), "the checks must run as root");
            return None;
        }
        Some(Disk { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

fn mount(options: &[&str], folder: &Path) -> bool {
    let mut mount = Command::new("mount");
    mount.args(options).arg(folder).stderr(Stdio::null());
    mount.status().is_ok_and(|status| status.success())
}

#[test]
fn a_full_disk_is_told_and_what_was_stored_is_safe() {
    let Some(disk) = Disk::of_size("400k") else { return };
    let store = disk.path().join("store");
    let service = Service::good();
    let collect = || finish(command().args(["collect", &service.address(), "--store"]).arg(&store));
    let mut seen = Seen::default();
    let full = (0..200).find_map(|_| {
        let run = collect();
        seen.look(&store);
        (run.status != 0).then_some(run)
    });
    let full = full.expect("400 KiB hold no 200 rounds");
    assert_eq!(full.status, 2, "{}", full.stderr);
    assert!(full.stderr.contains("the disk is full. What was stored before is safe"), "{}", full.stderr);
    assert_whole(&store);
    for _ in 0..3 {
        assert_ne!(collect().status, 0);
        seen.look(&store);
        assert_whole(&store);
    }
    let prune = pprof_leaks([
        "store".as_ref(),
        "prune".as_ref(),
        store.as_os_str(),
        "--max-store".as_ref(),
        "100KiB".as_ref(),
    ]);
    assert_eq!(prune.status, 0, "{}", prune.stderr);
    let run = collect();
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "there is room again");
    assert_whole(&store);
}

#[test]
fn a_watch_outlasts_a_read_only_disk() {
    let Some(disk) = Disk::of_size("16m") else { return };
    let store = disk.path().join("store");
    let service = Service::good();
    let mut watch = command()
        .args([
            "watch",
            &service.address(),
            "--every",
            "100ms",
            "--spread",
            "0",
            "--listen",
            "off",
            "--store",
        ])
        .arg(&store)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let until = Instant::now() + Duration::from_secs(60);
    let mut seen = Seen::default();
    let wait_for_news = |seen: &mut Seen| {
        while !store.is_dir() || seen.look(&store) == 0 {
            assert!(Instant::now() < until, "nothing new is stored");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_for_news(&mut seen);
    // Refused while a file is open for writing, so it may take some tries.
    while !mount(&["-o", "remount,ro"], disk.path()) {
        assert!(Instant::now() < until, "it stays writable");
    }
    let log = BufReader::new(watch.stderr.take().expect("piped"));
    let logged = log.lines().map_while(Result::ok).any(|line| line.contains("the disk is read-only"));
    assert!(logged, "the log ends without a word");
    seen.look(&store);
    assert_whole(&store);
    let refused = finish(command().args(["collect", &service.address(), "--store"]).arg(&store));
    refused.refusal(&["the disk is read-only", "give a store that can be written"]);
    assert!(mount(&["-o", "remount,rw"], disk.path()));
    wait_for_news(&mut seen);
    watch.kill().expect("killed");
    watch.wait().expect("ended");
    assert_whole(&store);
}

/// A file that is a mount is busy, whoever asks.
struct Busy(std::path::PathBuf);

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_file_that_cannot_be_removed_keeps_no_other() {
    let Some(disk) = Disk::of_size("1m") else { return };
    let heap = disk.path().join("shop/shop-1:6060/heap");
    std::fs::create_dir_all(&heap).expect("made");
    let now = i64::try_from(jiff::Timestamp::now().as_nanosecond()).expect("in range");
    let file = |minutes: i64| {
        let name = pprof_leaks::profile::stamp(now - minutes * 60_000_000_000).expect("in range");
        heap.join(format!("{name}.pb.gz"))
    };
    (1..=6).for_each(|minutes| std::fs::write(file(10 * minutes), "x").expect("written"));
    let busy = Busy(file(30));
    assert!(mount(&["--bind", &busy.0.to_string_lossy()], &busy.0));
    let run = finish(
        command().args(["store", "prune", "--keep-all", "1s", "--keep-hourly", "1s"]).arg(disk.path()),
    );
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stdout.starts_with("removed 4 snapshots"), "{}", run.stdout);
    let [warning] = run.warnings()[..] else { panic!("one line: {}", run.stderr) };
    assert!(warning.contains(&*busy.0.to_string_lossy()), "{warning}");
    assert!(!file(60).exists() && busy.0.exists() && file(10).exists());
}

#[test]
fn a_watch_that_can_store_nothing_says_so_in_the_end() {
    let Some(disk) = Disk::of_size("64k") else { return };
    let store = disk.path().join("store");
    std::fs::create_dir(&store).expect("made");
    let filler = vec![0; 1 << 20];
    assert!(std::fs::write(disk.path().join("filler"), filler).is_err(), "the disk is full now");
    let run = finish(
        command()
            .args([
                "watch",
                &Service::good().address(),
                "--every",
                "100ms",
                "--spread",
                "0s",
                "--rounds",
                "3",
            ])
            .args(["--listen", "off", "--store"])
            .arg(&store),
    );
    assert_eq!(run.status, 2, "{}", run.stderr);
    let broken_off = run.stderr.lines().filter(|line| line.contains("the round was broken off"));
    assert_eq!(broken_off.filter(|line| line.contains("the disk is full")).count(), 3, "{}", run.stderr);
    let last = run.stderr.lines().last().expect("a line");
    assert!(last.ends_with("nothing could be stored in any round; the lines above say why"), "{last}");
}
