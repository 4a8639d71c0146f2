//! Calls whose result has to be given back, and whether it is.

use super::declared::Package;
use super::facts::{FactKind, Released};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, enclosing_function, expressions, in_loop, line_of, loop_around};
use tree_sitter::Node;

/// What a callee's result needs, and which of its results that is on.
fn release_of<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    callee: &str,
) -> Option<(&'static str, usize)> {
    let (of, name) = callee.rsplit_once('.')?;
    Some(match (of, name) {
        (
            "context",
            "WithCancel" | "WithTimeout" | "WithDeadline" | "WithCancelCause" | "WithTimeoutCause"
            | "WithDeadlineCause",
        ) => ("cancel", 1),
        ("time", "NewTicker" | "NewTimer" | "AfterFunc") => ("Stop", 0),
        ("os", "Open" | "Create" | "OpenFile" | "CreateTemp") => ("Close", 0),
        ("net", "Dial" | "DialTimeout" | "DialTCP" | "DialUDP" | "Listen") | ("tls", "Dial") => ("Close", 0),
        ("sql", "Open" | "OpenDB") => ("Close", 0),
        ("http", "Get" | "Post" | "Head" | "PostForm") => ("Body.Close", 0),
        (_, "Query" | "QueryContext" | "Prepare" | "PrepareContext") if mentions(file, "database/sql") => {
            ("Close", 0)
        }
        (_, "Begin" | "BeginTx") if mentions(file, "database/sql") => ("Rollback", 0),
        (_, "Do" | "Get" | "Post" | "PostForm" | "Head")
            if mentions(file, "net/http") && is_client(package, file, function, of) =>
        {
            ("Body.Close", 0)
        }
        _ => return None,
    })
}

fn mentions(file: &Parsed, import: &str) -> bool {
    file.text.contains(&format!("\"{import}\""))
}

fn is_client<'t>(package: &Package<'t>, file: &'t Parsed, function: Node<'t>, of: &str) -> bool {
    let declared = || package.type_of(file, function, of);
    of == "http.DefaultClient" || declared().is_some_and(|declared| declared.ends_with("http.Client"))
}

/// The calls of a statement that acquire something.
pub(super) fn acquired<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    statement: Node<'t>,
) -> Vec<FactKind> {
    let mut facts = Vec::new();
    for call in all(statement, &["call_expression"]) {
        if !file.scopes.is_directly_in(call, function) {
            continue;
        }
        let callee = file.field_text(call, "function");
        let lefts = expressions(assigned_to(call));
        let Some((release, result)) = release_of(package, file, function, callee) else {
            // Whatever it is, it is kept for a deferred call.
            if lefts.iter().any(|left| is_deferred_in_its_loop(file, function, call, *left)) {
                let (callee, released) = (callee.to_owned(), Released::DeferredInLoop);
                facts.push(FactKind::Acquired { callee, release: "Close", released });
            }
            continue;
        };
        let released = match lefts.get(result).map(|left| file.text_of(*left)) {
            Some("_") => Released::Never,
            Some(variable) if !variable.contains('.') => {
                let error = lefts.get(1).filter(|_| result == 0).map(|error| file.text_of(*error));
                released(file, function, variable, release, (call, error))
            }
            _ if is_dropped(package, file, call, result) => Released::Never,
            _ => Released::Elsewhere,
        };
        facts.push(FactKind::Acquired { callee: callee.to_owned(), release, released });
    }
    facts
}

fn assigned_to(call: Node<'_>) -> Option<Node<'_>> {
    let mut node = call.parent()?;
    if node.kind() == "expression_list" {
        node = node.parent()?;
    }
    ["short_var_declaration", "assignment_statement"]
        .contains(&node.kind())
        .then(|| node.child_by_field_name("left"))?
}

/// Whether nothing can give back one of the results of a call: it is thrown away, or put into a field that nothing in its
/// package reads, and that no other package can.
pub(super) fn is_dropped<'t>(package: &Package<'t>, file: &'t Parsed, call: Node<'t>, result: usize) -> bool {
    if call.parent().is_some_and(|parent| parent.kind() == "expression_statement") {
        return true;
    }
    let assigned = expressions(assigned_to(call)).get(result).map(|left| file.field_text(*left, "field"));
    let keyed = || {
        let element = std::iter::successors(call.parent(), Node::parent)
            .take(2)
            .find(|node| node.kind() == "keyed_element");
        element.and_then(|element| children(element).first().map(|key| file.text_of(*key)))
    };
    let Some(field) = assigned.filter(|field| !field.is_empty()).or_else(keyed) else { return false };
    let reads = |file: &&'t Parsed| {
        file.text.contains(field)
            && all(file.root(), &["selector_expression"])
                .into_iter()
                .any(|read| file.field_text(read, "field") == field && !is_assigned(read))
    };
    field.starts_with(char::is_lowercase) && !package.files.iter().any(reads)
}

/// Whether an expression stands alone on the left of an assignment.
fn is_assigned(expression: Node<'_>) -> bool {
    let list = expression.parent();
    let statement = list.and_then(|list| list.parent()).filter(|node| node.kind() == "assignment_statement");
    statement.is_some_and(|statement| statement.child_by_field_name("left") == list)
}

/// Whether a function gives back what a variable holds, that a call returned with an error.
fn released(
    file: &Parsed,
    function: Node<'_>,
    variable: &str,
    release: &str,
    (acquisition, error): (Node<'_>, Option<&str>),
) -> Released {
    let call = if release == "cancel" { variable.to_owned() } else { format!("{variable}.{release}") };
    let also = format!("{variable}.Commit");
    let mut leaves = false;
    for node in all(function, &["call_expression", "identifier"]) {
        if node.kind() == "call_expression" {
            let callee = file.field_text(node, "function");
            if callee == call || (release == "Rollback" && callee == also) {
                return match deferred_by(node) {
                    Some(deferred) if in_loop(deferred) => Released::DeferredInLoop,
                    _ => left_before(file, function, acquisition, error, node)
                        .filter(|_| !file.lacks(Heuristic::LeftBefore))
                        .map_or(Released::Here, |line| Released::NotAlways { line }),
                };
            }
            continue;
        }
        if file.text_of(node) == variable {
            leaves |= leaves_function(file, node, release);
        }
    }
    if leaves && !file.lacks(Heuristic::LeavesFunction) { Released::Elsewhere } else { Released::Never }
}

/// The `defer` that a call is made by: its own, or that of the function literal that it stands in.
fn deferred_by(call: Node<'_>) -> Option<Node<'_>> {
    let parent = call.parent()?;
    if parent.kind() == "defer_statement" {
        return Some(parent);
    }
    let literal = enclosing_function(call).filter(|function| function.kind() == "func_literal")?;
    let called = literal.parent().filter(|parent| parent.kind() == "call_expression")?;
    called.parent().filter(|parent| parent.kind() == "defer_statement")
}

/// Whether what a call in a loop gives to a variable is used by a call that is deferred in the same loop, which keeps it
/// until the function returns.
fn is_deferred_in_its_loop(file: &Parsed, function: Node<'_>, call: Node<'_>, variable: Node<'_>) -> bool {
    let name = file.text_of(variable);
    if variable.kind() != "identifier"
        || file.lacks(Heuristic::AnyDeferredInLoop)
        || ["_", "err", "ok"].contains(&name)
    {
        return false;
    }
    let Some(around) = loop_around(call) else { return false };
    all(around, &["defer_statement"]).into_iter().any(|deferred| {
        file.scopes.is_directly_in(deferred, function)
            && loop_around(deferred) == Some(around)
            && deferred.start_byte() > call.end_byte()
            && all(deferred, &["identifier"]).into_iter().any(|used| file.text_of(used) == name)
    })
}

/// The line of a statement that leaves between what was acquired and where it is given back, unless that is for the error
/// of the acquisition, which then returned nothing to give back.
fn left_before(
    file: &Parsed,
    function: Node<'_>,
    acquisition: Node<'_>,
    error: Option<&str>,
    release: Node<'_>,
) -> Option<u32> {
    let failed = error.and_then(|error| check_of(file, acquisition, error)).map(|check| check.byte_range());
    let between = acquisition.end_byte()..release.start_byte();
    let leaves = all(function, &["return_statement", "continue_statement"]).into_iter().filter(|leave| {
        between.contains(&leave.start_byte())
            && file.scopes.are_together(*leave, acquisition)
            && !failed.as_ref().is_some_and(|failed| failed.contains(&leave.start_byte()))
            // The other branch of a condition that gives it back does not come before that.
            && !exclusive(*leave, release)
    });
    leaves.map(line_of).next()
}

/// The branch for the error of a call: of the `if` that the call is in, or of the one right behind its statement.
fn check_of<'t>(file: &Parsed, call: Node<'t>, error: &str) -> Option<Node<'t>> {
    let mut statement = call;
    while !statement.parent().is_some_and(|p| ["block", "statement_list", "if_statement"].contains(&p.kind()))
    {
        statement = statement.parent()?;
    }
    let check = statement.parent().filter(|parent| parent.kind() == "if_statement");
    let behind = std::iter::successors(statement.next_named_sibling(), |node| node.next_named_sibling())
        .find(|node| node.kind() != "comment");
    let check = check.or_else(|| behind.filter(|next| next.kind() == "if_statement"))?;
    let condition = file.field_text(check, "condition");
    let alone = [format!("{error} != nil"), format!("nil != {error}")];
    alone.iter().any(|alone| alone == condition).then(|| check.child_by_field_name("consequence"))?
}

/// Whether two statements stand in different branches of one `if`.
fn exclusive(a: Node<'_>, b: Node<'_>) -> bool {
    let mut up = a.parent();
    while let Some(node) = up {
        if node.kind() == "if_statement" {
            let branch = |of: Node<'_>| {
                ["consequence", "alternative"].into_iter().find(|branch| {
                    let range = node.child_by_field_name(branch).map(|branch| branch.byte_range());
                    range.is_some_and(|range| range.contains(&of.start_byte()))
                })
            };
            if branch(a).zip(branch(b)).is_some_and(|(a, b)| a != b) {
                return true;
            }
        }
        up = node.parent();
    }
    false
}

/// Whether a use of a variable carries it out: returned, stored, passed on, sent, captured. Reading from it does not.
fn leaves_function(file: &Parsed, identifier: Node<'_>, release: &str) -> bool {
    let mut child = identifier;
    let mut up = identifier.parent();
    while let Some(node) = up {
        match node.kind() {
            "return_statement" | "composite_literal" | "send_statement" => return true,
            // `f.Name()` and `resp.StatusCode` use it; `resp.Body` handed on may be closed there, a reader does not.
            "selector_expression" => {
                let is_body = release == "Body.Close" && file.field_text(node, "field") == "Body";
                if !is_body {
                    return false;
                }
            }
            "argument_list" => {
                let callee = node.parent().map_or("", |call| file.field_text(call, "function"));
                const READERS: [&str; 9] =
                    ["io.", "bufio.", "fmt.", "json.", "log.", "ioutil.", "xml.", "csv.", "len"];
                return file.lacks(Heuristic::Readers)
                    || !READERS.iter().any(|reader| callee.starts_with(reader));
            }
            "assignment_statement" => {
                let rights = expressions(node.child_by_field_name("right"));
                let is_value = rights.iter().any(|r| r.byte_range().contains(&child.start_byte()));
                let to_blank =
                    expressions(node.child_by_field_name("left")).iter().all(|l| file.text_of(*l) == "_");
                return is_value && !to_blank;
            }
            "expression_statement" | "block" | "short_var_declaration" => return false,
            _ => {}
        }
        child = node;
        up = node.parent();
    }
    false
}
