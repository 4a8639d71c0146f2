//! The reader of the goroutine text of `debug=1`: one record for all goroutines with the same stack and labels.

use super::log::starts_here;
use super::text::{self, Builder, Labels, Line, Stack, decimal, lines, malformed, short};
use super::{Limits, Problem};
use crate::profile::{Form, Kind, RawProfile, SampleType, Unit};

/// Reads a `goroutine` or `goroutineleak` profile of `debug=1`.
pub(super) fn read(text: &str, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let mut lines = lines(text).skip_while(|line| line.text.trim().is_empty());
    let first = lines.next().ok_or(Problem::Empty)?;
    let (kind, total) = header(first.text)
        .ok_or_else(|| malformed(first.number, "it should look like `goroutine profile: total 12`"))?;
    let types = vec![SampleType { name: kind.name().to_owned(), unit: Unit::Count }];
    let profile = RawProfile::new(source, kind, Form::Text, types);

    let mut records =
        Records { builder: Builder::new(profile, limits), record: None, stack: Stack::default(), sum: 0 };
    let mut last = first;
    for line in lines {
        last = line;
        let content = line.text.trim();
        if let Some(comment) = content.strip_prefix('#') {
            records.comment(comment.trim(), line)?;
        } else if content.is_empty() {
            records.finish_record()?;
        } else if content.starts_with("---") {
            // Where other producers end the records, as pprof reads it.
            break;
        } else if header(content).is_some() {
            return Err(Problem::Concatenated);
        } else if records.sum < i128::from(total) || Record::of(content).is_some() {
            records.start_record(content, line)?;
        } else {
            // All records are there: what follows is of the page or the terminal that they were copied from.
            records.end_record(line)?;
            if starts_here(line.text) {
                return Err(Problem::Concatenated);
            }
        }
    }
    records.finish(last, total)
}

/// The kind and the number of goroutines that the first line says.
fn header(line: &str) -> Option<(Kind, i64)> {
    let (name, total) = line.trim().split_once(" profile: total ")?;
    let kind =
        [Kind::Goroutine, Kind::GoroutineLeak].into_iter().find(|k| name.eq_ignore_ascii_case(k.name()))?;
    Some((kind, decimal(total).filter(|total| *total >= 0)?))
}

/// The record being read, and those read so far.
struct Records<'t, 'l> {
    builder: Builder<'l>,
    record: Option<Record>,
    stack: Stack<'t>,
    /// The number of goroutines in all records.
    sum: i128,
}

struct Record {
    count: i64,
    labels: Labels,
}

impl Record {
    /// A record by its first line, and the addresses in it.
    fn of(line: &str) -> Option<(Record, &str)> {
        let (count, addresses) = line.split_once('@')?;
        let count = decimal(count.trim()).filter(|count| *count >= 0)?;
        Some((Record { count, labels: Vec::new() }, addresses))
    }
}

impl<'t> Records<'t, '_> {
    fn start_record(&mut self, content: &'t str, line: Line<'_>) -> Result<(), Problem> {
        self.finish_record()?;
        let (record, addresses) = Record::of(content)
            .ok_or_else(|| malformed(line.number, "it should look like `3 @ 0x47db4a 0x483a41`"))?;
        self.stack.start(addresses, line)?;
        self.sum += i128::from(record.count);
        self.record = Some(record);
        Ok(())
    }

    fn comment(&mut self, comment: &'t str, line: Line<'_>) -> Result<(), Problem> {
        let Some(record) = &mut self.record else { return Ok(()) };
        let Some(labels) = comment.strip_prefix("labels:") else { return self.stack.comment(comment, line) };
        match text::labels(labels.trim()) {
            Some((labels, "")) => record.labels = labels,
            _ => return Err(malformed(line.number, format!("`{}` are no labels", short(labels.trim())))),
        }
        Ok(())
    }

    fn finish_record(&mut self) -> Result<(), Problem> {
        let Some(record) = self.record.take() else { return Ok(()) };
        self.stack.write(&mut self.builder)?;
        self.builder.finish_sample(&[record.count], 0, record.labels)
    }

    /// Ends the last record, behind which something else comes or nothing.
    fn end_record(&mut self, next: Line<'_>) -> Result<(), Problem> {
        if self.record.is_some() && self.stack.is_cut(next, &self.builder) {
            return Err(malformed(next.number, "the file ends here, in the middle of a record"));
        }
        self.finish_record()
    }

    /// Ends the profile with the last line. Go writes every record, so all of them together are the total of the
    /// first line (runtime/pprof/pprof.go, `printCountProfile`); fewer are a file that was cut short.
    fn finish(mut self, last: Line<'_>, total: i64) -> Result<RawProfile, Problem> {
        self.end_record(last)?;
        if self.sum < i128::from(total) {
            return Err(malformed(
                last.number,
                format!("the file ends here, with records of {} of {total} goroutines", self.sum),
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

    /// Records of Go 1.27, under a header that counts them.
    const GO: &str = "\
goroutine profile: total 6
3 @ 0x47db4a 0x41421c 0x413e17 0x4e2525 0x483a41
#\t0x4e2524\tmain.leakers.func1+0x24\texample.com/probe/main.go:51

2 @ 0x47db4a 0x41512e 0x414c72 0x4e277c 0x4d804c 0x483a41
# labels: {\"empty\":\"\", \"odd \\\"key\\\"\\t\":\"wert: ä, \\x01\\xff}]:\\n😀\", \"route\":\"/cart\"}
#\t0x4e277b\tmain.main.func5+0x1b\texample.com/probe/main.go:78
#\t0x4d804b\truntime/pprof.Do+0x8b\truntime/pprof/runtime.go:57

1 @ 0x47db4a 0x41512e 0x4e2846 0x44aa47 0x483a41
#\t0x4e2845\tmain.main.func7+0x65\t\t\texample.com/probe/main.go:86
#\t0x4e2845\tmain.main+0x6a6\t\t\t\texample.com/probe/main.go:92
#\t0x44aa46\truntime.main+0x426\t\t\truntime/proc.go:302

";

    fn parse(text: &str) -> Result<RawProfile, Problem> {
        read(text, "goroutine.txt", &Limits::default())
    }

    fn refusal(text: &str) -> String {
        parse(text).expect_err("refused").to_string()
    }

    fn counts(profile: &RawProfile) -> Vec<i64> {
        profile.samples.iter().map(|s| s.values[0]).collect()
    }

    #[test]
    fn records_have_counts_calls_and_labels() {
        let profile = parse(GO).expect("valid");
        assert_eq!((profile.kind, profile.form), (Kind::Goroutine, Form::Text));
        assert_eq!(profile.sample_types, [SampleType { name: "goroutine".into(), unit: Unit::Count }]);
        assert_eq!(counts(&profile), [3, 2, 1]);
        assert_eq!(testing::stack(&profile, 0), ["main.leakers.func1 example.com/probe/main.go:51"]);
        assert_eq!(
            testing::stack(&profile, 2),
            [
                "main.main.func7 example.com/probe/main.go:86",
                "main.main example.com/probe/main.go:92",
                "runtime.main runtime/proc.go:302"
            ]
        );
        let sets: Vec<_> = profile.samples.iter().map(|s| s.label_set).collect();
        assert_eq!((sets, profile.label_sets.len()), (vec![0, 1, 0], 2));
        let labels: Vec<_> = profile.label_sets[1].iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let odd = ("odd \"key\"\t", "wert: ä, \u{1}\u{fffd}}]:\n😀");
        assert_eq!(labels, [("empty", ""), odd, ("route", "/cart")]);
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn no_leak_at_all_is_a_profile_too() {
        let profile = parse("goroutineleak profile: total 0\n").expect("valid");
        assert_eq!((profile.kind, profile.samples.len()), (Kind::GoroutineLeak, 0));
        assert_eq!(profile.sample_types[0].name, "goroutineleak");
        assert!(profile.notices.is_empty());
    }

    #[test]
    fn addresses_stand_in_for_names() {
        let profile = parse("goroutine profile: total 1\n1 @ 0x47db4a 0x483a41\n\n").expect("valid");
        assert_eq!(testing::stack(&profile, 0), ["0x47db49 :0", "0x483a40 :0"]);
        assert_eq!(profile.notices.iter().map(|n| n.code).collect::<Vec<_>>(), [NoticeCode::NoSymbols]);
    }

    #[test]
    fn lines_that_make_no_sense_are_named() {
        for (body, want) in [
            (
                "x @ 0x1\n",
                "line 2 of the text profile is malformed: it should look like `3 @ 0x47db4a 0x483a41`",
            ),
            ("-1 @ 0x1\n", "line 2 "),
            ("1 @ 0x1 y\n", "`y` is no address"),
            (
                "1 @ 0x1\n# labels: {\"a\":\n",
                "line 3 of the text profile is malformed: `{\"a\":` are no labels",
            ),
            ("1 @ 0x1\n#\t0x1\tmain.f\n", "line 3 of the text profile is malformed: it names no function"),
        ] {
            let message = refusal(&format!("goroutine profile: total 1\n{body}"));
            assert!(message.contains(want), "{body}: {message}");
        }
        assert!(refusal("goroutine profile: total many\n").contains("line 1 "));
        assert!(matches!(parse(&format!("{GO}{GO}")), Err(Problem::Concatenated)));
    }

    /// As they are copied from a terminal, a page or a ticket.
    #[test]
    fn what_stands_behind_the_records_is_passed_over() {
        for after in
            ["```\n", "$ curl -s localhost:6060/metrics\n# HELP go_info x\ngo_info 1\n", "\n(2 rows)"]
        {
            let profile = parse(&format!("{GO}{after}")).expect("valid");
            assert_eq!((counts(&profile), profile.samples.stack_entries()), (vec![3, 2, 1], 6), "{after}");
            assert!(matches!(parse(&format!("{GO}{after}\n{GO}")), Err(Problem::Concatenated)), "{after}");
        }
        let (first, last) = GO.split_at(GO.find("1 @ 0x47db4a 0x41512e 0x4e2846").expect("the last record"));
        assert!(refusal(&format!("{first}```\n{last}")).contains("it should look like"));
        let cut = GO.trim_end().rsplit_once('\n').expect("lines").0;
        assert!(refusal(&format!("{cut}\n```\n")).contains("in the middle of a record"));
    }

    #[test]
    fn a_last_record_of_nothing_but_the_start_of_a_goroutine_is_whole() {
        let text = "goroutine profile: total 3\n2 @ 0x401000 0x467ba1\n#\t0x400fff\tmain.f+0x1\t/a/main.go:1\n\n1 @ 0x467ba1";
        let profile = parse(text).expect("valid");
        assert_eq!(
            (counts(&profile), testing::stack(&profile, 1)),
            (vec![2, 1], vec!["0x467ba0 :0".to_owned()])
        );
        for cut in 1..=" @ 0x467ba1".len() {
            assert!(parse(&text[..text.len() - cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn calls_may_have_no_files_and_then_none_has() {
        let mut text = String::new();
        for line in GO.lines() {
            let columns: Vec<&str> = line.split('\t').filter(|column| !column.is_empty()).collect();
            let kept = if line.starts_with("#\t") { columns.len() - 1 } else { columns.len() };
            text.push_str(&format!("{}\n", columns[..kept].join("        ")));
        }
        let (profile, whole) = (parse(&text).expect("valid"), parse(GO).expect("valid"));
        assert_eq!(testing::stack(&profile, 0), ["main.leakers.func1 :0"]);
        assert_eq!(
            (counts(&profile), profile.samples.stack_entries()),
            (counts(&whole), whole.samples.stack_entries())
        );
        parse(text.trim_end()).expect("valid");
    }

    /// Only a cut in the number of the very last line cannot be noticed.
    #[test]
    fn a_file_cut_anywhere_in_its_records_is_refused() {
        assert!(
            refusal(&GO[..GO.find("1 @ 0x47db4a 0x41512e 0x4e2846").expect("record")])
                .contains("records of 5 of 6 goroutines")
        );
        let end = GO.find("proc.go:302").expect("last call") + "proc.go:3".len();
        for cut in 0..GO.len() {
            match parse(&String::from_utf8_lossy(&GO.as_bytes()[..cut])) {
                Ok(profile) => {
                    assert!(cut >= end, "cut at byte {cut}");
                    assert_eq!((counts(&profile), profile.samples.stack_entries()), (vec![3, 2, 1], 6));
                }
                Err(_) => assert!(cut < end, "cut at byte {cut}"),
            }
        }
    }

    #[test]
    fn windows_line_ends_and_spaces_for_tabs_change_nothing() {
        for text in [GO.replace('\n', "\r\n"), GO.replace('\t', "    ")] {
            let profile = parse(&text).expect("valid");
            assert_eq!(counts(&profile), [3, 2, 1]);
            let whole = parse(GO).expect("valid");
            assert_eq!(testing::stack(&profile, 2), testing::stack(&whole, 2));
            assert_eq!(profile.label_sets, whole.label_sets);
        }
    }

    #[test]
    fn limits_hold() {
        for limits in [
            Limits { samples: 2, ..Limits::default() },
            Limits { symbols: 4, ..Limits::default() },
            Limits { stack_entries: 5, ..Limits::default() },
        ] {
            assert!(matches!(read(GO, "goroutine.txt", &limits), Err(Problem::TooMany { .. })));
        }
    }

    const FRAGMENTS: &[&str] = &[
        "goroutine profile: total 3\n",
        "goroutineleak profile: total ",
        "3 @ 0x47db4a 0x483a41\n",
        "9223372036854775807 @ 0x0\n",
        "# labels: {\"a\":\"b\\xff\", \"c\":\"\\u00e4\"}\n",
        "# labels: {\"",
        "#\t0x4e2524\tmain.leakers.func1+0x24\tmain.go:51\n",
        "#\t0x4e2524\tmain.F[go.shape.struct { A int }]+0x",
        "--- threadz 1 ---\n",
    ];

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in testing::plausible(FRAGMENTS), valid_start: bool) {
            let start = if valid_start { FRAGMENTS[0] } else { "" };
            let _ = parse(&format!("{start}{text}"));
        }
    }
}
