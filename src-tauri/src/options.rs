//! What the person settles for the app on this device.

use std::sync::atomic::Ordering;

use serde::Serialize;
use specta::Type;
use sync_engine::Engine;
use tauri::{AppHandle, Manager};

use crate::app::App;
use crate::error::AppError;
use crate::host;

/// Under this name the engine remembers `off`.
pub(crate) const CLOSE_TO_TRAY: &str = "close-to-tray";

/// What the person settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Options {
    /// It starts when the person logs in.
    autostart: bool,
    /// A closed window goes on in the tray.
    close_to_tray: bool,
    /// This desktop shows a tray.
    tray: bool,
    /// It syncs by itself also over a network that costs by volume.
    on_metered: bool,
}

pub(crate) async fn read(handle: &AppHandle) -> Result<Options, AppError> {
    let app = handle.state::<App>();
    let on_metered = app.device().await?.engine.syncs_on_metered().await?;
    Ok(Options {
        autostart: host::starts_at_login(handle),
        close_to_tray: app.close_to_tray.load(Ordering::Relaxed),
        tray: app.has_tray.load(Ordering::Relaxed),
        on_metered,
    })
}

pub(crate) async fn set_close_to_tray(handle: &AppHandle, engine: &Engine, on: bool) -> Result<(), AppError> {
    engine.set_option(CLOSE_TO_TRAY, (!on).then(|| "off".to_owned())).await?;
    handle.state::<App>().close_to_tray.store(on, Ordering::Relaxed);
    Ok(())
}
