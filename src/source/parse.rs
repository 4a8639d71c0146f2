//! A parsed Go file, and walking it.

use super::facts::Place;
use super::heuristics::Heuristic;
use super::scopes::Scopes;
use std::path::Path;
use tree_sitter::{Node, Parser, Tree};

/// A larger file was not written by people.
const LARGEST: u64 = 4 << 20;

/// Characters shown of a line.
pub(super) const WIDEST: usize = 200;

/// Nor was one that is nested deeper; finding a node's parent costs as much as it is deep.
const DEEPEST: usize = 500;

/// One file with its syntax tree.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Its path as it is shown.
    pub(super) shown: String,
    /// Its text; bytes that are no UTF-8 replaced.
    pub(super) text: String,
    /// Its functions.
    pub(super) scopes: Scopes,
    tree: Tree,
    /// What is not to be made of it; nothing but in a measurement.
    pub(super) left_out: Vec<Heuristic>,
}

impl Parsed {
    /// Reads and parses a file; `None` if it is too large, unreadable or no Go.
    pub(super) fn read(path: &Path, shown: &str) -> Option<Parsed> {
        if path.metadata().ok()?.len() > LARGEST {
            return None;
        }
        Parsed::of(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned(), shown)
    }

    /// Parses a text.
    pub(super) fn of(text: String, shown: &str) -> Option<Parsed> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_go::LANGUAGE.into()).ok()?;
        let tree = parser.parse(text.as_bytes(), None)?;
        if depth_of(&tree) > DEEPEST {
            return None;
        }
        let scopes = Scopes::of(tree.root_node(), &text);
        Some(Parsed { shown: shown.to_owned(), text, scopes, tree, left_out: Vec::new() })
    }

    /// Whether a heuristic is left out.
    pub(super) fn lacks(&self, heuristic: Heuristic) -> bool {
        self.left_out.contains(&heuristic)
    }

    /// The root of its tree.
    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// The text of a node.
    pub(super) fn text_of(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// Where a node is.
    pub(super) fn place_of(&self, node: Node<'_>) -> Place {
        Place { file: self.shown.clone(), line: line_of(node) }
    }

    /// The first line of a statement, as it is shown.
    pub(super) fn first_line_of(&self, statement: Node<'_>) -> String {
        let first = self.text_of(statement).lines().next().unwrap_or_default();
        first.trim().chars().take(WIDEST).collect()
    }

    /// The text of a field of a node.
    pub(super) fn field_text(&self, node: Node<'_>, field: &str) -> &str {
        node.child_by_field_name(field).map_or("", |child| self.text_of(child))
    }

    /// The name in its package clause.
    pub(super) fn package_name(&self) -> &str {
        let clause = children(self.root()).into_iter().find(|node| node.kind() == "package_clause");
        clause.and_then(|clause| children(clause).into_iter().next()).map_or("", |name| self.text_of(name))
    }

    /// What it imports: the name it gives to a package, if any, and the package's path.
    pub(super) fn imports(&self) -> Vec<(Option<&str>, &str)> {
        let specs = children(self.root()).into_iter().filter(|node| node.kind() == "import_declaration");
        let specs = specs.flat_map(|declaration| all(declaration, &["import_spec"]));
        specs
            .map(|spec| {
                let name = Some(self.field_text(spec, "name")).filter(|name| !name.is_empty());
                (name, self.field_text(spec, "path").trim_matches(['"', '`']))
            })
            .collect()
    }

    /// How many lines it has.
    pub(super) fn line_count(&self) -> usize {
        self.text.lines().count()
    }
}

/// How deep a tree is nested.
fn depth_of(tree: &Tree) -> usize {
    let mut cursor = tree.walk();
    let (mut depth, mut deepest) = (0usize, 0usize);
    loop {
        if cursor.goto_first_child() {
            depth += 1;
            deepest = deepest.max(depth);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return deepest;
            }
            depth -= 1;
        }
    }
}

/// The line of a node, from 1.
pub(super) fn line_of(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX)
}

/// The last line of a node, from 1.
pub(super) fn last_line_of(node: Node<'_>) -> u32 {
    u32::try_from(node.end_position().row + 1).unwrap_or(u32::MAX)
}

/// Whether a node covers a line.
pub(super) fn covers(node: Node<'_>, line: u32) -> bool {
    (line_of(node)..=last_line_of(node)).contains(&line)
}

/// Visits a node and all below it, parents first; where `visit` says false, what is below is left out. Without
/// recursion, because source may be nested as deep as its author likes.
pub(super) fn walk<'t>(node: Node<'t>, visit: &mut dyn FnMut(Node<'t>) -> bool) {
    let mut cursor = node.walk();
    let mut depth = 0usize;
    loop {
        let inside = visit(cursor.node());
        if inside && cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        loop {
            if depth == 0 {
                return;
            }
            if cursor.goto_next_sibling() {
                break;
            }
            cursor.goto_parent();
            depth -= 1;
        }
    }
}

/// All nodes of some kinds below a node, in order, error-free ones only.
pub(super) fn all<'t>(node: Node<'t>, kinds: &[&str]) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    walk(node, &mut |node| {
        if kinds.contains(&node.kind()) && !node.is_error() {
            found.push(node);
        }
        true
    });
    found
}

/// The named children of a node.
pub(super) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// The expressions of a list, or the one expression.
pub(super) fn expressions<'t>(node: Option<Node<'t>>) -> Vec<Node<'t>> {
    match node {
        None => Vec::new(),
        Some(list) if list.kind() == "expression_list" => children(list),
        Some(one) => vec![one],
    }
}

/// The declared function that a profile's name means, and the function literal in it that holds the line.
pub(super) fn function_at<'t>(file: &'t Parsed, name: &str, line: u32) -> Result<Node<'t>, String> {
    if line as usize > file.line_count() {
        return Err(format!("it has {} lines, and the profile names line {line}", file.line_count()));
    }
    // The dots of type arguments divide nothing.
    let name = &name.replace("[...]", "");
    let bare = name.rsplit('/').next().unwrap_or(name);
    let bare = bare.split_once('.').map_or(bare, |(_, rest)| rest);
    let mut segments = bare.split('.');
    let first = segments.next().unwrap_or_default();
    let (receiver, function) = match first.strip_prefix('(') {
        Some(pointer) => {
            (Some(pointer.trim_start_matches('*').trim_end_matches(')')), segments.next().unwrap_or_default())
        }
        None => (None, first),
    };
    let mut rest: Vec<&str> = segments.collect();
    // `T.Method` of a value receiver looks like a function with a closure; the declarations tell.
    let plain = |text: &str| text.split(['[', '-']).next().unwrap_or(text).to_owned();
    let declared = all(file.root(), &["function_declaration", "method_declaration"]);
    let enclosing: Vec<Node<'_>> = declared.into_iter().filter(|node| covers(*node, line)).collect();
    let of_name = |node: &Node<'_>, receiver: Option<&str>, name: &str| {
        let of = receiver_type(file, *node);
        file.field_text(*node, "name") == plain(name) && of.as_deref() == receiver.map(plain).as_deref()
    };
    let mut found = enclosing.iter().find(|node| of_name(node, receiver, function)).copied();
    if found.is_none() && receiver.is_none() && !rest.is_empty() {
        found = enclosing.iter().find(|node| of_name(node, Some(function), rest[0])).copied();
        if found.is_some() {
            rest.remove(0);
        }
    }
    let is_closure = !rest.is_empty() || function.is_empty() || name.contains("-range");
    match found {
        Some(node) if !is_closure => Ok(node),
        // The lines of `f.func1` are those of a literal; a loop over a function, or the start of a `go`, is none.
        Some(node) => match innermost_literal(node, line) {
            None if is_literal(rest.first()) && !name.contains("-range") => {
                Err(format!("no function literal, as {bare} is, is at line {line}"))
            }
            literal => Ok(literal.unwrap_or(node)),
        },
        // Closures of package variables have no function around them, and inlined ones are named for the caller.
        None if is_closure || function == "init" => innermost_literal(file.root(), line)
            .or(enclosing.first().copied())
            .ok_or_else(|| missing(bare, line)),
        None => Err(missing(bare, line)),
    }
}

/// Whether a part of a name is that of a function literal: `func1`.
fn is_literal(segment: Option<&&str>) -> bool {
    let number = segment.and_then(|segment| segment.strip_prefix("func"));
    number.is_some_and(|number| !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()))
}

fn missing(function: &str, line: u32) -> String {
    format!("{function} is not at line {line}")
}

fn innermost_literal<'t>(node: Node<'t>, line: u32) -> Option<Node<'t>> {
    all(node, &["func_literal"]).into_iter().rfind(|node| covers(*node, line))
}

/// The type whose method a declaration is, without pointer and type parameters.
pub(super) fn receiver_type(file: &Parsed, node: Node<'_>) -> Option<String> {
    let receiver = node.child_by_field_name("receiver")?;
    let parameter = children(receiver).into_iter().next()?;
    Some(base_type(file.field_text(parameter, "type")).to_owned())
}

/// A type's name without pointer and type arguments: `registry` of `*registry[K, V]`.
pub(super) fn base_type(text: &str) -> &str {
    let text = text.trim().trim_start_matches('*');
    if text.starts_with('[') { text } else { text.split('[').next().unwrap_or(text).trim() }
}

const STATEMENTS: [&str; 13] = [
    "short_var_declaration",
    "assignment_statement",
    "var_declaration",
    "send_statement",
    "expression_statement",
    "go_statement",
    "defer_statement",
    "return_statement",
    "receive_statement",
    "inc_statement",
    "for_statement",
    "select_statement",
    "communication_case",
];

/// Statements that are not theirs who stand in them: what they themselves do is the expression in their head.
const HEADED: [(&str, &str); 4] = [
    ("if_statement", "condition"),
    ("expression_switch_statement", "value"),
    ("type_switch_statement", "value"),
    ("expression_case", "value"),
];

/// The innermost statement of a function at a line, or the condition there. A loop or a `select` counts only by its first line.
/// Of several on one line, the one that calls `callee`, a function's bare name.
pub(super) fn statement_at<'t>(
    file: &Parsed,
    function: Node<'t>,
    line: u32,
    callee: Option<&str>,
) -> Option<Node<'t>> {
    let body = function.child_by_field_name("body")?;
    let mut best: Option<(bool, bool, Node<'t>)> = None;
    let calls_it = |node: Node<'t>| {
        let calls = all(node, &["call_expression"]);
        callee.is_some_and(|callee| {
            calls.into_iter().any(|call| {
                let called = file.field_text(call, "function").split('[').next().unwrap_or_default();
                called.rsplit('.').next() == Some(callee)
            })
        })
    };
    walk(body, &mut |node| {
        if !covers(node, line) || (node.kind() == "func_literal" && line_of(node) < line) {
            // A literal that began on an earlier line is part of its statement unless it is the function itself.
            return node.kind() != "func_literal" && covers(node, line);
        }
        let is_block = ["for_statement", "select_statement", "communication_case"].contains(&node.kind());
        let is_statement = STATEMENTS.contains(&node.kind()) && (!is_block || line_of(node) == line);
        let head = HEADED.iter().find(|(kind, _)| *kind == node.kind());
        let head =
            head.and_then(|(_, field)| node.child_by_field_name(field)).filter(|head| covers(*head, line));
        if let Some(node) = if is_statement { Some(node) } else { head } {
            let calls = calls_it(node);
            let is_better = best.is_none_or(|(best_calls, best_is_statement, best)| {
                (calls, is_statement, best.byte_range().len())
                    >= (best_calls, best_is_statement, node.byte_range().len())
            });
            if is_better {
                best = Some((calls, is_statement, node));
            }
        }
        true
    });
    best.map(|(_, _, node)| node)
}

/// The function, declared or literal, that a node stands in.
pub(super) fn enclosing_function(node: Node<'_>) -> Option<Node<'_>> {
    nearest(node, &FUNCTIONS)
}

/// Functions, declared or literal.
const FUNCTIONS: [&str; 3] = ["func_literal", "function_declaration", "method_declaration"];

/// The innermost node of some kinds that a node stands in.
pub(super) fn nearest<'t>(node: Node<'t>, kinds: &[&str]) -> Option<Node<'t>> {
    std::iter::successors(node.parent(), Node::parent).find(|around| kinds.contains(&around.kind()))
}

/// Whether a node stands in a loop of its own function.
pub(super) fn in_loop(node: Node<'_>) -> bool {
    loop_around(node).is_some()
}

/// The innermost loop of its own function that a node stands in.
pub(super) fn loop_around(node: Node<'_>) -> Option<Node<'_>> {
    let [literal, function, method] = FUNCTIONS;
    let is_loop = |around: &Node<'_>| around.kind() == "for_statement";
    nearest(node, &["for_statement", literal, function, method]).filter(is_loop)
}
