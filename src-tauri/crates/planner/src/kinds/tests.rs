use super::*;
use serde_json::{Map, Value, json};
use sync_core::limits::NAME_MAX;
use sync_core::schema::Kind;

const ALICE: &str = "0f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f";

fn kind(name: &str) -> Kind {
    schema().kind(name).expect("a kind").clone()
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// What a person is told who writes this entity; empty if it is accepted.
fn verdict(name: &str, entity: Value) -> String {
    kind(name).check_entity(&fields(entity)).err().map(|e| e.to_string()).unwrap_or_default()
}

/// Every field with its rule. A change here is a change of what all devices agree on: raise the version.
#[test]
fn fields_and_their_rules() {
    let listing: Vec<String> = schema()
        .kinds
        .iter()
        .map(|kind| {
            let rule = |rule: Rule| format!("{rule:?}").split(' ').next().unwrap_or_default().to_owned();
            let fields: Vec<_> = kind.fields.iter().map(|f| format!("{}:{}", f.name, rule(f.rule))).collect();
            format!("{}: {}", kind.name, fields.join(" "))
        })
        .collect();
    assert_eq!(
        listing,
        [
            "task: title:Register description:Text priority:Register status:Register completed_at:Quiet \
             planned:Derived planned_reminder:Register planned_reminder_offset:Register \
             deadline:Derived deadline_reminder:Register deadline_reminder_offset:Register estimated_minutes:Register \
             parent:Register recurrence:Register recurrence_interval:Register recurrence_days:Set \
             recurrence_start:Derived recurrence_day:Quiet recurrence_end:Register \
             recurrence_count:Register recurrence_series:Register recurrence_occurrence:Register derived_from:Quiet tags:Set order:Quiet created:Quiet",
            "habit: name:Register description:Text estimated_minutes:Register archived_at:Quiet \
             reminder:Register reminder_time:Register reminder_days:Set goal:Register goal_frequency:Register \
             goal_period_days:Register goal_daily_target:Register tags:Set order:Quiet created:Quiet",
            "habit_record: habit:Register day:Register status:Register done_at:Set created:Quiet",
            "note: title:Register content:Text front_matter:Register tags:Set order:Quiet created:Quiet",
            "tag: name:Register colour:Register type:Register archived:Register created:Quiet",
            "setting: key:Register value:Register type:Register created:Quiet",
        ]
    );
}

#[test]
fn the_schema_is_sound() {
    for kind in schema().kinds {
        let mut names: Vec<_> = kind.fields.iter().map(|field| field.name).chain([kind.name]).collect();
        for name in &names {
            assert!(name.len() <= NAME_MAX, "{name}");
            assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), kind.fields.len() + 1, "{} names a field twice", kind.name);
        for field in &kind.fields {
            if let Rule::Derived { with, from } = field.rule {
                // Whoever merges them must not ask about the marks either.
                let is_quiet = |name| kind.field(name).is_some_and(|field| field.rule == Rule::Quiet);
                assert!(is_quiet(with) && is_quiet(from), "{}", field.name);
            }
        }
        for key in kind.natural_key.iter().chain([&kind.title]) {
            assert!(kind.field(key).expect("a field").required, "{}: {key} must be there", kind.name);
        }
        if let Some(local) = kind.local_when {
            assert!(kind.natural_key.contains(&local.field));
        }
        assert_eq!(kind.field("created").map(|f| f.shape), Some(Shape::Moment), "{}", kind.name);
    }
}

#[test]
fn a_whole_task_is_accepted() {
    let task = json!({
        "title": "Water the plants", "description": "All of them.\nTwice.", "priority": "urgent_important",
        "status": "done", "completed_at": "2026-03-02T08:00:00Z", "planned": "2026-03-01T09:00:00+01:00",
        "planned_reminder": "custom", "planned_reminder_offset": 45, "deadline": "2026-03-03T09:00:00Z",
        "deadline_reminder": "1_day_before", "estimated_minutes": 20, "parent": ALICE,
        "recurrence": "days_of_week", "recurrence_interval": 2, "recurrence_days": ["mon", "thu"],
        "recurrence_start": "2026-03-01", "recurrence_end": "2026-12-31", "recurrence_count": 10,
        "recurrence_series": ALICE, "recurrence_occurrence": 3, "tags": [ALICE], "order": 1.5,
        "created": "2026-02-01T09:00:00Z", "from_a_newer_version": { "x": 1 }
    });
    assert_eq!(verdict("task", task), "");
}

#[test]
fn unusual_is_not_wrong() {
    for task in [
        json!({ "title": "x", "planned": "2026-03-05T09:00:00Z", "deadline": "2026-03-01T09:00:00Z" }),
        json!({ "title": "x", "status": "done" }),
        json!({ "title": "x", "completed_at": "2026-03-05T09:00:00Z" }),
        json!({ "title": "x", "planned_reminder": "at_time" }),
        json!({ "title": "x", "planned_reminder": "none", "planned_reminder_offset": 5 }),
        json!({ "title": "x", "recurrence": "none", "recurrence_interval": 2, "recurrence_days": ["mon"] }),
        json!({ "title": "x", "recurrence_series": ALICE, "recurrence_occurrence": 3 }),
    ] {
        assert_eq!(verdict("task", task.clone()), "", "{task}");
    }
    let resting = json!({ "name": "x", "goal": false, "goal_frequency": 3, "reminder": false, "reminder_time": "07:00" });
    assert_eq!(verdict("habit", resting), "");
}

#[test]
fn a_refusal_names_the_field_and_the_rule() {
    let line = "a".repeat(TITLE_MAX + 1);
    for (kind, entity, told) in [
        ("task", json!({}), "title: is required"),
        ("task", json!({ "title": " \u{a0}" }), "title: must not be blank"),
        ("task", json!({ "title": line }), "title: must be at most 1000 bytes long, and this is 1001"),
        ("task", json!({ "title": "a\nb" }), "title: must be one line, without control characters"),
        (
            "task",
            json!({ "title": "x", "priority": "high" }),
            "priority: must be one of urgent_important, important, urgent, neither",
        ),
        (
            "task",
            json!({ "title": "x", "estimated_minutes": -1 }),
            "estimated_minutes: must be a whole number from 0 to 527040",
        ),
        (
            "task",
            json!({ "title": "x", "deadline": "tomorrow" }),
            "deadline: must be a day such as 2026-03-01, or a moment such as 2026-03-01T09:00:00Z",
        ),
        (
            "task",
            json!({ "title": "x", "completed_at": "2026-03-01" }),
            "completed_at: must be a moment such as 2026-03-01T09:00:00Z",
        ),
        ("task", json!({ "title": "x", "order": "first" }), "order: must be a number"),
        (
            "task",
            json!({ "title": "x", "parent": "my other task" }),
            "parent: must be the id of an entity (a UUID)",
        ),
        (
            "task",
            json!({ "title": "x", "planned_reminder": "custom" }),
            "planned_reminder_offset: is required when planned_reminder is custom",
        ),
        (
            "task",
            json!({ "title": "x", "deadline_reminder_offset": 5 }),
            "deadline_reminder_offset: needs deadline_reminder as well",
        ),
        (
            "task",
            json!({ "title": "x", "recurrence_interval": 2 }),
            "recurrence_interval: needs recurrence as well",
        ),
        (
            "task",
            json!({ "title": "x", "recurrence": "days_of_week", "recurrence_days": [] }),
            "recurrence_days: is required when recurrence is days_of_week",
        ),
        (
            "task",
            json!({ "title": "x", "recurrence": "daily", "recurrence_start": "2026-03-02", "recurrence_end": "2026-03-01" }),
            "recurrence_end: must not be before recurrence_start",
        ),
        (
            "task",
            json!({ "title": "x", "recurrence_occurrence": 2 }),
            "recurrence_occurrence: needs recurrence_series as well",
        ),
        (
            "habit",
            json!({ "name": "x", "goal": true, "goal_frequency": 3 }),
            "goal_period_days: is required when goal is true",
        ),
        ("habit", json!({ "name": "x", "goal": true }), "goal_frequency: is required when goal is true"),
        ("habit", json!({ "name": "x", "goal_period_days": 7 }), "goal_period_days: needs goal as well"),
        (
            "habit",
            json!({ "name": "x", "reminder": true }),
            "reminder_time: is required when reminder is true",
        ),
        (
            "habit_record",
            json!({ "habit": ALICE, "day": "2026-02-30", "status": "complete" }),
            "day: must be a day such as 2026-03-01",
        ),
        (
            "habit_record",
            json!({ "habit": ALICE, "day": "-262143-01-01", "status": "complete" }),
            "day: must be a day such as 2026-03-01",
        ),
        (
            "habit_record",
            json!({ "habit": ALICE, "day": "2026-03-01", "status": "maybe" }),
            "status: must be one of complete, not_done, skipped",
        ),
        ("note", json!({ "title": "x", "content": "a\0b" }), "content: must not contain a NUL character"),
        ("tag", json!({ "name": "  " }), "name: must not be blank"),
        (
            "tag",
            json!({ "name": "work", "colour": "blue" }),
            "colour: must be # and six hexadecimal digits, such as #3366cc",
        ),
        (
            "setting",
            json!({ "key": "font_size", "value": "big", "type": "integer" }),
            "value: must be of the type integer",
        ),
    ] {
        assert_eq!(verdict(kind, entity.clone()), told, "{kind} {entity}");
    }
}

#[test]
fn device_bound_settings_and_secrets_stay_here() {
    let local = kind("setting").local_when.expect("a rule");
    for (key, stays) in [
        ("start_at_boot", true),
        ("locale", true),
        ("window_state", true),
        ("device.name", true),
        ("secret.token", true),
        ("theme", false),
        ("locale_fallback", false),
        ("my.secret.recipe", false),
    ] {
        assert_eq!(local.matches(&fields(json!({ "key": key }))), stays, "{key}");
    }
}

#[test]
fn a_setting_is_checked_against_its_type() {
    for (kind, good, bad) in
        [("integer", "-3", "3.5"), ("real", "3.5", "inf"), ("bool", "true", "yes"), ("json", "[1]", "[1")]
    {
        assert_eq!(verdict("setting", json!({ "key": "k", "value": good, "type": kind })), "");
        assert_ne!(verdict("setting", json!({ "key": "k", "value": bad, "type": kind })), "");
    }
}

#[test]
fn spellings_of_one_tag_fold_to_one() {
    for spelling in ["work", " Work ", "WORK", "\tworK\n"] {
        assert_eq!(tag::fold(spelling), "work");
    }
    assert_eq!(tag::fold("Deep \u{a0} Work"), "deep work");
    assert_eq!(tag::fold("CAFE\u{301}"), tag::fold("café"));
    assert_ne!(tag::fold("cafe"), tag::fold("café"));
}
