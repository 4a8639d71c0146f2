//! Which declaration a call means: in the package itself, in one it imports, promoted from an embedded type.

use super::declared::{Package, last_name};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, base_type, children, receiver_type};
use super::values::parameter_names;
use tree_sitter::Node;

/// Embedded types deep that a method is looked for.
const DEEPEST_EMBEDDING: usize = 3;

/// A declared function with the package and file it stands in.
#[derive(Clone, Debug)]
pub(super) struct Callee<'t> {
    pub(super) package: Package<'t>,
    pub(super) file: &'t Parsed,
    pub(super) node: Node<'t>,
}

impl<'t> Package<'t> {
    /// The package that a file imports under a name, if its source is there.
    pub(super) fn imported(&self, file: &'t Parsed, name: &str) -> Option<Package<'t>> {
        file.imports().into_iter().find_map(|(alias, path)| {
            let files = self.world.get(path)?;
            let is_it = match alias {
                Some(alias) => alias == name,
                None => files.first()?.package_name() == name,
            };
            is_it.then(|| self.with(files.clone()))
        })
    }

    /// The declaration that a call in a function means. Where the type of the receiver is not known, as for that of an
    /// interface, the only method of the name among the packages at hand.
    pub(super) fn callee(&self, file: &'t Parsed, function: Node<'t>, callee: &str) -> Option<Callee<'t>> {
        let callee = callee.split('[').next().unwrap_or(callee);
        let Some((of, name)) = callee.rsplit_once('.') else {
            return self.declared_function(callee);
        };
        if !file.scopes.declares(function, of)
            && let Some(package) = self.imported(file, of)
        {
            return package.declared_function(name);
        }
        match self.type_of(file, function, of) {
            Some(declared) => self.package_of_type(file, &declared).and_then(|package| {
                let of = last_name(base_type(&declared));
                let is_ours = !declared.contains('.') || package.is_interface(of);
                package.method(of, name, 0).or_else(|| package.only_method(name).filter(|_| is_ours))
            }),
            None => self.only_method(name),
        }
    }

    pub(super) fn package_of_type(&self, file: &'t Parsed, declared: &str) -> Option<Package<'t>> {
        match base_type(declared).split_once('.') {
            None => Some(self.clone()),
            Some((alias, _)) => self
                .imported(file, alias)
                .or_else(|| self.files.iter().find_map(|other| self.imported(other, alias))),
        }
    }

    fn declared_function(&self, name: &str) -> Option<Callee<'t>> {
        let found = self.functions(name).into_iter().find(|(_, node)| node.kind() == "function_declaration");
        found.map(|(file, node)| Callee { package: self.clone(), file, node })
    }

    /// A method of a type, or of one that it embeds.
    fn method(&self, of: &str, name: &str, depth: usize) -> Option<Callee<'t>> {
        let own = self
            .functions(name)
            .into_iter()
            .find(|(file, node)| receiver_type(file, *node).as_deref() == Some(of));
        if let Some((file, node)) = own {
            return Some(Callee { package: self.clone(), file, node });
        }
        if depth == DEEPEST_EMBEDDING
            || self.files.first().is_some_and(|file| file.lacks(Heuristic::Embedded))
        {
            return None;
        }
        self.embedded(of).into_iter().find_map(|(file, embedded)| {
            self.package_of_type(file, embedded)?.method(last_name(base_type(embedded)), name, depth + 1)
        })
    }

    fn is_interface(&self, name: &str) -> bool {
        self.files.iter().any(|file| {
            let specs = file.scopes.types(file.root());
            specs
                .into_iter()
                .filter(|spec| file.field_text(*spec, "name") == name)
                .any(|spec| spec.child_by_field_name("type").is_some_and(|of| of.kind() == "interface_type"))
        })
    }

    /// The types that a struct embeds, with the file that says so.
    fn embedded(&self, of: &str) -> Vec<(&'t Parsed, &'t str)> {
        let mut found = Vec::new();
        for file in &self.files {
            let specs = file.scopes.types(file.root());
            for spec in specs.into_iter().filter(|spec| file.field_text(*spec, "name") == of) {
                for field in all(spec, &["field_declaration"]) {
                    if field.child_by_field_name("name").is_none() {
                        found.push((*file, file.field_text(field, "type")));
                    }
                }
            }
        }
        found
    }

    fn only_method(&self, name: &str) -> Option<Callee<'t>> {
        if self.files.first().is_some_and(|file| file.lacks(Heuristic::OnlyMethod)) {
            return None;
        }
        let of = |package: &Package<'t>| -> Vec<Callee<'t>> {
            let methods = package.functions(name).into_iter();
            let methods = methods.filter(|(_, node)| node.kind() == "method_declaration");
            methods.map(|(file, node)| Callee { package: package.clone(), file, node }).collect()
        };
        if let Some(own) = of(self).into_iter().next() {
            return Some(own);
        }
        let mut others = self.world.values().flat_map(|files| of(&self.with(files.clone())));
        others.next().filter(|_| others.next().is_none())
    }

    /// What the calls in its package give to a parameter of a function, those through a `go` or `defer` included.
    pub(super) fn arguments_for(
        &self,
        file: &'t Parsed,
        function: Node<'t>,
        parameter: &str,
    ) -> Vec<(&'t Parsed, Node<'t>)> {
        let names = parameter_names(file, function);
        let Some(at) = names.iter().position(|name| name == parameter) else { return Vec::new() };
        let argument = |call: Node<'t>| {
            call.child_by_field_name("arguments").map(children).unwrap_or_default().get(at).copied()
        };
        // A literal is called where it stands, or by a name that is not followed.
        if function.kind() == "func_literal" {
            let call = function.parent().filter(|parent| parent.kind() == "call_expression");
            return call.and_then(argument).map(|argument| (file, argument)).into_iter().collect();
        }
        let name = file.field_text(function, "name");
        let of_file = |file: &'t Parsed| {
            let calls = all(file.root(), &["call_expression"]).into_iter();
            let calls = calls.filter(move |call| last_name(file.field_text(*call, "function")) == name);
            calls.filter_map(argument).map(move |argument| (file, argument)).collect::<Vec<_>>()
        };
        let files = self.together_with(file).into_iter();
        files.filter(|file| file.text.contains(name)).flat_map(of_file).collect()
    }

    /// The type of a result of a call, as the calling file would write it.
    pub(super) fn result_type(
        &self,
        file: &'t Parsed,
        function: Node<'t>,
        call: Node<'t>,
        at: usize,
    ) -> Option<String> {
        let callee = file.field_text(call, "function");
        let Callee { package, file: of, node } = self.callee(file, function, callee)?;
        let result = node.child_by_field_name("result")?;
        let text = match result.kind() {
            "parameter_list" => {
                let parameters = children(result);
                let parameter = parameters.get(at).or(parameters.first())?;
                of.field_text(*parameter, "type")
            }
            _ => of.text_of(result),
        };
        let is_local = package.files.first().map(|f| &f.shown) == self.files.first().map(|f| &f.shown);
        let base = text.trim_start_matches('*');
        if is_local || base.contains('.') || !base.starts_with(char::is_uppercase) {
            return Some(text.to_owned());
        }
        let alias = file.imports().into_iter().find_map(|(alias, path)| {
            let files = self.world.get(path)?;
            let is_it = std::ptr::eq(*files.first()?, *package.files.first()?);
            is_it.then(|| alias.unwrap_or(files[0].package_name()))
        })?;
        Some(format!("{}{alias}.{base}", if text.starts_with('*') { "*" } else { "" }))
    }
}
