//! What follows a finished task that recurs: the next occurrence, an entity of its own.
//!
//! Two devices that finish the same occurrence derive the same id and, on the same day, the same values: one successor, and no
//! conflict.
//!
//! The rule has days of its own, counted from `recurrence_start`: an occurrence that was moved to another day shifts none of the
//! others. Which of them an occurrence stands for is its `recurrence_day`. What was missed is not made up for: the next occurrence
//! is the first after this one that is not before the day on which this one was finished. The time of the day is this one's by
//! the clock on the wall, over changes to summer time and back.

use crate::ids::{derived_mark, occurrence_id, subtask_id};
use crate::kinds::task::{self, INTERVAL_MAX};
use crate::kinds::{SCHEMA, WEEKDAYS};
use crate::when::When;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, TimeZone, Utc};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, VecDeque};
use sync_core::schema::{Violation, parse_day};
use uuid::Uuid;

/// Most subtasks that an occurrence hands on. More are no steps of a task that somebody does again and again.
const SUBTASKS_MAX: usize = 500;

/// The mark by which two devices tell whether they derived from the same.
const DERIVED_FROM: &str = "derived_from";

/// What says when a task is.
const WHEN: [&str; 2] = ["planned", "deadline"];

/// All that the dates of the next occurrence follow from, besides when this one is done.
const SOURCES: [&str; 9] = [
    "planned",
    "deadline",
    "recurrence",
    "recurrence_interval",
    "recurrence_days",
    "recurrence_start",
    "recurrence_day",
    "recurrence_end",
    "recurrence_count",
];

/// A task's id and fields.
type Task<'a> = (Uuid, &'a Map<String, Value>);

/// A subtask of the next occurrence.
#[derive(Clone, Debug, PartialEq)]
pub struct Subtask {
    /// Its id.
    pub id: Uuid,
    /// The subtask that it is again.
    pub of: Uuid,
    /// The task right above it.
    pub parent: Uuid,
    /// All its fields.
    pub fields: Map<String, Value>,
}

/// The next occurrence.
#[derive(Clone, Debug, PartialEq)]
pub struct Successor {
    /// Its id.
    pub id: Uuid,
    /// All its fields.
    pub fields: Map<String, Value>,
    /// How much later it is.
    ahead: Ahead,
}

impl Successor {
    /// Its subtasks, at every depth: those of the finished task `of`, open again, and as much later as it is itself. Not those that
    /// were cancelled, and not those that recur by a rule of their own. `tasks` are all there are. Each comes after its parent.
    #[must_use]
    pub fn subtasks<'a>(
        &self,
        of: Uuid,
        tasks: impl IntoIterator<Item = Task<'a>>,
        zone: &impl TimeZone,
    ) -> Vec<Subtask> {
        let mut below: BTreeMap<Uuid, Vec<Task<'_>>> = BTreeMap::new();
        for (id, fields) in tasks {
            if let Some(parent) = text(fields, "parent").and_then(|id| Uuid::try_parse(id).ok())
                && text(fields, "status") != Some("cancelled")
                && Rule::read(fields).is_none()
            {
                below.entry(parent).or_default().push((id, fields));
            }
        }
        let mut copies = Vec::new();
        let mut parents = VecDeque::from([(of, self.id)]);
        while let Some((from, to)) = parents.pop_front() {
            // Each is taken once: two devices may have made a circle of them.
            for (id, fields) in below.remove(&from).unwrap_or_default() {
                if copies.len() == SUBTASKS_MAX {
                    return copies;
                }
                let copy = subtask_id(to, id);
                copies.push(Subtask { id: copy, of: id, parent: to, fields: self.again(to, fields, zone) });
                parents.push_back((id, copy));
            }
        }
        copies
    }

    fn again(&self, parent: Uuid, fields: &Map<String, Value>, zone: &impl TimeZone) -> Map<String, Value> {
        let mut again = fields.clone();
        again.remove("completed_at");
        for name in WHEN {
            if let Some(later) = When::read(fields, name).and_then(|when| self.ahead.from(when, zone)) {
                again.insert(name.to_owned(), later.into());
            }
        }
        let above = text(&self.fields, DERIVED_FROM).and_then(|mark| Uuid::try_parse(mark).ok());
        again.insert(DERIVED_FROM.to_owned(), derived_mark(above, &some(fields, &WHEN)).to_string().into());
        again.insert("parent".to_owned(), parent.to_string().into());
        again.insert("status".to_owned(), "todo".into());
        if let Some(created) = self.fields.get("created") {
            again.insert("created".to_owned(), created.clone());
        }
        writable(again)
    }
}

/// What follows the task `id` once it is done: `fields` are those that it then has, `zone` says which day a moment belongs to.
/// `None` if it is not done, does not recur, or was the last one.
#[must_use]
pub fn successor(id: Uuid, fields: &Map<String, Value>, zone: &impl TimeZone) -> Option<Successor> {
    if text(fields, "status") != Some("done") {
        return None;
    }
    let rule = Rule::read(fields)?;
    let left = number(fields, "recurrence_count");
    if left.is_some_and(|left| left < 2) {
        return None;
    }
    let done = moment(fields, "completed_at")?;
    let (planned, deadline) = (When::read(fields, "planned"), When::read(fields, "deadline"));
    // A task without a day is one of the day on which it was done.
    let this = planned.or(deadline).unwrap_or(When::At(done));
    let this_day = day(fields, "recurrence_day").unwrap_or_else(|| this.day(zone));
    let start = day(fields, "recurrence_start").unwrap_or(this_day);
    // In this zone a moment may be on a day of the year before the first or after the last.
    When::Day(start).storable()?;

    let (next, ahead) = match rule {
        Rule::Minutes(minutes) => {
            let begins = this.begins(zone)?;
            let time = steps(begins, done, minutes)?;
            let next = When::At(begins.checked_add_signed(time)?).storable()?;
            (Next::At(next), Ahead::Time { time, days: next.day(zone) - this.day(zone) })
        }
        Rule::Days(_) | Rule::Weekdays { .. } | Rule::Months(_) => {
            let day = rule.day(start, this_day.succ_opt()?.max(When::At(done).day(zone)))?;
            When::Day(day).storable()?;
            (Next::On(day), Ahead::Days(day - this_day))
        }
    };
    let next_day = match next {
        Next::At(next) => next.day(zone),
        Next::On(day) => day,
    };
    if day(fields, "recurrence_end").is_some_and(|end| next_day > end) {
        return None;
    }

    let series = text(fields, "recurrence_series").and_then(|id| Uuid::try_parse(id).ok()).unwrap_or(id);
    let number = u32::try_from(number(fields, "recurrence_occurrence").unwrap_or(0)).ok()?.checked_add(1)?;
    let mut follows = fields.clone();
    follows.remove("completed_at");
    let mut put = |name: &str, value: Value| drop(follows.insert(name.to_owned(), value));
    put("status", "todo".into());
    put("created", When::At(done).into());
    put("recurrence_series", series.to_string().into());
    put("recurrence_occurrence", number.into());
    if let Some(left) = left {
        put("recurrence_count", (left - 1).into());
    }
    put(DERIVED_FROM, derived_mark(None, &some(fields, &SOURCES)).to_string().into());
    if let Next::On(day) = next {
        put("recurrence_start", start.to_string().into());
        put("recurrence_day", day.to_string().into());
    }
    match (next, planned, deadline) {
        // It counts from the deadline, which is a moment from now on.
        (Next::At(next), None, Some(_)) => put("deadline", next.into()),
        (Next::On(_), None, Some(deadline)) => put("deadline", ahead.from(deadline, zone)?.into()),
        // On the day that the rule says, also where this one had been moved; and one without a day gets it.
        (next, planned, deadline) => {
            put("planned", next.planned(planned, zone)?.into());
            if let Some(deadline) = deadline {
                put("deadline", ahead.from(deadline, zone)?.into());
            }
        }
    }
    Some(Successor { id: occurrence_id(series, number), fields: writable(follows), ahead })
}

/// How much later an occurrence is than the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ahead {
    /// So much later, and a day without a time as many days as come in between.
    Time { time: TimeDelta, days: TimeDelta },
    /// Whole days, at the same time by the clock on the wall.
    Days(TimeDelta),
}

impl Ahead {
    fn from(self, when: When, zone: &impl TimeZone) -> Option<When> {
        match (self, when) {
            (Self::Time { time, .. }, When::At(at)) => When::At(at.checked_add_signed(time)?).storable(),
            (Self::Time { days, .. } | Self::Days(days), when) => {
                when.on(when.day(zone).checked_add_signed(days)?, zone)
            }
        }
    }
}

/// When the next occurrence is.
#[derive(Clone, Copy)]
enum Next {
    /// Then.
    At(When),
    /// On that day.
    On(NaiveDate),
}

impl Next {
    /// When it is planned for; `this` is the time that this one was.
    fn planned(self, this: Option<When>, zone: &impl TimeZone) -> Option<When> {
        match self {
            Self::At(next) => Some(next),
            Self::On(day) => this.unwrap_or(When::Day(day)).on(day, zone),
        }
    }
}

/// How a task recurs.
enum Rule {
    Minutes(i64),
    Days(u64),
    /// On these days of the week, Monday being the first, in each n-th week.
    Weekdays {
        on: [bool; 7],
        every: i64,
    },
    Months(u32),
}

impl Rule {
    fn read(fields: &Map<String, Value>) -> Option<Self> {
        // A peer's number may be any. One that cannot have been meant is no rule, and none is left that overflows below.
        let every = match fields.get("recurrence_interval") {
            None | Some(Value::Null) => 1,
            Some(every) => every.as_i64().filter(|every| (1..=INTERVAL_MAX).contains(every))?,
        };
        Some(match text(fields, "recurrence")? {
            "minutely" => Self::Minutes(every),
            "hourly" => Self::Minutes(every * 60),
            "daily" => Self::Days(every.unsigned_abs()),
            "weekly" => Self::Days(every.unsigned_abs() * 7),
            "monthly" => Self::Months(u32::try_from(every).ok()?),
            "yearly" => Self::Months(u32::try_from(every * 12).ok()?),
            "days_of_week" => Self::Weekdays { on: weekdays(fields)?, every },
            // `none`, and what a newer version may have added.
            _ => return None,
        })
    }

    /// Its first day that is not before `from`, counted from `start`.
    fn day(&self, start: NaiveDate, from: NaiveDate) -> Option<NaiveDate> {
        let ahead = u64::try_from((from - start).num_days()).unwrap_or(0);
        match *self {
            // Not in days.
            Self::Minutes(_) => None,
            Self::Days(every) => start.checked_add_days(Days::new(ahead.div_ceil(every) * every)),
            Self::Months(every) => {
                // A month too early rather than too late: the days of months differ.
                let months = u32::try_from(ahead / 31).ok()? / every * every;
                let mut days = (0..).map(|n: u32| {
                    start.checked_add_months(Months::new(months.checked_add(n.checked_mul(every)?)?))
                });
                days.find(|day| day.is_none_or(|day| day >= from)).flatten()
            }
            Self::Weekdays { on, every } => {
                let monday = |day: NaiveDate| {
                    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))
                };
                let first = monday(start)?;
                let meant = |day: &NaiveDate| {
                    on[day.weekday().num_days_from_monday() as usize]
                        && monday(*day).is_some_and(|monday| (monday - first).num_weeks() % every == 0)
                };
                from.max(start)
                    .iter_days()
                    .take(usize::try_from(every).ok()?.saturating_mul(7) + 7)
                    .find(meant)
            }
        }
    }
}

/// How far the first step of so many minutes after `this` is that is not before `done`.
fn steps(this: DateTime<Utc>, done: DateTime<Utc>, minutes: i64) -> Option<TimeDelta> {
    let missed = u64::try_from((done - this).num_seconds()).unwrap_or(0);
    let step = u64::try_from(minutes).ok()? * 60;
    TimeDelta::try_seconds(i64::try_from(missed.div_ceil(step).max(1).checked_mul(step)?).ok()?)
}

/// Without what this version may not write, such as a choice that a newer one knows: a task must not be impossible to finish for it.
fn writable(mut fields: Map<String, Value>) -> Map<String, Value> {
    let Some(kind) = SCHEMA.kind(task::NAME) else { return fields };
    while let Err(Violation { field, .. }) = kind.check_entity(&fields) {
        // What is missing is missed by the field that its name begins with: that one goes then.
        let of = field.rsplit_once('_').map_or("", |(of, _)| of);
        if fields.remove(&field).or_else(|| fields.remove(of)).is_none() {
            break;
        }
    }
    fields
}

/// Those of the fields that there are.
fn some(fields: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|&name| Some((name.to_owned(), fields.get(name)?.clone()))).collect()
}

fn weekdays(fields: &Map<String, Value>) -> Option<[bool; 7]> {
    let days = fields.get("recurrence_days")?.as_array()?;
    let mut on = [false; 7];
    for (on, day) in on.iter_mut().zip(WEEKDAYS) {
        *on = days.iter().any(|one| one == day);
    }
    on.contains(&true).then_some(on)
}

pub(crate) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str()
}

pub(crate) fn number(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    fields.get(name)?.as_i64()
}

fn moment(fields: &Map<String, Value>, name: &str) -> Option<DateTime<Utc>> {
    match When::read(fields, name)? {
        When::At(at) => Some(at),
        When::Day(_) => None,
    }
}

fn day(fields: &Map<String, Value>, name: &str) -> Option<NaiveDate> {
    parse_day(text(fields, name)?)
}

#[cfg(test)]
pub(crate) mod tests;
