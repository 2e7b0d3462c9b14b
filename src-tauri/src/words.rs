//! Fields and values as a person reads them, and what is different between two texts.

use chrono::{DateTime, Local, TimeZone};
use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use specta::Type;
use sync_core::schema::{Field, Rule, Shape};

/// Longest text that is compared word by word; more is compared by lines, so that a screen never waits.
const WORDS_MAX: usize = 64 * 1024;

/// A part of a text, on the way from what is shown now to another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct DiffPart {
    pub(crate) op: DiffOp,
    pub(crate) text: String,
}

/// What becomes of the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DiffOp {
    /// It is in both.
    Same,
    /// It is in the other version alone.
    Added,
    /// It is in what is shown now alone.
    Removed,
}

/// What a form calls a field.
pub(crate) fn label(field: &str) -> String {
    let label = match field {
        "estimated_minutes" => "Estimate",
        "completed_at" => "Completed",
        "archived_at" => "Archived",
        "planned_reminder" => "Reminder before the planned time",
        "planned_reminder_offset" => "Minutes before the planned time",
        "deadline_reminder" => "Reminder before the deadline",
        "deadline_reminder_offset" => "Minutes before the deadline",
        "parent" => "Parent task",
        "recurrence" => "Repeats",
        "recurrence_interval" => "Repeats every",
        "recurrence_days" => "Repeats on",
        "recurrence_start" => "Repeats from",
        "recurrence_end" => "Repeats until",
        "recurrence_day" => "Day by its rule",
        "derived_from" => "Mark of its dates",
        "recurrence_count" => "Number of repeats",
        "recurrence_series" => "Series",
        "recurrence_occurrence" => "Number in its series",
        "reminder_time" => "Reminder at",
        "reminder_days" => "Reminder on",
        "goal_frequency" => "Goal: days",
        "goal_period_days" => "Goal: out of days",
        "goal_daily_target" => "Goal: times a day",
        "done_at" => "Done at",
        "front_matter" => "Front matter",
        other => return words(other),
    };
    label.to_owned()
}

/// A value of a field; `field` is `None` for one that this version does not know.
pub(crate) fn text(field: Option<&Field>, value: &Value) -> String {
    match (field, value) {
        (_, Value::Null) => "(empty)".to_owned(),
        (Some(field), Value::Array(items)) if field.rule == Rule::Set => {
            items.iter().map(|item| one(field, item)).collect::<Vec<_>>().join(", ")
        }
        (Some(field), value) => one(field, value),
        (None, Value::String(text)) => text.clone(),
        (None, other) => other.to_string(),
    }
}

fn one(field: &Field, value: &Value) -> String {
    match (field.shape, value) {
        (Shape::Choice(_), Value::String(word)) => choice(word),
        (Shape::Moment | Shape::DayOrMoment, Value::String(text)) => moment(text, &Local),
        (Shape::Bool, Value::Bool(on)) => if *on { "Yes" } else { "No" }.to_owned(),
        (Shape::Integer { .. }, Value::Number(number)) if field.name.ends_with("_minutes") => {
            minutes(number.as_i64().unwrap_or_default())
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn choice(word: &str) -> String {
    let words = match word {
        "urgent_important" => "Urgent and important",
        "important" => "Important, not urgent",
        "urgent" => "Urgent, not important",
        "neither" => "Neither urgent nor important",
        "todo" => "To do",
        "none" => "None",
        "days_of_week" => "On days of the week",
        "minutely" => "Every so many minutes",
        "mon" => "Monday",
        "tue" => "Tuesday",
        "wed" => "Wednesday",
        "thu" => "Thursday",
        "fri" => "Friday",
        "sat" => "Saturday",
        "sun" => "Sunday",
        other => return self::words(other),
    };
    words.to_owned()
}

/// A day alone stays as it is stored: the page says it in the person's own way.
fn moment<Z: TimeZone>(text: &str, zone: &Z) -> String
where
    Z::Offset: std::fmt::Display,
{
    match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(zone).format("%a %-d %b %Y, %H:%M").to_string(),
        Err(_) => text.to_owned(),
    }
}

fn minutes(all: i64) -> String {
    match (all / 60, all % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// `some_words` as `Some words`.
fn words(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is different between what is shown now and another version, by words.
pub(crate) fn difference(now: &str, other: &str) -> Vec<DiffPart> {
    let diff = if now.len().max(other.len()) > WORDS_MAX {
        TextDiff::from_lines(now, other)
    } else {
        TextDiff::from_unicode_words(now, other)
    };
    let mut parts: Vec<DiffPart> = Vec::new();
    for change in diff.iter_all_changes() {
        let op = match change.tag() {
            ChangeTag::Equal => DiffOp::Same,
            ChangeTag::Insert => DiffOp::Added,
            ChangeTag::Delete => DiffOp::Removed,
        };
        match parts.last_mut() {
            Some(last) if last.op == op => last.text.push_str(change.value()),
            Some(_) | None => parts.push(DiffPart { op, text: change.value().to_owned() }),
        }
    }
    parts
}

/// A proposal that has what each of several versions of a text holds: by lines where there are several, else by words.
pub(crate) fn combined(versions: &[String]) -> Option<String> {
    let (first, others) = versions.split_first()?;
    Some(others.iter().fold(first.clone(), |all, other| both(&all, other)))
}

fn both(one: &str, other: &str) -> String {
    if one.contains('\n') || other.contains('\n') {
        // With an end to each, or the last line of one would run into the next of the other.
        let [one, other] =
            [one, other].map(|text| if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") });
        let all = TextDiff::from_lines(one.as_str(), other.as_str())
            .iter_all_changes()
            .map(|c| c.value().to_owned())
            .collect::<String>();
        return all.trim_end_matches('\n').to_owned();
    }
    let [one, other] = [one, other].map(|text| text.split_whitespace().collect::<Vec<_>>());
    let diff = TextDiff::from_slices(&one, &other);
    diff.iter_all_changes().map(|change| change.value()).collect::<Vec<_>>().join(" ")
}

/// `n` of something, with its English plural.
pub(crate) fn count(n: u64, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;
    use serde_json::json;

    fn field(kind: &str, name: &str) -> Field {
        planner::schema().kind(kind).unwrap().field(name).unwrap().clone()
    }

    #[test]
    fn values_read_as_a_person_would_say_them() {
        let said = |name: &str, value: Value| text(Some(&field("task", name)), &value);
        assert_eq!(said("estimated_minutes", json!(90)), "1 h 30 min");
        assert_eq!(said("priority", json!("urgent_important")), "Urgent and important");
        assert_eq!(said("status", json!("in_progress")), "In progress");
        assert_eq!(said("status", json!("of_a_newer_version")), "Of a newer version");
        assert_eq!(said("recurrence_days", json!(["mon", "fri"])), "Monday, Friday");
        assert_eq!(said("title", json!("in_progress")), "in_progress");
        assert_eq!(said("title", Value::Null), "(empty)");
        assert_eq!(text(Some(&field("tag", "archived")), &json!(true)), "Yes");
        assert_eq!(text(None, &json!({"a": 1})), r#"{"a":1}"#);
        let berlin = FixedOffset::east_opt(2 * 60 * 60).unwrap();
        assert_eq!(moment("2026-05-02T09:00:00Z", &berlin), "Sat 2 May 2026, 11:00");
        assert_eq!(said("planned", json!("2026-05-02")), "2026-05-02");
    }

    #[test]
    fn every_field_has_a_label_without_underscores() {
        for kind in planner::schema().kinds {
            for field in kind.fields {
                let label = label(field.name);
                assert!(label.starts_with(char::is_uppercase) && !label.contains('_'), "{label}");
            }
        }
        assert_eq!((label("estimated_minutes"), label("planned")), ("Estimate".into(), "Planned".into()));
    }

    #[test]
    fn differences_are_told_by_words_and_give_both_texts() {
        let (now, other) = ("Call the dentist, on Friday.", "Call Dr Okafor, on Friday!");
        let parts = difference(now, other);
        let side = |without: DiffOp| {
            parts.iter().filter(|part| part.op != without).map(|part| part.text.as_str()).collect::<String>()
        };
        assert_eq!((side(DiffOp::Added).as_str(), side(DiffOp::Removed).as_str()), (now, other));
        assert_eq!(parts[0], DiffPart { op: DiffOp::Same, text: "Call ".into() });
        assert!(difference("", "").is_empty());
    }

    #[test]
    fn a_combination_loses_nothing() {
        let versions = |versions: &[&str]| versions.iter().map(|&v| v.to_owned()).collect::<Vec<_>>();
        assert_eq!(combined(&versions(&["Buy milk", "Buy oat milk"])).unwrap(), "Buy oat milk");
        assert_eq!(combined(&versions(&["a\nb\nc", "a\nc\nd", "a\nc"])).unwrap(), "a\nb\nc\nd");
        assert_eq!(combined(&[]), None);
    }
}
