//! Reports on pairs of files, and what reports that judge nothing have to keep to.

use crate::support::{pprof_leaks, recording};
use serde_json::Value;
use std::path::Path;

/// The report on two files of any content.
pub(crate) fn compared(before: &[u8], after: &[u8]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], before).expect("can be written");
    std::fs::write(&paths[1], after).expect("can be written");
    report(&paths[0], &paths[1])
}

pub(crate) fn report(before: &Path, after: &Path) -> Value {
    let [before, after] = [before, after].map(|path| path.to_str().expect("UTF-8"));
    let run = pprof_leaks(["diff", before, after, "--format=json", "--full"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    run.json()
}

pub(crate) fn recorded(path: &str) -> Vec<u8> {
    std::fs::read(recording(path)).expect("the recording is there")
}

pub(crate) fn codes(report: &Value) -> Vec<&str> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().map(|w| w["code"].as_str().expect("a code")).collect()
}

/// A report that judges nothing, for one reason, which its first line gives together with what to do.
pub(crate) fn assert_not_judged(report: &Value, code: &str, advice: &str) {
    assert_eq!(report["verdict"], "inconclusive", "{}", report["headline"]);
    assert_eq!(report["suspects"], Value::Array(Vec::new()));
    let warnings = report["warnings"].as_array().expect("a list");
    let of_code: Vec<&Value> = warnings.iter().filter(|w| w["code"] == code).collect();
    assert_eq!(of_code.len(), 1, "{:?}", codes(report));
    let message = of_code[0]["message"].as_str().expect("a message");
    assert!(message.contains(advice), "`{advice}` is missing in: {message}");
    let headline = report["headline"].as_str().expect("a headline");
    assert!(headline.contains(message.trim_end_matches('.')), "{headline}");
}

/// A report with numbers of which none is sure enough to wake anybody.
pub(crate) fn assert_nothing_above_low(report: &Value) {
    assert_eq!(report["verdict"], "inconclusive", "{}", report["headline"]);
    for suspect in report["suspects"].as_array().expect("a list") {
        assert_eq!(suspect["confidence"], "low", "{}", suspect["blame"]);
    }
}
