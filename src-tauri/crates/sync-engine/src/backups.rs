//! Backups: everything that a person sees on this device, in a file that only their recovery key opens.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use rand_core::OsRng;
use sync_core::backup::{self, About, Item, Reader, RecoveryKey, Writer};
use sync_core::identity::PublicKey;
use sync_core::time::Wall;
use sync_store::{Restore, Restored, Store, StoreError};
use tokio::sync::mpsc;

use crate::bundles::blocking;
use crate::data::Stop;
use crate::db::DbStopped;
use crate::error::EngineError;
use crate::files::{self, FileError, NewFile};
use crate::open::setting;
use crate::{Engine, clock};

/// What a backup's name ends with.
pub const BACKUP_EXTENSION: &str = "whphbackup";

/// Items on their way that nobody has taken yet.
const AHEAD: usize = 256;
/// Items that are restored in one transaction.
const TOGETHER: usize = 500;

/// Why a backup was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is none that can be read with these words.
    #[error("{} was not restored: {reason}.", path.display())]
    Refused {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        reason: backup::BackupError,
    },
    /// There is no recovery key that it could be sealed to.
    #[error("this device has no recovery key yet. Make one first")]
    NoKey,
    /// What could not be put into it.
    #[error("{} was not written: {reason}.", path.display())]
    Unsealed {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        reason: backup::BackupError,
    },
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl BackupError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { reason, .. } | Self::Unsealed { reason, .. } => match reason {
                backup::BackupError::NotABackup => "not-a-backup",
                backup::BackupError::Newer(_) => "backup-newer",
                backup::BackupError::Damaged | backup::BackupError::Malformed(_) => "backup-damaged",
                backup::BackupError::OtherKey => "recovery-key",
                backup::BackupError::TooBig => "backup-too-big",
                backup::BackupError::Io(_) => "file",
            },
            Self::NoKey => "no-recovery-key",
            Self::File(error) => error.code(),
            Self::Engine(error) => error.code(),
        }
    }
}

impl From<DbStopped> for BackupError {
    fn from(error: DbStopped) -> Self {
        Self::Engine(error.into())
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupWritten {
    /// The file.
    pub file: PathBuf,
    /// Entities in it.
    pub entities: u64,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupRead {
    /// When the backup was written, by the clock of the device that did.
    pub written: Wall,
    /// What it did, or would do.
    pub restored: Restored,
}

impl Engine {
    /// The public half of the recovery key that backups of this device are sealed to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_key(&self) -> Result<Option<PublicKey>, EngineError> {
        let text = self.db().call(|store| store.setting(setting::RECOVERY)).await??;
        let Some(text) = text else { return Ok(None) };
        let key = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        let key = key.and_then(|bytes| PublicKey::try_from(bytes.as_slice()).ok());
        Ok(Some(key.ok_or_else(|| StoreError::Damaged("the recovery key cannot be read".into()))?))
    }

    /// A new recovery key. Show it to a person before [`Self::use_recovery_key`]: it is kept nowhere.
    #[must_use]
    pub fn new_recovery_key(&self) -> RecoveryKey {
        RecoveryKey::generate(&mut OsRng)
    }

    /// Seals backups to this key from now on. Earlier ones still open with the words of the earlier key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_key(&self, key: &PublicKey) -> Result<(), EngineError> {
        let text = BASE64URL_NOPAD.encode(key.as_bytes());
        Ok(self.db().call(move |store| store.set_setting(setting::RECOVERY, Some(&text))).await??)
    }

    /// Writes everything that a person sees here to `path`, sealed to the recovery key.
    ///
    /// # Errors
    /// When there is no recovery key, the file cannot be written, or the database fails; there is no file then.
    pub async fn write_backup(&self, path: &Path, force: bool) -> Result<BackupWritten, BackupError> {
        let key = self.recovery_key().await?.ok_or(BackupError::NoKey)?;
        let path = files::named(path, BACKUP_EXTENSION, 1);
        let mut items = self.backed_up();
        let about = About { schema: self.schema().version, wall: clock::now().wall.0 };
        let file = path.clone();
        let entities = blocking(move || {
            let unsealed = |reason| match reason {
                backup::BackupError::Io(source) => FileError::Write { path: file.clone(), source }.into(),
                reason @ (backup::BackupError::NotABackup
                | backup::BackupError::Newer(_)
                | backup::BackupError::Damaged
                | backup::BackupError::Malformed(_)
                | backup::BackupError::OtherKey
                | backup::BackupError::TooBig) => BackupError::Unsealed { path: file.clone(), reason },
            };
            let new = NewFile::begin(&file, force)?;
            let mut writer = Writer::new(new, &key, &about, &mut OsRng).map_err(unsealed)?;
            while let Some(item) = items.blocking_recv() {
                writer.item(&item?, &mut OsRng).map_err(unsealed)?;
            }
            let (new, entities) = writer.finish(&mut OsRng).map_err(unsealed)?;
            new.finish()?;
            Ok::<_, BackupError>(entities)
        });
        Ok(BackupWritten { file: path, entities: entities.await?? })
    }

    /// All items as they are at one moment; what could not be read comes as an error, and nothing after it.
    fn backed_up(&self) -> mpsc::Receiver<Result<Item, EngineError>> {
        let (give, items) = mpsc::channel(AHEAD);
        self.db().post(move |store| {
            let given = store.back_up(|item| give.blocking_send(Ok(item)).map_err(|_| Stop::NotWanted));
            if let Err(Stop::Failed(error)) = given {
                drop(give.blocking_send(Err(error.into())));
            }
        });
        items
    }

    /// Brings back what is in a backup and missing or deleted here, by new edits. What is here with other values stays, unless `how` says
    /// otherwise. The whole file is proved before anything is written.
    ///
    /// # Errors
    /// Why the file is none, or none for this key; then nothing was changed. When the database fails: what was restored before
    /// stays, and the same backup can be restored again.
    pub async fn read_backup(
        &self,
        path: &Path,
        key: RecoveryKey,
        how: Restore,
    ) -> Result<BackupRead, BackupError> {
        let (file, again) = (path.to_owned(), key.clone());
        let written = blocking(move || {
            let mut reader = open(&file, again)?;
            while reader.items().map_err(refused(&file))?.is_some() {}
            Ok::<_, BackupError>(Wall(reader.about().wall))
        });
        let written = written.await??;
        let mut parts = parts(path, key);
        let mut restored = Restored::default();
        while let Some(items) = parts.recv().await {
            let items = items?;
            for some in items.chunks(TOGETHER).map(<[Item]>::to_vec) {
                let restore = move |store: &mut Store| Ok(store.restore(&some, how, clock::now().wall)?);
                restored.add(self.writing(restore).await?);
            }
        }
        Ok(BackupRead { written, restored })
    }
}

/// The parts of a backup as they are read, a few ahead.
fn parts(path: &Path, key: RecoveryKey) -> mpsc::Receiver<Result<Vec<Item>, BackupError>> {
    let (give, parts) = mpsc::channel(2);
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut reader = match open(&path, key) {
            Ok(reader) => reader,
            Err(error) => return drop(give.blocking_send(Err(error))),
        };
        while let Some(items) = reader.items().map_err(refused(&path)).transpose() {
            // Whoever stopped listening does not want the rest either.
            if items.is_err() | give.blocking_send(items).is_err() {
                break;
            }
        }
    });
    parts
}

fn open(path: &Path, key: RecoveryKey) -> Result<Reader<BufReader<File>>, BackupError> {
    let file = File::open(path).map_err(|source| FileError::Read { path: path.to_owned(), source })?;
    Reader::new(BufReader::new(file), key).map_err(refused(path))
}

fn refused(path: &Path) -> impl Fn(backup::BackupError) -> BackupError + use<> {
    let path = path.to_owned();
    move |reason| match reason {
        backup::BackupError::Io(source) => FileError::Read { path: path.clone(), source }.into(),
        reason @ (backup::BackupError::NotABackup
        | backup::BackupError::Newer(_)
        | backup::BackupError::Damaged
        | backup::BackupError::Malformed(_)
        | backup::BackupError::OtherKey
        | backup::BackupError::TooBig) => BackupError::Refused { path: path.clone(), reason },
    }
}
