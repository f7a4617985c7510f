//! Numbers with their nouns.

use std::collections::BTreeMap;

/// `1 article`, `2 articles`: the noun in the singular becomes a regular plural.
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `46 documents (da 26, sv 20)`.
pub fn listed(documents: &BTreeMap<String, u64>) -> String {
    let parts: Vec<_> = documents.iter().map(|(code, number)| format!("{code} {number}")).collect();
    let sum = count(documents.values().fold(0, |sum, number| sum.saturating_add(*number)), "document");
    if parts.is_empty() { sum } else { format!("{sum} ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn one_and_many() {
        assert_eq!([count(0, "file"), count(1, "file"), count(2, "file")], ["0 files", "1 file", "2 files"]);
    }
}
