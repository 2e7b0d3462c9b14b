//! What must be true, worked out a second time and in another way: from every single write, and from what the device
//! that made it had seen. The merge laws are applied to that list of writes, not to states, so a mistake in merging, storing or
//! transferring states does not repeat itself here.

use std::collections::{BTreeMap, BTreeSet};
use sync_core::entity::row::decode;
use sync_core::entity::write::Change;
use sync_core::entity::{Entity, EntityKey};
use sync_core::json::Json;
use sync_core::schema::{Rule, Schema};
use sync_core::stamp::{Stamp, VersionVector};
use sync_core::wire::batch::{Batch, Writers};

/// One write that changed something.
#[derive(Clone, Debug)]
struct Write {
    stamp: Stamp,
    /// What its device had seen of the entity before.
    seen: VersionVector,
    values: BTreeMap<Box<str>, Json>,
    added: BTreeSet<(Box<str>, Json)>,
    removed: BTreeSet<(Box<str>, Json)>,
    /// A delete, or the taking back of one.
    removal: Option<Removal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Removal {
    Delete,
    PutBack,
}

/// What a device that has seen certain writes must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) fields: BTreeMap<Box<str>, BTreeSet<(Stamp, Json)>>,
    pub(crate) sets: BTreeSet<(Box<str>, Json, Stamp)>,
    pub(crate) removals: BTreeSet<Stamp>,
    pub(crate) dead: bool,
}

/// A value in a place.
pub(crate) type Held = (EntityKey, Box<str>, Json);

#[derive(Default)]
pub(crate) struct Oracle {
    writes: BTreeMap<EntityKey, Vec<Write>>,
    /// By device: what it has seen of each entity.
    seen: Vec<BTreeMap<EntityKey, VersionVector>>,
    /// By device: every value it ever held.
    held: Vec<BTreeSet<Held>>,
}

/// What a backup takes along.
#[derive(Clone)]
pub(crate) struct Memory {
    seen: BTreeMap<EntityKey, VersionVector>,
    held: BTreeSet<Held>,
}

impl Oracle {
    pub(crate) fn new(devices: usize) -> Self {
        Self {
            writes: BTreeMap::new(),
            seen: vec![BTreeMap::new(); devices],
            held: vec![BTreeSet::new(); devices],
        }
    }

    /// `device` wrote, and something changed by it.
    pub(crate) fn wrote(
        &mut self,
        device: usize,
        schema: &Schema,
        key: &EntityKey,
        change: &Change,
        stamp: Stamp,
    ) {
        let seen = self.seen[device].get(key).cloned().unwrap_or_default();
        let before = self.expect(key, &seen);
        let mut write = Write {
            stamp,
            seen,
            values: BTreeMap::new(),
            added: BTreeSet::new(),
            removed: BTreeSet::new(),
            removal: None,
        };
        match change {
            Change::Set(fields) => {
                for (name, value) in fields {
                    let rule =
                        schema.kind(&key.kind).and_then(|kind| kind.field(name)).map(|field| field.rule);
                    let name: Box<str> = name.as_str().into();
                    match (rule, value.as_array()) {
                        (Some(Rule::Local), _) => {}
                        (Some(Rule::Set), Some(items)) => set_items(&mut write, &before, &name, items),
                        (Some(Rule::Register | Rule::Quiet | Rule::Set | Rule::Text) | None, _) => {
                            write.set(&before, name, Json::of(value));
                        }
                    }
                }
            }
            Change::Add(name, item) => {
                let item = Json::of(item);
                // On a deleted entity this may put back and no more.
                if !before.sets.iter().any(|(set, had, _)| set == name && *had == item) {
                    write.added.insert((name.clone(), item));
                }
            }
            Change::Remove(name, item) => {
                write.removed.insert((name.clone(), Json::of(item)));
            }
            Change::Delete => write.removal = Some(Removal::Delete),
            Change::Keep => write.removal = Some(Removal::PutBack),
        }
        if write.removal.is_none() && before.dead {
            write.removal = Some(Removal::PutBack);
        }
        self.seen[device].entry(key.clone()).or_default().observe(stamp);
        self.writes.entry(key.clone()).or_default().push(write);
        self.take_note(device, key);
    }

    /// `device` applied a batch.
    pub(crate) fn learned(&mut self, device: usize, batch: &Batch, writers: &Writers) {
        for (key, row) in batch.rows().filter_map(Result::ok) {
            let entity =
                decode(&row.fields, &row.meta, |number| writers.get(&number).map(|writer| writer.id));
            let Ok(entity) = entity else { continue };
            self.seen[device].entry(key.clone()).or_default().join(&entity.vv);
            self.take_note(device, &key);
        }
    }

    /// What `device` must hold, by entity.
    pub(crate) fn state(&self, device: usize) -> BTreeMap<EntityKey, Expected> {
        self.seen[device].iter().map(|(key, seen)| (key.clone(), self.expect(key, seen))).collect()
    }

    pub(crate) fn seen(&self, device: usize, key: &EntityKey) -> Option<&VersionVector> {
        self.seen[device].get(key)
    }

    pub(crate) fn held(&self, device: usize) -> &BTreeSet<Held> {
        &self.held[device]
    }

    pub(crate) fn remember(&self, device: usize) -> Memory {
        Memory { seen: self.seen[device].clone(), held: self.held[device].clone() }
    }

    pub(crate) fn recall(&mut self, device: usize, memory: Memory) {
        self.seen[device] = memory.seen;
        self.held[device] = memory.held;
    }

    fn take_note(&mut self, device: usize, key: &EntityKey) {
        let Some(seen) = self.seen[device].get(key) else { return };
        let now = self.expect(key, seen);
        let held = &mut self.held[device];
        for (name, siblings) in now.fields {
            held.extend(siblings.into_iter().map(|(_, value)| (key.clone(), name.clone(), value)));
        }
        held.extend(now.sets.into_iter().map(|(name, item, _)| (key.clone(), name, item)));
    }

    /// The merge laws, applied to the writes that `seen` covers.
    fn expect(&self, key: &EntityKey, seen: &VersionVector) -> Expected {
        let all = self.writes.get(key).map_or(&[][..], Vec::as_slice);
        let known: Vec<&Write> = all.iter().filter(|write| seen.covers(write.stamp)).collect();
        let superseded = |stamp: Stamp, by: &dyn Fn(&Write) -> bool| {
            known.iter().any(|later| by(later) && later.seen.covers(stamp))
        };
        let mut state = Expected::default();
        let mut deleted = VersionVector::default();
        let (mut any_delete, mut stamps) = (false, Vec::new());
        for write in &known {
            for (name, value) in &write.values {
                if !superseded(write.stamp, &|later| later.values.contains_key(name)) {
                    state.fields.entry(name.clone()).or_default().insert((write.stamp, value.clone()));
                    stamps.push(write.stamp);
                }
            }
            for item in &write.added {
                if !superseded(write.stamp, &|later| later.removed.contains(item)) {
                    state.sets.insert((item.0.clone(), item.1.clone(), write.stamp));
                    stamps.push(write.stamp);
                }
            }
            if let Some(removal) = write.removal
                && !superseded(write.stamp, &|later| later.removal.is_some())
            {
                state.removals.insert(write.stamp);
                match removal {
                    Removal::Delete => {
                        deleted.join(&write.seen);
                        any_delete = true;
                    }
                    Removal::PutBack => stamps.push(write.stamp),
                }
            }
        }
        state.dead = any_delete && stamps.iter().all(|&stamp| deleted.covers(stamp));
        state
    }
}

impl Write {
    fn set(&mut self, before: &Expected, name: Box<str>, value: Json) {
        let siblings = before.fields.get(&name);
        let settled = match siblings {
            None => value.text() == "null",
            Some(siblings) => siblings.len() == 1 && siblings.iter().all(|(_, current)| *current == value),
        };
        if !settled {
            self.values.insert(name, value);
        }
    }
}

fn set_items(write: &mut Write, before: &Expected, name: &str, items: &[serde_json::Value]) {
    let wanted: BTreeSet<Json> = items.iter().map(Json::of).collect();
    let had: BTreeSet<&Json> =
        before.sets.iter().filter(|(set, ..)| &**set == name).map(|(_, item, _)| item).collect();
    write
        .added
        .extend(wanted.iter().filter(|item| !had.contains(item)).map(|item| (name.into(), item.clone())));
    let gone = had.into_iter().filter(|item| !wanted.contains(item));
    write.removed.extend(gone.map(|item| (name.into(), item.clone())));
}

/// What a device really holds, in the oracle's terms.
pub(crate) fn really(entity: &Entity) -> Expected {
    Expected {
        fields: entity
            .fields
            .iter()
            .map(|(name, siblings)| {
                (name.clone(), siblings.iter().map(|s| (s.stamp, s.value.clone())).collect())
            })
            .collect(),
        sets: entity
            .sets
            .iter()
            .flat_map(|(name, members)| members.iter().map(|m| (name.clone(), m.item.clone(), m.stamp)))
            .collect(),
        removals: entity.removals.iter().map(|removal| removal.stamp).collect(),
        dead: entity.is_dead(),
    }
}
