//! Entities: rows, checksums, digests, and the batches that carry them.

use std::collections::BTreeMap;

use sync_core::digest::{Digest, bucket};
use sync_core::entity::row::{Row, decode, encode};
use sync_core::entity::{Entity, EntityKey, Member, Ordered, Removal, Sibling};
use sync_core::hlc::Hlc;
use sync_core::identity::DeviceId;
use sync_core::json::Json;
use sync_core::stamp::{Stamp, VersionVector, WriterId};
use sync_core::wire::Message;
use sync_core::wire::batch::{Batch, Builder, Writer};
use uuid::Uuid;

use super::{Vector, assert_held, bytes, hex, read};

#[test]
fn rows_checksums_and_digests_stay_as_they_are() {
    let mut digest = Digest::default();
    let mut vectors = Vec::new();
    for (name, key, entity) in entities() {
        let Row { fields, meta } = row(&entity);
        assert_eq!(decode(&fields, &meta, writer).as_ref(), Ok(&entity), "{name}");
        let checksum = entity.checksum(&key);
        assert_eq!(digest.plus(checksum).minus(checksum), digest);
        digest = digest.plus(checksum);
        vectors.push(
            Vector::new(name)
                .text("kind", &key.kind)
                .text("id", &key.id.to_string())
                .text("fields", &fields)
                .text("meta", &meta)
                .hex("checksum", &checksum.0)
                .text("bucket", &bucket(key.id).to_string()),
        );
    }
    vectors.push(Vector::new("the digest of them all").text("digest", &digest.to_string()));
    assert_held("1/entities.txt", &vectors);
}

#[test]
fn a_tombstone_counts_the_same_whether_it_has_shrunk_or_not() {
    let held = read("1/entities.txt");
    let [full, shrunk] = ["deleted", "deleted, its content dropped"]
        .map(|name| held.iter().find(|vector| vector.name == name).unwrap().get("checksum"));
    assert_eq!(full, shrunk);
}

/// What zstd makes of a text may change with its version, what it reads from old bytes may not.
#[test]
fn batches_stay_as_they_are() {
    let held = read("1/batches.txt");
    for (name, batch, before) in batches() {
        let vector = held.iter().find(|vector| vector.name == name).unwrap();
        let known: Vec<&str> =
            vector.lines.iter().filter(|(key, _)| key == "line").map(|(_, line)| line.as_str()).collect();
        assert_eq!(text(&batch), known.join("\n") + "\n", "[{name}]");
        let packed = bytes(vector.get("bytes"));
        assert_eq!(Batch::decode(&packed).as_ref(), Ok(&batch), "[{name}]");

        let (kind, message) = before;
        assert_eq!(vector.get("byte"), kind.to_string());
        let (said, body) = message.encode().unwrap();
        let head = body.len() - batch.encode().unwrap().len();
        assert_eq!((said, hex(&body[..head]).as_str()), (kind, vector.get("before it")), "[{name}]");
        let body = [&body[..head], &packed].concat();
        assert_eq!(Message::decode(kind, &body), Ok(message), "[{name}]");
    }
    assert_eq!(held.len(), batches().len());
}

/// Each batch, and the message that brings it.
fn batches() -> Vec<(&'static str, Batch, (u8, Message))> {
    let mut builder = Builder::default();
    for number in 1..=3 {
        let device = DeviceId::from_bytes([number as u8 + 0x10; 16]);
        builder.introduce(Writer { number, id: writer(number).unwrap(), device });
    }
    for (_, key, entity) in entities() {
        let Row { fields, meta } = row(&entity);
        builder.push(&key.kind, key.id, &fields, &meta);
    }
    let full = builder.finish();
    let said = |upto, head, batch: &Batch| (3, Message::Batch { upto, head, batch: batch.clone() });
    vec![
        ("batch", full.clone(), said(0x0102, 0x0103_0405_0607, &full)),
        ("batch, of nothing", Batch::default(), said(9, 9, &Batch::default())),
        ("repair", full.clone(), (9, Message::Repair(full))),
    ]
}

/// A batch once decompressed.
fn text(batch: &Batch) -> String {
    let encoded = batch.encode().unwrap();
    let (length, packed) = encoded.split_first_chunk::<4>().unwrap();
    let text = zstd::bulk::decompress(packed, u32::from_be_bytes(*length) as usize).unwrap();
    assert_eq!(text.len(), u32::from_be_bytes(*length) as usize);
    String::from_utf8(text).unwrap()
}

fn entities() -> [(&'static str, EntityKey, Entity); 6] {
    let key = |kind, id| EntityKey::new(kind, Uuid::from_u128(id));
    [
        ("one write", key("task", 0x0123_4567_89ab_4def_8123_4567_89ab_cdef), one_write()),
        ("nothing but seen", key("note", 0x400), seen(&[(1, 5)])),
        ("all that an entity can hold", key("from_the_future", u128::MAX), all()),
        ("deleted", key("note", 7), deleted()),
        ("deleted, its content dropped", key("note", 7), {
            let mut entity = deleted();
            entity.shrink();
            entity
        }),
        ("deleted at one device, edited at another", key("note", 8), {
            let mut entity = deleted();
            entity.vv.observe(stamp(2, 60));
            entity.fields.insert("title".into(), Ordered::from([sibling(2, 60, "\"Kept\"", None)]));
            entity
        }),
    ]
}

fn one_write() -> Entity {
    let mut entity = seen(&[(1, 20)]);
    for (name, value) in [("title", r#""Ä \"quoted\" \\ \u0001 title""#), ("done", "false"), ("order", "0.1")]
    {
        entity.fields.insert(name.into(), Ordered::from([sibling(1, 20, value, None)]));
    }
    entity.sets.insert("tags".into(), [member(1, 20, "\"b\""), member(1, 20, "\"a\"")].into_iter().collect());
    entity
}

/// Three writers' stamps: 1 wrote most, so that its 30 is the usual one.
fn all() -> Entity {
    let mut entity = seen(&[(1, 30), (2, Hlc::MAX.bits()), (3, 33)]);
    let fields: [(&str, Vec<Sibling>); 7] = [
        ("usual", vec![sibling(1, 30, "1.0", None)]),
        ("cleared", vec![sibling(1, 30, "null", None)]),
        ("nested", vec![sibling(1, 30, r#"{"b": [1e2, true], "a": null}"#, None)]),
        ("unusual", vec![sibling(3, 33, "\"later\"", None)]),
        ("with_base", vec![sibling(1, 30, "\"now\"", Some("\"before\""))]),
        ("asked", vec![sibling(2, Hlc::MAX.bits(), "\"bob's\"", None), sibling(1, 29, "\"alice's\"", None)]),
        (
            "text",
            vec![
                sibling(1, 30, "\"one two\"", Some("\"one\"")),
                sibling(2, 30, "\"zero one\"", Some("\"one\"")),
                sibling(3, 31, "\"\"", None),
            ],
        ),
    ];
    entity.fields = fields.map(|(name, siblings)| (name.into(), siblings.into_iter().collect())).into();
    let sets = [
        ("empty", vec![]),
        ("plain", vec![member(1, 30, "\"a\"")]),
        (
            "tags",
            vec![
                member(1, 30, "\"usual\""),
                member(3, 33, "\"unusual\""),
                member(1, 30, "\"twice\""),
                member(2, 31, "\"twice\""),
            ],
        ),
    ];
    entity.sets = sets.map(|(name, members)| (name.into(), members.into_iter().collect())).into();
    let seen = seen(&[(1, 28), (3, 2)]).vv;
    entity.removals =
        [Removal { stamp: stamp(2, 28), seen: Some(seen) }, Removal { stamp: stamp(3, 29), seen: None }]
            .into_iter()
            .collect();
    entity
}

fn deleted() -> Entity {
    let mut entity = seen(&[(1, 40), (3, 50)]);
    entity.fields.insert("title".into(), Ordered::from([sibling(1, 40, "\"Gone\"", None)]));
    entity.sets.insert("tags".into(), Ordered::from([member(1, 40, "\"a\"")]));
    entity.removals = Ordered::from([Removal { stamp: stamp(3, 50), seen: Some(seen(&[(1, 40)]).vv) }]);
    entity
}

fn seen(moments: &[(u32, u64)]) -> Entity {
    let vv: VersionVector = moments.iter().map(|&(number, hlc)| stamp(number, hlc)).collect();
    Entity { vv, fields: BTreeMap::new(), sets: BTreeMap::new(), removals: Ordered::default() }
}

fn sibling(number: u32, hlc: u64, value: &str, base: Option<&str>) -> Sibling {
    let json = |text| Json::parse(text).unwrap();
    Sibling { stamp: stamp(number, hlc), value: json(value), base: base.map(json) }
}

fn member(number: u32, hlc: u64, item: &str) -> Member {
    Member { item: Json::parse(item).unwrap(), stamp: stamp(number, hlc) }
}

fn stamp(number: u32, hlc: u64) -> Stamp {
    Stamp { hlc: Hlc::from_bits(hlc).unwrap(), writer: writer(number).unwrap() }
}

fn row(entity: &Entity) -> Row {
    encode(entity, |writer| u32::from(writer.0[0]))
}

/// The writer with that number: eight bytes of it.
fn writer(number: u32) -> Option<WriterId> {
    (1..=3).contains(&number).then_some(WriterId([number as u8; 8]))
}
