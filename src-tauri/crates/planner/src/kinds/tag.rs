//! A tag. Its id comes from its first name, so that the tag "work" made on two devices is one. It may be
//! renamed later: the id stays, and [`crate::tag_id`] finds another for a new tag of the old name.

use super::check::{Fields, text as text_of};
use super::{created, line, register, required};
use sync_core::schema::{Kind, Shape, Violation};
use unicode_normalization::UnicodeNormalization;

/// The kind's name.
pub const NAME: &str = "tag";

/// Longest name, in bytes of UTF-8.
pub const NAME_MAX: usize = 200;

/// What a tag stands for.
pub const TYPES: &[&str] = &["label", "context", "project"];

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    Kind {
        name: NAME,
        fields: vec![
            required(register("name", line(NAME_MAX))),
            register("colour", line(7)),
            register("type", Shape::Choice(TYPES)),
            register("archived", Shape::Bool),
            created(),
        ],
        title: "name",
        natural_key: &["name"],
        local_when: None,
        check: Some(check),
    }
}

/// What two spellings of one name have in common: lower case, Unicode NFC, no white space around it and one
/// space for each run of white space within.
#[must_use]
pub fn fold(name: &str) -> String {
    tidy(&name.to_lowercase()).nfc().collect()
}

/// A name as it is stored when somebody typed it in a list: without the white space that only set it off.
pub(crate) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(fields: &Fields) -> Result<(), Violation> {
    match text_of(fields, "colour") {
        Some(colour) if !is_colour(colour) => {
            Err(Violation::new("colour", "must be # and six hexadecimal digits, such as #3366cc"))
        }
        Some(_) | None => Ok(()),
    }
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}
