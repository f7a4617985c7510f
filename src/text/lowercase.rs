//! The lower-case step. Full Unicode lower-casing, with the common case (nothing to do, or ASCII only) kept cheap.

use std::borrow::Cow;

/// `word` in lower case.
pub fn lowercase(word: &str) -> Cow<'_, str> {
    if word.chars().all(|c| c.is_lowercase() || !c.is_alphabetic()) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(word.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::lowercase;

    #[test]
    fn nordic_letters() {
        assert_eq!(lowercase("ÆØÅ-Öl"), "æøå-öl");
        assert!(matches!(lowercase("it-2020"), std::borrow::Cow::Borrowed(_)));
    }
}
