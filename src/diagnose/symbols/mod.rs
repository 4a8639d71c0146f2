//! The functions by which libraries are known, in named sets: the one place where their names stand.
//!
//! `standard` has those of Go itself, `modules` those of others. A set says in which versions it was seen and which recording in `testdata` shows it; `tests/house/symbols.rs` looks there.

use crate::profile::readable;

/// A set of functions, by their full names.
#[derive(Clone, Copy, Debug)]
pub struct Symbols {
    /// The name of the set.
    pub name: &'static str,
    /// These functions,
    pub is: &'static [&'static str],
    /// those whose names start so,
    pub starts: &'static [&'static str],
    /// those whose names start so from some folder on, wherever the module was copied to,
    pub within: &'static [&'static str],
    /// and those whose names end so.
    pub ends: &'static [&'static str],
    /// The versions it was seen in.
    pub seen_in: &'static str,
    /// The recording in `testdata` that shows it; empty for what is known from reading alone.
    pub shown_by: &'static str,
}

const NONE: Symbols =
    Symbols { name: "", is: &[], starts: &[], within: &[], ends: &[], seen_in: "", shown_by: "" };

impl Symbols {
    /// Whether a function is one of these. Its name may be as the linker writes it, `nats-io/nats%2ego.(*Conn).flusher`.
    /// Each function of each suspect is asked for in each set, so what costs most is done last and once.
    pub fn has(&self, function: &str) -> bool {
        let function = &*readable(function);
        self.is.contains(&function)
            || self.starts.iter().any(|start| function.starts_with(start))
            || self.ends.iter().any(|end| function.ends_with(end))
            || (!self.within.is_empty()
                && from_each_folder(function)
                    .any(|rest| self.within.iter().any(|part| rest.starts_with(part))))
    }
}

/// A function's name whole, and without each of the folders before its package.
fn from_each_folder(function: &str) -> impl Iterator<Item = &str> {
    let folders = function.match_indices('/').map(|(slash, _)| &function[slash + 1..]);
    std::iter::once(function).chain(folders)
}

/// The package of commands, which own code calls in few places.
pub(crate) const COMMAND_PACKAGE: &str = "os/exec";

/// Makes a static of each set, and the list of them.
macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident { $($how:ident: [$($function:literal),* $(,)?]),* $(,)? }
        seen in $versions:literal, shown by $recording:literal;)*) => {
        $($(#[$doc])* pub static $name: Symbols = Symbols {
            name: stringify!($name),
            $($how: &[$($function),*],)*
            seen_in: $versions,
            shown_by: $recording,
            ..NONE
        };)*

        /// All sets of this file.
        pub(super) static SETS: &[&Symbols] = &[$(&$name),*];
    };
}

mod modules;
mod standard;

pub use modules::*;
pub use standard::*;

/// All sets.
pub fn sets() -> impl Iterator<Item = &'static Symbols> {
    standard::SETS.iter().chain(modules::SETS).copied()
}
