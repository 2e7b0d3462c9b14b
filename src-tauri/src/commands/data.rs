//! Entities.

use std::collections::BTreeMap;

use planner::exchange::Tags;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_engine::{Edit as Write, Engine, EngineError, View};
use tauri::State;
use uuid::Uuid;

use super::{JsonValue, key};
use crate::app::App;
use crate::error::AppError;

/// Most entities that one answer brings.
const CHANGES_MAX: usize = 500;
/// The moment at which an entity was made; kinds that have it get it here.
const CREATED: &str = "created";

/// An entity as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Entity {
    kind: String,
    id: String,
    title: Option<String>,
    /// Cleared fields are absent; sets are arrays.
    #[specta(type = BTreeMap<String, JsonValue>)]
    fields: Map<String, Value>,
    deleted: bool,
    /// When it last changed, by the clock of whoever changed it.
    modified: u64,
    modified_by: Option<String>,
    /// Open questions about it.
    reviews: u32,
    /// It is kept on this device only.
    here: bool,
}

impl From<View> for Entity {
    fn from(view: View) -> Self {
        Self {
            kind: view.key.kind.to_string(),
            id: view.key.id.to_string(),
            title: view.title,
            fields: view.fields,
            deleted: view.deleted,
            modified: view.version.wall().0,
            modified_by: view.modified_by.map(|device| device.to_string()),
            reviews: u32::try_from(view.reviews.len()).unwrap_or(u32::MAX),
            here: view.local,
        }
    }
}

/// Entities, and where `changes` goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Listing {
    head: u64,
    entities: Vec<Entity>,
    more: bool,
}

/// One change of one entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Edit {
    /// Its id is random, or follows from what makes it the only one: a tag's name, a habit and a day.
    Create {
        kind: String,
        #[specta(type = BTreeMap<String, JsonValue>)]
        fields: Map<String, Value>,
    },
    /// `null` clears a field; a set takes its whole array.
    Set {
        kind: String,
        id: String,
        #[specta(type = BTreeMap<String, JsonValue>)]
        fields: Map<String, Value>,
    },
    /// A text as somebody typed it who began from `base`. What was written meanwhile is merged into it, where the two do not
    /// overlap; where they do, what was typed stands and the other is in the history.
    Text {
        kind: String,
        id: String,
        field: String,
        base: String,
        text: String,
    },
    Add {
        kind: String,
        id: String,
        field: String,
        #[specta(type = JsonValue)]
        item: Value,
    },
    Remove {
        kind: String,
        id: String,
        field: String,
        #[specta(type = JsonValue)]
        item: Value,
    },
    Delete {
        kind: String,
        id: String,
    },
    /// Takes a delete back.
    Keep {
        kind: String,
        id: String,
    },
}

impl From<Write> for Edit {
    fn from(write: Write) -> Self {
        let (kind, id) = (write.key.kind.to_string(), write.key.id.to_string());
        match write.change {
            Change::Set(fields) => Self::Set { kind, id, fields },
            Change::Text { field, base, text } => Self::Text { kind, id, field: field.into(), base, text },
            Change::Add(field, item) => Self::Add { kind, id, field: field.into(), item },
            Change::Remove(field, item) => Self::Remove { kind, id, field: field.into(), item },
            Change::Delete => Self::Delete { kind, id },
            Change::Keep => Self::Keep { kind, id },
        }
    }
}

/// All living entities of a kind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list(app: State<'_, App>, kind: String) -> Result<Listing, AppError> {
    let (views, head) = app.device().await?.engine.list_with_head(&kind).await?;
    Ok(Listing { head, entities: views.into_iter().map(Entity::from).collect(), more: false })
}

/// Everything that changed after that head, deleted entities too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn changes(app: State<'_, App>, after: u64) -> Result<Listing, AppError> {
    let (views, head, more) = app.device().await?.engine.changes(after, CHANGES_MAX).await?;
    Ok(Listing { head, entities: views.into_iter().map(Entity::from).collect(), more })
}

/// Makes these edits and what follows from them, all or none, and says what became of each entity: those that were asked for first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save(app: State<'_, App>, edits: Vec<Edit>) -> Result<Vec<Entity>, AppError> {
    let _saving = app.saves.read().await;
    let engine = app.device().await?.engine;
    let writes = writes(&engine, edits).await?;
    let written = agenda::write(&engine, writes, chrono::Utc::now(), &chrono::Local).await?;
    let mut entities = Vec::with_capacity(written.len());
    for (key, _) in written {
        // An entity that is local as a whole is gone once it is deleted.
        entities.extend(engine.get(&key).await?.map(Entity::from));
    }
    Ok(entities)
}

/// Makes this edit of an entity that is to stay on this device: no other one ever hears of it, until it is shared.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_here(app: State<'_, App>, edit: Edit) -> Result<Entity, AppError> {
    let _saving = app.saves.read().await;
    let engine = app.device().await?.engine;
    let writes = writes(&engine, vec![edit]).await?;
    let Some(key) = writes.first().map(|write| write.key.clone()) else {
        return Err(AppError::internal("an edit was lost"));
    };
    engine.write_here(writes, key.clone()).await?;
    let (kind, id) = (key.kind.to_string(), key.id.to_string());
    let view = engine.get(&key).await?.ok_or(EngineError::NoEntity { kind, id })?;
    Ok(view.into())
}

async fn writes(engine: &Engine, edits: Vec<Edit>) -> Result<Vec<Write>, AppError> {
    let creates = edits.iter().any(|edit| matches!(edit, Edit::Create { .. }));
    let tags = Tags::new(if creates { exchange::named_tags(engine).await? } else { Vec::new() });
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let mut writes = Vec::with_capacity(edits.len());
    for edit in edits {
        writes.push(write(edit, engine, &tags, &now)?);
    }
    Ok(writes)
}

fn write(edit: Edit, engine: &Engine, tags: &Tags, now: &str) -> Result<Write, AppError> {
    let (key, change) = match edit {
        Edit::Create { kind, mut fields } => {
            // What is not filled in is not there.
            fields.retain(|_, value| !value.is_null());
            let is_dated = engine.schema().kind(&kind).is_some_and(|kind| kind.field(CREATED).is_some());
            if is_dated && !fields.contains_key(CREATED) {
                fields.insert(CREATED.to_owned(), Value::from(now));
            }
            let id = exchange::natural_id(&kind, &fields, tags).unwrap_or_else(Uuid::new_v4);
            (EntityKey::new(&kind, id), Change::Set(fields))
        }
        Edit::Set { kind, id, fields } => (key(&kind, &id)?, Change::Set(fields)),
        Edit::Text { kind, id, field, base, text } => {
            (key(&kind, &id)?, Change::Text { field: field.into(), base, text })
        }
        Edit::Add { kind, id, field, item } => (key(&kind, &id)?, Change::Add(field.into(), item)),
        Edit::Remove { kind, id, field, item } => (key(&kind, &id)?, Change::Remove(field.into(), item)),
        Edit::Delete { kind, id } => (key(&kind, &id)?, Change::Delete),
        Edit::Keep { kind, id } => (key(&kind, &id)?, Change::Keep),
    };
    Ok(Write { key, change })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;
    use sync_engine::{Backend, Init};
    use tempfile::TempDir;

    pub(crate) async fn engine() -> (TempDir, Engine) {
        let dir = tempfile::tempdir().unwrap();
        let listen = Some("127.0.0.1:0".parse().unwrap());
        let init = Init { name: "alice".into(), listen, keystore: Some(Backend::File) };
        Engine::init(&dir.path().join("data"), init).unwrap();
        let engine = Engine::open(&dir.path().join("data"), planner::schema()).unwrap();
        (dir, engine)
    }

    fn edit(value: Value) -> Edit {
        serde_json::from_value(value).unwrap()
    }

    #[tokio::test]
    async fn what_was_written_while_somebody_typed_is_merged_with_it() {
        let (_dir, engine) = engine().await;
        let id = Uuid::new_v4().to_string();
        let text = |base: &str, text: &str| {
            edit(
                json!({ "type": "text", "kind": "note", "id": id, "field": "content", "base": base, "text": text }),
            )
        };
        let set = json!({ "title": "Packing", "content": "tent\nstove\nmaps\n" });
        let made = edit(json!({ "type": "set", "kind": "note", "id": id, "fields": set }));
        engine.write(writes(&engine, vec![made]).await.unwrap()).await.unwrap();
        for (typed, wanted) in [
            // Somebody else writes at the end …
            (text("tent\nstove\nmaps\n", "tent\nstove\nmaps\nrope\n"), json!("tent\nstove\nmaps\nrope\n")),
            // … while this person, who has not seen that, writes at the beginning.
            (
                text("tent\nstove\nmaps\n", "passport\ntent\nstove\nmaps\n"),
                json!("passport\ntent\nstove\nmaps\nrope\n"),
            ),
            // The same line: what was typed stands.
            (text("tent\nstove\nmaps\n", "hut\nstove\nmaps\n"), json!("hut\nstove\nmaps\n")),
            (text("hut\nstove\nmaps\n", ""), Value::Null),
        ] {
            engine.write(writes(&engine, vec![typed]).await.unwrap()).await.unwrap();
            let key = key("note", &id).unwrap();
            let stored = engine.get(&key).await.unwrap().unwrap().fields.remove("content");
            assert_eq!(stored.unwrap_or_default(), wanted);
        }
        // Also what arrives between the page's call and the write.
        let content = async |edit| {
            engine.write(edit).await.unwrap();
            engine.get(&key("note", &id).unwrap()).await.unwrap().unwrap().fields.remove("content")
        };
        content(writes(&engine, vec![text("", "tent\nstove\nmaps\n")]).await.unwrap()).await;
        let late = writes(&engine, vec![text("tent\nstove\nmaps\n", "hut\nstove\nmaps\n")]).await.unwrap();
        content(
            writes(&engine, vec![text("tent\nstove\nmaps\n", "tent\nstove\nmaps\nrope\n")]).await.unwrap(),
        )
        .await;
        assert_eq!(content(late).await, Some(json!("hut\nstove\nmaps\nrope\n")));
    }

    #[tokio::test]
    async fn edits_from_the_page_become_writes() {
        let (_dir, engine) = engine().await;
        let habit = Uuid::from_u128(7).to_string();
        let record = json!({ "type": "create", "kind": "habit_record",
            "fields": { "habit": habit, "day": "2026-05-02", "status": "complete" } });
        let task =
            json!({ "type": "create", "kind": "task", "fields": { "title": "Water", "priority": null } });
        let writes = writes(&engine, [&task, &task, &record, &record].map(|v| edit(v.clone())).to_vec())
            .await
            .unwrap();
        assert!(writes[0].key != writes[1].key, "two tasks of one title are two");
        assert_eq!(writes[2].key, writes[3].key, "a habit has one record a day");
        let Change::Set(fields) = &writes[0].change else { panic!("{writes:?}") };
        assert!(fields.contains_key("created") && !fields.contains_key("priority"));
        engine.write(writes.clone()).await.unwrap();

        let entity = Entity::from(engine.get(&writes[0].key).await.unwrap().unwrap());
        let document = serde_json::to_value(&entity).unwrap();
        assert_eq!((&document["title"], &document["reviews"]), (&json!("Water"), &json!(0)));
        assert!(document["modified"].as_u64().unwrap() > 1_600_000_000_000);

        let wrong = edit(json!({ "type": "delete", "kind": "task", "id": "7" }));
        assert_eq!(super::writes(&engine, vec![wrong]).await.unwrap_err().code, "no-entity");
    }

    #[test]
    fn an_undo_from_the_engine_is_an_edit_of_the_page() {
        let key = || EntityKey::new("task", Uuid::nil());
        for change in [Change::Delete, Change::Keep, Change::Set(Map::new())] {
            let document = serde_json::to_value(Edit::from(Write { key: key(), change })).unwrap();
            edit(document);
        }
    }
}
