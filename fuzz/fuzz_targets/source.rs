//! Go source, whole or broken: every line of it is followed as if a profile had blamed it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pprof_leaks::source::{Position, Sources};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const LINES: usize = 64;

/// Where the file is written: in memory, where the system has such a place.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = place.join(format!("pprof-leaks-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(FOLDER.join("made.go"), bytes).expect("a temporary file");
    // One for all lines, which parses the file once.
    let mut sources = Sources::open(std::slice::from_ref(&*FOLDER), None).expect("the folder is there");
    // Functions as the source names them, methods and closures too.
    let text = String::from_utf8_lossy(bytes);
    let declared = |line: &str| {
        let rest = line.strip_prefix("func ")?;
        let name = match rest.strip_prefix('(') {
            Some(method) => {
                let (receiver, name) = method.split_once(')')?;
                let owner = receiver.rsplit(' ').next().unwrap_or_default();
                let owner = if owner.starts_with('*') { format!("({owner})") } else { owner.to_owned() };
                format!("{owner}.{}", name.trim_start().split(['(', '[']).next()?)
            }
            None => rest.split(['(', '[']).next()?.to_owned(),
        };
        Some(format!("main.{name}"))
    };
    let mut function = "main.main".to_owned();
    let mut stack = Vec::new();
    for (line, text) in (1..).zip(text.lines().take(LINES)) {
        function = declared(text).unwrap_or(function);
        let position =
            |function: String| Position { function, file: "made.go".to_owned(), line, calls: None };
        stack.truncate(3);
        stack.insert(0, position(function.clone()));
        sources.follow(&stack);
        sources.follow(&[position(format!("{function}.func1"))]);
    }
});
