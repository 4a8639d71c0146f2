//! Calls that a value is handed to: it is followed into functions whose source is there, and back if they return it.

use super::acquire::is_dropped;
use super::calls::Callee;
use super::facts::{FactKind, Released};
use super::flow::Flow;
use super::heuristics::Heuristic;
use super::parse::{Parsed, children, enclosing_function};
use super::values::{Held, parameter_names, refers_to_itself};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Functions deep that a value is followed into.
const DEEPEST: usize = 3;

impl<'t> Flow<'t> {
    /// A call that the value is handed to. With `fresh`, what stands in its arguments is the value.
    pub(super) fn handed(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        call: Node<'t>,
        held: &BTreeMap<String, Held>,
        fresh: bool,
    ) {
        let callee = file.field_text(call, "function");
        let arguments = call.child_by_field_name("arguments").map(children).unwrap_or_default();
        let made = |node: &Node<'t>| {
            ["composite_literal", "unary_expression", "func_literal", "call_expression"]
                .contains(&node.kind())
        };
        let given: Vec<usize> = (0..arguments.len())
            .filter(|at| (fresh && made(&arguments[*at])) || self.holds(file, arguments[*at], held))
            .collect();
        if given.is_empty() || callee == "append" {
            return;
        }
        if ["runtime.SetFinalizer", "runtime.AddCleanup"].contains(&callee) && given.contains(&0) {
            let value = file.text_of(arguments[0]);
            let cyclic =
                held.contains_key(&format!("{value} cyclic")) || refers_to_itself(file, function, value);
            self.add(file, statement, FactKind::FinalizerSet { cyclic });
            return;
        }
        let stop = match callee {
            "time.AfterFunc" => Some("Stop"),
            "context.AfterFunc" => Some("stop"),
            _ => None,
        };
        if let Some(release) = stop {
            // The timer holds it until it fires, the context until it is done; nobody can stop what is not kept.
            let dropped = is_dropped(&self.package, file, call, 0);
            let released = if dropped { Released::Never } else { Released::Elsewhere };
            self.add(file, statement, FactKind::Acquired { callee: callee.to_owned(), release, released });
            return;
        }
        if let Some(found) = self.package.callee(file, function, callee) {
            let value = |flow: &mut Flow<'t>, at: usize| {
                let carried = flow.carries(file, arguments[at], held);
                let made = || if fresh { flow.made(file, arguments[at]) } else { Held::default() };
                carried.unwrap_or_else(made)
            };
            let values = given.into_iter().map(|at| (at, value(self, at))).collect();
            self.enter(&found, values);
            return;
        }
        let declared = callee.rsplit_once('.').and_then(|(of, _)| self.package.type_of(file, function, of));
        if declared.as_deref().is_some_and(|declared| declared.contains('.')) || callee == "heap.Push" {
            let receiver_type = declared.map(|declared| declared.trim_start_matches('*').to_owned());
            let into = match callee {
                "heap.Push" => arguments.first().map(|first| file.text_of(*first)),
                _ => callee.rsplit_once('.').map(|(of, _)| of),
            };
            let container = |into| self.package.container(file, function, into);
            let container = into.map(container);
            let cut = given.iter().find_map(|at| self.carries(file, arguments[*at], held)?.cut);
            let kind = FactKind::PassedTo { callee: callee.to_owned(), receiver_type, container };
            self.add_kept(file, statement, kind, cut);
        }
    }

    /// Follows the value into a function, given in the arguments at some positions; says how it is returned.
    fn enter(&mut self, callee: &Callee<'t>, given: Vec<(usize, Held)>) -> Option<Held> {
        if self.depth >= DEEPEST || callee.file.lacks(Heuristic::HandedInto) {
            return None;
        }
        let parameters = parameter_names(callee.file, callee.node);
        let mut held = BTreeMap::new();
        for (at, value) in given {
            if let Some(name) = parameters.get(at).or(parameters.last()) {
                held.insert(name.clone(), value);
            }
        }
        let names = held.keys().cloned().collect::<Vec<_>>().join(",");
        let key = (callee.file.shown.clone(), callee.node.start_byte(), names);
        if let Some(returned) = self.entered.get(&key) {
            return returned.clone();
        }
        // What calls itself is in the middle of being read.
        self.entered.insert(key.clone(), None);
        let package = std::mem::replace(&mut self.package, callee.package.clone());
        let outside = self.returned.take();
        self.depth += 1;
        self.along(callee.file, callee.node, &mut held);
        self.depth -= 1;
        self.package = package;
        let returned = std::mem::replace(&mut self.returned, outside);
        self.entered.insert(key, returned.clone());
        returned
    }

    /// How a function of the source gives back what it is given, or a part of it.
    pub(super) fn passes(
        &mut self,
        file: &'t Parsed,
        call: Node<'t>,
        arguments: &[Node<'t>],
        held: &BTreeMap<String, Held>,
    ) -> Option<Held> {
        let function = enclosing_function(call).filter(|_| !file.lacks(Heuristic::PassedBack))?;
        let found = self.package.callee(file, function, file.field_text(call, "function"))?;
        let given: Vec<(usize, Held)> = (0..arguments.len())
            .filter_map(|at| Some((at, self.carries(file, arguments[at], held)?)))
            .collect();
        if given.is_empty() { None } else { self.enter(&found, given) }
    }
}
