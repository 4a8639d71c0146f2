//! Functions and frames interned across snapshots, so that comparing sites is comparing integers.

use super::order::{inverse, permuted};
use super::site_key::{Print, print_of_function};
use crate::profile::{
    Owner, fold_type_arguments, import_folder, is_remote, owner, package_of, readable, repository_of,
};
use foldhash::HashMap;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use regex::Regex;
use std::collections::BTreeSet;
use std::hash::BuildHasher;

/// A function, the same in every snapshot of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// A function at a line, inlined or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(pub u32);

/// What is known of a function.
#[derive(Clone, Debug)]
pub struct FunctionInfo {
    /// Its name with type arguments folded to `[...]`.
    pub name: String,
    /// Its source file; of several, the first by name.
    pub file: String,
    /// Whose code it is.
    pub owner: Owner,
    /// Part of the Go runtime: hidden at the leaf by Go's text forms (S6).
    pub is_runtime: bool,
    /// Part of the profiler, whose own allocations are set aside (S9).
    pub is_profiler: bool,
}

/// The interned functions and frames.
#[derive(Debug, Default)]
pub struct Names {
    functions: Vec<FunctionInfo>,
    /// By function.
    prints: Vec<Print>,
    /// By folded name and last segment of the file.
    by_name: HashTable<FunctionId>,
    hasher: RandomState,
    frames: Vec<(FunctionId, u32, bool)>,
    by_frame: HashTable<FrameId>,
    moved: HashMap<(FunctionId, u32), u32>,
    /// What is the user's own code, where that is said and not known by file paths.
    own: Option<Regex>,
    /// The repositories that own code is taken to be of, where that is a guess.
    guessed: Option<Vec<String>>,
}

impl Names {
    /// No names yet; `own` says what the user's own code is, by function or file.
    pub(super) fn owned_by(own: Option<Regex>) -> Names {
        Names { own, ..Names::default() }
    }

    /// The function of a name and file. Two files match by their last segment, because builds in other folders
    /// move the rest.
    pub(super) fn function(&mut self, name: &str, file: &str) -> FunctionId {
        let folded = fold_type_arguments(name);
        let hash = self.hasher.hash_one((&*folded, last_segment(file)));
        let known = self.by_name.find(hash, |id| {
            let info = &self.functions[id.0 as usize];
            info.name == folded && last_segment(&info.file) == last_segment(file)
        });
        if let Some(id) = known {
            let info = &mut self.functions[id.0 as usize];
            if file < info.file.as_str() {
                info.file = file.to_owned();
                info.owner = owner_of(name, file, self.own.as_ref());
            }
            return *id;
        }
        let id = FunctionId(self.functions.len() as u32);
        self.prints.push(print_of_function(&folded, last_segment(file)));
        self.functions.push(FunctionInfo {
            owner: owner_of(name, file, self.own.as_ref()),
            is_runtime: is_runtime(&folded),
            is_profiler: is_profiler(&folded),
            name: folded.into_owned(),
            file: file.to_owned(),
        });
        let rehash = |id: &FunctionId| {
            let info = &self.functions[id.0 as usize];
            self.hasher.hash_one((info.name.as_str(), last_segment(&info.file)))
        };
        self.by_name.insert_unique(hash, id, rehash);
        id
    }

    /// Makes room for the names of a first snapshot, of which there are so many at most.
    pub(super) fn reserve(&mut self, functions: usize, frames: usize) {
        if self.functions.is_empty() {
            self.functions.reserve(functions);
            self.prints.reserve(functions);
            // There is nothing yet that would have to move.
            self.by_name.reserve(functions, |_| 0);
            self.frames.reserve(frames);
            self.by_frame.reserve(frames, |_| 0);
        }
    }

    pub(super) fn frame(&mut self, function: FunctionId, line: u32, inlined: bool) -> FrameId {
        let frame = (function, line, inlined);
        let hash = self.hasher.hash_one(frame);
        let (frames, hasher) = (&self.frames, &self.hasher);
        if let Some(known) = self.by_frame.find(hash, |id| frames[id.0 as usize] == frame) {
            return *known;
        }
        let id = FrameId(frames.len() as u32);
        self.by_frame.insert_unique(hash, id, |id| hasher.hash_one(frames[id.0 as usize]));
        self.frames.push(frame);
        id
    }

    /// The print of a function.
    pub(super) fn print_of(&self, function: FunctionId) -> Print {
        self.prints[function.0 as usize]
    }

    /// Tells libraries from the user's packages where files carry no version, as in a GOPATH, once all functions are known: only
    /// what is of the repository of the program's package main is the user's. Where nothing of that was seen, nothing is known.
    pub(super) fn settle_owners(&mut self) {
        let of_main = |info: &&FunctionInfo| {
            info.owner == Owner::Own
                && package_of(&info.name) == "main"
                && !info.file.is_empty()
                // What `go test` writes around the package under test.
                && last_segment(&info.file) != "_testmain.go"
        };
        let mut mains = self.functions.iter().filter(of_main).peekable();
        if self.own.is_some() || mains.peek().is_none() {
            return;
        }
        // Built from a list of files, package main is of no import path.
        let is_named = |folder: &&str| *folder != "command-line-arguments" && !folder.starts_with('_');
        let homes: BTreeSet<String> = mains
            .filter_map(|info| import_folder(&info.file))
            .filter(is_named)
            .map(|folder| repository_of(folder).to_owned())
            .collect();
        // With modules, what has no version is the user's.
        let is_versioned = |info: &FunctionInfo| info.owner == Owner::Dependency && info.file.contains("@v");
        let trimmed_are_told = !homes.is_empty() && !self.functions.iter().any(is_versioned);
        let may_be_told = |info: &&mut FunctionInfo| {
            info.owner == Owner::Own && (trimmed_are_told || info.file.starts_with('/'))
        };
        let mut is_guess = false;
        for info in self.functions.iter_mut().filter(may_be_told) {
            // A folder that only looks like an import path is no proof: it is that of the package.
            let package = readable(package_of(&info.name));
            let Some(folder) = import_folder(&info.file).filter(|folder| **folder == package) else {
                continue;
            };
            let is_below = |home: &String| {
                folder
                    .strip_prefix(home.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            if is_remote(folder) && !homes.iter().any(is_below) {
                info.owner = Owner::Dependency;
                is_guess = true;
            }
        }
        if is_guess {
            self.guessed = Some(homes.into_iter().collect());
        }
    }

    /// The repositories that own code is taken to be of, besides package main, where paths do not tell libraries from it; `None` where they
    /// do.
    pub fn guessed_own(&self) -> Option<&[String]> {
        self.guessed.as_deref()
    }

    /// Puts functions in the order of their names, when all are known: what is shown in the order of ids is then the same whatever order
    /// the files had.
    pub(super) fn arrange(&mut self) {
        let name = |id: &u32| {
            let info = &self.functions[*id as usize];
            (&info.name, &info.file)
        };
        let mut order: Vec<u32> = (0..self.functions.len() as u32).collect();
        order.sort_unstable_by(|a, b| name(a).cmp(&name(b)));
        let new_of_old = inverse(&order);
        let now = |old: FunctionId| FunctionId(new_of_old[old.0 as usize]);
        let mut functions: Vec<Option<FunctionInfo>> = self.functions.drain(..).map(Some).collect();
        self.functions = order.iter().filter_map(|old| functions[*old as usize].take()).collect();
        self.prints = permuted(&self.prints, &order);
        self.moved =
            self.moved.drain().map(|((function, line), then)| ((now(function), line), then)).collect();
        for (function, _, _) in &mut self.frames {
            *function = now(*function);
        }
        // These find by the former ids, and nothing more is looked for.
        (self.by_name, self.by_frame) = (HashTable::new(), HashTable::new());
    }

    /// Takes the lines that moved between builds: of a function and its line now, the line then.
    pub(super) fn set_moved(&mut self, moved: HashMap<(FunctionId, u32), u32>) {
        self.moved = moved;
    }

    /// Where a line of the latest build stood in the first one, if that was elsewhere.
    pub fn moved_from(&self, function: FunctionId, line: u32) -> Option<u32> {
        self.moved.get(&(function, line)).copied()
    }

    /// What is known of all functions, by id.
    pub fn functions(&self) -> &[FunctionInfo] {
        &self.functions
    }

    /// All frames.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = FrameId> {
        (0..self.frames.len() as u32).map(FrameId)
    }

    /// What is known of a function.
    pub fn info(&self, function: FunctionId) -> &FunctionInfo {
        &self.functions[function.0 as usize]
    }

    /// The function of a frame.
    pub fn function_of(&self, frame: FrameId) -> FunctionId {
        self.frames[frame.0 as usize].0
    }

    /// The line of a frame, 0 if unknown.
    pub fn line_of(&self, frame: FrameId) -> u32 {
        self.frames[frame.0 as usize].1
    }

    /// Whether the call of this frame was inlined into its caller.
    pub fn is_inlined(&self, frame: FrameId) -> bool {
        self.frames[frame.0 as usize].2
    }

    /// What is known of a frame's function.
    pub fn info_of(&self, frame: FrameId) -> &FunctionInfo {
        self.info(self.function_of(frame))
    }
}

fn last_segment(file: &str) -> &str {
    let slash = file.bytes().rposition(|byte| byte == b'/' || byte == b'\\');
    slash.map_or(file, |slash| &file[slash + 1..])
}

/// Whose code a function is. What is said to be own is; all else is known by file paths, and what these call own is a
/// dependency then.
fn owner_of(name: &str, file: &str, own: Option<&Regex>) -> Owner {
    match (own, owner(name, file)) {
        (Some(own), _) if own.is_match(&readable(name)) || own.is_match(file) => Owner::Own,
        (Some(_), Owner::Own) => Owner::Dependency,
        (_, owner) => owner,
    }
}

/// Whether Go's text forms hide the function at the leaf of a stack: `strings.HasPrefix(name, "runtime.")` and its
/// internal packages, as in runtime/pprof's printStackRecord.
fn is_runtime(name: &str) -> bool {
    name.starts_with("runtime.") || name.starts_with("internal/runtime/")
}

/// Whether a function belongs to the profiler itself: what it calls is allocated by taking the snapshot (S9).
///
/// Only the functions that write profiles. Never the whole package: `runtime/pprof.Do` and `SetGoroutineLabels` are
/// root frames of ordinary work in every service that labels its goroutines. And what the runtime notes of a server's
/// connection that waits for its reader at the end of a request (a `sudog`, kept for later use): a service that nobody
/// else calls has one for each snapshot that was asked for.
fn is_profiler(name: &str) -> bool {
    if name.starts_with("net/http/pprof.") || name == "net/http.(*connReader).abortPendingRead" {
        return true;
    }
    let Some(function) = name.strip_prefix("runtime/pprof.") else { return false };
    const WRITERS: [&str; 14] = [
        "(*Profile).WriteTo",
        "(*profileBuilder).",
        "(*profMap).",
        "StartCPUProfile",
        "StopCPUProfile",
        "profileWriter",
        "WriteHeapProfile",
        "newProfileBuilder",
        "writeHeap",
        "writeAlloc",
        "writeGoroutine",
        "writeRuntimeProfile",
        "writeProfileInternal",
        "printCount",
    ];
    WRITERS.iter().any(|writer| function.starts_with(writer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_match_across_folders_and_instantiations() {
        let mut names = Names::default();
        let a = names.function("main.Put[go.shape.int]", "/build/1/app/put.go");
        let b = names.function("main.Put[...]", "/build/2/app/put.go");
        let c = names.function("main.Put[...]", "/build/2/app/other.go");
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_eq!(names.info(a).name, "main.Put[...]");
        let frame = names.frame(a, 7, true);
        assert_eq!(names.frame(a, 7, true), frame);
        assert_ne!(names.frame(a, 8, true), frame);
        assert_eq!((names.function_of(frame), names.line_of(frame), names.is_inlined(frame)), (a, 7, true));
    }

    #[test]
    fn functions_stand_in_the_order_of_their_names_whichever_came_first() {
        let arranged = |met: &[&str]| {
            let mut names = Names::default();
            let frames: Vec<FrameId> = met
                .iter()
                .map(|name| {
                    let id = names.function(name, "/app/put.go");
                    names.frame(id, 7, false)
                })
                .collect();
            names.set_moved([((FunctionId(0), 7), 5)].into_iter().collect());
            names.arrange();
            let ids: Vec<u32> = frames.iter().map(|frame| names.function_of(*frame).0).collect();
            for (frame, name) in frames.iter().zip(met) {
                assert_eq!(names.info_of(*frame).name, *name);
            }
            assert_eq!(names.moved_from(names.function_of(frames[0]), 7), Some(5));
            ids
        };
        assert_eq!(arranged(&["main.b", "main.c", "main.a"]), [1, 2, 0]);
        assert_eq!(arranged(&["main.a", "main.b", "main.c"]), [0, 1, 2]);
    }

    #[test]
    fn libraries_without_versions_are_told_by_the_repository_of_main() {
        let owners = |others: &[(&str, &str)], main: Option<&str>, own: Option<&str>| {
            let mut names = Names::owned_by(own.map(|own| Regex::new(own).expect("a regex")));
            let known: Vec<FunctionId> =
                others.iter().map(|(name, file)| names.function(name, file)).collect();
            if let Some(file) = main {
                names.function("main.main", file);
            }
            names.settle_owners();
            known.into_iter().map(|id| names.info(id).owner).collect::<Vec<_>>()
        };
        use Owner::{Dependency, Own};
        let in_gopath = [
            ("github.com/gomodule/redigo/redis.Get", "/gocode/src/github.com/gomodule/redigo/redis/pool.go"),
            ("github.com/acme/shop/cart.Put", "/go/src/github.com/acme/shop/cart/cart.go"),
        ];
        let main = Some("/go/src/github.com/acme/shop/cmd/shop/main.go");
        assert_eq!(owners(&in_gopath, main, None), [Dependency, Own]);
        let mut names = Names::owned_by(None);
        names.function("main.main", "/go/src/github.com/acme/shop/cmd/shop/main.go");
        names.function(in_gopath[1].0, in_gopath[1].1);
        names.settle_owners();
        assert_eq!(names.guessed_own(), None, "nothing was in doubt");
        names.function(in_gopath[0].0, in_gopath[0].1);
        names.settle_owners();
        assert_eq!(names.guessed_own(), Some(&["github.com/acme/shop".to_owned()][..]));
        let elsewhere = Some("/home/ann/shop/main.go");
        assert_eq!(owners(&in_gopath, elsewhere, None), [Dependency, Dependency]);
        assert_eq!(owners(&in_gopath, None, None), [Own, Own]);
        assert_eq!(owners(&in_gopath, elsewhere, Some("redis|main")), [Own, Dependency]);
        let trimmed = [
            ("github.com/soheilhy/cmux.(*MuxConn).Read", "github.com/soheilhy/cmux/cmux.go"),
            ("go.etcd.io/etcd/etcdserver.Run", "go.etcd.io/etcd/etcdserver/server.go"),
            ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3/yaml.go"),
            ("shop/cart.Put", "shop/cart/cart.go"),
        ];
        let etcd = Some("go.etcd.io/etcd/main.go");
        assert_eq!(owners(&trimmed, etcd, None), [Dependency, Own, Dependency, Own]);
        let shop = Some("shop/cmd/shop/main.go");
        assert_eq!(owners(&trimmed, shop, None), [Dependency, Dependency, Dependency, Own]);
        assert_eq!(owners(&trimmed, Some("command-line-arguments/main.go"), None), [Own; 4]);
        let vanity = [("go.etcd.io/cart.Put", "go.etcd.io/cart/cart.go"), trimmed[0]];
        assert_eq!(owners(&vanity, Some("go.etcd.io/main.go"), None), [Own, Dependency]);
        let versioned = [trimmed[0], ("golang.org/x/net/http2.F", "golang.org/x/net@v0.30.0/http2/f.go")];
        assert_eq!(owners(&versioned, shop, None), [Own, Dependency]);
    }

    #[test]
    fn the_profiler_is_known_by_its_writers_not_its_package() {
        assert!(is_profiler("runtime/pprof.(*Profile).WriteTo"));
        assert!(is_profiler("net/http.(*connReader).abortPendingRead"));
        assert!(is_profiler("runtime/pprof.writeHeapProto"));
        assert!(is_profiler("net/http/pprof.handler.ServeHTTP"));
        assert!(!is_profiler("runtime/pprof.Do"));
        assert!(!is_profiler("runtime/pprof.SetGoroutineLabels"));
        assert!(!is_profiler("main.writeHeap"));
    }
}
