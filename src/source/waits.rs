//! What a goroutine waits for at a statement.

use super::contexts::{context_of, given, never_done, received};
use super::declared::Package;
use super::facts::FactKind;
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, in_loop, line_of};
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
    let cases = children(statement).into_iter().filter(|node| node.kind() == "communication_case").count();
    let is_timer = |channel: &str| {
        channel.starts_with("time.After(") || channel.starts_with("time.Tick(") || channel.ends_with(".C")
    };
    let times = |channel: &&str| {
        let made = given(file, function, channel);
        is_timer(channel) || made.first().is_some_and(|made| is_timer(file.text_of(*made)))
    };
    let channels = received(file, statement);
    let contexts = || channels.iter().filter_map(|channel| context_of(channel));
    FactKind::WaitsInSelect {
        cases,
        has_timeout: channels.iter().any(times) && !file.lacks(Heuristic::Timeouts),
        context: contexts().next().map(str::to_owned),
        never_done: contexts()
            .find_map(|context| never_done(package, file, function, context))
            .filter(|_| !file.lacks(Heuristic::EndlessContexts)),
    }
}
