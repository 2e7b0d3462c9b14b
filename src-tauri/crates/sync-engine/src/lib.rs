//! The engine: one device's data, keys and paired devices behind one handle. It wires the store, the sockets and the pure
//! core together; what the data means is the schema's, which its caller hands in.
//!
//! [`Engine`] is the way in. `init` sets a device up, `open` opens it; `data`, `reviews`, `nets`, `peers` and `insight` are what
//! one can do with it offline, `bundles` and `backups` the files that a person carries or keeps, `online` is the network. `marker` notices copies and backups, `keystore` holds the secrets.

mod backups;
mod bundles;
pub mod clock;
mod data;
mod db;
mod engine;
mod error;
mod files;
mod folder;
mod init;
mod insight;
pub mod keystore;
mod marker;
mod nets;
pub mod online;
mod open;
mod peers;
mod reviews;
mod settings;
#[cfg(test)]
mod tests;

pub use backups::{BACKUP_EXTENSION, BackupError, BackupRead, BackupWritten};
pub use bundles::{BUNDLE_EXTENSION, BundleError, BundleRead, BundleWritten, WriteBundle};
pub use data::Export;
pub use db::{Db, DbStopped};
pub use engine::{Device, Engine};
pub use error::{EngineError, ErrorKind};
pub use files::FileError;
pub use folder::{NoHome, usual_folder};
pub use init::{Init, InitError};
pub use insight::{KindSharing, Overview, PeerOverview, PeerState};
pub use keystore::Backend;
pub use marker::Renewal;
pub use open::OpenError;
pub use peers::PeerAccess;
pub use reviews::{Choice, Resolved};
pub use sync_store::{
    Checkup, Count, Decision, Edit, Event as HistoryEvent, Failure, HistoryEntry, HistoryFilter, Operation,
    Outcome, Peer, PeerStatus, Pending, Problem, Quarantined, Refusal, Restore, Restored, Skew, Status,
    Store, StoreError, Sweep, Taken, Tidied, View, WriteError,
};
