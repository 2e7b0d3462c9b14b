//! Safety nets: what waits for a device and why, old values put back, what stays here, and deletions of many at once.

use serde::Serialize;
use specta::Type;
use sync_engine::{EngineError, Failure, Operation, Pending};
use tauri::State;

use super::data::Entity;
use super::{device_id, key};
use crate::app::App;
use crate::error::AppError;
use crate::status;

/// Changes that one answer brings.
const SHOWN_MAX: usize = 200;

/// What waits for a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Queue {
    /// The first of them, oldest first …
    changes: Vec<Waiting>,
    /// … and how many there are.
    total: u64,
    /// The last attempt, if it did not get through.
    failure: Option<LastFailure>,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Waiting {
    operation: ChangeWord,
    kind: String,
    id: String,
    title: Option<String>,
    since: u64,
}

/// What the other device will see happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeWord {
    Create,
    Update,
    Delete,
}

/// An attempt that did not get through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct LastFailure {
    at: u64,
    reason: String,
    next: String,
}

impl From<Pending> for Waiting {
    fn from(pending: Pending) -> Self {
        Self {
            operation: match pending.operation {
                Operation::Create => ChangeWord::Create,
                Operation::Update => ChangeWord::Update,
                Operation::Delete => ChangeWord::Delete,
            },
            kind: pending.key.kind.to_string(),
            id: pending.key.id.to_string(),
            title: pending.title,
            since: pending.since.0,
        }
    }
}

impl From<Failure> for LastFailure {
    fn from(failure: Failure) -> Self {
        let (reason, next) = status::problem(&failure.reason);
        Self { at: failure.at.0, reason, next }
    }
}

/// What waits for a device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pending(app: State<'_, App>, device: String) -> Result<Queue, AppError> {
    let engine = app.device().await?.engine;
    let id = device_id(&device)?;
    let peers = engine.overview().await?.status.peers;
    let peer = peers.into_iter().find(|peer| peer.device == id).ok_or(EngineError::NoDevice { device })?;
    let changes: Vec<Waiting> =
        engine.pending(id, SHOWN_MAX).await?.into_iter().map(Waiting::from).collect();
    // More may have come between the two looks.
    let total = peer.pending.max(changes.len() as u64);
    Ok(Queue { changes, total, failure: peer.failure.map(LastFailure::from) })
}

/// Puts back what that line of the history kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn put_back(app: State<'_, App>, number: u64) -> Result<Entity, AppError> {
    Ok(app.device().await?.engine.put_back(number).await?.into())
}

/// Shares what was kept on this device only.
#[tauri::command]
#[specta::specta]
pub(crate) async fn share(app: State<'_, App>, kind: String, id: String) -> Result<Entity, AppError> {
    let engine = app.device().await?.engine;
    let key = key(&kind, &id)?;
    engine.keep_here(key.clone(), false).await?;
    let view = engine.get(&key).await?.ok_or(EngineError::NoEntity { kind, id })?;
    Ok(view.into())
}

/// Puts back what another device deleted in one go, and tells how many items live again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_sweep(app: State<'_, App>, number: u64) -> Result<u64, AppError> {
    Ok(app.device().await?.engine.undo_sweep(number).await?)
}

/// Lets it be.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_sweep(app: State<'_, App>, number: u64) -> Result<(), AppError> {
    Ok(app.device().await?.engine.dismiss_sweep(number).await?)
}
