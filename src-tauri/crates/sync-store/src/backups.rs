//! Backups: what a device shows, out; and what is missing here, in again by ordinary writes. So what comes back is new to every other
//! device, wins over what deleted it, and can be undone like any edit.

use crate::error::StoreError;
use crate::here::keep;
use crate::overlay::{is_local, is_local_field};
use crate::refusal::WriteError;
use crate::txn::Txn;
use crate::write::{Edit, make};
use crate::{Store, View, Which};
use sync_core::backup::Item;
use sync_core::entity::EntityKey;
use sync_core::entity::view::shown_fields;
use sync_core::entity::write::Change;
use sync_core::schema::Schema;
use sync_core::time::Wall;

/// How to restore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restore {
    /// Write the backup's values over those here that differ; the history keeps what was replaced.
    pub overwrite: bool,
    /// Only say what it would do.
    pub check: bool,
}

/// What restoring did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Items that were missing or deleted here, and are back.
    pub back: u64,
    /// Items that are here as the backup has them.
    pub same: u64,
    /// Items that are here with other values, which were kept, or replaced if that was asked for.
    pub differ: u64,
    /// Items that break a rule of today, with the reason.
    pub refused: Vec<(EntityKey, String)>,
}

impl Restored {
    /// Adds what a further part did.
    pub fn add(&mut self, other: Self) {
        self.back += other.back;
        self.same += other.same;
        self.differ += other.differ;
        self.refused.extend(other.refused);
    }
}

enum Fate {
    Back,
    Same,
    Differ,
}

impl Store {
    /// Gives every living entity as a backup holds it, all as they are at one moment. What is this device's own business (local
    /// fields, local settings) is not among it; what its person keeps here is, marked.
    ///
    /// # Errors
    /// When the database fails, or `give` does.
    pub fn back_up<E: From<StoreError>>(
        &mut self,
        mut give: impl FnMut(Item) -> Result<(), E>,
    ) -> Result<(), E> {
        let schema = self.schema.clone();
        self.each(Which::Living, |view| item(&schema, view).map_or(Ok(()), &mut give))
    }

    /// Brings back what is missing or deleted here, in one transaction.
    ///
    /// # Errors
    /// When the database fails: then nothing of these is restored.
    pub fn restore(&mut self, items: &[Item], how: Restore, wall: Wall) -> Result<Restored, StoreError> {
        let mut txn = self.begin(wall)?;
        let mut restored = Restored::default();
        for item in items {
            if is_local(txn.schema.kind(&item.kind), &item.fields) {
                restored.refused.push((item.key(), "it belongs to one device alone".into()));
                continue;
            }
            match restore(&mut txn, item, how) {
                Ok(Fate::Back) => restored.back += 1,
                Ok(Fate::Same) => restored.same += 1,
                Ok(Fate::Differ) => restored.differ += 1,
                Err(WriteError::Refused(refusal)) => restored.refused.push((item.key(), refusal.to_string())),
                Err(WriteError::Store(error)) => return Err(error),
            }
        }
        if !how.check {
            txn.commit()?;
        }
        Ok(restored)
    }
}

fn item(schema: &Schema, view: View) -> Option<Item> {
    let View { key, mut fields, local, .. } = view;
    let kind = schema.kind(&key.kind);
    if is_local(kind, &fields) {
        return None;
    }
    fields.retain(|name, _| !is_local_field(kind, name));
    Some(Item { kind: key.kind, id: key.id, fields, here: local })
}

fn restore(txn: &mut Txn<'_>, item: &Item, how: Restore) -> Result<Fate, WriteError> {
    let (key, schema) = (item.key(), txn.schema);
    let kind = schema.kind(&item.kind);
    let mut fields = item.fields.clone();
    fields.retain(|name, _| !is_local_field(kind, name));
    let stored = txn.find(&key)?;
    let alive = stored.as_ref().filter(|stored| stored.died.is_none());
    let Some(alive) = alive else {
        make(txn, &Edit { key: key.clone(), change: Change::Set(fields) })?;
        if item.here && stored.is_none() {
            keep(txn, &key, true)?;
        }
        return Ok(Fate::Back);
    };
    // Fields that are here alone are newer than the backup, and stay.
    let shown = shown_fields(&txn.decode(&key, alive)?);
    fields.retain(|name, value| shown.get(name) != Some(value));
    if fields.is_empty() {
        return Ok(Fate::Same);
    }
    if how.overwrite {
        make(txn, &Edit { key, change: Change::Set(fields) })?;
    }
    Ok(Fate::Differ)
}

#[cfg(test)]
mod tests;
