mod habits;
mod tags_and_notes;
mod tasks;

use super::*;
use crate::ids::whph_id;
use chrono::Duration;
use proptest::prelude::*;
use serde_json::json;

/// 2026-03-01 23:30 UTC: the next day two hours further east.
const LATE: i64 = 1_772_407_800;

fn rows(values: &[Value]) -> Vec<Row> {
    values.iter().map(|value| value.as_object().expect("a row").clone()).collect()
}

/// Where this person is, the day begins two hours before it does in Greenwich.
fn mapped(tables: Tables) -> Mapped {
    map(tables, &|moment| (moment + Duration::hours(2)).date_naive())
}

fn task(columns: Value) -> Mapping {
    let mut row = json!({ "id": "t", "title": "Buy milk" });
    let (Value::Object(row), Value::Object(columns)) = (&mut row, columns) else { panic!("not a row") };
    row.extend(columns);
    let tables = Tables { tasks: vec![row.clone()], ..Tables::default() };
    mapped(tables).rows.remove(0)
}

fn taken(mapping: &Mapping) -> &Taken {
    mapping.outcome.as_ref().unwrap_or_else(|error| panic!("{}: {error}", mapping.place))
}

fn field(mapping: &Mapping, name: &str) -> Value {
    taken(mapping).draft.fields.get(name).cloned().unwrap_or_default()
}

fn notes(mapping: &Mapping) -> String {
    taken(mapping).notes.join("\n")
}

fn refusal(mapping: &Mapping) -> String {
    mapping.outcome.as_ref().expect_err("a refusal").to_string()
}

#[test]
fn what_was_deleted_is_counted_and_left_out() {
    let gone = |id: &str| json!({ "id": id, "title": "x", "name": "x", "deleted_date": LATE });
    let tables = Tables {
        tasks: rows(&[gone("a"), json!({ "id": "b", "title": "stays" })]),
        notes: rows(&[gone("c")]),
        tags: rows(&[gone("d")]),
        task_tags: rows(&[json!({ "id": "e", "task_id": "b", "tag_id": "d" })]),
        ..Tables::default()
    };
    let mapped = mapped(tables);
    assert_eq!((mapped.rows.len(), mapped.deleted), (1, 3));
    assert_eq!(field(&mapped.rows[0], "title"), "stays");
    assert_eq!(field(&mapped.rows[0], "tags"), Value::Null, "the link to a tag that is gone");
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let all = [json!({ "id": "a", "name": "Work" }), json!({ "id": "b", "name": "work", "color": "FF0000" })];
    let reversed = [all[1].clone(), all[0].clone()];
    let [one, other] = [&all[..], &reversed[..]].map(|all| {
        let mapped = mapped(Tables { tags: rows(all), ..Tables::default() });
        mapped.rows.iter().map(|row| taken(row).draft.clone()).collect::<Vec<_>>()
    });
    assert_eq!(one, other);
}

#[test]
fn a_row_that_means_nothing_is_refused_and_named() {
    let long = "x".repeat(200);
    let tables = Tables {
        tasks: rows(&[
            json!({ "title": "no id" }),
            json!({ "id": "twice", "title": "first" }),
            json!({ "id": "twice", "title": "second" }),
            json!({ "id": "long", "title": long, "description": "y".repeat(70_000) }),
        ]),
        ..Tables::default()
    };
    let mapped = mapped(tables);
    let told: Vec<_> = mapped
        .rows
        .iter()
        .filter_map(|row| Some(format!("{}: {}", row.place, row.outcome.as_ref().err()?)))
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("task_table \"no id\": its id is missing"), "{}", told[0]);
    assert!(told[1].starts_with("task_table long \"xxx") && told[1].contains("description: must be at most"));
    assert!(told[1].len() < 300, "a title is shortened: {}", told[1]);
    assert!(told[2].starts_with("task_table twice \"second\": another row has the same id"), "{}", told[2]);
}

/// Anything in any column, as SQLite lets it be.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        (-2_i64..10).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(
            json!({ "frequency": "monthly", "dayOfMonth": 31, "endCondition": "date", "endDate": "ä2026" })
                .to_string()
        )
        .prop_map(Value::from),
    ]
}

fn any_rows(columns: &'static [&'static str]) -> impl Strategy<Value = Vec<Row>> {
    let row = prop::collection::vec((prop::sample::select(columns), anything()), 0..columns.len());
    let row = row.prop_map(|row| row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    prop::collection::vec(row, 0..6)
}

const TASK: &[&str] = &[
    "id",
    "id",
    "title",
    "description",
    "priority",
    "planned_date",
    "deadline_date",
    "estimated_time",
    "completed_at",
    "status_id",
    "parent_task_id",
    "order",
    "created_date",
    "planned_date_reminder_time",
    "planned_date_reminder_custom_offset",
    "recurrence_type",
    "recurrence_interval",
    "recurrence_days_string",
    "recurrence_start_date",
    "recurrence_end_date",
    "recurrence_count",
    "recurrence_configuration",
];
const HABIT: &[&str] = &[
    "id",
    "name",
    "description",
    "archived_date",
    "has_reminder",
    "reminder_time",
    "reminder_days",
    "has_goal",
    "target_frequency",
    "period_days",
    "daily_target",
];
const RECORD: &[&str] = &["id", "habit_id", "occurred_at", "status", "created_date"];
const TAG: &[&str] = &["id", "name", "color", "type", "is_archived"];

proptest! {
    #[test]
    fn no_row_panics_and_each_is_taken_or_refused(
        tasks in any_rows(TASK), habits in any_rows(HABIT), habit_records in any_rows(RECORD), tags in any_rows(TAG),
    ) {
        let (read, most) = (tasks.len() + habits.len(), habit_records.len() + tags.len());
        let mapped = mapped(Tables { tasks, habits, habit_records, tags, ..Tables::default() });
        prop_assert!((read..=read + most).contains(&mapped.rows.len()));
        for row in &mapped.rows {
            if let Ok(taken) = &row.outcome {
                let kind = crate::kinds::SCHEMA.kind(&taken.draft.kind).expect("a kind");
                prop_assert!(crate::values::check_fields(kind, &taken.draft.fields).is_ok());
            }
        }
    }
}
