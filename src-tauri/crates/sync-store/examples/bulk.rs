//! Measures storing and sending many entities, on a file and durably: `cargo run --release --example bulk --
//! 100000`.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::identity::{DeviceId, PublicKey};
use sync_core::limits::BATCH_ENTITIES;
use sync_core::node::storage::{Answer, Ask, Cursors};
use sync_core::schema::Schema;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::time::Wall;
use sync_core::wire::batch::Writers;
use sync_store::{Edit, NewPeer, NewReplica, Store};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |arg| arg.parse())?;
    let folder = tempfile::tempdir()?;
    let (mut alice, alice_id) = open(folder.path(), 1)?;
    let (mut bob, bob_id) = open(folder.path(), 2)?;
    for (store, other) in [(&mut alice, 2), (&mut bob, 1)] {
        let new =
            NewPeer { name: String::new(), channel_key: key(other)?, bundle_key: None, addresses: vec![] };
        store.add_peer(&new, Wall(1))?;
    }

    let edits: Vec<Edit> = (0..count).map(edit).collect();
    report("write", count, || Ok(alice.write_each(&edits, Wall(1_770_000_000_000)).map(drop)?))?;

    let (mut after, mut introduced, mut writers) = (Cursors::default(), 0, Writers::new());
    let mut asks = Vec::new();
    report("changes", count, || {
        loop {
            let ask = Ask::Changes {
                peer: bob_id,
                replica: ReplicaId([2; 8]),
                after: after.clone(),
                off: BTreeSet::new(),
                introduced,
                most: BATCH_ENTITIES,
            };
            let Answer::Changes { batch, upto, more, introduced: now } = alice.answer(ask) else {
                return Err("no changes".into());
            };
            introduced = now;
            after.advance(upto, &BTreeSet::new());
            writers.extend(batch.writers.iter().map(|writer| (writer.number, writer.clone())));
            asks.push((upto, batch, Arc::new(writers.clone())));
            if !more {
                return Ok(());
            }
        }
    })?;
    for what in ["apply", "apply again"] {
        report(what, count, || {
            for (upto, batch, writers) in asks.clone() {
                let answer = bob.answer(Ask::Apply {
                    peer: alice_id,
                    replica: ReplicaId([1; 8]),
                    writers,
                    batch,
                    upto: Some(upto),
                    off: BTreeSet::new(),
                    wall: Wall(1_770_000_000_000),
                });
                if let Answer::Failed(reason) = answer {
                    return Err(reason.into());
                }
            }
            Ok(())
        })?;
    }
    report("status", count, || Ok(bob.status().map(drop)?))?;
    report("edit singly", 200, || {
        for n in 0..200 {
            bob.write(&[Edit { change: Change::Delete, ..edit(n) }], Wall(1_770_000_000_000))?;
        }
        Ok(())
    })?;
    report("check", count, || Ok(bob.check().map(|checkup| println!("{checkup:?}"))?))
}

fn open(folder: &Path, n: u8) -> Result<(Store, DeviceId), Box<dyn Error>> {
    let path = folder.join(format!("{n}.db"));
    let device = key(n)?.device_id();
    let (writer, replica) = (WriterId([n; 8]), ReplicaId([n; 8]));
    Store::create(&path, &NewReplica { device, name: String::new(), writer, replica, settings: vec![] })?;
    let schema = Arc::new(Schema { version: 1, kinds: vec![] });
    Ok((Store::open(&path, schema, Box::new(|| [9; 8]))?, device))
}

fn key(n: u8) -> Result<PublicKey, Box<dyn Error>> {
    Ok(PublicKey::try_from(&[n; 32][..])?)
}

/// About 470 bytes of fields, as many as a planner's task has.
fn edit(n: usize) -> Edit {
    let fields = serde_json::json!({
        "title": format!("Task number {n} of many"),
        "description": format!("{n} {}", "what is to be done and how, at some length; ".repeat(5)),
        "priority": "important",
        "status": "todo",
        "planned": "2026-03-01T09:00:00Z",
        "deadline": "2026-03-05T17:00:00Z",
        "estimated_minutes": n % 90,
        "order": n as f64 / 7.0,
        "created": "2026-02-01T08:00:00Z",
    });
    let change = fields.as_object().cloned().map_or(Change::Keep, Change::Set);
    Edit { key: EntityKey::new("task", Uuid::new_v5(&Uuid::nil(), &n.to_be_bytes())), change }
}

fn report(
    what: &str,
    count: usize,
    work: impl FnOnce() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    work()?;
    let took = start.elapsed();
    println!("{what:<12} {took:>10.2?}   {:.2} µs each", took.as_secs_f64() * 1e6 / count as f64);
    Ok(())
}
