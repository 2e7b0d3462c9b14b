//! What the person at this device writes: validated as a whole, stamped inside the transaction, and refused
//! with the entity, the field and the rule.

use crate::Store;
use crate::error::StoreError;
use crate::history;
use crate::names::u64_of;
use crate::overlay::{compose, is_local, is_local_field};
use crate::refusal::{Refusal, WriteError};
use crate::txn::{Next, Stored, Txn};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use sync_core::entity::EntityKey;
use sync_core::entity::view::shown_fields;
use sync_core::entity::write::{Change, merged, write};
use sync_core::json::is_name;
use sync_core::limits::VALUE_MAX;
use sync_core::schema::{Kind, Rule, Violation};
use sync_core::time::Wall;

/// One change of one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Which entity.
    pub key: EntityKey,
    /// What to do with it.
    pub change: Change,
}

/// What an edit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The entity is new, or was deleted and lives again.
    Created,
    /// The entity changed, or was deleted.
    Changed,
    /// Everything was so already.
    Unchanged,
}

/// Edits a transaction when there are many: enough that the disk is not waited for, few enough that other
/// work gets its turn.
const CHUNK: usize = 500;

impl Store {
    /// Makes these edits, all or none, in one transaction.
    ///
    /// # Errors
    /// The first edit that is refused, and why.
    pub fn write(&mut self, edits: &[Edit], wall: Wall) -> Result<Vec<Outcome>, WriteError> {
        make_all(self.begin(wall)?, edits)
    }

    /// As [`Self::write`], unless one of these entities has changed after the seq `head`: then nothing is done, and `None` returned.
    /// For edits that follow from what was read when that was the head.
    ///
    /// # Errors
    /// The first edit that is refused, and why.
    pub fn write_unless_changed(
        &mut self,
        edits: &[Edit],
        read: &BTreeSet<EntityKey>,
        head: u64,
        wall: Wall,
    ) -> Result<Option<Vec<Outcome>>, WriteError> {
        let txn = self.begin(wall)?;
        for key in read {
            if txn.find(key)?.is_some_and(|stored| u64_of(stored.seq) > head) {
                return Ok(None);
            }
        }
        make_all(txn, edits).map(Some)
    }

    /// Makes each of these edits that can be made; for imports. Many at a time share a transaction.
    ///
    /// # Errors
    /// When the database fails; what was written before that, in multiples of 500 edits, stays.
    pub fn write_each(
        &mut self,
        edits: &[Edit],
        wall: Wall,
    ) -> Result<Vec<Result<Outcome, Refusal>>, StoreError> {
        let mut outcomes = Vec::with_capacity(edits.len());
        for chunk in edits.chunks(CHUNK) {
            let mut txn = self.begin(wall)?;
            for edit in chunk {
                outcomes.push(match make(&mut txn, edit) {
                    Ok(outcome) => Ok(outcome),
                    Err(WriteError::Refused(refusal)) => Err(refusal),
                    Err(WriteError::Store(error)) => return Err(error),
                });
            }
            txn.commit()?;
        }
        Ok(outcomes)
    }
}

/// Makes these edits, all or none.
fn make_all(mut txn: Txn<'_>, edits: &[Edit]) -> Result<Vec<Outcome>, WriteError> {
    let outcomes = edits.iter().map(|edit| make(&mut txn, edit)).collect::<Result<_, WriteError>>()?;
    txn.commit()?;
    Ok(outcomes)
}

/// Makes one edit. A refusal comes before anything of it is stored.
pub(crate) fn make(txn: &mut Txn<'_>, edit: &Edit) -> Result<Outcome, WriteError> {
    let Edit { key, change } = edit;
    if !is_name(&key.kind) {
        return Err(Refusal::Kind { kind: key.kind.clone() }.into());
    }
    let schema = txn.schema;
    let kind = schema.kind(&key.kind);
    check_rule(key, kind, change)?;
    let overlay = txn.local(key)?;
    let mut fields = overlay.clone();
    if let Change::Set(set) = change {
        fields.extend(set.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    if is_local(kind, &fields) { make_local(txn, edit, overlay) } else { make_shared(txn, edit, overlay) }
}

/// An edit of an entity that is local as a whole.
fn make_local(txn: &mut Txn<'_>, edit: &Edit, before: Map<String, Value>) -> Result<Outcome, WriteError> {
    let Edit { key, change } = edit;
    let schema = txn.schema;
    let kind = schema.kind(&key.kind);
    let mut after = before.clone();
    match change {
        Change::Set(fields) => set_local(&mut after, fields),
        Change::Text { field, base, text } => {
            let now = after.get(&**field).and_then(Value::as_str).unwrap_or_default();
            let value = merged(base, text, now);
            set_local(&mut after, &Map::from_iter([(field.to_string(), value)]));
        }
        Change::Add(name, item) => {
            let items = after.entry(&**name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(items) = items
                && !items.contains(item)
            {
                items.push(item.clone());
            }
        }
        Change::Remove(name, item) => {
            if let Some(Value::Array(items)) = after.get_mut(&**name) {
                items.retain(|other| other != item);
            }
        }
        Change::Delete => after.clear(),
        Change::Keep => {}
    }
    if after == before {
        return Ok(Outcome::Unchanged);
    }
    if !matches!(change, Change::Delete) {
        check_local(key, kind, &after)?;
        check_entity(key, kind, &before, &after)?;
    }
    txn.put_local(key, &after)?;
    Ok(if before.is_empty() { Outcome::Created } else { Outcome::Changed })
}

/// An edit of an entity that other devices get, but for its local fields.
fn make_shared(txn: &mut Txn<'_>, edit: &Edit, overlay: Map<String, Value>) -> Result<Outcome, WriteError> {
    let Edit { key, change } = edit;
    let schema = txn.schema;
    let kind = schema.kind(&key.kind);
    let stored = txn.find(key)?;
    let before = stored.as_ref().map(|stored| txn.decode(key, stored)).transpose()?;
    let empty = before.as_ref().is_none_or(|before| before.fields.is_empty() && before.sets.is_empty());
    match (change, &before) {
        (Change::Delete | Change::Keep | Change::Remove(..) | Change::Text { .. }, None) => {
            return Err(Refusal::Missing { key: key.clone() }.into());
        }
        (Change::Keep, Some(before)) if empty && before.is_dead() => {
            return Err(Refusal::Gone { key: key.clone() }.into());
        }
        (
            Change::Set(_)
            | Change::Text { .. }
            | Change::Add(..)
            | Change::Delete
            | Change::Keep
            | Change::Remove(..),
            _,
        ) => {}
    }
    let (change, overlay_after) = split(kind, change, &overlay);
    check_local(key, kind, &overlay_after)?;

    let clock = txn.clock;
    let stamp = txn.stamp()?;
    let is_known = |stored: &Stored| !stored.here && (stored.source != 0 || stored.seq <= txn.handed_out);
    let shared = stored.as_ref().is_some_and(is_known);
    let mut after = before.clone().unwrap_or_default();
    let replaced = write(&mut after, kind, &change, stamp, shared)
        .map_err(|violation| Refusal::Rule { key: key.clone(), violation })?;
    if replaced.is_none() {
        txn.take_back(clock);
        if before.is_some() && overlay_after == overlay {
            return Ok(Outcome::Unchanged);
        }
    }
    if !matches!(change, Change::Delete) {
        let shown = shown_fields(&after);
        if is_local(kind, &shown) {
            // Another device sent what should never leave one. It is not shown, and not added to.
            return Err(Refusal::Missing { key: key.clone() }.into());
        }
        let before = compose(kind, before.as_ref().map(shown_fields).unwrap_or_default(), &overlay);
        check_entity(key, kind, &before, &compose(kind, shown, &overlay_after))?;
    }
    if replaced.is_none() && before.is_none() {
        return Err(Refusal::Missing { key: key.clone() }.into());
    }
    if let Some(replaced) = &replaced {
        let row = txn.encode_proved(&after).map_err(|error| Refusal::Bound { key: key.clone(), error })?;
        let next = Next { entity: &after, row: &row, checksum: after.checksum(key), source: 0 };
        txn.put(key, stored.as_ref(), &next)?;
        if let Some(before) = &before {
            history::record(txn, key, before, &after, replaced, 0)?;
        }
    }
    if overlay_after != overlay {
        txn.put_local(key, &overlay_after)?;
    }
    let lived = before.is_some_and(|before| !before.is_dead());
    Ok(if lived || after.is_dead() { Outcome::Changed } else { Outcome::Created })
}

/// The part of a change that is shared, and the local fields as it leaves them.
fn split(kind: Option<&Kind>, change: &Change, overlay: &Map<String, Value>) -> (Change, Map<String, Value>) {
    let Change::Set(fields) = change else { return (change.clone(), overlay.clone()) };
    let (local, shared): (Map<_, _>, Map<_, _>) =
        fields.clone().into_iter().partition(|(name, _)| is_local_field(kind, name));
    let mut after = overlay.clone();
    set_local(&mut after, &local);
    (Change::Set(shared), after)
}

fn set_local(fields: &mut Map<String, Value>, set: &Map<String, Value>) {
    for (name, value) in set {
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
}

/// Items can be added to sets alone.
fn check_rule(key: &EntityKey, kind: Option<&Kind>, change: &Change) -> Result<(), Refusal> {
    let (Change::Add(name, _) | Change::Remove(name, _)) = change else { return Ok(()) };
    match kind.and_then(|kind| kind.field(name)) {
        Some(field) if field.rule != Rule::Set => {
            Err(Refusal::Rule { key: key.clone(), violation: Violation::new(&**name, "is not a list") })
        }
        Some(_) | None => Ok(()),
    }
}

/// Names, lengths and shapes of local fields, which merging's own checks do not see.
fn check_local(key: &EntityKey, kind: Option<&Kind>, fields: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in fields {
        let field = kind.and_then(|kind| kind.field(name));
        let length = value.to_string().len();
        let checked = if !is_name(name) {
            Err(Violation::new(name, "a field's name is made of a-z, 0-9 and _, at most 64 of them"))
        } else if length > VALUE_MAX {
            Err(Violation::new(name, format!("is {length} bytes long; {VALUE_MAX} is the most")))
        } else {
            match (field, value) {
                (Some(field), Value::Array(items)) if field.rule == Rule::Set => {
                    items.iter().try_for_each(|item| field.check(item))
                }
                (Some(field), value) => field.check(value),
                (None, _) => Ok(()),
            }
        };
        checked.map_err(|violation| Refusal::Rule { key: key.clone(), violation })?;
    }
    Ok(())
}

/// The rules over the whole entity. One that it broke before, perhaps because two devices changed two fields
/// at once, does not keep a person from changing something else.
fn check_entity(
    key: &EntityKey,
    kind: Option<&Kind>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<(), Refusal> {
    let Some(kind) = kind else { return Ok(()) };
    let Err(violation) = kind.check_entity(after) else { return Ok(()) };
    if !before.is_empty() && kind.check_entity(before).as_ref() == Err(&violation) {
        return Ok(());
    }
    Err(Refusal::Rule { key: key.clone(), violation })
}

#[cfg(test)]
mod tests;
