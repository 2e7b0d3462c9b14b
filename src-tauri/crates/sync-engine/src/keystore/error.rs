//! Why a key store cannot be used, and what a person can do about it.

use std::io;
use std::path::PathBuf;

use super::{MAX_NAME, MAX_SECRET};

/// Why the key store refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// The name cannot name a secret or a namespace. A mistake of the calling code.
    #[error("{name:?} cannot name a key: use 1 to {MAX_NAME} of a-z, 0-9, - and _")]
    Name {
        /// What was given.
        name: String,
    },
    /// The secret is longer than every backend can hold. A mistake of the calling code.
    #[error("the key {name} is {len} bytes long; a key store takes at most {MAX_SECRET}")]
    TooLong {
        /// The secret's name.
        name: String,
        /// Its length in bytes.
        len: usize,
    },
    /// What is stored under the name was not written by this program, or was damaged since.
    #[error(
        "The stored key {name} is damaged. Restore it from a backup of this computer, or set this device up \
         and pair it again."
    )]
    Damaged {
        /// The secret's name.
        name: String,
    },
    /// Others can read the file, or list or change the folder.
    #[error(
        "{path} is open to other users of this computer (mode {mode:04o}). If you trust that nobody copied or \
         changed it, run: chmod {wanted:o} '{path}'. Otherwise remove this device on your other devices, then \
         set it up and pair it again.", path = path.display()
    )]
    Loose {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The permission bits it must have.
        wanted: u32,
    },
    /// The file or folder belongs to somebody else.
    #[error(
        "{path} belongs to another user of this computer. Run this program as that user, or choose another \
         data folder.", path = path.display()
    )]
    Foreign {
        /// The file or folder.
        path: PathBuf,
    },
    /// A symbolic link, a pipe or the like where a file or a folder should be.
    #[error(
        "{path} is a link or another kind of thing than this program puts there, so somebody else made it. \
         Find out who, then remove it.", path = path.display()
    )]
    NotOurs {
        /// The path.
        path: PathBuf,
    },
    /// The file or folder cannot be read or written.
    #[error("{path} cannot be used: {source}. Check the disk and the folder's permissions, then try again.",
        path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The system's key store is there and does not let us in.
    #[error("The system's key store is locked ({detail}). Unlock it, then try again.")]
    Locked {
        /// What the key store said; holds no secret.
        detail: String,
    },
    /// The system's key store does not answer.
    #[error(
        "This device's keys are in the system's key store, which does not answer ({detail}). Start the program \
         in your desktop session; over SSH, log in to the desktop first and pass on DBUS_SESSION_BUS_ADDRESS."
    )]
    Unavailable {
        /// What the key store said; holds no secret.
        detail: String,
    },
}
