//! The kinds, a module each, and the few words they are written in.

mod check;
pub mod habit;
pub mod habit_record;
pub mod note;
pub mod setting;
pub mod tag;
pub mod task;

use std::sync::LazyLock;
use sync_core::schema::{Field, Rule, Schema, Shape};

/// Longest title or name of a task, habit or note, in bytes of UTF-8.
pub const TITLE_MAX: usize = 1_000;
/// Longest description, in bytes of UTF-8.
pub const DESCRIPTION_MAX: usize = 64 * 1024;
/// The field, common to several kinds, that holds the ids of tags.
pub const TAGS: &str = "tags";

/// The days of the week, as `recurrence_days` and `reminder_days` name them.
pub const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Everything this version knows about its data.
#[must_use]
pub fn schema() -> Schema {
    Schema {
        version: 4,
        kinds: vec![
            task::kind(),
            habit::kind(),
            habit_record::kind(),
            note::kind(),
            tag::kind(),
            setting::kind(),
        ],
    }
}

/// [`schema`], made once for the crate's own look-ups.
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);

/// A year and a day in minutes: more than any estimate or reminder means.
pub(crate) const MINUTES_MAX: i64 = 366 * 24 * 60;

const MINUTES: Shape = Shape::Integer { min: 0, max: MINUTES_MAX };
const WEEKDAY: Shape = Shape::Choice(WEEKDAYS);

/// A field whose concurrent edits are put up for review.
const fn register(name: &'static str, shape: Shape) -> Field {
    Field { name, rule: Rule::Register, shape, required: false }
}

/// A field whose concurrent edits are settled without asking anybody.
const fn quiet(name: &'static str, shape: Shape) -> Field {
    Field { name, rule: Rule::Quiet, shape, required: false }
}

/// A field with many items of one shape.
const fn set(name: &'static str, item: Shape) -> Field {
    Field { name, rule: Rule::Set, shape: item, required: false }
}

/// A long text, merged by its lines.
const fn text(name: &'static str, max: usize) -> Field {
    Field { name, rule: Rule::Text, shape: Shape::Text { max, line: false }, required: false }
}

/// A single line.
const fn line(max: usize) -> Shape {
    Shape::Text { max, line: true }
}

/// `field`, without which an entity cannot be made.
const fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

/// When the entity was made. Two devices that make "the same" one need not argue about it.
const fn created() -> Field {
    quiet("created", Shape::Moment)
}

/// Where the entity stands in its list: a real number, so that there is always room between two.
const fn order() -> Field {
    quiet("order", Shape::Real)
}

/// The ids of the entity's tags.
const fn tags() -> Field {
    set(TAGS, Shape::Id)
}

#[cfg(test)]
mod tests;
