//! What one snapshot shows: dumps that are made up, and recordings.

use super::*;
use crate::input::{Limits, parse};
use crate::profile::{display_function, package_of};
use crate::series::Program;

fn dump(text: &str) -> RawProfile {
    parse(text.as_bytes(), "goroutine.txt", &Limits::default()).expect("a dump")
}

fn recorded(path: &str) -> RawProfile {
    let bytes = std::fs::read(format!("testdata/{path}")).expect("recorded");
    parse(&bytes, path, &Limits::default()).expect("a profile")
}

fn look(profiles: Vec<RawProfile>) -> Inspection {
    inspect(profiles, &Options::default()).expect("one snapshot of a kind")
}

/// So many goroutines in a state, with a stack of calls and their lines.
fn goroutines(first: u64, number: u64, state: &str, stack: &[(&str, u32)]) -> String {
    let folder = |call: &str| match package_of(call) {
        "main" => "/app".to_owned(),
        package => format!("/usr/local/go/src/{package}"),
    };
    let frame = |(call, line): &(&str, u32)| format!("{call}()\n\t{}/x.go:{line} +0x1\n", folder(call));
    let frames: String = stack.iter().map(frame).collect();
    let one = |id: u64| {
        format!("goroutine {id} [{state}]:\n{frames}created by main.main\n\t/app/main.go:3 +0x1\n\n")
    };
    (first..first + number).map(one).collect()
}

const LOCKS: (&str, u32) = ("sync.(*Mutex).Lock", 1);

fn holder_of(text: &str) -> Option<LockHolder> {
    let inspection = look(vec![dump(text)]);
    inspection.goroutines.expect("goroutines").groups[0].holder.clone()
}

#[test]
fn who_is_past_the_lock_in_the_same_function_probably_holds_it() {
    let waiting =
        goroutines(1, 20, "sync.Mutex.Lock, 5 minutes", &[LOCKS, ("main.(*log).add", 52), ("main.serve", 7)]);
    let past =
        goroutines(90, 1, "IO wait, 11600 minutes", &[("main.(*log).write", 60), ("main.(*log).add", 54)]);
    let before =
        goroutines(95, 1, "IO wait, 90000 minutes", &[("main.(*log).size", 61), ("main.(*log).add", 50)]);
    let holder = holder_of(&format!("{waiting}{past}{before}")).expect("somebody is past the lock");
    assert_eq!((holder.relation, holder.count), (Relation::SameFunction, 1));
    assert_eq!((holder.frame.line, holder.inside.line), (54, 60));
    assert_eq!((holder.wait, holder.longest_minutes), (Wait::Network, Some(11_600)));
}

#[test]
fn who_waits_for_the_lock_as_well_or_for_work_does_not_hold_it() {
    let waiting = goroutines(1, 20, "sync.Mutex.Lock", &[LOCKS, ("main.(*log).add", 52)]);
    let also = goroutines(80, 3, "sync.Mutex.Lock", &[LOCKS, ("main.(*log).flush", 70)]);
    let idle = goroutines(90, 1, "select", &[("main.(*log).run", 80)]);
    assert_eq!(holder_of(&format!("{waiting}{also}{idle}")), None);
    let sends = goroutines(95, 1, "chan send", &[("main.(*log).flush", 72), ("main.tick", 9)]);
    let holder = holder_of(&format!("{waiting}{also}{idle}{sends}")).expect("another method sends");
    assert_eq!((holder.relation, holder.frame.line), (Relation::SameType, 72));
    let other_type = goroutines(95, 1, "chan send", &[("main.(*queue).flush", 72)]);
    assert_eq!(holder_of(&format!("{waiting}{other_type}")), None);
}

#[test]
fn goroutines_are_grouped_by_their_own_line_with_what_a_dump_says_of_them() {
    let many = goroutines(1, 30, "chan send, 3 minutes", &[("main.send", 12), ("main.serve", 7)]);
    let other_stack = goroutines(50, 12, "chan send, 40 minutes", &[("main.send", 12), ("main.retry", 8)]);
    let few = goroutines(70, 2, "select", &[("main.run", 20)]);
    let seen = look(vec![dump(&format!("{many}{other_stack}{few}"))]).goroutines.expect("goroutines");
    let first = &seen.groups[0];
    assert_eq!((seen.total, seen.lines, first.count, first.place.sites.len()), (44, 2, 42, 2));
    assert_eq!((first.wait, first.longest_minutes), (Wait::Send, Some(40)));
    assert_eq!(first.created_by, Some(("main.main".to_owned(), 42)));
    assert_eq!(seen.waits, [(Wait::Send, 42), (Wait::Select, 2)]);
    let cause = first.place.named.as_ref().expect("they stand out").cause.entry.id;
    assert_eq!(cause, "goroutine-blocked-send");
    assert!(seen.groups[1].place.named.is_none(), "two are there in any service");
}

#[test]
fn memory_of_a_function_in_which_goroutines_wait_is_held_by_these() {
    let of = |kind: &str| recorded(&format!("handler-send/{kind}-08.pb.gz"));
    let both = look(vec![of("heap"), of("goroutine")]);
    let held = &both.memory.as_ref().expect("a heap").places[0].place;
    let (blame, number) = held.named.as_ref().and_then(|named| named.held_by).expect("goroutines hold it");
    let name = |blame: crate::clusters::Blame| display_function(&both.series.names.info(blame.function).name);
    assert_eq!((name(blame), number), ("main.(*gallery).upload".to_owned(), 422.0));
    let group = &both.goroutines.as_ref().expect("goroutines").groups[0];
    assert!(group.place.named.as_ref().is_some_and(|named| named.holds > 2e7));
    let alone = look(vec![of("heap")]);
    assert!(
        alone.memory.expect("a heap").places[0]
            .place
            .named
            .as_ref()
            .is_some_and(|named| named.held_by.is_none())
    );
}

#[test]
fn what_runs_beside_others_stands_behind_these() {
    let handler =
        [("main.(*hub).watch", 9), ("net/http.serverHandler.ServeHTTP", 3), ("net/http.(*conn).serve", 2)];
    let beside = [("internal/poll.runtime_pollWait", 1), ("net/http.(*connReader).backgroundRead", 6)];
    let handlers =
        goroutines(1, 40, "chan receive", &handler).replace("main.main", "net/http.(*Server).Serve");
    let readers = goroutines(100, 41, "IO wait", &beside)
        .replace("main.main", "net/http.(*connReader).startBackgroundRead");
    let seen = look(vec![dump(&format!("{readers}{handlers}"))]).goroutines.expect("goroutines");
    let [first, second] = [0, 1].map(|at| (seen.groups[at].count, seen.groups[at].place.named.as_ref()));
    assert_eq!([first.0, second.0], [40, 41]);
    assert!(first.1.is_some_and(|named| named.comes_with.is_none()));
    assert_eq!(second.1.and_then(|named| named.comes_with).map(|(_, number)| number), Some(40.0));
}

#[test]
fn what_is_freed_again_is_churn_and_what_stays_is_not() {
    let memory = look(vec![recorded("map-cache/heap-08.pb.gz")]).memory.expect("a heap");
    let first = &memory.places[0];
    assert_eq!(first.place.named.as_ref().expect("it stands out").cause.entry.id, "unbounded-map");
    assert!(first.freed_share().is_some_and(|freed| freed < 0.1));
    let lines = |blame: crate::clusters::Blame| (blame.function, blame.line);
    assert!(!memory.churn.is_empty() && memory.churn.iter().all(|churn| churn.live < 0.1 * churn.allocated));
    assert!(memory.churn.iter().all(|churn| lines(churn.blame) != lines(first.place.blame)));
}

#[test]
fn only_the_collector_proves() {
    let of = |kind: &str| recorded(&format!("blocked-goroutine/{kind}-08.pb.gz"));
    let proved = look(vec![of("goroutine"), of("goroutineleak")]);
    let first = &proved.goroutines.as_ref().expect("goroutines").groups[0];
    assert!(first.proved > 1000 && first.proved <= first.count);
    assert_eq!(proved.proof.as_ref().map(|proof| proof.groups[0].1), Some(first.proved));
    let alone = look(vec![of("goroutine")]);
    assert!(alone.goroutines.expect("goroutines").groups.iter().all(|group| group.proved == 0));
}

#[test]
fn one_round_in_two_forms_is_one_snapshot_and_two_rounds_are_not() {
    let forms = ["goroutine-08.pb.gz", "goroutine-08.txt.gz"].map(|file| recorded(&format!("mutex/{file}")));
    let one = look(forms.to_vec());
    assert!(one.goroutines.expect("goroutines").is_dump, "the dump says most");
    assert!(one.notices.iter().any(|notice| notice.code == NoticeCode::ChosenInput));
    let rounds = ["goroutine-07.pb.gz", "goroutine-08.pb.gz"].map(|file| recorded(&format!("mutex/{file}")));
    let error = inspect(rounds.to_vec(), &Options::default()).expect_err("two rounds");
    assert!(
        error
            .to_string()
            .contains("`pprof-leaks mutex/goroutine-07.pb.gz mutex/goroutine-08.pb.gz` compares them")
    );
}

#[test]
fn a_program_is_known_by_its_binary_or_by_the_folder_of_main() {
    let program = |profile| Program::of(&look(vec![profile]).series);
    let by_binary = program(recorded("map-cache/heap-08.pb.gz")).expect("the mapping has it");
    assert_eq!((by_binary.name.as_str(), by_binary.is_of_folder), ("map-cache", false));
    let text = "goroutine 1 [running]:\nmain.main()\n\t/src/geth/cmd/geth/main.go:9 +0x1\n";
    let by_folder = Program { name: "geth".to_owned(), is_of_folder: true };
    assert_eq!(program(dump(text)), Some(by_folder));
    assert_eq!(program(dump("goroutine 1 [running]:\nmain.run()\n\t/src/a.go:9 +0x1\n")), None);
}
