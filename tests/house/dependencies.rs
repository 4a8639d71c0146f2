//! Every dependency earns its place: DEPENDENCIES.md gives the reason of each, and lists those of Cargo.toml, no more and
//! no less.

use std::collections::BTreeSet;
use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("checked in")
}

/// The rows of the table as (name, reason).
fn rows() -> Vec<(String, String)> {
    read("DEPENDENCIES.md")
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `")?.split_once('`')?;
            Some((name.to_owned(), rest.split('|').nth(2)?.trim().to_owned()))
        })
        .collect()
}

#[test]
fn each_dependency_has_one_row_with_its_reason() {
    let manifest: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let of =
        |kind: &str| manifest.get(kind).and_then(toml::Value::as_table).into_iter().flat_map(|t| t.keys());
    let wanted: BTreeSet<String> = ["dependencies", "build-dependencies", "dev-dependencies"]
        .into_iter()
        .flat_map(of)
        .cloned()
        .collect();
    let rows = rows();
    let listed: BTreeSet<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    let missing: Vec<_> = wanted.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&wanted).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "without a row: {missing:?}; with a row, but gone: {gone:?}"
    );
    assert_eq!(rows.len(), listed.len(), "a dependency has two rows");
    for (name, reason) in rows {
        assert!(reason.len() > 20, "{name} has no reason");
    }
}
