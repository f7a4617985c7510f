//! A table of numbered things by their hashes: which number was given to an equal one.
//!
//! The things themselves stay where they are, and their hashes are computed once, when they are read; so neither a
//! look-up nor an insertion touches a thing unless all bits of the hashes agree. Places are probed one after the other,
//! and at most half of them are taken. Rejected: a `HashSet` of the standard library, which hashes at every call.

use std::hash::Hasher;

/// Numbers from 0 by hash, for as many things as the last [`Slots::clear`] said.
#[derive(Debug)]
pub(super) struct Slots {
    /// The hash and the number plus one; zero is empty. As many as a power of two.
    slots: Vec<(u32, u32)>,
}

impl Default for Slots {
    fn default() -> Self {
        Self { slots: vec![(0, 0)] }
    }
}

impl Slots {
    /// Forgets all, and makes room.
    pub(super) fn clear(&mut self, things: usize) {
        self.slots.clear();
        self.slots.resize((2 * things).next_power_of_two(), (0, 0));
    }

    /// The number of the thing with this hash that `is_it`; if there is none, gives it the `number`.
    #[inline]
    pub(super) fn insert(&mut self, hash: u32, number: usize, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let (at, found) = self.probe(hash, is_it);
        if found.is_none() {
            self.slots[at] = (hash, number as u32 + 1);
        }
        found
    }

    /// The number of the thing with this hash that `is_it`.
    #[inline]
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        self.probe(hash, is_it).1
    }

    /// Where it is, or where it would be.
    #[inline]
    fn probe(&self, hash: u32, is_it: impl Fn(usize) -> bool) -> (usize, Option<usize>) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (other, number) = self.slots[at];
            match number.checked_sub(1) {
                None => return (at, None),
                Some(number) if other == hash && is_it(number as usize) => return (at, Some(number as usize)),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }
}

/// The hash of an id.
#[inline]
pub(super) fn hash(id: &str) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_are_told_apart() {
        let mut slots = Slots::default();
        for _ in 0..2 {
            slots.clear(3);
            let words = ["a", "b", "c"];
            let find = |slots: &Slots, word: &str| slots.find(7, |number| words[number] == word);
            assert_eq!(slots.insert(7, 0, |number| words[number] == "a"), None);
            assert_eq!(slots.insert(7, 1, |number| words[number] == "b"), None);
            assert_eq!(slots.insert(7, 2, |number| words[number] == "a"), Some(0));
            assert_eq!((find(&slots, "a"), find(&slots, "b"), find(&slots, "c")), (Some(0), Some(1), None));
            assert_eq!(slots.find(8, |_| true), None);
        }
        slots.clear(0);
        assert_eq!(slots.find(7, |_| true), None);
    }
}
