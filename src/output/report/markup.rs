//! Text and numbers as a page has them. Whatever was not written in this folder goes through [`Text`]: ids, titles and
//! topics are strangers' words, and so is everything else in a record.

use std::fmt::Display;
use std::fmt::Formatter;
use std::fmt::Write;

use crate::output::sanitize;

/// Text within an element or a quoted attribute, on one line and without characters that are not to be seen.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        for c in sanitize(self.0).chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A value, with the decimals that `trec_eval` prints.
pub(super) fn value(value: f64) -> String {
    format!("{value:.4}").replace('-', MINUS)
}

/// A difference, always with its sign, which is as wide as a digit: columns of them stand straight.
pub(super) fn signed(difference: f64) -> String {
    let text = format!("{difference:+.4}").replace('-', MINUS);
    // A difference that is rounded away has no direction.
    if text.trim_start_matches(['+', '−']) == "0.0000" { value(0.0) } else { text }
}

const MINUS: &str = "−";

/// `text` cut to so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        let check = |input: &str, expect: &str| assert_eq!(Text(input).to_string(), expect);
        check("Æble & øl", "Æble &amp; øl");
        check("</title><script>alert('1')</script>", "&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
        check("\" onload=\"x", "&quot; onload=&quot;x");
        check("a\u{0}b\u{202e}c\r\nd", "abc d");
        check("&lt;", "&amp;lt;");
    }

    #[test]
    fn numbers_stand_straight() {
        assert_eq!([value(0.5), value(12.0)], ["0.5000", "12.0000"]);
        assert_eq!(
            [signed(0.25), signed(-0.25), signed(-0.00001), signed(0.0)],
            ["+0.2500", "−0.2500", "0.0000", "0.0000"]
        );
    }

    #[test]
    fn a_cut_is_between_characters() {
        assert_eq!([cut("æøå", 3), cut("æøå", 2), cut("", 0)], ["æøå", "æø…", ""]);
    }
}
