//! `task_table`.

use super::row::Reader;
use super::{DayOf, Row, RowError, Tagged, id_of, recurrence, title};
use crate::exchange::Draft;
use crate::ids::whph_id;
use crate::kinds::{MINUTES_MAX, task};
use crate::when::When;
use chrono::{NaiveDate, TimeDelta};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PRIORITIES: &[&str] = &["neither", "urgent", "important", "urgent_important"];
const REMINDERS: &[&str] =
    &["none", "at_time", "5_minutes_before", "15_minutes_before", "1_hour_before", "1_day_before", "custom"];

/// What a task is understood by, besides its row.
pub(super) struct Around<'a> {
    pub(super) tagged: &'a Tagged,
    /// The names of the statuses that a person made, by id.
    pub(super) statuses: &'a BTreeMap<String, String>,
    /// The ids of the tasks that are not deleted.
    pub(super) living: &'a BTreeSet<&'a str>,
    pub(super) day_of: DayOf<'a>,
}

pub(super) fn map(row: &mut Reader<'_>, around: &Around<'_>) -> Result<Draft, RowError> {
    let id = row.required("id")?;
    title::put(row, ("title", "title"), ("description", "description"));
    let priority = row.choice("priority", PRIORITIES);
    row.put("priority", priority);
    let planned = put_when(row, "planned", "planned_date", around.day_of);
    put_when(row, "deadline", "deadline_date", around.day_of);
    reminder(row, "planned_reminder", "planned_date_reminder");
    reminder(row, "deadline_reminder", "deadline_date_reminder");
    let minutes = row.within("estimated_time", 0..=MINUTES_MAX);
    row.put("estimated_minutes", minutes);
    status(row, around.statuses);
    parent(row, id, around.living);
    recurrence::put(row, id, planned, around.day_of);
    row.put_tags(around.tagged);
    row.put_order();
    row.put_created();
    row.finish(task::NAME)
}

/// Puts when something is, and returns the day. The beginning of a day is how WHPH keeps one without a time.
fn put_when(row: &mut Reader<'_>, field: &str, column: &str, day_of: DayOf<'_>) -> Option<NaiveDate> {
    let at = row.moment(column)?;
    let day = day_of(at);
    let is_beginning =
        at.checked_sub_signed(TimeDelta::seconds(1)).is_some_and(|before| day_of(before) != day);
    row.put(field, Some(if is_beginning { When::Day(day) } else { When::At(at) }));
    Some(day)
}

/// The names of the statuses that a person made, by id; those that WHPH comes with are to do and done, however they are called.
pub(super) fn statuses(rows: &[Row]) -> BTreeMap<String, String> {
    let name = |row: &Row| row.get("name").and_then(Value::as_str).map(str::to_owned);
    let own = rows.iter().filter(|row| row.get("is_built_in").and_then(Value::as_i64) == Some(0));
    own.filter_map(|row| Some((id_of(row)?.to_owned(), name(row)?))).collect()
}

/// Whether a task is done is what `completed_at` says, for WHPH too. A status of a person's own is one of ours if it is
/// called so.
fn status(row: &mut Reader<'_>, statuses: &BTreeMap<String, String>) {
    let completed = row.put_moment("completed_at", "completed_at").is_some();
    let own = row.text("status_id").and_then(|id| statuses.get(&id));
    let status = match own {
        _ if completed => "done",
        None => "todo",
        Some(name) => called(name).unwrap_or_else(|| {
            row.note(format!("its status {name:?} is none that there is here; it is todo now"));
            "todo"
        }),
    };
    row.put("status", Some(status));
}

fn called(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase().replace(['_', '-', ' '], "");
    match name.as_str() {
        "todo" => Some("todo"),
        "inprogress" | "doing" => Some("in_progress"),
        "waiting" => Some("waiting"),
        "cancelled" | "canceled" => Some("cancelled"),
        _ => None,
    }
}

fn reminder(row: &mut Reader<'_>, field: &str, column: &str) {
    let when = row.choice(&format!("{column}_time"), REMINDERS);
    let offset = row.within(&format!("{column}_custom_offset"), 0..=MINUTES_MAX);
    let when = match when {
        Some("custom") if offset.is_none() => {
            row.note(format!("its {column} does not say how long before, and was left out"));
            None
        }
        when => when,
    };
    if when.is_some() {
        row.put(field, when);
        row.put(&format!("{field}_offset"), offset);
    }
}

fn parent(row: &mut Reader<'_>, id: &str, living: &BTreeSet<&str>) {
    let Some(parent) = row.text("parent_task_id") else { return };
    if living.contains(parent.as_str()) && parent != id {
        row.put("parent", Some(whph_id(task::NAME, &parent).to_string()));
    } else {
        row.note("the task that it is part of is gone; it stands by itself now");
    }
}
