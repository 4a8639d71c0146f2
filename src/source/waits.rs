//! What a goroutine waits for at a statement.

use super::declared::Package;
use super::facts::{FactKind, Place};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, expressions, in_loop, line_of};
use tree_sitter::Node;

/// The finding about a statement at which goroutines may stand.
pub(super) fn waits<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    statement: Node<'t>,
) -> Vec<FactKind> {
    let channel = |node: Node<'t>| package.channel(file, function, file.text_of(node));
    let case = statement.parent().filter(|parent| parent.kind() == "communication_case");
    if let Some(select_statement) = case.and_then(|case| case.parent()) {
        return vec![select(package, file, function, select_statement)];
    }
    match statement.kind() {
        "select_statement" => vec![select(package, file, function, statement)],
        "communication_case" => match statement.parent() {
            Some(select_statement) => vec![select(package, file, function, select_statement)],
            None => Vec::new(),
        },
        "for_statement" => {
            let clause = children(statement).into_iter().find(|node| node.kind() == "range_clause");
            let ranged = clause.and_then(|clause| clause.child_by_field_name("right"));
            let ranged = ranged.filter(|node| {
                ["identifier", "selector_expression", "call_expression"].contains(&node.kind())
            });
            ranged
                .map(|node| FactKind::WaitsToReceive { channel: channel(node), ranged: true })
                .into_iter()
                .collect()
        }
        "defer_statement" => {
            let call = children(statement).first().map_or("", |call| file.field_text(*call, "function"));
            let call = if call.starts_with("func") { "a function" } else { call };
            vec![FactKind::Deferred { call: call.to_owned(), in_loop: in_loop(statement) }]
        }
        "send_statement" => {
            let to = statement.child_by_field_name("channel");
            to.map(|to| FactKind::WaitsToSend(channel(to))).into_iter().collect()
        }
        _ => {
            let receives = all(statement, &["unary_expression"])
                .into_iter()
                .find(|node| file.field_text(*node, "operator") == "<-");
            if let Some(from) = receives.and_then(|node| node.child_by_field_name("operand")) {
                return vec![FactKind::WaitsToReceive { channel: channel(from), ranged: false }];
            }
            let call = all(statement, &["call_expression"]).into_iter().next();
            let callee = call.map_or("", |call| file.field_text(call, "function"));
            let waits =
                ["Lock", "RLock", "Wait", "Acquire"].iter().any(|name| callee.ends_with(&format!(".{name}")));
            let left_at = left_locked(file, function, statement, callee);
            if waits { vec![FactKind::Calls { callee: callee.to_owned(), left_at }] } else { Vec::new() }
        }
    }
}

/// The line of a return behind a lock that is reached without unlocking it, where the function unlocks it elsewhere.
fn left_locked(file: &Parsed, function: Node<'_>, lock: Node<'_>, callee: &str) -> Option<u32> {
    let unlock = match callee.rsplit_once('.')? {
        (of, "Lock") => format!("{of}.Unlock"),
        (of, "RLock") => format!("{of}.RUnlock"),
        _ => return None,
    };
    let behind = |node: &Node<'_>| node.start_byte() > lock.end_byte();
    let calls = all(function, &["call_expression"]).into_iter().filter(behind);
    let unlocks: Vec<Node<'_>> = calls
        .filter(|call| file.field_text(*call, "function") == unlock)
        .filter_map(|c| c.parent())
        .collect();
    if unlocks.is_empty()
        || file.lacks(Heuristic::LeftLocked)
        || unlocks.iter().any(|statement| statement.kind() == "defer_statement")
    {
        return None;
    }
    let is_left = |node: &Node<'_>| {
        let unlocked_before = |unlock: &Node<'_>| {
            let block = unlock.parent().map_or(unlock.byte_range(), |block| block.byte_range());
            unlock.end_byte() < node.start_byte() && block.contains(&node.start_byte())
        };
        behind(node) && file.scopes.is_directly_in(*node, function) && !unlocks.iter().any(unlocked_before)
    };
    all(function, &["return_statement"]).iter().find(|node| is_left(node)).map(|node| line_of(*node))
}

fn select<'t>(package: &Package<'t>, file: &'t Parsed, function: Node<'t>, statement: Node<'t>) -> FactKind {
    let cases: Vec<&str> = children(statement)
        .into_iter()
        .filter(|node| node.kind() == "communication_case")
        .map(|case| file.field_text(case, "communication"))
        .collect();
    let is_timer = |channel: &str| {
        channel.starts_with("time.After(") || channel.starts_with("time.Tick(") || channel.ends_with(".C")
    };
    let received = |case: &str| case.rsplit_once("<-").map(|(_, channel)| channel.trim().to_owned());
    let times = |case: &&str| {
        received(case).is_some_and(|channel| {
            is_timer(&channel)
                || given(file, function, &channel).is_some_and(|made| is_timer(file.text_of(made)))
        })
    };
    let never = |case: &&str| {
        let channel = received(case)?;
        never_done(package, file, function, channel.strip_suffix(".Done()")?)
    };
    FactKind::WaitsInSelect {
        cases: cases.len(),
        has_timeout: cases.iter().any(times) && !file.lacks(Heuristic::Timeouts),
        never_done: cases.iter().find_map(never).filter(|_| !file.lacks(Heuristic::EndlessContexts)),
    }
}

/// What a function gives to a variable that it declares.
fn given<'t>(file: &Parsed, function: Node<'t>, name: &str) -> Option<Node<'t>> {
    all(function, &["short_var_declaration"]).into_iter().find_map(|node| {
        let lefts = expressions(node.child_by_field_name("left"));
        let at = lefts.iter().position(|left| file.text_of(*left) == name)?;
        expressions(node.child_by_field_name("right")).get(at).copied()
    })
}

/// Where a context is made that never ends, if a function declares it so or is given nothing else.
fn never_done<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    context: &str,
) -> Option<Place> {
    let is_endless = |text: &str| ["context.Background()", "context.TODO()"].contains(&text);
    let place = |file: &Parsed, node| Place { file: file.shown.clone(), line: line_of(node) };
    if let Some(made) = given(file, function, context) {
        return is_endless(file.text_of(made)).then(|| place(file, made));
    }
    let arguments = package.arguments_for(file, function, context);
    let all_endless = arguments.iter().all(|(file, argument)| is_endless(file.text_of(*argument)));
    arguments.first().filter(|_| all_endless).map(|(file, argument)| place(file, *argument))
}
