//! Running the binary, and what every run has to keep to.

use serde_json::Value;
use std::ffi::OsStr;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary, with nothing of this machine's settings that could change what it does.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    for proxy in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    command
}

/// Runs the binary to its end.
pub(crate) fn pprof_leaks<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Run {
    finish(command().args(args))
}

/// Runs a prepared command to its end.
pub(crate) fn finish(command: &mut Command) -> Run {
    Run::of(command.output().expect("the binary starts"))
}

impl Run {
    pub(crate) fn of(output: Output) -> Run {
        Run {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("reports are UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }

    /// The one line of a run that failed, held to what such a line must be. `parts` have to be in it: the input's
    /// name, what is wrong, what to do.
    pub(crate) fn refusal(&self, parts: &[&str]) -> &str {
        let Run { status, stdout, stderr } = self;
        assert_eq!(*status, 2, "status; stderr: {stderr}");
        assert_eq!(stdout, "", "a failed run leaves standard output empty");
        let line = stderr.strip_suffix('\n').unwrap_or_else(|| panic!("a whole line: {stderr:?}"));
        assert!(line.starts_with("pprof-leaks: error: "), "{line}");
        assert!(!line.contains(char::is_control), "one line without control characters: {line:?}");
        assert!(!line.contains("panicked") && !line.contains("RUST_BACKTRACE"), "{line}");
        assert!(line.chars().count() < 1000, "a line that can be read: {line}");
        for part in parts {
            assert!(line.contains(part), "`{part}` is missing in: {line}");
        }
        line
    }

    /// The lines of standard error of a run that did its work, all of them warnings.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        let lines: Vec<&str> = self.stderr.lines().collect();
        for line in &lines {
            assert!(line.starts_with("pprof-leaks: warning: "), "{line}");
        }
        lines
    }

    /// The report as JSON, which follows the schema.
    pub(crate) fn json(&self) -> Value {
        let report: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr));
        assert_eq!(schema_errors(&report), [""; 0]);
        report
    }
}

/// Where a report departs from the published schema, or has a field that the schema does not describe.
pub(crate) fn schema_errors(report: &Value) -> Vec<String> {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let mut schema = serde_json::from_str(pprof_leaks::report::JSON_SCHEMA).expect("the schema is JSON");
        close(&mut schema);
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    schema.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Makes a schema allow no fields but those it describes. The published ones allow more, for the versions to come; what
/// this version writes is all described.
pub(crate) fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            if map.get("properties").is_some_and(Value::is_object) {
                map.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}
