use super::*;
use crate::kinds::SCHEMA;
use crate::kinds::task::{RECURRENCES, REMINDERS};
use crate::reminders::of_task;
use crate::values::check_fields;
use chrono::{FixedOffset, MappedLocalTime, NaiveDateTime, NaiveTime};
use proptest::prelude::*;
use serde_json::json;

const ID: Uuid = Uuid::from_u128(7);

/// Central Europe in 2026: clocks go forward on 29 March at 1:00 UTC and back on 25 October at 1:00 UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Europe;

fn offset(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3_600).unwrap()
}

impl TimeZone for Europe {
    type Offset = FixedOffset;

    fn from_offset(_: &FixedOffset) -> Self {
        Self
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<FixedOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        let fits = |offset: &FixedOffset| self.offset_from_utc_datetime(&(*local - *offset)) == *offset;
        match [offset(2), offset(1)].map(|offset| Some(offset).filter(fits)) {
            [Some(first), Some(second)] => MappedLocalTime::Ambiguous(first, second),
            [Some(only), None] | [None, Some(only)] => MappedLocalTime::Single(only),
            [None, None] => MappedLocalTime::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> FixedOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> FixedOffset {
        let change =
            |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap().and_hms_opt(1, 0, 0).unwrap();
        offset(if (change(3, 29)..change(10, 25)).contains(utc) { 2 } else { 1 })
    }
}

fn fields(more: Value) -> Map<String, Value> {
    let mut fields = json!({ "title": "Water", "status": "done", "completed_at": "2026-05-04T10:00:00Z" });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields.as_object().unwrap().clone()
}

fn follows(more: Value) -> Option<Map<String, Value>> {
    let follows = successor(ID, &fields(more), &Europe)?.fields;
    check_fields(SCHEMA.kind("task").unwrap(), &follows).unwrap();
    Some(follows)
}

/// When the next occurrence is planned, by the clock on the wall.
fn planned(more: Value) -> String {
    let follows = follows(more).expect("something follows");
    let at = moment(&follows, "planned").unwrap().with_timezone(&Europe);
    at.naive_local().format("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn each_rule_has_its_next_day() {
    // Monday, 4 May 2026, at 9:00, done on that day.
    let next = |rule: Value| {
        let mut more = json!({ "planned": "2026-05-04T07:00:00Z" });
        more.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
        planned(more)
    };
    for (rule, wanted) in [
        (json!({ "recurrence": "daily" }), "2026-05-05 09:00"),
        (json!({ "recurrence": "daily", "recurrence_interval": 3 }), "2026-05-07 09:00"),
        (json!({ "recurrence": "weekly" }), "2026-05-11 09:00"),
        (json!({ "recurrence": "weekly", "recurrence_interval": 2 }), "2026-05-18 09:00"),
        (json!({ "recurrence": "days_of_week", "recurrence_days": ["mon", "thu"] }), "2026-05-07 09:00"),
        (json!({ "recurrence": "days_of_week", "recurrence_days": ["mon"] }), "2026-05-11 09:00"),
        (
            json!({ "recurrence": "days_of_week", "recurrence_days": ["mon"], "recurrence_interval": 3 }),
            "2026-05-25 09:00",
        ),
        (json!({ "recurrence": "monthly" }), "2026-06-04 09:00"),
        (json!({ "recurrence": "yearly" }), "2027-05-04 09:00"),
        (json!({ "recurrence": "hourly" }), "2026-05-04 12:00"),
        (json!({ "recurrence": "minutely", "recurrence_interval": 50 }), "2026-05-04 12:20"),
    ] {
        assert_eq!(next(rule.clone()), wanted, "{rule}");
    }
}

#[test]
fn what_does_not_recur_or_is_not_done_or_was_the_last_has_no_successor() {
    let day = json!("2026-05-04T07:00:00Z");
    for more in [
        json!({ "planned": day }),
        json!({ "planned": day, "recurrence": "none" }),
        json!({ "planned": day, "recurrence": "fortnightly" }),
        json!({ "planned": day, "recurrence": "daily", "status": "todo" }),
        json!({ "planned": day, "recurrence": "daily", "status": "cancelled" }),
        json!({ "planned": day, "recurrence": "daily", "recurrence_count": 1 }),
        json!({ "planned": day, "recurrence": "daily", "recurrence_end": "2026-05-04" }),
        json!({ "planned": day, "recurrence": "days_of_week" }),
    ] {
        assert_eq!(follows(more.clone()), None, "{more}");
    }
    let last = follows(
        json!({ "planned": day, "recurrence": "daily", "recurrence_end": "2026-05-05", "recurrence_count": 2 }),
    );
    assert_eq!(number(&last.unwrap(), "recurrence_count"), Some(1));
}

#[test]
fn a_moved_occurrence_shifts_none_of_the_others() {
    // Every Monday; this one was moved.
    for moved_to in
        ["2026-05-03T07:00:00Z", "2026-05-06T07:00:00Z", "2026-05-09T07:00:00Z", "2026-05-11T07:00:00Z"]
    {
        let this = json!({ "recurrence": "weekly", "recurrence_start": "2026-04-06",
            "recurrence_day": "2026-05-04", "planned": moved_to });
        assert_eq!(planned(this), "2026-05-11 09:00", "moved to {moved_to}");
    }
}

#[test]
fn what_was_missed_is_not_made_up_for() {
    let late = |rule: &str| json!({ "recurrence": rule, "planned": "2026-04-20T07:00:00Z" });
    // Today's is still to be done.
    assert_eq!(planned(late("daily")), "2026-05-04 09:00");
    assert_eq!(planned(late("weekly")), "2026-05-04 09:00");
    assert_eq!(planned(late("monthly")), "2026-05-20 09:00");
    assert_eq!(planned(late("hourly")), "2026-05-04 12:00");
}

#[test]
fn months_without_the_day_take_their_last_and_the_day_comes_back() {
    let mut this = fields(json!({ "recurrence": "monthly", "planned": "2026-01-31T08:00:00Z",
        "completed_at": "2026-01-31T08:00:00Z" }));
    let mut days = Vec::new();
    for _ in 0..4 {
        let next = successor(ID, &this, &Europe).unwrap().fields;
        days.push(text(&next, "recurrence_day").unwrap().to_owned());
        this = next;
        this.insert("status".into(), "done".into());
        this.insert("completed_at".into(), this["planned"].clone());
    }
    assert_eq!(days, ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
    let leap = json!({ "recurrence": "yearly", "planned": "2024-02-29T08:00:00Z", "recurrence_start": "2024-02-29" });
    assert_eq!(planned(leap), "2027-02-28 09:00");
}

#[test]
fn nine_in_the_morning_stays_nine_over_summer_time() {
    let before = json!({ "recurrence": "daily", "planned": "2026-03-28T08:00:00Z", "completed_at": "2026-03-28T08:00:00Z" });
    assert_eq!(planned(before.clone()), "2026-03-29 09:00");
    assert_eq!(text(&follows(before).unwrap(), "planned"), Some("2026-03-29T07:00:00Z"));
    // 2:30 is left out on that day.
    let gap = json!({ "recurrence": "daily", "planned": "2026-03-28T01:30:00Z", "completed_at": "2026-03-28T08:00:00Z" });
    assert_eq!(planned(gap), "2026-03-29 03:30");
    // And comes twice on this one: the first counts.
    let twice = json!({ "recurrence": "daily", "planned": "2026-10-24T00:30:00Z", "completed_at": "2026-10-24T08:00:00Z" });
    assert_eq!(text(&follows(twice).unwrap(), "planned"), Some("2026-10-25T00:30:00Z"));
}

#[test]
fn a_deadline_keeps_its_distance_and_a_task_without_a_day_gets_one() {
    let both = json!({ "recurrence": "weekly", "planned": "2026-05-04T07:00:00Z", "deadline": "2026-05-06T15:00:00Z" });
    assert_eq!(text(&follows(both).unwrap(), "deadline"), Some("2026-05-13T15:00:00Z"));
    let alone = follows(json!({ "recurrence": "weekly", "deadline": "2026-05-06T15:00:00Z" })).unwrap();
    assert_eq!((text(&alone, "deadline"), text(&alone, "planned")), (Some("2026-05-13T15:00:00Z"), None));
    assert_eq!(text(&follows(json!({ "recurrence": "daily" })).unwrap(), "planned"), Some("2026-05-05"));
    let hourly = json!({ "recurrence": "hourly", "planned": "2026-05-04T09:30:00Z", "deadline": "2026-05-04T10:00:00Z" });
    assert_eq!(text(&follows(hourly).unwrap(), "deadline"), Some("2026-05-04T11:00:00Z"));
}

#[test]
fn a_day_without_a_time_is_followed_by_one_and_by_moments_only_where_hours_count() {
    let next = |more: Value| {
        let next = follows(more).unwrap();
        ["planned", "deadline"].map(|name| text(&next, name).map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    let day = json!({ "recurrence": "weekly", "planned": "2026-05-04", "deadline": "2026-05-06T15:00:00Z" });
    assert_eq!(next(day), [some("2026-05-11"), some("2026-05-13T15:00:00Z")]);
    let moved = json!({ "recurrence": "weekly", "recurrence_day": "2026-05-04", "planned": "2026-05-06", "deadline": "2026-05-08" });
    assert_eq!(next(moved), [some("2026-05-11"), some("2026-05-15")]);
    assert_eq!(
        next(json!({ "recurrence": "monthly", "deadline": "2026-05-06" })),
        [None, some("2026-06-06")]
    );
    // Done at noon: from the day's beginning on, by the clock on the wall, the next hour is one o'clock.
    let hourly =
        json!({ "recurrence": "hourly", "planned": "2026-05-04", "completed_at": "2026-05-04T10:30:00Z" });
    assert_eq!(next(hourly), [some("2026-05-04T11:00:00Z"), None]);
    // What it does not count from stays a day.
    let until =
        json!({ "recurrence": "hourly", "planned": "2026-05-04T09:30:00Z", "deadline": "2026-05-04" });
    assert_eq!(next(until), [some("2026-05-04T10:30:00Z"), some("2026-05-04")]);
    let over = json!({ "recurrence": "hourly", "recurrence_interval": 20, "planned": "2026-05-04T09:30:00Z", "deadline": "2026-05-04" });
    assert_eq!(next(over), [some("2026-05-05T05:30:00Z"), some("2026-05-05")]);
    let alone =
        json!({ "recurrence": "hourly", "deadline": "2026-05-04", "completed_at": "2026-05-04T10:30:00Z" });
    assert_eq!(next(alone), [None, some("2026-05-04T11:00:00Z")]);
}

#[test]
fn devices_can_tell_whether_they_derived_from_the_same() {
    let mark = |more: Value| follows(more).unwrap()["derived_from"].clone();
    let this = json!({ "recurrence": "weekly", "planned": "2026-05-04T07:00:00Z" });
    let done_later = json!({ "recurrence": "weekly", "planned": "2026-05-04T07:00:00Z",
        "completed_at": "2026-05-12T10:00:00Z", "title": "Water all", "status": "done" });
    assert_eq!(mark(this.clone()), mark(done_later));
    for moved in [
        json!({ "recurrence": "weekly", "planned": "2026-05-04T16:00:00Z" }),
        json!({ "recurrence": "weekly", "planned": "2026-05-04T07:00:00Z", "deadline": "2026-05-09" }),
        json!({ "recurrence": "daily", "planned": "2026-05-04T07:00:00Z" }),
    ] {
        assert_ne!(mark(this.clone()), mark(moved));
    }
}

#[test]
fn two_devices_in_different_zones_have_the_same_successor_of_a_day_without_a_time() {
    let this = fields(
        json!({ "recurrence": "weekly", "planned": "2026-05-04", "completed_at": "2026-05-04T23:30:00Z" }),
    );
    let here = successor(ID, &this, &offset(-8)).unwrap();
    assert_eq!(here, successor(ID, &this, &offset(9)).unwrap());
    assert_eq!(text(&here.fields, "planned"), Some("2026-05-11"));
}

#[test]
fn all_else_goes_along_and_the_line_of_the_series_is_kept() {
    let tag = Uuid::from_u128(9).to_string();
    let first = follows(json!({ "recurrence": "daily", "planned": "2026-05-04T07:00:00Z", "tags": [tag],
        "description": "The ferns too", "priority": "important", "order": 1.5 }))
    .unwrap();
    assert_eq!((&first["tags"], &first["description"]), (&json!([tag]), &json!("The ferns too")));
    assert_eq!((&first["status"], first.get("completed_at")), (&json!("todo"), None));
    assert_eq!(first["recurrence_series"], json!(ID.to_string()));
    let one = successor(ID, &fields(json!({ "recurrence": "daily" })), &Europe).unwrap();
    assert_eq!(one.id, occurrence_id(ID, 1));
    let mut done = one.fields;
    done.extend(fields(json!({})));
    assert_eq!(successor(one.id, &done, &Europe).unwrap().id, occurrence_id(ID, 2));
}

proptest! {
    #[test]
    fn the_next_day_is_later_and_no_device_sees_another(
        rule in prop::sample::select(vec!["daily", "weekly", "monthly", "yearly", "days_of_week", "hourly", "minutely"]),
        every in 1..40_i64, planned_at in 0..20_000_i64, late in -500..5_000_i64, between in 0..600_i64,
        days in prop::sample::subsequence(WEEKDAYS, 1..7),
    ) {
        let at = |hours: i64| DateTime::from_timestamp(1_767_225_600 + hours * 3_600, 0).unwrap();
        let mut this = fields(json!({ "recurrence": rule, "recurrence_interval": every, "recurrence_days": days }));
        this.insert("planned".into(), When::At(at(planned_at)).into());
        let done_at = at(planned_at + late);
        this.insert("completed_at".into(), When::At(done_at).into());
        let next = successor(ID, &this, &Europe).unwrap();
        let (was, is) = (at(planned_at), moment(&next.fields, "planned").unwrap());
        prop_assert!(is > was);
        prop_assert!(is.with_timezone(&Europe).date_naive() >= done_at.with_timezone(&Europe).date_naive());
        // Somebody who finishes it later on the same day has the same successor but for when it was made.
        let later = done_at + TimeDelta::minutes(between);
        if is - later > TimeDelta::zero() && later.with_timezone(&Europe).date_naive() == done_at.with_timezone(&Europe).date_naive() {
            this.insert("completed_at".into(), When::At(later).into());
            let mut other = successor(ID, &this, &Europe).unwrap();
            other.fields.insert("created".into(), next.fields["created"].clone());
            prop_assert_eq!(other, next);
        }
    }
}

#[test]
fn the_next_occurrence_takes_its_subtasks_along_open_and_as_much_later() {
    let id = Uuid::from_u128;
    let done =
        fields(json!({ "planned": "2026-03-27T08:00:00Z", "recurrence": "daily", "recurrence_interval": 3,
        "completed_at": "2026-03-27T10:00:00Z" }));
    let below = |parent: u128, more: Value| {
        let mut task = json!({ "title": "Step", "parent": id(parent).to_string() });
        task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        task.as_object().unwrap().clone()
    };
    let tasks = [
        (ID, done.clone()),
        // Clocks go forward in between: the time on the wall stays.
        (
            id(1),
            below(
                7,
                json!({ "status": "done", "completed_at": "2026-03-27T09:00:00Z", "order": 2.0, "planned": "2026-03-27T07:30:00Z" }),
            ),
        ),
        (id(2), below(1, json!({ "status": "todo", "tags": [id(9).to_string()] }))),
        (id(3), below(7, json!({ "status": "cancelled" }))),
        (id(4), below(7, json!({ "recurrence": "weekly" }))),
        (id(5), below(99, json!({}))),
    ];
    let next = successor(ID, &done, &Europe).unwrap();
    let copies = next.subtasks(ID, tasks.iter().map(|(id, fields)| (*id, fields)), &Europe);
    let (step, deeper) = (
        crate::ids::subtask_id(next.id, id(1)),
        crate::ids::subtask_id(crate::ids::subtask_id(next.id, id(1)), id(2)),
    );
    let want = |parent: Uuid, more: Value| {
        let mut task = json!({ "title": "Step", "status": "todo", "parent": parent.to_string(), "created": "2026-03-27T10:00:00Z" });
        task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        task.as_object().unwrap().clone()
    };
    let mut copies: Vec<_> = copies.into_iter().map(|copy| (copy.of, copy.id, copy.fields)).collect();
    let marks = copies.iter_mut().map(|(_, _, copy)| copy.remove("derived_from").unwrap());
    let marks: Vec<_> = marks.chain([next.fields["derived_from"].clone()]).collect();
    assert!(marks[0] != marks[1] && marks[1] != marks[2] && marks[2] != marks[0]);
    assert_eq!(
        copies,
        [
            (id(1), step, want(next.id, json!({ "order": 2.0, "planned": "2026-03-30T06:30:00Z" }))),
            (id(2), deeper, want(step, json!({ "tags": [id(9).to_string()] }))),
        ]
    );
    for (_, _, copy) in &copies {
        check_fields(SCHEMA.kind("task").unwrap(), copy).unwrap();
    }
}

#[test]
fn subtasks_in_a_circle_or_without_end_are_taken_once_and_not_all() {
    let id = Uuid::from_u128;
    let done = fields(json!({ "planned": "2026-03-27T08:00:00Z", "recurrence": "daily" }));
    let below =
        |parent: Uuid| json!({ "title": "Step", "parent": parent.to_string() }).as_object().unwrap().clone();
    let next = successor(ID, &done, &Europe).unwrap();
    let subtasks = |tasks: &[(Uuid, Map<String, Value>)]| {
        next.subtasks(ID, tasks.iter().map(|(id, fields)| (*id, fields)), &Europe).len()
    };
    assert_eq!(subtasks(&[(ID, below(id(1))), (id(1), below(ID))]), 2);
    let many: Vec<_> = (100..).take(SUBTASKS_MAX + 10).map(|n| (id(n), below(ID))).collect();
    assert_eq!(subtasks(&many), SUBTASKS_MAX);
}

/// A peer's fields are checked for their JSON type alone, and a file's not even for that.
#[test]
fn a_rule_that_cannot_have_been_meant_is_none() {
    for recurrence in RECURRENCES {
        for every in
            [json!(0), json!(-1), json!(10_001), json!(1_u64 << 62), json!(i64::MIN), json!(1.5), json!("2")]
        {
            let rule = json!({
                "recurrence": recurrence, "recurrence_interval": every, "recurrence_days": ["mon"], "planned": "2026-05-04",
            });
            assert_eq!(follows(rule), None, "{recurrence} {every}");
        }
    }
    // Of a first day without any meaning, the day that the task is on stands in for it.
    for start in ["-262143-01-01", "+262142-12-31", "2026-5-4"] {
        let rule =
            json!({ "recurrence": "days_of_week", "recurrence_days": ["mon"], "recurrence_start": start });
        assert_eq!(follows(rule).unwrap()["planned"], "2026-05-11", "{start}");
    }
    // What comes after the last year that can be stored does not come.
    let far = json!({ "recurrence": "yearly", "recurrence_interval": 10_000, "planned": "2026-05-04" });
    assert_eq!(follows(far), None);
    let late = json!({ "recurrence": "daily", "planned": "9999-12-31" });
    assert_eq!(follows(late), None);
}

/// Texts where days and moments belong, from where calendars end.
fn hostile_when() -> impl Strategy<Value = Value> {
    let odd = [
        "",
        "soon",
        "0000-01-01",
        "9999-12-31",
        "-0001-12-31",
        "+10000-01-01",
        "-262143-01-01",
        "+262142-12-31",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "2026-03-29T00:30:00Z",
        "2026-10-25T00:30:00Z",
        "2016-12-31T23:59:60Z",
    ];
    prop_oneof![
        prop::sample::select(odd.to_vec()).prop_map(Value::from),
        (0..=9_999, 1..=12, 1..=28, 0..=23).prop_map(|(year, month, day, hour)| {
            json!(format!("{year:04}-{month:02}-{day:02}T{hour:02}:00:00Z"))
        }),
        (0..=9_999, 1..=12, 1..=28)
            .prop_map(|(year, month, day)| json!(format!("{year:04}-{month:02}-{day:02}"))),
    ]
}

fn hostile_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (1_i64..=10_000).prop_map(Value::from),
        prop::sample::select(vec![0, -1, 10_001, 1 << 62, i64::MAX, i64::MIN, i64::MIN / 60])
            .prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
    ]
}

/// Any JSON, as far as nothing below it is ever read.
fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        hostile_when(),
        hostile_number(),
        prop::collection::vec(prop_oneof![Just(json!("sun")), Just(json!(7)), Just(json!([]))], 0..3)
            .prop_map(Value::from),
        Just(json!({ "mon": true })),
    ]
}

/// A finished task that recurs, of fields that fit by their type, but for one that is anything.
fn hostile_task() -> impl Strategy<Value = Map<String, Value>> {
    let when =
        ["completed_at", "planned", "deadline", "recurrence_start", "recurrence_day", "recurrence_end"];
    let numbers = [
        "recurrence_interval",
        "recurrence_count",
        "recurrence_occurrence",
        "planned_reminder_offset",
        "deadline_reminder_offset",
    ];
    let words = [
        "status",
        "recurrence",
        "recurrence_days",
        "recurrence_series",
        "planned_reminder",
        "deadline_reminder",
    ];
    let names: Vec<&str> = when.into_iter().chain(numbers).chain(words).collect();
    (
        prop::sample::select(RECURRENCES),
        prop::sample::select(REMINDERS),
        prop::collection::vec(prop::option::of(hostile_when()), when.len()),
        prop::collection::vec(prop::option::of(hostile_number()), numbers.len()),
        prop::option::of((prop::sample::select(names), any_json())),
    )
        .prop_map(move |(recurrence, reminder, days, counts, odd)| {
            let mut task = fields(json!({
                "recurrence": recurrence, "recurrence_days": ["mon", "thu"], "planned_reminder": reminder,
                "deadline_reminder": reminder, "recurrence_series": "odd",
            }));
            let given = when.into_iter().zip(days).chain(numbers.into_iter().zip(counts));
            task.extend(given.filter_map(|(name, value)| Some((name.to_owned(), value?))));
            task.extend(odd.map(|(name, value)| (name.to_owned(), value)));
            task
        })
}

/// All that is reckoned from a task's fields, in one zone.
fn reckon(task: &Map<String, Value>, zone: &impl TimeZone) {
    let mut open = task.clone();
    open.insert("status".to_owned(), "todo".into());
    let _ = of_task(&open, zone);
    let Some(next) = successor(ID, task, zone) else { return };
    let mut step = open.clone();
    step.insert("parent".to_owned(), ID.to_string().into());
    let mut plain = step.clone();
    plain.remove("recurrence");
    let steps = [(Uuid::from_u128(1), &step), (Uuid::from_u128(2), &plain)];
    let copies = next.subtasks(ID, steps, zone);
    for made in [&next.fields].into_iter().chain(copies.iter().map(|copy| &copy.fields)) {
        assert_eq!(SCHEMA.kind("task").unwrap().check_entity(made), Ok(()), "{made:?}");
    }
}

#[test]
fn what_this_version_does_not_know_keeps_no_task_from_being_finished() {
    let of_a_newer = json!({ "recurrence": "daily", "planned": "2026-05-04", "priority": "somewhat", "recurrence_count": 1_000_000,
        "planned_reminder": "a_week_before", "planned_reminder_offset": 5, "recurrence_days": ["mon", "someday"], "mood": "new" });
    let next = follows(of_a_newer).unwrap();
    assert_eq!((&next["planned"], &next["mood"]), (&json!("2026-05-05"), &json!("new")));
    for name in
        ["priority", "recurrence_count", "planned_reminder", "planned_reminder_offset", "recurrence_days"]
    {
        assert_eq!(next.get(name), None, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_a_peer_sends_nothing_panics_and_what_is_derived_can_be_stored(task in hostile_task()) {
        reckon(&task, &Europe);
        reckon(&task, &FixedOffset::east_opt(86_399).unwrap());
        reckon(&task, &FixedOffset::west_opt(86_399).unwrap());
    }
}
