//! The app on a computer: how it is started, its window, and its icon in the tray, which keeps it when the window is closed.

mod args;
mod autostart;
mod notify;
mod tray;
mod window;

use std::fs::File;
use std::process::ExitCode;

use clap::Parser;
use sync_engine::Backend;
use tauri::webview::{PermissionKind, PermissionResponse};
use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_window_state::StateFlags;
use tokio::sync::oneshot;

use crate::app::{self, App};
use crate::commands;
use crate::error::AppError;
use args::Args;

pub(crate) use autostart::{set_start_at_login, starts_at_login};
pub(crate) use notify::{remind, remind_of_more};
pub(crate) use tray::{show, speak};
pub(crate) use window::show as call_person;

/// What a file is opened for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    Read,
    Write,
}

/// Opens what is at an address. On a computer people choose paths, and no addresses.
pub(crate) fn open(_handle: &AppHandle, address: &FilePath, purpose: Use) -> Result<File, AppError> {
    Err(AppError::internal(format!("{address} is no path, to {purpose:?}")))
}

/// Asks the person for a folder.
#[expect(clippy::unnecessary_wraps, reason = "a phone has no such question")]
pub(crate) fn pick_folder(
    handle: &AppHandle,
    title: &str,
    done: oneshot::Sender<Option<FilePath>>,
) -> Result<(), AppError> {
    // Whoever asked may have gone.
    handle.dialog().file().set_title(title).pick_folder(|path| drop(done.send(path)));
    Ok(())
}

/// Runs until the person quits.
#[must_use]
pub fn run() -> ExitCode {
    match build(Args::parse()) {
        Ok(app) => {
            app.run(|handle, event| {
                if let RunEvent::ExitRequested { code: None, api, .. } = &event
                    && window::is_kept_in_tray(handle)
                {
                    // The last window was hidden or closed: the engine goes on.
                    api.prevent_exit();
                }
                if let RunEvent::Exit = event {
                    tauri::async_runtime::block_on(handle.state::<App>().close());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("whph-app: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(args: Args) -> Result<tauri::App, Box<dyn std::error::Error>> {
    let dir = args.folder()?;
    let bindings = commands::bindings();
    let mut builder = tauri::Builder::default();
    // First of all plugins: a second start must end before it does anything.
    if let Some(plugin) = window::single_instance(&args) {
        builder = builder.plugin(plugin);
    }
    let app = crate::equip(builder)
        .plugin(
            tauri_plugin_window_state::Builder::new()
                // Whether it is visible is the tray's business.
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .plugin(tauri_plugin_autostart::Builder::new().args(args.at_login()).build())
        .on_permission_request(|_, kind| {
            // To scan another device's code. The system asks the person as well.
            if kind == PermissionKind::Camera { PermissionResponse::Allow } else { PermissionResponse::Deny }
        })
        .on_window_event(window::heard)
        .invoke_handler(bindings.invoke_handler())
        .setup(move |tauri| {
            bindings.mount_events(tauri);
            crate::manage(tauri.handle(), dir, args.keys_in_files.then_some(Backend::File));
            window::create(tauri.handle(), args.hidden)?;
            let handle = tauri.handle().clone();
            tray::create(&handle);
            tauri::async_runtime::spawn(async move { app::begin(&handle).await });
            let handle = tauri.handle().clone();
            tauri::async_runtime::spawn(async move { window::show_if_lost(&handle).await });
            let handle = tauri.handle().clone();
            tauri::async_runtime::spawn(async move {
                told_to_end().await;
                window::end(&handle);
            });
            Ok(())
        })
        .build(tauri::generate_context!())?;
    Ok(app)
}

/// Until the system wants the app to end, as it does when the person logs out.
#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        // Then it is ended without a goodbye, which it survives.
        Err(_) => std::future::pending().await,
    }
}

/// Elsewhere the windows are told.
#[cfg(not(unix))]
async fn told_to_end() {
    std::future::pending().await
}
