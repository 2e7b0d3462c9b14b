//! Opening a device that was set up: the database, its key store, its identity, and whether all three belong together.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand_core::{OsRng, RngCore};
use sync_core::identity::{Identity, IdentityError};
use sync_core::schema::Schema;
use sync_store::{Store, StoreError};
use tokio::sync::watch;

use crate::Engine;
use crate::db::{Db, DbStopped};
use crate::engine::{Parts, save_marker};
use crate::error::{ErrorKind, store_code, store_kind};
use crate::keystore::{Backend, Keystore, KeystoreError};
use crate::marker::{Found, Marker, Place};

/// The database's file name in the data folder.
pub(crate) const DATABASE: &str = "whph.db";
/// The identity's name in the key store.
pub(crate) const IDENTITY: &str = "identity";

/// What this device remembers about itself, in the database.
pub(crate) mod setting {
    /// Which backend holds the secrets.
    pub(crate) const KEYSTORE: &str = "keystore";
    /// Where the device listens.
    pub(crate) const LISTEN: &str = "listen";
    /// There while the device takes a pause.
    pub(crate) const PAUSED: &str = "paused";
    pub(crate) const METERED: &str = "metered";
    /// The public half of the recovery key.
    pub(crate) const RECOVERY: &str = "recovery-key";
}

/// Why a device was not opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It was never set up.
    #[error(
        "there is no device in {} yet. Set one up with `whph init --name NAME`, or name the right folder with --data.",
        dir.display()
    )]
    NotSetUp {
        /// The data folder.
        dir: PathBuf,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Database(sync_store::OpenError),
    /// The database opens and then fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database does not say where the keys are or where to listen.
    #[error(
        "{} does not say {what}, so it is damaged. Restore it from a backup; or move it away, set this device up anew \
         and pair it again.", path.display()
    )]
    Incomplete {
        /// The database.
        path: PathBuf,
        /// What is missing, in words.
        what: &'static str,
    },
    /// The key store cannot be used.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// There is a database and no identity: a new one would be another device, cut off from all its peers.
    #[error(
        "this device's keys are gone from the key store, though its data is here. Restore the key store (for keys in \
         files: the folder `keys`) from a backup; or move {} away, set this device up anew and pair it again.",
        dir.display()
    )]
    IdentityGone {
        /// The data folder.
        dir: PathBuf,
    },
    /// The identity cannot be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The database belongs to another device than the keys.
    #[error(
        "the keys in the key store are another device's than the data in {}. Put the keys that belong to it back, or \
         set this device up anew in another folder.", dir.display()
    )]
    OtherIdentity {
        /// The data folder.
        dir: PathBuf,
    },
    /// The database's file vanished meanwhile, or the like.
    #[error("{} cannot be used: {source}. Check the disk and the folder's permissions, then try again.", path.display())]
    File {
        /// The database.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system would not start a thread.
    #[error(transparent)]
    Stopped(#[from] DbStopped),
}

impl OpenError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSetUp { .. } => "not-set-up",
            Self::Database(error) => match error {
                sync_store::OpenError::Damaged { .. } => "database-damaged",
                sync_store::OpenError::Foreign { .. } => "database-foreign",
                sync_store::OpenError::Newer { .. } => "database-newer",
                sync_store::OpenError::ReadOnly { .. } => "database-read-only",
                sync_store::OpenError::Missing { .. } | sync_store::OpenError::Exists { .. } => "database",
                sync_store::OpenError::Failed { source, .. } => store_code(source),
            },
            Self::Store(error) => store_code(error),
            Self::Incomplete { .. } => "database-damaged",
            Self::File { .. } => "database",
            Self::Keystore(_) => "key-store",
            Self::IdentityGone { .. } => "identity-gone",
            Self::Identity(_) => "identity-damaged",
            Self::OtherIdentity { .. } => "identity-other",
            Self::Stopped(_) => "stopped",
        }
    }

    /// What it means.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotSetUp { .. } => ErrorKind::SetUp,
            Self::Database(error) => match error {
                sync_store::OpenError::Damaged { .. } | sync_store::OpenError::Foreign { .. } => {
                    ErrorKind::Damaged
                }
                sync_store::OpenError::Failed { source, .. } => store_kind(source),
                sync_store::OpenError::Newer { .. }
                | sync_store::OpenError::ReadOnly { .. }
                | sync_store::OpenError::Missing { .. }
                | sync_store::OpenError::Exists { .. } => ErrorKind::Failed,
            },
            Self::Store(error) => store_kind(error),
            Self::Incomplete { .. } => ErrorKind::Damaged,
            Self::Keystore(_)
            | Self::IdentityGone { .. }
            | Self::Identity(_)
            | Self::OtherIdentity { .. } => ErrorKind::KeyStore,
            Self::File { .. } | Self::Stopped(_) => ErrorKind::Failed,
        }
    }
}

impl Engine {
    /// Opens the device whose data is in `dir`. Blocks on the disk, and perhaps on a person who unlocks the key store.
    ///
    /// # Errors
    /// What is in the way.
    pub fn open(dir: &Path, schema: Schema) -> Result<Self, OpenError> {
        let schema = Arc::new(schema);
        let path = dir.join(DATABASE);
        let mut store = Store::open(&path, Arc::clone(&schema), Box::new(fresh_id)).map_err(|error| {
            let missing = matches!(error, sync_store::OpenError::Missing { .. });
            if missing { OpenError::NotSetUp { dir: dir.to_owned() } } else { OpenError::Database(error) }
        })?;
        let incomplete = |what| OpenError::Incomplete { path: path.clone(), what };
        let backend = store.setting(setting::KEYSTORE)?;
        let backend = backend
            .as_deref()
            .and_then(Backend::from_name)
            .ok_or_else(|| incomplete("where this device's keys are"))?;
        let listen = store.setting(setting::LISTEN)?;
        let listen = listen
            .and_then(|address| address.parse().ok())
            .ok_or_else(|| incomplete("where this device listens"))?;
        let (id, name) = (store.device()?, store.name()?);

        let keystore = Arc::new(Keystore::open(backend, dir, &id.to_string())?);
        let bytes = keystore.get(IDENTITY)?.ok_or_else(|| OpenError::IdentityGone { dir: dir.to_owned() })?;
        let identity = Identity::from_bytes(&bytes)?;
        if identity.device_id() != id {
            return Err(OpenError::OtherIdentity { dir: dir.to_owned() });
        }

        let place = Place::of(&path).map_err(|source| OpenError::File { path: path.clone(), source })?;
        // In this order: see the module's documentation.
        let found = Found::read(&keystore)?;
        let renewal = found.doubt(&Marker::new(store.marker()?, place.clone()));
        if renewal.is_some() {
            store.renew()?;
        }
        save_marker(&mut store, &keystore, &place);

        let at_end = {
            let (keystore, place) = (Arc::clone(&keystore), place.clone());
            move |store: &mut Store| save_marker(store, &keystore, &place)
        };
        let db = Db::start(store, at_end)?;
        Ok(Self {
            parts: Arc::new(Parts {
                id,
                listen,
                name: watch::Sender::new(name),
                identity,
                schema,
                keystore,
                place,
                renewal,
                db,
                database: path,
                written: watch::Sender::default(),
            }),
        })
    }
}

/// Eight random bytes, for a new writer or replica.
pub(crate) fn fresh_id() -> [u8; 8] {
    let mut id = [0; 8];
    OsRng.fill_bytes(&mut id);
    id
}
