//! A task: something to do, perhaps again and again.
//!
//! Recurrence is flat fields, so that two devices that change its interval and its end do not conflict. Each
//! occurrence is an entity of its own, whose id [`crate::occurrence_id`] gives: a task finished on two
//! devices has one successor.

use super::check::{Fields, given, need, require, text as text_of};
use super::{
    DESCRIPTION_MAX, MINUTES, TITLE_MAX, WEEKDAY, created, line, order, quiet, register, required, set, tags,
    text,
};
use sync_core::schema::{Field, Kind, Rule, Shape, Violation};

/// The kind's name.
pub const NAME: &str = "task";

/// The four quarters of the Eisenhower matrix.
pub const PRIORITIES: &[&str] = &["urgent_important", "important", "urgent", "neither"];

/// How far a task has got. `done` goes with `completed_at`.
pub const STATUSES: &[&str] = &["todo", "in_progress", "waiting", "done", "cancelled"];

/// When to remind, before the planned time or the deadline. `custom` is as many minutes before as
/// `planned_reminder_offset` or `deadline_reminder_offset` says.
pub const REMINDERS: &[&str] =
    &["none", "at_time", "5_minutes_before", "15_minutes_before", "1_hour_before", "1_day_before", "custom"];

/// Largest interval of a rule.
pub(crate) const INTERVAL_MAX: i64 = 10_000;

/// How a task recurs. `days_of_week` is every week on each of `recurrence_days`; `weekly` counts from
/// `recurrence_start`.
pub const RECURRENCES: &[&str] =
    &["none", "daily", "days_of_week", "weekly", "monthly", "yearly", "hourly", "minutely"];

/// The kind.
#[must_use]
pub fn kind() -> Kind {
    // Two devices that finish the same occurrence on different days make the next one for different days: the one made last stands.
    let derived = |name, shape| Field {
        rule: Rule::Derived { with: "created", from: "derived_from" },
        ..register(name, shape)
    };
    let when = |name| derived(name, Shape::DayOrMoment);
    let day = |name| register(name, Shape::Day);
    let reminder = |name| register(name, Shape::Choice(REMINDERS));
    let count = |name, max| register(name, Shape::Integer { min: 1, max });
    Kind {
        name: NAME,
        fields: vec![
            required(register("title", line(TITLE_MAX))),
            text("description", DESCRIPTION_MAX),
            register("priority", Shape::Choice(PRIORITIES)),
            register("status", Shape::Choice(STATUSES)),
            // Quiet: finishing a task on two devices is no conflict, and undoing it shows in `status`.
            quiet("completed_at", Shape::Moment),
            when("planned"),
            reminder("planned_reminder"),
            register("planned_reminder_offset", MINUTES),
            when("deadline"),
            reminder("deadline_reminder"),
            register("deadline_reminder_offset", MINUTES),
            register("estimated_minutes", MINUTES),
            register("parent", Shape::Id),
            register("recurrence", Shape::Choice(RECURRENCES)),
            count("recurrence_interval", INTERVAL_MAX),
            set("recurrence_days", WEEKDAY),
            derived("recurrence_start", Shape::Day),
            // The day that the rule gave this occurrence, wherever it was moved. Quiet: it follows from the rule.
            quiet("recurrence_day", Shape::Day),
            day("recurrence_end"),
            count("recurrence_count", 10_000),
            register("recurrence_series", Shape::Id),
            count("recurrence_occurrence", u32::MAX as i64),
            // What the dates of an occurrence, or of a step of one, were derived from.
            quiet("derived_from", line(TITLE_MAX)),
            tags(),
            order(),
            created(),
        ],
        title: "title",
        natural_key: &[],
        local_when: None,
        check: Some(check),
    }
}

fn check(fields: &Fields) -> Result<(), Violation> {
    for (reminder, offset) in
        [("planned_reminder", "planned_reminder_offset"), ("deadline_reminder", "deadline_reminder_offset")]
    {
        need(fields, &[offset], reminder)?;
        if text_of(fields, reminder) == Some("custom") {
            require(fields, &[offset], &format!("{reminder} is custom"))?;
        }
    }

    // `recurrence_series` and `recurrence_occurrence` say where a task came from, and outlive its recurrence.
    let settings =
        ["recurrence_interval", "recurrence_days", "recurrence_start", "recurrence_end", "recurrence_count"];
    need(fields, &settings, "recurrence")?;
    if text_of(fields, "recurrence") == Some("days_of_week") {
        require(fields, &["recurrence_days"], "recurrence is days_of_week")?;
    }
    need(fields, &["recurrence_occurrence"], "recurrence_series")?;
    // Days are ordered as their text is.
    if given(fields, "recurrence_start")
        && given(fields, "recurrence_end")
        && text_of(fields, "recurrence_end") < text_of(fields, "recurrence_start")
    {
        return Err(Violation::new("recurrence_end", "must not be before recurrence_start"));
    }
    Ok(())
}
