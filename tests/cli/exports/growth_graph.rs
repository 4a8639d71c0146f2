//! The growth graph as DOT: whole, of bounded size, with the blamed function marked. `.ci/formats` renders it.

use crate::support::{Profile, pprof_leaks};

fn dot(args: &[&str]) -> String {
    let run = pprof_leaks([args, &["--format", "dot"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    run.stdout
}

/// Nodes and edges; every line is one statement, and every edge joins two nodes.
fn shape(dot: &str) -> (usize, usize) {
    let mut nodes = std::collections::BTreeSet::new();
    let mut edges = Vec::new();
    let mut open = 0i32;
    for line in dot.lines().map(str::trim) {
        open += i32::from(line.ends_with('{')) - i32::from(line == "}");
        let head = line.split(" [").next().expect("a part");
        match head.split_once(" -> ") {
            Some((from, to)) => edges.push((from.to_owned(), to.to_owned())),
            None if line.contains(" [label=") => assert!(nodes.insert(head.to_owned()), "{line}"),
            None => {}
        }
    }
    assert_eq!(open, 0, "{dot}");
    assert!(edges.iter().all(|(from, to)| nodes.contains(from) && nodes.contains(to)));
    (nodes.len(), edges.len())
}

#[test]
fn the_blamed_function_stands_out_and_what_did_not_grow_is_missing() {
    let dot = dot(&["diff", "testdata/two-leaks/heap-01.pb.gz", "testdata/two-leaks/heap-08.pb.gz"]);
    let (nodes, edges) = shape(&dot);
    assert!(nodes >= 3 && edges >= 2, "{dot}");
    let blamed = dot.lines().find(|line| line.contains("[label=\"main.(*pageCache).page")).expect("drawn");
    assert!(blamed.contains("penwidth=2"), "{blamed}");
}

#[test]
fn a_graph_of_thousands_of_functions_keeps_what_carries_the_growth() {
    let [mut before, mut after] = [Profile::heap(), Profile::heap()];
    after.at(600);
    before.row(&["main.small0", "main.main"], 1024, 1, 1);
    for n in 0..3000 {
        let (leaf, middle) = (format!("main.small{n}"), format!("main.middle{}", n % 50));
        after.row(&[&leaf, &middle, "main.main"], 1024, 2, 2);
    }
    after.row(&["main.leak", "main.hidden", "main.main"], 1024, 900, 900);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    before.write(&paths[0]);
    after.write(&paths[1]);
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let dot = dot(&["diff", before, after]);
    let (nodes, _) = shape(&dot);
    assert!(nodes <= 60, "{nodes}");
    assert!(dot.contains("main.leak") && dot.contains("main.middle7"), "{dot}");
}
