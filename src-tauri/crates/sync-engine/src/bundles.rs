//! Bundles: files by which two paired devices sync that never meet on a network.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand_core::OsRng;
use sync_core::bundle::{self, Opened};
use sync_core::identity::DeviceId;
use sync_core::limits::INTRODUCED_MAX;
use sync_core::node::storage::{Answer, Ask, Report, SessionRecord};
use sync_core::wire::batch::Writers;
use sync_store::{Begin, Greeting, Packed, Peer, Store, StoreError, Taken};

use crate::db::DbStopped;
use crate::error::EngineError;
use crate::files::{self, FileError, NewFile};
use crate::{Engine, clock};

/// What a bundle's name ends with.
pub const BUNDLE_EXTENSION: &str = "whphbundle";

/// Why a bundle was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file is none that can be read here.
    #[error("{} was not read: {reason}.", path.display())]
    Refused {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        reason: bundle::BundleError,
    },
    /// The other device's bundle key is not known.
    #[error(
        "{name} was paired by a version of WHPH that knew no bundles, so nothing can be sealed for it. Pair the two devices \
         anew (`whph invite` on one, `whph join` on the other): what they hold stays."
    )]
    NoKey {
        /// What it is called here.
        name: String,
    },
    /// Nobody has agreed to merge what the two devices hold.
    #[error(
        "{name} and this device both hold data, and nobody has agreed yet to put it together ({held} entities here). To agree, read \
         the bundle with --yes. Nothing was changed."
    )]
    NotAgreed {
        /// What the sender is called here.
        name: String,
        /// Entities that this device holds.
        held: u64,
    },
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl BundleError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { reason, .. } => match reason {
                bundle::BundleError::NotABundle => "not-a-bundle",
                bundle::BundleError::Newer(_) => "bundle-newer",
                bundle::BundleError::Damaged | bundle::BundleError::Malformed(_) => "bundle-damaged",
                bundle::BundleError::TooBig => "bundle-too-big",
                bundle::BundleError::OtherRecipient => "bundle-for-another",
                bundle::BundleError::Stranger => "bundle-from-stranger",
                bundle::BundleError::Own => "bundle-own",
            },
            Self::NoKey { .. } => "no-bundle-key",
            Self::NotAgreed { .. } => "not-agreed",
            Self::File(error) => error.code(),
            Self::Engine(error) => error.code(),
        }
    }
}

impl From<StoreError> for BundleError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<DbStopped> for BundleError {
    fn from(error: DbStopped) -> Self {
        Self::Engine(error.into())
    }
}

/// How to write a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteBundle {
    /// Everything, instead of what the other device has not acknowledged.
    pub all: bool,
    /// Replace a file that is there.
    pub force: bool,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleWritten {
    /// The files: more than one where one bundle could not hold it all.
    pub files: Vec<PathBuf>,
    /// Entities in them.
    pub entities: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleRead {
    /// Who wrote it.
    pub from: Peer,
    /// What it did.
    pub report: Report,
    /// What it means for the cursors.
    pub taken: Taken,
    /// It showed that this device had been restored from a backup: see [`Greeting::Welcome`].
    pub renewed: bool,
}

impl Engine {
    /// Writes what a paired device has not acknowledged yet, sealed for it, to `path` (and more files beside it, if one cannot
    /// hold it all). That nothing waits is worth a bundle too: it acknowledges what came from there.
    ///
    /// # Errors
    /// When nothing can be sealed for that device, a file cannot be written, or the database fails. Files that were finished stay.
    pub async fn write_bundle(
        &self,
        device: DeviceId,
        path: &Path,
        how: WriteBundle,
    ) -> Result<BundleWritten, BundleError> {
        let peer = self.db().call(move |store| store.peer(device)).await??;
        let peer = peer.ok_or(StoreError::NotPaired)?;
        let key = peer.bundle_key.ok_or(BundleError::NoKey { name: peer.name })?;
        let mut written = BundleWritten { files: Vec::new(), entities: 0, bytes: 0 };
        let mut begin = if how.all { Begin::Everything } else { Begin::Acknowledged };
        loop {
            let path = files::named(path, BUNDLE_EXTENSION, written.files.len() + 1);
            let file = NewFile::begin(&path, how.force)?;
            let Packed { manifest, frames } = self.pack(device, begin).await?;
            written.entities += frames.entities();
            let sealed = bundle::seal(&manifest, frames, &self.identity().bundle, &key, &mut OsRng)
                .map_err(|reason| BundleError::Refused { path: path.clone(), reason })?;
            written.bytes += sealed.len() as u64;
            blocking(move || save(file, &sealed)).await??;
            written.files.push(path);
            if manifest.digests.is_some() {
                return Ok(written);
            }
            begin = Begin::After(Box::new(manifest));
        }
    }

    async fn pack(&self, device: DeviceId, begin: Begin) -> Result<Packed, BundleError> {
        let save_marker = self.marker_saver();
        let pack = move |store: &mut Store| {
            let packed = store.pack(device, &begin, bundle::ROOM, clock::now().wall);
            // What a peer gets to see of us must be in the marker first: it is how a restored database is noticed.
            save_marker(store);
            packed
        };
        Ok(self.db().call(pack).await??)
    }

    /// Reads a bundle that a paired device wrote for this one, and merges what is in it. `agrees`: a person agreed to put together what
    /// the two hold, if nobody has yet.
    ///
    /// # Errors
    /// Why the file is none for this device; then nothing was changed. When the database fails: what was merged before stays, and
    /// the bundle can be read again.
    pub async fn read_bundle(&self, path: &Path, agrees: bool) -> Result<BundleRead, BundleError> {
        let started = clock::now().wall;
        let peers = self.peers().await?;
        let keys: Vec<_> = peers.iter().filter_map(|peer| Some((peer.device, peer.bundle_key?))).collect();
        let (identity, own_id, from) = (self.identity().clone(), self.device().id, path.to_owned());
        let refused = |reason| BundleError::Refused { path: path.to_owned(), reason };
        let opened = blocking(move || {
            let file = files::read(&from, bundle::FILE_MAX)?;
            let length = file.len();
            let opened = if length > bundle::FILE_MAX {
                Err(bundle::BundleError::TooBig)
            } else {
                bundle::open(file, &identity.bundle, own_id, &keys)
            };
            Ok::<_, FileError>((opened, length))
        });
        let (opened, length) = opened.await??;
        let opened = opened.map_err(refused)?;
        let from = peers.into_iter().find(|peer| peer.device == opened.manifest.from);
        let from = from.ok_or_else(|| refused(bundle::BundleError::Stranger))?;

        let manifest = Arc::new(opened.manifest.clone());
        let told = Arc::clone(&manifest);
        let greeting = self.writing(move |store| Ok(store.greet(&told, agrees)?)).await?;
        let (off, renewed) = match greeting {
            Greeting::Unagreed(held) => return Err(BundleError::NotAgreed { name: from.name, held }),
            Greeting::Welcome { off, renewed } => (Arc::new(off), renewed),
        };
        let report = self.merge(&opened, &manifest, &off).await.map_err(|error| match error {
            Merging::Refused(reason) => refused(reason),
            Merging::Failed(error) => error.into(),
        })?;
        let conclude = move |store: &mut Store| {
            let ended = clock::now().wall;
            let taken = store.conclude(&manifest, &off, ended)?;
            let record = SessionRecord {
                peer: manifest.from,
                started: started.0,
                ended: ended.0,
                sent: 0,
                received: report,
                bytes: [0, length as u64],
                proved: taken.equal,
                reason: None,
            };
            // A history that lacks a line is no reason to say that the bundle was not read.
            let _: Answer = store.answer(Ask::Record(record));
            Ok(taken)
        };
        let taken = self.writing(conclude).await?;
        Ok(BundleRead { from, report, taken, renewed })
    }

    async fn merge(
        &self,
        opened: &Opened,
        manifest: &Arc<bundle::Manifest>,
        off: &Arc<std::collections::BTreeSet<Box<str>>>,
    ) -> Result<Report, Merging> {
        let (mut report, mut writers) = (Report::default(), Arc::new(Writers::new()));
        for batch in opened.batches() {
            let batch = batch.map_err(|error| malformed(&error.to_string()))?;
            Arc::make_mut(&mut writers)
                .extend(batch.writers.iter().map(|writer| (writer.number, writer.clone())));
            if writers.len() > INTRODUCED_MAX {
                return Err(malformed("more writers than the limits allow"));
            }
            let (manifest, off, writers) = (Arc::clone(manifest), Arc::clone(off), Arc::clone(&writers));
            let take = move |store: &mut Store| {
                Ok(store.take(&manifest, writers, batch, &off, clock::now().wall)?)
            };
            report.add(self.writing(take).await.map_err(Merging::Failed)?);
        }
        Ok(report)
    }
}

/// Why merging ended early.
enum Merging {
    Refused(bundle::BundleError),
    Failed(EngineError),
}

fn malformed(what: &str) -> Merging {
    Merging::Refused(bundle::BundleError::Malformed(what.to_owned()))
}

fn save(mut file: NewFile, bytes: &[u8]) -> Result<(), FileError> {
    file.write_all(bytes).map_err(|source| file.failed(source))?;
    file.finish()
}

/// Files block, and a large box takes a while.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| EngineError::Stopped(DbStopped))
}
