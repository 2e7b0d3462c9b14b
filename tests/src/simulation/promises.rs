//! What a world promises once it has settled: everybody holds the same, it is what was written, and nothing is lost.

use super::oracle::Held;
use super::world::{Outcomes, Who, World};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use sync_core::digest::Digest;
use sync_core::entity::row::decode;
use sync_core::entity::view::Review;
use sync_core::entity::{Entity, EntityKey};
use sync_core::identity::DeviceId;
use sync_core::json::Json;
use sync_core::limits::BATCH_ENTITIES;
use sync_core::node::storage::{Answer, Ask, Cursors};
use sync_core::session::End;
use sync_core::stamp::ReplicaId;
use sync_core::time::Wall;
use sync_store::{Event, HistoryFilter, Which};

/// A promise that was broken, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Rounds of everybody meeting that a settled world may take.
const ROUNDS_MAX: usize = 12;

impl World {
    /// Heals everything, ends every session, and lets everybody meet until nothing moves any more.
    pub(crate) fn settle(&mut self) {
        self.try_settle().unwrap_or_else(|broken| panic!("{broken}"));
    }

    /// Everybody holds the same, and that is what was written.
    pub(crate) fn assert_converged(&mut self) {
        self.check_promises().unwrap_or_else(|broken| panic!("{broken}"));
    }

    pub(crate) fn try_settle(&mut self) -> Result<(), Broken> {
        self.heal();
        self.stop_all();
        for _ in 0..ROUNDS_MAX {
            let before = self.heads();
            let mut all_proved = true;
            for (a, b) in self.meetings.clone() {
                let (from, to) = if self.dice.one_in(2) { (a, b) } else { (b, a) };
                let link = self.dial(from, to, false);
                self.run_to_the_end();
                self.unbroken()?;
                all_proved &= matches!(self.outcome(from, link), Some(Outcomes::Ended(End::Proved, _)));
            }
            if all_proved && self.heads() == before {
                return Ok(());
            }
        }
        Err(Broken(format!("after {ROUNDS_MAX} rounds something still moves")))
    }

    fn unbroken(&self) -> Result<(), Broken> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn heads(&mut self) -> Vec<u64> {
        self.devices.iter_mut().map(|device| device.store.head().expect("a head")).collect()
    }

    pub(crate) fn check_promises(&mut self) -> Result<(), Broken> {
        self.unbroken()?;
        let mut first: Option<(&str, BTreeMap<EntityKey, Entity>)> = None;
        // What a person is asked depends on what the application knows.
        let mut asked: BTreeMap<u32, Reviews> = BTreeMap::new();
        for who in 0..self.devices.len() {
            let name = self.devices[who].name;
            let state = self.look(who)?;
            self.check_pending(who)?;
            let reviews = self.reviews(who);
            let version = self.devices[who].schema.version;
            if asked.entry(version).or_insert_with(|| reviews.clone()) != &reviews {
                return Err(Broken(format!("{name} is asked {reviews:?}, and others {:?}", asked[&version])));
            }
            match &first {
                None => first = Some((name, state)),
                Some((other, theirs)) => same(name, &state, other, theirs)?,
            }
        }
        Ok(())
    }

    /// Holds one device to what must be true at any time. What it holds, without the content of what is deleted: whether that is
    /// still there is each device's own affair.
    pub(crate) fn look(&mut self, who: Who) -> Result<BTreeMap<EntityKey, Entity>, Broken> {
        let mut state = self.state(who);
        self.check_nothing_lost(who, &state)?;
        state.values_mut().filter(|entity| entity.is_dead()).for_each(Entity::shrink);
        self.check_against_writes(who, &state)?;
        let keys = self.decided_keys();
        self.check_decisions(who, &keys);
        self.unbroken()?;
        let name = self.devices[who].name;
        let checkup = self.store(who).check().expect("a checkup");
        if !checkup.problems.is_empty() {
            return Err(Broken(format!("{name}'s database is not in order: {:?}", checkup.problems)));
        }
        let mut digests: BTreeMap<Box<str>, Digest> = BTreeMap::new();
        for (key, entity) in &state {
            let digest = digests.entry(key.kind.clone()).or_default();
            *digest = digest.plus(entity.checksum(key));
        }
        let stored = self.store(who).answer(Ask::Digests { off: BTreeSet::new() });
        if !matches!(&stored, Answer::Digests { digests: stored, .. } if *stored == digests) {
            return Err(Broken(format!("{name}'s digests are {stored:?} and should be {digests:?}")));
        }
        Ok(state)
    }

    /// Everything a device holds, read back as it would be sent.
    pub(crate) fn state(&mut self, who: Who) -> BTreeMap<EntityKey, Entity> {
        let (mut after, mut introduced, mut writers) = (Cursors::default(), 0, BTreeMap::new());
        let mut state = BTreeMap::new();
        loop {
            let ask = Ask::Changes {
                peer: DeviceId::from_bytes([0; 16]),
                replica: ReplicaId([0; 8]),
                after: after.clone(),
                off: BTreeSet::new(),
                introduced,
                most: BATCH_ENTITIES,
            };
            let Answer::Changes { batch, upto, more, introduced: next } = self.store(who).answer(ask) else {
                panic!("no changes");
            };
            writers.extend(batch.writers.iter().map(|writer| (writer.number, writer.id)));
            for row in batch.rows() {
                let (key, row) = row.expect("a row");
                let entity = decode(row.fields, row.meta, |number| writers.get(&number).copied());
                state.insert(key, entity.expect("an entity"));
            }
            introduced = next;
            after.base = upto;
            if !more {
                return state;
            }
        }
    }

    /// Nothing waits any more for those that this device meets.
    fn check_pending(&mut self, who: Who) -> Result<(), Broken> {
        let name = self.devices[who].name;
        let met: BTreeSet<DeviceId> = self
            .meetings
            .iter()
            .filter(|(a, b)| *a == who || *b == who)
            .map(|&(a, b)| self.id(if a == who { b } else { a }))
            .collect();
        let status = self.store(who).status().expect("a status");
        match status.peers.iter().find(|peer| peer.pending > 0 && met.contains(&peer.device)) {
            Some(peer) => Err(Broken(format!("{name} still has {} changes for {}", peer.pending, peer.name))),
            None => Ok(()),
        }
    }

    fn check_against_writes(&self, who: Who, state: &BTreeMap<EntityKey, Entity>) -> Result<(), Broken> {
        let name = self.devices[who].name;
        if let Some(key) = self.oracle.known(who).find(|key| !state.contains_key(*key)) {
            return Err(Broken(format!("{name} has no {key}")));
        }
        for (key, entity) in state {
            if let Some(difference) = self.oracle.differs(who, key, entity) {
                return Err(Broken(format!("{name}, {key}: {difference}")));
            }
        }
        Ok(())
    }

    /// Every value that was ever here is still in its entity, in its reviews or in the history.
    fn check_nothing_lost(&mut self, who: Who, state: &BTreeMap<EntityKey, Entity>) -> Result<(), Broken> {
        let replaced = self.replaced(who);
        for held @ (key, field, value) in self.oracle.held(who) {
            let here = state.get(key).is_some_and(|entity| holds(entity, field, value));
            if !here && !replaced.contains_key(held) && value.text() != "null" {
                let name = self.devices[who].name;
                return Err(Broken(format!("{name} lost {value:?}, once the {field} of {key}")));
            }
        }
        Ok(())
    }

    /// The values in a device's history, and when the last of each was replaced there.
    pub(super) fn replaced(&mut self, who: Who) -> BTreeMap<Held, Wall> {
        let entries = self.store(who).history(&HistoryFilter::default(), 100_000).expect("a history");
        let values = entries.into_iter().rev().filter_map(|entry| match entry.event {
            Event::Replaced { field, from, .. } => Some(((entry.key, field, from), entry.at)),
            Event::Deleted | Event::PutBack => None,
        });
        values.collect()
    }

    pub(crate) fn reviews(&mut self, who: Who) -> Reviews {
        let waiting = self.store(who).reviews().expect("reviews");
        waiting.into_iter().map(|view| (view.key, view.reviews)).collect()
    }

    /// Everything that is shown on a device, by entity.
    pub(crate) fn shown(
        &mut self,
        who: Who,
    ) -> BTreeMap<EntityKey, serde_json::Map<String, serde_json::Value>> {
        let mut shown = BTreeMap::new();
        self.store(who)
            .each::<sync_store::StoreError>(Which::Living, |view| {
                shown.insert(view.key, view.fields);
                Ok(())
            })
            .expect("entities");
        shown
    }
}

/// Whether a value is anywhere in a field.
pub(super) fn holds(entity: &Entity, field: &str, value: &Json) -> bool {
    let siblings = entity.fields.get(field).into_iter().flatten();
    let members = entity.sets.get(field).into_iter().flatten();
    siblings.map(|s| &s.value).chain(members.map(|m| &m.item)).any(|v| v == value)
}

/// What a person is asked, by entity.
pub(crate) type Reviews = BTreeMap<EntityKey, Vec<Review>>;

fn same(
    name: &str,
    state: &BTreeMap<EntityKey, Entity>,
    other: &str,
    theirs: &BTreeMap<EntityKey, Entity>,
) -> Result<(), Broken> {
    if let Some((key, entity)) = state.iter().find(|(key, entity)| theirs.get(*key) != Some(*entity)) {
        let theirs = theirs.get(key);
        return Err(Broken(format!("{key} differs: {name} has {entity:#?}, {other} has {theirs:#?}")));
    }
    if state.len() != theirs.len() {
        return Err(Broken(format!("{name} has {}, {other} {}", state.len(), theirs.len())));
    }
    Ok(())
}
