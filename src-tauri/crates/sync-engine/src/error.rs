//! Why the engine could not do what it was asked. Nothing was changed.

use sync_core::channel::MAX_PEERS;
use sync_core::entity::EntityKey;
use sync_store::{Refusal, StoreError, WriteError};

use crate::db::DbStopped;
use crate::keystore::KeystoreError;

/// What a failure means for whoever asked, whatever was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The device is not set up, or is already.
    SetUp,
    /// What was named does not exist, or is not the only one.
    NotFound,
    /// What was to be written breaks a rule.
    Refused,
    /// The key store, or what should be in it.
    KeyStore,
    /// The database makes no sense.
    Damaged,
    /// Disk, permissions, sockets.
    Failed,
}

/// Why an open device could not do something.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A value breaks a rule.
    #[error("{0}. Nothing was changed.")]
    Refused(Refusal),
    /// No entity of that id, or of an id that begins so.
    #[error("there is no {kind} with the id {id}. `whph list {kind}` shows those there are.")]
    NoEntity {
        /// The kind.
        kind: String,
        /// What was given.
        id: String,
    },
    /// The beginning of an id that several have.
    #[error(
        "{count} ids of the kind {kind} begin with {id}; give more of its digits. `whph list {kind}` shows them."
    )]
    SeveralEntities {
        /// The kind.
        kind: String,
        /// What was given.
        id: String,
        /// How many there are.
        count: usize,
    },
    /// Not an id, nor 4 or more digits of one.
    #[error("{id:?} is no id: give all of it, or at least its first {ID_PREFIX_MIN} digits")]
    NoId {
        /// What was given.
        id: String,
    },
    /// No paired device of that name or id.
    #[error("no paired device is called {device:?} or has an id that begins so. `whph devices` lists them.")]
    NoDevice {
        /// What was given.
        device: String,
    },
    /// A name or the beginning of an id that several have.
    #[error("more than one paired device fits {device:?}; give more of its id. `whph devices` lists them.")]
    SeveralDevices {
        /// What was given.
        device: String,
    },
    /// A name without a visible letter.
    #[error("a device needs a name that can be seen. Nothing was changed.")]
    NoName,
    /// As many devices are paired as a handshake tries.
    #[error(
        "{MAX_PEERS} devices are paired already, and no more fit; `whph forget` one of them and pair again"
    )]
    TooManyDevices,
    /// A kind that neither the schema nor the database knows.
    #[error("there is no kind {kind:?}. `whph kinds` lists them.")]
    NoKind {
        /// What was given.
        kind: String,
    },
    /// Nothing waits for review where a choice was made.
    #[error("nothing about {key} waits for that choice. `whph review show {key}` says what does.")]
    NothingToDecide {
        /// The entity.
        key: EntityKey,
    },
    /// A choice that names no version, or more than one.
    #[error(
        "{choice} is not exactly one of the versions of {key}. Choose by number: `whph review show {key}`."
    )]
    NoSuchChoice {
        /// The entity.
        key: EntityKey,
        /// What was chosen, in words.
        choice: &'static str,
    },
    /// A number or a value where several fields wait.
    #[error("several fields of {key} wait ({}): name one of them before the choice", fields.join(", "))]
    WhichField {
        /// The entity.
        key: EntityKey,
        /// The fields.
        fields: Vec<String>,
    },
    /// The key store cannot be used.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store's thread is gone.
    #[error(transparent)]
    Stopped(#[from] DbStopped),
}

/// Fewest digits that stand for an id.
pub(crate) const ID_PREFIX_MIN: usize = 4;

impl EngineError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(Refusal::Missing { .. } | Refusal::Gone { .. }) | Self::NoEntity { .. } => {
                "no-entity"
            }
            Self::Refused(Refusal::NoLine { .. }) => "no-line",
            Self::Refused(Refusal::NoSweep { .. }) => "no-sweep",
            Self::Refused(Refusal::Deleted { .. }) => "deleted",
            Self::Refused(Refusal::AlreadySo { .. }) => "already-so",
            Self::Refused(Refusal::Elsewhere { .. } | Refusal::Common { .. }) => "not-here-alone",
            Self::Refused(
                Refusal::Rule { .. }
                | Refusal::Bound { .. }
                | Refusal::Kind { .. }
                | Refusal::NothingKept { .. },
            ) => "refused",
            Self::SeveralEntities { .. } => "several-entities",
            Self::NoId { .. } => "no-id",
            Self::NoDevice { .. } => "no-device",
            Self::SeveralDevices { .. } => "several-devices",
            Self::NoName => "device-name",
            Self::TooManyDevices => "too-many-devices",
            Self::NoKind { .. } => "no-kind",
            Self::NothingToDecide { .. } => "nothing-to-decide",
            Self::NoSuchChoice { .. } => "no-such-choice",
            Self::WhichField { .. } => "which-field",
            Self::Keystore(_) => "key-store",
            Self::Store(error) => store_code(error),
            Self::Stopped(_) => "stopped",
        }
    }

    /// What it means.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(
                Refusal::Missing { .. }
                | Refusal::Gone { .. }
                | Refusal::Deleted { .. }
                | Refusal::NoLine { .. }
                | Refusal::NoSweep { .. },
            )
            | Self::NoEntity { .. }
            | Self::SeveralEntities { .. }
            | Self::NoId { .. }
            | Self::NoDevice { .. }
            | Self::SeveralDevices { .. }
            | Self::NoKind { .. }
            | Self::NothingToDecide { .. }
            | Self::NoSuchChoice { .. }
            | Self::WhichField { .. } => ErrorKind::NotFound,
            Self::Refused(_) | Self::NoName | Self::TooManyDevices => ErrorKind::Refused,
            Self::Keystore(_) => ErrorKind::KeyStore,
            Self::Store(error) => store_kind(error),
            Self::Stopped(_) => ErrorKind::Failed,
        }
    }
}

impl From<WriteError> for EngineError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(refusal) => Self::Refused(refusal),
            WriteError::Store(error) => Self::Store(error),
        }
    }
}

pub(crate) fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy => "database-busy",
        StoreError::DiskFull => "disk-full",
        StoreError::Disk(_) => "disk",
        StoreError::ReadOnly => "database-read-only",
        StoreError::Damaged(_) => "database-damaged",
        StoreError::NotPaired => "no-device",
        StoreError::ClockUsedUp => "clock",
        StoreError::Sql(_) => "database",
    }
}

pub(crate) fn store_kind(error: &StoreError) -> ErrorKind {
    match error {
        StoreError::Damaged(_) => ErrorKind::Damaged,
        StoreError::NotPaired => ErrorKind::NotFound,
        StoreError::Busy
        | StoreError::DiskFull
        | StoreError::Disk(_)
        | StoreError::ReadOnly
        | StoreError::ClockUsedUp
        | StoreError::Sql(_) => ErrorKind::Failed,
    }
}
