//! `habit_table`.

use super::row::Reader;
use super::{Mapping, Row, RowError, Tagged, id_of, title};
use crate::exchange::Draft;
use crate::kinds::{MINUTES_MAX, WEEKDAYS, habit};
use chrono::NaiveTime;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

const DAYS: RangeInclusive<i64> = 1..=3_660;

pub(super) fn map(row: &mut Reader<'_>, tagged: &Tagged) -> Result<Draft, RowError> {
    title::put(row, ("name", "name"), ("description", "description"));
    let minutes = row.within("estimated_time", 0..=MINUTES_MAX);
    row.put("estimated_minutes", minutes);
    row.put_moment("archived_at", "archived_date");
    reminder(row);
    goal(row);
    row.put_tags(tagged);
    row.put_order();
    row.put_created();
    row.finish(habit::NAME)
}

/// How many times a day each habit that was taken is meant to be done, by WHPH's id.
pub(super) fn targets(rows: &[Row], mapped: &[Mapping]) -> BTreeMap<String, u64> {
    let taken = rows.iter().zip(mapped).filter(|(_, mapping)| mapping.outcome.is_ok());
    taken.filter_map(|(row, _)| Some((id_of(row)?.to_owned(), target(row)))).collect()
}

fn target(row: &Row) -> u64 {
    let number = |column: &str| row.get(column).and_then(Value::as_u64);
    let goal = number("has_goal").is_some_and(|goal| goal != 0);
    number("daily_target").filter(|_| goal).unwrap_or(1)
}

/// A reminder without days is one on every day, there as here.
fn reminder(row: &mut Reader<'_>) {
    let mut on = row.flag("has_reminder");
    let time = row.text("reminder_time").and_then(|text| {
        let time = NaiveTime::parse_from_str(&text, "%H:%M").ok();
        if time.is_none() {
            row.note(format!("its reminder_time is {text:?}, which is none, and was left out"));
        }
        time
    });
    if on && time.is_none() {
        row.note("its reminder has no time, and is switched off");
        on = false;
    }
    row.put("reminder", Some(on));
    row.put("reminder_time", time.map(|time| time.format("%H:%M").to_string()));
    let days = row.text("reminder_days").unwrap_or_default();
    let named: Vec<_> = days.split(',').map(str::trim).filter(|day| !day.is_empty()).collect();
    let known: Vec<_> = named.iter().filter_map(|day| weekday(day.parse().ok()?)).collect();
    if known.len() < named.len() {
        row.note(format!("its reminder_days are {days:?}, of which not all are known"));
    }
    row.put("reminder_days", (!known.is_empty()).then_some(known));
}

fn goal(row: &mut Reader<'_>) {
    let mut on = row.flag("has_goal");
    let frequency = row.within("target_frequency", DAYS);
    let period = row.within("period_days", DAYS);
    let daily = row.within("daily_target", 1..=1_000);
    if on && (frequency.is_none() || period.is_none()) {
        row.note("its goal does not say how often, and is switched off");
        on = false;
    }
    row.put("goal", Some(on));
    row.put("goal_frequency", frequency);
    row.put("goal_period_days", period);
    row.put("goal_daily_target", daily);
}

/// WHPH counts the days of the week from 1, Monday.
pub(super) fn weekday(number: usize) -> Option<&'static str> {
    WEEKDAYS.get(number.checked_sub(1)?).copied()
}
