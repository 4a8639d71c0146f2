//! Source folders, and what they say about a stack.

use super::acquire::acquired;
use super::code_owners::owners;
use super::contexts::lost_cancels;
use super::declared::{Package, World};
use super::facts::{Excerpt, Fact, Position, Problem, Reading, Routing};
use super::flow::Flow;
use super::heuristics::Heuristic;
use super::history::last_change;
use super::parse::{Parsed, WIDEST, function_at, last_line_of, line_of, statement_at};
use super::tree::{Found, Tree};
use super::values::Held;
use super::waits::waits;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thiserror::Error;
use tree_sitter::Node;

/// Lines shown before and after a statement.
const AROUND: u32 = 3;
/// Lines of one statement that are shown.
const MOST_LINES: u32 = 12;
/// Files of one package that are read.
const PACKAGE_FILES: usize = 200;
/// Imports are followed so deep: to what is called, and to what that calls.
const IMPORTS_DEEP: usize = 2;
/// So many packages are read for one stack's sake.
const MOST_PACKAGES: usize = 100;

/// What a repository says of a line may take so long, whatever its size.
const PATIENCE_WITH_ONE: Duration = Duration::from_secs(2);
/// And of all lines together; a report does not wait longer for what is beside the point.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why source cannot be read.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A folder is not there, or is none.
    #[error("--source: {folder}: {why}; give a folder with the Go source of the running build")]
    Folder {
        /// The folder as given.
        folder: String,
        /// What the system says.
        why: std::io::Error,
    },
}

/// Source folders, their files indexed by name and parsed when asked for.
#[derive(Debug)]
pub struct Sources {
    tree: Tree,
    parsed: BTreeMap<PathBuf, Option<Parsed>>,
    /// The files of imported packages by import path; none of those whose source is not there.
    packages: BTreeMap<String, Vec<PathBuf>>,
    left_out: Vec<Heuristic>,
    /// What was found out about lines of files; `git` is not asked twice.
    routings: BTreeMap<(PathBuf, u32), Option<Routing>>,
    /// How long repositories may still take in all.
    patience: Duration,
}

impl Sources {
    /// Indexes the Go files below folders; `goroot` is the folder that `go env GOROOT` prints.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub fn open(folders: &[PathBuf], goroot: Option<&Path>) -> Result<Sources, SourceError> {
        let mut tree = Tree::default();
        let goroot = goroot.map(|goroot| goroot.join("src"));
        for folder in folders.iter().chain(&goroot) {
            let problem = |why| SourceError::Folder { folder: folder.display().to_string(), why };
            tree.add(folder).map_err(problem)?;
        }
        Ok(Sources {
            tree,
            parsed: BTreeMap::new(),
            packages: BTreeMap::new(),
            left_out: Vec::new(),
            routings: BTreeMap::new(),
            patience: PATIENCE,
        })
    }

    /// Reads without some heuristics from now on, to measure what they are worth.
    pub fn leave_out(&mut self, heuristics: &[Heuristic]) {
        self.left_out = heuristics.to_vec();
        self.parsed.values_mut().flatten().for_each(|file| file.left_out = heuristics.to_vec());
    }

    /// Follows what is allocated, or waits, at the first position of a stack of own frames, leaf-most first.
    pub fn follow(&mut self, stack: &[Position]) -> Reading {
        let mut reading = Reading::default();
        let mut value = None;
        for (index, position) in stack.iter().enumerate() {
            let package = crate::profile::package_of(&position.function);
            let Some(found) = self.tree.find(&position.file, package).cloned() else {
                if index == 0 {
                    reading.problem = Some(Problem::NotFound { file: position.file.clone() });
                }
                break;
            };
            self.tree.learn(&found, package);
            self.parse_package(&found);
            let callee = index.checked_sub(1).and_then(|callee| bare_name(&stack[callee].function));
            match self.read(&found, position, (callee, value.take()), &mut reading) {
                Ok(Some(returned)) if !self.left_out.contains(&Heuristic::Callers) => value = Some(returned),
                Ok(_) => break,
                Err(why) => {
                    if index == 0 {
                        reading.problem = Some(Problem::Differs { file: found.shown, why });
                    }
                    break;
                }
            }
        }
        reading
    }

    /// Whom a ticket on a position goes to, where its file was read and is in a repository of git.
    pub fn routing(&mut self, position: &Position) -> Option<Routing> {
        let package = crate::profile::package_of(&position.function);
        let file = self.tree.find(&position.file, package)?.path.clone();
        let key = (file, position.line);
        if let Some(known) = self.routings.get(&key) {
            return known.clone();
        }
        let found = self.route(&key.0, position.line);
        self.routings.insert(key, found.clone());
        found
    }

    fn route(&mut self, file: &Path, line: u32) -> Option<Routing> {
        let text = &self.parsed.get(file)?.as_ref()?.text;
        let text = text.lines().nth((line as usize).checked_sub(1)?)?.to_owned();
        let root = file.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
        let inside: Vec<_> =
            file.strip_prefix(root).ok()?.iter().map(|part| part.to_string_lossy()).collect();
        let (started, limit) = (Instant::now(), self.patience.min(PATIENCE_WITH_ONE));
        let owners = owners(root, &inside.join("/"), limit);
        let last_change = last_change(root, file, line, &text, limit.saturating_sub(started.elapsed()));
        self.patience = self.patience.saturating_sub(started.elapsed());
        (last_change.is_some() || !owners.is_empty()).then_some(Routing { last_change, owners })
    }

    /// Parses a file and those beside it, and the packages that they import, once.
    fn parse_package(&mut self, found: &Found) {
        let mut files = self.tree.beside(found, PACKAGE_FILES);
        files.insert(0, found.clone());
        self.parse(&files);
        let mut importers: Vec<PathBuf> = files.into_iter().map(|file| file.path).collect();
        for _ in 0..IMPORTS_DEEP {
            let imports: BTreeSet<String> = importers
                .iter()
                .filter_map(|path| self.parsed.get(path)?.as_ref())
                .flat_map(|file| file.imports().into_iter().map(|(_, path)| path.to_owned()))
                .collect();
            importers.clear();
            for import in imports {
                if !self.packages.contains_key(&import) && self.packages.len() < MOST_PACKAGES {
                    let mut files = self.tree.package(&import);
                    files.truncate(PACKAGE_FILES);
                    self.parse(&files);
                    self.packages.insert(import.clone(), files.into_iter().map(|file| file.path).collect());
                }
                importers.extend(self.packages.get(&import).into_iter().flatten().cloned());
            }
        }
    }

    fn parse(&mut self, files: &[Found]) {
        for file in files {
            self.parsed.entry(file.path.clone()).or_insert_with(|| {
                let mut parsed = Parsed::read(&file.path, &file.shown)?;
                parsed.left_out.clone_from(&self.left_out);
                Some(parsed)
            });
        }
    }

    /// The packages that were parsed, by import path.
    fn world(&self) -> World<'_> {
        let file = |path: &PathBuf| self.parsed.get(path)?.as_ref();
        let packages = self
            .packages
            .iter()
            .filter(|_| !self.left_out.contains(&Heuristic::OtherPackages))
            .map(|(path, files)| (path.clone(), files.iter().filter_map(file).collect()));
        packages.filter(|(_, files): &(_, Vec<_>)| !files.is_empty()).collect()
    }

    /// Reads one frame, the first or the one that called `callee`, which returned a value; says how that is returned to the
    /// next.
    fn read(
        &self,
        found: &Found,
        position: &Position,
        (callee, value): (Option<&str>, Option<Held>),
        reading: &mut Reading,
    ) -> Result<Option<Held>, String> {
        let is_first = callee.is_none();
        let Some(Some(file)) = self.parsed.get(&found.path) else {
            return Err("it is too large or cannot be read".to_owned());
        };
        let folder = found.path.parent();
        let beside = self.parsed.iter().filter(|(path, _)| path.parent() == folder && **path != found.path);
        let files = std::iter::once(file).chain(beside.filter_map(|(_, parsed)| parsed.as_ref())).collect();
        let package = Package::new(files, self.world());
        let function = function_at(file, &position.function, position.line)?;
        if let Some(called) = position.calls.as_deref().filter(|_| found.by_name_only(&position.file))
            && named_function(called).is_some_and(|name| !file.text.contains(name))
        {
            return Err(format!("line {} calls {called}, which nothing in the file does", position.line));
        }
        let Some(statement) = statement_at(file, function, position.line, callee) else {
            if is_first && position.line == line_of(function) && !file.lacks(Heuristic::EscapedParameters) {
                reading.excerpt = Some(excerpt(file, function, function));
                let mut flow = Flow::new(package, None);
                let returned = flow.follow_parameters(file, function);
                reading.facts.append(&mut flow.facts);
                return Ok(returned);
            }
            return if is_first {
                Err(format!("there is no statement at line {}", position.line))
            } else {
                Ok(None)
            };
        };
        if is_first {
            reading.excerpt = Some(excerpt(file, function, statement));
        }
        let mut kinds = if is_first { waits(&package, file, function, statement) } else { Vec::new() };
        reading.facts.append(&mut lost_cancels(&package, file, function, &kinds));
        kinds.extend(acquired(&package, file, function, statement));
        reading.facts.extend(kinds.into_iter().map(|kind| Fact {
            place: file.place_of(statement),
            statement: file.first_line_of(statement),
            kind,
            cut: None,
        }));
        let mut flow = Flow::new(package.clone(), value);
        let returned = flow.follow(file, function, statement);
        reading.facts.append(&mut flow.facts);
        Ok(returned)
    }
}

/// The name of a function without package, receiver and closure: `Add` of `example.com/shop.(*Cart).Add.func1`.
fn bare_name(function: &str) -> Option<&str> {
    let name = function.rsplit('/').next().unwrap_or(function);
    let mut segments = name.split('.').skip(1).filter(|segment| !segment.starts_with('('));
    let first = segments.next()?;
    // `T.Method` of a value receiver; closures are called by other names, or by none.
    let last = segments.take_while(|s| !s.starts_with("func")).last().unwrap_or(first);
    Some(last.split('[').next().unwrap_or(last))
}

/// The name that a file which calls a function has in it: of an exported function of a package. What the runtime does is
/// written without a call, and methods are called by other names where they are values.
fn named_function(function: &str) -> Option<&str> {
    let (package, name) = function.rsplit('/').next()?.split_once('.')?;
    let name = name.split('[').next().unwrap_or(name);
    let is_plain = name.starts_with(char::is_uppercase) && !name.contains(['.', '(', '-']);
    (is_plain && package != "runtime" && !function.starts_with("internal/")).then_some(name)
}

fn excerpt(file: &Parsed, function: Node<'_>, statement: Node<'_>) -> Excerpt {
    let (from, to) = (line_of(statement), last_line_of(statement).min(line_of(statement) + MOST_LINES));
    let first = from.saturating_sub(AROUND).max(line_of(function));
    let last = (to + AROUND).min(last_line_of(function));
    let lines = file.text.lines().skip(first as usize - 1).take((last + 1 - first) as usize);
    Excerpt {
        file: file.shown.clone(),
        first_line: first,
        lines: lines.map(|line| line.chars().take(WIDEST).collect()).collect(),
        statement: (from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::named_function;

    #[test]
    fn only_a_plain_function_has_to_be_named() {
        assert_eq!(named_function("io.ReadAll"), Some("ReadAll"));
        assert_eq!(named_function("golang.org/x/exp/slices.Grow[...]"), Some("Grow"));
        for other in ["runtime.GC", "bytes.(*Buffer).Grow", "bytes.growSlice", "sync.OnceFunc.func1", "main"]
        {
            assert_eq!(named_function(other), None, "{other}");
        }
    }
}
