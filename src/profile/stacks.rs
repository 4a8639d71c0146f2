//! The stacks of all samples in one column, two bytes a location as long as the locations are few enough.
//!
//! They are most of a profile: what they take is felt in every pass over them, and in every page that the system has to give.

/// The locations of stacks, one stack's after another's.
#[derive(Clone, Debug)]
pub(crate) enum StackColumn {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

/// One stack: location indexes, leaf first.
#[derive(Clone, Copy, Debug)]
pub enum Stack<'a> {
    /// Of a profile with few locations, as most are.
    Narrow(&'a [u16]),
    /// Of a profile with more than 65,536 locations, or with unusual ids.
    Wide(&'a [u32]),
}

impl Default for StackColumn {
    fn default() -> StackColumn {
        StackColumn::Narrow(Vec::new())
    }
}

impl StackColumn {
    /// The number of locations.
    pub(crate) fn len(&self) -> usize {
        match self {
            StackColumn::Narrow(locations) => locations.len(),
            StackColumn::Wide(locations) => locations.len(),
        }
    }

    /// Whether there is no location at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for so many more locations, as far as there is room: it only saves growing.
    pub(crate) fn reserve(&mut self, locations: usize) {
        let _ = match self {
            StackColumn::Narrow(narrow) => narrow.try_reserve(locations),
            StackColumn::Wide(wide) => wide.try_reserve(locations),
        };
    }

    /// Takes away what stands behind so many locations.
    pub(super) fn truncate(&mut self, locations: usize) {
        match self {
            StackColumn::Narrow(narrow) => narrow.truncate(locations),
            StackColumn::Wide(wide) => wide.truncate(locations),
        }
    }

    /// The locations while they take two bytes each.
    pub(crate) fn narrow_mut(&mut self) -> Option<&mut Vec<u16>> {
        match self {
            StackColumn::Narrow(narrow) => Some(narrow),
            StackColumn::Wide(_) => None,
        }
    }

    /// Appends a location.
    pub(super) fn push(&mut self, location: u32) {
        self.extend(&[location]);
    }

    /// Appends locations.
    #[inline]
    pub(crate) fn extend(&mut self, locations: &[u32]) {
        if let StackColumn::Narrow(narrow) = self {
            // Or, not the greatest: all bits at once.
            if locations.iter().fold(0, |bits, location| bits | location) <= u32::from(u16::MAX) {
                narrow.extend(locations.iter().map(|location| *location as u16));
                return;
            }
            *self = StackColumn::Wide(narrow.iter().map(|location| u32::from(*location)).collect());
        }
        if let StackColumn::Wide(wide) = self {
            wide.extend_from_slice(locations);
        }
    }

    /// The locations from one place to another.
    #[inline]
    pub(crate) fn get(&self, start: usize, end: usize) -> Stack<'_> {
        match self {
            StackColumn::Narrow(locations) => Stack::Narrow(&locations[start..end]),
            StackColumn::Wide(locations) => Stack::Wide(&locations[start..end]),
        }
    }

    /// The highest location.
    pub(crate) fn highest(&self) -> Option<u32> {
        // Not `max`, whose order of equal ones keeps compilers from looking at many at a time.
        let highest = match self {
            StackColumn::Narrow(locations) => u32::from(locations.iter().fold(0, |a, b| a.max(*b))),
            StackColumn::Wide(locations) => locations.iter().fold(0, |a, b| a.max(*b)),
        };
        (!self.is_empty()).then_some(highest)
    }

    /// The same with each location replaced by what `index` makes of it.
    pub(super) fn replaced<E>(&self, index: impl Fn(u32) -> Result<u32, E>) -> Result<StackColumn, E> {
        let mut column = StackColumn::default();
        for location in self.get(0, self.len()).iter() {
            column.push(index(location)?);
        }
        Ok(column)
    }
}

impl<'a> Stack<'a> {
    /// The number of locations.
    pub fn len(&self) -> usize {
        match self {
            Stack::Narrow(locations) => locations.len(),
            Stack::Wide(locations) => locations.len(),
        }
    }

    /// Whether there is no location at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The locations, leaf first. Loops over many stacks are faster by [`Stack::Narrow`] and [`Stack::Wide`] apart.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + Clone + use<'a> {
        let (narrow, wide): (&[u16], &[u32]) = match self {
            Stack::Narrow(locations) => (locations, &[]),
            Stack::Wide(locations) => (&[], locations),
        };
        narrow.iter().map(|location| u32::from(*location)).chain(wide.iter().copied())
    }
}

impl Default for Stack<'_> {
    fn default() -> Self {
        Stack::Narrow(&[])
    }
}

impl PartialEq for Stack<'_> {
    #[inline]
    fn eq(&self, other: &Stack<'_>) -> bool {
        match (self, other) {
            (Stack::Narrow(a), Stack::Narrow(b)) => a == b,
            (Stack::Wide(a), Stack::Wide(b)) => a == b,
            _ => self.iter().eq(other.iter()),
        }
    }
}

impl Eq for Stack<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_widens_when_it_must_and_keeps_what_it_has() {
        let mut column = StackColumn::default();
        column.extend(&[3, 65_535]);
        assert!(matches!(column.get(0, 2), Stack::Narrow([3, 65_535])));
        column.extend(&[7, 65_536]);
        column.push(1);
        assert!(matches!(column.get(0, 5), Stack::Wide([3, 65_535, 7, 65_536, 1])));
        let back = column.replaced(|location| Ok::<_, ()>(location / 10)).expect("no error");
        assert_eq!(back.get(1, 4), Stack::Wide(&[6553, 0, 6553]));
        assert!(matches!(back.get(0, 0), Stack::Narrow([])));
        assert_eq!(column.replaced(|location| if location == 7 { Err("7") } else { Ok(0) }).err(), Some("7"));
    }
}
