//! The reader of the heap text of `debug=1`, from Go and from tcmalloc, with the figures that `go tool pprof`
//! makes of it.
//!
//! The text is raw: a row holds the objects really sampled, and each row is scaled by its own object size (S2).
//! What is a row, a period and a total follows pprof's profile/legacy_profile.go, function for function.

use super::log::starts_here;
use super::text::{Builder, Line, Stack, decimal, lines, malformed, short};
use super::{Limits, Problem, mem_stats};
use crate::profile::{Form, Kind, MemStats, RawProfile, SampleType, SamplingRate, Unit};

const MAGIC: &str = "heap profile:";

/// The lines that end the rows; a memory map follows.
const MAP_HEADINGS: [&str; 2] = ["--- Memory map: ---", "MAPPED_LIBRARIES:"];

/// Reads a heap profile of `debug=1`.
pub(super) fn read(text: &str, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let mut lines = lines(text).skip_while(|line| line.text.trim().is_empty());
    let first = lines.next().ok_or(Problem::Empty)?;
    let header = Header::parse(first)?;

    let types: &[_] = if header.has_alloc {
        &[
            ("alloc_objects", Unit::Count),
            ("alloc_space", Unit::Bytes),
            ("inuse_objects", Unit::Count),
            ("inuse_space", Unit::Bytes),
        ]
    } else {
        &[("objects", Unit::Count), ("space", Unit::Bytes)]
    };
    let types =
        types.iter().map(|(name, unit)| SampleType { name: (*name).to_owned(), unit: *unit }).collect();
    let mut profile = RawProfile::new(source, Kind::Heap, Form::Text, types);
    profile.rate = (header.period > 0).then_some(SamplingRate(header.period));

    let mut rows = Rows {
        header,
        builder: Builder::new(profile, limits),
        row: None,
        stack: Stack::default(),
        alloc_objects: 0,
    };
    let mut stats: Option<MemStats> = None;
    let mut last = first;
    for line in lines {
        last = line;
        let content = line.text.trim();
        if let Some(comment) = content.strip_prefix('#') {
            // The calls of a row follow it at once. Other comments have nothing to do with any row: the figures of
            // runtime.MemStats at the end, of which one that the end of the file cuts short would be wrong.
            if rows.row.is_some() {
                rows.stack.comment(comment, line)?;
            } else if comment.trim() == mem_stats::HEADING {
                stats = Some(MemStats::default());
            } else if let Some(stats) = stats.as_mut().filter(|_| line.ended) {
                mem_stats::read_figure(comment, stats);
            }
        } else if content.is_empty() {
            rows.finish_row()?;
        } else if MAP_HEADINGS.iter().any(|heading| content.contains(heading)) {
            // All rows are behind us, though perhaps not all that the first line counts: where its buffer is too
            // small, gperftools leaves out the last ones on purpose (heap-profile-table.cc, `FillOrderedProfile`).
            rows.finish_row()?;
            rows.header.alloc_objects = None;
            break;
        } else if content.starts_with(MAGIC) {
            return Err(Problem::Concatenated);
        } else if !(rows.are_all_there() || stats.is_some()) || figures(content).is_some() {
            rows.start_row(content, line)?;
        } else {
            // What follows is of the page or the terminal that the rows were copied from.
            rows.end_row(line)?;
            if starts_here(line.text) {
                return Err(Problem::Concatenated);
            }
        }
    }
    let mut profile = rows.finish(last)?;
    profile.mem_stats = stats;
    Ok(profile)
}

/// What the first line says.
struct Header {
    /// The mean distance of two samples in bytes. 1: every allocation is there. 0: not known.
    period: i64,
    /// Whether rows hold sampled objects, to be scaled up.
    sampled: bool,
    /// Whether the figures in brackets differ from the others: else they count nothing of their own.
    has_alloc: bool,
    /// The number of allocated objects in all rows, where the rows are known to add up to it.
    alloc_objects: Option<i64>,
}

impl Header {
    fn parse(line: Line<'_>) -> Result<Header, Problem> {
        let bad = |what: String| malformed(line.number, what);
        let text = line.text.trim();
        if !line.ended {
            return Err(bad("the file ends here, with its first line".to_owned()));
        }
        let rest = text
            .get(..MAGIC.len())
            .filter(|magic| magic.eq_ignore_ascii_case(MAGIC))
            .map(|_| &text[MAGIC.len()..]);
        let ([inuse_objects, inuse_bytes, alloc_objects, alloc_bytes], form) =
            rest.and_then(figures).ok_or_else(|| {
                bad("it should look like `heap profile: 22: 4649 [30: 9695] @ heap/1048576`".to_owned())
            })?;
        let form = form.trim();
        let (name, rate) = form.split_once('/').unwrap_or((form, ""));
        let rate = match rate {
            "" => 0,
            rate => decimal(rate).ok_or_else(|| bad(format!("`{}` is no sampling rate", short(rate))))?,
        };
        let (period, sampled) = match name {
            // Go writes twice its MemProfileRate, as the first C++ profilers did.
            "heap" => (rate / 2, true),
            "heap_v2" | "heapz_v2" => (rate, true),
            "heapprofile" => (1, false),
            "growth" | "growthz" | "fragmentation" | "fragmentationz" => (1, false),
            _ => return Err(bad(format!("`{}` is no known form of heap profile", short(name)))),
        };
        // pprof, too, compares the digits and not the numbers, and only in these forms.
        let differs = |alloc: &str, inuse: &str| alloc != inuse && alloc != "0";
        let has_alloc = name.starts_with("heap")
            && (differs(alloc_objects, inuse_objects) || differs(alloc_bytes, inuse_bytes));
        let alloc_objects = decimal(alloc_objects).filter(|_| name.starts_with("heap"));
        Ok(Header { period, sampled, has_alloc, alloc_objects })
    }

    /// pprof's scaleHeapSample: what the sampled objects of a row stand for. The size of one is a fraction where
    /// a row holds objects of several sizes, as tcmalloc's may.
    fn scale(&self, objects: i64, bytes: i64) -> (i64, i64) {
        if !self.sampled {
            return (objects, bytes);
        }
        if objects == 0 || bytes == 0 {
            return (0, 0);
        }
        if self.period <= 1 {
            return (objects, bytes);
        }
        let size = bytes as f64 / objects as f64;
        let scale = 1.0 / (1.0 - (-size / self.period as f64).exp());
        ((objects as f64 * scale) as i64, (bytes as f64 * scale) as i64)
    }
}

/// The figures of a header or a row, `1: 2 [3: 4] @ ...`, and what follows the `@`.
fn figures(text: &str) -> Option<([&str; 4], &str)> {
    let (numbers, rest) = text.split_once('@')?;
    let (inuse, alloc) = numbers.split_once('[')?;
    let (alloc, blank) = alloc.split_once(']')?;
    let (inuse_objects, inuse_bytes) = inuse.split_once(':')?;
    let (alloc_objects, alloc_bytes) = alloc.split_once(':')?;
    let figures = [inuse_objects, inuse_bytes, alloc_objects, alloc_bytes].map(str::trim);
    let is_number = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    (blank.trim().is_empty() && figures.iter().all(|f| is_number(f))).then_some((figures, rest))
}

/// The row being read, and those read so far.
struct Rows<'t, 'l> {
    header: Header,
    builder: Builder<'l>,
    row: Option<Row>,
    stack: Stack<'t>,
    /// The sum of the raw allocated objects.
    alloc_objects: i128,
}

/// The values of a row: two or four, in the order of the sample types.
struct Row {
    values: [i64; 4],
    width: usize,
    size: i64,
}

impl<'t> Rows<'t, '_> {
    fn start_row(&mut self, content: &'t str, line: Line<'_>) -> Result<(), Problem> {
        self.finish_row()?;
        let bad = |what: String| malformed(line.number, what);
        let (texts, addresses) = figures(content)
            .ok_or_else(|| bad("it should look like `1: 48 [2: 96] @ 0x4a21f3`".to_owned()))?;
        let mut numbers = [0; 4];
        for (number, text) in numbers.iter_mut().zip(texts) {
            *number = decimal(text).ok_or_else(|| bad(format!("{} is out of range", short(text))))?;
        }
        let [inuse_objects, inuse_bytes, alloc_objects, alloc_bytes] = numbers;
        self.alloc_objects += i128::from(alloc_objects);

        let mut row = Row { values: [0; 4], width: 0, size: 0 };
        let alloc = self.header.has_alloc.then_some(("allocated", alloc_objects, alloc_bytes));
        for (what, objects, bytes) in alloc.into_iter().chain([("live", inuse_objects, inuse_bytes)]) {
            if objects == 0 && bytes != 0 {
                return Err(bad(format!("{bytes} {what} bytes in no objects")));
            }
            if objects != 0 {
                row.size = bytes.wrapping_div(objects);
            }
            (row.values[row.width], row.values[row.width + 1]) = self.header.scale(objects, bytes);
            row.width += 2;
        }
        self.stack.start(addresses, line)?;
        self.row = Some(row);
        Ok(())
    }

    fn finish_row(&mut self) -> Result<(), Problem> {
        let Some(row) = self.row.take() else { return Ok(()) };
        self.stack.write(&mut self.builder)?;
        self.builder.finish_sample(&row.values[..row.width], row.size.max(0), Vec::new())
    }

    /// Whether the rows so far are as many as the first line counts, where it does.
    fn are_all_there(&self) -> bool {
        self.header.alloc_objects.is_some_and(|total| self.alloc_objects >= i128::from(total))
    }

    /// Ends the last row, behind which something else comes or nothing.
    fn end_row(&mut self, next: Line<'_>) -> Result<(), Problem> {
        if self.row.is_some() && self.stack.is_cut(next, &self.builder) {
            return Err(malformed(next.number, "the file ends here, in the middle of a row"));
        }
        self.finish_row()
    }

    /// Ends the profile with the last line, and tells whether it is the last line of a whole file.
    fn finish(mut self, last: Line<'_>) -> Result<RawProfile, Problem> {
        self.end_row(last)?;
        if let Some(total) = self.header.alloc_objects.filter(|_| !self.are_all_there()) {
            return Err(malformed(
                last.number,
                format!(
                    "the file ends here, with rows of {} of the {total} objects that its first line counts",
                    self.alloc_objects
                ),
            ));
        }
        Ok(self.builder.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::testing;
    use super::*;
    use crate::profile::NoticeCode;
    use proptest::prelude::*;

    /// Rows as Go 1.27 writes them, under a header that counts them.
    const GO: &str = "\
heap profile: 11: 436864 [15: 476672] @ heap/1048576
0: 0 [1: 6528] @ 0x47c3d3 0x47f229 0x4e2adf 0x4e1d12 0x44aa47 0x483a41
#\t0x4e2ade\tmain.keep[...]+0x1e\texample.com/probe/main.go:28
#\t0x4e1d11\tmain.main+0x51\t\texample.com/probe/main.go:59
#\t0x44aa46\truntime.main+0x426\truntime/proc.go:302

1: 27264 [2: 54528] @ 0x4885cc 0x40551d 0x6ddaa5 0x6dd5e5 0x6de649 0x451507 0x491aa1
#\t0x6ddaa4\tmain.loadProducts+0x2e4\texample.com/probe/background.go:70
#\t0x6dd5e4\tmain.startShop+0x24\texample.com/probe/background.go:52
#\t0x6de648\tmain.main+0x28\t\texample.com/probe/main.go:23
#\t0x451506\truntime.main+0x426\truntime/proc.go:302

10: 409600 [12: 415616] @ 0x4885da 0x48ce09 0x6df785 0x491aa1
#\t0x6df784\tmain.(*thumbnailer).scale+0x44\texample.com/probe/main.go:53


# runtime.MemStats
# Alloc = 8174200
# NumGC = 4
# DebugGC = false
# MaxRSS = 17072128
";

    /// Rows as gperftools 2.10 writes them.
    const TCMALLOC: &str = "\
heap profile:     20:    12000 [    20:    12000] @ heap_v2/524288
     1:      600 [     1:      600] @ 0x7fe73e039210 0x4012dc
    19:    11400 [    19:    11400] @ 0x4013ab

MAPPED_LIBRARIES:
00400000-00401000 r--p 00000000 00:00 10133891    /tmp/tickets
";

    fn parse(text: &str) -> Result<RawProfile, Problem> {
        read(text, "heap.txt", &Limits::default())
    }

    fn rows(profile: &RawProfile) -> Vec<(Vec<i64>, i64)> {
        profile.samples.iter().map(|s| (s.values.to_vec(), s.size)).collect()
    }

    fn refusal(text: &str) -> String {
        parse(text).expect_err("refused").to_string()
    }

    #[test]
    fn figures_are_those_of_go_tool_pprof() {
        let profile = parse(GO).expect("valid");
        assert_eq!(profile.rate, Some(SamplingRate(524_288)));
        // As `go tool pprof -raw` prints them; the live size of a row comes before its allocated one.
        assert_eq!(
            rows(&profile),
            [
                (vec![80, 527_558, 0, 0], 6528),
                (vec![39, 1_076_076, 19, 538_038], 27_264),
                (vec![187, 6_501_551, 133, 5_450_346], 40_960),
            ]
        );
        let columns = profile.heap_columns().expect("heap");
        assert_eq!((columns.alloc_objects, columns.inuse_space), (Some(0), Some(3)));
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn the_figures_of_mem_stats_are_kept_and_a_cut_one_is_not() {
        let stats = |text: &str| parse(text).expect("valid").mem_stats;
        let whole = stats(GO).expect("has figures");
        assert_eq!((whole.num_gc, whole.max_rss, whole.sys), (Some(4), Some(17_072_128), None));
        let cut = stats(GO.strip_suffix("128\n").expect("ends so")).expect("has figures");
        assert_eq!((cut.num_gc, cut.max_rss), (Some(4), None));
        let (without, _) = GO.split_once("\n\n\n").expect("a tail");
        assert_eq!((stats(without), stats(TCMALLOC)), (None, None));
    }

    #[test]
    fn calls_come_from_the_comment_lines_and_not_from_the_addresses() {
        let profile = parse(GO).expect("valid");
        assert_eq!(
            testing::stack(&profile, 0),
            [
                "main.keep[...] example.com/probe/main.go:28",
                "main.main example.com/probe/main.go:59",
                "runtime.main runtime/proc.go:302",
            ]
        );
        assert_eq!(testing::stack(&profile, 2), ["main.(*thumbnailer).scale example.com/probe/main.go:53"]);
    }

    #[test]
    fn tcmalloc_has_two_columns_and_addresses() {
        let profile = parse(TCMALLOC).expect("valid");
        let names: Vec<_> = profile.sample_types.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["objects", "space"]);
        assert_eq!(rows(&profile), [(vec![874, 524_588], 600), (vec![16_611, 9_967_173], 600)]);
        // Return addresses, less one (S31).
        assert_eq!(testing::stack(&profile, 0), ["0x7fe73e03920f :0", "0x4012db :0"]);
        assert_eq!(profile.notices.iter().map(|n| n.code).collect::<Vec<_>>(), [NoticeCode::NoSymbols]);
    }

    #[test]
    fn forms_without_sampling_are_not_scaled() {
        for (form, rate, width) in [
            ("heapprofile", Some(SamplingRate(1)), 4),
            ("growthz", Some(SamplingRate(1)), 2),
            ("growth", Some(SamplingRate(1)), 2),
            ("fragmentationz", Some(SamplingRate(1)), 2),
            ("heap/2", Some(SamplingRate(1)), 4),
            ("heapz_v2", None, 4),
            ("heap/1", None, 4),
        ] {
            let text = format!("heap profile: 5: 512 [ 7: 640] @ {form}\n 5: 512 [ 7: 640] @ 0x10\n");
            let profile = parse(&text).expect(form);
            let all = [7, 640, 5, 512];
            assert_eq!((profile.rate, profile.samples.get(0).values), (rate, &all[4 - width..]), "{form}");
        }
    }

    #[test]
    fn negative_figures_are_legal_and_bytes_of_nothing_are_not() {
        let text = "heap profile: -1: -48 [3: 144] @ heap/2\n-1: -48 [3: 144] @ 0x10\n";
        let profile = parse(text).expect("valid");
        assert_eq!(rows(&profile), [(vec![3, 144, -1, -48], 48)]);

        let head = "heap profile: 1: 48 [3: 144] @ heap/2\n";
        for (row, want) in [
            ("0: 48 [3: 144] @ 0x10", "line 2 of the text profile is malformed: 48 live bytes in no objects"),
            ("1: 48 [0: 144] @ 0x10", "144 allocated bytes in no objects"),
            ("1: 48 [3: 9223372036854775808] @ 0x10", "9223372036854775808 is out of range"),
            ("1: 48 [3: 144] @ 0x10 0xfg", "`0xfg` is no address"),
            ("1: 48 @ 0x10", "it should look like"),
            ("1: 48 [3: 144] @ 0x10\n#\t0x11\tmain.f", "line 3 of the text profile is malformed"),
        ] {
            let message = refusal(&format!("{head}{row}\n"));
            assert!(message.contains(want), "{row}: {message}");
        }
    }

    #[test]
    fn headers_that_promise_something_else_are_refused() {
        for (header, want) in [
            ("heap profile: 1: 48 [3: 144] @ heapfoo/2", "`heapfoo`"),
            ("heap profile: 1: 48 [3: 144] @ heap/x", "`x` is no sampling rate"),
            ("heap profile: 1: 48 [3: 144]", "should look like"),
            ("heap profile: ä: 48 [3: 144] @ heap/2", "should look like"),
        ] {
            let message = refusal(&format!("\n{header}\n"));
            assert!(message.contains("line 2 ") && message.contains(want), "{header}: {message}");
        }
        assert!(matches!(parse(&format!("{GO}{GO}")), Err(Problem::Concatenated)));
    }

    /// Wherever the file is cut, either that is reported, or only the figures of runtime.MemStats are missing.
    #[test]
    fn a_file_cut_anywhere_in_its_records_is_refused() {
        let whole = parse(GO).expect("valid");
        let end = GO.find("main.go:53").expect("last call") + "main.go:5".len();
        for cut in 0..GO.len() {
            match parse(&String::from_utf8_lossy(&GO.as_bytes()[..cut])) {
                Ok(profile) => {
                    assert!(cut >= end, "cut at byte {cut}");
                    assert_eq!(rows(&profile), rows(&whole));
                }
                Err(problem) => {
                    assert!(cut < end, "cut at byte {cut}: {problem}");
                    let line = GO[..cut].lines().count();
                    assert!(cut == 0 || problem.to_string().contains(&format!("line {line} ")), "{problem}");
                }
            }
        }
        for end in ["ab\n", "    19:"] {
            let (cut, _) = TCMALLOC.split_once(end).expect("row");
            assert!(parse(cut).is_err(), "{cut}");
        }
    }

    /// As they are copied from a terminal, a page or a ticket.
    #[test]
    fn what_stands_behind_the_rows_is_passed_over() {
        let whole = parse(GO).expect("valid");
        let (without, _) = GO.split_once("\n\n\n").expect("figures of runtime.MemStats");
        for text in [format!("{GO}```\n"), format!("{without}\n```\nWhy?\n"), format!("{GO}$ ls\n1 2\n")] {
            assert_eq!(rows(&parse(&text).expect("valid")), rows(&whole), "{text}");
            assert!(matches!(parse(&format!("{text}{GO}")), Err(Problem::Concatenated)), "{text}");
        }
        let cut = without.rsplit_once('\n').expect("lines").0;
        assert!(refusal(&format!("{cut}\n```\n")).contains("in the middle of a row"));
    }

    #[test]
    fn windows_line_ends_change_nothing() {
        let profile = parse(&GO.replace('\n', "\r\n")).expect("valid");
        let whole = parse(GO).expect("valid");
        assert_eq!(rows(&profile), rows(&whole));
        assert_eq!(testing::stack(&profile, 1), testing::stack(&whole, 1));
    }

    #[test]
    fn limits_hold() {
        for limits in [
            Limits { samples: 2, ..Limits::default() },
            Limits { symbols: 3, ..Limits::default() },
            Limits { stack_entries: 4, ..Limits::default() },
        ] {
            assert!(matches!(read(GO, "heap.txt", &limits), Err(Problem::TooMany { .. })));
        }
    }

    const FRAGMENTS: &[&str] = &[
        "heap profile: 11: 436864 [15: 476672] @ heap/1048576\n",
        "heap profile: 1: 2 [1: 2] @ growthz\n",
        "heap profile: ",
        "@ heap_v2/",
        "1: 27264 [2: 54528] @ 0x4885cc 0x40551d\n",
        "-1: -9223372036854775808 [2: 5] @",
        "#\t0x6ddaa4\tmain.loadProducts+0x2e4\tmain.go:70\n",
        "#\t0x6ddaa4",
        "# runtime.MemStats\n",
        "MAPPED_LIBRARIES:\n",
    ];

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in testing::plausible(FRAGMENTS), valid_start: bool) {
            let start = if valid_start { FRAGMENTS[0] } else { "" };
            let _ = parse(&format!("{start}{text}"));
        }
    }
}
