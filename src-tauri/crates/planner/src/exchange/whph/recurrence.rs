//! How a task recurs. WHPH has two forms: columns, and a JSON text beside them which counts where there is one. Ours has the
//! fields that both share; what the text alone can say is noted.

use super::DayOf;
use super::habit::weekday;
use super::row::Reader;
use crate::ids::whph_id;
use crate::kinds::{WEEKDAYS, task};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;

const TYPES: &[&str] =
    &["none", "daily", "days_of_week", "weekly", "monthly", "yearly", "hourly", "minutely"];

const LONG_WEEKDAYS: &[&str] =
    &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The most that an interval or a count can be.
const COUNT_MAX: i64 = 10_000;

/// `recurrence_configuration`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    frequency: Frequency,
    #[serde(default = "one")]
    interval: i64,
    days_of_week: Option<Vec<usize>>,
    weekly_schedule: Option<Vec<Time>>,
    monthly_pattern_type: Option<Pattern>,
    day_of_month: Option<u32>,
    week_of_month: Option<u32>,
    day_of_week: Option<usize>,
    month_of_year: Option<u32>,
    #[serde(default)]
    end_condition: End,
    end_date: Option<String>,
    occurrence_count: Option<i64>,
    #[serde(default)]
    from_policy: Anchor,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
    Hourly,
    Minutely,
}

/// Of a day of the week.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Time {
    day_of_week: usize,
    hour: u32,
    minute: u32,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Pattern {
    SpecificDay,
    RelativeDay,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum End {
    #[default]
    Never,
    Date,
    Count,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Anchor {
    #[default]
    PlannedDate,
    CompletionDate,
}

fn one() -> i64 {
    1
}

/// What both forms come down to.
struct Recurrence {
    kind: &'static str,
    interval: Option<i64>,
    days: Vec<&'static str>,
    end: Option<NaiveDate>,
    count: Option<i64>,
}

/// `planned` is the day that the task is planned for.
pub(super) fn put(row: &mut Reader<'_>, id: &str, planned: Option<NaiveDate>, day_of: DayOf<'_>) {
    let kind = row.choice("recurrence_type", TYPES).filter(|kind| *kind != "none");
    // The first of a series has no parent there; it is the parent of the others.
    let parent = row.text("recurrence_parent_id");
    let series = parent.as_deref().or_else(|| kind.and(Some(id)));
    row.put("recurrence_series", series.map(|id| whph_id(task::NAME, id).to_string()));
    let Some(kind) = kind else { return };

    let columns = columns(row, kind, day_of);
    let mut recurrence = match configuration(row) {
        Some(configuration) => {
            for what in unsaid(&configuration, planned) {
                row.note(format!("it recurs {what}, which cannot be said here"));
            }
            refine(row, &configuration, columns.count, day_of)
        }
        None => columns,
    };
    if recurrence.kind == "days_of_week" && recurrence.days.is_empty() {
        // So WHPH does.
        recurrence.kind = "weekly";
    }
    // It counts down, and at none nothing follows.
    let over = recurrence.count.is_some_and(|count| count < 1);
    row.put("recurrence", Some(if over { "none" } else { recurrence.kind }));
    let interval = bounded(row, "recurrence_interval", recurrence.interval);
    row.put("recurrence_interval", interval);
    row.put("recurrence_days", (!recurrence.days.is_empty()).then_some(recurrence.days));
    let count = if over { None } else { bounded(row, "recurrence_count", recurrence.count) };
    row.put("recurrence_count", count);

    let mut start = row.moment("recurrence_start_date").map(day_of);
    if let (Some(from), Some(to)) = (start, recurrence.end)
        && to < from
    {
        row.note(format!("it recurs from {from}, which is after its end, {to}; that start was left out"));
        start = None;
    }
    row.put("recurrence_start", start.map(|day| day.to_string()));
    row.put("recurrence_end", recurrence.end.map(|day| day.to_string()));
}

fn columns(row: &mut Reader<'_>, kind: &'static str, day_of: DayOf<'_>) -> Recurrence {
    let text = row.text("recurrence_days_string").unwrap_or_default();
    let named: Vec<_> = text.split(',').map(str::trim).filter(|day| !day.is_empty()).collect();
    let days: Vec<_> = named
        .iter()
        .filter_map(|day| WEEKDAYS.get(LONG_WEEKDAYS.iter().position(|long| long == day)?).copied())
        .collect();
    if days.len() < named.len() {
        row.note(format!("its recurrence_days_string is {text:?}, of which not all are days"));
    }
    Recurrence {
        kind,
        interval: row.integer("recurrence_interval"),
        days,
        end: row.moment("recurrence_end_date").map(day_of),
        count: row.integer("recurrence_count"),
    }
}

fn configuration(row: &mut Reader<'_>) -> Option<Configuration> {
    let text = row.text("recurrence_configuration")?;
    let read = serde_json::from_str(&text);
    if read.is_err() {
        row.note("its recurrence_configuration cannot be read; the other columns say how it recurs");
    }
    read.ok()
}

/// `left` is what the row's own column says is to come: the text keeps the number that the series began with.
fn refine(row: &mut Reader<'_>, of: &Configuration, left: Option<i64>, day_of: DayOf<'_>) -> Recurrence {
    let schedule = of.weekly_schedule.as_deref().unwrap_or_default();
    let numbers = of.days_of_week.clone().unwrap_or_default();
    let numbers = numbers.into_iter().chain(schedule.iter().map(|time| time.day_of_week));
    let mut days: Vec<_> = numbers.filter_map(weekday).collect();
    let kind = match of.frequency {
        Frequency::Daily => "daily",
        Frequency::Weekly if days.is_empty() => "weekly",
        Frequency::Weekly => "days_of_week",
        Frequency::Monthly => "monthly",
        Frequency::Yearly => "yearly",
        Frequency::Hourly => "hourly",
        Frequency::Minutely => "minutely",
    };
    if kind != "days_of_week" {
        days.clear();
    }
    let (end, count) = match of.end_condition {
        End::Never => (None, None),
        End::Date => (end_day(row, of.end_date.as_deref(), day_of), None),
        End::Count => (None, left.or(of.occurrence_count)),
    };
    Recurrence { kind, interval: Some(of.interval), days, end, count }
}

/// What our fields have no room for. A day of the month that is the planned one is said by that.
fn unsaid(of: &Configuration, planned: Option<NaiveDate>) -> Vec<String> {
    let mut unsaid = Vec::new();
    if let (Frequency::Weekly, Some(times)) = (of.frequency, &of.weekly_schedule) {
        let times = times.iter().filter_map(|time| {
            Some(format!("{} at {:02}:{:02}", weekday(time.day_of_week)?, time.hour, time.minute))
        });
        let times: Vec<_> = times.collect();
        if !times.is_empty() {
            unsaid.push(format!("on {}", times.join(", ")));
        }
    }
    match of.frequency {
        Frequency::Monthly => unsaid.extend(day_of_month(of, planned)),
        Frequency::Yearly => {
            let month = of.month_of_year.filter(|month| planned.is_none_or(|day| day.month() != *month));
            unsaid.extend(month.map(|month| format!("in month {month} of the year")));
        }
        Frequency::Daily | Frequency::Weekly | Frequency::Hourly | Frequency::Minutely => {}
    }
    match of.from_policy {
        Anchor::PlannedDate => {}
        Anchor::CompletionDate => unsaid.push("from the day on which it is completed".into()),
    }
    unsaid
}

fn day_of_month(of: &Configuration, planned: Option<NaiveDate>) -> Option<String> {
    match of.monthly_pattern_type {
        Some(Pattern::RelativeDay) => {
            let day = of.day_of_week.and_then(weekday).unwrap_or("mon");
            Some(format!("on {day} number {} of the month", of.week_of_month.unwrap_or(1)))
        }
        Some(Pattern::SpecificDay) | None => {
            let day = of.day_of_month.filter(|day| planned.is_none_or(|planned| planned.day() != *day))?;
            Some(format!("on day {day} of the month"))
        }
    }
}

fn end_day(row: &mut Reader<'_>, text: Option<&str>, day_of: DayOf<'_>) -> Option<NaiveDate> {
    let text = text?;
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| day_of(moment.with_timezone(&Utc)));
    // Without an offset it is the person's own time, whose day is written there.
    let day = moment.or_else(|_| NaiveDate::parse_from_str(text.get(..10).unwrap_or(text), "%Y-%m-%d"));
    if day.is_err() {
        row.note(format!("the end of its recurrence is {text:?}, which cannot be read, and was left out"));
    }
    day.ok()
}

fn bounded(row: &mut Reader<'_>, column: &str, value: Option<i64>) -> Option<i64> {
    let value = value?;
    if (1..=COUNT_MAX).contains(&value) {
        return Some(value);
    }
    row.note(format!("its {column} is {value}, which is not from 1 to {COUNT_MAX}, and was left out"));
    None
}
