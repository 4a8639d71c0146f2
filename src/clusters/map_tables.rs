//! What a heap profile shows of Go's maps: tables of known sizes, with so many entries each.

/// The sizes of a full table of a Go map since 1.24: 128 groups of 8 slots and 8 bytes of control word, rounded to a
/// size class, for slots of 8, 16 and 24 bytes (internal/runtime/maps; strings and words as keys and values). Larger
/// slots give sizes that buffers have as well.
pub const TABLE_SIZES: [i64; 3] = [9472, 18432, 27264];
/// A full table of the largest slots, of 256 bytes: larger keys and values are kept elsewhere. Rounded to pages.
pub const LARGEST_TABLE: i64 = 270_336;
/// A table has 1024 slots; it is split when 7/8 are taken, and has at least that half then.
const ENTRIES_A_TABLE: (f64, f64) = (400.0, 1000.0);

/// Whether so many objects may be the entries of so many full tables, within what sampling leaves open of both.
pub fn may_be_entries(objects: f64, tables: f64) -> bool {
    let (fewest, most) = ENTRIES_A_TABLE;
    tables > 0.0 && (fewest * 0.7..most * 1.5).contains(&(objects / tables))
}
