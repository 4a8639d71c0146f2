//! What takes something out of a container: deleting, cutting, putting less in its place; directly, through a local
//! variable, or in a function that it is handed to.

use super::declared::{Package, first_name, last_name};
use super::facts::Place;
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, enclosing_function, expressions};
use super::reach::{Reach, Sought};
use super::values::is_made;
use std::collections::BTreeSet;
use tree_sitter::Node;

/// Places shown where something is taken out of a container.
const SHRINKS_TOLD: usize = 4;

/// Methods that take out of what they are called on.
const REMOVES: [&str; 6] = ["Delete", "LoadAndDelete", "Remove", "Clear", "CompareAndDelete", "Pop"];
/// Functions of the standard library that take out of their first argument.
const TAKERS: [&str; 5] = ["delete", "clear", "heap.Pop", "heap.Remove", "maps.DeleteFunc"];

/// What a statement does to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shrink {
    /// Something is taken out of it.
    Taken,
    /// Another one is put in its place.
    Replaced,
}

impl<'p, 't> Sought<'p, 't> {
    /// What a call or an assignment does to the container.
    pub(super) fn shrink(&self, node: Node<'t>) -> Option<Shrink> {
        match node.kind() {
            "call_expression" => self.takes(node).then_some(Shrink::Taken),
            "assignment_statement" => {
                let lefts = expressions(node.child_by_field_name("left"));
                let rights = expressions(node.child_by_field_name("right"));
                lefts.iter().zip(&rights).find_map(|(left, right)| self.puts_less(node, *left, *right))
            }
            _ => None,
        }
    }

    fn takes(&self, call: Node<'t>) -> bool {
        let (callee, arguments) = (self.callee(call), self.arguments(call));
        let first = arguments.first().and_then(|first| self.reach(*first));
        if TAKERS.contains(&callee) && first.is_some() {
            return true;
        }
        let function = call.child_by_field_name("function").filter(|f| f.kind() == "selector_expression");
        let receiver = function.and_then(|function| function.child_by_field_name("operand"));
        if receiver.is_some_and(|receiver| self.reach(receiver) == Some(Reach::Whole)) {
            let takes_out =
                |inner: &Sought<'p, 't>, body| inner.any_in(body, |shrink| shrink == Shrink::Taken);
            return REMOVES.contains(&last_name(callee)) || self.inside(call, None, takes_out);
        }
        // Builtins and conversions take nothing out, and are no functions of the source.
        let given = arguments.iter().position(|argument| self.reach(*argument).is_some());
        given.filter(|_| !["append", "len", "cap", "copy"].contains(&callee)).is_some_and(|at| {
            self.inside(call, Some(at), |inner, body| inner.any_in(body, |shrink| shrink == Shrink::Taken))
        })
    }

    fn puts_less(&self, statement: Node<'t>, left: Node<'t>, right: Node<'t>) -> Option<Shrink> {
        if self.drops_holder(statement, left, right) {
            return Some(Shrink::Replaced);
        }
        let reach = self.reach(left)?;
        // A local variable of its own, which nothing else sees.
        if left.kind() == "identifier" && (self.is_field || self.file.text_of(left) != self.name) {
            return None;
        }
        let is_nil = self.file.text_of(right) == "nil";
        if is_nil || self.cuts(right) || self.is_kept_rest(right) {
            return Some(Shrink::Taken);
        }
        let is_other = self.is_new(right) || (right.kind() == "slice_expression" && !self.mentions(right));
        (reach == Reach::Whole && is_other && !self.is_first(statement, left)).then_some(Shrink::Replaced)
    }

    /// A variable that started empty in a function that looks through the container, to keep some of it.
    fn is_kept_rest(&self, right: Node<'t>) -> bool {
        let name = self.file.text_of(right).to_owned();
        let mut places = self.file.scopes.places_around(right);
        right.kind() == "identifier"
            && !self.file.lacks(Heuristic::KeptRest)
            && places.any(|place| self.ranged.contains(&place) && self.fresh.contains(&(place, name.clone())))
    }

    /// The value that holds the container is replaced: `b.current = newBatch()` drops `b.current.items`.
    fn drops_holder(&self, statement: Node<'t>, left: Node<'t>, right: Node<'t>) -> bool {
        let is_outer = left.kind() == "selector_expression"
            && !self.file.lacks(Heuristic::HolderReplaced)
            && self.outer.as_deref() == Some(self.file.field_text(left, "field"));
        let is_new = || self.file.text_of(right) == "nil" || self.is_new(right);
        is_outer && is_new() && !self.is_first(statement, left)
    }

    /// Whether what is assigned is the first value: where it is found missing, or in the function that makes its holder.
    fn is_first(&self, statement: Node<'t>, left: Node<'t>) -> bool {
        let text = self.file.text_of(left);
        let Some(function) = enclosing_function(statement) else { return true };
        if text != first_name(text) && is_made(self.file, function, first_name(text)) {
            return true;
        }
        let missing = [format!("{text} == nil"), format!("len({text}) == 0")];
        let mut up = statement.parent();
        while let Some(node) = up.filter(|node| *node != function) {
            let condition = self.file.field_text(node, "condition");
            if node.kind() == "if_statement" && missing.iter().any(|missing| condition.contains(missing)) {
                return true;
            }
            up = node.parent();
        }
        false
    }

    /// Whether something below a node does this to the container.
    fn any_in(&self, node: Node<'t>, is_it: impl Fn(Shrink) -> bool) -> bool {
        all(node, &["call_expression", "assignment_statement"])
            .into_iter()
            .any(|node| self.shrink(node).is_some_and(&is_it))
    }
}

impl<'t> Package<'t> {
    /// Where something is taken out of the container that an expression of a function names, or where another is put in
    /// its place.
    pub(super) fn shrinks(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Vec<Place> {
        let places = self.all_shrinks(&Sought::of(self, file, function, expression));
        places.into_iter().map(|(place, _)| place).collect()
    }

    /// The files of the program that a file is of. A package has one main function, so a folder with more of them is one
    /// of programs of a file each.
    pub(super) fn together_with(&self, file: &'t Parsed) -> Vec<&'t Parsed> {
        let has_main = |file: &&&Parsed| !file.scopes.declarations(file.root(), "main").is_empty();
        if self.files.iter().filter(has_main).count() > 1 { vec![file] } else { self.files.clone() }
    }

    /// Where something is taken out of a container, or where another is put in its place.
    pub(super) fn all_shrinks(&self, here: &Sought<'_, 't>) -> Vec<(Place, Shrink)> {
        if here.file.lacks(Heuristic::Removals) {
            return Vec::new();
        }
        let mut files = self.together_with(here.file);
        // What is exported, others may empty.
        if here.name.starts_with(char::is_uppercase) {
            files.extend(self.world.values().flatten().copied());
        }
        let mut seen = BTreeSet::new();
        let mut places = Vec::new();
        let files = files.into_iter().filter(|file| seen.insert(file.shown.as_str()));
        for file in files.filter(|file| file.text.contains(&here.name)) {
            let other = if std::ptr::eq(file, here.file) { None } else { Some(here.in_file(file)) };
            let sought = other.as_ref().unwrap_or(here);
            for node in all(file.root(), &["call_expression", "assignment_statement"]) {
                if places.len() == SHRINKS_TOLD {
                    return places;
                }
                let place = || file.place_of(node);
                let shrink =
                    sought.shrink(node).filter(|s| *s == Shrink::Taken || !file.lacks(Heuristic::Replaced));
                places.extend(shrink.map(|shrink| (place(), shrink)));
            }
        }
        places
    }
}
