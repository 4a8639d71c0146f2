//! Which function a node stands in, and what each declares: found in one walk, because a tree is asked upwards only at the
//! cost of all that stands before.

use super::parse::{children, expressions, walk};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use tree_sitter::Node;

/// The functions of a file, declared and literal, in the order of their starts.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    functions: Vec<Scope>,
    /// Places in `functions` by the ids of their nodes.
    places: HashMap<usize, usize>,
    /// Where functions and methods are declared, by their names.
    declared: BTreeMap<String, Vec<Range<usize>>>,
    /// Where types are declared, and variables outside of functions.
    types: Vec<Range<usize>>,
    globals: Vec<Range<usize>>,
}

/// What declares a function by a name.
const FUNCTIONS: [&str; 2] = ["function_declaration", "method_declaration"];

#[derive(Debug)]
struct Scope {
    range: Range<usize>,
    /// The function that this one stands in.
    around: Option<usize>,
    /// The variables declared in it, not in literals inside it.
    variables: BTreeSet<String>,
}

impl Scopes {
    /// Those of a file.
    pub(super) fn of(root: Node<'_>, text: &str) -> Scopes {
        let mut scopes = Scopes::default();
        let text_of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default().to_owned();
        walk(root, &mut |node| {
            let kind = node.kind();
            match kind {
                "function_declaration" | "method_declaration" | "func_literal" => {
                    let around = scopes.around(node);
                    let range = node.byte_range();
                    scopes.places.insert(node.id(), scopes.functions.len());
                    scopes.functions.push(Scope { range, around, variables: BTreeSet::new() });
                    if let Some(name) = node.child_by_field_name("name") {
                        scopes.declared.entry(text_of(name)).or_default().push(node.byte_range());
                    }
                }
                "type_spec" => scopes.types.push(node.byte_range()),
                "short_var_declaration" | "var_spec" | "range_clause" | "receive_statement" => {
                    let place = scopes.around(node);
                    if place.is_none() && kind == "var_spec" {
                        scopes.globals.push(node.byte_range());
                    }
                    if let Some(place) = place {
                        let names = match kind {
                            "var_spec" => {
                                children(node).into_iter().filter(|n| n.kind() == "identifier").collect()
                            }
                            _ => expressions(node.child_by_field_name("left")),
                        };
                        scopes.functions[place].variables.extend(names.into_iter().map(text_of));
                    }
                }
                _ => {}
            }
            true
        });
        scopes
    }

    /// The place of the innermost function that a node stands in; a function does not stand in itself, nor does what
    /// consists of nothing else.
    fn around(&self, node: Node<'_>) -> Option<usize> {
        let range = node.byte_range();
        let mut place =
            self.functions.partition_point(|function| function.range.start <= range.start).checked_sub(1);
        while let Some(at) = place {
            let function = &self.functions[at];
            if function.range.end >= range.end && function.range != range {
                return Some(at);
            }
            place = function.around;
        }
        None
    }

    /// The places of the functions that a node stands in, the innermost first.
    pub(super) fn places_around(&self, node: Node<'_>) -> impl Iterator<Item = usize> {
        std::iter::successors(self.around(node), |place| self.functions[*place].around)
    }

    /// Whether a node stands in a function, not in a literal inside it.
    pub(super) fn is_directly_in(&self, node: Node<'_>, function: Node<'_>) -> bool {
        self.around(node).is_some_and(|place| self.places.get(&function.id()) == Some(&place))
    }

    /// Whether two nodes stand in one function, or both in none.
    pub(super) fn are_together(&self, a: Node<'_>, b: Node<'_>) -> bool {
        self.around(a) == self.around(b)
    }

    /// Whether a function declares a variable of a name, not in literals inside it.
    pub(super) fn declares(&self, function: Node<'_>, name: &str) -> bool {
        let place = self.places.get(&function.id());
        place.is_some_and(|place| self.functions[*place].variables.contains(name))
    }

    /// The declarations of functions and methods of a name in the file with this root.
    pub(super) fn declarations<'t>(&self, root: Node<'t>, name: &str) -> Vec<Node<'t>> {
        nodes(root, self.declared.get(name).into_iter().flatten(), &FUNCTIONS)
    }

    /// The declarations of types in the file with this root.
    pub(super) fn types<'t>(&self, root: Node<'t>) -> Vec<Node<'t>> {
        nodes(root, self.types.iter(), &["type_spec"])
    }

    /// The declarations of variables outside of functions in the file with this root.
    pub(super) fn globals<'t>(&self, root: Node<'t>) -> Vec<Node<'t>> {
        nodes(root, self.globals.iter(), &["var_spec"])
    }
}

/// The nodes of some kinds at places in a tree.
fn nodes<'r, 't>(
    root: Node<'t>,
    places: impl Iterator<Item = &'r Range<usize>>,
    kinds: &[&str],
) -> Vec<Node<'t>> {
    let found = places.filter_map(|range| root.descendant_for_byte_range(range.start, range.end));
    found.filter(|node| kinds.contains(&node.kind())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse::{Parsed, all, enclosing_function};

    const TEXT: &str = "package p\n\nvar g = func() int { x := 1; return x }\n\nfunc f(k int) {\n\ta := func() { b := k; b++ }\n\tvar c, d = 1, 2\n\tfor e := range a { func() { for i := range e { func() { j := i }() } }() }\n\tselect { case h := <-a: h() }\n}\n\nfunc (t T) m() { f(1) }\n";

    #[test]
    fn nodes_stand_where_the_tree_says() {
        for text in [TEXT.to_owned(), TEXT.replace("}\n}", "}\n"), TEXT.replace("func f(k int) {", "func f(")]
        {
            let file = Parsed::of(text, "p.go").expect("it is parsed");
            let functions = all(file.root(), &["function_declaration", "method_declaration", "func_literal"]);
            let nodes = all(
                file.root(),
                &["identifier", "block", "func_literal", "expression_list", "call_expression", "var_spec"],
            );
            for node in nodes {
                let around = enclosing_function(node);
                assert_eq!(file.scopes.places_around(node).next().is_some(), around.is_some(), "{node:?}");
                for function in &functions {
                    let directly = around == Some(*function);
                    assert_eq!(
                        file.scopes.is_directly_in(node, *function),
                        directly,
                        "{node:?} in {function:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_function_declares_its_own_variables_only() {
        let file = Parsed::of(TEXT.to_owned(), "p.go").expect("it is parsed");
        let f = all(file.root(), &["function_declaration"])[0];
        let declared =
            |names: &[&str]| names.iter().map(|name| file.scopes.declares(f, name)).collect::<Vec<_>>();
        assert_eq!(declared(&["a", "c", "d", "e", "h"]), [true; 5]);
        assert_eq!(declared(&["b", "i", "j", "k", "x", "f", "g"]), [false; 7]);
        assert!(!file.scopes.declares(file.root(), "g"), "a file is no function");
        let declarations = |name| file.scopes.declarations(file.root(), name);
        assert_eq!((declarations("f"), declarations("a")), (vec![f], Vec::new()));
        assert_eq!(declarations("m")[0].kind(), "method_declaration");
        let text = "package p\n\nvar (\n\ta int\n\tb, c = 1, 2\n)\n\ntype T struct{}\n\ntype (\n\tU = T\n\tV[K any] []K\n)\n\n\
            func f() { var d int; type W int }\n";
        let file = Parsed::of(text.to_owned(), "p.go").expect("it is parsed");
        let texts = |nodes: Vec<_>| nodes.into_iter().map(|node| file.text_of(node)).collect::<Vec<_>>();
        assert_eq!(texts(file.scopes.globals(file.root())), ["a int", "b, c = 1, 2"]);
        assert_eq!(texts(file.scopes.types(file.root())), ["T struct{}", "V[K any] []K", "W int"]);
    }
}
