//! Distinct strings and their numbers, counted from 0 in the order in which they came.
//!
//! All strings lie behind one another, so those that come early, as frequent words do, share cache lines; a string costs
//! its bytes and some thirty more. The table keeps hashes beside the numbers, so that it is mostly all that is read for a
//! string that is not there, and for growing. Rejected: a map of boxed strings, which is several times as large and jumps
//! about in memory for every word of a text.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

#[derive(Default)]
pub(super) struct Interner {
    text: String,
    /// By number: where the string ends. It begins where the one before it ends.
    ends: Vec<u32>,
    /// The hash and the number of each string.
    table: HashTable<(u64, u32)>,
}

impl Interner {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The string with this number.
    pub(super) fn get(&self, number: u32) -> &str {
        let (start, end) = self.span(number);
        &self.text[start..end]
    }

    /// The number of `wanted`, if it has one.
    pub(super) fn find(&self, wanted: &str) -> Option<u32> {
        self.find_hashed(wanted, FxBuildHasher.hash_one(wanted))
    }

    /// The number of `added`, which has one from now on.
    pub(super) fn insert(&mut self, added: &str) -> u32 {
        let hash = FxBuildHasher.hash_one(added);
        self.find_hashed(added, hash).unwrap_or_else(|| {
            let number = self.ends.len() as u32;
            self.text.push_str(added);
            self.ends.push(self.text.len() as u32);
            self.table.insert_unique(hash, (hash, number), |&(hash, _)| hash);
            number
        })
    }

    fn find_hashed(&self, wanted: &str, hash: u64) -> Option<u32> {
        let is_wanted = |&(other, number): &(u64, u32)| other == hash && self.get(number) == wanted;
        self.table.find(hash, is_wanted).map(|&(_, number)| number)
    }

    fn span(&self, number: u32) -> (usize, usize) {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        (start as usize, self.ends[number] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn a_string_keeps_its_number() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..5000).map(|number| "å".repeat(number % 7) + &number.to_string()).collect();
        for (number, word) in (0..).zip(&words) {
            assert_eq!(interner.find(word), None);
            assert_eq!(interner.insert(word), number);
        }
        for (number, word) in (0..).zip(&words) {
            assert_eq!((interner.insert(word), interner.find(word)), (number, Some(number)));
            assert_eq!(interner.get(number), word);
        }
        assert_eq!(interner.len(), words.len());
    }
}
