//! Where this device's secrets live: in the operating system's key store, or in files that one user alone
//! can read.
//!
//! Secrets stay out of the database because a database is copied, backed up and sent in bug reports. Which
//! backend holds them is decided once, when the device is set up ([`Keystore::choose`]), recorded by the
//! caller, and never changed behind the person's back: a key store that does not answer later is an error
//! with its reason, because the other backend would be empty and the device would look like a new one.
//!
//! The two backends are a plain enum. Writing the file store as a `keyring_core` credential store was the
//! other way; that interface has no word for a write that need not be durable, and most of its methods
//! (search, attributes, ambiguity) mean nothing for a file.
//!
//! Every call here blocks, on a disk or on a person who is asked to unlock the key store. Call it on a
//! blocking thread (`tokio::task::spawn_blocking`), never on a thread of an async runtime.

mod error;
mod file;
mod secret;
mod system;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use error::KeystoreError;
pub use secret::Secret;

use file::FileStore;
use system::SystemStore;

/// The longest secret, in bytes. Windows takes 2,560 bytes a credential, and the text form costs a third more.
pub const MAX_SECRET: usize = 1024;

/// The longest name of a secret or of a namespace, in characters.
pub const MAX_NAME: usize = 64;

/// What holds the secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The operating system's key store: Secret Service on Linux, Keychain on macOS, Credential Manager on
    /// Windows.
    System,
    /// Files below the data folder, readable by their owner alone: for machines without a desktop session.
    File,
}

impl Backend {
    /// The word to record this choice with: `system` or `file`.
    pub fn name(self) -> &'static str {
        match self {
            Backend::System => "system",
            Backend::File => "file",
        }
    }

    /// The backend recorded as `name`; none when the word is not one of ours.
    pub fn from_name(name: &str) -> Option<Backend> {
        [Backend::System, Backend::File].into_iter().find(|backend| backend.name() == name)
    }
}

/// An open key store. Names are 1–64 characters of `a-z`, `0-9`, `-` and `_`; secrets are at most
/// [`MAX_SECRET`] bytes.
#[derive(Debug)]
pub struct Keystore {
    store: Store,
}

#[derive(Debug)]
enum Store {
    System(SystemStore),
    File(FileStore),
}

impl Keystore {
    /// The backend for a device that is being set up with its data in `dir`: files when `dir` already holds
    /// some, else the system's key store when it answers and can be written to, else files. Takes at most
    /// four seconds; may show the person the system's prompt to unlock the key store.
    pub fn choose(dir: &Path) -> Backend {
        if !file::holds_keys(dir) && system::answers() { Backend::System } else { Backend::File }
    }

    /// Opens the recorded `backend`. `dir` is the data folder; files go to `dir/keys`. `namespace` tells this
    /// installation's entries from another's in the system's key store, which all of them share.
    ///
    /// # Errors
    /// [`Unavailable`](KeystoreError::Unavailable) when the system's key store does not answer; for files,
    /// what is wrong with their folder.
    pub fn open(backend: Backend, dir: &Path, namespace: &str) -> Result<Self, KeystoreError> {
        check_name(namespace)?;
        let store = match backend {
            Backend::System => Store::System(SystemStore::open(namespace)?),
            Backend::File => Store::File(FileStore::open(dir)?),
        };
        Ok(Self { store })
    }

    /// Which backend this is.
    pub fn backend(&self) -> Backend {
        match self.store {
            Store::System(_) => Backend::System,
            Store::File(_) => Backend::File,
        }
    }

    /// One line for the status screen.
    pub fn describe(&self) -> &'static str {
        match self.store {
            Store::System(_) => "keys are in the system's key store",
            Store::File(_) => "keys are in files that only you can read (0600), not in a system key store",
        }
    }

    /// The secret called `name`; none when there is no such secret.
    pub fn get(&self, name: &str) -> Result<Option<Secret>, KeystoreError> {
        check_name(name)?;
        match &self.store {
            Store::System(store) => store.get(name),
            Store::File(store) => store.get(name),
        }
    }

    /// Stores `secret` as `name`, in place of an older one. Once this returns, a power cut does not undo it.
    pub fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeystoreError> {
        check(name, secret)?;
        match &self.store {
            Store::System(store) => store.set(name, secret),
            Store::File(store) => store.set(name, secret),
        }
    }

    /// As [`set`](Self::set), without waiting for the disk: what is written often and can be lost. A killed
    /// program leaves the old or the new value; after a power cut the value may also be empty or cut short.
    pub fn set_relaxed(&self, name: &str, secret: &[u8]) -> Result<(), KeystoreError> {
        check(name, secret)?;
        match &self.store {
            Store::System(store) => store.set(name, secret),
            Store::File(store) => store.set_relaxed(name, secret),
        }
    }

    /// Removes the secret called `name`. It is no error when there is none.
    pub fn delete(&self, name: &str) -> Result<(), KeystoreError> {
        check_name(name)?;
        match &self.store {
            Store::System(store) => store.delete(name),
            Store::File(store) => store.delete(name),
        }
    }
}

fn check(name: &str, secret: &[u8]) -> Result<(), KeystoreError> {
    check_name(name)?;
    if secret.len() > MAX_SECRET {
        return Err(KeystoreError::TooLong { name: name.to_owned(), len: secret.len() });
    }
    Ok(())
}

// A name becomes a file name, so it holds no dot and no separator; and no capitals, because some file systems
// do not tell them apart.
fn check_name(name: &str) -> Result<(), KeystoreError> {
    let allowed = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    if (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(KeystoreError::Name { name: name.to_owned() })
    }
}
