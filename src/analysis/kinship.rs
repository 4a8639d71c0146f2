//! Whether two series may be of one program: by the functions, the modules and the folders of its own code.
//!
//! Where a function is gone, its growth is gone, too: without this, a series of another program would show every leak
//! fixed, and its own leaks as new.

use super::Analysis;
use crate::profile::{Owner, package_of, repository_of};
use crate::series::FunctionInfo;
use std::collections::{BTreeMap, BTreeSet};

/// How many own functions each of two series has at least if none of them in common is to prove that they are of two
/// programs: a repair takes away the function that leaks and what it alone calls, and little else may have been seen.
const ENOUGH_FUNCTIONS: usize = 3;

/// What two series have in common of the user's own code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// Some of it, or nothing is known of one side.
    OneProgram,
    /// No function, but few are seen, and nothing else speaks against one program.
    Doubtful,
    /// They are of two programs.
    TwoPrograms(Difference),
}

/// What shows that two series are of two programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// None of so many own functions of the first series is in the second.
    Functions(usize),
    /// The own code besides package main is of these modules, and they have no function in common.
    Modules([String; 2]),
    /// Package main was built in these folders, and they have no function in common.
    Folders([String; 2]),
}

/// Whether two series may be of one program at all.
pub fn kinship(before: &Analysis, after: &Analysis) -> Kinship {
    let [first, second] = [before, after].map(|analysis| OwnCode::of(analysis.series.names.functions()));
    first.kinship(&second)
}

/// The user's own code in one series.
#[derive(Default)]
struct OwnCode<'a> {
    /// Its functions, without those that every program has.
    functions: BTreeSet<&'a str>,
    /// The modules of its packages, without package main, which has the same name in every program.
    modules: BTreeSet<&'a str>,
    /// Its packages, without package main.
    packages: BTreeSet<&'a str>,
    /// The folder that most functions of package main stand in.
    folder: Option<&'a str>,
}

impl<'a> OwnCode<'a> {
    fn of(functions: &'a [FunctionInfo]) -> OwnCode<'a> {
        let mut code = OwnCode::default();
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        for info in functions.iter().filter(|info| info.owner == Owner::Own) {
            let is_everywhere = ["main.main", "main.init"].iter().any(|of_all| {
                info.name.strip_prefix(of_all).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            if !is_everywhere {
                code.functions.insert(&info.name);
            }
            match (package_of(&info.name), info.file.rsplit_once('/')) {
                ("main", Some((folder, _))) => *folders.entry(folder).or_insert(0) += 1,
                ("main" | "", _) => {}
                (package, _) => {
                    code.packages.insert(package);
                    code.modules.insert(repository_of(package));
                }
            }
        }
        code.folder = folders.into_iter().max_by_key(|(_, functions)| *functions).map(|(folder, _)| folder);
        code
    }

    fn kinship(&self, other: &OwnCode<'_>) -> Kinship {
        let mut shared = self.functions.intersection(&other.functions).peekable();
        let other_module = match (self.modules.first(), other.modules.first()) {
            (Some(one), Some(another)) if self.modules.is_disjoint(&other.modules) => Some([*one, *another]),
            _ => None,
        };
        let is_shared = shared.peek().is_some();
        // `main.run` or `main.handle` is in many programs.
        let shares_main_alone = shared.all(|function| package_of(function) == "main");
        // One repository may hold several programs.
        if let Some(folders) = self.other_folder(other).filter(|_| is_shared && shares_main_alone)
            && other_module.is_none()
            && !self.packages.is_empty()
            && !other.packages.is_empty()
            && self.packages.is_disjoint(&other.packages)
        {
            return Kinship::TwoPrograms(Difference::Folders(folders.map(str::to_owned)));
        }
        match other_module.filter(|_| shares_main_alone) {
            Some(modules) => {
                return Kinship::TwoPrograms(Difference::Modules(modules.map(str::to_owned)));
            }
            None if is_shared || self.functions.is_empty() || other.functions.is_empty() => {
                return Kinship::OneProgram;
            }
            None => {}
        }
        if self.functions.len().min(other.functions.len()) >= ENOUGH_FUNCTIONS {
            return Kinship::TwoPrograms(Difference::Functions(self.functions.len()));
        }
        match self.other_folder(other).filter(|_| self.modules.is_disjoint(&other.modules)) {
            Some(folders) => Kinship::TwoPrograms(Difference::Folders(folders.map(str::to_owned))),
            None => Kinship::Doubtful,
        }
    }

    /// The folders of both packages main, if they are called otherwise. One build may stand in another place than the next, in a folder of
    /// the same name.
    fn other_folder<'b>(&'b self, other: &'b OwnCode<'_>) -> Option<[&'b str; 2]> {
        let folders = [self.folder?, other.folder?];
        (last(folders[0]) != last(folders[1])).then_some(folders)
    }
}

/// The last name of a path.
fn last(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(names: &[(&str, &str)]) -> Vec<FunctionInfo> {
        let info = |(name, file): &(&str, &str)| FunctionInfo {
            name: (*name).to_owned(),
            file: (*file).to_owned(),
            owner: Owner::Own,
            is_runtime: false,
            is_profiler: false,
        };
        names.iter().map(info).collect()
    }

    fn of(first: &[(&str, &str)], second: &[(&str, &str)]) -> Kinship {
        let [first, second] = [first, second].map(functions);
        OwnCode::of(&first).kinship(&OwnCode::of(&second))
    }

    const SHOP: (&str, &str) = ("example.com/shop/visits.(*Recorder).Remember", "/src/shop/visits/visits.go");
    const SHOP_MAIN: (&str, &str) = ("main.main", "/src/shop/main.go");
    const NOTIFY_MAIN: (&str, &str) = ("main.lookup", "/src/notify/main.go");

    #[test]
    fn other_modules_and_other_folders_are_other_programs() {
        let notify = ("example.com/notify/send.Send", "/src/notify/send/send.go");
        let modules = of(&[SHOP, SHOP_MAIN], &[notify, NOTIFY_MAIN]);
        assert!(matches!(modules, Kinship::TwoPrograms(Difference::Modules(_))), "{modules:?}");
        let run = |file| ("main.run", file);
        let same_name = of(&[SHOP, run("/src/shop/main.go")], &[notify, run("/src/notify/main.go")]);
        assert!(matches!(same_name, Kinship::TwoPrograms(Difference::Modules(_))), "{same_name:?}");
        let (cart, mail) = (
            ("example.com/acme/shop/cart.Put", "/src/shop/c.go"),
            ("example.com/acme/mail/box.Put", "/src/mail/b.go"),
        );
        let one_repository = of(&[cart, run("/src/shop/main.go")], &[mail, run("/src/mail/main.go")]);
        assert!(matches!(one_repository, Kinship::TwoPrograms(Difference::Folders(_))), "{one_repository:?}");
        let folders = of(&[SHOP, SHOP_MAIN], &[NOTIFY_MAIN]);
        assert!(matches!(folders, Kinship::TwoPrograms(Difference::Folders(_))), "{folders:?}");
    }

    #[test]
    fn a_repair_a_moved_build_and_little_code_are_one_program() {
        let repaired = ("example.com/shop/visits.(*Recorder).Forget", "/src/shop/visits/visits.go");
        assert_eq!(of(&[SHOP, SHOP_MAIN], &[repaired, SHOP_MAIN]), Kinship::Doubtful);
        assert_eq!(of(&[SHOP, NOTIFY_MAIN], &[repaired, NOTIFY_MAIN]), Kinship::OneProgram);
        assert_eq!(
            of(&[("main.a", "/build/7/shop/m.go")], &[("main.b", "/ci/shop/m.go")]),
            Kinship::Doubtful
        );
        assert_eq!(of(&[SHOP, SHOP_MAIN], &[SHOP_MAIN]), Kinship::OneProgram);
    }
}
