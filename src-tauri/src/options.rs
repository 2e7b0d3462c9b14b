//! What the person settles for the app on this device.

use std::sync::atomic::Ordering;

use serde::Serialize;
use specta::Type;
use sync_engine::Engine;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;

use crate::app::App;
use crate::error::AppError;

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
        // Where it cannot be told, it was not switched on.
        autostart: handle.autolaunch().is_enabled().unwrap_or(false),
        close_to_tray: app.close_to_tray.load(Ordering::Relaxed),
        tray: app.has_tray.load(Ordering::Relaxed),
        on_metered,
    })
}

pub(crate) fn set_autostart(handle: &AppHandle, on: bool) -> Result<(), AppError> {
    let autolaunch = handle.autolaunch();
    let is_on = autolaunch.is_enabled().unwrap_or(false);
    let done = match (is_on, on) {
        (false, true) => autolaunch.enable(),
        (true, false) => autolaunch.disable(),
        (true, true) | (false, false) => Ok(()),
    };
    done.map_err(|error| {
        AppError::new(
            "autostart",
            format!("The system did not let this be changed ({error}). Change it in the system's own settings for starting programs."),
        )
    })
}

pub(crate) async fn set_close_to_tray(handle: &AppHandle, engine: &Engine, on: bool) -> Result<(), AppError> {
    engine.set_option(CLOSE_TO_TRAY, (!on).then(|| "off".to_owned())).await?;
    handle.state::<App>().close_to_tray.store(on, Ordering::Relaxed);
    Ok(())
}
