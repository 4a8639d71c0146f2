//! Where a value goes: along a function, into functions it is handed to, and back to the caller it is returned to.

use super::declared::{Package, declares, first_name, last_name};
use super::facts::{Fact, FactKind, Place, Scope};
use super::parse::{Parsed, all, children, enclosing_function, expressions, line_of};
use super::values::{
    Held, declares_around, is_append, is_constructor, is_copy, is_copying_append, is_made, links, made_by,
    mentions, mentions_name, mentions_text, pairs, parameter_names, refers_to_itself,
};
use std::collections::{BTreeMap, BTreeSet};
use tree_sitter::Node;

/// Functions deep that a value is followed into.
const DEEPEST: usize = 3;
/// Statements of one function that are read; longer functions were not written by people.
const MOST_STATEMENTS: usize = 400;
/// Levels of one expression that are read.
const DEEPEST_EXPRESSION: usize = 100;
/// More findings than this say nothing more.
const MOST_FACTS: usize = 24;
/// Times a function is read over, until nothing new is found.
const ROUNDS: usize = 3;
/// Statements are quoted up to so many characters.
const QUOTED: usize = 120;

/// Calls that give a part of what they were given.
const PARTS: [&str; 9] =
    ["Split", "SplitN", "Fields", "TrimSpace", "Trim", "TrimPrefix", "TrimSuffix", "Cut", "FindSubmatch"];

/// Methods of `sync.Map` and `list.List` that keep what they are given, and give something back too.
const KEEPERS: [&str; 6] = ["LoadOrStore", "Swap", "PushBack", "PushFront", "InsertBefore", "InsertAfter"];

/// One function that the value is in, and the variables that hold it.
pub(super) struct Flow<'p, 't> {
    pub(super) package: &'p Package<'t>,
    pub(super) facts: Vec<Fact>,
    visited: BTreeSet<(usize, String)>,
    returned: bool,
    /// How many expressions deep the reading is.
    nesting: usize,
}

impl<'p, 't> Flow<'p, 't> {
    pub(super) fn new(package: &'p Package<'t>) -> Flow<'p, 't> {
        Flow { package, facts: Vec::new(), visited: BTreeSet::new(), returned: false, nesting: 0 }
    }

    /// Follows what a statement makes; says whether it is returned.
    pub(super) fn follow(&mut self, file: &'t Parsed, function: Node<'t>, statement: Node<'t>) -> bool {
        let mut held: BTreeMap<String, Held> = BTreeMap::new();
        self.returned = false;
        match statement.kind() {
            "return_statement" => self.returned = true,
            "short_var_declaration" | "assignment_statement" | "var_declaration" => {
                for (left, right) in pairs(file, statement) {
                    if KEEPERS.contains(&last_name(file.field_text(right, "function"))) {
                        self.handed(file, function, statement, right, &BTreeMap::new(), true, 0);
                    }
                    let made = made_by(file, right);
                    let text = file.text_of(left);
                    if left.kind() == "identifier"
                        && declares_around(file, function, text)
                        && !is_append(file, left, right)
                    {
                        held.insert(text.to_owned(), made);
                    } else {
                        self.kept(file, function, statement, (left, right), &mut held);
                    }
                }
            }
            "send_statement" => self.sent(file, function, statement),
            "communication_case" => {
                for send in all(statement, &["send_statement"]).into_iter().take(1) {
                    self.sent(file, function, send);
                }
            }
            "expression_statement" | "go_statement" | "defer_statement" => {
                for call in all(statement, &["call_expression"]).into_iter().take(2) {
                    self.handed(file, function, statement, call, &BTreeMap::new(), true, 0);
                }
            }
            _ => {}
        }
        self.along(file, function, &mut held, 0);
        self.returned
    }

    /// Reads a function until nothing new is found about the variables that hold the value.
    fn along(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        held: &mut BTreeMap<String, Held>,
        depth: usize,
    ) {
        let Some(body) = function.child_by_field_name("body").filter(|_| !held.is_empty()) else { return };
        const KINDS: [&str; 8] = [
            "short_var_declaration",
            "assignment_statement",
            "var_declaration",
            "send_statement",
            "return_statement",
            "go_statement",
            "call_expression",
            "range_clause",
        ];
        let mut statements = all(body, &KINDS);
        statements.truncate(MOST_STATEMENTS);
        for _ in 0..ROUNDS {
            let before = (held.len(), self.facts.len());
            for statement in &statements {
                if self.facts.len() >= MOST_FACTS {
                    return;
                }
                self.step(file, function, *statement, held, depth);
            }
            if before == (held.len(), self.facts.len()) {
                return;
            }
        }
    }

    fn step(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        held: &mut BTreeMap<String, Held>,
        depth: usize,
    ) {
        match statement.kind() {
            "short_var_declaration" | "assignment_statement" | "var_declaration" => {
                for (left, right) in pairs(file, statement) {
                    let text = file.text_of(left);
                    let key = left.child_by_field_name("index").filter(|_| left.kind() == "index_expression");
                    let Some(value) =
                        self.carries(file, right, held).or_else(|| self.carries(file, key?, held))
                    else {
                        continue;
                    };
                    if left.kind() == "identifier" && declares_around(file, function, text) {
                        held.entry(text.to_owned()).or_insert(value);
                    } else if text != "_" {
                        self.kept(file, function, statement, (left, right), held);
                    }
                }
            }
            "range_clause" => {
                let right = statement.child_by_field_name("right");
                let lefts = expressions(statement.child_by_field_name("left"));
                if let (Some(value), Some(element)) =
                    (right.and_then(|r| self.carries(file, r, held)), lefts.get(1))
                {
                    held.entry(file.text_of(*element).to_owned()).or_insert(value);
                }
            }
            "send_statement" => {
                let value = statement.child_by_field_name("value");
                if value.is_some_and(|value| self.carries(file, value, held).is_some()) {
                    self.sent(file, function, statement);
                }
            }
            "return_statement" if enclosing_function(statement) == Some(function) => {
                let values = children(statement).into_iter().flat_map(|list| expressions(Some(list)));
                for value in values {
                    self.returned |= self.carries(file, value, held).is_some();
                }
            }
            "go_statement" if mentions(file, statement, held) => {
                self.add(file, statement, FactKind::CapturedByGoroutine);
            }
            "call_expression" => self.handed(file, function, statement, statement, held, false, depth),
            _ => {}
        }
    }

    fn add(&mut self, file: &Parsed, statement: Node<'_>, kind: FactKind) {
        let mut quoted = file.text_of(statement).split_whitespace().collect::<Vec<_>>().join(" ");
        if quoted.chars().count() > QUOTED {
            quoted = quoted.chars().take(QUOTED).chain(['…']).collect();
        }
        let place = Place { file: file.shown.clone(), line: line_of(statement) };
        let fact = Fact { place, statement: quoted, kind };
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    fn sent(&mut self, file: &'t Parsed, function: Node<'t>, statement: Node<'t>) {
        let channel = file.field_text(statement, "channel");
        let channel = self.package.channel(file, function, channel);
        self.add(file, statement, FactKind::Sent(channel));
    }

    /// What assigning to something else than a variable of the function means.
    fn kept(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        (left, right): (Node<'t>, Node<'t>),
        held: &mut BTreeMap<String, Held>,
    ) {
        let text = file.text_of(left);
        let root = first_name(text);
        let appended = is_append(file, left, right);
        let (target, in_map) = match left.kind() {
            "index_expression" => (file.field_text(left, "operand"), true),
            _ => (text, false),
        };
        // A field of a variable made in this function: the variable holds the value then. What refers back to it
        // makes a cycle.
        let made_here = declares(file, function, root) && is_made(file, function, root);
        if made_here && root != text {
            if mentions_name(file, right, root) {
                held.entry(format!("{root} cyclic")).or_default();
            }
            held.entry(root.to_owned()).or_default();
            return;
        }
        let container = self.package.container(file, function, target);
        if in_map && container.scope == Scope::Local {
            held.entry(root.to_owned()).or_default();
            return;
        }
        let declared = container.declared.as_deref().unwrap_or_default();
        let is_map = declared.starts_with("map[") || (in_map && !declared.starts_with('['));
        let kind = match (appended, is_map) {
            (true, _) => FactKind::Appended { container, in_map },
            (false, true) if in_map => FactKind::MapEntry(container),
            _ => {
                let links_previous = mentions_text(file, right, text) || links(file, function, right, text);
                FactKind::Stored { container, links_previous }
            }
        };
        self.add(file, statement, kind);
    }

    /// A call that the value is handed to. With `fresh`, what stands in its arguments is the value.
    #[allow(clippy::too_many_arguments, reason = "the state of one walk")]
    fn handed(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        call: Node<'t>,
        held: &BTreeMap<String, Held>,
        fresh: bool,
        depth: usize,
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
        let name = last_name(callee);
        let declared = if callee.contains('.') {
            self.package.type_of(file, function, callee.rsplit_once('.').map_or("", |(of, _)| of))
        } else {
            None
        };
        let foreign = declared.as_deref().is_some_and(|declared| declared.contains('.'));
        if foreign || callee == "heap.Push" {
            let receiver_type = declared.map(|declared| declared.trim_start_matches('*').to_owned());
            self.add(file, statement, FactKind::PassedTo { callee: callee.to_owned(), receiver_type });
            return;
        }
        if depth >= DEEPEST {
            return;
        }
        let wanted = declared.as_deref().map(super::parse::base_type);
        let mut functions = self.package.functions(name);
        functions.sort_by_key(|(file, node)| super::parse::receiver_type(file, *node).as_deref() != wanted);
        let is_method = callee.contains('.');
        let found =
            functions.into_iter().find(|(_, node)| is_method == (node.kind() == "method_declaration"));
        let Some((inner_file, inner)) = found else { return };
        let parameters = parameter_names(inner_file, inner);
        let mut inner_held = BTreeMap::new();
        for at in given {
            if let Some(name) = parameters.get(at).or(parameters.last()) {
                inner_held.insert(name.clone(), self.carries(file, arguments[at], held).unwrap_or_default());
            }
        }
        let key = (inner.start_byte(), inner_held.keys().cloned().collect::<Vec<_>>().join(","));
        if self.visited.insert(key) {
            let returned = self.returned;
            self.along(inner_file, inner, &mut inner_held, depth + 1);
            self.returned = returned;
        }
    }

    fn holds(&self, file: &Parsed, node: Node<'_>, held: &BTreeMap<String, Held>) -> bool {
        match node.kind() {
            "identifier" => held.contains_key(file.text_of(node)),
            "unary_expression"
            | "composite_literal"
            | "func_literal"
            | "selector_expression"
            | "slice_expression"
            | "index_expression" => mentions(file, node, held) && file.field_text(node, "operator") != "<-",
            "call_expression" => {
                !is_copy(file.field_text(node, "function"))
                    && is_constructor(file.field_text(node, "function"))
                    && mentions(file, node, held)
            }
            _ => false,
        }
    }

    /// Whether an expression holds the value; says so too where it is a part of it. People nest expressions a few
    /// levels deep, so what is deeper is left alone.
    fn carries(&mut self, file: &'t Parsed, node: Node<'t>, held: &BTreeMap<String, Held>) -> Option<Held> {
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
                let whole = self.carries(file, operand()?, held)?;
                self.part(file, node, &whole);
                Some(whole)
            }
            "selector_expression" | "index_expression" | "type_assertion_expression" => {
                self.carries(file, operand()?, held)
            }
            "parenthesized_expression" => self.carries(file, children(node).into_iter().next()?, held),
            "unary_expression" if file.field_text(node, "operator") != "<-" => {
                self.carries(file, operand()?, held)
            }
            "composite_literal" | "func_literal" => mentions(file, node, held).then(Held::default),
            "call_expression" => {
                let callee = file.field_text(node, "function");
                let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                let name = last_name(callee);
                if is_copy(callee) || (callee == "append" && is_copying_append(file, &arguments)) {
                    return None;
                }
                if PARTS.contains(&name) || name.starts_with("Find") {
                    let whole = arguments.iter().find_map(|argument| self.carries(file, *argument, held))?;
                    self.part(file, node, &whole);
                    return Some(whole);
                }
                if ["Bytes", "Next"].contains(&name) && callee.contains('.') {
                    return held.get(first_name(callee)).cloned();
                }
                if callee == "append" || is_constructor(callee) {
                    return arguments.into_iter().find_map(|argument| self.carries(file, argument, held));
                }
                None
            }
            _ => None,
        }
    }

    fn part(&mut self, file: &Parsed, node: Node<'_>, whole: &Held) {
        self.add(file, node, FactKind::Sliced { of: whole.of.clone(), is_string: whole.is_string });
    }
}
