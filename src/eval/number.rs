//! Numbers as runs have them, read to the same bits as the standard library reads them.
//!
//! Scores are short, or have the sixteen or seventeen digits that tell a double. Of a short one, both the digits and the
//! power of ten that they are divided by are doubles, so that one division rounds it correctly (Clinger, PLDI 1990). For
//! a long one the digits are multiplied with one over the power in 64 bits, which is enough to know how to round but for
//! one case in a thousand (as Lemire has it, Software: Practice and Experience 51, 2021). That case, what is longer, has
//! an exponent, or is a word such as `inf`, is left to the standard library, which has the same algorithms but must look
//! for all that a number might be first. Rejected: a crate, for the same reason.

use std::ops::Range;

/// A whole number from 0.
#[inline]
pub(super) fn whole(field: &[u8]) -> Option<u32> {
    if field.is_empty() || field.len() > 9 {
        return std::str::from_utf8(field).ok()?.parse().ok();
    }
    let mut number = 0;
    for byte in field {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return std::str::from_utf8(field).ok()?.parse().ok();
        }
        number = number * 10 + u32::from(digit);
    }
    Some(number)
}

/// A number that is not NaN, at `field` of `bytes`.
#[inline]
pub(super) fn score(bytes: &[u8], field: Range<usize>) -> Option<f64> {
    plain(bytes, field.clone()).or_else(|| {
        let text = std::str::from_utf8(bytes.get(field)?).ok()?;
        text.parse().ok().filter(|score: &f64| !score.is_nan())
    })
}

/// A number of up to nineteen digits, with or without a sign and a point.
#[inline]
fn plain(bytes: &[u8], field: Range<usize>) -> Option<f64> {
    let negative = *bytes.get(field.start)? == b'-';
    let digits = field.start + usize::from(negative)..field.end;
    let mut number = 0;
    let mut point = digits.start;
    for byte in bytes.get(digits.clone())?.iter().take(MOST_DIGITS) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number * 10 + u64::from(digit);
        point += 1;
    }
    let mut behind = 0;
    if point < digits.end {
        behind = digits.end - point - 1;
        if bytes[point] != b'.' || digits.len() - 1 > MOST_DIGITS {
            return None;
        }
        let mut at = point + 1;
        while at < digits.end {
            // So many that whole eights are left.
            let some = (digits.end - at - 1) % 8 + 1;
            at += some;
            // The eight bytes that end with these, the last the highest; what is before them becomes zeros.
            let others = u64::MAX.checked_shr(8 * some as u32).unwrap_or(0);
            let word = u64::from_le_bytes(*bytes.get(..at)?.last_chunk()?);
            let word = (word ^ ZEROS) & !others;
            if (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 != 0 {
                return None;
            }
            number = number * TENS[some] + eight_digits(word);
        }
    }
    if digits.len() == usize::from(point < digits.end) {
        return None;
    }
    let number = quotient(number, behind)?;
    Some(if negative { -number } else { number })
}

/// More do not always fit into 64 bits.
const MOST_DIGITS: usize = 19;

const TENS: [u64; MOST_DIGITS + 1] = {
    let mut tens = [1; MOST_DIGITS + 1];
    let mut at = 1;
    while at < tens.len() {
        tens[at] = 10 * tens[at - 1];
        at += 1;
    }
    tens
};

/// `number` over 10 to the power of `tens`, rounded as it should be. `None` where that is not sure.
#[inline]
fn quotient(number: u64, tens: usize) -> Option<f64> {
    if number <= 1 << f64::MANTISSA_DIGITS {
        return Some(number as f64 / TENS[tens] as f64);
    }
    // The number times the fraction that stands for a power of five, cut off behind 64 bits.
    let zeros = number.leading_zeros();
    let (fraction, exponent) = FIFTHS[tens];
    let product = u128::from(number << zeros) * u128::from(fraction);
    let shift = product.leading_zeros();
    let bits = ((product << shift) >> 64) as u64;
    // The fraction was cut off, which the shift may double, and so were the bits: the true ones are these or up to three
    // more. Only around a half does that make a difference.
    let rest = bits & REST;
    if (HALF - 3..=HALF).contains(&rest) {
        return None;
    }
    let mantissa = (bits >> REST.count_ones()) + u64::from(rest > HALF);
    // 64 bits of the product are cut off, and the number was moved up.
    let exponent = 64 + REST.count_ones() as i32 - exponent - tens as i32 - (zeros + shift) as i32;
    Some(mantissa as f64 * power_of_two(exponent))
}

/// The bits of 64 that a double has no room for.
const REST: u64 = (1 << (u64::BITS - f64::MANTISSA_DIGITS)) - 1;
const HALF: u64 = REST / 2 + 1;

/// For each power of five a 64-bit number, and how often it must be halved to be one over the power (a little less).
const FIFTHS: [(u64, i32); MOST_DIGITS + 1] = {
    let mut fifths = [(0, 0); MOST_DIGITS + 1];
    let mut power: u128 = 1;
    let mut at = 0;
    while at < fifths.len() {
        // From 2^63 to below 2^64.
        let exponent = 63 + (u128::BITS - (power - 1).leading_zeros());
        fifths[at] = (((1 << exponent) / power) as u64, exponent as i32);
        power *= 5;
        at += 1;
    }
    fifths
};

/// 2 to the power of a small number.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + f64::MAX_EXP - 1) as u64) << (f64::MANTISSA_DIGITS - 1))
}

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// The number that eight digits are, the first in the lowest byte: neighbours are joined to numbers of two digits, these
/// to four, these to eight.
fn eight_digits(digits: u64) -> u64 {
    let two = (digits * 10 + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let four = (two * 100 + (two >> 16)) & 0x0000_ffff_0000_ffff;
    (four * 10_000 + (four >> 32)) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) {
        let expect = text.parse::<f64>().ok().filter(|number| !number.is_nan());
        for before in ["", "7.7", "a line of more than sixteen bytes "] {
            let (line, field) = (format!("{before}{text} 3.5"), before.len()..before.len() + text.len());
            assert_eq!(score(line.as_bytes(), field).map(f64::to_bits), expect.map(f64::to_bits), "{line}");
        }
        assert_eq!(whole(text.as_bytes()), text.parse().ok(), "{text}");
    }

    #[test]
    fn odd_numbers_are_what_the_standard_library_says() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "+",
            "0",
            "-0",
            "+0",
            "-0.0",
            "1.",
            ".5",
            "-.5",
            "+.5",
            "1..2",
            "1.2.3",
            "1e5",
            "1E-5",
            "1e",
            "e1",
            "inf",
            "-inf",
            "infinity",
            "nan",
            "-NaN",
            "0x1",
            "1_0",
            "٣",
            "1 ",
            "--1",
            "1-",
            "4294967295",
            "4294967296",
            "000000000001",
            "999999999999999",
            "9999999999999999",
            "9007199254740993",
            "0.1",
            "0.3",
            "123456789.012345",
            "0.000000000000001",
            "0.0000000000000001",
            "1e400",
            "-1e-400",
            "5e-324",
            "179769313486231580793728971405301199e273",
            "25.504149265386456",
            "000000000000000000000000.5",
        ] {
            check(text);
        }
    }

    #[test]
    fn quotients_are_rounded_to_even() {
        // Halves of what a double has room for, and their neighbours.
        for number in [(1 << 53) + 1, (1 << 54) + 2, (1 << 54) + 6, u64::MAX - 1023, u64::MAX - 1024, u64::MAX] {
            for (tens, near) in (0..MOST_DIGITS).flat_map(|tens| [(tens, number - 1), (tens, number)]) {
                let expect: f64 = format!("{near}e-{tens}").parse().unwrap();
                assert!(quotient(near, tens).is_none_or(|quotient| quotient == expect), "{near}e-{tens}");
            }
        }
        // A half that the cut-off fraction comes two bits short of.
        assert!(quotient(6833964405979467392, 8).is_none_or(|quotient| quotient == 68_339_644_059.794_68));
    }

    proptest! {
        #[test]
        fn quotients_are_correct(number in any::<u64>(), shift in 0..64, tens in 0..=MOST_DIGITS) {
            let number = number >> shift;
            let expect: f64 = format!("{number}e-{tens}").parse().unwrap();
            if let Some(quotient) = quotient(number, tens) {
                prop_assert_eq!(quotient, expect);
            }
        }

        #[test]
        fn numbers_are_what_the_standard_library_says(text in "[-+]?[0-9]{0,12}(\\.[0-9]{0,12})?(e-?[0-9]{1,3})?") {
            check(&text);
        }

        #[test]
        fn printed_numbers_come_back(single in any::<f32>(), double in any::<f64>(), near in -100.0..100.0f64) {
            for text in [format!("{single}"), format!("{double}"), format!("{near:.6}"), format!("{near:?}"), format!("{near:.17}")] {
                check(&text);
            }
        }
    }
}
