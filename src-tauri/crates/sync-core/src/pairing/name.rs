//! What a device calls itself. It is shown on another device's screen, in its terminal and in its logs,
//! so it may hold nothing that a screen or a terminal obeys.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Most characters of a device name.
pub const DEVICE_NAME_MAX: usize = 64;

/// A device name: 1 to 64 characters on one line, without control characters (so without ANSI escapes),
/// marks that turn the direction of text, or other invisible ones; neither starts nor ends with a space.
///
/// Our own name is made so by [`DeviceName::clean`], which *strips*. A peer's name that is not so already
/// is *refused*: an honest peer has cleaned it. Markup is left alone; whoever shows a name escapes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceName(String);

impl DeviceName {
    /// Makes a name of any text; "Unnamed device" where nothing is left.
    pub fn clean(text: &str) -> Self {
        // Bounded first: a name may come from a file.
        let visible =
            text.chars().take(16 * DEVICE_NAME_MAX).map(|c| if c.is_whitespace() { ' ' } else { c });
        let visible: String = visible.filter(|c| !is_hidden(*c)).collect();
        let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
        let name: String = words.join(" ").chars().take(DEVICE_NAME_MAX).collect();
        let name = name.trim_end();
        Self(if name.is_empty() { "Unnamed device".to_owned() } else { name.to_owned() })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Accepts only what [`DeviceName::clean`] would not change.
impl TryFrom<String> for DeviceName {
    type Error = InvalidDeviceName;

    fn try_from(text: String) -> Result<Self, InvalidDeviceName> {
        let name = Self::clean(&text);
        if name.0 == text { Ok(name) } else { Err(InvalidDeviceName) }
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.0
    }
}

/// A peer sent a name that is empty, too long, or holds characters that are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the other device sent a name that cannot be shown")]
pub struct InvalidDeviceName;

/// Control characters, and characters without a shape that change how others look. The joiners U+200C
/// and U+200D stay: Persian words and many emoji need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["Pixel 8", "alice's laptop", "Büro-Rechner", "电脑", "<b>bob</b>", "../x", "👩‍💻"]
        {
            assert_eq!(DeviceName::clean(name).as_str(), name);
            assert!(DeviceName::try_from(name.to_owned()).is_ok());
        }
    }

    #[test]
    fn what_a_screen_or_a_terminal_would_obey_is_stripped_here_and_refused_from_a_peer() {
        for (dirty, clean) in [
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("a\0b", "ab"),
            ("bob\u{202e}gpj.exe", "bobgpj.exe"),
            ("\u{2066}bob\u{2069}\u{200f}", "bob"),
            ("one\r\ntwo\tthree", "one two three"),
            ("  much   space  ", "much space"),
            ("\u{9b}31m", "31m"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("", "Unnamed device"),
            (" \u{200e}\0 ", "Unnamed device"),
        ] {
            assert_eq!(DeviceName::clean(dirty).as_str(), clean, "{dirty:?}");
            assert_eq!(DeviceName::try_from(dirty.to_owned()), Err(InvalidDeviceName), "{dirty:?}");
        }
    }

    #[test]
    fn a_name_has_at_most_64_characters() {
        let long = "é".repeat(10 * 1024);
        assert_eq!(DeviceName::clean(&long).as_str(), "é".repeat(64));
        assert_eq!(DeviceName::try_from("é".repeat(65)), Err(InvalidDeviceName));
        assert!(DeviceName::try_from("é".repeat(64)).is_ok());
        // Cut after a word: the space before the cut goes too.
        let name = DeviceName::clean(&format!("{} tail", "x".repeat(63)));
        assert_eq!(name.as_str(), "x".repeat(63));
        assert_eq!(DeviceName::clean(name.as_str()), name);
    }
}
