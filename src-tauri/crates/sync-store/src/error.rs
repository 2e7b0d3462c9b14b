//! Why the store could not do what it was asked.

use rusqlite::ffi::{ErrorCode, SQLITE_IOERR_SHMSIZE};
use std::path::PathBuf;
use sync_core::entity::EntityKey;
use sync_core::entity::row::RowError;

/// Why a database was not opened or created. Its file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file: this device was not set up yet.
    #[error("There is no database at {}. Set this device up first.", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is one already, and setting up never overwrites.
    #[error("There is a database at {} already. Open it, or choose another data folder.", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is another program's, or no database at all.
    #[error(
        "{} does not belong to this program ({what}). It was left as it is. Choose another data folder.",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        what: &'static str,
    },
    /// A later version of this program wrote it.
    #[error(
        "{} was written by a newer version of this program (format {found}; this one knows {known}). It was left \
         as it is. Update the program.",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format we know.
        known: u32,
    },
    /// The file is cut short or its content makes no sense.
    #[error(
        "{} is damaged: {reason}. It was left as it is. Restore it from a backup; or move it away, set this \
         device up anew, pair it and let your other devices fill it.",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file or its folder cannot be written to.
    #[error(
        "{} cannot be written to ({reason}). Make the file and its folder writable for this user, or choose \
         another data folder.",
        path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Anything else.
    #[error("{} could not be opened: {source}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
}

impl OpenError {
    /// What a failure of SQLite means for whoever opens `path`.
    pub(crate) fn from_store(path: PathBuf, error: StoreError) -> Self {
        match error {
            StoreError::Damaged(reason) => Self::Damaged { path, reason },
            StoreError::ReadOnly => Self::ReadOnly { path, reason: "it is read-only".into() },
            source @ (StoreError::Busy
            | StoreError::DiskFull
            | StoreError::Disk(_)
            | StoreError::NotPaired
            | StoreError::ClockUsedUp
            | StoreError::Sql(_)) => Self::Failed { path, source },
        }
    }
}

/// Why an open database could not do something. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process kept the database locked for five seconds.
    #[error(
        "the database is in use by another program that does not let go of it; close that one and try again"
    )]
    Busy,
    /// No room left.
    #[error("the disk is full, so nothing more can be saved; make room and try again")]
    DiskFull,
    /// The system could not read or write the file.
    #[error(
        "the disk failed the database ({0}); see whether it is well, still connected and within its quota, and try again"
    )]
    Disk(rusqlite::Error),
    /// The file or its folder cannot be written to.
    #[error("the database cannot be written to; make its file and folder writable for this user")]
    ReadOnly,
    /// The file's content makes no sense.
    #[error("the database is damaged: {0}; run a check, and restore it from a backup if that finds more")]
    Damaged(String),
    /// The peer is not, or no longer, paired.
    #[error("that device is not paired with this one")]
    NotPaired,
    /// The clock reached the end of its range, in the year 6429.
    #[error("this device's clock is beyond the year 6429; set it right and try again")]
    ClockUsedUp,
    /// Anything else that SQLite says.
    #[error("the database failed: {0}")]
    Sql(rusqlite::Error),
}

impl StoreError {
    /// Our own row for `key` cannot be read.
    pub(crate) fn unreadable(key: &EntityKey, error: &RowError) -> Self {
        Self::Damaged(format!("its copy of {key} cannot be read ({error})"))
    }

    /// Our own row for `key` is not what was written.
    pub(crate) fn altered(key: &EntityKey) -> Self {
        Self::Damaged(format!("its copy of {key} is not what was written"))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::SystemIoFailure) => match error.sqlite_error().map(|code| code.extended_code) {
                // Already to open it takes room beside it, for the index of its log.
                Some(SQLITE_IOERR_SHMSIZE) => Self::DiskFull,
                Some(_) | None => Self::Disk(error),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            // SQLite's own list of codes, which grows.
            Some(_) | None => Self::Sql(error),
        }
    }
}
