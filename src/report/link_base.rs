//! Links from a report to the source in a browser: `https://github.com/acme/shop/blob/COMMIT` and the path of a file in
//! its repository.
//!
//! A profile names files by import paths (`-trimpath`) or by where they were built. The path in the repository is what
//! stands below the module, which the import paths of the functions in the file tell.

use super::document::{FrameView, SiteView};
use crate::profile::{Owner, package_of, repository_of};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use std::collections::BTreeSet;
use thiserror::Error;

/// Where source is read in a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkBase(String);

/// Why a text is no base of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is no address of source; write it like https://github.com/acme/shop/blob/v1.2.3")]
pub struct NoLinkBase;

impl LinkBase {
    /// A base such as `https://github.com/acme/shop/blob/COMMIT`, below which paths of a repository stand.
    ///
    /// # Errors
    /// If it is no address of the web.
    pub fn new(address: &str) -> Result<LinkBase, NoLinkBase> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| address.strip_prefix(scheme));
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._~/:%@+=,#?&!".contains(c);
        match rest {
            Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(fits) => {
                Ok(LinkBase(address.trim_end_matches('/').to_owned()))
            }
            _ => Err(NoLinkBase),
        }
    }
}

/// Links to the lines of the frames of one report.
pub(super) struct Links<'a> {
    base: Option<&'a LinkBase>,
    /// The folders in which modules were built.
    roots: Vec<String>,
}

impl<'a> Links<'a> {
    /// The links of a report with these stacks; without a base there are none.
    pub(super) fn of(base: Option<&'a LinkBase>, sites: &[&SiteView]) -> Links<'a> {
        let stacks = sites.iter().filter(|_| base.is_some()).flat_map(|site| &site.stack);
        let own = stacks.filter(|frame| frame.owner == Owner::Own);
        let roots: BTreeSet<String> = own.filter_map(root_of).collect();
        let mut roots: Vec<String> = roots.into_iter().collect();
        roots.sort_by_key(|root| std::cmp::Reverse(root.len()));
        Links { base, roots }
    }

    /// Where a frame's line is read; `None` for code that is not of the repository, and where its path is not known.
    pub(super) fn to(&self, frame: &FrameView) -> Option<String> {
        let base = self.base?;
        if frame.owner != Owner::Own || frame.file.is_empty() {
            return None;
        }
        let path = self.path_of(frame)?;
        let line = if frame.line > 0 { format!("#L{}", frame.line) } else { String::new() };
        Some(format!("{}/{}{line}", base.0, encoded(path)))
    }

    /// The path of a frame's file from the root of its repository.
    fn path_of<'f>(&self, frame: &'f FrameView) -> Option<&'f str> {
        let file = frame.file.as_str();
        if !is_absolute(file) {
            // By -trimpath: the import path of the package, and the name of the file.
            let (folder, _) = file.rsplit_once('/')?;
            return Some(file[repository_of(folder).len()..].trim_start_matches('/'));
        }
        let below = |root: &String| file.strip_prefix(root.as_str())?.strip_prefix('/');
        let main = || match file.rfind("/cmd/") {
            // Package main alone does not tell where its module begins; by custom, folders of programs stand in `cmd`.
            Some(at) => Some(&file[at + 1..]),
            None => file.rsplit('/').next(),
        };
        self.roots.iter().find_map(below).or_else(main)
    }
}

/// The folder in which the module of a frame was built: the folder of its file without the part that its import path
/// has below the module.
fn root_of(frame: &FrameView) -> Option<String> {
    let package = package_of(&frame.function);
    let (folder, _) = frame.file.rsplit_once('/')?;
    if !is_absolute(folder) || matches!(package, "main" | "") {
        return None;
    }
    let inner = package.strip_prefix(repository_of(package))?.trim_start_matches('/');
    match inner {
        "" => Some(folder.to_owned()),
        inner => Some(folder.strip_suffix(inner)?.strip_suffix('/')?.to_owned()),
    }
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.contains(':')
}

/// What stands in the path of an address as it is; all else is written by its number.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path as it stands in an address.
fn encoded(path: &str) -> PercentEncode<'_> {
    utf8_percent_encode(path, PLAIN)
}

/// The same within one part of a path.
const PLAIN_IN_NAME: &AsciiSet = &PLAIN.add(b'/').remove(b':');

/// One name as a part of the path of an address.
pub fn address_of(name: &str) -> String {
    utf8_percent_encode(name, PLAIN_IN_NAME).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: &str, file: &str, line: u32) -> FrameView {
        let (function, file) = (function.to_owned(), file.to_owned());
        FrameView { function, file, line, owner: Owner::Own, inlined: None, moved_from: None }
    }

    fn links<'a>(base: &'a LinkBase, roots: &[&str]) -> Links<'a> {
        Links { base: Some(base), roots: roots.iter().map(|root| (*root).to_owned()).collect() }
    }

    #[test]
    fn files_are_found_below_their_module_whether_their_paths_were_trimmed_or_not() {
        let base = LinkBase::new("https://github.com/acme/shop/blob/abc/").expect("an address");
        let visits =
            frame("github.com/acme/shop/internal/visits.(*R).Add", "/build/7/internal/visits/v.go", 26);
        assert_eq!(root_of(&visits).as_deref(), Some("/build/7"));
        let known = links(&base, &["/build/7"]);
        let of = |frame: &FrameView| known.to(frame).expect("a link");
        assert_eq!(of(&visits), "https://github.com/acme/shop/blob/abc/internal/visits/v.go#L26");
        assert!(of(&frame("main.run", "/build/7/server/main.go", 3)).ends_with("/abc/server/main.go#L3"));
        let trimmed = frame("main.run", "github.com/acme/shop/cmd/shop/main.go", 3);
        assert!(of(&trimmed).ends_with("/abc/cmd/shop/main.go#L3"));
        let unknown = links(&base, &[]);
        let program = frame("main.run", "/src/shop/cmd/shop/main.go", 0);
        assert!(unknown.to(&program).expect("a link").ends_with("/abc/cmd/shop/main.go"));
        let library = FrameView { owner: Owner::Dependency, ..visits.clone() };
        assert_eq!(known.to(&library), None);
        assert_eq!(Links { base: None, roots: Vec::new() }.to(&visits), None);
    }

    #[test]
    fn only_addresses_of_the_web_are_bases_and_nothing_leaves_them() {
        for wrong in [
            "",
            "github.com/acme",
            "javascript:alert(1)",
            "https://",
            "https://a b",
            "https://a\"><b>",
            "https:///x",
        ] {
            assert_eq!(LinkBase::new(wrong), Err(NoLinkBase), "{wrong}");
        }
        let base = LinkBase::new("https://git.example/shop").expect("an address");
        let hostile = frame("main.x", "example.com/shop/a b\"><script>|`).go", 1);
        assert_eq!(
            links(&base, &[]).to(&hostile).expect("a link"),
            "https://git.example/shop/a%20b%22%3E%3Cscript%3E%7C%60%29.go#L1"
        );
    }
}
