//! `habit_record_table`. A habit that is to be done several times a day has as many rows for the day there; here a day has
//! one record.

use super::row::{Reader, written};
use super::{DayOf, Mapping, Row, RowError, Taken, place};
use crate::ids::whph_id;
use crate::kinds::{habit, habit_record};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

/// In WHPH's order, which is also the order of weight: what was done once that day was done.
const STATUSES: &[&str] = &["complete", "not_done", "skipped"];

/// What the rows of one habit and day say together.
struct Day {
    place: String,
    status: usize,
    /// How many of them say that it was done.
    times: u64,
    created: Option<DateTime<Utc>>,
    notes: Vec<String>,
}

/// Makes the records of the habits in `targets`, and returns how many rows belong to others.
pub(super) fn map(
    rows: &[Row],
    targets: &BTreeMap<String, u64>,
    day_of: DayOf<'_>,
    out: &mut Vec<Mapping>,
) -> u64 {
    let mut orphaned = 0;
    let mut days: BTreeMap<(&str, NaiveDate), Day> = BTreeMap::new();
    for row in rows {
        let mut reader = Reader::new(row);
        let place = place("habit_record_table", row);
        match read(&mut reader, day_of) {
            Ok((habit, _, _)) if !targets.contains_key(habit) => orphaned += 1,
            Ok((habit, day, status)) => {
                let created = reader.moment("created_date");
                let day = days.entry((habit, day)).or_insert(Day {
                    place,
                    status,
                    times: 0,
                    created,
                    notes: Vec::new(),
                });
                day.status = day.status.min(status);
                day.times += u64::from(status == 0);
                day.created = day.created.into_iter().chain(created).min();
                day.notes.append(&mut reader.notes);
            }
            Err(error) => out.push(Mapping { place, outcome: Err(error) }),
        }
    }
    for ((habit, day), said) in days {
        let target = targets.get(habit).copied().unwrap_or(1);
        out.push(make(habit, day, target, said));
    }
    orphaned
}

fn read<'a>(row: &mut Reader<'a>, day_of: DayOf<'_>) -> Result<(&'a str, NaiveDate, usize), RowError> {
    let habit = row.required("habit_id")?;
    let moment = row.moment("occurred_at").ok_or(RowError::Unreadable { column: "occurred_at" })?;
    let status = row.integer("status").ok_or(RowError::Unreadable { column: "status" })?;
    let known = usize::try_from(status).ok().filter(|at| *at < STATUSES.len());
    let known = known.ok_or(RowError::Unknown { column: "status", value: status })?;
    Ok((habit, day_of(moment), known))
}

fn make(habit: &str, day: NaiveDate, target: u64, said: Day) -> Mapping {
    let Day { place, status, times, created, mut notes } = said;
    if status == 0 && times < target {
        notes
            .push(format!("it was done {times} of {target} times on {day}; here the day counts as complete"));
    }
    let row = Row::new();
    let mut fields = Reader::new(&row);
    fields.put("habit", Some(whph_id(habit::NAME, habit).to_string()));
    fields.put("day", Some(day.to_string()));
    fields.put("status", STATUSES.get(status).copied());
    fields.put("created", created.map(written));
    // Without an id: the habit and the day give it.
    let outcome = fields.finish_as(habit_record::NAME, None).map(|draft| Taken { draft, notes });
    Mapping { place, outcome }
}
