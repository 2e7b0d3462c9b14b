//! A computer has no phone's half.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use tauri::Runtime;
use tauri::plugin::PluginApi;

use crate::{NearbyError, Permission, Phone, Purpose, Said, WifiDirect};

/// Nothing, with the interface of a phone.
#[derive(Debug)]
pub struct Nearby<R>(PhantomData<fn() -> R>);

#[expect(clippy::unused_async, reason = "a phone takes its time")]
impl<R: Runtime> Nearby<R> {
    pub(crate) fn new<C: DeserializeOwned>(_api: PluginApi<R, C>) -> Result<Self, NearbyError> {
        Ok(Self(PhantomData))
    }

    /// How the phone stands; none on a computer.
    pub async fn phone(&self) -> Result<Option<Phone>, NearbyError> {
        Ok(None)
    }

    /// Hears what the phone tells on its own.
    pub async fn watch(&self, _hear: impl Fn(Said) + Send + Sync + 'static) -> Result<(), NearbyError> {
        Ok(())
    }

    /// Asks the person.
    pub async fn ask(&self, _purpose: Purpose) -> Result<Permission, NearbyError> {
        Err(NearbyError::NoPhone)
    }

    /// Opens the system's settings for this app.
    pub async fn open_settings(&self) -> Result<(), NearbyError> {
        Err(NearbyError::NoPhone)
    }

    /// Lets announcements of other devices through.
    pub async fn start_discovering(&self) -> Result<(), NearbyError> {
        Ok(())
    }

    /// Looks for devices without a network.
    pub async fn wifi_direct_start(&self) -> Result<WifiDirect, NearbyError> {
        Err(NearbyError::NoPhone)
    }

    /// Invites one that was found.
    pub async fn wifi_direct_connect(&self, _address: String) -> Result<WifiDirect, NearbyError> {
        Err(NearbyError::NoPhone)
    }

    /// Ends the search or the link.
    pub async fn wifi_direct_stop(&self) -> Result<WifiDirect, NearbyError> {
        Err(NearbyError::NoPhone)
    }

    /// A sync is under way, and goes on when the app is left.
    pub async fn sync_started(&self, _text: String) -> Result<(), NearbyError> {
        Ok(())
    }

    /// It is over.
    pub async fn sync_ended(&self) -> Result<(), NearbyError> {
        Ok(())
    }

    /// Catches up now and then while the app is closed.
    pub async fn schedule_catch_up(&self, _allow_metered: bool) -> Result<(), NearbyError> {
        Ok(())
    }
}
