//! Scripts without blanks between words. The index tells words apart by what is no letter, so each ideograph and each kana becomes a
//! word of its own: what is looked for is then found in the midst of a sentence.

use std::borrow::Cow;

/// Around each such letter; no indexed text has it otherwise, and nobody sees it.
pub(crate) const JOINT: char = '\u{1}';

/// The text with joints.
pub(crate) fn jointed(text: &str) -> Cow<'_, str> {
    if !text.contains(stands_alone) {
        return Cow::Borrowed(text);
    }
    let mut jointed = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        if stands_alone(letter) {
            jointed.extend([JOINT, letter, JOINT]);
        } else {
            jointed.push(letter);
        }
    }
    Cow::Owned(jointed)
}

/// The text without them.
pub(crate) fn joined(text: &str) -> String {
    text.replace(JOINT, "")
}

/// Hiragana, katakana with their extensions, and ideographs (Unicode's blocks).
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_that_are_words_are_set_apart_and_nothing_is_lost() {
        assert!(matches!(jointed("Buy milk, café"), Cow::Borrowed(_)));
        let mixed = "iPhone用ケース 1個";
        assert_eq!(jointed("e用k"), "e\u{1}用\u{1}k");
        assert_eq!(joined(&jointed(mixed)), mixed);
    }
}
