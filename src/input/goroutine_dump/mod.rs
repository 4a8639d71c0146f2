//! The reader of goroutine dumps: `debug=2`, and the same text at the end of a crash log.

mod call;
mod header;
mod several;

pub(super) use call::{is_call, is_position};
pub(super) use several::starts;

use super::text::{self, Builder, Labels, Line, hex, lines, malformed};
use super::{Limits, Problem};
use crate::profile::{
    Form, Goroutine, Kind, Notice, NoticeCode, RawProfile, SampleType, Unit, fold_type_arguments,
};
use call::{function_of, is_foreign, position};
use header::header;
use std::collections::HashSet;

/// Stands in the place of a stack that Go could not walk.
const ELSEWHERE: &str = "goroutine running on other thread";

/// Where Go stops writing a dump, without a word (S24).
const SERVER_LIMIT: usize = 64 << 20;

/// Reads a goroutine dump. What stands before the first goroutine is passed over, and so is what stands between
/// them: panic messages, registers, log lines.
pub(super) fn read(text: &str, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let kind = Kind::Goroutine;
    let types = vec![SampleType { name: kind.name().to_owned(), unit: Unit::Count }];
    let profile = RawProfile::new(source, kind, Form::Dump, types);
    let mut dump = Dump {
        builder: Builder::new(profile, limits),
        seen: HashSet::new(),
        current: None,
        positions: Positions::None,
        cut: false,
    };
    let (mut last, mut ended) = (0, false);
    for line in lines(text) {
        (last, ended) = (line.number, line.ended);
        dump.line(line)?;
    }
    let has_no_positions = dump.positions == Positions::Lost;
    if has_no_positions && ended {
        dump.finish_call()?;
    }
    dump.cut |= dump.current.as_ref().is_some_and(|current| current.is_cut(has_no_positions));
    dump.finish_goroutine()?;
    if dump.builder.profile().goroutines.is_empty() {
        return Err(malformed(last, "the file ends before the first goroutine does"));
    }

    // A long dump is most likely cut as well: one notice for both.
    let what = if text.len() >= SERVER_LIMIT {
        Some(
            "a server cuts a goroutine dump at 64 MiB, so goroutines are missing here and counts are low. \
             Fetch /debug/pprof/goroutine (debug=0), which has no such limit",
        )
    } else if dump.cut {
        Some("the dump ends in the middle of a goroutine, so counts may be low. Save it again")
    } else {
        None
    };
    if let Some(what) = what {
        dump.builder.profile().notices.push(Notice::about(NoticeCode::TruncatedDump, source, what));
    }
    Ok(dump.builder.finish())
}

/// The goroutines read so far, and the one being read.
struct Dump<'t, 'l> {
    builder: Builder<'l>,
    /// The ids read so far. The standard hasher, because a hostile file chooses them.
    seen: HashSet<u64>,
    current: Option<Current<'t>>,
    positions: Positions,
    /// Whether the last line is part of a line.
    cut: bool,
}

/// Whether a dump has the lines with the positions of calls.
#[derive(Clone, Copy, PartialEq)]
enum Positions {
    /// None was met so far, nor a call that must have had one.
    None,
    /// Of some calls it has them.
    Some,
    /// Calls follow each other without any: something took these lines away, not the end of the file.
    Lost,
}

/// The goroutine being read. Its stack goes into the builder line by line.
struct Current<'t> {
    goroutine: Goroutine,
    labels: Labels,
    expect: Expect<'t>,
    /// The outermost function so far.
    root: &'t str,
}

/// What the next line of a goroutine should be.
enum Expect<'t> {
    /// The first line below the header.
    First,
    /// A call.
    Call,
    /// The position of this call.
    Position(&'t str),
    /// The position of the `go` statement that started the goroutine.
    CreatorPosition,
    /// Nothing more.
    Nothing,
    /// The stacks of the goroutines that started this one, as GODEBUG=tracebackancestors prints them. They are
    /// not where the goroutine is.
    Ancestors,
}

impl<'t> Dump<'t, '_> {
    fn line(&mut self, line: Line<'t>) -> Result<(), Problem> {
        let text = line.text;
        // A spelling of labels that is yet to come is no reason to lose the goroutine; half a line is.
        if let Some((goroutine, labels)) = header(text).filter(|(_, labels)| line.ended || labels.is_some()) {
            self.finish_call()?;
            self.finish_goroutine()?;
            return self.start_goroutine(goroutine, labels.unwrap_or_default());
        }
        let Some(current) = &mut self.current else {
            let part_of_header = text.starts_with("goroutine ") || "goroutine ".starts_with(text);
            self.cut |= !line.ended && part_of_header;
            return Ok(());
        };
        // Without a line end, blanks are the start of a position. A dump in markdown ends with its fence.
        if text.trim().is_empty() && line.ended || text.starts_with("```") {
            self.finish_call()?;
            return self.finish_goroutine();
        }
        if matches!(current.expect, Expect::Ancestors) {
            return Ok(());
        }
        if text.starts_with([' ', '\t']) || current.expects_position() && is_position(text) {
            self.positions = Positions::Some;
            return self.position(line);
        }
        if is_call(text) || text.starts_with("created by ") {
            self.finish_call()?;
        }
        let Some(current) = &mut self.current else { return Ok(()) };
        if let Some(creator) = text.strip_prefix("created by ") {
            let (creator, parent) = creator.rsplit_once(" in goroutine ").unwrap_or((creator, ""));
            if line.ended || !parent.is_empty() {
                current.goroutine.created_by = Some(fold_type_arguments(creator).into_owned());
            }
            current.expect = Expect::CreatorPosition;
        } else if text.starts_with("[originating from goroutine ") {
            current.expect = Expect::Ancestors;
        } else if text.starts_with("...") && text.ends_with("elided...") {
            current.expect = Expect::Call;
        } else if let Some(address) = text.strip_prefix("non-Go function at pc=") {
            current.expect = Expect::Call;
            self.builder.address(hex(address).unwrap_or(0))?;
        } else if text.starts_with(ELSEWHERE) {
            current.expect = Expect::Call;
        } else if !matches!(current.expect, Expect::Nothing | Expect::CreatorPosition)
            && (!line.ended || !is_foreign(text))
        {
            current.expect = Expect::Position(text);
        }
        Ok(())
    }

    /// An indented line: the position of the call above it.
    fn position(&mut self, line: Line<'t>) -> Result<(), Problem> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let (place, has_offset) = position(line.text);
        let whole = line.ended || has_offset;
        self.cut |= !whole;
        match current.expect {
            Expect::Position(call) if whole => {
                current.expect = Expect::Call;
                current.root = function_of(call);
                let (file, line) = text::place(place).unwrap_or(("", 0));
                self.builder.call(current.root, file, line)
            }
            Expect::CreatorPosition => {
                current.expect = Expect::Nothing;
                Ok(())
            }
            // `ELSEWHERE`
            Expect::First => {
                current.expect = Expect::Call;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes in a call whose position does not come. What is no call for certain may be a line of a log.
    fn finish_call(&mut self) -> Result<(), Problem> {
        let Some(current) = &mut self.current else { return Ok(()) };
        match current.expect {
            Expect::Position(call) if is_call(call) => {
                current.expect = Expect::Call;
                current.root = function_of(call);
                if self.positions == Positions::None {
                    self.positions = Positions::Lost;
                }
                self.builder.call(current.root, "", 0)
            }
            _ => Ok(()),
        }
    }

    fn start_goroutine(&mut self, goroutine: Goroutine, labels: Labels) -> Result<(), Problem> {
        // A thread's scheduling stack, in crash logs; no goroutine.
        if goroutine.id == 0 {
            return Ok(());
        }
        if !self.seen.insert(goroutine.id) {
            // GOTRACEBACK=crash has every thread print what it runs once more. All else is a second dump, as in
            // a log that a dump was written to again and again.
            let on_a_thread = matches!(goroutine.state.as_str(), "running" | "syscall");
            return if on_a_thread { Ok(()) } else { Err(Problem::Concatenated) };
        }
        self.current = Some(Current { goroutine, labels, expect: Expect::First, root: "" });
        Ok(())
    }

    fn finish_goroutine(&mut self) -> Result<(), Problem> {
        let Some(current) = self.current.take() else { return Ok(()) };
        self.builder.finish_sample(&[1], 0, current.labels)?;
        self.builder.profile().goroutines.push(current.goroutine);
        Ok(())
    }
}

impl Current<'_> {
    /// Whether a position comes next, which mail, chats and syslog leave without its indentation.
    fn expects_position(&self) -> bool {
        matches!(self.expect, Expect::Position(_) | Expect::CreatorPosition)
    }

    /// Whether a goroutine that the file ends with is cut short there. Where a dump has no positions, its creator is the
    /// last line of it.
    fn is_cut(&self, has_no_positions: bool) -> bool {
        match self.expect {
            Expect::First => true,
            Expect::CreatorPosition => !has_no_positions || self.goroutine.created_by.is_none(),
            // `exit status 2` may follow the last goroutine.
            Expect::Position(call) => !call.starts_with("exit status"),
            // Nobody started the first goroutine, nor those of the runtime and of C threads; the others end with
            // who started them.
            Expect::Call => {
                let first = self.root == "main.main" || self.root.contains(".init");
                let by_nobody = first || self.root.starts_with("runtime.") || self.root.contains("_cgoexp_");
                !by_nobody && !self.root.is_empty()
            }
            Expect::Nothing | Expect::Ancestors => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::testing;
    use super::*;
    use proptest::prelude::*;

    /// Goroutines of Go 1.27 after a request for `goroutineleak`.
    const GO: &str = "\
goroutine 1 [running]:
runtime/pprof.(*Profile).WriteTo(0x4e3886?, {0x5e96c0?, 0xc5607fa2028?}, 0xc56000001b6?)
\truntime/pprof/pprof.go:405 +0x149
main.main()
\texample.com/probe/main.go:99 +0x7f6

goroutine 6 [chan receive, 17 minutes]:
main.inlined(...)
\texample.com/probe/main.go:17
main.main.func2()
\texample.com/probe/main.go:66 +0x28
created by main.main in goroutine 1
\texample.com/probe/main.go:66 +0x271

goroutine 9 [chan receive, 2 minutes, locked to thread]:
main.(*store[...]).wait(0x0?, {0x1, {0x2, _}, ...})
\texample.com/probe/main.go:15 +0x25
created by main.serve[...] in goroutine 6
\texample.com/probe/main.go:65 +0x265

goroutine 13 [chan receive (nil chan) (leaked)]:
main.leakers.func2()
\texample.com/probe/main.go:53 +0x17
created by main.leakers in goroutine 1
\texample.com/probe/main.go:53 +0x3e

goroutine 33 [select (no cases)] {empty: , \"k-1\": \"v-1\", \"odd \\\"key\\\"\": \"}]:\\n\\u00e4\\xff\", route: /cart}:
main.main.func5({0x5e9af8?, 0xc560801c210?})
\texample.com/probe/main.go:78 +0x1c
runtime/pprof.Do({0x5e9ac0?, 0x616440?}, {{0xc5608030280?, 0x0?, 0x0?}}, 0x5e9f50)
\truntime/pprof/runtime.go:57 +0x8c
created by main.main in goroutine 1
\texample.com/probe/main.go:78 +0x3f3
";

    fn parse(text: &str) -> Result<RawProfile, Problem> {
        read(text, "goroutine.txt", &Limits::default())
    }

    fn codes(profile: &RawProfile) -> Vec<NoticeCode> {
        profile.notices.iter().map(|n| n.code).collect()
    }

    #[test]
    fn goroutines_have_states_waits_marks_creators_and_labels() {
        let profile = parse(GO).expect("valid");
        assert_eq!((profile.kind, profile.form), (Kind::Goroutine, Form::Dump));
        assert_eq!(profile.samples.totals(), [5]);
        let seen: Vec<_> = profile
            .goroutines
            .iter()
            .map(|g| {
                (
                    g.id,
                    g.state.as_str(),
                    g.wait_minutes,
                    g.leaked,
                    g.locked,
                    g.created_by.as_deref().unwrap_or(""),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (1, "running", None, false, false, ""),
                (6, "chan receive", Some(17), false, false, "main.main"),
                (9, "chan receive", Some(2), false, true, "main.serve[...]"),
                (13, "chan receive (nil chan)", None, true, false, "main.leakers"),
                (33, "select (no cases)", None, false, false, "main.main"),
            ]
        );
        assert!(profile.has_leak_marks());
        let labels: Vec<_> = profile.label_sets[profile.samples.get(4).label_set as usize]
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(
            labels,
            [("empty", ""), ("k-1", "v-1"), ("odd \"key\"", "}]:\nä\u{fffd}"), ("route", "/cart")]
        );
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn stacks_are_names_without_arguments_and_end_before_the_creator() {
        let profile = parse(GO).expect("valid");
        assert_eq!(
            testing::stack(&profile, 0),
            [
                "runtime/pprof.(*Profile).WriteTo runtime/pprof/pprof.go:405",
                "main.main example.com/probe/main.go:99"
            ]
        );
        assert_eq!(
            testing::stack(&profile, 1),
            ["main.inlined example.com/probe/main.go:17", "main.main.func2 example.com/probe/main.go:66"]
        );
        assert_eq!(testing::stack(&profile, 2), ["main.(*store[...]).wait example.com/probe/main.go:15"]);
    }

    #[test]
    fn elided_frames_ancestors_and_unavailable_stacks_leave_no_frames() {
        let text = "\
goroutine 5 [select]:
main.deep(0x1)
\tmain.go:24 +0x3c
...51 frames elided...
main.deep(0x2)
\tmain.go:25 +0x3c
...additional frames elided...
created by main.start
\tmain.go:9 +0x1
[originating from goroutine 1]:
main.start(...)
\tmain.go:9 +0x1
created by main.other
\tmain.go:8 +0x1

goroutine 6 [running]:
\tgoroutine running on other thread; stack unavailable
created by main.main in goroutine 1
\tmain.go:10 +0x1

goroutine 7 [syscall]:
non-Go function at pc=0x4011aa
c_wait
\tcode.c:3 pc=0x4011bb
main._Cfunc_wait()
\t_cgo_gotypes.go:46 +0x3a
created by main.main in goroutine 1
\tmain.go:11 +0x1
";
        let profile = parse(text).expect("valid");
        assert_eq!(testing::stack(&profile, 0), ["main.deep main.go:24", "main.deep main.go:25"]);
        assert_eq!(testing::stack(&profile, 1), [""; 0]);
        assert_eq!(
            testing::stack(&profile, 2),
            ["0x4011aa :0", "c_wait code.c:3", "main._Cfunc_wait _cgo_gotypes.go:46"]
        );
        let creators: Vec<_> = profile.goroutines.iter().map(|g| g.created_by.as_deref()).collect();
        assert_eq!(creators, [Some("main.start"), Some("main.main"), Some("main.main")]);
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn a_crash_log_is_read_from_its_first_goroutine() {
        let text = "\
panic: boom

goroutine 18 gp=0xc000 m=3 mp=0xc001 [running]:
panic({0x1, 0x2})
\truntime/panic.go:878 +0x159 fp=0x1 sp=0x2 pc=0x3
main.work()
\tmain.go:7 +0x1 fp=0x1 sp=0x2 pc=0x3
created by main.main in goroutine 1
\tmain.go:5 +0x1

goroutine 1 [select]:
main.main()
\tmain.go:6 +0x1

goroutine 0 [idle]:
runtime.futex()
\truntime/sys_linux_amd64.s:558 +0x21

-----

goroutine 18 gp=0xc000 m=3 mp=0xc001 [running]:
main.work()
\tmain.go:7 +0x1

rax    0x0
exit status 2";
        let profile = parse(text).expect("valid");
        assert_eq!(profile.goroutines.iter().map(|g| g.id).collect::<Vec<_>>(), [18, 1]);
        assert_eq!(
            testing::stack(&profile, 0),
            ["runtime.gopanic runtime/panic.go:878", "main.work main.go:7"]
        );
        assert!(profile.notices.is_empty());
        let run = "goroutine 1 [running]:\nmain.main()\n\tmain.go:4 +0x3f\nexit status 2\n";
        assert!(parse(run).expect("valid").notices.is_empty());
    }

    #[test]
    fn a_log_with_two_dumps_is_not_counted_twice() {
        assert!(matches!(parse(&format!("{GO}\n{GO}")), Err(Problem::Concatenated)));
    }

    /// Only a cut between two goroutines, or in the offset that ends one, cannot be noticed.
    #[test]
    fn a_cut_dump_keeps_what_is_whole_and_says_so() {
        let whole = parse(GO).expect("valid");
        let mut start = 0;
        for (index, goroutine) in GO.split("\n\n").enumerate() {
            let header_end = start + goroutine.find('\n').expect("a header");
            let last_offset = start + goroutine.rfind("+0x").expect("an offset") + 3;
            let end = (start + goroutine.len() + 2).min(GO.len());
            for cut in start + 1..=end {
                let count = index + usize::from(cut >= header_end);
                let profile = match parse(&String::from_utf8_lossy(&GO.as_bytes()[..cut])) {
                    Ok(profile) => profile,
                    Err(_) => {
                        assert_eq!(count, 0, "cut at byte {cut}");
                        continue;
                    }
                };
                assert_eq!((profile.goroutines.len(), profile.samples.len()), (count, count));
                for sample in 0..count {
                    let (part, full) = (testing::stack(&profile, sample), testing::stack(&whole, sample));
                    assert!(full.starts_with(&part), "cut at byte {cut}: {part:?}");
                }
                let want = if cut < last_offset { vec![NoticeCode::TruncatedDump] } else { vec![] };
                assert_eq!(codes(&profile), want, "cut at byte {cut}");
            }
            start = end;
        }
    }

    #[test]
    fn a_dump_as_long_as_a_server_writes_is_taken_for_cut() {
        let mut text = format!("{GO}\n");
        text.push_str(&"x".repeat(SERVER_LIMIT - text.len()));
        let profile = parse(&text).expect("valid");
        assert_eq!(codes(&profile), [NoticeCode::TruncatedDump]);
        assert!(profile.notices[0].message.contains("64 MiB"));
        assert!(parse(&text[..SERVER_LIMIT - 1]).expect("valid").notices.is_empty());
    }

    #[test]
    fn lost_indentation_changes_nothing() {
        let (whole, profile) = (parse(GO).expect("valid"), parse(&GO.replace('\t', "")).expect("valid"));
        assert_eq!(profile.goroutines, whole.goroutines);
        for sample in 0..whole.samples.len() {
            assert_eq!(testing::stack(&profile, sample), testing::stack(&whole, sample));
        }
        let no_stack = "goroutine 6 [running]:\ngoroutine running on other thread; stack unavailable\ncreated by main.main\nmain.go:10 +0x1\n";
        let profile = parse(no_stack).expect("valid");
        assert_eq!(testing::stack(&profile, 0), [""; 0]);
        assert_eq!(profile.goroutines[0].created_by.as_deref(), Some("main.main"));
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn calls_without_their_positions_are_kept_and_a_cut_is_still_told() {
        let whole = parse(GO).expect("valid");
        let calls: String =
            GO.lines().filter(|line| !line.starts_with('\t')).map(|line| format!("{line}\n")).collect();
        for text in [&calls, &calls.replace("\n\n", "\n")] {
            let profile = parse(text).expect("valid");
            assert_eq!(profile.goroutines, whole.goroutines);
            for sample in 0..whole.samples.len() {
                let names = |profile| {
                    let name = |frame: &String| frame.split(' ').next().unwrap_or_default().to_owned();
                    testing::stack(profile, sample).iter().map(name).collect::<Vec<_>>()
                };
                assert_eq!(names(&profile), names(&whole));
            }
            assert_eq!(testing::stack(&profile, 2), ["main.(*store[...]).wait :0"]);
            assert!(profile.notices.is_empty());
        }
        // The goroutine that started the last one is its last line.
        let end = calls.rfind("created by").expect("is there");
        for cut in calls.rfind("goroutine 33").expect("is there") + 1..end + "created by main.main".len() {
            let profile = parse(&String::from_utf8_lossy(&calls.as_bytes()[..cut])).expect("valid");
            assert_eq!(codes(&profile), [NoticeCode::TruncatedDump], "cut at byte {cut}");
        }
        let main =
            "goroutine 7 [select]:\nmain.f()\ncreated by main.main\n\ngoroutine 1 [select]:\nmain.main()\n";
        assert!(parse(main).expect("valid").notices.is_empty());
        // One call alone may as well be where the file was cut.
        let one = "goroutine 1 [select]:\nmain.main()\n";
        assert_eq!(codes(&parse(one).expect("valid")), [NoticeCode::TruncatedDump]);
    }

    #[test]
    fn lines_of_the_log_between_calls_and_behind_them_are_passed_over() {
        let text = "goroutine 1 [select]:\nmain.f(0x1)\n2026/03/01 10:00:00 listening on :80\n\tmain.go:7 +0x1\nmain.main()\n\tmain.go:9 +0x1\n";
        for after in ["", "2026/03/01 10:00:01 bye\n", "```\n", "```\nHow can this be?\n"] {
            let profile = parse(&format!("{text}{after}")).expect("valid");
            assert_eq!(testing::stack(&profile, 0), ["main.f main.go:7", "main.main main.go:9"], "{after}");
            assert!(profile.notices.is_empty(), "{after}");
        }
    }

    #[test]
    fn windows_line_ends_change_nothing() {
        let (profile, whole) = (parse(&GO.replace('\n', "\r\n")).expect("valid"), parse(GO).expect("valid"));
        assert_eq!(profile.goroutines, whole.goroutines);
        assert_eq!(profile.label_sets, whole.label_sets);
        assert_eq!(testing::stack(&profile, 4), testing::stack(&whole, 4));
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn limits_hold() {
        for limits in [
            Limits { samples: 4, ..Limits::default() },
            Limits { symbols: 5, ..Limits::default() },
            Limits { stack_entries: 7, ..Limits::default() },
        ] {
            assert!(matches!(read(GO, "goroutine.txt", &limits), Err(Problem::TooMany { .. })));
        }
    }

    const FRAGMENTS: &[&str] = &[
        "goroutine 7 [chan receive (nil chan) (leaked), 3 minutes]:\n",
        "goroutine 18446744073709551615 gp=0x1 m=nil [select] {a: b, \"c\": \"\\xff\"}:\n",
        "goroutine ",
        "[running",
        "]:\n",
        "main.(*T[...]).f(0x1, {0x2})\n",
        "\tmain.go:51 +0x2f fp=0x1\n",
        "\tgoroutine running on other thread; stack unavailable\n",
        "...51 frames elided...\n",
        "created by main.main in goroutine 1\n",
        "[originating from goroutine 1]:\n",
        "non-Go function at pc=0x",
    ];

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in testing::plausible(FRAGMENTS), valid_start: bool) {
            let start = if valid_start { FRAGMENTS[0] } else { "" };
            if let Ok(profile) = parse(&format!("{start}{text}")) {
                prop_assert_eq!(profile.goroutines.len(), profile.samples.len());
            }
        }
    }
}
