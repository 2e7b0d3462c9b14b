//! The phone's half of the app, as Rust sees it: permissions, the multicast lock, Wi-Fi Direct, what the network costs, a service for
//! a sync that is under way when the app is left, and the job that catches up. The Kotlin in `android` does it; the README says on
//! which facts of the platform it rests. A computer has none of it: there [`Nearby`] is a stranger to all that is asked.

#[cfg_attr(target_os = "android", path = "android.rs")]
#[cfg_attr(not(target_os = "android"), path = "computer.rs")]
mod host;
mod said;

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Manager, Runtime};

pub use host::Nearby;
pub use said::{
    NearbyPeer, Permission, PermissionState, Permissions, Phone, Said, ServiceState, WifiDirect,
    WifiDirectState,
};

/// What a person may be asked to allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To find devices in the network that the phone is in.
    Lan,
    /// To find devices without a network.
    WifiDirect,
    /// To scan a code.
    Camera,
    /// To show a sync that goes on when the app is left.
    Notifications,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum NearbyError {
    /// The phone said so, in words for a person.
    #[error("{0}")]
    Refused(String),
    /// It could not be asked, or answered something else.
    #[error(
        "Android could not be asked ({0}). Close the app and open it again; if that does not help, update it."
    )]
    Broken(String),
    /// There is no phone.
    #[error("This works on a phone alone. Use a network that both devices are in.")]
    NoPhone,
}

/// The plugin. Once it is set up, it manages a [`Nearby`].
#[must_use]
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("nearby")
        .setup(|app, api| {
            app.manage(Nearby::new(api)?);
            Ok(())
        })
        .build()
}
