//! What a report on one snapshot is of, what such a snapshot cannot show, and what to run next.

use super::super::document::InputView;
use super::super::layout::{kind_and_form, taken};
use super::views::{InspectionDocument, ProgramView, StepView};
use crate::profile::{Form, Kind};

/// Which program it is, and what was read of it.
pub(super) fn identity(document: &InspectionDocument) -> String {
    let builds = document.inputs.iter().filter_map(|input| input.build_id.as_ref());
    let build = builds.map(|id| id.chars().take(12).collect::<String>()).next();
    let build = build.map_or(String::new(), |build| format!(" (build {build})"));
    let name = match &document.program {
        Some(ProgramView { name, binary: Some(_) }) => name.clone(),
        Some(ProgramView { name, binary: None }) => format!("A program in {name}/"),
        None => "A program without a name".to_owned(),
    };
    let inputs: Vec<String> =
        document.inputs.iter().map(|input| format!("{}, {}", kind_and_form(input), taken(input))).collect();
    format!("{name}{build}: {}", inputs.join("; "))
}

/// Which program it is.
pub(super) fn program(program: &ProgramView) -> String {
    match &program.binary {
        Some(binary) if *binary != program.name => format!("{} ({binary})", program.name),
        Some(_) => program.name.clone(),
        None => format!("{} (named after the folder of its main function)", program.name),
    }
}

/// Where to get what shows whether it grows.
pub(super) fn next(document: &InspectionDocument) -> Vec<StepView> {
    let Some(first) = document.inputs.first() else { return Vec::new() };
    let step = |why: &str, commands: Vec<String>| StepView { why: why.to_owned(), commands };
    let host = document.inputs.iter().find_map(host);
    let live = step("Does it grow?", vec![format!("pprof-leaks {}", host.unwrap_or("HOST:PORT"))]);
    if host.is_some() {
        return vec![live];
    }
    if document.inputs.len() > 1 {
        // Folders that hold one snapshot of each kind.
        return vec![live, step("or with later ones", vec!["pprof-leaks BEFORE/ AFTER/".to_owned()])];
    }
    let (endpoint, later) = match (first.kind, first.form) {
        (Kind::Heap, Form::Text) => ("heap?gc=1&debug=1", "later.txt"),
        (Kind::Heap, _) => ("heap?gc=1", "later.pb.gz"),
        (Kind::Goroutine, Form::Dump) => ("goroutine?debug=2", "later.txt"),
        (Kind::Goroutine, Form::Text) => ("goroutine?debug=1", "later.txt"),
        (Kind::Goroutine, Form::Proto) => ("goroutine", "later.pb.gz"),
        (Kind::GoroutineLeak, _) => ("goroutineleak", "later.pb.gz"),
    };
    let this = match first.source.as_str() {
        "standard input" => "THIS_FILE".to_owned(),
        path => quoted(path),
    };
    let commands = vec![
        format!("curl -so {later} 'http://HOST:PORT/debug/pprof/{endpoint}'"),
        format!("pprof-leaks {this} {later}"),
    ];
    vec![live, step("or in ten minutes", commands)]
}

/// A path as a shell takes it for one word.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+".contains(c);
    match !path.is_empty() && path.chars().all(is_plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

/// The host and port of a URL.
fn host(input: &InputView) -> Option<&str> {
    let (_, rest) = input.source.split_once("://")?;
    Some(rest.split('/').next().unwrap_or(rest)).filter(|host| !host.is_empty())
}

/// What snapshots like these cannot show.
pub(super) fn cannot_show(document: &InspectionDocument) -> Vec<String> {
    let mut sentences = Vec::new();
    let has = |kind: Kind| document.inputs.iter().any(|input| input.kind == kind);
    let form = document.inputs.iter().find(|input| input.kind == Kind::Goroutine).map(|input| input.form);
    if has(Kind::Heap) {
        let goroutines = match has(Kind::Goroutine) {
            true => "",
            false => "; goroutines that do are in `/debug/pprof/goroutine?debug=2`",
        };
        sentences
            .push(format!("A heap profile says who allocated what is live, not who keeps it{goroutines}."));
    }
    match form {
        Some(Form::Dump) => sentences.push("A dump does not say which lock or channel a goroutine waits for.".to_owned()),
        Some(_) => sentences.push(
            "This form has neither waiting times nor who started a goroutine; `/debug/pprof/goroutine?debug=2` has both."
                .to_owned(),
        ),
        None => {}
    }
    if has(Kind::GoroutineLeak) {
        sentences.push(
            "A goroutineleak profile holds only what is proved; other goroutines may never end as well."
                .to_owned(),
        );
    }
    sentences
}
