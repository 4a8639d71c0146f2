//! From the ids a profile gives its messages to dense indexes.

use super::wire::{broken, unpack, unpack_near};
use super::{Limits, Problem};
use crate::profile::StackColumn;
use std::collections::HashMap;

/// Ids from here on are numbered by [`Forward`].
const FAR: u32 = 1 << 31;

/// Maps 64-bit ids to their position in file order. Ids are usually 1 to n; any others work too (S35).
pub(super) enum Ids {
    /// 1 to n in order, as Go writes them: the index is one less.
    InOrder(u64),
    /// `dense[id]` is the index, `u32::MAX` where there is none.
    Dense(Vec<u32>),
    /// For ids far apart. The standard hasher, because a hostile file chooses the keys.
    Sparse(HashMap<u64, u32>),
}

impl Ids {
    /// Takes the ids in file order; 0 and duplicates are errors, named by `what`.
    pub(super) fn new(ids: impl Iterator<Item = u64> + Clone, what: &str) -> Result<Ids, Problem> {
        if ids.clone().zip(1..).all(|(id, place)| id == place) {
            return Ok(Ids::InOrder(ids.count() as u64));
        }
        let (count, max) = ids.clone().fold((0usize, 0u64), |(n, max), id| (n + 1, max.max(id)));
        let mut map = if max < (count as u64 + 16) * 4 {
            Ids::Dense(vec![u32::MAX; max as usize + 1])
        } else {
            Ids::Sparse(HashMap::with_capacity(count))
        };
        for (index, id) in ids.enumerate() {
            let index = index as u32;
            if id == 0 {
                return Err(Problem::malformed(format!("a {what} has the id 0")));
            }
            let taken = match &mut map {
                Ids::Dense(dense) => std::mem::replace(&mut dense[id as usize], index) != u32::MAX,
                Ids::Sparse(sparse) => sparse.insert(id, index).is_some(),
                // Not made here.
                Ids::InOrder(_) => false,
            };
            if taken {
                return Err(Problem::malformed(format!("two {what}s have the id {id}")));
            }
        }
        Ok(map)
    }

    /// The index of an id.
    #[inline]
    pub(super) fn index(&self, id: u64) -> Option<u32> {
        match self {
            Ids::InOrder(count) => {
                let index = id.wrapping_sub(1);
                (index < *count).then_some(index as u32)
            }
            Ids::Dense(dense) => {
                let index = *dense.get(usize::try_from(id).ok()?)?;
                (index != u32::MAX).then_some(index)
            }
            Ids::Sparse(sparse) => sparse.get(&id).copied(),
        }
    }
}

/// References to what may stand later in the file: each is kept as a number until all ids are known.
///
/// The number is one less than the id, so that where ids are 1 to n in order, as Go writes them, it is the index already.
#[derive(Default)]
pub(super) struct Forward {
    /// 0 and ids that are too large, by their numbers, which start at [`FAR`].
    far: Vec<u64>,
    far_numbers: HashMap<u64, u32>,
    /// The list that was unpacked last.
    unpacked: Vec<u32>,
    /// Where near ones are unpacked.
    room: Vec<u16>,
}

impl Forward {
    /// The number of an id.
    ///
    /// # Errors
    /// If there are too many ids that are far from 1 to n.
    pub(super) fn number(&mut self, id: u64, limits: &Limits) -> Result<u32, Problem> {
        if let Some(number) = near(id) {
            return Ok(number);
        }
        if let Some(number) = self.far_numbers.get(&id) {
            return Ok(*number);
        }
        if self.far.len() >= limits.symbols {
            return Err(Problem::TooMany { what: "distinct ids", limit: limits.symbols });
        }
        let number = FAR + self.far.len() as u32;
        self.far.push(id);
        self.far_numbers.insert(id, number);
        Ok(number)
    }

    /// Appends the numbers of a packed list of ids to a stack; says how many there are.
    ///
    /// # Errors
    /// As [`Forward::number`], or if the list is damaged.
    pub(super) fn unpack(
        &mut self,
        packed: &[u8],
        stacks: &mut StackColumn,
        limits: &Limits,
    ) -> Result<usize, Problem> {
        let start = stacks.len();
        if stacks.narrow_mut().is_some_and(|numbers| unpack_near(packed, &mut self.room, numbers)) {
            return Ok(stacks.len() - start);
        }
        let mut numbers = std::mem::take(&mut self.unpacked);
        numbers.clear();
        let mut problem = None;
        let is_whole = unpack(packed, |id| match self.number(id, limits) {
            Ok(number) => numbers.push(number),
            Err(error) => problem = Some(error),
        });
        stacks.extend(&numbers);
        self.unpacked = numbers;
        match problem {
            None if is_whole => Ok(stacks.len() - start),
            None => Err(broken()),
            Some(problem) => Err(problem),
        }
    }

    /// Whether the numbers, up to the `highest` one, are the indexes already. Never wrongly.
    pub(super) fn are_indexes(&self, highest: Option<u32>, ids: &Ids) -> bool {
        let end = highest.map_or(0, |number| u64::from(number) + 1);
        self.far.is_empty() && matches!(ids, Ids::InOrder(count) if end <= *count)
    }

    /// The index that a number stands for.
    ///
    /// # Errors
    /// The id, if it is not there.
    pub(super) fn index(&self, number: u32, ids: &Ids) -> Result<u32, u64> {
        let id = match number.checked_sub(FAR) {
            Some(place) => self.far[place as usize],
            None => u64::from(number) + 1,
        };
        ids.index(id).ok_or(id)
    }
}

/// The number of an id that is not far from 1 to n.
fn near(id: u64) -> Option<u32> {
    u32::try_from(id.wrapping_sub(1)).ok().filter(|number| *number < FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_ids_cost_no_memory_and_duplicates_are_told() {
        let ids = Ids::new([1u64 << 63, 5, u64::MAX].into_iter(), "location").expect("distinct");
        assert_eq!([ids.index(1 << 63), ids.index(5), ids.index(6)], [Some(0), Some(1), None]);
        let ids = Ids::new([2u64, 1].into_iter(), "location").expect("distinct");
        assert_eq!(
            [ids.index(0), ids.index(1), ids.index(2), ids.index(u64::MAX)],
            [None, Some(1), Some(0), None]
        );
        let ids = Ids::new([1u64, 2, 3].into_iter(), "location").expect("distinct");
        assert_eq!(
            [ids.index(0), ids.index(1), ids.index(3), ids.index(4), ids.index(u64::MAX)],
            [None, Some(0), Some(2), None, None]
        );
        assert!(Ids::new([3u64, 3].into_iter(), "location").is_err());
        assert!(Ids::new([0u64].into_iter(), "location").is_err());
    }

    #[test]
    fn references_of_any_size_find_what_stands_later() {
        let limits = Limits { symbols: 2, ..Limits::default() };
        let resolved = |references: &[u64], ids: &[u64]| {
            let mut forward = Forward::default();
            let mut packed = Vec::new();
            references.iter().for_each(|id| prost::encoding::encode_varint(*id, &mut packed));
            let mut stacks = StackColumn::default();
            let count = forward.unpack(&packed, &mut stacks, &limits).expect("a whole list");
            assert_eq!((count, stacks.len()), (references.len(), references.len()));
            let numbers: Vec<u32> = stacks.get(0, count).iter().collect();
            let one_by_one: Vec<u32> =
                references.iter().map(|id| forward.number(*id, &limits).expect("few")).collect();
            assert_eq!(numbers, one_by_one);
            let ids = Ids::new(ids.iter().copied(), "location").expect("distinct");
            let indexes: Result<Vec<u32>, u64> = numbers.iter().map(|n| forward.index(*n, &ids)).collect();
            assert!(
                !forward.are_indexes(numbers.iter().copied().max(), &ids) || indexes.as_ref() == Ok(&numbers),
                "{indexes:?}"
            );
            indexes
        };
        assert_eq!(resolved(&[1, 3, 2, 300, 1], &(1..=300).collect::<Vec<_>>()), Ok(vec![0, 2, 1, 299, 0]));
        assert_eq!(resolved(&[1, 3], &[1, 2]), Err(3));
        assert_eq!(resolved(&[2, 1], &[7, 2, 1]), Ok(vec![1, 2]));
        assert_eq!(resolved(&[5, u64::MAX, 5], &[u64::MAX, 5]), Ok(vec![1, 0, 1]));
        assert_eq!(resolved(&[1 << 31, (1 << 31) + 1], &[1 << 31, (1 << 31) + 1]), Ok(vec![0, 1]));
        assert_eq!(resolved(&[1, 0], &[1]), Err(0));
        let mut forward = Forward::default();
        let too_many = (0..3).map(|n| forward.number(u64::MAX - n, &limits)).any(|number| number.is_err());
        assert!(too_many);
    }
}
