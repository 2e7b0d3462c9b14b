//! What waits for the person to decide, and what was decided before.

mod reading;

use reading::{Names, Reader, item};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;
use sync_core::entity::view::Review as Waiting;
use tauri::State;

use super::data::{Edit, Entity};
use super::{JsonValue, key};
use crate::app::App;
use crate::error::AppError;
use crate::words::{self, DiffPart};

/// An entity that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct ReviewItem {
    kind: String,
    id: String,
    title: Option<String>,
    /// The fields in question.
    fields: Vec<String>,
    /// Whether it was deleted on one device and edited on another.
    deleted: bool,
    /// What the devices are called.
    devices: Vec<String>,
    /// When the last of it was written.
    at: u64,
}

/// One of several concurrent values.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Side {
    /// For a choice by number, from 1.
    number: u32,
    device: Option<String>,
    name: String,
    own: bool,
    at: u64,
    #[specta(type = JsonValue)]
    value: Value,
    /// As a person reads it.
    text: String,
    /// From what is shown now to it.
    diff: Vec<DiffPart>,
}

/// Something to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Question {
    Field {
        field: String,
        label: String,
        multiline: bool,
        /// What is shown until it is decided.
        now: String,
        #[specta(type = JsonValue)]
        now_value: Value,
        sides: Vec<Side>,
        /// A proposal that has all of them, for texts.
        combined: Option<String>,
        /// The choices, where there are only so many.
        options: Option<Vec<String>>,
    },
    Deleted {
        deleted_by: String,
        deleted_at: u64,
        deleted_own: bool,
        edited_by: String,
        edited_at: u64,
        edited_own: bool,
    },
}

/// All there is to decide about an entity.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Review {
    entity: Entity,
    questions: Vec<Question>,
    /// The other fields.
    unchanged: Vec<Unchanged>,
}

/// A field that nothing is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Unchanged {
    field: String,
    label: String,
    text: String,
}

/// What the person decides.
#[derive(Clone, Debug, PartialEq, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Choice {
    Number {
        number: u32,
    },
    Value {
        #[specta(type = JsonValue)]
        value: Value,
    },
    Keep,
    Delete,
}

/// What a decision did.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Resolved {
    /// Questions still open about the entity.
    left: u32,
    /// Takes the decision back.
    undo: Edit,
}

/// A decision of the past.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Decided {
    kind: String,
    id: String,
    title: Option<String>,
    field: String,
    label: String,
    at: u64,
    by: String,
    chosen: String,
    /// What was put away; each can still be used instead.
    others: Vec<Other>,
}

/// A value that was put away.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Other {
    #[specta(type = JsonValue)]
    value: Value,
    text: String,
}

/// Everything that waits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reviews(app: State<'_, App>) -> Result<Vec<ReviewItem>, AppError> {
    let engine = app.device().await?.engine;
    let names = Names::load(&engine).await?;
    Ok(engine.reviews().await?.iter().map(|view| item(view, &names)).collect())
}

/// All there is to decide about an entity.
#[tauri::command]
#[specta::specta]
pub(crate) async fn review(app: State<'_, App>, kind: String, id: String) -> Result<Review, AppError> {
    let engine = app.device().await?.engine;
    let view = engine.get(&key(&kind, &id)?).await?;
    let view = view.ok_or(sync_engine::EngineError::NoEntity { kind, id })?;
    let mut reader = Reader::load(&engine).await?;
    let asked = view.reviews.iter().flat_map(|waiting| match waiting {
        Waiting::Field { candidates, .. } => candidates.as_slice(),
        Waiting::Deleted { .. } => &[],
    });
    let values: Vec<Value> =
        asked.map(|candidate| candidate.value.value()).chain(view.fields.values().cloned()).collect();
    reader.learn(&engine, &values).await?;
    Ok(reader.review(view))
}

/// Decides.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve(
    app: State<'_, App>,
    kind: String,
    id: String,
    field: Option<String>,
    choice: Choice,
) -> Result<Resolved, AppError> {
    let choice = match choice {
        Choice::Number { number } => sync_engine::Choice::Number(number as usize),
        Choice::Value { value } => sync_engine::Choice::Value(value),
        Choice::Keep => sync_engine::Choice::Keep,
        Choice::Delete => sync_engine::Choice::Delete,
    };
    let resolved = app.device().await?.engine.resolve(key(&kind, &id)?, field, choice).await?;
    Ok(Resolved { left: u32::try_from(resolved.left).unwrap_or(u32::MAX), undo: resolved.undo.into() })
}

/// Decisions of the past, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decided(app: State<'_, App>, limit: u32) -> Result<Vec<Decided>, AppError> {
    let engine = app.device().await?.engine;
    let mut reader = Reader::load(&engine).await?;
    let mut all = Vec::new();
    for decision in engine.decisions(limit as usize).await? {
        let title = engine.get(&decision.key).await?.and_then(|view| view.title);
        let values: Vec<Value> =
            decision.others.iter().chain([&decision.chosen]).map(|value| value.value()).collect();
        reader.learn(&engine, &values).await?;
        let field = reader.field(&decision.key.kind, &decision.field);
        let others = decision.others.iter().map(|other| {
            let value = other.value();
            Other { text: reader.text(field, &value), value }
        });
        all.push(Decided {
            others: others.collect(),
            chosen: reader.text(field, &decision.chosen.value()),
            by: reader.names.of(decision.author),
            at: decision.made.0,
            label: words::label(&decision.field),
            field: decision.field.into(),
            kind: decision.key.kind.to_string(),
            id: decision.key.id.to_string(),
            title,
        });
    }
    Ok(all)
}
