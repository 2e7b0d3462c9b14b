//! Two people's stores and what passes between them, without a channel: for the tests of this crate.

use crate::{Edit, FreshId, NewPeer, NewReplica, Outcome, Store, View, WriteError};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use sync_core::digest::Digest;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::identity::{DeviceId, PublicKey};
use sync_core::limits::BATCH_ENTITIES;
use sync_core::node::storage::{Answer, Ask, Opening, Report};
use sync_core::schema::{Field, Kind, LocalWhen, Rule, Schema, Shape, Violation};
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::Wall;
use sync_core::wire::batch::{Batch, Writers};
use uuid::Uuid;

/// A moment in 2026, in Unix milliseconds.
pub(crate) const NOW: u64 = 1_770_000_000_000;

pub(crate) fn schema() -> Schema {
    let text = Shape::Text { max: 10_000, line: false };
    let field = |name, rule, shape| Field { name, rule, shape, required: false };
    let title = Field { name: "title", rule: Rule::Register, shape: text, required: true };
    Schema {
        version: 1,
        kinds: vec![
            Kind {
                name: "note",
                fields: vec![
                    title.clone(),
                    field("content", Rule::Text, text),
                    field("order", Rule::Quiet, Shape::Real),
                    field("tags", Rule::Set, text),
                    field("scroll", Rule::Local, Shape::Integer { min: 0, max: 100 }),
                ],
                title: "title",
                natural_key: &[],
                local_when: None,
                check: None,
            },
            Kind {
                name: "task",
                fields: vec![
                    title,
                    field("start", Rule::Register, Shape::Day),
                    field("end", Rule::Register, Shape::Day),
                ],
                title: "title",
                natural_key: &[],
                local_when: None,
                check: Some(|fields| match (fields.get("start"), fields.get("end")) {
                    (Some(Value::String(start)), Some(Value::String(end))) if end < start => {
                        Err(Violation::new("end", "must not be before start"))
                    }
                    _ => Ok(()),
                }),
            },
            Kind {
                name: "setting",
                fields: vec![field("key", Rule::Register, text), field("value", Rule::Register, text)],
                title: "key",
                natural_key: &["key"],
                local_when: Some(LocalWhen { field: "key", values: &["locale"], prefixes: &["secret."] }),
                check: None,
            },
        ],
    }
}

/// A person's device.
pub(crate) struct Person {
    pub(crate) store: Store,
    pub(crate) device: DeviceId,
    pub(crate) wall: u64,
}

/// A usable public key of nobody.
pub(crate) fn key(n: u8) -> PublicKey {
    PublicKey::try_from(&[n; 32][..]).unwrap()
}

pub(crate) fn new_replica(n: u8) -> NewReplica {
    NewReplica {
        device: key(n).device_id(),
        name: format!("device {n}"),
        writer: WriterId([n; 8]),
        replica: ReplicaId([n; 8]),
        settings: Vec::new(),
    }
}

/// Ids that are not random and never repeat.
pub(crate) fn fresh_id() -> FreshId {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    Box::new(|| NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes())
}

impl Person {
    pub(crate) fn new(n: u8) -> Self {
        Self::with_schema(n, schema())
    }

    pub(crate) fn with_schema(n: u8, schema: Schema) -> Self {
        let store = Store::in_memory(&new_replica(n), Arc::new(schema), fresh_id()).unwrap();
        Self::of(store)
    }

    pub(crate) fn of(mut store: Store) -> Self {
        let device = store.device().unwrap();
        Self { store, device, wall: NOW }
    }

    pub(crate) fn try_change(&mut self, kind: &str, id: u128, change: Change) -> Result<Outcome, WriteError> {
        self.wall += 1;
        let edit = Edit { key: entity(kind, id), change };
        self.store.write(&[edit], Wall(self.wall)).map(|outcomes| outcomes[0])
    }

    pub(crate) fn change(&mut self, kind: &str, id: u128, change: Change) -> Outcome {
        self.try_change(kind, id, change).unwrap()
    }

    pub(crate) fn set(&mut self, kind: &str, id: u128, fields: Value) -> Outcome {
        self.change(kind, id, set(fields))
    }

    pub(crate) fn view(&mut self, kind: &str, id: u128) -> Option<View> {
        self.store.get(&entity(kind, id)).unwrap()
    }

    /// The fields that are shown of a living entity.
    pub(crate) fn shows(&mut self, kind: &str, id: u128) -> Value {
        self.view(kind, id)
            .filter(|view| !view.deleted)
            .map_or(Value::Null, |view| Value::Object(view.fields))
    }

    pub(crate) fn ask(&mut self, ask: Ask) -> Answer {
        self.store.answer(ask)
    }

    pub(crate) fn opening(&mut self, peer: DeviceId) -> Opening {
        let Answer::Opening(opening) = self.ask(Ask::Open { peer }) else { panic!("an opening") };
        *opening
    }

    pub(crate) fn digests(&mut self) -> BTreeMap<Box<str>, Digest> {
        self.digests_but(&BTreeSet::new())
    }

    fn digests_but(&mut self, off: &BTreeSet<Box<str>>) -> BTreeMap<Box<str>, Digest> {
        let Answer::Digests { digests, .. } = self.ask(Ask::Digests { off: off.clone() }) else {
            panic!("digests")
        };
        digests
    }

    pub(crate) fn apply(&mut self, ask: Ask) -> Report {
        let Answer::Applied { report, .. } = self.ask(ask) else { panic!("applied") };
        report
    }

    pub(crate) fn assert_sound(&mut self) {
        assert_eq!(self.store.check().unwrap().problems, []);
    }
}

pub(crate) fn entity(kind: &str, id: u128) -> EntityKey {
    EntityKey::new(kind, Uuid::from_u128(id))
}

pub(crate) fn set(fields: Value) -> Change {
    Change::Set(self::fields(fields))
}

pub(crate) fn kinds(names: &[&str]) -> BTreeSet<Box<str>> {
    names.iter().map(|name| (*name).into()).collect()
}

/// Alice and bob, paired.
pub(crate) fn pair() -> (Person, Person) {
    let (mut alice, mut bob) = (Person::new(1), Person::new(2));
    befriend(&mut alice, &mut bob);
    (alice, bob)
}

pub(crate) fn befriend(a: &mut Person, b: &mut Person) {
    let [n, m] = [&a, &b].map(|person| (1..=9).find(|n| key(*n).device_id() == person.device).unwrap());
    let new =
        |n: u8| NewPeer { name: format!("{n}"), channel_key: key(n), bundle_key: None, addresses: vec![] };
    a.store.add_peer(&new(m), Wall(NOW)).unwrap();
    b.store.add_peer(&new(n), Wall(NOW)).unwrap();
}

/// One direction of a session: what is still to be pulled.
pub(crate) struct Pull {
    introduced: u32,
    writers: Writers,
    pub(crate) report: Report,
    /// Every batch that was sent.
    pub(crate) batches: Vec<Batch>,
}

impl Pull {
    pub(crate) fn new() -> Self {
        Self { introduced: 0, writers: Writers::new(), report: Report::default(), batches: Vec::new() }
    }

    /// Moves one batch; whether there may be more.
    pub(crate) fn step(&mut self, from: &mut Person, to: &mut Person) -> bool {
        let (theirs, ours) = (from.opening(to.device), to.opening(from.device));
        let off: BTreeSet<Box<str>> = theirs.off.union(&ours.off).cloned().collect();
        let after = if ours.peer_replica == Some(theirs.replica) { ours.cursors } else { Default::default() };
        let introduced = self.introduced;
        let ask = Ask::Changes {
            peer: to.device,
            replica: ours.replica,
            after,
            off: off.clone(),
            introduced,
            most: BATCH_ENTITIES,
        };
        let Answer::Changes { batch, upto, more, introduced } = from.ask(ask) else { panic!("changes") };
        self.introduced = introduced;
        self.writers.extend(batch.writers.iter().map(|writer| (writer.number, writer.clone())));
        self.batches.push(batch.clone());
        self.report.add(to.apply(Ask::Apply {
            peer: from.device,
            replica: theirs.replica,
            writers: Arc::new(self.writers.clone()),
            batch,
            upto: Some(upto),
            off,
            wall: Wall(to.wall),
        }));
        more
    }
}

/// Everything that `to` lacks of `from`.
pub(crate) fn pull(from: &mut Person, to: &mut Person) -> Pull {
    let mut pull = Pull::new();
    while pull.step(from, to) {}
    pull
}

/// A whole sync: both ways until nothing comes any more, and then the proof.
pub(crate) fn sync(a: &mut Person, b: &mut Person) {
    for round in 0.. {
        let moved = pull(a, b).report.entities() + pull(b, a).report.entities();
        if moved == 0 {
            break;
        }
        assert!(round < 10, "goes on for ever");
    }
    let off: BTreeSet<Box<str>> = {
        let (ours, theirs) = (a.opening(b.device), b.opening(a.device));
        ours.off.union(&theirs.off).cloned().collect()
    };
    assert_eq!(a.digests_but(&off), b.digests_but(&off));
    prove(a, b, &off);
    prove(b, a, &off);
}

pub(crate) fn prove(a: &mut Person, b: &mut Person, off: &BTreeSet<Box<str>>) {
    let (ours, theirs) = (a.opening(b.device), b.opening(a.device));
    let proved = a.ask(Ask::Proved {
        peer: b.device,
        replica: theirs.replica,
        acked: ours.head,
        applied: theirs.head,
        proofs: ours.proofs + 1,
        off: off.clone(),
        wall: Wall(a.wall),
    });
    assert_eq!(proved, Answer::Done);
}

/// A batch of one line, as a hostile or newer peer could send it, and the ask that applies it. `meta` names
/// writer 1, which is `from`'s.
pub(crate) fn line(from: &Person, to: &Person, kind: &str, id: u128, fields: &Value, meta: &str) -> Ask {
    let line = format!("[\"{kind}\",\"{}\",{fields},{meta}]\n", Uuid::from_u128(id));
    raw(from, to, &line)
}

pub(crate) fn raw(from: &Person, to: &Person, lines: &str) -> Ask {
    let writer = sync_core::wire::batch::Writer { number: 1, id: WriterId([77; 8]), device: from.device };
    Ask::Apply {
        peer: from.device,
        replica: ReplicaId([77; 8]),
        writers: Arc::new(Writers::from([(1, writer)])),
        batch: Batch { writers: vec![], lines: lines.to_owned(), entities: lines.lines().count() },
        upto: None,
        off: BTreeSet::new(),
        wall: Wall(to.wall),
    }
}

/// `{"title": title}`
pub(crate) fn title(title: &str) -> Value {
    json!({ "title": title })
}

/// The fields of a map.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { panic!("an object") };
    fields
}

impl Person {
    /// Whether a value is in an entity, in its reviews or in the history.
    pub(crate) fn holds(&mut self, value: &str) -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM entity WHERE instr(fields, ?1) OR instr(meta, ?1))
                       OR EXISTS (SELECT 1 FROM history WHERE instr(value, ?1))";
        self.store.conn.query_row(sql, [value], |row| row.get(0)).unwrap()
    }
}

impl Store {
    /// Tidies tombstones and keeps the history.
    pub(crate) fn shrink_alone(&mut self, now: Wall) {
        let kept = Wall(now.0.saturating_sub(90 * sync_core::time::DAY));
        while self.shrink(kept, now).unwrap() > 0 {}
    }
}

/// A person whose device is a file.
pub(crate) fn created(path: &std::path::Path, n: u8) -> Person {
    Store::create(path, &new_replica(n)).unwrap();
    reopened(path)
}

/// The same after a restart.
pub(crate) fn reopened(path: &std::path::Path) -> Person {
    Person::of(Store::open(path, Arc::new(schema()), fresh_id()).unwrap())
}
