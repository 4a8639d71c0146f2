//! The README's table of causes is what the rules say. `BLESS=1 cargo test --test catalogue` writes it.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use pprof_leaks::causes::entries;
use std::path::Path;
use std::process::Command;

const START: &str = "<!-- the catalogue: BLESS=1 cargo test --test catalogue -->\n";
const END: &str = "<!-- end of the catalogue -->";

fn table() -> String {
    let mut table = String::from("| id | what it is |\n| --- | --- |\n");
    for entry in entries() {
        let mark = if entry.unverified { " (unverified)" } else { "" };
        table.push_str(&format!("| `{}` | {}{mark} |\n", entry.id, entry.title));
    }
    table
}

#[test]
fn the_readme_lists_the_causes_that_are_named() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("it is there");
    let start = readme.find(START).expect("it marks the table") + START.len();
    let end = readme.find(END).expect("it marks the end of the table");
    if std::env::var_os("BLESS").is_some() {
        let blessed = format!("{}{}{}", &readme[..start], table(), &readme[end..]);
        std::fs::write(&path, blessed).expect("can be written");
        return;
    }
    assert_eq!(&readme[start..end], table(), "BLESS=1 cargo test --test catalogue");
}

fn explain(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .arg("explain")
        .args(arguments)
        .env("COLUMNS", "80")
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_cause_is_explained() {
    let (status, list, _) = explain(&[]);
    assert_eq!(status, Some(0));
    for entry in entries() {
        assert!(list.contains(entry.id), "{}", entry.id);
        let (status, page, _) = explain(&[entry.id]);
        assert_eq!(status, Some(0), "{}", entry.id);
        for heading in ["What happens", "How it is recognised", "Before", "After"] {
            assert!(page.contains(&format!("\n{heading}\n")), "{}: {heading}", entry.id);
        }
        let code = entry.after.lines().next().expect("it has code");
        assert!(page.contains(&code.replace('\t', "    ")), "{}: {code}", entry.id);
    }
}

#[test]
fn an_unknown_cause_gets_the_nearest() {
    let (status, out, err) = explain(&["unbounded-maps"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(err.contains("`unbounded-map`") && err.lines().count() == 1, "{err}");
}
