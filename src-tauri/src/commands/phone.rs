//! What the page asks of the phone that it runs on.

use nearby::{Nearby, NearbyError, Permission, Phone, Purpose, WifiDirect};
use tauri::{State, Wry};

use crate::error::AppError;
use crate::phone::Opened;

type OfPhone<'a> = State<'a, Nearby<Wry>>;

/// How the phone stands; `null` on a computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn phone(nearby: OfPhone<'_>) -> Result<Option<Phone>, AppError> {
    Ok(nearby.phone().await?)
}

/// Asks the person for a permission.
#[tauri::command]
#[specta::specta]
pub(crate) async fn phone_ask(nearby: OfPhone<'_>, purpose: Purpose) -> Result<Permission, AppError> {
    Ok(nearby.ask(purpose).await?)
}

/// Opens the system's settings for the app, where what was refused for good can be allowed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn phone_settings(nearby: OfPhone<'_>) -> Result<(), AppError> {
    Ok(nearby.open_settings().await?)
}

/// Looks for devices without a network.
#[tauri::command]
#[specta::specta]
pub(crate) async fn nearby_start(nearby: OfPhone<'_>) -> Result<WifiDirect, AppError> {
    Ok(nearby.wifi_direct_start().await?)
}

/// Invites one that was found to a link.
#[tauri::command]
#[specta::specta]
pub(crate) async fn nearby_connect(nearby: OfPhone<'_>, address: String) -> Result<WifiDirect, AppError> {
    Ok(nearby.wifi_direct_connect(address).await?)
}

/// Ends the search or the link.
#[tauri::command]
#[specta::specta]
pub(crate) async fn nearby_stop(nearby: OfPhone<'_>) -> Result<WifiDirect, AppError> {
    Ok(nearby.wifi_direct_stop().await?)
}

/// The link of an invite that opened the app, once.
#[tauri::command]
#[specta::specta]
pub(crate) fn opened_link(opened: State<'_, Opened>) -> Option<String> {
    // Whoever panicked while holding it had nothing half done.
    opened.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}

impl From<NearbyError> for AppError {
    fn from(error: NearbyError) -> Self {
        let code = match error {
            NearbyError::Refused(_) => "phone-refused",
            NearbyError::Broken(_) => "phone",
            NearbyError::NoPhone => "no-phone",
        };
        Self::new(code, error.to_string())
    }
}
