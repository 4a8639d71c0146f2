//! Which sites belong together, and whom to blame: sites are summed by the user's own function and line that leads
//! to them, because a leak spread over many call paths is invisible path by path.

mod blame;
mod groups;
mod map_tables;
mod subject;
mod tally;

pub use blame::{Blame, Blamer};
pub use groups::{Group, Groups, Level, groups};
pub use map_tables::{LARGEST_TABLE, TABLE_SIZES, may_be_entries};
pub use subject::Subject;
pub use tally::{
    HeapLevel, Sums, TINY_BLOCK, Tally, Variance, heap_level, heap_tally, members_between, sized_tally,
    sum_up,
};
