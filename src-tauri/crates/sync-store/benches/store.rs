//! What the database costs when devices sync, on a file and with its usual durability: `cargo bench -p sync-store`.

// Where its data is not what it should be, a bench may stop as a test may.
#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Map, Value, json};
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::identity::{DeviceId, PublicKey};
use sync_core::node::storage::{Answer, Ask, Cursors};
use sync_core::schema::Schema;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::Wall;
use sync_store::{Edit, NewPeer, NewReplica, Store};
use tempfile::TempDir;
use uuid::Uuid;

const ALICE: u8 = 1;
const BOB: u8 = 2;
const NOW: Wall = Wall(1_770_000_000_000);
/// Of a batch.
const ENTITIES: usize = 500;
/// Of a store that has been in use for a while.
const STORED: usize = 10_000;

fn applying(c: &mut Criterion) {
    let folder = TempDir::new().expect("a folder");
    let mut alice = store(folder.path(), ALICE);
    fill(&mut alice, 0..ENTITIES, "new");
    let new = changes(&mut alice);
    fill(&mut alice, 0..ENTITIES, "changed");
    let changed = changes(&mut alice);

    let mut group = c.benchmark_group("apply 500");
    group.throughput(Throughput::Elements(ENTITIES as u64)).sample_size(20);
    for (name, before, batch) in [("new", None, &new), ("changed", Some(&new), &changed)] {
        group.bench_function(name, |b| {
            b.iter_batched(
                || {
                    let folder = TempDir::new().expect("a folder");
                    let mut bob = store(folder.path(), BOB);
                    if let Some(batch) = before {
                        done(bob.answer(batch.clone()));
                    }
                    (bob, batch.clone(), folder)
                },
                |(mut bob, batch, folder)| {
                    done(bob.answer(batch));
                    (bob, folder)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn reading(c: &mut Criterion) {
    let folder = TempDir::new().expect("a folder");
    let mut alice = store(folder.path(), ALICE);
    fill(&mut alice, 0..STORED, "new");

    let mut group = c.benchmark_group("of 10,000");
    group.bench_function("changes, 500 of them", |b| b.iter(|| done(alice.answer(ask_for_changes()))));
    group.bench_function("digests", |b| {
        b.iter(|| done(alice.answer(Ask::Digests { off: BTreeSet::new() })));
    });
    group.bench_function("buckets", |b| {
        b.iter(|| done(alice.answer(Ask::Buckets { kinds: BTreeSet::from(["task".into()]) })));
    });
    group.bench_function("status", |b| b.iter(|| alice.status().expect("a status")));
    group.sample_size(20).bench_function("one edit", |b| {
        let mut n = 0;
        b.iter(|| {
            n += 1;
            fill(&mut alice, n % STORED..n % STORED + 1, &format!("edit {n}"));
        });
    });
    group.finish();
}

/// A store that knows the other device.
fn store(folder: &Path, n: u8) -> Store {
    let path = folder.join("store.db");
    let (writer, replica) = (WriterId([n; 8]), ReplicaId([n; 8]));
    let new = NewReplica { device: device(n), name: String::new(), writer, replica, settings: vec![] };
    Store::create(&path, &new).expect("a new store");
    let schema = Arc::new(Schema { version: 1, kinds: vec![] });
    let mut store = Store::open(&path, schema, Box::new(|| [9; 8])).expect("an open store");
    let channel_key = key(ALICE + BOB - n);
    let peer = NewPeer { name: String::new(), channel_key, bundle_key: None, addresses: vec![] };
    store.add_peer(&peer, NOW).expect("a peer");
    store
}

fn fill(store: &mut Store, tasks: std::ops::Range<usize>, title: &str) {
    let edits: Vec<_> = tasks.map(|n| edit(n, title)).collect();
    for outcome in store.write_each(&edits, NOW).expect("a write") {
        outcome.expect("a valid edit");
    }
}

/// About 500 bytes, as a planner's task has.
fn edit(n: usize, title: &str) -> Edit {
    let fields = json!({
        "title": format!("Task number {n} of many, {title}"),
        "description": format!("{n} {}", "what is to be done and how, at some length; ".repeat(5)),
        "priority": "important",
        "status": "todo",
        "planned": "2026-03-01T09:00:00Z",
        "deadline": "2026-03-05T17:00:00Z",
        "estimated_minutes": n % 90,
        "order": n as f64 / 7.0,
        "created": "2026-02-01T08:00:00Z",
    });
    let fields: Map<String, Value> = fields.as_object().cloned().expect("fields");
    Edit {
        key: EntityKey::new("task", Uuid::new_v5(&Uuid::nil(), &n.to_be_bytes())),
        change: Change::Set(fields),
    }
}

fn ask_for_changes() -> Ask {
    Ask::Changes {
        peer: device(BOB),
        replica: ReplicaId([BOB; 8]),
        after: Cursors::default(),
        off: BTreeSet::new(),
        introduced: 0,
        most: ENTITIES,
    }
}

/// Everything alice has, as bob applies it.
fn changes(alice: &mut Store) -> Ask {
    let Answer::Changes { batch, upto, .. } = alice.answer(ask_for_changes()) else { unreachable!() };
    assert_eq!(batch.entities, ENTITIES);
    let writers = batch.writers.iter().map(|writer| (writer.number, writer.clone())).collect();
    Ask::Apply {
        peer: device(ALICE),
        replica: ReplicaId([ALICE; 8]),
        writers: Arc::new(writers),
        batch,
        upto: Some(upto),
        off: BTreeSet::new(),
        wall: NOW,
    }
}

fn done(answer: Answer) {
    assert!(!matches!(black_box(answer), Answer::Failed(_)));
}

fn device(n: u8) -> DeviceId {
    key(n).device_id()
}

fn key(n: u8) -> PublicKey {
    PublicKey::try_from(&[n; 32][..]).expect("a usable key")
}

criterion_group!(benches, applying, reading);
criterion_main!(benches);
