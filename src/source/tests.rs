//! Small made-up sources: what bounds a container, ends it, or takes out of it, and what waits and defers say.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use super::acquire::acquired;
use super::declared::{Package, World};
use super::facts::{Bound, Channel, Container, FactKind, Released};
use super::flow::Flow;
use super::parse::{Parsed, function_at, line_of, statement_at};
use super::waits::waits;

/// What is found at the line of a text that ends with `// here`, in the function named.
fn kinds(text: &str, function: &str) -> Vec<FactKind> {
    let file = Parsed::of(format!("package p\n{text}"), "p.go").expect("it is parsed");
    let line = file.text.lines().position(|line| line.ends_with("// here")).expect("it is marked") + 1;
    let line = u32::try_from(line).expect("it is short");
    let function = function_at(&file, &format!("p.{function}"), line).expect("it is there");
    let statement = statement_at(&file, function, line, None).expect("it is a statement");
    let package = Package::new(vec![&file], World::new());
    let mut found = waits(&package, &file, function, statement);
    found.extend(acquired(&package, &file, function, statement));
    let mut flow = Flow::new(package);
    flow.follow(&file, function, statement);
    found.extend(flow.facts.into_iter().map(|fact| fact.kind));
    assert!(line_of(statement) <= line);
    found
}

/// The container that the line marked puts something into, and whether it is appended.
fn container(text: &str, function: &str) -> (Container, bool) {
    let found = kinds(text, function);
    let container = found.iter().find_map(|kind| match kind {
        FactKind::MapEntry(container) => Some((container.clone(), false)),
        FactKind::Appended { container, .. } => Some((container.clone(), true)),
        FactKind::Stored { container, .. } => Some((container.clone(), false)),
        FactKind::PassedTo { container, .. } => Some((container.clone()?, false)),
        _ => None,
    });
    assert!(container.is_some(), "{found:?}");
    container.expect("there is one")
}

const ROOM: &str = "type Guest struct{ room string; log []string }\n\
    type Hotel struct{ guests map[string][]*Guest; seen []string; most int }\n\
    func (h *Hotel) Add(g *Guest) {\n\
    \th.guests[g.room] = append(h.guests[g.room], g) // here\n\
    }\n";

/// The lines at which something is taken out, counted behind `ROOM`.
fn taken(rest: &str) -> Vec<u32> {
    let (container, appended) = container(&format!("{ROOM}{rest}"), "(*Hotel).Add");
    assert!(appended, "{container:?}");
    container.shrinks.iter().map(|place| place.line - 6).collect()
}

#[test]
fn taking_out_through_a_variable_counts() {
    let leave = "func (h *Hotel) Leave(g *Guest) {\n";
    let cases = [
        "l := h.guests[g.room]\nh.guests[g.room] = append(l[:1], l[2:]...)\n}",
        "all := h.guests\ndelete(all, g.room)\n}",
        "l := h.guests[g.room]; l = l[1:]\nh.guests[g.room] = l[1:]\n}",
        "var rest []*Guest; for _, x := range h.guests[g.room] { if x != g { rest = append(rest, x) } }\nh.guests[g.room] = rest\n}",
        "rest := h.guests[g.room][:0]\nh.guests[g.room] = rest\n}",
        "l := h.guests[g.room]\nh.guests[g.room] = append([]*Guest(nil), l[len(l)-9:]...)\n}",
        "_ = g\nh.guests[g.room] = nil\n}",
        "_ = g\nh.guests[g.room] = without(h.guests[g.room], g)\n}\nfunc without(l []*Guest, g *Guest) []*Guest { return l[1:] }",
        "_ = g\nsweep(h.guests)\n}\nfunc sweep(m map[string][]*Guest) { for k := range m { delete(m, k) } }",
    ];
    for case in cases {
        assert_eq!(taken(&format!("{leave}{case}\n")), [3], "{case}");
    }
}

#[test]
fn what_takes_nothing_out_does_not_count() {
    let cases = [
        "func (h *Hotel) Read(g *Guest) int { l := h.guests[g.room]; return len(l[1:]) }",
        "func (h *Hotel) First() { if h.guests == nil { h.guests = make(map[string][]*Guest) } }",
        "func New() *Hotel { h := &Hotel{}; h.guests = make(map[string][]*Guest); return h }",
        "func (h *Hotel) Insert(g *Guest) { l := h.guests[g.room]; h.guests[g.room] = append(l[:1], append([]*Guest{g}, l[1:]...)...) }",
        "type Bar struct{ guests map[string]int }\nfunc (b *Bar) Leave(k string) { delete(b.guests, k) }",
        "func (h *Hotel) Local() { guests := map[string]int{}; delete(guests, \"a\") }",
    ];
    for case in cases {
        assert_eq!(taken(&format!("{case}\n")), Vec::<u32>::new(), "{case}");
    }
}

#[test]
fn a_slice_that_goes_through_a_variable_is_appended_to() {
    let text = "type T struct{ m map[string][]int }\nfunc (t *T) Add(k string, v int) {\n\
        \tl := append(t.m[k], v) // here\n\tt.m[k] = l\n}\n";
    let (container, appended) = container(text, "(*T).Add");
    assert!(appended && container.expression == "t.m", "{container:?}");
}

fn bound(body: &str) -> Option<Bound> {
    let text = format!(
        "type T struct{{ log []string; at map[int]string; page [9]*string; most, size int }}\n\
         func (t *T) Add(id int, s string) {{\n{body}\n}}\n\
         func (t *T) shrink() {{ t.log = t.log[1:]; delete(t.at, 1) }}\nfunc (t *T) tell() {{}}\n"
    );
    container(&text, "(*T).Add").0.bound
}

#[test]
fn conditions_on_the_length_bound() {
    let bounded = [
        "if len(t.log) < 20 {\nt.log = append(t.log, s) // here\n}",
        "if len(t.log) >= 20 { return }\nt.log = append(t.log, s) // here",
        "t.log = append(t.log, s) // here\nif len(t.log) > 20 { t.log = t.log[1:] }",
        "t.log = append(t.log, s) // here\nfor t.most < len(t.log) { t.shrink() }",
        "t.at[id] = s // here\nfor t.size > t.most { t.shrink() }",
        "if _, ok := t.at[id]; !ok && len(t.at) >= t.most { t.shrink() }\nt.at[id] = s // here",
    ];
    for body in bounded {
        assert!(matches!(bound(body), Some(Bound::Size { .. })), "{body}");
    }
    let unbounded = [
        "if len(t.log) > 0 { t.log = t.log[1:] }\nt.log = append(t.log, s) // here",
        "if len(t.log) >= 20 { t.tell() }\nt.log = append(t.log, s) // here",
        "if len(s) < 20 {\nt.log = append(t.log, s) // here\n}",
        "if len(t.log) < 20 || id > 3 {\nt.log = append(t.log, s) // here\n}",
        "if id > t.most { t.shrink() }\nt.log = append(t.log, s) // here",
    ];
    for body in unbounded {
        assert_eq!(bound(body), None, "{body}");
    }
}

#[test]
fn keys_arrays_and_lists_bound() {
    assert_eq!(bound("t.at[id%7] = s // here"), Some(Bound::Keys("id%7".to_owned())));
    assert_eq!(
        bound("slot := (id + 1) % t.most\nt.at[int(slot)] = s // here"),
        Some(Bound::Keys("(id + 1) % t.most".to_owned()))
    );
    assert_eq!(bound("t.at[id] = s // here"), None);
    assert_eq!(bound("t.page[id] = &s // here"), Some(Bound::Array));
    let cache = "type C struct{ order *list.List; at map[string]*list.Element }\nfunc (c *C) Put(k string) {\n\
        \tc.at[k] = c.order.PushFront(&entry{k}) // here\n}\n";
    let evicts =
        "func (c *C) evict() { e := c.order.Back(); c.order.Remove(e); delete(c.at, e.Value.(*entry).k) }\n";
    let kinds = kinds(&format!("{cache}{evicts}"), "(*C).Put");
    let is_bound = |kind: &FactKind| matches!(kind, FactKind::PassedTo { container: Some(c), .. } if matches!(c.bound, Some(Bound::LeastRecent(_))));
    assert!(kinds.iter().any(is_bound), "{kinds:?}");
    assert!(!super::tests::kinds(cache, "(*C).Put").iter().any(is_bound));
}

#[test]
fn short_slices_by_key_are_a_map_that_grows() {
    let text = "type T struct{ m map[string][]int }\nfunc (t *T) Add(k string, v int) {\n\tif len(t.m[k]) < 9 {\n\
        \t\tt.m[k] = append(t.m[k], v) // here\n\t}\n}\n";
    assert!(!container(text, "(*T).Add").1);
}

#[test]
fn a_container_goes_with_its_owner() {
    let text = "type part struct{ data []byte }\ntype Upload struct{ parts []part }\n\
        type Desk struct{ live map[int]*Upload }\n\
        func (u *Upload) Add(data []byte) {\n\tu.parts = append(u.parts, part{data}) // here\n}\n";
    assert_eq!(container(text, "(*Upload).Add").0.owner, None);
    let ends = format!("{text}func (d *Desk) End(id int) {{ delete(d.live, id) }}\n");
    let owner = container(&ends, "(*Upload).Add").0.owner.expect("there are many");
    assert_eq!((owner.name.as_str(), owner.held_by.as_str()), ("Upload", "live"));
    let inside = ends.replace(
        "type Upload struct{ parts []part }",
        "type Upload struct{ Parts }\ntype Parts struct{ parts []part }",
    );
    let inside = inside.replace("func (u *Upload) Add", "func (u *Parts) Add");
    assert!(container(&inside, "(*Parts).Add").0.owner.is_some());
}

#[test]
fn a_timer_that_sets_itself_keeps_the_owner() {
    let text = "type Upload struct{ parts []string; beat *time.Timer }\ntype Desk struct{ live map[int]*Upload }\n\
        func (d *Desk) End(id int) { delete(d.live, id) }\n\
        func (u *Upload) Add(data string) {\n\tu.parts = append(u.parts, data) // here\n}\n\
        func (u *Upload) tick() {\n\tu.beat = time.AfterFunc(9, u.tick)\n}\n";
    let has_timer = |text: &str| {
        let is_timer = |kind: &FactKind| matches!(kind, FactKind::Acquired { release: "Stop", .. });
        kinds(text, "(*Upload).Add").iter().any(is_timer)
    };
    assert!(has_timer(text));
    let ends =
        ["func (u *Upload) tick() {\n\tif u.done { return }\n", "func (u *Upload) tick() { u.beat.Stop()\n"];
    assert!(ends.iter().all(|end| !has_timer(&text.replace("func (u *Upload) tick() {\n", end))));
    assert!(!has_timer(&text.replace("AfterFunc(9, u.tick)", "AfterFunc(9, u.other)")));
}

#[test]
fn a_value_is_not_kept_by_its_own_field() {
    let text = "type S struct{ log []string; hub *H }\ntype H struct{ all []*S }\n\
        func open(hub *H) *S {\n\ts := &S{hub: hub} // here\n\ts.note(s)\n\treturn s\n}\n\
        func (x *S) note(s *S) { s.log = append(s.log, s.name()); s.hub.all = append(s.hub.all, s) }\n";
    let kept: Vec<String> = kinds(text, "open")
        .into_iter()
        .filter_map(|kind| match kind {
            FactKind::Appended { container, .. } => Some(container.expression),
            _ => None,
        })
        .collect();
    assert_eq!(kept, ["s.hub.all"]);
}

#[test]
fn a_part_of_a_string_field_is_a_string() {
    let text = "type Order struct{ Note string; Raw []byte }\ntype P struct{ notes map[int]string }\n\
        func (p *P) keep(o *Order) {\n\to = decode(o) // here\n\tp.notes[1] = o.PART[:40]\n}\n";
    for (field, expected) in [("Note", true), ("Raw", false)] {
        let kinds = kinds(&text.replace("PART", field), "(*P).keep");
        let is_it =
            |kind: &FactKind| matches!(kind, FactKind::Sliced { is_string, .. } if *is_string == expected);
        assert!(kinds.iter().any(is_it), "{kinds:?}");
    }
}

#[test]
fn what_is_closed_by_a_defer_in_its_loop_is_kept() {
    let deferred = |body: &str| {
        let kinds = kinds(&format!("func run(names []string) {{\n{body}\n}}\n"), "run");
        kinds.iter().any(|kind| matches!(kind, FactKind::Acquired { released: Released::DeferredInLoop, .. }))
    };
    assert!(deferred(
        "for _, n := range names {\nz, err := open(n) // here\nif err != nil { continue }\ndefer z.Close()\n}"
    ));
    assert!(deferred("for _, n := range names {\nz := open(n) // here\ndefer func() { z.Close() }()\n}"));
    assert!(deferred(
        "for _, n := range names {\nz, _ := os.Open(n) // here\ndefer func() { z.Close() }()\n}"
    ));
    assert!(!deferred("for _, n := range names {\nz := open(n) // here\nz.Close()\n}"));
    assert!(!deferred("for _, n := range names { func() {\nz := open(n) // here\ndefer z.Close()\n}() }"));
    assert!(!deferred("z := open(names) // here\nfor range names { defer z.Close() }"));
}

#[test]
fn what_a_variable_takes_in_goes_where_it_goes() {
    let text =
        "func open() *Log {\n\tl := &Log{}\n\tl.lines.Buffer(make([]byte, 9), 9) // here\n\treturn l\n}\n";
    let file = Parsed::of(format!("package p\n{text}"), "p.go").expect("it is parsed");
    let function = function_at(&file, "p.open", 4).expect("it is there");
    let statement = statement_at(&file, function, 4, None).expect("it is a statement");
    assert!(Flow::new(Package::new(vec![&file], World::new())).follow(&file, function, statement));
}

#[test]
fn a_channel_parameter_is_the_channel_given() {
    let text = "func best() { first := make(chan int); go ask(first) }\n\
        func ask(out chan<- int) {\n\tout <- 1 // here\n}\n";
    let kinds = kinds(text, "ask");
    let room = kinds.iter().find_map(|kind| match kind {
        FactKind::WaitsToSend(Channel { capacity, .. }) => capacity.as_deref(),
        _ => None,
    });
    assert_eq!(room, Some("0"), "{kinds:?}");
}

#[test]
fn a_select_tells_of_timers_and_of_contexts_without_end() {
    let select = |text: &str| {
        let kinds = kinds(text, "watch");
        kinds.into_iter().find_map(|kind| match kind {
            FactKind::WaitsInSelect { has_timeout, never_done, .. } => {
                Some((has_timeout, never_done.is_some()))
            }
            _ => None,
        })
    };
    let watch =
        "func watch(ctx context.Context) {\n\tselect { // here\n\tcase <-in:\n\tcase <-ctx.Done():\n\t}\n}\n";
    let open = |with: &str| format!("{watch}func open(ctx context.Context) {{ go watch({with}) }}\n");
    assert_eq!(select(&open("context.Background()")), Some((false, true)));
    assert_eq!(select(&open("ctx")), Some((false, false)));
    let timed =
        "func watch() {\n\tt := time.After(9)\n\tselect { // here\n\tcase <-in:\n\tcase <-t:\n\t}\n}\n";
    assert_eq!(select(timed), Some((true, false)));
}

#[test]
fn a_literal_is_at_its_line() {
    let text = "package main\n\nfunc main() {\n\tx := 1\n\tgo func() {\n\t\tx++\n\t}()\n}\n";
    let file = Parsed::of(text.to_owned(), "main.go").expect("it is parsed");
    let at = |name: &str, line| function_at(&file, name, line);
    assert!(at("main.main.func1", 6).is_ok_and(|node| node.kind() == "func_literal"));
    assert!(
        at("main.main", 4).is_ok() && at("main.main.gowrap1", 5).is_ok() && at("main.main-range1", 4).is_ok()
    );
    assert!(at("main.main.func1", 4).is_err() && at("main.main.func1.2", 4).is_err());
}

#[test]
fn what_is_put_back_is_no_chain() {
    let chain = |value: &str| {
        let text = format!(
            "type B struct{{ users []*user }}\nfunc (b *B) put(i int) {{\n\tp := b.users[i]\n\tif p == nil {{\n\
             \t\tp = new(user) // here\n\t\tb.users[i] = {value}\n\t}}\n}}\n"
        );
        let kinds = kinds(&text, "(*B).put");
        kinds.iter().any(|kind| matches!(kind, FactKind::Stored { links_previous: true, .. }))
    };
    assert!(!chain("p") && chain("&user{next: p}"));
}

#[test]
fn what_stands_in_a_condition_is_a_statement_too() {
    for head in ["if 3 < <-ch { // here", "switch <-ch { // here"] {
        let found = kinds(&format!("func run(ch chan int) {{\n\t{head}\n\t}}\n}}\n"), "run");
        assert!(matches!(found[..], [FactKind::WaitsToReceive { .. }]), "{head}: {found:?}");
    }
    // Of a line with both, the statement before the condition is the one that makes something.
    let found = kinds("func run(ch chan int) {\n\tif n := 3; n < <-ch { // here\n\t}\n}\n", "run");
    assert!(found.is_empty(), "{found:?}");
    // What a condition only looks at was made before it.
    let made = "var all [][]byte\nfunc keep() {\n\tif one := make([]byte, 9); one != nil { // here\n\t\tall = append(all, one)\n\t}\n}\n";
    let found = kinds(made, "keep");
    assert!(matches!(found[..], [FactKind::Appended { .. }]), "{found:?}");
}

#[test]
fn the_element_of_a_list_keeps_what_is_in_it() {
    let found = kinds(
        "type lru struct { order *list.List; items map[string]*list.Element; most int }\n\
         func (c *lru) Add(key string) {\n\tvalue := make([]byte, 9) // here\n\t\
         c.items[key] = c.order.PushFront(value)\n\tfor c.order.Len() > c.most {\n\t\tc.order.Remove(c.order.Back())\n\t}\n}\n",
        "(*lru).Add",
    );
    let map = found.iter().find_map(|kind| match kind {
        FactKind::MapEntry(container) => Some(container),
        _ => None,
    });
    assert!(map.is_some_and(|map| map.bound.is_none() && map.shrinks.is_empty()), "{found:?}");
}
