//! What a profile measures: its kind, the form it was read from, its sample types and their units.

/// What was profiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Allocations and live memory, sampled. `heap` and `allocs` hold the same data (S1).
    Heap,
    /// Every goroutine's stack, exact.
    Goroutine,
    /// Goroutines that the garbage collector proved can never run again (S27, S28).
    GoroutineLeak,
}

impl Kind {
    /// All of them, in the order of reports.
    pub const ALL: [Kind; 3] = [Kind::Heap, Kind::Goroutine, Kind::GoroutineLeak];

    /// The name used in reports and in the JSON schema.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Heap => "heap",
            Kind::Goroutine => "goroutine",
            Kind::GoroutineLeak => "goroutineleak",
        }
    }
}

/// The form the bytes had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// profile.proto, gzipped or not (`debug=0`).
    Proto,
    /// The text of `debug=1`: one record a stack.
    Text,
    /// The text of `goroutine?debug=2`: one record a goroutine, with id, state and wait.
    Dump,
}

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A number of objects, goroutines, ...
    Count,
    /// Bytes.
    Bytes,
}

impl Unit {
    /// Reads a unit as pprof spells it and gives the factor to the base unit; a trailing `s` and case are
    /// ignored, as in pprof's `internal/measurement`. `None` for a unit that is neither a count nor a size.
    pub fn parse(text: &str) -> Option<(Unit, i64)> {
        let lower = text.to_ascii_lowercase();
        let unit = lower.strip_suffix('s').unwrap_or(&lower);
        Some(match unit {
            "count" | "object" | "" => (Unit::Count, 1),
            "b" | "byte" => (Unit::Bytes, 1),
            "kb" | "kilobyte" | "kib" | "kibibyte" => (Unit::Bytes, 1 << 10),
            "mb" | "megabyte" | "mib" | "mebibyte" => (Unit::Bytes, 1 << 20),
            "gb" | "gigabyte" | "gib" | "gibibyte" => (Unit::Bytes, 1 << 30),
            _ => return None,
        })
    }

    /// The name used in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Bytes => "bytes",
        }
    }
}

/// One column of values, `inuse_space/bytes` for example. Values are held in base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleType {
    /// The producer's name for it.
    pub name: String,
    /// What a value counts.
    pub unit: Unit,
}

/// Which columns of a heap profile hold what. Go writes all four (S1); other producers fewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapColumns {
    /// Objects allocated since the start of the process.
    pub alloc_objects: Option<usize>,
    /// Bytes allocated since the start of the process.
    pub alloc_space: Option<usize>,
    /// Objects live at the last completed garbage collection.
    pub inuse_objects: Option<usize>,
    /// Bytes live at the last completed garbage collection.
    pub inuse_space: Option<usize>,
}

impl HeapColumns {
    /// Finds the columns by name, wherever they stand: Go's four, or the `objects`/`space` pair of tcmalloc,
    /// jemalloc and Node, which counts live memory only. `None` when no column says what is live.
    pub fn find(types: &[SampleType]) -> Option<HeapColumns> {
        let by = |names: &[&str], unit: Unit| {
            types.iter().position(|t| t.unit == unit && names.contains(&t.name.as_str()))
        };
        let columns = HeapColumns {
            alloc_objects: by(&["alloc_objects"], Unit::Count),
            alloc_space: by(&["alloc_space"], Unit::Bytes),
            inuse_objects: by(&["inuse_objects", "objects", "live_objects", "allocations"], Unit::Count),
            inuse_space: by(&["inuse_space", "space", "live_space", "live_heap"], Unit::Bytes),
        };
        columns.inuse_space.map(|_| columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_as_pprof_does() {
        assert_eq!(Unit::parse("bytes"), Some((Unit::Bytes, 1)));
        assert_eq!(Unit::parse("Kilobytes"), Some((Unit::Bytes, 1024)));
        assert_eq!(Unit::parse("count"), Some((Unit::Count, 1)));
        assert_eq!(Unit::parse("nanoseconds"), None);
    }

    #[test]
    fn the_live_column_is_found_by_name_not_by_place() {
        let t = |name: &str, unit| SampleType { name: name.into(), unit };
        let types = [t("inuse_space", Unit::Bytes), t("alloc_space", Unit::Bytes)];
        let columns = HeapColumns::find(&types).expect("has inuse_space");
        assert_eq!((columns.inuse_space, columns.alloc_space), (Some(0), Some(1)));
        assert_eq!(HeapColumns::find(&[t("alloc_space", Unit::Bytes)]), None);
        assert!(HeapColumns::find(&[t("objects", Unit::Count), t("space", Unit::Bytes)]).is_some());
    }
}
