//! How much of a hostile or huge input is read before it is refused.

/// Bounds on one input. Each default is far above any real profile and low enough for a small machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after inflating. Default 1 GiB: a service with a million distinct stacks inflates to a tenth of it.
    pub inflated_bytes: u64,
    /// Samples. Default 20 million, at some 50 bytes each.
    pub samples: usize,
    /// Locations, functions, frames and strings, each. Default 16 million.
    pub symbols: usize,
    /// Location references in all stacks together. Default 256 million, at 4 bytes each.
    pub stack_entries: usize,
    /// Sample types. Default 64; real profiles have up to four.
    pub sample_types: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            inflated_bytes: 1 << 30,
            samples: 20_000_000,
            symbols: 16_000_000,
            stack_entries: 256_000_000,
            sample_types: 64,
        }
    }
}
