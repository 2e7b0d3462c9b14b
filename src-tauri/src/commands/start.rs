//! Beginning, this device itself, and how things stand.

use nearby::Nearby;
use serde::Serialize;
use specta::Type;
use sync_core::pairing::DeviceName;
use tauri::{AppHandle, Manager, State, Wry};

use crate::app::{App, Begun, Device};
use crate::error::AppError;
use crate::options::{self, Options};
use crate::status::{self, Status};

/// How the app begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Start {
    /// It was never set up.
    SetUp { suggested_name: String },
    /// It runs. `renewed`: what the person should know of the data folder, as long as the app runs.
    Ready { device: ThisDevice, renewed: Option<String> },
    /// It cannot be opened; nothing else works.
    Failed { error: AppError },
}

/// This device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub(crate) struct ThisDevice {
    id: String,
    name: String,
    /// Its id in groups, for reading aloud.
    fingerprint: String,
    listen: String,
    /// Where others reach it.
    addresses: Vec<String>,
    /// One line on where the keys are.
    key_store: String,
    version: String,
    data_folder: String,
}

impl ThisDevice {
    pub(crate) fn of(device: &Device, app: &App) -> Self {
        let Device { engine, net } = device;
        let this = engine.device();
        Self {
            id: this.id.to_string(),
            name: this.name,
            fingerprint: engine.identity().fingerprint().to_uppercase(),
            listen: net.bound().unwrap_or(this.listen).to_string(),
            addresses: net.reachable().iter().map(ToString::to_string).collect(),
            key_store: crate::error::sentence(&format!("the {}", engine.keystore_line())),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: app.dir().display().to_string(),
        }
    }
}

/// Begins, or says why that is not possible.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start(handle: AppHandle, app: State<'_, App>) -> Result<Start, AppError> {
    Ok(match app.begin(&handle).await {
        Ok(Begun::SetUp) => Start::SetUp { suggested_name: suggested_name() },
        Ok(Begun::Ready(device)) => Start::Ready {
            device: ThisDevice::of(&device, &app),
            renewed: device.engine.renewal().map(|renewal| crate::error::sentence(&renewal.to_string())),
        },
        Err(error) => Start::Failed { error },
    })
}

/// Sets this device up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_up(
    handle: AppHandle,
    app: State<'_, App>,
    name: String,
) -> Result<ThisDevice, AppError> {
    let device = app.set_up(&handle, name).await?;
    Ok(ThisDevice::of(&device, &app))
}

/// Gives this device another name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_this(app: State<'_, App>, name: String) -> Result<ThisDevice, AppError> {
    let device = app.device().await?;
    device.engine.rename(&name).await?;
    device.net.peers_changed();
    Ok(ThisDevice::of(&device, &app))
}

/// What the person settled for the app on this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn options(handle: AppHandle) -> Result<Options, AppError> {
    options::read(&handle).await
}

/// Whether the app starts when the person logs in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_autostart(handle: AppHandle, on: bool) -> Result<Options, AppError> {
    crate::host::set_start_at_login(&handle, on)?;
    options::read(&handle).await
}

/// Whether a closed window goes on in the tray.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_close_to_tray(handle: AppHandle, on: bool) -> Result<Options, AppError> {
    let device = handle.state::<App>().device().await?;
    options::set_close_to_tray(&handle, &device.engine, on).await?;
    options::read(&handle).await
}

/// Whether it syncs by itself also over a network that costs by volume.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_on_metered(handle: AppHandle, on: bool) -> Result<Options, AppError> {
    let device = handle.state::<App>().device().await?;
    device.engine.set_syncs_on_metered(on).await?;
    device.net.peers_changed();
    // The job that catches up goes by this too.
    crate::phone::schedule(&handle.state::<Nearby<Wry>>(), &device).await;
    options::read(&handle).await
}

/// Whether reminders of tasks and habits are shown as notifications.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_reminders(handle: AppHandle, on: bool) -> Result<Options, AppError> {
    let device = handle.state::<App>().device().await?;
    options::set_reminders(&device.engine, on).await?;
    options::read(&handle).await
}

/// The language of the app, as a tag of BCP 47; `null`: the system's.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_language(handle: AppHandle, language: Option<String>) -> Result<Options, AppError> {
    let device = handle.state::<App>().device().await?;
    options::set_language(&handle, &device.engine, language).await?;
    options::read(&handle).await
}

/// How things stand.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(app: State<'_, App>) -> Result<Status, AppError> {
    now(&app.device().await?).await
}

/// How things stand.
pub(crate) async fn now(device: &Device) -> Result<Status, AppError> {
    let overview = device.engine.overview().await?;
    let live = device.net.live();
    let status = status::status(&overview, &live.borrow());
    Ok(status)
}

/// What the computer is called, as a name for the device.
fn suggested_name() -> String {
    let host = gethostname::gethostname();
    let name = host.to_string_lossy();
    // `laptop.local`, `laptop.example.org`: people say the first part.
    DeviceName::clean(name.split('.').next().unwrap_or_default()).to_string()
}
