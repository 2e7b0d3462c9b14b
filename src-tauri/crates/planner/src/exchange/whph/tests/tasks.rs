use super::*;

#[test]
fn every_column_of_a_task_arrives() {
    let mapping = task(json!({
        "id": "V1StGXR8_Z5jdHi6B-myT", "description": "two\r\nlitres", "priority": 3, "planned_date": LATE,
        "deadline_date": LATE + 60, "estimated_time": 20, "completed_at": LATE + 120, "created_date": LATE - 60,
        "order": 1000.5, "planned_date_reminder_time": 6, "planned_date_reminder_custom_offset": 90,
        "deadline_date_reminder_time": 1,
    }));
    let draft = &taken(&mapping).draft;
    assert_eq!(draft.kind, "task");
    assert_eq!(draft.id, Some(whph_id("task", "V1StGXR8_Z5jdHi6B-myT")));
    assert_eq!(
        Value::Object(draft.fields.clone()),
        json!({
            "title": "Buy milk", "description": "two\nlitres", "priority": "urgent_important",
            "planned": "2026-03-01T23:30:00Z", "deadline": "2026-03-01T23:31:00Z", "estimated_minutes": 20,
            "completed_at": "2026-03-01T23:32:00Z", "status": "done", "created": "2026-03-01T23:29:00Z",
            "order": 1000.5, "planned_reminder": "custom", "planned_reminder_offset": 90,
            "deadline_reminder": "at_time",
        })
    );
    assert_eq!(notes(&mapping), "");
}

#[test]
fn choices_are_read_in_the_order_in_which_whph_has_them() {
    let each = |column: &str, field_name: &str, words: &[&str]| {
        for (at, word) in words.iter().enumerate() {
            let mapping = task(json!({ column: at, "planned_date_reminder_custom_offset": 5 }));
            assert_eq!(field(&mapping, field_name), *word, "{column} {at}");
        }
        for beyond in [json!(words.len()), json!(-1), json!("many")] {
            let mapping = task(json!({ column: beyond }));
            assert_eq!(field(&mapping, field_name), Value::Null);
            assert!(notes(&mapping).contains(column), "{}", notes(&mapping));
        }
    };
    each("priority", "priority", &["neither", "urgent", "important", "urgent_important"]);
    let reminders = [
        "none",
        "at_time",
        "5_minutes_before",
        "15_minutes_before",
        "1_hour_before",
        "1_day_before",
        "custom",
    ];
    each("planned_date_reminder_time", "planned_reminder", &reminders);
    let types = ["daily", "days_of_week", "weekly", "monthly", "yearly", "hourly", "minutely"];
    for (at, word) in types.into_iter().enumerate() {
        let mapping = task(json!({ "recurrence_type": at + 1, "recurrence_days_string": "monday" }));
        assert_eq!(field(&mapping, "recurrence"), word);
    }
    assert_eq!(field(&task(json!({ "recurrence_type": 0 })), "recurrence"), Value::Null);
    let unknown = task(json!({ "recurrence_type": 8, "recurrence_interval": 2 }));
    assert_eq!(field(&unknown, "recurrence_interval"), Value::Null);
    assert!(notes(&unknown).contains("recurrence_type is 8"));
}

#[test]
fn a_custom_reminder_needs_its_minutes() {
    for offset in [Value::Null, json!(-5), json!(10_000_000)] {
        let mapping =
            task(json!({ "deadline_date_reminder_time": 6, "deadline_date_reminder_custom_offset": offset }));
        assert_eq!(field(&mapping, "deadline_reminder"), Value::Null);
        assert!(notes(&mapping).contains("does not say how long before"), "{}", notes(&mapping));
    }
}

#[test]
fn a_number_or_moment_out_of_range_goes_and_the_task_stays() {
    let mapping =
        task(json!({ "estimated_time": -1, "planned_date": i64::MAX, "deadline_date": "tomorrow" }));
    for name in ["estimated_minutes", "planned", "deadline"] {
        assert_eq!(field(&mapping, name), Value::Null);
    }
    assert_eq!(taken(&mapping).notes.len(), 3, "{}", notes(&mapping));
    let text = task(json!({ "planned_date": "2026-03-01T10:00:00+02:00" }));
    assert_eq!(field(&text, "planned"), "2026-03-01T08:00:00Z");
}

#[test]
fn the_beginning_of_a_day_is_a_day_without_a_time() {
    // Two hours before it begins in Greenwich.
    let begins = LATE - 90 * 60;
    let mapping = task(json!({ "planned_date": begins, "deadline_date": begins + 60 }));
    assert_eq!(field(&mapping, "planned"), "2026-03-02");
    assert_eq!(field(&mapping, "deadline"), "2026-03-01T22:01:00Z");
    assert_eq!(field(&task(json!({ "planned_date": begins - 1 })), "planned"), "2026-03-01T21:59:59Z");
}

#[test]
fn completion_decides_over_the_status() {
    let statuses = rows(&[
        json!({ "id": "task-status-builtin-todo", "name": "Backlog", "is_built_in": 1 }),
        json!({ "id": "p", "name": "In Progress", "is_built_in": 0 }),
        json!({ "id": "w", "name": "waiting", "is_built_in": 0 }),
        json!({ "id": "c", "name": "Canceled", "is_built_in": 0 }),
        json!({ "id": "r", "name": "In review", "is_built_in": 0 }),
    ]);
    for (status, completed, expected, noted) in [
        (json!("task-status-builtin-todo"), Value::Null, "todo", false),
        (json!("task-status-builtin-done"), json!(LATE), "done", false),
        (json!("task-status-builtin-done"), Value::Null, "todo", false),
        (Value::Null, Value::Null, "todo", false),
        (json!("p"), Value::Null, "in_progress", false),
        (json!("w"), Value::Null, "waiting", false),
        (json!("c"), Value::Null, "cancelled", false),
        (json!("r"), Value::Null, "todo", true),
        (json!("r"), json!(LATE), "done", false),
    ] {
        let row = json!({ "id": "t", "title": "x", "status_id": status, "completed_at": completed });
        let tables = Tables { tasks: rows(&[row]), statuses: statuses.clone(), ..Tables::default() };
        let mapping = mapped(tables).rows.remove(0);
        assert_eq!(field(&mapping, "status"), expected, "{status}");
        assert_eq!(notes(&mapping).contains("\"In review\""), noted, "{status}");
    }
}

#[test]
fn a_subtask_keeps_its_parent_while_that_lives() {
    let tables = Tables {
        tasks: rows(&[
            json!({ "id": "child", "title": "a", "parent_task_id": "parent" }),
            json!({ "id": "orphan", "title": "b", "parent_task_id": "gone" }),
            json!({ "id": "parent", "title": "c", "parent_task_id": "parent" }),
            json!({ "id": "gone", "title": "d", "deleted_date": LATE }),
        ]),
        ..Tables::default()
    };
    let mapped = mapped(tables).rows;
    assert_eq!(field(&mapped[0], "parent"), whph_id("task", "parent").to_string());
    for alone in &mapped[1..] {
        assert_eq!(field(alone, "parent"), Value::Null);
        assert!(notes(alone).contains("is gone"));
    }
}

#[test]
fn a_title_of_any_length_is_kept() {
    let long = "ä".repeat(600);
    let mapping = task(json!({ "title": long, "description": "more" }));
    let title = field(&mapping, "title");
    assert_eq!(title.as_str().map(str::len), Some(1_000));
    assert_eq!(field(&mapping, "description"), format!("{long}\n\nmore"));
    assert!(notes(&mapping).contains("longer than 1000 bytes"));
    assert_eq!(field(&task(json!({ "title": "two\nlines\u{7}" })), "title"), "two lines");
    let blank = task(json!({ "title": " ", "description": "\n  call Alice\nand Bob" }));
    assert_eq!(field(&blank, "title"), "call Alice");
    let nothing = task(json!({ "title": "" }));
    assert_eq!(field(&nothing, "title"), "Untitled");
    assert!(notes(&nothing).contains("Untitled"));
}

#[test]
fn recurrence_in_columns() {
    let mapping = task(json!({
        "recurrence_type": 2, "recurrence_interval": 2, "recurrence_days_string": "monday, friday",
        "recurrence_start_date": LATE, "recurrence_end_date": LATE + 86_400, "recurrence_count": 3,
        "recurrence_parent_id": "first",
    }));
    let expected = json!({
        "recurrence": "days_of_week", "recurrence_interval": 2, "recurrence_days": ["fri", "mon"],
        "recurrence_start": "2026-03-02", "recurrence_end": "2026-03-03", "recurrence_count": 3,
        "recurrence_series": whph_id("task", "first").to_string(),
    });
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(field(&mapping, name), *value, "{name}");
    }
    assert_eq!(notes(&mapping), "");
    // The first of a series is its parent.
    let first = task(json!({ "id": "first", "recurrence_type": 1 }));
    assert_eq!(field(&first, "recurrence_series"), whph_id("task", "first").to_string());
    assert_eq!(field(&task(json!({})), "recurrence_series"), Value::Null);
    // Without days WHPH counts weeks.
    assert_eq!(field(&task(json!({ "recurrence_type": 2 })), "recurrence"), "weekly");
    let odd = task(json!({ "recurrence_type": 2, "recurrence_days_string": "monday,someday" }));
    assert_eq!(field(&odd, "recurrence_days"), json!(["mon"]));
    assert!(notes(&odd).contains("someday"));
}

#[test]
fn a_recurrence_that_is_over_or_upside_down() {
    let over = task(json!({ "recurrence_type": 1, "recurrence_count": 0 }));
    assert_eq!(field(&over, "recurrence"), "none");
    assert_eq!(field(&over, "recurrence_count"), Value::Null);
    let upside_down = json!({
        "recurrence_type": 1, "recurrence_start_date": LATE + 86_400, "recurrence_end_date": LATE
    });
    let upside_down = task(upside_down);
    assert_eq!(field(&upside_down, "recurrence_end"), "2026-03-02");
    assert_eq!(field(&upside_down, "recurrence_start"), Value::Null);
    assert!(notes(&upside_down).contains("after its end"));
    let wide = task(json!({ "recurrence_type": 1, "recurrence_interval": 20_000 }));
    assert_eq!(field(&wide, "recurrence_interval"), Value::Null);
    assert!(notes(&wide).contains("recurrence_interval is 20000"));
}

fn configured(configuration: Value, columns: Value) -> Mapping {
    let mut all = json!({ "recurrence_type": 1, "recurrence_configuration": configuration.to_string() });
    let (Value::Object(all), Value::Object(columns)) = (&mut all, columns) else { panic!("not a row") };
    all.extend(columns);
    task(Value::Object(all.clone()))
}

#[test]
fn the_configuration_counts_over_the_columns() {
    let weekly = json!({
        "frequency": "weekly", "interval": 3, "daysOfWeek": [7, 1], "weeklySchedule": null,
        "monthlyPatternType": null, "dayOfMonth": null, "weekOfMonth": null, "dayOfWeek": null, "monthOfYear": null,
        "endCondition": "date", "endDate": "2026-12-31T22:30:00.000Z", "occurrenceCount": null,
        "fromPolicy": "plannedDate",
    });
    let mapping = configured(weekly, json!({ "recurrence_interval": 9, "recurrence_count": 5 }));
    assert_eq!(field(&mapping, "recurrence"), "days_of_week");
    assert_eq!(field(&mapping, "recurrence_interval"), 3);
    assert_eq!(field(&mapping, "recurrence_days"), json!(["mon", "sun"]));
    assert_eq!(field(&mapping, "recurrence_end"), "2027-01-01");
    assert_eq!(field(&mapping, "recurrence_count"), Value::Null);
    assert_eq!(notes(&mapping), "");

    for word in ["daily", "weekly", "monthly", "yearly", "hourly", "minutely"] {
        let mapping = configured(json!({ "frequency": word, "interval": 1 }), json!({}));
        assert_eq!(field(&mapping, "recurrence"), word);
        assert_eq!(notes(&mapping), "");
    }
    // What is left counts, not what the series began with.
    let counted = json!({ "frequency": "daily", "endCondition": "count", "occurrenceCount": 10 });
    assert_eq!(field(&configured(counted.clone(), json!({ "recurrence_count": 4 })), "recurrence_count"), 4);
    assert_eq!(field(&configured(counted, json!({})), "recurrence_count"), 10);
    for broken in [json!("{"), json!({ "frequency": "fortnightly" })] {
        let mapping = configured(broken, json!({ "recurrence_interval": 2 }));
        assert_eq!(field(&mapping, "recurrence_interval"), 2);
        assert!(notes(&mapping).contains("recurrence_configuration cannot be read"));
    }
}

#[test]
fn what_only_the_configuration_can_say_is_noted() {
    let planned = json!({ "planned_date": LATE });
    for (configuration, said) in [
        (
            json!({ "frequency": "weekly", "weeklySchedule": [{ "dayOfWeek": 2, "hour": 9, "minute": 5 }] }),
            "tue at 09:05",
        ),
        (
            json!({ "frequency": "monthly", "monthlyPatternType": "relativeDay", "weekOfMonth": 2, "dayOfWeek": 5 }),
            "fri number 2",
        ),
        (json!({ "frequency": "monthly", "monthlyPatternType": "specificDay", "dayOfMonth": 15 }), "day 15"),
        (json!({ "frequency": "yearly", "monthOfYear": 7 }), "month 7"),
        (json!({ "frequency": "daily", "fromPolicy": "completionDate" }), "completed"),
    ] {
        let told = notes(&configured(configuration, planned.clone()));
        assert!(told.contains(said), "{said}: {told}");
    }
    // The planned day says these two.
    let day = json!({ "frequency": "monthly", "monthlyPatternType": "specificDay", "dayOfMonth": 2 });
    assert_eq!(notes(&configured(day, planned.clone())), "");
    assert_eq!(notes(&configured(json!({ "frequency": "yearly", "monthOfYear": 3 }), planned)), "");
}
