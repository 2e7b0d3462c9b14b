//! Text from other people's devices on its way to a terminal or into JSON. A title may hold escape sequences that move
//! the cursor, marks that turn the reading direction, or a line break that fakes a line of ours.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` as one line that does nothing to a terminal: line breaks show as ⏎, and whatever else is no visible
/// character as �.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let shown =
        text.replace("\r\n", "\n").replace(['\n', '\r', '\u{2028}', '\u{2029}'], "⏎").replace('\t', " ");
    Cow::Owned(shown.replace(is_unsafe, "\u{fffd}"))
}

/// JSON text of ours with the same characters as escapes. They can only stand inside its strings, so it means the same.
pub(crate) fn json(text: String) -> String {
    if !text.contains(is_unsafe) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, separators of lines, and invisible ones that change how the rest reads. Joiners stay: scripts and
/// emoji need them.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' // direction
            | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_title_reaches_the_terminal_as_a_command() {
        assert_eq!(one_line("Buy milk 👩‍👧 नमस्ते"), "Buy milk 👩‍👧 नमस्ते");
        assert_eq!(one_line("\u{1b}[2Jgone\u{9b}1m\u{7}"), "\u{fffd}[2Jgone\u{fffd}1m\u{fffd}");
        assert_eq!(one_line("invoice\u{202e}fdp.exe"), "invoice\u{fffd}fdp.exe");
        assert_eq!(one_line("a\r\nb\nc\td"), "a⏎b⏎c d");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({ "title": "a\u{9b}b\u{202e}c\u{7f}\u{e0041}\n" });
        let text = json(value.to_string());
        assert!(!text.contains(is_unsafe));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
