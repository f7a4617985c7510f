//! Distinct strings and their numbers, counted from 0 in the order in which they came.
//!
//! All strings lie behind one another, so those that come early, as frequent words do, share cache lines; a string costs
//! its bytes and some thirty more. The table keeps hashes beside the numbers, so that it is mostly all that is read for a
//! string that is not there, and for growing. Rejected: a map of boxed strings, which is several times as large and jumps
//! about in memory for every word of a text.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

pub(super) struct Interner {
    text: String,
    /// By number: where the string ends. It begins where the one before it ends.
    ends: Vec<u32>,
    /// A power of two of them, at most half of them taken; a string stands in the first free one from its hash on.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    number: u32,
}

const FREE: Slot = Slot { hash: 0, number: u32::MAX };

impl Default for Interner {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new(), slots: vec![FREE; 1024] }
    }
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
        let slot = self.slots[self.place(hash(wanted), wanted)];
        (slot.number != FREE.number).then_some(slot.number)
    }

    /// The number of `added`, which has one from now on.
    pub(super) fn insert(&mut self, added: &str) -> u32 {
        let hash = hash(added);
        let place = self.place(hash, added);
        if self.slots[place].number != FREE.number {
            return self.slots[place].number;
        }
        let number = self.ends.len() as u32;
        self.slots[place] = Slot { hash, number };
        self.text.push_str(added);
        self.ends.push(self.text.len() as u32);
        if 2 * self.ends.len() > self.slots.len() {
            self.grow();
        }
        number
    }

    /// Where in the table a string stands, or would.
    fn place(&self, hash: u32, wanted: &str) -> usize {
        let is_wanted = |slot: Slot| {
            let (start, end) = self.span(slot.number);
            slot.hash == hash && self.text.as_bytes()[start..end] == *wanted.as_bytes()
        };
        let mut place = self.first(hash);
        while self.slots[place].number != FREE.number && !is_wanted(self.slots[place]) {
            place = self.first(place as u32 + 1);
        }
        place
    }

    /// The first place in the table for a hash.
    fn first(&self, hash: u32) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        let grown = vec![FREE; 2 * self.slots.len()];
        for slot in std::mem::replace(&mut self.slots, grown) {
            if slot.number != FREE.number {
                let mut place = self.first(slot.hash);
                while self.slots[place].number != FREE.number {
                    place = self.first(place as u32 + 1);
                }
                self.slots[place] = slot;
            }
        }
    }

    fn span(&self, number: u32) -> (usize, usize) {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        (start as usize, self.ends[number] as usize)
    }
}

fn hash(string: &str) -> u32 {
    FxBuildHasher.hash_one(string) as u32
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
