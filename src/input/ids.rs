//! From the ids a profile gives its messages to dense indexes.

use super::Problem;
use std::collections::HashMap;

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
            Ids::InOrder(count) => in_order(id, *count),
            Ids::Dense(dense) => {
                let index = *dense.get(usize::try_from(id).ok()?)?;
                (index != u32::MAX).then_some(index)
            }
            Ids::Sparse(sparse) => sparse.get(&id).copied(),
        }
    }
}

/// The index of an id where ids run from 1 to `count` in order.
#[inline]
pub(super) fn in_order(id: u64, count: u64) -> Option<u32> {
    let index = id.wrapping_sub(1);
    (index < count).then_some(index as u32)
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
}
