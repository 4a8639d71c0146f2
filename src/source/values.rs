//! What expressions hold, copy and make, known by their form.

use super::declared::first_name;
use super::facts::Place;
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, enclosing_function, expressions};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// How a variable holds the value.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// What made the whole.
    pub(super) of: Option<String>,
    /// Whether the whole is a string.
    pub(super) is_string: bool,
    /// Where it was cut out of the whole, if it is a part.
    pub(super) cut: Option<Place>,
}

/// `append([]byte(nil), x...)` copies.
pub(super) fn is_copying_append(file: &Parsed, arguments: &[Node<'_>]) -> bool {
    arguments.first().is_some_and(|first| file.text_of(*first).starts_with("[]"))
}

/// The pairs of an assignment, a call of several results paired with each.
pub(super) fn pairs<'t>(file: &'t Parsed, statement: Node<'t>) -> Vec<(Node<'t>, Node<'t>)> {
    if statement.kind() == "var_declaration" {
        return all(statement, &["var_spec"])
            .into_iter()
            .flat_map(|spec| {
                let names: Vec<Node<'_>> =
                    children(spec).into_iter().filter(|n| n.kind() == "identifier").collect();
                let values = expressions(spec.child_by_field_name("value"));
                zip(names, &values)
            })
            .collect();
    }
    let lefts = expressions(statement.child_by_field_name("left"));
    let rights = expressions(statement.child_by_field_name("right"));
    let lefts = lefts
        .into_iter()
        .filter(|left| !["_", "err", "ok"].contains(&file.text_of(*left)) || rights.len() > 1);
    zip(lefts.collect(), &rights)
}

pub(super) fn zip<'t>(lefts: Vec<Node<'t>>, rights: &[Node<'t>]) -> Vec<(Node<'t>, Node<'t>)> {
    let right = |at: usize| if rights.len() == 1 { rights.first() } else { rights.get(at) };
    lefts.into_iter().enumerate().filter_map(|(at, left)| Some((left, *right(at)?))).collect()
}

pub(super) fn is_append(file: &Parsed, left: Node<'_>, right: Node<'_>) -> bool {
    let arguments = right.child_by_field_name("arguments").map(children).unwrap_or_default();
    file.field_text(right, "function") == "append"
        && arguments.first().is_some_and(|first| file.text_of(*first) == file.text_of(left))
}

/// What made a value: the callee or conversion, and whether that gives a string.
pub(super) fn made_by(file: &Parsed, right: Node<'_>) -> Held {
    let callee = file.field_text(right, "function");
    let is_string = text_type(callee) == Some("string");
    Held { of: (!callee.is_empty()).then(|| callee.to_owned()), is_string, cut: None }
}

/// The type of the first result of a call of the standard library that gives a text or some, or of a conversion to one.
pub(super) fn text_type(callee: &str) -> Option<&'static str> {
    const METHODS: [&str; 5] = ["String", "ReadString", "Text", "EncodeToString", "Error"];
    const LISTS: [&str; 6] = ["Fields", "FieldsFunc", "Split", "SplitN", "SplitAfter", "SplitAfterN"];
    let (of, name) = callee.rsplit_once('.').unwrap_or(("", callee));
    match of {
        "strings" if LISTS.contains(&name) => Some("[]string"),
        "strings" => Some("string"),
        "" => (name == "string").then_some("string"),
        "fmt" => name.starts_with("Sprint").then_some("string"),
        _ => METHODS.contains(&name).then_some("string"),
    }
}

/// Whether a function, or one around it, declares a variable or parameter.
pub(super) fn declares_around<'t>(file: &'t Parsed, function: Node<'t>, name: &str) -> bool {
    let mut scope = Some(function);
    while let Some(node) = scope {
        if file.scopes.declares(node, name)
            || parameter_names(file, node).iter().any(|parameter| parameter == name)
        {
            return true;
        }
        scope = enclosing_function(node);
    }
    false
}

/// The names of a function's parameters, in order.
pub(super) fn parameter_names(file: &Parsed, function: Node<'_>) -> Vec<String> {
    let parameters = function.child_by_field_name("parameters").map(children).unwrap_or_default();
    let names = parameters.into_iter().flat_map(children).filter(|node| node.kind() == "identifier");
    names.map(|node| file.text_of(node).to_owned()).collect()
}

/// Whether a variable is given a new value in the function, rather than one it got from elsewhere.
pub(super) fn is_made(file: &Parsed, function: Node<'_>, name: &str) -> bool {
    all(function, &["short_var_declaration", "var_spec"]).into_iter().any(|node| {
        if node.kind() == "var_spec" {
            return children(node).iter().any(|n| file.text_of(*n) == name);
        }
        pairs(file, node).iter().any(|(left, right)| {
            let fresh = match right.kind() {
                "composite_literal" => true,
                "unary_expression" => {
                    file.text_of(*right).starts_with('&') && file.text_of(*right).contains('{')
                }
                "call_expression" => ["new", "make"].contains(&file.field_text(*right, "function")),
                _ => false,
            };
            fresh && file.text_of(*left) == name
        })
    })
}

pub(super) fn mentions(file: &Parsed, node: Node<'_>, held: &BTreeMap<String, Held>) -> bool {
    all(node, &["identifier"]).into_iter().any(|identifier| held.contains_key(file.text_of(identifier)))
}

pub(super) fn mentions_name(file: &Parsed, node: Node<'_>, name: &str) -> bool {
    all(node, &["identifier"]).into_iter().any(|identifier| file.text_of(identifier) == name)
}

pub(super) fn mentions_text(file: &Parsed, node: Node<'_>, text: &str) -> bool {
    all(node, &["selector_expression", "identifier"]).into_iter().any(|inner| file.text_of(inner) == text)
}

/// Whether an expression uses a variable that was given what stood at `text` before, as `rest := u.tidy` does. The
/// variable alone is what stood there, or its first value.
pub(super) fn links(file: &Parsed, function: Node<'_>, right: Node<'_>, text: &str) -> bool {
    right.kind() != "identifier"
        && !file.lacks(Heuristic::LinkedThroughLocal)
        && all(function, &["short_var_declaration"]).into_iter().any(|node| {
            pairs(file, node).iter().any(|(left, old)| {
                file.text_of(*old) == text && mentions_name(file, right, file.text_of(*left))
            })
        })
}

/// Whether a function gives a variable's field something that holds the variable.
pub(super) fn refers_to_itself(file: &Parsed, function: Node<'_>, name: &str) -> bool {
    all(function, &["assignment_statement"]).into_iter().any(|node| {
        pairs(file, node).iter().any(|(left, right)| {
            let text = file.text_of(*left);
            first_name(text) == name && text != name && mentions_name(file, *right, name)
        })
    })
}
