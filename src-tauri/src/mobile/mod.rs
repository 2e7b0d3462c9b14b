//! The app on a phone: one page, a service that keeps a sync going when the app is left, and a job that catches up while it is
//! closed. Nothing keeps running otherwise: the system decides what may.

mod job;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use nearby::Nearby;
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, Wry};
use tauri_plugin_dialog::FilePath;
use tauri_plugin_fs::{FsExt, OpenOptions};
use tauri_specta::Event;
use tokio::sync::{oneshot, watch};

use crate::app::App;
use crate::error::AppError;
use crate::events::LinkOpened;
use crate::live::Shown;
use crate::phone::Opened;
use crate::status::SyncState;
use crate::{app, commands};

/// What is told of a sync that is under way; `None`: there is none.
struct UnderWay(watch::Sender<Option<String>>);

/// Runs until the system ends it.
#[tauri::mobile_entry_point]
fn run() {
    if let Err(error) = build() {
        log::error!("the app does not start: {error}");
    }
}

fn build() -> tauri::Result<()> {
    let bindings = commands::bindings();
    crate::equip(tauri::Builder::default())
        .plugin(tauri_plugin_barcode_scanner::init())
        .plugin(tauri_plugin_fs::init())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |tauri| {
            bindings.mount_events(tauri);
            let handle = tauri.handle();
            crate::manage(handle, planner_in(&handle.path().app_data_dir()?), None);
            follow_syncs(handle);
            WebviewWindowBuilder::new(handle, "main", WebviewUrl::default()).build()?;
            let handle = handle.clone();
            tauri::async_runtime::spawn(async move { app::begin(&handle).await });
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|handle, event| {
            if let RunEvent::Opened { urls } = &event
                && let Some(url) = urls.first()
            {
                opened(handle, url.to_string());
            }
            if let RunEvent::Exit = event {
                tauri::async_runtime::block_on(handle.state::<App>().close());
            }
        });
    Ok(())
}

/// The engine's folder in the app's own.
fn planner_in(data: &Path) -> PathBuf {
    data.join("planner")
}

/// A sync that is under way goes on when the app is left, and a notification says so.
pub(crate) fn show(handle: &AppHandle, shown: Shown) {
    let line = || shown.status.line_in(handle.state::<App>().language());
    let text = (shown.status.state == SyncState::Syncing).then(line);
    handle.state::<UnderWay>().0.send_if_modified(|told| {
        let changed = *told != text;
        *told = text;
        changed
    });
}

/// What is told of a sync is said anew with each of its steps.
pub(crate) fn speak(_handle: &AppHandle) {}

fn follow_syncs(handle: &AppHandle) {
    let (tell, mut told) = watch::channel(None);
    handle.manage(UnderWay(tell));
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let nearby = handle.state::<Nearby<Wry>>();
        while told.changed().await.is_ok() {
            let text = told.borrow_and_update().clone();
            let done = match text {
                Some(text) => nearby.sync_started(text).await,
                None => nearby.sync_ended().await,
            };
            if let Err(error) = done {
                log::warn!("a sync may pause when the app is left: {error}");
            }
        }
    });
}

/// The link of an invite opened the app; whether anything comes of it is asked by the page.
fn opened(handle: &AppHandle, link: String) {
    *handle.state::<Opened>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    if LinkOpened.emit(handle).is_err() {
        log::warn!("an event could not be told");
    }
}

/// There is one page, and whoever looks at the app sees it.
pub(crate) fn call_person(_handle: &AppHandle) {}

/// What a file is opened for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    Read,
    Write,
}

/// Opens what is at an address that the phone gave for a file.
pub(crate) fn open(handle: &AppHandle, address: &FilePath, purpose: Use) -> Result<File, AppError> {
    let mut options = OpenOptions::new();
    match purpose {
        Use::Read => options.read(true),
        Use::Write => options.write(true).truncate(true),
    };
    handle.fs().open(address.clone(), options).map_err(|error| {
        AppError::new(
            "file",
            format!("The phone does not open this file ({error}). Choose it again, or another place."),
        )
    })
}

/// A phone lets an app choose files, and no folders.
pub(crate) fn pick_folder(
    _handle: &AppHandle,
    _title: &str,
    _done: oneshot::Sender<Option<FilePath>>,
) -> Result<(), AppError> {
    Err(AppError::new(
        "no-folder",
        "A phone lets apps choose files, and no folders. Import the folder on a computer: its notes come here with the next sync.",
    ))
}

/// A phone starts nothing by itself but the job.
pub(crate) fn starts_at_login(_handle: &AppHandle) -> bool {
    false
}

/// A phone starts nothing by itself but the job.
pub(crate) fn set_start_at_login(_handle: &AppHandle, _on: bool) -> Result<(), AppError> {
    Err(AppError::new(
        "autostart",
        "A phone starts no app by itself. This one catches up now and then while it is closed; nothing has to be switched on for that.",
    ))
}
