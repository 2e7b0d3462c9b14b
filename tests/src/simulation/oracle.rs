//! What must be true, worked out a second time and in another way: from every single write, and from what the device
//! that made it had seen. The merge laws are applied to that list of writes, not to states, so a mistake in merging, storing or
//! transferring states does not repeat itself here.

use std::collections::{BTreeMap, BTreeSet};
use sync_core::entity::row::decode;
use sync_core::entity::write::Change;
use sync_core::entity::{Entity, EntityKey};
use sync_core::hlc::Hlc;
use sync_core::json::Json;
use sync_core::schema::{Rule, Schema};
use sync_core::stamp::{Stamp, VersionVector, WriterId};
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
struct Expected {
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
    /// By device: every value it ever held, and did not drop as old.
    held: Vec<BTreeSet<Held>>,
    /// By device: writes whose content is gone there, because this device or another one dropped it with an old tombstone.
    dropped: Vec<BTreeMap<EntityKey, BTreeSet<Stamp>>>,
    /// Writers that two lives of a database shared without noticing, and since when.
    shared: BTreeMap<WriterId, Hlc>,
}

/// What a backup takes along.
#[derive(Clone)]
pub(crate) struct Memory {
    seen: BTreeMap<EntityKey, VersionVector>,
    held: BTreeSet<Held>,
    dropped: BTreeMap<EntityKey, BTreeSet<Stamp>>,
}

impl Oracle {
    pub(crate) fn new(devices: usize) -> Self {
        Self {
            seen: vec![BTreeMap::new(); devices],
            held: vec![BTreeSet::new(); devices],
            dropped: vec![BTreeMap::new(); devices],
            ..Self::default()
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
        let before = self.state(device, key);
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
                        (
                            Some(
                                Rule::Register | Rule::Quiet | Rule::Derived { .. } | Rule::Set | Rule::Text,
                            )
                            | None,
                            _,
                        ) => {
                            write.set(&before, name, Json::of(value));
                        }
                    }
                }
            }
            // What came of a text that was typed is known only afterwards, and told as a value that was set.
            Change::Text { field, text, .. } => {
                write.set(&before, field.clone(), Json::of(&text.as_str().into()))
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
        if write.removal == Some(Removal::PutBack) {
            // The items of its sets are written anew with it.
            for (name, item, _) in &before.sets {
                let item = (name.clone(), item.clone());
                if write.removed.insert(item.clone()) {
                    write.added.insert(item);
                }
            }
        }
        self.seen[device].entry(key.clone()).or_default().observe(stamp);
        self.writes.entry(key.clone()).or_default().push(write);
        self.take_note(device, key);
    }

    /// `device` applied a batch.
    pub(crate) fn learned(&mut self, device: usize, batch: &Batch, writers: &Writers) {
        for (key, row) in batch.rows().filter_map(Result::ok) {
            let entity = decode(row.fields, row.meta, |number| writers.get(&number).map(|writer| writer.id));
            let Ok(entity) = entity else { continue };
            self.seen[device].entry(key.clone()).or_default().join(&entity.vv);
            // What their copy has seen and no longer holds, and was dropped somewhere, is gone with it.
            let here = stamps(&really(&entity));
            let dropped = self.dropped.iter().filter_map(|dropped| dropped.get(&key)).flatten();
            let gone: BTreeSet<Stamp> =
                dropped.filter(|s| entity.vv.covers(**s) && !here.contains(s)).copied().collect();
            if !gone.is_empty() {
                self.dropped[device].entry(key.clone()).or_default().extend(gone);
            }
            self.take_note(device, &key);
        }
    }

    /// `device` dropped the content of an old tombstone. False: it is no tombstone.
    pub(crate) fn shrunk(&mut self, device: usize, key: &EntityKey) -> bool {
        let state = self.state(device, key);
        let gone = stamps(&state);
        self.forget(device, key, &gone);
        self.dropped[device].entry(key.clone()).or_default().extend(gone);
        state.dead || self.is_doubtful(key)
    }

    /// `device` dropped old entries of its history.
    pub(crate) fn forgot(&mut self, device: usize, old: &BTreeSet<Held>) {
        self.held[device].retain(|held| !old.contains(held));
    }

    /// Whether content of the entity was dropped anywhere, so that a device that holds more may write it anew.
    pub(crate) fn may_be_reasserted(&self, key: &EntityKey) -> bool {
        self.dropped.iter().any(|dropped| dropped.contains_key(key))
    }

    /// `device` holds `entity` after a merge: takes note of what it wrote anew in doing so, and says how
    /// often. `None`: that was never written before.
    pub(crate) fn reasserted(&mut self, device: usize, key: &EntityKey, entity: &Entity) -> Option<u64> {
        let seen = self.seen[device].get(key).cloned().unwrap_or_default();
        let unseen = entity.vv.iter().map(|(writer, hlc)| Stamp { hlc, writer });
        let (mut honest, mut times) = (true, 0);
        for stamp in unseen.filter(|stamp| !seen.covers(*stamp)) {
            let fields = entity.fields.iter().flat_map(|(name, all)| all.iter().map(move |s| (name, s)));
            let members = entity.sets.iter().flat_map(|(name, all)| all.iter().map(move |m| (name, m)));
            let write = Write {
                stamp,
                seen: seen.clone(),
                values: fields
                    .filter(|(_, s)| s.stamp == stamp)
                    .map(|(name, s)| (name.clone(), s.value.clone()))
                    .collect(),
                added: members
                    .filter(|(_, m)| m.stamp == stamp)
                    .map(|(name, m)| (name.clone(), m.item.clone()))
                    .collect(),
                removed: BTreeSet::new(),
                removal: None,
            };
            let all = self.writes.entry(key.clone()).or_default();
            honest &= write
                .values
                .iter()
                .all(|(name, value)| all.iter().any(|earlier| earlier.values.get(name) == Some(value)))
                && write.added.iter().all(|item| all.iter().any(|earlier| earlier.added.contains(item)));
            all.push(write);
            times += 1;
            self.seen[device].entry(key.clone()).or_default().observe(stamp);
        }
        self.take_note(device, key);
        honest.then_some(times)
    }

    /// From now on two lives of a database may write as this writer.
    pub(crate) fn share(&mut self, writer: WriterId, since: Hlc) {
        let first = self.shared.entry(writer).or_insert(since);
        *first = since.min(*first);
    }

    /// `device` holds this now, whatever it should hold: all that can be said where two lives wrote as one.
    pub(crate) fn holds(&mut self, device: usize, key: &EntityKey, entity: &Entity) {
        self.hold(device, key, really(entity));
    }

    /// A device more, which holds what `of` holds.
    pub(crate) fn copied(&mut self, of: usize) {
        self.seen.push(self.seen[of].clone());
        self.held.push(self.held[of].clone());
        self.dropped.push(self.dropped[of].clone());
    }

    /// The entities that `device` must have.
    pub(crate) fn known(&self, device: usize) -> impl Iterator<Item = &EntityKey> {
        self.seen[device].keys()
    }

    /// What of an entity is not as the writes say that `device` has seen: in words.
    pub(crate) fn differs(&self, device: usize, key: &EntityKey, entity: &Entity) -> Option<String> {
        if self.is_doubtful(key) {
            // Two lives wrote as one: what each has seen no longer follows from what it was sent.
            return None;
        }
        let seen = self.seen[device].get(key).cloned().unwrap_or_default();
        let mut expected = self.state(device, key);
        if expected.dead {
            expected.fields.clear();
            expected.sets.clear();
        }
        (seen != entity.vv || really(entity) != expected)
            .then(|| format!("should hold {expected:#?} having seen {seen:#?}, and holds {entity:#?}"))
    }

    pub(crate) fn has_seen(&self, device: usize, key: &EntityKey, stamp: Stamp) -> bool {
        self.seen[device].get(key).is_some_and(|seen| seen.covers(stamp))
    }

    pub(crate) fn held(&self, device: usize) -> &BTreeSet<Held> {
        &self.held[device]
    }

    /// Whether two lives of a database wrote it as one writer.
    pub(crate) fn is_doubtful(&self, key: &EntityKey) -> bool {
        let shared = |write: &Write| {
            self.shared.get(&write.stamp.writer).is_some_and(|since| write.stamp.hlc > *since)
        };
        self.writes.get(key).is_some_and(|writes| writes.iter().any(shared))
    }

    pub(crate) fn remember(&self, device: usize) -> Memory {
        Memory {
            seen: self.seen[device].clone(),
            held: self.held[device].clone(),
            dropped: self.dropped[device].clone(),
        }
    }

    pub(crate) fn recall(&mut self, device: usize, memory: Memory) {
        self.seen[device] = memory.seen;
        self.held[device] = memory.held;
        self.dropped[device] = memory.dropped;
    }

    fn take_note(&mut self, device: usize, key: &EntityKey) {
        if self.is_doubtful(key) {
            return;
        }
        let now = self.state(device, key);
        self.hold(device, key, now);
    }

    fn hold(&mut self, device: usize, key: &EntityKey, state: Expected) {
        let fields = state
            .fields
            .into_iter()
            .flat_map(|(name, siblings)| siblings.into_iter().map(move |(_, value)| (name.clone(), value)));
        let values = fields.chain(state.sets.into_iter().map(|(name, item, _)| (name, item)));
        self.held[device].extend(values.map(|(name, value)| (key.clone(), name, value)));
    }

    fn forget(&mut self, device: usize, key: &EntityKey, gone: &BTreeSet<Stamp>) {
        let writes = self.writes.get(key).into_iter().flatten();
        for write in writes.filter(|write| gone.contains(&write.stamp)) {
            let items = write.added.iter().map(|(name, item)| (name, item));
            for (name, value) in write.values.iter().chain(items) {
                self.held[device].remove(&(key.clone(), name.clone(), value.clone()));
            }
        }
    }

    /// What `device` must hold of an entity: what the writes say that it has seen, without what was dropped.
    fn state(&self, device: usize, key: &EntityKey) -> Expected {
        let Some(seen) = self.seen[device].get(key) else { return Expected::default() };
        let mut state = self.expect(key, seen);
        if let Some(dropped) = self.dropped[device].get(key) {
            state.fields.values_mut().for_each(|all| all.retain(|(stamp, _)| !dropped.contains(stamp)));
            state.fields.retain(|_, siblings| !siblings.is_empty());
            state.sets.retain(|(.., stamp)| !dropped.contains(stamp));
        }
        state
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

fn stamps(state: &Expected) -> BTreeSet<Stamp> {
    let fields = state.fields.values().flatten().map(|(stamp, _)| *stamp);
    fields.chain(state.sets.iter().map(|(.., stamp)| *stamp)).collect()
}

/// What a device really holds, in the oracle's terms.
fn really(entity: &Entity) -> Expected {
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
