//! What follows from an edit: a finished task that recurs has a successor.

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use planner::kinds::task;
use planner::{Subtask, Successor, successor};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_engine::{Edit, Engine, EngineError, Outcome, View};
use uuid::Uuid;

const STATUS: &str = "status";
const COMPLETED_AT: &str = "completed_at";
/// How often is looked again when what was looked at has changed before anything was written.
const TRIES: usize = 8;

/// Makes these edits and what follows from them, all or none, and says what became of each; the edits that were asked for come
/// first.
///
/// Finishing a task notes when, and makes the next occurrence of one that recurs, with its subtasks. Where that is there already
/// it is left as it is: another device, or an earlier time, may have made it. Opening the task again takes back what finishing it
/// did; the next occurrence stays if anybody has changed it, or what is below it, since.
///
/// # Errors
/// The first edit that is refused, or a failure of the database.
pub async fn write(
    engine: &Engine,
    edits: Vec<Edit>,
    now: DateTime<Utc>,
    zone: &impl TimeZone,
) -> Result<Vec<(EntityKey, Outcome)>, EngineError> {
    // What was written here already, also by a try before.
    let mut done = BTreeMap::new();
    for _ in 0..TRIES {
        let head = engine.head().await?;
        let Plan { mut edits, follow, mut read } = plan(engine, edits.clone(), now, zone).await?;
        // What stays here is written alone. First: an interruption then leaves one occurrence too many rather than none.
        let (here, shared): (Vec<_>, Vec<_>) = follow.into_iter().partition(|(here, _)| *here);
        for (_, edit) in here {
            let key = edit.key.clone();
            let outcomes = engine.write_here(vec![edit], key.clone()).await?;
            // That was ourselves; nobody else writes what stays here.
            read.remove(&key);
            for outcome in outcomes {
                done.entry(key.clone()).or_insert(outcome);
            }
        }
        edits.extend(shared.into_iter().map(|(_, edit)| edit));
        let keys: Vec<_> = edits.iter().map(|edit| edit.key.clone()).collect();
        if let Some(outcomes) = engine.write_unless_changed(edits, read, head).await? {
            return Ok(keys.into_iter().zip(outcomes).chain(done).collect());
        }
    }
    // Somebody changes the same tasks again and again: what was asked for is done, and nothing follows from it.
    let keys: Vec<_> = edits.iter().map(|edit| edit.key.clone()).collect();
    Ok(keys.into_iter().zip(engine.write(edits).await?).chain(done).collect())
}

/// What is to be written.
struct Plan {
    /// What was asked for.
    edits: Vec<Edit>,
    /// What follows from it, and whether that stays here.
    follow: Vec<(bool, Edit)>,
    /// From which entities it follows.
    read: BTreeSet<EntityKey>,
}

async fn plan(
    engine: &Engine,
    edits: Vec<Edit>,
    now: DateTime<Utc>,
    zone: &impl TimeZone,
) -> Result<Plan, EngineError> {
    let mut plan = Plan { edits, follow: Vec::new(), read: BTreeSet::new() };
    // Read only if something recurs.
    let mut all = None;
    for edit in &mut plan.edits {
        let Change::Set(fields) = &mut edit.change else { continue };
        if *edit.key.kind != *task::NAME || !fields.contains_key(STATUS) {
            continue;
        }
        let stored = engine.get(&edit.key).await?;
        plan.read.insert(edit.key.clone());
        let before = stored.as_ref().filter(|view| !view.deleted).map(|view| &view.fields);
        let is_local = stored.as_ref().is_some_and(|view| view.local);
        match (before.is_some_and(is_done), is_done(fields)) {
            (false, true) => {
                let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
                fields.entry(COMPLETED_AT).or_insert_with(|| now.into());
                let mut after = before.cloned().unwrap_or_default();
                after.extend(fields.clone());
                if let Some(next) = successor(edit.key.id, &after, zone) {
                    let key = EntityKey::new(task::NAME, next.id);
                    let there = engine.get(&key).await?.is_some_and(|next| !next.deleted);
                    plan.read.insert(key);
                    if !there {
                        let tasks = read_once(engine, &mut all).await?;
                        let tree = tree(edit.key.id, is_local, &next, tasks, zone);
                        plan.read.extend(tree.iter().map(Made::key));
                        plan.follow.extend(tree.into_iter().map(|one| (one.here, one.edit(Change::Set))));
                    }
                }
            }
            (true, false) => {
                fields.entry(COMPLETED_AT).or_insert(Value::Null);
                if let Some(next) = before.and_then(|before| successor(edit.key.id, before, zone)) {
                    let tasks = read_once(engine, &mut all).await?;
                    let tree = tree(edit.key.id, is_local, &next, tasks, zone);
                    if is_untouched(&tree, tasks) {
                        plan.read.extend(tree.iter().map(Made::key));
                        plan.follow.extend(tree.into_iter().map(|one| (false, one.edit(|_| Change::Delete))));
                    }
                }
            }
            (false, false) | (true, true) => {}
        }
    }
    Ok(plan)
}

/// All tasks, as they were when they were asked for first.
async fn read_once<'a>(engine: &Engine, all: &'a mut Option<Vec<View>>) -> Result<&'a [View], EngineError> {
    if all.is_none() {
        *all = Some(engine.list(task::NAME).await?);
    }
    Ok(all.as_deref().unwrap_or_default())
}

/// The next occurrence, or one of its subtasks.
struct Made {
    id: Uuid,
    fields: Map<String, Value>,
    /// It stays on this device.
    here: bool,
}

impl Made {
    fn key(&self) -> EntityKey {
        EntityKey::new(task::NAME, self.id)
    }

    fn edit(self, change: impl FnOnce(Map<String, Value>) -> Change) -> Edit {
        Edit { key: self.key(), change: change(self.fields) }
    }
}

/// The next occurrence, then its subtasks. What stays here of the finished one, and all below that, stays here again.
fn tree(done: Uuid, here: bool, next: &Successor, tasks: &[View], zone: &impl TimeZone) -> Vec<Made> {
    let private: BTreeSet<Uuid> = tasks.iter().filter(|task| task.local).map(|task| task.key.id).collect();
    let mut tree = vec![Made { id: next.id, fields: next.fields.clone(), here }];
    for Subtask { id, of, parent, fields } in
        next.subtasks(done, tasks.iter().map(|task| (task.key.id, &task.fields)), zone)
    {
        let below = tree.iter().any(|above| above.id == parent && above.here);
        tree.push(Made { id, fields, here: below || private.contains(&of) });
    }
    tree
}

/// Whether all of it is as it was made, and nothing was put below it since.
fn is_untouched(tree: &[Made], tasks: &[View]) -> bool {
    let made: BTreeMap<Uuid, &Map<String, Value>> = tree.iter().map(|one| (one.id, &one.fields)).collect();
    let is_below = |task: &View| {
        let parent = task.fields.get("parent").and_then(Value::as_str);
        parent.and_then(|id| Uuid::try_parse(id).ok()).is_some_and(|id| made.contains_key(&id))
    };
    let mut there = tasks.iter().filter(|task| made.contains_key(&task.key.id) || is_below(task));
    let mut same = 0;
    there.all(|task| {
        same += 1;
        made.get(&task.key.id) == Some(&&task.fields)
    }) && same == tree.len()
}

fn is_done(fields: &Map<String, Value>) -> bool {
    fields.get(STATUS).and_then(Value::as_str) == Some("done")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, engine, key, set};
    use serde_json::json;
    use uuid::Uuid;

    async fn ask(engine: &Engine, edits: Vec<Edit>) -> Vec<(EntityKey, Outcome)> {
        write(engine, edits, at("2026-05-04T10:00:00Z"), &Utc).await.unwrap()
    }

    async fn fields(engine: &Engine, key: &EntityKey) -> Option<Map<String, Value>> {
        engine.get(key).await.unwrap().filter(|view| !view.deleted).map(|view| view.fields)
    }

    fn daily() -> Edit {
        set("task", 1, json!({ "title": "Water", "planned": "2026-05-04T07:00:00Z", "recurrence": "daily" }))
    }

    fn status(number: u128, status: &str) -> Edit {
        set("task", number, json!({ "status": status }))
    }

    fn next() -> EntityKey {
        EntityKey::new("task", planner::occurrence_id(Uuid::from_u128(1), 1))
    }

    #[tokio::test]
    async fn a_finished_task_that_recurs_has_one_successor_however_often_it_is_finished() {
        let (_dir, engine) = engine().await;
        ask(&engine, vec![daily()]).await;
        assert_eq!(fields(&engine, &next()).await, None);
        let done = ask(&engine, vec![status(1, "done")]).await;
        assert_eq!(done, [(key("task", 1), Outcome::Changed), (next(), Outcome::Created)]);
        let first = fields(&engine, &key("task", 1)).await.unwrap();
        assert_eq!(first["completed_at"], json!("2026-05-04T10:00:00Z"));
        assert_eq!(fields(&engine, &next()).await.unwrap()["planned"], json!("2026-05-05T07:00:00Z"));
        assert_eq!(ask(&engine, vec![status(1, "done")]).await.len(), 1, "it is done already");
    }

    #[tokio::test]
    async fn to_open_it_again_takes_the_successor_away_unless_somebody_changed_it() {
        let (_dir, engine) = engine().await;
        ask(&engine, vec![daily()]).await;
        ask(&engine, vec![status(1, "done")]).await;
        ask(&engine, vec![status(1, "todo")]).await;
        assert_eq!(fields(&engine, &next()).await, None);
        assert_eq!(fields(&engine, &key("task", 1)).await.unwrap().get("completed_at"), None);
        // It comes back, and this time it is changed.
        ask(&engine, vec![status(1, "done")]).await;
        let change = Change::Set(Map::from_iter([("title".into(), json!("Water the ferns"))]));
        ask(&engine, vec![Edit { key: next(), change }]).await;
        ask(&engine, vec![status(1, "todo")]).await;
        assert_eq!(fields(&engine, &next()).await.unwrap()["title"], json!("Water the ferns"));
        // Finished once more, the changed one stays as it is.
        assert_eq!(ask(&engine, vec![status(1, "done")]).await.len(), 1);
    }

    #[tokio::test]
    async fn the_successor_has_the_subtasks_again_and_opening_the_task_takes_them_away_untouched() {
        let (_dir, engine) = engine().await;
        let step = json!({ "title": "Fill the can", "parent": Uuid::from_u128(1).to_string() });
        ask(&engine, vec![daily(), set("task", 2, step)]).await;
        ask(&engine, vec![status(2, "done")]).await;
        assert_eq!(ask(&engine, vec![status(1, "done")]).await.len(), 3);
        let steps = async || {
            let tasks = engine.list("task").await.unwrap();
            let is_step = |view: &View| view.fields.get("parent") == Some(&json!(next().id.to_string()));
            tasks.into_iter().filter(is_step).collect::<Vec<_>>()
        };
        assert_eq!(steps().await[0].fields["status"], json!("todo"));
        ask(&engine, vec![status(1, "todo")]).await;
        assert_eq!((steps().await, fields(&engine, &next()).await), (vec![], None));

        // Somebody adds a step below the next one: it stays, with all it has.
        ask(&engine, vec![status(1, "done")]).await;
        let other = json!({ "title": "Mind the cat", "parent": next().id.to_string() });
        ask(&engine, vec![set("task", 3, other)]).await;
        ask(&engine, vec![status(1, "todo")]).await;
        assert_eq!(steps().await.len(), 2);
        assert!(fields(&engine, &next()).await.is_some());
    }

    #[tokio::test]
    async fn what_is_kept_here_has_a_successor_that_is_kept_here() {
        let (_dir, engine) = engine().await;
        engine.write_here(vec![daily()], key("task", 1)).await.unwrap();
        let done = ask(&engine, vec![status(1, "done")]).await;
        assert_eq!(done.len(), 2);
        assert!(engine.get(&next()).await.unwrap().unwrap().local);
        ask(&engine, vec![status(1, "in_progress")]).await;
        assert_eq!(fields(&engine, &next()).await, None);
    }

    #[tokio::test]
    async fn a_subtask_that_is_kept_here_is_kept_here_again_with_all_below_it() {
        let (_dir, engine) = engine().await;
        let below = |parent: u128| json!({ "title": "Step", "parent": Uuid::from_u128(parent).to_string() });
        ask(&engine, vec![daily(), set("task", 2, below(1)), set("task", 4, below(3))]).await;
        engine.write_here(vec![set("task", 3, below(1))], key("task", 3)).await.unwrap();
        let done = ask(&engine, vec![status(1, "done")]).await;
        assert_eq!((done.len(), &done[1].0), (5, &next()), "the occurrence itself comes first");
        let tasks = engine.list("task").await.unwrap();
        let old = |task: &&View| (1..=4).any(|number| task.key.id == Uuid::from_u128(number));
        let (was, is): (Vec<_>, Vec<_>) = tasks.iter().partition(old);
        let here = |tasks: &[&View]| tasks.iter().filter(|task| task.local).count();
        assert_eq!((was.len(), here(&was)), (4, 1));
        assert_eq!((is.len(), here(&is)), (4, 2), "the one that was, and what is below it now");
    }

    #[tokio::test]
    async fn a_task_that_is_added_as_done_counts_and_other_kinds_have_a_status_too() {
        let (_dir, engine) = engine().await;
        let mut done = daily();
        let Change::Set(fields) = &mut done.change else { unreachable!() };
        fields.insert("status".into(), json!("done"));
        assert_eq!(ask(&engine, vec![done]).await.len(), 2);
        let record =
            json!({ "habit": Uuid::from_u128(5).to_string(), "day": "2026-05-04", "status": "complete" });
        assert_eq!(ask(&engine, vec![set("habit_record", 9, record)]).await.len(), 1);
        // A refused edit leaves nothing behind, not even what follows from another.
        let refused = write(
            &engine,
            vec![
                set("task", 2, json!({ "title": "b", "recurrence": "daily", "status": "done" })),
                status(3, "nonsense"),
            ],
            at("2026-05-04T10:00:00Z"),
            &Utc,
        );
        assert!(refused.await.is_err());
        assert_eq!(engine.list("task").await.unwrap().len(), 2);
    }
}
