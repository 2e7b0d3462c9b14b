//! What became of a habit on one day. Its id comes from both, so that a habit ticked on two devices has one
//! record for the day.

use super::{created, register, required};
use sync_core::schema::{Kind, Shape};

/// The kind's name.
pub const NAME: &str = "habit_record";

/// What became of it.
pub const STATUSES: &[&str] = &["complete", "not_done", "skipped"];

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    Kind {
        name: NAME,
        fields: vec![
            required(register("habit", Shape::Id)),
            required(register("day", Shape::Day)),
            required(register("status", Shape::Choice(STATUSES))),
            created(),
        ],
        title: "day",
        natural_key: &["habit", "day"],
        local_when: None,
        check: None,
    }
}
