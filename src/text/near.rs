//! Words within a few edits of a word: a Levenshtein automaton, by way of `levenshtein_automata`.

use levenshtein_automata::DFA;
use levenshtein_automata::Distance;
use levenshtein_automata::LevenshteinAutomatonBuilder;
use levenshtein_automata::SINK_STATE;

/// Accepts words within an edit distance of one word; two neighbouring letters swapped are one edit.
pub struct Near {
    automaton: DFA,
}

impl Near {
    /// At most `distance` edits from `word`.
    pub fn new(word: &str, distance: u8) -> Self {
        Self { automaton: LevenshteinAutomatonBuilder::new(distance, true).build_dfa(word) }
    }

    /// Whether `word`, in UTF-8, is near enough.
    pub fn accepts(&self, word: &[u8]) -> bool {
        let mut state = self.automaton.initial_state();
        for &byte in word {
            state = self.automaton.transition(state, byte);
            if state == SINK_STATE {
                return false;
            }
        }
        matches!(self.automaton.distance(state), Distance::Exact(_))
    }
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn edits_are_counted_in_letters() {
        let near = Near::new("børn", 1);
        assert!(near.accepts("børn".as_bytes()) && near.accepts("børen".as_bytes()) && near.accepts("bron".as_bytes()));
        assert!(!near.accepts("bar".as_bytes()));
    }
}
