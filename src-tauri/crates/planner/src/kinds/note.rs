//! A note, in Markdown.

use super::{TITLE_MAX, created, line, order, register, required, tags, text};
use sync_core::schema::{Kind, Shape};

/// The kind's name.
pub const NAME: &str = "note";

/// Longest content, in bytes of UTF-8.
pub const CONTENT_MAX: usize = 128 * 1024;
/// Longest front matter, in bytes of UTF-8.
pub const FRONT_MATTER_MAX: usize = 16 * 1024;

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    Kind {
        name: NAME,
        fields: vec![
            required(register("title", line(TITLE_MAX))),
            text("content", CONTENT_MAX),
            // The YAML that an imported file began with, where it says more than the other fields hold.
            register("front_matter", Shape::Text { max: FRONT_MATTER_MAX, line: false }),
            tags(),
            order(),
            created(),
        ],
        title: "title",
        natural_key: &[],
        local_when: None,
        check: None,
    }
}
