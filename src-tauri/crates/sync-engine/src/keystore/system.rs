//! Secrets in the operating system's key store, through `keyring-core`.
//!
//! Every call runs on a thread of its own with a limit of time: the store may wait for a person to unlock it,
//! or for a program that never answers, and on Linux its bus library must not be entered from an async
//! runtime's thread.

use std::fmt;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use data_encoding::BASE64;
use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::{KeystoreError, Secret};

const PROBE: Duration = Duration::from_secs(2);
const CONNECT: Duration = Duration::from_secs(15);
// As long as somebody may take to find and type the password of the key store.
const USE: Duration = Duration::from_secs(120);

/// A connection to the system's key store, for the entries of one namespace.
pub(super) struct SystemStore {
    store: Arc<CredentialStore>,
    pub(super) service: String,
}

/// Whether the system has a key store that can be used: it answers, and does not refuse a trial entry.
pub(super) fn answers() -> bool {
    let Some(Ok(store)) = bounded(PROBE, platform_store) else { return false };
    let trial = move || {
        let entry = store.build(&service("trial"), "trial", None)?;
        entry.set_secret(b"trial")?;
        entry.delete_credential()
    };
    // One that neither takes nor refuses the entry is asking the person to unlock it.
    !matches!(bounded(PROBE, trial), Some(Err(_)))
}

impl SystemStore {
    pub(super) fn open(namespace: &str) -> Result<Self, KeystoreError> {
        Ok(Self::over(within(CONNECT, platform_store)?, namespace))
    }

    pub(super) fn over(store: Arc<CredentialStore>, namespace: &str) -> Self {
        Self { store, service: service(namespace) }
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>, KeystoreError> {
        let found = self.on_entry(name, |entry| match entry.get_secret() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })?;
        let decode = |text: Zeroizing<Vec<u8>>| match BASE64.decode(&text) {
            Ok(bytes) => Ok(Secret::new(Zeroizing::new(bytes))),
            Err(_) => Err(KeystoreError::Damaged { name: name.to_owned() }),
        };
        found.map(decode).transpose()
    }

    pub(super) fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeystoreError> {
        // As text, because KDE's wallet does not hold bytes.
        let text = Zeroizing::new(BASE64.encode(secret));
        self.on_entry(name, move |entry| entry.set_secret(text.as_bytes()))
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), KeystoreError> {
        self.on_entry(name, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        })
    }

    fn on_entry<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeystoreError> {
        let (store, service, name) = (Arc::clone(&self.store), self.service.clone(), name.to_owned());
        within(USE, move || work(store.build(&service, &name, None)?))
    }
}

impl fmt::Debug for SystemStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemStore").field("service", &self.service).finish_non_exhaustive()
    }
}

#[cfg(target_os = "linux")]
fn platform_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn platform_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn platform_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// The keys are in Android's Keystore; what they seal is in a file of the app.
#[cfg(target_os = "android")]
fn platform_store() -> Result<Arc<CredentialStore>, Error> {
    Ok(android_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "android", target_os = "linux", target_os = "macos", target_os = "windows")))]
fn platform_store() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore("this system has no key store that we know".to_owned()))
}

fn service(namespace: &str) -> String {
    format!("whph-sync/{namespace}")
}

fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, KeystoreError> {
    match bounded(limit, work) {
        Some(result) => result.map_err(refused),
        None => Err(KeystoreError::Unavailable { detail: format!("no answer in {} s", limit.as_secs()) }),
    }
}

// None when there was no answer in time. The call is then left behind, and ends when the store answers.
fn bounded<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Option<Result<T, Error>> {
    let (done, result) = mpsc::sync_channel(1);
    thread::Builder::new().name("keystore".to_owned()).spawn(move || done.send(work())).ok()?;
    result.recv_timeout(limit).ok()
}

// Only the text of the error goes on: some of its variants carry the bytes of the secret.
fn refused(error: Error) -> KeystoreError {
    let detail = error.to_string();
    if matches!(error, Error::NoStorageAccess(_)) {
        KeystoreError::Locked { detail }
    } else {
        KeystoreError::Unavailable { detail }
    }
}
