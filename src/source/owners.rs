//! Whose field a container is: one of many values that come and go takes its containers with it.

use super::declared::Package;
use super::facts::{Owner, Scope};
use super::parse::{Parsed, all, base_type, children};
use super::reach::{Sought, container_name};
use super::shrinks::Shrink;
use tree_sitter::Node;

/// Types deep that are followed from a field to what holds its holder.
const DEEPEST: usize = 3;

impl<'t> Package<'t> {
    /// The type that has a container as a field, or that holds the one value of that type, if there are many values of it
    /// in a container that they are taken out of.
    pub(super) fn owner(&self, file: &'t Parsed, function: Node<'t>, expression: &str) -> Option<Owner> {
        if self.scope(file, function, expression) != Scope::Field {
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
            if let Some(owner) = package.many_of(&of).or_else(|| package.linked(&of, &keeps)) {
                return Some(owner);
            }
            of = package.only_holder(&of)?;
        }
        None
    }

    /// Where many values of a type are held and taken out again.
    fn many_of(&self, of: &str) -> Option<Owner> {
        let file = self.files.iter().find(|file| {
            let specs = all(file.root(), &["type_spec"]);
            specs.into_iter().any(|spec| file.field_text(spec, "name") == of)
        })?;
        let mut files = self.together_with(file);
        if of.starts_with(char::is_uppercase) {
            files.extend(self.world.values().flatten().copied());
        }
        for file in files {
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

    /// The only struct of the package with a field that is one value of a type.
    fn only_holder(&self, of: &str) -> Option<String> {
        let mut holders = self.files.iter().flat_map(|file| {
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
        self.files.iter().flat_map(of_file).collect()
    }
}

/// The fields of a file's structs, each with the declaration of the struct, and its variables outside of functions.
fn fields<'t>(file: &'t Parsed) -> Vec<(Option<Node<'t>>, &'t str, &'t str)> {
    let mut found = Vec::new();
    let named = |node: Node<'t>, kind: &str| {
        let names = children(node).into_iter().filter(|name| name.kind() == kind);
        names.map(|name| file.text_of(name)).collect::<Vec<_>>()
    };
    for spec in all(file.root(), &["type_spec"]) {
        for field in all(spec, &["field_declaration"]) {
            let declared = file.field_text(field, "type");
            let names = named(field, "field_identifier");
            // What is embedded has the name of its type.
            let names = if names.is_empty() { vec![base_type(declared)] } else { names };
            found.extend(names.into_iter().map(|name| (Some(spec), name, declared)));
        }
    }
    for spec in all(file.root(), &["var_spec"]).into_iter().filter(|spec| !file.scopes.is_in_function(*spec))
    {
        let declared = match file.field_text(spec, "type") {
            "" => file.field_text(spec, "value"),
            declared => declared,
        };
        found.extend(named(spec, "identifier").into_iter().map(|name| (None, name, declared)));
    }
    found
}

/// Whether a type is a map or slice of values of a type, as entries or as keys.
fn is_container_of(declared: &str, of: &str) -> bool {
    let declared = declared.strip_prefix("make(").unwrap_or(declared);
    let words = || declared.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    (declared.starts_with("map[") || declared.starts_with('['))
        && !declared.contains("func(")
        && words().any(|word| word == of)
}
