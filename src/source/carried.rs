//! Whether an expression carries the value on, as a whole or as a part of it.

use super::declared::last_name;
use super::facts::FactKind;
use super::flow::{Flow, LINKERS};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, loop_around, nearest};
use super::values::{Held, is_copying_append, mentions, mentions_name, pairs};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Levels of one expression that are read.
const DEEPEST_EXPRESSION: usize = 100;
/// Types that refer to nothing.
const NUMBERS: [&str; 14] = [
    "bool",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "byte",
    "float64",
    "time.Duration",
];
/// Calls that give a part of what they were given.
const PARTS: [&str; 9] =
    ["Split", "SplitN", "Fields", "TrimSpace", "Trim", "TrimPrefix", "TrimSuffix", "Cut", "FindSubmatch"];

impl<'t> Flow<'t> {
    /// Whether an expression holds the value; says so too where it is a part of it. People nest expressions a few
    /// levels deep, so what is deeper is left alone.
    pub(super) fn carries(
        &mut self,
        file: &'t Parsed,
        node: Node<'t>,
        held: &BTreeMap<String, Held>,
    ) -> Option<Held> {
        if self.nesting >= DEEPEST_EXPRESSION {
            return None;
        }
        self.nesting += 1;
        let carried = self.carries_here(file, node, held);
        self.nesting -= 1;
        carried
    }

    fn carries_here(
        &mut self,
        file: &'t Parsed,
        node: Node<'t>,
        held: &BTreeMap<String, Held>,
    ) -> Option<Held> {
        let operand = || node.child_by_field_name("operand");
        match node.kind() {
            "identifier" => held.get(file.text_of(node)).cloned(),
            "slice_expression" => {
                let mut whole = self.carries(file, operand()?, held)?;
                if let Some(known) = self.package.value_type(file, operand()?, 0) {
                    whole.is_string = known == "string";
                }
                Some(self.part(file, node, whole))
            }
            "selector_expression" | "index_expression" | "type_assertion_expression" => {
                let value = self.carries(file, operand()?, held)?;
                let declared = self.package.value_type(file, node, 0);
                (!declared.is_some_and(|declared| NUMBERS.contains(&declared.as_str()))).then_some(value)
            }
            "unary_expression" if is_one_element(file, node) => {
                let whole = self.carries(file, operand()?, held)?;
                Some(self.part(file, node, Held { is_string: false, ..whole }))
            }
            "parenthesized_expression" => self.carries(file, children(node).into_iter().next()?, held),
            "unary_expression" if file.field_text(node, "operator") != "<-" => {
                self.carries(file, operand()?, held)
            }
            "composite_literal" => self.literal(file, node, held),
            "func_literal" => mentions(file, node, held).then(Held::default),
            "call_expression" => {
                let callee = file.field_text(node, "function");
                let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                let name = last_name(callee);
                if callee == "append" && is_copying_append(file, &arguments) {
                    return None;
                }
                if (PARTS.contains(&name) || name.starts_with("Find")) && !file.lacks(Heuristic::Parts) {
                    let mut whole =
                        arguments.iter().find_map(|argument| self.carries(file, *argument, held))?;
                    whole.is_string |= callee.starts_with("strings.")
                        || (name.starts_with("Find") && name.contains("String"));
                    return Some(self.part(file, node, whole));
                }
                if callee == "append" || (LINKERS.contains(&name) && !file.lacks(Heuristic::Keepers)) {
                    return arguments.into_iter().find_map(|argument| self.carries(file, argument, held));
                }
                self.passes(file, node, &arguments, held)
            }
            _ => None,
        }
    }

    /// A part of a whole, of which it is said where it was cut out.
    fn part(&mut self, file: &Parsed, node: Node<'_>, whole: Held) -> Held {
        self.add(file, node, FactKind::Sliced { of: whole.of.clone(), is_string: whole.is_string });
        Held { cut: Some(file.place_of(node)), ..whole }
    }

    /// What a literal holds: a part of a whole, if a part is all that one of its values is. Two parts may be all of it.
    fn literal(&mut self, file: &'t Parsed, node: Node<'t>, held: &BTreeMap<String, Held>) -> Option<Held> {
        let values = node.child_by_field_name("body").map(children).unwrap_or_default();
        let value =
            |element: Node<'t>| children(element.child_by_field_name("value").unwrap_or(element)).pop();
        let carried: Vec<Held> = values
            .into_iter()
            .filter_map(value)
            .filter_map(|value| self.carries(file, value, held))
            .collect();
        match carried.as_slice() {
            [part] if part.cut.is_some() => Some(part.clone()),
            _ => mentions(file, node, held).then(Held::default),
        }
    }
}

/// Whether an expression points to one element, `&items[i]`, which keeps all of them: in a loop over all of them only where
/// a condition picks it.
fn is_one_element(file: &Parsed, node: Node<'_>) -> bool {
    const CHOICES: [&str; 5] =
        ["if_statement", "expression_case", "type_case", "communication_case", "for_statement"];
    let is_element = |operand: Node<'_>| operand.kind() == "index_expression";
    if file.field_text(node, "operator") != "&"
        || !node.child_by_field_name("operand").is_some_and(is_element)
    {
        return false;
    }
    let Some(around) = loop_around(node) else { return true };
    nearest(node, &CHOICES).is_some_and(|choice| choice != around) || is_picked(file, node, around)
}

/// Whether a loop goes on to the next element without what is made of this one, or keeps the variable that has it on a condition.
fn is_picked(file: &Parsed, node: Node<'_>, around: Node<'_>) -> bool {
    let name = nearest(node, &["short_var_declaration"]).and_then(|statement| {
        pairs(file, statement)
            .into_iter()
            .find(|(_, right)| *right == node)
            .map(|(left, _)| file.text_of(left))
    });
    let kept_on_condition = |name: &str| {
        all(around, &["if_statement"]).into_iter().any(|condition| {
            let kept =
                condition.child_by_field_name("consequence").map(|then| all(then, &["assignment_statement"]));
            kept.into_iter()
                .flatten()
                .any(|kept| pairs(file, kept).iter().any(|(_, right)| mentions_name(file, *right, name)))
        })
    };
    !all(around, &["continue_statement"]).is_empty() || name.is_some_and(kept_on_condition)
}
