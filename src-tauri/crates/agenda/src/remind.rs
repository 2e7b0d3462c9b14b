//! What a person is to be reminded of, followed as it changes.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone, Utc};
use planner::When;
use planner::kinds::{habit, habit_record, task};
use planner::reminders::{Near, of_habit, of_task};
use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_engine::{Engine, EngineError};
use uuid::Uuid;

/// Entities that are read at a time.
const TOGETHER: usize = 500;

/// Why somebody is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A task's planned time is near.
    Planned,
    /// A task's deadline is near.
    Deadline,
    /// A habit has not been ticked today.
    Habit,
}

/// One thing that a person is to be reminded of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When the reminder was due.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: Why,
    /// When the task is planned or must be done; a habit: as `at`.
    pub due: When,
    /// The task or habit.
    pub key: EntityKey,
    /// Its title.
    pub title: String,
}

/// The tasks and habits that remind.
#[derive(Clone, Debug, Default)]
pub struct Reminders {
    head: u64,
    all: BTreeMap<EntityKey, (String, Map<String, Value>)>,
}

impl Reminders {
    /// Takes note of everything that has changed since the last time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow(&mut self, engine: &Engine) -> Result<(), EngineError> {
        loop {
            let (views, head, more) = engine.changes(self.head, TOGETHER).await?;
            for view in views {
                let kind = &*view.key.kind;
                let reminds = !view.deleted
                    && ((kind == task::NAME && !of_task(&view.fields, &Utc).is_empty())
                        || (kind == habit::NAME
                            && of_habit(&view.fields, DateTime::UNIX_EPOCH, &Utc).is_some()));
                if reminds {
                    self.all.insert(view.key, (view.title.unwrap_or_default(), view.fields));
                } else {
                    self.all.remove(&view.key);
                }
            }
            self.head = head;
            if !more {
                return Ok(());
            }
        }
    }

    /// When to look next, after a moment.
    #[must_use]
    pub fn next(&self, after: DateTime<Utc>, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
        self.all
            .iter()
            .flat_map(|(key, (title, fields))| times(key, title, fields, after, zone))
            .map(|due| due.at)
            .min()
    }

    /// What was due after `after` and not after `until`, by time. Habits that were ticked on that day are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due(
        &self,
        engine: &Engine,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: &impl TimeZone,
    ) -> Result<Vec<Due>, EngineError> {
        let mut all = Vec::new();
        for due in self.all.iter().flat_map(|(key, (title, fields))| times(key, title, fields, after, zone)) {
            if due.at <= until && !(due.why == Why::Habit && is_ticked(engine, &due, zone).await?) {
                all.push(due);
            }
        }
        all.sort_unstable_by(|one, other| {
            (one.at, one.why, &one.key).cmp(&(other.at, other.why, &other.key))
        });
        Ok(all)
    }
}

/// The reminders of one entity after a moment; of a habit the first.
fn times(
    key: &EntityKey,
    title: &str,
    fields: &Map<String, Value>,
    after: DateTime<Utc>,
    zone: &impl TimeZone,
) -> Vec<Due> {
    let of = |at, why, due| Due { at, why, due, key: key.clone(), title: title.to_owned() };
    if *key.kind == *habit::NAME {
        return of_habit(fields, after, zone)
            .map(|at| of(at, Why::Habit, When::At(at)))
            .into_iter()
            .collect();
    }
    let task = of_task(fields, zone).into_iter().filter(|one| one.at > after);
    task.map(|one| {
        let why = match one.near {
            Near::Planned => Why::Planned,
            Near::Deadline => Why::Deadline,
        };
        of(one.at, why, one.due)
    })
    .collect()
}

async fn is_ticked(engine: &Engine, due: &Due, zone: &impl TimeZone) -> Result<bool, EngineError> {
    let day = due.at.with_timezone(zone).date_naive();
    let fields = [("habit", due.key.id.to_string()), ("day", day.to_string())];
    let fields = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
    let id = planner::natural_id(habit_record::NAME, &Map::from_iter(fields)).unwrap_or(Uuid::nil());
    let record = engine.get(&EntityKey::new(habit_record::NAME, id)).await?;
    let Some(record) = record.filter(|record| !record.deleted) else { return Ok(false) };
    let habit = engine.get(&due.key).await?.map(|habit| habit.fields).unwrap_or_default();
    Ok(habit_record::state(&record.fields, &habit) != habit_record::BEGUN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, engine, key, set};
    use serde_json::json;

    async fn told(engine: &Engine, after: &str, until: &str) -> Vec<String> {
        let mut reminders = Reminders::default();
        reminders.follow(engine).await.unwrap();
        let due = reminders.due(engine, at(after), at(until), &Utc).await.unwrap();
        due.into_iter().map(|due| format!("{} {:?} {}", due.at.format("%H:%M"), due.why, due.title)).collect()
    }

    #[tokio::test]
    async fn what_is_due_is_told_once_in_order() {
        let (_dir, engine) = engine().await;
        let bank = json!({ "title": "Bank", "planned": "2026-05-04T09:00:00Z", "planned_reminder": "15_minutes_before" });
        let tax = json!({ "title": "Tax", "deadline": "2026-05-05T08:00:00Z", "deadline_reminder": "1_day_before" });
        let run = json!({ "name": "Run", "reminder": true, "reminder_time": "08:30" });
        let post = json!({ "title": "Post", "planned": "2026-05-04", "planned_reminder": "at_time" });
        let tasks = [set("task", 1, bank), set("task", 2, tax), set("task", 4, post)];
        engine.write(tasks.into_iter().chain([set("habit", 3, run)]).collect()).await.unwrap();
        let all = ["08:00 Deadline Tax", "08:30 Habit Run", "08:45 Planned Bank", "09:00 Planned Post"];
        assert_eq!(told(&engine, "2026-05-04T07:00:00Z", "2026-05-04T09:00:00Z").await, all);
        assert_eq!(told(&engine, "2026-05-04T08:00:00Z", "2026-05-04T08:45:00Z").await, all[1..3]);
        assert_eq!(told(&engine, "2026-05-04T09:00:00Z", "2026-05-04T23:00:00Z").await, [""; 0]);
    }

    #[tokio::test]
    async fn a_ticked_habit_and_what_is_done_or_deleted_are_not_told() {
        let (_dir, engine) = engine().await;
        let run = json!({ "name": "Run", "reminder": true, "reminder_time": "08:30" });
        let bank =
            json!({ "title": "Bank", "planned": "2026-05-04T09:00:00Z", "planned_reminder": "at_time" });
        engine
            .write(vec![set("task", 1, bank.clone()), set("task", 2, bank), set("habit", 3, run)])
            .await
            .unwrap();
        let mut reminders = Reminders::default();
        reminders.follow(&engine).await.unwrap();
        assert_eq!(reminders.next(at("2026-05-04T08:00:00Z"), &Utc), Some(at("2026-05-04T08:30:00Z")));

        let habit = key("habit", 3).id.to_string();
        let tick = json!({ "habit": habit, "day": "2026-05-04", "status": "complete" });
        let id = planner::natural_id("habit_record", tick.as_object().unwrap()).unwrap();
        engine
            .write(vec![
                set("task", 1, json!({ "status": "done" })),
                sync_engine::Edit { key: key("task", 2), change: sync_core::entity::write::Change::Delete },
                set("habit_record", id.as_u128(), tick),
            ])
            .await
            .unwrap();
        reminders.follow(&engine).await.unwrap();
        let due = reminders
            .due(&engine, at("2026-05-04T07:00:00Z"), at("2026-05-04T20:00:00Z"), &Utc)
            .await
            .unwrap();
        assert_eq!(due, []);
        assert_eq!(reminders.next(at("2026-05-04T12:00:00Z"), &Utc), Some(at("2026-05-05T08:30:00Z")));
    }

    #[tokio::test]
    async fn a_habit_that_is_begun_is_reminded_of_until_it_is_done_as_often_as_it_should_be() {
        let (_dir, engine) = engine().await;
        let drink = json!({ "name": "Drink", "reminder": true, "reminder_time": "18:00", "goal": true,
            "goal_frequency": 1, "goal_period_days": 1, "goal_daily_target": 2 });
        engine.write(vec![set("habit", 3, drink)]).await.unwrap();
        let today = ("2026-05-04T12:00:00Z", "2026-05-04T20:00:00Z");
        let moments = ["2026-05-04T08:00:00Z", "2026-05-04T13:00:00Z"];
        for (times, reminded) in [(1, vec!["18:00 Habit Drink"]), (2, vec![])] {
            let tick = json!({ "habit": key("habit", 3).id.to_string(), "day": "2026-05-04", "status": "complete",
                "done_at": moments[..times] });
            let id = planner::natural_id("habit_record", tick.as_object().unwrap()).unwrap();
            engine.write(vec![set("habit_record", id.as_u128(), tick)]).await.unwrap();
            assert_eq!(told(&engine, today.0, today.1).await, reminded);
        }
    }
}
