//! Asks the Kotlin in `android`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tauri::Runtime;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::plugin::mobile::PluginInvokeError;
use tauri::plugin::{PluginApi, PluginHandle};

use crate::{NearbyError, Permission, Phone, Purpose, Said, WifiDirect};

/// The phone.
#[derive(Debug)]
pub struct Nearby<R: Runtime>(PluginHandle<R>);

impl<R: Runtime> Nearby<R> {
    pub(crate) fn new<C: DeserializeOwned>(api: PluginApi<R, C>) -> Result<Self, NearbyError> {
        Ok(Self(api.register_android_plugin("io.github.whph.nearby", "NearbyPlugin")?))
    }

    /// How the phone stands; none on a computer.
    pub async fn phone(&self) -> Result<Option<Phone>, NearbyError> {
        self.call("status", ()).await.map(Some)
    }

    /// Hears what the phone tells on its own, first of all how everything is.
    pub async fn watch(&self, hear: impl Fn(Said) + Send + Sync + 'static) -> Result<(), NearbyError> {
        let channel = Channel::new(move |body| {
            let said = match body {
                InvokeResponseBody::Json(text) => serde_json::from_str(&text),
                InvokeResponseBody::Raw(bytes) => serde_json::from_slice(&bytes),
            };
            match said {
                Ok(said) => hear(said),
                Err(_) => log::warn!("the phone said what this version does not know"),
            }
            Ok(())
        });
        self.call("watch", Watch { channel }).await
    }

    /// Asks the person.
    pub async fn ask(&self, purpose: Purpose) -> Result<Permission, NearbyError> {
        self.call("requestPermissions", Ask { purpose }).await
    }

    /// Opens the system's settings for this app.
    pub async fn open_settings(&self) -> Result<(), NearbyError> {
        self.call("openSettings", ()).await
    }

    /// Lets announcements of other devices through.
    pub async fn start_discovering(&self) -> Result<(), NearbyError> {
        self.call("startDiscovering", ()).await
    }

    /// Looks for devices without a network.
    pub async fn wifi_direct_start(&self) -> Result<WifiDirect, NearbyError> {
        self.call("wifiDirectStart", ()).await
    }

    /// Invites one that was found.
    pub async fn wifi_direct_connect(&self, address: String) -> Result<WifiDirect, NearbyError> {
        self.call("wifiDirectConnect", Connect { address }).await
    }

    /// Ends the search or the link.
    pub async fn wifi_direct_stop(&self) -> Result<WifiDirect, NearbyError> {
        self.call("wifiDirectStop", ()).await
    }

    /// A sync is under way, and goes on when the app is left.
    pub async fn sync_started(&self, text: String) -> Result<(), NearbyError> {
        self.call("syncStarted", Started { text }).await
    }

    /// It is over.
    pub async fn sync_ended(&self) -> Result<(), NearbyError> {
        self.call("syncEnded", ()).await
    }

    /// Catches up now and then while the app is closed.
    pub async fn schedule_catch_up(&self, allow_metered: bool) -> Result<(), NearbyError> {
        self.call("scheduleCatchUp", CatchUp { allow_metered }).await
    }

    async fn call<T: DeserializeOwned>(&self, command: &str, with: impl Serialize) -> Result<T, NearbyError> {
        Ok(self.0.run_mobile_plugin_async(command, with).await?)
    }
}

#[derive(Serialize)]
struct Watch {
    channel: Channel<()>,
}

#[derive(Serialize)]
struct Ask {
    #[serde(rename = "for")]
    purpose: Purpose,
}

#[derive(Serialize)]
struct Connect {
    address: String,
}

#[derive(Serialize)]
struct Started {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CatchUp {
    allow_metered: bool,
}

impl From<PluginInvokeError> for NearbyError {
    fn from(error: PluginInvokeError) -> Self {
        match error {
            PluginInvokeError::InvokeRejected(rejected) => match rejected.message {
                // Those with a code are ours, and written for people.
                Some(message) if rejected.code.is_some() => Self::Refused(message),
                message => Self::Broken(message.unwrap_or_default()),
            },
            error => Self::Broken(error.to_string()),
        }
    }
}
