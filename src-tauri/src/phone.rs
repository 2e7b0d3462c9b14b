//! What the app and the phone that it runs on have to tell each other. On a computer the phone says nothing, and nothing comes of
//! what it is told.

use std::sync::Mutex;

use nearby::{Nearby, Said, ServiceState, WifiDirectState};
use tauri::{AppHandle, Manager, Wry};
use tauri_specta::Event;
use tokio::sync::mpsc;

use crate::app::Device;
use crate::commands::devices::pause;
use crate::events::PhoneChanged;

/// The link of an invite that opened the app, until the page takes it.
#[derive(Default)]
pub(crate) struct Opened(pub(crate) Mutex<Option<String>>);

/// Follows the phone until the device goes offline.
pub(crate) async fn follow(handle: AppHandle, device: Device) {
    let nearby = handle.state::<Nearby<Wry>>();
    let (tell, mut told) = mpsc::unbounded_channel();
    // Nobody listens any more when the device is offline.
    if nearby.watch(move |said| drop(tell.send(said))).await.is_err() {
        return log::warn!("the phone does not tell how it stands");
    }
    while let Some(said) = told.recv().await {
        match said {
            Said::Connectivity { metered, .. } => {
                device.net.set_metered(metered);
                device.net.look_around();
            }
            Said::WifiDirect(link) if link.state == WifiDirectState::Connected => device.net.look_around(),
            // Told at once, and again when what was not allowed before may be now.
            Said::Permissions { .. } => begin(&nearby, &device).await,
            // The person pressed Stop in the notification.
            Said::Service { state: ServiceState::Stopped, .. } => drop(pause(&device, true).await),
            Said::Service { state: ServiceState::Refused | ServiceState::Ended, .. } => {
                log::warn!("a sync may pause while the app is left");
            }
            Said::WifiDirect(_) => {}
        }
        if PhoneChanged.emit(&handle).is_err() {
            log::warn!("an event could not be told");
        }
    }
}

/// Lets announcements through, and has the app catch up while it is closed.
async fn begin(nearby: &Nearby<Wry>, device: &Device) {
    // The page tells the person what is not allowed, and asks.
    drop(nearby.start_discovering().await);
    schedule(nearby, device).await;
}

/// Sees to it that the app catches up while it is closed, over the networks that the person allows.
pub(crate) async fn schedule(nearby: &Nearby<Wry>, device: &Device) {
    let on_metered = device.engine.syncs_on_metered().await.unwrap_or(false);
    if let Err(error) = nearby.schedule_catch_up(on_metered).await {
        log::warn!("nothing will catch up while the app is closed: {error}");
    }
}
