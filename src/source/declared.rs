//! What a package declares: the types of fields and variables, what is taken out of containers, how channels are made.

use super::facts::{Channel, Container, Scope};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, base_type, children, enclosing_function, expressions};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tree_sitter::Node;

/// Longer expressions name no variable or field.
const LONGEST_EXPRESSION: usize = 200;

/// The files of packages by import path, as far as their source is there.
pub(super) type World<'t> = BTreeMap<String, Vec<&'t Parsed>>;

/// The files of one package, the one that is read first, among the packages that it imports.
#[derive(Clone, Debug)]
pub(super) struct Package<'t> {
    pub(super) files: Vec<&'t Parsed>,
    pub(super) world: Rc<World<'t>>,
    /// How many types are being made out, one for the other.
    pub(super) nesting: Rc<Cell<usize>>,
}

/// The last name of an expression: `sessions` of `c.sessions`, `m` of `m[k]`.
pub(super) fn last_name(expression: &str) -> &str {
    let head = expression.split(['[', '(']).next().unwrap_or(expression);
    head.rsplit('.').next().unwrap_or(head).trim_start_matches(['*', '&'])
}

/// The first name of an expression: `c` of `c.sessions`.
pub(super) fn first_name(expression: &str) -> &str {
    let head = expression.trim_start_matches(['*', '&', '(']);
    head.split(['.', '[', '(']).next().unwrap_or(head)
}

impl<'t> Package<'t> {
    pub(super) fn new(files: Vec<&'t Parsed>, world: World<'t>) -> Package<'t> {
        Package { files, world: Rc::new(world), nesting: Rc::default() }
    }

    /// Another package of the same world.
    pub(super) fn with(&self, files: Vec<&'t Parsed>) -> Package<'t> {
        Package { files, ..self.clone() }
    }

    /// Declarations of functions and methods of a name, those of the first file first.
    pub(super) fn functions(&self, name: &str) -> Vec<(&'t Parsed, Node<'t>)> {
        let of_file = |file: &&'t Parsed| {
            let file = *file;
            file.scopes.declarations(file.root(), name).into_iter().map(move |node| (file, node))
        };
        self.files.iter().flat_map(of_file).collect()
    }

    /// The declared type of an expression in a function: of a parameter, receiver, variable, or of a field of one.
    pub(super) fn type_of(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Option<String> {
        let expression = expression.trim_start_matches(['*', '&', '(']).trim_end_matches(')');
        if expression.len() > LONGEST_EXPRESSION {
            return None;
        }
        let (head, field) = match expression.rsplit_once('.') {
            None => return self.variable_type(file, function, expression),
            Some((head, field)) => (head, field),
        };
        if field.contains(['[', '(']) {
            return None;
        }
        let holder = self.type_of(file, function, head);
        match holder.as_deref().map(base_type) {
            Some(holder) if holder.contains('.') => {
                let (alias, name) = holder.split_once('.')?;
                let declared = self.imported(file, alias)?.field_type(Some(name), field)?;
                // A type of the other package, as this one would write it.
                let base = declared.trim_start_matches('*');
                let is_named = base.starts_with(char::is_uppercase) && !base.contains('.');
                Some(if is_named { declared.replace(base, &format!("{alias}.{base}")) } else { declared })
            }
            Some(holder) => self.field_type(Some(holder), field).or_else(|| self.field_type(None, field)),
            None => self.field_type(None, field),
        }
    }

    fn variable_type(&self, file: &'t Parsed, function: Node<'t>, name: &str) -> Option<String> {
        let mut scope = Some(function);
        while let Some(node) = scope {
            for list in ["receiver", "parameters"] {
                let parameters = node.child_by_field_name(list).map(children).unwrap_or_default();
                for parameter in parameters {
                    let names = children(parameter);
                    if names.iter().any(|n| n.kind() == "identifier" && file.text_of(*n) == name) {
                        return Some(file.field_text(parameter, "type").to_owned());
                    }
                }
            }
            if let Some(found) = self.local_type(file, node, name) {
                return Some(found);
            }
            scope = enclosing_function(node);
        }
        let global = |file: &&'t Parsed| {
            file.scopes.globals(file.root()).into_iter().find_map(|spec| self.type_of_spec(file, spec, name))
        };
        self.files.iter().find_map(global)
    }

    /// The type of a field, of a struct if that is known, else of the only struct that has such a field.
    fn field_type(&self, holder: Option<&str>, field: &str) -> Option<String> {
        for file in &self.files {
            let mut found: Vec<String> = Vec::new();
            for spec in file.scopes.types(file.root()) {
                if holder.is_some_and(|holder| file.field_text(spec, "name") != holder) {
                    continue;
                }
                for declaration in all(spec, &["field_declaration"]) {
                    let kind = file.field_text(declaration, "type");
                    let names = children(declaration);
                    let named =
                        names.iter().any(|n| n.kind() == "field_identifier" && file.text_of(*n) == field);
                    let embedded = last_name(kind) == field;
                    if named || embedded {
                        found.push(kind.to_owned());
                    }
                }
            }
            found.dedup();
            if found.len() == 1 {
                return found.pop();
            }
        }
        None
    }

    /// What is known of a container that an expression of a function names.
    pub(super) fn container(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Container {
        let declared = self.type_of(file, function, expression);
        Container {
            expression: expression.to_owned(),
            scope: self.scope(file, function, expression),
            declared,
            shrinks: self.shrinks(file, function, expression),
        }
    }

    /// Where what an expression names lives.
    pub(super) fn scope(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Scope {
        let name = first_name(expression);
        let plain = expression.trim_start_matches(['*', '&']) == name;
        let is_parameter = |function: Node<'t>| {
            ["receiver", "parameters"].iter().any(|list| {
                let parameters = function.child_by_field_name(list).map(children).unwrap_or_default();
                parameters
                    .into_iter()
                    .any(|p| children(p).iter().any(|n| n.kind() == "identifier" && file.text_of(*n) == name))
            })
        };
        match () {
            () if !plain => Scope::Field,
            () if is_parameter(function) => Scope::Parameter,
            () if file.scopes.declares(function, name) => Scope::Local,
            () => {
                let mut outer = enclosing_function(function);
                while let Some(node) = outer {
                    if is_parameter(node) || file.scopes.declares(node, name) {
                        return Scope::Captured;
                    }
                    outer = enclosing_function(node);
                }
                Scope::Global
            }
        }
    }

    /// What is known of a channel.
    pub(super) fn channel(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Channel {
        // A parameter is the channel that callers give.
        let given = self.arguments_for(file, function, expression);
        let given = if file.lacks(Heuristic::ChannelsOfCallers) { Vec::new() } else { given };
        let mut names: Vec<&str> = given.iter().map(|(file, node)| last_name(file.text_of(*node))).collect();
        if names.is_empty() {
            names.push(last_name(expression));
        }
        let is_it = |name: &str| names.contains(&name) || name == last_name(expression);
        let (mut capacity, mut is_closed, mut is_assigned) = (None, false, false);
        for file in &self.files {
            for node in all(file.root(), &["call_expression"]) {
                let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                match file.field_text(node, "function") {
                    "close" => {
                        is_closed |= arguments.first().is_some_and(|a| is_it(last_name(file.text_of(*a))));
                    }
                    "make"
                        if arguments.first().is_some_and(|a| a.kind() == "channel_type")
                            && names.iter().any(|name| given_to(file, node, name)) =>
                    {
                        let room = arguments.get(1).map_or("0", |a| file.text_of(*a));
                        capacity = capacity.or_else(|| Some(room.to_owned()));
                    }
                    _ => {}
                }
            }
            for node in all(
                file.root(),
                &[
                    "assignment_statement",
                    "keyed_element",
                    "short_var_declaration",
                    "parameter_declaration",
                    "range_clause",
                ],
            ) {
                is_assigned |= match node.kind() {
                    "keyed_element" => children(node).first().is_some_and(|key| is_it(file.text_of(*key))),
                    "parameter_declaration" => children(node).iter().any(|n| is_it(file.text_of(*n))),
                    _ => expressions(node.child_by_field_name("left"))
                        .iter()
                        .any(|l| is_it(last_name(file.text_of(*l)))),
                };
            }
        }
        let declared = self.type_of(file, function, expression);
        let is_channel =
            declared.is_some_and(|declared| declared.contains("chan ") || declared.contains("chan<-"));
        let is_closed = is_closed && !file.lacks(Heuristic::ClosedChannels);
        let never_made =
            !file.lacks(Heuristic::NeverMade) && is_channel && capacity.is_none() && !is_assigned;
        Channel { expression: expression.to_owned(), capacity, is_closed, never_made }
    }
}

/// Whether the result of a call is given to a variable or field of a name.
fn given_to(file: &Parsed, call: Node<'_>, name: &str) -> bool {
    let Some(mut node) = call.parent() else { return false };
    while ["expression_list", "literal_element"].contains(&node.kind()) {
        let Some(parent) = node.parent() else { return false };
        node = parent;
    }
    match node.kind() {
        "keyed_element" => children(node).first().is_some_and(|key| file.text_of(*key) == name),
        "var_spec" => children(node).iter().any(|n| n.kind() == "identifier" && file.text_of(*n) == name),
        _ => {
            expressions(node.child_by_field_name("left")).iter().any(|l| last_name(file.text_of(*l)) == name)
        }
    }
}
