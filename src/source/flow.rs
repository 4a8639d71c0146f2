//! Where a value goes: along a function, into functions it is handed to, and back to the caller it is returned to.

use super::acquire::acquired;
use super::declared::{Package, first_name, last_name};
use super::facts::{Fact, FactKind, Place, Scope};
use super::heuristics::Heuristic;
use super::parse::{Parsed, all, children, expressions};
use super::values::{
    Held, declares_around, is_append, is_made, links, made_by, mentions, mentions_name, mentions_text, pairs,
    parameter_names,
};
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Statements of one function that are read; longer functions were not written by people.
const MOST_STATEMENTS: usize = 400;
/// More findings than this say nothing more.
const MOST_FACTS: usize = 24;
/// Times a function is read over, until nothing new is found.
const ROUNDS: usize = 3;
/// Statements are quoted up to so many characters.
const QUOTED: usize = 120;

/// Methods of `sync.Map` that keep what they are given, and give something else back.
const KEEPERS: [&str; 2] = ["LoadOrStore", "Swap"];

/// Those of `list.List` that keep it in an element, and give that back.
pub(super) const LINKERS: [&str; 4] = ["PushBack", "PushFront", "InsertBefore", "InsertAfter"];

/// Methods that put what they are given, or read, into their receiver.
const FILLERS: [&str; 6] = ["ReadFrom", "Write", "WriteString", "WriteByte", "WriteRune", "Grow"];

/// Calls that put what they read into what their last argument points to.
const DECODERS: [&str; 4] = ["Decode", "Unmarshal", "UnmarshalRead", "DecodeElement"];

/// Functions that write into their first argument.
const PRINTERS: [&str; 7] =
    ["fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "io.Copy", "io.CopyBuffer", "io.CopyN", "io.WriteString"];

/// One function that the value is in, and the variables that hold it.
pub(super) struct Flow<'t> {
    pub(super) package: Package<'t>,
    pub(super) facts: Vec<Fact>,
    /// Functions that were entered with the value in some of their parameters, and how they return it.
    pub(super) entered: BTreeMap<(String, usize, String), Option<Held>>,
    /// How the function returns it: as a part, if any of its results is one.
    pub(super) returned: Option<Held>,
    /// How the function that was called returned it; `None` if it is made here.
    given: Option<Held>,
    /// How many functions deep the value was followed.
    pub(super) depth: usize,
    /// How many expressions deep the reading is.
    pub(super) nesting: usize,
}

impl<'t> Flow<'t> {
    pub(super) fn new(package: Package<'t>, given: Option<Held>) -> Flow<'t> {
        let entered = BTreeMap::new();
        Flow { package, facts: Vec::new(), entered, returned: None, given, depth: 0, nesting: 0 }
    }

    /// Follows what a statement makes, or is given by what it calls; says how it is returned.
    pub(super) fn follow(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
    ) -> Option<Held> {
        let mut held: BTreeMap<String, Held> = BTreeMap::new();
        self.returned = None;
        self.filled(file, function, statement, &mut held);
        match statement.kind() {
            "return_statement" => self.returned = Some(self.given.clone().unwrap_or_default()),
            "short_var_declaration" | "assignment_statement" | "var_declaration" => {
                // A variable that is declared and escapes is the value itself.
                for spec in all(statement, &["var_spec"]) {
                    if spec.child_by_field_name("value").is_none() {
                        let names = children(spec).into_iter().filter(|node| node.kind() == "identifier");
                        held.extend(names.map(|name| (file.text_of(name).to_owned(), Held::default())));
                    }
                }
                for (left, right) in pairs(file, statement) {
                    let method = last_name(file.field_text(right, "function"));
                    if (KEEPERS.contains(&method) || LINKERS.contains(&method))
                        && !file.lacks(Heuristic::Keepers)
                    {
                        self.handed(file, function, statement, right, &BTreeMap::new(), true);
                    }
                    let made = self.made(file, right);
                    let text = file.text_of(left);
                    if left.kind() == "identifier"
                        && declares_around(file, function, text)
                        && !is_append(file, left, right)
                    {
                        held.insert(text.to_owned(), made);
                    } else {
                        self.kept(file, function, statement, (left, right), &made, &mut held);
                    }
                }
            }
            "send_statement" => self.sent(file, function, statement, self.given_cut()),
            "communication_case" => {
                for send in all(statement, &["send_statement"]).into_iter().take(1) {
                    self.sent(file, function, send, self.given_cut());
                }
            }
            "expression_statement" | "go_statement" | "defer_statement" => {
                for call in all(statement, &["call_expression"]).into_iter().take(2) {
                    self.handed(file, function, statement, call, &BTreeMap::new(), true);
                }
            }
            _ => {}
        }
        self.along(file, function, &mut held);
        self.returned.take()
    }

    /// The value that an expression gives: what the function that it calls returned, if that is a part, else what it makes.
    pub(super) fn made(&self, file: &Parsed, expression: Node<'_>) -> Held {
        let part = self.given.clone().filter(|given| self.depth == 0 && given.cut.is_some());
        part.unwrap_or_else(|| made_by(file, expression))
    }

    fn given_cut(&self) -> Option<Place> {
        self.given.as_ref()?.cut.clone()
    }

    /// A context that carries the value keeps it until it is cancelled.
    fn put_into_context(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        held: &BTreeMap<String, Held>,
    ) {
        let carries = |call: Node<'t>| {
            !file.lacks(Heuristic::CarriedByContext)
                && file.field_text(call, "function") == "context.WithValue"
                && call.child_by_field_name("arguments").is_some_and(|given| mentions(file, given, held))
        };
        if all(statement, &["call_expression"]).into_iter().any(carries) {
            for kind in acquired(&self.package, file, function, statement) {
                self.add(file, statement, kind);
            }
        }
    }

    /// Follows the parameters of a function, which escape where the profile names its own line; says how one is returned.
    pub(super) fn follow_parameters(&mut self, file: &'t Parsed, function: Node<'t>) -> Option<Held> {
        let names = parameter_names(file, function).into_iter();
        let mut held = names.map(|name| (name, Held::default())).collect();
        self.returned = None;
        self.along(file, function, &mut held);
        self.returned.take()
    }

    /// Variables that a statement's calls fill, by their address, as receivers or as writers: `io.Copy(&page, r)`,
    /// `decoder.Decode(&event)`, `page.ReadFrom(r)`, `fmt.Fprintf(page, "%s", text)`.
    fn filled(
        &self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        held: &mut BTreeMap<String, Held>,
    ) {
        let calls = all(statement, &["call_expression"]);
        for call in calls.into_iter().filter(|call| file.scopes.is_directly_in(*call, function)) {
            let callee = file.field_text(call, "function");
            let arguments = call.child_by_field_name("arguments").map(children).unwrap_or_default();
            let addressed = arguments
                .iter()
                .filter_map(|argument| file.text_of(*argument).strip_prefix('&'))
                .filter(|_| !file.lacks(Heuristic::Addressed));
            let receiver = callee
                .rsplit_once('.')
                .filter(|(_, name)| FILLERS.contains(name) && !file.lacks(Heuristic::Fillers))
                .map(|(of, _)| of);
            let decoded = arguments
                .last()
                .filter(|_| {
                    callee.rsplit('.').next().is_some_and(|name| DECODERS.contains(&name))
                        && !file.lacks(Heuristic::Decoders)
                })
                .map(|argument| file.text_of(*argument));
            // A writer that was given to the function is not what is allocated.
            let printed = arguments
                .first()
                .filter(|_| PRINTERS.contains(&callee) && !file.lacks(Heuristic::Printers))
                .map(|argument| file.text_of(*argument))
                .filter(|text| file.scopes.declares(function, text));
            for text in addressed.chain(receiver).chain(decoded).chain(printed) {
                let name = first_name(text);
                if !text.contains('{') && declares_around(file, function, name) {
                    held.entry(name.to_owned()).or_insert_with(|| self.made(file, call));
                }
            }
        }
    }

    /// Reads a function until nothing new is found about the variables that hold the value.
    pub(super) fn along(&mut self, file: &'t Parsed, function: Node<'t>, held: &mut BTreeMap<String, Held>) {
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
                self.step(file, function, *statement, held);
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
    ) {
        match statement.kind() {
            "short_var_declaration" | "assignment_statement" | "var_declaration" => {
                self.put_into_context(file, function, statement, held);
                // `n += v` calculates or copies, and keeps nothing of what it is given but a new key on its left.
                let assigns = ["", "="].contains(&file.field_text(statement, "operator"));
                for (left, right) in pairs(file, statement) {
                    let text = file.text_of(left);
                    let key = left.child_by_field_name("index").filter(|_| left.kind() == "index_expression");
                    let given =
                        Some(right).filter(|_| assigns).and_then(|right| self.carries(file, right, held));
                    let Some(value) = given.or_else(|| self.carries(file, key?, held)) else {
                        continue;
                    };
                    if left.kind() == "identifier" && declares_around(file, function, text) {
                        held.entry(text.to_owned()).or_insert(value);
                    } else if text != "_" {
                        self.kept(file, function, statement, (left, right), &value, held);
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
                if let Some(value) = value.and_then(|value| self.carries(file, value, held)) {
                    self.sent(file, function, statement, value.cut);
                }
            }
            "return_statement" if file.scopes.is_directly_in(statement, function) => {
                let values = children(statement).into_iter().flat_map(|list| expressions(Some(list)));
                for value in values {
                    let carried = self.carries(file, value, held);
                    let is_part = |held: &Held| held.cut.is_some();
                    if !self.returned.as_ref().is_some_and(is_part) {
                        self.returned = carried.or(self.returned.take());
                    }
                }
            }
            "call_expression" => self.handed(file, function, statement, statement, held, false),
            _ => {}
        }
    }

    pub(super) fn add(&mut self, file: &Parsed, statement: Node<'_>, kind: FactKind) {
        self.add_kept(file, statement, kind, None);
    }

    /// Adds what keeps a value, which may be a part of a whole.
    pub(super) fn add_kept(
        &mut self,
        file: &Parsed,
        statement: Node<'_>,
        kind: FactKind,
        cut: Option<Place>,
    ) {
        let mut quoted = file.text_of(statement).split_whitespace().collect::<Vec<_>>().join(" ");
        if quoted.chars().count() > QUOTED {
            quoted = quoted.chars().take(QUOTED).chain(['…']).collect();
        }
        let place = file.place_of(statement);
        let fact = Fact { place, statement: quoted, kind, cut };
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    fn sent(&mut self, file: &'t Parsed, function: Node<'t>, statement: Node<'t>, cut: Option<Place>) {
        let channel = file.field_text(statement, "channel");
        let channel = self.package.channel(file, function, channel);
        self.add_kept(file, statement, FactKind::Sent(channel), cut);
    }

    /// What assigning to something else than a variable of the function means.
    fn kept(
        &mut self,
        file: &'t Parsed,
        function: Node<'t>,
        statement: Node<'t>,
        (left, right): (Node<'t>, Node<'t>),
        value: &Held,
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
        let made_here = !file.lacks(Heuristic::MadeHere)
            && file.scopes.declares(function, root)
            && is_made(file, function, root);
        if made_here && root != text {
            if mentions_name(file, right, root) {
                held.entry(format!("{root} cyclic")).or_default();
            }
            held.entry(root.to_owned()).or_insert_with(|| value.clone());
            return;
        }
        // What holds the value, or is it, goes when the value goes: a field of its own cannot be what keeps it. What such
        // a field points to may be there for longer.
        if root != text
            && !file.lacks(Heuristic::OwnFields)
            && held.contains_key(root)
            && target.matches('.').count() == 1
        {
            return;
        }
        let container = self.package.container(file, function, target);
        if in_map && container.scope == Scope::Local {
            held.entry(root.to_owned()).or_insert_with(|| value.clone());
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
        self.add_kept(file, statement, kind, value.cut.clone());
    }

    pub(super) fn holds(&self, file: &Parsed, node: Node<'_>, held: &BTreeMap<String, Held>) -> bool {
        match node.kind() {
            "identifier" => held.contains_key(file.text_of(node)),
            "unary_expression"
            | "composite_literal"
            | "func_literal"
            | "selector_expression"
            | "slice_expression"
            | "index_expression" => mentions(file, node, held) && file.field_text(node, "operator") != "<-",
            _ => false,
        }
    }
}
