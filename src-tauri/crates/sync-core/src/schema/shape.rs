//! What values a field takes, checked.

use super::Shape;
use crate::json::Class;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime};
use serde_json::Value;
use std::ops::RangeInclusive;
use uuid::Uuid;

impl Shape {
    /// The rule that `value` breaks if this device were to write it.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        match (*self, value) {
            (Self::Text { max, line }, Value::String(text)) => check_text(text, max, line),
            (Self::Choice(words), Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
            (Self::Choice(words), _) => Err(format!("must be one of {}", words.join(", "))),
            (Self::Bool, Value::Bool(_)) => Ok(()),
            (Self::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
                Some(n) if (min..=max).contains(&n) => Ok(()),
                _ => Err(format!("must be a whole number from {min} to {max}")),
            },
            (Self::Real, Value::Number(_)) => Ok(()),
            (Self::Day, Value::String(text)) if is_day(text) => Ok(()),
            (Self::Clock, Value::String(text)) if is_clock(text) => Ok(()),
            (Self::Moment, Value::String(text)) if is_moment(text) => Ok(()),
            (Self::DayOrMoment, Value::String(text)) if is_day(text) || is_moment(text) => Ok(()),
            (Self::Id, Value::String(text)) if is_id(text) => Ok(()),
            (
                Self::Text { .. }
                | Self::Bool
                | Self::Integer { .. }
                | Self::Real
                | Self::Day
                | Self::Clock
                | Self::Moment
                | Self::DayOrMoment
                | Self::Id,
                _,
            ) => Err(format!("must be {}", self.describe())),
        }
    }

    /// The rule that a value of this JSON type breaks even for a device of a newer version.
    pub(super) fn check_remote(&self, class: Class) -> Result<(), String> {
        let expected = match self {
            Self::Text { .. }
            | Self::Choice(_)
            | Self::Day
            | Self::Clock
            | Self::Moment
            | Self::DayOrMoment
            | Self::Id => Class::Text,
            Self::Bool => Class::Bool,
            Self::Integer { .. } | Self::Real => Class::Number,
        };
        if class == expected || class == Class::Null {
            Ok(())
        } else {
            Err(format!("must be {}", self.describe()))
        }
    }

    /// In words, for messages: "must be …".
    fn describe(&self) -> &'static str {
        match self {
            Self::Text { line: true, .. } => "a line of text",
            Self::Text { line: false, .. } => "text",
            Self::Choice(_) => "one of a few words",
            Self::Bool => "true or false",
            Self::Integer { .. } => "a whole number",
            Self::Real => "a number",
            Self::Day => "a day such as 2026-03-01",
            Self::Clock => "a time of day such as 09:30",
            Self::Moment => "a moment such as 2026-03-01T09:00:00Z",
            Self::DayOrMoment => "a day such as 2026-03-01, or a moment such as 2026-03-01T09:00:00Z",
            Self::Id => "the id of an entity (a UUID)",
        }
    }
}

fn check_text(text: &str, max: usize, line: bool) -> Result<(), String> {
    if text.len() > max {
        return Err(format!("must be at most {max} bytes long, and this is {}", text.len()));
    }
    if line && text.chars().any(char::is_control) {
        return Err("must be one line, without control characters".into());
    }
    if text.contains('\0') {
        return Err("must not contain a NUL character".into());
    }
    Ok(())
}

// Values are compared as they are written, so each has one spelling.

/// Years of four digits: days are ordered as their texts are. Beyond them chrono reads and writes other spellings, and where its
/// calendar ends its arithmetic panics.
pub const YEARS: RangeInclusive<i32> = 0..=9_999;

/// Reads a day as it is stored.
#[must_use]
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    // chrono would take "2026-5-4" as well.
    (YEARS.contains(&day.year()) && day.to_string() == text).then_some(day)
}

fn is_day(text: &str) -> bool {
    parse_day(text).is_some()
}

fn is_clock(text: &str) -> bool {
    NaiveTime::parse_from_str(text, "%H:%M").is_ok_and(|time| time.format("%H:%M").to_string() == text)
}

fn is_moment(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}

fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}
