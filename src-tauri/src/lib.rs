//! The app: a page around the engine, which runs inside and goes on when the page is closed.
//!
//! `commands` is what the page can ask, a file an area: each parses, calls the engine and maps the answer. `live` follows the
//! engine and tells the page what has changed. `status` and `words` are pure: how things stand, in words. `host` is what the app is
//! on a computer, with a window and a tray icon, or on a phone.

mod app;
#[cfg(any(mobile, test))]
mod catch_up;
mod commands;
mod error;
mod events;
mod history;
#[cfg_attr(desktop, path = "computer/mod.rs")]
#[cfg_attr(mobile, path = "mobile/mod.rs")]
mod host;
mod language;
mod live;
mod logs;
mod options;
mod phone;
mod qr;
mod reading;
#[cfg(desktop)]
mod reminders;
mod status;
mod words;

use std::path::PathBuf;

use sync_engine::Backend;
use tauri::{AppHandle, Builder, Manager, Wry};

use app::App;

#[cfg(desktop)]
pub use host::run;

/// What the app is made of wherever it runs.
fn equip(builder: Builder<Wry>) -> Builder<Wry> {
    builder
        .plugin(logs::plugin())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_sql::Builder::default().build())
        .plugin(nearby::init())
}

/// What it keeps while it runs: its data is in `dir`, and the keys of a new device go to `keystore`, or to where the system keeps them.
fn manage(handle: &AppHandle, dir: PathBuf, keystore: Option<Backend>) {
    handle.manage(App::new(dir, keystore));
    handle.manage(commands::carried::Carried::default());
    handle.manage(phone::Opened::default());
}
