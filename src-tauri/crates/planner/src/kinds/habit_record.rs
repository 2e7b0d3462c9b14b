//! What became of a habit on one day. Its id comes from both, so that a habit ticked on two devices has one
//! record for the day.

use super::{created, register, required, set};
use serde_json::{Map, Value};
use sync_core::schema::{Kind, Shape};

/// The kind's name.
pub const NAME: &str = "habit_record";

/// What became of it.
pub const STATUSES: &[&str] = &["complete", "not_done", "skipped"];

/// What a day is that has begun.
pub const BEGUN: &str = "begun";

/// The field with the moments at which it was done.
pub const DONE_AT: &str = "done_at";

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    Kind {
        name: NAME,
        fields: vec![
            required(register("habit", Shape::Id)),
            required(register("day", Shape::Day)),
            required(register("status", Shape::Choice(STATUSES))),
            // Of a habit that is meant to be done several times a day: when it was done, as often as it was. A set, so that what
            // two devices count comes together. The status is `complete` from the first time on, so that counting is no
            // conflict: how far it is, the number says.
            set(DONE_AT, Shape::Moment),
            created(),
        ],
        title: "day",
        natural_key: &["habit", "day"],
        local_when: None,
        check: None,
    }
}

/// How a day stands: its status, or `begun` if the habit was done that day, and not yet as often as it is meant to be.
#[must_use]
pub fn state<'a>(record: &'a Map<String, Value>, habit: &Map<String, Value>) -> &'a str {
    let status = record.get("status").and_then(Value::as_str).unwrap_or_default();
    let times = record.get(DONE_AT).and_then(Value::as_array).map_or(0, Vec::len) as u64;
    // What its goal says rests while that is off.
    let goal = habit.get("goal") == Some(&Value::Bool(true));
    let target = habit.get("goal_daily_target").and_then(Value::as_u64).filter(|_| goal).unwrap_or(1);
    match times {
        0 => status,
        enough if enough >= target => "complete",
        _ if status == "skipped" => status,
        _ => BEGUN,
    }
}
