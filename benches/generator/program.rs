//! The made program: functions with names and files as Go has them, call sites, and the stacks that walks through them give.

use super::random::Random;
use super::{Leak, Shape};

pub(super) struct Function {
    pub(super) name: String,
    pub(super) file: String,
    first_line: i64,
}

/// A call site: its own line, and the lines of what was inlined into it, innermost first.
pub(super) struct CallSite {
    pub(super) lines: Vec<(usize, i64)>,
    pub(super) address: u64,
    /// The functions that it may call; several for a call through an interface.
    callees: Vec<usize>,
}

pub(super) struct Program {
    pub(super) functions: Vec<Function>,
    pub(super) sites: Vec<CallSite>,
    /// The call sites in each function.
    sites_of: Vec<Vec<usize>>,
    depth: usize,
    leak: Leak,
}

/// Goroutines start in so many functions.
const ROOTS: usize = 24;
/// How much more often the first call sites of a function are met than its others. At this power the profiles compress as
/// real ones do, 2.5 to 3.3 times: stacks are long walks, but mostly along the same ways.
const BUSY: i32 = 9;
/// Of so many stacks, one ends in the function that leaks, where there is one.
const LEAKS_ONE_IN: usize = 400;
/// The same where many do.
const MANY_LEAK_ONE_IN: usize = 40;

const STD: [&str; 12] = [
    "net/http",
    "encoding/json",
    "bufio",
    "bytes",
    "compress/gzip",
    "crypto/tls",
    "database/sql",
    "fmt",
    "io",
    "reflect",
    "strings",
    "sync",
];
const MODULES: [&str; 8] = [
    "google.golang.org/grpc",
    "github.com/prometheus/client_golang/prometheus",
    "go.uber.org/zap",
    "github.com/gogo/protobuf/proto",
    "k8s.io/client-go/tools/cache",
    "github.com/lib/pq",
    "github.com/hashicorp/raft",
    "go.etcd.io/bbolt",
];
const NOUNS: [&str; 24] = [
    "cart", "order", "session", "price", "stock", "user", "index", "page", "query", "batch", "stream",
    "token", "event", "route", "image", "label", "ledger", "quota", "shard", "trace", "worker", "mail",
    "search", "tax",
];
const VERBS: [&str; 20] = [
    "Add", "Apply", "Build", "Collect", "Decode", "Encode", "Fetch", "Handle", "Insert", "Join", "Load",
    "Merge", "Open", "Parse", "Read", "Resolve", "Serve", "Update", "Validate", "Write",
];

impl Program {
    pub(super) fn new(shape: Shape) -> Program {
        let mut random = Random::new(shape.functions as u64);
        let mut functions: Vec<Function> = (0..shape.functions).map(|i| function(i, &mut random)).collect();
        // The one that leaks.
        functions[0] = Function {
            name: "acme.example/shop/session.(*Cache).Open".to_owned(),
            file: "acme.example/shop/session/cache.go".to_owned(),
            first_line: 40,
        };
        let mut sites_of = vec![Vec::new(); shape.functions];
        let mut sites = Vec::with_capacity(shape.locations);
        for index in 0..shape.locations {
            let function = if index < shape.functions { index } else { random.below(shape.functions) };
            let mut lines = vec![(function, functions[function].first_line + random.below(60) as i64)];
            if random.below(8) == 0 {
                let inlined = random.below(shape.functions);
                lines.insert(0, (inlined, functions[inlined].first_line + random.below(10) as i64));
            }
            // Code calls what is near to it, and everything calls the few things that all code needs.
            let callee = |random: &mut Random| match random.below(10) {
                0..7 => (function + random.mostly_low(200, 2)) % (shape.functions - 1) + 1,
                _ => random.mostly_low(shape.functions - 1, 2) + 1,
            };
            let count = if random.below(6) == 0 { 4 } else { 1 };
            let callees = (0..count).map(|_| callee(&mut random)).collect();
            sites_of[function].push(index);
            sites.push(CallSite { lines, address: 0x40_1000 + index as u64 * 73, callees });
        }
        Program { functions, sites, sites_of, depth: shape.depth, leak: shape.leak }
    }

    /// The call sites of a stack, leaf first.
    pub(super) fn stack(&self, number: usize) -> Vec<u32> {
        let mut random = Random::new(number as u64 + 1_000_000);
        let depth = self.depth / 2 + random.below(self.depth + 1);
        let mut function = 1 + random.mostly_low(ROOTS, 2) * self.functions.len() / ROOTS;
        let mut stack = Vec::with_capacity(depth + 1);
        for _ in 0..depth.max(1) {
            let sites = &self.sites_of[function];
            let site = sites[random.mostly_low(sites.len(), BUSY)];
            stack.push(site as u32);
            let callees = &self.sites[site].callees;
            function = callees[random.mostly_low(callees.len(), BUSY)];
        }
        if let Some(function) = self.leaking_function(number) {
            stack.push(self.sites_of[function][0] as u32);
        }
        stack.reverse();
        stack
    }

    /// Whether what is allocated at a stack is never freed.
    pub(super) fn leaks(&self, number: usize) -> bool {
        self.leak == Leak::Everything || self.leaking_function(number).is_some()
    }

    /// Sampled objects that are never freed, in ten minutes, at each stack that leaks.
    pub(super) fn leaked(&self) -> f64 {
        if self.leak == Leak::OneFunction { 1.5 } else { 40.0 }
    }

    /// The function in which a stack ends so that it leaks.
    fn leaking_function(&self, number: usize) -> Option<usize> {
        match self.leak {
            Leak::OneFunction => number.is_multiple_of(LEAKS_ONE_IN).then_some(0),
            Leak::Functions(count) => {
                number.is_multiple_of(MANY_LEAK_ONE_IN).then_some(number / MANY_LEAK_ONE_IN % count)
            }
            Leak::Everything => None,
        }
    }
}

fn function(index: usize, random: &mut Random) -> Function {
    let (noun, verb) = (*random.of(&NOUNS), *random.of(&VERBS));
    let kind = random.of(&NOUNS);
    let name = match random.below(8) {
        0..4 => format!("(*{}{}).{verb}", kind[..1].to_uppercase(), &kind[1..]),
        4 => format!("{verb}[go.shape.*uint8].func{}", random.below(9)),
        5 => format!("{verb}.func{}", random.below(9)),
        _ => format!("{}{verb}{index}", noun),
    };
    let (package, file) = match random.below(10) {
        0..2 => {
            let package = *random.of(&STD);
            (package.to_owned(), format!("/usr/local/go/src/{package}/{noun}.go"))
        }
        2..5 => {
            let module = *random.of(&MODULES);
            (format!("{module}/{noun}"), format!("/go/pkg/mod/{module}@v1.{}.0/{noun}/{kind}.go", noun.len()))
        }
        _ => {
            let area = *random.of(&NOUNS);
            (format!("acme.example/shop/{area}/{noun}"), format!("/build/shop/{area}/{noun}/{kind}.go"))
        }
    };
    Function { name: format!("{package}.{name}"), file, first_line: 10 + random.below(900) as i64 }
}
