//! How inputs are read: how much of hostile or huge ones before they are refused, and whether their digest is taken.

/// Bounds on one input, and on their number. Each default is far above any real profile and low enough for a small machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after inflating. Default 1 GiB: a service with a million distinct stacks inflates to a tenth of it.
    pub inflated_bytes: u64,
    /// Samples. Default 20 million, at some 50 bytes each.
    pub samples: usize,
    /// Values of all samples together. Default 160 million, at 8 bytes each; a byte of the file can hold one.
    pub values: usize,
    /// Locations, functions, frames and strings, each. Default 16 million.
    pub symbols: usize,
    /// Location references in all stacks together. Default 256 million, at 4 bytes each.
    pub stack_entries: usize,
    /// Locations, or frames of a text, on one stack. Default 250,000: Go writes 128 at most, and no profiler is known to write
    /// more than a few thousand.
    pub depth: usize,
    /// Bytes of one string: a name, a path, a label. Default 16 MiB: names of generics have some thousand.
    pub string_bytes: usize,
    /// Bytes of text in all distinct label sets together, where the file holds each text once. Default 256 MiB.
    pub label_bytes: usize,
    /// Sample types. Default 64; real profiles have up to four.
    pub sample_types: usize,
    /// Files and URLs given at once, those in folders included. Default 10,000: a snapshot a minute for a week.
    pub inputs: usize,
    /// Whether the SHA-256 of each input is taken. Default true; for reports that do not tell it, it would be a fortieth of the
    /// work for nothing.
    pub digests: bool,
}

impl Limits {
    /// Bounds on what a service that is watched may answer: several times the largest profiles known of Go services (Go cuts dumps at 64 MiB), and
    /// so little that some of them at once fit into the memory of a small container. What is larger is stored all the same, and can be read
    /// with the limits of `diff`.
    pub fn of_a_service() -> Limits {
        Limits {
            inflated_bytes: 64 << 20,
            samples: 250_000,
            values: 2_000_000,
            symbols: 500_000,
            stack_entries: 16_000_000,
            depth: 10_000,
            string_bytes: 1 << 20,
            label_bytes: 8 << 20,
            ..Limits::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            inflated_bytes: 1 << 30,
            samples: 20_000_000,
            values: 160_000_000,
            symbols: 16_000_000,
            stack_entries: 256_000_000,
            depth: 250_000,
            string_bytes: 16 << 20,
            label_bytes: 256 << 20,
            sample_types: 64,
            inputs: 10_000,
            digests: true,
        }
    }
}
