//! A set of very few things, most often one: sorted, each once, and without an allocation while there is one. An entity has
//! such a set for each of its fields.

use smallvec::SmallVec;
use std::fmt;

/// A sorted set of few things.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ordered<T>(SmallVec<[T; 1]>);

impl<T: Ord> Ordered<T> {
    /// Adds a thing, unless it is there.
    pub fn insert(&mut self, thing: T) {
        if let Err(at) = self.0.binary_search(&thing) {
            self.0.insert(at, thing);
        }
    }
}

impl<T> Ordered<T> {
    /// Its things in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The least.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }

    /// The greatest.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.0.last()
    }

    /// The one thing in it, if it is one.
    #[must_use]
    pub fn only(&self) -> Option<&T> {
        if let [only] = &self.0[..] { Some(only) } else { None }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops those for which that is not true.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|thing| keep(thing));
    }
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(SmallVec::new())
    }
}

impl<T: Ord> Extend<T> for Ordered<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, things: I) {
        self.0.extend(things);
        self.0.sort_unstable();
        self.0.dedup();
    }
}

impl<T: Ord> FromIterator<T> for Ordered<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut set = Self::default();
        set.extend(things);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Ordered<T> {
    fn from(things: [T; N]) -> Self {
        things.into_iter().collect()
    }
}

impl<'a, T> IntoIterator for &'a Ordered<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Ordered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn is_the_set_of_what_was_put_in(first in prop::collection::vec(0u8..9, 0..6), then in prop::collection::vec(0u8..9, 0..6)) {
            let mut expected: BTreeSet<u8> = first.iter().copied().collect();
            let mut set: Ordered<u8> = first.into_iter().collect();
            for number in then {
                set.insert(number);
                expected.insert(number);
            }
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
            prop_assert_eq!((set.first(), set.last(), set.len()), (expected.first(), expected.last(), expected.len()));
            set.retain(|n| n % 2 == 0);
            expected.retain(|n| n % 2 == 0);
            prop_assert_eq!(set, expected.into_iter().collect());
        }
    }
}
