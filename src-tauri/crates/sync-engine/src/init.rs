//! Setting a device up: a folder, an identity, an empty database, a port that it keeps.

use std::fs;
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use rand_core::OsRng;
use sync_core::hlc::Hlc;
use sync_core::identity::Identity;
use sync_core::pairing::DeviceName;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_net::{ListenError, Listener};
use sync_store::{NewReplica, Store};

use crate::error::ErrorKind;
use crate::keystore::{Backend, Keystore, KeystoreError};
use crate::marker::{Marker, Place};
use crate::open::{DATABASE, IDENTITY, fresh_id, setting};
use crate::{Device, Engine};

/// How a device is set up.
#[derive(Clone, Debug)]
pub struct Init {
    /// What its person calls it.
    pub name: String,
    /// Where it listens; `None`: on every address. Port 0, and no address, choose a free port. Either way it is then kept.
    pub listen: Option<SocketAddr>,
    /// Where its keys go; `None`: to the system's key store if that answers, else to files.
    pub keystore: Option<Backend>,
}

/// Why a device was not set up.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// It is set up already.
    #[error(
        "{} is set up already. Use it as it is, or choose another folder with --data.", dir.display()
    )]
    Already {
        /// The data folder.
        dir: PathBuf,
    },
    /// The folder holds something else, which would become unreadable for others.
    #[error(
        "{} holds other files. Choose an empty folder, or one that does not exist yet, with --data.", dir.display()
    )]
    NotEmpty {
        /// The data folder.
        dir: PathBuf,
    },
    /// The folder cannot be made or used.
    #[error(
        "{} cannot be used: {source}. Check its permissions, or choose another folder with --data.", dir.display()
    )]
    Folder {
        /// The data folder.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A name without a visible letter.
    #[error("a device needs a name that can be seen: give it one with --name, such as --name laptop")]
    Name,
    /// The listen address cannot be used.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The keys cannot be stored.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The database cannot be made.
    #[error(transparent)]
    Database(#[from] sync_store::OpenError),
}

impl InitError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Already { .. } => "already-set-up",
            Self::NotEmpty { .. } => "folder-not-empty",
            Self::Folder { .. } => "folder",
            Self::Name => "device-name",
            Self::Listen(_) => "listen-address",
            Self::Keystore(_) => "key-store",
            Self::Database(_) => "database",
        }
    }

    /// What it means.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Already { .. } | Self::NotEmpty { .. } => ErrorKind::SetUp,
            Self::Name => ErrorKind::Refused,
            Self::Keystore(_) => ErrorKind::KeyStore,
            Self::Folder { .. } | Self::Listen(_) | Self::Database(_) => ErrorKind::Failed,
        }
    }
}

impl Engine {
    /// Sets up a device with its data in `dir`. Must be called within a tokio runtime; blocks on the disk, and perhaps on a
    /// person who unlocks the key store.
    ///
    /// # Errors
    /// What is in the way. What was begun is then taken back, or harmless to a second try.
    pub fn init(dir: &Path, init: Init) -> Result<Device, InitError> {
        if dir.join(DATABASE).exists() {
            return Err(InitError::Already { dir: dir.to_owned() });
        }
        let name = visible_name(&init.name).ok_or(InitError::Name)?;
        let listen = free_port(init.listen)?;
        let dir = make_folder(dir)?;

        let identity = Identity::generate(&mut OsRng);
        let id = identity.device_id();
        let backend = init.keystore.unwrap_or_else(|| Keystore::choose(&dir));
        let keystore = Keystore::open(backend, &dir, &id.to_string())?;
        keystore.set(IDENTITY, &identity.to_bytes())?;

        let database = dir.join(DATABASE);
        let (writer, replica) = (WriterId(fresh_id()), ReplicaId(fresh_id()));
        let settings = vec![
            (setting::KEYSTORE.to_owned(), backend.name().to_owned()),
            (setting::LISTEN.to_owned(), listen.to_string()),
        ];
        let new = NewReplica { device: id, name: name.clone(), writer, replica, settings };
        if let Err(error) = Store::create(&database, &new) {
            // Nothing refers to the new identity; one that cannot be removed is only litter.
            drop(keystore.delete(IDENTITY));
            return Err(error.into());
        }
        // Without a marker the first start would take itself for a copy, which costs nothing.
        if let Ok(place) = Place::of(&database) {
            let state = sync_store::Marker { writer, replica, clock: Hlc::default() };
            drop(Marker::new(state, place).save(&keystore));
        }
        Ok(Device { id, name, listen })
    }
}

/// A name as it is kept; `None` for one without a visible letter.
pub(crate) fn visible_name(name: &str) -> Option<String> {
    let cleaned = DeviceName::clean(name).to_string();
    let is_stand_in = cleaned == DeviceName::clean("").as_str() && name.trim() != cleaned;
    (!is_stand_in).then_some(cleaned)
}

/// Opens the port once: whatever is wrong with it shows now, and a free one is chosen.
fn free_port(listen: Option<SocketAddr>) -> Result<SocketAddr, InitError> {
    let wanted = listen.unwrap_or_else(|| SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0));
    Ok(Listener::bind(wanted)?.bound())
}

/// A folder that its owner alone can enter. One that exists must be empty but for what an earlier try left.
fn make_folder(dir: &Path) -> Result<PathBuf, InitError> {
    let unusable = |source| InitError::Folder { dir: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(unusable)?;
    for entry in fs::read_dir(dir).map_err(unusable)? {
        let name = entry.map_err(unusable)?.file_name();
        // A log without its database would be taken for the new one's.
        let of_earlier_try = name == "keys" || name.to_string_lossy().starts_with(&format!("{DATABASE}.new"));
        if !of_earlier_try {
            return Err(InitError::NotEmpty { dir: dir.to_owned() });
        }
    }
    #[cfg(unix)]
    fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(unusable)?;
    dir.canonicalize().map_err(unusable)
}
