//! The types of expressions: of variables by their declaration or by what they are made of.

use super::declared::Package;
use super::parse::{Parsed, all, children, enclosing_function, expressions};
use super::values::text_type;
use tree_sitter::Node;

/// Types deep that are made out one by the other: a variable's by the result of a call on another variable.
const DEEPEST_TYPES: usize = 8;

impl<'t> Package<'t> {
    /// The type of a local variable, by its declaration or by what it is made of.
    pub(super) fn local_type(&self, file: &'t Parsed, function: Node<'t>, name: &str) -> Option<String> {
        for node in all(function, &["short_var_declaration", "var_spec"]) {
            if node.kind() == "var_spec" {
                if let Some(found) = self.type_of_spec(file, node, name) {
                    return Some(found);
                }
                continue;
            }
            let lefts = expressions(node.child_by_field_name("left"));
            let at = lefts.iter().position(|left| file.text_of(*left) == name);
            let rights = expressions(node.child_by_field_name("right"));
            if let (Some(at), [call]) = (at, rights.as_slice())
                && call.kind() == "call_expression"
            {
                return self.value_type(file, *call, at);
            }
            if let Some(right) = at.and_then(|at| rights.get(at)) {
                return self.value_type(file, *right, 0);
            }
        }
        None
    }

    pub(super) fn type_of_spec(&self, file: &'t Parsed, spec: Node<'t>, name: &str) -> Option<String> {
        let named = children(spec).iter().any(|n| n.kind() == "identifier" && file.text_of(*n) == name);
        let declared = file.field_text(spec, "type");
        match (named, declared) {
            (false, _) => None,
            (true, "") => expressions(spec.child_by_field_name("value"))
                .first()
                .and_then(|v| self.value_type(file, *v, 0)),
            (true, declared) => Some(declared.to_owned()),
        }
    }

    /// The type of an expression: `make(map[K]V)`, `&T{}`, `new(T)`, `"a" + b`, `strings.Clone(s)`, `r.body`; of a call's
    /// results the one at a position.
    pub(super) fn value_type(&self, file: &'t Parsed, expression: Node<'t>, at: usize) -> Option<String> {
        if self.nesting.get() >= DEEPEST_TYPES {
            return None;
        }
        self.nesting.set(self.nesting.get() + 1);
        let made = self.value_type_here(file, expression, at);
        self.nesting.set(self.nesting.get() - 1);
        made
    }

    fn value_type_here(&self, file: &'t Parsed, expression: Node<'t>, at: usize) -> Option<String> {
        let operand = || expression.child_by_field_name("operand");
        let scope = || enclosing_function(expression).unwrap_or(file.root());
        match expression.kind() {
            "identifier" | "selector_expression" => self.type_of(file, scope(), file.text_of(expression)),
            "composite_literal" => Some(file.field_text(expression, "type").to_owned()),
            "interpreted_string_literal" | "raw_string_literal" => Some("string".to_owned()),
            // The terms of a sum have one type; the right one is never a sum.
            "binary_expression" if file.field_text(expression, "operator") == "+" => {
                self.value_type(file, expression.child_by_field_name("right")?, 0)
            }
            "index_expression" => self.value_type(file, operand()?, 0)?.strip_prefix("[]").map(str::to_owned),
            "slice_expression" => self.value_type(file, operand()?, 0),
            "parenthesized_expression" => self.value_type(file, children(expression).into_iter().next()?, 0),
            "unary_expression" => {
                let operand = operand()?;
                (operand.kind() == "composite_literal").then(|| file.field_text(operand, "type").to_owned())
            }
            "call_expression" => {
                let callee = file.field_text(expression, "function");
                let arguments = expression.child_by_field_name("arguments").map(children)?;
                if ["make", "new"].contains(&callee) {
                    return Some(file.text_of(*arguments.first()?).to_owned());
                }
                let text = text_type(callee).filter(|_| at == 0).map(str::to_owned);
                text.or_else(|| self.result_type(file, scope(), expression, at))
            }
            _ => None,
        }
    }
}
