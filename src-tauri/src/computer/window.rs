//! The window: made in Rust, hidden when it is closed if the tray keeps the app, and shown again by the tray or a second
//! start.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent, Wry};

use crate::app::App;

use super::args::Args;

/// The one window.
const MAIN: &str = "main";
/// As in `tauri.conf.json`, which is not read yet where this is needed.
const IDENTIFIER: &str = "io.github.whph.sync";

/// Makes the window, and shows it unless the app is to start into the tray.
pub(crate) fn create(handle: &AppHandle, hidden: bool) -> tauri::Result<()> {
    WebviewWindowBuilder::new(handle, MAIN, WebviewUrl::default())
        .title("WHPH Sync")
        .inner_size(1080.0, 740.0)
        .min_inner_size(360.0, 480.0)
        .visible(!hidden)
        .build()?;
    Ok(())
}

/// Shows the window, wherever it is.
pub(crate) fn show(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(MAIN) else { return };
    // What a window manager does not do cannot be helped.
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        drop(done);
    }
}

/// How long a desktop may take until it has a tray, after the person has logged in.
const TRAY_PATIENCE: Duration = Duration::from_secs(20);

/// Shows the window after all if there is no tray to show it from.
pub(crate) async fn show_if_lost(handle: &AppHandle) {
    tokio::time::sleep(TRAY_PATIENCE).await;
    let is_hidden =
        handle.get_webview_window(MAIN).is_some_and(|window| !window.is_visible().unwrap_or(true));
    if is_hidden && !handle.state::<App>().has_tray.load(Ordering::Relaxed) {
        show(handle);
    }
}

/// Closing hides, where the person wants that and can get the window back; else it ends the app.
pub(crate) fn heard(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        api.prevent_close();
        if is_kept_in_tray(window.app_handle()) {
            drop(window.hide());
        } else {
            end(window.app_handle());
        }
    }
}

/// How long the page may take to save what was typed last. Nobody sees a window meanwhile.
const LAST_WORDS: Duration = Duration::from_millis(700);

/// How long the saves that are under way may take then.
const PATIENCE: Duration = Duration::from_secs(5);
/// Within so long after a save the page sends the next one.
const BETWEEN: Duration = Duration::from_millis(100);

/// Waits until nothing is saved any more.
async fn saved(handle: &AppHandle) {
    let saves = &handle.state::<App>().saves;
    while saves.try_write().is_err() {
        drop(saves.write().await);
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Ends the app once the page has saved what was typed and is not saved yet.
pub(crate) fn end(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(MAIN) {
        // A page that hangs has nothing more to say.
        drop(window.eval("window.dispatchEvent(new Event('pagehide'))"));
        drop(window.hide());
    }
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(LAST_WORDS).await;
        // A save that waits for what a sync writes may hold back another one.
        drop(tokio::time::timeout(PATIENCE, saved(&handle)).await);
        handle.exit(0);
    });
}

/// Whether the app goes on without its window.
pub(crate) fn is_kept_in_tray(handle: &AppHandle) -> bool {
    let app = handle.state::<App>();
    app.has_tray.load(Ordering::Relaxed) && app.close_to_tray.load(Ordering::Relaxed)
}

/// A second start with the same data shows the window of the first, and ends.
pub(crate) fn single_instance(args: &Args) -> Option<TauriPlugin<Wry>> {
    let name = args.instance(IDENTIFIER)?;
    let started_again = |handle: &AppHandle, line: Vec<String>, _: String| {
        if !line.iter().any(|argument| argument == "--hidden") {
            show(handle);
        }
    };
    Some(tauri_plugin_single_instance::Builder::new().callback(started_again).dbus_id(name).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_is_the_configured_one() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], IDENTIFIER);
    }
}
