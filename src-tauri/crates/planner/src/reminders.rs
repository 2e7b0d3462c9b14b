//! When a person wants to be reminded of what.

use crate::kinds::{MINUTES_MAX, WEEKDAYS};
use crate::recurrence::{number, text};
use crate::when::{When, resolve};
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, TimeZone, Utc};
use serde_json::{Map, Value};

/// When a day without a time is remembered, after it begins. Nobody wants to hear of it at midnight.
const MORNING: TimeDelta = TimeDelta::hours(9);
/// In minutes.
const DAY: i64 = 24 * 60;
/// A habit reminds at least once a week.
const WEEK: usize = 8;

/// What of a task is near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// The time that it is planned for.
    Planned,
    /// Its deadline.
    Deadline,
}

/// One reminder of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// When to remind.
    pub at: DateTime<Utc>,
    /// Of what.
    pub near: Near,
    /// When that is.
    pub due: When,
}

/// The reminders of a task, past and future, by time; of one that is done or cancelled none.
#[must_use]
pub fn of_task(fields: &Map<String, Value>, zone: &impl TimeZone) -> Vec<Reminder> {
    if matches!(text(fields, "status"), Some("done" | "cancelled")) {
        return Vec::new();
    }
    let of = |near, field: &str, reminder: &str, offset: &str| {
        let due = When::read(fields, field)?;
        let before = match text(fields, reminder)? {
            "at_time" => 0,
            "5_minutes_before" => 5,
            "15_minutes_before" => 15,
            "1_hour_before" => 60,
            "1_day_before" => DAY,
            // A peer's number may be any; one out of bounds cannot have been meant.
            "custom" => number(fields, offset).filter(|minutes| (0..=MINUTES_MAX).contains(minutes))?,
            // `none`, and what a newer version may have added.
            _ => return None,
        };
        Some(Reminder { at: heard(due, before, zone)?, near, due })
    };
    let all = [
        of(Near::Planned, "planned", "planned_reminder", "planned_reminder_offset"),
        of(Near::Deadline, "deadline", "deadline_reminder", "deadline_reminder_offset"),
    ];
    let mut all: Vec<_> = all.into_iter().flatten().collect();
    all.sort_unstable_by_key(|one| (one.at, one.near));
    all
}

/// When a habit reminds next, after a moment; `None` if it does not, or is archived.
#[must_use]
pub fn of_habit(
    fields: &Map<String, Value>,
    after: DateTime<Utc>,
    zone: &impl TimeZone,
) -> Option<DateTime<Utc>> {
    if fields.get("reminder") != Some(&Value::Bool(true)) || fields.contains_key("archived_at") {
        return None;
    }
    let time = NaiveTime::parse_from_str(text(fields, "reminder_time")?, "%H:%M").ok()?;
    let on = fields.get("reminder_days").and_then(Value::as_array).filter(|days| !days.is_empty());
    let today = after.with_timezone(zone).date_naive();
    today
        .iter_days()
        .take(WEEK)
        .filter(|day| {
            let name = WEEKDAYS.get(day.weekday().num_days_from_monday() as usize);
            on.is_none_or(|days| name.is_some_and(|name| days.iter().any(|one| one == name)))
        })
        .filter_map(|day| resolve(zone, day.and_time(time)))
        .find(|at| *at > after)
}

/// So many minutes before a moment, or before the morning of a day: whole days before it is another morning.
fn heard(due: When, before: i64, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
    let (at, before) = match due {
        When::Day(day) => {
            let day = day.checked_sub_signed(TimeDelta::try_days(before / DAY)?)?;
            let morning = day.and_time(NaiveTime::MIN).checked_add_signed(MORNING)?;
            (resolve(zone, morning)?, before % DAY)
        }
        When::At(at) => (at, before),
    };
    at.checked_sub_signed(TimeDelta::try_minutes(before)?)
}

#[cfg(test)]
mod tests;
