use super::*;

fn habit(columns: Value) -> Mapping {
    let mut row = json!({ "id": "h", "name": "Read", "description": "" });
    let (Value::Object(row), Value::Object(columns)) = (&mut row, columns) else { panic!("not a row") };
    row.extend(columns);
    mapped(Tables { habits: vec![row.clone()], ..Tables::default() }).rows.remove(0)
}

#[test]
fn every_column_of_a_habit_arrives() {
    let mapping = habit(json!({
        "description": "a page", "estimated_time": 10, "archived_date": LATE, "has_reminder": 1,
        "reminder_time": "08:05", "reminder_days": "1,3,7", "has_goal": 1, "target_frequency": 5, "period_days": 7,
        "daily_target": 2, "order": 2.0, "created_date": LATE,
    }));
    let draft = &taken(&mapping).draft;
    assert_eq!((draft.kind.as_str(), draft.id), ("habit", Some(whph_id("habit", "h"))));
    assert_eq!(
        Value::Object(draft.fields.clone()),
        json!({
            "name": "Read", "description": "a page", "estimated_minutes": 10,
            "archived_at": "2026-03-01T23:30:00Z", "reminder": true, "reminder_time": "08:05",
            "reminder_days": ["mon", "sun", "wed"], "goal": true, "goal_frequency": 5, "goal_period_days": 7,
            "goal_daily_target": 2, "order": 2.0, "created": "2026-03-01T23:30:00Z",
        })
    );
    assert_eq!(notes(&mapping), "");
}

#[test]
fn what_a_habit_cannot_hold_is_switched_off_and_noted() {
    let reminder =
        habit(json!({ "has_reminder": 1, "reminder_time": "8 o'clock", "reminder_days": "1,8,x" }));
    assert_eq!(field(&reminder, "reminder"), false);
    assert_eq!(field(&reminder, "reminder_days"), json!(["mon"]));
    assert_eq!(taken(&reminder).notes.len(), 3, "{}", notes(&reminder));
    let goal = habit(json!({ "has_goal": 1, "target_frequency": 0, "period_days": 7 }));
    assert_eq!((field(&goal, "goal"), field(&goal, "goal_period_days")), (json!(false), json!(7)));
    assert!(notes(&goal).contains("target_frequency is 0"), "{}", notes(&goal));
}

fn records(habit: Value, records: &[Value]) -> Mapped {
    mapped(Tables { habits: rows(&[habit]), habit_records: rows(records), ..Tables::default() })
}

#[test]
fn a_day_has_one_record_and_its_id_is_that_of_the_day() {
    let at = |id: &str, seconds: i64, status: i64| json!({ "id": id, "habit_id": "h", "occurred_at": seconds, "status": status, "created_date": seconds });
    let habit = json!({ "id": "h", "name": "Drink", "has_goal": 1, "target_frequency": 1, "period_days": 1, "daily_target": 3 });
    let day = 86_400;
    let mapped = records(
        habit,
        &[
            at("a", LATE, 0),
            at("b", LATE + 60, 0),
            // Earlier, but already on the day that has begun two hours further east.
            at("c", LATE - 3_600, 0),
            at("d", LATE + day, 0),
            at("e", LATE + 2 * day, 2),
            at("f", LATE + 2 * day, 1),
            at("g", LATE + 3 * day, 2),
            // Ticked later, all at once.
            at("h", LATE + 4 * day, 0),
            at("i", LATE + 4 * day, 0),
            at("j", LATE + 4 * day, 0),
        ],
    );
    let days: Vec<_> = mapped.rows[1..].iter().map(|row| (field(row, "day"), field(row, "status"))).collect();
    assert_eq!(
        days,
        [
            ("2026-03-02", "complete"),
            ("2026-03-03", "complete"),
            ("2026-03-04", "not_done"),
            ("2026-03-05", "skipped"),
            ("2026-03-06", "complete"),
        ]
        .map(|(day, status)| (json!(day), json!(status)))
    );
    assert_eq!(field(&mapped.rows[1], "created"), "2026-03-01T22:30:00Z");
    let done_at = |row: usize| field(&mapped.rows[row], "done_at");
    assert_eq!(done_at(1), json!(["2026-03-01T22:30:00Z", "2026-03-01T23:30:00Z", "2026-03-01T23:31:00Z"]));
    assert_eq!(done_at(2), json!(["2026-03-02T23:30:00Z"]), "one of three");
    assert_eq!(done_at(3), json!(null));
    assert_eq!(done_at(5), json!(["2026-03-05T23:30:00Z", "2026-03-05T23:30:01Z", "2026-03-05T23:30:02Z"]));
    assert!(mapped.rows.iter().all(|row| notes(row).is_empty()), "nothing was left out");
    let record = taken(&mapped.rows[1]);
    assert_eq!(record.draft.id, None, "the importer derives it");
    assert_eq!(field(&mapped.rows[1], "habit"), whph_id("habit", "h").to_string());
}

#[test]
fn a_record_without_habit_day_or_status() {
    let habit = json!({ "id": "h", "name": "Read" });
    let mapped = records(
        habit,
        &[
            json!({ "id": "a", "habit_id": "gone", "occurred_at": LATE, "status": 0 }),
            json!({ "id": "b", "habit_id": "h", "occurred_at": LATE, "status": 3 }),
            json!({ "id": "c", "habit_id": "h", "occurred_at": "whenever", "status": 0 }),
        ],
    );
    assert_eq!(mapped.orphaned, 1);
    assert!(refusal(&mapped.rows[1]).contains("status is 3"));
    assert!(refusal(&mapped.rows[2]).contains("occurred_at"));
    assert_eq!(mapped.rows.len(), 3);
}
