//! Strangers' text made safe for a terminal: no control characters, no bidirectional overrides, no line breaks.

use std::borrow::Cow;

/// `text` on one line: white space of any kind becomes single spaces, and what could command a terminal is left out.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    let clean = |c: char| c == ' ' || !(c.is_whitespace() || is_hostile(c));
    if text.chars().all(clean) && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !safe.ends_with(' ') {
                safe.push(' ');
            }
        } else if !is_hostile(c) {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn nothing_reaches_the_terminal_that_could_command_it() {
        let check = |input: &str, expect: &str| assert_eq!(sanitize(input), expect);
        check("Æble og øl", "Æble og øl");
        check("a\u{1b}]52;c;x\u{7}b", "a]52;c;xb");
        check("a\n\n  b\tc", "a b c");
        check("evil\u{202e}txt", "eviltxt");
        check("\u{9b}31m", "31m");
    }
}
