//! Whether the app starts when the person logs in.

use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt;

use crate::error::AppError;

pub(crate) fn starts_at_login(handle: &AppHandle) -> bool {
    // Where it cannot be told, it was not switched on.
    handle.autolaunch().is_enabled().unwrap_or(false)
}

pub(crate) fn set_start_at_login(handle: &AppHandle, on: bool) -> Result<(), AppError> {
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
