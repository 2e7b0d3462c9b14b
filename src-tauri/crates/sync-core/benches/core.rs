//! What a device computes for every entity that it syncs: `cargo bench -p sync-core`.

// Where its data is not what it should be, a bench may stop as a test may.
#![allow(clippy::expect_used)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use sync_core::entity::row::{Row, decode, encode};
use sync_core::entity::write::{Change, write};
use sync_core::entity::{Entity, EntityKey, apply, merge};
use sync_core::hlc::Hlc;
use sync_core::identity::DeviceId;
use sync_core::stamp::{Stamp, WriterId};
use sync_core::time::Wall;
use sync_core::wire::batch::{Batch, Builder, Writer};
use uuid::Uuid;

const ALICE: WriterId = WriterId([1; 8]);
const BOB: WriterId = WriterId([2; 8]);
const ENTITIES: usize = 500;

fn merging(c: &mut Criterion) {
    let task = task(1);
    let (alices, bobs) = (written(&task, ALICE, 2), written(&task, BOB, 3));
    let mut group = c.benchmark_group("merge");
    group.bench_function("equal", |b| b.iter(|| merge(black_box(&task), black_box(&task))));
    group.bench_function("newer", |b| b.iter(|| merge(black_box(&task), black_box(&bobs))));
    group.bench_function("concurrent", |b| b.iter(|| merge(black_box(&alices), black_box(&bobs))));
    group.finish();
    c.bench_function("apply/concurrent", |b| {
        b.iter_batched(
            || bobs.clone(),
            |theirs| apply(Some(black_box(&alices)), theirs),
            BatchSize::SmallInput,
        );
    });
}

fn rows(c: &mut Criterion) {
    let task = task(1);
    let conflict = merge(&written(&task, ALICE, 2), &written(&task, BOB, 3));
    for (name, entity) in [("plain", task), ("conflict", conflict)] {
        let row = row(&entity);
        let mut group = c.benchmark_group("row");
        group.throughput(Throughput::Bytes((row.fields.len() + row.meta.len()) as u64));
        group.bench_function(format!("encode/{name}"), |b| b.iter(|| encode(black_box(&entity), number)));
        group.bench_function(format!("decode/{name}"), |b| {
            b.iter(|| decode(black_box(&row.fields), black_box(&row.meta), writer));
        });
        let key = EntityKey::new("task", Uuid::from_u128(1));
        group.bench_function(format!("checksum/{name}"), |b| b.iter(|| black_box(&entity).checksum(&key)));
        group.finish();
    }
}

fn batches(c: &mut Criterion) {
    let batch = batch();
    let bytes = batch.encode().expect("a batch within the limits");
    let mut group = c.benchmark_group("batch of 500");
    group.throughput(Throughput::Elements(ENTITIES as u64));
    group.bench_function("encode", |b| b.iter(|| black_box(&batch).encode()));
    group.bench_function("decode", |b| b.iter(|| Batch::decode(black_box(&bytes))));
    group.bench_function("read its rows", |b| {
        b.iter(|| {
            let rows = black_box(&batch).rows().filter_map(Result::ok);
            rows.filter(|(_, row)| decode(row.fields, row.meta, writer).is_ok()).count()
        });
    });
    group.finish();
}

/// About 500 bytes, as a planner's task has.
fn task(n: usize) -> Entity {
    let fields = json!({
        "created": "2026-02-01T08:00:00Z",
        "deadline": "2026-03-05T17:00:00Z",
        "description": format!("{n} {}", "what is to be done and how, at some length; ".repeat(5)),
        "estimated_minutes": n % 90,
        "order": n as f64 / 7.0,
        "planned": "2026-03-01T09:00:00Z",
        "priority": "important",
        "status": "todo",
        "title": format!("Task number {n} of many"),
    });
    let mut task = Entity::default();
    set(&mut task, fields, stamp(ALICE, 1));
    for tag in ["garden", "spring"] {
        let change = Change::Add("tags".into(), tag.into());
        write(&mut task, None, &change, stamp(ALICE, 1), false).expect("a list");
    }
    task
}

/// The entity after its title and status were set at another device.
fn written(entity: &Entity, writer: WriterId, ms: u64) -> Entity {
    let mut entity = entity.clone();
    set(&mut entity, json!({"title": format!("As {writer} sees it"), "status": "done"}), stamp(writer, ms));
    entity
}

fn set(entity: &mut Entity, fields: Value, stamp: Stamp) {
    let change = Change::Set(fields.as_object().cloned().expect("fields"));
    write(entity, None, &change, stamp, true).expect("no rule without a kind");
}

fn stamp(writer: WriterId, ms: u64) -> Stamp {
    Stamp { hlc: Hlc::at(Wall(1_770_000_000_000 + ms)), writer }
}

fn row(entity: &Entity) -> Row {
    encode(entity, number)
}

fn number(writer: WriterId) -> u32 {
    u32::from(writer.0[0])
}

fn writer(number: u32) -> Option<WriterId> {
    Some(WriterId([number as u8; 8]))
}

fn batch() -> Batch {
    let mut builder = Builder::new(ENTITIES);
    builder.introduce(Writer { number: number(ALICE), id: ALICE, device: DeviceId::from_bytes([1; 16]) });
    for n in 0..ENTITIES {
        let Row { fields, meta } = row(&task(n));
        builder.push("task", Uuid::from_u128(n as u128), &fields, &meta);
    }
    builder.finish()
}

criterion_group!(benches, merging, rows, batches);
criterion_main!(benches);
