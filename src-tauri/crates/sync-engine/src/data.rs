//! Entities: writing, finding, reading, and giving all of them out.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sync_core::entity::EntityKey;
use sync_core::schema::{Rule, Schema};
use sync_store::{Edit, Outcome, Refusal, Store, StoreError, View, Which};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::engine::Parts;
use crate::error::{EngineError, ID_PREFIX_MIN};
use crate::{Engine, clock};

/// Entities on their way out that nobody has taken yet.
const EXPORT_AHEAD: usize = 256;
/// How many ids that begin alike are looked at.
const ALIKE_MAX: usize = 100;

impl Engine {
    /// Makes these edits, all or none.
    ///
    /// # Errors
    /// The first edit that is refused, or a failure of the database.
    pub async fn write(&self, edits: Vec<Edit>) -> Result<Vec<Outcome>, EngineError> {
        self.writing(move |store| Ok(store.write(&edits, clock::now().wall)?)).await
    }

    /// As [`Self::write`], unless one of these entities has changed since the seq `head`: then nothing is done, and `None`
    /// returned. For edits that follow from what was read after asking for the [`Self::head`].
    ///
    /// # Errors
    /// The first edit that is refused, or a failure of the database.
    pub async fn write_unless_changed(
        &self,
        edits: Vec<Edit>,
        read: BTreeSet<EntityKey>,
        head: u64,
    ) -> Result<Option<Vec<Outcome>>, EngineError> {
        self.writing(move |store| Ok(store.write_unless_changed(&edits, &read, head, clock::now().wall)?))
            .await
    }

    /// The seq of the latest change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn head(&self) -> Result<u64, EngineError> {
        Ok(self.db().call(|store| store.head()).await??)
    }

    /// Makes each of these edits that can be made; for imports.
    ///
    /// # Errors
    /// When the database fails; what was written before that stays.
    pub async fn write_each(&self, edits: Vec<Edit>) -> Result<Vec<Result<Outcome, Refusal>>, EngineError> {
        self.writing(move |store| Ok(store.write_each(&edits, clock::now().wall)?)).await
    }

    /// One entity, also a deleted one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, key: &EntityKey) -> Result<Option<View>, EngineError> {
        let key = key.clone();
        Ok(self.db().call(move |store| store.get(&key)).await??)
    }

    /// The entity that a person means: by its id, or at least four digits that only its id begins with. Where a living one
    /// and deleted ones fit, the living one; where none lives, a deleted one.
    ///
    /// # Errors
    /// When none or several fit, or the database fails.
    pub async fn find(&self, kind: &str, id: &str) -> Result<View, EngineError> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.db().call(move |store| find(store, &kind, &id)).await?
    }

    /// The living entities of a kind, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, kind: &str) -> Result<Vec<View>, EngineError> {
        let kind = kind.to_owned();
        Ok(self.db().call(move |store| store.list(&kind, Which::Living, None, usize::MAX)).await??)
    }

    /// What changed after the seq `after`, living or dead, at most `limit` entities; with the seq to go on from, and whether
    /// there is more. What is local to this device as a whole has no seq and is not among it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes(&self, after: u64, limit: usize) -> Result<(Vec<View>, u64, bool), EngineError> {
        Ok(self.db().call(move |store| store.changed_since(after, limit)).await??)
    }

    /// The living entities of a kind, by id, and the seq from which [`Self::changes`] goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_with_head(&self, kind: &str) -> Result<(Vec<View>, u64), EngineError> {
        let kind = kind.to_owned();
        let list = move |store: &mut Store| {
            // In this order: what another process writes in between comes twice rather than never.
            let head = store.head()?;
            Ok((store.list(&kind, Which::Living, None, usize::MAX)?, head))
        };
        self.db().call(list).await?
    }

    /// All that this device shares, or all of one kind of it, as it is at one moment: living entities by kind and id,
    /// without anything that is local to this device. Two devices that hold the same give the same.
    #[must_use]
    pub fn export(&self, kind: Option<String>) -> Export {
        let (give, views) = mpsc::channel(EXPORT_AHEAD);
        let schema = self.schema().clone();
        self.db().post(move |store| {
            let given = store.each(Which::Living, |view| {
                let wanted = !view.local && kind.as_deref().is_none_or(|kind| *view.key.kind == *kind);
                if wanted {
                    // Whoever stopped listening does not want the rest either.
                    give.blocking_send(Ok(shared(&schema, view))).map_err(|_| Stop::NotWanted)?;
                }
                Ok(())
            });
            if let Err(Stop::Failed(error)) = given {
                drop(give.blocking_send(Err(error)));
            }
        });
        Export { views }
    }

    /// Writes on the store's thread. A write may have begun a new writer, because the clock was set back: then the marker must
    /// say so, or the next start would take the database for a restored one.
    pub(crate) async fn writing<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Store) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let Parts { keystore, place, written: tell, .. } = &*self.parts;
        let (keystore, place, tell) = (keystore.clone(), place.clone(), tell.clone());
        let write = move |store: &mut Store| {
            let written = noting_a_new_writer(store, write, |store| {
                crate::engine::save_marker(store, &keystore, &place);
            });
            // What cannot be read now, the next look finds.
            (written, store.head().ok())
        };
        let tell = move |(_, head): &(_, Option<u64>)| {
            if let Some(head) = head {
                tell.send_replace(*head);
            }
        };
        let (written, _) = self.db().call_telling(write, tell).await?;
        written
    }
}

/// Writes, and calls `noted` if that began a new writer.
fn noting_a_new_writer<T>(
    store: &mut Store,
    write: impl FnOnce(&mut Store) -> Result<T, EngineError>,
    noted: impl FnOnce(&mut Store),
) -> Result<T, EngineError> {
    let before = store.marker()?.writer;
    let written = write(store);
    if store.marker()?.writer != before {
        noted(store);
    }
    written
}

/// Entities on their way out.
#[derive(Debug)]
pub struct Export {
    views: mpsc::Receiver<Result<View, StoreError>>,
}

impl Export {
    /// The next entity; `None` after the last.
    ///
    /// # Errors
    /// When the database fails; nothing follows.
    pub async fn next(&mut self) -> Result<Option<View>, EngineError> {
        Ok(self.views.recv().await.transpose()?)
    }
}

/// Why giving out ends early.
pub(crate) enum Stop {
    NotWanted,
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// A view without the fields that stay on this device.
fn shared(schema: &Schema, mut view: View) -> View {
    if let Some(kind) = schema.kind(&view.key.kind) {
        let is_local = |name: &str| kind.field(name).is_some_and(|field| field.rule == Rule::Local);
        view.fields =
            view.fields.into_iter().filter(|(name, _)| !is_local(name)).collect::<Map<String, Value>>();
    }
    view
}

fn find(store: &mut Store, kind: &str, id: &str) -> Result<View, EngineError> {
    let none = || EngineError::NoEntity { kind: kind.to_owned(), id: id.to_owned() };
    if let Ok(id) = Uuid::try_parse(id) {
        return store.get(&EntityKey::new(kind, id))?.ok_or_else(none);
    }
    let digits = prefix(id).ok_or_else(|| EngineError::NoId { id: id.to_owned() })?;
    let first = u128::from_str_radix(&format!("{digits:0<32}"), 16).map_err(|_| none())?;
    let before = first.checked_sub(1).map(Uuid::from_u128);
    let alike = store.list(kind, Which::All, before, ALIKE_MAX)?;
    let (dead, mut living): (Vec<_>, Vec<_>) = alike
        .into_iter()
        .take_while(|view| view.key.id.simple().to_string().starts_with(&digits))
        .partition(|view| view.deleted);
    if living.is_empty() {
        living = dead;
    }
    match (living.pop(), living.len()) {
        (Some(view), 0) => Ok(view),
        (Some(_), others) => {
            Err(EngineError::SeveralEntities { kind: kind.to_owned(), id: id.to_owned(), count: others + 1 })
        }
        (None, _) => Err(none()),
    }
}

/// The digits that an id begins with, as ids are written inside.
fn prefix(id: &str) -> Option<String> {
    let digits: String = id.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    let is_prefix =
        (ID_PREFIX_MIN..32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_prefix.then_some(digits)
}
