use super::*;
use crate::kinds::task;
use crate::recurrence::tests::Europe;
use chrono::FixedOffset;
use serde_json::json;

/// Two hours before UTC's clock.
fn zone() -> FixedOffset {
    FixedOffset::east_opt(2 * 3_600).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn of(fields: Value) -> Vec<(String, Near)> {
    let reminders = of_task(fields.as_object().unwrap(), &zone());
    reminders
        .iter()
        .map(|one| (one.at.with_timezone(&zone()).format("%d %H:%M").to_string(), one.near))
        .collect()
}

#[test]
fn a_task_reminds_as_long_before_as_it_says() {
    for (reminder, wanted) in [
        ("none", None),
        ("at_time", Some("04 10:00")),
        ("5_minutes_before", Some("04 09:55")),
        ("15_minutes_before", Some("04 09:45")),
        ("1_hour_before", Some("04 09:00")),
        ("1_day_before", Some("03 10:00")),
        ("custom", Some("04 08:30")),
    ] {
        assert!(task::REMINDERS.contains(&reminder));
        let task = json!({ "planned": "2026-05-04T08:00:00Z", "planned_reminder": reminder, "planned_reminder_offset": 90 });
        let wanted: Vec<_> = wanted.into_iter().map(|at| (at.to_owned(), Near::Planned)).collect();
        assert_eq!(of(task), wanted, "{reminder}");
    }
    let both = json!({ "planned": "2026-05-04T08:00:00Z", "planned_reminder": "at_time",
        "deadline": "2026-05-04T09:00:00Z", "deadline_reminder": "1_day_before" });
    assert_eq!(of(both), [("03 11:00".into(), Near::Deadline), ("04 10:00".into(), Near::Planned)]);
}

#[test]
fn a_day_without_a_time_is_remembered_in_the_morning() {
    let day = json!({ "planned": "2026-05-04", "planned_reminder": "at_time" });
    assert_eq!(of(day), [("04 09:00".into(), Near::Planned)]);
    let before = json!({ "deadline": "2026-05-04", "deadline_reminder": "1_day_before" });
    assert_eq!(of(before), [("03 09:00".into(), Near::Deadline)]);
    // The evening clocks change it is the morning all the same.
    let sunday = json!({ "deadline": "2026-03-29", "deadline_reminder": "1_day_before" });
    let reminders = of_task(sunday.as_object().unwrap(), &Europe);
    assert_eq!(reminders[0].at, at("2026-03-28T08:00:00Z"));
    // Whoever says midnight means it.
    let midnight = json!({ "planned": "2026-05-03T22:00:00Z", "planned_reminder": "at_time" });
    assert_eq!(of(midnight), [("04 00:00".into(), Near::Planned)]);
}

#[test]
fn what_is_done_or_has_no_time_does_not_remind() {
    for task in [
        json!({ "planned": "2026-05-04T08:00:00Z", "planned_reminder": "at_time", "status": "done" }),
        json!({ "planned": "2026-05-04T08:00:00Z", "planned_reminder": "at_time", "status": "cancelled" }),
        json!({ "planned_reminder": "at_time" }),
        json!({ "planned": "2026-05-04T08:00:00Z" }),
        json!({ "planned": "2026-05-04T08:00:00Z", "planned_reminder": "custom" }),
        json!({ "planned": "2026-05-04T08:00:00Z", "planned_reminder": "a_week_before" }),
        json!({ "planned": "soon", "planned_reminder": "at_time" }),
    ] {
        assert_eq!(of(task.clone()), [], "{task}");
    }
}

#[test]
fn a_habit_reminds_on_its_days_and_never_twice_at_once() {
    // A Monday, 18:00 by the clock on the wall.
    let monday = at("2026-05-04T16:00:00Z");
    let next = |fields: Value, after| of_habit(fields.as_object().unwrap(), after, &zone());
    let daily = json!({ "reminder": true, "reminder_time": "18:00" });
    assert_eq!(next(daily.clone(), monday), Some(at("2026-05-05T16:00:00Z")));
    assert_eq!(next(daily, monday - TimeDelta::seconds(1)), Some(monday));
    let some = json!({ "reminder": true, "reminder_time": "07:30", "reminder_days": ["mon", "fri"] });
    assert_eq!(next(some, monday), Some(at("2026-05-08T05:30:00Z")));
    let weekly = json!({ "reminder": true, "reminder_time": "18:00", "reminder_days": ["mon"] });
    assert_eq!(next(weekly, monday), Some(at("2026-05-11T16:00:00Z")));
    for none in [
        json!({ "reminder": false, "reminder_time": "18:00" }),
        json!({ "reminder": true }),
        json!({ "reminder": true, "reminder_time": "18:00", "archived_at": "2026-01-01T00:00:00Z" }),
    ] {
        assert_eq!(next(none.clone(), monday), None, "{none}");
    }
}

#[test]
fn a_time_before_that_cannot_have_been_meant_reminds_of_nothing() {
    for offset in [json!(-1), json!(1_i64 << 62), json!(i64::MIN), json!(1.5), json!("90")] {
        let task = json!({ "planned": "2026-05-04", "planned_reminder": "custom", "planned_reminder_offset": offset });
        assert_eq!(of(task), [], "{offset}");
    }
}
