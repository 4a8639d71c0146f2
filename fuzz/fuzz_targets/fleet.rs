//! Rows of evidence, a JSON object a line: whatever they hold is refused or becomes answers, and a report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::fleet::{FleetReport, Pool, fleet_markdown};

fuzz_target!(|text: &str| {
    let mut pool = Pool::new(10.0 * 1024.0 * 1024.0);
    let mut answers = Vec::new();
    for line in text.lines() {
        let Ok(row) = serde_json::from_str(line) else { continue };
        match pool.add(&row) {
            Ok(answer) => answers.extend(answer),
            Err(_) => return,
        }
    }
    answers.extend(pool.finish());
    if !answers.is_empty() {
        fleet_markdown(&FleetReport::of(answers), 10);
    }
});
