//! The folding step: one key for all the ways in which a Nordic word is typed without its letters.
//!
//! *förenkling* is typed *forenkling*, *rådgivning* is *radgivning* or *raadgivning*, *bøger* is *boger* or *boeger*. The
//! key maps all of them to one: `å aa -> a`, `ä æ ae -> a`, `ö ø oe -> o`, and other letters lose their marks. A key is
//! never indexed in place of the word: the word as written ranks first, its key behind it.
//!
//! Rejected: folding the indexed term itself. It takes *får* and *far* for one word, and users of engines that do so
//! complain of nothing more often.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The folded key of a lower-case `word`; borrowed where folding changes nothing.
pub fn fold(word: &str) -> Cow<'_, str> {
    let bytes = word.as_bytes();
    let pair = |pair: &[u8]| matches!(pair, b"aa" | b"ae" | b"oe");
    if word.is_ascii() && !bytes.windows(2).any(pair) {
        return Cow::Borrowed(word);
    }
    let key: String = folded(word.chars()).collect();
    if key == word { Cow::Borrowed(word) } else { Cow::Owned(key) }
}

/// The letters of the folded key of lower-case letters, as they come.
pub fn folded(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    Folded { letters, rest: [None; 2], last: '\0' }
}

struct Folded<I> {
    letters: I,
    /// What else the last letter is folded to.
    rest: [Option<char>; 2],
    last: char,
}

impl<I: Iterator<Item = char>> Folded<I> {
    fn base(&mut self) -> Option<char> {
        if let Some(next) = self.rest[0] {
            self.rest = [self.rest[1], None];
            return Some(next);
        }
        loop {
            let letter = self.letters.next()?;
            return Some(match letter {
                _ if letter.is_ascii() => letter,
                'å' | 'ä' | 'æ' => 'a',
                'ö' | 'ø' => 'o',
                'ð' => 'd',
                'ß' => {
                    self.rest[0] = Some('s');
                    's'
                }
                'þ' => {
                    self.rest[0] = Some('h');
                    't'
                }
                _ => {
                    // No letter but those of Hangul, which has three, decomposes into more than one base letter.
                    let mut bases = letter.nfd().filter(|&c| !is_combining_mark(c));
                    let Some(first) = bases.next() else { continue };
                    self.rest = std::array::from_fn(|_| bases.next());
                    first
                }
            });
        }
    }
}

impl<I: Iterator<Item = char>> Iterator for Folded<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            let letter = self.base()?;
            // Pairs are collapsed in the key, not in the word, so that folding a key changes nothing.
            if !matches!((self.last, letter), ('a', 'a' | 'e') | ('o', 'e')) {
                self.last = letter;
                return Some(letter);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn one_key_for_every_way_of_typing() {
        let check = |words: &[&str], key: &str| {
            for word in words {
                assert_eq!(fold(word), key, "{word}");
            }
        };
        check(&["förenkling", "forenkling", "foerenkling"], "forenkling");
        check(&["rådgivning", "radgivning", "raadgivning"], "radgivning");
        check(&["bøger", "boger", "boeger", "böger"], "boger");
        check(&["læge", "laege", "läge", "lage"], "lage");
        check(&["idé", "ide"], "ide");
        check(&["zürich"], "zurich");
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_is_folding_once(word in "\\PC{0,20}|[aeoåäöæø]{0,12}") {
            let once = fold(&word).into_owned();
            proptest::prop_assert_eq!(fold(&once), once.as_str());
        }
    }
}
