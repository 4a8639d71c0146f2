//! Valid profiles with common stacks, through the whole analysis and every format of the report.
#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};
use pprof_leaks::pipeline::Options;
use pprof_leaks::report::TerminalOptions;
use pprof_leaks::series::{Granularity, SiteOptions};
use pprof_leaks::suspects::{Criteria, HeapMetric};
use pprof_leaks_fuzz::{Made, read, report};

#[derive(arbitrary::Arbitrary, Debug)]
struct Run {
    made: Made,
    granularity: u8,
    metric: u8,
    full: bool,
    width: u8,
    colour: bool,
    top: u8,
}

fuzz_target!(|run: Run| {
    let profiles = run.made.encode_all().iter().filter_map(|bytes| read(bytes).ok()).collect();
    let granularities = [Granularity::Function, Granularity::Line, Granularity::Address];
    let granularity = granularities[usize::from(run.granularity) % granularities.len()];
    let metric = HeapMetric::ALL[usize::from(run.metric) % HeapMetric::ALL.len()];
    let options = Options {
        sites: SiteOptions { granularity, ..SiteOptions::default() },
        criteria: Criteria { metric, ..Criteria::default() },
        full: run.full,
        ..Options::default()
    };
    let terminal = TerminalOptions {
        width: usize::from(run.width),
        colour: run.colour,
        top: usize::from(run.top),
        details: run.full,
        ..TerminalOptions::default()
    };
    report(profiles, &options, &terminal);
});
