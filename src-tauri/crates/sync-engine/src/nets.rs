//! Safety nets: what still waits for a device, old values put back, what stays on this device only, and deletions of many
//! at once.

use sync_core::entity::EntityKey;
use sync_core::identity::DeviceId;
use sync_store::{Edit, Outcome, Pending, Store, Sweep, View};

use crate::error::EngineError;
use crate::{Engine, clock};

impl Engine {
    /// What a paired device has not acknowledged yet, the oldest change first, at most `limit` entities.
    /// [`crate::PeerStatus::pending`] is how many there are in all, [`crate::PeerStatus::failure`] why they still wait.
    ///
    /// # Errors
    /// When it is not paired, or the database fails.
    pub async fn pending(&self, device: DeviceId, limit: usize) -> Result<Vec<Pending>, EngineError> {
        Ok(self.db().call(move |store| store.pending(device, limit)).await??)
    }

    /// Puts back what the history's line of that number kept ([`crate::HistoryEntry::number`]): the value of a field, the item of a
    /// list, or the life of what was deleted. An ordinary write: it is in the history too, and can be undone alike. Returns the
    /// entity as it is then.
    ///
    /// # Errors
    /// When there is no such line or it kept nothing, the entity is deleted or its content is gone, it is so already, a rule of
    /// today is broken, or the database fails.
    pub async fn put_back(&self, number: u64) -> Result<View, EngineError> {
        let put_back = move |store: &mut Store| {
            let key = store.put_back(number, clock::now().wall)?;
            store.get(&key)?.ok_or_else(|| EngineError::Refused(sync_store::Refusal::Missing { key }))
        };
        self.writing(put_back).await
    }

    /// Keeps an entity on this device only, or shares it again. [`View::local`] says which.
    ///
    /// # Errors
    /// When there is none, it is to stay here and other devices may have it or would make the same, or the database fails.
    pub async fn keep_here(&self, key: EntityKey, here: bool) -> Result<Outcome, EngineError> {
        self.writing(move |store| Ok(store.keep_here(&key, here, clock::now().wall)?)).await
    }

    /// Makes these edits, all or none, and keeps the entity `key` that they make on this device only, before any session can
    /// send it. Tags that they make beside it are shared as always.
    ///
    /// # Errors
    /// The first edit that is refused, why the entity cannot stay here, or a failure of the database.
    pub async fn write_here(&self, edits: Vec<Edit>, key: EntityKey) -> Result<Vec<Outcome>, EngineError> {
        self.writing(move |store| Ok(store.write_here(&edits, &key, clock::now().wall)?)).await
    }

    /// Deletions of many entities at once by another device that a person has not answered yet, newest first. They are also in
    /// [`crate::Overview::sweeps`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweeps(&self) -> Result<Vec<Sweep>, EngineError> {
        Ok(self.db().call(|store| store.sweeps()).await??)
    }

    /// Puts back what such deletions took and what is still deleted, here and by the next sync everywhere. Returns how many
    /// entities live again.
    ///
    /// # Errors
    /// When no such deletions wait under that number, or the database fails.
    pub async fn undo_sweep(&self, number: u64) -> Result<u64, EngineError> {
        self.writing(move |store| Ok(store.undo_sweep(number, clock::now().wall)?)).await
    }

    /// Lets such deletions be: they are not told of any more.
    ///
    /// # Errors
    /// When no such deletions wait under that number, or the database fails.
    pub async fn dismiss_sweep(&self, number: u64) -> Result<(), EngineError> {
        self.writing(move |store| Ok(store.dismiss_sweep(number, clock::now().wall)?)).await
    }
}
