//! A habit: something to do regularly, ticked day by day (see [`super::habit_record`]).

use super::check::{Fields, need, require};
use super::{
    DESCRIPTION_MAX, MINUTES, TITLE_MAX, WEEKDAY, created, line, order, quiet, register, required, set, tags,
    text,
};
use serde_json::Value;
use sync_core::schema::{Kind, Shape, Violation};

/// The kind's name.
pub const NAME: &str = "habit";

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    let count = |name, max| register(name, Shape::Integer { min: 1, max });
    Kind {
        name: NAME,
        fields: vec![
            required(register("name", line(TITLE_MAX))),
            text("description", DESCRIPTION_MAX),
            register("estimated_minutes", MINUTES),
            // Quiet: putting a habit away on two devices is no conflict.
            quiet("archived_at", Shape::Moment),
            register("reminder", Shape::Bool),
            register("reminder_time", Shape::Clock),
            // None: every day.
            set("reminder_days", WEEKDAY),
            register("goal", Shape::Bool),
            // So many days …
            count("goal_frequency", 3_660),
            // … out of so many …
            count("goal_period_days", 3_660),
            // … and so many times on each.
            count("goal_daily_target", 1_000),
            tags(),
            order(),
            created(),
        ],
        title: "name",
        natural_key: &[],
        local_when: None,
        check: Some(check),
    }
}

fn check(fields: &Fields) -> Result<(), Violation> {
    need(fields, &["reminder_time", "reminder_days"], "reminder")?;
    if fields.get("reminder") == Some(&Value::Bool(true)) {
        require(fields, &["reminder_time"], "reminder is true")?;
    }
    need(fields, &["goal_frequency", "goal_period_days", "goal_daily_target"], "goal")?;
    if fields.get("goal") == Some(&Value::Bool(true)) {
        require(fields, &["goal_frequency", "goal_period_days"], "goal is true")?;
    }
    Ok(())
}
