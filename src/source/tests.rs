//! Small made-up sources: what takes out of a container, and what waits and defers say.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use super::acquire::acquired;
use super::contexts::lost_cancels;
use super::declared::{Package, World};
use super::facts::{Channel, Container, Fact, FactKind, Released};
use super::flow::Flow;
use super::parse::{Parsed, function_at, line_of, statement_at};
use super::waits::waits;

/// What is found at the line of a text that ends with `// here`, in the function named.
fn kinds(text: &str, function: &str) -> Vec<FactKind> {
    facts(text, function).into_iter().map(|fact| fact.kind).collect()
}

/// The same with the places.
fn facts(text: &str, function: &str) -> Vec<Fact> {
    let file = Parsed::of(format!("package p\n{text}"), "p.go").expect("it is parsed");
    let line = file.text.lines().position(|line| line.ends_with("// here")).expect("it is marked") + 1;
    let line = u32::try_from(line).expect("it is short");
    let function = function_at(&file, &format!("p.{function}"), line).expect("it is there");
    let statement = statement_at(&file, function, line, None).expect("it is a statement");
    let package = Package::new(vec![&file], World::new());
    let kinds = waits(&package, &file, function, statement);
    let cancels = lost_cancels(&package, &file, function, &kinds);
    let acquired = acquired(&package, &file, function, statement);
    let mut flow = Flow::new(package, None);
    flow.follow(&file, function, statement);
    assert!(line_of(statement) <= line);
    let here = |kind| Fact { place: file.place_of(statement), statement: String::new(), kind, cut: None };
    let first = kinds.into_iter().map(here).chain(cancels);
    first.chain(acquired.into_iter().map(here)).chain(flow.facts).collect()
}

/// The lines of what keeps a part, each with that of the cut, from the line marked on.
fn kept_parts(body: &str) -> Vec<(u32, u32)> {
    let ledger = "type Ledger struct{ booked map[string]bool; recent [500]string; at int; last *Entry }\n\
        type Entry struct{ id, rest string }\n\
        func (l *Ledger) Book(b []byte) {\n\
        \treport := string(b) // here\n";
    let found = facts(&format!("{ledger}{body}}}\n"), "(*Ledger).Book");
    found.iter().filter_map(|fact| Some((fact.place.line - 5, fact.cut.as_ref()?.line - 5))).collect()
}

#[test]
fn each_part_is_followed_to_what_keeps_it() {
    let two_parts = "\tid, _, _ := strings.Cut(report, \";\")\n\
        \tl.recent[l.at%500] = report[len(report)/2:]\n\
        \tif l.booked[id] {\n\t\treturn\n\t}\n\
        \tl.booked[id] = true\n";
    assert_eq!(kept_parts(two_parts), [(2, 2), (6, 1)]);
    assert_eq!(kept_parts("\tl.last = &Entry{id: report[:8]}\n"), [(1, 1)]);
    assert_eq!(kept_parts("\tid := report[:8]\n\te := Entry{id: id}\n\tl.last = &e\n"), [(3, 1)]);
    // Both halves are all of it, and whoever keeps the whole does not keep it for a part.
    assert_eq!(kept_parts("\tl.last = &Entry{id: report[:8], rest: report[8:]}\n"), []);
    assert_eq!(kept_parts("\tid := report[:8]\n\tl.last = &Entry{id, report}\n"), []);
}

#[test]
fn a_part_that_a_function_returns_is_followed_to_what_keeps_it() {
    let reader = "type Hub struct{ peers [][]byte; last *Frame }\n\
        type Frame struct{ id []byte }\n\
        func id(frame []byte) []byte {\n\tif len(frame) < 8 {\n\t\treturn frame\n\t}\n\treturn frame[:8]\n}\n\
        func (h *Hub) take(n int) {\n\tframe := make([]byte, n) // here\n";
    let cuts = |rest: &str| -> Vec<Option<u32>> {
        let found = facts(&format!("{reader}{rest}}}\n"), "(*Hub).take");
        let kept = found.into_iter().filter(|fact| fact.kind.keeps());
        kept.map(|fact| Some(fact.cut?.line)).collect()
    };
    assert_eq!(cuts("\th.peers = append(h.peers, id(frame))\n"), [Some(8)]);
    assert_eq!(cuts("\tkey := id(frame)\n\th.last = &Frame{id: key}\n"), [Some(8)]);
    assert_eq!(cuts("\t_ = id(frame)\n\th.peers = append(h.peers, frame)\n"), [None]);
}

#[test]
fn a_pointer_to_one_element_keeps_all() {
    let cut = |rest: &str| {
        let text = "type Pick struct{ best *Offer; known map[string]*Offer }\n\
            type Offer struct{ id string; price int }\n\
            func (p *Pick) choose(n int) {\n\toffers := make([]Offer, n) // here\n";
        let found = facts(&format!("{text}{rest}}}\n"), "(*Pick).choose");
        let kept = found.into_iter().find(|fact| fact.kind.keeps()).expect("it is kept");
        kept.cut.map(|place| place.line)
    };
    assert_eq!(cut("\tp.best = &offers[0]\n"), Some(6));
    assert_eq!(cut("\tone := &offers[n/2]\n\tp.known[one.id] = one\n"), Some(6));
    let all = "\tfor i := range offers {\n\t\tp.known[offers[i].id] = &offers[i]\n\t}\n";
    assert_eq!(cut(all), None, "all of them are kept");
    let some = "\tfor i := range offers {\n\t\tif offers[i].price > 9 {\n\t\t\tp.known[offers[i].id] = &offers[i]\n\t\t}\n\t}\n";
    assert_eq!(cut(some), Some(8));
    let one = "\tfor i := range offers {\n\t\to := &offers[i]\n\t\tif o.price > 9 {\n\t\t\tp.known[o.id] = o\n\t\t}\n\t}\n";
    assert_eq!(cut(one), Some(7));
    let each = "\tfor i := range offers {\n\t\to := &offers[i]\n\t\tp.known[o.id] = o\n\t}\n";
    assert_eq!(cut(each), None);
}

#[test]
fn a_number_keeps_nothing_of_what_it_is_read_from() {
    let kept = |rest: &str| {
        let text = "type Stock struct{ shelf map[string]int; names map[string]bool }\n\
            type pick struct{ amount int; name string }\n\
            func (s *Stock) plan(n int) {\n\tp := &pick{amount: n} // here\n";
        let found = facts(&format!("{text}{rest}}}\n"), "(*Stock).plan");
        found.iter().filter(|fact| fact.kind.keeps()).count()
    };
    assert_eq!(kept("\ts.shelf[\"a\"] = p.amount\n"), 0);
    assert_eq!(kept("\ts.shelf[\"a\"] += p.amount\n"), 0);
    assert_eq!(kept("\ts.shelf[p.name] += 1\n"), 1, "a new key is kept");
    assert_eq!(kept("\ts.names[p.name] = true\n"), 1);
}

/// Whether the whole that a part is cut out of is a string.
fn is_cut_from_string(text: &str) -> bool {
    let found = kinds(&format!("type Shop struct{{ last []string; body string }}\n{text}"), "keep");
    let cut = |kind| if let FactKind::Sliced { is_string, .. } = kind { Some(is_string) } else { None };
    found.into_iter().find_map(cut).expect("a part is cut")
}

#[test]
fn a_part_of_a_string_is_distinguished_from_one_of_bytes() {
    for made in [
        "fmt.Sprintf(\"%d\", n) + strings.Repeat(\"x\", n)",
        "beacon(n)",
        "string(beacon2(n))",
        "\"id\" + s.body",
        "hex.EncodeToString(b)",
        "(b.String())",
        "strings.ToUpper(s.body)[1:]",
        "title",
        "s.body + title",
        "strings.Fields(title)[0]",
    ] {
        let text = format!(
            "func beacon(n int) string {{ return \"\" }}\nfunc beacon2(n int) []byte {{ return nil }}\n\
             func keep(s *Shop, n int, title string) {{\n\twhole := {made} // here\n\
             \ts.last = append(s.last, whole[3:5])\n}}\n"
        );
        assert!(is_cut_from_string(&text), "{made}");
    }
    for made in ["os.ReadFile(p)", "beacon2(n)", "[]byte(title)", "make([]byte, n)", "strings.Fields(title)"]
    {
        let text = format!(
            "func beacon2(n int) []byte {{ return nil }}\n\
             func keep(s *Shop, n int, title string) {{\n\twhole := {made} // here\n\
             \ts.last = append(s.last, whole[3:5])\n}}\n"
        );
        assert!(!is_cut_from_string(&text), "{made}");
    }
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
fn what_is_put_into_a_field_that_nothing_reads_is_not_given_back() {
    let is_never = |made: &str, rest: &str| {
        let text = format!(
            "type Stay struct{{ expiry *time.Timer; Done *time.Timer }}\n\
             func (s *Stay) begin() {{\n\t{made} // here\n}}\n\
             {rest}\n"
        );
        let kinds = kinds(&text, "(*Stay).begin");
        kinds.iter().any(|kind| matches!(kind, FactKind::Acquired { released: Released::Never, .. }))
    };
    for made in ["s.expiry = time.AfterFunc(d, finish)", "open = &Stay{expiry: time.NewTimer(d)}"] {
        assert!(is_never(made, ""), "{made}");
        assert!(is_never(made, "func (s *Stay) again() { s.expiry = nil }"), "{made}");
        assert!(!is_never(made, "func (s *Stay) end() { s.expiry.Stop() }"), "{made}");
        assert!(!is_never(made, "func (s *Stay) end() { t := s.expiry; stop(t) }"), "{made}");
    }
    let exported = "s.Done = time.AfterFunc(d, finish)";
    assert!(!is_never(exported, ""), "another package may stop it");
    let context = "s.ctx, s.stop = context.WithCancel(all)";
    assert!(
        !is_never(context, "func (s *Stay) end() { s.stop() }"),
        "whether the context is read does not matter"
    );
    assert!(is_never(context, "func (s *Stay) end() { <-s.ctx.Done() }"));
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
fn a_context_whose_cancel_is_thrown_away_never_ends() {
    let lost = |make: &str| {
        let text = format!(
            "func (h *hub) watch(ctx context.Context) {{\n\tfor {{\n\t\tselect {{ // here\n\t\tcase <-tick.C:\n\
             \t\tcase <-ctx.Done():\n\t\t\treturn\n\t\t}}\n\t}}\n}}\n\
             func (h *hub) open(ctx context.Context) {{\n\t{make}\n\tgo h.watch(ctx)\n}}\n"
        );
        let kinds = kinds(&text, "(*hub).watch");
        kinds.iter().any(|kind| matches!(kind, FactKind::Acquired { released: Released::Never, .. }))
    };
    assert!(lost("ctx, _ = context.WithCancel(ctx)"));
    assert!(lost("ctx, cancel := context.WithCancel(ctx)\n\t_ = cancel"));
    assert!(!lost("ctx, cancel := context.WithCancel(ctx)\n\th.cancel = cancel"));
    assert!(!lost("ctx, _ = context.WithTimeout(ctx, time.Minute)"), "it ends by itself");
    assert!(!lost(""));
    let literal = "func open() {\n\tctx, _ := context.WithCancel(base)\n\tgo func() {\n\t\t<-ctx.Done() // here\n\t}()\n}\n";
    let kinds = kinds(literal, "open.func1");
    assert!(matches!(kinds[..], [FactKind::WaitsToReceive { .. }, FactKind::Acquired { .. }]), "{kinds:?}");
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
    assert!(map.is_some_and(|map| map.shrinks.is_empty()), "{found:?}");
}

#[test]
fn what_is_printed_into_a_buffer_is_followed_with_it() {
    let kept = |declared: &str, parameter: &str| {
        let text = format!(
            "type gate struct {{ answers map[string]*answer }}\nfunc (g *gate) pay(key string{parameter}) {{\n{declared}\
             \tfmt.Fprintf(body, \"%q\", key) // here\n\tg.answers[key] = &answer{{body: body}}\n}}\n"
        );
        kinds(&text, "(*gate).pay").iter().any(|kind| matches!(kind, FactKind::MapEntry(_)))
    };
    assert!(kept("\tbody := &bytes.Buffer{}\n", ""));
    assert!(kept("\tbody := bytes.NewBuffer(nil)\n", ""));
    assert!(!kept("", ", body io.Writer"), "who gave the writer keeps it");
}
