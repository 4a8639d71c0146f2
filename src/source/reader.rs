//! Source folders, and what they say about a stack.

use super::acquire::acquired;
use super::declared::Package;
use super::facts::{Excerpt, Fact, Place, Position, Problem, Reading};
use super::flow::Flow;
use super::parse::{Parsed, function_at, last_line_of, line_of, statement_at};
use super::tree::{Found, Tree};
use super::waits::waits;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;
use tree_sitter::Node;

/// Lines shown before and after a statement.
const AROUND: u32 = 3;
/// Lines of one statement that are shown.
const MOST_LINES: u32 = 12;
/// Characters shown of a line.
const WIDEST: usize = 200;
/// Files of one package that are read.
const PACKAGE_FILES: usize = 200;

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
        Ok(Sources { tree, parsed: BTreeMap::new() })
    }

    /// Follows what is allocated, or waits, at the first position of a stack of own frames, leaf-most first.
    pub fn follow(&mut self, stack: &[Position]) -> Reading {
        let mut reading = Reading::default();
        for (index, position) in stack.iter().enumerate() {
            let package = crate::profile::package_of(&position.function);
            let Some(found) = self.tree.find(&position.file, package).cloned() else {
                if index == 0 {
                    reading.problem = Some(Problem::NotFound { file: position.file.clone() });
                }
                break;
            };
            self.parse_package(&found);
            match self.read(&found, position, index == 0, &mut reading) {
                Ok(true) => {}
                Ok(false) => break,
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

    /// Parses a file and those beside it, once.
    fn parse_package(&mut self, found: &Found) {
        let mut beside = self.tree.beside(found, PACKAGE_FILES);
        beside.insert(0, found.clone());
        for file in beside {
            self.parsed.entry(file.path.clone()).or_insert_with(|| Parsed::read(&file.path, &file.shown));
        }
    }

    /// Reads one frame; says whether the value is returned to the next.
    fn read(
        &self,
        found: &Found,
        position: &Position,
        is_first: bool,
        reading: &mut Reading,
    ) -> Result<bool, String> {
        let Some(Some(file)) = self.parsed.get(&found.path) else {
            return Err("it is too large or cannot be read".to_owned());
        };
        let folder = found.path.parent();
        let beside = self.parsed.iter().filter(|(path, _)| path.parent() == folder && **path != found.path);
        let files = std::iter::once(file).chain(beside.filter_map(|(_, parsed)| parsed.as_ref())).collect();
        let package = Package { files };
        let function = function_at(file, &position.function, position.line)?;
        let Some(statement) = statement_at(function, position.line) else {
            return if is_first {
                Err(format!("there is no statement at line {}", position.line))
            } else {
                Ok(false)
            };
        };
        if is_first {
            reading.excerpt = Some(excerpt(file, function, statement));
        }
        let place = || Place { file: file.shown.clone(), line: line_of(statement) };
        let quoted = || quote(file, statement);
        let mut kinds = if is_first { waits(&package, file, function, statement) } else { Vec::new() };
        kinds.extend(acquired(&package, file, function, statement));
        reading.facts.extend(kinds.into_iter().map(|kind| Fact {
            place: place(),
            statement: quoted(),
            kind,
        }));
        let mut flow = Flow::new(&package);
        let returned = flow.follow(file, function, statement);
        reading.facts.append(&mut flow.facts);
        Ok(returned)
    }
}

/// The first line of a statement.
fn quote(file: &Parsed, statement: Node<'_>) -> String {
    let first = file.text_of(statement).lines().next().unwrap_or_default();
    first.trim().chars().take(WIDEST).collect()
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
