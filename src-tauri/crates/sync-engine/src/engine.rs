//! The engine's handle: what is known of this device once it is open.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sync_core::identity::{DeviceId, Identity};
use sync_core::schema::Schema;
use sync_store::Store;
use tokio::sync::watch;

use crate::db::Db;
use crate::keystore::Keystore;
use crate::marker::{Marker, Place, Renewal};

/// One device's data, keys and paired devices. Cheap to clone; the last clone dropped closes the database.
#[derive(Clone)]
pub struct Engine {
    pub(crate) parts: Arc<Parts>,
}

/// What an open device consists of.
pub(crate) struct Parts {
    pub(crate) id: DeviceId,
    pub(crate) listen: SocketAddr,
    /// What it was called when that was last read: another process may have renamed it since.
    pub(crate) name: watch::Sender<String>,
    pub(crate) identity: Identity,
    pub(crate) schema: Arc<Schema>,
    pub(crate) keystore: Arc<Keystore>,
    pub(crate) place: Place,
    pub(crate) renewal: Option<Renewal>,
    pub(crate) db: Db,
    /// The database's file.
    pub(crate) database: PathBuf,
    /// Our highest seq after the last write through this engine: what sessions have to pass on.
    pub(crate) written: watch::Sender<u64>,
}

/// This device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The hash of its key.
    pub id: DeviceId,
    /// What its person calls it.
    pub name: String,
    /// Where it listens, for good.
    pub listen: SocketAddr,
}

impl Engine {
    /// This device.
    #[must_use]
    pub fn device(&self) -> Device {
        let Parts { id, listen, name, .. } = &*self.parts;
        Device { id: *id, name: name.borrow().clone(), listen: *listen }
    }

    /// Its keys.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.parts.identity
    }

    pub(crate) fn database(&self) -> &Path {
        &self.parts.database
    }

    /// What it knows about its data.
    #[must_use]
    pub fn schema(&self) -> &Arc<Schema> {
        &self.parts.schema
    }

    /// The store's thread.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// One line on where the secrets are.
    #[must_use]
    pub fn keystore_line(&self) -> &'static str {
        self.parts.keystore.describe()
    }

    /// Whether this device has begun a new life since it was open last, and why.
    #[must_use]
    pub fn renewal(&self) -> Option<Renewal> {
        self.parts.renewal
    }

    /// Saves the restore marker: to be called on the store's thread, before a peer gets to see what was written. A marker that
    /// cannot be saved is only older: at worst a restore is noticed later, by a peer.
    ///
    /// It holds no engine. A job that held the last one would end the thread that it runs on, and the process would not wait
    /// for that: the database would not be closed.
    pub(crate) fn marker_saver(&self) -> impl FnOnce(&mut Store) + Send + 'static {
        let (keystore, place) = (Arc::clone(&self.parts.keystore), self.parts.place.clone());
        move |store| save_marker(store, &keystore, &place)
    }
}

/// Saves what the database says of itself now.
pub(crate) fn save_marker(store: &mut Store, keystore: &Keystore, place: &Place) {
    if let Ok(state) = store.marker() {
        drop(Marker::new(state, place.clone()).save(keystore));
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("device", &self.device()).finish_non_exhaustive()
    }
}
