//! Which expressions of a file reach a container: its field or variable, and local variables that are the same container,
//! one of its entries, or what is left of it.

use super::declared::{Package, last_name};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, base_type, children, enclosing_function, expressions};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use tree_sitter::Node;

/// Fields of one name whose holders are distinguished by their types; a name that stands more often is taken for one.
const HOLDERS_ASKED: usize = 64;

/// Calls that a container is followed into, a file.
const CALLS_FOLLOWED: usize = 64;

/// How an expression reaches the container: as a whole, or one of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Whole,
    Entry,
}

/// A local variable that reaches the container.
#[derive(Clone, Copy, Debug)]
struct Alias {
    reach: Reach,
    /// It was cut when it was made.
    is_cut: bool,
}

/// The last name of an expression, indices left out: `viewers` of `h.viewers[v.game]`, `items` of `c.shards[i].items`.
pub(super) fn container_name(expression: &str) -> &str {
    let mut rest = expression.trim_end();
    while rest.ends_with(']') {
        let mut depth = 0usize;
        let open = rest.char_indices().rev().find(|(_, letter)| {
            match letter {
                ']' => depth += 1,
                '[' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        rest = open.map_or("", |(at, _)| rest[..at].trim_end());
    }
    let start = rest
        .rfind(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map_or(0, |at| at + rest[at..].chars().next().map_or(0, char::len_utf8));
    &rest[start..]
}

/// A container looked for in one file.
pub(super) struct Sought<'p, 't> {
    pub(super) package: &'p Package<'t>,
    pub(super) file: &'t Parsed,
    pub(super) name: String,
    /// The type that has it as a field, where that is known.
    holder: Option<String>,
    /// Whether it is a field, so that variables of its name are something else.
    pub(super) is_field: bool,
    /// The field through which its holder is reached: who replaces that drops the container.
    pub(super) outer: Option<String>,
    /// Local variables by the place of their function.
    aliases: BTreeMap<(usize, String), Alias>,
    /// Local variables that started empty, and the functions that range over the container.
    pub(super) fresh: BTreeSet<(usize, String)>,
    pub(super) ranged: BTreeSet<usize>,
    asked: Cell<usize>,
    pub(super) followed: Cell<usize>,
    /// Whether calls are followed into functions.
    follows: bool,
}

impl<'p, 't> Sought<'p, 't> {
    /// Looks for the container that an expression of a function names.
    pub(super) fn of(
        package: &'p Package<'t>,
        file: &'t Parsed,
        function: Node<'t>,
        expression: &str,
    ) -> Sought<'p, 't> {
        let name = container_name(expression);
        let head = expression.find(name).map_or("", |at| expression[..at].trim_end_matches('.'));
        let is_field = !head.trim_matches(['*', '&', '(']).is_empty();
        let holder = package
            .type_of(file, function, head)
            .filter(|_| is_field)
            .map(|declared| last_name(base_type(&declared)).to_owned())
            .filter(|holder| package.declares_field_of(holder, name));
        let outer =
            head.rsplit_once('.').map(|(_, outer)| outer.to_owned()).filter(|o| !o.contains(['[', '(']));
        Sought::named(package, file, name, (is_field, holder, outer), true)
    }

    pub(super) fn named(
        package: &'p Package<'t>,
        file: &'t Parsed,
        name: &str,
        (is_field, holder, outer): (bool, Option<String>, Option<String>),
        follows: bool,
    ) -> Sought<'p, 't> {
        let mut sought = Sought {
            package,
            file,
            name: name.to_owned(),
            holder,
            is_field,
            outer,
            aliases: BTreeMap::new(),
            fresh: BTreeSet::new(),
            ranged: BTreeSet::new(),
            asked: Cell::new(0),
            followed: Cell::new(0),
            follows,
        };
        sought.find_aliases();
        sought
    }

    /// The same container in another file.
    pub(super) fn in_file(&self, file: &'t Parsed) -> Sought<'p, 't> {
        let known = (self.is_field, self.holder.clone(), self.outer.clone());
        Sought::named(self.package, file, &self.name, known, self.follows)
    }

    fn find_aliases(&mut self) {
        const MAKERS: [&str; 4] =
            ["short_var_declaration", "assignment_statement", "var_spec", "range_clause"];
        for node in all(self.file.root(), &MAKERS) {
            let Some(place) = self.file.scopes.places_around(node).next() else { continue };
            let (lefts, rights) = match node.kind() {
                "var_spec" => (
                    children(node).into_iter().filter(|n| n.kind() == "identifier").collect(),
                    expressions(node.child_by_field_name("value")),
                ),
                _ => (
                    expressions(node.child_by_field_name("left")),
                    expressions(node.child_by_field_name("right")),
                ),
            };
            if node.kind() == "range_clause" {
                if rights.first().is_some_and(|right| self.reach(*right).is_some()) {
                    self.ranged.insert(place);
                    self.name_alias(
                        place,
                        lefts.get(1).copied(),
                        Alias { reach: Reach::Entry, is_cut: false },
                    );
                }
                continue;
            }
            if rights.is_empty() {
                self.fresh.extend(lefts.iter().map(|left| (place, self.file.text_of(*left).to_owned())));
            }
            for (left, right) in lefts.iter().zip(&rights) {
                if left.kind() != "identifier" || self.reach(*left).is_some() {
                    continue;
                }
                if let Some(alias) = self.alias(*right) {
                    self.name_alias(place, Some(*left), alias);
                } else if self.is_new(*right) {
                    self.fresh.insert((place, self.file.text_of(*left).to_owned()));
                }
            }
        }
    }

    fn name_alias(&mut self, place: usize, name: Option<Node<'t>>, alias: Alias) {
        if let Some(name) =
            name.filter(|name| name.kind() == "identifier" && !self.file.lacks(Heuristic::AliasReach))
        {
            self.aliases.entry((place, self.file.text_of(name).to_owned())).or_insert(alias);
        }
    }

    /// What a variable is that is given an expression, if that reaches the container.
    fn alias(&self, right: Node<'t>) -> Option<Alias> {
        if let Some(reach) = self.reach(right) {
            return Some(Alias { reach, is_cut: self.cuts(right) });
        }
        let first = self.arguments(right).into_iter().next()?;
        let reach = self.reach(first)?;
        (self.callee(right) == "append" || self.cuts(right))
            .then(|| Alias { reach, is_cut: self.cuts(right) })
    }

    pub(super) fn callee(&self, node: Node<'t>) -> &'t str {
        if node.kind() == "call_expression" { self.file.field_text(node, "function") } else { "" }
    }

    /// The arguments of a call, those that are spread without their dots.
    pub(super) fn arguments(&self, call: Node<'t>) -> Vec<Node<'t>> {
        let arguments = call.child_by_field_name("arguments").map(children).unwrap_or_default();
        let plain = |node: Node<'t>| match node.kind() {
            "variadic_argument" => children(node).into_iter().next(),
            _ => Some(node),
        };
        arguments.into_iter().filter_map(plain).collect()
    }

    /// A new value that has nothing of the container in it.
    pub(super) fn is_new(&self, node: Node<'t>) -> bool {
        let node = match node.kind() {
            "unary_expression" => node.child_by_field_name("operand").unwrap_or(node),
            _ => node,
        };
        let callee = self.callee(node);
        let makes = node.kind() == "composite_literal" || ["make", "new"].contains(&callee);
        makes && !self.mentions(node)
    }

    pub(super) fn mentions(&self, node: Node<'t>) -> bool {
        all(node, &["identifier", "selector_expression"]).into_iter().any(|inner| self.reach(inner).is_some())
    }

    /// How an expression reaches the container.
    pub(super) fn reach(&self, node: Node<'t>) -> Option<Reach> {
        match node.kind() {
            "identifier" => {
                let text = self.file.text_of(node);
                let alias = || {
                    let mut places = self.file.scopes.places_around(node);
                    places.find_map(|place| self.aliases.get(&(place, text.to_owned())))
                };
                if !self.is_field && text == self.name {
                    return Some(Reach::Whole);
                }
                alias().filter(|_| !self.aliases.is_empty()).map(|alias| alias.reach)
            }
            "selector_expression" => (self.file.field_text(node, "field") == self.name
                && self.is_of_holder(node))
            .then_some(Reach::Whole),
            "index_expression" => self.reach(node.child_by_field_name("operand")?).map(|_| Reach::Entry),
            "slice_expression" => self.reach(node.child_by_field_name("operand")?),
            "unary_expression" if ["*", "&"].contains(&self.file.field_text(node, "operator")) => {
                self.reach(node.child_by_field_name("operand")?)
            }
            "parenthesized_expression" => self.reach(children(node).into_iter().next()?),
            _ => None,
        }
    }

    /// Whether a field of the name is that of the holder: not if it is known to be another type's.
    fn is_of_holder(&self, selector: Node<'t>) -> bool {
        let Some(holder) = self.holder.as_deref().filter(|_| self.asked.get() < HOLDERS_ASKED) else {
            return true;
        };
        self.asked.set(self.asked.get() + 1);
        let of = self.file.field_text(selector, "operand");
        let function = enclosing_function(selector).unwrap_or(self.file.root());
        let other = self.package.type_of(self.file, function, of);
        let other = other.as_deref().map(|other| last_name(base_type(other)));
        // What embeds the holder has its fields too.
        other.is_none_or(|other| other == holder || !self.package.declares_field_of(other, &self.name))
    }

    /// Whether an expression is what the container, or an entry of it, was, with less in it.
    pub(super) fn cuts(&self, node: Node<'t>) -> bool {
        let is_part = |node: &Node<'t>| node.kind() == "slice_expression" && self.reach(*node).is_some();
        match node.kind() {
            // `s[:len(s)+1]` makes room.
            "slice_expression" => {
                let end = self.file.field_text(node, "end");
                is_part(&node) && !end.contains('+') && !end.contains("cap(")
            }
            "identifier" => {
                let name = self.file.text_of(node);
                let mut places = self.file.scopes.places_around(node);
                places
                    .find_map(|at| self.aliases.get(&(at, name.to_owned())))
                    .is_some_and(|alias| alias.is_cut)
            }
            "parenthesized_expression" => children(node).into_iter().next().is_some_and(|n| self.cuts(n)),
            "call_expression" => {
                let (callee, arguments) = (self.callee(node), self.arguments(node));
                let Some((first, rest)) = arguments.split_first() else { return false };
                if callee == "append" {
                    let empties = self.file.field_text(*first, "end") == "0";
                    // What is appended besides the rest of it is put in, not taken out.
                    return match is_part(first) {
                        true => empties || rest.iter().all(is_part),
                        false => self.reach(*first).is_none() && rest.iter().any(is_part),
                    };
                }
                if ["slices.Clone", "bytes.Clone"].contains(&callee) {
                    return is_part(first);
                }
                let reaching = arguments.iter().position(|argument| self.reach(*argument).is_some());
                reaching.is_some_and(|at| {
                    self.inside(node, Some(at), |inner, body| {
                        let values = all(body, &["return_statement"]).into_iter().flat_map(children);
                        values.flat_map(|value| expressions(Some(value))).any(|value| inner.cuts(value))
                    })
                })
            }
            _ => false,
        }
    }

    /// Whether something holds in the function that a call means, of the parameter at some place, or of the receiver.
    pub(super) fn inside(
        &self,
        call: Node<'t>,
        at: Option<usize>,
        holds: impl Fn(&Sought<'p, 't>, Node<'t>) -> bool,
    ) -> bool {
        if !self.follows
            || self.followed.get() >= CALLS_FOLLOWED
            || self.file.lacks(Heuristic::CallsThatTakeOut)
        {
            return false;
        }
        self.followed.set(self.followed.get() + 1);
        let function = enclosing_function(call).unwrap_or(self.file.root());
        let Some(found) = self.package.callee(self.file, function, self.callee(call)) else { return false };
        let Some(body) = found.node.child_by_field_name("body") else { return false };
        let list = found.node.child_by_field_name(if at.is_some() { "parameters" } else { "receiver" });
        let names = list.map(|list| all(list, &["identifier"])).unwrap_or_default();
        let Some(name) = names.get(at.unwrap_or(0)).map(|name| found.file.text_of(*name)) else {
            return false;
        };
        let inner = Sought::named(self.package, found.file, name, (false, None, None), false);
        holds(&inner, body)
    }
}

impl<'t> Package<'t> {
    /// Whether a type of the package declares a field of a name itself.
    pub(super) fn declares_field_of(&self, holder: &str, field: &str) -> bool {
        let may_declare = |file: &&&Parsed| file.text.contains(holder) && file.text.contains(field);
        self.files.iter().filter(may_declare).any(|file| {
            let specs = file.scopes.types(file.root()).into_iter();
            specs.filter(|spec| file.field_text(*spec, "name") == holder).any(|spec| {
                all(spec, &["field_declaration"]).into_iter().any(|declaration| {
                    let mut names = children(declaration).into_iter();
                    names.any(|name| name.kind() == "field_identifier" && file.text_of(name) == field)
                })
            })
        })
    }
}
