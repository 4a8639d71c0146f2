//! What a function's name and file say: its package, its owner, and its name without type arguments.

/// Whose code a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The user's own code.
    Own,
    /// A module or library the user's code depends on.
    Dependency,
    /// Go's standard library and runtime.
    Std,
}

/// The first path segments of Go's standard library, as of Go 1.27 with those of older releases. A profile names
/// no module, and a user's module may be called plain `shop`, so a path without a dot is not proof enough.
/// In order, to be searched.
const STD_ROOTS: [&str; 55] = [
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmd",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "simd",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "uuid",
    "vendor",
    "weak",
];

/// Where gccgo has its standard library.
const GCCGO: [&str; 2] = ["/libgo/go/", "/libgo/runtime/"];

/// The import path of a Go function's package: `net/http` for `net/http.(*conn).serve`. Empty for a name without
/// a package, such as an assembly routine's or another language's.
pub fn package_of(function: &str) -> &str {
    let mut end = None;
    for (at, byte) in function.bytes().enumerate() {
        match byte {
            b'/' => end = None,
            b'.' => end = end.or(Some(at)),
            // Type arguments and receivers may hold slashes and dots of their own.
            b'[' | b'(' => break,
            _ => {}
        }
    }
    end.map_or("", |end| &function[..end])
}

/// Whose code a function is, by its name and file. The rules, first match wins:
/// a package below one of the standard library's roots whose file stands where `GOROOT/src` or `-trimpath` puts it
/// is the standard library; a version (`@v1.2.3`), a module cache or a vendor folder in the file's path is a
/// dependency; all else is the user's.
pub fn owner(function: &str, file: &str) -> Owner {
    if is_std(package_of(function), file) {
        Owner::Std
    } else if is_dependency_file(file) {
        Owner::Dependency
    } else {
        Owner::Own
    }
}

fn is_std(package: &str, file: &str) -> bool {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    // Names linked from another package (`sync.runtime_Semacquire` stands in package runtime), assembly, and closures
    // of the runtime that lost their package (`_.goready.func1`).
    let in_runtime = folder == "runtime" || folder.ends_with("/src/runtime");
    if in_runtime || package != "main" && GCCGO.iter().any(|library| file.contains(library)) {
        return true;
    }
    if package.is_empty() {
        return folder.contains("/src/internal/") || file.starts_with("node:");
    }
    let root = package.split('/').next().unwrap_or(package);
    let below_std_root = |path: &str| is_std_root(path.split('/').next().unwrap_or(path));
    is_std_root(root)
        && (below_std_root(folder)
            || folder.is_empty()
            || folder.strip_suffix(package).is_some_and(|head| head.ends_with("/src/")))
}

fn is_std_root(segment: &str) -> bool {
    // Nearly all other roots are hosts, so that a dot tells them sooner than a search.
    segment.bytes().all(|byte| byte.is_ascii_lowercase()) && STD_ROOTS.binary_search(&segment).is_ok()
}

fn is_dependency_file(file: &str) -> bool {
    let is_version = |rest: &str| matches!(rest.as_bytes(), [b'v', b'0'..=b'9', ..]);
    if file.split('@').skip(1).any(is_version) {
        return true;
    }
    let Some((folders, _)) = file.rsplit_once('/') else { return false };
    // What stands before a folder, if anything does. By bytes: folders are too short for the search for a character to pay.
    let (mut before, mut parent) = (None, None);
    folders.as_bytes().split(|byte| *byte == b'/').any(|folder| {
        let is_below = |name: &[u8]| before.is_some() && parent == Some(name);
        let found = match folder {
            b"vendor" | b"external" => true,
            b"node_modules" => parent.is_some(),
            b"mod" => is_below(b"pkg"),
            b"registry" => is_below(b".cargo"),
            _ => false,
        };
        (before, parent) = (parent, Some(folder));
        found
    })
}

/// Hosts where many people keep their code, so that only the folder below says whose it is. Any other host is one
/// organisation's.
const SHARED_HOSTS: [&str; 8] = [
    "bitbucket.org",
    "codeberg.org",
    "git.sr.ht",
    "gitee.com",
    "github.com",
    "gitlab.com",
    "gopkg.in",
    "launchpad.net",
];

/// The folder of a file as an import path, where it may be one: below `src` in a GOPATH, or the whole of it where `-trimpath` cut
/// the rest.
pub fn import_folder(file: &str) -> Option<&str> {
    let (folder, _) = file.rsplit_once('/')?;
    match folder.rfind("/src/") {
        Some(start) => Some(&folder[start + "/src/".len()..]),
        None => Some(folder).filter(|folder| !folder.starts_with('/') && !folder.contains(':')),
    }
}

/// The repository part of an import path: `github.com/acme/shop` for `github.com/acme/shop/cart`, `go.etcd.io/etcd` for
/// `go.etcd.io/etcd/server`, `gopkg.in/yaml.v3`, and the first folder alone where that is no host.
pub fn repository_of(path: &str) -> &str {
    let mut ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let Some(host_end) = ends.next() else { return path };
    let host = &path[..host_end];
    let more = match host {
        _ if !is_host(host) => 0,
        // `gopkg.in/yaml.v3`, but `gopkg.in/acme/yaml.v3`.
        "gopkg.in" => {
            1 + usize::from(!path[host_end..].split('/').nth(1).is_some_and(|name| name.contains(".v")))
        }
        // `golang.org/x/net`.
        "golang.org" => 2,
        host if SHARED_HOSTS.contains(&host) => 2,
        _ => 1,
    };
    let end = ends.take(more).last().unwrap_or(host_end);
    &path[..end]
}

/// Whether an import path begins with the name of a host, as those of libraries do.
pub fn is_remote(path: &str) -> bool {
    path.split('/').next().is_some_and(is_host)
}

/// Whether the first folder of an import path is the name of a host.
fn is_host(folder: &str) -> bool {
    let is_domain = |end: &str| end.len() > 1 && end.bytes().all(|byte| byte.is_ascii_alphabetic());
    folder.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && is_domain(end))
}

/// A function's name as people write it: the linker escapes some characters of the last part of an import path, so
/// that `gopkg.in/yaml.v3` is `gopkg.in/yaml%2ev3` in symbols.
pub fn readable(function: &str) -> std::borrow::Cow<'_, str> {
    if !function.contains('%') {
        return function.into();
    }
    let mut text = String::with_capacity(function.len());
    let mut rest = function;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let code = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(|code| (b' '..=b'~').contains(code)) {
            Some(code) => {
                text.push(char::from(code));
                rest = &after[2..];
            }
            None => {
                text.push('%');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text.into()
}

/// A function's name with every type-argument list replaced by `[...]`, the spelling that all text forms of a
/// profile use, so that names join across forms and across instantiations (S16).
pub fn fold_type_arguments(function: &str) -> std::borrow::Cow<'_, str> {
    if !function.contains('[') {
        return function.into();
    }
    let mut folded = String::with_capacity(function.len());
    let mut depth = 0usize;
    for c in function.chars() {
        match c {
            '[' => {
                if depth == 0 {
                    folded.push_str("[...]");
                }
                depth += 1;
            }
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => folded.push(c),
            _ => {}
        }
    }
    folded.into()
}

/// A function's name as a person says it: without the folders of its import path, and with type arguments folded.
/// `github.com/acme/shop/cart.(*Store[...]).Put` becomes `cart.(*Store[...]).Put`.
pub fn display_function(function: &str) -> String {
    let folded = fold_type_arguments(function);
    let package = package_of(&folded);
    let start = package.rfind('/').map_or(0, |slash| slash + 1);
    readable(&folded[start..]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_behind_receivers_and_type_arguments() {
        assert_eq!(package_of("net/http.(*conn).serve"), "net/http");
        assert_eq!(package_of("main.Cache[github.com/acme/shop.Item].Put"), "main");
        assert_eq!(package_of("main.(*T[go.shape.string]).Get.func1"), "main");
        assert_eq!(package_of("github.com/acme/shop/cart.(*Store).Put"), "github.com/acme/shop/cart");
        assert_eq!(package_of("gopkg.in/yaml%2ev3.Unmarshal"), "gopkg.in/yaml%2ev3");
        assert_eq!(package_of("aeshashbody"), "");
    }

    #[test]
    fn owners_are_told_by_path() {
        for (function, file, want) in [
            ("main.run", "command-line-arguments/main.go", Owner::Own),
            ("main.run", "/srv/app/main.go", Owner::Own),
            ("net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go", Owner::Std),
            ("net/http.(*conn).serve", "net/http/server.go", Owner::Std),
            ("sync.runtime_SemacquireMutex", "runtime/sema.go", Owner::Std),
            (
                "vendor/golang.org/x/net/http2/hpack.New",
                "vendor/golang.org/x/net/http2/hpack/a.go",
                Owner::Std,
            ),
            ("golang.org/x/net/http2.New", "golang.org/x/net@v0.30.0/http2/transport.go", Owner::Dependency),
            ("github.com/a/b.F", "/root/go/pkg/mod/github.com/a/b@v1.0.0/b.go", Owner::Dependency),
            ("github.com/a/b.F", "/app/vendor/github.com/a/b/b.go", Owner::Dependency),
            ("shop.F", "/root/.cargo/registry/src/a/b.rs", Owner::Dependency),
            ("shop.F", "external/b/b.go", Owner::Dependency),
            ("shop.F", "/app/node_modules/b/b.js", Owner::Dependency),
            ("shop.F", "node_modules/b.js", Owner::Own),
            ("shop.F", "pkg/mod/b.go", Owner::Own),
            ("shop.F", "/app/pkg/mod", Owner::Own),
            ("shop.F", "/app/vendor", Owner::Own),
            ("github.com/acme/shop/cart.Put", "github.com/acme/shop/cart/cart.go", Owner::Own),
            ("shop/cart.Put", "/home/ann/shop/cart/cart.go", Owner::Own),
            ("image/resizer.Do", "/home/ann/image/resizer/do.go", Owner::Own),
            ("aeshashbody", "runtime/asm_amd64.s", Owner::Std),
            ("_.goready.func1", "runtime/proc.go", Owner::Std),
            ("0x45d3a1", "", Owner::Own),
            ("time.Sleep", "../../../src_gcc/libgo/go/time/sleep.go", Owner::Std),
            ("net_1http.conn.serve", "../../../src_gcc/libgo/go/net/http/server.go", Owner::Std),
            ("runtime_mstart", "../../../src_gcc/libgo/runtime/proc.c", Owner::Std),
            ("main.main", "/home/ann/libgo/go/main.go", Owner::Own),
        ] {
            assert_eq!(owner(function, file), want, "{function} in {file}");
        }
    }

    #[test]
    fn folders_are_import_paths_in_a_gopath_and_where_they_are_trimmed() {
        for (file, folder) in [
            ("/go/src/github.com/acme/shop/cart/cart.go", Some("github.com/acme/shop/cart")),
            ("github.com/acme/shop/cart.go", Some("github.com/acme/shop")),
            ("shop/cmd/shop/main.go", Some("shop/cmd/shop")),
            ("/srv/shop/main.go", None),
            ("C:/shop/main.go", None),
            ("main.go", None),
        ] {
            assert_eq!(import_folder(file), folder, "{file}");
        }
    }

    #[test]
    fn repositories_are_the_first_folders_of_an_import_path() {
        for (path, repository) in [
            ("github.com/acme/shop/cart", "github.com/acme/shop"),
            ("github.com/acme", "github.com/acme"),
            ("go.etcd.io/etcd/server/v3", "go.etcd.io/etcd"),
            ("k8s.io/kubernetes/cmd/kubelet", "k8s.io/kubernetes"),
            ("gopkg.in/yaml.v3", "gopkg.in/yaml.v3"),
            ("gopkg.in/acme/yaml.v3/x", "gopkg.in/acme/yaml.v3"),
            ("golang.org/x/net/http2", "golang.org/x/net"),
            ("shop.example", "shop.example"),
            ("shop/cmd/shop", "shop"),
            ("v1.2/shop", "v1.2"),
        ] {
            assert_eq!(repository_of(path), repository, "{path}");
        }
    }

    #[test]
    fn escaped_names_are_read_as_they_are_written() {
        for (escaped, written) in [
            ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3.Unmarshal"),
            ("a/b%c.F", "a/b%c.F"),
            ("a/b%0a.F", "a/b%0a.F"),
            ("a/b%", "a/b%"),
            ("a/b%é.F", "a/b%é.F"),
        ] {
            assert_eq!(readable(escaped), written);
        }
    }

    #[test]
    fn every_root_is_found() {
        assert!(STD_ROOTS.iter().all(|root| is_std_root(root)));
    }

    #[test]
    fn type_arguments_fold_to_one_spelling() {
        assert_eq!(fold_type_arguments("main.F[go.shape.interface {}]"), "main.F[...]");
        assert_eq!(
            fold_type_arguments("main.(*T[go.shape.[]int,string]).Put.func1"),
            "main.(*T[...]).Put.func1"
        );
        assert_eq!(fold_type_arguments("main.F[...]"), "main.F[...]");
        assert_eq!(fold_type_arguments("main.f"), "main.f");
    }

    #[test]
    fn people_say_names_without_the_import_path() {
        assert_eq!(display_function("github.com/acme/shop/cart.(*S[a/b.T]).Put"), "cart.(*S[...]).Put");
        assert_eq!(display_function("main.main"), "main.main");
        assert_eq!(display_function("<unknown>"), "<unknown>");
    }
}
