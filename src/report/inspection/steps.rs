//! What a report on one snapshot is of, what such a snapshot cannot show, and what to run next.

use super::super::layout::{kind_and_form, taken};
use super::super::service::{host, short_build};
use super::super::shell_word;
use super::views::{InspectionDocument, ProgramView, StepView};
use crate::profile::{Form, Kind};

/// Which program it is, and what was read of it.
pub(super) fn identity(document: &InspectionDocument) -> String {
    let build = document.inputs.iter().find_map(|input| input.build_id.as_deref());
    let build = build.map_or(String::new(), |id| format!(" (build {})", short_build(id)));
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
        Some(binary) => binary.clone(),
        None => format!("{} (named after the folder of its main function)", program.name),
    }
}

/// Where to get what shows whether it grows.
pub(super) fn next(document: &InspectionDocument) -> Vec<StepView> {
    let Some(first) = document.inputs.first() else { return Vec::new() };
    let step = |why: &str, commands: Vec<String>| StepView { why: why.to_owned(), commands };
    let host = document.inputs.iter().find_map(|input| host(&input.source));
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
        path => shell_word(path).into_owned(),
    };
    let commands = vec![
        format!("curl -so {later} 'http://HOST:PORT/debug/pprof/{endpoint}'"),
        format!("pprof-leaks {this} {later}"),
    ];
    vec![live, step("or in ten minutes", commands)]
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
