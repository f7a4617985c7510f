//! Clean text: the one form in which bodies, titles and queries meet, and to which every offset refers.
//!
//! NFC; `\n` as the only line end; the plain space as the only space (but for the tab); nothing invisible. A soft
//! hyphen or a zero-width space inside a word would hide the word from search, a bidi control would let a text show
//! other than it is, and an NFD `å` from a Mac would miss an NFC `å`. Most text is clean already, so the common case is
//! one scan over the bytes without decoding. Rejected: NFKC, which turns `½` and `²` into other text; that is for the
//! analysers to fold.

use std::borrow::Cow;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc, is_nfc_quick};

/// `text` in its clean form; borrowed where it is clean already. Cleaning twice is cleaning once.
pub fn clean(text: &str) -> Cow<'_, str> {
    let mut changed = String::new();
    // Everything before `copied` is in `changed`, as it is or replaced; up to `at`, nothing has to be replaced.
    let (mut copied, mut at, mut composed) = (0, 0, true);
    loop {
        at += plain_prefix(&text.as_bytes()[at..]);
        let Some(c) = text[at..].chars().next() else { break };
        let next = at + c.len_utf8();
        let new = if c == '\r' && text[next..].starts_with('\n') { None } else { replacement(c) };
        if new != Some(c) {
            if copied == 0 {
                changed.reserve(text.len());
            }
            changed.push_str(&text[copied..at]);
            changed.extend(new);
            copied = next;
        }
        // Alone, a letter that composes, decomposes or moves shows it: no run of others can need normalisation.
        composed &= canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
        at = next;
    }
    let text = match copied {
        0 => Cow::Borrowed(text),
        _ => {
            changed.push_str(&text[copied..]);
            Cow::Owned(changed)
        }
    };
    if composed || is_nfc(&text) { text } else { Cow::Owned(text.nfc().collect()) }
}

/// `text` clean and on one line: every run of white space becomes one space, none at the ends.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in clean(text).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Whether two lines say the same, whatever their white space and case; an empty `b` is like nothing.
pub(super) fn is_same_line(a: &str, b: &str) -> bool {
    !b.is_empty() && one_line(a).to_lowercase() == one_line(b).to_lowercase()
}

/// How many bytes from the start show without decoding that nothing is to be done to them.
///
/// The lead bytes C3 to CB (U+00C0 to U+02FF) hold letters that NFC leaves alone, and so do the listed rows of
/// punctuation: a combining mark has a lead byte of its own and ends the run.
fn plain_prefix(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [b' '..=b'~' | b'\n' | b'\t', rest @ ..] => rest,
            [0xC3..=0xCB, _, rest @ ..] => rest,
            [0xC2, 0xA1..=0xAC | 0xAE..=0xBF, rest @ ..] => rest,
            [0xE2, 0x80, 0x90..=0xA7 | 0xB0..=0xBF, rest @ ..] => rest,
            [0xE2, 0x82, 0xA0..=0xBF, rest @ ..] => rest,
            _ => return bytes.len() - rest.len(),
        };
    }
}

/// What stands for `c` in clean text; `None` where it goes.
fn replacement(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        // Soft hyphen, and what is zero wide.
        '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' => None,
        // Bidi controls, deprecated format characters, interlinear marks, tags.
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}' => None,
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(clean(text), expect, "{text:?}");
    }

    #[test]
    fn one_form_for_all() {
        check("Kommunen a\u{30A}bner døren", "Kommunen åbner døren");
        check("\u{212B}bent hus", "Åbent hus");
        check("folke\u{AD}skole\u{200B}lov\u{2060}en\u{FEFF}", "folkeskoleloven");
        check("a\u{200D}\u{30A}r", "år");
        check("et\r\nto\rtre\n\rfire", "et\nto\ntre\n\nfire");
        check("side\u{0C}næste\u{2028}linje\u{85}slut", "side\nnæste\nlinje\nslut");
        check("5\u{A0}000\u{202F}kr.\u{3000}netto", "5 000 kr. netto");
        check("\u{202E}nedløs\u{202C} \u{2067}x\u{2069}\u{200F}", "nedløs x");
        check("\u{1B}[31mrød\u{7}\u{7F}\u{9B}\0", "[31mrød");
        check("tab\tbliver", "tab\tbliver");
        check("½ liter, m², ﬁnt", "½ liter, m², ﬁnt");
        check("løn\u{E0041}\u{E007F}", "løn");
    }

    #[test]
    fn clean_text_is_borrowed() {
        for text in ["", "Borgmesteren sagde: ”Nej – § 4, stk. 2 koster 3 €” …\n\t• punkt", "Łódź", "кириллица 中文 😀"]
        {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(one_line("  Ny\u{AD}t \n\t fra\u{A0}\u{A0}rådet\r\n"), "Nyt fra rådet");
        assert_eq!(one_line(" \n "), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(
            text in "(\\PC|[\\x00-\\x20\u{AD}\u{300}-\u{30A}\u{1680}-\u{2070}\u{FEFF}æøåÅ]){0,40}",
        ) {
            let once = clean(&text).into_owned();
            prop_assert!(once.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            prop_assert!(unicode_normalization::is_nfc(&once));
            prop_assert_eq!(clean(&once), once.as_str());
        }

        #[test]
        fn no_change_is_a_borrow(text in "\\PC{0,40}") {
            let clean = clean(&text);
            prop_assert_eq!(matches!(clean, Cow::Borrowed(_)), clean == text);
        }
    }

    /// The byte scan may only pass over what the slow way would leave as it is.
    #[test]
    fn the_byte_scan_passes_over_nothing_that_changes() {
        for c in '\0'..=char::MAX {
            if plain_prefix(c.encode_utf8(&mut [0; 4]).as_bytes()) > 0 {
                assert_eq!(replacement(c), Some(c), "{c:?}");
                assert_eq!(canonical_combining_class(c), 0, "{c:?}");
                assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
            }
        }
    }
}
