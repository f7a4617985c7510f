//! Bytes to text: a byte order mark, else what the bytes themselves show, else what the file says, else a guess.
//!
//! Valid UTF-8 beats a declared character set, since text in another set is hardly ever valid UTF-8 by accident while
//! declarations go stale. A long UTF-8 text with a few broken bytes stays UTF-8: reading it as Windows-1252 would turn
//! every `å` into two letters to save one byte. What is left is an old single-byte set: for Nordic text Windows-1252,
//! unless `chardetng` is sure of another script. DOS and Mac sets are not guessed: no detector tells them apart
//! reliably.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Text read from bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    /// The text, not yet clean.
    pub(super) text: Cow<'a, str>,
    /// The encoding's name where bytes that are not valid in it became U+FFFD.
    pub(super) damaged: Option<&'static str>,
}

/// The text in `bytes`, or `None` where they look like something else than text.
///
/// `declared` is the encoding that the file itself names, if it does.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Option<Decoded<'a>> {
    let decoded = if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        with(encoding, &bytes[mark..])
    } else if let Some(encoding) = utf_16_without_mark(bytes) {
        with(encoding, bytes)
    } else if let Ok(text) = str::from_utf8(bytes) {
        Decoded { text: Cow::Borrowed(text), damaged: None }
    } else if mostly_utf_8(bytes) {
        with(UTF_8, bytes)
    } else {
        with(declared.filter(|&encoding| encoding != UTF_8).unwrap_or_else(|| guess(bytes)), bytes)
    };
    (!looks_binary(&decoded.text)).then_some(decoded)
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, damaged: damaged.then_some(encoding.name()) }
}

/// UTF-16 shows in European text by the zero in nearly every second byte, and in hardly any other.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let pairs = sample.len() / 2;
    let zeros = |offset| sample.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (most, hardly_any) = (pairs * 3 / 4, pairs / 20);
    match pairs {
        0..2 => None,
        _ if odd > most && even <= hardly_any => Some(UTF_16LE),
        _ if even > most && odd <= hardly_any => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether far more sequences of several bytes are right UTF-8 than bytes are wrong.
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().bytes().filter(|&byte| byte >= 0xC0).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > 4 * wrong
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"dk"), Utf8Detection::Deny)
}

/// A NUL never stands in text, and other control characters hardly ever.
fn looks_binary(text: &str) -> bool {
    if text.as_bytes().contains(&0) {
        return true;
    }
    let controls = text.bytes().filter(|byte| matches!(byte, 1..=8 | 14..=26 | 28..=31 | 127)).count();
    controls > 4 && controls > text.len() / 50
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "Ærø Kommune sænker taksten på færgen. Också öborna får åka billigt.";

    fn utf_16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    fn check(bytes: &[u8], declared: Option<&'static Encoding>, expect: Option<&str>) {
        let decoded = decode(bytes, declared).map(|decoded| decoded.text.into_owned());
        assert_eq!(decoded.as_deref(), expect, "{} bytes", bytes.len());
    }

    #[test]
    fn every_usual_encoding_is_recognised() {
        check(TEXT.as_bytes(), None, Some(TEXT));
        check(&[b"\xEF\xBB\xBF", TEXT.as_bytes()].concat(), None, Some(TEXT));
        check(&[b"\xFF\xFE".to_vec(), utf_16(TEXT, u16::to_le_bytes)].concat(), None, Some(TEXT));
        check(&[b"\xFE\xFF".to_vec(), utf_16(TEXT, u16::to_be_bytes)].concat(), None, Some(TEXT));
        check(&utf_16(TEXT, u16::to_le_bytes), None, Some(TEXT));
        check(&utf_16(TEXT, u16::to_be_bytes), None, Some(TEXT));
        check(&WINDOWS_1252.encode(TEXT).0, None, Some(TEXT));
        check(b"", None, Some(""));
    }

    #[test]
    fn short_nordic_text_is_read_as_windows_1252() {
        for text in [
            "Å",
            "på",
            "Færge",
            "Öar är små",
            "Ærø",
            "”Nej” – 5 €",
            "Blåbærgrød",
            "Þjóðin á öllu",
            "Väinö söi",
            "Ål & ørred",
            "SØREN ÅGÅRD",
        ] {
            check(&WINDOWS_1252.encode(text).0, None, Some(text));
        }
    }

    #[test]
    fn the_declared_encoding_counts_unless_the_bytes_are_utf_8() {
        let russian = "Новые правила для паромов";
        check(&WINDOWS_1251.encode(russian).0, Some(WINDOWS_1251), Some(russian));
        check(TEXT.as_bytes(), Some(WINDOWS_1252), Some(TEXT));
        check(&WINDOWS_1252.encode(TEXT).0, Some(UTF_8), Some(TEXT));
        let japanese = "新しい規則が島の住民に適用される";
        check(&SHIFT_JIS.encode(japanese).0, Some(SHIFT_JIS), Some(japanese));
    }

    #[test]
    fn a_few_broken_bytes_leave_utf_8() {
        let broken = [TEXT.as_bytes(), b"\xE5 slut"].concat();
        let decoded = decode(&broken, None).expect("it is text");
        assert_eq!(decoded.text, format!("{TEXT}\u{FFFD} slut"));
        assert_eq!(decoded.damaged, Some("UTF-8"));
    }

    #[test]
    fn binary_data_is_refused() {
        check(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\0", None, None);
        check(b"text with one \0 in it", None, None);
        let noise: Vec<_> = (1..=255u8).cycle().take(4000).collect();
        check(&noise, None, None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            decode(&bytes, None);
            decode(&bytes, Some(WINDOWS_1251));
        }
    }
}
