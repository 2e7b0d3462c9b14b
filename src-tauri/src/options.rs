//! What the person settles for the app on this device.

use std::sync::atomic::Ordering;

use serde::Serialize;
use specta::Type;
use sync_engine::{Engine, EngineError};
use tauri::{AppHandle, Manager};

use crate::app::App;
use crate::error::AppError;
use crate::host;

/// Under this name the engine remembers `off`.
pub(crate) const CLOSE_TO_TRAY: &str = "close-to-tray";
/// Under this name too.
const REMINDERS: &str = "reminders";
/// Under this name it remembers a tag of BCP 47.
pub(crate) const LANGUAGE: &str = "language";

/// Longest tag of a language.
const TAG_MAX: usize = 35;

/// What the person settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Options {
    /// It starts when the person logs in.
    autostart: bool,
    /// A closed window goes on in the tray.
    close_to_tray: bool,
    /// This desktop shows a tray.
    tray: bool,
    /// It syncs by itself also over a network that costs by volume.
    on_metered: bool,
    /// Reminders of tasks and habits are shown as notifications.
    reminders: bool,
    /// The language that was chosen, as a tag of BCP 47; `null`: the system's.
    language: Option<String>,
}

pub(crate) async fn read(handle: &AppHandle) -> Result<Options, AppError> {
    let app = handle.state::<App>();
    let engine = app.device().await?.engine;
    Ok(Options {
        autostart: host::starts_at_login(handle),
        close_to_tray: app.close_to_tray.load(Ordering::Relaxed),
        tray: app.has_tray.load(Ordering::Relaxed),
        on_metered: engine.syncs_on_metered().await?,
        reminders: reminds(&engine).await?,
        language: engine.option(LANGUAGE).await?,
    })
}

pub(crate) async fn set_close_to_tray(handle: &AppHandle, engine: &Engine, on: bool) -> Result<(), AppError> {
    engine.set_option(CLOSE_TO_TRAY, (!on).then(|| "off".to_owned())).await?;
    handle.state::<App>().close_to_tray.store(on, Ordering::Relaxed);
    Ok(())
}

/// Whether reminders are shown.
pub(crate) async fn reminds(engine: &Engine) -> Result<bool, EngineError> {
    Ok(engine.option(REMINDERS).await?.as_deref() != Some("off"))
}

pub(crate) async fn set_reminders(engine: &Engine, on: bool) -> Result<(), AppError> {
    Ok(engine.set_option(REMINDERS, (!on).then(|| "off".to_owned())).await?)
}

pub(crate) async fn set_language(
    handle: &AppHandle,
    engine: &Engine,
    language: Option<String>,
) -> Result<(), AppError> {
    let is_tag =
        |tag: &str| tag.len() <= TAG_MAX && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if let Some(tag) = &language
        && (tag.is_empty() || !is_tag(tag))
    {
        return Err(AppError::new("language", format!("{tag:?} is no language.")));
    }
    engine.set_option(LANGUAGE, language.clone()).await?;
    handle.state::<App>().speak(handle, language.as_deref());
    Ok(())
}
