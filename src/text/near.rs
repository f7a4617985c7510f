//! Words within a few edits of a word: a Levenshtein automaton, by way of `levenshtein_automata`.

use levenshtein_automata::DFA;
use levenshtein_automata::Distance;
use levenshtein_automata::LevenshteinAutomatonBuilder;
use levenshtein_automata::SINK_STATE;

/// Accepts terms near a word or near its stem; two neighbouring letters swapped are one edit.
pub struct Near {
    word: DFA,
    stem: DFA,
}

impl Near {
    /// At most `distance` edits from `word`, or one from `stem`: stems are short, and two edits from a short word is
    /// half the dictionary.
    pub fn new(word: &str, stem: &str, distance: u8) -> Self {
        let automaton = |word: &str, distance| LevenshteinAutomatonBuilder::new(distance, true).build_dfa(word);
        Self { word: automaton(word, distance), stem: automaton(stem, distance.min(1)) }
    }

    /// Whether `term`, in UTF-8, is near enough.
    pub fn accepts(&self, term: &[u8]) -> bool {
        accepts(&self.word, term) || accepts(&self.stem, term)
    }
}

fn accepts(automaton: &DFA, term: &[u8]) -> bool {
    let mut state = automaton.initial_state();
    for &byte in term {
        state = automaton.transition(state, byte);
        if state == SINK_STATE {
            return false;
        }
    }
    matches!(automaton.distance(state), Distance::Exact(_))
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn edits_are_counted_in_letters() {
        let near = Near::new("børn", "børn", 1);
        assert!(near.accepts("børn".as_bytes()) && near.accepts("børen".as_bytes()) && near.accepts("brøn".as_bytes()));
        assert!(!near.accepts("bar".as_bytes()));
        let near = Near::new("komune", "komun", 2);
        assert!(near.accepts(b"kommune") && near.accepts(b"kommun") && !near.accepts(b"kun"));
    }
}
