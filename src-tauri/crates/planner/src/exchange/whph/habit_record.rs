//! `habit_record_table`. A habit that is to be done several times a day has as many rows for the day there; here a day has
//! one record, with the moments at which it was done.

use super::row::{Reader, written};
use super::{DayOf, Mapping, Row, RowError, Taken, place};
use crate::ids::whph_id;
use crate::kinds::{habit, habit_record};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;
use sync_core::limits::SET_MAX;

/// In WHPH's order, which is also the order of weight: what was done once that day was done.
const STATUSES: &[&str] = &["complete", "not_done", "skipped"];

/// What the rows of one habit and day say together.
struct Day {
    place: String,
    status: usize,
    /// When those say it was done that say so.
    done: Vec<DateTime<Utc>>,
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
            Ok((habit, _, _, _)) if !targets.contains_key(habit) => orphaned += 1,
            Ok((habit, moment, day, status)) => {
                let created = reader.moment("created_date");
                let day = days.entry((habit, day)).or_insert(Day {
                    place,
                    status,
                    done: Vec::new(),
                    created,
                    notes: Vec::new(),
                });
                day.status = day.status.min(status);
                day.done.extend((status == 0).then_some(moment));
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

fn read<'a>(
    row: &mut Reader<'a>,
    day_of: DayOf<'_>,
) -> Result<(&'a str, DateTime<Utc>, NaiveDate, usize), RowError> {
    let habit = row.required("habit_id")?;
    let moment = row.moment("occurred_at").ok_or(RowError::Unreadable { column: "occurred_at" })?;
    let status = row.integer("status").ok_or(RowError::Unreadable { column: "status" })?;
    let known = usize::try_from(status).ok().filter(|at| *at < STATUSES.len());
    let known = known.ok_or(RowError::Unknown { column: "status", value: status })?;
    Ok((habit, moment, day_of(moment), known))
}

fn make(habit: &str, day: NaiveDate, target: u64, said: Day) -> Mapping {
    let Day { place, status, done, created, mut notes } = said;
    let times = done.len();
    let row = Row::new();
    let mut fields = Reader::new(&row);
    if target > 1 && times > 0 {
        if times > SET_MAX {
            notes.push(format!("it was done {times} times on {day}, of which {SET_MAX} were taken"));
        }
        fields.put(habit_record::DONE_AT, Some(distinct(done)));
    }
    fields.put("habit", Some(whph_id(habit::NAME, habit).to_string()));
    fields.put("day", Some(day.to_string()));
    fields.put("status", STATUSES.get(status).copied());
    fields.put("created", created.map(written));
    // Without an id: the habit and the day give it.
    let outcome = fields.finish_as(habit_record::NAME, None).map(|draft| Taken { draft, notes });
    Mapping { place, outcome }
}

/// As many moments as there are rows: WHPH has the same one for all that are ticked later, at the day's beginning, say.
fn distinct(mut done: Vec<DateTime<Utc>>) -> Vec<String> {
    done.sort_unstable();
    let mut times: Vec<DateTime<Utc>> = Vec::new();
    for moment in done.into_iter().take(SET_MAX) {
        let after = times.last().map(|last| *last + TimeDelta::seconds(1));
        times.push(after.map_or(moment, |after| moment.max(after)));
    }
    times.into_iter().map(written).collect()
}
