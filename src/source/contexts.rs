//! The context whose end a goroutine waits for: whether it has one, and who was to bring it about.

use super::acquire::acquired;
use super::declared::Package;
use super::facts::{Fact, FactKind, Place, Released};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, enclosing_function, expressions};
use tree_sitter::Node;

/// The context of `ctx.Done()`.
pub(super) fn context_of(channel: &str) -> Option<&str> {
    channel.strip_suffix(".Done()")
}

/// The channels that the cases of a `select` receive from, as written.
pub(super) fn received<'t>(file: &'t Parsed, select: Node<'t>) -> Vec<&'t str> {
    let cases = children(select).into_iter().filter(|node| node.kind() == "communication_case");
    let received =
        |case| file.field_text(case, "communication").rsplit_once("<-").map(|(_, from)| from.trim());
    cases.filter_map(received).collect()
}

/// Where a context is made that never ends, if a function declares it so or is given nothing else.
pub(super) fn never_done<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    context: &str,
) -> Option<Place> {
    let is_endless = |text: &str| ["context.Background()", "context.TODO()"].contains(&text);
    if let Some(made) = given(file, function, context).first() {
        return is_endless(file.text_of(*made)).then(|| file.place_of(*made));
    }
    let arguments = package.arguments_for(file, function, context);
    let all_endless = arguments.iter().all(|(file, argument)| is_endless(file.text_of(*argument)));
    arguments.first().filter(|_| all_endless).map(|(file, argument)| file.place_of(*argument))
}

/// The calls of `context.WithCancel` whose `cancel` is thrown away, for the contexts whose end a statement waits for.
pub(super) fn lost_cancels<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    kinds: &[FactKind],
) -> Vec<Fact> {
    if file.lacks(Heuristic::LostCancels) {
        return Vec::new();
    }
    let contexts = kinds.iter().filter_map(|kind| match kind {
        FactKind::WaitsInSelect { context, .. } => context.as_deref(),
        FactKind::WaitsToReceive { channel, .. } => context_of(&channel.expression),
        _ => None,
    });
    contexts.flat_map(|context| lost_cancels_of(package, file, function, context)).collect()
}

/// Those of one context: made in a function around the wait, or by a caller that hands it over.
fn lost_cancels_of<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    context: &str,
) -> Vec<Fact> {
    let mut scopes = std::iter::successors(Some(function), |node| enclosing_function(*node));
    if let Some(made) = scopes.find_map(|scope| lost_cancel(package, file, scope, context)) {
        return vec![made];
    }
    let arguments = package.arguments_for(file, function, context);
    let made = arguments.into_iter().filter_map(|(file, argument)| {
        lost_cancel(package, file, enclosing_function(argument)?, file.text_of(argument))
    });
    made.collect()
}

/// The statement of a function that makes a context and throws its `cancel` away.
fn lost_cancel<'t>(
    package: &Package<'t>,
    file: &'t Parsed,
    function: Node<'t>,
    context: &str,
) -> Option<Fact> {
    given(file, function, context).into_iter().find_map(|made| {
        let statement = made.parent().and_then(|list| list.parent())?;
        let lost = |kind: &FactKind| {
            matches!(kind, FactKind::Acquired { callee, released: Released::Never, .. }
                // A context with a deadline ends by itself.
                if callee.starts_with("context.WithCancel"))
        };
        let kind = acquired(package, file, function, statement).into_iter().find(lost)?;
        Some(Fact {
            place: file.place_of(statement),
            statement: file.first_line_of(statement),
            kind,
            cut: None,
        })
    })
}

/// What a function gives to a variable: where it declares it first, then where it sets it.
pub(super) fn given<'t>(file: &Parsed, function: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let made = |node: Node<'t>| {
        let lefts = expressions(node.child_by_field_name("left"));
        let at = lefts.iter().position(|left| file.text_of(*left) == name)?;
        expressions(node.child_by_field_name("right")).get(at).copied()
    };
    ["short_var_declaration", "assignment_statement"]
        .iter()
        .flat_map(|kind| all(function, &[kind]))
        .filter_map(made)
        .collect()
}
