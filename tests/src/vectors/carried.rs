//! Files that are carried or kept: a bundle and a backup, as bytes that must still be read, and be written the same. The batch inside is
//! as zstd once made it, since what zstd writes may differ from version to version.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::json;
use sync_core::backup::{About, Item, Reader, RecoveryKey, Writer};
use sync_core::bundle::{self, Frames, Manifest, ROOM};
use sync_core::digest::Digest;
use sync_core::identity::{DeviceId, SecretKey};
use sync_core::node::storage::Cursors;
use sync_core::stamp::{ReplicaId, WriterId};
use sync_core::wire::batch::{Batch, Builder, Writer as Author};
use uuid::Uuid;

use super::{Vector, assert_held, bytes, read};

const ALICE: DeviceId = DeviceId::from_bytes([0xa1; 16]);
const BOB: DeviceId = DeviceId::from_bytes([0xb0; 16]);

fn manifest() -> Manifest {
    Manifest {
        protocol: [1, 1],
        schema: 1,
        from: ALICE,
        to: BOB,
        replica: ReplicaId([0xa1; 8]),
        head: 20,
        peer_replica: Some(ReplicaId([0xb0; 8])),
        applied: Cursors { base: 9, behind: BTreeMap::from([("note".into(), 3)]) },
        seen: vec![(WriterId([0xb0; 8]), 0x0102_0304_0506_0708)],
        left_out: Some(ReplicaId([0xb0; 8])),
        after: Cursors { base: 10, behind: BTreeMap::from([("note".into(), 4)]) },
        upto: 20,
        off: BTreeSet::from(["setting".into()]),
        digests: Some(BTreeMap::from([("task".into(), Digest(0x0102)), ("note".into(), Digest(u128::MAX))])),
        wall: 1_770_000_000_000,
    }
}

fn batch() -> Batch {
    let mut builder = Builder::default();
    builder.introduce(Author { number: 1, id: WriterId([0xa1; 8]), device: ALICE });
    builder.push("task", Uuid::from_u128(1), r#"{"title":"Plan"}"#, r#"{"v":[[1,9]]}"#);
    builder.finish()
}

fn keys() -> (SecretKey, SecretKey) {
    (SecretKey::from_bytes(&[2; 32]), SecretKey::from_bytes(&[3; 32]))
}

/// A bundle of nothing is held as bytes; one with a batch is held to be read.
#[test]
fn bundles_stay_as_they_are() {
    let (alice, bob) = keys();
    let made = |name: &str, manifest: &Manifest, frames: Frames| {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let file = bundle::seal(manifest, frames, &alice, &bob.public(), &mut rng).unwrap();
        Vector::new(name)
            .hex("sender's bundle secret key", alice.as_bytes())
            .hex("recipient's bundle secret key", bob.as_bytes())
            .text("manifest", &serde_json::to_string(manifest).unwrap())
            .hex("file", &file)
    };
    let least = Manifest {
        peer_replica: None,
        left_out: None,
        seen: vec![],
        off: BTreeSet::new(),
        digests: None,
        applied: Cursors::default(),
        after: Cursors::default(),
        upto: 0,
        head: 0,
        ..manifest()
    };
    let vectors = [
        made("a bundle of nothing", &manifest(), Frames::new(ROOM)),
        made("the least", &least, Frames::new(ROOM)),
    ];
    assert_held("1/bundles.txt", &vectors);
    let peers = [(ALICE, alice.public())];
    for (vector, manifest) in vectors.iter().zip([manifest(), least]) {
        let opened = bundle::open(bytes(vector.get("file")), &bob, BOB, &peers).unwrap();
        assert_eq!((opened.batches().count(), opened.manifest), (0, manifest));
    }
}

#[test]
fn a_bundle_with_a_batch_is_still_read() {
    let (alice, bob) = keys();
    let held = read("1/bundle.txt");
    let file = bytes(held[0].get("file"));
    let opened = bundle::open(file, &bob, BOB, &[(ALICE, alice.public())]).unwrap();
    assert_eq!(opened.manifest, manifest());
    assert_eq!(opened.batches().map(Result::unwrap).collect::<Vec<_>>(), [batch()]);
}

fn items() -> Vec<Item> {
    let fields = [json!({ "title": "Plan", "order": 0.1, "tags": ["a", "b"] }), json!({ "title": "Ä" })];
    let item = |(n, fields): (u128, serde_json::Value)| {
        let serde_json::Value::Object(fields) = fields else { unreachable!() };
        Item { kind: "task".into(), id: Uuid::from_u128(n), fields, here: n == 1 }
    };
    (0..).zip(fields).map(item).collect()
}

#[test]
fn a_backup_is_still_read() {
    let held = read("1/backup.txt");
    let key = RecoveryKey::parse(held[0].get("words")).unwrap();
    assert_eq!(super::hex(key.public().as_bytes()), held[0].get("recovery key"));
    let file = bytes(held[0].get("file"));
    let mut reader = Reader::new(&file[..], key).unwrap();
    assert_eq!(*reader.about(), About { schema: 1, wall: 1_770_000_000_000 });
    assert_eq!(reader.items().unwrap(), Some(items()));
    assert_eq!(reader.items().unwrap(), None);
}

/// Its header and its first part hold nothing that zstd wrote.
#[test]
fn a_backup_begins_as_it_did() {
    let held = read("1/backup.txt");
    let key = RecoveryKey::parse(held[0].get("words")).unwrap();
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let about = About { schema: 1, wall: 1_770_000_000_000 };
    let mut writer = Writer::new(Vec::new(), &key.public(), &about, &mut rng).unwrap();
    for item in items() {
        writer.item(&item, &mut rng).unwrap();
    }
    let (file, _) = writer.finish(&mut rng).unwrap();
    let begins = 37 + 4 + 48 + 37 + r#"{"schema":1,"wall":1770000000000}"#.len();
    let known = bytes(held[0].get("file"));
    assert_eq!(super::hex(&file[..begins]), super::hex(&known[..begins]));
}
