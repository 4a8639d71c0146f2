//! Whose field a container is: one of many values that come and go takes its containers with it.

use super::declared::{Package, last_name};
use super::facts::{Owner, Scope};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, base_type, children, expressions, loop_around, receiver_type};
use super::reach::{Sought, container_name};
use super::shrinks::Shrink;
use tree_sitter::Node;

/// Types deep that are followed from a field to what holds its holder.
const DEEPEST: usize = 3;

impl<'t> Package<'t> {
    /// The type that has a container as a field, or that holds the one value of that type, if there are many values of it
    /// in a container that they are taken out of.
    pub(super) fn owner(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Option<Owner> {
        if self.scope(file, function, expression) != Scope::Field || file.lacks(Heuristic::Owners) {
            return None;
        }
        let name = container_name(expression);
        let head = expression[..expression.rfind(name)?].strip_suffix('.')?;
        let declared = self.type_of(file, function, head)?;
        let package = self.package_of_type(file, &declared)?;
        let base = base_type(&declared);
        let mut of = base.rsplit('.').next().unwrap_or(base).to_owned();
        let keeps = self.type_of(file, function, expression).unwrap_or_default();
        for _ in 0..DEEPEST {
            if let Some(owner) = package
                .many_of(&of)
                .or_else(|| package.linked(&of, &keeps).filter(|_| !file.lacks(Heuristic::LinkedOwners)))
            {
                return Some(owner);
            }
            if file.lacks(Heuristic::OnlyHolder) {
                return None;
            }
            of = package.only_holder(&of)?;
        }
        None
    }

    /// Where many values of a type are held and taken out again.
    fn many_of(&self, of: &str) -> Option<Owner> {
        let file = self.files.iter().filter(|file| file.text.contains(of)).find(|file| {
            let specs = file.scopes.types(file.root());
            specs.into_iter().any(|spec| file.field_text(spec, "name") == of)
        })?;
        let mut files = self.together_with(file);
        if of.starts_with(char::is_uppercase) {
            files.extend(self.world.values().flatten().copied());
        }
        for file in files.into_iter().filter(|file| file.text.contains(of)) {
            for (spec, name, declared) in fields(file) {
                if !is_container_of(declared, of) {
                    continue;
                }
                let holder = spec.map(|spec| file.field_text(spec, "name").to_owned());
                let sought = Sought::named(self, file, name, (spec.is_some(), holder, None), true);
                let taken =
                    self.all_shrinks(&sought).into_iter().find(|(_, shrink)| *shrink == Shrink::Taken);
                if let Some((place, _)) = taken {
                    let (held_by, declared) = (name.to_owned(), declared.to_owned());
                    return Some(Owner { name: of.to_owned(), held_by, declared, taken_at: Some(place) });
                }
            }
        }
        None
    }

    /// A type whose values refer to each other. A container of such values is the tree that they make, and grows with it.
    fn linked(&self, of: &str, keeps: &str) -> Option<Owner> {
        let link =
            self.fields_of(of).into_iter().find(|(_, declared)| declared.strip_prefix('*') == Some(of));
        let (name, declared) = link.filter(|_| !is_container_of(keeps, of))?;
        Some(Owner {
            name: of.to_owned(),
            held_by: name.to_owned(),
            declared: declared.to_owned(),
            taken_at: None,
        })
    }

    /// Where a method of a type sets the timer anew that calls it, so that values live on by themselves: always, and with
    /// nothing in the package that stops the timer.
    pub(super) fn set_anew(&self, of: &str) -> Option<(&'t Parsed, Node<'t>)> {
        self.files
            .iter()
            .filter(|file| file.text.contains("time.AfterFunc") && !file.lacks(Heuristic::TimersSetAnew))
            .find_map(|file| {
                let methods = all(file.root(), &["method_declaration"]).into_iter();
                let methods = methods.filter(|method| receiver_type(file, *method).as_deref() == Some(of));
                methods.into_iter().find_map(|method| Some((*file, self.sets_itself(file, method)?)))
            })
    }

    fn sets_itself(&self, file: &'t Parsed, method: Node<'t>) -> Option<Node<'t>> {
        let name = file.field_text(method, "name");
        let calls_it = |call: &Node<'t>| {
            let arguments = call.child_by_field_name("arguments").map(children).unwrap_or_default();
            file.field_text(*call, "function") == "time.AfterFunc"
                && arguments.get(1).is_some_and(|argument| last_name(file.text_of(*argument)) == name)
        };
        let call = all(method, &["call_expression"]).into_iter().find(calls_it)?;
        let returns = all(method, &["return_statement"]).into_iter();
        let is_always = loop_around(call).is_none()
            && enclosing_if(call).is_none()
            && !returns.into_iter().any(|leave| leave.start_byte() < call.start_byte());
        let statement =
            call.parent().map(|up| if up.kind() == "expression_list" { up.parent() } else { Some(up) })??;
        let kept = expressions(statement.child_by_field_name("left"));
        let timer = kept.first().map_or("", |left| last_name(file.text_of(*left)));
        let stops = |file: &&Parsed| {
            all(file.root(), &["call_expression"]).into_iter().any(|call| {
                let callee = file.field_text(call, "function");
                callee.rsplit_once('.').is_some_and(|(of, name)| name == "Stop" && last_name(of) == timer)
            })
        };
        (is_always && (timer.is_empty() || !self.files.iter().any(stops))).then_some(statement)
    }

    /// The only struct of the package with a field that is one value of a type.
    fn only_holder(&self, of: &str) -> Option<String> {
        let mut holders = self.files.iter().filter(|file| file.text.contains(of)).flat_map(|file| {
            let one = fields(file).into_iter().filter(|(_, _, declared)| base_type(declared) == of);
            one.filter_map(|(spec, _, _)| Some(file.field_text(spec?, "name").to_owned()))
        });
        let first = holders.next().filter(|first| first != of)?;
        holders.all(|other| other == first).then_some(first)
    }

    /// The names and types of a struct's fields.
    pub(super) fn fields_of(&self, declared: &str) -> Vec<(&'t str, &'t str)> {
        let of_file = |file: &&'t Parsed| {
            let file = *file;
            let own = fields(file).into_iter().filter(move |(spec, _, _)| {
                spec.is_some_and(|spec| file.field_text(spec, "name") == base_type(declared))
            });
            own.map(|(_, name, declared)| (name, declared))
        };
        let files = self.files.iter().filter(|file| file.text.contains(base_type(declared)));
        files.flat_map(of_file).collect()
    }
}

/// The fields of a file's structs, each with the declaration of the struct, and its variables outside of functions.
fn fields<'t>(file: &'t Parsed) -> Vec<(Option<Node<'t>>, &'t str, &'t str)> {
    let mut found = Vec::new();
    let named = |node: Node<'t>, kind: &str| {
        let names = children(node).into_iter().filter(|name| name.kind() == kind);
        names.map(|name| file.text_of(name)).collect::<Vec<_>>()
    };
    for spec in file.scopes.types(file.root()) {
        for field in all(spec, &["field_declaration"]) {
            let declared = file.field_text(field, "type");
            let names = named(field, "field_identifier");
            // What is embedded has the name of its type.
            let names = if names.is_empty() { vec![base_type(declared)] } else { names };
            found.extend(names.into_iter().map(|name| (Some(spec), name, declared)));
        }
    }
    for spec in file.scopes.globals(file.root()).into_iter() {
        let declared = match file.field_text(spec, "type") {
            "" => file.field_text(spec, "value"),
            declared => declared,
        };
        found.extend(named(spec, "identifier").into_iter().map(|name| (None, name, declared)));
    }
    found
}

/// The condition that a node stands under in its function.
fn enclosing_if(node: Node<'_>) -> Option<Node<'_>> {
    let ups = std::iter::successors(node.parent(), Node::parent);
    let inside = ups.take_while(|up| !["method_declaration", "func_literal"].contains(&up.kind()));
    inside
        .into_iter()
        .find(|up| ["if_statement", "expression_case", "communication_case"].contains(&up.kind()))
}

/// Whether a type is a map or slice of values of a type, as entries or as keys.
fn is_container_of(declared: &str, of: &str) -> bool {
    let declared = declared.strip_prefix("make(").unwrap_or(declared);
    let words = || declared.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    (declared.starts_with("map[") || declared.starts_with('['))
        && !declared.contains("func(")
        && words().any(|word| word == of)
}
