use super::*;
use serde_json::json;

const ALICE: &str = "0f3a4c1e-8b7d-4c55-9d0b-0a1b2c3d4e5f";

fn told(kind: &str, field: &str, text: &str) -> String {
    parse_field(kind, field, text).expect_err("a refusal").to_string()
}

#[test]
fn text_becomes_the_fields_value() {
    for (kind, field, text, value) in [
        ("task", "title", "Buy milk, eggs", json!("Buy milk, eggs")),
        ("task", "priority", "urgent", json!("urgent")),
        ("task", "estimated_minutes", "30", json!(30)),
        ("task", "order", "3", json!(3.0)),
        ("task", "planned", "2026-03-01T09:00:00+01:00", json!("2026-03-01T09:00:00+01:00")),
        ("task", "planned", "2026-3-1", json!("2026-03-01")),
        ("task", "recurrence_start", "2026-3-1", json!("2026-03-01")),
        ("habit", "goal", "true", json!(true)),
        ("habit", "reminder_time", "7:05", json!("07:05")),
        ("task", "parent", "0F3A4C1E8B7D4C559D0B0A1B2C3D4E5F", json!(ALICE)),
        ("task", "recurrence_days", "thu, mon,,thu", json!(["mon", "thu"])),
        ("task", "tags", ALICE, json!([ALICE])),
        ("task", "tags", "home, Deep Work", json!(["Deep Work", "home"])),
    ] {
        assert_eq!(parse_field(kind, field, text), Ok(value), "{kind} {field}={text}");
    }
}

#[test]
fn empty_text_clears_the_field() {
    for field in ["deadline", "tags", "estimated_minutes", "description"] {
        assert_eq!(parse_field("task", field, ""), Ok(Value::Null));
    }
}

#[test]
fn a_refusal_says_what_would_be_right() {
    assert_eq!(told("task", "estimated_minutes", "soon"), "estimated_minutes: must be a whole number");
    assert_eq!(told("task", "order", "inf"), "order: must be a number");
    assert_eq!(
        told("task", "planned", "tomorrow"),
        "planned: must be a day such as 2026-03-01, or a moment such as 2026-03-01T09:00:00Z"
    );
    assert_eq!(told("habit", "goal", "yes"), "goal: must be true or false");
    assert_eq!(
        told("task", "recurrence_days", "mon,noday"),
        "recurrence_days: must be one of mon, tue, wed, thu, fri, sat, sun"
    );
    assert!(told("task", "tags", &"x".repeat(201)).starts_with("tags: must be at most 200 bytes long"));
    assert_eq!(
        told("tag", "color", "#fff"),
        "color: is no field of a tag, which has name, colour, type, archived, created"
    );
    assert_eq!(
        told("taks", "title", "x"),
        "kind: must be one of task, habit, habit_record, note, tag, setting, not \"taks\""
    );
}

#[test]
fn a_set_is_bounded() {
    let many: Vec<_> = (0..=limits::SET_MAX).map(|n| format!("tag{n}")).collect();
    assert_eq!(
        told("task", "tags", &many.join(",")),
        "tags: must have at most 1024 items, and this has 1025"
    );
}
