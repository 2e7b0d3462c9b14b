//! What a person settles for this device alone: its name, whether it takes a pause, and what the application remembers.

use sync_store::Store;

use crate::Engine;
use crate::engine::Parts;
use crate::error::EngineError;
use crate::init::visible_name;
use crate::open::setting;

impl Engine {
    /// Gives this device another name. Paired devices learn it in the next session; tell [`crate::online::Net::peers_changed`].
    ///
    /// # Errors
    /// When nothing of the name can be seen, or the database fails.
    pub async fn rename(&self, name: &str) -> Result<(), EngineError> {
        let name = visible_name(name).ok_or(EngineError::NoName)?;
        let stored = name.clone();
        self.db().call(move |store| store.rename(&stored)).await??;
        self.parts.name.send_replace(name);
        Ok(())
    }

    /// Takes a pause, or ends it: whoever keeps connected then neither dials nor listens, also after a restart. Tell
    /// [`crate::online::Net::peers_changed`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_paused(&self, paused: bool) -> Result<(), EngineError> {
        let value = paused.then_some("1");
        Ok(self.db().call(move |store| store.set_setting(setting::PAUSED, value)).await??)
    }

    /// Whether to sync by itself also over a network that costs by volume: `false` unless a person allowed it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn syncs_on_metered(&self) -> Result<bool, EngineError> {
        Ok(self.db().call(|store| store.setting(setting::METERED)).await??.is_some())
    }

    /// Lets it sync by itself over a network that costs by volume, or makes it wait for another one. Tell
    /// [`crate::online::Net::peers_changed`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_syncs_on_metered(&self, allowed: bool) -> Result<(), EngineError> {
        let value = allowed.then_some("1");
        Ok(self.db().call(move |store| store.set_setting(setting::METERED, value)).await??)
    }

    /// Something that the application remembers about this device. Never sent anywhere; no place for secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn option(&self, name: &'static str) -> Result<Option<String>, EngineError> {
        Ok(self.db().call(move |store| store.setting(&option_name(name))).await??)
    }

    /// Remembers something; `None` forgets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_option(&self, name: &'static str, value: Option<String>) -> Result<(), EngineError> {
        let set = move |store: &mut Store| store.set_setting(&option_name(name), value.as_deref());
        Ok(self.db().call(set).await??)
    }

    /// What is settled for this device, as other processes of it may have done meanwhile.
    pub(crate) async fn settled(&self) -> Result<Settled, EngineError> {
        let read = |store: &mut Store| {
            Ok(Settled {
                name: store.name()?,
                paused: store.setting(setting::PAUSED)?.is_some(),
                on_metered: store.setting(setting::METERED)?.is_some(),
            })
        };
        let settled = self.db().call(read).await?.map_err(|error: sync_store::StoreError| error)?;
        let Parts { name: known, .. } = &*self.parts;
        known.send_if_modified(|known| {
            *known != settled.name && {
                known.clone_from(&settled.name);
                true
            }
        });
        Ok(settled)
    }
}

/// What a person settled for this device.
pub(crate) struct Settled {
    pub(crate) name: String,
    pub(crate) paused: bool,
    /// It syncs by itself also over a network that costs by volume.
    pub(crate) on_metered: bool,
}

/// Apart from what the engine itself remembers.
fn option_name(name: &str) -> String {
    format!("app-{name}")
}
