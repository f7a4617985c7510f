//! The first letters of a word, as many lengths as are indexed: what words have in common that the stemmer keeps apart.
//!
//! Rejected: all runs of letters inside a word, which find little more at twice the postings; every length from four to
//! eight, which ranks no better.

/// The lengths, in letters.
const LENGTHS: [usize; 3] = [4, 5, 7];

/// The beginnings of a folded `word`: its first letters, as many as are indexed and it has. None of what is no word.
pub fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    let letters = word.chars().all(char::is_alphabetic);
    ends.zip(1..).filter(move |(_, length)| letters && LENGTHS.contains(length)).map(|(end, _)| &word[..end])
}

#[cfg(test)]
mod tests {
    use super::beginnings;

    #[test]
    fn of_words_alone() {
        let check = |word: &str, expect: &[&str]| assert_eq!(beginnings(word).collect::<Vec<_>>(), expect);
        check("lov", &[]);
        check("love", &["love"]);
        check("førenkling", &["føre", "føren", "førenkl"]);
        check("2016", &[]);
    }
}
