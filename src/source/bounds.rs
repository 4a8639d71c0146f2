//! What keeps a container from growing beyond a size: its type, its keys, a condition on its length.

use super::declared::Package;
use super::facts::{Bound, Container};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, expressions, line_of};
use super::reach::{Reach, Sought, container_name};
use tree_sitter::Node;

/// Local variables deep that an index is made out.
const DEEPEST_INDEX: usize = 3;

/// Which side of a limit a condition asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    Above,
}

impl<'t> Package<'t> {
    /// What is known of the container that a statement puts something into, its bound included. `index`: what it is put
    /// at, where that is not appended.
    pub(super) fn container_at(
        &self,
        file: &'t Parsed,
        function: Node<'t>,
        (statement, target): (Node<'t>, &str),
        index: Option<Node<'t>>,
    ) -> Container {
        let mut container = self.container(file, function, target);
        let declared = container.declared.as_deref().unwrap_or_default().trim_start_matches('*');
        let is_array = declared.starts_with('[') && !declared.starts_with("[]");
        let by_index = index.and_then(|index| match is_array {
            true => Some(Bound::Array).filter(|_| !file.lacks(Heuristic::ArrayBound)),
            false if file.lacks(Heuristic::KeyBound) => None,
            false => remainder(file, function, index, 0).map(Bound::Keys),
        });
        let sought = || Sought::of(self, file, function, target);
        container.bound = by_index
            .or_else(|| {
                limited(&sought(), function, statement, Reach::Whole)
                    .filter(|_| !file.lacks(Heuristic::SizeBound))
            })
            .or_else(|| {
                self.least_recent(file, function, &container).filter(|_| !file.lacks(Heuristic::LeastRecent))
            })
            .filter(|_| !file.lacks(Heuristic::Bounds));
        container
    }

    /// Whether a condition limits the entries of a map one by one, as `len(m[k]) < 20` does.
    pub(super) fn limits_entries(
        &self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        target: &str,
    ) -> bool {
        !file.lacks(Heuristic::ShortEntries)
            && limited(&Sought::of(self, file, function, target), function, statement, Reach::Entry).is_some()
    }

    /// A list whose holder has a map of list elements as well, or that map, which something is taken out of.
    fn least_recent(&self, file: &'t Parsed, function: Node<'t>, container: &Container) -> Option<Bound> {
        let is_index = |declared: &str| declared.starts_with("map[") && declared.ends_with("*list.Element");
        let declared = container.declared.as_deref()?;
        let place = container.shrinks.first()?;
        let expression = &container.expression;
        let is_half = is_index(declared)
            || (declared.ends_with("list.List") && {
                let name = container_name(expression);
                let head = expression.strip_suffix(name)?.strip_suffix('.')?;
                let holder = self.type_of(file, function, head)?;
                self.fields_of(&holder).iter().any(|(_, declared)| is_index(declared))
            });
        is_half.then(|| Bound::LeastRecent(place.clone()))
    }
}

/// What an index is the remainder of, as written: `o.ID % 2000`.
fn remainder<'t>(file: &'t Parsed, function: Node<'t>, index: Node<'t>, depth: usize) -> Option<String> {
    match index.kind() {
        "binary_expression" => {
            (file.field_text(index, "operator") == "%").then(|| file.text_of(index).to_owned())
        }
        "parenthesized_expression" => remainder(file, function, children(index).into_iter().next()?, depth),
        // A conversion, as `int(hash % n)` is.
        "call_expression" | "type_conversion_expression" => {
            let callee = file.field_text(index, "function");
            let arguments = index.child_by_field_name("arguments").map(children).unwrap_or_default();
            let converts = ["int", "uint"].iter().any(|start| callee.starts_with(start));
            let [only] = arguments.as_slice() else { return None };
            converts.then(|| remainder(file, function, *only, depth))?
        }
        "identifier" if depth < DEEPEST_INDEX => {
            let name = file.text_of(index);
            let made = all(function, &["short_var_declaration"]).into_iter().find_map(|node| {
                let lefts = expressions(node.child_by_field_name("left"));
                let at = lefts.iter().position(|left| file.text_of(*left) == name)?;
                expressions(node.child_by_field_name("right")).get(at).copied()
            });
            remainder(file, function, made?, depth + 1)
        }
        _ => None,
    }
}

/// A condition of the function that limits how much a statement puts into a container, or into its entries.
fn limited<'t>(
    sought: &Sought<'_, 't>,
    function: Node<'t>,
    statement: Node<'t>,
    reach: Reach,
) -> Option<Bound> {
    let file = sought.file;
    let guards = all(function, &["if_statement", "for_statement"]).into_iter();
    let guards = guards.filter(|guard| file.scopes.are_together(*guard, statement));
    for guard in guards {
        let Some(condition) = condition_of(guard) else { continue };
        let holds = |field: &str| {
            let branch = guard.child_by_field_name(field);
            branch.filter(|branch| branch.byte_range().contains(&statement.start_byte()))
        };
        let body = guard.child_by_field_name("consequence").or_else(|| guard.child_by_field_name("body"));
        let limits = match asks_for(sought, condition, reach) {
            Some(Side::Below) => holds("consequence").or_else(|| holds("body")).is_some(),
            Some(Side::Above) => {
                let around = guard.parent().map(|block| block.byte_range());
                let is_above = guard.end_byte() <= statement.start_byte()
                    && around.is_some_and(|around| around.contains(&statement.start_byte()));
                holds("alternative").is_some()
                    || body.is_some_and(|body| {
                        holds("consequence").is_none()
                            && ((is_above && leaves(file, body)) || sought.empties(body))
                    })
            }
            // A loop that takes out until some measure of the whole is small enough: `for c.size > c.max`.
            None => {
                guard.kind() == "for_statement"
                    && !file.lacks(Heuristic::MeasureBound)
                    && reach == Reach::Whole
                    && is_measure(file, condition)
                    && body.is_some_and(|body| holds("body").is_none() && sought.empties(body))
            }
        };
        if limits {
            let condition = file.text_of(condition).split_whitespace().collect::<Vec<_>>().join(" ");
            return Some(Bound::Size { condition, line: line_of(guard) });
        }
    }
    None
}

fn condition_of(guard: Node<'_>) -> Option<Node<'_>> {
    if let Some(condition) = guard.child_by_field_name("condition") {
        return Some(condition);
    }
    let first = children(guard).into_iter().next()?;
    match first.kind() {
        "for_clause" => first.child_by_field_name("condition"),
        "range_clause" | "block" => None,
        _ => Some(first),
    }
}

/// Which side of a limit a condition asks the length to be on, if it decides alone.
fn asks_for<'t>(sought: &Sought<'_, 't>, condition: Node<'t>, reach: Reach) -> Option<Side> {
    let file = sought.file;
    let comparisons = all(condition, &["binary_expression"]);
    let operator = |node: Node<'t>| file.field_text(node, "operator");
    let has_length = |side: Option<Node<'t>>| {
        let calls = side.map(|side| all(side, &["call_expression"])).unwrap_or_default();
        calls.into_iter().any(|call| sought.length_of(call) == Some(reach))
    };
    let side = comparisons.iter().find_map(|node| {
        let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
        let (on_left, on_right) = (has_length(left), has_length(right));
        let limit = if on_left { right } else { left };
        // Whether there is anything at all limits nothing.
        if on_left == on_right || limit.is_some_and(|limit| file.text_of(limit) == "0") {
            return None;
        }
        match (operator(*node), on_left) {
            ("<" | "<=", true) | (">" | ">=", false) => Some(Side::Below),
            (">" | ">=", true) | ("<" | "<=", false) | ("==", _) => Some(Side::Above),
            _ => None,
        }
    })?;
    let alone = match side {
        Side::Below => !comparisons.iter().any(|node| operator(*node) == "||"),
        // `!ok && len(m) >= most`: what is there already makes nothing grow.
        Side::Above => comparisons.iter().filter(|node| operator(**node) == "&&").all(|node| {
            let mut sides = ["left", "right"].iter().map(|side| file.field_text(*node, side));
            sides.any(|side| {
                side.strip_prefix('!').is_some_and(|name| name.chars().all(char::is_alphanumeric))
            })
        }),
    };
    alone.then_some(side)
}

/// Whether a condition compares two values that nothing is called for.
fn is_measure(file: &Parsed, condition: Node<'_>) -> bool {
    condition.kind() == "binary_expression"
        && ["<", ">", "<=", ">="].contains(&file.field_text(condition, "operator"))
        && all(condition, &["call_expression"]).is_empty()
}

/// Whether a block ends by leaving what it stands in.
fn leaves(file: &Parsed, block: Node<'_>) -> bool {
    let mut last = children(block).into_iter().rfind(|node| node.kind() != "comment");
    while let Some(list) = last.filter(|node| node.kind() == "statement_list") {
        last = children(list).into_iter().rfind(|node| node.kind() != "comment");
    }
    last.is_some_and(|last| {
        ["return_statement", "continue_statement", "break_statement", "goto_statement"].contains(&last.kind())
            || file.text_of(last).starts_with("panic(")
    })
}
