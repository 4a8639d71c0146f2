//! Who owns a file, by the CODEOWNERS of its repository, as GitHub and GitLab read it: the last pattern that matches.

use regex::{Regex, RegexBuilder};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

/// Where the file may be, from the root of the repository; the first that is there counts.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// GitHub reads no larger file.
const MOST_BYTES: u64 = 3 << 20;
/// What one pattern may take when it is compiled.
const MOST_OF_A_PATTERN: usize = 1 << 20;
/// More owners are no routing.
const MOST_OWNERS: usize = 8;

/// The owners of a file, by its path from the root of the repository with slashes; none where nobody is named, and where that is not
/// known in time.
pub(super) fn owners(root: &Path, path: &str, limit: Duration) -> Vec<String> {
    let readable = PLACES.iter().map(|place| root.join(place)).find(|place| place.is_file());
    let Some(file) = readable.and_then(|place| File::open(place).ok()) else { return Vec::new() };
    let mut bytes = Vec::new();
    match file.take(MOST_BYTES).read_to_end(&mut bytes) {
        Ok(_) => owners_by(&String::from_utf8_lossy(&bytes), path, Instant::now() + limit),
        Err(_) => Vec::new(),
    }
}

fn owners_by(text: &str, path: &str, deadline: Instant) -> Vec<String> {
    for line in text.lines().rev().take_while(|_| Instant::now() < deadline) {
        let line = line.split(" #").next().unwrap_or(line).trim();
        // Sections of GitLab have brackets, and nothing else may.
        if line.is_empty() || line.starts_with(['#', '[', '^', '!']) {
            continue;
        }
        let (pattern, owners) = split(line);
        if expression(&pattern).is_some_and(|expression| expression.is_match(path)) {
            return owners.split_whitespace().take(MOST_OWNERS).map(str::to_owned).collect();
        }
    }
    Vec::new()
}

/// A pattern, in which a space is escaped, and what stands behind it.
fn split(line: &str) -> (String, &str) {
    let mut pattern = String::new();
    let mut characters = line.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => pattern.extend(characters.next().map(|(_, c)| c)),
            ' ' | '\t' => return (pattern, &line[at..]),
            c => pattern.push(c),
        }
    }
    (pattern, "")
}

/// A pattern as a regular expression on whole paths. It is that of .gitignore, but `dir/*` means the files of the folder alone.
fn expression(pattern: &str) -> Option<Regex> {
    let inner = pattern.trim_end_matches('/');
    let is_anchored = inner.contains('/');
    let mut text = if is_anchored { "^".to_owned() } else { "^(?:.*/)?".to_owned() };
    let mut rest = inner.strip_prefix('/').unwrap_or(inner);
    while let Some(c) = rest.chars().next() {
        let (taken, becomes) = match c {
            '*' if rest.starts_with("**/") => (3, "(?:.*/)?".to_owned()),
            '*' if rest.starts_with("**") => (2, ".*".to_owned()),
            '*' => (1, "[^/]*".to_owned()),
            '?' => (1, "[^/]".to_owned()),
            c => (c.len_utf8(), regex::escape(c.encode_utf8(&mut [0; 4]))),
        };
        text.push_str(&becomes);
        rest = &rest[taken..];
    }
    text.push_str(match (pattern.ends_with('/'), is_anchored && inner.ends_with("/*")) {
        (true, _) => "/.*$",
        (false, true) => "$",
        (false, false) => "(?:/.*)?$",
    });
    RegexBuilder::new(&text).size_limit(MOST_OF_A_PATTERN).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn soon() -> Instant {
        Instant::now() + MINUTE
    }

    const OWNERS: &str = "\
# who answers for what
*                     @acme/everyone
*.go                  @acme/go   # all of it
/internal/visits/     @acme/visits @ann
docs/*                docs@example.com
apps/                 @acme/apps
/deploy/**/*.yaml     @acme/ops
/internal/free/
with\\ space/         @acme/space
[Section] @ignored
";

    #[test]
    fn the_last_pattern_that_matches_names_the_owners() {
        let of = |path: &str| owners_by(OWNERS, path, soon()).join(" ");
        assert_eq!(of("README"), "@acme/everyone");
        assert_eq!(of("cmd/shop/main.go"), "@acme/go");
        assert_eq!(of("internal/visits/visits.go"), "@acme/visits @ann");
        assert_eq!(of("x/internal/visits/visits.go"), "@acme/go", "a leading slash is the root");
        assert_eq!(of("docs/a.md"), "docs@example.com");
        assert_eq!(of("docs/more/a.md"), "@acme/everyone", "a star does not go deeper");
        assert_eq!(of("x/apps/a/b.go"), "@acme/apps");
        assert_eq!(of("deploy/a/b/c.yaml"), "@acme/ops");
        assert_eq!(of("deploy/c.yaml"), "@acme/ops");
        assert_eq!(of("internal/free/a.go"), "", "nobody, on purpose");
        assert_eq!(of("with space/a.c"), "@acme/space");
    }

    #[test]
    fn nothing_is_known_without_a_file_that_can_be_read() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(owners(root.path(), "a.go", MINUTE).is_empty());
        std::fs::create_dir_all(root.path().join("CODEOWNERS")).expect("a folder of that name");
        assert!(owners(root.path(), "a.go", MINUTE).is_empty());
        assert!(owners_by("*.go", "a.go", soon()).is_empty());
        assert!(owners_by("(((( @x\n[[[", "a.go", soon()).is_empty());
        assert!(owners_by("* @x", "a.go", Instant::now()).is_empty(), "there is no time left");
    }
}
