use super::*;
use proptest::prelude::*;
use serde_json::json;

/// Where days begin two hours before those of UTC.
fn begins(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc() - chrono::TimeDelta::hours(2))
}

fn read(line: &str) -> Read {
    task_from_todo_txt(line, 0, &begins).unwrap()
}

fn fields(line: &str) -> Value {
    Value::Object(read(line).draft.fields)
}

#[test]
fn a_line_becomes_a_task() {
    for (line, wanted) in [
        ("Call Mum", json!({ "title": "Call Mum", "status": "todo" })),
        (
            "(A) 2026-05-03 Thank Mum for the meatballs +family @phone",
            json!({ "title": "Thank Mum for the meatballs", "status": "todo", "priority": "urgent_important",
                "tags": ["family", "phone"], "created": "2026-05-02T22:00:00Z" }),
        ),
        (
            "x 2026-05-04 2026-05-03 Review the garden due:2026-05-05 pri:B",
            json!({ "title": "Review the garden", "status": "done", "priority": "important",
                "completed_at": "2026-05-03T22:00:00Z", "created": "2026-05-02T22:00:00Z",
                "deadline": "2026-05-05" }),
        ),
        (
            "Water rec:+2w t:2026-05-04",
            json!({ "title": "Water", "status": "todo", "recurrence": "weekly", "recurrence_interval": 2,
                "planned": "2026-05-04" }),
        ),
        ("Walk rec:d", json!({ "title": "Walk", "status": "todo", "recurrence": "daily" })),
    ] {
        assert_eq!(fields(line), wanted, "{line}");
    }
}

#[test]
fn what_only_looks_like_it_stays_in_the_title() {
    for line in [
        "xylophone lesson",
        "X 2026-05-04 capital",
        "(a) small letter",
        "(AB) two letters",
        "(A)no blank",
        "2026-5-3 no day",
        "due:tomorrow is no day",
        "see http://example.org and 12:30",
        "rec:5b on business days",
        "a + b @ home, mail@example.org",
    ] {
        assert_eq!(fields(line)["title"], json!(line));
    }
    assert_eq!(fields("@phone +family")["title"], json!("@phone +family"));
}

#[test]
fn a_priority_that_there_is_no_place_for_is_said() {
    let read = read("(F) Fix the fence");
    assert_eq!(read.draft.fields.get("priority"), None);
    assert!(read.notes[0].contains("(F)"), "{:?}", read.notes);
}

#[test]
fn the_line_and_how_often_it_came_before_give_the_id() {
    let id = |line: &str, twin| task_from_todo_txt(line, twin, &begins).unwrap().draft.id;
    assert_eq!(id("Call Mum", 0), id("  Call Mum ", 0));
    assert_ne!(id("Call Mum", 0), id("Call Mum", 1));
    assert_ne!(id("Call Mum", 0), id("Call Dad", 0));
    assert_eq!(id("Call Mum", 0).unwrap().to_string(), "9a2e1798-a6a0-59e3-8654-a08eaf9effae");
}

#[test]
fn a_line_that_is_too_long_is_refused_by_field() {
    let refused = task_from_todo_txt(&"long ".repeat(500), 0, &begins).unwrap_err();
    assert!(refused.to_string().contains("title"), "{refused}");
}

proptest! {
    #[test]
    fn no_line_panics_and_no_word_of_its_title_is_made_up(line in "[x( A)+@:a-e0-9due-]{0,60}") {
        if let Ok(read) = task_from_todo_txt(&line, 0, &begins)
            && !line.trim().is_empty()
        {
            let title = read.draft.fields["title"].as_str().unwrap();
            prop_assert!(title.split(' ').all(|word| line.contains(word)));
        }
    }
}
